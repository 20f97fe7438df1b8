"""
The events of the worked example: the published plan and figures, and an invented but believable year of records.

Published are the counts (7 domains, 55 activities, 53 carried out) and the other figures. The list of activities is
illustrative, and so is every event here: days, percentages, evidence, agencies' notes. Nothing is drawn at random twice: the
same seed gives the same year.
"""

import csv
import random
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from reformtrack import Deadline, Document, Domain, Event, Period, Tracker
from reformtrack.events import (
    ActivityCompleted,
    ActivityReassigned,
    ActivityReopened,
    ActivityRescheduled,
    ActivityResumed,
    ActivityScheduled,
    ActivityStarted,
    ActivitySuspended,
    CompletionReturned,
    EvidenceFiled,
    IndicatorDefined,
    OccurrenceCompleted,
    PlanAdopted,
    ProgressReported,
    ReadingTaken,
    RecordRetracted,
)
from reformtrack.values import Bound, Check, IndicatorKind, Relation

DATA = Path(__file__).parent / "data"
HA_NOI_TIME = timezone(timedelta(hours=7))
PLAN = "dak-nong-2023"
ADOPTED = date(2022, 12, 28)
CUT_OFF = date(2023, 12, 21)
YEAR = Period(code="2023-nam", title="năm 2023", first=date(2023, 1, 1), last=CUT_OFF)
"""The published figures are of 21/12, not of the 14/12 of 581/BNV-CCHC."""
MONITOR = "so-noi-vu"

NOT_COMPLETED = {"4.06", "5.04"}
LATE = {"1.09": 11, "3.01": 9, "3.06": 16, "6.01": 5, "7.04": 20}
TOLD_LATE = {"1.04": 15, "1.08": 12, "1.07": 13, "7.01": 104, "4.04": 101}
WITHOUT_EVIDENCE = {"2.06", "5.02"}

Row = dict[str, str]


class Fact(NamedTuple):
    """What the tracker is told at a time, and by whom."""

    told: datetime
    by: str
    events: Callable[[Tracker], Sequence[Event]]
    """A retraction names a record, so what is told may depend on what is on record by then."""


class Clock:
    """A clock that is set by hand, so that the year of the example is 2023."""

    def __init__(self) -> None:
        self.now = at(ADOPTED)

    def __call__(self) -> datetime:
        return self.now


def at(day: date, minutes: int = 0) -> datetime:
    """A time of office on a day, in Viet Nam."""
    return datetime(day.year, day.month, day.day, 8, tzinfo=HA_NOI_TIME) + timedelta(minutes=minutes)


def rows(name: str) -> list[Row]:
    """The rows of one of the example's tables."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def record_year(tracker: Tracker, clock: Clock) -> None:
    """Record the plan, its year, and the other figures of the report, in the order in which they became known."""
    activities = rows("dak-nong-2023-activities.csv")
    tracker.record(*plan_events(activities), by=MONITOR, request_id="ke-hoach-2023")
    facts = sorted((*year(activities), *corrections()), key=lambda fact: fact.told)
    for number, fact in enumerate(facts):
        clock.now = fact.told
        tracker.record(*fact.events(tracker), by=fact.by, request_id=f"nam-2023-{number}")
    clock.now = at(CUT_OFF, 9 * 60)
    tracker.record(*figure_events(rows("dak-nong-2023-figures.csv")), by=MONITOR, request_id="so-lieu-2023")


def plan_events(activities: Sequence[Row]) -> Iterator[Event]:
    """The adoption, and the schedule of each activity."""
    titles = list(dict.fromkeys(row["domain"] for row in activities))
    yield PlanAdopted(
        PLAN,
        on=ADOPTED,
        title="Kế hoạch cải cách hành chính năm 2023 của tỉnh Đắk Nông",
        year=2023,
        jurisdiction="Tỉnh Đắk Nông",
        domains=tuple(Domain(str(code), title) for code, title in enumerate(titles, 1)),
        host_fields={"nguon": "số lượng đã công bố; danh mục nhiệm vụ chỉ để minh họa"},
    )
    for row in activities:
        yield ActivityScheduled(
            f"{PLAN}/{row['code']}",
            on=ADOPTED,
            domain=str(titles.index(row["domain"]) + 1),
            title=row["activity"],
            output=row["output"],
            lead=row["lead_agency"],
            supporting=tuple(name.strip() for name in row["supporting_agencies"].split(";")),
            deadline=Deadline.parse(row["deadline"], 2023),
        )


def year(activities: Sequence[Row]) -> Iterator[Fact]:
    """The year of every activity: each told late by some days, so that the log is not in the order of the days."""
    draw = random.Random(2023)
    for row in activities:
        activity, lead = f"{PLAN}/{row['code']}", row["lead_agency"]
        deadline = Deadline.parse(row["deadline"], 2023)
        end = last_day(row["code"], deadline, draw)
        start = date(2023, 1, 3) + timedelta(days=draw.randrange(0, 20))
        events = list(progress(activity, row["code"], start, end, draw))
        if deadline.is_recurring:
            events += occurrences(activity, lead, deadline, draw)
        elif row["code"] not in NOT_COMPLETED:
            events.append(completion(activity, lead, row, end))
        for event in events:
            late = TOLD_LATE.get(row["code"]) or draw.choice((0, 0, 1, 2, 3, 5, 8, 13, 21))
            told = min(at(event.on + timedelta(days=late), draw.randrange(540)), at(CUT_OFF, draw.randrange(540)))
            yield fact(told, agency(lead), event)


def fact(told: datetime, by: str, *events: Event) -> Fact:
    """Events that depend on nothing on record."""
    return Fact(told, by, lambda tracker: events)


def last_day(code: str, deadline: Deadline, draw: random.Random) -> date:
    """The day on which an activity is done: before its deadline, but for those that were late."""
    if deadline.last is None:
        return date(2023, 12, draw.randrange(4, 16))
    if code in LATE:
        return deadline.last + timedelta(days=LATE[code])
    return min(deadline.last, date(2023, 12, 15)) - timedelta(days=draw.randrange(0, 12))


def progress(activity: str, code: str, start: date, end: date, draw: random.Random) -> Iterator[Any]:
    """The start, and a report about every five weeks until the work is done."""
    start = min(start, end - timedelta(days=3))
    yield ActivityStarted(activity, on=start, note="Triển khai theo kế hoạch")
    day = start + timedelta(days=draw.randrange(15, 30))
    while day < min(end, CUT_OFF) - timedelta(days=2):
        share = (day - start) / (end - start)
        if code == "3.07":
            measure: dict[str, Any] = {"part": round(2500 * share), "whole": 2500, "unit": "hồ sơ"}
        else:
            measure = {"percent": Decimal(round(100 * share))}
        if not halted(code, day):
            yield ProgressReported(activity, on=day, **measure | words(draw))
        day += timedelta(days=draw.randrange(32, 46))


def words(draw: random.Random) -> dict[str, str]:
    """What an agency writes beside its figure."""
    obstacle = draw.choice(("", "", "Chờ hướng dẫn của Trung ương", "Thiếu kinh phí", "Phối hợp giữa các đơn vị chậm"))
    step = "Báo cáo UBND tỉnh xem xét" if obstacle else "Tiếp tục thực hiện"
    return {"note": "Đang thực hiện đúng tiến độ" if not obstacle else "", "obstacles": obstacle, "next_step": step}


def completion(activity: str, lead: str, row: Row, end: date) -> ActivityCompleted:
    """The completion, with evidence but for a few."""
    evidence = () if row["code"] in WITHOUT_EVIDENCE else (document(row["output"], lead, end),)
    return ActivityCompleted(activity, on=end, evidence=evidence)


def occurrences(activity: str, lead: str, deadline: Deadline, draw: random.Random) -> Iterator[Any]:
    """Each occurrence of a recurring activity, done some days before it is due."""
    for number, due in enumerate(deadline.occurrences, 1):
        on = min(due, date(2023, 12, 18)) - timedelta(days=draw.randrange(0, 6))
        report = document(f"Báo cáo kỳ {number}", lead, on)
        yield OccurrenceCompleted(activity, on=on, occurrence=due, evidence=(report,))


def document(title: str, lead: str, day: date) -> Document:
    """A piece of evidence that nobody takes for a real one."""
    return Document(title=f"{title} (minh họa)", issuer=lead, date=day)


def agency(lead: str) -> str:
    """Who records for a lead agency."""
    return {"Sở Nội vụ": "so-noi-vu", "Sở Tư pháp": "so-tu-phap", "Sở Tài chính": "so-tai-chinh"}.get(
        lead, "van-phong-ubnd"
    )


def halted(code: str, day: date) -> bool:
    """Whether no report comes from an activity on a day: suspended, or taken for completed."""
    suspended = code == "4.02" and date(2023, 5, 2) <= day <= date(2023, 8, 1)
    return suspended or (code == "4.06" and date(2023, 6, 26) <= day <= date(2023, 7, 31))


def corrections() -> Iterator[Fact]:
    """What went another way, or turned out to be wrong: the past is not changed, it is added to."""
    guidance = Document(title="Văn bản hướng dẫn (minh họa)", issuer="Bộ Nội vụ", date=date(2023, 7, 28))
    decision = Document(title="Công văn điều chỉnh thời hạn (minh họa)", issuer="UBND tỉnh", date=date(2023, 9, 20))
    again = Document(title="Danh mục đã bổ sung (minh họa)", issuer="Sở Tư pháp", date=date(2023, 3, 10))
    report = Document(title="Báo cáo bổ sung (minh họa)", issuer="Sở Tài chính", date=date(2023, 9, 1))
    later = Deadline.parse("30/11/2023", 2023)
    events: list[Any] = [
        CompletionReturned(f"{PLAN}/2.03", on=date(2023, 3, 1), reason="Thiếu danh mục kèm theo"),
        ActivityCompleted(f"{PLAN}/2.03", on=date(2023, 3, 10), evidence=(again,)),
        ActivitySuspended(f"{PLAN}/4.02", on=date(2023, 5, 2), reason="Chờ hướng dẫn của Bộ Nội vụ"),
        ActivityResumed(f"{PLAN}/4.02", on=date(2023, 8, 1)),
        EvidenceFiled(f"{PLAN}/4.02", on=date(2023, 8, 1), evidence=(guidance,)),
        ActivityReassigned(
            f"{PLAN}/7.06",
            on=date(2023, 7, 3),
            lead="Sở Thông tin và Truyền thông",
            supporting=("Văn phòng UBND tỉnh",),
            note="Chuyển đầu mối quản trị hệ thống",
        ),
        ActivityReopened(f"{PLAN}/6.01", on=date(2023, 8, 15), reason="Còn đơn vị chưa được giao quyền tự chủ"),
        ActivityCompleted(f"{PLAN}/6.01", on=date(2023, 9, 1), evidence=(report,)),
        ActivityRescheduled(f"{PLAN}/5.04", on=date(2023, 9, 20), deadline=later, document=decision),
        ActivityCompleted(f"{PLAN}/4.06", on=date(2023, 6, 26)),
    ]
    for event in events:
        yield fact(at(event.on + timedelta(days=1), 600), MONITOR, event)
    wrong_day = ActivityStarted(f"{PLAN}/1.06", on=date(2023, 1, 4))
    for told, code, kind, reason, anew in (
        (date(2023, 4, 10), "1.06", ActivityStarted, "Sai ngày bắt đầu", (wrong_day,)),
        (date(2023, 7, 12), "4.06", ActivityCompleted, "Nhập nhầm nhiệm vụ", ()),
        (date(2023, 7, 20), "3.02", ProgressReported, "Số liệu của nhiệm vụ khác", ()),
        (date(2023, 9, 5), "6.04", ProgressReported, "Báo cáo trùng", ()),
    ):
        yield Fact(at(told, 600), MONITOR, retraction(f"{PLAN}/{code}", kind, reason, anew))


def retraction(
    stream: str, kind: type[Event], reason: str, anew: Sequence[Event]
) -> Callable[[Tracker], Sequence[Event]]:
    """The first record of a kind taken back, and what is recorded in its place."""

    def events(tracker: Tracker) -> Sequence[Event]:
        wrong = next(record for record in tracker.log.history(stream) if isinstance(record.event, kind))
        return RecordRetracted(stream, version=wrong.version, reason=reason), *anew

    return events


NAMES = (
    "linh-vuc",
    "hoat-dong",
    "da-trien-khai",
    "nghi-quyet",
    "giam-sat",
    "dich-vu-muc-3",
    "dich-vu-muc-4",
    "cong-quoc-gia",
    "dung-han",
    "luot-tiep",
    "nguoi-duoc-tiep",
    "luot-lanh-dao-tiep",
    "nguoi-lanh-dao-tiep",
    "khieu-nai",
    "khieu-nai-tiep-tuc",
    "to-cao",
    "to-cao-tiep-tuc",
    "ton-dong",
    "ton-dong-tiep-tuc",
    "mo-hinh",
)
"""A name for each row of the table of figures, in its order."""


def equals(whole: str, *parts: str) -> Check:
    return Check(left=parts, relation=Relation.EQUAL, right=(whole,))


CHECKS = {
    "nguoi-duoc-tiep": Check(left=("nguoi-duoc-tiep",), relation=Relation.AT_LEAST, right=("luot-tiep",)),
    "khieu-nai": equals("khieu-nai.whole", "khieu-nai.part", "khieu-nai-tiep-tuc"),
    "to-cao": equals("to-cao.whole", "to-cao.part", "to-cao-tiep-tuc"),
    "ton-dong": equals("ton-dong.whole", "ton-dong.part", "ton-dong-tiep-tuc.part"),
    "da-trien-khai": equals("hoat-dong", "da-trien-khai.whole"),
}
PART_OF = {"luot-lanh-dao-tiep": "luot-tiep", "nguoi-lanh-dao-tiep": "nguoi-duoc-tiep"}
GROUPS = {
    "plan": "Kế hoạch",
    "council": "Hội đồng nhân dân tỉnh",
    "services": "Dịch vụ công",
    "reception": "Tiếp công dân",
    "cases": "Khiếu nại, tố cáo",
    "models": "Mô hình",
}
OLD_LEVELS = "mức độ 3 và 4, trước năm 2022; nay là một phần và toàn trình"


def figure_events(figures: Sequence[Row]) -> Iterator[Event]:
    """Each published figure: its definition, and the reading as it was reported."""
    for name, row in zip(NAMES, figures, strict=True):
        yield IndicatorDefined(
            f"{PLAN}#{name}",
            on=CUT_OFF,
            title=row["indicator"],
            unit=row["unit"],
            kind=IndicatorKind(row["kind"]),
            checks=(CHECKS[name],) if name in CHECKS else (),
            part_of=PART_OF.get(name, ""),
            group=GROUPS[row["group"]],
            taxonomy=OLD_LEVELS if name.startswith("dich-vu-muc") else "",
        )
        yield ReadingTaken(
            f"{PLAN}#{name}",
            on=CUT_OFF,
            as_of=CUT_OFF,
            period="2023",
            reported_text=row["reported_text"],
            **numbers(row),
        )


def numbers(row: Row) -> dict[str, Any]:
    """The numbers of a figure, as its kind has them."""
    if row["kind"] == "ratio":
        reported = Decimal("96.4") if "96,4%" in row["reported_text"] else None
        return {"part": int(row["part"]), "whole": int(row["whole"]), "reported_percent": reported}
    if row["kind"] == "count":
        return {"value": Decimal(row["whole"])}
    return {"value": Decimal(98), "bound": Bound.ABOVE} if row["kind"] == "bound" else {}
