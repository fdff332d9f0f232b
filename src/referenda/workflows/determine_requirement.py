"""Determine how many valid signatures a measure needs, from the law of its place and the official base."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from referenda.errors import Fault, UndeterminedError
from referenda.law.finding import Finding
from referenda.law.place import PlaceLaw

FORMULA = "requirement"
MILESTONE = "milestone_25_percent"


@dataclass(frozen=True)
class Requirement:
    """The signatures a measure needs: `base` is None where only the published number is known."""

    place: str
    law_digest: str
    instrument: str
    on: date
    requirement: int
    base: int | None
    milestone_25_percent: int | None
    finding: Finding

    def as_dict(self) -> dict[str, Any]:
        """Give the finding for JSON."""
        return {
            "requirement": self.requirement,
            "base": self.base,
            "milestone_25_percent": self.milestone_25_percent,
            "place": self.place,
            "instrument": self.instrument,
            "on": self.on.isoformat(),
            "law": self.law_digest,
            "steps": [step.as_dict() for step in self.finding.steps],
            "readings": [reading.as_dict() for reading in self.finding.readings],
        }


def determine_requirement(
    law: PlaceLaw, instrument: str, on: date, *, readings: Mapping[str, str] | None = None
) -> Requirement:
    """Determine the signatures needed for an instrument on a day.

    Parameters
    ----------
    law
        The law of the place.
    instrument
        Such as `constitutional-amendment`.
    on
        The day whose law and base are used: that of the title and summary.
    readings
        Alternatives chosen for open questions.

    Raises
    ------
    InputError
        An unknown instrument, reading or alternative.
    UndeterminedError
        The document holds no requirement, or lacks the base, for that day.

    Examples
    --------
    >>> from referenda.law.place import load_place
    >>> determine_requirement(load_place("us/ca"), "constitutional-amendment", date(2017, 1, 26)).requirement
    585407
    """
    law.check_instrument(instrument)
    if not law.knows_formula(FORMULA):
        message = f"the law of {law.name} does not say how many signatures are needed"
        raise UndeterminedError(Fault(message, remedy=f"See what is encoded: referenda law coverage {law.id}"))
    finding = law.find(FORMULA, {}, on=on, instrument=instrument, readings=readings)
    base = finding.step("base")
    milestone = None
    if law.has_formula(MILESTONE, on=on, instrument=instrument):
        given = {FORMULA: finding.value}
        milestone = int(law.find(MILESTONE, given, on=on, instrument=instrument, readings=readings).value)
    return Requirement(
        place=law.id,
        law_digest=law.digest,
        instrument=instrument,
        on=on,
        requirement=int(finding.value),
        base=None if base is None else int(base),
        milestone_25_percent=milestone,
        finding=finding,
    )
