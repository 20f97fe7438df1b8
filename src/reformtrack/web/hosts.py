"""
Under which names the application is asked. A page of another site may have a name of its own lead to this machine (DNS
rebinding), and would then read what is meant for this machine alone; a browser says by which name it asks.
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

_NAME = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\]")
_HOST = re.compile(rf"(?P<name>{_NAME.pattern})(:[0-9]{{1,5}})?")


def host_names(given: Sequence[str]) -> Sequence[str]:
    """
    Names and addresses by which an application is asked, as they stand in an address before the port.

    Raises:
        InvalidField: one that is none.
    """
    names = tuple(name.lower() for name in given)
    for name in names:
        if not _NAME.fullmatch(name):
            accepted = said("a name or an address without a port, as cchc.example.vn or [2001:db8::1]")
            raise InvalidField("create_app", "hosts", name, accepted)
    return names


class KnownHosts:
    """Answers what is asked under known names, and refuses the rest; the package's own files are anybody's."""

    def __init__(self, app: ASGIApp, names: Sequence[str]) -> None:
        self._app = app
        self._names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, if it is for this application."""
        path = scope.get("path", "").removeprefix(scope.get("root_path", ""))
        if scope["type"] != "http" or path.startswith("/static/") or self._is_known(scope):
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        given = request.headers.get("host", "")
        problem = Problem(
            421,
            "UnknownHost",
            said(
                "the host {host!r} is not one of this application; accepted: {names}",
                host=given[:100],
                names=", ".join(self._names),
            ),
        )
        response = failed(request, problem, problem_response if path.startswith("/api/") else error_page)
        await response(scope, receive, send)

    def _is_known(self, scope: Scope) -> bool:
        given = [value.decode("latin-1").lower() for name, value in scope["headers"] if name == b"host"]
        host = _HOST.fullmatch(given[0]) if len(given) == 1 else None
        return host is not None and host["name"] in self._names
