"""Rounding as a step of the law, for any number; California's projection against its own arithmetic."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from math import ceil, floor
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from referenda.law.place import load_place
from referenda.terms.quantity import Mode, exact_text, read_number, round_to, shown

fractions = st.fractions(min_value=-(10**12), max_value=10**12)
units = st.sampled_from([Fraction(1), Fraction(1, 10000), Fraction(1, 100), Fraction(5), Fraction(1, 3)])


@given(fractions, units, st.sampled_from(get_args(Mode)))
def test_a_rounded_number_is_a_multiple_less_than_one_unit_away(value: Fraction, to: Fraction, mode: str) -> None:
    rounded = round_to(value, to, mode)  # type: ignore[arg-type]
    assert (rounded / to).denominator == 1
    distance = rounded - value
    match mode:
        case "up":
            assert 0 <= distance < to
        case "down":
            assert -to < distance <= 0
        case "half_up":
            assert -to / 2 < distance <= to / 2
        case "half_even":
            assert abs(distance) < to / 2 or (abs(distance) == to / 2 and (rounded / to) % 2 == 0)


@given(fractions, units, st.sampled_from(get_args(Mode)))
def test_rounding_twice_changes_nothing_more(value: Fraction, to: Fraction, mode: str) -> None:
    once = round_to(value, to, mode)  # type: ignore[arg-type]
    assert round_to(once, to, mode) == once  # type: ignore[arg-type]


@given(fractions)
def test_an_exact_text_is_read_back_as_the_same_number(value: Fraction) -> None:
    assert read_number(exact_text(value)) == value


@given(fractions)
def test_what_people_see_is_within_half_of_the_last_place(value: Fraction) -> None:
    assert abs(Fraction(shown(value).replace(",", "")) - value) <= Fraction(1, 20000)


@st.composite
def samples(draw: st.DrawFn) -> tuple[int, int, int, int]:
    """Draw a county that samples: raw count, sample, valid, duplicates."""
    raw = draw(st.integers(2, 2_000_000))
    size = draw(st.integers(1, min(raw - 1, 60_000)))
    valid = draw(st.integers(0, size))
    return raw, size, valid, draw(st.integers(0, min(size - valid, 50)))


def _by_hand(raw: int, size: int, valid: int, duplicates: int) -> int:
    """Follow 2 CCR 20530-20532 in whole numbers: rate and value of a signature in ten-thousandths."""
    rate = (valid * 10000 * 2 + size) // (2 * size)
    value = (raw * 10000 * 2 + size) // (2 * size)
    uncorrected = -(-raw * rate // 10000)
    return uncorrected + (-duplicates * value * (value - 10000)) // 10**8


@settings(max_examples=300)
@given(samples())
def test_the_projection_of_a_county_is_that_of_the_regulation_done_in_whole_numbers(
    county: tuple[int, int, int, int],
) -> None:
    raw, size, valid, duplicates = county
    inputs = dict(zip(("raw_count", "sample_size", "valid_in_sample", "duplicates_in_sample"), county, strict=True))
    law = load_place("us/ca")
    found = law.find("projected_valid", inputs, on=date(2020, 1, 1), instrument="statute")
    assert _by_hand(raw, size, valid, duplicates) == found.value


@given(st.integers(0, 3_000_000))
def test_a_sample_holds_all_of_up_to_five_hundred_else_five_hundred_or_three_percent(raw: int) -> None:
    found = load_place("us/ca").find("sample_size", {"raw_count": raw}, on=date(2020, 1, 1), instrument="statute")
    assert (raw if raw <= 500 else max(500, ceil(Fraction(3 * raw, 100)))) == found.value


@given(st.integers(1, 2_000_000), st.integers(0, 3_000_000))
def test_the_decision_compares_with_95_and_110_percent_exactly(requirement: int, projected: int) -> None:
    raw = projected + requirement + 1
    law = load_place("us/ca")
    found = law.find(
        "certification",
        {"raw_count": raw, "sample_size": 500, "requirement": requirement},
        on=date(2020, 1, 1),
        instrument="statute",
    )
    below, enough = found.step("insufficient_below"), found.step("sufficient_from")
    assert below is not None
    assert enough is not None
    assert (projected < below) == (100 * projected < 95 * requirement)
    assert (projected >= enough) == (100 * projected > 110 * requirement)
    assert floor(enough) == enough
