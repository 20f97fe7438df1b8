"""
Which face shows which question: for each of both a reader, or why it is not shown. It is the one place where that is said.

A face that begins to show a question gets its reader here; a new face, or a new question, a whole row or column.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache

import attrs

from reformtrack.domain.wording import Lang
from tests.faces.questions import QUESTIONS, Facts
from tests.faces.readers import annex, answers, documents, feeds, frames, pages, pdf, terminal
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


def word_and_html(read: Callable[[str], Callable[[Asked], Facts]], in_order: bool = True) -> dict[str, Shown | str]:
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
        "page": Shown(pages.page_headline),
        "api": Shown(lambda asked: answers.document_counts(answers.api_plan(asked)["progress"])[:3]),
        "json": Shown(lambda asked: answers.document_counts(answers.json_plan(asked)["progress"])[:3]),
        "terminal": Shown(terminal.terminal_headline),
        **word_and_html(documents.document_headline),
        "pdf": Shown(pdf.pdf_headline),
        "xlsx": Shown(annex.xlsx_headline),
        **NO_FEED,
        "frame": Shown(frames.frame_headline),
    },
    "rates under each rule": {
        "page": Shown(pages.page_rates),
        "api": Shown(lambda asked: answers.rates_of(answers.api_plan(asked))),
        "json": Shown(lambda asked: answers.rates_of(answers.json_plan(asked))),
        "terminal": Shown(terminal.terminal_rates),
        **word_and_html(documents.document_rates),
        "pdf": Shown(pdf.pdf_rates),
        "xlsx": "the annex has the lines of the report, under its rule",
        **NO_FEED,
        "frame": Shown(frames.frame_rates),
    },
    "by domain": {
        "page": Shown(pages.page_domains),
        "api": Shown(lambda asked: answers.parts_of(answers.api_plan(asked)["domains"])),
        "json": Shown(lambda asked: answers.parts_of(answers.json_plan(asked)["domains"])),
        "terminal": Shown(terminal.terminal_domains),
        **word_and_html(lambda form: documents.document_figures(form, "Kết quả theo lĩnh vực")),
        "pdf": Shown(pdf.pdf_figures("Kết quả theo lĩnh vực", "Lĩnh vực")),
        "xlsx": Shown(annex.xlsx_domains),
        **NO_FEED,
        "frame": Shown(frames.frame_by("domain_title"), in_order=False, part=filled),
    },
    "by lead": {
        "page": "the page has leads by month; their rates are behind the lists",
        "api": Shown(lambda asked: answers.parts_of(answers.api_plan(asked)["leads"])),
        "json": "rollup --by lead has them",
        "terminal": "rollup --by lead has them",
        **word_and_html(lambda form: documents.document_figures(form, "Kết quả theo cơ quan chủ trì")),
        "pdf": Shown(pdf.pdf_figures("Kết quả theo cơ quan chủ trì", "Cơ quan chủ trì")),
        "xlsx": Shown(annex.xlsx_leads),
        **NO_FEED,
        "frame": Shown(frames.frame_by("lead"), in_order=False, part=filled),
    },
    "by lead and month": {
        "page": Shown(pages.page_heat),
        **no(LISTS, "api", "json", "terminal"),
        **no("drawn: see test_charts", "docx", "html", "pdf"),
        "xlsx": REPORT,
        **NO_FEED,
        "frame": "has no due days but the next and the last",
    },
    "by month": {
        "page": Shown(lambda asked: pages.months_of(pages.page_heat(asked))),
        **no(LISTS, "api", "json", "terminal"),
        **no("drawn: see test_charts", "docx", "html", "pdf"),
        "xlsx": REPORT,
        **NO_FEED,
        "frame": "has no due days but the next and the last",
    },
    "planned by the day, later, undated": {
        "page": Shown(pages.page_burn_up),
        **no(LISTS, "api", "json", "terminal"),
        **word_and_html(documents.document_burn_up),
        "pdf": Shown(pdf.pdf_burn_up),
        "xlsx": REPORT,
        **NO_FEED,
        "frame": LISTS,
    },
    "plan version and undocumented changes": {
        "page": Shown(pages.page_version),
        "api": Shown(lambda asked: answers.version_of(answers.api_plan(asked))),
        "json": Shown(lambda asked: answers.version_of(answers.json_plan(asked))),
        "terminal": Shown(terminal.terminal_version),
        **word_and_html(documents.document_version),
        "pdf": Shown(pdf.pdf_version),
        "xlsx": Shown(annex.xlsx_version),
        **no("has no rate that would need it", "digest", "calendar", "workbook", "frame"),
    },
    "how many overdue, due soon, without evidence": {
        "page": Shown(pages.page_tiles),
        "api": Shown(lambda asked: answers.tiles_of(answers.api_plan(asked))),
        "json": Shown(lambda asked: answers.tiles_of(answers.json_plan(asked))),
        "terminal": Shown(terminal.terminal_tiles),
        **NO_DOCUMENT,
        **NO_FEED,
        "frame": LISTS,
    },
    "overdue": {
        "page": Shown(pages.page_overdue),
        "api": any_order(lambda asked: answers.overdue_of(answers.api_activities(asked))),
        "json": Shown(lambda asked: answers.overdue_of(answers.json_list(asked, "overdue"))),
        "terminal": Shown(terminal.terminal_overdue),
        **word_and_html(documents.document_overdue, in_order=False),
        "pdf": "as Word and HTML, which are made of the same blocks",
        "xlsx": "says whether, and not by how many days",
        "digest": "each missed day: see below",
        "calendar": "has the due days, and the calendar says which are past",
        "workbook": "has the due days",
        "frame": any_order(frames.frame_field("days_overdue", lambda row: row["overdue"])),
    },
    "the first that are overdue": {
        "page": Shown(pages.page_card, part=lambda facts: facts[:5]),
        **no("see overdue", *FACES[1:]),
    },
    "missed due days": {
        "page": any_order(pages.page_missed),
        "api": Shown(answers.api_missed),
        "json": "has the open days of each",
        "terminal": Shown(terminal.terminal_missed),
        **no("of an activity: see overdue", "docx", "html", "pdf", "xlsx", "frame"),
        "digest": any_order(feeds.digest_missed),
        "calendar": "has the due days, and the calendar says which are past",
        "workbook": "has the due days",
    },
    "due soon": {
        "page": Shown(pages.page_due_soon),
        "api": any_order(lambda asked: answers.soon_of(asked, answers.api_activities(asked))),
        "json": Shown(lambda asked: answers.soon_of(asked, answers.json_list(asked, "due"))),
        "terminal": Shown(terminal.terminal_due_soon),
        **NO_DOCUMENT,
        "digest": any_order(feeds.digest_due_soon),
        "calendar": "see open due days",
        "workbook": "see open due days",
        "frame": "has the next due day alone",
    },
    "open due days": {
        "page": "on the page of each activity: see overdue and due soon",
        "api": Shown(answers.api_open_days),
        "json": "of what is overdue or due soon",
        "terminal": "of what is overdue or due soon",
        **NO_DOCUMENT,
        "digest": "of what is overdue or due soon",
        "calendar": Shown(feeds.calendar_open_days),
        "workbook": any_order(feeds.workbook_open_days),
        "frame": "has the next due day alone",
    },
    "without evidence": {
        "page": Shown(pages.page_codes(list="without-evidence")),
        "api": Shown(lambda asked: tuple(answers.api_plan(asked)["without_evidence"])),
        "json": Shown(lambda asked: tuple(answers.json_plan(asked)["without_evidence"])),
        "terminal": Shown(terminal.terminal_without_evidence),
        **NO_DOCUMENT,
        "digest": "see warnings",
        **no(DUE_ONLY, "calendar", "workbook"),
        "frame": Shown(
            frames.frame_codes(
                lambda row: row["status"] in ("completed", "awaiting_confirmation") and not row["evidence"]
            )
        ),
    },
    "waiting for confirmation": {
        "page": Shown(pages.page_codes(list="awaiting-confirmation")),
        "api": Shown(
            lambda asked: tuple(one["code"] for one in answers.api_activities(asked, status="awaiting_confirmation"))
        ),
        "json": "says how many",
        "terminal": "says how many",
        **no("see activities and their status", "docx", "html", "pdf", "xlsx"),
        "digest": DUE_ONLY,
        "calendar": DUE_ONLY,
        "workbook": Shown(
            lambda asked: tuple(
                dict.fromkeys(
                    code for code, _, status in feeds.workbook_rows(asked) if status == "awaiting_confirmation"
                )
            ),
            in_order=False,
        ),
        "frame": Shown(frames.frame_codes(lambda row: row["status"] == "awaiting_confirmation")),
    },
    "withdrawn and carried over": {
        "page": Shown(pages.page_left),
        "api": any_order(answers.api_left),
        "json": "says how many",
        "terminal": "says how many",
        **no("see activities and their status", "docx", "html", "pdf", "xlsx"),
        "digest": "nobody is warned of it",
        "calendar": "see calendar",
        "workbook": "nothing is asked of it",
        "frame": Shown(frames.frame_field("status", lambda row: row["status"] in ("withdrawn", "carried_over"))),
    },
    "undated": {
        "page": Shown(pages.page_codes(month="undated")),
        "api": Shown(answers.api_undated),
        "json": "says how many",
        "terminal": "says how many",
        **no("says how many", "docx", "html", "pdf"),
        "xlsx": Shown(lambda asked: tuple(code for code, it in annex.xlsx_timeliness(asked) if it == "no_deadline")),
        **NO_FEED,
        "frame": Shown(frames.frame_codes(lambda row: not row["dated"])),
    },
    "activities and their status": {
        "page": Shown(pages.page_activities),
        "api": Shown(answers.api_field("status")),
        "json": "of what is overdue or due soon",
        "terminal": "of what is overdue or due soon",
        **word_and_html(documents.document_activities, in_order=False),
        "pdf": "as Word and HTML, which are made of the same blocks",
        "xlsx": Shown(annex.xlsx_activities),
        **NO_FEED,
        "frame": Shown(frames.frame_field("status")),
    },
    "lead and deadline": {
        "page": Shown(pages.page_terms),
        "api": Shown(answers.api_terms),
        "json": "of what is overdue or due soon",
        "terminal": "of what is overdue or due soon",
        **word_and_html(documents.document_terms, in_order=False),
        "pdf": "as Word and HTML, which are made of the same blocks",
        "xlsx": Shown(annex.xlsx_terms),
        **NO_FEED,
        "frame": Shown(frames.frame_terms),
    },
    "timeliness": {
        "page": "see timeliness that is marked",
        "api": Shown(answers.api_field("timeliness")),
        "json": "of what is overdue or due soon",
        "terminal": "of what is overdue or due soon",
        **no("says by how many days it is overdue", "docx", "html", "pdf"),
        "xlsx": Shown(annex.xlsx_timeliness),
        **NO_FEED,
        "frame": Shown(frames.frame_field("timeliness")),
    },
    "timeliness that is marked": {
        "page": Shown(pages.page_marks),
        **no("see timeliness", *FACES[1:]),
    },
    "completed on": {
        "page": "on the page of each activity",
        "api": "in the answer about each activity",
        **no("has what is open", "json", "terminal"),
        **word_and_html(documents.document_completed_on, in_order=False),
        "pdf": "as Word and HTML, which are made of the same blocks",
        "xlsx": Shown(annex.xlsx_completed_on),
        **NO_FEED,
        "frame": Shown(frames.frame_field("completed_on", lambda row: row["status"] == "completed")),
    },
    "how many of each status": {
        "page": ROWS,
        "api": Shown(lambda asked: tuple(answers.api_plan(asked)["statuses"].items())),
        "json": Shown(lambda asked: tuple(answers.json_plan(asked)["statuses"].items())),
        "terminal": Shown(terminal.terminal_status_counts),
        **no(ROWS, *DOCUMENTS),
        **NO_FEED,
        "frame": LISTS,
    },
    "how many of each timeliness": {
        "page": ROWS,
        "api": Shown(lambda asked: tuple(answers.api_plan(asked)["timeliness"].items())),
        "json": Shown(lambda asked: tuple(answers.json_plan(asked)["timeliness"].items())),
        "terminal": Shown(terminal.terminal_timeliness_counts),
        **no(ROWS, *DOCUMENTS),
        **NO_FEED,
        "frame": LISTS,
    },
    "history of an activity": {
        "page": Shown(pages.page_history),
        "api": Shown(answers.api_history),
        "json": Shown(answers.json_history),
        "terminal": Shown(terminal.terminal_history),
        **NO_DOCUMENT,
        **NO_FEED,
        "frame": Shown(frames.frame_history),
    },
    "indicators": {
        "page": Shown(pages.page_indicators),
        "api": english(answers.api_indicators),
        **no("no command asks for them", "json", "terminal"),
        **word_and_html(documents.document_indicators),
        "pdf": "as Word and HTML, which are made of the same blocks",
        "xlsx": Shown(annex.xlsx_indicators),
        **NO_FEED,
        "frame": ACTIVITIES,
    },
    "checks of indicators": {
        "page": Shown(pages.page_checks),
        "api": english(answers.api_checks),
        **no("no command asks for them", "json", "terminal"),
        **word_and_html(documents.document_checks),
        "pdf": "as Word and HTML, which are made of the same blocks",
        "xlsx": Shown(annex.xlsx_checks),
        **NO_FEED,
        "frame": ACTIVITIES,
    },
    "warnings": {
        "page": "has lists of what is overdue, due soon, without evidence",
        "api": Shown(answers.api_warnings),
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
        "digest": Shown(feeds.digest_warnings),
        **no("see warnings", "calendar", "workbook", "frame"),
    },
    "balance": {
        **no("reports have it", "page", "api", "json", "terminal"),
        **word_and_html(documents.document_balance),
        "pdf": Shown(pdf.pdf_balance),
        "xlsx": REPORT,
        **NO_FEED,
        "frame": ACTIVITIES,
    },
    "issued reports": {
        "page": Shown(pages.page_reports),
        "api": english(lambda asked: answers.reports_of(answers.api_reports(asked))),
        "json": english(lambda asked: answers.reports_of(answers.json_reports(asked))),
        "terminal": Shown(terminal.terminal_reports),
        **no(SENT, *DOCUMENTS),
        **NO_FEED,
        "frame": ACTIVITIES,
    },
    "drift": {
        "page": Shown(pages.page_drift, part=without_records),
        "api": english(lambda asked: answers.drift_of(answers.api_reports(asked))),
        "json": english(lambda asked: answers.drift_of(answers.json_reports(asked))),
        "terminal": Shown(terminal.terminal_drift),
        **no(SENT, *DOCUMENTS),
        **NO_FEED,
        "frame": ACTIVITIES,
    },
    "drift of what is overdue": {
        "page": "shows how many were overdue as sent",
        "api": Shown(lambda asked: answers.drift_overdue_of(answers.api_reports(asked))),
        "json": Shown(lambda asked: answers.drift_overdue_of(answers.json_reports(asked))),
        "terminal": "gives what is completed of what",
        **no(SENT, *DOCUMENTS),
        **NO_FEED,
        "frame": ACTIVITIES,
    },
    "calendar": {
        **no("see open due days", *(face for face in FACES if face != "calendar")),
        "calendar": Shown(feeds.calendar),
    },
    "all plans: total": many(
        Shown(pages.page_total),
        Shown(lambda asked: answers.total_of(asked.api("/rollup"))),
        Shown(lambda asked: answers.total_of(answers.json_rollup_of(asked, "jurisdiction"))),
        Shown(terminal.terminal_total),
    ),
    "all plans by jurisdiction": many(
        "see league",
        Shown(answers.api_rollup("jurisdiction")),
        Shown(answers.json_rollup("jurisdiction")),
        Shown(terminal.terminal_rollup("jurisdiction")),
    ),
    "all plans by jurisdiction and plan": many(
        any_order(pages.page_by_plan),
        Shown(answers.api_rollup("jurisdiction,plan")),
        Shown(answers.json_rollup("jurisdiction,plan")),
        Shown(terminal.terminal_rollup("jurisdiction,plan")),
    ),
    "all plans by domain": many(
        "one plan's are on its page",
        Shown(answers.api_rollup("domain")),
        Shown(answers.json_rollup("domain")),
        Shown(terminal.terminal_rollup("domain")),
    ),
    "all plans by lead": many(
        "those of an agency are on its page",
        Shown(answers.api_rollup("lead")),
        Shown(answers.json_rollup("lead")),
        Shown(terminal.terminal_rollup("lead")),
    ),
    "all plans: overdue": many(
        Shown(pages.page_all_overdue),
        Shown(lambda asked: answers.places_of(asked.api("/activities", list="overdue"))),
        Shown(lambda asked: answers.places_of(asked.json("across", "overdue"))),
        Shown(terminal.terminal_all_overdue),
    ),
    "all plans: week by week": many(
        Shown(pages.page_weeks),
        Shown(lambda asked: answers.weeks_of(asked.api("/trend"))),
        Shown(lambda asked: answers.weeks_of(asked.json("trend"))),
        Shown(terminal.terminal_weeks),
    ),
    "league": many(Shown(pages.page_league), NOT_LEAGUE, NOT_LEAGUE, NOT_LEAGUE),
    "lowest rates": many(Shown(pages.page_worst), NOT_LEAGUE, NOT_LEAGUE, NOT_LEAGUE),
    "most overdue": many(Shown(pages.page_late), NOT_LEAGUE, NOT_LEAGUE, NOT_LEAGUE),
    "silent": many(
        Shown(pages.page_silent, part=ten),
        Shown(lambda asked: answers.silent_of(asked.api("/rollup"))),
        Shown(lambda asked: answers.silent_of(answers.json_rollup_of(asked, "jurisdiction"))),
        Shown(terminal.terminal_silent),
    ),
    "plans by place and title": many(
        Shown(pages.page_plan_list),
        "see plans by id",
        "rollup --by plan has their ids",
        "rollup --by plan has their ids",
    ),
    "plans by id": many(
        "see plans by place and title", Shown(answers.api_plans), "no command lists them", "no command lists them"
    ),
    "agencies": many(
        Shown(pages.page_agencies),
        Shown(answers.api_agencies),
        Shown(answers.json_agencies),
        Shown(terminal.terminal_agencies),
    ),
}
"""By question and face, the reader, or why the face does not show it."""


def shown(faces: Sequence[str], questions: Sequence[str]) -> Iterator[tuple[str, str, Shown]]:
    """(question, face, how it is shown) of those that are."""
    for question in questions:
        for face in faces:
            if isinstance(how := TABLE[question][face], Shown):
                yield question, face, how
