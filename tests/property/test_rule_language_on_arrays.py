"""The rule language on arrays says what it says exactly, for every operator and for values on a limit."""

from __future__ import annotations

from fractions import Fraction
from typing import get_args

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from referenda.errors import InputError, UndeterminedError
from referenda.forecasting.arrays import evaluate_on_arrays, round_on_arrays
from referenda.law.expressions import parse
from referenda.law.schema import Rounding
from referenda.terms.quantity import Mode

NAMES = ("yes", "no", "valid")
SIGNS = (">", ">=", "<", "<=", "=", "!=")
counts = st.integers(0, 10**7)
simple = st.sampled_from([*NAMES, "1", "55% of valid", "yes - no"])


def deeper(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("({} {} {})".format, parts, st.sampled_from(["+", "-", "*", "/"]), parts),
        st.builds("{}({})".format, st.sampled_from(["floor", "ceil", "abs"]), parts),
        st.builds("{}({}, {})".format, st.sampled_from(["min", "max"]), parts, parts),
        st.builds("if({} {} {}, {}, {})".format, simple, st.sampled_from(SIGNS), simple, parts, parts),
    )


numbers = st.recursive(st.sampled_from([*NAMES, "1", "2", "55%", "0.1", "2/3"]), deeper, max_leaves=6)
comparisons = st.builds("{} {} {}".format, numbers, st.sampled_from(SIGNS), numbers)
rules = st.one_of(
    comparisons,
    st.builds("({}) and ({})".format, comparisons, comparisons),
    st.builds("({}) or not ({})".format, comparisons, comparisons),
)


@given(text=numbers, values=st.lists(st.tuples(counts, counts, counts), min_size=1, max_size=5))
def test_numbers_are_those_of_the_exact_rule(text: str, values: list[tuple[int, int, int]]) -> None:
    rule = parse(text)
    arrays = dict(zip(NAMES, np.array(values, dtype=np.float64).T, strict=True))
    found = np.broadcast_to(evaluate_on_arrays(rule, arrays), (len(values),))
    for row, number in zip(values, found, strict=True):
        try:
            exact = float(rule.number(dict(zip(NAMES, row, strict=True))))
        except (InputError, OverflowError):
            continue
        scale = max([1.0, *map(float, row)])
        assert exact == pytest.approx(number, rel=1e-6, abs=1e-6 * scale)


@given(text=rules, values=st.lists(st.tuples(*[st.integers(0, 400)] * 3), min_size=1, max_size=5))
def test_conditions_hold_where_they_hold_exactly(text: str, values: list[tuple[int, int, int]]) -> None:
    rule = parse(text)
    arrays = dict(zip(NAMES, np.array(values, dtype=np.float64).T, strict=True))
    found = np.broadcast_to(evaluate_on_arrays(rule, arrays), (len(values),))
    for row, holds in zip(values, found, strict=True):
        named = dict(zip(NAMES, row, strict=True))
        try:
            exact = rule.truth(named)
            sides = [abs(c.left.number(named) - c.right.number(named)) for c in rule.conditions]
        except InputError:
            continue
        if all(side == 0 or side > Fraction(1, 10**6) for side in sides) and max(sides) < 10**9:
            assert exact == holds


@example(value=-115_781_527, parts=3, to="0.0001", mode="down")
@given(
    value=st.integers(-(10**9), 10**9),
    parts=st.sampled_from([1, 2, 3, 7, 10, 10_000]),
    to=st.sampled_from(["1", "0.0001", "5", "0.5"]),
    mode=st.sampled_from(get_args(Mode)),
)
def test_rounding_is_that_of_the_law(value: int, parts: int, to: str, mode: str) -> None:
    rounding = Rounding.model_validate({"to": to, "mode": mode})
    exact = rounding.apply(Fraction(value, parts))
    assert float(exact) == pytest.approx(float(round_on_arrays(np.array(value / parts), rounding)), rel=1e-12)


def test_a_share_that_floats_miss_is_on_its_limit() -> None:
    arrays = {"yes": np.array([10.0, 11.0, 12.0]), "valid": np.array(20.0)}
    assert evaluate_on_arrays(parse("yes >= 55% of valid"), arrays).tolist() == [False, True, True]
    assert evaluate_on_arrays(parse("yes > 55% of valid"), arrays).tolist() == [False, False, True]
    assert float(evaluate_on_arrays(parse("ceil(110% of valid)"), {"valid": np.array(10.0)})) == 11


def test_a_side_that_nobody_needs_may_be_unknown() -> None:
    yes = {"yes": np.array([3.0, 4.0])}
    assert evaluate_on_arrays(parse("yes > 2 or units > 3"), yes).tolist() == [True, True]
    assert evaluate_on_arrays(parse("if(yes > 5, units, yes)"), yes).tolist() == [3.0, 4.0]
    with pytest.raises(UndeterminedError, match="units is not known"):
        evaluate_on_arrays(parse("yes > 3 or units > 3"), yes)


def test_a_division_by_zero_is_infinite_and_a_root_below_zero_is_nothing() -> None:
    assert evaluate_on_arrays(parse("yes / valid"), {"yes": np.array(1.0), "valid": np.array(0.0)}) == np.inf
    assert np.isnan(evaluate_on_arrays(parse("sqrt(yes - 2)"), {"yes": np.array(1.0)}))
