"""The page about performance has the figures of the measurements, and the limits of the code."""

import pkgutil
import re
from contextvars import ContextVar
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import get_args

import pytest
from msgspec import Meta

import reformtrack

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/explanation/performance.md").read_text(encoding="utf-8")
UNITS = {"MiB": 1 << 20, "GiB": 1 << 30, "minutes": 60}
LIMITS = re.findall(r"^\| .+ \| ([0-9,]+)(?: (\w+))?.* \| `([\w.]+):(\w+)` \|$", PAGE, re.MULTILINE)
FOR_OTHERS = {
    "seal.verify_log:MAX_FILE_BYTES", "seal.verify_log:MAX_LINE_BYTES", "seal.verify_log:MAX_NAME",
    "seal.verify_log:MAX_PATH",  # of what the file that stands alone reads: no store writes as much
    "web.kept:MOST", "web.kept:MOST_BYTES", "web.clocks:MOST",
    "web.api:MOST_BYTES",  # of memory and of a page: an answer is not refused for it
}  # fmt: skip
"""The limits that nobody meets."""


def limit(module: str, name: str) -> float:
    """The limit that a constant, or the annotation of a field, is."""
    found = getattr(import_module(f"reformtrack.{module}"), name)
    if isinstance(found, timedelta):
        return found.total_seconds()
    if isinstance(found, ContextVar):
        return float(found.get())
    for meta in (one for one in get_args(found) if isinstance(one, Meta)):
        if (most := meta.max_length or meta.le) is not None:
            return float(most)
    return float(found)


@pytest.mark.parametrize(("number", "unit", "module", "name"), LIMITS)
def test_a_limit_is_that_of_the_code(number: str, unit: str, module: str, name: str) -> None:
    """Whatever its unit."""
    assert limit(module, name) == int(number.replace(",", "")) * UNITS.get(unit, 1)


def test_the_table_names_every_limit() -> None:
    """Each constant of the code that is named as one."""
    modules = [one.name for one in pkgutil.walk_packages(reformtrack.__path__, "reformtrack.")]
    found = set[str]()
    for module in modules:
        path = ROOT / "src" / f"{module.replace('.', '/')}.py"
        for line in re.findall(
            r"^((?:[A-Z_]+, )*[A-Z_]+)(?::.*)? = [^=]", path.read_text() if path.exists() else "", re.MULTILINE
        ):
            short = module.removeprefix("reformtrack.")
            found |= {f"{short}:{name}" for name in line.split(", ") if re.match("MAX|MOST", name)}
    named = {f"{module}:{name}" for _, _, module, name in LIMITS}
    assert len(named) > 40
    assert found - FOR_OTHERS <= named
    assert found >= FOR_OTHERS


def test_each_figure_is_in_the_measurements() -> None:
    """As it stands there."""
    measured = "".join((ROOT / folder / "README.md").read_text(encoding="utf-8") for folder in ("benchmarks", "drills"))
    costs = re.findall(r"^\| .+ \| (.+) \| `((?:make|python) .+)` \|$", PAGE, re.MULTILINE)
    assert len(costs) > 15
    for cost, command in costs:
        assert [] == [one for one in re.findall(r"[0-9][0-9.,]*[0-9]|[0-9]", cost) if one not in measured], cost
        assert command in measured
