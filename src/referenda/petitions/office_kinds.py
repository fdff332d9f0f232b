"""Kinds of event of an office's own log: what came in, what was matched, what was decided.

The log `office.CASE.COUNTY` stands in the same store as the public case and is never published: these events name
lines, voters and persons at work. The kinds are stable words like those of a case, and are read for ever. Files that
an event speaks of lie in the office's folder under the number that the event gives.
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Annotated

from pydantic import Field, StringConstraints

from referenda.petitions.county_count import fold_county
from referenda.petitions.kinds import Count, Digest, EventData, Text
from referenda.petitions.verification_kinds import VoterFile

OFFICE_LOG = "office."
SECTION_ID = r"^[A-Za-z0-9._-]{1,40}$"

_LONGEST_NAME = 80  # of a log, as `ledger.event` has it
_KEPT_WHEN_SHORTENED = 56

SectionId = Annotated[str, StringConstraints(pattern=SECTION_ID)]
Number = Annotated[int, Field(ge=1)]


def office_log(case: str, county: str) -> str:
    """Name the log of a county's office on a case.

    Examples
    --------
    >>> office_log("us-ca-16-0011A1", "City and County of San Francisco")
    'office.us-ca-16-0011A1.san-francisco'
    """
    name = f"{OFFICE_LOG}{case}.{re.sub('[^a-z0-9]+', '-', fold_county(county)).strip('-')}"
    if len(name) <= _LONGEST_NAME and fold_county(county).isascii():
        return name
    digest = sha256(f"{case}\n{fold_county(county)}".encode()).hexdigest()
    return f"{name[:_KEPT_WHEN_SHORTENED].rstrip('-.')}.{digest[:16]}"


class PetitionTakenIn(EventData):
    """An office opened its folder for a petition; the office's log begins."""

    case: Text = Field(description="the public case")
    place: Text = Field(description="the place, such as `us/ca`")
    instrument: Text = Field(description="the kind of measure")
    county: Text = Field(description="the county")


class SectionsTakenIn(EventData):
    """Sections were counted in, with what only the office keeps; of a section taken in again the later stands."""

    number: Number = Field(description="number of the list of sections (`sections/NNNN.parquet`)")
    sha256: Digest = Field(description="SHA-256 of that file")
    sections: Number = Field(description="sections in the list")
    lines: Count = Field(description="lines on these sections")


class BatchKeyed(EventData):
    """A batch of lines was keyed in; a line that was keyed before is read as in the later batch."""

    batch: Number = Field(description="number of the batch (`batches/NNNN.parquet`)")
    sha256: Digest = Field(description="SHA-256 of that file")
    lines: Number = Field(description="lines in the batch")
    sections: Number = Field(description="sections that they stand on")
    keyed_again: Count = Field(default=0, description="of these lines, those keyed before")


class SectionRejected(EventData):
    """A section was rejected as a whole: none of its signatures is valid."""

    section: SectionId = Field(description="the section")
    reason: Text = Field(description="the code of the reason, one of the place's law")


class SectionRestored(EventData):
    """The rejection of a section was taken back."""

    section: SectionId = Field(description="the section")
    reason: Text = Field(description="why it was taken back")


class LinesMatched(EventData):
    """The keyed lines were matched against a voter file."""

    matches: Number = Field(description="number of the answer (`matches/NNNN.parquet`)")
    sha256: Digest = Field(description="SHA-256 of that file")
    lines: Number = Field(description="lines matched")
    batches: Number = Field(description="batches that were there: lines of batches 1 to this are answered")
    voter_file: VoterFile = Field(description="the voter file: `digest`, `as_of`")


OFFICE_KINDS: tuple[type[EventData], ...] = (
    PetitionTakenIn,
    SectionsTakenIn,
    BatchKeyed,
    SectionRejected,
    SectionRestored,
    LinesMatched,
)
