"""The description of the API: OpenAPI 3.1, generated from the code."""

import re
from collections.abc import Mapping, Sequence

import msgspec

from reformtrack import __version__
from reformtrack.documents.forms import ProblemDocument, RecordDocument, Recorded
from reformtrack.domain.values import CODE, MAX_ID_LENGTH, SLUG
from reformtrack.web.api import CLOCKS, Query, Read
from reformtrack.web.problems import TITLES
from reformtrack.web.schemas import AT, Json, event_schemas, schemas_of
from reformtrack.web.writing import MAX_EVENTS, MAX_KEY, TAGS

_SLUG = {"type": "string", "pattern": f"^{SLUG}$", "maxLength": MAX_ID_LENGTH}
_CODE = {"type": "string", "pattern": f"^{CODE}$", "maxLength": MAX_ID_LENGTH}
_TEXT = {"type": "string"}
_PLACES: Mapping[str, Json] = {"plan": _SLUG, "period": _SLUG, "code": _CODE, "name": _SLUG}
"""The parameters in paths: the id of a plan, the code of a period, the code of an activity."""

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def openapi(reads: Sequence[Read], server: str) -> bytes:
    """
    The OpenAPI document of an API that answers these questions, as JSON.

    Args:
        server: the path under which the API is mounted.
    """
    documents, schemas = schemas_of([read.document for read in reads])
    (recorded, *_), more = schemas_of([Recorded, RecordDocument, ProblemDocument])
    paths = {read.path: {"get": _read(read, schema)} for read, schema in zip(reads, documents, strict=True)}
    paths["/records"]["post"] = _write(recorded)
    paths["/events"] = {"get": _stream()}
    found = {
        "openapi": "3.1.0",
        "jsonSchemaDialect": _DIALECT,
        "info": {
            "title": "reformtrack",
            "version": __version__,
            "description": "Public reform plans: what was planned and done, for any day, as known on any day.",
        },
        "servers": [{"url": server or "/"}],
        "paths": paths,
        "components": {"schemas": {**schemas, **more, **event_schemas()}},
    }
    return msgspec.json.encode(found)


def _read(read: Read, document: Json) -> Json:
    query = {**CLOCKS, **read.query}
    places = re.findall(r"{(\w+)}", read.path)
    return {
        "operationId": "get" + "".join(part.title() for part in re.findall(r"\w+", read.path)),
        "summary": read.summary,
        "parameters": [
            *({"name": name, "in": "path", "required": True, "schema": _PLACES[name]} for name in places),
            *_query(query),
            _header("If-None-Match", _TEXT, "The ETag of the answer before: 304 while nothing was recorded since."),
        ],
        "responses": {
            "200": {
                "description": "The answer",
                "headers": {"ETag": {"schema": _TEXT, "description": "Changes with each record and each day."}},
                "content": {"application/json": {"schema": document}},
            },
            "304": {"description": "Nothing was recorded since"},
            **_problems(400, 401, 404, 414, 500, 503),
        },
    }


def _write(recorded: Json) -> Json:
    events = {"type": "array", "minItems": 1, "maxItems": MAX_EVENTS, "items": {"$ref": AT.format(name="Event")}}
    body = {"type": "object", "required": ["events"], "properties": {"events": events}, "additionalProperties": False}
    return {
        "operationId": "postRecords",
        "summary": "Record events: all of them, or none",
        "parameters": [
            _header(
                "Idempotency-Key",
                {"type": "string", "minLength": 1, "maxLength": MAX_KEY},
                "Names the request: sent again with the same events, the records of the first time come back.",
                required=True,
            ),
            _header(
                "If-Match",
                {"type": "string", "pattern": TAGS},
                'The versions of streams that were seen, as "p-2023/1.04;3", with commas between.',
            ),
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": {
            "201": {"description": "The records", "content": {"application/json": {"schema": recorded}}},
            **_problems(400, 401, 403, 409, 412, 413, 414, 415, 422, 500, 503),
        },
    }


def _stream() -> Json:
    after = {"after": Query({"type": "integer", "minimum": 0}, "The log position to go on from; default: the end.")}
    return {
        "operationId": "getEvents",
        "summary": "Every record as it is recorded, as server-sent events; each one's id is its log position",
        "parameters": [*_query(after), _header("Last-Event-ID", _TEXT, "Goes before `after`.")],
        "responses": {
            "200": {
                "description": "A stream of events whose data is a RecordDocument; `unreadable` for one that cannot be read",
                "content": {"text/event-stream": {"schema": _TEXT}},
            },
            **_problems(400, 401, 414, 429, 500, 503),
        },
    }


def _header(name: str, schema: Json, about: str, **more: bool) -> Json:
    return {"name": name, "in": "header", **more, "schema": schema, "description": about}


def _query(query: Mapping[str, Query]) -> list[Json]:
    return [
        {"name": name, "in": "query", "schema": one.schema, "description": one.about} for name, one in query.items()
    ]


def _problems(*statuses: int) -> Json:
    content = {"application/problem+json": {"schema": {"$ref": AT.format(name="ProblemDocument")}}}
    found: Json = {str(status): {"description": str(TITLES[status]), "content": content} for status in statuses}
    for status in found.keys() & {"429", "503"}:
        found[status]["headers"] = {
            "Retry-After": {"schema": {"type": "integer"}, "description": "After how many seconds to ask again."}
        }
    return found
