"""Whatever was checked: shares are shares, the order of batches is of no account, more lines never make less sure."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from referenda.forecasting.duplicates import Compared, DuplicatePriors, draw_duplicate_rate, duplicate_share
from referenda.forecasting.history import PlaceValidity
from referenda.forecasting.validity import CheckedBatch, draw_validity

COUNTIES = ("Alder", "Birch")
RAW = np.array([5_000.0, 700.0])
PLACE = PlaceValidity(1.1, 0.4, 5)


@st.composite
def batches(draw: st.DrawFn) -> CheckedBatch:
    lines = draw(st.integers(1, 3_000))
    circulator = draw(st.sampled_from([None, "one", "other"]))
    return CheckedBatch(
        lines,
        draw(st.integers(0, lines)),
        draw(st.sampled_from([None, *COUNTIES])),
        circulator,
        random=circulator is None and draw(st.booleans()),
    )


def forecast(checked: list[CheckedBatch]) -> np.ndarray:
    return draw_validity(
        checked,
        counties=COUNTIES,
        raw_by_county=RAW,
        place=PLACE,
        window=None,
        draws=50,
        rng=np.random.default_rng(1),
    ).share


@settings(max_examples=30, deadline=None)
@given(st.lists(batches(), max_size=5))
def test_shares_lie_between_zero_and_one_and_the_order_of_batches_does_not_matter(checked: list[CheckedBatch]) -> None:
    share = forecast(checked)
    assert ((share > 0) & (share < 1)).all()
    # A line may fall to the other side of a draw by rounding; the means stay.
    assert np.allclose(share.mean(axis=0), forecast(checked[::-1]).mean(axis=0), atol=1e-3)


@settings(max_examples=100, deadline=None)
@given(st.floats(0, 1e-3), st.floats(0, 1e8), st.floats(1.01, 100))
def test_the_share_of_repeats_rises_with_the_lines_and_stays_below_one(rate: float, lines: float, more: float) -> None:
    low, high = float(duplicate_share(rate, lines)), float(duplicate_share(rate, lines * more))
    assert 0 <= low <= high < 1
    assert low <= rate * lines + 1e-9


@settings(max_examples=50, deadline=None)
@given(st.integers(2, 10_000_000), st.floats(0, 1), st.integers(1, 5_000_000))
def test_whatever_was_compared_the_rate_is_a_number_above_zero(lines: int, part: float, requirement: int) -> None:
    given_ = [Compared(lines, int(part * lines))]
    rate = draw_duplicate_rate(given_, requirement=requirement, draws=20, rng=np.random.default_rng(1))
    assert np.isfinite(rate).all()
    assert (rate > 0).all()


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 400))
def test_more_repeats_mean_a_higher_rate(repeats: int) -> None:
    priors = DuplicatePriors(mean_share=0.02, shape=1.5)

    def median(count: int) -> float:
        compared = [Compared(10_000, count)]
        rng = np.random.default_rng(1)
        return float(np.median(draw_duplicate_rate(compared, requirement=100_000, draws=500, rng=rng, priors=priors)))

    assert median(repeats) < median(repeats + 50)
