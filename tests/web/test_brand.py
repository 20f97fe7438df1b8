"""A host's own title, logo, colours, navigation and pages; what nobody could read, or leads nowhere, is refused."""

import re
from typing import Any

import pytest
from starlette.routing import Route

from reformtrack import InvalidField, Tracker
from reformtrack.web import Brand, HostPage, create_app
from tests.support import Clock, adopted
from tests.web.asking import ask

LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><circle cx="4" cy="4" r="4"/></svg>'
BRAND = Brand(
    title="Sở Nội vụ <Đắk Nông>",
    logo=LOGO,
    header="#5b2333",
    link="#5b2333",
    navigation=[("Cổng thông tin", "https://example.vn/"), ("Danh sách", "/plans")],
    pages={"/gioi-thieu": HostPage(title="Giới thiệu", html="<p>Trang <em>riêng</em></p>")},
)


def test_every_page_has_the_brand_of_its_host() -> None:
    """Also pages of errors; under a mount its own addresses are below it."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), by="x")
        app = create_app(tracker, brand=BRAND)
        for path in ("/", "/plans/p", "/gioi-thieu", "/nothing"):
            text = ask(app, path).text
            assert "Sở Nội vụ &lt;Đắk Nông&gt;</title>" in text
            assert '<img src="/static/logo" alt="" height="32">' in text
            assert '<a href="https://example.vn/">Cổng thông tin</a>' in text
            assert '<a href="/gioi-thieu">Giới thiệu</a>' in text
            assert 'href="/static/brand.css"' in text
        own = ask(app, "/gioi-thieu")
        assert (200, True) == (own.status_code, "<h1>Giới thiệu</h1>\n<p>Trang <em>riêng</em></p>" in own.text)
        logo, css = ask(app, "/static/logo"), ask(app, "/static/brand.css")
        assert (LOGO, "image/svg+xml") == (logo.content, logo.headers["content-type"])
        assert ":root{--brand-header:#5b2333;--brand-link:#5b2333}" == css.text
        plainly = ask(create_app(tracker), "/").text
    assert "brand.css" not in plainly
    assert "– reformtrack</title>" in plainly


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("header", "red"),
        ("header", "#ffee00"),
        ("link", "#fff}body{display:none"),
        ("navigation", [("x", "javascript:alert(1)")]),
        ("navigation", [("x", "//evil.example")]),
        ("pages", {"/plans": HostPage(title="x", html="")}),
        ("pages", {"/a/b": HostPage(title="x", html="")}),
    ],
)
def test_a_brand_that_cannot_be_shown_is_refused(field: str, value: Any) -> None:
    """White text on yellow, a style in the place of a colour, a script in the place of an address, a path that is taken."""
    with pytest.raises(InvalidField, match=field):
        Brand(**{field: value})


def test_no_page_of_a_host_stands_in_the_place_of_another() -> None:
    """Each path of one part that the application has is taken."""
    paths = {route.path for route in create_app(Tracker()).routes if isinstance(route, Route)}
    taken = [path for path in paths if re.fullmatch(r"/[a-z]+", path)]
    assert {"/activities", "/trend", "/plans"} <= set(taken)
    for path in taken:
        with pytest.raises(InvalidField, match="free"):
            Brand(pages={path: HostPage(title="Giới thiệu", html="<p></p>")})


def test_a_page_is_fetched_again_after_its_brand_was_changed() -> None:
    """Each part of it counts, the logo too; the same brand is the same page."""
    with Tracker(clock=Clock()) as tracker:
        brands = (None, Brand(title="A"), Brand(title="B"), Brand(logo=b"1"), Brand(logo=b"2"), Brand(header="#083c6b"))
        tags = [ask(create_app(tracker, brand=one), "/").headers["etag"] for one in brands]
        assert len(brands) == len(set(tags))
        assert tags[1] == ask(create_app(tracker, brand=Brand(title="A")), "/").headers["etag"]
        assert 200 == ask(create_app(tracker, brand=brands[2]), "/", {"if-none-match": tags[1]}).status_code
