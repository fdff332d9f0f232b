"""The share of valid lines of every county: from history alone, from one number, from thousands of batches."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from scipy import stats
from scipy.special import expit

from referenda.errors import InputError
from referenda.forecasting.gathering import Window
from referenda.forecasting.history import PlaceValidity
from referenda.forecasting.validity import CheckedBatch, ValidityDraws, ValidityPriors, check_batches, draw_validity

PLACE = PlaceValidity(mean_logit=1.1, between_sd=0.4, petitions=6)
WINDOW = Window(date(2026, 1, 1), date(2026, 6, 29))
COUNTIES = ("Alder", "Birch", "Cedar")
RAW = np.array([60_000.0, 30_000.0, 10_000.0])


def forecast(*batches: CheckedBatch, **more: Any) -> ValidityDraws:
    given: dict[str, Any] = {
        "counties": COUNTIES,
        "raw_by_county": RAW,
        "place": PLACE,
        "window": None,
        "draws": 4_000,
        "rng": np.random.default_rng(7),
    }
    return draw_validity(batches, **(given | more))


def total(drawn: ValidityDraws, raw: np.ndarray = RAW) -> np.ndarray:
    return np.asarray((drawn.share * raw).sum(axis=1) / raw.sum())


def test_with_nothing_checked_the_petition_is_one_of_its_place() -> None:
    drawn = total(forecast(draws=20_000))
    scale = PLACE.between_sd * np.sqrt((PLACE.degrees - 2) / PLACE.degrees)
    expected = expit(PLACE.mean_logit + scale * stats.t.ppf([0.1, 0.5, 0.9], PLACE.degrees))
    assert list(expected) == pytest.approx(list(np.quantile(drawn, [0.1, 0.5, 0.9])), abs=0.02)


def test_a_large_random_sample_leaves_its_own_chance_only() -> None:
    drawn = total(forecast(CheckedBatch(5_000, 3_500, random=True)))
    assert drawn.mean() == pytest.approx(0.70, abs=0.005)
    assert drawn.std() == pytest.approx(np.sqrt(0.7 * 0.3 / 5_000), rel=0.15)


def test_a_county_that_is_checked_wholly_is_known() -> None:
    drawn = forecast(CheckedBatch(10_000, 6_000, "Cedar"))
    assert set(drawn.share[:, 2]) == {0.6}
    assert drawn.share[:, 0].std() > 0.02


def test_of_a_county_that_is_checked_half_only_the_other_half_is_open() -> None:
    share = forecast(CheckedBatch(5_000, 4_000, "Cedar")).share[:, 2]
    assert 0.399 < share.min() < share.max() < 0.901
    alone = forecast(CheckedBatch(5_000, 4_000, "Cedar"), raw_by_county=RAW * 1_000).share[:, 2]
    assert share.std() < 0.8 * alone.std()


def test_a_county_without_checked_lines_is_like_the_others_and_less_sure() -> None:
    drawn = forecast(
        CheckedBatch(3_000, 1_800, "Alder", random=True), CheckedBatch(3_000, 1_800, "Birch", random=True)
    ).share
    assert 0.58 < drawn[:, 2].mean() < 0.68
    assert drawn[:, 2].std() > 3 * drawn[:, 0].std()


def test_lines_that_were_not_drawn_by_chance_say_less() -> None:
    by_chance, taken = (total(forecast(CheckedBatch(5_000, 3_500, random=each))) for each in (True, False))
    assert taken.std() > 2 * by_chance.std()


def test_circulators_who_differ_leave_more_open_than_circulators_who_agree() -> None:
    def batches(shares: list[float]) -> list[CheckedBatch]:
        return [CheckedBatch(200, round(200 * share), circulator=str(n)) for n, share in enumerate(shares)]

    agree, differ = forecast(*batches([0.7] * 20)), forecast(*batches([0.45, 0.95] * 10))
    assert differ.circulator_sd > 2 * agree.circulator_sd
    assert total(differ).std() > 1.3 * total(agree).std()


def test_a_bad_circulator_weighs_less_than_his_lines_where_others_will_gather() -> None:
    good = [CheckedBatch(100, 80, circulator=str(n)) for n in range(20)]
    bad = [CheckedBatch(100, 10, circulator="bad") for _ in range(20)]
    nobody_known = [replace(batch, circulator=None) for batch in (*good, *bad)]
    assert total(forecast(*good, *bad)).mean() > total(forecast(*nobody_known)).mean() + 0.05


def test_validity_that_fell_from_month_to_month_is_expected_to_fall_further() -> None:
    falling = [
        CheckedBatch(2_000, 1_700 - 100 * month, on=WINDOW.first + timedelta(days=30 * month + 15))
        for month in range(4)
    ]
    with_days, without = forecast(*falling, window=WINDOW), forecast(*falling, window=None)
    assert with_days.drift < -0.25
    assert with_days.drift_sd < ValidityPriors().drift_spread
    assert total(with_days).mean() < total(without).mean() - 0.005
    assert without.drift == ValidityPriors().drift


def test_days_of_a_check_after_the_deadline_play_no_part() -> None:
    after = CheckedBatch(5_000, 4_000, on=WINDOW.deadline + timedelta(days=20))
    assert (forecast(after, window=WINDOW).share == forecast(CheckedBatch(5_000, 4_000), window=WINDOW).share).all()


def test_the_whole_place_as_one_county_takes_every_batch() -> None:
    batch = CheckedBatch(400, 300, "King", random=True)
    drawn = forecast(batch, counties=("whole place",), raw_by_county=np.array([9_000.0]))
    assert drawn.share.shape == (4_000, 1)
    assert drawn.share.mean() == pytest.approx(0.75, abs=0.01)


def test_the_name_of_a_county_may_be_written_otherwise() -> None:
    one, other = (forecast(CheckedBatch(900, 600, name)).share for name in ("Alder", "alder  County"))
    assert (one == other).all()


def test_lines_may_differ_from_draw_to_draw_and_be_fewer_than_were_checked() -> None:
    raw = np.tile(RAW, (4_000, 1))
    raw[:, 2] = 4_000.0
    drawn = forecast(CheckedBatch(5_000, 4_000, "Cedar"), raw_by_county=raw)
    assert set(drawn.share[:, 2]) == {0.8}
    assert np.isfinite(drawn.share).all()


def test_counties_without_lines_and_places_without_any_are_no_trouble() -> None:
    for raw in (np.array([1_000.0, 0.0, 0.0]), np.zeros(3)):
        share = forecast(CheckedBatch(100, 70, random=True), raw_by_county=raw).share
        assert ((share > 0) & (share < 1)).all()


def test_the_same_batches_and_seed_give_the_same_draws() -> None:
    batches = [CheckedBatch(50, 30 + n % 9, COUNTIES[n % 3], f"c{n % 7}", WINDOW.first) for n in range(60)]
    assert (forecast(*batches, window=WINDOW).share == forecast(*batches, window=WINDOW).share).all()


def test_all_that_cannot_be_is_named() -> None:
    wrong = [
        CheckedBatch(0, 0),
        CheckedBatch(100, 101, "Alder"),
        CheckedBatch(100, 50, "Aldr"),
        CheckedBatch(100, 50, duplicates=51),
        CheckedBatch(100, -1),
    ]
    with pytest.raises(InputError) as caught:
        forecast(*wrong)
    assert len(caught.value.faults) == 5
    assert "batch 2 of Alder has 101 valid of 100 lines" in str(caught.value)
    assert "Did you mean Alder?" in str(caught.value)
    assert all(fault.remedy for fault in caught.value.faults)
    assert check_batches([CheckedBatch(10, 5, "Anywhere")]) == []


def test_spreads_are_told_in_points_too() -> None:
    drawn = forecast(CheckedBatch(5_000, 3_500, random=True))
    points = drawn.in_points()
    assert points["county_sd"] == pytest.approx(0.21 * drawn.county_sd, rel=0.1)
    assert drawn.checked == 5_000
    assert drawn.priors.as_dict()["county"] == ValidityPriors().county


def test_the_fit_agrees_with_drawing_everything_from_the_prior_and_weighing_it() -> None:
    """The model drawn literally: level, counties, realised means; each draw weighed by its exact binomial chance."""
    counts = [(400, 320), (300, 180)]
    drawn = forecast(*(CheckedBatch(n, v, COUNTIES[i], random=True) for i, (n, v) in enumerate(counts)))
    chance, priors, many = np.random.default_rng(3), ValidityPriors(), 400_000
    county = priors.county * np.exp(priors.county_spread * chance.standard_normal(many))
    circulator = priors.circulator * np.exp(priors.circulator_spread * chance.standard_normal(many))
    batch = priors.batch * np.exp(priors.batch_spread * chance.standard_normal(many))
    parts = RAW / RAW.sum()
    scale = PLACE.between_sd * np.sqrt((PLACE.degrees - 2) / chance.chisquare(PLACE.degrees, many))
    level = np.sqrt(np.maximum(scale**2 - (parts**2).sum() * county**2, scale**2 / 4))
    lines = RAW / priors.circulator_lines
    realised = np.sqrt((circulator[:, None] ** 2 + batch[:, None] ** 2) / lines)
    logit = PLACE.mean_logit + (level * chance.standard_normal(many))[:, None]
    bend = (county**2 * (500 + 20 * expit(1.1)) / 720 - county**2 / 2)[:, None]
    share = expit(logit + bend + county[:, None] * chance.standard_normal((many, 3)))
    share += share * (1 - share) * realised * chance.standard_normal((many, 3))
    share = np.clip(share, 1e-6, 1 - 1e-6)
    weight = np.prod([stats.binom.pmf(v, n, share[:, i]) for i, (n, v) in enumerate(counts)], axis=0)
    weight /= weight.sum()
    mean = weight @ share
    sd = np.sqrt(weight @ share**2 - mean**2)
    assert list(mean) == pytest.approx(list(drawn.share.mean(axis=0)), abs=0.01)
    assert list(sd) == pytest.approx(list(drawn.share.std(axis=0)), rel=0.15)
