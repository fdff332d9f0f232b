"""Elections through time: which moments there are, how far apart they come, and where one is missing."""

from __future__ import annotations

from referenda.elections.time_table import Election, Gap, Moment, TimeTable, usual_distance


def table_of(*years: int, every: int | None = None) -> TimeTable:
    return TimeTable("invented", tuple(Election(Moment(year), {}) for year in years), every)


def test_a_moment_is_written_as_it_is_known() -> None:
    assert [str(Moment(1936)), str(Moment(1936, 11, 3))] == ["1936", "1936-11-03"]


def test_the_usual_distance_is_that_of_more_than_half_of_the_steps() -> None:
    assert usual_distance((Moment(2000), Moment(2004), Moment(2008), Moment(2016))) == 4
    assert usual_distance((Moment(2000), Moment(2004), Moment(2006))) is None
    assert usual_distance((Moment(2000), Moment(2004))) is None


def test_two_elections_of_one_year_are_no_step() -> None:
    moments = (Moment(2000, 3, 7), Moment(2000, 11, 7), Moment(2002, 11, 5), Moment(2004, 11, 2))
    assert usual_distance(moments) == 2


def test_a_wider_step_is_a_gap_and_a_narrower_one_is_none() -> None:
    assert table_of(1932, 1936, 1944, 1945, every=4).gaps == (Gap(Moment(1936), Moment(1944)),)
    assert table_of(1932, 1936, 1944, 1945).gaps == ()


def test_a_gap_matters_only_if_an_election_within_the_years_may_be_missing() -> None:
    table = table_of(1932, 1936, 1944, 1948, every=4)
    assert len(table.gaps_within(1936, Moment(1948))) == 1
    assert len(table.gaps_within(1939, Moment(1944))) == 1
    assert table.gaps_within(1940, Moment(1948)) == ()  # the missing election is that of 1940 itself
    assert table.gaps_within(1932, Moment(1936)) == ()  # and it came after this one


def test_of_a_gap_that_is_no_whole_number_of_steps_the_year_before_its_end_may_be_missing() -> None:
    assert len(table_of(2000, 2002, 2005, every=2).gaps_within(2003, Moment(2005))) == 1
    assert table_of(2000, 2002, 2005, every=2).gaps_within(2004, Moment(2005)) == ()
