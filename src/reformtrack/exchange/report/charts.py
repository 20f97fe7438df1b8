"""
The charts of a plan. One definition serves the page, Word and PDF: drawn as SVG with its letters as outlines, or as PNG.
"""

from collections.abc import Callable
from datetime import date
from functools import cached_property
from io import BytesIO
from typing import Any

import attrs

from reformtrack.domain.progress import CountingRule
from reformtrack.domain.protected import redacted
from reformtrack.domain.wording import day as day_text
from reformtrack.domain.wording import number
from reformtrack.exchange.words import burn_up_words, due_words, outside, part_words
from reformtrack.extras import extra
from reformtrack.language import Language
from reformtrack.views.plan import Plan
from reformtrack.views.series import (
    BEFORE,
    MOST_MONTHS,
    Cell,
    DueState,
    burn_up,
    by_lead_and_month,
    due_days,
    month_of,
    part_of,
    parts_of,
)

with extra("exchange"):
    import matplotlib
    from matplotlib.axes import Axes
    from matplotlib.dates import DateFormatter
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

INK, DONE, LATE, FAINT, MUTED = "#1f2933", "#06606a", "#bf360c", "#e4e9ee", "#4a5968"
"""
The colours: text, completed, overdue, the rest, and the text of what is to come; the page has the same.

Told apart without red or green, and without colour too: by place, pattern, sign or number.
"""

_FILLS = {DueState.DONE: (DONE, "white"), DueState.MISSED: (LATE, "white"), DueState.NOT_DUE: (FAINT, MUTED)}
"""Of each state of what is due its colour, and that of the text in it."""

_SETTINGS: Any = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "svg.fonttype": "path",
    "svg.hashsalt": "reformtrack",
    "text.parse_math": False,
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
_NARROW = 34


@attrs.frozen
class Chart:
    """A chart of a plan."""

    name: str
    """What it is, as `burn-up`: for file names and anchors."""
    title: str
    text: str
    """What it shows, in words, for those who do not see it."""
    note: str
    """What has to be read beside it; empty for nothing."""
    _saved: Callable[..., bytes] = attrs.field(repr=False)

    @cached_property
    def svg(self) -> bytes:
        """Drawn as lines."""
        return self._saved("svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))

    @cached_property
    def png(self) -> bytes:
        """Drawn as dots, 220 an inch."""
        return self._saved("png", dpi=220, metadata={"Software": None})


def charts(plan: Plan, first: date, last: date, say: Language, rule: CountingRule | None = None) -> tuple[Chart, ...]:
    """
    The charts of a plan: burn-up against its deadlines, domains, agencies by month, due days.

    Args:
        plan: as known when it is drawn.
        first: the first day of the burn-up.
        last: its last day.
        say: the language of the titles.
        rule: what counts by domain; the plan's own rule unless given.
    """
    return (
        _burn_up(plan, first, last, say),
        _domains(plan, say, rule),
        _heat_map(plan, say),
        _calendar(plan, say),
    )


def _chart(
    name: str, title: str, text: str, size: tuple[float, float], draw: Callable[[Axes], None], note: str = ""
) -> Chart:
    def saved(form: str, **options: Any) -> bytes:
        content = BytesIO()
        with matplotlib.rc_context(_SETTINGS):
            figure = Figure(figsize=size, layout="constrained")
            draw(figure.subplots())
            figure.savefig(content, format=form, **options)
        return content.getvalue()

    return Chart(name, title, text, note, saved)


def _burn_up(plan: Plan, first: date, last: date, say: Language) -> Chart:
    points = burn_up(plan, first, last)
    days: Any = [point.day for point in points]  # matplotlib takes days, its types do not say so

    def draw(axes: Axes) -> None:
        axes.step(
            days, [point.planned for point in points], where="post", color=INK, linestyle="--", label=say("planned")
        )
        axes.step(
            days, [point.completed for point in points], where="post", color=DONE, linewidth=2, label=say("completed")
        )
        axes.step(days, [point.total for point in points], where="post", color=FAINT, label=say("in the plan"))
        axes.set_ylim(bottom=0)
        form = "%d/%m" if say.lang == "vi" else "%m-%d"
        axes.xaxis.set_major_formatter(DateFormatter(form))  # type: ignore[no-untyped-call]  # matplotlib's
        if points[-1].later:
            words = say("due later: {count}", count=number(points[-1].later, say.lang))
            axes.annotate(words, (last, points[-1].planned), (0, -3), textcoords="offset points", ha="right", va="top")
        axes.legend(loc="upper left", frameon=False)
        axes.set_ylabel(say("activities"))

    text = burn_up_words(points[-1], say)
    note = f"{text} {outside(plan, say)}".strip()
    return _chart("burn-up", say("Completed activities against the deadlines"), text, (7.2, 2.9), draw, note)


def _domains(plan: Plan, say: Language, rule: CountingRule | None) -> Chart:
    progress = plan.progress_by("domain", rule)
    domains = [domain for domain in reversed(plan.state.domains) if domain.code in progress]
    names = [f"{domain.code}. {_shortened(redacted(domain.title, say))}" for domain in domains]
    parts = [progress[domain.code] for domain in domains]

    def draw(axes: Axes) -> None:
        done = [part.completed for part in parts]
        late = [part.overdue for part in parts]
        rest = [part.open - part.overdue for part in parts]
        axes.barh(names, done, color=DONE, label=say("completed"))
        axes.barh(names, late, left=done, color=LATE, hatch="///", edgecolor="white", label=say("overdue"))
        before = [a + b for a, b in zip(done, late, strict=True)]
        axes.barh(names, rest, left=before, color=FAINT, label=say("open, in time"))
        for name, part in zip(names, parts, strict=True):
            axes.annotate(part.ratio(say.lang), (part.total, name), (4, 0), textcoords="offset points", va="center")
        axes.set_xlabel(say("activities"))
        axes.set_xlim(0, 1.12 * max(1, *(part.total for part in parts)))
        axes.figure.legend(loc="outside lower center", ncols=3, frameon=False)

    text = "; ".join(
        f"{name}: {part.text(say.lang)}" for name, part in zip(reversed(names), reversed(parts), strict=True)
    )
    return _chart("domains", say("Progress by domain"), text, (7.2, 0.8 + 0.36 * len(domains)), draw)


def _heat_map(plan: Plan, say: Language) -> Chart:
    cells = by_lead_and_month(plan)
    leads = list(reversed(cells))
    shown = parts_of(cells, plan)
    heads = {part: part_words(part, plan, say) for part in shown}

    def draw(axes: Axes) -> None:
        for row, lead in enumerate(leads):
            for month, cell in cells[lead].items():
                _square(axes, month, row, cell, say)
        axes.set_xlim(shown[0] - 0.5, shown[-1] + 0.5)
        axes.set_ylim(-0.5, max(1, len(leads)) - 0.5)
        axes.set_xticks(shown, list(heads.values()))
        now = part_of(plan.on, plan)
        for month, label in zip(shown, axes.get_xticklabels(), strict=True):
            label.set_color(MUTED if month > now else INK)
        if shown[0] <= now <= part_of(plan.state.last_day, plan):
            axes.axvline(now + 0.5, color=MUTED, linestyle=":", linewidth=1)
        axes.set_yticks(range(len(leads)), [_shortened(redacted(lead, say)) for lead in leads])
        axes.tick_params(length=0)
        for side in axes.spines.values():
            side.set_visible(False)
        _legend(axes, say)

    text = "; ".join(
        f"{lead}: " + ", ".join(f"{heads[m]} {_sign(cell, say)} {cell.completed}/{cell.due}" for m, cell in of.items())
        for lead, of in cells.items()
    )
    title = say("Completed of due, by lead agency and month")
    return _chart("heat-map", title, text, (7.2, 1.1 + 0.3 * max(1, len(leads))), draw)


def _square(axes: Axes, column: int, row: int, cell: Cell, say: Language) -> None:
    """A cell of a heat map: its state as colour and sign, and how much is completed of what."""
    fill, ink = _FILLS[cell.state]
    axes.barh(row, 0.92, 0.86, left=column - 0.46, color=fill)
    words = f"{_sign(cell, say)} {cell.completed}/{cell.due}"
    axes.text(column, row, words, ha="center", va="center", color=ink, fontsize=7)


def _sign(cell: Cell, say: Language) -> str:
    return due_words(say)[cell.state][0]


def _legend(axes: Axes, say: Language) -> None:
    """The states of what is due, below a chart."""
    patches = [
        Patch(facecolor=_FILLS[state][0], label=f"{sign} {words}") for state, (sign, words) in due_words(say).items()
    ]
    axes.figure.legend(handles=patches, loc="outside lower center", ncols=3, frameon=False)


_ROW = 6
"""How many days outside the year a row of the calendar has place for."""


def _calendar(plan: Plan, say: Language) -> Chart:
    days, months = due_days(plan), month_of(plan.state.last_day, plan)
    rows = {day: month_of(day, plan) for day in days}
    edges = {row: found for row in (BEFORE, months + 1) if (found := [day for day in days if rows[day] == row])}
    # Of a plan of several years, the months in which something is due.
    inside = range(1, months + 1) if months <= MOST_MONTHS else {*rows.values()}
    shown = sorted({*inside, *edges} or {1})
    places = {row: place for place, row in enumerate(shown)}

    def draw(axes: Axes) -> None:
        for day, cell in days.items():
            if rows[day] not in edges:
                _dot(axes, day.day, places[rows[day]], cell)
        for row, found in edges.items():
            for place, day in enumerate(found[:_ROW]):
                _dot(axes, 1 + 5 * place, places[row], days[day])
                more = f" +{len(found) - _ROW}" if place == _ROW - 1 and len(found) > _ROW else ""
                axes.text(1.7 + 5 * place, places[row], day_text(day, say.lang) + more, va="center", fontsize=7)
        axes.set_xlim(0.4, 31.6)
        axes.set_ylim(len(shown) - 0.4, -0.6)
        axes.set_xticks(range(1, 32, 2))
        axes.set_yticks(range(len(shown)), [part_words(row, plan, say, by_month=True) for row in shown])
        axes.set_xlabel(say("day of the month; the number: how much is due; square: overdue"))
        axes.grid(color=FAINT, linewidth=0.5)
        axes.set_axisbelow(True)
        _legend(axes, say)

    text = "; ".join(f"{day_text(day, say.lang)} {cell.completed}/{cell.due}" for day, cell in days.items())
    height = 0.9 + 3 * max(12, len(shown)) / 12
    return _chart("calendar", say("Due days of the year"), text, (7.2, height), draw, outside(plan, say))


def _dot(axes: Axes, column: int, row: int, cell: Cell) -> None:
    """A day of a calendar: its state as colour and shape, and how much is due."""
    fill, ink = _FILLS[cell.state]
    axes.scatter(column, row, s=150, color=fill, marker="s" if cell.missed else "o")
    axes.text(column, row, str(cell.due), ha="center", va="center_baseline", color=ink, fontsize=8)


def _shortened(text: str) -> str:
    return text if len(text) <= _NARROW else text[: _NARROW - 1].rstrip() + "…"
