"""The tables of the outbox, in the database of the log: positions of subscriptions, waiting records, dead letters."""

from typing import Any, NamedTuple

from reformtrack.store.session import Session


class Place(NamedTuple):
    """The position of a subscription."""

    position: int
    """Every record up to it was delivered, waits, or was given up."""
    fence: int
    """The fence: grows with each deliverer that takes the subscription; a deliverer with an older number has lost it."""
    owner: str
    leased_until: float
    """The end of the lease, in seconds since 1970."""
    failures: int
    """The number of consecutive failures to reach the receiver."""
    since: float
    """When these failures began, in seconds since 1970; 0 while it can be reached."""
    next_at: float
    """Until when the subscription rests."""
    disabled: str
    """Why the subscription is disabled; empty while it is enabled."""


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
    """1 for a dead letter."""


def place(session: Session, name: str) -> Place:
    """The position of a subscription; `NOWHERE` for an unknown name."""
    rows = session.select(f"SELECT {_COLUMNS} FROM reformtrack_subscriptions WHERE name = ?", [name])
    return Place(*rows[0]) if rows else NOWHERE


def places(session: Session) -> dict[str, Place]:
    """The position of each subscription, in order of name."""
    rows: list[Any] = session.select(f"SELECT name, {_COLUMNS} FROM reformtrack_subscriptions ORDER BY name")
    return {name: Place(*row) for name, *row in rows}


def delete(session: Session, name: str) -> None:
    """Delete a subscription, and what waits for it."""
    for table in ("reformtrack_subscriptions", "reformtrack_waiting"):
        session.execute(f"DELETE FROM {table} WHERE name = ?", [name])


def put(session: Session, name: str, place: Place) -> None:
    """Write the position of a subscription."""
    session.execute("DELETE FROM reformtrack_subscriptions WHERE name = ?", [name])
    session.execute("INSERT INTO reformtrack_subscriptions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", [name, *place])


def waiting(session: Session, name: str) -> list[Waiting]:
    """Waiting records and dead letters, in order of position."""
    rows: list[Any] = session.select(
        "SELECT position, stream, attempts, next_at, error, dead FROM reformtrack_waiting WHERE name = ? ORDER BY position",
        [name],
    )
    return [Waiting(*row) for row in rows]


def wait(session: Session, name: str, one: Waiting) -> None:
    """Upsert a waiting record."""
    arrive(session, name, one.position)
    session.execute("INSERT INTO reformtrack_waiting VALUES (?, ?, ?, ?, ?, ?, ?)", [name, *one])


def arrive(session: Session, name: str, position: int) -> None:
    """Delete a waiting record."""
    session.execute("DELETE FROM reformtrack_waiting WHERE name = ? AND position = ?", [name, position])
