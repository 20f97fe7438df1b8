"""How a host makes the pages its own: title, logo, colours, navigation and pages."""

import re
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Literal

import attrs

from reformtrack.domain.arguments import checks_arguments
from reformtrack.domain.errors import InvalidField
from reformtrack.domain.said import said
from reformtrack.domain.values import SLUG

_COLOUR = re.compile("#[0-9a-fA-F]{6}")
_ADDRESS = re.compile(r"/(?![/\\]).*|https?://\S+")
_TAKEN = ("/plans", "/agencies", "/activities", "/trend", "/news", "/static", "/healthz", "/readyz")
_PATH = re.compile(f"/{SLUG}")
LEAST_CONTRAST = 4.5
"""Of a colour with white, as WCAG 2.2 AA asks of text."""


@attrs.frozen(kw_only=True)
@checks_arguments
class HostPage:
    """A page of the host, in the frame of the others."""

    title: str
    html: str
    """What stands below the title. It is not escaped: nothing that others write may be in it."""


@attrs.frozen(kw_only=True)
@checks_arguments
class Brand:
    """
    What a host changes of the pages.

    Raises:
        InvalidField: a colour that is none or on which white cannot be read, an address that is none.

    >>> Brand(title="Sở Nội vụ", header="#5b2333").css
    ':root{--brand-header:#5b2333}'
    """

    title: str = ""
    """The name of the site; default: that of the catalogue, in the language of the page."""
    logo: bytes = attrs.field(default=b"", repr=False)
    """A picture beside the title, shown 32 pixels high; it should say nothing that the title does not."""
    logo_type: Literal["image/svg+xml", "image/png", "image/webp"] = "image/svg+xml"
    header: str = ""
    """The colour of the bar at the top, as "#083c6b"; its text is white."""
    link: str = ""
    """The colour of links and buttons on a light screen."""
    navigation: Sequence[tuple[str, str]] = ()
    """More links in the bar at the top: (text, address)."""
    pages: Mapping[str, HostPage] = attrs.field(factory=dict)
    """Pages by their paths, as "/gioi-thieu"; each is in the bar at the top as well."""

    def __attrs_post_init__(self) -> None:
        for name in ("header", "link"):
            colour = getattr(self, name)
            if colour and not (_COLOUR.fullmatch(colour) and _contrast(colour) >= LEAST_CONTRAST):
                accepted = said('a colour as "#083c6b", with a contrast to white of 4.5 or more')
                raise InvalidField("Brand", name, colour, accepted)
        for _, address in self.navigation:
            if not _ADDRESS.fullmatch(address):
                raise InvalidField("Brand", "navigation", address, said("a path, or an http or https address"))
        for path in self.pages:
            if not _PATH.fullmatch(path) or path in _TAKEN:
                raise InvalidField("Brand", "pages", path, said("a path of one part that is free, as /gioi-thieu"))

    @property
    def css(self) -> str:
        """The style sheet of its colours; empty without one."""
        given = ";".join(f"--brand-{name}:{getattr(self, name)}" for name in ("header", "link") if getattr(self, name))
        return f":root{{{given}}}" if given else ""

    @property
    def digest(self) -> str:
        """What changes with each part of it: pages that were fetched under another brand are fetched again."""
        return blake2b(repr(attrs.astuple(self)).encode(), digest_size=12).hexdigest()

    @property
    def links(self) -> Sequence[tuple[str, str]]:
        """The links in the bar at the top: (text, address), those of its own pages first."""
        return (*((page.title, path) for path, page in self.pages.items()), *self.navigation)


def _contrast(colour: str) -> float:
    """The contrast of a colour with white, by the formula of WCAG."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    light = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 1.05 / (0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2] + 0.05)
