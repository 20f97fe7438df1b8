"""Which agencies came out of which, and who has taken over."""

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reformtrack.domain.agency import AgencyState
from reformtrack.domain.lineage import Lineage, agency_key, exact_name, heirs
from reformtrack.domain.values import agency_id
from reformtrack.events import AgencyMerged, AgencyRegistered, AgencySplit, FunctionMoved
from tests.support import day

LAST = day("12-14")


def lineage(**into: str) -> Lineage:
    """Agencies that ended, by the letter of each: the letters of those that took it over; "x" goes on."""
    ended = {f"@{one}": tuple(agency_id(f"@{other}") for other in others) for one, others in into.items()}
    states = {id: AgencyState(ended_on=LAST, successors=others) for id, others in ended.items()}
    return Lineage((states | {"@x": AgencyState(LAST)}).get)


def test_agencies_are_of_one_line_whichever_is_named_first() -> None:
    """One came out of the other, through whatever stood between; two that went into one are two."""
    found = lineage(a="b", b="cd", e="c")
    parted = {frozenset(pair) for pair in ("ae", "be", "de", "cd")}
    for one in "abcde":
        for other in "abcde":
            assert found.is_one(f"@{one}", ["@z", f"@{other}"]) is ({one, other} not in parted)
    assert {"@a", "@b", "@c", "@d"} == found.line("@a")
    assert not found.is_one("@a", [])


@pytest.mark.parametrize(
    ("id", "heir"),
    [("x", "x"), ("a", "x"), ("b", "x"), ("s", ""), ("e", ""), ("f", ""), ("c", ""), ("d", ""), ("z", "")],
)
def test_all_of_an_agency_is_with_the_one_to_which_its_mergers_lead(id: str, heir: str) -> None:
    """With nobody after a split or an end, where mergers go round, and where nobody knows the agency."""
    found = lineage(a="b", b="x", s="ab", e="", f="s", c="d", d="c")
    assert (f"@{heir}" if heir else None) == found.heir(agency_id(f"@{id}"))


def test_a_merger_that_passes_nothing_on_has_no_heir() -> None:
    """Whichever of them it is, on the way to the heir; what the heir itself passes on is not asked."""
    found = lineage(a="b", b="x")
    for stops in "ab":
        assert found.heir(agency_id("@a"), {"@a", "@b", "@x"}.difference({f"@{stops}"}).__contains__) is None
    assert "@x" == found.heir(agency_id("@a"), {"@a", "@b"}.__contains__)


def test_the_heirs_of_an_event_are_those_that_it_hands_something_to() -> None:
    """Nobody, one, or several."""
    assert () == heirs(AgencyRegistered("@a", on=LAST, name="A"))
    assert ("@b",) == heirs(AgencyMerged("@a", on=LAST, into="@b"))
    assert ("@b",) == heirs(FunctionMoved("@a", on=LAST, function="x", to="@b"))
    assert ("@b", "@c") == heirs(AgencySplit("@a", on=LAST, into=("@b", "@c")))


def test_an_agency_exists_from_its_registration_to_the_day_before_its_end() -> None:
    """One that was never registered does on no day."""
    state = AgencyState(day("2-1"), ended_on=day("6-1"))
    days = [date(2023, 1, 31), day("2-1"), date(2023, 5, 31), day("6-1")]
    assert [False, True, True, False] == [state.exists_on(one) for one in days]
    assert not AgencyState().exists_on(LAST)
    assert AgencyState(LAST).exists_on(LAST)


def test_an_agency_is_found_without_marks_or_capitals() -> None:
    """However many spaces there are."""
    assert agency_key("Sở  Nội vụ ") == agency_key("SO NOI VU") != agency_key("So Noi")


@given(
    st.text("aăâdđeêsSởƠơ \u0301\u0323\u00a0ﬁＡⅣ²", max_size=8),
    st.text("aăâdđeêsSởƠơ \u0301\u0323\u00a0ﬁＡⅣ²", max_size=8),
)
def test_an_exact_name_differs_in_case_space_and_normal_form_alone(one: str, other: str) -> None:
    """Whatever has one exact name has one folded name, and the same letters once they are put in one form."""

    def letters(text: str) -> str:
        return unicodedata.normalize("NFD", text.lower()).replace("\u00a0", " ").replace(" ", "")

    assert exact_name(one) == exact_name(exact_name(one)) == exact_name(f" {one}\u00a0") == exact_name(one.lower())
    for form in ("NFC", "NFD"):
        assert exact_name(unicodedata.normalize(form, one)) == exact_name(one)
    if exact_name(one) == exact_name(other):
        assert letters(one) == letters(other)
