"""What a field may hold: bad input is refused by name, and loses nothing."""

import unicodedata
from contextlib import nullcontext
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any

import attrs
import msgspec
import pytest
from hypothesis import given as given_
from hypothesis import strategies as st
from msgspec import Meta

from reformtrack import Deadline, Document, Domain, Event, InvalidField, Tracker
from reformtrack.domain.errors import shortened
from reformtrack.domain.fields import Name, forbidden_character, frozen
from reformtrack.domain.values import FORMS, activity_id, code_of, indicator_id, plan_id, plan_of, stream_id
from reformtrack.events import (
    ActivityCompleted,
    ActivityReassigned,
    ActivityScheduled,
    AgencyAliased,
    AgencyRegistered,
    AgencyRenamed,
    ReadingTaken,
    RecordRetracted,
)
from reformtrack.testing import events
from reformtrack.values import DeadlineKind
from tests.support import ADOPTED, Clock, adopted, day, scheduled


@pytest.mark.parametrize(
    ("fields", "field", "accepted"),
    [
        ({"title": 5}, "title", "`str`, got `int`"),
        ({"title": None}, "title", "`str`, got `null`"),
        ({"title": ""}, "title", "`str` of length >= 1"),
        ({"title": "x" * 1_000_000}, "title", "`str` of length <= 2000"),
        ({"title": "a\x00b"}, "title", "text without U+0000"),
        ({"title": "a\u202eb"}, "title", "text without U+202E"),
        ({"title": "a\ud800b"}, "title", "text without U+D800"),
        ({"title": "a\u2066b"}, "title", "text without U+2066"),
        ({"title": "a\x1bb"}, "title", "text without U+001B"),
        ({"title": b"x"}, "title", "`str`, got `bytes`"),
        ({"on": "2023-01-02"}, "on", "`date`, got `str`"),
        ({"on": datetime(2023, 1, 2)}, "on", "`date`, got `datetime`"),
        ({"on": datetime(2023, 1, 2, tzinfo=UTC)}, "on", "`date`, got `datetime`"),
        ({"on": 20230102}, "on", "`date`, got `int`"),
        ({"weight": 0}, "weight", "`int` >= 1"),
        ({"weight": -1}, "weight", "`int` >= 1"),
        ({"weight": 10**30}, "weight", "`int` <= 1000000"),
        ({"weight": 1.5}, "weight", "`int`, got `float`"),
        ({"weight": float("nan")}, "weight", "`int`, got `float`"),
        ({"weight": True}, "weight", "`int`, got `bool`"),
        ({"budget": -1}, "budget", "`int` >= 0"),
        ({"budget": 10**15 + 1}, "budget", "`int` <= 1000000000000000"),
        ({"deadline": "Quý III"}, "deadline", "Deadline; a text is read by"),
        ({"deadline": None}, "deadline", "Deadline"),
        ({"deadline": {"text": "x", "kind": "regular", "days": []}}, "deadline", "not mappings"),
        ({"deadline": Deadline("a\x00", DeadlineKind.REGULAR, ())}, "deadline", "text is without U+0000"),
        ({"deadline": Deadline("\ud800", DeadlineKind.REGULAR, ())}, "deadline", "text is without U+D800"),
        ({"deadline": Deadline("x" * 501, DeadlineKind.REGULAR, ())}, "deadline", "at most 500 characters"),
        ({"supporting": "Sở Nội vụ"}, "supporting", "a tuple of a text"),
        ({"lead": 3}, "lead", "a text or a tuple of a text"),
        ({"supporting": (1,)}, "supporting", "`str`, got `int` - at `$[0]`"),
        ({"supporting": ("x",) * 201}, "supporting", "`array` of length <= 200"),
        ({"supporting": ("a\x00",)}, "supporting", "text without U+0000"),
        ({"document": {"number": "1"}}, "document", "not mappings"),
        ({"host_fields": {"a": 1}}, "host_fields", "`str`, got `int`"),
        ({"host_fields": {"a": {"b": "c"}}}, "host_fields", "`str`, got `object`"),
        ({"host_fields": {"": "c"}}, "host_fields", "`str` of length >= 1"),
        ({"host_fields": {"a\x00": "c"}}, "host_fields", "text without U+0000"),
        ({"host_fields": {str(n): "c" for n in range(51)}}, "host_fields", "`object` of length <= 50"),
        ({"domain": "1 2"}, "domain", "matching regex"),
    ],
)
def test_a_field_refuses_what_it_cannot_hold_and_names_itself(
    fields: dict[str, Any], field: str, accepted: str
) -> None:
    """The error says which field, what was found, and what would be accepted."""
    with pytest.raises(InvalidField) as caught:
        scheduled(**fields)
    assert ("ActivityScheduled", field) == (caught.value.owner, caught.value.field)
    assert accepted in caught.value.accepted
    assert len(caught.value.found) <= 80
    assert f"ActivityScheduled.{field} cannot be {caught.value.found}; accepted: " in str(caught.value)
    assert isinstance(caught.value, ValueError)


def test_evidence_given_as_mappings_is_refused() -> None:
    """A document is checked when it is built, so nothing else may stand for one."""
    with pytest.raises(InvalidField, match="not mappings"):
        ActivityCompleted("p/1", on=ADOPTED, evidence=({"number": "1"},))  # type: ignore[arg-type]


def test_a_list_is_kept_as_a_tuple() -> None:
    """Events are values; nothing in them can be changed later."""
    given = ["Sở Nội vụ"]
    event = scheduled(supporting=given)
    given.append("Sở Tài chính")
    assert event.supporting == ("Sở Nội vụ",)


def test_the_hosts_fields_are_copied() -> None:
    """Changing the mapping that was given changes no event."""
    given = {"ma": "1"}
    event = scheduled(host_fields=given)
    given["ma"] = "2"
    assert event.host_fields == {"ma": "1"}


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC"])
def test_a_text_is_one_text_however_its_marks_are_written(form: Any) -> None:
    """As a Mac writes it, or Windows: in a title, a list, a mapping, an actor; so two of them are equal."""
    text = "Sở Nội vụ tỉnh Đắk Nông"
    written = unicodedata.normalize(form, text)
    event = scheduled(title=written, lead=written, supporting=(written,), host_fields={written: written})
    assert (text, text, (text,), {text: text}) == (event.title, event.lead, event.supporting, event.host_fields)
    with Tracker(clock=Clock()) as tracker:
        [first] = tracker.record(adopted(), by=written, request_id=written)
        assert (first,) == tracker.record(adopted(), by=text, request_id=text)
        assert text == first.by


@given_(st.text(max_size=50))
def test_text_is_normalised_to_nfc_or_refused(text: str) -> None:
    """What is kept is NFC and has no character that a record may not carry."""
    try:
        kept = scheduled(output=text).output
    except InvalidField:
        assert forbidden_character(text.replace("\r\n", "\n"))
        return
    assert unicodedata.normalize("NFC", text.replace("\r\n", "\n")) == kept
    assert not forbidden_character(kept)


def test_newlines_and_tabs_are_kept_and_windows_newlines_become_plain() -> None:
    """A cell of a sheet may have several lines."""
    assert scheduled(output="a\r\nb\tc").output == "a\nb\tc"


@pytest.mark.parametrize(
    "character",
    [
        "\x08",
        "\x0b",
        "\x1f",
        "\x7f",
        "\x9f",
        "\u200e",
        "\u200f",
        "\u061c",
        "\ufeff",
        "\ufdd0",
        "\ufdef",
        "\ufffe",
        "\uffff",
    ],
)
def test_control_characters_are_refused(character: str) -> None:
    """All but tab and newline."""
    assert f"U+{ord(character):04X}" == forbidden_character(f"ab{character}")
    assert forbidden_character("\t\nấ“”") == ""


@pytest.mark.parametrize(
    "value",
    [Decimal("NaN"), Decimal("-Infinity"), Decimal("1e16"), Decimal("-1e16"), Decimal("0.0000001"), 10**16, 1.5, "1"],
)
def test_a_number_that_is_not_finite_or_too_large_or_no_decimal_is_refused(value: Any) -> None:
    """At most 10^15, at most six decimals."""
    with pytest.raises(InvalidField) as caught:
        ReadingTaken("p#a", on=ADOPTED, as_of=ADOPTED, value=value)
    assert (caught.value.owner, caught.value.field) == ("ReadingTaken", "value")


@pytest.mark.parametrize("value", [Decimal("1e15"), Decimal("-1e15"), Decimal("0.000001"), Decimal(0)])
def test_a_number_at_its_limits_is_kept(value: Decimal) -> None:
    """The limits themselves are in."""
    assert value == ReadingTaken("p#a", on=ADOPTED, as_of=ADOPTED, value=value).value


@pytest.mark.parametrize(
    "text", ["", "P", "dak nong", "đắk-nông", "a--b", "-a", "a-", "a/1", "a#b", "a\n", "a" * 201, 5, None]
)
def test_what_is_no_plan_id_is_refused(text: Any) -> None:
    """Lower-case ASCII words joined by hyphens."""
    with pytest.raises(InvalidField):
        plan_id(text)


@pytest.mark.parametrize("text", ["p", "p/", "/1", "p/1/2", "p/1 2", "p/1.", "p#1", "p/ấ", "p/1\n", "P/1"])
def test_what_is_no_activity_id_is_refused(text: str) -> None:
    """A plan id, a slash, a code."""
    with pytest.raises(InvalidField):
        activity_id(text)


@pytest.mark.parametrize("text", ["p", "p#", "#a", "p#A", "p#a#b", "p/1"])
def test_what_is_no_indicator_id_is_refused(text: str) -> None:
    """A plan id, a hash, a name."""
    with pytest.raises(InvalidField):
        indicator_id(text)


@pytest.mark.parametrize(
    "text", ["p", "dak-nong-2023", "p/1", "p/1.04", "p/1.a_B-2", "p#complaints-2", "p@2023-year", "@so-a"]
)
def test_the_id_of_any_aggregate_is_a_stream_id(text: str) -> None:
    """And a retraction can name it."""
    assert text == stream_id(text)
    assert text == RecordRetracted(text, version=1, reason="x").subject


@pytest.mark.parametrize("text", ["", "p/", "p#", "p@", "@", "p/1#a", "p/1@2023", "@a@b", "@A", "p@2023_q1"])
def test_what_is_no_id_at_all_is_no_stream_id(text: str) -> None:
    """Neither plan, nor activity, nor indicator, nor report, nor agency."""
    with pytest.raises(InvalidField):
        stream_id(text)


def test_an_id_has_at_most_two_hundred_characters() -> None:
    """At the limit it is one."""
    assert "p" * 200 == plan_id("p" * 200)
    with pytest.raises(InvalidField):
        plan_id("p" * 201)


def test_a_deadline_of_the_longest_text_is_kept() -> None:
    """500 characters."""
    longest = Deadline("x" * 500, DeadlineKind.REGULAR, ())
    assert longest == scheduled(deadline=longest).deadline


def test_an_id_says_its_plan_and_its_code() -> None:
    """By its form alone."""
    assert (plan_of("p/1.04"), code_of("p/1.04")) == ("p", "1.04")
    assert (plan_of("p#a-b"), code_of("p#a-b")) == ("p", "a-b")
    assert (plan_of("p"), code_of("p")) == ("p", "")


def test_a_document_is_named_by_something() -> None:
    """A type and a day alone are no document."""
    with pytest.raises(InvalidField, match="one at least"):
        Document(type="Quyết định", date=ADOPTED)
    one_each: list[dict[str, Any]] = [{"number": "1"}, {"title": "x"}, {"url": "https://a.vn/1"}, {"sha256": "0" * 64}]
    for fields in one_each:
        assert fields == {name: getattr(Document(**fields), name) for name in fields}


@pytest.mark.parametrize(
    "fields", [{"url": "javascript:alert(1)"}, {"url": "https://a b"}, {"sha256": "0" * 63}, {"sha256": "G" * 64}]
)
def test_a_document_refuses_what_is_no_address_or_digest(fields: dict[str, str]) -> None:
    """http and https only; 64 lower-case hexadecimal digits."""
    with pytest.raises(InvalidField):
        Document(number="1", **fields)  # type: ignore[arg-type]


def test_a_document_is_cited_as_officials_do() -> None:
    """Type, number, day, title; what there is of them."""
    whole = Document(type="Quyết định", number="156/QĐ-UBND", date=day("2-1"), title="về CCHC")
    assert str(whole) == "Quyết định 156/QĐ-UBND ngày 01/02/2023 về CCHC"
    assert str(Document(number="156/QĐ-UBND")) == "156/QĐ-UBND"
    assert str(Document(url="https://a.vn/1", sha256="0" * 64)) == "https://a.vn/1"
    assert str(Document(sha256="0" * 64)) == "0" * 64


def test_stored_values_out_of_range_are_refused_too() -> None:
    """The limits bind what is decoded as well as what is built."""
    with pytest.raises(msgspec.ValidationError, match="length <= 2000"):
        msgspec.json.decode(msgspec.json.encode({"code": "1", "title": "x" * 2001}), type=Domain)


def test_a_message_shows_a_short_part_of_what_was_given() -> None:
    """However long it was."""
    assert shortened("ab") == "'ab'"
    assert len(shortened("x" * 1_000_000)) == 80
    assert shortened("x" * 100)[-2:] == "x…"
    assert shortened((1, 2)) == "(1, 2)"
    assert len(shortened(tuple(range(1000)))) == 80


def test_a_class_is_checked_field_by_field_as_its_annotations_say() -> None:
    """Lines in a tuple, a union or alone; a converter of its own is left as it is; the representation is short."""

    @frozen(kw_only=True)
    class Checked:
        line: Name
        lines: tuple[Name, ...] = ()
        maybe: Name | None = None
        text: Annotated[str, Meta(max_length=100)] = ""
        own: int = attrs.field(default=1, converter=int)

    one: Any = Checked(line="a", lines=["b"], maybe="c", text="x\ny", own="7")  # type: ignore[arg-type]  # a list, which is made a tuple
    assert ("a", ("b",), "c", "x\ny", 7) == attrs.astuple(one)
    wrong: list[dict[str, Any]] = [
        {"line": "a\nb"},
        {"line": 1},
        {"lines": ("a", "b\nc")},
        {"maybe": "a\nb"},
        {"text": 3},
    ]
    for fields in wrong:
        with pytest.raises(InvalidField, match=f"Checked.{next(iter(fields))} cannot be"):
            Checked(**{"line": "a", **fields})
    assert len(repr(Checked(line="x" * 300, text="y" * 100))) < 400


@given_(events(), events())
def test_what_is_recorded_is_equal_by_its_class_and_its_fields(one: Event, other: Event) -> None:
    """Equal ones hash alike, also where a field cannot be hashed; another class is never equal, nor is anything else."""
    same = attrs.evolve(one)
    assert (same, hash(same), repr(same)) == (one, hash(one), repr(one))
    fields = [attrs.asdict(event, recurse=False) for event in (one, other)]
    assert (type(one) is type(other) and fields[0] == fields[1]) == (one == other)
    anything: object = fields[0]
    assert one != anything
    assert repr(one).startswith(f"{type(one).__name__}(subject='{one.subject[:50]}")


@pytest.mark.parametrize(
    ("host", "is_taken"),
    [
        ("sở-nội-vụ.gov.vn", True),
        ("ĐẮK-NÔNG.gov.vn", True),
        ("đắk.vn", True),
        ("ε.vn", False),
        ("ï.vn", False),
        ("æ.vn", False),
    ],
)
def test_a_host_is_in_ascii_or_vietnamese_letters(host: str, is_taken: bool) -> None:
    """Others are taken for them too easily."""
    with nullcontext() if is_taken else pytest.raises(InvalidField, match="in ASCII or Vietnamese letters"):
        Document(number="1", url=f"https://{host}/1")


@pytest.mark.parametrize(
    ("fields", "vi", "en"),
    [
        (
            {"type": "Báo cáo", "number": "31/BC-STP", "date": date(2025, 3, 19), "issuer": "Sở Tư pháp"},
            "Báo cáo 31/BC-STP ngày 19/03/2025, Sở Tư pháp",
            "Báo cáo 31/BC-STP 2025-03-19, Sở Tư pháp",
        ),
        ({"number": "3", "title": "về CCHC", "url": "https://a.vn/1"}, *["3 về CCHC, https://a.vn/1"] * 2),
        ({"sha256": "0" * 64}, *["0" * 64] * 2),
    ],
)
def test_a_document_is_cited_in_one_way_in_each_language(fields: Any, vi: str, en: str) -> None:
    """In English its day is one of ISO 8601."""
    document = Document(**fields)
    assert [vi, vi, en] == [str(document), document.text("vi"), document.text("en")]


@pytest.mark.parametrize("sign", sorted({form.sign for form in FORMS.values()} - {""}))
@pytest.mark.parametrize(
    ("build", "field"),
    [
        (lambda name: scheduled(lead=name), "lead"),
        (lambda name: scheduled(supporting=("Sở Nội vụ", name)), "supporting"),
        (lambda name: ActivityReassigned("p/1", on=ADOPTED, lead=name), "lead"),
        (lambda name: ActivityReassigned("p/1", on=ADOPTED, lead="Sở Nội vụ", supporting=(name,)), "supporting"),
        (lambda name: AgencyRegistered("@a", on=ADOPTED, name=name), "name"),
        (lambda name: AgencyRegistered("@a", on=ADOPTED, name="Sở Nội vụ", aliases=(name,)), "aliases"),
        (lambda name: AgencyAliased("@a", on=ADOPTED, aliases=(name,)), "aliases"),
        (lambda name: AgencyRenamed("@a", on=ADOPTED, name=name), "name"),
    ],
)
def test_an_id_is_not_the_name_of_an_agency(build: Any, field: str, sign: str) -> None:
    """A plan prints a name; an id in its place would be found out at the first report, months later."""
    with pytest.raises(InvalidField) as caught:
        build(f"{sign}so-tu-phap")
    assert (field, 'the name of the agency, as "Sở Tư pháp", and not an id') == (
        caught.value.field,
        caught.value.accepted,
    )
    build(f"Sở {sign} so-tu-phap")


def test_a_stored_id_in_the_place_of_a_name_is_read_as_it_is() -> None:
    """What is on record stays readable."""
    stored = msgspec.to_builtins(scheduled()) | {"lead": "@so-tu-phap"}
    assert "@so-tu-phap" == msgspec.convert(stored, ActivityScheduled).lead


def test_leads_who_share_an_activity_have_names_of_1600_characters_together() -> None:
    """One more is refused, and what is accepted is said."""
    names = tuple(f"{n}" + "x" * 199 for n in range(8))
    assert names == scheduled(lead=names).lead
    with pytest.raises(InvalidField) as caught:
        scheduled(lead=(*names, "y"))
    assert ("ActivityScheduled", "lead", (*names, "y")) == caught.value.args[:3]
    assert "names of at most 1600 characters together" == caught.value.accepted
