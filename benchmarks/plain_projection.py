"""
A view of activities written the plain way of eventsourcing: a projection, and a tracking recorder that stores what each event
does and the event's position in one transaction. It keeps a status and a day, and answers no question about another day.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from eventsourcing.persistence import Tracking
from eventsourcing.projection import Projection
from eventsourcing.sqlite import SQLiteDatastore, SQLiteTrackingRecorder

from reformtrack import Event, Record


class ActivityView(SQLiteTrackingRecorder):
    """A row for each activity, in a table of its own."""

    def __init__(self, datastore: SQLiteDatastore) -> None:
        super().__init__(datastore)
        self.create_table_statements.append(
            "CREATE TABLE IF NOT EXISTS activities (id TEXT PRIMARY KEY, status TEXT, day TEXT)"
        )

    def put(self, activity: str, status: str, day: str, tracking: Tracking) -> None:
        """Store a row, and that its event was applied."""
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute(
                "INSERT INTO activities VALUES (?,?,?) "
                "ON CONFLICT (id) DO UPDATE SET status = excluded.status, day = excluded.day",
                (activity, status, day),
            )


class ActivityProjection(Projection[ActivityView]):
    """Applies one event after the other."""

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        """Apply an event."""
        day = str(getattr(domain_event, "on", ""))
        self.view.put(domain_event.subject, type(domain_event).__name__, day, tracking)


def project(records: Iterable[Record[Event]], path: Path) -> int:
    """Apply records to a view in a file, each in its transaction; how many."""
    datastore = SQLiteDatastore(str(path))
    view = ActivityView(datastore)
    view.create_table()
    projection, count = ActivityProjection(view), 0
    for record in records:
        projection.process_event(record.event, Tracking("reformtrack", record.position))
        count += 1
    datastore.close()
    return count
