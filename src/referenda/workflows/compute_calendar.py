"""Computing the calendar of a measure: every deadline that its known days give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from referenda.errors import Fault, InputError
from referenda.law.clocks import compute_deadlines, events_to_give
from referenda.law.deadline import Deadline
from referenda.law.place import PlaceLaw


@dataclass(frozen=True)
class MeasureCalendar:
    """The deadlines of one measure, in the order of their days."""

    law: PlaceLaw
    instrument: str
    events: Mapping[str, date]
    deadlines: tuple[Deadline, ...]

    @property
    def title(self) -> str:
        """Name the calendar by place, instrument and the first known day."""
        return f"{self.law.name}, {self.law.instruments[self.instrument]}, {min(self.events.values())}"

    def as_dict(self) -> dict[str, Any]:
        """Give the finding for JSON."""
        return {
            "place": self.law.id,
            "instrument": self.instrument,
            "law": self.law.digest,
            "events": {name: str(day) for name, day in sorted(self.events.items(), key=lambda event: event[1])},
            "deadlines": [deadline.as_dict() for deadline in self.deadlines],
        }


def compute_calendar(
    law: PlaceLaw, instrument: str, events: Mapping[str, date], *, readings: Mapping[str, str] | None = None
) -> MeasureCalendar:
    """Compute the deadlines that the known days of a measure give.

    Raises
    ------
    InputError, UndeterminedError
        As for `compute_deadlines`; also InputError where no event is given.
    """
    if not events:
        known = ", ".join(events_to_give(law, instrument))
        remedy = f"Give the day of one of these: {known}. Any deadline may be given too."
        raise InputError(Fault("no event is given, so no clock runs", remedy=remedy))
    return MeasureCalendar(
        law, instrument, dict(events), tuple(compute_deadlines(law, instrument, events, readings=readings))
    )
