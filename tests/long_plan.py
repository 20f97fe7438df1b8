"""A made-up plan of 140 long tasks with joint leads and printed numbers, over two years: the same one each time."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from reformtrack import Deadline, Document, Domain, Tracker
from reformtrack.answers import Report
from reformtrack.events import ActivityCompleted, ActivityScheduled, ActivityStarted, ActivityWithdrawn, PlanAdopted
from reformtrack.values import DeadlineKind

PLAN = "nq-57"
ADOPTED = date(2024, 1, 10)
TODAY = date(2025, 3, 1)
"""The day until which something happened."""

TASKS = 140
NOBODYS = (70, 139)
"""The tasks that nobody has the lead of."""

DOMAINS = (
    "Nâng cao nhận thức, đột phá về đổi mới tư duy, xác định quyết tâm chính trị mạnh mẽ, quyết liệt lãnh đạo, chỉ đạo",
    "Khẩn trương, quyết liệt hoàn thiện thể chế; xóa bỏ mọi tư tưởng, quan niệm, rào cản đang cản trở sự phát triển",
    "Tăng cường đầu tư, hoàn thiện hạ tầng cho khoa học, công nghệ, đổi mới sáng tạo và chuyển đổi số quốc gia",
    "Phát triển, trọng dụng nhân lực chất lượng cao, nhân tài đáp ứng yêu cầu phát triển",
    "Đẩy mạnh chuyển đổi số, ứng dụng khoa học, công nghệ trong hoạt động của các cơ quan trong hệ thống chính trị",
    "Thúc đẩy mạnh mẽ hoạt động khoa học, công nghệ, đổi mới sáng tạo và chuyển đổi số trong doanh nghiệp",
    "Tăng cường hợp tác quốc tế",
)
LEADS = (
    "Bộ Khoa học và Công nghệ",
    "Bộ Tài chính",
    "Bộ Nội vụ",
    "Bộ Công an",
    "Bộ Quốc phòng",
    "Bộ Giáo dục và Đào tạo",
    "Bộ Công Thương",
    "Bộ Nông nghiệp và Môi trường",
    "Bộ Tư pháp",
    "Văn phòng Chính phủ",
    "Bộ Y tế",
    "Bộ Văn hóa, Thể thao và Du lịch",
    "Ủy ban nhân dân các tỉnh, thành phố trực thuộc Trung ương",
    "Viện Hàn lâm Khoa học và Công nghệ Việt Nam",
)
_WHAT = (
    "Xây dựng và trình cấp có thẩm quyền ban hành",
    "Rà soát, sửa đổi, bổ sung",
    "Tổ chức triển khai có hiệu quả",
    "Nghiên cứu, đề xuất cơ chế, chính sách về",
)
_OF = (
    "Chương trình phát triển các công nghệ chiến lược và công nghiệp chiến lược quốc gia, gắn với danh mục sản phẩm ưu tiên",
    "quy định về đầu tư, đầu tư công, mua sắm công, ngân sách nhà nước và tài sản công trong hoạt động khoa học, công nghệ",
    "Đề án phát triển hệ thống các trung tâm nghiên cứu, thử nghiệm, phòng thí nghiệm trọng điểm quốc gia",
    "nền tảng dữ liệu dùng chung, kết nối cơ sở dữ liệu quốc gia với cơ sở dữ liệu chuyên ngành của bộ, ngành",
)


def report_of_long_tasks() -> Report:
    """The report of its first year, issued in the middle of December."""
    with tracker_of_long_tasks() as tracker:
        return tracker.reports.issue(PLAN, "2024-year", by="van-phong", on=date(2024, 12, 18))


def tracker_of_long_tasks() -> Tracker:
    """The plan in memory, some of it done, some late, some withdrawn."""
    tracker = Tracker()
    tracker.record(*_events(), by="van-phong")
    return tracker


def _events() -> Iterator[Any]:
    draw = random.Random(57)
    yield PlanAdopted(
        PLAN,
        on=ADOPTED,
        title="Chương trình hành động thực hiện Nghị quyết số 57-NQ/TW về đột phá phát triển khoa học, công nghệ, "
        "đổi mới sáng tạo và chuyển đổi số quốc gia",
        jurisdiction="Chính phủ",
        domains=tuple(Domain(str(place), title) for place, title in enumerate(DOMAINS, 1)),
        first_day=date(2024, 1, 1),
        last_day=date(2025, 12, 31),
        host_fields={"nguồn": "nhiệm vụ do máy sinh, chỉ để minh họa"},
    )
    for number in range(1, TASKS + 1):
        domain = 1 + (number - 1) * len(DOMAINS) // TASKS
        leads = tuple(draw.sample(LEADS, draw.choice((1, 1, 1, 1, 2, 2, 3))))
        id = f"{PLAN}/{domain}-{number:03}"
        yield ActivityScheduled(
            id,
            on=ADOPTED,
            domain=str(domain),
            number=str(number),
            title=f"{draw.choice(_WHAT)} {draw.choice(_OF)} (nhiệm vụ số {number})",
            output=draw.choice(("Nghị định của Chính phủ", "Quyết định của Thủ tướng Chính phủ", "Báo cáo")),
            lead=() if number in NOBODYS else leads[0] if len(leads) == 1 else leads,
            supporting=tuple(draw.sample(LEADS, 5)),
            deadline=(due := _deadline(draw)),
        )
        yield from _done(draw, id, due)


def _deadline(draw: random.Random) -> Deadline:
    if draw.random() < 0.15:
        return Deadline.parse("Thường xuyên", 2024)
    day = date(2024, 3, 31) + timedelta(days=draw.randrange(640))
    return Deadline(f"{day.month}/{day.year}", DeadlineKind.DAY, (day,))


def _done(draw: random.Random, id: str, due: Deadline) -> Iterator[Any]:
    how = draw.random()
    if how < 0.03:
        yield ActivityWithdrawn(id, on=date(2024, 6, 1), reason="Chính phủ quyết định đưa ra khỏi chương trình")
    elif how < 0.75 and due.last and (on := due.last + timedelta(days=draw.randrange(-20, 20))) <= TODAY:
        proof = Document(type="Báo cáo", number=f"{draw.randrange(100, 999)}/BC-BKHCN", date=due.last)
        yield ActivityCompleted(id, on=on, evidence=(proof,))
    elif how < 0.9:
        yield ActivityStarted(id, on=date(2024, 5, 2))
