"""What is typed after an option: dates, pairs and numbers."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from referenda.cli.arguments import noting, read_assignments, read_date, read_day, read_numbers
from referenda.errors import Fault, InputError


def test_a_date_is_year_month_day() -> None:
    assert read_date("2017-01-26") == date(2017, 1, 26)
    assert read_date("2016-02-29") == date(2016, 2, 29)


@pytest.mark.parametrize(
    ("text", "message", "remedy"),
    [
        ("2017-02-30", "no such day", "February 2017 has 28 days."),
        ("2017-04-31", "no such day", "April 2017 has 30 days."),
        ("2017-01-00", "no such day", "January 2017 has 31 days."),
        ("2017-13-01", "no such month", "Months are 01 to 12."),
        ("0000-01-01", "no such month", "Months are 01 to 12."),
        ("26/01/2017", "not a date", "such as 2017-01-26"),
        ("2017-1-26", "not a date", "such as 2017-01-26"),
        ("20170126", "not a date", "such as 2017-01-26"),
        ("2017-W04-4", "not a date", "such as 2017-01-26"),
        ("٢٠١٧-٠١-٢٦", "not a date", "such as 2017-01-26"),
        ("tomorrow", "not a date", "such as 2017-01-26"),
        ("", "not a date", "such as 2017-01-26"),
    ],
)
def test_a_date_that_is_none_is_refused_with_the_way_to_write_it(text: str, message: str, remedy: str) -> None:
    with pytest.raises(InputError) as refused:
        read_date(text, option="--event")
    (fault,) = refused.value.faults
    assert message in fault.message
    assert remedy in (fault.remedy or "")
    assert (fault.column, fault.value) == ("--event", text)


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


def test_faults_of_several_arguments_are_noted_together() -> None:
    faults: list[Fault] = []
    for text in ("2017-02-30", "2017-02-28", "x"):
        with noting(faults):
            read_date(text)
    assert [f.value for f in faults] == ["2017-02-30", "x"]
