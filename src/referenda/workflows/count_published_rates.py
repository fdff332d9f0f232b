"""A petition counted as far as its public figures go: raw counts and validity rates that counties published.

For some petitions no table of samples is public, only each county's rate after the duplicates were taken off. What
those counties come to is known to within the rounding of the rates; what the others must reach can be told.
The figures of Six Californias (2014) come with Referenda: of 58 counties, 29 have both raw count and rate. They were
collected by an observer from the sheets of the Secretary of State; each row names its page.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from importlib.resources import files
from typing import Any

from referenda.errors import Fault, InputError
from referenda.law.place import PlaceLaw
from referenda.law.sampled import sample_count
from referenda.terms.quantity import exact_text, plain, read_number, round_to
from referenda.workflows.decision_limits import Decisions, Limit

HALF_A_DECIMAL = Fraction(5, 10000)
SIX_CALIFORNIAS = {"requirement": 807615, "raw_count": 1137844, "published_total": 752685}


@dataclass(frozen=True)
class PublishedRate:
    """What one county published: its raw count, and the share that is valid after duplicates; None where not known."""

    county: str
    raw_count: int | None
    validity_share: Fraction | None
    method: str
    source: str

    @property
    def projected_valid(self) -> Fraction | None:
        """The raw count times the rate, to the nearest signature."""
        if self.raw_count is None or self.validity_share is None:
            return None
        return round_to(self.raw_count * self.validity_share, 1, "half_up")


@dataclass(frozen=True)
class PublishedCount:
    """What is known of a petition from published rates, and what the rest had to do."""

    counties: int
    counties_known: int
    raw_count: int
    raw_known: int
    valid_known: int
    rounding_slack: int
    requirement: int
    limits: tuple[Limit, ...]
    published_total: int
    decision: str
    decision_cite: str
    rows: tuple[PublishedRate, ...]

    @property
    def lower_limit(self) -> Limit:
        """The number of valid signatures below which the petition fails on the sample."""
        return self.limits[0]

    @property
    def raw_rest(self) -> int:
        """Signatures of the counties that are not known."""
        return self.raw_count - self.raw_known

    @property
    def rest_must_reach(self) -> int:
        """Valid signatures that the rest needed so that the petition did not fail on the sample."""
        return max(0, self.lower_limit.signatures - self.valid_known)

    @property
    def rest_reached(self) -> int:
        """Valid signatures that the published total leaves for the rest."""
        return self.published_total - self.valid_known

    def as_dict(self) -> dict[str, Any]:
        """Give it for JSON; shares as the nearest number, with the exact text beside."""
        must, did = Fraction(self.rest_must_reach, self.raw_rest), Fraction(self.rest_reached, self.raw_rest)
        return {
            "counties": self.counties,
            "counties_known": self.counties_known,
            "raw_count": self.raw_count,
            "raw_known": self.raw_known,
            "valid_known": self.valid_known,
            "valid_known_low": self.valid_known - self.rounding_slack,
            "valid_known_high": self.valid_known + self.rounding_slack,
            "raw_rest": self.raw_rest,
            "rest_must_reach": self.rest_must_reach,
            "rest_must_reach_share": plain(must),
            "rest_must_reach_exact": exact_text(must),
            "rest_reached": self.rest_reached,
            "rest_reached_share": plain(did),
            "rest_reached_exact": exact_text(did),
            "requirement": self.requirement,
            "limit": self.lower_limit.as_dict(Fraction(self.published_total)),
            "projected_valid": self.published_total,
            "decision": self.decision,
            "decision_cite": self.decision_cite,
        }


def count_published_rates(
    rows: Sequence[PublishedRate],
    *,
    law: PlaceLaw,
    on: date,
    instrument: str,
    requirement: int,
    raw_count: int,
    published_total: int,
) -> PublishedCount:
    """Count a petition as far as published rates go, and decide on the published total.

    Parameters
    ----------
    rows
        One for each county, known or not.
    law, on, instrument
        The law whose limits decide.
    requirement, raw_count, published_total
        Signatures needed, filed in the whole State, and projected valid in the whole State as published.

    Raises
    ------
    InputError
        The known counties filed everything or more, so that there is no rest, or the place's law does not decide on
        the projected number.

    Examples
    --------
    The shortest way to the figures of 2014: `count_six_californias(law_of("us/ca"))`.
    """
    known = [row for row in rows if row.projected_valid is not None]
    raw_known = sum(row.raw_count or 0 for row in known)
    if raw_known >= raw_count:
        message = f"the counties known filed {raw_known:,} signatures, no less than the {raw_count:,} of all"
        raise InputError(Fault(message, remedy="Check the raw count of the whole petition."))
    rule = sample_count(law, None, on=on, instrument=instrument)
    size = int(law.find("sample_size", {"raw_count": raw_count}, on=on, instrument=instrument).value)
    as_one = {"raw_count": raw_count, "sample_size": size, "valid_in_sample": 0, "duplicates_in_sample": 0}
    found = law.count_sample(rule.name, [as_one], requirement, on=on, instrument=instrument)
    decisions = Decisions(rule, found, requirement)
    if not (limits := decisions.limits()):
        message = f"the law of {law.name} does not decide on the projected number"
        raise InputError(Fault(message, remedy="Take a place whose law does, such as us/ca."))
    decided = decisions.at(published_total)
    slack = sum((HALF_A_DECIMAL * (row.raw_count or 0) for row in known if row.method == "sample"), Fraction(0))
    return PublishedCount(
        counties=len(rows),
        counties_known=len(known),
        raw_count=raw_count,
        raw_known=raw_known,
        valid_known=int(sum((row.projected_valid or Fraction(0) for row in known), Fraction(0))),
        rounding_slack=int(round_to(slack, 1, "up")),
        requirement=requirement,
        limits=tuple(limits),
        published_total=published_total,
        decision=decided.decide,
        decision_cite=decided.cite,
        rows=tuple(rows),
    )


def count_six_californias(law: PlaceLaw) -> PublishedCount:
    """Count Six Californias (2014) as far as its public figures go, under the law of California of that day."""
    return count_published_rates(
        six_californias(), law=law, on=date(2014, 9, 12), instrument="constitutional-amendment", **SIX_CALIFORNIAS
    )


def six_californias() -> list[PublishedRate]:
    """Give what the 58 counties published for Six Californias."""
    text = files("referenda.jurisdictions").joinpath("us", "ca", "six-californias-2014.csv").read_text("utf-8")
    return [
        PublishedRate(
            county=row["county"],
            raw_count=int(row["raw_count"]) if row["raw_count"] else None,
            validity_share=read_number(row["published_percent"]) / 100 if row["published_percent"] else None,
            method=row["method"],
            source=row["source"],
        )
        for row in csv.DictReader(text.splitlines())
    ]
