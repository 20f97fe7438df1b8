"""`st.from_type` for the public values: importing `reformtrack.testing` registers them with Hypothesis."""

import inspect
from enum import EnumType
from typing import get_args

from reformtrack import answers, policy
from reformtrack.domain.kinds import EVENT_TYPES, Event
from reformtrack.domain.timeline import Record
from reformtrack.domain.values import Domain
from reformtrack.extras import extra
from reformtrack.testing.history import answers_of
from reformtrack.testing.strategies import MADE, events, records, valid
from reformtrack.values import Check
from reformtrack.views.activity import Activity
from reformtrack.views.plan import Plan

with extra("testing"):
    from hypothesis import strategies as st

_BY_FIELDS = (Check, Domain, answers.Damage, policy.Deed, policy.Permit, policy.Refuse, policy.SeparationOfDuties)
"""What is valid when each field is."""


def _of_events(kind: type[Record[Event]]) -> st.SearchStrategy[Record[Event]]:
    """Records of what stands in the brackets: an event, a union of events, or nothing for all."""
    [event] = get_args(kind) or [Event]
    return records(*(get_args(event) or [event]))


def register() -> None:
    """Register each public value, but enumerations, which Hypothesis knows."""
    folded = (kind for name in answers.__all__ if inspect.isclass(kind := getattr(answers, name)))
    strategies = {
        **{kind: answers_of(kind) for kind in (Activity, Plan, policy.Terms, *folded)},
        **{kind: events(kind) for kind in EVENT_TYPES},
        **{kind: valid(kind) for kind in _BY_FIELDS},
        **MADE,
    }
    for kind, strategy in strategies.items():
        if not isinstance(kind, EnumType):
            st.register_type_strategy(kind, strategy)
    st.register_type_strategy(Record, _of_events)
