"""A document dated after the day that it decides: the fact is accepted, and every face says that it was decided later."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import attrs
import docx as python_docx
import msgspec
import pytest

from reformtrack import Deadline, Document, Tracker
from reformtrack.answers import Timeliness
from reformtrack.cli import main
from reformtrack.domain.kinds import Event
from reformtrack.domain.timeline import decided_later
from reformtrack.events import (
    ActivityCarriedOver,
    ActivityCompleted,
    ActivityReassigned,
    ActivityRescheduled,
    ActivityRevised,
    ActivityWithdrawn,
    AgencyRenamed,
    EvidenceFiled,
    PlanAmended,
)
from reformtrack.exchange.agency_workbook import agency_workbook
from reformtrack.exchange.calendar import icalendar
from reformtrack.exchange.digest import digests
from reformtrack.exchange.report.annex import xlsx
from reformtrack.exchange.report.outline import report_document
from reformtrack.exchange.report.page import html
from reformtrack.exchange.report.template import from_template
from reformtrack.exchange.report.word import docx
from reformtrack.exchange.words import happened
from reformtrack.language import Language
from reformtrack.web import create_app
from tests.support import Clock, adopted, day, scheduled
from tests.web.asking import ask

SAID = {"vi": "quyết định sau, ngày 20/12/2023", "en": "decided later, on 2023-12-20"}
LATER = Document(type="Quyết định", number="99/QĐ-UBND", date=date(2023, 12, 20))
IN_TIME = attrs.evolve(LATER, date=date(2023, 6, 1))
MOVED = day("6-1")


def recorded(url: str, document: Document) -> Tracker:
    """
    Two activities that were due on 30 June and are re-dated from 1 June, by a document: one was completed in December, on time
    so; the other is overdue on the last day of the year.
    """
    tracker = Tracker(url, clock=Clock())
    december, soon = Deadline.parse("20/12/2023", 2023), Deadline.parse("25/12/2023", 2023)
    tracker.record(
        adopted(),
        scheduled(),
        scheduled("p/1.02"),
        ActivityRescheduled("p/1.01", on=MOVED, deadline=december, document=document),
        ActivityRescheduled("p/1.02", on=MOVED, deadline=soon, document=document),
        PlanAmended("p", on=MOVED, document=document),
        ActivityCompleted("p/1.01", on=day("12-15"), evidence=(Document(number="1/BC"),)),
        by="x",
    )
    return tracker


@pytest.mark.parametrize(("document", "later"), [(LATER, date(2023, 12, 20)), (IN_TIME, None), (None, None)])
def test_an_activity_says_by_when_its_deadline_was_decided(document: Document | None, later: date | None) -> None:
    """True facts come late, so it counts as on record; and what makes it in time carries the day on which that was decided."""
    with Tracker(clock=Clock()) as tracker:
        moved = ActivityRescheduled("p/1.01", on=MOVED, deadline=Deadline.parse("20/12/2023", 2023), document=document)
        tracker.record(adopted(), scheduled(), moved, ActivityCompleted("p/1.01", on=day("12-15")), by="x")
        activity = tracker.plan("p").activity("1.01")
        assert (Timeliness.ON_TIME, later) == (activity.timeliness(), activity.deadline_decided_later)
        assert tracker.plan("p", on=day("5-1")).activity("1.01").deadline_decided_later is None, "not moved yet"


def test_the_deadline_that_counts_is_the_last_one() -> None:
    """One that a document of before its day set, after one that was decided later."""
    with Tracker(clock=Clock()) as tracker:
        december, soon = Deadline.parse("20/12/2023", 2023), Deadline.parse("25/12/2023", 2023)
        tracker.record(adopted(), scheduled(document=LATER), by="x")
        assert LATER.date == tracker.plan("p").activity("1.01").deadline_decided_later
        tracker.record(ActivityRescheduled("p/1.01", on=MOVED, deadline=december, document=IN_TIME), by="x")
        assert tracker.plan("p").activity("1.01").deadline_decided_later is None
        tracker.record(ActivityReassigned("p/1.01", on=day("7-1"), lead="Sở Nội vụ", document=LATER), by="x")
        assert tracker.plan("p").activity("1.01").deadline_decided_later is None, "the lead was, the deadline was not"
        tracker.record(ActivityRescheduled("p/1.01", on=day("8-1"), deadline=soon, document=LATER), by="x")
        assert LATER.date == tracker.plan("p").activity("1.01").deadline_decided_later


def test_whatever_has_a_document_of_its_own_may_be_decided_later() -> None:
    """Re-dating, handing over, revising, withdrawing, carrying over, scheduling, amending; evidence decides nothing."""
    said: dict[str, Any] = {"on": MOVED, "document": LATER}
    events: list[Event] = [
        adopted(**said),
        scheduled(**said),
        PlanAmended("p", **said),
        ActivityRescheduled("p/1", deadline=Deadline.parse("12/2023", 2023), **said),
        ActivityReassigned("p/1", lead="Sở Nội vụ", **said),
        ActivityRevised("p/1", title="x", **said),
        ActivityWithdrawn("p/1", reason="x", **said),
        ActivityCarriedOver("p/1", into="q", **said),
        AgencyRenamed("@a", name="Sở X", **said),
    ]
    for event in events:
        assert LATER.date == decided_later(event)
        for lang, words in SAID.items():
            assert f"({words})" in happened(event, Language(lang)), event  # type: ignore[arg-type]  # two languages
    assert decided_later(EvidenceFiled("p/1", on=MOVED, evidence=(LATER,))) is None


def text_of(content: bytes) -> str:
    """What a document shows, its marks left out: a Word document and a workbook are archives of XML."""
    if content.startswith(b"PK"):
        with ZipFile(BytesIO(content)) as archive:
            text = "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml"))
    else:
        text = content.decode().replace("\r\n ", "").replace("\\,", ",")
    return " ".join(re.sub("<[^>]*>", "", text).split())


def faces(tracker: Tracker, folder: Path) -> Mapping[str, str]:
    """What each face shows of the plan in Vietnamese."""
    on, site = day("12-31"), create_app(tracker)
    report = tracker.reports.issue("p", "2023-q1", by="x", on=on)
    plan = tracker.plan("p", on=on)
    report = attrs.evolve(report, plan=plan) if hasattr(report, "plan") else report
    form = python_docx.Document()
    form.add_paragraph("{% for a in activities %}{{ a.deadline }} {% endfor %}")
    form.save(str(folder / "form.docx"))
    document, lead = report_document(report), plan.activities[0].lead
    [digest] = digests(tracker, "p", on)
    made = {
        "html": html(document),
        "word": docx(document),
        "workbook": xlsx(report),
        "agency": agency_workbook(plan, lead),
        "form": from_template(report, folder / "form.docx"),
        "calendar": icalendar(plan),
        "digest text": digest.text.encode(),
        "digest page": digest.html.encode(),
    }
    pages = {path: ask(site, f"{path}?on={on}").content for path in PAGES}
    return {name: text_of(content) for name, content in {**made, **pages}.items()}


PAGES = ("/plans/p", "/plans/p/activities", "/plans/p/activities/1.01", "/plans/p/activities/1.02")


@pytest.mark.slow
def test_every_face_says_that_it_was_decided_later(sqlite: str, tmp_path: Path) -> None:
    """Wherever the deadline, or the record that set it, is shown."""
    with recorded(sqlite, LATER) as tracker:
        for name, text in faces(tracker, tmp_path).items():
            assert SAID["vi"] in text, name


@pytest.mark.slow
def test_no_face_says_so_of_a_document_of_the_day(sqlite: str, tmp_path: Path) -> None:
    """Nor of one of before."""
    with recorded(sqlite, IN_TIME) as tracker:
        for name, text in faces(tracker, tmp_path).items():
            assert "quyết định sau" not in text, name


LINES = (
    ("history", "p/1.01"),
    ("history", "p"),
    ("overdue", "p", "--on", "2023-12-31"),
    ("due", "p", "--on", "2023-12-19"),
)


@pytest.mark.parametrize("words", LINES)
def test_the_terminal_says_so(sqlite: str, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]) -> None:
    with recorded(sqlite, LATER):
        assert 0 == main([*words, "--store", sqlite])
        assert SAID["vi"] in " ".join(re.sub("[│┃]", " ", capsys.readouterr().out).split())
        assert 0 == main([*words, "--lang", "en", "--store", sqlite])
        assert SAID["en"] in " ".join(re.sub("[│┃]", " ", capsys.readouterr().out).split())


def test_programs_get_the_day(sqlite: str, capsys: pytest.CaptureFixture[str]) -> None:
    """In the API and in `--json`: of an activity that of its deadline, of a record its own."""
    with recorded(sqlite, LATER) as tracker:
        site = create_app(tracker)
        activity = ask(site, "/api/v1/plans/p/activities/1.01").json()
        assert "2023-12-20" == activity["activity"]["deadline_decided_later"]
        assert ["2023-12-20", None] == [record["decided_later"] for record in activity["because"]][-2:]
        listed = ask(site, "/api/v1/plans/p/activities").json()["activities"]
        assert ["2023-12-20", "2023-12-20"] == [line["deadline_decided_later"] for line in listed]
        log = ask(site, "/api/v1/records").json()["records"]
        assert [None] * 3 + ["2023-12-20"] * 3 + [None] == [record["decided_later"] for record in log]
    assert 0 == main(["overdue", "p", "--on", "2023-12-31", "--json", "--store", sqlite])
    overdue = msgspec.json.decode(capsys.readouterr().out)
    assert ["2023-12-20"] == [line["deadline_decided_later"] for line in overdue["activities"]]
    assert 0 == main(["history", "p/1.01", "--json", "--store", sqlite])
    history = msgspec.json.decode(capsys.readouterr().out)
    assert [None, "2023-12-20", None] == [record["decided_later"] for record in history["records"]]


@pytest.mark.slow
def test_a_workbook_that_comes_back_changes_no_deadline(sqlite: str, tmp_path: Path) -> None:
    """What is said beside a deadline is not taken for a piece of it."""
    from reformtrack.exchange.agency_workbook import import_agency_workbook

    with recorded(sqlite, LATER) as tracker:
        file = tmp_path / "so-tu-phap.xlsx"
        file.write_bytes(agency_workbook(tracker.plan("p"), "Sở Tư pháp"))
        found = import_agency_workbook(tracker, file, lead="Sở Tư pháp", by="x")
        assert ((), ()) == (found.records, found.problems)


def test_silence_and_stages_are_not_moved_by_it() -> None:
    """A warning is the same warning, whenever its deadline was decided: its key is on record as sent."""
    with recorded("sqlite://", LATER) as one, recorded("sqlite://", IN_TIME) as other:
        on = day("12-25") - timedelta(days=1)
        assert [w.key for w in one.warnings("p", on)] == [w.key for w in other.warnings("p", on)]
        assert SAID["vi"] in one.warnings("p", on)[0].words()
