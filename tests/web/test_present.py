"""What the pages say of the present: the deadline and what set it, the latest progress, names, earlier readings, causes."""

import re
from datetime import date, timedelta
from decimal import Decimal

from reformtrack import CountingRule, Deadline, Tracker
from reformtrack.domain.values import Document
from reformtrack.events import (
    ActivityCompleted,
    ActivityRescheduled,
    AgencyRegistered,
    AgencyRenamed,
    IndicatorDefined,
    ProgressReported,
    ReadingTaken,
    RecordRetracted,
)
from reformtrack.values import IndicatorKind
from reformtrack.web import create_app
from tests.support import ADOPTED, Clock, adopted, day, scheduled
from tests.web.asking import ask
from tests.web.test_pages import HALF, NINE, plain, spaced

DECISION = Document(type="Quyết định", number="12/QĐ-UBND", date=day("9-20"), title="điều chỉnh kế hoạch")


def test_the_page_of_an_activity_begins_with_its_present() -> None:
    """State, progress, obstacle, next step, the deadline with the document that set it; the newest record first."""
    moved = ActivityRescheduled("p/1", on=day("9-20"), deadline=Deadline.parse("30/11/2023", 2023), document=DECISION)
    report = ProgressReported(
        "p/1", on=day("9-1"), percent=Decimal(40), obstacles="Thiếu kinh phí", next_step="Trình UBND"
    )
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled("p/1", deadline=Deadline.parse("Quý IV", 2023)), by="x")
        tracker.record(report, moved, ActivityCompleted("p/1", on=day("10-1")), by="x")
        tracker.record(RecordRetracted("p/1", version=4, reason="Nhầm"), by="x")
        answer = ask(create_app(tracker), "/plans/p/activities/1?on=2023-12-10")
    said = spaced(answer)
    assert "quá hạn 10 ngày Tiến độ mới nhất 40% (01/09/2023) Bước tiếp theo Trình UBND Khó khăn" in said
    cited = "theo Quyết định 12/QĐ-UBND ngày 20/09/2023 điều chỉnh kế hoạch, có hiệu lực từ ngày 20/09/2023"
    assert f"Thời hạn Quý IV → 30/11/2023, {cited}" in said
    assert (
        '<a href="/plans/p/activities?on=2023-12-10&amp;lead=S%E1%BB%9F+T%C6%B0+ph%C3%A1p">Sở Tư pháp</a>'
        in answer.text
    )
    present, _, gone = answer.text.partition('<details class="gone">')
    assert ["3", "2", "1"] == re.findall(r'<li id="r(\d+)"', present)
    assert ["5", "4"] == re.findall(r'<li id="r(\d+)"', gone)
    assert "2 bản ghi đã thu hồi" in said
    assert 3 == present.count("căn cứ"), "the schedule, the progress and the new deadline decide"


def test_who_recorded_is_called_by_name_and_the_page_follows_a_new_name() -> None:
    """The id stands beside it; one that is no agency's stands alone."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled("p/1"), by="so-a")
        app = create_app(tracker)
        assert "Người ghi so-a" in spaced(ask(app, "/plans/p/activities/1"))
        tracker.record(AgencyRegistered("@so-a", on=ADOPTED, name="Sở A"), by="x")
        assert "Người ghi Sở A so-a" in spaced(ask(app, "/plans/p/activities/1"))
        tracker.record(AgencyRenamed("@so-a", on=day("6-1"), name="Sở B"), by="x")
        assert "Người ghi Sở B so-a" in spaced(ask(app, "/plans/p"))
        assert "Người ghi Sở A so-a" in spaced(ask(app, "/plans/p?on=2023-05-01"))


def test_an_indicator_is_shown_with_its_target_and_the_readings_before() -> None:
    """Under its heading."""
    defined = IndicatorDefined(
        "p#visits",
        on=ADOPTED,
        title="Lượt tiếp",
        unit="lượt",
        kind=IndicatorKind.COUNT,
        target=Decimal(2500),
        group="Tiếp dân",
    )
    taken = [
        ReadingTaken("p#visits", on=day(on), as_of=day(on), value=Decimal(value), reported_text=f"{value} lượt")
        for on, value in (("6-30", 1000), ("9-30", 1700))
    ]
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), defined, *taken, by="x")
        app = create_app(tracker)
        said, early = (spaced(ask(app, f"/plans/p/indicators{query}")) for query in ("", "?on=2023-07-01"))
        [one] = tracker.indicators("p")
    assert one.reading == one.history[0].reading
    assert "Tiếp dân Lượt tiếp 1700 lượt 1.700 lượt – 30/09/2023 – 2.500 lượt 1.000 lượt (30/06/2023)" in said
    assert "2 lần ghi số liệu 30/09/2023: 1.700 lượt 30/06/2023: 1.000 lượt" in said
    assert "Số liệu kỳ trước" not in early


def test_a_report_begins_with_what_changed_and_shows_the_causes_since_the_one_before() -> None:
    """The bars start and end where the rates of the two reports are."""
    clock = Clock()
    with Tracker(clock=clock) as tracker:
        tracker.record(adopted(), *(scheduled(f"p/{n}") for n in range(1, 5)), by="x")
        tracker.record(ActivityCompleted("p/1", on=day("5-2")), by="x")
        tracker.reports.issue("p", HALF, by="x")
        app = create_app(tracker)
        assert 'id="bridge"' not in ask(app, f"/plans/p/reports/{HALF.code}").text
        tracker.record(ActivityCompleted("p/2", on=day("7-2")), by="x")
        tracker.reports.issue("p", NINE, by="x")
        answer = ask(app, f"/plans/p/reports/{NINE.code}")
        bars = re.findall(r'<rect class="(\w+)" x="([\d.]+)" y="2" width="([\d.]+)"', answer.text)
    assert [("level", "0", "250.0"), ("more", "250.0", "0.0")] == bars[:2]
    assert [("more", 250, 250), ("level", 0, 500)] == [(kind, float(x), float(width)) for kind, x, width in bars[3::2]]
    said = plain(answer)
    assert answer.text.index('id="since"') < answer.text.index('id="figures"') < answer.text.index('id="rates"')
    for rule in CountingRule:
        assert rule.label().capitalize() in said


def test_a_lead_in_no_registry_has_its_figures() -> None:
    """By plan; one that the registry has leads to its page; the figures are those of the roll-up."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), adopted("q"), AgencyRegistered("@tu-phap", on=ADOPTED, name="Sở Tư pháp"), by="x")
        tracker.record(scheduled("p/1"), scheduled("p/2", lead="Sở Lạ"), scheduled("q/1", lead="Sở Lạ"), by="x")
        tracker.record(ActivityCompleted("p/2", on=day("5-2")), by="x")
        app = create_app(tracker)
        listed = ask(app, "/agencies")
        one = ask(app, "/agencies", params={"lead": "Sở Lạ"})
        nothing = ask(app, "/agencies", params={"lead": "nobody"})
    assert "Sở Lạ 1/2 50,0% 1 chưa có trong danh mục" in spaced(listed)
    assert "Sở Tư pháp 0/1 0,0% 1 Sở Tư pháp" in spaced(listed)
    assert 2 == len(re.findall(r'<th scope="row"><a href="/plans/[pq]/activities\?lead=', one.text))
    assert "1/1" in plain(one)
    assert "0/1" in plain(one)
    assert 200 == nothing.status_code


def test_the_states_and_the_news_of_a_plan_are_on_its_page() -> None:
    """As the answer has them; an activity that was recorded within seven days is among the news."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), *(scheduled(f"p/{n}") for n in range(1, 8)), by="x")
        tracker.record(ActivityCompleted("p/1", on=tracker.today() - timedelta(days=1)), by="x")
        said = spaced(ask(create_app(tracker), "/plans/p"))
        quiet = spaced(ask(create_app(tracker), f"/plans/p?on={date(2023, 6, 1)}"))
    assert "Toàn kế hoạch 6 0 0 0 0 1 7 0 0 6 0" in said
    assert "Diễn biến 7 ngày qua 1 Rà soát văn bản báo cáo hoàn thành" in said
    assert "Diễn biến 7 ngày qua Không có" in quiet
