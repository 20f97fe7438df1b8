"""Webhooks: signed so that others can check it, at least once and in order, over receivers that fail in every way."""

import json
import logging
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import attrs
import msgspec
import pytest
import standardwebhooks
from cloudevents.core.formats.json import JSONFormat
from hypothesis import given

from reformtrack import InvalidField, Tracker
from reformtrack.documents import record_document
from reformtrack.documents.cloud_events import cloud_event, structured
from reformtrack.domain.kinds import Event
from reformtrack.domain.timeline import Record
from reformtrack.errors import WebhookClosed
from reformtrack.events import ActivityStarted
from reformtrack.outbox import Gone, Outbox, Refused, RetryLater, State
from reformtrack.outbox.webhook import Webhook
from reformtrack.store.registry import UPCASTERS
from reformtrack.testing import events
from tests.outbox.test_outbox import SOURCE, STREAMS, filed, plan
from tests.support import AT_LENGTH, EVENT, LONGEST, Clock

pytestmark = pytest.mark.slow

SECRET, OTHER = (f"whsec_{b64encode(bytes([n]) * 32).decode()}" for n in (1, 2))


@attrs.define
class Hook:
    """What a receiver got, and what it answers next."""

    address: str = ""
    got: list[tuple[dict[str, str], bytes]] = attrs.field(factory=list)
    answer: Callable[[], tuple[int, dict[str, str]]] = lambda: (204, {})
    _positions: list[int] = attrs.field(factory=list)

    @property
    def positions(self) -> list[int]:
        """Of the records that it got."""
        self._positions += [int(json.loads(body)["id"]) for _, body in self.got[len(self._positions) :]]
        return self._positions


@contextmanager
def receiver(port: socket.socket | None = None) -> Iterator[Hook]:
    """A server that takes webhooks; at a port that was held for it."""
    hook = Hook()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            body = self.rfile.read(length)
            if len(body) < length:  # the sender was killed in the middle: nothing has arrived
                self.close_connection = True
                return
            status, headers = hook.answer()
            if status < 300:
                hook.got.append((dict(self.headers.items()), body))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    with port or held() as at, ThreadingHTTPServer(at.getsockname(), Handler, bind_and_activate=False) as server:
        server.socket.close()
        server.socket = at
        server.server_activate()
        hook.address = address_of(at)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield hook
        finally:
            server.shutdown()
            thread.join()


def held() -> socket.socket:
    """A port that refuses connections, and that nobody else gets."""
    port = socket.socket()
    port.bind(("127.0.0.1", 0))
    return port


def address_of(port: socket.socket) -> str:
    return f"http://127.0.0.1:{port.getsockname()[1]}/hook"


@contextmanager
def webhook(hook: Hook | str, *secrets: str, **more: Any) -> Iterator[Webhook]:
    found = Webhook(hook if isinstance(hook, str) else hook.address, secrets or (SECRET,), **more)
    try:
        yield found
    finally:
        found.close()


def test_others_can_check_from_whom_it_is() -> None:
    """By the library of Standard Webhooks; with the old and with the new secret while one is replaced; not with another."""
    with Tracker(clock=Clock()) as tracker, receiver() as hook, webhook(hook, SECRET, OTHER) as send:
        plan(tracker)
        outbox = Outbox(tracker, SOURCE)
        outbox.subscribe("hook", send, after=0)
        assert 4 == outbox.deliver("hook").delivered
        headers, body = hook.got[0]
        for secret in (SECRET, OTHER):
            standardwebhooks.Webhook(secret).verify(body, headers)
        wrong = standardwebhooks.Webhook(f"whsec_{b64encode(bytes(32)).decode()}")
        with pytest.raises(standardwebhooks.WebhookVerificationError):
            wrong.verify(body, headers)
        with pytest.raises(standardwebhooks.WebhookVerificationError):
            standardwebhooks.Webhook(SECRET).verify(body + b" ", headers)
        assert [1, 2, 3, 4] == hook.positions
        assert "application/cloudevents+json; charset=utf-8" == headers["content-type"]


@given(events())
def test_every_record_is_a_cloud_event_to_others(event: Event) -> None:
    """By the library of CloudEvents: all that is required is there, and the data is the record."""
    instant = datetime(2023, 2, 2, 3, 4, 5, 678, tzinfo=UTC)
    record = Record(7, event.subject, 3, event, instant, "a", "r")
    found = JSONFormat().read(None, structured(cloud_event(record, SOURCE)))
    assert ("7", SOURCE, "1.0") == (found.get_id(), found.get_source(), found.get_specversion())
    name = type(event).__name__
    assert f"reformtrack.{name}.{len(UPCASTERS.get(name, ())) + 1}" == found.get_type()
    assert (instant, event.subject) == (found.get_time(), found.get_subject())
    data = found.get_data()
    assert isinstance(data, dict)
    assert (7, 3, "a", "r") == tuple(data[name] for name in ("position", "version", "by", "request_id"))
    assert event.subject == data["event"]["subject"]


def test_the_environment_sends_no_event_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy that a variable names sees none of it."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    with receiver() as hook:
        Webhook(hook.address, SECRET)(EVENT)
        assert [1] == hook.positions


@pytest.mark.parametrize(
    ("status", "headers", "error"),
    [
        (200, {}, None),
        (204, {}, None),
        (301, {"location": "http://127.0.0.1:1/"}, Refused),
        (400, {}, Refused),
        (404, {}, Refused),
        (500, {}, Refused),
        (410, {}, Gone),
        (429, {"retry-after": "17"}, RetryLater),
        (503, {"retry-after": "soon"}, RetryLater),
        (502, {}, RetryLater),
    ],
)
def test_what_an_answer_means(status: int, headers: dict[str, str], error: type[Refused] | None) -> None:
    """2xx is delivered; a redirect is not followed."""
    record = Record(1, filed("p/1").subject, 1, filed("p/1"), datetime.now(UTC), "a", "r")
    with receiver() as hook, webhook(hook) as send:
        hook.answer = lambda: (status, headers)
        if error is None:
            send(cloud_event(record, SOURCE))
            assert 1 == len(hook.got)
            return
        with pytest.raises(error) as caught:
            send(cloud_event(record, SOURCE))
        assert SECRET not in str(caught.value)
        assert (f"the receiver answered {status}", status) == (str(caught.value), caught.value.status)
        if isinstance(caught.value, RetryLater):
            assert (17.0 if status == 429 else None) == caught.value.seconds


def test_a_receiver_that_says_nothing_is_not_waited_for_long() -> None:
    """Nor one that cannot be reached."""
    record = Record(1, filed("p/1").subject, 1, filed("p/1"), datetime.now(UTC), "a", "r")
    with receiver() as hook, webhook(hook, timeout=0.2) as send:
        hook.answer = lambda: (time.sleep(1), (204, {}))[1]  # type: ignore[func-returns-value]  # to wait in a lambda
        with pytest.raises(RetryLater, match="ReadTimeout"):
            send(cloud_event(record, SOURCE))
    with held() as port, webhook(address_of(port)) as send, pytest.raises(RetryLater, match="ConnectError"):
        send(cloud_event(record, SOURCE))


@pytest.mark.parametrize(
    ("url", "secrets"),
    [
        ("ftp://example.vn/", (SECRET,)),
        ("file:///etc/passwd", (SECRET,)),
        ("http:///hook", (SECRET,)),
        ("https://user:pass@example.vn/", (SECRET,)),
        ("http://[", (SECRET,)),
        ("https://example.vn/", ()),
        ("https://example.vn/", ("secret",)),
        ("https://example.vn/", ("whsec_c2hvcnQ=",)),
        ("https://example.vn/", (f"whsec_{'*' * 40}",)),
    ],
)
def test_an_address_or_a_secret_that_is_none_is_refused(url: str, secrets: tuple[str, ...]) -> None:
    """And what it says has no secret and no password."""
    with pytest.raises(InvalidField, match="accepted") as caught:
        Webhook(url, secrets)
    assert not any(hidden in str(caught.value) for hidden in ("pass@", "c2hvcnQ", "*" * 8))


def test_a_secret_is_nowhere_to_be_read(caplog: pytest.LogCaptureFixture) -> None:
    """Not in a repr, not in a log, not in the store's dead letters."""
    caplog.set_level(logging.DEBUG)
    with Tracker(clock=Clock()) as tracker, receiver() as hook, webhook(hook) as send:
        plan(tracker)
        hook.answer = lambda: (500, {})
        outbox = Outbox(tracker, SOURCE, delays=(0.001,))
        outbox.subscribe("hook", send, after=0)
        for _ in range(3):
            outbox.deliver("hook")
            time.sleep(0.01)
        assert any(one.given_up for one in outbox.undelivered("hook"))
        assert SECRET[6:] not in repr(send) + caplog.text + repr(outbox.undelivered("hook"))


def test_a_receiver_that_is_down_for_many_records_gets_them_all_in_order() -> None:
    """Once it is back, each once."""
    with Tracker(clock=Clock()) as tracker, held() as port, webhook(address_of(port), timeout=2.0) as send:
        plan(tracker)
        outbox = Outbox(tracker, SOURCE, delays=(0.05, 0.1, 60.0))
        outbox.subscribe("hook", send, after=0)
        stop = threading.Event()
        thread = threading.Thread(target=outbox.run, args=(stop,))
        thread.start()
        draw = random.Random(1)
        count = 1_000 if AT_LENGTH else 300
        for number in range(count):
            tracker.record(filed(draw.choice(STREAMS), number), by="x")
        [waits] = outbox.undelivered("hook")
        assert (1, 0, False) == (waits.position, waits.attempts, waits.given_up), "nothing was delivered, or given up"
        with receiver(port) as back:
            end = time.monotonic() + LONGEST
            while len(back.got) < count + 4 and time.monotonic() < end:
                time.sleep(0.05)
            stop.set()
            thread.join()
        assert list(range(1, count + 5)) == back.positions
        assert () == outbox.undelivered("hook")


DELIVERER = """
import sys
from reformtrack import Tracker
from reformtrack.outbox import Outbox
from reformtrack.outbox.webhook import Webhook
import threading
with Tracker(sys.argv[1]) as tracker:
    outbox = Outbox(tracker, "https://example.vn/log", lease=0.3)
    outbox.subscribe("hook", Webhook(sys.argv[2], [sys.argv[3]]), after=0)
    outbox.run(threading.Event())
"""


@contextmanager
def processes() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Processes, of which none is left behind, however a test ends."""
    running: list[subprocess.Popen[bytes]] = []
    try:
        yield running
    finally:
        for process in running:
            process.kill()
            process.wait()


@pytest.mark.parametrize("deliverers", [1, 2])
def test_deliverers_that_are_killed_skip_nothing(tmp_path: Path, deliverers: int) -> None:
    """At random moments, many times, two at once as well: each record arrives, first deliveries of a stream in order."""
    url, draw, count = f"sqlite:///{tmp_path}/plans.db", random.Random(deliverers), 600 if AT_LENGTH else 250
    with Tracker(url, clock=Clock()) as tracker, receiver() as hook, processes() as running:
        plan(tracker, *(draw.choice(STREAMS) for _ in range(count)))
        streams = {record.position: record.stream for record in tracker.log.records()}
        kills, end = 0, time.monotonic() + LONGEST
        while len(set(hook.positions)) < count + 4 and time.monotonic() < end:
            while len(running) < deliverers:
                words = [sys.executable, "-c", DELIVERER, url, hook.address, SECRET]
                running.append(subprocess.Popen(words, env=dict(os.environ)))
            before = len(hook.got)
            while len(hook.got) < before + draw.randint(20, 60) and time.monotonic() < end:
                time.sleep(0.002)
                if len(set(hook.positions)) == count + 4:
                    break
            victim = running.pop(draw.randrange(len(running)))
            victim.send_signal(signal.SIGKILL)
            victim.wait()
            kills += 1
        positions = hook.positions
        assert streams.keys() == set(positions)
        assert kills > count // 80
        for stream in STREAMS:
            first = list(dict.fromkeys(position for position in positions if streams[position] == stream))
            assert sorted(first) == first
        assert len(positions) - count - 4 <= 2 * kills, "only what was not yet tracked is delivered again"


def test_an_activity_started_arrives_as_it_was_recorded() -> None:
    """The record as the API has it, and the request that it came with."""
    with Tracker(clock=Clock()) as tracker, receiver() as hook, webhook(hook) as send:
        plan(tracker)
        started = ActivityStarted("p/1", on=filed("p/1").on, note="Bắt đầu")
        [record] = tracker.record(started, by="so-tu-phap", request_id="q")
        outbox = Outbox(tracker, SOURCE)
        outbox.subscribe("hook", send, after=4)
        outbox.deliver("hook")
        data = json.loads(hook.got[0][1])["data"]
        assert ("so-tu-phap", "Bắt đầu") == (data["by"], data["event"]["note"])
        assert msgspec.to_builtins(record_document(record)) | {"request_id": "q"} == data


def test_a_webhook_that_is_closed_says_so_and_refuses_nothing() -> None:
    """Whoever delivers is told, and what was to be sent is sent by an open one."""
    with Tracker(clock=Clock()) as tracker, receiver() as hook:
        plan(tracker)
        outbox = Outbox(tracker, SOURCE)
        with webhook(hook) as send:
            outbox.subscribe("hook", send, after=0)
        for call in (lambda: outbox.deliver("hook"), lambda: outbox.run(threading.Event())):
            with pytest.raises(WebhookClosed, match="the webhook is closed; accepted: "):
                call()
        assert () == outbox.undelivered("hook")
        with webhook(hook) as send:
            outbox.subscribe("hook", send)
            assert 4 == outbox.deliver("hook").delivered
        assert [1, 2, 3, 4] == hook.positions


@pytest.mark.parametrize(
    ("address", "error", "reason"),
    [
        ("http://{}/", "ConnectionRefusedError", "Connection refused"),
        ("http://nowhere.invalid/", "gaierror", "Errno"),
    ],
)
def test_why_a_receiver_cannot_be_reached_is_said(
    address: str, error: str, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    """In the answer in words, in the log by the class of the error."""
    with Tracker(clock=Clock()) as tracker, held() as port:
        plan(tracker)
        outbox = Outbox(tracker, SOURCE)
        with webhook(address.format(f"127.0.0.1:{port.getsockname()[1]}")) as send:
            outbox.subscribe("hook", send, after=0)
            found = outbox.deliver("hook")
        assert (0, 1, State.RESTING) == (found.delivered, found.waiting, found.state)
        assert found.reason.startswith("the receiver cannot be reached: ConnectError: ")
        assert reason in found.reason
        assert [(error, None)] == [
            (vars(one)["error"], vars(one)["status"]) for one in caplog.records if one.name == "reformtrack.outbox"
        ]


def test_a_receiver_without_tls_is_said_to_be_so(caplog: pytest.LogCaptureFixture) -> None:
    """It is reached, and does not speak TLS."""
    with Tracker(clock=Clock()) as tracker, receiver() as hook, webhook(hook.address.replace("http", "https")) as send:
        plan(tracker)
        outbox = Outbox(tracker, SOURCE)
        outbox.subscribe("hook", send, after=0)
        assert "SSL" in outbox.deliver("hook").reason
        assert "SSLError" == vars(caplog.records[0])["error"]
