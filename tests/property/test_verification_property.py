"""What must hold of every imagined verification, whatever the counties and however far they are."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from referenda.forecasting.counting import CountInDraws
from referenda.forecasting.verification import OUTCOMES, SampleSoFar, simulate_verification
from referenda.law.place import load_place

ON = date(2022, 1, 1)
DRAWS = 40
Counties = list[tuple[int, int, int, int, int]]


@st.composite
def counties(draw: st.DrawFn, most: int = 4) -> Counties:
    """Raw count, sample, lines checked of it, valid and duplicates among these; counties may be empty."""
    rows = []
    for _ in range(draw(st.integers(1, most))):
        raw = draw(st.integers(0, 60_000))
        size = draw(st.integers(min(raw, 2), min(raw, 2_000)))
        checked = draw(st.integers(0, size))
        valid = draw(st.integers(0, checked))
        rows.append((raw, size, checked, valid, draw(st.integers(0, min(checked - valid, valid)))))
    return rows


@pytest.mark.parametrize("place", ["us/ca", "us/nv", "us/wa", "us/co", "us/az", "us/ca/los-angeles"])
@given(
    rows=counties(),
    shares=st.lists(st.floats(0, 1), min_size=4, max_size=4),
    repeated=st.floats(0, 0.9),
    requirement=st.integers(1, 100_000),
    seed=st.integers(0, 2**32),
)
def test_no_more_is_found_than_there_is(
    place: str, rows: Counties, shares: list[float], repeated: float, requirement: int, seed: int
) -> None:
    law = load_place(place)
    count = CountInDraws(law, instrument=law.first_instrument, on=ON, requirement=requirement)
    if not count.by_county:
        rows = rows[:1]
    columns = [np.array(column, dtype=np.float64) for column in zip(*rows, strict=True)]
    raw, size, checked, valid, duplicates = columns
    found = simulate_verification(
        count,
        np.broadcast_to(raw, (DRAWS, len(rows))),
        np.broadcast_to(np.array(shares[: len(rows)]), (DRAWS, len(rows))),
        np.full(DRAWS, repeated),
        rng=np.random.default_rng(seed),
        filed=np.ones(DRAWS, dtype=np.bool_),
        so_far=SampleSoFar(size, checked, valid, duplicates),
    )
    assert (found.valid >= valid.sum()).all()
    assert (found.valid <= (raw - checked + valid).sum()).all()
    yes = OUTCOMES.index("full_check_yes")
    assert (found.valid[found.outcome == yes] >= requirement).all()
    if raw.sum() == 0:
        assert {OUTCOMES[number] for number in found.outcome} == {"fails_raw_count"}
    elif (size == checked).all():
        drawn = np.unique(found.projected)  # type: ignore[arg-type]
        assert len(drawn[~np.isnan(drawn)]) <= 1
