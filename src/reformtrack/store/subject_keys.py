"""
The table of the keys of subjects, in the database of the log: each wrapped by the master key, as text.
"""

from collections.abc import Sequence

from reformtrack.store.view_tables import Session

TABLE = "reformtrack_subject_keys"
SECRET = "wrapped"
"""The column of the keys."""


def prepare(session: Session) -> None:
    """Make the table if it is not there."""
    session.make(TABLE, f"subject {session.text} PRIMARY KEY, wrapped {session.text} NOT NULL", secret=SECRET)


def wrapped_keys(session: Session, subjects: Sequence[str]) -> dict[str, str]:
    """The wrapped keys of subjects, of those that have one."""
    marks = ", ".join("?" * len(subjects))
    return dict(session.select(f"SELECT subject, wrapped FROM {TABLE} WHERE subject IN ({marks})", subjects))


def any_wrapped_key(session: Session) -> tuple[str, str] | None:
    """The subject and the wrapped key of some row; None when there is none."""
    rows = session.select(f"SELECT subject, wrapped FROM {TABLE} LIMIT 1")
    return tuple(rows[0]) if rows else None


def add(session: Session, subject: str, wrapped: str) -> None:
    """Keep the key of a subject that has none."""
    session.execute(f"INSERT INTO {TABLE} VALUES (?, ?)", [subject, wrapped])


def destroy(session: Session, subject: str) -> bool:
    """Write over the key of a subject, and delete it; whether there was one."""
    found = wrapped_keys(session, [subject])
    for wrapped in found.values():
        session.execute(f"UPDATE {TABLE} SET wrapped = ? WHERE subject = ?", ["0" * len(wrapped), subject])
    session.execute(f"DELETE FROM {TABLE} WHERE subject = ?", [subject])
    return bool(found)
