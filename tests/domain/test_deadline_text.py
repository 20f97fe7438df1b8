"""Deadlines as people write them: each kind of text in many spellings, and what is left unread."""

import csv
import re
import unicodedata
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reformtrack import Deadline, InvalidField
from reformtrack.domain.deadline_forms import DeadlineKind
from reformtrack.domain.deadline_text import how_read, read_over
from reformtrack.domain.said import Said
from reformtrack.language import Language
from tests.support import worked

CASES = Path(__file__).parent / "cases" / "deadlines.csv"


def meaning(text: str, year: int = 2025) -> str:
    """What a text is entered as: `month 31/12/2025`, `each_quarter 31/3/2025 …`, `regular`, `impossible`."""
    try:
        deadline = Deadline.entered(text, year)
    except InvalidField:
        assert "unspecified" == Deadline.parse(text, year).kind.value
        return "impossible"
    assert Deadline.parse(text, year) == deadline
    return " ".join([deadline.kind.value, *(f"{day.day}/{day.month}/{day.year}" for day in deadline.days)])


def cases() -> list[tuple[str, int, str, str]]:
    """Texts of public plans and trackers: text, year, kind, days."""
    with CASES.open(encoding="utf-8") as file:
        return [(row["text"], int(row["year"]), row["kind"], row["days"]) for row in csv.DictReader(file)]


@pytest.mark.parametrize(("text", "year", "kind", "days"), cases())
def test_a_text_of_a_public_plan_is_read_as_it_was_meant(text: str, year: int, kind: str, days: str) -> None:
    """`recurring` has several days, of whichever kind."""
    found, *found_days = meaning(text, year).split()
    if days.startswith("the 20th"):
        days = "; ".join(f"20/{month}/{year}" for month in range(1, 13))
    assert (kind, days) == ("recurring" if len(found_days) > 1 else found, "; ".join(found_days))


TWENTIETHS = "days " + " ".join(f"20/{month}/2025" for month in range(1, 13))
MONTH_ENDS = ["31/1", "28/2", "31/3", "30/4", "31/5", "30/6", "31/7", "31/8", "30/9", "31/10", "30/11", "31/12"]
EACH_MONTH = "each_month " + " ".join(f"{day}/2025" for day in MONTH_ENDS)
EACH_QUARTER = "each_quarter 31/3/2025 30/6/2025 30/9/2025 31/12/2025"
SIX_NINE_YEAR = "days 30/6/2025 30/9/2025 31/12/2025"

TEXTS = {
    "yearly": {
        "Tháng 12 hằng năm": "month 31/12/2025",
        "THÁNG 12 HÀNG NĂM": "month 31/12/2025",
        "Tháng 12 mỗi năm": "month 31/12/2025",
        "Trong tháng 12 hằng năm": "month 31/12/2025",
        "Hằng năm, tháng 12": "month 31/12/2025",
        "Hằng năm (tháng 12)": "month 31/12/2025",
        "Tháng 12 (hằng năm)": "month 31/12/2025",
        "Quý IV hằng năm": "quarter 31/12/2025",
        "Trước quý IV hàng năm": "quarter 30/9/2025",
        "31/12 hằng năm": "day 31/12/2025",
        "Trước ngày 15/12 hàng năm": "day 15/12/2025",
        "Hằng năm, trước ngày 15/12": "day 15/12/2025",
        "Ngày 15 tháng 12 hằng năm": "day 15/12/2025",
        "6 tháng đầu năm hằng năm": "half_year 30/6/2025",
        "15/6 và 15/12 hằng năm": "days 15/6/2025 15/12/2025",
        "Quý II, quý IV hằng năm": "days 30/6/2025 31/12/2025",
        "December each year": "month 31/12/2025",
        "every December": "month 31/12/2025",
        "Annually, in December": "month 31/12/2025",
        "by 31 March each year": "day 31/3/2025",
        "Each year by 31 March": "day 31/3/2025",
        "Tháng 12/2025 hằng năm": "unspecified",
        "2 lần hằng năm": "unspecified",
        "Tháng 13 hằng năm": "impossible",
        "Định kỳ vào tháng 12 hàng năm": "month 31/12/2025",
        "Tháng 12/hằng năm": "month 31/12/2025",
        "Cuối mỗi năm": "year 31/12/2025",
        "Tháng 12 hằng năm (trước ngày 15)": "unspecified",
    },
    "a span of years": {
        "2025-2026": "year 31/12/2026",
        "2025–2026": "year 31/12/2026",
        "2025 — 2026": "year 31/12/2026",
        "năm 2025 - năm 2026": "year 31/12/2026",
        "Các năm 2025-2026": "year 31/12/2026",
        "Từ năm 2025 đến năm 2027": "year 31/12/2027",
        "Từ 2025 đến 2027": "year 31/12/2027",
        "Năm 2025 đến năm 2026": "year 31/12/2026",
        "GIAI ĐOẠN 2025 - 2030": "year 31/12/2030",
        "Giai đọan 2025-2030": "year 31/12/2030",
        "Trong giai đoạn 2025-2030": "year 31/12/2030",
        "Hết giai đoạn 2021-2025": "year 31/12/2025",
        "Thực hiện giai đoạn 2024-2025": "year 31/12/2025",
        "Giai đoạn từ năm 2024 đến năm 2025": "year 31/12/2025",
        "from 2025 to 2026": "year 31/12/2026",
        "2025 to 2026": "year 31/12/2026",
        "2025 through 2026": "year 31/12/2026",
        "2026-2025": "unspecified",
        "2025-2025": "unspecified",
        "2025/2026": "unspecified",
        "2024-25": "unspecified",
        "Giai đoạn 2021-2025, định hướng đến năm 2030": "unspecified",
        "Giai đoạn 1": "unspecified",
        "2025, 2026": "unspecified",
        "GĐ 2024-2025": "year 31/12/2025",
        "Trong 2 năm 2025-2026": "year 31/12/2026",
        "2025 → 2026": "year 31/12/2026",
    },
    "a span of months": {
        "Tháng 3 - 6": "month 30/6/2025",
        "Tháng 3 – tháng 6": "month 30/6/2025",
        "Tháng 03 đến tháng 06 năm 2025": "month 30/6/2025",
        "từ tháng 3 - tháng 6 năm 2025": "month 30/6/2025",
        "Từ tháng 3 tới tháng 6": "month 30/6/2025",
        "Từ tháng 3 đến hết tháng 6": "month 30/6/2025",
        "Từ tháng 11/2025 đến tháng 02/2026": "month 28/2/2026",
        "Thực hiện từ tháng 3 đến tháng 6": "month 30/6/2025",
        "T3-T6/2025": "month 30/6/2025",
        "T3-6/2025": "month 30/6/2025",
        "3/2025-6/2025": "month 30/6/2025",
        "03-2025 – 06-2025": "month 30/6/2025",
        "March-June 2025": "month 30/6/2025",
        "from March to June": "month 30/6/2025",
        "Mar–Jun 2025": "month 30/6/2025",
        "March 2025 to February 2026": "month 28/2/2026",
        "Từ tháng 3 đến hết năm 2025": "year 31/12/2025",
        "Từ tháng 3 đến 30/6": "day 30/6/2025",
        "Tháng 6-3/2025": "unspecified",
        "Tháng 3-3": "unspecified",
        "T3-T6": "unspecified",
        "3-6": "unspecified",
        "3-6/2025": "unspecified",
        "Các tháng 3-6": "unspecified",
        "Tháng 3/2026 đến tháng 6": "unspecified",
        "Từ tháng 3": "unspecified",
        "Tháng 3-13": "impossible",
        "Tháng 3 -> tháng 6": "month 30/6/2025",
        "Tháng 6-25": "unspecified",
        "Q2-25": "unspecified",
    },
    "a span of quarters": {
        "Quý I - Quý IV": "quarter 31/12/2025",
        "Quý I–IV/2025": "quarter 31/12/2025",
        "Quý I đến quý III": "quarter 30/9/2025",
        "Từ quý II đến quý IV năm 2025": "quarter 31/12/2025",
        "Từ Quý II/2025 - Quý II/2026": "quarter 30/6/2026",
        "Quý IV/2025-I/2026": "quarter 31/3/2026",
        "Quý 1-3": "quarter 30/9/2025",
        "Quý 1-2/2025": "quarter 30/6/2025",
        "Qúy II-III": "quarter 30/9/2025",
        "Q1-Q3": "quarter 30/9/2025",
        "Q1–Q3 2025": "quarter 30/9/2025",
        "Q2 to Q4 2025": "quarter 31/12/2025",
        "from Q2 until Q4": "quarter 31/12/2025",
        "Từ quý II đến cuối năm": "year 31/12/2025",
        "Quý IV-I": "unspecified",
        "Quý II - tháng 9": "unspecified",
        "Các quý I-IV": "unspecified",
        "Các quý I đến quý III": "unspecified",
        "từ tháng 1 - quý II": "quarter 30/6/2025",
        "Quý I - quý II hằng năm": "quarter 30/6/2025",
        "Quý II-V": "impossible",
    },
    "a span of days": {
        "June 5-25": "day 25/6/2025",
        "15/6 - 30/6 hằng năm": "day 30/6/2025",
        "30/6. (1).": "day 30/6/2025",
        "01/01 - 30/6": "day 30/6/2025",
        "01/01/2025-30/06/2025": "day 30/6/2025",
        "01-01-2025 - 30-06-2025": "day 30/6/2025",
        "1.1.2025 – 30.6.2025": "day 30/6/2025",
        "Từ 01/01 đến 30/6/2025": "day 30/6/2025",
        "Từ ngày 01/01/2025 đến ngày 30/6/2025": "day 30/6/2025",
        "Từ ngày 1 tháng 1 đến hết ngày 30 tháng 6": "day 30/6/2025",
        "Từ ngày 10 đến ngày 15/6": "day 15/6/2025",
        "Ngày 10-15/6/2025": "day 15/6/2025",
        "10-15/6/2025": "day 15/6/2025",
        "15/12/2025 - 15/01/2026": "day 15/1/2026",
        "Từ nay đến 30/6": "day 30/6/2025",
        "2025-01-01 to 2025-06-30": "day 30/6/2025",
        "1 June - 15 July 2025": "day 15/7/2025",
        "June 1-15, 2025": "day 15/6/2025",
        "1-15 June 2025": "day 15/6/2025",
        "from 1 to 15 June": "day 15/6/2025",
        "Từ 01/01/2025 đến hết quý II": "quarter 30/6/2025",
        "30/6-01/01": "unspecified",
        "15/12 - 15/01": "unspecified",
        "Từ 01/01/2024 đến 30/6": "unspecified",
        "Từ 01/01/2025": "unspecified",
        "01/01-31/6": "impossible",
        "Từ 30/2 đến 30/6": "impossible",
        "Số 123-45/2025": "unspecified",
        "123-45/2025": "unspecified",
    },
    "goes on": {
        "Năm 2025 và những năm tiếp theo": "regular",
        "2025 và các năm tiếp theo": "regular",
        "Năm 2025 và các năm sau": "regular",
        "2025, các năm tiếp theo": "regular",
        "2025-2026 và những năm tiếp theo": "regular",
        "Trong năm 2025 và các năm kế tiếp": "regular",
        "Quý II/2025 và những năm tiếp theo": "regular",
        "Quý II và những năm tiếp theo": "regular",
        "Quý I - quý II và những năm tiếp theo": "regular",
        "Từ năm 2025 trở đi": "regular",
        "Từ tháng 6/2025 trở đi": "regular",
        "2025 trở đi": "regular",
        "2025 onwards": "regular",
        "from 2025 onward": "regular",
        "2025 and beyond": "regular",
        "2025 and the following years": "regular",
        "Năm 2025 và năm tiếp theo": "unspecified",
        "30/6/2025 và những năm tiếp theo": "unspecified",
        "Những năm tiếp theo": "unspecified",
        "Từ năm 2025": "unspecified",
    },
    "regular": {
        "NHIỆM VỤ THƯỜNG XUYÊN": "regular",
        "Thừơng xuyên": "regular",
        "Thuờng xuyên": "regular",
        "Công việc thường xuyên": "regular",
        "Thực hiện thường xuyên": "regular",
        "Thường xuyên hàng năm": "regular",
        "Thường xuyên (hằng năm)": "regular",
        "Thường xuyên; hằng quý": "unspecified",
        "Thường xuyên năm 2025": "regular",
        "Thường xuyên, trong năm 2025": "regular",
        "Thường xuyên, liên tục trong năm": "regular",
        "Thường xuyên giai đoạn 2025-2026": "regular",
        "Thường xuyên, hàng tháng": "regular",
        "Thường xuyên, định kỳ hằng quý": "regular",
        "Thường xuyên (hằng quý)": "regular",
        "Hằng quý, thường xuyên": "regular",
        "ongoing, quarterly": "regular",
        "Thường xuyên, hoàn thành trước 30/6": "unspecified",
        "Thường xuyên trong quý II": "unspecified",
        "Không thường xuyên": "unspecified",
        "Thường xuyên, đột xuất": "regular",
    },
    "weeks": {
        "Hàng tuần": "regular",
        "HẰNG TUẦN": "regular",
        "Mỗi tuần": "regular",
        "Định kỳ hằng tuần": "regular",
        "Thứ Sáu hằng tuần": "regular",
        "Chiều thứ 6 hàng tuần": "regular",
        "2 tuần/lần": "regular",
        "Hai tuần một lần": "regular",
        "Hằng ngày": "regular",
        "weekly": "regular",
        "every week": "regular",
        "every Friday": "regular",
        "daily": "regular",
        "Tuần 2 tháng 6": "unspecified",
        "Trong tuần": "unspecified",
        "fortnightly": "regular",
        "Ngày thứ 6 hàng tuần": "regular",
        "2 lần/tuần": "unspecified",
    },
    "periods of reports": {
        "Hằng quý, 6 tháng, năm": EACH_QUARTER,
        "Hàng quý, 06 tháng và năm": EACH_QUARTER,
        "Hằng quý; 6 tháng; 9 tháng; năm 2025": EACH_QUARTER,
        "Định kỳ quý, 6 tháng, năm": EACH_QUARTER,
        "Quý, 6 tháng, 9 tháng và cả năm": EACH_QUARTER,
        "Hằng quý, hằng năm": EACH_QUARTER,
        "Hàng tháng, quý, 6 tháng, năm": EACH_MONTH,
        "Hằng tháng, hằng quý": EACH_MONTH,
        "Báo cáo 6 tháng, năm": "days 30/6/2025 31/12/2025",
        "6 tháng, 9 tháng, năm": SIX_NINE_YEAR,
        "6 tháng, 9 tháng và năm 2025": SIX_NINE_YEAR,
        "Quý I, 6 tháng, 9 tháng và năm 2025": "days 31/3/2025 30/6/2025 30/9/2025 31/12/2025",
        "Hằng 3 tháng, 6 tháng": "unspecified",
        "Tháng, năm": "unspecified",
        "Hằng quý, 6 tháng, 01 năm": EACH_QUARTER,
        "Các quý trong năm": EACH_QUARTER,
    },
    "a day of each month": {
        "Ngày 20 hàng tháng": TWENTIETHS,
        "ngày 20 mỗi tháng": TWENTIETHS,
        "Ngày 20 của hằng tháng": TWENTIETHS,
        "Chậm nhất ngày 20 hằng tháng": TWENTIETHS,
        "Chậm nhất là ngày 20 hàng tháng": TWENTIETHS,
        "Đến ngày 20 hằng tháng": TWENTIETHS,
        "Ngày 20 hằng tháng năm 2025": TWENTIETHS,
        "Ngày 20 hằng tháng trong năm": TWENTIETHS,
        "Hằng tháng, trước ngày 20": TWENTIETHS,
        "Hằng tháng (ngày 20)": TWENTIETHS,
        "Định kỳ ngày 20 hằng tháng": TWENTIETHS,
        "20th of each month": TWENTIETHS,
        "by the 20th of every month": TWENTIETHS,
        "the 20th day of each month": TWENTIETHS,
        "monthly, by the 20th": TWENTIETHS,
        "Cuối hằng tháng": EACH_MONTH,
        "Trước ngày 15 tháng cuối quý": "days 15/3/2025 15/6/2025 15/9/2025 15/12/2025",
        "Ngày 15 của tháng cuối mỗi quý": "days 15/3/2025 15/6/2025 15/9/2025 15/12/2025",
        "Ngày 20 hằng quý": "unspecified",
        "20 hằng năm": "unspecified",
        "Ngày 30 các tháng 2, 5": "impossible",
        "Ngày 32 hằng tháng": "impossible",
        "Ngày 20 các tháng trong năm": TWENTIETHS,
    },
    "several days": {
        "15/3, 15/6, 15/9, 15/12": "days 15/3/2025 15/6/2025 15/9/2025 15/12/2025",
        "15/6 & 15/12": "days 15/6/2025 15/12/2025",
        "Trước ngày 15/6 và trước ngày 15/12": "days 15/6/2025 15/12/2025",
        "15/6/2025; 15/12/2025": "days 15/6/2025 15/12/2025",
        "15/6\n15/12": "days 15/6/2025 15/12/2025",
        "- 15/6\n- 15/12": "days 15/6/2025 15/12/2025",
        "Quý I\nQuý III": "days 31/3/2025 30/9/2025",
        "Trước\nngày 15/6": "day 15/6/2025",
        "Quý II,III": "days 30/6/2025 30/9/2025",
        "Quý II và III": "days 30/6/2025 30/9/2025",
        "Quý II & IV": "days 30/6/2025 31/12/2025",
        "Quý 2, 4": "days 30/6/2025 31/12/2025",
        "Q2, Q4": "days 30/6/2025 31/12/2025",
        "15 June and 15 December": "days 15/6/2025 15/12/2025",
        "Quý II hoặc III": "unspecified",
        "Quý II, 30/6": "unspecified",
        "30/6, 30/6": "impossible",
        "15/6, thường xuyên": "unspecified",
        "15/6, 31/6": "impossible",
        "Ngày 15 tháng 3, tháng 6": "days 15/3/2025 15/6/2025",
        "Ngày 15 của tháng 3, 6 và 9": "days 15/3/2025 15/6/2025 15/9/2025",
        "15 tháng 3, tháng 6": "unspecified",
        "15/3, tháng 6": "days 15/3/2025 30/6/2025",
        "Các ngày 15/3, 15/6": "days 15/3/2025 15/6/2025",
        "15/6 + 15/12": "days 15/6/2025 15/12/2025",
    },
    "before": {
        "Trước tháng 6": "month 31/5/2025",
        "Truớc tháng 6": "month 31/5/2025",
        "Trước tháng 01/2026": "month 31/12/2025",
        "Trước 6/2025": "month 31/5/2025",
        "Xong trước tháng 3": "month 28/2/2025",
        "Trước quý III/2025": "quarter 30/6/2025",
        "trước Quý 4 năm 2025": "quarter 30/9/2025",
        "Trước quý I/2026": "quarter 31/12/2025",
        "Trước năm 2026": "year 31/12/2025",
        "before June": "month 31/5/2025",
        "prior to June 2025": "month 31/5/2025",
        "before Q3 2025": "quarter 30/6/2025",
        "Trước hết tháng 6": "month 30/6/2025",
        "Trước cuối tháng 6": "month 30/6/2025",
        "before the end of June": "month 30/6/2025",
        "before 30 June 2025": "day 30/6/2025",
        "Trước 30/6": "day 30/6/2025",
        "Trước 2026": "unspecified",
        "Trước năm": "unspecified",
        "Trước 6 tháng đầu năm": "unspecified",
        "Trước tháng 6, 9": "unspecified",
        "Trước tháng 13": "impossible",
    },
    "the year first": {
        "2025-Q3": "quarter 30/9/2025",
        "2025/Q3": "quarter 30/9/2025",
        "2026q1": "quarter 31/3/2026",
        "2025 Quý III": "quarter 30/9/2025",
        "Năm 2025, quý III": "quarter 30/9/2025",
        "Năm 2025: tháng 6": "month 30/6/2025",
        "2025 (Quý III)": "quarter 30/9/2025",
        "2025H1": "half_year 30/6/2025",
        "2025-06": "month 30/6/2025",
        "2025/06": "month 30/6/2025",
        "2025 June": "month 30/6/2025",
        "2025 Q1-Q2": "quarter 30/6/2025",
        "2025-T6": "month 30/6/2025",
        "2025, 6 tháng đầu năm": "half_year 30/6/2025",
        "2025 trong 6": "unspecified",
        "2025 trước": "unspecified",
        "2025 quý II, quý III": "days 30/6/2025 30/9/2025",
        "2215/12": "unspecified",
        "20256 tháng 6": "unspecified",
        "2011-12": "unspecified",
        "2025-26": "unspecified",
        "2025Q5": "impossible",
    },
    "months in English with two digits": {
        "DEC-25": "month 31/12/2025",
        "December-25": "month 31/12/2025",
        "Jun–25": "month 30/6/2025",
        "Dec'25": "month 31/12/2025",
        "Dec ’25": "month 31/12/2025",
        "Mar-26": "month 31/3/2026",
        "30-Jun-25": "day 30/6/2025",
        "by end-Dec-25": "month 31/12/2025",
        "Mar-25 - Jun-25": "month 30/6/2025",
        "Dec 25": "day 25/12/2025",
        "25-Dec": "day 25/12/2025",
        "Dec-31": "unspecified",
        "Jan-15": "unspecified",
        "Dec-24": "unspecified",
        "31-Jun-25": "impossible",
    },
    "days with a year of two digits, the plan's or the next": {
        "31/12/25": "day 31/12/2025",
        "30-06-25": "day 30/6/2025",
        "30.6.25": "day 30/6/2025",
        "15/3/26": "day 15/3/2026",
        "30 Jun 25": "day 30/6/2025",
        "15/6/25, 15/12/25": "days 15/6/2025 15/12/2025",
        "25/12/31": "unspecified",
        "10-12/25": "unspecified",
        "31/6/25": "impossible",
        "06/30/25": "impossible",
    },
    "quarters in words, in Roman numbers first, and in a letter that looks like one": {
        "Quý hai": "quarter 30/6/2025",
        "Quý bốn/2025": "quarter 31/12/2025",
        "III quarter 2025": "quarter 30/9/2025",
        "IV quarter of 2025": "quarter 31/12/2025",
        "II Q 2025": "quarter 30/6/2025",
        "Quý ll": "quarter 30/6/2025",
        "Quý lV/2025": "quarter 31/12/2025",
        "Quý l": "quarter 31/3/2025",
        "V quarter 2025": "impossible",
    },
    "what is to be done by a day": {
        "Trình tháng 6/2025": "month 30/6/2025",
        "Trình HĐND tỉnh tháng 7/2025": "month 31/7/2025",
        "Ban hành Quý II": "quarter 30/6/2025",
        "Phấn đấu hoàn thành trước 30/6/2025": "day 30/6/2025",
        "Trình": "unspecified",
    },
    "days that are counted": {
        "30/6/2025 (lần 1); 30/12/2025 (lần 2)": "days 30/6/2025 30/12/2025",
        "Lần 1: 30/6/2025; lần 2: 31/12/2025": "days 30/6/2025 31/12/2025",
        "Đợt 1: Quý I; đợt 2: Quý III": "days 31/3/2025 30/9/2025",
        "Lần 1; lần 2": "unspecified",
    },
    "each quarter, on a day of its last month": {
        "Hàng quý (trước ngày 20 tháng cuối quý)": "days 20/3/2025 20/6/2025 20/9/2025 20/12/2025",
    },
    "always": {"Permanent": "regular", "Permanently": "regular", "On a permanent basis": "regular"},
    "a day and a month, or a month and a year": {
        "6/25": "unspecified",
        "06/25": "unspecified",
        "3/26": "unspecified",
        "12/31": "unspecified",
        "Trước 12/25": "unspecified",
        "12/25, 1/26": "unspecified",
        "12/12": "day 12/12/2025",
        "25/12": "day 25/12/2025",
        "13/25": "impossible",
        "12/25/2025": "impossible",
    },
    "instants": {
        "2025-06-30 00:00:00": "day 30/6/2025",
        "2025-06-30T00:00": "day 30/6/2025",
        "2025-06-30T00:00:00.000": "day 30/6/2025",
        "2025-06-30T00:00:00Z": "day 30/6/2025",
        "2025-06-30T17:00:00+07:00": "day 30/6/2025",
        "2025-06-30 23:59:59": "day 30/6/2025",
        "2025/06/30 17:00": "day 30/6/2025",
        "30/06/2025 00:00:00": "day 30/6/2025",
        "30/6/2025 17:30": "day 30/6/2025",
        "30-06-2025 0:00": "day 30/6/2025",
        "2025-06-29T17:00:00Z": "unspecified",
        "2025-06-30T00:00:00-05:00": "unspecified",
        "2025-06-31T00:00:00": "impossible",
        "17h00 ngày 30/6/2025": "day 30/6/2025",
        "Trước 17:00 ngày 30/6/2025": "day 30/6/2025",
        "10 ngày 5/6": "unspecified",
    },
    "first months": {
        "09 tháng": "day 30/9/2025",
        "9 tháng/2025": "day 30/9/2025",
        "9 tháng năm 2025": "day 30/9/2025",
        "9 tháng đầu năm": "day 30/9/2025",
        "9 tháng đầu năm 2025": "day 30/9/2025",
        "Chín tháng": "day 30/9/2025",
        "3 tháng đầu năm": "day 31/3/2025",
        "06 tháng": "half_year 30/6/2025",
        "6 tháng/2025": "half_year 30/6/2025",
        "Sáu tháng": "half_year 30/6/2025",
        "6 thàng đầu năm": "half_year 30/6/2025",
        "first nine months of 2025": "day 30/9/2025",
        "last six months of 2025": "half_year 31/12/2025",
        "Trong 6 tháng": "unspecified",
        "Sau 6 tháng": "unspecified",
        "Sau tháng": "unspecified",
        "Sáu tháng cuối năm": "half_year 31/12/2025",
        "6 tháng năm 2025": "unspecified",
        "3 tháng": "unspecified",
        "12 tháng": "unspecified",
        "6 months": "unspecified",
    },
    "dependent": {
        "ĐỘT XUẤT": "dependent",
        "Đột xuất khi có yêu cầu": "dependent",
        "Đột xuất, theo yêu cầu": "dependent",
        "Khi cần thiết": "dependent",
        "Khi phát sinh": "dependent",
        "Ad hoc": "dependent",
        "as needed": "dependent",
        "on request": "dependent",
        "Sau 15 ngày làm việc kể từ ngày nhận được văn bản": "dependent",
        "30 ngày kể từ ngày ban hành": "dependent",
        "Trong vòng 30 ngày kể từ ngày ký": "dependent",
        "Không quá 30 ngày kể từ ngày nhận hồ sơ": "dependent",
        "Chậm nhất 10 ngày sau khi có kết quả": "dependent",
        "Trong 06 tháng, kể từ ngày được giao": "dependent",
        "Within 30 days of approval": "dependent",
        "30 days after signing": "dependent",
        "Sau 30 ngày": "unspecified",
        "30 ngày": "unspecified",
        "Trong vòng 30 ngày kể từ ngày 15/6/2025": "unspecified",
        "Hằng quý và đột xuất": "unspecified",
        "Sau tháng 6": "unspecified",
        "Đột xuất (khi có yêu cầu)": "dependent",
        "Khi được giao": "dependent",
        "Trong thời hạn 30 ngày kể từ ngày ký": "dependent",
        "Sau 30 (ba mươi) ngày kể từ ngày ban hành": "dependent",
        "9 months of 2025": "unspecified",
    },
    "dependent, with a last day": {
        "Theo hướng dẫn của Bộ, chậm nhất 30/9": "day 30/9/2025",
        "Theo hướng dẫn của Bộ, chậm nhất 30/9/2026": "day 30/9/2026",
        "theo hướng dẫn của Bộ nhưng không quá tháng 11": "month 30/11/2025",
        "Sau khi có hướng dẫn, trước tháng 10": "month 30/9/2025",
        "khi có hướng dẫn, hoàn thành trong tháng 10": "month 31/10/2025",
        "After the guidance, by 30 September": "day 30/9/2025",
        "Theo hướng dẫn của Bộ, chậm nhất ngày 10 hằng tháng": "unspecified",
        "Theo yêu cầu (quý III)": "unspecified",
        "Theo yêu cầu, đột xuất, quý III": "unspecified",
        "Theo yêu cầu (Bộ)": "dependent",
        "Theo tuần": "unspecified",
        "Theo tháng": EACH_MONTH,
    },
    "at the latest": {
        "Không quá ngày 31/12/2025": "day 31/12/2025",
        "Không muộn hơn 31/12": "day 31/12/2025",
        "Không chậm hơn ngày 31/12": "day 31/12/2025",
        "Trễ nhất 31/12": "day 31/12/2025",
        "Không quá tháng 12/2025": "month 31/12/2025",
        "Không quá quý IV": "quarter 31/12/2025",
        "Đến năm 2030": "year 31/12/2030",
        "Tới năm 2025": "year 31/12/2025",
        "Đến hết năm 2025": "year 31/12/2025",
        "Đến cuối năm 2025": "year 31/12/2025",
        "by 2025": "year 31/12/2025",
        "end-2025": "year 31/12/2025",
        "end 2025": "year 31/12/2025",
        "by end of 2025": "year 31/12/2025",
        "by year-end 2025": "year 31/12/2025",
        "end-of-year 2025": "year 31/12/2025",
        "by end-June 2025": "month 30/6/2025",
        "by the end of Q2": "quarter 30/6/2025",
        "Đến tháng 6": "unspecified",
        "Đến năm": "unspecified",
        "by Q3": "unspecified",
        "Không được quá 31/12": "day 31/12/2025",
        "Chậm nhất không quá 31/12": "day 31/12/2025",
        "Cho đến năm 2025": "year 31/12/2025",
        "at the end of 2025": "year 31/12/2025",
    },
    "with a mark": {
        "30/6/2025 *": "day 30/6/2025",
        "30/6/2025(1)": "day 30/6/2025",
        "30/6/2025 (*)": "day 30/6/2025",
        "30/6/2025**": "day 30/6/2025",
        "30/6/2025 [2]": "day 30/6/2025",
        "30/6/2025²": "day 30/6/2025",
        "Quý II (1)": "quarter 30/6/2025",
        "Tháng 6†": "month 30/6/2025",
        "Thường xuyên (2)": "regular",
        "30/6/2025 (gia hạn)": "day 30/6/2025",
        "30/6/2025 (đã gia hạn)": "day 30/6/2025",
        "30/6/2025 (gia hạn lần 2)": "day 30/6/2025",
        "30/6/2025 gia hạn lần 2": "day 30/6/2025",
        "Quý II, gia hạn lần 1": "quarter 30/6/2025",
        "30/6 gia hạn 2": "unspecified",
        "Gia hạn đến 30/6/2025": "day 30/6/2025",
        "Quý II (gia hạn)": "quarter 30/6/2025",
        "30/6/2025 (extended)": "day 30/6/2025",
        "extended to 30 June 2025": "day 30/6/2025",
        "Tổ 1/6": "unspecified",
        "Quý II (năm 2025)": "quarter 30/6/2025",
        "+ 30/6/2025": "day 30/6/2025",
        "30/6/2025 (gia hạn đến 31/12/2025)": "unspecified",
        "30/6; 31/12 (gia hạn)": "unspecified",
        "30/6/2025 (dự kiến)": "unspecified",
        "30/6/2025 (2024)": "unspecified",
        "(1)": "unspecified",
        "*": "unspecified",
        "30/6/2025 - gia hạn": "day 30/6/2025",
        "30/6/2025 [gia hạn]": "day 30/6/2025",
        "Gia hạn 30/6/2025": "day 30/6/2025",
        "Gia hạn 6 tháng": "unspecified",
        "30/6/2025 (1), (2)": "day 30/6/2025",
        "“30/6/2025”": "day 30/6/2025",
    },
    "a day that does not exist": {
        "30/02/2025": "impossible",
        "31/4": "impossible",
        "31/11/2025": "impossible",
        "32/1/2025": "impossible",
        "0/5/2025": "impossible",
        "2025-02-30": "impossible",
        "Ngày 31 tháng 6": "impossible",
        "Trước ngày 31/6/2025": "impossible",
        "31 June 2025": "impossible",
        "February 30, 2025": "impossible",
        "Quý V": "impossible",
        "Quý VI/2025": "impossible",
        "Quý 0": "impossible",
        "Quý IIII": "impossible",
        "Q5/2025": "impossible",
        "H3 2025": "unspecified",
        "Q.12": "unspecified",
        "Tháng 0": "impossible",
        "Tháng 14/2025": "impossible",
        "T13/2025": "impossible",
        "13/2025": "impossible",
        "Quý 2025": "unspecified",
        "Tháng 2025": "unspecified",
    },
    "years of another kind, numbers": {
        "FY25": "unspecified",
        "FY 2025": "unspecified",
        "FY2025-2026": "unspecified",
        "fiscal year 2025": "unspecified",
        "Q3 FY2025": "unspecified",
        "Năm tài chính 2025": "unspecified",
        "Năm ngân sách 2025": "unspecified",
        "Niên độ 2024-2025": "unspecified",
        "Năm học 2024 - 2025": "unspecified",
        "Học kỳ I năm học 2024-2025": "unspecified",
        "Nhiệm kỳ 2021-2026": "unspecified",
        "45838.0": "unspecified",
        "46022": "unspecified",
        "31": "unspecified",
        "3.5": "unspecified",
    },
    "vague": {
        "Giữa năm 2025": "unspecified",
        "Đầu năm": "unspecified",
        "Đầu tháng 6": "unspecified",
        "Giữa tháng 6": "unspecified",
        "Đầu quý II hằng năm": "unspecified",
        "Nửa đầu tháng 6": "unspecified",
        "Cuối quý II, đầu quý III": "unspecified",
        "Khoảng tháng 6": "unspecified",
        "Dự kiến quý III": "unspecified",
        "Chưa xác định": "unspecified",
        "early 2025": "unspecified",
        "by mid-2025": "unspecified",
        "TBC": "unspecified",
        "tbd.": "unspecified",
        "N/A": "unspecified",
        "ASAP": "unspecified",
        "02 lần/năm": "unspecified",
        "Mỗi năm 2 lần": "unspecified",
        "twice a year": "unspecified",
        "-": "unspecified",
        "x": "unspecified",
    },
    "misspelt": {
        "QÚY IV": "quarter 31/12/2025",
        "Quí IV/2025": "quarter 31/12/2025",
        "QUÍ 4": "quarter 31/12/2025",
        "Qúi IV": "quarter 31/12/2025",
        "Quy IV": "quarter 31/12/2025",
        "QuýIV": "quarter 31/12/2025",
        "QuíIV/2025": "quarter 31/12/2025",
        "Quý Ⅳ": "quarter 31/12/2025",
        "Quý IV / 2025": "quarter 31/12/2025",
        "Quý IV năm2025": "quarter 31/12/2025",
        "Quý IV của năm 2025": "quarter 31/12/2025",
        "Qu\u200bý IV": "quarter 31/12/2025",
        "Hằng quí": EACH_QUARTER,
        "Hàng qúy": EACH_QUARTER,
        "Thàng 6/2025": "month 30/6/2025",
        "Thang 6": "month 30/6/2025",
        "Tháng sáu": "month 30/6/2025",
        "Tháng sau": "unspecified",
        "Tháng6": "month 30/6/2025",
        "T6 năm 2025": "month 30/6/2025",
        "T.6/2025": "month 30/6/2025",
        "thg 6/2025": "month 30/6/2025",
        "30 thg 6, 2025": "day 30/6/2025",
        "Trứơc ngày 30/6": "day 30/6/2025",
        "Ðến hết ngày 30/6": "day 30/6/2025",
        "Hòan thành quý IV": "quarter 31/12/2025",
        "Ngày30/6/2025": "day 30/6/2025",
        "when required": "dependent",
        "T6": "unspecified",
    },
}


@pytest.mark.parametrize(
    ("text", "expected"), [(text, expected) for texts in TEXTS.values() for text, expected in texts.items()]
)
def test_texts_of_a_kind_are_read_alike(text: str, expected: str) -> None:
    """In a plan of 2025; composed as Windows writes it, and decomposed as macOS does."""
    assert expected == meaning(text) == meaning(unicodedata.normalize("NFD", text))


PLAIN = {
    "Trước ngày 15/3": "day 15/3/2025",
    "Quý I/2025": "quarter 31/3/2025",
    "Sau khi có hướng dẫn": "dependent",
    "Trước 15/6 và 15/12": "days 15/6/2025 15/12/2025",
    "Hoàn thành trong tháng 5": "month 31/5/2025",
    "Trong Quý I năm 2025": "quarter 31/3/2025",
    "Q2/2025": "quarter 30/6/2025",
    "Q4 2025": "quarter 31/12/2025",
    "31-Dec-2025": "day 31/12/2025",
    "T6/2025": "month 30/6/2025",
    "30.6.2025": "day 30/6/2025",
    "30-06-2025": "day 30/6/2025",
    "2025/06/30": "day 30/6/2025",
    "06/2025": "month 30/6/2025",
    "Năm 2025": "year 31/12/2025",
    "Cuối tháng 6/2025": "month 30/6/2025",
    "6 tháng đầu năm": "half_year 30/6/2025",
    "Theo tiến độ": "dependent",
    "Khi có yêu cầu": "dependent",
    "Chậm nhất 31/12/2025": "day 31/12/2025",
    "31/12": "day 31/12/2025",
    "Hết năm 2025": "year 31/12/2025",
    "Đến hết năm 2025": "year 31/12/2025",
    "Ngày 30 tháng 6 năm 2025": "day 30/6/2025",
    "ngày 05 tháng 3": "day 5/3/2025",
    "End of Q2": "quarter 30/6/2025",
    "June 2025": "month 30/6/2025",
    "30 June, 2025": "day 30/6/2025",
    "Ongoing": "regular",
    "H1 2025": "half_year 30/6/2025",
    "2026 Q2": "quarter 30/6/2026",
    "2026, quý I-III": "quarter 30/9/2026",
    "1/25": "unspecified",
    "12/25": "unspecified",
    "13/25": "impossible",
}


@pytest.mark.parametrize(("text", "expected"), PLAIN.items())
def test_what_officials_write_plainly_is_read_as_it_always_was(text: str, expected: str) -> None:
    """The other texts of the appendix that the cases are from, as they were read before there were so many forms."""
    assert expected == meaning(text)


GOES_ON = "goes on in later years: without a deadline, and not counted where dated activities alone are"
SHORTER = "in a shorter month on its last day"
NOTED = {
    "Ngày 30 hằng tháng": SHORTER,
    "Trước ngày 31 tháng cuối quý": SHORTER,
    "Ngày 28 hằng tháng": "",
    "Quý II, III": "read as 2 occurrences, each to be completed",
    "Tháng 3, tháng 6 và tháng 9": "read as 3 occurrences, each to be completed",
    "Quý I\nQuý III": "read as 2 occurrences, each to be completed",
    "2025 và những năm tiếp theo": GOES_ON,
    "Từ năm 2025 trở đi": GOES_ON,
    "Thường xuyên, hằng quý": "regular, without a deadline: single weeks, months or quarters are not tracked",
    "Hằng tuần": "regular, without a deadline: single weeks, months or quarters are not tracked",
    "Trước Quý III": "before it begins, so due on 2025-06-30",
    "Sau khi có hướng dẫn, trước tháng 10": "before it begins, so due on 2025-09-30",
    "Theo hướng dẫn của Bộ, chậm nhất 30/9": "what it depends on may come earlier, so due on 2025-09-30 at the latest",
    "Dec-25": "read as the month 12/2025",
    "6 tháng": "read as the first 6 months of the year",
    "9 tháng": "read as the first 9 months of the year",
    "Quý III": "",
    "15/6 và 15/12": "",
    "Trước ngày 30/6": "",
    "Thường xuyên": "",
    "Thường xuyên, hằng năm": "",
    "Tháng 12 hằng năm": "",
    "TBD": "",
    "31/2": "",
    "": "",
}


def test_a_day_that_some_months_lack_is_their_last_day() -> None:
    """Of each month; in months that are named it is a day that does not exist."""
    found = Deadline.entered("Ngày 30 hằng tháng", 2025)
    assert (12, date(2025, 2, 28), date(2025, 3, 30)) == (len(found.days), *found.days[1:3])
    assert "impossible" == meaning("Ngày 30 các tháng 2, 5")
    assert "impossible" == meaning("Ngày 32 hằng tháng")


FISCAL = date(2025, 7, 1), date(2026, 6, 30)
OVER: list[tuple[str, tuple[date, date], str]] = [
    ("Trong năm", FISCAL, "year 30/6/2026"),
    ("Cả năm", FISCAL, "year 30/6/2026"),
    ("Năm 2025", FISCAL, "year 31/12/2025"),
    ("Cuối năm", FISCAL, "unspecified"),
    ("Trong năm", (date(2024, 1, 1), date(2026, 12, 31)), "unspecified"),
    ("Trong năm", (date(2023, 7, 15), date(2024, 6, 30)), "year 30/6/2024"),
    ("Trong năm", (date(2023, 7, 15), date(2024, 7, 1)), "year 31/12/2023"),
    ("29/2", (date(2024, 1, 1), date(2026, 12, 31)), "day 29/2/2024"),
    ("30/2", (date(2024, 1, 1), date(2026, 12, 31)), "impossible"),
    ("29/2", (date(2025, 1, 1), date(2027, 12, 31)), "impossible"),
    ("29/2 hằng năm", (date(2024, 1, 1), date(2026, 12, 31)), "impossible"),
    ("Hằng quý", (date(2025, 3, 31), date(2025, 6, 30)), "each_quarter 31/3/2025 30/6/2025"),
    ("1/7", (date(2025, 7, 1), date(2026, 6, 30)), "day 1/7/2025"),
    ("Quý I hằng năm", (date(2025, 3, 31), date(2025, 12, 31)), "quarter 31/3/2025"),
    ("Quý IV hằng năm", (date(2025, 1, 1), date(2025, 12, 31)), "quarter 31/12/2025"),
    ("Quý II hằng năm", (date(2025, 7, 1), date(2025, 12, 31)), "unspecified"),
    ("Quý II, Quý IV/2025", (date(2025, 1, 1), date(2026, 12, 31)), "unspecified"),
]


@pytest.mark.parametrize(("text", "days", "expected"), OVER)
def test_a_plan_that_is_not_for_its_calendar_year_has_a_year_of_its_own(
    text: str, days: tuple[date, date], expected: str
) -> None:
    """In which what names no year is due; a day that is in one of its years alone is that day."""
    try:
        found = Deadline.entered(text, days[0].year, days)
    except InvalidField:
        assert "impossible" == expected
        return
    assert expected == " ".join([found.kind.value, *(f"{day.day}/{day.month}/{day.year}" for day in found.days)])


def test_a_day_of_each_month_is_on_each_months_day_of_the_plan() -> None:
    """Also where the plan is not for its calendar year."""
    found = Deadline.entered("Ngày 20 hằng tháng", 2025, FISCAL)
    assert (12, date(2025, 7, 20), date(2026, 6, 20)) == (len(found.days), found.days[0], found.days[-1])


@pytest.mark.parametrize(("text", "note"), NOTED.items())
def test_a_reading_that_may_have_been_meant_otherwise_has_a_note(text: str, note: str) -> None:
    """And one that is plain has none. What it says is in the catalogue."""
    found = how_read(text, 2025)
    assert note == found
    assert not note or (isinstance(found, Said) and found.pattern != Language("vi")(found.pattern))


def test_a_year_out_of_all_bounds_has_no_note() -> None:
    """As it has no day."""
    assert "" == how_read("Trước Quý III", 10**30)


PARTS = st.lists(
    st.sampled_from(
        [word for texts in TEXTS.values() for text in texts for word in text.split()]
        + ["quý", "tháng", "năm", "hằng", "trước", "từ", "đến", "2024", "2026", "30/6", "-", "–", ",", ";", "và", "\n"]
    ),
    max_size=7,
).map(" ".join)


@given(PARTS)
@example("Từ 15/12/2024 đến 15/01")
@example("Quý IV/2026 - I")
@example("Dec-25, 2026")
def test_no_day_is_in_a_year_that_the_text_does_not_name(text: str) -> None:
    """Or not the plan's, where it names none; but for the eve of what it names, and a year of two digits."""
    deadline = Deadline.parse(text, 2025)
    named = {int(year) for year in re.findall("[0-9]{4}", text)} or {2025}
    eves = {year - 1 for year in named} if re.search("tr.*c|before|prior", text.casefold()) else set()
    short = {2000 + int(year) for year in re.findall(r"(?:-|'|’)(2[56])\b", text)}
    assert {day.year for day in deadline.days} <= named | eves | short


DAY = st.dates(date(2024, 1, 1), date(2026, 12, 31))
SPANS = ["{0}-{1}", "{0} – {1}", "Từ {0} đến {1}", "từ ngày {0} đến hết ngày {1}", "{0} to {1}"]


@given(
    DAY,
    DAY,
    st.sampled_from(SPANS),
    st.sampled_from(["{0.day}/{0.month}/{0.year}", "{0.day:02}.{0.month:02}.{0.year}"]),
)
def test_a_span_is_due_at_its_end_or_not_read(first: date, last: date, span: str, form: str) -> None:
    """Nothing ends before it begins."""
    found = meaning(span.format(form.format(first), form.format(last)))
    assert (f"day {last.day}/{last.month}/{last.year}" if first < last else "unspecified") == found


SPANS_READ = {
    "Từ 1/3 đến 30/6": ("1/3", "30/6"),
    "1/3-30/6": ("1/3", "30/6"),
    "từ ngày 1/3/2024 đến 30/6/2025": ("1/3/2024", "30/6"),
    "15-20/6": ("15/6", "20/6"),
    "ngày 15 đến 20/6": ("15/6", "20/6"),
    "tháng 3-6": ("1/3", "30/6"),
    "Quý II - Quý III": ("1/4", "30/9"),
    "quý I-III": ("1/1", "30/9"),
    "quý 1-3": ("1/1", "30/9"),
    "Q1-3": ("1/1", "30/9"),
    "Từ quý II đến 30/6": ("1/4", "30/6"),
    "Từ quý II đến tháng 6": ("1/4", "30/6"),
    "quý II đến tháng 8": ("1/4", "31/8"),
    "Tháng 6 đến ngày 30/6": ("1/6", "30/6"),
    "từ ngày 30/6 đến quý II": ("30/6", "30/6"),
    "từ 6 tháng đầu năm đến 31/12": ("1/1", "31/12"),
    "từ nay đến 30/6": ("", "30/6"),
    "từ đầu năm đến 30/6": ("", "30/6"),
    "from now to 30/6": ("", "30/6"),
    "20-20/6": ("", ""),
    "0-20/6": ("", ""),
    "1/3/2024 - 30/6": ("", ""),
    "30/6": ("", "30/6"),
}


def day_of_2025(text: str) -> date | None:
    day, month, year = (*text.split("/"), "2025")[:3] if text else ("", "", "")
    return date(int(year), int(month), int(day)) if text else None


@pytest.mark.parametrize(("text", "ends"), SPANS_READ.items())
def test_a_span_is_from_the_first_day_of_its_beginning_to_its_due_day(text: str, ends: tuple[str, str]) -> None:
    """As it is entered too; a day alone begins on no day, and what cannot be read is due on none."""
    start, due = map(day_of_2025, ends)
    for deadline in (Deadline.parse(text, 2025), Deadline.entered(text, 2025)):
        assert (start, (due,) if due else ()) == (deadline.start, deadline.days)


@given(
    st.integers(1, 12),
    st.integers(1, 12),
    st.sampled_from(["Tháng {}-{}/2025", "Từ tháng {} đến tháng {}", "T{} – T{}/2025"]),
)
def test_a_span_of_months_is_due_at_its_end_or_not_read(first: int, last: int, span: str) -> None:
    """The last day of its last month."""
    end = meaning(f"Tháng {last}/2025")
    assert (end if first < last else "unspecified") == meaning(span.format(first, last))


@given(st.integers(1, 12), st.integers(2000, 2100))
def test_before_a_month_is_its_eve(month: int, year: int) -> None:
    """Of January, in the year before."""
    (due,) = Deadline.parse(f"Trước tháng {month}/{year}", 2025).days
    assert date(year, month, 1) == due + timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "first", "last", "due"),
    [
        ("15/6, 15/12", "2025-07-01", "2026-06-30", "2025-12-15 2026-06-15"),
        ("Quý II, IV", "2025-07-01", "2026-06-30", "2025-12-31 2026-06-30"),
        ("15/6, 15/12", "2025-07-01", "2026-12-31", ""),  # of 15/12 there are two
        ("Ngày 20 hằng tháng", "2025-11-01", "2026-02-28", "2025-11-20 2025-12-20 2026-01-20 2026-02-20"),
        (
            "Ngày 15 tháng cuối quý",
            "2025-10-01",
            "2026-12-31",
            "2025-12-15 2026-03-15 2026-06-15 2026-09-15 2026-12-15",
        ),
        ("Hằng quý", "2025-07-01", "2025-12-31", "2025-09-30 2025-12-31"),
        ("Quý II hằng năm", "2025-07-01", "2025-12-31", ""),
        (
            "Quý II",
            "2025-07-01",
            "2025-12-31",
            "2025-06-30",
        ),  # of the one year of the plan, though outside: refused or noted
        ("29/2", "2023-07-01", "2024-06-30", "2024-02-29"),
        ("29/2", "2026-01-01", "2030-12-31", "2028-02-29"),
        ("Quý II/2024, Quý IV/2024", "2025-07-01", "2026-06-30", "2024-06-30 2024-12-31"),
        ("1/10 - 31/3", "2025-07-01", "2026-06-30", ""),
    ],
)
def test_what_names_no_year_is_read_in_the_days_of_the_plan(text: str, first: str, last: str, due: str) -> None:
    """Each of its days by itself: in that year in which it is the plan's, if there is one; what recurs, in all."""
    plan = date.fromisoformat(first), date.fromisoformat(last)
    assert tuple(map(date.fromisoformat, due.split())) == Deadline.parse(text, plan[0].year, plan).days


@pytest.mark.parametrize("text", ["31/2", "29/2"])
def test_a_day_that_no_year_of_the_plan_has_is_refused(text: str) -> None:
    """As in a plan of one year."""
    with pytest.raises(InvalidField):
        Deadline.entered(text, 2025, (date(2025, 7, 1), date(2027, 6, 30)))


@pytest.mark.parametrize(
    "text", ["-" * 500, "1," * 250, "quý 1-" * 80, "hằng năm (" * 50, "từ " * 160, "thường xuyên, " * 35, "\n+" * 250]
)
def test_no_text_takes_long(text: str) -> None:
    """Whatever it repeats."""
    began = worked()
    Deadline.parse(text, 2025)
    assert worked() - began < 1


def test_a_deadline_of_several_years_keeps_its_kind_and_its_note() -> None:
    """What comes in each quarter comes in each quarter of each year; a shorter month is said of each."""
    years = date(2026, 1, 1), date(2027, 12, 31)
    assert (DeadlineKind.EACH_QUARTER, 8) == (
        read_over("Hằng quý", *years).kind,
        len(read_over("Hằng quý", *years).days),
    )
    monthly = read_over("Ngày 31 hằng tháng", *years)
    assert (DeadlineKind.DAYS, 24) == (monthly.kind, len(monthly.days))
    assert "in a shorter month on its last day" == monthly.note
