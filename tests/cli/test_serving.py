"""The web application from the command line: on this machine, to be read."""

import signal
import socket
import subprocess
from pathlib import Path

import httpx
import pytest

from tests.cli.conftest import Run
from tests.cli.test_process import COMMAND, environment
from tests.support import LONGEST

pytestmark = pytest.mark.slow


def test_a_store_is_served_on_loopback_until_it_is_interrupted(example: Path) -> None:
    """The page of the plan has its figures; nothing can be recorded; Ctrl-C ends it as shells expect."""
    words = (*COMMAND, "--store", str(example), "serve", "--port", "0")
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(), text=True)
    try:
        assert process.stdout is not None
        address = process.stdout.readline().split()[1].rstrip(";")
        assert address.startswith("http://127.0.0.1:")
        page = httpx.get(f"{address}plans/dak-nong-2023?on=2023-12-21", timeout=LONGEST)
        assert 200 == page.status_code
        assert "53/55" in page.text
        refused = httpx.post(f"{address}plans/dak-nong-2023", json={}, timeout=LONGEST)
        assert 405 == refused.status_code
    finally:
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=LONGEST)
    assert 130 == process.returncode, err


def test_it_answers_under_names_of_this_machine_and_those_that_are_allowed(example: Path) -> None:
    """No page of another site reads what is served here by having its own name lead here."""
    words = (
        *COMMAND,
        "--store",
        str(example),
        "serve",
        "--port",
        "0",
        "--allow-host",
        "a.example",
        "--allow-host",
        "B.example",
    )
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(), text=True
    ) as process:
        assert process.stdout is not None
        address = process.stdout.readline().split()[1].rstrip(";")
        port = address.rpartition(":")[2].rstrip("/")
        for host, status in (
            (f"127.0.0.1:{port}", 200),
            (f"localhost:{port}", 200),
            ("a.example", 200),
            (f"b.example:{port}", 200),
            (f"evil.example:{port}", 421),
        ):
            answer = httpx.get(f"{address}plans", headers={"host": host}, timeout=20)
            assert status == answer.status_code, host
            assert (": localhost, 127.0.0.1, [::1], a.example, b.example" in answer.text) == (status == 421)
        process.send_signal(signal.SIGINT)


def test_a_name_that_is_none_is_refused(example: Path, run: Run) -> None:
    """With its port, or as an address of a page."""
    for name in ("a.example:80", "http://a.example"):
        ran = run("--store", str(example), "serve", "--allow-host", name)
        assert 2 == ran.code
        assert "tên hoặc địa chỉ không kèm cổng" in ran.err


def test_a_stream_that_is_open_keeps_nothing_from_ending(example: Path) -> None:
    """Ctrl-C ends the command within seconds while somebody listens, who would listen for an hour."""
    words = (*COMMAND, "--store", str(example), "serve", "--port", "0")
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(), text=True
    ) as process:
        assert process.stdout is not None
        address = process.stdout.readline().split()[1].rstrip(";")
        with httpx.stream("GET", f"{address}api/v1/events", timeout=LONGEST) as answer:
            lines = answer.iter_lines()
            assert "retry: 2000" == next(lines)
            process.send_signal(signal.SIGINT)
            assert 130 == process.wait(timeout=LONGEST)


def test_a_port_that_is_taken_is_said(example: Path, run: Run) -> None:
    """With what to do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ran = run("--store", str(example), "serve", "--port", str(taken.getsockname()[1]))
    assert 2 == ran.code
    assert "chấp nhận: --port khác" in ran.err
