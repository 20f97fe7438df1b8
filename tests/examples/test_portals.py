"""Each portal is one file that can be copied: alone in a folder it opens a store, knows its users, records, shows and stops."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import attrs
import httpx
import msgspec
import pytest

from reformtrack import Deadline, Tracker

pytestmark = pytest.mark.slow

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = ("quan-tri", "le-van-c", "nguyen-van-a", "nguoi-la")
"""A steward, a planner, a reporter, and somebody who is signed in and has no role."""

DAY = (date.today() - timedelta(days=30)).isoformat()
PLAN = {"type": "PlanAdopted", "subject": "p", "on": DAY, "title": "Kế hoạch", "year": 2026, "jurisdiction": "Tỉnh"}
TASK = {
    "type": "ActivityScheduled",
    "subject": "p/1",
    "on": DAY,
    "domain": "1",
    "title": "Rà soát",
    "lead": "Sở Tư pháp",
}
DONE = {"type": "ActivityCompleted", "subject": "p/1", "on": (date.today() - timedelta(days=2)).isoformat()}


def agency(id: str, name: str, actor: str, role: str) -> list[dict[str, Any]]:
    """An agency, and somebody's role in it."""
    return [
        {"type": "AgencyRegistered", "subject": id, "on": DAY, "name": name},
        {"type": "RoleGranted", "subject": id, "on": DAY, "actor": actor, "role": role},
    ]


REGISTER = [
    *agency("@so-tu-phap", "Sở Tư pháp", "nguyen-van-a", "reporter"),
    *agency("@van-phong", "Văn phòng", "le-van-c", "planner"),
]
ADOPTION: list[dict[str, Any]] = [
    {**PLAN, "domains": [{"code": "1", "title": "Thể chế"}], "document": {"number": "1/KH-UBND"}},
    {**TASK, "deadline": msgspec.to_builtins(Deadline.parse("Thường xuyên", 2026))},
]


@attrs.frozen
class Portal:
    """A portal that runs."""

    address: str
    process: subprocess.Popen[str]
    signed_in: Mapping[str, Mapping[str, str]]
    """By name, the headers of somebody who is signed in; of a guest none."""

    def record(self, who: str, *events: Mapping[str, Any]) -> httpx.Response:
        headers = {**self.signed_in.get(who, {}), "idempotency-key": f"{who}-{events[0]['type']}"}
        address = f"{self.address}/cai-cach/api/v1/records"
        return httpx.post(address, json={"events": events}, headers=headers, timeout=60, verify=False)

    def get(self, path: str, who: str = "", **headers: str) -> httpx.Response:
        headers = {**self.signed_in.get(who, {}), **headers}
        return httpx.get(f"{self.address}{path}", headers=headers, timeout=60, verify=False)


def environment(**more: str) -> dict[str, str]:
    """One in which nothing but what is installed can be imported."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "REFORMTRACK", "PORTAL"))
    }
    return {**kept, **more}


def alone(name: str, folder: Path) -> Path:
    """A copy of an example in a folder that has nothing else."""
    return Path(shutil.copy(EXAMPLES / f"{name}.py", folder))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as here:
        port: int = here.getsockname()[1]
        return port


@contextmanager
def running(program: Path, store: str, sign_in: Callable[[str], Mapping[str, Mapping[str, str]]]) -> Iterator[Portal]:
    """A portal in a process of its own, from its start to its end by SIGTERM."""
    port = free_port()
    address, tokens = f"http://127.0.0.1:{port}", " ".join(f"ma-{name}={name}" for name in NAMES)
    process = subprocess.Popen(
        [sys.executable, program.name, store, "--port", str(port)],
        cwd=program.parent,
        env=environment(PORTAL_TOKENS=tokens),
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stderr is not None
        said = next((line for line in process.stderr if "running on" in line), None)
        assert said is not None, "it ended before it ran"
        yield Portal(address, process, sign_in(address))
    finally:
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=30)
        assert "Traceback" not in err, err
        assert process.returncode in (0, -signal.SIGTERM)


def by_token(address: str) -> Mapping[str, Mapping[str, str]]:
    return {name: {"authorization": f"Bearer ma-{name}"} for name in NAMES}


def by_session(address: str) -> Mapping[str, Mapping[str, str]]:
    """As a browser signs in."""
    found = {}
    for name in NAMES:
        with httpx.Client(base_url=address, timeout=60) as browser:
            token = re.findall('csrfmiddlewaretoken" value="([^"]+)"', browser.get("/dang-nhap").text)[0]
            sent = {"username": name, "password": "mat-khau", "csrfmiddlewaretoken": token}
            answer = browser.post("/dang-nhap", data=sent, headers={"referer": f"{address}/dang-nhap"})
            assert (302, "/cai-cach/") == (answer.status_code, answer.headers["location"])
            found[name] = {"cookie": f"sessionid={browser.cookies['sessionid']}"}
    return found


def add_users(program: Path, store: str) -> None:
    for name in NAMES:
        words = [sys.executable, program.name, store, "--add-user", name]
        subprocess.run(words, cwd=program.parent, env=environment(PORTAL_PASSWORD="mat-khau"), check=True)


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("mount_in_fastapi", "sqlite"),
        ("mount_in_fastapi", "postgres"),
        ("mount_in_litestar", "sqlite"),
        ("mount_in_django", "sqlite"),
    ],
)
def test_a_portal_that_was_copied_is_whole(
    name: str, kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """
    Guests read, nobody records what the policy does not permit, a reporter does, and the figure is on the page and in a route
    of the portal. Its errors are answers, views are kept up by themselves, and at its end everything is closed.
    """
    store = "sqlite:///plans.db" if kind == "sqlite" else request.getfixturevalue("postgres")
    program = alone(name, tmp_path)
    is_django = name == "mount_in_django"
    if is_django:
        add_users(program, store)
    with running(program, store, by_session if is_django else by_token) as portal:
        assert "Kế hoạch cải cách hành chính" in portal.get("/cai-cach/").text
        assert 201 == portal.record("quan-tri", *REGISTER).status_code
        assert 201 == portal.record("le-van-c", *ADOPTION).status_code
        assert "0/1" in portal.get("/cai-cach/plans/p").text
        guest, stranger = portal.record("khach", DONE), portal.record("nguoi-la", DONE)
        assert (403, "MayNotRecord") == (guest.status_code, guest.json()["type"].rpartition("/")[2])
        assert (403, "NotPermitted") == (stranger.status_code, stranger.json()["type"].rpartition("/")[2])
        assert "0/1" in portal.get("/cai-cach/plans/p").text
        recorded = portal.record("nguyen-van-a", DONE)
        assert (201, "nguyen-van-a") == (recorded.status_code, recorded.json()["records"][0]["by"])
        assert "1/1" in portal.get("/cai-cach/plans/p").text
        assert {"ten": "khach", "tien_do": "1/1 (100,0%)"} == portal.get("/tien-do/p").json()
        assert "nguyen-van-a" == portal.get("/tien-do/p", "nguyen-van-a").json()["ten"]
        missing = portal.get("/tien-do/q")
        assert (404, "application/problem+json") == (
            missing.status_code,
            missing.headers["content-type"].partition(";")[0],
        )
        assert missing.json()["type"].endswith("/NotFound")
        bad = portal.get("/tien-do/Q")
        assert (400, "InvalidField") == (bad.status_code, bad.json()["type"].rpartition("/")[2])
        assert portal.get("/cai-cach/", host="evil.example").status_code in (400, 421), "a name that it does not have"
        assert portal.get("/tien-do/p", host="evil.example").status_code in (400, 421)
        assert PAGES == crawl(portal.address, "/cai-cach")
        up_to_date = time.monotonic() + 30
        while portal.get("/cai-cach/readyz").json()["views_behind"]:
            assert time.monotonic() < up_to_date, "nobody asked for the views, and they are kept up all the same"
            time.sleep(0.1)
    with Tracker(f"sqlite:///{tmp_path}/plans.db" if kind == "sqlite" else store) as tracker:
        assert "1/1 (100,0%)" == str(tracker.plan("p").progress())
        assert ["nguoi-la"] == [refused.event.actor for refused in tracker.log.refusals()]
        assert not tracker.log.check()


PAGES = 150
"""How many pages of a portal are asked for: with the filters of lists there are thousands."""


def crawl(address: str, prefix: str) -> int:
    """The pages next to the first one: each is there, and within the prefix."""
    to_come, seen = [f"{prefix}/"], set[str]()
    with httpx.Client(base_url=address, timeout=60) as client:
        while to_come and len(seen) < PAGES:
            path = to_come.pop(0)
            if path in seen:
                continue
            seen.add(path)
            answer = client.get(path)
            assert answer.status_code in (200, 204), path
            assert path.startswith(f"{prefix}/")
            links = re.findall('(?:href|src|hx-get)="([^"#]+)', answer.text)
            to_come += [link.replace("&amp;", "&") for link in links if not link.startswith("data:")]
    return len(seen)


@pytest.mark.parametrize("name", ["mount_in_fastapi", "mount_in_litestar", "mount_in_django"])
def test_a_portal_without_a_store_says_what_it_needs(name: str, tmp_path: Path) -> None:
    """On the command line."""
    words = [sys.executable, alone(name, tmp_path).name]
    done = subprocess.run(words, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False)
    assert 2 == done.returncode
    assert "a store is missing, as plans.db or postgresql://host/database" in done.stderr


def test_a_stream_that_is_open_keeps_no_portal_from_ending(tmp_path: Path) -> None:
    """It ends within seconds, and the thread that keeps up the views with it."""
    with (
        running(alone("mount_in_fastapi", tmp_path), "sqlite:///plans.db", by_token) as portal,
        httpx.stream("GET", f"{portal.address}/cai-cach/api/v1/events", timeout=60) as answer,
    ):
        assert "retry: 2000" == next(answer.iter_lines())
        portal.process.send_signal(signal.SIGTERM)
        portal.process.wait(timeout=25)
