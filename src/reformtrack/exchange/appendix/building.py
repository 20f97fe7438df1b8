"""Sections and tasks, as the rows of a file are put together to them."""

import re
from collections.abc import Mapping

import attrs

from reformtrack.domain.deadline import DeadlineKind
from reformtrack.domain.wording import folded, is_nothing
from reformtrack.exchange.appendix.account import Account
from reformtrack.exchange.appendix.agencies import is_alone, key_of_name
from reformtrack.exchange.appendix.lines import Number, is_ditto, is_of_another_row, plain, quoted
from reformtrack.exchange.appendix.rows import LEVELS, Item, Line, Section, level_of, may_sign
from reformtrack.exchange.appendix.vocabulary import PARTS

_OPEN_END = re.compile(
    r"(?:,|;|-|–|\b(?:và|của|của các|các|cho|với|về|theo|trong|trên|tại|để|do|là|and|of|the|for|to|in))$", re.IGNORECASE
)
"""What a text ends with that goes on in the next row."""
_UNFINISHED = re.compile(
    r".*(?:\bban quan ly(?: cac)?(?: khu)?|van hoa, the thao|thuong binh) / .*|"
    r"(?:thanh tra|cong an|uy ban|hoi dong|van phong) / (?:tinh|thanh pho|xa|phuong|dac khu|nhan dan)\b.*"
)
"""A name that two rows part where no agency ends, a stroke between them, without marks and capitals."""


def is_open(text: str) -> bool:
    """Whether a text ends as one does that goes on in the next row."""
    return _OPEN_END.search(text[-20:]) is not None


class Building:
    """
    The sections that rows stand under, and the tasks, from the top of a file.

    Args:
        account: where is told what each row became.
    """

    def __init__(self, account: Account) -> None:
        self._account, self._say = account, account.say
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
        self.number = -1
        """The row of a task, or of more of it, that was read last."""
        self.hidden: set[tuple[str, int]] = set()
        """The rows that are hidden or struck out."""
        self.left: dict[str, None] = {}
        """The rows that are left out as asked."""

    def enter(self, section: Section) -> None:
        """Go on below a title."""
        level = level_of(section)
        for place, other in enumerate(self.sections):
            if level_of(other) == level and other not in self.base:
                del self.sections[place:]
                break
        self.under |= set(map(id, self.sections))
        self.sections.append(section)
        self.all_sections.append(section)

    def section(self, line: Line, after: Line | None, is_domain: bool = False) -> None:
        """
        A row that others stand under. What else stands in it belongs to it, or to the row above, or is asked.

        Args:
            is_domain: a person says so, whatever its number.
        """
        child = (after.mark.form, after.mark.depth) if after is not None else None
        over, mark = self.domain_section(), line.mark
        if is_domain and mark.form not in LEVELS and over is not None and over.mark.form in LEVELS:
            mark = attrs.evolve(over.mark, printed=mark.printed)
        section = Section(mark, line.head or _longest(line), line, child=child)
        self.enter(section)
        became = "domain" if section is self.domain_section() else "group"
        each = dict.fromkeys(line.own, became)
        heads = {line.headings.columns.get("code"), line.headings.columns.get("title")}
        for place, text in line.own.items():
            if place not in heads and section.title not in text:
                each[place] = self._stray(line, section, place, text)
        self._account.put_line(line, became, each)
        self.last = section

    def _stray(self, line: Line, section: Section, place: int, text: str) -> str:
        """What a text in the row of a section is."""
        say, account, at, shown = self._say, self._account, line.at(place), quoted(text)
        column = line.headings.all[place].column if place in line.headings.all else ""
        last = self.items[-1] if self.items and self.items[-1].line.table is line.table else None
        above = last.get.get(column, "") if last else ""
        joined = plain(f"{above} {text}")
        answer = account.answers.cells.get(f"{at[0]}!{at[1]}", "")
        if column == "deadline":
            belongs = bool(above) and account.reads(joined) and not account.reads(above) and not account.reads(text)
        else:
            belongs = is_open(above) and text[:1].islower()
        if last is not None and (answer == "join" or (belongs and answer != "note")):
            last.get[column] = joined
            what = say("the text {text} in the row of a title belongs to the row above", text=shown)
            account.tell(at, what, say("it is joined to it: {text}", text=quoted(joined, 120)))
            return column
        is_own = (
            column in ("budget", "note", "custom", "start", "")
            or (column in ("lead", "supporting") and text[:1].isupper() and not is_open(above))
            or (column in ("deadline", "tick", *PARTS) and account.reads(text))
        )
        if not is_own and answer != "note":
            what = say("the text {text} stands in the row of a title", text=shown)
            to_do = say("say whether it belongs to the row above, or is a note to the title")
            account.ask(at, what, to_do, f"cells:{at[0]}!{at[1]}", ("join", "note"))
            return "unclear"
        if column in ("lead", "deadline"):
            section.says[column] = text
        what = say("the title {title} has a text of its own: {text}", title=quoted(section.title), text=shown)
        account.tell(at, what, say("it is noted, and not imported for its activities"))
        return "note"

    def domain_section(self) -> Section | None:
        """The title of the domain that the next row stands in."""
        found = [section for section in self.sections if section.mark.form in LEVELS]
        return found[-1] if found else self.sections[0] if self.sections else None

    def leave_section(self, line: Line, answer: str) -> None:
        """A title that is left out: what becomes of the activities below it has to be said."""
        say = self._say
        self._account.put_line(line, "left", why=say("left out as asked"))
        if answer == "leave_tasks":
            section = Section(line.mark, line.head, line)
            self.enter(section)
            self.left_sections.add(id(section))
        elif answer != "leave_heading":
            before = self.domain_section()
            what = say(
                "the row is the title {title}: without it, the tasks below it would stand under {under}",
                title=quoted(line.head),
                under=f"“{before.title}”" if before else say("no title"),
            )
            to_do = say("say whether only the title is left out, or its tasks as well")
            self._account.ask(line.at(), what, to_do, f"rows:{line.row}", ("leave_heading", "leave_tasks"))

    def activity(self, line: Line, became: str = "activity") -> None:
        """A row that is a task; it stands under the sections above."""
        get = dict(line.get)
        last = self.items[-1] if self.items else None
        previous = last.get if last is not None else {}
        for field, text in line.get.items():
            if line.is_merged(field) and is_ditto(text):  # the mark is merged over the row above, where it was read
                get[field] = previous.get(field, text)
            if field in ("code", "title", "budget") or line.is_merged(field):
                continue
            if is_ditto(text):
                self._repeat(line, field, text, previous, get)
            elif field in ("lead", "supporting", "deadline") and is_of_another_row(text):
                what, at = self._say("the text {text} refers to another row", text=quoted(text)), line.at(field)
                self._account.ask(at, what, self._say("write the text"), f"cells:{at[0]}!{at[1]}")
            elif is_nothing(text) and field not in ("lead", "deadline"):
                get[field] = ""
        if title := get.get("domain"):
            self.sections = [Section(Number("named", ""), plain(title) if "\n" in title else title, None)]
        is_below = last is not None and last.line.table is line.table and last.path == tuple(self.sections)
        if is_below and "group" in line.headings.columns and not get.get("group"):
            get["group"] = previous.get("group", "")
        self._pop(line.mark)
        self.last = Item(line, get, dict(line.custom), tuple(self.sections), line.raw("budget"))
        self.items.append(self.last)
        self.number = line.number
        if any(id(section) in self.left_sections for section in self.last.path):
            self.left[line.row] = None
            became = "left"
        self._account.put_fields(line, became)

    def _repeat(self, line: Line, field: str, text: str, previous: Mapping[str, str], get: dict[str, str]) -> None:
        """A mark that repeats the row above."""
        say, at = self._say, line.at(field)
        if any((line.sheet.name, number) in self.hidden for number in range(self.number + 1, line.number)):
            what = say("the mark {text} may repeat the row above that is hidden or struck out", text=f"“{text}”")
            self._account.ask(at, what, say("write the text"), f"cells:{at[0]}!{at[1]}")
        elif previous.get(field):
            get[field] = previous[field]
            what = say("the mark {text} is read as the text above", text=f"“{text}”")
            self._account.tell(at, what, say("it is recorded as {text}", text=quoted(plain(get[field]))))
        else:
            what = say("the mark {text} refers to the cell above, which is empty", text=f"“{text}”")
            self._account.ask(at, what, say("write the text"), f"cells:{at[0]}!{at[1]}")

    def _pop(self, mark: Number) -> None:
        """Leave the numbered sections that an activity's number ends."""
        if mark.form != "number":
            return
        for place, section in enumerate(self.sections):
            over = section.mark
            is_child = mark.printed.startswith(f"{over.printed}.") or section.child == (mark.form, mark.depth)
            is_over = over.form == "number" and section.child is not None and mark.depth <= over.depth and not is_child
            if is_over or (over.form == "lower" and not is_child):
                del self.sections[place:]
                return

    def join(self, line: Line, asked: bool = False) -> None:
        """More of the row above: its texts go on, or it is one task with several outputs."""
        say, account, last = self._say, self._account, self.last
        if isinstance(last, Section) and line.head and len(line.own) == 1:
            last.title = f"{last.title} {line.head}"
            account.put_line(line, "joined", dict.fromkeys(line.own, "domain"))
            self._tell_joined(line, last)
            return
        if not isinstance(last, Item):
            account.put_line(line, "unclear")
            what = say("the row continues a row above, but no row is above it")
            to_do = say("say what it is, or leave the row out")
            account.ask(line.at(), what, to_do, f"rows:{line.row}", ("activity", "leave"))
            return
        get, own = last.get, {f: t for f, t in line.get.items() if not line.is_merged(f) and f != "code"}
        if not asked and not self._goes_on(line, get, own):
            account.put_line(line, "unclear")
            what = say("the row has no title of its own: it is more of the task above, or another task")
            to_do = say("join the rows, or give each task its title")
            account.ask(line.first, what, to_do, f"rows:{line.row}", ("join", "leave"))
            return
        self.number = line.number
        keeps_lead = bool(get.get("lead")) and self._is_same_lead(get, own)
        for field, text in own.items():
            if field != "lead" or not keeps_lead:
                get[field] = self._together(field, get.get(field, ""), text)
        for name, text in line.custom.items():
            last.custom[name] = "\n".join(filter(None, (last.custom.get(name, ""), text)))
        if own.get("budget") and last.budget is None:
            last.budget = line.raw("budget")
        elif own.get("budget"):
            what, at = say("the row above has a budget, and its second row has another one"), line.at("budget")
            account.ask(at, what, say("write one amount"), f"cells:{at[0]}!{at[1]}")
        if line.row not in self.left:
            account.put_fields(line, "joined")
            self._tell_joined(line, last)

    def _goes_on(self, line: Line, get: Mapping[str, str], own: Mapping[str, str]) -> bool:
        """Whether the texts of a row are surely more of the task above."""
        if own.get("title") and not get.get("title"):
            return False  # the end of a title whose beginning is not there
        lead, deadline, above = own.get("lead", ""), own.get("deadline", ""), get.get("deadline", "")
        two_days = bool(deadline and above) and self._account.reads(deadline) and self._account.reads(above)
        if two_days and (lead or own.get("output")) and not line.is_merged("title"):
            return False
        lead_above = get.get("lead", "")
        lead_goes_on = bool(lead) and (is_open(lead_above) or lead[:1].islower() or _is_one(lead_above, lead))
        return (self._is_same_lead(get, own) or lead_goes_on) and self._days_fit(above, deadline)

    def _is_same_lead(self, get: Mapping[str, str], own: Mapping[str, str]) -> bool:
        """Whether a row names no other lead than the row above."""
        lead, above = own.get("lead", ""), get.get("lead", "")
        return not lead or not above or key_of_name(plain(lead)) == key_of_name(plain(above)) or is_ditto(lead)

    def _tell_joined(self, line: Line, last: Item | Section) -> None:
        row = last.line.number + 1 if last.line else 0
        what = self._say("the row has no number and no task of its own: it goes on with row {row}", row=row)
        self._account.tell(line.at(), what, self._say("its texts are joined to that row"))

    def _days_fit(self, above: str, text: str) -> bool:
        """Whether two parts of a deadline together can be read, or one of them is empty."""
        if not above or not text or plain(above) == plain(text):
            return True
        account = self._account
        is_one = account.reads(plain(f"{above} {text}"))
        return is_one or account.kind_of(f"{above}; {text}") is DeadlineKind.DAYS or not account.reads(above)

    def _together(self, field: str, above: str, text: str) -> str:
        """Two parts of a text as one."""
        words = text.split()
        if not above or is_nothing(above) or above.split(None, len(words)) == words:
            return text
        if field == "deadline":
            one = plain(f"{above} {text}")
            return one if self._account.reads(one) or not self._account.reads(above) else f"{above}; {text}"
        goes_on = field == "title" or (field not in ("lead", "supporting") and (text[:1].islower() or is_open(above)))
        return f"{above} {text}" if goes_on else f"{above}\n{text}"


def _longest(line: Line) -> str:
    """The text of a row that is its title where none stands in the column of titles."""
    code = line.headings.columns.get("code")
    return max(
        (text for place, text in line.own.items() if place != code), key=len, default=next(iter(line.own.values()))
    )


def _is_one(above: str, text: str) -> bool:
    """Whether two texts are one name that is parted where no agency ends."""
    is_rest = not is_alone(text) and may_sign(text) is None
    return is_rest and _UNFINISHED.fullmatch(folded(f"{plain(above)} / {plain(text)}")) is not None
