"""A place's law: values through time, formulas in steps, readings, and what is not known."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from referenda.errors import InputError, UndeterminedError
from referenda.law.place import PlaceLaw, known_places, load_place

DOCUMENT = """\
place: {id: xx, name: Exland, instruments: [{name: statute, words: Statute}, {name: recall, words: Recall}]}
sources:
  - {cite: Code § 1, title: First section, standing: read}
  - {cite: Code § 10, title: Tenth section, standing: known}
  - {cite: Code § 1 (2001), title: First section as it was, standing: secondary}
parameters:
  - name: share
    unit: share
    about: Share that must sign.
    values:
      - {value: 5%, until: 2014-12-31, instruments: [statute], cite: Code § 1 (2001)}
      - {value: 2/3, from: 2015-01-01, instruments: [statute], cite: Code § 1, reading: rounding, note: New.}
      - {value: 25%, from: 2020-01-01, until: 2021-12-31, instruments: [recall], cite: Code § 10}
      - {value: 30%, from: 2023-01-01, instruments: [recall], cite: Code § 10}
  - {name: who, unit: text, about: Who signs., values: [{value: everyone, cite: Code § 1}]}
  - {name: fee, unit: dollars, about: Fee., values: [{value: 200.50, cite: Code § 1}]}
formulas:
  - name: needed
    about: Signatures needed.
    inputs: [votes]
    steps:
      - {name: votes_less_one, is: votes - 1, cite: Code § 1}
      - name: needed
        is: share * votes_less_one
        round: {to: 1, mode: up}
        cite: Code § 1
        reading: rounding
        otherwise: {down: {round: {to: 1, mode: down}}, of_all: {is: share * votes}}
  - {name: kind, about: Few., inputs: [n], when: n < 10, steps: [{name: few, is: 1, cite: Code § 1}]}
  - {name: kind, about: Many., inputs: [n], when: n > 10, steps: [{name: many, is: 2, cite: Code § 1}]}
  - name: not_last
    about: The result is not the last step.
    result: a
    steps: [{name: a, is: 1 / 3, cite: Code § 1}, {name: b, is: a * 3, cite: Code § 1}]
  - {name: lazy, about: Needs the share only if asked., inputs: [n], from: 2000-01-01,
     steps: [{name: lazy, is: "if(n = 0, 0, share * n)", cite: Code § 1}]}
sample_counts:
  - name: sample
    about: A sample.
    cite: Code § 1
    rows: county
    columns: [{name: pending, about: Not yet looked at., default: 0}, {name: box, about: Box.}]
    row_formula: row
    totals: [raw_count, pending, row, rate]
    formula: final
    result: total
    decision:
      - {decide: sufficient, when: total > requirement, about: Enough., cite: Code § 1}
      - {decide: insufficient, about: Too few., cite: Code § 10}
readings:
  - name: rounding
    question: How?
    alternatives: [{name: up, about: up}, {name: down, about: down}, {name: of_all, about: all}]
    chosen: up
    because: Usual.
    cite: Code § 1
"""
MORE = """\
formulas:
  - name: row
    about: A row.
    inputs: [raw_count, sample_size, valid_in_sample]
    steps:
      - {name: rate, is: valid_in_sample / sample_size, cite: Code § 1}
      - {name: projected, is: rate * raw_count, cite: Code § 1}
  - name: final
    about: The state.
    inputs: [row, requirement]
    steps: [{name: total, is: "min(row, 10 * requirement)", cite: Code § 1}]
"""
ON = date(2016, 1, 1)


@pytest.fixture
def law(tmp_path: Path) -> PlaceLaw:
    (tmp_path / "xx").mkdir()
    (tmp_path / "xx" / "place.yaml").write_text(DOCUMENT, encoding="utf-8")
    (tmp_path / "xx" / "sample.yaml").write_text(MORE, encoding="utf-8")
    return load_place("xx", root=tmp_path)


@pytest.mark.parametrize(
    ("on", "value"), [(date(2014, 12, 31), Fraction(1, 20)), (date(2015, 1, 1), Fraction(2, 3)), (ON, Fraction(2, 3))]
)
def test_a_value_is_the_one_in_force_on_the_day(law: PlaceLaw, on: date, value: Fraction) -> None:
    assert law.parameter("share", on=on, instrument="statute").value == value


def test_a_value_carries_its_citation_note_and_words(law: PlaceLaw) -> None:
    found = law.parameter("share", on=ON, instrument="statute")
    assert (found.cite, found.note, found.text) == ("Code § 1", "New.", "2/3")
    assert str(law.parameter("fee", on=ON, instrument="statute")) == "USD 200.5"
    assert law.parameter("who", on=ON, instrument="statute").value == "everyone"


def test_a_day_without_a_value_is_undetermined_and_says_what_is_known(law: PlaceLaw) -> None:
    with pytest.raises(UndeterminedError) as unknown:
        law.parameter("share", on=date(2022, 6, 1), instrument="recall")
    (fault,) = unknown.value.faults
    assert "no share for the recall on 2022-06-01" in fault.message
    assert fault.remedy == "Known from 2020-01-01 until 2021-12-31 and from 2023-01-01."


def test_an_instrument_without_any_value_is_undetermined(law: PlaceLaw) -> None:
    with pytest.raises(UndeterminedError, match="no share for the recall on 2016-01-01"):
        law.find("needed", {"votes": 4}, on=ON, instrument="recall")


def test_a_formula_is_worked_out_in_its_steps(law: PlaceLaw) -> None:
    found = law.find("needed", {"votes": 12}, on=ON, instrument="statute")
    assert [(s.name, s.value, s.words) for s in found.steps] == [
        ("votes_less_one", 11, "12 - 1 = 11"),
        ("needed", 8, "0.666666… × 11 = 7.333333…, rounded up to a whole number: 8"),
    ]
    assert [p.name for p in found.steps[1].parameters] == ["share"]


@pytest.mark.parametrize(("alternative", "value"), [("up", 8), ("down", 7), ("of_all", 8)])
def test_a_reading_changes_the_rounding_or_the_expression(law: PlaceLaw, alternative: str, value: int) -> None:
    found = law.find("needed", {"votes": 12}, on=ON, instrument="statute", readings={"rounding": alternative})
    assert (found.value, found.readings[0].chosen) == (value, alternative)


def test_an_alternative_that_changes_the_expression_keeps_the_rounding(law: PlaceLaw) -> None:
    found = law.find("needed", {"votes": 11}, on=ON, instrument="statute", readings={"rounding": "of_all"})
    assert (found.steps[1].expression, found.value) == ("share * votes", 8)


def test_a_reading_met_twice_is_named_once(law: PlaceLaw) -> None:
    assert [r.name for r in law.find("needed", {"votes": 12}, on=ON, instrument="statute").readings] == ["rounding"]


def test_of_several_versions_the_one_whose_condition_holds_is_used(law: PlaceLaw) -> None:
    assert law.find("kind", {"n": 3}, on=ON, instrument="statute").steps[0].name == "few"
    assert law.find("kind", {"n": 30}, on=ON, instrument="statute").steps[0].name == "many"
    with pytest.raises(InputError, match="no version of the formula kind fits n = 10"):
        law.find("kind", {"n": 10}, on=ON, instrument="statute")


def test_the_value_is_that_of_the_step_named_as_result(law: PlaceLaw) -> None:
    assert law.find("not_last", {}, on=ON, instrument="statute").value == Fraction(1, 3)


def test_a_parameter_that_no_side_needs_may_be_unknown(law: PlaceLaw) -> None:
    assert law.find("lazy", {"n": 0}, on=ON, instrument="recall").value == 0
    with pytest.raises(UndeterminedError, match="share"):
        law.find("lazy", {"n": 1}, on=ON, instrument="recall")


def test_a_formula_not_in_force_is_undetermined(law: PlaceLaw) -> None:
    with pytest.raises(UndeterminedError, match="no formula lazy for the statute on 1999-12-31"):
        law.find("lazy", {"n": 1}, on=date(1999, 12, 31), instrument="statute")


@pytest.mark.parametrize(
    ("formula", "inputs", "instrument", "readings", "message"),
    [
        ("neded", {"votes": 1}, "statute", {}, "Did you mean needed?"),
        ("needed", {"vots": 1}, "statute", {}, "Did you mean votes?"),
        ("needed", {}, "statute", {}, "needs votes"),
        ("kind", {}, "statute", {}, "needs n"),
        ("needed", {"votes": 1}, "statut", {}, "Did you mean statute?"),
        ("needed", {"votes": 1}, "statute", {"roundin": "up"}, "Did you mean rounding?"),
        ("needed", {"votes": 1}, "statute", {"rounding": "dwn"}, "Did you mean down?"),
    ],
)
def test_a_name_that_is_not_known_is_refused_with_the_one_that_was_meant(
    law: PlaceLaw, formula: str, inputs: dict[str, int], instrument: str, readings: dict[str, str], message: str
) -> None:
    with pytest.raises(InputError) as refused:
        law.find(formula, inputs, on=ON, instrument=instrument, readings=readings)
    assert message in str(refused.value)


def test_a_count_adds_up_columns_steps_and_results(law: PlaceLaw) -> None:
    rows = [
        {"raw_count": 100, "sample_size": 10, "valid_in_sample": 5, "duplicates_in_sample": 0, "box": 1},
        {"raw_count": 40, "sample_size": 10, "valid_in_sample": 9, "duplicates_in_sample": 0, "box": 2, "pending": 3},
    ]
    found = law.count_sample(None, rows, 80, on=ON, instrument="statute")
    assert found.totals == {"raw_count": 140, "pending": 3, "row": 86, "rate": Fraction(7, 5)}
    assert (found.projected_valid, found.decision, found.decision_cite) == (86, "sufficient", "Code § 1")
    assert [step.name for step in found.steps] == ["total"]
    assert law.count_sample("sample", rows, 86, on=ON, instrument="recall").decision == "insufficient"


def test_a_row_that_lacks_a_column_is_named_with_it(law: PlaceLaw) -> None:
    rows = [{"raw_count": 1, "sample_size": 1, "valid_in_sample": 1, "box": 1}, {"raw_count": 1}]
    with pytest.raises(InputError) as refused:
        law.count_sample(None, rows, 80, on=ON, instrument="statute")
    told = [(f.message.split(" of")[0], f.column) for f in refused.value.faults]
    assert told == [
        ("row 1", "duplicates_in_sample"),
        ("row 2", "sample_size"),
        ("row 2", "valid_in_sample"),
        ("row 2", "duplicates_in_sample"),
        ("row 2", "box"),
    ]


def test_unknown_columns_and_counts_are_refused(law: PlaceLaw) -> None:
    with pytest.raises(InputError, match="Did you mean pending"):
        law.count_sample(None, [{"pendin": 1}], 80, on=ON, instrument="statute")
    with pytest.raises(InputError, match="Did you mean sample"):
        law.count_sample("sampl", [], 80, on=ON, instrument="statute")


def test_the_longest_source_is_the_one_cited(law: PlaceLaw) -> None:
    titles = {
        c: getattr(law.schema.source_of(c), "title", None) for c in ("Code § 1(a)", "Code § 10", "Code § 1 (2001)")
    }
    assert titles == {
        "Code § 1(a)": "First section",
        "Code § 10": "Tenth section",
        "Code § 1 (2001)": "First section as it was",
    }
    assert law.schema.source_of("Code § 12") is None


def test_an_unknown_place_is_refused_with_the_one_that_was_meant(tmp_path: Path, law: PlaceLaw) -> None:
    assert known_places(tmp_path) == ["xx"]
    with pytest.raises(InputError, match="no place of this name"):
        load_place("../xx", root=tmp_path)
    with pytest.raises(InputError, match="Did you mean us/ca"):
        load_place("us/cal")


@pytest.mark.parametrize("place", known_places())
def test_the_law_of_every_place_loads_without_a_fault(place: str) -> None:
    law = load_place(place)
    assert law.id == place
    assert law.schema.coverage, "a place says what is encoded"
