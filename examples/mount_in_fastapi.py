"""
A portal on FastAPI with the reform plans under /cai-cach: its own login decides who may read and who may record.

    python examples/mount_in_fastapi.py            then open http://127.0.0.1:8025/cai-cach/

The plan that it shows is the worked example: its counts are published, its list of activities is illustrative.
"""

from typing import Annotated

import uvicorn
from fastapi import Depends, FastAPI, Header, HTTPException
from serve_dak_nong import worked_example
from starlette.requests import Request

from reformtrack.web import Actor, create_app

TOKENS = {"ma-cua-so-noi-vu": "so-noi-vu", "ma-cua-khach": "khach"}
"""Who has which token. A real portal asks its own user store here."""


def user(authorization: Annotated[str, Header()] = "") -> str:
    """The portal's own login, for its own routes."""
    found = TOKENS.get(authorization.removeprefix("Bearer "))
    if found is None:
        raise HTTPException(401)
    return found


def authorize(request: Request) -> Actor | None:
    """The same login, for the reform plans: guests read, agencies record, others see nothing."""
    found = TOKENS.get(request.headers.get("authorization", "").removeprefix("Bearer "))
    return None if found is None else Actor(found, may_record=found != "khach")


tracker = worked_example()
portal = FastAPI(title="Cổng thông tin")
portal.mount("/cai-cach", create_app(tracker, authorize=authorize))


@portal.get("/toi")
def me(name: Annotated[str, Depends(user)]) -> dict[str, str]:
    """A route of the portal itself, with a figure from the tracker."""
    return {"ten": name, "tien_do": str(tracker.plan("dak-nong-2023").progress())}


if __name__ == "__main__":
    uvicorn.run(portal, port=8025)
