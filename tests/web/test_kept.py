"""What the web application keeps of the page of a plan: records of other plans do not empty it, and nothing in it is stale."""

from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from starlette.responses import Response

from reformtrack import Plan, Tracker
from reformtrack.events import ActivityCompleted
from reformtrack.web import create_app
from reformtrack.web.kept import Kept, KeptPlans
from reformtrack.web.page import page
from tests.support import Clock, adopted, day, scheduled
from tests.web.asking import ask

PATHS = ["/plans/p", "/plans/p?lang=en", "/plans/p?on=2023-05-31", "/plans/p/activities/1.01"]


@pytest.fixture
def tracker() -> Iterator[Tracker]:
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), adopted("q"), scheduled("q/1.01"), by="x")
        yield tracker


def without_news(text: str) -> str:
    """A page without the position after which it asks for news."""
    before, _, rest = text.partition("after=")
    return before + rest.lstrip("0123456789")


@pytest.mark.parametrize("path", PATHS)
def test_a_record_of_another_plan_changes_the_page_of_a_plan_in_its_news_alone(tracker: Tracker, path: str) -> None:
    """And what is kept is what would be made: the same bytes as of an application that has kept nothing."""
    app = create_app(tracker)
    first = ask(app, path)
    tracker.record(ActivityCompleted("q/1.01", on=day("6-1")), by="x")
    second = ask(app, path)
    assert first.headers["etag"] != second.headers["etag"]
    assert second.text == ask(create_app(tracker), path).text
    assert without_news(first.text) == without_news(second.text) != first.text
    assert f'after={tracker.log.position()}"' in second.text.replace("&amp;", "&")


def test_a_tag_is_of_its_address(tracker: Tracker) -> None:
    """Else who asks for another page with it would be told that nothing changed, or that a page is there that is not."""
    app = create_app(tracker)
    tag = ask(app, "/plans/p").headers["etag"]
    for path, status in (("/plans/p", 304), ("/plans/p?on=2023-06-30", 200), ("/plans/q", 200), ("/plans/none", 404)):
        assert status == ask(app, path, {"if-none-match": tag}).status_code, path


def test_what_is_no_page_is_kept_as_it_is(tracker: Tracker) -> None:
    """A title that reads as a page's line with news does too."""
    title = f'after={tracker.log.position() + 1}" hx-trigger='
    tracker.record(scheduled("p/9.09", title=title), by="x")
    app = create_app(tracker)
    before = ask(app, "/plans/p/calendar.ics").text
    tracker.record(ActivityCompleted("q/1.01", on=day("6-1")), by="x")
    assert title in before.replace("\r\n ", "")
    assert before == ask(app, "/plans/p/calendar.ics").text


@pytest.mark.parametrize("path", PATHS)
def test_a_record_of_the_plan_itself_is_on_its_page(tracker: Tracker, path: str) -> None:
    """At once, as of an application that has kept nothing."""
    app = create_app(tracker)
    before = ask(app, path).text
    tracker.record(ActivityCompleted("p/1.01", on=day("5-1")), by="x")
    after = ask(app, path).text
    assert after == ask(create_app(tracker), path).text
    assert without_news(before) != without_news(after)


def test_the_page_of_a_plan_is_made_again_only_when_its_plan_has_a_new_record(tracker: Tracker) -> None:
    """Or when its instant is asked for, which other records of the store may give another meaning."""
    made = 0

    def counted(*args: object, **kwargs: object) -> object:
        nonlocal made
        made += 1
        return page(*args, **kwargs)  # type: ignore[arg-type]

    with patch("reformtrack.web.plans.page", counted):
        app = create_app(tracker)
        for made_by_now, event in ((1, "q/1.01"), (1, "p/1.01"), (2, None)):
            ask(app, "/plans/p")
            assert made_by_now == made
            if event:
                tracker.record(ActivityCompleted(event, on=day("6-1")), by="x")
        for number in (3, 4):
            ask(app, "/plans/p?known_at=2")
            tracker.record(adopted(f"r-{number}"), by="x")
            assert number == made


def test_the_head_of_a_plan_is_that_of_its_own_records(tracker: Tracker) -> None:
    """Of the plan, its activities, and what else it has; nothing is on record of another."""
    p, nobody = tracker.log.head("p"), tracker.log.head("nobody")
    tracker.record(ActivityCompleted("q/1.01", on=day("6-1")), by="x")
    assert (p, nobody) == (tracker.log.head("p"), tracker.log.head("nobody"))
    assert (2, 0) == (p.position, nobody.position)
    [record] = tracker.record(ActivityCompleted("p/1.01", on=day("6-1")), by="x")
    assert record.position == tracker.log.head("p").position
    assert p.tag != tracker.log.head("p").tag


def test_the_plan_of_a_page_is_folded_once_for_all_of_its_pages(tracker: Tracker) -> None:
    """On each day asked for; until something of it is recorded. The same is shown as without what is kept."""
    app, folded = create_app(tracker), Tracker.plan
    asked: list[object] = []

    def counted(self: Tracker, *given: Any) -> Plan:
        asked.append(given)
        return folded(self, *given)

    pages = ["/plans/p", "/plans/p/activities", "/plans/p/activities/1.01", "/api/v1/plans/p", "/plans/p?on=2023-05-31"]
    with patch.object(Tracker, "plan", counted):
        for number in (2, 3):
            made = [ask(app, path).text for path in pages]
            assert number == len({str(one) for one in asked}) + number - 2
            assert 2 * (number - 1) == len(asked)
            tracker.record(ActivityCompleted("q/1.01", on=day("6-1")), by="x") if number == 2 else None
            ask(app, "/plans/p/indicators")
            assert 2 * (number - 1) == len(asked), "a record of another plan is none of this one"
            tracker.record(ActivityCompleted("p/1.01", on=day("5-1")), by="x") if number == 2 else None
    assert made == [ask(create_app(tracker), path).text for path in pages]


def test_kept_plans_have_a_bound_of_bytes(tracker: Tracker) -> None:
    """Those asked for longest ago go first; one that is larger is not kept at all."""
    plans = [tracker.plan(id) for id in ("p", "q")]
    one = KeptPlans()
    one.plan("p", lambda: plans[0])
    assert 300 < one.size < 3_000
    kept, folded = KeptPlans(most=one.size * 5 // 2), list[str]()

    def fold(key: str) -> Plan:
        folded.append(key)
        return plans[0]

    for key in ("a", "b", "a", "c", "a", "b"):
        assert plans[0] is kept.plan(key, lambda key=key: fold(key))  # type: ignore[misc]
        assert kept.size <= one.size * 5 // 2
    assert ["a", "b", "c", "b"] == folded
    few = KeptPlans(most=one.size - 1)
    few.plan("p", lambda: plans[0])
    assert 0 == few.size


def test_what_is_kept_is_bounded_in_bytes() -> None:
    """The longest unasked goes first; what is made anew under one key counts once; what is too large is not kept."""
    with patch("reformtrack.web.kept.MOST_BYTES", 100), patch("reformtrack.web.kept.LARGEST", 60):
        kept = Kept()
        for key, size in (("a", 30), ("b", 30), ("b", 40), ("c", 61), ("d", 30)):
            kept.keep((key,), Response(b"x" * size, headers={"Content-Disposition": key}), 1)
        assert [True, True, False, True] == [kept.get((key,), 1) is not None for key in "abcd"]
        kept.keep(("e",), Response(b"x" * 60), 1)
        found = {key: kept.get((key,), 1) for key in "abde"}
    assert [False, False, True, True] == [one is not None for one in found.values()]
    assert found["d"] is not None
    assert "d" == found["d"].headers["content-disposition"]
