"""The tree of the stand-alone verifier: what RFC 6962 proves is proven, and nothing else."""

from collections.abc import Sequence
from hashlib import sha256

from reformtrack.seal import verify_log
from reformtrack.seal.verify_log import Checkpoint, Proof, is_grown, is_included
from tests.seal.signed import HASHES, growth, path, root

RFC_6962_LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
RFC_6962_ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def test_the_vectors_of_rfc_6962_have_their_roots() -> None:
    """The tree that grows has, at each size, the root of the published vectors."""
    tree = verify_log.Tree()
    assert sha256(b"").digest() == tree.root()
    for leaf, expected in zip(RFC_6962_LEAVES, RFC_6962_ROOTS, strict=True):
        tree.add(sha256(b"\x00" + leaf).digest())
        assert expected == tree.root().hex()


def _of(hashes: Sequence[bytes]) -> Checkpoint:
    return Checkpoint("dak-nong", len(hashes), root(hashes), "")


def test_every_row_is_included_by_its_path_and_by_no_other() -> None:
    """In trees of 1 to 40 leaves; with another index, leaf, or path it is not."""
    for size in range(1, 41):
        whole = _of(HASHES[:size])
        for index in range(size):
            right = path(index, HASHES[:size])
            assert is_included(HASHES[index], Proof(index, right, whole))
            wrong = [(other, right) for other in range(size + 2) if other != index]
            wrong += [(index, right[:-1])] if right else []
            wrong += [(index, (*right, HASHES[0])), (index, (HASHES[0], *right))]
            wrong += [(index, (*right[:n], HASHES[-1][::-1], *right[n + 1 :])) for n in range(len(right))]
            for other, steps in wrong:
                assert not is_included(HASHES[index], Proof(other, steps, whole))
            assert not is_included(HASHES[-1] if index < 39 else HASHES[0], Proof(index, right, whole))


def test_every_log_is_the_beginning_of_a_longer_one_by_its_path_and_by_no_other() -> None:
    """In trees of 0 to 40 leaves; with another old size, root, or path it is not."""
    for size in range(41):
        new = _of(HASHES[:size])
        for old in range(size + 1):
            right = growth(old, HASHES[:size]) if old else ()
            before = _of(HASHES[:old])
            assert is_grown(before, Proof(old, right, new))
            assert not is_grown(before._replace(root=HASHES[0][::-1]), Proof(old, right, new))
            assert not is_grown(before, Proof(old + 1, right, new))
            assert not is_grown(before, Proof(old, (*right, HASHES[0]), new))
            for n in range(len(right)):
                assert not is_grown(before, Proof(old, right[:n] + right[n + 1 :], new))
                assert not is_grown(before, Proof(old, (*right[:n], HASHES[-1][::-1], *right[n + 1 :]), new))
    assert not is_grown(_of(HASHES[:5]), Proof(5, (), _of(HASHES[:4])))
    assert is_grown(_of([]), Proof(0, (), _of([])))
    assert not is_grown(_of([]), Proof(0, (), _of([])._replace(root=HASHES[0])))
