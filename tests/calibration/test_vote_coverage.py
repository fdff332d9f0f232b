"""Simulated votes made by other means than the model: the 80 % intervals hold the vote in 80 +- 3 % of cases.

The shapes are those of `bench/vote_shapes.py`. 1,000 votes of each are made; the standard error of a share of 0.8 in
them is 1.3 points, so over all shapes together the margin is the issue's 3 points and for each alone it is 4.
"""

from __future__ import annotations

import importlib.util
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from referenda.forecasting.past_votes import share_of
from referenda.forecasting.vote_shares import draw_shares


def load_bench() -> ModuleType:
    path = Path(__file__).parents[2] / "bench" / "vote_shapes.py"
    spec = importlib.util.spec_from_file_location("vote_shapes", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


bench = load_bench()
VOTES, DRAWS = 1_000, 1_000


@cache
def held(key: int, shape: str) -> np.ndarray:
    """Say of each simulated vote whether the 80 % interval holds turnout, the share of yes, and their product."""
    rows = []
    for index in range(VOTES):
        chances = [np.random.default_rng([2026, key, index, part]) for part in (0, 1)]
        case = bench.SHAPES[shape](chances[0])
        shares = draw_shares(case.evidence, draws=DRAWS, rng=chances[1], history=case.history)
        turnout, yes = share_of(shares.turnout), share_of(shares.yes)
        row = []
        for drawn, actual in (
            (turnout, case.turnout), (yes, case.yes_share), (turnout * yes, case.turnout * case.yes_share)
        ):  # fmt: skip
            low, high = np.quantile(drawn, [0.1, 0.9])
            row.append(low <= actual <= high)
        rows.append(row)
    return np.array(rows)


@pytest.mark.slow
@pytest.mark.parametrize(("key", "shape"), list(enumerate(bench.SHAPES)))
def test_four_fifths_of_simulated_votes_lie_in_the_interval(key: int, shape: str) -> None:
    for name, share in zip(("turnout", "yes", "yes of registered"), held(key, shape).mean(axis=0), strict=True):
        assert share == pytest.approx(0.80, abs=0.04), name


@pytest.mark.slow
def test_over_all_shapes_the_interval_holds_what_it_says() -> None:
    every = np.concatenate([held(key, shape) for key, shape in enumerate(bench.SHAPES)])
    assert every.mean(axis=0) == pytest.approx([0.80, 0.80, 0.80], abs=0.03)
