"""The commands that remind: a calendar in a file; and joint leads in the words of the reader."""

import json
from datetime import UTC, datetime
from pathlib import Path

import icalendar
import pytest

from reformtrack import Tracker
from reformtrack.cli import main
from reformtrack.domain.wording import lead_title, lead_words
from tests.support import Clock, adopted, scheduled


@pytest.fixture
def store(tmp_path: Path) -> str:
    """A plan with joint leads, and with none."""
    path = tmp_path / "plans.db"
    with Tracker(path, clock=Clock(datetime(2023, 7, 10, 3, tzinfo=UTC))) as tracker:
        tracker.record(adopted(), scheduled("p/1", lead=("Bộ A", "Bộ B")), scheduled("p/2", lead=()), by="x")
    return str(path)


def test_a_roll_up_by_lead_speaks_the_language_of_the_terminal(store: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Joint is "(joint)" in English; in JSON the name of a line is the same in both."""
    words = ["--store", store, "rollup", "--by", "lead", "--on", "10/07/2023"]
    assert 0 == main([*words, "--lang", "en"])
    out = capsys.readouterr().out
    assert "Bộ A, Bộ B (joint)" in out
    assert "no lead agency" in out
    assert "(chung)" not in out
    assert 0 == main(words)
    assert "Bộ A, Bộ B (chung)" in capsys.readouterr().out


@pytest.mark.parametrize("leads", [(), ("Bộ A",), ("Bộ A", "Bộ B")])
def test_a_line_by_lead_is_said_in_both_languages(leads: tuple[str, ...]) -> None:
    """As its leads are."""
    assert lead_words(leads, "en") == lead_title(lead_words(leads), "en")
    assert lead_words(leads) == lead_title(lead_words(leads), "vi")


def test_a_calendar_is_written_to_a_file(store: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of one agency, with links; another form is refused before the store is opened."""
    file = tmp_path / "p.ics"
    link = "https://cchc.example.vn"
    assert 0 == main(
        ["--store", store, "calendar", "p", str(file), "--lead", "bộ a", "--link", link, "--on", "10/07/2023"]
    )
    assert str(file) in capsys.readouterr().out
    [event] = icalendar.Calendar.from_ical(file.read_bytes()).walk("VEVENT")
    assert f"{link}/plans/p/activities/1" == str(event["URL"])
    assert "[Quá hạn] 1 Rà soát văn bản" == str(event["SUMMARY"])
    assert 2 == main(["--store", store, "calendar", "p", str(tmp_path / "p.txt")])


def test_an_address_is_found_in_any_spelling_and_what_has_none_was_not_sent(
    store: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = tmp_path / "addresses.json"
    known.write_text('{"bộ  a.": "a@example.vn"}', encoding="utf-8")
    words = ["--store", store, "digest", "p", "--on", "10/07/2023", "--addresses", str(known), "--json"]

    def mailed() -> dict[str, str]:
        return {one["to"]: one["address"] for one in json.loads(capsys.readouterr().out)["digests"]}

    none = tmp_path / "none.json"
    none.write_text("{}", encoding="utf-8")
    assert 0 == main([str(none) if word == str(known) else word for word in (*words, "--sent", "--by", "x")])
    assert {"Bộ A": "", "Bộ B": "", "Tỉnh Đắk Nông": ""} == mailed()
    assert 0 == main([*words, "--sent", "--by", "x"])
    assert {"Bộ A": "a@example.vn", "Bộ B": "", "Tỉnh Đắk Nông": ""} == mailed()
    assert 0 == main(words)
    assert {"Bộ B": "", "Tỉnh Đắk Nông": ""} == mailed()
