"""The requirements: locked by hash, and free to be passed on."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, metadata, packages_distributions
from pathlib import Path
from typing import Any

import pytest
from hatchling.metadata.core import ProjectMetadata
from hatchling.plugin.manager import PluginManager

ROOT = Path(__file__).parents[2]
RUN, DEV, DEMO, SERVE = (ROOT / f"requirements/{name}.txt" for name in ("run", "dev", "demo", "serve"))
PERMISSIVE = re.compile(
    r"MIT|BSD|Apache|PSF|Python Software Foundation|ISCL?|Zlib|CC0|[(),]|\b(?:AND|OR|License|Licence|Software|OSI|Approved)\b|"
    r"\b(?:Clause|CMU)\b|[-\s\d.]"
)
"""What is taken away from the name of a permissive licence leaves nothing."""
OTHERS = {
    "psycopg": "LGPL-3.0-only",
    "psycopg-binary": "LGPL-3.0-only",
    "psycopg-pool": "LGPL-3.0-only",
    "docxtpl": "LGPL-2.1-only",
    "certifi": "MPL-2.0",
    "hypothesis": "MPL-2.0",
}
"""
Licences that bind whoever changes the library itself, not whoever imports it: each of an extra that one may leave out.
"""
ELSEWHERE = {"colorama"}
"""Installed on Windows only."""


def locked(file: Path) -> dict[str, str]:
    """The entries of a file of requirements, by name and version, each with all its lines."""
    entries = re.split(r"\n(?=\S)", file.read_text(encoding="utf-8").strip())
    return {" ".join(entry.split(" \\")[0].split()): entry for entry in entries}


def name_of(requirement: str) -> str:
    return re.split(r"[^\w.-]", requirement)[0].lower().replace("_", "-")


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def needed() -> set[str]:
    """What the project needs to run, with all extras."""
    found = project()["project"]
    extras = found["optional-dependencies"].values()
    return {name_of(one) for one in (*found["dependencies"], *(one for extra in extras for one in extra))} - {
        "reformtrack"
    }


@pytest.mark.parametrize("file", [RUN, DEV, DEMO, SERVE], ids=lambda file: file.name)
def test_every_requirement_has_one_version_and_hashes(file: Path) -> None:
    """No address, no option, no range."""
    entries = locked(file)
    assert len(entries) > 15
    for entry in entries.values():
        lines = [line.strip().removesuffix(" \\") for line in entry.splitlines()]
        assert re.fullmatch(r"[\w.-]+==[\w.!+-]+(?: ; .+)?", lines[0]), lines[0]
        assert lines[1:], lines[0]
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", line) for line in lines[1:]), lines[0]


def hashes(file: Path) -> dict[str, list[str]]:
    """Of each requirement, by name and version."""
    return {entry.split()[0]: sorted(re.findall("sha256:.*", entry)) for entry in locked(file).values()}


@pytest.mark.parametrize("file", [RUN, DEMO, SERVE], ids=lambda file: file.name)
def test_what_runs_is_what_was_tested(file: Path) -> None:
    """The other locks are parts of that for working, with the same versions and hashes."""
    assert hashes(file).items() <= hashes(DEV).items()


def test_the_lock_for_running_has_all_that_is_needed() -> None:
    """By the project and its extras."""
    assert needed() - {name_of(name) for name in hashes(RUN)} == set()


def test_the_demo_and_serving_install_what_they_need_and_nothing_for_development() -> None:
    """Beside what runs with reformtrack: what installs a checkout."""
    install = {
        "editables",
        "hatch-fancy-pypi-readme",
        "hatchling",
        "packaging",
        "pathspec",
        "pluggy",
        "tomlkit",
        "trove-classifiers",
    }
    run = {name_of(name) for name in hashes(RUN)}
    for file, most in ((DEMO, 40), (SERVE, 24)):
        found = {name_of(name) for name in hashes(file)}
        assert found <= run | install
        assert len(found) <= most
    assert "matplotlib" not in {name_of(name) for name in hashes(SERVE)}


def test_every_installation_checks_hashes() -> None:
    """Of what is not from here."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert 1 == makefile.count("pip install"), "it has one name"
    found = re.findall(r"\$\(INSTALL\) .*", makefile)
    assert 2 == len(found)
    assert all("--require-hashes -r $<" in line or "--no-deps --no-build-isolation" in line for line in found)


SAFE = {"jinja2": "3.1.6"}
"""The first version without a known way out of its sandbox, which Word templates are filled in."""


def test_no_range_begins_at_a_version_with_a_known_flaw() -> None:
    """Wherever the range stands: in an extra, or for those who work on reformtrack."""
    found = project()
    own = [one for one in found["dependency-groups"]["dev"] if isinstance(one, str)]
    ranges = [*found["project"]["dependencies"], *own]
    ranges += [one for extra in found["project"]["optional-dependencies"].values() for one in extra]
    assert 3 == sum(one.startswith("jinja2") for one in ranges)
    for name, version in SAFE.items():
        assert {f"{name}>={version}"} == {one for one in ranges if name_of(one) == name}


def licence(name: str) -> str:
    """The licence of a package that is installed, in its own words."""
    found = metadata(name)
    classifiers = [text.split("::")[-1] for text in found.get_all("Classifier", []) if text.startswith("License ::")]
    return found.get_all("License-Expression", [""])[0] or ", ".join(classifiers) or found.get_all("License", [""])[0]


def test_every_licence_is_permissive_or_binds_the_library_only() -> None:
    """So whoever passes reformtrack on with its dependencies may use any licence."""
    missing, others = set(), dict[str, str]()
    for name in {name_of(entry) for entry in locked(RUN)}:
        try:
            words = licence(name)
        except PackageNotFoundError:
            missing.add(name)
            continue
        if not words or PERMISSIVE.sub("", words):
            others[name] = words
    assert missing <= ELSEWHERE
    assert OTHERS.keys() == others.keys()
    assert {} == {name: words for name, words in others.items() if name != "certifi" and OTHERS[name] != words}
    assert "Mozilla Public License 2.0 (MPL 2.0)" == others["certifi"].strip()


def test_the_readme_names_every_licence_that_is_not_permissive() -> None:
    """Psycopg's three distributions in one word."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Licence")[2].partition("\n## ")[0]
    words = " ".join(section.split())
    for name, licence_ in OTHERS.items():
        assert re.search(rf"\b{name.partition('-')[0]}\b.*?{licence_.removesuffix('-only')}", words), name


@pytest.mark.slow
def test_the_package_imports_only_what_it_asks_for() -> None:
    """No tool of ours: pymerkle, which is under the GPL and an oracle of the tests, least of all."""
    imported = set[str]()
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                imported.add(node.module.partition(".")[0])
    owners = packages_distributions()
    foreign = imported - sys.stdlib_module_names - {"reformtrack"}
    assert {"attrs", "eventsourcing", "msgspec"} <= {name_of(one) for name in foreign for one in owners[name]}
    assert {} == {name: owners[name] for name in foreign if not {name_of(one) for one in owners[name]} & needed()}
    assert "pymerkle" not in {name_of(entry) for entry in locked(RUN)}


ALONE = """
import runpy, sys
from importlib.metadata import packages_distributions

installed, sys.argv = set(sys.argv[1].split(",")), sys.argv[2:]
owners = packages_distributions()

class Missing:
    def find_spec(self, name, path=None, target=None):
        found = {one.lower().replace("_", "-") for one in owners.get(name.partition(".")[0], ())}
        if found and not found & installed:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Missing())
runpy.run_path(sys.argv[0], run_name="__main__")
"""
SERVING = """
import asyncio
from serve_dak_nong import PLAN, worked_example
from reformtrack.web import create_app

async def ask(app, path):
    said = []
    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}
    async def send(message):
        said.append(message)
    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http"}
    scope |= {"path": path, "raw_path": path.encode(), "root_path": "", "query_string": b"", "headers": []}
    await app({**scope, "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80)}, receive, send)
    return said[0]["status"]

with worked_example() as tracker:
    app = create_app(tracker)
    print([asyncio.run(ask(app, path)) for path in ("/", f"/plans/{PLAN}", f"/plans/{PLAN}/reports/2023-nam")])
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "words", "said"),
    [
        (DEMO, ("examples/dak_nong_2023.py",), "53/55 (96,4%)"),
        (DEMO, ("examples/dak_nong_report.py", "--to", "{folder}"), ".pdf"),
        (SERVE, ("{folder}/serving.py",), "[200, 200, 200]"),
    ],
)
def test_the_demo_and_serving_run_with_what_they_install(
    file: Path, words: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    """As if nothing else were there."""
    (tmp_path / "serving.py").write_text(SERVING)
    installed = ",".join({"reformtrack", *(name_of(name) for name in hashes(file))})
    command = [sys.executable, "-c", ALONE, installed, *(word.format(folder=tmp_path) for word in words)]
    env = {**os.environ, "PYTHONPATH": str(ROOT / "examples")}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, encoding="utf-8", check=False)
    assert (0, "") == (done.returncode, done.stderr)
    assert said in done.stdout


def test_what_an_index_shows_of_the_readme_has_whole_addresses() -> None:
    """Links and pictures that lead from a checkout into its files lead from elsewhere to the repository."""
    metadata = ProjectMetadata(str(ROOT), PluginManager(), project())
    text = metadata.core.readme or ""
    targets = re.findall(r"\]\(([^)]+)\)", text)
    assert len(targets) > 20
    assert [] == [target for target in targets if not target.startswith(("https://", "#"))]
    pictures = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", text)
    assert len(pictures) == 3
    assert all("/raw/main/docs/" in picture for picture in pictures)
