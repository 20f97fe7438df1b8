"""Who asks: only what the host says about a request decides what it may see and record."""

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
        InvalidField: the name cannot be recorded.
    """

    name: Name
    """The name, as recorded."""
    may_record: bool = attrs.field(default=True, kw_only=True)
    """Whether it may record, and not only read."""


Authorize = Callable[[Request], Actor | None] | Callable[[Request], Awaitable[Actor | None]]
"""Returns who asks; None for somebody who may not even read. A synchronous function runs in a thread."""

READER = Actor("reader", may_record=False)
"""Everybody, if the host gives no `authorize`: they may read."""


async def actor_of(request: Request, authorize: Authorize | None) -> Actor | None:
    """Who asks, according to the host."""
    if authorize is None:
        return READER
    found: Actor | Awaitable[Actor | None] | None
    found = (
        authorize(request) if iscoroutinefunction(authorize) else await to_thread.run_sync(lambda: authorize(request))
    )
    answer = await found if isawaitable(found) else found
    if not isinstance(answer, Actor | None):
        wrong = said("authorize returned a {type}; accepted: an Actor, or None for nobody", type=type(answer).__name__)
        raise Problem(500, "NoActor", wrong)
    return answer


def client_of(request: Request, actor: Actor) -> str:
    """
    The key for rate limits: the name of somebody who may record; for readers also the address, because many may share
    one name. The address comes from the server, which knows its proxies; for IPv6 it is the network, because a client
    has many addresses.
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
