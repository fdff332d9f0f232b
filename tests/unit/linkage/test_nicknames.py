"""Given names that stand for one another."""

from __future__ import annotations

import numpy as np
import pytest

from referenda.linkage.keys import Texts, combine
from referenda.linkage.nicknames import nickname_pairs, related_names


@pytest.mark.parametrize(
    ("name", "nickname"),
    [
        ("WILLIAM", "BILL"),
        ("BILL", "BILLY"),
        ("FRANCISCO", "PACO"),
        ("JESUS", "CHUY"),
        ("XIN", "HSIN"),
        ("DUNG", "DZUNG"),
    ],
)
def test_a_name_and_its_nickname_are_related_both_ways(name: str, nickname: str) -> None:
    assert {(name, nickname), (nickname, name)} <= related_names()


def test_no_name_is_its_own_nickname_and_strangers_are_not_related() -> None:
    assert all(one != other for one, other in related_names())
    assert ("WILLIAM", "PACO") not in related_names()
    assert ("RON", "ERIN") not in related_names()


def test_the_keys_of_pairs_are_sorted_and_found_again() -> None:
    keys = nickname_pairs()
    assert np.all(keys[1:] >= keys[:-1])
    asked = combine(Texts(["BILL", "BILL"]).hash(), Texts(["WILLIAM", "PACO"]).hash())
    assert np.isin(asked, keys).tolist() == [True, False]
