"""A protected name is chosen, followed and kept like any other, on pages that never have it."""

from collections.abc import Callable, Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit

import lxml.html
import pytest

from reformtrack import Tracker
from reformtrack.events import ActivityCompleted, AgencyRegistered
from reformtrack.protection import Protection
from reformtrack.web import create_app
from tests.support import Clock, adopted, day, scheduled
from tests.web.asking import ask

Asked = Callable[[str], lxml.html.HtmlElement]
PROTECTED = "[được bảo vệ]"


@pytest.fixture
def tokens(tracker: Tracker) -> list[str]:
    """Of four people: a lead, another, one who supports, and a province."""
    protection = Protection(tracker, bytes(32))
    return [protection.protect(f"nv-{n}", f"Nguyễn Văn {n}") for n in range(4)]


@pytest.fixture
def tracker() -> Iterator[Tracker]:
    with Tracker(clock=Clock()) as tracker:
        yield tracker


@pytest.fixture
def page(tracker: Tracker, tokens: list[str]) -> Asked:
    one, other, third, place = tokens
    tracker.record(
        adopted(jurisdiction=place),
        scheduled("p/1", lead=one, supporting=(third,), group=(f"Nhóm {other}",)),
        scheduled("p/2", lead=(one, "Sở Y tế")),
        scheduled("p/3", lead=other),
        scheduled("p/4", lead="Sở Y tế"),
        ActivityCompleted("p/1", on=day("3-1")),
        by="x",
    )
    app = create_app(tracker)

    def asked(path: str) -> lxml.html.HtmlElement:
        answer = ask(app, path)
        assert 200 == answer.status_code, path
        assert "⟦" not in answer.text
        assert "%E2%9F%A6" not in answer.text, "not in a link either"
        return lxml.html.fromstring(answer.text)

    return asked


def codes(page: lxml.html.HtmlElement) -> list[str]:
    return [urlsplit(link).path.rpartition("/")[2] for link in page.xpath("//tbody/tr/th[@scope='row']/a/@href")]


def test_one_is_chosen_in_a_filter(page: Asked) -> None:
    """As many as was said beside it; and it stays when the time machine is asked."""
    for name, expected in (("lead", [["1"], ["2"], ["3"]]), ("supporting", [["1"]]), ("group", [["1"]])):
        options = page("/plans/p/activities").xpath(f"//select[@name='{name}']/option[contains(text(), '{PROTECTED}')]")
        found = []
        for option in options:
            chosen = page("/plans/p/activities?" + urlencode({name: option.get("value")}))
            assert PROTECTED in chosen.xpath("//ul[@class='chips']")[0].text_content()
            assert codes(chosen), option.get("value")
            found.append(codes(chosen))
            form = chosen.xpath("//details[@class='clocks']/form")[0]
            assert codes(chosen) == codes(page("/plans/p/activities?" + urlencode(dict(form.form_values()))))
        assert expected == sorted(found)


@pytest.mark.parametrize("start", ["/", "/plans/p", "/agencies", "/activities"])
def test_each_link_leads_on(page: Asked, start: str) -> None:
    """From the pages with figures, each to where something is; and what is asked stays with its time machine."""
    links = {href for href in page(start).xpath("//main//a/@href") if "?" in href and not href.startswith("#")}
    named = [href for href in links if {"lead", "jurisdiction", "group"} & dict(parse_qsl(urlsplit(href).query)).keys()]
    assert named
    for href in named:
        found = page(href)
        rows = len(found.xpath("//tbody/tr"))
        assert rows, href
        [form] = found.xpath("//details[@class='clocks']/form")
        query = urlencode({**dict(form.form_values()), "on": "2023-12-31"})
        assert rows == len(page(f"{urlsplit(href).path}?{query}").xpath("//tbody/tr")), href


def test_programs_are_asked_with_either(tracker: Tracker, tokens: list[str], page: Asked) -> None:
    """The API has the tokens, and takes them; the keys of its counts too."""
    app = create_app(tracker)
    for base in ("/api/v1/plans/p/activities", "/api/v1/activities"):
        found = ask(app, f"{base}?{urlencode({'lead': tokens[1]})}").json()
        assert ["3"] == [one["code"] for one in found["activities"]]
    for key in ask(app, "/api/v1/plans/p/activities").json()["counts"]["lead"]:
        assert ask(app, f"/api/v1/plans/p/activities?{urlencode({'lead': key})}").json()["count"]
    assert 1 == ask(app, f"/api/v1/activities?{urlencode({'lead': tokens[0]})}").json()["count"]


@pytest.mark.parametrize("words", ["nv", "nv-0", "nv-3"])
def test_no_search_looks_into_it(tracker: Tracker, tokens: list[str], page: Asked, words: str) -> None:
    """Who has it is not found by the id of whose it is; what stands beside it is found."""
    tracker.record(AgencyRegistered("@a", on=day("1-2"), name=f"Tổ {tokens[0]}"), by="x")
    for path in ("/plans", "/agencies"):
        assert not page(f"{path}?q={words}").xpath("//tbody/tr/th | //ul[@class='names']/li/a"), path
    assert page("/agencies?q=to").xpath("//ul[@class='names']/li/a")
    assert page("/plans?q=ke hoach").xpath("//tbody/tr/th")


def test_a_field_of_the_host_may_be_called_by_it(tracker: Tracker, tokens: list[str], page: Asked) -> None:
    """Its column is chosen like any other."""
    tracker.record(scheduled("p/5", host_fields={tokens[0]: "mười"}), by="x")
    [column] = page("/plans/p/activities").xpath("//input[@name='columns'][starts-with(@value, 'field:')]/@value")
    assert ["mười"] == page(f"/plans/p/activities?q=muoi&columns={column}").xpath("//tbody/tr/td/text()")
