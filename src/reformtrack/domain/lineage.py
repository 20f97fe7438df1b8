"""
The lineage of agencies by mergers and splits: used by the rule that nobody confirms their own work, by the policy, and
to find the agency responsible today.
"""

from collections.abc import Callable, Iterable
from typing import assert_never

from reformtrack.domain.agency import (
    AgencyAliased,
    AgencyDissolved,
    AgencyEvent,
    AgencyMerged,
    AgencyRegistered,
    AgencyRenamed,
    AgencySplit,
    AgencyState,
    FunctionMoved,
    RoleFact,
)
from reformtrack.domain.texts import name_key, normalised, remembered
from reformtrack.domain.values import AgencyId
from reformtrack.domain.wording import folded


def agency_key(text: str) -> str:
    """
    A key for names that look alike: spellings of one name, and names that differ in marks. For searching, never for rights.

    >>> agency_key("Sở  Nội vụ") == agency_key("SO NOI VU")
    True
    """
    return folded(name_key(text))


@remembered
def exact_name(text: str) -> str:
    """
    A key for spellings of one name: ignores only case, white space and normal form. Rights depend on it.

    >>> exact_name("Sở  Nội vụ") == exact_name("SỞ NỘI VỤ"), exact_name("Sở Nội vụ") == exact_name("Sở Nội vu")
    (True, False)
    """
    return normalised(" ".join(normalised(text).lower().split()))


def heirs(event: AgencyEvent) -> tuple[AgencyId, ...]:
    """The agencies that an event hands something to; each must exist on that day."""
    match event:
        case AgencyMerged():
            return (event.into,)
        case AgencySplit():
            return event.into
        case FunctionMoved():
            return (event.to,)
        case AgencyRegistered() | AgencyAliased() | AgencyRenamed() | AgencyDissolved() | RoleFact():
            return ()
        case _:
            assert_never(event)


class Lineage:
    """
    The successors of agencies. A function that moved makes no successor: the agency goes on.

    Args:
        state: of an agency; None where it is not registered.
    """

    def __init__(self, state: Callable[[str], AgencyState | None]) -> None:
        self._state = state

    def line(self, id: str) -> set[str]:
        """An agency and all its successors."""
        line, asked = {id}, [id]
        while asked:
            state = self._state(asked.pop())
            new = set(() if state is None else state.successors) - line
            line |= new
            asked.extend(new)
        return line

    def is_one(self, one: str, others: Iterable[str]) -> bool:
        """Whether an agency is one of the others, or their successor or predecessor."""
        return any(one in self.line(other) or other in self.line(one) for other in others)

    def heir(self, id: AgencyId, passes_on: Callable[[AgencyId], bool] = lambda id: True) -> AgencyId | None:
        """
        The agency that has all of an agency's work: itself, or the last one it was merged into; None after a split or
        an end.

        Args:
            passes_on: whether a merged agency passes its work on.
        """
        passed = set[AgencyId]()
        while (state := self._state(id)) is not None and state.ended_on is not None:
            if len(state.successors) != 1 or id in passed or not passes_on(id):
                return None
            passed.add(id)
            id = state.successors[0]
        return id if state is not None else None
