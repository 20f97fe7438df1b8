"""How numbers are written and read in words."""

from decimal import Decimal

import pytest

from reformtrack.domain.wording import Lang, is_nothing, late_words, names_no_obstacle, readings, roman, spelt

TENS = {0: "", 10: "X", 20: "XX", 30: "XXX"}
ONES = {1: "I", 2: "II", 3: "III", 4: "IV", 5: "V", 6: "VI", 7: "VII", 8: "VIII", 9: "IX"}


def test_headings_are_numbered_to_39_in_roman_numerals() -> None:
    for ten, tens in TENS.items():
        for one, ones in {0: "", **ONES}.items():
            assert tens + ones == roman(ten + one)


@pytest.mark.parametrize(
    ("text", "lang", "whole", "values"),
    [
        ("96,4", "vi", False, {"96.4"}),
        ("96.4", "vi", False, {"96.4"}),
        ("-96,4", "vi", False, {"-96.4"}),
        ("1.250", "vi", False, {"1.250", "1250"}),
        ("1.250", "vi", True, {"1250"}),
        ("1.250,5", "vi", False, {"1250.5"}),
        ("1.250,5", "vi", True, set()),
        ("12.345.678", "vi", True, {"12345678"}),
        ("1250", "vi", True, {"1250"}),
        ("1.25", "vi", True, set()),
        ("1,250", "en", False, {"1250"}),
        ("1,250.5", "en", False, {"1250.5"}),
        ("96,4", "en", False, set()),
        ("1.250", "en", False, {"1.250"}),
        ("1,25", "en", True, set()),
        ("٣", "vi", False, set()),
        ("x", "vi", False, set()),
        ("", "vi", False, set()),
        ("96,", "vi", False, set()),
    ],
)
def test_a_written_number_has_no_value_one_or_two(text: str, lang: Lang, whole: bool, values: set[str]) -> None:
    assert {Decimal(value) for value in values} == readings(text, lang, whole=whole)


def test_a_number_is_read_in_vietnamese_and_with_its_part_unless_it_is_said_otherwise() -> None:
    assert readings("96,4") == readings("96,4", "vi", whole=False) == {Decimal("96.4")}


def test_days_are_counted_in_the_form_of_their_number() -> None:
    """One and more of them, in both languages."""
    assert ["1 day late", "2 days late"] == [late_words(days, "en") for days in (1, 2)]
    assert ["trễ hạn 1 ngày", "trễ hạn 2 ngày"] == [late_words(days) for days in (1, 2)]


@pytest.mark.parametrize(
    "text", ["Vướng mắc: không có", "- Không có *", "n/a", "–", "Không có khó khăn, vướng mắc gì."]
)
def test_what_stands_for_no_obstacle_names_none(text: str) -> None:
    """With the signs that stand around it in tables."""
    assert names_no_obstacle(text)


def test_a_line_of_dots_before_a_word_is_a_text_from_some_length_on() -> None:
    """So that no text is folded for nothing."""
    assert [True, False] == [is_nothing("." * dots + "khong") for dots in (15, 16)]


@pytest.mark.parametrize(
    ("names", "plainest"),
    [
        (("sở Nội vụ", "Sở Nội vụ"), "Sở Nội vụ"),
        (("SỞ Nội vụ", "Sở Nội vụ"), "Sở Nội vụ"),
        (("Ðài Truyền hình", "Đài Truyền hình"), "Đài Truyền hình"),
        (("Sở Nội vụ.", "Sở Nội vụ"), "Sở Nội vụ"),
    ],
)
def test_of_several_spellings_of_a_lead_the_plainest_is_shown(names: tuple[str, str], plainest: str) -> None:
    """Whichever was printed first."""
    for first, second in (names, names[::-1]):
        assert {(plainest,)} == {*spelt([(first,), (second,)]).values()}
