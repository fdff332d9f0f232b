"""Legal days: the first day is not counted, the last one is, and only days of business count as business days."""

from datetime import date

import pytest

from referenda.errors import InputError, UndeterminedError
from referenda.terms.days import BusinessCalendar, add_calendar_days, read_date
from referenda.terms.holidays import (
    FRIDAY,
    LAST,
    MONDAY,
    SATURDAY,
    SUNDAY,
    FixedDay,
    HolidayRule,
    ListedDays,
    WeekdayOfMonth,
)

THURSDAY, TUESDAY = 3, 1
CITE = "Example Act § 1"


def rule(name, day_rule, **more):
    return HolidayRule(name, day_rule, CITE, **more)


CHRISTMAS = rule("Christmas", FixedDay(12, 25), sunday="next_monday", saturday="previous_friday")
NEW_YEAR = rule("New Year", FixedDay(1, 1), sunday="next_monday", saturday="previous_friday")
LABOR = rule("Labor Day", WeekdayOfMonth(9, MONDAY, 1))


def test_the_day_from_which_time_runs_is_day_0():
    assert add_calendar_days(date(2017, 1, 26), 180) == date(2017, 7, 25)


def test_calendar_days_count_backwards_too():
    assert add_calendar_days(date(2018, 11, 6), -131) == date(2018, 6, 28)


def test_calendar_days_cross_29_february_of_a_leap_year():
    assert add_calendar_days(date(2020, 2, 28), 2) == date(2020, 3, 1)


def test_calendar_days_beyond_the_year_9999_are_undetermined():
    with pytest.raises(UndeterminedError, match="9999"):
        add_calendar_days(date(9999, 12, 1), 40)


def test_nine_business_days_after_monday_8_march_2021_end_on_friday_19_march():
    assert BusinessCalendar([]).add_business_days(date(2021, 3, 8), 9) == date(2021, 3, 19)


def test_one_business_day_after_a_friday_is_monday():
    assert BusinessCalendar([]).add_business_days(date(2021, 3, 5), 1) == date(2021, 3, 8)


def test_one_business_day_after_a_sunday_is_monday_since_the_sunday_never_counts():
    assert BusinessCalendar([]).add_business_days(date(2021, 3, 7), 1) == date(2021, 3, 8)


def test_one_business_day_before_a_monday_is_friday():
    assert BusinessCalendar([]).add_business_days(date(2021, 3, 8), -1) == date(2021, 3, 5)


def test_zero_business_days_after_a_sunday_is_that_sunday():
    assert BusinessCalendar([]).add_business_days(date(2021, 3, 7), 0) == date(2021, 3, 7)


def test_a_holiday_inside_the_window_pushes_the_end_by_one_day():
    # Mon 7 September 2020 is the first Monday: Thu 3 Sep + 2 = Fri 4, then Tue 8.
    assert BusinessCalendar([LABOR]).add_business_days(date(2020, 9, 3), 2) == date(2020, 9, 8)


def test_a_holiday_on_a_sunday_is_observed_on_monday_and_both_are_holidays():
    calendar = BusinessCalendar([CHRISTMAS])
    assert calendar.is_holiday(date(2016, 12, 25)).observed_for is None
    moved = calendar.is_holiday(date(2016, 12, 26))
    assert moved.observed_for == date(2016, 12, 25)
    assert moved.words == "Christmas, moved from Sunday 2016-12-25"


def test_a_holiday_on_a_saturday_is_observed_on_friday_of_the_year_before():
    calendar = BusinessCalendar([NEW_YEAR])
    assert calendar.is_holiday(date(2021, 12, 31)).observed_for == date(2022, 1, 1)
    assert [str(h.day) for h in calendar.holidays_of(2021)] == ["2021-01-01", "2021-12-31"]


def test_a_holiday_without_a_shift_stays_on_its_saturday():
    calendar = BusinessCalendar([rule("Fourth", FixedDay(7, 4), sunday="next_monday")])
    assert calendar.is_business_day(date(2026, 7, 3))
    assert calendar.add_business_days(date(2026, 6, 25), 8) == date(2026, 7, 7)


def test_the_next_business_day_passes_weekend_and_holiday():
    calendar = BusinessCalendar([CHRISTMAS])
    assert calendar.next_business_day(date(2016, 12, 23)) == date(2016, 12, 27)


def test_another_weekend_is_data():
    calendar = BusinessCalendar([], weekend=(FRIDAY, SATURDAY))
    assert calendar.is_business_day(date(2021, 3, 7))
    assert not calendar.is_business_day(date(2021, 3, 5))


def test_a_week_without_a_business_day_is_refused():
    with pytest.raises(InputError, match="weekend"):
        BusinessCalendar([], weekend=range(7))


def test_the_holidays_of_the_year_in_question_are_used():
    calendar = BusinessCalendar([rule("New", FixedDay(6, 19), first_day=date(2023, 1, 1))])
    assert calendar.is_business_day(date(2020, 6, 19))
    assert not calendar.is_business_day(date(2024, 6, 19))


def test_a_repealed_holiday_is_one_until_its_last_day():
    calendar = BusinessCalendar([rule("Old", FixedDay(2, 12), last_day=date(2008, 12, 31))])
    assert not calendar.is_business_day(date(2008, 2, 12))
    assert calendar.is_business_day(date(2009, 2, 12))


def test_a_year_without_a_listed_date_is_named_as_missing():
    calendar = BusinessCalendar([rule("Lunar New Year", ListedDays((date(2035, 2, 8),)))])
    assert calendar.is_holiday(date(2035, 2, 8))
    with pytest.raises(UndeterminedError, match="Lunar New Year has no date for the year 2036"):
        calendar.add_business_days(date(2035, 12, 31), 1)


def test_a_listed_holiday_asks_for_no_date_before_it_was_law():
    calendar = BusinessCalendar([rule("Moon", ListedDays((date(2023, 1, 23),)), first_day=date(2023, 1, 1))])
    assert calendar.add_business_days(date(2022, 12, 29), 1) == date(2022, 12, 30)


def test_listed_days_do_not_move():
    with pytest.raises(InputError, match="do not move"):
        rule("Moon", ListedDays((date(2023, 1, 22),)), sunday="next_monday")


def test_a_year_before_the_first_known_list_is_undetermined_and_named():
    calendar = BusinessCalendar([CHRISTMAS], first_year=2003, place="California")
    with pytest.raises(UndeterminedError, match="California are known from 2003 on; 2002 is missing"):
        calendar.add_business_days(date(2003, 1, 2), -2)


@pytest.mark.parametrize(
    ("day_rule", "year", "expected"),
    [
        (WeekdayOfMonth(11, THURSDAY, 4), 2018, [date(2018, 11, 22)]),
        (WeekdayOfMonth(11, THURSDAY, 4, plus=1), 2019, [date(2019, 11, 29)]),  # the fifth Friday
        (WeekdayOfMonth(5, MONDAY, LAST), 2021, [date(2021, 5, 31)]),
        (WeekdayOfMonth(11, MONDAY, 1, plus=1), 2022, [date(2022, 11, 8)]),  # 1 November is a Tuesday
        (WeekdayOfMonth(11, MONDAY, 1, plus=1, years="even"), 2023, []),
        (WeekdayOfMonth(2, SUNDAY, 5), 2021, []),
        (FixedDay(2, 29), 2024, [date(2024, 2, 29)]),
        (FixedDay(2, 29), 2023, []),
        (FixedDay(1, 20, years="odd"), 2025, [date(2025, 1, 20)]),
    ],
)
def test_a_rule_gives_its_days_of_a_year(day_rule, year, expected):
    assert list(day_rule.in_year(year)) == expected


def test_the_holidays_passed_are_those_that_cost_a_weekday():
    calendar = BusinessCalendar([CHRISTMAS, NEW_YEAR])
    passed = calendar.holidays_passed(date(2016, 12, 20), date(2017, 1, 10))
    assert [str(h.day) for h in passed] == ["2016-12-26", "2017-01-02"]


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
        (" 2017-01-26", "not a date", "such as 2017-01-26"),
        ("2017-01-26\n", "not a date", "such as 2017-01-26"),
        ("", "not a date", "such as 2017-01-26"),
    ],
)
def test_a_date_that_is_none_is_refused_with_the_way_to_write_it(text: str, message: str, remedy: str) -> None:
    with pytest.raises(InputError) as refused:
        read_date(text)
    (fault,) = refused.value.faults
    assert message in fault.message
    assert remedy in (fault.remedy or "")
    assert fault.value == text
