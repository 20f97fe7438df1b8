"""What the cells of an appendix say: texts, numbers before sections, amounts of money, marks that repeat the row above."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Literal

import attrs

from reformtrack.domain.texts import name_key
from reformtrack.domain.wording import day, folded, is_nothing
from reformtrack.exchange.appendix.sheet_reader.cells import NOT_SHOWN, cell_name
from reformtrack.exchange.appendix.sheets import Cell, Percent, Sheet
from reformtrack.language import Language

_ERROR = re.compile(
    r"#(?:REF!|N/A|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|BUSY!|UNKNOWN!|PYTHON!|GETTING_DATA|SHOWN!)"
    r"|Err:\d{3}"
)
"""What Excel and LibreOffice write where a formula has no value."""
_AMOUNT = re.compile(
    r"(?P<whole>\d{1,3}(?:\.\d{3})+|\d+)(?:,(?P<part>\d+))?|(?P<english>\d{1,3}(?:,\d{3}){2,}|\d{1,3}(?:,\d{3})+\.\d+|\d+\.\d+)"
)
_THOUSANDS = re.compile(r"\d{1,3}([.,])\d{3}")
"""An amount that is read in two ways: 1,250 is 1.25 to one and 1250 to another."""
_UNITS = {"billions": 10**9, "millions": 10**6, "thousands": 10**3, "ones": 1}
_TIMES = {"chuc": 10, "tram": 100, "nghin": 1_000, "ngan": 1_000}
_BOTH_UNITS = re.compile(r"([0-9.,]+ ?(?:ty|ti)),? ([0-9.,]+ ?(?:trieu|tr)(?: dong)?)")
"""An amount in two units, as 1 tỷ 200 triệu, without marks."""
_UNIT = re.compile(
    r"(?<![a-z])(?:(?P<times>chuc|tram|nghin|ngan) )?(?:"
    r"(?P<billions>(?<!cong )ty(?! (?:le|trong)(?![a-z]))|(?:(?<=[0-9])|(?<=[0-9] ))ti(?![a-z])|ti(?= dong| ?vnd)"
    r"|bn|billions?)"
    r"|(?P<millions>trieu|tr(?:[. ]{0,2}d)?|mn|mil|millions?)"
    r"|(?P<thousands>nghin|ngan(?! sach)|ng[. ]{0,2}d|thousands?)"
    r"|(?P<ones>(?<!hop )(?<!hoi )(?<!cong )dong(?! (?:bo|thoi))|vnd|d(?=\W*$)))(?![a-z])"
)
_BESIDE_AMOUNT = re.compile(r"(?P<amount>[\d.,\s]*?\d[\d.,\s]*?)\s*(?P<rest>(?:[^\d.,\s]\D*)?)$")
_FUNDS = re.compile(r"(?:(?:tu|von|nguon|ngan sach)\b|ns(?:nn|dp|tw)?\b)")
"""Where the money comes from."""
_BEHIND_UNIT = re.compile(
    r"\W*$|\W*\(|\W*/ ?0?[0-9]|"
    r"[^a-z0-9/]*(?:tu|von|nguon|ngan sach|ns[a-z]*|du kien|do|de|cho|trong|nam|chua|gom|bao gom|theo|ruoi|moi nguon)\b"
)
"""What stands behind a unit and is no word for what is counted, as "tờ rơi", nor for what each costs, as "/xã"."""
_ROUND = re.compile(r"(?<![\d.,])1((?:[., ]?000)+) ?(?:dong|vnd|d)(?![a-z])")
"""1.000 đồng, which is a unit where it heads a column."""
_MONEY = re.compile(r"\b(?:eur|euros?|usd|(?:us )?dollars?|gbp|mdl|rsd|uah|lei|leke?)\b|[€$£]")
_DITTO = re.compile(
    r"[-–( ]*(?:nt|n\.t|(?:tương tự )?như (?:dòng |mục |nhiệm vụ )?trên|nhu tren|ditto|idem|"
    r"same(?: as above)?|as above)[-–.) ]*|"
    r"[-–( ]*(?:(?:[\"″〃”“]|''|//|,,) ?){1,3}[-–) ]*",
    re.IGNORECASE,
)
_TICKS = ("x", "v", "✓", "✔", "√", "●", "•", "*", "có", "yes", "1", "☑", "☒", "þ", "ü", "■", "█", "▪")

_UNTICKED = ("", "0", "no", "☐", "□", "▢", "❑", "❏")

_ROMAN = re.compile(r"X{0,3}(?:IX|IV|V?I{0,4})")
_ROMANS = dict(enumerate(("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"), 0x2160))
_ROMANS |= {small + 0x10: roman for small, roman in _ROMANS.items()} | {0x406: "I", 0x425: "X"}
"""Signs that are, or look like, Roman numbers."""
_NAMED = re.compile(
    r"(?P<word>lĩnh vực|domain|pillar|phần|part|chương|mục tiêu|mục|nhóm nhiệm vụ|nhóm|group|section|chủ đề|"
    r"(?:(?:general|strategic|specific|operational|overall) )?(?:objective|goal|priority|direction|area)|priority area|"
    r"measure|outcome|component)\s+(?P<n>[0-9]{1,2}(?:\.[0-9]{1,2}){0,2}|[IVX]+|[A-Z]|thứ \w+)\s*(?:[:.–)-]\s*(?P<title>.+))?"
    r"|(?P<alone>lĩnh vực|domain)\s*[:–-]\s*(?P<rest>.+)",
    re.DOTALL | re.IGNORECASE,
)
_JOINED = re.compile(
    r"(?P<n>1?[VX]I*|[IVXl]+|[ivx]{2,5}(?=[.)-])|[A-ZĐ]|[0-9]{1,2}(?:\.[0-9]{1,2}){0,3}|[a-zđ](?=\)))(?P<mark>\s*[.):–-]+\s*|\s+(?<=[IVX]{2}\s))(?P<title>\D.*)",
    re.DOTALL,
)
_NUMBER_OF_TASK = re.compile(
    r"\s*([0-9]{1,3}(?:\.(?!0\b)[0-9]{1,3}){0,3}\s*[.)]|[0-9]{1,2}(?:\.(?!0\b)[0-9]{1,2}){0,3}\s*(?::|[-–](?=\s))"
    r"|(?:[0-9]{1,2}|[IVX]{1,5}|[A-ZĐ])(?:\.(?!0\b)[0-9]{1,2}){1,3}"
    r"(?:\s*[.):]|(?=\s))|\(?[a-zđ]\)|\([0-9]{1,3}\))\s*(?=[^\s0-9])"
)
_GROUPS = ("nhom", "group", "muc", "section", "specific", "operational", "measure", "component")

_LOOKS_ROMAN = re.compile(r"^[ІХIVXⅠ-Ⅻⅰ-ⅻ]+(?=[.):–-]|\s+\w)")
_CONTINUED = re.compile(r"\s*\((?:tiếp(?: theo)?|tt|continued|cont\.?)\)\s*$", re.IGNORECASE)
_COUNT_OF = (
    r"(?:(?:bao )?gồm|có|tổng(?: số| cộng)?|total)?\W{0,2}[0-9]{1,4}(?:/[0-9]{1,4})? *(?:nhóm )?"
    r"(?:nhiệm vụ|nv|hoạt động|công việc|việc|nội dung|nhóm|mục|chỉ tiêu|tasks?|activit(?:y|ies)|groups?)(?: \w+ thể)?"
)
_SHARE = r"[0-9]{1,3}(?:[.,][0-9]{1,2})? ?%"
_COUNT = re.compile(
    rf"\s*(?:[(\[]\s*{_COUNT_OF}(?:\s*(?:,|;|và|and)\s*(?:{_COUNT_OF}|{_SHARE}))*\s*[)\]]|[:–-]\s*{_COUNT_OF}(?:\s*(?:,|;|và|and)\s*{_COUNT_OF})*)"
    r"[\s.:;]*$",
    re.IGNORECASE,
)
"""What ends a title that says how many tasks stand below it."""
_BEFORE_NAME = re.compile(r"^(?:(?:[IVX]+|[0-9]{1,2})[.)]\s*(?=\D))?(?i:(?:lĩnh vực|về)\s+(?=\w))?")
"""What stands before the name of a section, and is no part of it."""

Form = Literal["letter", "roman", "named", "group", "number", "lower", "dash", "other", "none"]
"""How a row is numbered: A; I; Lĩnh vực 1; Nhóm 1; 1 or 1.1; a); -; by a code; not at all."""


@attrs.frozen
class Number:
    """The number that stands before a row's text."""

    form: Form
    printed: str
    depth: int = 0
    """Of a `number`: how many parts it has, 2 for 1.1."""


def numbered(text: str, letters: str = "", title: str = "") -> Number:
    """
    What kind of number a text is.

    Args:
        letters: the last capital and the last small letter before it, as "Hk": after H, I is no Roman number, nor l after k.
        title: what stands behind it; before capitals, ii is a Roman number.

    >>> [numbered(n).form for n in ("A", "I", "1.2", "a)", "Lĩnh vực 1", "", "NV1")]
    ['letter', 'roman', 'number', 'lower', 'named', 'none', 'other']
    """
    bare = text.strip().strip("()").rstrip(".):/-– ").strip()
    bare = _latin(bare, letters) if len(bare) <= 5 else bare
    if not bare:
        return Number("dash" if text.strip() else "none", text.strip())
    if len(bare) == 1 and bare.isalpha() and bare.isupper():
        follows = chr(ord(bare) - 1) in letters
        return Number("letter" if follows or not _ROMAN.fullmatch(bare) else "roman", bare)
    if _ROMAN.fullmatch(bare):
        return Number("roman", bare)
    if re.fullmatch(r"[0-9]{1,4}(?:[.,][0-9]{1,3}){0,4}|(?:[IVX]+|[A-Z])(?:[.][0-9]{1,3}){1,3}", bare):
        return Number("number", bare, len(re.split("[.,]", bare)))
    if title.isupper() and re.fullmatch("[ivx]+", bare) and chr(ord(bare[0]) - 1) not in letters:
        return Number("roman", bare.upper())
    if re.fullmatch(r"[a-zđ]|[ivx]{2,5}", bare):
        return Number("lower", bare)
    if re.fullmatch(r"[-–—+•*]+", bare):
        return Number("dash", bare)
    if (named := _NAMED.fullmatch(text.strip())) and not named["title"] and not named["rest"]:
        return Number(_form_of(named), text.strip())
    return Number("other", bare)


def _form_of(named: re.Match[str]) -> Form:
    return "group" if folded(named["word"] or "").startswith(_GROUPS) else "named"


def parted(text: str, letters: str = "") -> tuple[Number, str] | None:
    """
    The number and the title of a text that has both, as "II. Thể chế"; None where it has none.

    >>> parted("II. Thể chế"), parted("Lĩnh vực 2: Bộ máy")[1], parted("Rà soát")
    ((Number(form='roman', printed='II', depth=0), 'Thể chế'), 'Bộ máy', None)
    """
    text = _LOOKS_ROMAN.sub(lambda found: _latin(found[0]), text.strip(), count=1)
    if named := _NAMED.fullmatch(text):
        title = named["title"] or named["rest"]
        printed = text[: len(text) - len(title)].strip(" :.–-") if title else ""
        return (Number(_form_of(named), printed), title.strip()) if title else None
    if joined := _JOINED.fullmatch(text):
        return numbered(joined["n"], letters, title := joined["title"].strip()), title
    return None


def number_before(title: str) -> tuple[str, str]:
    """
    The number of a task that stands in the cell of its title, and the title without it.

    >>> number_before("1. Rà soát"), number_before("b) Công bố"), number_before("I.2 Kiểm tra")
    (('1', 'Rà soát'), ('b', 'Công bố'), ('I.2', 'Kiểm tra'))
    >>> number_before("06-CT/TU"), number_before("1.250 hồ sơ"), number_before("115 - Tổng đài"), number_before("4.0: Tập huấn")
    (('', '06-CT/TU'), ('', '1.250 hồ sơ'), ('', '115 - Tổng đài'), ('', '4.0: Tập huấn'))
    """
    found = _NUMBER_OF_TASK.match(title)
    return (found[1].strip(" .:()–-"), title[found.end() :]) if found else ("", title)


def _latin(number: str, letters: str = "") -> str:
    """
    A Roman number whose letters may be those that look alike: the Cyrillic ones, 1 before V or X, and l for I where it follows
    no k; also with spaces in it.
    """
    latin = re.sub("^1+(?=[VX]+I*$)", lambda ones: "I" * len(ones[0]), number.translate(_ROMANS))
    latin = latin.replace(" ", "") if re.fullmatch("[IVX]( [IVX])+", latin) else latin
    return latin.replace("l", "I") if re.fullmatch("[lIVX]+", latin) and "k" not in letters else latin


def section_key(title: str) -> str:
    """
    What the titles of one section have in common, where it goes on, on another page or in a column with its number.

    >>> section_key("Cải cách thể chế (tiếp theo)") == section_key("1. CẢI CÁCH THỂ CHẾ")
    True
    >>> section_key("Lĩnh vực cải cách thể chế:") == section_key("Cải cách thể chế")
    True
    """
    return name_key(_BEFORE_NAME.sub("", plain(uncounted(_CONTINUED.sub("", title)))).rstrip(" .:;"))


def uncounted(title: str) -> str:
    """
    A title without what only counts what stands below it.

    >>> uncounted("THỂ CHẾ (2 nhiệm vụ)"), uncounted("Thể chế: gồm 02 nhóm, 10 nhiệm vụ"), uncounted("Đề án 06")
    ('THỂ CHẾ', 'Thể chế', 'Đề án 06')
    """
    return _COUNT.sub("", title) or title


def unit_of(text: str) -> int | None:
    """
    How many đồng one of the unit is that a text names; None when it names none.

    >>> unit_of("Kinh phí (triệu đồng)"), unit_of("Kinh phí")
    (1000000, None)
    """
    found = _UNIT.finditer(folded(text))
    return max((_UNITS[match.lastgroup or ""] * _TIMES.get(match["times"], 1) for match in found), default=None)


def unit_of_heading(text: str) -> int | None:
    """
    The same of what stands above amounts, where the unit may be a number.

    >>> unit_of_heading("Kinh phí (1.000 đồng)"), unit_of_heading("ĐVT: trđ"), unit_of_heading("Budget (million VND)")
    (1000, 1000000, 1000000)
    """
    found = _ROUND.search(folded(text))
    return 1_000 ** found[1].count("000") if found else unit_of(text)


def is_unit(text: str) -> bool:
    """
    Whether a text is nothing but a unit of money.

    >>> is_unit("Đơn vị tính: nghìn đồng"), is_unit("(tr.đ)"), is_unit("Đơn vị: Sở Nội vụ")
    (True, True, False)
    """
    bare = re.sub(r"^\W*(?:(?:dvt|don vi(?: tinh)?|unit)(?![a-z]))?", "", folded(text))
    rest = _UNIT.sub("", _ROUND.sub("", bare))
    return unit_of_heading(bare) is not None and re.fullmatch(r"\W*x?\W*", rest) is not None


def is_foreign(text: str) -> bool:
    """Whether a text names another money than đồng."""
    return _MONEY.search(folded(text)) is not None


def budget_of(cell: Cell, unit: int, decimal: str = "") -> int | None:
    """
    A budget in đồng; None when none is given, or what is given is no whole number of đồng.

    Args:
        unit: that of the heading or of the table, 0 for another money; what the cell itself names comes first.
        decimal: the decimal sign of the column, "," or ".", where that was asked for.
    """
    text = re.sub(r" \([0-9*]{1,2}\)$", "", text_of(cell).replace("₫", " đồng"))  # the mark of a footnote
    remark = re.search(r"\s*\(([^()0-9]*)\)\s*$", text)
    bare = text[: remark.start()] if remark else text
    if remark and not (is_unit(remark[1]) or is_foreign(remark[1])):
        text = bare  # a remark as "(một trăm triệu)" names no unit
    if parts := _BOTH_UNITS.fullmatch(folded(bare)):
        of_parts = [budget_of(part, unit, decimal) for part in parts.groups()]
        return None if None in of_parts else sum(filter(None, of_parts))
    unit = 0 if is_foreign(text) else unit_of(text) or unit
    # A number is exact as it prints; a text has points or commas for thousands, in the Vietnamese way or the English.
    if isinstance(cell, int | float) and not isinstance(cell, bool | Percent):
        amount: Decimal | None = Decimal(repr(cell))
    else:
        number = _BESIDE_AMOUNT.match(bare[:100])
        amount = number_in(number["amount"].strip(), decimal) if number and _is_remark(number["rest"]) else None
    if amount is None or not unit:
        return None
    amount += Decimal("0.5") if re.search(r"\bruoi\b", folded(bare)) else 0  # 1 tỷ rưỡi
    dong = amount * unit
    return int(dong) if dong.is_finite() and dong == dong.to_integral_value() and 0 <= dong <= 10**15 else None


def _is_remark(rest: str) -> bool:
    """Whether what stands after an amount is its unit with whatever follows, or signs alone; and not what it counts."""
    if is_foreign(rest):
        return True
    bare = folded(rest)
    if unit := _UNIT.match(f"1 {bare}", 2):
        behind = re.sub("^ ?(?:dong|vnd|d)\\b", "", bare[unit.end() - 2 :])
        return _BEHIND_UNIT.match(behind) is not None
    return _FUNDS.match(bare) is not None or not any(sign.isalpha() or sign == "%" for sign in rest)


def exact(number: Decimal | float) -> Decimal:
    """
    A number in the shortest way to write it; one of a cell without what its form in the computer adds.

    >>> exact(Decimal("95.50")), exact(100 * 0.29), exact(1500)
    (Decimal('95.5'), Decimal('29'), Decimal('1500'))
    """
    text = f"{number if isinstance(number, Decimal) else Decimal(repr(round(number, 9))):f}"
    return Decimal(text.rstrip("0").rstrip(".") if "." in text else text)


def number_in(text: str, decimal: str = "") -> Decimal | None:
    """
    The number that a text is, in the Vietnamese way or the English; None when it is none.

    Args:
        decimal: the decimal sign, "," or ".", where it is known.

    >>> number_in("1.250,5"), number_in("1,250.5"), number_in("1,250,000"), number_in("99.5"), number_in("1,250", ".")
    (Decimal('1250.5'), Decimal('1250.5'), Decimal('1250000'), Decimal('99.5'), Decimal('1250.0'))
    """
    bare = re.sub(r"(?<=\d)[ \u00a0](?=\d{3}\b)", "", text)
    other = "." if decimal == "," else ","
    if decimal and re.fullmatch(rf"\d+(?:\{other}\d{{3}})*(?:\{decimal}\d+)?", bare):  # else it has the other sign
        bare = bare.replace(other, "").replace(".", ",")
    found = _AMOUNT.fullmatch(bare)
    if found is None:
        return None
    english = (found["english"] or "").replace(",", "")
    return Decimal(english or f"{found['whole'].replace('.', '')}.{found['part'] or 0}")


def is_unclear_amount(cells: Iterable[Cell]) -> str:
    """
    The amount of a column that is two figures, as "1,250" beside the number 1250; empty where nothing speaks against one way.

    >>> is_unclear_amount(["1,250", 1250]), is_unclear_amount(["1.250", "1,5"]), is_unclear_amount(["1.250", "1250.5"])
    ('1,250', '', '1.250')
    >>> is_unclear_amount(["1.500", "1,500", "60,5"])
    '1,500'
    """
    texts = [text_of(cell) for cell in cells if isinstance(cell, str)]
    has_number = any(isinstance(cell, int | float) and not isinstance(cell, bool) for cell in cells)
    numbers = [match for text in texts if (match := re.match(r"[\d.,]+(?=\D*$)", text))]
    ends = {sign for n in numbers for sign in ",." if re.search(rf"\{sign}(?:\d{{1,2}}|\d{{4,}})$", n[0])}
    # A comma before three digits is 1.25 here; a point is 1250, unless another cell has it before decimals.
    has_both = len({at[1] for n in numbers if (at := _THOUSANDS.fullmatch(n[0]))}) > 1
    is_unclear = {",": "." in ends or has_number or "," not in ends or has_both, ".": "." in ends}
    found = (
        number[0] for sign in ",." for number in numbers if (at := _THOUSANDS.fullmatch(number[0])) and at[1] == sign
    )
    return next((text for text in found if is_unclear["," if "," in text else "."]), "")


def text_of(cell: Cell) -> str:
    """A cell as it reads: days as dd/mm/yyyy, whole numbers without decimals, percentages with their sign."""
    if cell is None or isinstance(cell, bool):
        return ""
    if isinstance(cell, date):
        return day(cell)
    if isinstance(cell, Percent):
        return f"{exact(100 * cell)}%".replace(".", ",")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    text = str(cell).strip()
    # Most texts have single spaces only, and there are many.
    return re.sub(r"[ \t\u00a0]+", " ", text) if "  " in text or "\t" in text or "\u00a0" in text else text


def plain(text: str) -> str:
    """A text with single spaces for whatever space is in it."""
    return " ".join(text.split())


def quoted(text: str, most: int = 80) -> str:
    """A text of the file as a message has it: in quotes, and no longer than some signs."""
    return f"“{text[:most]}”"


def is_ditto(text: str) -> bool:
    """
    Whether a text says that the row above has it.

    >>> [is_ditto(text) for text in ("nt", "-nt-", '"', "Như trên", "//", "-")]
    [True, True, True, True, True, False]
    """
    return len(text) <= 20 and _DITTO.fullmatch(text) is not None


def is_tick(text: str) -> bool:
    """Whether a text is a mark under a period: "x", "✓"."""
    return text.casefold().strip("()[] ") in _TICKS


def is_unticked(text: str) -> bool:
    """
    Whether a text under a period says no: an empty box, a dash.

    >>> [is_unticked(text) for text in ("☐", "[ ]", "0", "-", "x", "Quý I")]
    [True, True, True, True, False, False]
    """
    return text.casefold().strip("()[] ") in _UNTICKED or is_nothing(text)


def is_of_another_row(text: str) -> bool:
    """
    Whether a text only names another row that has it.

    >>> [is_of_another_row(text) for text in ("Như mục 1", "Như nhiệm vụ số 2", "See 1.1", "Như Quỳnh", "Sở Nội vụ 1")]
    [True, True, True, False, False]
    """
    named = r"(?:tuong tu )?(?:nhu|xem|see|same as)(?: [a-z.]+){0,3} [0-9ivx.]+"
    return re.fullmatch(named, folded(text[:40])) is not None


def is_error(text: str) -> bool:
    """Whether a text is the error of a formula."""
    return _ERROR.fullmatch(text) is not None


def unread(sheet: Sheet, row: int, column: int, say: Language) -> tuple[str, str] | None:
    """Why a cell, its places from 0, says nothing that can be taken, and what to do; None when it does, or is empty."""
    cell = sheet.cell(row, column)
    text = cell.strip() if isinstance(cell, str) else ""
    is_empty = bool(sheet.empty_formulas) and cell_name(row, column) in sheet.empty_formulas
    if text == NOT_SHOWN:
        return say("the cell shows something else than its value"), say("write what is meant as a text")
    if is_empty or (text[:1] in ("#", "E") and is_error(text)):
        return say("the cell has a formula without a value"), say("paste its value as a value")
    if sheet.unclear and cell_name(row, column) in sheet.unclear:
        return say("it is not certain what the cell shows"), say("write what is meant as a text")
    if isinstance(cell, bool):
        return say("the cell has a truth value ({value}) and no text", value=str(cell).upper()), say("write a text")
    return None
