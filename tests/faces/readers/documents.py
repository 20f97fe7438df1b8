"""Reports as Word and HTML, read back: paragraphs and tables, whatever the form."""

import io
import re
from collections.abc import Callable, Sequence
from functools import cache

import docx as python_docx
import lxml.html

from reformtrack.domain.wording import lead_words
from reformtrack.exchange.words import printed_deadline
from tests.faces.questions import Facts
from tests.faces.readers.pages import burn_up_in, judged_all, printed, said
from tests.faces.readers.texts import (
    RULE,
    STATUS,
    Rows,
    computed,
    days_late,
    flat,
    iso,
    lowered,
    number,
    rate,
    ratio,
    reasons_left_out,
    version,
)
from tests.faces.worlds import Asked


def blocks(asked: Asked, form: str) -> Sequence[tuple[str, Rows]]:
    """(text of a paragraph, no rows) or ("", rows of a table), in order; of a PDF each line is a paragraph."""
    return _blocks(asked, form)


@cache
def _blocks(asked: Asked, form: str) -> Sequence[tuple[str, Rows]]:
    content = asked.document(form)
    found: list[tuple[str, Rows]] = []
    if form == ".docx":
        word = python_docx.Document(io.BytesIO(content))
        for block in word.iter_inner_content():
            if isinstance(block, python_docx.table.Table):
                found.append(("", [tuple(flat(cell.text) for cell in row.cells) for row in block.rows]))
            else:
                found.append((flat(block.text), ()))
        return found
    for element in lxml.html.fromstring(content.decode()).iter("p", "h2", "h3", "h4", "table"):
        if element.tag == "table":
            found.append(("", [tuple(map(said, row.xpath("./th|./td"))) for row in element.iter("tr")]))
        else:
            found.append((said(element), ()))
    return found


def tables_after(asked: Asked, form: str, heading: str) -> list[Rows]:
    """The tables of a part, without their heads."""
    found: list[Rows] = []
    within = False
    for text, rows in blocks(asked, form):
        if rows and within:
            found.append(rows[1:])
        elif titled := re.match(HEADING, text):
            within = titled[1] == heading
    return found


ACTIVITIES, BASIS = "TÌNH HÌNH THỰC HIỆN NHIỆM VỤ THEO LĨNH VỰC", "CƠ SỞ SỐ LIỆU"
HEADING = (
    r"(?:(?:[IVX]+|\d)\. )?(Kết quả (?:chung|theo .*)|Tình hình .*|Nhiệm vụ trễ hạn .*|Số liệu khác|PHƯƠNG .*|"
    rf"{ACTIVITIES}|{BASIS})$"
)


def _text_of(asked: Asked, form: str, pattern: str) -> re.Match[str]:
    for text, _ in blocks(asked, form):
        if found := re.search(pattern, text):
            return found
    raise AssertionError(pattern)


HEADLINE = (
    r"chưa có nhiệm vụ nào được tính \(cách tính: |"
    r"đã hoàn thành (\S+) nhiệm vụ, đạt tỷ lệ (\S+?%|–) \(cách tính: .*?"
    r"(?:trong đó ([\d.]+) nhiệm vụ quá hạn|không có nhiệm vụ quá hạn)"
)


def headline_in(found: re.Match[str]) -> Facts:
    """The numbers of the headline; where nothing counts yet, it has none."""
    return (*ratio(found[1]), rate(found[2])) if found[1] else (0, 0, "–")


def document_headline(form: str) -> Callable[[Asked], Facts]:
    return lambda asked: headline_in(_text_of(asked, form, HEADLINE))


def document_rates(form: str) -> Callable[[Asked], Facts]:
    def read(asked: Asked) -> Facts:
        return tuple(
            (RULE[rule.lower()], *ratio(done), rate(part), reasons_left_out(out))
            for rule, done, part, out in tables_after(asked, form, BASIS)[1]
        )

    return read


def document_figures(form: str, heading: str) -> Callable[[Asked], Facts]:
    """Without the line of the total, which is that of the headline."""

    def read(asked: Asked) -> Facts:
        rows = tables_after(asked, form, heading)[0]
        lines = [(row[0], number(row[2]), number(row[1]), rate(row[3]), number(row[4])) for row in rows]
        assert lines[-1][1:4] == document_headline(form)(asked)
        return tuple(lines[:-1])

    return read


def document_burn_up(form: str) -> Callable[[Asked], Facts]:
    return lambda asked: burn_up_in(_text_of(asked, form, ".*theo kế hoạch phải hoàn thành.*")[0])


def _rows(asked: Asked, form: str) -> Rows:
    """The activities, without the headings between them."""
    return [row for row in tables_after(asked, form, ACTIVITIES)[0] if len(set(row)) > 1]


def given(asked: Asked, text: str) -> str:
    """The text of a cell as it was recorded: a cell begins with a capital."""
    report = asked.report
    texts = [text for one in report.indicators for text in one.printed("vi")[:3]]
    for one in report.plan.activities:
        texts += [lead_words(one.leads), printed_deadline(one, "vi")]
    return next((one for one in texts if flat(one[:1].upper() + one[1:]) == text), text)


def _status(text: str) -> str:
    labels: list[str] = [label for label in STATUS if text.lower().startswith(label)]
    return str(STATUS[max(labels, key=len)])


def document_activities(form: str) -> Callable[[Asked], Facts]:
    return lambda asked: tuple((row[0], _status(row[6])) for row in _rows(asked, form))


def document_terms(form: str) -> Callable[[Asked], Facts]:
    return lambda asked: tuple(
        (row[0], given(asked, row[3]), printed(given(asked, row[5]))) for row in _rows(asked, form)
    )


def document_completed_on(form: str) -> Callable[[Asked], Facts]:
    def read(asked: Asked) -> Facts:
        found = ((row[0], re.match(r"Đã hoàn thành ngày (\d{2}/\d{2}/\d{4})", row[6])) for row in _rows(asked, form))
        return tuple((code, iso(on[1])) for code, on in found if on)

    return read


def document_overdue(form: str) -> Callable[[Asked], Facts]:
    def read(asked: Asked) -> Facts:
        late = tuple((row[0], days_late(row[6])) for row in _rows(asked, form) if days_late(row[6]))
        not_completed = tables_after(asked, form, "Nhiệm vụ trễ hạn và chưa hoàn thành")
        listed = [(row[0], days_late(row[4])) for row in (not_completed[0] if not_completed else ())]
        assert sorted(row for row in listed if row[1]) == sorted(late)
        return late

    return read


def document_version(form: str) -> Callable[[Asked], Facts]:
    return lambda asked: version(tables_after(asked, form, BASIS)[0][0][1])


def document_indicators(form: str) -> Callable[[Asked], Facts]:
    return lambda asked: tuple(
        (given(asked, row[0]), given(asked, row[1]), *computed(given(asked, row[2])))
        for row in next(iter(tables_after(asked, form, "Số liệu khác")), ())
    )


def document_checks(form: str) -> Callable[[Asked], Facts]:
    return lambda asked: tuple(
        (given(asked, row[0]), judged_all(lowered(row[3])))
        for row in next(iter(tables_after(asked, form, "Số liệu khác")), ())
    )


def document_balance(form: str) -> Callable[[Asked], Facts]:
    def read(asked: Asked) -> Facts:
        rows = tables_after(asked, form, "Tình hình nhiệm vụ trong kỳ")[0]
        entries, outcomes = ([number(row[place]) for row in rows if row[place]] for place in (1, 3))
        assert entries.pop() == sum(entries[:3])
        assert outcomes.pop() == sum(outcomes[:6])
        return tuple(entries), tuple(outcomes)

    return read
