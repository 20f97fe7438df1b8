"""What modules ask for that read many workbooks."""

from collections.abc import Iterator

import pytest

from tests.exchange import reading


@pytest.fixture(scope="module")
def in_this_process() -> Iterator[None]:
    """All workbooks of a module are read in this process."""
    with reading.in_this_process():
        yield
