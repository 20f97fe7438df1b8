"""Asks an application without a server."""

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx
from starlette.types import ASGIApp


def ask(
    app: ASGIApp, path: str, headers: Mapping[str, str] | None = None, method: str = "GET", **more: Any
) -> httpx.Response:
    """The answer to a request."""

    async def answer() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as client:
            return await client.request(method, path, **more)

    return asyncio.run(answer())
