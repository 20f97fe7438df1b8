"""
Status on two axes: how far an activity is, which is recorded, and whether it is in time, which is always derived.
"""

import enum
from collections.abc import Mapping

from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.wording import Lang


@checks_arguments
class ProgressStatus(enum.Enum):
    """How far an activity is."""

    NOT_STARTED = "not_started"
    """Nothing on record says that work began: no start, no percentage or part above 0."""
    IN_PROGRESS = "in_progress"
    AWAITING_CONFIRMATION = "awaiting_confirmation"
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
        """Whether there is still something to do for it in this plan."""
        return not self.has_left and self is not ProgressStatus.COMPLETED

    def label(self, lang: Lang = "vi") -> str:
        """
        The status in words.

        >>> ProgressStatus.AWAITING_CONFIRMATION.label(), ProgressStatus.COMPLETED.label("en")
        ('chờ xác nhận', 'completed')
        """
        return _PROGRESS_LABELS[self][lang]


@checks_arguments
class Timeliness(enum.Enum):
    """Whether an activity is in time: derived from its deadline and a day, never stored."""

    NO_DEADLINE = "no_deadline"
    IN_TIME = "in_time"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    ON_TIME = "on_time"
    """Completed by its deadline."""
    LATE = "late"
    """Completed after its deadline."""
    NOT_JUDGED = "not_judged"
    """It has left the plan with a deadline, which it neither keeps nor misses any more."""

    def label(self, lang: Lang = "vi") -> str:
        """
        The timeliness in words.

        >>> Timeliness.OVERDUE.label(), Timeliness.ON_TIME.label("en")
        ('quá hạn', 'on time')
        """
        return _TIMELINESS_LABELS[self][lang]


# A tuple, because a member of an enum is found in one by identity, and hashed by a function of Python.
_LEFT = (ProgressStatus.WITHDRAWN, ProgressStatus.CARRIED_OVER)

_PROGRESS_LABELS: Mapping[ProgressStatus, Mapping[Lang, str]] = {
    ProgressStatus.NOT_STARTED: {"vi": "chưa thực hiện", "en": "not started"},
    ProgressStatus.IN_PROGRESS: {"vi": "đang thực hiện", "en": "in progress"},
    ProgressStatus.AWAITING_CONFIRMATION: {"vi": "chờ xác nhận", "en": "waiting for confirmation"},
    ProgressStatus.COMPLETED: {"vi": "đã hoàn thành", "en": "completed"},
    ProgressStatus.SUSPENDED: {"vi": "tạm dừng", "en": "suspended"},
    ProgressStatus.WITHDRAWN: {"vi": "đưa ra khỏi kế hoạch", "en": "withdrawn"},
    ProgressStatus.CARRIED_OVER: {"vi": "chuyển tiếp sang kế hoạch sau", "en": "carried over"},
}

_TIMELINESS_LABELS: Mapping[Timeliness, Mapping[Lang, str]] = {
    Timeliness.NO_DEADLINE: {"vi": "không có thời hạn cụ thể", "en": "no deadline"},
    Timeliness.IN_TIME: {"vi": "trong hạn", "en": "in time"},
    Timeliness.DUE_SOON: {"vi": "sắp đến hạn", "en": "due soon"},
    Timeliness.OVERDUE: {"vi": "quá hạn", "en": "overdue"},
    Timeliness.ON_TIME: {"vi": "đúng hạn", "en": "on time"},
    Timeliness.LATE: {"vi": "trễ hạn", "en": "late"},
    Timeliness.NOT_JUDGED: {"vi": "không xét thời hạn", "en": "not judged"},
}
