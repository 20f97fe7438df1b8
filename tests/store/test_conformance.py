"""Memory, SQLite and PostgreSQL keep the same promises."""

import pytest

from reformtrack.testing.conformance import StoreConformance

pytest.mark.slow(StoreConformance.test_a_large_request_is_stored_in_one)
pytest.mark.slow(StoreConformance.test_a_writer_that_is_killed_leaves_whole_requests)


class TestMemory(StoreConformance):
    """A tracker's own."""

    @pytest.fixture
    def url(self) -> None:
        return None


class TestSQLite(StoreConformance):
    """A file."""

    @pytest.fixture
    def url(self, sqlite: str) -> str:
        return sqlite


class TestPostgres(StoreConformance):
    """A schema of a server."""

    @pytest.fixture
    def url(self, postgres: str) -> str:
        return postgres
