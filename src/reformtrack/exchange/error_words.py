"""Errors in words: the message of one in the reader's language, and what a field cannot hold."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from reformtrack.domain.errors import Found, InvalidField, ReformtrackError
from reformtrack.domain.labelled import Labelled
from reformtrack.domain.said import Said
from reformtrack.domain.wording import day
from reformtrack.exchange.words import event_words, field_words, instant, value_words
from reformtrack.language import Language

_EVENT_NAME = re.compile(r"\b[A-Z][a-z]+(?:[A-Z][a-z]+)+\b")
_TIMES = ("at", "instant", "later", "least", "server")
"""The placeholders of instants that the store holds as texts."""


def error_words(error: ReformtrackError, say: Language) -> str:
    """The message of an error in the reader's language: events in words, days and values in its format."""
    return retold(error.words, say)


def retold(text: str, say: Language, *, named: bool = False) -> str:
    """
    A sentence of an error in another language; unchanged if it is not in the catalogue.

    Args:
        named: whether accepted events are also given by class name, for somebody who has to type them.
    """
    if not isinstance(text, Said):
        return text
    words = event_words(say)
    shown = "“{}” ({})" if named else "“{}”"
    pattern = _EVENT_NAME.sub(
        lambda found: shown.format(words[found[0]], found[0]) if found[0] in words else found[0], say(text.pattern)
    )
    return pattern.format(**{name: _retold(name, value, say, named) for name, value in text.values.items()})


def _retold(name: str, value: Any, say: Language, named: bool) -> str:
    words = event_words(say)
    match value:
        case tuple():
            return ", ".join(_retold(name, one, say, named) for one in value)
        case Found():
            return _as_given(value, say) if say.lang != "en" else value
        case str() if name == "owner":
            event, dot, place = value.partition(".")
            if event in words:
                return f"“{words[event]}”{dot}{place}"
            return say("the request") if say.lang != "en" else value
        case str() if value in words:
            return f"“{words[value]}”" + (f" ({value})" if named else "")
        case str() if noun := _nouns(say).get(name, {}).get(value):
            if not named or name != "field":
                return noun
            return value if say.lang == "en" else f"{noun} ({value})"
        case str() if name in _TIMES and say.lang != "en" and (at := _instant_in(value)):
            return _retold(name, at, say, named)
        case str() if name == "codes":
            return value.replace("'", "") if say.lang != "en" else value
        case str():
            return retold(value, say, named=named)
        case datetime() if say.lang != "en":
            zone = value.tzinfo or UTC
            return f"{instant(value, zone, say.lang)} ({zone})"
        case date() if not isinstance(value, datetime):
            return day(value, say.lang)
        case Labelled():
            return value.label(say.lang)
        case _ if hasattr(value, "subject"):
            on = getattr(value, "on", None)
            return f"“{words[type(value).__name__]}” ({value.subject}{f', {day(on, say.lang)}' if on else ''})"
    return str(value)


def _instant_in(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def unheld(error: InvalidField, say: Language) -> tuple[str, str]:
    """The invalid value of a field, by its label, and what is accepted."""
    label = field_words(say).get(error.field, error.field)
    found = _retold("found", error.found, say, False)
    return f"{label}: {found}", say("accepted: {accepted}", accepted=retold(error.accepted, say))


def _as_given(found: Found, say: Language) -> str:
    """A given value in the reader's format; a text in quotes, shortened, with invisible characters escaped."""
    match found.value:
        case None:
            return say("nothing")
        case Said():
            return retold(found.value, say)
        case str():
            return f"“{found[1:].removesuffix(found[0])}”"
        case datetime():
            return _retold("", found.value, say, False)
        case list():
            return value_words(tuple(found.value), say)[:80]
        case _:
            return value_words(found.value, say)[:80]


@cache
def _nouns(say: Language) -> Mapping[str, Mapping[str, str]]:
    """The labels of values of some placeholders, by name: of fields, of kinds of what was not found, of the decoder's types."""
    kinds = {
        "plan": say("plan"),
        "activity": say("activity"),
        "indicator": say("indicator"),
        "report": say("report"),
        "agency": say("agency"),
        "jurisdiction": say("jurisdiction"),
        "subscription": say("subscription"),
        "record of": say("record of"),
    }
    types = {
        "str": say("text"),
        "int": say("whole number"),
        "float": say("number"),
        "decimal": say("number"),
        "bool": say("yes or no"),
        "date": say("day"),
        "array": say("list"),
        "object": say("object with fields"),
        "null": say("nothing"),
    }
    return {"field": field_words(say), "kind": kinds, "type": types, "given": types}
