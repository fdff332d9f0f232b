"""Deadlines: what the clocks of a place's law make of the days that are known.

A clock runs from an event's day, or from another clock's day where that event is not known yet; then the deadline
says which earlier ones it takes as met on their last day. The version of a clock is the one in force on the day it
starts. Counting and rolling are written down in `docs/reference/law-documents.md`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from referenda.errors import Fault, InputError, UndeterminedError, noting
from referenda.law import schema
from referenda.law.deadline import Deadline, DeadlineReading, OtherResult
from referenda.law.holiday_rules import business_calendar, day_rule, holds_as_read
from referenda.law.place import PlaceLaw
from referenda.law.schema import Clock
from referenda.terms.days import ONE_DAY, add_calendar_days
from referenda.terms.holidays import Holiday
from referenda.terms.names import nearest

__all__ = ["business_calendar", "compute_deadlines", "events_to_give", "known_events"]

_ELECTION_YEARS = 8


def compute_deadlines(
    law: PlaceLaw, instrument: str, events: Mapping[str, date], *, readings: Mapping[str, str] | None = None
) -> list[Deadline]:
    """Compute every deadline that the known days give, in the order of their days.

    Parameters
    ----------
    events
        Days that are known, by the event's name; a clock's own name may be given too, and is then used as it is.
    readings
        Alternatives chosen for open questions, by the reading's name; the document's choice for the others.

    Raises
    ------
    InputError
        An unknown instrument, event, reading or alternative, or days in an order that cannot be; all at once.
    UndeterminedError
        The holidays or a number of days of the time in question are not in the document.
    """
    law.check_instrument(instrument)
    chosen, faults = dict[str, str](), list[Fault]()
    with noting(faults):
        chosen = law.readings(readings)
    asked = _Timeline(law, instrument, events, chosen)
    faults += [*_unknown_events(law, instrument, events), *asked.order_faults()]
    if faults:
        raise InputError(*faults)
    found = asked.deadlines()
    for name in asked.open_questions():
        used = law.reading_used(name, chosen)
        others = {
            alternative: (about, _Timeline(law, instrument, events, {**chosen, name: alternative}).deadlines())
            for alternative, about in used.alternatives
            if alternative != used.chosen
        }
        for deadline in found.values():
            if differing := tuple(_differing(deadline, others)):
                reading = DeadlineReading(used, differing)
                found[deadline.name] = replace(found[deadline.name], readings=(*deadline.readings, reading))
    return sorted(found.values(), key=lambda deadline: deadline.date)


def known_events(law: PlaceLaw, instrument: str) -> list[str]:
    """Name the events whose days start or meet a clock of an instrument, in the order of the law document."""
    clocks = _clocks(law, instrument)
    names = {clock.name for clock in clocks}
    used = dict.fromkeys(name for clock in clocks for name in (*clock.starts, clock.meets) if name)
    return [name for name in used if name not in names]


def events_to_give(law: PlaceLaw, instrument: str) -> list[str]:
    """Name the events that people give: those of `known_events`, and elections, whose days are often known before."""
    elections = [clock.name for clock in _clocks(law, instrument) if clock.election]
    return [*known_events(law, instrument), *dict.fromkeys(elections)]


def _clocks(law: PlaceLaw, instrument: str) -> list[Clock]:
    return [clock for clock in law.schema.clocks if not clock.instruments or instrument in clock.instruments]


def _unknown_events(law: PlaceLaw, instrument: str, events: Collection[str]) -> Iterator[Fault]:
    known = events_to_give(law, instrument)
    accepted = {*known, *(clock.name for clock in _clocks(law, instrument))}
    for name in events:
        if name not in accepted:
            near = nearest(name, known) or nearest(name, accepted)
            remedy = f"Did you mean {near}? " if near else ""
            yield Fault(
                f"no clock of the {instrument} in {law.name} knows this event",
                value=name,
                remedy=f"{remedy}Known events: {', '.join(known) or 'none'}. Any deadline may be given too.",
            )


def _differing(deadline: Deadline, others: Mapping[str, tuple[str, Mapping[str, Deadline]]]) -> Iterator[OtherResult]:
    for alternative, (about, found) in others.items():
        other = found.get(deadline.name)
        if other is None:
            yield OtherResult(alternative, about, None, None)
        elif (other.date, other.act_stands_until) != (deadline.date, deadline.act_stands_until):
            yield OtherResult(alternative, about, other.date, other.act_stands_until)


class _Timeline:
    """The deadlines of one measure under one way to read the open questions."""

    def __init__(self, law: PlaceLaw, instrument: str, events: Mapping[str, date], chosen: Mapping[str, str]) -> None:
        self.law = law
        self.instrument = instrument
        self.events = events
        self.calendar = business_calendar(law, readings=chosen)
        self.versions: dict[str, list[Clock]] = {}
        for clock in _clocks(law, instrument):
            if holds_as_read(law, clock, chosen):
                self.versions.setdefault(clock.name, []).append(clock)
        self.found: dict[str, Deadline | None] = {}

    def deadlines(self) -> dict[str, Deadline]:
        """Compute every clock whose start is known, by its name."""
        computed = {name: self.deadline(name) for name in self.versions}
        return {name: deadline for name, deadline in computed.items() if deadline is not None}

    def deadline(self, name: str) -> Deadline | None:
        """Compute one clock, or None where nothing starts it."""
        if name not in self.found:
            clock, deadline = self._given(name) if name in self.events else self._computed(name)
            if clock is not None and deadline is not None:
                met_on = self.events.get(clock.meets or "")
                late = (met_on - (deadline.act_stands_until or deadline.date)).days if met_on else 0
                deadline = replace(deadline, met_by=clock.meets, met_on=met_on, days_late=max(0, late), note=clock.note)
            self.found[name] = deadline
        return self.found[name]

    def open_questions(self) -> list[str]:
        """Name the readings on which holidays or clocks hang."""
        holidays = self.law.schema.holidays
        entries: list[schema.Holiday | schema.Omission | Clock] = [*holidays.days, *holidays.omit]
        entries += _clocks(self.law, self.instrument)
        return list(dict.fromkeys(e.reading for e in entries if e.reading and e.under))

    def order_faults(self) -> list[Fault]:
        """Find events that come before the event from which their own time runs."""
        bounds: dict[tuple[str, str], None] = {}
        for clock in _clocks(self.law, self.instrument):
            for event in filter(None, (clock.meets, clock.name)):
                if event in self.events and clock.direction == "after":
                    bounds |= {(event, earlier): None for earlier in self._facts_behind(clock.starts)}
        for procedure in self.law.schema.procedures:
            if not procedure.instruments or self.instrument in procedure.instruments:
                for deed in procedure.deeds:
                    if deed.dates and deed.dates in self.events and deed.not_before:
                        bounds |= {(deed.dates, e): None for e in self._facts_behind((deed.not_before,))}
        return [
            Fault(
                f"{event} is {self.events[event]}, before {earlier} ({self.events[earlier]}) that must come first",
                column=event,
                value=str(self.events[event]),
                remedy="Check both days.",
            )
            for event, earlier in bounds
            if self.events[event] < self.events[earlier]
        ]

    def _facts_behind(self, starts: Collection[str]) -> list[str]:
        """Name the known event from which clocks with these starts run in the end, if they count forwards to here."""
        for start in starts:
            if start in self.events:
                return [start]
            for clock in self.versions.get(start, ()):
                if clock.direction == "after" and (found := self._facts_behind(clock.starts)):
                    return found
        return []

    def _given(self, name: str) -> tuple[Clock, Deadline]:
        day = self.events[name]
        clock = next((c for c in self.versions[name] if c.covers(day)), self.versions[name][0])
        return clock, Deadline(
            name, day, clock.cite, clock.about, clock.actor, name, day, 0, clock.count, clock.direction, given=True
        )

    def _computed(self, name: str) -> tuple[Clock | None, Deadline | None]:
        running = []
        for clock in self.versions[name]:
            start = self._start(clock)
            if start is not None and clock.covers(start[1]):
                running.append((clock, start))
        if not running:
            return None, None
        clock, (starts, started, assumes) = max(running, key=lambda pair: pair[0].from_ or date.min)
        try:
            return clock, replace(self._count(clock, starts, started), assumes=assumes)
        except UndeterminedError as error:
            faults = [replace(fault, message=f"{name} is not known: {fault.message}") for fault in error.faults]
            raise UndeterminedError(*faults) from None

    def _start(self, clock: Clock) -> tuple[str, date, tuple[str, ...]] | None:
        """Find the first of a clock's starts that is known, and what is taken as met on its last day."""
        for place, name in enumerate(clock.starts):
            if name in self.events:
                return name, self.events[name], ()
            if name in self.versions and (found := self.deadline(name)) is not None:
                stands_in = (name,) if place > 0 else ()
                return name, found.date, tuple(dict.fromkeys((*found.assumes, *stands_in)))
        return None

    def _count(self, clock: Clock, starts: str, started: date) -> Deadline:
        days, cite = self._days(clock, started)
        signed = days if clock.direction == "after" else -days
        if clock.count == "business":
            reached = self.calendar.add_business_days(started, signed)
            first, last = sorted((started, reached))
            passed = self._passed(first, last - ONE_DAY)
        else:
            reached = add_calendar_days(started, signed)
            passed = ()
        parts: dict[str, Any] = {}
        day = reached
        if clock.election:
            parts["election"], day = self._election(clock, reached)
        elif clock.roll != "none" and not self.calendar.is_business_day(reached):
            next_day = self.calendar.next_business_day(reached)
            passed = (*passed, *self._passed(reached - ONE_DAY, next_day))
            if clock.roll == "next_business_day":
                parts["rolled_from"], day = reached, next_day
            else:
                parts["act_stands_until"] = next_day
        return Deadline(
            clock.name,
            day,
            cite,
            clock.about,
            clock.actor,
            starts,
            started,
            days,
            clock.count,
            clock.direction,
            holidays_passed=passed,
            **parts,
        )

    def _passed(self, after: date, until: date) -> tuple[Holiday, ...]:
        return tuple(self.calendar.holidays_passed(after, until))

    def _days(self, clock: Clock, started: date) -> tuple[int, str]:
        """Give the number of days and what says so; a parameter as in force on the day the clock starts."""
        if isinstance(clock.days, int):
            return clock.days, clock.cite
        value = self.law.parameter(clock.days, on=started, instrument=self.instrument)
        cite = clock.cite if value.cite in clock.cite else f"{clock.cite}; {value.cite}"
        return int(value.number), cite

    def _election(self, clock: Clock, earliest: date) -> tuple[str, date]:
        held = [
            (day, entry.name)
            for entry in self.law.schema.elections
            if entry.name in clock.election
            for year in range(earliest.year, min(earliest.year + _ELECTION_YEARS, date.max.year) + 1)
            for day in day_rule(entry.rule).in_year(year)
            if day >= earliest and entry.holds(day, self.instrument)
        ]
        if not held:
            names = ", ".join(clock.election)
            raise UndeterminedError(
                Fault(f"no {names} is known from {earliest} on", remedy="Give the day of the election as an event.")
            )
        day, name = min(held)
        return name, day
