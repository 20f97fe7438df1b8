"""
Spans and metrics of OpenTelemetry, where the host has it installed; otherwise nothing.

The host brings the SDK and says where they go; this module needs `opentelemetry-api` alone (extra `otel`), and imports nothing
of reformtrack. In spans and metrics there are ids of plans, counts, positions and durations: no text of an event, no author,
no message of an error. Logs go through `logging`, under `reformtrack`, with the same facts as fields of the log record.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import ParamSpec, TypeVar

try:
    from opentelemetry import metrics, trace
except ImportError:
    PRESENT = False
else:
    PRESENT = True

Attributes = Mapping[str, str | int]
"""Names, which begin with `reformtrack.`, and values."""

P = ParamSpec("P")
T = TypeVar("T")


class _Metrics:
    """What is counted and measured."""

    def __init__(self, meter: "metrics.Meter") -> None:
        self.records = meter.create_counter("reformtrack.records", "{record}", "Records that were appended")
        self.seconds = meter.create_histogram(
            "reformtrack.record.duration", "s", "How long a call of Tracker.record took"
        )
        self.retries = meter.create_counter(
            "reformtrack.store.retries", "{retry}", "Tries after the store was not reached"
        )
        self.unreadable = meter.create_counter("reformtrack.unreadable", "{record}", "Records met that cannot be read")
        self.lag = meter.create_gauge("reformtrack.views.lag", "{position}", "How far the views were behind the log")


if PRESENT:
    _tracer, _metrics = trace.get_tracer("reformtrack"), _Metrics(metrics.get_meter("reformtrack"))


def spanned(name: str, attributes: Callable[[T], Attributes]) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """
    A decorator that wraps each call in a span, if a tracer is configured. Without OpenTelemetry the function is
    unchanged.

    Args:
        name: the span's.
        attributes: the span's attributes for a result. Of an error only the class is told: its message may quote what a
            person wrote.

    >>> @spanned("reformtrack.example", lambda found: {"reformtrack.records": len(found)})
    ... def letters(text: str) -> list[str]:
    ...     return list(text)
    >>> letters("ab")
    ['a', 'b']
    """

    def around(call: Callable[P, T]) -> Callable[P, T]:
        @wraps(call)
        def in_span(*args: P.args, **kwargs: P.kwargs) -> T:
            span = _tracer.start_span(name)
            if span is trace.INVALID_SPAN:  # nobody listens
                return call(*args, **kwargs)
            with trace.use_span(span, end_on_exit=True, record_exception=False, set_status_on_exception=False):
                try:
                    result = call(*args, **kwargs)
                except BaseException as error:
                    span.set_attribute("error.type", type(error).__name__)
                    span.set_status(trace.StatusCode.ERROR)
                    raise
                span.set_attributes(attributes(result))
            return result

        return in_span if PRESENT else call

    return around


def recorded(records: int, seconds: float) -> None:
    """Count what a call of `Tracker.record` appended, and the time that it took."""
    if PRESENT:
        _metrics.records.add(records)
        _metrics.seconds.record(seconds)


def retried() -> None:
    """Count a retry after the store was unreachable."""
    if PRESENT:
        _metrics.retries.add(1)


def met_unreadable() -> None:
    """Count a record that cannot be read."""
    if PRESENT:
        _metrics.unreadable.add(1)


def lagging(positions: int) -> None:
    """Record how far the views were behind the log."""
    if PRESENT:
        _metrics.lag.set(positions)
