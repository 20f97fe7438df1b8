"""
How the headings of a table name its columns: of activities and of indicators, in Vietnamese or in English.
"""

import re
from collections.abc import Sequence
from typing import Literal

import attrs

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

INDICATOR_FIELDS: Sequence[Column] = (
    "code", "group", "title", "unit", "target", "baseline", "period", "lead", "note",
)  # fmt: skip
"""The fields of an indicator."""

_RULES: Sequence[tuple[Column, bool, str]] = (
    # What stands in one column with its sections.
    (
        "title",
        True,
        r"^(?:linh vuc|muc tieu|nhom(?: nhiem vu)?|chuong trinh|domain|pillar) ?(?:[/,;–-]|va\b|and\b) ?(?:\w+ ){0,2}"
        r"(?:nhiem vu|hoat dong|cong viec|giai phap|noi dung|activit|task|action)",
    ),
    # Counts, states and reports of a tracker speak of tasks and time, and are neither.
    (
        "custom",
        True,
        r"^(?:tong )?so (?:luong|nhiem vu|viec|van ban)|^ty le|^tong |%|tinh trang|trang thai|status|"
        r"cap nhat|update",
    ),
    (
        "custom",
        True,
        r"^nguon|ket qua thuc hien|tien do thuc hien den|kho khan|vuong mac|de xuat|kien nghi|theo doi|"
        r"giam sat|ngay bao cao",
    ),
    (
        "custom",
        True,
        r"^(?:number|count|total|share|percent\w*|rate)\b|source of|indicator|^muc tieu|^chi tieu$|"
        r"can cu|co so phap ly|lanh dao",
    ),
    ("start", True, r"bat dau|\bstart|khoi cong|tu ngay"),
    ("both", True, r"(?:chu tri|lead).*(?:phoi hop|support)|(?:phoi hop|support).*(?:chu tri|lead)"),
    ("supporting", True, r"phoi hop|dvph|cqph|supporting|co-?operating|other actors|partner|support"),
    (
        "lead",
        True,
        r"chu tri|dvct|cqct|\blead|responsib\w*|chiu trach nhiem|implementing (?:agency|institution)|"
        r"\bowner",
    ),
    (
        "lead",
        False,
        r"(?:co quan|don vi|to chuc)(?:,? (?:co quan|don vi|to chuc|ca nhan))* thuc hien|phan cong|"
        r"phu trach|^(?:lead )?agency$|in charge",
    ),
    ("domain", True, r"^(?:ten )?linh vuc|^domain|^(?:reform |policy )?area$|^pillar"),
    ("group", True, r"^(?:ten )?(?:nhom|cum|mang)\b|^(?:task )?group|^work ?stream|^track$|^component|^theme"),
    (
        "code",
        True,
        r"^(?:stt|so tt|tt|so thu tu|thu tu|no\.?|#|ma|ma so|ma hieu|ma (?:nhiem vu|hoat dong|cong viec)|"
        r"(?:task |activity )?(?:code|id|no|number)|ref)$",
    ),
    ("budget", True, r"kinh phi|du toan|budget|\bcost"),
    ("note", True, r"^(?:ghi chu|(?:foot)?notes?|remarks?|comments?)\b"),
    (
        "deadline",
        True,
        r"thoi gian (?:hoan thanh|trinh|ket thuc|thuc hien|ban hanh|bao cao)|thoi han|\bhan\b|tght|"
        r"ngay (?:hoan thanh|ket thuc)|deadline|\bdue|(?:end|target|completion) date|time ?frame|"
        r"time ?line",
    ),
    ("deadline", True, r"^(?:ket thuc|hoan thanh|thoi gian)$|^end$"),
    ("deadline", False, r"thoi gian|lo trinh|tien do|thoi diem|moc thoi|\btime\b|\bdate$|ngay trinh"),
    ("output", True, r"san pham|ket qua|dau ra|output|deliverable|milestone|\bresults?\b"),
    (
        "title",
        True,
        r"^(?:(?:ten|mo ta|noi dung|danh muc|chi tiet|chi tieu|cac|stt|main|key|reform)[ /,]*)*(?:nhiem vu|"
        r"hoat dong|noi dung|cong viec|viec|dau viec|de an|giai phap|van ban|du an|activit|task|"
        r"action|commitment|measure|initiative|description of)",
    ),
    ("title", True, r"nhiem vu|hoat dong|cong viec|\bactivit|\btasks?\b"),
)
"""(column, whether it names it surely, what is in its heading), in the order in which they are tried."""

_CODE, _NOTE = (rule for rule in _RULES if rule[0] in ("code", "note"))
_INDICATOR_RULES: Sequence[tuple[Column, bool, str]] = (
    _CODE,
    _NOTE,
    (
        "custom",
        True,
        r"so sanh|tang,? giam|tinh trang|trang thai|status|danh gia|can cu|ty le hoan thanh|% hoan thanh|chenh lech|"
        r"giai phap|cong thuc|cach tinh|phuong phap|nguon|method|source",
    ),
    ("unit", True, r"don vi tinh|^dvt\b|don vi do|^units?\b|unit of measure"),
    ("period", True, r"^ky\b(?! truoc)|ky (?:bao cao|danh gia)|tan suat|frequency|^period|reporting period"),
    (
        "baseline",
        True,
        r"baseline|gia tri goc|hien trang|xuat phat|nam goc|nam truoc|ky truoc|previous|last year|actual|"
        r"(?:thuc hien|uoc|ket qua|thuc te|dat duoc)\b.*\b20[0-9]{2}",
    ),
    (
        "target",
        True,
        r"\btarget|(?:chi tieu|muc tieu|ke hoach|phan dau|gia tri)\b.*\b(?:20[0-9]{2}|duoc giao|giao|phan dau|nam|can dat|"
        r"dat)\b|^ke hoach$|^muc (?:tieu )?phan dau|^(?:can|phai) dat",
    ),
    (
        "lead",
        True,
        r"chu tri|phu trach|chiu trach nhiem|\blead|responsib\w*|\bowner|(?:co quan|don vi)(?:,? (?:co quan|don vi))* "
        r"(?:thuc hien|theo doi|bao cao|tong hop|cung cap|thu thap|tham muu)",
    ),
    ("group", True, r"^(?:ten )?(?:nhom|linh vuc)\b|^domain|^group|^pillar"),
    (
        "title",
        True,
        r"^(?:ten|noi dung|danh muc|cac|he thong)[ /,]*(?:chi tieu|chi so|tieu chi|muc tieu)|indicator|^kpi\b|^chi so",
    ),
    ("target", False, r"^muc tieu$|^ke hoach|^gia tri$"),
    ("title", False, r"^chi tieu|^tieu chi|^noi dung$|^muc tieu|^name$"),
    ("period", False, r"thoi gian|thoi han|lo trinh|^nam$|deadline|\bdue\b|time ?(?:frame|line)"),
    ("unit", False, r"^don vi$|^dv$"),
)


@attrs.frozen(kw_only=True, eq=False)
class Vocabulary:
    """What the columns of one kind of table are, and how their headings name them."""

    rules: Sequence[tuple[Column, bool, re.Pattern[str]]]
    fields: Sequence[Column]
    needed: Sequence[Column]
    """Besides the title: a table has one of them, and each that no column is, is asked for."""
    also: frozenset[Column] = frozenset()
    """Columns that show a table beside its title as well as those that are needed."""
    year: int = 0
    """The plan year, by which the columns of one field for several years are told apart; 0 where there are none."""

    def fits_year(self, field: Column, text: str) -> bool:
        """Whether a heading names no year, or one that the field is of: a target the plan's, a baseline an earlier one."""
        years = [int(year) for year in re.findall(r"(?<![0-9])20[0-9]{2}(?![0-9])", text)]
        if not years or not self.year or field not in ("target", "baseline"):
            return True
        return min(years) <= self.year <= max(years) if field == "target" else max(years) < self.year


def _compiled(rules: Sequence[tuple[Column, bool, str]]) -> Sequence[tuple[Column, bool, re.Pattern[str]]]:
    return [(kind, sure, re.compile(pattern)) for kind, sure, pattern in rules]


ACTIVITIES = Vocabulary(
    rules=_compiled(_RULES),
    fields=FIELDS,
    needed=("lead", "deadline"),
    also=frozenset({"tick", "quarter", "month", "year", "day"}),
)
INDICATORS = Vocabulary(
    rules=_compiled(_INDICATOR_RULES),
    fields=INDICATOR_FIELDS,
    needed=("target",),
    also=frozenset({"unit", "baseline"}),
)
