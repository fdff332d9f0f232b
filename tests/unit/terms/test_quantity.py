"""Exact numbers: reading, rounding and showing them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from referenda.errors import InputError
from referenda.terms.quantity import exact_text, plain, read_number, round_to, shown, sqrt_exact


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", Fraction(5)),
        ("0.0001", Fraction(1, 10000)),
        ("5%", Fraction(1, 20)),
        ("2/3", Fraction(2, 3)),
        ("-17", Fraction(-17)),
        (" 55.5% ", Fraction(111, 200)),
        ("0.1", Fraction(1, 10)),
    ],
)
def test_a_number_is_read_exactly(text: str, value: Fraction) -> None:
    assert read_number(text) == value


@pytest.mark.parametrize(
    "text", ["", "5,000", "1e3", "5 %x", "1/0", "½", "٣", ".5", "5.", "0x10", "1 000", "inf", "--5"]
)
def test_what_is_no_number_is_refused_with_its_text(text: str) -> None:
    with pytest.raises(InputError) as refused:
        read_number(text)
    assert text.strip() == refused.value.faults[0].value


@pytest.mark.parametrize(
    ("value", "to", "mode", "rounded"),
    [
        ("516/722", "0.0001", "half_up", "0.7147"),
        ("17177.0998", "1", "up", "17178"),
        ("17177", "1", "up", "17177"),
        ("585406.48", "1", "up", "585407"),
        ("0.71465", "0.0001", "half_up", "0.7147"),
        ("0.71465", "0.0001", "half_even", "0.7146"),
        ("0.71475", "0.0001", "half_even", "0.7148"),
        ("0.71469", "0.0001", "down", "0.7146"),
        ("-2.5", "1", "half_up", "-2"),
        ("-2.5", "1", "half_even", "-2"),
        ("-2.5", "1", "up", "-2"),
        ("-2.5", "1", "down", "-3"),
        ("12", "5", "half_up", "10"),
        ("12.5", "5", "half_up", "15"),
    ],
)
def test_rounding_takes_the_multiple_that_the_mode_names(value: str, to: str, mode: str, rounded: str) -> None:
    assert round_to(read_number(value), read_number(to), mode) == read_number(rounded)  # type: ignore[arg-type]


def test_rounding_to_nothing_is_refused() -> None:
    with pytest.raises(InputError):
        round_to(Fraction(1), Fraction(0), "up")


def test_a_root_is_cut_off_after_thirty_decimals() -> None:
    assert sqrt_exact(2) == read_number("1.414213562373095048801688724209")
    assert sqrt_exact(Fraction(9, 4)) == Fraction(3, 2)
    with pytest.raises(InputError):
        sqrt_exact(-1)


@pytest.mark.parametrize(
    ("value", "text"),
    [(Fraction(7147, 10000), "0.7147"), (Fraction(2, 3), "2/3"), (Fraction(-1, 8), "-0.125"), (Fraction(17), "17")],
)
def test_an_exact_text_loses_nothing(value: Fraction, text: str) -> None:
    assert exact_text(value) == text


def test_truths_are_written_as_words() -> None:
    assert (exact_text(True), shown(True), plain(True)) == ("true", "yes", True)


def test_a_whole_number_stays_a_whole_number_in_json() -> None:
    assert type(plain(Fraction(585407))) is int
    assert plain(Fraction(1, 2)) == 0.5


def test_people_see_thousands_and_few_decimals() -> None:
    assert shown(Fraction(585407)) == "585,407"
    assert shown(Fraction(107480950161, 100000000)) == "1,074.8095"
    assert shown(Fraction(-2, 3)) == "-0.6667"


def test_a_number_beyond_every_float_is_shown_as_the_nearest_whole_one() -> None:
    assert plain(Fraction(10**400, 3)) == (10**400 - 1) // 3
    assert plain(Fraction(-(10**400), 3)) == -(10**400 - 1) // 3
    assert plain(Fraction(1, 3)) == 1 / 3
