"""The reference of events is what the code says."""

import runpy
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def test_the_reference_is_what_the_generator_makes() -> None:
    """The committed page is the one that docs/reference.py makes of the code as it is."""
    generator = runpy.run_path(str(DOCS / "reference.py"), run_name="reference")

    committed = (DOCS / "reference" / "events.md").read_text(encoding="utf-8")

    assert committed == generator["page"](), f"docs/reference/events.md is out of date: run `{generator['COMMAND']}`"
