"""Kinds of event of an office's own log: what came in, what was matched, what was decided.

The log `office.CASE.COUNTY` stands in the same store as the public case and is never published: these events name
lines, voters and persons at work. The kinds are stable words like those of a case, and are read for ever. Files that
an event speaks of lie in the office's folder under the number that the event gives.
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from referenda.petitions.county_count import fold_county
from referenda.petitions.kinds import Count, Day, Digest, EventData, Text, refuse
from referenda.petitions.verification_kinds import SEED, VoterFile

OFFICE_LOG = "office."
SECTION_ID = r"^[A-Za-z0-9._-]{1,40}$"
LINE_ID = r"^[A-Za-z0-9._-]{1,40}/[1-9][0-9]{0,4}$"

_LONGEST_NAME = 80  # of a log, as `ledger.event` has it
_KEPT_WHEN_SHORTENED = 56

SectionId = Annotated[str, StringConstraints(pattern=SECTION_ID)]
LineId = Annotated[str, StringConstraints(pattern=LINE_ID)]
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
    batches: Number = Field(description="batches that were filed before, whose lines are answered")
    voter_file: VoterFile = Field(description="the voter file: `digest`, `as_of`")


class LineDecided(EventData):
    """A named person decided on a line: the signature is valid, or it is not, for a reason."""

    line: LineId = Field(description="the line, `SECTION/LINE_NO`")
    decision: Literal["valid", "not_valid"] = Field(description="what was decided")
    look: Literal[1, 2, 3] = Field(description="1, a blind second look (2), or the one that settles a difference (3)")
    reason: Text | None = Field(default=None, description="the code of the reason, one of the place's law")
    voter_id: Text | None = Field(default=None, description="the voter whose signature it is")
    duplicate_of: LineId | None = Field(default=None, description="the line of the same signer that counts")
    voter_file: VoterFile | None = Field(default=None, description="the voter file it rests on: `digest`, `as_of`")
    matches: Number | None = Field(
        default=None, description="number of the matcher's answer, where a person accepted its proposals together"
    )
    note: Text | None = Field(default=None, description="what the person noted")

    @model_validator(mode="after")
    def _has_its_reason(self) -> LineDecided:
        if (self.decision == "valid") == (self.reason is not None):
            raise refuse("a line is valid, or not valid for a reason", "Give one of the two.")
        if (self.reason == "duplicate") != (self.duplicate_of is not None):
            raise refuse("a duplicate names the line that it repeats, and no other does", "Give `duplicate_of`.")
        return self


class DecisionUndone(EventData):
    """A decision on a line, or a withdrawal, was taken back; what was undone stays on record."""

    line: LineId = Field(description="the line")
    position: Count = Field(description="position of the event that is undone")
    why: Text = Field(description="why it was taken back")


class SecondLooksChosen(EventData):
    """It was laid down which lines are decided twice, the second time by another person."""

    seed: Annotated[str, Field(pattern=SEED)] = Field(description="the seed of the tickets that choose the lines")
    share_in_million: int = Field(ge=0, le=1_000_000, description="lines chosen of a million")


class WithdrawalReceived(EventData):
    """A signer asked in writing to have the signature withdrawn."""

    request: Text = Field(description="the request's number in the office")
    received_on: Day = Field(description="the day on which it was received")
    in_time: bool = Field(description="whether it came before the petition was filed; a late one has no effect")
    lines: list[LineId] = Field(description="the signer's lines, as far as they were found")
    voter_id: Text | None = Field(default=None, description="the voter, where the request was matched to one")
    decision: Literal["withdrawn", "late", "no_line"] = Field(
        description="`no_line`: no line of the voter is known; one that is found later does not count"
    )


class FullCheckBegun(EventData):
    """Every line is verified from now on; what was decided in the sample stands."""

    lines: Count = Field(description="lines to be verified")
    decided: Count = Field(description="of these, lines with a decision from the sample")


OFFICE_KINDS: tuple[type[EventData], ...] = (
    PetitionTakenIn,
    SectionsTakenIn,
    BatchKeyed,
    SectionRejected,
    SectionRestored,
    LinesMatched,
    LineDecided,
    DecisionUndone,
    SecondLooksChosen,
    WithdrawalReceived,
    FullCheckBegun,
)
