"""Lines and pairs under simple random sampling without replacement: point estimate and variance.

A county holds N lines. A signer who is entitled to sign has one accepted line or two (a pair); every other line is
invalid. A sample of n lines shows v distinct signers and d pairs, so y = v + d accepted lines. With

    A = N / n                            each sampled line stands for A lines,
    B = N (N - 1) / (n (n - 1))          each pair seen stands for B pairs,

A y and B d are exactly unbiased for the accepted lines and for the pairs of the county, whence the number of distinct
signers A y - B d = A v - (B - A) d. The variance and its unbiased estimate follow from the chances that two, three
and four given lines are drawn together; the derivation is written out in `docs/explanation/estimate.md`.

Sources: Goodman (1949), Annals of Mathematical Statistics 20, 572-579 (the unbiased estimator, here cut at pairs);
Smith and Thomas (2005), Journal of Official Statistics 21, 489-504 (linear estimators for petitions); Cochran,
Sampling Techniques, 3rd ed., ch. 3 (a share under sampling without replacement).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Samples:
    """Samples of one county each; the counties lie along the last axis.

    `raw_counts` and `sample_sizes` (N and n, in lines, 1 <= n <= N) hold one number a county; `valid` and
    `duplicates` (v and d, in lines) have that shape or more axes in front of it, one for every simulated petition.
    """

    raw_counts: Numbers
    sample_sizes: Numbers
    valid: Numbers
    duplicates: Numbers

    @property
    def accepted(self) -> Numbers:
        """Accepted lines in the sample, second ones of a signer among them (y)."""
        return self.valid + self.duplicates

    @property
    def accepted_share(self) -> Numbers:
        """Share of the sample that was accepted, second lines of a signer among them, in [0, 1]."""
        return self.accepted / self.sample_sizes

    @property
    def unseen(self) -> Numbers:
        """Lines that were not drawn (N - n)."""
        return self.raw_counts - self.sample_sizes

    @property
    def line_weight(self) -> Numbers:
        """Lines for which one sampled line stands (A)."""
        return self.raw_counts / self.sample_sizes

    @property
    def pair_weight(self) -> Numbers:
        """Pairs for which one pair in the sample stands (B); 1 for a full check.

        A sample of one line cannot hold a pair; it gets the weight of two lines, which no pair ever uses.
        """
        others = np.maximum(self.sample_sizes - 1, 1)
        weight = self.line_weight * (self.raw_counts - 1) / others
        return np.where(self.unseen == 0, 1.0, weight)

    def only_sampled(self) -> Samples:
        """Leave out the counties in which every line was checked: there is nothing to estimate in them."""
        kept = self.unseen > 0
        return Samples(
            self.raw_counts[kept], self.sample_sizes[kept], self.valid[..., kept], self.duplicates[..., kept]
        )


def estimate_each(samples: Samples) -> Numbers:
    """Estimate the distinct valid signatures of every county: A y - B d."""
    return samples.line_weight * samples.accepted - samples.pair_weight * samples.duplicates


def variance_each(samples: Samples) -> Numbers:
    """Estimate the variance of every county's estimate, unbiased while no signer signs more than twice and n >= 4.

    Three parts: the accepted share under sampling without replacement; the pairs, each seen or not; and, to be taken
    off, what ties them together (pairs repel one another a little, and a sample rich in accepted lines is rich in
    pairs). In tiny samples the estimate can fall below 0. A sample of one line out of more cannot show how
    much it varies: there the largest possible variance is given, N^2 / 4.
    """
    size, share, pairs = samples.sample_sizes, samples.accepted_share, samples.duplicates
    raw, rest, weight = samples.raw_counts, samples.unseen, samples.pair_weight
    lines_part = raw * rest * np.where(size == 1, raw / (4 * rest.clip(1)), share * (1 - share) / (size - 1).clip(1))
    pairs_part = pairs * weight * (weight - 1)
    two_pairs_weight = weight * (raw - 2) * (raw - 3) / ((size - 2) * (size - 3)).clip(1)
    repulsion = pairs * (pairs - 1) * (two_pairs_weight - weight**2)
    covariance = 2 * pairs * weight * rest / (size - 2).clip(1) * (1 - share)
    return np.where(rest == 0, 0.0, lines_part + pairs_part - repulsion - 2 * covariance)
