"""The stored form: every event comes back as it was, old versions stay readable, and what cannot be read says why."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from operator import attrgetter
from pathlib import Path
from typing import Any

import attrs
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reformtrack import Event, InvalidField, Record
from reformtrack.domain.kinds import EVENT_TYPES
from reformtrack.domain.values import Document, StreamId
from reformtrack.errors import UnreadableRecord
from reformtrack.events import ActivityStarted, EvidenceFiled, PlanAmended, ProgressReported
from reformtrack.store.registry import EVENT_NAMES, LATER_FIELDS, MAX_STATE_BYTES, UPCASTERS, Registry, default_of
from reformtrack.testing import events
from tests.support import ADOPTED, INSTANT, scheduled

GOLDEN = Path(__file__).parent / "golden"
NAMES = Path(__file__).parent / "golden_names"
"""Records of before names were one line without invisible characters."""
REGISTRY = Registry()


def record(event: Any) -> Record[Any]:
    return Record(7, event.subject, 3, event, INSTANT, "so-noi-vu", "request-1")


def stored(event: Any, **changes: Any) -> tuple[str, bytes]:
    """A stored event with some of its JSON changed: keys of the envelope, or of the event after `event__`."""
    topic, state = REGISTRY.encode(record(event))
    data = json.loads(state)
    for key, value in changes.items():
        target, _, field = key.rpartition("__")
        (data["event"] if target else data)[field] = value
    return topic, json.dumps(data).encode()


@given(events())
def test_every_event_comes_back_as_it_was(event: Event) -> None:
    """Decoding what was encoded is the same record, and encoding it again gives the same bytes."""
    before = record(event)
    topic, state = REGISTRY.encode(before)
    after = REGISTRY.decode((7, before.stream, 3, topic, state))
    assert before == after
    assert type(event) is type(after.event)
    assert (topic, state) == REGISTRY.encode(after)


@given(events())
def test_a_stored_event_is_one_json_object_that_any_tool_reads(event: Event) -> None:
    """With the event, when and by whom it was recorded, and the request."""
    data = json.loads(REGISTRY.encode(record(event))[1])
    assert ["by", "event", "recorded_at", "request_id"] == sorted(data)
    assert event.subject == data["event"]["subject"]
    assert INSTANT == datetime.fromisoformat(data["recorded_at"])


def test_every_event_has_a_stored_name() -> None:
    """And no two have the same; the catalogue and the registry hold the same classes."""
    assert set(EVENT_TYPES) == set(EVENT_NAMES.values())
    assert len(EVENT_NAMES) == len(EVENT_TYPES)


@pytest.mark.parametrize("topic", REGISTRY.topics)
def test_golden_files_are_still_read(topic: str) -> None:
    """One for each stored version that ever was, never changed; written again it is the current version."""
    state = (GOLDEN / f"{topic}.json").read_bytes()
    stream = json.loads(state)["event"]["subject"]
    found = REGISTRY.decode((1, stream, 1, topic, state))
    name, _, version = topic.rpartition(".")
    assert EVENT_NAMES[name] is type(found.event)
    if int(version) == len(UPCASTERS.get(name, ())) + 1:
        assert (topic, state) == REGISTRY.encode(found)
        fields = {field.name for field in attrs.fields(EVENT_NAMES[name])}.difference(LATER_FIELDS.get(name, ()))
        assert fields == json.loads(state)["event"].keys(), "a golden file has every field that its version began with"


@pytest.mark.parametrize(
    ("name", "field"), [(name, field) for name, fields in LATER_FIELDS.items() for field in fields]
)
def test_a_field_that_came_later_is_stored_where_it_says_something(name: str, field: str) -> None:
    """In a golden file of its own; without it the bytes are those of before, which the file of the version holds."""
    version, default = len(UPCASTERS.get(name, ())) + 1, default_of(EVENT_NAMES[name], field)
    state = (GOLDEN / f"{name}.{version}+{field}.json").read_bytes()
    found = REGISTRY.decode((1, json.loads(state)["event"]["subject"], 1, f"{name}.{version}", state))
    assert attrgetter(field)(found.event) != default
    assert (f"{name}.{version}", state) == REGISTRY.encode(found)
    outer, _, own = field.rpartition(".")
    plain = {outer: attrs.evolve(getattr(found.event, outer), **{own: default})} if outer else {own: default}
    before = REGISTRY.encode(msgspec.structs.replace(found, event=attrs.evolve(found.event, **plain)))
    assert (f"{name}.{version}", (GOLDEN / f"{name}.{version}.json").read_bytes()) == before


@pytest.mark.parametrize(
    ("lead", "stored"),
    [("A", b'"lead":"A"'), (("A", "B"), b'"lead":["A","B"]'), ((), b'"lead":[]')],
)
def test_a_lead_is_stored_as_a_name_and_joint_leads_as_a_list(lead: str | tuple[str, ...], stored: bytes) -> None:
    """One name is stored as it always was."""
    event = scheduled("p/1", lead=lead)
    topic, state = REGISTRY.encode(record(event))
    assert stored in state
    assert event == REGISTRY.decode((7, event.subject, 3, topic, state)).event


@pytest.mark.parametrize("path", sorted(NAMES.iterdir()), ids=lambda path: path.stem)
def test_names_that_could_be_recorded_once_are_read_as_they_are(path: Path) -> None:
    """With spaces, lines and invisible characters, and a role lent to oneself in capitals: what is on record is on record."""
    state = path.read_bytes()
    found = REGISTRY.decode((1, json.loads(state)["event"]["subject"], 1, path.stem, state))
    assert "\u200b" in found.by
    assert "\u200b" in str(found.event).replace("\\u200b", "\u200b")
    assert (path.stem, state) == REGISTRY.encode(found)


def test_there_is_a_golden_file_for_every_version_and_no_other() -> None:
    """A released version is never dropped."""
    later = {
        f"{name}.{len(UPCASTERS.get(name, ())) + 1}+{field}"
        for name, fields in LATER_FIELDS.items()
        for field in fields
    }
    assert {f"{name}.json" for name in {*REGISTRY.topics, *later}} == {path.name for path in GOLDEN.iterdir()}


@attrs.frozen
class Renamed:
    """An event of which version 1 had `name` and version 2 `title`; version 3 added `count`."""

    subject: StreamId
    title: str
    count: int


@given(st.text(), st.integers(-(10**9), 10**9))
def test_old_versions_are_upcast_step_by_step(title: str, count: int) -> None:
    """Whatever version an event was stored in, it is read as today's."""
    registry = Registry(
        {"Renamed": Renamed},
        {
            "Renamed": (
                lambda data: {"title": data["name"], **{k: v for k, v in data.items() if k != "name"}},
                lambda data: {**data, "count": 1},
            )
        },
    )
    assert ("Renamed.3", "Renamed.1", "Renamed.2") == registry.topics
    for topic, event, expected in (
        ("Renamed.1", {"subject": "p", "name": title}, Renamed(StreamId("p"), title, 1)),
        ("Renamed.2", {"subject": "p", "title": title}, Renamed(StreamId("p"), title, 1)),
        ("Renamed.3", {"subject": "p", "title": title, "count": count}, Renamed(StreamId("p"), title, count)),
    ):
        envelope = {"event": event, "recorded_at": INSTANT, "by": "b", "request_id": "r"}
        state = msgspec.json.encode(envelope)
        assert expected == registry.decode((1, "p", 1, topic, state)).event


STARTED = ActivityStarted("p/1.01", on=ADOPTED, note="x")
REPORTED = ProgressReported("p/1.01", on=ADOPTED, part=1, whole=2, unit="hồ sơ")


@pytest.mark.parametrize(
    ("stored_event", "field", "reason"),
    [
        (("ActivityRenamed.1", b"{}"), "name", "no event of this name"),
        (("ActivityStarted.2", b"{}"), "name", "a newer reformtrack may know it"),
        (("ActivityStarted", b"{}"), "name", "no event of this name"),
        (("os:system.1", b"{}"), "name", "no event of this name"),
        (("ActivityStarted.1", b"{"), "state", "truncated"),
        (("ActivityStarted.1", b"\xff\xfe"), "state", "malformed"),
        (("ActivityStarted.1", b""), "state", "truncated"),
        (("ActivityStarted.1", b"[1]"), "state", "got `array`"),
        (("ActivityStarted.1", b"{}"), "state", "missing required field `event`"),
        (stored(STARTED, event__on="2023-02-30"), "event.on", "Invalid RFC3339"),
        (stored(STARTED, event__on=5), "event.on", "got `int`"),
        (stored(STARTED, event__note="x" * 20_001), "event.note", "length <= 20000"),
        (stored(STARTED, recorded_at="2023-01-01T00:00:00"), "recorded_at", "timezone"),
        (stored(STARTED, by=""), "by", "length >= 1"),
        (stored(STARTED, event__subject="p/9"), "event.subject", "it is about 'p/9'"),
        (stored(REPORTED, event__part=3), "event", "part cannot be 3"),
        (stored(REPORTED, event__percent="NaN", event__part=None, event__whole=None, event__unit=""), "event", "percent"),
        (("ActivityStarted.1", stored(STARTED)[1].replace(b'"x"', b"NaN")), "state", "malformed"),
        (("ActivityStarted.1", b"[" * 100_000), "state", ""),
        (("ActivityStarted.1", stored(STARTED)[1] + b" " * MAX_STATE_BYTES), "state", "more than"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_which_record_and_which_field(
    stored_event: tuple[str, bytes], field: str, reason: str
) -> None:
    """One clear error, with the stored bytes kept."""
    topic, state = stored_event
    with pytest.raises(UnreadableRecord) as caught:
        REGISTRY.decode((7, "p/1.01", 3, topic, state))
    error = caught.value
    assert (7, "p/1.01", 3, topic, state) == (error.position, error.stream, error.version, error.name, error.state)
    assert field == error.field
    assert reason in error.reason
    assert "record 3 of p/1.01 (position 7" in str(error)
    assert len(str(error)) < 1000


@given(events(), st.sampled_from(("p", "p/1", "p#n", "p@n", "p!n", "@n", "~n", "p/1/2", "P", "")))
def test_an_event_is_about_a_stream_of_its_own_kind(event: Event, other: str) -> None:
    """What was stored of another kind, or of none, would reach an aggregate that does not know the event."""
    topic, state = stored(event, event__subject=other)
    try:
        attrs.evolve(event, subject=other)
    except InvalidField:
        with pytest.raises(UnreadableRecord) as caught:
            REGISTRY.decode((7, other, 3, topic, state))
        said = {
            "event.subject": f"it is about {other!r}, which is not ",
            "event": "period cannot be",  # of a report, whose id has its period
        }
        assert said[caught.value.field] in caught.value.reason
    else:
        assert other == REGISTRY.decode((7, other, 3, topic, state)).stream


def test_an_event_that_is_too_large_is_refused_before_it_is_written() -> None:
    """Its parts may be in range and their sum not."""
    documents = Document(number="x" * 300, title="ấ" * 2000, url="https://a.vn/" + "x" * 1900)
    event = EvidenceFiled("p/1", on=ADOPTED, evidence=(documents,) * 100, note="ấ" * 20_000)
    _, state = REGISTRY.encode(record(event))
    assert len(state) < MAX_STATE_BYTES
    amended = PlanAmended("p", on=ADOPTED, document=documents, host_fields={str(n): "ấ" * 2000 for n in range(50)})
    assert len(REGISTRY.encode(record(amended))[1]) < MAX_STATE_BYTES
    small = Registry()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("reformtrack.store.registry.MAX_STATE_BYTES", 1000)
        with pytest.raises(InvalidField, match="at most 1000 bytes as JSON"):
            small.encode(record(event))


def test_instants_are_stored_in_utc() -> None:
    """As text that ends in Z."""
    assert b'"recorded_at":"2023-12-31T10:00:00Z"' in REGISTRY.encode(record(STARTED))[1]
    assert UTC is INSTANT.tzinfo


AT_ONCE = """
import json, sys, threading
from reformtrack.domain.errors import InvalidField
from reformtrack.exchange.appendix.finding import Draft
from tests.store.test_registry import GOLDEN, REGISTRY

states = {topic: (GOLDEN / f"{topic}.json").read_bytes() for topic in REGISTRY.topics}
rows = [(1, json.loads(state)["event"]["subject"], 1, topic, state) for topic, state in states.items()]
ready, done = threading.Barrier(8), []

def read():
    ready.wait()
    found = [REGISTRY.decode(row) for row in rows]
    try:
        Draft.from_json(b'{"problems": [{}]}')
    except InvalidField:
        done.append(found)

sys.setswitchinterval(1e-6)
readers = [threading.Thread(target=read) for _ in range(8)]
for one in readers:
    one.start()
for one in readers:
    one.join()
print(len(done))
"""


@pytest.mark.slow
def test_what_is_read_first_in_many_threads_does_not_end_the_process() -> None:
    """Two threads that made the first msgspec decoder of a class at once did: signal 11, in a third of the processes."""
    for _ in range(3):
        found = subprocess.run(
            [sys.executable, "-c", AT_ONCE], capture_output=True, text=True, cwd=Path(__file__).parents[2], check=False
        )
        assert (0, "8\n") == (found.returncode, found.stdout), found.stderr
