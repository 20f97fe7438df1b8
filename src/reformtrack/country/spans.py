"""
Bitemporal spans: over which days, as known at which log positions, what was so of an activity or of a plan.

At each position the days from the first to the last fact are a column of spans, none equal to the next. A record changes the
column from some day on: what is equal there stays, the rest is closed at its position, and what is new is opened at it. A span
that is closed never changes again. What is so in a span is folded and judged by the domain and its views, as for one plan.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from heapq import merge
from operator import attrgetter, itemgetter
from typing import Any, Generic, NamedTuple, TypeVar, get_args

from msgspec.structs import replace

from reformtrack.country.states import Change, Stream
from reformtrack.domain.activity import (
    ActivityReopened,
    ActivityStarted,
    ActivityState,
    CompletionReturned,
    DenominatorChange,
    EvidenceFiled,
    ProgressReported,
    denominator_changes,
)
from reformtrack.domain.kinds import ACTIVITY, PLAN
from reformtrack.domain.status import ProgressStatus, Timeliness
from reformtrack.domain.timeline import Record
from reformtrack.domain.values import ActivityId, Document, PlanId
from reformtrack.domain.wording import BETWEEN_LEADS
from reformtrack.store.view_tables import NEVER, NO_END
from reformtrack.views.activity import Activity
from reformtrack.views.plan import PATH
from reformtrack.views.rows import PlanRow, plan_row_of

V = TypeVar("V")

MOST = 2_000
"""How many spans an activity may have: its plan is answered from its records beyond that."""

MOST_STATES = 100_000
"""
How many states of an activity may be made for its spans: each fact of an earlier day may change all those after it. Its plan is
answered from its records beyond that.
"""

LATE, NO_EVIDENCE, MORE_DUE = 1, 2, 4
"""Bits of `Facts.bits`: completed after its deadline; reported complete without evidence; `Facts.later` has days."""


class Facts(NamedTuple):
    """What is so of an activity."""

    jurisdiction: str
    domain: str
    status: ProgressStatus
    """Its status, taking confirmation into account."""
    last: int
    """The ordinal of its last due day; NEVER when it has no date."""
    due: int
    """
    It is overdue on days after this: the ordinal of its first open due day; NEVER when nothing is open; while it waits for its
    confirmation and was reported late, -1 times the days by which it was.
    """
    lead: str
    """The names of whoever has the lead, with `BETWEEN_LEADS` between them."""
    group: str
    """Its headings, as `Plan.progress_by` names a group."""
    bits: int
    undone: int
    """How many times a completion of it was returned or reopened up to then."""
    undocumented: int
    """How many of its changes up to then changed the denominator, without a document."""
    apart: int
    """How many did with a document of their own."""
    later: tuple[int, ...] = ()
    """The ordinals of its other open due days, in order."""


class Span(NamedTuple, Generic[V]):
    """What was so from a day on until before another, as known from a log position on until before another."""

    pos_from: int
    pos_to: int
    day_from: int
    day_to: int
    so: V


class TooManySpans(Exception):
    """An activity has more spans than are kept of one, or more states were made for them than may be."""


class Column(Generic[V]):
    """The spans at the end of the log, and those that were closed before it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._open: list[Span[V]] = []
        self._closed: list[Span[V]] = []

    def push(self, position: int, day: int, so: V | None) -> None:
        """Change the column from a day on to one value: mostly a later day than any before, and so the quick way."""
        last = self._open[-1] if self._open else None
        if last is None or so is None or not last.day_from < day < last.day_to == NEVER:
            self.move(position, day, [(day, so)])
        elif last.so != so:
            self._closed.append(Span(last.pos_from, position, last.day_from, NEVER, last.so))
            self._open[-1:] = (
                Span(position, NO_END, last.day_from, day, last.so),
                Span(position, NO_END, day, NEVER, so),
            )
            self._check()

    def move(self, position: int, day: int, now: Iterable[tuple[int, V | None]]) -> None:
        """
        Change the column from a day on.

        Args:
            position: the log position at which this is known.
            now: (first day, what is so from it on), the first for the day that is given.
        """
        place = len(self._open)
        while place and self._open[place - 1].day_to >= day:
            place -= 1
        before = self._open[place:]
        starts: list[tuple[int, V | None]] = [(span.day_from, span.so) for span in before[:1] if span.day_from < day]
        for one in now:
            if not starts or starts[-1][1] != one[1]:
                starts.append(one)
        ends = [start for start, _ in starts[1:]]
        there = {(span.day_from, span.day_to): span for span in before}
        after: list[Span[V]] = []
        for (start, so), end in zip(starts, [*ends, NEVER], strict=True):
            if so is not None:
                span = there.pop((start, end), None)
                if span is not None and span.so != so:
                    self._closed.append(span._replace(pos_to=position))
                    span = None
                after.append(span or Span(position, NO_END, start, end, so))
        self._closed += [span._replace(pos_to=position) for span in there.values()]
        self._open[place:] = after
        self._check()

    def _check(self) -> None:
        if len(self._closed) + len(self._open) > self._most:
            raise TooManySpans

    @property
    def spans(self) -> list[Span[V]]:
        """All of them, in order of position and day."""
        return sorted([*self._closed, *self._open], key=itemgetter(0, 2))


def plan_spans(plan: PlanId, records: Iterable[Record[Any]]) -> list[Span[PlanRow]]:
    """The spans of a plan, from all records of its stream: when it was adopted, and how it stood."""
    stream, column = Stream(PLAN.evolve, PLAN.initial), Column[PlanRow](MOST)

    def days(day: int) -> Iterator[tuple[int, PlanRow | None]]:
        for start in sorted({day, *stream.days_after(day)}):
            count = stream.up_to(start)
            yield start, plan_row_of(plan, stream.states[count - 1]) if count else None

    for record in records:
        if (change := stream.add(record)) is not None:
            column.move(record.position, change.day, days(change.day))
    return column.spans


class Binding(NamedTuple):
    """What of a plan the spans of its activities depend on."""

    jurisdiction: str
    confirmation_required: bool


class Bound(NamedTuple):
    """A change of what binds the activities of a plan."""

    position: int
    binds: Sequence[tuple[int, Binding | None]]
    """(first day, what binds from it on), of all days."""


def bindings(own: Sequence[Span[PlanRow]]) -> list[Bound]:
    """What binds the activities of a plan, at each position at which it changed, from the plan's spans."""
    found, before = list[Bound](), [(0, _UNBOUND)]
    for position in sorted({span.pos_from for span in own} | {span.pos_to for span in own} - {NO_END}):
        now = [(0, _UNBOUND)]
        for span in sorted(own, key=lambda span: span.day_from):
            if span.pos_from <= position < span.pos_to:
                binding = Binding(span.so.jurisdiction, span.so.confirmation_required)
                starts: list[tuple[int, Binding | None]] = [(span.day_from, binding)]
                if span.day_to != NEVER:
                    starts.append((span.day_to, None))
                for start in starts:
                    if now[-1][0] == start[0]:
                        now.pop()
                    if now[-1][1] != start[1]:
                        now.append(start)
        if now != before:
            found.append(Bound(position, now))
            before = now
    return found


_UNBOUND: Binding | None = None


def activity_spans(
    activity: ActivityId, binds: Iterable[Bound], records: Iterable[Record[Any]], most: int | None = None
) -> list[Span[Facts]]:
    """
    The spans of an activity, from all of its records.

    Args:
        binds: what binds the activities of its plan.
        most: how many spans it may have; default: `MOST`.

    Raises:
        TooManySpans: it has more than it may have.
    """
    builder = _Builder(activity, MOST if most is None else most)
    both: Iterable[Bound | Record[Any]] = merge(binds, records, key=attrgetter("position"))
    for one in both:
        if isinstance(one, Bound):
            builder.bind(one)
        else:
            builder.add(one)
    return builder.column.spans


class _Builder:
    """Builds the spans of an activity as records come."""

    def __init__(self, activity: ActivityId, most: int) -> None:
        self._activity = activity
        self._stream = Stream(_told, ACTIVITY.initial)
        self._binds: Sequence[tuple[int, Binding | None]] = [(0, None)]
        self._known: list[dict[Binding, Facts | None]] = []
        """By number of facts, less one: what is so, by what binds it; one that the last fact did not change is the same."""
        self.column = Column[Facts](most)

    def bind(self, bound: Bound) -> None:
        """What binds it changes."""
        self._binds = bound.binds
        self.column.move(bound.position, 1, self._days(1))

    def add(self, record: Record[Any]) -> None:
        change = self._stream.add(record)
        if self._stream.made > MOST_STATES:
            raise TooManySpans
        if change is None:
            return
        if change.place == len(self._known):  # the next one in the world, as in the log
            self._know(change.place + 1)
            if change.place and self._known[-1] is self._known[-2]:
                return
            if self._binds[-1][0] <= change.day:  # nothing is known of later days
                self.column.push(record.position, change.day, self._on(change.day))
                return
        elif not self._is_retold(change):
            return
        self.column.move(record.position, change.day, self._days(change.day))

    def _is_retold(self, change: Change) -> bool:
        """Recompute what follows from a change before the last fact. Returns whether something that is told is another."""
        known, place, end = self._known, change.place, change.end
        if any(type(fact.event) in _COUNTED for fact in change.facts):
            end = len(self._stream.facts)  # what is so later counts them too
        before, after = known[max(0, place - 1) : place + change.gone], known[change.gone - change.come + end :]
        del known[place:]
        self._know(end)
        known += after
        around = (*before, *known[place:end])
        return not place or end > place + change.come or any(one is not before[0] for one in around)

    def _know(self, end: int) -> None:
        """What is so after each further fact, up to a number of them."""
        known, stream = self._known, self._stream
        for n in range(len(known), end):
            unchanged = n and _is_same(stream.states[n - 1], stream.states[n], stream.facts[n].event)
            known.append(known[n - 1] if unchanged else {})

    def _days(self, day: int) -> Iterator[tuple[int, Facts | None]]:
        """(first day, what is so from it on) from a day on."""
        days = [*self._stream.days_after(day), *(start for start, _ in self._binds if start > day)]
        for start in sorted({day, *days}) if days else (day,):
            yield start, self._on(start)

    def _on(self, day: int) -> Facts | None:
        count = self._stream.up_to(day)
        _, binding = self._binds[bisect_right(self._binds, day, key=_first) - 1]
        if not count or binding is None:
            return None
        known = self._known[count - 1]
        if binding not in known:
            facts = tuple(self._stream.facts[:count])
            known[binding] = facts_of(self._activity, self._stream.states[count - 1], facts, binding)
        return known[binding]


_first = itemgetter(0)
_UNDOES = (CompletionReturned, ActivityReopened)
_COUNTED = frozenset((*get_args(DenominatorChange), *_UNDOES))
_SELDOM_TELLS = (ActivityStarted, EvidenceFiled, ProgressReported)


_SOME = ACTIVITY.initial.filed.plus((Document(title="x"),))
"""Stands for all evidence: no more is told of it than whether there is some."""


def _told(state: ActivityState, event: Any) -> ActivityState:
    """The state after an event, without what is not told: so it soon equals the old one after a fact that came late."""
    after = ACTIVITY.evolve(state, event)
    if after.filed is not state.filed:
        return replace(after, filed=_SOME if event.evidence else state.filed)
    return replace(after, report=None, started_on=None) if isinstance(event, _SELDOM_TELLS) else after


def _is_same(before: ActivityState, after: ActivityState, event: object) -> bool:
    """Whether an event surely changed nothing that is told of an activity."""
    return (
        isinstance(event, _SELDOM_TELLS)
        and before.status is after.status
        and bool(before.evidence) == bool(after.evidence)
    )


def facts_of(
    activity: ActivityId, state: ActivityState, facts: tuple[Record[Any], ...], binding: Binding
) -> Facts | None:
    """What is so of an activity; None when it is not scheduled."""
    if state.scheduled_on is None:
        return None
    at_end = Activity(activity, date.max, state, binding.confirmation_required, facts)
    status, last = at_end.status, at_end.deadline.last
    due, *others = [day.toordinal() for day in at_end.open_days] or [NEVER]
    if status is ProgressStatus.AWAITING_CONFIRMATION:
        at_first = Activity(activity, date.min, state, binding.confirmation_required, facts)
        due = -at_first.days_overdue or NEVER
    is_late = status is ProgressStatus.COMPLETED and at_end.timeliness() is Timeliness.LATE
    events = [fact.event for fact in facts if type(fact.event) in _COUNTED]
    changes = [event.document is not None for event in denominator_changes(events, date.min)]
    return Facts(
        binding.jurisdiction,
        at_end.domain,
        status,
        NEVER if last is None else last.toordinal(),
        due,
        BETWEEN_LEADS.join(at_end.leads),
        PATH.join(at_end.group),
        LATE * is_late + NO_EVIDENCE * at_end.lacks_evidence + MORE_DUE * bool(others),
        sum(isinstance(event, _UNDOES) for event in events),
        changes.count(False),
        changes.count(True),
        tuple(others),
    )
