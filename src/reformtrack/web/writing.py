"""Recording through the API: events in, records out, safe to repeat."""

import re
from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from reformtrack.documents import record_document
from reformtrack.documents.forms import Recorded
from reformtrack.domain.errors import InvalidField, RequestReused
from reformtrack.domain.json_text import refuse_duplicate_keys
from reformtrack.domain.kinds import Event
from reformtrack.domain.plan import PlanState
from reformtrack.domain.said import said
from reformtrack.domain.values import PlanId, stream_id
from reformtrack.exchange.event_json import RECORDABLE_NAMES, Events, state_in
from reformtrack.tracker import Tracker
from reformtrack.web.answering import Endpoint, Site, admitted, in_thread, with_errors
from reformtrack.web.api import check_query, json_response, problem_response
from reformtrack.web.problems import Problem

MAX_BODY = 1_048_576
"""The largest body, in bytes."""

MAX_EVENTS = 1_000
"""How many events a request may have."""

MAX_KEY = 255
"""The longest Idempotency-Key."""

_TAG = re.compile(r'"([^";]{1,200});([0-9]{1,9})"')
TAGS = f"^{_TAG.pattern}(, *{_TAG.pattern})*$"
"""What If-Match takes."""


def writer(site: Site) -> Endpoint:
    """The endpoint that records."""

    async def answer(request: Request) -> Response:
        try:
            actor = await admitted(request, site.authorize)
            if not actor.may_record:
                raise Problem(403, "MayNotRecord", "this may only be read; accepted: an actor who may record")
            _check_origin(request)
            check_query(request, set())
            key, expected = _key(request, actor.name), _expected(request)
            body = await _body(request)
            return await in_thread(_recorded, site.tracker, body, actor.name, key, expected)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is there to read it; nothing was recorded
        except RequestReused as error:  # by the key of the client, and not by the id that was made of it
            raise RequestReused(request.headers["idempotency-key"], error.position) from None

    return with_errors(answer, problem_response)


def _check_origin(request: Request) -> None:
    """Only JSON is taken, which no form of another site can send; and nothing that a browser says comes from another site."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Problem(415, "NotJson", "the body is of another type; accepted: application/json")
    if request.headers.get("sec-fetch-site", "") == "cross-site":
        raise Problem(403, "CrossSite", "the request comes from another site; accepted: one of the same site")


def _key(request: Request, actor: str) -> str:
    """
    The request id: made of the key and of who sends it, so that nobody meets, or finds out, the keys of somebody else.

    Raises:
        Problem: there is no key, or one that is too long.
    """
    given = request.headers.getlist("idempotency-key")
    key = given[0] if len(given) == 1 else ""
    if not given:
        missing = said(
            "the header Idempotency-Key is missing; accepted: one for each request, of 1 to {most} characters, as a UUID",
            most=MAX_KEY,
        )
        raise Problem(400, "NoIdempotencyKey", missing)
    if not 0 < len(key) <= MAX_KEY:
        found = f"the header Idempotency-Key came {len(given)} times, with {len(key)} characters"
        raise Problem(400, "NoIdempotencyKey", f"{found}; accepted: once, with 1 to {MAX_KEY}")
    whose = blake2b(actor.encode(), digest_size=16).digest()
    return f"http-{blake2b(key.encode(), key=whose, digest_size=16).hexdigest()}"


def _expected(request: Request) -> dict[str, int]:
    """The versions of streams that the caller saw; 0 for one that must not be there."""
    lines, found = request.headers.getlist("if-match"), dict[str, int]()
    for part in ",".join(lines).split(",") if lines else ():
        tag = _TAG.fullmatch(part.strip())
        if tag is None or tag[1] in found:
            raise InvalidField("header", "If-Match", part, 'the tags of versions, each stream once, as "p-2023/1.04;3"')
        found[stream_id(tag[1])] = int(tag[2])
    return found


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise Problem(413, "TooLarge", f"the body is larger than {MAX_BODY} bytes; accepted: several requests")
    return bytes(body)


def _recorded(tracker: Tracker, body: bytes, by: str, request_id: str, expected: Mapping[str, int]) -> Response:
    """The answer to a body, read in a thread: what is in it may take a second, and others are answered meanwhile."""
    records = tracker.record(
        *events_of(body, state_in(tracker)), by=by, request_id=request_id, expected_version=expected
    )
    return json_response(Recorded([record_document(record) for record in records]), 201)


def events_of(body: bytes, plan: Callable[[PlanId], PlanState]) -> Sequence[Event]:
    """
    The events of a body: `{"events": [{"type": "ActivityStarted", "subject": "p-2023/1.04", "on": "2023-02-01"}]}`.

    Args:
        body: a JSON document.
        plan: gives the state of a plan, in whose days a deadline is read that is a text.

    Raises:
        InvalidField: it is no such document; says which event and which field.
    """
    try:
        document = msgspec.json.decode(body)
        refuse_duplicate_keys(body)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise InvalidField("body", "json", body[:40], f"a JSON document ({error})") from None
    if not isinstance(document, dict) or list(document) != ["events"] or not isinstance(document["events"], list):
        raise InvalidField("body", "events", document, 'an object with a list of "events", and nothing else')
    if not 1 <= len(document["events"]) <= MAX_EVENTS:
        raise InvalidField("body", "events", len(document["events"]), f"1 to {MAX_EVENTS} events")
    events = Events(plan)
    return [_event(events, place, given) for place, given in enumerate(document["events"])]


def _event(events: Events, place: int, given: object) -> Event:
    owner = f"events[{place}]"
    if not isinstance(given, dict):
        raise InvalidField(owner, "type", given, "an object with the type and the fields of an event")
    fields = {name: value for name, value in given.items() if name != "type"}
    name = given.get("type")
    if not isinstance(name, str) or name not in RECORDABLE_NAMES:
        raise InvalidField(owner, "type", name, f"one of {', '.join(RECORDABLE_NAMES)}")
    return events.of(name, fields)
