"""The end of gathering is forecast from none, one or many observed totals, and nonsense is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from referenda.errors import InputError
from referenda.forecasting.gathering import LEVELS, Gathered, GatheringDraws, Window, check_gathered, draw_gathering
from referenda.forecasting.gathering_priors import EUROPEAN, PAPER, GatheringPriors

WINDOW = Window(date(2026, 1, 1), date(2026, 6, 29))  # 180 days
REQUIREMENT = 500_000


def day(number: int) -> date:
    return WINDOW.first + timedelta(days=number - 1)


def steady(until: int, by_then: float) -> list[Gathered]:
    return [Gathered(day(n), round(by_then * n / until)) for n in range(1, until + 1)]


def forecast(
    observed: list[Gathered], as_of: date, *, priors: GatheringPriors = PAPER, draws: int = 4000, seed: int = 1
) -> GatheringDraws:
    rng = np.random.default_rng(seed)
    return draw_gathering(observed, WINDOW, as_of=as_of, requirement=REQUIREMENT, draws=draws, rng=rng, priors=priors)


@pytest.mark.parametrize("priors", [PAPER, EUROPEAN])
def test_without_any_total_about_as_many_qualify_as_ever_did(priors: GatheringPriors) -> None:
    drawn = forecast([], WINDOW.first, priors=priors, draws=20_000)
    valid_enough = drawn.total * priors.typical_validity >= REQUIREMENT
    assert float(np.mean(drawn.filed & valid_enough)) == pytest.approx(priors.qualifying_share, abs=0.012)


def test_a_forecast_before_the_first_day_knows_nothing_yet() -> None:
    drawn = forecast([], WINDOW.first - timedelta(days=10))
    assert len(drawn.days) == 190
    assert np.all(drawn.fan[:, :10] == 0)
    assert np.median(drawn.total) == pytest.approx(np.median(forecast([], WINDOW.first).total), rel=0.01)


def test_one_total_is_told_apart_by_how_far_it_has_come() -> None:
    reached = {share: forecast([Gathered(day(90), round(share * REQUIREMENT))], day(90)) for share in (0.02, 0.3, 0.8)}
    chances = [float(np.mean(drawn.total >= REQUIREMENT)) for drawn in reached.values()]
    assert chances[0] < 0.05 < chances[1] < 0.6 < chances[2]
    assert reached[0.02].organised_share < 0.05 < 0.6 < reached[0.8].organised_share


def test_a_forecast_given_one_total_is_that_of_the_drives_that_passed_it() -> None:
    """The weights are exact: drives drawn without any total, and kept where they pass near it, end the same way."""
    from referenda.forecasting.gathering import _before_any

    priors = replace(PAPER, stops=1e-9, noise=1e-3, odd=0.0)
    moments = np.linspace(0.0, 1.0, 49)
    _, totals = _before_any(moments, WINDOW, REQUIREMENT, 120_000, np.random.default_rng(2), priors)
    near = np.abs(totals[:, 24] / (0.4 * REQUIREMENT) - 1) < 0.06
    kept = totals[near, 48] / totals[near, 24] * 0.4
    drawn = forecast([Gathered(day(90), round(0.4 * REQUIREMENT))], day(90), priors=priors, draws=10_000)
    levels = [0.1, 0.25, 0.5, 0.75, 0.9]
    assert np.count_nonzero(near) > 800
    assert np.quantile(drawn.total / REQUIREMENT, levels) == pytest.approx(np.quantile(kept, levels), rel=0.07)


def test_a_steady_drive_goes_on_about_as_it_went() -> None:
    drawn = forecast(steady(90, 0.6 * REQUIREMENT), day(90))
    low, median, high = np.quantile(drawn.total, [0.1, 0.5, 0.9])
    assert median == pytest.approx(1.2 * REQUIREMENT, rel=0.1)
    assert low < 1.1 * REQUIREMENT < 1.35 * REQUIREMENT < high


def test_an_organised_drive_stops_near_its_target() -> None:
    fast = forecast(steady(60, 1.2 * REQUIREMENT), day(60))  # at this pace 3.6 times the requirement by the deadline
    assert fast.organised_share > 0.75
    assert np.median(fast.total) < 2.2 * REQUIREMENT


def test_what_comes_late_is_known_better() -> None:
    def width(drawn: GatheringDraws) -> float:
        return float(np.diff(np.quantile(drawn.total, [0.1, 0.9]))[0])

    half, almost = forecast(steady(90, 300_000), day(90)), forecast(steady(170, 300_000 / 90 * 170), day(170))
    assert width(almost) < width(half) / 2


def test_on_the_last_day_the_total_is_the_total() -> None:
    drawn = forecast(steady(180, 700_000), WINDOW.deadline)
    assert set(drawn.total) == {700_000}
    assert drawn.days == (WINDOW.deadline,)
    assert np.all(drawn.fan == 700_000)


def test_no_draw_falls_below_what_was_gathered_and_the_fan_only_rises() -> None:
    drawn = forecast(steady(60, 100_000), day(75))  # two weeks untold
    assert np.all(drawn.total >= 100_000)
    assert drawn.fan.shape == (len(LEVELS), 106)
    assert np.all(np.diff(drawn.fan, axis=0) >= 0)
    assert np.all(np.diff(drawn.fan, axis=1) >= 0)
    assert drawn.fan[3, 0] > 100_000
    assert drawn.fan[:, -1] == pytest.approx(np.quantile(drawn.total, LEVELS))


def test_the_same_seed_draws_the_same_and_another_one_does_not() -> None:
    observed = steady(90, 200_000)
    first, again, other = (forecast(observed, day(90), seed=seed) for seed in (5, 5, 6))
    assert np.array_equal(first.total, again.total)
    assert np.array_equal(first.fan, again.fan)
    assert not np.array_equal(first.total, other.total)


def test_drives_that_end_short_are_seldom_filed() -> None:
    drawn = forecast([Gathered(day(120), 30_000)], day(120), draws=10_000)
    short = drawn.total < 0.9 * REQUIREMENT
    assert float(np.mean(drawn.filed[short])) == pytest.approx(PAPER.files_hopeless, abs=0.01)
    assert np.all(forecast(steady(180, 900_000), WINDOW.deadline, draws=500).filed.mean() > 0.9)


def test_the_order_of_the_rows_does_not_matter() -> None:
    observed = steady(50, 90_000)
    assert np.array_equal(forecast(observed, day(60)).total, forecast(observed[::-1], day(60)).total)


def test_a_total_that_stands_still_is_a_pause_or_was_not_told() -> None:
    moving = forecast(steady(90, 300_000), day(90))
    still = forecast([*steady(60, 200_000), *(Gathered(day(n), 200_000) for n in range(61, 91))], day(90))
    ended, untold = np.quantile(still.total, [0.25, 0.75])
    assert ended < 0.85 * np.median(moving.total)
    assert untold > 0.85 * np.median(moving.total)


def test_a_correction_takes_back_what_was_told_before() -> None:
    told = [Gathered(day(10), 50_000), Gathered(day(20), 120_000)]
    corrected = forecast([*told, Gathered(day(30), 90_000, correction=True)], day(30))
    plain = forecast([told[0], Gathered(day(20), 90_000), Gathered(day(30), 90_000)], day(30))
    assert np.array_equal(corrected.total, plain.total)


def test_the_longer_nothing_is_gathered_the_smaller_the_chance() -> None:
    chances = []
    for passed in (9, 18, 36, 90):
        drawn = forecast([Gathered(day(n), 0) for n in range(1, passed + 1)], day(passed), draws=10_000)
        assert np.all(np.isfinite(drawn.fan))
        assert drawn.fan[:, 0] == pytest.approx(0)
        chances.append(float(np.mean(drawn.total >= REQUIREMENT)))
    assert 0.18 > chances[0] > chances[1] > chances[2] > chances[3] > 0
    assert set(forecast([Gathered(WINDOW.deadline, 0)], WINDOW.deadline, draws=50).total) == {0}


def test_a_few_signatures_and_enormous_ones_are_forecast_as_well() -> None:
    for total in (1, 40, 60 * REQUIREMENT):
        drawn = forecast([Gathered(day(45), total // 2), Gathered(day(90), total)], day(90), draws=500)
        assert np.all(np.isfinite(drawn.total))
        assert np.all(drawn.total >= total)


def test_a_window_of_one_day_and_one_draw_are_enough() -> None:
    on = date(2026, 3, 1)
    for observed in ([], [Gathered(on, 7)]):
        drawn = draw_gathering(observed, Window(on, on), as_of=on, requirement=1, draws=1, rng=np.random.default_rng(1))
        assert drawn.total.shape == drawn.filed.shape == (1,)


def test_all_nonsense_is_told_at_once() -> None:
    observed = [
        Gathered(date(2025, 12, 1), 50),
        Gathered(day(10), 900),
        Gathered(day(20), 800),
        Gathered(day(20), 850),
        Gathered(day(40), -5),
        Gathered(day(50), 2_000),
        Gathered(date(2026, 7, 1), 3_000),
    ]
    with pytest.raises(InputError) as caught:
        draw_gathering(observed, WINDOW, as_of=day(45), requirement=0, draws=0, rng=np.random.default_rng(1))
    messages = [fault.message for fault in caught.value.faults]
    assert messages == [
        "this day lies before the first day of the window",
        "this total is lower than that of 2026-01-10 (900)",
        "this day stands here twice",
        "this total is below zero",
        "this total is lower than that of 2026-01-20 (850)",
        "this day lies after the day of the forecast (2026-02-14)",
        "this day lies after the deadline (2026-06-29)",
        "the requirement is below 1",
        "at least one draw is needed",
    ]
    assert all(fault.remedy for fault in caught.value.faults)


def test_a_deadline_before_the_first_day_or_before_the_forecast_is_told() -> None:
    backwards = check_gathered([], Window(day(5), day(1)), day(3))
    assert [fault.message for fault in backwards] == ["the deadline lies before the first day"]
    late = check_gathered([], WINDOW, WINDOW.deadline + timedelta(days=1))
    assert [fault.message for fault in late] == ["the forecast is made after the deadline"]


def test_a_first_day_without_any_signature_is_no_fault() -> None:
    assert check_gathered([Gathered(WINDOW.first - timedelta(days=1), 0)], WINDOW, day(3)) == []
