"""What cannot be built is refused in words that name the class, the field, what was found and what would be accepted."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from reformtrack import CountingRule, Deadline, Document, Domain, InvalidField
from reformtrack.answers import Balance, Counted, Entry, Outcome, PlanVersion
from reformtrack.domain.progress import Progress
from reformtrack.domain.values import activity_id, indicator_id, plan_id, stream_id
from reformtrack.events import ActivityScheduled, InstantsCorrected, ProgressReported, ReadingTaken
from reformtrack.values import DeadlineKind
from tests.support import adopted, day, scheduled

DAY = day("6-30")


def reported(**fields: Any) -> ProgressReported:
    return ProgressReported("p/1", on=DAY, **fields)


def read(**fields: Any) -> ReadingTaken:
    return ReadingTaken("p#a", on=DAY, **{"as_of": DAY, **fields})


def balance(**fields: Any) -> Balance:
    return Balance(**{"first": day("1-1"), "last": DAY, "lines": (), **fields})


def progress(**fields: Any) -> Progress:
    return Progress(**{"rule": CountingRule.DATED_ONLY, "on": DAY, **fields})


def deadline(kind: DeadlineKind, *days: date) -> Deadline:
    return Deadline("x", kind, days)


@dataclass
class Refused:
    """A call that is refused, and the words."""

    build: Callable[[], object]
    text: str


CAME_TWICE: Any = [("p/1", Entry.ADDED, Outcome.OPEN_IN_TIME), ("p/1", Entry.REOPENED, Outcome.OPEN_IN_TIME)]
COUNTED_TWICE: Any = [("p/1", Counted.OPEN), ("p/1", Counted.COMPLETED)]
VERSIONS: Any = [PlanVersion(plan_id("p"), 1), PlanVersion(plan_id("p"), 2)]
NOT_DUE: Any = [("p/1", Counted.OPEN), ("p/2", Counted.NOT_YET_DUE)]

REFUSED = [
    Refused(
        lambda: Document(type="Quyết định"),
        "Document.number cannot be ''; accepted: a number, a title, a url or a sha256: one at least",
    ),
    Refused(
        lambda: Document(url="ftp://a.vn"),
        "Document.url cannot be 'ftp://a.vn'; accepted: an http or https address without spaces",
    ),
    Refused(
        lambda: Document(sha256="A" * 3),
        "Document.sha256 cannot be 'AAA'; accepted: 64 lower-case hexadecimal digits",
    ),
    Refused(
        lambda: reported(percent=Decimal(101)),
        "ProgressReported.percent cannot be Decimal('101'); accepted: 0 to 100",
    ),
    Refused(
        lambda: reported(percent=Decimal("NaN")),
        "ProgressReported.percent cannot be Decimal('NaN'); "
        "accepted: a finite number up to 10^15 with at most six decimals",
    ),
    Refused(
        lambda: reported(part=1, unit="hồ sơ"),
        "ProgressReported.part cannot be 1; accepted: part, whole and unit together, or none",
    ),
    Refused(
        lambda: reported(part=3, whole=2, unit="hồ sơ"),
        "ProgressReported.part cannot be 3; accepted: 0 to its whole, 2",
    ),
    Refused(
        lambda: reported(part=1, whole=2, unit="hồ sơ", percent=Decimal(50)),
        "ProgressReported.percent cannot be Decimal('50'); accepted: percent, or part of a whole: not both",
    ),
    Refused(
        reported,
        "ProgressReported.note cannot be ''; accepted: a measure, or words in note, obstacles or next_step",
    ),
    Refused(
        lambda: read(as_of=day("7-1")),
        "ReadingTaken.as_of cannot be 2023-07-01; accepted: a day not after `on`, 2023-06-30",
    ),
    Refused(lambda: read(part=44, whole=43), "ReadingTaken.part cannot be 44; accepted: 0 to its whole, 43"),
    Refused(
        lambda: adopted(domains=(Domain("1", "a"), Domain("1", "b"))),
        "PlanAdopted.domains cannot be ['1', '1']; accepted: domains whose codes are unique",
    ),
    Refused(
        lambda: balance(last=day("1-1"), first=DAY),
        "Balance.last cannot be 2023-01-01; accepted: a day from 2023-06-30",
    ),
    Refused(lambda: balance(lines=CAME_TWICE), "Balance.lines cannot be (('p/1',.*; accepted: each activity once"),
    Refused(
        lambda: progress(counted=COUNTED_TWICE),
        "Progress.counted cannot be (('p/1', <Counted.OPEN.*; accepted: each activity once",
    ),
    Refused(
        lambda: progress(plan_versions=VERSIONS),
        "Progress.plan_versions cannot be (PlanVersion(plan='p', number=1.*; accepted: one version of each plan",
    ),
    Refused(
        lambda: progress(counted=NOT_DUE),
        "Progress.counted cannot be 'not_yet_due'; "
        "accepted: under the rule dated_only: completed, open, overdue, no_date, withdrawn, carried_over",
    ),
    Refused(
        lambda: deadline(DeadlineKind.QUARTER),
        "Deadline.days cannot be (); accepted: 1 to 1 days for the kind quarter",
    ),
    Refused(
        lambda: deadline(DeadlineKind.DAYS, DAY),
        "Deadline.days cannot be (datetime.date(2023, 6, 30),); accepted: 2 to 366 days for the kind days",
    ),
    Refused(
        lambda: deadline(DeadlineKind.REGULAR, DAY),
        "Deadline.days cannot be (datetime.date(2023, 6, 30),); accepted: 0 to 0 days for the kind regular",
    ),
    Refused(
        lambda: deadline(DeadlineKind.DAYS, DAY, DAY),
        "Deadline.days cannot be (datetime.date(2023, 6, 30), datetime.date(2023, 6, 30)); "
        "accepted: days in order, each once",
    ),
    Refused(
        lambda: scheduled(deadline=Deadline("a\x00", DeadlineKind.REGULAR, ())),
        "ActivityScheduled.deadline cannot be 'a\\x00'; accepted: a deadline whose text is without U+0000",
    ),
    Refused(
        lambda: scheduled(deadline=Deadline("", DeadlineKind.REGULAR, (5,))),  # type: ignore[arg-type]
        "Deadline.days cannot be (5,); accepted: a tuple of a day as date(2023, 6, 30)",
    ),
    Refused(
        lambda: scheduled(deadline=Deadline("x" * 501, DeadlineKind.REGULAR, ())),
        "ActivityScheduled.deadline cannot be 'xxx.*; accepted: a deadline whose text has at most 500 characters",
    ),
    Refused(
        lambda: scheduled(title="a\u202e"),
        "ActivityScheduled.title cannot be 'a\\u202e'; accepted: text without U+202E",
    ),
    Refused(
        lambda: scheduled(weight=0),
        "ActivityScheduled.weight cannot be 0; accepted: `int` >= 1",
    ),
    Refused(
        lambda: scheduled(document={"number": "1"}),
        "ActivityScheduled.document cannot be {'number': '1'}; "
        "accepted: values of reformtrack's own classes, not mappings",
    ),
    Refused(
        lambda: InstantsCorrected("~clock", on=DAY, first=5, last=4, reason="x"),
        "InstantsCorrected.last cannot be 4; accepted: a log position from 5 on",
    ),
    Refused(
        lambda: InstantsCorrected("~clock", on=DAY, first=0, last=4, reason="x"),
        "InstantsCorrected.first cannot be 0; accepted: `int` >= 1",
    ),
    Refused(
        lambda: InstantsCorrected("~clock", on=DAY, first=1, last=2**63, reason="x"),
        "InstantsCorrected.last cannot be 9223372036854775808; accepted: `int` <= 9223372036854775807",
    ),
    Refused(
        lambda: plan_id("P"),
        "plan.id cannot be 'P'; "
        "accepted: lower-case words and digits joined by hyphens, as dak-nong-2023; at most 200 characters",
    ),
    Refused(
        lambda: activity_id("p"),
        "activity.id cannot be 'p'; "
        "accepted: a plan id, a slash and a code, as dak-nong-2023/1.04; at most 200 characters",
    ),
    Refused(
        lambda: indicator_id("p"),
        "indicator.id cannot be 'p'; "
        "accepted: a plan id, a hash and a name, as dak-nong-2023#complaints; at most 200 characters",
    ),
    Refused(
        lambda: stream_id("p/"),
        "activity.id cannot be 'p/'; "
        "accepted: a plan id, a slash and a code, as dak-nong-2023/1.04; at most 200 characters",
    ),
    Refused(
        lambda: stream_id(5),  # type: ignore[arg-type]
        "plan.id cannot be 5; "
        "accepted: lower-case words and digits joined by hyphens, as dak-nong-2023; at most 200 characters",
    ),
]


@pytest.mark.parametrize("refused", REFUSED, ids=lambda refused: refused.text.partition(" ")[0])
def test_a_refusal_says_what_cannot_be_what_and_what_can(refused: Refused) -> None:
    """In one line; `.*` stands for what has no fixed order."""
    with pytest.raises(InvalidField) as caught:
        refused.build()
    parts = refused.text.split(".*")
    assert str(caught.value).startswith(parts[0])
    assert str(caught.value).endswith(parts[-1])
    assert all(part in str(caught.value) for part in parts)


def test_a_deadline_of_an_event_is_a_deadline() -> None:
    """Its text as printed has to be read first: a text alone is refused."""
    with pytest.raises(InvalidField, match="deadline cannot be 'Quý III'; accepted: Deadline; a text is read"):
        ActivityScheduled("p/1", on=DAY, domain="1", title="x", lead="y", deadline="Quý III")  # type: ignore[arg-type]
