"""The rule language: what it reads, what it computes, and how it says what is wrong."""

from __future__ import annotations

from fractions import Fraction

import pytest

from referenda.errors import InputError, UndeterminedError
from referenda.law.expressions import parse

QUANTITIES = frozenset(
    {"registered", "ballots", "valid", "yes", "no", "invalid", "election_ballots", "units", "units_carried", "voting"}
)
VALUES = {"yes": 7, "no": 3, "valid": 10, "registered": 40, "x": Fraction(5, 2), "zero": 0}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("55% of 415665", Fraction(22861575, 100)),
        ("0.1 + 0.2", Fraction(3, 10)),
        ("1/3 + 1/3 + 1/3", Fraction(1)),
        ("2 + 3 * 4", Fraction(14)),
        ("2 - 3 - 4", Fraction(-5)),
        ("12 / 3 / 2", Fraction(2)),
        ("2/3 of 3 * 2", Fraction(4)),  # `of` binds looser than *
        ("50% of 10 + 1", Fraction(6)),  # and tighter than +
        ("50% of 50% of registered", Fraction(10)),
        ("-yes + 1", Fraction(-6)),
        ("--yes", Fraction(7)),
        ("-yes * -no", Fraction(21)),
        ("3 % of 100", Fraction(3)),
        ("min(yes, no, 5)", Fraction(3)),
        ("max(yes, x)", Fraction(7)),
        ("min(1/2, 2/5, 3/7)", Fraction(2, 5)),
        ("max(5/2, 7/3, 9/4)", Fraction(5, 2)),
        ("ceil(yes)", Fraction(7)),
        ("ceil(x) + floor(x)", Fraction(5)),
        ("ceil(-x)", Fraction(-2)),
        ("floor(-x)", Fraction(-3)),
        ("abs(no - yes)", Fraction(4)),
        ("sqrt(16)", Fraction(4)),
        ("sqrt(2)", Fraction(1414213562373095048801688724209, 10**30)),
        ("if(yes > no, 1, 2)", Fraction(1)),
        ("IF(yes < no, 1, 2)", Fraction(2)),
        ("if(zero = 0, 0, yes / zero)", Fraction(0)),
        ("1 / -2", Fraction(-1, 2)),
        ("1 / 2 * -4 / x", Fraction(-4, 5)),
    ],
)
def test_arithmetic_is_exact_and_follows_the_grammar(text: str, value: Fraction) -> None:
    assert parse(text).evaluate(VALUES) == value


@pytest.mark.parametrize(
    ("text", "truth"),
    [
        ("yes > no", True),
        ("yes ≥ 70% of valid", True),
        ("yes > 70% OF valid", False),
        ("yes <= 7 and no = 3", True),
        ("yes == 7", True),
        ("yes != 7", False),
        ("yes ≤ 6.99", False),
        ("not yes > no", False),
        ("not not yes > no", True),
        ("yes < no or yes > no and no > 5", False),  # `and` binds tighter than `or`
        ("(yes < no or yes > no) and no > 2", True),
        ("yes > no or 1 / zero > 1", True),
        ("yes < no and unknown > 1", False),
        ("if(yes > no, no > 5, no < 5)", False),
        ("1/3 of 30 = 10", True),
        ("1 / -2 < 0", True),
    ],
)
def test_a_condition_is_true_or_false(text: str, truth: bool) -> None:
    assert parse(text).evaluate(VALUES) is truth


def test_the_conditions_keep_the_words_of_their_author() -> None:
    rule = parse("ballots  >= 50% of registered\nand ( yes >= 55 %\tof valid or (no) < 5 )", names=QUANTITIES)
    assert [c.text for c in rule.conditions] == [
        "ballots >= 50% of registered",
        "yes >= 55 % of valid",
        "(no) < 5",
    ]
    assert rule.conditions[1].left.text == "yes"
    assert rule.conditions[1].operator == ">="
    assert rule.conditions[1].right.text == "55 % of valid"
    assert rule.text == "ballots >= 50% of registered and ( yes >= 55 % of valid or (no) < 5 )"


def test_the_names_and_the_kind_are_known_before_any_number() -> None:
    assert parse("yes > 5").kind == "truth"
    assert parse("yes / valid").kind == "number"
    assert parse("min(yes, 2 of no) - yes").names == {"yes", "no"}


@pytest.mark.parametrize(
    ("text", "character", "part", "remedy"),
    [
        ("yes >= 40% of regsitered", 15, "`regsitered` is not a quantity", "Did you mean registered?"),
        ("yes >= 40% of electorate", 15, "`electorate`", "Did you mean registered?"),
        ("turnout > 5", 1, "`turnout`", "Did you mean ballots?"),
        ("yes > 50% of votes", 14, "`votes`", "Did you mean valid?"),
        ("units_caried > 1", 1, "`units_caried`", "Did you mean units_carried?"),
        ("Yes > no", 1, "`Yes`", "Did you mean yes?"),
        ("yes > qqqqqq", 7, "`qqqqqq`", "There are ballots"),
        ("1 < yes < 5", 9, "does not chain", "Write 1 < yes and yes < 5."),
        ("yes and no > 5", 1, "`yes` is a number, but `and` needs a condition", "Compare it"),
        ("not yes", 5, "`not` needs a condition", "Compare it"),
        ("(yes > no) + 1", 1, "`+` needs a number", "Use if("),
        ("yes => no", 5, "'=>'", "Write >=."),
        ("yes =< no", 5, "'=<'", "Write <=."),
        ("yes <> no", 5, "'<>'", "Write !=."),
        ("yes × 2 > no", 5, "'×'", "Write *."),
        ("yes > no && no > 1", 10, "'&&'", "Write and."),
        ("yes > .5", 7, "'.'", "as in 0.5"),
        ("yes\u00a0> no", 4, "no meaning", "Write an ordinary space."),
        ("yes > no; drop", 9, "';'", "Use names, numbers"),
        ("yes > 1,000", 8, "','", "without commas: 5000"),
        ("yes >= 55 percent of valid", 11, "'percent'", "Did you mean %?"),
        ("yes > no nad no > 1", 10, "'nad'", "Did you mean and?"),
        ("yes > ", 6, "ends where a number or a name is missing", None),
        ("(yes > no", 1, "never closed", "Close it"),
        ("yes > no)", 9, "never opened", "Leave it out"),
        ("min(yes, ) > 1", 10, "')' stands where", None),
        ("", 1, "the rule is empty", None),
        (" \n", 1, "the rule is empty", None),
        ("ceil(yes, 2) > 1", 1, "takes 1 argument", None),
        ("if(yes > no, 1) > 1", 1, "takes 3 argument", None),
        ("ceiling(yes) > 1", 1, "not a function", "Did you mean ceil?"),
        ("cos(yes) > 1", 1, "not a function", "There are min, max"),
        ("min yes > 1", 5, "opening bracket of `min`", None),
        ("if(yes > no, 1, yes > no) > 1", 17, "the last argument of `if` needs a number", None),
        ("yes > 5 of", 11, "ends where", None),
        ("٣ > yes", 1, "no meaning", None),
    ],
)
def test_a_fault_points_to_its_character(text: str, character: int, part: str, remedy: str | None) -> None:
    with pytest.raises(InputError) as caught:
        parse(text, names=QUANTITIES)
    fault = caught.value.faults[0]
    assert fault.column == character
    assert part in fault.message
    assert fault.value == text
    if remedy:
        assert remedy in (fault.remedy or "")


def test_every_unknown_name_and_mixed_kind_is_said_at_once() -> None:
    with pytest.raises(InputError) as caught:
        parse("regsitered > 5 and blots > 5 and 3", names=QUANTITIES)
    assert [fault.column for fault in caught.value.faults] == [1, 20, 34]


def test_capital_letters_in_a_name_are_refused_where_every_name_is_allowed() -> None:
    with pytest.raises(InputError, match="Write raw_count"):
        parse("Raw_Count * 2", what="formula")


def test_a_message_calls_the_text_what_it_is() -> None:
    with pytest.raises(InputError, match="the formula is empty"):
        parse("", what="formula")


def test_a_rule_may_have_4000_characters_and_no_more() -> None:
    longest = "1" + "+1" * 1999 + " "
    assert len(longest) == 4000
    assert parse(longest).evaluate({}) == 2000
    with pytest.raises(InputError, match="4,001 characters"):
        parse(longest + " ")


@pytest.mark.parametrize(
    ("opening", "inside", "closing"),
    [
        ("(", "yes", ")"),
        ("not ", "yes > no", ""),
        ("-", "yes", ""),
        ("min(", "yes", ")"),
        ("0 + 1 * max(2 of ", "yes", ")"),
        ("not (1 > 2 or 2 < 1 and ", "4 > 5", ")"),
        ("if(1 = 1 and 2 = 2 or 3 = 3, 1 + 2 of 3 * ", "5", ", 5)"),
    ],
)
def test_a_rule_may_be_nested_50_deep_and_no_deeper(opening: str, inside: str, closing: str) -> None:
    per_level = opening.count("(") + opening.count("not") + (opening == "-")
    levels = 50 // per_level
    parse(opening * levels + inside + closing * levels).evaluate(VALUES)
    with pytest.raises(InputError, match="nested deeper than 50"):
        parse(opening * (levels + 1) + inside + closing * (levels + 1))


def test_a_long_chain_is_not_a_deep_one() -> None:
    assert parse(" of ".join(["1"] * 600)).evaluate({}) == 1
    assert parse(" and ".join(["1=1"] * 400)).evaluate({}) is True
    assert parse("1" + "/1" * 1900).evaluate({}) == 1


def test_division_by_zero_names_the_expression() -> None:
    with pytest.raises(InputError, match=r"`\(no - 3\)` is zero") as caught:
        parse("yes / (no - 3) > 1").evaluate(VALUES)
    assert caught.value.faults[0].column == 7
    with pytest.raises(InputError, match="is zero"):
        parse("1 / 0").evaluate({})


def test_the_root_of_a_number_below_zero_is_refused() -> None:
    with pytest.raises(InputError, match=r"`sqrt\(no - yes\)` is the root of a number below zero"):
        parse("sqrt(no - yes)").evaluate(VALUES)


def test_a_name_without_a_value_leaves_the_rule_undetermined() -> None:
    with pytest.raises(UndeterminedError, match="registered is not known"):
        parse("yes > 50% of registered").evaluate({"yes": 5})


def test_numbers_too_long_to_write_are_refused() -> None:
    rule = parse("*".join(["yes"] * 900))
    with pytest.raises(InputError, match="600 digits"):
        rule.evaluate({"yes": 10**18})


def test_expressions_of_the_same_text_are_equal() -> None:
    assert parse("yes  > no") == parse("yes > no")
    assert len({parse("yes > no"), parse("yes >\tno"), parse("yes < no")}) == 2


@pytest.mark.parametrize(
    "text",
    ["yes >> no", "yes <<", "yes > > no", "yes >", "yes no", "> no", "if(yes > no, 1) > 0", "ceil(1, 2) > 0", ""],
)
def test_every_fault_of_a_rule_says_what_to_do(text: str) -> None:
    with pytest.raises(InputError) as refused:
        parse(text, names=QUANTITIES)
    assert all(fault.remedy for fault in refused.value.faults)


def test_a_sign_written_twice_is_known_for_what_was_meant() -> None:
    with pytest.raises(InputError, match=r"Write >\."):
        parse("yes >> no", names=QUANTITIES)
