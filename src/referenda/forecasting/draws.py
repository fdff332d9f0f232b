"""Draws: how many are made, from which random numbers, and by which quantiles they are told.

From the draws alone a chance p has a standard error of sqrt(p (1 - p) / draws): at most 0.023 with the fewest that are
made, 0.005 with the usual ten thousand.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from referenda.errors import Fault, InputError

LEVELS = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
LEAST, MOST = 500, 1_000_000
PARTS = ("gathering", "counties", "validity", "duplicates", "verification", "filing")
"""The parts of a petition's forecast; their order fixes the random numbers of each."""


def check_draws(draws: int) -> None:
    """Refuse so few draws that a probability means nothing, or so many that memory ends.

    Raises
    ------
    InputError
        Fewer than 500 or more than 1,000,000.
    """
    if not LEAST <= draws <= MOST:
        remedy = f"Give from {LEAST:,} to {MOST:,}; 10,000 are usual."
        raise InputError(Fault("so many draws are not made", column="--draws", value=str(draws), remedy=remedy))


def generator(seed: int, part: str) -> np.random.Generator:
    """Give the random numbers of one part (`PARTS`); the same for the same seed, whatever the others draw."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(PARTS.index(part),))))


def quantiles(values: NDArray[np.float64]) -> dict[str, float]:
    """Give the quantiles at `LEVELS` of the draws that have a value; empty where none has."""
    finite = values[np.isfinite(values)]
    if not finite.size:
        return {}
    return {f"{level:g}": float(value) for level, value in zip(LEVELS, np.quantile(finite, LEVELS), strict=True)}
