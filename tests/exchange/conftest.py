"""What modules ask for that read many workbooks."""

from collections.abc import Iterator

import pytest

from reformtrack.exchange.report import charts
from reformtrack.exchange.report.canvas import Chart
from tests.exchange import reading

NOTHING = b'<svg xmlns="http://www.w3.org/2000/svg" width="72pt" height="72pt" viewBox="0 0 72 72"></svg>'


@pytest.fixture(scope="module")
def in_this_process() -> Iterator[None]:
    """All workbooks of a module are read in this process."""
    with reading.in_this_process():
        yield


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is drawn in the charts: for what is said beside them, of which they are most of the work."""

    def chart(name: str, title: str, text: str, height: float, draw: object, note: str = "") -> Chart:
        return Chart(name, title, text, note, lambda: NOTHING)

    monkeypatch.setattr(charts, "chart", chart)
