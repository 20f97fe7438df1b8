"""What is typed for `known_at` means the same in an address and on the command line."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reformtrack import InvalidField, Tracker
from reformtrack.cli.given import known
from reformtrack.domain.timeline import KnownAt
from reformtrack.errors import InvalidInstant
from reformtrack.exchange.moments import known_in
from reformtrack.web.asked import asked
from tests.support import INSTANT


@pytest.fixture(scope="module")
def tracker() -> Iterator[Tracker]:
    with Tracker(clock=lambda: INSTANT) as found:
        yield found


@pytest.mark.parametrize("typed", ["{:%Y-%m-%d}", "{:%d/%m/%Y}", "{0.day}/{0.month}/{0.year}", "{:%d.%m.%Y}"])
def test_a_day_means_its_end_and_today_all_that_is_on_record(tracker: Tracker, typed: str) -> None:
    """In each form of a day that `--on` has; a day to come is refused."""
    today = tracker.today()
    yesterday, tomorrow = today - timedelta(days=1), today + timedelta(days=1)
    assert tracker.end_of(yesterday) == known_in(tracker, typed.format(yesterday))
    assert known_in(tracker, typed.format(today)) is None
    with pytest.raises(InvalidInstant, match="a day that has come"):
        known_in(tracker, typed.format(tomorrow))


def test_an_instant_has_its_zone(tracker: Tracker) -> None:
    at = datetime(2023, 6, 30, 10, tzinfo=UTC)
    for text in ("2023-06-30T10:00Z", "2023-06-30 17:00+07:00", "30/06/2023 17:00+07:00"):
        assert at == known_in(tracker, text)
    with pytest.raises(InvalidInstant, match="an instant with its time zone"):
        known_in(tracker, "2023-06-30T10:00")


@example("30/06/2023 17:00+07:00")
@example("0001-01-01T00:00+14:00")
@example("9999-12-31T23:59-14:00")
@example("30/06/2023 ")
@example(" 7")
@example("9" * 19)
@given(
    st.one_of(
        st.text(),
        st.from_regex(r"[0-9]{1,4}[-/. ][0-9]{1,2}[-/. ][0-9]{1,4}([ T][0-9:]{0,5}[-+Z0-9:]{0,6})?", fullmatch=True),
        st.integers(0, 10**20).map(str),
    )
)
def test_both_doors_read_alike(tracker: Tracker, text: str) -> None:
    """Or refuse alike; and a link that repeats the question asks the same."""

    def in_an_address(typed: str) -> KnownAt:
        return asked(tracker, {"known_at": typed}).known_at

    typed = text.strip()
    if not typed:
        return
    try:
        found = known(tracker, typed)
    except (InvalidField, InvalidInstant):
        with pytest.raises((InvalidField, InvalidInstant)):
            in_an_address(typed)
        return
    assert found == in_an_address(typed) == in_an_address(asked(tracker, {"known_at": typed}).given["known_at"])
