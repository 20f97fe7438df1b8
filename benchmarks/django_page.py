"""
The page of a plan on plain Django: its ORM, its templates and django-simple-history, in a SQLite file.

    DJANGO_DB=django.db python benchmarks/django_page.py sqlite:///country.db

copies the plans of `benchmarks/country.py`, before it measures or after, into tables of Django: a row an activity, as it is,
and a row of history for each record, dated by the day of its event. It has that one clock: `?known=2023-06-30` shows what the
history says of that day.
"""

import itertools
import os
import sys
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import django
from django.apps import AppConfig, apps
from django.conf import settings
from seeding import NOW

from reformtrack import Record, Tracker
from reformtrack.domain.values import code_of
from reformtrack.events import (
    ActivityCompleted,
    ActivityReassigned,
    ActivityRescheduled,
    ActivityScheduled,
    ActivityStarted,
    CompletionConfirmed,
    CompletionReturned,
    OccurrenceCompleted,
    PlanAdopted,
    ProgressReported,
    RecordRetracted,
)


class Page(AppConfig):  # type: ignore[misc]  # of a class without types, as all below
    """The application of Django that this file is."""

    label, path = "page", str(Path(__file__).parent)
    default_auto_field = "django.db.models.AutoField"


settings.configure(
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.environ["DJANGO_DB"],
            "CONN_MAX_AGE": None,
            "OPTIONS": {"init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"},
        }
    },
    INSTALLED_APPS=[
        "django.contrib.contenttypes",
        "django.contrib.auth",
        "simple_history",
        Page(__name__, sys.modules[__name__]),
    ],
    MIDDLEWARE=["django.middleware.common.CommonMiddleware", "django.middleware.clickjacking.XFrameOptionsMiddleware"],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
    USE_TZ=True,
    TIME_ZONE="Asia/Ho_Chi_Minh",
    SIMPLE_HISTORY_DATE_INDEX="Composite",
)
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, models, transaction  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.shortcuts import get_object_or_404  # noqa: E402
from django.template import engines  # noqa: E402
from django.urls import path  # noqa: E402
from django.utils import timezone  # noqa: E402
from simple_history.models import HistoricalRecords  # noqa: E402

TODAY = date(2023, 12, 21)
SHOWN = 5
OPEN = ("not_started", "in_progress")
LISTS = (("overdue", "Quá hạn"), ("due_soon", "Sắp đến hạn"), ("without_evidence", "Hoàn thành, chưa có minh chứng"))


class Agency(models.Model):  # type: ignore[misc]
    """An agency."""

    name = models.CharField(max_length=300, unique=True)


class Plan(models.Model):  # type: ignore[misc]
    """A plan."""

    slug = models.CharField(max_length=100, unique=True)
    title = models.CharField(max_length=500)
    year = models.IntegerField()
    jurisdiction = models.CharField(max_length=300, db_index=True)
    adopted_on = models.DateField()
    history = HistoricalRecords()


class Domain(models.Model):  # type: ignore[misc]
    """A domain of a plan."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="domains")
    code = models.CharField(max_length=20)
    title = models.CharField(max_length=500)


class Activity(models.Model):  # type: ignore[misc]
    """An activity, as it is now; its history has what it was."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="activities")
    domain = models.ForeignKey(Domain, models.PROTECT)
    lead = models.ForeignKey(Agency, models.PROTECT)
    code = models.CharField(max_length=50)
    title = models.CharField(max_length=2_000)
    deadline = models.CharField(max_length=500)
    due = models.DateField(null=True)
    status = models.CharField(max_length=20)
    started_on = models.DateField(null=True)
    completed_on = models.DateField(null=True)
    note = models.TextField(blank=True)
    next_step = models.TextField(blank=True)
    history = HistoricalRecords()

    class Meta:
        indexes = (models.Index(fields=["plan", "status", "due"]),)
        unique_together = (("plan", "code"),)


class Evidence(models.Model):  # type: ignore[misc]
    """A document that shows what was done."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="evidence")
    filed_on = models.DateField()
    title = models.CharField(max_length=500)
    issuer = models.CharField(max_length=300)
    date = models.DateField(null=True)


Row = Mapping[str, Any]


def rows_of(plan: Plan, on: date, known: datetime | None) -> list[Row]:
    """What the page shows of each activity, in one query: of the table, or of its history."""
    fields = ("code", "title", "domain_id", "status", "due", "completed_on", "lead__name")
    filed = Evidence.objects.filter(activity_id=models.OuterRef("id"), filed_on__lte=on)
    if known is None:
        found = plan.activities
    else:
        found = Activity.history.filter(plan_id=plan.id, history_date__lte=known).latest_of_each()
        found = found.exclude(history_type="-")
    return list(found.values(*fields, proven=models.Exists(filed)).order_by("code"))


def progress(rows: Iterable[Row], on: date) -> dict[str, int]:
    """How many are completed, of how many, and how many are overdue."""
    counts = Counter("overdue" if _is_overdue(row, on) else row["status"] for row in rows)
    return {"completed": counts["completed"], "total": counts.total(), "overdue": counts["overdue"]}


def _is_overdue(row: Row, on: date) -> bool:
    if row["due"] is None:
        return False
    late = row["status"] == "awaiting_confirmation" and row["completed_on"] > row["due"]
    return late or (row["status"] in OPEN and row["due"] < on)


def _rates(rows: Sequence[Row], on: date) -> list[tuple[str, dict[str, int]]]:
    dated = [row for row in rows if row["due"]]
    fallen_due = [row for row in rows if row["status"] == "completed" or _is_overdue(row, on)]
    named = (("toàn kế hoạch", rows), ("chỉ tính việc có thời hạn", dated), ("chỉ tính việc đã đến hạn", fallen_due))
    return [(name, progress(some, on)) for name, some in named]


def _lists(rows: Sequence[Row], on: date) -> dict[str, list[Row]]:
    soon = on + timedelta(days=7)
    late = sorted((row for row in rows if _is_overdue(row, on)), key=lambda row: row["due"])
    near = [row for row in rows if row["status"] in OPEN and row["due"] and on <= row["due"] <= soon]
    return {
        "overdue": [{**row, "days": (on - row["due"]).days} for row in late],
        "due_soon": sorted(near, key=lambda row: row["due"]),
        "without_evidence": [row for row in rows if row["status"] == "completed" and not row["proven"]],
    }


def _heat(rows: Sequence[Row], year: int) -> list[tuple[str, list[tuple[int, int, int] | None]]]:
    cells: defaultdict[str, dict[int, list[int]]] = defaultdict(dict)
    for row in rows:
        if row["due"] and row["due"].year == year:
            cell = cells[row["lead__name"]].setdefault(row["due"].month, [0, 0])
            cell[0] += row["status"] == "completed"
            cell[1] += 1
    months = range(1, 13)
    return [
        (lead, [(*of[month], month) if month in of else None for month in months])  # type: ignore[misc]  # two and one
        for lead, of in sorted(cells.items())
    ]


def _burn_up(rows: Sequence[Row], year: int, on: date) -> tuple[str, str]:
    """The points of the two lines of the drawing."""
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(0, 365, 7)] + [date(year, 12, 31)]
    due = sorted(row["due"] or days[-1] for row in rows)
    done = sorted(row["completed_on"] for row in rows if row["status"] == "completed")
    total = max(1, len(rows))

    def points(of: list[date], until: date) -> str:
        known = days[: bisect_right(days, until)]
        return " ".join(
            f"{44 + 664 * n / 52:.1f},{230 - 218 * bisect_right(of, day) / total:.1f}" for n, day in enumerate(known)
        )

    return points(due, days[-1]), points(done, on)


def page(request: HttpRequest, slug: str) -> HttpResponse:
    """The page of a plan."""
    plan = get_object_or_404(Plan, slug=slug)
    asked = request.GET.get("known")
    on = date.fromisoformat(asked) if asked else TODAY
    known = timezone.make_aware(datetime.combine(on, time.max)) if asked else None
    rows = rows_of(plan, on, known)
    parts: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows:
        parts[row["domain_id"]].append(row)
    lists = _lists(rows, on)
    values = {
        "plan": plan,
        "on": on,
        "headline": progress(rows, on),
        "rates": _rates(rows, on),
        "domains": [(domain, progress(parts[domain.id], on)) for domain in plan.domains.order_by("code")],
        "lists": [(name, title, lists[name], lists[name][:SHOWN]) for name, title in LISTS],
        "heat": _heat(rows, plan.year),
        "months": range(1, 13),
        "burn_up": _burn_up(rows, plan.year, on),
        "records": plan.history.filter(history_date__lte=known or timezone.now()).order_by("history_date"),
    }
    return HttpResponse(TEMPLATE.render(values, request))


urlpatterns = [path("plans/<str:slug>", page)]

TEMPLATE = engines["django"].from_string(Path(__file__).with_suffix(".html").read_text("utf-8"))


def copy(url: str, batch: int = 200) -> int:
    """Copy the plans of a store; how many rows of history that makes."""
    call_command("migrate", verbosity=0)
    with connection.schema_editor() as editor:
        for model in apps.get_app_config(Page.label).get_models():
            editor.create_model(model)
    copied = Copied()
    with Tracker(url, clock=lambda: NOW) as tracker:
        plans = (row.plan for row in tracker.plans())
        while some := list(itertools.islice(plans, batch)):
            for plan in some:  # by its streams: what was recorded of it later stands at the end of the log
                copied.add(plan, tracker.plan(plan).records)
            copied.write()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return copied.numbers[HISTORY]


HISTORY = "page_historicalactivity"


class Due:
    """The due days of an activity that are still to be met, and the last that was met late."""

    def __init__(self) -> None:
        self.left: list[date] = []
        self.missed: date | None = None

    def set(self, event: ActivityScheduled | ActivityRescheduled) -> dict[str, Any]:
        self.left = list(event.deadline.days)
        return {"deadline": event.deadline.text, "due": self.left[0].isoformat() if self.left else None}

    def met(self, event: OccurrenceCompleted) -> dict[str, Any]:
        self.left.remove(event.occurrence)
        self.missed = event.occurrence if event.on > event.occurrence else self.missed
        due = self.left[0] if self.left else self.missed or event.occurrence
        return {"due": due.isoformat()}


class Copied:
    """Rows of tables, as they are to be written."""

    def __init__(self) -> None:
        self.numbers: Counter[str] = Counter()
        self.rows: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        self.agencies: dict[str, int] = {}

    def row(self, table: str, **values: Any) -> int:
        self.numbers[table] += 1
        key = "history_id" if "historical" in table else "id"
        self.rows[table].append({key: self.numbers[table], **values})
        return self.numbers[table]

    def past(self, table: str, on: date, number: int, **values: Any) -> None:
        """What a row was from a day on; several changes of one day follow each other by a second."""
        at = timezone.make_aware(datetime.combine(on, time(8)) + timedelta(seconds=number)).astimezone(UTC)
        values["history_type"] = "~" if number else "+"
        self.row(table, history_date=at.strftime("%Y-%m-%d %H:%M:%S"), **values)

    def agency(self, name: str) -> int:
        if name not in self.agencies:
            self.agencies[name] = self.row("page_agency", name=name)
        return self.agencies[name]

    def add(self, slug: str, records: Mapping[Any, Sequence[Record[Any]]]) -> None:
        """A plan: its records, by stream."""
        adopted = records[slug][0].event
        assert isinstance(adopted, PlanAdopted)
        where = {"jurisdiction": adopted.jurisdiction, "adopted_on": adopted.on.isoformat()}
        fields = {"slug": slug, "title": adopted.title, "year": adopted.year, **where}
        plan = self.row("page_plan", **fields)
        self.past("page_historicalplan", adopted.on, 0, id=plan, **fields)
        domains = {
            one.code: self.row("page_domain", plan_id=plan, code=one.code, title=one.title) for one in adopted.domains
        }
        for stream, of_one in records.items():
            if stream != slug:
                self.activity(plan, domains, adopted.confirmation_required, of_one)

    def activity(self, plan: int, domains: Mapping[str, int], confirms: bool, records: Sequence[Record[Any]]) -> None:
        id, now = self.numbers["page_activity"] + 1, {"plan_id": plan}
        taken_back = {record.event.version for record in records if isinstance(record.event, RecordRetracted)}
        facts = [one.event for one in records if one.version not in taken_back and hasattr(one.event, "on")]
        due = Due()
        for number, event in enumerate(sorted(facts, key=lambda fact: fact.on)):
            now |= self.changed(domains, confirms, due, event)
            for proof in getattr(event, "evidence", ()):
                filed = {"filed_on": event.on.isoformat(), "title": proof.title, "issuer": proof.issuer}
                self.row("page_evidence", activity_id=id, date=proof.date and proof.date.isoformat(), **filed)
            self.past(HISTORY, event.on, number, id=id, **now)
        self.row("page_activity", **now)

    def changed(self, domains: Mapping[str, int], confirms: bool, due: Due, event: Any) -> dict[str, Any]:
        """What an event changes in the row."""
        match event:
            case ActivityScheduled():
                return {
                    "domain_id": domains[event.domain],
                    "lead_id": self.agency("; ".join(event.leads)),
                    "code": code_of(event.subject),
                    "title": event.title,
                    **due.set(event),
                    "status": "not_started",
                    "started_on": None,
                    "completed_on": None,
                    "note": "",
                    "next_step": "",
                }
            case ActivityRescheduled():
                return due.set(event)
            case ActivityReassigned():
                return {"lead_id": self.agency("; ".join(event.leads))}
            case ActivityStarted():
                return {"status": "in_progress", "started_on": event.on.isoformat()}
            case ProgressReported():
                return {"status": "in_progress", "note": event.note, "next_step": event.next_step}
            case ActivityCompleted() | OccurrenceCompleted():
                met = due.met(event) if isinstance(event, OccurrenceCompleted) else {}
                if isinstance(event, OccurrenceCompleted) and due.left:
                    return met
                status = "awaiting_confirmation" if confirms else "completed"
                return {**met, "status": status, "completed_on": event.on.isoformat()}
            case CompletionConfirmed():
                return {"status": "completed"}
            case CompletionReturned():
                return {"status": "in_progress", "completed_on": None}
            case _:
                return {}

    def write(self) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            for table, rows in self.rows.items():
                names = list(rows[0])
                places = ", ".join(["%s"] * len(names))
                cursor.executemany(
                    f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})", [tuple(row.values()) for row in rows]
                )
        self.rows.clear()


if __name__ == "__main__":
    print(copy(sys.argv[1]))
