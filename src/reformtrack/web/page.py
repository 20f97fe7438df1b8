"""
How a page is made: its template, its links, and the words of its language.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, tzinfo
from functools import cache
from typing import Any
from urllib.parse import quote, urlsplit

import attrs
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from reformtrack.domain.errors import NotFound
from reformtrack.domain.kinds import ACTIVITY, INDICATOR, REPORT
from reformtrack.domain.protected import redacted
from reformtrack.domain.timeline import KnownAt, Record, timeline
from reformtrack.domain.values import StreamId, code_of, plan_of
from reformtrack.domain.wording import Lang, day, later, lead_words, month, number, percent, time_left
from reformtrack.exchange.error_words import retold
from reformtrack.exchange.words import (
    attention_words,
    burn_up_words,
    comparison_words,
    correction_words,
    details,
    drift_words,
    due_words,
    forecast_words,
    happened,
    headed,
    instant,
    part_words,
    period_words,
    printed_deadline,
)
from reformtrack.language import Language
from reformtrack.tracker import Tracker
from reformtrack.views.activity import Activity
from reformtrack.views.plan import Plan
from reformtrack.views.report import Comparison, Drift, IssuedReport
from reformtrack.views.series import BurnUp, DueState
from reformtrack.web.answering import SHOWN, Handler, Question
from reformtrack.web.asked import Asked, path
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

    @property
    def lang(self) -> Lang:
        """The language of the page."""
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
        return known_at.astimezone(self.zone).date() if isinstance(known_at, datetime) else None

    def day_of(self, instant: str) -> date:
        """The local day of an instant that is a text."""
        return datetime.fromisoformat(instant).astimezone(self.zone).date()

    def day(self, value: date | None) -> str:
        """A day; a dash for none."""
        return day(value, self.lang) if value else "–"

    def instant(self, value: datetime) -> str:
        """An instant in the time zone of the store, to the minute."""
        return instant(value, self.zone, self.lang)

    def number(self, value: int) -> str:
        """A number with its thousands marked."""
        return number(value, self.lang)

    def left(self, days: int) -> str:
        """How many days there are until a due day, or since it."""
        return time_left(days, self.lang)

    def percent(self, rate: Any) -> str:
        """A rate as a percentage; a dash for the rate of nothing."""
        return percent(rate, self.lang)

    def happened(self, record: Record[Any]) -> str:
        """What happened, in words, of a record."""
        return happened(record.event, self.say)

    def lead(self, activity: Activity) -> str:
        """Whoever has the lead of an activity, as printed."""
        return lead_words(activity.leads, self.lang)

    def plan_of(self, stream: StreamId) -> str:
        """The plan of a stream."""
        return plan_of(stream)

    def deadline(self, activity: Activity) -> str:
        """The deadline of an activity as printed, and when it was decided, if later."""
        return printed_deadline(activity, self.lang)

    def burn_up(self, point: BurnUp) -> str:
        """The values of a burn-up on a day."""
        return burn_up_words(point, self.say)

    def headed(self, report: IssuedReport) -> str:
        """The period of a report, with the number of the correction."""
        return headed(report, self.say)

    def corrections(self, report: IssuedReport) -> list[str]:
        """What is said of each correction of a report."""
        return correction_words(report, self.say)

    def otherwise(self, drift: Drift) -> list[str]:
        """The changes since a report besides its lines and activities."""
        return drift_words(drift, self.say)

    def compared(self, one: Comparison) -> str:
        """A figure published elsewhere beside the report's own."""
        return comparison_words(one, self.say)

    @property
    def due(self) -> Mapping[DueState, tuple[str, str]]:
        """The sign and the words of each state of what is due."""
        return due_words(self.say)

    @property
    def attention(self) -> Mapping[str, str]:
        """What the lists of activities that need attention are called."""
        return attention_words(self.say)

    def period(self, plan: Plan) -> str:
        """The year of a plan, or its days."""
        return period_words(plan, self.say)

    def part(self, part: int, plan: Plan) -> str:
        """The head of a month or quarter of a plan, or of what is outside it."""
        return part_words(part, plan, self.say)

    def month(self, day: date) -> str:
        """A month with its year."""
        return month(day, self.lang)

    def later(self, decided: date | None) -> str:
        """The suffix for something decided later."""
        return later(decided, self.lang)

    def details(self, record: Record[Any]) -> list[str]:
        """The details of a record."""
        return details(record.event, self.say)

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
    """Render a page."""
    view = view_of(question.request, question.asked, question.tracker, question.position)
    return HTMLResponse(_rendered(template, view, values), status)


def with_days(handler: Handler) -> Handler:
    """
    A page that, if its subject did not exist yet, says from which day it does, with the choice of a day.

    A subject that is nowhere on record gives the page of the error.
    """

    def answer(question: Question) -> Response:
        try:
            return handler(question)
        except NotFound as error:
            asked, records = question.asked, question.tracker.log.history(error.id)
            facts: tuple[Record[Any], ...] = timeline(records, known_at=question.tracker.log.position(asked.known_at))
            first = min((fact.event.on for fact in facts), default=None)
            if not records or (first is not None and first <= error.on):
                raise
            recorded = records[0].recorded_at
            return page(question, "not_yet.html", 404, kind=error.kind, on=error.on, first=first, recorded=recorded)

    return answer


def error_page(request: Request, problem: Problem) -> Response:
    """The page of an error."""
    lang: Lang = "en" if request.query_params.get("lang") == "en" else "vi"
    view = view_of(request, Asked(None, None, lang, {"lang": lang} if lang == "en" else {}), None, 0)
    values = {"title": retold(problem.title, view.say), "detail": retold(problem.detail, view.say)}
    return HTMLResponse(_rendered("error.html", view, values), problem.status)


def _rendered(template: str, view: View, values: Mapping[str, Any]) -> str:
    made = _templates().get_template(template).render(view=view, say=view.say, plural=view.say.plural, **values)
    return redacted(made, view.say)


def view_of(request: Request, asked: Asked, tracker: Tracker | None, position: int) -> View:
    """What the templates have at hand for a request; no tracker where the store cannot be asked."""
    mount = request.scope.get("root_path", "").rstrip("/")
    root = quote(mount, safe="/@")
    here = "/" + quote(request.scope["path"].removeprefix(mount).lstrip("/"), safe="/@")  # two would name a host
    filters = {name: value for name, value in request.query_params.items() if name not in ("on", "known_at", "lang")}
    today, zone = (tracker.today(), tracker.local_time) if tracker else (None, UTC)
    return View(root, here, asked, Language(asked.lang), today, position, filters, _shown_at(request, root), zone)


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
    return Environment(
        loader=PackageLoader("reformtrack.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
