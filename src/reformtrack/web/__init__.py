"""The ASGI application: a dashboard, an API and an event stream over a tracker, to be mounted in another application."""

from reformtrack.extras import extra

with extra("web"):
    from reformtrack.web.access import Actor, Authorize
    from reformtrack.web.app import create_app
    from reformtrack.web.brand import Brand, HostPage
    from reformtrack.web.hosts import LOCAL_HOSTS
    from reformtrack.web.problems import Problem, problem_of

__all__ = ["LOCAL_HOSTS", "Actor", "Authorize", "Brand", "HostPage", "Problem", "create_app", "problem_of"]
