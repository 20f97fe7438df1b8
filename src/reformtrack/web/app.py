"""The application: its routes, and the headers that every answer has."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from urllib.parse import quote

from markupsafe import Markup
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.said import said
from reformtrack.tracker import Tracker
from reformtrack.web import across, agencies, country, exports, health, lists, plans, static_files, trends
from reformtrack.web.access import Authorize
from reformtrack.web.answering import Failure, Handler, Question, Site, endpoint, failed
from reformtrack.web.api import answered, problem_response, reads
from reformtrack.web.brand import Brand, HostPage
from reformtrack.web.counts import Counts
from reformtrack.web.feed import listener
from reformtrack.web.hosts import KnownHosts, ShortAddresses, host_names
from reformtrack.web.openapi import openapi
from reformtrack.web.page import error_page, page, with_days
from reformtrack.web.problems import Problem
from reformtrack.web.writing import writer

SECURITY: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Security headers: nothing is loaded from another host, and pages have no inline scripts or styles."""

PAGES: Mapping[str, Handler] = {
    "/plans/{plan}": plans.plan,
    "/plans/{plan}/activities": lists.plan_list,
    "/plans/{plan}/activities/{code}": plans.activity,
    "/plans/{plan}/indicators": plans.indicators,
    "/plans/{plan}/reports": plans.reports,
    "/plans/{plan}/reports/{period}": plans.report,
    "/activities": across.activities,
    "/news": country.news,
}

"""The pages that a tracker answers."""

OF_PLAN = ("/plans/{plan}", "/plans/{plan}/activities/{code}", "/plans/{plan}/calendar.ics")
"""The pages that depend on nothing but the records of one plan, and the names of agencies."""

COUNTED_PAGES: Mapping[str, Callable[[Counts, Question], Response]] = {
    "/": country.country,
    "/plans": country.plans,
    "/agencies": agencies.agencies,
    "/agencies/{name}": agencies.agency,
    "/trend": trends.trend,
    "/agencies/{name}/activities": lists.agency_list,
}
"""The pages that count many plans."""


@checks_arguments
def create_app(
    tracker: Tracker,
    *,
    authorize: Authorize | None = None,
    hosts: Sequence[str] | None = None,
    brand: Brand | None = None,
) -> Starlette:
    """
    The ASGI application over a tracker: pages at its root, the API under `/api/v1`, `/healthz` and `/readyz`.

    It can be mounted under any path of another ASGI application, and keeps nothing that the tracker does not have.

    Args:
        tracker: what it shows. The host owns and closes it.
        authorize: says who asks, or None for somebody who may not even read. Without it everybody who reaches the application
            may read, and nobody may record.
        hosts: the names and addresses by which it may be asked (the header Host), without ports: what `LOCAL_HOSTS` has and
            others. Default: any, because a mounted application leaves this to the host.
        brand: the title, logo, colours, navigation and pages of the host.

    Raises:
        InvalidField: one of the hosts is not a name.

    >>> app = create_app(Tracker())
    >>> sorted(route.path for route in app.routes)[:3]
    ['/', '/activities', '/activities.{form}']
    """
    brand, counts = brand or Brand(), Counts(tracker)
    site = Site(tracker, authorize, brand.digest)
    pages: dict[str, Handler] = {
        **exports.files(counts),
        **PAGES,
        **{path: partial(handler, counts) for path, handler in COUNTED_PAGES.items()},
        **{path: partial(_hosts, own) for path, own in brand.pages.items()},
    }
    app = Starlette(
        routes=[
            *(
                Route(path, endpoint(site, with_days(handler), error_page, is_of_plan=path in OF_PLAN), methods=["GET"])
                for path, handler in pages.items()
            ),
            *health.routes(site),
            Mount(
                "/api/v1",
                app=Router(_api(site, counts), redirect_slashes=False),
                middleware=[Middleware(ExceptionMiddleware, {HTTPException: partial(_refused, problem_response)})],
            ),
            Mount("/static", ExceptionMiddleware(Router(static_files.routes(brand), redirect_slashes=False))),
        ],
        middleware=[
            Middleware(SecurityHeaders),
            *([] if hosts is None else [Middleware(KnownHosts, names=host_names(hosts))]),
            Middleware(ShortAddresses),
        ],
        exception_handlers={HTTPException: partial(_refused, error_page)},
    )
    app.state.brand = brand
    app.router.redirect_slashes = False  # its address would contain the host from the request, which anybody can forge
    return app


def _hosts(own: HostPage, question: Question) -> Response:
    return page(question, "host.html", title=own.title, content=Markup(own.html))  # the host's own


def _api(site: Site, counts: Counts) -> Sequence[Route]:
    questions = reads(counts)
    get = {read.path: endpoint(site, answered(read), problem_response) for read in questions}

    @lru_cache(maxsize=8)
    def described(server: str) -> bytes:
        return openapi(questions, server)

    async def description(request: Request) -> Response:
        return Response(described(quote(request.scope["root_path"])), media_type="application/json")

    return [
        *(Route(path, answer, methods=["GET"]) for path, answer in get.items()),
        Route("/records", writer(site), methods=["POST"]),
        Route("/events", listener(site), methods=["GET"]),
        Route("/openapi.json", description, methods=["GET"]),
    ]


class SecurityHeaders:
    """Adds the headers of `SECURITY` to every answer that does not set them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                names = {name.lower() for name, _ in message["headers"]}
                more = ((name.lower().encode(), value.encode()) for name, value in SECURITY.items())
                message["headers"] = [*message["headers"], *(pair for pair in more if pair[0] not in names)]
            await send(message)

        await self._app(scope, receive, with_headers)


_OF_ROUTES = {404: ("NotFound", said("Not Found")), 405: ("MethodNotAllowed", said("Method Not Allowed"))}
"""The problem type and starlette's message for a path without a route."""


async def _refused(failure: Failure, request: Request, error: Exception) -> Response:
    """Errors raised by the routes, such as an unknown path, and by `authorize`."""
    if not isinstance(error, HTTPException):
        raise error
    name, phrase = _OF_ROUTES.get(error.status_code, ("Refused", ""))
    problem = Problem(error.status_code, name, phrase if error.detail == phrase else str(error.detail))
    response = failed(request, problem, failure)
    response.headers.update(error.headers or {})
    return response
