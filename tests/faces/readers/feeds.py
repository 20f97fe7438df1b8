"""What agencies are sent, read back: digests, the calendar, the workbook that they fill in."""

import io
import re
from collections.abc import Sequence
from functools import cache
from typing import Any

import icalendar
import lxml.html
import openpyxl

from reformtrack.exchange.agency_workbook import agency_workbook
from reformtrack.exchange.calendar import icalendar as feed
from tests.faces.questions import Facts
from tests.faces.readers.pages import said
from tests.faces.readers.texts import STATUS, iso, number
from tests.faces.worlds import Asked

KINDS = (
    ("overdue", re.compile(r"Quá hạn ([\d.]+) ngày \(thời hạn (\d{2}/\d{2}/\d{4})")),
    ("due", re.compile(r"(?:Còn ([\d.]+) ngày|Đến hạn hôm nay) \(thời hạn (\d{2}/\d{2}/\d{4})")),
    ("silent", re.compile(r"Chưa cập nhật tiến độ \(([\d.]+) ngày\)()")),
    ("without_evidence", re.compile(r"Báo cáo hoàn thành nhưng chưa có tài liệu kiểm chứng()()")),
)


def warning_of(code: str, words: str) -> tuple[str, str, str, int]:
    for kind, pattern in KINDS:
        if found := pattern.match(words):
            return kind, code, iso(found[2]) if found[2] else "", number(found[1] or "0")
    raise AssertionError(words)


def digest_warnings(asked: Asked) -> Facts:
    found = []
    for one in asked.digests:
        lines, code = [], ""
        for line in one.text.split("\n"):
            if head := re.match(r"\d+\. \[(?:.*\()?([^\])]+)\)?\] ", line):
                code = head[1]
            if line.startswith("   - "):
                lines.append((code, line.removeprefix("   - ")))
        page = lxml.html.fromstring(one.html)
        assert [words for _, words in lines] == [said(item) for item in page.iter("li")]
        codes = list(dict.fromkeys(code for code, _ in lines))
        assert len(codes) == len(page.xpath("//tbody/tr")) == int(one.subject.split()[0])
        assert f"Kính gửi: {one.to}" == one.text.split("\n")[0] == said(page.xpath("//p")[0])
        found.append((one.to, tuple(warning_of(*line) for line in lines)))
    return tuple(found)


def digest_missed(asked: Asked) -> Facts:
    return tuple(
        rest
        for _, lines in digest_warnings(asked)
        for kind, *rest_ in lines
        for rest in [tuple(rest_)]
        if kind == "overdue"
    )


def digest_due_soon(asked: Asked) -> Facts:
    found: dict[str, list[str]] = {}
    for _, lines in digest_warnings(asked):
        for kind, code, due, _ in lines:
            if kind == "due":
                found.setdefault(code, []).append(due)
    return tuple((code, tuple(sorted(days))) for code, days in found.items())


@cache
def calendar(asked: Asked) -> Facts:
    found = []
    for event in icalendar.Calendar.from_ical(feed(asked.then.tracker.plan(asked.plan_id, asked.on))).walk("VEVENT"):
        code = str(event["UID"]).partition("@")[0].rpartition("/")[0].rpartition("/")[2]
        due = event.decoded("DTSTART")
        number = asked.plan.activity(code).number or code
        assert re.match(rf"(\[[^]]+\] )?{re.escape(number)} ", str(event["SUMMARY"]))
        found.append((code, due.isoformat(), str(event["STATUS"]) == "CANCELLED", bool(event.walk("VALARM"))))
    return tuple(found)


def calendar_open_days(asked: Asked) -> Facts:
    days: dict[str, list[str]] = {}
    for code, due, _, is_open in calendar(asked):
        if is_open:
            days.setdefault(code, []).append(due)
    return tuple((code, tuple(found)) for code, found in days.items())


@cache
def workbook_rows(asked: Asked) -> Sequence[tuple[str, str, str]]:
    """(code, due day, status) of each row, agency by agency."""
    plan = asked.then.tracker.plan(asked.plan_id, asked.on)
    found = []
    for lead in {one.lead for one in plan.activities if one.status.is_open}:
        book: Any = openpyxl.load_workbook(io.BytesIO(agency_workbook(plan, lead)))
        rows = list(book.worksheets[0].iter_rows(values_only=True))[5:]
        found += [(row[1], row[5].date().isoformat() if row[5] else "", STATUS[row[6]]) for row in rows]
    return found


def workbook_open_days(asked: Asked) -> Facts:
    days: dict[str, list[str]] = {}
    for code, due, status in workbook_rows(asked):
        if due and status != "awaiting_confirmation":
            days.setdefault(code, []).append(due)
    return tuple((code, tuple(found)) for code, found in days.items())
