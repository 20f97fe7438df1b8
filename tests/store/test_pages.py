"""The log is read in pages of so many bytes, and whoever reads all of it gets all of it."""

from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from reformtrack import Document, Tracker
from reformtrack.events import EvidenceFiled
from reformtrack.seal import Seals, SigningKey
from reformtrack.store.log import PAGE_BYTES
from tests.support import adopted, day, scheduled

SIZE = 60_000
"""How many bytes a large record has at least."""

COUNT = 130
"""How many of them there are: more than a first page has rows, and many pages."""


def large(number: int) -> EvidenceFiled:
    return EvidenceFiled("p/1.01", on=day("2-1"), evidence=(Document(number=str(number), title="x" * 1_000),) * 60)


@pytest.fixture
def tracker(url: str) -> Any:
    with Tracker(url, tree_within_appends=True) as tracker:
        tracker.record(adopted(), scheduled(), by="tester")
        tracker.record(*map(large, range(COUNT)), by="tester", request_id="7")
        yield tracker


@pytest.fixture
def sizes(tracker: Tracker, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many bytes of states each read of the log took."""
    found, recorder = list[int](), tracker._store.recorder
    select = recorder.select_log

    def selected(*args: Any, **given: Any) -> Any:
        rows = select(*args, **given)
        found.append(sum(len(row[4]) for row in rows))
        return rows

    monkeypatch.setattr(recorder, "select_log", selected)
    return found


def test_a_page_ends_with_the_record_that_makes_it_large(tracker: Tracker) -> None:
    """One at least is in it, and the last of a page may go over its size."""
    select = tracker._store.recorder.select_log
    assert [1, 2, 3] == [row[0] for row in select(0, 1_000, most=SIZE)]
    assert [1, 2] == [row[0] for row in select(0, 2, most=SIZE)]
    assert [3] == [row[0] for row in select(2, 1_000, most=1)]
    assert [] == select(COUNT + 2, 1_000, most=1)
    assert COUNT // 3 < len(select(None, 1_000)) < COUNT


def test_who_wants_a_few_records_reads_a_few(tracker: Tracker, sizes: list[int]) -> None:
    """Of a log of large records as of any other."""
    assert 5 == len(list(islice(tracker.log.records(), 5)))
    assert sum(sizes) < 5 * 65_536 + 2 * SIZE


@pytest.mark.slow
def test_nothing_reads_more_than_a_page_at_a_time(tracker: Tracker, sizes: list[int], tmp_path: Path) -> None:
    """And all that there is: the log, the views, the tree, the checks, files, a request that is sent again."""
    positions = list(range(1, COUNT + 3))
    assert positions == [record.position for record in tracker.log.records()]
    assert positions[9:] == [record.position for record in tracker.log.records(after=9)]
    assert positions[-1] == tracker.views.catch_up() == tracker.views.rebuild()
    assert [] == list(tracker.log.check())
    assert COUNT + 2 == tracker.log.export(tmp_path / "log.jsonl")
    assert Seals(tracker).verify(Seals(tracker).seal(SigningKey.generate("example.vn/log")))
    assert max(sizes) < PAGE_BYTES + 2 * SIZE < COUNT * SIZE
    again = tracker.record(*map(large, range(COUNT)), by="tester", request_id="7")
    assert positions[2:] == [record.position for record in again]
    with Tracker() as other:
        assert COUNT + 2 == other.log.load(tmp_path / "log.jsonl")
        assert 0 == other.log.load(tmp_path / "log.jsonl")
        assert positions == [record.position for record in other.log.records()]
