"""What a law document may hold: every section of `docs/reference/law-documents.md`, typed from text.

Scalars arrive as text and are typed here, so `0.0001` is an exact fraction and `no` is a word. Unknown keys are
refused. What one entry says about another (names, citations, validity) is checked in `consistency`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from fractions import Fraction
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from referenda.errors import InputError
from referenda.terms.days import read_date
from referenda.terms.quantity import Mode, read_number, round_to

T = TypeVar("T")

Unit = Literal["days", "signatures", "votes", "share", "dollars", "words", "years", "number", "text"]
WHOLE_UNITS = ("days", "signatures", "votes", "words", "years")
Decision = Literal["insufficient", "full_check", "sufficient", "further_sample"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
COUNT_COLUMNS = ("raw_count", "sample_size", "valid_in_sample", "duplicates_in_sample")

_WHOLE = re.compile(r"-?\d{1,15}\Z", re.ASCII)
_NAME = re.compile(r"[a-z][a-z0-9_]*\Z", re.ASCII)


def _refuse(message: str, **context: object) -> PydanticCustomError:
    return PydanticCustomError("law", "{message}", {"message": message, **context})


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise _refuse("this must be one value, not a list or a map")
    return value


def _date(value: object) -> date:
    try:
        return read_date(_text(value))
    except InputError:
        raise _refuse("this is not a date; write year-month-day, such as 2015-01-01") from None


def _whole(value: object) -> int:
    text = _text(value)
    if not _WHOLE.match(text):
        raise _refuse("this is not a whole number; write digits only, such as 180")
    return int(text)


def _exact(value: object) -> Fraction:
    try:
        return read_number(_text(value))
    except InputError:
        raise _refuse("this is not a number; write 5, 0.05, 5% or 2/3") from None


def _flag(value: object) -> bool:
    match _text(value).lower():
        case "true" | "yes":
            return True
        case "false" | "no":
            return False
    raise _refuse("this must be true or false")


def _whole_or_name(value: object) -> int | str:
    text = _text(value)
    if _WHOLE.match(text):
        return int(text)
    if _NAME.match(text):
        return text
    raise _refuse("this must be a whole number or the name of a parameter")


def _one_or_more(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _as_is(of: Callable[[object], T]) -> BeforeValidator:
    return BeforeValidator(of)


Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
InstrumentName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$")]
PlaceId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*(/[a-z0-9][a-z0-9_-]*)*$")]
EventName = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Za-z]*$")]
Day = Annotated[date, _as_is(_date)]
Whole = Annotated[int, _as_is(_whole)]
Exact = Annotated[Fraction, _as_is(_exact)]
Flag = Annotated[bool, _as_is(_flag)]
DaysOrParameter = Annotated[int | str, _as_is(_whole_or_name)]
Names = Annotated[tuple[Name, ...], BeforeValidator(_one_or_more)]
Words = Annotated[tuple[Text, ...], BeforeValidator(_one_or_more)]


class Entry(BaseModel):
    """One entry of a law document: only the keys it knows, and never changed after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True, populate_by_name=False)


class Period(Entry):
    """First and last day in force, both included; open where absent."""

    from_: Day | None = Field(default=None, alias="from")
    until: Day | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Period:
        if self.from_ and self.until and self.until < self.from_:
            raise _refuse("`until` is earlier than `from`")
        return self

    def covers(self, day: date) -> bool:
        """Say whether this is in force on a day."""
        return (self.from_ is None or self.from_ <= day) and (self.until is None or day <= self.until)


class InForce(Period):
    """What holds for a time and for some instruments (none given: for all of the place)."""

    instruments: tuple[InstrumentName, ...] = ()

    def holds(self, day: date, instrument: str) -> bool:
        """Say whether this is in force on a day for an instrument."""
        return self.covers(day) and (not self.instruments or instrument in self.instruments)


class Instrument(Entry):
    """A kind of measure that the place knows."""

    name: InstrumentName
    words: Text


class Place(Entry):
    """The place and its instruments."""

    id: PlaceId
    name: Text
    instruments: tuple[Instrument, ...] = Field(min_length=1)


class Source(Entry):
    """A text of law or a publication, and how well it is known."""

    cite: Text
    title: Text
    url: Text | None = None
    retrieved: Day | None = None
    standing: Literal["read", "secondary", "known", "computed"]
    note: Text | None = None


class Value(InForce):
    """A value of a parameter for a time."""

    value: Text
    cite: Text
    note: Text | None = None
    reading: Name | None = None


class Parameter(Entry):
    """A number or text that the law sets, with its values through time."""

    name: Name
    unit: Unit
    about: Text
    values: tuple[Value, ...] = Field(min_length=1)


class Rounding(Entry):
    """Rounding as a step of the law: to a multiple of `to`."""

    to: Exact
    mode: Mode

    @model_validator(mode="after")
    def _above_zero(self) -> Rounding:
        if self.to <= 0:
            raise _refuse("the unit of rounding must be above zero")
        return self

    def apply(self, value: Fraction) -> Fraction:
        """Round a value."""
        return round_to(value, self.to, self.mode)


class Change(Entry):
    """What another alternative of a reading changes in a step."""

    is_: Text | None = Field(default=None, alias="is")
    round: Rounding | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> Change:
        if self.is_ is None and self.round is None:
            raise _refuse("an alternative must change `is`, `round` or both")
        return self


class FormulaStep(Entry):
    """One step of a formula, in the order of the text of law."""

    name: Name
    is_: Text = Field(alias="is")
    round: Rounding | None = None
    about: str = ""
    cite: Text
    reading: Name | None = None
    otherwise: dict[Name, Change] = Field(default_factory=dict)

    def as_read(self, alternative: str | None) -> tuple[str, Rounding | None]:
        """Give the expression and the rounding under an alternative of its reading (None: the document's choice)."""
        change = self.otherwise.get(alternative) if alternative else None
        return (change.is_ or self.is_, change.round or self.round) if change else (self.is_, self.round)


class Formula(InForce):
    """A number of the law, made in named steps."""

    name: Name
    about: Text
    inputs: tuple[Name, ...] = ()
    when: Text | None = None
    steps: tuple[FormulaStep, ...] = Field(min_length=1)
    result: Name | None = None

    @property
    def result_step(self) -> str:
        """Give the name of the step whose value is the formula's."""
        return self.result or self.steps[-1].name


class Column(Entry):
    """A column of the file of counts, beyond the four that every count has."""

    name: Name
    about: Text
    default: Whole | None = None


class DecisionRule(Entry):
    """What is decided when a comparison holds."""

    decide: Decision
    when: Text | None = None
    about: Text
    cite: Text


class Caution(InForce):
    """Something that a count does not look at and that the petition needs too; it is said beside the decision."""

    about: Text
    cite: Text


class SampleCount(InForce):
    """How a petition is counted from a sample."""

    name: Name
    about: Text
    cite: Text
    rows: Name
    columns: tuple[Column, ...] = ()
    row_formula: Name
    totals: tuple[Name, ...] = Field(min_length=1)
    formula: Name | None = None
    result: Name
    decision: tuple[DecisionRule, ...] = Field(min_length=1)
    cautions: tuple[Caution, ...] = ()

    @property
    def defaults(self) -> dict[str, int | None]:
        """Every column of a row with its default; None where it must be given."""
        return dict.fromkeys(COUNT_COLUMNS) | {column.name: column.default for column in self.columns}


class Alternative(Entry):
    """One way to read an open question."""

    name: Name
    about: Text


class Reading(Entry):
    """An open question of the law: its alternatives, the one chosen and why."""

    name: Name
    question: Text
    alternatives: tuple[Alternative, ...] = Field(min_length=2)
    chosen: Name
    because: Text
    cite: Text


class DayRule(Entry):
    """A day of the year by rule: a date, a weekday of a month, or a list of dates."""

    month: Whole | None = Field(default=None, ge=1, le=12)
    day: Whole | None = Field(default=None, ge=1, le=31)
    weekday: Weekday | None = None
    nth: Literal["1", "2", "3", "4", "5", "last"] | None = None
    after: Annotated[str, StringConstraints(pattern=r"^first (mon|tues|wednes|thurs|fri|satur|sun)day$")] | None = None
    plus: Whole = 0
    years: Literal["all", "even", "odd"] = "all"
    dates: tuple[Day, ...] = ()

    @model_validator(mode="after")
    def _one_form(self) -> DayRule:
        given = {key for key in ("month", "day", "weekday", "nth", "after", "dates") if getattr(self, key)}
        forms = ({"month", "day"}, {"month", "weekday", "nth"}, {"month", "weekday", "after"}, {"dates"})
        if given not in forms:
            raise _refuse(
                "a rule is `month` and `day`, or `month`, `weekday` and `nth` (or `after`), or a list of `dates`"
            )
        if self.day and self.month:
            try:
                date(2000, self.month, self.day)
            except ValueError:
                raise _refuse("no month has this day") from None
        if self.plus and not self.weekday:
            raise _refuse("`plus` counts from a weekday of a month; write the day itself instead")
        if self.dates and self.years != "all":
            raise _refuse("`years` does not go with a list of `dates`; list the dates of those years only")
        return self


class Clock(InForce):
    """A deadline: so many days after or before an event, or the first election far enough away."""

    name: Name
    starts: Names = Field(min_length=1)
    days: DaysOrParameter
    count: Literal["calendar", "business"] = "calendar"
    direction: Literal["after", "before"] = "after"
    roll: Literal["none", "next_business_day", "last_day"] = "none"
    election: Names = ()
    meets: Name | None = None
    about: Text
    actor: Name | None = None
    cite: Text
    reading: Name | None = None
    under: Name | None = None
    note: Text | None = None


class Election(InForce):
    """A regular election day."""

    name: Name
    about: Text
    rule: DayRule
    cite: Text


class Holiday(Period):
    """A holiday that our data adds; `sunday` and `saturday` say where it moves from there."""

    name: Text
    rule: DayRule
    sunday: Literal["next_monday", "previous_friday", "none"] = "none"
    saturday: Literal["next_monday", "previous_friday", "none"] = "none"
    cite: Text
    reading: Name | None = None
    under: Name | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _listed_days_stay(self) -> Holiday:
        if self.rule.dates and (self.sunday, self.saturday) != ("none", "none"):
            raise _refuse("days that are listed one by one do not move; list each day as it is observed")
        return self


class Omission(Period):
    """A holiday of the base list that does not count here."""

    name: Text
    cite: Text
    reading: Name | None = None
    under: Name | None = None
    note: Text | None = None


class Holidays(Entry):
    """The days on which no business is done."""

    base: Text = "none"
    first_year: Whole | None = None
    weekend: tuple[Weekday, ...] = ("saturday", "sunday")
    days: tuple[Holiday, ...] = ()
    omit: tuple[Omission, ...] = ()


class Stage(Entry):
    """Where a measure may stand."""

    name: Name
    about: Text


class Deed(Entry):
    """Something that somebody does to a measure, and when it may be done."""

    event: EventName
    actor: Name
    from_: Names = Field(alias="from", min_length=1)
    to: Name | None = None
    dates: Name | None = None
    not_before: Name | None = None
    not_after: Name | None = None
    late: Literal["refuse", "record"] = "refuse"
    consent: Literal["all", "majority"] | None = None
    requires: Names = ()
    once_per: Literal["case", "county"] | None = None
    when: Text | None = None
    instruments: tuple[InstrumentName, ...] = ()
    about: Text
    cite: Text
    note: Text | None = None
    reading: Name | None = None
    force: Period = Period()

    def holds(self, day: date, instrument: str) -> bool:
        """Say whether this deed is known to the law on a day for an instrument."""
        return self.force.covers(day) and (not self.instruments or instrument in self.instruments)


class Procedure(InForce):
    """The life of a measure: its stages and the deeds that lead from one to another."""

    name: Name
    about: Text
    stages: tuple[Stage, ...] = Field(min_length=1)
    deeds: tuple[Deed, ...] = Field(min_length=1)


class ReasonCode(InForce):
    """A reason for which a signature is not counted as valid."""

    name: Name
    about: Text
    cite: Text
    raw_count: Flag = True
    note: Text | None = None


class JudgingRule(InForce):
    """How one condition is judged in a case that comes up."""

    name: Name
    about: Text
    effect: Literal["counts", "does_not_count", "how_to_judge"]
    cite: Text
    note: Text | None = None
    reading: Name | None = None


class SignerCondition(InForce):
    """What must hold for a signature to count; conditions are judged in their order."""

    name: Name
    about: Text
    cite: Text
    reason_codes: Names = Field(min_length=1)
    rules: tuple[JudgingRule, ...] = ()
    note: Text | None = None


class Coverage(Entry):
    """What of the law is encoded, and how sure that is."""

    topic: Text
    state: Literal["encoded", "partly", "not"]
    confidence: Literal["high", "medium", "low"]
    about: Text


class LawDocument(Entry):
    """The law of a place."""

    place: Place
    words: dict[Name, Text] = Field(default_factory=dict)
    sources: tuple[Source, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    formulas: tuple[Formula, ...] = ()
    sample_counts: tuple[SampleCount, ...] = ()
    readings: tuple[Reading, ...] = ()
    clocks: tuple[Clock, ...] = ()
    elections: tuple[Election, ...] = ()
    holidays: Holidays = Holidays()
    procedures: tuple[Procedure, ...] = ()
    signer_conditions: tuple[SignerCondition, ...] = ()
    reason_codes: tuple[ReasonCode, ...] = ()
    coverage: tuple[Coverage, ...] = ()

    def source_of(self, cite: str) -> Source | None:
        """Find the source that a citation begins with; the longest match is that source."""
        return longest_source(self.sources, cite)


def longest_source(sources: Iterable[Source], cite: str) -> Source | None:
    """Find the source whose `cite` is the longest beginning of a citation, by words: `§ 90` begins no `§ 9014`."""
    matches = [s for s in sources if cite.startswith(s.cite) and not cite[len(s.cite) :][:1].isalnum()]
    return max(matches, key=lambda source: len(source.cite), default=None)


def value_fault(unit: Unit, text: str) -> str | None:
    """Say what is wrong with the text of a value of this unit, or None."""
    if unit == "text":
        return None
    try:
        number = read_number(text)
    except InputError:
        return "this is not a number; write 5, 0.05, 5% or 2/3"
    if unit in WHOLE_UNITS and (number.denominator != 1 or number < 0):
        return f"a value in {unit} is a whole number that is not negative"
    if unit == "share" and not 0 <= number <= 1:
        return "a share lies between 0 and 1 (write 5% or 0.05 for five percent)"
    if unit == "dollars" and (number < 0 or (number * 100).denominator != 1):
        return "a value in dollars has at most two decimals and is not negative"
    return None


def fields_of(model: Any) -> dict[str, Any]:
    """Give the keys that an entry may have in a document, with the type of each."""
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}
