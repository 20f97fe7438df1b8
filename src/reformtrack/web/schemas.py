"""The JSON Schemas of events: what their annotations say, and the limits that are checked besides."""

from collections.abc import Iterator, Sequence
from typing import Any, get_args

import attrs
import msgspec

from reformtrack.domain.deadline import MAX_TEXT
from reformtrack.domain.kinds import EVENT_TYPES, Event
from reformtrack.domain.values import FORMS, MAX_ID_LENGTH
from reformtrack.exchange.event_json import RECORDABLE_NAMES

Json = dict[str, Any]

AT = "#/components/schemas/{name}"
"""Where a schema is, by its name."""

_PATTERNS = {name: form.pattern.pattern for name, form in FORMS.items()}
_DECIMAL = r"^[+-]?[0-9]{1,16}(\.[0-9]{1,6})?$"


def schemas_of(types: Sequence[type[Any]]) -> tuple[list[Json], dict[str, Json]]:
    """References to the schemas of types, and all schemas that they need, by name."""
    references, schemas = msgspec.json.schema_components(types, ref_template=AT)
    for schema in schemas.values():
        if "description" in schema:
            schema["description"] = schema["description"].partition("\n\n")[0]
    return list(references), schemas


def event_schemas() -> dict[str, Json]:
    """The schemas of all events and of the values in them, and `Event`: one that can be recorded, told by its `type`."""
    _, schemas = schemas_of(EVENT_TYPES)
    for kind in EVENT_TYPES:
        _limit_ids(kind, schemas[kind.__name__])
    for decimal in _decimals(schemas):
        decimal["pattern"] = _DECIMAL
    schemas["Deadline"]["properties"]["text"]["maxLength"] = MAX_TEXT
    for schema in schemas.values():
        if "properties" in schema:
            schema["additionalProperties"] = False
            for one in schema["properties"].values():
                if isinstance(default := one.get("default"), int) and default < one.get("minimum", default):
                    del one["default"]  # it stands for what follows from other fields, and cannot be given
    new = {f"New{name}": _typed(name, schemas[name]) for name in RECORDABLE_NAMES}
    mapping = {name: AT.format(name=f"New{name}") for name in RECORDABLE_NAMES}
    union = {
        "oneOf": [{"$ref": reference} for reference in mapping.values()],
        "discriminator": {"propertyName": "type", "mapping": mapping},
    }
    return {**schemas, **new, "Event": union}


def _typed(name: str, schema: Json) -> Json:
    """An event with its type beside its fields."""
    properties = {"type": {"const": name}, **schema["properties"]}
    for field, given in properties.items():
        if given == {"$ref": AT.format(name="Deadline")}:
            text = {
                "type": "string",
                "maxLength": MAX_TEXT,
                "description": "As the plan prints it: read in the plan's year.",
            }
            properties[field] = {"anyOf": [given, text]}
    return {**schema, "title": f"New{name}", "properties": properties, "required": ["type", *schema["required"]]}


def _limit_ids(kind: type[Event], schema: Json) -> None:
    for field in attrs.fields(kind):
        for part in (field.type, *get_args(field.type)):
            pattern = _PATTERNS.get(getattr(part, "__name__", ""))
            if pattern:
                found = schema["properties"][field.name]
                may_be_empty = "?" if str in get_args(field.type) else ""
                found.get("items", found).update(pattern=f"^({pattern}){may_be_empty}$", maxLength=MAX_ID_LENGTH)


def _decimals(schema: object) -> Iterator[Json]:
    """The schemas in a schema, and it itself, that are of a decimal number."""
    if isinstance(schema, dict):
        if schema.get("format") == "decimal":
            yield schema
        schema = list(schema.values())
    if isinstance(schema, list):
        for part in schema:
            yield from _decimals(part)
