"""A CSV of territorial units with every kind of fault: each is named with its row, all of a file at once."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from referenda.errors import Fault, InputError
from referenda.formats.units_csv import read_units


def write(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "units.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def faults_of(tmp_path: Path, text: str | bytes, unit_rule: str = "yes > no") -> list[Fault]:
    with pytest.raises(InputError) as caught:
        read_units(write(tmp_path, text), unit_rule=unit_rule)
    assert all(fault.file for fault in caught.value.faults)
    return list(caught.value.faults)


def test_units_are_read_with_their_weights_and_carry_by_their_rule(tmp_path: Path) -> None:
    text = "\ufeffCanton,weight,yes,no,registered\r\nUri,,6,4,100\r\nBasel-Stadt,1/2,3,5,100\r\nZug,0.5,5,5,100\r\n"
    units = read_units(write(tmp_path, text))
    assert [(unit.name, unit.weight, unit.carried, unit.tally.valid) for unit in units] == [
        ("Uri", 1, True, 10),
        ("Basel-Stadt", Fraction(1, 2), False, 8),
        ("Zug", Fraction(1, 2), False, 10),
    ]
    by_another_rule = read_units(write(tmp_path, text), unit_rule="yes >= 5% of registered")
    assert [unit.carried for unit in by_another_rule] == [True, False, True]


def test_the_outcome_of_a_unit_is_enough_where_its_counts_are_not_known(tmp_path: Path) -> None:
    units = read_units(write(tmp_path, "unit,carried,yes,no\nUri,yes,,\nZug,FALSE,,\nBern,,5,3\nJura,1,5,3\n"))
    assert [unit.carried for unit in units] == [True, False, True, True]
    assert units[0].as_dict() == {"unit": "Uri", "weight": "1", "carried": True}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("unit,yes,no\nUri,1,2\nURI,3,4\n", [(3, "unit", "this unit stands in row 2 already")]),
        ("unit,yes,no\nUri,-1,2\n", [(2, "yes", "this is below zero")]),
        ("unit,yes,no\nUri,one,2\n", [(2, "yes", "this is not a whole number")]),
        ("unit,yes,no\nUri,5,\n", [(2, None, "whether this unit carried is not known: it needs no and yes")]),
        ("unit,yes,no\n,5,4\n", [(2, "unit", "this cell is empty")]),
        ("unit,yes,no,ballots\nUri,5,4,8\n", [(2, None, "valid 9 is more than ballots 8")]),
        ("unit,yes,no,ballots,registered\nUri,5,4,12,11\n", [(2, None, "ballots 12 is more than registered 11")]),
        ("unit,yes,no,invalid,ballots\nUri,5,4,1,8\n", [(2, None, "make 10, and ballots is given as 8")]),
        ("unit,carried\nUri,maybe\n", [(2, "carried", "this is neither yes nor no")]),
        ("unit,carried,yes,no\nUri,no,5,4\n", [(2, "carried", "carried says no, and by the counts it is yes")]),
        ("unit,weight,yes,no\nUri,-1,5,4\n", [(2, "weight", "this is below zero")]),
        ("unit,weight,yes,no\nUri,0,5,4\n", [(None, "weight", "no unit has a weight above zero")]),
        ("unit,yes\nUri,5\n", [(2, None, "it needs no and yes")]),
        ("unti,yes,no\nUri,5,4\n", [(1, None, "this column is not known"), (1, None, "the column unit is missing")]),
        ("unit,yes,no\nUri,5\n", [(2, None, "this row has 2 cells, and the heading has 3")]),
        ("", [(None, None, "the file is empty")]),
        ("unit,yes,no\n".encode("utf-16"), [(None, None, "UTF-16")]),
        (b"PK\x03\x04", [(None, None, "a spreadsheet")]),
        (b"unit,yes,no\nGen\xe8ve,5,4\n", [(2, None, "not UTF-8")]),
        ('unit,yes,no\n"Uri,5,4\n', [(2, None, "a quotation mark is never closed")]),
    ],
)
def test_a_fault_is_named_with_its_row(
    tmp_path: Path, text: str | bytes, said: list[tuple[int | None, str | None, str]]
) -> None:
    faults = faults_of(tmp_path, text)
    assert [(fault.row, fault.column) for fault in faults] == [(row, column) for row, column, _ in said]
    for fault, (_, _, message) in zip(faults, said, strict=True):
        assert message in fault.message


def test_all_faults_of_a_file_are_said_at_once(tmp_path: Path) -> None:
    text = "unit,weight,yes,no,ballots\nUri,x,5,4,9\nZug,1,5,4,8\nZUG,1,5,4,9\nJura,1,-2,4.5,9\nBern,1,3\n"
    assert [fault.row for fault in faults_of(tmp_path, text)] == [2, 3, 4, 5, 5, 6]


def test_a_division_by_zero_in_the_rule_of_the_units_names_the_row(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path, "unit,yes,no,invalid\nUri,5,4,1\nZug,1,0,0\n", unit_rule="yes / invalid > 50%")
    assert fault.row == 3
    assert "`invalid` is zero" in fault.message


def test_a_unit_in_which_nobody_voted_needs_to_say_how_it_came_out(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path, "unit,yes,no,carried\nUri,5,4,\nZug,0,0,\nBern,0,0,no\n")
    assert (fault.row, fault.message) == (3, "whether this unit carried is not known: no valid vote was cast in it")


def test_all_that_is_wrong_with_the_row_of_a_unit_is_said_at_once(tmp_path: Path) -> None:
    faults = faults_of(tmp_path, "unit,yes,no,valid,registered,carried\nUri,x,5,9,4,perhaps\nZug,x,9,,3,\n")
    assert [(fault.row, fault.column) for fault in faults] == [
        (2, "yes"),
        (2, "carried"),
        (2, None),
        (3, "yes"),
        (3, None),
    ]


def test_a_faulty_rule_of_the_units_is_refused_before_the_file_is_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Did you mean registered"):
        read_units(tmp_path / "none.csv", unit_rule="yes > 40% of regsitered")
