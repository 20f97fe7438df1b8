"""
Asks an index of advisories about every locked requirement.

    python -m tests.supply.audit

A finding is an error. Where no index can be asked, this says so and why, and is none: a machine without a network can check
everything else.
"""

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

REQUIREMENTS = (Path("requirements/run.txt"), Path("requirements/dev.txt"))
_LONGEST = 180.0
_UNREACHABLE = re.compile(r"^(?:requests|urllib3)\.exceptions\.\w*(?:Connection|Proxy|Timeout|SSL)\w*", re.MULTILINE)


class Verdict(NamedTuple):
    """What came out."""

    code: int
    """The exit code: 1 after a finding, or when the question itself failed."""
    words: str


def audit(requirements: Sequence[Path], *more: str) -> Verdict:
    """What is known against the requirements of these files; `more` are options of pip-audit."""
    files = [word for path in requirements for word in ("-r", str(path))]
    fixed = ("--require-hashes", "--disable-pip", "--timeout", "5", "--format", "json", "--progress-spinner", "off")
    command = [sys.executable, "-m", "pip_audit", *files, *fixed, *more]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_LONGEST, check=False)
    except subprocess.TimeoutExpired:
        return Verdict(0, f"SKIPPED: the index of advisories gave no answer for {_LONGEST:.0f} s")
    if not done.stdout.strip():
        if found := _UNREACHABLE.findall(done.stderr):
            return Verdict(0, f"SKIPPED: no index of advisories can be reached ({found[-1]})")
        return Verdict(1, f"pip-audit failed: {done.stderr.strip()[-1000:]}")
    return _verdict(done.stdout)


def _verdict(document: str) -> Verdict:
    dependencies = json.loads(document)["dependencies"]
    asked = [one for one in dependencies if "skip_reason" not in one]
    unknown = sorted(one["name"] for one in dependencies if "skip_reason" in one)
    if not asked:
        return Verdict(0, f"SKIPPED: the index that answers knows none of the {len(unknown)} requirements")
    found = [
        f"{one['name']} {one['version']}: {flaw['id']}, repaired in {', '.join(flaw['fix_versions']) or 'no version yet'}"
        for one in asked
        for flaw in one["vulns"]
    ]
    left_out = f"; not known to the index: {', '.join(unknown)}" if unknown else ""
    return Verdict(
        bool(found), "\n".join([f"{len(asked)} requirements asked about, {len(found)} findings{left_out}", *found])
    )


def main() -> None:
    argparse.ArgumentParser(description="Ask an index of advisories about every locked requirement.").parse_args()
    verdict = audit(REQUIREMENTS)
    print(verdict.words)
    sys.exit(verdict.code)


if __name__ == "__main__":
    main()
