"""While the sample is being checked: what it will decide, how sure that is, and which counties still matter.

What the counties checked so far are batches of `validity` and comparisons of `duplicates`, drawn by chance; the lines
that they still have to check are drawn by `verification`, and the place's own law counts the whole. A county that has
not begun is pooled with the others and with earlier petitions of the place.

The duplicates of a county's sample are put in terms of the whole petition: among f of a county's lines the share that
repeats a signer is that of f of the petition's lines, as a signer belongs to one county.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from referenda.errors import Fault, InputError
from referenda.forecasting.arrays import Numbers
from referenda.forecasting.counting import CountInDraws
from referenda.forecasting.draws import generator, quantiles
from referenda.forecasting.duplicates import (
    Compared,
    DuplicatePriors,
    draw_duplicate_rate,
    duplicate_share,
    usual_duplicates,
)
from referenda.forecasting.history import PlaceValidity
from referenda.forecasting.validity import CheckedBatch, ValidityPriors, draw_validity
from referenda.forecasting.verification import OUTCOMES, SampleSoFar, VerificationPriors, simulate_verification

LOW, HIGH = 0.1, 0.9
SHOWN_SO_FAR = ("sample_size", "checked", "valid", "duplicates")  # the order of `SampleSoFar`
DECISIONS = ("insufficient", "further_sample", "full_check", "sufficient")  # from the worst to the best


@dataclass(frozen=True)
class CountyCheck:
    """How far a county is with its sample; all counts are lines.

    `sample_size` of the `raw_count` lines were drawn, and `checked` of these are done. They showed `valid` signers
    and `duplicates`, further lines of these; `more` holds the columns that the place's count adds.
    """

    county: str
    raw_count: int
    sample_size: int
    checked: int
    valid: int
    duplicates: int
    more: Mapping[str, int] = field(default_factory=dict)

    @property
    def left(self) -> int:
        """Lines of the sample that are still to be checked."""
        return self.sample_size - self.checked

    @property
    def is_finished(self) -> bool:
        """Whether the sample is checked."""
        return self.left == 0


@dataclass(frozen=True)
class CountyOutlook:
    """What the law will project from a county, in signatures, and what that means for the whole.

    `low` and `high` bound eight in ten draws. `share` in about [0, 1] is the county's part of the variance of the
    whole projection (its covariance with it); the parts of all counties add to 1, or are all 0 where nothing is open.
    """

    check: CountyCheck
    low: float
    middle: float
    high: float
    share: float


@dataclass(frozen=True)
class DecisionOutlook:
    """What the sample will decide.

    `decisions` gives each decision that the law knows its chance; `full_check_qualifies` the chance that a full check
    ends well, of the draws that come to one (None: none does). `projected` are the quantiles of the statewide
    projection, in signatures (empty where the raw count decides); `valid` those of what a full
    check would find.
    """

    requirement: int
    draws: int
    seed: int
    decisions: Mapping[str, float]
    qualifies: float
    full_check_qualifies: float | None
    projected: Mapping[str, float]
    projected_draws: Numbers | None = field(repr=False)
    valid: Mapping[str, float]
    valid_draws: Numbers = field(repr=False)
    counties: tuple[CountyOutlook, ...]
    priors: Mapping[str, Mapping[str, float]]


def forecast_decision(
    checks: Sequence[CountyCheck],
    *,
    count: CountInDraws,
    place: PlaceValidity,
    draws: int = 10_000,
    seed: int,
) -> DecisionOutlook:
    """Forecast what the sample will decide, from what was checked of it.

    Parameters
    ----------
    checks
        Every county of the petition, also those that have not begun; or one row where the law samples all at once.
    count
        The place's law for counting.
    place
        The validity that petitions of the place had.
    draws
        Number of draws; a chance p has a standard error of sqrt(p (1 - p) / draws) from them.
    seed
        A whole number from zero; the same seed and program give the same forecast.

    Raises
    ------
    InputError
        No line was filed, more was checked than drawn or than found, or the law has no way to count from a sample.
    """
    if faults := _faults(checks, count):
        raise InputError(*faults)
    raw = _column([check.raw_count for check in checks])
    so_far = SampleSoFar(*(_column([getattr(c, n) for c in checks]) for n in SHOWN_SO_FAR))
    validity_priors, verification_priors = ValidityPriors(), VerificationPriors()
    usual = usual_duplicates()
    if len(checks) > 1:
        usual = replace(usual, spread=verification_priors.duplicates_between_counties)
    validity = draw_validity(
        [
            CheckedBatch(c.checked, c.valid + c.duplicates, county=c.county, random=True)
            for c in checks
            if c.checked and c.raw_count
        ],
        counties=[check.county for check in checks],
        raw_by_county=raw,
        place=place,
        window=None,
        draws=draws,
        rng=generator(seed, "validity"),
        priors=validity_priors,
    )
    repeated = _draw_repeated(checks, count, usual, draws=draws, seed=seed)
    valid_part = validity.share @ (raw / raw.sum())
    verified = simulate_verification(
        count,
        np.broadcast_to(raw, validity.share.shape),
        validity.share,
        repeated * valid_part,
        rng=generator(seed, "verification"),
        filed=np.ones(draws, dtype=np.bool_),
        so_far=so_far,
        more_columns={name: _column([check.more[name] for check in checks]) for name in checks[0].more},
        priors=verification_priors,
    )
    chances = dict(
        zip(OUTCOMES, (np.bincount(verified.outcome, minlength=len(OUTCOMES)) / draws).tolist(), strict=True)
    )
    full_check = chances["full_check_no"] + chances["full_check_yes"]
    by_name = {
        "insufficient": chances["fails_raw_count"] + chances["fails_sample"],
        "sufficient": chances["sufficient_on_sample"],
    }
    return DecisionOutlook(
        requirement=count.requirement,
        draws=draws,
        seed=seed,
        decisions={name: by_name.get(name, full_check) for name in DECISIONS if name in count.decisions},
        qualifies=chances["full_check_yes"] + chances["sufficient_on_sample"],
        full_check_qualifies=chances["full_check_yes"] / full_check if full_check else None,
        projected={} if verified.projected is None else quantiles(verified.projected),
        valid=quantiles(verified.valid),
        valid_draws=verified.valid,
        projected_draws=verified.projected,
        counties=tuple(_outlooks(checks, verified.by_county)),
        priors={
            "validity_of_place": {"mean_logit": place.mean_logit, "between_sd": place.between_sd},
            "validity": validity_priors.as_dict(),
            "duplicates": usual.as_dict(),
            "verification": verification_priors.as_dict(),
        },
    )


def _draw_repeated(
    checks: Sequence[CountyCheck], count: CountInDraws, priors: DuplicatePriors, *, draws: int, seed: int
) -> Numbers:
    """Draw the share of the valid lines of the whole petition that repeat a signer, (draws,)."""
    total = sum(check.raw_count for check in checks)
    compared = [
        Compared(max(round(check.checked / check.raw_count * total), check.checked), check.duplicates, lines)
        for check in checks
        if (lines := check.valid + check.duplicates) and check.checked > 1
    ]
    rate = draw_duplicate_rate(
        compared,
        requirement=count.requirement,
        draws=draws,
        rng=generator(seed, "duplicates"),
        raw_count=float(total) if len(checks) == 1 else None,
        priors=priors,
    )
    return duplicate_share(rate, float(total))


def _outlooks(checks: Sequence[CountyCheck], by_county: Numbers | None) -> list[CountyOutlook]:
    by_county = np.zeros((1, len(checks))) if by_county is None else np.nan_to_num(by_county)
    away = by_county - by_county.mean(axis=0)
    whole = away.sum(axis=1)
    variance = float(whole @ whole)
    shares = (whole @ away) / variance if variance > 0 else np.zeros(len(checks))
    low, middle, high = np.quantile(by_county, [LOW, 0.5, HIGH], axis=0)
    return [
        CountyOutlook(check, float(low[i]), float(middle[i]), float(high[i]), float(shares[i]))
        for i, check in enumerate(checks)
    ]


def _column(numbers: Sequence[int]) -> Numbers:
    return np.array(numbers, dtype=np.float64)


def _faults(checks: Sequence[CountyCheck], count: CountInDraws) -> list[Fault]:
    """Say what cannot be, as far as no reader of a file has said it."""
    if not count.has_sample:
        message = f"the law of {count.law.name} draws no sample, so none is being checked"
        return [Fault(message, remedy="Forecast the full check: referenda forecast qualify.")]
    if not any(check.raw_count for check in checks):
        return [Fault("no line was filed", remedy="Check the raw counts.")]
    faults = []
    for check in checks:
        if not 0 <= check.checked <= check.sample_size <= check.raw_count:
            message = f"{check.county}: {check.checked:,} checked of {check.sample_size:,} drawn of {check.raw_count:,}"
            faults.append(Fault(message, column="checked", remedy="Lines checked are a part of the sample."))
        elif check.valid + check.duplicates > check.checked:
            message = f"{check.county}: more valid and duplicate lines than the {check.checked:,} checked"
            faults.append(Fault(message, column="valid_in_sample", remedy="Check the numbers."))
    return faults
