"""The configuration of a store, from its own stream: its id, its time zone, the policy in force."""

import re
from datetime import UTC, date, timedelta, timezone, tzinfo
from functools import partial, reduce
from typing import Any, NamedTuple
from uuid import uuid4
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from reformtrack.domain import journal
from reformtrack.domain.errors import InvalidField, PolicyRequired, ReformtrackError, StoreError, UnreadableRecord
from reformtrack.domain.journal import HA_NOI_TIME, JournalState, StoreConfigured
from reformtrack.domain.said import said, sentence
from reformtrack.domain.timeline import Record
from reformtrack.domain.values import StreamId
from reformtrack.policy.asking import Policy
from reformtrack.store.application import RecordStore
from reformtrack.store.log import Unchanged
from reformtrack.store.streams import STORE, stream_range

_FIXED = re.compile(r"UTC([+-])([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?")
_IANA = re.compile(r"[A-Z][0-9A-Za-z_+-]*(?:/[0-9A-Za-z_+-]+)*")
"""No path, and no "localtime": each machine has its own."""


class Head(NamedTuple):
    """The end of the log."""

    position: int
    """The position of the last record; 0 before the first."""
    tag: str
    """
    Identifies everything on record: it changes with each record, and when a backup is restored, which reuses positions.
    Use it as the key of caches outside the store.
    """


class Reading(NamedTuple):
    """The stream as it was read."""

    state: JournalState
    version: int
    position: int
    """The position of its last record; 0 before the first."""
    unreadable: UnreadableRecord | None = None

    def unchanged(self) -> Unchanged:
        """The append condition: the configuration is unchanged."""
        return Unchanged(stream_range(STORE), self.position)

    def after(self, record: Record[Any]) -> "Reading":
        """The configuration after the next record."""
        return Reading(journal.evolve(self.state, record.event), record.version, record.position, self.unreadable)


class Configuration:
    """
    The recorded configuration of a store, and the one its tracker was opened with.

    It is read when the tracker is opened; each append requires that it is unchanged, and it is read again when it is
    not.

    Args:
        store: which.
        time_zone: the name of the one that was asked for; empty for that on record.
        policy: that of the tracker; None where none was named.

    Raises:
        StoreError: another time zone is on record.
    """

    def __init__(self, store: RecordStore, time_zone: str, policy: Policy | None) -> None:
        self._store, self._time_zone = store, time_zone
        self._policy = "" if policy is None else policy_name(policy)
        self._reading = self.read()
        if error := self._other_zone(self._reading):
            raise error

    @property
    def local_time(self) -> tzinfo:
        """The time zone of the store's days."""
        name = self._time_zone or self._reading.state.time_zone
        found = _zone(name)
        if found is None:
            words = sentence("the store has the time zone {name}, which is unknown here; accepted: {accepted}")
            raise StoreError(words, name=name, accepted=_accepted())
        return found

    def head(self) -> Head:
        """The end of the log; the configuration is read again if it has changed by then."""
        newest = self._store.newest(STORE)
        if newest.position_in_stream != self._reading.position:
            self.read()
        return Head(newest.position, f"{self._reading.state.store}-{newest.position}-{newest.tag}")

    def read(self) -> Reading:
        streams, unreadable = self._store.streams([stream_range(STORE)])
        records = streams.get(StreamId(STORE), [])
        state = reduce(
            journal.evolve,
            (one.event for one in records if isinstance(one.event, StoreConfigured)),
            journal.JournalState(),
        )
        positions = [*(record.position for record in records), *(error.position for error in unreadable)]
        self._reading = Reading(state, len(records), max(positions, default=0), next(iter(unreadable), None))
        return self._reading

    def checked(self, event: str, subject: str, *, again: bool = False) -> Reading:
        """
        The configuration for a new record.

        Args:
            event, subject: what is to be recorded, for the error.
            again: whether to read it again, because it has changed.

        Raises:
            PolicyRequired: the store has a policy in force, and the tracker has none.
            StoreError: the tracker was opened for another time zone, or what is on record cannot be read.
        """
        reading = self._reading
        if again or self._refusal(reading, event, subject):
            reading = self.read()
        if error := self._refusal(reading, event, subject):
            raise error
        return reading

    def _refusal(self, reading: Reading, event: str, subject: str) -> ReformtrackError | None:
        state = reading.state
        if state.needs_policy and not self._policy:
            return PolicyRequired(event, subject, state.policy, state.policy_since)
        return reading.unreadable or self._other_zone(reading)

    def _other_zone(self, reading: Reading) -> StoreError | None:
        if not self._time_zone or not reading.state.store or self._time_zone == reading.state.time_zone:
            return None
        return StoreError(
            "local_time is {local_time}, but the store has the time zone {zone}; accepted: that, or none; a steward "
            "changes it by Tracker.configure(time_zone=…), or reformtrack configure --time-zone",
            local_time=self._time_zone,
            zone=reading.state.time_zone,
        )

    def is_due(self, reading: Reading) -> bool:
        """Whether the tracker was opened with a configuration that is not recorded yet."""
        state = reading.state
        return bool((self._time_zone and not state.store) or (self._policy and self._policy != state.policy))

    def event(self, reading: Reading, today: date, time_zone: str = "") -> StoreConfigured:
        """The configuration to record, with another time zone if one is given."""
        state = reading.state
        return StoreConfigured(
            STORE,
            on=today,
            store=state.store or uuid4().hex,
            time_zone=time_zone or self._time_zone or state.time_zone,
            policy=self._policy or state.policy,
        )

    def is_another_zone(self, event: StoreConfigured) -> bool:
        """Whether an event changes the time zone of the tracker."""
        return event.time_zone != (self._time_zone or self._reading.state.time_zone)

    def learn(self, reading: Reading) -> None:
        """Continue with the configuration that was recorded."""
        if reading.position > self._reading.position:  # else it was read meanwhile
            self._reading = reading
            self._time_zone = self._time_zone and reading.state.time_zone


def time_zone_name(owner: str, field: str, zone: tzinfo | str) -> str:
    """
    The name by which a time zone is recorded.

    Args:
        owner, field: what it was given for, for the error.
        zone: it, or its name.

    Raises:
        InvalidField: it is not a time zone, or has no name.

    >>> zones = "Asia/Ho_Chi_Minh", UTC, timezone(timedelta(hours=-3, minutes=-30))
    >>> [time_zone_name("Tracker", "local_time", zone) for zone in zones]
    ['Asia/Ho_Chi_Minh', 'UTC', 'UTC-03:30']
    """
    name: object = zone.key if isinstance(zone, ZoneInfo) else zone
    if isinstance(zone, timezone):
        name = str(zone if zone is HA_NOI_TIME else timezone(zone.utcoffset(None)))
    if not isinstance(name, str) or _zone(name) is None:
        raise InvalidField(owner, field, zone, _accepted())
    return str(UTC) if _zone(name) == UTC else name


def _zone(name: str) -> tzinfo | None:
    """The time zone of a name; None when there is none."""
    if name == str(HA_NOI_TIME):
        return HA_NOI_TIME  # what most stores need, and needs no database
    if name == "UTC":
        return UTC
    if found := _FIXED.fullmatch(name):
        hours, minutes, seconds = map(int, found.groups("0")[1:])
        offset = timedelta(hours=hours, minutes=minutes, seconds=seconds)
        return timezone(offset if found[1] == "+" else -offset)
    try:
        return ZoneInfo(name) if _IANA.fullmatch(name) else None
    except (ZoneInfoNotFoundError, ValueError, OSError):  # no such file, or a folder, or a file that is no zone
        return None


def _accepted() -> str:
    if not available_timezones():
        return said("a machine with a database of time zones: pip install tzdata")
    return said(
        "the name of a time zone, as Europe/Riga, a zoneinfo.ZoneInfo that has one, or a fixed offset, as UTC+07:00"
    )


def policy_name(policy: Any) -> str:
    """
    The name by which a policy is recorded: its own for one of reformtrack, with its module for one of the host.

    >>> from reformtrack.policy import SeparationOfDuties, open_to_all
    >>> policy_name(open_to_all), policy_name(SeparationOfDuties(stewards=("quan-tri",)))
    ('open_to_all', 'SeparationOfDuties')
    """
    named = policy.func if isinstance(policy, partial) else policy
    named = named if hasattr(named, "__qualname__") else type(named)
    module = named.__module__ or ""  # of a function that was made by `exec`
    is_ours = module.partition(".")[0] == "reformtrack"
    return ".".join(filter(None, ("" if is_ours else module, named.__qualname__)))[:300]
