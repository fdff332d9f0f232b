"""The families of error.

One base, five families. An error carries one or more faults; a reader reports all faults of a file at once.
An insufficient petition or a measure that failed is a finding, not an error. This module imports nothing of Referenda.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, and what to do about it.

    `row` counts from 1 and includes the heading, as a spreadsheet shows it. `column` is a column's name, an
    option's (`--on`), or a character's place (from 1) where the input is one line of text.
    """

    message: str
    file: str | None = None
    row: int | None = None
    column: str | int | None = None
    value: str | None = None
    remedy: str | None = None

    def __str__(self) -> str:
        """Say file, row, column, value, what is wrong and the remedy, in that order, leaving out what is unknown."""
        place = [self.file] if self.file else []
        if self.row is not None:
            place.append(f"row {self.row}")
        if isinstance(self.column, int):
            place.append(f"character {self.column}")
        elif self.column is not None:
            place.append(self.column if self.column.startswith("-") else f"column {self.column}")
        text = f"{', '.join(place)}: {self.message}" if place else self.message
        if self.value is not None:
            text += f" (found {self.value!r})"
        return f"{text}. {self.remedy}" if self.remedy else text

    def as_dict(self) -> dict[str, str | int]:
        """Give the known parts under their names, for `--json`."""
        return {key: value for key, value in vars(self).items() if value is not None}


class ReferendaError(Exception):
    """Base of every error that Referenda raises on purpose."""

    kind = "error"

    def __init__(self, *faults: Fault | str) -> None:
        self.faults: tuple[Fault, ...] = tuple(Fault(f) if isinstance(f, str) else f for f in faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))

    @classmethod
    def of(cls, faults: Iterable[Fault]) -> ReferendaError:
        """Make one error of several faults."""
        return cls(*faults)


class InputError(ReferendaError):
    """A file, an option or a value that was given is wrong."""

    kind = "input"


class LawError(ReferendaError):
    """A law document is wrong, or a deed is one that the law does not allow."""

    kind = "law"


class UndeterminedError(ReferendaError):
    """The question is a fair one, but what is known does not answer it."""

    kind = "undetermined"


class RecordError(ReferendaError):
    """A record is damaged, was changed, or somebody else wrote to it first."""

    kind = "record"


class EngineError(ReferendaError):
    """Something underneath failed: a database, a disk, a library that is missing."""

    kind = "engine"


@contextmanager
def noting(faults: list[Fault]) -> Iterator[None]:
    """Note the faults of an error that is raised inside, so that those of the rest can be told with them."""
    try:
        yield
    except ReferendaError as error:
        faults += error.faults
