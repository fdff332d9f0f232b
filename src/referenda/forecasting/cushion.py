"""How many signatures to file: the chance of passing as a curve over the raw count, and what makes it cheaper.

For every raw count of a grid the petition is verified anew in all draws, with the same draws of validity, counties and
duplicates and the same random numbers of the sample, so that the curve shows the raw count's doing and not chance.
What noise of the sample is left is smoothed by isotonic regression (more signatures of the same quality never hurt).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression  # type: ignore[import-untyped]
from scipy.special import ndtr  # type: ignore[import-untyped]

from referenda.forecasting.counting import CountInDraws, FullCheck
from referenda.forecasting.draws import generator
from referenda.forecasting.duplicates import duplicate_share
from referenda.forecasting.history import PlaceValidity
from referenda.forecasting.qualification import QUALIFIES, Known, draw_quality, valid_part
from referenda.forecasting.verification import OUTCOMES, simulate_verification

Floats = NDArray[np.float64]
CERTAINTIES = (0.8, 0.9, 0.95, 0.99)
POINTS = 21
THOUSAND = 1000
MOST = 20.0  # times the requirement, as the end of every curve
BY_SAMPLE_ABOVE = 1.1  # samples that decide alone ask for about so much more; the curve has points on both sides
EXPECTED = 1.4  # times the requirement: what is filed, about (a judgement); the checked lines are weighed beside it
FOUND = (0.0, 0.25, 0.5, 0.75, 1.0)
BY_SAMPLE, IN_THE_END = "by_sample", "in_the_end"
WAYS = (BY_SAMPLE, IN_THE_END)


@dataclass(frozen=True)
class CushionPoint:
    """The chances at one raw count: of passing on the sample alone, and of qualifying in the end."""

    raw_count: int
    by_sample: float
    in_the_end: float
    fails_sample: float


@dataclass(frozen=True)
class NextThousand:
    """What a thousand more lines from one county bring: valid distinct signatures expected, and chance gained."""

    county: str
    valid_distinct: float
    chance: float


@dataclass(frozen=True)
class Cleaning:
    """What striking bad lines before filing is worth.

    `found` is the share of the invalid lines and of the duplicates that is found and struck, `struck` the lines struck
    (the median of the draws); `worth_raw` says how many more raw signatures would have given the same chance of
    passing on the sample (None: more than the curve shows, or nothing can pass on a sample there). Below zero where
    the sample of the place overlooks duplicates, so that striking them lowers its projection alone. The first of
    several is that of nothing struck, beside which the others stand.
    """

    found: float
    struck: int
    by_sample: float
    in_the_end: float
    worth_raw: int | None


@dataclass(frozen=True)
class Cushion:
    """The curve, what certainty takes, and what helps; `at` is the raw count that the last two are told for."""

    known: Known
    seed: int
    draws: int
    points: tuple[CushionPoint, ...]
    at: int
    next_thousand: tuple[NextThousand, ...]
    cleaning: tuple[Cleaning, ...]

    def raw_needed(self, certainty: float, way: str) -> int | None:
        """Give the least raw count for a chance of passing `by_sample` or `in_the_end`; None beyond the curve."""
        chances = np.array([getattr(point, way) for point in self.points])
        raw = np.array([point.raw_count for point in self.points], dtype=np.float64)
        reached = np.flatnonzero(chances >= certainty)
        if not reached.size:
            return None
        first = int(reached[0])
        if first == 0:
            return int(raw[0])
        below, above = chances[first - 1], chances[first]
        return int(np.ceil(raw[first - 1] + (raw[first] - raw[first - 1]) * (certainty - below) / (above - below)))

    def as_dict(self, *, certainties: Sequence[float] = CERTAINTIES, cost: float | None = None) -> dict[str, Any]:
        """Give it under the names of `--json`; `cost` is that of one raw signature."""

        def priced(raw: int | None) -> dict[str, Any]:
            found: dict[str, Any] = {"raw_count": raw, "of_requirement": None}
            if raw is not None:
                found["of_requirement"] = raw / self.known.requirement
            if cost is not None:
                found["cost"] = None if raw is None else raw * cost
            return found

        return {
            "requirement": self.known.requirement,
            "needed": [
                {"certainty": level, **{way: priced(self.raw_needed(level, way)) for way in WAYS}}
                for level in certainties
            ],
            "curve": [vars(point) for point in self.points],
            "at": self.at,
            "next_thousand": [vars(more) for more in self.next_thousand],
            "cleaning": [vars(option) for option in self.cleaning],
            "seed": self.seed,
            "draws": self.draws,
        }


class _Verifier:
    """The petition's draws of quality, and its verification at any raw count."""

    def __init__(
        self, known: Known, place: PlaceValidity, count: CountInDraws | FullCheck, draws: int, seed: int
    ) -> None:
        self.known, self.count, self.draws, self.seed = known, count, draws, seed
        expected = float(known.raw_count or EXPECTED * known.requirement)
        self.validity, self.rate = draw_quality(known, self.split(expected), place=place, draws=draws, seed=seed)

    def split(self, raw_count: float) -> Floats:
        """Spread a raw count over the counties, shape (draws, counties)."""
        return self.known.split.draw(np.full(self.draws, float(raw_count)), generator(self.seed, "counties"))

    def chances(self, raw: Floats, valid_share: Floats, duplicates: Floats) -> tuple[float, float, float]:
        """Give the chances of passing on the sample, of qualifying in the end and of failing the sample."""
        verified = simulate_verification(
            self.count,
            raw,
            valid_share,
            duplicates,
            rng=generator(self.seed, "verification"),
            filed=np.ones(self.draws, dtype=np.bool_),
        )
        share = np.bincount(verified.outcome, minlength=len(OUTCOMES)) / self.draws
        by_name = dict(zip(OUTCOMES, share.tolist(), strict=True))
        return by_name["sufficient_on_sample"], sum(by_name[name] for name in QUALIFIES), by_name["fails_sample"]

    def repeated(self, raw: Floats) -> Floats:
        """Give the share of all lines that repeat a signer, shape (draws,)."""
        share: Floats = duplicate_share(self.rate, raw.sum(axis=1)) * valid_part(raw, self.validity.share)
        return share

    def at(self, raw_count: int) -> CushionPoint:
        """Verify the petition at a raw count."""
        raw = self.split(raw_count)
        return CushionPoint(raw_count, *self.chances(raw, self.validity.share, self.repeated(raw)))

    def needed_in_draws(self) -> Floats:
        """Give the raw count at which each draw's valid distinct signatures reach the requirement, about."""
        raw = self.split(self.known.requirement)
        valid = (raw * self.validity.share).sum(axis=1) / raw.sum(axis=1)
        most = MOST * self.known.requirement
        needed: Floats = np.minimum(self.known.requirement / valid, most)
        for _ in range(20):
            distinct = valid * (1 - duplicate_share(self.rate, needed))
            needed = np.minimum(self.known.requirement / np.maximum(distinct, 1 / MOST), most)
        return needed


def forecast_cushion(
    known: Known,
    *,
    place: PlaceValidity,
    count: CountInDraws | FullCheck,
    at: int | None = None,
    draws: int = 10_000,
    seed: int,
) -> Cushion:
    """Draw the curve of certainty over the raw count.

    Parameters
    ----------
    known
        What is known of the petition; its own raw count does not bound the curve.
    at
        The raw count for which the next thousand and cleaning are told; where none is given, the one that makes
        qualifying in the end 90 percent sure.
    """
    verifier = _Verifier(known, place, count, draws, seed)
    needed = verifier.needed_in_draws()
    likely = np.quantile(np.concatenate([needed, BY_SAMPLE_ABOVE * needed]), ndtr(np.linspace(-2.9, 2.4, POINTS - 1)))
    grid = np.unique(np.maximum([*likely, 1.1 * likely[-1]], known.requirement).astype(np.int64))
    found = [verifier.at(int(raw)) for raw in grid]
    smooth = {way: isotonic_regression([getattr(point, way) for point in found]).x.tolist() for way in WAYS}
    falling = isotonic_regression([point.fails_sample for point in found], increasing=False).x.tolist()
    points = tuple(
        CushionPoint(point.raw_count, smooth[BY_SAMPLE][i], smooth[IN_THE_END][i], falling[i])
        for i, point in enumerate(found)
    )
    curve = Cushion(known, seed, draws, points, 0, (), ())
    chosen = at or curve.raw_needed(0.9, IN_THE_END) or int(grid[-1])
    return Cushion(
        known, seed, draws, points, chosen, _next_thousand(verifier, points, chosen), _clean(verifier, curve, chosen)
    )


def _next_thousand(verifier: _Verifier, points: Sequence[CushionPoint], at: int) -> tuple[NextThousand, ...]:
    """Tell what a thousand further lines bring in each county, less the signers among them who signed already."""
    new = np.exp(-2 * verifier.rate * at)  # how distinct signers grow with the lines: see `duplicate_share`
    valid = (verifier.validity.share * new[:, None]).mean(axis=0) * THOUSAND
    raw = np.array([point.raw_count for point in points], dtype=np.float64)
    chance = np.array([point.in_the_end for point in points])
    slope = float(np.interp(at + THOUSAND, raw, chance) - np.interp(at, raw, chance))
    typical = float(valid @ verifier.known.split.shares)
    told = [
        NextThousand(county, float(more), slope * float(more) / typical if typical else 0.0)
        for county, more in zip(verifier.known.split.counties, valid, strict=True)
    ]
    return tuple(sorted(told, key=lambda more: -more.valid_distinct))


def _clean(verifier: _Verifier, curve: Cushion, at: int) -> tuple[Cleaning, ...]:
    raw = verifier.split(at)
    share = verifier.validity.share
    nothing: int | None = None
    duplicates = share * duplicate_share(verifier.rate, raw.sum(axis=1))[:, None]  # of all lines of the county
    told = []
    for found in FOUND:
        struck = found * (1 - share + duplicates)
        left = np.rint(raw * (1 - struck))
        better = np.clip((share - found * duplicates) / (1 - struck), 0.0, 1.0)
        still = (1 - found) * (raw * duplicates).sum(axis=1) / np.maximum(left.sum(axis=1), 1.0)
        still = np.minimum(still, 0.5)  # where so few lines are left that rounding alone brings more
        by_sample, in_the_end, _ = verifier.chances(left, better, still)
        equal = curve.raw_needed(by_sample, BY_SAMPLE) if by_sample > 0 else None
        nothing = equal if found == 0 else nothing
        worth = None if equal is None or nothing is None else equal - nothing
        gone = float(np.median(raw.sum(axis=1) - left.sum(axis=1)))
        told.append(Cleaning(found, round(gone), by_sample, in_the_end, worth))
    return tuple(told)
