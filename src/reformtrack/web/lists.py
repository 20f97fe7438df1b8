"""
The lists of activities of a plan and of an agency: what is asked in the address, searched, filtered, sorted, grouped, paged.
"""

from collections.abc import Iterator, Mapping, Sequence, Set

import attrs
from starlette.responses import RedirectResponse, Response

from reformtrack.domain.progress import Counted
from reformtrack.domain.protected import concealed, unasked
from reformtrack.domain.status import ProgressStatus, Timeliness
from reformtrack.domain.values import PlanId
from reformtrack.domain.wording import capital, day, number
from reformtrack.exchange.listing import Column, columns
from reformtrack.exchange.words import attention_words, part_words
from reformtrack.language import Language
from reformtrack.views.across import notices_of
from reformtrack.views.agencies import Agency, Work
from reformtrack.views.list_rows import FACETS, GROUPED, NONE, OFFERED, SORTS, Row, rows_of
from reformtrack.views.listing import LIST_DAYS, Listing, Wanted, listing
from reformtrack.views.plan import Plan
from reformtrack.views.series import part_key, part_of
from reformtrack.web.answering import Question
from reformtrack.web.asked import agency_id, given
from reformtrack.web.counts import Counts
from reformtrack.web.page import page, view_of
from reformtrack.web.paging import Pages

SHOWN = ("code", "title", "lead", "deadline", "status", "record")
SHOWN_OF_SEVERAL = ("code", "title", "plan", "deadline", "status", "record")
"""The columns of a page in which nobody chose any, of one plan and of several."""


@attrs.frozen
class Found:
    """A list that was asked for, of one plan or of an agency."""

    listing: Listing
    title: str
    """Of what it is."""
    place: tuple[str, ...]
    """The parts of the address of what it is of."""
    of: Plan | Agency
    every: Sequence[Row]
    """All of whom there is any, whatever is asked."""
    say: Language
    columns: Mapping[str, Column[Row]]
    """All that it may have."""
    works: Sequence[Work] = ()
    unclear: int = 0
    """How many activities are not in it, because their lead may mean several agencies."""
    books: Mapping[tuple[PlanId, str], str] = attrs.field(factory=dict)
    """The plans, by id and title, in which the agency has open work, and what it is called there."""

    @property
    def plan(self) -> Plan | None:
        return self.of if isinstance(self.of, Plan) else None

    @property
    def notices(self) -> Sequence[str]:
        """The notices of the plans whose activities are in it, which stand wherever it is shown."""
        return notices_of([self.plan] if self.plan else [row.plan for row in self.listing.rows])

    def value(self, facet: str, value: str) -> str:
        """A value of a filter in words; itself where nothing has it."""
        name, say = self.listing.name(facet, value), self.say
        match facet:
            case "status":
                return ProgressStatus(value).label(say.lang)
            case "timeliness":
                return Timeliness(value).label(say.lang)
            case "counted":
                return say("counted as: {what}", what=Counted(value).label(say.lang))
            case "evidence":
                return say("with evidence") if value == "yes" else say("without evidence")
            case "list":
                return attention_words(say)[value]
            case "in_rate":
                return say("counted in the rate")
            case "group" | "supporting" if value == NONE:
                return say("under no heading") if facet == "group" else say("no supporting agency")
            case "domain" if self.plan:
                return self.plan.domain_line(value)
            case "lead" if self.plan:
                return self.plan.lead_title(name, say.lang)
            case "agency":
                return next((work.words(say.lang) for work in self.works if concealed(work.label) == value), value)
            case "month" if self.plan:
                parts = range(part_of(self.plan.state.last_day, self.plan) + 2)
                texts = (part_words(part, self.plan, say) for part in parts if part_key(part, self.plan) == value)
                return next(texts, value)
            case _:
                return name

    def choices(self, facet: str) -> list[tuple[str, str]]:
        """The values of a filter to choose from, in words, with how many activities each leads to."""
        words = ((one.value, self.value(facet, one.value), one.count) for one in self.listing.options[facet])
        return [(value, f"{capital(name)} ({number(count, self.say.lang)})") for value, name, count in words]

    def condition(self, name: str) -> str:
        """A condition in words, as a chip has it."""
        wanted, say = self.listing.wanted, self.say
        if name == "q":
            return f"“{wanted.text}”"
        if name == "due":
            first, last = (day(one, say.lang) if one else "…" for one in (wanted.due_from, wanted.due_to))
            return say("Deadline") + f": {first}–{last}"
        if name == "changed_since":
            return say("recorded since {day}", day=day(wanted.changed_since, say.lang)) if wanted.changed_since else ""
        value = unasked(self.value(name, wanted.chosen[name]), say)
        return f"{self.columns[name].head}: {value}" if name in OFFERED else value

    @property
    def conditions(self) -> str:
        return "; ".join(map(self.condition, self.listing.wanted.conditions))


def sort_words(say: Language) -> Mapping[str, str]:
    """The orders that a reader chooses from."""
    return {
        "code": say("by code"),
        "title": say("by title"),
        "lead": say("by lead agency"),
        "deadline": say("by deadline, the earliest first"),
        "-overdue": say("by days overdue, the most first"),
        "status": say("by status"),
        "-changed": say("by the latest record, the newest first"),
    }


def of_plan(question: Question, wanted: Wanted | None = None) -> Found:
    """The list of a plan that is asked for; by the query, unless it is given."""
    plan, wanted = question.plan(), wanted or Wanted.read(given(question.request.query_params))
    works = question.agencies().work(plan) if "agency" in wanted.chosen else ()
    rows = rows_of(plan, plan.activities, wanted.rule, works)
    return _found(question, rows, wanted, plan.state.title, ("plans", plan.id), plan, works)


def of_agency(counts: Counts, question: Question, wanted: Wanted | None = None) -> Found:
    """The list of the work of an agency, in all plans; by the query, unless it is given."""
    asked, name = question.asked, question.request.path_params["name"]
    wanted = wanted or Wanted.read(given(question.request.query_params))
    registry = question.agencies()
    one = registry.agency(agency_id(name))
    led = counts.work(asked, registry, one)
    rows = [
        row for plan, work, _ in led if work.is_clear for row in rows_of(plan, work.activities, wanted.rule, [work])
    ]
    unclear = sum(len(work.activities) for _, work, _ in led if not work.is_clear)
    found = _found(question, rows, wanted, one.name, ("agencies", one.id[1:]), one)
    called = (one.name, f"{one.name} ({one.id})")
    books = {
        (plan.id, plan.state.title): own
        for plan, work, _ in led
        for own in work.names
        if own in called and any(activity.status.is_open for activity in work.activities)
    }
    return attrs.evolve(found, unclear=unclear, books=books)


def _found(
    question: Question,
    rows: Sequence[Row],
    wanted: Wanted,
    title: str,
    place: tuple[str, ...],
    of: Plan | Agency,
    works: Sequence[Work] = (),
) -> Found:
    say, zone = question.asked.say, question.tracker.local_time
    made = listing(rows, wanted, zone)
    return Found(made, title, place, of, rows, say, columns(say, rows, zone), works)


def plan_list(question: Question) -> Response:
    """The activities of a plan: searched, filtered, those behind a figure or on a list."""
    return _plain(question) or _page(question, of_plan(question))


def agency_list(counts: Counts, question: Question) -> Response:
    """The activities that an agency leads, in all plans."""
    return _plain(question) or _page(question, of_agency(counts, question))


def _plain(question: Question) -> Response | None:
    """The way to the address that says the same without the empty fields of a form; None if it is plain."""
    query, request = question.request.query_params, question.request
    if not any(query.get(name) == "" or len(query.getlist(name)) > 1 for name in _FIELDS):
        return None
    view = view_of(request, question.asked, question.tracker, question.position)
    return RedirectResponse(view.same(**Wanted.read(given(query)).address()), 303)


def _page(question: Question, found: Found) -> Response:
    made, wanted, say, every = found.listing, found.listing.wanted, found.say, found.columns
    pages = Pages(question, len(made.rows))
    several = {name for name in OFFERED if len({value for row in found.every for value, _ in FACETS[name](row)}) > 1}
    names = [name for name in wanted.columns if name in every] or _usual(found, several)
    orders = dict(sort_words(say))
    if wanted.sort and wanted.sort not in orders:  # as the head of a column turns it
        name = wanted.sort.removeprefix("-")
        head = every[name].head if name in every else attention_words(say)["due-soon"]
        orders[wanted.sort] = f"{head} {'↓' if wanted.sort != name else '↑'}"
    rule = wanted.rule or (found.plan.state.counting_rule if found.plan else None)
    return page(
        question,
        "activities.html",
        plan=found.plan,
        exists_since=None if isinstance(found.of, Plan) else found.of.state.registered_on,
        rule=rule if wanted.chosen.keys() & {"counted", "in_rate"} else None,
        found=found,
        notices=found.notices,
        made=made,
        wanted=wanted,
        conditions={name: (found.condition(name), wanted.without(name)) for name in wanted.conditions},
        lists=dict(_lists(found)),
        facets={name: every[name].head for name in OFFERED if name in several},
        orders=orders,
        groupings={name: every[name].head for name in GROUPED if name in several},
        kept={name: value for name, value in wanted.address().items() if name not in _FIELDS},
        columns={name: (every[name].head, _turned(name, wanted)) for name in names},
        choice={name: column.head for name, column in every.items() if name != "plan" or not found.plan},
        rows=[(row, {name: every[name].value(row) for name in names}) for row in pages.of(made.rows)],
        pages=pages,
    )


_FIELDS = (*OFFERED, "q", *LIST_DAYS, "sort", "by", "columns")
"""What the form of a list has a field for."""


def _lists(found: Found) -> Iterator[tuple[str, tuple[str, int, dict[str, str]]]]:
    """Each list with its words, how many are on it with all else that is asked, and its address."""
    counts = {one.value: one.count for one in found.listing.options["list"]}
    for name, words in attention_words(found.say).items():
        yield name, (words, counts.get(name, 0), found.listing.wanted.address(list=name, sort=""))


def _usual(found: Found, several: Set[str]) -> tuple[str, ...]:
    """The columns in which nobody chose any; those of what is overdue say by how much."""
    usual = SHOWN_OF_SEVERAL if "plan" in several else SHOWN
    return (*usual, "overdue") if found.listing.key("list") == "overdue" else usual


def _turned(name: str, wanted: Wanted) -> str:
    """What sorts by a column, or the other way round if it is sorted by it; empty where nothing does."""
    return ("-" + name if wanted.sort == name else name) if name in SORTS else ""
