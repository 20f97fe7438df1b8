"""A small province: agencies, who has which role, and a plan; all recorded through a policy that is enforced."""

from datetime import UTC, date, datetime
from typing import Any

from reformtrack import (
    AgencyRegistered,
    Deadline,
    Document,
    PlanAdopted,
    Role,
    RoleGranted,
    SeparationOfDuties,
    Tracker,
)
from tests.support import Clock, adopted, scheduled

START = date(2023, 1, 2)
DOCUMENT = Document(number="156/QĐ-UBND")
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
    tracker.record(*(AgencyRegistered(id, on=START, name=name) for id, name in AGENCIES.items()), by=STEWARD)
    tracker.record(*(granted(*role) for role in ROLES), by=STEWARD)
    tracker.record(*plan_of_two(), by="van")
    return tracker
