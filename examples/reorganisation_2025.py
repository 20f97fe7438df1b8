"""
The reorganisation of 2025: departments merged on 01/03, provinces and districts on 01/07. Old figures print the old names.

    python examples/reorganisation_2025.py

The mergers are those of the year; their documents are not cited, and the list of activities is illustrative.
"""

from collections.abc import Iterator
from datetime import date

from dak_nong_events import CUT_OFF, PLAN, Clock, at, record_year

from reformtrack import Event, Tracker
from reformtrack.answers import Registry
from reformtrack.events import ActivityReassigned, AgencyDissolved, AgencyMerged, AgencyRegistered, FunctionMoved
from reformtrack.exchange.report.document import Letterhead
from reformtrack.exchange.report.forms import rendered

SPRING, SUMMER = date(2025, 3, 1), date(2025, 7, 1)
BEFORE = date(2015, 1, 1)
DEPARTMENTS = {
    "@dn-noi-vu": "Sở Nội vụ",
    "@dn-tu-phap": "Sở Tư pháp",
    "@dn-tai-chinh": "Sở Tài chính",
    "@dn-ke-hoach": "Sở Kế hoạch và Đầu tư",
    "@dn-thong-tin": "Sở Thông tin và Truyền thông",
    "@dn-khoa-hoc": "Sở Khoa học và Công nghệ",
    "@dn-giao-thong": "Sở Giao thông vận tải",
    "@dn-xay-dung": "Sở Xây dựng",
    "@dn-thanh-tra": "Thanh tra tỉnh",
    "@dn-van-phong": "Văn phòng UBND tỉnh",
    "@dn-huyen": "UBND các huyện, thành phố",
}
"""The departments of Đắk Nông that matter here, by 2023."""

NEW = {
    "@ld-noi-vu": "Sở Nội vụ tỉnh Lâm Đồng",
    "@ld-tu-phap": "Sở Tư pháp tỉnh Lâm Đồng",
    "@ld-tai-chinh": "Sở Tài chính tỉnh Lâm Đồng",
    "@ld-khoa-hoc": "Sở Khoa học và Công nghệ tỉnh Lâm Đồng",
    "@ld-xay-dung": "Sở Xây dựng tỉnh Lâm Đồng",
    "@ld-thanh-tra": "Thanh tra tỉnh Lâm Đồng",
    "@ld-van-phong": "Văn phòng UBND tỉnh Lâm Đồng",
}


def agencies() -> Iterator[Event]:
    """The departments, what became of them on 01/03, and Đắk Nông's into Lâm Đồng's on 01/07."""
    for id, name in DEPARTMENTS.items():
        yield AgencyRegistered(id, on=BEFORE, name=name, jurisdiction="Tỉnh Đắk Nông")
    for id, name in NEW.items():
        yield AgencyRegistered(id, on=BEFORE, name=name, jurisdiction="Tỉnh Lâm Đồng")
    yield AgencyMerged("@dn-ke-hoach", on=SPRING, into="@dn-tai-chinh")
    yield AgencyMerged("@dn-thong-tin", on=SPRING, into="@dn-khoa-hoc")
    yield AgencyMerged("@dn-giao-thong", on=SPRING, into="@dn-xay-dung")
    yield AgencyRegistered("@dn-dan-toc", on=SPRING, name="Sở Dân tộc và Tôn giáo", jurisdiction="Tỉnh Đắk Nông")
    yield FunctionMoved("@dn-noi-vu", on=SPRING, function="tín ngưỡng, tôn giáo", to="@dn-dan-toc")
    for id in NEW:
        yield AgencyMerged(id.replace("@ld", "@dn"), on=SUMMER, into=id)
    yield AgencyDissolved("@dn-huyen", on=SUMMER, note="Kết thúc cấp huyện")


def reassignments(tracker: Tracker, registry: Registry) -> Iterator[Event]:
    """Each open activity to the one agency that has taken over from its lead; where there are several, a person decides."""
    plan = tracker.plan(PLAN, on=registry.on)
    for activity in plan.activities:
        heirs = registry.responsible(activity.lead, activity.lead_since)
        if activity.status.is_open and len(heirs) == 1 and heirs[0].name != activity.lead:
            yield ActivityReassigned(activity.id, on=registry.on, lead=heirs[0].name)


def main() -> None:
    clock = Clock()
    with Tracker(clock=clock) as tracker:
        record_year(tracker, clock)
        report = tracker.reports.issue(PLAN, "2023-year", by="so-noi-vu", on=CUT_OFF)
        sent = rendered(report, ".html", "vi", Letterhead(place="Đắk Nông"))
        clock.now = at(date(2025, 7, 15))
        tracker.record(*agencies(), by="so-noi-vu")
        registry = tracker.agencies()
        moved = list(reassignments(tracker, registry))
        tracker.record(*moved, by="so-noi-vu")
        print("Số lượng đã công bố; danh mục nhiệm vụ chỉ để minh họa.\n")
        for lead, progress in tracker.plan(PLAN, on=CUT_OFF).progress_by("lead").items():
            heirs = " + ".join(agency.name for agency in registry.responsible(lead, CUT_OFF)) or "–"
            print(f"  {progress.text():16} {lead:44} → {heirs}")
        then = tracker.plan(PLAN, on=CUT_OFF)
        whole = sum(part.total for part in registry.progress_by_agency(then).values())
        print(f"\n  cộng theo cơ quan năm 2023: {then.progress().total}; theo cơ quan hiện nay: {whole}")
        for event in moved:
            print(f"  giao lại: {event.subject} → {getattr(event, 'lead', '')}")
        again = rendered(tracker.reports.get(report.id), ".html", "vi", Letterhead(place="Đắk Nông"))
        print(f"  báo cáo năm 2023 không đổi: {'đúng' if sent == again else 'SAI'}")


if __name__ == "__main__":
    main()
