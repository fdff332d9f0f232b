from __future__ import annotations

import pytest

from referenda.ledger.tree import (
    Tree,
    check_consistency,
    check_inclusion,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
)

LEAVES = [leaf_hash(bytes([number])) for number in range(7)]


def test_a_tree_remembers_one_peak_for_each_set_bit_of_its_size() -> None:
    tree = Tree()
    for number, leaf in enumerate(LEAVES, start=1):
        tree.append(leaf)
        assert (tree.size, len(tree.peaks)) == (number, number.bit_count())


@pytest.mark.parametrize(
    ("size", "peaks"), [(1, []), (0, [LEAVES[0]]), (2, LEAVES[:2]), (3, LEAVES[:1]), (1, [b"short"]), (-1, LEAVES[:1])]
)
def test_peaks_that_do_not_fit_the_size_are_refused(size: int, peaks: list[bytes]) -> None:
    with pytest.raises(ValueError, match="does not have"):
        Tree(size, peaks)


@pytest.mark.parametrize("index", [-1, 7])
def test_there_is_no_proof_for_a_leaf_outside_the_tree(index: int) -> None:
    with pytest.raises(ValueError, match="there is no leaf"):
        inclusion_proof(LEAVES, index)
    assert not check_inclusion(LEAVES[0], index, 7, [], LEAVES[0])


@pytest.mark.parametrize("size", [0, 8])
def test_there_is_no_consistency_with_a_tree_that_is_empty_or_larger(size: int) -> None:
    with pytest.raises(ValueError, match="extends none"):
        consistency_proof(LEAVES, size)
    assert not check_consistency(size, LEAVES[0], 7, LEAVES[0], [])


def test_an_empty_proof_joins_only_a_tree_and_itself() -> None:
    assert check_consistency(3, LEAVES[0], 3, LEAVES[0], [])
    assert not check_consistency(3, LEAVES[0], 3, LEAVES[1], [])
    assert not check_consistency(3, LEAVES[0], 3, LEAVES[0], [LEAVES[1]])
    assert not check_consistency(3, LEAVES[0], 5, LEAVES[0], [])
