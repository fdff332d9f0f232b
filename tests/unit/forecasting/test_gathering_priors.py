"""What history says of drives: the shares that follow from it, and which place it is taken from."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from referenda.forecasting.gathering_priors import EUROPEAN, PAPER, GatheringPriors, gathering_priors


def test_the_share_of_organised_drives_follows_from_the_share_that_qualifies() -> None:
    shares = [replace(PAPER, qualifying_share=share).organised_share for share in (0.05, 0.19, 0.5)]
    assert shares == sorted(shares)
    assert PAPER.qualifying_share < PAPER.organised_share < 0.3
    assert replace(PAPER, qualifying_share=0.999).organised_share == pytest.approx(0.99)


def test_hardly_anybody_files_too_little_and_hardly_anybody_keeps_enough_back() -> None:
    chances = PAPER.filing_chance(np.array([0.0, 0.5, 1.05, 1.5]))
    assert chances == pytest.approx([0.03, 0.03, 0.5, 0.97], abs=0.005)


def test_a_place_has_its_own_history_where_there_is_one() -> None:
    assert gathering_priors("eu") is EUROPEAN
    assert gathering_priors("us/ca") is PAPER
    assert gathering_priors("europa/nowhere") is PAPER


def test_the_numbers_are_given_under_their_names() -> None:
    given = PAPER.as_dict()
    assert {field.name for field in fields(GatheringPriors)} | {"organised_share"} == set(given)
    assert given["organised_share"] == PAPER.organised_share
