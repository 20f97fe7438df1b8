"""
Events: as JSON from a request, from a file and from a command line, and as they are stored.
"""

import zlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from eventsourcing.compressor import ZlibCompressor
from eventsourcing.persistence import JSONTranscoder

from drills.fuzz.target import Target, check_error, check_texts
from reformtrack import InvalidField, Record
from reformtrack.cli.proposed import events_in, typed_event
from reformtrack.cli.session import BadFile, Misuse
from reformtrack.domain.errors import UnreadableRecord
from reformtrack.domain.kinds import Event
from reformtrack.domain.plan import PlanState
from reformtrack.exchange.event_json import RECORDABLE_NAMES, NotAnEvent
from reformtrack.store.cipher import RowCipher
from reformtrack.store.mapper import RecordMapper
from reformtrack.store.registry import Registry
from reformtrack.web.writing import events_of

GOLDEN = Path(__file__).parents[2] / "tests" / "store" / "golden"
_REGISTRY = Registry()
_KEY = bytes(range(32))
_AT = datetime(2023, 6, 30, tzinfo=UTC)


def request_body(data: bytes) -> None:
    """The body of a request that records."""
    try:
        events = events_of(data, lambda plan: PlanState(year=2023))
    except (InvalidField, NotAnEvent) as error:
        check_error(error)
    else:
        _keep(events)


def event_file(data: bytes) -> None:
    """A file of events for the command line."""
    try:
        events = list(events_in(data.decode("utf-8", "replace").split("\n"), "file", lambda plan: PlanState(year=2023)))
    except BadFile as error:
        check_error(error)
    else:
        _keep(events)


def typed(data: bytes) -> None:
    """An event as it is typed: its name, its subject and its fields, a line each; what is no UTF-8 as a shell hands it on."""
    name, subject, *fields = [*data.decode("utf-8", "surrogateescape").split("\n"), ""][:40]
    try:
        _keep([typed_event(name, subject, fields, lambda plan: PlanState(year=2023))])
    except (Misuse, InvalidField, NotAnEvent) as error:
        check_error(error)


def _keep(events: Sequence[Event]) -> None:
    """What was accepted can be stored, and comes back as it was."""
    for event in events:
        check_texts(event)
        record = Record(1, event.subject, 1, event, _AT, "a", "r")
        try:
            name, state = _REGISTRY.encode(record)
        except InvalidField:  # more than 1 MiB
            continue
        assert record == _REGISTRY.decode((1, event.subject, 1, name, state))


def stored_row(data: bytes) -> None:
    """A row of the log: name, stream and state, a line each."""
    name, stream, state = [*data.split(b"\n", 2), b"", b""][:3]
    row = (1, stream.decode("utf-8", "replace"), 1, name.decode("utf-8", "replace"), state)
    try:
        record = _REGISTRY.decode(row)
    except UnreadableRecord as error:
        check_error(error)
    else:
        _REGISTRY.encode(record)


def stored_state(data: bytes) -> None:
    """A state that is compressed and encrypted, and one that only says so."""
    mapper = RecordMapper(JSONTranscoder(), compressor=ZlibCompressor())
    for rows, state in ((None, data), (_cipher(), data), (_cipher(), _cipher().encrypt(data, "p", 1, "PlanAdopted.1"))):
        mapper.rows = rows
        try:
            mapper.reader()((1, "p", 1, "PlanAdopted.1", state))
        except UnreadableRecord as error:
            check_error(error)


def _cipher() -> RowCipher:
    return RowCipher([_KEY])


def _golden() -> list[tuple[str, dict[str, object]]]:
    """By stored name, the object of each golden file; of a field that came later the name is after a plus."""
    return [
        (path.stem.partition("+")[0], msgspec.json.decode(path.read_bytes())) for path in sorted(GOLDEN.glob("*.json"))
    ]


def _current() -> list[tuple[str, dict[str, object]]]:
    """By class, the fields of each golden event of the current form that can be recorded from outside."""
    found = [(name.partition(".")[0], state["event"]) for name, state in _golden() if name in _TOPICS]
    return [(name, fields) for name, fields in found if name in RECORDABLE_NAMES and isinstance(fields, dict)]


_TOPICS = {name for name in _REGISTRY.topics if f"{name[:-1]}{int(name[-1]) + 1}" not in _REGISTRY.topics}
"""The stored names of the newest forms."""


def _body_seeds() -> list[bytes]:
    return [msgspec.json.encode({"events": [{"type": name, **fields}]}) for name, fields in _current()]


def _file_seeds() -> list[bytes]:
    return [msgspec.json.encode({"name": name, "event": fields}) for name, fields in _current()]


def _typed_seeds() -> list[bytes]:
    seeds = []
    for name, fields in _current():
        given = {k: v if isinstance(v, str) else msgspec.json.encode(v).decode() for k, v in fields.items()}
        subject = given.pop("subject")
        seeds.append("\n".join([name, subject, *(f"{k}={v}" for k, v in given.items())]).encode())
    return [*seeds, "ActivityScheduled\np/1\non=2023-01-02\ndomain=1\ntitle=x\nlead=y\ndeadline=Quý II".encode()]


def _row_seeds() -> list[bytes]:
    rows = []
    for name, state in _golden():
        event = state["event"]
        assert isinstance(event, dict)
        rows.append(b"\n".join([name.encode(), str(event["subject"]).encode(), msgspec.json.encode(state)]))
    return rows


def _state_seeds() -> list[bytes]:
    state = (GOLDEN / "PlanAdopted.1.json").read_bytes()
    return [zlib.compress(state), state, _cipher().encrypt(zlib.compress(state), "p", 1, "PlanAdopted.1")]


TARGETS = {
    "request_body": Target(request_body, _body_seeds),
    "event_file": Target(event_file, _file_seeds),
    "typed_event": Target(typed, _typed_seeds),
    "stored_row": Target(stored_row, _row_seeds),
    "stored_state": Target(stored_state, _state_seeds),
}
