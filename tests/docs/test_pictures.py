"""
The pictures of README and docs are made of the worked example: here into build/pictures; `make pictures` puts them in place.
"""

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat
from playwright.sync_api import expect

from tests.web.browser import PLAN, browser, served

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "docs" / "pictures"
BUILD = ROOT / "build" / "pictures"
GRID = (24, 24)
"""Pictures are compared in so many fields: text and lines may fall elsewhere by a pixel with other fonts, and nothing else."""
UNLIKE = 12
"""How far the brightness of a field may be off, of 255."""


def put(picture: Image.Image, name: str) -> None:
    """A picture into build/pictures; it has to show what the one in the docs shows."""
    BUILD.mkdir(parents=True, exist_ok=True)
    picture.save(BUILD / name, optimize=True)
    shown, made = (Image.open(folder / name).convert("L") for folder in (PICTURES, BUILD))
    assert shown.size == made.size, f"{name} is out of date: make pictures"
    apart = ImageChops.difference(*(one.resize(GRID, Image.Resampling.BOX) for one in (shown, made)))
    assert ImageStat.Stat(apart).extrema[0][1] <= UNLIKE, f"{name} is out of date: make pictures"


@pytest.mark.needs("chromium")
def test_the_dashboard() -> None:
    """The page of the plan that `make serve` opens, on the day of its report."""
    with browser() as chromium, served(week_later=False) as site:
        page = chromium.new_page(viewport={"width": 1100, "height": 1150}, locale="vi-VN")
        page.goto(f"{site.address}{PLAN}")
        expect(page.locator(".asof")).to_contain_text("hôm nay, 21/12/2023")
        expect(page.locator(".headline")).to_contain_text("53/55")
        BUILD.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=BUILD / "page.png")
        page.close()
    put(Image.open(BUILD / "page.png").convert("P", palette=Image.Palette.ADAPTIVE), "dashboard.png")


KINDS = {
    "plan": (PLAN, "#states"),
    "activity": (f"{PLAN}/activities/6.01", "h1"),
    "report": (f"{PLAN}/reports/2023-nam", "h1"),
    "agencies": ("/agencies", "h1"),
    "list": (f"{PLAN}/activities?status=completed&by=lead", "h1"),
    "agency-list": ("/agencies/so-noi-vu/activities", "h1"),
    "across": ("/activities?list=overdue", "h1"),
    "across-none": ("/activities?list=without-lead&jurisdiction=T%E1%BB%89nh+%C4%90%E1%BA%AFk+N%C3%B4ng", "h1"),
}
"""The kinds of pages: the address of one, and what the picture begins with."""


@pytest.mark.needs("chromium")
@pytest.mark.parametrize("width", [1280, 360])
def test_each_kind_of_page_at_two_widths(width: int) -> None:
    """As much as fits a screen, from its heading on."""
    with browser() as chromium, served() as site:
        page = chromium.new_page(viewport={"width": width, "height": 760}, locale="vi-VN")
        for name, (path, begin) in KINDS.items():
            page.goto(f"{site.address}{path}")
            page.locator(begin).evaluate("one => one.scrollIntoView({block: 'start', behavior: 'instant'})")
            BUILD.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=BUILD / f"{name}.png")
            picture = Image.open(BUILD / f"{name}.png").convert("P", palette=Image.Palette.ADAPTIVE, colors=64)
            put(picture, f"{name}-{width}.png")
        page.close()


@pytest.mark.needs("pdftoppm")
@pytest.mark.slow
def test_the_annual_report(tmp_path: Path) -> None:
    """Its first two pages beside each other."""
    subprocess.run([sys.executable, "examples/dak_nong_report.py", "--to", tmp_path], check=True, cwd=ROOT, timeout=300)
    scaled = ["-scale-to-x", "530", "-scale-to-y", "749", "-l", "2", "-png"]
    subprocess.run(["pdftoppm", *scaled, tmp_path / "bao-cao-2023.pdf", tmp_path / "page"], check=True)
    first, second = map(Image.open, sorted(tmp_path.glob("page*.png")))
    both = Image.new("RGB", (1072, 749), "#dddddd")
    both.paste(first, (0, 0))
    both.paste(second, (542, 0))
    put(both.convert("P", palette=Image.Palette.ADAPTIVE, colors=64), "annual-report.png")
