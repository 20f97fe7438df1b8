"""Admission of records from a log file: they must be as recording would have stored them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import attrs

from reformtrack.domain.errors import UnreadableRecord
from reformtrack.domain.fields import Name, OptionalName, RequestId, frozen, rebuilt
from reformtrack.domain.instants import MOST_AHEAD
from reformtrack.domain.journal import InstantsCorrected
from reformtrack.domain.json_text import refuse_duplicate_keys
from reformtrack.domain.said import said
from reformtrack.domain.timeline import Record
from reformtrack.store.instants import correction_of, text_of
from reformtrack.store.log_file import Line, row_of

if TYPE_CHECKING:
    from reformtrack.store.application import RecordStore


@frozen
class _How:
    """The texts of a record besides the event."""

    by: Name
    request_id: RequestId
    agency: OptionalName
    rule: OptionalName


class Admission:
    """
    Checks the records of a log file, in order: their texts and values, and their instants.

    The legality of the history is not checked, nor records that the store already has.

    Args:
        store: the store to import into.
        now: the clock.
        corrections: the file's corrections of instants.
    """

    def __init__(self, store: "RecordStore", now: Callable[[], datetime], corrections: Sequence[Line]) -> None:
        self._mapper = store.mapper
        self._soon = text_of(now() + MOST_AHEAD)
        self._head = store.head()
        self._order = store.instants.order([event for line in corrections if (event := self._correction(line))])
        self._latest, self._order.latest = self._order.latest, ""

    def __call__(self, line: Line) -> None:
        """
        Check the next record.

        Raises:
            ValueError: recording would have refused it, or stored it differently.
        """
        if line.position <= self._head:
            self._latest = ""  # the file has everything before it
            self._order.passed_by(line.position, line.recorded_at)
            return
        self._order.latest = max(self._order.latest, self._latest)
        self._check_texts(line)
        self._check_instant(line)

    def _check_texts(self, line: Line) -> None:
        record = self._read(line)
        how = record.by, record.request_id, record.agency, record.rule
        if (rebuilt(record.event), attrs.astuple(_How(*how))) != (record.event, how):
            raise ValueError(said("a text is not normalised as recorded texts are"))
        of_itself = record.request_id, text_of(record.recorded_at)
        if of_itself != (line.request_id, line.recorded_at):
            raise ValueError(
                said("its state says request {request!r} at {instant}", request=of_itself[0], instant=of_itself[1])
            )

    def _check_instant(self, line: Line) -> None:
        at = line.recorded_at
        if at > self._soon and self._order.first_wrong(line.position) is None:
            raise ValueError(said("it was recorded at {at}, which is in the future", at=at))
        if later := self._order.passed_by(line.position, at):
            accepted = said("it was recorded at {at}, before {later}, that of an earlier record", at=at, later=later)
            raise ValueError(accepted)

    def _read(self, line: Line) -> Record[Any]:
        try:
            row = self._mapper.opened(row_of(line))
            record = self._mapper.registry.decode(row)
            if line.encoding == "base64":  # other states were checked with their lines
                refuse_duplicate_keys(row[4])
            return record
        except UnreadableRecord as error:
            accepted = said("it cannot be read: {field}: {reason}", field=error.field, reason=error.reason)
            raise ValueError(accepted) from error

    def _correction(self, line: Line) -> InstantsCorrected | None:
        try:
            return correction_of(self._read(line))
        except (ValueError, RecursionError):  # refused in its turn; until then it corrects nothing
            return None
