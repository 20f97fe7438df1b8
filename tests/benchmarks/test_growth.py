"""The benchmark of what must not grow with the square runs, here with few events: what it measures is what it says."""

import runpy
from pathlib import Path

import pytest

GROWTH = runpy.run_path(str(Path(__file__).parents[2] / "benchmarks" / "growth.py"))


@pytest.mark.slow
def test_each_line_is_measured() -> None:
    """Requests of every kind are recorded whole or refused, under both policies; times are not looked at."""
    found = [what for what, _, _ in GROWTH["figures"](None, 20, 1)]
    kinds = set(GROWTH["requests"](20))
    for policy in ("separation of duties", "a host's own"):
        measured = {what.partition(", 20 events")[0] for what in found if what.endswith(policy)}
        assert kinds - measured <= {"completed and returned", GROWTH["ALIASES"]}, policy
    assert 3 == sum(what.endswith("after as many") for what in found)
    assert [0, 20, 80] == [int(what.split()[-2]) for what in found if what.startswith("a record under a policy")]
    assert 2 == sum(what.startswith("a refusal") for what in found)
    assert "agencies registered, 20 events, refused" in found
    assert ["views of 20 reports of one activity, each of an earlier day", "the same after one more"] == found[-4:-2]
