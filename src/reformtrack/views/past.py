"""
Many plans on a past day, or as known earlier: counted from their records, because the view tables hold only the latest
day as known now.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from operator import attrgetter
from typing import Any

from reformtrack.domain.errors import UnreadableRecord
from reformtrack.domain.kinds import ACTIVITY, DISPATCH, kind_of
from reformtrack.domain.status import ProgressStatus
from reformtrack.domain.timeline import Record
from reformtrack.domain.values import PlanId, StreamId, plan_of
from reformtrack.domain.wording import BETWEEN_LEADS
from reformtrack.views.plan import Plan, fold_plan
from reformtrack.views.rollup import RollupBy


class PastCounts:
    """
    Counts plans as known at a log position.

    Args:
        by: what to split by.
        silence: a plan is silent if its last record up to the second of these positions is not after the first.
    """

    def __init__(self, by: Sequence[RollupBy], silence: tuple[int, int]) -> None:
        self._by = by
        self._silent_up_to, self._end = silence
        self.rows: list[tuple[Any, ...]] = []
        self.unreadable: list[PlanId] = []
        self.silent: list[tuple[str, int, str]] = []
        """The plan, and the position and the instant of its latest record."""

    def add(
        self,
        id: PlanId,
        streams: Mapping[StreamId, list[Record[Any]]],
        spoilt: Sequence[UnreadableRecord],
        on: date,
        known_at: int,
    ) -> None:
        """Count a plan."""
        if any(spoils(error) for error in spoilt if error.position <= known_at):
            self.unreadable.append(id)
            return
        own = {stream: found for stream, found in streams.items() if stream == id or ACTIVITY.has(stream)}
        plan = fold_plan(id, own, on, known_at)
        self.rows.extend(rows_of(plan, self._by))
        news = (records for stream, records in streams.items() if is_counted(stream))
        said = [record for stream in news for record in stream if record.position <= min(known_at, self._end)]
        if plan.state.is_open and said:
            last = max(said, key=attrgetter("position"))
            if last.position <= self._silent_up_to:
                self.silent.append((id, last.position, last.recorded_at.isoformat(timespec="microseconds")))


def rows_of(plan: Plan, by: Sequence[RollupBy]) -> Iterator[tuple[Any, ...]]:
    """
    (keys …, status, dated, overdue, past, 1) of each activity of a plan; none when it is not adopted. A plan without
    activities gives a row with the number 0, if nothing else distinguishes plans.
    """
    place = {"jurisdiction": plan.state.jurisdiction, "plan": plan.id}
    for activity in plan.activities:
        keys = place | {"domain": activity.domain, "lead": BETWEEN_LEADS.join(activity.leads)}
        yield (*(keys[name] for name in by), *activity.standing, 1)
    if plan.version and not plan.activities and by and {*by} <= {*place}:
        yield (*(place[name] for name in by), ProgressStatus.NOT_STARTED, False, False, False, 0)


def is_counted(stream: object) -> bool:
    """
    Whether a stream belongs to a plan and its records are news of it: not an agency, a journal or a dispatch.

    A stream id that somebody changed to a non-text belongs to no plan.
    """
    if not isinstance(stream, str) or not _is_utf8(plan_of(stream)):
        return False
    kind = kind_of(stream)
    return kind.form.of_plan and kind is not DISPATCH


def _is_utf8(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in text)


def spoils(item: Record[Any] | UnreadableRecord) -> bool:
    """Whether an item makes a plan's counts impossible: an unreadable record of the plan or of an activity."""
    counted = ACTIVITY.has(StreamId(item.stream)) or plan_of(item.stream) == item.stream
    return counted and not isinstance(item, Record)
