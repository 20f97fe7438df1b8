"""
Sections and tasks, as the rows of a file are put together to them.
"""

import re
from collections.abc import Mapping

from reformtrack.domain.deadline import DeadlineKind
from reformtrack.exchange.appendix.account import Account
from reformtrack.exchange.appendix.agencies import is_alone, key_of_name
from reformtrack.exchange.appendix.lines import Number, is_ditto, is_nothing, plain
from reformtrack.exchange.appendix.rows import LEVELS, Item, Line, Section, level_of
from reformtrack.exchange.appendix.sheet_reader import cell_name

OPEN_END = re.compile(
    r"(?:,|;|-|–|\b(?:và|của|của các|các|cho|với|về|theo|trong|trên|tại|để|do|là|and|of|the|for|to|in))$", re.IGNORECASE
)
"""What a text ends with that goes on in the next row."""


class Building:
    """
    The sections that rows stand under, and the tasks, from the top of a file.

    Args:
        account: where is told what each row became.
    """

    def __init__(self, account: Account) -> None:
        self._account, self._say, self._answers = account, account.say, account.answers
        self.items: list[Item] = []
        self.sections: list[Section] = []
        """Those that the next row stands under, the outermost first."""
        self.base: tuple[Section, ...] = ()
        """Those of the whole sheet."""
        self.all_sections: list[Section] = []
        self.under: set[int] = set()
        """The ids of sections that others stand under."""
        self.left_sections: set[int] = set()
        """The ids of those whose tasks are left out too."""
        self.last: Item | Section | None = None
        """What was read last, where the next row may go on with it."""
        self.left: dict[str, None] = {}
        """The rows that are left out as asked."""

    def enter(self, section: Section) -> None:
        level = level_of(section)
        for place, other in enumerate(self.sections):
            if level_of(other) == level and other not in self.base:
                del self.sections[place:]
                break
        for other in self.sections:
            self.under.add(id(other))
        self.sections.append(section)
        self.all_sections.append(section)

    def section(self, line: Line, after: Line | None) -> None:
        """A row that others stand under. What else stands in it belongs to it, or to the row above, or is asked."""
        child = (after.mark.form, after.mark.depth) if after is not None else None
        section = Section(line.mark, line.head, line, child=child)
        self.enter(section)
        is_domain = section is self.domain_section()
        became = dict.fromkeys(line.own, "domain" if is_domain else "group")
        columns = {place: heading.column for place, heading in line.table.headings.all.items()}
        heads = {line.table.headings.columns.get("code"), line.table.headings.columns.get("title")}
        for place, text in line.own.items():
            if place in heads or text in (line.head, f"{line.mark.printed}. {line.head}") or line.head in text:
                continue
            became[place] = self._stray(line, section, place, text, columns.get(place, ""))
        self._account.put_each(line, "domain" if is_domain else "group", became)
        self.last = section

    def _stray(self, line: Line, section: Section, place: int, text: str, column: str) -> str:
        """What a text in the row of a section is."""
        say, sheet, name = self._say, line.table.sheet, cell_name(line.number, place)
        last = self.items[-1] if self.items and self.items[-1].line.table is line.table else None
        above = last.get.get(column, "") if last else ""
        answer = self._answers.cells.get(f"{sheet.name}!{name}", "")
        joined = plain(f"{above} {text}")
        shown = f"“{text[:80]}”"
        belongs = bool(above) and (
            (
                column == "deadline"
                and not self._account.reads(above)
                and self._account.reads(joined)
                and not self._account.reads(text)
            )
            or (column != "deadline" and bool(OPEN_END.search(above)) and text[:1].islower())
        )
        if (answer == "join" or (belongs and answer != "note")) and last is not None:
            last.get[column] = joined
            what = say("the text {text} in the row of a title belongs to the row above", text=shown)
            self._account.tell(sheet.name, name, what, say("it is joined to it: {text}", text=f"“{joined[:120]}”"))
            return column
        is_own = (
            (column in ("lead", "supporting") and text[:1].isupper() and not OPEN_END.search(above))
            or column in ("budget", "note", "custom", "start", "")
            or (column in ("deadline", "tick", "quarter", "month", "year", "day") and self._account.reads(text))
        )
        if not is_own and answer != "note":
            what = say("the text {text} stands in the row of a title", text=shown)
            to_do = say("say whether it belongs to the row above, or is a note to the title")
            self._account.ask(sheet.name, name, what, to_do, f"cells:{sheet.name}!{name}", ("join", "note"))
            return "unclear"
        if column == "lead":
            section.lead = text
        if column == "deadline":
            section.deadline = text
        what = say("the title {title} has a text of its own: {text}", title=f"“{section.title[:80]}”", text=shown)
        self._account.tell(sheet.name, name, what, say("it is noted, and not imported for its activities"))
        return "note"

    def domain_section(self) -> Section | None:
        found = [section for section in self.sections if section.mark.form in LEVELS]
        return found[-1] if found else self.sections[0] if self.sections else None

    def leave_section(self, line: Line, answer: str) -> None:
        """A title that is left out: what becomes of the activities below it has to be said."""
        say, sheet = self._say, line.table.sheet
        self._account.put(sheet, line.number, "left", line.own, "left", say("left out as asked"))
        if answer == "leave_tasks":
            section = Section(line.mark, line.head, line)
            self.enter(section)
            self.left_sections.add(id(section))
            return
        if answer == "leave_heading":
            return
        before = self.domain_section()
        under = f"“{before.title}”" if before else say("no title")
        what = say(
            "the row is the title {title}: without it, the tasks below it would stand under {under}",
            title=f"“{line.head[:80]}”",
            under=under,
        )
        to_do = say("say whether only the title is left out, or its tasks as well")
        self._account.ask(
            sheet.name, str(line.number + 1), what, to_do, f"rows:{line.row}", ("leave_heading", "leave_tasks")
        )

    def activity(self, line: Line, became: str = "activity") -> None:
        get = dict(line.get)
        previous = self.items[-1].get if self.items else {}
        for field, text in line.get.items():
            if field in ("code", "title", "budget") or line.is_merged(field):
                continue
            if is_ditto(text):
                self._repeat(line, field, text, previous, get)
            elif is_nothing(text) and field not in ("lead", "deadline"):
                get[field] = ""
        if get.get("domain"):
            title = get["domain"]
            self.sections = [Section(Number("named", ""), plain(title) if "\n" in title else title, None)]
        elif "domain" in line.table.headings.columns and not self.sections:
            self.sections = []
        if "group" in line.table.headings.columns and not get.get("group") and self.items and self._same_place(line):
            get["group"] = previous.get("group", "")
        self._pop(line.mark)
        budget = line.table.headings.columns.get("budget", -1)
        row = line.table.sheet.rows[line.number]
        item = Item(line, get, dict(line.custom), tuple(self.sections), row[budget] if 0 <= budget < len(row) else None)
        if any(id(section) in self.left_sections for section in item.path):
            self.left[line.row] = None
            became = "left"
        self.items.append(item)
        self.last = item
        self._account.put_fields(line, became)

    def _same_place(self, line: Line) -> bool:
        return self.items[-1].line.table is line.table and self.items[-1].path == tuple(self.sections)

    def _repeat(self, line: Line, field: str, text: str, previous: Mapping[str, str], get: dict[str, str]) -> None:
        """A mark that repeats the row above."""
        sheet, cell = line.table.sheet.name, line.cell(field)
        if previous.get(field):
            get[field] = previous[field]
            what = self._say("the mark {text} is read as the text above", text=f"“{text}”")
            self._account.tell(
                sheet, cell, what, self._say("it is recorded as {text}", text=f"“{plain(get[field])[:80]}”")
            )
        else:
            what = self._say("the mark {text} refers to the cell above, which is empty", text=f"“{text}”")
            self._account.ask(sheet, cell, what, self._say("write the text"), f"cells:{sheet}!{cell}")

    def _pop(self, mark: Number) -> None:
        """Leave the numbered sections that an activity's number ends."""
        for place, section in enumerate(self.sections):
            if section.mark.form == "number" and mark.form == "number" and section.child is not None:
                is_child = mark.printed.startswith(f"{section.mark.printed}.") or section.child == (
                    mark.form,
                    mark.depth,
                )
                if mark.depth <= section.mark.depth and not is_child:
                    del self.sections[place:]
                    return
            if section.mark.form == "lower" and mark.form == "number":
                del self.sections[place:]
                return

    def join(self, line: Line, asked: bool = False) -> None:
        """More of the row above: its texts go on, or it is one task with several outputs."""
        say, sheet, last = self._say, line.table.sheet, self.last
        if isinstance(last, Section) and line.head and len(line.own) == 1:
            last.title = f"{last.title} {line.head}"
            self._account.put(sheet, line.number, "joined", line.own, "domain")
            self._tell_joined(line)
            return
        if not isinstance(last, Item):
            self._account.put(sheet, line.number, "unclear", line.own, "unclear")
            what = say("the row continues a row above, but no row is above it")
            self._account.ask(
                sheet.name,
                str(line.number + 1),
                what,
                say("say what it is, or leave the row out"),
                f"rows:{line.row}",
                ("activity", "leave"),
            )
            return
        get, own = last.get, {f: t for f, t in line.get.items() if not line.is_merged(f) and f != "code"}
        lead, deadline = own.get("lead", ""), own.get("deadline", "")
        same_lead = (
            not lead
            or not get.get("lead")
            or key_of_name(plain(lead)) == key_of_name(plain(get["lead"]))
            or is_ditto(lead)
        )
        two_days = (
            bool(deadline and get.get("deadline"))
            and self._account.reads(deadline)
            and self._account.reads(get["deadline"])
        )
        is_sure = line.is_merged("title") or not (two_days and (lead or own.get("output")))
        is_sure &= bool(get.get("title")) or not own.get("title")  # the end of a title whose beginning is not there
        lead_goes_on = bool(lead) and (bool(OPEN_END.search(get.get("lead", ""))) or not is_alone(plain(lead)))
        if not asked and not (
            (same_lead or lead_goes_on) and is_sure and self._days_fit(get.get("deadline", ""), deadline)
        ):
            self._account.put(sheet, line.number, "unclear", line.own, "unclear")
            what = say("the row has no title of its own: it is more of the task above, or another task")
            to_do = say("join the rows, or give each task its title")
            self._account.ask(
                sheet.name, cell_name(line.number, min(line.own)), what, to_do, f"rows:{line.row}", ("join", "leave")
            )
            return
        for field, text in own.items():
            if field == "lead" and same_lead and get.get("lead"):
                continue
            get[field] = self._together(field, get.get(field, ""), text)
        for name, text in line.custom.items():
            last.custom[name] = "\n".join(filter(None, (last.custom.get(name, ""), text)))
        budget = line.table.headings.columns.get("budget", -1)
        if own.get("budget") and last.budget is None:
            last.budget = sheet.rows[line.number][budget]
        elif own.get("budget"):
            what = say("the row above has a budget, and its second row has another one")
            self._account.ask(
                sheet.name,
                line.cell("budget"),
                what,
                say("write one amount"),
                f"cells:{sheet.name}!{line.cell('budget')}",
            )
        if line.row in self.left:
            return
        self._account.put_fields(line, "joined")
        self._tell_joined(line)

    def _tell_joined(self, line: Line) -> None:
        above = (
            self.last.line.number + 1
            if isinstance(self.last, Item)
            else (self.last.line.number + 1 if self.last and self.last.line else 0)
        )
        what = self._say("the row has no number and no task of its own: it goes on with row {row}", row=above)
        self._account.tell(
            line.table.sheet.name, str(line.number + 1), what, self._say("its texts are joined to that row")
        )

    def _days_fit(self, above: str, text: str) -> bool:
        """Whether two parts of a deadline together can be read, or one of them is empty."""
        if not above or not text or plain(above) == plain(text):
            return True
        one = self._account.reads(plain(f"{above} {text}"))
        return one or self._account.kind_of(f"{above}; {text}") is DeadlineKind.DAYS or not self._account.reads(above)

    def _together(self, field: str, above: str, text: str) -> str:
        """Two parts of a text as one."""
        if not above or is_nothing(above) or plain(above) == plain(text):
            return text
        if field == "deadline":
            one = plain(f"{above} {text}")
            return one if self._account.reads(one) or not self._account.reads(above) else f"{above}; {text}"
        if field in ("lead", "supporting"):
            return f"{above}\n{text}"
        return (
            f"{above} {text}"
            if text[:1].islower() or OPEN_END.search(above) or field == "title"
            else f"{above}\n{text}"
        )
