"""
A portal on FastAPI with the reform plans under /cai-cach: its login says who somebody is, a policy what they may record.

    pip install 'reformtrack[web]' fastapi
    export PORTAL_TOKENS='ma-cua-quan-tri=quan-tri ma-cua-ong-a=nguyen-van-a'
    python mount_in_fastapi.py plans.db           then open http://127.0.0.1:8025/cai-cach/

To be copied. The store is a file, or a database of PostgreSQL (postgresql://host/database, reformtrack[web,postgres]); several
processes may have it open: REFORMTRACK_STORE=plans.db uvicorn mount_in_fastapi:portal --workers 4
"""

import argparse
import logging
import os
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Annotated

import uvicorn
from fastapi import Depends, FastAPI, Request, Response
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import Receive, Scope, Send

from reformtrack import ReformtrackError, SeparationOfDuties, StoreError, Tracker
from reformtrack.web import LOCAL_HOSTS, Actor, create_app, problem_of

STEWARDS = ("quan-tri",)
"""Who keeps the register of agencies, and grants the roles by which everybody else may record."""

TOKENS = dict(pair.split("=") for pair in os.environ.get("PORTAL_TOKENS", "").split())
HOSTS = [*LOCAL_HOSTS, *os.environ.get("PORTAL_HOSTS", "").split()]
"""The names by which the portal is asked."""


def authorize(request: Request) -> Actor:
    """Who asks: by their token, else a guest, who reads. A portal of your own asks its user store."""
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    return Actor(TOKENS[token]) if token in TOKENS else Actor("khach", may_record=False)


def keep_up(tracker: Tracker, stop: threading.Event) -> None:
    """Bring the views of many plans up to date every second, so that no page waits for it."""
    while not stop.wait(1):
        try:
            tracker.views.catch_up()
        except StoreError:
            logging.exception("the views are not up to date; the next try is in a second")


@contextmanager
def opened(store: str) -> Iterator[Tracker]:
    """A tracker under a policy, and the thread that keeps up its views: both end with the portal."""
    stop = threading.Event()
    with Tracker(store, policy=SeparationOfDuties(STEWARDS)) as tracker:
        thread = threading.Thread(target=keep_up, args=(tracker, stop))
        thread.start()
        try:
            yield tracker
        finally:
            stop.set()
            thread.join()


@asynccontextmanager
async def lifespan(portal: FastAPI) -> AsyncIterator[dict[str, object]]:
    """In each process: opened when it starts, closed when it stops."""
    with opened(os.environ["REFORMTRACK_STORE"]) as tracker:
        yield {"tracker": tracker, "plans": create_app(tracker, authorize=authorize)}


async def plans(scope: Scope, receive: Receive, send: Send) -> None:
    """The reform plans, which are there once the portal has started."""
    await scope["state"]["plans"](scope, receive, send)


portal = FastAPI(title="Cổng thông tin", lifespan=lifespan)
portal.add_middleware(TrustedHostMiddleware, allowed_hosts=HOSTS)
portal.mount("/cai-cach", plans)


@portal.exception_handler(ReformtrackError)
def problem(request: Request, error: ReformtrackError) -> Response:
    """What reformtrack refuses or does not find in the portal's own routes, with the status that its API gives it."""
    found = problem_of(error)
    return Response(found.document(), found.status, found.headers, "application/problem+json")


@portal.get("/tien-do/{plan}")
def progress(plan: str, request: Request, who: Annotated[Actor, Depends(authorize)]) -> dict[str, str]:
    """A route of the portal itself, with a figure from the tracker."""
    return {"ten": who.name, "tien_do": str(request.state.tracker.plan(plan).progress())}


def main() -> None:
    parser = argparse.ArgumentParser(description="A portal on FastAPI with the reform plans.")
    parser.add_argument("store", nargs="?", default=os.environ.get("REFORMTRACK_STORE"), help="plans.db")
    parser.add_argument("--port", type=int, default=8025)
    options = parser.parse_args()
    if not options.store:
        parser.error("a store is missing, as plans.db or postgresql://host/database")
    os.environ["REFORMTRACK_STORE"] = options.store
    uvicorn.run(portal, port=options.port, timeout_graceful_shutdown=5)


if __name__ == "__main__":
    main()
