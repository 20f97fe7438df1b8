"""The PostgreSQL server of the tests is disturbed by no other run."""

import getpass
import os
from pathlib import Path

import psycopg
import pytest

from reformtrack import Tracker
from tests.servers import postgres_server
from tests.support import adopted


def test_another_run_takes_no_folder_away_from_it(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """pytest closes its folder to other users whenever a run starts, and root's server runs as another user."""
    data = Path(postgres.rpartition("host=")[2].partition("&")[0])
    base = tmp_path_factory.getbasetemp()
    root = next((folder for folder in base.parents if folder.name == f"pytest-of-{getpass.getuser()}"), base)
    assert not data.is_relative_to(root)
    root.chmod(0o700)
    with Tracker(postgres) as tracker:
        tracker.record(adopted(), by="x")
    with psycopg.connect(postgres.partition("&")[0], autocommit=True) as connection:
        connection.execute("CHECKPOINT")


@pytest.mark.slow
def test_two_at_once_are_two_and_leave_nothing() -> None:
    """Each in a folder of its own, which is gone when it ends, and so is its process."""
    with postgres_server() as one, postgres_server() as other:
        for number, server in enumerate((one, other)):
            with psycopg.connect(server.url) as connection:
                connection.execute(f"CREATE TABLE t{number} ()")
        with psycopg.connect(one.url) as connection:
            assert ["t0"] == [
                name for (name,) in connection.execute("SELECT relname FROM pg_class WHERE relname ~ '^t.$'")
            ]
        folders = [Path(server.url.rpartition("host=")[2]) for server in (one, other)]
        assert all(folder.is_dir() for folder in folders)
    assert not any(folder.parent.exists() for folder in folders)
    for server in (one, other):
        with pytest.raises(ProcessLookupError):
            os.kill(server.pid, 0)
