"""The charts of a plan, and of two of its reports."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from reformtrack.domain.progress import CountingRule
from reformtrack.domain.protected import redacted
from reformtrack.domain.wording import capital, month, number
from reformtrack.domain.wording import day as day_text
from reformtrack.exchange.report.canvas import DONE, FAINT, HATCH, INK, LATE, MUTED, Chart, Rows, chart, pages, told
from reformtrack.exchange.report_words import bridge_causes, headed, signed_points
from reformtrack.exchange.words import burn_up_words, due_words, is_of_a_year, outside, part_words
from reformtrack.extras import extra
from reformtrack.language import Language
from reformtrack.views.bridge import Bridge
from reformtrack.views.plan import Plan
from reformtrack.views.report import IssuedReport
from reformtrack.views.series import (
    BEFORE,
    MOST_MONTHS,
    Cell,
    DueState,
    burn_up,
    by_lead_and_month,
    due_days,
    first_days,
    month_of,
    part_of,
    parts_of,
    round_numbers,
)

with extra("exchange"):
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

_FILLS = {DueState.DONE: (DONE, "white"), DueState.MISSED: (LATE, "white"), DueState.NOT_DUE: (FAINT, MUTED)}
"""The colour of each state of due work, and of the text in it."""


def charts(plan: Plan, first: date, last: date, say: Language, rule: CountingRule | None = None) -> tuple[Chart, ...]:
    """
    The charts of a plan: burn-up against its deadlines, domains, agencies by month, due days; the last two in as many parts
    as their rows need pages.

    Args:
        plan: as known when it is drawn.
        first: the first day of the burn-up.
        last: its last day.
        say: the language of the titles.
        rule: the counting rule by domain; default: the plan's own rule.
    """
    return (_burn_up(plan, first, last, say), _domains(plan, say, rule), *_heat_maps(plan, say), *_calendars(plan, say))


def bridge_chart(before: IssuedReport, after: IssuedReport, found: Bridge, text: str, say: Language) -> Chart:
    """The bridge between two reports of a plan: the rate of the first, what each cause added or took, that of the second."""
    causes = bridge_causes(found, say)
    levels = [causes[0][1], *(end for _, _, end in causes)]
    labels = [capital(label) for label in (headed(before, say), *(cause for cause, _, _ in causes), headed(after, say))]
    rows = Rows.of(labels)

    def draw(axes: Axes) -> None:
        ends = [(rows.middles[0], levels[0]), (rows.middles[-1], levels[-1])]
        for at, level in ends:
            axes.barh(at, float(level), 0.24, color=FAINT, edgecolor=INK)
            told(axes, float(level), at, f"{number(level, say.lang)}%")
        for place, (_, start, end) in enumerate(causes, 1):
            style = HATCH if end < start else {}
            at, change = rows.middles[place], float(end - start)
            axes.barh(at, change, 0.24, left=float(start), color=LATE if end < start else DONE, **style)
            axes.plot([float(start)] * 2, [rows.middles[place - 1], at], color=MUTED, linewidth=0.8, zorder=0)
            told(
                axes, float(max(start, end)), at, signed_points(end - start, say) if end != start else say("no change")
            )
        axes.plot([float(levels[-1])] * 2, rows.middles[-2:], color=MUTED, linewidth=0.8, zorder=0)
        rows.set(axes)
        axes.set_xlim(0, 140)
        axes.spines["bottom"].set_bounds(0, 100)
        axes.set_xticks(range(0, 101, 20), [f"{n}%" for n in range(0, 101, 20)])

    title = say("Change of the rate since the earlier report")
    return chart("bridge", title, text, rows.height + 0.5, draw)


def _parts(name: str, title: str, labels: Sequence[str], note: str) -> Iterator[tuple[str, str, slice, str]]:
    """The name, the title and the rows of each part of a chart; and the note, below the last one."""
    parts = list(pages(labels))
    for place, (start, end) in enumerate(parts, 1):
        more = f" ({place}/{len(parts)})" if len(parts) > 1 else ""
        there = note if place == len(parts) else ""
        yield name if place == 1 else f"{name}-{place}", title + more, slice(start, end), there


def _burn_up(plan: Plan, first: date, last: date, say: Language) -> Chart:
    points = burn_up(plan, first, last)
    days: Any = [point.day for point in points]  # matplotlib takes days, its types do not say so
    lines: tuple[tuple[str, str, Any], ...] = (
        ("total", say("in the plan"), {"color": MUTED, "linestyle": ":", "linewidth": 1.5}),
        ("planned", say("planned"), {"color": INK, "linestyle": "--"}),
        ("completed", say("completed"), {"color": DONE, "linewidth": 2.2}),
    )

    def draw(axes: Axes) -> None:
        for name, label, style in lines:
            axes.step(days, [getattr(point, name) for point in points], where="post", label=label, **style)
        steps = round_numbers(max(point.total for point in points))
        axes.set_yticks(steps)
        axes.set_ylim(0, steps[-1] * 1.02)
        months: Any = first_days(first, last)
        axes.set_xticks(months, [month(one, say.lang).replace("/", "/\n") for one in months])
        axes.margins(x=0.01)
        axes.grid(axis="y", color=FAINT, linewidth=0.5)
        axes.figure.legend(loc="outside lower center", ncols=3, frameon=False, handlelength=3)
        axes.set_ylabel(say("activities"))

    text = burn_up_words(points[-1], say)
    note = f"{text} {outside(plan, say)}".strip()
    return chart("burn-up", say("Completed activities against the deadlines"), text, 2.9, draw, note)


def _domains(plan: Plan, say: Language, rule: CountingRule | None) -> Chart:
    progress = plan.progress_by("domain", rule)
    domains = [domain for domain in plan.state.domains if domain.code in progress]
    names = [f"{domain.code}. {redacted(domain.title, say)}" for domain in domains]
    parts = [progress[domain.code] for domain in domains]
    rows = Rows.of(names)

    def draw(axes: Axes) -> None:
        done = [part.completed for part in parts]
        late = [part.overdue for part in parts]
        rest = [part.open - part.overdue for part in parts]
        before = [a + b for a, b in zip(done, late, strict=True)]
        axes.barh(rows.middles, done, 0.2, color=DONE, label=say("completed"))
        axes.barh(rows.middles, late, 0.2, left=done, color=LATE, label=say("overdue"), **HATCH)
        axes.barh(rows.middles, rest, 0.2, left=before, color=FAINT, label=say("open, in time"))
        for at, part in zip(rows.middles, parts, strict=True):
            told(axes, part.total, at, part.ratio(say.lang))
        rows.set(axes)
        steps = round_numbers(max((part.total for part in parts), default=1))
        axes.set_xticks(steps)
        axes.set_xlabel(say("activities"))
        axes.set_xlim(0, 1.12 * steps[-1])
        axes.figure.legend(loc="outside lower center", ncols=3, frameon=False)

    text = "; ".join(f"{name}: {part.text(say.lang)}" for name, part in zip(names, parts, strict=True))
    return chart("domains", say("Progress by domain"), text, 0.9 + rows.height, draw)


def _heat_maps(plan: Plan, say: Language) -> Iterator[Chart]:
    cells = by_lead_and_month(plan)
    leads = list(cells)
    shown = parts_of(cells, plan)
    heads = {part: part_words(part, plan, say) for part in shown}
    names = [redacted(plan.lead_title(lead, say.lang), say) for lead in leads]

    def drawing(part: slice, rows: Rows) -> Callable[[Axes], None]:
        def draw(axes: Axes) -> None:
            for at, lead in zip(rows.middles, leads[part], strict=True):
                for column, cell in cells[lead].items():
                    _square(axes, column, at, cell, say)
            rows.set(axes)
            axes.set_xlim(shown[0] - 0.5, shown[-1] + 0.5)
            axes.set_xticks(shown, [head.replace("/", "/\n") for head in heads.values()])
            now = part_of(plan.on, plan)
            for column, label in zip(shown, axes.get_xticklabels(), strict=True):
                label.set_color(MUTED if column > now else INK)
            if shown[0] <= now <= part_of(plan.state.last_day, plan):
                axes.axvline(now + 0.5, color=MUTED, linestyle=":", linewidth=1)
            if is_of_a_year(plan):
                axes.set_xlabel(say("month of {year}", year=plan.state.year))
            axes.tick_params(length=0)
            for side in axes.spines.values():
                side.set_visible(False)
            patches = [
                Patch(facecolor=_FILLS[state][0], label=f"{sign} {words}", **_hatched(state))
                for state, (sign, words) in due_words(say).items()
            ]
            axes.figure.legend(handles=patches, loc="outside lower center", ncols=3, frameon=False)

        return draw

    title = say("Completed of due, by lead agency and month")
    note = say(
        "Each cell: completed of due in the month or quarter. A recurring activity is counted wherever it is due, so the cells "
        "may add up to more than the table. A cell is overdue if anything in it is, whatever else in it is completed. What has "
        "no deadline is not shown."
    )
    for name, title_, part, there in _parts("heat-map", title, names, note):
        rows = Rows.of(names[part])
        text = "; ".join(
            f"{lead}: "
            + ", ".join(f"{heads[m]} {_sign(cell, say)} {cell.completed}/{cell.due}" for m, cell in cells[lead].items())
            for lead in leads[part]
        )
        yield chart(name, title_, text, 1.0 + rows.height, drawing(part, rows), there)


def _hatched(state: DueState) -> Any:
    return HATCH if state is DueState.MISSED else {}


def _square(axes: Axes, column: int, row: float, cell: Cell, say: Language) -> None:
    """A cell of a heat map: its state as colour, hatch and sign, and how much is completed of what."""
    fill, ink = _FILLS[cell.state]
    axes.barh(row, 0.92, 0.24, left=column - 0.46, color=fill, **_hatched(cell.state))
    words = f"{_sign(cell, say)} {cell.completed}/{cell.due}"
    ground = {"facecolor": fill, "edgecolor": "none", "pad": 0.6} if cell.missed else None
    axes.text(column, row, words, ha="center", va="center", color=ink, fontsize=7, bbox=ground)


def _sign(cell: Cell, say: Language) -> str:
    return due_words(say)[cell.state][0]


_ROW = 6
"""The number of days outside the year that fit into a row of the calendar."""

_SHAPES = {DueState.DONE: "o", DueState.MISSED: "s", DueState.NOT_DUE: "o"}


def _calendars(plan: Plan, say: Language) -> Iterator[Chart]:
    days, months = due_days(plan), month_of(plan.state.last_day, plan)
    rows_of = {day: month_of(day, plan) for day in days}
    edges = {row: found for row in (BEFORE, months + 1) if (found := [day for day in days if rows_of[day] == row])}
    # Of a plan of several years, the months in which something is due.
    inside = range(1, months + 1) if months <= MOST_MONTHS else {*rows_of.values()}
    shown = sorted({*inside, *edges} or {1})
    labels = [part_words(row, plan, say, by_month=True) for row in shown]

    def drawing(part: slice, rows: Rows) -> Callable[[Axes], None]:
        places = dict(zip(shown[part], rows.middles, strict=True))

        dots = [
            (day.day, places[rows_of[day]], cell)
            for day, cell in days.items()
            if rows_of[day] in places and rows_of[day] not in edges
        ]
        edge = [(row, place, day) for row in edges.keys() & places for place, day in enumerate(edges[row][:_ROW])]
        dots += [(1 + 5 * place, places[row], days[day]) for row, place, day in edge]

        def draw(axes: Axes) -> None:
            _dots(axes, dots)
            for row, place, day in edge:
                more = f" +{len(edges[row]) - _ROW}" if place == _ROW - 1 and len(edges[row]) > _ROW else ""
                axes.text(1.7 + 5 * place, places[row], day_text(day, say.lang) + more, va="center", fontsize=7)
            axes.set_xlim(0.4, 31.6)
            axes.set_xticks(range(1, 32, 2))
            rows.set(axes)
            axes.set_xlabel(say("day of the month; the number: how much is so"))
            axes.grid(color=FAINT, linewidth=0.5)
            axes.set_axisbelow(True)
            marks = [
                Line2D([], [], linestyle="", marker=_SHAPES[state], markersize=9, color=_FILLS[state][0], label=words)
                for state, (_, words) in due_words(say).items()
            ]
            axes.figure.legend(handles=marks, loc="outside lower center", ncols=3, frameon=False)

        return draw

    note = say(
        "Each due day of a recurring activity counts. A day with anything overdue shows how much is overdue; one with anything "
        "left, how much is left."
    )
    note = f"{note} {outside(plan, say)}".strip()
    for name, title, part, below in _parts("calendar", say("Due days of the year"), labels, note):
        rows, there = Rows.of(labels[part]), {*shown[part]}
        text = "; ".join(
            f"{day_text(day, say.lang)} {cell.completed}/{cell.due}"
            for day, cell in days.items()
            if rows_of[day] in there
        )
        yield chart(name, title, text, 0.9 + rows.height, drawing(part, rows), below)


def _dots(axes: Axes, dots: Sequence[tuple[int, float, Cell]]) -> None:
    """Days of a calendar: each its state as colour and shape, and how much is so."""
    for state, (fill, ink) in _FILLS.items():
        of = [(column, row, cell.of_state) for column, row, cell in dots if cell.state is state]
        if of:
            columns, rows, _ = zip(*of, strict=True)
            axes.scatter(columns, rows, s=130, color=fill, marker=_SHAPES[state])
        for column, row, much in of:
            axes.text(column, row, str(much), ha="center", va="center_baseline", color=ink, fontsize=8)
