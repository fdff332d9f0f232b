"""The rule language on arrays: a checked expression of the law worked out for thousands of draws in one walk.

The tree is the one that `law.expressions` evaluates exactly; here its numbers are float64. A float stands beside the
exact number by at most a few parts in 10^15, so a value that the law puts exactly on a limit could fall on the wrong
side of it. Two sides of a comparison, and a value and the step it is rounded to, are therefore taken for equal when
they differ by less than `ABSOLUTE` + `RELATIVE` times their size, far less than the least difference that whole
signatures or votes can make.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from referenda.errors import Fault, UndeterminedError
from referenda.law.expressions import Expression
from referenda.law.schema import Rounding
from referenda.law.syntax import Node

ABSOLUTE, RELATIVE = 1e-9, 1e-14

Numbers = NDArray[np.float64]
Truths = NDArray[np.bool_]
Values = Mapping[str, Numbers]
Side = TypeVar("Side", Numbers, Truths)


def evaluate_on_arrays(expression: Expression, values: Values) -> Numbers | Truths:
    """Work out an expression for every draw.

    Parameters
    ----------
    expression
        A checked rule or formula.
    values
        What each name stands for, in shapes that broadcast together.

    Returns
    -------
    NDArray
        Of float64, or of bool for a condition, in the shape that the values broadcast to. Where something is divided
        by zero, or the root of a number below zero is taken, it holds infinity or nan; the exact count would refuse.

    Raises
    ------
    UndeterminedError
        A name that some draw needs has no value (`if`, `and`, `or` do not need every side).

    Examples
    --------
    >>> from referenda.law.expressions import parse
    >>> evaluate_on_arrays(parse("yes >= 55% of valid"), {"yes": np.array([54.0, 55.0]), "valid": np.array(100.0)})
    array([False,  True])
    """
    return truth_on_arrays(expression, values) if expression.kind == "truth" else number_on_arrays(expression, values)


@np.errstate(divide="ignore", invalid="ignore")
def number_on_arrays(expression: Expression, values: Values) -> Numbers:
    """Work out a number; see `evaluate_on_arrays`."""
    return _number(expression.node, values)


@np.errstate(divide="ignore", invalid="ignore")
def truth_on_arrays(expression: Expression, values: Values) -> Truths:
    """Work out a condition; see `evaluate_on_arrays`."""
    return _truth(expression.node, values)


@np.errstate(invalid="ignore")
def round_on_arrays(values: Numbers, rounding: Rounding) -> Numbers:
    """Round as a step of the law does (`terms.quantity.round_to`), with whole steps and ties within the slack.

    Examples
    --------
    >>> round_on_arrays(np.array([1.1 * 10 / 5 + 1e-15, 2.2]), Rounding.model_validate({"to": "0.1", "mode": "up"}))
    array([2.2, 2.2])
    """
    scaled = values * float(1 / rounding.to)
    match rounding.mode:
        case "up":
            whole = _ceil(scaled)
        case "down":
            whole = _floor(scaled)
        case "half_up":
            whole = _floor(scaled + 0.5)
        case "half_even":
            whole = _floor(scaled + 0.5)
            tie = np.abs(whole - scaled - 0.5) <= _slack(scaled)
            whole = whole - (tie & (whole % 2 == 1))
    return whole * float(rounding.to)


def _slack(*sizes: Numbers) -> Numbers:
    """Give by how much two numbers of these sizes may differ and still be taken for equal."""
    largest = np.abs(sizes[0])
    for size in sizes[1:]:
        largest = np.maximum(largest, np.abs(size))
    return ABSOLUTE + RELATIVE * largest


def _floor(values: Numbers) -> Numbers:
    return np.floor(values + _slack(values))


def _ceil(values: Numbers) -> Numbers:
    return np.ceil(values - _slack(values))


def _truth(node: Node, values: Values) -> Truths:
    """Work out a condition; a side that settles nothing is left alone, as it may need what is not known."""
    match node.op:
        case "and" | "or":
            settled = node.op == "or"
            held = _truth(node.parts[0], values)
            for part in node.parts[1:]:
                if (held == settled).all():
                    break
                held = held | _truth(part, values) if settled else held & _truth(part, values)
            return held
        case "not":
            return ~_truth(node.parts[0], values)
        case "if":
            return _choose(node, values, _truth)
    left, right = (_number(part, values) for part in node.parts)
    above = left - right
    slack = _slack(left, right)
    match node.op:
        case ">=":
            return np.asarray(above >= -slack)
        case "<=":
            return np.asarray(above <= slack)
        case ">":
            return np.asarray(above > slack)
        case "<":
            return np.asarray(above < -slack)
        case "=":
            return np.asarray(np.abs(above) <= slack)
    return np.asarray(np.abs(above) > slack)


def _number(node: Node, values: Values) -> Numbers:
    match node.op:
        case "number":
            return np.asarray(float(node.value))
        case "name":
            return _named(node.name, values)
        case "if":
            return _choose(node, values, _number)
    first, *rest = (_number(part, values) for part in node.parts)
    match node.op:
        case "negative":
            return -first
        case "inverse":
            return 1 / first
        case "abs":
            return np.abs(first)
        case "floor":
            return _floor(first)
        case "ceil":
            return _ceil(first)
        case "+":
            for other in rest:
                first = first + other
        case "*" | "of":
            for other in rest:
                first = first * other
        case "min":
            for other in rest:
                first = np.minimum(first, other)
        case "max":
            for other in rest:
                first = np.maximum(first, other)
        case _:
            return np.sqrt(first)
    return first


def _named(name: str, values: Values) -> Numbers:
    try:
        return np.asarray(values[name], dtype=np.float64)
    except KeyError:
        raise UndeterminedError(Fault(f"{name} is not known", value=name, remedy=f"Give {name} a number.")) from None


def _choose(node: Node, values: Values, of: Callable[[Node, Values], Side]) -> Side:
    """Take the side of an `if` that each draw's condition asks for; one that none asks for is not worked out."""
    test, then, other = node.parts
    holds = _truth(test, values)
    if holds.all():
        return of(then, values)
    if not holds.any():
        return of(other, values)
    return np.where(holds, of(then, values), of(other, values))
