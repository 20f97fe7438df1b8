"""
The errors of reformtrack: one base, one class for each broken rule.

Each is also the matching built-in exception, keeps its facts as attributes, and says in one line what was asked, what
was found, and what would be accepted.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import ClassVar

from reformtrack.domain.said import Said, said, sentence


class ReformtrackError(Exception):
    """The base of every error that reformtrack raises on purpose."""

    pattern: ClassVar[str] = ""
    """The pattern of what it says, of its attributes; empty for an error whose words are other than these."""

    @property
    def words(self) -> str:
        """What it says, in English: a `Said` can be said in another language."""
        if self.pattern:
            return said(self.pattern, **vars(self))
        return self.args[0] if self.args and isinstance(self.args[0], Said) else super().__str__()

    def __str__(self) -> str:
        return str(self.words)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({shortened(str(self), 300)})"


class OneSentence(Exception):
    """An error whose message is one sentence: a pattern and its values, as `said` takes them."""

    def __init__(self, pattern: str, /, **values: object) -> None:
        super().__init__(pattern if isinstance(pattern, Said) else said(pattern, **values))


class InvalidField(ReformtrackError, ValueError):
    """
    A value that a field cannot hold: wrong type, out of range, or text that must not be stored.

    Attributes: `owner` (the class), `field`, `found` (a short repr of what was given) and `accepted`.
    """

    def __init__(self, owner: str, field: str, found: object, accepted: str) -> None:
        super().__init__(owner, field, found, accepted)
        self.owner, self.field, self.accepted = owner, field, accepted
        self.found: str = shortened(found)

    @property
    def words(self) -> str:
        found = self.args[2] if type(self.args[2]) is date else self.found
        return said("{owner}.{field} cannot be {found}; accepted: {accepted}", **vars(self) | {"found": found})


def unfit(value: object, field: str, accepted: str) -> InvalidField:
    """The error of a value of which one field does not go with the others."""
    return InvalidField(type(value).__name__, field, getattr(value, field), accepted)


class NoEvent(InvalidField, TypeError):
    """Something given to be recorded that is not an event of reformtrack."""


class UnknownLine(InvalidField, KeyError):
    """A line that the report does not have."""


class InvalidInstant(ReformtrackError, ValueError):
    """A `known_at`, or a reading of the clock, that is naive or in the future."""

    def __init__(self, found: object, accepted: str) -> None:
        super().__init__(found, accepted)
        self.found, self.accepted = found, accepted

    @property
    def words(self) -> str:
        found = self.found if isinstance(self.found, date) else shortened(self.found)
        return said("known_at cannot be {found}; accepted: {accepted}", found=found, accepted=self.accepted)


class Incomparable(OneSentence, ReformtrackError, ValueError):
    """Two figures that cannot be added: they have different rules or dates, or share an activity."""


class NotFound(ReformtrackError, LookupError):
    """
    Something that did not exist on a day, as known at an instant.

    Attributes: `kind` of thing, `id`, `on` (the day), `known_at` and `accepted`.
    """

    def __init__(self, kind: str, id: str, on: date, known_at: datetime | int | None, accepted: str = "") -> None:
        super().__init__(kind, id, on, known_at, accepted)
        self.kind, self.id, self.on, self.known_at = kind, id, on, known_at
        later = said("a later day") if known_at is None else said("a later day, or all that is known now")
        self.accepted = accepted or said("an id that existed on that day, or {later}", later=later)

    @property
    def words(self) -> str:
        known = said("now") if self.known_at is None else said("at {known_at}", known_at=self.known_at)
        return said(
            "{kind} {id!r} did not exist on {day}, as known {known}; accepted: {accepted}",
            **vars(self) | {"day": self.on, "known": known},
        )


class NotRecordable(ReformtrackError, TypeError):
    """An event that only the tracker creates, such as an issued report or a note of the store."""

    pattern = sentence(
        "{event}({subject}) cannot be recorded, only the tracker creates it; accepted: reports.issue, "
        "reports.correct, log.correct_instants, configure or Seals.accept_backup"
    )

    def __init__(self, event: str, subject: str) -> None:
        super().__init__(event, subject)
        self.event, self.subject = event, subject


class RequestReused(ReformtrackError, ValueError):
    """A `request_id` that was used for other events or by another actor."""

    def __init__(self, request_id: str, position: int) -> None:
        super().__init__(request_id, position)
        self.request_id, self.position = request_id, position

    @property
    def words(self) -> str:
        return said(
            "request {request!r} was recorded with other events or by another actor, at position {position}; "
            "accepted: the same events by the same actor, or a new request_id",
            **vars(self) | {"request": self.request_id},
        )


class NotPermitted(ReformtrackError, PermissionError):
    """
    A record that the policy does not permit. The message discloses nothing that is on record.

    Attributes: `event` (its name), `subject` and `reason`.
    """

    pattern = sentence("{event}({subject}) is not permitted: {reason}")

    def __init__(self, event: str, subject: str, reason: str) -> None:
        self.args = event, subject, reason  # an OSError would keep the third apart
        self.event, self.subject, self.reason = event, subject, reason


class PolicyRequired(NotPermitted):
    """
    A record by a tracker without a policy, in a store that has one in force.

    Attributes: those of `NotPermitted`; `policy`, the name of the one in force, and `since`, its first day.
    """

    def __init__(self, event: str, subject: str, policy: str, since: date | None) -> None:
        super().__init__(
            event,
            subject,
            said(
                "the policy {policy} is in force since {since}, but the tracker has none; accepted: Tracker(…, "
                "policy=…), or --stewards on the command line; also policy=open_to_all or --open-to-all",
                policy=policy,
                since=since,
            ),
        )
        self.args = (event, subject, policy, since)
        self.policy, self.since = policy, since


class VersionConflict(ReformtrackError, RuntimeError):
    """A stream that is not at the version that the caller expected."""

    pattern = sentence(
        "{stream} was expected at version {expected} but is at {found}; accepted: read it again, decide again, "
        "and record with the version that was read"
    )

    def __init__(self, stream: str, expected: int, found: int) -> None:
        super().__init__(stream, expected, found)
        self.stream, self.expected, self.found = stream, expected, found


class ConcurrentUpdate(ReformtrackError, RuntimeError):
    """A record that lost to other writers at every attempt."""

    def __init__(self, streams: Sequence[str], attempts: int) -> None:
        super().__init__(streams, attempts)
        self.streams, self.attempts = streams, attempts

    @property
    def words(self) -> str:
        return said(
            "{streams} changed during each of {attempts} attempts; nothing was recorded; accepted: the same call "
            "again, with the same request_id",
            **vars(self) | {"streams": tuple(self.streams)},
        )


class MissingExtra(ReformtrackError, ImportError):
    """A library that is not installed. Attributes: `extra`, which brings it, and `found`, what the import said."""

    def __init__(self, extra: str, found: ImportError) -> None:
        super().__init__(extra, found)
        self.extra, self.found = extra, found

    @property
    def words(self) -> str:
        module = (self.found.name or "").partition(".")[0] if isinstance(self.found, ModuleNotFoundError) else ""
        return said(
            "{found}; accepted: pip install 'reformtrack[{extra}]'",
            found=said("{module} is not installed", module=module) if module else str(self.found),
            extra=self.extra,
        )


class StoreError(OneSentence, ReformtrackError, OSError):
    """A store that cannot be opened, read or written."""


class ClockBehind(StoreError):
    """
    The last instants of the log are more than five minutes ahead of the clock: one of the two is wrong, and nothing is
    recorded.

    Attributes: `first` and `last`, the positions of the records that are ahead, `instant`, that of the last, and `now`.
    """

    pattern = sentence(
        "the clock shows {now}, but the record at position {last} was recorded at {instant}; accepted: a "
        "correct clock; or, if a wrong clock stamped the records from position {first} to {last}, "
        "correct_instants({first}, {last}) by a steward"
    )

    def __init__(self, first: int, last: int, instant: datetime, now: datetime) -> None:
        self.args = first, last, instant, now
        self.first, self.last, self.instant, self.now = first, last, instant, now


class ClocksDiffer(StoreError):
    """
    The clock of this machine and that of the database server are more than five minutes apart; nothing is recorded.

    Attributes: `instant`, what would have been recorded, and `server`, the server's instant.
    """

    pattern = sentence(
        "the record would be stamped {instant}, but the clock of the database server shows {server}; accepted: "
        "two clocks at most five minutes apart"
    )

    def __init__(self, instant: str, server: str) -> None:
        self.args = instant, server
        self.instant, self.server = instant, server


class StoreUnavailable(StoreError, ConnectionError):
    """The store could not be reached, or was locked by others, until the retries of the call ran out."""


class TrackerClosed(ReformtrackError, RuntimeError):
    """A tracker that was closed before a call or while the call waited; whether that call recorded is unknown."""

    pattern = sentence("the tracker is closed; accepted: the same call on an open tracker, with the same request_id")


class UnknownSubscription(ReformtrackError, LookupError):
    """A subscription of the outbox that this process did not subscribe, or that the store does not have."""

    pattern = sentence(
        "subscription {name!r} does not exist in this process; "
        "accepted: the same call after Outbox.subscribe({name!r}, …)"
    )

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class WebhookClosed(ReformtrackError, RuntimeError):
    """A webhook that is used after it was closed. Its events are not refused: an open webhook delivers them."""

    pattern = sentence("the webhook is closed; accepted: closing a webhook after its outbox has stopped")


class LogFileError(OneSentence, ReformtrackError, ValueError):
    """A log file that is incomplete, or that does not fit the records of the store."""


class SealError(OneSentence, ReformtrackError, ValueError):
    """A key, a checkpoint or a proof that is malformed, not authentic, or of another log."""


class SheetFileError(ReformtrackError, ValueError):
    """A file that cannot be read as a spreadsheet. Attributes: `path`, `found` and `accepted`."""

    pattern = sentence("{path}: {found}; accepted: {accepted}")

    def __init__(
        self, path: object, found: str, accepted: str = said("a spreadsheet: .xlsx, .xls, .ods or .csv")
    ) -> None:
        super().__init__(path, found, accepted)
        self.path, self.found, self.accepted = path, found, accepted


class TemplateFileError(InvalidField):
    """A Word template that cannot be filled. Attributes beside those of `InvalidField`: `path` and `reason`, in full."""

    def __init__(self, path: object, reason: str, accepted: str) -> None:
        super().__init__("from_template", "template", str(path), accepted)
        self.args = (path, reason, accepted)
        self.path, self.reason = path, reason

    @property
    def words(self) -> str:
        return said("{path}: {found}; accepted: {accepted}", path=self.path, found=self.reason, accepted=self.accepted)


class UnreadableRecord(StoreError, ValueError):
    """
    A stored event that cannot be read: an unknown name, bad JSON, a value out of range. Other streams are not affected.

    Attributes: `position` in the log, `stream`, `version`, `name` (the stored event name), `field`, `reason`, and `state`,
    the stored bytes.
    """

    def __init__(
        self, position: int, stream: str, version: int, name: str, field: str, reason: str, state: bytes
    ) -> None:
        self.args = position, stream, version, name, field, reason, state
        self.position, self.stream, self.version = position, stream, version
        self.name, self.field, self.reason, self.state = name, field, reason, state

    @property
    def words(self) -> str:
        return said(
            "record {version} of {stream} (position {position}, {name}) cannot be read: {field}: {reason}; "
            "Tracker.log.quarantine() lists it, the other streams are not affected",
            version=self.version,
            stream=str(self.stream)[:200],  # not a text if somebody changed the file
            position=self.position,
            name=shortened(self.name),
            field=self.field,
            reason=self.reason,
        )


class Found(str):
    """A short repr of a value, with the value itself, so that other languages can format it."""

    value: object


def shortened(value: object, limit: int = 80) -> str:
    """A repr of `value` for a message, of at most `limit` characters."""
    text = repr(value[:limit]) if isinstance(value, str | bytes) else repr(value)
    found = Found(text if len(text) <= limit else text[: limit - 1] + "…")
    found.value = value
    return found
