"""The law's own way of counting from a sample, worked out for thousands of imagined petitions at once.

Nothing of a law is written here: the formulas, their versions, roundings, parameters, readings and the order of the
decisions are those of the place's document, worked out on float64 arrays (`arrays`) instead of exactly, number by
number. The exact count (`law.sampled`) decides petitions; this one only says how often they would be decided so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from referenda.errors import Fault, InputError
from referenda.forecasting.arrays import Numbers, Truths, number_on_arrays, round_on_arrays, truth_on_arrays
from referenda.law.place import PlaceLaw
from referenda.law.schema import Formula
from referenda.law.working import expression


@dataclass(frozen=True)
class Counted:
    """Imagined petitions, counted; in signatures.

    `projected` has the shape (draws,); `decision` too, as an index into `CountInDraws.decisions`; `by_row` has the
    shape (draws, rows) and holds what the law projects from each row (county).
    """

    projected: Numbers
    decision: NDArray[np.intp]
    by_row: Numbers


@dataclass(frozen=True)
class FullCheck:
    """Counting where no law is at hand: every line is checked, and as many valid ones as required suffice."""

    requirement: int
    has_sample: bool = False


class CountInDraws:
    """How a place counts a petition from samples, for arrays of counts.

    Parameters
    ----------
    law
        The law of the place.
    instrument
        Such as `statute`.
    on
        The day whose law is used.
    requirement
        Valid signatures needed, above zero.
    readings
        Alternatives chosen for open questions, by the reading's name; the document's choice for the others.

    Raises
    ------
    InputError
        An unknown instrument, reading or alternative, or a requirement that is not above zero.
    """

    def __init__(
        self,
        law: PlaceLaw,
        *,
        instrument: str,
        on: date,
        requirement: int,
        readings: Mapping[str, str] | None = None,
    ) -> None:
        law.check_instrument(instrument)
        if requirement <= 0:
            remedy = "Give the number of valid signatures that the law asks for."
            raise InputError(Fault("the requirement must be above zero", value=str(requirement), remedy=remedy))
        self.law, self.instrument, self.on, self.requirement = law, instrument, on, requirement
        self._chosen = law.readings(readings)
        self._given: dict[str, Numbers] = {"requirement": np.asarray(float(requirement))}
        self.rule = next(iter(law.in_force(law.schema.sample_counts, on, instrument)), None)
        rules = self.rule.decision if self.rule else ()
        self.decisions: tuple[str, ...] = tuple(dict.fromkeys(rule.decide for rule in rules))

    @property
    def has_sample(self) -> bool:
        """Whether the law in force lets a sample speak for the petition."""
        return self.rule is not None

    @property
    def by_county(self) -> bool:
        """Whether each county draws a sample of its own; else one sample is drawn of all lines."""
        return self.rule is not None and self.rule.rows == "county"

    @property
    def left_open(self) -> tuple[str, ...]:
        """What the law leaves to others, without which no sample can be imagined: its size, columns without default."""
        if self.rule is None:
            return ()
        sized = self.law.has_formula("sample_size", on=self.on, instrument=self.instrument)
        columns = (column.name for column in self.rule.columns if column.default is None)
        return (*(() if sized else ("sample_size",)), *columns)

    def sample_size(self, raw: Numbers) -> Numbers | None:
        """Give how many lines are sampled out of so many, of any shape; None where the law has no number for it."""
        if not self.law.has_formula("sample_size", on=self.on, instrument=self.instrument):
            return None
        raw = np.asarray(raw, dtype=np.float64)
        return np.minimum(self._find("sample_size", {"raw_count": raw}).value, raw)

    def fails_on_raw_count(self, raw: Numbers) -> Truths:
        """Say which petitions fail by the number of their lines alone, of which `raw` holds the totals.

        Only where the law says so: the first of its decisions, as long as they ask for nothing but the raw count
        and the requirement.
        """
        raw = np.asarray(raw, dtype=np.float64)
        fails, open_ = np.zeros(raw.shape, dtype=np.bool_), np.ones(raw.shape, dtype=np.bool_)
        for rule in self.rule.decision if self.rule else ():
            if rule.when is None or not expression(rule.when).names <= {"raw_count", "requirement"}:
                break
            holds = open_ & self._holds(rule.when, {"raw_count": raw})
            if rule.decide == "insufficient":
                fails |= holds
            open_ &= ~holds
        return fails

    def decide(self, columns: Mapping[str, Numbers]) -> Counted:
        """Count, and decide.

        Parameters
        ----------
        columns
            The columns of the count (`raw_count`, `sample_size`, `valid_in_sample`, `duplicates_in_sample` and those
            that the place adds, where they have no default), in signatures, each of a shape that broadcasts to
            (draws, rows). A row without a signature counts for nothing; where a whole petition has none, what is
            decided means nothing.

        Raises
        ------
        InputError
            The law has no way to count from a sample, a column is missing, or no version of a formula fits.
        UndeterminedError
            A figure that the formula needs is not in the document.
        """
        if self.rule is None:
            message = f"the law of {self.law.name} holds no way to count the {self.instrument} from a sample"
            raise InputError(Fault(f"{message} on {self.on}", remedy="Ask for a full check."))
        whole = self._fill(columns)
        shape = np.broadcast_shapes(*(column.shape for column in whole.values()))
        there = np.broadcast_to(whole["raw_count"] > 0, shape)
        found = self._find(self.rule.row_formula, whole)

        def total(name: str) -> Numbers:
            values = whole[name] if name in whole else found.step(name)
            summed: Numbers = np.where(there, values, 0.0).sum(axis=-1)
            return summed

        totals = {name: total(name) for name in self.rule.totals}
        values = totals
        if self.rule.formula:
            final = self._find(self.rule.formula, totals)
            values = totals | {name: final.step(name) for name in final.names}
        decision = np.full(shape[:-1], -1, dtype=np.intp)
        for rule in self.rule.decision:
            holds = np.broadcast_to(rule.when is None or self._holds(rule.when, values), decision.shape)
            decision[(decision < 0) & holds] = self.decisions.index(rule.decide)
        projected = np.broadcast_to(values[self.rule.result], decision.shape)
        return Counted(projected, decision, np.where(there, found.value, 0.0))

    def _fill(self, columns: Mapping[str, Numbers]) -> dict[str, Numbers]:
        """Take the columns of the count, with the defaults of those left out (InputError names what is missing)."""
        defaults = self.rule.defaults if self.rule else {}
        missing = [name for name, default in defaults.items() if default is None and name not in columns]
        if missing:
            words = f"the count of {self.law.name} has no such number"
            raise InputError(*(Fault(words, column=name, remedy=f"Give {name}.") for name in missing))
        return {
            name: np.atleast_1d(np.asarray(columns.get(name, default), dtype=np.float64))
            for name, default in defaults.items()
        }

    def _find(self, formula: str, values: Mapping[str, Numbers]) -> _Found:
        """Work out a formula: each petition and row by the first version whose `when` holds for it."""
        asked = self.law.inputs_of(formula)
        known: dict[str, Numbers] = {**values, **self._given}
        inputs = {name: value for name, value in known.items() if name in asked}
        shape = np.broadcast_shapes(*(value.shape for value in inputs.values()))
        open_ = np.ones(shape, dtype=np.bool_)
        if "raw_count" in inputs:
            open_ &= inputs["raw_count"] > 0
        parts: list[tuple[Truths, dict[str, Numbers], str]] = []
        for version in self.law.versions(formula, on=self.on, instrument=self.instrument):
            holds = open_ if version.when is None else open_ & self._holds(version.when, inputs)
            if holds.any() or version.when is None:  # without any petition the steps still have their names
                parts.append((holds, self._steps(version, inputs), version.result_step))
                open_ = open_ & ~holds
        if open_.any():
            raise InputError(Fault(f"no version of the formula {formula} fits what was drawn"))
        return _Found(shape, parts)

    def _steps(self, version: Formula, inputs: Mapping[str, Numbers]) -> dict[str, Numbers]:
        steps: dict[str, Numbers] = {}
        for step in version.steps:
            text, rounding = step.as_read(self._chosen.get(step.reading or ""))
            value = number_on_arrays(expression(text), _Names(self, {**inputs, **steps}))
            steps[step.name] = round_on_arrays(value, rounding) if rounding else value
        return steps

    def _holds(self, text: str, values: Mapping[str, Numbers]) -> Truths:
        return truth_on_arrays(expression(text), _Names(self, {**values, **self._given}))

    def parameter(self, name: str) -> Numbers:
        """Give a parameter in force (InputError, UndeterminedError: see `PlaceLaw.parameter`)."""
        return np.asarray(float(self.law.parameter(name, on=self.on, instrument=self.instrument).number))


class _Names(Mapping[str, Numbers]):
    """What each name means: a step or an input that is known, else a parameter in force, looked up when needed."""

    def __init__(self, count: CountInDraws, known: Mapping[str, Numbers]) -> None:
        self._count, self._known = count, known

    def __getitem__(self, name: str) -> Numbers:
        return self._known[name] if name in self._known else self._count.parameter(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


@dataclass(frozen=True)
class _Found:
    """A formula worked out; each part says where it holds, its steps, and which of them is the result."""

    shape: tuple[int, ...]
    parts: Sequence[tuple[Truths, dict[str, Numbers], str]]

    @property
    def names(self) -> list[str]:
        """Every step of any version that was needed."""
        return list(dict.fromkeys(name for _, steps, _ in self.parts for name in steps))

    @property
    def value(self) -> Numbers:
        """What the formula comes to; zero where nothing was filed."""
        return self.step("")

    def step(self, name: str) -> Numbers:
        """Give a step; the result where the version in force has no such step."""
        if len(self.parts) == 1 and self.parts[0][0].all():
            [(_, steps, result)] = self.parts
            return np.broadcast_to(steps.get(name, steps[result]), self.shape)
        merged = np.zeros(self.shape)
        for holds, steps, result in self.parts:
            np.copyto(merged, steps.get(name, steps[result]), where=holds)
        return merged
