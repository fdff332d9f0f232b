"""A vote decided under a rule: outcome, margins in votes, words, readings, and counts that contradict each other."""

from __future__ import annotations

from fractions import Fraction

import pytest

from referenda.errors import InputError, UndeterminedError
from referenda.law.vote_rule import ConditionFinding, Tally, alternatives_side_by_side, decide, parse_rule

MONTENEGRO = Tally(registered=484718, ballots=419236, yes=230711, no=184954)


def only(rule: str, tally: Tally) -> ConditionFinding:
    (condition,) = decide(rule, tally).conditions
    return condition


def test_montenegro_2006_met_both_conditions() -> None:
    finding = decide("ballots >= 50% of registered and yes >= 55% of valid", MONTENEGRO)
    assert finding.passed
    turnout, approval = finding.as_dict()["conditions"]
    assert turnout == {
        "text": "ballots >= 50% of registered",
        "met": True,
        "left": 419236,
        "right": 242359,
        "margin_votes": 176877,
        "votes_short": 0,
        "left_exact": "419236",
        "right_exact": "242359",
        "margin": "176877",
        "words": "ballots 419,236; 50 % of 484,718 is 242,359: met by 176,877 votes",
    }
    assert (approval["margin_votes"], approval["right"], approval["right_exact"]) == (2095, 228615.75, "228615.75")
    assert "55 % of 415,665 is 228,616: met by 2,095 votes" in approval["words"]


@pytest.mark.parametrize(
    ("rule", "tally", "met", "margin", "short", "words"),
    [
        (
            "yes >= 2/3 of valid",
            Tally(yes=2427, no=1498),
            False,
            -190,
            190,
            "yes 2,427; 2/3 of 3,925 is 2,617: missed by 190 votes (2,616.6667 rounded up to whole votes)",
        ),
        ("yes > no", Tally(yes=7, no=3), True, 4, 0, "yes 7; no 3: met by 4 votes"),
        ("yes > no", Tally(yes=5, no=5), False, 0, 1, "yes 5; no 5, and more is needed: missed by 1 vote, a tie"),
        (
            "yes > no",
            Tally(yes=3, no=7),
            False,
            -4,
            5,
            "yes 3; no 7, and more is needed: missed by 5 votes",
        ),
        (
            "yes > 50% of valid",
            Tally(yes=5, no=5),
            False,
            0,
            1,
            "yes 5; 50 % of 10 is 5, and more is needed: missed by 1 vote, a tie",
        ),
        (
            "yes > 50% of valid",
            Tally(yes=6, no=5),
            True,
            0,
            0,
            "yes 6; 50 % of 11 is 6: met with no vote to spare (5.5 rounded up to whole votes)",
        ),
        ("yes > 50% of valid", Tally(yes=5, no=6), False, -1, 1, "yes 5; 50 % of 11 is 6: missed by 1 vote ("),
        ("yes >= 50% of valid", Tally(yes=5, no=5), True, 0, 0, "met with no vote to spare"),
        ("yes >= 5000", Tally(yes=4321), False, -679, 679, "yes 4,321; the line is 5,000: missed by 679 votes"),
        ("yes >= 5000", Tally(yes=5000), True, 0, 0, "met with no vote to spare"),
        ("50% of registered <= ballots", MONTENEGRO, True, 176877, 0, "50 % of 484,718 is 242,359; ballots 419,236"),
        (
            "no <= 25% of registered",
            Tally(no=240, registered=1001),
            True,
            10,
            0,
            "no 240; 25 % of 1,001 is 250, the most allowed: met by 10 votes (250.25 rounded down to whole votes)",
        ),
        ("no < 25% of registered", Tally(no=251, registered=1001), False, -1, 1, "missed by 1 vote"),
        (
            "no < 25% of registered",
            Tally(no=250, registered=1000),
            False,
            0,
            1,
            "no 250; 25 % of 1,000 is 250, and less is needed: missed by 1 vote, a tie",
        ),
        ("yes = no", Tally(yes=5, no=3), False, 2, 2, "yes 5; no 3, and they must be equal: missed by 2 votes"),
        ("yes = no", Tally(yes=3, no=3), True, 0, 0, "met"),
        ("yes != no", Tally(yes=3, no=3), False, 0, 1, "yes 3; no 3, and they must differ: missed by 1 vote"),
        (
            "yes >= max(40% of registered, 5000)",
            Tally(yes=6000, registered=14999),
            True,
            0,
            0,
            "max(40% of registered, 5000) is 6,000: met with no vote to spare (5,999.6 rounded up",
        ),
        ("yes >= valid / 2", Tally(yes=6, no=5), True, 0, 0, "yes 6; 50 % of 11 is 6"),
        ("yes + 1 > no", Tally(yes=3, no=3), True, 1, 0, "yes + 1 is 4; no 3: met by 1 vote"),
        ("yes >= ceil(2/3 of valid)", Tally(yes=446, no=246), False, -16, 16, "missed by 16 votes"),
    ],
)
def test_a_margin_counts_whole_votes(rule: str, tally: Tally, met: bool, margin: int, short: int, words: str) -> None:
    condition = only(rule, tally)
    assert (condition.met, condition.margin_votes, condition.votes_short) == (met, margin, short)
    assert words in condition.words


@pytest.mark.parametrize(
    ("rule", "tally", "margin", "words"),
    [
        (
            "units_carried > 50% of units",
            Tally(units=23, units_carried=Fraction(17, 2)),
            "-3",
            "units_carried 8.5; 50 % of 23 is 11.5, and more is needed: missed by 3",
        ),
        (
            "units_carried > 50% of units",
            Tally(units=23, units_carried=Fraction(23, 2)),
            "0",
            "units_carried 11.5; 50 % of 23 is 11.5, and more is needed: missed, the two are equal",
        ),
        ("units_carried >= 4", Tally(units=6, units_carried=3), "-1", "units_carried 3; the line is 4: missed by 1"),
        ("units_carried >= 3", Tally(units=6, units_carried=3), "0", "met exactly"),
        ("yes / valid >= 55%", Tally(yes=3, no=1), "0.2", "yes / valid is 0.75; the line is 55 %: met by 0.2"),
        ("50% of ballots >= 40% of registered", Tally(ballots=7, registered=10), "-0.5", "missed by 0.5"),
        ("yes = 50% of valid", Tally(yes=2, no=1), "0.5", "missed by 0.5"),
        ("yes >= no * no", Tally(yes=10, no=3), "1", "no * no is 9: met by 1"),
    ],
)
def test_a_condition_that_counts_no_votes_has_no_margin_in_votes(
    rule: str, tally: Tally, margin: str, words: str
) -> None:
    condition = only(rule, tally)
    assert condition.margin_votes is None
    assert condition.votes_short is None
    assert condition.as_dict()["margin"] == margin
    assert words in condition.words


def test_what_follows_from_the_counts_is_filled_in() -> None:
    assert Tally(yes=7, no=3, ballots=12).known() == {"yes": 7, "no": 3, "valid": 10, "ballots": 12, "invalid": 2}
    assert Tally(valid=10, yes=7, invalid=1).known() == {"yes": 7, "no": 3, "valid": 10, "ballots": 11, "invalid": 1}
    assert Tally(ballots=12, invalid=2, no=3).known()["ballots"] == 12
    assert Tally(ballots=12, invalid=2).valid == 10
    assert Tally(ballots=12, invalid=2, yes=7).no == 3
    assert Tally(yes=7).known() == {"yes": 7}
    assert Tally(ballots=10, registered=10, election_ballots=10).registered == 10  # everybody voted


@pytest.mark.parametrize(
    ("counts", "messages"),
    [
        ({"yes": -5, "no": 3}, ["yes is below zero"]),
        ({"yes": 3, "no": 4, "valid": 8}, ["yes 3 and no 4 make 7, and valid is given as 8"]),
        (
            {"yes": 2747, "no": 75720, "invalid": 2418, "ballots": 80881},
            ["valid 78,467 and invalid 2,418 make 80,885, and ballots is given as 80,881"],
        ),
        ({"ballots": 11, "registered": 10}, ["ballots 11 is more than registered 10"]),
        ({"yes": 11, "registered": 10}, ["yes 11 is more than registered 10"]),
        ({"yes": 6, "no": 5, "ballots": 10}, ["valid 11 is more than ballots 10"]),
        ({"yes": 11, "ballots": 10}, ["yes 11 is more than ballots 10"]),
        ({"yes": 11, "valid": 10, "ballots": 12}, ["yes 11 is more than valid 10"]),
        ({"invalid": 11, "ballots": 10}, ["invalid 11 is more than ballots 10"]),
        ({"ballots": 11, "election_ballots": 10}, ["ballots 11 is more than election_ballots 10"]),
        ({"election_ballots": 11, "registered": 10}, ["election_ballots 11 is more than registered 10"]),
        ({"units": 4, "units_carried": 5}, ["units_carried 5 is more than units 4"]),
        (
            {"yes": 3, "no": 4, "valid": 8, "ballots": 12, "registered": 10, "units": -1},
            ["units is below zero", "make 7, and valid", "ballots 12 is more than registered 10"],
        ),
    ],
)
def test_counts_that_contradict_each_other_are_refused_all_at_once(counts: dict[str, int], messages: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        Tally(**counts)
    faults = caught.value.faults
    assert len(faults) == len(messages)
    for fault, message in zip(faults, messages, strict=True):
        assert message in fault.message
        assert fault.remedy
        assert "--" in fault.remedy


def test_every_quantity_that_is_missing_is_named_with_its_option() -> None:
    with pytest.raises(UndeterminedError) as caught:
        decide("yes >= 25% of registered and units_carried > 50% of units", Tally(yes=5, no=3))
    assert [(fault.message, fault.remedy) for fault in caught.value.faults] == [
        ("the rule needs registered, and it is not known", "Give --registered."),
        ("the rule needs units, and it is not known", "Give --units FILE."),
        ("the rule needs units_carried, and it is not known", "Give --units FILE."),
    ]


def test_an_outcome_that_does_not_hang_on_what_is_missing_is_found() -> None:
    finding = decide("yes > no and yes >= 25% of registered", Tally(yes=3951882, no=4120038))
    assert not finding.passed
    assert [condition.met for condition in finding.conditions] == [False, None]
    assert finding.conditions[1].as_dict()["left"] is None
    assert "registered is not known" in finding.conditions[1].words


def test_a_rule_with_or_and_not() -> None:
    tally = Tally(yes=60, no=40, registered=1000, ballots=100)
    assert decide("yes >= 25% of registered or (yes >= 60% of valid and not ballots < 10% of registered)", tally).passed


def test_those_voting_is_a_reading_and_both_outcomes_are_shown() -> None:
    rule = "yes >= 55.2% of voting"
    finding = decide(rule, MONTENEGRO)
    assert finding.passed
    (reading,) = finding.readings
    assert reading.chosen == "valid"
    assert [(name, passed) for name, _, passed in reading.outcomes] == [("valid", True), ("ballots", False)]
    other = decide(rule, MONTENEGRO, readings={"voting": "ballots"})
    assert not other.passed
    assert other.readings[0].as_dict()["because"] == "it was asked for"
    assert other.conditions[0].right == Fraction(552, 1000) * 419236


def test_a_reading_that_cannot_be_computed_is_left_open() -> None:
    (reading,) = decide("yes >= 55% of voting", Tally(yes=6, no=4)).readings
    assert [passed for _, _, passed in reading.outcomes] == [True, None]
    with pytest.raises(UndeterminedError, match="the rule needs ballots"):
        decide("yes >= 55% of voting", Tally(yes=6, no=4), readings={"voting": "ballots"})


def test_a_rule_without_an_open_word_has_no_readings() -> None:
    assert decide("yes > no", MONTENEGRO).readings == ()


def test_readings_that_are_none_are_refused_all_at_once() -> None:
    with pytest.raises(InputError) as caught:
        decide("yes > no", MONTENEGRO, readings={"turnout": "valid", "voting": "all"})
    assert [fault.value for fault in caught.value.faults] == ["turnout", "all"]


def test_the_alternatives_stand_side_by_side() -> None:
    rows = alternatives_side_by_side("ballots >= 50% of registered and yes >= 55% of voting", MONTENEGRO)
    assert [
        (row.condition, row.denominator, row.finding.met, row.finding.margin_votes, row.is_the_rule) for row in rows
    ] == [
        ("ballots >= 50% of registered", "registered", True, 176877, True),
        ("yes >= 55% of voting", "valid", True, 2095, True),
        ("yes >= 55% of voting", "ballots", True, 131, False),
        ("yes >= 55% of voting", "registered", False, -35884, False),
    ]
    assert [row.text for row in rows][1:3] == ["55 % of valid", "55 % of ballots"]


def test_a_condition_without_a_share_has_nothing_to_stand_beside() -> None:
    assert alternatives_side_by_side("yes > no and units_carried > 50% of units", MONTENEGRO) == []


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("yes", "this is a number"),
        ("yes >= 40% of electorate", "Did you mean registered"),
        ("yes > 50% of voters", "Did you mean registered"),
    ],
)
def test_a_text_that_is_no_rule_is_refused(rule: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse_rule(rule)


def test_a_division_by_zero_that_the_rule_needs_is_refused() -> None:
    tally = Tally(yes=5, no=4, invalid=0)
    with pytest.raises(InputError, match="`invalid` is zero"):
        decide("yes / invalid > 50%", tally)
    finding = decide("invalid > 0 and yes / invalid > 50%", tally)
    assert not finding.passed
    assert finding.conditions[1].met is None


@pytest.mark.parametrize(
    ("rule", "tally", "message"),
    [
        ("yes >= 55% of valid", Tally(yes=0, no=0), "no valid vote was cast"),
        ("yes > no", Tally(ballots=9, invalid=9), "no valid vote was cast"),
        ("ballots >= 50% of registered", Tally(registered=9, ballots=0), "no ballot was cast"),
        ("yes >= 5% of election_ballots", Tally(election_ballots=0), "no ballot was cast"),
    ],
)
def test_a_share_of_nothing_decides_nothing(rule: str, tally: Tally, message: str) -> None:
    with pytest.raises(InputError, match=message) as refused:
        decide(rule, tally)
    assert all(fault.remedy for fault in refused.value.faults)


def test_where_nobody_is_registered_and_nobody_voted_both_are_said() -> None:
    with pytest.raises(InputError) as refused:
        decide("ballots >= 50% of registered", Tally(registered=0, ballots=0, yes=0, no=0))
    said = [fault.message for fault in refused.value.faults]
    assert said == [
        "nobody is registered, so no vote can be decided",
        "no valid vote was cast, so there is nothing to decide",
    ]
