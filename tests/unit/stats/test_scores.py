"""Scores of forecasts: what they reward, what they refuse."""

from __future__ import annotations

from math import inf, log, nan

import numpy as np
import pytest

from referenda.errors import InputError
from referenda.stats.scores import (
    LEAST_PROBABILITY,
    brier,
    crps_of_draws,
    crps_of_quantiles,
    interval_coverage,
    log_score,
    reliability,
    skill,
)


def test_a_sure_forecast_scores_nothing_when_right_and_most_when_wrong():
    assert brier([[1, 0], [1, 0]], [0, 1]).tolist() == [0.0, 2.0]
    assert brier([1, 1], [True, False]).tolist() == [0.0, 1.0]
    assert [0.0, -log(LEAST_PROBABILITY)] == log_score([[1, 0], [1, 0]], [0, 1]).tolist()


def test_without_a_least_probability_what_was_ruled_out_is_infinitely_bad():
    assert [inf] == log_score([0.0], [True], least=0).tolist()


def test_the_log_of_one_event_is_of_the_side_that_came():
    assert log_score([0.9, 0.9], [True, False]) == pytest.approx([-log(0.9), -log(0.1)])


def test_draws_that_are_all_alike_score_their_distance():
    assert crps_of_draws([5.0, 5.0, 5.0], 7.0) == pytest.approx(2.0)


def test_draws_score_what_the_definition_gives_by_all_pairs():
    rng = np.random.default_rng(1)
    draws, actual = rng.normal(size=(60, 3)), np.array([0.0, 1.0, -4.0])
    pairs = np.abs(draws[:, None, :] - draws[None, :, :]).mean(axis=(0, 1))
    assert crps_of_draws(draws, actual) == pytest.approx(np.abs(draws - actual).mean(axis=0) - pairs / 2)


def test_quantiles_of_several_forecasts_are_scored_each_by_itself():
    levels, quantiles = [0.1, 0.5, 0.9], np.array([[1.0, 10.0], [2.0, 20.0], [4.0, 30.0]])
    both = crps_of_quantiles(levels, quantiles, [3.0, 25.0])
    each = [float(crps_of_quantiles(levels, quantiles[:, n], actual)) for n, actual in ((0, 3.0), (1, 25.0))]
    assert both == pytest.approx(each)


def test_unevenly_spread_levels_weigh_by_their_part():
    # The parts of 0.1, 0.2 and 0.9 end at 0.15 and 0.55; one loss each: 0.1, 0.2 and 0.9 of the distance 1.
    expected = 2 * (0.15 * 0.1 + 0.4 * 0.2 + 0.45 * 0.9)
    assert crps_of_quantiles([0.1, 0.2, 0.9], [0.0, 0.0, 0.0], 1.0) == pytest.approx(expected)


def test_the_ends_of_an_interval_belong_to_it():
    found = interval_coverage([0, 0, 0, 0], [1, 1, 1, 1], [0, 1, 2, -1])
    assert (found.count, found.of, found.share) == (2, 4, 0.5)


def test_no_interval_covers_no_share():
    assert interval_coverage([], [], []).share is None


def test_forecasts_fall_into_the_bin_of_their_probability():
    bins = reliability([0.0, 0.05, 0.1, 0.95, 1.0], [False, True, False, True, True])
    assert [one.forecasts for one in bins] == [2, 1, 0, 0, 0, 0, 0, 0, 0, 2]
    assert (bins[0].mean_probability, bins[0].happened.count, bins[0].happened.of) == (0.025, 1, 2)
    assert bins[2].mean_probability is None
    assert bins[2].happened.share is None
    assert {k: bins[9].as_dict()["happened"][k] for k in ("count", "of", "share")} == {
        "count": 2,
        "of": 2,
        "share": 1.0,
    }


def test_skill_is_what_is_saved_of_the_reference():
    assert skill([0.1, 0.3], [0.4, 0.4]) == pytest.approx(0.5)
    assert skill([0.8], [0.4]) == pytest.approx(-1.0)
    assert skill([0.8], [0.0]) is None
    assert skill([], []) is None


@pytest.mark.parametrize(
    ("score", "arguments", "words"),
    [
        (brier, ([1.2], [True]), "from 0 to 1"),
        (brier, ([-0.1], [True]), "from 0 to 1"),
        (brier, ([nan], [True]), "not finite"),
        (brier, ([0.5], [2]), "2 outcomes"),
        (brier, ([0.5], [0.5]), "true and false"),
        (brier, ([[0.5, 0.4]], [0]), "add up to 1"),
        (brier, ([[0.5, 0.5]], [-1]), "0 to 1"),
        (brier, ([[0.5, 0.5]], [0, 1]), "do not fit"),
        (brier, ([0.5, 0.5], [True]), "do not fit"),
        (log_score, ([0.5], [3]), "2 outcomes"),
        (crps_of_draws, ([], 1.0), "do not fit"),
        (crps_of_draws, ([[1.0, 2.0]], [1.0]), "do not fit"),
        (crps_of_draws, ([inf], 1.0), "not finite"),
        (crps_of_quantiles, ([0.5, 0.5], [1, 2], 1.0), "must rise"),
        (crps_of_quantiles, ([0.0, 0.5], [1, 2], 1.0), "must rise"),
        (crps_of_quantiles, ([0.1, 0.5], [2, 1], 1.0), "must not be lower"),
        (crps_of_quantiles, ([0.1, 0.5], [1], 1.0), "do not fit"),
        (interval_coverage, ([2], [1], [1]), "ends before it begins"),
        (interval_coverage, ([1], [2], [1, 2]), "do not fit"),
        (skill, ([0.1], [0.1, 0.2]), "do not fit"),
    ],
)
def test_what_cannot_be_scored_is_refused(score, arguments, words):
    with pytest.raises(InputError, match=words):
        score(*arguments)


@pytest.mark.parametrize("edges", [[0.0], [0.0, 0.5], [0.1, 1.0], [0.0, 0.5, 0.5, 1.0]])
def test_edges_that_do_not_rise_from_0_to_1_are_refused(edges):
    with pytest.raises(InputError, match="rise from 0 to 1"):
        reliability([0.5], [True], edges=edges)


@pytest.mark.parametrize("least", [-0.1, 1.0, nan])
def test_a_least_probability_out_of_range_is_refused(least):
    with pytest.raises(InputError, match="least probability"):
        log_score([0.5], [True], least=least)
