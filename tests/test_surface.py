"""The surface: what a host imports, and what it is given and asked for there."""

import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
import tomllib
import typing
from collections.abc import Iterator
from contextlib import suppress
from enum import Enum
from pathlib import Path
from types import ModuleType
from typing import Any, get_args, get_origin, get_type_hints

import attrs
import polars
import pytest

import reformtrack
from reformtrack import errors, events
from reformtrack.domain import errors as domain_errors
from reformtrack.domain import illegal
from reformtrack.domain.errors import ReformtrackError
from reformtrack.domain.kinds import EVENT_TYPES

ROOT = Path(__file__).parents[1]
NOT_HERE = ("reformtrack.cli", "reformtrack.exchange.report.template_filler", "reformtrack.__main__")
"""A program, and what runs in a process of its own."""
NOT_FOR_HOSTS = ("IllegalHistory.__init__", "IllegalHistory.naming", "Situation.__init__", "Session.")
"""What the library alone makes; and SQL, whose rows have the types of their columns."""


def modules() -> list[ModuleType]:
    """The public ones: those that say what they give."""
    names = [module.name for module in pkgutil.walk_packages(reformtrack.__path__, "reformtrack.")]
    found = [importlib.import_module(name) for name in names if not name.startswith(NOT_HERE)]
    return [reformtrack, *(module for module in found if hasattr(module, "__all__"))]


MODULES = modules()
EXPORTED = {id(getattr(module, name)) for module in MODULES for name in module.__all__}


def hints_of(found: Any) -> dict[str, Any]:
    """With what is imported for types alone."""
    return get_type_hints(found, localns={"polars": polars}, include_extras=True)


def signatures(found: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """The annotations of a function, of each public field, property, method and operator of a class; or a type with a name."""
    if inspect.isfunction(found):
        yield found.__name__, hints_of(found)
    if get_origin(found) is not None:
        yield "", {str(found): found}
    if not inspect.isclass(found) or issubclass(found, Enum):
        return
    own = [kind for kind in found.__mro__ if kind.__module__.startswith("reformtrack")]
    for kind in own:
        its_own = {"__annotations__": inspect.get_annotations(kind), "__module__": kind.__module__}
        fields = hints_of(type(kind.__name__, (), its_own))  # not those of a class of another library below it
        yield found.__name__, {name: hint for name, hint in fields.items() if not name.startswith("_")}
        for name, member in vars(kind).items():
            if name.startswith("_") and not name.endswith("__"):
                continue
            raw = member.fget if isinstance(member, property) else getattr(member, "__func__", member)
            raw = getattr(raw, "func", raw)  # a cached property
            if inspect.isfunction(raw) and not (name == "__init__" and hasattr(kind, "__attrs_attrs__")):
                where = f"{kind.__name__}.{name}"
                yield where, {} if where.startswith(NOT_FOR_HOSTS) else hints_of(inspect.unwrap(raw))


def parts(hint: Any) -> Iterator[Any]:
    """A hint, and what it is made of."""
    if isinstance(hint, list | tuple):
        for one in hint:
            yield from parts(one)
        return
    yield hint
    if isinstance(hint, typing.NewType):
        return
    if get_origin(hint) is not typing.Literal:
        for one in get_args(hint):
            yield from parts(one)


HINTS = [
    (f"{module.__name__}.{where}", name, part)
    for module in MODULES
    for exported in module.__all__
    for where, hints in signatures(getattr(module, exported))
    for name, hint in hints.items()
    for part in parts(hint)
]


def test_no_public_signature_says_any() -> None:
    """Who reads one knows what to give, and what comes back."""
    assert [] == sorted({f"{where}: {name}" for where, name, part in HINTS if part is Any})


def test_what_stands_in_a_public_signature_is_exported() -> None:
    """By a module that says so: nobody has to import what is inside."""
    ours = {
        part
        for _, _, part in HINTS
        if str(getattr(part, "__module__", "")).startswith("reformtrack") and get_origin(part) is None
    }
    assert len(ours) > 50
    missing = {part for part in ours if isinstance(part, type | typing.NewType) and id(part) not in EXPORTED}
    assert [] == sorted(f"{part.__module__}.{part.__name__}" for part in missing)


def callables() -> Iterator[tuple[str, Any]]:
    """Whatever of the surface a host calls: functions, classes and their public methods."""
    for module in (one for one in MODULES if not one.__name__.startswith("reformtrack.testing")):
        for name in module.__all__:
            found = getattr(module, name)
            own = vars(found).items() if inspect.isclass(found) else ()
            members = [(f"{name}.{one}", getattr(member, "__func__", member)) for one, member in own]
            for where, one in ((name, found), *members):
                if callable(one) and not (where.rpartition(".")[2].startswith("_") and not where.endswith("__init__")):
                    with suppress(ValueError, TypeError):  # not each class says how it is made, as an exception
                        yield where, inspect.signature(one)


def test_a_signature_says_what_to_give() -> None:
    """In a shell and in `help`: the type of each field, and a union of all events by its name."""
    found = dict(callables())
    assert "(subject: str, *, on: datetime.date, note: str = '') -> None" == str(found["ActivityStarted"])
    assert len(found) > 400
    fields = {
        name for module in MODULES for name in module.__all__ if name in found and attrs.has(getattr(module, name))
    }
    for where, signature in found.items():
        if where.removesuffix(".__init__") in fields:
            assert object not in [each.annotation for each in signature.parameters.values()], where
        assert "RecordingRefused |" not in str(signature), where
        assert len(str(signature)) < 1_000, where


def test_the_top_is_read_in_one_look() -> None:
    """The rest is in modules that say what they are."""
    assert len(reformtrack.__all__) <= 25


def test_every_event_and_every_error_is_public() -> None:
    """Whoever adds one adds it here; and each name stands in one module alone."""
    assert {kind.__name__ for kind in EVENT_TYPES} == set(events.__all__)
    kinds = [found for found in (*vars(domain_errors).values(), *vars(illegal).values()) if inspect.isclass(found)]
    assert {kind.__name__ for kind in kinds if issubclass(kind, ReformtrackError)} == set(errors.__all__)


def test_the_version_is_that_of_the_project() -> None:
    """What is imported says which it is, and so does `python -m reformtrack version`."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == reformtrack.__version__


@pytest.mark.slow
def test_the_package_is_the_command_line() -> None:
    done = subprocess.run([sys.executable, "-m", "reformtrack", "version"], capture_output=True, text=True, check=True)
    assert reformtrack.__version__ in done.stdout


def test_the_generator_of_random_numbers_of_a_host_is_left_alone() -> None:
    """A host seeds it for its tests; Hypothesis refuses strategies under which it moves."""
    texts = {file.name: file.read_text(encoding="utf-8") for file in (ROOT / "src").rglob("*.py")}
    assert len(texts) > 100
    assert [] == [
        name for name, text in texts.items() if re.search(r"^import random|random\.\w+\(", text, re.MULTILINE)
    ]
