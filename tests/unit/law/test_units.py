"""Units added up to the whole vote."""

from __future__ import annotations

from fractions import Fraction

import pytest

from referenda.errors import InputError
from referenda.law.tally import Tally
from referenda.law.units import UnitVote, total_of

UNITS = [
    UnitVote("Uri", Fraction(1), Tally(yes=6, no=4, registered=20), True),
    UnitVote("Zug", Fraction(1, 2), Tally(yes=3, no=5), True),
    UnitVote("Jervis Bay", Fraction(0), Tally(yes=1, no=2), False),
]


def test_units_are_weighed_and_their_votes_added() -> None:
    total = total_of(UNITS)
    assert (total.units, total.units_carried) == (Fraction(3, 2), Fraction(3, 2))
    assert (total.yes, total.no, total.valid) == (10, 11, 21)
    assert total.registered is None  # not known of every unit


def test_counts_of_the_whole_stand_where_the_units_do_not_say() -> None:
    assert total_of(UNITS, registered=50, ballots=30).known()["invalid"] == 9


def test_totals_that_differ_from_the_units_are_refused_all_at_once() -> None:
    with pytest.raises(InputError) as caught:
        total_of(UNITS, yes=11, no=12)
    assert [fault.message for fault in caught.value.faults] == [
        "yes is given as 11, and the units add up to 10",
        "no is given as 12, and the units add up to 11",
    ]


def test_a_vote_without_units_has_none() -> None:
    assert total_of([], yes=5).known() == {"yes": 5}
