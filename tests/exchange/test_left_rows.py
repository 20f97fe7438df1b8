"""A row that is left out takes no question of another row with it, and leaves none that nobody can answer."""

from datetime import date
from pathlib import Path
from typing import Literal

import pytest

from reformtrack.exchange.appendix.finding import Answers, Draft
from reformtrack.exchange.appendix.importing import read_draft

TABLES: dict[str, tuple[Literal["activities", "indicators"], str]] = {
    "a line of two agencies twice": (
        "activities",
        "STT;Nhiệm vụ;Chủ trì;Thời hạn\n"
        "1;Rà soát văn bản A;Sở Nội vụ, Tư pháp;30/6/2025\n"
        "2;Rà soát văn bản B;Sở Nội vụ, Tư pháp;30/6/2025\n",
    ),
    "a point of thousands or of decimals": (
        "activities",
        "STT;Nhiệm vụ;Chủ trì;Thời hạn;Kinh phí (triệu đồng)\n"
        "1;Rà soát văn bản A;Sở A;30/6/2025;1.250\n"
        "2;Rà soát văn bản B;Sở A;30/6/2025;1250.5\n"
        "3;Rà soát văn bản C;Sở A;30/6/2025;2.250\n",
    ),
    "one number and one title twice": (
        "activities",
        "STT;Nhiệm vụ;Chủ trì;Thời hạn\n"
        "1;Rà soát văn bản;Sở Nội vụ;30/6/2025\n"
        "1;Rà soát văn bản;Sở Tư pháp;30/9/2025\n",
    ),
    "one code twice": (
        "activities",
        "Mã;Nhiệm vụ;Chủ trì;Thời hạn\n"
        "NV.1;Rà soát văn bản A;Sở Nội vụ;30/6/2025\n"
        "NV.1;Rà soát văn bản B;Sở Tư pháp;30/6/2025\n"
        "NV.2;Rà soát văn bản C;Sở Tư pháp;30/6/2025\n",
    ),
    "one indicator twice": (
        "indicators",
        "STT;Tên chỉ tiêu;Đơn vị tính;Chỉ tiêu năm 2025\n1;Tỷ lệ hồ sơ đúng hạn;%;95%\n2;Tỷ lệ hồ sơ đúng hạn;%;96%\n",
    ),
    "what was reached before": (
        "indicators",
        "STT;Tên chỉ tiêu;Đơn vị tính;Kết quả kỳ trước;Chỉ tiêu năm 2025\n"
        "1;Tỷ lệ hồ sơ đúng hạn;%;90%;95%\n"
        "2;Tỷ lệ hài lòng;%;91%;96%\n",
    ),
}


def asked(draft: Draft) -> list[tuple[str, str, object]]:
    return [(one.what, one.cell, one.ask) for one in draft.questions]


def told(draft: Draft) -> list[object]:
    """What is said of each activity and indicator; the codes that are given count the rows that are left out too."""
    activities = [(one.number, one.title, one.leads, one.due, one.budget) for one in draft.activities]
    return [*activities, *((one.number, one.title, one.baseline, one.target) for one in draft.indicators)]


@pytest.mark.slow
@pytest.mark.parametrize("name", TABLES)
def test_a_row_that_is_left_out_is_as_if_it_were_empty(name: str, tmp_path: Path) -> None:
    """Whether it is left by argument or by answer."""
    of, text = TABLES[name]
    whole, without = tmp_path / "t.csv", tmp_path / "without" / "t.csv"
    without.parent.mkdir()
    whole.write_text(text, encoding="utf-8")
    lines = text.splitlines()
    for place in range(1, len(lines)):
        empty = ";" * lines[0].count(";")
        without.write_text("\n".join([*lines[:place], empty, *lines[place + 1 :]]), encoding="utf-8")
        expected = read_draft(without, year=2025, of=of, lang="en")
        row = f"t!{place + 1}"
        for found in (
            read_draft(whole, year=2025, of=of, lang="en", leave=[row]),
            read_draft(whole, year=2025, of=of, lang="en", answers=Answers(rows={row: "leave"})),
        ):
            more = set(asked(found)) - set(asked(expected))  # how a column is written, each row of it tells
            assert set(asked(expected)) <= set(asked(found)), row
            assert all(ask for _, _, ask in more), row
            assert told(expected) == told(found), row
            assert [row] == list(found.left)


@pytest.mark.slow
def test_days_with_the_month_first_are_so_in_a_plan_with_days_of_its_own(tmp_path: Path) -> None:
    """One order for a column, as it says of itself."""
    path = tmp_path / "t.csv"
    path.write_text("STT;Nhiệm vụ;Chủ trì;Thời hạn\n1;A;Sở A;1/31/2025\n2;B;Sở B;3/4/2025\n", encoding="utf-8")
    for days in (None, (date(2025, 1, 1), date(2026, 12, 31))):
        draft = read_draft(path, year=2025, days=days, lang="en")
        assert [(date(2025, 1, 31),), (date(2025, 3, 4),)] == [row.due and row.due.days for row in draft.activities]
