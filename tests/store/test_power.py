"""A power failure of a SQLite store: a short run of the drill."""

import pytest

from drills import power
from tests.support import AT_LENGTH

pytestmark = pytest.mark.needs("gcc")
"""It builds the shim that writes the operations down."""


@pytest.mark.long
def test_a_power_failure_loses_nothing_that_was_acknowledged() -> None:
    """Whatever of the unsynced writes is on the disk, the store has a beginning of its log, whole, and goes on."""
    cuts = 150 if AT_LENGTH else 25
    found = power.fail(requests=60, cuts=cuts)
    assert (cuts, 3 * cuts, []) == (found.cuts, found.states, found.wrong)


@pytest.mark.long
def test_a_store_that_does_not_sync_each_commit_is_found_out() -> None:
    """The drill can fail: with the write-ahead log synced at checkpoints only, acknowledged records are lost."""
    found = power.fail(requests=60, cuts=150 if AT_LENGTH else 25, synchronous="NORMAL")
    assert 0 < found.lost
    assert all("was acknowledged, and the log ends at" in text for text in found.wrong)
