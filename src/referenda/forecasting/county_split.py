"""How the signatures of a petition spread over the counties, before it is known where they are filed.

A petition's counties are taken to be those of the place's voters, each more or less by a factor of its own. In two
Californian petitions whose counts by county are public the logarithm of (share of the signatures / share of the votes
of November 2016) varies between counties with a standard deviation of 0.66 (Six Californias 2014, 30 counties; 0.34
when weighted by votes) and 0.69 (recall of 2021, 45 counties; 0.58); `SPREAD` stands between the weighted figures.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from io import StringIO

import numpy as np
from numpy.typing import NDArray

SPREAD = 0.5
STILL_TO_COME = 0.2
"""The same where counts by county so far are known: a judgement, as no such counts by day are public."""


@dataclass(frozen=True)
class CountySplit:
    """Counties and their expected parts of the signatures.

    `shares` add to one; `spread` is the standard deviation of each county's own factor on the log scale, zero where
    the counts of the counties are known.
    """

    counties: tuple[str, ...]
    shares: NDArray[np.float64]
    spread: float

    def draw(self, totals: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
        """Spread totals, shape (draws,), over the counties: whole signatures, shape (draws, counties).

        The signatures that rounding loses or wins are settled in each draw's largest county, so the rows add up.
        """
        shares = np.broadcast_to(self.shares, (len(totals), len(self.shares)))
        if self.spread > 0:
            shares = shares * np.exp(self.spread * rng.standard_normal(shares.shape))
            shares = shares / shares.sum(axis=1, keepdims=True)
        raw = np.floor(totals[:, None] * shares + 0.5)
        largest = int(np.argmax(self.shares))
        raw[:, largest] = np.maximum(raw[:, largest] + np.round(totals) - raw.sum(axis=1), 0.0)
        return raw


def split_by_counts(raw_by_county: Mapping[str, int], *, spread: float = 0.0) -> CountySplit:
    """Take the split from counts by county, of which at least one is above zero; `spread` 0 where they are final."""
    raw = np.array(list(raw_by_county.values()), dtype=np.float64)
    return CountySplit(tuple(raw_by_county), raw / raw.sum(), spread)


def split_of_place(place_id: str) -> CountySplit:
    """Take the split from the voters of a place; one row for the whole place where its counties are not at hand."""
    votes = _votes(place_id)
    if not votes:
        return CountySplit(("whole place",), np.ones(1), 0.0)
    return CountySplit(tuple(votes), np.array(list(votes.values())) / sum(votes.values()), SPREAD)


@lru_cache
def _votes(place_id: str) -> dict[str, int]:
    table = files("referenda.forecasting").joinpath("data", "county_votes.csv").read_text("utf-8")
    return {row["county"]: int(row["votes"]) for row in csv.DictReader(StringIO(table)) if row["place"] == place_id}
