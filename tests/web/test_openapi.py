"""The description of the API says what the API does: each event that is taken, each status that is given."""

import re
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest
from hypothesis import given
from starlette.applications import Starlette
from starlette.routing import Mount

from reformtrack import Event, InvalidField, Tracker
from reformtrack.domain.kinds import EVENT_TYPES
from reformtrack.events import ActivityStarted
from reformtrack.exchange.event_json import RECORDABLE_NAMES, event_of
from reformtrack.testing import events
from reformtrack.web import Actor, create_app, feed
from reformtrack.web.hosts import MAX_PARAMETERS
from reformtrack.web.writing import MAX_BODY
from tests.support import ADOPTED, Clock, adopted, scheduled, tamper
from tests.web.asking import ask

STARTED = b'{"events": [{"type": "ActivityStarted", "subject": "p/1.01", "on": "2023-02-01"}]}'
SENT = {"idempotency-key": "k", "content-type": "application/json"}


def described(tracker: Tracker) -> dict[str, Any]:
    found: dict[str, Any] = ask(create_app(tracker), "/api/v1/openapi.json").json()
    return found


with Tracker() as _tracker:
    API = described(_tracker)


def validator(name: str) -> jsonschema_rs.Draft202012Validator:
    """Of a schema of the description."""
    return jsonschema_rs.Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": API["components"]})


EVENT = validator("Event")


@given(events())
def test_what_can_be_recorded_is_described(event: Event) -> None:
    """Every event is valid under the schema of its type; and of the union of what is taken, unless it is the tracker's own."""
    kind = type(event).__name__
    fields = msgspec.json.decode(msgspec.json.encode(event))
    assert validator(kind).is_valid(fields)
    assert (kind in RECORDABLE_NAMES) == EVENT.is_valid({"type": kind, **fields})


@pytest.mark.parametrize(
    "change",
    [
        {"type": "Nothing"},
        {"type": "PlanClosed", "on": None},
        {"subject": 1},
        {"on": 2023},
        {"note": "x" * 20_001},
        {"type": "ProgressReported", "percent": "many"},
        {"type": "ProgressReported", "percent": "1.2345678"},
        {"subject": "p"},
        {"subject": "P/1.01"},
        {"noet": "x"},
    ],
)
def test_what_is_no_event_is_not_described(change: dict[str, Any]) -> None:
    """The schema refuses what the API refuses."""
    event: dict[str, Any] = {"type": "ActivityStarted", "subject": "p/1.01", "on": "2023-02-01"}
    assert EVENT.is_valid(event)
    assert not EVENT.is_valid({**event, **change})
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), by="x")
        app = create_app(tracker, authorize=lambda request: Actor("a"))
        answer = ask(app, "/api/v1/records", SENT, "POST", content=msgspec.json.encode({"events": [event | change]}))
        assert 400 == answer.status_code


@pytest.mark.parametrize(
    ("number", "is_one"),
    [("0", True), ("-12.5", True), ("+2", True), ("1000000000000000", True), ("0.0000001", False), ("NaN", False)],
)
def test_a_number_is_described_as_it_is_taken(number: str, is_one: bool) -> None:
    """With its sign and up to six decimals."""
    event = {"subject": "p#x", "on": "2023-02-01", "as_of": "2023-02-01", "value": number}
    assert is_one == EVENT.is_valid({"type": "ReadingTaken", **event})
    taken = nullcontext() if is_one else pytest.raises(InvalidField)
    with taken:
        event_of("ReadingTaken", event)


def test_everything_that_is_named_is_there() -> None:
    """Each reference leads to a schema, each schema of an event is there, each operation has a name of its own."""
    text, schemas = msgspec.json.encode(API).decode(), API["components"]["schemas"]
    assert "3.1.0" == API["openapi"]
    assert set(re.findall(r'"\$ref":"#/components/schemas/(\w+)"', text)) <= set(schemas)
    assert {kind.__name__ for kind in EVENT_TYPES} <= set(schemas)
    names = [operation["operationId"] for path in API["paths"].values() for operation in path.values()]
    assert len(names) == len(set(names))


def test_every_path_of_the_api_is_described() -> None:
    """And none that there is not; but the description itself."""
    with Tracker() as tracker:
        (mount,) = (r for r in create_app(tracker).routes if isinstance(r, Mount) and r.path == "/api/v1")
        there = {(method, route.path) for route in mount.routes for method in route.methods - {"HEAD"}}  # type: ignore[attr-defined]  # all are Routes
    said = {(method.upper(), path) for path, operations in API["paths"].items() for method in operations}
    assert there - {("GET", "/openapi.json")} == said


def test_the_description_names_the_place_where_it_is_mounted() -> None:
    """Under any path of another application."""
    with Tracker() as tracker:
        app = Starlette(routes=[Mount("/cchc", create_app(tracker))])
        assert [{"url": "/cchc/api/v1"}] == ask(app, "/cchc/api/v1/openapi.json").json()["servers"]
        assert [{"url": "/api/v1"}] == API["servers"]


GET, POST = "GET", "POST"
MISSES: list[tuple[int, str, str, str, dict[str, str], bytes]] = [
    (200, GET, "/plans/{plan}", "/plans/p", {}, b""),
    (400, GET, "/plans/{plan}", "/plans/p?know_at=1", {}, b""),
    (401, GET, "/plans/{plan}", "/plans/p", {"who": ""}, b""),
    (404, GET, "/plans/{plan}", "/plans/q", {}, b""),
    (500, GET, "/plans/{plan}", "/plans/spoilt", {}, b""),
    (400, GET, "/events", "/events?after=x", {}, b""),
    (401, GET, "/events", "/events", {"who": ""}, b""),
    (503, GET, "/events", "/events", {}, b""),
    (201, POST, "/records", "/records", SENT, STARTED),
    (400, POST, "/records", "/records", SENT, b"{"),
    (401, POST, "/records", "/records", {**SENT, "who": ""}, STARTED),
    (403, POST, "/records", "/records", {**SENT, "who": "reader"}, STARTED),
    (409, POST, "/records", "/records", SENT, STARTED.replace(b"1.01", b"1.02")),
    (412, POST, "/records", "/records", {**SENT, "if-match": '"p/1.01;7"'}, STARTED),
    (413, POST, "/records", "/records", SENT, b" " * (MAX_BODY + 1)),
    (414, GET, "/plans/{plan}", f"/plans/p?{'&' * MAX_PARAMETERS}", {}, b""),
    (414, GET, "/events", f"/events?{'&' * MAX_PARAMETERS}", {}, b""),
    (414, POST, "/records", f"/records?{'&' * MAX_PARAMETERS}", SENT, STARTED),
    (415, POST, "/records", "/records", {**SENT, "content-type": "text/plain"}, STARTED),
    (422, POST, "/records", "/records", {**SENT, "idempotency-key": "used"}, STARTED),
    (500, POST, "/records", "/records", SENT, STARTED.replace(b"p/1.01", b"spoilt/1.01")),
]


@pytest.mark.parametrize(("status", "method", "place", "path", "headers", "body"), MISSES)
def test_every_status_that_is_given_is_described(
    status: int,
    method: str,
    place: str,
    path: str,
    headers: Mapping[str, str],
    body: bytes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With the content that is given; a problem is a problem document."""
    monkeypatch.setattr(feed, "LISTENERS", 0)
    url = f"sqlite:///{tmp_path}/plans.db"
    with Tracker(url, clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), scheduled("p/1.02"), by="x")
        tracker.record(ActivityStarted("p/1.02", on=ADOPTED), by="x")
        tracker.record(adopted("spoilt"), scheduled("spoilt/1.01"), by="x")
        tamper(url, "UPDATE reformtrack_log SET topic = 'X.1' WHERE originator_id = 'spoilt/1.01'")
        app = create_app(tracker, authorize=actor)
        if headers.get("idempotency-key") == "used":
            used = STARTED.replace(b"02-01", b"02-02")
            assert 201 == ask(app, "/api/v1/records", {"who": "a", **headers}, POST, content=used).status_code
        answer = ask(app, f"/api/v1{path}", {"who": "a", **headers}, method, content=body)
    assert status == answer.status_code
    (content,) = API["paths"][place][method.lower()]["responses"][str(status)]["content"].items()
    assert content[0] == answer.headers["content-type"]
    name = content[1]["schema"]["$ref"].rpartition("/")[2]
    assert validator(name).is_valid(answer.json())
    assert (status >= 400) == (name == "ProblemDocument")


def actor(request: Any) -> Actor | None:
    who = request.headers["who"]
    return Actor(who, may_record=who != "reader") if who else None


def test_each_status_that_is_described_is_given() -> None:
    """None is only said to be possible: each has a request above that gets it, or a test of its own."""
    given_ = {(method.lower(), place, str(status)) for status, method, place, *_ in MISSES}
    elsewhere = {  # tests.web.test_api, tests.web.test_faults, tests.web.test_feed
        ("get", "/plans/{plan}", "304"),
        ("get", "/plans/{plan}", "503"),
        ("post", "/records", "503"),
        ("get", "/events", "200"),
        ("get", "/events", "429"),
        ("get", "/events", "500"),
    }
    said = {
        (method, place, status)
        for place in ("/plans/{plan}", "/events", "/records")
        for method, operation in API["paths"][place].items()
        for status in operation["responses"]
        if (method, place) != ("get", "/records")
    }
    assert given_ | elsewhere == said
