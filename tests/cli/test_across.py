"""The commands that list activities and series of many plans."""

import json
from pathlib import Path

from reformtrack import Tracker
from tests.cli.conftest import Run
from tests.web.test_across import store, tracker  # noqa: F401  # fixtures


def test_so_they_are_on_the_command_line(run: Run, store: Path, tracker: Tracker) -> None:  # noqa: F811
    """With where to go on."""
    found = run("across", "overdue", "--of", "jurisdiction=Tỉnh q", "--on", "10/07/2023", "--store", store)
    assert (0, True) == (found.code, "q" in found.out)
    again = run("across", "--limit", 1, "--on", "10/07/2023", "--store", store, "--lang", "en").out
    assert f"--after '0 p/1' --known-at {tracker.log.position()}" in again
    document = json.loads(run("across", "--after", "0 p/1", "--counted", "completed", "--store", store, "--json").out)
    assert ["q/1"] == [one["id"] for one in document["activities"]]
    assert 2 == run("across", "--of", "colour=red", "--store", store).code
    assert 4 == run("across", "--plan", "x", "--store", store).code
    shown = run("trend", "--from", "01/06/2023", "--on", "10/07/2023", "--store", store).out
    assert shown.startswith("▄" * 6)
