"""Faults say file, row, column, value and remedy, in that order."""

from __future__ import annotations

import pytest

from referenda.errors import Fault, InputError, ReferendaError, noting


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (
            Fault("above the sample", "c.csv", 4, "valid_in_sample", "900", "At most 500."),
            "c.csv, row 4, column valid_in_sample: above the sample (found '900'). At most 500.",
        ),
        (Fault("no such day", column="--on", value="2017-02-30"), "--on: no such day (found '2017-02-30')"),
        (Fault("not a word", column=15, value="vaild"), "character 15: not a word (found 'vaild')"),
        (Fault("the file is empty", file="c.csv"), "c.csv: the file is empty"),
        (Fault("nothing given"), "nothing given"),
    ],
)
def test_a_fault_reads_as_one_sentence(fault: Fault, words: str) -> None:
    assert str(fault) == words


def test_an_error_says_every_fault_on_a_line_of_its_own() -> None:
    error = InputError(Fault("one", row=2), "two")
    assert str(error) == "row 2: one\ntwo"
    assert isinstance(error, ReferendaError)


def test_only_what_is_known_goes_into_json() -> None:
    assert Fault("one", row=2, value="").as_dict() == {"message": "one", "row": 2, "value": ""}


def test_the_faults_of_several_deeds_are_noted_together() -> None:
    faults: list[Fault] = []
    for text in ("first", "second"):
        with noting(faults):
            raise InputError(Fault(text))
    with noting(faults):
        pass
    assert [fault.message for fault in faults] == ["first", "second"]


def test_what_is_no_error_of_referenda_is_not_noted() -> None:
    faults: list[Fault] = []
    with pytest.raises(ZeroDivisionError), noting(faults):
        raise ZeroDivisionError
    assert faults == []
