"""The examples run as a reader would run them, and print what the docs say of them."""

import ast
import asyncio
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from statistics import median

import async_use
import dak_nong_events
import pytest
import scheduled_digest

from reformtrack import Document, Tracker
from reformtrack.domain.journal import HA_NOI_TIME
from reformtrack.events import ActivityCompleted, EvidenceFiled, OccurrenceCompleted, RecordRetracted
from reformtrack.exchange.digest import Digest
from tests.outbox.test_webhook import SECRET, receiver
from tests.support import LONGEST
from tests.test_surface import MODULES

pytestmark = pytest.mark.slow

EXAMPLES = Path(__file__).parents[2] / "examples"


def run(name: str, *args: str, cwd: Path | None = None) -> str:
    """What an example prints; it must not fail, nor write to its error stream."""
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / name), *args],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=cwd,
        check=True,
    )
    assert "" == done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def vietnamese() -> str:
    return run("dak_nong_2023.py")


@pytest.mark.parametrize(
    "text",
    [
        "  53/55 (96,4%)\n",
        "\n7 lĩnh vực\n",
        "  A  53/55 (96,4%)  toàn kế hoạch\n",
        "  B  41/43 (95,3%)  chỉ tính nhiệm vụ có thời hạn  (không tính: 12 không có thời hạn cụ thể)\n",
        "  C  53/54 (98,1%)  chỉ tính nhiệm vụ đã đến hạn   (không tính: 1 chưa đến hạn)\n",
        "        Sở Nội vụ; 30/11/2023: quá hạn 21 ngày; đang thực hiện\n",
        "  theo dữ liệu cập nhật đến ngày 30/06/2023  5/55 (9,1%)\n",
        "  theo dữ liệu cập nhật đến nay              7/55 (12,7%)\n",
        "53/55 nhiệm vụ (đạt 96,4% kế hoạch)",
        "83 nghị quyết",
        "5 đợt giám sát chuyên đề",
        "402 dịch vụ công mức độ 3",
        "694 dịch vụ công mức độ 4",
        "526 thủ tục hành chính",
        "> 98 %",
        "2.107 lượt",
        "3.107 công dân",
        "538 lượt",
        "846 người",
        "43/63 vụ khiếu nại",
        "✓ 43 + 20 = 63",
        "6/9 vụ tố cáo",
        "✓ 6 + 3 = 9",
        "14/18 vụ",
        "✓ 14 + 4 = 18",
        "được nhân rộng đến bộ phận một cửa thuộc cấp huyện",
        "đã được công bố",
        "chỉ để minh họa",
        "khớp với số công bố: có",
    ],
)
def test_the_worked_example_prints_each_published_figure(vietnamese: str, text: str) -> None:
    """The figures of the report, the three rates, both answers for midyear, and what is illustrative."""
    assert text in vietnamese


def test_the_worked_example_has_no_check_that_fails(vietnamese: str) -> None:
    """Every check between the figures holds, so none is marked."""
    assert "✗" not in vietnamese
    assert 8 == vietnamese.count("✓")


def test_the_worked_example_prints_the_same_each_time_and_from_a_file(vietnamese: str, tmp_path: Path) -> None:
    """Deterministic; and a second run on the same file records nothing."""
    for _ in range(2):
        assert vietnamese == run("dak_nong_2023.py", "--store", "sqlite:///plan.db", cwd=tmp_path)


@pytest.mark.parametrize("text", ["  53/55 (96.4%)\n", "\n7 domains\n", "published", "illustrative", "as known now"])
def test_the_worked_example_speaks_english(text: str) -> None:
    """All but what stands in the plan itself."""
    assert text in run("dak_nong_2023.py", "--lang", "en")


def test_the_shortest_example_is_short_and_runs() -> None:
    """At most 25 lines, docstring and all."""
    assert 25 >= len((EXAMPLES / "quickstart.py").read_text(encoding="utf-8").splitlines())
    assert run("quickstart.py").startswith("1/2 (50,0%)")


def test_the_two_clocks_give_three_answers() -> None:
    """Before the late record, after it, and after the retraction."""
    assert ["1/3 (33,3%)", "2/3 (66,7%)", "1/3 (33,3%)"] == [
        line.partition(": ")[2] for line in run("what_did_we_know.py").splitlines()[:3]
    ]


def test_the_examples_take_their_imports_from_the_public_names() -> None:
    """What an example needs is in `reformtrack`, or in a module that says what it gives."""
    words = {"reformtrack.domain.wording", "reformtrack.exchange.words", "reformtrack.language"}
    allowed = {*words, *(module.__name__ for module in MODULES)}
    for path in EXAMPLES.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and str(node.module).startswith("reformtrack"):
                assert node.module in allowed, f"{path.name}: {node.module}"


def inbox(tmp_path: Path) -> list[tuple[str, str, str]]:
    """The host's table, in order of its rows."""
    host = sqlite3.connect(tmp_path / "host.db")
    try:
        return host.execute("SELECT document, activity, filed_on FROM inbox ORDER BY rowid").fetchall()
    finally:
        host.close()


def evidence(tmp_path: Path) -> list[tuple[str, str, str]]:
    """What the host's table has to hold, straight from the log."""
    with Tracker(f"sqlite:///{tmp_path / 'plan.db'}") as tracker:
        return [
            (str(document), record.event.subject, record.event.on.isoformat())
            for record in tracker.log.records()
            if isinstance(record.event, ActivityCompleted | OccurrenceCompleted | EvidenceFiled)
            for document in record.event.evidence
        ]


def test_a_host_keeps_its_table_up_to_date_and_applies_nothing_twice(tmp_path: Path) -> None:
    """A second run finds nothing new."""
    run("dak_nong_2023.py", "--store", "sqlite:///plan.db", cwd=tmp_path)
    first = run("embed_in_your_app.py", "plan.db", "host.db", cwd=tmp_path)
    assert first == run("embed_in_your_app.py", "plan.db", "host.db", cwd=tmp_path)
    assert len(inbox(tmp_path)) > 50
    assert evidence(tmp_path) == inbox(tmp_path)


SLOW_HOST = """
import sqlite3, sys, time
sys.path.insert(0, sys.argv[1])
import embed_in_your_app as app
from reformtrack import Tracker
quick = app.apply

def slow(host, record):
    quick(host, record)
    time.sleep(0.002)

app.apply = slow
host = sqlite3.connect("host.db", timeout=30)
print("ready", flush=True)
host.executescript(app.SCHEMA)
with Tracker("sqlite:///plan.db") as tracker:
    app.catch_up(tracker, host, batch=5)
"""


@pytest.mark.long
def test_a_host_that_is_killed_in_the_middle_loses_and_doubles_nothing(tmp_path: Path) -> None:
    """Two at once, killed at random moments before they can have come to the end; then one that may go on."""
    run("dak_nong_2023.py", "--store", "sqlite:///plan.db", cwd=tmp_path)
    expected = evidence(tmp_path)
    draw = random.Random(7)
    command = [sys.executable, "-c", SLOW_HOST, str(EXAMPLES)]
    for _ in range(6):
        (tmp_path / "host.db").unlink(missing_ok=True)
        for _ in range(3):
            hosts = [subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) for _ in range(2)]
            for host in hosts:
                assert host.stdout is not None
                assert "ready\n" == host.stdout.readline()
                host.stdout.close()
            time.sleep(draw.uniform(0.01, 0.15))
            for host in hosts:
                host.kill()
            assert [-signal.SIGKILL] * 2 == [host.wait() for host in hosts]
        run("embed_in_your_app.py", "plan.db", "host.db", cwd=tmp_path)
        assert expected == inbox(tmp_path)


def test_the_annual_report_is_written_in_its_four_forms(tmp_path: Path) -> None:
    """And says where the files are."""
    paths = run("dak_nong_report.py", "--to", "build", cwd=tmp_path).split()
    assert ["bao-cao-2023.docx", "bao-cao-2023.xlsx", "bao-cao-2023.html", "bao-cao-2023.pdf"] == [
        Path(path).name for path in paths
    ]
    assert all((tmp_path / path).stat().st_size > 10_000 for path in paths)


@pytest.mark.long
def test_the_half_year_is_reported_corrected_and_compared(tmp_path: Path) -> None:
    """What was known in June, and what was learnt in July; each in its four forms, and a draft before."""
    printed = run("half_year.py", "--to", "build", cwd=tmp_path).splitlines()
    assert [
        "6 tháng đầu năm 2023: 5/55 (9,1%); kỳ trước 2/55 (3,6%), năm trước 5/10 (50,0%)",
        "6 tháng đầu năm 2023: 6/55 (10,9%); kỳ trước 2/55 (3,6%), năm trước 5/10 (50,0%)",
    ] == printed
    forms = {f"{name}.{form}" for name in ("bao-cao-6-thang", "thay-the") for form in ("docx", "html", "pdf", "xlsx")}
    assert forms | {"du-thao.docx", "theo-mau.docx"} == {path.name for path in (tmp_path / "build").iterdir()}


def test_the_reorganisation_of_2025_changes_no_figure_of_2023() -> None:
    """The totals are equal, the open activities reach their new agency, the report is the same."""
    printed = run("reorganisation_2025.py")
    assert "Sở Kế hoạch và Đầu tư                        → Sở Tài chính tỉnh Lâm Đồng" in printed
    assert "cộng theo cơ quan năm 2023: 55; theo cơ quan hiện nay: 55" in printed
    assert 2 == printed.count("giao lại:")
    assert "báo cáo năm 2023 không đổi: đúng" in printed
    assert "minh họa" in printed


@pytest.mark.parametrize("name", ["async_use", "embed_in_your_app", "notebook_polars", "scheduled_digest"])
def test_a_recipe_is_short(name: str) -> None:
    """At most 60 lines, docstring and all."""
    assert 60 >= len((EXAMPLES / f"{name}.py").read_text(encoding="utf-8").splitlines())


def test_the_notebook_finds_what_was_learnt_after_midyear_and_who_tells_late() -> None:
    """Three completions told late and one taken back; the days that it took each author, as the log itself says."""
    printed = run("notebook_polars.py")
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in printed.splitlines() if "|" in line]
    assert printed.startswith("53/55 (96,4%)")
    assert "minh họa" in printed
    assert [
        ["1.04", "in_progress", "completed"],
        ["4.04", "in_progress", "completed"],
        ["4.06", "completed", "in_progress"],
        ["7.01", "in_progress", "completed"],
    ] == [[line[0], *line[2:]] for line in lines if line[0] in ("1.04", "4.04", "4.06", "7.01")]
    late: dict[str, list[int]] = {}
    clock = dak_nong_events.Clock()
    with Tracker(clock=clock) as tracker:
        dak_nong_events.record_year(tracker, clock)
        gone = {(r.stream, r.event.version) for r in tracker.log.records() if isinstance(r.event, RecordRetracted)}
        for record in tracker.log.records():
            event = record.event
            if (
                isinstance(event, ActivityCompleted | OccurrenceCompleted)
                and (record.stream, record.version) not in gone
            ):
                told = record.recorded_at.astimezone(HA_NOI_TIME).date()
                late.setdefault(record.by, []).append((told - event.on).days)
    expected = {by: [str(len(days)), str(float(median(days))), str(max(days))] for by, days in late.items()}
    assert expected == {line[0]: line[1:] for line in lines if line[0] in late}


def test_a_scheduled_digest_is_sent_once(tmp_path: Path) -> None:
    """The second run of a day has nothing new; another day has what came nearer; an agency without an address is named."""
    run("dak_nong_2023.py", "--store", "sqlite:///plan.db", cwd=tmp_path)
    first, again, later = (
        run("scheduled_digest.py", "sqlite:///plan.db", dak_nong_events.PLAN, day, cwd=tmp_path)
        for day in ("2023-11-23", "2023-11-23", "2023-11-27")
    )
    assert re.search(r"\[5\.04\] .+\n.+\n   - Còn 7 ngày", first)
    assert "minh họa" in first
    assert "\nđã gửi: Sở Nội vụ\nchưa gửi được cho Sở Thông tin và Truyền thông: không có địa chỉ\n" in first
    assert again.startswith("đã gửi: không có gì mới\nchưa gửi được cho Sở Thông tin và Truyền thông")
    assert re.search(r"\[5\.04\] .+\n.+\n   - Còn 3 ngày", later)
    assert "\nđã gửi: Sở Nội vụ, Sở Tài chính\n" in later


def test_a_digest_that_was_not_sent_is_sent_the_next_time(tmp_path: Path) -> None:
    """An agency whose mail fails keeps the others from nothing; a job that dies repeats one message at most."""
    day, agencies = date(2023, 11, 27), ("Sở Nội vụ", "Sở Tài chính", "Sở Tư pháp", "Thanh tra tỉnh")
    addresses = {agency: f"{number}@example.org" for number, agency in enumerate(agencies)}
    went: list[str] = []
    clock = dak_nong_events.Clock()

    def broken(address: str, digest: Digest) -> None:
        if digest.to == "Sở Nội vụ":
            raise ConnectionRefusedError("nobody is there")
        went.append(digest.to)
        if digest.to == "Sở Tư pháp":
            raise KeyboardInterrupt

    with Tracker(clock=clock) as tracker:
        dak_nong_events.record_year(tracker, clock)
        with pytest.raises(KeyboardInterrupt):
            scheduled_digest.morning(tracker, dak_nong_events.PLAN, day, broken, addresses)
        assert ["Sở Tài chính", "Sở Tư pháp"] == went
        sent, failed = scheduled_digest.morning(
            tracker, dak_nong_events.PLAN, day, lambda address, digest: went.append(digest.to), addresses
        )
        assert (["Sở Nội vụ", "Sở Tư pháp", "Thanh tra tỉnh"], {}) == (sent, failed)
        assert [*went[:2], *sent] == went


def test_an_event_loop_asks_records_and_is_told() -> None:
    """200 answers, a record, and the news of it."""
    printed = run("async_use.py").splitlines()
    assert printed[0].startswith("200 câu trả lời: 53/55 (96,4%)")
    assert "minh họa" in printed[0]
    assert "tin mới: dak-nong-2023/4.06" == printed[1]


def test_the_loop_is_held_by_questions_asked_in_it_and_not_by_those_asked_in_threads() -> None:
    """
    The longest wait of a heartbeat, as a share of what 200 questions take: all of it, and a small part of it.

    In seconds of work, so that nothing is held against the loop while others have the processor.
    """

    async def heartbeat(gaps: list[float]) -> None:
        while True:
            start = time.process_time()
            await asyncio.sleep(0.001)
            gaps.append(time.process_time() - start)

    async def longest(ask: Callable[[Tracker], Awaitable[object]], tracker: Tracker) -> float:
        gaps: list[float] = []
        beats = asyncio.create_task(heartbeat(gaps))
        await asyncio.sleep(0.01)
        start = time.process_time()
        await ask(tracker)
        took = time.process_time() - start
        await asyncio.sleep(0.01)
        beats.cancel()
        assert len(gaps) > 2
        return max(gaps) / took

    async def in_the_loop(tracker: Tracker) -> None:
        for _ in range(200):
            async_use.progress(tracker)

    async def in_threads(tracker: Tracker) -> None:
        await asyncio.gather(*(asyncio.to_thread(async_use.progress, tracker) for _ in range(200)))

    clock = dak_nong_events.Clock()
    with Tracker(clock=clock) as tracker:
        dak_nong_events.record_year(tracker, clock)
        assert asyncio.run(longest(in_the_loop, tracker)) > 0.95
        assert asyncio.run(longest(in_threads, tracker)) < 0.25


def test_a_follower_in_a_loop_gets_each_record_once_and_lets_go(tmp_path: Path) -> None:
    """Twenty requests at once, all of them told, in the order of the log; one that waits can be cancelled."""

    async def followed(tracker: Tracker) -> list[int]:
        news = async_use.follow(tracker, tracker.log.position())
        told = [asyncio.create_task(anext(news))]
        events = [
            EvidenceFiled(f"{dak_nong_events.PLAN}/1.01", on=dak_nong_events.CUT_OFF, evidence=(proof(n),))
            for n in range(20)
        ]
        await asyncio.gather(*(asyncio.to_thread(tracker.record, event, by=f"m{n}") for n, event in enumerate(events)))
        found = [(await told[0]).position, *[(await anext(news)).position for _ in range(19)]]
        waiting = asyncio.create_task(anext(news))
        await asyncio.sleep(0.1)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        return found

    clock = dak_nong_events.Clock()
    with Tracker(f"sqlite:///{tmp_path}/plan.db", clock=clock) as tracker:
        dak_nong_events.record_year(tracker, clock)
        before = tracker.log.position()
        found = asyncio.run(followed(tracker))
        assert [record.position for record in tracker.log.records(after=before)] == found
        assert 20 == len(found)


def proof(number: int) -> Document:
    return Document(number=f"{number}/BC")


def test_the_outbox_sends_a_store_to_a_webhook_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of it the first time, nothing the second."""
    run("dak_nong_2023.py", "--store", "sqlite:///plan.db", cwd=tmp_path)
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    with receiver() as hook:
        first, second = (
            run("outbox_to_webhook.py", "sqlite:///plan.db", hook.address, "--once", cwd=tmp_path) for _ in "12"
        )
        with Tracker(f"sqlite:///{tmp_path / 'plan.db'}") as tracker:
            assert [record.position for record in tracker.log.records()] == hook.positions
    assert f"{len(hook.got)} bản ghi đã gửi, 0 còn chờ\n" == first
    assert "0 bản ghi đã gửi, 0 còn chờ\n" == second


def test_the_outbox_ends_when_it_is_told_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole, and without an error."""
    run("dak_nong_2023.py", "--store", "sqlite:///plan.db", cwd=tmp_path)
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    with receiver() as hook:
        words = [sys.executable, str(EXAMPLES / "outbox_to_webhook.py"), "sqlite:///plan.db", hook.address]
        process = subprocess.Popen(words, stderr=subprocess.PIPE, cwd=tmp_path)
        while len(hook.got) < 50:
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=LONGEST)
    assert (0, b"") == (process.returncode, err)
