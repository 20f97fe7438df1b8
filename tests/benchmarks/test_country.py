"""The benchmarks of a country run one after another on one store, here on a small one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"

PAGES = """
import re
import sys
from datetime import date

import django_page
from django.test import RequestFactory

from reformtrack import Tracker

with Tracker(sys.argv[1], clock=lambda: django_page.NOW) as tracker:
    plans = [row.plan for row in tracker.plans()]
    for plan in plans:
        page = django_page.page(RequestFactory().get(f"/plans/{plan}"), plan).content.decode()
        progress = tracker.plan(plan, on=django_page.TODAY).progress()
        assert f"<strong>{progress.completed}/{progress.total}</strong>" in page, plan
        assert f"<strong>{progress.overdue}</strong> Quá hạn" in page, plan
print(len(plans))
"""


def run(*words: str | Path, folder: Path) -> str:
    """What a benchmark prints."""
    done = subprocess.run(
        [sys.executable, *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, "DJANGO_DB": "django.db", "PYTHONPATH": str(BENCHMARKS)},
    )
    assert 0 == done.returncode, done.stderr
    return done.stdout


@pytest.mark.slow
def test_django_shows_the_figures_of_a_store_that_was_measured(tmp_path: Path) -> None:
    """Measuring records more at the end of the log, of plans that began long before."""
    url = "sqlite:///country.db"
    measured = run(BENCHMARKS / "country.py", "--plans", "9", "--few", "2", "--store", url, folder=tmp_path)
    assert "rollup of all plans" in measured
    rows = int(run(BENCHMARKS / "django_page.py", url, folder=tmp_path))
    assert rows > 9 * 55
    assert "9\n" == run("-c", PAGES, url, folder=tmp_path)
