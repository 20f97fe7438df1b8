"""
The tests again and again, while every core has something else to do.

    python -m drills.stability [--runs 3] [--times 100]

First the whole suite, as `make test` runs it; then, many times more, the tests that may depend on time: on servers, on clocks,
on processes that are killed, and on what is erased. A test that fails is named, and not tried again: the drill has failed.
"""

import argparse
import multiprocessing
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

WHOLE = (sys.executable, "-m", "pytest", "--numprocesses", "logical", "--maxprocesses", "8", "--dist", "worksteal")
TOUCHY = (
    "tests/test_erasure.py",
    "tests/test_protection.py",
    "tests/test_servers.py",
    "tests/test_telemetry.py",
    "tests/cli/test_process.py",
    "tests/cli/test_serving.py",
    "tests/examples/test_portals.py",
    "tests/store/test_away.py",
    "tests/store/test_both.py",
    "tests/store/test_concurrency.py",
    "tests/store/test_damage.py",
    "tests/store/test_instants.py",
    "tests/store/test_postgres.py",
    "tests/store/test_grants.py",
    "tests/store/test_views.py",
    "tests/outbox",
    "tests/web/test_access.py",
    "tests/web/test_faults.py",
    "tests/web/test_feed.py",
    "tests/web/test_writing.py",
)
"""The tests that touch servers, clocks, processes and what is erased."""


def _burn() -> None:
    while True:
        pass


@contextmanager
def busy() -> Iterator[None]:
    """Every core has something else to do."""
    burners = [multiprocessing.Process(target=_burn, daemon=True) for _ in range(os.cpu_count() or 1)]
    for burner in burners:
        burner.start()
    try:
        yield
    finally:
        for burner in burners:
            burner.kill()


def tried(*tests: str) -> bool:
    """Whether no test failed in one run; says how long it took, and what failed."""
    started = time.monotonic()
    done = subprocess.run([*WHOLE, *tests], capture_output=True, text=True, check=False)
    found = re.findall(r"^(?:FAILED|ERROR) .*", done.stdout, re.MULTILINE)
    last = done.stdout.strip().splitlines()[-1:] or [done.stderr[-1_000:]]
    print(f"{time.monotonic() - started:5.0f} s", *last, *found, sep="\n  ", flush=True)
    return done.returncode == 0


def main() -> None:
    parser = argparse.ArgumentParser(
        description="The tests again and again, while every core has something else to do."
    )
    parser.add_argument("--runs", type=int, default=3, help="of the whole suite")
    parser.add_argument("--times", type=int, default=100, help="of the tests that may depend on time")
    options = parser.parse_args()
    with busy():
        whole = [tried() for _ in range(options.runs)]
        touchy = [tried(*TOUCHY) for _ in range(options.times)]
    print(
        f"whole suite: {whole.count(False)} of {len(whole)} runs failed; the rest: {touchy.count(False)} of {len(touchy)}"
    )
    sys.exit(not all((*whole, *touchy)))


if __name__ == "__main__":
    main()
