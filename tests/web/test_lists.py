"""Lists of activities and their files: one answer on the page, in the API, in .csv, .xlsx and JSON; and who may fetch what."""

import csv
import io
import json
import re
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import httpx
import lxml.html
import pytest
import python_calamine
from hypothesis import given, settings

from reformtrack import Deadline, Tracker
from reformtrack.domain.period import period
from reformtrack.domain.values import Document
from reformtrack.events import (
    ActivityCompleted,
    ActivityStarted,
    AgencyRegistered,
    EvidenceFiled,
)
from reformtrack.exchange.listing import csv_file
from reformtrack.testing import proposals
from reformtrack.web import Actor, answering, create_app, exports
from tests.support import Clock, adopted, day, scheduled, tracker_of
from tests.views.test_listing import ORDERED
from tests.web.asking import ask

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =cmd|' /C calc'!A0", "\xa0=1", "\n=1", "＝1+1")
QUERIES: tuple[dict[str, str], ...] = (
    {},
    {"status": "completed"},
    {"q": "42"},
    {"q": "ra soat", "sort": "-deadline"},
    {"list": "overdue", "on": "2023-08-01"},
    {"evidence": "no", "by": "domain", "known_at": "9"},
    {"due_from": "2023-07-01", "lang": "en"},
    {"q": "nothing is called so"},
)


@pytest.fixture(scope="module")
def tracker() -> Iterator[Tracker]:
    with Tracker(clock=Clock()) as tracker:
        tracker.record(
            AgencyRegistered("@stp", on=day("1-1"), name="Sở Tư pháp"),
            adopted(),
            scheduled("p/1.01", number="42", supporting=("Sở Y tế",), host_fields={"Nguồn vốn, kinh phí": "100"}),
            scheduled("p/1.02", title="Đào tạo", lead="Sở Nội vụ", host_fields={"=Ghi chú": "=2+2"}),
            scheduled("p/2.01", domain="2", deadline=Deadline.parse("15/3; 15/9", 2023)),
            scheduled("p/2.42", domain="2", title="Khác", lead=()),
            adopted("q", title="Kế hoạch Q"),
            scheduled("q/1", title="Của Q"),
            by="x",
        )
        tracker.record(
            ActivityStarted("p/1.02", on=day("2-1")),
            ActivityCompleted("p/1.01", on=day("5-1"), evidence=(Document(number="12/BC-STP"),)),
            EvidenceFiled("p/2.42", on=day("7-1"), evidence=(Document(number="99/CV"),)),
            by="x",
        )
        tracker.reports.issue("p", period("2023-h1"), by="x", on=day("6-20"))
        yield tracker


def sheet_of(content: bytes) -> list[list[Any]]:
    rows = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    start = next(n for n, row in enumerate(rows) if "Mã" in row or "Code" in row)
    return rows[start:]


def codes_on_page(answer: httpx.Response) -> list[str]:
    rows = lxml.html.fromstring(answer.text).xpath("//table[contains(@class, 'listed')]/tbody/tr[not(@class)]")
    return [row.xpath("./th/a")[0].get("href").partition("?")[0].rpartition("/")[2] for row in rows]


def everywhere(app: Any, base: str, query: dict[str, str]) -> list[list[str]]:
    """The codes of a list, in order, as each face has them."""
    asked = f"?{urlencode(query)}"
    page, file, book, data = (ask(app, f"{base}{end}{asked}") for end in ("", ".csv", ".xlsx", ".json"))
    assert {200} == {one.status_code for one in (page, file, book, data)}
    read = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
    head, *rows = sheet_of(book.content)
    code = next(name for name in ("Mã", "Code") if name in head)
    document = json.loads(data.content)
    of_api = {name: value for name, value in query.items() if name not in ("by", "lang")}
    api = ask(app, f"/api/v1{base}?{urlencode(of_api)}").json()
    for one in (document, api):
        assert len(one["activities"]) == one["count"]
    assert document["counts"] == api["counts"]
    assert document["count"] == int(
        lxml.html.fromstring(page.text).xpath("//h1")[0].text_content().rpartition(": ")[2].split()[0]
    )
    found = [codes_on_page(page), [row[code] for row in read], [row[head.index(code)] for row in rows]]
    found += [[one["code"] for one in document["activities"]]]
    if "by" in query:  # the API has no groups
        assert sorted(one["code"] for one in api["activities"]) == sorted(found[-1])
        return found
    return [*found, [one["code"] for one in api["activities"]]]


@pytest.mark.parametrize("query", QUERIES)
def test_a_list_is_one_on_its_page_in_the_api_and_in_each_file(tracker: Tracker, query: dict[str, str]) -> None:
    """The same activities in the same order; files opened with other software."""
    found = everywhere(create_app(tracker), "/plans/p/activities", query)
    assert all(one == found[0] for one in found), found


@settings(max_examples=max(1, settings().max_examples // 10))
@given(proposals(), ORDERED)
def test_a_list_of_a_random_plan_is_one_everywhere(events: list[Any], query: dict[str, str]) -> None:
    """Filtered, searched and sorted in any way."""
    with tracker_of(events) as tracker:
        found = everywhere(create_app(tracker), "/plans/p/activities", {**query, "on": "2023-12-01"})
    assert all(one == found[0] for one in found), found


def test_an_agency_has_the_list_of_its_work_in_all_plans(tracker: Tracker) -> None:
    """With a filter for the plan, page by page in the API, and the workbook of each plan."""
    app = create_app(tracker)
    found = everywhere(app, "/agencies/stp/activities", {})
    assert [["1", "1.01", "2.01"]] * len(found) == [sorted(one) for one in found]
    assert [["1"]] * len(found) == everywhere(app, "/agencies/stp/activities", {"plan": "q"})
    first = ask(app, "/api/v1/agencies/stp/activities?limit=2").json()
    rest = ask(app, f"/api/v1/agencies/stp/activities?limit=2&after={first['next']}").json()
    assert (3, None) == (first["count"], rest["next"])
    assert ["1", "1.01", "2.01"] == sorted(one["code"] for one in first["activities"] + rest["activities"])
    assert 400 == ask(app, "/api/v1/agencies/stp/activities?after=p/9").status_code
    page = lxml.html.fromstring(ask(app, "/agencies/stp/activities").text)
    books = [link.get("href") for link in page.xpath("//a[contains(@href, 'workbook.xlsx')]")]
    assert 2 == len(books)
    for book in books:
        answer = ask(app, book)
        assert (200, exports.TYPES["xlsx"]) == (answer.status_code, answer.headers["content-type"])
        assert python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).sheet_names


def test_each_count_on_the_page_is_what_it_leads_to(tracker: Tracker) -> None:
    """Tabs, the values of each filter, and what an empty list says."""
    app = create_app(tracker)
    page = lxml.html.fromstring(ask(app, "/plans/p/activities?on=2023-08-01").text)
    links = [(one.xpath("./b")[0].text_content(), one.get("href")) for one in page.xpath("//nav[@class='lists']/a")]
    form = page.xpath("//form[contains(@class, 'list')]")[0]
    for choice in form.xpath(".//select/option[contains(text(), '(')]"):
        name, count = choice.getparent().get("name"), re.findall(r"\((\d+)\)$", choice.text_content())[0]
        links.append((count, "/plans/p/activities?" + urlencode({"on": "2023-08-01", name: choice.get("value")})))
    assert len(links) > 12
    for count, href in links:
        assert int(count) == len(codes_on_page(ask(app, href))), href
    empty = lxml.html.fromstring(ask(app, "/plans/p/activities?q=zzz&status=completed").text)
    said = [(one.text_content(), one.get("href")) for one in empty.xpath("//div[@class='notice']//li/a")]
    assert 2 == len(said)
    for text, href in said:
        assert int(re.findall(r"(\d+) nhiệm vụ", text)[0]) == len(codes_on_page(ask(app, href))), text


@pytest.mark.parametrize("asked", ["on=2023-08-01", "on=2023-08-01&q=rà+soát", "on=2023-05-02&status=completed"])
def test_each_count_in_the_api_is_what_it_leads_to(tracker: Tracker, asked: str) -> None:
    """A lead is one alone or with others."""
    app = create_app(tracker)
    for base in ("/api/v1/plans/p/activities", "/api/v1/agencies/stp/activities"):
        answer = ask(app, f"{base}?{asked}").json()
        counts = {name: of for name, of in answer["counts"].items() if name != "plan" or "agencies" in base}
        for name, of in counts.items():
            rest = "&".join(part for part in asked.split("&") if not part.startswith(f"{name}="))
            for value, count in of.items():
                found = ask(app, f"{base}?{rest}&{urlencode({name: value})}").json()
                assert count == found["count"] == len(found["activities"]), (base, name, value)


def test_columns_are_chosen_also_those_of_the_host(tracker: Tracker) -> None:
    """A form sends each by itself; the address has them in one, and the files have what the page has."""
    app = create_app(tracker)
    page = lxml.html.fromstring(ask(app, "/plans/p/activities").text)
    own = [one.get("value") for one in page.xpath("//input[@name='columns'][starts-with(@value, 'field:')]")]
    assert 2 == len(own)
    sent = ask(app, "/plans/p/activities?" + urlencode([("columns", "code"), *(("columns", one) for one in own)]))
    assert 303 == sent.status_code
    shown = lxml.html.fromstring(ask(app, sent.headers["location"]).text)
    heads = [one.text_content().strip() for one in shown.xpath("//thead//th")]
    assert ["Mã", "Nguồn vốn, kinh phí", "=Ghi chú"] == heads
    query = sent.headers["location"].partition("?")[2]
    file = ask(app, f"/plans/p/activities.csv?{query}").content.decode("utf-8-sig")
    assert ["Mã", "Nguồn vốn, kinh phí", "'=Ghi chú"] == next(csv.reader(io.StringIO(file)))
    assert heads == sheet_of(ask(app, f"/plans/p/activities.xlsx?{query}").content)[0]


def test_the_address_of_a_form_is_made_plain(tracker: Tracker) -> None:
    """Without its empty fields, days as ISO 8601, on the same clocks; and nobody is sent to another host."""
    answer = ask(
        create_app(tracker),
        "/plans/p/activities?on=2023-08-01&q=&status=completed&due_from=01/06/2023&sort=",
        {"host": "evil.example"},
    )
    expected = "/plans/p/activities?on=2023-08-01&status=completed&due_from=2023-06-01"
    assert (303, expected) == (answer.status_code, answer.headers["location"])


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_is_a_formula_in_a_file(text: str) -> None:
    """A .csv has an apostrophe before it, a .xlsx has it as a text."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled("p/1", output=text), by="x")
        app = create_app(tracker)
        file = ask(app, "/plans/p/activities.csv?columns=code,output").content.decode("utf-8-sig")
        book = ask(app, "/plans/p/activities.xlsx?columns=code,output").content
    harmless = f"'{text}".replace("\n=", "\n'=").replace("\t=", "\t'=")
    assert [["Mã", "Sản phẩm"], ["1", harmless]] == list(csv.reader(io.StringIO(file, newline="")))
    assert [["Mã", "Sản phẩm"], ["1", text]] == sheet_of(book)


@pytest.mark.parametrize(
    ("text", "shown"),
    [("a;=1+1", "a;'=1+1"), ("a; @x; -1+2", "a;' @x;' -1+2"), ("Gồm: a; - b; c=d", "Gồm: a; - b; c=d")],
)
def test_none_is_where_cells_are_told_apart_by_semicolons(text: str, shown: str) -> None:
    """As a spreadsheet does where numbers have a comma; a list of points in a text stays as it is."""
    assert f"{shown}\r\n" == csv_file([(text, 1)], []).decode("utf-8-sig")


@pytest.mark.parametrize("between", ["\t", "|", "\t |\t"])
@pytest.mark.parametrize("formula", ["=1+1", " @x", "-1+2", '"=1+1"', "＝1+1"])
def test_none_is_where_another_mark_tells_cells_apart(between: str, formula: str) -> None:
    """A tab, which a spreadsheet offers beside the comma, and a bar, the mark that many programs write."""
    file = csv_file([("x", 1), (f"a{between}{formula}", 1)], []).decode("utf-8-sig")
    assert [["x", f"a{between}'{formula}"]] == list(csv.reader(io.StringIO(file, newline="")))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\n=1+1;b", "a\n'=1+1;b"),
        ("a\n -1+1", "a\n' -1+1"),
        ("a;\r\n@x", "a;\r\n'@x"),
        ('a;"=1+1;b', "a;'\"=1+1;b"),
        ("a;＝1+1", "a;'＝1+1"),
        ("Gồm:\n- a\n- b", "Gồm:\n- a\n- b"),
    ],
)
def test_none_is_where_a_semicolon_has_a_cell_end_in_its_middle(text: str, shown: str) -> None:
    """There a quote after a comma opens nothing, so that each line of a text begins a row, and a quote in it a cell."""
    file = csv_file([("x", 1), (text, 1)], []).decode("utf-8-sig")
    assert [["x", shown]] == list(csv.reader(io.StringIO(file, newline="")))


@pytest.mark.parametrize("between", ["\n ", "\t", "| "])
def test_a_text_of_many_empty_lines_is_looked_through_once(between: str) -> None:
    """Not once for each line or cell: these would take minutes."""
    text = "a" + between * 60_000 + "b"
    assert [[text]] == list(csv.reader(io.StringIO(csv_file([(text, 1)], []).decode("utf-8-sig"), newline="")))


def test_a_file_is_called_by_what_was_known(tracker: Tracker) -> None:
    """By the position of what was asked for: files of different positions do not replace one another."""
    app, first = create_app(tracker), tracker.log.position()
    tracker.record(scheduled("p/9"), by="x")
    names = [
        ask(app, f"{path}activities.csv?on=2023-06-30&known_at={known_at}").headers["content-disposition"]
        for path, known_at in (("/plans/p/", first), ("/plans/p/", first + 1), ("/", 0))
    ]
    called = (f"p-activities-2023-06-30-{first}", f"p-activities-2023-06-30-{first + 1}", "activities-2023-06-30-0")
    assert names == [f'attachment; filename="{name}.csv"' for name in called]


@pytest.mark.parametrize("value", ["0", "yes"])
def test_a_list_is_of_what_is_in_the_rate_or_not_asked_by_it(tracker: Tracker, value: str) -> None:
    """The rest of a plan is not said to be in the rate."""
    assert 400 == ask(create_app(tracker), f"/plans/p/activities?in_rate={value}").status_code


def test_a_file_of_one_column_has_its_title(tracker: Tracker) -> None:
    """In the one cell that it has for it."""
    assert [["Mã"], ["1.01"], ["1.02"]] == sheet_of(
        ask(create_app(tracker), "/plans/p/activities.xlsx?columns=code").content
    )[:3]


def test_the_name_of_a_file_comes_from_its_path_alone(tracker: Tracker) -> None:
    """Whatever the header Host says, which others would be given with the kept answer."""
    app = create_app(tracker)
    for host in ("test", 'x/evil";a="#', "x?"):
        found = ask(app, f"/plans/p/activities.csv?q={len(host)}", {"Host": host})
        assert 'attachment; filename="p-activities-2023-12-31.csv"' == found.headers["content-disposition"]


FILES = (
    ("/plans/p/activities.csv", "csv", b"\xef\xbb\xbf"),
    ("/plans/p/activities.xlsx", "xlsx", b"PK"),
    ("/plans/p/activities.json", "json", b"{"),
    ("/plans/p/calendar.ics", "ics", b"BEGIN:VCALENDAR\r\n"),
    pytest.param("/plans/p/reports/2023-h1/report.docx", "docx", b"PK", marks=pytest.mark.slow),  # it has charts
    pytest.param("/plans/p/reports/2023-h1/report.pdf", "pdf", b"%PDF", marks=pytest.mark.slow),  # it has charts
    ("/plans/p/reports/2023-h1/report.xlsx", "xlsx", b"PK"),
    pytest.param(
        "/plans/p/reports/2023-h1/report.html", "html", b"<!DOCTYPE html>", marks=pytest.mark.slow
    ),  # it has charts
    ("/agencies/stp/activities.csv", "csv", b"\xef\xbb\xbf"),
)


@pytest.mark.parametrize(("path", "form", "start"), FILES)
def test_a_file_says_what_it_is_and_is_fetched_again_only_after_a_record(
    tracker: Tracker, path: str, form: str, start: bytes
) -> None:
    """With a name that says of what and when; kept whole, with its headers; and for nobody who may not read."""
    app = create_app(tracker)
    first, again = ask(app, path), ask(app, path)
    assert first.content.startswith(start)
    assert exports.TYPES[form] == first.headers["content-type"]
    name = rf'attachment; filename="[a-z0-9-]+-{tracker.today()}\.{form}"'
    assert re.fullmatch(name, first.headers["content-disposition"])
    for header in ("content-type", "content-disposition", "etag"):
        assert first.headers[header] == again.headers[header]
    assert first.content == again.content
    assert 304 == ask(app, path, {"if-none-match": first.headers["etag"]}).status_code
    assert 401 == ask(create_app(tracker, authorize=lambda request: None), path).status_code
    signed_in = create_app(tracker, authorize=lambda request: Actor("a", may_record=False))
    assert "private" in ask(signed_in, path).headers["cache-control"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/plans/p/activities.exe", 400),
        ("/plans/nothing/activities.csv", 404),
        ("/plans/p/activities.csv?status=done", 400),
        ("/plans/p/activities.csv?on=2020-01-01", 404),
        ("/plans/p/reports/2023-h1/report.exe", 400),
        ("/plans/p/reports/2023-q3/report.docx", 404),
        ("/plans/p/workbook.xlsx?agency=Nobody", 400),
        ("/agencies/nobody/activities", 404),
        ("/agencies/nobody/activities.csv", 404),
        ("/plans/p/activities?page=2", 400),
    ],
)
def test_what_cannot_be_fetched_is_said_in_a_page(tracker: Tracker, path: str, status: int) -> None:
    """With its status."""
    answer = ask(create_app(tracker), path)
    assert status == answer.status_code
    assert "content-disposition" not in answer.headers


def test_a_file_that_would_be_too_large_is_refused_with_what_would_not(
    tracker: Tracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In each form."""
    monkeypatch.setattr("reformtrack.exchange.listing.MOST_CELLS", 20)
    for form in ("csv", "xlsx", "json"):
        answer = ask(create_app(tracker), f"/plans/p/activities.{form}")
        assert 400 == answer.status_code
        assert "hãy lọc thêm" in answer.text
    assert 200 == ask(create_app(tracker), "/plans/p/activities.csv?columns=code").status_code


def test_files_are_made_one_at_a_time(tracker: Tracker, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks meanwhile is told to ask again; pages go on."""
    monkeypatch.setattr(answering, "PATIENCE", 0.01)
    app = create_app(tracker)
    with exports._one_at_a_time:
        answer = ask(app, "/plans/p/activities.csv")
        assert (503, "5") == (answer.status_code, answer.headers["retry-after"])
        assert 200 == ask(app, "/plans/p/activities").status_code
    assert 200 == ask(app, "/plans/p/activities.csv").status_code


def test_a_form_that_the_machine_cannot_make_is_said_to_be_so(
    tracker: Tracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the extra for Excel, the other forms are made."""
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    app = create_app(tracker)
    answer = ask(app, "/plans/p/activities.xlsx?lang=en")
    assert 406 == answer.status_code
    assert "exchange" in answer.text
    assert {200} == {ask(app, f"/plans/p/activities.{form}").status_code for form in ("csv", "json")}


def test_a_long_list_has_pages_that_have_each_activity_once() -> None:
    """In the order that is asked for, with the conditions kept."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), *(scheduled(f"p/1.{n}", title=f"Việc {n}") for n in range(1, 251)), by="x")
        app, path, found = create_app(tracker), "/plans/p/activities?q=viec&sort=-code", list[str]()
        while path:
            answer = ask(app, path)
            found += codes_on_page(answer)
            following = lxml.html.fromstring(answer.text).xpath("//a[@rel='next']/@href")
            path = following[0] if following else ""
    assert [f"1.{n}" for n in range(250, 0, -1)] == found


def test_files_are_a_link_away(tracker: Tracker) -> None:
    """From the page of a report and of an agency, on their clocks."""
    app = create_app(tracker)
    clocks = "on=2023-12-01&known_at=12"
    report = lxml.html.fromstring(ask(app, f"/plans/p/reports/2023-h1?{clocks}").text)
    links = report.xpath("//nav[contains(@class, 'files')]/a/@href")
    assert [f"/plans/p/reports/2023-h1/report.{form}?{clocks}" for form in exports.OF_REPORT] == links
    agency = lxml.html.fromstring(ask(app, "/agencies/stp").text)
    [link] = agency.xpath("//a[@href='/agencies/stp/activities']/@href")
    assert 200 == ask(app, link).status_code


def test_the_list_of_what_is_overdue_says_by_how_much(tracker: Tracker) -> None:
    """The longest first."""
    page = lxml.html.fromstring(ask(create_app(tracker), "/plans/p/activities?list=overdue&on=2023-08-01").text)
    plan = tracker.plan("p", on=day("8-1"))
    days = [cell.text_content() for cell in page.xpath("//td[@data-label='Số ngày quá hạn']")]
    assert [str(one.days_overdue) for one in plan.overdue()] == days
    assert len(days) > 1


def test_an_order_the_other_way_round_has_a_name(tracker: Tracker) -> None:
    """A minus alone has none; one that the head of a column gives stays chosen in the form."""
    app = create_app(tracker)
    for path in ("/plans/p/activities", "/plans/p/activities.csv", "/api/v1/plans/p/activities"):
        assert 400 == ask(app, f"{path}?sort=-").status_code
    chosen = lxml.html.fromstring(ask(app, "/plans/p/activities?sort=-title").text).xpath(
        "//select[@name='sort']/option[@selected]/@value"
    )
    assert ["-title"] == chosen


def test_the_notice_of_a_plan_stands_on_its_lists_and_in_their_files() -> None:
    """That a list is illustrative is said wherever it is shown: a .csv has a column for it."""
    notice = "số liệu minh họa"
    with Tracker(clock=Clock()) as tracker:
        tracker.record(
            AgencyRegistered("@stp", on=day("1-1"), name="Sở Tư pháp"),
            adopted(host_fields={"nguon": notice}),
            scheduled("p/1.01"),
            by="x",
        )
        app = create_app(tracker)
        assert [notice] == ask(app, "/api/v1/activities").json()["notices"]
        for path in ("/", "/plans", "/activities", "/agencies/stp"):
            assert notice in ask(app, path).text
        for path in ("/plans/p/activities", "/agencies/stp/activities"):
            assert notice in ask(app, path).text
            assert notice in ask(app, f"{path}.csv").text.splitlines()[1]
            rows = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(ask(app, f"{path}.xlsx").content))
            assert notice in str(rows.get_sheet_by_index(0).to_python()[:3]).casefold()


def test_a_file_of_a_day_to_come_says_so(tracker: Tracker) -> None:
    """That of an agency as that of a plan."""
    app = create_app(tracker)
    for path in ("/plans/p/activities.json", "/agencies/stp/activities.json"):
        assert [False, True] == [ask(app, path + query).json()["is_forecast"] for query in ("", "?on=2999-01-01")]


def test_files_of_one_plan_and_day_have_names_of_their_own(tracker: Tracker) -> None:
    """And say the position, where they are of what was known."""
    app = create_app(tracker)
    paths = ("/plans/p/activities.xlsx", "/plans/p/workbook.xlsx?agency=S%E1%BB%9F+N%E1%BB%99i+v%E1%BB%A5")
    names = [ask(app, path).headers["content-disposition"] for path in (*paths, f"{paths[0]}?known_at=5")]
    assert 3 == len(set(names))
