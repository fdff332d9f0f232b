"""Sections of a petition and the identities of their lines.

A section is one bound part with one circulator's declaration, of one county. Its signatures are numbered from 1 as they
stand on it; what is crossed out or empty has no number. `SECTION/LINE_NO` (`000123/7`) names a signature in the public
record, and says nothing about the signer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Literal

from referenda.errors import Fault, InputError
from referenda.ledger.canonical import canonical
from referenda.petitions.office_kinds import SECTION_ID

MOST_LINES = 10_000  # on one section

_SECTION = re.compile(SECTION_ID.removesuffix("$") + r"\Z", re.ASCII)
_LINE_NO = re.compile(r"[1-9][0-9]{0,4}\Z", re.ASCII)


@dataclass(frozen=True)
class Section:
    """One section as the office keeps it; `rejected` is the reason code where it was rejected as a whole.

    `lines` counts its signatures. `signed_from` and `signed_until` are the days that the circulator declared. The
    public record knows of its name, its lines, its rejection and its box.
    """

    name: str
    lines: int
    box: str | None = None
    circulator: str | None = None
    declaration: Literal["complete", "incomplete", "missing"] | None = None
    signed_from: date | None = None
    signed_until: date | None = None
    received_on: date | None = None
    rejected: str | None = None


def is_section_name(text: str) -> bool:
    """Say whether a section can have this name: 1 to 40 letters, digits, points, dashes and underscores."""
    return bool(_SECTION.match(text))


def identity(section: str, line_no: int) -> str:
    """Name a line in the public record.

    Examples
    --------
    >>> identity("000123", 7)
    '000123/7'
    """
    return f"{section}/{line_no}"


def read_identity(text: str) -> tuple[str, int]:
    """Take an identity apart: the section and the number of the line.

    Raises
    ------
    InputError
        It is not `SECTION/LINE_NO`; the place is for the caller to add.

    Examples
    --------
    >>> read_identity("000123/7")
    ('000123', 7)
    """
    section, _, number = text.partition("/")
    if not (is_section_name(section) and _LINE_NO.match(number)):
        remedy = "Write SECTION/LINE_NO, such as 000123/7."
        raise InputError(Fault("this does not name a line", value=text[:80], remedy=remedy))
    return section, int(number)


def in_order(sections: Mapping[str, int]) -> list[list[str | int]]:
    """Give sections and their lines as the public record lists them: in the order of their names."""
    return [[name, sections[name]] for name in sorted(sections)]


def identities(sections: Mapping[str, int]) -> list[str]:
    """Name every line of some sections, in order: by the section's name, then by the line's number."""
    return [f"{name}/{number}" for name in sorted(sections) for number in range(1, sections[name] + 1)]


def frame_digest(sections: Mapping[str, int]) -> str:
    """Give the SHA-256 of the list of sections that a sample is drawn from, as canonical JSON, in hexadecimal."""
    return sha256(canonical(in_order(sections))).hexdigest()


def drawn_digest(drawn: Iterable[str]) -> str:
    """Give the SHA-256 of the lines drawn, parted by line feeds, in hexadecimal."""
    return sha256("\n".join(drawn).encode()).hexdigest()
