"""
What pyproject.toml admits, installed, with the examples run on it: bounds that nobody tries are guesses. The lowest versions of
libraries on this Python; the locked versions on each other Python of the classifiers that there is here.

    python -m tests.supply.versions
"""

import re
import shutil
import subprocess
import sys
import tempfile
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


def failed_under(python: str, wanted: list[str]) -> list[str]:
    """What fails, of the examples and some commands, where this Python has these requirements and nothing else."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([python, "-m", "venv", folder], check=True)
        inner = str(Path(folder) / "bin" / "python")
        pip = [inner, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
        subprocess.run([*pip, *wanted], check=True)
        subprocess.run([*pip, *project()["dependency-groups"]["install"]], check=True)
        subprocess.run([*pip, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)], check=True)
        commands = [[str(ROOT / "examples" / name), *words] for name, *words in EXAMPLES]
        commands += [["-m", "reformtrack", "--store", "plans.db", *words] for words in COMMANDS]
        failed = []
        for words in [*commands, ["-W", "ignore", "-c", PROGRAM]]:
            done = subprocess.run([inner, *words], capture_output=True, text=True, cwd=folder, check=False)
            if done.returncode:
                failed.append(f"{' '.join(words)[:200]}\n{done.stderr[-2_000:]}")
    return failed


def others() -> list[str]:
    """The other Pythons of the classifiers that this machine has."""
    names = [text.split("::")[-1].strip() for text in project()["project"]["classifiers"]]
    ours = f"{sys.version_info.major}.{sys.version_info.minor}"
    found = [f"python{name}" for name in names if re.fullmatch(r"3\.\d+", name) and name != ours]
    return [name for name in found if _runs(name)]


def _runs(name: str) -> bool:
    """Whether it is there, and not only its name."""
    return (
        shutil.which(name) is not None
        and not subprocess.run([name, "-c", ""], capture_output=True, check=False).returncode
    )


def main() -> int:
    """Install, run, and say what failed."""
    told = project()["project"]
    extras = [one for some in told["optional-dependencies"].values() for one in some]
    bounds = sorted({lowest(one) for one in (*told["dependencies"], *extras)})
    print("\n".join(bounds))
    failed = {"the lowest versions": failed_under(sys.executable, bounds)}
    for python in others():
        print(python)
        failed[python] = failed_under(python, ["--require-hashes", "-r", str(ROOT / "requirements" / "run.txt")])
    print("\n".join(f"FAILED with {where}: {one}" for where, some in failed.items() for one in some))
    return any(failed.values())


if __name__ == "__main__":
    sys.exit(main())
