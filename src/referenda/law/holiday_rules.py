"""The holidays of a place: from its law document to a calendar of business days.

A place lists its holidays itself, or takes the list of the library `holidays` as a base (`base: US-WA`) and corrects
it with `omit` and `days`. An entry with `under` holds only while its reading is read that way.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

import holidays as library

from referenda.errors import Fault, LawError, UndeterminedError
from referenda.law import schema
from referenda.law.place import PlaceLaw
from referenda.terms.days import BusinessCalendar
from referenda.terms.holidays import (
    LAST,
    DayRule,
    FixedDay,
    Holiday,
    HolidayRule,
    HolidaySource,
    ListedDays,
    WeekdayOfMonth,
)

_NAMED_IN = range(1990, 2041)  # years in which a holiday must stand for an omission to know its name
_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def business_calendar(law: PlaceLaw, *, readings: Mapping[str, str] | None = None) -> BusinessCalendar:
    """Make the calendar of business days of a place.

    Parameters
    ----------
    readings
        Alternatives chosen for open questions, by the reading's name; the document's choice for the others.

    Raises
    ------
    InputError
        An unknown reading or alternative.
    LawError
        The base list is not one that the library knows.
    """
    return _calendar(law, tuple(sorted(law.readings(readings).items())))


@lru_cache(maxsize=128)
def _calendar(law: PlaceLaw, readings: tuple[tuple[str, str], ...]) -> BusinessCalendar:
    """Make a calendar once for each law and way to read it: the years that it has computed are kept."""
    chosen = dict(readings)
    section = law.schema.holidays
    sources: list[HolidaySource] = []
    for entry in section.days:
        if holds_as_read(law, entry, chosen):
            sources.append(
                HolidayRule(
                    entry.name,
                    day_rule(entry.rule),
                    entry.cite,
                    sunday=entry.sunday,
                    saturday=entry.saturday,
                    first_day=entry.from_,
                    last_day=entry.until,
                )
            )
    if section.base != "none":
        omitted = [entry for entry in section.omit if holds_as_read(law, entry, chosen)]
        sources.append(_BaseList(law, omitted))
    weekend = [_WEEK.index(day) for day in section.weekend]
    return BusinessCalendar(sources, weekend=weekend, first_year=section.first_year, place=law.name)


def holds_as_read(
    law: PlaceLaw, entry: schema.Holiday | schema.Omission | schema.Clock, chosen: Mapping[str, str]
) -> bool:
    """Say whether an entry holds as its open question, if it has one, is read."""
    if entry.reading is None or entry.under is None:
        return True
    return law.reading_used(entry.reading, chosen).chosen == entry.under


def day_rule(rule: schema.DayRule) -> DayRule:
    """Turn a rule of a document into one that gives days.

    The weekday after the first one (`after: first monday`) is so many days after that first one.
    """
    if rule.dates:
        return ListedDays(rule.dates)
    month = rule.month or 1
    if rule.day:
        return FixedDay(month, rule.day, rule.years)
    weekday = _WEEK.index(rule.weekday or "monday")
    if rule.after:
        first = _WEEK.index(rule.after.removeprefix("first "))
        return WeekdayOfMonth(month, first, 1, (weekday - first - 1) % 7 + 1 + rule.plus, rule.years)
    nth = LAST if rule.nth == "last" else int(rule.nth or 1)
    return WeekdayOfMonth(month, weekday, nth, rule.plus, rule.years)


class _BaseList:
    """The public holidays of a country or a part of it, as the library `holidays` lists them."""

    def __init__(self, law: PlaceLaw, omitted: list[schema.Omission]) -> None:
        self.place = law.id
        self.code = law.schema.holidays.base
        self.omitted = omitted
        try:
            known = self._listed()
        except NotImplementedError:
            raise LawError(
                Fault(
                    "the library of holidays has no such list",
                    file=law.id,
                    column="holidays.base",
                    value=self.code,
                    remedy="Write `none`, or a country and part of it such as US-WA.",
                )
            ) from None
        self.years = range(known.start_year, known.end_year + 1)
        self._check_omissions()

    def in_year(self, year: int) -> list[Holiday]:
        """Give the list of a year, without what the place omits."""
        if year not in self.years:
            raise UndeterminedError(
                Fault(f"the list {self.code} of the library of holidays has no year {year}", value=str(year))
            )
        listed = self._listed(year)
        return [
            Holiday(day, name, f"list of public holidays {self.code}")
            for day in sorted(listed)
            for name in listed.get_list(day)
            if day.year == year and not self._omits(name, day)
        ]

    def _listed(self, year: int | range | None = None) -> library.HolidayBase:
        country, _, part = self.code.partition("-")
        return library.country_holidays(country, subdiv=part or None, years=year)

    def _omits(self, name: str, day: date) -> bool:
        return any(entry.name in (name, _own(name)) and entry.covers(day) for entry in self.omitted)

    def _check_omissions(self) -> None:
        """Refuse an omission that names no holiday of the list, which would do nothing, silently."""
        if not self.omitted:
            return
        listed = self._listed(_NAMED_IN)
        names = {part for day in listed for name in listed.get_list(day) for part in (name, _own(name))}
        unknown = [entry.name for entry in self.omitted if entry.name not in names]
        if unknown:
            known = ", ".join(sorted({_own(name) for name in names}))
            raise LawError(
                *(
                    Fault(
                        f"the list {self.code} has no holiday of this name to omit",
                        file=self.place,
                        column="holidays.omit",
                        value=name,
                        remedy=f"It has: {known}.",
                    )
                    for name in unknown
                )
            )


def _own(name: str) -> str:
    """Give a holiday's name without the library's mark for the day on which it is observed."""
    return name.partition(" (")[0]
