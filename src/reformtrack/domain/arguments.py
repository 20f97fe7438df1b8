"""
Checks arguments against their annotations, as the fields of events are checked: the error says what was asked, what was
found, and what would be accepted.
"""

import inspect
import sys
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import EnumType
from functools import cache, reduce, wraps
from types import FunctionType, NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

import msgspec
from msgspec import Meta

from reformtrack.domain.errors import InvalidField, InvalidInstant, ReformtrackError
from reformtrack.domain.said import Said, recognised, said, sentence

Days = Annotated[int, Meta(ge=0, le=100_000)]
"""A number of days."""

Limit = Annotated[int, Meta(ge=1, le=1_000)]
"""How many are on a page."""

Position = Annotated[int, Meta(ge=0, le=2**63 - 1)]
"""A position of the log, or 0 for its beginning."""

Seconds = Annotated[float, Meta(ge=0, le=1_000_000_000)]
"""A number of seconds."""

_URI = r"^[A-Za-z][A-Za-z0-9+.-]*:([A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+\Z"
Uri = Annotated[str, Meta(pattern=_URI, description="an absolute URI, as https://example.vn/log")]
"""A URI with its scheme (RFC 3986)."""

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T", bound=str)

_NATIVE = (date, datetime, Decimal, bytes)
_WHOLE = (str, bytes, Mapping)
_UNSAID = ("url", "env", "cipher_keys", "master_key", "seed", "key", "signing_key", "secrets", "text", "leaf")
"""Arguments that an error never repeats: they may hold a password, a key or personal data."""


def checks_arguments(asked: F) -> F:
    """
    A decorator that refuses arguments that the annotations do not allow; on a class, for its public methods and
    `__init__`.

    They raise:
        InvalidField, for `known_at` InvalidInstant: an argument is of another type, or out of range.
    """
    if not isinstance(asked, type):
        whole: F = _checking(asked, "")
        return whole
    for name, found in tuple(vars(asked).items()):
        if isinstance(found, classmethod):
            setattr(asked, name, classmethod(_checking(found.__func__, f"{asked.__name__}.{name}")))
        elif isinstance(found, FunctionType) and (name == "__init__" or not name.startswith("_")):
            owner = asked.__name__ if name == "__init__" else f"{asked.__name__}.{name}"
            setattr(asked, name, _checking(found, owner))
    return asked


def _checking(function: Any, owner: str) -> Any:
    code = (plain := inspect.unwrap(function)).__code__  # `inspect.signature` takes ten times as long, at each import
    positional, hints = code.co_varnames[: code.co_argcount], plain.__annotations__
    named = (*positional, *code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount])
    checks = {
        name: _check(owner or function.__name__, name, hints[name], function.__module__)
        for name in named
        if name in hints
    }
    if not checks:
        return function
    in_order = [(place, *checks[name]) for place, name in enumerate(positional) if name in checks]

    def checked(*args: Any, **kwargs: Any) -> Any:
        for place, known, check in in_order:
            if place < len(args) and type(args[place]) not in known:
                check(args[place])
        for name, value in kwargs.items():
            if name in checks and type(value) not in checks[name][0]:
                checks[name][1](value)
        return function(*args, **kwargs)

    # In the module of what it wraps, where doctest looks for its examples.
    return wraps(function)(FunctionType(checked.__code__, function.__globals__, closure=checked.__closure__))


def _check(owner: str, name: str, hint: Any, module: str) -> tuple[set[type], Callable[[object], None]]:
    """The classes whose values are known to be allowed, where the class decides; and the check of any value."""
    known: set[type] = set()

    @cache
    def asked() -> tuple[Callable[[Any], bool], Any, Callable[[Any], bool]]:
        """The tests and the annotation, made on first use: annotations may be texts, and an import needs none."""
        allowed = eval(hint, vars(sys.modules[module])) if isinstance(hint, str) else hint
        return _test(allowed), allowed, _any_of(filter(_is_by_class, _ways(allowed)))

    def check(value: object) -> None:
        test, allowed, by_class = asked()
        if test(value):
            if by_class(value):
                known.add(type(value))
            return
        if name == "known_at":
            raise InvalidInstant(value, words(allowed))
        found = type(value).__name__ if name in _UNSAID else value
        raise InvalidField(owner, name, found, words(allowed))

    return known, check


def _is_by_class(hint: Any) -> bool:
    """Whether the class of a value decides, and neither limits nor contents count."""
    if len(ways := _ways(hint)) > 1:
        return all(map(_is_by_class, ways))
    kind = get_origin(hint) or hint
    return kind is Iterable or (kind is hint and isinstance(hint, type) and not issubclass(hint, Mapping | float))


def _ways(hint: Any) -> tuple[Any, ...]:
    """The annotations of which a union is one; of another annotation, itself."""
    return get_args(hint) if (get_origin(hint) or hint) in (Union, UnionType) else (hint,)


def _any_of(hints: Iterable[Any]) -> Callable[[Any], bool]:
    tests = [_test(hint) for hint in hints]
    return lambda value: any(test(value) for test in tests)


def _test(hint: Any) -> Callable[[Any], bool]:
    """A test of whether an annotation allows a value: by `isinstance` for classes, by msgspec for values with limits."""
    kind, parts = get_origin(hint) or hint, get_args(hint)
    # By isinstance where that is the whole truth, by msgspec where limits or contents count: it takes ten times as long.
    if len(ways := _ways(hint)) > 1:
        return _any_of(ways)
    if kind is Callable:
        return callable
    if kind is Literal:
        return lambda value: any(value == part and type(value) is type(part) for part in parts)
    if hint in _TESTS:
        return _TESTS[hint]
    if isinstance(kind, type) and issubclass(kind, Mapping):
        return lambda value: isinstance(value, Mapping) and _converts(value, hint)
    if kind is Annotated or not isinstance(kind, type) or issubclass(kind, float):
        return lambda value: _converts(value, hint)
    if parts and issubclass(kind, Collection):
        test, by_class = _test(parts[0]), _is_by_class(parts[0])

        def holds(value: object) -> bool:
            if not isinstance(value, Collection) or isinstance(value, _WHOLE):
                return False
            return all(map(test, {type(one): one for one in value}.values() if by_class else value))

        return holds
    return lambda value: isinstance(value, kind)


_TESTS: Mapping[Any, Callable[[Any], bool]] = {
    int: lambda value: isinstance(value, int) and not isinstance(value, bool),
    date: lambda value: isinstance(value, date) and not isinstance(value, datetime),
}


def _converts(value: object, hint: Any) -> bool:
    try:
        msgspec.convert(value, hint, builtin_types=_NATIVE)
    except msgspec.ValidationError:
        return False
    return True


def words(hint: Any) -> str:
    """The accepted values of an annotation, in words."""
    kind, parts = get_origin(hint), get_args(hint)
    # Whoever reads it calls from Python: forms are said by an example, limits in numbers, members of an enum by their names.
    if kind in (Union, UnionType):
        return either(dict.fromkeys(map(words, parts)))
    if kind is Annotated:
        least, most = parts[1].ge, parts[1].le
        if least is None:
            return parts[1].description or words(parts[0])
        if most is None:
            return said("{what} of at least {least}", what=words(parts[0]), least=least)
        return said("{what} from {least} to {most}", what=words(parts[0]), least=least, most=most)
    if kind is Literal:
        return either(map(repr, parts))
    if isinstance(hint, EnumType):
        return members(hint)
    if kind is Callable:
        return said("a function")
    if kind is not None and issubclass(kind, Collection):
        of = reduce(
            lambda one, other: said("{one} and {other}", one=one, other=other),
            (words(part) for part in parts if part is not ...),
        )
        return said("a {type} of {of}", type=kind.__name__.lower(), of=of)
    return _WORDS.get(hint, getattr(kind or hint, "__name__", str(hint)))


def members(kind: EnumType) -> str:
    """The members of an enumeration, in words."""
    return either(map(str, kind))


def either(ways: Iterable[str]) -> str:
    """One of several, in words."""
    return reduce(lambda one, other: said("{one} or {other}", one=one, other=other), ways)


def one_of(owner: str, name: str, text: str, accepted: Sequence[T]) -> T:
    """
    One of some texts.

    Raises:
        InvalidField: it is not among them.

    >>> one_of("query", "every", "day", ("day", "week"))
    'day'
    """
    found = next((one for one in accepted if one == text), None)
    if found is None:
        raise InvalidField(owner, name, text, said("one of {codes}", codes=", ".join(accepted)))
    return found


def told(error: BaseException) -> str:
    """An error's message as part of another: the sentence of one of ours, the beginning of a library's."""
    if isinstance(error, ReformtrackError):
        return error.words
    words = error.args[0] if error.args else ""
    return words if isinstance(words, Said) else recognised(str(error)[:2_000], DECODER)


_WORDS = {
    int: said("a whole number"),
    float: said("a number"),
    str: said("a text"),
    NoneType: "None",
    date: said("a day as date(2023, 6, 30)"),
    datetime: said("an instant as datetime(2023, 6, 30, tzinfo=UTC) or tracker.end_of(day)"),
}

DECODER = (
    sentence("Expected {what} - at `{place}`"),
    sentence("Expected {what}"),
    sentence("{what} - at `{place}`"),
    sentence("`{type}`, got `{given}`"),
    sentence("`{type}` of length >= {least}"),
    sentence("`{type}` of length <= {most}"),
    sentence("`{type}` >= {least}"),
    sentence("`{type}` <= {most}"),
    sentence("`str` matching regex '{regex}'"),
    sentence("Object missing required field `{field}`"),
    sentence("JSON is malformed: {detail} (byte {byte})"),
    sentence("Input data was truncated"),
)
"""The pattern of the decoder's errors."""
