"""While the sample is being checked: what it will decide, how much work each outcome means, what the rest must do.

The chances are draws; the limits beside them, and what the finished counties come to, are exact and the law's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from referenda import __version__
from referenda.errors import Fault, InputError
from referenda.forecasting.counting import CountInDraws
from referenda.forecasting.decision_day import CountyCheck, CountyOutlook, DecisionOutlook, forecast_decision
from referenda.forecasting.history import read_history, validity_of_place
from referenda.law.place import PlaceLaw
from referenda.law.sampled import sample_count
from referenda.petitions.county_count import CountyCount
from referenda.terms.quantity import plain
from referenda.workflows.decision_limits import Limit
from referenda.workflows.project_petition import Projection, project_petition

METHOD = "decision-draws/1"
MOST_COUNTIES = 300  # more than any State has; the fit of their shares takes minutes beyond
MOST_NUMBERS = 20_000_000  # draws times counties; about 3 GiB


@dataclass(frozen=True)
class Pace:
    """How long a line takes, in minutes, and how many hours of a day a person checks lines."""

    minutes_per_line: Fraction = Fraction(2)
    hours_per_day: Fraction = Fraction(7)

    def days(self, lines: int) -> float:
        """Give the days of one person that so many lines take."""
        return float(lines * self.minutes_per_line / 60 / self.hours_per_day)


@dataclass(frozen=True)
class Reach:
    """A limit of the law, and what the counties that are not finished must come to so that it is reached.

    `must_reach` are projected valid signatures, `must_share` the same of their raw count (above 1: out of reach),
    `expected_share` what the forecast expects of them; both shares are None where every county is finished. `chance`
    is that of reaching the limit.
    """

    limit: Limit
    must_reach: int
    must_share: float | None
    expected_share: float | None
    chance: float

    def as_dict(self) -> dict[str, Any]:
        """Give it for JSON."""
        return {
            "signatures": self.limit.signatures,
            "below": self.limit.lower,
            "from": self.limit.upper,
            "cite": self.limit.cite,
            "chance": self.chance,
            "rest_must_reach": self.must_reach,
            "rest_must_reach_share": self.must_share,
            "rest_expected_share": self.expected_share,
        }


@dataclass(frozen=True)
class Work:
    """Lines that are still to be checked if this is decided, and the days of one person that they take."""

    decision: str
    lines: int
    days: float


@dataclass(frozen=True)
class DecisionForecast:
    """What the sample will decide, and what follows for the office."""

    law: PlaceLaw
    instrument: str
    on: date
    outlook: DecisionOutlook
    reaches: tuple[Reach, ...]
    work: tuple[Work, ...]
    pace: Pace
    notes: tuple[str, ...]
    readings: Mapping[str, str]

    @property
    def open_counties(self) -> list[CountyOutlook]:
        """The counties that are not finished, those first that matter most."""
        left = [county for county in self.outlook.counties if not county.check.is_finished]
        return sorted(left, key=lambda county: -county.share)

    @property
    def lines_left(self) -> int:
        """Lines of the sample that are still to be checked."""
        return sum(county.check.left for county in self.outlook.counties)

    def as_dict(self) -> dict[str, Any]:
        """Give it for JSON."""
        found = self.outlook
        return {
            "decisions": dict(found.decisions),
            "qualifies": found.qualifies,
            "full_check_qualifies": found.full_check_qualifies,
            "projected": dict(found.projected),
            "valid": dict(found.valid),
            "limits": [reach.as_dict() for reach in self.reaches],
            "rest": {
                "counties": len(self.open_counties),
                "raw_count": sum(county.check.raw_count for county in self.open_counties),
                "lines": self.lines_left,
            },
            "work": {work.decision: {"lines": work.lines, "days": work.days} for work in self.work},
            "minutes_per_line": plain(self.pace.minutes_per_line),
            "hours_per_day": plain(self.pace.hours_per_day),
            "counties": [_county(county) for county in found.counties],
            "notes": list(self.notes),
            "requirement": found.requirement,
            "place": self.law.id,
            "instrument": self.instrument,
            "on": self.on.isoformat(),
            "readings": dict(self.readings),
            "law": self.law.digest,
            "draws": found.draws,
            "seed": found.seed,
            "priors": {name: dict(numbers) for name, numbers in found.priors.items()},
            "program": __version__,
        }


def watch_decision(
    law: PlaceLaw,
    counts: Sequence[tuple[CountyCount, int]],
    *,
    requirement: int,
    on: date,
    instrument: str | None = None,
    readings: Mapping[str, str] | None = None,
    known_counties: Sequence[str] = (),
    pace: Pace | None = None,
    draws: int = 10_000,
    seed: int = 1,
) -> DecisionForecast:
    """Forecast what a sample will decide, from what was checked of it.

    Parameters
    ----------
    law
        The law of the place.
    counts
        Each county's count as far as it goes, with the lines of its sample that are done.
    requirement
        Valid signatures needed, above zero.
    on
        The day whose law is used; petitions of its year and before say how valid lines of the place are.
    instrument
        Such as `statute`; the place's first when absent.
    readings
        Alternatives chosen for open questions, by the reading's name.
    known_counties
        The place's counties, to name those that are missing.
    pace
        How fast lines are checked.
    draws, seed
        Of the random numbers.

    Raises
    ------
    InputError
        A requirement that is not above zero, no signature at all, more counties or draws than fit into memory, an
        unknown instrument, reading or alternative.
    UndeterminedError
        The place's law holds no way to count on that day.
    """
    instrument = instrument or law.first_instrument
    rule = sample_count(law, None, on=on, instrument=instrument)
    there = [(count, checked) for count, checked in counts if count.raw_count]
    if not there:
        raise InputError(Fault("no county has a signature, so there is nothing to count", remedy="Check the counts."))
    _check_size(len(there), draws)
    count = CountInDraws(law, instrument=instrument, on=on, requirement=requirement, readings=readings)
    checks = [_check(counted, checked) for counted, checked in there]
    place = validity_of_place(read_history(), law.id, year=on.year)
    outlook = forecast_decision(checks, count=count, place=place, draws=draws, seed=seed)
    projection = project_petition(
        law,
        _finished(checks, there),
        requirement=requirement,
        on=on,
        instrument=instrument,
        readings=readings,
        known_counties=known_counties if rule.rows == "county" else (),
    )
    pace = pace or Pace()
    return DecisionForecast(
        law=law,
        instrument=instrument,
        on=on,
        outlook=outlook,
        reaches=tuple(_reach(limit, projection, outlook) for limit in projection.limits),
        work=tuple(_work(name, checks, pace) for name in outlook.decisions),
        pace=pace,
        notes=projection.notes,
        readings=dict(readings or {}),
    )


def _check_size(counties: int, draws: int) -> None:
    """Refuse what would not end, or not fit into memory."""
    if counties > MOST_COUNTIES:
        remedy = "One row is one county, not one precinct."
        raise InputError(
            Fault(f"there are {counties:,} counties, and at most {MOST_COUNTIES} are forecast", remedy=remedy)
        )
    if counties * draws > MOST_NUMBERS:
        message = f"so many draws for {counties} counties do not fit into memory"
        remedy = f"Give at most {MOST_NUMBERS // counties:,}; 10,000 are usual."
        raise InputError(Fault(message, column="--draws", value=str(draws), remedy=remedy))


def _check(count: CountyCount, checked: int) -> CountyCheck:
    return CountyCheck(
        county=count.county,
        raw_count=count.raw_count,
        sample_size=count.sample_size,
        checked=checked,
        valid=count.valid_in_sample,
        duplicates=count.duplicates_in_sample,
        more=count.extra,
    )


def _finished(checks: Sequence[CountyCheck], counts: Sequence[tuple[CountyCount, int]]) -> list[CountyCount]:
    """Take the lines that are left for as valid as those checked in all counties: limits do not hang on them."""
    checked = sum(check.checked for check in checks)
    share = sum(check.valid for check in checks) / checked if checked else 0.5
    return [
        count.amended({"valid_in_sample": check.valid + int(check.left * share)})
        for check, (count, _) in zip(checks, counts, strict=True)
    ]


def _reach(limit: Limit, projection: Projection, outlook: DecisionOutlook) -> Reach:
    """Say what the counties that are not finished must come to, beside those that are."""
    finished = sum(
        (
            row.projected_valid
            for row, county in zip(projection.counties, outlook.counties, strict=True)
            if county.check.is_finished
        ),
        Fraction(0),
    )
    rest = [county for county in outlook.counties if not county.check.is_finished]
    raw = sum(county.check.raw_count for county in rest)
    must = max(0, -int((finished - limit.signatures) // 1))
    drawn = outlook.projected_draws
    return Reach(
        limit=limit,
        must_reach=must,
        must_share=must / raw if raw else None,
        expected_share=sum(county.middle for county in rest) / raw if raw else None,
        chance=0.0 if drawn is None else float((drawn >= limit.signatures).mean()),
    )


def _work(decision: str, checks: Sequence[CountyCheck], pace: Pace) -> Work:
    """Count the lines: those of the sample in any case, all others in a full check."""
    lines = sum(check.left for check in checks)
    if decision == "full_check":
        lines += sum(check.raw_count - check.sample_size for check in checks)
    return Work(decision, lines, pace.days(lines))


def _county(county: CountyOutlook) -> dict[str, Any]:
    check = county.check
    return {
        "county": check.county,
        "raw_count": check.raw_count,
        "sample_size": check.sample_size,
        "checked": check.checked,
        "valid_in_sample": check.valid,
        "duplicates_in_sample": check.duplicates,
        **check.more,
        "projected": {"0.1": county.low, "0.5": county.middle, "0.9": county.high},
        "share_of_variance": county.share,
    }
