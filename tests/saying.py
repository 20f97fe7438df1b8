"""What every test holds its errors to, whatever it is about: they can be read, in either language."""

import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache
from importlib.resources import files
from inspect import isclass
from io import BytesIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

from babel.messages.mofile import read_mo

import reformtrack
from reformtrack.domain.errors import InvalidField
from reformtrack.domain.illegal import IllegalHistory
from reformtrack.domain.said import Said

PLACES = {"appendix", "body", "dispatch", "header", "journal", "list", "period", "policy", "query"}
"""What errors of fields name besides classes and functions: what was sent or set, and kinds of ids."""


@contextmanager
def held_to_be_readable() -> Iterator[None]:
    """
    A sentence is one of the catalogue, else its reader would see it in English; an error of a field names a field, of a
    class or a function that there is, and an error of a history an event; each says what would be accepted.
    """
    compiled = (files("reformtrack.language") / "vi.mo").read_bytes()
    known = {message.id for message in read_mo(BytesIO(compiled)) if isinstance(message.id, str)}
    said, of_a_field, of_a_history = Said.__new__, InvalidField.__init__, IllegalHistory.__init__

    def sentence(cls: type[Said], pattern: str, values: Mapping[str, object]) -> Said:
        assert pattern in known, f"not in the catalogue: {pattern}"
        return said(cls, pattern, values)

    def invalid_field(self: InvalidField, owner: str, field: str, found: object, accepted: str) -> None:
        of_a_field(self, owner, field, found, accepted)
        if "[" not in owner:  # a place in a request, as `events[0]`
            fields = _fields(owner.split(".")[-1])
            at = field.split("[")[0].split(".")[0]
            assert not fields or at in fields | {"event"}, f"{owner} has no field {field}"
        assert accepted, f"{owner}.{field} accepts nothing"
        if type(self) is InvalidField:  # others have not all of their facts yet
            assert str(self)

    def illegal_history(self: IllegalHistory, event: Any, found: str = "", accepted: str = "") -> None:
        of_a_history(self, event, found, accepted)
        assert event.subject
        assert self.found, f"nothing is in the way of {event}"
        assert self.accepted, f"nothing is accepted in the place of {event}"
        assert str(self)

    with ExitStack() as stack:
        stack.enter_context(patch.object(Said, "__new__", sentence))
        stack.enter_context(patch.object(InvalidField, "__init__", invalid_field))
        stack.enter_context(patch.object(IllegalHistory, "__init__", illegal_history))
        yield


@cache
def _names() -> set[str]:
    """The names of all classes and functions, of tests too."""
    folders = (Path(reformtrack.__file__).parent, Path(__file__).parent)
    texts = (path.read_text(encoding="utf-8") for folder in folders for path in folder.rglob("*.py"))
    return {name for text in texts for name in re.findall(r"\b(?:class|def) (\w+)", text)}


@cache
def _fields(name: str) -> set[str]:
    """The fields of the classes of the domain that have a name; none for others, of which files have keys of their own."""
    assert name in _names() | PLACES, f"there is no {name}"
    modules = [module for of, module in [*sys.modules.items()] if of.startswith("reformtrack.domain.")]
    named = (found for module in modules if isclass(found := vars(module).get(name)))
    return {one.name for of in named for one in getattr(of, "__attrs_attrs__", ())}
