"""The hash tree against RFC 6962's own definition, written down as it stands there."""

from __future__ import annotations

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from referenda.ledger.tree import (
    Tree,
    check_consistency,
    check_inclusion,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root_of,
)

sizes = st.integers(1, 130)


def numbered(size: int) -> list[bytes]:
    return [str(number).encode() for number in range(size)]


def hashed(size: int) -> list[bytes]:
    return [leaf_hash(leaf) for leaf in numbered(size)]


def merkle_tree_hash(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1, over the leaves themselves."""
    n = len(leaves)
    if n == 0:
        return sha256(b"").digest()
    if n == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = max(2**power for power in range(n.bit_length()) if 2**power < n)
    return sha256(b"\x01" + merkle_tree_hash(leaves[:k]) + merkle_tree_hash(leaves[k:])).digest()


@given(st.lists(st.binary(max_size=40), max_size=80))
def test_the_root_is_that_of_the_definition(leaves: list[bytes]) -> None:
    assert merkle_tree_hash(leaves) == root_of(map(leaf_hash, leaves))


@given(sizes, st.data())
def test_a_tree_taken_up_again_goes_on_as_if_never_laid_down(size: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, size))
    tree = Tree()
    for leaf in hashed(size)[:first]:
        tree.append(leaf)
    again = Tree(tree.size, tree.peaks)
    for leaf in hashed(size)[first:]:
        again.append(leaf)
    assert merkle_tree_hash(numbered(size)) == again.root()
    assert merkle_tree_hash(numbered(first)) == tree.root()


@given(sizes, st.data())
def test_every_inclusion_proof_holds_and_is_short(size: int, data: st.DataObject) -> None:
    leaves = hashed(size)
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(leaves, index)
    assert len(proof) <= (size - 1).bit_length()
    assert check_inclusion(leaves[index], index, size, proof, root_of(leaves))


@given(sizes, st.data())
def test_an_inclusion_proof_holds_for_nothing_else(size: int, data: st.DataObject) -> None:
    leaves = hashed(size)
    index = data.draw(st.integers(0, size - 1))
    proof, root = inclusion_proof(leaves, index), root_of(leaves)
    other = data.draw(st.integers(0, size - 1).filter(lambda i: i != index) if size > 1 else st.just(1))
    assert not check_inclusion(leaves[index], other, size, proof, root)
    assert not check_inclusion(leaf_hash(b"another"), index, size, proof, root)
    assert not check_inclusion(leaves[index], index, size, [*proof, root], root)
    assert not check_inclusion(leaves[index], index, size, proof, leaf_hash(b"another"))
    for place in range(len(proof)):
        assert not check_inclusion(leaves[index], index, size, proof[:place] + proof[place + 1 :], root)
        changed = [*proof[:place], leaf_hash(proof[place]), *proof[place + 1 :]]
        assert not check_inclusion(leaves[index], index, size, changed, root)


@given(sizes, st.data())
def test_every_consistency_proof_holds(size: int, data: st.DataObject) -> None:
    leaves = hashed(size)
    first = data.draw(st.integers(1, size))
    proof = consistency_proof(leaves, first)
    assert len(proof) <= size.bit_length() + 1
    assert check_consistency(first, root_of(leaves[:first]), size, root_of(leaves), proof)


@given(sizes, st.data())
def test_no_consistency_proof_joins_a_forked_log(size: int, data: st.DataObject) -> None:
    leaves = hashed(size)
    first = data.draw(st.integers(1, size))
    forked_at = data.draw(st.integers(0, first - 1))
    forked = [*leaves[:forked_at], leaf_hash(b"another"), *leaves[forked_at + 1 :]]
    old, new = root_of(leaves[:first]), root_of(forked)
    assert not check_consistency(first, old, size, new, consistency_proof(forked, first))
    assert not check_consistency(first, old, size, new, consistency_proof(leaves, first))


@given(sizes, st.data())
def test_a_changed_consistency_proof_does_not_hold(size: int, data: st.DataObject) -> None:
    leaves = hashed(size)
    first = data.draw(st.integers(1, size))
    proof, old, new = consistency_proof(leaves, first), root_of(leaves[:first]), root_of(leaves)
    assert not check_consistency(first, old, size, new, [*proof, new])
    for place in range(len(proof)):
        assert not check_consistency(first, old, size, new, proof[:place] + proof[place + 1 :])
        changed = [*proof[:place], leaf_hash(proof[place]), *proof[place + 1 :]]
        assert not check_consistency(first, old, size, new, changed)
