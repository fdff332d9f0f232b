"""Whether decisions may be recorded: against the lines, the codes, the looks, the voters, and each other."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from referenda.petitions.decision_check import Decision, check_decisions, person_fault

CODES = ("not_registered", "duplicate", "withdrawn", "address_mismatch")
SAMPLE = frozenset(f"1/{number}" for number in range(1, 10))
ALL = SAMPLE | {"2/1", "2/2"}


def check(log, *decisions):
    looks, faults = check_decisions(decisions, log.known, lines=SAMPLE, all_lines=ALL, codes=CODES)
    return looks, [fault.message for fault in faults]


def valid(line, voter="V1", by="anna", row=None):
    return Decision(line, True, f"county:Alder/{by}", date(2026, 6, 2), voter_id=voter, row=row)


def refused(line, reason="not_registered", of=None, by="anna", voter=None, row=None):
    day = date(2026, 6, 2)
    return Decision(line, False, f"county:Alder/{by}", day, reason=reason, duplicate_of=of, voter_id=voter, row=row)


def second_looks(log):
    log.add("SecondLooksChosen", {"seed": "1" * 20, "share_in_million": 1_000_000})


def test_decisions_on_open_lines_are_first_looks(log):
    assert check(log, valid("1/1"), refused("1/2"), refused("1/3", "duplicate", of="1/1")) == ([1, 1, 1], [])


@pytest.mark.parametrize(
    ("decision", "message"),
    [
        (valid("2/1"), "this line is not in the sample, and only the sample is verified now"),
        (valid("7/1"), "there is no such line"),
        (valid("1/1", voter=None), "a valid signature is some voter's"),
        (replace(valid("1/1"), reason="not_registered"), "a valid signature has no reason against it"),
        (refused("1/1", reason=None), "a signature is not counted for a reason"),
        (refused("1/1", "not_regstered"), "the law of this place has no such reason code"),
        (refused("1/1", "withdrawn"), "a signature is withdrawn by a request of its signer"),
        (refused("1/1", "duplicate"), "a duplicate names the line that it repeats"),
        (refused("1/1", "not_registered", of="1/2"), "a duplicate names the line that it repeats"),
        (refused("1/1", "duplicate", of="1/1"), "a line does not repeat itself"),
        (refused("1/1", "duplicate", of="9/9"), "there is no such line"),
        (
            refused("1/1", "duplicate", of="2/1"),
            "the line it repeats is not in the sample, so it is no duplicate within the sample",
        ),
    ],
)
def test_a_decision_that_cannot_stand_is_refused_with_what_is_wrong(log, decision, message):
    assert check(log, decision)[1] == [message]


def test_a_misspelled_code_is_answered_with_the_one_that_was_meant(log):
    _, [fault] = check_decisions(
        [refused("1/1", "not_regstered", row=7)], log.known, lines=SAMPLE, all_lines=ALL, codes=CODES
    )
    assert (fault.remedy, fault.row, fault.column) == ("Did you mean not_registered?", 7, "reason")


def test_every_fault_of_every_decision_is_told(log):
    messages = check(log, valid("2/1"), refused("1/1", "x"), valid("1/2", voter=None), refused("1/3"))[1]
    assert len(messages) == 3


def test_a_second_valid_line_of_one_voter_is_refused_with_the_line_that_counts(log):
    log.valid("1/1", "V1")
    assert check(log, valid("1/2"))[1] == ["this voter's signature counts on the line 1/1"]
    assert check(log, valid("1/3", "V2"), valid("1/4", "V2"))[1] == ["this voter's signature counts on the line 1/3"]


def test_the_voter_of_a_line_that_was_rejected_with_its_section_is_free(log):
    log.valid("3/1", "V1")
    log.add("SectionRejected", {"section": "3", "reason": "circulator_declaration_missing"})
    assert check(log, valid("1/2"))[1] == []


def test_a_duplicate_may_be_decided_before_the_line_it_repeats(log):
    assert check(log, refused("1/2", "duplicate", of="1/1"))[1] == []
    assert check(log, refused("1/2", "duplicate", of="1/1"), valid("1/1"))[1] == []


def test_a_duplicate_of_a_line_that_does_not_count_is_refused(log):
    log.refused("1/1", "not_registered")
    log.valid("1/3", "V3")
    log.refused("1/4", "duplicate", of="1/3")
    wrong = "that line does not count (not_registered), so nothing repeats it"
    assert check(log, refused("1/2", "duplicate", of="1/1"))[1] == [wrong]
    assert check(log, refused("1/2", "duplicate", of="1/4"))[1] == ["that line is itself a duplicate, of 1/3"]
    assert check(log, refused("1/2", "duplicate", of="1/3", voter="V9"))[1] == ["that line counts for another voter"]
    assert check(log, refused("1/2", "duplicate", of="1/5"), refused("1/5"))[1] == [wrong]


def test_a_line_is_not_decided_twice_by_anybody(log):
    log.valid("1/1", "V1")
    assert check(log, refused("1/1"))[1] == ["anna decided this line on 2026-06-01"]
    assert check(log, valid("1/2", "V2"), refused("1/2"))[1] == ["the line stands here twice"]


def test_the_second_look_is_another_persons(log):
    second_looks(log)
    log.valid("1/1", "V1")
    assert check(log, valid("1/1", by="Anna"))[1] == ["you decided this line, and a second look is another's"]
    assert check(log, valid("1/1", by="bo")) == ([2], [])


def test_a_second_look_is_not_told_that_the_voter_counts_elsewhere(log):
    log.refused("1/2", "not_registered")
    log.valid("1/1", "V1")
    second_looks(log)
    assert check(log, valid("1/2", by="bo")) == ([2], [])


def test_a_third_look_is_held_against_the_other_lines(log):
    second_looks(log)
    log.refused("1/2", "not_registered")
    log.valid("1/2", "V1", look=2, by="bo")
    log.valid("1/1", "V1")
    assert check(log, valid("1/2", by="cy"))[1] == ["this voter's signature counts on the line 1/1"]
    assert check(log, refused("1/2", "duplicate", of="1/1", by="cy")) == ([3], [])


def test_a_third_look_that_refuses_a_line_frees_its_voter_for_the_next_one(log):
    second_looks(log)
    log.valid("1/1", "V1")
    log.refused("1/1", "address_mismatch", look=2, by="bo")
    assert check(log, refused("1/1", by="cy"), valid("1/2", by="cy")) == ([3, 1], [])


def test_what_a_voter_withdrew_is_not_counted_on_another_line(log):
    request = {"request": "W-1", "received_on": "2026-05-01", "lines": ["1/1"], "voter_id": "V1"}
    log.add("WithdrawalReceived", {**request, "in_time": True, "decision": "withdrawn"})
    assert check(log, valid("1/2"))[1] == ["this voter withdrew in time (request W-1)"]
    assert check(log, valid("1/1"))[1] == ["its signer withdrew it in time (request W-1); it needs no decision"]


@pytest.mark.parametrize("person", ["anna", "A. B.", "Zoë", "x" * 40])
def test_a_person_has_a_name(person):
    assert person_fault(person) is None


@pytest.mark.parametrize("person", ["", " ", "a/b", "county:x", "x" * 41, "a\nb"])
def test_what_is_no_name_of_a_person_is_refused(person):
    assert person_fault(person) is not None
