"""
Writes docs/reference/events.md from the code: every event, value, status, rule and error, with what the code says of it.

Docstrings of fields and the rules that `check` can break are read from the source with `ast`, the rest from the classes, so
the page cannot say anything that the code does not. Run it as `python docs/reference.py`.
"""

import ast
import enum
import inspect
import sys
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, NewType, Union, get_args, get_origin

import attrs
from msgspec import Meta

from reformtrack.domain import (
    acceptance,
    agency,
    balance,
    errors,
    illegal,
    indicator,
    kinds,
    period,
    plan,
    progress,
    report,
    status,
    timeline,
)
from reformtrack.domain.deadline import Deadline, DeadlineKind
from reformtrack.domain.values import Document, Domain
from reformtrack.store.registry import EVENT_NAMES, UPCASTERS

PAGE = Path(__file__).parent / "reference" / "events.md"

COMMAND = "python docs/reference.py"

_PLAIN = {
    str: "text",
    int: "whole number",
    bool: "true or false",
    date: "day",
    datetime: "instant",
    Decimal: "decimal number up to 10¹⁵, at most six decimals",
}
_CASES: Mapping[str, kinds.Kind[Any, Any]] = {
    "A plan": kinds.PLAN,
    "An activity": kinds.ACTIVITY,
    "An indicator": kinds.INDICATOR,
    "A report": kinds.REPORT,
    "What is sent": kinds.DISPATCH,
    "An agency": kinds.AGENCY,
    "The store itself": kinds.JOURNAL,
}
_VALUES = (Document, Domain, Deadline, indicator.Check, period.Period, report.Content, report.Section, report.Figure)
_ENUMS: Mapping[str, tuple[type[enum.Enum], ...]] = {
    "Statuses": (status.ProgressStatus, status.Timeliness),
    "Deadline kinds": (DeadlineKind,),
    "Counting rules": (progress.CountingRule, progress.Counted),
    "Balance": (balance.Entry, balance.Outcome),
    "Indicators": (indicator.IndicatorKind, indicator.Bound, indicator.Relation),
    "Roles": (agency.Role,),
    "Places": (plan.Level,),
}


# What the source says


@cache
def _module(of: types.ModuleType) -> ast.Module:
    return ast.parse(inspect.getsource(of))


def _class(cls: type[Any]) -> ast.ClassDef:
    tree = _module(sys.modules[cls.__module__])
    return next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == cls.__name__)


def _functions(module: types.ModuleType) -> dict[str, ast.FunctionDef]:
    return {node.name: node for node in _module(module).body if isinstance(node, ast.FunctionDef)}


def _own_docs(cls: type[Any]) -> dict[str, str]:
    """The string below each field or member of a class."""
    body = _class(cls).body
    found = {}
    for node, after in pairwise(body):
        if not isinstance(node, ast.AnnAssign | ast.Assign):
            continue
        target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
        value = after.value if isinstance(after, ast.Expr) else None
        if isinstance(target, ast.Name) and isinstance(value, ast.Constant) and isinstance(value.value, str):
            found[target.id] = inspect.cleandoc(value.value)
    return found


def _docs(cls: type[Any]) -> dict[str, str]:
    """The same, with those of its base classes."""
    ours = [base for base in reversed(cls.__mro__) if base.__module__.startswith("reformtrack.")]
    return {name: text for base in ours for name, text in _own_docs(base).items()}


def _refused(module: types.ModuleType, function: str, event: str) -> Iterator[str]:
    """The errors that a function can raise for an event of this class, those of the functions that it calls included."""
    functions = _functions(module)

    def block(statements: Iterable[ast.stmt]) -> Iterator[str]:
        for statement in statements:
            if isinstance(statement, ast.If):
                named = _classes_tested(statement.test)
                if named and event not in named:
                    yield from block(statement.orelse)
                    continue
                yield from block(statement.body)
                if named and isinstance(statement.body[-1], ast.Return):
                    return
                if not named:
                    yield from block(statement.orelse)
            elif isinstance(statement, ast.Match):
                for case in statement.cases:
                    if event in _classes_matched(case.pattern):
                        yield from block(case.body)
            else:
                yield from leaves(statement)

    def leaves(node: ast.AST) -> Iterator[str]:
        for inner in ast.walk(node):
            if not isinstance(inner, ast.Call):
                continue
            match inner.func:
                case ast.Attribute(value=ast.Name(id="illegal"), attr=name):
                    yield name
                case ast.Name(id=name) if name in functions and name.lstrip("_").startswith("check"):
                    yield from block(functions[name].body)

    yield from block(functions[function].body)


def _classes_tested(test: ast.expr) -> set[str]:
    """The classes that a condition asks an event to be of; none when it asks something else."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        test = test.values[0]
    match test:
        case ast.Call(func=ast.Name(id="isinstance"), args=[ast.Name(id="event"), classes]):
            return {node.id for node in ast.walk(classes) if isinstance(node, ast.Name)}
    return set()


def _classes_matched(pattern: ast.pattern) -> set[str]:
    nodes = ast.walk(pattern)
    return {node.cls.id for node in nodes if isinstance(node, ast.MatchClass) and isinstance(node.cls, ast.Name)}


def _invalid_fields(cls: type[Any]) -> Iterator[tuple[str, str]]:
    """(field, what is accepted) of each rule between fields that is checked when the class is built."""
    functions = _functions(sys.modules[cls.__module__])
    for node in ast.walk(_class(cls)):
        match node:
            case ast.FunctionDef(name="__attrs_post_init__", body=[ast.Expr(value=ast.Call(func=ast.Name(id=check)))]):
                yield from _invalid_in(functions[check])


def _invalid_in(function: ast.FunctionDef) -> Iterator[tuple[str, str]]:
    of = function.args.args[0].arg
    for node in ast.walk(function):
        match node:
            case ast.Call(
                func=ast.Name(id="InvalidField") | ast.Attribute(attr="InvalidField"), args=[_, field, _, accepted]
            ):
                yield _words(field, of), _words(accepted, of)
            case ast.Call(func=ast.Name(id="unfit") | ast.Attribute(attr="unfit"), args=[_, field, accepted]):
                yield _words(field, of), _words(accepted, of)


def _words(node: ast.expr, of: str) -> str:
    """A text in the source in words: what it computes stands as code, `of` is whose fields are meant."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Call(func=ast.Name(id="said"), args=[ast.Constant(value=str(text))], keywords=values):
            return text.format(**{str(one.arg): f"`{ast.unparse(one.value).removeprefix(f'{of}.')}`" for one in values})
    raise TypeError(f"a text that this page cannot show: {ast.unparse(node)}")


# Types in plain words


def _type(of: Any) -> str:
    origin, args = get_origin(of), get_args(of)
    if origin is Annotated:
        return _limited(args[0], args[1])
    if origin in (Union, types.UnionType):
        optional = ", or None" if type(None) in args else ""
        return " or ".join(_type(arg) for arg in args if arg is not type(None)) + optional
    if origin is tuple:
        return f"several of: {_type(args[0])}"
    if origin is not None and issubclass(origin, Mapping):
        return f"by name ({_type(args[0])}): {_type(args[1])}"
    if isinstance(of, NewType):
        return f"id ({of.__name__})"
    return _PLAIN.get(of) or f"[{of.__name__}](#{of.__name__.lower()})"


def _limited(of: Any, meta: Meta) -> str:
    if of is int:
        return f"whole number, {_range(meta.ge, meta.le)}"
    form = f", of the form `{meta.pattern}`".replace("|", "\\|") if meta.pattern else ""
    if of is str:
        return f"text, {_range(meta.min_length or 0, meta.max_length)} characters{form}"
    return f"{_range(meta.min_length or 0, meta.max_length)} {_type(of).removeprefix('several ')}"


def _range(low: float | None, high: float | None) -> str:
    if high is None:
        return f"{low} or more"
    top = "10¹⁵" if high == 10**15 else _number(high)
    return f"up to {top}" if low == 0 and high != 10**15 else f"{_number(low or 0)} to {top}"


def _number(value: float) -> str:
    return f"{value}" if value < 10_000 else f"{value:,}"


def _default(of: Any) -> str:
    if of is attrs.NOTHING:
        return "required"
    if isinstance(of, attrs.Factory):  # type: ignore[arg-type]  # attrs declares Factory as a function
        return "none" if of.factory is dict else "made anew"
    if of is None or of == "" or of == ():
        return "none"
    return f"`{of.name}`" if isinstance(of, enum.Enum) else f"`{of}`"


# The page


def page() -> str:
    """The whole page."""
    parts = [_HEAD, *_event_sections(), "## Values\n", *map(_value, _VALUES)]
    for title, enums in _ENUMS.items():
        parts += [f"## {title}\n", *map(_enum, enums)]
    return "\n".join([*parts, *_error_section()])


_HEAD = f"""# Events, values and errors

This page is generated from the code by `{COMMAND}`; a test fails when the two differ.

Every event is a frozen class. Its first argument, `subject`, may be given by position, all others by name. All text is
normalised to NFC, and its line ends are `\\n`; control characters, bidirectional controls and lone surrogates are refused with
`InvalidField`. Types are exact: a decimal number is a `Decimal` and no `float`, a day is a `date` and no `datetime` or text, a
deadline is what `Deadline.parse` makes. Three are converted when the program runs: a list to a tuple, an `int` to a `Decimal`,
and the value of a member to the member, as `"reporter"` to `Role.REPORTER`; a type checker asks for the latter of each.

*Stored as* is the name and schema version in the file ([the store](../store.md)). *Refused* lists the errors that recording
the event can raise because of the history; besides them every dated event can be refused as `DatedInTheFuture`, and an event
that makes a later one illegal is refused with the error of that later one.
"""


def _event_sections() -> Iterator[str]:
    for title, kind in _CASES.items():
        made = "; the tracker alone records " + ("these" if kind.made == kind.events else _names(kind.made))
        yield f"## {title}\n\nId as `{kind.form.accepted.rpartition(' as ')[2]}`{made if kind.made else ''}.\n"
        yield from (_event(cls, kind) for cls in kind.events)
    yield "## Any of them\n\nAbout a record, not about the world: it has no day.\n"
    yield _event(timeline.RecordRetracted, None)


def _names(classes: Iterable[type[Any]]) -> str:
    return " and ".join(cls.__name__ for cls in classes)


def _event(cls: type[Any], kind: kinds.Kind[Any, Any] | None) -> str:
    lines = [f"### {cls.__name__}\n", f"{_doc(cls)}\n", f"Stored as `{_stored_names()[cls]}`.\n", _fields(cls)]
    lines += _built(cls)
    if refused := list(dict.fromkeys(_refused_by_history(cls.__name__, kind))):
        lines.append(f"Refused: {', '.join(f'[{name}](#{name.lower()})' for name in refused)}.\n")
    return "\n".join(lines)


@cache
def _stored_names() -> dict[type[Any], str]:
    return {cls: f"{name}.{len(UPCASTERS.get(name, ())) + 1}" for name, cls in EVENT_NAMES.items()}


def _refused_by_history(event: str, kind: kinds.Kind[Any, Any] | None) -> Iterator[str]:
    if kind is None:
        yield from _refused(timeline, "check_retractions", event)
        yield from _refused(acceptance, "_check_lock", event)
        return
    yield from _refused(sys.modules[kind.check.__module__], "check", event)
    if kind is kinds.ACTIVITY:
        yield from _refused(plan, "check_activity", event)
        yield from _refused(acceptance, "_check_lock", event)
    if kind.form.of_plan and kind not in (kinds.PLAN, kinds.ACTIVITY):
        yield from _refused(plan, "check_adopted", event)


def _doc(cls: type[Any]) -> str:
    """A class's docstring without its sections and examples, in one paragraph each."""
    text = (cls.__doc__ or "").split("Raises:")[0].split("Attributes:")[0].split(">>>")[0]
    paragraphs = inspect.cleandoc(text).split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs if paragraph)


def _fields(cls: type[Any]) -> str:
    docs = _docs(cls)
    fields = attrs.fields(cls)
    own = [f for f in fields if not f.inherited]
    rows = [
        (f"`{f.name}`", _type(f.type), _default(f.default), " ".join(docs.get(f.name, "").split()))
        for f in (*(f for f in fields if f.inherited), *own)
    ]
    return _table(("field", "type", "default", "meaning"), rows)


def _built(cls: type[Any]) -> list[str]:
    rules = [f"- `{field}`: {accepted}" for field, accepted in _invalid_fields(cls)]
    return ["Accepted when it is built, else `InvalidField`:\n", *rules, ""] if rules else []


def _value(cls: type[Any]) -> str:
    return "\n".join([f"### {cls.__name__}\n", f"{_doc(cls)}\n", _fields(cls), *_built(cls)])


def _enum(cls: type[enum.Enum]) -> str:
    docs = _own_docs(cls)
    label: Callable[..., str] | None = getattr(cls, "label", None)
    rows = [
        (
            f"`{member.name}`",
            f"`{member.value}`",
            *((label(member), label(member, "en")) if label else ()),
            docs.get(member.name, ""),
        )
        for member in cls
    ]
    words = ("tiếng Việt", "English") if label else ()
    return "\n".join([f"### {cls.__name__}\n", f"{_doc(cls)}\n", _table(("member", "value", *words, "meaning"), rows)])


def _error_section() -> Iterator[str]:
    rules, others = _errors_of(illegal), _errors_of(errors)
    yield "## Errors\n\nAll are in `reformtrack.errors`; those that a caller needs by name are in `reformtrack` too.\n"
    yield from map(_error, (*others, illegal.IllegalHistory))
    yield "## Rules of a history\n\nEach is an `IllegalHistory`, with its attributes.\n"
    yield from (_error(cls) for cls in rules if cls is not illegal.IllegalHistory)


def _errors_of(module: types.ModuleType) -> list[type[errors.ReformtrackError]]:
    """The errors that a module makes, in its order."""
    found = (cls for cls in vars(module).values() if isinstance(cls, type) and cls.__module__ == module.__name__)
    return [cls for cls in found if issubclass(cls, errors.ReformtrackError)]


def _error(cls: type[Exception]) -> str:
    built_in = [base.__name__ for base in cls.__mro__ if base.__module__ == "builtins" and base not in _ROOTS]
    lines = [f"### {cls.__name__}\n", _doc(cls)]
    if built_in:
        lines.append(f"Also: {', '.join(f'`{name}`' for name in built_in)}.")
    if accepted := getattr(cls, "accepted", ""):
        lines.append(f"Accepted: {accepted}.")
    return "\n".join([lines[0], " ".join(lines[1:]), ""])


_ROOTS = (object, BaseException, Exception)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(cells)} |" for cells in (head, ("---",) * len(head), *rows)]
    return "\n".join([*lines, ""]).replace("|  |", "| |")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
