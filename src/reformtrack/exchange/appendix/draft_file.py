"""A draft as a workbook with one column to answer in; and the answers of such a workbook, of a draft's JSON, of a mapping."""

import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from os import PathLike
from pathlib import Path

from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.errors import SheetFileError
from reformtrack.domain.gathered import grouped
from reformtrack.domain.said import said
from reformtrack.domain.wording import Lang, day, folded, number
from reformtrack.exchange.appendix.comparison import Change, Count
from reformtrack.exchange.appendix.finding import Answers, AppendixRow, Draft, Problem, answers_of, place_of
from reformtrack.exchange.appendix.lines import text_of
from reformtrack.exchange.appendix.sheets import content_of, sheets_in
from reformtrack.exchange.appendix.vocabulary import FIELDS, IN_TITLES, INDICATOR_FIELDS, field_label
from reformtrack.exchange.report.sheet import OPTIONS
from reformtrack.extras import extra
from reformtrack.language import Language

with extra("exchange"):
    import xlsxwriter
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_MARK = "reformtrack draft"
_HEAD = 3
"""The row of the headings, from 0."""
_KEY, _ANSWER = 0, 8
_OF_TEXTS = ("deadlines", "agencies", "amounts")
"""What is answered in the file's own words."""
_ACCEPTED = said("a draft as .xlsx or .json, or a mapping as .json or .toml")
Line = tuple[tuple[str, str, str, str, str, str, str], Sequence[str], bool]
"""((key, sheet, cell, text, what it became, problem, what to do), answers that are taken, whether it is a question)."""


def words_of(say: Language) -> Mapping[str, str]:
    """What cells, rows, columns and sheets become, and the answers that are taken, in words."""
    return {
        "take": say("import it"),
        "leave": say("leave it out"),
        "withdraw": say("withdraw its activities from the plan"),
        "replace": say("import it in the place of what the plan has"),
        IN_TITLES: say("the titles above the tasks say it"),
        "leave_heading": say("leave only the title out"),
        "leave_tasks": say("leave its tasks out as well"),
        "join": say("join it to the row above"),
        "joined": say("joined to the row above"),
        "activity": say("activity"),
        "heading": say("heading"),
        **dict.fromkeys(("custom", "start", "both"), say("custom field")),
        "left": say("left out"),
        "empty": say("empty"),
        "unclear": say("not understood"),
        "tick": say("deadline, by a mark"),
        "role": say("agency, by a mark"),
        **dict.fromkeys(("quarter", "month", "year", "day"), say("part of the deadline")),
        **{field: field_label(field, say) for field in (*FIELDS, *INDICATOR_FIELDS)},
    }


@checks_arguments
def draft_xlsx(
    draft: Draft, lang: Lang = "vi", *, changes: tuple[Change, ...] = (), counts: tuple[Count, ...] = ()
) -> bytes:
    """
    A draft as a .xlsx workbook: each sheet, column and row with what it became, its problems below, a column to answer in.

    Answers in it are read by `answers_in`. With `changes`, a second sheet has what differs from the plan, old beside new.

    Args:
        draft: what `read_draft` gave.
        changes, counts: those of the `Import` of a dry run.
    """
    say, saved = Language(lang), BytesIO()
    with xlsxwriter.Workbook(saved, OPTIONS) as book:
        font = {"font_name": "Times New Roman", "font_size": 12, "valign": "top", "text_wrap": True}
        plain, bold = book.add_format({**font, "border": 1}), book.add_format({**font, "bold": True, "border": 1})
        red, yellow = (book.add_format({**font, "border": 1, "bg_color": color}) for color in ("#fde2e0", "#fff8dc"))
        title = book.add_format({"font_name": "Times New Roman", "font_size": 14, "bold": True})
        sheet = book.add_worksheet(say("Draft"))
        sheet.write_string(0, 0, f"{_MARK} {draft.digest}", book.add_format({"font_color": "#888888"}))
        what = say("Draft of {file}: {count} questions", file=draft.file, count=len(draft.questions))
        to_do = say("Answer in the yellow column, and import the file again with this workbook as --mapping.")
        sheet.write_string(1, 0, what, title)
        sheet.write_string(2, 0, to_do)
        widths = (4, 14, 8, 50, 18, 44, 36, 30, 30)
        names = (say("key"), say("Sheet"), say("Cell"), say("Text"), say("Taken for"), say("Problem"), say("What to do"),
                 say("Answers that are taken"), say("Answer"))  # fmt: skip
        for column, (name, width) in enumerate(zip(names, widths, strict=True)):
            sheet.set_column(column, column, width, None, {"hidden": column == _KEY})
            sheet.write_string(_HEAD, column, name, bold)
        for line, (texts, choices, is_question) in enumerate(_lines(draft, say), _HEAD + 1):
            shown = red if is_question else plain
            for column, text in enumerate(texts):
                sheet.write_string(line, column, text[:32_000], shown)
            sheet.write_string(line, len(texts), " | ".join(choices), shown)
            sheet.write_blank(line, _ANSWER, None, yellow if texts[_KEY] else plain)
            if choices and sum(map(len, choices)) < 200 and not any("," in choice for choice in choices):
                listed = {"validate": "list", "source": list(choices), "error_type": "information"}
                sheet.data_validation(line, _ANSWER, line, _ANSWER, listed)
        sheet.freeze_panes(_HEAD + 1, 0)
        sheet.autofilter(_HEAD, 0, _HEAD + 1 + len(draft.rows) + len(draft.problems), _ANSWER)
        if changes:
            _write_changes(book.add_worksheet(say("Changes")), changes, counts, say, plain, bold)
    return saved.getvalue()


def _write_changes(
    sheet: Worksheet, changes: Sequence[Change], counts: Sequence[Count], say: Language, plain: Format, bold: Format
) -> None:
    """What differs from the plan on record, old beside new."""
    names = (say("Row"), say("Activity"), say("Field"), say("On record"), say("In the file"))
    rows = [(c.row, c.activity, field_label(c.field, say), c.before, c.after) for c in changes]
    rows += [("", count.name, "", str(count.before), str(count.after)) for count in counts]
    for line, row in enumerate([names, *rows]):
        for column, text in enumerate(row):
            sheet.write_string(line, column, text[:32_000], plain if line else bold)
    for column, width in enumerate((16, 18, 24, 60, 60)):
        sheet.set_column(column, column, width)


def _lines(draft: Draft, say: Language) -> Iterator[Line]:
    """What the workbook shows, in the order of the source: what is about the file and its columns first."""
    words = words_of(say)
    problems = grouped(((problem.sheet, place_of(problem)[0]), problem) for problem in draft.problems)
    numbers = {(row.sheet, row.number) for row in draft.rows}
    for sheet in draft.sheets:
        became = words["take"] if sheet.is_taken else words["left"]
        yield (
            (f"sheets:{sheet.name}", sheet.name, "", sheet.why, became, "", ""),
            (words["take"], words["leave"]),
            False,
        )
        yield from (_problem_line(problem, words) for problem in problems.pop((sheet.name, 0), ()))
    for column in draft.columns:
        key = f"columns:{column.sheet}!{column.column}"
        place = f"{column.column}{column.row}"
        became = words.get(column.became, column.became)
        yield (
            (key, column.sheet, place, column.heading, became, "", ""),
            [words[f] for f in (*(INDICATOR_FIELDS if draft.indicators else FIELDS), "custom", "left")],
            False,
        )
    for at, found in problems.items():
        if at not in numbers:
            yield from (_problem_line(problem, words) for problem in found)
    activities = {(row.sheet, row.number): row for row in draft.activities}
    for row in draft.rows:
        text = " | ".join(f"{cell.cell}: {cell.text}" for cell in row.cells)
        aside = [cell for cell in row.cells if cell.became in ("left", "unclear") and cell.became != row.became]
        left = "; ".join(f"{cell.cell}: {words[cell.became]}" for cell in aside)
        became = f"{words[row.became]} ({left})" if left else words[row.became]
        became = "; ".join([became, *_read_as(activities.get((row.sheet, row.number)), say)])
        choices = [words[name] for name in ("leave", "activity", "domain", "group", "join", "note")]
        yield (f"rows:{row.sheet}!{row.number}", row.sheet, str(row.number), text, became, row.why, ""), choices, False
        yield from (_problem_line(problem, words) for problem in problems.get((row.sheet, row.number), ()))


def _read_as(row: AppendixRow | None, say: Language) -> Iterator[str]:
    """The days and the amount that were read of an activity, beside its texts."""
    if row is not None and row.due is not None and row.due.days:
        yield f"{field_label('deadline', say)}: {', '.join(day(one, say.lang) for one in row.due.days)}"
    if row is not None and row.budget is not None:
        yield f"{field_label('budget', say)}: {number(row.budget, say.lang)}"


def _problem_line(problem: Problem, words: Mapping[str, str]) -> Line:
    choices = [words.get(choice, choice) for choice in problem.choices]
    return (problem.ask, problem.sheet, problem.cell, "", "", problem.what, problem.to_do), choices, problem.is_error


@checks_arguments
def answers_in(path: str | PathLike[str], of: str | PathLike[str] | None = None) -> Answers:
    """
    The answers of a file: of a draft that was filled in, as .xlsx or .json, or of a mapping, as .json or .toml.

    Args:
        path: the file.
        of: the appendix that they are for. Of a draft of another file, what it says of places in it is set aside.

    Raises:
        SheetFileError: it is neither a draft nor a mapping, or cannot be read; or an answer stands where nothing is asked.
        InvalidField: an answer is not accepted.
    """
    content = content_of(path)
    if content.startswith(b"PK"):
        digest, answers = _of_workbook(content, Path(path))
    else:
        try:
            text = content.decode("utf-8-sig")
            given = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
        except (UnicodeDecodeError, ValueError, RecursionError) as error:
            raise SheetFileError(path, said("it cannot be read: {error}", error=str(error)[:200]), _ACCEPTED) from error
        if not isinstance(given, dict) or "problems" not in given:
            return Answers.of(_decoded_sections(given))
        problems = [p for p in given["problems"] if isinstance(p, dict)] if isinstance(given["problems"], list) else []
        digest = str(given.get("digest", ""))
        answers = answers_of(
            (str(p.get("ask", "")), _decoded(str(p.get("ask", "")), str(p.get("answer") or ""))) for p in problems
        )
    if of is not None and digest != hashlib.sha256(content_of(of)).hexdigest():
        answers = answers.of_another_file()
    return answers


def _of_workbook(content: bytes, path: Path) -> tuple[str, Answers]:
    sheet = next(iter(sheets_in(content, path)), None)
    first = text_of(sheet.rows[0][0]) if sheet and sheet.rows and sheet.rows[0] else ""
    if sheet is None or not first.startswith(_MARK):
        raise SheetFileError(path, said("it is a workbook, and no draft"), _ACCEPTED)
    pairs = []
    for place, row in enumerate(sheet.rows[_HEAD + 1 :], _HEAD + 2):
        if len(row) > _ANSWER and (answer := text_of(row[_ANSWER])):
            if not (key := text_of(row[_KEY])):
                what = said("its row {row} has an answer, and asks nothing", row=place)
                raise SheetFileError(path, what, said("answers in yellow cells"))
            pairs.append((key, _decoded(key, answer)))
    return first.removeprefix(_MARK).strip(), answers_of(pairs)


def _decoded_sections(given: object) -> object:
    if not isinstance(given, dict):
        return given
    return {
        section: {key: _decoded(f"{section}:", text) if isinstance(text, str) else text for key, text in texts.items()}
        if isinstance(texts, dict)
        else texts
        for section, texts in given.items()
    }


def _decoded(key: str, answer: str) -> str:
    """An answer as it is taken, where it was given in words; a text as it is."""
    section = key.partition(":")[0]
    if section in _OF_TEXTS:
        return answer
    for say in (Language("vi"), Language("en")):
        for code, word in words_of(say).items():
            if folded(word) == folded(answer) and (
                section != "columns" or code in (*FIELDS, *INDICATOR_FIELDS, "custom", "left", IN_TITLES)
            ):
                return code
    return answer
