"""
Who asks: what the host says of a request, and nothing else, decides what it may see and record.
"""

from collections.abc import Awaitable, Callable
from inspect import isawaitable, iscoroutinefunction

import attrs
from anyio import to_thread
from starlette.requests import Request

from reformtrack.domain.fields import Name, checked
from reformtrack.web.problems import Problem


@attrs.frozen(field_transformer=checked)
class Actor:
    """
    Somebody whom the host knows.

    Raises:
        InvalidField: the name is none that can be recorded.
    """

    name: Name
    """Who records, as it stands on record."""
    may_record: bool = attrs.field(default=True, kw_only=True)
    """Whether it may record; without, it may read."""


Authorize = Callable[[Request], Actor | None] | Callable[[Request], Awaitable[Actor | None]]
"""
Says who asks; None for somebody who may not even read. A function that is not asynchronous runs in a thread.
"""

READER = Actor("reader", may_record=False)
"""Everybody, where the host says nothing: they may read."""


async def actor_of(request: Request, authorize: Authorize | None) -> Actor | None:
    """Who asks, as the host says."""
    if authorize is None:
        return READER
    found: Actor | Awaitable[Actor | None] | None
    found = (
        authorize(request) if iscoroutinefunction(authorize) else await to_thread.run_sync(_called, authorize, request)
    )
    answer = await found if isawaitable(found) else found
    if not isinstance(answer, Actor | None):
        said = f"authorize answered a {type(answer).__name__}; accepted: an Actor, or None for nobody"
        raise Problem(500, "NoActor", said)
    return answer


def _called(authorize: Authorize, request: Request) -> Actor | Awaitable[Actor | None] | None:
    return authorize(request)
