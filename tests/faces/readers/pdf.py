"""Reports as PDF, read back: lines joined, cut at the headings, read by the shape of a row."""

import io
import re
from collections.abc import Callable
from functools import cache

import pypdf

from tests.faces.questions import Facts
from tests.faces.readers.documents import BASIS, HEADING, HEADLINE, headline_in
from tests.faces.readers.pages import burn_up_in
from tests.faces.readers.texts import RULE, flat, number, rate, ratio, reasons_left_out, version
from tests.faces.worlds import Asked


@cache
def pdf_parts(asked: Asked) -> dict[str, str]:
    lines: list[str] = []
    for place, page in enumerate(pypdf.PdfReader(io.BytesIO(asked.document(".pdf"))).pages, 1):
        found = page.extract_text().split("\n")
        lines += found[1:] if place > 1 and found[0].strip() == str(place) else found
    parts: dict[str, list[str]] = {"": []}
    last = ""
    for line in lines:
        if heading := re.match(HEADING, line.strip()):
            last = heading[1]
            parts[last] = []
        parts[last].append(line)
    return {name: flat(" ".join(found)) for name, found in parts.items()}


def pdf_headline(asked: Asked) -> Facts:
    found = re.search(HEADLINE, pdf_parts(asked)["Kết quả chung"])
    assert found
    return headline_in(found)


def pdf_rates(asked: Asked) -> Facts:
    text = pdf_parts(asked)[BASIS].partition("Không tính")[2]
    labels = "|".join(re.escape(label.capitalize()) for label in RULE)
    parts = re.split(rf"({labels}) (?=\S+/\S+ \S)", text)
    found = []
    for label, rest in zip(parts[1::2], parts[2::2], strict=True):
        done, part, out = (*rest.split(" ", 2), "")[:3]
        found.append((RULE[label.lower()], *ratio(done), rate(part), reasons_left_out(out.partition("Mỗi số liệu")[0])))
    return tuple(found)


def pdf_figures(part: str, head: str) -> Callable[[Asked], Facts]:
    def read(asked: Asked) -> Facts:
        text = re.sub(
            rf"{head} Tổng số nhiệm vụ Đã hoàn thành Tỷ lệ Quá hạn ", "", pdf_parts(asked)[part].split(" ", 1)[1]
        )
        text = re.sub(r"^Kết quả theo (lĩnh vực|cơ quan chủ trì) ", "", text)
        rows = re.findall(r"(.+?) ([\d.]+) ([\d.]+) ([\d,]+%|–) ([\d.]+)(?= |$)", text)
        lines = [(flat(row[0]), number(row[2]), number(row[1]), rate(row[3]), number(row[4])) for row in rows]
        assert lines[-1][0] == "Tổng số"
        assert lines[-1][1:4] == pdf_headline(asked)
        return tuple(lines[:-1])

    return read


def pdf_burn_up(asked: Asked) -> Facts:
    return burn_up_in(pdf_parts(asked)["Kết quả chung"])


def pdf_version(asked: Asked) -> Facts:
    return version(pdf_parts(asked)[BASIS].partition(f"{asked.plan_id}, ")[2])


def pdf_balance(asked: Asked) -> Facts:
    text = pdf_parts(asked)["Tình hình nhiệm vụ trong kỳ"].partition("Tỷ trọng ")[2].partition(" Tổng số")[0]
    shares = re.findall(r"(\D+?) ([\d.]+)(?: (?=\D)|$)(?:(\D+?) ([\d.]+) [\d,]+%)?", text)
    del shares
    counts = [number(n) for n in re.findall(r"(?<![\d,])([\d.]+)(?=[ ]|$)(?! ?%)", text)]
    both, rest = counts[:6], counts[6:]
    return tuple(both[0::2]), (*both[1::2], *rest)
