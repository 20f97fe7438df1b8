"""Strategies for every value and event, each valid by itself; whether a history accepts it is another question."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from inspect import signature
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

import attrs
from msgspec import Meta

from reformtrack.domain import activity, agency, indicator, journal, plan, report, values
from reformtrack.domain.balance import Entry, Outcome
from reformtrack.domain.deadline import Deadline
from reformtrack.domain.fields import JOINT, NO_ID, ONE_LINE, SIGNS, forbidden_character
from reformtrack.domain.kinds import ACTIVITY, EVENT_TYPES, KINDS, PLAN, Event, Kind
from reformtrack.domain.period import Period
from reformtrack.domain.progress import Counted, CountingRule, PlanVersion, Progress
from reformtrack.domain.texts import name_key, one_line
from reformtrack.domain.timeline import Record
from reformtrack.domain.values import Document, Domain, DomainCode, StreamId, code_of
from reformtrack.extras import extra
from reformtrack.policy import SeparationOfDuties

with extra("testing"):
    from hypothesis import strategies as st

E = TypeVar("E", bound=Event)

DAYS = st.dates(date(2022, 1, 1), date(2025, 12, 31))
"""Days around the plan year of the worked example."""

INSTANTS = st.datetimes(datetime(2022, 1, 1), datetime(2025, 12, 31), timezones=st.just(UTC))
"""Instants of these days."""

DEADLINE_TEXTS = (
    "31/8/2023", "12/2023", "Quý I", "Quý III", "6 tháng đầu năm", "Trong năm", "20/3; 20/6; 20/9; 20/12", "Hằng quý",
    "Hằng tháng", "Thường xuyên", "Theo hướng dẫn của Bộ Nội vụ", "khi rảnh",
)  # fmt: skip
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
_NUMBERS = st.decimals(-(10**9), 10**9, places=2, allow_nan=False, allow_infinity=False)


def texts(min_size: int = 0, max_size: int = 40) -> st.SearchStrategy[str]:
    """Text that a record may carry, Vietnamese letters and other scripts among it."""
    return st.text(_LETTERS, min_size=min_size, max_size=max_size).filter(lambda text: not forbidden_character(text))


def names(max_size: int = 40) -> st.SearchStrategy[str]:
    """Names that a record may carry: one line, without invisible characters."""
    return texts(min_size=1, max_size=max_size).map(one_line).filter(bool)


def ids(*types: str) -> st.SearchStrategy[str]:
    """Ids of streams, of the types that are named, as "PlanId"; default: of all of them."""
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
        sections=draw(st.sampled_from([(), (report.Section(name="Kiến nghị, đề xuất", text="Không có."),)])),
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


def events(*types: type[E]) -> st.SearchStrategy[E]:
    """
    Events, each valid by itself.

    Args:
        types: the classes to choose from; default: all of them.
    """
    return st.one_of([valid(cls) for cls in types or EVENT_TYPES])


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


def records(*types: type[E]) -> st.SearchStrategy[Record[E]]:
    """
    Records of single events, each valid by itself.

    Args:
        types: the classes of the events to choose from; default: all of them.
    """
    return _records(events(*types))


@st.composite
def _records(draw: st.DrawFn, events: st.SearchStrategy[E]) -> Record[E]:
    event, numbers = draw(events), st.integers(1, 10**6)
    place = draw(numbers), event.subject, draw(numbers), event
    return Record(*place, draw(INSTANTS), draw(names()), draw(names()), draw(st.just("") | ids("AgencyId")), "")


@st.composite
def valid(draw: st.DrawFn, cls: Any) -> Any:
    """A value of a class: each field by its annotation, the optional ones sometimes left to their default."""
    hints, given = get_type_hints(cls, include_extras=True), dict[str, Any]()
    for field in signature(cls).parameters.values():
        if field.default is field.empty or draw(st.booleans()):
            given[field.name] = draw(_field(cls, field.name, hints[field.name]))
    return cls(**_consistent(draw, cls, given))


@cache
def _field(cls: Any, name: str, hint: Any) -> st.SearchStrategy[Any]:
    for known, found in _BY_CLASS.items():
        if issubclass(cls, known) and name in found:
            return found[name]
    return _annotated(hint)


def _annotated(kind: Any) -> st.SearchStrategy[Any]:
    """What an annotation admits."""
    origin, parts = get_origin(kind), get_args(kind)
    if kind in _BY_ANNOTATION:
        return _BY_ANNOTATION[kind]
    if origin is Annotated:
        found = _limited(parts[0], next(part for part in parts if isinstance(part, Meta)), ONE_LINE in parts)
        if JOINT in parts:
            found = found.filter(lambda names: len(set(map(name_key, names))) == len(names))
        return found.filter(lambda name: not name.startswith(SIGNS)) if NO_ID in parts else found
    if origin in (Union, UnionType):
        return st.one_of(list(map(_annotated, parts)))
    if origin is tuple:
        return _limited(kind, Meta(), False) if parts[-1] is ... else st.tuples(*map(_annotated, parts))
    if attrs.has(kind) or kind in EVENT_TYPES:
        return valid(kind)
    return st.from_type(kind)


def _limited(kind: Any, limits: Meta, is_line: bool) -> st.SearchStrategy[Any]:
    """What an annotation admits that has limits; long texts and tuples are rare in a record, and need not be tried here."""
    least, most = limits.min_length or 0, limits.max_length or 40
    if kind is int:
        return st.integers(limits.ge, limits.le)  # type: ignore[arg-type]  # of whole numbers, limits are whole
    if limits.pattern is not None:
        return st.from_regex(limits.pattern, fullmatch=True).filter(lambda text: len(text) <= most)
    if is_line:
        return names(min(most, 40)) | (st.nothing() if least else st.just(""))
    if kind is str:
        return texts(least, min(most, 40))
    parts = list(map(_annotated, get_args(kind)))
    if get_origin(kind) is tuple:
        return st.lists(parts[0], min_size=least, max_size=max(least, 3)).map(tuple)
    return st.dictionaries(*parts, min_size=least, max_size=3)


def _consistent(draw: st.DrawFn, cls: Any, given: dict[str, Any]) -> dict[str, Any]:
    """The fields that have to fit each other, made to."""
    if cls is activity.ProgressReported:
        measure = draw(st.sampled_from([("percent",), ("part", "whole", "unit"), ()]))
        given = {k: v for k, v in given.items() if k not in ("percent", "part", "whole", "unit")}
        given.update({name: draw(_BY_CLASS[cls][name]) for name in measure})
        given["note"] = draw(texts(min_size=1))
    if cls is plan.PlanAdopted:
        given = {k: v for k, v in given.items() if k not in ("first_day", "last_day", "stages")}
        given.setdefault("year", 2023)
        if draw(st.booleans()):
            days = st.integers(0, 2_000).map(lambda n: date(min(given["year"], 2_990), 4, 1) + timedelta(n))
            first, middle, last = draw(st.tuples(days, days, days).map(sorted))
            stage = attrs.evolve(draw(periods("2023-1")), first=first, last=middle)
            given |= {
                "year": first.year,
                "first_day": first,
                "last_day": last,
                "stages": draw(st.sampled_from([(), (stage,)])),
            }
    if cls is indicator.ReadingTaken:
        given["as_of"] = min(given["as_of"], given["on"])
    if cls is report.FigurePublished and ("part" in given) != ("whole" in given):
        given = {k: v for k, v in given.items() if k not in ("part", "whole")}
    if issubclass(cls, report.ReportIssued | report.FigurePublished):
        given["period"] = attrs.evolve(given["period"], code=code_of(given["subject"]))
        given["on"] = max(given["on"], given["period"].last)
    return given


_LINES = texts(min_size=1, max_size=40)
_PARTS = {"part": st.integers(0, 50), "whole": st.integers(50, 99)}
_BY_CLASS: dict[type[Any], dict[str, st.SearchStrategy[Any]]] = {
    activity.CompletionConfirmed: {"completion": st.integers(1, 99)},
    activity.ProgressReported: {**_PARTS, "unit": st.just("hồ sơ"), "percent": st.decimals(0, 100, places=1)},
    indicator.ReadingTaken: _PARTS,
    report.FigurePublished: _PARTS,
    plan.PlanAdopted: {"domains": domains()},
    agency.AgencySplit: {"into": st.lists(ids("AgencyId"), min_size=2, max_size=3, unique=True).map(tuple)},
    agency.RoleDelegated: {"to": names().map("{}-2".format), "until": st.just(date(2100, 1, 1))},
    agency.RoleFact: {"plan": st.just("") | ids("PlanId")},
    journal.InstantsCorrected: {"first": st.integers(1, 50), "last": st.integers(50, 99)},
    SeparationOfDuties: {"stewards": st.lists(names(), min_size=1, max_size=3).map(tuple)},
}
"""By class, the fields that have limits which their annotations do not say."""
MADE: dict[Any, st.SearchStrategy[Any]] = {
    Deadline: deadlines(),
    Document: documents(),
    Period: periods(),
    Progress: progresses(),
    report.Content: contents(),
    report.Section: st.builds(report.Section, name=names(), text=texts()),
    report.Figure: contents().map(lambda content: content.figures[-1]),
    StreamId: ids(),
    **{getattr(values, kind.form.name): ids(kind.form.name) for kind in KINDS},
}
"""By class, the values whose fields belong together, and the ids."""
_BY_ANNOTATION: dict[Any, st.SearchStrategy[Any]] = {
    **MADE,
    date: DAYS,
    datetime: INSTANTS,
    Decimal: _NUMBERS,
    DomainCode: _CODES,
    journal.TimeZone: st.sampled_from(["Asia/Ho_Chi_Minh", "America/Nuuk", "UTC", "UTC-03:30"]),
}
