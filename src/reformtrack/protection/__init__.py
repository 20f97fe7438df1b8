"""Personal data in texts, encrypted with one key per person."""

from reformtrack.protection.protection import Protection

__all__ = ["Protection"]
