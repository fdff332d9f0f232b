"""Votes that hang on one another, and measures that conflict."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from referenda.errors import InputError
from referenda.law.tally import Tally
from referenda.law.vote_chain import ChainedVote, decide_chain, prevailing
from referenda.law.vote_rule import decide

VOTE = ChainedVote("vote 2018", "yes > no", Tally(yes=60, no=40), date(2018, 11, 6))
PLEBISCITE = ChainedVote(
    "plebiscite 2019",
    "ballots >= 50% of registered and yes >= 55% of valid",
    Tally(registered=100, ballots=60, yes=40, no=20),
    date(2019, 3, 5),
    hangs_on="vote 2018",
)
STATUS_QUO = ChainedVote("status quo", "yes > no", None, date(2019, 3, 5), hangs_on="vote 2018", outcome="failed")


def test_the_second_vote_is_held_when_the_first_passed() -> None:
    links = decide_chain([PLEBISCITE, VOTE, STATUS_QUO])  # the order given is kept
    assert [(link.vote.name, link.status) for link in links] == [
        ("plebiscite 2019", "passed"),
        ("vote 2018", "passed"),
        ("status quo", "not held"),
    ]
    assert links[0].because == "vote 2018 passed"
    assert links[2].as_dict()["finding"] is None


def test_the_second_vote_is_not_held_when_the_first_failed() -> None:
    failed = replace(VOTE, tally=Tally(yes=40, no=60))
    counted = replace(STATUS_QUO, tally=Tally(yes=3, no=2))
    links = decide_chain([failed, replace(PLEBISCITE, tally=None), counted])
    assert [link.status for link in links] == ["failed", "not held", "passed"]


def test_what_hangs_on_a_vote_that_is_not_counted_waits_and_so_does_what_hangs_on_that() -> None:
    third = ChainedVote("commission", "yes > no", hangs_on="plebiscite 2019")
    links = decide_chain([replace(VOTE, tally=None), replace(PLEBISCITE, tally=None), third])
    assert [link.status for link in links] == ["not counted yet", "waiting", "waiting"]
    links = decide_chain([VOTE, replace(PLEBISCITE, tally=None), third])
    assert [link.status for link in links] == ["passed", "not counted yet", "waiting"]


@pytest.mark.parametrize("first", [None, Tally(yes=1, no=2)])
def test_counts_of_a_vote_that_was_not_to_be_held_are_refused(first: Tally | None) -> None:
    with pytest.raises(
        InputError, match="plebiscite 2019: it has counts, and it was to be held only if vote 2018 passed"
    ):
        decide_chain([replace(VOTE, tally=first), PLEBISCITE])


def test_every_vote_that_hangs_on_nothing_real_is_named() -> None:
    votes = [
        replace(VOTE, row=2),
        ChainedVote("b", "yes > no", hangs_on="c", row=3),
        ChainedVote("c", "yes > no", hangs_on="b", row=4),
        ChainedVote("d", "yes > no", hangs_on="none", row=5),
        ChainedVote("e", "yes > no", hangs_on="d", row=6),
        ChainedVote("f", "yes > no", on=date(2018, 1, 1), hangs_on="vote 2018", row=7),
        ChainedVote("g", "yes > no", hangs_on="g", row=8),
        ChainedVote("h", "yes > no", hangs_on="c", row=9),
        ChainedVote("vote 2018", "yes > no", row=10),
    ]
    with pytest.raises(InputError) as caught:
        decide_chain(votes)
    said = {(fault.row, fault.message) for fault in caught.value.faults}
    assert (3, "it hangs on itself, round a circle") in said
    assert (4, "it hangs on itself, round a circle") in said
    assert (5, "it hangs on a vote that is not here") in said
    assert (7, "it is held before the vote that it hangs on (vote 2018, 2018-11-06)") not in said  # its date is unsure
    assert (8, "it hangs on itself, round a circle") in said
    assert any(row in (2, 10) and "twice" in message for row, message in said)
    assert not any(row == 6 for row, _ in said)  # only what it hangs on is at fault


def test_a_vote_before_the_one_it_hangs_on_is_refused() -> None:
    with pytest.raises(InputError, match="it is held before the vote that it hangs on"):
        decide_chain([VOTE, replace(PLEBISCITE, on=date(2018, 11, 5))])
    assert decide_chain([VOTE, replace(PLEBISCITE, on=VOTE.on)])[1].status == "passed"  # one ballot, two questions


def test_a_vote_whose_rule_needs_more_than_its_counts_is_named_and_nothing_after_it() -> None:
    with pytest.raises(InputError) as caught:
        decide_chain([replace(VOTE, rule="yes > 50% of registered"), PLEBISCITE, STATUS_QUO])
    (fault,) = caught.value.faults
    assert fault.message.startswith("vote 2018: the rule needs registered")


def test_of_conflicting_measures_that_pass_the_one_with_the_most_yes_votes_prevails() -> None:
    findings = {
        "a": decide("yes > no", Tally(yes=50, no=40)),
        "b": decide("yes > no", Tally(yes=55, no=54)),
        "c": decide("yes > no", Tally(yes=90, no=99)),  # the most yes votes, but it failed
    }
    found = prevailing(findings)
    assert (found.passed, found.prevails, found.tie) == (("a", "b"), "b", False)
    assert found.because == "it has the most yes votes, 55"


def test_a_tie_between_conflicting_measures_is_left_open() -> None:
    same = decide("yes > no", Tally(yes=50, no=40))
    found = prevailing({"a": same, "b": same})
    assert found.prevails is None
    assert found.as_dict()["undetermined"] is True


def test_no_measure_prevails_when_none_passed() -> None:
    found = prevailing({"a": decide("yes > no", Tally(yes=5, no=6))})
    assert (found.prevails, found.tie, found.because) == (None, False, "no measure passed")


def test_the_only_measure_that_passed_prevails() -> None:
    found = prevailing({"a": decide("yes > no", Tally(yes=5, no=6)), "b": decide("yes > no", Tally(yes=1, no=0))})
    assert (found.prevails, found.because) == ("b", "it is the only one that passed")
