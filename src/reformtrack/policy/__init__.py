"""Who may record what: a policy judges every event before it is recorded, from any interface."""

from reformtrack.domain.activity import Terms
from reformtrack.domain.confirmation import Deed
from reformtrack.policy.asking import Permit, Policy, Refuse, Situation, open_to_all
from reformtrack.policy.separation import SeparationOfDuties

__all__ = ["Deed", "Permit", "Policy", "Refuse", "SeparationOfDuties", "Situation", "Terms", "open_to_all"]
