"""Texts that are made to cost, or to mislead, come in through no request."""

import time
from typing import Any
from urllib.parse import quote

import msgspec
import pytest

from reformtrack import Tracker
from reformtrack.web import create_app
from reformtrack.web.writing import MAX_BODY
from tests.support import Clock, adopted, scheduled
from tests.web.asking import ask
from tests.web.test_writing import STARTED, post, site

HEADERS = {"idempotency-key": "k", "who": "a", "content-type": "application/json"}


@pytest.mark.parametrize("marks", ["\u0301\u0323", "\u0f73"])
def test_a_body_of_combining_marks_is_refused_before_they_are_put_in_order(marks: str) -> None:
    """One of 1 MB froze the process for 20 seconds."""
    note = (marks * 10_000)[:19_000]
    events = [{**STARTED, "note": note} for _ in range(MAX_BODY // len(note.encode()) - 1)]
    body = msgspec.json.encode({"events": events})
    assert MAX_BODY * 0.9 < len(body) < MAX_BODY
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), by="x")
        start = time.process_time()
        answer = ask(site(tracker), "/api/v1/records", HEADERS, "POST", content=body)
        assert time.process_time() - start < 3
        assert (400, 2) == (answer.status_code, tracker.log.position())
        assert "more than 30 combining marks in a row" in answer.json()["detail"]


@pytest.mark.parametrize(
    "path",
    [
        "/plans?q=MARKS",
        "/plans?jurisdiction=MARKS",
        "/agencies/MARKS",
        "/plans/MARKS",
        "/plans/p/activities?lead=MARKS",
    ],
)
def test_marks_in_an_address_cost_no_more_than_other_text(path: str) -> None:
    """Whatever is searched for is folded."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), by="x")
        app: Any = create_app(tracker)
        start = time.process_time()
        answer = ask(app, path.replace("MARKS", quote("\u0301\u0323" * 5_000)))
        assert time.process_time() - start < 3
        assert answer.status_code in (200, 400, 404)


def test_a_name_that_nobody_sees_whole_is_refused_and_says_which_sign() -> None:
    """As a lead."""
    event = {**msgspec.to_builtins(scheduled("p/2")), "type": "ActivityScheduled", "lead": "Sở\u200b Tư pháp"}
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), by="x")
        answer = post(site(tracker), event)
        assert 400 == answer.status_code
        assert "one line without U+200B" in answer.json()["detail"]


def test_a_host_that_says_who_asks_in_another_way_is_told() -> None:
    """A name alone is no actor, nor one with a space at its end."""
    with Tracker(clock=Clock()) as tracker:
        answer = ask(create_app(tracker, authorize=lambda request: "nva"), "/api/v1/plans")  # type: ignore[arg-type]
        assert 500 == answer.status_code
        assert "accepted: an Actor, or None for nobody" in answer.json()["detail"]
        assert 400 == post(site(tracker), STARTED, headers={"who": "nv a\u00a0".encode()}).status_code  # type: ignore[dict-item]
