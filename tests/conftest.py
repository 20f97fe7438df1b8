"""What tests need: programs, a PostgreSQL server, and an empty store of each kind."""

import gc
import os
import re
import signal
import sys
from collections import Counter
from collections.abc import Generator, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests import programs
from tests.saying import held_to_be_readable
from tests.servers import postgres_server

_schemas = count(1)

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell starts what it runs in the background so, and every process that a test starts and interrupts would be too.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-skips", action="store_true", help="fail when a test is skipped, for whatever reason")
    parser.addoption("--pictures", type=Path, help="keep the pictures that tests make in this folder, to look at them")


@pytest.fixture
def pictures(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Where a test puts pictures of what people see."""
    folder: Path = request.config.getoption("--pictures") or tmp_path / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A module whose tests are all slow is not imported when slow tests are excluded."""
    if config.option.markexpr != "not slow" or collection_path.suffix != ".py":
        return None
    return True if _IS_SLOW.search(collection_path.read_text(encoding="utf-8")) else None


_IS_SLOW = re.compile(r"^pytestmark = .*\bpytest\.mark\.slow\b", re.MULTILINE)


def pytest_itemcollected(item: pytest.Item) -> None:
    """What needs a program or the server is slow."""
    if item.get_closest_marker("needs") or "server" in getattr(item, "fixturenames", ()):
        item.add_marker("slow")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest is begun first, so that no worker is left alone with it in the end."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_collection_finish() -> None:
    """What was collected stays to the end: to look through it for garbage again and again takes a tenth of the time."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    """So that what watches for leaks finds none."""
    gc.unfreeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """A test that starts a process, or sleeps, says so; an example cannot."""
    global _may_wait
    _may_wait = isinstance(item, pytest.DoctestItem) or item.get_closest_marker("slow") is not None
    try:
        return (yield)
    finally:
        _may_wait = True


def _hears(event: str, args: tuple[Any, ...]) -> None:
    if not _may_wait and (event in _STARTS or (event == "time.sleep" and args[0] > _MOMENT)):
        raise AssertionError(f"{event}: this test is slow, mark it: @pytest.mark.slow")


_may_wait = True
_STARTS = {"subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn"}
_MOMENT = 0.1
if os.environ.get("HYPOTHESIS_PROFILE") == "fast":
    sys.addaudithook(_hears)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skips what needs a program that is not installed."""
    for name in (name for mark in item.iter_markers("needs") for name in mark.args):
        if name in programs.missing():
            item.user_properties.append(("missing", name))
            pytest.skip(f"{name} is not installed")


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was skipped, why, and what to do about it, in the last lines."""
    skipped = terminalreporter.stats.get("skipped", [])
    named = [dict(getattr(report, "user_properties", ())).get("missing") for report in skipped]
    for report in (report for report, name in zip(skipped, named, strict=True) if name is None):
        terminalreporter.write_line(f"skipped: {report.nodeid}: {report.longrepr[2]}")
    if missing := Counter(name for name in named if name is not None):
        terminalreporter.write_line(programs.told(missing))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where every test has to run, one that was skipped is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if session.config.option.no_skips and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session", autouse=True)
def _errors_are_readable() -> Iterator[None]:
    with held_to_be_readable():
        yield


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The URL of a server of its own, started for the tests; where tests run in several processes each has one."""
    with postgres_server() as found:
        yield found.url


@pytest.fixture
def postgres(server: str) -> str:
    """The URL of an empty store in PostgreSQL."""
    return f"{server}&schema=s{next(_schemas)}"


@pytest.fixture
def sqlite(tmp_path: Path) -> str:
    """The URL of an empty store in a SQLite file."""
    return f"sqlite:///{tmp_path}/plans.db"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty store of each kind that several processes can share."""
    found: str = request.getfixturevalue(request.param)
    return found


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def any_url(request: pytest.FixtureRequest) -> str | None:
    """An empty store of each kind; `url` leaves memory out, which belongs to one tracker."""
    found: str | None = None if request.param == "memory" else request.getfixturevalue(request.param)
    return found
