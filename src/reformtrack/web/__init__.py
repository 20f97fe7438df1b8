"""
The ASGI application: a dashboard, an API and an event stream over a tracker, to be mounted in another application.
"""

from reformtrack.extras import extra

with extra("web"):
    from reformtrack.web.access import Actor, Authorize
    from reformtrack.web.app import create_app

__all__ = ["Actor", "Authorize", "create_app"]
