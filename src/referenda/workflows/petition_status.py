"""Where the verification of a county's lines stands, and what may still come of it under the law.

Finished and in work stand apart. The statutory projection is made when every line is finished, and not before. Until
then there are an unbiased estimate from the finished beginning of the draw, with an interval, and exact bounds: what
the law would make of it if every line in work came out as badly, or as well, as it can. Where both bounds lead to the
same decision, the outcome can no longer change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

import pyarrow.compute as pc

from referenda.errors import Fault, ReferendaError, UndeterminedError
from referenda.law.finding import SampleFinding
from referenda.law.sampled import count_row, sample_count
from referenda.law.schema import SampleCount
from referenda.petitions.adjudication import IN_WORK
from referenda.petitions.county_count import CountyCount, county_names
from referenda.petitions.verification import Progress, count_progress
from referenda.stats.estimators import Estimate, SampledCounty, estimate_valid
from referenda.stats.quality import Interval, share_interval
from referenda.terms.quantity import plain
from referenda.workflows.office_decisions import OfficeDecisions

FULL_CHECK = "full_check"
LEAST_TO_ESTIMATE = 2


@dataclass(frozen=True)
class Bounds:
    """The lowest and the highest number that the law can still come to, and what it decides on each.

    `low_without_duplicates` is the lowest if no further duplicate turns up. The decisions are None where the county is
    one of several: then the petition is not decided here.
    """

    low: Fraction
    high: Fraction
    low_without_duplicates: Fraction
    decision_low: str | None
    decision_high: str | None
    cite: str

    @property
    def can_change(self) -> bool | None:
        """Say whether the outcome still hangs on lines in work; None where it is not decided here."""
        return None if self.decision_low is None else self.decision_low != self.decision_high


@dataclass(frozen=True)
class PetitionStatus:
    """Where a county's verification stands.

    `statutory` is the law's number, only of a complete check; `why_no_number` says what the law's number lacks.
    `without_signature` counts finished lines that add nothing to the raw count, and `look_again` names lines refused
    on an older voter file that the matcher would accept on the newest. `may_end_early` cites the law under which a
    check of every line may end with what is finished.
    """

    case: str
    progress: Progress
    requirement: int | None
    bounds: Bounds | None
    why_no_number: str | None
    estimate: Estimate | None
    differed: Interval
    voter_files: Mapping[str, int]
    undone: int
    withdrawn: int
    without_signature: int
    look_again: tuple[str, ...]
    may_end_early: str | None = None

    @property
    def statutory(self) -> Fraction | None:
        """Give the law's number, which only a complete check has."""
        return self.bounds.low if self.bounds and self.progress.complete else None

    def as_dict(self) -> dict[str, Any]:
        """Give it for JSON."""
        return {
            "case": self.case,
            **self.progress.as_dict(),
            "requirement": self.requirement,
            "statutory": self._statutory(),
            "bounds": self._bounds(),
            "why_no_number": self.why_no_number,
            "estimate": self._estimate(),
            "second_look_errors": vars(self.differed),
            "voter_files": dict(self.voter_files),
            "undone": self.undone,
            "withdrawn": self.withdrawn,
            "without_signature": self.without_signature,
            "look_again": list(self.look_again),
            "may_end_early": self.may_end_early,
        }

    def _statutory(self) -> dict[str, Any] | None:
        if self.statutory is None or self.bounds is None:
            return None
        return {
            "projected_valid": plain(self.statutory),
            "decision": self.bounds.decision_low,
            "cite": self.bounds.cite,
        }

    def _bounds(self) -> dict[str, Any] | None:
        if self.bounds is None:
            return None
        return {
            "projected_low": plain(self.bounds.low),
            "projected_low_without_duplicates": plain(self.bounds.low_without_duplicates),
            "projected_high": plain(self.bounds.high),
            "decision_low": self.bounds.decision_low,
            "decision_high": self.bounds.decision_high,
            "can_change": self.bounds.can_change,
            "lines_left": self.progress.left,
        }

    def _estimate(self) -> dict[str, Any] | None:
        if self.estimate is None:
            return None
        return {
            "valid": float(self.estimate.valid),
            "low": float(self.estimate.low),
            "high": float(self.estimate.high),
            "confidence": float(self.estimate.confidence),
            "from_lines": self.progress.beginning.lines,
        }


def petition_status(desk: OfficeDecisions, on: date, *, confidence: float = 0.95) -> PetitionStatus:
    """Say where a county's verification stands.

    Parameters
    ----------
    on
        The day whose law is used.
    confidence
        Of the intervals, between 0 and 1.

    Raises
    ------
    LawError
        Nothing is to be verified yet.
    """
    progress = count_progress(desk.frame(), desk.known)
    looks, begun = progress.second_looks, progress.beginning
    bounds, why = None, None
    try:
        bounds = find_bounds(desk, progress, on)
    except ReferendaError as error:
        why = str(error.faults[0])
    estimate = None
    if begun.lines >= LEAST_TO_ESTIMATE or (begun.lines and begun.lines == progress.frame.raw_count):
        county = SampledCounty(
            progress.frame.county, progress.frame.raw_count, begun.lines, begun.valid, begun.duplicates
        )
        estimate = estimate_valid([county], confidence=confidence)
    files = Counter(made.voter_file for made in desk.known.everything())
    order = desk.lines_now()
    return PetitionStatus(
        case=desk.office.case,
        progress=progress,
        requirement=desk.case.requirement,
        bounds=bounds,
        why_no_number=why,
        estimate=estimate,
        differed=share_interval(looks.differed, looks.lines, confidence=confidence),
        voter_files=_by_day_of_file(files),
        undone=desk.known.undone,
        withdrawn=sum(line in order for line in desk.known.withdrawn),
        without_signature=_without_signature(desk, progress, on),
        look_again=tuple(_look_again(desk)),
        may_end_early=_may_end_early(desk, progress, on),
    )


def _by_day_of_file(files: Mapping[tuple[str, str] | None, int]) -> dict[str, int]:
    days = Counter[str]()
    for file, count in files.items():
        days[file[1] if file else "none"] += count
    return dict(sorted(days.items()))


def _without_signature(desk: OfficeDecisions, progress: Progress, on: date) -> int:
    codes = desk.law.in_force(desk.law.schema.reason_codes, on, desk.instrument)
    return sum(progress.reasons.get(code.name, 0) for code in codes if not code.raw_count)


def _look_again(desk: OfficeDecisions) -> Iterator[str]:
    """Name lines refused on an older voter file that the matcher would accept on the newest, in the order of the draw.

    Only what a newer file can cure: a duplicate stays one, and so does a line whose section was rejected.
    """
    matched, answer = desk.office.books().matched, None
    files = {made.voter_file for made in desk.known.first.values()}
    newest = (matched[-1].voter_file["digest"], matched[-1].voter_file["as_of"]) if matched else None
    if newest is not None and files - {newest}:
        answer = desk.office.matches()
    if answer is None:
        return
    proposed = set(answer["identity"].filter(pc.fill_null(pc.equal(answer["status"], "accept"), False)).to_pylist())
    for line in desk.frame().order:
        outcome = desk.known.outcome(line) if line in proposed else None
        made = outcome.decided if outcome and not outcome.valid and not outcome.duplicate_of else None
        if made is not None and made.voter_file != newest:
            yield line


def find_bounds(desk: OfficeDecisions, progress: Progress, on: date) -> Bounds:
    """Find the lowest and highest number that the law can still come to.

    Every line in work is taken once as not valid, once as a duplicate (which in a sample costs more) and once as
    valid. A law that decides by comparing its number with limits decides for all outcomes between the two.

    Raises
    ------
    InputError, UndeterminedError
        The law of the day cannot count these numbers, or needs others beside them.
    """
    frame, law, instrument = progress.frame, desk.law, desk.instrument
    names = {count.name for count in law.in_force(law.schema.sample_counts, on, instrument)}
    named = FULL_CHECK if frame.basis == "full_check" and FULL_CHECK in names else None
    rule = sample_count(law, named, on=on, instrument=instrument)
    needed = desk.case.requirement
    rows = [
        CountyCount(frame.county, frame.raw_count, progress.lines, valid, duplicates)
        for valid, duplicates in _outcomes(progress)
    ]
    values = [count_row(law, rule, row.columns, needed or 0, on=on, instrument=instrument).value for row in rows]
    low, high = min(range(len(rows)), key=lambda at: values[at]), max(range(len(rows)), key=lambda at: values[at])
    whole = len(county_names(law.id)) <= 1 and rule.rows != "district"
    decided = [_decide(desk, rule, rows[at], on) if whole and needed else None for at in (low, high)]
    return Bounds(values[low], values[high], values[1], decided[0], decided[1], rule.cite)


def decide_so_far(desk: OfficeDecisions, progress: Progress, on: date) -> SampleFinding:
    """Count a check of every line with what is finished, and what other counties have reported of theirs.

    Raises
    ------
    InputError, UndeterminedError
        The law of the day knows no count of such a check, or the signatures needed are not determined.
    """
    needed = desk.case.requirement
    if needed is None:
        remedy = "Determine them: referenda case requirement."
        raise UndeterminedError(Fault("the signatures needed are not determined yet", remedy=remedy))
    mine = progress.frame.county
    rows = [CountyCount(mine, progress.frame.raw_count, progress.finished, progress.valid, progress.duplicates)]
    for county in desk.case.counties.values():
        if county.name != mine and county.raw_count is not None:
            rows.append(CountyCount(county.name, county.raw_count, county.checked, county.valid_signatures, 0))
    return desk.law.count_sample(FULL_CHECK, [row.columns for row in rows], needed, on=on, instrument=desk.instrument)


def _may_end_early(desk: OfficeDecisions, progress: Progress, on: date) -> str | None:
    if progress.frame.basis != "full_check" or progress.complete:
        return None
    try:
        found = decide_so_far(desk, progress, on)
    except ReferendaError:
        return None
    return found.decision_cite if found.decision == "sufficient" else None


def _outcomes(progress: Progress) -> Iterator[tuple[int, int]]:
    """Give valid lines and duplicates as they may come out: at worst in each way, and at best."""
    valid, duplicates, left = progress.valid, progress.duplicates, progress.left
    yield valid + left, duplicates
    yield valid, duplicates
    if valid:
        yield valid, duplicates + left
    elif left:
        yield 1, duplicates + left - 1


def _decide(desk: OfficeDecisions, rule: SampleCount, row: CountyCount, on: date) -> str:
    needed = desk.case.requirement or 0
    found = desk.law.count_sample(rule.name, [row.columns], needed, on=on, instrument=desk.instrument)
    return found.decision


def in_work_words(progress: Progress) -> list[str]:
    """Say what is left to do, largest first."""
    return [f"{count:,} {IN_WORK[state]}" for state, count in sorted(progress.in_work.items(), key=lambda x: -x[1])]
