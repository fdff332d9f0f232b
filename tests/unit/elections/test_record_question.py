"""Record questions: how they are read, and what answers them in each unit and reading."""

from __future__ import annotations

from fractions import Fraction

import pytest

from referenda.elections.record_question import Answer, Question, answer_for, list_elections, read_question
from referenda.elections.record_value import Measured, Unit, exactly
from referenda.elections.time_table import Election, Gap, Moment, TimeTable
from referenda.errors import InputError

LEAD = Measured("margin", "yes", "no", ("cast",))
VOTES, POINTS = Unit("votes"), Unit("points", "cast")


def table_of(rows: dict[int, tuple[int | None, int | None, int | None]], every: int | None = 4) -> TimeTable:
    elections = tuple(
        Election(Moment(year), {"yes": yes, "no": no, "cast": cast}) for year, (yes, no, cast) in rows.items()
    )
    return TimeTable("invented", elections, every)


def ask(table: TimeTable, text: str, year: int, unit: Unit = VOTES) -> Answer:
    return answer_for(table, LEAD, read_question(text), [unit], Moment(year))[0]


LEADS = table_of(
    {2000: (90, 10, 200), 2004: (60, 40, 100), 2008: (20, 70, 100), 2012: (80, 20, 100), 2016: (99, 1, 500)}
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("largest", Question("largest", "largest")),
        ("The highest margin since 1936?", Question("the highest margin since 1936", "largest", 1936)),
        ("narrowest ever", Question("narrowest ever", "smallest", 0)),
        ("over 1000 votes", Question("over 1000 votes", "above", None, Fraction(1000), "votes")),
        ("first time below 50 %", Question("first time below 50 %", "below", None, Fraction(1, 2), "%", True)),
        ("at least 2 times ever", Question("at least 2 times ever", "at least", 0, Fraction(2), "times")),
        ("at most 12.5 points", Question("at most 12.5 points", "at most", None, Fraction(1, 8), "%")),
    ],
)
def test_a_question_is_read_as_it_is_asked(text: str, expected: Question) -> None:
    assert read_question(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "large", "largest since", "largest since 36", "above", "below half", "above 1/0%", "most most", "above ..%"],
)
def test_what_is_no_record_question_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_question(text)


def test_the_largest_goes_back_to_the_last_election_that_reaches_it() -> None:
    answer = ask(LEADS, "largest", 2012)
    assert (answer.value, answer.back_to, answer.over) == (exactly(60), (Moment(2000), exactly(80)), 2)
    assert (answer.passed_in, answer.rank, answer.compared) == ((Moment(2016), exactly(98)), (3, 3), 5)
    assert answer.holds is None


def test_one_election_may_be_the_largest_ever_in_points_and_not_in_votes() -> None:
    assert [ask(LEADS, "largest ever", 2012, unit).holds for unit in (VOTES, POINTS)] == [False, True]


def test_since_a_year_leaves_that_year_itself_out() -> None:
    assert ask(LEADS, "largest since 2000", 2012).holds is True
    assert ask(LEADS, "largest since 1999", 2012).holds is False


def test_an_equal_election_ends_a_record() -> None:
    table = table_of({2000: (9, 0, 9), 2004: (5, 0, 9), 2008: (0, 5, 9)})
    assert ask(table, "largest since 2000", 2008).back_to == (Moment(2004), exactly(5))
    assert ask(table, "largest since 2000", 2008).holds is False


def test_the_leads_of_one_side_are_compared_beside_those_of_both() -> None:
    either, of_yes = answer_for(LEADS, LEAD, read_question("smallest ever"), [POINTS], Moment(2004))
    assert (either.led_by, either.compared, either.rank, either.passed_in) == (
        None,
        5,
        (2, 2),
        (Moment(2016), exactly(Fraction(98, 500))),
    )
    assert (of_yes.led_by, of_yes.compared, of_yes.holds) == ("yes", 4, True)
    assert len(answer_for(table_of({2000: (1, 1, 2)}), LEAD, read_question("largest"), [VOTES], Moment(2000))) == 1


def test_a_missing_total_leaves_open_only_what_it_could_change() -> None:
    table = table_of({2000: (60, 40, None), 2004: (90, 10, None), 2008: (80, 20, 200), 2012: (70, 30, 100)})
    below_its_bound = ask(table, "largest since 1996", 2008, POINTS)  # 30 points; at most 20 and at most 80
    assert (below_its_bound.open_before, below_its_bound.open_claim) == ((Moment(2004),), (Moment(2004),))
    assert below_its_bound.holds is None
    assert below_its_bound.rank == (2, 3)
    assert ask(table, "largest since 2004", 2008, POINTS).holds is True


def test_an_election_that_may_reach_it_later_is_told() -> None:
    table = table_of({2000: (60, 40, 100), 2004: (90, 10, None), 2008: (80, 20, 100)})
    assert ask(table, "largest", 2000, POINTS).open_after == (Moment(2004),)


def test_a_gap_keeps_since_from_being_true_but_not_from_being_false() -> None:
    table = table_of({1936: (9, 0, 9), 1940: (1, 0, 9), 1948: (2, 0, 9), 1952: (3, 0, 9)})
    assert ask(table, "largest since 1936", 1952).holds is None
    assert ask(table, "largest since 1936", 1952).gaps == (Gap(Moment(1940), Moment(1948)),)
    assert ask(table, "largest since 1944", 1952).holds is True
    assert ask(table, "smallest since 1936", 1952).holds is False


def test_years_before_the_table_keep_since_open() -> None:
    table = table_of({1936: (1, 0, 9), 1940: (2, 0, 9)})
    assert [ask(table, f"largest since {year}", 1940).holds for year in (1931, 1932, 1936)] == [None, True, True]


def test_the_first_election_of_a_table_is_compared_with_nothing_before_it() -> None:
    answer = ask(LEADS, "largest", 2000)
    assert (answer.back_to, answer.over, answer.open_before) == (None, 0, ())


def test_an_election_whose_own_counts_are_missing_is_no_record_and_no_failure() -> None:
    answer = ask(table_of({2000: (1, 0, 9), 2004: (None, 0, 9)}), "largest ever", 2004)
    assert (answer.met, answer.holds) == (None, None)


def test_the_first_above_a_bound_is_false_where_an_earlier_one_was_above_it() -> None:
    assert ask(LEADS, "first above 50 votes", 2012).holds is False
    assert ask(LEADS, "first above 50 votes since 2000", 2012).holds is True
    assert ask(LEADS, "first above 60 votes", 2012).holds is False  # it is not above 60 itself
    assert ask(LEADS, "first at least 60 votes since 2000", 2012).holds is True
    assert ask(LEADS, "above 50 votes", 2012).holds is True


def test_elections_that_meet_a_bound_are_listed_from_the_year_named_on() -> None:
    (listing,) = list_elections(LEADS, LEAD, read_question("at most 50% since 2004"), [POINTS])
    assert [moment.year for moment, _ in listing.met] == [2004, 2008, 2016]
    assert (listing.open, listing.compared, listing.gaps) == ((), 4, ())


def test_a_span_meets_a_bound_only_where_all_of_it_does() -> None:
    table = table_of({2000: (60, 40, None), 2004: (None, 1, 9), 2008: (9, 0, 9)})
    (below,) = list_elections(table, LEAD, read_question("below 30%"), [POINTS])
    (above,) = list_elections(table, LEAD, read_question("above 10%"), [POINTS])
    assert ([moment.year for moment, _ in below.met], [moment.year for moment in below.open]) == ([2000], [2004])
    assert ([moment.year for moment, _ in above.met], [moment.year for moment in above.open]) == ([2008], [2000, 2004])


def test_a_question_that_goes_back_to_no_earlier_year_is_refused() -> None:
    with pytest.raises(InputError, match="2012 does not come after this year"):
        ask(LEADS, "largest since 2012", 2012)


def test_a_bound_is_asked_only_in_units_that_have_it() -> None:
    units = LEAD.units
    assert [str(unit) for unit in units if read_question("above 5%").suits(unit)] == ["points of cast", "two-party"]
    assert [str(unit) for unit in units if read_question("above 5").suits(unit)] == ["votes"]
    assert [str(unit) for unit in units if read_question("above 5 times").suits(unit)] == ["ratio"]
    assert list(units) == [unit for unit in units if read_question("largest").suits(unit)]
