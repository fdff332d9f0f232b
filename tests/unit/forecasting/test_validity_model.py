"""The closed form of the model of checked batches, against the same model written out as dense matrices."""

from __future__ import annotations

import numpy as np
import pytest

from referenda.forecasting.validity_model import BatchModel, BatchRows, Before, Normal, Spreads

BEFORE = Before(level=1.1, drift=-0.1, drift_sd=0.3, wander=0.0, circulator_lines=1_000.0)
SPREADS = Spreads(county=0.3, circulator=0.4, batch=0.15, level=0.5)
RAW = np.array([6_000.0, 3_000.0, 1_000.0])


def batches(count: int = 14, seed: int = 3) -> BatchRows:
    """Make batches of every kind: with and without county, circulator and day, drawn by chance or not."""
    chance = np.random.default_rng(seed)
    circulator = chance.integers(-1, 3, count)
    lines = chance.integers(20, 400, count).astype(np.float64)
    return BatchRows(
        lines=lines,
        valid=np.floor(lines * chance.uniform(0.6, 0.9, count)),
        county=chance.integers(-1, 3, count),
        circulator=circulator,
        random=(circulator < 0) & (chance.random(count) < 0.5),
        when=chance.uniform(-0.5, 0.3, count),
        rest_when=0.1,
    )


def fitted(rows: BatchRows) -> tuple[BatchModel, Normal]:
    model = BatchModel(rows, RAW, BEFORE)
    model.linearise(SPREADS)
    return model, model.posterior(SPREADS)


def dense(model: BatchModel, normal: Normal) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Write out design, prior covariance and covariance of the batches beyond the unknowns."""
    rows, parts = model.rows, RAW / RAW.sum()
    every = np.vstack([np.eye(3), parts])
    county = np.where(rows.county < 0, 3, rows.county)
    design = np.column_stack([np.ones(len(county)), rows.when, every[county]])
    level = SPREADS.level**2 - (parts**2).sum() * SPREADS.county**2
    prior = np.diag([level, BEFORE.drift_sd**2, *[SPREADS.county**2] * 3])
    beyond = np.diag(model.noise)
    typical = rows.lines[~rows.random].mean()
    realised = SPREADS.circulator**2 / np.maximum(RAW / 1_000, 1) + SPREADS.batch**2 / np.maximum(RAW / typical, 1)
    for one in range(len(county)):
        if not rows.random[one]:
            somewhere = SPREADS.county**2 if rows.county[one] < 0 else 0.0
            nobody = SPREADS.circulator**2 + somewhere if rows.circulator[one] < 0 else 0.0
            beyond[one, one] += SPREADS.batch**2 + nobody / max(rows.lines[one] / 1_000, 1)
        for other in range(len(county)):
            if rows.circulator[one] >= 0 and rows.circulator[one] == rows.circulator[other]:
                beyond[one, other] += SPREADS.circulator**2
            if rows.random[one] and rows.random[other] and county[one] == county[other]:
                beyond[one, other] += np.append(realised, (parts**2) @ realised)[county[one]]
    return design, prior, beyond


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_the_closed_form_is_that_of_the_model_written_out(seed: int) -> None:
    model, normal = fitted(batches(seed=seed))
    design, prior, beyond = dense(model, normal)
    bend = np.where(model.rows.county < 0, 0.0, normal.bend)
    target = model.logit - BEFORE.level - BEFORE.drift * model.rows.when - bend
    whole = design @ prior @ design.T + beyond
    solved = np.linalg.solve(whole, target)
    expected = prior @ design.T @ solved
    assert list(expected) == pytest.approx(list(normal.mean), abs=1e-8)
    covariance = prior - prior @ design.T @ np.linalg.solve(whole, design @ prior)
    assert covariance == pytest.approx(normal.root @ normal.root.T, abs=1e-8)
    log_likelihood = -(np.linalg.slogdet(whole)[1] + target @ solved) / 2
    assert float(log_likelihood) == pytest.approx(normal.log_likelihood, abs=1e-8)


def test_what_a_circulator_has_of_his_own_is_found_beside_the_counties() -> None:
    lines = np.full(9, 200.0)
    rows = BatchRows(
        lines=lines,
        valid=np.array([150.0] * 6 + [100.0] * 3),
        county=np.array([0, 1, 2] * 3),
        circulator=np.repeat([0, 1, 2], 3),
        random=np.zeros(9, dtype=np.bool_),
        when=np.zeros(9),
        rest_when=0.0,
    )
    _, normal = fitted(rows)
    own = normal.theirs - normal.reach @ normal.mean
    assert own[2] < -0.3 < 0 < own[0] == pytest.approx(own[1])


def test_without_batches_the_posterior_is_the_prior() -> None:
    nothing = BatchRows(*(np.zeros(0),) * 2, *(np.zeros(0, np.int64),) * 2, np.zeros(0, np.bool_), np.zeros(0), 0.0)
    _, normal = fitted(nothing)
    assert list(normal.mean) == [0.0] * 5
    assert normal.log_likelihood == pytest.approx(0.0, abs=1e-12)
    assert normal.root[1, 1] == pytest.approx(BEFORE.drift_sd)


def test_lines_checked_without_a_county_are_spread_by_the_lines_of_each() -> None:
    rows = batches()
    lines, valid = rows.known(RAW / RAW.sum())
    assert rows.lines.sum() == pytest.approx(lines.sum())
    assert rows.valid.sum() == pytest.approx(valid.sum())
    assert lines[0] == pytest.approx(rows.lines[rows.county == 0].sum() + 0.6 * rows.lines[rows.county < 0].sum())
