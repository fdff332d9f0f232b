"""Limits for the distinct valid signatures of several counties together, at any level of confidence.

Two unknowns are each given a confidence distribution and then melded (Fay, Proschan and Brittain 2015):

- the accepted lines of all sampled counties: Wilson's score distribution of a share, whose effective sample size
  carries the unequal counties and the finite populations (Korn and Graubard 1998);
- the duplicates that the samples did not show: a weighted sum of rare counts, the gamma distribution of Fay and
  Feuer (1997), with the mean and variance of the wait for the next pair seen with the chance 1 / B that both lines
  of a pair are drawn. Towards more duplicates one further pair is added, in the county where it weighs most: so a
  sample without any duplicate still leaves room for some.

The limits of the difference are quantiles of the melded distribution. Estimates of the two unknowns are positively
correlated; treating them as independent makes the interval of their difference a little too wide, never too narrow.
Measured coverage stands in `docs/explanation/estimate.md`.

Sources: Fay, Proschan, Brittain (2015), Biometrics 71, 146-156; Fay, Feuer (1997), Statistics in Medicine 16,
791-801; Korn, Graubard (1998), Survey Methodology 24, 193-201; Wilson (1927), JASA 22, 209-212.
"""

from __future__ import annotations

import numpy as np

from referenda.stats.pairs import Numbers, Samples

# Nodes of the trapezoidal rule over the normal score of the unseen duplicates.
_SCORES = np.linspace(-6.5, 6.5, 131)
_WEIGHTS = np.exp(-(_SCORES**2) / 2) / np.exp(-(_SCORES**2) / 2).sum()
_HALVINGS = 40


def limits(samples: Samples, confidence: float) -> tuple[Numbers, Numbers]:
    """Give the lower and upper limit of the distinct valid signatures, summed over the last axis.

    Parameters
    ----------
    samples
        Counties in which lines remain unseen (1 <= n < N); use `Samples.only_sampled`.
    confidence
        Level of the two-sided interval, 0 < confidence < 1; each limit alone has the level (1 + confidence) / 2.

    Returns
    -------
    tuple
        Whole numbers, rounded outwards because the truth is whole, and no lower than the distinct signers seen nor
        higher than those and all unseen lines.
    """
    tail = (1 - confidence) / 2
    lines = _AcceptedLines(samples)
    pair_weight = samples.pair_weight
    mean = (samples.duplicates * (pair_weight - 1)).sum(-1)
    variance = (samples.duplicates * pair_weight * (pair_weight - 1)).sum(-1)
    further = (pair_weight - 1).max(-1)
    seen, duplicates = samples.valid.sum(-1), samples.duplicates.sum(-1)
    estimate = lines.estimate - mean - duplicates
    low = lines.less(_gamma_nodes(mean + further, variance + further * (further + 1)), tail) - duplicates
    high = lines.less(_gamma_nodes(mean, variance), 1 - tail) - duplicates
    least, most = seen, seen + samples.unseen.sum(-1)
    return (
        np.clip(np.floor(np.minimum(low, estimate)), least, most),
        np.clip(np.ceil(np.maximum(high, estimate)), least, most),
    )


class _AcceptedLines:
    """Wilson's confidence distribution of the accepted lines of all counties together."""

    def __init__(self, samples: Samples) -> None:
        self.estimate: Numbers = (samples.line_weight * samples.accepted).sum(-1)
        self.most: Numbers = samples.raw_counts.sum(-1)
        self.share = self.estimate / self.most
        # Half a line is added to each side so that a county whose sample is all good still counts as uncertain.
        smoothed = (samples.accepted + 0.5) / (samples.sample_sizes + 1)
        overall = (samples.raw_counts * smoothed).sum(-1) / self.most
        finite = samples.unseen / (samples.raw_counts - 1)
        spread = (samples.raw_counts**2 * smoothed * (1 - smoothed) / samples.sample_sizes * finite).sum(-1)
        self.effective_size = overall * (1 - overall) * self.most**2 / spread

    def less(self, duplicates: Numbers, probability: float) -> Numbers:
        """Find the quantile of accepted lines less unseen duplicates; `duplicates` has its nodes on the last axis."""
        from scipy.special import ndtr  # type: ignore[import-untyped]

        low, high = -duplicates[..., -1] - 1, np.broadcast_to(self.most, self.share.shape).astype(np.float64)
        share, size, most = self.share[..., None], self.effective_size[..., None], np.asarray(self.most)[..., None]
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            at = ((middle[..., None] + duplicates) / most).clip(1e-12, 1 - 1e-12)
            reached = ndtr((at - share) * np.sqrt(size / (at * (1 - at)))) @ _WEIGHTS >= probability
            low, high = np.where(reached, low, middle), np.where(reached, middle, high)
        return (low + high) / 2


def _gamma_nodes(mean: Numbers, variance: Numbers) -> Numbers:
    """Give the gamma quantiles at the nodes, on a new last axis; all of them 0 where the mean is 0."""
    from scipy.special import gammainccinv, gammaincinv, ndtr

    nothing = mean == 0
    shape = (np.where(nothing, 1.0, mean**2 / np.where(nothing, 1.0, variance)))[..., None]
    scale = (np.where(nothing, 0.0, variance / np.where(nothing, 1.0, mean)))[..., None]
    upper = _SCORES > 0
    lower_half = gammaincinv(shape, ndtr(_SCORES[~upper]))
    upper_half = gammainccinv(shape, ndtr(-_SCORES[upper]))
    return np.concatenate([lower_half, upper_half], axis=-1) * scale
