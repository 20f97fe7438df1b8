"""The browser of the tests that need one, and what it looks at: the programs are started when a test asks for them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.web.browser import Served

collect_ignore = ["api_calls.py"]
"""It has no examples, and schemathesis, which it imports, takes a second in each worker."""


@pytest.fixture(scope="module")
def site() -> Iterator["Served"]:
    """The worked example, served for the tests of a module."""
    from tests.web.browser import served

    with served() as found:
        yield found


@pytest.fixture(scope="module")
def chromium() -> Iterator["Browser"]:
    """A browser for the tests of a module."""
    from tests.web.browser import browser

    with browser() as found:
        yield found
