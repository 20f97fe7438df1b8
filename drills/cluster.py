"""
A cluster of three PostgreSQL servers on this machine, each a node of etcd, Patroni and PostgreSQL, as three machines would be.

Needs Debian's packages postgresql, patroni and etcd-server, which are installed when this runs as root.
"""

import glob
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import psutil
import psycopg

PACKAGES = ("postgresql", "patroni", "etcd-server")
NODES = 3
PATIENCE = 120.0
"""For how many seconds a state of the cluster is waited for."""


class Node:
    """One machine's worth of the cluster."""

    def __init__(self, number: int, folder: Path, postgres: str, owner: str | None) -> None:
        self.name = f"node{number}"
        self.postgres = 54320 + number
        self.rest = 54330 + number
        self.client = 54340 + number
        self.peer = 54350 + number
        self.folder = folder / self.name
        self.data = self.folder / "data"
        self._bin = postgres
        self._owner = owner
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self, nodes: "list[Node]", *, anew: bool = True) -> None:
        """Start etcd and Patroni; Patroni starts PostgreSQL."""
        self.folder.mkdir(exist_ok=True)
        if self._owner:
            shutil.chown(self.folder, self._owner)
        config = self.folder / "patroni.json"  # JSON is YAML too
        config.write_bytes(msgspec.json.encode(self._patroni(nodes)))
        self._processes = [
            self._run("etcd", *self._etcd(nodes, anew)),
            self._run("patroni", str(config)),
        ]

    def _run(self, *command: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{command[0]}.log").open("ab") as log:
            return subprocess.Popen(
                command, stdout=log, stderr=log, cwd=self.folder, user=self._owner, start_new_session=True
            )

    def _etcd(self, nodes: "list[Node]", anew: bool) -> list[str]:
        peers = ",".join(f"{node.name}=http://127.0.0.1:{node.peer}" for node in nodes)
        options = {
            "name": self.name,
            "data-dir": str(self.folder / "etcd"),
            "listen-client-urls": f"http://127.0.0.1:{self.client}",
            "advertise-client-urls": f"http://127.0.0.1:{self.client}",
            "listen-peer-urls": f"http://127.0.0.1:{self.peer}",
            "initial-advertise-peer-urls": f"http://127.0.0.1:{self.peer}",
            "initial-cluster": peers,
            "initial-cluster-state": "new" if anew else "existing",
        }
        return [f"--{name}={value}" for name, value in options.items()]

    def _patroni(self, nodes: "list[Node]") -> dict[str, Any]:
        return {
            "scope": "reform",
            "name": self.name,
            "restapi": {"listen": f"127.0.0.1:{self.rest}", "connect_address": f"127.0.0.1:{self.rest}"},
            "etcd3": {"hosts": [f"127.0.0.1:{node.client}" for node in nodes]},
            "bootstrap": {
                "dcs": {
                    "ttl": 20,
                    "loop_wait": 2,
                    "retry_timeout": 5,
                    "master_start_timeout": 5,
                    "synchronous_mode": True,
                    "postgresql": {"use_pg_rewind": True, "parameters": {"max_connections": 100}},
                },
                "initdb": [{"encoding": "UTF8"}, {"locale": "C.UTF-8"}, "data-checksums"],
            },
            "postgresql": {
                "listen": f"127.0.0.1:{self.postgres}",
                "connect_address": f"127.0.0.1:{self.postgres}",
                "data_dir": str(self.data),
                "bin_dir": self._bin,
                "pgpass": str(self.folder / "pgpass"),
                "pg_hba": ["host all all 127.0.0.1/32 trust", "host replication all 127.0.0.1/32 trust"],
                "authentication": {
                    "superuser": {"username": "postgres"},
                    "replication": {"username": "replicator"},
                },
                "parameters": {"unix_socket_directories": str(self.folder)},
            },
        }

    def postmaster(self) -> psutil.Process:
        """The first process of the server."""
        return psutil.Process(int((self.data / "postmaster.pid").read_text().split()[0]))

    def kill_postmaster(self) -> None:
        """Kill the server's first process, as the kernel does when memory is short; Patroni and etcd live on."""
        self.postmaster().kill()

    def kill(self) -> None:
        """Kill all that runs on the node at once, as when its power is cut."""
        doomed = [psutil.Process(process.pid) for process in self._processes if process.poll() is None]
        with suppress(OSError, psutil.NoSuchProcess):
            doomed += [self.postmaster(), *self.postmaster().children(recursive=True)]
        for process in doomed:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGSTOP)  # so that none sees another one die and still acts
        for process in doomed:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        for child in self._processes:
            child.wait()


class Cluster:
    """Three nodes; started when it is entered, gone when it is left."""

    def __enter__(self) -> "Cluster":
        install()
        self.folder = Path(tempfile.mkdtemp(prefix="reformtrack-drill-"))
        self.folder.chmod(0o755)
        owner = "postgres" if os.getuid() == 0 else None  # PostgreSQL does not run as root
        postgres = max(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[-2]))
        self.nodes = [Node(number, self.folder, postgres, owner) for number in range(1, NODES + 1)]
        for node in self.nodes:
            node.start(self.nodes)
        try:
            self.wait_until_whole()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for node in self.nodes:
            node.kill()
        shutil.rmtree(self.folder)

    @property
    def url(self) -> str:
        """All hosts; whichever takes writes."""
        hosts = ",".join(f"127.0.0.1:{node.postgres}" for node in self.nodes)
        return f"postgresql://postgres@{hosts}/postgres?target_session_attrs=read-write&connect_timeout=3"

    def leader(self) -> Node | None:
        """The node that takes writes; None while there is none."""
        return next((node for node in self.nodes if self.ask(node, "SELECT NOT pg_is_in_recovery()") is True), None)

    def wait_until_whole(self) -> Node:
        """
        The leader, once there is one and the other two follow it, one of them known to all as the synchronous one.

        A leader that is lost before that is waited for by Patroni: no other is known to have everything.
        """
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            leader = self.leader()
            if leader and self._roles(leader) == ["leader", "replica", "sync_standby"]:
                return leader
            time.sleep(0.2)
        raise TimeoutError(f"the cluster is not whole after {PATIENCE:.0f} s")

    def _roles(self, node: Node) -> list[str]:
        """What Patroni on a node says that the running nodes are."""
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{node.rest}/cluster", timeout=2) as answer:
            members = msgspec.json.decode(answer.read())["members"]
            return sorted(member["role"] for member in members if member["state"] in ("running", "streaming"))
        return []

    def ask(self, node: Node, question: str) -> Any:
        """The one value that a node answers; None when it does not."""
        try:
            with psycopg.connect(
                f"host=127.0.0.1 port={node.postgres} user=postgres dbname=postgres connect_timeout=1"
            ) as connection:
                [(found,)] = connection.execute(question.encode()).fetchall()
                return found
        except psycopg.Error:
            return None


def install() -> None:
    """
    Install what is missing.

    Raises:
        SystemExit: it is missing, and this does not run as root on Debian.
    """
    if shutil.which("patroni") and shutil.which("etcd") and glob.glob("/usr/lib/postgresql/*/bin/postgres"):
        return
    names = " ".join(PACKAGES)
    if os.getuid() != 0 or not shutil.which("apt-get"):
        raise SystemExit(
            f"the drill needs these packages of Debian: {names}. Install them: sudo apt-get install {names}"
        )
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *PACKAGES]):
        subprocess.run(["apt-get", "--quiet", *command], env=environment, check=True, stdout=subprocess.DEVNULL)
    pwd.getpwnam("postgres")  # made by the package; the servers run as this user
