"""
A host application keeps a table of its own up to date from the log, by position, and may be killed at any moment.
The host's rows and the position up to which they are right are written in one transaction of its database, so that each record
is applied exactly once, whatever happens in between.

    python examples/dak_nong_2023.py --store dak-nong.db
    python examples/embed_in_your_app.py dak-nong.db host.db
"""

import argparse
import sqlite3
from itertools import islice

from reformtrack import Event, Record, Tracker
from reformtrack.events import ActivityCompleted, EvidenceFiled, OccurrenceCompleted

SCHEMA = """
CREATE TABLE IF NOT EXISTS inbox (document TEXT, activity TEXT, filed_on TEXT);
CREATE TABLE IF NOT EXISTS progress_of_reading (one INTEGER PRIMARY KEY CHECK (one = 1), position INTEGER);
INSERT OR IGNORE INTO progress_of_reading VALUES (1, 0);
"""


def apply(host: sqlite3.Connection, record: Record[Event]) -> None:
    """What the host makes of a record: a line in its inbox for each document of evidence."""
    event = record.event
    if isinstance(event, ActivityCompleted | OccurrenceCompleted | EvidenceFiled):
        rows = [(str(document), event.subject, event.on.isoformat()) for document in event.evidence]
        host.executemany("INSERT INTO inbox VALUES (?, ?, ?)", rows)


def catch_up(tracker: Tracker, host: sqlite3.Connection, batch: int = 100) -> int:
    """Apply what is new in the log, a transaction a batch. Returns the position reached. Several may run at once."""
    while True:
        with host:  # one transaction: the rows and the position, or neither
            host.execute("BEGIN IMMEDIATE")  # before the position is read, so that no other process applies the same
            (position,) = host.execute("SELECT position FROM progress_of_reading").fetchone()
            records = list(islice(tracker.log.records(after=position), batch))
            if not records:
                return int(position)
            for record in records:
                apply(host, record)
            host.execute("UPDATE progress_of_reading SET position = ?", (records[-1].position,))


def main() -> None:
    parser = argparse.ArgumentParser(description="Bring a table of a host up to date from the log of a store.")
    parser.add_argument("store", help="its SQLite file")
    parser.add_argument("host", help="that of the host")
    options = parser.parse_args()
    host = sqlite3.connect(options.host)
    host.executescript(SCHEMA)
    with Tracker(options.store) as tracker:
        position = catch_up(tracker, host)
    print(f"vị trí {position}: {host.execute('SELECT count(*) FROM inbox').fetchone()[0]} tài liệu trong hộp thư đến")
    host.close()


if __name__ == "__main__":
    main()
