"""Reports: what their events may hold, to the letter, and what a report refuses."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
import pytest

from reformtrack import CountingRule, InvalidField, Period, errors
from reformtrack.answers import Entry, Outcome
from reformtrack.domain.kinds import REPORT
from reformtrack.domain.period import period
from reformtrack.events import AgencySplit, FigurePublished, ReportCorrected, ReportIssued
from reformtrack.values import Content, Figure, Section
from tests.support import given

FIRST, LAST = date(2023, 1, 1), date(2023, 12, 21)
YEAR = Period(code="2023-nam", title="năm 2023", first=FIRST, last=LAST)
ONE_DAY = Period(code="x", title="x", first=FIRST, last=FIRST)


def figure(key: str = "total", completed: int = 1, total: int = 2, overdue: int = 1) -> Figure:
    return Figure(key=key, title="x", completed=completed, total=total, overdue=overdue)


def content(**changes: Any) -> Content:
    fields: dict[str, Any] = {
        "rule": CountingRule.WHOLE_PLAN,
        "plan_version": 1,
        "position": 1,
        "figures": (figure(), figure("domain:1", 2, 2, 0)),
        "entries": ((Entry.ADDED, 2), (Entry.REOPENED, 1)),
        "outcomes": ((Outcome.OPEN_IN_TIME, 3),),
    }
    return Content(**{**fields, **changes})


def issued(**changes: Any) -> ReportIssued:
    return ReportIssued("p@2023-nam", **{"on": LAST, "period": YEAR, "content": content(), **changes})


def published(**changes: Any) -> FigurePublished:
    return FigurePublished("p@2023-nam", **{"on": LAST, "period": YEAR, "reported_text": "53/55", **changes})


REFUSED: list[tuple[Callable[[], object], str]] = [
    (lambda: figure(completed=3), "Figure.completed cannot be 3; accepted: 0 to its total, 2"),
    (lambda: figure(overdue=2), "Figure.overdue cannot be 2; accepted: 0 to the open ones, 1"),
    (
        lambda: content(figures=(figure("domain:1"),)),
        "Content.figures cannot be ['domain:1']; accepted: each line once, total the first",
    ),
    (
        lambda: content(figures=(figure(), figure())),
        "Content.figures cannot be ['total', 'total']; accepted: each line once, total the first",
    ),
    (
        lambda: content(sections=(Section(name="x", text="1"), Section(name="x", text="2"))),
        "Content.sections cannot be ['x', 'x']; accepted: each name once",
    ),
    (lambda: content(entries=()), "Content.outcomes cannot be 3; accepted: as many as came in, 0"),
    (
        lambda: issued(period=ONE_DAY),
        "ReportIssued.period cannot be 'x'; accepted: the period of the report, 2023-nam",
    ),
    (
        lambda: issued(on=LAST - timedelta(days=1)),
        "ReportIssued.on cannot be 2023-12-20; accepted: a day from the cut-off, 2023-12-21",
    ),
    (
        lambda: published(period=ONE_DAY),
        "FigurePublished.period cannot be 'x'; accepted: the period of the report, 2023-nam",
    ),
    *(
        (
            lambda fields=fields: published(**fields),
            f"FigurePublished.part cannot be {fields.get('part')}; accepted: part and whole, 0 ≤ part ≤ whole, or neither",
        )
        for fields in (
            {"part": 1},
            {"whole": 1},
            {"part": 0},
            {"whole": 0},
            {"part": 2, "whole": 1},
            {"part": 1, "whole": 0},
        )
    ),
    (
        lambda: AgencySplit("@a", on=LAST, into=("@b", "@c", "@b")),
        "AgencySplit.into cannot be ('@b', '@c', '@b'); accepted: two agencies or more, each once",
    ),
    (
        lambda: Period(code="x", title="x", first=LAST, last=FIRST),
        "Period.last cannot be 2023-01-01; accepted: a day from 2023-12-21",
    ),
    (
        lambda: period("2023"),
        "period.code cannot be '2023'; accepted: 2023-q1, 2023-h1, 2023-q3, 2023-year, 2023-m9, 2023-calendar, "
        "2023-01 to 2023-12, or a Period of your own",
    ),
]


@pytest.mark.parametrize(("build", "message"), REFUSED, ids=[message.partition(";")[0] for _, message in REFUSED])
def test_what_no_report_can_hold_is_refused_with_its_field(build: Callable[[], object], message: str) -> None:
    """What was given, and what would be accepted."""
    with pytest.raises(InvalidField) as refused:
        build()
    assert message == str(refused.value)


def test_what_is_just_allowed_is() -> None:
    """All completed, all overdue, one day, issued on the cut-off; a part of nothing."""
    assert 0 == figure(completed=0, total=0, overdue=0).total
    assert 2 == figure(completed=2, total=2, overdue=0).completed
    assert LAST == issued().on
    assert (0, 0) == ((found := published(part=0, whole=0)).part, found.whole)
    assert (1, 1) == ((found := published(part=1, whole=1)).part, found.whole)
    assert 2 == len(AgencySplit("@a", on=LAST, into=("@b", "@c")).into)


CORRECTED = ReportCorrected("p@2023-nam", on=LAST, content=content(position=9), reason="x")


def test_a_report_is_issued_then_corrected() -> None:
    """The first stays; corrections and figures of others are kept in order."""
    state = given(REPORT, issued(), published()).when(CORRECTED, published(reported_text="54/55"))
    assert (issued(), (CORRECTED,)) == (state.issued, state.corrections)
    assert ["53/55", "54/55"] == [event.reported_text for event in state.published]


@pytest.mark.parametrize(
    ("history", "event", "error"),
    [
        ([], CORRECTED, errors.ReportNotIssued),
        ([published()], CORRECTED, errors.ReportNotIssued),
        ([issued()], issued(), errors.ReportAlreadyIssued),
    ],
)
def test_what_a_report_refuses(history: list[Any], event: Any, error: type[errors.IllegalHistory]) -> None:
    """A correction of nothing, and to be issued twice; the error names the event."""
    refused = given(REPORT, *history).when(event)
    assert isinstance(refused, error)
    assert event is refused.event
    if history and error is errors.ReportAlreadyIssued:
        assert history[0] == refused.in_the_way.event


def test_a_line_of_a_report_is_a_rate() -> None:
    """Printed as every other: with its thousands marked, and a dash for the rate of nothing."""
    line = Figure(key="total", title="x", completed=1_234, total=2_000, overdue=0)
    assert ("1.234/2.000 (61,7%)", Fraction(617, 1000), Decimal("61.7")) == (str(line), line.rate, line.percent)
    assert "1,234/2,000 (61.7%)" == line.text("en")
    nothing = attrs.evolve(line, completed=0, total=0)
    assert ("0/0 (–)", None, None) == (nothing.text(), nothing.rate, nothing.percent)
