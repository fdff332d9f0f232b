"""A forecast of a petition rests on inputs that are told whole."""

from __future__ import annotations

from datetime import date

from referenda.forecasting.duplicates import Compared
from referenda.forecasting.gathering import Gathered
from referenda.forecasting.validity import CheckedBatch
from referenda.workflows.forecast_petition import PetitionFacts


def test_inputs_hold_all_that_a_batch_says_so_that_the_forecast_can_be_made_again() -> None:
    batches = [
        CheckedBatch(500, 400, "Alder", None, date(2026, 2, 1), 3, random=True),
        CheckedBatch(50, 30, circulator="C 17"),
    ]
    told = PetitionFacts(date(2026, 3, 1), "statute", checked=batches).as_dict()["checked"]
    assert told == [
        {"lines": 500, "valid": 400, "county": "Alder", "on": "2026-02-01", "duplicates": 3, "random": True},
        {"lines": 50, "valid": 30, "circulator": "C 17", "random": False},
    ]


def test_inputs_say_which_totals_are_corrections_and_how_many_of_the_lines_compared_are_valid() -> None:
    facts = PetitionFacts(
        date(2026, 3, 1),
        "statute",
        gathered=[Gathered(date(2026, 1, 10), 400), Gathered(date(2026, 1, 11), 350, correction=True)],
        compared=[Compared(500, 3, valid=400)],
    ).as_dict()
    assert facts["gathered"] == [["2026-01-10", 400], ["2026-01-11", 350, "correction"]]
    assert facts["compared"] == [{"lines": 500, "duplicates": 3, "valid": 400}]
