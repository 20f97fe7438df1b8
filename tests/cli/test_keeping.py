"""The commands that keep a store: what they make, and what they say of it."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from reformtrack import Tracker
from tests.cli.conftest import Run
from tests.support import tamper


@pytest.fixture
def store(example: Path, tmp_path: Path) -> Path:
    """A copy of the worked example, to write to."""
    with closing(sqlite3.connect(example)) as source, closing(sqlite3.connect(tmp_path / "copy.db")) as target:
        source.backup(target)
    return tmp_path / "copy.db"


def test_a_log_goes_from_one_store_into_another(run: Run, store: Path, tmp_path: Path) -> None:
    """Whole, in parts, and again."""
    whole, first, rest, other = (tmp_path / name for name in ("all.jsonl.gz", "1.jsonl", "2.jsonl", "other.db"))
    with Tracker(f"sqlite:///{store}") as tracker:
        log = list(tracker.log())

    assert f"{len(log)} ghi nhận\n" == run("export-log", whole, "--store", store).out
    run("export-log", first, "--up-to", 100, "--store", store)
    run("export-log", rest, "--after", 100, "--store", store)
    counts = [json.loads(run("import-log", file, "--store", other, "--json").out) for file in (first, rest, whole)]

    assert [{"stored": 100}, {"stored": len(log) - 100}, {"stored": 0}] == counts
    with Tracker(f"sqlite:///{other}") as tracker:
        assert log == list(tracker.log())


def test_an_export_takes_the_place_of_no_link_and_no_folder(run: Run, store: Path, tmp_path: Path) -> None:
    """/dev/stdout is a link; to put a file in its place would harm the whole machine."""
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "log.jsonl")
    for target in (link, tmp_path):
        ran = run("export-log", target, "--store", store)
        assert (6, "") == (ran.code, ran.out)
        assert "is no file of its own; accepted: a name that is free" in ran.err
    assert link.is_symlink()


def test_tables_are_exported_for_other_tools(run: Run, store: Path, tmp_path: Path) -> None:
    """With how much was written."""
    ran = run("export-parquet", tmp_path / "tables", "--store", store, "--json")
    said = run("export-parquet", tmp_path / "tables", "--store", store, "--lang", "en").out

    assert (1, 55, []) == tuple(json.loads(ran.out)[key] for key in ("plans", "activities", "unreadable"))
    assert {"activities.parquet", "log.parquet", "plans.parquet"} == {p.name for p in (tmp_path / "tables").iterdir()}
    assert said.startswith("1 plans, 55 activities and ")


def test_views_are_caught_up_and_rebuilt(run: Run, store: Path) -> None:
    """To the end of the log."""
    with Tracker(f"sqlite:///{store}") as tracker:
        position = tracker.position()
    for command in ("catch-up", "rebuild"):
        assert {"position": position} == json.loads(run(command, "--store", store, "--json").out)


def test_a_plan_that_cannot_be_read_is_named(run: Run, store: Path, tmp_path: Path) -> None:
    """Its counts are left out, and the exit code says that something is not right."""
    tamper(f"sqlite:///{store}", "UPDATE reformtrack_log SET state = '{' WHERE position = 5")
    run("rebuild", "--store", store)
    for words in (("rollup",), ("export-parquet", tmp_path / "tables")):
        ran = run(*words, "--store", store, "--json")
        assert 1 == ran.code
        assert ["dak-nong-2023"] == json.loads(ran.out)["unreadable"]
        assert "reformtrack: dak-nong-2023: left out, a record cannot be read; accepted: check lists it\n" == ran.err


def test_a_whole_store_is_said_to_be_whole(run: Run, store: Path) -> None:
    """And the check ends well."""
    assert (0, "Everything is as it was written.\n", "") == run("check", "--store", store, "--lang", "en")
    assert {"damage": [], "unreadable": []} == json.loads(run("check", "--store", store, "--json").out)


def test_a_figure_that_the_log_does_not_give_is_named(run: Run, store: Path) -> None:
    """Of all plans, or of so many as are drawn; other plans are not read then."""
    run("rebuild", "--store", store)
    for words in (("check",), ("check", "--spot", 5)):
        assert 0 == run(*words, "--store", store).code
    with closing(sqlite3.connect(store)) as file:
        [(read,)] = file.execute("SELECT generation FROM reformtrack_views WHERE is_current = 1").fetchall()
    tamper(f"sqlite:///{store}", f"UPDATE reformtrack_totals_{read} SET completed_dated = 99 WHERE domain = '1'")
    for words in (("check",), ("check", "--spot", 1)):
        ran = run(*words, "--store", store, "--json")
        assert 1 == ran.code
        [found] = json.loads(ran.out)["damage"]
        assert (
            f"reformtrack_totals_{read}, Tỉnh Đắk Nông, 1: completed_dated is 99, and the log gives " in found["what"]
        )
    assert 2 == run("check", "--spot", 0, "--store", store).code


def test_a_check_says_what_is_no_text(run: Run, store: Path) -> None:
    """As JSON too, for a program."""
    tamper(f"sqlite:///{store}", "UPDATE reformtrack_log SET originator_id = CAST(x'70ff' AS TEXT) WHERE position = 5")
    assert "p�" in run("check", "--store", store).out
    document = json.loads(run("check", "--store", store, "--json").out)
    assert ["p\udcff"] == [record["stream"] for record in document["unreadable"]]


def test_the_version_needs_no_store(run: Run) -> None:
    """So that it can be asked first."""
    assert 0 == run("version").code
    assert ["version"] == list(json.loads(run("version", "--json").out))
