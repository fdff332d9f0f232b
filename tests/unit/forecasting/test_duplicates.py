"""Repeats of a signer: they grow with the square, bend where many have signed, and what is compared shows them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from referenda.errors import InputError
from referenda.forecasting.duplicates import (
    Compared,
    DuplicatePriors,
    PastDuplicates,
    compared_in,
    draw_duplicate_rate,
    duplicate_share,
    read_duplicates,
    usual_duplicates,
)
from referenda.forecasting.validity import CheckedBatch

VAGUE = DuplicatePriors(mean_share=0.02, shape=0.001, spread=0.0)


def rng() -> np.random.Generator:
    return np.random.default_rng(71)


def quantiles(values: np.ndarray) -> list[float]:
    return [float(q) for q in np.quantile(values, [0.1, 0.5, 0.9])]


def test_few_repeats_grow_with_the_lines_and_their_number_with_the_square() -> None:
    assert pytest.approx(float(duplicate_share(1e-8, 100_000)), rel=0.01) == 0.001
    assert pytest.approx(float(duplicate_share(1e-9, 200_000) * 2 / duplicate_share(1e-9, 100_000)), rel=0.01) == 4


def test_the_share_rises_and_never_reaches_one() -> None:
    shares = duplicate_share(1e-6, np.array([0, 1, 1e3, 1e6, 1e9]))
    assert float(shares[0]) == pytest.approx(0, abs=1e-9)
    assert (np.diff(shares) > 0).all()
    assert shares[-1] < 1


def test_the_share_is_that_of_signers_who_sign_by_chance() -> None:
    chance, people, lines = rng(), 50_000, 30_000
    repeats = [lines - len(np.unique(chance.integers(people, size=lines))) for _ in range(20)]
    assert float(np.mean(repeats)) / lines == pytest.approx(float(duplicate_share(1 / (2 * people), lines)), rel=0.02)


def test_without_anything_compared_the_rate_is_that_of_the_past() -> None:
    priors = usual_duplicates()
    share = draw_duplicate_rate([], requirement=585_407, draws=40_000, rng=rng()) * 585_407
    expected = stats.gamma(priors.shape, scale=priors.mean_share / priors.shape).ppf([0.1, 0.5, 0.9])
    assert list(expected) == pytest.approx(quantiles(share), rel=0.05)


def test_with_nothing_thought_before_the_rate_is_the_gamma_of_a_poisson_count() -> None:
    rate = draw_duplicate_rate(
        [Compared(10_000, 20, valid=8_000)], requirement=100_000, draws=40_000, rng=rng(), priors=VAGUE
    )
    expected = stats.gamma(20).ppf([0.1, 0.5, 0.9]) / (10_000 * 8_000)
    assert list(expected) == pytest.approx(quantiles(rate), rel=0.03)


def test_repeats_of_a_part_foretell_those_of_the_whole_by_the_square() -> None:
    part = Compared(48_289, 242, valid=43_389)  # R-71 on 2009-08-12; at the end there were 2,093 among 123,710
    rate = draw_duplicate_rate([part], requirement=120_577, draws=20_000, rng=rng(), raw_count=137_881)
    low, _, high = quantiles(duplicate_share(rate, 137_881) * 123_710)
    assert low < 2_093 < high
    assert high - low < 800


def test_the_more_of_the_petition_is_compared_the_less_is_left_open() -> None:
    def width(lines: int, repeats: int) -> float:
        rate = draw_duplicate_rate(
            [Compared(lines, repeats)], requirement=100_000, draws=20_000, rng=rng(), raw_count=150_000
        )
        low, middle, high = quantiles(duplicate_share(rate, 150_000))
        return (high - low) / middle

    widths = [width(lines, round(5_000 * (lines / 150_000) ** 2)) for lines in (15_000, 75_000, 150_000)]
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] < 0.05


def test_a_sample_that_shows_no_repeat_leaves_room_for_some() -> None:
    without = draw_duplicate_rate([Compared(5_000, 0)], requirement=100_000, draws=20_000, rng=rng())
    usual = draw_duplicate_rate([], requirement=100_000, draws=20_000, rng=rng())
    assert 0 < np.median(without) < np.median(usual)
    assert np.quantile(without, 0.9) > 1e-8


def test_repeats_counted_in_batches_are_comparisons() -> None:
    batches = [CheckedBatch(100, 80, duplicates=2), CheckedBatch(100, 80), CheckedBatch(1, 1, duplicates=0)]
    assert compared_in(batches) == [Compared(100, 2, valid=80)]


def test_a_batch_of_one_county_shows_the_repeats_of_as_many_lines_of_all() -> None:
    batches = [CheckedBatch(500, 400, "Alder county", duplicates=3), CheckedBatch(500, 400, "Birch", duplicates=3)]
    assert compared_in(batches, ["Alder", "Cedar"], [0.05, 0.95]) == [Compared(10_000, 3, valid=400)]
    assert compared_in(batches) == []
    assert compared_in(batches, ["whole place"], [1.0]) == [Compared(500, 3, valid=400)] * 2


def test_repeats_inside_counties_foretell_those_of_signers_who_keep_to_their_county() -> None:
    chance, people, lines = rng(), np.array([40_000, 10_000]), np.array([24_000, 6_000])
    signers = [chance.integers(many, size=filed) for many, filed in zip(people, lines, strict=True)]
    repeats = sum(len(each) - len(np.unique(each)) for each in signers)
    drawn = [each[:2_000] for each in signers]  # the order is by chance already
    batches = [
        CheckedBatch(2_000, 2_000, county, duplicates=2_000 - len(np.unique(sample)), random=True)
        for county, sample in zip(("Alder", "Birch"), drawn, strict=True)
    ]
    compared = compared_in(batches, ["Alder", "Birch"], [0.8, 0.2])
    rate = draw_duplicate_rate(compared, requirement=20_000, draws=20_000, rng=rng(), priors=VAGUE)
    low, _, high = quantiles(duplicate_share(rate, 30_000) * 30_000)
    assert low < repeats < high


def test_the_same_seed_gives_the_same_rates() -> None:
    given = [Compared(20_000, 31)]
    one, other = (draw_duplicate_rate(given, requirement=50_000, draws=100, rng=rng()) for _ in range(2))
    assert (one == other).all()


def test_all_that_cannot_be_is_named() -> None:
    wrong = [Compared(100, 101), Compared(100, 5, valid=120), Compared(100, -1), Compared(100, 3)]
    with pytest.raises(InputError) as caught:
        draw_duplicate_rate(wrong, requirement=0, draws=10, rng=rng())
    assert len(caught.value.faults) == 4
    assert "comparison 1 has 101 duplicates among 100 valid of 100 lines" in str(caught.value)
    assert all(fault.remedy for fault in caught.value.faults)


def test_the_prior_is_that_of_the_facts_and_forgets_the_petition_left_out() -> None:
    shares = {past.measure: past.share_at_requirement for past in read_duplicates()}
    assert len(shares) == 11
    assert float(np.mean(list(shares.values()))) == pytest.approx(usual_duplicates().mean_share)
    assert 0.002 < min(shares.values()) < max(shares.values()) < 0.08
    assert usual_duplicates("Walker recall").mean_share > usual_duplicates().mean_share
    assert usual_duplicates().as_dict()["shape"] == pytest.approx(1.8, abs=0.2)


def test_the_share_of_a_sample_is_scaled_to_as_many_lines_as_required() -> None:
    # I-1125 (Washington 2011): 13 pairs in 10,012 lines, of which 8,974 valid; 241,153 needed.
    past = PastDuplicates("I-1125", 241_153, Compared(10_012, 13, valid=8_974))
    assert past.share_at_requirement == 13 / 8_974 * 241_153 / 10_012
