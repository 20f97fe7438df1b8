"""The parts of a report before its signature: what was directed, the results, their assessment, what comes next, proposals."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from reformtrack.domain.period import next_days
from reformtrack.domain.progress import Counted
from reformtrack.domain.report import Figure, Section
from reformtrack.domain.shares import shares
from reformtrack.domain.status import ProgressStatus, Timeliness
from reformtrack.domain.texts import name_key
from reformtrack.domain.values import Domain
from reformtrack.domain.wording import day, folded, lead_words, number, percent, roman, rounded_percent
from reformtrack.exchange.report import form
from reformtrack.exchange.report.blocks import Block, Id, Line, Table
from reformtrack.exchange.report.canvas import Chart
from reformtrack.exchange.report.charts import bridge_chart, charts
from reformtrack.exchange.report_words import bridge_causes, signed
from reformtrack.exchange.words import outcome_words, printed_deadline
from reformtrack.language import Language
from reformtrack.views.activity import Activity
from reformtrack.views.beside import Beside, a_year_before
from reformtrack.views.plan import Plan
from reformtrack.views.report import IssuedReport, Report

_PLACES = {
    "direction": ("chi dao", "direction"),
    "next": ("phuong huong", "trong tam", "thoi gian toi", "ky toi", "next"),
    "proposals": ("kien nghi", "de xuat", "proposal"),
    "assessment": (
        *("danh gia", "noi bat", "dat duoc", "uu diem", "ton tai", "han che", "kho khan", "nguyen nhan", "bai hoc"),
        *("assessment", "stands out", "shortcoming", "cause"),
    ),
}
"""The parts that a section belongs to, by what its name says; without marks."""

_MOST_NAMED = 10
"""The most activities that the text names; more are in the appendix only."""

Titled = tuple[str, Sequence[Block]]


def body(report: Report, beside: Beside, say: Language) -> Iterator[Block]:
    """The numbered parts of a report. Each section stands in the part that its name says, another one in a part of its own."""
    sections = list(report.content.sections)
    by_domain = {one.code: _taken(sections, _names_of(one)) for one in report.plan.state.domains}
    placed = {part: _taken(sections, _said_in(words)) for part, words in _PLACES.items()}
    drawn = charts(report.plan, report.period.first, report.period.last, say, report.content.rule)
    parts: list[Titled] = [
        _part(say("Direction and administration"), placed["direction"]),
        (say("Results"), list(_numbered(_results(report, beside, by_domain, drawn, say)))),
        _part(say("Assessment"), placed["assessment"]),
        *(_part(one.name, [one]) for one in sections),
        _part(say("What comes next"), placed["next"], list(_next(report, drawn, say, is_part=bool(placed["next"])))),
        _part(say("Proposals"), placed["proposals"]),
    ]
    for place, (title, blocks) in enumerate((part for part in parts if part[1]), 1):
        yield Line(form.PARTS_HEADING, f"{roman(place)}. {title}")
        yield from blocks


def _names_of(domain: Domain) -> Callable[[str], bool]:
    """Whether a section is named for a domain."""
    names = {name_key(words) for words in (domain.code, domain.title, f"{domain.code}. {domain.title}")}
    return lambda name: name_key(name) in names


def _said_in(words: Sequence[str]) -> Callable[[str], bool]:
    """Whether the name of a section has one of some words."""
    return lambda name: any(word in folded(name) for word in words)


def _taken(sections: list[Section], belongs: Callable[[str], bool]) -> list[Section]:
    """Those sections that belong somewhere, taken out of the list."""
    found = [one for one in sections if belongs(one.name)]
    sections[:] = [one for one in sections if one not in found]
    return found


def _part(title: str, sections: Sequence[Section], more: Sequence[Block] = ()) -> Titled:
    """A part of sections: of one, under the section's own name; of several, each numbered."""
    if len(sections) == 1:
        return sections[0].name, [*_texts(sections[0]), *more]
    return title, [*_numbered((one.name, list(_texts(one))) for one in sections), *more]


def _texts(section: Section) -> Iterator[Block]:
    return (Line(form.BODY, line.strip()) for line in section.text.splitlines() if line.strip())


def _numbered(titled: Iterable[Titled]) -> Iterator[Block]:
    for place, (title, blocks) in enumerate(((title, blocks) for title, blocks in titled if blocks), 1):
        yield Line(form.HEADING, f"{place}. {title}")
        yield from blocks


def _drawn(drawn: Sequence[Chart], name: str) -> Iterator[Block]:
    """The charts of a name: one that is too long for a page stands in parts."""
    for chart in drawn:
        if chart.name.startswith(name):
            yield chart
            yield Line(form.CAPTION, chart.title)
            if chart.note:
                yield Line(form.NOTE, chart.note)


def _results(
    report: Report, beside: Beside, by_domain: dict[str, list[Section]], drawn: Sequence[Chart], say: Language
) -> Iterator[Titled]:
    version = say("Plan and version"), say("version {number}", number=report.version.text(say.lang))
    changed = [Line(form.NOTE, ": ".join(version))] if report.version.undocumented else []  # whoever signs has to know
    overall = [Line(form.BODY, overall_words(report, say)), *changed]
    yield say("Overall"), [*overall, *_compared(report, beside, say), *_drawn(drawn, "burn-up")]
    told = [
        block
        for domain in report.plan.state.domains
        for section in by_domain[domain.code]
        for block in (Line(form.BELOW, domain.title), *_texts(section))
    ]
    yield say("By domain"), [_figures(report, "domain:", say("Domain"), say), *_drawn(drawn, "domains"), *told]
    yield say("By lead agency"), [_figures(report, "lead:", say("Lead agency"), say), *_drawn(drawn, "heat-map")]
    yield say("Balance of the period"), list(_balance(report, say))
    yield say("Late and not completed"), list(_not_completed(report, say))
    indicators = [indicator.printed(say.lang) for indicator in report.indicators]
    head = (say("Figure"), say("As reported"), say("As on record"), say("Checks"))
    yield say("Other figures"), [Table(head, indicators, (6, 5, 3, 4))] if indicators else []


def overall_words(report: Report, say: Language) -> str:
    """The headline; how many of it were late; how many are open."""
    total, lang = report.figure(), say.lang
    progress = report.plan.progress(report.content.rule)
    rule = report.content.rule.label(lang)
    if left_out := progress.left_out(lang):
        rule += "; " + say("not counted: {left}", left=left_out)
    done = set(progress.activities(Counted.COMPLETED))
    late = sum(one.id in done and one.timeliness() is Timeliness.LATE for one in report.plan.activities)
    if not total.total:
        nothing = say(
            "By {day}, no activity counts yet (counting rule: {rule}).", day=day(report.period.last, lang), rule=rule
        )
        return nothing if report.plan.activities else say("The plan has no activities yet.")
    text = say(
        "By {day}, {completed}/{total} activities were completed, {rate} (counting rule: {rule})",
        day=day(report.period.last, lang),
        completed=number(total.completed, lang),
        total=number(total.total, lang),
        rate=percent(total.rate, lang),
        rule=rule,
    )
    if late:
        text += say.plural(", {count} of them late", ", {count} of them late", late)
    if left := total.total - total.completed:
        text += say.plural("; {count} is open", "; {count} are open", left)
    overdue = say.plural(", {count} of them overdue", ", {count} of them overdue", total.overdue)
    return text + (overdue if total.overdue else say(", none overdue")) + "."


def _compared(report: Report, beside: Beside, say: Language) -> Iterator[Block]:
    """With the period before, by causes; with the year before, as figures."""
    if beside.before and beside.bridge:
        words = bridged_words(beside, say)
        yield Line(form.BODY, words)
        yield from _drawn((bridge_chart(beside.before, report, beside.bridge, words, say),), "bridge")
    if beside.last_year:
        yield Line(form.BODY, _beside_words(beside.last_year, report, say))
        both = (beside.last_year, report)
        names = say("Number of activities"), say("Completed"), say("Rate"), say("Overdue"), say("Counting rule")
        counts = ((*_line(one.figure(), "", say)[1:], one.content.rule.label(say.lang)) for one in both)
        rows = list(zip(names, *counts, strict=True))
        yield Table((say("Figure"), *(one.period.label(say.lang) for one in both)), rows, (6, -3, -3))


def _beside_words(last_year: IssuedReport, report: Report, say: Language) -> str:
    """Whose figures stand beside: of the same period a year before, or of another that was named."""
    if last_year.period.code != a_year_before(report.period.code):
        return say("Beside {period}:", period=_cited(last_year, say))
    on = day(last_year.sent.event.on, say.lang)
    period = last_year.period.label(say.lang)
    return say("Beside the same period of last year ({period}, as issued on {day}):", period=period, day=on)


def _cited(report: IssuedReport, say: Language) -> str:
    on = day(report.sent.event.on, say.lang)
    return say("{period} (as issued on {day})", period=report.period.label(say.lang), day=on)


def bridged_words(beside: Beside, say: Language) -> str:
    """
    The change of the headline since the report before: in all, then each cause; rounded so that they add up as printed.
    Empty where there is none before.
    """
    before, bridge = beside.before, beside.bridge
    if before is None or bridge is None:
        return ""
    change = rounded_percent(bridge.after) - rounded_percent(bridge.before)
    parts = [
        say("{cause} {points}", cause=cause, points=signed(end - start, say))
        for cause, start, end in bridge_causes(bridge, say)
        if end != start
    ]
    facts = {
        "period": _cited(before, say),
        "change": number(abs(change), say.lang),
        "before": percent(bridge.before, say.lang),
        "after": percent(bridge.after, say.lang),
    }
    if change > 0:
        text = say(
            "Compared with {period}, the rate rose by {change} percentage points, from {before} to {after}", **facts
        )
    elif change < 0:
        text = say(
            "Compared with {period}, the rate fell by {change} percentage points, from {before} to {after}", **facts
        )
    else:
        text = say("Compared with {period}, the rate stayed at {after}", **facts)
    return text + (say(", of which: {causes}", causes="; ".join(parts)) if parts else "") + "."


def _figures(report: Report, prefix: str, name: str, say: Language) -> Table:
    figures = [figure for figure in report.content.figures if figure.key.startswith(prefix)]
    rows = [_line(figure, report.title_of(figure, say.lang), say) for figure in figures]
    rows.append(_line(report.figure(), say("Total"), say))
    head = (name, say("Number of activities"), say("Completed"), say("Rate"), say("Overdue"))
    return Table(head, rows, (8, -3, -3, -2, -2))


def _line(figure: Figure, title: str, say: Language) -> tuple[str, ...]:
    total, completed, overdue = (number(n, say.lang) for n in (figure.total, figure.completed, figure.overdue))
    return title, total, completed, percent(figure.rate, say.lang), overdue


def _balance(report: Report, say: Language) -> Iterator[Block]:
    """The entries on the left, the outcomes with their shares on the right; both sides have the same total."""
    content, lang = report.content, say.lang
    parts = shares([count for _, count in content.outcomes])
    entries = [(entry.label(lang), number(count, lang)) for entry, count in content.entries]
    outcomes = [
        (outcome.label(lang), number(count, lang), f"{number(part, lang)}%")
        for (outcome, count), part in zip(content.outcomes, parts, strict=True)
    ]
    height = max(len(entries), len(outcomes))
    entries += [("", "")] * (height - len(entries))
    outcomes += [("", "", "")] * (height - len(outcomes))
    both = number(sum(count for _, count in content.entries), lang)
    rows = [(*entry, *outcome) for entry, outcome in zip(entries, outcomes, strict=True)]
    rows.append((say("Total"), both, say("Total"), both, f"{number(sum(parts, Decimal(0)), lang)}%"))
    head = (say("Came in"), say("Activities"), say("Stand at the end"), say("Activities"), say("Share"))
    yield Table(head, rows, (5, -3, 5, -3, -2))
    yield Line(form.NOTE, say("Shares are rounded by largest remainder, so that they add up to 100."))


def _not_completed(report: Report, say: Language) -> Iterator[Block]:
    """By name, what was completed late, and what is overdue or has obstacles."""
    plan = report.plan
    if late := [one for one in plan.activities if one.met_late]:
        yield Line(form.BODY, say("Completed late:"))
    for one in late[:_MOST_NAMED]:
        timing = outcome_words(one, say).partition("; ")[2]
        yield Line(form.BODY, f"- {named(one, plan)}. {one.title} – {lead_words(one.leads, say.lang)}: {timing}.")
    if (more := len(late) - _MOST_NAMED) > 0:
        words = say.plural("- {count} more, in the appendix.", "- {count} more, in the appendix.", more)
        yield Line(form.BODY, words)
    left = [one for one in plan.activities if one.status.is_open]
    stuck = [one for one in left if one.is_overdue or one.obstacles]
    if plan.activities and not left:
        yield Line(form.BODY, say("No activity of the plan is left open."))
    if stuck:
        yield Line(form.BODY, say("Not completed, and overdue or with obstacles:"))
        rows = [(*_cells(one, plan, say), outcome_words(one, say), one.obstacles) for one in stuck]
        yield Table((*_heads(say), say("Status"), say("Obstacles")), rows, (2, 7, 4, 4, 6, 4))
    waiting = [one for one in left if one.status is ProgressStatus.AWAITING_CONFIRMATION and one not in stuck]
    if waiting:
        words = say.plural(
            "{count} activity is reported complete and waits for confirmation: see the appendix.",
            "{count} activities are reported complete and wait for confirmation: see the appendix.",
            len(waiting),
        )
        yield Line(form.BODY, words)
    if rest := len(left) - len(stuck) - len(waiting):
        words = say.plural(
            "{count} open activity is in time: see the appendix.",
            "{count} open activities are in time: see the appendix.",
            rest,
        )
        if stuck or waiting:
            words = say.plural(
                "{count} other open activity is in time: see the appendix.",
                "{count} other open activities are in time: see the appendix.",
                rest,
            )
        yield Line(form.BODY, words)


def _heads(say: Language) -> tuple[str, ...]:
    """What stands above `_cells`."""
    return say("No. in the plan"), say("Activity"), say("Lead agency"), say("Deadline")


def _cells(one: Activity, plan: Plan, say: Language) -> tuple[str, ...]:
    """What a table of activities says of each."""
    return Id(named(one, plan)), one.title, lead_words(one.leads, say.lang), printed_deadline(one, say.lang)


def named(activity: Activity, plan: Plan) -> str:
    """Its number as printed, if no other activity has it; else its code."""
    numbers = [one.number for one in plan.activities]
    return activity.number if activity.number and numbers.count(activity.number) == 1 else activity.code


def due_next(report: Report) -> list[tuple[Activity, list[date]]]:
    """What falls due in the next period, with its due days."""
    first, last = next_days(report.period)
    due = ((one, [on for on in one.open_days if first <= on <= last]) for one in report.plan.activities)
    return [(one, days) for one, days in due if days]


def next_words(report: Report, say: Language, *, is_part: bool = False) -> str:
    """
    How much falls due in the next period.

    Args:
        is_part: it follows texts of a longer time, as of the second half of a year.
    """
    first, last = (day(on, say.lang) for on in next_days(report.period))
    words = say("From {first} to {last}, no activity of the plan falls due.", first=first, last=last)
    if count := len(due_next(report)):
        words = say.plural(
            "From {first} to {last}, {count} activity of the plan falls due.",
            "From {first} to {last}, {count} activities of the plan fall due.",
            count,
            first=first,
            last=last,
        )
    return say("Of this: {words}", words=words[:1].lower() + words[1:]) if is_part else words


def _next(report: Report, drawn: Sequence[Chart], say: Language, *, is_part: bool) -> Iterator[Block]:
    yield Line(form.BODY, next_words(report, say, is_part=is_part))
    rows = [
        (*_cells(one, report.plan, say), ", ".join(day(on, say.lang) for on in days)) for one, days in due_next(report)
    ]
    if rows:
        yield Table((*_heads(say), say("Due day")), rows, (2, 9, 5, 4, 4))
    yield from _drawn(drawn, "calendar")
