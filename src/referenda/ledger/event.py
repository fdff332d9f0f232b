"""An event of a case: the draft that somebody writes, and the event that the log has numbered and dated.

The form is that of `docs/reference/record-format.md`. What kinds there are and what their data hold is not known
here; this module knows the envelope, its one line of canonical JSON and the hash of that line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property, lru_cache
from typing import Any, Self

from referenda.errors import Fault, RecordError
from referenda.ledger.canonical import canonical, read_canonical
from referenda.ledger.tree import leaf_hash

LONGEST = 4 * 2**20  # bytes of one event's JSON, as the record format has it
KEYS = frozenset({"by", "case", "data", "kind", "occurred_on", "position", "recorded_at", "version"})

_CASE = re.compile(r"[a-z0-9][A-Za-z0-9._-]{0,79}\Z")
_KIND = re.compile(r"[A-Z][A-Za-z0-9]{0,79}\Z")


def require_case_name(case: object) -> None:
    """Refuse a name that no case can have.

    Raises
    ------
    RecordError
        The name is not 1 to 80 characters of `A-Z a-z 0-9 . _ -`, the first a digit or a small letter.
    """
    if fault := _case_fault(case):
        raise RecordError(fault)


@dataclass(frozen=True)
class Draft:
    """What is to be recorded, before the log gives it a position and an instant.

    Parameters
    ----------
    kind, version
        A stable word such as `PetitionFiled`, and the version of its data, from 1.
    occurred_on
        The legal day of the deed; may be any day before or after the recording.
    by
        Who did it: a role, with a name after a colon where a person decided (`county:Yuba`).
    data
        What the kind holds: text, integers, truth values, null, lists and dictionaries.

    Raises
    ------
    RecordError
        With a fault for each part that is wrong. `data` is checked when it is appended.
    """

    kind: str
    version: int
    occurred_on: date
    by: str
    data: dict[str, Any]

    def __post_init__(self) -> None:
        if faults := list(_draft_faults(self)):
            raise RecordError(*faults)


@dataclass(frozen=True)
class Event:
    """One event of a case, as it stands in the record.

    `position` counts from 0 within the case; `recorded_at` is an aware instant in UTC, to the microsecond. The other
    parts are those of `Draft`.
    """

    case: str
    position: int
    kind: str
    version: int
    occurred_on: date
    recorded_at: datetime
    by: str
    data: dict[str, Any]

    def envelope(self) -> dict[str, Any]:
        """Give the event as the JSON object of the record."""
        return {
            "by": self.by,
            "case": self.case,
            "data": self.data,
            "kind": self.kind,
            "occurred_on": self.occurred_on.isoformat(),
            "position": self.position,
            "recorded_at": instant_text(self.recorded_at),
            "version": self.version,
        }

    @cached_property
    def line(self) -> bytes:
        """The event's canonical JSON, without the line feed. Raises RecordError for data that a record cannot hold."""
        line = canonical(self.envelope())
        if len(line) > LONGEST:
            message = f"this event is {len(line):,} bytes long, and a record holds {LONGEST:,} at most"
            raise RecordError(Fault(message, remedy="Keep what is long elsewhere, and its SHA-256 in the event."))
        return line

    @property
    def leaf_hash(self) -> bytes:
        """The event's leaf in the case's hash tree."""
        return leaf_hash(self.line)

    @classmethod
    def from_line(cls, line: bytes) -> Self:
        """Read an event from its line, strictly: exactly its keys, their types, real dates, canonical bytes.

        Raises
        ------
        RecordError
            With a fault for each part that is wrong; `Fault.column` is the key.
        """
        found = read_canonical(line)
        if not isinstance(found, dict):
            raise RecordError(Fault("an event is a JSON object"))
        if found.keys() != KEYS:
            faults = [Fault("an event needs this key", column=key) for key in sorted(KEYS - found.keys())]
            faults += [Fault("an event has no such key", column=key) for key in sorted(found.keys() - KEYS)]
            raise RecordError(*faults)
        event = cls(
            found["case"],
            found["position"],
            found["kind"],
            found["version"],
            _date_of(str(found["occurred_on"])),
            _instant_of(str(found["recorded_at"])),
            found["by"],
            found["data"],
        )
        if faults := list(_event_faults(event)):
            raise RecordError(*faults)
        event.__dict__["line"] = line
        return event


@lru_cache
def instant_text(instant: datetime) -> str:
    """Write an instant in UTC with microseconds and `Z`: `2026-11-22T10:00:00.000000Z`."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def read_instant(text: str) -> datetime:
    """Read an instant that `instant_text` wrote.

    Raises
    ------
    RecordError
        The text is not a real instant in exactly that form.
    """
    if not isinstance(instant := _instant_of(text), datetime):
        raise RecordError(Fault("this is not an instant in UTC with microseconds", value=text))
    return instant


# Many events share a day and an instant, so each is read once; None, which is neither, is refused with the event.
@lru_cache
def _date_of(text: str) -> Any:
    try:
        day = date.fromisoformat(text)
        return day if day.isoformat() == text else None
    except ValueError:
        return None


@lru_cache
def _instant_of(text: str) -> Any:
    try:
        instant = datetime.fromisoformat(text)
        return instant if instant_text(instant) == text else None
    except (ValueError, OverflowError):
        return None


def _case_fault(case: object) -> Fault | None:
    if isinstance(case, str) and _CASE.match(case):
        return None
    return Fault(
        "this is not the name of a case",
        column="case",
        value=str(case)[:100],
        remedy="Use 1 to 80 letters, digits, points, dashes or underscores, and begin with a digit or a small letter.",
    )


def _draft_faults(event: Draft | Event) -> Iterator[Fault]:
    if not (isinstance(event.kind, str) and _KIND.match(event.kind)):
        yield Fault(
            "a kind of event is a word in letters and digits that begins with a capital",
            column="kind",
            value=str(event.kind)[:100],
        )
    if type(event.version) is not int or event.version < 1:
        yield Fault("a version is an integer from 1", column="version", value=str(event.version)[:100])
    if type(event.occurred_on) is not date:
        yield Fault("this is not a real day written YYYY-MM-DD", column="occurred_on")
    if not (isinstance(event.by, str) and event.by):
        yield Fault("an event names who did it", column="by", remedy="Give a role, such as `proponents`.")
    if not isinstance(event.data, dict):
        yield Fault("the data of an event are an object", column="data")


def _event_faults(event: Event) -> Iterator[Fault]:
    if fault := _case_fault(event.case):
        yield fault
    if type(event.position) is not int or event.position < 0:
        yield Fault("a position is an integer from 0", column="position", value=str(event.position)[:100])
    if not isinstance(event.recorded_at, datetime):
        yield Fault("this is not an instant written YYYY-MM-DDTHH:MM:SS.mmmmmmZ", column="recorded_at")
    yield from _draft_faults(event)
