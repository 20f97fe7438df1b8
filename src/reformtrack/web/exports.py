"""Files to fetch: of each list, a plan's calendar, an issued report, the workbook of an agency."""

import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import get_args

from starlette.responses import Response

from reformtrack.documents import across_document
from reformtrack.documents.forms import ListedLine
from reformtrack.domain.arguments import one_of
from reformtrack.domain.protected import redacted
from reformtrack.domain.said import said
from reformtrack.domain.wording import capital, day
from reformtrack.exchange.calendar import icalendar
from reformtrack.exchange.listing import (
    Column,
    R,
    check_size,
    columns_of_file,
    columns_of_many,
    csv_file,
    table,
    xlsx_file,
)
from reformtrack.views.across import Attention
from reformtrack.web import across, api, lists
from reformtrack.web.answering import Handler, Question, in_turn
from reformtrack.web.counts import Counts
from reformtrack.web.lists import Found
from reformtrack.web.page import view_of

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html; charset=utf-8",
    "ics": "text/calendar; charset=utf-8",
    "json": "application/json",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""The media type of each form of a file."""

OF_LIST = ("xlsx", "csv", "json")
OF_REPORT = ("docx", "pdf", "xlsx", "html")

_one_at_a_time = threading.Lock()


def plan_list(question: Question) -> Response:
    """The list of a plan that is asked for, as a file."""
    return _list_file(question, lambda: lists.of_plan(question))


def agency_list(counts: Counts, question: Question) -> Response:
    """The list of an agency that is asked for, as a file."""
    return _list_file(question, lambda: lists.of_agency(counts, question))


def _list_file(question: Question, asked: Callable[[], Found]) -> Response:
    form = _form(question, OF_LIST)
    return _made(question, form, lambda: _list(question, form, asked()))


def _list(question: Question, form: str, found: Found) -> bytes:
    if form == "json":
        check_size(len(found.listing.rows), len(ListedLine.__struct_fields__))
        answer = api.list_document(question, found, found.listing.rows, None)
        return bytes(api.json_response(api.of_its_day(question, answer)).body)
    rows, notices, columns = found.listing.rows, found.notices, columns_of_file(found.listing, found.columns)
    noted = [row.plan.notice for row in rows]
    return _tabled(question, form, rows, columns, found.title, (found.conditions, *notices), noted)


def many_list(question: Question) -> Response:
    """The list of activities of many plans that is asked for, as a file."""
    form = _form(question, OF_LIST)
    return _made(question, form, lambda: _many(question, form))


def _many(question: Question, form: str) -> bytes:
    found, say = across.first_across(question), question.asked.say
    if form == "json":
        return bytes(api.json_response(api.of_its_day(question, across_document(found))).body)
    name, cut = question.request.query_params.get("list"), across.cut_words(found, say)
    title = across.attention_of(question)[name] if name else say("Activities")
    noted = ["; ".join(filter(None, (line.notice, cut))) for line in found.lines]
    about = (cut, *across.conditions_of(question, found).values(), *found.notices)
    return _tabled(question, form, found.lines, columns_of_many(say), title, about, noted)


def _tabled(
    question: Question,
    form: str,
    rows: Sequence[R],
    columns: Sequence[Column[R]],
    title: str,
    about: Sequence[str],
    noted: Sequence[str],
) -> bytes:
    """
    A list as a table.

    Args:
        about: what is said above it, after of which day it is.
        noted: the notice of each row, which a table of texts has no other place for.
    """
    say = question.asked.say
    head, lines = table(rows, columns, say)
    if form == "csv":
        if any(noted):
            head.append((say("Notice"), 24))
            lines = [[*line, redacted(notice, say)] for line, notice in zip(lines, noted, strict=True)]
        return csv_file(head, lines)
    view = view_of(question.request, question.asked, question.tracker, question.position)
    on = question.asked.on or question.tracker.today()
    known = say("as known now") if question.asked.known_at is None else say("as known at {when}", when=view.known)
    count = say.plural("{count} activity", "{count} activities", len(rows))
    parts = (say("as of {day}", day=day(on, say.lang)) + f", {known}", count, *about)
    note = redacted(". ".join(capital(part) for part in parts if part), say)
    return xlsx_file(head, lines, [row.activity for row in rows], redacted(title, say), note, say)


def calendar(question: Question) -> Response:
    """The due days of a plan, for people's own calendars."""
    lead, lang = question.request.query_params.get("lead", ""), question.asked.lang
    return _made(question, "ics", lambda: icalendar(question.plan(), lead=lead, lang=lang))


def report(question: Question) -> Response:
    """An issued report as a document."""
    form, place, asked = _form(question, OF_REPORT), question.request.path_params, question.asked

    def made() -> bytes:
        from reformtrack.exchange.report.forms import rendered

        reports = question.tracker.reports
        found = reports.get(f"{place['plan']}@{place['period']}", asked.on, asked.known_at)
        return rendered(found, f".{form}", asked.lang, beside=reports.beside(found, None))

    return _made(question, form, made)


def workbook(question: Question) -> Response:
    """The workbook of an agency: its open activities in a plan, with cells to fill in."""
    asked, lead = question.asked, question.request.query_params.get("agency", "")

    def made() -> bytes:
        from reformtrack.exchange.agency_workbook import agency_workbook

        registry = question.agencies()
        return agency_workbook(question.plan(), lead, asked.lang, registry=registry)

    return _made(question, "xlsx", made)


def _form(question: Question, accepted: tuple[str, ...]) -> str:
    return one_of("query", "form", question.request.path_params["form"], accepted)


def _made(question: Question, form: str, make: Callable[[], bytes]) -> Response:
    """
    A file with its name, made while no other is: pages, which share the threads, never wait for several.

    Raises:
        Problem: another file is being made.
    """
    with in_turn(_one_at_a_time, said("another file is being made; accepted: the same request a little later")):
        content = make()
    place, asked = question.request.path_params, question.asked
    what = question.request.scope["path"].rpartition("/")[2].rpartition(".")[0]  # `url` has the header Host in it
    position = "" if asked.known_at is None else str(question.tracker.log.position(asked.known_at))
    listed = question.request.query_params.get("list")
    names = (
        place.get("plan") or place.get("name"),
        place.get("period"),
        what,
        listed if listed in get_args(Attention) else "",
        asked.on or question.tracker.today(),
        position,
    )
    file = f"{'-'.join(str(name) for name in names if name)}.{form}"
    return Response(
        content, headers={"Content-Type": TYPES[form], "Content-Disposition": f'attachment; filename="{file}"'}
    )


def files(counts: Counts) -> dict[str, Handler]:
    """The path of each file, and what makes it."""
    return {
        "/activities.{form}": many_list,
        "/plans/{plan}/activities.{form}": plan_list,
        "/agencies/{name}/activities.{form}": partial(agency_list, counts),
        "/plans/{plan}/calendar.ics": calendar,
        "/plans/{plan}/reports/{period}/report.{form}": report,
        "/plans/{plan}/workbook.xlsx": workbook,
    }
