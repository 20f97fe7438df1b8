"""Reports and agencies on the command line."""

import json
from datetime import UTC, datetime
from pathlib import Path
from shutil import copyfile

import pytest

from reformtrack import Deadline, Tracker
from reformtrack.events import ActivityCompleted, ActivityRescheduled, AgencyMerged, AgencyRegistered, RecordRetracted
from tests.cli.conftest import Run
from tests.support import Clock, adopted, day, scheduled

OWN = ("--first", "2023-01-01", "--last", "2023-12-21", "--title", "năm 2023")


@pytest.fixture
def store(example: Path, tmp_path: Path) -> Path:
    """The worked example's store, to record in."""
    return Path(copyfile(example, tmp_path / "plans.db"))


@pytest.mark.slow
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
        "--head",
        "signer=Nguyễn Văn A",
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
    assert [record.position] == document["because"]
    assert [(53, 55), (54, 55)] == [
        tuple(document["figures"][0][side][key] for key in ("completed", "total")) for side in ("sent", "now")
    ]
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
    assert not any(line["differs"] for line in document["figures"])
    assert ["p/1"] == [one["activity"] for one in document["activities"]]
    assert {"kind": "completed_late", "sent": 0, "now": 1} in document["balance"]


def test_a_corrected_report_says_so(run: Run, tmp_path: Path) -> None:
    """That it is a correction, of which day, by whom, why; the day and the issuer of what it corrects beside it."""
    store, clock = tmp_path / "corrected.db", Clock(datetime(2023, 6, 20, 3, tzinfo=UTC))
    with Tracker(f"sqlite:///{store}", clock=clock) as tracker:
        tracker.record(adopted(), scheduled("p/1"), by="a")
        tracker.reports.issue("p", "2023-h1", by="nguyen-van-a")
        clock.now = datetime(2023, 12, 1, 3, tzinfo=UTC)
        tracker.record(ActivityCompleted("p/1", on=day("4-1")), by="a")
        report = tracker.reports.correct("p@2023-h1", reason="bổ sung", by="tran-thi-b")
    said = run("report", "p", "2023-h1", "--store", store).out
    for words in ("1/1", "Báo cáo thay thế lần 1", "01/12/2023", "tran-thi-b", "bổ sung", "20/06/2023", "nguyen-van-a"):
        assert words in said
    assert "(báo cáo thay thế lần 1)" in run("report", "p", "--store", store).out
    document = json.loads(run("report", "p", "2023-h1", "--store", store, "--json").out)
    [correction] = document["corrections"]
    assert ("2023-06-20", "nguyen-van-a", report.issue.position) == tuple(
        document[name] for name in ("issued_on", "by", "issue_position")
    )
    assert ("2023-12-01", "tran-thi-b", "bổ sung", report.sent.position) == tuple(
        correction[name] for name in ("on", "by", "reason", "position")
    )


def test_a_difference_of_what_is_overdue_alone_is_seen(run: Run, tmp_path: Path) -> None:
    """The counts are the same; the balance stands below."""
    store = tmp_path / "overdue.db"
    with Tracker(f"sqlite:///{store}") as tracker:
        tracker.record(adopted(), scheduled("p/1", deadline=Deadline.parse("31/7", 2023)), scheduled("p/2"), by="a")
        tracker.reports.issue("p", "2023-h1", by="a")
        tracker.record(ActivityRescheduled("p/1", on=day("3-1"), deadline=Deadline.parse("31/5", 2023)), by="a")
    said = run("report", "p", "2023-h1", "--store", store).out
    for words in ("0/2, 0 quá hạn", "0/2, 1 quá hạn", "chưa hoàn thành, quá hạn: 0 → 1"):
        assert words in said
    assert (
        "open, overdue: 0 → 1" in json.loads(run("report", "p", "2023-h1", "--store", store, "--json").out)["otherwise"]
    )


@pytest.mark.parametrize("name", ["a.txt", "no/a.docx", ".", "a.DOC"])
def test_a_report_that_cannot_be_written_is_not_issued(run: Run, store: Path, tmp_path: Path, name: str) -> None:
    """What is issued stands, so the file is looked at first."""
    of = ("report", "dak-nong-2023", "2023-nam", "--store", store, "--by", "so-noi-vu")
    ran = run(*of, "--issue", *OWN, "--to", tmp_path / name)
    assert 0 != ran.code
    assert "chấp nhận: " in ran.err or "accepted: " in ran.err
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
        (("2023-nam",), 4, "report 'dak-nong-2023@2023-nam' did not exist"),
        (("2023-year", "--issue"), 2, "missing --by"),
        (("2023-nam", "--correct", "x", "--by", "x"), 4, "report 'dak-nong-2023@2023-nam' did not exist"),
        (("2023-nam", "--correct", "x", "--issue", "--by", "x"), 2, "accepted: one of them"),
        (("2023-nam", "--issue", "--by", "x"), 2, "2023-q1, 2023-h1"),
        (("2023-nam", "--issue", "--by", "x", "--first", "2023-01-01"), 2, "accepted: --first"),
        (
            ("2023-nam", "--issue", "--by", "x", *OWN, "--on", "2023-01-02"),
            2,
            "has ended by 2023-01-02",
        ),
    ],
)
def test_what_a_report_refuses(run: Run, store: Path, words: tuple[str, ...], code: int, message: str) -> None:
    """With one line, and a code that says what kind of error it is."""
    ran = run("report", "dak-nong-2023", *words, "--store", store, "--lang", "en")
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
    [living] = json.loads(run(*of, "--json", "--on", "2023-05-01").out)["agencies"]
    assert ([], None) == (living["successors"], living["ended_on"])
    assert "Không có cơ quan" in run("agencies", "khong", "--store", store).out


def test_reports_and_roll_ups_are_asked_as_known_then(run: Run, tmp_path: Path) -> None:
    """By a log position or an instant, as every question; what is known later is not in them."""
    store = tmp_path / "plans.db"
    with Tracker(f"sqlite:///{store}", clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled("p/1"), by="a")
        tracker.reports.issue("p", "2023-h1", by="a")
        then = tracker.log.position()
        tracker.record(ActivityCompleted("p/1", on=day("5-1")), by="a")
    one, every, rollup = ("report", "p", "2023-h1"), ("report", "p"), ("rollup", "--by", "plan")
    known = {
        words: json.loads(run(*words, "--store", store, "--json", "--known-at", then).out)
        for words in (one, every, rollup)
    }
    now = {words: json.loads(run(*words, "--store", store, "--json").out) for words in (one, every, rollup)}
    assert (False, True) == (known[one]["restated"], now[one]["restated"])
    assert ([False], [True]) == tuple([of["restated"] for of in said[every]["reports"]] for said in (known, now))
    assert ((then, 0), (then + 1, 1)) == tuple(
        (said[rollup]["position"], said[rollup]["total"]["completed"]) for said in (known, now)
    )
    for words in (("--issue",), ("--correct", "x")):
        refused = run(*one, *words, "--store", store, "--by", "a", "--known-at", then)
        assert (2, "") == (refused.code, refused.out), "what is frozen is what is known now"
        assert "--known-at" in refused.err


@pytest.mark.parametrize("option", ["--letterhead", "--sections", "--addresses"])
def test_a_file_that_is_not_utf_8_is_said_to_be_none(run: Run, example: Path, option: str, tmp_path: Path) -> None:
    """And a mark of the byte order is no part of one."""
    file = tmp_path / "bad.toml"
    file.write_bytes('organ = "Sở Nội vụ"'.encode("utf-16"))
    words = {"--addresses": ("digest", "dak-nong-2023"), "--sections": ("report", "dak-nong-2023", "2023-h1")}
    of_report = ("report", "dak-nong-2023", "2023-h1", "--to", tmp_path / "report.html")
    ran = run("--store", example, *words.get(option, of_report), option, file)
    assert (6, "") == (ran.code, ran.out)
    assert str(file) in ran.err
    if option == "--letterhead":
        file.write_text('organ = "Sở Nội vụ"', encoding="utf-8-sig")
        assert 0 == run("--store", example, *of_report, option, file, "--draft").code
