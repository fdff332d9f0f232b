"""What each kind of event holds: one class a kind and version, written out by hand.

The names are stable words in the past tense; a kind that must hold something else gets a new version, and the old
class stays, so that old records are read for ever. Numbers are whole; an exact number that is not whole is text.
The formats of `RequirementDetermined`, `SampleProjected` and `VoteDecided` are those of
`docs/reference/record-format.md`, because the checker computes them again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from referenda.errors import Fault
from referenda.petitions.county_count import CountyCount, find_faults
from referenda.terms.quantity import exact_text

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_UNITS = re.compile(r"\d{1,15}(/2|\.[05])?\Z", re.ASCII)


def refuse(message: str, remedy: str) -> PydanticCustomError:
    """Make the refusal of a value, in our own words."""
    return PydanticCustomError("event", "{message}", {"message": message, "remedy": remedy})


def _day(value: object) -> date:
    if type(value) is date:
        return value
    try:
        if isinstance(value, str) and _DAY.match(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise refuse("this is not a date", "Write year-month-day, such as 2017-01-26.")


def _distinct(names: object) -> object:
    if isinstance(names, list):
        twice = [name for place, name in enumerate(names) if name in names[:place]]
        if twice:
            raise refuse(f"the name {twice[0]} stands here twice", "Give each name once.")
        return tuple(names)
    raise refuse("this must be a list of names", 'Write ["Ana", "Bo"].')


def _whole(number: object) -> object:
    if isinstance(number, bool):
        raise refuse("this must be a whole number, and not a truth value", "Write digits alone, such as 2000.")
    return number


def _halves(number: object) -> object:
    if type(number) is int and number >= 0:
        return number
    if isinstance(number, str) and _UNITS.match(number):
        units = Fraction(number)
        return int(units) if units.denominator == 1 else exact_text(units)
    raise refuse("units are counted in wholes and halves, from zero", "Write 8, or 8.5 as text (17/2 is the same).")


Text = Annotated[str, StringConstraints(min_length=1)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*$", max_length=80)]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Day = Annotated[date, BeforeValidator(_day)]
Count = Annotated[int, BeforeValidator(_whole), Field(ge=0)]
Halves = Annotated[int | str, BeforeValidator(_halves)]
Names = Annotated[tuple[Text, ...], BeforeValidator(_distinct), Field(min_length=1)]


class Part(BaseModel):
    """A part of an event's data: typed strictly, with only the keys it knows."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Late(Part):
    """That a deed came after its last day, and the law lets it stand."""

    clock: Name = Field(description="the deadline's name")
    due: Day = Field(description="the last day on which it would have been in time")
    days: int = Field(ge=1, description="calendar days late")
    cite: Text = Field(description="the text of law that sets the deadline")


class EventData(Part):
    """What every kind may hold beside its own keys."""

    version: ClassVar[int] = 1

    sources: list[Text] | None = Field(
        default=None, description="where this was read, when it was not recorded first-hand"
    )
    doubt: Text | None = Field(default=None, description="what is not sure about it")
    between: tuple[Day, Day] | None = Field(
        default=None,
        description="first and last day on which it may have happened, when the day is not known; "
        "`occurred_on` is then the last of them, and no deadline starts from it",
    )
    late: Late | None = Field(default=None, description="written by the program when the deed came late and stands")

    @classmethod
    def contradictions(cls, counts: Mapping[str, int]) -> Sequence[Fault]:
        """Find the counts that contradict each other; those that are wrong by themselves are not among them."""
        return ()

    @model_validator(mode="before")
    @classmethod
    def _pairs_are_tuples(cls, data: object) -> object:
        if isinstance(data, dict) and isinstance(pair := data.get("between"), list):
            return {**data, "between": tuple(pair)}
        return data

    @model_validator(mode="after")
    def _in_order(self) -> EventData:
        if self.between and self.between[1] < self.between[0]:
            raise refuse("`between` gives its last day before its first", "Give the earlier day first.")
        return self


class MeasureReceived(EventData):
    """A proposed measure was received with the request for a title; the case begins and its law is pinned."""

    place: Text = Field(description="the place, such as `us/ca`")
    instrument: Text = Field(description="the kind of measure, such as `constitutional-amendment`")
    law: Digest = Field(description="digest of the law document the case is judged by")
    name: Text = Field(description="the measure's working name")
    proponents: Names = Field(description="the proponents' names")
    fee_dollars: Count | None = Field(default=None, description="the fee paid, in whole dollars")
    file_number: Text | None = Field(default=None, description="the number it was filed under")


class StatuteEnacted(EventData):
    """The statute that a referendum is about was enacted; this may be recorded after the measure was received."""

    statute: Text = Field(description="the statute, such as `AB 257 (2022)`")


class Change(Part):
    """What a measure does to one provision of the law in force."""

    provision: Text = Field(description="the provision, such as `Cal. Const. art. III § 1`")
    law: str = Field(description="its text in force, before the measure; empty for a new provision")
    proposed: str = Field(description="its text as the measure would have it; empty for a repeal")


class TextOfMeasure(EventData):
    """A text version of a measure."""

    text_version: Text = Field(description="the version's name, such as `16-0011A1`")
    text: Text | None = Field(default=None, description="the measure's text")
    sha256: Digest | None = Field(default=None, description="SHA-256 of the filed text, when it is kept elsewhere")
    standing: Literal["verbatim", "paraphrase", "not_at_hand"] = Field(
        description="whether text and changes are the filed words, or our own words for them"
    )
    changes: list[Change] = Field(default=[], description="what it does to the law in force, one entry a provision")

    @model_validator(mode="after")
    def _has_text(self) -> TextOfMeasure:
        if self.standing == "not_at_hand" and (self.text or self.changes):
            raise refuse("a text that is not at hand cannot be given", "Say `verbatim` or `paraphrase`.")
        if self.standing != "not_at_hand" and not (self.text or self.changes):
            raise refuse("neither `text` nor `changes` is given", "Give one, or say that the text is `not_at_hand`.")
        return self


class MeasureTextSubmitted(TextOfMeasure):
    """The measure's text was submitted for the first time."""


class MeasureAmended(TextOfMeasure):
    """The proponents changed the measure's text."""

    consent: Names = Field(description="the proponents who signed the change")


class FiscalEstimateReceived(EventData):
    """The estimate of what the measure would cost was received."""

    summary: Text | None = Field(default=None, description="what it says, in a few words")


class TitleIssued(EventData):
    """The circulating title and summary was issued; its day is day 0 of circulation."""

    title: Text = Field(description="the circulating title")
    summary: Text | None = Field(default=None, description="the summary; its words are counted against the limit")
    identifier: Text = Field(description="the unique identifier, such as `16-0011A1`")


class ProponentsNotified(EventData):
    """The proponents and the counties were told the last day to file."""

    filing_deadline: Day | None = Field(default=None, description="the last day to file, as they were told")


class RequirementDetermined(EventData):
    """The number of valid signatures needed was computed from the law and its official base."""

    law: Digest = Field(description="digest of the law document")
    instrument: Text = Field(description="the kind of measure")
    formula: Name = Field(description="the formula's name")
    on: Day = Field(description="the day as of which the law was read")
    requirement: Count = Field(description="valid signatures needed")
    base: Count | None = Field(default=None, description="the number that the share is taken of, when there is one")
    steps: list[dict[str, str]] = Field(description="the steps: name, value, cite")
    readings: dict[str, str] = Field(default={}, description="alternatives used other than the chosen ones")


class QuarterMilestoneCertified(EventData):
    """The proponents certified that they have gathered a quarter of the signatures needed."""

    signatures: Count = Field(description="signatures gathered so far")


class PetitionFiled(EventData):
    """All sections of the petition from one county were filed with its elections official."""

    county: Text = Field(description="the county")
    sections: Count | None = Field(default=None, description="sections filed")


class RawCountReported(EventData):
    """A county reported how many signatures were filed with it, none of them verified."""

    county: Text = Field(description="the county")
    raw_count: Count = Field(description="signatures filed, unverified")


class RawCountAmended(EventData):
    """A county put its raw count right."""

    county: Text = Field(description="the county")
    raw_count: Count = Field(description="signatures filed, as now counted")
    reason: Text = Field(description="why the first count was wrong")


class SampleOrdered(EventData):
    """Enough signatures were filed; the counties were told to verify a random sample."""

    seed: Text | None = Field(default=None, description="the public seed of the draw")


class SampleReported(EventData):
    """A county reported what its random sample (or its check of every signature) found."""

    county: Text = Field(description="the county")
    sample_size: Count = Field(description="signatures verified")
    valid_in_sample: Count = Field(description="valid among them")
    duplicates_in_sample: Count = Field(
        description="second and further signatures of one signer, which are not among the valid"
    )

    @classmethod
    def contradictions(cls, counts: Mapping[str, int]) -> Sequence[Fault]:
        """See that the sample holds what was found in it."""
        size, valid = counts.get("sample_size"), counts.get("valid_in_sample")
        if size is None or valid is None:
            return ()
        return find_faults(CountyCount("", size, size, valid, counts.get("duplicates_in_sample", 0)))


class SampleProjected(EventData):
    """The number of valid signatures was projected from the counties' samples, and what follows from it."""

    law: Digest = Field(description="digest of the law document")
    instrument: Text = Field(description="the kind of measure")
    count: Name = Field(description="the count's name in the law document")
    on: Day = Field(description="the day as of which the law was read")
    requirement: Count = Field(description="valid signatures needed")
    projected_valid: Count = Field(description="the statewide projection")
    decision: Literal["insufficient", "full_check", "sufficient", "further_sample"] = Field(
        description="what the law decides on it"
    )
    rows: list[dict[str, int | str]] = Field(min_length=1, description="one row a county: numbers, `projected_valid`")
    readings: dict[str, str] = Field(default={}, description="alternatives used other than the chosen ones")


class FullCheckOrdered(EventData):
    """The sample did not decide; the counties were told to verify every signature."""


class FullCheckReported(EventData):
    """A county reported how far its check of every signature has come."""

    county: Text = Field(description="the county")
    checked: Count = Field(description="signatures verified so far")
    valid_signatures: Count = Field(description="valid among them, duplicates out")
    complete: bool = Field(description="whether the county has verified all it has")

    @classmethod
    def contradictions(cls, counts: Mapping[str, int]) -> Sequence[Fault]:
        """See that no more signatures are valid than were checked."""
        checked, valid = counts.get("checked"), counts.get("valid_signatures")
        if checked is None or valid is None or valid <= checked:
            return ()
        message = f"more are valid than the {checked:,} checked"
        return [Fault(message, column="valid_signatures", value=str(valid), remedy="Check both numbers.")]


class PetitionFoundSufficient(EventData):
    """Enough valid signatures were found: the measure is eligible for the ballot."""

    basis: Literal["sample", "full_check"] = Field(description="what showed it")


class ElectionSet(EventData):
    """The election was named at which the measure will be voted on."""

    election_date: Day = Field(description="day of the election")
    election: Text | None = Field(default=None, description="its name")


class MeasureQualified(EventData):
    """The measure was certified for the ballot."""

    ballot_name: Text | None = Field(default=None, description="what the ballot calls it, such as `Proposition 9`")


class MeasureFailed(EventData):
    """The measure failed to qualify."""

    reason: Literal["no_filing", "raw_count", "sample", "full_check"] = Field(description="why it failed")


class ContingentWithdrawalFiled(EventData):
    """Notice was given that the measure is withdrawn if a named bill is enacted."""

    consent: Names = Field(description="the proponents who signed the notice")
    bill: Text = Field(description="the bill")


class MeasureWithdrawn(EventData):
    """The proponents took the measure back."""

    consent: Names | None = Field(default=None, description="the proponents who signed the notice")
    bill: Text | None = Field(default=None, description="the enacted bill that a contingent notice named")


class Hanging(Part):
    """That a vote takes place only if another came out so."""

    vote: Name = Field(description="the other vote's name")
    outcome: Literal["passed", "failed"] = Field(description="how it must come out")
    case: Text | None = Field(default=None, description="the case of the other vote; absent = this case")


class VoteScheduled(EventData):
    """A vote was laid down, by the law or by the measure's own text."""

    vote: Name = Field(description="the vote's name")
    day: Day = Field(description="the day of the vote")
    rule: Text = Field(description="the rule that decides it, in the rule language")
    question: Text | None = Field(default=None, description="what is asked")
    hangs_on: Hanging | None = Field(default=None, description="the vote it hangs on")


class Quantities(Part):
    """The counts of a vote, under the names of the rule language; what is not known is left out."""

    registered: Count | None = Field(default=None, description="those registered to vote")
    ballots: Count | None = Field(default=None, description="ballots cast, with those left blank or spoiled")
    valid: Count | None = Field(default=None, description="votes for yes and for no")
    yes: Count | None = Field(default=None, description="votes for yes")
    no: Count | None = Field(default=None, description="votes for no")
    invalid: Count | None = Field(default=None, description="ballots left blank or spoiled")
    election_ballots: Count | None = Field(default=None, description="ballots cast in the whole election")
    units: Halves | None = Field(default=None, description="units that voted, such as cantons; halves as text (`8.5`)")
    units_carried: Halves | None = Field(default=None, description="units that said yes; halves as text (`8.5`)")

    def known(self) -> dict[str, int | str]:
        """Give the counts that are known."""
        return self.model_dump(exclude_none=True)


class VoteDecided(EventData):
    """A vote was counted and its rule applied."""

    vote: Name = Field(description="the vote's name")
    rule: Text = Field(description="the rule, in the rule language")
    quantities: Quantities = Field(
        description="the counts of the vote: whole numbers `registered`, `ballots`, `valid`, `yes`, `no`, `invalid`, "
        "`election_ballots`; `units` and `units_carried` whole or, as text, in halves (`8.5`)"
    )
    conditions: list[dict[str, str | bool | None]] = Field(description="the comparisons: text, left, right, met")
    passed: bool = Field(description="whether the rule is met")
    readings: dict[str, str] = Field(default={}, description="alternatives used other than the chosen ones")


class VoteLapsed(EventData):
    """A vote does not take place, because the vote it hangs on came out otherwise."""

    vote: Name = Field(description="the vote's name")


class StatementOfVoteFiled(EventData):
    """The official statement of the vote was filed."""


class ConflictResolved(EventData):
    """Of measures approved at one election that conflict, it was said which prevails."""

    vote: Name = Field(description="the vote's name in this case")
    yes: Count = Field(description="yes votes for this measure")
    others: list[Rival] = Field(min_length=1, description="the measures it conflicts with")
    prevails: bool = Field(description="whether this measure prevails")


class Rival(Part):
    """Another measure approved at the same election."""

    case: Text = Field(description="its case")
    vote: Name = Field(description="its vote")
    yes: Count = Field(description="its yes votes")


class CorrectionNoted(EventData):
    """Something recorded earlier was found to be wrong; the earlier event stays, this says what is right."""

    position: Count = Field(description="position of the event that is wrong")
    note: Text = Field(description="what is right")


class LawDocumentKept(EventData):
    """A law document was kept in a log of its own, `law.DIGEST`, so that cases pinned to it never lose it."""

    place: Text = Field(description="the place")
    digest: Digest = Field(description="the document's digest")
    document: dict[str, object] = Field(description="the document")


ConflictResolved.model_rebuild()

KINDS: tuple[type[EventData], ...] = (
    MeasureReceived,
    StatuteEnacted,
    MeasureTextSubmitted,
    MeasureAmended,
    FiscalEstimateReceived,
    TitleIssued,
    ProponentsNotified,
    RequirementDetermined,
    QuarterMilestoneCertified,
    PetitionFiled,
    RawCountReported,
    RawCountAmended,
    SampleOrdered,
    SampleReported,
    SampleProjected,
    FullCheckOrdered,
    FullCheckReported,
    PetitionFoundSufficient,
    ElectionSet,
    MeasureQualified,
    MeasureFailed,
    ContingentWithdrawalFiled,
    MeasureWithdrawn,
    VoteScheduled,
    VoteDecided,
    VoteLapsed,
    StatementOfVoteFiled,
    ConflictResolved,
    CorrectionNoted,
    LawDocumentKept,
)
