"""How the headings of a table name its columns: of activities and of indicators, in Vietnamese or in English."""

import re
from collections.abc import Mapping, Sequence, Set
from typing import Literal, cast

import attrs

from reformtrack.domain.wording import folded
from reformtrack.language import Language

Column = Literal[
    "code", "title", "output", "lead", "supporting", "deadline", "budget", "note", "domain", "group",
    "unit", "target", "baseline", "period",
    "quarter", "month", "year", "day", "tick", "role", "start", "both", "custom", "left",
]  # fmt: skip
"""
What a column is for. `quarter`, `month`, `year`, `day` are parts of a deadline, `tick` is a period with a mark under it,
`role` an agency; `start` and `custom` are kept as custom fields; `both` names two fields at once; `left` is not imported.
"""

FIELDS: Sequence[Column] = (
    "code", "domain", "group", "title", "output", "lead", "supporting", "deadline", "budget", "note",
)  # fmt: skip
"""The fields of an activity, each in one column of a table."""

INDICATOR_FIELDS: Sequence[Column] = ("code", "group", "title", "unit", "target", "baseline", "period", "lead", "note")
"""The fields of an indicator."""

IN_TITLES: str = "titles"
"""The answer that the titles above the tasks say what no column says."""
OF_TITLES: Sequence[Column] = ("lead", "deadline")
"""The fields that they may say."""

LONGEST = 60
"""The most signs of a heading."""

PARTS: Sequence[Column] = ("quarter", "month", "year", "day")
"""The parts of a deadline that has several columns."""

_CODE = r"""
code! ^(?:s ?t ?t(?: ?[/(-] ?no\.?\)?)?|so tt|t ?t|so thu tu|thu tu|no\.?|nr|s\. ?no|#|ma|ma so|ma hieu
    |ma (?:nhiem vu|hoat dong|cong viec|nv|hd|cv)|(?:task |activity )?(?:code|id|no|number)|ref)$
"""
_NOTE = r"""
note! ^(?:ghi chu|(?:foot)?notes?|remarks?|comments?)\b
"""
_OF_ACTIVITIES = rf"""
title! ^(?:linh vuc|muc tieu|nhom(?: nhiem vu)?|chuong trinh|domain|pillar) ?(?:[/,;–-]|va\b|and\b) ?(?:\w+ ){{0,2}}
    (?:nhiem vu|hoat dong|cong viec|giai phap|noi dung|activit|task|action)
custom! ^(?:tong )?so (?:luong|nhiem vu|viec|van ban)|^ty le|%|^tong (?!kinh phi|du toan)
    |tinh trang|trang thai|status|cap nhat|update
    |^nguon|\w notes?$|van ban (?:giao|chi dao|lien quan)
    |ket qua thuc hien|tien do thuc hien den|kho khan|vuong mac|de xuat|kien nghi|theo doi|giam sat
    |ngay bao cao|thuc te\b|\bactual\b
    |(?:chu tri|chiu trach nhiem|thuc hien|phu trach) (?:tham dinh|tham tra|phe duyet|nghiem thu|xac nhan)
    |^(?:number|count|total|share|percent\w*|rate)\b|source of|indicator|^muc tieu|^chi tieu$|can cu|co so phap ly|lanh dao
start! bat dau|\bstart|khoi cong|tu ngay|^(?:tu|from)$
    |^(?:thoi (?:gian|diem)|ngay|moc) (?:giao(?! (?:nop|san pham|ban)\b)|phan cong|nhan(?! ket qua)|tiep nhan)\b(?!.*hoan thanh)
both! (?:chu tri|lead).*(?:phoi hop|support)|(?:phoi hop|support).*(?:chu tri|lead)
supporting! phoi hop|dvph|cqph|co-?operat|co-?ordinat|other actors|partner|support|co-?responsib|contribut|involved
    |^(?:co quan|don vi|to chuc)(?:,? (?:co quan|don vi|to chuc))* tham gia
lead chu tri (?:kiem tra|danh gia|tong hop|don doc|quan ly|dieu phoi|huong dan|ban hanh|trinh|bao cao)\b
lead!! chu tri|dvct|cqct
lead! \blead|responsib\w*|implementing (?:agency|institution)|\bowner
    |^(?:co quan|don vi|to chuc)(?:,? (?:co quan|don vi|to chuc))* chiu trach nhiem(?: chinh)?$
lead chiu trach nhiem|soan thao$|dau moi|(?:co quan|don vi|to chuc)(?:,? (?:co quan|don vi|to chuc|ca nhan))* thuc hien
    |phan cong|phu trach|^(?:lead )?agency$|in charge
domain! ^(?:ten )?linh vuc|^domain|^(?:reform |policy |priority |thematic )?areas?$|^pillar
group! ^(?:ten )?(?:nhom|cum|mang)\b|^(?:task )?group|^work ?stream|^track$|^component|^theme
{_CODE}
budget! kinh phi|du toan|budget|\bcost
{_NOTE}
deadline! thoi gian (?:hoan thanh|trinh|ket thuc|thuc hien|ban hanh)|thoi han|\bhan\b|tght
    |(?:ngay|thang|quy|moc) (?:hoan thanh|ket thuc)|^hoan thanh (?:truoc|trong|vao)
    |deadline|\bdue|^(?:by )?when$|implementation period|(?:end|target|completion) date|time ?frame|time ?line
    |^(?:ket thuc|hoan thanh|thoi gian|den(?: ngay)?)$|^(?:end|to)$
deadline thoi gian|lo trinh|tien do|thoi diem|moc thoi|\btime\b|\bdate$|ngay trinh
output! san pham|ket qua|dau ra|output|deliverable|milestone|\bresults?\b
title! ^(?:(?:ten|mo ta|noi dung|danh muc|chi tiet|chi tieu|cac|stt|main|key|reform)[ /,]*)*
    (?:nhiem vu|hoat dong|noi dung|cong viec|viec|dau viec|de an|giai phap|van ban|du an
    |activit|task|action|commitment|measure|initiative|description of)
    |nhiem vu|hoat dong|cong viec|\bactivit|\btasks?\b
"""
"""
In the order in which they are tried: the column, with more "!" the more surely it is named, and what is in its heading.

What stands in one column with its sections comes first; then counts, states and reports of a tracker, which speak of tasks
and of time, and are neither.
"""
_OF_INDICATORS = rf"""
{_CODE}
{_NOTE}
custom! so sanh|tang,? giam|tinh trang|trang thai|status|danh gia|can cu|ty le hoan thanh|% hoan thanh|chenh lech
    |giai phap|cong thuc|cach tinh|phuong phap|nguon|method|source
unit! don vi tinh|^dvt\b|don vi do|^units?\b|unit of measure
period! ^ky\b(?! truoc)|ky (?:bao cao|danh gia)|tan suat|frequency|^period|reporting period
baseline! baseline|gia tri goc|hien trang|xuat phat|nam goc|nam truoc|ky truoc|previous|last year|actual
    |(?:thuc hien|uoc|ket qua|thuc te|dat duoc)\b.*\b20[0-9]{{2}}
target! \btarget|(?:chi tieu|muc tieu|ke hoach|phan dau|gia tri)\b.*
    \b(?:20[0-9]{{2}}|duoc giao|giao|phan dau|nam|can dat|dat)\b
    |^ke hoach$|^muc (?:tieu )?phan dau|^(?:can|phai) dat
lead! chu tri|phu trach|chiu trach nhiem|\blead|responsib\w*|\bowner
    |(?:co quan|don vi)(?:,? (?:co quan|don vi))* (?:thuc hien|theo doi|bao cao|tong hop|cung cap|thu thap|tham muu)
group! ^(?:ten )?(?:nhom|linh vuc)\b|^domain|^group|^pillar
title! ^(?:ten|noi dung|danh muc|cac|he thong)[ /,]*(?:chi tieu|chi so|tieu chi|muc tieu)|indicator|^kpi\b|^chi so
target ^muc tieu$|^ke hoach|^gia tri$
title ^chi tieu|^tieu chi|^noi dung$|^muc tieu|^name$
period thoi gian|thoi han|lo trinh|^nam$|deadline|\bdue\b|time ?(?:frame|line)
unit ^don vi$|^dv$
"""
_OF_PEOPLE = re.compile(
    r"(?:nguoi|ca nhan|can bo|cong chuc|chuyen vien|dong chi|d/c|(?:pho )?(?:chu tich|bi thu)|thuong truc|dau moi lien he"
    r"|person|responsible person)\b(?!.*(?:don vi|co quan|to chuc))"
)
Rule = tuple[Column, int, re.Pattern[str]]
"""(column, how surely it is named, what is in its heading)"""


@attrs.frozen(kw_only=True, eq=False)
class Vocabulary:
    """What the columns of one kind of table are, and how their headings name them."""

    rules: Sequence[Rule]
    fields: Sequence[Column]
    needed: Sequence[Column]
    """Besides the title: a table has one of them, and each that no column is, is asked for."""
    also: Set[Column]
    """Columns that show a table beside its title as well as those that are needed."""
    years: tuple[int, int] | None = None
    """The first and the last year of the plan, by which the columns of one field for several years are told apart."""

    def fitting(self, field: Column, headings: Mapping[int, str]) -> Sequence[int]:
        """
        The places of the columns of a field that may be it; the others are kept as custom fields.

        A lead is an agency, if one is named beside a person. A target is of a year of the plan, a baseline of one before it;
        of several such years, of the last one.
        """
        if field == "lead":
            of_agencies = [p for p, text in headings.items() if not _OF_PEOPLE.match(folded(text.rpartition(": ")[2]))]
            return of_agencies or list(headings)
        if not self.years or field not in ("target", "baseline"):
            return list(headings)
        first, last = self.years
        fitting = []
        for place, text in headings.items():
            years = [int(year) for year in years_in(text)]
            is_of_plan = not years or (min(years) <= last and first <= max(years))
            is_earlier = not years or max(years) < first
            if is_of_plan if field == "target" else is_earlier:
                fitting.append(place)
        of_last = [place for place in fitting if field == "baseline" and str(first - 1) in headings[place]]
        return of_last if len(of_last) == 1 else fitting


def _rules(table: str) -> Sequence[Rule]:
    """The rules of a table, each on a line and on those below that are set back."""
    lines = filter(None, re.sub(r"\n    ", "", table).splitlines())
    parts = (line.partition(" ") for line in lines)
    return [(cast(Column, name.rstrip("!")), name.count("!"), re.compile(pattern)) for name, _, pattern in parts]


ACTIVITIES = Vocabulary(rules=_rules(_OF_ACTIVITIES), fields=FIELDS, needed=("lead", "deadline"), also={"tick", *PARTS})
INDICATORS = Vocabulary(
    rules=_rules(_OF_INDICATORS), fields=INDICATOR_FIELDS, needed=("target",), also={"unit", "baseline"}
)

PART_OF: Mapping[str, Column] = {
    **dict.fromkeys(("quy", "quarter"), "quarter"),
    **dict.fromkeys(("thang", "month"), "month"),
    **dict.fromkeys(("nam", "year"), "year"),
    **dict.fromkeys(("ngay", "day"), "day"),
}
_PERIOD = re.compile(
    r"(?P<unit>quy|q|quarter|thang|t|month)?\.? ?(?P<n>iv|i{1,3}|1[0-2]|0?[1-9])(?: ?(?:[/-]|nam)? ?(?P<year>20[0-9]{2}))?"
)
_HALF = re.compile(r"(?:(?:sau|6|06) thang (?:dau|cuoi)|ca) nam(?: (?P<year>20[0-9]{2}))?")
_UNIT_FIRST = re.compile(r"(?P<n>iv|i{1,3}|[1-4])(?:st|nd|rd|th)? ?(?:quarter|quy|q)\b")


def years_in(text: str) -> list[str]:
    """
    The years of this century that a text names.

    >>> years_in("2024-2025 (QĐ 12025)")
    ['2024', '2025']
    """
    return re.findall(r"(?<![0-9])20[0-9]{2}(?![0-9])", text)


def period_of(text: str, parent: str) -> str:
    """
    The deadline that a mark under a heading means; empty when the heading is no period.

    >>> period_of("Quý I", ""), period_of("T6/2025", ""), period_of("III", "Quý"), period_of("3", ""), period_of("06/2025", "")
    ('Quý I', 'tháng 6/2025', 'Quý III', '', 'tháng 06/2025')
    >>> period_of("2025 Q1", ""), period_of("II quarter", "2025"), period_of("2025", "")
    ('Quý 1/2025', 'Quý II/2025', 'Năm 2025')
    """
    plain = _UNIT_FIRST.sub(r"quy \g<n>", re.sub(r"^(20[0-9]{2})[ /-]+(.+)", r"\2 \1", folded(text)))
    if half := _HALF.fullmatch(plain):
        return text if half["year"] or not (years := years_in(parent)) else f"{text} {years[-1]}"
    if re.fullmatch(r"(?:nam |year )?20[0-9]{2}", plain):
        return f"Năm {plain[-4:]}"
    match = _PERIOD.fullmatch(plain)
    if match is None:
        return ""
    unit = match["unit"] or next((u for u in re.findall(r"\w+", folded(parent))[::-1] if u in PART_OF), "")
    unit = unit or ("thang" if match["year"] and "/" in plain else "")
    above = years_in(parent)
    year = f"/{match['year'] or above[-1]}" if match["year"] or above else ""
    if unit in ("quy", "q", "quarter"):
        return f"Quý {match['n'].upper()}{year}"
    return f"tháng {match['n']}{year}" if unit in ("thang", "t", "month") and match["n"].isdigit() else ""


_ROLES: Mapping[str, Column] = {
    **dict.fromkeys(("ct", "chu tri", "c", "lead"), "lead"),
    **dict.fromkeys(("ph", "phoi hop", "p", "support", "supporting"), "supporting"),
}


def role_of(text: str) -> Column | None:
    """
    What a mark under an agency means: whether it leads or supports.

    >>> role_of("CT"), role_of("Phối hợp"), role_of("x")
    ('lead', 'supporting', None)
    """
    return _ROLES.get(folded(text).strip(" .()")) if len(text) <= LONGEST else None


def field_label(field: str, say: Language) -> str:
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
