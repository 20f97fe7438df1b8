"""The activities of a file, once each of its rows was read: their domains, codes, names, deadlines and budgets."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from itertools import chain, combinations, count
from math import isfinite

import attrs

from reformtrack.domain.gathered import grouped
from reformtrack.domain.texts import name_key, one_line
from reformtrack.domain.values import CODE
from reformtrack.domain.wording import folded, is_nothing
from reformtrack.exchange.appendix.account import Account
from reformtrack.exchange.appendix.agencies import NamesOfFile, is_alone, names_in
from reformtrack.exchange.appendix.budgets import BudgetsOfFile
from reformtrack.exchange.appendix.building import Building
from reformtrack.exchange.appendix.deadlines import DeadlinesOfFile
from reformtrack.exchange.appendix.finding import AppendixRow
from reformtrack.exchange.appendix.headings import Headings, own_texts
from reformtrack.exchange.appendix.lines import (
    is_ditto,
    is_error,
    number_before,
    plain,
    quoted,
    section_key,
    uncounted,
)
from reformtrack.exchange.appendix.rows import LEVELS, Item, Line, Section
from reformtrack.exchange.appendix.sheet_reader.cells import cell_name
from reformtrack.exchange.appendix.sheets import Fixed
from reformtrack.exchange.appendix.vocabulary import IN_TITLES, OF_TITLES, PARTS, role_of

_CODE = re.compile(CODE)
_OF_TARGETS = re.compile(r"(?:cac |he thong )?(?:muc tieu|chi tieu)\b(?!.*(?:nhiem vu|giai phap)).{0,60}")
"""A title that targets stand below, without marks and capitals."""
_NO_NAME = re.compile(
    r"\W*(?:chưa (?:xác định|rõ|phân công|có|giao)|đang (?:phân công|xác định|giao|chờ\b.*)|(?:phân công|bổ sung|xác định) sau|"
    r"để trống|không rõ|tbd|tba)\W*|\W+",
    re.IGNORECASE,
)
"""What stands where the name of an agency is not there yet."""
_TAKEN_OUT = re.compile(r"\W*(?:bãi bỏ|h[uủ][ỷy] bỏ|đưa ra khỏi|rút khỏi|repealed|deleted)\b", re.IGNORECASE)
_OF_TAKEN_OUT = re.compile(
    r"(?:(?:cac|danh muc|nhung) )*(?:nhiem vu|noi dung|cong viec|hoat dong|muc|dong)\b.{0,40}?\b(?:bai bo|huy bo|"
    r"loai (?:bo|khoi)|dua ra khoi|rut khoi|(?:khong|thoi|dung|ngung) (?:tiep tuc )?(?:thuc hien|trien khai))"
    r"(?: (?:khoi )?(?:cac |trong |tai )?(?:ke hoach|chuong trinh|quyet dinh|phu luc|nam)\b.{0,60})?|"
    r"(?:danh muc )?(?:bai bo|huy bo|loai bo|(?:dua ra|rut) khoi ke hoach)"
    r"(?: (?:cac )?(?:nhiem vu|noi dung|hoat dong)\b.{0,60})?|"
    r"(?:deleted|repealed|abolished|withdrawn) (?:tasks?|activit).{0,40}|"
    r"(?:tasks?|activities) (?:deleted|repealed|withdrawn).{0,40}"
)
"""A title that tasks stand below which are taken out of the plan, without marks and capitals."""
_TAKEN_OUT_TITLE = re.compile(r"\((?:bãi bỏ|h[uủ][ỷy] bỏ|repealed|deleted)\)\W*$", re.IGNORECASE)


def is_of_taken_out(title: str) -> bool:
    """Whether a title says that what stands below it is taken out of the plan."""
    return _OF_TAKEN_OUT.fullmatch(folded(title).strip(" .:")) is not None


class Finisher:
    """
    Makes activities of what was read.

    Args:
        account: where what was found is told, and what is unclear is asked.
        built: the tasks and the titles, in the order of the file.
        known: the names of agencies that are registered, or in the plan.
    """

    def __init__(self, account: Account, built: Building, known: Collection[str]) -> None:
        self._account, self._say, self._built, self._items = account, account.say, built, built.items
        self._names = NamesOfFile(account.answers.agencies, known)
        self.domains: dict[str, str] = {}
        """By code, the title of each domain."""

    def finished(self) -> list[AppendixRow]:
        """The activities, once every row was read: with their codes, names, deadlines and budgets."""
        self._tell_unused()
        self._ask_of_titles()
        for item in self._items:
            self._read_titles(item)
        self._read_names()
        tables = by_table(sorted(self._items, key=self._is_left))  # what is asked once, is asked of a row that stays
        deadlines, budgets = DeadlinesOfFile(self._account, tables), BudgetsOfFile(self._account, tables, self._is_left)
        places: Counter[str] = Counter()
        domains, rows = self._domains(), list[AppendixRow]()
        for item in self._items:
            domain, group = domains[item.path]
            places[domain] += 1
            before = rows[-1].code if rows and self._items[len(rows) - 1].path == item.path else ""
            code = _own_code(item.line, places[domain], before)
            row = self._row(item, domain, group, code)
            row = budgets.read(row, item)
            self._check(row, item)
            rows.append(attrs.evolve(row, due=deadlines.of(row, item)) if row.deadline else row)
        restarting = _restarting_codes(rows)
        kept = [row for row in rows if row.row not in self._built.left]
        self._check_codes(kept, restarting)
        self._check_twins(kept)
        bare = (attrs.evolve(row, code="", has_own_code=False) if row.code in restarting else row for row in rows)
        return list(_coded(list(bare)))

    def _is_left(self, item: Item) -> bool:
        return item.line.row in self._built.left

    def _domains(self) -> dict[tuple[Section, ...], tuple[str, tuple[str, ...]]]:
        """By the sections that an activity stands under: the code of its domain, and its group."""
        found: dict[tuple[Section, ...], tuple[str, tuple[str, ...]]] = {}
        parts: dict[tuple[str, ...], tuple[str, tuple[Section, ...]]] = {}
        for path in dict.fromkeys(item.path for item in self._items):
            deepest = max((n for n, section in enumerate(path) if section.mark.form in LEVELS), default=0)
            above, below = path[: deepest + 1], path[deepest + 1 :]
            key = tuple(section_key(section.title) for section in above) or ("",)
            code, _ = parts.setdefault(key, (str(len(parts) + 1), above))
            found[path] = code, tuple(one_line(uncounted(section.title)) for section in below)
        last = Counter(section_key(above[-1].title) for _, above in parts.values() if above)
        dropped: dict[Section, bool] = {}
        for code, above in parts.values():
            titles = [uncounted(section.title) for section in above] or [self._say("General")]
            is_one = len(titles) < 2 or last[section_key(titles[-1])] < 2  # else "I" of A and "I" of B
            self.domains[code] = titles[-1] if is_one else f"{titles[-2]} – {titles[-1]}"
            for section in above[:-1]:
                dropped[section] = dropped.get(section, True) and (is_one or section is not above[-2])
        for section, is_dropped in dropped.items():
            if is_dropped and section.line is not None:
                what = self._say("the title {title} stands above the titles of domains", title=quoted(section.title))
                self._account.tell_left(section.line.first, what)
        if len(parts) > 1 and not all(above for _, above in parts.values()):
            item = next(item for item in self._items if not item.path)
            what = self._say("no title of a domain stands above the task")
            to_do = self._say("it is imported under {title}", title=f"“{self._say('General')}”")
            self._account.tell(item.line.at("title"), what, to_do)
        return found

    def _tell_unused(self) -> None:
        """Titles under which nothing stands."""
        used = {id(section) for item in self._items for section in item.path}
        used |= self._built.under | self._built.left_sections
        for section in self._built.all_sections if self._items else ():
            if id(section) not in used and section.line is not None:
                what = self._say("nothing stands under the title {title}", title=quoted(section.title))
                self._account.tell_left(section.line.at(), what)

    def _ask_of_titles(self) -> None:
        """Whether what stands below a title of targets, or of what is taken out, are tasks of the plan."""
        say, account = self._say, self._account
        used = {id(section) for item in self._items if not self._is_left(item) for section in item.path}
        for section in self._built.all_sections:
            line = section.line
            if line is None or id(section) not in used or line.row in account.answers.rows:
                continue
            if _OF_TARGETS.fullmatch(folded(section.title).strip(" .:")):
                what = say("targets may stand below the title {title}, and no tasks", title=quoted(section.title))
                to_do = say("say whether they are tasks of the plan, or leave them out and import them as indicators")
            elif what := self._taken_out(section.title):
                to_do = say("say whether the tasks below it are left out, or are tasks of the plan")
            else:
                continue
            account.ask(line.first, what, to_do, f"rows:{line.row}", ("domain", "leave_tasks"))
        for table in {id(item.line.table): item.line.table for item in self._items}.values():
            for number in table.titles:
                for place, text in own_texts(table.sheet, number).items():
                    if what := self._taken_out(text):
                        at, key = (table.sheet.name, cell_name(number, place)), f"sheets:{table.sheet.name}"
                        account.ask(at, what, say("delete the table, or its title"), key, ("leave",))

    def _taken_out(self, title: str) -> str:
        """That a title says what stands below it is taken out of the plan; empty where it does not."""
        if not is_of_taken_out(title):
            return ""
        say = self._say
        return say("the title {title} says that what stands below it is taken out of the plan", title=quoted(title))

    def _read_titles(self, item: Item) -> None:
        """The lead and the deadline that the titles above a task say, where no column does and a person said so."""
        for field in reversed(OF_TITLES):
            if self._is_in_titles(item.line, field) and not item.get.get(field):
                says = _is_agency if field == "lead" else self._account.reads
                reads = (section for section in reversed(item.path) if says(_bare(section.title)))
                if (section := next(reads, None)) is not None:
                    item.get[field] = _bare(section.title)
                    item.path = tuple(one for one in item.path if one is not section)

    def _is_in_titles(self, line: Line, field: str) -> bool:
        return self._account.answers.columns.get(f"{line.sheet.name}!{field}") == IN_TITLES

    def _read_names(self) -> None:
        """The agencies of all rows; what is told and asked of them, at the first cell that has it."""
        say, account, found = self._say, self._account, self._names
        cells = [(item, field) for item in self._items for field in ("lead", "supporting")]
        for item, field in cells:
            if not is_nothing(text := item.get.get(field, "")):
                found.read(text)
        found.settle()
        cells.sort(key=lambda cell: self._is_left(cell[0]))
        texts = [(item, field, item.get.get(field, "")) for item, field in cells]

        def at_text(text: str) -> tuple[str, str]:
            return next(item.line.at(field) for item, field, own in texts if own == text)

        def at_name(name: str) -> tuple[str, str]:
            exact = (cell for cell in texts if name in names_in(cell[2]).names)
            item, field, _ = next(chain(exact, (cell for cell in texts if name in plain(cell[2]))), texts[0])
            return item.line.at(field)

        for text in found.unseen:
            what = say("the name {name} has an invisible character", name=quoted(one_line(text), 120))
            account.tell(at_text(text), what, say("it is imported without it"))
        for name, other in found.changed.items():
            what = say("the agency {name} is written in another way elsewhere", name=f"“{name}”")
            account.tell(at_name(name), what, say("it is taken for {name}", name=f"“{other}”"))
        for name, other in found.near.items():
            what = say("the agency {name} is nearly called as {other}", name=f"“{name}”", other=f"“{other}”")
            account.ask(at_name(name), what, say("say which name is meant"), f"agencies:{name}", (name, other))
        for text in found.unsure:
            one = plain(text)
            what = say("it is not clear whether {text} is one agency or several", text=quoted(one, 120))
            to_do = say("write it with “;” between the agencies, or as one name")
            account.ask(at_text(text), what, to_do, f"agencies:{one}", tuple(dict.fromkeys((one, _as_list(text)))))

    def _row(self, item: Item, domain: str, group: tuple[str, ...], code: str) -> AppendixRow:
        line, get, headings = item.line, item.get, item.line.headings
        lead = "" if is_nothing(get.get("lead", "")) else get.get("lead", "")
        leads, supporting = self._names.of(lead), self._names.of(get.get("supporting", ""))
        is_as_read = one_line(get.get("supporting", "")) == "; ".join(supporting)
        columns = headings.columns | _places_of_several(headings)
        columns |= {field: columns.get("title", 0) for field in OF_TITLES if self._is_in_titles(line, field)}
        for field in ("output", "supporting", "budget", "note"):  # what is not seen empties nothing that is on record
            if field in columns and self._account.is_left_cell(line.sheet, line.number, columns[field]):
                del columns[field]
        if supporting and "lead" in columns:  # the lead's cell may name them too
            columns.setdefault("supporting", columns["lead"])
        own_group = (one_line(get["group"]),) if get.get("group") else ()
        number, title = "", get.get("title") or line.head
        if not headings.has_codes and not get.get("code"):
            number, title = number_before(title)
        return AppendixRow(
            sheet=line.sheet.name,
            number=line.number + 1,
            columns=columns,
            code=code,
            has_own_code=bool(code),
            printed_number=""
            if headings.has_codes and code
            else get.get("code", number or line.mark.printed).rstrip("."),
            domain=domain,
            group=(*group, *own_group)[-3:],
            title=title,
            leads=leads,
            has_no_lead=is_nothing(get.get("lead", "")),
            lead_text="" if one_line(lead) == "; ".join(leads) else lead,
            deadline=get.get("deadline", ""),
            due=None,
            output=get.get("output", ""),
            supporting=supporting,
            note=get.get("note", ""),
            custom=item.custom,
            printed={} if is_as_read else {"supporting": get["supporting"]},
        )

    def _check(self, row: AppendixRow, item: Item) -> None:
        """What an activity has to have and has not, or has in another's place."""
        say, account = self._say, self._account
        if "title" not in item.line.headings.unclear:  # else which column it is, is asked
            self._check_missing(row, item)
        said = next(filter(_TAKEN_OUT.match, (row.note, *row.custom.values())), "")
        if said or _TAKEN_OUT_TITLE.search(row.title):
            what = say(
                "the row says that the activity is taken out of the plan: {text}", text=quoted(said or row.title, 120)
            )
            account.ask(
                row.at("note" if said and said == row.note else "title"), what, say("delete the row, or what it says")
            )
        for field, names in (("lead", row.leads), ("supporting", row.supporting)):
            self._check_names(row, field, names)
        text = row.printed.get("budget", "")
        if text and row.budget is None and not is_error(text):
            what = say("the budget {text} is no amount in đồng", text=quoted(text))
            account.tell_left(row.at("budget"), what)

    def _check_names(self, row: AppendixRow, field: str, names: Sequence[str]) -> None:
        """Whether agencies are names, and nothing that belongs elsewhere or stands for a name that is not there."""
        say, to_do = self._say, self._say("write the agency, or leave the row out")
        for name in names:
            text = quoted(name)
            if _NO_NAME.fullmatch(name):
                lead = say("the lead agency is not named yet: {text}", text=text)
                supporting = say("the supporting agency is not named yet: {text}", text=text)
            elif role_of(name):
                lead = say("the lead agency {text} is a mark, and no name", text=text)
                supporting = say("the supporting agency {text} is a mark, and no name", text=text)
            elif not any(map(str.isalpha, name)):
                lead = say("the lead agency {text} has no letters", text=text)
                supporting = say("the supporting agency {text} has no letters", text=text)
            elif len(names) == 1 and self._account.reads(name):
                lead = say("the lead agency {text} is a deadline", text=text)
                supporting = say("the supporting agency {text} is a deadline", text=text)
            else:
                continue
            self._account.ask(row.at(field), lead if field == "lead" else supporting, to_do, f"agencies:{name}")
            return

    def _check_missing(self, row: AppendixRow, item: Item) -> None:
        say, to_do = self._say, self._say("fill the cell in, or leave the row out")
        says = next((section.says for section in reversed(item.path) if section.says), {})
        if not row.title:
            self._account.ask(row.at("title"), say("the activity has no title"), to_do)
        elif is_ditto(row.title) or not any(map(str.isalnum, row.title)) or self._is_day(row.title):
            what = say("the title {text} is no text of a task", text=quoted(row.title))
            self._account.ask(row.at("title"), what, say("write the task, or leave the row out"), row.key("title"))
        for field, given, what in (
            ("lead", row.leads or row.has_no_lead, say("the activity has no lead agency")),
            ("deadline", row.deadline, say("the activity has no deadline")),
        ):
            if not given and field not in item.line.headings.unclear:
                key, of_section = row.key(field), says.get(field, "")
                if of_section:
                    what = say("{what}, and its title has {text}", what=what, text=quoted(of_section))
                self._account.ask(row.at(field), what, to_do, key, (of_section,) if of_section and key else ())

    def _is_day(self, title: str) -> bool:
        """Whether a title says when, and nothing of what is to be done."""
        return not folded(title).startswith("bao cao") and self._account.has_days(title)

    def _check_codes(self, rows: Sequence[AppendixRow], restarting: Set[str]) -> None:
        """Each code of the file's own stands once, if codes do not begin anew in each domain."""
        say, first = self._say, dict[str, AppendixRow]()
        for row in rows:
            is_own = row.has_own_code and row.code not in restarting
            if is_own and (other := first.setdefault(row.code, row)) is not row:
                what = say("the code {code} stands in row {row} too", code=row.code, row=other.row)
                self._account.ask(row.at("code"), what, say("give each activity a code of its own"))
        if begun := next((row for row in rows if row.code in restarting), None):
            what = say("the codes begin anew in each domain, as {code}", code=begun.code)
            self._account.tell(begun.at("code"), what, say("each activity is given a code of its own"))

    def _check_twins(self, rows: Sequence[AppendixRow]) -> None:
        """Rows that say the same are told; whether two of one number and title are one task is asked."""
        seen: dict[tuple[object, ...], AppendixRow] = {}
        for row in rows:
            says = (row.domain, name_key(row.title), row.leads, plain(row.deadline), plain(row.output))
            is_called = (row.domain, row.group, name_key(row.title), row.printed_number)
            other, alike = seen.setdefault(says, row), seen.setdefault(is_called, row)
            if not row.title or row.has_own_code:
                continue
            if other is not row:
                what = self._say("the row says the same as row {row}", row=other.number)
                self._account.tell(row.at("title"), what, self._say("leave one out, if it is one task"))
            elif alike is not row and row.printed_number and row.row not in self._account.answers.rows:
                what = self._say("the row has the number and the title of row {row}", row=alike.number)
                to_do = self._say("say whether it is one task with the row above, or a task of its own")
                self._account.ask(row.at("title"), what, to_do, f"rows:{row.row}", ("join", "activity", "leave"))


def _bare(title: str) -> str:
    """A title without what only counts its tasks, as "(2 nhiệm vụ)", or says that somebody leads."""
    return re.sub(r"\s*chủ trì$", "", uncounted(title), flags=re.IGNORECASE)


def _is_agency(title: str) -> bool:
    return is_alone(title) and not re.search(r"nhiệm vụ|hoạt động|công việc", title, re.IGNORECASE)


def by_table(items: Iterable[Item]) -> Collection[Sequence[Item]]:
    """The tasks of each table."""
    return grouped((id(item.line.table), item) for item in items).values()


def _restarting_codes(rows: Iterable[AppendixRow]) -> Set[str]:
    """The codes that begin anew in each domain, as 1.1, and others of their form: these are no codes of the plan."""
    codes: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        if row.has_own_code:
            codes[re.sub("[0-9]+", "0", row.code)][row.domain].append(row.code)
    begun = filter(_begin_anew, codes.values())
    return {code for of_domains in begun for code in chain(*of_domains.values())}


def _begin_anew(of_domains: Mapping[str, Sequence[str]]) -> bool:
    """
    Whether the codes of two domains begin with the same, and it is no slip: they share more codes, or all that one has, or few
    of the later ones have the number of their domain.
    """
    alike = [(a, b) for a, b in combinations(of_domains.values(), 2) if a[0] == b[0]]
    later = [(domain, code) for domain, codes in [*of_domains.items()][1:] for code in codes]
    numbered = sum(code.partition(".")[0] == domain for domain, code in later)
    shared = any(len({*a} & {*b}) >= min(2, len(a), len(b)) for a, b in alike)
    return shared or (bool(alike) and 2 * numbered < len(later))


def _own_code(line: Line, place: int, before: str) -> str:
    """
    The code that stands in a row; empty when it is a running number, or none.

    A number 1.1 is 1.10 after 1.9, and where the tenth activity stands: Excel keeps no zeros at the end of a number.

    Args:
        before: the code of the activity above, where both stand under the same titles.
    """
    cell = line.raw("code")
    whole, dot, last = before.rpartition(".")
    if dot and last.endswith("9") and last.isdigit():
        following = f"{whole}.{int(last) + 1}"
        if following.rstrip("0") == line.get.get("code", "").rstrip("."):
            return following
    if isinstance(cell, float) and not isinstance(cell, Fixed) and isfinite(cell) and not cell.is_integer():
        tried = (f"{int(cell)}.{place}", f"{int(cell)}.{place:02}")
        return next((code for code in tried if float(code) == cell), str(cell) if _CODE.fullmatch(str(cell)) else "")
    text = line.get.get("code", "").rstrip(".")
    return text if _CODE.fullmatch(text) and (line.headings.has_codes or not text.isalnum()) else ""


def _coded(rows: Sequence[AppendixRow]) -> Iterator[AppendixRow]:
    """The rows, those without a code given one: the domain's number and the first place in it that is free."""
    used = {row.code for row in rows}
    places: dict[str, Iterator[int]] = {}
    for row in rows:
        numbers = places.setdefault(row.domain, count(1))
        code = row.code or next(code for n in numbers if (code := f"{row.domain}.{n:02}") not in used)
        yield attrs.evolve(row, code=code)


def _places_of_several(headings: Headings) -> dict[str, int]:
    """Where a deadline, or agencies, of several columns begin."""
    places, roles = headings.places("tick", *PARTS), headings.places("role")
    found = {"deadline": places[0]} if places and "deadline" not in headings.columns else {}
    return found | (dict.fromkeys(("lead", "supporting"), roles[0]) if roles else {})


def _as_list(text: str) -> str:
    """A text as a list of agencies, wherever it may be parted."""
    return "; ".join(
        filter(None, (one_line(part) for part in re.split(r"[,;\n+|•·]|(?<!\b[Đđ])/| (?:và|hoặc) | - ", text)))
    )
