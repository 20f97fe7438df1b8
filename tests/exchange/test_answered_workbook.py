"""
A workbook that comes back in other hands' forms: days and words as they are typed, sheets of before, and what it is answered.
"""

import re
import subprocess
import unicodedata
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast
from unittest.mock import patch

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reformtrack import Deadline, Tracker
from reformtrack.answers import ProgressStatus
from reformtrack.domain.wording import Lang, day
from reformtrack.events import ActivityScheduled
from reformtrack.exchange.agency_workbook import (
    Returned,
    agency_workbook,
    answer_agency_workbook,
    import_agency_workbook,
)
from tests.exchange.test_returned_workbook import (
    DONE,
    GO_ON,
    LEAD,
    REPORT,
    START,
    cells,
    fill,
    plan_of,
    streams,
)
from tests.support import LONGEST, adopted, scheduled
from tests.support import day as of_2023

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("in_this_process")]

HEADS = (
    *(
        "id",
        "Mã",
        "Nhiệm vụ",
        "Sản phẩm",
        "Thời hạn",
        "Ngày đến hạn",
        "Tình trạng",
        "Cập nhật tình trạng",
        "Ngày thực hiện",
    ),
    *("Kết quả, hoặc lý do", "Khó khăn, vướng mắc", "Minh chứng: số", "Minh chứng: ngày", "Minh chứng: trích yếu"),
)
DUE = date(2025, 6, 30)


@pytest.fixture
def tracker() -> Tracker:
    return plan_of()


@pytest.fixture
def path(tracker: Tracker, tmp_path: Path) -> Path:
    path = tmp_path / "a.xlsx"
    path.write_bytes(agency_workbook(tracker.plan("p"), LEAD))
    return path


def returned(tracker: Tracker, path: Path, *rows: Sequence[Any], lead: str = LEAD, lang: Lang = "vi") -> Returned:
    """What is said of a workbook whose rows are filled in from the column of updates on."""
    if rows:
        book = openpyxl.load_workbook(path)
        for row, values in enumerate(rows, 6):
            fill(book.worksheets[0], row, *values)
        book.save(path)
    return import_agency_workbook(tracker, path, lead=lead, by="b", lang=lang)


def older(path: Path, mark: str, *rows: Sequence[Any]) -> Path:
    """A workbook as the first versions made it, its rows filled in."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = "Cập nhật"
    sheet.append([mark, "K"])
    sheet.append([None, "Sở A: tính đến ngày 26/11/2026"])
    sheet.append([None, "Điền vào các ô màu vàng và gửi lại tệp. Để trống dòng không có gì mới."])
    sheet.append([])
    sheet.append(HEADS)
    for id, code, title, *filled in rows:
        sheet.append([id, code, title, None, "Quý II", DUE, "chưa thực hiện", *filled])
    book.save(path)
    return path


def plan_of_2025(*titles: str) -> Tracker:
    tracker, due = Tracker(), Deadline.parse("Quý II", 2025)
    tracker.record(adopted("q"), by="a")
    on = date(2025, 1, 2)
    of = [
        ActivityScheduled(f"p/{n}", on=on, domain="1", title=t, lead="Sở A", deadline=due)
        for n, t in enumerate(titles, 1)
    ]
    tracker.record(adopted(on=on, title="K", year=2025), *of, by="a")
    return tracker


@pytest.mark.parametrize("mark", ["reformtrack p 3", "reformtrack p 4", "reformtrack p 3 2026-11-26"])
def test_rows_that_were_sorted_under_their_hidden_ids_are_refused_one_by_one(mark: str, tmp_path: Path) -> None:
    """In a sheet of before, without a digest: the id says 1, the row says 2, and a note says how it was judged."""
    given = (DONE, date(2025, 3, 3))
    path = older(tmp_path / "a.xlsx", mark, ("p/1", "2", "Công bố", *given), ("p/2", "1", "Rà soát"))
    with plan_of_2025("Rà soát", "Công bố") as tracker:
        found = returned(tracker, path, lead="Sở A")
    note, *problems = found.problems
    assert (False, "A1", ()) == (note.is_error, note.cell, found.records)
    assert "mã tóm tắt" in note.what
    assert ["B6", "B7"] == [problem.cell for problem in problems]
    one, other = (re.findall(r"\d “[^”]*”", problem.what) for problem in problems)
    assert (["1 “Rà soát”", "2 “Công bố”"], ["2 “Công bố”", "1 “Rà soát”"]) == (one, other)


@pytest.mark.parametrize("mark", ["reformtrack p 1", "reformtrack p 4", "reformtrack p 3 2026-11-26"])
def test_the_issuer_of_a_document_stays_unknown_where_it_is_not_asked(mark: str, tmp_path: Path) -> None:
    """The lead is not taken for it; a row that reports progress and says none is a problem."""
    of = ("p/1", "1", "Trình ban hành quyết định"), ("p/2", "2", "Việc hai")
    done = (DONE, date(2025, 3, 3), None, None, "77/QĐ-UBND")
    path = older(tmp_path / "a.xlsx", mark, (*of[0], *done), (*of[1], REPORT, date(2025, 3, 3)))
    with plan_of_2025("Trình ban hành quyết định", "Việc hai") as tracker:
        found = returned(tracker, path, lead="Sở A")
        [document] = tracker.plan("p").activity("1").state.evidence
    assert ("77/QĐ-UBND", "") == (document.number, document.issuer)
    assert (["A1", "J7"], ["p/1"]) == (cells(found), streams(found))


def test_an_occurrence_of_the_oldest_sheets_is_told_by_its_due_day(tmp_path: Path) -> None:
    """Their ids have no day."""
    path = older(tmp_path / "a.xlsx", "reformtrack p 2", ("p/1", "1", "Báo cáo", DONE, date(2025, 6, 3)))
    with Tracker() as tracker:
        deadline = Deadline.parse("30/3; 30/6", 2025)
        on = date(2025, 1, 2)
        once = ActivityScheduled("p/1", on=on, domain="1", title="Báo cáo", lead="Sở A", deadline=deadline)
        tracker.record(adopted(on=on, title="K", year=2025), once, by="a")
        book: Any = openpyxl.load_workbook(path)
        book.worksheets[0]["E6"] = deadline.text
        book.save(path)
        found = returned(tracker, path, lead="Sở A")
    assert (["A1"], [DUE]) == (cells(found), [cast("Any", record.event).occurrence for record in found.records])


def test_what_was_sent_is_told_by_its_digest(tracker: Tracker, path: Path) -> None:
    """A state in the words of another version is no remark of the agency; beside another change it is named."""
    with patch.object(ProgressStatus, "label", lambda self, lang="vi": "trong tiến độ"):
        path.write_bytes(agency_workbook(tracker.plan("p"), LEAD))
    assert () == returned(tracker, path, (START, "1/2/2023")).problems
    book: Any = openpyxl.load_workbook(path)
    book.worksheets[0]["D7"] = "Đã xong"
    book.save(path)
    assert "D7" in cells(returned(tracker, path))


def test_letters_that_have_another_normal_form_come_back_as_they_were_sent(tmp_path: Path) -> None:
    """As U+FA15 of old code pages, which a file that is read has as U+51DE."""
    with Tracker() as tracker:
        tracker.record(adopted(), scheduled("p/1", deadline=Deadline.parse("\ufa15", 2023)), by="a")
        path = tmp_path / "a.xlsx"
        path.write_bytes(agency_workbook(tracker.plan("p"), LEAD))
        assert (["p/1"], ()) == (streams(found := returned(tracker, path, (START, "1/2/2023"))), found.problems)


def test_a_sheet_that_was_sent_with_a_digest_says_nothing_of_it(tracker: Tracker, path: Path) -> None:
    assert () == returned(tracker, path, (START, "1/2/2023")).problems


FORMS = (
    "{d}/{m}/{y}",
    "{d:02}/{m:02}/{y}",
    "{d:02}.{m:02}.{y}",
    "{d}-{m}-{y}",
    "{y}-{m:02}-{d:02}",
    "{y}/{m}/{d}",
    " {d} / {m} / {y} ",
    "\u00a0{d}/{m}/{y}\u00a0",
    "ngày {d}/{m}/{y}",
    "Ngày {d:02} tháng {m:02} năm {y}",
    "{d:02}/{m:02}/{y} 00:00:00",
    "{y}-{m:02}-{d:02}T00:00:00",
    "{d:02}/{m:02}/{y} 14:30",
    "{d}/{m}/{y}.",
)
WORDS = (
    str.upper,
    str.capitalize,
    str.title,
    lambda text: f"  {text}. ",
    lambda text: text.replace(" ", "  "),
    lambda text: text.replace(" ", "\u00a0"),
    lambda text: text.replace("oàn", "òan").replace("iến", "íên"),
    lambda text: text.replace("đã", "Ðã"),
    lambda text: f"{text}\u200b",
    lambda text: text.removeprefix("đã "),
    lambda text: unicodedata.normalize("NFD", text),
)


@given(
    st.dates(date(2023, 1, 3), date(2024, 12, 31)),
    st.sampled_from([*FORMS, None]),
    st.sampled_from(WORDS),
    st.sampled_from([START, DONE, REPORT]),
)
def test_a_state_and_a_day_are_read_as_they_are_typed(on: date, form: str | None, typed: Any, word: str) -> None:
    """In any case, with other spaces and misplaced marks; a day in each of its forms, and as a cell of days."""
    with plan_of() as tracker, TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        path.write_bytes(agency_workbook(tracker.plan("p"), LEAD))
        text = form.format(d=on.day, m=on.month, y=on.year) if form else on
        found = returned(tracker, path, (typed(word), text, "x", None, "1/BC", text))
    assert () == found.problems
    assert {on} == {record.event.on for record in found.records if record.event is not None}  # type: ignore[union-attr]  # each has a day
    documents = [one for record in found.records for one in getattr(record.event, "evidence", ())]
    assert [on] == [one.date for one in documents]


@pytest.mark.parametrize(
    "text", ["1/3/23", "31/2/2023", "44986", "3/2023", "Quý I", "2023", "20/6/2023 và 21/6/2023", "6/20/2023"]
)
def test_what_is_no_day_is_named(text: str, tracker: Tracker, path: Path) -> None:
    """Two figures of a year, a serial number, a month: nobody guesses."""
    assert (["I6"], []) == (cells(found := returned(tracker, path, (DONE, text))), streams(found))


def test_a_day_that_is_still_to_come_is_named(tracker: Tracker, path: Path) -> None:
    """As 2032 for 2023: nobody reports what has not happened."""
    tomorrow = tracker.today() + timedelta(days=1)
    found = returned(
        tracker, path, (DONE, tomorrow), (DONE, tracker.today()), (DONE, "18/3/2023", None, None, "1/BC", tomorrow)
    )
    assert (["I6", "M8"], ["p/2"]) == (cells(found), streams(found))


def test_days_with_the_month_first_make_the_others_of_a_sheet_doubtful(tracker: Tracker, path: Path) -> None:
    """3/4 is not the third of April beside 3/25; a cell of days, a day beyond 12 and 4/4 are what they are."""
    rows = [(DONE, "3/25/2023"), (START, "3/4/2023"), (DONE, "18/3/2023"), (DONE, "4/4/2023")]
    assert (["I6", "I7"], ["p/3", "p/3"]) == (cells(found := returned(tracker, path, *rows)), streams(found))


def test_the_issuer_of_a_document_is_recorded(tracker: Tracker, path: Path) -> None:
    """As it is typed; an issuer of nothing is named."""
    rows = [
        (DONE, "18/3/2023", None, None, "77/QĐ-UBND", None, "Quyết định", "UBND  tỉnh"),
        (START, "18/3/2023", None, None, None, None, None, "UBND tỉnh"),
    ]
    found = returned(tracker, path, *rows)
    [document] = tracker.plan("p").activity("1").state.evidence
    assert ("77/QĐ-UBND", "UBND tỉnh", "Quyết định") == (document.number, document.issuer, document.title)
    assert (["L7"], ["p/1"]) == (cells(found), streams(found))


def test_what_says_that_there_is_nothing_is_nothing(tracker: Tracker, path: Path) -> None:
    """Dashes and "không" in cells that need not be filled in, and in rows that say no more."""
    nothing = ("-", "–", "Không", "", " - ", "không có", None, "Không.")
    found = returned(tracker, path, (DONE, "18/3/2023", *nothing[:6]), nothing, nothing[::-1])
    assert ((), ["p/1"]) == (found.problems, streams(found))
    [event] = [cast("Any", record.event) for record in found.records]
    assert ("", ()) == (event.note, event.evidence)


@pytest.mark.parametrize("number", ["45/BC-STP ngày 18/3/2023", "45/BC-STP; 46/BC-STP", "45/BC-STP\n46/BC-STP"])
def test_a_number_of_more_than_a_document_is_named(number: str, tracker: Tracker, path: Path) -> None:
    found = returned(tracker, path, (DONE, "18/3/2023", None, None, number))
    assert (["L6"], []) == (cells(found), streams(found))


def test_headings_in_another_case_are_the_same(tracker: Tracker, path: Path) -> None:
    """And broken into lines; a column of running numbers of one's own is none of the agency's cells."""
    book: Any = openpyxl.load_workbook(path)
    sheet = fill(book.worksheets[0], 6, DONE, "18/3/2023")
    for cell in sheet[5]:
        cell.value = str(cell.value).upper().replace(": ", ":\n")
    sheet.insert_cols(2)
    for row, value in enumerate(("STT", 1, 2, 3, 4), 5):
        sheet.cell(row, 2).value = value
    book.save(path)
    assert (["p/1"], ()) == (streams(found := returned(tracker, path)), found.problems)
    sheet["B7"] = "Xong"
    book.save(path)
    assert ["B7"] == cells(returned(tracker, path))


WRONG = [
    (DONE, "20/6/2023", "Xong", None, "45/BC"),
    (GO_ON, "20/6/2023"),
    ("xong", "32/6/2023"),
    (REPORT, "1/6/2023"),
]


def answered(tracker: Tracker, path: Path, found: Returned, lang: Lang = "vi") -> Any:
    """The sheets of the answer, written beside the workbook."""
    answer = path.with_name("answer.xlsx")
    answer.write_bytes(answer_agency_workbook(path, found, lang))
    return openpyxl.load_workbook(answer).worksheets


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_an_answer_has_a_remark_beside_each_row(lang: Lang, tracker: Tracker, path: Path) -> None:
    """What is on record, by its words and its day; each cell that is wrong is red, by its heading and what to do."""
    found = returned(tracker, path, *WRONG, lang=lang)
    [sheet] = answered(tracker, path, found, lang)
    remarks = [str(sheet.cell(row, 8).value) for row in range(6, 10)]
    assert ("Phản hồi", "✓✗✗✗") == (sheet["H5"].value, "".join(remark[0] for remark in remarks))
    assert day(of_2023("6-20"), lang) in remarks[0]
    assert "2 “Nhiệm vụ số 2”" in remarks[1]
    assert not re.search(r"\bp/\d", " ".join(remarks))
    assert ["✗ Cập nhật tình trạng: ", "✗ Ngày thực hiện: "] == [
        line[: line.index(": ") + 2] for line in remarks[2].split("\n")
    ]
    for problem in found.problems:
        assert any(problem.what in remark and problem.to_do in remark for remark in remarks)
    red = {cell.coordinate for row in sheet.rows for cell in row if cell.fill.fgColor.rgb == "FFFFC7CE"}
    assert {"I7", "I8", "J8", "K9"} == red
    assert "1" in sheet["H4"].value
    assert "4" in sheet["H4"].value


def test_an_answer_is_filled_in_further_and_sent_back(tracker: Tracker, path: Path) -> None:
    """Its remarks are not read, and are made anew; what somebody writes among them is named."""
    answered(tracker, path, returned(tracker, path, *WRONG))
    answer = path.with_name("answer.xlsx")
    again = returned(tracker, answer)
    assert ([], ["p/1"]) == (streams(again), [record.stream for record in again.earlier])
    assert {"I7", "I8", "J8", "K9"} == {*cells(again)}
    book: Any = openpyxl.load_workbook(answer)
    sheet = book.worksheets[0]
    sheet["I7"], sheet["I8"], sheet["J8"], sheet["K9"] = START, DONE, "18/3/2023", "Đang làm"
    book.save(answer)
    fixed = returned(tracker, answer)
    assert ((), ["p/2", "p/3", "p/3"]) == (fixed.problems, streams(fixed))
    [sheet] = answered(tracker, answer, fixed)
    assert ["✓"] * 4 == [sheet.cell(row, 8).value[0] for row in range(6, 10)]
    assert [cell.value for cell in openpyxl.load_workbook(path).worksheets[0][5]][7:] == [c.value for c in sheet[5]][8:]
    sheet["H7"] = "Đề nghị xem lại"
    sheet.parent.save(answer)
    assert ["H7"] == cells(returned(tracker, answer))


def test_a_formula_without_a_value_says_as_little_in_the_answer(tracker: Tracker, path: Path) -> None:
    """It is an error there, which was taken for the issuer of a document without a number."""
    book: Any = openpyxl.load_workbook(path)
    fill(book.worksheets[0], 6, START, "18/3/2023")["O6"] = "=1+1"
    book.save(path)
    found = returned(tracker, path)
    answered(tracker, path, found)
    assert (["O6"], ["P6"]) == (cells(found), cells(returned(tracker, path.with_name("answer.xlsx"))))


def test_a_number_that_was_typed_as_one_is_no_day_in_the_answer(tracker: Tracker, path: Path) -> None:
    """It is shown as it was typed; in a cell of days it read as one of the year 1900."""
    book = openpyxl.load_workbook(path)
    update, on = book.worksheets[0]["H6"], book.worksheets[0]["I6"]
    update.value, on.value, on.number_format = START, 45, "General"
    book.save(path)
    returned = import_agency_workbook(tracker, path, lead=LEAD, by="b")
    path.write_bytes(answer_agency_workbook(path, returned))
    assert openpyxl.load_workbook(path).worksheets[0]["J6"].value == 45
    assert len(import_agency_workbook(tracker, path, lead=LEAD, by="b").problems) == len(returned.problems) == 1


def test_a_remark_of_the_headings_takes_the_place_of_none(tracker: Tracker, path: Path) -> None:
    """The column of remarks is found by its heading when the answer comes back; a note stood there instead of it."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    fill(sheet, 6, START, "18/3/2023")
    sheet["Q4"], sheet["Q5"] = "ghi chú", "ghi chú khác"
    book.save(path)
    found = returned(tracker, path)
    [answer] = answered(tracker, path, found)
    summary, head = answer["H4"], answer["H5"]
    assert (head.value, head.comment.text.startswith("✗ R5: ")) == ("Phản hồi", True)
    assert (summary.value.startswith("✓ "), "✗ R4: " in summary.value) == (True, True)
    again = returned(tracker, path.with_name("answer.xlsx"))
    assert (["Q4", "Q5"], ["R4", "R5"]) == (cells(found), cells(again))
    assert found.records == again.earlier


def test_a_heading_that_was_moved_into_a_row_is_no_result_of_it(tracker: Tracker, path: Path) -> None:
    """The heading of the issuer is not needed in sheets of before, and was recorded as what the agency had done."""
    book = openpyxl.load_workbook(path)
    sheet = fill(book.worksheets[0], 6, START, "18/3/2023")
    sheet["J6"].value, sheet["O5"].value = sheet["O5"].value.upper(), None
    book.save(path)
    found = returned(tracker, path)
    assert ((), ["J6"]) == (found.records, cells(found))
    assert "ô này chứa tiêu đề của một cột" == found.problems[0].what


def test_an_area_that_the_remarks_cut_says_what_it_said(tracker: Tracker, path: Path) -> None:
    """Its cells are not merged in the answer, and the lower ones were empty there."""
    book = openpyxl.load_workbook(path)
    sheet: Any = book.worksheets[0]
    for row in (6, 7):
        fill(sheet, row, REPORT, "18/3/2023")["J6"] = "x"
    sheet["H6"] = sheet["G7"] = sheet["H7"] = None
    sheet["J7"] = "y"
    sheet.merge_cells("G6:H7")
    book.save(path)
    found = returned(tracker, path)
    [answer] = answered(tracker, path, found)
    assert ["chưa thực hiện"] * 2 == [answer[cell].value for cell in ("G6", "G7")]
    again = returned(tracker, path.with_name("answer.xlsx"))
    assert ([], found.records) == (cells(again), again.earlier)


@pytest.mark.parametrize("place", ["P6", "R6", "AD6", "P4", "B30", "Z30"])
def test_a_formula_beside_the_table_says_as_much_as_its_answer(place: str, tracker: Tracker, path: Path) -> None:
    """Without a value it stands beyond the cells that are read, and its row was recorded, which the answer refused."""
    book: Any = openpyxl.load_workbook(path)
    sheet = fill(book.worksheets[0], 6, START, "18/3/2023")
    sheet[place] = "=1+1"
    book.save(path)
    found = returned(tracker, path)
    answered(tracker, path, found)
    again = returned(tracker, path.with_name("answer.xlsx"))
    assert [place] == cells(found)
    assert 1 == len(again.problems)
    assert found.records == again.earlier


def test_a_share_that_was_typed_is_recorded_once(tracker: Tracker, path: Path) -> None:
    """It came back as the number that it is stored as, and was recorded once more."""
    book: Any = openpyxl.load_workbook(path)
    sheet = fill(book.worksheets[0], 6, REPORT, "18/3/2023")
    sheet["J6"], sheet["J6"].number_format = 0.95, "0%"
    book.save(path)
    found = returned(tracker, path)
    assert ["95%"] == [getattr(record.event, "note", "") for record in found.records]
    [answer] = answered(tracker, path, found)
    assert "95%" == answer["K6"].value
    again = returned(tracker, path.with_name("answer.xlsx"))
    assert ((), found.records) == (again.records, again.earlier)


def test_what_is_written_among_the_remarks_is_not_lost(tracker: Tracker, path: Path) -> None:
    """It is not read, so its row is refused, now and when it comes back, until it stands elsewhere."""
    answered(tracker, path, returned(tracker, path))
    answer = path.with_name("answer.xlsx")
    book: Any = openpyxl.load_workbook(answer)
    sheet = book.worksheets[0]
    sheet["H6"], sheet["I6"], sheet["J6"] = "đã sửa\n✗ cũ", START, "18/3/2023"
    sheet["H4"], sheet["H20"] = "xin xem lại", "và ở đây"
    for _ in range(3):
        book.save(answer)
        found = returned(tracker, answer)
        assert ((), ["H4", "H6", "H20"]) == (found.records, sorted(cells(found), key=lambda at: int(at[1:])))
        answer.write_bytes(answer_agency_workbook(answer, found))
        book = openpyxl.load_workbook(answer)
        lines = [book.worksheets[0][cell].value.splitlines() for cell in ("H4", "H6", "H20")]
        assert ["xin xem lại", "đã sửa", "và ở đây"] == [first for first, *_ in lines]
        assert 2 == len(lines[1])


def test_an_area_over_the_remarks_hides_none(tracker: Tracker, path: Path) -> None:
    """It is not merged in the next answer."""
    answered(tracker, path, returned(tracker, path))
    answer = path.with_name("answer.xlsx")
    book: Any = openpyxl.load_workbook(answer)
    book.worksheets[0]["G20"] = "ghi chú"
    book.worksheets[0].merge_cells("G20:I20")
    book.save(answer)
    found = returned(tracker, answer)
    answer.write_bytes(answer_agency_workbook(answer, found))
    [sheet] = openpyxl.load_workbook(answer).worksheets
    assert ("ghi chú", True) == (sheet["G20"].value, sheet["H20"].value.startswith("✗ "))


def test_columns_that_were_exchanged_below_their_headings_say_nothing(tracker: Tracker, path: Path) -> None:
    """The deadline that was sent would be the day on which the work was done."""
    book: Any = openpyxl.load_workbook(path)
    sheet = fill(book.worksheets[0], 6, START, "18/3/2023")
    sheet["E6"].value, sheet["I6"].value = sheet["I6"].value, sheet["E6"].value
    book.save(path)
    found = returned(tracker, path)
    assert ((), ["E6"]) == (found.records, cells(found))


def test_an_answer_has_what_stands_outside_the_table(tracker: Tracker, path: Path) -> None:
    """Notes and sheets of one's own, merged cells, errors of formulas: each with its remark, none lost."""
    book: Any = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    sheet["B15"], sheet["Q6"], sheet["J7"] = "Ghi chú của Sở", "Riêng", "=1/0"
    fill(sheet, 8, REPORT, "1/3/2023", "Chung")
    sheet.merge_cells("J8:J9")
    book.create_sheet("Ghi chú")["C2"] = "Việc 2 đã xong"
    book.save(path)
    sheet, notes = answered(tracker, path, returned(tracker, path))
    texts = {cell.coordinate: cell.value for row in sheet.rows for cell in row if cell.value is not None}
    assert ("Ghi chú của Sở", "Riêng", "Chung", None) == (*map(texts.get, ("B15", "R6", "K8", "K9")),)
    assert "✗ B15: " in texts["H15"]
    assert "✗ R6: " in texts["H6"]
    assert "công thức" in texts["H7"]
    assert ("Việc 2 đã xong", "✗ C2: ") == (notes["C2"].value, notes["D2"].value[:6])


def test_an_answer_to_a_sheet_of_before_says_how_it_was_judged(tmp_path: Path) -> None:
    """And is a sheet of before itself."""
    path = older(tmp_path / "a.xlsx", "reformtrack p 3", ("p/1", "1", "Rà soát", DONE, "3/3/2025"))
    with plan_of_2025("Rà soát") as tracker:
        [sheet] = answered(tracker, path, returned(tracker, path, lead="Sở A"))
        assert "• A1: " in sheet["H1"].value
        again = returned(tracker, path.with_name("answer.xlsx"), lead="Sở A")
    assert (["A1"], 1) == (cells(again), len(again.earlier))


def edited(path: Path, order: Sequence[int], hidden: Sequence[int], inserted: Sequence[int]) -> None:
    """Whole rows in another order, some of them hidden, columns inserted."""
    book: Any = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    rows = [[cell.value for cell in sheet[6 + place]] for place in order]
    for row, values in enumerate(rows, 6):
        for column, value in enumerate(values, 1):
            sheet.cell(row, column).value = value
    for row in hidden:
        sheet.row_dimensions[6 + row].hidden = True
    sheet.auto_filter.add_filter_column(1, ["1"])
    for column in inserted:
        sheet.insert_cols(column)
    book.save(path)


ROWS = [
    (DONE, "20/6/2023", "Xong", "Thiếu người", "45/BC", "19/6/2023", "Báo cáo", "UBND tỉnh"),
    (START.upper(), date(2023, 2, 1)),
    (DONE, "18.3.2023", None, None, 12.0),
    (REPORT, "2023-05-01", "Đang làm"),
]


def all_said(found: Returned) -> set[str]:
    return {f"{record.event}" for record in found.records}


@given(st.permutations(range(4)), st.sets(st.integers(0, 3)), st.lists(st.integers(1, 16), max_size=3))
def test_any_order_of_rows_and_columns_says_what_was_filled_in(
    order: list[int], hidden: set[int], inserted: list[int]
) -> None:
    """Sorted, filtered, hidden, with columns put in between, and answered: the very same records."""
    with plan_of() as tracker, plan_of() as other, TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        path.write_bytes(agency_workbook(tracker.plan("p"), LEAD))
        expected = returned(tracker, path, *ROWS)
        edited(path, order, [*hidden], inserted)
        found = returned(other, path)
        assert () == expected.problems == found.problems
        assert all_said(expected) == all_said(found)
        path.write_bytes(answer_agency_workbook(path, found))
        assert ((), len(expected.records)) == ((again := returned(other, path)).records, len(again.earlier))


@pytest.mark.needs("soffice")
@pytest.mark.parametrize("forms", [("ods", "xlsx"), ("xlsx",), ("xls", "ods")])
def test_libreoffice_changes_nothing_of_what_was_filled_in(forms: tuple[str, ...], tmp_path: Path) -> None:
    """Sorted and moved, saved from form to form, answered, and the answer saved again: run for real."""
    with plan_of() as tracker, plan_of() as other:
        path = tmp_path / "a.xlsx"
        path.write_bytes(agency_workbook(tracker.plan("p"), LEAD))
        expected = returned(tracker, path, *ROWS)
        edited(path, [3, 1, 0, 2], [1], [4, 1])
        found = returned(other, through(path, forms))
        assert () == expected.problems == found.problems
        assert all_said(expected) == all_said(found)
        path.write_bytes(answer_agency_workbook(path, found))
        again = returned(other, through(path, forms))
        assert ((), (), len(found.records)) == (again.problems, again.records, len(again.earlier))


def through(path: Path, forms: Sequence[str]) -> Path:
    """The file as LibreOffice saves it in one form after the other."""
    for form in forms:
        folder = path.parent / form
        folder.mkdir(exist_ok=True)
        profile = f"-env:UserInstallation=file://{path.parent}/profile"
        command = ["soffice", profile, "--headless", "--convert-to", form, "--outdir"]
        subprocess.run([*command, folder, path], check=True, capture_output=True, timeout=LONGEST)
        path = folder / f"{path.stem}.{form}"
    return path
