"""A small province: agencies, who has which role, and a plan; all recorded through a policy that is enforced."""

from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec

from reformtrack import Deadline, Document, NotPermitted, SeparationOfDuties, Tracker
from reformtrack.cli import main
from reformtrack.domain.errors import ReformtrackError
from reformtrack.events import AgencyRegistered, PlanAdopted, RoleGranted
from reformtrack.values import Role
from reformtrack.web import Actor, create_app
from tests.support import Clock, adopted, scheduled
from tests.web.asking import ask

START = date(2023, 1, 2)
DOCUMENT = Document(number="156/QĐ-UBND", date=date(2022, 12, 30))
AGENCIES = {
    "@tu-phap": "Sở Tư pháp",
    "@noi-vu": "Sở Nội vụ",
    "@van-phong": "Văn phòng UBND tỉnh",
    "@tai-chinh": "Sở Tài chính",
}
ROLES = (
    ("tam", "@tu-phap", Role.REPORTER),
    ("tuan", "@tu-phap", Role.REPORTER),
    ("nam", "@noi-vu", Role.MONITOR),
    ("nga", "@noi-vu", Role.REPORTER),
    ("van", "@van-phong", Role.PLANNER),
    ("vinh", "@van-phong", Role.MONITOR),
    ("thu", "@tai-chinh", Role.REPORTER),
)
STEWARD = "quan-tri"


def granted(actor: str, agency: str, role: Role, **more: Any) -> RoleGranted:
    return RoleGranted(agency, **{"on": START, "actor": actor, "role": role, **more})


def plan_of_two(**changes: Any) -> list[Any]:
    """A plan whose two activities are led by the department of justice and by that of the interior."""
    plan: PlanAdopted = adopted(document=DOCUMENT, confirmation_required=True, **changes)
    first = scheduled("p/1.01", lead="Sở Tư pháp", supporting=("Sở Tài chính",))
    return [plan, first, scheduled("p/2.01", domain="2", lead="Sở Nội vụ", deadline=Deadline.parse("30/9", 2023))]


def province(url: str | None = None, clock: Clock | None = None) -> Tracker:
    """A tracker with the policy, and with the province in it. The steward made the register, the planner the plan."""
    tracker = Tracker(
        url,
        clock=clock or Clock(datetime(2023, 12, 31, 10, tzinfo=UTC)),
        policy=SeparationOfDuties(stewards=(STEWARD,)),
    )
    register(tracker)
    tracker.record(*plan_of_two(), by="van")
    return tracker


def register(tracker: Tracker) -> None:
    """The agencies, and who has which role there."""
    tracker.record(*(AgencyRegistered(id, on=START, name=name) for id, name in AGENCIES.items()), by=STEWARD)
    tracker.record(*(granted(*role) for role in ROLES), by=STEWARD)


def may(tracker: Tracker, event: Any, by: str) -> bool:
    """Whether somebody may record an event, which is then on record."""
    try:
        tracker.record(event, by=by)
    except NotPermitted:
        return False
    return True


DOORS = ("python", "http", "command")
"""The interfaces that take any event."""


def site(tracker: Tracker) -> Any:
    return create_app(tracker, authorize=lambda request: Actor(request.headers["who"]))


def recorded(door: str, tracker: Tracker, url: str, folder: Path, actor: str, *made: Any) -> bool:
    """Whether what an actor sends through a door, as one request, is on record afterwards, and nothing of it otherwise."""
    before = tracker.log.position()
    if door == "python":
        with suppress(ReformtrackError):
            tracker.record(*made, by=actor)
    elif door == "http":
        body = {"events": [{"type": type(event).__name__, **msgspec.to_builtins(event)} for event in made]}
        headers = {"idempotency-key": str(before), "who": actor}
        answer = ask(site(tracker), "/api/v1/records", headers, "POST", json=body)
        assert answer.status_code in (201, 400, 403, 409), answer.text
    else:
        lines = [{"name": type(event).__name__, "event": msgspec.to_builtins(event)} for event in made]
        (folder / "events.jsonl").write_bytes(b"\n".join(map(msgspec.json.encode, lines)))
        words = ("record", "--file", str(folder / "events.jsonl"), "--by", actor)
        assert main(["--store", url, "--stewards", STEWARD, *words]) in (0, 3, 6)
    new = [record for record in tracker.log.records(after=before) if not record.stream.startswith("~")]
    assert [] == new or list(made) == [record.event for record in new]
    return bool(new)
