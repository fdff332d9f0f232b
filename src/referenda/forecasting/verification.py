"""What the verification of a petition comes to: the sample with its own chance, the law's decision, a full check.

A county holds N lines, of which V count standing alone; m of them are checked already, and showed y of those V. Among
the lines that count are pairs of one signer. Those that were not seen whole yet are drawn by

    hidden pairs    ~ Poisson(g D (1 - y (y - 1) / (V (V - 1))))
    g               ~ Gamma(k + pairs seen, k + D y (y - 1) / (V (V - 1))),    k = 1 / (spread between counties)^2

with D the county's part, by its V, of the petition's pairs. A sample of n lines without replacement then shows

    of the V        ~ Hypergeometric (exact); y + these make Y
    pairs           ~ Binomial(hidden pairs, q),   q = (Y (Y - 1) - y (y - 1)) / (V (V - 1) - y (y - 1))

so that a pair shows when both its lines are drawn: in a small sample with the square of the sampled share. (Pairs in
a sample repel one another a little; leaving that out makes the variance of the pairs seen too large by a factor of at
most 1 + 4 f (1 - f) D / V, f the sampled share.) A signer counts once: of a pair in the sample one line is valid, the
other a duplicate. Signers with three lines and more are not modelled. After a full check every signer counts once.

Sources: `docs/explanation/estimate.md` (what is counted, the chances of pairs); the law of the place for the size of
the sample, the projection and the decision (`counting`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from referenda.errors import Fault, InputError, UndeterminedError
from referenda.forecasting.arrays import Numbers, Truths
from referenda.forecasting.counting import CountInDraws, FullCheck

OUTCOMES = (
    "not_filed",
    "fails_raw_count",
    "fails_sample",
    "full_check_no",
    "full_check_yes",
    "sufficient_on_sample",
)
LARGEST = 10**9  # lines of one county; more than the sampling of NumPy takes, and than any petition had

Whole = NDArray[np.int64]


@dataclass(frozen=True)
class VerificationPriors:
    """What is taken for known before a line is checked."""

    # Standard deviation of a county's share of duplicates, as a part of the petition's: a judgement. No table of
    # duplicates by county is public; Yuba's 8 in a sample of 500 of 3,720 (Six Californias, 2014), where 1 to 2 were
    # to be expected at the shares of whole petitions, says that it is not small.
    duplicates_between_counties: float = 0.5

    def as_dict(self) -> dict[str, float]:
        """Give it for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class SampleSoFar:
    """What the samples of the counties have shown, in lines; every array has the shape (counties,).

    `sample_size` were drawn; `checked` of these are done, and showed `valid` signers and `duplicates`, their further
    lines. A county that has not begun has 0 in the last three.
    """

    sample_size: Numbers
    checked: Numbers
    valid: Numbers
    duplicates: Numbers

    @property
    def accepted(self) -> Numbers:
        """Lines that count standing alone, further ones of a signer among them."""
        return self.valid + self.duplicates


@dataclass(frozen=True)
class VerificationDraws:
    """Imagined verifications of a petition; axis 0 is the draw.

    `outcome` is an index into `OUTCOMES`. `valid` are the valid distinct signatures that a full check finds.
    `projected` is what the law projects from the sample (nan where none is drawn), `by_county` its parts; both are
    None where the law draws no samples.
    """

    outcome: NDArray[np.intp]
    projected: Numbers | None
    valid: Numbers
    by_county: Numbers | None


def simulate_verification(
    count: CountInDraws | FullCheck,
    raw: Numbers,
    validity: Numbers,
    duplicate_share: Numbers,
    *,
    rng: np.random.Generator,
    filed: Truths,
    so_far: SampleSoFar | None = None,
    sample_size: Numbers | None = None,
    more_columns: Mapping[str, Numbers] | None = None,
    priors: VerificationPriors | None = None,
) -> VerificationDraws:
    """Verify imagined petitions.

    Parameters
    ----------
    count
        The place's law for counting. Where it draws one sample of all lines, the counties are pooled.
    raw
        Lines filed, (draws, counties), whole numbers from 0.
    validity
        Share of the county's lines that count standing alone, those checked already among them, in [0, 1],
        (draws, counties).
    duplicate_share
        Further lines of a signer as a share of all lines of the petition, in [0, 1), (draws,).
    filed
        Whether the petition is filed, (draws,).
    so_far
        What the samples showed already; nothing where None.
    sample_size
        Lines that are sampled, (counties,) or (draws, counties); what the law asks where None.
    more_columns
        Further numbers that the place's count asks for, such as Michigan's limits.

    Returns
    -------
    VerificationDraws
        A raw count that the law lets fail by itself fails so; where the law draws no sample, one below the
        requirement does. A further, larger sample (Michigan) is taken to end as a full check would.

    Raises
    ------
    InputError
        A share outside its range, or more lines than can be.
    UndeterminedError
        The law leaves open how large the sample is, or a column of its count (`CountInDraws.left_open`), and it is
        not given.
    """
    _check(raw, validity, duplicate_share)
    raw = np.rint(raw)
    sampled = count if isinstance(count, CountInDraws) and count.has_sample else None
    if sampled and not sampled.by_county:
        raw, validity = _pooled(raw, validity)
    drawn, spread = raw.shape, (priors or VerificationPriors()).duplicates_between_counties
    zero = np.zeros(drawn[1])
    seen = so_far or SampleSoFar(zero, zero, zero, zero)
    hidden = _draw_hidden(raw, validity, duplicate_share, seen, spread if drawn[1] > 1 else 0.0, rng)
    full = (seen.valid + hidden.accepted - hidden.pairs).sum(axis=1)
    totals = raw.sum(axis=1)
    enough = full >= count.requirement
    outcome = np.where(enough, OUTCOMES.index("full_check_yes"), OUTCOMES.index("full_check_no"))
    projected = by_county = None
    fails = (totals == 0) | (sampled.fails_on_raw_count(totals) if sampled else totals < count.requirement)
    if sampled:
        there = np.flatnonzero(filed & ~fails)
        size = seen.sample_size if so_far else sampled.sample_size(raw) if sample_size is None else sample_size
        open_ = [name for name in sampled.left_open if name != "sample_size" and name not in (more_columns or {})]
        if size is None or open_:
            left = ", ".join(["sample_size"] if size is None else open_)
            message = f"the law of {sampled.law.name} leaves open what its sample turns on: {left}"
            remedy = "Once the sample is drawn, forecast it from its counts: referenda forecast decision."
            raise UndeterminedError(Fault(message, remedy=remedy))
        size = np.minimum(np.rint(np.broadcast_to(size, drawn)), raw)
        columns = _draw_sample(raw, size, seen, hidden, there, rng)
        counted = sampled.decide({**columns, **(more_columns or {})})
        projected, by_county = np.full(drawn[0], np.nan), np.full(drawn, np.nan)
        projected[there], by_county[there] = counted.projected, counted.by_row
        by_name = {"insufficient": "fails_sample", "sufficient": "sufficient_on_sample"}
        for number, name in enumerate(sampled.decisions):
            if name in by_name:
                outcome[there[counted.decision == number]] = OUTCOMES.index(by_name[name])
    outcome[fails] = OUTCOMES.index("fails_raw_count")
    outcome[~filed] = OUTCOMES.index("not_filed")
    return VerificationDraws(outcome, projected, full, by_county)


@dataclass(frozen=True)
class _Hidden:
    """What the lines that are not checked hold, (draws, counties): accepted lines, and pairs not seen whole."""

    accepted: Whole
    pairs: Whole


def _draw_hidden(
    raw: Numbers,
    validity: Numbers,
    duplicate_share: Numbers,
    seen: SampleSoFar,
    spread: float,
    rng: np.random.Generator,
) -> _Hidden:
    known = seen.accepted
    accepted = np.clip(np.rint(raw * validity) - known, 0, np.maximum(raw - seen.checked, 0))
    all_ = known + accepted
    shown = known * (known - 1) / np.maximum(all_ * (all_ - 1), 1)
    every = np.maximum(all_.sum(axis=1, keepdims=True), 1)
    expected = duplicate_share[:, None] * raw.sum(axis=1, keepdims=True) * all_ / every
    if spread > 0:
        shape = 1 / spread**2
        factor = rng.standard_gamma(np.broadcast_to(shape + seen.duplicates, raw.shape)) / (shape + expected * shown)
        expected = expected * factor
    pairs = rng.poisson(expected * (1 - shown))
    most = np.minimum(all_ // 2 - seen.duplicates, accepted)
    return _Hidden(_whole(accepted), _whole(np.clip(pairs, 0, np.maximum(most, 0))))


def _draw_sample(
    raw: Numbers, size: Numbers, seen: SampleSoFar, hidden: _Hidden, there: Whole, rng: np.random.Generator
) -> dict[str, Numbers]:
    """Draw the rest of the samples, and give the columns of the count for the petitions that are there."""
    raw, size = raw[there], size[there]
    accepted, pairs = hidden.accepted[there], hidden.pairs[there]
    unchecked = _whole(np.maximum(raw - seen.checked, 0))
    rest = _whole(np.clip(size - seen.checked, 0, unchecked))
    more = rng.hypergeometric(accepted, unchecked - accepted, rest)
    known = seen.accepted
    now, all_ = known + more, known + accepted
    before = known * (known - 1)
    chance = (now * (now - 1) - before) / np.maximum(all_ * (all_ - 1) - before, 1)
    duplicates = seen.duplicates + np.minimum(rng.binomial(pairs, np.clip(chance, 0, 1)), more)
    return {
        "raw_count": raw,
        "sample_size": size,
        "valid_in_sample": now - duplicates,
        "duplicates_in_sample": duplicates,
    }


def _pooled(raw: Numbers, validity: Numbers) -> tuple[Numbers, Numbers]:
    """Take all counties for one."""
    totals = raw.sum(axis=1, keepdims=True)
    return totals, (raw * validity).sum(axis=1, keepdims=True) / np.maximum(totals, 1)


def _whole(numbers: Numbers) -> Whole:
    return numbers.astype(np.int64)


def _check(raw: Numbers, validity: Numbers, duplicate_share: Numbers) -> None:
    faults = []
    if not ((raw >= 0) & (raw < LARGEST)).all():
        faults.append(Fault(f"a raw count is below zero or not below {LARGEST:,}", remedy="Check the raw counts."))
    if not ((validity >= 0) & (validity <= 1)).all():
        faults.append(Fault("a validity is not between 0 and 1", remedy="Check the checked lines."))
    if not ((duplicate_share >= 0) & (duplicate_share < 1)).all():
        faults.append(Fault("a share of duplicates is not from 0 to below 1", remedy="Check the duplicates."))
    if faults:
        raise InputError(*faults)
