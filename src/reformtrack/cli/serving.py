"""The command that serves the web application on this machine."""

import gc
import socket
import sys
from typing import Annotated

import typer

from reformtrack.cli.app import command
from reformtrack.cli.session import Misuse, Session
from reformtrack.domain.said import sentence
from reformtrack.extras import extra

LOOPBACK = "127.0.0.1"
GOODBYE = 1
"""The seconds that a shutdown waits for running answers: an event stream does not end by itself."""
ALLOW_HOST = (
    "Another host name to accept, as a proxy passes it on; may be repeated. This machine's names are always accepted."
)


@command("serve")
def serve(
    session: Session,
    port: Annotated[int, typer.Option(min=0, max=65_535, help="The port; 0 for any free port.")] = 8023,
    allow_host: Annotated[list[str] | None, typer.Option(metavar="NAME", help=ALLOW_HOST)] = None,
) -> None:
    """Serve the store as web pages and an API, to be read on this machine only, until it is interrupted."""
    with extra("web"):
        import uvicorn

        from reformtrack.web import LOCAL_HOSTS, create_app
    with session.tracker() as tracker, _bound(port) as here:
        # Without `authorize` nobody can record; only this machine may connect, and no page by DNS rebinding.
        app = create_app(tracker, hosts=(*LOCAL_HOSTS, *(allow_host or ())))
        server = uvicorn.Server(
            uvicorn.Config(app, log_level="warning", proxy_headers=False, timeout_graceful_shutdown=GOODBYE)
        )
        address = f"http://{LOOPBACK}:{here.getsockname()[1]}/"
        typer.echo(session.say("Open {address}; Ctrl-C ends it.", address=address))
        sys.stdout.flush()
        gc.freeze()  # what is loaded by now stays; scanning it in every collection took a fifth of the time of a page
        server.run(sockets=[here])


def _bound(port: int) -> socket.socket:
    try:
        return socket.create_server((LOOPBACK, port))
    except OSError as error:
        words = sentence("port {port} cannot be used: {found}; accepted: another --port, 0 for any")
        raise Misuse(words, port=port, found=error.strerror) from error
