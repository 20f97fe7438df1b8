"""Lists of activities and series of many plans: on pages and in the API."""

import csv
import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode, urlsplit

import attrs
import lxml.html
import openpyxl
import pytest
import python_calamine

from reformtrack import Deadline, Tracker
from reformtrack.country import spans
from reformtrack.domain.errors import NotFound
from reformtrack.domain.wording import Lang, lead_words
from reformtrack.events import ActivityCompleted, AgencyRegistered, PlanAdopted, RecordRetracted
from reformtrack.views.across import Attention
from reformtrack.web import across, create_app
from tests.support import Clock, adopted, day, scheduled
from tests.web.asking import ask


@contextmanager
def two_provinces(store: Path) -> Iterator[Tracker]:
    """A plan of each, with an activity that one agency leads and one that nobody does."""
    with Tracker(store, clock=Clock()) as tracker:
        tracker.record(AgencyRegistered("@so-y-te", on=day("1-1"), name="Sở Y tế"), by="x")
        for plan in ("p", "q"):
            tracker.record(
                adopted(plan, jurisdiction=f"Tỉnh {plan}"),
                scheduled(f"{plan}/1", lead=("SỞ Y TẾ",)),
                scheduled(f"{plan}/2", lead=()),
                ActivityCompleted(f"{plan}/1", on=day("6-1")),
                by="x",
            )
        yield tracker


@pytest.fixture
def tracker(tmp_path: Path) -> Iterator[Tracker]:
    with two_provinces(tmp_path / "plans.db") as tracker:
        yield tracker


def test_a_list_is_turned_page_by_page(tracker: Tracker) -> None:
    """Each page goes on where the one before ended, at the moment of the first, whatever is recorded meanwhile."""
    app = create_app(tracker)
    first = ask(app, "/activities?list=overdue&limit=1&on=2023-07-10")
    assert "/plans/p/activities/2" in first.text
    assert "2 nhiệm vụ" in first.text
    [following] = re.findall(r'rel="next" href="([^"]+)"', first.text)
    tracker.record(ActivityCompleted("q/2", on=day("7-1")), by="x")
    last = ask(app, following.replace("&amp;", "&"))
    assert "/plans/q/activities/2" in last.text
    assert 'rel="next"' not in last.text
    assert 1 == ask(app, "/api/v1/activities?list=overdue&on=2023-07-10").json()["count"]


def test_a_list_is_of_a_part(tracker: Tracker) -> None:
    """As the link at a number asks for it."""
    app = create_app(tracker)
    for query, expected in (
        ("jurisdiction=Tỉnh q&counted=completed", ["q/1"]),
        ("lead=sở y tế", ["p/1", "q/1"]),
        ("list=without-lead&plan=p", ["p/2"]),
        ("list=without-evidence&rule=dated_only", ["p/1", "q/1"]),
        ("domain=2", []),
    ):
        found = ask(app, f"/api/v1/activities?{query}&on=2023-07-10").json()
        assert expected == [one["id"] for one in found["activities"]]
    for wrong in ("list=late", "counted=x", "limit=0", "days=x", "after=x", "rule=x"):
        assert 400 == ask(app, f"/activities?{wrong}").status_code
    assert 404 == ask(app, "/activities?plan=x").status_code


def test_a_series_is_of_all_plans_a_jurisdiction_or_an_agency(tracker: Tracker) -> None:
    """The last line of its table is the figure of the day."""
    app = create_app(tracker)
    for query, expected in (
        ("", "2/4"),
        ("&jurisdiction=Tỉnh p", "1/2"),
        ("&agency=so-y-te", "2/2"),
        ("&agency=@so-y-te", "2/2"),
    ):
        text = ask(app, f"/trend?on=2023-07-10{query}").text
        assert expected == re.findall(r'<td class="number"[^>]*>(\d+/\d+)</td>', text)[0], query
        assert 3 == text.count("<polyline")
    for path in ("/", "/plans?jurisdiction=Tỉnh p", "/agencies/so-y-te"):
        assert 'hx-select="#trend"' in ask(app, path).text
    assert 404 == ask(app, "/trend?agency=x").status_code
    points = ask(app, "/api/v1/trend?from=2023-06-01&on=2023-07-01&every=day&by=jurisdiction&as_it_was=true").json()[
        "points"
    ]
    assert (31, []) == (len(points), points[0]["lines"]), "all of it was recorded later"
    assert 400 == ask(app, "/api/v1/trend?from=2023-07-02&on=2023-07-01").status_code


@pytest.mark.parametrize("path", ["/agencies/{}", "/agencies/{}/activities", "/api/v1/agencies/{}/activities"])
def test_an_agency_has_the_id_in_an_address_that_answers_give(tracker: Tracker, path: str) -> None:
    """With its sign, and without, as the links of pages have it."""
    app = create_app(tracker)
    assert "@so-y-te" in {one["id"] for one in ask(app, "/api/v1/agencies").json()["agencies"]}
    answers = [ask(app, path.format(name)) for name in ("so-y-te", "@so-y-te")]
    assert [200, 200] == [answer.status_code for answer in answers]
    assert answers[0].text.count("p/1") == answers[1].text.count("p/1")


def test_a_lead_has_its_plans_in_whatever_spelling(tracker: Tracker) -> None:
    """The line of all plans and the page behind it have the same figures; each plan prints its own spelling."""
    tracker.record(adopted("r", jurisdiction="Tỉnh r"), scheduled("r/1", lead=("Sở Y tế.",)), by="x")
    app = create_app(tracker)
    page = ask(app, "/agencies?lead=S%E1%BB%9F+Y+t%E1%BA%BF&on=2023-07-10").text
    assert ["p", "q", "r"] == sorted(set(re.findall(r'href="/plans/(\w)[/?"]', page)))
    assert all(f"<small>Tỉnh {plan}</small>" in page for plan in "pqr"), "plans that are all called the same"


def test_who_leads_the_most_overdue_comes_first(tracker: Tracker) -> None:
    """If it is asked for; each number leads to as many activities."""
    late = [scheduled(f"p/9.{n}", lead=("Văn phòng",)) for n in range(1, 5)]
    tracker.record(*late, by="x")
    app = create_app(tracker)
    page = lxml.html.fromstring(ask(app, "/agencies?sort=overdue&on=2023-07-10").text)
    found = {one.get("href"): int(one.text_content()) for one in page.xpath("//td[@data-label='Quá hạn']/a")}
    assert 4 == next(iter(found.values())) == max(found.values())
    assert sorted(found.values(), reverse=True) == [*found.values()]
    for address, number in found.items():
        listed = lxml.html.fromstring(ask(app, address).text)
        assert f"Quá hạn: {number} nhiệm vụ" == listed.xpath("//h1")[0].text_content()


def test_a_country_without_plans_says_so(tracker: Tracker) -> None:
    """Neither an empty table nor an empty chart."""
    page = lxml.html.fromstring(ask(create_app(tracker), "/?on=2020-01-01").text)
    assert (1, 0) == (len(page.xpath("//main//div[@class='notice']")), len(page.xpath("//table | //main//section")))


def test_what_is_asked_stays_when_another_list_is_chosen(tracker: Tracker) -> None:
    """Behind a figure of a domain, what is due soon is that of the domain."""
    page = ask(create_app(tracker), "/activities?list=overdue&domain=1&jurisdiction=T%E1%BB%89nh+p&on=2023-07-10").text
    links = [link for link in re.findall(r'href="(/activities\?[^"]+)"', page) if "due-soon" in link]
    assert links
    assert all("domain=1" in link and "jurisdiction=" in link for link in links)


def test_a_series_takes_no_other_word(tracker: Tracker) -> None:
    """Every month is not every week, and "yes" is not "true"."""
    app = create_app(tracker)
    for query in ("every=month", "as_it_was=yes"):
        assert 400 == ask(app, f"/api/v1/trend?{query}").status_code


def test_a_plan_is_called_as_it_was_known_then(tmp_path: Path) -> None:
    """On the pages of many plans too: its title was corrected later."""
    with two_provinces(tmp_path / "plans.db") as tracker:
        before = tracker.log.position()
        wrong = next(one for one in tracker.log.history("p") if isinstance(one.event, PlanAdopted))
        right = adopted("p", jurisdiction="Tỉnh p", title="Kế hoạch đúng")
        tracker.record(RecordRetracted("p", version=wrong.version, reason="Sai tên"), right, by="x")
        app = create_app(tracker)
        for path in ("/plans?", "/agencies?lead=Sở+Y+tế&"):
            now, then = (ask(app, path + more).text for more in ("", f"known_at={before}"))
            assert "Kế hoạch đúng" in now
            assert "Kế hoạch đúng" not in then


def test_a_day_that_is_none_is_refused_in_one_way(tracker: Tracker) -> None:
    app = create_app(tracker)
    words = {
        ask(app, f"/plans/p/activities?{name}=30.2.2023").text.partition("chấp nhận: ")[2].partition("<")[0]
        for name in ("on", "due_from", "due_to", "changed_since")
    }
    assert {"ngày, ví dụ 30/06/2023 hoặc 2023-06-30"} == {text.rstrip(".") for text in words}


def test_a_day_that_is_asked_for_often_has_what_was_known_then_beside_it(tmp_path: Path) -> None:
    """Where something was on record by then."""
    with Tracker(tmp_path / "plans.db", clock=Clock(datetime(2023, 4, 2, tzinfo=UTC))) as tracker:
        tracker.record(adopted(), scheduled(), by="x")
    with Tracker(tmp_path / "plans.db", clock=Clock()) as tracker:
        app = create_app(tracker)
        for path in ("/", "/plans/p"):
            page = lxml.html.fromstring(ask(app, path).text)
            days = {href for href in page.xpath("//*[@id='presets']//a/@href") if "known_at" in href}
            assert f"{path}?on=2023-06-30&known_at=2023-06-30" in days
            assert ("known_at=2023-03-31" in " ".join(days)) is (path == "/")
            assert {200} == {ask(app, href).status_code for href in days}


def test_no_day_is_offered_on_which_its_subject_was_not_there(tmp_path: Path) -> None:
    """An activity that came into the plan later, and a report: neither before it happened, nor before it was recorded."""
    late = scheduled("p/1.02", on=day("5-20"))
    with Tracker(tmp_path / "plans.db", clock=Clock(datetime(2023, 2, 2, tzinfo=UTC))) as tracker:
        tracker.record(adopted(), scheduled(), by="x")
    with Tracker(tmp_path / "plans.db", clock=Clock(datetime(2023, 7, 2, tzinfo=UTC))) as tracker:
        tracker.record(late, by="x")
        again = scheduled("p/1.03", on=day("2-1")), scheduled("p/1.03", on=day("5-20"))
        tracker.record(again[0], by="x")
        tracker.record(RecordRetracted("p/1.03", version=1, reason="x"), again[1], by="x")
        tracker.reports.issue("p", "2023-h1", by="x")
    with Tracker(tmp_path / "plans.db", clock=Clock()) as tracker:
        app = create_app(tracker)
        for path, offered in {
            "/plans/p/activities/1.01": {("03-31", ""), ("03-31", "03-31"), ("06-30", ""), ("06-30", "06-30")},
            "/plans/p/activities/1.02": {("06-30", "")},
            "/plans/p/activities/1.03": {("06-30", "")},
            "/plans/p/reports/2023-h1": set(),
        }.items():
            page = lxml.html.fromstring(ask(app, path).text)
            days = set(page.xpath("//*[@id='presets']//a/@href"))
            ends = [dict(parse_qsl(urlsplit(href).query)) for href in days]
            quarters = {(one["on"][5:], one.get("known_at", "")[5:]) for one in ends}
            assert offered == {one for one in quarters if one[0] in ("03-31", "06-30")}, path
            assert days, path
            assert {200} == {ask(app, href).status_code for href in days}, path


LISTS = ("overdue", "due-soon", "without-evidence", "without-lead", "awaiting-confirmation", "")


def many(tracker: Tracker) -> None:
    """Something on each list, in two plans; one of them asks for a confirmation, and has a notice."""
    tracker.record(
        adopted("r", jurisdiction="=Tỉnh r", confirmation_required=True, host_fields={"Lưu ý": "Số liệu minh họa"}),
        scheduled("r/1", title="+1", lead=("Sở Y tế", "Sở Tư pháp"), number="42"),
        scheduled("r/2", lead=(), deadline=Deadline.parse("15/7", 2023)),
        ActivityCompleted("r/1", on=day("6-1")),
        by="x",
    )


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("more", ["", "&jurisdiction=%3DT%E1%BB%89nh+r", "&lang=en&known_at=12"])
def test_a_list_of_many_plans_is_one_on_its_page_and_in_each_file(tracker: Tracker, name: str, more: str) -> None:
    """The same activities in the same order, as the tracker answers; files opened with other software."""
    many(tracker)
    app, query = create_app(tracker), f"on=2023-07-10{more}" + (f"&list={name}" if name else "")
    page, file, book, data = (ask(app, f"/activities{form}?{query}") for form in ("", ".csv", ".xlsx", ".json"))
    assert [200] * 4 == [one.status_code for one in (page, file, book, data)]
    lang: Lang = "en" if "lang=en" in more else "vi"
    found = tracker.across(
        cast(Attention, name) if name else None,
        key={"jurisdiction": "=Tỉnh r"} if "jurisdiction" in more else None,
        on=day("7-10"),
        known_at=12 if "known_at" in more else None,
    )
    assert bool(found.lines) or "known_at" in more or "jurisdiction" in more
    expected = [line.activity.id for line in found.lines]
    document = json.loads(data.content)
    assert (expected, len(expected)) == ([one["id"] for one in document["activities"]], document["count"])
    links = lxml.html.fromstring(page.text).xpath("//tbody/tr/th/a/@href")
    assert expected == [re.sub(r"/plans/(.+)/activities/([^?]+).*", r"\1/\2", link) for link in links]
    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
    sheet = openpyxl.load_workbook(io.BytesIO(book.content)).worksheets[0]
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    start = next(n for n, row in enumerate(cells) if {"Địa phương, đơn vị", "Jurisdiction"} & set(row))
    assert python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(book.content)).sheet_names
    for head, *lines in (rows, cells[start:]):
        place, code, lead = (
            next(n for n, text in enumerate(head) if text in names)
            for names in (("Địa phương, đơn vị", "Jurisdiction"), ("Mã", "Code"), ("Cơ quan chủ trì", "Lead agency"))
        )
        read = [(str(line[place]).lstrip("'"), line[code], line[lead] or "") for line in lines]
        assert [
            (line.jurisdiction, line.activity.code, lead_words(line.activity.leads, lang)) for line in found.lines
        ] == read
    for line in found.lines:
        if line.notice:
            assert line.notice in file.content.decode()
            assert any(line.notice in str(cell) for row in cells[:start] for cell in row)


def test_a_file_of_many_plans_says_where_it_is_cut(tracker: Tracker, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the page beside its links, in each line of a table of texts, above a sheet; JSON says where to go on."""
    monkeypatch.setattr(across, "MOST_OF_MANY", 1)
    app, query = create_app(tracker), "list=overdue&on=2023-07-10"
    words = "1 nhiệm vụ đầu tiên trong tổng số 2"
    page, file, book, data = (ask(app, f"/activities{form}?{query}") for form in ("", ".csv", ".xlsx", ".json"))
    assert words in page.text
    [line] = csv.DictReader(io.StringIO(file.content.decode("utf-8-sig")))
    assert words in line["Lưu ý"]
    assert words in str(
        python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(book.content)).get_sheet_by_index(0).to_python()
    )
    document = data.json()
    assert (2, 1, "-10 p/2") == (document["count"], len(document["activities"]), document["next"])
    monkeypatch.setattr(across, "MOST_OF_MANY", 2)
    assert words not in ask(create_app(tracker), f"/activities?{query}").text
    assert 400 == ask(app, f"/activities.exe?{query}").status_code


def test_a_file_of_many_plans_has_more_than_a_page(tracker: Tracker, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of one moment, whatever is recorded while it is made."""
    monkeypatch.setattr(across, "MOST", 1)
    many(tracker)
    found, asked = tracker.across(on=day("7-10")), Tracker.across

    def across_then(self: Tracker, *args: Any, **kwargs: Any) -> Any:
        page = asked(self, *args, **kwargs)
        last = page.lines[-1].activity.id  # what comes after it on the next page would be another
        tracker.record(attrs.evolve(scheduled(f"{last}.9"), on=day("2-1")), by="x")
        return page

    monkeypatch.setattr(Tracker, "across", across_then)
    file = ask(create_app(tracker), "/activities.json?on=2023-07-10").json()
    assert [line.activity.id for line in found.lines] == [one["id"] for one in file["activities"]]
    assert (6, None) == (file["count"], file["next"])


@pytest.mark.parametrize("path", ["/activities", "/activities.csv", "/plans", "/trend", "/api/v1/activities"])
def test_a_jurisdiction_that_nothing_was_recorded_of_is_not_found(tracker: Tracker, path: str) -> None:
    """A mistyped one must not be counted as 0/0; one whose plan is not adopted yet on the day is."""
    app, html = create_app(tracker), not path.startswith("/api")
    for lang in ("vi", "en") if html else ("",):
        query = f"?lang={lang}" if lang else "?"
        answer = ask(app, f"{path}{query}&jurisdiction=T%E1%BB%89nh+P")
        assert 404 == answer.status_code
        words = "địa phương, đơn vị “Tỉnh P” không tồn tại" if lang == "vi" else "jurisdiction"
        assert words in answer.text.replace("jurisdiction=", "")
        assert 200 == ask(app, f"{path}{query}&jurisdiction=T%E1%BB%89nh+p&on=2020-01-01").status_code


def test_it_is_not_found_from_python(tracker: Tracker, monkeypatch: pytest.MonkeyPatch) -> None:
    """As known at whatever instant; also where plans have too many spans to be in views."""
    with pytest.raises(NotFound) as caught:
        tracker.across(key={"jurisdiction": "Tỉnh P"})
    assert ("jurisdiction", "Tỉnh P") == (caught.value.kind, caught.value.id)
    assert "accepted: Tỉnh p" in str(caught.value), "what is spelt nearly so"
    with pytest.raises(NotFound, match="spelt as there"):
        tracker.across(key={"jurisdiction": "Hà Nội"})
    assert 0 == tracker.across(key={"jurisdiction": "Tỉnh p"}, known_at=0).total
    monkeypatch.setattr(spans, "MOST", 0)
    tracker.views.rebuild()
    assert 2 == tracker.across(key={"jurisdiction": "Tỉnh p"}).total
    with pytest.raises(NotFound):
        tracker.across(key={"jurisdiction": "Tỉnh P"})


def test_what_is_asked_of_many_plans_is_said_and_can_be_taken_away(tracker: Tracker) -> None:
    """Plans by their names, each condition by itself; an empty list says what to do; the list that is shown is marked."""
    app = create_app(tracker)
    page = lxml.html.fromstring(
        ask(app, "/activities?list=overdue&plan=p&domain=1&jurisdiction=T%E1%BB%89nh+p&on=2023-07-10").text
    )
    assert "Quá hạn: 1 nhiệm vụ" == page.xpath("//h1")[0].text_content()
    assert "Quá hạn" == page.xpath("//nav[@class='lists']/a[@aria-current='page']")[0].text_content().strip()
    chips = {one.text_content().strip("✕ \n"): one.get("href") for one in page.xpath("//ul[@class='chips']//a")}
    words = ["Địa phương, đơn vị: Tỉnh p", "Kế hoạch: Kế hoạch cải cách hành chính", "Lĩnh vực: 1"]
    assert [f"Bỏ điều kiện: {one}" for one in words] == [" ".join(one.split()) for one in chips]
    assert "/activities?on=2023-07-10&list=overdue&jurisdiction=T%E1%BB%89nh+p&plan=p" == list(chips.values())[2]
    empty = lxml.html.fromstring(ask(app, "/activities?list=due-soon&domain=2&on=2023-07-10").text)
    assert not empty.xpath("//table")
    assert "Không có nhiệm vụ nào" in empty.xpath("//main//div[@class='notice']")[0].text_content()
    none = lxml.html.fromstring(ask(app, "/activities?on=2020-01-01").text)
    assert "Hãy chọn ngày khác" in none.xpath("//main//div[@class='notice']")[0].text_content()


def test_a_list_of_many_plans_is_narrowed_on_its_page(tracker: Tracker) -> None:
    """To a jurisdiction, by its name or from a line, and to a lead in whatever spelling; an empty field asks for nothing."""
    app = create_app(tracker)
    page = lxml.html.fromstring(ask(app, "/activities?list=overdue&counted=overdue&on=2023-07-10").text)
    [form] = page.xpath("//main//form")
    given = dict(form.form_values())
    empty = {"jurisdiction": "", "domain": "", "lead": ""}
    assert {"on": "2023-07-10", "list": "overdue", "counted": "overdue", **empty} == given
    assert ["1"] == page.xpath("//datalist/option/@value"), "the domains on the page are suggested"
    both = lxml.html.fromstring(ask(app, "/activities?" + urlencode(given)).text)
    assert "Quá hạn: 2 nhiệm vụ" == both.xpath("//h1")[0].text_content()
    [first, *_] = page.xpath("//td[@data-label='Địa phương, đơn vị']/a/@href")
    for query in (first.partition("?")[2], urlencode({**given, "jurisdiction": "Tỉnh p", "domain": "1"})):
        found = lxml.html.fromstring(ask(app, f"/activities?{query}").text)
        assert "Quá hạn: 1 nhiệm vụ" == found.xpath("//h1")[0].text_content()
        assert "Tỉnh p" == dict(found.xpath("//main//form")[0].form_values())["jurisdiction"]
    led = lxml.html.fromstring(ask(app, "/activities?on=2023-07-10&list=&lead=SỞ+Y+TẾ").text)
    assert "2 nhiệm vụ" == led.xpath("//h1")[0].text_content()
    assert ask(app, "/activities.csv?" + urlencode(given)).text.count("\r\n") == 3


def test_the_page_of_a_plan_is_searched(tracker: Tracker) -> None:
    """On its clocks, as its list is."""
    app = create_app(tracker)
    [form] = lxml.html.fromstring(ask(app, "/plans/p?on=2023-07-10&lang=en").text).xpath("//main//form")
    form.fields["q"] = "ra soat"
    assert {"on": "2023-07-10", "lang": "en", "q": "ra soat"} == dict(form.form_values())
    found = ask(app, f"{form.action.partition('?')[0]}?{urlencode(dict(form.form_values()))}")
    assert "2 activities" == lxml.html.fromstring(found.text).xpath("//h1")[0].text_content()
