"""Status on two axes: how far an activity is, which is recorded, and whether it is in time, which is always derived."""

from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.labelled import Labelled


@checks_arguments
class ProgressStatus(Labelled):
    """
    How far an activity is.

    >>> ProgressStatus.AWAITING_CONFIRMATION.label(), ProgressStatus.COMPLETED.label("en")
    ('chờ xác nhận', 'completed')
    """

    NOT_STARTED = "not_started"
    """No record of work: no start, no percentage or part above 0."""
    IN_PROGRESS = "in_progress"
    AWAITING_CONFIRMATION = "awaiting_confirmation", "waiting for confirmation"
    """Reported complete, in a plan whose completions have to be confirmed."""
    COMPLETED = "completed"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    CARRIED_OVER = "carried_over"

    @property
    def has_left(self) -> bool:
        """Whether the activity is out of the plan: withdrawn, or carried over to a later one."""
        return self in _LEFT

    @property
    def is_open(self) -> bool:
        """Whether work is left to do in this plan."""
        return not self.has_left and self is not ProgressStatus.COMPLETED


@checks_arguments
class Timeliness(Labelled):
    """
    Whether an activity is in time: derived from its deadline and a day, never stored.

    >>> Timeliness.OVERDUE.label(), Timeliness.ON_TIME.label("en")
    ('quá hạn', 'on time')
    """

    NO_DEADLINE = "no_deadline"
    IN_TIME = "in_time"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    ON_TIME = "on_time"
    """Completed by its deadline."""
    LATE = "late"
    """Completed after its deadline."""
    NOT_JUDGED = "not_judged"
    """It has left the plan; its deadline no longer matters."""


# A tuple, because a member of an enum is found in one by identity, and hashed by a function of Python.
_LEFT = (ProgressStatus.WITHDRAWN, ProgressStatus.CARRIED_OVER)
