"""Texts: one normal form in bounded work, and names without invisible characters."""

import ast
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import reformtrack
from reformtrack import Deadline, Document, Domain, InvalidField, Period, SeparationOfDuties, Tracker
from reformtrack.domain import texts
from reformtrack.domain.dispatch import DigestSent
from reformtrack.domain.fields import forbidden_character
from reformtrack.domain.texts import MOST_MARKS, folded_name, name_key, normalised, one_line, refused_in_name, same_name
from reformtrack.domain.wording import folded, sort_key
from reformtrack.events import (
    ActivityReassigned,
    AgencyAliased,
    AgencyRegistered,
    AgencyRenamed,
    IndicatorDefined,
    ProgressReported,
    RoleDelegated,
    RoleGranted,
)
from reformtrack.protection import Protection
from reformtrack.values import IndicatorKind, Role
from reformtrack.web.access import Actor
from tests.support import ADOPTED, JUNE, Clock, adopted, scheduled

SOURCE = Path(reformtrack.__file__).parent
MANY = "\u0301\u0323"  # not in canonical order, so that normalising sorts


def too_many(length: int) -> list[str]:
    """Texts of a length that took a time that grows with its square."""
    return [(marks * length)[:length] for marks in (MANY, "\u0f73", "\uff9e\u0300", "\u0345\u0300\u0323\u031b\u0334")]


def every_sign() -> Iterator[str]:
    """All of them."""
    return map(chr, range(sys.maxunicode + 1))


def is_sorted(sign: str) -> bool:
    """Whether it is put in order when a text is normalised, combining by itself or by what it is taken apart into."""
    return unicodedata.combining(unicodedata.normalize("NFKD", sign)[0]) > 0


def test_all_that_is_sorted_in_normalising_counts_as_a_mark() -> None:
    """Each of them, alone and mixed with an ordinary mark, more than thirty in a row."""
    let_through = [
        f"{ord(sign):04X}"
        for sign in every_sign()
        if (unicodedata.category(sign)[0] == "M" or is_sorted(sign))
        and not (forbidden_character(sign * 31) and forbidden_character(f"a{sign}\u0301" + f"\u0323{sign}" * 15))
    ]
    assert let_through == []


def test_thirty_marks_in_a_row_are_kept_and_one_more_is_refused() -> None:
    """Of any number of such rows in a text; what is not a mark ends the row."""
    thirty = "a" + MANY * 15
    assert MOST_MARKS == 30
    assert forbidden_character(thirty * 100) == ""
    assert unicodedata.normalize("NFC", thirty) == ProgressReported("p/1", on=ADOPTED, note=thirty).note
    assert forbidden_character(f"x{thirty}\u0301") == "more than 30 combining marks in a row"
    for other in ("–" * 5_000, "…" * 31, "अनुच्छेद " * 100, "ế" * 100, "👩‍👩‍👧" * 100):
        assert forbidden_character(other) == ""


DOORS: dict[str, Callable[[str], Any]] = {
    "a text": lambda text: ProgressReported("p/1", on=ADOPTED, note=text),
    "a name": lambda text: scheduled(lead=text),
    "names": lambda text: scheduled(supporting=(text,)),
    "a key": lambda text: scheduled(host_fields={text: "x"}),
    "a value": lambda text: scheduled(host_fields={"x": text}),
    "a deadline": lambda text: scheduled(deadline=Deadline.parse(text, 2023)),
    "an address": lambda text: Document(url=f"https://a.vn/{text}"),
    "a host": lambda text: Document(url=f"https://{text}.vn/"),
    "an id": lambda text: scheduled(f"p/{text}"),
    "an actor": lambda text: Tracker().record(adopted(), by=text),
    "a request": lambda text: Tracker().record(adopted(), by="a", request_id=text),
    "a period": lambda text: Period(code="2023-x", title=text, first=ADOPTED, last=ADOPTED),
    "what is protected": lambda text: Protection.protect(object.__new__(Protection), "nv-1", text),
}


@pytest.mark.parametrize("text", ["x{} ", "x {}", "x {}.{}", "x{} {}", "x..{}-"])
def test_marks_are_counted_in_a_row(text: str) -> None:
    """What stands between them begins a new row; of one more each is refused."""
    assert not forbidden_character(text.replace("{}", "\u0301" * 30))
    assert forbidden_character(text.replace("{}", "\u0301" * 31))


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("length", [31, 90, 19_000, 1_000_000])
def test_more_than_thirty_marks_in_a_row_are_refused_at_every_door_and_at_once(
    door: str, length: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before they are normalised, which takes seconds for some thousand of them."""
    monkeypatch.setattr(Protection, "_cipher_of", lambda self, subject: None)
    for text in too_many(length):
        start = time.process_time()
        with pytest.raises(InvalidField):
            DOORS[door](text)
        assert time.process_time() - start < 2, "19,000 of them took seven seconds"


@pytest.mark.parametrize("text", too_many(200_000))
def test_what_only_compares_texts_takes_any_and_no_time(text: str) -> None:
    """A search, an order and a fold are asked of what was recorded before, and refuse nothing."""
    start = time.process_time()
    assert folded(f"Sở {text}") <= folded(f"Sở {text}x")
    assert sort_key(text) == sort_key(text)
    assert same_name(text, f"{text}\u200b")
    assert Deadline.parse(text, 2023).days == ()
    assert time.process_time() - start < 10, "that grows with the length, not with its square: it took minutes"


def test_text_is_normalised_in_one_place() -> None:
    """So that no door forgets the limit: nothing else in reformtrack asks the standard library for a normal form."""
    calls = {
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        if "normalize" in (text := path.read_text(encoding="utf-8"))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Attribute | ast.Name | ast.alias)
        and "normalize" in (getattr(node, "attr", ""), getattr(node, "id", ""), getattr(node, "name", ""))
    }
    assert calls == {"domain/texts.py"}


@given(st.text(), st.sampled_from(["NFC", "NFD", "NFKC"]))
def test_a_text_is_normalised_as_unicode_says(text: str, form: Any) -> None:
    """Hypothesis makes no text that has too many marks, or so rarely that this does not tell."""
    assert forbidden_character(text).startswith("more") or normalised(text, form) == unicodedata.normalize(form, text)


NAME = "Sở Nội vụ"
UNSEEN = {
    "zero width space": "Sở Nội\u200b vụ",
    "soft hyphen": "Sở\u00ad Nội vụ",
    "joiner": "Sở\u200d Nội vụ",
    "word joiner": "Sở\u2060 Nội vụ",
    "invisible plus": "Sở\u2064 Nội vụ",
    "grapheme joiner": "Sở\u034f Nội vụ",
    "variation selector": "Sở Nội vụ\ufe0f",
    "another variation selector": "Sở Nội vụ\U000e0100",
    "Mongolian variation selector": "Sở\u180b Nội vụ",
    "tag": "Sở Nội vụ\U000e0061",
    "Hangul filler": "Sở\u3164 Nội vụ",
    "halfwidth filler": "Sở\uffa0 Nội vụ",
    "Khmer vowel": "Sở\u17b4 Nội vụ",
    "musical beam": "Sở\U0001d173 Nội vụ",
    "blank pattern": "Sở\u2800 Nội vụ",
    "line separator": "Sở\u2028Nội vụ",
    "paragraph separator": "Sở\u2029Nội vụ",
    "newline": "Sở Nội\nvụ",
    "Windows newline": "Sở Nội\r\nvụ",
    "tab": "Sở\tNội vụ",
    "no-break space": "Sở\u00a0Nội vụ",
    "wide space": "Sở\u3000Nội vụ",
    "thin space": "Sở\u2009Nội vụ",
    "space before": " Sở Nội vụ",
    "space after": "Sở Nội vụ ",
    "two spaces": "Sở  Nội vụ",
    "only a space": " ",
    "private sign": "Sở\ue000 Nội vụ",
    "private sign of another plane": "Sở Nội vụ\U00100000",
    "unassigned sign": "Sở\u0378 Nội vụ",
    "no character": "Sở Nội vụ\U0001ffff",
    "null notehead": "Sở\U0001d159 Nội vụ",
}
NAMED: dict[str, Callable[[str], Any]] = {
    "lead": lambda name: scheduled(lead=name),
    "supporting": lambda name: scheduled(supporting=("Sở A", name)),
    "new lead": lambda name: ActivityReassigned("p/1", on=ADOPTED, lead=name),
    "jurisdiction": lambda name: adopted(jurisdiction=name),
    "agency": lambda name: AgencyRegistered("@a", on=ADOPTED, name=name),
    "its jurisdiction": lambda name: AgencyRegistered("@a", on=ADOPTED, name="A", jurisdiction=name),
    "alias": lambda name: AgencyRegistered("@a", on=ADOPTED, name="A", aliases=(name,)),
    "more aliases": lambda name: AgencyAliased("@a", on=ADOPTED, aliases=(name,)),
    "new name": lambda name: AgencyRenamed("@a", on=ADOPTED, name=name),
    "who has a role": lambda name: RoleGranted("@a", on=ADOPTED, actor=name, role=Role.MONITOR),
    "who is lent one": lambda name: RoleDelegated(
        "@a", on=ADOPTED, actor="a", to=name, role=Role.MONITOR, until=ADOPTED
    ),
    "steward": lambda name: SeparationOfDuties(stewards=(name,)),
    "who records": lambda name: Tracker().record(adopted(), by=name),
    "who asks the web": lambda name: Actor(name),
    "receiver": lambda name: DigestSent("p!a", on=ADOPTED, to=name, warnings=("x",)),
    "unit": lambda name: ProgressReported("p/1", on=ADOPTED, part=1, whole=2, unit=name),
    "group": lambda name: IndicatorDefined(
        "p#a", on=ADOPTED, title="x", unit="x", kind=IndicatorKind.COUNT, group=name
    ),
    "issuer": lambda name: Document(number="1", issuer=name),
    "number": lambda name: Document(number=name),
}


@pytest.mark.parametrize("field", NAMED)
@pytest.mark.parametrize("kind", UNSEEN)
def test_a_name_is_one_line_without_invisible_characters(field: str, kind: str) -> None:
    """Two names that look alike would split figures, and let somebody confirm work of their own."""
    with pytest.raises(InvalidField) as caught:
        NAMED[field](UNSEEN[kind])
    assert "one line" in caught.value.accepted
    sign = next((sign for sign in UNSEEN[kind].replace("\r\n", "\n") if refused_in_name(f"x{sign}y")), "")
    assert (f"U+{ord(sign):04X}" if sign else "spaces") in caught.value.accepted


def test_a_text_that_is_no_name_may_have_them() -> None:
    """Some languages need invisible characters, and a cell of a sheet has lines."""
    for text in UNSEEN.values():
        assert unicodedata.normalize("NFC", text.replace("\r\n", "\n")) == scheduled(title=f"a{text}").title[1:]


@pytest.mark.slow
def test_every_sign_without_ink_is_refused_in_a_name() -> None:
    """Whatever this Python knows of formats, separators and variations, and what Unicode says shows nothing."""
    categories = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"}
    ignorable = [*range(0x2060, 0x2070), *range(0xFE00, 0xFE10), *range(0xFFF0, 0xFFF9), *range(0xE0000, 0xE1000)]
    ignorable += [0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x1810), 0x3164, 0xFFA0, 0x16FE4, 0x1D159]
    signs = {sign for sign in every_sign() if unicodedata.category(sign) in categories} - {" "}
    let_through = [
        f"{ord(sign):04X}"
        for sign in {*signs, *map(chr, ignorable)}
        if not (forbidden_character(sign) or refused_in_name(f"a{sign}b"))
    ]
    assert sorted(let_through) == []
    assert refused_in_name("Sở Nội vụ tỉnh Đắk Nông (SNV) – “A”, 1/2") == ""


def test_old_records_keep_the_names_that_they_have() -> None:
    """What is asked of new ones makes no old record unreadable: their checks are of what is built, not of what is read."""
    name = "Sở Nội\u200b vụ\ue000\u0378\U0001d159 "
    stored = b'{"subject":"p/1","on":"2023-01-02","lead":"%s","supporting":["%s"]}' % (name.encode(), name.encode())
    found = msgspec.json.decode(stored, type=ActivityReassigned)
    assert (name, (name,)) == (found.lead, found.supporting)
    lent = b'{"subject":"@a","on":"2023-01-02","actor":"nva","role":"monitor","to":"NVA ","until":"2023-01-02"}'
    assert msgspec.json.decode(lent, type=RoleDelegated).to == "NVA "
    code = msgspec.json.decode(b'{"code":"1\\n","title":"x"}', type=Domain).code
    assert code == "1\n"


@pytest.mark.parametrize("code", ["1\n", "\n"])
def test_a_code_is_one_line(code: str) -> None:
    """A pattern's end stands before a newline at the end, too."""
    with pytest.raises(InvalidField):
        Domain(code, "x")
    with pytest.raises(InvalidField):
        Period(code=f"2023{code}", title="x", first=ADOPTED, last=ADOPTED)
    with pytest.raises(InvalidField):
        scheduled(domain=code)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("nva", "NVA"),
        ("nva", "nva "),
        ("nva", " nva"),
        ("nva", "n\u200bva"),
        ("nva", "nv\u00ada"),
        ("nva", "\uff4e\uff56\uff41"),
        ("nva", "nva\ufe0f"),
        ("nva", "nv\ue000a\u0378\U0001d159"),
        ("nva", "n\u034fva"),
        ("nguyễn văn a", "Nguyễn\u00a0Văn  A"),
        ("nguyễn văn a", unicodedata.normalize("NFD", "NGUYỄN VĂN A")),
        ("STRASSE", "straße"),
        ("é", "e\u034f\u0301"),
        ("ﬁ", "FI"),
    ],
)
def test_two_spellings_of_one_name_are_the_same(one: str, other: str) -> None:
    """Case, width, spaces, and invisible characters."""
    assert same_name(one, other)


@pytest.mark.parametrize(
    ("one", "other"), [("Hoà", "Hòa"), ("Hoa", "Hòa"), ("Hóa", "Hòa"), ("Đào", "Dào"), ("an", "ân"), ("a-b", "a b")]
)
def test_two_names_are_two(one: str, other: str) -> None:
    """Tone marks and letters tell people apart."""
    assert not same_name(one, other)


@given(st.text(max_size=30))
def test_folding_again_changes_nothing(text: str) -> None:
    """A fold is a form; and no form of Unicode, no case and no invisible character leads to another one."""
    found = folded_name(text)
    assert found == folded_name(found)
    for again in (unicodedata.normalize("NFD", text), f" {text}\u200b", unicodedata.normalize("NFKC", text)):
        assert found == folded_name(again)


STOPS = [sign for sign in map(chr, range(0x20, 0xD800)) if set(unicodedata.normalize("NFKC", sign)) & set("., ")]


@given(
    st.text(
        st.sampled_from("oOuUaAeEyYqđÐhαβᴀ ,.()\u0300\u0301\u0303\u0309\u0323\u200b") | st.sampled_from(STOPS),
        max_size=8,
    )
)
def test_the_key_of_a_key_is_itself(text: str) -> None:
    """What folds to a full stop or to a comma is one: a lead that was found by its key is found by it again."""
    assert name_key(text) == name_key(name_key(text))
    assert name_key(text) == name_key(unicodedata.normalize("NFKC", text))


@given(st.text(max_size=60))
def test_one_line_of_a_text_is_a_name_or_empty(text: str) -> None:
    """What takes an old name over into a new record."""
    found = one_line(text)
    assert refused_in_name(found) == ""
    assert found == one_line(found)
    assert same_name(found, text)


def test_nobody_lends_a_role_to_themselves_in_another_spelling() -> None:
    """Nor in their own."""
    for to in ("nva", "NVA", "\uff4eva"):
        with pytest.raises(InvalidField) as raised:
            RoleDelegated("@a", on=ADOPTED, actor="nva", to=to, role=Role.MONITOR, until=ADOPTED)
        refused = InvalidField("RoleDelegated", "to", unicodedata.normalize("NFC", to), "somebody else")
        assert said_of(refused) == said_of(raised.value)


def test_what_is_read_back_is_no_loan_to_oneself_nor_one_that_ends_before_it_begins() -> None:
    """Reading takes texts as they stand, in whatever spelling; these two hold of any record."""
    lent = RoleDelegated("@a", on=ADOPTED, actor="nva", to="b", role=Role.MONITOR, until=ADOPTED)
    stored = msgspec.to_builtins(lent)
    assert lent == msgspec.convert(stored, RoleDelegated)
    before = ADOPTED - timedelta(1)
    for field, found, accepted in (("to", "nva", "somebody else"), ("until", before, f"a day from {ADOPTED} on")):
        with pytest.raises(msgspec.ValidationError) as raised:
            msgspec.convert({**stored, field: str(found)}, RoleDelegated)
        assert isinstance(raised.value.__cause__, InvalidField)
        assert said_of(InvalidField("RoleDelegated", field, found, accepted)) == said_of(raised.value.__cause__)


def said_of(error: InvalidField) -> tuple[object, ...]:
    return type(error), str(error), vars(error)


def test_host_fields_whose_names_become_one_are_refused() -> None:
    """Of two that are one in normal form, the last would have stayed."""
    with pytest.raises(InvalidField, match="host_fields"):
        scheduled(host_fields={"e\u0301": "1", "é": "2"})
    with Tracker(clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled(host_fields={"é": "2"}, deadline=JUNE), by="a")


def test_a_cache_keeps_no_long_text() -> None:
    """What it says of one is the same."""
    asked: list[str] = []

    @texts.remembered
    def length(text: str) -> int:
        asked.append(text)
        return len(text)

    short, long = "a" * texts.LONGEST_KEPT, "b" * (texts.LONGEST_KEPT + 1)
    assert [300, 300, 301, 301] == [length(text) for text in (short, short, long, long)]
    assert [short, long, long] == asked
