"""
The lowest versions that pyproject.toml admits, installed, with the examples run on them: bounds that nobody tries are guesses.

    python -m tests.supply.lowest
"""

import re
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from tests.supply.test_requirements import ROOT, project

APPENDIX = str(ROOT / "examples/data/dak-nong-2023-appendix.xlsx")
EXAMPLES = (
    ("async_use.py",),
    ("dak_nong_2023.py", "--store", "sqlite:///dak-nong.db"),
    ("dak_nong_report.py", "--to", "."),
    ("embed_in_your_app.py", "dak-nong.db", "host.db"),
    ("notebook_polars.py",),
    ("quickstart.py",),
    ("reorganisation_2025.py",),
    ("what_did_we_know.py",),
)
COMMANDS = (
    ("init",),
    ("check",),
    ("agencies",),
    ("report", "--help"),
)

PROGRAM = """
import warnings
warnings.simplefilter("ignore")
from starlette.testclient import TestClient
from reformtrack import Tracker
from reformtrack.web import create_app
with Tracker() as tracker, TestClient(create_app(tracker)) as client:
    assert client.get("/plans").status_code == 200
    assert client.get("/api/v1/plans").json()
"""


def lowest(requirement: str) -> str:
    """
    The requirement, met by its lowest version.

    >>> lowest("psycopg[binary,pool]>=3.2"), lowest("eventsourcing>=9.5.6,<10")
    ('psycopg[binary,pool]==3.2', 'eventsourcing==9.5.6')
    """
    found = re.fullmatch(r"([\w.-]+(?:\[[\w,]+\])?)>=([\w.]+)(?:,.*)?", requirement)
    if found is None:
        raise ValueError(f"{requirement!r} has no lower bound; accepted: name>=version")
    return f"{found[1]}=={found[2]}"


def main() -> int:
    """Install, run, and say what failed."""
    told = project()["project"]
    extras = [one for some in told["optional-dependencies"].values() for one in some]
    wanted = sorted({lowest(one) for one in (*told["dependencies"], *extras)})
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = str(Path(folder) / "bin" / "python")
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *wanted, "hatchling", "editables"], check=True)
        subprocess.run([*pip, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)], check=True)
        commands = [[str(ROOT / "examples" / name), *words] for name, *words in EXAMPLES]
        commands += [["-m", "reformtrack", "--store", "plans.db", *words] for words in COMMANDS]
        failed = []
        for words in [*commands, ["-W", "ignore", "-c", PROGRAM]]:
            done = subprocess.run([python, *words], capture_output=True, text=True, cwd=folder, check=False)
            if done.returncode:
                failed.append(f"{' '.join(words)[:200]}\n{done.stderr[-2_000:]}")
    print("\n".join([*wanted, *(f"FAILED {one}" for one in failed)]))
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
