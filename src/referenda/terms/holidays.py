"""Holidays by rule: on which day of a year they fall, where they are observed, and how long the rule was law.

A rule gives its days for any year, so a deadline decades ago or ahead is computed with the holidays of its own year.
A holiday that moves from a weekend is a holiday on both days: on its own and on the day it is observed.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, Protocol

from referenda.errors import Fault, InputError, UndeterminedError

Years = Literal["all", "even", "odd"]
Shift = Literal["next_monday", "previous_friday", "none"]

MONDAY, FRIDAY, SATURDAY, SUNDAY = 0, 4, 5, 6
LAST = -1


def _applies(years: Years, year: int) -> bool:
    return years == "all" or (year % 2 == 0) == (years == "even")


class DayRule(Protocol):
    """Which days of a year a rule means."""

    def in_year(self, year: int) -> tuple[date, ...]:
        """Give the days that the rule means in a year, in order; none where it means none."""
        ...


@dataclass(frozen=True)
class FixedDay:
    """The same day of the same month; 29 February only in leap years."""

    month: int
    day: int
    years: Years = "all"

    def in_year(self, year: int) -> tuple[date, ...]:
        """Give the day, or none where the month of that year has no such day."""
        if not _applies(self.years, year) or self.day > monthrange(year, self.month)[1]:
            return ()
        return (date(year, self.month, self.day),)


@dataclass(frozen=True)
class WeekdayOfMonth:
    """The nth weekday of a month (`LAST` for the last), and so many days after it.

    `weekday` counts from 0 for Monday. The Tuesday after the first Monday is `WeekdayOfMonth(11, MONDAY, 1, plus=1)`.
    """

    month: int
    weekday: int
    nth: int
    plus: int = 0
    years: Years = "all"

    def in_year(self, year: int) -> tuple[date, ...]:
        """Give the day, or none where the month has no fifth such weekday."""
        if not _applies(self.years, year):
            return ()
        length = monthrange(year, self.month)[1]
        first = 1 + (self.weekday - date(year, self.month, 1).weekday()) % 7
        days = range(first, length + 1, 7)
        if self.nth > len(days):
            return ()
        day = days[LAST] if self.nth == LAST else days[self.nth - 1]
        return (date(year, self.month, day) + timedelta(days=self.plus),)


@dataclass(frozen=True)
class ListedDays:
    """Days that no simple rule gives, one by one; a year without an entry is unknown, not free of holidays."""

    days: tuple[date, ...]

    def in_year(self, year: int) -> tuple[date, ...]:
        """Give the listed days of the year.

        Raises
        ------
        UndeterminedError
            The list has no day in that year.
        """
        found = tuple(sorted(day for day in self.days if day.year == year))
        if not found:
            raise UndeterminedError(
                Fault(f"no day is listed for the year {year}", value=str(year), remedy="Add it to the list.")
            )
        return found


@dataclass(frozen=True)
class Holiday:
    """A day on which no business is done, by name and citation.

    `observed_for` is the holiday's own day when this is the day to which it moves.
    """

    day: date
    name: str
    cite: str
    observed_for: date | None = None

    @property
    def words(self) -> str:
        """Name the holiday for people, with its own day when it moved."""
        if self.observed_for is None:
            return self.name
        return f"{self.name}, moved from {self.observed_for:%A} {self.observed_for}"

    def as_dict(self) -> dict[str, str | None]:
        """Give the parts for JSON."""
        moved = None if self.observed_for is None else str(self.observed_for)
        return {"date": str(self.day), "name": self.name, "cite": self.cite, "observed_for": moved}


class HolidaySource(Protocol):
    """Whatever knows the holidays of a year."""

    def in_year(self, year: int) -> list[Holiday]:
        """Give every holiday that lies in the year."""
        ...


@dataclass(frozen=True)
class HolidayRule:
    """One holiday of a list, while its rule is law.

    Parameters
    ----------
    rule
        Its own day in each year.
    sunday, saturday
        Where it moves from a Sunday or a Saturday.
    first_day, last_day
        First and last of its own days for which the rule is law, both included; open where absent.

    Raises
    ------
    InputError
        Days that are listed one by one are also to move: list them as they are observed instead.
    """

    name: str
    rule: DayRule
    cite: str
    sunday: Shift = "none"
    saturday: Shift = "none"
    first_day: date | None = None
    last_day: date | None = None

    def __post_init__(self) -> None:
        if isinstance(self.rule, ListedDays) and (self.sunday, self.saturday) != ("none", "none"):
            raise InputError(
                Fault(
                    "days that are listed one by one do not move",
                    value=self.name,
                    remedy="List each day as it is observed.",
                )
            )

    def in_year(self, year: int) -> list[Holiday]:
        """Give the holidays of this rule that lie in a year.

        A day of a neighbouring year can move into it: 1 January 2022, a Saturday, may be observed on 31 December 2021.

        Raises
        ------
        UndeterminedError
            The days are listed one by one, and the list has none for this year.
        """
        years = (year,) if isinstance(self.rule, ListedDays) else (year - 1, year, year + 1)
        known = [y for y in years if date.min.year <= y <= date.max.year]
        return [holiday for y in known for holiday in self._of(y) if holiday.day.year == year]

    def _of(self, year: int) -> Iterator[Holiday]:
        first, last = self.first_day or date.min, self.last_day or date.max
        if last < date(year, 1, 1) or date(year, 12, 31) < first:
            return
        try:
            days = self.rule.in_year(year)
        except UndeterminedError:
            raise UndeterminedError(
                Fault(
                    f"{self.name} has no date for the year {year}",
                    value=str(year),
                    remedy=f"Add the date of {year} to the list of holidays, with its source.",
                )
            ) from None
        for day in days:
            if first <= day <= last:
                yield Holiday(day, self.name, self.cite)
                if (observed := self._observed(day)) != day:
                    yield Holiday(observed, self.name, self.cite, observed_for=day)

    def _observed(self, day: date) -> date:
        shift = {SUNDAY: self.sunday, SATURDAY: self.saturday}.get(day.weekday(), "none")
        if shift == "next_monday":
            return day + timedelta(days=7 - day.weekday())
        if shift == "previous_friday":
            return day - timedelta(days=day.weekday() - FRIDAY)
        return day
