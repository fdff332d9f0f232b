"""What is typed after an option: dates, pairs and numbers."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from referenda.cli.arguments import read_assignments, read_date, read_day, read_level, read_numbers
from referenda.errors import InputError


def test_a_date_is_year_month_day() -> None:
    assert read_date("2017-01-26") == date(2017, 1, 26)
    assert read_date("2016-02-29") == date(2016, 2, 29)


def test_a_date_that_is_none_is_refused_with_the_name_of_its_option() -> None:
    with pytest.raises(InputError) as refused:
        read_date(" 2017-02-30 ", option="--event")
    (fault,) = refused.value.faults
    assert (fault.column, fault.value, fault.message) == ("--event", "2017-02-30", "there is no such day")


def test_without_a_date_today_is_meant() -> None:
    assert read_day(None) == date.today()


def test_pairs_are_read_and_all_bad_ones_are_told() -> None:
    assert read_assignments(["a=1", " b = x=y "], option="--given") == {"a": "1", "b": "x=y"}
    with pytest.raises(InputError) as refused:
        read_assignments(["a", "=1", "b=", "c=1", "c=2"], option="--given")
    assert [f.value for f in refused.value.faults] == ["a", "=1", "b=", "c=2"]


def test_numbers_are_read_exactly_and_all_bad_ones_are_told() -> None:
    assert read_numbers(["a=5%", "b=2/3"], option="--given") == {"a": Fraction(1, 20), "b": Fraction(2, 3)}
    with pytest.raises(InputError) as refused:
        read_numbers(["a=x", "b=1e5", "c=1"], option="--given")
    assert [f.message for f in refused.value.faults] == ["a is not a number", "b is not a number"]


def test_a_level_may_begin_with_its_point_and_lies_between_nothing_and_certainty() -> None:
    assert [read_level(text) for text in ("0.95", ".95", "95%")] == [0.95, 0.95, 0.95]
    for text in ("0", "1", ".", "-.5", "nan", "95"):
        with pytest.raises(InputError, match="not a level between 0 and 1"):
            read_level(text)
