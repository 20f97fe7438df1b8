"""
Which face shows which question: for each of both a reader, or why it is not shown. It is the one place where that is said.

A face that begins to show a question gets its reader here; a new face, or a new question, a whole row or column.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache

import attrs

from reformtrack.domain.wording import Lang
from tests.faces import readers as r
from tests.faces.questions import QUESTIONS, Facts
from tests.faces.worlds import Asked

FACES = ("page", "api", "json", "terminal", "docx", "xlsx", "html", "pdf", "digest", "calendar", "workbook", "frame")
DOCUMENTS = ("docx", "html", "pdf", "xlsx")


@attrs.frozen
class Shown:
    """How a face shows a question."""

    read: Callable[[Asked], Facts]
    in_order: bool = True
    """Whether it has the order of the answer; False for a face that has one of its own, as by code."""
    lang: Lang = "vi"
    part: Callable[[Facts], Facts] = lambda facts: facts
    """What of the answer it shows."""

    def shown(self, asked: Asked) -> Facts:
        return _ordered(self.read(asked), self.in_order)

    def expected(self, asked: Asked, question: str) -> Facts:
        return _ordered(self.part(answer(asked, question, self.lang)), self.in_order)


@cache
def answer(asked: Asked, question: str, lang: Lang) -> Facts:
    """What the library answers: each question is asked once."""
    return QUESTIONS[question](asked, lang)


def _ordered(facts: Facts, in_order: bool) -> Facts:
    return facts if in_order else sorted(facts, key=str)


def any_order(read: Callable[[Asked], Facts]) -> Shown:
    return Shown(read, in_order=False)


def english(read: Callable[[Asked], Facts], part: Callable[[Facts], Facts] = lambda facts: facts) -> Shown:
    return Shown(read, lang="en", part=part)


def without_records(facts: Facts) -> Facts:
    """Drift without the records behind it."""
    return tuple(one[:3] for one in facts)


def ten(facts: Facts) -> Facts:
    return facts[:10]


def filled(facts: Facts) -> Facts:
    """Parts in which something counts."""
    return tuple(row for row in facts if row[2])


ONE = "one plan; many are compared on the pages, in the API and in roll-ups"
SENT = "says what was sent, and not what is known since"
ACTIVITIES = "has activities, and no sums"
DUE_ONLY = "has what is due, and nothing else"
REPORT = "a report says what its form asks for"
LISTS = "gives the activities themselves: whoever asks counts or picks them"
ROWS = "says the same by its rows"

Row = Mapping[str, Shown | str]


def documents(read: Callable[[str], Callable[[Asked], Facts]], in_order: bool = True) -> dict[str, Shown | str]:
    """Of Word and HTML, which have the same blocks."""
    return {form: Shown(read(f".{form}"), in_order) for form in ("docx", "html")}


def no(reason: str, *faces: str) -> dict[str, Shown | str]:
    return dict.fromkeys(faces, reason)


NO_DOCUMENT = no(REPORT, "docx", "html", "pdf", "xlsx")
NO_FEED = {**no(DUE_ONLY, "digest", "calendar", "workbook")}


def many(page: Shown | str, api: Shown | str, json: Shown | str, terminal: Shown | str) -> Row:
    """A question about all plans."""
    rest = no(ONE, "docx", "xlsx", "html", "pdf", "digest", "calendar", "workbook", "frame")
    return {"page": page, "api": api, "json": json, "terminal": terminal, **rest}


NOT_LEAGUE = "gives the parts in order of name: whoever asks ranks them"

TABLE: Mapping[str, Row] = {
    "headline": {
        "page": Shown(r.page_headline),
        "api": Shown(lambda asked: r.document_counts(r.api_plan(asked)["progress"])[:3]),
        "json": Shown(lambda asked: r.document_counts(r.json_plan(asked)["progress"])[:3]),
        "terminal": Shown(r.terminal_headline),
        **documents(r.document_headline),
        "pdf": Shown(r.pdf_headline),
        "xlsx": Shown(r.xlsx_headline),
        **NO_FEED,
        "frame": Shown(r.frame_headline),
    },
    "rates under each rule": {
        "page": Shown(r.page_rates),
        "api": Shown(lambda asked: r._rates_of(r.api_plan(asked))),
        "json": Shown(lambda asked: r._rates_of(r.json_plan(asked))),
        "terminal": Shown(r.terminal_rates),
        **documents(r.document_rates),
        "pdf": Shown(r.pdf_rates),
        "xlsx": "the annex has the lines of the report, under its rule",
        **NO_FEED,
        "frame": Shown(r.frame_rates),
    },
    "by domain": {
        "page": Shown(r.page_domains),
        "api": Shown(lambda asked: r._parts_of(r.api_plan(asked)["domains"])),
        "json": Shown(lambda asked: r._parts_of(r.json_plan(asked)["domains"])),
        "terminal": Shown(r.terminal_domains),
        **documents(lambda form: r.document_figures(form, "II. ")),
        "pdf": Shown(r.pdf_figures("II", "Lĩnh vực")),
        "xlsx": Shown(r.xlsx_domains),
        **NO_FEED,
        "frame": Shown(r.frame_by("domain_title"), in_order=False, part=filled),
    },
    "by lead": {
        "page": "the page has leads by month; their rates are behind the lists",
        "api": Shown(lambda asked: r._parts_of(r.api_plan(asked)["leads"])),
        "json": "rollup --by lead has them",
        "terminal": "rollup --by lead has them",
        **documents(lambda form: r.document_figures(form, "III. ")),
        "pdf": Shown(r.pdf_figures("III", "Cơ quan chủ trì")),
        "xlsx": Shown(r.xlsx_leads),
        **NO_FEED,
        "frame": Shown(r.frame_by("lead"), in_order=False, part=filled),
    },
    "by lead and month": {
        "page": Shown(r.page_heat),
        **no(LISTS, "api", "json", "terminal"),
        **no("drawn: see test_charts", "docx", "html", "pdf"),
        "xlsx": REPORT,
        **NO_FEED,
        "frame": "has no due days but the next and the last",
    },
    "by month": {
        "page": Shown(lambda asked: r.months_of(r.page_heat(asked))),
        **no(LISTS, "api", "json", "terminal"),
        **no("drawn: see test_charts", "docx", "html", "pdf"),
        "xlsx": REPORT,
        **NO_FEED,
        "frame": "has no due days but the next and the last",
    },
    "planned by the day, later, undated": {
        "page": Shown(r.page_burn_up),
        **no(LISTS, "api", "json", "terminal"),
        **documents(r.document_burn_up),
        "pdf": Shown(r.pdf_burn_up),
        "xlsx": REPORT,
        **NO_FEED,
        "frame": LISTS,
    },
    "plan version and undocumented changes": {
        "page": Shown(r.page_version),
        "api": Shown(lambda asked: r._version_of(r.api_plan(asked))),
        "json": Shown(lambda asked: r._version_of(r.json_plan(asked))),
        "terminal": Shown(r.terminal_version),
        **documents(r.document_version),
        "pdf": Shown(r.pdf_version),
        "xlsx": Shown(r.xlsx_version),
        **no("has no rate that would need it", "digest", "calendar", "workbook", "frame"),
    },
    "how many overdue, due soon, without evidence": {
        "page": Shown(r.page_tiles),
        "api": Shown(r.api_tiles),
        "json": Shown(r.json_tiles),
        "terminal": Shown(r.terminal_tiles),
        **NO_DOCUMENT,
        **NO_FEED,
        "frame": LISTS,
    },
    "overdue": {
        "page": Shown(r.page_overdue),
        "api": any_order(r.api_overdue),
        "json": Shown(r.json_overdue),
        "terminal": Shown(r.terminal_overdue),
        **documents(r.document_overdue, in_order=False),
        "pdf": any_order(r.pdf_overdue),
        "xlsx": "says whether, and not by how many days",
        "digest": "each missed day: see below",
        "calendar": "has the due days, and the calendar says which are past",
        "workbook": "has the due days",
        "frame": any_order(r.frame_field("days_overdue", lambda row: row["overdue"])),
    },
    "the first that are overdue": {
        "page": Shown(r.page_card, part=lambda facts: facts[:5]),
        **no("see overdue", *FACES[1:]),
    },
    "missed due days": {
        "page": any_order(r.page_missed),
        "api": Shown(r.api_missed),
        "json": "has the open days of each",
        "terminal": Shown(r.terminal_missed),
        **no("of an activity: see overdue", "docx", "html", "pdf", "xlsx", "frame"),
        "digest": any_order(r.digest_missed),
        "calendar": "has the due days, and the calendar says which are past",
        "workbook": "has the due days",
    },
    "due soon": {
        "page": Shown(r.page_due_soon),
        "api": any_order(r.api_due_soon),
        "json": Shown(r.json_due_soon),
        "terminal": Shown(r.terminal_due_soon),
        **NO_DOCUMENT,
        "digest": any_order(r.digest_due_soon),
        "calendar": "see open due days",
        "workbook": "see open due days",
        "frame": "has the next due day alone",
    },
    "open due days": {
        "page": "on the page of each activity: see overdue and due soon",
        "api": Shown(r.api_open_days),
        "json": "of what is overdue or due soon",
        "terminal": "of what is overdue or due soon",
        **NO_DOCUMENT,
        "digest": "of what is overdue or due soon",
        "calendar": Shown(r.calendar_open_days),
        "workbook": any_order(r.workbook_open_days),
        "frame": "has the next due day alone",
    },
    "without evidence": {
        "page": Shown(r.page_codes(list="without-evidence")),
        "api": "says how many, and warns of each",
        "json": Shown(lambda asked: tuple(r.json_plan(asked)["without_evidence"])),
        "terminal": Shown(r.terminal_without_evidence),
        **NO_DOCUMENT,
        "digest": "see warnings",
        **no(DUE_ONLY, "calendar", "workbook"),
        "frame": Shown(
            r.frame_codes(lambda row: row["status"] in ("completed", "awaiting_confirmation") and not row["evidence"])
        ),
    },
    "waiting for confirmation": {
        "page": Shown(r.page_codes(list="awaiting-confirmation")),
        "api": Shown(
            lambda asked: tuple(one["code"] for one in r.api_activities(asked, status="awaiting_confirmation"))
        ),
        "json": "says how many",
        "terminal": "says how many",
        **no("see activities and their status", "docx", "html", "pdf", "xlsx"),
        "digest": DUE_ONLY,
        "calendar": DUE_ONLY,
        "workbook": Shown(
            lambda asked: tuple(
                dict.fromkeys(code for code, _, status in r.workbook_rows(asked) if status == "awaiting_confirmation")
            ),
            in_order=False,
        ),
        "frame": Shown(r.frame_codes(lambda row: row["status"] == "awaiting_confirmation")),
    },
    "withdrawn and carried over": {
        "page": Shown(r.page_left),
        "api": any_order(r.api_left),
        "json": "says how many",
        "terminal": "says how many",
        **no("see activities and their status", "docx", "html", "pdf", "xlsx"),
        "digest": "nobody is warned of it",
        "calendar": "see calendar",
        "workbook": "nothing is asked of it",
        "frame": Shown(r.frame_field("status", lambda row: row["status"] in ("withdrawn", "carried_over"))),
    },
    "undated": {
        "page": Shown(r.page_codes(month="undated")),
        "api": Shown(r.api_undated),
        "json": "says how many",
        "terminal": "says how many",
        **no("says how many", "docx", "html", "pdf"),
        "xlsx": Shown(lambda asked: tuple(code for code, it in r.xlsx_timeliness(asked) if it == "no_deadline")),
        **NO_FEED,
        "frame": Shown(r.frame_codes(lambda row: not row["dated"])),
    },
    "activities and their status": {
        "page": Shown(r.page_activities),
        "api": Shown(r.api_field("status")),
        "json": "of what is overdue or due soon",
        "terminal": "of what is overdue or due soon",
        **documents(r.document_activities),
        "pdf": Shown(r.pdf_activities),
        "xlsx": Shown(r.xlsx_activities),
        **NO_FEED,
        "frame": Shown(r.frame_field("status")),
    },
    "lead and deadline": {
        "page": Shown(r.page_terms),
        "api": Shown(r.api_terms),
        "json": "of what is overdue or due soon",
        "terminal": "of what is overdue or due soon",
        **documents(r.document_terms),
        "pdf": "as Word and HTML, which are made of the same blocks",
        "xlsx": Shown(r.xlsx_terms),
        **NO_FEED,
        "frame": Shown(r.frame_terms),
    },
    "timeliness": {
        "page": "see timeliness that is marked",
        "api": Shown(r.api_field("timeliness")),
        "json": "of what is overdue or due soon",
        "terminal": "of what is overdue or due soon",
        **no("says by how many days it is overdue", "docx", "html", "pdf"),
        "xlsx": Shown(r.xlsx_timeliness),
        **NO_FEED,
        "frame": Shown(r.frame_field("timeliness")),
    },
    "timeliness that is marked": {
        "page": Shown(r.page_marks),
        **no("see timeliness", *FACES[1:]),
    },
    "completed on": {
        "page": "on the page of each activity",
        "api": "in the answer about each activity",
        **no("has what is open", "json", "terminal"),
        **documents(r.document_completed_on),
        "pdf": "as Word and HTML, which are made of the same blocks",
        "xlsx": Shown(r.xlsx_completed_on),
        **NO_FEED,
        "frame": Shown(r.frame_field("completed_on", lambda row: row["status"] == "completed")),
    },
    "how many of each status": {
        "page": ROWS,
        "api": LISTS,
        "json": Shown(r.json_status_counts),
        "terminal": Shown(r.terminal_status_counts),
        **no(ROWS, *DOCUMENTS),
        **NO_FEED,
        "frame": LISTS,
    },
    "how many of each timeliness": {
        "page": ROWS,
        "api": LISTS,
        "json": Shown(r.json_timeliness_counts),
        "terminal": Shown(r.terminal_timeliness_counts),
        **no(ROWS, *DOCUMENTS),
        **NO_FEED,
        "frame": LISTS,
    },
    "because of which records": {
        "page": "marks them on the page of each activity",
        "api": "in the answer about each activity",
        "json": "of what is overdue or due soon",
        "terminal": "history has them all",
        **documents(r.document_reasons),
        "pdf": Shown(r.pdf_reasons),
        "xlsx": "has the log position of the whole",
        **NO_FEED,
        "frame": "the frame of the history has the records",
    },
    "history of an activity": {
        "page": Shown(r.page_history),
        "api": Shown(r.api_history),
        "json": Shown(r.json_history),
        "terminal": Shown(r.terminal_history),
        **NO_DOCUMENT,
        **NO_FEED,
        "frame": Shown(r.frame_history),
    },
    "indicators": {
        "page": Shown(r.page_indicators),
        "api": english(r.api_indicators),
        **no("no command asks for them", "json", "terminal"),
        **documents(r.document_indicators),
        "pdf": "as Word and HTML, which are made of the same blocks",
        "xlsx": Shown(r.xlsx_indicators),
        **NO_FEED,
        "frame": ACTIVITIES,
    },
    "checks of indicators": {
        "page": Shown(r.page_checks),
        "api": english(r.api_checks),
        **no("no command asks for them", "json", "terminal"),
        **documents(r.document_checks),
        "pdf": "as Word and HTML, which are made of the same blocks",
        "xlsx": "has the figures alone",
        **NO_FEED,
        "frame": ACTIVITIES,
    },
    "warnings": {
        "page": "has lists of what is overdue, due soon, without evidence",
        "api": Shown(r.api_warnings),
        **no("digests and the API warn", "json", "terminal"),
        **NO_DOCUMENT,
        "digest": "see warnings by lead",
        "calendar": "reminds of due days",
        "workbook": DUE_ONLY,
        "frame": ACTIVITIES,
    },
    "warnings by lead": {
        **no("see warnings", "page", "api"),
        **no("digests and the API warn", "json", "terminal"),
        **NO_DOCUMENT,
        "digest": Shown(r.digest_warnings),
        **no("see warnings", "calendar", "workbook", "frame"),
    },
    "balance": {
        **no("reports have it", "page", "api", "json", "terminal"),
        **documents(r.document_balance),
        "pdf": Shown(r.pdf_balance),
        "xlsx": REPORT,
        **NO_FEED,
        "frame": ACTIVITIES,
    },
    "issued reports": {
        "page": Shown(r.page_reports),
        "api": english(r.api_reports),
        "json": english(r.json_reports),
        "terminal": Shown(r.terminal_reports),
        **no(SENT, *DOCUMENTS),
        **NO_FEED,
        "frame": ACTIVITIES,
    },
    "drift": {
        "page": Shown(r.page_drift, part=without_records),
        "api": english(r.api_drift, without_records),
        "json": english(r.json_drift),
        "terminal": Shown(r.terminal_drift),
        **no(SENT, *DOCUMENTS),
        **NO_FEED,
        "frame": ACTIVITIES,
    },
    "drift of what is overdue": {
        "page": "shows how many were overdue as sent",
        "api": "gives what is completed of what",
        "json": Shown(r.json_drift_overdue),
        "terminal": "gives what is completed of what",
        **no(SENT, *DOCUMENTS),
        **NO_FEED,
        "frame": ACTIVITIES,
    },
    "calendar": {
        **no("see open due days", *(face for face in FACES if face != "calendar")),
        "calendar": Shown(r.calendar),
    },
    "all plans: total": many(Shown(r.page_total), "the sum of its lines", Shown(r.json_total), Shown(r.terminal_total)),
    "all plans by jurisdiction": many(
        "see league",
        Shown(r.api_rollup("jurisdiction")),
        Shown(r.json_rollup("jurisdiction")),
        Shown(r.terminal_rollup("jurisdiction")),
    ),
    "all plans by jurisdiction and plan": many(
        any_order(r.page_by_plan),
        Shown(r.api_rollup("jurisdiction,plan")),
        Shown(r.json_rollup("jurisdiction,plan")),
        Shown(r.terminal_rollup("jurisdiction,plan")),
    ),
    "all plans by domain": many(
        "one plan's are on its page",
        Shown(r.api_rollup("domain")),
        Shown(r.json_rollup("domain")),
        Shown(r.terminal_rollup("domain")),
    ),
    "all plans by lead": many(
        "those of an agency are on its page",
        Shown(r.api_rollup("lead")),
        Shown(r.json_rollup("lead")),
        Shown(r.terminal_rollup("lead")),
    ),
    "league": many(Shown(r.page_league), NOT_LEAGUE, NOT_LEAGUE, NOT_LEAGUE),
    "lowest rates": many(Shown(r.page_worst), NOT_LEAGUE, NOT_LEAGUE, NOT_LEAGUE),
    "most overdue": many(Shown(r.page_late), NOT_LEAGUE, NOT_LEAGUE, NOT_LEAGUE),
    "silent": many(
        Shown(r.page_silent, part=ten),
        Shown(lambda asked: tuple(asked.api("/rollup")["silent"])),
        Shown(r.json_silent),
        Shown(r.terminal_silent),
    ),
    "plans by place and title": many(
        Shown(r.page_plan_list), "see plans by id", "rollup --by plan has their ids", "rollup --by plan has their ids"
    ),
    "plans by id": many(
        "see plans by place and title", Shown(r.api_plans), "no command lists them", "no command lists them"
    ),
    "agencies": many(Shown(r.page_agencies), Shown(r.api_agencies), Shown(r.json_agencies), Shown(r.terminal_agencies)),
}
"""By question and face, the reader, or why the face does not show it."""


def shown(faces: Sequence[str], questions: Sequence[str]) -> Iterator[tuple[str, str, Shown]]:
    """(question, face, how it is shown) of those that are."""
    for question in questions:
        for face in faces:
            if isinstance(how := TABLE[question][face], Shown):
                yield question, face, how
