"""
What a policy is asked, and what it answers.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any

import attrs

from reformtrack.domain.acceptance import aggregate_of
from reformtrack.domain.activity import ActivityReassigned, ActivityScheduled
from reformtrack.domain.confirmation import Deed, deeds
from reformtrack.domain.events import PLAN, Event, is_activity, is_agency
from reformtrack.domain.fields import OptionalName, Reason, checked
from reformtrack.domain.plan import UNADOPTED, PlanAdopted, PlanState
from reformtrack.domain.showing import brief
from reformtrack.domain.timeline import Record, RecordRetracted, timeline
from reformtrack.domain.values import StreamId, plan_of
from reformtrack.views.agencies import Registry, fold_registry

Streams = Mapping[StreamId, Sequence[Record[Any]]]
"""The records of each stream, in order of version."""


@attrs.frozen(field_transformer=checked)
class Permit:
    """The event may be recorded."""

    rule: OptionalName = ""
    """The rule that lets it in, as it stands on record: at most 300 characters."""
    agency: OptionalName = ""
    """The agency for which it is recorded, as `@so-noi-vu`; empty where the policy does not ask."""


@attrs.frozen(field_transformer=checked)
class Refuse:
    """The event may not be recorded."""

    reason: Reason
    """Why, and who may: a text of its own for each rule, that says nothing of what is on record."""


@attrs.frozen(field_transformer=brief)
class Situation:
    """What an event meets: the state of what it is about on its day, and the agencies of today with their roles."""

    today: date
    """The local day of the recording."""
    state: Any
    """The state of the aggregate on the day of the event; for a retraction, on the day of what is retracted."""
    plan: PlanState
    """The state of its plan on that day; that of no plan for an agency."""
    registry: Registry
    """The agencies on the day of the recording."""
    retracted: Record[Any] | None = None
    """For a retraction: the record that it takes back, if there is one."""
    lead: str = ""
    """Who has the lead of an activity today, as printed."""
    deeds: frozenset[Deed] = frozenset()
    """What was done for an activity since it was last sent back, by whom and for which agency; see `confirmation.deeds`."""
    adopts: bool = False
    """Whether the request itself adopts the plan."""
    acted: frozenset[tuple[str, str]] = frozenset()
    """(who, for which agency) of the records in the plan; only where somebody judges who has a role on loan."""


Policy = Callable[[str, Event, Situation], Permit | Refuse]
"""
Whether somebody may record an event in a situation: a pure function, asked for each event of a request in turn.

What is asked is who they say they are: `by`. To find out who somebody is, is the task of whoever embeds the tracker.
"""


def open_to_all(actor: str, event: Event, situation: Situation) -> Permit:
    """The policy of one's own machine: everybody may record everything."""
    return Permit()


class Situations:
    """
    The situation of each event of a request: what was before, and what the events before it make of that.

    Args:
        streams: the streams that the request is about, their plans, and all agencies.
        today: the local day of the recording.
    """

    def __init__(self, streams: Streams, today: date) -> None:
        self._histories: dict[StreamId, list[Record[Any]]] = {s: list(records) for s, records in streams.items()}
        self._today = today
        self._adopted = set[StreamId]()
        self._acted = set[tuple[str, str]]()

    @cached_property
    def registry(self) -> Registry:
        """The agencies on the day of the recording."""
        agencies = {stream: records for stream, records in self._histories.items() if is_agency(stream)}
        return fold_registry(agencies, self._today)

    def has_borrowed(self, actor: str) -> bool:
        """Whether somebody has a role today that was lent to them."""
        roles = (role for agency in self.registry.agencies for role in agency.state.roles if role.lent_by)
        return any(role.actor == actor and role.holds(self._today) for role in roles)

    def add_acts(self, streams: Streams) -> None:
        """Take into account for whom the records of whole plans were made."""
        self._acted.update((r.by, r.agency) for records in streams.values() for r in records if r.agency)

    def add(self, record: Record[Event]) -> None:
        """Take a record of the request into account, which is permitted."""
        self._histories.setdefault(record.stream, []).append(record)
        if isinstance(record.event, PlanAdopted):
            self._adopted.add(record.stream)
        if is_agency(record.stream):
            self.__dict__.pop("registry", None)
        elif record.agency:
            self._acted.add((record.by, record.agency))

    def of(self, record: Record[Event]) -> Situation:
        """The situation of the next event, as the record that it would be."""
        event, stream, plan = record.event, record.stream, plan_of(record.stream)
        retracted = self._retracted(event) if isinstance(event, RecordRetracted) else None
        fact = event if retracted is None else retracted.event
        day = self._today if isinstance(fact, RecordRetracted) else fact.on
        facts = timeline(self._histories.get(stream, ()), self._today)
        # A return that is taken back sends nothing back, so its own judges are asked of the work of before it.
        judged = [fact for fact in facts if fact is not retracted] if is_activity(stream) else []
        return Situation(
            self._today,
            aggregate_of(stream).fold(fact for fact in facts if fact.event.on <= day),
            PLAN.fold(timeline(self._histories.get(plan, ()), day)) if plan else UNADOPTED,
            self.registry,
            retracted,
            _lead(judged),
            deeds(judged, day),
            plan in self._adopted,
            frozenset(self._acted),
        )

    def _retracted(self, event: RecordRetracted) -> Record[Any] | None:
        records = self._histories.get(event.subject, ())
        return records[event.version - 1] if event.version <= len(records) else None


def _lead(facts: Sequence[Record[Any]]) -> str:
    """Who has the lead after all of an activity's facts."""
    leads = (r.event.lead for r in reversed(facts) if isinstance(r.event, ActivityScheduled | ActivityReassigned))
    return next(leads, "")
