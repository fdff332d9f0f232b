"""Draws: how many are made, from which random numbers, and by which quantiles they are told."""

from __future__ import annotations

import numpy as np
import pytest

from referenda.errors import InputError
from referenda.forecasting.draws import check_draws, generator, quantiles


@pytest.mark.parametrize("draws", [500, 10_000, 1_000_000])
def test_draws_are_made_from_five_hundred_to_a_million(draws: int) -> None:
    check_draws(draws)


@pytest.mark.parametrize("draws", [0, 499, 1_000_001])
def test_too_few_draws_and_too_many_are_refused(draws: int) -> None:
    with pytest.raises(InputError, match="Give from 500 to 1,000,000"):
        check_draws(draws)


def test_each_part_has_random_numbers_of_its_own_and_the_same_for_the_same_seed() -> None:
    first = generator(7, "validity").random(3)
    assert first.tolist() == generator(7, "validity").random(3).tolist()
    assert not np.isin(generator(7, "filing").random(3), first).any()
    assert not np.isin(generator(8, "validity").random(3), first).any()


def test_quantiles_are_of_the_draws_that_have_a_value() -> None:
    assert quantiles(np.array([np.nan, *range(101)]))["0.9"] == 90
    assert quantiles(np.array([np.nan, np.nan])) == {}
