"""The calendar: what is done, late or gone says so; labels, links, ids that stay; read by other software."""

from datetime import date
from typing import Any

import icalendar
from hypothesis import given
from hypothesis import strategies as st

from reformtrack.answers import ProgressStatus
from reformtrack.events import ActivityCompleted, ActivityWithdrawn, OccurrenceCompleted
from reformtrack.exchange.calendar import icalendar as feed
from reformtrack.testing import proposals
from reformtrack.testing.history import DAYS
from tests.long_plan import PLAN, TODAY, tracker_of_long_tasks
from tests.support import JUNE, QUARTERS, adopted, day, scheduled, tracker_of

LINK = "https://cchc.example.vn"


def read(content: bytes) -> list[Any]:
    found: Any = icalendar.Calendar.from_ical(content)
    assert [] == found.errors
    events = found.walk("VEVENT")
    assert all([] == event.errors for event in events)
    return list(events)


@given(proposals(), DAYS, DAYS)
def test_the_id_of_a_day_stays(events: list[Any], on: date, other: date) -> None:
    """One event for each due day; the same days on another day have the same ids."""
    with tracker_of(events) as tracker:
        plans = [tracker.plan("p", one) for one in (on, other)]
    ids = [{str(event["UID"]) for event in read(feed(plan))} for plan in plans]
    days = [{(one.id, due) for one in plan.activities for due in one.deadline.days} for plan in plans]
    assert [len(one) for one in days] == [len(one) for one in ids]
    assert len(days[0] & days[1]) == len(ids[0] & ids[1])


@given(proposals(), DAYS, st.booleans())
def test_a_title_says_what_is_done_late_or_gone(events: list[Any], on: date, confirmation: bool) -> None:
    """Nothing stands before the others; who hides what is done can do so by its category."""
    with tracker_of(events, confirmation_required=confirmation) as tracker:
        plan = tracker.plan("p", on)
    by_id = {one.id: one for one in plan.activities}
    for event in read(feed(plan)):
        activity = by_id[str(event["UID"]).partition("@")[0].rpartition("/")[0]]  # type: ignore[index]  # an id is a text
        standing = activity.standing_by(lambda due: due)[event["DTSTART"].dt]
        mark, _, _ = str(event["SUMMARY"]).rpartition("] ")
        state = str(event["CATEGORIES"].cats[-1])
        if activity.status.has_left:
            assert ("CANCELLED", f"[{state}") == (event["STATUS"], mark)
        elif standing.status is ProgressStatus.COMPLETED:
            assert ("[Đã hoàn thành", "Đã hoàn thành", []) == (mark, state, event.walk("VALARM"))
        elif standing.overdue:
            assert ("[Quá hạn", "Quá hạn") == (mark, state)
        elif activity.status in (ProgressStatus.NOT_STARTED, ProgressStatus.IN_PROGRESS) and standing.status.is_open:
            assert standing.status is ProgressStatus.AWAITING_CONFIRMATION or not mark


def test_an_event_has_labels_and_a_link() -> None:
    """The printed number and the title; domain and state; the address of its page."""
    with tracker_of([scheduled("p/1.01", number="42", deadline=JUNE)], title="Kế hoạch") as tracker:
        [event] = read(feed(tracker.plan("p", day("6-1")), link=LINK))
    assert "42 Rà soát văn bản" == str(event["SUMMARY"])
    assert [adopted().domains[0].title, "Chưa thực hiện"] == [str(one) for one in event["CATEGORIES"].cats]
    assert f"{LINK}/plans/p/activities/1.01" == str(event["URL"])


def test_what_is_met_is_marked_and_the_rest_is_not() -> None:
    """Day by day of one activity."""
    events = [
        scheduled("p/1", deadline=QUARTERS),
        scheduled("p/2", deadline=JUNE),
        scheduled("p/3", deadline=JUNE),
    ]
    with tracker_of(events) as tracker:
        tracker.record(
            OccurrenceCompleted("p/1", on=day("3-1"), occurrence=day("3-20")),
            ActivityCompleted("p/2", on=day("4-1")),
            ActivityWithdrawn("p/3", on=day("4-1"), reason="x"),
            by="x",
        )
        titles = [str(event["SUMMARY"]) for event in read(feed(tracker.plan("p", day("5-1"))))]
    assert ["[Đã hoàn thành] 1", "1 Rà soát", "[Đã hoàn thành] 2", "[Đưa ra khỏi kế hoạch] 3"] == [
        title.split(" Rà")[0] if "[" in title else title[:9] for title in titles
    ]


def test_a_feed_of_long_tasks_is_read_whole() -> None:
    """Lines are folded, whatever their length; every dated task is in it under its number."""
    with tracker_of_long_tasks() as tracker:
        plan = tracker.plan(PLAN, TODAY)
    content = feed(plan, link=LINK)
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    titles = [str(event["SUMMARY"]).rpartition("] ")[2] for event in read(content)]
    assert [f"{one.number} {one.title}" for one in plan.activities if one.deadline.is_dated] == titles
