"""
What is done to a store behind its back is found, and where; what is honest raises no alarm; no changed proof is accepted.

The long form is `python -m drills.tamper`.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import count
from random import Random

import pytest

from drills import histories, honest, mutated_proofs, raw, tampered
from drills.judging import Answer, Found, Place, by_verify, offline
from drills.tamperings_beside import bit_of_any_column
from reformtrack import Tracker
from reformtrack.domain.timeline import Record, RecordRetracted
from reformtrack.events import ProgressReported
from reformtrack.seal import Checkpoint, Seals, verify_log
from reformtrack.store.registry import Registry
from reformtrack.store.streams import BACKUPS
from tests.support import INSTANT, adopted, day, tamper

PLAIN = histories.Kind(is_compressed=False, cipher_keys=None, tree_within_appends=False)


def fresh(url: str) -> Iterator[str]:
    """URLs of empty stores in the same place."""
    return (f"{url}_{number}" for number in count())


def counted(found: Found) -> Counter[str]:
    """The figures of a drill in which nothing was wrong."""
    counts, wrong = Counter[str](), list[str]()
    for one in found:
        if isinstance(one, str):
            wrong.append(one)
        else:
            counts[one[0]] += one[1]
    assert [] == wrong
    return counts


@pytest.mark.slow
def test_tampering_is_found_against_a_checkpoint_and_the_first_place_named(url: str) -> None:
    """By reformtrack and by the stand-alone verifier, and by nobody where no row of the checkpoint was changed."""
    counts = counted(tampered.run(fresh(url), Random(2), 40))
    for who in ("verify", "offline", "offline with a copy", "process"):
        assert 0 < counts[f"{who} had to find"] == counts[f"{who} found"] <= counts[f"{who} asked"]
        assert 0 < counts[f"{who} named the place"]
        assert who == "process" or counts[f"{who} found"] < counts[f"{who} asked"], "there is what is no alarm"
    assert 0 < counts["check found"]
    assert 0 < counts["views changed"]
    assert 0 < counts["views named"]
    assert 0 < counts["definitions changed"]


def test_no_honest_history_raises_an_alarm(url: str, sqlite: str) -> None:
    """However it grows, is closed, opened, made anew, and moved."""
    assert 16 == counted(honest.run(fresh(url), fresh(f"{sqlite}-moved"), Random(6), 16))["histories"]


def test_no_changed_proof_is_accepted() -> None:
    """Neither by reformtrack nor by the stand-alone verifier."""
    counts = counted(mutated_proofs.run(Random(4), 4_000))
    assert (4_000, 0) == (counts["changed proofs"], counts["accepted"])
    assert 0 < counts["texts"] < counts["changed proofs"]


@pytest.mark.slow
@pytest.mark.parametrize(("database", "bits"), [("sqlite", 400), pytest.param("postgres", 100, marks=pytest.mark.slow)])
def test_every_flipped_bit_of_every_column_is_found_by_the_check(
    database: str, bits: int, request: pytest.FixtureRequest
) -> None:
    """Of the log and of its requests, each bit alone: numbers, texts, also those that are no UTF-8 then, and states."""
    url, draw, done = request.getfixturevalue(database), Random(8), 0
    with PLAIN.opened(url) as tracker:
        histories.begin(tracker)
        histories.grow(tracker, draw, 30)
        Seals(tracker).seal(histories.KEY)
        with raw.opened(url, is_loose=False) as tables:
            right = tables.read()
            while done < bits:
                try:
                    tables.write(bit_of_any_column(draw, right))
                except tampered.REFUSED:
                    continue
                found = tables.read()
                assert found != right
                assert tracker.log.check(), found
                tables.write(right)
                done += 1
        assert () == tracker.log.check()


@pytest.fixture
def sealed(url: str) -> Iterator[tuple[Tracker, str, Checkpoint]]:
    """A store of 300 records, and its checkpoint."""
    with PLAIN.opened(url) as tracker:
        histories.begin(tracker)
        for number in range(7):
            tracker.record(*[ProgressReported("p/1.01", on=day("2-1"), note=f"{number}")] * 42, by="so-tu-phap")
        yield tracker, url, Seals(tracker).seal(histories.KEY)


Sealed = tuple[Tracker, str, Checkpoint]
ROW = "INSERT INTO reformtrack_log (position, originator_id, originator_version, topic, state)"
EDIT = "UPDATE reformtrack_log SET topic = 'ActivityStarted.1' WHERE position = 11"


@pytest.mark.parametrize("position", [0, -1, -(2**63)])
def test_a_row_before_the_first_position_is_found(sealed: Sealed, position: int) -> None:
    """It would be in the figures of its plan, and no reader of the log would come by it."""
    tracker, url, checkpoint = sealed
    values = f"SELECT {position}, 'p/7', 1, topic, state FROM reformtrack_log WHERE position = 2"
    overriding = "" if url.startswith("sqlite") else " OVERRIDING SYSTEM VALUE"
    tamper(url, f"{ROW}{overriding} {values}")
    assert Answer(False, Place(0, 0, position)) == by_verify(tracker, checkpoint)
    assert tracker.log.check()


def test_a_place_is_named_by_leaves_that_are_those_of_the_checkpoint_or_not_at_all(sealed: Sealed) -> None:
    """Leaves that somebody changed, and left what is kept above them, send nobody to another place."""
    tracker, url, checkpoint = sealed
    tamper(url, EDIT)
    zeros = "zeroblob(8192)" if url.startswith("sqlite") else "decode(repeat('00', 8192), 'hex')"
    tamper(url, f"UPDATE reformtrack_tree SET hashes = {zeros} WHERE level = 0 AND tile = 0")
    assert Answer(False, None) == by_verify(tracker, checkpoint)


def test_more_rows_in_the_table_of_the_trees_size_change_nothing(sealed: Sealed) -> None:
    """Only its own is read."""
    tracker, url, checkpoint = sealed
    tamper(url, "INSERT INTO reformtrack_tree_size VALUES (0, 3, 3)")
    assert () == tracker.log.check()
    assert Seals(tracker).prove(7, checkpoint).proves(Seals(tracker).leaf(7))
    tamper(url, EDIT)
    assert Answer(False, Place(10, 10, 11)) == by_verify(tracker, checkpoint)


def test_a_row_in_the_journal_of_accepted_backups_that_accepts_none_is_found_like_any_other(sealed: Sealed) -> None:
    """Though it can be read."""
    tracker, url, checkpoint = sealed
    event = RecordRetracted(BACKUPS, version=1, reason="x")
    name, state = Registry().encode(Record(0, event.subject, 1, event, INSTANT, "x", "x"))
    data = f"x'{state.hex()}'" if url.startswith("sqlite") else f"'\\x{state.hex()}'"
    tamper(
        url,
        f"UPDATE reformtrack_log SET originator_id = '{BACKUPS}', originator_version = 1, topic = '{name}', state = {data} "
        "WHERE position = 11",
    )
    assert Answer(False, Place(10, 10, 11)) == by_verify(tracker, checkpoint)


def test_a_tree_whose_size_was_deleted_is_kept_anew(sealed: Sealed) -> None:
    """And what was done to the log is found against the checkpoint."""
    tracker, url, checkpoint = sealed
    tamper(url, "DELETE FROM reformtrack_tree_size")
    assert Seals(tracker).verify(checkpoint).holds
    assert Seals(tracker).seal(histories.KEY).root == checkpoint.root
    assert () == tracker.log.check()
    tamper(url, "DELETE FROM reformtrack_tree_size")
    tamper(url, EDIT)
    assert not by_verify(tracker, checkpoint).holds


@pytest.mark.parametrize("stream", ["1.5", "NULL", "7", "x'00'"])
def test_a_stream_that_is_no_text_is_told_of(sqlite: str, stream: str) -> None:
    """A file takes what it is given."""
    with PLAIN.opened(sqlite) as tracker:
        histories.begin(tracker)
        Seals(tracker).seal(histories.KEY)
        with raw.opened(sqlite, is_loose=True) as tables:
            tables.write(tables.read())
        tamper(sqlite, f"UPDATE reformtrack_log SET originator_id = {stream} WHERE position = 4")
        assert any(damage.position == 4 for damage in tracker.log.check())
        assert [4] == [error.position for error in tracker.log.quarantine()]


def test_a_version_that_is_no_number_is_told_of(sqlite: str) -> None:
    """It has no place among the others of its stream."""
    with PLAIN.opened(sqlite) as tracker:
        histories.begin(tracker)
        tracker.record(ProgressReported("p/1.01", on=day("2-1"), note="x"), by="x")
        tracker.views.catch_up()
        with raw.opened(sqlite, is_loose=True) as tables:
            tables.write(tables.read())
        tamper(sqlite, "UPDATE reformtrack_log SET originator_version = 'x' WHERE position = 7")
        assert any(damage.position == 7 for damage in tracker.log.check())
        assert [7] == [error.position for error in tracker.log.quarantine()]
        assert [7] == [error.position for error in tracker.plan("p").unreadable]


@pytest.mark.parametrize("column", ["originator_id", "topic"])
def test_a_text_whose_bytes_are_no_text_is_found_like_others(sqlite: str, column: str) -> None:
    """By `verify`, `check` and the quarantine; and the plans that it is not of are read as before."""
    with PLAIN.opened(sqlite) as tracker:
        tracker.record(adopted("q"), by="x")
        histories.begin(tracker)
        checkpoint = histories.sealed(tracker)
        tamper(sqlite, f"UPDATE reformtrack_log SET {column} = CAST(x'70ff' AS TEXT) WHERE position = 4")
        expected = Answer(False, Place(3, 3, 4))
        assert expected == by_verify(tracker, checkpoint.ours)
        file = histories.file_of(sqlite)
        assert file is not None
        with verify_log.opened(file) as log:
            assert [expected] == offline(log, [checkpoint])
        assert any(damage.position == 4 for damage in tracker.log.check())
        assert [4] == [error.position for error in tracker.log.quarantine()]
        assert "q" == tracker.plan("q").id


@pytest.mark.parametrize("position", [0, -3, 100_000, 2**62])
def test_a_request_without_records_is_found_wherever_it_is(sealed: Sealed, position: int) -> None:
    """Whoever sends it would be told that it is on record."""
    tracker, url, _ = sealed
    instant = "2023-12-31T10:00:00.000000+00:00"
    tamper(url, f"INSERT INTO reformtrack_requests VALUES ({position}, {position}, 'forged', '{instant}')")
    assert tracker.log.check()


@pytest.mark.parametrize("table", ["log SET position", "requests SET last_position", "requests SET first_position"])
def test_a_far_position_is_soon_found(sealed: Sealed, table: str) -> None:
    """In steps that grow, and no more than some of those that are missing before it one by one."""
    tracker, url, _ = sealed
    if url.startswith("postgres"):
        tamper(url, "ALTER TABLE reformtrack_log ALTER position SET GENERATED BY DEFAULT")
        tamper(url, "ALTER TABLE reformtrack_requests DISABLE TRIGGER ALL")
    name = table.split()[-1]
    tamper(
        url,
        f"UPDATE reformtrack_{table} = {2**62} WHERE {name} = (SELECT max({name}) FROM reformtrack_{table.split()[0]})",
    )
    assert 0 < len(tracker.log.check()) < 2_000


def test_what_is_recorded_during_a_check_is_no_damage(sealed: Sealed) -> None:
    """A check reads the log to where it ended; what came since is there with its request."""
    tracker, url, _ = sealed
    [other] = tracker.record(adopted("q"), by="x")
    tamper(url, f"UPDATE reformtrack_log SET topic = 'Other.1' WHERE position = {other.position}")
    found = tracker._store.check()
    first = next(found)
    histories.grow(tracker, Random(5), 40)
    assert {other.position} == {damage.position for damage in (first, *found)}
