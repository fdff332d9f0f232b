"""What the public record says of a petition's verification: sections, commitments, the draw, decisions, certificates.

These kinds are of the record: no procedure has to name them. They hold counts and hashes, never a signer's datum; the
office's own kinds, which do, are in `office_kinds`. The bytes under each root and the ticket of each line are defined
in `docs/reference/record-format.md`, because the checker computes them again.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from referenda.petitions.kinds import Count, Day, Digest, EventData, Part, Text, refuse

LEAST_SEED_DIGITS = 20
METHOD = "sha256-tickets/1"
SEED = r"^[^\x00-\x1f\x7f,]{20,200}$"

_SECTION = re.compile(r"[A-Za-z0-9._-]{1,40}\Z", re.ASCII)


def _section(value: object) -> object:
    if isinstance(value, list) and len(value) == 2:
        value = tuple(value)
    match value:
        case (str() as name, int() as lines) if _SECTION.match(name) and type(lines) is int and lines >= 0:
            return value
    raise refuse("a section is its name and the number of its lines", 'Write ["000123", 10].')


def _sections(value: object) -> object:
    return tuple(_section(one) for one in value) if isinstance(value, list | tuple) else value


def _rejected(value: object) -> object:
    if isinstance(value, dict) and not all(_SECTION.match(str(name)) for name in value):
        raise refuse("a rejected section is named as it was received", 'Write {"000123": "REASON_CODE"}.')
    return value


SectionLines = tuple[str, int]
Sections = Annotated[tuple[SectionLines, ...], BeforeValidator(_sections), Field(min_length=1)]


class SectionsReceived(EventData):
    """Sections of the petition were counted into the office; one that comes again has its number of lines put right."""

    county: Text = Field(description="the county")
    sections: Sections = Field(description="each section and the number of its lines, in the order of their names")
    rejected: Annotated[dict[Text, Text], BeforeValidator(_rejected)] = Field(
        default={}, description="sections that were rejected as a whole, and the code of the reason"
    )
    lines: Count = Field(description="lines of all these sections, with those of the rejected ones")
    box: Text | None = Field(default=None, description="the box that holds them")

    @model_validator(mode="after")
    def _adds_up(self) -> SectionsReceived:
        names = [name for name, _ in self.sections]
        if any(one >= after for one, after in pairwise(names)):
            raise refuse("the sections are not in the order of their names, each once", "Sort them by name.")
        if self.lines != sum(lines for _, lines in self.sections):
            raise refuse("`lines` is not the sum of the sections' lines", "Add them up again.")
        if strangers := self.rejected.keys() - set(names):
            raise refuse(f"a section is rejected that was not received: {min(strangers)}", "Name it among `sections`.")
        return self


class LinesCommitted(EventData):
    """The office bound itself to every line as it was keyed, before anybody knew which would be drawn."""

    county: Text = Field(description="the county")
    lines: Count = Field(description="lines under the root")
    root: Digest = Field(description="root of the tree over the commitments of the lines, in order of identity")
    batches: Count = Field(description="batches of keyed lines that they come from")
    office_size: Count | None = Field(default=None, description="events in the office's own log when it was made")


class SampleDrawn(EventData):
    """A random sample was drawn by a public seed; anybody can draw it again from this record."""

    county: Text = Field(description="the county")
    seed: Annotated[str, Field(pattern=SEED)] = Field(
        description="the public seed: at least 20 digits of dice thrown in public after the lines were committed"
    )
    raw_count: Count = Field(description="lines drawn from")
    sample_size: Count = Field(description="lines drawn")
    least: Count = Field(description="the size that the law asks for")
    method: Literal["sha256-tickets/1"] = Field(description="how it was drawn")
    frame: Digest = Field(description="SHA-256 of the canonical JSON of the sections drawn from")
    last_ticket: Digest = Field(description="the highest ticket drawn")
    drawn: Digest = Field(description="SHA-256 of the identities drawn, in the order of their tickets")

    @model_validator(mode="after")
    def _is_a_sample(self) -> SampleDrawn:
        if sum(sign.isdigit() for sign in self.seed) < LEAST_SEED_DIGITS:
            raise refuse("the seed has fewer than 20 digits", "Throw more dice.")
        if not 0 < self.sample_size <= self.raw_count:
            raise refuse("the sample is empty or larger than what it was drawn from", "Check both numbers.")
        return self


class VoterFile(Part):
    """The voter file that decisions rest on."""

    digest: Digest = Field(description="digest of the snapshot")
    as_of: Day = Field(description="the day as of which it holds")


class SecondLooks(Part):
    """Lines decided twice, the second time by another person who did not see the first decision."""

    lines: Count = Field(description="lines decided twice")
    differed: Count = Field(description="of these, lines decided otherwise the second time")


class DecisionsCommitted(EventData):
    """The decisions on a county's lines were counted, and the office bound itself to each of them."""

    county: Text = Field(description="the county")
    basis: Literal["random_sample", "full_check"] = Field(description="which lines were decided: the sample or all")
    lines: Count = Field(description="lines decided")
    not_examined: Count = Field(
        default=0, description="lines left when a check of every line ended early, as enough were valid"
    )
    valid: Count = Field(description="valid signatures among them")
    duplicates: Count = Field(description="second and further signatures of one signer, which are not among the valid")
    reasons: dict[Text, Count] = Field(description="lines that are not valid, by the code of the reason")
    root: Digest = Field(description="root of the tree over the commitments of the decisions, in order of identity")
    voter_file: VoterFile = Field(description="the voter file that the last decisions rest on: `digest`, `as_of`")
    second_looks: SecondLooks = Field(description="lines decided twice: `lines`, and how many `differed`")
    office_size: Count | None = Field(default=None, description="events in the office's own log when it was made")
    amends: Count | None = Field(default=None, description="position of the event that this one puts right")
    because: Text | None = Field(default=None, description="why it was put right")

    @model_validator(mode="after")
    def _adds_up(self) -> DecisionsCommitted:
        if self.valid + sum(self.reasons.values()) != self.lines:
            raise refuse("valid lines and lines by reason do not add up to `lines`", "Count them again.")
        if self.duplicates > sum(self.reasons.values()):
            raise refuse("more duplicates than lines that are not valid", "Check both numbers.")
        if self.second_looks.differed > self.second_looks.lines or self.second_looks.lines > self.lines:
            raise refuse("the second looks do not fit each other or the lines", "Check the three numbers.")
        if self.not_examined and self.basis == "random_sample":
            raise refuse("a sample is examined to its end", "Only a check of every line may end early.")
        return self


class CertificateIssued(EventData):
    """A county certified what its verification found; a later certificate names the one that it amends."""

    county: Text = Field(description="the county")
    number: int = Field(ge=1, description="1 for the first certificate of the county, then 2, …")
    amends: Count | None = Field(default=None, description="position of the certificate that this one amends")
    basis: Literal["random_sample", "full_check"] = Field(description="what it rests on")
    raw_count: Count = Field(description="signatures filed")
    examined: Count = Field(description="signatures verified")
    valid: Count = Field(description="valid among them")
    duplicates: Count = Field(description="second and further signatures of one signer among them")
    projected_valid: Count | None = Field(default=None, description="the statutory projection, where one was made")
    decisions: Count = Field(description="position of the `DecisionsCommitted` that it certifies")
    record_size: Count = Field(description="events of the case before this one")
    record_root: Digest = Field(description="root of the case's tree over these events")
    sha256: Digest = Field(description="SHA-256 of the certificate's JSON")


VERIFICATION_KINDS: tuple[type[EventData], ...] = (
    SectionsReceived,
    LinesCommitted,
    SampleDrawn,
    DecisionsCommitted,
    CertificateIssued,
)
