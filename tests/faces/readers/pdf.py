"""Reports as PDF, read back: lines joined, cut at the headings, read by the shape of a row."""

import io
import re
from collections.abc import Callable, Sequence
from functools import cache

import pypdf

from tests.faces.questions import Facts
from tests.faces.readers.documents import HEADLINE
from tests.faces.readers.pages import burn_up_in
from tests.faces.readers.texts import RULE, STATUS, days_late, flat, number, rate, ratio, reasons_left_out, version
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
        if heading := re.match(r"(I|II|III|IV|V|VI)\. |(Phụ lục \d)\. ", line):
            last = heading[1] or heading[2]
            parts[last] = []
        parts[last].append(line)
    return {name: flat(" ".join(found)) for name, found in parts.items()}


def pdf_headline(asked: Asked) -> Facts:
    found = re.search(HEADLINE, pdf_parts(asked)["I"])
    assert found
    return *ratio(found[1]), rate(found[2])


def pdf_rates(asked: Asked) -> Facts:
    text = pdf_parts(asked)["I"].partition("Không tính")[2]
    labels = "|".join(map(re.escape, RULE))
    parts = re.split(rf"({labels}) (?=\S+/\S+ \S)", text)
    found = []
    for label, rest in zip(parts[1::2], parts[2::2], strict=True):
        done, part, out = (*rest.split(" ", 2), "")[:3]
        found.append((RULE[label], *ratio(done), rate(part), reasons_left_out(out.partition("Số nhiệm vụ")[0])))
    return tuple(found)


def pdf_figures(part: str, head: str) -> Callable[[Asked], Facts]:
    def read(asked: Asked) -> Facts:
        text = re.sub(rf"{head} Nhiệm vụ Hoàn thành Tỷ lệ Quá hạn ", "", pdf_parts(asked)[part].split(" ", 1)[1])
        text = re.sub(r"^Kết quả theo (lĩnh vực|cơ quan chủ trì) ", "", text)
        rows = re.findall(r"(.+?) ([\d.]+) ([\d.]+) ([\d,]+%|–) ([\d.]+)(?= |$)", text)
        lines = [(flat(row[0]), number(row[2]), number(row[1]), rate(row[3]), number(row[4])) for row in rows]
        assert lines[-1][0] == "Tổng số"
        assert lines[-1][1:4] == pdf_headline(asked)
        return tuple(lines[:-1])

    return read


def pdf_burn_up(asked: Asked) -> Facts:
    return burn_up_in(pdf_parts(asked)["I"])


@cache
def _pdf_basis(asked: Asked) -> Sequence[tuple[str, str, str]]:
    text = pdf_parts(asked)["Phụ lục 2"].replace("Mã Tình trạng Số thứ tự các bản ghi", "")
    labels = "|".join(map(re.escape, sorted(STATUS, key=len, reverse=True)))
    late = r"(?:; (?:quá hạn [\d.]+ ngày(?: \(\d{2}/\d{2}/\d{4}\))?|báo cáo hoàn thành ngày \d{2}/\d{2}/\d{4}))*"
    return re.findall(rf"(\S+) ((?:{labels}){late}) (\d+(?:, \d+)*)(?= |$)", text)


def pdf_activities(asked: Asked) -> Facts:
    return tuple((code, STATUS[state.partition(";")[0]]) for code, state, _ in _pdf_basis(asked))


def pdf_overdue(asked: Asked) -> Facts:
    return tuple((code, days_late(state)) for code, state, _ in _pdf_basis(asked) if days_late(state))


def pdf_reasons(asked: Asked) -> Facts:
    return tuple((code, tuple(map(int, positions.split(", ")))) for code, _, positions in _pdf_basis(asked))


def pdf_version(asked: Asked) -> Facts:
    return version(pdf_parts(asked)["Phụ lục 2"].partition(f"{asked.plan_id}, ")[2])


def pdf_balance(asked: Asked) -> Facts:
    text = pdf_parts(asked)["IV"].partition("Tỷ trọng ")[2].partition(" Tổng số")[0]
    shares = re.findall(r"(\D+?) ([\d.]+)(?: (?=\D)|$)(?:(\D+?) ([\d.]+) [\d,]+%)?", text)
    del shares
    counts = [number(n) for n in re.findall(r"(?<![\d,])([\d.]+)(?=[ ]|$)(?! ?%)", text)]
    both, rest = counts[:6], counts[6:]
    return tuple(both[0::2]), (*both[1::2], *rest)
