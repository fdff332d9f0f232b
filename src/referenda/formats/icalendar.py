"""iCalendar (RFC 5545): deadlines as all-day events, for anybody's calendar program.

The same deadlines and the same instant give the same bytes: identifiers are hashes of the calendar's and the
deadline's names, so a calendar that is imported again moves its events instead of doubling them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime

from referenda.errors import Fault, InputError
from referenda.law.deadline import Deadline
from referenda.terms.days import add_calendar_days

PRODUCT = "-//Referenda//Legal days//EN"
MAX_OCTETS = 75

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def write_calendar(title: str, deadlines: Iterable[Deadline], *, stamp: datetime) -> bytes:
    """Write an iCalendar object with one all-day event for each deadline.

    Parameters
    ----------
    title
        The calendar's name, which tells measures apart: a program that imports two calendars of one name takes the
        second for a change of the first.
    stamp
        The instant of the calendar (DTSTAMP), with its time zone.

    Returns
    -------
    bytes
        UTF-8, lines ended by CR LF and folded at 75 octets.

    Raises
    ------
    InputError
        The instant has no time zone.
    """
    if stamp.tzinfo is None:
        raise InputError(Fault("an instant needs its time zone", value=stamp.isoformat(), remedy="Give it in UTC."))
    instant = f"{stamp.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN"]
    lines.append(f"X-WR-CALNAME:{_text(title)}")
    for deadline in deadlines:
        identity = hashlib.sha256(f"{title}\n{deadline.name}".encode()).hexdigest()[:32]
        lines += [
            "BEGIN:VEVENT",
            f"UID:{identity}@referenda",
            f"DTSTAMP:{instant}",
            f"DTSTART;VALUE=DATE:{_day(deadline.date)}",
            f"DTEND;VALUE=DATE:{_day(add_calendar_days(deadline.date, 1))}",
            f"SUMMARY:{_text(deadline.about.rstrip('.'))}",
            f"DESCRIPTION:{_text(_description(deadline))}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return b"".join(_fold(line) for line in lines)


def _description(deadline: Deadline) -> str:
    """Say how the day was found, on which law, and what would make it another."""
    lines = [f"{deadline.name}: {deadline.words}.", f"{deadline.cite}."]
    if deadline.assumes:
        lines.append(f"Holds if each of these is met on its last day: {', '.join(deadline.assumes)}.")
    lines += [f"Not counted: {holiday.words} ({holiday.day})." for holiday in deadline.holidays_passed]
    lines += [
        f"If {reading.reading.name} is read as {other.alternative}: {other.words}."
        for reading in deadline.readings
        for other in reading.otherwise
    ]
    return "\n".join(lines)


def _day(day: date) -> str:
    return f"{day.year:04}{day.month:02}{day.day:02}"


def _text(value: str) -> str:
    """Escape a text (§ 3.3.11); control characters other than tab and line end are not allowed and left out."""
    value = _CONTROL.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
    return re.sub(r"([\\;,])", r"\\\1", value).replace("\n", "\\n")


def _fold(line: str) -> bytes:
    """Break a line into pieces of at most 75 octets, never inside a character (§ 3.1)."""
    pieces: list[bytes] = [b""]
    for character in line:
        octets = character.encode("utf-8")
        if len(pieces[-1]) + len(octets) > MAX_OCTETS:
            pieces.append(b" ")
        pieces[-1] += octets
    return b"\r\n".join(pieces) + b"\r\n"
