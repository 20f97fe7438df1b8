"""What the library tells those who watch over it, with the SDK of OpenTelemetry, without it, and without OpenTelemetry."""

import ast
import logging
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace import StatusCode

from reformtrack import NotFound, StoreError, StoreUnavailable, Tracker, patience, telemetry
from reformtrack.domain.illegal import ActivityNotScheduled
from reformtrack.errors import UnreadableRecord
from reformtrack.events import ActivityStarted, ProgressReported
from tests.support import Clock, adopted, day, scheduled, tamper

SECRET = "một ghi chú riêng"
PERSON = "nguyen-van-a"


class Heard:
    """A host that listens, with providers of its own."""

    def __init__(self) -> None:
        self.exporter, self.reader = InMemorySpanExporter(), InMemoryMetricReader()
        self.tracers, self.meters = TracerProvider(), MeterProvider([self.reader])
        self.tracers.add_span_processor(SimpleSpanProcessor(self.exporter))

    def spans(self, name: str) -> list[ReadableSpan]:
        """The finished spans of a name, in the order in which they ended."""
        return [span for span in self.exporter.get_finished_spans() if span.name == name]

    def points(self, name: str) -> list[Any]:
        """The data points of a metric."""
        found = self.reader.get_metrics_data()
        scopes = [scope for resource in found.resource_metrics for scope in resource.scope_metrics] if found else []
        named = [metric for scope in scopes for metric in scope.metrics if metric.name == name]
        return [point for metric in named for point in metric.data.data_points]

    def count(self, name: str) -> int:
        """What a counter stands at."""
        return sum(point.value for point in self.points(name))


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Iterator[Heard]:
    """The providers of a process can be set once, so these are put in their place; the page of the docs sets those."""
    heard = Heard()
    monkeypatch.setattr(telemetry, "_tracer", heard.tracers.get_tracer("reformtrack"))
    monkeypatch.setattr(telemetry, "_metrics", telemetry._Metrics(heard.meters.get_meter("reformtrack")))
    yield heard
    heard.tracers.shutdown()
    heard.meters.shutdown()


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/plans.db"


def attributes(span: ReadableSpan) -> dict[str, Any]:
    return dict(span.attributes or {})


def test_a_recording_is_a_span_and_is_counted(heard: Heard) -> None:
    """How many events, how many attempts, up to where; the records are counted, and the time is taken."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), by="x")
    [span] = heard.spans("reformtrack.record")
    expected = {"reformtrack.events": 2, "reformtrack.attempts": 1, "reformtrack.position": 2}
    assert (expected, StatusCode.UNSET) == (attributes(span), span.status.status_code)
    assert 2 == heard.count("reformtrack.records")
    [duration] = heard.points("reformtrack.record.duration")
    assert 1 == duration.count
    assert 0 < duration.sum < 60


def test_a_request_that_stood_on_record_is_no_attempt_and_no_record(heard: Heard) -> None:
    """It is a call all the same."""
    with Tracker(clock=Clock()) as tracker:
        for _ in range(2):
            tracker.record(adopted(), by="x", request_id="r")
    assert [1, 0] == [attributes(span)["reformtrack.attempts"] for span in heard.spans("reformtrack.record")]
    assert 1 == heard.count("reformtrack.records")
    assert [2] == [point.count for point in heard.points("reformtrack.record.duration")]


class Overtaken(Clock):
    """A clock with which somebody else is faster: when it is first asked, a request has been read for, and not appended."""

    def __init__(self, other: Tracker) -> None:
        super().__init__()
        self.other = other
        self.asked = False

    def __call__(self) -> datetime:
        if not self.asked:
            self.asked = True
            self.other.record(ActivityStarted("p/1.01", on=day("2-1")), by="y")
        return self.now


def test_an_attempt_that_lost_to_another_writer_is_counted(heard: Heard, url: str) -> None:
    """The other one records between the judgement of the first and its append."""
    with Tracker(url, clock=Clock()) as other, Tracker(url, clock=Overtaken(other)) as tracker:
        other.record(adopted(), scheduled(), by="x")
        tracker.record(ProgressReported("p/1.01", on=day("2-2"), note="x"), by="x")
    *_, quick, slow = heard.spans("reformtrack.record")
    assert (1, 3) == (attributes(quick)["reformtrack.attempts"], attributes(quick)["reformtrack.position"])
    assert (2, 4) == (attributes(slow)["reformtrack.attempts"], attributes(slow)["reformtrack.position"])
    assert 4 == heard.count("reformtrack.records")


def test_a_refusal_names_its_class_and_nothing_that_was_written(heard: Heard) -> None:
    """The message of an error quotes the event, and the event may quote a person."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), by="x")
        with pytest.raises(ActivityNotScheduled):
            tracker.record(ActivityStarted("p/1", on=day("2-1"), note=SECRET), by="x")
        with pytest.raises(NotFound):
            tracker.plan("q")
    span, asked = heard.spans("reformtrack.record")[-1], heard.spans("reformtrack.plan")[-1]
    assert ("ActivityNotScheduled", "NotFound") == (
        attributes(span)["error.type"],
        attributes(asked)["error.type"],
    )
    assert [(StatusCode.ERROR, None, ())] * 2 == [
        (found.status.status_code, found.status.description, found.events) for found in (span, asked)
    ]


def test_questions_and_views_are_spans_within_those_of_the_host(heard: Heard) -> None:
    """A roll-up shows the catching up that it began with; what the host opened is around all."""
    with Tracker(clock=Clock()) as tracker, heard.tracers.get_tracer("host").start_as_current_span("host") as around:
        tracker.record(adopted(), scheduled(), by="x")
        tracker.plan("p")
        tracker.rollup(by=["plan"])
        tracker.views.catch_up()
        tracker.views.rebuild()
        assert around is trace.get_current_span()
    spans = {span.name: span for span in heard.exporter.get_finished_spans() if span.name != "reformtrack.catch_up"}
    caught_up, again = heard.spans("reformtrack.catch_up")
    assert {"reformtrack.plan": "p", "reformtrack.activities": 1} == attributes(spans["reformtrack.plan"])
    assert {"reformtrack.by": "plan", "reformtrack.position": 2} == attributes(spans["reformtrack.rollup"])
    assert {"reformtrack.records": 2, "reformtrack.position": 2} == attributes(caught_up)
    assert {"reformtrack.records": 0, "reformtrack.position": 2} == attributes(again)
    assert {"reformtrack.position": 2} == attributes(spans["reformtrack.rebuild"])
    parents = {name: span.parent.span_id for name, span in spans.items() if span.parent}
    assert dict.fromkeys(spans.keys() - {"host"}, around.get_span_context().span_id) == parents
    rollup = spans["reformtrack.rollup"].context
    assert rollup is not None
    assert caught_up.parent is not None
    assert rollup.span_id == caught_up.parent.span_id


def test_a_host_that_samples_nothing_gets_nothing(heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also of what is called within: a part of a trace that was left out is left out."""
    silent = TracerProvider(sampler=ALWAYS_OFF)
    silent.add_span_processor(SimpleSpanProcessor(heard.exporter))
    monkeypatch.setattr(telemetry, "_tracer", silent.get_tracer("reformtrack"))
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), by="x")
        assert 2 == tracker.rollup().position
    assert () == heard.exporter.get_finished_spans()
    assert 2 == heard.count("reformtrack.records")
    silent.shutdown()


def test_the_lag_of_the_views_is_what_was_last_looked_at(heard: Heard) -> None:
    """How many positions they are behind the log."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), scheduled("p/1.02"), by="x")
        for expected in (3, 0):
            assert expected == tracker.views.lag()
            assert [expected] == [point.value for point in heard.points("reformtrack.views.lag")]
            tracker.views.catch_up()


@pytest.mark.slow
def test_a_store_that_cannot_be_reached_is_warned_of_once_a_call(
    heard: Heard, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It was tried again, and each try is counted; what is logged has no more than for how long it is tried."""
    path = str(tmp_path / "plans.db")
    env = {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": path, "SQLITE_LOCK_TIMEOUT": "1"}
    with Tracker(env=env) as tracker, closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with patience(2.5), pytest.raises(StoreUnavailable):
            tracker.record(adopted(), by=PERSON)
        other.execute("ROLLBACK")
    logged = [record for record in caplog.records if record.name == "reformtrack.store.patience"]
    assert [("WARNING", 2.5)] == [(record.levelname, vars(record)["patience_seconds"]) for record in logged]
    assert 1 <= heard.count("reformtrack.store.retries") <= 2, (
        "each waits for a second, all of them for no longer than that"
    )


def test_a_record_that_cannot_be_read_is_warned_of_once(
    heard: Heard, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """However often it is met: where it is, and nothing of what it says."""
    with Tracker(url, clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(title=SECRET), by=PERSON)
        tamper(url, "UPDATE reformtrack_log SET topic = 'X.1' WHERE position = 2")
        for _ in range(2):
            assert 1 == len(tracker.plan("p").unreadable)
            assert 1 == len(list(tracker.log.quarantine()))
        with pytest.raises(UnreadableRecord):
            list(tracker.log.records())
    [logged] = [record for record in caplog.records if record.name == "reformtrack.store.application"]
    facts = {name: vars(logged)[name] for name in ("levelname", "position", "stream", "version", "event")}
    assert {"levelname": "WARNING", "position": 2, "stream": "p/1.01", "version": 1, "event": "X.1"} == facts
    assert 1 == heard.count("reformtrack.unreadable")


def test_what_was_recorded_and_made_is_logged_with_its_figures(caplog: pytest.LogCaptureFixture) -> None:
    """Streams, counts, positions and durations, as fields of the log records."""
    caplog.set_level(logging.DEBUG, "reformtrack")
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), by=PERSON, request_id=SECRET)
        tracker.views.rebuild()
    recorded, made = (vars(record) for record in caplog.records if record.name.startswith("reformtrack"))
    expected = {"levelname": "DEBUG", "streams": ["p", "p/1.01"], "events": 2, "position": 2, "attempts": 1}
    assert expected == {name: recorded[name] for name in expected}
    assert ("INFO", 2) == (made["levelname"], made["position"])
    assert recorded["seconds"] > 0
    assert made["seconds"] > 0


def test_nothing_that_a_person_wrote_is_told(heard: Heard, url: str, caplog: pytest.LogCaptureFixture) -> None:
    """No title, no note, no author, no request, no password: in no span, no metric and no log record, whatever goes wrong."""
    caplog.set_level(logging.DEBUG)
    with Tracker(url, clock=Clock()) as tracker:
        tracker.record(adopted(title=SECRET), scheduled(title=SECRET), by=PERSON, request_id=SECRET)
        with pytest.raises(ValueError):
            tracker.record(ActivityStarted("p/2", on=day("2-1"), note=SECRET), by=PERSON)
        with pytest.raises(ValueError):
            tracker.plan(SECRET)
        tracker.rollup()
        tamper(url, "UPDATE reformtrack_log SET topic = 'X.1' WHERE position = 2")
        tracker.plan("p")
        with pytest.raises(StoreError):
            tracker.record(ActivityStarted("p/1.01", on=day("2-1"), note=SECRET), by=PERSON)
    with patience(0.1), pytest.raises(StoreError):
        Tracker(f"postgresql://{PERSON}:{SECRET.split()[-1]}@127.0.0.1:1/x")
    logged = [str(vars(record)) for record in caplog.records if record.name.startswith("reformtrack")]
    told = [*logged, *(span.to_json() for span in heard.exporter.get_finished_spans())]
    found = heard.reader.get_metrics_data()
    assert found is not None
    told.append(found.to_json().encode().decode("unicode-escape"))
    assert len(told) > 8
    for text in (SECRET, PERSON, SECRET.split()[-1]):
        assert [] == [line for line in told if text in line or text.encode("unicode-escape").decode() in line]


ALONE = """
import sys
if {blocked}:
    sys.modules["opentelemetry"] = None
from reformtrack import Tracker, telemetry
from tests.support import Clock, adopted, scheduled

with Tracker(clock=Clock()) as tracker:
    tracker.record(adopted(), scheduled(), by="x")
    try:
        tracker.plan("q")
    except LookupError:
        pass
    views = tracker.views
    answers = tracker.plan("p").progress(), tracker.rollup().position, views.catch_up(), views.rebuild(), views.lag()
print(telemetry.PRESENT, *answers, any(name.startswith("opentelemetry.sdk") for name in sys.modules))
"""


@pytest.mark.slow
@pytest.mark.parametrize("blocked", [True, False])
def test_it_answers_the_same_without_opentelemetry_and_without_its_sdk(blocked: bool) -> None:
    """Neither is needed; the library never brings the SDK."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", ALONE.format(blocked=blocked)], capture_output=True, text=True, check=True
    )
    assert ("", f"{not blocked} 0/1 (0,0%) 2 2 2 0 False\n") == (done.stderr, done.stdout)


def test_the_library_never_prints() -> None:
    """What it has to say goes through `logging`; only the command line and the file that stands alone write to a screen."""
    calls = [
        f"{path.name}:{node.lineno}"
        for path in Path("src/reformtrack").rglob("*.py")
        if "cli" not in path.parts and path.name not in ("verify_log.py", "__main__.py")
        if re.search(r"\bprint\b", text := path.read_text(encoding="utf-8"))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert [] == calls
