"""
What is refused before anything else of a request is read: a host that is not served, an address that is too long.

A page of another site may point its own name at this machine (DNS rebinding) and read what is meant for this machine alone; a
browser sends the name in the header Host.
"""

import re
from collections.abc import Sequence

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from reformtrack.domain.errors import InvalidField
from reformtrack.domain.said import said
from reformtrack.web.answering import failed
from reformtrack.web.api import problem_response
from reformtrack.web.page import error_page
from reformtrack.web.problems import Problem

LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")
"""The names of this machine for itself."""

MAX_QUERY = 61_440
"""The longest query of an address, in bytes: pages repeat it in their forms and links."""

MAX_PARAMETERS = 500
"""The most parameters of a query."""

_NAME = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\]")
_HOST = re.compile(rf"(?P<name>{_NAME.pattern})(:[0-9]{{1,5}})?")


def host_names(given: Sequence[str]) -> Sequence[str]:
    """
    Host names and addresses of an application, as in an address before the port.

    Raises:
        InvalidField: one of them is malformed.
    """
    names = tuple(name.lower() for name in given)
    for name in names:
        if not _NAME.fullmatch(name):
            accepted = said("a name or an address without a port, as cchc.example.vn or [2001:db8::1]")
            raise InvalidField("create_app", "hosts", name, accepted)
    return names


class KnownHosts:
    """Answers requests for known host names and refuses others; the package's static files are open to all."""

    def __init__(self, app: ASGIApp, names: Sequence[str]) -> None:
        self._app, self._names = app, names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "").removeprefix(scope.get("root_path", ""))
        if scope["type"] != "http" or path.startswith("/static/") or self._is_known(scope):
            await self._app(scope, receive, send)
            return
        given = Request(scope).headers.get("host", "")
        found = said(
            "the host {host!r} is not one of this application; accepted: {names}",
            host=given[:100],
            names=", ".join(self._names),
        )
        await _refused(scope, Problem(421, "UnknownHost", found))(scope, receive, send)

    def _is_known(self, scope: Scope) -> bool:
        given = [value.decode("latin-1").lower() for name, value in scope["headers"] if name == b"host"]
        host = _HOST.fullmatch(given[0]) if len(given) == 1 else None
        return host is not None and host["name"] in self._names


class ShortAddresses:
    """Answers requests whose query is of a reasonable length, and refuses others."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        query = scope.get("query_string", b"")
        if len(query) <= MAX_QUERY and query.count(b"&") < MAX_PARAMETERS:
            await self._app(scope, receive, send)
            return
        found = said(
            "the query of the address has {bytes} bytes and {count} parameters; accepted: at most {most} bytes and "
            "{parameters} parameters",
            bytes=len(query),
            count=query.count(b"&") + 1,
            most=MAX_QUERY,
            parameters=MAX_PARAMETERS,
        )
        await _refused({**scope, "query_string": b""}, Problem(414, "AddressTooLong", found))(scope, receive, send)


def _refused(scope: Scope, problem: Problem) -> ASGIApp:
    """The answer to a request that is not let in, as a page or as a problem document."""
    path = scope.get("path", "").removeprefix(scope.get("root_path", ""))
    return failed(Request(scope), problem, problem_response if path.startswith("/api/") else error_page)
