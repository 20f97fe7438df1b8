"""Liveness and readiness, for monitoring."""

from collections.abc import Sequence

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reformtrack.domain.errors import StoreError, TrackerClosed
from reformtrack.tracker import Tracker
from reformtrack.web.answering import Site, read_in_thread
from reformtrack.web.problems import RETRY_AFTER


def routes(site: Site) -> Sequence[Route]:
    """`/healthz`: the process answers. `/readyz`: the store does too, and how far the views are behind."""

    async def healthz(request: Request) -> Response:
        return _json({"status": "ok"}, 200)

    async def readyz(request: Request) -> Response:
        try:
            return await read_in_thread(site, _ready, site.tracker)
        except (StoreError, TrackerClosed) as error:
            return _json({"status": "unavailable", "error": type(error).__name__}, 503)

    return [Route("/healthz", healthz), Route("/readyz", readyz)]


def _ready(tracker: Tracker) -> Response:
    return _json({"status": "ok", "position": tracker.log.position(), "views_behind": tracker.views.lag()}, 200)


def _json(document: dict[str, object], status: int) -> Response:
    headers = {"Cache-Control": "no-store"} | ({"Retry-After": str(RETRY_AFTER)} if status == 503 else {})
    return Response(msgspec.json.encode(document), status, headers, "application/json")
