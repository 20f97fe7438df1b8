"""
The drill: a cluster of three servers loses its leader while writers record, and nothing that was acknowledged.

    make drill          # or: python -m drills.failover --rounds 2 --records 20000

In each round the leader's postmaster is killed, and then its whole node: etcd, Patroni and PostgreSQL at once.
"""

import argparse
import math
import multiprocessing
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from drills import writers
from drills.cluster import Cluster, Node
from reformtrack import Tracker

PROCESSES, THREADS = 8, 2


def say(what: str) -> None:
    print(f"{datetime.now(UTC):%H:%M:%S} {what}", flush=True)


def kill(cluster: Cluster, *, whole: bool) -> float:
    """Kill the leader; the instant, by the monotonic clock. The cluster is whole again afterwards."""
    leader = cluster.wait_until_whole()
    at = time.monotonic()
    if whole:
        leader.kill()
    else:
        leader.kill_postmaster()
    say(f"{leader.name}, the leader: killed {'the whole node' if whole else 'its postmaster'}")
    if whole:
        successor = _successor(cluster, leader)
        say(f"{successor.name} leads after {time.monotonic() - at:.1f} s; {leader.name} is started again")
        leader.start(cluster.nodes, anew=False)
    say(f"whole again: {cluster.wait_until_whole().name} leads")
    return at


def _successor(cluster: Cluster, lost: Node) -> Node:
    while (leader := cluster.leader()) is None or leader is lost:
        time.sleep(0.1)
    return leader


def wait_for(seen: list[int], records: int, running: Sequence[Future[Any]]) -> None:
    """Until the reader has seen so many records; what fails meanwhile is raised."""
    while len(seen) < records:
        for future in wait(running, 0.1).done:
            future.result()


def pauses(outcomes: list[writers.Outcome], kills: list[tuple[str, float]]) -> Iterator[tuple[str, float]]:
    """(kind of kill, seconds for which no writer was told of a record) after each kill, until the next."""
    times = sorted(told.at for outcome in outcomes for told in outcome.told)
    for (what, at), (_, until) in pairwise([*kills, ("", math.inf)]):
        yield what, max(after - before for before, after in pairwise(times) if after >= at and before < until)


def copies(cluster: Cluster) -> list[str]:
    """How many records, and the digest of the log, on each node, once they have come to the end."""
    question = (
        "SELECT count(*) || ' records, ' || md5(string_agg(position || originator_id || md5(state), ',' ORDER BY position)) "
        "FROM reformtrack_log"
    )
    end = time.monotonic() + 30
    while True:
        found = [cluster.ask(node, question) for node in cluster.nodes]
        if len(set(found)) == 1 or time.monotonic() > end:
            return found
        time.sleep(0.5)


def main() -> None:
    parser = argparse.ArgumentParser(description="Kill the leader of a cluster while writers record.")
    parser.add_argument("--rounds", type=int, default=2, help="of both kinds of kill")
    parser.add_argument("--records", type=int, default=20_000, help="to be acknowledged at the least")
    options = parser.parse_args()
    say("starting three nodes of etcd, Patroni and PostgreSQL")
    with Cluster() as cluster, multiprocessing.Manager() as manager, ThreadPoolExecutor(2) as pool:
        enough, stop, seen = manager.Event(), threading.Event(), list[int]()
        reading = pool.submit(writers.follow, cluster.url, stop, seen)
        writing = pool.submit(writers.run, cluster.url, PROCESSES, THREADS, 10**9, enough)
        say(f"{PROCESSES * THREADS} writers in {PROCESSES} processes record, and a reader follows")
        kills: list[tuple[str, float]] = []
        step = options.records // (2 * options.rounds + 1)
        for round_ in range(2 * options.rounds):
            wait_for(seen, (round_ + 1) * step, (reading, writing))
            whole = round_ % 2 == 1
            kills.append(("node" if whole else "postmaster", kill(cluster, whole=whole)))
        wait_for(seen, options.records + PROCESSES * THREADS * 3, (reading, writing))
        enough.set()
        outcomes = writing.result()
        stop.set()
        reading.result()
        found = list(writers.violations(cluster.url, outcomes))
        with Tracker(cluster.url) as tracker:
            positions = [record.position for record in tracker.log.records()]
            damage = tracker.log.check()
        same = copies(cluster)
    told = {record[0] for outcome in outcomes for request in outcome.told for record in request.records}
    errors = [error for outcome in outcomes for error in outcome.errors]
    print(f"acknowledged records         {len(told):>8,}")
    print(f"lost                         {len(told - set(positions)):>8,}")
    print(f"records in the log           {len(positions):>8,}")
    print(f"violations, doubles included {len(found) - len(errors):>8,}")
    print(f"errors seen by callers       {len(errors):>8,}")
    print(f"the reader missed or doubled {len(set(positions) ^ set(seen)) + len(seen) - len(set(seen)):>8,}")
    print(f"damage                       {len(damage):>8,}")
    print(f"the three nodes agree        {'yes' if len(set(same)) == 1 else f'no: {same}':>8}")
    for what, seconds in pauses(outcomes, kills):
        print(f"longest pause, {what:13} {seconds:>8.1f} s")
    for violation in found[:10]:
        print(violation)
    sys.exit(bool(found or damage or seen != positions or len(set(same)) > 1))


if __name__ == "__main__":
    main()
