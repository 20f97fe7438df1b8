"""
The rows of the keys of subjects, in the database of the log.
"""

from collections.abc import Sequence

from reformtrack.store.session import Session
from reformtrack.store.side_tables import SUBJECT_KEYS


def wrapped_keys(session: Session, subjects: Sequence[str]) -> dict[str, str]:
    """The wrapped keys of subjects, of those that have one."""
    marks = ", ".join("?" * len(subjects))
    return dict(session.select(f"SELECT subject, wrapped FROM {SUBJECT_KEYS} WHERE subject IN ({marks})", subjects))


def any_wrapped_key(session: Session) -> tuple[str, str] | None:
    """The subject and the wrapped key of any row; None when the table is empty."""
    rows = session.select(f"SELECT subject, wrapped FROM {SUBJECT_KEYS} LIMIT 1")
    return tuple(rows[0]) if rows else None


def add(session: Session, subject: str, wrapped: str) -> None:
    """Keep the key of a subject that has none."""
    session.execute(f"INSERT INTO {SUBJECT_KEYS} VALUES (?, ?)", [subject, wrapped])


def destroy(session: Session, subject: str) -> bool:
    """Write over the key of a subject, and delete it; whether there was one."""
    found = wrapped_keys(session, [subject])
    for wrapped in found.values():
        session.execute(f"UPDATE {SUBJECT_KEYS} SET wrapped = ? WHERE subject = ?", ["0" * len(wrapped), subject])
    session.execute(f"DELETE FROM {SUBJECT_KEYS} WHERE subject = ?", [subject])
    return bool(found)
