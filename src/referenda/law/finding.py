"""A rule applied: the value, the steps that made it, what each rests on, and the readings met on the way."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from referenda.law.schema import Rounding, Unit
from referenda.terms.quantity import exact_text, plain, round_to, shown

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_MODE_WORDS = {
    "up": "rounded up",
    "down": "rounded down",
    "half_up": "rounded half up",
    "half_even": "rounded half to even",
}


@dataclass(frozen=True)
class ParameterValue:
    """What the law sets on a day: a number, or text where the unit is `text`."""

    name: str
    about: str
    value: Fraction | str
    text: str
    unit: Unit
    cite: str
    note: str | None
    reading: str | None
    from_: date | None
    until: date | None

    @property
    def number(self) -> Fraction:
        """Give the value as a number; a parameter in text has none and is refused by the schema where one is needed."""
        return Fraction(self.value)

    def as_dict(self) -> dict[str, Any]:
        """Give the value for JSON, as the text that the document has."""
        known = {"name": self.name, "value": self.text, "unit": self.unit, "cite": self.cite, "note": self.note}
        return {key: value for key, value in known.items() if value is not None}

    def __str__(self) -> str:
        """Write the value with its unit, as a person would."""
        return with_unit(self.text, self.unit)


@dataclass(frozen=True)
class Step:
    """One step of a formula, worked out."""

    name: str
    value: Fraction
    expression: str
    cite: str
    about: str
    reading: str | None
    unrounded: Fraction
    rounding: Rounding | None = None
    operands: tuple[tuple[str, Fraction | str], ...] = ()
    parameters: tuple[ParameterValue, ...] = ()

    @property
    def words(self) -> str:
        """Write the step with its numbers filled in; made when asked for, since most steps are never shown."""
        known = {name: v if isinstance(v, str) else number_words(v) for name, v in self.operands}
        return step_words(self.expression, known, self.unrounded, self.rounding)

    def as_dict(self) -> dict[str, Any]:
        """Give the step for JSON: `value` as the nearest number, `exact` as text that loses nothing."""
        return {
            "name": self.name,
            "value": plain(self.value),
            "exact": exact_text(self.value),
            "expression": self.expression,
            "words": self.words,
            "cite": self.cite,
            "about": self.about,
            "reading": self.reading,
            "parameters": [parameter.as_dict() for parameter in self.parameters],
        }


@dataclass(frozen=True)
class ReadingUsed:
    """An open question met on the way, and how it was read."""

    name: str
    question: str
    chosen: str
    alternatives: tuple[tuple[str, str], ...]
    because: str
    cite: str

    def as_dict(self) -> dict[str, Any]:
        """Give the reading for JSON."""
        return {**vars(self), "alternatives": [{"name": name, "about": about} for name, about in self.alternatives]}


@dataclass(frozen=True)
class Finding:
    """A formula worked out."""

    name: str
    value: Fraction
    steps: tuple[Step, ...]
    readings: tuple[ReadingUsed, ...]

    def step(self, name: str) -> Fraction | None:
        """Give the value of one step, or None where the formula in force has no such step."""
        return next((step.value for step in self.steps if step.name == name), None)

    def as_dict(self) -> dict[str, Any]:
        """Give the finding for JSON."""
        return {
            "name": self.name,
            "value": plain(self.value),
            "exact": exact_text(self.value),
            "steps": [step.as_dict() for step in self.steps],
            "readings": [reading.as_dict() for reading in self.readings],
        }


@dataclass(frozen=True)
class SampleFinding:
    """A petition counted from a sample: every row, the totals, and what is decided."""

    count: str
    rows: tuple[Finding, ...]
    totals: Mapping[str, Fraction]
    projected_valid: Fraction
    decision: str
    decision_about: str
    decision_cite: str
    steps: tuple[Step, ...]
    readings: tuple[ReadingUsed, ...]


def with_unit(text: str, unit: Unit) -> str:
    """Write a value of a law document with its unit: `180 days`, `USD 2,000`, `5%`."""
    if unit in ("text", "share", "number"):
        return text
    number = shown(Fraction(text), 2)
    if unit == "dollars":
        return f"USD {number}"
    return f"{number} {unit[:-1] if number == '1' else unit}"


def number_words(value: Fraction) -> str:
    """Write a number as it stands, or cut off after six decimals with a mark that it goes on."""
    cut = round_to(abs(value), Fraction(1, 10**6), "down")
    sign = "-" if value < 0 else ""
    return f"{sign}{shown(cut, 6)}" + ("" if cut == abs(value) else "…")


def step_words(expression: str, known: Mapping[str, str], raw: Fraction, rounding: Rounding | None) -> str:
    """Write a step with its numbers filled in: `516 / 722 = 0.714681…, rounded half up to 0.0001: 0.7147`."""
    filled = _NAME.sub(lambda match: known.get(match[0], match[0]), expression).replace("*", "×")
    result = number_words(raw)
    words = filled if filled == result else f"{filled} = {result}"
    if rounding is None or rounding.apply(raw) == raw:
        return words
    return f"{words}, {rounding_words(rounding)}: {shown(rounding.apply(raw), 6)}"


def rounding_words(rounding: Rounding) -> str:
    """Write a rounding: `rounded up to a whole number`."""
    to = "a whole number" if rounding.to == 1 else exact_text(rounding.to)
    return f"{_MODE_WORDS[rounding.mode]} to {to}"
