"""Reads the rows of a sheet that came back, and holds them against what was sent."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from os import PathLike
from typing import cast

import attrs

from reformtrack.domain.activity import (
    ActivityCompleted,
    ActivityReopened,
    ActivityResumed,
    ActivityStarted,
    ActivitySuspended,
    CompletionReturned,
    EvidenceFiled,
    OccurrenceCompleted,
    ProgressReported,
)
from reformtrack.domain.errors import InvalidField, SheetFileError
from reformtrack.domain.kinds import Event
from reformtrack.domain.said import said as sentence
from reformtrack.domain.texts import LedAs
from reformtrack.domain.timeline import Record, RecordRetracted
from reformtrack.domain.values import ActivityId, Document
from reformtrack.domain.wording import day, names_no_obstacle
from reformtrack.exchange.agency_workbook import form
from reformtrack.exchange.agency_workbook.form import (
    DAYS,
    GIVEN,
    IDENTITY,
    SHOWN,
    Mark,
    Place,
    day_in,
    head_of,
    kind_of,
    mark_in,
    month_first,
    said,
)
from reformtrack.exchange.appendix.finding import Problem
from reformtrack.exchange.appendix.lines import plain, quoted, text_of, unread
from reformtrack.exchange.appendix.matching import are_alike
from reformtrack.exchange.appendix.sheet_reader.cells import cell_name
from reformtrack.exchange.appendix.sheets import Cell, Sheet
from reformtrack.exchange.error_words import unheld
from reformtrack.language import Language
from reformtrack.tracker import Tracker
from reformtrack.views.activity import Activity

Given = Mapping[Place, Cell]
Reported = (
    ActivityStarted
    | ActivityCompleted
    | OccurrenceCompleted
    | ActivitySuspended
    | ActivityResumed
    | ProgressReported
    | EvidenceFiled
)
"""What an agency reports in a row."""
_SEVERAL = re.compile(r"[;\n]|,\s*[0-9]|\s[+&]\s|\b(?:ng[àa]y|v[àa]|s[ốo])\b|\S +[0-9]+[/-]", re.IGNORECASE)
"""What stands in a number where there is more than one document, its kind or its day."""
_COUNTED = re.compile(r"[^/]*%|[0-9]+(?:/[0-9]+)? +[a-zà-ỹ]")
"""What stands in a number and counts something."""
_NO_TITLE = re.compile(
    r"\W*(?:(?:chưa|đang|sẽ|ko|không|chờ)\b.{0,20}|(?:gửi|nộp|bổ sung) sau|dự thảo|có|x)\W*|\W+", re.IGNORECASE
)
"""What stands in the place of a document that is not there yet."""
_TEXTS = tuple(place for place in GIVEN if place not in (Place.UPDATE, *DAYS))
_MOST = 20
"""How many cells of a row are named that stand outside the form: no part of such a row is recorded."""


@attrs.frozen
class Update:
    """A row that was filled in and can be read."""

    reader: Reader
    row: int
    id: str
    """Of the activity, and of its occurrence."""
    activity: Activity
    """As it is now."""
    events: tuple[Reported, ...]

    def on_record(self) -> dict[Event, Record[Event]]:
        """What stands on record of the activity: all that counts, and all of since the sheet was made."""
        counted = {record.version for record in self.activity.timeline}
        records = self.reader.plan.records[self.activity.id]
        return {r.event: r for r in records if r.version in counted or r.position > self.reader.mark.position}

    def is_undone(self, record: Record[Event]) -> bool:
        """Whether a record of a completion does not hold any more, as when it was sent back."""
        completes = isinstance(record.event, ActivityCompleted | OccurrenceCompleted)
        return completes and record not in self.activity.because

    def undoing(self, record: Record[Event]) -> Record[Event] | None:
        """The record by which one does not hold any more: its retraction, or what sent a completion back or opened it again."""
        own = self.reader.plan.records[self.activity.id]
        taken_back = (
            one for one in own if isinstance(one.event, RecordRetracted) and one.event.version == record.version
        )
        if not self.is_undone(record):
            return next(taken_back, None)
        later = (one for one in self.activity.timeline if one.version > record.version)
        undone = (one for one in later if isinstance(one.event, CompletionReturned | ActivityReopened))
        return next(taken_back, None) or next(undone, None)

    def refuse(self, what: str, to_do: str, *, is_error: bool = True) -> None:
        """Note that it is not recorded."""
        self.reader.refuse(self.row, self.reader.head.places[Place.UPDATE], what, to_do, is_error=is_error)


class Reader:
    """Reads the rows of a sheet that came back, and holds them against what was sent."""

    def __init__(
        self, path: str | PathLike[str], sheet: Sheet, mark: Mark, tracker: Tracker, lead: str, say: Language
    ) -> None:
        self.mark, self.sheet, self.problems = mark, sheet, list[Problem]()
        self.plan, self.today, known = tracker.plan(mark.plan), tracker.today(), tracker.log.position()
        self._lead, self._say, self._is_meant = lead, say, LedAs(lead)
        if mark.digest and mark.position > known:
            found = sentence("it was made from record {position} of another log", position=mark.position)
            raise SheetFileError(path, found, sentence("a file of this log"))
        self.head = head_of(path, sheet)
        self._places, shown_in = self.head.places, self.head.say
        # An older sheet may be of a log before it was moved: what it says of positions is worth no more than its other texts.
        adopted = self.plan.records[self.plan.id][0].position
        position = mark.position if mark.digest else min(max(mark.position, adopted), known)
        sent = tracker.plan(mark.plan, mark.on or self._as_of(), position)
        self._captions = {*map(said, form.captions(sent, lead, shown_in))}
        registry = tracker.agencies()
        # A sheet does not say whether it was made for a lead as printed or for who answers, so both are taken.
        self._whose, then = (form.whose(one, registry, printed=True) for one in (self.plan, sent))
        made = [(self.plan, self._whose)] if not mark.digest else []
        self._sent = {
            str(cells[Place.ID]): (activity, cells)
            for plan, whose in [*made, (sent, then)]
            for activity, cells in form.rows(plan, lead, whose, shown_in)
        }
        self._activities: dict[str, Activity] = {activity.id: activity for activity in self.plan.activities}
        protected = [self._places[place] for place in (Place.ID, *SHOWN)]
        lines = [
            [self._text(row, place) if mark_in(self.sheet.cell(row, place)) is None else "" for place in protected]
            for row in range(len(sheet.rows))
            if row != self.head.row
        ]
        self._is_as_sent = form.digest_of(lines) == mark.digest
        self._protected = {*protected}
        self._headings = {form.heading(name) for name, _ in form.columns(self.head.say)}
        self._is_american = any(
            month_first(self.sheet.cell(row, self._places[place]), surely=True)
            for row in range(len(sheet.rows))
            for place in DAYS
        )
        self._given = {place: self._places[place] for place in GIVEN if place in self._places}
        self._merged = {
            (row, column)
            for (top, left), (bottom, right) in sheet.merged
            for row in range(top, bottom + 1)
            for column in self._given.values()
            if left <= column <= right and (top, left) != (bottom, right)
        }
        if not mark.digest:
            what = say(
                "the file is of an older form, without a digest of what was sent: each row is judged by its id, code and title"
            )
            self._note(what, say("nothing; files that are sent now have one"))

    def _as_of(self) -> date | None:
        """The day that stands above the table, as sheets of before have it alone."""
        texts = (text_of(cell) for row in self.sheet.rows[: self.head.row] for cell in row)
        return next((found for text in texts if (found := day_in(text.rpartition(" ")[2])) is not None), None)

    def _note(self, what: str, to_do: str) -> None:
        """Note what is only to be known, at the cell of the mark."""
        [place, *_] = (
            cell_name(row, column)
            for row, cells in enumerate(self.sheet.rows)
            for column, cell in enumerate(cells)
            if mark_in(cell) is not None
        )
        self.problems.append(Problem(self.sheet.name, place, what, to_do, is_error=False))

    def refuse(self, row: int, place: int, what: str, to_do: str, *, is_error: bool = True) -> None:
        """Note a problem with a cell, its places from 0."""
        at = cell_name(row, place)
        self.problems.append(Problem(self.sheet.name, at, self._told(what), to_do, is_error=is_error))

    def _told(self, text: str) -> str:
        """A text in which activities of the plan have their codes and titles in the place of ids."""

        def words(found: re.Match[str]) -> str:
            activity = self._activities.get(found[0])
            return f"{activity.code} “{plain(activity.title)[:80]}”" if activity else found[0]

        return re.sub(rf"(?<![\w/]){re.escape(self.plan.id)}/[\w.-]*\w", words, text)

    def _text(self, row: int, place: int) -> str:
        """What a cell of a row says: nothing only where it is empty."""
        has_no_value = unread(self.sheet, row, place, self._say) is not None
        return "?" if has_no_value else said(self.sheet.cell(row, place))

    def updates(self) -> Iterator[Update]:
        """The rows that were filled in and can be read; what else differs from what was sent is noted."""
        places = {*self._places.values()}
        rows, beyond = self.sheet.rows, form.empty_formulas(self.sheet)
        for row in sorted({*range(len(rows)), *beyond}):
            found = {*range(len(rows[row]) if row < len(rows) else 0), *beyond.get(row, ())}
            texts = {place: text for place in sorted(found) if (text := self._text(row, place))}
            if self.head.answer in texts and (row == self.head.row or texts[self.head.answer][0] in form.SIGNS):
                del texts[self.head.answer]
            if row == self.head.row or texts.get(self.head.numbers, "").isdecimal():
                texts.pop(self.head.numbers, None)
            beside = [cell_name(row, place) for place in texts if place not in places]
            id = self._id(row, texts)
            if row == self.head.row:
                self._refuse_beside(beside)
            elif id in self._sent:
                yield from self._update(row, id, texts, beside)
            elif others := [place for place, text in texts.items() if not self._is_caption(row, place, text)]:
                # One text alone is a note; more are a row that was added, or is another agency's.
                place = next((place for place in others if place != self._places[Place.ID]), others[0])
                if len(others) == 1:
                    self._refuse_beside([cell_name(row, place)])
                elif id:
                    self._refuse_row(row, place)
                else:
                    to_do = self._say("do not add rows; use the file that was sent")
                    self.refuse(row, place, self._say("the row has no hidden id"), to_do)

    def _id(self, row: int, texts: Mapping[int, str]) -> str:
        """The id of a row; in the oldest sheets that of an occurrence has no day."""
        id, due = texts.get(self._places[Place.ID], ""), day_in(self.sheet.cell(row, self._places[Place.DUE]))
        return f"{id} {due}" if self.mark.on is None and f"{id} {due}" in self._sent else id

    def _is_caption(self, row: int, place: int, text: str) -> bool:
        if unread(self.sheet, row, place, self._say) is not None:
            return False
        is_sent = self._is_as_sent and place in self._protected
        return is_sent or text in self._captions or mark_in(self.sheet.cell(row, place)) is not None

    def _refuse_row(self, row: int, place: int, activity: Activity | None = None) -> None:
        say = self._say
        what, to_do = (
            say("no activity of {agency}", agency=self._lead),
            say("do not add rows; use the file that was sent"),
        )
        if activity is not None:
            what = say("the activity is led by {agency} now", agency=activity.lead or "–")
            to_do = say("leave the row empty: whoever leads it reports it")
        self.refuse(row, place, what, to_do)

    def _tell_remarks(self, row: int) -> None:
        """Tell what somebody remarked on the cells of a row to fill in."""
        for column in self._given.values():
            name = cell_name(row, column)
            if remark := self.sheet.comments.get(name):
                what = self._say("somebody remarked on the cell: {text}", text=quoted(remark))
                to_do = self._say("write it into one of the yellow cells, if it is to be recorded")
                self.problems.append(Problem(self.sheet.name, name, what, to_do, is_error=False))

    def _is_covered(self, row: int, column: int) -> bool:
        """Whether what stands in a cell is not shown, since it is merged with another."""
        return cell_name(row, column) in self.sheet.covered and self.sheet.cell(row, column) is None

    def _refuse_beside(self, cells: Iterable[str], *, in_row: bool = False) -> None:
        what, to_do = self._say("the cell is not read"), self._say("write it into one of the yellow cells")
        if in_row:
            what = self._say("the cell is not read, and its row is not recorded yet")
        self.problems += [Problem(self.sheet.name, cell, what, to_do) for cell in islice(cells, _MOST)]

    def _update(self, row: int, id: str, texts: Mapping[int, str], beside: Sequence[str]) -> Iterator[Update]:
        """What a row of the table says, if it can be recorded; else its problems are noted."""
        say, (was, sent) = self._say, self._sent[id]
        shown = {place: texts.get(column, "") for place, column in self._places.items()}
        changed = [place for place in SHOWN if shown[place] != said(sent[place])]
        moved = [place for place in changed if place in IDENTITY]
        is_filled = any(form.given(shown[place]) or self._is_covered(row, at) for place, at in self._given.items())
        self._refuse_beside(beside, in_row=is_filled and not moved)
        self._tell_remarks(row)
        if moved:
            self.refuse(row, self._places[moved[0]], *self._moved(shown, sent))
        changed = [] if moved or self._is_as_sent else changed
        for place in changed:
            what = say("the row of activity {code} says {shown}", code=was.code, shown=f"“{shown[place][:100]}”")
            to_do = say("fill in the yellow cells alone, and leave all others as they were sent")
            self.refuse(row, self._places[place], what, to_do)
        # A row that may be about another activity, or that says nothing, is not read on: one problem would be told as five.
        if moved or beside or not is_filled:
            return
        # Where columns were exchanged below their headings, a deadline would be the day of what was done.
        if {said(sent[place]) for place in changed} & {text for place in GIVEN if (text := shown.get(place))}:
            return
        activity = self._activities.get(was.id)
        if activity is None or not any(map(self._is_meant, self._whose[activity.id])):
            is_led_by_others = activity is not None and activity.leads != was.leads
            self._refuse_row(row, self._places[Place.CODE], activity if is_led_by_others else None)
            return
        begun = activity.timeline[0]
        if begun.position > self.mark.position and self.mark.digest:
            on, title = day(begun.event.on, say.lang), quoted(activity.title)
            what = say("the activity was scheduled anew on {day}, as {title}", day=on, title=title)
            self.refuse(row, self._places[Place.TITLE], what, say("fill in a new file"))
            return
        if not are_alike(activity.title, was.title):
            what = say("the activity is called {title} now", title=quoted(activity.title))
            self.refuse(row, self._places[Place.TITLE], what, say("nothing, if it is meant so"), is_error=False)
        given: Given = {
            place: self.sheet.cell(row, column) if unread(self.sheet, row, column, say) is None else None
            for place, column in self._places.items()
        }
        problems = {**dict(self._wrong(given)), **dict(self._unread(row))}
        for place, found in problems.items():
            self.refuse(row, self._places[place], *found)
        if problems:
            return
        due = cast("date | None", sent[Place.DUE]) if was.deadline.is_recurring else None
        try:
            yield Update(self, row, id, activity, tuple(self._events(given, activity.id, due)))
        except InvalidField as error:
            self.refuse(row, self._places[Place.UPDATE], *unheld(error, say))

    def _moved(self, shown: Mapping[Place, str], sent: form.Row) -> tuple[str, str]:
        """That the id of a row is of another activity than what is shown in it, as in a sheet that was sorted in part."""
        say, is_due = self._say, shown[Place.DUE] != said(sent[Place.DUE])
        one, other = (
            f"{code} “{title[:80]}”" + (f" ({due or '–'})" if is_due else "")
            for code, title, due in ([said(sent[place]) for place in IDENTITY], [shown[place] for place in IDENTITY])
        )
        return (
            say(
                "the hidden id says that the row is of {activity}; the row itself says {shown}",
                activity=one,
                shown=other,
            ),
            say("put what was filled in into the file that was sent; sort whole rows only, hidden columns among them"),
        )

    def _unread(self, row: int) -> Iterator[tuple[Place, tuple[str, str]]]:
        """The cells of a row that have no value of their own, and what to do."""
        say = self._say
        for place, column in self._given.items():
            name, text = cell_name(row, column), self._text(row, column)
            struck = say("delete what does not hold, or write what is meant")
            if text and name in self.sheet.partly_struck:
                yield place, (say("a part of the text {text} is struck out", text=quoted(text)), struck)
            if text and name in self.sheet.struck:
                yield place, (say("the text {text} is struck out", text=quoted(text)), struck)
            if self._is_covered(row, column) or (
                text and (row, column) in self._merged and column < len(self.sheet.rows[row])
            ):
                to_do = say("unmerge it, and fill in each cell by itself")
                yield place, (say("the cell is merged with others"), to_do)
            if (found := unread(self.sheet, row, column, say)) is not None:
                yield place, found

    def _wrong(self, given: Given) -> Iterator[tuple[Place, tuple[str, str]]]:
        """The cells of a row that say nothing that can be recorded, and what to do: none is left out in silence."""
        say, texts = self._say, {place: form.given(given.get(place)) for place in GIVEN}
        update, kind = texts[Place.UPDATE], kind_of(texts[Place.UPDATE])
        as_day = say("write the day as 31/08/2023")
        from_list = say("choose from the list: {choices}", choices=", ".join(form.updates(self.head.say).values()))
        if update and kind is None:
            yield Place.UPDATE, (say("the update {text} is not known", text=f"“{update}”"), from_list)
        if not any(text for place, text in texts.items() if place != Place.DAY):
            yield Place.UPDATE, (say("nothing is reported for this day"), from_list)
        for place in DAYS:
            found, text = day_in(given.get(place)), texts[place]
            if self._is_american and month_first(given.get(place), surely=False):
                what = say("{text} may be day/month or month/day: another cell has the month first", text=f"“{text}”")
                yield place, (what, as_day)
            elif found and found > self.today:
                yield place, (say("{day} is still to come", day=day(found, say.lang)), say("correct the day"))
            elif found and place == Place.DAY and (adopted := self.plan.state.adopted_on) and found < adopted:
                what = say("{day} is before the plan was adopted", day=day(found, say.lang))
                yield place, (what, say("correct the day"))
            elif found is None and text:
                of_document = say("the day of the document cannot be read")
                yield place, (say("the day cannot be read") if place == Place.DAY else of_document, as_day)
            elif found is None and place == Place.DAY:
                yield place, (say("the update has no day"), as_day)
        for place in GIVEN:
            if form.heading(texts[place]) in self._headings:
                to_do = say("put the headings back as in the file that was sent")
                yield place, (say("the cell has the heading of a column"), to_do)
        if kind == "suspended" and not texts[Place.RESULT]:
            yield Place.RESULT, (say("no reason is said"), say("write the reason"))
        says = texts[Place.RESULT] + text_of(given.get(Place.OBSTACLES))
        if kind == "reported" and not any(map(str.isalnum, says)):
            yield Place.RESULT, (say("no progress is said"), say("write the result, or leave the update empty"))
        for place in _TEXTS:
            if day_in(given.get(place)) is not None:
                yield place, (say("the cell has a day"), say("write what is meant as a text"))
        number = _number(given.get(Place.NUMBER))
        if number and (not any(map(str.isdigit, number)) or _COUNTED.match(number)):
            what = say("the document {text} has no number", text=f"“{texts[Place.NUMBER][:40]}”")
            yield Place.NUMBER, (what, say("write its number and signs, as 12/BC-STP, or leave the cell empty"))
        if _NO_TITLE.fullmatch(texts[Place.ABOUT]):
            what = say("the title {text} is that of no document", text=f"“{texts[Place.ABOUT][:40]}”")
            yield Place.ABOUT, (what, say("write its title, or leave the cell empty"))
        if not isinstance(given.get(Place.NUMBER), date) and _SEVERAL.search(number[:200]):
            to_do = say(
                "write the number of one document; its day and title in their cells, another document next time"
            )
            yield Place.NUMBER, (say("the cell has more than the number of a document"), to_do)
        if (day_in(given.get(Place.ISSUED)) or texts[Place.ISSUER]) and not (texts[Place.NUMBER] or texts[Place.ABOUT]):
            what = say("the document has neither a number nor a title")
            yield Place.NUMBER, (what, say("write its number or its title"))

    def _events(self, given: Given, id: ActivityId, occurrence: date | None) -> Iterator[Reported]:
        update, result, obstacles = (
            form.given(given[place]) for place in (Place.UPDATE, Place.RESULT, Place.OBSTACLES)
        )
        kind, when = kind_of(update), cast(date, day_in(given[Place.DAY]))
        if names_no_obstacle(obstacles):
            obstacles = ""
        if kind == "reported" and not (result or obstacles):
            obstacles = text_of(given[Place.OBSTACLES])  # "Không" is all that is said: they are over
        evidence = tuple(_evidence(given))
        if obstacles and kind in ("completed", "suspended"):  # after these, progress is not reported
            yield ProgressReported(id, on=when, obstacles=obstacles)
        match kind:
            case "completed" if occurrence is not None:
                yield OccurrenceCompleted(id, on=when, occurrence=occurrence, evidence=evidence, note=result)
            case "completed":
                yield ActivityCompleted(id, on=when, evidence=evidence, note=result)
            case "started":
                yield ActivityStarted(id, on=when, note=result)
            case "suspended":
                yield ActivitySuspended(id, on=when, reason=result)
            case "resumed":
                yield ActivityResumed(id, on=when, note=result)
            case _ if result or obstacles:
                yield ProgressReported(id, on=when, note=result, obstacles=obstacles)
        if obstacles and kind in ("started", "resumed"):
            yield ProgressReported(id, on=when, obstacles=obstacles)
        if evidence and kind != "completed":
            yield EvidenceFiled(id, on=when, evidence=evidence)


def _number(cell: Cell) -> str:
    """The number of a document, without the word for it before it and signs behind it."""
    return re.sub(r"^s[ốo] *: *|^s[ốo] (?=[0-9])", "", form.given(cell), flags=re.IGNORECASE).rstrip(" ,;.")


def _evidence(given: Given) -> Iterator[Document]:
    title, issuer = (form.given(given.get(place)) for place in (Place.ABOUT, Place.ISSUER))
    number = _number(given.get(Place.NUMBER))
    if number or title:
        # Who issued it is not known where the cell is empty: the lead is not taken for it.
        yield Document(number=plain(number), title=title, issuer=plain(issuer), date=day_in(given.get(Place.ISSUED)))
