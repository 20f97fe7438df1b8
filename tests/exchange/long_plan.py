"""A plan of many long tasks with joint leads, always the same: what a big province's plan asks of a page."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from reformtrack import Deadline, Tracker
from reformtrack.domain.values import Document, Domain
from reformtrack.events import ActivityCompleted, ActivityScheduled, PlanAdopted

PLAN, TASKS = "cchc-2024", 140
_ADOPTED = date(2024, 1, 5)
_DOMAINS = (
    *("Cải cách thể chế", "Cải cách thủ tục hành chính", "Cải cách tổ chức bộ máy hành chính nhà nước"),
    *("Cải cách chế độ công vụ", "Cải cách tài chính công", "Xây dựng, phát triển chính quyền điện tử, chính quyền số"),
)
_VERBS = (
    "Rà soát, đánh giá",
    "Xây dựng, trình ban hành",
    "Tổ chức triển khai",
    "Kiểm tra, đôn đốc",
    "Hoàn thiện, nâng cấp",
)
_WHAT = (
    "các quy định về phân cấp, ủy quyền giữa Ủy ban nhân dân tỉnh và cấp huyện trên địa bàn tỉnh",
    "quy trình giải quyết thủ tục hành chính theo cơ chế một cửa, một cửa liên thông trên môi trường điện tử",
    "đề án vị trí việc làm, cơ cấu ngạch công chức, viên chức theo chức danh nghề nghiệp",
    "hệ thống thông tin báo cáo, kết nối với Trung tâm thông tin, chỉ đạo điều hành của Chính phủ",
)
_HOW = ("bảo đảm đồng bộ, thống nhất với quy định của Trung ương", "gắn với chuyển đổi số và cải cách chế độ công vụ")
_LEADS = ("Sở Nội vụ", "Sở Tư pháp", "Sở Tài chính", "Sở Thông tin và Truyền thông", "Văn phòng Ủy ban nhân dân tỉnh")
_OTHERS = (
    "các sở, ban, ngành",
    "Ủy ban nhân dân các huyện, thành phố",
    "các đơn vị sự nghiệp công lập trực thuộc tỉnh",
)
_OUTPUTS = ("Quyết định của Ủy ban nhân dân tỉnh", "Báo cáo kết quả thực hiện", "Kế hoạch và văn bản hướng dẫn")
_DEADLINES = ("31/3/2024", "Quý II", "30/9/2024", "Quý IV", "Thường xuyên")


def events() -> Iterator[Any]:
    """The plan, its tasks, and the completion of most that were due by the middle of December."""
    chance = random.Random(30)
    domains = tuple(Domain(str(place), title) for place, title in enumerate(_DOMAINS, 1))
    title = "KẾ HOẠCH CẢI CÁCH HÀNH CHÍNH NĂM 2024 CỦA TỈNH QUẢNG NGÃI"
    decision = Document(type="Quyết định", number="15/QĐ-UBND", date=_ADOPTED)
    yield PlanAdopted(
        PLAN, on=_ADOPTED, title=title, year=2024, jurisdiction="Tỉnh Quảng Ngãi", domains=domains, document=decision
    )
    for number in range(1, TASKS + 1):
        id, lead = f"{PLAN}/{number:03}", tuple(chance.sample(_LEADS, chance.choice((1, 2, 2, 3))))
        yield ActivityScheduled(
            id,
            on=_ADOPTED,
            domain=domains[number * len(domains) // (TASKS + 1)].code,
            title=f"{chance.choice(_VERBS)} {chance.choice(_WHAT)}, {chance.choice(_HOW)}",
            output=chance.choice(_OUTPUTS),
            lead=lead if len(lead) > 1 else lead[0],
            supporting=tuple(chance.sample(_OTHERS, 2)),
            deadline=Deadline.parse(_DEADLINES[number % len(_DEADLINES)], 2024),
            number=str(number),
        )
        if number % 9:
            proof = Document(number=f"{number}/BC-SNV", date=date(2024, 10, 7))
            yield ActivityCompleted(id, on=date(2024, 10, 7), evidence=(proof,))


def recorded() -> Tracker:
    """The plan on record, at the end of its year."""
    tracker = Tracker(clock=lambda: datetime(2024, 12, 18, 3, tzinfo=UTC))
    tracker.record(*events(), by="so-noi-vu")
    return tracker
