"""Asks an application: without a server, or with one that runs in a thread."""

import asyncio
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import httpx
import uvicorn
from starlette.types import ASGIApp


def ask(
    app: ASGIApp,
    path: str,
    headers: Mapping[str, str] | Sequence[tuple[str, str]] | None = None,
    method: str = "GET",
    **more: Any,
) -> httpx.Response:
    """The answer to a request."""

    async def answer() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as client:
            return await client.request(method, path, **more)

    return asyncio.run(answer())


@contextmanager
def serve(app: ASGIApp) -> Iterator[str]:
    """A server in a thread; the address."""
    server = uvicorn.Server(
        uvicorn.Config(app, port=0, log_level="error", timeout_graceful_shutdown=1, proxy_headers=False)
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
