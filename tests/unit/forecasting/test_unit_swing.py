"""Units that carry when the whole moves: uniform swing, and the error of each unit."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from referenda.errors import InputError
from referenda.forecasting.past_votes import logit
from referenda.forecasting.unit_swing import SwingPriors, draw_units_carried
from referenda.law.tally import Tally
from referenda.law.units import UnitVote


def unit(name: str, yes: int | None, no: int | None, weight: Fraction = Fraction(1)) -> UnitVote:
    return UnitVote(name, weight, Tally(yes=yes, no=no), False)


UNITS = [unit("Uri", 40, 60), unit("Zug", 50, 50, Fraction(1, 2)), unit("Genf", 70, 30)]


def test_without_an_error_of_their_own_units_move_with_the_whole() -> None:
    whole = float(logit(160 / 300))
    moved = np.array([whole - 1.0, whole - 0.1, whole + 0.1, whole + 1.0])
    of, carried = draw_units_carried(UNITS, moved, rng=np.random.default_rng(1), priors=SwingPriors(unit_error=0))
    assert of == 2.5
    assert carried.tolist() == [0, 1, 1.5, 2.5]


def test_a_unit_at_the_line_carries_half_of_the_time() -> None:
    even = [unit("Zug", 50, 50), unit("Bern", 50, 50)]
    _, carried = draw_units_carried(even, np.zeros(50_000), rng=np.random.default_rng(1))
    assert carried.mean() == pytest.approx(1.0, abs=0.02)
    assert {0.0, 1.0, 2.0} == set(carried.tolist())


def test_a_unit_without_votes_is_named() -> None:
    with pytest.raises(InputError, match="the votes of Uri are not known"):
        draw_units_carried([unit("Uri", None, None), *UNITS[1:]], np.zeros(10), rng=np.random.default_rng(1))
    with pytest.raises(InputError, match="there are no units"):
        draw_units_carried([], np.zeros(10), rng=np.random.default_rng(1))
