"""
The table of stream kinds: the form of ids, the rules and the events of each.

A page lists its events once; everything that depends on the kind or the event is derived from here.
"""

from typing import Any, TypeVar, get_args

import attrs

from reformtrack.domain import activity, agency, dispatch, indicator, journal, plan, report
from reformtrack.domain.activity import ActivityEvent, ActivityState
from reformtrack.domain.agency import AgencyEvent, AgencyState
from reformtrack.domain.dispatch import DigestSent, DispatchState
from reformtrack.domain.indicator import IndicatorEvent, IndicatorState
from reformtrack.domain.journal import JournalEvent, JournalState
from reformtrack.domain.plan import PlanEvent, PlanState
from reformtrack.domain.report import ReportCorrected, ReportEvent, ReportIssued, ReportState
from reformtrack.domain.timeline import Aggregate, Fact, RecordRetracted
from reformtrack.domain.values import FORMS, Form, form_of

Event = (
    PlanEvent | ActivityEvent | IndicatorEvent | ReportEvent | DigestSent | AgencyEvent | JournalEvent | RecordRetracted
)
"""Anything that can be recorded."""

S = TypeVar("S")
F = TypeVar("F", bound=Fact)


@attrs.frozen(eq=False)
class Kind(Aggregate[S, F]):
    """A kind of streams: the rules of an aggregate, the form of its ids, and its events."""

    form: Form
    events: tuple[type[F], ...]
    made: tuple[type[F], ...] = ()
    """The events that only the tracker creates: not recorded from outside, never retracted."""

    def has(self, stream: str) -> bool:
        """Whether a stream is of this kind, by its sign."""
        return form_of(stream) is self.form


PLAN: Kind[PlanState, PlanEvent] = Kind(PlanState(), plan.check, plan.evolve, FORMS["PlanId"], get_args(PlanEvent))
ACTIVITY: Kind[ActivityState, ActivityEvent] = Kind(
    ActivityState(), activity.check, activity.evolve, FORMS["ActivityId"], get_args(ActivityEvent)
)
INDICATOR: Kind[IndicatorState, IndicatorEvent] = Kind(
    IndicatorState(), indicator.check, indicator.evolve, FORMS["IndicatorId"], get_args(IndicatorEvent)
)
REPORT: Kind[ReportState, ReportEvent] = Kind(
    ReportState(),
    report.check,
    report.evolve,
    FORMS["ReportId"],
    get_args(ReportEvent),
    made=(ReportIssued, ReportCorrected),
)
DISPATCH: Kind[DispatchState, DigestSent] = Kind(
    DispatchState(), dispatch.check, dispatch.evolve, FORMS["DispatchId"], (DigestSent,)
)
AGENCY: Kind[AgencyState, AgencyEvent] = Kind(
    AgencyState(), agency.check, agency.evolve, FORMS["AgencyId"], get_args(AgencyEvent)
)
JOURNAL: Kind[JournalState, JournalEvent] = Kind(
    JournalState(),
    journal.check,
    journal.evolve,
    FORMS["JournalId"],
    get_args(JournalEvent),
    made=get_args(JournalEvent),
)

KINDS: tuple[Kind[Any, Any], ...] = (PLAN, ACTIVITY, INDICATOR, REPORT, DISPATCH, AGENCY, JOURNAL)

EVENT_TYPES: tuple[type[Event], ...] = (*(event for kind in KINDS for event in kind.events), RecordRetracted)
"""The class of each event."""

RECORDABLE = tuple(event for event in EVENT_TYPES if not any(event in kind.made for kind in KINDS))
"""The events that can be recorded from outside, by any interface."""

_BY_FORM = {kind.form.name: kind for kind in KINDS}


def kind_of(stream: str) -> Kind[Any, Any]:
    """The kind of a stream, by its sign."""
    return _BY_FORM[form_of(stream).name]
