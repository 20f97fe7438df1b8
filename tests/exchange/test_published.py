"""Figures published elsewhere stand beside the report's own on every face: both, the rule, the difference and the source."""

import json
from datetime import date
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from reformtrack import CountingRule, Document, Tracker
from reformtrack.domain.period import period
from reformtrack.domain.wording import Lang
from reformtrack.events import ActivityCompleted, FigurePublished
from reformtrack.exchange.report_words import comparison_words
from reformtrack.language import Language
from reformtrack.web import create_app
from tests.cli.conftest import Run, run
from tests.support import Clock, adopted, day, scheduled
from tests.web.asking import ask

__all__ = ["run"]
HALF = period("2023-h1")
WHOLE = CountingRule.WHOLE_PLAN
SOURCE = Document(type="Báo cáo", number="9/BC", issuer="Bộ Nội vụ", date=date(2023, 7, 4))

CASES: list[tuple[dict[str, Any], str, str]] = [
    (
        {"reported_text": "2/4 (50%)", "part": 2, "whole": 4, "percent": Decimal(50), "rule": WHOLE, "source": SOURCE},
        "Kế hoạch cải cách hành chính: đã công bố “2/4 (50%)”; tính được 1/3 (33%), cách tính: toàn kế hoạch; "
        "không khớp (Đã hoàn thành +1; Nhiệm vụ +1; Tỷ lệ +17 điểm phần trăm). Nguồn: Báo cáo 9/BC ngày 04/07/2023, Bộ Nội vụ",
        "Kế hoạch cải cách hành chính: published “2/4 (50%)”; computed 1/3 (33%), rule: whole plan; "
        "differs (Completed +1; Activities +1; Rate +17 percentage points). Source: Báo cáo 9/BC 2023-07-04, Bộ Nội vụ",
    ),
    (
        {"reported_text": "1/3", "part": 1, "whole": 3, "rule": WHOLE},
        "Kế hoạch cải cách hành chính: đã công bố “1/3”; tính được 1/3 (33,3%), cách tính: toàn kế hoạch; khớp",
        "Kế hoạch cải cách hành chính: published “1/3”; computed 1/3 (33.3%), rule: whole plan; agrees",
    ),
    (
        {"reported_text": "như đã nêu", "key": "domain:2", "percent": Decimal("0.25"), "rule": WHOLE},
        "Thủ tục hành chính: đã công bố “như đã nêu” (0,25%); tính được 0/1 (0,00%), cách tính: toàn kế hoạch; "
        "không khớp (Tỷ lệ +0,25 điểm phần trăm)",
        "Thủ tục hành chính: published “như đã nêu” (0.25%); computed 0/1 (0.00%), rule: whole plan; "
        "differs (Rate +0.25 percentage points)",
    ),
    (
        {"reported_text": "Sở Tư pháp: 1/3", "key": "lead:Sở Tư pháp", "part": 1, "whole": 3},
        "Sở Tư pháp: đã công bố “Sở Tư pháp: 1/3”; tính được 1/3 (33,3%), cách tính: toàn kế hoạch; không so sánh được: "
        "nguồn không nêu cách tính",
        "Sở Tư pháp: published “Sở Tư pháp: 1/3”; computed 1/3 (33.3%), rule: whole plan; cannot be compared: "
        "its source names no counting rule",
    ),
    (
        {"reported_text": "1/3", "key": "domain:9", "part": 1, "whole": 3, "rule": WHOLE},
        "9: đã công bố “1/3”; tính được –, cách tính: toàn kế hoạch; không so sánh được",
        "9: published “1/3”; computed –, rule: whole plan; cannot be compared",
    ),
]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    with Tracker(f"sqlite:///{tmp_path}/p.db", clock=Clock()) as tracker:
        tracker.record(adopted(), *(scheduled(f"p/{n}") for n in (1, 2)), scheduled("p/3", domain="2"), by="a")
        tracker.record(ActivityCompleted("p/1", on=day("5-1")), by="a")
        tracker.reports.issue("p", HALF, by="a")
        for fields, _, _ in CASES:
            tracker.record(FigurePublished("p@2023-h1", on=day("7-5"), period=HALF, **fields), by="a")
    return tmp_path / "p.db"


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_face_says_both_figures_and_the_difference(store: Path, run: Run, lang: Lang) -> None:
    """In the same words on the page and on the terminal, also where nothing else is known otherwise."""
    expected = [vi if lang == "vi" else en for _, vi, en in CASES]
    with Tracker(f"sqlite:///{store}", clock=Clock()) as tracker:
        compared = tracker.reports.get("p@2023-h1").compared()
        assert expected == [comparison_words(one, Language(lang)) for one in compared]
        page = unescape(ask(create_app(tracker), f"/plans/p/reports/2023-h1?lang={lang}").text)
    shown = run("report", "p", "2023-h1", "--store", store, "--lang", lang).out
    for words in expected:
        assert f">{words}</li>" in page
        assert words in shown


def test_the_api_and_the_terminal_give_both_figures_and_the_difference(store: Path, run: Run) -> None:
    """The same document."""
    with Tracker(f"sqlite:///{store}", clock=Clock()) as tracker:
        document = ask(create_app(tracker), "/api/v1/plans/p/reports/2023-h1").json()
    assert json.loads(run("report", "p", "2023-h1", "--store", store, "--json").out) == document
    assert [en for _, _, en in CASES] == [one["words"] for one in document["published"]]
    assert [False, True, False, None, None] == [one["agrees"] for one in document["published"]]
    first, *_, last = document["published"]
    assert {
        "key": "total",
        "title": "Kế hoạch cải cách hành chính",
        "reported_text": "2/4 (50%)",
        "part": 2,
        "whole": 4,
        "percent": "50",
        "rule": "whole_plan",
        "own": {"completed": 1, "total": 3, "percent": "33.3", "overdue": 0},
        "own_rule": "whole_plan",
        "percent_difference": "17",
        "agrees": False,
        "words": CASES[0][2],
    } == {name: value for name, value in first.items() if name != "source"}
    assert "9/BC" == first["source"]["number"]
    assert (None, None) == (last["own"], last["percent_difference"])
