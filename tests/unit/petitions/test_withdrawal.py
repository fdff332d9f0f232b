"""Withdrawing a signature: what a place's law knows, and when a request comes in time."""

from __future__ import annotations

from datetime import date

import pytest

from referenda.errors import LawError
from referenda.law.place import load_place
from referenda.petitions.withdrawal import Request, judge, withdrawal_rule

FILED = date(2026, 7, 1)


@pytest.mark.parametrize(
    ("received_on", "effect"),
    [(date(2026, 6, 30), "withdrawn"), (date(2026, 7, 1), "late"), (date(2026, 7, 2), "late")],
)
def test_a_request_is_in_time_before_the_day_of_filing(received_on, effect):
    assert judge(Request("W-1", received_on), ("1/1",), None, FILED).effect == effect


def test_before_the_petition_is_filed_every_request_is_in_time():
    assert judge(Request("W-1", FILED), ("1/1",), "V1", None).effect == "withdrawn"


def test_a_voter_without_a_line_is_kept_for_a_line_that_turns_up():
    found = judge(Request("W-1", date(2026, 6, 1)), (), "V1", FILED)
    assert (found.effect, found.as_data()["in_time"], found.as_data()["voter_id"]) == ("no_line", True, "V1")


def test_the_rule_is_that_of_the_place_with_its_section(law):
    assert withdrawal_rule(law, "statute", FILED).cite == "Elec. Code § 9602"


def test_a_place_whose_law_knows_no_withdrawal_refuses_it():
    place = load_place("us/wa")
    with pytest.raises(LawError, match="knows no withdrawal"):
        withdrawal_rule(place, place.first_instrument, FILED)
