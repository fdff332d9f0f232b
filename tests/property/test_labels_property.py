"""Labels that are moved apart: in order, not too close, and no farther than needed."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from referenda.pages.charts import spread

PLACES = st.lists(st.floats(0, 300), min_size=1, max_size=12)


@given(PLACES)
def test_labels_keep_their_order_and_their_distance_and_stay_inside(places: list[float]) -> None:
    moved = spread(places, gap=17, low=0, high=300)
    order = sorted(range(len(places)), key=lambda index: places[index])
    in_order = [moved[index] for index in order]
    assert all(after - before >= 17 - 1e-6 for before, after in pairwise(in_order))
    assert in_order[0] >= 0
    assert in_order[-1] <= 300 + 1e-6


@given(st.lists(st.integers(0, 12), min_size=1, max_size=8, unique=True))
def test_labels_that_are_far_enough_apart_stay_where_they_are(steps: list[int]) -> None:
    places = [20.0 * step for step in steps]
    assert spread(places, gap=17, low=0, high=300) == places
