"""
What a field may hold: the kinds of text and number that events and values are made of, and the check of each.

A kind is an annotation with its limits (`Title`, `Note`, …), so the same limits bind when a value is built, when a stored
one is decoded, and in the JSON Schema. Building also normalises text to NFC and refuses what no record may carry.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import EnumType
from functools import cache, partial
from inspect import Parameter, Signature
from operator import attrgetter
from types import SimpleNamespace
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_type_hints

import attrs
import msgspec
from msgspec import Meta

from reformtrack.domain.arguments import DECODER, members, words
from reformtrack.domain.deadline import MAX_TEXT, Deadline
from reformtrack.domain.errors import InvalidField
from reformtrack.domain.said import recognised, said
from reformtrack.domain.showing import brief_repr
from reformtrack.domain.texts import TOO_MANY_MARKS, has_too_many_marks, name_key, normalised, refused_in_name

ONE_LINE = "one line"
"""Marks a text as one line without invisible characters. Checked on construction, never on reading."""

Name = Annotated[str, Meta(min_length=1, max_length=300), ONE_LINE]
"""The name of an actor, an agency, a jurisdiction or a unit: 1 to 300 characters, `ONE_LINE`."""

NO_ID = "no id"
"""Marks a printed name, where an id would be a mistake. Checked on construction, as `ONE_LINE`."""

AgencyName = Annotated[str, Meta(min_length=1, max_length=300), ONE_LINE, NO_ID]
"""A `Name` of an agency, as printed: it does not begin with a sign of an id, as `@so-noi-vu` does."""

RequestId = Annotated[str, Meta(min_length=1, max_length=200)]
"""A text that names a request: 1 to 200 characters."""

OptionalName = Annotated[str, Meta(max_length=300), ONE_LINE]
"""A `Name`, or the empty text for none."""

Title = Annotated[str, Meta(min_length=1, max_length=2_000)]
"""A title as printed in a plan: 1 to 2,000 characters."""

Note = Annotated[str, Meta(max_length=20_000)]
"""Free text: up to 20,000 characters; empty for none."""

Reason = Annotated[str, Meta(min_length=1, max_length=20_000)]
"""Required free text: 1 to 20,000 characters."""

SignedNote = Annotated[str, Meta(min_length=1, max_length=2_000)]
"""A signed note (C2SP), whole: 1 to 2,000 characters. The signature is not checked here."""

OptionalSignedNote = Annotated[str, Meta(max_length=2_000)]
"""A `SignedNote`, or the empty text for none."""

Names = Annotated[tuple[Name, ...], Meta(max_length=200)]
"""Up to 200 names."""

AgencyNames = Annotated[tuple[AgencyName, ...], Meta(max_length=200)]
"""Up to 200 names of agencies."""

JOINT = "joint"
"""Marks names that share something: each is there once, and one alone is that name."""

Leads = AgencyName | Annotated[tuple[AgencyName, ...], Meta(max_length=50), JOINT]
"""The lead agency; or several names, each to be found by itself, that have the lead jointly; or none, as an empty tuple."""

MOST_LEADS = 1_600
"""The most that joint leads have together, in characters: they are a line of a report."""

PrintedNumber = Annotated[str, Meta(max_length=60), ONE_LINE]
"""The number of an activity as printed, "42" or "I.3"; empty for none."""

Group = Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=300), ONE_LINE], ...], Meta(max_length=3)]
"""The headings under which an activity stands within its domain, the outer first: at most 3."""

MOST_HOST_FIELDS = 50

HostFields = Annotated[
    Mapping[Annotated[str, Meta(min_length=1, max_length=100)], Annotated[str, Meta(max_length=2_000)]],
    Meta(max_length=MOST_HOST_FIELDS),
]
"""Fields of the host's own: up to 50 texts by name; stored, shown, never interpreted."""

Count = Annotated[int, Meta(ge=0, le=10**15)]
"""A whole number of things, 0 to 10¹⁵."""

SIGNS = ("@", "/", "#", "!", "~")
"""The signs that begin ids (`values.FORMS`), with which no name begins."""

MAX_NUMBER = Decimal(10) ** 15
MAX_DECIMALS = 6

_NATIVE = (date, datetime, Decimal)
_WAYS: tuple[tuple[type, type, str], ...] = (
    (float, Decimal, said("a number as Decimal('12.5'), which a float is not exactly")),
    (str, Decimal, said("a number as Decimal('12.5')")),
    (str, date, said("a day as date(2023, 6, 30)")),
    (datetime, date, said("its day, as instant.date()")),
    (str, Deadline, said("a text is read by Deadline.parse('Quý III', 2023)")),
)
"""(given type, field type, how to convert): added to what an error says is accepted."""

# Control characters other than tab and newline; the bidirectional controls that make a line read otherwise than it is
# stored (Unicode TR 36); surrogates, which no UTF-8 file can hold; the byte order mark; the noncharacters.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufdd0-\ufdef\ufffe\uffff]"
)


@attrs.frozen
class FieldCheck:
    """
    The check of one field against its annotation, run as its converter whenever the class is built.

    Raises:
        InvalidField: the value is of another type, out of range, or text that must not be stored.
    """

    owner: str
    name: str
    type_: Any
    marks: frozenset[str] = attrs.field(
        init=False, default=attrs.Factory(lambda self: _marks(self.type_), takes_self=True)
    )
    kinds: tuple[Any, ...] = attrs.field(
        init=False, default=attrs.Factory(lambda self: (self.type_, *get_args(self.type_)), takes_self=True)
    )

    @property
    def __signature__(self) -> Signature:
        """What attrs asks each converter for, and shows as the type of the field where the class is called."""
        return _takes(self.type_)

    def __call__(self, value: object) -> Any:
        if type(value) is int and Decimal in self.kinds:
            value = Decimal(value)
        try:
            converted = msgspec.convert(value, self.type_, builtin_types=_NATIVE)
        except msgspec.ValidationError as error:
            way = next((way for given, kind, way in _WAYS if isinstance(value, given) and kind in self.kinds), "")
            accepted = recognised(str(error).removeprefix("Expected "), DECODER)
            if "object`, got" in accepted or "array`, got" in accepted:  # JSON's words, for who calls from Python
                accepted = words(self.type_)
            accepted = next((members(kind) for kind in self.kinds if isinstance(kind, EnumType)), accepted)
            accepted = said("{accepted}; {way}", accepted=accepted, way=way) if way else accepted
            raise InvalidField(self.owner, self.name, value, accepted) from None
        if _holds_mapping(value) and not isinstance(converted, Mapping):
            raise InvalidField(self.owner, self.name, value, said("values of reformtrack's own classes, not mappings"))
        cleaned = self._clean(converted)
        return self._shared(cleaned) if JOINT in self.marks and isinstance(cleaned, tuple) else cleaned

    def _clean(self, value: object) -> object:
        if isinstance(value, str):
            return self._clean_text(value)
        if isinstance(value, Deadline):
            return self._recordable(value)
        if isinstance(value, tuple):
            return tuple(self._clean(item) for item in value)
        if isinstance(value, Mapping):
            texts = {self._clean_text(key): self._clean_text(text) for key, text in value.items()}
            if len(texts) < len(value):
                accepted = said("keys that differ in their normal form (NFC)")
                raise InvalidField(self.owner, self.name, list(value), accepted)
            return texts
        return value

    def _shared(self, names: tuple[str, ...]) -> str | tuple[str, ...]:
        if len(set(map(name_key, names))) < len(names):
            raise InvalidField(self.owner, self.name, names, said("each name once"))
        if sum(map(len, names)) > MOST_LEADS:
            accepted = said("names of at most {most} characters together", most=MOST_LEADS)
            raise InvalidField(self.owner, self.name, names, accepted)
        return names[0] if len(names) == 1 else names

    def _recordable(self, deadline: Deadline) -> Deadline:
        """A deadline whose text may be recorded verbatim: parsing accepts any text, recording does not."""
        text = deadline.text
        if len(text) > MAX_TEXT:
            accepted = said("a deadline whose text has at most {most} characters", most=MAX_TEXT)
            raise InvalidField(self.owner, self.name, text, accepted)
        if refused := forbidden_character(text):
            accepted = said("a deadline whose text is without {refused}", refused=refused)
            raise InvalidField(self.owner, self.name, text, accepted)
        return deadline

    def _clean_text(self, text: str) -> str:
        text = text.replace("\r\n", "\n")
        if refused := forbidden_character(text):
            raise InvalidField(self.owner, self.name, text, said("text without {refused}", refused=refused))
        text = normalised(text)
        if ONE_LINE in self.marks and (refused := refused_in_name(text)):
            raise InvalidField(self.owner, self.name, text, said("one line without {refused}", refused=refused))
        if NO_ID in self.marks and text.startswith(SIGNS):
            accepted = said('the name of the agency, as "{example}", and not an id', example="Sở Tư pháp")
            raise InvalidField(self.owner, self.name, text, accepted)
        return text


@cache
def _takes(type_: Any) -> Signature:
    """The signature of a converter of one value. Limits are left out: they are in the reference and in errors."""
    [annotation] = get_type_hints(SimpleNamespace(__annotations__={"value": type_})).values()
    return Signature([Parameter("value", Parameter.POSITIONAL_ONLY, annotation=annotation)])


def forbidden_character(text: str) -> str:
    """
    The first forbidden character of `text`, as `U+202E`, or too many marks; empty when the text is allowed.

    Forbidden are control characters (other than tab and newline), bidirectional controls, surrogates, noncharacters,
    and more than 30 combining marks in a row. Checked before the text is normalised.
    """
    if found := _FORBIDDEN.search(text):
        return f"U+{ord(found[0]):04X}"
    return TOO_MANY_MARKS if has_too_many_marks(text) else ""


def checked(cls: type[Any], fields: list["attrs.Attribute[Any]"]) -> list["attrs.Attribute[Any]"]:
    """An attrs `field_transformer`: every field is checked against its annotation, unless it has a converter of its own."""
    return [
        field.evolve(converter=FieldCheck(cls.__name__, field.name, field.type))
        if field.converter is None or isinstance(field.converter, FieldCheck)
        else field
        for field in fields
    ]


if TYPE_CHECKING:
    from attrs import frozen as frozen  # mypy knows what attrs makes of a class by the names of attrs' own decorators
else:

    def frozen(cls=None, /, **options):
        """
        `attrs.frozen` for recorded values: fields are checked, and the repr is short.

        Classes share methods that attrs would compile for each; this saves a tenth of the time of `import reformtrack`.
        """
        if cls is None:
            return partial(frozen, **options)
        cls.__repr__, cls.__eq__, cls.__hash__ = brief_repr, _equals, _hash
        return attrs.frozen(cls, field_transformer=checked, **options)


def _equals(one: object, other: object) -> bool:
    cls: Any = one.__class__
    values = _values(cls)
    return values(one) == values(other) if other.__class__ is cls else NotImplemented


def _hash(one: object) -> int:
    cls: Any = one.__class__
    return hash((cls, _values(cls, hashed=True)(one)))


@cache
def _values(cls: type[Any], hashed: bool = False) -> Callable[[object], Any]:
    """A getter of the field values of a class: all, or only hashable ones."""
    return attrgetter(*(field.name for field in attrs.fields(cls) if field.hash is not False or not hashed))


def rebuilt(value: Any) -> Any:
    """
    A value of the domain, built again with the checks that decoding skips.

    Raises:
        InvalidField: it could not be recorded.
    """
    if isinstance(value, tuple):
        return tuple(map(rebuilt, value))
    if not attrs.has(type(value)):
        return value
    return type(value)(**{field.name: rebuilt(getattr(value, field.name)) for field in attrs.fields(type(value))})


def finite(instance: object, attribute: "attrs.Attribute[Any]", value: Decimal | None) -> None:
    """
    An attrs validator: a finite number of at most 10¹⁵ with at most six decimals, or none.

    A validator rather than an annotation, because it must also apply to stored numbers, and the annotation of a
    decimal, stored as text, cannot carry limits.
    """
    if value is None:
        return
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -MAX_DECIMALS or not -MAX_NUMBER <= value <= MAX_NUMBER:
        accepted = said("a finite number up to 10^15 with at most six decimals")
        raise InvalidField(type(instance).__name__, attribute.name, value, accepted)


def _marks(type_: Any) -> frozenset[str]:
    """The marks of an annotation, alone, in a tuple or in a union."""
    own = frozenset(mark for mark in getattr(type_, "__metadata__", ()) if isinstance(mark, str))
    return own.union(*map(_marks, get_args(type_)))


def _holds_mapping(value: object) -> bool:
    if isinstance(value, tuple | list):
        return any(isinstance(item, Mapping) for item in value)
    return isinstance(value, Mapping)
