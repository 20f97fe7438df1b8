"""Recording through the API: as safe to repeat as the tracker, and no way around its rules."""

import asyncio
import gc
import json
import threading
import time
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from urllib.parse import quote

import httpx
import msgspec
import pytest
from hypothesis import given

from reformtrack import Deadline, Event, IllegalHistory, Tracker
from reformtrack.domain.plan import PlanState
from reformtrack.domain.values import PlanId
from reformtrack.events import ActivityStarted
from reformtrack.exchange.event_json import RECORDABLE_NAMES, event_of
from reformtrack.testing import events
from reformtrack.web import Actor, create_app, writing
from reformtrack.web.writing import MAX_BODY, MAX_EVENTS, events_of
from tests.store.test_instants import wronged
from tests.support import Clock, adopted, scheduled
from tests.web.asking import ask

STARTED = {"type": "ActivityStarted", "subject": "p/1.01", "on": "2023-02-01"}


def post(app: Any, *given_events: object, key: str = "k", headers: Mapping[str, str] | None = None) -> httpx.Response:
    """Record events."""
    more = {"idempotency-key": key, "who": "a", **(headers or {})}
    return ask(app, "/api/v1/records", more, "POST", json={"events": given_events})


def site(tracker: Tracker) -> Any:
    """An application whose host believes what a header says; `r` may only read."""
    return create_app(
        tracker, authorize=lambda request: Actor(request.headers["who"], may_record=request.headers["who"] != "r")
    )


@given(events())
def test_every_event_goes_through_json_as_it_is(event: Event) -> None:
    """What the API takes is what the records say."""
    kind = type(event).__name__
    if kind in RECORDABLE_NAMES:
        body = msgspec.json.encode({"events": [{"type": kind, **msgspec.to_builtins(event)}]})
        assert [event] == list(events_of(body, lambda plan: PlanState(year=2023)))
        assert event == event_of(kind, msgspec.to_builtins(event))


def test_events_are_recorded_once_however_often_they_are_sent() -> None:
    """The same key and events: the same records. Other events: refused. The same key of somebody else: his own."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), by="x")
        app = site(tracker)
        first = post(app, STARTED)
        assert 201 == first.status_code
        assert [(3, "p/1.01", 2, "ActivityStarted", "a")] == [
            tuple(record[name] for name in ("position", "stream", "version", "type", "by"))
            for record in first.json()["records"]
        ]
        assert first.json() == post(app, STARTED).json()
        assert 3 == tracker.log.position()
        other = post(app, {**STARTED, "on": "2023-02-02"})
        assert (422, "RequestReused") == (other.status_code, other.json()["type"].rpartition("/")[2])
        somebody = post(
            app,
            {"type": "ActivitySuspended", "subject": "p/1.01", "on": "2023-03-01", "reason": "x"},
            headers={"who": "b"},
        )
        assert (201, "b") == (somebody.status_code, somebody.json()["records"][0]["by"])


def test_a_version_that_was_not_seen_is_not_overrun() -> None:
    """412 with what was found; 0 for a stream that must not be there; several at once."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), by="x")
        app = site(tracker)
        tag = ask(app, "/api/v1/plans/p/activities/1.01", {"who": "a"}).json()["version_tag"]
        late = post(app, STARTED, headers={"if-match": '"p/1.01;0"'})
        assert (412, 0, 1) == (late.status_code, late.json()["expected"], late.json()["found"])
        assert 201 == post(app, STARTED, headers={"if-match": f'{tag}, "p;1", "p/1.02;0"'}).status_code
        for bad in ("*", "p/1.01;1", '"p/1.01"', '"p/1.01;-1"', '"p/1.01;1","p/1.01;1"', '"NO;1"'):
            assert 400 == post(app, STARTED, key=bad, headers={"if-match": bad}).status_code


def test_every_line_of_a_header_counts() -> None:
    """A list may come in several lines: none of them is passed over. A key comes once."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), by="x")
        app, body = site(tracker), {"events": [STARTED]}
        first = [("who", "a"), ("idempotency-key", "k"), ("if-match", '"p/1.01;1"')]
        for more, status in (
            (("if-match", '"p;9"'), 412),
            (("if-match", '"p/1.01;1"'), 400),
            (("if-match", ""), 400),
            (("idempotency-key", "l"), 400),
            (("if-match", '"p;1"'), 201),
        ):
            assert status == ask(app, "/api/v1/records", [*first, more], "POST", json=body).status_code
        assert 3 == tracker.log.position()


def test_a_request_that_is_sent_twice_at_once_is_recorded_once(tmp_path: Any) -> None:
    """Both senders get the same records."""
    with Tracker(f"sqlite:///{tmp_path}/plans.db", clock=Clock()) as tracker:
        tracker.record(adopted(), *(scheduled(f"p/{n}") for n in range(1, 11)), by="x")
        app = site(tracker)
        for number in range(1, 11):
            event, found = {**STARTED, "subject": f"p/{number}"}, list[httpx.Response]()

            def write(key: str, event: object, found: list[httpx.Response]) -> None:
                found.append(post(app, event, key=key))

            writers = [threading.Thread(target=write, args=(f"k{number}", event, found)) for _ in range(3)]
            for writer in writers:
                writer.start()
            for writer in writers:
                writer.join()
            assert [201] * 3 == [answer.status_code for answer in found]
            assert 1 == len({answer.text for answer in found})
            assert 2 == len(tracker.log.history(f"p/{number}"))


def test_of_two_writers_that_saw_the_same_one_wins(tmp_path: Any) -> None:
    """Many times, at once."""
    with Tracker(f"sqlite:///{tmp_path}/plans.db", clock=Clock()) as tracker:
        tracker.record(adopted(), *(scheduled(f"p/{n}") for n in range(1, 11)), by="x")
        app = site(tracker)
        for number in range(1, 11):
            event = {
                "type": "EvidenceFiled",
                "subject": f"p/{number}",
                "on": "2023-02-01",
                "evidence": [{"title": "x"}],
            }
            tag, found = f'"p/{number};1"', list[int]()

            def write(who: str, event: object, tag: str, found: list[int]) -> None:
                found.append(post(app, event, key=f"{who} {tag}", headers={"who": who, "if-match": tag}).status_code)

            writers = [threading.Thread(target=write, args=(who, event, tag, found)) for who in ("a", "b", "c")]
            for writer in writers:
                writer.start()
            for writer in writers:
                writer.join()
            assert [201, 412, 412] == sorted(found)


@pytest.mark.parametrize(
    ("change", "status", "says"),
    [
        ({"who": "r"}, 403, "may only be read"),
        ({"content-type": "text/plain"}, 415, "application/json"),
        ({"content-type": "application/x-www-form-urlencoded"}, 415, "application/json"),
        ({"sec-fetch-site": "cross-site"}, 403, "another site"),
        ({"idempotency-key": ""}, 400, "Idempotency-Key"),
        ({"idempotency-key": "k" * 256}, 400, "256 characters"),
    ],
)
def test_a_request_that_is_not_to_be_trusted_records_nothing(change: Mapping[str, str], status: int, says: str) -> None:
    """And says what would be accepted."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), by="x")
        answer = post(site(tracker), STARTED, headers=change)
        assert (status, 2) == (answer.status_code, tracker.log.position())
        assert says in answer.json()["detail"]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "JSON"),
        (b"{", "JSON"),
        (b"[" * 100_000, "JSON"),
        (b'"x"', '"events"'),
        (b'{"events": {}}', '"events"'),
        (b'{"events": []}', "1 to 1000"),
        (b'{"events": [], "more": 1}', "nothing else"),
        (b'{"events": [1]}', "events[0].type"),
        (b'{"events": [{}]}', "events[0].type"),
        (b'{"events": [{"type": "Nothing"}]}', "events[0].type"),
        (b'{"events": [{"type": ["ActivityStarted"]}]}', "events[0].type"),
        (b'{"events": [{"type": "ReportIssued"}]}', "events[0].type"),
        (b'{"events": [{"type": "ActivityStarted"}]}', "ActivityStarted.subject is missing"),
        (b'{"events": [{"type": "ActivityStarted", "subject": "p/1.01", "on": "2023-02-01", "noet": "x"}]}', "noet"),
        (b'{"events": [{"type": "ActivityStarted", "subject": "p", "on": "2023-02-01"}]}', "plan id, a slash"),
        (b'{"events": [{"type": "ActivityStarted", "subject": "p/1.01", "on": "1/2/2023"}]}', "a day as 2023-06-30"),
        (b'{"events": [{"type": "ActivityStarted", "subject": "p/1.01", "on": "2023-02-01", "note": 1}]}', "str"),
        (
            '{"events": [{"type": "ActivityStarted", "subject": "p/1.01", "on": "2023-02-01", "note": "\u202e"}]}'.encode(),
            "U+202E",
        ),
        (
            b'{"events": [{"type": "ProgressReported", "subject": "p/1.01", "on": "2023-02-01", "percent": 1e999}]}',
            "accepted",
        ),
    ],
)
def test_a_body_that_is_no_list_of_events_says_where(body: bytes, says: str) -> None:
    """Which event, which field, and what would be accepted; nothing is recorded."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), by="x")
        headers = {"idempotency-key": "k", "who": "a", "content-type": "application/json"}
        answer = ask(site(tracker), "/api/v1/records", headers, "POST", content=body)
        assert (400, 2) == (answer.status_code, tracker.log.position())
        assert says in answer.json()["detail"]


def test_too_much_at_once_is_refused() -> None:
    """Bytes and events."""
    with Tracker(clock=Clock()) as tracker:
        app, headers = site(tracker), {"idempotency-key": "k", "who": "a", "content-type": "application/json"}
        large = ask(app, "/api/v1/records", headers, "POST", content=b" " * (MAX_BODY + 1))
        assert 413 == large.status_code
        assert 400 == post(app, *[STARTED] * (MAX_EVENTS + 1)).status_code


def test_what_is_illegal_names_the_rule_and_the_record_in_the_way() -> None:
    """As the tracker does; and all of a request or nothing."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), ActivityStarted("p/1.01", on=scheduled().on), by="x")
        answer = post(
            site(tracker), {"type": "ActivityRevised", "subject": "p/1.01", "on": "2023-02-01", "title": "x"}, STARTED
        )
        problem = answer.json()
        assert (409, "ActivityAlreadyStarted", 3) == (
            answer.status_code,
            problem["type"].rpartition("/")[2],
            tracker.log.position(),
        )
        assert {"stream": "p/1.01", "version": 2} == problem["in_the_way"]
        with pytest.raises(IllegalHistory):
            tracker.record(ActivityStarted("p/1.01", on=scheduled().on), by="x")


def test_a_log_that_is_ahead_of_the_clock_is_said_and_what_was_known_goes_by_positions() -> None:
    """The problem names the records; once it is corrected, an instant is answered as its position is."""
    clock = Clock()
    with Tracker(clock=clock) as tracker:
        first, last = wronged(tracker, clock)
        app = site(tracker)
        refused = post(app, STARTED)
        assert (500, "ClockBehind") == (refused.status_code, refused.json()["type"].rpartition("/")[2])
        assert f"correct_instants({first}, {last}) by a steward" in refused.json()["detail"]
        tracker.log.correct_instants(first, last, reason="Đồng hồ sai", by="x")
        assert 201 == post(app, STARTED, key="again").status_code
        instant = quote(clock.now.isoformat())
        for question in (
            "records",
            "plans",
            "plans/p",
            "plans/p/activities",
            "plans/p/activities/1.01",
            "rollup",
            "agencies",
        ):
            by_instant, by_position = (
                ask(app, f"/api/v1/{question}?known_at={known}", {"who": "a"}).json() for known in (instant, last + 2)
            )
            for answer in (by_instant, by_position):
                answer.pop("known_at", None)
            assert by_instant == by_position, question
        records = ask(app, f"/api/v1/records?known_at={instant}", {"who": "a"}).json()["records"]
        assert [*range(1, last + 3)] == [record["position"] for record in records]


M = MAX_BODY
TASK = {**STARTED, "type": "ActivityScheduled", "domain": "1", "title": "x", "lead": "x"}
PLAN = {"type": "PlanAdopted", "subject": "q", "on": "2023-01-02", "title": "x", "year": 2023, "jurisdiction": "x"}
PROVEN = {**STARTED, "type": "EvidenceFiled", "evidence": [{"number": "1", "title": "x"}] * 22}


def body_of(*given_events: object) -> bytes:
    return json.dumps({"events": given_events}, ensure_ascii=False).encode()


BODIES = {
    "spaces": b" " * M,
    "a deep list": b"[" * M,
    "a deep object": b'{"a":' * (M // 5),
    "a long number": b'{"events":[{"type":"ActivityStarted","on":' + b"9" * (M - 100) + b"}]}",
    "a long fraction": b'{"events":[0.' + b"9" * (M - 100) + b"]}",
    "a high power": b'{"events":[1e' + b"9" * (M - 100) + b"]}",
    "nothings": b'{"events":[' + b"null," * (M // 5 - 10) + b"null]}",
    "a long text": body_of({**STARTED, "note": "a" * (M - 200)}),
    "texts to be composed": body_of(*[{**STARTED, "note": "e\u0302\u0323" * 6_000}] * 34),
    "marks, as many as a letter may have": body_of(*[{**STARTED, "note": ("e" + "\u0302\u0323" * 15) * 600}] * 27),
    "a long address": body_of({**PROVEN, "evidence": [{"url": "https://" + "a." * (M // 2 - 200)}]}),
    "a long deadline": body_of({**TASK, "deadline": {"text": "30/" * (M // 3 - 200)}}),
    "many deadlines": body_of({**TASK, "deadline": {"text": "Quý I", "dues": [{"label": "x"}] * 60_000}}),
    "a long name of a type": body_of({"type": "A" * (M - 100)}),
    "many fields": body_of({**STARTED, **{f"k{number}": 1 for number in range(80_000)}}),
    "many fields of the host": body_of({**PLAN, "host_fields": {f"k{number}": "x" for number in range(60_000)}}),
    "many domains": body_of({**PLAN, "domains": [{"code": "1", "title": "x"}] * 30_000}),
    "many events": body_of(*[{**STARTED, "note": "x" * 950}] * MAX_EVENTS),
    "much evidence": body_of(*[PROVEN] * MAX_EVENTS),
    "surrogates": b'{"events":[{"type":"ActivityStarted","note":"' + b"\\ud800" * (M // 6 - 100) + b'"}]}',
}


@pytest.mark.slow
@pytest.mark.parametrize("name", BODIES)
def test_nobody_waits_for_a_body_to_be_read(name: str) -> None:
    """`/healthz` answers within 0.2 s while one of a megabyte is: counted in what this process computes, whatever else does."""
    body = BODIES[name]
    assert M // 3 < len(body) <= M
    waits: list[float] = []

    async def watch(client: httpx.AsyncClient, recording: asyncio.Task[httpx.Response]) -> None:
        while not recording.done():
            began = time.process_time()
            await asyncio.sleep(0.01)  # the loop does what it should not; or the thread gets its turn, undisturbed
            assert 200 == (await client.get("/healthz")).status_code
            waits.append(time.process_time() - began)

    async def both(app: Any) -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            headers = {"who": "a", "idempotency-key": "k", "content-type": "application/json"}
            recording = asyncio.create_task(client.post("/api/v1/records", content=body, headers=headers))
            await asyncio.gather(recording, watch(client, recording))
            return recording.result()

    gc.disable()  # what other tests left is no work of this one
    try:
        with Tracker(clock=Clock()) as tracker:
            tracker.record(adopted(), scheduled(), by="x")
            answer = asyncio.run(both(site(tracker)))
    finally:
        gc.enable()
    assert answer.status_code < 500
    assert waits
    assert max(waits) < 0.2


def test_a_body_is_read_when_somebody_may_record(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not of one who is not known, may only read, or sends too much; then in a thread, beside the loop."""
    seen: list[int] = []

    def read(body: bytes, plan: Callable[[PlanId], PlanState]) -> Any:
        with pytest.raises(RuntimeError, match="no running event loop"):
            asyncio.get_running_loop()
        seen.append(len(body))
        return events_of(body, plan)

    monkeypatch.setattr(writing, "events_of", read)
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), by="x")
        app = site(tracker)
        assert 403 == post(app, STARTED, headers={"who": "r"}).status_code
        assert 401 == post(create_app(tracker, authorize=lambda request: None), STARTED).status_code
        large = {"note": "x" * MAX_BODY}
        assert 413 == post(app, {**STARTED, **large}).status_code
        assert [] == seen
        assert 201 == post(app, STARTED).status_code
        assert [1] == [len(seen)]


def test_a_deadline_is_sent_as_the_plan_prints_it() -> None:
    """Read in the year of the plan, also of one that the same request adopts; what it takes is said at once."""
    plan = {"type": "PlanAdopted", **msgspec.to_builtins(adopted("q", year=2024))}
    task = {"type": "ActivityScheduled", **msgspec.to_builtins(scheduled("p/1", deadline=Deadline.parse("30/6", 2023)))}
    moved = {"type": "ActivityRescheduled", "subject": "p/1", "on": "2023-02-01", "deadline": "Quý IV"}
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), by="x")
        app = site(tracker)
        sent = [{**task, "deadline": "Quý III"}, moved, plan, {**task, "subject": "q/1", "deadline": "Quý III"}]
        answer = post(app, *sent)
        assert 201 == answer.status_code, answer.text
        assert answer.json() == post(app, *sent).json()
        days = [record.event.deadline.days for record in tracker.log.records() if hasattr(record.event, "deadline")]
        assert [(date(2023, 9, 30),), (date(2023, 12, 31),), (date(2024, 9, 30),)] == days
        for wrong, accepted in (
            ("31/2/2023", "a day that exists, as 30/6/2023"),
            ("31/1; 31/2", "a day that exists, as 30/6/2023"),
            (5, 'the text as the plan prints it, as "Quý III", or an object with text, kind, days'),
            ({"text": "x"}, 'the text as the plan prints it, as "Quý III", or an object with text, kind, days'),
            (
                {"text": "x", "kind": "day"},
                'the text as the plan prints it, as "Quý III", or an object with text, kind, days',
            ),
        ):
            refused = post(app, {**task, "subject": "p/2", "deadline": wrong}, key=str(wrong))
            assert (400, "deadline", accepted) == (refused.status_code, *map(refused.json().get, ("field", "accepted")))
        assert 404 == post(app, {**task, "subject": "none/1", "deadline": "Quý III"}, key="n").status_code


def test_what_is_wrong_with_a_request_is_said_of_the_request() -> None:
    """A key that was used is named as the client sent it; one that is missing is said to be required."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), by="x")
        app = site(tracker)
        post(app, STARTED, key="7f3a")
        reused = post(app, {**STARTED, "on": "2023-02-02"}, key="7f3a").json()
        assert reused["detail"].startswith("request '7f3a' was recorded with other events")
        missing = ask(app, "/api/v1/records", {"who": "a"}, "POST", json={"events": [STARTED]})
        assert (400, "NoIdempotencyKey") == (missing.status_code, missing.json()["type"].rpartition("/")[2])
        assert missing.json()["detail"].startswith(
            "the header Idempotency-Key is missing; accepted: one for each request"
        )


def test_a_host_that_answers_something_else_than_an_actor_is_told_so() -> None:
    """It is the host that is wrong, and not the store."""
    with Tracker(clock=Clock()) as tracker:
        answer = ask(create_app(tracker, authorize=lambda request: "van"), "/api/v1/plans", {})  # type: ignore[arg-type]
        assert (500, "Error in the host's authorize function") == (answer.status_code, answer.json()["title"])
        assert "authorize returned a str; accepted: an Actor, or None for nobody" in answer.json()["detail"]
