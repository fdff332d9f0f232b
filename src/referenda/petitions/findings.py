"""Events that state a number the law makes out of others, written as `docs/reference/record-format.md` fixes them.

The same functions write these events and, when one is recorded, say what it must have said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from referenda.errors import Fault, UndeterminedError
from referenda.law.place import PlaceLaw
from referenda.law.vote_rule import Tally, decide
from referenda.petitions.case import County
from referenda.terms.quantity import exact_text

REQUIREMENT = "requirement"


def requirement_data(
    law: PlaceLaw, instrument: str, on: date, *, readings: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Compute the data of `RequirementDetermined`: the signatures needed as of a day.

    Raises
    ------
    UndeterminedError
        The law document holds no base or published number for that day.
    """
    finding = law.find(REQUIREMENT, {}, on=on, instrument=instrument, readings=readings)
    base = finding.step("base")
    return {
        "base": None if base is None else int(base),
        "formula": REQUIREMENT,
        "instrument": instrument,
        "law": law.digest,
        "on": on.isoformat(),
        "readings": dict(readings or {}),
        "requirement": int(finding.value),
        "steps": [{"cite": s.cite, "name": s.name, "value": exact_text(s.value)} for s in finding.steps],
    }


def projection_data(
    law: PlaceLaw,
    instrument: str,
    on: date,
    counties: Iterable[County],
    requirement: int,
    *,
    readings: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Compute the data of `SampleProjected` from the counties' samples.

    Raises
    ------
    UndeterminedError
        A county has not reported its raw count or its sample, or the law of that day knows no such count.
    """
    rows: list[dict[str, int]] = []
    names, faults = [], []
    for county in sorted(counties, key=lambda c: c.name):
        columns = ("raw_count", "sample_size", "valid_in_sample", "duplicates_in_sample")
        known = {column: getattr(county, column) for column in columns}
        missing = [column for column, value in known.items() if value is None]
        if missing:
            faults.append(Fault(f"{county.name} has not reported its {missing[0]}", remedy="Record its report first."))
        names.append(county.name)
        rows.append(known)
    if faults or not rows:
        raise UndeterminedError(*(faults or [Fault("no county has reported a sample")]))
    found = law.count_sample(None, rows, requirement, on=on, instrument=instrument, readings=readings)
    return {
        "count": found.count,
        "decision": found.decision,
        "instrument": instrument,
        "law": law.digest,
        "on": on.isoformat(),
        "projected_valid": int(found.projected_valid),
        "readings": dict(readings or {}),
        "requirement": requirement,
        "rows": [
            {"county": name, **row, "projected_valid": int(of_row.value)}
            for name, row, of_row in zip(names, rows, found.rows, strict=True)
        ],
    }


def vote_data(
    vote: str, rule: str, quantities: Mapping[str, int | str], *, readings: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Compute the data of `VoteDecided`: a rule applied to the numbers of a vote.

    Parameters
    ----------
    quantities
        The counts by their names in the rule language; halves as text such as `17/2`.

    Raises
    ------
    InputError
        The rule cannot be read, or the numbers contradict one another.
    UndeterminedError
        A number that decides is missing.
    """
    counts = {name: int(value) if isinstance(value, int) else _units(value) for name, value in quantities.items()}
    found = decide(rule, Tally(**counts), readings=readings)
    data: dict[str, Any] = {
        "conditions": [
            {"left": _side(c.left), "met": c.met, "right": _side(c.right), "text": c.text} for c in found.conditions
        ],
        "passed": found.passed,
        "quantities": {name: _quantity(value) for name, value in found.tally.known().items()},
        "rule": rule,
        "vote": vote,
    }
    return data | ({"readings": dict(readings)} if readings else {})


def _units(text: str) -> Any:
    value = Fraction(text)
    return int(value) if value.denominator == 1 else value


def _quantity(value: int | Fraction) -> int | str:
    return int(value) if Fraction(value).denominator == 1 else exact_text(value)


def _side(value: Fraction | None) -> str | None:
    """Write a side of a condition; None where it cannot be computed and the rule does not need it."""
    return None if value is None else exact_text(value)
