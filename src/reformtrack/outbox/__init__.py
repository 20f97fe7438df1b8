"""
Sends records on, as CloudEvents: to a function, or to a webhook; at least once, in order per stream, whatever crashes.
"""

from reformtrack.outbox.outbox import DeadLetter, Outbox
from reformtrack.outbox.turn import Delivered, Gone, Receiver, RetryLater

__all__ = ["DeadLetter", "Delivered", "Gone", "Outbox", "Receiver", "RetryLater"]
