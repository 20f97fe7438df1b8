"""The commands that list activities and series of many plans."""

import json
from pathlib import Path

from reformtrack import Tracker
from tests.cli.conftest import Run
from tests.support import Clock, adopted, scheduled
from tests.web.test_across import two_provinces


def test_so_they_are_on_the_command_line(run: Run, tmp_path: Path) -> None:
    """With where to go on."""
    store = tmp_path / "plans.db"
    with two_provinces(store) as tracker:
        position = tracker.log.position()
    found = run("across", "overdue", "--of", "jurisdiction=Tỉnh q", "--on", "10/07/2023", "--store", store)
    assert (0, True) == (found.code, "q" in found.out)
    again = run("across", "--limit", 1, "--on", "10/07/2023", "--store", store, "--lang", "en").out
    assert f"--after '0 p/1' --known-at {position}" in again
    document = json.loads(run("across", "--after", "0 p/1", "--counted", "completed", "--store", store, "--json").out)
    assert ["q/1"] == [one["id"] for one in document["activities"]]
    assert 2 == run("across", "--of", "colour=red", "--store", store).code
    assert 4 == run("across", "--plan", "x", "--store", store).code
    unknown = run("across", "--of", "jurisdiction=Tỉnh Q", "--store", store)
    assert (4, True) == (unknown.code, "địa phương, đơn vị “Tỉnh Q” không tồn tại" in unknown.err)
    shown = run("trend", "--from", "01/06/2023", "--on", "10/07/2023", "--store", store).out
    assert shown.startswith("▄" * 6)


def test_so_many_silent_plans_are_named_and_the_rest_counted(run: Run, tmp_path: Path) -> None:
    """In the answer for programs all stand."""
    store = tmp_path / "plans.db"
    with Tracker(f"sqlite:///{store}", clock=Clock()) as tracker:
        for plan in (f"p{number}" for number in range(12)):
            tracker.record(adopted(plan), scheduled(f"{plan}/1"), by="a")
    words = ("rollup", "--on", "31/12/2024", "--store", store)
    lines = run(*words, "--lang", "en").out.splitlines()
    assert 10 == sum(": nothing recorded since " in line for line in lines)
    assert "and 2 more plans; --json has all" == lines[-1]
    assert 12 == len(json.loads(run(*words, "--json").out)["silent"])
