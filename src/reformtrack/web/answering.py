"""How every request is answered: authorised, in a thread, with 304 for unchanged answers, and with errors as problems."""

import logging
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache, partial
from hashlib import blake2b
from typing import ParamSpec, TypeVar

import attrs
from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import RunVar
from starlette.requests import Request
from starlette.responses import Response

from reformtrack import __version__
from reformtrack.domain.errors import ReformtrackError, StoreUnavailable
from reformtrack.domain.said import said
from reformtrack.store.patience import one_call, patience
from reformtrack.tracker import Tracker
from reformtrack.views.agencies import Registry
from reformtrack.views.plan import Plan
from reformtrack.web.access import READER, Actor, Authorize, actor_of
from reformtrack.web.asked import Asked, asked
from reformtrack.web.kept import Kept, KeptPlans
from reformtrack.web.problems import Problem, problem_of

THREADS = 4
"""The number of concurrent requests: more would only wait for each other, because a process computes one at a time."""

PATIENCE = 2.0
"""The seconds for which a request is retried while the store cannot be reached; then it is answered with 503."""

SHOWN = "HX-Current-URL"
"""The only header that changes an answer, besides those for authentication: a script's, see `_shown`."""

_AWAY = said("the store could not be reached a moment ago; accepted: the same request a little later")

P = ParamSpec("P")
T = TypeVar("T")

_logger = logging.getLogger("reformtrack.web")
_limiter: RunVar[CapacityLimiter] = RunVar("reformtrack.web.threads")


@attrs.define(eq=False)
class Reach:
    """
    A circuit breaker for the store.

    While it cannot be reached, one request at a time tries, and the others are answered at once: queueing for threads
    that all wait would take minutes.
    """

    is_away: bool = False
    is_tried: bool = False


@attrs.frozen(eq=False)
class Site:
    """A tracker, and who may ask it."""

    tracker: Tracker
    authorize: Authorize | None
    brand: str = ""
    """The digest of what a host changes of the pages."""
    kept: Kept = attrs.field(factory=Kept)
    plans: KeptPlans = attrs.field(factory=KeptPlans)
    reach: Reach = attrs.field(factory=Reach)
    plan_tag: Callable[[str, str], str] = attrs.field(init=False)
    """The tag of a plan and of the names of agencies, under that of the whole log: most requests come between two records."""

    @plan_tag.default
    def _ask(self) -> Callable[[str, str], str]:
        return lru_cache(maxsize=256)(lambda _, plan: self.tracker.log.head(plan, agencies=True).tag)


@attrs.frozen
class Question:
    """A request, as those who answer it see it."""

    tracker: Tracker
    request: Request
    actor: Actor
    asked: Asked
    position: int
    """The end of the log before anything was read for the answer, which may lack later records."""
    site: Site
    tag: str
    """The tag of the log then."""

    def plan(self) -> Plan:
        """The plan that its path names, on its clocks."""
        plan, on, known_at = self.request.path_params["plan"], self.asked.on, self.asked.known_at
        # An instant means a position by records of the store, which need not be of the plan.
        tag = self.site.plan_tag(self.tag, plan) if known_at is None else self.tag
        key = (_known(self.tracker, tag), plan, on, known_at)
        return self.site.plans.plan(key, lambda: self.tracker.plan(plan, on, known_at))

    def agencies(self) -> Registry:
        """The agencies, on its clocks."""
        return self.tracker.agencies(self.asked.on, self.asked.known_at)


Handler = Callable[[Question], Response]
"""Answers a question, in a thread: it may wait for the store."""

Failure = Callable[[Request, Problem], Response]
"""Says what went wrong."""


Endpoint = Callable[[Request], Awaitable[Response]]
"""Answers a request."""


def endpoint(site: Site, handler: Handler, failure: Failure, *, is_of_plan: bool = False) -> Endpoint:
    """
    An endpoint for reading: open to everybody who may read, with 304 when nothing was recorded since.

    Args:
        is_of_plan: whether the answer depends on the records of the plan in its path and of agencies, and on no others.
    """

    async def answer(request: Request) -> Response:
        actor = await admitted(request, site.authorize)
        return await read_in_thread(site, _read, site, request, actor, handler, is_of_plan)

    return with_errors(answer, failure)


def with_errors(answer: Endpoint, failure: Failure) -> Endpoint:
    """The endpoint with its errors turned into responses."""

    async def answered(request: Request) -> Response:
        try:
            return await answer(request)
        except Problem as problem:
            return failed(request, problem, failure)
        except ReformtrackError as error:
            return failed(request, problem_of(error), failure)

    return answered


async def admitted(request: Request, authorize: Authorize | None) -> Actor:
    """
    Who asks.

    Raises:
        Problem: the host does not know them.
    """
    actor = await actor_of(request, authorize)
    if actor is None:
        found = said("not signed in; accepted: a request from somebody whom the host knows")
        raise Problem(401, "NotSignedIn", found)
    return actor


async def read_in_thread(site: Site, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """
    The result of a reading call, made in a thread.

    Raises:
        StoreUnavailable: the store cannot be reached; at once when another request is already trying.
    """
    reach, tries = site.reach, site.reach.is_away
    if tries and reach.is_tried:
        raise StoreUnavailable(_AWAY)
    reach.is_tried = reach.is_tried or tries
    try:
        found = await in_thread(_unless_away, reach, tries, partial(call, *args, **kwargs))
    except StoreUnavailable:
        reach.is_away = True
        raise
    finally:
        if tries:
            reach.is_tried = False
    reach.is_away = False
    return found


def _unless_away(reach: Reach, tries: bool, call: Callable[[], T]) -> T:
    """The result of a call, unless an earlier one in the queue has found that the store is unreachable."""
    if reach.is_away and not tries:
        raise StoreUnavailable(_AWAY)
    return call()


async def in_thread(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """The result of a call in a thread, with the store timeout of a request."""
    limiter = _limiter.get(None)
    if limiter is None:
        limiter = CapacityLimiter(THREADS)
        _limiter.set(limiter)
    return await to_thread.run_sync(partial(patiently, call, *args, **kwargs), limiter=limiter)


def patiently(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """The result of a call, with the store timeout of a request."""
    with patience(PATIENCE), one_call():
        return call(*args, **kwargs)


@contextmanager
def in_turn(lock: threading.Lock, busy: str) -> Iterator[None]:
    """
    Hold a lock for a task of seconds, so that such tasks do not occupy every thread of a server.

    Args:
        lock: the lock of such tasks.
        busy: what the client is told if another task holds it.

    Raises:
        Problem: it was not free within `PATIENCE`.
    """
    if not lock.acquire(timeout=PATIENCE):
        raise Problem(503, "Busy", busy)
    try:
        yield
    finally:
        lock.release()


def failed(request: Request, problem: Problem, failure: Failure) -> Response:
    """The answer for an error; internal errors are logged."""
    if problem.status >= 500:
        _logger.error("request failed", extra={"path": request.url.path, "problem": problem.name})
    response = failure(request, problem)
    response.headers.update({"Cache-Control": "no-store", **problem.headers})
    return response


def _read(site: Site, request: Request, actor: Actor, handler: Handler, is_of_plan: bool) -> Response:
    head = site.tracker.log.head()
    known = _known(site.tracker, head.tag)
    shown = _shown(request)
    scope = request.scope
    address = scope.get("root_path", ""), scope["path"], scope["query_string"].decode("latin-1"), shown
    tag = f'W/"{blake2b(f"{known} {address} {actor.name} {site.brand}".encode(), digest_size=12).hexdigest()}"'
    headers = {
        "ETag": tag,
        "Cache-Control": "no-cache" if actor is READER else "private, no-cache",
        "Vary": f"Authorization, Cookie, {SHOWN}",
    }
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if is_of_plan and "known_at" not in request.query_params:  # an instant means a position by records of the store
        known = _known(site.tracker, site.plan_tag(head.tag, request.path_params["plan"]))
    key = (known, *address)

    def made() -> Response:
        on_clocks = asked(site.tracker, request.query_params)
        return handler(Question(site.tracker, request, actor, on_clocks, head.position, site, head.tag))

    response = site.kept.answer(key, head.position, made)
    response.headers.update(headers)
    return response


def _known(tracker: Tracker, tag: str) -> str:
    """
    The ETag of everything that can be read now: it changes with each record, each day, and with another log or time
    zone.

    It is taken before the answer is computed, so that an answer may be newer than its tag, but never older.
    """
    return f"{__version__} {tag} {tracker.today()} {tracker.local_time}"


def _shown(request: Request) -> str:
    """The page that a script asks from: the line with news links to it."""
    return request.headers.get(SHOWN, "")
