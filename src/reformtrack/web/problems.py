"""Errors of the web: a status, and a problem document of RFC 9457."""

import attrs
import msgspec

from reformtrack.domain import errors, illegal
from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.said import said

TYPE = "https://reformtrack.invalid/problems/"
"""The prefix of problem types, which are names, not addresses; RFC 2606 reserves `.invalid` for this."""

RETRY_AFTER = 5
"""The seconds of Retry-After when the store cannot be reached."""

_OWN_TITLES = {"NoActor": said("Error in the host's authorize function")}
"""The titles of problems for which the title of their status is wrong."""

_STATUS: tuple[tuple[type[Exception], int], ...] = (
    (errors.NotFound, 404),
    (errors.MissingExtra, 406),
    (errors.InvalidInstant, 400),
    (errors.VersionConflict, 412),
    (errors.RequestReused, 422),
    (illegal.IllegalHistory, 409),
    (errors.NotPermitted, 403),
    (errors.ConcurrentUpdate, 503),
    (errors.StoreUnavailable, 503),
    (errors.TrackerClosed, 503),
    (errors.UnreadableRecord, 500),
    (errors.StoreError, 500),
    (errors.ReformtrackError, 400),
)
TITLES = {
    400: said("Bad request"),
    401: said("Not signed in"),
    403: said("Not permitted"),
    404: said("Not found"),
    405: said("Method not allowed"),
    406: said("No such form"),
    409: said("The history would be illegal"),
    412: said("Something was recorded in between"),
    413: said("The request is too large"),
    414: said("The address is too long"),
    415: said("Unsupported media type"),
    421: said("Host not served here"),
    422: said("The request id was used before with other content"),
    428: said("A header is missing"),
    429: said("Too many requests"),
    500: said("The store failed"),
    503: said("The store cannot be reached"),
}
"""The title of each status."""


@attrs.frozen
class Problem(Exception):
    """A request that is answered with an error."""

    status: int
    name: str
    """The type of the problem: the name of the rule that is broken."""
    detail: str
    more: dict[str, object] = attrs.field(factory=dict)

    @property
    def title(self) -> str:
        """The title: its own, that of its status, or the detail."""
        return _OWN_TITLES.get(self.name, TITLES.get(self.status, self.detail))

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(RETRY_AFTER)} if self.status in (429, 503) else {}

    def document(self) -> bytes:
        fields = {"type": TYPE + self.name, "title": str(self.title), "status": self.status, "detail": str(self.detail)}
        return msgspec.json.encode({**fields, **self.more})


@checks_arguments
def problem_of(error: errors.ReformtrackError) -> Problem:
    """
    The problem of an error: status, headers and a document of RFC 9457; also for a host's own routes.

    >>> from datetime import date
    >>> found = problem_of(errors.NotFound("plan", "p", date(2023, 6, 30), None))
    >>> found.status, found.title, found.document()[:43]
    (404, 'Not found', b'{"type":"https://reformtrack.invalid/proble')
    """
    status = next(status for kind, status in _STATUS if isinstance(error, kind))
    more: dict[str, object] = {}
    match error:
        case errors.InvalidField():
            more = {"field": error.field, "accepted": str(error.accepted)}
        case illegal.IllegalHistory():
            more = {"accepted": str(error.accepted), "subject": error.event.subject}
            if error.in_the_way is not None:
                more["in_the_way"] = {"stream": error.in_the_way.stream, "version": error.in_the_way.version}
        case errors.VersionConflict():
            more = {"stream": error.stream, "expected": error.expected, "found": error.found}
        case errors.RequestReused():
            more = {"position": error.position}
        case errors.UnreadableRecord():
            more = {"position": error.position, "stream": error.stream, "version": error.version}
    unreached = said("the store cannot be reached; accepted: the same request a little later")
    detail = unreached if status == 503 else error.words
    return Problem(status, type(error).__name__, detail, more)
