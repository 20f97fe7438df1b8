"""The audit of the requirements: it fails on a finding, and on nothing else."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.supply.audit import Verdict, audit

pytestmark = pytest.mark.slow

FLAW = {
    "id": "OSV-2026-1",
    "summary": "made up",
    "affected": [
        {
            "package": {"name": "jinja2", "ecosystem": "PyPI"},
            "versions": ["3.1.6"],
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "3.1.7"}]}],
        }
    ],
}


@contextmanager
def index(answer: Callable[[str], Any]) -> Iterator[str]:
    """The address of an index of advisories in the form of OSV; `answer` gives its document about a package."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            body = json.dumps(answer(asked["package"]["name"])).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Not on the terminal of the tests."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
        server.shutdown()
        thread.join()


@pytest.fixture
def requirements(tmp_path: Path) -> list[Path]:
    """Two requirements, locked."""
    file = tmp_path / "requirements.txt"
    file.write_text("".join(f"{name} --hash=sha256:{'0' * 64}\n" for name in ("jinja2==3.1.6", "h11==0.16.0")))
    return [file]


def test_a_finding_fails_and_is_named(requirements: list[Path]) -> None:
    """With the version that repairs it."""
    with index(lambda name: {"vulns": [FLAW]} if name == "jinja2" else {}) as address:
        expected = "2 requirements asked about, 1 findings\njinja2 3.1.6: OSV-2026-1, repaired in 3.1.7"
        assert Verdict(1, expected) == audit(requirements, "-s", "osv", "--osv-url", address)


def test_nothing_against_the_requirements_passes(requirements: list[Path]) -> None:
    """And how many were asked about is said."""
    with index(lambda name: {}) as address:
        expected = Verdict(0, "2 requirements asked about, 0 findings")
        assert expected == audit(requirements, "-s", "osv", "--osv-url", address)


def test_an_index_that_cannot_be_reached_is_a_skip_with_its_reason(requirements: list[Path]) -> None:
    """Nobody listens there."""
    code, words = audit(requirements, "-s", "osv", "--osv-url", "http://127.0.0.1:9/v1/query")
    assert (0, "SKIPPED: no index of advisories can be reached (requests.exceptions.ConnectionError)") == (code, words)


def test_a_question_that_fails_by_itself_is_no_skip(tmp_path: Path) -> None:
    """A requirement without a hash, for instance: then nothing was audited, whatever the network does."""
    file = tmp_path / "requirements.txt"
    file.write_text("jinja2\n")
    code, words = audit([file])
    assert 1 == code
    assert words.startswith("pip-audit failed: ")
