"""
The activities of a file, once each of its rows was read: their domains, codes, names, deadlines and budgets.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from itertools import count

import attrs

from reformtrack.domain.texts import one_line
from reformtrack.domain.wording import folded
from reformtrack.exchange.appendix.account import Account
from reformtrack.exchange.appendix.agencies import NamesOfFile, names_in
from reformtrack.exchange.appendix.deadlines import DeadlinesOfFile
from reformtrack.exchange.appendix.finding import (
    AppendixRow,
    Problem,
    problem_in,
)
from reformtrack.exchange.appendix.headings import Headings, role_of
from reformtrack.exchange.appendix.lines import (
    budget_of,
    is_error,
    is_nothing,
    is_unclear_amount,
    plain,
    text_of,
)
from reformtrack.exchange.appendix.rows import LEVELS, Item, Line, Section
from reformtrack.exchange.appendix.sheet_reader import cell_name
from reformtrack.language import Language


class Finisher:
    """
    Makes activities of what was read.

    Args:
        account: where what was found is told, and what is unclear is asked.
        items: the tasks, in the order of the file.
        sections: the titles.
        under: the ids of the titles that others stand under, or that are left out.
        known: the names of agencies that are registered, or in the plan.
    """

    def __init__(
        self,
        account: Account,
        items: Sequence[Item],
        sections: Sequence[Section],
        under: Set[int],
        known: Collection[str],
    ) -> None:
        self._account, self._say, self._answers = account, account.say, account.answers
        self.domains: dict[str, str] = {}
        self._items, self._all_sections, self._under, self._known = items, sections, under, known

    def finished(self) -> Iterator[AppendixRow]:
        """The activities, once every row was read: with their codes, names, deadlines and budgets."""
        self._tell_unused()
        names = self._names()
        tables = by_table(self._items)
        deadlines = DeadlinesOfFile(self._account, tables)
        signs = signs_in(self._account, tables, "budget")
        rows = []
        places: Counter[str] = Counter()
        domains = self._domains()
        for item in self._items:
            domain, group = domains[item.path]
            places[domain] += 1
            rows.append(self._row(item, domain, group, places[domain], names, deadlines, signs))
        restarting = self._restarting_codes(rows)
        self._check_codes(rows, restarting)
        self._check_twins(rows)
        yield from _coded(
            [attrs.evolve(row, code="", has_own_code=False) if row.code in restarting else row for row in rows]
        )

    def _domains(self) -> dict[tuple[Section, ...], tuple[str, tuple[str, ...]]]:
        """By the sections that an activity stands under: the code of its domain, and its group."""
        found: dict[tuple[Section, ...], tuple[str, tuple[str, ...]]] = {}
        codes: dict[tuple[str, ...], str] = {}
        parts: dict[str, tuple[str, ...]] = {}
        for item in self._items:
            path = item.path
            if path in found:
                continue
            deepest = max((n for n, section in enumerate(path) if section.mark.form in LEVELS), default=0)
            titles = tuple(plain(section.title) for section in path[: deepest + 1]) or ("",)
            code = codes.setdefault(tuple(map(folded, titles)), str(len(codes) + 1))
            parts.setdefault(code, tuple(section.title for section in path[: deepest + 1]))
            found[path] = code, tuple(one_line(section.title) for section in path[deepest + 1 :])
        last = Counter(folded(whole[-1]) for whole in parts.values() if whole)
        for code, whole in parts.items():
            self.domains[code] = whole[-1] if whole else self._say("General")
            if len(whole) > 1 and last[folded(whole[-1])] > 1:  # "I" of A and "I" of B
                self.domains[code] = f"{whole[-2]} – {whole[-1]}"
        if len(parts) > 1 and () in parts.values():
            item = next(item for item in self._items if not item.path)
            what = self._say("no title of a domain stands above the task")
            self._tell_at(
                item,
                "title",
                what,
                self._say("it is imported under {title}", title=f"“{self._say('General')}”"),
            )
        return found

    def _tell_unused(self) -> None:
        """Titles under which nothing stands."""
        used = {id(section) for item in self._items for section in item.path}
        for section in self._all_sections:
            if self._items and id(section) not in used | self._under and section.line is not None:
                what = self._say("nothing stands under the title {title}", title=f"“{section.title[:80]}”")
                self._account.tell(
                    section.line.table.sheet.name, str(section.line.number + 1), what, self._say("it is not imported")
                )

    def _names(self) -> NamesOfFile:
        found = NamesOfFile(self._answers.agencies, self._known)
        for item in self._items:
            for field in ("lead", "supporting"):
                if not is_nothing(item.get.get(field, "")):
                    found.read(item.get.get(field, ""))
        found.settle()
        for text in found.unseen:
            item, field = self._where_text(text)
            what = self._say("the name {name} has an invisible character", name=f"“{one_line(text)[:120]}”")
            self._tell_at(item, field, what, self._say("it is imported without it"))
        for name, text in found.changed.items():
            item, field = self._where(name)
            what = self._say("the agency {name} is written in another way elsewhere", name=f"“{name}”")
            self._tell_at(
                item,
                field,
                what,
                self._say("it is taken for {name}", name=f"“{text}”"),
            )
        for name, other in found.near.items():
            item, field = self._where(name)
            what = self._say("the agency {name} is nearly called as {other}", name=f"“{name}”", other=f"“{other}”")
            to_do = self._say("say which name is meant")
            self._ask_at(item, field, what, to_do, f"agencies:{name}", (name, other))
        for text in found.unsure:
            item, field = self._where_text(text)
            what = self._say("it is not clear whether {text} is one agency or several", text=f"“{plain(text)[:120]}”")
            to_do = self._say("write it with “;” between the agencies, or as one name")
            self._ask_at(
                item,
                field,
                what,
                to_do,
                f"agencies:{plain(text)}",
                (plain(text), _as_list(text)),
            )
        return found

    def _tell_at(self, item: Item, field: str, what: str, to_do: str) -> None:
        self._account.tell(item.line.table.sheet.name, item.line.cell(field), what, to_do)

    def _ask_at(self, item: Item, field: str, what: str, to_do: str, ask: str, choices: Sequence[str]) -> None:
        self._account.ask(item.line.table.sheet.name, item.line.cell(field), what, to_do, ask, choices)

    def _where_text(self, text: str) -> tuple[Item, str]:
        return next(
            (item, field) for item in self._items for field in ("lead", "supporting") if item.get.get(field, "") == text
        )

    def _where(self, name: str) -> tuple[Item, str]:
        """The first cell that has a name."""
        for item in self._items:
            for field in ("lead", "supporting"):
                if name in names_in(item.get.get(field, "")).names or name in plain(item.get.get(field, "")):
                    return item, field
        return self._items[0], "lead"

    def _row(
        self,
        item: Item,
        domain: str,
        group: tuple[str, ...],
        place: int,
        names: "NamesOfFile",
        deadlines: DeadlinesOfFile,
        signs: Mapping[int, str],
    ) -> AppendixRow:
        line, get, say = item.line, item.get, self._say
        headings, sheet = line.table.headings, line.table.sheet
        code = _own_code(line, place)
        unit = headings.unit or line.table.unit
        sign = signs[id(line.table)]
        has_no_lead = is_nothing(get.get("lead", ""))
        leads, supporting = () if has_no_lead else names.of(get.get("lead", "")), names.of(get.get("supporting", ""))
        budget = budget_of(item.budget, unit, sign) if get.get("budget") else None
        printed = {}
        if (text := get.get("budget", "")) not in ("", "-", "–", str(budget)):
            printed["budget"] = text
        if one_line(get.get("supporting", "")) != "; ".join(supporting):
            printed["supporting"] = get["supporting"]
        own_group = (one_line(get["group"]),) if get.get("group") else ()
        row = AppendixRow(
            sheet=sheet.name,
            number=line.number + 1,
            columns=headings.columns | _places_of_several(headings),
            code=code,
            has_own_code=bool(code),
            printed_number="" if headings.has_codes else get.get("code", line.mark.printed).rstrip("."),
            domain=domain,
            group=(*group, *own_group)[-3:],
            title=get.get("title") or line.head,
            leads=leads,
            has_no_lead=has_no_lead,
            lead_text=get.get("lead", "")
            if one_line(get.get("lead", "")) != "; ".join(leads) and not has_no_lead
            else "",
            deadline=get.get("deadline", ""),
            due=None,
            output=get.get("output", ""),
            supporting=supporting,
            budget=budget,
            note=get.get("note", ""),
            custom=item.custom,
            printed=printed,
        )
        self._account.problems += self._missing(row, item)
        if mark := next((name for name in leads if role_of(name)), ""):
            what = say("the lead agency {text} is a mark, and no name", text=f"“{mark}”")
            self._account.problems.append(problem_in(row, "lead", what, say("write the agency, or leave the row out")))
        if row.lead_text == "" and len(leads) == 1 and self._account.reads(leads[0]):
            what = say("the lead agency {text} is a deadline", text=f"“{leads[0][:80]}”")
            ask = f"agencies:{leads[0]}"
            self._account.problems.append(
                problem_in(row, "lead", what, say("write the agency, or leave the row out"), ask=ask)
            )
        if budget is None and (text := get.get("budget", "")) not in ("", "-", "–") and not is_error(text):
            what = say("the budget {text} is no amount in đồng", text=f"“{text[:80]}”")
            self._account.problems.append(problem_in(row, "budget", what, say("it is not imported"), is_error=False))
        return attrs.evolve(row, due=deadlines.of(row, item) if row.deadline else None)

    def _missing(self, row: AppendixRow, item: Item) -> Iterator[Problem]:
        """What an activity has to have and has not."""
        say, to_do, unclear = (
            self._say,
            self._say("fill the cell in, or leave the row out"),
            item.line.table.headings.unclear,
        )
        if "title" in unclear:  # which column it is, is asked
            return
        section = next((s for s in reversed(item.path) if s.lead or s.deadline), None)
        if not row.title:
            yield problem_in(row, "title", say("the activity has no title"), to_do)
        for field, given, of_section, what in (
            (
                "lead",
                row.leads or row.has_no_lead,
                section.lead if section else "",
                say("the activity has no lead agency"),
            ),
            ("deadline", row.deadline, section.deadline if section else "", say("the activity has no deadline")),
        ):
            if given or field in unclear:
                continue
            place = row.columns.get(field)
            ask = f"cells:{row.sheet}!{cell_name(row.number - 1, place)}" if place is not None else ""
            if of_section:
                what = say("{what}, and its title has {text}", what=what, text=f"“{of_section[:80]}”")
            yield problem_in(row, field, what, to_do, ask=ask, choices=(of_section,) if of_section and ask else ())

    def _restarting_codes(self, rows: Iterable[AppendixRow]) -> Set[str]:
        """The codes that begin anew in each domain, as 1.1: these are no codes of the plan."""
        domains: dict[str, list[str]] = defaultdict(list)
        for row in rows:
            if row.has_own_code:
                domains[row.code].append(row.domain)
        return {code for code, those in domains.items() if 1 < len(those) == len(set(those))}

    def _check_codes(self, rows: Sequence[AppendixRow], restarting: Set[str]) -> None:
        """Each code of the file's own stands once, if codes do not begin anew in each domain."""
        first: dict[str, AppendixRow] = {}
        for row in rows:
            if (
                row.has_own_code
                and row.code not in restarting
                and (other := first.setdefault(row.code, row)) is not row
            ):
                what = self._say("the code {code} stands in row {row} too", code=row.code, row=other.row)
                self._account.problems.append(
                    problem_in(row, "code", what, self._say("give each activity a code of its own"))
                )
        if restarting:
            row = next(row for row in rows if row.code in restarting)
            what = self._say("the codes begin anew in each domain, as {code}", code=row.code)
            self._account.problems.append(
                problem_in(row, "code", what, self._say("each activity is given a code of its own"), is_error=False)
            )

    def _check_twins(self, rows: Sequence[AppendixRow]) -> None:
        """Rows that say the same are told."""
        seen: dict[tuple[object, ...], AppendixRow] = {}
        for row in rows:
            other = seen.setdefault(
                (row.domain, folded(row.title), row.leads, plain(row.deadline), plain(row.output)), row
            )
            if other is not row and row.title and not row.has_own_code:
                what = self._say("the row says the same as row {row}", row=other.number)
                self._account.problems.append(
                    problem_in(row, "title", what, self._say("leave one out, if it is one task"), is_error=False)
                )


def field_label(field: str, say: Language) -> str:
    """What a field is called."""
    return {
        "code": say("Code"),
        "domain": say("Domain"),
        "group": say("Group"),
        "title": say("Activity"),
        "output": say("Output"),
        "lead": say("Lead agency"),
        "supporting": say("Supporting agencies"),
        "deadline": say("Deadline"),
        "budget": say("Budget"),
        "note": say("Note"),
        "unit": say("Unit"),
        "target": say("Target"),
        "baseline": say("Previous figure"),
        "period": say("Period"),
    }.get(field, field)


def signs_in(account: Account, tables: Iterable[Sequence[Item]], field: str) -> dict[int, str]:
    """The decimal sign of each table's amounts, where that was said; where it is not clear, it is asked."""
    signs, say = {}, account.say
    for items in tables:
        line = items[0].line
        sheet, letter = line.table.sheet, line.cell(field).rstrip("0123456789")
        key = f"{sheet.name}!{letter}"
        signs[id(line.table)] = account.answers.amounts.get(key, "")
        place = line.table.headings.columns.get(field, -1)
        cells = {item.line: row[place] for item in items if 0 <= place < len(row := sheet.rows[item.line.number])}
        if key not in account.answers.amounts and (text := is_unclear_amount(cells.values())):
            at = next(line for line, cell in cells.items() if text in text_of(cell))
            what = say(
                "the amount {text} may be two figures: beside it are amounts written in another way", text=f"“{text}”"
            )
            to_do = say("say whether “,” or “.” is the decimal sign of the column")
            account.ask(sheet.name, at.cell(field), what, to_do, f"amounts:{key}", (",", "."))
    return signs


def by_table(items: Iterable[Item]) -> Collection[Sequence[Item]]:
    """The tasks of each table."""
    found: dict[int, list[Item]] = defaultdict(list)
    for item in items:
        found[id(item.line.table)].append(item)
    return found.values()


def _own_code(line: Line, place: int) -> str:
    """
    The code that stands in a row; empty when it is a running number, or none.

    A number cell 1.1 is 1.10 where the tenth activity stands: Excel keeps no zeros at the end of a number.
    """
    at = line.table.headings.columns.get("code", -1)
    row = line.table.sheet.rows[line.number]
    cell = row[at] if 0 <= at < len(row) else None
    if isinstance(cell, float) and cell == cell and abs(cell) != float("inf") and not cell.is_integer():
        tried = (f"{int(cell)}.{place}", f"{int(cell)}.{place:02}")
        return next((code for code in tried if float(code) == cell), str(cell) if _CODE.fullmatch(str(cell)) else "")
    text = line.get.get("code", "").rstrip(".")
    is_code = _CODE.fullmatch(text) and (line.table.headings.has_codes or not text.isalnum())
    return text if is_code else ""


_CODE = re.compile(r"[0-9A-Za-z]+(?:[._-][0-9A-Za-z]+)*")


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
    places, roles = headings.places("tick", "quarter", "month", "year", "day"), headings.places("role")
    found = {"deadline": places[0]} if places and "deadline" not in headings.columns else {}
    return found | (dict.fromkeys(("lead", "supporting"), roles[0]) if roles else {})


def _as_list(text: str) -> str:
    """A text as a list of agencies, wherever it may be parted."""
    return "; ".join(filter(None, (one_line(part) for part in re.split(r"[,;/\n]| và | - ", text))))
