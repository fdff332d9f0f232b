"""The checker's law: versions in force, steps, rounding, readings, counts, votes. Source: record-format.md."""

from __future__ import annotations

from copy import deepcopy
from fractions import Fraction
from typing import Any

import pytest

from referenda_verify.law import Law, check_requirement, check_sample, check_vote, read_number
from referenda_verify.report import Disagreement


def law(document: dict[str, Any], on: str = "2020-01-01", instrument: str = "statute", **readings: str) -> Law:
    return Law({"law": "", "instrument": instrument, "on": on, "readings": readings}, lambda _: document)


def step(text: str, **other: Any) -> dict[str, Any]:
    return {"name": "value", "is": text, "cite": "§ 1", **other}


def formula(*steps: dict[str, Any], **other: Any) -> dict[str, Any]:
    return {"name": "f", "steps": list(steps), **other}


@pytest.mark.parametrize(
    ("value", "mode", "to", "expected"),
    [
        ("7.5", "up", "1", "8"),
        ("-7.5", "up", "1", "-7"),
        ("7.5", "down", "1", "7"),
        ("-7.5", "down", "1", "-8"),
        ("7.5", "half_up", "1", "8"),
        ("6.5", "half_up", "1", "7"),
        ("-7.5", "half_up", "1", "-7"),
        ("7.5", "half_even", "1", "8"),
        ("6.5", "half_even", "1", "6"),
        ("7.49", "half_up", "1", "7"),
        ("516/722", "half_up", "0.0001", "0.7147"),
        ("516/722", "down", "0.0001", "0.7146"),
        ("149", "half_up", "100", "100"),
        ("150", "half_up", "100", "200"),
        ("7", "up", "1", "7"),
    ],
)
def test_a_step_is_rounded_as_its_law_says(value: str, mode: str, to: str, expected: str) -> None:
    text = value if not value.startswith("-") else f"0 {value.replace('-', '- ')}"
    document = {"formulas": [formula(step(text, round={"to": to, "mode": mode}))]}

    assert Fraction(expected) == law(document).formula("f", {})[0]


@pytest.mark.parametrize("rounding", [{"to": "0", "mode": "up"}, {"to": "1", "mode": "nearest"}, {"to": "1"}, "1"])
def test_an_unknown_rounding_is_refused(rounding: Any) -> None:
    with pytest.raises(Disagreement):
        law({"formulas": [formula(step("1", round=rounding))]}).formula("f", {})


VALUES = [
    {"value": "150", "until": "2014-12-31", "cite": "§ 1"},
    {"value": "180", "from": "2015-01-01", "instruments": ["statute", "amendment"], "cite": "§ 1"},
    {"value": "2/3", "from": "2015-01-01", "instruments": ["referendum"], "cite": "§ 1"},
]


@pytest.mark.parametrize(
    ("expected", "on", "instrument"),
    [
        ("150", "2014-12-31", "statute"),
        ("150", "2014-12-31", "referendum"),
        ("180", "2015-01-01", "statute"),
        ("2/3", "2015-01-01", "referendum"),
    ],
)
def test_a_parameter_has_the_value_in_force_on_the_day_for_the_instrument(
    expected: str, on: str, instrument: str
) -> None:
    document = {"parameters": [{"name": "days", "values": VALUES}], "formulas": [formula(step("days"))]}

    assert Fraction(expected) == law(document, on, instrument).formula("f", {})[0]


@pytest.mark.parametrize("values", [[], VALUES[1:], [*VALUES, {"value": "5", "cite": "§ 2"}], [{"value": "a week"}]])
def test_a_parameter_without_one_number_in_force_is_refused(values: list[Any]) -> None:
    document = {"parameters": [{"name": "days", "values": values}], "formulas": [formula(step("days"))]}

    with pytest.raises(Disagreement):
        law(document, "2014-12-31").formula("f", {})


@pytest.mark.parametrize(("expected", "text"), [("1/20", "5%"), ("1/20", "0.05"), ("2/3", "2/3"), ("2000", "2000.00")])
def test_a_parameter_is_a_number_share_or_fraction(expected: str, text: str) -> None:
    document = {"parameters": [{"name": "p", "values": [{"value": text}]}]}

    assert Fraction(expected) == law(document).parameter("p")


def test_a_name_means_an_earlier_step_before_an_input_before_a_parameter() -> None:
    document = {
        "parameters": [{"name": name, "values": [{"value": "1"}]} for name in ("a", "b", "c")],
        "formulas": [formula(step("100", name="a"), step("a + b + c"))],
    }

    assert law(document).formula("f", {"a": Fraction(10), "b": Fraction(10)})[0] == 100 + 10 + 1


def test_the_first_formula_in_force_whose_condition_holds_is_used() -> None:
    document = {
        "formulas": [
            formula(step("1"), until="2014-12-31"),
            formula(step("2"), when="n < 5"),
            formula(step("3"), when="n < 10"),
            formula(step("4")),
        ]
    }

    def found(n: int, on: str = "2020-01-01") -> Fraction:
        return law(document, on).formula("f", {"n": Fraction(n)})[0]

    assert [found(4), found(5), found(10), found(4, "2014-12-31")] == [2, 3, 4, 1]
    with pytest.raises(Disagreement, match="no formula 'g' is in force"):
        law(document).formula("g", {})


def test_the_result_is_the_step_named_or_the_last() -> None:
    steps = (step("1", name="a"), step("2", name="b"))

    assert law({"formulas": [formula(*steps)]}).formula("f", {})[0] == 2
    assert law({"formulas": [formula(*steps, result="a")]}).formula("f", {})[0] == 1
    for wrong in (formula(*steps, result="c"), formula()):
        with pytest.raises(Disagreement, match="no step for its result"):
            law({"formulas": [wrong]}).formula("f", {})


def test_a_base_is_the_step_of_that_name_and_there_is_none_without_it() -> None:
    with_base = {**formula(step("7", name="base"), step("2 * base")), "name": "with"}
    document = {"formulas": [with_base, formula(step("14"))]}
    data = {"law": "", "instrument": "statute", "on": "2020-01-01", "requirement": 14}
    steps = [{"name": "base", "value": "7", "cite": "§ 1"}, {"name": "value", "value": "14", "cite": "§ 1"}]
    taken, alone = {**data, "formula": "with", "steps": steps}, {**data, "formula": "f", "steps": steps[1:]}

    for right in ({**taken, "base": 7}, alone, {**alone, "base": None}):
        assert check_requirement(right, lambda _: document) == {"requirement": 14}
    for wrong in ({**taken, "base": 8}, taken, {**taken, "base": None}, {**alone, "base": 7}):
        with pytest.raises(Disagreement):
            check_requirement(wrong, lambda _: document)


READING = {"name": "r", "chosen": "a", "alternatives": [{"name": "a"}, {"name": "b"}, {"name": "c"}]}


@pytest.mark.parametrize(
    ("expected", "readings"), [("2", {}), ("2", {"r": "a"}), ("1", {"r": "b"}), ("20", {"r": "c"}), ("2", {"s": "b"})]
)
def test_a_reading_changes_the_steps_that_answer_it(expected: str, readings: dict[str, str]) -> None:
    other = {"b": {"round": {"to": "1", "mode": "down"}}, "c": {"is": "19.5"}}
    answer = step("1.5", round={"to": "1", "mode": "up"}, reading="r", otherwise=other)
    document = {"formulas": [formula(answer)], "readings": [READING, {**READING, "name": "s"}]}

    assert Fraction(expected) == law(document, **readings).formula("f", {})[0]


@pytest.mark.parametrize("readings", [{"r": "d"}, {"t": "a"}, {"r": 5}, {"r": None}])
def test_an_unknown_reading_is_refused(readings: dict[str, Any]) -> None:
    with pytest.raises(Disagreement, match="no such reading"):
        law({"readings": [READING]}, **readings)


@pytest.mark.parametrize(
    "value", ["", "1.", ".5", "1/0", "1/00", "1e5", " 1", "1_0", "٣", "5%", True, None, 1.5, [], "1/2/3"]
)
def test_what_is_no_exact_number_is_refused(value: Any) -> None:
    with pytest.raises(Disagreement, match="not an exact number"):
        read_number(value)


COUNT = {
    "name": "two_stages",
    "columns": [{"name": "blank_lines"}, {"name": "withdrawn", "default": "0"}],
    "row_formula": "row_valid",
    "totals": ["raw_count", "spare", "row_valid"],
    "formula": "statewide",
    "result": "corrected",
    "decision": [
        {"decide": "insufficient", "when": "corrected < requirement", "until": "2019-12-31"},
        {"decide": "further_sample", "when": "corrected < requirement and raw_count > threshold"},
        {"decide": "sufficient"},
    ],
}
DOCUMENT = {
    "sample_counts": [COUNT],
    "parameters": [{"name": "threshold", "values": [{"value": "100"}]}],
    "formulas": [
        {
            "name": "row_valid",
            "steps": [
                {"name": "spare", "is": "raw_count - sample_size", "cite": "§ 1"},
                {"name": "valid", "is": "valid_in_sample - blank_lines - withdrawn", "cite": "§ 1"},
            ],
        },
        {"name": "statewide", "steps": [{"name": "corrected", "is": "row_valid - spare", "cite": "§ 2"}]},
    ],
}


def row(**other: Any) -> dict[str, Any]:
    numbers = {"raw_count": 60, "sample_size": 55, "valid_in_sample": 50, "duplicates_in_sample": 0, "blank_lines": 2}
    return {"county": "A", **numbers, **other}


def test_totals_may_be_columns_steps_and_the_rows_result_and_a_formula_may_use_them() -> None:
    given = {"requirement": Fraction(99)}

    found = law(DOCUMENT).count("two_stages", [row(), row(county="B", withdrawn=1)], given)
    before = law(DOCUMENT, on="2019-12-31").count("two_stages", [row(), row(county="B", withdrawn=1)], given)

    assert found == ([48, 47], 85, "further_sample")
    assert before[2] == "insufficient"


@pytest.mark.parametrize(
    "wrong",
    [
        row(blank_lines=-1),
        row(valid_in_sample=56),
        row(sample_size=61),
        row(extra=1),
        row(requirement=1),
        row(blank_lines=True),
        row(blank_lines=None),
        {key: value for key, value in row().items() if key != "blank_lines"},
        {key: value for key, value in row().items() if key != "raw_count"},
        [],
        None,
    ],
)
def test_a_row_that_no_sample_can_have_is_refused_and_named(wrong: Any) -> None:
    with pytest.raises(Disagreement, match="row 2"):
        law(DOCUMENT).count("two_stages", [row(), wrong], {"requirement": Fraction(99)})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"totals": ["nobody"]}, "totalled"),
        ({"result": "nobody"}, "no total or step for its result"),
        ({"row_formula": "nobody"}, "no formula 'nobody'"),
        ({"decision": []}, "no decision"),
        ({"until": "2019-12-31"}, "0 counts"),
    ],
)
def test_a_count_that_leads_nowhere_is_refused(change: dict[str, Any], words: str) -> None:
    document = {**deepcopy(DOCUMENT), "sample_counts": [{**COUNT, **change}]}

    with pytest.raises(Disagreement, match=words):
        law(document).count("two_stages", [row()], {"requirement": Fraction(99)})


def test_two_rows_of_one_county_are_refused() -> None:
    rows = [row(projected_valid=48), row(projected_valid=48)]
    data = {
        "law": "",
        "instrument": "statute",
        "on": "2020-01-01",
        "count": "two_stages",
        "requirement": 1,
        "rows": rows,
    }

    with pytest.raises(Disagreement, match="a county has two rows"):
        check_sample({**data, "projected_valid": 86, "decision": "sufficient"}, lambda _: DOCUMENT)


def vote(rule: str, conditions: list[dict[str, Any]], passed: bool, **other: Any) -> dict[str, Any]:
    quantities = {"ballots": 100, "yes": 50, "no": 40, "valid": 90, "units": "17/2", "units_carried": "4.5"}
    return {"rule": rule, "conditions": conditions, "passed": passed, "quantities": quantities, **other}


def said(text: str, left: str | None, right: str | None, met: bool | None) -> dict[str, Any]:
    return {"text": text, "left": left, "right": right, "met": met}


@pytest.mark.parametrize(
    "data",
    [
        vote("yes > no", [said("yes > no", "50", "40", True)], True),
        vote("yes > no", [said("(yes) >  no", "50", "80/2", True)], True),
        vote("units_carried > 50% of units", [said("units_carried > 50% of units", "4.5", "17/4", True)], True),
        vote("yes >= 55% of voting", [said("yes >= 55% of voting", "50", "49.5", True)], True),
        vote(
            "yes >= 55% of voting",
            [said("yes >= 55% of voting", "50", "55", False)],
            False,
            readings={"voting": "ballots"},
        ),
        vote(
            "yes > no or yes / (yes - 50) > 1",
            [said("yes > no", "50", "40", True), said("yes / (yes - 50) > 1", None, None, None)],
            True,
        ),
        vote(
            "yes > no or invalid > 1", [said("yes > no", "50", "40", True), said("invalid > 1", None, None, None)], True
        ),
    ],
)
def test_a_vote_that_follows_from_its_rule_is_confirmed(data: dict[str, Any]) -> None:
    assert check_vote(data, dict)["passed"] is data["passed"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (vote("yes > no", [said("yes > no", "50", "40", True)], False), "the outcome"),
        (vote("yes > no", [said("yes > no", "50", "40", False)], True), "met"),
        (vote("yes > no", [said("yes > no", "51", "40", True)], True), "left"),
        (vote("yes > no", [said("yes > no", "50", None, True)], True), "right"),
        (vote("yes > no", [said("yes >= no", "50", "40", True)], True), "is not one of the rule"),
        (vote("yes > no", [], True), "the number of conditions"),
        (vote("yes - no", [], True), "a truth is needed"),
        (vote("yes > mo", [said("yes > mo", "50", "40", True)], True), "a quantity is unknown"),
        (vote("registered > 1", [said("registered > 1", None, None, None)], True), "registered"),
        (
            vote("yes > no", [said("yes > no", "50", "40", True)], True, quantities={"yes": 50, "no": 40, "valid": 91}),
            "contradict",
        ),
        (vote("yes > 1", [said("yes > 1", "-5", "1", False)], False, quantities={"yes": -5}), "negative"),
        (vote("yes > 1", [said("yes > 1", "1.5", "1", True)], True, quantities={"yes": "1.5"}), "wholes or halves"),
        (vote("yes > 1", [said("yes > 1", "5", "1", True)], True, quantities={"yes": "5"}), "wholes or halves"),
        (vote("units > 1", [said("units > 1", "5/3", "1", True)], True, quantities={"units": "5/3"}), "halves"),
        (vote("yes > 1", [said("yes > 1", "50", "1", True)], True, readings={"voting": "yes"}), "voting"),
        (vote("yes > 1", [said("yes > 1", "50", "1", True)], True, quantities={"yes": 5, "voting": 5}), "unknown"),
        (vote("yes > 1", [said("yes > 1", "1/0", "1", True)], True), "not an exact number"),
        (vote("1 / (yes - 50) > 1", [said("1 / (yes - 50) > 1", None, None, None)], True), "divides by zero"),
    ],
)
def test_a_vote_that_does_not_follow_is_refused(data: dict[str, Any], words: str) -> None:
    with pytest.raises(Disagreement, match=words):
        check_vote(data, dict)
