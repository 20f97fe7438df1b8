"""
The fuzzing of every parser: coverage-guided, each in a process of its own, until it has had so many inputs or so much time.

    python -m drills.fuzz.run --inputs 50000 --seconds 120
    python -m drills.fuzz.run deadline workbook_parts --inputs 1000000 --seconds 3600

A finding is an error that the parser is not documented to raise, an input that takes more than ten seconds, or memory beyond
2 GB. It is written to `build/fuzz`; its smallest form belongs into `drills/fuzz/corpus/TARGET`, where the tests read it.
"""

import argparse
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import NamedTuple

from drills.fuzz.targets import CORPUS, TARGETS
from drills.fuzz.worker import COUNT

HANG, MEMORY, LONGEST = 10, 2_048, 300_000
"""Seconds an input, megabytes a process, bytes an input."""


class Seen(NamedTuple):
    """What a target came to."""

    name: str
    inputs: int
    """How many it was called with, as it counted itself."""
    seconds: float
    findings: tuple[Path, ...]
    said: str
    """The last lines, where it found something or could not run."""


def fuzz(name: str, inputs: int, seconds: int, kept: Path, seed: int) -> Seen:
    """Run a target."""
    begun, found = monotonic(), kept / name
    found.mkdir(parents=True, exist_ok=True)
    known = set(found.iterdir())
    with TemporaryDirectory() as folder:
        corpus, counter = Path(folder, "corpus"), Path(folder, "counter")
        corpus.mkdir()
        counter.write_bytes(COUNT.pack(0))
        for number, data in enumerate([*TARGETS[name].seeds(), *corpus_of(name)]):
            Path(corpus, f"{number}").write_bytes(data)
        limits = [f"-timeout={HANG}", f"-rss_limit_mb={MEMORY}", f"-max_len={LONGEST}"]
        bounds = [f"-runs={inputs}", f"-max_total_time={seconds}", f"-seed={seed}", f"-artifact_prefix={found}/"]
        command = [sys.executable, "-m", "drills.fuzz.worker", name, str(counter), *limits, *bounds, str(corpus)]
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False
        )
        (count,) = COUNT.unpack(counter.read_bytes())
    findings = tuple(sorted(set(found.iterdir()) - known))
    is_wrong = bool(findings or done.returncode)
    return Seen(name, count, monotonic() - begun, findings, _end(done.stdout) if is_wrong else "")


def _end(said: str) -> str:
    """The last of what it said, without the progress of libFuzzer."""
    return "\n".join([line[:300] for line in said.splitlines() if not line.startswith("#")][-25:])


def corpus_of(name: str) -> list[bytes]:
    """What once found something in a target."""
    return [path.read_bytes() for path in sorted(Path(CORPUS, name).glob("*"))]


def told(one: Seen) -> str:
    """The figures of a target."""
    verdict = f"{len(one.findings)} findings" if not one.said else f"{len(one.findings)} findings, or it could not run"
    return f"{one.name:22}{one.inputs:>12,} inputs {one.seconds:8.0f} s   {verdict}"


def main() -> int:
    """1 when something was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="*", choices=[[], *TARGETS], metavar="TARGET", help=", ".join(TARGETS))
    parser.add_argument("--inputs", type=int, default=50_000, help="how many each is given")
    parser.add_argument("--seconds", type=int, default=120, help="how long each may take")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path("build/fuzz"), help="where findings are written")
    asked = parser.parse_args()
    seen = []
    for name in asked.targets or TARGETS:
        seen.append(fuzz(name, asked.inputs, asked.seconds, asked.keep, asked.seed))
        print(
            told(seen[-1]),
            *[f"  {path}" for path in seen[-1].findings],
            *filter(None, [seen[-1].said]),
            sep="\n",
            flush=True,
        )
    total, took = sum(one.inputs for one in seen), sum(one.seconds for one in seen)
    print(f"{'together':22}{total:>12,} inputs {took:8.0f} s")
    return 1 if any(one.said for one in seen) else 0


if __name__ == "__main__":
    sys.exit(main())
