"""What the page for those who know eventsourcing says of subscriptions is so on PostgreSQL."""

import re
from pathlib import Path
from typing import Any

import pytest

PAGE = Path(__file__).parents[2] / "docs/how-to/with-eventsourcing.md"


@pytest.mark.slow
def test_subscriptions_and_runners_hear_what_is_recorded(postgres: str) -> None:
    """The block that needs a server, after the one that adopts the plan."""
    page = PAGE.read_text(encoding="utf-8")
    first = re.findall(r"```python\n(.*?)```", page, re.DOTALL)[0].partition("app = ")[0]
    [block] = re.findall(r"```py\n(.*?)```", page, re.DOTALL)
    namespace: dict[str, Any] = {"url": postgres}
    exec(compile(first.replace('"plans.db"', "url") + block, str(PAGE), "exec"), namespace)
    namespace["tracker"].close()
    assert ["Kế hoạch"] == namespace["runner"].view.found
