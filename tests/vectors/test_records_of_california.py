"""Record sentences about California that were printed, and what the counts make of them.

Sources: the rows of the two tables themselves (each names its own); the points of 1940 and 1944 as printed elsewhere
(57.4 to 41.3 and 56.5 to 43.0 percent); turnout as the Secretary of State's historical table prints it.
"""

from __future__ import annotations

import csv
from fractions import Fraction

import pytest

from referenda.elections.record_question import Answer, answer_for, list_elections, read_question
from referenda.elections.record_value import Measured, Unit
from referenda.elections.time_table import Moment, TimeTable
from referenda.formats.time_table_csv import OWN_TABLES, read_time_table
from referenda.terms.quantity import shown


def own(name: str) -> tuple[TimeTable, Measured]:
    table = OWN_TABLES[name]
    return read_time_table(table.file, table.measured, name=name), table.measured


def president(text: str, year: int) -> dict[tuple[str, str | None], Answer]:
    table, measured = own("us-president-california")
    answers = answer_for(table, measured, read_question(text), measured.units, Moment(year))
    return {(str(answer.unit), answer.led_by): answer for answer in answers}


def test_the_margin_of_2016_was_the_largest_since_1936_in_points_and_the_largest_ever_in_votes() -> None:
    answers = president("largest margin since 1936", 2016)
    assert {True} == {answer.holds for answer in answers.values()}
    assert {None, "D"} == {led_by for _, led_by in answers}
    for led_by in (None, "D"):
        votes, points = answers["votes", led_by], answers["points of total", led_by]
        assert (votes.value.exact, votes.back_to) == (4_269_978, None)
        assert votes.passed_in is not None and (votes.passed_in[0].year, votes.passed_in[1].exact) == (2020, 5_103_821)
        assert (points.value.exact, points.passed_in) == (Fraction(4_269_978, 14_181_595), None)
        assert points.back_to is not None and points.back_to[0].year == 1936
        assert points.back_to[1].exact == Fraction(930_405, 2_638_882)
    assert {
        unit: president("largest ever", 2016)[unit, None].holds or None for unit in ("points of total", "votes")
    } == {"points of total": None, "votes": True}


@pytest.mark.parametrize(
    ("year", "votes", "points", "of_the_two"),
    [
        (1936, "930,405", "35.26", "35.74"),
        (1948, "17,865", "0.44", "0.47"),
        (1964, "1,292,769", "18.32", "18.33"),
        (1980, "1,440,051", "16.78", "18.93"),
        (2008, "3,262,692", "24.06", "24.56"),
        (2016, "4,269,978", "30.11", "32.26"),
        (2020, "5,103,821", "29.16", "29.82"),
    ],
)
def test_margins_are_those_that_are_printed(year: int, votes: str, points: str, of_the_two: str) -> None:
    answers = president("largest", year)
    said = [answers[unit, None].value.exact or 0 for unit in ("votes", "points of total", "two-party")]
    assert [votes, points, of_the_two] == [shown(said[0]), shown(100 * said[1], 2), shown(100 * said[2], 2)]


@pytest.mark.parametrize(("year", "printed"), [(1932, "21.00"), (1940, "16.1"), (1944, "13.5")])
def test_the_bound_of_a_year_without_a_total_holds_for_the_points_printed_elsewhere(year: int, printed: str) -> None:
    value = president("largest", year)["points of total", None].value
    assert value.exact is None and value.high is not None and value.low is not None
    assert value.low <= Fraction(printed) / 100 <= value.high < Fraction(22, 100)


def test_three_statewide_elections_since_1990_missed_half_of_the_registered() -> None:
    table, measured = own("california-turnout")
    registered, eligible = list_elections(
        table,
        measured,
        read_question("below 50% since 1990"),
        [Unit("points", "registered"), Unit("points", "eligible")],
    )
    assert [str(moment) for moment, _ in registered.met] == ["1993-11-02", "2009-05-19", "2014-11-04"]
    assert [str(moment) for moment in registered.open] == ["2022-11-08"]
    assert [shown(100 * (value.exact or 0), 2) for _, value in registered.met] == ["36.37", "28.4", "42.2"]
    passing = {1992, 1996, 2000, 2004, 2008, 2012, 2016}  # of the eligible, only presidential elections up to 2016
    held = {each.moment.year for each in table.elections if 1990 <= each.moment.year <= 2016}
    assert held - passing == {moment.year for moment, _ in eligible.met}


def test_elections_that_passed_half_of_the_registered_by_a_hair_are_not_below_it() -> None:
    table, measured = own("california-turnout")
    (close,) = list_elections(table, measured, read_question("at most 51% since 1990"), [Unit("points", "registered")])
    assert [shown(100 * (value.exact or 0), 2) for moment, value in close.met if moment.year in (2002, 2005)] == [
        "50.57",
        "50.14",
    ]


def test_the_counts_of_each_presidential_row_add_up_and_each_row_names_its_source() -> None:
    for name in OWN_TABLES:
        with OWN_TABLES[name].file.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert all(row["source"] for row in rows)
        for row in rows:
            if row.get("total"):
                assert int(row["total"]) == sum(int(row[column]) for column in ("D", "R", "other"))


def test_no_presidential_election_and_no_general_election_is_missing() -> None:
    assert [(table.every, table.gaps) for table, _ in map(own, OWN_TABLES)] == [(4, ()), (2, ())]
