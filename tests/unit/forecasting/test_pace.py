"""The pace walks: it meets what was observed, learns from it, and may still surprise."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from referenda.forecasting.gathering_priors import PAPER
from referenda.forecasting.pace import (
    Stretch,
    first_paces,
    follow,
    log_t,
    moments_between,
    resample,
    run_on,
)

DAYS = 180
CALM = replace(PAPER, noise=1e-6, odd=0.0, stops=1e-9, news=0.0)


def stretches(counts: list[float], until: float = 0.5) -> list[Stretch]:
    edges = np.linspace(0, until, len(counts) + 1)
    return [
        Stretch(low, high, count, (high - low) * DAYS)
        for low, high, count in zip(edges, edges[1:], counts, strict=False)
    ]


def test_a_pace_that_was_observed_is_met() -> None:
    rng = np.random.default_rng(1)
    paces = follow(first_paces(2000, DAYS, rng, CALM), stretches([1000.0] * 30), rng, CALM)
    assert float(np.median(paces.pace(0.5, 0.5))) == pytest.approx(60_000, rel=0.05)  # 30,000 in half a window


def test_steady_counts_teach_less_volatility_than_wild_ones() -> None:
    def volatility(counts: list[float]) -> float:
        rng = np.random.default_rng(2)
        return float(np.median(follow(first_paces(3000, DAYS, rng, PAPER), stretches(counts), rng, PAPER).volatility))

    wild = [1000.0 * factor for factor in (1, 6, 0.3, 4, 0.2, 2, 9, 0.5, 3, 0.4)]
    assert 1.5 * volatility([1000.0] * 10) < volatility(wild)


def test_a_scale_of_a_thousand_times_changes_nothing_but_the_scale() -> None:
    counts = [50_000.0, 80_000.0, 60_000.0]
    small, large = (
        follow(
            first_paces(4000, DAYS, np.random.default_rng(3), CALM),
            stretches([factor * count for count in counts]),
            np.random.default_rng(3),
            CALM,
        )
        for factor in (1, 1000)
    )
    levels = [0.1, 0.5, 0.9]  # the last bit of a weight may pick another draw here and there
    rise = np.quantile(large.level, levels) - np.quantile(small.level, levels)
    assert [np.log(1000)] * 3 == pytest.approx(rise.tolist(), abs=0.05)


def test_no_surprise_leaves_all_draws_without_weight() -> None:
    rng = np.random.default_rng(4)
    paces = follow(first_paces(2000, DAYS, rng, PAPER), stretches([10.0, 10.0, 5_000_000.0, 0.0, 10.0]), rng, PAPER)
    assert np.all(np.isfinite(paces.level))
    assert np.isfinite(np.max(paces.log_weight))


def test_a_wave_fades_and_the_level_stays() -> None:
    rng = np.random.default_rng(5)
    still = replace(first_paces(100, DAYS, rng, CALM), trend=np.zeros(100), bend=np.zeros(100), wave=np.ones(100))
    moved = still.move(np.full(100, 2.0))
    assert np.allclose(moved.level + moved.wave, 3.0)
    later = moved.drift(10.0, rng, CALM)
    assert np.allclose(later.level, moved.level)
    assert np.all(later.wave < 0.2 * moved.wave)


def test_the_end_may_rush_and_nothing_before_it_does() -> None:
    paces = replace(first_paces(10, DAYS, np.random.default_rng(6), CALM), rush=np.ones(10))
    assert np.array_equal(paces.pace(0.1, 0.2), paces.pace(0.7, 0.8))
    assert np.all(paces.pace(0.98, 1.0) > 5 * paces.pace(0.7, 0.8))


def test_gathering_only_grows_while_paces_run_on() -> None:
    rng = np.random.default_rng(7)
    gathered = run_on(first_paces(200, DAYS, rng, PAPER), moments_between(0.3, 1.0), rng, PAPER)
    assert gathered.shape == (200, 35)
    assert np.all(gathered[:, 0] == 0)
    assert np.all(np.diff(gathered, axis=1) >= 0)


def test_a_drive_that_stops_gathers_no_more() -> None:
    rng = np.random.default_rng(8)
    stopping = replace(PAPER, stops=1000.0)
    gathered = run_on(first_paces(200, DAYS, rng, stopping), moments_between(0.0, 1.0), rng, stopping)
    assert np.array_equal(gathered[:, 10], gathered[:, -1])


def test_resampling_takes_each_draw_as_often_as_its_weight_says() -> None:
    index = resample(np.array([1.0, 0.0, 3.0]), 400, np.random.default_rng(9))
    assert np.bincount(index, minlength=3).tolist() == pytest.approx([100, 0, 300], abs=1)


def test_the_density_of_moves_is_students() -> None:
    values = np.array([-3.0, 0.0, 0.5, 40.0])
    assert stats.t.logpdf(values, 3) == pytest.approx(log_t(values, 3.0))
