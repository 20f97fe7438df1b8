"""The tree of RFC 6962: its known answers, an oracle, and proofs that hold for what they say and nothing else."""

from collections.abc import Callable, Sequence
from hashlib import sha256

import pymerkle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reformtrack.domain.merkle import (
    EMPTY,
    consistency_path,
    inclusion_path,
    is_consistent,
    is_included,
    leaf_hash,
    node_hash,
    parents,
    root,
)
from reformtrack.store.tree import Growing

LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
PATHS = {
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
}
CONSISTENT = {
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
COUNTS = st.integers(0, 70)


def nodes(leaves: Sequence[bytes]) -> Callable[[int, int], bytes]:
    """A tree that is hashed anew for each question."""

    def node(level: int, index: int) -> bytes:
        if level == 0:
            return leaf_hash(leaves[index])
        return node_hash(node(level - 1, 2 * index), node(level - 1, 2 * index + 1))

    return node


def tree(size: int) -> list[bytes]:
    return [number.to_bytes(2) for number in range(size)]


@pytest.mark.parametrize("size", range(1, 9))
def test_known_roots(size: int) -> None:
    """Those that Certificate Transparency's own tests have."""
    assert ROOTS[size - 1] == root(size, nodes(LEAVES)).hex()


def test_known_paths() -> None:
    """The same for proofs of inclusion and of consistency."""
    assert PATHS == {key: [found.hex() for found in inclusion_path(*key, nodes(LEAVES))] for key in PATHS}
    assert CONSISTENT == {key: [found.hex() for found in consistency_path(*key, nodes(LEAVES))] for key in CONSISTENT}


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    """As the RFC says."""
    assert sha256().digest() == EMPTY == root(0, nodes([]))


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=70), st.data())
def test_another_library_finds_the_same(leaves: list[bytes], data: st.DataObject) -> None:
    """Roots of every size, and a path."""
    other = pymerkle.InmemoryTree(algorithm="sha256")
    for leaf in leaves:
        other.append_entry(leaf)
    size = data.draw(st.integers(1, len(leaves)))
    assert other.get_root(size) == root(size, nodes(leaves))
    index = data.draw(st.integers(0, size - 1))
    proof = other.prove_inclusion(index + 1, size)
    base = leaf_hash(leaves[index])
    pymerkle.verify_inclusion(base, root(size, nodes(leaves)), proof)
    assert is_included(base, index, size, inclusion_path(index, size, nodes(leaves)), other.get_root(size))


@given(COUNTS, st.data())
def test_an_inclusion_proof_holds_for_its_leaf_and_place_alone(size: int, data: st.DataObject) -> None:
    """Not for another leaf, place, size or root, nor with a hash more, less, or changed."""
    leaves = tree(size + 1)
    index = data.draw(st.integers(0, size))
    node, size = nodes(leaves), size + 1
    path, top, leaf = inclusion_path(index, size, node), root(size, node), node(0, index)
    assert is_included(leaf, index, size, path, top)
    other = data.draw(st.integers(0, size + 3))
    assert (other == index) or not is_included(leaf, other, size, path, top)
    assert not is_included(leaf_hash(b"other"), index, size, path, top)
    assert not is_included(leaf, index, size, [*path, EMPTY], top)
    assert not is_included(leaf, index, size, path, EMPTY)
    if path:
        place = data.draw(st.integers(0, len(path) - 1))
        assert not is_included(leaf, index, size, path[:place] + path[place + 1 :], top)
        assert not is_included(leaf, index, size, [*path[:place], EMPTY, *path[place + 1 :]], top)


@given(COUNTS, COUNTS, st.data())
def test_a_consistency_proof_holds_for_its_two_trees_alone(one: int, two: int, data: st.DataObject) -> None:
    """The beginning of a tree is one; a tree of which a leaf was another is none."""
    old, new = sorted((one, two))
    leaves = tree(new)
    node = nodes(leaves)
    path, of_old, of_new = consistency_path(old, new, node), root(old, node), root(new, node)
    assert is_consistent(old, new, path, of_old, of_new)
    if old:
        changed = list(leaves)
        changed[data.draw(st.integers(0, old - 1))] = b"other"
        assert not is_consistent(old, new, path, root(old, nodes(changed)), of_new)
        assert not is_consistent(old, new, path, of_old, root(new, nodes(changed)))
        assert not is_consistent(old, new, [*path, EMPTY], of_old, of_new)
    if path:
        place = data.draw(st.integers(0, len(path) - 1))
        assert not is_consistent(old, new, path[:place] + path[place + 1 :], of_old, of_new)
        assert not is_consistent(old, new, [*path[:place], EMPTY, *path[place + 1 :]], of_old, of_new)


@given(st.lists(st.integers(0, 40), max_size=8))
def test_a_tree_that_is_counted_up_has_the_same_root(batches: list[int]) -> None:
    """In whatever batches its leaves come."""
    growing, size = Growing(), 0
    for count in batches:
        growing.add([leaf_hash(number.to_bytes(2)) for number in range(size, size + count)])
        size += count
        assert root(size, nodes(tree(size))) == growing.root()
    assert size == growing.size


def test_a_path_of_other_than_hashes_leads_nowhere() -> None:
    """Though the bytes of all of it together are the same."""
    node = nodes(tree(7))
    path, of_old, of_new = consistency_path(3, 7, node), root(3, node), root(7, node)
    assert is_consistent(3, 7, path, of_old, of_new)
    shifted = [path[0][:-1], path[0][-1:] + path[1], *path[2:]]
    assert b"".join(path) == b"".join(shifted)
    assert not is_consistent(3, 7, shifted, of_old, of_new)
    path, leaf = inclusion_path(2, 7, node), node(0, 2)
    assert is_included(leaf, 2, 7, path, of_new)
    assert not is_included(leaf, 2, 7, [path[0][:-1], path[0][-1:] + path[1], *path[2:]], of_new)


def test_of_all_small_trees_only_what_is_so_is_included() -> None:
    """Each leaf at each place of each size, with each path that leads anywhere."""
    sizes = range(9)
    node = nodes(tree(9))
    roots, paths = [root(size, node) for size in sizes], [[], *([node(0, place)] for place in range(3))]
    paths += [inclusion_path(index, size, node) for size in sizes for index in range(size)]
    for size in sizes:
        for index in range(-2, 12):
            for place in range(9):
                for path in paths:
                    is_so = 0 <= index < size and place == index and path == inclusion_path(index, size, node)
                    assert is_so == is_included(node(0, place), index, size, path, roots[size]), (size, index, place)


def test_of_all_small_trees_only_what_is_so_is_consistent() -> None:
    """Each size with each other, with each path that leads anywhere, and with the roots of others."""
    sizes = range(9)
    node = nodes(tree(9))
    roots = [root(size, node) for size in sizes]
    paths: list[list[bytes]] = [[], [roots[1]]]
    paths += [consistency_path(old, new, node) for new in sizes for old in range(new + 1)]
    for old in range(-1, 9):
        for new in range(-1, 9):
            for path in paths:
                for of_old, of_new in ((0, 0), (1, 1), (1, 0), (0, 1), (2, 1), (old, new), (new, old)):
                    are_those = of_old == old and (of_new == new or old == 0 < new)
                    are_one = old == new > 0 and roots[of_old] == roots[of_new]  # whichever tree it is
                    is_so = 0 <= old <= new and (are_those or are_one) and path == consistency_path(old, new, node)
                    found = is_consistent(old, new, path, roots[of_old], roots[of_new])
                    assert is_so == found, (old, new, of_old, of_new)


def test_an_odd_number_of_hashes_has_no_parents() -> None:
    """One would be left out."""
    with pytest.raises(ValueError, match="shorter"):
        parents([EMPTY] * 3)


def test_what_is_not_in_a_tree_has_no_path() -> None:
    """It is an error of the caller."""
    with pytest.raises(ValueError, match="leaf 3 is not in a tree of 3"):
        inclusion_path(3, 3, nodes(tree(3)))
    with pytest.raises(ValueError, match="a tree of 4 leaves is not the beginning of one of 3"):
        consistency_path(4, 3, nodes(tree(3)))
