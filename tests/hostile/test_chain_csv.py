"""A CSV of votes that hang on one another with every kind of fault, all of a file named at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from referenda.errors import InputError
from referenda.formats.chain_csv import read_chain

HEADING = "name,on,rule,hangs_on,outcome,registered,ballots,yes,no\n"


def test_a_chain_is_read_with_what_is_not_counted_left_open(tmp_path: Path) -> None:
    path = tmp_path / "chain.csv"
    path.write_text(HEADING + 'first,2018-11-06,"yes > max(no, 5)",,,,,9,4\nsecond,,yes > no,first,failed,,,,\n')
    first, second = read_chain(path)
    assert (first.on, first.rule, first.hangs_on, first.outcome) == (
        date(2018, 11, 6),
        "yes > max(no, 5)",
        None,
        "passed",
    )
    assert first.tally is not None
    assert first.tally.valid == 13
    assert (second.on, second.tally, second.hangs_on, second.outcome, second.row) == (None, None, "first", "failed", 3)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("a,2018-11-31,yes > no,,,,,1,2\n", [(2, "on", "there is no such day")]),
        ("a,20181106,yes > no,,,,,1,2\n", [(2, "on", "this is not a date")]),
        ("a,06/11/2018,yes > no,,,,,1,2\n", [(2, "on", "this is not a date")]),
        ("a,,yes > nno,,,,,1,2\n", [(2, "rule", "character 7: `nno` is not a quantity")]),
        ("a,,yes + no,,,,,1,2\n", [(2, "rule", "character 1: this is a number")]),
        (
            "a,,yes > no,b,won,,,1,2\n",
            [(2, "outcome", "this is not an outcome"), (2, "hangs_on", "it hangs on a vote that is not here")],
        ),
        ("a,,yes > no,,,3,9,1,2\n", [(2, None, "ballots 9 is more than registered 3")]),
        ("a,,yes > no,,,,,x,-2\n", [(2, "yes", "this is not a whole number"), (2, "no", "this is below zero")]),
        ("a,,yes > no,,,,,,\nA,,yes > no,,,,,,\n", [(3, "name", "this name stands in row 2 already")]),
        (
            "a,never,yes => no,,lost,3,9,1,2\n,,yes > no,,,,,,\n",
            [
                (2, "on", "not a date"),
                (2, "outcome", "not an outcome"),
                (2, "rule", "'=>'"),
                (2, None, "ballots 9 is more"),
                (3, "name", "this cell is empty"),
            ],
        ),
        (
            "a,2017-13-06,yess > no,zz,perhaps,60,x,,\n",
            [
                (2, "ballots", "this is not a whole number"),
                (2, "on", "there is no such month"),
                (2, "outcome", "not an outcome"),
                (2, "rule", "`yess` is not a quantity"),
                (2, "hangs_on", "it hangs on a vote that is not here"),
            ],
        ),
    ],
)
def test_a_fault_is_named_with_its_row(tmp_path: Path, rows: str, said: list[tuple[int, str | None, str]]) -> None:
    path = tmp_path / "chain.csv"
    path.write_text(HEADING + rows)
    with pytest.raises(InputError) as caught:
        read_chain(path)
    faults = caught.value.faults
    assert [(fault.row, fault.column) for fault in faults] == [(row, column) for row, column, _ in said]
    for fault, (_, _, message) in zip(faults, said, strict=True):
        assert message in fault.message
        assert fault.file == str(path)
        assert fault.remedy
