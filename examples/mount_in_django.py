"""
A portal on Django with the reform plans under /cai-cach: its users say who somebody is, a policy what they may record.

    pip install 'reformtrack[web]' django
    PORTAL_PASSWORD=… python mount_in_django.py plans.db --add-user quan-tri
    python mount_in_django.py plans.db            then sign in at http://127.0.0.1:8026/dang-nhap

To be copied; a project of your own has settings and users. The store is a file, or a database of PostgreSQL
(postgresql://host/database, reformtrack[web,postgres]); several processes may have it open:
REFORMTRACK_STORE=plans.db PORTAL_SECRET=… uvicorn mount_in_django:application --workers 4
"""

import argparse
import logging
import os
import secrets
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

import django
import uvicorn
from django.conf import settings
from starlette.requests import Request
from starlette.routing import Mount, Router
from starlette.types import Receive, Scope, Send

from reformtrack import ReformtrackError, SeparationOfDuties, StoreError, Tracker
from reformtrack.web import LOCAL_HOSTS, Actor, create_app, problem_of

if not settings.configured:
    form = "<form method=post>{% csrf_token %}{{ form }}<button>Đăng nhập</button></form>"
    loader = ("django.template.loaders.locmem.Loader", {"login.html": form})
    settings.configure(
        SECRET_KEY=os.environ.get("PORTAL_SECRET") or secrets.token_urlsafe(50),
        ALLOWED_HOSTS=[*LOCAL_HOSTS, *os.environ.get("PORTAL_HOSTS", "").split()],
        INSTALLED_APPS=[f"django.contrib.{app}" for app in ("auth", "contenttypes", "sessions")],
        MIDDLEWARE=[
            "django.middleware.common.CommonMiddleware",  # which asks whether the host is one of those above
            "django.contrib.sessions.middleware.SessionMiddleware",
            f"{__name__}.Problems",
        ],
        DATABASES={
            "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ.get("PORTAL_DB", "portal.db")}
        },
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "OPTIONS": {"loaders": [loader]}}],
        ROOT_URLCONF=__name__,
    )
    django.setup()

from django.contrib.auth import get_user, models, views
from django.contrib.sessions.backends.db import SessionStore
from django.core import asgi, management
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

STEWARDS = ("quan-tri",)
"""Who keeps the register of agencies, and grants the roles by which everybody else may record."""


def authorize(request: Request) -> Actor:
    """Who is signed in to Django, else a guest, who reads. It runs in a thread of its own, where the ORM may wait."""
    close_old_connections()  # Django itself does this where it answers
    asked = HttpRequest()
    asked.session = SessionStore(request.cookies.get(settings.SESSION_COOKIE_NAME))
    user = get_user(asked)
    return Actor(user.username) if user.is_active else Actor("khach", may_record=False)


def keep_up(tracker: Tracker, stop: threading.Event) -> None:
    """Bring the views of many plans up to date every second, so that no page waits for it."""
    while not stop.wait(1):
        try:
            tracker.views.catch_up()
        except StoreError:
            logging.exception("the views are not up to date; the next try is in a second")


@contextmanager
def opened(store: str) -> Iterator[Tracker]:
    """A tracker under a policy, and the thread that keeps up its views: both end with the portal."""
    stop = threading.Event()
    with Tracker(store, policy=SeparationOfDuties(STEWARDS)) as tracker:
        thread = threading.Thread(target=keep_up, args=(tracker, stop))
        thread.start()
        try:
            yield tracker
        finally:
            stop.set()
            thread.join()


@asynccontextmanager
async def lifespan(portal: object) -> AsyncIterator[dict[str, object]]:
    """In each process: opened when it starts, closed when it stops. Django checks hosts for its own views only."""
    with opened(os.environ["REFORMTRACK_STORE"]) as tracker:
        yield {"tracker": tracker, "plans": create_app(tracker, authorize=authorize, hosts=settings.ALLOWED_HOSTS)}


async def plans(scope: Scope, receive: Receive, send: Send) -> None:
    """The reform plans, which are there once the portal has started."""
    await scope["state"]["plans"](scope, receive, send)


class Problems:
    """What reformtrack refuses or does not find in the portal's own views, with the status that its API gives it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Of other errors nothing is said here."""
        if not isinstance(error, ReformtrackError):
            return None
        found = problem_of(error)
        kind = "application/problem+json"
        return HttpResponse(found.document(), status=found.status, headers=found.headers, content_type=kind)


def progress(request: HttpRequest, plan: str) -> HttpResponse:
    """A view of the portal itself, with a figure from the tracker."""
    tracker = request.scope["state"]["tracker"]
    return JsonResponse(
        {"ten": get_user(request).get_username() or "khach", "tien_do": str(tracker.plan(plan).progress())}
    )


urlpatterns = [
    path("dang-nhap", views.LoginView.as_view(template_name="login.html", next_page="/cai-cach/")),
    path("tien-do/<str:plan>", progress),
]
application = Router([Mount("/cai-cach", plans)], default=asgi.get_asgi_application(), lifespan=lifespan)


def main() -> None:
    parser = argparse.ArgumentParser(description="A portal on Django with the reform plans.")
    parser.add_argument("store", nargs="?", default=os.environ.get("REFORMTRACK_STORE"), help="plans.db")
    parser.add_argument("--port", type=int, default=8026)
    parser.add_argument(
        "--add-user", metavar="NAME", help="add somebody, or change their password, to that in PORTAL_PASSWORD, and end"
    )
    options = parser.parse_args()
    if not options.store:
        parser.error("a store is missing, as plans.db or postgresql://host/database")
    if options.add_user and not os.environ.get("PORTAL_PASSWORD"):
        parser.error("PORTAL_PASSWORD is missing: the password of who is added")
    os.environ["REFORMTRACK_STORE"] = options.store
    management.call_command("migrate", verbosity=0)
    if options.add_user:
        user, _ = models.User.objects.get_or_create(username=options.add_user)
        user.set_password(os.environ["PORTAL_PASSWORD"])
        user.save()
        return
    uvicorn.run(application, port=options.port, timeout_graceful_shutdown=5)


if __name__ == "__main__":
    main()
