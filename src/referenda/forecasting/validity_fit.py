"""The spreads of `validity_model` learned from checked batches: a set of spreads and posteriors, each with its weight.

The spreads have no closed form: draws from their prior are weighted by the marginal likelihood and drawn anew around
the best, three times over (population Monte Carlo, Cappé et al. 2004, Journal of Computational and Graphical
Statistics 13, 907-929). The points are a fixed even sequence (Roberts's, of the generalised golden ratio), so that
the same batches give the same fit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri  # type: ignore[import-untyped]

from referenda.forecasting.validity_model import BatchModel, Normal, Spreads

Floats = NDArray[np.float64]

POINTS = 48
ROUNDS = 3
DIMENSIONS = 4


@dataclass(frozen=True)
class Fit:
    """Posteriors for several sets of spreads, each with its weight."""

    model: BatchModel
    spreads: tuple[Spreads, ...]
    normals: tuple[Normal, ...]
    weights: Floats

    def mean_of(self, name: Callable[[Spreads], float]) -> float:
        """Average one of the spreads over the posterior."""
        return float(self.weights @ [name(spreads) for spreads in self.spreads])

    @property
    def drift(self) -> float:
        """The drift over the whole window, on the logit scale."""
        return self.model.before.drift + float(self.weights @ [normal.mean[1] for normal in self.normals])

    @property
    def drift_sd(self) -> float:
        """Its standard deviation."""
        means = np.array([normal.mean[1] for normal in self.normals])
        squares = np.array([(normal.root[1] ** 2).sum() for normal in self.normals]) + means**2
        return float(np.sqrt(max(self.weights @ squares - (self.weights @ means) ** 2, 0.0)))

    def draw(self, draws: int, rng: np.random.Generator) -> Floats:
        """Draw the share of valid lines among those that were not checked, shape (draws, counties)."""
        counts = rng.multinomial(draws, self.weights)
        drawn = [
            self.model.draw(normal, int(count), rng)
            for normal, count in zip(self.normals, counts, strict=True)
            if count
        ]
        return np.concatenate(drawn)[rng.permutation(draws)]


def fit_spreads(model: BatchModel, spreads: Callable[[Floats], Spreads]) -> Fit:
    """Fit the batches of a model.

    Parameters
    ----------
    model
        The batches; where it has none, the fit is the prior.
    spreads
        Gives the spreads that belong to four standard normal scores: their prior.
    """
    middle, root = np.zeros(DIMENSIONS), np.eye(DIMENSIONS)
    model.linearise(spreads(middle))
    rounds = ROUNDS if len(model.rows.lines) else 1
    for number in range(rounds):
        even = _even_normal(POINTS, start=number * POINTS)
        scores = middle + even @ root.T
        found = tuple(spreads(each) for each in scores)
        normals = tuple(model.posterior(each) for each in found)
        # Prior over proposal; the proposal's own constant is the same for all points.
        prior = ((even**2).sum(1) - (scores**2).sum(1)) / 2
        log_weight = prior + np.array([normal.log_likelihood for normal in normals])
        weights = np.exp(log_weight - log_weight.max())
        weights /= weights.sum()
        if number < rounds - 1:
            # A part of the prior is mixed in, lest a few points that fit well stand for all.
            middle = weights @ scores
            spread = (scores - middle).T @ ((scores - middle) * weights[:, None])
            root = np.linalg.cholesky(1.2 * spread + 0.05 * np.eye(DIMENSIONS))
    return Fit(model, found, normals, weights)


def _even_normal(points: int, start: int) -> Floats:
    """Give even points of a standard normal in four dimensions, shape (points, 4), by Roberts's sequence."""
    ratio = 1.1673039782614187  # the root above 1 of x^5 = x + 1
    steps = ratio ** -np.arange(1, DIMENSIONS + 1)
    return np.asarray(ndtri((0.5 + np.arange(start + 1, start + points + 1)[:, None] * steps) % 1.0))
