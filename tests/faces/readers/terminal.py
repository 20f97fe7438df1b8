"""What a command writes: lines, and columns that stand two spaces apart at least."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from functools import cache

from tests.faces.questions import Facts, most_recorded
from tests.faces.readers.texts import (
    RULE,
    STATUS,
    TIMELINESS,
    Rows,
    days_late,
    figure,
    iso,
    number,
    rate,
    ratio,
    reasons_left_out,
    version,
)
from tests.faces.worlds import Asked


def tables(text: str) -> list[Rows]:
    """The tables of a text: the blocks of lines between empty ones, cut where all lines of a block have two spaces."""
    blocks: list[list[str]] = [[]]
    for line in text.split("\n"):
        if line.strip():
            blocks[-1].append(line)
        else:
            blocks.append([])
    return [aligned(block) for block in blocks if block]


def aligned(lines: Sequence[str]) -> Rows:
    width = max(map(len, lines))
    padded = [line.ljust(width) for line in lines]
    blank = [all(line[place] == " " for line in padded) for place in range(width)]
    starts, place = [0], 0
    while place < width:
        end = place
        while end < width and blank[end]:
            end += 1
        if end - place >= 2:
            starts.append(end)
        place = max(end, place + 1)
    spans = list(zip(starts, [*starts[1:], width], strict=True))
    return [tuple(line[first:last].strip() for first, last in spans) for line in padded]


@cache
def terminal_plan(asked: Asked) -> str:
    return asked.terminal("plan", asked.plan_id)


def _table(text: str, heads: int, first: str) -> Rows:
    """The rows of the table that begins with a head."""
    for table in tables(text):
        if table[0][0] == first and len(table[0]) == heads:
            return table[1:]
    return []


def terminal_headline(asked: Asked) -> Facts:
    return figure(terminal_plan(asked).split("\n")[1])


def terminal_rates(asked: Asked) -> Facts:
    return tuple(
        (RULE[rule], *ratio(done), rate(part), reasons_left_out(out))
        for rule, out, done, part, _ in _table(terminal_plan(asked), 5, "Cách tính")
    )


def terminal_domains(asked: Asked) -> Facts:
    return tuple(
        (title, *ratio(done), rate(part), number(late))
        for _, title, done, part, late in _table(terminal_plan(asked), 5, "Mã")
    )


def terminal_version(asked: Asked) -> Facts:
    found = re.search(rf"phiên bản kế hoạch: {asked.plan_id} v(.*)", terminal_plan(asked))
    assert found
    assert version(terminal_list(asked, "overdue")) == version(f"phiên bản {found[1]}")
    return version(f"phiên bản {found[1]}")


def terminal_status_counts(asked: Asked) -> Facts:
    rows = _table(terminal_plan(asked), 2, "Tình trạng")
    return tuple((STATUS[label], number(count)) for label, count in rows)


def terminal_timeliness_counts(asked: Asked) -> Facts:
    rows = _table(terminal_plan(asked), 2, "Tình trạng thời hạn")
    return tuple((TIMELINESS[label], number(count)) for label, count in rows)


def terminal_without_evidence(asked: Asked) -> Facts:
    found = re.search(r"Báo cáo hoàn thành nhưng chưa có tài liệu kiểm chứng: (.*)", terminal_plan(asked))
    return tuple(found[1].split(", ")) if found else ()


@cache
def terminal_list(asked: Asked, name: str) -> str:
    return asked.terminal(name, asked.plan_id)


def terminal_tiles(asked: Asked) -> Facts:
    overdue, due = (number(terminal_list(asked, name).split("\n")[1].split()[0]) for name in ("overdue", "due"))
    return overdue, due, len(terminal_without_evidence(asked))


def terminal_missed(asked: Asked) -> Facts:
    return tuple((row[0], iso(row[4]), days_late(row[5])) for row in _table(terminal_list(asked, "overdue"), 7, "Mã"))


def terminal_overdue(asked: Asked) -> Facts:
    most: dict[str, int] = {}
    for code, _, days in terminal_missed(asked):
        most[code] = max(days, most.get(code, 0))
    return tuple(most.items())


def terminal_due_soon(asked: Asked) -> Facts:
    days: dict[str, list[str]] = {}
    for row in _table(terminal_list(asked, "due"), 7, "Mã"):
        left = (date.fromisoformat(iso(row[4])) - asked.on).days
        assert row[5] == (f"còn {left} ngày" if left else row[5])
        days.setdefault(row[0], []).append(iso(row[4]))
    return tuple((code, tuple(sorted(found))) for code, found in days.items())


@cache
def terminal_history(asked: Asked) -> Facts:
    rows = _table(asked.terminal("history", most_recorded(asked).id), 7, "Số")
    return tuple(
        (int(row[0]), "–" if row[1] == "–" else iso(row[1]), "bị" in row[4] or "thu hồi" in row[4].partition(",")[2])
        for row in rows
    )


@cache
def terminal_reports(asked: Asked) -> Facts:
    found = []
    for row in _table(asked.terminal_then("report", asked.plan_id), 6, "Báo cáo"):
        lines, activities = map(int, re.findall(r"\d+", row[5])) if row[5] != "–" else (0, 0)
        found.append((row[0], iso(row[2]), row[3], lines, activities))
    return tuple(found)


@cache
def _terminal_drifts(asked: Asked) -> Sequence[tuple[str, Rows, Facts, Facts]]:
    found = []
    for id, *_ in terminal_reports(asked):
        text = asked.terminal_then("report", asked.plan_id, id.rpartition("@")[2])
        body = text.rstrip("\n").split("\n\n")[-1].split("\n")
        lines: Rows = []
        words: list[str] = []
        positions: Facts = ()
        if len(body) > 1:
            table = [line for line in body[1:-1] if "→" not in line and "theo cách khác" not in line]
            words = [line for line in body[1:-1] if line not in table]
            lines = aligned(table)[1:] if table else []
            positions = tuple(map(number, re.findall(r"[\d.]+", body[-1])))
        found.append((id, lines, tuple(words), positions))
    return tuple(found)


def terminal_drift(asked: Asked) -> Facts:
    return tuple(
        (id, tuple((row[0], row[1].split(",")[0], row[2].split(",")[0]) for row in lines), words, positions)
        for id, lines, words, positions in _terminal_drifts(asked)
    )


@cache
def terminal_rollup_of(asked: Asked, by: str) -> str:
    return asked.terminal_then("rollup", "--by", by)


def terminal_rollup(by: str) -> Callable[[Asked], Facts]:
    def read(asked: Asked) -> Facts:
        found = tables(re.sub(r"\n\S+: không có bản ghi nào.*", "", terminal_rollup_of(asked, by)))
        return tuple((*row[:-3], *ratio(row[-3]), rate(row[-2]), number(row[-1])) for row in found[1][1:])

    return read


def terminal_total(asked: Asked) -> Facts:
    return figure(terminal_rollup_of(asked, "jurisdiction").split("\n")[0])


def terminal_silent(asked: Asked) -> Facts:
    return tuple(re.findall(r"(?m)^(\S+): không có bản ghi nào", terminal_rollup_of(asked, "jurisdiction")))


def terminal_agencies(asked: Asked) -> Facts:
    return tuple(row[0] for row in tables(asked.terminal("agencies"))[0][1:])


def terminal_all_overdue(asked: Asked) -> Facts:
    found = tables(asked.terminal("across", "overdue"))
    return tuple((row[1], row[2]) for row in found[-1][1:]) if len(found) > 1 else ()


def terminal_weeks(asked: Asked) -> Facts:
    rows = tables(asked.terminal("trend"))[-1][1:]
    return tuple((iso(row[0]), *ratio(row[1]), rate(row[2]), number(row[3])) for row in rows)
