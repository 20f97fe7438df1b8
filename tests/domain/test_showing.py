"""What values show of themselves, to the character."""

from typing import NamedTuple

import attrs
import msgspec
import pytest

from reformtrack.domain.showing import Brief, brief, brief_repr, known_words, table


class Pair(NamedTuple):
    """A named tuple."""

    one: int
    two: str


class Struct(msgspec.Struct):
    """A class of msgspec."""

    one: int
    two: str


@pytest.mark.parametrize("kind", [Pair, Struct])
def test_fields_are_shown_and_long_ones_cut(kind: type[Pair | Struct]) -> None:
    """Each by its name."""
    assert f"{kind.__name__}(one=1, two='x')" == brief_repr(kind(1, "x"))
    assert f"{kind.__name__}(one=1, two='{'x' * 78}…)" == brief_repr(kind(1, "x" * 100))


def test_a_mapping_shows_its_first_five() -> None:
    """And how many there are."""
    assert "<6 entries: [1, 2, 3, 4, 5]>" == repr(Brief(dict.fromkeys(range(1, 7))))


def test_what_was_known_is_said() -> None:
    """Now, or by then."""
    assert ("as known now", "as known at 7") == (known_words(None), known_words(7))


def test_a_table_escapes_what_is_in_it_and_cuts_what_is_long() -> None:
    """At most 200 characters a cell."""
    assert (
        "<table><caption>&lt;b&gt;</caption><tr><th>1</th><td>2</td><td>3</td></tr><tr><th>4</th><td>5</td></tr></table>"
        == table("<b>", [(1, 2, 3), (4, 5)])
    )
    whole, cut = "x" * 200, "x" * 199 + "…"
    assert f"<table><caption>{whole}</caption></table>" == table(whole, [])
    assert f"<table><caption>{cut}</caption></table>" == table("x" * 201, [])


def test_a_field_that_is_not_shown_stays_so_and_another_is_cut() -> None:
    """And one that has its own way to be shown keeps it."""

    @attrs.frozen(field_transformer=brief)
    class Shown:
        text: str
        secret: str = attrs.field(repr=False)
        own: str = attrs.field(repr=str.upper)

    cut = "x" * 78
    assert repr(Shown("x" * 100, "s", "own")).endswith(f"Shown(text='{cut}…, own=OWN)")
