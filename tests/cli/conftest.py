"""The worked example's store, and a way to run the command line."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from dak_nong_events import Clock, record_year

from reformtrack import Tracker
from reformtrack.cli import main


class Ran(NamedTuple):
    """What a run left."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of the worked example; nobody records in it."""
    path = tmp_path_factory.mktemp("example") / "dak-nong.db"
    clock = Clock()
    with Tracker(f"sqlite:///{path}", clock=clock) as tracker:
        record_year(tracker, clock)
    return path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command line with these words after its name, away from a terminal."""
    for name in ("STORE", "LANG", "BY", "STEWARDS"):
        monkeypatch.delenv(f"REFORMTRACK_{name}", raising=False)
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "COLUMNS", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)

    def run(*words: object) -> Ran:
        code = main([str(word) for word in words])
        out, err = capsys.readouterr()
        return Ran(code, out, err)

    return run
