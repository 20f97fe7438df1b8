"""What the pages of the application show, read back."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from tests.faces.questions import Facts, most_recorded
from tests.faces.readers.texts import (
    RULE,
    STATUS,
    TIMELINESS,
    days_late,
    flat,
    iso,
    number,
    rate,
    ratio,
    reasons_left_out,
    version,
)
from tests.faces.worlds import Asked


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
        (re.sub(r"^\S+\. ", "", said(title)), *ratio(said(done)), rate(said(part)), number(said(late)))
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
    """`Đến … đã hoàn thành 53 trên 55 nhiệm vụ của kế hoạch; theo kế hoạch phải hoàn thành 19 …; 24 …; 12 …`."""
    found = re.search(
        r"đã hoàn thành ([\d.]+) trên ([\d.]+) nhiệm vụ của kế hoạch; theo kế hoạch phải hoàn thành ([\d.]+) "
        r"nhiệm vụ; ([\d.]+) nhiệm vụ đến hạn sau đó; ([\d.]+) nhiệm vụ không có thời hạn",
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
    """The rows of the list; none where it is empty, and says so instead."""
    page = asked.page(f"{of_plan(asked)}/activities", **query)
    found = page.xpath("//table")
    assert found or page.xpath("//div[@class='notice']")
    return cells(found[0]) if found else []


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
    return tuple(sorted(found))


def page_indicators(asked: Asked) -> Facts:
    return tuple(row[:4] for row in _page_indicators(asked))


def _page_indicators(asked: Asked) -> Iterator[tuple[str, str, str, str, str]]:
    [table] = asked.page(f"{of_plan(asked)}/indicators").xpath("//table")
    for row in cells(table):
        if len(row) > 1:
            title, reported, computed, percent, _, checks, *_ = map(said, row)
            yield title, "" if reported == "–" else reported, computed, percent, checks


def judged(text: str) -> tuple[bool | None, str]:
    """`✓ 43 + 20 = 63`."""
    sign = {"✓": True, "✗": False}.get(text[:1])
    return sign, text if sign is None else text[2:]


def judged_all(text: str) -> tuple[tuple[bool | None, str], ...]:
    return () if text in ("", "–") else tuple(map(judged, text.split("; ")))


def page_checks(asked: Asked) -> Facts:
    return tuple((title, judged_all(checks)) for title, *_, checks in _page_indicators(asked))


def page_reports(asked: Asked) -> Facts:
    [table] = asked.page(f"{of_plan(asked)}/reports").xpath("//table")
    found = []
    for row in cells(table):
        if len(row) > 1:
            code = row[0].xpath("./a")[0].get("href").partition("?")[0].rpartition("/")[2]
            lines, activities = map(int, re.findall(r"\d+", said(row[5]))) if re.search(r"\d", said(row[5])) else (0, 0)
            found.append((f"{asked.plan_id}@{code}", iso(said(row[1])), said(row[3]), lines, activities))
    return tuple(found)


def page_drift(asked: Asked) -> Facts:
    found = []
    for id, *_ in page_reports(asked):
        page = asked.page(f"{of_plan(asked)}/reports/{id.rpartition('@')[2]}")
        lines = tuple((said(row[0]), said(row[1]), said(row[3]).split(" ")[0]) for row in _differing(page))
        changes = page.xpath("//h2[@id='otherwise']/following-sibling::ul[1]/li")
        heads = [said(one.xpath("./a|./span")[0]) for one in changes]
        words = tuple(
            head.split(" ")[0] + said(one).removeprefix(head) for head, one in zip(heads, changes, strict=True)
        )
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


def page_all_overdue(asked: Asked) -> Facts:
    addresses = asked.page("/activities", list="overdue").xpath("//tbody/tr/th/a/@href")
    parts = (address.partition("?")[0].split("/") for address in addresses)
    return tuple((plan, code) for *_, plan, _, code in parts)


def page_weeks(asked: Asked) -> Facts:
    rows = ([said(cell) for cell in row] for row in asked.page("/trend").xpath("//tbody/tr"))
    return tuple((iso(on), *ratio(done), rate(part), number(late)) for on, done, part, late, _ in rows)[::-1]
