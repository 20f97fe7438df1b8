"""
django-simple-history as a contender of `contenders.py`: a model on SQLite, and the history that the package keeps of it.

`CONTENDER_DB` is the file. A row of history is dated by when it was saved, as the package does by itself.
"""

import os
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import django
from contender_rows import SHOWN, Counts, Late, Records, Table
from contender_stores import Contender, counted
from django.apps import AppConfig, apps
from django.conf import settings

from reformtrack import Record


class Contending(AppConfig):  # type: ignore[misc]  # of a class without types, as all below
    """The application of Django that this file is."""

    label, path = "contending", str(Path(__file__).parent)
    default_auto_field = "django.db.models.AutoField"


settings.configure(
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.environ["CONTENDER_DB"],
            "OPTIONS": {"init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"},
        }
    },
    INSTALLED_APPS=[
        "django.contrib.contenttypes",
        "django.contrib.auth",
        "simple_history",
        Contending(__name__, sys.modules[__name__]),
    ],
    USE_TZ=True,
    SIMPLE_HISTORY_DATE_INDEX="Composite",
)
django.setup()

from django.core.management import call_command  # noqa: E402  # after `django.setup`
from django.db import connection, models, transaction  # noqa: E402  # after `django.setup`
from django.db.models import Case, Count, F, Q, When  # noqa: E402  # after `django.setup`
from django.db.models.functions import Cast  # noqa: E402  # after `django.setup`
from simple_history.models import HistoricalRecords  # noqa: E402  # after `django.setup`

FIELDS = "jurisdiction", "domain", "lead", "status", "due", "late", "done_on", "note"


class Activity(models.Model):  # type: ignore[misc]  # of a class without types
    """An activity, as it is now; its history has what it was."""

    code = models.CharField(max_length=200, unique=True)
    jurisdiction = models.CharField(max_length=300)
    domain = models.CharField(max_length=40)
    lead = models.CharField(max_length=1_600)
    status = models.CharField(max_length=30)
    due = models.DateField(null=True)
    late = models.IntegerField()
    done_on = models.DateField(null=True)
    note = models.TextField(blank=True)
    history = HistoricalRecords()


class SimpleHistory(Contender):
    """Saved with `save`, in bulk with `bulk_create`; asked by `latest_of_each`, as the package's own `as_of` does."""

    name = "django-simple-history, SQLite"
    cannot = "any day but the last known; that nobody rewrote it"
    exact = ("today",)

    def __init__(self) -> None:
        call_command("migrate", verbosity=0)
        with connection.schema_editor() as editor:
            for model in apps.get_app_config(Contending.label).get_models():
                editor.create_model(model)
        self.table = Table()
        self.instants = [datetime.min.replace(tzinfo=UTC)]
        """By position, when it was saved: the instant of the record, and one that no other has."""

    def _reached(self, record: Record[Any]) -> datetime:
        self.instants.append(record.recorded_at + timedelta(microseconds=record.position))
        return self.instants[-1]

    def load(self, records: Records) -> None:
        ids: dict[str, int] = {}
        last: dict[int, tuple[Any, ...]] = {}
        rows: list[Any] = []

        def write() -> None:
            Activity.history.bulk_create(rows, batch_size=500)
            rows.clear()

        with transaction.atomic():
            for record in records:
                at, row = self._reached(record), self.table.changed(record)
                if row is None:
                    continue
                code = str(record.event.subject)
                kind = "~" if code in ids else "+"
                id = ids.setdefault(code, len(ids) + 1)
                if last.get(id) != (value := row.value):
                    last[id] = value
                    its = {"id": id, "code": code, **value._asdict()}
                    rows.append(Activity.history.model(**its, history_date=at, history_type=kind))
                if len(rows) >= 10_000:
                    write()
            write()
            now = (Activity(id=id, code=code, **self.table.rows[code].value._asdict()) for code, id in ids.items())
            Activity.objects.bulk_create(now, batch_size=500)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def add(self, record: Record[Any]) -> None:
        at, row = self._reached(record), self.table.changed(record)
        assert row
        with transaction.atomic():
            activity = Activity.objects.get(code=record.event.subject)
            for name, value in row.value._asdict().items():
                setattr(activity, name, value)
            activity._history_date = at
            activity.save()

    def counts(self, on: date, known_at: int | None = None) -> Counts:
        if known_at is None:
            found = Activity.objects
        else:
            found = Activity.history.filter(history_date__lte=self.instants[known_at]).latest_of_each()
            found = found.exclude(history_type="-")
        is_done = Q(status="completed", done_on__lte=on)
        numbers = {
            "done": Count("id", filter=is_done),
            "total": Count("id"),
            "overdue": Count("id", filter=_overdue(on)),
        }
        rows = found.values("jurisdiction", "domain").annotate(**numbers).order_by()
        return counted(rows.values_list("jurisdiction", "domain", *numbers))

    def late(self, on: date) -> Late:
        days = Case(
            When(done_on__lte=on, then=F("late")),
            default=Cast(models.Func(models.Value(on), function="julianday"), models.IntegerField())
            - Cast(models.Func("due", function="julianday"), models.IntegerField()),
        )
        found = Activity.objects.filter(_overdue(on))
        return found.count(), list(found.order_by(days.desc(), "code").values_list("code", flat=True)[:SHOWN])

    def size(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return Path(os.environ["CONTENDER_DB"]).stat().st_size

    def close(self) -> None:
        connection.close()


def _overdue(on: date) -> Q:
    return Q(done_on__lte=on, late__gt=0) | (~Q(done_on__isnull=False, done_on__lte=on) & Q(due__lt=on))
