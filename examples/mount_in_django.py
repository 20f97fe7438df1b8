"""
A portal on Django with the reform plans under /cai-cach: Django's users, sessions and permissions decide.

    python examples/mount_in_django.py            then open http://127.0.0.1:8026/cai-cach/ (it asks to sign in: 401)

In a project of your own, keep `authorize` and `application`. The plan is the worked example; its activities are illustrative.
"""

import django
import uvicorn
from django.conf import settings
from serve_dak_nong import worked_example
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from reformtrack.web import Actor, create_app

if not settings.configured:
    settings.configure(
        SECRET_KEY="doi-khoa-nay",
        ALLOWED_HOSTS=["*"],
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "file:cong?mode=memory&cache=shared"}},
        ROOT_URLCONF=__name__,
    )
    django.setup()

from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.core.asgi import get_asgi_application
from django.http import HttpRequest

urlpatterns: list[object] = []


def authorize(request: Request) -> Actor | None:
    """Who is signed in to Django, and whether they may record. It runs in a thread, where the ORM may wait."""
    asked = HttpRequest()
    asked.session = SessionStore(request.cookies.get(settings.SESSION_COOKIE_NAME))
    user = get_user(asked)
    if not user.is_authenticated or not user.is_active:
        return None
    return Actor(user.get_username(), may_record=user.has_perm("auth.add_record"))


plans = create_app(worked_example(), authorize=authorize)
site = get_asgi_application()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Django answers everything but what is below /cai-cach."""
    if scope["type"] == "http" and scope["path"].startswith("/cai-cach/"):
        await plans({**scope, "root_path": scope.get("root_path", "") + "/cai-cach"}, receive, send)
    else:
        await site(scope, receive, send)


if __name__ == "__main__":
    uvicorn.run(application, port=8026)
