"""The count on arrays is the exact count: every place with a sample, random petitions, every reading."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import numpy as np
import pytest

from referenda.forecasting.arrays import Numbers
from referenda.forecasting.counting import CountInDraws
from referenda.law.place import PlaceLaw, known_places, load_place
from referenda.law.schema import COUNT_COLUMNS

ON = date(2022, 1, 1)
PETITIONS = 60
SAMPLED = [place for place in known_places() if load_place(place).schema.sample_counts]


def readings_of(law: PlaceLaw) -> list[dict[str, str]]:
    """The document's own choice, and every alternative of every open question by itself."""
    return [{}, *({r.name: a.name} for r in law.schema.readings for a in r.alternatives)]


CASES = [(place, readings) for place in SAMPLED for readings in readings_of(load_place(place))]


def draw_columns(
    rng: np.random.Generator, rows: int, more: list[str], raw: Numbers | None = None
) -> dict[str, Numbers]:
    """Random samples of random petitions; one row in eight checked everything, one in ten has no signature."""
    shape = (PETITIONS, rows)
    raw = np.floor(np.exp(rng.uniform(3, 13, shape)))
    size = np.clip(np.ceil(raw * rng.uniform(0.01, 0.2, shape)), 2, raw)
    size = np.where(rng.random(shape) < 1 / 8, raw, size)
    valid = np.floor(size * rng.uniform(0.3, 1, shape))
    duplicates = np.minimum(rng.poisson(2, shape), size - valid)
    columns = dict(zip(COUNT_COLUMNS, (raw, size, valid, duplicates), strict=True))
    columns |= {name: np.floor((size - valid - duplicates) * rng.random(shape)) for name in more}
    if rows > 1:
        none = rng.random(shape) < 0.1
        none[:, 0] = False
        columns = {name: np.where(none, 0.0, column) for name, column in columns.items()}
    return columns


@pytest.mark.parametrize("place", SAMPLED)
def test_every_way_of_counting_from_a_sample_is_among_the_places_tested(place: str) -> None:
    law = load_place(place)
    assert CountInDraws(law, instrument=law.first_instrument, on=ON, requirement=1000).has_sample


@pytest.mark.parametrize(("place", "readings"), CASES)
def test_projection_and_decision_are_those_of_the_exact_count(place: str, readings: dict[str, str]) -> None:
    law = load_place(place)
    rng = np.random.default_rng(20220101)
    rule = law.schema.sample_counts[0]
    columns = draw_columns(rng, 4 if rule.rows == "county" else 1, [column.name for column in rule.columns])
    requirements = np.maximum(1, np.floor(columns["raw_count"].sum(axis=1) * rng.uniform(0.3, 1.1, PETITIONS)))
    for petition in range(PETITIONS):
        requirement = int(requirements[petition])
        filed = columns["raw_count"][petition] > 0
        rows = [
            {name: int(value) for name, value in zip(columns, row, strict=True)}
            for row in np.stack([column[petition] for column in columns.values()], axis=1)[filed]
        ]
        exact = law.count_sample(None, rows, requirement, on=ON, instrument=law.first_instrument, readings=readings)
        count = CountInDraws(law, instrument=law.first_instrument, on=ON, requirement=requirement, readings=readings)
        found = count.decide({name: column[petition : petition + 1] for name, column in columns.items()})
        assert exact.decision == count.decisions[found.decision[0]]
        assert float(exact.projected_valid) == pytest.approx(found.projected[0], abs=1e-6)
        expected = np.zeros(len(filed))
        expected[filed] = [float(row.value) for row in exact.rows]
        np.testing.assert_allclose(found.by_row[0], expected, atol=1e-6)


@pytest.mark.parametrize("place", [p for p in SAMPLED if load_place(p).knows_formula("sample_size")])
def test_the_size_of_the_sample_is_that_of_the_law(place: str) -> None:
    law = load_place(place)
    raw = np.array([1, 2, 499, 500, 501, 722, 16_666, 16_667, 24_034, 100_000, 1_137_844])
    exact = [
        min(n, law.find("sample_size", {"raw_count": int(n)}, on=ON, instrument=law.first_instrument).value)
        for n in raw
    ]
    count = CountInDraws(law, instrument=law.first_instrument, on=ON, requirement=1000)
    found = count.sample_size(raw.astype(np.float64))
    assert found is not None
    assert [float(size) for size in exact] == found.tolist()


@pytest.mark.parametrize("place", SAMPLED)
@pytest.mark.parametrize("share", [Fraction(9, 10), Fraction(19, 20), Fraction(1), Fraction(21, 20), Fraction(11, 10)])
def test_a_petition_on_a_limit_and_one_signature_beside_it_is_decided_as_by_the_exact_count(
    place: str, share: Fraction
) -> None:
    law = load_place(place)
    requirement = 100_000
    more = [column.name for column in law.schema.sample_counts[0].columns]
    for beside in (-1, 0, 1):
        valid = int(share * requirement) // 20 + beside
        row = {"raw_count": 200_000, "sample_size": 10_000, "valid_in_sample": valid, "duplicates_in_sample": 0}
        row |= dict.fromkeys(more, 0)
        exact = law.count_sample(None, [row], requirement, on=ON, instrument=law.first_instrument)
        count = CountInDraws(law, instrument=law.first_instrument, on=ON, requirement=requirement)
        found = count.decide({name: np.array([[float(value)]]) for name, value in row.items()})
        assert exact.decision == count.decisions[found.decision[0]], (share, beside)
