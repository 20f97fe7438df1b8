"""How a page is made: its template, its links, and the words of its language."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from functools import cache
from typing import Any
from urllib.parse import quote, urlsplit

import attrs
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from reformtrack.domain.balance import Outcome
from reformtrack.domain.errors import NotFound, UnreadableRecord
from reformtrack.domain.kinds import ACTIVITY, AGENCY, INDICATOR, REPORT
from reformtrack.domain.protected import concealed, redacted
from reformtrack.domain.status import ProgressStatus, Timeliness
from reformtrack.domain.timeline import KnownAt, Record, timeline
from reformtrack.domain.values import FORMS, StreamId, code_of, plan_of
from reformtrack.domain.wording import (
    Lang,
    capital,
    day,
    late_words,
    later,
    lead_title,
    lead_words,
    month,
    number,
    percent,
    time_left,
)
from reformtrack.exchange.error_words import retold
from reformtrack.exchange.report_words import comparison_words, correction_words, drift_words, headed, signed_points
from reformtrack.exchange.words import (
    attention_words,
    burn_up_words,
    details,
    due_words,
    field_words,
    forecast_words,
    happened,
    instant,
    part_words,
    period_words,
    printed_deadline,
)
from reformtrack.language import Language
from reformtrack.tracker import Tracker
from reformtrack.views.listing import LIST_DAYS
from reformtrack.views.plan import Plan
from reformtrack.views.report import IssuedReport
from reformtrack.views.states import State
from reformtrack.web.answering import SHOWN, Handler, Question
from reformtrack.web.asked import Asked, given, path
from reformtrack.web.brand import Brand
from reformtrack.web.clocks import presets
from reformtrack.web.paging import records_shown
from reformtrack.web.present import deadline_words, progress_words
from reformtrack.web.problems import Problem


@attrs.frozen
class View:
    """The context of every template."""

    root: str
    """The path under which the application is mounted; empty at the root of a host."""
    here: str
    """The path of the page within the application."""
    asked: Asked
    say: Language
    today: date | None
    """The local day; None where the store cannot be asked."""
    position: int = 0
    """The log position after which records are news for the page."""
    filters: Mapping[str, str] = attrs.field(factory=dict)
    """The other parameters of the page's query."""
    shown_at: str = ""
    """The address of the page that asks for news, within the application."""
    zone: tzinfo = UTC
    """The time zone of the store."""
    brand: Brand = attrs.field(factory=Brand)
    names: Mapping[str, str] = attrs.field(factory=dict)
    """The names of the agencies that recorded what the page shows, by their ids."""
    domains: Mapping[str, str] = attrs.field(factory=dict)
    """The domains of the plan that the page is about, with their titles, by code."""

    @property
    def lang(self) -> Lang:
        return self.asked.lang

    @property
    def is_forecast(self) -> bool:
        """Whether the day asked for is in the future."""
        return self.asked.on is not None and self.today is not None and self.asked.on > self.today

    @property
    def forecast(self) -> str:
        """The note on a future day."""
        return forecast_words(self.asked.on, self.say) if self.asked.on else ""

    def link(self, *parts: str, **more: object) -> str:
        """The address of a page of the application, on the same clocks and in the same language."""
        return f"{self.root}{path(*parts)}{self.asked.query(**more)}"

    def behind(self, plan: str, **figure: object) -> str:
        """The address of the activities behind a figure of a plan."""
        return self.link("plans", plan, "activities", **figure)

    def listed(self, state: State | Timeliness) -> Mapping[str, str]:
        """What a list of the activities in a state is asked by; empty where no filter is just that."""
        match state:
            case Outcome.COMPLETED_LATE:
                return {"timeliness": Timeliness.LATE.value}
            case ProgressStatus():
                return {"status": state.value}
            case Timeliness.IN_TIME | Timeliness.DUE_SOON | Timeliness.OVERDUE:
                return {"timeliness": state.value}
            case _:
                return {}

    def at(self, on: date, known_at: KnownAt) -> "View":
        """The same, for links with other clocks."""
        known = known_at.isoformat() if isinstance(known_at, datetime) else known_at
        clocks = {"on": on.isoformat(), "known_at": "" if known is None else str(known)}
        return attrs.evolve(self, asked=attrs.evolve(self.asked, given={**self.asked.given, **clocks}))

    def static(self, name: str) -> str:
        """The address of a file that does not change."""
        return f"{self.root}/static/{name}"

    def in_language(self, lang: Lang) -> str:
        """The address of this page in a language."""
        return self._here({**self.asked.given, "lang": lang})

    def now(self) -> str:
        """The address of this page without a day or an instant: as it is now."""
        return self._here({name: value for name, value in self.asked.given.items() if name == "lang"})

    def pinned(self) -> str:
        """The address of this page with both clocks: it shows the same on any later day."""
        today = str(self.today)
        return self._here({"on": today, "known_at": today, **self.asked.given})

    def presets(
        self, plan: Plan | None, reports: Sequence[IssuedReport], since: date | None, begun: Record[Any] | None
    ) -> Iterator[tuple[str, date, str, str]]:
        """
        The days that are asked for most: the name of each, the day, the address of this page on it, and that of what was known
        at its end; empty where that is said already, or nothing was on record.

        Args:
            begun: the first record of what the page is about; default: of the plan.
        """
        of, begun = begun.event.on if begun else since, begun or (plan.records[plan.id][0] if plan else None)
        first = self.day_of(begun.recorded_at) if begun else date.min
        for name, on, known_at in presets(self.today, plan, reports, self.say, of) if self.today else ():
            then = self.at(on, known_at or self.asked.known_at)
            is_said = known_at is not None or since is not None or on < first
            known = "" if is_said else then._here({**then.asked.given, "known_at": on.isoformat()})
            yield name, on, then._here(then.asked.given), known

    def who(self, record: Record[Any]) -> str:
        """The name of the agency that recorded something; else what was recorded of who did."""
        return self.names.get(_agency_of(record), record.by)

    def _here(self, given: Mapping[str, str]) -> str:
        """The address of this page with what else its query says, but on other clocks, or in another language."""
        return f"{self.root}{self.here}{attrs.evolve(self.asked, given={**given, **self.filters}).query()}"

    def same(self, **more: object) -> str:
        """The address of this page, on the same clocks, with another query."""
        return f"{self.root}{self.here}{self.asked.query(**more)}"

    @property
    def known(self) -> str:
        """The `known_at` asked for, in words."""
        known_at = self.asked.known_at
        if isinstance(known_at, datetime):
            return self.instant(known_at)
        return self.say("log position {position}", position=known_at)

    @property
    def known_day(self) -> date | None:
        """The local day of `known_at`; None for a position, or if it was not asked for."""
        known_at = self.asked.known_at
        return self.day_of(known_at) if isinstance(known_at, datetime) else None

    def day_of(self, instant: datetime) -> date:
        """The local day of an instant."""
        return instant.astimezone(self.zone).date()

    def day(self, value: date | None) -> str:
        """A day; a dash for none."""
        return day(value, self.lang) if value else "–"

    def instant(self, value: datetime) -> str:
        """An instant in the time zone of the store, to the minute."""
        return instant(value, self.zone, self.lang)

    def number(self, value: int | Decimal) -> str:
        """A number with its thousands marked."""
        return number(value, self.lang)

    def cell(self, value: str | int | date | None) -> str:
        """A value of a table."""
        if isinstance(value, date) or value is None:
            return self.day(value)
        return self.number(value) if isinstance(value, int) else value

    def percent(self, rate: Any) -> str:
        """A rate as a percentage; a dash for the rate of nothing."""
        return percent(rate, self.lang)

    def details(self, record: Record[Any]) -> list[str]:
        return details(record.event, self.say, self.domains)

    def code(self, stream: StreamId) -> str:
        """The code of a stream in its plan; the id of the plan itself."""
        return code_of(stream) or stream

    def record(self, record: Record[Any]) -> str:
        """The address of a record, on the page of its subject."""
        if INDICATOR.has(record.stream):
            return f"{self.of(record.stream)}#{code_of(record.stream)}"
        return f"{self.of(record.stream, record=record.version)}#r{record.version}"

    def of(self, stream: StreamId, **more: object) -> str:
        """The address of the page of a stream."""
        plan, code = plan_of(stream), code_of(stream)
        if not plan:
            return self.link("agencies", code, **more)
        if ACTIVITY.has(stream):
            return self.link("plans", plan, "activities", code, **more)
        if REPORT.has(stream):
            return self.link("plans", plan, "reports", code, **more)
        return self.link("plans", plan, *(["indicators"] if INDICATOR.has(stream) else []), **more)


def page(question: Question, template: str, status: int = 200, **values: Any) -> Response:
    """
    Render a page. The records that it shows, `recorders` or else `records`, are shown with the names of those who recorded
    them.
    """
    view = view_of(question.request, question.asked, question.tracker, question.position)
    plan = values.get("plan")
    domains = {one.code: plan.domain_line(one.code) for one in plan.state.domains} if plan else {}
    names = _names(question, values.get("recorders") or values.get("records") or ())
    view = attrs.evolve(view, names=names, domains=domains)
    return HTMLResponse(_rendered(template, view, values), status)


def _agency_of(record: Record[Any]) -> str:
    """The id of the agency that recorded something, if it was one."""
    return record.agency or f"{FORMS['AgencyId'].sign}{record.by}"


def _names(question: Question, records: Iterable[Record[Any]]) -> Mapping[str, str]:
    """The names of the agencies that recorded some records, each from its own stream: a country has thousands."""
    asked, log, found = question.asked, question.tracker.log, dict[str, str]()
    for id in {_agency_of(record) for record in records}:
        if FORMS["AgencyId"].pattern.fullmatch(id):
            with suppress(UnreadableRecord):  # then its id has to do
                own: tuple[Record[Any], ...] = log.history(id, asked.known_at)
                names = AGENCY.fold(timeline(own, asked.on)).names
                found |= {id: names[-1][1]} if names else {}
    return found


def with_days(handler: Handler) -> Handler:
    """
    A page that, if its subject did not exist yet, says from which day it does, with the choice of a day.

    A subject that is nowhere on record gives the page of the error.
    """

    def answer(question: Question) -> Response:
        try:
            return handler(question)
        except NotFound as error:
            if error.kind == "jurisdiction":  # of which there is no day, but those of its plans
                raise
            asked, records = question.asked, question.tracker.log.history(error.id)
            position = question.tracker.log.position(asked.known_at)
            known = [one for one in records if one.position <= position]
            facts: tuple[Record[Any], ...] = timeline(known)
            first = min((fact.event.on for fact in facts), default=None)
            if not records or (first is not None and first <= error.on):
                raise
            return page(
                question,
                "not_yet.html",
                404,
                kind=error.kind,
                on=error.on,
                first=first,
                recorded=records[0].recorded_at,
                latest=known[-1].recorded_at if known else None,
                **records_shown(question, known),
            )

    return answer


def error_page(request: Request, problem: Problem) -> Response:
    lang: Lang = "en" if request.query_params.get("lang") == "en" else "vi"
    view = view_of(request, Asked(None, None, lang, {"lang": lang} if lang == "en" else {}), None, 0)
    asked = [(name, concealed(value)) for name, value in request.query_params.multi_items()]
    typed = given(request.query_params) | {name: value for name, value in asked if name in ("on", "known_at")}
    wrong = "known_at" if problem.name == "InvalidInstant" else str(problem.more.get("field"))
    words, say = field_words(view.say), view.say
    labels = {"on": say("On the day"), "known_at": say("as known on"), **{name: words[name] for name in LIST_DAYS}}
    can_be_mended = problem.status == 400 and wrong in labels and wrong in typed
    values = {
        "title": retold(problem.title, view.say),
        "detail": retold(problem.detail, view.say),
        "wrong": (wrong, labels[wrong], typed[wrong]) if can_be_mended else (),
        "others": [pair for pair in asked if pair[0] != wrong],
    }
    return HTMLResponse(_rendered("error.html", view, values), problem.status)


def _rendered(template: str, view: View, values: Mapping[str, Any]) -> str:
    made = _templates().get_template(template).render(view=view, say=view.say, plural=view.say.plural, **values)
    return redacted(made, view.say)


def view_of(request: Request, asked: Asked, tracker: Tracker | None, position: int) -> View:
    """What the templates have at hand for a request; no tracker where the store cannot be asked."""
    mount = request.scope.get("root_path", "").rstrip("/")
    root = quote(mount, safe="/@")
    here = "/" + quote(request.scope["path"].removeprefix(mount).lstrip("/"), safe="/@")  # two would name a host
    today, zone = (tracker.today(), tracker.local_time) if tracker else (None, UTC)
    shown, app = _shown_at(request, root), request.scope.get("app")
    brand = app.state.brand if app else Brand()
    return View(root, here, asked, asked.say, today, position, given(request.query_params), shown, zone, brand)


def _shown_at(request: Request, root: str) -> str:
    """The page that a script asks from; the first page if it is not one of the application's."""
    try:
        parts = urlsplit(request.headers.get(SHOWN, ""))
    except ValueError:
        return f"{root}/"
    shown = parts.path + (f"?{parts.query}" if parts.query else "")
    other = shown.startswith("//") or "\\" in parts.path  # a browser reads it as a slash
    return shown if shown.startswith(f"{root}/") and not other else f"{root}/"


@cache
def _templates() -> Environment:
    templates = Environment(
        loader=PackageLoader("reformtrack.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    templates.filters["capital"] = capital
    templates.globals |= {words.__name__: words for words in _WORDS}
    return templates


_WORDS: Sequence[Callable[..., Any]] = (
    attention_words, burn_up_words, comparison_words, correction_words, deadline_words, drift_words, due_words, happened,
    headed, late_words, later, lead_title, lead_words, month, part_words, period_words, plan_of, printed_deadline,
    progress_words, signed_points, time_left,
)  # fmt: skip
"""What templates call by its name, with the language of the view."""
