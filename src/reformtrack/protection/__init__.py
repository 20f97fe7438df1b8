"""
Personal data in texts, each person's under a key of its own.
"""

from reformtrack.protection.protection import Protection

__all__ = ["Protection"]
