"""
The tables of the outbox, in the database of the log: how far each subscription is, what waits, and what was given up.
"""

from typing import Any, NamedTuple

from reformtrack.store.session import Session


class Place(NamedTuple):
    """How far a subscription is."""

    position: int
    """Every record up to there was delivered, waits, or was given up."""
    fence: int
    """Grows with each deliverer that takes the subscription: one that has an older number has lost it."""
    owner: str
    leased_until: float
    """Until when, in seconds since 1970, no other may take it."""
    failures: int
    """How often in a row the receiver could not be reached."""
    since: float
    """When that began, in seconds since 1970; 0 while it can be reached."""
    next_at: float
    """Until when the subscription rests."""
    disabled: str
    """Why nothing is delivered any more; empty while it is."""


BEGINNING = Place(0, 0, "", 0.0, 0, 0.0, 0.0, "")
"""The place of a subscription to the whole log."""

NOWHERE = BEGINNING._replace(fence=-1, disabled="it was unsubscribed")
"""The place of a subscription that does not exist, or was deleted."""
_COLUMNS = ", ".join(Place._fields)


class Waiting(NamedTuple):
    """A record that waits to be delivered, or was given up."""

    position: int
    stream: str
    attempts: int
    """How often it was refused; 0 for one that waits behind another of its stream."""
    next_at: float
    """When to try it again, in seconds since 1970; 0 for as soon as nothing is in its way."""
    error: str
    """The last error; where `next_at` is 0, why the subscription rests."""
    dead: int
    """1 when it was given up."""


def place(session: Session, name: str) -> Place:
    """How far a subscription is; `NOWHERE` when there is none of this name."""
    rows = session.select(f"SELECT {_COLUMNS} FROM reformtrack_subscriptions WHERE name = ?", [name])
    return Place(*rows[0]) if rows else NOWHERE


def places(session: Session) -> dict[str, Place]:
    """How far each subscription is, in order of their names."""
    rows: list[Any] = session.select(f"SELECT name, {_COLUMNS} FROM reformtrack_subscriptions ORDER BY name")
    return {name: Place(*row) for name, *row in rows}


def delete(session: Session, name: str) -> None:
    """Delete a subscription, and what waits for it."""
    for table in ("reformtrack_subscriptions", "reformtrack_waiting"):
        session.execute(f"DELETE FROM {table} WHERE name = ?", [name])


def put(session: Session, name: str, place: Place) -> None:
    """Write how far a subscription is."""
    session.execute("DELETE FROM reformtrack_subscriptions WHERE name = ?", [name])
    session.execute("INSERT INTO reformtrack_subscriptions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", [name, *place])


def waiting(session: Session, name: str) -> list[Waiting]:
    """What waits, and what was given up, in order of position."""
    rows: list[Any] = session.select(
        "SELECT position, stream, attempts, next_at, error, dead FROM reformtrack_waiting WHERE name = ? ORDER BY position",
        [name],
    )
    return [Waiting(*row) for row in rows]


def wait(session: Session, name: str, one: Waiting) -> None:
    """Let a record wait, or change what is known of one that does."""
    arrive(session, name, one.position)
    session.execute("INSERT INTO reformtrack_waiting VALUES (?, ?, ?, ?, ?, ?, ?)", [name, *one])


def arrive(session: Session, name: str, position: int) -> None:
    """A record waits no more."""
    session.execute("DELETE FROM reformtrack_waiting WHERE name = ? AND position = ?", [name, position])
