"""Errors: what each says, and that it survives the way between processes."""

import copy
import pickle
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from reformtrack import Deadline, Document, InvalidField, NotFound, RequestReused, VersionConflict, errors
from reformtrack.domain.errors import ReformtrackError, shortened
from reformtrack.errors import ConcurrentUpdate, Incomparable, InvalidInstant, MissingExtra, UnreadableRecord
from reformtrack.events import ActivityStarted, PlanAmended, RecordRetracted
from reformtrack.values import DeadlineKind
from tests.support import ADOPTED, INSTANT, records

STARTED = ActivityStarted("p/1", on=ADOPTED)
UNREADABLE = UnreadableRecord(7, "p/1", 3, "X.1", "event.on", "got `int`", b"{}")


@pytest.mark.parametrize(
    ("error", "text", "facts"),
    [
        (
            InvalidField("Document", "url", "x", "an address"),
            "Document.url cannot be 'x'; accepted: an address",
            {"owner": "Document", "field": "url", "found": "'x'", "accepted": "an address"},
        ),
        (
            InvalidInstant(5, "an instant"),
            "known_at cannot be 5; accepted: an instant",
            {"found": 5, "accepted": "an instant"},
        ),
        (
            Incomparable(
                "{count} activities are in both, such as {first}; accepted: sets with no activity in common",
                count=2,
                first="p/1",
            ),
            "2 activities are in both, such as p/1; accepted: sets with no activity in common",
            {},
        ),
        (
            NotFound("plan", "p", ADOPTED, None),
            "plan 'p' did not exist on 2023-01-02, as known now; accepted: an id that existed on that day, or a later day",
            {"kind": "plan", "id": "p", "on": ADOPTED, "known_at": None},
        ),
        (
            errors.NotPermitted("ActivityStarted", "p/1", "no role of lan permits it"),
            "ActivityStarted(p/1) is not permitted: no role of lan permits it",
            {"event": "ActivityStarted", "subject": "p/1", "reason": "no role of lan permits it"},
        ),
        (
            NotFound("plan", "p", ADOPTED, 7),
            "plan 'p' did not exist on 2023-01-02, as known at 7; accepted: an id that existed on that day, or a later day, or "
            "all that is known now",
            {"known_at": 7},
        ),
        (
            RequestReused("7", 3),
            "request '7' was recorded with other events or by another actor, at position 3; "
            "accepted: the same events by the same actor, or a new request_id",
            {"request_id": "7", "position": 3},
        ),
        (
            VersionConflict("p/1", 2, 3),
            "p/1 was expected at version 2 but is at 3; "
            "accepted: read it again, decide again, and record with the version that was read",
            {"stream": "p/1", "expected": 2, "found": 3},
        ),
        (
            ConcurrentUpdate(["p", "q"], 10),
            "p, q changed during each of 10 attempts; nothing was recorded; "
            "accepted: the same call again, with the same request_id",
            {"streams": ["p", "q"], "attempts": 10},
        ),
        (
            UNREADABLE,
            "record 3 of p/1 (position 7, 'X.1') cannot be read: event.on: got `int`; "
            "Tracker.log.quarantine() lists it, the other streams are not affected",
            {"position": 7, "stream": "p/1", "version": 3, "name": "X.1", "field": "event.on", "state": b"{}"},
        ),
        (
            errors.ClockBehind(3, 4, INSTANT.replace(year=2038), INSTANT),
            "the clock shows 2023-12-31 10:00:00+00:00, but the record at position 4 was recorded at 2038-12-31 "
            "10:00:00+00:00; accepted: a correct clock; or, if a wrong clock stamped the records from position 3 to 4, "
            "correct_instants(3, 4) by a steward",
            {
                "first": 3,
                "last": 4,
                "instant": INSTANT.replace(year=2038),
                "now": INSTANT,
                "errno": None,
                "filename": None,
            },
        ),
        (
            errors.ClocksDiffer("2023-12-31T10:00:00.000000+00:00", "2024-01-01T00:00:00.000000+00:00"),
            "the record would be stamped 2023-12-31T10:00:00.000000+00:00, but the clock of the database server shows "
            "2024-01-01T00:00:00.000000+00:00; accepted: two clocks at most five minutes apart",
            {
                "instant": "2023-12-31T10:00:00.000000+00:00",
                "server": "2024-01-01T00:00:00.000000+00:00",
                "errno": None,
            },
        ),
        (
            errors.NotRecordable("ReportIssued", "p@2023-year"),
            "ReportIssued(p@2023-year) cannot be recorded, only the tracker creates it; "
            "accepted: reports.issue, reports.correct, log.correct_instants, configure or Seals.accept_backup",
            {"event": "ReportIssued", "subject": "p@2023-year", "args": ("ReportIssued", "p@2023-year")},
        ),
        (
            errors.PolicyRequired("PlanAdopted", "p", "SeparationOfDuties", ADOPTED),
            "PlanAdopted(p) is not permitted: the policy SeparationOfDuties is in force since 2023-01-02, but the tracker "
            "has none; accepted: Tracker(…, policy=…), or --stewards on the command line; also policy=open_to_all or "
            "--open-to-all",
            {"event": "PlanAdopted", "subject": "p", "policy": "SeparationOfDuties", "since": ADOPTED},
        ),
        (
            errors.TrackerClosed(),
            "the tracker is closed; accepted: the same call on an open tracker, with the same request_id",
            {},
        ),
        (
            errors.UnknownSubscription("portal"),
            "subscription 'portal' does not exist in this process; "
            "accepted: the same call after Outbox.subscribe('portal', …)",
            {"name": "portal"},
        ),
        (
            errors.WebhookClosed(),
            "the webhook is closed; accepted: closing a webhook after its outbox has stopped",
            {},
        ),
        (
            errors.SheetFileError("a.xlsx", "it is empty"),
            "a.xlsx: it is empty; accepted: a spreadsheet: .xlsx, .xls, .ods or .csv",
            {
                "path": "a.xlsx",
                "found": "it is empty",
                "accepted": "a spreadsheet: .xlsx, .xls, .ods or .csv",
                "args": ("a.xlsx", "it is empty", "a spreadsheet: .xlsx, .xls, .ods or .csv"),
            },
        ),
        (
            errors.TemplateFileError("a.docx", "line 1: x", "a template"),
            "a.docx: line 1: x; accepted: a template",
            {
                "owner": "from_template",
                "field": "template",
                "found": "'a.docx'",
                "path": "a.docx",
                "reason": "line 1: x",
                "accepted": "a template",
                "args": ("a.docx", "line 1: x", "a template"),
            },
        ),
        (
            UnreadableRecord(7, "p" * 201, 3, "X.1", "event.on", "got `int`", b"{}"),
            f"record 3 of {'p' * 200} (position 7, 'X.1') cannot be read: event.on: got `int`; "
            "Tracker.log.quarantine() lists it, the other streams are not affected",
            {"stream": "p" * 201},
        ),
        (
            errors.ActivityIsSuspended(STARTED),
            "ActivityStarted(p/1) on 2023-01-02: the activity is suspended; accepted: ActivityResumed first",
            {"event": STARTED, "found": "the activity is suspended", "proposed": (), "in_the_way": None},
        ),
        (
            errors.UnknownDomain(STARTED, "no domain 7", "one of 1, 2"),
            "ActivityStarted(p/1) on 2023-01-02: no domain 7; accepted: one of 1, 2",
            {"found": "no domain 7", "accepted": "one of 1, 2"},
        ),
    ],
)
def test_an_error_says_what_was_asked_found_and_accepted(error: Any, text: str, facts: dict[str, Any]) -> None:
    """In one line, with the facts as attributes; pickled and copied it is the same."""
    made = type(error)(*error.args)
    for again in (error, made, type(made)(*made.args), pickle.loads(pickle.dumps(made)), copy.copy(made)):
        assert type(error) is type(again)
        assert text == str(again)
        assert facts == {name: getattr(again, name) for name in facts}
    assert isinstance(error, ReformtrackError)


def test_what_is_accepted_instead_of_what_was_not_found_is_kept() -> None:
    """Whoever is told by another process, too."""
    error = NotFound("plan", "p", ADOPTED, None, "one of q, r")
    for again in (error, NotFound(*error.args), pickle.loads(pickle.dumps(error))):
        assert "one of q, r" == again.accepted


def test_a_refusal_of_a_retraction_has_no_day() -> None:
    """A retraction is about a record, and has none."""
    refused = errors.RetractionOfRetraction(RecordRetracted("p/1", version=3, reason="x"))
    assert str(refused).startswith("RecordRetracted(p/1): ")


def test_an_error_shows_itself_in_one_line_of_which_the_text_is_cut() -> None:
    """Its class, and at most 300 characters of what it says."""
    pattern = "{count} activities are in both, such as {first}; accepted: sets with no activity in common"
    around = len(pattern.format(count=2, first=""))
    [short, long] = [repr(Incomparable(pattern, count=2, first="x" * (size - around))) for size in (298, 299)]
    begin, end = pattern.format(count=2, first="|").split("|")
    assert f"Incomparable('{begin}{'x' * (298 - around)}{end}')" == short
    assert f"Incomparable('{begin}{'x' * (299 - around)}{end[:-1]}…)" == long


def test_a_long_value_is_shown_in_part() -> None:
    """At most 80 characters, and a huge text is not copied to be cut."""
    assert repr("x" * 78) == shortened("x" * 78)
    assert "'" + "x" * 78 + "…" == shortened("x" * 79) == shortened("x" * 10**7)
    assert 80 == len(shortened([0] * 1000))


def test_a_refusal_cites_what_is_in_the_way_and_what_was_proposed() -> None:
    """The record, its version and its day."""
    error = errors.ActivityAlreadyStarted(STARTED)
    error.in_the_way = records(ActivityStarted("p/1", on=date(2023, 1, 1)))[0]
    assert (
        "ActivityStarted(p/1) on 2023-01-02: its start is on record already "
        "(ActivityStarted(p/1) on 2023-01-01, record 1 of p/1); accepted: ProgressReported; "
        "to correct the day of the start, retract that record and record it anew"
    ) == str(error)
    error.proposed = (STARTED, STARTED)
    assert str(error).startswith(
        "ActivityStarted(p/1) on 2023-01-02, ActivityStarted(p/1) on 2023-01-02 would make a recorded event illegal, "
        "ActivityStarted(p/1) on 2023-01-02: "
    )


def test_a_missing_extra_is_named_with_the_library() -> None:
    """The library's first name; where another error came of it, its words."""
    missing = ModuleNotFoundError("No module named 'docx.opc'", name="docx.opc")
    for found, said in (
        (missing, "docx is not installed"),
        (ModuleNotFoundError("x"), "x"),
        (ImportError("libpq is missing", name="psycopg.pq"), "libpq is missing"),
    ):
        error = MissingExtra("word", found)
        assert f"{said}; accepted: pip install 'reformtrack[word]'" == str(error)
        assert ("word", found) == error.args == (error.extra, error.found)


NOON = date(2023, 6, 30)


@pytest.mark.parametrize(
    ("made", "owner", "field", "found"),
    [
        (
            lambda: Deadline("x", DeadlineKind.DAY, (NOON,), start=date(2023, 7, 1)),
            "Deadline",
            "start",
            "datetime.date(2023, 7, 1)",
        ),
        (
            lambda: PlanAmended("p", on=NOON, document=Document(title="x"), host_fields={"é": "a", "e\u0301": "b"}),
            "PlanAmended",
            "host_fields",
            "['é', 'e\u0301']",
        ),
        (lambda: Document(url="https://a:b@chinhphu.vn/x"), "Document", "url", "'…@chinhphu.vn'"),
        (lambda: Document(url="https:///x"), "Document", "url", "'https:///x'"),
    ],
)
def test_an_error_of_a_value_says_whose_it_is_and_what_was_given(
    made: Callable[[], object], owner: str, field: str, found: str
) -> None:
    with pytest.raises(InvalidField) as refused:
        made()
    error = refused.value
    assert (owner, field, found) == (error.owner, error.field, error.found)
    assert error.accepted
