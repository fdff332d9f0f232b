"""Legal days of a place: calendar days and business days counted after or before a day, and the next business day.

The day from which time runs is day 0 and is never counted; the last day is (Cal. Gov. Code § 6800 says so for
California, and it is the common rule elsewhere). A business day is neither on the weekend nor a holiday of the place
in the year of that day. This module knows nothing of documents: it is given the rules of the holidays.
"""

from __future__ import annotations

import re
from calendar import month_name, monthrange
from collections.abc import Collection, Sequence
from datetime import date, timedelta

from referenda.errors import Fault, InputError, UndeterminedError
from referenda.terms.holidays import SATURDAY, SUNDAY, Holiday, HolidaySource

ONE_DAY = timedelta(days=1)

_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})\Z", re.ASCII)


def read_date(text: str) -> date:
    """Read a day written year-month-day, and in no other way.

    Raises
    ------
    InputError
        The text has another form, or names a day that no calendar has.

    Examples
    --------
    >>> read_date("2017-01-26")
    datetime.date(2017, 1, 26)
    """
    match = _DATE.match(text)
    if match is None:
        remedy = "Write year-month-day, such as 2017-01-26."
        raise InputError(Fault("this is not a date", value=text, remedy=remedy))
    year, month, day = (int(part) for part in match.groups())
    if year < 1 or not 1 <= month <= 12:
        raise InputError(Fault("there is no such month", value=text, remedy="Months are 01 to 12."))
    days = monthrange(year, month)[1]
    if not 1 <= day <= days:
        raise InputError(
            Fault("there is no such day", value=text, remedy=f"{month_name[month]} {year} has {days} days.")
        )
    return date(year, month, day)


def add_calendar_days(day: date, days: int) -> date:
    """Give the day so many calendar days after (or, below zero, before) a day that is not itself counted.

    Raises
    ------
    UndeterminedError
        The result lies outside the years 1 to 9999.

    Examples
    --------
    >>> add_calendar_days(date(2017, 1, 26), 180)
    datetime.date(2017, 7, 25)
    """
    try:
        return day + timedelta(days=days)
    except OverflowError:
        raise _beyond(day) from None


class BusinessCalendar:
    """The business days of a place, computed year by year from the rules of its holidays.

    Parameters
    ----------
    holidays
        What knows the holidays of a year; where two fall on one day, the first one names it.
    weekend
        Days of the week without business, 0 for Monday to 6 for Sunday.
    first_year
        The first year whose holidays are known; asking for an earlier day is undetermined.
    place
        Name of the place, for messages.

    Raises
    ------
    InputError
        The weekend is the whole week, or names a day outside 0 to 6.
    """

    def __init__(
        self,
        holidays: Sequence[HolidaySource],
        *,
        weekend: Collection[int] = (SATURDAY, SUNDAY),
        first_year: int | None = None,
        place: str = "this place",
    ) -> None:
        if not set(weekend) < set(range(7)):
            raise InputError(
                Fault("a weekend is some, not all, of the days 0 (Monday) to 6", value=str(sorted(weekend)))
            )
        self._holidays = tuple(holidays)
        self._weekend = frozenset(weekend)
        self._first_year = first_year
        self._place = place
        self._years: dict[int, dict[date, Holiday]] = {}

    def holidays_of(self, year: int) -> list[Holiday]:
        """Give the holidays that lie in a year, in order, those on a weekend too.

        Raises
        ------
        UndeterminedError
            The list of that year is not known.
        """
        return [holiday for _, holiday in sorted(self._of(year).items())]

    def is_holiday(self, day: date) -> Holiday | None:
        """Give the holiday of a day, or None."""
        return self._of(day.year).get(day)

    def is_business_day(self, day: date) -> bool:
        """Say whether business is done on a day."""
        return day.weekday() not in self._weekend and self.is_holiday(day) is None

    def next_business_day(self, day: date) -> date:
        """Give the first business day after a day."""
        return self.add_business_days(day, 1)

    def add_business_days(self, day: date, days: int) -> date:
        """Give the nth business day after a day (or before it, when `days` is below zero); the day itself never counts.

        Zero days after a day is that day, whatever kind of day it is.

        Raises
        ------
        UndeterminedError
            The holidays of a year on the way are not known, or the years run out.

        Examples
        --------
        >>> BusinessCalendar([]).add_business_days(date(2021, 3, 8), 9)
        datetime.date(2021, 3, 19)
        """
        step = ONE_DAY if days > 0 else -ONE_DAY
        reached = day
        for _ in range(abs(days)):
            reached = self._step(reached, step)
            while not self.is_business_day(reached):
                reached = self._step(reached, step)
        return reached

    def holidays_passed(self, after: date, until: date) -> list[Holiday]:
        """Give the holidays that made a weekday no business day, after one day up to and including another."""
        return [
            holiday
            for day in _days(after, until)
            if day.weekday() not in self._weekend and (holiday := self.is_holiday(day)) is not None
        ]

    def _of(self, year: int) -> dict[date, Holiday]:
        if self._first_year is not None and year < self._first_year:
            raise UndeterminedError(
                Fault(
                    f"the holidays of {self._place} are known from {self._first_year} on; {year} is missing",
                    value=str(year),
                    remedy="Add the list of that year to the law document, with its source.",
                )
            )
        if year not in self._years:
            found: dict[date, Holiday] = {}
            for source in self._holidays:
                for holiday in source.in_year(year):
                    found.setdefault(holiday.day, holiday)
            self._years[year] = found
        return self._years[year]

    @staticmethod
    def _step(day: date, step: timedelta) -> date:
        try:
            return day + step
        except OverflowError:
            raise _beyond(day) from None


def _days(after: date, until: date) -> list[date]:
    return [date.fromordinal(ordinal) for ordinal in range(after.toordinal() + 1, until.toordinal() + 1)]


def _beyond(day: date) -> UndeterminedError:
    return UndeterminedError(
        Fault("the calendar ends at the years 1 and 9999", value=str(day), remedy="Count fewer days.")
    )
