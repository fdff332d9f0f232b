"""How signatures spread over counties before it is known where they are filed."""

import numpy as np
import pytest

from referenda.forecasting.county_split import SPREAD, split_by_counts, split_of_place


def test_the_counties_of_california_come_with_its_votes() -> None:
    split = split_of_place("us/ca")
    assert len(split.counties) == 58
    assert split.shares.sum() == pytest.approx(1)
    assert split.counties[int(np.argmax(split.shares))] == "Los Angeles"
    assert split.spread == SPREAD


def test_a_place_without_counties_at_hand_is_one_row() -> None:
    assert split_of_place("us/co").counties == ("whole place",)


def test_counts_that_were_filed_are_met_exactly_in_every_draw() -> None:
    split = split_by_counts({"Alder": 1000, "Birch": 333, "Cedar": 1})
    raw = split.draw(np.full(5, 1334.0), np.random.default_rng(1))
    assert raw.tolist() == [[1000, 333, 1]] * 5


def test_drawn_counties_add_up_to_the_total_of_their_draw() -> None:
    totals = np.array([0.0, 1.0, 17.0, 585_407.0, 900_000.0])
    raw = split_of_place("us/ca").draw(totals, np.random.default_rng(1))
    assert raw.sum(axis=1).tolist() == totals.tolist()
    assert (raw >= 0).all()


def test_unknown_counties_vary_by_the_spread_that_two_petitions_showed() -> None:
    split = split_of_place("us/ca")
    raw = split.draw(np.full(4000, 1e6), np.random.default_rng(1))
    kern = split.counties.index("Kern")
    assert np.log(raw[:, kern] / (1e6 * split.shares[kern])).std() == pytest.approx(SPREAD, abs=0.12)
