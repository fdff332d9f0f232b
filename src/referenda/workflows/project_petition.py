"""Counting a petition from a sample: what the law projects and decides, and an unbiased estimate beside it.

The statutory number is exact and decides; the estimate is statistics, has an interval and decides nothing. Neither
enters the other. Each open reading of the law is shown with the number and the decision under its alternatives.

If a place's row formula has a step `eligible_signatures`, the sample was drawn from these (Arizona removes lines
before the draw), and the estimate is made for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from referenda.errors import Fault, InputError
from referenda.law.finding import Finding, SampleFinding
from referenda.law.place import PlaceLaw
from referenda.law.sampled import count_row, sample_count
from referenda.law.schema import COUNT_COLUMNS, SampleCount
from referenda.petitions.county_count import (
    Amendment,
    CountyCount,
    fold_county,
    name_missing,
    name_strangers,
    nearest_county,
)
from referenda.stats.estimators import Estimate, SampledCounty, estimate_valid
from referenda.terms.quantity import plain, shown
from referenda.workflows.decision_limits import Decisions, Limit

DRAWN_FROM = "eligible_signatures"
NAMED = 10


@dataclass(frozen=True)
class CountyProjection:
    """One county: its count, what the law projects from it, and what one more duplicate would cost."""

    count: CountyCount
    finding: Finding | None
    projected_valid: Fraction
    one_more_duplicate: Fraction | None

    def as_dict(self, total: Fraction) -> dict[str, Any]:
        """Give it for JSON; `validity_share` is of its own raw count, `share_of_total` of the statewide number."""
        raw = self.count.raw_count
        return {
            "county": self.count.county,
            **self.count.columns,
            "projected_valid": plain(self.projected_valid),
            "validity_share": float(self.projected_valid / raw) if raw else None,
            "share_of_total": float(self.projected_valid / total) if total else None,
            "full_check": self.count.is_full_check,
            "one_more_duplicate": None if self.one_more_duplicate is None else plain(self.one_more_duplicate),
            "steps": [step.as_dict() for step in self.finding.steps] if self.finding else [],
        }


@dataclass(frozen=True)
class Alternative:
    """What comes out if an open question is read otherwise."""

    reading: str
    name: str
    projected_valid: Fraction
    decision: str


@dataclass(frozen=True)
class Projection:
    """A petition counted from a sample."""

    law: PlaceLaw
    rule: SampleCount
    instrument: str
    on: date
    requirement: int
    counties: tuple[CountyProjection, ...]
    finding: SampleFinding
    limits: tuple[Limit, ...]
    estimate: Estimate
    alternatives: tuple[Alternative, ...]
    amendments: tuple[Amendment, ...]
    cautions: tuple[str, ...]
    remarks: tuple[str, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """What is no fault and yet worth knowing; first the cautions, without which the decision says too much."""
        return (*self.cautions, *self.remarks)

    @property
    def raw_count(self) -> int:
        """Signatures filed in all counties."""
        return sum(county.count.raw_count for county in self.counties)

    def alternatives_of(self, reading: str) -> dict[str, Alternative]:
        """Give the outcomes under the other alternatives of one reading, by the alternative's name."""
        return {a.name: a for a in self.alternatives if a.reading == reading}

    def as_dict(self) -> dict[str, Any]:
        """Give it for JSON. The keys of the first four entries are fixed; see `docs/how-to/project-a-petition.md`."""
        found = self.finding
        return {
            "counties": [county.as_dict(found.projected_valid) for county in self.counties],
            "projected_valid": plain(found.projected_valid),
            "decision": found.decision,
            "estimate": _estimate(self.estimate),
            "readings": [self._reading(reading.as_dict()) for reading in found.readings],
            "decision_about": found.decision_about,
            "decision_cite": found.decision_cite,
            "requirement": self.requirement,
            "percent_of_requirement": float(100 * found.projected_valid / self.requirement),
            "limits": [limit.as_dict(found.projected_valid) for limit in self.limits],
            "steps": [step.as_dict() for step in found.steps],
            "totals": {name: plain(value) for name, value in found.totals.items()},
            "raw_count": self.raw_count,
            "amendments": [amendment.as_dict() for amendment in self.amendments],
            "notes": list(self.notes),
            "place": self.law.id,
            "instrument": self.instrument,
            "on": self.on.isoformat(),
            "count": self.rule.name,
            "law": self.law.digest,
        }

    def _reading(self, reading: dict[str, Any]) -> dict[str, Any]:
        """Put beside each alternative what comes out under it."""
        others = self.alternatives_of(reading["name"])
        for alternative in reading["alternatives"]:
            other = others.get(alternative["name"], self.finding)
            alternative["projected_valid"] = plain(other.projected_valid)
            alternative["decision"] = other.decision
        return reading


def project_petition(
    law: PlaceLaw,
    counts: Sequence[CountyCount],
    *,
    requirement: int,
    on: date,
    instrument: str | None = None,
    readings: Mapping[str, str] | None = None,
    confidence: float = 0.95,
    amendments: Sequence[Amendment] = (),
    known_counties: Sequence[str] = (),
) -> Projection:
    """Count a petition from the samples of its counties.

    Parameters
    ----------
    law
        The law of the place.
    counts
        Each county's count, already amended.
    requirement
        Signatures needed, above zero.
    on
        The day whose law is used.
    instrument
        Such as `statute`; the place's first when absent.
    readings
        Alternatives chosen for open questions, by the reading's name.
    confidence
        Of the estimate's interval, between 0 and 1.
    amendments
        Corrections that were made to the counts; they are named in the finding.
    known_counties
        The place's counties, to name those that are missing or perhaps misspelled.

    Raises
    ------
    InputError
        A requirement that is not above zero, no county at all, a sample larger than what it was drawn from, an
        unknown instrument, reading or alternative.
    UndeterminedError
        The place's law holds no way to count on that day.
    """
    if requirement <= 0:
        remedy = "Give the number of valid signatures that the law asks for: referenda law requirement."
        message = "the requirement must be above zero"
        raise InputError(Fault(message, column="--requirement", value=str(requirement), remedy=remedy))
    if not any(count.raw_count for count in counts):
        raise InputError(Fault("no county has a signature, so there is nothing to count", remedy="Check the counts."))
    instrument = instrument or law.first_instrument
    rule = sample_count(law, None, on=on, instrument=instrument)
    chosen = law.readings(readings)
    counted = [count for count in counts if count.raw_count]
    rows = [count.columns for count in counted]

    def count_all(readings: Mapping[str, str]) -> SampleFinding:
        return law.count_sample(rule.name, rows, requirement, on=on, instrument=instrument, readings=readings)

    def count_one(count: CountyCount) -> Finding:
        return count_row(law, rule, count.columns, requirement, on=on, instrument=instrument, readings=chosen)

    finding = count_all(chosen)
    found = dict(zip((count.county for count in counted), finding.rows, strict=True))
    drawn = [_drawn(count, row) for count, row in zip(counted, finding.rows, strict=True)]
    return Projection(
        law=law,
        rule=rule,
        instrument=instrument,
        on=on,
        requirement=requirement,
        counties=tuple(_project_county(count, found.get(count.county), count_one) for count in counts),
        finding=finding,
        limits=tuple(Decisions(rule, finding, requirement).limits()),
        estimate=estimate_valid(drawn, confidence=confidence),
        alternatives=tuple(_alternatives(finding, chosen, count_all)),
        amendments=tuple(amendments),
        cautions=tuple(_cautions(law, rule, counts, on, instrument, known_counties)),
        remarks=tuple(_remarks(law, counts, requirement, on, instrument, known_counties)),
    )


def find_sample_size(law: PlaceLaw, raw_count: int, *, on: date, instrument: str | None = None) -> Finding:
    """Find how many signatures the law has a county sample (all of the petition where the sample is statewide).

    Raises
    ------
    InputError
        The raw count is below zero.
    UndeterminedError
        The place's law holds no size on that day.
    """
    if raw_count < 0:
        remedy = "Counts begin at 0."
        raise InputError(Fault("the raw count is below zero", column="raw_count", value=str(raw_count), remedy=remedy))
    instrument = instrument or law.first_instrument
    return law.find("sample_size", {"raw_count": raw_count}, on=on, instrument=instrument)


def _project_county(
    count: CountyCount, finding: Finding | None, count_one: Callable[[CountyCount], Finding]
) -> CountyProjection:
    """Put a county's finding beside its count; `count_one` says what one more duplicate would make of it."""
    if finding is None:
        return CountyProjection(count, None, Fraction(0), None)
    cost = None
    if valid := count.valid_in_sample:
        duplicates = count.duplicates_in_sample
        worse = count.amended({"valid_in_sample": valid - 1, "duplicates_in_sample": duplicates + 1})
        cost = finding.value - count_one(worse).value
    return CountyProjection(count, finding, finding.value, cost)


def _alternatives(
    finding: SampleFinding, chosen: Mapping[str, str], count_all: Callable[[Mapping[str, str]], SampleFinding]
) -> Iterator[Alternative]:
    """Count again under each alternative of each open question that was met."""
    for reading in finding.readings:
        for name, _ in reading.alternatives:
            if name != reading.chosen:
                other = count_all({**chosen, reading.name: name})
                yield Alternative(reading.name, name, other.projected_valid, other.decision)


def _drawn(count: CountyCount, finding: Finding) -> SampledCounty:
    """Give a county as the estimate sees it: the sample, and the signatures it was drawn from."""
    eligible = finding.step(DRAWN_FROM)
    raw = count.raw_count if eligible is None else int(eligible)
    if count.sample_size > raw:
        message = f"the sample is larger than the {raw:,} signatures it was drawn from"
        raise InputError(
            Fault(message, row=count.line, column="sample_size", value=str(count.sample_size), remedy="Check both.")
        )
    return SampledCounty(count.county, raw, *(count.columns[name] for name in COUNT_COLUMNS[1:]))


def _estimate(estimate: Estimate) -> dict[str, Any]:
    return {
        "valid": float(estimate.valid),
        "low": float(estimate.low),
        "high": float(estimate.high),
        "standard_error": float(estimate.standard_error),
        "confidence": float(estimate.confidence),
    }


def _cautions(
    law: PlaceLaw, rule: SampleCount, counts: Sequence[CountyCount], on: date, instrument: str, known: Sequence[str]
) -> Iterator[str]:
    """Say what the decision leaves out: what the law asks beside this count, and counties without a row."""
    for caution in law.in_force(rule.cautions, on, instrument):
        yield f"{caution.about} ({caution.cite})"
    missing = name_missing(counts, known)
    if missing and (len(missing) < len(known) or _misspelled(counts, known)):
        named = ", ".join(missing[:NAMED]) + (f" and {len(missing) - NAMED} more" if len(missing) > NAMED else "")
        yield f"{len(missing)} of {len(known)} counties have no row: {named}."


def _remarks(
    law: PlaceLaw,
    counts: Sequence[CountyCount],
    requirement: int,
    on: date,
    instrument: str,
    known: Sequence[str],
) -> Iterator[str]:
    """Say what else is no fault and yet worth knowing."""
    raw = sum(count.raw_count for count in counts)
    if raw < requirement:
        yield f"The raw count of {raw:,} is below the {requirement:,} signatures needed."
    if law.has_formula("sample_size", on=on, instrument=instrument):
        for count in counts:
            least = find_sample_size(law, count.raw_count, on=on, instrument=instrument)
            if count.sample_size < least.value and not count.is_full_check:
                sampled = f"{count.county} sampled {count.sample_size:,} of {count.raw_count:,} signatures"
                yield f"{sampled}; the law asks for {shown(least.value)} ({least.steps[-1].cite})."
    strangers = _strangers(counts, known)
    if len(strangers) == len(counts):  # counties of an example; one that is all but spelled as a county is told
        strangers = _misspelled(counts, known)
    yield from name_strangers(strangers[:NAMED], known)
    if len(strangers) > NAMED:
        yield f"{len(strangers) - NAMED:,} more names are not those of counties that are known here."


def _strangers(counts: Sequence[CountyCount], known: Sequence[str]) -> list[CountyCount]:
    folds = {fold_county(name) for name in known}
    return [count for count in counts if folds and fold_county(count.county) not in folds]


def _misspelled(counts: Sequence[CountyCount], known: Sequence[str]) -> list[CountyCount]:
    """Give, of the first few rows that are no known county, those that are nearly one."""
    return [c for c in _strangers(counts, known)[:NAMED] if nearest_county(c.county, known)]
