"""The page about policies of one's own names all that a policy may ask."""

import re
from datetime import date
from pathlib import Path

from reformtrack import Domain, Tracker
from reformtrack.domain.kinds import Event
from reformtrack.events import PlanAdopted
from reformtrack.policy import Permit, Situation

PAGE = Path(__file__).parents[2] / "docs/how-to/write-a-policy.md"


def test_every_field_of_a_situation_is_on_the_page() -> None:
    """Those of the class and those of an instance, and no other."""
    met: list[set[str]] = []

    def permit(actor: str, event: Event, situation: Situation) -> Permit:
        met.append({name for name in dir(situation) if not name.startswith("_")})
        return Permit()

    with Tracker(policy=permit) as tracker:
        domains = (Domain("1", "Thể chế"),)
        plan = PlanAdopted("p", on=date(2023, 1, 2), title="K", year=2023, jurisdiction="T", domains=domains)
        tracker.record(plan, by="van-phong")
    table = PAGE.read_text(encoding="utf-8").partition("| field |")[2].partition("\n\n")[0]
    named = re.findall(r"^\| `(\w+)(?:\(\w+\))?` \|", table, re.MULTILINE)
    assert met[0] == set(named)
    assert len(named) == len(set(named)) > 10
