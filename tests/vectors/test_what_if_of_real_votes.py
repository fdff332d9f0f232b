"""Real votes asked what would have been, against published figures.

President by state: the table that ships (MIT Election Data and Science Lab and others, each row with its source).
Certified figures of 2016: Federal Election Commission, 65,853,514 and 62,984,828; California's statement of vote,
8,753,788 and 4,483,810. Past votes: `data/votes_of_the_world.csv`, each with its source. Voters registered in
California for November 2016, 19,411,771: the Secretary of State's table of historical registration.
"""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

import pytest

from referenda.elections.changes import Changes
from referenda.elections.fewest_yes import fewest_yes
from referenda.elections.tables import shipped_table
from referenda.elections.unit_table import Unit, UnitTable
from referenda.elections.what_if import ask_what_if

FIFTY_FIFTY_FIVE = "ballots >= 50% of registered and yes >= 55% of valid"
CERTIFIED_2016 = UnitTable(
    "2016", ("D", "R"), (Unit("California", (8753788, 4483810)), Unit("all others", (57099726, 58501018)))
)


def past_vote(identity: str, group: str = "world") -> UnitTable:
    data = Path(__file__).parent / "data" / "votes_of_the_world.csv"
    with data.open(encoding="utf-8", newline="") as file:
        (row,) = (row for row in csv.DictReader(file) if (row["set"], row["id"]) == (group, identity))
    unit = Unit(row["place"], (int(row["yes"]), int(row["no"])), int(row["registered"]), int(row["ballots"]))
    return UnitTable(identity, ("yes", "no"), (unit,), row["source"])


def test_without_california_the_certified_lead_of_2016_becomes_a_deficit() -> None:
    found = ask_what_if(CERTIFIED_2016, Changes(without=["California"]))
    assert found.before.margin == 2868686
    assert found.after is not None
    assert found.after.margin == -1401292
    assert (found.before.ahead, found.after.ahead) == ("D", "R")
    assert found.before.turned_without == ("California",)


@pytest.mark.parametrize(
    ("year", "margin", "without_california"),
    [(2012, None, 1953181), (2016, 2868519, -1401459), (2020, 7052762, 1948941), (2024, -2288060, -5482542)],
)
def test_the_margin_of_a_year_with_and_without_california(
    year: int, margin: int | None, without_california: int
) -> None:
    found = ask_what_if(shipped_table("us-president", year), Changes(without=["california"]))
    assert found.after is not None
    assert found.after.margin == without_california
    if margin is not None:
        assert found.before.margin == margin


def test_the_states_whose_removal_alone_turns_a_popular_vote() -> None:
    turned = {}
    for year in range(1940, 2025, 4):
        states = ask_what_if(shipped_table("us-president", year)).before.turned_without
        if states:
            turned[year] = set(states)
    assert turned == {
        1960: {"Massachusetts", "New York", "Georgia", "Louisiana"},
        2000: {"New York", "California", "Massachusetts", "Illinois"},
        2016: {"California"},
    }


@pytest.mark.parametrize(
    ("year", "votes"),
    [
        (1960, (34226731, 34108157)),
        (1972, (29170383, None)),
        (2016, (65853581, 62985062)),
        (2024, (75006739, 77294799)),
    ],
)
def test_the_states_add_up_to_the_national_votes(year: int, votes: tuple[int, int | None]) -> None:
    totals = shipped_table("us-president", year).totals
    assert votes[0] == totals[0]
    assert votes[1] in (None, totals[1])


def test_the_smallest_winning_yes_is_27_and_a_half_percent_of_the_registered() -> None:
    fewest = fewest_yes(FIFTY_FIFTY_FIVE, 19411771)
    assert fewest is not None
    assert fewest.yes == 5338238
    assert fewest.yes - 1 < Fraction(275, 1000) * 19411771 <= fewest.yes


def test_montenegro_cleared_its_rule_by_2095_votes_and_by_no_other_total() -> None:
    (outcome,) = ask_what_if(past_vote("ME-2006", "threshold"), rules=[FIFTY_FIFTY_FIVE]).before.rules
    assert outcome.finding.passed
    assert outcome.finding.conditions[1].margin_votes == 2095
    met = {row.denominator: row.finding.met for row in outcome.side_by_side if "yes" in row.condition}
    assert met == {"valid": True, "ballots": True, "registered": False}


@pytest.mark.parametrize(
    ("identity", "turnout_met", "share_met"),
    [
        ("IS-1918", False, True),
        ("ES-CT-2017", False, True),
        ("FO-1946", True, False),
        ("GB-SCT-1979", True, False),
        ("GB-EU-2016", True, False),
        ("PR-2020", True, False),
        ("KN-NEVIS-1998", True, True),
        ("TK-2006", True, True),
        ("CA-QC-1995", True, False),
        ("GB-SCT-2014", True, False),
        ("NC-2018", True, False),
        ("NC-2020", True, False),
    ],
)
def test_past_votes_under_the_rule_of_half_and_55_percent(identity: str, turnout_met: bool, share_met: bool) -> None:
    (outcome,) = ask_what_if(past_vote(identity), rules=[FIFTY_FIFTY_FIVE]).before.rules
    assert [condition.met for condition in outcome.finding.conditions] == [turnout_met, share_met]
    assert outcome.finding.passed is (turnout_met and share_met)


def test_two_rules_stand_side_by_side_on_one_vote() -> None:
    nevis = ask_what_if(past_vote("KN-NEVIS-1998"), rules=["yes >= 2/3 of valid", FIFTY_FIFTY_FIVE]).before
    assert [outcome.finding.passed for outcome in nevis.rules] == [False, True]


def test_opponents_who_stay_home_defeat_a_measure_that_their_votes_would_have_carried() -> None:
    # Of the register 30 % say yes and 22 % no: it passes at 52 %; without the noes the quorum is missed.
    table = UnitTable("quorum", ("yes", "no"), (Unit("all", (300, 220), 1000, 520),))
    found = ask_what_if(table, Changes(turnout=[("no", Fraction(0))]), rules=[FIFTY_FIFTY_FIVE])
    assert found.after is not None
    assert (found.before.rules[0].finding.passed, found.after.rules[0].finding.passed) == (True, False)
    assert found.after.table.ballots == 300
