"""How often the interval of the unbiased estimate holds the truth: simulated petitions whose truth is known.

    python bench/estimate_calibration.py            the table of docs/explanation/estimate.md (several minutes)
    python bench/estimate_calibration.py --quick    the same with fewer petitions

Every petition has planted signers with one, two or three lines and planted invalid lines. A county's sample is drawn
by counts instead of line by line, which has exactly the same distribution: how many lines of each kind are drawn
(multivariate hypergeometric), how many of them are first, second and third lines, and how far these subsets of the
same signers overlap. `draw_line_by_line` does it literally; a test holds the two against each other.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from referenda.stats.melding import limits
from referenda.stats.pairs import Samples, estimate_each, variance_each

LEVELS = (0.80, 0.90, 0.95, 0.99)
Counts = NDArray[np.int64]

# Raw counts of 30 counties as reported for "Six Californias" (2014); the other 28 were not published and share the
# rest of the 1,137,844 in the proportions 1 : 2 : ... : 28, so that this is a petition like California's.
REPORTED_2014 = (
    51366, 8, 1750, 11641, 38382, 1910, 7230, 616, 26422, 2066, 311924, 945, 4323, 52217, 1651, 74478, 43578, 350,
    88067, 97450, 27831, 12906, 38366, 3742, 208, 4855, 764, 4761, 27134, 3720,
)  # fmt: skip
_REST = (1_137_844 - sum(REPORTED_2014)) / sum(range(1, 29))
CALIFORNIA = REPORTED_2014 + tuple(round(_REST * part) for part in range(1, 29))


@dataclass(frozen=True)
class Shape:
    """A kind of petition: raw counts and sample sizes by county, and what is planted in every county.

    Shares are of the raw count: `accepted` are the lines that would be accepted if they stood alone, `duplicates`
    the second and third lines among them. `thrice` is the share of those with several lines who have three.
    """

    name: str
    raw_counts: tuple[int, ...]
    sample_sizes: tuple[int, ...]
    accepted: float
    duplicates: float
    thrice: float = 0.0


@dataclass(frozen=True)
class Planted:
    """Signers with one, two and three lines, and invalid lines, by county."""

    once: Counts
    twice: Counts
    thrice: Counts
    invalid: Counts

    @property
    def distinct(self) -> int:
        return int((self.once + self.twice + self.thrice).sum())


@dataclass(frozen=True)
class Measured:
    """What the simulated petitions of one shape showed; shares of petitions, by level."""

    shape: Shape
    petitions: int
    duplicates_seen: float
    error: float
    standard_deviation: float
    covered: dict[float, float]
    too_high: dict[float, float]
    """The lower limit was above the truth."""
    too_low: dict[float, float]
    """The upper limit was below the truth."""
    width: dict[float, float]
    """Mean width over the width of a normal interval made with the true standard deviation."""
    covered_by_normal: dict[float, float]


def california_rule(raw_count: int) -> int:
    """Size of the sample: 3 percent rounded up, at least 500, all of 500 or fewer (Elections Code 9030(d))."""
    return min(raw_count, max(500, -(-raw_count * 3 // 100)))


def by_rule(name: str, raw: Sequence[int], accepted: float, duplicates: float, thrice: float = 0.0) -> Shape:
    return Shape(name, tuple(raw), tuple(map(california_rule, raw)), accepted, duplicates, thrice)


def by_share(raw: int, share: float, accepted: float, duplicates: float, thrice: float = 0.0) -> Shape:
    return Shape(f"one draw of {share:.0%}", (raw,), (round(raw * share),), accepted, duplicates, thrice)


SMALL = (520, 600, 700, 800, 900, 1500, 2000, 3000, 4000, 5000)
SHAPES = (
    *(by_rule("58 counties", CALIFORNIA, 0.75, share) for share in (0, 0.001, 0.01, 0.03, 0.06, 0.10)),
    *(by_rule("58 counties", CALIFORNIA, accepted, 0.01) for accepted in (0.5, 0.95)),
    Shape("58 counties, full check", CALIFORNIA, CALIFORNIA, 0.75, 0.03),
    *(by_rule("10 small counties", SMALL, 0.70, share) for share in (0.01, 0.05)),
    Shape("30 tiny counties, 8 of 20", (20,) * 30, (8,) * 30, 0.75, 0.05),
    Shape("100 tiny counties, 2 of 30", (30,) * 100, (2,) * 100, 0.80, 0.07),
    Shape("1 % of one county, half of 40", (300_000, *(3_000,) * 40), (3_000, *(1_500,) * 40), 0.75, 0.02),
    *(
        by_rule("one county", (raw,), accepted, share)
        for raw, accepted, share in (
            (501, 0.75, 0.01),
            (501, 0.95, 0.03),
            (560, 0.75, 0.01),
            (560, 0.50, 0.10),
            (800, 0.75, 0.01),
            (800, 0.50, 0.10),
            (3_000, 0.75, 0.01),
            (3_000, 0.95, 0.005),
            (16_000, 0.75, 0.0),
            (16_000, 0.75, 0.01),
            (16_000, 0.95, 0.03),
            (50_000, 0.75, 0.03),
            (50_000, 0.95, 0.002),
            (300_000, 0.50, 0.10),
            (300_000, 0.75, 0.01),
            (300_000, 0.95, 0.002),
        )
    ),
    *(by_share(137_881, share, 0.90, 0.015) for share in (0.03, 0.05, 0.35, 0.85)),
)
SHAPES_WITH_TRIPLES = (
    *(by_rule("58 counties", CALIFORNIA, 0.75, share, 0.05) for share in (0.01, 0.03, 0.06)),
    *(by_share(137_881, share, 0.90, 0.015, 0.04) for share in (0.03, 0.35, 0.85)),
    by_share(137_881, 0.35, 0.90, 0.06, 0.04),
)


def plant(shape: Shape) -> Planted:
    raw = np.array(shape.raw_counts)
    several = raw * shape.duplicates / (1 + shape.thrice)
    thrice = np.round(several * shape.thrice).astype(np.int64)
    accepted = np.round(raw * shape.accepted).astype(np.int64)
    twice = np.minimum(np.round(raw * shape.duplicates).astype(np.int64) - 2 * thrice, (accepted - 3 * thrice) // 2)
    return Planted(accepted - 2 * twice - 3 * thrice, twice, thrice, raw - accepted)


def draw(
    rng: np.random.Generator, planted: Planted, sample_sizes: Sequence[int], petitions: int
) -> tuple[Counts, Counts]:
    """Draw samples of many petitions: distinct signers seen and further lines seen, by petition and county."""
    take = rng.hypergeometric
    left = np.broadcast_to(np.array(sample_sizes), (petitions, len(sample_sizes)))
    once, twice, thrice, invalid = planted.once, planted.twice, planted.thrice, planted.invalid
    of_once = take(once, 2 * twice + 3 * thrice + invalid, left)
    left = left - of_once
    of_twice = take(2 * twice, 3 * thrice + invalid, left)
    left = left - of_twice
    of_thrice = take(3 * thrice, invalid, left)
    first = take(twice, twice, of_twice)
    both = take(first, twice - first, of_twice - first)
    first = take(thrice, 2 * thrice, of_thrice)
    second = take(thrice, thrice, of_thrice - first)
    third = of_thrice - first - second
    two_lines = first + second - take(first, thrice - first, second)
    signers = two_lines + third - take(two_lines, thrice - two_lines, third)
    return of_once + of_twice - both + signers, both + of_thrice - signers


def draw_line_by_line(rng: np.random.Generator, planted: Planted, sample_size: int) -> tuple[int, int]:
    """Draw the sample of one county literally: number the signers, lay out all lines, take some."""
    once, twice, thrice, invalid = (
        int(kind[0]) for kind in (planted.once, planted.twice, planted.thrice, planted.invalid)
    )
    lines_of = np.repeat([1, 2, 3], [once, twice, thrice])
    lines = np.concatenate([np.repeat(np.arange(len(lines_of)), lines_of), np.full(invalid, -1)])
    drawn = rng.choice(lines, sample_size, replace=False)
    accepted = drawn[drawn >= 0]
    signers = len(np.unique(accepted))
    return signers, len(accepted) - signers


def measure(shape: Shape, petitions: int, seed: int = 20260) -> Measured:
    """Simulate petitions of one shape and count how often each interval holds the planted truth."""
    planted = plant(shape)
    valid, duplicates = draw(np.random.default_rng(seed), planted, shape.sample_sizes, petitions)
    samples = Samples(
        np.array(shape.raw_counts, dtype=np.float64),
        np.array(shape.sample_sizes, dtype=np.float64),
        valid.astype(np.float64),
        duplicates.astype(np.float64),
    )
    estimate, variance = estimate_each(samples).sum(-1), variance_each(samples).sum(-1)
    some, truth, deviation = samples.only_sampled(), planted.distinct, float(estimate.std())
    checked = samples.valid[:, samples.unseen == 0].sum(-1)
    covered, too_high, too_low, width, normal = {}, {}, {}, {}, {}
    for level in LEVELS:
        reach = ndtri((1 + level) / 2)
        low, high = limits(some, level) if some.raw_counts.size else (np.zeros(petitions), np.zeros(petitions))
        low, high = low + checked, high + checked
        too_high[level] = float((low > truth).mean())
        too_low[level] = float((high < truth).mean())
        covered[level] = float(((low <= truth) & (truth <= high)).mean())
        width[level] = float((high - low).mean()) / (2 * reach * deviation) if deviation else 0.0
        normal[level] = float((abs(estimate - truth) <= reach * np.sqrt(variance) + 1e-9).mean())
    return Measured(
        shape, petitions, float(duplicates.sum(-1).mean()), float(estimate.mean()) - truth, deviation,
        covered, too_high, too_low, width, normal,
    )  # fmt: skip


def _row(measured: Measured) -> str:
    shape, percent = measured.shape, lambda share: f"{100 * share:.1f}"
    size = f", N = {shape.raw_counts[0]:,}" if len(shape.raw_counts) == 1 else ""
    cells = [
        shape.name + size,
        f"{shape.accepted:.0%}",
        f"{shape.duplicates:.1%}",
        f"{measured.duplicates_seen:,.2f}",
        f"{measured.standard_deviation:,.{0 if measured.standard_deviation >= 100 else 1}f}",
        *(percent(measured.covered[level]) for level in LEVELS),
        f"{percent(measured.too_high[0.95])} / {percent(measured.too_low[0.95])}",
        f"{measured.width[0.95]:.2f}",
        percent(measured.covered_by_normal[0.95]),
    ]
    return "| " + " | ".join(cells) + " |"


def _print_table(shapes: Sequence[Shape], petitions: int) -> None:
    print(
        "| petition | accepted | duplicates | seen | s.d. | 80 % | 90 % | 95 % | 99 % "
        "| missed at 95 %: low / high limit | width | normal at 95 % |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|---|")
    for shape in shapes:
        print(_row(measure(shape, petitions)), flush=True)


def _label(measured: Measured) -> str:
    shape = measured.shape
    size = f", N = {shape.raw_counts[0]:,}" if len(shape.raw_counts) == 1 else ""
    return f"{shape.name}{size}; {shape.accepted:.0%} accepted, {shape.duplicates:.1%} duplicates"


def _figures(measured: Measured) -> str:
    held = " / ".join(f"{100 * measured.covered[level]:.1f}" for level in LEVELS)
    normal = f"{100 * measured.covered_by_normal[0.95]:.1f}"
    return f"{held} %; width {measured.width[0.95]:.2f}; normal interval at 95: {normal} %"


def main() -> None:
    parser = argparse.ArgumentParser(description="Print the measured coverage of the interval as a table.")
    parser.add_argument("--quick", action="store_true", help="1,000 petitions a row instead of 4,000")
    parser.add_argument("--json", action="store_true", help="the figures as JSON: held at 80 / 90 / 95 / 99 percent")
    options = parser.parse_args()
    petitions = 1_000 if options.quick else 4_000
    if options.json:
        held = {_label(m): _figures(m) for m in (measure(shape, petitions) for shape in SHAPES)}
        triples = {_label(m): _figures(m) for m in (measure(shape, petitions) for shape in SHAPES_WITH_TRIPLES)}
        found = {"held at 80 / 90 / 95 / 99 %": held, "where some sign three times": triples}
        print(json.dumps({"petitions a row": petitions, **found}))
        return
    started = time.perf_counter()
    print(f"{petitions:,} petitions a row; nobody signs more than twice:\n")
    _print_table(SHAPES, petitions)
    print("\nSome sign three times (5 % of those who sign more than once in California, 4 % in the others):\n")
    _print_table(SHAPES_WITH_TRIPLES, petitions)
    print(f"\n{time.perf_counter() - started:.0f} seconds")


if __name__ == "__main__":
    main()
