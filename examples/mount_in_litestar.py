"""
A portal on Litestar with the reform plans under /cai-cach, for everybody to read.

    python examples/mount_in_litestar.py            then open http://127.0.0.1:8027/cai-cach/

The plan that it shows is the worked example: its counts are published, its list of activities is illustrative.
"""

import uvicorn
from litestar import Litestar, asgi, get
from litestar.types import Receive, Scope, Send
from serve_dak_nong import worked_example

from reformtrack.web import create_app

tracker = worked_example()
plans = create_app(tracker)


@asgi("/cai-cach", is_mount=True, copy_scope=True)
async def reform_plans(scope: Scope, receive: Receive, send: Send) -> None:
    """Litestar takes the prefix off and puts a slash at the end; the application wants to know where it is mounted."""
    path = scope["path"].rstrip("/") or "/"
    mounted = {**scope, "root_path": "/cai-cach", "path": f"/cai-cach{path}"}
    await plans(mounted, receive, send)  # type: ignore[arg-type]  # Litestar's own types for the same ASGI


@get("/tien-do", sync_to_thread=True)
def progress() -> dict[str, str]:
    """A route of the portal itself, with a figure from the tracker."""
    return {"tien_do": str(tracker.plan("dak-nong-2023").progress())}


portal = Litestar([reform_plans, progress], openapi_config=None, logging_config=None)

if __name__ == "__main__":
    uvicorn.run(portal, port=8027)
