"""The table of kinds: each stream is of one kind, by its sign, and each event belongs to one."""

from collections.abc import Callable
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reformtrack import CountingRule, InvalidField, errors
from reformtrack.domain.acceptance import accept
from reformtrack.domain.kinds import ACTIVITY, EVENT_TYPES, JOURNAL, KINDS, PLAN, RECORDABLE, REPORT, Kind, kind_of
from reformtrack.domain.period import period
from reformtrack.domain.timeline import as_records
from reformtrack.domain.values import (
    activity_id,
    agency_id,
    code_of,
    dispatch_id,
    indicator_id,
    journal_id,
    plan_id,
    plan_of,
    report_id,
    stream_id,
)
from reformtrack.events import FigurePublished, RecordingRefused, RecordRetracted, ReportCorrected, ReportIssued
from reformtrack.store.streams import range_of, stream_range, whole_plan
from reformtrack.values import Content, Figure
from tests.support import INSTANT, adopted, day

ids = st.sampled_from(KINDS).flatmap(
    lambda kind: st.tuples(
        st.just(kind), st.from_regex(kind.form.pattern, fullmatch=True).filter(lambda i: len(i) < 200)
    )
)


@given(ids)
def test_a_stream_is_of_the_kind_whose_form_its_id_has(given: tuple[Kind[Any, Any], str]) -> None:
    """And of no other; its plan, its sign and its code are all of it."""
    kind, id = given
    assert kind is kind_of(id)
    assert [kind] == [one for one in KINDS if one.has(id)]
    assert [kind] == [one for one in KINDS if one.form.pattern.fullmatch(id)]
    assert id == stream_id(id) == plan_of(id) + kind.form.sign + code_of(id)
    assert kind.form.of_plan == bool(plan_of(id))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("p/", "ActivityId"),
        ("p#", "IndicatorId"),
        ("p@", "ReportId"),
        ("p!", "DispatchId"),
        ("@", "AgencyId"),
        ("~", "JournalId"),
        ("p~a", "PlanId"),
        ("/a", "PlanId"),
        ("", "PlanId"),
        ("p/1@2023", "ActivityId"),
    ],
)
def test_what_has_no_kinds_form_is_refused_by_its_sign(text: str, name: str) -> None:
    """The error says the form that the first sign asks for."""
    with pytest.raises(InvalidField) as refused:
        stream_id(text)
    assert (name.removesuffix("Id").lower(), "id") == (refused.value.owner, refused.value.field)


@pytest.mark.parametrize("event", EVENT_TYPES)
def test_an_event_stands_in_one_kind_whose_ids_its_subject_takes(event: type[object]) -> None:
    """A retraction is about a stream of any kind."""
    kinds = [kind.form.name for kind in KINDS if event in kind.events] or ["StreamId"]
    assert kinds == [attrs.fields_dict(event)["subject"].type.__name__]  # type: ignore[arg-type, union-attr]  # each event is an attrs class
    assert (event is RecordRetracted) == (kinds == ["StreamId"])


def test_what_the_tracker_makes_is_not_recordable() -> None:
    """Reports, and what a store notes of itself."""
    made = {ReportIssued, ReportCorrected, *JOURNAL.events}
    assert made == set(EVENT_TYPES) - set(RECORDABLE) == {event for kind in KINDS for event in kind.made}


@given(ids, st.from_regex(PLAN.form.pattern, fullmatch=True).filter(lambda i: len(i) < 100))
def test_the_ranges_of_a_plan_hold_its_streams_and_no_other(given: tuple[Kind[Any, Any], str], plan: str) -> None:
    """Each of its streams is in one of them."""
    kind, id = given
    for of in {plan_of(id) or plan_id(plan), plan_id(plan)}:
        found = [one for one in whole_plan(of) if one.low <= id < one.high]
        own = [stream_range(id) if kind is PLAN else range_of(kind, of)] if plan_of(id) == of else []
        assert own == found
    assert range_of(ACTIVITY, plan).low < f"{plan}/z" < range_of(ACTIVITY, plan).high < range_of(REPORT, plan).low


def retracted(event: Any) -> None:
    """Judge the retraction of an event that stands on record, in a plan that is adopted."""
    history = as_records([event], {}, INSTANT, "x", "r")
    back: Any = RecordRetracted(event.subject, version=1, reason="x")
    plan = as_records([adopted()], {}, INSTANT, "x", "r")
    histories: dict[Any, Any] = {event.subject: history, "p": plan}
    accept(as_records([back], histories, INSTANT, "x", "q"), histories, day("12-31"))


def test_what_the_tracker_made_is_never_taken_back() -> None:
    """A report that was sent, and what the store noted of itself; a figure of elsewhere that was noted wrongly is."""
    on, year = day("12-31"), period("2023-year")
    figures = (Figure(key="total", title="x", completed=0, total=0, overdue=0),)
    content = Content(rule=CountingRule.WHOLE_PLAN, plan_version=1, position=1, figures=figures)
    issued = ReportIssued("p@2023-year", on=on, period=year, content=content)
    noted = RecordingRefused("~refusals", on=on, actor="x", event="PlanClosed", about="p", reason="x")
    for event, error in ((issued, errors.ReportIsLocked), (noted, errors.JournalIsKept)):
        with pytest.raises(error) as refused:
            retracted(event)
        assert (RecordRetracted, event) == (type(refused.value.event), refused.value.in_the_way.event)
    retracted(FigurePublished("p@2023-year", on=on, period=year, reported_text="x"))


@given(ids)
def test_each_kinds_own_function_takes_its_ids_alone(given: tuple[Kind[Any, Any], str]) -> None:
    """And gives them as they are."""
    kind, id = given
    of: dict[str, Callable[[str], str]] = {
        "PlanId": plan_id,
        "ActivityId": activity_id,
        "IndicatorId": indicator_id,
        "ReportId": report_id,
    }
    more: dict[str, Callable[[str], str]] = {"DispatchId": dispatch_id, "AgencyId": agency_id, "JournalId": journal_id}
    for name, read in {**of, **more}.items():
        if name == kind.form.name:
            assert id == read(id)
        else:
            with pytest.raises(InvalidField, match=rf"^{name.removesuffix('Id').lower()}\.id cannot be"):
                read(id)
