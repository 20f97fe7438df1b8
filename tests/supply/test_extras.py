"""What is installed decides what can be done: each extra brings what it needs, and a missing one is named."""

import subprocess
import sys
import zipfile
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

import pytest

from reformtrack import Tracker
from tests.supply.test_requirements import ROOT, name_of, project
from tests.support import AT_LENGTH, adopted, scheduled

pytestmark = pytest.mark.slow

WITHOUT = """
import importlib, pkgutil, sys
from importlib.metadata import packages_distributions

missing = set({missing!r})
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in missing:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name.partition(".")[0])

sys.meta_path.insert(0, Blocked())
import reformtrack
from reformtrack.domain.errors import MissingExtra

def tried(name):
    try:
        importlib.import_module(name)
        return "there"
    except MissingExtra as error:
        return f"pip install 'reformtrack[{{error.extra}}]'"
    except ImportError as error:
        return f"{{type(error).__name__}}: {{error}}"

for module in pkgutil.walk_packages(reformtrack.__path__, "reformtrack.", onerror=lambda name: None):
    print(module.name, tried(module.name), sep=" -> ")
"""
OF_POSTGRES = "reformtrack.store.postgres"
"""Begins the names of modules that are imported through a URL, which says it; see the test of that."""

WORKER = "reformtrack.exchange.report.template_filler"
"""Runs in a process of its own, and imports nothing of reformtrack; `reformtrack.exchange.report.template` says it."""


def distributions() -> dict[str, str]:
    """The distribution that brings each module that an extra may need."""
    optional = {name_of(one) for some in project()["project"]["optional-dependencies"].values() for one in some}
    return {
        module: name_of(owners[0])
        for module, owners in packages_distributions().items()
        if name_of(owners[0]) in optional and module != "reformtrack"
    }


def brought(names: set[str]) -> set[str]:
    """Distributions with all that they need themselves."""
    found, asked = set(names), list(names)
    while asked:
        try:
            needs = {name_of(one) for one in requires(asked.pop()) or () if "extra ==" not in one}
        except PackageNotFoundError:  # of another system
            continue
        asked += needs - found
        found |= needs
    return found


def imported_without(missing: set[str]) -> dict[str, str]:
    """What each module of the package says when some are not installed."""
    program = WITHOUT.format(missing=sorted(missing))
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, check=True)
    return dict(line.split(" -> ", 1) for line in done.stdout.splitlines())


def test_a_missing_library_is_always_named_with_the_command_that_installs_it() -> None:
    """Whichever module is imported first."""
    found = imported_without(set(distributions()))
    said = {name: answer for name, answer in found.items() if not name.startswith((OF_POSTGRES, WORKER))}
    assert "pip install 'reformtrack[exchange]'" == said["reformtrack.exchange.report.template"]
    assert {name: answer for name, answer in said.items() if "Error" in answer} == {}
    assert "there" == said["reformtrack.tracker"] == said["reformtrack.exchange.appendix.sheets"]
    assert "pip install 'reformtrack[web]'" == said["reformtrack.web"]
    assert "pip install 'reformtrack[cli]'" == said["reformtrack.cli"]


EXTRAS = sorted(project()["project"]["optional-dependencies"])


@pytest.mark.parametrize("extra", EXTRAS if AT_LENGTH else ["cli", "exchange", "web"])
def test_an_extra_brings_all_that_it_is_asked_for(extra: str) -> None:
    """With what it lists, and without what the others list, nothing asks for it again."""
    listed = brought({name_of(one) for one in project()["project"]["optional-dependencies"][extra]})
    found = imported_without({module for module, owner in distributions().items() if owner not in listed})
    assert [] == [name for name, answer in found.items() if f"[{extra}]" in answer]


def test_a_server_that_checks_needs_no_charts() -> None:
    """The command line without what draws, typesets or reads sheets."""
    needed = {"click", "rich", "typer"}
    assert needed == {name_of(one) for one in project()["project"]["optional-dependencies"]["cli"]}


@pytest.mark.parametrize(
    ("program", "module", "extra"),
    [
        ("Tracker('postgresql://localhost/x')", "psycopg", "postgres"),
        ("Tracker(cipher_keys=[bytes(32)])", "cryptography", "seal"),
        ("__import__('reformtrack.protection').protection.Protection(Tracker(), bytes(32))", "cryptography", "seal"),
        ("__import__('reformtrack.seal').seal.SigningKey.generate('x')", "cryptography", "seal"),
        ("Tracker().views.export_parquet('.')", "pyarrow", "analytics"),
        (
            "__import__('reformtrack.exchange.appendix.importing').exchange.appendix.importing.read_draft(DATA, year=2023)",
            "python_calamine",
            "exchange",
        ),
    ],
)
def test_what_is_imported_late_says_the_same(program: str, module: str, extra: str) -> None:
    data = ROOT / "examples/data/dak-nong-2023-appendix.xlsx"
    lines = (
        f"import sys\nsys.modules[{module!r}] = None\nfrom reformtrack import Tracker\nDATA = {str(data)!r}\n{program}"
    )
    done = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, check=False)
    expected = f"{module} is not installed; accepted: pip install 'reformtrack[{extra}]'"
    assert expected == done.stderr.splitlines()[-1].partition("MissingExtra: ")[2]


def test_the_command_line_says_in_one_line_what_it_needs() -> None:
    lines = "import sys\nsys.modules['typer'] = None\nfrom reformtrack.__main__ import main\nsys.exit(main())"
    done = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, check=False)
    assert (2, "") == (done.returncode, done.stdout)
    assert "reformtrack: typer is not installed; accepted: pip install 'reformtrack[cli]'\n" == done.stderr


def test_an_answer_on_the_screen_says_what_it_needs(tmp_path: Path) -> None:
    """In the extra of the command line, whatever other extra would bring it."""
    lines = "import sys\nsys.modules['rich'] = None\nfrom reformtrack.__main__ import main\nsys.exit(main())"
    with Tracker(tmp_path / "a.db") as tracker:
        tracker.record(adopted(), scheduled(), by="a")
    words = [sys.executable, "-c", lines, "--store", str(tmp_path / "a.db"), "plan", "p"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (2, "") == (done.returncode, done.stdout)
    assert "reformtrack: chưa cài rich; chấp nhận: pip install 'reformtrack[cli]'\n" == done.stderr


def test_a_checkpoint_says_what_it_needs() -> None:
    """Where it is verified, as where it is made."""
    lines = "import sys\nsys.modules['cryptography'] = None\nfrom reformtrack.seal import keys\nkeys.is_signed(b'', b'', b'')"
    done = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, check=False)
    assert "accepted: pip install 'reformtrack[seal]'" in done.stderr.splitlines()[-1]


FROM_ZIP = """
import sys
sys.path.insert(0, sys.argv[1])
import reformtrack
from reformtrack import Tracker
from reformtrack.web import create_app
from starlette.testclient import TestClient
assert reformtrack.__file__.startswith(sys.argv[1]), reformtrack.__file__
with Tracker() as tracker, TestClient(create_app(tracker)) as client:
    page = client.get("/plans").text
    script = next(part for part in page.split('"') if part.endswith(".js"))
    style = next(part for part in page.split('"') if part.endswith(".css"))
    print(*(client.get(path).headers["content-type"] for path in (script, style)), client.get("/static/none").status_code)
"""


def test_the_web_application_runs_from_a_zip(tmp_path: Path) -> None:
    """Its pages, its script and its style."""
    archive = tmp_path / "app.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for path in sorted((ROOT / "src").rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                file.write(path, path.relative_to(ROOT / "src"))
    words = [sys.executable, "-W", "ignore", "-c", FROM_ZIP, str(archive)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert ("text/javascript; charset=utf-8 text/css; charset=utf-8 404\n", "") == (done.stdout, done.stderr)
