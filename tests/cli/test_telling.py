"""The history of a stream: both clocks, who, on what evidence, and what was taken back."""

import json
from pathlib import Path

import attrs
import pytest

from reformtrack.domain.kinds import EVENT_TYPES
from reformtrack.exchange.words import event_words, field_words
from reformtrack.language import Language
from reformtrack.store.registry import EVENT_NAMES
from reformtrack.tracker import Tracker
from tests.cli.conftest import Run
from tests.support import adopted, scheduled


def test_every_event_and_every_field_has_words() -> None:
    """A new event cannot be recorded and then shown by its class name."""
    say = Language("vi")
    fields = {field.name for cls in EVENT_TYPES for field in attrs.fields(cls)}

    assert EVENT_NAMES.keys() == event_words(say).keys()
    assert fields <= field_words(say).keys()


def test_a_history_shows_both_clocks_the_actor_and_the_evidence(run: Run, example: Path) -> None:
    """1.04 was done on 29/06 and told on 14/07."""
    ran = run("history", "dak-nong-2023/1.04", "--store", example)
    last = ran.out.splitlines()[-1].split()

    assert ["7", "29/06/2023", "14/07/2023"] == last[:3]
    assert "so-noi-vu" in last
    assert "báo cáo hoàn thành  Kế hoạch của UBND tỉnh (minh họa) ngày 29/06/2023, Sở Nội vụ" in ran.out
    assert "nguon: số lượng đã công bố" in ran.out


def test_an_activity_of_a_plan_is_asked_for_by_its_printed_number(run: Run, tmp_path: Path) -> None:
    """As officials know it: 42. As a part of an id, where codes stand, a number finds nothing."""
    store = tmp_path / "plans.db"
    with Tracker(f"sqlite:///{store}") as tracker:
        tracker.record(adopted("p"), scheduled("p/1.01", number="42"), scheduled("p/1.02"), by="x")
    for asked in ("42", "1.01", "p/1.01"):
        ran = run("history", "p", asked, "--on", "2023-12-31", "--store", store, "--json")
        assert ["p/1.01"] == [record["stream"] for record in json.loads(ran.out)["records"]], asked
    assert 4 == run("history", "p", "43", "--on", "2023-12-31", "--store", store).code
    assert 4 == run("history", "p/42", "--on", "2023-12-31", "--store", store).code


@pytest.fixture
def store(run: Run, tmp_path: Path) -> Path:
    """A plan that was closed by mistake."""
    path = tmp_path / "plans.db"
    adopt = ("init", "--plan", "p", "--title", "T", "--year", 2023, "--jurisdiction", "X", "--domain", "1=Y")
    run(*adopt, "--on", "2023-01-02", "--by", "a", "--store", path)
    run("record", "PlanClosed", "p", "on=2023-12-31", "--by", "a", "--store", path)
    run("record", "RecordRetracted", "p", "version=2", "reason=nhầm", "--by", "b", "--store", path)
    return path


def test_a_retracted_record_stays_in_sight(run: Run, store: Path) -> None:
    """Marked in words, for a pipe has no strikes; on a program's side by the version of its retraction."""
    shown = run("history", "p", "--store", store, "--lang", "en").out.splitlines()
    records = json.loads(run("history", "p", "--store", store, "--json").out)["records"]
    before = json.loads(run("history", "p", "--store", store, "--known-at", 3, "--json").out)["records"]

    assert "plan closed, retracted by record 3" in shown[-2]
    assert "record: 2; reason: nhầm" in shown[-1]
    assert [None, 3, None] == [record["retracted_by"] for record in records]
    assert [None, None] == [record["retracted_by"] for record in before]


def test_a_terminal_strikes_what_is_retracted(run: Run, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The record's lines, and no others."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    struck = [line for line in run("history", "p", "--store", store).out.splitlines() if "\x1b[9m" in line]

    assert "kết thúc kế hoạch" in struck[0]
    assert not any("thu hồi bản ghi" in line for line in struck)


def test_a_history_ends_on_the_day_asked_for(run: Run, store: Path) -> None:
    """A retraction has no day, and stays."""
    records = json.loads(run("history", "p", "--store", store, "--on", "2023-06-30", "--json").out)["records"]

    assert [1, 3] == [record["version"] for record in records]


def test_a_year_is_no_count(run: Run, store: Path) -> None:
    """2023 and not 2.023."""
    assert "năm: 2023;" in run("history", "p", "--store", store).out
