"""Forecasting a petition: what is known is put together with the law of its place, and checked before it is used.

The law gives the requirement, the days of circulation and how a petition is counted; where a day or a number is given
it stands before what the law would compute.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from referenda.errors import Fault, InputError, UndeterminedError
from referenda.forecasting.counting import CountInDraws, FullCheck
from referenda.forecasting.county_split import STILL_TO_COME, CountySplit, split_by_counts, split_of_place
from referenda.forecasting.cushion import Cushion, forecast_cushion
from referenda.forecasting.duplicates import Compared, compared_in
from referenda.forecasting.gathering import Gathered, Window, check_gathered
from referenda.forecasting.gathering_priors import gathering_priors
from referenda.forecasting.history import USUAL_DUPLICATES, PlaceValidity, read_history, validity_of_place
from referenda.forecasting.qualification import Known, Qualification, forecast_qualification
from referenda.forecasting.validity import CheckedBatch
from referenda.law.clocks import compute_deadlines
from referenda.law.place import PlaceLaw
from referenda.petitions.county_count import fold_county
from referenda.workflows.determine_requirement import determine_requirement

FIRST_DAY, LAST_DAY = "circulation_begins", "filing_deadline"


@dataclass(frozen=True)
class PetitionFacts:
    """What somebody knows of a petition on a day; what is not known stays None or empty.

    `filed` are the raw counts by county of a petition that was filed; `raw_count` alone is their sum where the
    counties are not known. `events` are days of the measure's calendar, such as `official_summary_date`; `first` and
    `deadline` stand before what the law computes from these.
    """

    as_of: date
    instrument: str
    requirement: int | None = None
    events: Mapping[str, date] = field(default_factory=dict)
    first: date | None = None
    deadline: date | None = None
    gathered: Sequence[Gathered] = ()
    gathered_by_county: Mapping[str, int] = field(default_factory=dict)
    filed: Mapping[str, int] | None = None
    raw_count: int | None = None
    checked: Sequence[CheckedBatch] = ()
    compared: Sequence[Compared] = ()
    readings: Mapping[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Give them for JSON and for the record: whole numbers and text alone."""
        return {
            "as_of": self.as_of.isoformat(),
            "instrument": self.instrument,
            "events": {name: day.isoformat() for name, day in self.events.items()},
            "gathered": [
                [day.on.isoformat(), day.total, *(["correction"] if day.correction else [])] for day in self.gathered
            ],
            "gathered_by_county": dict(self.gathered_by_county),
            "filed": dict(self.filed or {}),
            "raw_count": self.raw_count,
            "checked": [_told({**vars(b), "on": b.on and b.on.isoformat()}) for b in self.checked],
            "compared": [_told(vars(c)) for c in self.compared],
            "readings": dict(self.readings),
        }


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None}


@dataclass(frozen=True)
class Prepared:
    """A petition ready to be forecast: what is known, the law of its count, and the history of its place."""

    place: str
    law: PlaceLaw | None
    facts: PetitionFacts
    known: Known
    count: CountInDraws | FullCheck
    validity: PlaceValidity

    @property
    def notes(self) -> tuple[str, ...]:
        """What of the place's law the forecast leaves out."""
        if self.law is None or isinstance(self.count, CountInDraws):
            return ()
        return ("The law leaves the size or the limits of the sample to officials, so every line is taken as checked.",)

    @property
    def about(self) -> str:
        """Name the place and the kind of measure."""
        if self.law is None:
            return f"{self.place}: a petition counted without the place's law"
        return f"{self.law.name}: {self.law.instruments[self.facts.instrument]}"

    def inputs(self) -> dict[str, Any]:
        """Give everything the forecast rests on, so that it can be made again."""
        window = self.known.window
        return {
            "place": self.place,
            "law": self.law.digest if self.law else None,
            "requirement": self.known.requirement,
            "first_day": None if window is None else window.first.isoformat(),
            "deadline": None if window is None else window.deadline.isoformat(),
            **self.facts.as_dict(),
        }


def prepare(place: str, law: PlaceLaw | None, facts: PetitionFacts, *, filing: bool = True) -> Prepared:
    """Put together what a forecast of a petition needs.

    Parameters
    ----------
    place, law
        The id of the place, and its law; without it (None) every line is taken to be checked, and requirement and
        days must be given.
    filing
        Whether it matters if and when the petition is filed, so that its days of circulation must be known unless its
        raw count is (a cushion asks only how many to file).

    Raises
    ------
    InputError
        Every contradiction in what is given: counts that shrink, days outside the window, more lines checked than
        were filed, a county that was not filed in, …
    UndeterminedError
        The law holds no requirement or no days of circulation for the day, and none is given.
    """
    if law:
        law.check_instrument(facts.instrument)
    window, faults = _window(law, facts, needed=filing and facts.filed is None and facts.raw_count is None)
    day = window.first if window else facts.as_of
    requirement = facts.requirement
    if requirement is None:
        if law is None:
            remedy = "Give --requirement; the law of this place is not encoded."
            raise UndeterminedError(Fault("the number of signatures needed is not known", remedy=remedy))
        requirement = determine_requirement(law, facts.instrument, day, readings=facts.readings).requirement
    split = _split(place, facts)
    raw_count = sum(facts.filed.values()) if facts.filed else facts.raw_count
    faults += [*_contradictions(facts, window, raw_count, requirement), *_strangers(facts, split)]
    if faults:
        raise InputError(*faults)
    validity = validity_of_place(read_history(), place, year=facts.as_of.year)
    distinct = validity.share * (1 - USUAL_DUPLICATES)
    known = Known(
        as_of=facts.as_of,
        requirement=requirement,
        split=split,
        window=window,
        gathering_priors=replace(gathering_priors(place), typical_validity=distinct),
        gathered=facts.gathered,
        raw_count=raw_count,
        checked=_as_spelled(facts.checked, split),
        compared=facts.compared or compared_in(facts.checked, split.counties, split.shares),
    )
    count: CountInDraws | FullCheck = FullCheck(requirement)
    if law is not None:
        by_law = CountInDraws(
            law, instrument=facts.instrument, on=facts.as_of, requirement=requirement, readings=facts.readings
        )
        if not by_law.left_open:
            count = by_law
    return Prepared(place, law, facts, known, count, validity)


def places_of_history() -> list[str]:
    """Name the places whose earlier petitions are known, with or without their law."""
    return sorted({past.state for past in read_history()})


def qualify(prepared: Prepared, *, draws: int, seed: int) -> Qualification:
    """Forecast whether the petition qualifies; see `forecast_qualification`."""
    return forecast_qualification(prepared.known, place=prepared.validity, count=prepared.count, draws=draws, seed=seed)


def draw_cushion(prepared: Prepared, *, at: int | None, draws: int, seed: int) -> Cushion:
    """Draw the curve of certainty over the raw count; see `forecast_cushion`."""
    return forecast_cushion(
        prepared.known, place=prepared.validity, count=prepared.count, at=at, draws=draws, seed=seed
    )


def _window(law: PlaceLaw | None, facts: PetitionFacts, *, needed: bool) -> tuple[Window | None, list[Fault]]:
    """Give the days of circulation: those given, else those that the law computes from the events."""
    first, last = facts.first, facts.deadline
    if law and facts.events and (first is None or last is None):
        deadlines = {d.name: d.date for d in compute_deadlines(law, facts.instrument, facts.events)}
        first, last = first or deadlines.get(FIRST_DAY), last or deadlines.get(LAST_DAY)
        if first is None and last is not None:
            first = min(facts.events.values())
    if first is None or last is None:
        if not needed:
            return None, []
        remedy = (
            "Give --event official_summary_date=DATE (or another day that starts a clock), or --start and --deadline."
        )
        raise UndeterminedError(Fault("the days on which signatures may be gathered are not known", remedy=remedy))
    if last <= first:
        remedy = "Check both days."
        message = f"the deadline is not after the first day, {first}"
        return None, [Fault(message, column="--deadline", value=str(last), remedy=remedy)]
    return Window(first, last), []


def _split(place: str, facts: PetitionFacts) -> CountySplit:
    """Give the counties and their parts: as filed, else as gathered so far, else as the place's voters."""
    if facts.filed:
        return split_by_counts(facts.filed)
    if len(facts.gathered_by_county) > 1 and any(facts.gathered_by_county.values()):
        return split_by_counts(facts.gathered_by_county, spread=STILL_TO_COME)
    return split_of_place(place)


def _contradictions(
    facts: PetitionFacts, window: Window | None, raw_count: int | None, requirement: int
) -> Iterator[Fault]:
    """Say what cannot be true together."""
    if requirement <= 0:
        remedy = "Give the number of valid signatures that the law asks for."
        yield Fault("the requirement must be above zero", column="--requirement", value=str(requirement), remedy=remedy)
    if raw_count == 0:
        yield Fault("nothing was filed", column="--raw-count", value="0", remedy="Leave it out before the filing.")
    if window:
        yield from check_gathered(facts.gathered, window, min(facts.as_of, window.deadline))
    if window and raw_count is None and facts.as_of > window.deadline:
        message = f"the deadline was {window.deadline}, and no raw count is given"
        remedy = "Give what was filed (--raw-count or --filed), or an earlier day."
        yield Fault(message, column="--as-of", value=str(facts.as_of), remedy=remedy)
    lines = sum(batch.lines for batch in facts.checked)
    most = raw_count if raw_count is not None else max((day.total for day in facts.gathered), default=None)
    if most is not None and lines > most:
        what = "filed" if raw_count is not None else "gathered"
        remedy = "A line may stand in one batch only; check the counts."
        yield Fault(
            f"more lines were checked than the {most:,} {what}", column="lines", value=str(lines), remedy=remedy
        )
    for compared in facts.compared:
        if most is not None and compared.lines > most:
            message = f"more lines were compared than the {most:,} there are"
            yield Fault(message, column="--duplicates", value=str(compared.lines), remedy="Check both numbers.")
    for batch in facts.checked:
        if batch.on is not None and batch.on > facts.as_of:
            remedy = "Leave out what was not known on that day, or give a later --as-of."
            message = f"this batch is of a day after {facts.as_of}"
            yield Fault(message, column="date", value=str(batch.on), remedy=remedy)


def _strangers(facts: PetitionFacts, split: CountySplit) -> Iterator[Fault]:
    """Name the counties of checked batches that are not counties of the petition."""
    if len(split.counties) == 1:
        return
    known = {fold_county(name) for name in split.counties}
    for name in sorted({b.county for b in facts.checked if b.county and fold_county(b.county) not in known}):
        remedy = "Write it as in the counts of the petition, or leave the county empty."
        yield Fault("a checked batch is of a county that the petition does not have", "", None, "county", name, remedy)


def _as_spelled(checked: Sequence[CheckedBatch], split: CountySplit) -> tuple[CheckedBatch, ...]:
    """Bring the counties of batches to the spelling of the petition's; none where it has one row for all."""
    spelled = {fold_county(name): name for name in split.counties}
    return tuple(replace(b, county=spelled.get(fold_county(b.county)) if b.county else None) for b in checked)
