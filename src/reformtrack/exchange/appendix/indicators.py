"""A draft of a table of indicators: its sheets, columns, rows and answers are those of an appendix, its fields others."""

import re
from collections.abc import Container, Mapping, Sequence
from datetime import date
from decimal import Decimal

import attrs

from reformtrack.domain.deadline import Deadline
from reformtrack.domain.errors import InvalidField
from reformtrack.domain.indicator import Bound, IndicatorKind
from reformtrack.domain.texts import one_line
from reformtrack.domain.wording import folded, is_nothing
from reformtrack.exchange.appendix.account import Account
from reformtrack.exchange.appendix.budgets import signs_in
from reformtrack.exchange.appendix.finding import Answers, Draft, EarlierFigure, IndicatorRow
from reformtrack.exchange.appendix.finishing import by_table
from reformtrack.exchange.appendix.lines import exact, is_error, number_in, plain, quoted, text_of
from reformtrack.exchange.appendix.reading import Reader
from reformtrack.exchange.appendix.row_kinds import RowKinds
from reformtrack.exchange.appendix.rows import TITLES, Item, Line, is_about_the_table, is_child
from reformtrack.exchange.appendix.sheets import Percent, Sheet
from reformtrack.exchange.appendix.vocabulary import INDICATORS, field_label
from reformtrack.language import Language

_FIGURE = re.compile(
    r"(?P<before>\D*?)\s*(?P<number>\d[\d., \u00a0]*\d|\d)\s*(?P<unit>\D*?)\s*"
    r"(?P<after>\(?(?:trở lên|trở xuống|or more|or less)\)?)?",
    re.IGNORECASE,
)
_RATIO = re.compile(r"(?P<part>\d[\d.]*)\s*/\s*(?P<whole>\d[\d.]*)\s*(?P<rest>\D.*)?", re.DOTALL)
_BOUNDS: Mapping[str, Bound] = {
    **dict.fromkeys((">", "tren", "dat tren", "hon", "over", "above", "more than"), Bound.ABOVE),
    **dict.fromkeys(
        ("≥", ">=", "toi thieu", "it nhat", "dat toi thieu", "dat it nhat", "tu", "dat tu", "at least", "min", "tro len",
         "or more"),
        Bound.AT_LEAST,
    ),
    **dict.fromkeys(("<", "duoi", "below", "under", "less than"), Bound.BELOW),
    **dict.fromkeys(
        ("≤", "<=", "toi da", "khong qua", "khong vuot qua", "at most", "max", "tro xuong", "or less"),
        Bound.AT_MOST,
    ),
}  # fmt: skip
_EXACT = ("", "dat", "=")
_MEASURED = re.compile(
    r"%|phan tram|ty le|diem|dong|vnd|usd|ngay|gio|phut|thang|lan|km|ha|m2|kg|tan|bac|hang|index|score|percent"
)
"""Units of which there are parts; of any other, things are counted."""
_WHEN = re.compile(
    r"(?:\d{1,2} tháng(?: đầu năm| cuối năm)?|quý (?:iv|i{1,3}|[1-4])|tháng \d{1,2}|\d{1,2}/\d{1,2}(?=/)|)"
    r"[ /]*(?:năm )?20\d{2}",
    re.IGNORECASE,
)
_LAST_YEAR = re.compile(r"nam truoc|last year|previous year|nam lien truoc")
_AMONG = re.compile(r"(?:trong do|gom|bao gom|of which)\b[ :]*")


def find_indicators(
    sheets: Sequence[Sheet],
    say: Language,
    *,
    year: int,
    days: tuple[date, date] | None = None,
    answers: Answers | None = None,
) -> Draft:
    """
    The draft of the sheets of a file with indicators: what `find_appendix` is for activities.

    Args:
        sheets, year, days, answers: as of `find_appendix`.
    """
    last = days[1].year if days else year
    account = Account(say, year, answers, of=attrs.evolve(INDICATORS, years=(year, last)))
    reader = Reader(account, kinds=_RowKinds)
    reader.read(sheets)
    return reader.draft(sheets, _Finisher(account, reader.built.left).rows(reader.built.items))


class _RowKinds(RowKinds):
    """Says what each row of a table of indicators is."""

    def kind(self, line: Line, after: Line | None, is_below: bool) -> str:
        mark, has_figure = line.mark, any(line.get.get(field) for field in ("target", "baseline", "unit"))
        self.is_over |= line.number >= self.signed
        if self.is_over:
            return "unclear" if has_figure and mark.form == "number" else "over"
        if is_about_the_table(line) and not has_figure:
            return "remark"
        if not has_figure and _AMONG.fullmatch(folded(line.head)):
            return "note"
        if not line.head or (line.is_merged("title") and not line.has("title")):
            return "unclear"
        if has_figure:
            return "activity"
        is_titled = line.is_emphatic or line.is_bold or mark.form in TITLES
        if after is not None and (is_titled or is_child(after.mark, mark)):
            return "domain"
        if is_below and mark.form in ("none", "dash"):
            return "below"
        return "activity" if mark.form == "number" and len(line.own) > 2 else "unclear"


@attrs.frozen(kw_only=True)
class _Figure:
    """What a text says, if it says one number."""

    value: Decimal | None = None
    part: int | None = None
    whole: int | None = None
    bound: Bound | None = None
    unit: str = ""


class _Finisher:
    """Makes indicators of what was read."""

    def __init__(self, account: Account, left: Container[str]) -> None:
        self._account, self._say, self._left = account, account.say, left

    def rows(self, items: Sequence[Item]) -> list[IndicatorRow]:
        """The indicators, in the order of the file; each name stands once under its title."""
        tables = by_table(sorted(items, key=lambda item: item.line.row in self._left))
        signs = {field: signs_in(self._account, tables, field) for field in ("target", "baseline")}
        parents: list[Item] = []
        found: list[IndicatorRow] = []
        seen: dict[tuple[str, str], IndicatorRow] = {}
        for item in items:
            while parents and not (parents[0].path == item.path and _stands_under(item.line, parents[-1].line)):
                parents.pop()
            row = self._row(item, parents, {field: of[id(item.line.table)] for field, of in signs.items()})
            parents.append(item)
            if row.row in self._left:
                continue
            if (other := seen.setdefault((folded(row.group), folded(row.title)), row)) is not row:
                what = self._say("the row has the same name as row {row}", row=other.number)
                to_do = self._say("give each indicator a name of its own, or leave one out")
                self._account.ask(row.at("title"), what, to_do)
            found.append(row)
        return found

    def _row(self, item: Item, parents: Sequence[Item], signs: Mapping[str, str]) -> IndicatorRow:
        line, get, say, headings = item.line, item.get, self._say, item.line.headings
        titles = [*(section.title for section in item.path), *map(_title, parents), get.get("group", "")]
        row = IndicatorRow(
            sheet=line.sheet.name,
            number=line.number + 1,
            columns=headings.columns,
            code=get.get("code", "") if headings.has_codes else "",
            group=" – ".join(plain(title) for title in titles if title),
            title=_title(item),
            unit=one_line(get.get("unit", "")),
            kind=IndicatorKind.TEXT,
            host_fields=_kept(item),
        )
        texts = {field: get.get(field, "") for field in ("target", "baseline")}
        texts = {field: text for field, text in texts.items() if text and not is_nothing(text) and not is_error(text)}
        figures = {field: self._figure(row, item, field, text, signs[field]) for field, text in texts.items()}
        target, baseline = figures.get("target"), figures.get("baseline")
        if "target" not in figures and "target" not in headings.unclear:
            self._ask(row, "target", say("the indicator has no target"), say("fill the cell in, or leave the row out"))
        unit = row.unit or next((f.unit for f in (target, baseline) if f and f.unit), "") or _unit_of_title(row.title)
        if not unit and (target or baseline) and "unit" not in headings.unclear:
            self._ask(row, "unit", say("the indicator has no unit"), say("write its unit, as %, hồ sơ or ngày"))
        row = attrs.evolve(row, unit=unit, kind=_kind(unit, target, baseline), target=target.value if target else None)
        if get.get("target") and (target is None or target.bound is not None):
            row = attrs.evolve(row, host_fields={_heading(line, "target"): plain(get["target"]), **row.host_fields})
        earlier = self._baseline(row, item, baseline) if "baseline" in figures else None
        if "baseline" in figures and earlier is None:
            row = attrs.evolve(row, host_fields={_heading(line, "baseline"): plain(get["baseline"]), **row.host_fields})
        return attrs.evolve(row, baseline=earlier)

    def _figure(self, row: IndicatorRow, item: Item, field: str, text: str, sign: str) -> _Figure | None:
        """The number of a cell; none, and a note or a question, where it is none or may be two."""
        say, shown, cell = self._say, quoted(text), item.line.raw(field)
        found = _figure_of(text, sign, allows_ratio=field == "baseline")
        if text == text_of(cell) and isinstance(cell, int | float):
            sign = "%" if isinstance(cell, Percent) else ""
            found = _Figure(value=exact(100 * cell if sign else cell), unit=sign)
        if found is None:
            what = say("{field} {text} is no number", field=field_label(field, say), text=shown)
            self._account.tell(row.at(field), what, say("it is kept as text"))
            return None
        is_percent = "%" in (row.unit or found.unit or _unit_of_title(row.title))
        if is_percent and "%" not in found.unit and found.value is not None and 0 < found.value <= 1:
            percent = exact(100 * found.value)
            what = say("{text} of a percentage may be {percent}%", text=shown, percent=percent)
            bound = f"{found.bound.value} " if found.bound else ""
            self._ask(row, field, what, say("write it with its sign"), (f"{bound}{percent}%", f"{text}%"))
        elif is_percent and found.value is not None and found.value >= 1_000:
            what = say("{text} is more than any percentage", text=shown)
            self._ask(row, field, what, say("write it with its sign"))
        elif found.unit and row.unit and folded(found.unit) not in folded(row.unit):
            what = say("{text} has another unit than its row, {unit}", text=shown, unit=f"“{row.unit}”")
            self._ask(row, field, what, say("write the figure in the unit of the row"))
        return found

    def _ask(self, row: IndicatorRow, field: str, what: str, to_do: str, choices: Sequence[str] = ()) -> None:
        self._account.ask(row.at(field), what, to_do, row.key(field), choices)

    def _baseline(self, row: IndicatorRow, item: Item, figure: _Figure | None) -> EarlierFigure | None:
        """The earlier figure as a reading of the day that its heading names; a text alone where the indicator has none."""
        heading = _heading(item.line, "baseline")
        when = self._when(row, heading)
        if when is None or (figure is None and row.kind is not IndicatorKind.TEXT):
            return None
        known = attrs.asdict(figure, filter=lambda field, _: field.name != "unit") if figure else {}
        return EarlierFigure(text=plain(item.get["baseline"]), as_of=when[0], period=when[1], heading=heading, **known)

    def _when(self, row: IndicatorRow, heading: str) -> tuple[date, str] | None:
        """The last day, and the name, of the period of a heading; none, and a question, where it names none."""
        say, account, key = self._say, self._account, f"deadlines:{heading}"
        text = account.answers.deadlines.get(heading) or next(
            (found[0].strip() for found in _WHEN.finditer(heading)), ""
        )
        if not text and _LAST_YEAR.search(folded(heading)):
            text = str(account.year - 1)
        try:
            days = Deadline.entered(text, account.year - 1).days if text else ()
        except InvalidField:
            days = ()
        if days and max(days) < date(account.year, 12, 31):
            return max(days), re.sub(r"^năm ", "", text.strip(), flags=re.IGNORECASE)
        if row.row not in self._left and all(problem.ask != key for problem in account.problems):
            what = say("the column {heading} does not say of when its figures are", heading=f"“{heading}”")
            account.ask(row.at("baseline"), what, say("write the year or the day, as 2024 or 31/12/2024"), key)
        return None


def _kept(item: Item) -> dict[str, str]:
    """What a definition has no field for: the lead, the period, the note, and the other columns."""
    get, fields = item.get, ("period", "lead")
    kept = {_heading(item.line, field): plain(get[field]) for field in fields if get.get(field)}
    return {**kept, **({"note": get["note"]} if get.get("note") else {}), **item.custom}


def _stands_under(line: Line, above: Line) -> bool:
    """Whether a row is a part of an indicator above: 1.1 of 1, a) and a dash of a number."""
    mark, other = line.mark, above.mark
    if mark.form == "number":
        return other.form == "number" and mark.printed.startswith(f"{other.printed}.")
    return mark.form in ("lower", "dash") and (other.form == "number" or (other.form, mark.form) == ("lower", "dash"))


def _title(item: Item) -> str:
    return plain(re.sub(r"^[-–+•*]\s*", "", item.line.head or item.get.get("title", "")))


def _heading(line: Line, field: str) -> str:
    headings = line.table.headings
    return one_line(headings.all[headings.columns[field]].text)[:100]


def _figure_of(text: str, sign: str, *, allows_ratio: bool) -> _Figure | None:
    """
    The one number of a text, with its bound and unit.

    >>> _figure_of("≥ 95,5%", "", allows_ratio=False)
    _Figure(value=Decimal('95.5'), part=None, whole=None, bound=<Bound.AT_LEAST: '≥'>, unit='%')
    >>> _figure_of("538/2.107 hồ sơ", "", allows_ratio=True).part, _figure_of("90-95%", "", allows_ratio=True)
    (538, None)
    """
    bare = plain(text)
    if allows_ratio and (ratio := _RATIO.fullmatch(bare)):
        part, whole = (number_in(ratio[name], sign) for name in ("part", "whole"))
        if part is not None and whole and part <= whole and part == int(part) and whole == int(whole):
            return _Figure(part=int(part), whole=int(whole), unit=re.sub(r"\(.*", "", ratio["rest"] or "").strip())
        return None
    match = _FIGURE.fullmatch(bare)
    value = number_in(match["number"], sign) if match else None
    if match is None or value is None:
        return None
    before, after = folded(match["before"]).strip(" :"), folded(match["after"] or "").strip("()")
    if before not in _EXACT and before not in _BOUNDS:
        return None
    bound = _BOUNDS.get(after) or _BOUNDS.get(before)
    return _Figure(value=exact(value), bound=bound, unit=match["unit"].strip(" .;"))


def _unit_of_title(title: str) -> str:
    """The unit in brackets at the end of a name: "(%)", "(triệu đồng)"."""
    match = re.search(r"\(([^()]{1,20})\)$", title)
    return match[1].strip() if match and _MEASURED.search(folded(match[1])) else ""


def _kind(unit: str, target: _Figure | None, baseline: _Figure | None) -> IndicatorKind:
    """The form of an indicator's readings."""
    values = [figure.value for figure in (target, baseline) if figure and figure.value is not None]
    if baseline is not None and baseline.part is not None:
        return IndicatorKind.RATIO
    if baseline is not None and baseline.bound is not None:
        return IndicatorKind.BOUND
    if _MEASURED.search(folded(unit)) or any(value != value.to_integral_value() for value in values):
        return IndicatorKind.AMOUNT
    return IndicatorKind.COUNT if values or unit else IndicatorKind.TEXT
