"""
The Merkle tree of RFC 6962: one hash for a whole log, and short proofs that a record is in it, or that it only grew.

A leaf is the bytes of one record. Hashes are SHA-256, with another first byte for leaves than for what is above them, so that
neither can be taken for the other.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256

Node = Callable[[int, int], bytes]
"""Gives the hash of the whole subtree at a level and a place: level 0 has the leaves, level 1 each pair of them."""

EMPTY = sha256(b"").digest()
"""The root of the tree without leaves."""


def leaf_hash(leaf: bytes) -> bytes:
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node from those of its two parts."""
    return sha256(b"\x01" + left + right).digest()


def parents(hashes: Sequence[bytes]) -> list[bytes]:
    """The hashes of the level above an even number of nodes."""
    pairs = zip(hashes[::2], hashes[1::2], strict=True)
    return [sha256(b"\x01" + left + right).digest() for left, right in pairs]


def root(size: int, node: Node) -> bytes:
    """The root of the tree of the first `size` leaves."""
    return _hash(0, size, node) if size else EMPTY


def inclusion_path(index: int, size: int, node: Node) -> list[bytes]:
    """
    The hashes that lead from a leaf to the root, from the leaf's neighbour upwards: PATH(m, D[n]) of RFC 6962, section 2.1.1.

    Args:
        index: the leaf, 0 to `size` - 1.
        size: how many leaves the tree has.
    """
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    path, first, last = list[bytes](), 0, size
    while last - first > 1:
        middle = first + _split(last - first)
        if index < middle:
            path.append(_hash(middle, last, node))
            last = middle
        else:
            path.append(_hash(first, middle, node))
            first = middle
    return path[::-1]


def consistency_path(old: int, new: int, node: Node) -> list[bytes]:
    """
    The hashes that show that a tree of `old` leaves is the beginning of one of `new`: PROOF(m, D[n]) of RFC 6962, 2.1.2.

    Args:
        old: 0 to `new`. There is nothing to show for 0, nor for `new` itself.
        new: how many leaves the tree has.
    """
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {old} leaves is not the beginning of one of {new}")
    if old in (0, new):
        return []
    path, first, last, is_whole = list[bytes](), 0, new, True
    while last != old:
        middle = first + _split(last - first)
        if old <= middle:
            path.append(_hash(middle, last, node))
            last = middle
        else:
            path.append(_hash(first, middle, node))
            first, is_whole = middle, False
    return ([] if is_whole else [_hash(first, last, node)]) + path[::-1]


def is_included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether a path leads from the hash of a leaf at a place to the root of a tree: RFC 9162, section 2.1.3.2."""
    if not 0 <= index < size or not _are_hashes(path):
        return False
    place, last, found = index, size - 1, leaf
    for other in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(other, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, other)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def is_consistent(old: int, new: int, path: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Whether a path shows that one tree is the beginning of another: RFC 9162, section 2.1.4.2."""
    if not 0 <= old <= new:
        return False
    if old == 0:
        return not path and old_root == EMPTY and (new > 0 or new_root == EMPTY)
    if old == new:
        return not path and old_root == new_root
    if not path or not _are_hashes(path):
        return False
    # The steps are those of the RFC, where `place` is fn and `last` sn; a whole tree's root is left out of its path.
    hashes = list(path) if old & (old - 1) else [old_root, *path]
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    of_old = of_new = hashes[0]
    for other in hashes[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            of_old, of_new = node_hash(other, of_old), node_hash(other, of_new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            of_new = node_hash(of_new, other)
        place, last = place >> 1, last >> 1
    return last == 0 and (of_old, of_new) == (old_root, new_root)


def _are_hashes(path: Sequence[bytes]) -> bool:
    """Whether each is as long as a hash: else two that stand side by side could share their bytes otherwise."""
    return all(len(found) == len(EMPTY) for found in path)


def _split(count: int) -> int:
    """The largest power of two below a count of two or more: where a tree is divided."""
    return 1 << ((count - 1).bit_length() - 1)


def _hash(first: int, last: int, node: Node) -> bytes:
    """The hash of the leaves from `first`, itself among them, to `last`, itself not; one or more, as a tree is divided."""
    count = last - first
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return node(level, first >> level)
    middle = first + _split(count)
    return node_hash(_hash(first, middle, node), _hash(middle, last, node))
