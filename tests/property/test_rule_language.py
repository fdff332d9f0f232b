"""The rule language and its margins against independent ways of computing them, over arbitrary rules and counts."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from referenda.errors import InputError, ReferendaError
from referenda.law.expressions import parse
from referenda.law.vote_rule import Tally, alternatives_side_by_side, decide
from referenda_verify import expressions as checker
from referenda_verify.report import Disagreement

NAMES = ("yes", "no", "valid", "registered", "x")
WORDS = (
    *NAMES, "and", "or", "not", "of", "if", "min", "max", "ceil", "floor", "abs", "sqrt", "(", ")", ",", "+", "-", "*",
    "/", "%", ">=", "<=", ">", "<", "=", "!=", "≥", "==", "0", "1", "55", "0.5", " ", "\n", "ballots", "1/0", "é",
    "\x00",
)  # fmt: skip
Twin = tuple[str, str]  # the text in the rule language, and the same in Python over fractions


@st.composite
def numbers(draw: st.DrawFn, depth: int = 2) -> Twin:
    """Draw a sum as the grammar builds it, without more brackets than it asks for."""
    ours, python = "", ""
    for position in range(draw(st.integers(1, 3 if depth else 1))):
        sign = draw(st.sampled_from("+-")) if position else ""
        share = draw(shares(depth))
        ours, python = ours + f" {sign} {share[0]}", python + f" {sign} {share[1]}"
    return ours, python


@st.composite
def shares(draw: st.DrawFn, depth: int) -> Twin:
    products = draw(st.lists(chains(depth), min_size=1, max_size=2 if depth else 1))
    return " of ".join(p[0] for p in products), "*".join(p[1] for p in products)


@st.composite
def chains(draw: st.DrawFn, depth: int) -> Twin:
    """Draw a product; in Python `a of b / c` is `a*b/c`, which is the same number."""
    ours, python = draw(unaries(depth))
    for _ in range(draw(st.integers(0, 2 if depth else 0))):
        sign = draw(st.sampled_from("*/"))
        factor = draw(unaries(depth))
        ours, python = f"{ours} {sign} {factor[0]}", f"{python}{sign}{factor[1]}"
    return ours, python


@st.composite
def unaries(draw: st.DrawFn, depth: int) -> Twin:
    ours, python = draw(primaries(depth))
    return (f"-{ours}", f"(-{python})") if draw(st.integers(0, 5)) == 0 else (ours, python)


@st.composite
def primaries(draw: st.DrawFn, depth: int) -> Twin:
    kind = draw(st.sampled_from(("number", "percent", "name", "name") if not depth else
                                ("number", "percent", "name", "bracket", "function", "several", "if")))  # fmt: skip
    if kind in ("number", "percent"):
        text = f"{draw(st.integers(0, 9999))}{draw(st.sampled_from(('', '.0', '.5', '.25', '.007')))}"
        value = f"F('{text}')"
        return (f"{text}%", f"({value}/100)") if kind == "percent" else (text, value)
    if kind == "name":
        name = draw(st.sampled_from(NAMES))
        return name, f"v['{name}']"
    inner = draw(numbers(depth - 1))
    if kind == "bracket":
        return f"({inner[0]})", f"({inner[1]})"
    if kind == "function":
        name = draw(st.sampled_from(("abs", "ceil", "floor")))
        return f"{name.upper()}({inner[0]})", f"F({name}({inner[1]}))"
    other = draw(numbers(depth - 1))
    if kind == "several":
        name = draw(st.sampled_from(("min", "max")))
        return f"{name}({inner[0]}, {other[0]})", f"{name}({inner[1]}, {other[1]})"
    test = draw(truths(depth - 1))
    return f"if({test[0]}, {inner[0]}, {other[0]})", f"(({inner[1]}) if ({test[1]}) else ({other[1]}))"


@st.composite
def truths(draw: st.DrawFn, depth: int = 2) -> Twin:
    kind = draw(st.sampled_from(("compare",) if not depth else ("compare", "compare", "and", "or", "not", "bracket")))
    if kind == "compare":
        left, right = draw(numbers(min(depth, 1))), draw(numbers(min(depth, 1)))
        sign = draw(st.sampled_from((">=", "<=", ">", "<", "=", "!=", "≥", "≤")))
        same = {"=": "==", "≥": ">=", "≤": "<="}.get(sign, sign)
        return f"{left[0]} {sign} {right[0]}", f"({left[1]}) {same} ({right[1]})"
    first = draw(truths(depth - 1))
    if kind == "bracket":
        return f"({first[0]})", f"({first[1]})"
    if kind == "not":
        return f"not ({first[0]})", f"not ({first[1]})"
    second = draw(truths(depth - 1))
    return f"{first[0]} {kind} {second[0]}", f"{first[1]} {kind} {second[1]}"


values = st.fixed_dictionaries({name: st.integers(0, 40) | st.fractions(-5, 5, max_denominator=6) for name in NAMES})


@given(st.one_of(numbers(), truths()), values)
def test_the_evaluator_agrees_with_fractions(twin: Twin, known: dict[str, Any]) -> None:
    ours, python = twin
    assume(len(ours) <= 4000)
    scope = {"F": Fraction, "v": {k: Fraction(v) for k, v in known.items()}, "ceil": math.ceil, "floor": math.floor}
    try:
        expected = eval(python.strip(), scope)
    except ZeroDivisionError:
        with pytest.raises(InputError, match="is zero"):
            parse(ours).evaluate(known)
        return
    assert parse(ours).evaluate(known) == expected


@given(truths(), values)
def test_a_rule_read_again_from_its_own_text_is_the_same_rule(twin: Twin, known: dict[str, Any]) -> None:
    rule = parse(twin[0])
    again = parse(rule.text)
    assert again == rule
    assert [c.text for c in again.conditions] == [c.text for c in rule.conditions]
    for condition in rule.conditions:
        assert parse(condition.text).conditions[-1].operator == condition.operator


@given(st.text(max_size=60) | st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join))
@example("(" * 2000)
@example("-" * 4000)
@example("not " * 1000)
@example("if(" * 1000)
@example("1 of " * 799 + "1")
@example("9" * 4000)
@example("0." + "9" * 3998)
@example("sqrt(" * 40 + "2" + ")" * 40)
def test_no_text_makes_anything_but_a_rule_or_a_fault_in_its_place(text: str) -> None:
    try:
        rule = parse(text, names=frozenset(NAMES))
    except InputError as error:
        assert error.faults
        for fault in error.faults:
            assert isinstance(fault.column, int)
            assert 1 <= fault.column <= len(text) + 1
            assert str(fault)
        return
    for known in ({}, dict.fromkeys(NAMES, 0), dict.fromkeys(NAMES, Fraction(7, 3))):
        try:
            rule.evaluate(known)
        except ReferendaError as error:
            assert error.faults


texts = st.text(max_size=40) | st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)


@given(st.one_of(numbers(), truths()).map(lambda twin: twin[0]) | texts, values)
def test_the_checker_reads_the_language_in_the_same_way(text: str, known: dict[str, Any]) -> None:
    """The maker and the independent checker share no code: what one reads the other reads, to the same result."""
    assume(len(text) <= 4000)
    try:
        ours = parse(text)
    except InputError:
        for kind in ("number", "truth"):
            with pytest.raises(Disagreement):
                checker.parse(text, kind)
        return
    theirs = checker.parse(text, ours.kind)
    try:
        expected: Any = ours.evaluate(known)
    except ReferendaError:
        with pytest.raises((Disagreement, KeyError)):
            checker.evaluate(theirs, lambda name: Fraction(known[name]))
        return
    assert checker.evaluate(theirs, lambda name: Fraction(known[name])) == expected


counts = st.integers(0, 300)
some = st.integers(1, 300)
percents = st.integers(0, 1000).map(lambda tenths: f"{tenths / 10:g}%")
yes_rules = st.recursive(
    st.one_of(
        st.just("yes > no"),
        st.builds("yes >= {} of valid".format, percents),
        st.builds("yes > {} of valid".format, percents),
        st.builds("yes >= {} of registered".format, percents),
        st.builds("valid > {} of registered".format, percents),
        st.builds("yes >= {}".format, counts),
    ),
    lambda inner: st.builds("({} and {})".format, inner, inner) | st.builds("({} or {})".format, inner, inner),
    max_leaves=4,
)


@given(yes_rules, counts, some, counts)
def test_more_yes_votes_never_lose_a_vote_that_was_won(rule: str, yes: int, no: int, more: int) -> None:
    before = decide(rule, Tally(yes=yes, no=no, registered=1000)).passed
    after = decide(rule, Tally(yes=yes + more, no=no, registered=1000)).passed
    assert after or not before


@given(st.sampled_from((">=", ">", "<=", "<")), percents, st.integers(0, 1000), st.integers(1, 1000))
def test_a_margin_is_the_distance_in_whole_votes(sign: str, percent: str, yes: int, registered: int) -> None:
    assume(yes <= registered)
    (found,) = decide(f"yes {sign} {percent} of registered", Tally(yes=yes, registered=registered)).conditions
    line = Fraction(percent[:-1]) / 100 * registered
    meets = {">=": lambda n: n >= line, ">": lambda n: n > line, "<=": lambda n: n <= line, "<": lambda n: n < line}[
        sign
    ]
    better = 1 if ">" in sign else -1
    enough = math.ceil(line) if ">" in sign else math.floor(line)
    assert found.margin_votes == better * (yes - enough)
    short = found.votes_short
    assert short is not None
    assert short >= 0
    assert found.met is meets(yes) is (short == 0)
    assert meets(yes + better * short)
    assert short == 0 or not meets(yes + better * (short - 1))
    if found.met:  # the margin may be lost; one vote more, and the condition is missed
        assert meets(yes - better * found.margin_votes) or line == enough
        assert not meets(yes - better * (found.margin_votes + 1))


@given(some, counts, st.sampled_from(((">=", "<="), (">", "<"), ("=", "="))))
def test_a_condition_turned_round_is_the_same(yes: int, no: int, signs: tuple[str, str]) -> None:
    tally = Tally(yes=yes, no=no)
    (one,) = decide(f"yes {signs[0]} no", tally).conditions
    (other,) = decide(f"no {signs[1]} yes", tally).conditions
    assert (one.met, one.votes_short) == (other.met, other.votes_short)
    assert signs[0] == "=" or one.margin_votes == other.margin_votes


@given(counts, counts, counts, counts)
def test_what_is_filled_in_of_a_tally_is_consistent(yes: int, no: int, invalid: int, away: int) -> None:
    full = Tally(yes=yes, no=no, invalid=invalid, registered=yes + no + invalid + away)
    assert full.ballots == yes + no + invalid
    assert Tally(**full.known()) == full
    assert Tally(ballots=full.ballots, invalid=invalid, no=no, registered=full.registered) == full


@given(yes_rules, some, counts, st.integers(0, 50))
def test_the_rule_stands_among_its_alternatives_unchanged(rule: str, yes: int, no: int, invalid: int) -> None:
    tally = Tally(yes=yes, no=no, invalid=invalid, registered=1000)
    by_text = {condition.text: condition for condition in decide(rule, tally).conditions}
    for row in alternatives_side_by_side(rule, tally):
        if row.is_the_rule:
            assert row.finding == by_text[row.condition]


@given(yes_rules, counts, some)
def test_every_condition_can_be_said_in_words_and_in_json(rule: str, yes: int, no: int) -> None:
    finding = decide(rule, Tally(yes=yes, no=no, registered=1000))
    for condition in finding.as_dict()["conditions"]:
        assert condition["words"]
        assert ("met" in condition["words"]) is condition["met"]
        assert ("missed" in condition["words"]) is not condition["met"]
