"""
Hypothesis strategies for the values and events of reformtrack, for its own tests and for those of its users.

Needs the extra `testing`.
"""

from reformtrack.testing.strategies import (
    activity_ids,
    deadlines,
    documents,
    domains,
    events,
    host_fields,
    indicator_ids,
    plan_ids,
    progresses,
    texts,
)

__all__ = [
    "activity_ids",
    "deadlines",
    "documents",
    "domains",
    "events",
    "host_fields",
    "indicator_ids",
    "plan_ids",
    "progresses",
    "texts",
]
