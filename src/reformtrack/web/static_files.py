"""The style and the script of the pages: read from the package wherever it is, in a zip archive too."""

from collections.abc import Sequence
from hashlib import sha256
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reformtrack.web.brand import Brand

MEDIA_TYPES = {"css": "text/css", "js": "text/javascript", "txt": "text/plain"}


def routes(brand: Brand) -> Sequence[Route]:
    """A route for each file and for what a brand has, whose tag is the hash of what it holds."""
    folder = files(__package__).joinpath("static")
    return [
        *(_route(file.name, file.read_bytes()) for file in folder.iterdir()),
        _route("brand.css", brand.css.encode()),
        *([_route("logo", brand.logo, brand.logo_type)] if brand.logo else []),
    ]


def _route(name: str, content: bytes, media_type: str = "") -> Route:
    headers = {"ETag": f'"{sha256(content).hexdigest()[:32]}"', "Cache-Control": "no-cache"}

    async def answer(request: Request) -> Response:
        if headers["ETag"] in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(content, headers=headers, media_type=media_type or MEDIA_TYPES[name.rpartition(".")[2]])

    return Route(f"/{name}", answer)
