"""What a value of each unit may be, and which source a citation begins with."""

from __future__ import annotations

import pytest

from referenda.law.schema import Source, Unit, longest_source, value_fault


@pytest.mark.parametrize(
    ("unit", "text"),
    [
        ("days", "180"), ("votes", "0"), ("share", "5%"), ("share", "2/3"), ("share", "0"), ("share", "1"),
        ("dollars", "2000"), ("dollars", "0.05"), ("number", "110%"), ("number", "-3"), ("text", "anything, at all"),
    ],
)  # fmt: skip
def test_a_value_of_its_unit_is_taken(unit: Unit, text: str) -> None:
    assert value_fault(unit, text) is None


@pytest.mark.parametrize(
    ("unit", "text", "said"),
    [
        ("days", "1.5", "whole number"),
        ("signatures", "-1", "not negative"),
        ("share", "101%", "between 0 and 1"),
        ("share", "-1%", "between 0 and 1"),
        ("dollars", "0.005", "two decimals"),
        ("dollars", "-1", "not negative"),
        ("number", "1,000", "not a number"),
        ("years", "four", "not a number"),
    ],
)
def test_a_value_that_its_unit_cannot_have_is_refused(unit: Unit, text: str, said: str) -> None:
    assert said in (value_fault(unit, text) or "")


def test_the_longest_source_that_begins_a_citation_by_whole_words_is_its_source() -> None:
    sources = [Source(cite=cite, title="t", standing="read") for cite in ("Code", "Code § 90", "Code § 9014")]
    found = {cite: longest_source(sources, cite) for cite in ("Code § 9014(b)", "Code § 901", "Code § 90", "Codex § 1")}
    assert {cite: source and source.cite for cite, source in found.items()} == {
        "Code § 9014(b)": "Code § 9014",
        "Code § 901": "Code",
        "Code § 90": "Code § 90",
        "Codex § 1": None,
    }
