"""The hash tree of RFC 6962 (section 2.1) with SHA-256, and its proofs.

A leaf's hash is that of 0x00 and its bytes, a node's that of 0x01 and its two children, so that no node can be
passed off as a leaf. A tree of n leaves is split at the largest power of two below n. Every hash is 32 bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

HASH_LENGTH = 32
EMPTY_ROOT = sha256().digest()


def leaf_hash(leaf: bytes) -> bytes:
    """Hash the bytes of a leaf."""
    return sha256(b"\0" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two children to their node."""
    return sha256(b"\1" + left + right).digest()


class Tree:
    """A tree that grows at its right end and remembers only what it needs for that.

    `peaks` are the roots of the complete subtrees from left to right, one for each bit that is set in `size`. To
    append n leaves takes less than 2n hashes, and the state never holds more than 64 of them.

    Raises
    ------
    ValueError
        The number of peaks does not fit the size.
    """

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()) -> None:
        if size < 0 or len(peaks) != size.bit_count() or any(len(peak) != HASH_LENGTH for peak in peaks):
            raise ValueError(f"a tree of {size} leaves does not have {len(peaks)} peaks")
        self.size = size
        self.peaks = list(peaks)

    def append(self, leaf: bytes) -> None:
        """Add a leaf, given by its hash, at the right end."""
        carry, node, peaks = self.size, leaf, self.peaks
        while carry & 1:
            node = sha256(b"\1" + peaks.pop() + node).digest()
            carry >>= 1
        peaks.append(node)
        self.size += 1

    def root(self) -> bytes:
        """Give the root over all leaves so far."""
        if not self.peaks:
            return EMPTY_ROOT
        *rest, root = self.peaks
        for peak in reversed(rest):
            root = node_hash(peak, root)
        return root


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Compute the root over leaves, given by their hashes in order."""
    tree = Tree()
    for leaf in leaves:
        tree.append(leaf)
    return tree.root()


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Give the hashes that lead from one leaf to the root (RFC 6962, section 2.1.1), nearest first.

    Parameters
    ----------
    leaves
        The hashes of all leaves in order.
    index
        The leaf's position, 0 <= index < len(leaves).
    """
    if not 0 <= index < len(leaves):
        raise ValueError(f"there is no leaf {index} among {len(leaves)}")
    if len(leaves) == 1:
        return []
    split = _split(len(leaves))
    if index < split:
        return [*inclusion_proof(leaves[:split], index), root_of(leaves[split:])]
    return [*inclusion_proof(leaves[split:], index - split), root_of(leaves[:split])]


def consistency_proof(leaves: Sequence[bytes], size: int) -> list[bytes]:
    """Give the hashes that show the tree over all leaves to extend that over the first `size` (RFC 6962, 2.1.2).

    Parameters
    ----------
    leaves
        The hashes of all leaves in order.
    size
        The size of the smaller tree, 0 < size <= len(leaves).
    """
    if not 0 < size <= len(leaves):
        raise ValueError(f"a tree of {len(leaves)} leaves extends none of {size}")
    return _subproof(leaves, size, known=True)


def _subproof(leaves: Sequence[bytes], size: int, *, known: bool) -> list[bytes]:
    if size == len(leaves):
        return [] if known else [root_of(leaves)]
    split = _split(len(leaves))
    if size <= split:
        return [*_subproof(leaves[:split], size, known=known), root_of(leaves[split:])]
    return [*_subproof(leaves[split:], size - split, known=False), root_of(leaves[:split])]


def check_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Find out whether a proof shows a leaf, given by its hash, at `index` of the tree with `size` leaves and `root`.

    The steps are those of RFC 9162, section 2.1.3.2.
    """
    if not 0 <= index < size:
        return False
    node, at, last = leaf, index, size - 1
    for sibling in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            node = node_hash(sibling, node)
            while not at & 1 and at != 0:
                at, last = at >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and node == root


def check_consistency(
    first_size: int, first_root: bytes, second_size: int, second_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Find out whether a proof shows that the second tree extends the first, 0 < first_size <= second_size.

    The steps are those of RFC 9162, section 2.1.4.2.
    """
    if not 0 < first_size <= second_size:
        return False
    if first_size == second_size:
        return not proof and first_root == second_root
    path = list(proof)
    if first_size.bit_count() == 1:
        path.insert(0, first_root)
    if not path:
        return False
    at, last = first_size - 1, second_size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    first = second = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not at & 1 and at != 0:
                at, last = at >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and first == first_root and second == second_root


def _split(size: int) -> int:
    """Give the largest power of two below a size of at least 2."""
    return 1 << (size - 1).bit_length() - 1
