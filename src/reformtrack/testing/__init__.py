"""
What tests of a system on reformtrack need: Hypothesis strategies for values, events and histories, and a state machine.

Importing it also tells Hypothesis how to make each public value, so that `st.from_type(Plan)` works. Needs the extra `testing`.
"""

from reformtrack.testing.history import Clock, histories, proposals, tracker_of
from reformtrack.testing.machine import TrackerMachine
from reformtrack.testing.registration import register
from reformtrack.testing.strategies import (
    deadlines,
    documents,
    domains,
    events,
    host_fields,
    ids,
    progresses,
    records,
    texts,
)

__all__ = [
    "Clock", "TrackerMachine", "deadlines", "documents", "domains", "events", "histories", "host_fields", "ids",
    "progresses", "proposals", "records", "texts", "tracker_of",
]  # fmt: skip

register()
