"""A deadline as a finding: its day, what started it, how it was counted, and the open questions it hangs on."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from referenda.law.finding import ReadingUsed
from referenda.terms.holidays import Holiday


@dataclass(frozen=True)
class OtherResult:
    """What a deadline would be if an open question were read otherwise; no date where there would be no deadline."""

    alternative: str
    about: str
    date: datetime.date | None
    act_stands_until: datetime.date | None

    @property
    def words(self) -> str:
        """Say the other day for people."""
        if self.date is None:
            return "no deadline"
        until = f", and an act stands until {self.act_stands_until}" if self.act_stands_until else ""
        return f"{self.date:%A} {self.date}{until}"


@dataclass(frozen=True)
class DeadlineReading:
    """An open question on which a deadline hangs, with the other results."""

    reading: ReadingUsed
    otherwise: tuple[OtherResult, ...]

    def as_dict(self) -> dict[str, Any]:
        """Give the reading for JSON."""
        return {**self.reading.as_dict(), "otherwise": [_texts(vars(other)) for other in self.otherwise]}


@dataclass(frozen=True)
class Deadline:
    """A deadline and how it came about.

    Attributes
    ----------
    starts, started
        The event or clock from which time runs, and its day (day 0).
    given
        The day itself was given as known; nothing was computed.
    assumes
        Deadlines that stand in for events not known yet: this one holds if each of them is met on its last day.
    election
        The election found, where the deadline is the day of one.
    rolled_from
        The day by count, where the law moves the deadline itself to the next business day.
    act_stands_until
        The next business day, where the day by count is none and a general section lets an act stand until then.
    holidays_passed
        Holidays that made the deadline later.
    readings
        Open questions that would make it another day.
    met_by, met_on, days_late
        The event that should come within the deadline, its day if known, and how many days after the deadline.
    """

    name: str
    date: datetime.date
    cite: str
    about: str
    actor: str | None
    starts: str
    started: datetime.date
    days: int
    count: str
    direction: str
    given: bool = False
    assumes: tuple[str, ...] = ()
    election: str | None = None
    rolled_from: datetime.date | None = None
    act_stands_until: datetime.date | None = None
    holidays_passed: tuple[Holiday, ...] = ()
    readings: tuple[DeadlineReading, ...] = ()
    met_by: str | None = None
    met_on: datetime.date | None = None
    days_late: int = 0
    note: str | None = None

    @property
    def words(self) -> str:
        """Say for people how the day was found."""
        if self.given:
            return "given as known"
        origin = f"{self.starts} ({self.started})"
        unit = f"{'business ' if self.count == 'business' else ''}day{'' if self.days == 1 else 's'}"
        if self.election:
            kind = self.election.replace("_", " ").removesuffix(" election")
            text = f"the first {kind} election at least {self.days} {unit} after {origin}"
        elif self.days == 0:
            text = f"the day of {origin}"
        else:
            text = f"{self.days} {unit} {self.direction} {origin}"
        if self.rolled_from:
            text += f", moved from {self.rolled_from:%A} {self.rolled_from} to the next business day"
        if self.act_stands_until:
            text += f"; no business day, so an act stands until {self.act_stands_until:%A} {self.act_stands_until}"
        return text

    def as_dict(self) -> dict[str, Any]:
        """Give the deadline for JSON; days are text, year-month-day."""
        parts = _texts(vars(self))
        parts["weekday"] = f"{self.date:%A}"
        parts["words"] = self.words
        parts["assumes"] = list(self.assumes)
        parts["holidays_passed"] = [holiday.as_dict() for holiday in self.holidays_passed]
        parts["readings"] = [reading.as_dict() for reading in self.readings]
        return parts


def _texts(parts: Mapping[str, Any]) -> dict[str, Any]:
    return {key: str(value) if isinstance(value, datetime.date) else value for key, value in parts.items()}
