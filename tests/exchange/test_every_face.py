"""What a report says stands on each of its faces: document, page, workbook, template, web page, API, terminal."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any, get_args

import docx as python_docx
import pytest
from python_calamine import CalamineWorkbook

from reformtrack import CountingRule, Deadline, Domain, Tracker
from reformtrack.answers import Report
from reformtrack.domain.period import calendar_year
from reformtrack.domain.values import Document
from reformtrack.domain.wording import Lang
from reformtrack.events import (
    ActivityCarriedOver,
    ActivityCompleted,
    ActivityRescheduled,
    ActivityWithdrawn,
    CompletionConfirmed,
    IndicatorDefined,
    OccurrenceCompleted,
    ReadingTaken,
)
from reformtrack.exchange.report.annex import xlsx
from reformtrack.exchange.report.blocks import Line, Table
from reformtrack.exchange.report.canvas import Chart
from reformtrack.exchange.report.forms import FORMS, rendered, write_report
from reformtrack.exchange.report.outline import report_document
from reformtrack.values import IndicatorKind
from reformtrack.web import create_app
from tests.cli.conftest import Run, run
from tests.exchange.test_reports import parts_of
from tests.support import ADOPTED, REGULAR, Clock, adopted, day, scheduled
from tests.web.asking import ask
from tests.web.test_pages import plain

__all__ = ["run"]
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("undrawn")]

ISSUED, CORRECTED = datetime(2023, 6, 20, 3, tzinfo=UTC), datetime(2023, 12, 1, 3, tzinfo=UTC)
ID, PERIOD = "p@2023-h1", "2023-h1"


@pytest.fixture
def tracker() -> Iterator[Tracker]:
    """A plan of which the report was issued on 20/06/2023, and corrected on 01/12/2023 by another."""
    clock = Clock(ISSUED)
    with Tracker(clock=clock) as tracker:
        tracker.record(adopted(), scheduled("p/1"), scheduled("p/2"), ActivityCompleted("p/1", on=day("3-1")), by="a")
        sent = Document(number="15/BC-SNV", date=date(2023, 6, 20))
        tracker.reports.issue("p", PERIOD, by="nguyen-van-a", document=sent)
        clock.now = CORRECTED
        tracker.record(ActivityCompleted("p/2", on=day("4-1")), by="b")
        tracker.reports.correct(ID, reason="bổ sung một nhiệm vụ", by="tran-thi-b")
        yield tracker


SAID = ("báo cáo thay thế lần 1", "01/12/2023", "tran-thi-b", "bổ sung một nhiệm vụ", "20/06/2023", "nguyen-van-a")
"""For auditors: that it is a correction, of which day, by whom, why; and the day and the issuer of what it corrects."""

REPLACES = ("thay thế Báo cáo số 15/BC-SNV ngày 20 tháng 6 năm 2023", "lý do: bổ sung một nhiệm vụ")
"""For readers of the document: what it replaces, and why."""


def bare(text: str) -> str:
    """A text without the spaces, of which some stand between elements and some do not."""
    return "".join(text.split())


def says_all(text: str, said: Sequence[str] = SAID) -> None:
    text = " ".join(text.split())
    assert [] == [words for words in said if words.casefold() not in text.casefold()]
    assert "2/2" in text


@pytest.mark.parametrize("form", FORMS)
def test_a_corrected_report_says_so_in_each_form(tracker: Tracker, form: str) -> None:
    """Beside the new figures; which one it replaces. Of which record it is stands in the basis of figures, and in the annex."""
    report = tracker.reports.get(ID)
    text = " ".join(parts_of(rendered(report, form, with_basis=True), form).split())
    says_all(text)
    for record in (report.issue, report.corrections[0]):
        assert f"số thứ tự bản ghi {record.position}" in text
    if form != ".xlsx":
        plain_text = " ".join(parts_of(rendered(report, form), form).split())
        says_all(plain_text, REPLACES)
        assert "số thứ tự bản ghi" not in plain_text
        assert "tran-thi-b" not in plain_text
        assert "Số: 15/BC-SNV" not in text, "that is the number of the report which it replaces"
        assert "ngày 01 tháng 12 năm 2023" in text
        assert text.index("(Thay thế Báo cáo") < text.index("Báo cáo này thay thế") < text.index("1. Kết quả chung")


def test_before_its_correction_a_report_says_what_was_sent(tracker: Tracker) -> None:
    """On the day of its issue, and as known then."""
    for report in (tracker.reports.get(ID, on=date(2023, 6, 20)), tracker.reports.get(ID, known_at=ISSUED)):
        text = parts_of(rendered(report, ".html"), ".html")
        assert "1/2" in text
        assert "hay thế" not in text
        assert "Số: 15/BC-SNV" in text


def test_a_template_has_a_place_for_it(tracker: Tracker, tmp_path: Path) -> None:
    """One for its title block, one for a sentence."""
    word = python_docx.Document()
    word.add_paragraph("{{ subject }} {{ replaces }} {{ completed }}/{{ total }} {{ correction }}")
    word.save(str(tmp_path / "mau.docx"))
    report = tracker.reports.get(ID)
    content = write_report(report, tmp_path / "bc.docx", template=tmp_path / "mau.docx").read_bytes()
    says_all(parts_of(content, ".docx"), ("(Thay thế Báo cáo số", *REPLACES))


def test_a_corrected_report_says_so_on_the_web(tracker: Tracker) -> None:
    """On its page, in the list, in the API."""
    app = create_app(tracker)
    for path in ("/plans/p/reports/2023-h1", "/plans/p/reports"):
        says_all(plain(ask(app, path)))
    answer = ask(app, "/api/v1/plans/p/reports/2023-h1").json()
    [correction] = answer["corrections"]
    assert ("2023-12-01", "tran-thi-b", "bổ sung một nhiệm vụ") == tuple(
        correction[name] for name in ("on", "by", "reason")
    )
    report = tracker.reports.get(ID)
    assert ("2023-06-20", "nguyen-van-a") == (answer["issued_on"], answer["by"])
    assert (report.issue.position, report.sent.position) == (answer["issue_position"], correction["position"])


@pytest.mark.parametrize("rule", CountingRule)
def test_each_part_of_a_report_goes_by_its_rule(rule: CountingRule) -> None:
    """The chart by domain counts what the table by domain counts; the plan's own rule may be another."""
    with Tracker(clock=Clock(ISSUED)) as tracker:
        due = {"1": "31/3", "2": "30/4", "3": "30/9", "4": "Thường xuyên"}
        tracker.record(
            adopted(),
            *(scheduled(f"p/{code}", deadline=Deadline.parse(text, 2023)) for code, text in due.items()),
            ActivityCompleted("p/1", on=day("3-1")),
            by="a",
        )
        report = tracker.reports.issue("p", PERIOD, by="a", rule=rule)
    chart = next(b for b in report_document(report).blocks if isinstance(b, Chart) and b.name == "domains")
    domains = [figure for figure in report.content.figures if figure.key.startswith("domain:")]
    assert [f"{figure.completed}/{figure.total}" for figure in domains] == [
        part.split(": ")[1].split(" ")[0] for part in chart.text.split("; ")
    ]
    assert {"whole_plan": (1, 4), "dated_only": (1, 3), "fallen_due": (1, 2)}[rule.value] == (
        report.figure().completed,
        report.figure().total,
    )


def words_of(report: Report, lang: Lang = "vi") -> str:
    """The texts of a report's document."""
    said: list[str] = []
    for block in report_document(report, lang).blocks:
        match block:
            case Line():
                said.append(block.text)
            case Table():
                said += [cell for row in block.rows for cell in row]
    return "\n".join(said)


def test_a_plan_that_everything_left_is_not_said_to_be_completed() -> None:
    """Withdrawn, carried over: 0/0, and nothing is left open."""
    with Tracker(clock=Clock(ISSUED)) as tracker:
        tracker.record(adopted(), scheduled("p/1"), scheduled("p/2"), by="a")
        gone = ActivityWithdrawn("p/1", on=day("3-1"), reason="x"), ActivityCarriedOver("p/2", on=day("3-1"), into="q")
        tracker.record(*gone, by="a")
        text = words_of(tracker.reports.issue("p", PERIOD, by="a"))
    assert "đã hoàn thành." not in text
    assert "Không còn nhiệm vụ nào của kế hoạch chưa hoàn thành." in text


RATIO = (
    IndicatorDefined("p#a", on=ADOPTED, title="Vụ đã giải quyết", unit="vụ", kind=IndicatorKind.RATIO),
    ReadingTaken(
        "p#a", on=day("6-1"), as_of=day("6-1"), part=1, whole=7, reported_percent=Decimal("14.28"), reported_text="1/7"
    ),
)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_published_percentage_stands_beside_the_computed_one_in_each_form(form: str, lang: Any) -> None:
    """With the difference."""
    with Tracker(clock=Clock(ISSUED)) as tracker:
        tracker.record(adopted(), scheduled("p/1"), *RATIO, by="a")
        text = parts_of(rendered(tracker.reports.issue("p", PERIOD, by="a"), form, lang), form)
    for words in ("14.28%", "14.3%", "-0.01"):
        assert (words.replace(".", ",") if lang == "vi" else words) in text


def test_a_published_percentage_stands_beside_the_computed_one_on_the_web() -> None:
    """On the page and in the API; the warning says it in the language of its reader."""
    with Tracker(clock=Clock(ISSUED)) as tracker:
        tracker.record(adopted(), scheduled("p/1"), *RATIO, by="a")
        app = create_app(tracker)
        page, answer = plain(ask(app, "/plans/p/indicators")), ask(app, "/api/v1/plans/p/indicators").json()
        warned = ask(app, "/api/v1/plans/p/warnings").json()["warnings"]
        [warning] = [one for one in tracker.warnings("p") if one.subject == "p#a"]
    assert "14,28% (lệch -0,01 so với 14,29%)" in page
    assert "14,3%" in page
    [indicator] = answer["indicators"]
    assert ("14.3", "14.28", "-0.01") == tuple(
        indicator[name] for name in ("percent", "reported_percent", "percent_difference")
    )
    assert "số liệu không khớp (a: 14,28% (lệch -0,01 so với 14,29%)): Vụ đã giải quyết" == warning.words()
    assert "a figure does not fit (a: 14.28% (off by -0.01 from 14.29%)): Vụ đã giải quyết" == warning.words("en")
    assert ["a: 14.28% (off by -0.01 from 14.29%)"] == [one["text"] for one in warned if one["kind"] == "differs"]


def test_what_the_api_warns_of_has_its_stage_and_when_it_was_decided() -> None:
    """As the tracker has them."""
    with Tracker(clock=Clock(ISSUED)) as tracker:
        decision = Document(number="1", date=day("4-1"))
        moved = ActivityRescheduled("p/1", on=day("3-1"), deadline=Deadline.parse("22/6", 2023), document=decision)
        tracker.record(adopted(), scheduled("p/1"), moved, by="a")
        warned = ask(create_app(tracker), "/api/v1/plans/p/warnings").json()["warnings"]
        expected = tracker.warnings("p")
    assert [(one.stage, str(one.decided_later)) for one in expected] == [
        (one["stage"], one["decided_later"]) for one in warned
    ]
    assert (3, "2023-04-01") == (warned[0]["stage"], warned[0]["decided_later"])


def test_a_difference_of_what_is_overdue_alone_is_seen() -> None:
    """On the page and in the API: the counts are the same; the balance stands beside them."""
    with Tracker(clock=Clock(ISSUED)) as tracker:
        tracker.record(adopted(), scheduled("p/1", deadline=Deadline.parse("31/7", 2023)), scheduled("p/2"), by="a")
        tracker.reports.issue("p", PERIOD, by="a")
        tracker.record(ActivityRescheduled("p/1", on=day("3-1"), deadline=Deadline.parse("31/5", 2023)), by="a")
        app = create_app(tracker)
        page, answer = plain(ask(app, "/plans/p/reports/2023-h1")), ask(app, "/api/v1/plans/p/reports/2023-h1").json()
    total = answer["figures"][0]
    counts = {"completed": 0, "total": 2, "percent": "0.0"}
    assert ({**counts, "overdue": 0}, {**counts, "overdue": 1}, True) == (total["sent"], total["now"], total["differs"])
    assert "0/200/21" in bare(page)
    assert "chưa hoàn thành, trong hạn: 2 → 1" in page
    assert "chưa hoàn thành, quá hạn: 0 → 1" in page
    assert "open, overdue: 0 → 1" in answer["otherwise"]


def test_a_due_day_is_one_thing_on_each_face() -> None:
    """The day for which something is still to be done; the last day of the deadline has a name of its own."""
    with Tracker(clock=Clock(ISSUED)) as tracker:
        tracker.record(adopted(), scheduled("p/1", deadline=Deadline.parse("20/3; 20/6; 20/9", 2023)), by="a")
        tracker.record(OccurrenceCompleted("p/1", on=day("3-1"), occurrence=day("3-20")), by="a")
        report = tracker.reports.issue("p", PERIOD, by="a")
        app = create_app(tracker)
        api = ask(app, "/api/v1/plans/p/activities?on=2023-06-14").json()["activities"][0]["due"]
        page = plain(ask(app, "/plans/p/activities/1?on=2023-06-14"))
    row = first_row(report)
    assert (day("6-20"), day("9-20")) == (row["Ngày đến hạn"], row["Ngày đến hạn cuối cùng"])
    assert "2023-06-20" == api
    assert bare("Ngày đến hạn 20/06/2023") in bare(page)
    [line] = report.plan.to_frame().to_dicts()
    assert (day("6-20"), day("9-20")) == (line["due"], line["final_due"])


def first_row(report: Report) -> dict[str, Any]:
    """The first activity of the annex, by heading."""
    head, row = CalamineWorkbook.from_filelike(BytesIO(xlsx(report))).get_sheet_by_index(0).to_python()[3:5]
    return dict(zip(map(str, head), row, strict=True))


def test_what_waits_for_its_confirmation_is_not_completed_on_any_face() -> None:
    """Each says on which day it was reported complete, and names that so; once it is confirmed, on which it was completed."""
    with Tracker(clock=Clock(ISSUED)) as tracker:
        tracker.record(adopted(confirmation_required=True), scheduled("p/1"), by="a")
        tracker.record(ActivityCompleted("p/1", on=day("6-1")), by="a")
        report, app = tracker.reports.issue("p", PERIOD, by="a"), create_app(tracker)
        page, api = plain(ask(app, "/plans/p/activities/1")), ask(app, "/api/v1/plans/p/activities/1").json()
        tracker.record(CompletionConfirmed("p/1", on=day("6-20"), completion=2), by="b")
        confirmed = plain(ask(app, "/plans/p/activities/1")), ask(app, "/api/v1/plans/p/activities/1").json()
    assert "chờ xác nhận; báo cáo hoàn thành ngày 01/06/2023" in words_of(report).casefold()
    row = first_row(report)
    assert ("", day("6-1")) == (row["Ngày hoàn thành"], row["Ngày báo cáo hoàn thành"])
    assert "Ngày hoàn thành" not in page
    assert bare("Ngày báo cáo hoàn thành 01/06/2023") in bare(page)
    assert (None, "2023-06-01") == (api["completed_on"], api["reported_on"])
    [line] = report.plan.to_frame().to_dicts()
    assert (None, day("6-1")) == (line["completed_on"], line["reported_on"])
    assert bare("Ngày hoàn thành 01/06/2023") in bare(confirmed[0])
    assert "Ngày báo cáo hoàn thành" not in confirmed[0]
    assert ("2023-06-01", None) == (confirmed[1]["completed_on"], confirmed[1]["reported_on"])


def test_under_the_third_rule_what_has_no_deadline_is_said_to_have_none() -> None:
    """It is not "not yet due": it never will be."""
    with Tracker(clock=Clock(ISSUED)) as tracker:
        tracker.record(adopted(), scheduled("p/1", deadline=REGULAR), scheduled("p/2"), by="a")
        text = words_of(tracker.reports.issue("p", PERIOD, by="a", rule=CountingRule.FALLEN_DUE))
    assert "1 không có thời hạn cụ thể; 1 chưa đến hạn" in text or "1 chưa đến hạn; 1 không có thời hạn cụ thể" in text


def test_the_lowest_rates_say_how_many_more_are_as_low() -> None:
    """Twelve places at 0 %: ten are shown, and two more said."""
    with Tracker(clock=Clock(ISSUED)) as tracker:
        for number in range(12):
            due = Deadline.parse("31/3", 2023)
            tracker.record(
                adopted(f"p{number}", jurisdiction=f"Xã {number}"), scheduled(f"p{number}/1", deadline=due), by="a"
            )
        page = plain(ask(create_app(tracker), "/"))
    assert 2 == page.count("2 địa phương, đơn vị khác có cùng kết quả với nơi cuối danh sách")


def test_a_count_of_thousands_has_its_marks_wherever_it_stands(tmp_path: Path, run: Run) -> None:
    """On the page, in the terminal and in the document, in both languages: in sentences, tables, legends and headings."""
    with Tracker(f"sqlite:///{tmp_path}/plans.db", clock=Clock(datetime(2024, 1, 5, tzinfo=UTC))) as tracker:
        undated = (scheduled(f"p/{n}", deadline=REGULAR) for n in range(1_001))
        tracker.record(adopted(), *undated, *(scheduled(f"p/{n}", title="x") for n in range(2_000, 3_001)), by="a")
        last = tracker.log.position()
        report = tracker.reports.issue("p", calendar_year(2023), by="a")
        app, pages = create_app(tracker), ("/", "/plans", "/plans/p", "/plans/p/reports/2023-calendar")
        said = [plain(ask(app, path)) for path in (*pages, "/plans/p/activities?list=overdue&lang=en")]
    said += [repr(block) for block in report_document(report).blocks if not isinstance(block, Chart)]
    text = "\n".join([*said, run("plan", "p", "--store", tmp_path / "plans.db", "--on", "2023-12-31").out])
    assert [] == re.findall(r"\b0/[12]00\d\b|(?<![/.\d])[12]00[12] (?:nhiệm vụ|không|quá hạn|activit).*", text)
    assert {"0/2.002", "1.001 không", "1.001 nhiệm", "1,001 activities"} <= set(re.findall(r"\b[\d/.,]+ ?\w+", text))
    then = run("plan", "p", "--store", tmp_path / "plans.db", "--known-at", str(last)).out
    assert f"số thứ tự bản ghi {last}" in then, "a position is printed as it is typed"


def test_evidence_is_cited_alike_on_the_page_and_in_the_annex() -> None:
    """With who issued it; in English without Vietnamese words."""
    document = Document(type="QĐ", number="1/QĐ", date=date(2023, 3, 1), issuer="UBND tỉnh", title="Kế hoạch")
    with Tracker(clock=Clock(ISSUED)) as tracker:
        tracker.record(adopted(), scheduled("p/1"), by="a")
        tracker.record(ActivityCompleted("p/1", on=day("3-1"), evidence=(document,)), by="a")
        report, app = tracker.reports.issue("p", PERIOD, by="a"), create_app(tracker)
        for lang in get_args(Lang):
            whole = f"QĐ 1/QĐ {'ngày 01/03/2023' if lang == 'vi' else '2023-03-01'} Kế hoạch, UBND tỉnh"
            assert whole in plain(ask(app, f"/plans/p/activities/1?lang={lang}"))
            assert whole in parts_of(rendered(report, ".xlsx", lang), ".xlsx")


@pytest.mark.parametrize("rule", CountingRule)
def test_no_rate_of_a_report_stands_without_its_rule(rule: CountingRule, tmp_path: Path, run: Run) -> None:
    """On each sheet of the annex, in the list of the page and in that of the terminal."""
    store = f"sqlite:///{tmp_path}/p.db"
    with Tracker(store, clock=Clock(ISSUED)) as tracker:
        tracker.record(adopted(), scheduled("p/1"), by="a")
        report = tracker.reports.issue("p", PERIOD, by="a", rule=rule)
        rate = report.text()
        page = bare(plain(ask(create_app(tracker), "/plans/p/reports")))
        book = CalamineWorkbook.from_filelike(BytesIO(xlsx(report)))
    notes = [str(book.get_sheet_by_name(name).to_python()[1][0]) for name in book.sheet_names]
    assert {f"{report.period.label()}: {rate}; cách tính: {rule.label()}"} == set(notes)
    assert bare(f"{rate} {rule.label()}").casefold() in page.casefold(), "a cell begins with a capital"
    shown = run("report", "p", "--store", store.removeprefix("sqlite:///")).out
    assert f"{rate} {rule.label()}" in " ".join(shown.split())


@pytest.mark.parametrize(
    ("late", "said"), [(1, "; 1 is open, 1 of them overdue."), (2, "; 2 are open, 2 of them overdue.")]
)
def test_one_is_not_said_as_many_in_english(late: int, said: str, tmp_path: Path, run: Run) -> None:
    """What was overdue, how many days, and where the records are that make a difference."""
    store = f"sqlite:///{tmp_path}/p.db"
    domains = (Domain("1", "x"), Domain("2", "y"))[:late]
    with Tracker(store, clock=Clock(ISSUED)) as tracker:
        due = Deadline.parse("13/6/2023", 2023)
        tracker.record(adopted(domains=domains), *(scheduled(f"p/{n}", deadline=due) for n in range(late)), by="a")
        report = tracker.reports.issue("p", PERIOD, by="a")
        assert said in words_of(report, "en")
        first, *_ = tracker.record(*(ActivityCompleted(f"p/{n}", on=day("6-10")) for n in range(late)), by="a")
        [words, *_] = [one.words("en") for one in tracker.reports.get(report.id).drift().activities]
    assert "0: not started, 1 day overdue → completed, on time" in words
    shown = run("report", "p", "2023-h1", "--store", tmp_path / "p.db", "--lang", "en").out
    where = (
        f"record at log position {first.position}" if late == 1 else f"records at log positions {first.position} and"
    )
    assert where in shown
