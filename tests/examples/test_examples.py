"""The examples run as a reader would run them, and print what the docs say of them."""

import ast
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from reformtrack import ActivityCompleted, EvidenceFiled, OccurrenceCompleted, Tracker

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
        "  B  41/43 (95,3%)  chỉ tính việc có thời hạn  (không tính: 12 không có thời hạn cụ thể)\n",
        "  C  53/54 (98,1%)  chỉ tính việc đã đến hạn   (không tính: 1 chưa đến hạn)\n",
        "        Sở Nội vụ; 30/11/2023: quá 21 ngày; đang thực hiện\n",
        "  biết vào ngày 30/06/2023  5/55 (9,1%)\n",
        "  biết đến nay              7/55 (12,7%)\n",
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


@pytest.mark.parametrize("text", ["  53/55 (96.4%)\n", "\n7 domains\n", "published", "illustrative", "as known today"])
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
    """What an example needs is in `reformtrack`, or in a module that the docs name."""
    documents = {"reformtrack.exchange.document", "reformtrack.exchange.reports"}
    allowed = {"reformtrack", "reformtrack.domain.wording", "reformtrack.tracker", *documents}
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
            for record in tracker.log()
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


def test_the_reorganisation_of_2025_changes_no_figure_of_2023() -> None:
    """The totals are equal, the open activities reach their new agency, the report is the same."""
    printed = run("reorganisation_2025.py")
    assert "Sở Kế hoạch và Đầu tư                        → Sở Tài chính tỉnh Lâm Đồng" in printed
    assert "cộng theo cơ quan năm 2023: 55; theo cơ quan hiện nay: 55" in printed
    assert 2 == printed.count("giao lại:")
    assert "báo cáo năm 2023 không đổi: đúng" in printed
    assert "minh họa" in printed
