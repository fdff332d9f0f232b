"""Real votes decided under their rules, as history has it; or listed with the reason why they cannot be.

Facts with the source of each row: `data/votes_of_the_world.csv` (sets: `threshold`, unusual thresholds; `world`,
independence and other votes 1905-2021; `noted`, further votes). Units: the cantons of 29 November 2020
(simmentalzeitung.ch, abstimmungsresultate of that day) and the states of 21 May 1977 (electoralgeography.com).
"""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

import pytest

from referenda.errors import InputError, ReferendaError
from referenda.formats.units_csv import read_units
from referenda.law.units import total_of
from referenda.law.vote_chain import ChainedVote, decide_chain
from referenda.law.vote_rule import Tally, VoteFinding, decide
from referenda.terms.quantity import read_number, round_to

DATA = Path(__file__).parent / "data"
Row = dict[str, str]


def read(name: str) -> list[Row]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


VOTES = {(row["set"], row["id"]): row for row in read("votes_of_the_world.csv")}
REASONS = {(row["set"], row["id"]): row["reason"] for row in read("votes_not_decided.csv")}
DECIDED = [key for key in VOTES if key not in REASONS]


def tally_of(row: Row) -> Tally:
    counts = {
        name: int(row[name]) if row[name] else None
        for name in ("registered", "ballots", "valid", "yes", "no", "invalid")
    }
    units = {name: read_number(row[name]) if row[name] else None for name in ("units", "units_carried")}
    return Tally(**counts, units=units["units"], units_carried=units["units_carried"])


def finding_of(identity: str, group: str) -> VoteFinding:
    row = VOTES[group, identity]
    return decide(row["rule"], tally_of(row))


def test_every_vote_is_either_decided_or_listed_with_a_reason() -> None:
    assert len(VOTES) == len(read("votes_of_the_world.csv"))
    assert len(REASONS) == len(read("votes_not_decided.csv"))
    assert REASONS.keys() <= VOTES.keys()
    assert all(REASONS.values())
    groups = [group for group, _ in VOTES]
    assert (groups.count("threshold"), groups.count("world")) == (21, 38)
    assert len(DECIDED) + len(REASONS) == len(VOTES)
    assert all(row["source"] for row in VOTES.values())


@pytest.mark.parametrize("key", DECIDED, ids="-".join)
def test_a_vote_comes_out_as_history_has_it(key: tuple[str, str]) -> None:
    row = VOTES[key]
    assert row["outcome"] in ("passed", "failed")
    assert decide(row["rule"], tally_of(row)).passed is (row["outcome"] == "passed")


@pytest.mark.parametrize("key", REASONS, ids="-".join)
def test_a_vote_that_is_listed_really_cannot_be_decided(key: tuple[str, str]) -> None:
    row = VOTES[key]
    with pytest.raises(ReferendaError):
        decide(row["rule"], tally_of(row))


@pytest.mark.parametrize("key", [key for key in DECIDED if VOTES[key]["yes_percent_of_valid"]], ids="-".join)
def test_the_percentages_printed_are_those_of_the_counts(key: tuple[str, str]) -> None:
    row, tally = VOTES[key], tally_of(VOTES[key])
    compared = {
        "yes_percent_of_valid": (tally.yes, tally.valid),
        "turnout_percent": (tally.ballots, tally.registered),
        "yes_percent_of_registered": (tally.yes, tally.registered),
    }
    for column, (part, whole) in compared.items():
        if row[column] and part is not None and whole:
            assert round_to(Fraction(100 * part, whole), Fraction(1, 100), "half_up") == read_number(row[column])


@pytest.mark.parametrize(
    ("group", "identity", "condition", "needed", "margin"),
    [
        ("threshold", "ME-2006", 0, 242359, 176877),
        ("threshold", "ME-2006", 1, 228616, 2095),
        ("threshold", "SCO-1979", 1, 1498845, -267908),
        ("threshold", "KN-NEVIS-1998", 0, 2617, -190),
        ("threshold", "TK-2006", 0, 388, -39),
        ("noted", "TK-2007", 0, 462, -16),
        ("threshold", "DK-1953", 1, 1163610, 19682),
        ("noted", "DK-1939", 1, 978039, -11762),
        ("noted", "HU-2016", 0, 4136313, -717926),
        ("noted", "TW-2025", 1, 5000523, -659091),
        ("threshold", "QC-1995", 0, 2335504, -27144),  # 54,288 fewer than no
    ],
)
def test_the_votes_that_were_needed_are_the_published_ones(
    group: str, identity: str, condition: int, needed: int, margin: int
) -> None:
    found = finding_of(identity, group).conditions[condition]
    assert found.margin_votes == margin
    assert found.left is not None
    assert found.left - margin == needed
    assert f"is {needed:,}" in found.words


def test_a_count_without_the_number_registered_still_shows_its_other_condition() -> None:
    tally = tally_of(VOTES["threshold", "ME-2006b"])
    (condition,) = decide("yes >= 55% of valid", tally).conditions
    assert (condition.met, condition.margin_votes) == (True, 2046)


def test_parts_that_do_not_add_up_are_refused_and_decide_when_the_faulty_total_is_left_out() -> None:
    row = VOTES["threshold", "NC-2021"]
    with pytest.raises(InputError, match=r"make 80,885, and ballots is given as 80,881"):
        tally_of(row)
    finding = decide(row["rule"], tally_of({**row, "ballots": ""}))
    assert not finding.passed
    assert finding.tally.ballots == 80885


def test_swiss_cantons_and_half_cantons_outweigh_the_people() -> None:
    row = VOTES["threshold", "CH-2020"]
    cantons = read_units(DATA / "cantons_2020_11_29.csv")
    assert len(cantons) == 26
    tally = total_of(cantons, yes=int(row["yes"]), no=int(row["no"]))
    assert (tally.units, tally.units_carried) == (23, Fraction(17, 2))
    finding = decide("yes > no and units_carried > 50% of units", tally)
    assert not finding.passed
    people, units = finding.conditions
    assert (people.met, people.margin_votes) == (True, 37500)
    assert (units.met, units.margin) == (False, Fraction(-3))


def test_three_of_six_australian_states_are_not_a_majority_of_states() -> None:
    row = VOTES["noted", "AU-1977-SIM"]
    states = read_units(DATA / "states_1977_05_21.csv")
    names = ("registered", "ballots", "yes", "no", "invalid")
    tally = total_of(states, **{name: int(row[name]) for name in names})  # the printed totals are the sums
    assert [state.name for state in states if state.carried] == ["New South Wales", "Victoria", "South Australia"]
    finding = decide(row["rule"], tally)
    assert (finding.passed, finding.conditions[0].margin_votes, finding.conditions[1].margin) == (False, 1825860, 0)


def test_a_question_that_was_asked_in_case_the_first_failed_was_to_be_counted() -> None:
    """Palau 1983: question 3 (a closer status or independence) mattered only if question 1 failed."""
    first = VOTES["threshold", "PW-1983-02"]
    third = Tally(ballots=7246, yes=2250, no=1800, invalid=3196)
    links = decide_chain(
        [
            ChainedVote("question 1", first["rule"], tally_of(first)),
            ChainedVote("question 3", "yes > no", third, hangs_on="question 1", outcome="failed"),
        ]
    )
    assert [link.status for link in links] == ["failed", "passed"]


def test_montenegro_and_scotland_under_each_other_rule() -> None:
    montenegro, scotland = tally_of(VOTES["threshold", "ME-2006"]), tally_of(VOTES["threshold", "SCO-1979"])
    assert decide("yes > no and yes >= 40% of registered", montenegro).passed
    under_montenegro = decide("ballots >= 50% of registered and yes >= 55% of valid", scotland)
    assert [condition.met for condition in under_montenegro.conditions] == [True, False]
