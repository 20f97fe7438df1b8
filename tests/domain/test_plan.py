"""Which histories of a plan are legal, what state they leave, and what the plan binds its activities to."""

from datetime import date
from typing import Any

import pytest

from reformtrack import Document, Domain, InvalidField, Period, errors
from reformtrack.domain.kinds import PLAN
from reformtrack.domain.plan import PlanState, check_activity
from reformtrack.events import ActivityRevised, ActivityStarted, PlanAmended, PlanClosed, PlanReopened
from tests.support import ADOPTED, adopted, day, given, scheduled

DOCUMENT = Document(type="Quyết định", number="99/QĐ-UBND")
AMENDED = PlanAmended("p", on=day("5-1"), document=DOCUMENT, host_fields={"ma": "2"})
CLOSED = PlanClosed("p", on=day("12-15"))
REOPENED = PlanReopened("p", on=day("12-20"), reason="bổ sung")


@pytest.mark.parametrize(
    ("history", "event", "error"),
    [
        ([], AMENDED, errors.PlanNotAdopted),
        ([], CLOSED, errors.PlanNotAdopted),
        ([adopted()], adopted(on=day("2-1")), errors.PlanAlreadyAdopted),
        ([adopted()], REOPENED, errors.PlanIsOpen),
        ([adopted(), CLOSED], PlanClosed("p", on=day("12-16")), errors.PlanIsClosed),
        ([adopted(), CLOSED], PlanAmended("p", on=day("12-16"), document=DOCUMENT), errors.PlanIsClosed),
        ([adopted(), CLOSED, REOPENED], PlanReopened("p", on=day("12-21"), reason="x"), errors.PlanIsOpen),
    ],
)
def test_an_illegal_history_is_refused_by_its_own_rule(history: list[Any], event: Any, error: type[Any]) -> None:
    """One error class a broken rule."""
    refused = given(PLAN, *history).when(event)
    assert isinstance(refused, error)
    assert type(refused) is error
    assert str(refused).endswith(f"accepted: {refused.accepted}")


def test_the_adoption_gives_the_state() -> None:
    """Every field of the adoption is in it."""
    event = adopted(document=DOCUMENT, confirmation_required=True, host_fields={"ma": "1"})
    state = given(PLAN).when(event)
    for name in (
        "title",
        "year",
        "jurisdiction",
        "domains",
        "document",
        "counting_rule",
        "confirmation_required",
        "host_fields",
    ):
        assert getattr(event, name) == getattr(state, name)
    assert (state.adopted_on, state.version, state.is_open) == (ADOPTED, 1, True)


def test_each_amendment_makes_a_new_version() -> None:
    """And may replace the host's fields; without any they stay."""
    state = given(PLAN, adopted(host_fields={"ma": "1"})).when(AMENDED)
    assert (state.version, state.amendments, state.host_fields) == (2, (DOCUMENT,), {"ma": "2"})
    plain = PlanAmended("p", on=day("5-2"), document=DOCUMENT)
    again = given(PLAN, adopted(host_fields={"ma": "1"}), AMENDED).when(plain)
    assert (again.version, again.host_fields) == (3, {"ma": "2"})
    assert PlanState().version == 0


def test_a_plan_is_open_from_its_adoption_to_its_close_both_days_included() -> None:
    """And again from its reopening."""
    state = given(PLAN, adopted(), CLOSED).when(REOPENED)
    assert ((ADOPTED, day("12-15")), (day("12-20"), None)) == state.periods
    days = [date(2023, 1, 1), ADOPTED, day("12-15"), day("12-16"), day("12-19"), day("12-20"), day("12-31")]
    assert [state.is_open_on(d) for d in days] == [False, True, True, False, False, True, True]
    assert state.is_open
    assert not given(PLAN, adopted()).when(CLOSED).is_open
    assert not PlanState().is_open
    again = given(PLAN, adopted(), CLOSED, REOPENED).when(PlanClosed("p", on=day("12-25")))
    assert ((ADOPTED, day("12-15")), (day("12-20"), day("12-25"))) == again.periods


OPEN = PlanState(adopted_on=ADOPTED, domains=adopted().domains, periods=((ADOPTED, None),))
ENDED = PlanState(adopted_on=ADOPTED, domains=adopted().domains, periods=((ADOPTED, day("12-15")),))


@pytest.mark.parametrize(
    ("plan", "event", "error"),
    [
        (PlanState(), scheduled(), errors.PlanNotAdopted),
        (OPEN, scheduled(on=date(2023, 1, 1)), errors.PlanNotAdopted),
        (ENDED, ActivityStarted("p/1.01", on=day("12-16")), errors.PlanNotOpenThen),
        (OPEN, scheduled(domain="3"), errors.UnknownDomain),
        (OPEN, ActivityRevised("p/1.01", on=day("2-1"), domain="3"), errors.UnknownDomain),
    ],
)
def test_a_fact_that_does_not_fit_its_plan_is_refused(plan: PlanState, event: Any, error: type) -> None:
    """The plan's days and domains bind its activities."""
    with pytest.raises(error) as caught:
        check_activity(plan, event)
    assert event == caught.value.event  # type: ignore[attr-defined]
    if error is errors.UnknownDomain:
        assert caught.value.found == "the plan has no domain '3'"  # type: ignore[attr-defined]
        assert caught.value.accepted == "one of 1, 2"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("plan", "event"),
    [
        (OPEN, scheduled()),
        (ENDED, ActivityStarted("p/1.01", on=day("12-15"))),
        (OPEN, ActivityRevised("p/1.01", on=day("2-1"), domain="2")),
        (OPEN, ActivityRevised("p/1.01", on=day("2-1"), title="x")),
    ],
)
def test_a_fact_that_fits_its_plan_is_accepted(plan: PlanState, event: Any) -> None:
    """First and last days are in; a revision need not name a domain."""
    assert check_activity(plan, event) is None  # type: ignore[func-returns-value]


def test_a_plan_has_domains_with_codes_of_their_own() -> None:
    """None at all, or two of one code, cannot be adopted."""
    for domains in ((), (Domain("1", "Thể chế"), Domain("1", "Thủ tục"))):
        with pytest.raises(InvalidField) as caught:
            adopted(domains=domains)
        assert (caught.value.owner, caught.value.field) == ("PlanAdopted", "domains")


FIRST, LAST = date(2023, 1, 1), date(2026, 12, 31)


def stage(code: str, first: date, last: date) -> Period:
    return Period(code=code, title=code, first=first, last=last)


ONE = stage("1", FIRST, date(2024, 12, 31))
TWO = stage("2", date(2025, 1, 1), LAST)


@pytest.mark.parametrize(
    "stages",
    [
        (stage("1", date(2022, 12, 31), LAST),),
        (stage("1", FIRST, date(2027, 1, 1)),),
        (ONE, stage("2", date(2025, 1, 1), date(2027, 1, 1))),
        (ONE, stage("2", date(2024, 12, 31), LAST)),
        (TWO, ONE),
        (ONE, stage("1", date(2025, 1, 1), LAST)),
    ],
)
def test_stages_that_leave_the_days_of_their_plan_are_refused(stages: tuple[Period, ...]) -> None:
    """So are those that overlap, or share a code; within it, with or without days between them, they are taken."""
    within = "stages from 2023-01-01 to 2026-12-31, one after the other, each with a code of its own"
    with pytest.raises(InvalidField) as caught:
        adopted(first_day=FIRST, last_day=LAST, stages=stages)
    assert ("PlanAdopted", "stages", within) == (caught.value.owner, caught.value.field, caught.value.accepted)
    days = [day for stage in stages for day in (stage.first, stage.last)]
    assert tuple(days) == caught.value.args[2]
    for fitting in ((), (ONE,), (TWO,), (ONE, TWO), (stage("1", FIRST, FIRST), TWO)):
        assert fitting == adopted(first_day=FIRST, last_day=LAST, stages=fitting).stages


@pytest.mark.parametrize("last", [date(2022, 12, 31), date(2053, 1, 1)])
def test_a_plan_ends_after_it_begins_and_within_thirty_years(last: date) -> None:
    """Its last day may be its first, and the last day of the thirtieth year."""
    with pytest.raises(InvalidField) as caught:
        adopted(first_day=FIRST, last_day=last)
    assert "a day from 2023-01-01, before 2053-01-01" == caught.value.accepted
    assert ("PlanAdopted", "last_day", last) == caught.value.args[:3]
    for fitting in (FIRST, date(2052, 12, 31)):
        assert fitting == adopted(first_day=FIRST, last_day=fitting).last_day
