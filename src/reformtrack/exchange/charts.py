"""
The charts of a plan. One definition serves the page, Word and PDF: drawn as SVG with its letters as outlines, or as PNG.
"""

from collections.abc import Callable, Mapping
from datetime import date
from io import BytesIO
from typing import Any

import attrs

from reformtrack.domain.protected import redacted
from reformtrack.domain.wording import day as day_text
from reformtrack.domain.wording import sort_key
from reformtrack.extras import extra
from reformtrack.language import Language
from reformtrack.views.plan import Plan
from reformtrack.views.series import Cell, burn_up, by_lead_and_month, due_days

with extra("exchange"):
    import matplotlib
    from matplotlib.axes import Axes
    from matplotlib.dates import DateFormatter
    from matplotlib.figure import Figure

INK, DONE, LATE, FAINT = "#1f2933", "#1f6f54", "#b3261e", "#d8dee4"
"""The colours: text, completed, overdue, the rest. Told apart without colour too: by place, pattern or number."""

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
    svg: bytes
    png: bytes
    """220 dots an inch."""


def charts(plan: Plan, first: date, last: date, say: Language) -> tuple[Chart, ...]:
    """
    The charts of a plan: burn-up against its deadlines, domains, agencies by month, due days.

    Args:
        plan: as known when it is drawn.
        first: the first day of the burn-up.
        last: its last day.
        say: the language of the titles.
    """
    return (
        _burn_up(plan, first, last, say),
        _domains(plan, say),
        _heat_map(plan, say),
        _calendar(plan, say),
    )


def _chart(name: str, title: str, text: str, size: tuple[float, float], draw: Callable[[Axes], None]) -> Chart:
    with matplotlib.rc_context(_SETTINGS):
        figure = Figure(figsize=size, layout="constrained")
        draw(figure.subplots())
        svg, png = BytesIO(), BytesIO()
        figure.savefig(svg, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
        figure.savefig(png, format="png", dpi=220, metadata={"Software": None})
    return Chart(name, title, text, svg.getvalue(), png.getvalue())


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
        axes.legend(loc="upper left", frameon=False)
        axes.set_ylabel(say("activities"))

    end = points[-1]
    text = say(
        "On {day} {completed} of {total} activities are completed; {planned} were planned by then.",
        day=day_text(end.day, say.lang),
        completed=end.completed,
        total=end.total,
        planned=end.planned,
    )
    return _chart("burn-up", say("Completed activities against the deadlines"), text, (7.2, 2.9), draw)


def _domains(plan: Plan, say: Language) -> Chart:
    progress = plan.progress_by("domain")
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
            axes.annotate(
                f"{part.completed}/{part.total}", (part.total, name), (4, 0), textcoords="offset points", va="center"
            )
        axes.set_xlabel(say("activities"))
        axes.margins(x=0.12)
        axes.figure.legend(loc="outside lower center", ncols=3, frameon=False)

    text = "; ".join(
        f"{name}: {part.text(say.lang)}" for name, part in zip(reversed(names), reversed(parts), strict=True)
    )
    return _chart("domains", say("Progress by domain"), text, (7.2, 0.8 + 0.36 * len(domains)), draw)


def _heat_map(plan: Plan, say: Language) -> Chart:
    cells = by_lead_and_month(plan)
    leads = sorted(cells, key=sort_key, reverse=True)

    def draw(axes: Axes) -> None:
        for row, lead in enumerate(leads):
            for month, cell in cells[lead].items():
                _square(axes, month, row, cell)
        axes.set_xlim(0.5, 12.5)
        axes.set_ylim(-0.5, max(1, len(leads)) - 0.5)
        axes.set_xticks(range(1, 13), [say("m{month}", month=month) for month in range(1, 13)])
        axes.set_yticks(range(len(leads)), [_shortened(redacted(lead, say)) for lead in leads])
        axes.tick_params(length=0)
        for side in axes.spines.values():
            side.set_visible(False)

    months = {month: say("m{month}", month=month) for month in range(1, 13)}
    text = "; ".join(
        f"{lead}: " + ", ".join(f"{months[m]} {cell.completed}/{cell.due}" for m, cell in cells[lead].items())
        for lead in reversed(leads)
    )
    title = say("Completed of due, by lead agency and month")
    return _chart("heat-map", title, text, (7.2, 0.7 + 0.3 * max(1, len(leads))), draw)


def _square(axes: Axes, column: int, row: int, cell: Cell) -> None:
    """A cell of a heat map: the darker, the more is completed; what is not stands in it as a number."""
    share = cell.completed / cell.due
    axes.barh(
        row,
        0.92,
        0.86,
        left=column - 0.46,
        color=DONE if share == 1 else LATE,
        alpha=0.25 + 0.65 * share if share == 1 else 0.85,
    )
    axes.text(column, row, f"{cell.completed}/{cell.due}", ha="center", va="center", color="white", fontsize=8)


def _calendar(plan: Plan, say: Language) -> Chart:
    days: Mapping[date, Cell] = {day: cell for day, cell in due_days(plan).items() if day.year == plan.state.year}

    def draw(axes: Axes) -> None:
        for day, cell in days.items():
            missed = cell.completed < cell.due and day < plan.on
            colour = DONE if cell.completed == cell.due else LATE if missed else "#8a6d00"
            axes.scatter(day.day, day.month, s=150, color=colour, marker="s" if missed else "o")
            axes.text(day.day, day.month, str(cell.due), ha="center", va="center_baseline", color="white", fontsize=8)
        axes.set_xlim(0.4, 31.6)
        axes.set_ylim(12.6, 0.4)
        axes.set_xticks(range(1, 32, 2))
        axes.set_yticks(range(1, 13), [say("m{month}", month=month) for month in range(1, 13)])
        axes.set_xlabel(say("day of the month; round: met or not yet due, square: missed"))
        axes.grid(color=FAINT, linewidth=0.5)
        axes.set_axisbelow(True)

    text = "; ".join(f"{day_text(day, say.lang)} {cell.completed}/{cell.due}" for day, cell in days.items())
    return _chart("calendar", say("Due days of the year"), text, (7.2, 3.4), draw)


def _shortened(text: str) -> str:
    return text if len(text) <= _NARROW else text[: _NARROW - 1].rstrip() + "…"
