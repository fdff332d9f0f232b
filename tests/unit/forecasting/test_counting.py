"""The place's law on arrays: what is counted when parts are missing, empty or on a limit."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from referenda.errors import InputError, UndeterminedError
from referenda.forecasting.counting import CountInDraws
from referenda.law.place import known_places, load_place

ON = date(2022, 1, 1)


def counting(place: str = "us/ca", requirement: int = 2100, on: date = ON) -> CountInDraws:
    law = load_place(place)
    return CountInDraws(law, instrument=law.first_instrument, on=on, requirement=requirement)


def columns(*rows: tuple[int, int, int, int]) -> dict[str, np.ndarray]:
    names = ("raw_count", "sample_size", "valid_in_sample", "duplicates_in_sample")
    return {
        name: np.array([column], dtype=np.float64) for name, column in zip(names, zip(*rows, strict=True), strict=True)
    }


def test_yuba_and_alpine_are_projected_as_in_2014() -> None:
    found = counting().decide(columns((3720, 500, 307, 8), (8, 8, 5, 0)))
    assert found.by_row.tolist() == [[1901.0, 5.0]]
    assert found.projected.tolist() == [1906.0]
    assert counting().decisions[found.decision[0]] == "insufficient"


def test_a_county_without_a_signature_counts_for_nothing() -> None:
    found = counting().decide(columns((3720, 500, 307, 8), (0, 0, 0, 0)))
    assert found.by_row.tolist() == [[1901.0, 0.0]]


def test_a_petition_without_any_signature_is_projected_to_none() -> None:
    assert counting().decide(columns((0, 0, 0, 0))).projected.tolist() == [0.0]


def test_counts_that_are_the_same_in_every_draw_need_be_given_once() -> None:
    valid = np.array([[300.0], [307.0], [310.0]])
    one = {"raw_count": 3720.0, "sample_size": 500.0, "duplicates_in_sample": 8.0}
    found = counting().decide({**{name: np.array([[n]]) for name, n in one.items()}, "valid_in_sample": valid})
    assert found.projected.shape == (3,)
    assert found.projected[1] == 1901.0


def test_a_column_that_is_missing_is_named() -> None:
    given = columns((3720, 500, 307, 8))
    del given["duplicates_in_sample"]
    with pytest.raises(InputError) as refused:
        counting().decide(given)
    assert [fault.column for fault in refused.value.faults] == ["duplicates_in_sample"]


def test_a_sample_larger_than_the_petition_fits_no_version_of_the_formula() -> None:
    with pytest.raises(InputError, match="no version of the formula projected_valid"):
        counting().decide(columns((400, 500, 307, 8)))


def test_before_the_law_begins_nothing_is_counted() -> None:
    with pytest.raises(UndeterminedError, match="no formula projected_valid"):
        counting(on=date(1990, 1, 1)).decide(columns((3720, 500, 307, 8)))


def test_a_place_without_a_sample_says_so() -> None:
    [place, *_] = [name for name in known_places() if not load_place(name).schema.sample_counts]
    count = counting(place)
    assert not count.has_sample
    assert count.decisions == ()
    with pytest.raises(InputError, match="no way to count"):
        count.decide(columns((3720, 500, 307, 8)))


def test_a_requirement_of_nothing_is_refused() -> None:
    with pytest.raises(InputError, match="above zero"):
        counting(requirement=0)


def test_only_the_raw_count_lets_a_petition_fail_before_its_sample() -> None:
    raw = np.array([0.0, 2099.0, 2100.0, 9000.0])
    assert counting().fails_on_raw_count(raw).tolist() == [True, True, False, False]
    assert counting("us/co").fails_on_raw_count(raw).tolist() == [False] * 4


def test_the_sample_is_never_larger_than_the_petition() -> None:
    found = counting("us/wa").sample_size(np.array([1.0, 100.0, 250_000.0]))
    assert found is not None
    assert found.tolist() == [1.0, 3.0, 7500.0]
    assert counting("us/sd").sample_size(np.array([100.0])) is None


def test_what_the_law_leaves_open_is_named() -> None:
    assert counting("us/ca").left_open == ()
    assert counting("us/sd").left_open == ("sample_size",)
    assert counting("us/mi").left_open == ("certify_from", "deny_to")


def test_a_thousandth_of_a_thousandth_is_not_rounded_up() -> None:
    """The registrar's example of 55 percent of 20 is 11 in floats plus a trace; a limit of 11 stays 11."""
    law = load_place("us/ca/los-angeles")
    count = CountInDraws(law, instrument=law.first_instrument, on=ON, requirement=100)
    raw, size = 1000.0, 500.0
    for valid, decision in ((44, "insufficient"), (45, "full_check"), (55, "full_check"), (56, "sufficient")):
        found = count.decide(columns((int(raw), int(size), valid, 0)))
        assert (valid, count.decisions[found.decision[0]]) == (valid, decision)
