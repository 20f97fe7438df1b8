"""Which occurrences of recurring work are completed."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from reformtrack.domain.occurrences import Done, is_done, with_done

DAYS = st.dates(date(2023, 1, 1), date(2023, 1, 9))


@given(st.lists(st.tuples(DAYS, DAYS)))
def test_each_occurrence_is_completed_once_on_the_day_said_last(said: list[tuple[date, date]]) -> None:
    """In order of due day, in whatever order they are said."""
    done: Done = ()
    for due, on in said:
        done = with_done(done, due, on)
    assert tuple(sorted(dict(said).items())) == done
    assert all(is_done(done, due) for due in dict(said))
