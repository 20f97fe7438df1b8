"""
The comparison of what the library and the second model answer about random histories.

`python -m tests.second_model --histories 5000 --seed 1` compares many, and says how often each case was met.
"""

import argparse
import re
import sys
import time as clocks
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import BytesIO
from itertools import product
from random import Random
from typing import Any
from urllib.parse import quote

import attrs
from openpyxl import load_workbook

from reformtrack import CountingRule, IllegalHistory, InvalidField, NotFound, Progress
from reformtrack.answers import Indicator, PlanVersion
from reformtrack.events import ActivityCarriedOver, ActivityScheduled, PlanAdopted, ReportIssued
from reformtrack.exchange.agency_workbook import agency_workbook
from reformtrack.exchange.calendar import icalendar
from reformtrack.exchange.digest import digests
from reformtrack.values import PlanId, StreamId
from reformtrack.views.plan import By
from reformtrack.views.plan import Plan as LibraryPlan
from reformtrack.web import create_app
from tests.second_histories import NUMBERS, SPELLINGS, History
from tests.second_model import URGENCY, Drift, Plan, RollOver, known, timeline
from tests.second_printed import Days, bare, heading, in_order
from tests.web.asking import ask

SPLIT: tuple[By, ...] = ("domain", "group", "lead", "month")
Differs = Callable[[str, Any, Any], None]
"""Told what was asked, what the library answers, and what the model does."""


def compare_plan(history: History, on: date, known_at: datetime | int | None, differs: Differs) -> None:
    random, seen, tracker = history.random, history.seen, history.tracker
    model = Plan(history.log, on, known_at)
    if isinstance(known_at, int):
        seen["known at a position amid a request"] += known_at not in {fact.position for fact in history.ends}
    try:
        plan = tracker.plan("p", on=on, known_at=known_at)
    except NotFound:
        differs("not found", True, model.adoption is None)
        seen["plan not found"] += 1
        return
    differs("found", True, model.adoption is not None)
    differs("activities", {a.id for a in plan.activities}, set(model.works))
    rule = random.choice(list(CountingRule))
    rollup = tracker.rollup(["p"], by=["plan"], on=on, rule=rule, known_at=known_at)
    lines = {key: (line.completed, line.total, line.overdue) for key, line in rollup.lines.items()}
    differs("roll-up", lines, {("p",): model.figures(rule.value)["total", ""]})
    compare_printed(history, plan, model, rule, differs)
    seen["roll-up of a plan without activities"] += not model.works
    days = random.choice((0, 1, 3, 7, 7, 30))
    for activity in plan.activities:
        work = model.works[activity.id]
        answers: dict[str, tuple[Any, Any]] = {
            "status": (activity.status.value, work.status),
            "timeliness": (activity.timeliness().value, work.timeliness),
            "open days": (list(activity.open_days), work.open_days),
            "due": (activity.due, work.due),
            "missed": ([(due.day, due.days_late(on)) for due in activity.missed], work.missed),
            "due within": (list(activity.due_within(days)), work.due_within(days)),
            "completed on": (activity.completed_on, work.reported_on if work.status == "completed" else None),
            "reported on": (activity.reported_on, None if work.status == "completed" else work.reported_on),
            "lacks evidence": (activity.lacks_evidence, work.reported and not work.evidence),
        }
        for name, pair in answers.items():
            differs(f"{name} of {activity.id} on {on} known at {known_at}", *pair)
        seen[f"status {work.status}"] += 1
        seen[f"timeliness {work.timeliness}"] += 1
        seen["missed beside due soon"] += bool(work.missed and work.due_within(7))
        seen["overdue while waiting"] += bool(work.missed and work.reported)
        seen["overdue while suspended"] += bool(work.missed and work.suspended)
        seen["recurring, some done"] += bool(work.recurring and work.done and not work.reported)
    differs("plan version", version_of(plan.plan_version), model.version)
    seen["plan version with changes since"] += model.version[1:] != (0, 0)
    soon = [(a.code, a.due_within(days)[0]) for a in plan.due_within(days)]
    differs("plan.due_within", dict(soon), model.due_within(days))
    differs("order of plan.due_within", [day for _, day in soon], sorted(day for _, day in soon))
    seen["due_within not empty"] += bool(soon)
    late = {a.code: max(d.days_late(on) for d in a.missed) for a in plan.overdue()}
    differs("plan.overdue", late, model.overdue())
    differs("order of plan.overdue", list(late.values()), sorted(late.values(), reverse=True))
    seen["overdue not empty"] += bool(late)
    first = on - timedelta(random.choice((0, 30, 120)))
    balance = {stream: (entry.value, outcome.value) for stream, entry, outcome in plan.balance(first).lines}
    differs("balance", balance, model.balance(first))
    for line in model.balance(first).values():
        seen[f"balance {line[0]}"] += 1
        seen[f"balance {line[1]}"] += 1
    indicators = tracker.indicators("p", on=on, known_at=known_at)
    compare_indicators(history, indicators, on, known_at, differs)
    stages = random.choice(((7, 3, 1), (7, 3, 1), (14,), (10, 0), (1, 5), ()))
    silent_days = random.choice((30, 30, 7, 0))
    found = tracker.warnings("p", on=on, known_at=known_at, stages=stages, silent_days=silent_days)
    got = [(w.kind.value, w.subject, w.leads, w.due, w.days, w.stage, w.decided_later) for w in found]
    expected = model.warnings(stages, silent_days)
    differs(f"warnings {stages} {silent_days}", sorted(got, key=repr), sorted(expected, key=repr))
    kinds = [URGENCY.index(w.kind.value) for w in found]
    differs("order of warnings", kinds, sorted(kinds))
    for kind in URGENCY:
        seen[f"warning {kind}"] += any(one[0] == kind for one in expected)
    seen["warning decided later"] += any(one[-1] for one in expected)
    seen["warning of more than one missed occurrence"] += any(
        n > 1 for n in Counter(one[1] for one in expected if one[0] == "overdue").values()
    )


def compare_printed(history: History, plan: LibraryPlan, model: Plan, rule: CountingRule, differs: Differs) -> None:
    """Leads, headings, numbers, days and place."""
    random, seen, tracker, on = history.random, history.seen, history.tracker, plan.on
    adoption, days, state = model.adoption, model.days, plan.state
    assert adoption is not None
    found = (state.year, state.first_day, state.last_day, state.stages, state.level, state.above)
    told = (days.year, days.first, days.last, adoption.stages, adoption.level, adoption.above)
    differs("days and place", found, told)
    for by in SPLIT:
        lines = {name: (part.completed, part.total, part.overdue) for name, part in plan.progress_by(by, rule).items()}
        differs(f"progress by {by}", lines, model.progress_by(by, rule.value))
        if by == "lead":
            differs("order of leads", list(lines), sorted(lines, key=in_order))
            rolled = tracker.rollup(["p"], by=["lead"], on=on, rule=rule, known_at=plan.known_at)
            parts = {name: (line.completed, line.total, line.overdue) for (name,), line in rolled.lines.items()}
            differs("roll-up by lead", parts, lines)
        if by == "group":
            groups = [heading(model.works[activity.id].group) for activity in plan.activities]
            differs("order of groups", list(lines), list(dict.fromkeys(groups)))
    for activity in plan.activities:
        work, line = model.works[activity.id], model.leads.line(model.works[activity.id].leads)
        answers: dict[str, tuple[Any, Any]] = {
            "leads": (activity.leads, work.leads),
            "names": (sorted(plan.leads_of(activity)), sorted(model.leads.names(work.leads))),
            "line": (plan.lead_of(activity), line),
            "line in English": (
                plan.lead_of(activity, "en"),
                model.leads.line(work.leads, " (joint)", "no lead agency"),
            ),
            "title of the line": (plan.lead_title(line, "en"), plan.lead_of(activity, "en")),
            "number": (activity.number, work.number),
            "group": (activity.group, work.group),
            "lead text": (activity.state.terms.lead_text, work.lead_text),
            "lead since": (activity.lead_since, work.lead_since),
            "deadline": (activity.deadline, work.deadline),
        }
        for name, pair in answers.items():
            differs(f"{name} of {activity.id} on {on}", *pair)
        seen["joint lead"] += len(work.leads) > 1
        seen["no lead"] += not work.leads
        seen["group"] += bool(work.group)
        seen["number"] += bool(work.number)
        seen["span"] += bool(work.deadline.start)
        seen["recurring over years"] += len({day.year for day in work.days}) > 1
    for name in random.choice(SPELLINGS):
        printed = any(name in work.leads for work in model.works.values())
        differs(f"spelling {name}", plan.spelling(name), model.leads.name(name) if printed else name)
    seen["several spellings of a lead"] += len({name for work in model.works.values() for name in work.leads}) > len(
        model.leads.spelt
    )
    for text in random.sample((*NUMBERS[1:], "p/2", "9", "q/1", "7A"), 4):
        try:
            called: str | None = plan.activity(text).id
        except NotFound:
            called = None
        differs(f"called {text}", called, model.called(text))
        if called:
            records = [record.position for record in tracker.log.history(called, known_at=plan.known_at)]
            mine = [fact.position for fact in model.log if fact.stream == called]
            differs(f"history of {text}", records, mine)
            seen["found by number"] += called != f"p/{text}"
        else:
            seen["a number that several have"] += any(work.number == text for work in model.works.values())
    for first, last in ((days.first, days.last), (days.first, on), *((one.first, one.last) for one in adoption.stages)):
        if first <= last:
            balance = {stream: (entry.value, out.value) for stream, entry, out in plan.balance(first, last).lines}
            differs(f"balance {first} {last}", balance, model.balance(first, last))
    agencies = tracker.agencies()
    work_of = {names.names: {one.id for one in names.activities} for names in agencies.work(plan)}
    mine_of: dict[tuple[str, ...], set[str]] = {}
    for stream, one in model.works.items():
        mine_of.setdefault(tuple(model.leads.names(one.leads)), set()).add(stream)
    differs("work of agencies", work_of, mine_of)
    by_agency = {name: part.total for name, part in agencies.progress_by_agency(plan, rule).items()}
    differs(
        "progress by agency", by_agency, {name: n for name, (_, n, _) in model.progress_by("lead", rule.value).items()}
    )
    if plan.known_at is None and random.randrange(4) == 0:
        compare_lists(history, plan, model, differs)
    seen[f"plan of {1 + days.last.year - days.first.year} calendar years"] += 1
    seen["plan with stages"] += bool(adoption.stages)


def compare_lists(history: History, plan: LibraryPlan, model: Plan, differs: Differs) -> None:
    """What is listed under each of its leads: digests, calendars, workbooks, the filter of the API."""
    random, app = history.random, create_app(history.tracker)
    mailed = {
        mail.to: sorted((w.kind.value, w.subject, w.days) for w in mail.warnings)
        for mail in digests(history.tracker, "p", plan.on)
    }
    expected: dict[str, list[Any]] = {}
    for kind, stream, leads, _, left, _, _ in model.warnings((7, 3, 1), 30):
        # What nobody leads goes to whose plan it is; figures that do not fit go into no digest.
        for name in model.leads.names(leads) or [model.texts[1]] * (kind != "differs"):
            expected.setdefault(name, []).append((kind, stream, left))
    differs("digests", mailed, {name: sorted(mail) for name, mail in expected.items()})
    for names in SPELLINGS:
        lead = random.choice(names)
        led = [work for work in model.works.values() if bare(lead) in map(bare, work.leads)]
        shown = icalendar(plan, lead=lead).decode().count("BEGIN:VEVENT")
        differs(f"calendar of {lead}", shown, sum(len(work.days) for work in led))
        found = ask(app, f"/api/v1/plans/p/activities?on={plan.on}&lead={quote(lead)}").json()["activities"]
        differs(f"filter {lead}", {one["id"] for one in found}, {work.stream for work in led})
        if random.randrange(6):
            continue
        try:
            sheet = load_workbook(BytesIO(agency_workbook(plan, lead))).worksheets[0]
            rows = {str(row[0].value): bool(row[1].comment) for row in sheet.iter_rows(min_row=6)}
        except InvalidField:
            rows = {}
        expected_rows = {}
        for work in led:
            for day in work.open_days or (work.due,):
                if not work.left and work.status != "completed":
                    expected_rows[f"{work.stream} {day}" if work.recurring else work.stream] = len(work.leads) > 1
        differs(f"workbook of {lead}", rows, expected_rows)


def compare_deadlines(history: History, differs: Differs) -> None:
    """What each text says in the days of the plan."""
    for text, deadline in history.parsed.items():
        differs(
            f"deadline {text}: {history.days.first}–{history.days.last}",
            (deadline.start, deadline.days),
            history.days.read(text),
        )
        history.seen["deadline without days"] += not deadline.days
        history.seen["deadline with several days"] += len(deadline.days) > 1
        history.seen["deadline that is a span"] += deadline.start is not None


def compare_indicators(
    history: History, found: tuple[Indicator, ...], on: date, known_at: datetime | int | None, differs: Differs
) -> None:
    seen = history.seen
    model = Plan(history.log, on, known_at).indicators()
    differs("indicators", {one.name for one in found}, set(model))
    for one in found:
        other = model[one.name]
        differs(f"reading of {one.name}", one.reading, other.reading)
        differs(f"readings of {one.name}", list(one.readings), other.readings)
        differs(f"rate of {one.name}", one.rate, other.rate)
        differs(f"difference of {one.name}", one.percent_difference, other.difference)
        checks = sorted(repr((c.left, c.right, c.holds)) for c in one.checks)
        differs(f"checks of {one.name}", checks, sorted(map(repr, other.checks)))
        differs(f"number of warnings of {one.name}", len(one.warnings), other.complaints)
        for left, right, holds in other.checks:
            why = "a missing figure" if None in (*left, *right) else "several days"
            seen[f"check {holds}" if holds is not None else f"check not judged: {why}"] += 1
        seen["percent difference"] += bool(other.difference)
        seen["late reading of an earlier day"] += bool(other.readings and other.readings[-1] is not other.reading)
    if found:
        one = history.random.choice(found)
        differs(f"{one.name} alone", history.tracker.indicator(one.id, on=on, known_at=known_at), one)


def compare_reports(history: History, differs: Differs) -> None:
    seen, tracker = history.seen, history.tracker
    everything: set[str] = set()
    subjects = dict.fromkeys(f.stream for f in history.log if "@" in f.stream)
    days = [(history.today(), None), (history.some_day(), history.some_knowledge())]
    for subject, asked in product(subjects, days):
        on, known_at = asked
        try:
            report = tracker.reports.get(subject, on=on, known_at=known_at)
        except NotFound:
            told = timeline(known(history.log, known_at), subject, on)
            differs(f"{subject} not found", [], [fact for fact in told if isinstance(fact.event, ReportIssued)])
            seen["report not found"] += 1
            continue
        drift, model = report.drift(), Drift(history.log, subject, on, known_at)
        sent = {f.key: (f.completed, f.total, f.overdue) for f in report.content.figures}
        differs(f"{subject} sent", sent, keyed(model.sent))
        differs(f"{subject} sections", [(one.name, one.text) for one in report.content.sections], model.sections)
        leads = {
            f.key.partition(":")[2]: (f.title, report.title_of(f, "en"))
            for f in report.content.figures
            if "lead:" in f.key
        }
        titles = {line: (line, english) for line, english in model.then.lead_titles().items()}
        differs(f"{subject} titles", leads, titles)
        seen["report with sections"] += bool(model.sections)
        seen["report of a stage"] += "giai-doan" in subject
        lines = {
            bare(line.key): tuple(f and (f.completed, f.total, f.overdue) for f in (line.sent, line.now))
            for line in drift.lines
        }
        differs(f"{subject} lines", lines, {bare(key): value for key, value in keyed(model.lines).items()})
        balance = {what.value: (before, after) for what, before, after in drift.balance}
        differs(f"{subject} balance", balance, {what: (a or 0, b or 0) for what, (a, b) in model.balance.items()})
        differs(f"{subject} activities", {a.id for a in drift.activities}, set(model.activities))
        differs(f"{subject} indicators", {one.id for one in drift.indicators}, set(model.indicators))
        rates = {sent.rule.value: tuple(map(printed_rate, (sent, now))) for sent, now in drift.rates}
        differs(f"{subject} rates", rates, model.rates)
        version = drift.version and tuple(map(version_of, drift.version))
        differs(f"{subject} version", version, model.plan.get("version"))
        differs(f"{subject} texts", bool(drift.texts), "texts" in model.plan)
        figures = len(model.lines) + len(model.indicators) + ("version" in model.plan)
        differs(f"{subject} figures", drift.figures, figures)
        differs(f"{subject} records", [record.position for record in drift.records], sorted(model.records))
        differs(f"{subject} drifts", bool(drift), bool(model))
        other = history.some_day()
        differs(
            f"{subject} changed in {other}",
            {one.id for pair in report.changed_in(report.plan_now.as_of(other)) for one in pair if one is not None},
            model.changed_in(model.now.at(other)),
        )
        seen["drift: none" if not model else "drift: some"] += 1
        seen["drift: activities behind equal numbers"] += bool(model.activities and not model.lines)
        seen["drift: balance only"] += bool(model.balance and not model.lines)
        seen["drift: rates only"] += bool(model.rates and not model.lines)
        seen["drift: indicators"] += bool(model.indicators)
        seen["drift: plan version"] += "version" in model.plan
        seen["drift: texts"] += "texts" in model.plan
        seen["drift: the course alone"] += any("took another course" in one.words("en") for one in drift.activities)
        seen["drift of a correction"] += model.corrected and bool(model)
    for subject in subjects:
        if Drift(history.log, subject, history.today(), None):
            everything.add(subject)
    restated = tracker.reports.restated("p")
    differs("restated", {report.id for report, _ in restated}, everything)


def version_of(version: PlanVersion) -> tuple[int, int, int]:
    return version.number, version.undocumented, version.apart


def printed_rate(progress: Progress) -> Counter[str]:
    left_out = {what.value: n for what, n in progress.excluded.items()}
    return +Counter({"completed": progress.completed, "open": progress.open, **left_out})


def keyed(lines: dict[tuple[str, str], Any]) -> dict[str, Any]:
    return {kind if kind == "total" else f"{kind}:{name}": value for (kind, name), value in lines.items()}


def compare_roll_over(history: History, on: date, differs: Differs) -> None:
    seen, tracker = history.seen, history.tracker
    try:
        proposed = tracker.roll_over("p", "q", on=on)
    except NotFound:
        differs("roll-over not found", None, Plan(history.log, on).adoption)
        return
    model = RollOver(history.log, on)
    differs("copied", set(proposed.copied), set(model.copied))
    differs("carried", set(proposed.carried), set(model.carried))
    differs("blocked", {code for code, _ in proposed.blocked}, model.blocked)
    differs("settled", set(proposed.settled), model.settled)
    differs("redated", set(proposed.redated), model.redated)
    differs("later", {f"p/{code}" for code in proposed.later}, model.later)
    differs("unlinked", set(proposed.unlinked), model.unlinked)
    differs("unclear", proposed.unclear, ())
    differs("lets go", proposed.lets_go, model.lets_go)
    scheduled = {str(e.subject): e for e in proposed.events if isinstance(e, ActivityScheduled)}
    differs("scheduled", set(scheduled), {f"q/{code}" for code in {**model.copied, **model.carried}})
    for code, deadline in {**model.copied, **model.carried}.items():
        event, work = scheduled[f"q/{code}"], model.works[f"p/{code}"]
        last = (model.next.last,)
        found = (
            event.deadline if deadline else event.deadline.days,
            event.domain,
            event.title,
            event.leads,
            event.group,
            event.number,
        )
        more = {name: value for name, value in event.host_fields.items() if name not in work.host_fields}
        differs(f"own fields of {code}", {**event.host_fields}, {**work.host_fields, **more})
        differs(f"link of {code}", len(more), int(code in model.carried and code not in model.unlinked))
        differs(
            f"scheduled {code}", found, (deadline or last, work.domain, work.title, work.leads, work.group, work.number)
        )
    gone = {e.subject: (e.on, e.into) for e in proposed.events if isinstance(e, ActivityCarriedOver)}
    leaving = model.carried.keys() - model.carried_before if model.lets_go else ()
    expected = {f"p/{code}": (model.day, "q") for code in leaving}
    differs("carried over", gone, expected)
    adopted = next(event for event in proposed.events if isinstance(event, PlanAdopted))
    again = attrs.evolve(
        model.adoption,
        subject=PlanId(StreamId("q")),
        on=on,
        year=model.next.year,
        first_day=adopted.first_day,
        last_day=adopted.last_day,
        stages=(),
        title=adopted.title,
        host_fields=model.notice,
    )
    differs("adopted", adopted, again)
    days = Days(adopted.year, adopted.first_day, adopted.last_day)
    differs("next days", (days.first, days.last), (model.next.first, model.next.last))
    for name in ("copied", "carried", "carried_before", "blocked", "settled", "redated", "later", "unlinked"):
        seen[f"roll-over {name}"] += bool(getattr(model, name))
    seen["roll-over closed"] += not model.lets_go
    if on <= history.today():
        try:
            tracker.record(*proposed.events, by="so-noi-vu")
        except IllegalHistory as error:
            differs("recordable", str(error), "")
        seen["roll-over recorded"] += 1


def examine(random: Random, seen: Counter[str], differs: Differs, asks: int = 5) -> History:
    """Make a history, and hold each answer about it against the model's; `seen` counts in how many a case was met."""
    history = History(random, Counter())
    history.make()
    with history.tracker:
        for _ in range(asks):
            compare_plan(history, history.some_day(), history.some_knowledge(), differs)
        compare_deadlines(history, differs)
        compare_reports(history, differs)
        compare_roll_over(history, history.some_day(), differs)
    seen.update(case for case, times in history.seen.items() if times)
    seen["records"] += len(history.log)
    return history


def main() -> None:
    """Compare many histories; each difference is printed with the seed of its history, and ends in a failure."""
    parser = argparse.ArgumentParser(description="Hold the library against the second small model.")
    parser.add_argument("--histories", type=int, default=5000)
    parser.add_argument("--seed", default="1")
    asked = parser.parse_args()
    seen, differences, answers = Counter[str](), Counter[str](), 0
    started = clocks.monotonic()
    for number in range(1, asked.histories + 1):

        def differs(what: str, got: Any, want: Any, number: int = number) -> None:
            nonlocal answers
            answers += 1
            if got != want:
                differences[re.sub(r"[p@#\d].*", "", what)] += 1
                print(f"history {number}: {what}: the library: {got}; the model: {want}", flush=True)

        examine(Random(f"{asked.seed}/{number}"), seen, differs)
        if number % 250 == 0 or number == asked.histories:
            took = clocks.monotonic() - started
            print(f"{number} histories, {answers} answers, {differences.total()} differences, {took:.0f} s", flush=True)
    for what, times in sorted(seen.items()):
        print(f"{times:9}  {what}")
    sys.exit(f"differences: {dict(differences)}" if differences else 0)
