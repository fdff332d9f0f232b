"""Will a petition qualify: from what is known so far to the distribution of what it comes to, and why.

The parts are drawn together, draw by draw: how many signatures are gathered and whether they are filed
(`gathering`), where (`county_split`), how many lines are valid (`validity`), how many repeat a signer
(`duplicates`), and what the place's own law makes of them (`verification`). Each part has random numbers of its own,
so what one part learns never shifts the chance of another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit  # type: ignore[import-untyped]

from referenda.forecasting.counting import CountInDraws, FullCheck
from referenda.forecasting.county_split import CountySplit
from referenda.forecasting.draws import generator, quantiles
from referenda.forecasting.duplicates import Compared, DuplicatePriors, draw_duplicate_rate, duplicate_share
from referenda.forecasting.gathering import Gathered, GatheringDraws, Window, draw_gathering
from referenda.forecasting.gathering_priors import PAPER, GatheringPriors
from referenda.forecasting.history import PlaceValidity
from referenda.forecasting.pace import resample
from referenda.forecasting.validity import CheckedBatch, ValidityDraws, draw_validity
from referenda.forecasting.verification import OUTCOMES, VerificationDraws, simulate_verification

Floats = NDArray[np.float64]
QUALIFIES = ("full_check_yes", "sufficient_on_sample")
FILED_FROM, FILED_SPREAD, FILED_ANYHOW = 0.92, 0.08, 0.05
TENTH = 0.1
METHOD = "qualification-draws/1"
"""Name and version of the method, for the record; a change of its numbers is a new version."""


@dataclass(frozen=True)
class Known:
    """What is known of a petition on the day of the forecast.

    `filed` says that `split` and `raw_count` are what was filed; before that `raw_count` is None and the `window` is
    needed, in which `gathered` has the totals so far.
    """

    as_of: date
    requirement: int
    split: CountySplit
    window: Window | None = None
    gathering_priors: GatheringPriors = PAPER
    gathered: Sequence[Gathered] = ()
    raw_count: int | None = None
    checked: Sequence[CheckedBatch] = ()
    compared: Sequence[Compared] = ()
    duplicate_priors: DuplicatePriors | None = None

    @property
    def filed(self) -> bool:
        """Whether the petition is filed, so that its raw count is known."""
        return self.raw_count is not None


@dataclass(frozen=True)
class Driver:
    """What moves the outcome: the chance of qualifying where this part comes out low, and where high.

    `low` and `high` are the part's values below and above which a tenth of the draws lie (of duplicates: their share
    of the valid lines at as many lines as required, whatever is filed); `share` in [0, 1] is the part of the outcome's
    variance that knowing this part alone would remove (the correlation ratio over tenths).
    """

    name: str
    low: float
    high: float
    chance_if_low: float
    chance_if_high: float
    share: float


@dataclass(frozen=True)
class Qualification:
    """A forecast of qualification; `probabilities` has every outcome of `OUTCOMES` and adds to one."""

    known: Known
    seed: int
    draws: int
    probabilities: Mapping[str, float]
    quantiles: Mapping[str, Mapping[str, float]]
    drivers: tuple[Driver, ...]
    gathering: GatheringDraws | None
    valid: Floats = field(repr=False)
    projected: Floats | None = field(repr=False)

    @property
    def qualifies(self) -> float:
        """Chance that the petition qualifies, on its sample or after a full check."""
        return sum(self.probabilities[name] for name in QUALIFIES)

    def as_dict(self) -> dict[str, Any]:
        """Give it under the names of `--json`."""
        return {
            "qualifies": self.qualifies,
            "outcomes": dict(self.probabilities),
            "quantiles": {name: dict(levels) for name, levels in self.quantiles.items()},
            "drivers": [vars(driver) for driver in self.drivers],
            "seed": self.seed,
            "draws": self.draws,
            "resolution": 1 / self.draws,
        }


def forecast_qualification(
    known: Known, *, place: PlaceValidity, count: CountInDraws | FullCheck, draws: int = 10_000, seed: int
) -> Qualification:
    """Forecast what becomes of a petition.

    Parameters
    ----------
    known
        What is known on the day of the forecast.
    place
        The validity that petitions of the place had.
    count
        The place's law for counting.
    draws
        Number of draws; a probability p has a standard error of sqrt(p (1 - p) / draws) from them alone.
    seed
        A whole number from zero; the same seed and program give the same forecast.

    Raises
    ------
    InputError
        Totals that shrink, days outside the window, more valid than checked: each fault is named.
    """
    gathering: GatheringDraws | None = None
    if known.raw_count is not None:
        totals, filed = np.full(draws, float(known.raw_count)), np.ones(draws, dtype=np.bool_)
    else:
        if known.window is None:
            raise ValueError("a petition that is not filed needs its window")
        gathering = draw_gathering(
            known.gathered,
            known.window,
            as_of=known.as_of,
            requirement=known.requirement,
            draws=draws,
            rng=generator(seed, "gathering"),
            priors=known.gathering_priors,
        )
        totals, filed = gathering.total, gathering.filed
    raw = known.split.draw(totals, generator(seed, "counties"))
    validity, rate = draw_quality(known, raw, place=place, draws=draws, seed=seed)
    valid_share, share = valid_part(raw, validity.share), duplicate_share(rate, totals)
    files = chance_to_file(totals * valid_share * (1 - share) / known.requirement)
    by_county = validity.share
    if known.filed:
        chosen = resample(files, draws, generator(seed, "filing"))
        raw, by_county, valid_share, share = raw[chosen], by_county[chosen], valid_share[chosen], share[chosen]
    else:
        filed = filed & (generator(seed, "filing").random(draws) < files)
    verified = simulate_verification(
        count, raw, by_county, share * valid_share, rng=generator(seed, "verification"), filed=filed
    )
    usual = duplicate_share(rate, float(known.requirement))
    parts = {"valid_share": valid_share, "duplicate_share": usual[chosen] if known.filed else usual}
    if gathering is not None:
        parts["raw_count"] = totals
    followed = {"raw_count": totals, "valid_share": valid_share, "duplicate_share": share, "valid": verified.valid}
    return _summarise(known, seed, followed, parts, verified, gathering)


def chance_to_file(valid: Floats) -> Floats:
    """Give the chance that a petition with so many valid signatures, as a part of the requirement, is filed.

    Whoever gathers checks lines on the way, so that a petition is seldom filed that falls far short; that it was
    filed speaks for it. Of 56 petitions of the past whose outcome is known 45 qualified, more than their places'
    validity would let expect; with these numbers the mean forecast equals that share (`bench/forecast_history.py`).
    """
    with np.errstate(divide="ignore"):
        knows = expit((np.log(valid) - np.log(FILED_FROM)) / FILED_SPREAD)
    chance: Floats = FILED_ANYHOW + (1 - FILED_ANYHOW) * knows
    return chance


def draw_quality(
    known: Known, raw: Floats, *, place: PlaceValidity, draws: int, seed: int
) -> tuple[ValidityDraws, Floats]:
    """Draw how many lines are valid in each county, and the rate at which lines repeat a signer, shape (draws,).

    `raw`, shape (draws, counties), are the lines that each county has or will have; what was checked is among them.
    """
    validity = draw_validity(
        known.checked,
        counties=known.split.counties,
        raw_by_county=raw,
        place=place,
        window=known.window,
        draws=draws,
        rng=generator(seed, "validity"),
    )
    rate = draw_duplicate_rate(
        known.compared,
        requirement=known.requirement,
        draws=draws,
        rng=generator(seed, "duplicates"),
        raw_count=float(np.median(raw.sum(axis=1))),
        priors=known.duplicate_priors,
    )
    return validity, rate


def valid_part(raw: Floats, valid_share: Floats) -> Floats:
    """Give the share of all lines that are valid, shape (draws,), from lines and shares by county."""
    part: Floats = (raw * valid_share).sum(axis=1) / np.maximum(raw.sum(axis=1), 1.0)
    return part


def _summarise(
    known: Known,
    seed: int,
    followed: dict[str, Floats],
    parts: dict[str, Floats],
    verified: VerificationDraws,
    gathering: GatheringDraws | None,
) -> Qualification:
    draws = len(verified.outcome)
    counts = np.bincount(verified.outcome, minlength=len(OUTCOMES))
    yes = np.isin(verified.outcome, [OUTCOMES.index(name) for name in QUALIFIES])
    if verified.projected is not None:
        followed["projected"] = verified.projected
    if verified.projected is not None and known.filed and np.isfinite(verified.projected).mean() > TENTH:
        parts["luck_of_the_sample"] = verified.projected - verified.valid
    return Qualification(
        known=known,
        seed=seed,
        draws=draws,
        probabilities={name: float(counts[number] / draws) for number, name in enumerate(OUTCOMES)},
        quantiles={name: quantiles(values) for name, values in followed.items()},
        drivers=tuple(sorted((_driver(n, v, yes) for n, v in parts.items()), key=lambda d: -d.share)),
        gathering=gathering,
        valid=verified.valid,
        projected=verified.projected,
    )


def _driver(name: str, values: Floats, yes: NDArray[np.bool_]) -> Driver:
    """Measure what a part does to the outcome, over tenths of its draws."""
    known = np.isfinite(values)
    values, outcome = values[known], yes[known].astype(np.float64)
    low, high = np.quantile(values, [TENTH, 1 - TENTH])
    order = np.argsort(values, kind="stable")
    tenths = np.array_split(outcome[order], round(1 / TENTH))
    mean, variance = outcome.mean(), outcome.var()
    between = sum(len(part) * (part.mean() - mean) ** 2 for part in tenths) / len(outcome)
    return Driver(
        name=name,
        low=float(low),
        high=float(high),
        chance_if_low=float(tenths[0].mean()),
        chance_if_high=float(tenths[-1].mean()),
        share=float(between / variance) if variance > 0 else 0.0,
    )
