"""Whoever runs an example without arguments sees what it does, or how it is run; never a traceback."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest

from tests.examples.test_portals import EXAMPLES, free_port

pytestmark = pytest.mark.slow

SERVES = "serve_dak_nong.py"
"""The one that goes on until it is interrupted."""


def environment() -> Mapping[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("REFORMTRACK", "PORTAL", "HOOK"))}


@pytest.mark.parametrize("name", sorted(path.name for path in EXAMPLES.glob("*.py") if path.name != SERVES))
def test_an_example_without_arguments_works_or_says_how_it_is_used(name: str, tmp_path: Path) -> None:
    """All of them."""
    words = [sys.executable, str(EXAMPLES / name)]
    done = subprocess.run(
        words,
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert "Traceback" not in done.stderr
    assert (0, "") == (done.returncode, done.stderr) or (2, f"usage: {name} ") == (
        done.returncode,
        done.stderr[: len(f"usage: {name} ")],
    )


@pytest.mark.parametrize(
    ("more", "day", "figure"), [([], "21/12/2023", "53/55"), (["--week-later"], "28/12/2023", "52/55")]
)
def test_the_worked_example_opens_where_its_headline_is(more: list[str], day: str, figure: str, tmp_path: Path) -> None:
    """On the day of its report, as the README says; when asked for a week later, with the figure of the report beside."""
    port = free_port()
    words = [sys.executable, str(EXAMPLES / SERVES), "--port", str(port), *more]
    with subprocess.Popen(words, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        assert f"http://127.0.0.1:{port}/plans/dak-nong-2023: {figure} " in said
        assert day in said
        transport = httpx.HTTPTransport(retries=20)  # it says so before it listens
        with httpx.Client(transport=transport, base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            assert figure in client.get("/").text
            page = client.get("/plans/dak-nong-2023").text
            assert re.search(rf"<strong>{figure}</strong>", page)
            assert f"hôm nay, {day}" in page
            assert ("Số liệu đã báo cáo: 53/55 (96,4%)" in page) == bool(more)
            assert 421 == client.get("/", headers={"host": "evil.example"}).status_code
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert "Traceback" not in err
