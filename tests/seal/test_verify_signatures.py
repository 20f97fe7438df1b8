"""The Ed25519 of the stand-alone verifier: what RFC 8032 signs is signed, and nothing else."""

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from reformtrack.seal.verify_log import MAX_SIGNATURES, Unreadable, is_signed, opened_note, parse_key
from tests.seal.signed import KEY, PUBLIC, SIGNER, note

PRIME, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493

RFC_8032 = {
    "TEST 1": (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    "TEST 2": (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    "TEST 3": (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    "TEST SHA(abc)": (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
        "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
}


@pytest.mark.parametrize("name", RFC_8032)
def test_the_vectors_of_rfc_8032_are_signed(name: str) -> None:
    """What RFC 8032 signs is signed, and is not when one bit is another."""
    public, message, signature = map(bytes.fromhex, RFC_8032[name])
    assert is_signed(public, message, signature)
    for place in range(len(signature)):
        changed = bytearray(signature)
        changed[place] ^= 1 << place % 8
        assert not is_signed(public, message, bytes(changed))
    assert not is_signed(public, message + b"\x00", signature)


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200), st.integers(0, 767), st.booleans())
def test_signatures_are_judged_as_cryptography_judges_them(
    seed: bytes, message: bytes, bit: int, is_changed: bool
) -> None:
    """A signature, or one with a bit changed in it, its message's first byte or its key, is judged alike."""
    signer = Ed25519PrivateKey.from_private_bytes(seed)
    parts = bytearray(signer.sign(message) + signer.public_key().public_bytes_raw())
    if is_changed:
        parts[bit // 8] ^= 1 << bit % 8
    signature, public = bytes(parts[:64]), bytes(parts[64:])
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
        expected = True
    except InvalidSignature:
        expected = False
    assert is_signed(public, message, signature) is expected
    assert expected is not is_changed


def test_one_signature_has_one_form() -> None:
    """S with the order added, points that are written otherwise, and any other length are refused."""
    signature = SIGNER.sign(b"m")
    s = int.from_bytes(signature[32:], "little")
    assert is_signed(PUBLIC, b"m", signature)
    for more in range(ORDER, 2**256 - s, ORDER):
        assert not is_signed(PUBLIC, b"m", signature[:32] + (s + more).to_bytes(32, "little"))
    for length in (*range(64), 65, 96, 128):
        assert not is_signed(PUBLIC, b"m", (signature * 2)[:length])
    for length in (*range(32), 33, 64):
        assert not is_signed((PUBLIC * 2)[:length], b"m", signature)
    assert not is_signed(PUBLIC, b"m", bytes(64))


@pytest.mark.parametrize("y", [0, 1, PRIME - 1, PRIME, PRIME + 1, 2**255 - 1])
@pytest.mark.parametrize("sign", [0, 1])
@pytest.mark.parametrize("name", ["key", "R"])
def test_points_that_fit_any_message_are_refused(y: int, sign: int, name: str) -> None:
    """Points of small order, and such as are written in a second way, sign nothing: as a key, or as R."""
    point = (y | sign << 255).to_bytes(32, "little")
    for message in (b"", b"m", b"other"):
        if name == "key":
            assert not is_signed(point, message, (1).to_bytes(32, "little") + bytes(32))
            assert not is_signed(point, message, point + bytes(32))
        else:
            assert not is_signed(PUBLIC, message, point + SIGNER.sign(message)[32:])


def test_a_point_that_is_not_on_the_curve_is_no_key() -> None:
    """y = 2 has no x."""
    assert not is_signed((2).to_bytes(32, "little"), b"", bytes(64))


def test_a_note_with_more_signatures_than_can_be_checked_in_time_is_not_judged() -> None:
    """Each takes milliseconds here, and a note has room for ten thousand."""
    text, _, signature = note("dak-nong\n").rpartition("\n\n")
    assert f"{text}\n" == opened_note(f"{text}\n\n{signature * MAX_SIGNATURES}", parse_key(KEY))
    with pytest.raises(Unreadable, match="more than 100 signatures"):
        opened_note(f"{text}\n\n{signature * (MAX_SIGNATURES + 1)}", parse_key(KEY))
