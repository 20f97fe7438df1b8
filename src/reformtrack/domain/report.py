"""
A periodic report: what was sent, and when. Once issued it is locked: a later fact goes into the next one, or into a correction.

Legal (✓) or not (–) in a state:

|  | not issued | issued |
| --- | --- | --- |
| ReportIssued | ✓ | – |
| ReportCorrected | – | ✓ |
| FigurePublished | ✓ | ✓ |
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, assert_never

import attrs
import msgspec
from msgspec import Meta
from msgspec.structs import replace

from reformtrack.domain import errors, illegal
from reformtrack.domain.balance import Entry, Outcome
from reformtrack.domain.fields import ONE_LINE, Count, Note, OptionalSignedNote, Reason, Title, finite, frozen
from reformtrack.domain.period import Period
from reformtrack.domain.progress import CountingRule, Rate
from reformtrack.domain.said import said
from reformtrack.domain.showing import brief_repr
from reformtrack.domain.values import Document, ReportId, code_of, report_id

FigureKey = Annotated[str, Meta(min_length=1, max_length=2_020)]
"""Which line a figure is on: `total`, `domain:` and a code, `lead:` and a name, or the names of joint leads."""

TOTAL = "total"
"""The key of the line for the whole plan."""


@frozen(kw_only=True)
class Figure(Rate):
    """
    A line of a report: a rate in its parts.

    Raises:
        InvalidField: more activities are completed than exist, or more are overdue than open.
    """

    key: FigureKey
    title: Title
    """The title of the line, as printed."""
    completed: Count
    total: Count
    overdue: Count

    def __attrs_post_init__(self) -> None:
        if self.completed > self.total:
            raise errors.unfit(self, "completed", said("0 to its total, {total}", total=self.total))
        if self.overdue > self.total - self.completed:
            accepted = said("0 to the open ones, {count}", count=self.total - self.completed)
            raise errors.unfit(self, "overdue", accepted)


@frozen(kw_only=True)
class Section:
    """A part of a report in words, as its author writes it: "Đánh giá chung", "Kiến nghị, đề xuất"."""

    name: Annotated[str, Meta(min_length=1, max_length=300), ONE_LINE]
    text: Note


@frozen(kw_only=True)
class Content:
    """The content of a report, locked when it is issued, and its basis."""

    rule: CountingRule
    """The counting rule of all its rates."""
    plan_version: Annotated[int, Meta(ge=1)]
    position: Annotated[int, Meta(ge=1)]
    """The log position up to which records were taken into account."""
    figures: Annotated[tuple[Figure, ...], Meta(min_length=1, max_length=1_000)]
    """The total first, then the lines."""
    entries: Annotated[tuple[tuple[Entry, Count], ...], Meta(max_length=20)] = ()
    """The number of activities by how they came into the period."""
    outcomes: Annotated[tuple[tuple[Outcome, Count], ...], Meta(max_length=20)] = ()
    """Where they stand at its end."""
    sections: Annotated[tuple[Section, ...], Meta(max_length=30)] = ()
    """What the report says in words, in order; each name once."""

    def __attrs_post_init__(self) -> None:
        _check_content(self)


def _check_content(content: Content) -> None:
    keys = [figure.key for figure in content.figures]
    if keys[0] != TOTAL or len(set(keys)) < len(keys):
        raise errors.InvalidField("Content", "figures", keys, said("each line once, {total} the first", total=TOTAL))
    names = [section.name for section in content.sections]
    if len(set(names)) < len(names):
        raise errors.InvalidField("Content", "sections", names, said("each name once"))
    sides = [sum(count for _, count in side) for side in (content.entries, content.outcomes)]
    if sides[0] != sides[1]:
        raise errors.InvalidField("Content", "outcomes", sides[1], said("as many as came in, {count}", count=sides[0]))


@frozen(kw_only=True)
class ReportFact:
    """The fields of every event about a report."""

    subject: ReportId = attrs.field(kw_only=False, converter=report_id)
    """The report, as `dak-nong-2023@2023-year`: the plan, and the code of the period."""
    on: date
    """The local day on which it took effect."""


@frozen(kw_only=True)
class ReportIssued(ReportFact):
    """
    The report is issued on this day, and locked from now on.

    Raises:
        InvalidField: the period has another code than the report, or has not ended on that day.
    """

    period: Period
    content: Content
    document: Document | None = None
    """The document that it is issued as."""
    note: Note = ""
    checkpoint: OptionalSignedNote = ""
    """The checkpoint of the log that its figures rest on, signed when it was issued."""

    def __attrs_post_init__(self) -> None:
        _check_period(self, self.period)


@frozen(kw_only=True)
class ReportCorrected(ReportFact):
    """A correction of the report is issued on this day. The earlier content stays on record."""

    content: Content
    """The whole content of the corrected report."""
    reason: Reason
    document: Document | None = None
    checkpoint: OptionalSignedNote = ""
    """The checkpoint of the log that its figures rest on, signed when it was corrected."""


@frozen(kw_only=True)
class FigurePublished(ReportFact):
    """A figure of the period that was published elsewhere: kept as reported, compared, never replaced."""

    period: Period
    reported_text: Annotated[str, Meta(min_length=1, max_length=2_000)]
    """The words of the source, verbatim but for Unicode normalisation."""
    key: FigureKey = TOTAL
    """The key of its line."""
    part: Count | None = None
    whole: Count | None = None
    percent: Decimal | None = attrs.field(default=None, validator=finite)
    """The percentage that the source printed."""
    source: Document | None = None
    rule: CountingRule | None = None
    """The counting rule of the source; None when it names none."""
    note: Annotated[str, Meta(max_length=300)] = ""

    def __attrs_post_init__(self) -> None:
        _check_period(self, self.period)
        if (self.part is None) != (self.whole is None) or (self.part or 0) > (self.whole or 0):
            raise errors.unfit(self, "part", said("part and whole, 0 ≤ part ≤ whole, or neither"))


ReportEvent = ReportIssued | ReportCorrected | FigurePublished

__all__ = ["ReportIssued", "ReportCorrected", "FigurePublished"]


def _check_period(event: ReportIssued | FigurePublished, period: Period) -> None:
    owner = type(event).__name__
    if period.code != code_of(event.subject):
        raise errors.InvalidField(
            owner, "period", period.code, said("the period of the report, {period}", period=code_of(event.subject))
        )
    if event.on < period.last:
        raise errors.unfit(event, "on", said("a day from the cut-off, {last}", last=period.last))


class ReportState(msgspec.Struct, frozen=True):
    """The state of a report."""

    __repr__ = brief_repr

    issued: ReportIssued | None = None
    corrections: tuple[ReportCorrected, ...] = ()
    published: tuple[FigurePublished, ...] = ()


def check(state: ReportState, event: ReportEvent) -> None:
    """Refuse an event that the table above has as illegal in this state, with the error of the rule that is broken."""
    match event:
        case ReportIssued():
            if state.issued is not None:
                raise illegal.ReportAlreadyIssued(event)
        case ReportCorrected():
            if state.issued is None:
                raise illegal.ReportNotIssued(event)
        case FigurePublished():
            pass
        case _:
            assert_never(event)


def evolve(state: ReportState, event: ReportEvent) -> ReportState:
    """The state after an event. Never refuses."""
    match event:
        case ReportIssued():
            return replace(state, issued=event)
        case ReportCorrected():
            return replace(state, corrections=(*state.corrections, event))
        case FigurePublished():
            return replace(state, published=(*state.published, event))
        case _:
            assert_never(event)
