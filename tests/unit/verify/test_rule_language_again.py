"""The checker's own reader of the rule language. Source: rule-language.md."""

from __future__ import annotations

from fractions import Fraction

import pytest

from referenda_verify.expressions import evaluate, nodes, parse
from referenda_verify.report import Disagreement

VALUES = {
    "yes": Fraction(230711),
    "no": Fraction(184954),
    "valid": Fraction(415665),
    "zero": Fraction(0),
    "vast": Fraction(10**500),
}


def computed(text: str, kind: str = "number") -> object:
    return evaluate(parse(text, kind), VALUES.__getitem__)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(1, 2), "50%"),
        (Fraction(1, 2), "50 %"),
        (Fraction(1, 2), "0.50"),
        (7, "1 + 2 * 3"),
        (9, "(1 + 2) * 3"),
        (1, "7 - 4 - 2"),
        (5, "7 - (4 - 2)"),
        (Fraction(1, 6), "1 / 2 / 3"),
        (Fraction(3, 2), "1 / (2 / 3)"),
        (-8, "-2 * 4"),
        (8, "-2 * -4"),
        (6, "- - 6"),
        (Fraction("228615.75"), "55% of valid"),
        (Fraction("228616.75"), "1 + 55% of valid"),
        (Fraction(3, 4), "1/2 of 3/2"),
        (Fraction(1, 3), "2 / 3 of 1 / 2"),
        (24, "2 of 3 of 4"),
        (3, "min(5, 3, 4)"),
        (5, "max(5, 3, 4)"),
        (5, "max(5)"),
        (2, "ceil(1.2)"),
        (-1, "ceil(-1.2)"),
        (-2, "floor(-1.2)"),
        (Fraction(6, 5), "abs(-1.2)"),
        (Fraction("1.414213562373095048801688724209"), "sqrt(2)"),
        (Fraction("0.816496580927726032732428024901"), "sqrt(2/3)"),
        (12, "sqrt(144)"),
        (1, "if(yes > no, 1, 1 / zero)"),
        (2, "IF(yes < no, 1 / zero, 2)"),
        (5, "5\n\t + \r\n0"),
        (2000, "1" + "+1" * 1999),
        (Fraction(1000), "((((((((((1000))))))))))"),
    ],
)
def test_a_number_is_computed_exactly(value: object, text: str) -> None:
    assert value == computed(text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "yes > no"),
        (True, "yes≥no"),
        (False, "yes ≤ no"),
        (True, "yes == yes"),
        (True, "yes = yes"),
        (False, "yes != yes"),
        (True, "yes > no or yes < no and no > yes"),
        (False, "(yes > no or yes < no) and no > yes"),
        (True, "not yes < no and not no > yes"),
        (False, "not not yes < no"),
        (True, "yes > no OR 1 / zero > 1"),
        (False, "yes < no And 1 / zero > 1"),
        (True, "if(yes > no, yes > 0, 1 / zero > 1)"),
        (True, "1 = 1" + " and 1 = 1" * 390),
        (False, "yes * 100 / valid >= 55.6"),
    ],
)
def test_a_truth_is_decided_and_computes_only_what_it_needs(value: bool, text: str) -> None:
    assert value is computed(text, "truth")


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "1 +",
        "* 2",
        "(1",
        "1)",
        "1 2",
        "yes no",
        "1 < yes < 5",
        "(1 < 2) < 3",
        "yes and 5",
        "(yes > no) + 1",
        "1 + not yes > no",
        "-(yes > no)",
        "not 5",
        "(yes > no) = (no > yes)",
        "if(5, 1, 2)",
        "if(yes > no, 1, no > yes)",
        "if(yes > no, 1)",
        "min()",
        "min(yes > no)",
        "ceil(1, 2)",
        "min 5",
        "min",
        "of",
        "5 of",
        "yes of",
        "Yes",
        "YES > no",
        "5.",
        ".5",
        "1.2.3",
        "1e5",
        "1_000",
        "0x10",
        "5%%",
        "yes%",
        "1,000",
        "yes = > no",
        "yes => no",
        "yes <> no",
        "yes && no",
        "yes ** 2",
        "yes // no",
        "a.b",
        "__import__('os')",
        "yes; no",
        "é",
        "٣",
        "²",
        "1\u00a0+ 1",
        "1 + 1\x00",
        "#",
        "9" * 1001,
        "1" + "+1" * 2000,  # 4,001 characters
        "(" * 51 + "1" + ")" * 51,
        "-" * 51 + "1",
        "not " * 51 + "1 > 2",
        "abs(" * 51 + "1" + ")" * 51,
        "(" * 3999,
        "(" * 10_000 + "1" + ")" * 10_000,
    ],
)
def test_what_is_not_in_the_language_is_refused(text: str) -> None:
    for kind in ("number", "truth"):
        with pytest.raises(Disagreement):
            parse(text, kind)


def test_a_number_is_not_taken_for_a_truth_nor_a_truth_for_a_number() -> None:
    with pytest.raises(Disagreement, match="a truth is needed"):
        parse("yes + no", "truth")
    with pytest.raises(Disagreement, match="a number is needed"):
        parse("yes > no", "number")


def test_fifty_brackets_are_read() -> None:
    assert computed("(" * 50 + "7" + ")" * 50) == 7
    assert computed("-(" * 25 + "7" + ")" * 25) == -7
    assert computed("(1)+" * 900 + "1") == 901


def test_the_message_points_to_the_character() -> None:
    with pytest.raises(Disagreement, match="character 8 of the rule") as wrong:
        parse("yes >= )", "truth")

    assert wrong.value.found == "yes >= )"


@pytest.mark.parametrize(
    "text", ["1 / zero", "1 / (yes - yes)", "sqrt(-1)", "vast" + " * vast" * 9, "1/vast" + " / vast" * 9]
)
def test_what_has_no_value_is_refused(text: str) -> None:
    with pytest.raises(Disagreement):
        computed(text)


def test_comparisons_are_listed_from_left_to_right_the_inner_first() -> None:
    rule = parse("yes > 1 and (no > 2 or if(yes > 3, no, 4) > 5) and not valid > 6 and 7 > if(no > 8, 9, 0)", "truth")

    found = [node for node in nodes(rule) if node[0] == "compare"]

    assert [node[3][1] for node in found if node[3][0] == "number"] == [1, 2, 3, 5, 6, 8]
    assert found[-1][2] == ("number", 7)
