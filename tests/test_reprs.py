"""What a value shows of itself: one short line that helps, no address in memory, no secret; in a notebook a small table."""

import html.parser
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from reformtrack import (
    Deadline,
    Document,
    Domain,
    InvalidField,
    NotFound,
    Plan,
    Progress,
    SeparationOfDuties,
    Tracker,
)
from reformtrack.answers import Rollup, Session, bridge
from reformtrack.country.counting import Lines
from reformtrack.domain.dispatch import DigestSent
from reformtrack.domain.errors import shortened
from reformtrack.domain.progress import CountingRule
from reformtrack.errors import UnreadableRecord
from reformtrack.events import (
    ActivityCompleted,
    AgencyRegistered,
    IndicatorDefined,
    ReadingTaken,
    RecordRetracted,
    RoleGranted,
)
from reformtrack.exchange.digest import digests, sent
from reformtrack.outbox import Outbox
from reformtrack.outbox.webhook import Webhook
from reformtrack.protection import Protection
from reformtrack.seal import Seals, SigningKey
from reformtrack.store.application import RecordStore, settings_of
from reformtrack.testing.conformance import StoreConformance
from reformtrack.values import IndicatorKind, Role
from tests.support import ADOPTED, Clock, adopted, day, scheduled, tamper
from tests.test_surface import MODULES

LONG = "Rà soát <b>văn bản</b> & " * 80
"""As long as a title may be, and markup in it."""

MOST = 1_000
"""Characters of a representation, of whatever."""

ACTIVITIES = 120


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Tracker, Mapping[str, Any]]]:
    """A tracker with long texts in every field that may be long, and whatever can be asked of it."""
    url = f"sqlite:///{tmp_path_factory.mktemp('reprs')}/plans.db"
    with Tracker(url, clock=Clock()) as tracker:
        Protection(tracker, bytes(32))
        domains = tuple(Domain(f"{n}", LONG[:1_900]) for n in range(1, 30))
        document = Document(number="1/QĐ", title=LONG[:1_900], issuer="UBND")
        host = {f"{n}": LONG[:1_900] for n in range(20)}
        tracker.record(
            adopted(domains=domains, title=LONG[:1_900], document=document, host_fields=host),
            *(
                scheduled(
                    f"p/1.{n}",
                    title=LONG[:1_900],
                    lead=f"Sở {n}",
                    supporting=tuple(f"Sở {x}" for x in range(50)),
                    host_fields=host,
                    deadline=Deadline.parse("Hằng tháng" if n % 2 else "Quý I", 2023),
                )
                for n in range(ACTIVITIES)
            ),
            by="x" * 300,
        )
        tracker.record(
            *(ActivityCompleted(f"p/1.{n}", on=day("6-1"), evidence=(document,) * 50) for n in range(0, ACTIVITIES, 4)),
            *(AgencyRegistered(f"@a-{n}", on=ADOPTED, name=f"Sở {n}" * 20, aliases=("SNV",) * 1) for n in range(40)),
            RoleGranted("@a-1", on=ADOPTED, actor="nva", role=Role.MONITOR),
            IndicatorDefined("p#a", on=ADOPTED, title=LONG[:1_900], unit="vụ", kind=IndicatorKind.TEXT),
            *(ReadingTaken("p#a", on=ADOPTED, as_of=ADOPTED, reported_text=LONG[:1_900]) for _ in range(30)),
            by="a",
        )
        tracker.reports.issue("p", "2023-year", by="a")
        tracker.reports.issue("p", "2023-h1", by="a")
        tracker.record(RecordRetracted("p/1.0", version=2, reason=LONG), by="a")
        tracker.reports.correct("p@2023-year", reason=LONG, by="a")
        tracker.record(DigestSent("p!a", on=ADOPTED, to="Sở 1", warnings=("x" * 300,) * 200), by="a")
        yield tracker, _answers(tracker)


def _answers(tracker: Tracker) -> Mapping[str, Any]:
    plan, report, other = tracker.plan("p"), tracker.reports.get("p@2023-year"), tracker.reports.get("p@2023-h1")
    rollup, registry = tracker.rollup(by=["plan", "lead"]), tracker.agencies()
    [indicator] = tracker.indicators("p")
    found = {
        "tracker": tracker,
        "plan": plan,
        "progress": plan.progress(),
        "balance": plan.balance(date(2023, 1, 1)),
        "activity": plan.activity("1.0"),
        "record": tracker.log.history("p/1.4")[0],
        "retraction": tracker.log.history("p/1.0")[-1],
        "record of a report": tracker.log.history("p@2023-year")[0],
        "report": report,
        "drift": other.drift(),
        "drift line": other.drift().lines[0],
        "bridge": bridge(other, report),
        "rollup": rollup,
        "rollup as known": tracker.rollup(known_at=tracker.log.position()),
        "lines": rollup.lines,
        "tally": rollup.total,
        "registry": registry,
        "agency": registry.agency("@a-1"),
        "found": registry.resolve("SNV"),
        "nobody": registry.resolve("x" * 300),
        "indicator": indicator,
        "warning": tracker.warnings("p")[0],
        "plan row": tracker.plans()[0],
        "roll-over": tracker.roll_over("p", "q", on=date(2023, 12, 30)),
        "digest": digests(tracker, "p")[0],
        "sent": sent(tracker, "p"),
        "checkpoint": Seals(tracker).seal(SigningKey.generate("example.vn/a")),
        "key": SigningKey.generate("example.vn/a"),
        "outbox": Outbox(tracker, "https://example.vn/log"),
        "webhook": Webhook("https://example.vn/in", "whsec_" + "A" * 44),
        "policy": SeparationOfDuties(stewards=tuple(f"somebody-{n}" for n in range(200))),
        "error": InvalidField("Document", "title", "x" * 100_000, "less"),
        "not found": NotFound("plan", "p", ADOPTED, None),
        "unreadable": UnreadableRecord(1, "p", 1, "PlanAdopted.1", "state", "x" * 400, bytes(1_000_000)),
    }
    parts = {f"{name}.{part}": value for name, one in found.items() for part, value in _parts(one)}
    events = {type(record.event).__name__: record.event for record in tracker.log.records()}
    return {**found, **parts, **events}


def _parts(value: Any) -> Iterator[tuple[str, Any]]:
    """The public attributes of a value, and what a public method answers that takes nothing."""
    if not type(value).__module__.startswith("reformtrack") or isinstance(value, Tracker | Outbox | Webhook):
        return
    for name in dir(value):
        if not name.startswith("_") and name not in ("to_frame", "history_frame", "close"):
            found = getattr(value, name, None)
            if callable(found) and type(found).__name__ == "method":
                continue
            if not isinstance(found, str | bytes | int | tuple) and not callable(found):
                yield name, found
            if isinstance(found, tuple) and found and not isinstance(found[0], str | int | bytes | tuple):
                yield f"{name}[0]", found[0]


def test_each_value_shows_itself_in_a_short_line(world: tuple[Tracker, Mapping[str, Any]]) -> None:
    """However long its texts are and however much it holds: of whatever the tracker answers, and of what is in it."""
    _, answers = world
    assert len(answers) > 120
    long = {name: len(repr(value)) for name, value in answers.items() if len(repr(value)) > MOST}
    assert long == {}
    lines = [name for name, value in answers.items() if "\n" in repr(value)]
    assert lines == []
    addresses = {name: repr(value) for name, value in answers.items() if re.search("0x[0-9a-f]{6,}", repr(value))}
    assert addresses == {}


@pytest.mark.parametrize(
    ("name", "shows"),
    [
        ("tracker", ["Tracker", "plans.db"]),
        ("plan", ["Plan", "p", "2023-12-31", "version 1", "120 activities", "29/120 (24,2%)"]),
        ("plan.records", ["121 entries", "'p'"]),
        ("progress", ["Progress", "29/120 (24,2%)", "whole_plan", "2023-12-31"]),
        ("balance", ["Balance", "2023-01-01", "2023-12-31", "120"]),
        ("activity", ["Activity", "p/1.0", "overdue", "2023-03-31", "Rà soát"]),
        ("record", ["Record", "ActivityScheduled(p/1.4) on 2023-01-02", "version 1", "xxx"]),
        ("retraction", ["RecordRetracted(p/1.0)", "version 3"]),
        ("report", ["Report", "p@2023-year", "2023-12-31", "29/120 (24,2%)", "1 correction"]),
        ("rollup", ["Rollup", "plan, lead", "120 parts"]),
        ("lines", ["120"]),
        ("registry", ["Registry", "40 agencies", "2023-12-31"]),
        ("indicator", ["Indicator", "p#a", "30 readings"]),
        ("outbox", ["Outbox", "https://example.vn/log"]),
        ("webhook", ["Webhook", "example.vn"]),
        ("error", ["InvalidField", "Document.title"]),
    ],
)
def test_what_it_shows_helps(name: str, shows: list[str], world: tuple[Tracker, Mapping[str, Any]]) -> None:
    """What it is, of which day, and how it stands."""
    found = repr(world[1][name])
    for words in shows:
        assert words in found
    assert len(found) < 400


def test_a_plan_that_cannot_be_read_shows_itself_all_the_same(tmp_path: Path) -> None:
    """And that its figures cannot be given."""
    url = f"sqlite:///{tmp_path}/a.db"
    with Tracker(url, clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(), by="a")
    tamper(url, "UPDATE reformtrack_log SET state = '{}' WHERE originator_id = 'p/1.01'")
    with Tracker(url, clock=Clock()) as tracker:
        plan = tracker.plan("p")
        assert "1 record cannot be read" in repr(plan)
        assert "1 record cannot be read" in plan._repr_html_()
        assert len(repr(plan.unreadable)) < MOST


@pytest.mark.parametrize(
    ("url", "shows"),
    [
        ("sqlite:///a/plans.db", "a/plans.db"),
        ("postgresql://u:SECRET@h1:5432,h2/d?password=SECRET&schema=s", "postgresql://h1:5432,h2/d"),
        ("postgresql://u:SEC@RET@h/d", "postgresql://h/d"),
        ("postgresql://u:SEC?RET@h/d", "postgresql://…"),
        ("postgresql://u:SEC/RET@h/d", "postgresql://…"),
        ("postgresql://u:x@h/d?password=SEC@RET", "postgresql://…"),
        ("postgresql:///d?host=/run", "postgresql:///d"),
    ],
)
def test_a_tracker_shows_its_store_and_no_password(url: str, shows: str) -> None:
    """Whatever is in its address."""
    place = RecordStore.place.fget(SimpleNamespace(env=settings_of(url)))  # type: ignore[attr-defined]
    assert place.startswith(shows)
    assert not re.search("SEC|RET", place)


def test_a_tracker_without_a_file_is_in_memory() -> None:
    """However that is said."""
    assert ["<Tracker in memory>"] * 2 == [repr(Tracker()), repr(Tracker("sqlite://"))]


def test_no_public_class_shows_an_address() -> None:
    """Those that hold something open, too; an enumeration and a type of ids show what they are."""
    public = [getattr(module, name) for module in MODULES for name in module.__all__]
    classes = [one for one in (*public, Lines) if isinstance(one, type) and one not in (Session, StoreConformance)]
    assert len(classes) > 80
    plain: list[object] = [object.__repr__]
    assert [] == [one.__name__ for one in classes if one.__repr__ in plain]


class Tags(html.parser.HTMLParser):
    """Which tags a page has, and whether each is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.open.append(tag)
        self.seen.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert tag == self.open.pop()


def parsed(page: str) -> set[str]:
    tags = Tags()
    tags.feed(page)
    assert [] == tags.open
    return tags.seen


def test_a_notebook_shows_a_small_table(world: tuple[Tracker, Mapping[str, Any]]) -> None:
    """Of a plan its domains, of a progress its counts, of a roll-up its first parts; all texts escaped."""
    _, answers = world
    plan: Plan = answers["plan"]
    progress: Progress = answers["progress"]
    rollup: Rollup = answers["rollup"]
    for value in (plan, progress, rollup):
        page = value._repr_html_()
        assert parsed(page) <= {"table", "caption", "tr", "th", "td"}
        assert len(page) < 20_000
    assert "29/120 (24,2%)" in plan._repr_html_()
    assert "Rà soát &lt;b&gt;" in plan._repr_html_()
    assert plan._repr_html_().count("<tr>") == 29 + 1
    assert "quá hạn" in progress._repr_html_()
    assert "toàn kế hoạch" in progress._repr_html_()
    assert rollup._repr_html_().count("<tr>") == 20 + 1
    assert "100" in rollup._repr_html_(), "how many more there are"


def test_what_is_protected_is_a_mark_in_a_notebook() -> None:
    """The token is nobody's to read."""
    with Tracker(clock=Clock()) as tracker:
        protection = Protection(tracker, bytes(32))
        token = protection.protect("nv-1", "Nguyễn Văn A")
        tracker.record(adopted(title=f"Kế hoạch của {token}"), scheduled(), by="a")
        page = tracker.plan("p")._repr_html_()
    assert "[protected]" in page
    assert "⟦" not in page


def test_a_shortened_text_says_that_it_is() -> None:
    """With a mark at its end."""
    assert shortened("x" * 100).endswith("…")
    assert "…" in repr(scheduled(title="x" * 100))


def test_a_repr_does_no_more_than_show(world: tuple[Tracker, Mapping[str, Any]]) -> None:
    """Equality, order and hashes are as they were."""
    tracker, answers = world
    assert tracker.plan("p") == answers["plan"]
    assert hash(tracker.plan("p").progress()) == hash(answers["progress"])
    assert dict(answers["plan"].records) == answers["plan"].records


CALLS: dict[str, Callable[[], Any]] = {
    "progress of nothing": lambda: Progress(rule=CountingRule.WHOLE_PLAN, on=ADOPTED),
    "progress at a position": lambda: Progress(rule=CountingRule.WHOLE_PLAN, on=ADOPTED, known_at=120),
    "progress at an instant": lambda: Progress(rule=CountingRule.WHOLE_PLAN, on=ADOPTED, known_at=Clock().now),
    "an empty roll-up": lambda: Tracker().rollup(),
    "an empty register": lambda: Tracker(clock=lambda: datetime(2023, 1, 1, tzinfo=Clock().now.tzinfo)).agencies(),
}


@pytest.mark.parametrize("name", CALLS)
def test_what_is_empty_shows_itself(name: str) -> None:
    """Without an error."""
    found = CALLS[name]()
    assert 0 < len(repr(found)) < 300
    if hasattr(found, "_repr_html_"):
        parsed(found._repr_html_())
