"""What a plan prints, through every door: joint leads, spellings, numbers, and days that are no calendar year."""

import re
from collections.abc import Sequence
from datetime import date
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import attrs
import openpyxl
import pytest

from reformtrack import Deadline, Domain, Period, Tracker
from reformtrack.domain.wording import lead_words, spelt
from reformtrack.errors import InvalidField, NotFound, NotPermitted
from reformtrack.events import (
    ActivityCompleted,
    ActivityReassigned,
    ActivityScheduled,
    AgencyMerged,
    AgencyRegistered,
    CompletionConfirmed,
    PlanAdopted,
    RecordRetracted,
)
from reformtrack.exchange.agency_workbook import agency_workbook
from reformtrack.exchange.calendar import icalendar
from reformtrack.exchange.digest import digests
from reformtrack.web import create_app
from tests.policy.world import DOCUMENT, province
from tests.store.test_admission import written
from tests.support import adopted as policy_plan
from tests.support import day, scheduled
from tests.web.asking import ask

JULY, JUNE = date(2023, 7, 1), date(2024, 6, 30)
LATER = date(2024, 7, 20)


def adopted(first: Any = JULY, last: date | None = JUNE, **given: Any) -> PlanAdopted:
    return PlanAdopted(
        "p",
        on=JULY,
        title="KH 2023-2024",
        jurisdiction="X",
        domains=(Domain("1", "A"),),
        first_day=first,
        last_day=last,
        **given,
    )


def led(code: str, lead: str | tuple[str, ...], text: str = "30/9", **given: Any) -> ActivityScheduled:
    deadline = Deadline.parse(text, 2023, (JULY, JUNE))
    return ActivityScheduled(f"p/{code}", on=JULY, domain="1", title=f"T{code}", lead=lead, deadline=deadline, **given)


def with_leads(*leads: str | tuple[str, ...], agencies: Sequence[str] = ()) -> Tracker:
    tracker = Tracker()
    registered = [AgencyRegistered(f"@a{n}", on=date(2020, 1, 1), name=name) for n, name in enumerate(agencies)]
    tracker.record(*registered, adopted(), *(led(f"1.{n:02}", lead) for n, lead in enumerate(leads, 1)), by="a")
    return tracker


def shown(text: str) -> str:
    return " ".join(unescape(re.sub("<[^>]+>", " ", text)).split())


@pytest.mark.parametrize("first", [date(3500, 1, 1), date(9990, 1, 1), date(5, 1, 1)])
def test_the_year_of_a_plan_is_checked_whether_it_is_given_or_follows_from_the_first_day(first: date) -> None:
    """It was recorded, and then nobody could read the plan; from 9970 on it was no error of reformtrack's."""
    with pytest.raises(InvalidField, match="year"):
        adopted(first, None)


def test_a_text_is_no_year_that_follows_from_the_first_day() -> None:
    """Only a year that is not given follows from the first day."""
    with pytest.raises(InvalidField, match="year"):
        adopted(year="")


@pytest.mark.parametrize("code", [".", "...", " ", ""])
def test_no_activity_without_a_number_is_found_by_a_number_that_is_none(code: str) -> None:
    """The one activity of a plan without numbers was found by "."."""
    tracker = with_leads("Sở A")
    with pytest.raises(NotFound):
        tracker.plan("p").activity(code)


def test_a_line_of_joint_leads_is_no_longer_than_printed_however_others_spell_them() -> None:
    """Fifty long spellings with fewer capitals made a line that no report could have: none could be issued any more."""
    names = tuple(f"A{chr(65 + n // 26)}{chr(65 + n % 26)}B" for n in range(50))
    tracker = with_leads(names, *(f"{name.lower()}{'.' * 290}" for name in names))
    report = tracker.reports.issue("p", Period(code="x", title="x", first=JULY, last=JUNE), by="a", on=LATER)
    assert f"lead:{lead_words(names)}" in [figure.key for figure in report.content.figures]


def test_no_spelling_changes_the_order_of_joint_leads() -> None:
    """The order was that of the names as spelt: a full stop or a hyphen sorts otherwise than a space."""
    one, other, same = "Bộ A Z", "Bộ A-Y", "Bộ.A.Z"
    orders = [
        [name == other for name in spelt([names])[names]] for names in ((one, other), (same, other), (other, same))
    ]
    assert orders == [[False, True]] * 3


def test_every_face_finds_an_activity_by_its_lead_in_whatever_spelling() -> None:
    """A figure "Sở Y tế: 2" led to none of its activities in the API and in a calendar, where they were spelt otherwise."""
    tracker = with_leads("Sở Y tế", "SỞ Y TẾ.", ("SỞ Y TẾ", "Sở A"), ("Sở A", "Sở Y tế"), ())
    plan, app = tracker.plan("p", on=LATER), create_app(tracker)
    for line, part in plan.progress_by("lead").items():
        with_others = {"Sở Y tế": 4}.get(line, part.total)
        for lead in (line, line.upper()):
            found = ask(app, f"/api/v1/plans/p/activities?lead={quote(lead)}").json()["activities"]
            assert len(found) == with_others
            assert icalendar(plan, lead=lead).count(b"BEGIN:VEVENT") == with_others
            page = shown(ask(app, f"/plans/p/activities?lang=en&lead={quote(lead)}").text)
            assert re.search(rf"\b{part.total} activit", page)


def test_a_digest_says_of_a_joint_lead_that_it_is_joint() -> None:
    """It said that the lead was not decided."""
    tracker = with_leads(("Sở A", "Sở B"), "Sở A", agencies=["Sở A"])
    for lang, words in (("vi", "(cùng chủ trì: Sở A, Sở B)"), ("en", "(joint lead: Sở A, Sở B)")):
        lines = [line for one in digests(tracker, "p", LATER, lang=lang) for line in one.text.splitlines()]  # type: ignore[arg-type]
        assert [line.endswith(words) for line in lines if "1.01" in line] == [True, True]
        assert [line.endswith("T1.02") for line in lines if "1.02" in line] == [True]


def test_joint_leads_that_one_agency_took_over_are_its_work_once() -> None:
    """Its page had two lines, each with the sum of both."""
    tracker = with_leads(("Sở A", "Sở B"), "Sở C", agencies=["Sở A", "Sở B", "Sở C"])
    merged = (AgencyMerged(agency, on=date(2024, 7, 1), into="@a2") for agency in ("@a0", "@a1"))
    tracker.record(*merged, by="a")
    plan, registry = tracker.plan("p", on=LATER), tracker.agencies(LATER)
    assert [(work.label, len(work.activities)) for work in registry.work(plan)] == [("Sở C", 2)]


def test_the_page_of_an_agency_has_its_work_under_every_spelling() -> None:
    """A plan was not on it where another activity spelt the name with letters that only look alike."""
    tracker = with_leads("SỞ TƯ PHÁP", "Sở tư ph\u0430\u0301p", agencies=["Sở Tư pháp"])
    assert "KH 2023-2024" in shown(ask(create_app(tracker), f"/agencies/a0?on={LATER}").text)


def test_a_name_of_two_lines_in_an_old_log_is_one_lead_in_every_figure(tmp_path: Path) -> None:
    """A roll-up, of today and of a past day, took it for two that lead jointly."""
    with_leads(("A", "B")).log.export(tmp_path / "log.jsonl")
    lines = (tmp_path / "log.jsonl").read_bytes().splitlines(keepends=True)[1:-1]
    with Tracker() as tracker:
        lines = [line.replace(b'"lead":["A","B"]', rb'"lead":"A\nB"') for line in lines]
        tracker.log.load(written(tmp_path, lines), as_it_was=True)
        for on in (JULY, None):
            lead = [*tracker.plan("p", on).progress_by("lead")]
            assert lead == ["A\nB"]
            assert [(one,) for one in lead] == [*tracker.rollup(by=["lead"], on=on).lines]


def test_nobody_who_had_the_lead_jointly_confirms_what_another_of_them_did() -> None:
    """What one did is the work of all; reassigned to a third, it was no longer."""
    tracker = province()
    plan: Any = policy_plan("q", document=DOCUMENT, confirmation_required=True)
    tracker.record(plan, scheduled("q/1.01", lead=("Sở Tư pháp", "Sở Nội vụ")), by="van")
    tracker.record(ActivityCompleted("q/1.01", on=day("3-1")), by="tam")
    third = ActivityReassigned("q/1.01", on=day("4-1"), lead="Sở Tài chính", document=DOCUMENT)
    tracker.record(third, by="van")
    confirmed = CompletionConfirmed("q/1.01", on=day("4-2"), completion=2)
    with pytest.raises(NotPermitted):
        tracker.record(confirmed, by="nam")
    tracker.record(confirmed, by="vinh")


def test_no_default_of_a_schema_is_refused_by_the_schema() -> None:
    """The year of a plan had 0, which no plan can have: it stands for that of the first day."""
    schemas = ask(create_app(Tracker()), "/api/v1/openapi.json").json()["components"]["schemas"]
    fields = [field for schema in schemas.values() for field in schema.get("properties", {}).values()]
    with_both = [field for field in fields if isinstance(field.get("default"), int) and "minimum" in field]
    assert with_both
    assert not [field for field in with_both if field["default"] < field["minimum"]]


def test_no_english_page_says_joint_or_none_in_vietnamese() -> None:
    """Lines of joint leads on the pages of agencies, of their activities and of reports were Vietnamese."""
    tracker = with_leads(("Sở A", "Sở B"), "Sở A", (), agencies=["Sở A", "Sở B"])
    tracker.reports.issue("p", Period(code="x", title="x", first=JULY, last=JUNE), by="a", on=LATER)
    app = create_app(tracker)
    first = ["/", "/plans/p", "/plans/p/activities", "/agencies", "/agencies/a0", "/plans/p/reports/x"]
    texts = {path: ask(app, path, params={"lang": "en"}) for path in first}
    hrefs = {
        link for answer in texts.values() for link in re.findall('href="(/plans/p/activities[?][^"]*)"', answer.text)
    }
    texts |= {link: ask(app, link) for link in map(unescape, hrefs) if "lang=en" in link}
    for path, answer in texts.items():
        assert answer.status_code == 200
        assert not [words for words in ("(chung)", "chưa có cơ quan") if words in shown(answer.text)], path
    assert len(texts) > 15


def test_a_month_of_a_plan_from_july_to_june_is_asked_for_by_its_own_name() -> None:
    """September, the third month of such a plan, was asked for, and shown, as "2023-03"."""
    tracker = Tracker()
    texts = ["30/9", "15/3", "30/6/2023", "31/7/2024", "Hằng quý"]
    tracker.record(adopted(), *(led(f"1.{n:02}", "Sở A", text) for n, text in enumerate(texts, 1)), by="a")
    app, plan = create_app(tracker), tracker.plan("p")
    for month, part in plan.progress_by("month").items():
        key = {"2023-06": "2023-00", "2024-07": "2024-13"}.get(month, month)
        page = ask(app, f"/plans/p/activities?lang=en&month={key}").text
        assert re.search(rf"\b{part.total} activit", shown(page)), month
    links = re.findall("month=([0-9-]+)", ask(app, "/plans/p").text)
    assert sorted(links) == ["2023-00", "2023-09", "2023-12", "2024-03", "2024-06", "2024-13"]
    assert "2023-09" in shown(ask(app, "/plans/p/activities?lang=en&month=2023-09").text)


@pytest.mark.parametrize(
    ("first", "last", "next_last"),
    [
        (date(2022, 7, 1), date(2023, 6, 30), date(2024, 6, 30)),
        (date(2023, 7, 1), date(2024, 6, 30), date(2025, 6, 30)),
        (date(2023, 3, 15), date(2024, 3, 14), date(2025, 3, 14)),
        (date(2024, 1, 1), date(2024, 2, 29), date(2024, 4, 30)),
        (date(2021, 1, 1), date(2025, 12, 31), date(2030, 12, 31)),
        (date(2024, 1, 5), date(2024, 1, 9), date(2024, 1, 14)),
        (date(2023, 8, 31), date(2024, 8, 30), date(2025, 8, 30)),
    ],
)
def test_the_next_plan_has_as_many_months(first: date, last: date, next_last: date) -> None:
    """After one from July to June came one to 29 June, where a leap day was in it: with 11 of its 12 monthly deadlines."""
    tracker = Tracker()
    tracker.record(attrs.evolve(adopted(first, last), on=first), by="a")
    event = tracker.roll_over("p", "q", on=last).events[0]
    assert isinstance(event, PlanAdopted)
    assert (event.last_day or date(event.year, 12, 31)) == next_last


def test_what_has_no_day_in_the_next_plan_is_due_by_its_end() -> None:
    """In a plan from July to June it was due half a year after its end; and no text said that day."""
    tracker = Tracker()
    tracker.record(adopted(), led("1.01", "Sở A", "15/8/2023"), by="a")
    proposed = tracker.roll_over("p", "q", on=JUNE)
    deadline = proposed.events[1].deadline  # type: ignore[union-attr]
    assert proposed.redated == ("1.01",)
    assert deadline == Deadline.parse("30/06/2025", 2024, (date(2024, 7, 1), date(2025, 6, 30)))


def test_the_next_plan_prints_no_lead_of_before_a_merger() -> None:
    """The text that is printed beside the names went on naming agencies that had ended."""
    tracker = with_leads(agencies=["Sở A", "Sở B", "Sở C"])
    text = "Sở A chủ trì, Sở C phối hợp"
    tracker.record(led("1.01", "Sở A", lead_text=text), led("1.02", "Sở C", lead_text=text), by="a")
    tracker.record(AgencyMerged("@a0", on=date(2024, 1, 1), into="@a1"), by="a")
    scheduled = tracker.roll_over("p", "q", on=JUNE).events[1:3]
    assert [(one.lead, one.lead_text) for one in scheduled] == [("Sở B", ""), ("Sở C", text)]  # type: ignore[union-attr]


def test_an_id_of_an_activity_that_is_not_there_finds_no_other_by_its_number() -> None:
    """Asked for by its id, an activity that was not in the plan was another one, whose printed number was its code."""
    tracker = Tracker()
    tracker.record(adopted(), led("1.01", "Sở A", number="2"), by="a")
    plan = tracker.plan("p", on=LATER)
    assert plan.activity("2").code == "1.01"
    with pytest.raises(NotFound):
        plan.activity("p/2")


def test_a_text_that_is_read_in_the_next_plan_is_not_due_at_any_time_in_it() -> None:
    """Twice in a plan of 18 months and once in the next, it lost its day."""
    tracker = Tracker()
    days = (JULY, date(2024, 12, 31))
    yearly = attrs.evolve(led("1.01", "Sở A"), deadline=Deadline.parse("Hằng năm", 2023, days))
    tracker.record(adopted(*days), yearly, by="a")
    proposed = tracker.roll_over("p", "q", on=days[1])
    assert proposed.redated == ()
    assert proposed.events[1].deadline.days == (date(2025, 12, 31),)  # type: ignore[union-attr]


def test_of_spellings_with_two_letters_that_look_alike_the_vietnamese_one_is_shown_and_has_its_place() -> None:
    """The D of Iceland was shown, and stood behind all letters; agencies and leads had it in two places."""
    tracker = with_leads("Ðài Phát thanh", ("Sở A", "Ðài Phát thanh"), "Sở A")
    plan = tracker.plan("p", on=LATER)
    lines = ["Ðài Phát thanh", "Ðài Phát thanh, Sở A (chung)", "Sở A"]
    assert [*plan.progress_by("lead")] == [*tracker.agencies().progress_by_agency(plan)] == lines
    assert spelt([("Ðài Phát thanh",), ("Đài Phát thanh",)])["Ðài Phát thanh",] == ("Đài Phát thanh",)


def test_an_english_report_goes_on_naming_a_lead_as_it_was_issued() -> None:
    """It named it in a spelling that came into the plan afterwards; the Vietnamese one did not."""
    tracker = with_leads("SỞ A", ("SỞ A", "Sở B"))
    report = tracker.reports.issue("p", Period(code="q", title="Q", first=JULY, last=JUNE), by="a")
    tracker.record(led("1.03", "Sở A"), by="a")
    report = tracker.reports.get(report.id)
    titles = [report.title_of(line, "en") for line in report.content.figures if line.key.startswith("lead:")]
    assert titles == ["SỞ A", "SỞ A, Sở B (joint)"]


def test_a_report_drifts_when_its_plan_is_found_to_be_for_other_days() -> None:
    """Its charts end with the plan, and would end elsewhere if it were made again; it was said to be the same."""
    tracker = with_leads("Sở A")
    report = tracker.reports.issue("p", Period(code="q", title="Q", first=JULY, last=JUNE), by="a")
    assert not report.drift()
    longer = adopted(last=date(2025, 6, 30))
    tracker.record(RecordRetracted("p", version=1, reason="Nhầm"), longer, by="a")
    drift = tracker.reports.get(report.id).drift()
    assert drift.texts == (("01/07/2023 – 30/06/2024", "01/07/2023 – 30/06/2025"),)
    assert [record.event for record in drift.records][-1] == longer


@pytest.mark.parametrize("lead", ["Sở A", "sở a.", "SỞ A"])
def test_a_workbook_has_the_work_under_every_spelling_and_takes_none_for_another_agency(lead: str) -> None:
    """It had that of one spelling, and called a lead undecided between two spellings of its name, in any order."""
    tracker = with_leads("Sở A", "sở a.", ("SỞ A", "Sở B"), "Sở B")
    sheet = openpyxl.load_workbook(BytesIO(agency_workbook(tracker.plan("p", on=LATER), lead))).worksheets[0]
    rows = {row[0].value: row[1].comment and row[1].comment.text for row in sheet.iter_rows(min_row=6)}
    assert rows == {"p/1.01": None, "p/1.02": None, "p/1.03": "(cùng chủ trì: Sở A, Sở B)"}


def test_a_report_does_not_drift_when_a_joint_lead_is_spelt_without_its_full_stop() -> None:
    """Before the comma of a line it was another name: two lines of the report differed, and every figure was the same."""
    tracker = with_leads(("Sở a.", "Sở B"))
    report = tracker.reports.issue("p", Period(code="q", title="Q", first=JULY, last=JUNE), by="a")
    plainer = ActivityReassigned("p/1.01", on=JULY, lead=("Sở A", "Sở B"))
    tracker.record(plainer, by="a")
    assert tracker.reports.get(report.id).drift().lines == ()
