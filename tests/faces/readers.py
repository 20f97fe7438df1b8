"""
Readers: for each face, what it shows of a question, read back from what was rendered into the facts of `questions`.

They go by the structure of a face (tables, ids, keys), and by words only where those carry the fact.
"""

import io
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

import docx as python_docx
import icalendar
import lxml.html
import openpyxl
import pypdf

from reformtrack import Counted, CountingRule, ProgressStatus, Timeliness
from reformtrack.exchange.agency_workbook import agency_workbook
from reformtrack.exchange.calendar import icalendar as feed
from tests.faces.questions import Facts, most_recorded, percent
from tests.faces.worlds import Asked

Row = tuple[str, ...]
Rows = Sequence[Row]

STATUS = {one.label(): one.value for one in ProgressStatus}
TIMELINESS = {one.label(): one.value for one in Timeliness}
RULE = {one.label(): one.value for one in CountingRule}
REASON = {one.label(): one.value for one in Counted}


# texts


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


def reasons_left_out(text: str) -> tuple[tuple[str, int], ...]:
    """`12 không có thời hạn cụ thể, 1 đưa ra khỏi kế hoạch`."""
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


# pages


def cells(table: Any) -> list[list[Any]]:
    """The cells of each row of the body of a table."""
    return [row.xpath("./th|./td") for row in table.xpath("./tbody/tr")]


def said(element: Any) -> str:
    return flat(element.text_content())


def table_under(page: Any, id: str) -> list[list[Any]]:
    """The table that is labelled by a heading; none where there is no such heading."""
    found = page.xpath(f"//*[@aria-labelledby='{id}']//table")
    return cells(found[0]) if found else []


def of_plan(asked: Asked) -> str:
    return f"/plans/{asked.plan_id}"


def plan_page(asked: Asked) -> Any:
    return asked.page(of_plan(asked))


def page_headline(asked: Asked) -> Facts:
    strong, span = plan_page(asked).xpath("//p[@class='headline']/a/*")
    return *ratio(said(strong)), rate(said(span))


def page_rates(asked: Asked) -> Facts:
    return tuple(
        (RULE[said(rule)], *ratio(said(done)), rate(said(part)), reasons_left_out(said(out)))
        for rule, done, part, out in table_under(plan_page(asked), "rates")
    )


def page_domains(asked: Asked) -> Facts:
    return tuple(
        (said(title), *ratio(said(done)), rate(said(part)), number(said(late)))
        for title, done, part, late in table_under(plan_page(asked), "domains")
    )


def page_heat(asked: Asked) -> Facts:
    page = plan_page(asked)
    heads = [said(one) for one in page.xpath("//table[@class='heat']/thead//th")][1:]
    months = [int(h[1:]) if re.fullmatch(r"T\d+", h) else 13 if h.startswith("sau") else 0 for h in heads]
    rows = []
    for lead, *row in cells(page.xpath("//table[@class='heat']")[0]):
        found = zip(months, row, strict=True)
        filled = [(month, cell) for month, cell in found if said(cell)]
        rows.append((said(lead), tuple((m, *ratio(said(c).split()[-1]), c.get("class").split()[0]) for m, c in filled)))
    return tuple(rows)


def months_of(rows: Facts) -> Facts:
    """The sums of the months of the year, of rows by lead and month."""
    sums: dict[int, tuple[int, int]] = {}
    for _, of in rows:
        for month, done, due, _ in of:
            before = sums.get(month, (0, 0))
            sums[month] = before[0] + done, before[1] + due
    return tuple((month, *sums[month]) for month in sorted(sums) if 1 <= month <= 12)


def burn_up_in(text: str) -> Facts:
    """`Đến … đã hoàn thành 53 trên 55 nhiệm vụ; theo kế hoạch đến lúc đó là 19, 24 …, 12 …`."""
    found = re.search(
        r"đã hoàn thành ([\d.]+) trên ([\d.]+) nhiệm vụ; theo kế hoạch đến lúc đó là ([\d.]+), "
        r"([\d.]+) nhiệm vụ đến hạn sau đó, ([\d.]+) nhiệm vụ không có thời hạn",
        flat(text),
    )
    assert found, text
    return tuple(map(number, found.groups()))


def page_burn_up(asked: Asked) -> Facts:
    return burn_up_in(said(plan_page(asked).get_element_by_id("burnup-text")))


def page_version(asked: Asked) -> Facts:
    return version(said(plan_page(asked).xpath("//p[@class='over']")[0]))


def page_tiles(asked: Asked) -> Facts:
    def tile(name: str) -> int:
        [strong] = plan_page(asked).xpath(f"//ul[@class='tiles']/li[contains(@class, '{name}')]//strong")
        return number(said(strong))

    return tile("overdue"), tile("due-soon"), tile("without-evidence")


def page_list(asked: Asked, **query: str) -> list[list[Any]]:
    [table] = asked.page(f"{of_plan(asked)}/activities", **query).xpath("//table")
    return cells(table)


def page_codes(**query: str) -> Callable[[Asked], Facts]:
    def read(asked: Asked) -> Facts:
        return tuple(said(row[0]) for row in page_list(asked, **query))

    return read


def page_of(asked: Asked, code: str) -> dict[str, str]:
    """The facts of an activity's page, by their heads."""
    page = asked.page(f"{of_plan(asked)}/activities/{code}")
    return {said(one[0]): said(one[1]) for one in page.xpath("//dl[@class='facts']/div")}


def page_dues(asked: Asked, code: str) -> list[tuple[str, int]]:
    """The due days that an activity's page shows as open or missed, each with the days by which it was missed."""
    text = page_of(asked, code).get("Ngày đến hạn", "")
    found = re.findall(r"(\d{2}/\d{2}/\d{4})(?: \(quá hạn ([\d.]+) ngày\))?", text)
    return [(iso(at), number(late or "0")) for at, late in found]


def page_overdue(asked: Asked) -> Facts:
    codes = page_codes(list="overdue")(asked)
    return tuple((code, max(late for _, late in page_dues(asked, code))) for code in codes)


def page_missed(asked: Asked) -> Facts:
    codes = page_codes(list="overdue")(asked)
    return tuple((code, *due) for code in codes for due in page_dues(asked, code) if due[1])


def page_card(asked: Asked) -> Facts:
    """The first on the page of the plan, each with all the due days that it missed."""
    cards = plan_page(asked).xpath("//div[@class='cards']/section")
    found = []
    for item in cards[0].xpath(".//li[a]"):
        code, text = said(item.xpath("./a")[0]).split()[0], said(item.xpath("./span")[0])
        found.append((code, days_late(text)))
    return tuple(found)


def page_due_soon(asked: Asked) -> Facts:
    codes = page_codes(list="due-soon")(asked)
    soon = ((code, [at for at, late in page_dues(asked, code) if not late]) for code in codes)
    return tuple((code, tuple(day for day in days if within(asked, day))) for code, days in soon)


def within(asked: Asked, day: str, days: int = 7) -> bool:
    return 0 <= (date.fromisoformat(day) - asked.on).days <= days


def page_left(asked: Asked) -> Facts:
    rows = [(said(row[0]), STATUS[said(row[4].xpath(".//span[1]")[0])]) for row in page_list(asked)]
    return tuple(row for row in rows if row[1] in ("withdrawn", "carried_over"))


def page_activities(asked: Asked) -> Facts:
    return tuple((said(row[0]), STATUS[said(row[4].xpath(".//span[1]")[0])]) for row in page_list(asked))


def page_terms(asked: Asked) -> Facts:
    return tuple((said(row[0]), said(row[2]), printed(said(row[3]))) for row in page_list(asked))


def printed(text: str) -> str:
    """A deadline without the day on which it was decided."""
    return re.sub(r" \(quyết định sau, ngày .*\)$", "", text)


def page_marks(asked: Asked) -> Facts:
    found = []
    for row in page_list(asked):
        timely = row[4].xpath(".//span[contains(@class, 'timely')]")
        found.append((said(row[0]), TIMELINESS[said(timely[0])] if timely else ""))
    return tuple(found)


def page_history(asked: Asked) -> Facts:
    page = asked.page(f"{of_plan(asked)}/activities/{most_recorded(asked).code}")
    found = []
    for item in page.xpath("//ol[@class='records']/li"):
        first = said(item.xpath(".//dl/div/dd")[0])
        day = iso(first) if re.fullmatch(r"\d{2}/\d{2}/\d{4}", first) else "–"
        gone = bool(item.xpath("./p[1]/span[contains(@class, 'overdue')]"))
        if day == "–" or day <= asked.on.isoformat():
            found.append((int(item.get("id").removeprefix("r")), day, gone))
    return tuple(found)


def page_indicators(asked: Asked) -> Facts:
    return tuple(row[:3] for row in _page_indicators(asked))


def _page_indicators(asked: Asked) -> Iterator[tuple[str, str, str, str]]:
    [table] = asked.page(f"{of_plan(asked)}/indicators").xpath("//table")
    for row in cells(table):
        if len(row) > 1:
            title, reported, computed, _, _, checks, *_ = map(said, row)
            yield title, "" if reported == "–" else reported, computed, checks


def judged(text: str) -> tuple[bool | None, str]:
    """`✓ 43 + 20 = 63`."""
    sign = {"✓": True, "✗": False}.get(text[:1])
    return sign, text if sign is None else text[2:]


def judged_all(text: str) -> tuple[tuple[bool | None, str], ...]:
    return () if text in ("", "–") else tuple(map(judged, text.split("; ")))


def page_checks(asked: Asked) -> Facts:
    return tuple((title, judged_all(checks)) for title, _, _, checks in _page_indicators(asked))


def page_reports(asked: Asked) -> Facts:
    [table] = asked.page(f"{of_plan(asked)}/reports").xpath("//table")
    found = []
    for row in cells(table):
        if len(row) > 1:
            code = row[0].xpath("./a")[0].get("href").partition("?")[0].rpartition("/")[2]
            lines, activities = map(int, re.findall(r"\d+", said(row[4]))) if re.search(r"\d", said(row[4])) else (0, 0)
            found.append((f"{asked.plan_id}@{code}", iso(said(row[1])), said(row[3]), lines, activities))
    return tuple(found)


def page_drift(asked: Asked) -> Facts:
    found = []
    for id, *_ in page_reports(asked):
        page = asked.page(f"{of_plan(asked)}/reports/{id.rpartition('@')[2]}")
        lines = tuple((said(row[0]), said(row[1]), said(row[3]).split(" ")[0]) for row in _differing(page))
        words = tuple(said(one) for one in page.xpath("//h2[@id='otherwise']/following-sibling::ul[1]/li"))
        found.append((id, lines, words))
    return tuple(found)


def page_drift_overdue(asked: Asked) -> Facts:
    found = []
    for id, *_ in page_reports(asked):
        page = asked.page(f"{of_plan(asked)}/reports/{id.rpartition('@')[2]}")
        found.append((id, tuple((said(row[0]), said(row[2]), said(row[4])) for row in _differing(page))))
    return tuple(found)


def _differing(page: Any) -> list[list[Any]]:
    return [row.xpath("./th|./td") for row in page.xpath("//*[@aria-labelledby='figures']//tr[@class='differs']")]


def home(asked: Asked) -> Any:
    return asked.page("/")


def page_total(asked: Asked) -> Facts:
    strong, span = home(asked).xpath("//p[@class='headline']/a/*")
    return *ratio(said(strong)), rate(said(span))


def page_league(asked: Asked) -> Facts:
    return tuple(
        (said(rank), said(name), *ratio(said(done)), rate(said(part)), number(said(late)))
        for rank, name, _, done, part, late in table_under(home(asked), "league")
    )


def _card(asked: Asked, place: int) -> list[Any]:
    return list(home(asked).xpath("//div[@class='cards']/section")[place].xpath(".//li[a]"))


def page_worst(asked: Asked) -> Facts:
    found = []
    for item in _card(asked, 0):
        part, done = said(item.xpath("./span")[0]).rstrip(")").split(" (")
        found.append((int(item.get("value")), said(item.xpath("./a")[0]), *ratio(done), rate(part)))
    return tuple(found)


def page_late(asked: Asked) -> Facts:
    return tuple(
        (int(item.get("value")), said(item.xpath("./a")[0]), number(said(item.xpath("./span")[0]).split()[0]))
        for item in _card(asked, 1)
    )


def page_silent(asked: Asked) -> Facts:
    return tuple(_plan_of(item.xpath("./a")[0]) for item in _card(asked, 2))


def _plan_of(link: Any) -> str:
    return str(link.get("href").partition("?")[0].rpartition("/")[2])


def _page_plans(asked: Asked) -> list[list[Any]]:
    return table_under(asked.page("/plans"), "found")


def page_plan_list(asked: Asked) -> Facts:
    return tuple((_plan_of(row[0].xpath("./a")[0]), said(row[1]), said(row[0])) for row in _page_plans(asked))


def page_by_plan(asked: Asked) -> Facts:
    return tuple(
        (said(place), _plan_of(title.xpath("./a")[0]), *ratio(said(done)), rate(said(part)), number(said(late)))
        for title, place, done, part, late in _page_plans(asked)
    )


def page_agencies(asked: Asked) -> Facts:
    return tuple(said(one) for one in asked.page("/agencies").xpath("//ul[@class='names']/li/a"))


# the API, and --json: two forms of the same, read by one


def document_counts(found: Any) -> tuple[int, int, str, int]:
    part = found["percent"]
    return found["completed"], found["total"], "–" if part is None else rate(part), found["overdue"]


def document_left_out(found: Any) -> tuple[tuple[str, int], ...]:
    return tuple(sorted((found["left_out"] if "left_out" in found else found["excluded"]).items()))


def _rates_of(found: Any) -> Facts:
    rates = found["rates"].values() if isinstance(found["rates"], dict) else found["rates"]
    return tuple((one["rule"], *document_counts(one)[:3], document_left_out(one)) for one in rates)


def _parts_of(parts: Any) -> Facts:
    return tuple((one["title"], *document_counts(one.get("progress", one))) for one in parts)


def _version_of(found: Any) -> Facts:
    number = found["plan_version"] if "plan_version" in found else found["version"]
    return number, found["undocumented_changes"], found["changes_by_own_documents"]


def api_plan(asked: Asked) -> Any:
    return asked.api(of_plan(asked))


def api_activities(asked: Asked, **query: str) -> list[Any]:
    """All of them, page by page."""
    found: list[Any] = []
    after: dict[str, str] = {}
    while True:
        answer = asked.api(f"{of_plan(asked)}/activities", **query, **after, limit="40")
        found += answer["activities"]
        if answer["next"] is None:
            return found
        after = {"after": answer["next"]}


def api_field(name: str, **query: str) -> Callable[[Asked], Facts]:
    def read(asked: Asked) -> Facts:
        return tuple((one["code"], one[name]) for one in api_activities(asked, **query))

    return read


def api_tiles(asked: Asked) -> Facts:
    found = api_plan(asked)
    return found["overdue"], found["due_within_7_days"], found["without_evidence"]


def api_overdue(asked: Asked) -> Facts:
    return tuple((one["code"], one["days_overdue"]) for one in api_activities(asked) if one["days_overdue"])


def api_warnings(asked: Asked) -> Facts:
    found = asked.api(f"{of_plan(asked)}/warnings")["warnings"]
    return tuple((one["kind"], one["subject"], one["due"] or "", one["days"]) for one in found)


def api_missed(asked: Asked) -> Facts:
    found = ((kind, subject.rpartition("/")[2], due, days) for kind, subject, due, days in api_warnings(asked))
    return tuple(rest for kind, *rest_ in found for rest in [tuple(rest_)] if kind == "overdue")


def _soon_of(asked: Asked, activities: Sequence[Any]) -> Facts:
    soon = ((one["code"], tuple(day for day in one["open_days"] if within(asked, day))) for one in activities)
    return tuple((code, days) for code, days in soon if days)


def api_due_soon(asked: Asked) -> Facts:
    return _soon_of(asked, api_activities(asked))


def api_open_days(asked: Asked) -> Facts:
    return tuple((one["code"], tuple(one["open_days"])) for one in api_activities(asked) if one["open_days"])


def api_left(asked: Asked) -> Facts:
    gone = [*api_activities(asked, status="withdrawn"), *api_activities(asked, status="carried_over")]
    return tuple((one["code"], one["status"]) for one in gone)


def api_undated(asked: Asked) -> Facts:
    return tuple(one["code"] for one in api_activities(asked, timeliness="no_deadline"))


def api_terms(asked: Asked) -> Facts:
    return tuple((one["code"], one["lead"], one["deadline"]) for one in api_activities(asked))


def api_history(asked: Asked) -> Facts:
    stream = most_recorded(asked).id
    found, after = [], "0"
    while True:
        answer = asked.api("/records", stream=stream, limit="1000", after=after)
        found += answer["records"]
        if answer["next"] is None:
            break
        after = str(answer["next"])
    return history_of(found)


def history_of(records: Sequence[Any]) -> Facts:
    gone = {one["event"]["version"] for one in records if one.get("type", one.get("name")) == "RecordRetracted"}
    return tuple((one["version"], one["event"].get("on") or "–", one["version"] in gone) for one in records)


def api_indicators(asked: Asked) -> Facts:
    found = asked.api(f"{of_plan(asked)}/indicators")["indicators"]
    return tuple((one["title"], one["reported_text"], one["text"]) for one in found)


def api_checks(asked: Asked) -> Facts:
    found = asked.api(f"{of_plan(asked)}/indicators")["indicators"]
    return tuple(
        (one["title"], tuple((check["holds"], check["text"].partition(": ")[2]) for check in one["checks"]))
        for one in found
    )


def api_reports(asked: Asked) -> Facts:
    found = asked.api(f"{of_plan(asked)}/reports")["reports"]
    return tuple(
        (one["id"], one["issued_on"], one["text"], sum(f["differs"] for f in one["figures"]), len(one["activities"]))
        for one in found
    )


def api_drift(asked: Asked) -> Facts:
    found = []
    for listed in asked.api(f"{of_plan(asked)}/reports")["reports"]:
        one = asked.api(f"{of_plan(asked)}/reports/{listed['id'].rpartition('@')[2]}")
        assert listed == one
        lines = tuple((f["title"], f["sent"] or "–", f["now"] or "–") for f in one["figures"] if f["differs"])
        found.append((one["id"], lines, tuple(change["words"] for change in one["activities"])))
    return tuple(found)


def lines_of(found: Any) -> Facts:
    """The lines of a roll-up."""
    by = found.get("by", ())
    keys = ([*one["key"].values()] if "key" in one else [one[name] for name in by] for one in found["lines"])
    return tuple((*key, *document_counts(one)) for key, one in zip(keys, found["lines"], strict=True))


def api_rollup(by: str) -> Callable[[Asked], Facts]:
    return lambda asked: lines_of(asked.api("/rollup", by=by))


def api_plans(asked: Asked) -> Facts:
    return tuple((one["id"], one["jurisdiction"], one["title"]) for one in asked.api("/plans")["plans"])


def api_agencies(asked: Asked) -> Facts:
    return tuple(one["name"] for one in asked.api("/agencies")["agencies"])


@cache
def json_plan(asked: Asked) -> Any:
    return asked.json("plan", asked.plan_id)


@cache
def json_list(asked: Asked, name: str) -> list[Any]:
    found: list[Any] = asked.json(name, asked.plan_id)["activities"]
    return found


def json_status_counts(asked: Asked) -> Facts:
    return tuple(json_plan(asked)["statuses"].items())


def json_timeliness_counts(asked: Asked) -> Facts:
    return tuple(json_plan(asked)["timeliness"].items())


def json_tiles(asked: Asked) -> Facts:
    without = json_plan(asked)["without_evidence"]
    return len(json_list(asked, "overdue")), len(json_list(asked, "due")), len(without)


def json_overdue(asked: Asked) -> Facts:
    return tuple((one["code"], one["days_overdue"]) for one in json_list(asked, "overdue"))


def json_due_soon(asked: Asked) -> Facts:
    return _soon_of(asked, json_list(asked, "due"))


@cache
def json_history(asked: Asked) -> Facts:
    return history_of(asked.json("history", most_recorded(asked).id)["records"])


@cache
def _json_reports(asked: Asked) -> list[Any]:
    found: list[Any] = asked.json_then("report", asked.plan_id)["reports"]
    return found


def json_reports(asked: Asked) -> Facts:
    return tuple(
        (
            one["report"],
            one["issued_on"],
            _json_text(one["content"]["figures"][0]),
            len(one["drift"]),
            len(one["drift_activities"]),
        )
        for one in _json_reports(asked)
    )


def _json_text(total: Any) -> str:
    from fractions import Fraction

    part = percent(Fraction(total["completed"], total["total"]) if total["total"] else None)
    return f"{total['completed']}/{total['total']} ({part}{'' if part == '–' else '%'})"


def _json_lines(one: Any, shown: Callable[[Any], str]) -> Facts:
    titles = {figure["key"]: figure["title"] for figure in one["content"]["figures"]}
    titles |= {line["key"]: (line["sent"] or line["now"])["title"] for line in one["drift"]}
    return tuple((titles[line["key"]], shown(line["sent"]), shown(line["now"])) for line in one["drift"])


def json_drift(asked: Asked) -> Facts:
    return tuple(
        (
            one["report"],
            _json_lines(one, lambda f: f"{f['completed']}/{f['total']}" if f else "–"),
            tuple(change["words"] for change in one["drift_activities"]),
            tuple(one["drift_records"]),
        )
        for one in _json_reports(asked)
    )


def json_drift_overdue(asked: Asked) -> Facts:
    return tuple(
        (one["report"], _json_lines(one, lambda f: str(f["overdue"]) if f else "–")) for one in _json_reports(asked)
    )


@cache
def json_rollup_of(asked: Asked, by: str) -> Any:
    return asked.json_then("rollup", "--by", by)


def json_rollup(by: str) -> Callable[[Asked], Facts]:
    return lambda asked: lines_of(json_rollup_of(asked, by))


def json_total(asked: Asked) -> Facts:
    return document_counts(json_rollup_of(asked, "jurisdiction")["total"])[:3]


def json_silent(asked: Asked) -> Facts:
    return tuple(one["plan"] for one in json_rollup_of(asked, "jurisdiction")["silent"])


def json_agencies(asked: Asked) -> Facts:
    return tuple(one["name"] for one in asked.json("agencies")["agencies"])


# the terminal: aligned columns, two spaces apart at least


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
    found = re.search(r"Hoàn thành nhưng chưa có tài liệu kiểm chứng: (.*)", terminal_plan(asked))
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
    for row in _table(asked.terminal_then("report", asked.plan_id), 5, "Báo cáo"):
        lines, activities = map(int, re.findall(r"\d+", row[4])) if row[4] != "–" else (0, 0)
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
        (id, tuple((row[0], row[1].split(" ")[0], row[2].split(" ")[0]) for row in lines), words, positions)
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


# documents: paragraphs and tables, whatever the form


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
    for element in lxml.html.fromstring(content.decode()).iter("p", "h2", "table"):
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
        elif re.match(r"[IVX]+\. |Phụ lục \d", text):
            within = text.startswith(heading)
    return found


def _text_of(asked: Asked, form: str, pattern: str) -> re.Match[str]:
    for text, _ in blocks(asked, form):
        if found := re.search(pattern, text):
            return found
    raise AssertionError(pattern)


HEADLINE = r"đã hoàn thành (\S+) nhiệm vụ \(đạt (\S+?%|–) kế hoạch\), cách tính: .*; ([\d.]+) nhiệm vụ quá hạn"


def document_headline(form: str) -> Callable[[Asked], Facts]:
    def read(asked: Asked) -> Facts:
        found = _text_of(asked, form, HEADLINE)
        return *ratio(found[1]), rate(found[2])

    return read


def document_rates(form: str) -> Callable[[Asked], Facts]:
    def read(asked: Asked) -> Facts:
        return tuple(
            (RULE[rule], *ratio(done), rate(part), reasons_left_out(out))
            for rule, done, part, out in tables_after(asked, form, "I. ")[0]
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
    return lambda asked: burn_up_in(_text_of(asked, form, ".*theo kế hoạch đến lúc đó.*")[0])


def document_activities(form: str) -> Callable[[Asked], Facts]:
    def read(asked: Asked) -> Facts:
        rows = tables_after(asked, form, "Phụ lục 1")[0]
        assert [(row[0], row[4]) for row in rows] == [row[:2] for row in tables_after(asked, form, "Phụ lục 2")[1]]
        return tuple((row[0], STATUS[row[4].partition(";")[0]]) for row in rows)

    return read


def document_terms(form: str) -> Callable[[Asked], Facts]:
    return lambda asked: tuple((row[0], row[2], printed(row[3])) for row in tables_after(asked, form, "Phụ lục 1")[0])


def document_completed_on(form: str) -> Callable[[Asked], Facts]:
    return lambda asked: tuple((row[0], iso(row[5])) for row in tables_after(asked, form, "Phụ lục 1")[0] if row[5])


def document_overdue(form: str) -> Callable[[Asked], Facts]:
    def read(asked: Asked) -> Facts:
        found = tuple((row[0], days_late(row[1])) for row in tables_after(asked, form, "Phụ lục 2")[1])
        late = tuple(row for row in found if row[1])
        not_completed = tables_after(asked, form, "V. ")
        listed = [(row[0], days_late(row[4])) for row in (not_completed[0] if not_completed else ())]
        assert [row for row in listed if row[1]] == list(late)
        return late

    return read


def document_reasons(form: str) -> Callable[[Asked], Facts]:
    return lambda asked: tuple(
        (row[0], tuple(int(n) for n in row[2].split(", "))) for row in tables_after(asked, form, "Phụ lục 2")[1]
    )


def document_version(form: str) -> Callable[[Asked], Facts]:
    return lambda asked: version(tables_after(asked, form, "Phụ lục 2")[0][0][1])


def document_indicators(form: str) -> Callable[[Asked], Facts]:
    return lambda asked: tuple(row[:3] for row in next(iter(tables_after(asked, form, "VI. ")), ()))


def document_checks(form: str) -> Callable[[Asked], Facts]:
    return lambda asked: tuple(
        (row[0], judged_all(row[3])) for row in next(iter(tables_after(asked, form, "VI. ")), ())
    )


def document_balance(form: str) -> Callable[[Asked], Facts]:
    def read(asked: Asked) -> Facts:
        rows = tables_after(asked, form, "IV. ")[0]
        entries, outcomes = ([number(row[place]) for row in rows if row[place]] for place in (1, 3))
        assert entries.pop() == sum(entries[:3])
        assert outcomes.pop() == sum(outcomes[:6])
        return tuple(entries), tuple(outcomes)

    return read


# the PDF: its lines joined, cut at its headings, read by the shape of a row


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
    late = r"(?:; quá hạn [\d.]+ ngày(?: \(\d{2}/\d{2}/\d{4}\))?)*"
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


# the annex


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
        for title, whole, done, part, late in rows
        if part is None or abs(part - done / whole) < 1e-9
    ]


def _half_up(done: int, whole: int) -> str:
    from fractions import Fraction

    return percent(Fraction(done, whole))


def xlsx_domains(asked: Asked) -> Facts:
    return tuple(_xlsx_figures(asked)[1 : 1 + len(asked.plan.state.domains)])


def xlsx_leads(asked: Asked) -> Facts:
    return tuple(_xlsx_figures(asked)[1 + len(asked.plan.state.domains) :])


def _xlsx_activities(asked: Asked) -> list[tuple[Any, ...]]:
    return sheet(asked, "Nhiệm vụ")


def xlsx_activities(asked: Asked) -> Facts:
    return tuple((row[0], STATUS[row[8]]) for row in _xlsx_activities(asked))


def xlsx_timeliness(asked: Asked) -> Facts:
    return tuple((row[0], TIMELINESS[row[9]]) for row in _xlsx_activities(asked))


def xlsx_terms(asked: Asked) -> Facts:
    return tuple((row[0], row[4], printed(row[6])) for row in _xlsx_activities(asked))


def xlsx_completed_on(asked: Asked) -> Facts:
    return tuple((row[0], row[10].date().isoformat()) for row in _xlsx_activities(asked) if row[10])


def xlsx_version(asked: Asked) -> Facts:
    [text] = (row[1] for row in sheet(asked, "Cơ sở số liệu") if row[0] == "Phiên bản kế hoạch")
    return version(f"phiên bản {text}")


def xlsx_indicators(asked: Asked) -> Facts:
    return tuple((row[0], row[2] or "", row[3]) for row in sheet(asked, "Số liệu khác"))


# digests, the calendar, the workbook that agencies fill in


KINDS = (
    ("overdue", re.compile(r"quá hạn ([\d.]+) ngày \(thời hạn (\d{2}/\d{2}/\d{4}).*?\): ")),
    ("due", re.compile(r"còn ([\d.]+) ngày \(thời hạn (\d{2}/\d{2}/\d{4}).*?\): ")),
    ("silent", re.compile(r"([\d.]+) ngày không có thông tin()")),
    ("without_evidence", re.compile(r"hoàn thành nhưng chưa có tài liệu kiểm chứng()()")),
)


def warning_of(line: str) -> tuple[str, str, str, int]:
    code, _, words = line.partition(": ")
    for kind, pattern in KINDS:
        if found := pattern.match(words):
            return kind, code, iso(found[2]) if found[2] else "", number(found[1] or "0")
    raise AssertionError(line)


def digest_warnings(asked: Asked) -> Facts:
    found = []
    for one in asked.digests:
        lines = [line.removeprefix("- ") for line in one.text.split("\n") if line.startswith("- ")]
        assert lines == [said(item) for item in lxml.html.fromstring(one.html).iter("li")]
        assert str(len(lines)) == one.subject.split()[0]
        assert one.to in one.text
        found.append((one.to, tuple(map(warning_of, lines))))
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
        assert str(event["SUMMARY"]).startswith(f"{code} ")
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


# frames


@cache
def frame(asked: Asked) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = asked.then.tracker.plan(asked.plan_id, asked.on).to_frame().to_dicts()
    return found


def counted(row: dict[str, Any], rule: str) -> str:
    """What an activity is counted as, by the columns that the docs name: status, dated, overdue."""
    if row["status"] in ("withdrawn", "carried_over"):
        return str(row["status"])
    if rule == "dated_only" and not row["dated"]:
        return "no_date"
    if row["status"] == "completed":
        return "completed"
    if row["overdue"]:
        return "overdue"
    if rule != "fallen_due":
        return "open"
    past = row["final_due"] is not None and row["final_due"] < row["asked"]
    return "awaiting_confirmation" if row["status"] == "awaiting_confirmation" and past else "not_yet_due"


def frame_counts(asked: Asked, rule: str, rows: Sequence[dict[str, Any]]) -> tuple[Any, ...]:
    from collections import Counter
    from fractions import Fraction

    found = Counter(counted({**row, "asked": asked.on}, rule) for row in rows)
    done, late = found.pop("completed", 0), found.pop("overdue", 0)
    whole = done + late + found.pop("open", 0)
    return done, whole, percent(Fraction(done, whole) if whole else None), late, tuple(sorted(found.items()))


def frame_headline(asked: Asked) -> Facts:
    return frame_counts(asked, asked.plan.state.counting_rule.value, frame(asked))[:3]


def frame_rates(asked: Asked) -> Facts:
    return tuple(
        (rule.value, *found[:3], found[4])
        for rule in CountingRule
        for found in [frame_counts(asked, rule.value, frame(asked))]
    )


def frame_by(column: str) -> Callable[[Asked], Facts]:
    """Those in which something counts: a frame has none without activities."""

    def read(asked: Asked) -> Facts:
        groups: dict[str, list[Any]] = {}
        for row in frame(asked):
            groups.setdefault(row[column], []).append(row)
        rule = asked.plan.state.counting_rule.value
        lines = ((name, *frame_counts(asked, rule, rows)[:4]) for name, rows in groups.items())
        return tuple(line for line in lines if line[2])

    return read


def frame_field(name: str, where: Callable[[dict[str, Any]], Any] = lambda row: True) -> Callable[[Asked], Facts]:
    def read(asked: Asked) -> Facts:
        rows = [row for row in frame(asked) if where(row)]
        return tuple((row["code"], row[name].isoformat() if isinstance(row[name], date) else row[name]) for row in rows)

    return read


def frame_codes(where: Callable[[dict[str, Any]], Any]) -> Callable[[Asked], Facts]:
    return lambda asked: tuple(row["code"] for row in frame(asked) if where(row))


def frame_terms(asked: Asked) -> Facts:
    return tuple((row["code"], row["lead"], row["deadline"]) for row in frame(asked))


def frame_history(asked: Asked) -> Facts:
    import json

    plan = asked.then.tracker.plan(asked.plan_id, asked.on)
    rows = plan.history_frame().to_dicts()
    stream = most_recorded(asked).id
    own = [row for row in rows if row["stream"] == stream and (row["on"] is None or row["on"] <= asked.on)]
    assert all(json.loads(row["event"]) for row in own)
    return tuple((row["version"], row["on"].isoformat() if row["on"] else "–", row["retracted"]) for row in own)
