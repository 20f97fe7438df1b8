"""
The log of a country, made up and seeded: a year of all its plans, in the order in which it was recorded.

34 provinces, their departments and 3,300 communes; 55 activities a plan. A fact is recorded up to 30 days after it. A tenth
of the deadlines and a twentieth of the leads change; of the completions a twentieth are sent back; 3 % of these and of the
evidence are retracted. A fifth of the plans ask for confirmation; some deadlines recur, some activities have joint leads, a
printed number and a heading.

It is written as it would be stored, without the rules of recording, which the benchmark of the core measures; all is legal.
"""

import random
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import attrs

from reformtrack import Deadline, Document, Domain, Event, Record, Tracker
from reformtrack.events import (
    ActivityCompleted,
    ActivityReassigned,
    ActivityRescheduled,
    ActivityScheduled,
    ActivityStarted,
    CompletionConfirmed,
    CompletionReturned,
    EvidenceFiled,
    OccurrenceCompleted,
    PlanAdopted,
    ProgressReported,
    RecordRetracted,
)
from reformtrack.store.log import Request
from reformtrack.store.registry import Registry, Row

PROVINCES, COMMUNES = 34, 3_300
ACTIVITIES = 55
REPORTS = 6
ADOPTED = date(2023, 1, 2)
LAST = date(2023, 12, 15)
NOW = datetime(2023, 12, 21, 3, tzinfo=UTC)
QUARTERS = "Hằng quý"
DEADLINES = ("Quý I", "Quý II", "Quý III", "Quý IV", "Trong năm", "30/11/2023", "Thường xuyên", QUARTERS)
LEADS: Sequence[str | tuple[str, ...]] = (
    "Sở Nội vụ",
    "Sở Tư pháp",
    "Sở Tài chính",
    "Văn phòng UBND",
    "Sở Thông tin và Truyền thông",
    ("Sở Nội vụ", "Sở Tư pháp"),
)
DOMAINS = tuple(Domain(str(n), f"Lĩnh vực {n}") for n in range(1, 8))
MOST_DAYS_LATE = 30
BATCH = 20_000
"""How many records are written in a transaction."""

_START = datetime(2023, 1, 1, tzinfo=UTC)
_LATEST = (NOW - _START) // timedelta(minutes=1) - 60
_PLACES = re.compile(rb'(@WHERE@|2001-01-01|2002-02-02|@REQUEST@|@NUMBER@|987654321|2023-12-20T00:00:00Z|"t/1"|"t")')


def jurisdiction(number: int) -> str:
    """Of the plans, a third are of provinces and their departments, the rest of communes."""
    return f"Tỉnh {number % PROVINCES + 1}" if number % 3 == 0 else f"Xã {number % COMMUNES + 1}"


def parents() -> dict[str, str]:
    """Each commune is in a province, each province in the country."""
    tree = {f"Xã {n + 1}": f"Tỉnh {n % PROVINCES + 1}" for n in range(COMMUNES)}
    return tree | {f"Tỉnh {n + 1}": "Việt Nam" for n in range(PROVINCES)}


@attrs.define
class Made:
    """An event to be recorded: of which kind, about what, and when."""

    instant: int
    """Minutes since the year began."""
    kind: str
    on: date
    variant: int = 0
    occurrence: date = date.min
    about: "Made | None" = None
    """The record that it confirms or retracts."""
    stream: str = ""
    version: int = 0


class Setting(NamedTuple):
    """What holds for all activities of a plan."""

    adopted: int
    """The minute in which its adoption was recorded."""
    confirms: bool
    prints: bool
    """Whether it prints numbers and headings."""


def plan_of(number: int) -> tuple[list[Made], list[list[Made]]]:
    """The adoption of a plan with what it schedules, in one request; and the records of each activity after it, in order."""
    draw = random.Random(number)
    plan = f"k-{number:05}"
    setting = Setting(_minute(draw, ADOPTED, 0), draw.random() < 0.2, draw.random() < 0.2)
    adoption = [Made(setting.adopted, "PlanAdopted", ADOPTED, setting.confirms, stream=plan, version=1)]
    rest = []
    for activity in range(ACTIVITIES):
        stream = f"{plan}/{activity % 7 + 1}.{activity // 7 + 1:02}"
        deadline, lead = draw.randrange(len(DEADLINES)), draw.randrange(len(LEADS))
        variant = (deadline * len(LEADS) + lead) * 2 + setting.prints
        adoption.append(Made(setting.adopted, "ActivityScheduled", ADOPTED, variant, stream=stream, version=1))
        made = sorted(_worked(draw, setting, DEADLINES[deadline]), key=lambda one: one.instant)
        for version, one in enumerate(made, 2):
            one.stream, one.version = stream, version
        rest.append(made)
    return adoption, rest


def _minute(draw: random.Random, on: date, after: int) -> int:
    """When a fact is recorded: in a working hour up to 30 days after its day, and not before `after`."""
    days = (on - _START.date()).days + draw.randrange(MOST_DAYS_LATE + 1)
    return max(after, min(days * 1_440 + draw.randrange(60, 600), _LATEST))


def _worked(draw: random.Random, setting: Setting, deadline: str) -> Iterator[Made]:
    on = ADOPTED + timedelta(days=draw.randrange(5, 40))
    begun = _minute(draw, on, setting.adopted)
    yield Made(begun, "ActivityStarted", on)
    days = []
    for _ in range(REPORTS):
        on = min(on + timedelta(days=draw.randrange(15, 45)), LAST)
        days.append(on)
        yield Made(_minute(draw, on, begun), "ProgressReported", on)
    if draw.random() < 0.05:
        yield Made(_minute(draw, days[1], begun), "ActivityReassigned", days[1], draw.randrange(len(LEADS)))
    on += timedelta(days=1)  # a report of the same day would come after the completion, if it were recorded after it
    if draw.random() < 0.93:
        evidence = Made(_minute(draw, on, begun), "EvidenceFiled", on)
        yield evidence
        if draw.random() < 0.03:
            yield Made(min(evidence.instant + 3_000, _LATEST), "RecordRetracted", on, about=evidence)
        yield from _quarters(draw, begun) if deadline == QUARTERS else _completed(draw, setting, on, begun)
    if deadline != QUARTERS and draw.random() < 0.1:
        moved = days[2]
        yield Made(_minute(draw, moved, begun), "ActivityRescheduled", moved, draw.randrange(len(DEADLINES) - 1))


def _completed(draw: random.Random, setting: Setting, on: date, begun: int) -> Iterator[Made]:
    done = Made(_minute(draw, on, begun), "ActivityCompleted", on)
    yield done
    if draw.random() < 0.05:
        back = Made(min(done.instant + draw.randrange(1_440, 14_400), _LATEST), "CompletionReturned", on)
        done = Made(min(back.instant + draw.randrange(1_440, 14_400), _LATEST), "ActivityCompleted", on)
        yield back
        yield done
    elif draw.random() < 0.03:
        wrong, at = done, min(done.instant + draw.randrange(60, 30_000), _LATEST)
        done = Made(at, "ActivityCompleted", on + timedelta(days=1))
        yield Made(at, "RecordRetracted", on, about=wrong)
        yield done
    if setting.confirms and draw.random() < 0.8:
        yield Made(min(done.instant + draw.randrange(60, 14_400), _LATEST), "CompletionConfirmed", done.on, about=done)


def _quarters(draw: random.Random, begun: int) -> Iterator[Made]:
    for due in Deadline.parse(QUARTERS, 2023).days:
        on = min(due + timedelta(days=draw.randrange(-10, 20)), LAST)
        yield Made(_minute(draw, on, begun), "OccurrenceCompleted", on, occurrence=due)


class Templates:
    """Stored events with places for what differs: encoding a country's worth of them one by one would take minutes."""

    def __init__(self) -> None:
        registry = Registry()
        self.cut: dict[tuple[str, int], tuple[str, list[bytes]]] = {}
        for variant, event in _samples():
            by = "giam-sat" if isinstance(event, CompletionConfirmed | CompletionReturned) else "he-thong"
            record = Record(0, event.subject, 1, event, datetime(2023, 12, 20, tzinfo=UTC), by, "@REQUEST@")
            name, state = registry.encode(record)
            # The code of a domain takes no sign, so it gets its place here.
            state = state.replace(b'"domain":"WHERE"', b'"domain":"@WHERE@"')
            self.cut[type(event).__name__, variant] = (name, _PLACES.split(state))

    def row(self, position: int, made: Made, recorded_at: str, request_id: str) -> Row:
        """The row of the log of an event."""
        name, parts = self.cut[made.kind, made.variant]
        plan, _, code = made.stream.partition("/")
        where = code.partition(".")[0] if code else jurisdiction(int(plan.removeprefix("k-")))
        stream = f'"{made.stream}"'.encode()
        values = {
            b"@WHERE@": where.encode(),
            b"2001-01-01": made.on.isoformat().encode(),
            b"2002-02-02": made.occurrence.isoformat().encode(),
            b"@REQUEST@": request_id.encode(),
            b"@NUMBER@": code.partition(".")[2].encode(),
            b"987654321": str(made.about.version if made.about else 0).encode(),
            b"2023-12-20T00:00:00Z": f"{recorded_at}Z".encode(),
            b'"t/1"': stream,
            b'"t"': stream,
        }
        return (position, made.stream, made.version, name, b"".join(values.get(part, part) for part in parts))


def _samples() -> Iterator[tuple[int, Event]]:
    """Each variant of each kind of event."""
    proof = Document(title="Báo cáo kết quả thực hiện", issuer="Sở Nội vụ", date=date(2023, 6, 1))
    order = Document(title="Quyết định điều chỉnh Kế hoạch", issuer="UBND tỉnh", date=date(2023, 1, 2))
    day, activity = date(2001, 1, 1), "t/1"
    title = "Kiểm tra công tác cải cách hành chính tại các cơ quan, đơn vị"
    for confirms in (False, True):
        adopted = PlanAdopted(
            "t", on=day, title="Kế hoạch cải cách", year=2023, jurisdiction="@WHERE@", domains=DOMAINS
        )
        yield confirms, attrs.evolve(adopted, confirmation_required=confirms)
    for number, text in enumerate(DEADLINES):
        due = Deadline.parse(text, 2023)
        yield number, ActivityRescheduled(activity, on=day, deadline=due, document=order)
        for place, lead in enumerate(LEADS):
            plain = ActivityScheduled(activity, on=day, domain="WHERE", title=title, lead=lead, deadline=due)
            variant = (number * len(LEADS) + place) * 2
            yield variant, plain
            yield variant + 1, attrs.evolve(plain, number="@NUMBER@", group=("Kiểm tra",))
    for place, lead in enumerate(LEADS):
        yield place, ActivityReassigned(activity, on=day, lead=lead, document=order)
    yield 0, ActivityStarted(activity, on=day, note="Triển khai theo kế hoạch")
    yield 0, ProgressReported(activity, on=day, note="Đang thực hiện", next_step="Tiếp tục thực hiện")
    yield 0, EvidenceFiled(activity, on=day, evidence=(proof,))
    yield 0, ActivityCompleted(activity, on=day, evidence=(proof,))
    yield 0, OccurrenceCompleted(activity, on=day, occurrence=date(2002, 2, 2), evidence=(proof,))
    yield 0, CompletionReturned(activity, on=day, reason="Chưa đủ hồ sơ")
    yield 0, CompletionConfirmed(activity, on=day, completion=987654321)
    yield 0, RecordRetracted(activity, version=987654321, reason="Nhập nhầm")


def requests_of(plans: int) -> list[list[Made]]:
    """The requests of all plans in the order of their recording; what a request records is recorded together."""
    requests = []
    for number in range(plans):
        adoption, rest = plan_of(number)
        requests.append(adoption)
        requests += ([made] for activity in rest for made in activity)
    # A stable order: of one minute, each activity's records stay in theirs.
    return sorted(requests, key=lambda request: request[0].instant)


def fill(tracker: Tracker, plans: int) -> int:
    """Write the plans; how many events."""
    recorder, templates, position = tracker._store.recorder, Templates(), tracker.log.position()
    rows: list[Row] = []
    written: list[Request] = []

    def write() -> None:
        with recorder.exclusive():
            recorder.restore(rows, written)
        rows.clear()
        written.clear()

    for request in requests_of(plans):
        at = (_START + timedelta(minutes=request[0].instant)).isoformat().removesuffix("+00:00")
        request_id = f"{request[0].stream}#{request[0].version}"
        written.append(Request(position + 1, position + len(request), request_id, f"{at}.000000+00:00"))
        for made in request:
            position += 1
            rows.append(templates.row(position, made, at, request_id))
        if len(rows) >= BATCH:
            write()
    write()
    return position
