"""
Who asks: what the host says of a request, and nothing else, decides what it may see and record.
"""

from collections.abc import Awaitable, Callable
from inspect import isawaitable, iscoroutinefunction
from ipaddress import IPv4Address, IPv6Network, ip_address

import attrs
from anyio import to_thread
from starlette.requests import Request

from reformtrack.domain.fields import Name, frozen
from reformtrack.domain.said import said
from reformtrack.web.problems import Problem


@frozen
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
        wrong = said("authorize returned a {type}; accepted: an Actor, or None for nobody", type=type(answer).__name__)
        raise Problem(500, "NoActor", wrong)
    return answer


def client_of(request: Request, actor: Actor) -> str:
    """
    Who has a share of what is scarce: somebody who may record by name alone; whoever only reads by the address too, as many may
    read under one name. The address is the server's word, which knows of proxies; of IPv6 it is a network, as one has many.
    """
    if actor.may_record:
        return actor.name
    return f"{actor.name} {_place(request.client.host if request.client else '')}"


def _place(host: str) -> str:
    try:
        address = ip_address(host)
    except ValueError:
        return host  # none, for a socket of this machine
    if isinstance(address, IPv4Address):
        return str(address)
    return str(address.ipv4_mapped or IPv6Network((int(address), 64), strict=False))


def _called(authorize: Authorize, request: Request) -> Actor | Awaitable[Actor | None] | None:
    return authorize(request)
