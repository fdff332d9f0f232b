"""The linear mixed model of checked batches behind `validity`, for given spreads.

Counts are linearised on the logit scale around the shares of their counties (marginal quasi-likelihood, Breslow and
Clayton 1993, JASA 88, 9-25), so that a county's share is the mean of its lines, whoever gathers them. The unknowns are
the petition's level, the drift and each county's own part; all is normal then and has a closed form. Groups of batches
have a part of their own, and as no batch is of two groups, they are eliminated one by one: a circulator's batches, and
the random draws from the lines of one county, which alone show what circulators and batches come to there together.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular  # type: ignore[import-untyped]
from scipy.special import expit, logit  # type: ignore[import-untyped]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

LINEARISED = 3  # times that the counts are linearised anew around the fit
EDGE = 0.02  # fitted shares nearer to 0 or 1 are linearised here
PRIOR_LINES = 20  # lines that the place's share stands for at the first linearisation


@dataclass(frozen=True)
class Spreads:
    """Standard deviations on the logit scale: of counties, circulators, batches, and of petitions of the place."""

    county: float
    circulator: float
    batch: float
    level: float


@dataclass(frozen=True)
class Before:
    """What is thought before any batch, beside the spreads.

    `level` is the mean of the petition's logit share; `drift` the mean change over the whole window and `drift_sd` its
    standard deviation; `wander` the standard deviation, per root of a window, of a change that is no straight line;
    `circulator_lines` the lines that one circulator gathers.
    """

    level: float
    drift: float
    drift_sd: float
    wander: float
    circulator_lines: float


@dataclass(frozen=True)
class BatchRows:
    """Batches as arrays, shape (batches,): a county or circulator that is not known is -1.

    `when` is the share of the window that was over, less that of the average line; `rest_when` is that of the lines
    that were not checked.
    """

    lines: Floats
    valid: Floats
    county: Integers
    circulator: Integers
    random: NDArray[np.bool_]
    when: Floats
    rest_when: float

    def known(self, parts: Floats) -> tuple[Floats, Floats]:
        """Give the lines checked and found valid in each county; a batch of no county is spread by the `parts`."""
        totals = []
        for counts in (self.lines, self.valid):
            known = np.bincount(self.county + 1, counts, len(parts) + 1)
            totals.append(known[1:] + known[0] * parts)
        return totals[0], totals[1]


@dataclass(frozen=True)
class Normal:
    """The normal posterior for one set of spreads: `mean` of the unknowns, Cholesky factor `lower` of their precision.

    A group of lines has `theirs` - `reach` @ unknowns beyond them, with the standard deviation `sd`. The mean of
    shares over counties that vary is nearer to one half than the share of the mean logit: `bend` makes up for it.
    """

    log_likelihood: float
    mean: Floats
    lower: Floats
    theirs: Floats
    reach: Floats
    sd: Floats
    bend: float

    @cached_property
    def root(self) -> Floats:
        """A square root of the covariance of the unknowns."""
        return np.asarray(np.linalg.inv(self.lower).T)


class BatchModel:
    """The model of some batches of a petition with `raw` lines by county, shape (counties,).

    A batch's row of the design is that of its county (or of all, by their lines), with its time in the second place.
    """

    def __init__(self, rows: BatchRows, raw: Floats, before: Before) -> None:
        self.rows, self.raw, self.before = rows, raw, before
        self.parts = raw / max(raw.sum(), 1e-9)
        self.profile = np.where(rows.county < 0, len(raw), rows.county)
        self.circulators = int(rows.circulator.max(initial=-1)) + 1
        self.group = np.where(rows.random, self.circulators + self.profile, rows.circulator)
        self.grouped = self.group >= 0
        in_batches = rows.lines[~rows.random]
        self.typical_batch = float(in_batches.mean()) if len(in_batches) else before.circulator_lines
        # Only a draw from the whole petition shows what circulators and batches come to, and not where.
        self.drawn_from_all = bool(
            (rows.random & (rows.county < 0)).any() and not (rows.random & (rows.county >= 0)).any()
        )
        seen = float(rows.lines @ rows.when / rows.lines.sum()) if len(rows.lines) else rows.rest_when
        self.wander = before.wander * float(np.sqrt(abs(rows.rest_when - seen)))
        self._know_circulators()

    def _know_circulators(self) -> None:
        """Find each county's known circulators, by lines, and the most of the rest that they could gather."""
        rows, counties, usual = self.rows, len(self.raw), self.before.circulator_lines
        known = np.zeros((counties, self.circulators))
        labelled = rows.circulator >= 0
        by_county = labelled & (rows.county >= 0)
        np.add.at(known, (rows.county[by_county], rows.circulator[by_county]), rows.lines[by_county])
        everywhere = np.bincount(rows.circulator[labelled], rows.lines[labelled], self.circulators)
        can = np.where(known > 0, np.maximum(known, usual), 0).sum(1)
        rest = np.maximum(self.raw - known.sum(1), 1.0)
        nowhere = known.sum(1) == 0
        if (labelled & (rows.county < 0)).any():
            known[nowhere] = everywhere
            can[nowhere], rest[nowhere] = np.maximum(everywhere, usual).sum(), self.raw.sum()
        self.known_parts = known / np.maximum(known.sum(1, keepdims=True), 1e-9)
        self.most_known = np.minimum(can / rest, 1.0)

    def linearise(self, spreads: Spreads) -> None:
        """Turn counts into logits around the fit of the counties, a few times over."""
        rows = self.rows
        lines = rows.lines.sum() + PRIOR_LINES
        self.pooled = float((rows.valid.sum() + PRIOR_LINES * expit(self.before.level)) / lines)
        fitted = np.full(len(rows.lines), logit(np.clip(self.pooled, EDGE, 1 - EDGE)))
        for _ in range(LINEARISED):
            share = expit(fitted).clip(EDGE, 1 - EDGE)
            slope = share * (1 - share)
            self.logit = logit(share) + (rows.valid / rows.lines - share) / slope
            self.noise = 1 / (rows.lines * slope)
            normal = self.posterior(spreads)
            of_county = normal.mean[2:] + normal.bend
            by_profile = np.append(of_county, normal.mean[2:] @ self.parts)
            drift = self.before.drift + normal.mean[1]
            fitted = self.before.level + normal.mean[0] + by_profile[self.profile] + drift * rows.when

    def posterior(self, spreads: Spreads) -> Normal:
        """Give the normal posterior of the unknowns, and the likelihood of the spreads."""
        rows, before, counties, circulators = self.rows, self.before, len(self.raw), self.circulators
        usual = before.circulator_lines
        realised = spreads.circulator**2 / np.maximum(self.raw / usual, 1.0)
        realised += spreads.batch**2 / np.maximum(self.raw / self.typical_batch, 1.0)
        # What petitions of the place vary by holds the luck of their counties already.
        level = max(spreads.level**2 - (self.parts**2).sum() * spreads.county**2, spreads.level**2 / 4)
        prior = np.concatenate([[level, before.drift_sd**2], np.full(counties, spreads.county**2)])
        everywhere = [(self.parts**2 * realised).sum() + 1e-12]
        of_groups = np.concatenate([np.full(circulators, spreads.circulator**2), realised, everywhere])
        # A batch of no known circulator is by as many as gather so many lines, each of them in some county.
        nobody = spreads.circulator**2 + np.where(rows.county < 0, spreads.county**2, 0.0)
        own = np.where(rows.circulator < 0, nobody / np.maximum(rows.lines / usual, 1.0), 0.0)
        weight = 1 / (self.noise + np.where(rows.random, 0.0, spreads.batch**2 + own))
        bend = spreads.county**2 * (self.pooled - 0.5)
        beyond = self.logit - before.level - before.drift * rows.when - np.where(rows.county < 0, 0.0, bend)
        kinds, groups = counties + 1, len(of_groups)

        def summed(values: Floats) -> Floats:
            return self._summed(np.bincount(self.profile, values, kinds), (values * rows.when).sum())

        by_profile = np.bincount(self.profile, weight, kinds)
        information = np.zeros((counties + 2, counties + 2))
        information[2:, 2:] = np.diag(by_profile[:-1]) + by_profile[-1] * np.outer(self.parts, self.parts)
        information[0] = information[:, 0] = summed(weight)
        information[1] = information[:, 1] = summed(weight * rows.when)
        information += np.diag(1 / prior)
        score = summed(weight * beyond)
        square = (weight * beyond**2).sum()

        of, at = self.grouped, self.group[self.grouped]
        crossed = np.bincount(at * kinds + self.profile[of], weight[of], groups * kinds).reshape(groups, kinds)
        mixed = self._summed(crossed, np.bincount(at, (weight * rows.when)[of], groups))
        total = np.bincount(at, weight[of], groups) + 1 / of_groups
        theirs = np.bincount(at, (weight * beyond)[of], groups)
        seen = np.flatnonzero(mixed[:, 0])
        information -= np.einsum("gu,gv->uv", mixed[seen] / total[seen, None], mixed[seen])
        score -= np.einsum("gu,g->u", mixed, theirs / total)
        square -= (theirs**2 / total).sum()

        # One right-hand side at a time: more would be shared out among threads, which takes longer than the work.
        lower = np.asarray(np.linalg.cholesky(information), dtype=np.float64)
        half = solve_triangular(lower, score, lower=True)
        size = np.log(prior).sum() + np.log(of_groups).sum() - np.log(weight).sum()
        size += np.log(total).sum() + 2 * np.log(np.diag(lower)).sum()
        return Normal(
            log_likelihood=-float(size + square - half @ half) / 2,
            mean=solve_triangular(lower, half, lower=True, trans="T"),
            lower=lower,
            theirs=theirs / total,
            reach=mixed / total[:, None],
            sd=1 / np.sqrt(total),
            bend=bend,
        )

    def draw(self, normal: Normal, draws: int, rng: np.random.Generator) -> Floats:
        """Draw the share of valid lines among those that were not checked, shape (draws, counties).

        How many of those lines come from circulators who are known already is not known: any share up to what they
        could gather is as likely as another.
        """
        before, circulators = self.before, self.circulators
        # The products are small and many; einsum does them without threads, which would wait for one another.
        unknown = normal.mean + np.einsum("du,vu->dv", rng.standard_normal((draws, len(normal.mean))), normal.root)
        drift = (before.drift + unknown[:, 1:2]) * self.rows.rest_when + self.wander * rng.standard_normal((draws, 1))
        share = expit(before.level + normal.bend + unknown[:, :1] + drift + unknown[:, 2:])

        def group(which: slice, parts: Floats | None = None) -> Floats:
            theirs, reach, variance = normal.theirs[which], normal.reach[which], normal.sd[which] ** 2
            if parts is not None:
                theirs, reach = np.einsum("cg,g->c", parts, theirs), np.einsum("cg,gu->cu", parts, reach)
                variance = np.einsum("cg,g->c", parts**2, variance)
            luck = rng.standard_normal((draws, len(theirs) if parts is None else 1))
            return np.asarray(theirs - np.einsum("du,gu->dg", unknown, reach) + np.sqrt(variance) * luck)

        beyond = group(slice(circulators, -1))
        if self.drawn_from_all:
            beyond += group(slice(-1, None)) - (beyond * self.parts).sum(1, keepdims=True)
        if circulators:
            by_known = rng.random((draws, 1)) * self.most_known
            beyond += by_known * group(slice(circulators), self.known_parts)
        return np.asarray(np.clip(share + share * (1 - share) * beyond, 0.0, 1.0))

    def _summed(self, weights: NDArray[Any], times: NDArray[Any] | float) -> Floats:
        """Sum weights over rows of the design; `weights` by profile on the last axis, `times` those of the drift."""
        by_county = weights[..., :-1] + weights[..., -1:] * self.parts
        return np.concatenate([weights.sum(-1)[..., None], np.asarray(times)[..., None], by_county], axis=-1)
