"""The tree that is kept in the transaction of each append is that of the log, whoever else records and whatever fails."""

import threading

import pytest

from reformtrack import IllegalHistory, Tracker
from reformtrack.domain.errors import SealError
from reformtrack.domain.merkle import root
from reformtrack.events import ProgressReported
from reformtrack.seal import Seals, SigningKey
from reformtrack.store import tree
from tests.support import Clock, adopted, day, scheduled

KEY = SigningKey.generate("example.vn/log")


def open_(url: str, *, within: bool = True) -> Tracker:
    return Tracker(url, clock=Clock(), tree_within_appends=within)


def note(tracker: Tracker, activity: str, count: int, at_a_time: int = 1) -> None:
    """Record progress, some records at a time."""
    for start in range(0, count, at_a_time):
        numbers = range(start, min(count, start + at_a_time))
        tracker.record(*(ProgressReported(activity, on=day("2-1"), note=f"lần {n}") for n in numbers), by="x")


def kept(tracker: Tracker) -> tree.Kept:
    with tracker.transaction() as session:
        return tree.kept(session)


def test_the_tree_has_each_record_as_soon_as_it_is_there(url: str) -> None:
    """Over the border of a tile, with requests of several records, and with what was recorded without it before and between."""
    with open_(url, within=False) as before:
        before.record(adopted(), scheduled(), by="x")
        note(before, "p/1.01", 4)
        with open_(url) as tracker:
            assert (6, 6) == kept(tracker)
            for number in (1, 3, 240, 1, 20):
                note(tracker, "p/1.01", number, 7)
                assert (tracker.log.position(), tracker.log.position()) == (kept(tracker).size, kept(tracker).position)
            note(before, "p/1.01", 3)
            assert kept(tracker).size == tracker.log.position() - 3
            note(tracker, "p/1.01", 1)
            assert kept(tracker).size == tracker.log.position()
            with tracker.transaction() as session:
                found = root(tree.kept(session).size, tree.nodes(session))
            assert found == Seals(tracker).seal(KEY).root
            assert Seals(tracker).verify(Seals(tracker).seal(KEY)).holds


def test_the_first_record_of_all_is_in_it(url: str) -> None:
    """Nobody asked for the tree before."""
    with open_(url) as tracker:
        tracker.record(adopted(), by="x")
        assert (1, 1) == kept(tracker)


def test_what_is_refused_leaves_the_tree_as_it_was(url: str) -> None:
    """It is the transaction of the append: all or nothing."""
    with open_(url) as tracker:
        tracker.record(adopted(), scheduled(), by="x")
        with pytest.raises(IllegalHistory):
            tracker.record(scheduled(), by="x")
        assert (2, 2) == kept(tracker)


def test_writers_at_once_make_one_tree(url: str) -> None:
    """Some keep it, some do not, and one catches up all the while."""
    with open_(url) as tracker:
        tracker.record(adopted(), *(scheduled(f"p/1.0{n}") for n in range(1, 5)), by="x")
        failures: list[BaseException] = []

        def write(activity: str, within: bool) -> None:
            try:
                with open_(url, within=within) as other:
                    note(other, activity, 40, 2)
            except BaseException as error:
                failures.append(error)

        def catch_up() -> None:
            try:
                with open_(url, within=False) as other:
                    for _ in range(20):
                        other.views.catch_up()
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=write, args=(f"p/1.0{n}", n % 2 == 0)) for n in range(1, 5)]
        threads.append(threading.Thread(target=catch_up))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [] == failures
        checkpoint = Seals(tracker).seal(KEY)
        assert 165 == checkpoint.size == sum(1 for _ in tracker.log.records())
        assert Seals(tracker).verify(checkpoint).holds
        assert () == tracker.log.check()


def test_a_log_that_ends_before_its_tree_is_not_opened_with_it(url: str) -> None:
    """What is appended then would stand at the wrong place of the tree."""
    with open_(url) as tracker:
        tracker.record(adopted(), scheduled(), by="x")
        with tracker.transaction() as session:
            session.execute("UPDATE reformtrack_tree_size SET size = 9, position = 9")
    with pytest.raises(SealError, match="the log ends at position 2"):
        open_(url)
