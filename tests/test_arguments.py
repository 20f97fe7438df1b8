"""A question with a wrong argument says what was asked, what was found, and what would be accepted, as an event does."""

import inspect
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import partial
from operator import attrgetter
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pytest
from msgspec import Meta

from reformtrack import (
    Activity,
    CountingRule,
    Deadline,
    Document,
    InvalidField,
    NotFound,
    Plan,
    Progress,
    Tracker,
    patience,
)
from reformtrack.answers import Balance, Counted, Registry, Report, Tally, bridge, shares
from reformtrack.domain import period
from reformtrack.domain.arguments import checks_arguments, one_of, told, words
from reformtrack.domain.errors import NoEvent, ReformtrackError
from reformtrack.domain.said import Said
from reformtrack.domain.values import activity_id, agency_id, indicator_id, plan_id, report_id, stream_id
from reformtrack.errors import InvalidInstant
from reformtrack.events import ActivityCompleted, AgencyRegistered, ProgressReported, ReadingTaken
from reformtrack.exchange.agency_workbook import agency_workbook
from reformtrack.exchange.calendar import icalendar
from reformtrack.exchange.digest import digests
from reformtrack.exchange.report.forms import rendered
from reformtrack.outbox import Outbox
from reformtrack.outbox.webhook import Webhook
from reformtrack.protection import Protection
from reformtrack.seal import Checkpoint, Seals, SigningKey
from reformtrack.values import DeadlineKind
from reformtrack.views.series import burn_up_on
from reformtrack.web import create_app
from tests.support import ADOPTED, Clock, adopted, day, scheduled
from tests.test_surface import MODULES

NO_QUESTIONS = {"open_to_all", "Situation", "Registry.with_agency", "SeparationOfDuties.is_stranger"}
"""A policy, which the tracker calls, and what it is called with and made of."""
FOLDED: tuple[str, ...] = (
    "ActivityState",
    "AgencyState",
    "DispatchState",
    "IndicatorState",
    "JournalState",
    "PlanState",
    "ReportState",
)
FOLDED += ("Due", "RoleHeld", "Terms", "Deed", "Session")
"""What streams are folded into, and SQL: asked far too often to be checked."""


def callables() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Each public function, and each public method and `__init__` of a public class, by name."""
    for module in MODULES:
        for name in module.__all__:
            found = getattr(module, name)
            if name in {*NO_QUESTIONS, *FOLDED} or module.__name__.startswith("reformtrack.testing"):
                continue
            if inspect.isfunction(found):
                yield name, found
            elif inspect.isclass(found) and not issubclass(found, Exception):
                for method, raw in vars(found).items():
                    function = raw.__func__ if isinstance(raw, classmethod | staticmethod) else raw
                    is_asked = not method.startswith("_") or (method == "__init__" and "attrs" not in str(function))
                    is_asked = is_asked and f"{name}.{method}" not in NO_QUESTIONS
                    if inspect.isfunction(function) and is_asked and not _is_generated(found, method):
                        yield f"{name}.{method}", function


def _is_generated(cls: type, method: str) -> bool:
    """Whether attrs, or a tuple, makes it: its fields are checked, or it is an answer, which nobody else builds."""
    return method == "__init__" and hasattr(cls, "__attrs_attrs__")


def arguments() -> Iterator[tuple[str, str, Any, Callable[..., Any]]]:
    """Each argument of each of them: (function, argument, annotation, what to call)."""
    seen = set()
    for name, function in callables():
        for parameter in inspect.signature(function).parameters.values():
            key = (name, parameter.name)
            if parameter.annotation is not parameter.empty and key not in seen:
                seen.add(key)
                if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
                    hint = parameter.annotation
                    names = vars(sys.modules[function.__module__])
                    yield name, parameter.name, eval(hint, names) if isinstance(hint, str) else hint, function


class Strange:
    """Something that nothing takes."""

    def __repr__(self) -> str:
        return "Strange()"


def wrong(hint: Any) -> Iterator[object]:
    """Values that an annotation does not allow: of other types, and at the ends of its range."""
    parts = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    yield Strange()
    kinds = [get_args(part)[0] if get_origin(part) is Annotated else part for part in parts]
    if int not in kinds and float not in kinds and datetime not in kinds:
        yield from (5, True) if bool not in kinds else (5,)
    if int in kinds or float in kinds:
        yield from (True, "5", float("nan"), None)
    if date in kinds:
        yield from ("2023-06-30", datetime(2023, 6, 30), datetime(2023, 6, 30, tzinfo=UTC), 20230630)
    if not any(kind is str or get_origin(kind) in (Literal, Callable) for kind in kinds):
        yield "text"
    for part in parts:
        if get_origin(part) is Annotated:
            [limits] = [limit for limit in get_args(part) if isinstance(limit, Meta)]
            yield from (limits.ge - 1 if limits.ge is not None else -1e999, (limits.le or 1e999) + 1)
        if get_origin(part) is Literal:
            yield from ("", "zz", get_args(part)[0].upper())
        if isinstance(part, type) and issubclass(part, Enum):
            yield from (next(iter(part)).value, next(iter(part)).name)


CASES = [
    pytest.param(function, name, value, id=f"{asked}({name}={value!r})")
    for asked, name, hint, function in arguments()
    if name != "known_at"
    for value in wrong(hint)
    if not (value is None and type(None) in get_args(hint))
]


def test_the_walk_finds_what_is_public() -> None:
    """Most of it by far; whoever adds something finds it here."""
    asked = {name for name, *_ in arguments()}
    assert {"Tracker.plan", "Plan.progress_by", "Deadline.parse", "Outbox.replay", "create_app", "bridge"} < asked
    assert {"PlanVersion.text", "Tracker.__init__", "import_appendix", "Webhook.__init__", "patience"} < asked
    assert len(asked) > 90
    assert len(CASES) > 800


@pytest.mark.parametrize(("function", "name", "value"), CASES)
def test_an_argument_of_another_type_or_out_of_range_is_refused(
    function: Callable[..., Any], name: str, value: object
) -> None:
    """Each argument of whatever is public, before anything is done with it."""
    owner = [] if "." not in function.__qualname__ else [None]
    with pytest.raises(InvalidField) as caught:
        function(*owner, **{name: value})
    error = caught.value
    assert name == error.field
    assert function.__qualname__.removesuffix(".__init__") == error.owner
    assert error.accepted
    assert f"{error.owner}.{name} cannot be {error.found}; accepted: {error.accepted}" == str(error)
    assert len(str(error)) < 500


@pytest.fixture(scope="module")
def tracker() -> Iterator[Tracker]:
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), ActivityCompleted("p/1.01", on=day("6-1")), by="a")
        tracker.record(AgencyRegistered("@tu-phap", on=ADOPTED, name="Sở Tư pháp"), by="a")
        tracker.reports.issue("p", "2023-year", by="a")
        yield tracker


@pytest.fixture
def plan(tracker: Tracker) -> Plan:
    return tracker.plan("p")


@pytest.mark.parametrize(
    "asked", ["plan", "indicators", "agencies", "reports.get", "reports.of", "warnings", "rollup", "plans"]
)
@pytest.mark.parametrize(
    "known_at", [True, "2023-06-30", date(2023, 6, 30), 1.5, -1, 10**30, datetime(2023, 6, 30), Strange()], ids=repr
)
def test_what_was_known_is_asked_by_an_instant_or_a_position(tracker: Tracker, asked: str, known_at: Any) -> None:
    """And nothing else: a truth value is no position."""
    which = {"plan": ["p"], "indicators": ["p"], "reports.get": ["p@2023-year"], "reports.of": ["p"], "warnings": ["p"]}
    with pytest.raises(InvalidInstant, match="accepted: "):
        attrgetter(asked)(tracker)(*which.get(asked, ()), known_at=known_at)
    if not isinstance(known_at, datetime) and type(known_at) is not int:
        with pytest.raises(InvalidInstant, match="accepted: "):
            Progress(rule=CountingRule.WHOLE_PLAN, on=ADOPTED, known_at=known_at)
        with pytest.raises(InvalidInstant, match="accepted: "):
            Progress(rule=CountingRule.WHOLE_PLAN, on=ADOPTED, known_at=known_at)


QUESTIONS: dict[str, tuple[Callable[[Tracker, Plan], Any], str]] = {
    "a split that there is not": (
        lambda tracker, plan: plan.progress_by("weight"),  # type: ignore[arg-type]
        "Plan.progress_by.by cannot be 'weight'; accepted: 'domain' or 'group' or 'lead' or 'month'",
    ),
    "a rule by its value": (
        lambda tracker, plan: plan.progress("whole_plan"),  # type: ignore[arg-type]
        "Plan.progress.rule cannot be 'whole_plan'; accepted: CountingRule.WHOLE_PLAN or CountingRule.DATED_ONLY or",
    ),
    "a language": (
        lambda tracker, plan: CountingRule.WHOLE_PLAN.label("fr"),  # type: ignore[arg-type]
        "Labelled.label.lang cannot be 'fr'; accepted: 'vi' or 'en'",
    ),
    "days before": (
        lambda tracker, plan: plan.due_within(days=-1),
        "Plan.due_within.days cannot be -1; accepted: a whole number from 0 to 100000",
    ),
    "a code that is a number": (
        lambda tracker, plan: plan.activity(1.01),  # type: ignore[arg-type]
        "Plan.activity.code cannot be 1.01; accepted: a text",
    ),
    "an instant for a day": (
        lambda tracker, plan: plan.as_of(datetime(2023, 6, 30)),
        "Plan.as_of.on cannot be datetime.datetime(2023, 6, 30, 0, 0); accepted: a day as date(2023, 6, 30)",
    ),
    "a text for a day": (
        lambda tracker, plan: tracker.plan("p", on="2023-06-30"),  # type: ignore[arg-type]
        "Tracker.plan.on cannot be '2023-06-30'; accepted: a day as date(2023, 6, 30) or None",
    ),
    "a number for an id": (lambda tracker, plan: tracker.plan(5), "Tracker.plan.plan cannot be 5"),  # type: ignore[arg-type]
    "a text for a list": (
        lambda tracker, plan: tracker.rollup(by="domain"),  # type: ignore[arg-type]
        "Tracker.rollup.by cannot be 'domain'; accepted: a sequence of 'jurisdiction' or 'plan' or 'domain' or 'lead'",
    ),
    "a list of events": (
        lambda tracker, plan: tracker.record([scheduled("p/2")], by="a"),
        "accepted: the events of reformtrack, one by one: record(*events, by=…)",
    ),
    "a progress of a rule by letter": (
        lambda tracker, plan: Progress(rule="A", on=ADOPTED),  # type: ignore[arg-type]
        "Progress.rule cannot be 'A'; accepted: CountingRule.WHOLE_PLAN or",
    ),
    "a progress of a day as text": (
        lambda tracker, plan: Progress(rule=CountingRule.WHOLE_PLAN, on="2023-06-30"),  # type: ignore[arg-type]
        "Progress.on cannot be '2023-06-30'; accepted: a day as date(2023, 6, 30)",
    ),
    "counted as a text": (
        lambda tracker, plan: plan.progress().activities("completed"),  # type: ignore[arg-type]
        "Progress.activities.counted cannot be 'completed'; accepted: Counted.COMPLETED or Counted.OPEN or",
    ),
    "a tally of a text": (lambda tracker, plan: Tally(rule="whole_plan"), "Tally.rule cannot be 'whole_plan'"),  # type: ignore[arg-type]
    "a balance of a text": (
        lambda tracker, plan: Balance(first="2023-01-01", last=ADOPTED, lines=()),  # type: ignore[arg-type]
        "Balance.first cannot be '2023-01-01'",
    ),
    "a deadline of a kind by value": (
        lambda tracker, plan: Deadline("x", "day", (ADOPTED,)),  # type: ignore[arg-type]
        "Deadline.kind cannot be 'day'; accepted: DeadlineKind.DAY or",
    ),
    "a deadline of days as texts": (
        lambda tracker, plan: Deadline("x", DeadlineKind.DAY, ("2023-01-01",)),  # type: ignore[arg-type]
        "Deadline.days cannot be ('2023-01-01',); accepted: a tuple of a day as date(2023, 6, 30)",
    ),
    "a text for a deadline": (
        lambda tracker, plan: scheduled(deadline="Quý III"),
        "a text is read by Deadline.parse('Quý III', 2023)",
    ),
    "a float for a decimal": (
        lambda tracker, plan: ProgressReported("p/1", on=ADOPTED, percent=40.5),  # type: ignore[arg-type]
        "a number as Decimal('12.5'), which a float is not exactly",
    ),
    "a text for a decimal": (
        lambda tracker, plan: ReadingTaken("p#a", on=ADOPTED, as_of=ADOPTED, value="40.5"),  # type: ignore[arg-type]
        "a number as Decimal('12.5')",
    ),
    "a text for the day of an event": (
        lambda tracker, plan: ActivityCompleted("p/1", on="2023-06-30"),  # type: ignore[arg-type]
        "a day as date(2023, 6, 30)",
    ),
    "a rule of a plan by letter": (
        lambda tracker, plan: adopted(counting_rule="A"),
        "PlanAdopted.counting_rule cannot be 'A'; accepted: CountingRule.WHOLE_PLAN or",
    ),
    "no days": (lambda tracker, plan: burn_up_on(plan, []), "burn_up_on.days cannot be []; accepted: one day or more"),
    "a month too many": (lambda tracker, plan: period.month(2023, 13), "month.number cannot be 13"),
    "a year of nothing": (lambda tracker, plan: period.quarterly(0), "quarterly.year cannot be 0"),
    "a period of no year": (lambda tracker, plan: period.period("0001-q1"), "period.code cannot be '0001-q1'"),
    "a period that is a number": (
        lambda tracker, plan: tracker.reports.issue("p", 2023, by="a"),  # type: ignore[arg-type]
        "Reports.issue.period cannot be 2023; accepted: Period or a text",
    ),
    "counts below nothing": (lambda tracker, plan: shares([-1]), "shares.counts cannot be [-1]"),
    "patience without end": (lambda tracker, plan: patience(float("inf")), "patience.seconds cannot be inf"),
    "a plan for a report": (lambda tracker, plan: bridge(plan, plan), "bridge.first cannot be "),  # type: ignore[arg-type]
    "a report for a plan": (
        lambda tracker, plan: icalendar(tracker.reports.get("p@2023-year")),  # type: ignore[arg-type]
        "icalendar.plan cannot be ",
    ),
    "a form that there is not": (
        lambda tracker, plan: rendered(tracker.reports.get("p@2023-year"), ".odt"),
        "accepted: a file that ends in .docx",
    ),
    "a lead without activities": (
        lambda tracker, plan: agency_workbook(plan, "Sở X"),
        "agency_workbook.lead cannot be 'Sở X'; accepted: an agency that leads",
    ),
    "a digest every minus day": (
        lambda tracker, plan: digests(tracker, "p", repeat_days=-1),
        "digests.repeat_days cannot be -1",
    ),
    "a path for a tracker": (lambda tracker, plan: create_app("plans.db"), "create_app.tracker cannot be 'plans.db'"),  # type: ignore[arg-type]
    "an outbox without delays": (
        lambda tracker, plan: Outbox(tracker, "urn:x", delays=()),
        "Outbox.delays cannot be (); accepted: one or more, in seconds",
    ),
    "a checkpoint as text": (
        lambda tracker, plan: Seals(tracker).verify("a checkpoint"),  # type: ignore[arg-type]
        "Seals.verify.checkpoint cannot be 'a checkpoint'; accepted: Checkpoint",
    ),
    "a key as text": (
        lambda tracker, plan: Seals(tracker).seal("PRIVATE+KEY+secret"),  # type: ignore[arg-type]
        "Seals.seal.key cannot be 'str'; accepted: SigningKey",
    ),
    "a line of a report": (
        lambda tracker, plan: tracker.reports.get("p@2023-year").figure("domain:9"),
        "Report.figure.key cannot be 'domain:9'; accepted: total, domain:1, domain:2, lead:Sở Tư pháp",
    ),
    "a roll-up over no jurisdictions": (
        lambda tracker, plan: tracker.rollup(by=["plan"]).over({}),
        "Rollup.over.by cannot be ('plan',); accepted: one by jurisdiction",
    ),
    "a jurisdiction above itself": (
        lambda tracker, plan: tracker.rollup(by=["jurisdiction"]).over({"Tỉnh Đắk Nông": "Tỉnh Đắk Nông"}),
        "Rollup.over.parents cannot be 'Tỉnh Đắk Nông'; accepted: a tree of jurisdictions",
    ),
    "a version that is a text": (
        lambda tracker, plan: tracker.record(scheduled("p/9"), by="a", expected_version={"p/9": "0"}),  # type: ignore[dict-item]
        "Tracker.record.expected_version cannot be {'p/9': '0'}",
    ),
    "a clock that is none": (
        lambda tracker, plan: Tracker(clock=datetime.now()),  # type: ignore[arg-type]
        "Tracker.clock cannot be datetime",
    ),
    "an event to stop that is none": (
        lambda tracker, plan: tracker.log.follow(stop=True),  # type: ignore[arg-type]
        "Log.follow.stop cannot be True; accepted: Event or None",
    ),
    "a record known by a text": (
        lambda tracker, plan: tracker.log.history("p")[0].is_known("now"),  # type: ignore[arg-type]
        "known_at cannot be 'now'; accepted: a log position: Tracker.log.position says that of an instant",
    ),
}


@pytest.mark.parametrize("kind", QUESTIONS)
def test_a_wrong_question_says_what_would_be_accepted(kind: str, tracker: Tracker, plan: Plan) -> None:
    """Also where it is a value that a type does not tell."""
    ask, says = QUESTIONS[kind]
    position = tracker.log.position()
    with pytest.raises((InvalidField, InvalidInstant)) as caught:
        ask(tracker, plan)
    assert says in str(caught.value)
    assert len(str(caught.value)) < 700
    assert position == tracker.log.position()


def test_a_list_of_events_is_a_type_error_too(tracker: Tracker) -> None:
    """As it was."""
    with pytest.raises(TypeError) as caught:
        tracker.record("ActivityStarted", by="a")  # type: ignore[type-var]
    assert isinstance(caught.value, NoEvent)


def test_a_policy_that_answers_nothing_is_named() -> None:
    """With None somebody forgot to return."""
    for answer in (None, True, "yes"):
        with Tracker(clock=Clock(), policy=lambda actor, event, situation, answer=answer: answer) as tracker:  # type: ignore[misc]
            with pytest.raises(InvalidField, match=r"policy\.answer cannot be .*; accepted: a Permit or a Refuse"):
                tracker.record(adopted(), by="a")
            assert 0 == tracker.log.position()


def test_a_clock_that_gives_no_instant_is_named() -> None:
    """A number, or a text."""
    for now in (1_700_000_000.0, "2023-06-30", None):
        with Tracker(clock=lambda now=now: now) as tracker, pytest.raises(InvalidInstant, match="accepted: a clock"):  # type: ignore[misc]
            tracker.record(adopted(), by="a")


@pytest.mark.parametrize("make", [plan_id, activity_id, indicator_id, report_id, agency_id, stream_id])
@pytest.mark.parametrize("given", [5, None, b"p", True, ["p"], Strange()], ids=repr)
def test_an_id_is_a_text(make: Callable[[Any], str], given: object) -> None:
    """Of whatever kind."""
    with pytest.raises(InvalidField, match="accepted: "):
        make(given)


def test_a_whole_number_is_a_decimal() -> None:
    """Exactly; and what is stored is the same."""
    reported = ProgressReported("p/1", on=ADOPTED, percent=40)  # type: ignore[arg-type]
    assert Decimal(40) == reported.percent
    assert isinstance(reported.percent, Decimal)
    assert reported == ProgressReported("p/1", on=ADOPTED, percent=Decimal(40))
    for strange in (True, 40.0, "40", 10**30):
        with pytest.raises(InvalidField, match="percent"):
            ProgressReported("p/1", on=ADOPTED, percent=strange)  # type: ignore[arg-type]


def test_days_at_the_ends_of_the_calendar_are_answered(tracker: Tracker, plan: Plan) -> None:
    """Not with an error of Python's."""
    for on in (date.min, date.max):
        there = plan.as_of(on)
        assert () == there.due_within(100_000)
        assert there.balance(date.min, on).total in (0, 1)
        assert there.balance(on, on).total in (0, 1)
    assert 1 == len(tracker.plan("p", on=date.max).activities)
    with pytest.raises(NotFound):
        tracker.plan("p", on=date.min)
    early = datetime.min.replace(tzinfo=UTC)
    for known_at in (early, datetime.min.replace(tzinfo=tracker.local_time)):
        with pytest.raises(NotFound):
            tracker.plan("p", known_at=known_at)
    with pytest.raises(InvalidInstant):
        tracker.plan("p", known_at=datetime.max.replace(tzinfo=UTC))
    assert tracker.end_of(date.min) is not None


def test_secrets_are_not_repeated(tmp_path: Path) -> None:
    """What may be a key, a password or personal data is named by its type."""
    secret = "mat-khau-bi-mat"
    calls: list[Callable[[], Any]] = [
        lambda: Tracker(url=secret.encode()),  # type: ignore[arg-type]
        lambda: Tracker(env=[secret]),  # type: ignore[arg-type]
        lambda: Tracker(cipher_keys=secret),
        lambda: Tracker(cipher_keys={secret: 1}),  # type: ignore[arg-type]
        lambda: Protection(Tracker(), [secret]),  # type: ignore[arg-type]
        lambda: Protection(Tracker(), bytes(32)).protect("nv-1", [secret]),  # type: ignore[arg-type]
        lambda: Webhook([secret], "x"),  # type: ignore[arg-type]
        lambda: Webhook("https://a.vn", secret.encode()),  # type: ignore[arg-type]
        lambda: SigningKey("a", secret),  # type: ignore[arg-type]
        lambda: SigningKey.parse(secret.encode()),  # type: ignore[arg-type]
        lambda: Seals(Tracker()).seal(secret),  # type: ignore[arg-type]
        lambda: Checkpoint.parse("x", secret),  # type: ignore[arg-type]
    ]
    for call in calls:
        with pytest.raises(ReformtrackError) as caught:
            call()
        assert secret not in f"{caught.value} {caught.value.args}"


def test_functions_are_told_apart_from_what_they_wrap() -> None:
    """The name, the documentation and the signature stay."""
    assert "as known at an instant" in (Tracker.plan.__doc__ or "")
    assert ["self", "by", "rule"] == list(inspect.signature(Plan.progress_by).parameters)
    modules = Plan.progress_by.__module__, Activity.timeliness.__module__
    assert ("reformtrack.views.plan", "reformtrack.views.activity") == modules


def test_what_is_allowed_is_taken(tracker: Tracker, plan: Plan) -> None:
    """Sets and views of mappings for sequences, subclasses, a function of any kind."""
    assert 1 == len(tracker.rollup(plans={"p": 1}.keys(), by={"plan"}).lines)  # type: ignore[arg-type]
    assert tracker.rollup(plans=frozenset({"p"})).total.total == 1  # type: ignore[arg-type]
    assert plan.progress_by("lead", CountingRule.DATED_ONLY)
    assert plan.progress().activities(Counted.COMPLETED, Counted.OPEN)
    assert next(tracker.log.follow(stop=threading.Event())).position == 1
    assert isinstance(tracker.agencies(), Registry)
    assert isinstance(tracker.reports.get("p@2023-year"), Report)
    assert Document(number="1", date=day("6-1") + timedelta(days=1)).date == day("6-2")


@checks_arguments
class Added:
    """What adds to its own kind, which is named before it is made."""

    def add(self, other: "Added") -> "Added":
        return other


def test_a_class_that_names_itself_takes_its_own_kind_and_nothing_else() -> None:
    one = Added()
    assert one is one.add(one)
    with pytest.raises(InvalidField, match=r"Added\.add\.other .*Added"):
        one.add("Added")  # type: ignore[arg-type]  # which is what is refused


KINDS: list[tuple[Any, tuple[object, ...], tuple[object, ...], str]] = [
    (int, (0, -3), (True, 1.0, "1", None), "a whole number"),
    (str, ("", "x"), (1, b"x", None), "a text"),
    (bool, (True,), (1, "x"), "bool"),
    (float, (1.5, 2), ("1", None), "a number"),
    (date, (day("6-1"),), (datetime(2023, 6, 1, tzinfo=UTC), "2023-06-01"), "a day as date(2023, 6, 30)"),
    (
        datetime,
        (datetime(2023, 6, 1),),
        (day("6-1"),),
        "an instant as datetime(2023, 6, 30, tzinfo=UTC) or tracker.end_of(day)",
    ),
    (int | None, (None, 1), ("1",), "a whole number or None"),
    (str | int | None, (None, 1, "x"), (1.5,), "a text or a whole number or None"),
    (Annotated[int, Meta(ge=0, le=5)], (0, 5), (-1, 6, "1", True), "a whole number from 0 to 5"),
    (Annotated[int, Meta(ge=2)], (2, 9), (1,), "a whole number of at least 2"),
    (Literal["a", "b"], ("a", "b"), ("c", 1), "'a' or 'b'"),
    (CountingRule, (CountingRule.WHOLE_PLAN,), ("whole_plan", 1), " or ".join(map(str, CountingRule))),
    (Callable[[int], int], (len, int), (1, "len"), "a function"),
    (
        Sequence[int],
        ([], [1], (1, 2), {1}),
        ("1", b"1", 1, ["1"], ["1", 1], {1: 1}, [True]),
        "a sequence of a whole number",
    ),
    (Sequence[tuple[int, ...]], ([], [(1,)]), ([("1",), (1,)], [1]), "a sequence of a tuple of a whole number"),
    (
        Sequence[str | tuple[str, ...]],
        (["a", ("a", "b")],),
        ([(1,), ("a",)],),
        "a sequence of a text or a tuple of a text",
    ),
    (tuple[str, ...], (("a",), ["a"]), ("a", (1,)), "a tuple of a text"),
    (Mapping[str, int], ({}, {"a": 1}), ([], {"a": "1"}, "a"), "a mapping of a text and a whole number"),
    (Path, (Path(),), ("x",), "Path"),
]


@pytest.mark.parametrize(("hint", "allowed", "refused", "accepted"), KINDS, ids=lambda value: str(value)[:40])
def test_each_kind_of_annotation_is_held_to(
    hint: Any, allowed: tuple[object, ...], refused: tuple[object, ...], accepted: str
) -> None:
    """By position and by name, of a function and of the public methods of a class; nothing else is looked at."""

    def asked(first: int, /, value: Any, *, named: Any = None, free=None, **others: Any) -> Any:  # type: ignore[no-untyped-def]  # one has no annotation
        return first, value, named, free, others

    asked.__annotations__ |= {"value": hint, "named": hint, "others": int}
    question: Callable[..., Any] = checks_arguments(asked)

    class Holding:
        def __init__(self, value: Any) -> None:
            self.value = value

        def ask(self, value: Any) -> Any:
            return value

        def _ask(self, value: Any) -> Any:
            return value

        @classmethod
        def made(cls, value: Any) -> "Holding":
            return cls(value)

        def __call__(self, value: Any) -> Any:
            return value

    for method in (Holding.__init__, Holding.ask, Holding._ask, vars(Holding)["made"].__func__, Holding.__call__):
        method.__annotations__["value"] = hint
    assert Holding is checks_arguments(Holding)
    assert "asked" == question.__name__
    for value in allowed:
        assert (1, value, value, "any", {"more": "any"}) == question(1, value, named=value, free="any", more="any")
        one = Holding(value)
        assert (value,) * 4 == (one.value, one.ask(value), one._ask(value), Holding.made(value).value)
    one = Holding(allowed[0])
    for value in refused:
        assert (value, value) == (one._ask(value), one(value))
        calls: dict[str, Callable[[], object]] = {
            "asked.first": partial(question, "x", value),
            "asked.value": partial(question, 1, value),
            "asked.named": partial(question, 1, allowed[0], named=value),
            "Holding.value": partial(Holding, value),
            "Holding.ask.value": partial(one.ask, value=value),
            "Holding.made.value": partial(Holding.made, value),
        }
        for name, call in calls.items():
            with pytest.raises(InvalidField) as caught:
                call()
            found = value if type(value) is date else repr(value)
            said = "'x'; accepted: a whole number" if name == "asked.first" else f"{found}; accepted: {accepted}"
            assert f"{name} cannot be {said}" == str(caught.value)
    with pytest.raises(TypeError, match="positional argument"):
        question(1)


@pytest.mark.parametrize("name", ["url", "cipher_keys", "secrets", "text"])
def test_what_may_be_secret_is_said_by_its_type(name: str) -> None:
    """And what was known at an instant has an error of its own."""
    made: dict[str, Any] = {}
    exec(f"def asked(*, {name}: int, known_at: int) -> None: ...", made)
    question: Callable[..., Any] = checks_arguments(made["asked"])
    question(**{name: 1, "known_at": 1})
    with pytest.raises(InvalidField) as caught:
        question(**{name: "hunter2"})
    assert f"asked.{name} cannot be 'str'; accepted: a whole number" == str(caught.value)
    with pytest.raises(InvalidInstant, match="known_at cannot be 'now'; accepted: a whole number"):
        question(known_at="now")


@pytest.mark.parametrize(
    ("hint", "said"),
    [
        (Annotated[str, Meta(max_length=3)], "a text"),
        (Annotated[int, Meta(ge=1)], "a whole number of at least 1"),
        (Annotated[int, Meta(ge=1, le=9)], "a whole number from 1 to 9"),
        (list[int], "a list of a whole number"),
        (Plan, "Plan"),
        ("Plan", "Plan"),
        (type[Plan], "type"),
    ],
)
def test_what_an_annotation_allows_is_said(hint: Any, said: str) -> None:
    """In words, and by its name where there are none."""
    assert said == words(hint)


def test_a_text_that_is_none_of_some_is_refused_with_those() -> None:
    assert "day" == one_of("query", "every", "day", ("day", "week"))
    with pytest.raises(InvalidField) as refused:
        one_of("query", "every", "year", ("day", "week"))
    assert "query.every cannot be 'year'; accepted: one of day, week" == str(refused.value)


def test_an_error_of_a_library_is_told_in_its_first_words() -> None:
    """As a sentence of the catalogue where it is one of those that decoders say."""
    assert "x" * 2_000 == told(ValueError("x" * 3_000))
    known = told(ValueError("Expected `int`, got `str`"))
    assert isinstance(known, Said)
    assert "" == told(ValueError())
