"""
The mutation check of the domain: changes of its code, one at a time, that no test notices.

    python -m drills.mutants [--sample 600] [--seed 1] [--processes 2] [--only PATTERN]

Each change is tried in a fork of one session of pytest, by the tests that call the function that is changed, the quickest
first.
Without `--sample` all are tried, which takes hours.
"""

import argparse
import ast
import difflib
import gc
import json
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import _lru_cache_wrapper, partial
from itertools import pairwise
from pathlib import Path
from types import FrameType, FunctionType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol
from mutmut.mutation import trampoline
from mutmut.mutation.file_mutation import mutate_file_contents

DOMAIN = Path("src/reformtrack/domain")
TESTS = (
    *("tests/domain", "tests/language", "tests/policy", "tests/views", "tests/seal/test_merkle.py", str(DOMAIN)),
    *(f"tests/test_{name}.py" for name in ("arguments", "bad_input", "configuration", "laws", "plans_as_printed")),
    *(f"tests/test_{name}.py" for name in ("protection", "redaction", "reprs", "tracker")),
)
ARGUMENTS = (
    *("-q", "-s", "-m", "not slow", "-p", "no:cacheprovider", "--tb=no"),
    "--deselect=tests/test_arguments.py::test_an_argument_of_another_type_or_out_of_range_is_refused",  # it goes by names
    "--ignore=tests/views/test_frames.py",  # the threads of polars are not there in a fork
)
NOTICED, UNNOTICED, UNCALLED, BROKEN = 1, 0, 5, 7
"""What a fork exits with."""
_MEMORY = 6 << 30
"""How many bytes a fork may have."""

Mutants = dict[str, tuple[FunctionType, FunctionType]]
"""By name: the function, and what it is changed to."""


class Check:
    """A plugin that tries the changes in the place of running the tests."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.changed: list[tuple[FunctionType, dict[str, Any]]] = []
        self.unnoticed: list[str] = []
        self.tried = 0

    def wrapped(self, mutants: dict[str, Any], is_classmethod: bool = False) -> Callable[[FunctionType], FunctionType]:
        """In the place of a trampoline: the function itself, whose code is exchanged in the fork."""

        def remembered(function: FunctionType) -> FunctionType:
            self.changed.append((function, mutants))
            return function

        return remembered

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Examples in copies of a docstring are left out."""
        items[:] = [item for item in items if "__mutmut" not in item.nodeid]

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Find out which test calls what, then try each change in a fork."""
        items = {item.nodeid: item for item in session.items}
        with tempfile.TemporaryDirectory() as folder:
            calls, seconds = _found_in_a_fork(lambda: self._calls(session.items), folder)
            # Each fork runs the quickest first: what fails in that order, unchanged, is of no use.
            quickest = [items[test] for test in _quickest(seconds, seconds)]
            failing = _found_in_a_fork(lambda: [*_failing(quickest)], folder)
        mutants: Mutants = {
            f"{function.__module__}.{name}": (function, getattr(to, "__func__", to))
            for function, changes in self.changed
            for name, to in changes.items()
            if name != "_mutmut_orig" and (self.options.only or "") in f"{function.__module__}.{name}"
        }
        names = sorted(mutants)
        random.Random(self.options.seed).shuffle(names)
        names = names[: self.options.sample]
        left_out = [*failing, *items.keys() - seconds.keys()]
        seconds = {test: took for test, took in seconds.items() if test not in failing}
        print(f"{len(mutants)} changes, {len(names)} tried, by {len(seconds)} tests; left out:", *left_out, flush=True)
        gc.unfreeze()  # what is frozen is not found
        caches = [one for one in gc.get_objects() if isinstance(one, _lru_cache_wrapper)]
        gc.freeze()
        running: dict[int, str] = {}
        for name in [*names, *[""] * self.options.processes]:
            if len(running) >= self.options.processes or (not name and running):
                pid, status = os.wait()
                self._counted(running.pop(pid), status)
            if not name:
                continue
            function, to = mutants[name]
            tests = [items[test] for test in _quickest(calls.get(_name(function), ()), seconds)]
            limit = sum(seconds[test.nodeid] for test in tests)
            running[_forked(partial(_tried, function, to, tests, limit, caches))] = name
        return True

    def _calls(self, items: Sequence[pytest.Item]) -> tuple[dict[str, list[str]], dict[str, float]]:
        """The tests that call a function, and the seconds that each test takes; what fails unchanged is left out."""
        codes = {function.__code__: _name(function) for function, _ in self.changed}
        called, by, seconds = set[str](), defaultdict[str, list[str]](list), dict[str, float]()

        def profile(frame: FrameType, event: str, argument: Any) -> None:
            if event == "call" and frame.f_code in codes:
                called.add(codes[frame.f_code])

        for item, following in _followed(items):
            called.clear()
            started = time.process_time()
            threading.setprofile(profile)
            sys.setprofile(profile)
            noticed = _noticed(item, following)
            sys.setprofile(None)
            threading.setprofile(None)
            if not noticed:
                seconds[item.nodeid] = time.process_time() - started
                for name in called:
                    by[name].append(item.nodeid)
        return by, seconds

    def _counted(self, name: str, status: int) -> None:
        """Count a change that was tried, and say how far it is."""
        self.tried += 1
        if os.WIFEXITED(status) and os.WEXITSTATUS(status) == BROKEN:
            raise RuntimeError(f"{name} could not be tried")
        if os.WIFEXITED(status) and os.WEXITSTATUS(status) != NOTICED:
            self.unnoticed.append(name)
        if self.tried % 50 == 0:
            print(f"{self.tried} tried, {len(self.unnoticed)} unnoticed", flush=True)


def _name(function: FunctionType) -> str:
    return f"{function.__module__}.{function.__qualname__}"


def _followed(items: Sequence[pytest.Item]) -> Iterator[tuple[pytest.Item, pytest.Item | None]]:
    """Each with the next, which says what set-up stays."""
    yield from pairwise((*items, None))


def _noticed(item: pytest.Item, following: pytest.Item | None) -> bool:
    return any(report.failed for report in runtestprotocol(item, nextitem=following, log=False))


def _quickest(tests: Iterable[str], seconds: Mapping[str, float]) -> list[str]:
    return sorted((test for test in tests if test in seconds), key=seconds.__getitem__)


def _failing(items: Sequence[pytest.Item]) -> Iterator[str]:
    return (item.nodeid for item, following in _followed(items) if _noticed(item, following))


def _forked(task: Callable[[], int]) -> int:
    """The id of a fork, which exits with what a task returns; what the task changes in memory is gone with it."""
    if pid := os.fork():
        return pid
    code = BROKEN
    try:
        _quiet()
        code = task()
    finally:
        os._exit(code)


def _found_in_a_fork(find: Callable[[], Any], folder: str) -> Any:
    """What is found in a fork, by way of a file."""
    path = Path(folder) / "found.json"

    def write() -> int:
        path.write_text(json.dumps(find()))
        return 0

    _, status = os.waitpid(_forked(write), 0)
    if status:
        raise RuntimeError("the tests cannot be run in a fork")
    return json.loads(path.read_text())


def _tried(
    function: FunctionType, to: FunctionType, tests: Sequence[pytest.Item], seconds: float, caches: Sequence[Any]
) -> int:
    """Change a function, in a fork; whether a test notices it."""
    if not tests:
        return UNCALLED
    _limit(seconds)
    _exchange(function, to)
    for cache in caches:
        cache.cache_clear()
    return NOTICED if any(_failing(tests)) else UNNOTICED


def _limit(seconds: float) -> None:
    """What takes far longer than unchanged is ended by a signal, and has no memory without end: both are noticed."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    limit = int(4 * seconds) + 20
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
    signal.alarm(4 * limit)


def _quiet() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def _exchange(function: FunctionType, to: FunctionType) -> None:
    """Give a function the code of another, wherever it is held; by a call of it where their closures differ."""
    try:
        function.__code__, function.__defaults__, function.__kwdefaults__ = (
            to.__code__,
            to.__defaults__,
            to.__kwdefaults__,
        )
    except ValueError:
        cells = [f"cell{number}" for number in range(len(function.__code__.co_freevars))]
        lines = ["def outer():", *(f" {cell} = None" for cell in cells), " def call(*args, **named):"]
        lines += [*(f"  {cell}" for cell in cells), "  return _changed_to(*args, **named)", " return call"]
        space: dict[str, Any] = {}
        exec("\n".join(lines), space)
        function.__globals__["_changed_to"] = to
        function.__code__, function.__defaults__ = space["outer"]().__code__, None
        function.__kwdefaults__ = None


def mutated(folder: Path) -> dict[str, str]:
    """Copy what the tests need into a folder, with the changes in the domain; the text of each module."""
    for name in ("src", "tests", "examples", "benchmarks", "drills"):
        shutil.copytree(name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("conftest.py", "pyproject.toml", "README.md"):
        shutil.copy(name, folder)
    texts = {}
    for path in sorted(DOMAIN.rglob("*.py")):
        text = mutate_file_contents(str(path), path.read_text()).code
        (folder / path).write_text(text)
        texts[".".join(path.with_suffix("").parts[1:])] = text
    return texts


def difference(text: str, name: str) -> str:
    """The lines in which a change differs from the function."""
    before, after = (_lines(text, of) for of in (f"{name.rsplit('__mutmut_')[0]}__mutmut_orig", name))
    lines = list(difflib.unified_diff(before[1:], after[1:], lineterm="", n=0))
    return "\n".join(line for line in lines if line[:3] not in ("---", "+++") and line[:2] != "@@")


def _lines(text: str, name: str) -> list[str]:
    found = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef) and node.name == name)
    return (ast.get_source_segment(text, next(found)) or "").splitlines()


def main() -> None:
    parser = argparse.ArgumentParser(description="Changes of the domain, one at a time, that no test notices.")
    parser.add_argument("--sample", type=int, help="how many, drawn at random; default: all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", help="changes whose name has this text")
    options = parser.parse_args()
    os.environ["HYPOTHESIS_PROFILE"] = "mutants"
    with tempfile.TemporaryDirectory() as folder:
        texts = mutated(Path(folder))
        os.chdir(folder)
        sys.path[:0] = [f"{folder}/src", folder]
        check = Check(options)
        trampoline.wrap_in_trampoline = check.wrapped  # type: ignore[assignment]  # the modules have it from there
        if code := pytest.main([*ARGUMENTS, f"--rootdir={folder}", *TESTS], plugins=[check]):
            raise SystemExit(code)
    for name in sorted(check.unnoticed):
        module, _, change = name.rpartition(".")
        print(f"{name}\n{difference(texts[module], change)}")
    if not check.tried:
        raise SystemExit("no change has such a name")
    share = 100 * (check.tried - len(check.unnoticed)) / check.tried
    print(f"{check.tried} changes tried, {len(check.unnoticed)} not noticed: {share:.1f} % noticed")


if __name__ == "__main__":
    main()
