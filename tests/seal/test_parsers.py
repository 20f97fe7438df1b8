"""The library and the file that stands alone read the same keys, notes, checkpoints and proofs, and refuse the same."""

from base64 import b64encode
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import example, given
from hypothesis import strategies as st

from reformtrack.domain.errors import SealError
from reformtrack.seal import Checkpoint, ConsistencyProof, InclusionProof, SigningKey, VerifierKey, verify_log
from reformtrack.seal.verify_log import DoesNotHold, Unreadable
from tests.seal.test_verify_signatures import PRIME

SIGNER = Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\x07")
PUBLIC = SIGNER.public_key().public_bytes_raw()
ROOT = b64encode(bytes(range(32))).decode()
TIME = "2023-12-31T10:00:00.000000Z"
SMALL = [(y | sign << 255).to_bytes(32, "little") for y in (0, 1, PRIME - 1, PRIME, PRIME + 1) for sign in (0, 1)]
"""Keys by which anything is signed, some of them written in a second way."""


def read(parse: Callable[[], Any]) -> Any:
    """What a text is; None where it is refused."""
    try:
        return parse()
    except (SealError, Unreadable, DoesNotHold) as error:
        assert isinstance(error, Unreadable | DoesNotHold) or "accepted: " in str(error)
        return None


def checkpoints(note: str, name: str, public: bytes) -> tuple[Any, Any]:
    """The checkpoint of a note as each of the two has read it."""
    key = VerifierKey(name, public)
    ours = read(lambda: Checkpoint.parse(note, key))
    theirs = read(lambda: verify_log.parse_checkpoint(note, verify_log.Key(name, key.id, public)))
    return ours and (ours.origin, ours.size, ours.root, f"{ours.time:{verify_log.INSTANT}}", ours.replaces), theirs


def signature(text: str, name: str, public: bytes) -> str:
    """A line with a signature of a text: a true one, or one that every key of small order has made."""
    key = verify_log.key_id(name, b"\x01" + public)
    signed = (
        SIGNER.sign(text.encode("utf-8", "surrogatepass"))
        if public == PUBLIC
        else (1).to_bytes(32, "little") + bytes(32)
    )
    return f"— {name} {b64encode(key + signed).decode()}\n"


TEXTS = st.one_of(
    st.just(TIME),
    st.sampled_from(
        [
            "2023-13-31T10:00:00.000000Z",
            "0000-01-01T00:00:00.000000Z",
            "2023-02-29T10:00:00.000000Z",
            "2023-12-31T10:00:60.000000Z",
        ]
    ),
    st.text("0123456789-:TZ. ", max_size=28),
)
SIZES = st.one_of(
    st.integers(0, 10**19).map(str),
    st.sampled_from(["0", "00", "01", "-1", "+1", "1 ", "", "１", "9" * 16, "9" * 17, "9" * 18]),
)
NAMES = st.one_of(
    st.just("dak-nong"),
    st.sampled_from(
        ["", "a b", "a+b", "a\u00a0b", "a\x01", "a\x7f", "x" * 200, "x" * 201, "\ud800", "Đắk-Nông", "a\u200bb"]
    ),
    st.text(max_size=5),
)
ROOTS = st.one_of(
    st.just(ROOT), st.sampled_from(["", ROOT[:-1], ROOT + "=", ROOT[:-2] + "B=", b64encode(bytes(31)).decode()])
)


@st.composite
def notes(draw: st.DrawFn) -> tuple[str, str, bytes]:
    """A note that looks like a checkpoint, mostly in all but a few of its parts; and the name and the key that are asked."""
    name, public = (
        draw(NAMES.filter(lambda text: "\ud800" not in text)),
        draw(st.sampled_from([PUBLIC, PUBLIC, *SMALL])),
    )
    lines = [draw(st.one_of(st.just(name), NAMES)), draw(SIZES), draw(ROOTS), f"time {draw(TEXTS)}"]
    if draw(st.booleans()):
        lines.append(f"{draw(st.sampled_from(['in place of', 'in place', '']))} {draw(SIZES)} {draw(ROOTS)}")
    if draw(st.integers(0, 9)) == 0:
        lines.insert(draw(st.integers(0, len(lines))), draw(st.text(max_size=9)))
    text = "\n".join(lines) + "\n"
    own = signature(text, name, public)
    other = f"— {draw(NAMES)} {b64encode(bytes(draw(st.integers(3, 80)))).decode()}\n"
    number = draw(st.sampled_from([0, 0, 1, 3, 99, 100, 101]))
    signatures = [own, *[draw(st.sampled_from([own, other]))] * number]
    note = f"{text}{draw(st.sampled_from(['', '', '', 'x', chr(10)]))}\n{''.join(signatures)}"
    if draw(st.integers(0, 9)) == 0:
        note += draw(st.text(max_size=5))
    return note, name, public


PLAIN = f"dak-nong\n7\n{ROOT}\ntime {TIME}\n"
MANY = PLAIN + "\n" + signature(PLAIN, "dak-nong", PUBLIC)


@given(notes())
@example((MANY + MANY.rpartition("\n\n")[2] * 100, "dak-nong", PUBLIC))
@example((MANY + MANY.rpartition("\n\n")[2] * 99, "dak-nong", PUBLIC))
@example((PLAIN + "\n" + signature(PLAIN, "dak-nong", SMALL[2]), "dak-nong", SMALL[2]))
@example((MANY + f"— {'x' * 200} {b64encode(bytes(13_000)).decode()}\n", "dak-nong", PUBLIC))
def test_made_up_notes_are_the_same_checkpoints(made: tuple[str, str, bytes]) -> None:
    """Or are refused by both."""
    ours, theirs = checkpoints(*made)
    assert theirs == ours


def test_both_read_a_checkpoint_and_refuse_what_is_not_sound() -> None:
    """So that what is compared above is not nothing."""
    assert ("dak-nong", 7, bytes(range(32)), TIME, None) == checkpoints(MANY, "dak-nong", PUBLIC)[0]
    more = MANY.rpartition("\n\n")[2]
    assert None is not checkpoints(MANY + more * 99, "dak-nong", PUBLIC)[0]
    assert (None, None) == checkpoints(MANY + more * 100, "dak-nong", PUBLIC)
    for public in SMALL:
        assert (None, None) == checkpoints(PLAIN + "\n" + signature(PLAIN, "dak-nong", public), "dak-nong", public)
    long = f"— x {b64encode(bytes(13_000)).decode()}\n"
    assert (None, None) == checkpoints(MANY + long, "dak-nong", PUBLIC)


@st.composite
def keys(draw: st.DrawFn) -> str:
    name, public = (
        draw(NAMES),
        draw(st.sampled_from([PUBLIC, *SMALL, bytes(31), bytes(33), (2).to_bytes(32, "little")])),
    )
    data = draw(st.sampled_from([b"\x01", b"\x01", b"\x02", b""])) + public
    id = draw(
        st.sampled_from([verify_log.key_id(name.encode("utf-8", "replace").decode(), data).hex(), "00000000", ""])
    )
    text = f"{name}+{draw(st.sampled_from([id, id.upper()]))}+{b64encode(data).decode()}"
    return draw(st.sampled_from([text, f" {text}\n", text[:-1], f"{text}=", f"PRIVATE+KEY+{text}"]))


@given(keys())
def test_made_up_keys_are_the_same(text: str) -> None:
    """Or are refused by both; no error has the text in it, which may be the key that signs."""
    ours, theirs = read(lambda: VerifierKey.parse(text)), read(lambda: verify_log.parse_key(text))
    assert (ours and (ours.name, ours.public)) == (theirs and (theirs.name, theirs.public))


def test_a_key_that_signs_is_in_no_error_of_the_file_that_stands_alone() -> None:
    """Given in place of the one that verifies."""
    text = SigningKey.generate("dak-nong").text()
    with pytest.raises(Unreadable) as refused:
        verify_log.parse_key(text)
    assert text.split("+", 4)[4][:20] not in str(refused.value)


@given(
    st.sampled_from(["c2sp.org/tlog-proof@v1", "reformtrack-consistency-proof/1", "x"]),
    st.sampled_from(["index ", "old ", "index", ""]),
    SIZES,
    st.lists(ROOTS, max_size=4),
    st.sampled_from([0, 0, 60, 61, 64, 65]),
    st.booleans(),
)
def test_made_up_proofs_are_the_same(
    first: str, word: str, number: str, hashes: Sequence[str], more: int, is_whole: bool
) -> None:
    """Or are refused by both."""
    lines = [first, f"{word}{number}", *hashes, *[ROOT] * more]
    text = "\n".join(lines) + ("\n\n" if is_whole else "\n") + MANY
    key = VerifierKey("dak-nong", PUBLIC)
    for ours, kind in ((InclusionProof, verify_log.RECORD_PROOF), (ConsistencyProof, verify_log.GROWTH_PROOF)):
        mine = read(partial(ours.parse, text, key))
        theirs = read(partial(verify_log.parse_proof, text, verify_log.Key("dak-nong", key.id, PUBLIC), kind))
        assert (theirs and theirs.path) == (mine and mine.path)
        assert (theirs is None) == (mine is None)
