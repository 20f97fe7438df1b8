"""What a plan prints: joint leads, numbers, groups, its days and its place."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import given

from reformtrack import CountingRule, Deadline, Domain, Event, InvalidField, NotFound, Plan, Tracker
from reformtrack.domain.wording import lead_title
from reformtrack.events import (
    ActivityReassigned,
    ActivityRevised,
    ActivityScheduled,
    AgencyRegistered,
    PlanAdopted,
)
from reformtrack.exchange.digest import digests
from reformtrack.exchange.words import part_words, period_words
from reformtrack.language import Language
from reformtrack.testing import proposals, tracker_of
from reformtrack.values import Level
from reformtrack.views.plan import By
from reformtrack.views.series import by_lead_and_month, month_of, part_of, parts_of
from reformtrack.views.warnings import WarningKind
from tests.support import Clock, adopted, day, scheduled

SPLITS: tuple[By, ...] = ("domain", "group", "lead")
JOINT = ("Bộ A", "Bộ B")


@given(proposals())
def test_the_parts_sum_to_the_whole_under_every_key(events: list[Event]) -> None:
    """With joint leads, none, and headings; under each rule; also by those who answer."""
    with tracker_of(events) as tracker:
        plan = tracker.plan("p")
        for rule in CountingRule:
            whole = plan.progress(rule)
            splits = [plan.progress_by(by, rule) for by in SPLITS]
            for parts in (*splits, tracker.agencies().progress_by_agency(plan, rule)):
                counted = [one for part in parts.values() for one in part.counted]
                assert sorted(counted) == sorted(whole.counted)


def plan_of(*activities: ActivityScheduled) -> Plan:
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), *activities, by="a")
        return tracker.plan("p")


def test_joint_leads_are_a_line_of_their_own_however_they_are_spelt_or_ordered() -> None:
    plan = plan_of(
        scheduled("p/1", lead=JOINT),
        scheduled("p/2", lead=("BỘ B", "Bộ  A.".replace("  ", " "))),
        scheduled("p/3", lead="Bộ A"),
        scheduled("p/4", lead=()),
    )
    parts = {name: part.total for name, part in plan.progress_by("lead").items()}
    assert {"Bộ A": 1, "Bộ A, Bộ B (chung)": 2, "chưa có cơ quan chủ trì": 1} == parts
    assert "Bộ A, Bộ B (joint)" == plan.lead_title("Bộ A, Bộ B (chung)", "en")
    assert "Bộ A, Bộ B (chung)" == lead_title("Bộ A, Bộ B (chung)"), "as it is in Vietnamese"
    assert "no lead agency" == plan.lead_title("chưa có cơ quan chủ trì", "en")
    assert plan.progress_by("lead").keys() == by_lead_and_month(plan).keys()


@pytest.mark.parametrize("lead", [("Bộ A", "BỘ A."), ("Bộ A", "Bộ A"), ("x" * 300,) * 50, ("@bo-a", "Bộ B")])
def test_joint_leads_that_say_nothing_clear_are_refused(lead: tuple[str, ...]) -> None:
    with pytest.raises(InvalidField) as refused:
        scheduled("p/1", lead=lead)
    assert "lead" == refused.value.field


def test_one_name_in_a_tuple_is_that_name() -> None:
    assert scheduled("p/1", lead=("Bộ A",)) == scheduled("p/1", lead="Bộ A")
    assert ("Bộ A",) == scheduled("p/1", lead="Bộ A").leads
    assert JOINT == ActivityReassigned("p/1", on=day("3-1"), lead=JOINT).leads


def test_joint_work_is_listed_under_each_lead_and_counted_once() -> None:
    """By the register; in digests of each; in the rates it is one line."""
    with Tracker(clock=Clock()) as tracker:
        names = (AgencyRegistered("@a", on=day("1-2"), name="Bộ A"), AgencyRegistered("@b", on=day("1-2"), name="Bộ B"))
        tracker.record(adopted(), scheduled("p/1", lead=JOINT), scheduled("p/2", lead="Bộ A"), *names, by="a")
        plan, registry = tracker.plan("p"), tracker.agencies()
        work = {one.label: one for one in registry.work(plan)}
        assert ["Bộ A", "Bộ A, Bộ B (chung)"] == list(work)
        joint = work["Bộ A, Bộ B (chung)"]
        assert (("Bộ A", "Bộ B"), True, True) == (joint.names, joint.is_clear, joint.is_joint)
        assert [1, 1] == [part.total for part in registry.progress_by_agency(plan).values()]
        assert {"Bộ A": 2, "Bộ B": 1} == {one.to: len(one.warnings) for one in digests(tracker, "p", day("7-10"))}


def test_work_without_a_lead_is_warned_of() -> None:
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled("p/1", lead=()), by="a")
        found = [one for one in tracker.warnings("p", on=day("2-1")) if one.kind is WarningKind.WITHOUT_LEAD]
        assert ["p/1"] == [one.subject for one in found]
        tracker.record(ActivityReassigned("p/1", on=day("3-1"), lead="Bộ A"), by="a")
        kinds = {one.kind for one in tracker.warnings("p", on=day("3-2"))}
        assert WarningKind.WITHOUT_LEAD not in kinds


def test_an_activity_is_found_by_its_printed_number() -> None:
    """A code comes first; a number that begins anew in each domain finds none, and says which there are."""
    plan = plan_of(
        scheduled("p/1.01", number="42"), scheduled("p/1.02", number="7"), scheduled("p/2.01", number="7"),
        scheduled("p/42.1", number="1.01"),
    )  # fmt: skip
    assert "p/1.01" == plan.activity("42").id
    assert "p/1.01" == plan.activity("1.01").id
    with pytest.raises(NotFound, match=r"1\.02.*2\.01"):
        plan.activity("7")


def test_a_group_is_a_path_and_a_key() -> None:
    plan = plan_of(
        scheduled("p/1", group=("Văn bản", "Nghị quyết")), scheduled("p/2"), scheduled("p/3", group=("Văn bản",))
    )
    assert ["Văn bản › Nghị quyết", "", "Văn bản"] == list(plan.progress_by("group"))
    with pytest.raises(InvalidField):
        scheduled("p/4", group=("a", "b", "c", "d"))
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled("p/1", group=("Văn bản",), number="3"), by="a")
        tracker.record(ActivityRevised("p/1", on=day("3-1"), group=(), number="4"), by="a")
        before, after = (tracker.plan("p", on=day(on)).activity("1") for on in ("2-1", "3-1"))
        assert (("Văn bản",), "3", (), "4") == (before.group, before.number, after.group, after.number)


def of_days(first: date | None, last: date | None = None, **fields: Any) -> PlanAdopted:
    domains = (Domain("1", "A"),)
    own = {
        "title": "Kế hoạch",
        "jurisdiction": "Tỉnh",
        "domains": domains,
        "first_day": first,
        "last_day": last,
        **fields,
    }
    return PlanAdopted("p", on=date(2023, 1, 2), **own)


def test_the_year_follows_from_the_first_day() -> None:
    assert 2026 == of_days(date(2026, 7, 1), date(2027, 6, 30)).year
    assert of_days(date(2026, 7, 1), year=2026).first_day == date(2026, 7, 1)
    for wrong in ({"year": 2025}, {"last_day": date(2026, 6, 30)}, {"last_day": date(2056, 1, 1)}):
        with pytest.raises(InvalidField):
            of_days(date(2026, 7, 1), **wrong)
    with pytest.raises(InvalidField, match="year"):
        PlanAdopted("p", on=date(2023, 1, 2), title="K", jurisdiction="T", domains=(Domain("1", "A"),))


def test_a_plan_of_its_year_gives_what_it_gave() -> None:
    """Whether its days are said or not."""
    said = of_days(date(2023, 1, 1), date(2023, 12, 31))
    plans = []
    for adoption in (said, of_days(None, None, year=2023)):
        with Tracker(clock=Clock()) as tracker:
            tracker.record(adoption, scheduled("p/1"), by="a")
            plans.append(tracker.plan("p"))
    one, other = plans
    assert one.state == other.state
    assert by_lead_and_month(one) == by_lead_and_month(other)
    assert list(range(1, 13)) == parts_of({}, one)
    assert [month_of(date(2023, m, 5), one) for m in range(1, 13)] == list(range(1, 13))


@pytest.mark.parametrize(
    ("first", "last", "parts", "heads"),
    [
        (date(2026, 1, 1), date(2030, 12, 31), 20, ["Q1/2026", "Q4/2030", "sau 2030"]),
        (date(2026, 7, 1), date(2027, 6, 30), 12, ["07/2026", "06/2027", "sau 30/06/2027"]),
    ],
)
def test_charts_live_in_the_days_of_the_plan(first: date, last: date, parts: int, heads: Sequence[str]) -> None:
    with Tracker(clock=Clock()) as tracker:
        due = Deadline.parse(f"{last:%d/%m/%Y}", last.year)
        tracker.record(of_days(first, last), scheduled("p/1", deadline=due, on=date(2023, 1, 2)), by="a")
        plan = tracker.plan("p")
        assert list(range(1, parts + 1)) == parts_of(by_lead_and_month(plan), plan)
        say = Language("vi")
        assert heads == [part_words(part, plan, say) for part in (1, parts, parts + 1)]
        assert (0, 1, parts, parts + 1) == tuple(
            part_of(on, plan) for on in (date(2025, 12, 31), first, last, date(2031, 1, 1))
        )
        assert "–" in period_words(plan, say)
        balance = plan.balance(first, last)
        assert 1 == sum(balance.entries.values()) == sum(balance.outcomes.values())


def test_a_plan_says_its_level_and_the_jurisdiction_above() -> None:
    with Tracker(clock=Clock()) as tracker:
        tracker.record(of_days(date(2026, 1, 1), level=Level.COMMUNE, above="Tỉnh Lâm Đồng"), by="a")
        state = tracker.plan("p").state
        assert (Level.COMMUNE, "Tỉnh Lâm Đồng", "cấp xã") == (state.level, state.above, Level.COMMUNE.label())
