"""
What an import lets in: a record that somebody sends in a file is held to what recording holds it to.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import attrs

from reformtrack.domain.errors import UnreadableRecord
from reformtrack.domain.fields import Name, OptionalName, RequestId, checked, rebuilt
from reformtrack.domain.instants import MOST_AHEAD
from reformtrack.domain.journal import InstantsCorrected
from reformtrack.domain.json_text import refuse_duplicate_keys
from reformtrack.domain.timeline import Record
from reformtrack.store.instants import correction_of, text_of
from reformtrack.store.log_file import Line, row_of

if TYPE_CHECKING:
    from reformtrack.store.application import RecordStore


@attrs.frozen(field_transformer=checked)
class _How:
    """How a record came on record, as far as it is text."""

    by: Name
    request_id: RequestId
    agency: OptionalName
    rule: OptionalName


class Admission:
    """
    Holds the lines of a log file, as they come, to what recording holds a record to: its texts, its instant, what it says.

    The history that they make is not judged. What the store has already is compared with the file, and held to nothing.

    Args:
        store: where they are to be stored.
        now: gives the instant that it is.
        corrections: the lines of the file that say that instants are wrong.
    """

    def __init__(self, store: "RecordStore", now: Callable[[], datetime], corrections: Sequence[Line]) -> None:
        self._mapper = store.mapper
        self._soon = text_of(now() + MOST_AHEAD)
        self._head = store.head()
        self._order = store.instants.order([event for line in corrections if (event := self._correction(line))])
        self._latest, self._order.latest = self._order.latest, ""

    def __call__(self, line: Line) -> None:
        """
        Hold the next line to it.

        Raises:
            ValueError: recording would not have left it so; says why.
        """
        if line.position <= self._head:
            self._latest = ""  # the file says itself what comes before
            self._order.passed_by(line.position, line.recorded_at)
            return
        self._order.latest = max(self._order.latest, self._latest)
        self._check_texts(line)
        self._check_instant(line)

    def _check_texts(self, line: Line) -> None:
        record = self._read(line)
        how = record.by, record.request_id, record.agency, record.rule
        if (rebuilt(record.event), attrs.astuple(_How(*how))) != (record.event, how):
            raise ValueError("a text in it is not in the form in which it is recorded")
        said = record.request_id, text_of(record.recorded_at)
        if said != (line.request_id, line.recorded_at):
            raise ValueError(f"its state says request {said[0]!r} at {said[1]}")

    def _check_instant(self, line: Line) -> None:
        at = line.recorded_at
        if at > self._soon and self._order.first_wrong(line.position) is None:
            raise ValueError(f"it was recorded at {at}, which has not come")
        if later := self._order.passed_by(line.position, at):
            raise ValueError(f"it was recorded at {at}, before {later}, that of an earlier record")

    def _read(self, line: Line) -> Record[Any]:
        try:
            row = self._mapper.opened(row_of(line))
            record = self._mapper.registry.decode(row)
            if line.encoding == "base64":  # in any other it was looked for with the line
                refuse_duplicate_keys(row[4])
            return record
        except UnreadableRecord as error:
            raise ValueError(f"it cannot be read: {error.field}: {error.reason}") from error

    def _correction(self, line: Line) -> InstantsCorrected | None:
        try:
            return correction_of(self._read(line))
        except (ValueError, RecursionError):  # what it is about is held to the instants as if it were not there
            return None
