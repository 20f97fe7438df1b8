"""Warnings: what asks for attention on a day, as a list, a calendar and a digest that is not sent twice."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from email.message import EmailMessage
from operator import itemgetter
from typing import Any

import html5lib
import icalendar
import pytest
from hypothesis import given

from reformtrack import Deadline, InvalidField, Tracker, errors
from reformtrack.answers import WarningKind
from reformtrack.events import (
    ActivityCompleted,
    ActivityRescheduled,
    ActivityStarted,
    ActivityWithdrawn,
    AgencyRegistered,
    AgencyRenamed,
    AgencySplit,
    IndicatorDefined,
    OccurrenceCompleted,
    ReadingTaken,
)
from reformtrack.exchange.calendar import icalendar as feed
from reformtrack.exchange.digest import digests, receiver, sent
from reformtrack.testing import proposals
from reformtrack.testing.history import DAYS
from reformtrack.values import DeadlineKind, IndicatorKind
from tests.support import ADOPTED, JUNE, QUARTERS, REGULAR, Clock, adopted, day, scheduled, tracker_of

K = WarningKind
NOW = datetime(2024, 1, 5, 3, tzinfo=UTC)


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def tracker(clock: Clock) -> Tracker:
    """One due on 30 June, one regular, one recurring, one completed without evidence, and a figure that does not fit."""
    tracker = Tracker(clock=clock)
    tracker.record(
        adopted(host_fields={"nguồn": "minh họa"}),
        scheduled("p/1", deadline=JUNE, title="Rà soát; “x”, y"),
        scheduled("p/2", deadline=REGULAR, lead="Sở Nội vụ"),
        scheduled("p/3", deadline=QUARTERS, lead="Sở Nội vụ"),
        scheduled("p/4", deadline=JUNE),
        ActivityCompleted("p/4", on=day("2-1")),
        IndicatorDefined("p#a", on=ADOPTED, title="Vụ", unit="vụ", kind=IndicatorKind.RATIO),
        ReadingTaken("p#a", on=day("2-1"), as_of=day("2-1"), part=1, whole=7, reported_percent=Decimal("14.28")),
        by="a",
    )
    return tracker


def found(tracker: Tracker, on: date) -> list[tuple[WarningKind, str, int, int]]:
    return [
        (warning.kind, warning.subject, warning.days, warning.stage)
        for warning in tracker.warnings("p", on)
        if warning.kind in (K.DUE, K.OVERDUE)
    ]


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (day("6-22"), [(K.OVERDUE, "p/3", 94, 0), (K.OVERDUE, "p/3", 2, 0)]),
        (day("6-23"), [(K.OVERDUE, "p/3", 95, 0), (K.OVERDUE, "p/3", 3, 0), (K.DUE, "p/1", 7, 7)]),
        (day("6-26"), [(K.OVERDUE, "p/3", 98, 0), (K.OVERDUE, "p/3", 6, 0), (K.DUE, "p/1", 4, 7)]),
        (day("6-27"), [(K.OVERDUE, "p/3", 99, 0), (K.OVERDUE, "p/3", 7, 0), (K.DUE, "p/1", 3, 3)]),
        (day("6-29"), [(K.OVERDUE, "p/3", 101, 0), (K.OVERDUE, "p/3", 9, 0), (K.DUE, "p/1", 1, 1)]),
        (day("6-30"), [(K.OVERDUE, "p/3", 102, 0), (K.OVERDUE, "p/3", 10, 0), (K.DUE, "p/1", 0, 1)]),
        (day("7-1"), [(K.OVERDUE, "p/3", 103, 0), (K.OVERDUE, "p/3", 11, 0), (K.OVERDUE, "p/1", 1, 0)]),
        (day("6-19"), [(K.OVERDUE, "p/3", 91, 0), (K.DUE, "p/3", 1, 1)]),
    ],
)
def test_what_is_due_is_warned_of_at_seven_three_and_one_days(tracker: Tracker, on: date, expected: object) -> None:
    """The due day itself is in time. Each occurrence of a recurring activity is warned of by itself."""
    assert expected == found(tracker, on)


def test_evidence_silence_and_figures_are_warned_of(tracker: Tracker) -> None:
    """An activity that is overdue is not called silent too; a completed one is not."""
    others = [w for w in tracker.warnings("p", day("3-1")) if w.kind not in (K.DUE, K.OVERDUE)]
    assert [
        (K.WITHOUT_EVIDENCE, "p/4"),
        (K.SILENT, "p/1"),
        (K.SILENT, "p/2"),
        (K.SILENT, "p/3"),
        (K.DIFFERS, "p#a"),
    ] == [(warning.kind, warning.subject) for warning in others]
    assert "chưa cập nhật tiến độ (58 ngày): Rà soát văn bản" == others[2].words()
    tracker.record(ActivityStarted("p/2", on=day("2-20")), by="a")
    assert "p/2" not in {warning.subject for warning in tracker.warnings("p", day("3-1"))}
    assert not [w for w in tracker.warnings("p", day("3-1"), silent_days=400) if w.kind is K.SILENT]
    assert "14.28" in others[-1].words("en")


@given(proposals(), DAYS)
def test_warnings_say_what_the_plan_says(events: list[Any], on: date) -> None:
    """Overdue exactly the overdue, due exactly what is due within seven days, and each has its lead."""
    with tracker_of(events) as tracker:
        plan, warnings = tracker.plan("p", on), tracker.warnings("p", on)
    by_kind = {kind: {w.subject for w in warnings if w.kind is kind} for kind in K}
    assert {a.id for a in plan.overdue()} == by_kind[K.OVERDUE]
    late = [(w.days, w.subject, w.due) for w in warnings if w.kind is K.OVERDUE]
    due = [(w.days, w.subject, w.due) for w in warnings if w.kind is K.DUE]
    assert {(d.days_late(on), a.id, d.day) for a in plan.overdue() for d in a.missed} == set(late)
    assert {((day - on).days, a.id, day) for a in plan.due_within(7) for day in a.due_within(7)} == set(due)
    assert [days for days, *_ in late] == sorted((days for days, *_ in late), reverse=True)
    assert [days for days, *_ in due] == sorted(days for days, *_ in due)
    assert {a.id for a in plan.without_evidence()} == by_kind[K.WITHOUT_EVIDENCE]
    leads: dict[str, str] = {a.id: a.lead for a in plan.activities}
    assert all(leads[w.subject] == w.lead for w in warnings)
    assert all(w.days > 30 and w.subject not in by_kind[K.OVERDUE] for w in warnings if w.kind is K.SILENT)
    assert len({w.key for w in warnings}) == len(warnings)


def test_the_calendar_is_read_by_other_software(tracker: Tracker) -> None:
    """Each due day once, with an id that stays; alarms for what is open, none for what is met or has left."""
    tracker.record(
        OccurrenceCompleted("p/3", on=day("3-1"), occurrence=day("3-20")),
        ActivityWithdrawn("p/1", on=day("4-1"), reason="x"),
        by="a",
    )
    content = feed(tracker.plan("p", day("5-1")))
    calendar: Any = icalendar.Calendar.from_ical(content)
    assert [] == calendar.errors
    events = {str(event["UID"]): event for event in calendar.walk("VEVENT")}
    assert {
        "p/1/20230630@reformtrack",
        "p/3/20230320@reformtrack",
        "p/3/20230620@reformtrack",
        "p/4/20230630@reformtrack",
    } == events.keys()
    june = events["p/3/20230620@reformtrack"]
    assert (day("6-20"), day("6-21")) == (june["DTSTART"].dt, june["DTEND"].dt)
    assert [timedelta(days=-7), timedelta(days=-3), timedelta(days=-1)] == [
        a["TRIGGER"].dt for a in june.walk("VALARM")
    ]
    assert [] == list(events["p/3/20230320@reformtrack"].walk("VALARM"))
    withdrawn = events["p/1/20230630@reformtrack"]
    assert ("CANCELLED", "[Đưa ra khỏi kế hoạch] 1 Rà soát; “x”, y", []) == (
        withdrawn["STATUS"],
        withdrawn["SUMMARY"],
        list(withdrawn.walk("VALARM")),
    )
    assert "Minh họa" in str(june["DESCRIPTION"])
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert content == feed(tracker.plan("p", day("5-1")))
    assert 2 == feed(tracker.plan("p", day("5-1")), lead="Sở Nội vụ").count(b"BEGIN:VEVENT")


def test_a_digest_goes_to_each_agency_and_not_twice(tracker: Tracker) -> None:
    """Only what is new since, until a week has passed; a new stage is new."""
    first = digests(tracker, "p", day("6-23"))
    assert ["Sở Nội vụ", "Sở Tư pháp"] == [digest.to for digest in first]
    for digest in first:
        tracker.record(digest.sent(day("6-23"), "a@example.org"), by="host")
    assert () == digests(tracker, "p", day("6-24"))
    [again] = digests(tracker, "p", day("6-27"))
    assert ("Sở Tư pháp", [K.DUE]) == (again.to, [warning.kind for warning in again.warnings])
    assert ["Sở Nội vụ", "Sở Tư pháp"] == [digest.to for digest in digests(tracker, "p", day("6-30"))]
    [found] = sent(tracker, "p")[first[0].id].sent
    assert ("Sở Nội vụ", "a@example.org", day("6-23")) == (found.to, found.address, found.on)


def test_a_digest_goes_to_who_answers_for_the_work(tracker: Tracker) -> None:
    """To the heir, and never to a namesake of whom the plan meant."""
    born = date(2020, 1, 1)
    tracker.record(
        AgencyRegistered("@noi-vu", on=born, name="Sở Nội vụ"),
        AgencyRegistered("@tu-phap", on=born, name="Sở Tư pháp"),
        AgencyRenamed("@noi-vu", on=day("6-1"), name="Sở Mới"),
        AgencyRegistered("@khac", on=day("6-1"), name="Sở Nội vụ"),
        by="a",
    )
    assert ["Sở Mới", "Sở Tư pháp"] == [digest.to for digest in digests(tracker, "p", day("6-23"))]


def test_what_a_split_leaves_undecided_goes_to_each_heir(tracker: Tracker) -> None:
    """Each has it in the digest of what is theirs, marked; a name that may mean several is nobody's but its own."""
    born, split = date(2020, 1, 1), day("6-1")
    tracker.record(
        AgencyRegistered("@noi-vu", on=born, name="Sở Nội vụ"),
        AgencyRegistered("@mot", on=split, name="Sở Một"),
        AgencyRegistered("@hai", on=split, name="Sở Hai"),
        AgencySplit("@noi-vu", on=split, into=("@mot", "@hai")),
        scheduled("p/5", on=split, lead="Sở Một"),
        *(AgencyRegistered(f"@tu-phap-{n}", on=born, name="Sở Tư pháp") for n in (1, 2)),
        by="a",
    )
    two, one, printed = digests(tracker, "p", day("6-23"))
    assert ["Sở Hai", "Sở Một", "Sở Tư pháp"] == [two.to, one.to, printed.to]
    assert ["p!so-hai", "p!so-mot", "p!so-tu-phap"] == [two.id, one.id, printed.id]
    assert (
        {"p/2", "p/3"} == {warning.subject for warning in two.warnings} == {w.subject for w in one.warnings} - {"p/5"}
    )
    mark = "(chưa quyết định cơ quan chủ trì: Sở Hai, Sở Một)"
    assert len(two.entries) == two.text.count(mark) == two.html.count(mark) == one.text.count(mark)
    assert not any(mark in line for line in one.text.splitlines() if "[5]" in line)
    assert "chưa quyết định" not in printed.text
    for digest in (two, one):
        tracker.record(digest.sent(day("6-23")), by="host")
    assert [printed.to] == [digest.to for digest in digests(tracker, "p", day("6-24"))]


def test_a_digest_of_a_day_to_come_says_that_it_is_a_forecast(tracker: Tracker) -> None:
    """In text and in HTML; that of today does not."""
    to_come, today = tracker.today() + timedelta(days=1), tracker.today()
    words = f"Dự báo đến {to_come:%d/%m/%Y}, nếu từ nay đến đó không ghi thêm gì"
    assert all(words in digest.text and words in digest.html for digest in digests(tracker, "p", to_come))
    assert not any("Dự báo" in digest.text for digest in digests(tracker, "p", today))
    assert tracker.plan("p", today).as_of(to_come).is_forecast
    assert "a forecast" in repr(tracker.plan("p", to_come))


def test_a_plan_is_silent_though_it_is_reminded(tracker: Tracker, clock: Clock) -> None:
    """What we send is no news of it."""
    clock.now += timedelta(days=1)
    silent = tracker.rollup(silent_days=0).silent
    assert ["p"] == [one.plan for one in silent]
    [digest, _] = digests(tracker, "p", day("6-23"))
    tracker.record(digest.sent(day("6-23")), by="host")
    for _ in range(2):
        assert (silent, tracker.log.position()) == ((rollup := tracker.rollup(silent_days=0)).silent, rollup.position)
        tracker.views.rebuild()


def test_a_digest_says_what_it_is_about_in_text_and_in_html(tracker: Tracker) -> None:
    """Texts of the plan are texts."""
    tracker.record(scheduled("p/5", title="<script>x</script> & y", deadline=Deadline.parse("15/6/2023", 2023)), by="a")
    _, digest = digests(tracker, "p", day("6-16"))
    assert (
        "[5] <script>x</script> & y\n   Thời hạn: 15/6/2023\n   - Quá hạn 1 ngày (thời hạn 15/06/2023)\n" in digest.text
    )
    assert "Minh họa" in digest.text
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(digest.html)
    assert "<script>x</script> & y" in "".join(tree.itertext())
    assert [] == list(tree.iter("script"))
    assert digest.subject.startswith(f"{len(digest.entries)} nhiệm vụ cần xử lý – ")


def test_what_waits_for_its_confirmation_is_warned_of_with_its_deadline(clock: Clock) -> None:
    """And by as many days as it was late when it was reported, however long it waits; no calendar rings for it."""
    with Tracker(clock=clock) as tracker:
        tracker.record(adopted(confirmation_required=True), scheduled(), scheduled("p/2", deadline=QUARTERS), by="a")
        tracker.record(
            ActivityCompleted("p/1.01", on=day("7-31")),
            *(OccurrenceCompleted("p/2", on=on, occurrence=on) for on in QUARTERS.days),
            by="a",
        )
        [late] = [w for w in tracker.warnings("p", day("9-1")) if w.kind is K.OVERDUE]
        assert "quá hạn 31 ngày (thời hạn 30/06/2023): Rà soát văn bản" == late.words()
        [digest] = digests(tracker, "p", day("9-1"))
        assert (
            "[1.01] Rà soát văn bản\n   Thời hạn: 30/6/2023\n   - Quá hạn 31 ngày (thời hạn 30/06/2023)" in digest.text
        )
        assert "chờ xác nhận, chưa phải báo cáo thêm" in digest.text
        assert b"VALARM" not in feed(tracker.plan("p", day("9-1")))


def test_what_waits_without_evidence_is_not_said_to_be_completed(clock: Clock) -> None:
    """It is reported complete, whether or not that is confirmed."""
    with Tracker(clock=clock) as tracker:
        tracker.record(adopted(confirmation_required=True), scheduled(), by="a")
        tracker.record(ActivityCompleted("p/1.01", on=day("6-1")), by="a")
        [found] = [w for w in tracker.warnings("p", day("6-2")) if w.kind is K.WITHOUT_EVIDENCE]
    assert "báo cáo hoàn thành nhưng chưa có tài liệu kiểm chứng: Rà soát văn bản" == found.words()
    assert "reported complete without evidence: Rà soát văn bản" == found.words("en")


def test_an_occurrence_that_was_met_rings_for_no_other_deadline(tracker: Tracker) -> None:
    """Once the activity is due on one day, that day is open, though an occurrence of before was met on it."""
    tracker.record(
        OccurrenceCompleted("p/3", on=day("3-1"), occurrence=day("3-20")),
        ActivityRescheduled("p/3", on=day("3-2"), deadline=Deadline.parse("20/3/2023", 2023)),
        by="a",
    )
    calendar: Any = icalendar.Calendar.from_ical(feed(tracker.plan("p", day("3-3")), lead="Sở Nội vụ"))
    [event] = calendar.walk("VEVENT")
    assert 3 == len(event.walk("VALARM"))


def test_the_subject_of_a_digest_is_one_line_whatever_the_plan_is_called() -> None:
    """Who sends it makes a header of it: a title of several lines adds no other header, and is not refused."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(title="Kế hoạch\nBcc: x@example.org"), scheduled(), by="a")
        [digest] = digests(tracker, "p")
    message = EmailMessage()
    message["Subject"] = digest.subject
    assert "Kế hoạch Bcc: x@example.org" in digest.subject


def test_what_is_sent_belongs_to_a_plan(tracker: Tracker) -> None:
    """That is adopted; the receiver has a name that an id can hold."""
    digest = digests(tracker, "p", day("6-23"))[0]
    with pytest.raises(errors.PlanNotAdopted):
        tracker.record(digest.sent(date(2022, 1, 1)), by="a")
    assert "p!khong-ten" == receiver("p", "…")
    assert 200 >= len(receiver("p" * 150, "Sở " * 90))
    with pytest.raises(InvalidField):
        receiver("P", "x")


def test_what_is_due_is_warned_of_in_the_order_of_its_list() -> None:
    """On one day stands first what is due soonest of all, as the terminal and the page list it; then the code decides."""
    tracker, days = Tracker(clock=Clock(NOW)), ("6-2", "6-6")
    twice = Deadline("2/6, 6/6", DeadlineKind.DAYS, tuple(map(day, days)))
    once = Deadline("6/6", DeadlineKind.DAY, (day("6-6"),))
    tracker.record(adopted(), scheduled("p/1", deadline=once), scheduled("p/2", deadline=twice), by="a")
    plan = tracker.plan("p", day("6-1"))
    listed = [(one.id, due) for one in plan.due_within() for due in one.due_within()]
    warned = [(one.subject, one.due) for one in tracker.warnings("p", plan.on) if one.kind is K.DUE]
    assert sorted(listed, key=itemgetter(1)) == warned


@pytest.mark.parametrize(("confirmation", "said"), [(False, "đã hoàn thành"), (True, "chờ xác nhận")])
def test_the_calendar_says_that_an_occurrence_is_done(confirmation: bool, said: str) -> None:
    """The others of the same activity are open."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(confirmation_required=confirmation), scheduled("p/1", deadline=QUARTERS), by="a")
        tracker.record(OccurrenceCompleted("p/1", on=day("3-19"), occurrence=day("3-20")), by="a")
        events = icalendar.Calendar.from_ical(feed(tracker.plan("p", day("4-1")))).walk("VEVENT")
    assert [f"Tình trạng: {one.capitalize()}" for one in (said, "đang thực hiện")] == [
        str(event["DESCRIPTION"]).split("\n")[2] for event in events
    ]
    marks = [f"[{said.capitalize()}] 1 Rà soát văn bản", "1 Rà soát văn bản"]
    assert marks == [str(event["SUMMARY"]) for event in events]
