"""The table of subjects' keys, in the database of the log."""

from collections.abc import Sequence

from reformtrack.store.session import Session
from reformtrack.store.side_tables import SUBJECT_KEYS


def wrapped_keys(session: Session, subjects: Sequence[str]) -> dict[str, str]:
    """The wrapped keys of the subjects that have one."""
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
    """Overwrite and delete the key of a subject; returns whether it existed."""
    found = wrapped_keys(session, [subject])
    for wrapped in found.values():
        session.execute(f"UPDATE {SUBJECT_KEYS} SET wrapped = ? WHERE subject = ?", ["0" * len(wrapped), subject])
    session.execute(f"DELETE FROM {SUBJECT_KEYS} WHERE subject = ?", [subject])
    return bool(found)
