"""Texts of every face as facts: numbers, days, rates, statuses by their labels."""

import re
from collections.abc import Sequence
from datetime import datetime

from reformtrack import CountingRule
from reformtrack.answers import Counted, ProgressStatus, Timeliness

Row = tuple[str, ...]
Rows = Sequence[Row]

STATUS = {one.label(): one.value for one in ProgressStatus}
TIMELINESS = {one.label(): one.value for one in Timeliness}
RULE = {one.label(): one.value for one in CountingRule}
REASON = {one.label(): one.value for one in Counted}


def flat(text: str) -> str:
    return " ".join(text.split())


def iso(text: str) -> str:
    """`30/06/2023` as `2023-06-30`."""
    return datetime.strptime(text.strip(), "%d/%m/%Y").date().isoformat()


def days_in(text: str) -> list[str]:
    return [iso(found) for found in re.findall(r"\d{2}/\d{2}/\d{4}", text)]


def number(text: str) -> int:
    return int(text.replace(".", ""))


def rate(text: str) -> str:
    """`96,4%`, `96.4%` as `96.4`; the dash stays."""
    return "–" if text.strip() in ("–", "") else text.strip().removesuffix("%").replace(",", ".")


def ratio(text: str) -> tuple[int, int]:
    """`53/55`."""
    completed, _, whole = text.strip().partition("/")
    return number(completed), number(whole)


def figure(text: str) -> tuple[int, int, str]:
    """`53/55 (96,4%)`."""
    found = re.fullmatch(r"(\S+/\S+) \((.+)\)", text.strip())
    assert found, text
    return *ratio(found[1]), rate(found[2])


def computed(text: str) -> tuple[str, str]:
    """`53/55 nhiệm vụ (96,4%)`: the figure, and its rate where it is one."""
    found = re.fullmatch(r"(.+) \(([\d,]+%)\)", text.strip())
    return (found[1], found[2]) if found else (text, "–")


def reasons_left_out(text: str) -> tuple[tuple[str, int], ...]:
    """`12 không có thời hạn cụ thể; 1 đưa ra khỏi kế hoạch`."""
    labels = "|".join(map(re.escape, sorted(REASON, key=len, reverse=True)))
    return tuple(sorted((REASON[label], number(n)) for n, label in re.findall(rf"([\d.]+) ({labels})", text)))


def version(text: str) -> tuple[int, int, int]:
    """`phiên bản kế hoạch 1, 2 thay đổi chưa có văn bản, 1 thay đổi theo văn bản riêng`."""
    found = re.search(
        r"phiên bản (?:kế hoạch )?(\d+)(?:, (\d+) thay đổi chưa có văn bản)?(?:, (\d+) thay đổi theo văn bản riêng)?",
        text,
    )
    assert found, text
    return int(found[1]), int(found[2] or 0), int(found[3] or 0)


def days_late(text: str) -> int:
    """The most of `quá hạn 28 ngày (30/11/2023); …`; 0 where it says none."""
    return max(map(number, re.findall(r"quá hạn ([\d.]+) ngày", text)), default=0)


def lowered(cell: str) -> str:
    """A label from a cell, which begins with a capital."""
    return cell[:1].lower() + cell[1:]
