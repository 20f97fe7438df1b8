"""What is refused: with one line on stderr that says what to do, and an exit code that says what kind of error it is."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from reformtrack import Tracker, errors
from reformtrack.cli.session import Session
from reformtrack.domain.errors import StoreError
from reformtrack.events import ActivityCompleted
from reformtrack.store.application import settings_of
from tests.cli.conftest import Run
from tests.support import Clock, adopted, day, scheduled

A = "dak-nong-2023/1.04"
DOMAIN = 'domains=[{"code": "1", "title": "X"}]'
BY = ("--by", "x")
NEW_PLAN = ("--title", "T", "--year", "2023", "--jurisdiction", "X")

REFUSED = [
    (2, "No such command 'nothing'", ("nothing",)),
    (2, "Missing argument 'PLAN'", ("plan",)),
    (2, "No such option: --nothing", ("plan", "p", "--nothing")),
    (2, "accepted: vi, en", ("plan", "p", "--lang", "fr")),
    (2, "accepted: a day as 30/06/2023 or 2023-06-30", ("plan", "p", "--on", "31/6/2023")),
    (2, "a day, which means its end", ("plan", "dak-nong-2023", "--known-at", "2023-06-31")),
    (2, "an instant with its time zone", ("plan", "dak-nong-2023", "--known-at", "2023-06-30T17:00")),
    (2, "a day that has come", ("plan", "dak-nong-2023", "--known-at", "31/12/2999")),
    (2, "an instant with its zone", ("plan", "dak-nong-2023", "--known-at", "²")),
    (2, "a log position from 0 to", ("plan", "dak-nong-2023", "--known-at", "99999")),
    (2, "a log position from 0 to", ("history", "dak-nong-2023", "--known-at", "99999")),
    (2, "an instant that is not in the future", ("history", "dak-nong-2023", "--known-at", "2999-01-01T00:00Z")),
    (2, "known_at cannot be 2999-01-01 00:00:00+00:00", ("plan", "dak-nong-2023", "--known-at", "2999-01-01T00:00Z")),
    (2, "--from cannot be 2023-12-15", ("trend", "--from", "15/12/2023", "--on", "1/1/2023")),
    (2, "accepted: with --issue or --draft", ("report", "p", "2023-h1", "--correct", "x", "--title", "Khác", *BY)),
    (2, "accepted: with --to", ("report", "p", "2023-h1", "--last-year", "p@2022-h1")),
    (2, "accepted: lower-case words", ("plan", "No Plan")),
    (4, "plan 'nothing' did not exist on ", ("plan", "nothing")),
    (4, "plan 'dak-nong-2023' did not exist on 2020-01-01", ("overdue", "dak-nong-2023", "--on", "2020-01-01")),
    (4, "plan 'nothing' did not exist on ", ("due", "nothing")),
    (2, "--days", ("due", "dak-nong-2023", "--days", "-1")),
    (4, "record of 'dak-nong-2023/9.99' did not exist", ("history", "dak-nong-2023/9.99")),
    (2, "accepted: jurisdiction, plan, domain, lead, group", ("rollup", "--by", "colour")),
    (2, "whole_plan", ("rollup", "--rule", "other")),
    (2, "a plan needs --domain", ("init", "--plan", "p", *NEW_PLAN)),
    (2, "accepted: CODE=TITLE", ("init", "--plan", "p", *NEW_PLAN, "--domain", "1")),
    (2, "accepted: --plan", ("init", "--title", "T")),
    (3, "the plan is adopted already", ("init", "--plan", "dak-nong-2023", *NEW_PLAN, "--domain", "1=X", *BY)),
    (2, "accepted: either an event", ("record",)),
    (2, "accepted: an id after it", ("record", "ActivityCompleted", *BY)),
    (2, "no event 'Completed' can be recorded", ("record", "Completed", A, *BY)),
    (2, "accepted: field=value", ("record", "ActivityCompleted", A, "on", *BY)),
    (2, "“reported complete” has no field 'day'", ("record", "ActivityCompleted", A, "day=2023-06-20", *BY)),
    (2, "“reported complete”.on is missing", ("record", "ActivityCompleted", A, *BY)),
    (2, "“reported complete”.on cannot be '20/6'", ("record", "ActivityCompleted", A, "on=20/6", *BY)),
    (
        2,
        "“reported complete”.evidence cannot be",
        ("record", "ActivityCompleted", A, "on=2023-06-20", "evidence=x", *BY),
    ),
    (
        2,
        "“reported complete”.evidence[0] has no field 'numbr'",
        ("record", "ActivityCompleted", A, "on=2023-06-20", 'evidence=[{"numbr": "1", "title": "x"}]', *BY),
    ),
    (
        2,
        "“progress reported”.percent cannot be",
        ("record", "ProgressReported", A, "on=2023-06-20", "percent=120", *BY),
    ),
    (2, "accepted: a number as 12.5", ("record", "ProgressReported", A, "on=2023-06-20", "percent=12,5", *BY)),
    (
        2,
        "accepted: whole_plan, dated_only, fallen_due",
        (
            "record",
            "PlanAdopted",
            "p",
            "on=2023-01-02",
            "title=T",
            "year=2023",
            "jurisdiction=X",
            "counting_rule=all",
            DOMAIN,
            *BY,
        ),
    ),
    (2, "missing --by", ("record", "ActivityStarted", A, "on=2023-06-20")),
    (3, "the activity is completed", ("record", "ActivityStarted", A, "on=2023-12-01", *BY)),
    (3, "not scheduled on that day", ("record", "ActivityStarted", "dak-nong-2023/9", "on=2023-06-20", *BY)),
    (
        3,
        "was expected at version 1",
        ("record", "EvidenceFiled", A, "on=2023-12-01", 'evidence=[{"title": "x"}]', "--expected-version", "1", *BY),
    ),
    (
        3,
        "request 'nam-2023-1' was recorded",
        ("record", "ActivityReopened", A, "on=2023-12-01", "reason=x", "--request-id", "nam-2023-1", *BY),
    ),
    (6, "accepted: one that can be read", ("record", "--file", "nothing.jsonl", *BY)),
    (2, "goes with one event", ("record", "--file", "nothing.jsonl", "--expected-version", "1", *BY)),
    (2, "the code of one after the plan", ("report", "dak-nong-2023", "--issue", *BY)),
    (2, "the code of one after the plan", ("report", "dak-nong-2023", "--to", "report.pdf")),
    (2, "each of jurisdiction, plan, domain, lead, group once", ("across", "--of", "lead")),
    (2, "each of jurisdiction, plan, domain, lead, group once", ("across", "--of", "lead=A", "--of", "lead=B")),
    (2, "each of jurisdiction, plan, domain, lead, group once", ("across", "--of", "colour=red")),
    (6, "accepted: one that can be read", ("import-log", "nothing.jsonl")),
    (6, "accepted: an exported log", ("import-log", __file__)),
    (6, "nowhere", ("export-log", "/nowhere/log.jsonl")),
    (6, "accepted: one that can be", ("export-parquet", __file__)),
    (5, "store nothing.db does not exist; create it", ("catch-up", "--store", "nothing.db")),
    (5, "it is a folder", ("rebuild", "--store", "/tmp")),
    (5, "unknown store; accepted:", ("check", "--store", "mysql://u:geheim@h/d")),
    (5, "unknown store; accepted:", ("check", "--store", "postgresql:/u:geheim@h/d")),
    (5, "a server that can be reached", ("check", "--store", "postgresql://u:geheim@127.0.0.1:1/d?connect_timeout=1")),
]


IDS = [" ".join(words)[:60] for _, _, words in REFUSED]
ENGLISH = re.compile(r"\b(the|is|are|of|not|with|cannot|accepted|and|was|has|must|value|invalid|missing|such)\b")


@pytest.mark.slow
@pytest.mark.parametrize(("code", "message", "words"), REFUSED, ids=IDS)
@pytest.mark.parametrize("form", [(), ("--json",)], ids=["text", "json"])
def test_what_is_refused(
    run: Run, example: Path, code: int, message: str, words: tuple[str, ...], form: tuple[str, ...]
) -> None:
    """One line on stderr, nothing on stdout, no password, and the documented exit code."""
    ran = run(*form, "--lang", "en", "--store", example, *words)

    assert (code, "") == (ran.code, ran.out)
    assert ran.err.startswith("reformtrack: ")
    assert 1 == ran.err.count("\n")
    assert message in ran.err
    assert "geheim" not in ran.err


FOREIGN = ("connect_timeout", "evidence=x")
"""Commands whose error quotes what another program says."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "words"), [(code, words) for code, _, words in REFUSED if "percent=12,5" not in words]
)
def test_what_is_refused_is_told_in_vietnamese(run: Run, example: Path, code: int, words: tuple[str, ...]) -> None:
    """Without a word of English but those that are typed, and without a day or a value as programs write them."""
    given = [str(word) for word in words]
    ran = run("--store", example, *given)

    assert (code, "") == (ran.code, ran.out)
    told = ran.err
    for word in sorted((one for text in given for one in (text, *text.split("="))), key=len, reverse=True):
        told = told.replace(word, "")
    assert any(name in " ".join(given) for name in FOREIGN) or not ENGLISH.search(told), ran.err
    assert not re.search(r"\d{4}-\d\d-\d\d|datetime|None|'", told), ran.err


def test_without_a_store_it_says_how_to_name_one(run: Run) -> None:
    """Whatever is asked."""
    said = {
        "vi": "chưa nêu cơ sở dữ liệu; chấp nhận: --store plans.db, hoặc REFORMTRACK_STORE",
        "en": "missing --store, such as --store plans.db (or set REFORMTRACK_STORE)",
    }
    for lang, words in said.items():
        ran = run("plan", "p", "--lang", lang)
        assert (2, f"reformtrack: {words}\n") == (ran.code, ran.err)


def test_a_refusal_is_told_in_the_language_of_the_run(run: Run, tmp_path: Path) -> None:
    """What was asked, what is in the way and what would be accepted: events in words, days as they are written."""
    store = tmp_path / "plans.db"
    with Tracker(f"sqlite:///{store}", clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled("p/1"), ActivityCompleted("p/1", on=day("6-1")), by="a")
    again = ("record", "ActivityCompleted", "p/1", "on=2023-06-30", "--by", "a", "--store", store)
    done = (
        "“báo cáo hoàn thành” (p/1, 30/06/2023): nhiệm vụ đã hoàn thành (“báo cáo hoàn thành” (p/1, 01/06/2023), "
        "bản ghi 2 của p/1)"
    )
    assert done in run(*again).err
    assert "chấp nhận: trước hết “mở lại” (ActivityReopened) hoặc " in run(*again).err
    assert "accepted: “reopened” (ActivityReopened) or " in run(*again, "--lang", "en").err
    assert "the activity is completed" in run(*again, "--lang", "en").err


def test_a_mistyped_store_is_not_made(run: Run, tmp_path: Path) -> None:
    """By anything but init and import-log, and by import-log only when there is a file."""
    for words in (("plan", "p"), ("record", "PlanClosed", "p", "on=2023-01-02", *BY), ("import-log", "nothing")):
        run(*words, "--store", tmp_path / "new.db")
    assert [] == list(tmp_path.iterdir())


def test_a_password_is_in_no_text_of_a_session() -> None:
    """Not even in the repr that a traceback of a programming error might show."""
    assert "geheim" not in repr(Session("postgresql://u:geheim@h/d", "vi", False, False))
    with pytest.raises(StoreError) as refused:
        settings_of("postgres:u:geheim@h/d")
    assert "geheim" not in str(refused.value)


def test_an_unreadable_record_is_the_stores_failure_and_check_names_it(run: Run, tmp_path: Path) -> None:
    """Figures are refused rather than counted without it; `check` lists it with its reason."""
    path = tmp_path / "plans.db"
    run("init", "--plan", "p", *NEW_PLAN, "--domain", "1=X", "--on", "2023-01-02", *BY, "--store", path)
    with closing(sqlite3.connect(path)) as connection, connection:
        for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute("UPDATE reformtrack_log SET topic = 'Some\x1bthing.9' WHERE position = 2")
    plan, check = run("plan", "p", "--store", path), run("check", "--store", path)

    assert (5, "") == (plan.code, plan.out)
    assert "số thứ tự 2" in plan.err
    assert (1, "") == (check.code, check.err)
    assert "bản reformtrack mới hơn có thể biết" in check.out
    assert "\x1b" not in plan.err + check.out
    assert '"unreadable": [\n    {\n      "position": 2' in run("check", "--store", path, "--json").out


def test_every_error_of_the_library_has_an_exit_code() -> None:
    """A new one is at least a wrong use, never a traceback."""
    from reformtrack.cli.session import exit_code

    codes = {
        cls.__name__: exit_code(cls.__new__(cls))
        for cls in vars(errors).values()
        if isinstance(cls, type) and issubclass(cls, errors.ReformtrackError)
    }

    assert {1, 2, 3, 4, 5, 6} == set(codes.values())
    assert (3, 4, 5, 5, 6) == tuple(
        codes[name] for name in ("UnknownDomain", "NotFound", "UnreadableRecord", "ConcurrentUpdate", "LogFileError")
    )
