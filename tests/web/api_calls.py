"""
Calls of the API that are made up from its own description, and what became of them.

    python -m tests.web.api_calls [--calls 20000]
"""

import argparse
import json
import random
import sys
from collections import Counter
from typing import Any

import msgspec
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from serve_dak_nong import worked_example

from reformtrack.testing import events
from reformtrack.web import Actor, create_app

CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
PLACES = {"plan": "dak-nong-2023", "code": "6.01", "period": "2023-nam", "name": "so-noi-vu"}
SUBJECTS = {
    "Plan": ("dak-nong-2023", "moi-2024"),
    "Agency": ("@so-noi-vu", "@so-moi"),
    "Function": ("@so-noi-vu",),
    "Indicator": ("dak-nong-2023#moi",),
    "Reading": ("dak-nong-2023#mo-hinh", "dak-nong-2023#moi"),
    "": ("dak-nong-2023/6.01", "dak-nong-2023/4.06", "dak-nong-2023/5.04", "dak-nong-2023/9.99"),
}
"""What there is, or could be, by the beginning of an event's name."""

SURE = [
    {"type": "AgencyRegistered", "subject": "@so-chac-chan", "on": "2023-06-30", "name": "Sở Chắc Chắn"},
    {"type": "ActivityWithdrawn", "subject": "dak-nong-2023/9.99", "on": "2023-12-21", "reason": "x"},
]
"""One that is recorded, and one that conflicts with the record: chance may make neither."""

LEGIBLE = st.lists(events(), min_size=1, max_size=3)
"""Events as they are recorded."""

DAYS = ("2023-06-30", "2023-12-21", "2023-12-28")

EDGES = ("0001-01-01", "9999-12-31")
"""The ends of the calendar."""

Calls = Counter[tuple[str, str, int]]
"""How many calls there were, by method, path and status."""


def calls(number: int, first_seed: int = 0) -> tuple[Calls, list[str]]:
    """So many calls at least, and what was wrong with them. Most ask for what there is, or record about it."""
    with worked_example() as tracker:
        app = create_app(tracker, authorize=lambda request: Actor("schemathesis"))
        schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)
        operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
        operations = [one for one in operations if not one.path.endswith("/events")]  # its answer does not end
        done: Calls = Counter()
        wrong: list[str] = []
        for place, operation in enumerate(operations):
            _call(operation, -(-number // len(operations)), first_seed + place, done, wrong)
        return done, wrong


def _call(operation: Any, number: int, start: int, done: Calls, wrong: list[str]) -> None:
    @seed(start)
    @settings(
        max_examples=number,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(case=operation.as_strategy(), draw=st.randoms(use_true_random=True), data=st.data())
    def call(case: Any, draw: random.Random, data: st.DataObject) -> None:
        _ask_for_what_there_is(case, draw, data)
        asked = sum(count for (method, path, _), count in done.items() if (method, path) == _name(operation))
        if operation.method.upper() == "POST" and asked < len(SURE):
            case.body, case.headers = {"events": [SURE[asked]]}, {"Idempotency-Key": f"sure-{asked}"}
        response = case.call()
        done[operation.method.upper(), operation.path, response.status_code] += 1
        try:
            case.validate_response(response, checks=CHECKS)
        except FailureGroup as failure:
            wrong.append(f"{operation.method.upper()} {operation.path} {response.status_code}: {failure.exceptions}")

    while sum(count for (method, path, _), count in done.items() if (method, path) == _name(operation)) < number:
        before = done.total()
        call()
        if done.total() == before:
            break


def _name(operation: Any) -> tuple[str, str]:
    return operation.method.upper(), operation.path


def _ask_for_what_there_is(case: Any, draw: random.Random, data: st.DataObject) -> None:
    for name, value in PLACES.items():
        if case.path_parameters and name in case.path_parameters and draw.random() < 0.8:
            case.path_parameters[name] = value
    if case.query and "on" in case.query and draw.random() < 0.8:
        case.query["on"] = draw.choice((*DAYS, *EDGES))
    if case.query and "known_at" in case.query and draw.random() < 0.8:
        case.query["known_at"] = draw.choice((*DAYS, *EDGES, "1", "600", "0001-01-01T00:00:00+14:00"))
    if case.query and "after" in case.query and draw.random() < 0.8:
        case.query["after"] = "dak-nong-2023/6.01" if case.path.endswith("activities") else draw.randint(0, 700)
    if case.headers and "If-Match" in case.headers and draw.random() < 0.8:
        del case.headers["If-Match"]
    if case.headers and "Idempotency-Key" in case.headers and draw.random() < 0.8:
        case.headers["Idempotency-Key"] = f"{draw.random()}"
    if isinstance(case.body, dict) and isinstance(case.body.get("events"), list):
        if draw.random() < 0.5:  # made-up texts often have characters that no record may have
            case.body["events"] = [
                {"type": type(event).__name__, **json.loads(msgspec.json.encode(event))} for event in data.draw(LEGIBLE)
            ]
        for event in case.body["events"]:
            if isinstance(event, dict) and draw.random() < 0.8:
                kind = next(kind for kind in SUBJECTS if str(event.get("type", "")).startswith(kind))
                event["subject"] = draw.choice(SUBJECTS[kind])
                event |= {"on": draw.choice(DAYS)} if "on" in event else {}
        if draw.random() < 0.5:
            del case.body["events"][1:]


def main() -> int:
    parser = argparse.ArgumentParser(description="Calls of the API, made up from its description.")
    parser.add_argument("--calls", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    done, wrong = calls(options.calls, options.seed)
    for (method, path, status), count in sorted(done.items()):
        print(f"{method:5} {path:36} {status} {count:6}")
    print(f"{done.total()} calls, {len(wrong)} wrong")
    print("\n".join(wrong[:20]))
    return min(1, len(wrong))


if __name__ == "__main__":
    sys.exit(main())
