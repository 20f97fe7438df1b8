"""Reports and agencies on the command line."""

import json
from pathlib import Path
from shutil import copyfile

import pytest

from reformtrack import Tracker
from reformtrack.events import ActivityCompleted, AgencyMerged, AgencyRegistered, RecordRetracted
from tests.cli.conftest import Run
from tests.support import adopted, day, scheduled

OWN = ("--first", "2023-01-01", "--last", "2023-12-21", "--title", "năm 2023")


@pytest.fixture
def store(example: Path, tmp_path: Path) -> Path:
    """The worked example's store, to record in."""
    return Path(copyfile(example, tmp_path / "plans.db"))


def test_a_report_is_issued_shown_written_and_its_drift_told(run: Run, store: Path, tmp_path: Path) -> None:
    """From issuing to what is known otherwise."""
    of = ("report", "dak-nong-2023", "--store", store)
    assert "Chưa có báo cáo nào được ban hành." in run(*of).out
    issued = run(
        *of,
        "2023-nam",
        "--issue",
        *OWN,
        "--by",
        "so-noi-vu",
        "--to",
        tmp_path / "bc.html",
        "--to",
        tmp_path / "bc.xlsx",
    )
    assert (0, "") == (issued.code, issued.err)
    assert "53/55 (96,4%)" in issued.out
    assert "minh họa" in issued.out
    assert "Không có thay đổi sau khi báo cáo" in issued.out
    assert "53/55" in (tmp_path / "bc.html").read_text(encoding="utf-8")
    with Tracker(f"sqlite:///{store}") as tracker:
        [record] = tracker.record(ActivityCompleted("dak-nong-2023/4.06", on=day("12-20")), by="a")
    shown = run(*of, "2023-nam")
    assert "54/55" in shown.out
    assert f"bản ghi số {record.position}" in shown.out
    document = json.loads(run(*of, "2023-nam", "--json").out)
    assert [record.position] == document["drift_records"]
    assert {"completed": 53, "total": 55} == {
        key: document["content"]["figures"][0][key] for key in ("completed", "total")
    }
    assert "dak-nong-2023@2023-nam" in run(*of).out
    assert 1 == len(json.loads(run(*of, "--json").out)["reports"])


def test_what_keeps_every_total_of_a_report_is_told(run: Run, tmp_path: Path) -> None:
    """One activity late instead of on time, in words and as JSON."""
    store = tmp_path / "late.db"
    with Tracker(f"sqlite:///{store}") as tracker:
        tracker.record(adopted(), scheduled("p/1"), ActivityCompleted("p/1", on=day("5-1")), by="a")
        tracker.reports.issue("p", "2023-year", by="a")
        wrong = RecordRetracted("p/1", version=2, reason="x")
        tracker.record(wrong, ActivityCompleted("p/1", on=day("7-1")), by="a")
    assert (
        "1: đã hoàn thành, đúng hạn → đã hoàn thành, trễ hạn" in run("report", "p", "2023-year", "--store", store).out
    )
    assert "0 số liệu, 1 nhiệm vụ" in run("report", "p", "--store", store).out
    document = json.loads(run("report", "p", "2023-year", "--store", store, "--json").out)
    assert ([], ["p/1"]) == (document["drift"], [one["activity"] for one in document["drift_activities"]])
    assert {"kind": "completed_late", "sent": 0, "now": 1} in document["drift_balance"]


@pytest.mark.parametrize("name", ["a.txt", "no/a.docx", ".", "a.DOC"])
def test_a_report_that_cannot_be_written_is_not_issued(run: Run, store: Path, tmp_path: Path, name: str) -> None:
    """What is issued stands, so the file is looked at first."""
    of = ("report", "dak-nong-2023", "2023-nam", "--store", store, "--by", "so-noi-vu")
    ran = run(*of, "--issue", *OWN, "--to", tmp_path / name)
    assert 0 != ran.code
    assert "accepted: " in ran.err
    with Tracker(f"sqlite:///{store}") as tracker:
        assert () == tracker.reports.of("dak-nong-2023")


def test_a_report_is_corrected(run: Run, store: Path) -> None:
    """With the figures that the log says now: there is no other way to send one."""
    of = ("report", "dak-nong-2023", "2023-nam", "--store", store, "--by", "so-noi-vu")
    run(*of, "--issue", *OWN)
    with Tracker(f"sqlite:///{store}") as tracker:
        tracker.record(ActivityCompleted("dak-nong-2023/4.06", on=day("12-20")), by="a")
    corrected = run(*of, "--correct", "Bổ sung")
    assert (0, "") == (corrected.code, corrected.err)
    assert "54/55" in corrected.out
    assert "Không có thay đổi sau khi báo cáo" in corrected.out
    with Tracker(f"sqlite:///{store}") as tracker:
        assert "Bổ sung" == tracker.reports.get("dak-nong-2023@2023-nam").state.corrections[0].reason


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("2023-nam",), 4, "no report 'dak-nong-2023@2023-nam'"),
        (("2023-year", "--issue"), 2, "accepted: --by"),
        (("2023-nam", "--correct", "x", "--by", "x"), 4, "no report 'dak-nong-2023@2023-nam'"),
        (("2023-nam", "--correct", "x", "--issue", "--by", "x"), 2, "accepted: --issue or --correct"),
        (("2023-nam", "--issue", "--by", "x"), 2, "2023-q1, 2023-h1"),
        (("2023-nam", "--issue", "--by", "x", "--first", "2023-01-01"), 2, "accepted: --first"),
        (("2023-nam", "--issue", "--by", "x", *OWN, "--on", "2023-01-02"), 2, "a day from the cut-off"),
    ],
)
def test_what_a_report_refuses(run: Run, store: Path, words: tuple[str, ...], code: int, message: str) -> None:
    """With one line, and a code that says what kind of error it is."""
    ran = run("report", "dak-nong-2023", *words, "--store", store)
    assert (code, "") == (ran.code, ran.out)
    assert message in ran.err
    assert 1 == ran.err.count("\n")


def test_agencies_are_searched_without_marks_and_their_successors_named(run: Run, store: Path) -> None:
    """On the day asked for."""
    with Tracker(f"sqlite:///{store}") as tracker:
        tracker.record(
            AgencyRegistered("@so-noi-vu", on=day("1-1"), name="Sở Nội vụ"),
            AgencyRegistered("@so-moi", on=day("1-1"), name="Sở Mới"),
            AgencyMerged("@so-noi-vu", on=day("6-1"), into="@so-moi"),
            by="a",
        )
    of = ("agencies", "so noi", "--store", store)
    assert ["Sở Nội vụ", "@so-noi-vu", "01/06/2023", "Sở Mới"] == run(*of).out.splitlines()[-1].split("  ")[:1] + [
        cell.strip() for cell in run(*of).out.splitlines()[-1].split("  ")[1:] if cell.strip()
    ]
    [agency] = json.loads(run(*of, "--json").out)["agencies"]
    assert (["@so-moi"], "2023-06-01") == (agency["successors"], agency["ended_on"])
    assert None is json.loads(run(*of, "--json", "--on", "2023-05-01").out)["agencies"][0]["ended_on"]
    assert "Không có cơ quan" in run("agencies", "khong", "--store", store).out
