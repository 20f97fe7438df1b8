"""What a forge reads: workflows, templates, and the commands that CONTRIBUTING.md begins with."""

import re
import tomllib
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import reformtrack

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / ".github").rglob("*.yml"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def read(name: str) -> Any:
    """A file of YAML, below .github/."""
    return import_module("yaml").safe_load((ROOT / ".github" / name).read_text(encoding="utf-8"))


def steps(workflow: Any) -> list[dict[str, Any]]:
    """Those of all jobs."""
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


def test_ci_runs_what_a_change_has_to_pass_on_the_oldest_python_and_a_new_one() -> None:
    """By the one script, so that a server and a person run the same."""
    ci = read("workflows/ci.yml")
    pythons = ci["jobs"]["run"]["strategy"]["matrix"]["python"]
    assert pythons == ["3.11", "3.13"]
    assert PROJECT["project"]["requires-python"] == f">={pythons[0]}"
    assert all(f"Programming Language :: Python :: {one}" in PROJECT["project"]["classifiers"] for one in pythons)
    assert ".ci/run" in [step.get("run") for step in steps(ci)]


@pytest.mark.parametrize("name", ["ci.yml", "release.yml"])
def test_a_workflow_runs_what_was_read_and_may_do_no_more_than_it_needs(name: str) -> None:
    """Actions by the hash of a commit; reading alone, but for the one job that publishes, by no password."""
    workflow = read(f"workflows/{name}")
    used = [step["uses"] for step in steps(workflow) if "uses" in step]
    assert used
    assert [] == [one for one in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", one)]
    assert {"contents": "read"} == workflow["permissions"]
    more = {job: found["permissions"] for job, found in workflow["jobs"].items() if "permissions" in found}
    assert more == ({"publish": {"id-token": "write"}} if name == "release.yml" else {})
    assert "secrets." not in (ROOT / ".github/workflows" / name).read_text(encoding="utf-8")


def test_what_is_published_was_tested_and_has_the_version_of_its_tag() -> None:
    """In this order, and an approval before."""
    jobs = read("workflows/release.yml")["jobs"]
    runs = "\n".join(step.get("run", "") for step in jobs["build"]["steps"])
    found = [runs.index(part) for part in (".ci/run", "make dist", "GITHUB_REF_NAME", "sha256sum")]
    assert found == sorted(found)
    assert ("build", "pypi") == (jobs["publish"]["needs"], jobs["publish"]["environment"])


def test_the_version_is_one() -> None:
    """In the project, in the library, and at the top of the changelog."""
    newest = re.findall(r"^## \[?(\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert PROJECT["project"]["version"] == reformtrack.__version__ == newest[0]


def test_templates_ask_what_has_a_name_once() -> None:
    """Each form has its fields, each with an id of its own and a label; a link leads to a file that is there."""
    forms = [read(f"ISSUE_TEMPLATE/{name}.yml") for name in ("bug", "wish")]
    for form in forms:
        assert {"name", "description", "body"} <= set(form)
        asked = [one for one in form["body"] if one["type"] != "markdown"]
        assert len({one["id"] for one in asked}) == len(asked) > 0
        assert all(one["attributes"]["label"] for one in asked)
    home = f"{PROJECT['project']['urls']['Source']}/blob/main/"
    for link in read("ISSUE_TEMPLATE/config.yml")["contact_links"]:
        assert (ROOT / link["url"].removeprefix(home)).is_file()


def test_the_commands_of_contributing_are_there() -> None:
    """Each target of make, and each test file that is named."""
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8") + (ROOT / "docs/how-to/release.md").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {"check", "test-fast"} < set(re.findall(r"(?:`|^|^\$ )make ([a-z-]+)", page, re.MULTILINE)) <= targets
    assert [] == [name for name in re.findall(r"pytest (tests/\S+\.py)", page) if not (ROOT / name).is_file()]
