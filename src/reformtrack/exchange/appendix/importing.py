"""A plan from its appendix: adopted when it is new, amended by exactly what differs when it is on record."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import date
from os import PathLike
from pathlib import Path
from typing import Literal

import attrs

from reformtrack.domain.acceptance import accept
from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.errors import InvalidField, NotFound
from reformtrack.domain.kinds import Event
from reformtrack.domain.plan import PlanAmended
from reformtrack.domain.said import said
from reformtrack.domain.showing import brief
from reformtrack.domain.texts import one_line
from reformtrack.domain.timeline import Record
from reformtrack.domain.values import Document, PlanId, plan_id
from reformtrack.domain.wording import Lang
from reformtrack.exchange.appendix.changes import Histories, proposed
from reformtrack.exchange.appendix.comparison import Change, Comparison, Count, NewPlan, changes_of, counts_of
from reformtrack.exchange.appendix.draft_file import answers_in, draft_xlsx
from reformtrack.exchange.appendix.finding import (
    Answers,
    AppendixDomain,
    AppendixRow,
    Draft,
    DraftCell,
    DraftColumn,
    DraftRow,
    DraftSheet,
    EarlierFigure,
    IndicatorRow,
    Problem,
    Progress,
)
from reformtrack.exchange.appendix.indicators import find_indicators
from reformtrack.exchange.appendix.indicators_on_record import DefinedIndicators
from reformtrack.exchange.appendix.reading import find_appendix
from reformtrack.exchange.appendix.sheets import content_of, sheets_in
from reformtrack.language import Language
from reformtrack.tracker import Tracker
from reformtrack.views.plan import Plan

__all__ = [
    "Answers", "AppendixDomain", "AppendixRow", "Change", "Count", "Draft", "DraftCell", "DraftColumn", "DraftRow",
    "DraftSheet", "EarlierFigure", "Import", "IndicatorRow", "NewPlan", "Problem", "answers_in", "draft_xlsx",
    "import_appendix", "import_indicators", "read_draft", "record_draft", "record_indicators",
]  # fmt: skip


@attrs.frozen(kw_only=True, field_transformer=brief)
class Import:
    """What a file would record, or has recorded."""

    events: tuple[Event, ...]
    """The events that the file comes to; none when it says what is on record."""
    problems: tuple[Problem, ...]
    """What a person has to look at. While one of them is an error, nothing is recorded."""
    records: tuple[Record[Event], ...] = ()
    """The records; none for a dry run, or while there are errors."""
    left: tuple[str, ...] = ()
    """The rows of the file that were left out, as `Phụ lục!12`."""
    draft: Draft | None = attrs.field(default=None, repr=False)
    """What the file was read as."""
    changes: tuple[Change, ...] = ()
    """What differs from the plan on record, old beside new."""
    counts: tuple[Count, ...] = ()
    """What the plan's figures become."""

    @property
    def is_accepted(self) -> bool:
        """Whether there is no error."""
        return not any(problem.is_error for problem in self.problems)


@checks_arguments
def read_draft(
    path: str | PathLike[str],
    *,
    year: int,
    days: tuple[date, date] | None = None,
    answers: Answers | None = None,
    leave: Collection[str] = (),
    known: Collection[str] = (),
    lang: Lang = "vi",
    of: Literal["activities", "indicators"] = "activities",
    progress: Progress | None = None,
) -> Draft:
    """
    See what a file would be recorded as: each sheet, column, row and cell with what it became, and what is to be asked.

    Nothing is recorded, and no store is needed. `record_draft` records it once it has no `questions`.

    Args:
        path: a .xlsx, .xls, .ods, .docx or .csv file.
        year: the plan year.
        days: the plan's first and last day, where it is not for its calendar year.
        answers: how sheets, columns, rows, deadlines and agencies are to be taken, where the file does not say so plainly.
        leave: rows to leave out, as `Phụ lục!12`.
        known: names of agencies that are registered, or in the plan: they tell one name from a list, and its right spelling.
        lang: the language of the problems.
        of: what the file has; a draft of indicators is recorded by `record_indicators`.
        progress: is told how many rows are read, of how many.

    Raises:
        SheetFileError: it is no file that can be read.

    >>> draft = read_draft("examples/data/dak-nong-2023-appendix.xlsx", year=2023)
    >>> len(draft.domains), len(draft.activities), draft.questions
    (7, 55, ())
    """
    content, say = content_of(path), Language(lang)
    sheets = sheets_in(content, path)
    told = Answers(rows=dict.fromkeys(leave, "leave")).with_(answers or Answers())
    if of == "indicators":
        draft = find_indicators(sheets, say, year=year, days=days, answers=told)
    else:
        draft = find_appendix(sheets, say, year=year, days=days, answers=told, known=known, progress=progress)
    if unheard := told.unheard({sheet.name: len(sheet.rows) for sheet in sheets}):
        what = say("answers about no place of this file are not taken: {names}", names=", ".join(unheard))
        to_do = say("answer in the draft of this file, or write the sheet and the cell as they are in it")
        draft = attrs.evolve(draft, problems=(Problem("", "", what, to_do, is_error=False), *draft.problems))
    return attrs.evolve(draft, file=Path(path).name, digest=hashlib.sha256(content).hexdigest())


@checks_arguments
def record_draft(
    tracker: Tracker,
    draft: Draft,
    plan: str,
    *,
    by: str,
    on: date,
    new: NewPlan | None = None,
    document: Document | None = None,
    dry_run: bool = False,
    lang: Lang = "vi",
    progress: Progress | None = None,
) -> Import:
    """
    Record a draft: a new plan, or exactly what differs from the one on record. All of it, or nothing.

    While the draft has questions, or what it says cannot be recorded, nothing is; the result's problems say why.

    Args:
        draft: what `read_draft` gave.
        plan, by, on, new, document, dry_run, lang, progress: as of `import_appendix`.

    Raises:
        InvalidField, IllegalHistory, VersionConflict, UnreadableRecord: as `import_appendix`.
    """
    id, say = plan_id(plan), Language(lang)
    comparison = Comparison(draft, progress, say)
    found = _plan(tracker, id)
    events: tuple[Event, ...] = ()
    if found is not None and (draft.activities or not draft.questions):
        events = tuple(comparison.amendment(found, on, document))
    elif found is None and (draft.activities or draft.set_aside):
        events = tuple(comparison.adoption(id, on, _given(new)))
    problems = (*draft.problems, *(problem for problem in comparison.problems if problem.row not in draft.left))
    before = found.as_of(on) if found is not None else None
    changes = tuple(changes_of(events, before, comparison.rows))
    counts = counts_of(events, before, say)
    result = Import(events=events, problems=problems, left=draft.left, draft=draft, changes=changes, counts=counts)
    if not result.is_accepted or not events:
        return result
    if found is not None:
        if document is None:
            accepted = said("the document that amends the plan: {count} things differ", count=len(events))
            raise InvalidField("import_appendix", "document", None, accepted)
        result = attrs.evolve(result, events=(PlanAmended(id, on=on, document=document), *events))
    histories: Histories = found.records if found is not None else {id: tracker.log.history(id)}
    return attrs.evolve(result, records=_recorded(tracker, id, result, histories, by, dry_run))


@checks_arguments
def record_indicators(
    tracker: Tracker,
    draft: Draft,
    plan: str,
    *,
    by: str,
    on: date,
    document: Document | None = None,
    dry_run: bool = False,
    lang: Lang = "vi",
) -> Import:
    """
    Record the indicators of a draft in a plan that is on record: those that it does not have. All of it, or nothing.

    An indicator is known by its name and the title that it stands under. One that is on record with another definition, or
    another figure of the same day, is a problem: neither is changed by an import.

    Args:
        draft: what `read_draft` gave of a file of indicators.
        plan, by, on, dry_run, lang: as of `import_appendix`.
        document: the source of the earlier figures.

    Raises:
        NotFound: there is no such plan.
        IllegalHistory, VersionConflict, UnreadableRecord: as `import_appendix`.
    """
    id, say = plan_id(plan), Language(lang)
    tracker.plan(id)
    found = DefinedIndicators(id, tracker.indicators(id, date.max), on, document, say)
    events = tuple(found.events(draft.indicators))
    problems = (*draft.problems, *found.problems)
    result = Import(events=events, problems=problems, left=draft.left, draft=draft)
    if not result.is_accepted or not events:
        return result
    histories: Histories = {stream: tracker.log.history(stream) for stream in (id, *(e.subject for e in events))}
    return attrs.evolve(result, records=_recorded(tracker, id, result, histories, by, dry_run))


@checks_arguments
def import_indicators(
    tracker: Tracker,
    path: str | PathLike[str],
    plan: str,
    *,
    by: str,
    on: date,
    document: Document | None = None,
    answers: Answers | None = None,
    leave: Collection[str] = (),
    dry_run: bool = False,
    lang: Lang = "vi",
) -> Import:
    """
    Record the indicators of a table in a plan that is on record: `read_draft` and `record_indicators` in one.

    Args:
        path, plan, by, on, document, answers, leave, dry_run, lang: as of these.

    Raises:
        SheetFileError: it is no file that can be read.
        NotFound, IllegalHistory, VersionConflict, UnreadableRecord: as `record_indicators`.
    """
    state = tracker.plan(plan_id(plan)).state
    draft = read_draft(path, year=state.year, days=state.days, answers=answers, leave=leave, lang=lang, of="indicators")
    return record_indicators(tracker, draft, plan, by=by, on=on, document=document, dry_run=dry_run, lang=lang)


@checks_arguments
def import_appendix(
    tracker: Tracker,
    path: str | PathLike[str],
    plan: str,
    *,
    by: str,
    on: date,
    new: NewPlan | None = None,
    document: Document | None = None,
    answers: Answers | None = None,
    leave: Collection[str] = (),
    dry_run: bool = False,
    lang: Lang = "vi",
    progress: Progress | None = None,
) -> Import:
    """
    Record a plan's appendix, or what a changed one amends: `read_draft` and `record_draft` in one. All of it, or nothing.

    The same file again records nothing. Of a plan that is on record, exactly what differs from it on the day is recorded:
    activities added, withdrawn, re-dated, reassigned, revised, each under the amending document. Where the file has no codes,
    an activity is known by its title within its domain. What the file has no column for stays.

    Args:
        path: a .xlsx, .xls, .ods, .docx or .csv file.
        plan: the plan's id.
        by: who imports it.
        on: the day on which the plan is adopted, or the amendment takes effect.
        new: what is needed to adopt a plan that is not on record.
        document: the amending document; needed when anything differs.
        answers: how sheets, columns, rows, deadlines and agencies are to be taken, where the file does not say so plainly.
        leave: rows to leave out, as problems name them: `Phụ lục!12`. Their activities stay as they are.
        dry_run: only say what would be recorded.
        lang: the language of the problems.
        progress: is told how many of the file's rows are read, of how many; then how many activities are compared.

    Returns:
        The events, the problems, and the records.

    Raises:
        SheetFileError: it is no file that can be read.
        InvalidField: a new plan without `new`, an amendment without a document, or one of before the adoption.
        IllegalHistory: a rule refuses it as a whole, as that of a closed plan; nothing is recorded.
        VersionConflict: the plan was changed while the file was compared with it; nothing is recorded.
        UnreadableRecord: a record of the plan cannot be read.
    """
    found = _plan(tracker, plan_id(plan))
    known = names_known(tracker, found, on)
    if found is None:
        year, days = _given(new).year, _given(new).days
    else:
        year, days = found.state.year, found.state.days
    draft = read_draft(
        path, year=year, days=days, answers=answers, leave=leave, known=known, lang=lang, progress=progress
    )
    return record_draft(
        tracker, draft, plan, by=by, on=on, new=new, document=document, dry_run=dry_run, lang=lang, progress=progress
    )


def names_known(tracker: Tracker, plan: Plan | None, on: date) -> tuple[str, ...]:
    """The names of agencies that are registered on a day, and of those in a plan."""
    found = [agency.name for agency in tracker.agencies(min(on, tracker.today())).agencies if agency.exists]
    for activity in plan.activities if plan is not None else ():
        found += (*activity.state.terms.leads, *activity.state.terms.supporting)
    return tuple(dict.fromkeys(map(one_line, found)))


def _recorded(
    tracker: Tracker, id: PlanId, found: Import, histories: Histories, by: str, dry_run: bool
) -> tuple[Record[Event], ...]:
    """The records of a request that is the same for the same file and the same state of the plan: a retry never doubles."""
    if dry_run:
        accept(proposed(found.events, histories), histories, tracker.today())
        return ()
    position = max((records[-1].position for records in histories.values() if records), default=0)
    digest = found.draft.digest if found.draft else ""
    request = hashlib.sha256(f"{id} {position} {digest}".encode()).hexdigest()
    versions = {str(event.subject): len(histories.get(event.subject, ())) for event in found.events}
    return tracker.record(*found.events, by=by, request_id=f"import-{request}", expected_version=versions)


def _plan(tracker: Tracker, id: PlanId) -> Plan | None:
    """The plan with all that is on record; None when there is none."""
    try:
        found = tracker.plan(id)
    except NotFound:
        return None
    found.check_readable()
    return found


def _given(new: NewPlan | None) -> NewPlan:
    if new is None:
        accepted = said("title, year and jurisdiction of a plan that is not on record")
        raise InvalidField("import_appendix", "new", None, accepted)
    return new
