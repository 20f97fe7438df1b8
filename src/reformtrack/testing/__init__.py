"""
Hypothesis strategies for the values and events of reformtrack, for its own tests and for those of its users.

Needs the extra `testing`.
"""

from reformtrack.testing.strategies import (
    deadlines,
    documents,
    domains,
    events,
    host_fields,
    ids,
    progresses,
    texts,
)

__all__ = [
    "deadlines",
    "documents",
    "domains",
    "events",
    "host_fields",
    "ids",
    "progresses",
    "texts",
]
