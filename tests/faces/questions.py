"""
What can be asked, each once: what the library answers, as plain facts.

Facts are tuples of texts and numbers in the order of the answer. Days are ISO 8601, rates as printed in English without the
sign ("96.4"), statuses and rules by their values: every reader brings its face back to these.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from reformtrack import Activity, CountingRule, Plan, Progress
from reformtrack.answers import ProgressStatus, Tally, Timeliness
from reformtrack.domain.wording import Lang, rounded_percent, sort_key
from tests.faces.worlds import Asked

Facts = Any
UNDATED = "undated"


def percent(rate: Fraction | None) -> str:
    """A rate as a number with one decimal; a dash for none."""
    return "–" if rate is None else str(rounded_percent(rate))


def counts(counted: Progress | Tally) -> tuple[int, int, str, int]:
    """What stands in every table of rates."""
    return counted.completed, counted.total, percent(counted.rate), counted.overdue


def left_out(counted: Progress | Tally) -> tuple[tuple[str, int], ...]:
    return tuple(sorted((reason.value, count) for reason, count in counted.excluded.items()))


# one plan


def headline(asked: Asked, lang: Lang) -> Facts:
    return counts(asked.plan.progress())[:3]


def rates(asked: Asked, lang: Lang) -> Facts:
    return tuple(
        (rule.value, *counts(progress)[:3], left_out(progress))
        for rule in CountingRule
        for progress in [asked.plan.progress(rule)]
    )


def by_domain(asked: Asked, lang: Lang) -> Facts:
    parts = asked.plan.progress_by("domain")
    return tuple((domain.title, *counts(parts[domain.code])) for domain in asked.plan.state.domains)


def by_lead(asked: Asked, lang: Lang) -> Facts:
    return tuple((lead, *counts(part)) for lead, part in asked.plan.progress_by("lead").items())


def heat(asked: Asked, lang: Lang) -> Facts:
    return heat_of(asked.plan)


def heat_of(plan: Plan) -> Facts:
    """By lead and month of the year: what is completed of what is due, and how it stands; outside the year at the edges."""
    cells: dict[str, dict[int, list[tuple[bool, bool]]]] = {}
    year = plan.state.year
    for activity in plan.activities:
        if activity.status.has_left or not activity.deadline.is_dated:
            continue
        places: dict[int, list[Any]] = {}
        for name, standing in activity.by_month().items():
            of, month = map(int, name.split("-"))
            places.setdefault(month if of == year else 0 if of < year else 13, []).append(standing)
        for place, standings in places.items():
            done = all(standing.status is ProgressStatus.COMPLETED for standing in standings)
            missed = any(standing.overdue for standing in standings)
            cells.setdefault(activity.lead, {}).setdefault(place, []).append((done, missed))
    return tuple(
        (lead, tuple((month, *_cell(of[month])) for month in sorted(of)))
        for lead, of in sorted(cells.items(), key=lambda pair: sort_key(pair[0]))
    )


def _cell(counted: Sequence[tuple[bool, bool]]) -> tuple[int, int, str]:
    completed = sum(done for done, _ in counted)
    state = "missed" if any(missed for _, missed in counted) else "done" if completed == len(counted) else "not_due"
    return completed, len(counted), state


def by_month(asked: Asked, lang: Lang) -> Facts:
    """The months of the plan's year: what is completed of what is due."""
    months = asked.plan.progress_by("month", CountingRule.WHOLE_PLAN)
    year = f"{asked.plan.state.year}-"
    return tuple(
        (int(month.removeprefix(year)), part.completed, part.total)
        for month, part in months.items()
        if month.startswith(year) and part.total
    )


def burn_up(asked: Asked, lang: Lang) -> Facts:
    return burn_up_of(asked.plan)


def burn_up_of(plan: Plan) -> Facts:
    """completed, total, planned by the day, later, undated; of what is in the plan on the day."""
    there = [one for one in plan.activities if not one.status.has_left]
    planned = sum(one.deadline.last is not None and one.deadline.last <= plan.on for one in there)
    undated = sum(one.deadline.last is None for one in there)
    completed = plan.progress(CountingRule.WHOLE_PLAN).completed
    return completed, len(there), planned, len(there) - planned - undated, undated


def plan_version(asked: Asked, lang: Lang) -> Facts:
    version = asked.plan.plan_version
    return version.number, version.undocumented, version.apart


def tiles(asked: Asked, lang: Lang) -> Facts:
    plan = asked.plan
    return len(plan.overdue()), len(plan.due_within()), len(plan.without_evidence())


def overdue(asked: Asked, lang: Lang) -> Facts:
    return tuple((one.code, one.days_overdue) for one in asked.plan.overdue())


def missed(asked: Asked, lang: Lang) -> Facts:
    """Each missed due day, the longest ago first."""
    rows = [
        (one.code, due.day.isoformat(), due.days_late(asked.on)) for one in asked.plan.overdue() for due in one.missed
    ]
    return tuple(sorted(rows, key=lambda row: -row[2]))


def due_soon(asked: Asked, lang: Lang) -> Facts:
    return tuple((one.code, iso(one.due_within())) for one in asked.plan.due_within())


def open_days(asked: Asked, lang: Lang) -> Facts:
    """The due days for which something is to be done, of activities that are open."""
    return tuple((one.code, iso(one.open_days)) for one in asked.plan.activities if one.open_days)


def iso(days: Sequence[date]) -> tuple[str, ...]:
    return tuple(one.isoformat() for one in days)


def without_evidence(asked: Asked, lang: Lang) -> Facts:
    return tuple(one.code for one in asked.plan.without_evidence())


def awaiting(asked: Asked, lang: Lang) -> Facts:
    waiting = ProgressStatus.AWAITING_CONFIRMATION
    return tuple(one.code for one in asked.plan.activities if one.status is waiting)


def left(asked: Asked, lang: Lang) -> Facts:
    """What was withdrawn, and what was carried over."""
    return tuple((one.code, one.status.value) for one in asked.plan.activities if one.status.has_left)


def undated(asked: Asked, lang: Lang) -> Facts:
    return tuple(one.code for one in asked.plan.activities if not one.deadline.is_dated)


def activities(asked: Asked, lang: Lang) -> Facts:
    return tuple((one.code, one.status.value) for one in asked.plan.activities)


def terms(asked: Asked, lang: Lang) -> Facts:
    return tuple((one.code, one.lead, one.deadline.text) for one in asked.plan.activities)


def timeliness(asked: Asked, lang: Lang) -> Facts:
    return tuple((one.code, one.timeliness().value) for one in asked.plan.activities)


MARKED = (Timeliness.DUE_SOON, Timeliness.OVERDUE, Timeliness.ON_TIME, Timeliness.LATE)


def marks(asked: Asked, lang: Lang) -> Facts:
    """The timeliness that a page says; it leaves out what asks for nothing."""
    found = ((one.code, one.timeliness()) for one in asked.plan.activities)
    return tuple((code, timely.value if timely in MARKED else "") for code, timely in found)


def completed_on(asked: Asked, lang: Lang) -> Facts:
    return tuple(
        (one.code, one.state.completed_on.isoformat())
        for one in asked.plan.activities
        if one.status is ProgressStatus.COMPLETED and one.state.completed_on
    )


def status_counts(asked: Asked, lang: Lang) -> Facts:
    found = [one.status.value for one in asked.plan.activities]
    return tuple((one.value, found.count(one.value)) for one in ProgressStatus if one.value in found)


def timeliness_counts(asked: Asked, lang: Lang) -> Facts:
    found = [one.timeliness().value for one in asked.plan.activities]
    return tuple((one.value, found.count(one.value)) for one in Timeliness if one.value in found)


def most_recorded(asked: Asked) -> Activity:
    """The activity of which most is on record."""
    return max(asked.plan.activities, key=lambda one: len(asked.plan.records[one.id]))


def history(asked: Asked, lang: Lang) -> Facts:
    """Of one activity: version, day and whether it was taken back of each record up to the day, in the order of recording."""
    records = asked.world.tracker.log.history(most_recorded(asked).id, asked.known_at)
    gone = {getattr(r.event, "version", 0) for r in records if not hasattr(r.event, "on")}
    return tuple(
        (r.version, r.event.on.isoformat() if hasattr(r.event, "on") else "–", r.version in gone)
        for r in records
        if getattr(r.event, "on", asked.on) <= asked.on
    )


def indicators(asked: Asked, lang: Lang) -> Facts:
    found = asked.world.tracker.indicators(asked.plan_id, asked.on, asked.known_at)
    return tuple(
        (one.definition.title, one.reading.reported_text if one.reading else "", one.text(lang), one.percent(lang))
        for one in found
    )


def checks(asked: Asked, lang: Lang) -> Facts:
    found = asked.world.tracker.indicators(asked.plan_id, asked.on, asked.known_at)
    return tuple(
        (one.definition.title, tuple((check.holds, check.figures(lang)) for check in one.checks)) for one in found
    )


def warnings(asked: Asked, lang: Lang) -> Facts:
    found = asked.world.tracker.warnings(asked.plan_id, asked.on, asked.known_at)
    return tuple((one.kind.value, one.subject, one.due.isoformat() if one.due else "", one.days) for one in found)


def warnings_by_lead(asked: Asked, lang: Lang) -> Facts:
    """What each agency is warned of, activity by activity, the most urgent first; the agencies in order."""
    found: dict[str, list[Any]] = {}
    for one in asked.world.tracker.warnings(asked.plan_id, asked.on, asked.known_at):
        if one.lead:
            says_day = one.kind.value in ("due", "overdue") and one.due
            row = (
                one.kind.value,
                one.subject.rpartition("/")[2],
                one.due.isoformat() if says_day and one.due else "",
                one.days,
            )
            found.setdefault(one.lead, []).append(row)
    first = {lead: list(dict.fromkeys(code for _, code, *_ in rows)) for lead, rows in found.items()}
    by_activity = {lead: sorted(rows, key=lambda row: first[lead].index(row[1])) for lead, rows in found.items()}
    return tuple((lead, tuple(by_activity[lead])) for lead in sorted(found, key=sort_key))


def balance(asked: Asked, lang: Lang) -> Facts:
    found = asked.plan.balance(date(asked.on.year, 1, 1), asked.on)
    return tuple(found.entries.values()), tuple(found.outcomes.values())


def reports(asked: Asked, lang: Lang) -> Facts:
    """The issued reports: id, day of issue, headline, how many figures and activities are known otherwise."""
    found = asked.world.tracker.reports.of(asked.plan_id, asked.on, asked.known_at)
    drifts = ((one, one.drift()) for one in found)
    return tuple(
        (one.id, one.issued_on.isoformat(), one.text(lang), len(drift.lines), len(drift.activities))
        for one, drift in drifts
    )


def drifts(asked: Asked, lang: Lang) -> Facts:
    """Of each issued report: lines that are known otherwise, as sent and now; activities in words; the records behind."""
    found = []
    for one in asked.world.tracker.reports.of(asked.plan_id, asked.on, asked.known_at):
        drift = one.drift()
        lines = tuple((line.title, _figure(line.sent), _figure(line.now)) for line in drift.lines)
        words = tuple(change.words(lang) for change in drift.activities)
        found.append((one.id, lines, words, tuple(record.position for record in drift.records)))
    return tuple(found)


def _figure(figure: Any) -> str:
    return "–" if figure is None else f"{figure.completed}/{figure.total}"


def drifts_overdue(asked: Asked, lang: Lang) -> Facts:
    """Of each issued report the lines that are known otherwise: how many are overdue, as sent and now."""
    found = []
    for one in asked.world.tracker.reports.of(asked.plan_id, asked.on, asked.known_at):
        lines = tuple((line.title, _overdue(line.sent), _overdue(line.now)) for line in one.drift().lines)
        found.append((one.id, lines))
    return tuple(found)


def _overdue(figure: Any) -> str:
    return "–" if figure is None else str(figure.overdue)


def calendar(asked: Asked, lang: Lang) -> Facts:
    """Each due day: whether it is cancelled, whether one is reminded of it."""
    return tuple(
        (one.code, due.isoformat(), one.status.has_left, due in one.open_days)
        for one in asked.plan.activities
        for due in one.deadline.days
    )


# many plans


def rollup(*by: Any) -> Callable[[Asked, Lang], Facts]:
    def asks(asked: Asked, lang: Lang) -> Facts:
        found = asked.world.tracker.rollup(by=by, on=asked.on, known_at=asked.known_at)
        return tuple((*key, *counts(line)) for key, line in found.in_order())

    return asks


def total(asked: Asked, lang: Lang) -> Facts:
    return counts(asked.world.tracker.rollup(on=asked.on, known_at=asked.known_at).total)[:3]


def _by_place(asked: Asked) -> dict[str, Tally]:
    found = asked.world.tracker.rollup(by=["jurisdiction"], on=asked.on, known_at=asked.known_at)
    return {name: line for (name,), line in found.lines.items()}


def all_overdue(asked: Asked, lang: Lang) -> Facts:
    """The first hundred, by plan and code."""
    found = asked.world.tracker.across("overdue", on=asked.on, known_at=asked.known_at)
    return tuple(tuple(line.activity.id.split("/")) for line in found.lines)


def weeks(asked: Asked, lang: Lang) -> Facts:
    """Of all plans, as known: each of 52 weeks."""
    found = asked.world.tracker.trend(last=asked.on, known_at=asked.known_at)
    return tuple((point.on.isoformat(), *counts(point.total)) for point in found.points)


def league(asked: Asked, lang: Lang) -> Facts:
    """All jurisdictions, the best first, of equals the larger; equal rates share a rank, the rate of nothing has none."""
    lines = _by_place(asked)
    names = sorted(lines, key=lambda n: (lines[n].rate is None, -(lines[n].rate or 0), -lines[n].total, sort_key(n)))
    values = [lines[name].rate for name in names]
    ranks = ["–" if value is None else str(1 + values.index(value)) for value in values]
    return tuple((rank, name, *counts(lines[name])) for rank, name in zip(ranks, names, strict=True))


def worst(asked: Asked, lang: Lang) -> Facts:
    found = asked.world.tracker.rollup(by=["jurisdiction"], on=asked.on, known_at=asked.known_at).worst()
    values = [line.rate for _, line in found]
    return tuple((1 + values.index(line.rate), key[0], *counts(line)[:3]) for key, line in found)


def late(asked: Asked, lang: Lang) -> Facts:
    found = asked.world.tracker.rollup(by=["jurisdiction"], on=asked.on, known_at=asked.known_at).late()[:10]
    values = [line.overdue for _, line in found]
    return tuple((1 + values.index(line.overdue), key[0], line.overdue) for key, line in found)


def silent(asked: Asked, lang: Lang) -> Facts:
    """The longest silent first; ten on the page."""
    return tuple(one.plan for one in asked.world.tracker.rollup(on=asked.on, known_at=asked.known_at).silent)


def plan_list(asked: Asked, lang: Lang) -> Facts:
    """The plans, by place and title."""
    rows = asked.world.tracker.plans(asked.on, asked.known_at)
    found = sorted(rows, key=lambda row: (sort_key(row.jurisdiction), sort_key(row.title), row.plan))
    return tuple((row.plan, row.jurisdiction, row.title) for row in found)


def plans(asked: Asked, lang: Lang) -> Facts:
    """All plans, by id."""
    return tuple((row.plan, row.jurisdiction, row.title) for row in asked.world.tracker.plans(asked.on, asked.known_at))


def agencies(asked: Asked, lang: Lang) -> Facts:
    return tuple(one.name for one in asked.world.tracker.agencies(asked.on, asked.known_at).agencies)


QUESTIONS: Mapping[str, Callable[[Asked, Lang], Facts]] = {
    "headline": headline,
    "rates under each rule": rates,
    "by domain": by_domain,
    "by lead": by_lead,
    "by lead and month": heat,
    "by month": by_month,
    "planned by the day, later, undated": burn_up,
    "plan version and undocumented changes": plan_version,
    "how many overdue, due soon, without evidence": tiles,
    "overdue": overdue,
    "the first that are overdue": overdue,
    "missed due days": missed,
    "due soon": due_soon,
    "open due days": open_days,
    "without evidence": without_evidence,
    "waiting for confirmation": awaiting,
    "withdrawn and carried over": left,
    "undated": undated,
    "activities and their status": activities,
    "lead and deadline": terms,
    "timeliness": timeliness,
    "timeliness that is marked": marks,
    "completed on": completed_on,
    "how many of each status": status_counts,
    "how many of each timeliness": timeliness_counts,
    "history of an activity": history,
    "indicators": indicators,
    "checks of indicators": checks,
    "warnings": warnings,
    "warnings by lead": warnings_by_lead,
    "balance": balance,
    "issued reports": reports,
    "drift": drifts,
    "drift of what is overdue": drifts_overdue,
    "calendar": calendar,
    "all plans: total": total,
    "all plans by jurisdiction": rollup("jurisdiction"),
    "all plans by jurisdiction and plan": rollup("jurisdiction", "plan"),
    "all plans by domain": rollup("domain"),
    "all plans by lead": rollup("lead"),
    "all plans: overdue": all_overdue,
    "all plans: week by week": weeks,
    "league": league,
    "lowest rates": worst,
    "most overdue": late,
    "silent": silent,
    "plans by place and title": plan_list,
    "plans by id": plans,
    "agencies": agencies,
}
"""Each question, and how the library answers it."""

MANY = tuple(QUESTIONS)[tuple(QUESTIONS).index("all plans: total") :]
"""The questions about all plans, not about one."""
