"""Which sheets of a file are imported, and which tables of them."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import attrs

from reformtrack.domain.wording import folded
from reformtrack.exchange.appendix.account import Account
from reformtrack.exchange.appendix.agencies import is_alone
from reformtrack.exchange.appendix.finding import DraftSheet
from reformtrack.exchange.appendix.headings import (
    Headings,
    find_headings,
    is_at_any_time,
    is_word,
    own_texts,
    with_roles,
    with_states,
)
from reformtrack.exchange.appendix.lines import Number, numbered, parted, text_of
from reformtrack.exchange.appendix.rows import LEVELS, PAGE, Section, Table, are_alike, has_sections, may_sign, texts_in
from reformtrack.exchange.appendix.sheets import Cell, Sheet
from reformtrack.exchange.appendix.vocabulary import period_of, years_in
from reformtrack.language import Language

TITLE = re.compile(r"^(?:phu luc|bieu|danh muc|bang|\(?kem theo|\(?ban hanh|annex|appendix|table|ke hoach|mau so)\b")
"""What the title of a whole table begins with, without marks and capitals."""
_NO_DOMAIN = re.compile(
    r"(?:sheet|trang tinh|trang|bang|table|pl|phu luc|appendix|annex|data|du lieu|ke hoach|kh|nam|ban|tong hop|nhiem vu|"
    r"danh muc|bieu|final|moi|cu|year|plan|copy|v|so|s|to|word|cap nhat|chi tiet)*[\s_.()\-'0-9ivx]*"
)
_FORMER = re.compile(
    r"\b(?:cũ|nháp|dự thảo$|sao lưu|bản sao|old|draft|copy|backup|năm (?:trước|ngoái)|last year|previous)\b",
    re.IGNORECASE,
)
"""What the name of a sheet has that is not the one to go by."""
_OURS = re.compile(r"reformtrack \S+ [0-9]+(?: |$)")
_OF_PLAN = re.compile(
    r"\W*(?:(?:phu luc\W+)?[0-9ivx]{1,4}[.):]? |phu luc\W+)?(?:ke hoach|danh muc|bang|bieu|ket qua(?: thuc hien)?\b|"
    r"(?:cac )?nhiem vu|chuong trinh|tong hop)\b"
    r"(?!.*\b(?:theo|kem|quyet dinh|nghi quyet|nghi dinh|de an|thang|tong ket|chi so)\b).*\bnam 20[0-9]{2}\b"
)
"""The title of a plan with its year, which names no document, without marks and capitals."""
_WHOLE = re.compile(
    r"(?:\W*(?:ke hoach|danh muc|bang|bieu|phu luc|bao cao|ket qua|chuong trinh|tong hop|tong ket|cac|nhiem vu|giai phap|"
    r"trong tam|chu yeu|cu the|cong tac|cai cach hanh chinh|cchc|thuc hien|trien khai|da|hoan thanh|phan cong|va|cua|so|"
    r"[0-9ivx]{1,4}|[a-h])\b)*?\W*(?:(?:tinh|thanh pho|xa|phuong|huyen|ubnd)(?: [^\W0-9]+){0,4} )?(?:trong )?nam 20[0-9]{2}"
    r"(?: (?:cua|tai|tren dia ban) [^0-9]{1,60})?\W*"
)
"""A title that has nothing but words of a whole plan or of its results, and their year, without marks and capitals."""
_PART = re.compile(
    r"\(?(?:[0-9ivx]{1,4}|[a-z])[.)/:–-]+ (?!ket qua|bao cao|tong ket|tinh hinh|danh gia)|.*[.:;]$", re.DOTALL
)
"""A numbered title that is not of results, or a sentence, without marks and capitals: its year is not the table's year."""
_NO_YEAR = re.compile(
    r"\bthang\b|\bchuyen (?:tiep|sang)|\btiep tuc\b|\bkeo dai\b|\b(?:con|ton) (?:lai|dong)\b|\bchua (?:hoan thanh|thuc hien)|"
    r"\b(?:kem )?theo\b|\bcan cu\b|\b(?:nghi quyet|nghi dinh|quyet dinh|chi thi|thong tu|luat|so voi)\b"
)
"""What a title has, without marks and capitals, whose year is that of a document, or where what stands below it began."""
_END_OF_YEAR = re.compile(r"(?<![0-9])[0-9]{2}$")
_YEAR_ALONE = re.compile(r"(?<![0-9/.–-])(?<![–-] )(20[0-9]{2})(?![0-9/]| ?[–-] ?[0-9])")
"""A year that is no part of a date, of a number or of a period of years."""
_YEAR = re.compile(r"(?<![0-9/])(20[0-9]{2})(?![0-9])")


def heads_numbers(own: Mapping[int, str]) -> bool:
    """Whether a row begins with the heading of running numbers."""
    return re.fullmatch(r"(?:s\.?|so )?t\.?t\.?|so thu tu|no\.?", folded(own[min(own)])) is not None


@attrs.frozen
class LeftTable:
    """A table that is left out."""

    rows: range
    first: int
    """The row of its headings."""
    year: int
    """The past year that it is of; 0 where it has something else than activities."""
    is_sure: bool
    """Whether it has the title of a plan or its results, and another table that of the plan's year."""


class Choice:
    """
    Finds the tables of a file, and chooses those that are imported.

    Args:
        account: where what is left out is told, and what is unclear is asked.
    """

    def __init__(self, account: Account) -> None:
        self._account, self._say, self._answers = account, account.say, account.answers.sheets
        columns = account.answers.columns
        self._headed = {folded(name): column for name, column in columns.items()}
        self._headed |= {name: column for name, column in columns.items() if "!" in name}
        self.sheets: list[DraftSheet] = []
        """What each sheet was taken for."""
        self.left_tables: dict[str, list[LeftTable]] = defaultdict(list)
        """By sheet, its tables that are left out."""
        self.passed: set[tuple[str, int]] = set()
        """The rows that head another table, whose rows are taken for those of the table above."""

    def may_be_read(self, sheet: Sheet) -> bool:
        """Whether a sheet may have a table; one that is hidden, or that reformtrack made for something else, is named."""
        say, first = self._say, next((text_of(cell) for row in sheet.rows for cell in row if text_of(cell)), "")
        if sheet.is_hidden:
            self.sheets.append(DraftSheet(name=sheet.name, is_taken=False, why=say("it is hidden")))
            return False
        if self._answers.get(sheet.name, self._answers.get("*")) in ("leave", "withdraw"):
            self.leave_sheet(sheet, say("it is left out"), quiet=True)
            return False
        if _OURS.match(first):
            what = say("this is the workbook that was sent to an agency, and no appendix")
            to_do = say("import it as the updates of an agency")
        elif any(_is_of_annex(row) for row in sheet.rows[:6]):
            what = say("this is the annex of a report, and no appendix")
            to_do = say("import the appendix itself: the plan has it as a workbook")
        else:
            return True
        self.leave_sheet(sheet, what, quiet=True)
        self._account.ask((sheet.name, ""), what, to_do)
        return False

    def leave_sheet(self, sheet: Sheet, why: str, quiet: bool = False) -> None:
        """Leave a sheet out, and say so."""
        self.sheets.append(DraftSheet(name=sheet.name, is_taken=False, why=why))
        for number in range(len(sheet.rows)):
            self._account.put(sheet, number, "left")
        if not quiet and sheet.rows:
            what = self._say("the sheet is not imported: {why}", why=why)
            self._account.tell((sheet.name, ""), what, self._say("nothing, unless it has activities of the plan"))

    def tables(self, sheet: Sheet, guess: bool = False) -> list[Table]:
        """The tables of a sheet, from the top."""
        begun: list[tuple[int, list[int], Headings | None, int]] = []
        before: Headings | None = None
        number = begin = 0
        is_left = False
        while number < len(sheet.rows):
            guesses = guess and not begun
            found = find_headings(sheet, number, self._headed, before, guess=guesses, of=self._account.of)
            answer = self._account.answers.rows.get(f"{sheet.name}!{number + 1}")
            heads = found is None and before is not None and self._heads_another(sheet, number, begin, before)
            if heads and answer == "take":
                self.passed.add((sheet.name, number))
            if answer == "activity" or (found is None and (not heads or answer == "take")):
                number += 1
                continue
            year = self._past_year(sheet, number, begin)
            titles = _titles_above(sheet, number, found, begin, before, is_left or found is None or year > 0)
            if found and is_left and before and found.key == before.key and not year and not _titles(sheet, titles):
                year = begun[-1][3]  # its headings are repeated on another page
            begun.append((number, titles, found, year))
            before, is_left = found or before, found is None or year > 0
            number = begin = found.end if found else number + 1
        present = [titles for _, titles, found, year in begun if found and not year]
        is_named = any(self._account.year in _years_above(sheet, titles) for titles in present)
        tables: list[Table] = []
        self.left_tables.pop(sheet.name, None)
        ends = [min((number, *titles)) for number, titles, _, _ in begun[1:]]
        for (number, titles, found, year), end in zip(begun, (*ends, len(sheet.rows)), strict=False):
            is_taken = not (year and present) or self._account.answers.rows.get(f"{sheet.name}!{number + 1}") == "take"
            left, texts = self.left_tables[sheet.name], _titles(sheet, titles)
            if found and is_taken:
                tables.append(Table(sheet, found, end, tuple(titles)))
            elif found and left and left[-1].year == year and not texts:
                left[-1] = attrs.evolve(left[-1], rows=range(left[-1].rows.start, end))
            else:
                is_sure = is_named and any(map(_is_of_year, texts))
                left.append(LeftTable(range(min((number, *titles)), end), number, year, is_sure))
        return [
            attrs.evolve(t, headings=with_states(sheet, with_roles(sheet, t.headings, t.end), t.end, self._headed))
            for t in tables
        ]

    def _heads_another(self, sheet: Sheet, number: int, begin: int, before: Headings) -> bool:
        """Whether a row below a table heads another one, of something else."""
        own = own_texts(sheet, number)
        if len(own) < 2 or not all(is_word(sheet.rows[number][place], text) for place, text in own.items()):
            return False
        at, is_said = before.columns.get("code", -1), any(map(self._is_no_heading, [*own.values()][1:]))
        if heads_numbers(own) and (at in own or not is_said):
            return True
        # Without the heading of numbers, a text that stands where the rows above have numbers.
        rows = [own_texts(sheet, row) for row in range(max(begin, number - 50), number)]
        is_apart = number in sheet.begins or not rows or len(rows[-1]) < 2
        forms = [numbered(row.get(at, "")).form for row in rows if len(row) > 2]
        first = own.get(at, "")
        is_text = numbered(first).form == "other" and not any(sign.isdigit() for sign in first)
        return len(own) > 2 and is_apart and is_text and not is_said and 2 * forms.count("number") > len(forms)

    def _is_no_heading(self, text: str) -> bool:
        says_when = self._account.reads(text) or is_at_any_time(text)
        return says_when or may_sign(text) is not None or is_alone(text)

    def _past_year(self, sheet: Sheet, number: int, begin: int) -> int:
        """The year before the plan's that the title above a row names, 0 for none; what is carried over is the plan's."""
        first = self._account.days[0].year if self._account.days else self._account.year
        years = _years_above(sheet, _single_above(sheet, number, begin)) if self._account.chooses_year else set()
        return years.pop() if len(years) == 1 and max(years) < first else 0

    def chosen(self, sheets: Sequence[Sheet], tables: Mapping[str, Sequence[Table]]) -> Iterator[str]:
        """The sheets that are imported; of several with one content, or of several years, the one that is meant, else asked."""
        say, plan_year = self._say, self._account.year
        years = {sheet.name: year for sheet in sheets if (year := _year_of(sheet, tables[sheet.name]))}
        is_named = plan_year in years.values()
        other_years = {name for name, year in years.items() if is_named and year != plan_year}
        titles = {sheet.name: texts_in(tables[sheet.name], "title", least=3) for sheet in sheets}
        for sheet in sheets:
            name, why = sheet.name, ""
            if self._answers.get(name) not in ("take", "replace"):
                others = (other for other in titles if other != name and other not in other_years)
                alike = next((other for other in others if are_alike(titles[name], titles[other])), None)
                if self._account.chooses_year and name in other_years:
                    why = say("it is of the year {year}", year=years[name])
                    if _YEAR.search(name) or any(map(_is_of_year, _titles(sheet, tables[name][0].titles))):
                        self.leave_sheet(sheet, why)
                        continue
                elif len(set(years.values())) > 1 and name in years and not is_named:
                    why = say("the sheets are of several years, and none of the plan's")
                elif _END_OF_YEAR.findall(name) == [f"{(plan_year - 1) % 100:02}"] and any(
                    other.name.endswith(f"{plan_year % 100:02}") for other in sheets
                ):
                    why = say("it is of the year {year}", year=plan_year - 1)
                elif not is_named and (titled := _titled(tables[name])) and not any(map(self._may_be_of, titled)):
                    why = say("it is of the year {year}", year=titled[0])
                elif len(sheets) > 1 and _FORMER.search(name.replace("_", " ")):
                    why = say("its name says that another sheet stands in its place")
                elif alike is not None:
                    why = say("it has the same activities as the sheet {other}", other=f"“{alike}”")
            if why:
                to_do = say("say which sheet is imported, and which is left out")
                self._account.ask((name, ""), why, to_do, f"sheets:{name}", ("take", "leave"))
            yield name

    def _may_be_of(self, year: int) -> bool:
        """Whether a year is one of the plan's, or the plan's are not known."""
        first, last = self._account.days or (date(self._account.year, 1, 1),) * 2
        return not self._account.chooses_year or first.year <= year <= last.year


def _is_of_annex(row: Sequence[Cell]) -> bool:
    """Whether a row has the headings of the annex of a report, in either language."""
    texts = set(map(text_of, row))
    labels = ("Due day", "Timeliness", "Reported complete on")
    return any(texts >= set(map(say, labels)) for say in (Language("vi"), Language("en")))


def _titles_above(
    sheet: Sheet, first: int, found: Headings | None, begin: int, before: Headings | None, is_new: bool
) -> list[int]:
    """
    The rows above a table's headings that are its title, and no part of the table before it.

    Args:
        is_new: whether it is surely no part of that: one of both is left out.
    """
    titles: list[int] = []
    for number in range(first - 1, begin - 1, -1):
        own = own_texts(sheet, number)
        if before is not None:
            text = next(iter(own.values()), "")
            section = parted(text)
            if len(own) > 1 or (section and section[0].form in LEVELS and not is_new):
                break
            if own and (min(own) > (found or before).columns.get("title", 0) or text[:1].islower()):
                break  # the rest of a row that a page cuts
        titles.append(number)
    texts = [folded(text) for number in titles for text in own_texts(sheet, number).values()]
    is_same = found is not None and before is not None and before.key == found.key and not is_new
    if is_same and not any(TITLE.match(t) or PAGE.fullmatch(t) for t in texts):
        return []  # the headings are repeated on another page: what stands above them is a part of the table
    return sorted(titles)


def _single_above(sheet: Sheet, first: int, begin: int) -> Iterator[int]:
    """The rows directly above another that have one text or none."""
    for number in range(first - 1, begin - 1, -1):
        if len(own_texts(sheet, number)) > 1:
            return
        yield number


def _years_above(sheet: Sheet, titles: Iterable[int]) -> set[int]:
    """The years in the titles of a table, but for those that say what goes on in another year, and for dates."""
    named = (
        text
        for text in _titles(sheet, titles)
        if _WHOLE.fullmatch(text) or not (_PART.match(text) or _NO_YEAR.search(text))
    )
    return {int(year) for text in named for year in _YEAR_ALONE.findall(text)}


def _titles(sheet: Sheet, titles: Iterable[int]) -> list[str]:
    """The texts of rows above a table, but for the numbers of pages, without marks and capitals."""
    texts = (folded(text[:300]) for number in titles for text in own_texts(sheet, number).values())
    return [text for text in texts if not PAGE.fullmatch(text)]


def _is_of_year(title: str) -> bool:
    """Whether a title is that of the plan of a year, or of its results; one of a domain has a number of its own."""
    number = re.match(r"\W*(?:[0-9ivx]{1,4}|[a-z])[.)/:–-]+ ?", title)
    is_one = title[number.end() :].startswith("ket qua") if number else _OF_PLAN.match(title) is not None
    return is_one and _WHOLE.fullmatch(title) is not None


def _year_of(sheet: Sheet, tables: Sequence[Table]) -> int:
    """The year that a sheet's name has, else its title."""
    if found := _YEAR.findall(sheet.name):
        return int(found[-1]) if len(set(found)) == 1 else 0
    named = _years_above(sheet, tables[0].titles)
    return named.pop() if len(named) == 1 else 0


def _titled(tables: Sequence[Table]) -> list[int]:
    """The years in the title of a plan that stands above a sheet's first table."""
    titles = (folded(text[:300]) for text in tables[0].above)
    return [int(year) for title in titles if _OF_PLAN.match(title) for year in years_in(title)]


def _is_agency(title: str, tables: Sequence[Table]) -> bool:
    """Whether a sheet is called as the leads in it are, or by their first letters."""
    leads = texts_in(tables, "lead")
    return bool({folded(title)} & {*leads, *("".join(word[0] for word in lead.split()) for lead in leads)})


def domains_by_sheet(sheets: Sequence[Sheet], tables: Mapping[str, Sequence[Table]]) -> dict[str, tuple[Section, ...]]:
    """By sheet, the domain that its name is, where each sheet is one domain."""
    if len(sheets) < 2:
        return {}
    found: dict[str, tuple[Section, ...]] = {}
    for sheet in sheets:
        both = parted(sheet.name) or (Number("none", ""), re.sub(r"^[0-9IVX]+[ _-]+", "", sheet.name))
        title = both[1].strip()
        is_divided = any("domain" in t.headings.columns or has_sections(t) for t in tables[sheet.name])
        is_part = period_of(title, "") or _is_agency(title, tables[sheet.name])
        if is_divided or not title or is_part or _NO_DOMAIN.fullmatch(folded(title)):
            return {}
        found[sheet.name] = (Section(Number("named", both[0].printed), title, None),)
    return found
