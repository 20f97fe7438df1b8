"""Bad input: each kind is refused with its own clear error, and nothing is appended."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from reformtrack import Document, InvalidField, Tracker, errors
from reformtrack.errors import InvalidInstant
from reformtrack.events import (
    ActivityCompleted,
    ActivityStarted,
    ActivityWithdrawn,
    IndicatorDefined,
    ProgressReported,
    ReadingTaken,
    RecordRetracted,
)
from reformtrack.values import IndicatorKind
from tests.support import Clock, adopted, day, scheduled

STARTED, WITHDRAWN, MARCH = "p/1.01", "p/1.02", day("3-1")


@pytest.fixture
def tracker() -> Iterator[Tracker]:
    with Tracker(clock=Clock()) as tracker:
        tracker.record(
            adopted(),
            scheduled(STARTED),
            ActivityStarted(STARTED, on=day("2-1")),
            by="so-noi-vu",
        )
        tracker.record(
            RecordRetracted(STARTED, version=2, reason="sai ngày"),
            ActivityStarted(STARTED, on=day("2-2")),
            scheduled(WITHDRAWN),
            ActivityWithdrawn(WITHDRAWN, on=day("2-1"), reason="không còn phù hợp"),
            by="so-noi-vu",
        )
        yield tracker


def reported(**fields: Any) -> ProgressReported:
    return ProgressReported(STARTED, on=MARCH, **fields)


def figure(**fields: Any) -> list[Any]:
    kind = IndicatorKind.COUNT
    return [
        IndicatorDefined("p#a", on=MARCH, title="x", unit="vụ", kind=kind),
        ReadingTaken("p#a", on=MARCH, as_of=MARCH, **fields),
    ]


BAD: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "dated after today": (
        lambda: ActivityStarted("p/1.01", on=date(2024, 1, 1)),
        errors.DatedInTheFuture,
        "today is 2023-12-31; accepted: a day up to today",
    ),
    "unknown domain": (
        lambda: scheduled("p/1.03", domain="9"),
        errors.UnknownDomain,
        "the plan has no domain '9' (PlanAdopted(p) on 2023-01-02, record 1 of p); accepted: one of 1, 2",
    ),
    "duplicate code": (lambda: scheduled(STARTED), errors.ActivityAlreadyScheduled, "accepted: another code"),
    "completion of a withdrawn activity": (
        lambda: ActivityCompleted(WITHDRAWN, on=MARCH),
        errors.ActivityHasLeft,
        "record 2 of p/1.02",
    ),
    "second start": (
        lambda: ActivityStarted(STARTED, on=MARCH),
        errors.ActivityAlreadyStarted,
        "its start is on record already (ActivityStarted(p/1.01) on 2023-02-02, record 4 of p/1.01)",
    ),
    "retraction of a retraction": (
        lambda: RecordRetracted(STARTED, version=3, reason="x"),
        errors.RetractionOfRetraction,
        "accepted: ",
    ),
    "naive datetime for a day": (
        lambda: ActivityStarted("p/1.03", on=datetime(2023, 3, 1, 8)),
        InvalidField,
        "ActivityStarted.on cannot be datetime.datetime(2023, 3, 1, 8, 0)",
    ),
    "NaN": (lambda: reported(percent=Decimal("NaN")), InvalidField, "accepted: a finite number"),
    "infinity": (lambda: figure(value=Decimal("Infinity")), InvalidField, "accepted: a finite number"),
    "float": (lambda: reported(percent=40.0), InvalidField, "`decimal | null`, got `float`"),
    "negative percentage": (lambda: reported(percent=Decimal(-1)), InvalidField, "accepted: 0 to 100"),
    "negative count": (lambda: figure(value=Decimal(-1)), errors.ReadingDoesNotFit, "a whole number from 0"),
    "negative part": (lambda: reported(part=-1, whole=2, unit="hồ sơ"), InvalidField, ">= 0"),
    "huge number": (lambda: figure(value=Decimal(10) ** 16), InvalidField, "up to 10^15"),
    "huge exponent": (lambda: figure(value=Decimal("1E+999999")), InvalidField, "up to 10^15"),
    "huge count": (lambda: reported(part=1, whole=10**30, unit="hồ sơ"), InvalidField, "ProgressReported.whole"),
    "text of 1 MB": (lambda: reported(note="x" * 2**20), InvalidField, "length <= 20000"),
    "NUL": (lambda: reported(note="a\x00b"), InvalidField, "text without U+0000"),
    "bidirectional control": (lambda: reported(note="a\u202eb"), InvalidField, "text without U+202E"),
    "lone surrogate": (lambda: reported(note="\ud800"), InvalidField, "text without U+D800"),
    "text for a day": (lambda: ActivityStarted(STARTED, on="2023-03-01"), InvalidField, "`date`, got `str`"),  # type: ignore[arg-type]
    "number for a text": (lambda: reported(note=5), InvalidField, "`str`, got `int`"),
    "text for evidence": (
        lambda: ActivityCompleted(STARTED, on=MARCH, evidence="45/BC"),  # type: ignore[arg-type]
        InvalidField,
        "ActivityCompleted.evidence cannot be '45/BC'",
    ),
    "script for an address": (lambda: Document(url="javascript:alert(1)"), InvalidField, "an http or https address"),
    "no event": (lambda: "ActivityStarted", errors.NoEvent, "accepted: the events of reformtrack"),
}


ADDRESSES = [
    "javascript:alert(1)",
    "data:text/html,<script>",
    "//example.vn/a",
    "https://user:mat-khau@example.vn/",
    "https://example.vn@elsewhere.example/",
    "https://example.vn\\@elsewhere.example/",
    "https://example.vn\\.elsewhere.example/",
    "https://example.vn/a\\b",
    "https:///a",
    "https://?",
    "https://[",
    "https://%65xample.vn/",
    "https://example.vn:0/",
    "https://example.vn:99999/",
    "https://ex\u0430mple.vn/",
    "https://example\u3002vn/",
    "https://example.vn\uff0f.elsewhere.example/",
    "https://exam\u200bple.vn/",
    "https://example.vn/a\u00adb",
    "https://example.vn/\u2060",
    "https://example.vn/a b",
    "https://example.vn/\n",
    "https://example.vn/\u202egnp.exe",
]


@pytest.mark.parametrize("url", ADDRESSES)
def test_an_address_that_does_not_lead_where_it_says_is_refused(url: str) -> None:
    """No script, no user that looks like a host, no letter like another, nothing that nobody sees; no password is said."""
    with pytest.raises(InvalidField, match=r"Document\.url") as caught:
        Document(url=url)
    assert "mat-khau" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:8023/",
        "https://[2001:db8::1]:8443/a",
        "https://tênmiền.vn/Quyết%20định",
        "https://đắknông.gov.vn/Sở?a=@&b=ạ",
    ],
)
def test_an_address_that_leads_where_it_says_is_kept(url: str) -> None:
    """In Vietnamese letters too."""
    assert url == Document(url=url).url


def test_an_address_that_was_recorded_before_is_read_as_it_is() -> None:
    """What is asked of new ones makes no old record unreadable."""
    stored = b'{"url":"https://user@example.vn/"}'
    assert "https://user@example.vn/" == msgspec.json.decode(stored, type=Document).url


@pytest.mark.parametrize(("build", "error", "text"), BAD.values(), ids=BAD)
def test_bad_input_is_refused_with_its_own_error_and_nothing_is_appended(
    tracker: Tracker, build: Callable[[], Any], error: type[Exception], text: str
) -> None:
    """Together with a good event, which is not recorded either."""
    position = tracker.log.position()
    with pytest.raises(error) as caught:
        built = build()
        events = built if isinstance(built, list) else [built]
        tracker.record(scheduled("p/2.01"), *events, by="so-noi-vu")
    assert error is type(caught.value)
    assert text in str(caught.value)
    assert len(str(caught.value)) < 500, "a message is read by people"
    assert position == tracker.log.position()


def test_an_instant_without_an_offset_is_refused_wherever_one_is_taken(tracker: Tracker) -> None:
    """In a question, and from the clock."""
    with pytest.raises(
        InvalidInstant, match="known_at cannot be 2023-12-31 00:00:00; accepted: an instant with its time zone"
    ):
        tracker.plan("p", known_at=datetime(2023, 12, 31))
    with Tracker(clock=lambda: datetime(2023, 12, 31)) as naive, pytest.raises(InvalidInstant):
        naive.record(adopted(), by="x")
