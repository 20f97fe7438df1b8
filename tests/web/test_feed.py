"""The stream of records: each once, in order, to everybody, whoever is slow, goes away or comes back."""

import asyncio
import json
import random
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import attrs
import httpx
import pytest
from starlette.requests import Request

from reformtrack import StoreError, StoreUnavailable, Tracker
from reformtrack.domain.values import Document
from reformtrack.events import ActivityStarted, EvidenceFiled
from reformtrack.web import Actor, create_app, feed
from reformtrack.web.access import client_of
from reformtrack.web.answering import THREADS, Site
from reformtrack.web.feed import Feed
from reformtrack.web.problems import Problem
from tests.support import ADOPTED, LONGEST, Clock, adopted, scheduled, tamper
from tests.web.asking import ask, serve

pytestmark = pytest.mark.slow

AWAY = "the store cannot be reached; accepted: the same request a little later"


@pytest.fixture(autouse=True)
def _no_heartbeat(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is to come comes before a heartbeat, however busy the machine is."""
    monkeypatch.setattr(feed, "HEARTBEAT", 2 * LONGEST)


@contextmanager
def listening(
    address: str, after: int | None = None, last: int | None = None
) -> Iterator[Iterator[tuple[int, str, Any]]]:
    """(position, name, data) of each event of a stream."""
    query = "" if after is None else f"?after={after}"
    headers = {} if last is None else {"Last-Event-ID": str(last)}
    with httpx.stream(
        "GET", f"{address}/api/v1/events{query}", headers=headers, timeout=LONGEST, verify=False
    ) as answer:
        assert (200, "text/event-stream; charset=utf-8") == (answer.status_code, answer.headers["content-type"])
        yield _events(answer.iter_lines())


def _events(lines: Iterator[str]) -> Iterator[tuple[int, str, Any]]:
    found: dict[str, str] = {}
    for line in lines:
        if line.startswith(("id: ", "event: ", "data: ")):
            name, _, value = line.partition(": ")
            found[name] = value
        elif not line and "data" in found:
            yield int(found["id"]), found["event"], json.loads(found["data"])
            found = {}


def filed(number: int) -> EvidenceFiled:
    return EvidenceFiled("p/1.01", on=ADOPTED, evidence=(Document(title=f"Biên bản {number}"),))


def test_a_stream_has_what_was_and_what_comes() -> None:
    """From the position asked for; each record as the API shows it."""
    with Tracker(clock=Clock()) as tracker, serve(create_app(tracker)) as address:
        tracker.record(adopted(), scheduled(), by="x")
        with listening(address, after=1) as stream:
            position, name, data = next(stream)
            assert (2, "ActivityScheduled", "p/1.01") == (position, name, data["stream"])
            assert data == httpx.get(f"{address}/api/v1/records?after=1").json()["records"][0]
            tracker.record(ActivityStarted("p/1.01", on=ADOPTED), by="x")
            assert (3, "ActivityStarted") == next(stream)[:2]
        with listening(address) as stream:
            tracker.record(filed(1), by="x")
            assert 4 == next(stream)[0], "from the end of the log unless asked otherwise"


def test_whoever_comes_back_loses_and_doubles_nothing() -> None:
    """However often the connection breaks, while others record."""
    draw = random.Random(7)
    with Tracker(clock=Clock()) as tracker, serve(create_app(tracker)) as address:
        tracker.record(adopted(), scheduled(), by="x")

        def write() -> None:
            for number in range(300):
                tracker.record(filed(number), by="x")

        writer = threading.Thread(target=write)
        writer.start()
        seen: list[int] = []
        while len(seen) < 302:
            with listening(address, after=0, last=seen[-1] if seen else None) as stream:
                for _ in range(draw.randint(1, 60)):
                    seen.append(next(stream)[0])
                    if len(seen) == 302:
                        break
        writer.join()
        assert list(range(1, 303)) == seen


def test_all_who_listen_hear_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also those who fall behind what is kept, and the store is asked by one for all."""
    monkeypatch.setattr(feed, "KEPT", 5)
    with Tracker(clock=Clock()) as tracker, serve(create_app(tracker)) as address:
        tracker.record(adopted(), scheduled(), by="x")
        heard: dict[int, list[int]] = {}

        def listen(number: int) -> None:
            with listening(address, after=0) as stream:
                heard[number] = []
                for position, _, _ in stream:
                    heard[number].append(position)
                    if number == 0:
                        time.sleep(0.005)
                    if position == 202:
                        return

        listeners = [threading.Thread(target=listen, args=(number,)) for number in range(8)]
        for thread in listeners:
            thread.start()
        for number in range(200):
            tracker.record(filed(number), by="x")
        for thread in listeners:
            thread.join()
        assert {number: list(range(1, 203)) for number in range(8)} == heard


def test_a_stream_does_not_wait_for_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many are being worked on, and however long they take."""
    answered, asked, ask_plan = threading.Event(), threading.Semaphore(0), Tracker.plan

    def plan(tracker: Tracker, *args: Any, **kwargs: Any) -> Any:
        asked.release()
        answered.wait(LONGEST)
        return ask_plan(tracker, *args, **kwargs)

    monkeypatch.setattr(Tracker, "plan", plan)
    with Tracker(clock=Clock()) as tracker, serve(create_app(tracker)) as address:
        tracker.record(adopted(), scheduled(), by="x")
        with listening(address, after=0) as stream:
            assert [1, 2] == [next(stream)[0] for _ in range(2)]
            questions = [
                threading.Thread(
                    target=httpx.get,
                    args=(f"{address}/api/v1/plans/p?on=2023-06-{n}",),
                    kwargs={"timeout": 2 * LONGEST},
                )
                for n in range(10, 30)
            ]
            for question in questions:
                question.start()
            assert all(asked.acquire(timeout=LONGEST) for _ in range(THREADS)), "as many as there may be"
            tracker.record(filed(1), by="x")
            assert 3 == next(stream)[0]
            assert not answered.is_set(), "no question was answered before"
            answered.set()
            for question in questions:
                question.join()


def test_large_records_are_kept_and_sent_in_small_amounts(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept for all, and what one listener holds, is bounded in bytes; and everybody hears everything."""
    monkeypatch.setattr(feed, "KEPT_BYTES", 200_000)
    monkeypatch.setattr(feed, "LOOKS_EVERY", 0.01)
    sizes: list[int] = []

    async def listen() -> None:
        with Tracker(clock=Clock()) as tracker:
            tracker.record(adopted(), scheduled(), by="x")
            one = Feed(Site(tracker, None))
            early, late = one.listen(2, 2, "a"), one.listen(2, 2, "b")
            heard: dict[str, bytes] = {"early": await anext(early), "late": await anext(late)}
            for number in range(20):
                event = attrs.evolve(filed(number), note="ệ" * 10_000)
                await asyncio.to_thread(tracker.record, event, by="x")
                heard["early"] += (chunk := await anext(early))
                sizes.append(len(chunk))
            assert sum(len(frame) for _, frame in one._kept) == one._bytes <= feed.KEPT_BYTES
            assert len(one._kept) >= 5
            while f"id: {tracker.log.position()}\n".encode() not in heard["late"]:
                heard["late"] += (chunk := await anext(late))
                sizes.append(len(chunk))
            for stream in (early, late):
                await stream.aclose()
            assert heard["early"] == heard["late"]
            assert 20 == heard["late"].count(b"event: EvidenceFiled")

    asyncio.run(listen())
    assert max(sizes) <= feed.PAGE_BYTES + 40_000, "a page, and the record that fills it"


def test_who_asks_only_for_the_head_of_a_stream_gets_it() -> None:
    """And does not listen: the connection is free for the next request."""
    with (
        Tracker(clock=Clock()) as tracker,
        serve(create_app(tracker)) as address,
        httpx.Client(base_url=address, timeout=LONGEST) as client,
    ):
        answer = client.head("/api/v1/events")
        assert (200, b"") == (answer.status_code, answer.content)
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert 200 == client.get("/healthz").status_code


def test_a_record_that_cannot_be_read_says_so_and_stops_nobody(tmp_path: Path) -> None:
    """Its place in the stream is kept."""
    url = f"sqlite:///{tmp_path}/plans.db"
    with Tracker(url, clock=Clock()) as tracker, serve(create_app(tracker)) as address:
        tracker.record(adopted(), scheduled(), filed(1), filed(2), by="x")
        tamper(url, "UPDATE reformtrack_log SET topic = 'X.1' WHERE position = 3")
        with listening(address, after=1) as stream:
            assert [(2, "ActivityScheduled"), (3, "unreadable"), (4, "EvidenceFiled")] == [
                next(stream)[:2] for _ in range(3)
            ]


def test_a_stream_outlives_a_store_that_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes on from its position when the store is back."""
    gone, tried = threading.Event(), threading.Semaphore(0)
    read = feed.frames_after

    def frames_after(tracker: Tracker, after: int) -> list[feed.Frame]:
        if gone.is_set():
            tried.release()
            raise StoreUnavailable(AWAY)
        return read(tracker, after)

    monkeypatch.setattr(feed, "frames_after", frames_after)
    with Tracker(clock=Clock()) as tracker, serve(create_app(tracker)) as address:
        tracker.record(adopted(), scheduled(), by="x")
        with listening(address) as stream:
            gone.set()
            tracker.record(filed(1), filed(2), by="x")
            assert all(tried.acquire(timeout=LONGEST) for _ in range(3))
            gone.clear()
            assert [3, 4] == [next(stream)[0] for _ in range(2)]


def test_those_who_are_behind_hold_up_nobody_while_the_store_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """One of them tries it at a time, beside the task; they stay, and all go on as soon as it is back."""
    locked, gone, read, lock = threading.Event(), threading.Event(), feed.frames_after, threading.Lock()
    trying, most, tried = 0, 0, threading.Semaphore(0)

    def frames_after(tracker: Tracker, after: int) -> list[feed.Frame]:
        nonlocal trying, most
        if locked.is_set():
            raise StoreError(AWAY)
        if not gone.is_set():
            return read(tracker, after)
        with lock:
            trying += 1
            most = max(most, trying)
        time.sleep(0.2)
        with lock:
            trying -= 1
        tried.release()
        raise StoreUnavailable(AWAY)

    monkeypatch.setattr(feed, "frames_after", frames_after)
    with Tracker(clock=Clock()) as tracker, serve(create_app(tracker)) as address, ExitStack() as stack:
        tracker.record(adopted(), scheduled(), by="x")
        locked.set()
        streams = [stack.enter_context(listening(address, after=0)) for _ in range(20)]
        gone.set()
        locked.clear()
        assert all(tried.acquire(timeout=LONGEST) for _ in range(2 * THREADS)), "those of before it was known are done"
        with lock:
            most = trying
        assert all(tried.acquire(timeout=LONGEST) for _ in range(2 * THREADS))
        assert most <= 2
        gone.clear()
        assert [[1, 2]] * 20 == [[next(stream)[0] for _ in range(2)] for stream in streams]


def test_a_quiet_stream_says_that_it_is_alive_and_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a proxy does not cut it, and who listens is asked for anew."""
    monkeypatch.setattr(feed, "HEARTBEAT", 0.05)
    monkeypatch.setattr(feed, "LASTS", 0.3)
    with Tracker(clock=Clock()) as tracker:
        answer = ask(create_app(tracker), "/api/v1/events")
        assert answer.text.startswith("retry: 2000\n\n: still here\n\n")
        assert "no-store" == answer.headers["cache-control"]


def test_the_log_is_not_asked_when_nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    """The task begins with the first and ends with the last; one too many is told to come later."""
    monkeypatch.setattr(feed, "LISTENERS", 2)

    async def listen() -> None:
        with Tracker(clock=Clock()) as tracker:
            one = Feed(Site(tracker, None))
            streams = [one.listen(0, 0, "a"), one.listen(0, 0, "b")]
            for stream in streams:
                await anext(stream)
            assert one._task is not None
            with pytest.raises(Exception, match="2 listen already"):
                await anext(one.listen(0, 0, "c"))
            for stream in streams:
                await stream.aclose()
            assert not one._listeners
            assert one._task is None

    asyncio.run(listen())


def test_nobody_has_more_than_a_share(monkeypatch: pytest.MonkeyPatch) -> None:
    """One who opens streams until there is none left leaves some to the others, and gets one when another is closed."""
    monkeypatch.setattr(feed, "SHARE", 3)

    async def listen() -> None:
        with Tracker(clock=Clock()) as tracker:
            one = Feed(Site(tracker, None))
            held = [one.listen(0, 0, "a") for _ in range(3)]
            for stream in held:
                await anext(stream)
            with pytest.raises(Problem, match="3 streams are open to this client; accepted: ") as refused:
                await anext(one.listen(0, 0, "a"))
            assert (429, "5") == (refused.value.status, refused.value.headers["Retry-After"])
            other = one.listen(0, 0, "b")
            await anext(other)
            await held.pop().aclose()
            held.append(again := one.listen(0, 0, "a"))
            await anext(again)
            for stream in (*held, other):
                await stream.aclose()
            assert {} == one._listeners

    asyncio.run(listen())


def test_one_anonymous_client_does_not_hold_all_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over HTTP: 429 beyond the share, whoever it says that it comes from; somebody whom the host knows still listens."""
    monkeypatch.setattr(feed, "SHARE", 5)

    def authorize(request: Request) -> Actor:
        who = request.headers.get("who")
        return Actor(who) if who else Actor("khach", may_record=False)

    with (
        Tracker(clock=Clock()) as tracker,
        serve(create_app(tracker, authorize=authorize)) as address,
        ExitStack() as stack,
    ):
        tracker.record(adopted(), by="x")
        for _ in range(5):
            stack.enter_context(listening(address))
        for number in range(10):
            forwarded = {"x-forwarded-for": f"10.0.0.{number}", "forwarded": f"for=10.0.0.{number}"}
            assert 429 == httpx.get(f"{address}/api/v1/events", headers=forwarded, timeout=20).status_code
        with httpx.stream("GET", f"{address}/api/v1/events", headers={"who": "so-noi-vu"}, timeout=20) as answer:
            assert 200 == answer.status_code
        assert 200 == httpx.get(f"{address}/plans/p", timeout=20).status_code


def client(name: str, host: str | None, *, may_record: bool = False) -> str:
    """Whose share a request takes."""
    scope: dict[str, Any] = {"type": "http", "headers": [], "client": None if host is None else (host, 1)}
    return client_of(Request(scope), Actor(name, may_record=may_record))


def test_whose_share_a_stream_takes() -> None:
    """Who may record: by name, from wherever. Who reads: by address; of IPv6 by network, as one has many."""
    assert client("a", "10.0.0.1", may_record=True) == client("a", "10.0.0.2", may_record=True)
    assert client("a", None, may_record=True) != client("b", None, may_record=True)
    assert client("khach", "10.0.0.1") != client("khach", "10.0.0.2")
    assert client("khach", "10.0.0.1") != client("nguyen-van-a", "10.0.0.1")
    assert client("khach", "2001:db8::1") == client("khach", "2001:db8:0:0:ffff:ffff:ffff:ffff")
    assert client("khach", "2001:db8::1") != client("khach", "2001:db8:0:1::1")
    assert client("khach", "::ffff:10.0.0.1") == client("khach", "10.0.0.1") != client("khach", "::ffff:10.0.0.2")
    assert client("khach", "::1") != client("khach", "127.0.0.1")
    assert client("khach", None) == client("khach", "")
    assert client("khach", "unix:") == client("khach", "unix:")
