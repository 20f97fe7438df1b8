"""The registry: whom a name means, who has taken over, and figures under the agencies of then and of now."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reformtrack import Activity, CountingRule, Event, IllegalHistory, NotFound, Plan, Tracker
from reformtrack.answers import Ambiguous, Found, Registry, Unknown
from reformtrack.domain.texts import name_key
from reformtrack.events import (
    ActivityReassigned,
    AgencyAliased,
    AgencyDissolved,
    AgencyMerged,
    AgencyRegistered,
    AgencyRenamed,
    AgencySplit,
    FunctionMoved,
)
from reformtrack.testing import proposals
from tests.support import Clock, adopted, scheduled, tracker_of

BORN, SPRING, SUMMER = date(2004, 1, 1), date(2025, 3, 1), date(2025, 7, 1)
NOW = datetime(2026, 1, 5, 3, tzinfo=UTC)
NAMES = {
    "noi-vu": "Sở Nội vụ",
    "tai-chinh": "Sở Tài chính",
    "ke-hoach": "Sở Kế hoạch và Đầu tư",
    "tt-tt": "Sở Thông tin và Truyền thông",
    "khcn": "Sở Khoa học và Công nghệ",
    "gtvt": "Sở Giao thông vận tải",
    "xay-dung": "Sở Xây dựng",
}


def day_2025(month: int, number: int) -> date:
    return date(2025, month, number)


REFORM = (
    AgencyMerged("@ke-hoach", on=SPRING, into="@tai-chinh"),
    AgencyMerged("@tt-tt", on=SPRING, into="@khcn"),
    AgencyMerged("@gtvt", on=SPRING, into="@xay-dung"),
    AgencyRegistered("@dan-toc", on=SPRING, name="Sở Dân tộc và Tôn giáo"),
    FunctionMoved("@noi-vu", on=SPRING, function="tín ngưỡng, tôn giáo", to="@dan-toc"),
)


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def tracker(clock: Clock) -> Tracker:
    """Departments before and after 01/03/2025."""
    tracker = Tracker(clock=clock)
    tracker.record(*(AgencyRegistered(f"@{id}", on=BORN, name=name) for id, name in NAMES.items()), by="x")
    tracker.record(*REFORM, by="x")
    return tracker


def test_a_name_of_then_means_the_agency_of_then_and_reaches_its_successor(tracker: Tracker) -> None:
    """A figure of 2023 prints the name of 2023; today's question reaches today's agency."""
    today, then = tracker.agencies(), tracker.agencies(on=date(2023, 12, 21))
    for registry in (today, then):
        assert registry.resolve("Sở Kế hoạch và Đầu tư", date(2023, 1, 1)) == Found(registry.agency("@ke-hoach"))
    assert ["Sở Tài chính"] == [a.name for a in today.responsible("Sở Kế hoạch và Đầu tư", date(2023, 1, 1))]
    assert ["Sở Kế hoạch và Đầu tư"] == [a.name for a in then.responsible("Sở Kế hoạch và Đầu tư")]
    assert ["Sở Nội vụ"] == [agency.name for agency in today.successors("@noi-vu")]
    assert ((SPRING, "tín ngưỡng, tôn giáo", "@dan-toc"),) == today.agency("@noi-vu").state.functions
    assert not today.agency("@gtvt").exists
    assert then.agency("@gtvt").exists


def test_a_search_does_not_mind_marks_or_capitals(tracker: Tracker) -> None:
    """As one types without a Vietnamese keyboard."""
    registry = tracker.agencies()
    assert ["Sở Nội vụ"] == [agency.name for agency in registry.search("so noi vu")]
    assert ["Sở Dân tộc và Tôn giáo"] == [agency.name for agency in registry.search("DAN TOC")]
    assert registry.resolve("so noi  vu") == Ambiguous((registry.agency("@noi-vu"),)), (
        "it is found, and means nobody for sure"
    )
    assert registry.resolve("SỞ  NỘI VỤ") == Found(registry.agency("@noi-vu"))
    with pytest.raises(NotFound):
        registry.agency("@khong-co")
    with pytest.raises(NotFound):
        tracker.agencies(on=date(2003, 1, 1)).agency("@noi-vu")


def test_what_may_mean_several_is_never_guessed(tracker: Tracker) -> None:
    """A name of that day comes before an alias; two of the same rank are ambiguous; an unknown name is unknown."""
    tracker.record(AgencyAliased("@noi-vu", on=BORN, aliases=("SNV", "Sở")), by="x")
    tracker.record(AgencyAliased("@tai-chinh", on=BORN, aliases=("Sở", "Sở Xây dựng")), by="x")
    registry = tracker.agencies()
    assert registry.resolve("snv") == Found(registry.agency("@noi-vu"))
    assert registry.resolve("Sở Xây dựng") == Found(registry.agency("@xay-dung"))
    found = registry.resolve("Sở")
    assert isinstance(found, Ambiguous)
    assert {"@noi-vu", "@tai-chinh"} == {agency.id for agency in found.agencies}
    assert registry.resolve("Sở Không có") == Unknown("Sở Không có")
    assert () == registry.responsible("Sở") == registry.responsible("Sở Không có")


def test_a_name_that_two_agencies_had_one_after_the_other_means_the_one_of_the_day(tracker: Tracker) -> None:
    """Lâm Đồng took the name of the smaller department over, for instance."""
    tracker.record(AgencyRegistered("@moi", on=SUMMER, name="Sở Giao thông vận tải"), by="x")
    registry = tracker.agencies()
    assert registry.resolve("Sở Giao thông vận tải", date(2023, 1, 1)) == Found(registry.agency("@gtvt"))
    assert registry.resolve("Sở Giao thông vận tải", SUMMER) == Found(registry.agency("@moi"))
    assert isinstance(registry.resolve("Sở Giao thông vận tải", date(2025, 5, 1)), Ambiguous)


def test_a_rename_keeps_the_old_name_in_old_papers(tracker: Tracker) -> None:
    """The name is that of the day; both mean the same agency."""
    tracker.record(AgencyRenamed("@noi-vu", on=SUMMER, name="Sở Nội vụ và Lao động"), by="x")
    registry = tracker.agencies()
    agency = registry.agency("@noi-vu")
    assert ("Sở Nội vụ và Lao động", "Sở Nội vụ") == (agency.name, agency.name_on(date(2023, 1, 1)))
    assert "Sở Nội vụ" == tracker.agencies(on=SPRING).agency("@noi-vu").name
    assert registry.resolve("Sở Nội vụ", date(2023, 1, 1)) == registry.resolve("Sở Nội vụ và Lao động") == Found(agency)


def test_a_split_has_several_heirs_and_a_dissolution_none(tracker: Tracker) -> None:
    """Over several steps."""
    tracker.record(
        AgencySplit("@khcn", on=SUMMER, into=("@noi-vu", "@tai-chinh")),
        AgencyDissolved("@xay-dung", on=SUMMER),
        by="x",
    )
    registry = tracker.agencies()
    assert ["@noi-vu", "@tai-chinh"] == [agency.id for agency in registry.successors("@tt-tt")]
    assert () == registry.successors("@gtvt")
    assert ["@xay-dung"] == [agency.id for agency in tracker.agencies(on=SPRING).successors("@gtvt")]


def test_a_reorganisation_is_not_known_before_it_is_recorded(tracker: Tracker) -> None:
    """The second clock holds for agencies too."""
    known = tracker.agencies(known_at=len(NAMES))
    assert known.agency("@ke-hoach").exists
    assert len(NAMES) == len(known.agencies)


NAMES_OF_ALL = st.sampled_from([*NAMES.values(), "Sở", "SNV", "Các sở, ban, ngành"])


@given(
    st.permutations(range(6)),
    st.lists(NAMES_OF_ALL, min_size=6, max_size=6),
    NAMES_OF_ALL,
    st.sampled_from([BORN, SUMMER]),
)
def test_aliases_resolve_the_same_in_any_order(order: list[int], aliases: list[str], name: str, then: date) -> None:
    """Whichever was recorded first."""

    def resolved(places: Any) -> Any:
        with Tracker(clock=Clock(NOW)) as tracker:
            ids = list(NAMES)
            tracker.record(*(AgencyRegistered(f"@{id}", on=BORN, name=NAMES[id]) for id in ids), by="x")
            for place in places:
                tracker.record(AgencyAliased(f"@{ids[place]}", on=SPRING, aliases=(aliases[place],)), by="x")
            found = tracker.agencies().resolve(name, then)
        if isinstance(found, Found):
            return found.agency.id
        return {agency.id for agency in found.agencies} if isinstance(found, Ambiguous) else None

    assert resolved(range(6)) == resolved(order)


@given(proposals(), st.integers(0, 10**6))
def test_grand_totals_are_equal_under_the_agencies_of_then_and_of_now(events: list[Any], seed: int) -> None:
    """Whatever became of the agencies: each activity is counted once, under every rule."""
    draw = random.Random(seed)
    leads = ["Sở Tư pháp", "Sở Nội vụ", "Văn phòng UBND tỉnh", "Sở Mới"]
    with tracker_of(events) as tracker:
        for number, name in enumerate(leads):
            if draw.random() < 0.8:
                tracker.record(AgencyRegistered(f"@a-{number}", on=BORN, name=name), by="x")
        for _ in range(4):
            reorganise(tracker, draw)
        plan, registry = tracker.plan("p"), tracker.agencies()
        for rule in CountingRule:
            parts = registry.progress_by_agency(plan, rule)
            whole = plan.progress(rule)
            assert whole.counted == sum(parts.values(), attrs.evolve(whole, counted=(), plan_versions=())).counted


def reorganise(tracker: Tracker, draw: random.Random, name: str = "Sở Khác") -> None:
    """One reorganisation, if it is legal."""
    one, *others = (f"@a-{number}" for number in draw.sample(range(4), 3))
    on = date(2023, draw.randrange(1, 13), 1)
    events: list[Event] = [
        AgencyMerged(one, on=on, into=others[0]),
        AgencySplit(one, on=on, into=tuple(others)),
        AgencyDissolved(one, on=on),
        AgencyRenamed(one, on=on, name=name),
    ]
    try:
        tracker.record(draw.choice(events), by="x")
    except IllegalHistory:
        return


def test_work_goes_to_whom_the_name_meant_on_the_day_it_was_printed(tracker: Tracker) -> None:
    """That is the day of the schedule, or of the last handing over: not that of the plan's adoption."""
    tracker.record(
        AgencyRegistered("@luat", on=BORN, name="Sở Luật"),
        AgencyRegistered("@luat-moi", on=SPRING, name="Sở Tư pháp mới"),
        AgencySplit("@luat", on=SPRING, into=("@luat-moi", "@noi-vu")),
        AgencyRegistered("@luat-khac", on=SUMMER, name="Sở Luật"),
        adopted(on=day_2025(1, 2), year=2025),
        scheduled("p/1", on=day_2025(1, 2), lead="Sở Luật"),
        scheduled("p/2", on=day_2025(8, 1), lead="Sở Luật"),
        scheduled("p/3", on=day_2025(1, 2), lead="Sở Tài chính"),
        ActivityReassigned("p/3", on=day_2025(9, 1), lead="Sở Luật"),
        ActivityReassigned("p/2", on=day_2025(9, 2), lead="Sở Luật", supporting=("Sở Tài chính",)),
        by="a",
    )
    registry = tracker.agencies()
    split = {"Sở Nội vụ + Sở Tư pháp mới": ["1"]}
    assert {**split, "Sở Luật": ["2"], "Sở Tài chính": ["3"]} == counted(registry, tracker.plan("p", on=day_2025(8, 1)))
    assert {**split, "Sở Luật": ["2", "3"]} == counted(registry, tracker.plan("p"))


def counted(registry: Registry, plan: Plan) -> dict[str, list[str]]:
    """The codes of the activities under each name."""
    found = registry.progress_by_agency(plan)
    return {name: [id.rpartition("/")[2] for id, _ in part.counted] for name, part in found.items()}


def test_namesakes_stay_apart() -> None:
    """One that has ended, those that have one name today, and a name that is nobody's: each is a line, told apart by its id."""
    with Tracker(clock=Clock(NOW)) as tracker:
        tracker.record(
            AgencyRegistered("@a", on=BORN, name="Sở X"),
            AgencyRegistered("@b", on=BORN, name="Sở Z"),
            adopted(on=day_2025(1, 2), year=2025),
            *(scheduled(f"p/{n}", on=day_2025(1, 2), lead=lead) for n, lead in ((1, "Sở X"), (2, "Sở Z"), (3, "Sở Y"))),
            AgencyDissolved("@a", on=SPRING),
            AgencyRegistered("@n", on=SUMMER, name="Sở X"),
            scheduled("p/4", on=day_2025(8, 1), lead="Sở X"),
            by="a",
        )
        assert {"Sở X (@a)": ["1"], "Sở X (@n)": ["4"], "Sở Y": ["3"], "Sở Z": ["2"]} == counted(
            tracker.agencies(), tracker.plan("p")
        )
        tracker.record(AgencyRenamed("@b", on=day_2025(9, 1), name="Sở X"), by="a")
        tracker.record(scheduled("p/5", on=day_2025(9, 2), lead="Sở X"), by="a")
        assert {"Sở X": ["5"], "Sở X (@a)": ["1"], "Sở X (@b)": ["2"], "Sở X (@n)": ["4"], "Sở Y": ["3"]} == counted(
            tracker.agencies(), tracker.plan("p")
        )
        [nobodys] = [work for work in tracker.agencies().work(tracker.plan("p")) if work.label == "Sở X"]
        assert (False, ["@b", "@n"]) == (nobodys.is_clear, sorted(agency.id for agency in nobodys.agencies))


@given(proposals(), st.integers(0, 10**6))
def test_each_line_is_the_work_of_those_who_answer_for_it(events: list[Any], seed: int) -> None:
    """However names were reused: who answers for one activity of a line answers for each, and for none of another."""
    draw = random.Random(seed)
    with tracker_of(events) as tracker:
        for number, name in enumerate(["Sở Tư pháp", "Sở Nội vụ", "Sở Nội vụ", "Sở Mới"]):
            tracker.record(AgencyRegistered(f"@a-{number}", on=BORN, name=name), by="x")
        for _ in range(4):
            reorganise(tracker, draw, name=draw.choice(["Sở Tư pháp", "Sở Nội vụ", "Sở Khác"]))
        plan, registry = tracker.plan("p"), tracker.agencies()
        lines = registry.progress_by_agency(plan, CountingRule.WHOLE_PLAN)
        codes = {id: name for name, part in lines.items() for id, _ in part.counted}
        assert len(plan.activities) == len(codes)
        spelt = {name_key(name): name for name in ("Sở Tư pháp", "Sở Nội vụ", "Sở Khác", "Sở Mới")}

        def whose(one: Activity) -> tuple[set[str], bool]:
            """Who answers for it, if that is clear for each of its leads, and whether together."""
            of = [registry.responsible(spelt.get(name_key(name), name), one.lead_since) for name in one.leads]
            ids: set[str] = {agency.id for agencies in of for agency in agencies}
            return (ids if all(of) else set[str](), len(of) > 1 and len(ids) > 1)

        for one in plan.activities:
            for other in plan.activities:
                mine, yours = whose(one), whose(other)
                if mine[0] or yours[0]:
                    assert (mine == yours) is (codes[one.id] == codes[other.id])


def test_views_of_many_plans_do_not_mind_agencies(tracker: Tracker, clock: Clock) -> None:
    """They are in the log and in no plan."""
    tracker.record(adopted("p"), scheduled("p/1.01"), by="x")
    tracker.record(AgencyAliased("@noi-vu", on=SUMMER, aliases=("SNV",)), by="x")
    clock.now += timedelta(days=1)
    for _ in range(2):
        rollup = tracker.rollup(by=["plan"])
        assert ([("p",)], tracker.log.position()) == (list(rollup.lines), rollup.position)
        assert ["p"] == [silent.plan for silent in tracker.rollup(silent_days=0).silent]
        tracker.views.rebuild()
    assert isinstance(tracker.agencies(), Registry)


def test_heirs_are_found_once_however_many_ways_lead_to_them() -> None:
    """Thirty levels of agencies that are split crosswise: a thousand million ways, and two heirs."""
    with Tracker(clock=Clock(NOW)) as tracker:
        for level in range(31):
            made = [AgencyRegistered(f"@{side}{level}", on=BORN, name=f"{side} {level}") for side in "ab"]
            tracker.record(*made, by="x")
        for level in range(30):
            parts = (f"@a{level + 1}", f"@b{level + 1}")
            tracker.record(
                *(AgencySplit(f"@{side}{level}", on=BORN + timedelta(days=level + 1), into=parts) for side in "ab"),
                by="x",
            )
        assert ["a 30", "b 30"] == [heir.name for heir in tracker.agencies().successors("@a0")]


def test_a_long_line_of_mergers_is_followed_to_its_end() -> None:
    """Longer than Python's stack."""
    with Tracker(clock=Clock(NOW)) as tracker:
        tracker.record(*(AgencyRegistered(f"@c{n}", on=BORN, name=f"C {n}") for n in range(1_200)), by="x")
        tracker.record(
            *(AgencyMerged(f"@c{n}", on=BORN + timedelta(days=n + 1), into=f"@c{n + 1}") for n in range(1_199)), by="x"
        )
        assert ["C 1199"] == [heir.name for heir in tracker.agencies().successors("@c0")]


def test_the_work_of_an_unclear_lead_is_one_line_whenever_it_was_given() -> None:
    """On a later day the name may mean one agency more: what stands under the name is counted once, and together."""
    tracker = Tracker(clock=Clock(NOW))
    born = (AgencyRegistered(id, on=on, name="Sở Chung") for id, on in (("@a", BORN), ("@b", BORN), ("@c", SPRING)))
    days = {"p/1": day_2025(1, 15), "p/2": day_2025(4, 1)}
    given = (scheduled(id, on=on, lead="Sở Chung") for id, on in days.items())
    tracker.record(*born, adopted(on=day_2025(1, 2)), *given, by="a")
    [work] = tracker.agencies().work(tracker.plan("p"))
    assert ("Sở Chung", False, ["@a", "@b", "@c"], [*days]) == (
        work.label,
        work.is_clear,
        [one.id for one in work.agencies],
        [one.id for one in work.activities],
    )


def test_work_is_grouped_under_a_registered_agency_however_its_name_is_spelt(tracker: Tracker) -> None:
    """Nobody gets a right by it: a full stop too many is not the agency's name where somebody reports."""
    leads = {
        "p/1": "Sở Nội vụ",
        "p/2": "SỞ NỘI VỤ.",
        "p/3": "Sở Nộі vụ",
        "p/4": "Sở Nội vu",
    }  # the third with a Cyrillic і
    tracker.record(adopted(on=BORN), *(scheduled(id, lead=lead) for id, lead in leads.items()), by="a")
    registry = tracker.agencies()
    assert {"Sở Nội vụ": (True, ["p/1", "p/2", "p/3"]), "Sở Nội vu": (False, ["p/4"])} == {
        work.label: (work.is_clear, [one.id for one in work.activities]) for work in registry.work(tracker.plan("p"))
    }
    assert not isinstance(registry.resolve("SỞ NỘI VỤ."), Found)
    assert () == registry.responsible("SỞ NỘI VỤ.")


def test_a_spelling_of_two_registered_names_means_neither() -> None:
    tracker = Tracker(clock=Clock(NOW))
    both = (AgencyRegistered(id, on=BORN, name=name) for id, name in (("@a", "Sở Y tế"), ("@b", "Sở Y tế.")))
    tracker.record(*both, adopted(on=BORN), scheduled("p/1", lead="SỞ Y TẾ ."), by="a")
    [work] = tracker.agencies().work(tracker.plan("p"))
    assert not work.is_clear
    assert "Sở Y tế" == tracker.agencies().meant("Sở Y tế", BORN)[0][0].name
