"""
A portal on Django with the reform plans under /cai-cach: Django's users, sessions and permissions decide.

    python examples/mount_in_django.py      then sign in at http://127.0.0.1:8026/dang-nhap (so-noi-vu, password so-noi-vu)

In a project of your own, keep `authorize` and `application`. The plan is the worked example; its activities are illustrative.
"""

import django
import uvicorn
from django.conf import settings
from serve_dak_nong import worked_example
from starlette.requests import Request
from starlette.routing import Mount, Router

from reformtrack.web import Actor, create_app

if not settings.configured:
    form = "<form method=post>{% csrf_token %}{{ form }}<button>Đăng nhập</button></form>"
    loader = ("django.template.loaders.locmem.Loader", {"login.html": form})
    settings.configure(
        SECRET_KEY="doi-khoa-nay",
        ALLOWED_HOSTS=["*"],
        INSTALLED_APPS=[f"django.contrib.{app}" for app in ("auth", "contenttypes", "sessions")],
        MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "file:cong?mode=memory&cache=shared"}},
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "OPTIONS": {"loaders": [loader]}}],
        ROOT_URLCONF=__name__,
    )
    django.setup()

from django.contrib.auth import get_user, models, views
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.backends.db import SessionStore
from django.core import asgi, management
from django.db import close_old_connections
from django.http import HttpRequest
from django.urls import path

urlpatterns = [path("dang-nhap", views.LoginView.as_view(template_name="login.html", next_page="/cai-cach/"))]


def authorize(request: Request) -> Actor | None:
    """Who is signed in to Django, and whether they may record. It runs in a thread of its own, where the ORM may wait."""
    close_old_connections()  # Django itself does this where it answers
    asked = HttpRequest()
    asked.session = SessionStore(request.cookies.get(settings.SESSION_COOKIE_NAME))
    user = get_user(asked)
    return Actor(user.username, may_record=user.has_perm("reformtrack.add_record")) if user.is_active else None


plans = create_app(worked_example(), authorize=authorize)
application = Router([Mount("/cai-cach", plans)], default=asgi.get_asgi_application())

if __name__ == "__main__":
    management.call_command("migrate", verbosity=0)
    kind = ContentType.objects.create(app_label="reformtrack", model="record")
    may_record = models.Permission.objects.create(codename="add_record", name="may record", content_type=kind)
    models.User.objects.create_user("so-noi-vu", password="so-noi-vu").user_permissions.add(may_record)
    uvicorn.run(application, port=8026)
