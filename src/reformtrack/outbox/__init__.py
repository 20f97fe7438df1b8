"""Sends records on, as CloudEvents: to a function, or to a webhook; at least once, in order per stream, whatever crashes."""

from reformtrack.outbox.outbox import Outbox, Undelivered
from reformtrack.outbox.turn import Delivered, Gone, Receiver, Refused, RetryLater, State, Subscription

__all__ = [
    "Delivered", "Gone", "Outbox", "Receiver", "Refused", "RetryLater", "State", "Subscription", "Undelivered",
]  # fmt: skip
