"""Days and instants are those of the store's time zone, on every page: a form that is sent again asks the same."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.requests import Request

from reformtrack import Tracker
from reformtrack.events import ActivityStarted
from reformtrack.web import create_app
from reformtrack.web.asked import asked
from reformtrack.web.page import view_of
from tests.support import Clock, adopted, day, scheduled
from tests.web.asking import ask

ZONES = [*sorted(zone for zone in available_timezones() if "/" in zone), "UTC", "UTC+07:00", "UTC-11:30"]
TRICKY = ["America/Nuuk", "America/Havana", "Asia/Beirut", "America/Asuncion", "Pacific/Apia", "Asia/Ho_Chi_Minh"]
"""Where a day has begun or ended by summer time, or was left out."""

REQUEST = Request({"type": "http", "path": "/", "query_string": b"", "headers": []})


def shown(tracker: Tracker, known_at: str) -> str:
    """The day that the form of a page shows when it was asked as known then: what is sent when it is sent again."""
    found = view_of(REQUEST, asked(tracker, {"known_at": known_at}), tracker, 0).known_day
    return "" if found is None else found.isoformat()


@settings(max_examples=6 * settings().max_examples)
@given(st.sampled_from(TRICKY) | st.sampled_from(ZONES), st.dates(date(1990, 1, 1), date(2037, 12, 31)), st.data())
def test_a_form_that_is_sent_again_asks_the_same(zone: str, at: date, data: st.DataObject) -> None:
    """In whatever zone, for a day and for an instant near midnight."""
    tracker = Tracker(clock=Clock(datetime(2038, 1, 1, tzinfo=UTC)), local_time=zone)
    midnight = datetime(at.year, at.month, at.day, tzinfo=tracker.local_time).astimezone(UTC)
    instant = midnight + timedelta(microseconds=data.draw(st.integers(-(10**10), 10**10)))
    for known_at in (at.isoformat(), instant.isoformat()):
        first = shown(tracker, known_at)
        again = shown(tracker, first)
        assert first == again
        assert asked(tracker, {"known_at": first}) == asked(tracker, {"known_at": again})
    assert instant.astimezone(tracker.local_time).date().isoformat() == first, "the local day of the instant"


@given(st.sampled_from(TRICKY) | st.sampled_from(ZONES), st.dates(date(1990, 1, 1), date(2037, 12, 31)))
def test_what_was_known_at_the_end_of_a_day_is_all_that_was_recorded_on_it(zone: str, at: date) -> None:
    """Also where the last hour of it came twice, or its midnight never."""
    tracker = Tracker(clock=Clock(datetime(2038, 1, 1, tzinfo=UTC)), local_time=zone)
    end = tracker.end_of(at)
    assert isinstance(end, datetime)
    instants = [end.astimezone(UTC) + timedelta(microseconds=step) for step in (0, 1, 1_800_000_000, 5_400_000_000)]
    last, *later = [instant.astimezone(tracker.local_time).date() for instant in instants]
    assert last <= at, "no record of a later day is known then"
    assert all(found > at for found in later), "and every record of the day is"


@pytest.mark.parametrize(("zone", "said"), [("Europe/Riga", "11:30"), ("America/Nuuk", "06:30"), (None, "16:30")])
def test_pages_show_instants_in_the_time_zone_of_the_store(zone: str | None, said: str) -> None:
    """The day on which a record was made, too."""
    with Tracker(clock=Clock(datetime(2023, 2, 1, 9, 30, tzinfo=UTC)), local_time=zone) as tracker:
        tracker.record(adopted(), scheduled(), by="x")
        page = ask(create_app(tracker), "/plans/p/activities/1.01")
        assert re.findall(r"<dd>01/02/2023 (\d\d:\d\d)</dd>", page.text) == [said]


def test_a_page_of_yesterday_evening_asks_the_same_when_its_form_is_sent(url: str) -> None:
    """The form as it stands in the page, asked and asked again."""
    clock = Clock(datetime(2023, 7, 1, 22, tzinfo=UTC))
    with Tracker(url, clock=clock, local_time=ZoneInfo("America/Nuuk")) as tracker:
        tracker.record(adopted(), scheduled(), by="x")
        clock.now += timedelta(days=3)
        tracker.record(ActivityStarted("p/1.01", on=day("2-1")), by="x")
        app, known_at = create_app(tracker), "02/07/2023"
        for _ in range(3):
            page = ask(app, f"/plans/p?known_at={known_at}").text
            [known_at] = re.findall(r'name="known_at" size[^>]* value="([^"]*)"', page)
            assert "02/07/2023" == known_at
