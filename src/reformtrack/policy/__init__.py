"""
Who may record what: a policy is asked about every event before it is recorded, by whatever way it comes.
"""

from reformtrack.policy.asking import Permit, Policy, Refuse, Situation, open_to_all
from reformtrack.policy.separation import SeparationOfDuties

__all__ = ["Permit", "Policy", "Refuse", "SeparationOfDuties", "Situation", "open_to_all"]
