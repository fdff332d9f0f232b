"""How many lines of a petition are valid in each county, given those that were checked already.

A county's share of valid lines is, on the logit scale, the petition's own level, the county's own part and a drift
through the time of gathering. Batches of lines vary around it more than chance: by who gathered them and by when and
where they were gathered or checked. The petition's level is first thought to be that of the place (`history`), the
counties are pooled towards it, and the spreads of counties, circulators and batches are learned with the rest
(`validity_fit`). Checked lines are a part of the petition whose outcome is known: only the others are drawn.

A valid line here is one that would count standing alone; repeats of a signer are forecast apart (`duplicates`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv, ndtr  # type: ignore[import-untyped]

from referenda.errors import Fault, InputError
from referenda.forecasting.gathering import Window
from referenda.forecasting.history import PlaceValidity
from referenda.forecasting.validity_fit import Fit, fit_spreads
from referenda.forecasting.validity_model import BatchModel, BatchRows, Before, Spreads
from referenda.terms.names import did_you_mean

Floats = NDArray[np.float64]

NEAR_ZERO = 1e-6  # shares stay this far from 0 and 1


@dataclass(frozen=True)
class CheckedBatch:
    """Lines of the petition that were checked together.

    `valid` of the `lines` would count standing alone, a second line of the same signer too; `duplicates` of them
    repeat a signer of this very batch (None: not counted). `on` is the day on which they were gathered, or checked
    while gathering went on. `random` says that the lines were drawn by chance from all lines of the county (or of the
    petition), so that who gathered them and when does not matter; lines of one circulator never are.
    """

    lines: int
    valid: int
    county: str | None = None
    circulator: str | None = None
    on: date | None = None
    duplicates: int | None = None
    random: bool = False


@dataclass(frozen=True)
class ValidityPriors:
    """What is thought before lines are checked; standard deviations are on the logit scale.

    Each of the three spreads is log-normal: its median, and the standard deviation of its logarithm.
    """

    county: float = 0.3
    """Between the 53 counties of Six Californias (2014) whose rates are public: 0.31, chance of their samples taken
    off and repeats left in."""
    county_spread: float = 0.4
    circulator: float = 0.35
    """Chosen: no figures by circulator are public. At 75 percent, two of three circulators lie between 68 and 81."""
    circulator_spread: float = 0.6
    batch: float = 0.15
    """Between what was checked from one report to the next of R-71 (Washington 2009): 0.2, reversals of first
    rejections among it."""
    batch_spread: float = 0.6
    drift: float = -0.15
    """Change over the whole window. The recall of Newsom had 83.7 percent of its first 798,310 checked lines valid and
    77.2 of the others (-0.42, some of it repeats); no second petition is public, so half of that is thought likely."""
    drift_spread: float = 0.25
    wander: float = 0.1
    """Change that is no straight line, per root of the window: chosen, so that half a window that was not seen may
    bring 1.4 points more or less."""
    middle: float = 0.6
    """Share of the window that is over when the average line is gathered: the counts of five drives."""
    circulator_lines: float = 1000.0
    """Lines that one circulator gathers, where not known; chosen with the busiest in mind, who weigh most."""

    def as_dict(self) -> dict[str, float]:
        """Give the numbers under their names."""
        return asdict(self)


@dataclass(frozen=True)
class ValidityDraws:
    """Draws of the share of each county's lines that are valid, shape (draws, counties), inside (0, 1).

    The spreads of counties, circulators and batches and the drift over the whole window are posterior means on the
    logit scale (`in_points` turns them); `checked` are the lines on which all rests.
    """

    share: Floats = field(repr=False)
    county_sd: float
    circulator_sd: float
    batch_sd: float
    drift: float
    drift_sd: float
    checked: int
    priors: ValidityPriors

    def in_points(self) -> dict[str, float]:
        """Give spreads and drift as shares of lines, at the mean share of the draws."""
        mean = float(self.share.mean())
        slope = mean * (1 - mean)
        names = ("county_sd", "circulator_sd", "batch_sd", "drift", "drift_sd")
        return {name: slope * float(getattr(self, name)) for name in names}


def draw_validity(
    batches: Sequence[CheckedBatch],
    *,
    counties: Sequence[str],
    raw_by_county: Floats,
    place: PlaceValidity,
    window: Window | None,
    draws: int,
    rng: np.random.Generator,
    priors: ValidityPriors | None = None,
) -> ValidityDraws:
    """Draw the share of valid lines of every county.

    Parameters
    ----------
    batches
        Lines checked so far, none standing in two batches; none gives the prior. A batch without a county stands for
        all counties by their raw counts. Where only one county is named by `counties`, every batch belongs to it.
    counties
        Their names, the order of the result.
    raw_by_county
        Lines that each county has, or is expected to have, when the petition is filed; shape (counties,) or (draws,
        counties). Where more were checked than expected, those checked are taken.
    place
        What share petitions of the place have valid.
    window
        The time of gathering, for the drift; None: days play no part. Batches of a day after it, and those without a
        day, stand for the whole time.

    Raises
    ------
    InputError
        A batch with more valid than lines, a county that is not known: every fault is named.
    """
    if faults := check_batches(batches, counties):
        raise InputError(*faults)
    priors = priors or ValidityPriors()
    raw = np.asarray(raw_by_county, dtype=np.float64)
    typical = raw if raw.ndim == 1 else raw.mean(axis=0)
    rows = _rows(batches, counties, typical, window, priors)
    before = Before(place.mean_logit, priors.drift, priors.drift_spread, priors.wander, priors.circulator_lines)
    model = BatchModel(rows, typical, before)
    fit = fit_spreads(model, lambda scores: _spreads(scores, place, priors))
    known_lines, known_valid = rows.known(model.parts)
    share = _draw_rest(fit, raw, known_lines, known_valid, draws, rng)
    return ValidityDraws(
        share=np.clip(share, NEAR_ZERO, 1 - NEAR_ZERO),
        county_sd=fit.mean_of(lambda spreads: spreads.county),
        circulator_sd=fit.mean_of(lambda spreads: spreads.circulator),
        batch_sd=fit.mean_of(lambda spreads: spreads.batch),
        drift=fit.drift,
        drift_sd=fit.drift_sd,
        checked=sum(batch.lines for batch in batches),
        priors=priors,
    )


def check_batches(batches: Sequence[CheckedBatch], counties: Sequence[str] = ()) -> list[Fault]:
    """Name what cannot be: no lines, more valid than lines, more repeats than valid, a county that is not known."""
    faults = []
    known = {fold_county(county) for county in counties}
    for number, batch in enumerate(batches, 1):
        what = f"batch {number}" + (f" of {batch.county}" if batch.county else "")
        if batch.lines < 1:
            faults.append(Fault(f"{what} has no lines", value=str(batch.lines), remedy="Leave it out."))
        elif not 0 <= batch.valid <= batch.lines:
            message = f"{what} has {batch.valid:,} valid of {batch.lines:,} lines"
            faults.append(Fault(message, value=str(batch.valid), remedy="Valid lines are a part of the lines."))
        elif batch.duplicates is not None and not 0 <= batch.duplicates <= batch.valid:
            message = f"{what} has {batch.duplicates:,} duplicates among {batch.valid:,} valid lines"
            faults.append(
                Fault(message, value=str(batch.duplicates), remedy="Duplicates are a part of the valid lines.")
            )
        if batch.county is not None and len(counties) > 1 and fold_county(batch.county) not in known:
            faults.append(
                Fault(
                    f"{what} is of a county that the petition does not have",
                    value=batch.county,
                    remedy=did_you_mean(batch.county, list(counties)),
                )
            )
    return faults


def _rows(
    batches: Sequence[CheckedBatch],
    counties: Sequence[str],
    raw: Floats,
    window: Window | None,
    priors: ValidityPriors,
) -> BatchRows:
    """Number counties and circulators, and place each batch in the time of gathering, from its middle."""
    county = {fold_county(name): number for number, name in enumerate(counties)}
    circulator: dict[str, int] = {}
    number_of = []
    for batch in batches:
        name = batch.circulator
        number_of.append(-1 if name is None else circulator.setdefault(name, len(circulator)))
    whole = 0 if len(counties) == 1 else -1
    lines = np.array([batch.lines for batch in batches], dtype=np.float64)
    random = np.array([batch.random and batch.circulator is None for batch in batches], dtype=np.bool_)
    when = np.zeros(len(batches))
    for number, batch in enumerate(batches):
        if window is not None and batch.on is not None and batch.on <= window.deadline:
            # A draw from all lines gathered up to a day stands for the middle of that time, not for the day.
            over = window.share(batch.on)
            when[number] = (over * priors.middle if random[number] else over) - priors.middle
    rest = max(raw.sum() - lines.sum(), 1.0)
    return BatchRows(
        lines=lines,
        valid=np.array([batch.valid for batch in batches], dtype=np.float64),
        county=np.array(
            [county.get(fold_county(b.county), whole) if b.county else whole for b in batches], dtype=np.int64
        ),
        circulator=np.array(number_of, dtype=np.int64),
        random=random,
        when=when,
        rest_when=float(np.clip(-(lines @ when) / rest, -priors.middle, 1 - priors.middle)),
    )


def _spreads(scores: Floats, place: PlaceValidity, priors: ValidityPriors) -> Spreads:
    """Turn four standard normal scores into the spreads; the last widens the place's, so that it is Student's t."""
    county, circulator, batch, tail = scores
    degrees = place.degrees
    chi_squared = 2 * float(gammaincinv(degrees / 2, np.clip(ndtr(-tail), 1e-12, 1 - 1e-12)))
    return Spreads(
        county=priors.county * float(np.exp(priors.county_spread * county)),
        circulator=priors.circulator * float(np.exp(priors.circulator_spread * circulator)),
        batch=priors.batch * float(np.exp(priors.batch_spread * batch)),
        level=place.between_sd * float(np.sqrt((degrees - 2) / chi_squared)),
    )


def _draw_rest(
    fit: Fit, raw: Floats, known_lines: Floats, known_valid: Floats, draws: int, rng: np.random.Generator
) -> Floats:
    """Draw the lines that were not checked, and add those that were."""
    share = fit.draw(draws, rng)
    lines = np.maximum(np.broadcast_to(raw, share.shape), known_lines)
    rest = np.round(lines - known_lines)
    valid = known_valid + rng.binomial(rest.astype(np.int64), share)
    return np.where(lines > 0, valid / np.maximum(known_lines + rest, 1e-9), share)


def fold_county(county: str) -> str:
    """Give a county's name as it is compared: capitals, spaces and the word County aside."""
    return " ".join(county.casefold().split()).removesuffix(" county")
