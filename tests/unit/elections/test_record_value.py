"""Margins and shares in each unit: exact where the counts are there, bounded where a total is missing."""

from __future__ import annotations

from fractions import Fraction

import pytest

from referenda.elections.record_value import UNKNOWN, Measured, Span, Unit, exactly
from referenda.elections.time_table import Election, Moment

MARGIN = Measured("margin", "yes", "no", ("cast",))
SHARE = Measured("share", "cast", totals=("registered",))


def election(**counts: int | None) -> Election:
    return Election(Moment(2000), counts)


def values(measured: Measured, held: Election) -> dict[str, Span | None]:
    return {str(unit): measured.value(held, unit) for unit in measured.units}


def test_a_margin_is_said_in_votes_in_points_of_the_two_alone_and_as_a_ratio() -> None:
    assert values(MARGIN, election(yes=60, no=30, cast=100)) == {
        "votes": exactly(30),
        "points of cast": exactly(Fraction(3, 10)),
        "two-party": exactly(Fraction(1, 3)),
        "ratio": exactly(2),
    }


def test_the_margin_is_that_of_whoever_led() -> None:
    assert values(MARGIN, election(yes=30, no=60, cast=100)) == values(MARGIN, election(yes=60, no=30, cast=100))


def test_where_only_the_leads_of_one_are_compared_the_others_are_left_out() -> None:
    held = election(yes=30, no=60, cast=100)
    assert MARGIN.value(held, Unit("votes"), led_by="yes") is None
    assert MARGIN.value(held, Unit("votes"), led_by="no") == exactly(30)
    assert MARGIN.value(election(yes=5, no=5), Unit("votes"), led_by="no") is None


def test_a_missing_total_bounds_the_points_by_those_of_the_two_alone() -> None:
    assert MARGIN.value(election(yes=60, no=30, cast=None), Unit("points", "cast")) == Span(Fraction(0), Fraction(1, 3))
    assert SHARE.value(election(cast=60, registered=None), Unit("points", "registered")) == Span(
        Fraction(0), Fraction(1)
    )


def test_a_tie_has_a_margin_of_zero_whatever_the_total() -> None:
    assert MARGIN.value(election(yes=5, no=5), Unit("points", "cast")) == exactly(0)


@pytest.mark.parametrize("counts", [{"yes": None, "no": 5, "cast": 9}, {"yes": 5, "no": None, "cast": 9}, {}])
def test_a_missing_count_makes_every_value_unknown(counts: dict[str, int | None]) -> None:
    assert set(values(MARGIN, election(**counts)).values()) == {UNKNOWN}
    assert MARGIN.leader(election(**counts)) is None


def test_nothing_is_divided_by_zero() -> None:
    held = election(yes=0, no=0, cast=0)
    assert values(MARGIN, held) == {
        "votes": exactly(0), "points of cast": UNKNOWN, "two-party": UNKNOWN, "ratio": UNKNOWN
    }  # fmt: skip
    assert MARGIN.missing(held, Unit("ratio")) == "nothing can be divided by 0"
    assert MARGIN.value(election(yes=7, no=0, cast=9), Unit("ratio")) == UNKNOWN


def test_a_share_beside_another_is_of_the_two_alone_too() -> None:
    share = Measured("share", "no", "yes", ("cast",))
    assert values(share, election(yes=60, no=30, cast=100)) == {
        "votes": exactly(30),
        "points of cast": exactly(Fraction(3, 10)),
        "two-party": exactly(Fraction(1, 3)),
        "ratio": exactly(Fraction(1, 2)),
    }


def test_what_is_missing_is_named() -> None:
    held = election(yes=5, no=None, cast=None)
    assert MARGIN.missing(held, Unit("points", "cast")) == "no and cast are missing"
    assert MARGIN.missing(held, Unit("votes")) == "no is missing"


def test_spans_compare_only_where_their_bounds_tell() -> None:
    low, high, wide = Span(Fraction(0), Fraction(1)), Span(Fraction(2), Fraction(3)), Span(Fraction(0), Fraction(9))
    assert [high.above(low), low.above(high), wide.above(high)] == [True, False, None]
    assert [high.reaches(low), low.reaches(high), wide.reaches(high)] == [True, False, None]
    assert [exactly(1).above(exactly(1)), exactly(1).reaches(exactly(1))] == [False, True]
    assert [UNKNOWN.above(low), low.reaches(UNKNOWN)] == [None, None]
    assert Span(Fraction(-1), Fraction(0)) == low.turned()
