"""The fit behind `validity`: a linear mixed model of batches, and its spreads averaged by weighted draws.

Given the spreads, everything is normal once the counts are linearised on the logit scale (penalised quasi-likelihood,
Breslow and Clayton 1993, JASA 88, 9-25, marginal form: the mean of a county stays its share, whoever gathers). The
unknowns are the petition's level, the drift, each county's own part, and what circulators and batches together make
of each county; circulators are eliminated one by one, as no two share a batch. The spreads themselves have no closed
form: draws from their prior are weighted by the marginal likelihood and drawn anew around the best, three times over
(population Monte Carlo, Cappé et al. 2004, Journal of Computational and Graphical Statistics 13, 907-929). The points
are a fixed even sequence (Roberts's, of the generalised golden ratio), so that the same batches give the same fit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular  # type: ignore[import-untyped]
from scipy.special import expit, ndtri  # type: ignore[import-untyped]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

POINTS = 48
ROUNDS = 3
DIMENSIONS = 4
LINEARISED = 3  # times that the counts are linearised anew around the fit
EDGE = 0.02  # fitted shares nearer to 0 or 1 are linearised here


@dataclass(frozen=True)
class Spreads:
    """Standard deviations on the logit scale: of counties, circulators, batches, and of petitions of the place."""

    county: float
    circulator: float
    batch: float
    level: float


@dataclass(frozen=True)
class BatchRows:
    """Batches as arrays, shape (batches,): a county or circulator that is not known is -1.

    `when` is the share of the window that was over, less that of the average line; `rest_when` that of lines that were
    not checked.
    """

    lines: Floats
    valid: Floats
    county: Integers
    circulator: Integers
    random: NDArray[np.bool_]
    when: Floats
    rest_when: float

    def known(self, raw: Floats) -> tuple[Floats, Floats]:
        """Give the lines checked and found valid in each county; a batch of no county is spread by raw counts."""
        part = raw / max(raw.sum(), 1e-9)
        totals = []
        for counts in (self.lines, self.valid):
            known = np.bincount(self.county + 1, counts, len(raw) + 1)
            totals.append(known[1:] + known[0] * part)
        return totals[0], totals[1]


@dataclass(frozen=True)
class _Normal:
    """The normal posterior for one set of spreads: `mean` and covariance (`root` times itself) of the unknowns.

    A group of lines has `theirs` - `reach` @ unknowns beyond them, with the standard deviation `sd`.
    """

    log_likelihood: float
    mean: Floats
    root: Floats
    theirs: Floats
    reach: Floats
    sd: Floats


@dataclass(frozen=True)
class Fit:
    """Posteriors for several sets of spreads, each with its weight."""

    level: float
    reach: Floats
    known_parts: Floats
    most_known: Floats
    spreads: tuple[Spreads, ...]
    normals: tuple[_Normal, ...]
    weights: Floats
    drift_prior: float

    def mean_of(self, name: Callable[[Spreads], float]) -> float:
        """Average one of the spreads over the posterior."""
        return float(self.weights @ [name(spreads) for spreads in self.spreads])

    @property
    def drift(self) -> float:
        """The drift over the whole window, on the logit scale."""
        return self.drift_prior + float(self.weights @ [normal.mean[1] for normal in self.normals])

    @property
    def drift_sd(self) -> float:
        """Its standard deviation."""
        means = np.array([normal.mean[1] for normal in self.normals])
        squares = np.array([(normal.root[1] ** 2).sum() for normal in self.normals]) + means**2
        return float(np.sqrt(max(self.weights @ squares - (self.weights @ means) ** 2, 0.0)))

    def draw(self, draws: int, rng: np.random.Generator) -> Floats:
        """Draw the logit share of the lines that were not checked, shape (draws, counties).

        How many of those lines come from circulators who are known already is not known: any share up to what they
        could gather is as likely as another.
        """
        counts = rng.multinomial(draws, self.weights)
        parts = []
        for normal, count in zip(self.normals, counts, strict=True):
            if not count:
                continue
            # The products are small and many; einsum does them without threads, which would wait for one another.
            unknown = normal.mean + np.einsum("du,vu->dv", rng.standard_normal((count, len(normal.mean))), normal.root)
            circulators = self.known_parts.shape[1]
            own, known = slice(circulators, -1), slice(circulators)
            part = np.einsum("du,cu->dc", unknown, self.reach - normal.reach[own])
            part += self.level + normal.theirs[own] + normal.sd[own] * rng.standard_normal(part.shape)
            if circulators:
                by_known = np.einsum("cg,gu->cu", self.known_parts, normal.reach[known])
                theirs = np.einsum("cg,g->c", self.known_parts, normal.theirs[known])
                sd = np.sqrt(np.einsum("cg,g->c", self.known_parts**2, normal.sd[known] ** 2))
                theirs = theirs - np.einsum("du,cu->dc", unknown, by_known) + sd * rng.standard_normal((count, 1))
                part += rng.random((count, 1)) * self.most_known * theirs
            parts.append(part)
        logit = np.concatenate(parts)
        return logit[rng.permutation(draws)]


def fit_spreads(
    rows: BatchRows,
    raw: Floats,
    *,
    level: float,
    drift: tuple[float, float],
    circulator_lines: float,
    spreads: Callable[[Floats], Spreads],
) -> Fit:
    """Fit the batches.

    Parameters
    ----------
    rows
        The batches; none gives the prior.
    raw
        Lines of each county, shape (counties,).
    level
        Mean of the petition's logit share before any batch.
    drift
        Mean and standard deviation of the change over the whole window, before any batch.
    circulator_lines
        Lines that one circulator gathers, where that is not known.
    spreads
        Gives the spreads that belong to four standard normal scores: their prior.
    """
    model = _Model(rows, raw, level=level, drift=drift, circulator_lines=circulator_lines)
    middle, root = np.zeros(DIMENSIONS), np.eye(DIMENSIONS)
    rounds = ROUNDS if len(rows.lines) else 1
    model.linearise(spreads(middle))
    for number in range(rounds):
        even = _even_normal(POINTS, start=number * POINTS)
        scores = middle + even @ root.T
        found = tuple(spreads(each) for each in scores)
        normals = tuple(model.posterior(each) for each in found)
        # Prior over proposal; the proposal's own constant is the same for all points.
        log_weight = (
            np.array([normal.log_likelihood for normal in normals]) - ((scores**2).sum(1) - (even**2).sum(1)) / 2
        )
        weights = np.exp(log_weight - log_weight.max())
        weights /= weights.sum()
        if number < rounds - 1:
            # A part of the prior is mixed in, lest a few points that fit well stand for all.
            middle = weights @ scores
            spread = (scores - middle).T @ ((scores - middle) * weights[:, None])
            root = np.linalg.cholesky(1.2 * spread + 0.05 * np.eye(DIMENSIONS))
    return Fit(
        level + drift[0] * rows.rest_when,
        model.rest,
        model.known_parts,
        model.most_known,
        found,
        normals,
        weights,
        drift[0],
    )


class _Model:
    """The linear model of the batches.

    The unknowns are the level, the drift and each county's own part; a batch's row of the design is that of its county
    (or of all, by their lines), with its time in the second place. Groups of batches have a part of their own and no
    batch has two: a circulator's, or, for random draws, what all lines of the county come to.
    """

    def __init__(
        self, rows: BatchRows, raw: Floats, *, level: float, drift: tuple[float, float], circulator_lines: float
    ) -> None:
        self.rows, self.raw, self.level, self.drift, self.usual = rows, raw, level, drift, circulator_lines
        counties = len(raw)
        self.parts = raw / max(raw.sum(), 1e-9)
        self.profile = np.where(rows.county < 0, counties, rows.county)
        self.rest = np.hstack([np.ones((counties, 1)), np.full((counties, 1), rows.rest_when), np.eye(counties)])
        self.circulators = int(rows.circulator.max(initial=-1)) + 1
        self.group = np.where(rows.random, self.circulators + self.profile, rows.circulator)
        self.grouped = self.group >= 0
        self.typical_batch = float(rows.lines[~rows.random].mean()) if (~rows.random).any() else self.usual
        self._know_circulators()

    def _know_circulators(self) -> None:
        """Find each county's known circulators, by lines, and the most of the rest that they could gather."""
        rows, counties = self.rows, len(self.raw)
        known = np.zeros((counties, self.circulators))
        labelled = rows.circulator >= 0
        by_county = labelled & (rows.county >= 0)
        np.add.at(known, (rows.county[by_county], rows.circulator[by_county]), rows.lines[by_county])
        everywhere = np.bincount(rows.circulator[labelled], rows.lines[labelled], self.circulators)
        can = np.where(known > 0, np.maximum(known, self.usual), 0).sum(1)
        rest = np.maximum(self.raw - known.sum(1), 1.0)
        nowhere = known.sum(1) == 0
        if (labelled & (rows.county < 0)).any():
            known[nowhere] = everywhere
            can[nowhere], rest[nowhere] = np.maximum(everywhere, self.usual).sum(), self.raw.sum()
        self.known_parts = known / np.maximum(known.sum(1, keepdims=True), 1e-9)
        self.most_known = np.minimum(can / rest, 1.0)

    def linearise(self, spreads: Spreads) -> None:
        """Turn counts into logits around the fit of the counties, a few times over."""
        rows = self.rows
        pooled = (rows.valid.sum() + 20 * expit(self.level)) / (rows.lines.sum() + 20)
        fitted = np.full(len(rows.lines), np.log(pooled / (1 - pooled)))
        for _ in range(LINEARISED):
            share = expit(fitted).clip(EDGE, 1 - EDGE)
            slope = share * (1 - share)
            self.logit = np.log(share / (1 - share)) + (rows.valid / rows.lines - share) / slope
            self.noise = 1 / (rows.lines * slope)
            normal = self.posterior(spreads)
            of_county = normal.mean[2:]
            by_profile = np.append(of_county, of_county @ self.parts)
            drift = self.drift[0] + normal.mean[1]
            fitted = self.level + normal.mean[0] + by_profile[self.profile] + drift * rows.when

    def _summed(self, weights: NDArray[Any], times: NDArray[Any] | float) -> Floats:
        """Sum weights over rows of the design; `weights` by profile on the last axis, `times` those of the drift."""
        by_county = weights[..., :-1] + weights[..., -1:] * self.parts
        return np.concatenate([weights.sum(-1)[..., None], np.asarray(times)[..., None], by_county], axis=-1)

    def posterior(self, spreads: Spreads) -> _Normal:
        """Give the normal posterior of the unknowns, and the likelihood of the spreads."""
        rows, counties, circulators = self.rows, len(self.raw), self.circulators
        realised = spreads.circulator**2 / np.maximum(self.raw / self.usual, 1.0)
        realised += spreads.batch**2 / np.maximum(self.raw / self.typical_batch, 1.0)
        prior = np.concatenate([[spreads.level**2, self.drift[1] ** 2], np.full(counties, spreads.county**2)])
        everywhere = [(self.parts**2 * realised).sum() + 1e-12]
        of_groups = np.concatenate([np.full(circulators, spreads.circulator**2), realised, everywhere])
        # A batch of no known circulator is by as many as gather so many lines.
        own = spreads.circulator**2 / np.maximum(rows.lines / self.usual, 1.0) * (rows.circulator < 0)
        weight = 1 / (self.noise + np.where(rows.random, 0.0, spreads.batch**2 + own))
        logit = self.logit - self.level - self.drift[0] * rows.when
        kinds, groups = counties + 1, len(of_groups)

        def summed(values: Floats) -> Floats:
            return self._summed(np.bincount(self.profile, values, kinds), (values * rows.when).sum())

        by_profile = np.bincount(self.profile, weight, kinds)
        information = np.zeros((counties + 2, counties + 2))
        information[2:, 2:] = np.diag(by_profile[:-1]) + by_profile[-1] * np.outer(self.parts, self.parts)
        information[0] = information[:, 0] = summed(weight)
        information[1] = information[:, 1] = summed(weight * rows.when)
        information += np.diag(1 / prior)
        score = summed(weight * logit)
        square = (weight * logit**2).sum()

        of, at = self.grouped, self.group[self.grouped]
        crossed = np.bincount(at * kinds + self.profile[of], weight[of], groups * kinds).reshape(groups, kinds)
        mixed = self._summed(crossed, np.bincount(at, (weight * rows.when)[of], groups))
        total = np.bincount(at, weight[of], groups) + 1 / of_groups
        theirs = np.bincount(at, (weight * logit)[of], groups)
        seen = np.flatnonzero(mixed[:, 0])
        information -= np.einsum("gu,gv->uv", mixed[seen] / total[seen, None], mixed[seen])
        score -= np.einsum("gu,g->u", mixed, theirs / total)
        square -= (theirs**2 / total).sum()

        lower = np.linalg.cholesky(information)
        inverse = np.asarray(solve_triangular(lower, np.eye(len(prior)), lower=True))
        half = inverse @ score
        size = np.log(prior).sum() + np.log(of_groups).sum() - np.log(weight).sum()
        size += np.log(total).sum() + 2 * np.log(np.diag(lower)).sum()
        return _Normal(
            log_likelihood=-(size + square - half @ half) / 2,
            mean=inverse.T @ half,
            root=inverse.T,
            theirs=theirs / total,
            reach=mixed / total[:, None],
            sd=1 / np.sqrt(total),
        )


def _even_normal(points: int, start: int) -> Floats:
    """Give even points of a standard normal in four dimensions, shape (points, 4), by Roberts's sequence."""
    ratio = 1.1673039782614187  # the root above 1 of x^5 = x + 1
    steps = ratio ** -np.arange(1, DIMENSIONS + 1)
    return np.asarray(ndtri((0.5 + np.arange(start + 1, start + points + 1)[:, None] * steps) % 1.0))
