"""The annex of a report, a workbook, read back."""

import io
import re
from fractions import Fraction
from functools import cache
from typing import Any

import openpyxl

from tests.faces.questions import Facts, percent
from tests.faces.readers.pages import judged_all, printed
from tests.faces.readers.texts import STATUS, TIMELINESS, computed, figure, lowered, version
from tests.faces.worlds import Asked


@cache
def sheets(asked: Asked) -> dict[str, list[tuple[Any, ...]]]:
    book = openpyxl.load_workbook(io.BytesIO(asked.document(".xlsx")))
    return {sheet.title: [tuple(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


def sheet(asked: Asked, name: str) -> list[tuple[Any, ...]]:
    """The rows of a sheet below its headings."""
    return sheets(asked).get(name, [])[4:]


def xlsx_headline(asked: Asked) -> Facts:
    [found] = {
        re.search(r": (\S+/\S+ \(\S+\))", rows[1][0])[1]  # type: ignore[index]  # it is there
        for rows in sheets(asked).values()
    }
    return figure(found)


def _xlsx_figures(asked: Asked) -> list[tuple[Any, ...]]:
    rows = sheet(asked, "Số liệu")
    return [
        (
            title,
            done,
            whole,
            "–" if part is None else f"{_half_up(done, whole)}",
            late,
        )
        for _, title, whole, done, part, late in rows
        if part is None or abs(part - done / whole) < 1e-9
    ]


def _half_up(done: int, whole: int) -> str:

    return percent(Fraction(done, whole))


def xlsx_domains(asked: Asked) -> Facts:
    return tuple(_xlsx_figures(asked)[1 : 1 + len(asked.plan.state.domains)])


def xlsx_leads(asked: Asked) -> Facts:
    return tuple(_xlsx_figures(asked)[1 + len(asked.plan.state.domains) :])


def _xlsx_activities(asked: Asked) -> list[tuple[Any, ...]]:
    """The rows from the code on: before it stands the printed number, where a plan has some."""
    head = sheets(asked)["Nhiệm vụ"][3]
    return [row[head.index("Mã") :] for row in sheet(asked, "Nhiệm vụ")]


def xlsx_activities(asked: Asked) -> Facts:
    return tuple((row[0], STATUS[lowered(row[9])]) for row in _xlsx_activities(asked))


def xlsx_timeliness(asked: Asked) -> Facts:
    return tuple((row[0], TIMELINESS[lowered(row[10])]) for row in _xlsx_activities(asked))


def xlsx_terms(asked: Asked) -> Facts:
    return tuple((row[0], row[4], printed(row[6])) for row in _xlsx_activities(asked))


def xlsx_completed_on(asked: Asked) -> Facts:
    return tuple((row[0], row[11].date().isoformat()) for row in _xlsx_activities(asked) if row[11])


def xlsx_version(asked: Asked) -> Facts:
    [text] = (row[1] for row in sheet(asked, "Cơ sở số liệu") if row[0] == "Phiên bản kế hoạch")
    return version(f"phiên bản {text}")


def xlsx_indicators(asked: Asked) -> Facts:
    return tuple((row[0], row[2] or "", *computed(row[3])) for row in sheet(asked, "Số liệu khác"))


def xlsx_checks(asked: Asked) -> Facts:
    return tuple((row[0], judged_all(lowered(row[5] or ""))) for row in sheet(asked, "Số liệu khác"))
