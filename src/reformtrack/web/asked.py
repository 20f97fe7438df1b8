"""The question of a request: the two clocks and the language, from its query; and how every link keeps them."""

import enum
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import TypeVar, get_args
from urllib.parse import quote, quote_plus

import attrs
from starlette.datastructures import QueryParams

from reformtrack.domain.arguments import one_of
from reformtrack.domain.errors import InvalidField
from reformtrack.domain.protected import concealed
from reformtrack.domain.said import said
from reformtrack.domain.timeline import KnownAt
from reformtrack.domain.wording import Lang
from reformtrack.exchange.moments import known_in
from reformtrack.language import Language
from reformtrack.tracker import Tracker
from reformtrack.views.listing import day_in

E = TypeVar("E", bound=enum.Enum)


@attrs.frozen
class Asked:
    """The day, `known_at` and the language, as asked; None or the default if not asked."""

    on: date | None
    known_at: KnownAt
    lang: Lang
    given: Mapping[str, str] = attrs.field(factory=dict)
    """The same, as written, for links."""

    @property
    def say(self) -> Language:
        return Language(self.lang)

    def query(self, **more: object) -> str:
        """
        The query of a link with the same clocks and language; None and empty values are left out.

        >>> Asked(date(2023, 6, 30), None, "vi", {"on": "2023-06-30"}).query(rule="whole_plan", lead="Sở Nội vụ")
        '?on=2023-06-30&rule=whole_plan&lead=S%E1%BB%9F+N%E1%BB%99i+v%E1%BB%A5'
        """
        pairs = {**self.given, **more}
        written = "&".join(f"{name}={_quoted(str(value))}" for name, value in pairs.items() if value not in (None, ""))
        return f"?{written}" if written else ""


@lru_cache(maxsize=4096)
def _quoted(text: str) -> str:
    """A text in a query; a page has hundreds of links with the same few texts in them."""
    return quote_plus(concealed(text))


def asked(tracker: Tracker, query: Mapping[str, str]) -> Asked:
    """
    Parse a query.

    Args:
        tracker: gives the current day, and the end of a day.
        query: `on`, a day, as 2023-06-30 or 30/06/2023; `known_at`, a day (its end), an instant with its zone, or a log
            position; `lang`.

    Raises:
        InvalidField: one of them is none.
        InvalidInstant: `known_at` has not come yet.
    """
    given = {name: query[name].strip() for name in ("on", "known_at", "lang") if query.get(name, "").strip()}
    lang: Lang = "en" if given.get("lang") == "en" else "vi"
    if given.get("lang", lang) != lang:
        raise InvalidField("query", "lang", given["lang"], " or ".join(get_args(Lang)))
    on = day_in("on", given["on"]) if "on" in given else None
    known_at = known_in(tracker, given["known_at"]) if "known_at" in given else None
    if "/" in given.get("known_at", ""):
        day, space, time = given["known_at"].partition(" ")
        given["known_at"] = f"{day_in('known_at', day)}{space}{time}"
    if on:
        given["on"] = str(on)  # links say a day in one form, in whichever it was typed
    return Asked(on, known_at, lang, given)


def given(query: QueryParams) -> dict[str, str]:
    """The query of an address without its clocks and language; of a name that is repeated, its values with commas between."""
    values: dict[str, dict[str, None]] = {}
    for name, value in query.multi_items():
        if name not in ("on", "known_at", "lang"):
            values.setdefault(name, {})[value] = None
    return {name: concealed(",".join(of_name)) for name, of_name in values.items()}


def member(name: str, text: str | None, kind: type[E]) -> E | None:
    """The member of an enumeration named in a query; None if there is none."""
    return None if text is None else kind(one_of("query", name, text, [one.value for one in kind]))


def whole_number(name: str, text: str, least: int, most: int) -> int:
    """A whole number in a query, within bounds of at most 18 digits."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 18 and least <= int(text) <= most):
        raise InvalidField("query", name, text, said("a whole number from {least} to {most}", least=least, most=most))
    return int(text)


def agency_id(name: str) -> str:
    """
    The id of an agency in an address, where it may stand with its sign or, as in the pages' own links, without.

    >>> agency_id("so-noi-vu"), agency_id("@so-noi-vu")
    ('@so-noi-vu', '@so-noi-vu')
    """
    return f"@{name.removeprefix('@')}"


def path(*parts: str) -> str:
    """
    A path from parts, each escaped.

    >>> path("plans", "p-2023", "activities", "1.04")
    '/plans/p-2023/activities/1.04'
    """
    return "/" + "/".join(map(_escaped, parts))


@lru_cache(maxsize=4096)
def _escaped(text: str) -> str:
    return quote(text, safe="@")
