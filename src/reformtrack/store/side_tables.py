"""The tables of features beside the log: their definitions, which are checked, and the rights that the log's owner grants."""

from reformtrack.store.session import Session

SUBJECT_KEYS = "reformtrack_subject_keys"
"""The keys of subjects, each wrapped by the master key, as text."""
SUBJECT_SECRET = "wrapped"
"""The column of the keys."""


def prepare_subject_keys(session: Session) -> None:
    """Create the table of protection if missing."""
    columns = f"subject {session.text} PRIMARY KEY, wrapped {session.text} NOT NULL"
    session.make(SUBJECT_KEYS, columns, secret=SUBJECT_SECRET)


def prepare_outbox(session: Session) -> None:
    """Create the tables of the outbox if missing."""
    session.make(
        "reformtrack_subscriptions",
        f"name {session.text} PRIMARY KEY, position BIGINT NOT NULL, fence BIGINT NOT NULL, owner {session.text} NOT NULL, "
        "leased_until DOUBLE PRECISION NOT NULL, failures INTEGER NOT NULL, since DOUBLE PRECISION NOT NULL, "
        f"next_at DOUBLE PRECISION NOT NULL, disabled {session.text} NOT NULL",
    )
    session.make(
        "reformtrack_waiting",
        f"name {session.text} NOT NULL, position BIGINT NOT NULL, stream {session.text} NOT NULL, attempts INTEGER NOT NULL, "
        f"next_at DOUBLE PRECISION NOT NULL, error {session.text} NOT NULL, dead INTEGER NOT NULL, "
        "PRIMARY KEY (name, position)",
    )
