"""The command line as a process: pipes that close, interruptions, terminals, completion, and how fast it starts."""

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.support import LONGEST

pytestmark = pytest.mark.slow

COMMAND = (sys.executable, "-c", "import sys; from reformtrack.cli import main; sys.exit(main())")


def environment(**more: str) -> Mapping[str, str]:
    return {**{k: v for k, v in os.environ.items() if not k.startswith("REFORMTRACK_")}, **more}


def test_a_pipe_that_closes_is_no_error_to_speak_of(example: Path) -> None:
    """`reformtrack history … | head -1` says nothing on stderr."""
    words = (*COMMAND, "--store", str(example), "plan", "dak-nong-2023")
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(words, stdout=writing, stderr=subprocess.PIPE, env=environment(), check=False)
    os.close(writing)

    assert (141, b"") == (done.returncode, done.stderr)


def test_vietnamese_is_written_whatever_the_locale_is(example: Path) -> None:
    """Also where Python would write ASCII."""
    words = (*COMMAND, "--store", str(example), "plan", "dak-nong-2023", "--on", "2023-12-21")
    latin = environment(PYTHONIOENCODING="ascii", LC_ALL="C", PYTHONUTF8="0")
    done = subprocess.run(words, capture_output=True, env=latin, check=True)

    assert "Kế hoạch cải cách hành chính năm 2023" in done.stdout.decode()


def test_an_interruption_ends_in_one_line(example: Path, tmp_path: Path) -> None:
    """With the exit code that shells give it."""
    os.mkfifo(tmp_path / "events")
    waiting = (*COMMAND, "--store", str(example), "record", "--file", str(tmp_path / "events"), "--by", "x")
    process = subprocess.Popen(waiting, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
    with (tmp_path / "events").open("w"):  # opens when it is read from, and then says nothing
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=LONGEST)

    assert (130, b"reformtrack: interrupted; what was recorded stays\n") == (process.returncode, err)


@pytest.mark.parametrize(
    ("words", "offered"),
    [("reformtrack plan dak", "dak-nong-2023"), ("reformtrack record ActivityCo", "ActivityCompleted")],
)
def test_a_shell_completes_plans_and_events(example: Path, words: str, offered: str) -> None:
    """From the store that the environment names."""
    asked = {"_REFORMTRACK_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": "2"}
    env = environment(REFORMTRACK_STORE=str(example), **asked)
    done = subprocess.run(COMMAND, capture_output=True, text=True, env=env, check=True)

    assert ([offered], "") == (done.stdout.split(), done.stderr)


def test_a_completion_without_a_store_is_empty() -> None:
    """No message breaks the line that is being typed."""
    env = environment(_REFORMTRACK_COMPLETE="complete_bash", COMP_WORDS="reformtrack plan dak", COMP_CWORD="2")
    done = subprocess.run(COMMAND, capture_output=True, text=True, env=env, check=True)

    assert ("", "") == (done.stdout.strip(), done.stderr)


def test_a_terminal_sees_how_far_a_long_task_is(example: Path, tmp_path: Path) -> None:
    """On stderr, so that stdout stays what was asked for."""
    ours, theirs = pty.openpty()
    words = (*COMMAND, "--store", str(example), "--json", "export-log", str(tmp_path / "log.jsonl"))
    done = subprocess.run(
        words, stdout=subprocess.PIPE, stderr=theirs, env=environment(TERM="xterm", COLUMNS="100"), check=True
    )
    os.close(theirs)
    shown = os.read(ours, 100_000).decode()
    os.close(ours)

    assert '{\n  "written": 629\n}\n' == done.stdout.decode()
    assert "export-log" in shown
    assert "629/629" in shown


def test_without_words_it_shows_its_help(run: Run) -> None:
    """The commands in the order in which they are used."""
    ran = run()
    commands = [line.split()[0] for line in ran.out.partition("Commands:\n")[2].splitlines() if line.startswith("  ")]

    assert (0, "") == (ran.code, ran.err)
    assert ["init", "import", "record", "plan", "overdue", "due", "history"] == commands[:7]


def test_help_loads_nothing_that_only_an_answer_needs() -> None:
    """Tables and Parquet are loaded when they are used."""
    code = (
        "import sys; from reformtrack.cli import main; main(['--help']);"
        "print(sorted({'rich.console', 'pyarrow', 'psycopg', 'pandas'} & set(sys.modules)))"
    )
    done = subprocess.run(
        (sys.executable, "-c", code), capture_output=True, text=True, env=environment(), check=True
    ).stdout

    assert "Mã thoát: 0 xong;" in done
    assert "[]" == done.splitlines()[-1]


def test_help_is_in_the_language_of_the_run(run: Run) -> None:
    """Vietnamese unless it is asked for in English, wherever that is said."""
    assert "Phụ lục: tệp .xlsx" in run("import", "--help").out
    assert "The appendix: a .xlsx" in run("import", "--lang", "en", "--help").out
    assert "The appendix: a .xlsx" in run("--lang=en", "import", "-h").out
    assert "Mã thoát: 0 xong" in run().out
