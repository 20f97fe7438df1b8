"""What an import lets in: what recording would have left on record; the rest as it was, when that is asked for."""

import hashlib
import json
import unicodedata
from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from reformtrack import Document, Event, Tracker
from reformtrack.domain.fields import rebuilt
from reformtrack.errors import LogFileError
from reformtrack.events import ActivityCompleted, PlanAmended, ProgressReported
from reformtrack.store import log_file
from reformtrack.testing import events
from tests.store.test_instants import MINUTES, REASON, STEPS, check_positions, recorded, wronged
from tests.support import INSTANT, Clock, adopted, day, scheduled

HIGHEST = 2**53 - 1
Lines = list[bytes]


def exported(folder: Path) -> Lines:
    """The records of a log, as lines."""
    clock = Clock()
    with Tracker(clock=clock) as tracker:
        tracker.record(adopted(host_fields={"nguon": "x"}), scheduled(), by="so-noi-vu", request_id="r1")
        clock.now += MINUTES
        evidence = (Document(number="1/BC", url="https://a.vn/x"),)
        tracker.record(ActivityCompleted("p/1.01", on=day("6-20"), evidence=evidence), by="b", request_id="r2")
        clock.now += MINUTES
        tracker.record(
            PlanAmended("p", on=day("6-21"), document=Document(number="2/QĐ"), host_fields={"nguon": "y"}),
            by="b",
            request_id="r3",
        )
        tracker.log.export(folder / "source.jsonl")
    return (folder / "source.jsonl").read_bytes().splitlines(keepends=True)[1:-1]


def written(folder: Path, lines: Lines) -> Path:
    """A file of lines under a head and over a foot that fit."""
    body = b'{"format":"reformtrack-log","version":1}\n' + b"".join(lines)
    digest = hashlib.sha256(body).hexdigest().encode()
    path = folder / "made.jsonl"
    path.write_bytes(body + b'{"records":%d,"last_position":4,"sha256":"%s"}\n' % (len(lines), digest))
    return path


def changed(number: int, *, envelope: bool = False, **fields: Any) -> Callable[[Lines], Lines]:
    """A line with some fields of its event, or of what stands around it, changed; and nothing else."""

    def change(lines: Lines) -> Lines:
        line = json.loads(lines[number])
        target = line["state"] if envelope else line["state"]["event"]
        target.update(fields)
        return [*lines[:number], dumped(line), *lines[number + 1 :]]

    return change


def line(number: int, **fields: Any) -> Callable[[Lines], Lines]:
    """A line with some fields changed; an instant and a request in its state too, so that the two say the same."""

    def change(lines: Lines) -> Lines:
        found = json.loads(lines[number])
        found.update(fields)
        for name in {"recorded_at", "request_id"} & fields.keys():
            found["state"][name] = fields[name]
        return [*lines[:number], dumped(found), *lines[number + 1 :]]

    return change


def dumped(found: Any) -> bytes:
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def at(minutes: float) -> str:
    return (INSTANT + minutes * MINUTES).isoformat(timespec="microseconds")


NOT_RECORDED: dict[str, tuple[Callable[[Lines], Lines], str]] = {
    "a link that leads elsewhere": (
        changed(2, evidence=[{"number": "1/BC", "url": "https://a.vn@evil.example/x"}]),
        "Document.url cannot be",
    ),
    "a text that reads backwards": (changed(0, title="Kế \u202e hoạch"), r"title cannot be .* without U\+202E"),
    "a null character": (changed(2, note="x\0y"), r"note cannot be .* without U\+0000"),
    "a key of the host's": (changed(0, host_fields={"a\u2066": "x"}), r"without U\+2066"),
    "a deadline": (
        changed(1, deadline={"text": "30/6\u202e", "kind": "day", "days": ["2023-06-30"]}),
        r"whose text is without U\+202E",
    ),
    "a text in pieces": (changed(0, title=unicodedata.normalize("NFD", "Kế hoạch")), "not normalised"),
    "a line end": (changed(2, note="x\r\ny"), r"U\+000D|not normalised"),
    "who": (changed(2, envelope=True, by="a\u202eb"), r"by cannot be .* without U\+202E"),
    "for whom": (changed(2, envelope=True, agency="@a\0"), r"agency cannot be .* without U\+0000"),
    "by which rule": (changed(2, envelope=True, rule="a\0"), r"rule cannot be .* without U\+0000"),
    "another request": (changed(2, envelope=True, request_id="r9"), "its state says request 'r9'"),
    "another instant": (
        changed(2, envelope=True, recorded_at="2023-12-31T10:01:01Z"),
        "its state says request 'r2' at",
    ),
    "what cannot be read": (line(2, name="ActivityPraised.1"), "cannot be read: name"),
    "another stream": (line(2, stream="p/9"), "cannot be read: event.subject"),
    "an instant that has not come": (line(3, recorded_at="2038-01-19T03:14:07.000000+00:00"), "is in the future"),
    "by minutes": (line(3, recorded_at=at(15.1)), "is in the future"),
    "an instant before an earlier one": (line(3, recorded_at=at(0.5)), "that of an earlier record"),
    "a version without the one before": (line(3, version=3), "a duplicate or missing version"),
    "a version that leaves no room": (line(3, version=2**63 - 1), "a duplicate or missing version"),
}


@pytest.mark.parametrize("what", NOT_RECORDED)
def test_what_recording_would_not_have_left_is_taken_as_it_was_alone(url: str, tmp_path: Path, what: str) -> None:
    """Refused with the line and the reason, and nothing of its batch is stored; byte for byte when it is asked for."""
    change, reason = NOT_RECORDED[what]
    path = written(tmp_path, change(exported(tmp_path)))
    with Tracker(url, clock=Clock(INSTANT + 10 * MINUTES)) as tracker:
        with pytest.raises(LogFileError, match=reason) as caught:
            tracker.log.load(path)
        assert "accepted" in str(caught.value)
        assert 0 == tracker.log.position()
        assert 4 == tracker.log.load(path, as_it_was=True)
        tracker.log.export(tmp_path / "again.jsonl")
        assert path.read_bytes().splitlines()[1:-1] == (tmp_path / "again.jsonl").read_bytes().splitlines()[1:-1]


def doubled(number: int, old: bytes, new: bytes) -> Callable[[Lines], Lines]:
    def change(lines: Lines) -> Lines:
        assert old in lines[number]
        return [*lines[:number], lines[number].replace(old, new, 1), *lines[number + 1 :]]

    return change


NEVER: dict[str, tuple[Callable[[Lines], Lines], str]] = {
    "a key twice": (doubled(2, b'"version"', b'"version":9,"version"'), "the key 'version' stands twice"),
    "a key twice in a state": (doubled(2, b'"by"', b'"by":"x","by"'), "the key 'by' stands twice"),
    "a key twice in an event": (doubled(2, b'"note"', b'"note":"x","note"'), "the key 'note' stands twice"),
    "written otherwise": (doubled(2, b'"by"', b'"b\\u0079":"x","by"'), "the key 'by' stands twice"),
    "a line that looks like the last one": (doubled(2, b"{", b'{"records":4,'), "`records`"),
    "a request at two instants": (
        line(1, recorded_at=at(0.5)),
        "another instant than the record before it, of request 'r1'",
    ),
    "the last one, earlier": (
        lambda lines: [*lines[:2], b'{"records":2,"last_position":2,"sha256":"x"}\n', *lines[2:]],
        "line 4 of .* is not a record",
    ),
    "a position without one after it": (
        line(3, position=2**63 - 1),
        "is not a record: Expected `int` <= 9007199254740991",
    ),
    "one more than the highest": (line(3, position=HIGHEST + 1), "is not a record: Expected `int` <= 9007199254740991"),
}


@pytest.mark.parametrize("what", NEVER)
def test_what_is_no_line_of_a_log_is_never_taken(tmp_path: Path, what: str) -> None:
    """Not as it was either; and nothing ends an import in silence."""
    change, reason = NEVER[what]
    path = written(tmp_path, change(exported(tmp_path)))
    for as_it_was in (False, True):
        with Tracker(clock=Clock(INSTANT + 10 * MINUTES)) as tracker:
            with pytest.raises(LogFileError, match=reason):
                tracker.log.load(path, as_it_was=as_it_was)
            assert 0 == tracker.log.position()


def test_a_key_twice_in_a_state_in_base64_is_found(tmp_path: Path) -> None:
    """It is as good as any other state."""
    lines = exported(tmp_path)
    found = json.loads(lines[2])
    state = json.dumps(found["state"]).replace('"by"', '"by": "x", "by"')
    path = written(tmp_path, line(2, encoding="base64", state=b64encode(state.encode()).decode())(lines))
    with Tracker(clock=Clock(INSTANT + 10 * MINUTES)) as tracker:
        with pytest.raises(LogFileError, match="the key 'by' stands twice"):
            tracker.log.load(path)
        assert 4 == tracker.log.load(path, as_it_was=True)


def test_the_highest_position_leaves_room(url: str, tmp_path: Path) -> None:
    """Recording goes on after it, and it is asked for by its number."""
    path = written(tmp_path, line(3, position=HIGHEST)(exported(tmp_path)))
    with Tracker(url, clock=Clock(INSTANT + 10 * MINUTES)) as tracker:
        assert 4 == tracker.log.load(path)
        [record] = tracker.record(scheduled("p/1.02"), by="a")
        assert HIGHEST + 1 == record.position
        sources = [tracker.plan("p", known_at=known).state.host_fields["nguon"] for known in (3, HIGHEST - 1, HIGHEST)]
        assert ["x", "x", "y"] == sources
        assert HIGHEST == tracker.log.position(INSTANT + 2 * MINUTES)
        assert () == tracker.log.check()


@given(events())
def test_what_was_recorded_is_built_anew_as_it_is(event: Event) -> None:
    """So no import refuses what today's reformtrack recorded."""
    assert event == rebuilt(event)
    assert type(event) is type(rebuilt(event))


@given(STEPS)
def test_every_log_with_a_wrong_clock_in_it_is_moved_byte_for_byte(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]]
) -> None:
    """With the corrections, after which an instant means the same positions; but not before they are on record."""
    folder = tmp_path_factory.mktemp("moved")
    with recorded(None, steps) as source, Tracker(clock=source._clock) as target:
        source.log.export(folder / "log.jsonl")
        assert source.log.position() == target.log.load(folder / "log.jsonl") + source.log.position() - len(
            list(source.log.records())
        )
        assert list(source.log.records()) == list(target.log.records())
        check_positions(target)


def test_a_part_without_its_correction_is_not_taken(url: str, tmp_path: Path) -> None:
    """The whole is; and the next part, which says it, where the part was taken as it was."""
    clock = Clock()
    with Tracker(clock=clock) as source:
        first, last = wronged(source, clock)
        source.log.export(tmp_path / "first.jsonl")
        source.log.correct_instants(first, last, reason=REASON, by="x")
        source.record(ProgressReported("p/1.01", on=day("3-1"), note="x"), by="a")
        source.log.export(tmp_path / "rest.jsonl", after=last)
        source.log.export(tmp_path / "whole.jsonl")
    with Tracker(url, clock=clock) as target:
        with pytest.raises(LogFileError, match="is in the future"):
            target.log.load(tmp_path / "first.jsonl")
        assert last == target.log.load(tmp_path / "first.jsonl", as_it_was=True)
        assert 2 == target.log.load(tmp_path / "rest.jsonl")
        assert 0 == target.log.load(tmp_path / "whole.jsonl")
        assert () == target.log.check()
        assert last + 1 == target.log.position(clock.now) - 1
    with Tracker(clock=clock) as target:
        assert last + 2 == target.log.load(tmp_path / "whole.jsonl")
    with (
        Tracker(clock=Clock(clock.now - timedelta(minutes=6))) as behind,
        pytest.raises(LogFileError, match="in the future"),
    ):
        behind.log.load(tmp_path / "whole.jsonl")


def test_a_file_that_says_too_often_that_instants_are_wrong_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each record is held against each of these."""
    clock = Clock()
    with Tracker(clock=clock) as source:
        first, last = wronged(source, clock)
        source.log.correct_instants(first, last, reason=REASON, by="x")
        source.log.export(tmp_path / "log.jsonl")
    monkeypatch.setattr(log_file, "MAX_CORRECTIONS", 0)
    with Tracker(clock=clock) as target:
        with pytest.raises(LogFileError, match="more than 0 corrections of instants"):
            target.log.load(tmp_path / "log.jsonl")
        assert last + 1 == target.log.load(tmp_path / "log.jsonl", as_it_was=True)


def test_an_old_log_with_a_wrong_instant_in_the_middle_is_mended(url: str, tmp_path: Path) -> None:
    """What was imported before imports were held to anything: the check names it, and a correction says what it is."""
    wrong = "2038-01-19T03:14:07.000000+00:00"
    path = written(tmp_path, line(2, recorded_at=wrong)(exported(tmp_path)))
    with Tracker(url, clock=Clock(INSTANT + 10 * MINUTES)) as tracker:
        with pytest.raises(LogFileError, match="is in the future"):
            tracker.log.load(path)
        tracker.log.load(path, as_it_was=True)
        tracker.record(scheduled("p/1.02"), by="a")
        assert [(4, True), (5, True)] == [
            (damage.position, "is before 2038" in damage.what) for damage in tracker.log.check()
        ]
        tracker.log.correct_instants(3, 3, reason=REASON, by="x")
        check_positions(tracker)
        assert [2, 2, 4] == [tracker.log.position(INSTANT + n * MINUTES) for n in (0, 1, 2)]
