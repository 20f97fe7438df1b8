"""The rules that a record can break, one class for each: it would make the history of a plan illegal."""

from collections.abc import Sequence
from typing import Any, ClassVar, Self

from reformtrack.domain.errors import ReformtrackError
from reformtrack.domain.said import said


class IllegalHistory(ReformtrackError, ValueError):
    """
    A record that is refused because it would make the history illegal at some point.

    Attributes:
        event: the event whose rule is broken: the one proposed, or a later one that it would make illegal.
        proposed: the events that were proposed, when `event` is not one of them.
        found: what is in the way, in words.
        accepted: what would be accepted.
        in_the_way: the record that causes it, on record or proposed; None when no single record does.
    """

    found: str = ""
    accepted: str = ""
    aspect: ClassVar[str] = "status"
    """The attribute of the aggregate's state that causes the refusal: `in_the_way` is the record that last changed it."""

    def __init_subclass__(cls, *, aspect: str = "status") -> None:
        cls.aspect = aspect

    def __init__(self, event: Any, found: str = "", accepted: str = "") -> None:
        super().__init__(event, found, accepted)
        self.event = event
        self.found = found or self.found
        self.accepted = accepted or self.accepted
        self.proposed: Sequence[Any] = ()
        self.in_the_way: Any = None

    def naming(self, record: Any) -> Self:
        """The same error, with the record that causes it."""
        self.in_the_way = record
        return self

    @property
    def words(self) -> str:
        asked: object = self.event
        if self.proposed:
            asked = said(
                "{events} would make a recorded event illegal, {event}", events=tuple(self.proposed), event=self.event
            )
        found: object = self.found
        if self.in_the_way is not None:
            record = self.in_the_way
            found = said(
                "{found} ({event}, record {version} of {stream})",
                found=self.found,
                event=record.event,
                version=record.version,
                stream=record.stream,
            )
        return said("{asked}: {found}; accepted: {accepted}", asked=asked, found=found, accepted=self.accepted)


class PlanNotAdopted(IllegalHistory, LookupError, aspect="adopted_on"):
    """A record about a plan, or something in it, on a day on which the plan is not adopted."""

    found = said("the plan is not adopted on that day")
    accepted = said("a PlanAdopted of that day or before, recorded first")


class PlanAlreadyAdopted(IllegalHistory, aspect="adopted_on"):
    """A plan adopted twice."""

    found = said("the plan is adopted already")
    accepted = said("PlanAmended for a change, or retract the adoption and record it anew")


class PlanIsClosed(IllegalHistory, aspect="periods"):
    """A record about a plan or an activity after the plan was closed."""

    found = said("the plan is closed")
    accepted = said("PlanReopened, recorded first")


class PlanIsOpen(IllegalHistory, aspect="periods"):
    """A reopening of a plan that is not closed."""

    found = said("the plan is open")
    accepted = said("PlanReopened after a PlanClosed")


class PlanNotOpenThen(IllegalHistory, aspect="periods"):
    """A fact of an activity dated on a day on which its plan was not adopted yet, or closed."""

    found = said("the plan is not open on that day")
    accepted = said("a day on which the plan is adopted and not closed")


class UnknownDomain(IllegalHistory, LookupError, aspect="domains"):
    """An activity scheduled in a domain that its plan does not have."""


class ActivityNotScheduled(IllegalHistory, LookupError, aspect="scheduled_on"):
    """A record about an activity that is not scheduled on that day."""

    found = said("the activity is not scheduled on that day")
    accepted = said("an ActivityScheduled of that day or before, recorded first")


class ActivityAlreadyScheduled(IllegalHistory, aspect="scheduled_on"):
    """An activity scheduled twice: its code is unique in the plan."""

    found = said("the plan has an activity of this code")
    accepted = said("another code; ActivityRevised, ActivityRescheduled or ActivityReassigned for a change")


class ActivityAlreadyStarted(IllegalHistory, aspect="started_on"):
    """An activity started twice."""

    found = said("its start is on record already")
    accepted = said("ProgressReported; to correct the day of the start, retract that record and record it anew")


class ActivityAlreadyCompleted(IllegalHistory):
    """A record of work on an activity that is complete."""

    found = said("the activity is completed")
    accepted = said("ActivityReopened or CompletionReturned first, or a day before the completion")


class CarriedIntoSamePlan(IllegalHistory, aspect=""):
    """An activity carried over into its own plan."""

    found = said("the activity is in that plan already")
    accepted = said("the id of a later plan in `into`; ActivityRescheduled for another deadline in this one")


class ActivityNotCompleted(IllegalHistory):
    """A completion confirmed, returned or reopened that does not exist."""

    found = said("the activity is not completed on that day")
    accepted = said("an ActivityCompleted, or every occurrence completed, first")


class ActivityAlreadyConfirmed(IllegalHistory, aspect="confirmed_on"):
    """A completion confirmed twice, or returned after it was confirmed."""

    found = said("the completion is confirmed")
    accepted = said("ActivityReopened, when the completion does not hold after all")


class ConfirmsAnotherRecord(IllegalHistory, aspect="completed_on"):
    """A confirmation that does not name the record that completed the activity."""


class ConfirmsOwnWork(IllegalHistory, aspect="completed_on"):
    """A confirmation by the person who reported the completion, or for the same agency."""


class ActivityIsSuspended(IllegalHistory):
    """A record of work on an activity that is suspended."""

    found = said("the activity is suspended")
    accepted = said("ActivityResumed first")


class ActivityNotSuspended(IllegalHistory):
    """A resumption of an activity that is not suspended."""

    found = said("the activity is not suspended on that day")
    accepted = said("ActivityResumed after an ActivitySuspended")


class ActivityHasLeft(IllegalHistory):
    """A record about an activity that was withdrawn from the plan, or carried over."""

    found = said("the activity has left the plan")
    accepted = said("a day before it left; to undo that, retract the record that took it out")


class ActivityIsRecurring(IllegalHistory, aspect="terms"):
    """A recurring activity completed, returned or reopened without an occurrence."""


class ActivityNotRecurring(IllegalHistory, aspect="terms"):
    """An occurrence named for an activity that is not recurring."""

    found = said("the deadline has no occurrences")
    accepted = said("ActivityCompleted, or the event without an occurrence")


class UnknownOccurrence(IllegalHistory, LookupError, aspect="terms"):
    """An occurrence that the deadline does not have."""


class OccurrenceAlreadyCompleted(IllegalHistory, aspect="occurrences"):
    """An occurrence completed twice."""

    found = said("this occurrence is completed")
    accepted = said("another occurrence; to correct the day, retract that record and record it anew")


class OccurrenceNotCompleted(IllegalHistory, aspect="occurrences"):
    """An occurrence returned or reopened that is not completed."""

    found = said("this occurrence is not completed on that day")
    accepted = said("an occurrence that is completed")


class IndicatorNotDefined(IllegalHistory, LookupError, aspect="definition"):
    """A reading of an indicator that is not defined on that day."""

    found = said("the indicator is not defined on that day")
    accepted = said("an IndicatorDefined of that day or before, recorded first")


class IndicatorAlreadyDefined(IllegalHistory, aspect="definition"):
    """An indicator defined twice."""

    found = said("the indicator is defined already")
    accepted = said("another id, or retract the definition and record it anew")


class ReadingDoesNotFit(IllegalHistory, aspect="definition"):
    """A reading whose form does not fit the kind of its indicator."""


class ReportNotIssued(IllegalHistory, LookupError, aspect="issued"):
    """A correction of a report that was not issued."""

    found = said("the report is not issued on that day")
    accepted = said("a ReportIssued of that day or before, recorded first")


class ReportAlreadyIssued(IllegalHistory, aspect="issued"):
    """A report issued twice."""

    found = said("the report is issued already")
    accepted = said("tracker.reports.correct, or another period")


class ReportIsLocked(IllegalHistory, aspect="issued"):
    """A retraction of a report or of a correction after it was sent."""

    found = said("the report was issued, and is locked")
    accepted = said("a correction, by tracker.reports.correct")


class JournalIsKept(IllegalHistory):
    """A retraction of the tracker's own note."""

    found = said("it is in a journal of the store")
    accepted = said("leave it as it is")


class InstantNotAhead(IllegalHistory):
    """A correction of an instant that is ahead neither of a later one nor of the clock."""

    accepted = said("records whose instants are ahead; any other keeps its instant")


class AgencyNotRegistered(IllegalHistory, LookupError, aspect="registered_on"):
    """A record about an agency that is not registered on that day."""

    found = said("the agency is not registered on that day")
    accepted = said("an AgencyRegistered of that day or before, recorded first")


class AgencyAlreadyRegistered(IllegalHistory, aspect="registered_on"):
    """An agency registered twice."""

    found = said("the agency is registered already")
    accepted = said("another id; AgencyRenamed or AgencyAliased for a change")


class AgencyHasEnded(IllegalHistory, aspect="ended_on"):
    """A record about an agency that has ended."""

    found = said("the agency has ended")
    accepted = said("a day before its end; to undo that, retract the record that ended it")


class RoleNotHeld(IllegalHistory, aspect="roles"):
    """A role ended or delegated by somebody who does not hold it on that day, or holds it only by delegation."""

    found = said("the actor does not hold that role at this agency on that day")
    accepted = said("a role that was granted to the actor at this agency, and has not ended")


class TooManyLoans(IllegalHistory, aspect="roles"):
    """A delegation beyond the limit of one person at one agency: a steward grants the role instead."""


class NoSuchHeir(IllegalHistory, LookupError):
    """A handover to an agency that does not exist on that day."""


class DatedInTheFuture(IllegalHistory):
    """A fact dated after today."""


class NoSuchRecord(IllegalHistory, LookupError):
    """A retraction, or a correction, of a record that does not exist."""


class AlreadyRetracted(IllegalHistory):
    """A record retracted twice."""

    found = said("the record is retracted already")
    accepted = said("one RecordRetracted a record")


class RetractionOfRetraction(IllegalHistory):
    """A retraction retracted."""

    found = said("the record is itself a retraction")
    accepted = said("the retracted event, recorded anew")
