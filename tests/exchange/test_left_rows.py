"""A row that is left out takes no question of another row with it, and leaves none that nobody can answer."""

from datetime import date
from pathlib import Path
from typing import Any, Literal

import pytest

from reformtrack import Document, Tracker
from reformtrack.exchange.appendix.finding import Answers, Draft
from reformtrack.exchange.appendix.importing import NewPlan, import_appendix, read_draft
from tests.support import ADOPTED, Clock, day

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


HEAD = "Mã số;Nhiệm vụ;Chủ trì;Thời hạn\nI;Thể chế;;\n"


@pytest.mark.slow
def test_a_row_beside_one_that_is_left_out_does_not_become_its_activity(tmp_path: Path) -> None:
    """The row that is left out is what the plan has under the code: the other one needs a code of its own."""
    path = tmp_path / "a.csv"
    with Tracker(clock=Clock()) as tracker:
        path.write_text(f"{HEAD}1.1;Việc a;Sở A;30/6/2023\n1.2;Việc b;Sở B;30/6/2023\n", encoding="utf-8")
        new = NewPlan(title="K", year=2023, jurisdiction="X")
        assert import_appendix(tracker, path, "p", by="x", on=ADOPTED, new=new).is_accepted
        rows = "1.1;Việc a;Sở A;30/6/2023\n1.1;Việc mới;Sở C;30/9/2023\n1.2;Việc b;Sở B;30/6/2023\n"
        path.write_text(HEAD + rows, encoding="utf-8")
        given: dict[str, Any] = {"by": "x", "on": day("3-1"), "document": Document(number="1"), "lang": "en"}
        found = import_appendix(tracker, path, "p", leave=["a!3"], **given)
        assert (False, ["the code 1.1 stands in row a!3 too"]) == (
            found.is_accepted,
            [one.what for one in found.problems if one.is_error],
        )
        found = import_appendix(tracker, path, "p", leave=["a!4"], **given)
        assert (True, ()) == (found.is_accepted, found.events)


@pytest.mark.slow
def test_a_name_is_asked_about_where_it_stands(tmp_path: Path) -> None:
    """Not in another cell whose name begins alike, when its own row is left out."""
    path = tmp_path / "a.csv"
    leads = ("Sở Nông nghiệ", "Sở Nông nghiệp", "Sở Nông nghiệp")
    rows = "".join(f"{n};Việc {n};{lead};30/6/2025\n" for n, lead in enumerate(leads, 1))
    path.write_text(f"STT;Nhiệm vụ;Chủ trì;Thời hạn\n{rows}", encoding="utf-8")
    assert ["C2"] == [one.cell for one in read_draft(path, year=2025, known=["Sở Nông nghiệp"]).questions]
    assert () == read_draft(path, year=2025, known=["Sở Nông nghiệp"], leave=["a!2"]).questions
