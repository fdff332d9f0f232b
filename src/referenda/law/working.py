"""A formula being worked out, step by step, from its inputs and the parameters in force."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache

from referenda.errors import Fault, InputError
from referenda.law.expressions import parse
from referenda.law.finding import ParameterValue, Step
from referenda.law.schema import FormulaStep

expression = lru_cache(maxsize=4096)(parse)


class Working(Mapping[str, Fraction]):
    """What each name means: an earlier step, an input or a parameter in force, in that order.

    Names are looked up when an expression needs them, so a parameter that no side needs may be missing.
    """

    def __init__(self, inputs: Mapping[str, int | Fraction], parameter: Callable[[str], ParameterValue]) -> None:
        self.inputs = inputs
        self.steps: dict[str, Fraction] = {}
        self.readings: dict[str, None] = {}
        self._parameter = parameter
        self._operands: dict[str, Fraction | str] = {}
        self._used: dict[str, ParameterValue] = {}

    def __getitem__(self, name: str) -> Fraction:
        if name in self.steps or name in self.inputs:
            value = self.steps[name] if name in self.steps else Fraction(self.inputs[name])
            self._operands[name] = value
            return value
        found = self._parameter(name)
        if found.reading:
            self.readings[found.reading] = None
        self._used[name] = found
        self._operands[name] = found.text if "%" in found.text else found.number
        return found.number

    def __iter__(self) -> Iterator[str]:
        yield from dict.fromkeys((*self.steps, *self.inputs))

    def __len__(self) -> int:
        return len(self.steps.keys() | self.inputs.keys())

    def require(self, names: Iterable[str], formula: str) -> None:
        """Refuse to go on without an input (InputError names every one that is missing)."""
        missing = [name for name in names if name not in self.inputs]
        if missing:
            message = f"the formula {formula} needs {', '.join(missing)}"
            raise InputError(Fault(message, remedy="Give each of them a number."))

    def value(self, text: str) -> Fraction | bool:
        """Work out an expression."""
        return expression(text).evaluate(self)

    def step(self, step: FormulaStep, alternative: str | None) -> Step:
        """Work out one step, as its reading's alternative has it, and keep its value for the next."""
        text, rounding = step.as_read(alternative)
        self._operands, self._used = {}, {}
        raw = Fraction(self.value(text))
        value = rounding.apply(raw) if rounding else raw
        if step.reading:
            self.readings[step.reading] = None
        self.steps[step.name] = value
        return Step(
            step.name,
            value,
            expression(text).text,
            step.cite,
            step.about,
            step.reading,
            unrounded=raw,
            rounding=rounding,
            operands=tuple(self._operands.items()),
            parameters=tuple(self._used.values()),
        )
