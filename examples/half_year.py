"""
The half-year: a plan is imported, its first months are recorded, June's report is issued, corrected in July, and compared.

    python examples/half_year.py [--to build]

The plan is that of the worked example; what is recorded of it, and the plan of the year before, are only illustrative.
"""

import argparse
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from reformtrack import Activity, Deadline, Document, Domain, Event, Tracker
from reformtrack.events import ActivityCompleted, ActivityScheduled, OccurrenceCompleted, PlanAdopted
from reformtrack.exchange.appendix.importing import NewPlan, import_appendix
from reformtrack.exchange.report.document import Letterhead
from reformtrack.exchange.report.forms import FORMS, write_report

HERE = Path(__file__).parent
PLAN, LAST, BY = "dak-nong-2023", "dak-nong-2022", "so-noi-vu"
HEAD = Letterhead(
    signer_title="Phó Chủ tịch",
    signer="Nguyễn Văn A",
    recipients=("Bộ Nội vụ", "TTTU, TT HĐND tỉnh", "CT, các PCT UBND tỉnh", "Các sở, ban, ngành", "Lưu: VT, NC"),
)
SAID = {
    "Công tác chỉ đạo, điều hành": "Ủy ban nhân dân tỉnh đã ban hành Kế hoạch và chỉ đạo các cơ quan, đơn vị triển khai.",
    "Kết quả nổi bật": "Các nhiệm vụ đến hạn trong quý I cơ bản hoàn thành.",
    "Tồn tại, hạn chế": "Một số nhiệm vụ hoàn thành trễ hạn.",
    "Nguyên nhân": "Việc phối hợp giữa các cơ quan, đơn vị có lúc chưa kịp thời.",
    "Phương hướng, nhiệm vụ 6 tháng cuối năm": "Tập trung hoàn thành các nhiệm vụ đến hạn trong quý III.",
    "Kiến nghị, đề xuất": "Đề nghị Bộ Nội vụ tiếp tục tập huấn nghiệp vụ cải cách hành chính.",
}


class Clock:
    """The clock of this example."""

    now = datetime(2022, 1, 5, 2, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def year_before() -> Iterator[Event]:
    """A plan of 2022, half of it done by June."""
    on, domain = date(2022, 1, 4), Domain("1", "Cải cách thể chế")
    yield PlanAdopted(
        LAST, on=on, title="Kế hoạch CCHC năm 2022", year=2022, jurisdiction="Tỉnh Đắk Nông", domains=(domain,)
    )
    due = Deadline.parse("Quý II", 2022)
    for number in range(1, 11):
        id = f"{LAST}/{number}"
        yield ActivityScheduled(id, on=on, domain="1", title=f"Nhiệm vụ {number}", lead="Sở Nội vụ", deadline=due)
        if number % 2:
            yield ActivityCompleted(id, on=date(2022, 5, number))


def done(activity: Activity, first: date, last: date, late: int) -> Iterator[Event]:
    """What was completed in a span of days, some days before or after it was due."""
    for due in activity.deadline.days:
        on = due + timedelta(days=late)
        if first <= on <= last:
            if activity.deadline.is_recurring:
                yield OccurrenceCompleted(activity.id, on=on, occurrence=due)
            elif due == activity.deadline.days[-1]:
                proof = Document(title=f"{activity.state.terms.output} (minh họa)", date=on)
                yield ActivityCompleted(activity.id, on=on, evidence=(proof,))


def record(tracker: Tracker, first: date, last: date, *, but: str = "") -> None:
    """What was done in a span of days; each seventh activity was late, and one is not heard of."""
    for place, activity in enumerate(tracker.plan(PLAN, on=first).activities):
        events = list(done(activity, first, last, late=12 if place % 7 == 6 else -5))
        if events and activity.code != but:
            tracker.record(*events, by=BY)


def main() -> None:
    parser = argparse.ArgumentParser(description="June's report of the worked example.")
    parser.add_argument("--to", type=Path, default=Path("build"), help="the folder that the files are written to")
    folder = parser.parse_args().to
    folder.mkdir(parents=True, exist_ok=True)
    clock = Clock()
    with Tracker(clock=clock) as tracker:
        clock.now = datetime(2022, 6, 20, 2, tzinfo=UTC)
        tracker.record(*year_before(), by=BY)
        tracker.reports.issue(LAST, "2022-h1", by=BY)

        clock.now = datetime(2023, 1, 4, 2, tzinfo=UTC)
        new = NewPlan(title="Kế hoạch cải cách hành chính năm 2023", year=2023, jurisdiction="Tỉnh Đắk Nông")
        path = HERE / "data" / "dak-nong-2023-appendix.xlsx"
        import_appendix(tracker, path, PLAN, by=BY, on=date(2022, 12, 28), new=new)

        clock.now = datetime(2023, 3, 20, 2, tzinfo=UTC)
        record(tracker, date(2023, 1, 1), date(2023, 3, 14))
        tracker.reports.issue(PLAN, "2023-q1", by=BY)

        clock.now = datetime(2023, 6, 20, 2, tzinfo=UTC)
        forgotten = "1.06"
        record(tracker, date(2023, 3, 15), date(2023, 6, 14), but=forgotten)
        draft = tracker.reports.draft(PLAN, "2023-h1", sections=SAID)
        write_report(draft, folder / "du-thao.docx", letterhead=HEAD, beside=tracker.reports.beside(draft))
        number = Document(type="Báo cáo", number="312/BC-UBND", date=date(2023, 6, 20))
        issued = tracker.reports.issue(PLAN, "2023-h1", by=BY, sections=SAID, document=number)

        clock.now = datetime(2023, 7, 10, 2, tzinfo=UTC)
        tracker.record(ActivityCompleted(f"{PLAN}/{forgotten}", on=date(2023, 3, 30)), by=BY)
        number = Document(type="Báo cáo", number="355/BC-UBND", date=date(2023, 7, 10))
        reason = "bổ sung kết quả nhiệm vụ 1.06, hoàn thành từ quý I"
        corrected = tracker.reports.correct(issued.id, reason=reason, by=BY, document=number)

        for name, report in (("bao-cao-6-thang", issued), ("thay-the", corrected)):
            beside = tracker.reports.beside(report)
            for form in FORMS:
                write_report(report, folder / f"{name}{form}", letterhead=HEAD, beside=beside)
            print(
                f"{report.period.title}: {report.text()}; kỳ trước {beside.before and beside.before.text()}, ", end=""
            )
            print(f"năm trước {beside.last_year and beside.last_year.text()}")
        template = HERE / "mau-bao-cao.docx"
        write_report(
            issued, folder / "theo-mau.docx", letterhead=HEAD, template=template, beside=tracker.reports.beside(issued)
        )


if __name__ == "__main__":
    main()
