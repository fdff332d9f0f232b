"""Whatever was gathered, the forecast of its end is in order."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from referenda.forecasting.gathering import Gathered, Window, draw_gathering
from referenda.forecasting.gathering_priors import EUROPEAN, PAPER, GatheringPriors

FIRST = date(2026, 1, 1)


@st.composite
def drives(draw: st.DrawFn) -> tuple[list[Gathered], Window, date, int]:
    """Make a window, a day in it, and totals up to that day that never shrink; some days may bring a great many."""
    days = draw(st.integers(1, 500))
    as_of = draw(st.integers(1, days))
    told = sorted(draw(st.sets(st.integers(1, as_of), max_size=12)))
    steps = st.one_of(st.just(0), st.integers(1, 50), st.integers(1, 10**7))
    totals = np.cumsum([draw(steps) for _ in told]).tolist()
    observed = [Gathered(FIRST + timedelta(days=n - 1), int(total)) for n, total in zip(told, totals, strict=True)]
    window = Window(FIRST, FIRST + timedelta(days=days - 1))
    return observed, window, FIRST + timedelta(days=as_of - 1), draw(st.integers(1, 2_000_000))


@settings(max_examples=60, deadline=None)
@given(drives(), st.sampled_from([PAPER, EUROPEAN]), st.integers(0, 2**32))
def test_every_draw_is_finite_and_no_less_than_what_was_gathered(
    drive: tuple[list[Gathered], Window, date, int], priors: GatheringPriors, seed: int
) -> None:
    observed, window, as_of, requirement = drive
    drawn = draw_gathering(
        observed,
        window,
        as_of=as_of,
        requirement=requirement,
        draws=40,
        rng=np.random.default_rng(seed),
        priors=priors,
    )
    gathered = observed[-1].total if observed else 0
    assert np.all(np.isfinite(drawn.total))
    assert np.all(drawn.total >= gathered)
    assert 0 <= drawn.organised_share <= 1
    assert drawn.days[0] == as_of
    assert drawn.days[-1] == window.deadline
    assert drawn.fan.shape == (7, len(drawn.days))
    assert np.all(np.diff(drawn.fan, axis=0) >= 0)
    assert np.all(np.diff(drawn.fan, axis=1) >= 0)
    assert np.allclose(drawn.fan[:, -1], np.quantile(drawn.total, drawn.levels))
