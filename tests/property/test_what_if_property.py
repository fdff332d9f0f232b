"""What-if on any table: exact, no change changes nothing, and the smallest and fewest are so by trying all."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

from hypothesis import assume, given
from hypothesis import strategies as st

from referenda.elections.changes import Changes, change
from referenda.elections.fewest_yes import fewest_yes
from referenda.elections.unit_table import Unit, UnitTable
from referenda.elections.what_if import ask_what_if
from referenda.law.tally import Tally
from referenda.law.vote_rule import decide

COUNT = st.integers(0, 40)


@st.composite
def tables(draw: st.DrawFn, most: int = 6) -> UnitTable:
    choices = draw(st.integers(2, 3))
    votes = draw(st.lists(st.tuples(*[COUNT] * choices), min_size=1, max_size=most))
    units = []
    for place, each in enumerate(votes):
        ballots = sum(each) + draw(st.integers(0, 5))
        units.append(Unit(f"unit {place}", each, ballots + draw(st.integers(1, 20)), ballots))
    assume(any(sum(each) for each in votes))
    return UnitTable("any", ("yes", "no", "none of these")[:choices], tuple(units))


@given(tables())
def test_no_change_gives_the_same_table(table: UnitTable) -> None:
    assert change(table, Changes()).table == table
    nothing = Changes(turnout=[("no", Fraction(1))], swing={"yes": Fraction(0)})
    assert change(table, nothing).table == table


@given(tables())
def test_the_sums_are_those_of_the_units_left(table: UnitTable) -> None:
    assume(len(table.units) > 1)
    left = change(table, Changes(without=[table.units[0].name])).table
    assert table.margin - table.units[0].margin == left.margin
    assert table.tally().registered == (left.registered or 0) + (table.units[0].registered or 0)


@given(tables(), st.fractions(0, 100), st.sampled_from(["yes", "no"]))
def test_a_swing_moves_votes_and_makes_or_loses_none(table: UnitTable, points: Fraction, to: str) -> None:
    swung = change(table, Changes(swing={to: points})).table
    assert [sum(unit.votes) for unit in swung.units] == [sum(unit.votes) for unit in table.units]
    assert [unit.ballots for unit in swung.units] == [unit.ballots for unit in table.units]
    assert min(count for unit in swung.units for count in unit.votes) >= 0
    sign = 1 if to == "yes" else -1
    assert (swung.margin - table.margin) * sign >= 0


@given(tables(), st.fractions(0, 1))
def test_who_stays_home_leaves_ballots_that_were_not_valid(table: UnitTable, share: Fraction) -> None:
    left = change(table, Changes(turnout=[("no", share)])).table
    for was, now in zip(table.units, left.units, strict=True):
        assert abs(now.votes[1] - was.votes[1] * share) <= Fraction(1, 2)
        assert (now.ballots or 0) - sum(now.votes) == (was.ballots or 0) - sum(was.votes)


@given(tables())
def test_the_smallest_removal_is_the_smallest_of_all(table: UnitTable) -> None:
    standing = ask_what_if(table).before
    sign = (standing.margin > 0) - (standing.margin < 0)
    fewest = next(
        (
            size
            for size in range(1, len(table.units) + 1)
            for left_out in combinations(table.units, size)
            if sign and sign * (table.margin - sum(unit.margin for unit in left_out)) < 0
        ),
        None,
    )
    found = standing.smallest_removal
    assert fewest == (None if found is None else len(found))
    if found is not None:
        assert sign * change(table, Changes(without=found)).table.margin < 0
    alone = {unit.name for unit in table.units if sign and sign * (table.margin - unit.margin) < 0}
    assert alone == set(standing.turned_without)


@given(tables())
def test_the_swing_to_a_tie_makes_one_before_votes_are_rounded(table: UnitTable) -> None:
    standing = ask_what_if(table).before
    losing = 0 if standing.margin > 0 else 1
    moved = sum(
        min(standing.swing_to_tie / 100 * sum(unit.votes), Fraction(unit.votes[losing])) for unit in table.units
    )
    assert abs(standing.margin) == 2 * moved


@given(tables())
def test_the_votes_that_turn_it_are_the_fewest(table: UnitTable) -> None:
    standing = ask_what_if(table).before
    assert abs(standing.margin) - 2 * standing.votes_to_turn < 0
    assert abs(standing.margin) - 2 * (standing.votes_to_turn - 1) >= 0


SHARES = st.integers(0, 100)


@given(st.integers(1, 25), SHARES, SHARES, SHARES, st.sampled_from([">", ">="]), st.booleans())
def test_the_fewest_yes_are_the_fewest_of_all_counts(
    registered: int, quorum: int, share: int, approval: int, sign: str, plurality: bool
) -> None:
    rule = (
        f"ballots {sign} {quorum}% of registered and yes {sign} {share}% of voting and yes >= {approval}% of registered"
    )
    rule += " and yes > no" if plurality else ""
    passing = [
        yes
        for yes in range(registered + 1)
        if any(
            decide(rule, Tally(registered=registered, yes=yes, no=no, invalid=0)).passed
            for no in range(registered - yes + 1)
            if yes + no
        )
    ]
    found = fewest_yes(rule, registered)
    assert (min(passing) if passing else None) == (None if found is None else found.yes)
    if found is not None:
        tally = Tally(registered=registered, yes=found.yes, no=found.ballots - found.yes, invalid=0)
        assert decide(rule, tally).passed


@given(tables(), st.sampled_from(["yes > no", "ballots >= 50% of registered and yes >= 55% of valid"]))
def test_units_that_turn_a_rule_are_those_found_by_leaving_each_out(table: UnitTable, rule: str) -> None:
    (outcome,) = ask_what_if(table, rules=[rule]).before.rules
    turning = set()
    for unit in table.units:
        rest = [each for each in table.units if each is not unit]
        if rest and any(sum(each.votes) for each in rest):
            left = ask_what_if(table, Changes(without=[unit.name]), rules=[rule]).after
            if left is not None and left.rules[0].finding.passed is not outcome.finding.passed:
                turning.add(unit.name)
    assert turning == set(outcome.turned_without)
