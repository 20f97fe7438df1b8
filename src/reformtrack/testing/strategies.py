"""
Strategies for every value and event, each valid by itself; whether a history accepts it is another question.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import attrs

from reformtrack.domain import activity, agency, dispatch, indicator, journal, report
from reformtrack.domain.balance import Entry, Outcome
from reformtrack.domain.deadline import Deadline
from reformtrack.domain.fields import forbidden_character
from reformtrack.domain.kinds import ACTIVITY, EVENT_TYPES, KINDS, PLAN, Event, Kind
from reformtrack.domain.period import Period
from reformtrack.domain.progress import Counted, CountingRule, PlanVersion, Progress
from reformtrack.domain.texts import one_line
from reformtrack.domain.timeline import RecordRetracted
from reformtrack.domain.values import Document, Domain, code_of
from reformtrack.extras import extra

with extra("testing"):
    from hypothesis import strategies as st

DAYS = st.dates(date(2022, 1, 1), date(2025, 12, 31))
"""Days around the plan year of the worked example."""

DEADLINE_TEXTS = (
    "31/8/2023",
    "12/2023",
    "Quý I",
    "Quý III",
    "6 tháng đầu năm",
    "Trong năm",
    "20/3; 20/6; 20/9; 20/12",
    "Hằng quý",
    "Hằng tháng",
    "Thường xuyên",
    "Theo hướng dẫn của Bộ Nội vụ",
    "khi rảnh",
)
"""One text of each form of deadline."""

_SLUGS = st.lists(st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=6), min_size=1, max_size=3).map(
    "-".join
)
_CODES = st.builds(
    "{}{}".format,
    st.text("0123456789ABXYZabxyz", min_size=1, max_size=3),
    st.sampled_from(["", ".1", ".2", ".03", ".10"]),
)
_LETTERS = st.sampled_from("aăâbcđêôơưỳỹ ẠẾỘ0123456789.,;/\n\t“”") | st.characters(
    exclude_categories=["Cs", "Cc", "Cn"]
)
_LETTERS.validate()  # makes its table of characters, once on a machine: not in a draw, which may not take a second
_NUMBERS = st.decimals(-(10**9), 10**9, places=2, allow_nan=False, allow_infinity=False)


def texts(min_size: int = 0, max_size: int = 40) -> st.SearchStrategy[str]:
    """Text that a record may carry, Vietnamese letters and other scripts among it."""
    return st.text(_LETTERS, min_size=min_size, max_size=max_size).filter(lambda text: not forbidden_character(text))


def names(max_size: int = 40) -> st.SearchStrategy[str]:
    """Names that a record may carry: one line, without invisible characters."""
    return texts(min_size=1, max_size=max_size).map(one_line).filter(bool)


def ids(*types: str) -> st.SearchStrategy[str]:
    """Ids of streams, of the types that are named, as "PlanId"; of all of them unless given."""
    return st.one_of([_ids(kind) for kind in KINDS if not types or kind.form.name in types])


def _ids(kind: Kind[Any, Any]) -> st.SearchStrategy[str]:
    plans = _SLUGS if kind.form.of_plan else st.just("")
    rest = {PLAN: st.just(""), ACTIVITY: _CODES}.get(kind, _SLUGS)
    return st.builds(f"{{}}{kind.form.sign}{{}}".format, plans, rest)


def periods(code: str = "2023-year") -> st.SearchStrategy[Period]:
    """Periods of a code."""
    days = st.tuples(DAYS, DAYS).map(sorted)
    return st.builds(
        lambda days, title, cumulative, due: Period(
            code=code, title=title, first=days[0], last=days[1], cumulative=cumulative, due=due
        ),
        days,
        texts(min_size=1),
        st.booleans(),
        st.none() | DAYS,
    )


@st.composite
def contents(draw: st.DrawFn) -> report.Content:
    """What a report says: lines whose parts go together, and a balance that balances."""
    keys = [report.TOTAL, *draw(st.lists(_CODES.map("domain:{}".format), max_size=3, unique=True))]
    figures = []
    for key in keys:
        completed, open_ = draw(st.integers(0, 99)), draw(st.integers(0, 99))
        total, overdue = completed + open_, draw(st.integers(0, open_))
        figures.append(report.Figure(key=key, title=draw(_LINES), completed=completed, total=total, overdue=overdue))
    count = draw(st.integers(0, 99))
    return report.Content(
        rule=draw(st.sampled_from(CountingRule)),
        plan_version=draw(st.integers(1, 9)),
        position=draw(st.integers(1, 10**6)),
        figures=tuple(figures),
        entries=((Entry.ADDED, count),),
        outcomes=((Outcome.OPEN_IN_TIME, count),),
    )


def documents() -> st.SearchStrategy[Document]:
    """Documents with any of their fields, a number at least."""
    return st.builds(
        Document,
        type=st.just("") | names(20),
        number=names(20),
        issuer=st.just("") | names(20),
        date=st.none() | DAYS,
        title=texts(),
        url=st.sampled_from(["", "https://example.org/156-qd-ubnd.pdf"]),
        sha256=st.just("") | st.binary(min_size=32, max_size=32).map(bytes.hex),
    )


def domains() -> st.SearchStrategy[tuple[Domain, ...]]:
    """The domains of a plan: one to seven, their codes unique."""
    one = st.builds(Domain, code=_CODES, title=texts(min_size=1))
    return st.lists(one, min_size=1, max_size=7, unique_by=lambda domain: domain.code).map(tuple)


def deadlines() -> st.SearchStrategy[Deadline]:
    """Deadlines of every kind."""
    return st.builds(Deadline.parse, st.sampled_from(DEADLINE_TEXTS) | texts(), st.integers(2022, 2024))


def host_fields() -> st.SearchStrategy[dict[str, str]]:
    """Fields of the host's own."""
    return st.dictionaries(texts(min_size=1, max_size=10), texts(), max_size=3)


def events(*types: type[Event]) -> st.SearchStrategy[Event]:
    """
    Events, each valid by itself.

    Args:
        types: the classes to choose from; all of them unless given.
    """
    return st.one_of([_event(cls) for cls in types or EVENT_TYPES])


def progresses(
    rule: CountingRule = CountingRule.WHOLE_PLAN, on: date = date(2023, 12, 21), plan: str = "dak-nong-2023"
) -> st.SearchStrategy[Progress]:
    """Progress of activities of one plan, under one rule on one day."""
    left_out = {
        CountingRule.WHOLE_PLAN: [Counted.OPEN],
        CountingRule.DATED_ONLY: [Counted.OPEN, Counted.NO_DATE],
        CountingRule.FALLEN_DUE: [Counted.NO_DATE, Counted.NOT_YET_DUE, Counted.AWAITING_CONFIRMATION],
    }
    counted = [Counted.COMPLETED, Counted.OVERDUE, Counted.WITHDRAWN, Counted.CARRIED_OVER, *left_out[rule]]
    ids = _CODES.map(f"{plan}/{{}}".format)
    return st.builds(
        Progress,
        rule=st.just(rule),
        on=st.just(on),
        plan_versions=st.just((PlanVersion(plan, 1),)),  # type: ignore[arg-type]  # a plain text is a plan id here
        counted=st.dictionaries(ids, st.sampled_from(counted), max_size=12),
    )


@st.composite
def _event(draw: st.DrawFn, cls: Any) -> Any:
    """An event of a class: each field by its own strategy or its type's, the optional ones sometimes left to their default."""
    values: dict[str, Any] = {}
    for field in attrs.fields(cls):
        if field.default is attrs.NOTHING or draw(st.booleans()):
            values[field.name] = draw(_strategy(cls, field.name))
    subject = values.pop("subject")
    if issubclass(cls, report.ReportIssued | report.FigurePublished):
        values["code"] = code_of(subject)
    return cls(subject, **_consistent(draw, cls, values))


@cache
def _strategy(cls: Any, name: str) -> st.SearchStrategy[Any]:
    for known, strategies in _BY_CLASS.items():
        if issubclass(cls, known) and name in strategies:
            return strategies[name]
    if name == "subject":
        return ids(*(kind.form.name for kind in KINDS if cls in kind.events))
    return _BY_NAME[name]


def _consistent(draw: st.DrawFn, cls: Any, values: dict[str, Any]) -> dict[str, Any]:
    """The fields of an event that have to fit each other, made to."""
    if cls is activity.ProgressReported:
        measure = draw(st.sampled_from([("percent",), ("part", "whole", "unit"), ("note",)]))
        values = {k: v for k, v in values.items() if k not in ("percent", "part", "whole", "unit")}
        values.update({name: draw(_strategy(cls, name)) for name in measure if name != "note"})
        values["note"] = draw(texts(min_size=1))
    if cls is indicator.ReadingTaken:
        values["as_of"] = min(values["as_of"], values["on"])
    if cls is report.FigurePublished:
        values = {k: v for k, v in values.items() if k not in ("part", "whole")}
        if draw(st.booleans()):
            values.update(part=draw(_strategy(cls, "part")), whole=draw(_strategy(cls, "whole")))
    if "period" in values and isinstance(values["period"], Period):
        values["period"] = attrs.evolve(values["period"], code=values.pop("code"))
        values["on"] = max(values["on"], values["period"].last)
    return values


_LINES = texts(min_size=1, max_size=40)
_CHECKS = st.builds(
    indicator.Check,
    left=st.lists(_SLUGS, min_size=1, max_size=3).map(tuple),
    relation=st.sampled_from(indicator.Relation),
    right=st.lists(_SLUGS.map("{}.whole".format), min_size=1, max_size=3).map(tuple),
)
_BY_CLASS: dict[type[Any], dict[str, st.SearchStrategy[Any]]] = {
    activity.CompletionConfirmed: {"completion": st.integers(1, 99)},
    activity.ProgressReported: {"part": st.integers(0, 50), "whole": st.integers(50, 99), "unit": st.just("hồ sơ")},
    indicator.ReadingTaken: {"part": st.integers(0, 50), "whole": st.integers(50, 99), "value": _NUMBERS},
    report.ReportFact: {"reported_text": _LINES, "rule": st.sampled_from(CountingRule)},
    report.FigurePublished: {"part": st.integers(0, 50), "whole": st.integers(50, 99), "period": periods()},
    report.ReportIssued: {"period": periods()},
    dispatch.DigestSent: {
        "to": names(),
        "warnings": st.lists(_LINES, min_size=1, max_size=3).map(tuple),
    },
    agency.AgencyFact: {"aliases": st.lists(names(), min_size=1, max_size=3).map(tuple)},
    agency.AgencyMerged: {"into": ids("AgencyId")},
    agency.AgencySplit: {"into": st.lists(ids("AgencyId"), min_size=2, max_size=3, unique=True).map(tuple)},
    agency.RoleDelegated: {"to": names().map("{}-2".format), "until": st.just(date(2100, 1, 1))},
    agency.RoleFact: {"plan": st.just("") | ids("PlanId")},
    journal.RecordingRefused: {"event": names(), "about": ids(), "times": st.integers(1, 99)},
    journal.InstantsCorrected: {"first": st.integers(1, 50), "last": st.integers(50, 99)},
    journal.StoreConfigured: {
        "store": st.uuids().map(lambda id: id.hex),
        "time_zone": st.sampled_from(["Asia/Ho_Chi_Minh", "America/Nuuk", "UTC", "UTC-03:30"]),
        "policy": names(),
    },
    RecordRetracted: {"version": st.integers(1, 99)},
}
_BY_NAME: dict[str, st.SearchStrategy[Any]] = {
    "on": DAYS,
    "as_of": DAYS,
    "occurrence": DAYS,
    "title": _LINES,
    "output": texts(),
    "note": texts(),
    "obstacles": texts(),
    "next_step": texts(),
    "reason": _LINES,
    "lead": names(),
    "jurisdiction": names(),
    "unit": st.just("") | names(10),
    "name": names(),
    "function": _LINES,
    "to": ids("AgencyId"),
    "address": st.just("") | names(20),
    "key": st.just(report.TOTAL) | _CODES.map("domain:{}".format),
    "content": contents(),
    "period": st.just("") | names(10),
    "taxonomy": st.just("") | names(10),
    "group": st.just("") | names(10),
    "reported_text": texts(),
    "supporting": st.lists(names(), max_size=3).map(tuple),
    "domain": _CODES,
    "domains": domains(),
    "year": st.integers(1900, 2999),
    "deadline": deadlines(),
    "weight": st.integers(1, 1_000_000),
    "budget": st.integers(0, 10**15),
    "document": documents(),
    "source": documents(),
    "evidence": st.lists(documents(), min_size=1, max_size=3).map(tuple),
    "host_fields": host_fields(),
    "into": ids("PlanId"),
    "counting_rule": st.sampled_from(CountingRule),
    "confirmation_required": st.booleans(),
    "percent": st.decimals(0, 100, places=1),
    "kind": st.sampled_from(indicator.IndicatorKind),
    "target": _NUMBERS,
    "reported_percent": st.decimals(Decimal(0), Decimal(100), places=2),
    "bound": st.sampled_from(indicator.Bound),
    "checks": st.lists(_CHECKS, max_size=2).map(tuple),
    "part_of": st.just("") | _SLUGS,
    "actor": names(),
    "checkpoint": _LINES,
    "role": st.sampled_from(agency.Role),
    "until": st.none() | DAYS,
}
