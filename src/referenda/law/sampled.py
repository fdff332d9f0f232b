"""A petition counted from a sample: each row by the law's formula, the totals, and what is decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from referenda.errors import Fault, InputError, UndeterminedError
from referenda.law.finding import Finding, SampleFinding, Step
from referenda.law.schema import SampleCount
from referenda.law.working import expression
from referenda.terms.names import check_name

if TYPE_CHECKING:
    from referenda.law.place import PlaceLaw


def sample_count(law: PlaceLaw, name: str | None, *, on: date, instrument: str) -> SampleCount:
    """Give a way of counting from a sample; the first in force where no name is given.

    Raises
    ------
    InputError
        No sample count of this name is known.
    UndeterminedError
        None is in force on that day for that instrument.
    """
    law.check_instrument(instrument)
    counts = law.schema.sample_counts
    if name is not None:
        check_name("sample count", name, {count.name for count in counts})
    for count in law.in_force(counts, on, instrument):
        if name is None or count.name == name:
            return count
    message = f"the law of {law.name} holds no way to count the {instrument} from a sample on {on}"
    raise UndeterminedError(Fault(message, remedy=f"See what is encoded: referenda law coverage {law.id}"))


def count_sample(
    law: PlaceLaw,
    count: str | None,
    rows: Sequence[Mapping[str, int]],
    requirement: int,
    *,
    on: date,
    instrument: str,
    readings: Mapping[str, str] | None = None,
) -> SampleFinding:
    """Count a petition from the samples of its rows (counties), and decide.

    Parameters
    ----------
    count
        Name of the sample count; None for the first in force.
    rows
        For each row the columns of the count, in signatures; columns with a default may be left out. That the
        numbers of a row fit together (no more valid than sampled, for instance) is for whoever reads them to check.
    requirement
        Signatures needed.
    on
        The day whose law is used.
    instrument
        Such as `statute`.
    readings
        Alternatives chosen for open questions.

    Raises
    ------
    InputError
        A row lacks a column or has one that is not known, or numbers that no version of the formula fits.
    UndeterminedError
        The law of that day, or a figure it needs, is not in the document.
    """
    rule = sample_count(law, count, on=on, instrument=instrument)
    filled = _fill(rule, rows)
    given: dict[str, Fraction | int] = {"requirement": requirement}

    def find(formula: str, values: Mapping[str, Fraction | int]) -> Finding:
        return _find(law, formula, {**values, **given}, on, instrument, readings)

    found = tuple(find(rule.row_formula, row) for row in filled)
    totals = {name: _total(name, rule, filled, found) for name in rule.totals}
    used = [reading for finding in found for reading in finding.readings]
    steps: tuple[Step, ...] = ()
    if rule.formula:
        final = find(rule.formula, totals)
        steps, used = final.steps, [*used, *final.readings]
    values: dict[str, Fraction | int] = {**given, **totals, **{step.name: step.value for step in steps}}
    decided = next(d for d in rule.decision if d.when is None or expression(d.when).evaluate(values))
    return SampleFinding(
        count=rule.name,
        rows=found,
        totals=totals,
        projected_valid=Fraction(values[rule.result]),
        decision=decided.decide,
        decision_about=decided.about,
        decision_cite=decided.cite,
        steps=steps,
        readings=tuple({reading.name: reading for reading in used}.values()),
    )


def count_row(
    law: PlaceLaw,
    rule: SampleCount,
    row: Mapping[str, int],
    requirement: int,
    *,
    on: date,
    instrument: str,
    readings: Mapping[str, str] | None = None,
) -> Finding:
    """Count one row (county) by the law's formula for it; parameters and errors are those of `count_sample`."""
    [filled] = _fill(rule, [row])
    return _find(law, rule.row_formula, {**filled, "requirement": requirement}, on, instrument, readings)


def _find(
    law: PlaceLaw,
    formula: str,
    values: Mapping[str, Fraction | int],
    on: date,
    instrument: str,
    readings: Mapping[str, str] | None,
) -> Finding:
    """Work out a formula from those of the values that it asks for."""
    asked = law.inputs_of(formula)
    inputs = {name: value for name, value in values.items() if name in asked}
    return law.find(formula, inputs, on=on, instrument=instrument, readings=readings)


def _fill(rule: SampleCount, rows: Sequence[Mapping[str, int]]) -> list[dict[str, int]]:
    """Take the columns of each row, with the defaults of those left out; every fault of every row is named."""
    defaults = rule.defaults
    faults = []
    filled = []
    for number, row in enumerate(rows, start=1):
        for name in row:
            check_name("column", name, defaults)
        whole = {name: row.get(name, default) for name, default in defaults.items()}
        filled.append({name: value for name, value in whole.items() if value is not None})
        faults += [
            Fault(f"row {number} of the counts has no such number", column=name, remedy=f"Give {name} for every row.")
            for name, value in whole.items()
            if value is None
        ]
    if faults:
        raise InputError(*faults)
    return filled


def _total(name: str, rule: SampleCount, rows: Sequence[Mapping[str, int]], found: Sequence[Finding]) -> Fraction:
    """Add up a column, else a step of the row formula, else its result under the formula's own name."""
    if name in rule.defaults:
        return Fraction(sum(row[name] for row in rows))
    total = Fraction(0)
    for finding in found:
        step = finding.step(name)
        total += finding.value if step is None else step
    return total
