"""What stands of the decisions on the lines of a petition: looks, differences, undoing, withdrawals, sections."""

from __future__ import annotations

import pytest

from referenda.errors import RecordError

ALL = {"seed": "1" * 20, "share_in_million": 1_000_000}


def test_a_line_that_nobody_decided_is_in_work(log):
    assert log.known.state("1/1") == "undecided"
    assert log.known.outcome("1/1") is None


def test_a_decided_line_is_finished_where_no_second_look_is_asked_for(log):
    log.valid("1/1", "V1")
    log.refused("1/2", "not_registered")
    progress = log.progress("1/1", "1/2", "1/3")
    assert (progress.valid, progress.reasons, progress.in_work) == (1, {"not_registered": 1}, {"undecided": 1})
    assert (progress.finished, progress.left, progress.complete) == (2, 1, False)


def test_a_line_chosen_for_a_second_look_is_in_work_until_another_person_has_looked(log):
    log.add("SecondLooksChosen", ALL)
    log.valid("1/1", "V1")
    assert log.known.state("1/1") == "second_look"
    log.valid("1/1", "V1", look=2, by="bo")
    assert log.known.state("1/1") == "finished"


def test_two_looks_that_differ_are_settled_by_a_third(log):
    log.add("SecondLooksChosen", ALL)
    log.valid("1/1", "V1")
    log.refused("1/1", "not_registered", look=2, by="bo")
    assert log.known.state("1/1") == "differs"
    log.refused("1/1", "address_mismatch", look=3, by="cy")
    assert log.known.outcome("1/1").reason == "address_mismatch"
    looks = log.progress("1/1").second_looks
    assert (looks.lines, looks.differed, looks.of_valid_differed, looks.reversed_lines) == (1, 1, 1, 1)
    assert log.known.counts_on("V1") is None


def test_two_voters_for_one_line_are_a_difference_and_two_reasons_are_none(log):
    log.add("SecondLooksChosen", ALL)
    log.valid("1/1", "V1")
    log.valid("1/1", "V2", look=2, by="bo")
    assert log.known.state("1/1") == "differs"
    log.refused("1/2", "not_registered")
    log.refused("1/2", "address_mismatch", look=2, by="bo")
    assert log.known.state("1/2") == "finished"


def test_an_undone_decision_counts_no_more_and_frees_the_voter(log):
    at = log.valid("1/1", "V1")
    assert log.known.counts_on("V1") == "1/1"
    log.add("DecisionUndone", {"line": "1/1", "position": at, "why": "wrong voter"})
    assert log.known.counts_on("V1") is None
    assert log.known.state("1/1") == "undecided"
    log.valid("1/1", "V2")
    assert log.known.outcome("1/1").voter_id == "V2"


def test_a_duplicate_is_in_work_while_the_line_it_repeats_is(log):
    log.refused("1/2", "duplicate", of="1/1")
    assert log.known.state("1/2") == "repeats_open_line"
    at = log.valid("1/1", "V1")
    assert log.known.state("1/2") == "finished"
    log.add("DecisionUndone", {"line": "1/1", "position": at, "why": "wrong"})
    log.refused("1/1", "not_registered")
    assert log.known.state("1/2") == "repeats_no_valid_line"
    assert log.progress("1/1", "1/2").in_work == {"repeats_no_valid_line": 1}
    assert log.progress("1/1", "1/2").to_undo == ("1/2",)


def test_a_signature_withdrawn_in_time_is_finished_and_not_valid_whatever_was_decided(log):
    log.valid("1/1", "V1")
    request = {"request": "W-1", "received_on": "2026-05-01", "lines": ["1/1"], "voter_id": "V1"}
    at = log.add("WithdrawalReceived", {**request, "in_time": True, "decision": "withdrawn"})
    assert log.known.outcome("1/1").reason == "withdrawn"
    assert log.progress("1/1").reasons == {"withdrawn": 1}
    log.add("DecisionUndone", {"line": "1/1", "position": at, "why": "another person of this name"})
    assert log.known.outcome("1/1").valid


def test_a_late_withdrawal_has_no_effect(log):
    log.valid("1/1", "V1")
    request = {"request": "W-1", "received_on": "2026-06-01", "lines": ["1/1"], "voter_id": "V1"}
    log.add("WithdrawalReceived", {**request, "in_time": False, "decision": "late"})
    assert log.known.outcome("1/1").valid


def test_a_rejected_section_takes_all_its_lines_until_it_is_restored(log):
    log.valid("1/1", "V1")
    log.add("SectionRejected", {"section": "1", "reason": "circulator_declaration_missing"})
    assert log.known.outcome("1/1").reason == log.known.outcome("1/9").reason == "circulator_declaration_missing"
    log.add("SectionRestored", {"section": "1", "reason": "it was found"})
    assert log.known.outcome("1/1").valid
    assert log.known.state("1/9") == "undecided"


def test_a_voter_who_was_counted_elsewhere_meanwhile_does_not_count_twice_when_a_section_is_restored(log):
    log.valid("1/1", "V1")
    log.add("SectionRejected", {"section": "1", "reason": "circulator_declaration_missing"})
    later = log.valid("2/1", "V1")
    assert log.known.outcome("2/1").valid
    log.add("SectionRestored", {"section": "1", "reason": "it was found"})
    assert log.known.outcome("1/1").valid
    assert log.known.state("2/1") == "counts_twice"
    log.add("DecisionUndone", {"line": "2/1", "position": later, "why": "1/1 counts"})
    log.refused("2/1", "duplicate", of="1/1")
    assert log.progress("1/1", "2/1").complete


def test_a_larger_share_of_second_looks_holds_the_lines_of_a_smaller_one(log):
    lines = [f"1/{number}" for number in range(1, 2001)]
    log.add("SecondLooksChosen", {**ALL, "share_in_million": 50_000})
    few = {line for line in lines if log.known.needs_second(line)}
    log.add("SecondLooksChosen", {**ALL, "share_in_million": 200_000})
    more = {line for line in lines if log.known.needs_second(line)}
    assert few < more
    assert 60 < len(few) < 140
    assert 330 < len(more) < 470


def test_the_finished_beginning_stops_at_the_first_line_in_work(log):
    log.valid("1/1", "V1")
    log.refused("1/2", "not_registered")
    log.valid("1/4", "V4")
    begun = log.progress("1/1", "1/2", "1/3", "1/4").beginning
    assert (begun.lines, begun.valid, begun.duplicates) == (2, 1, 0)


def test_a_duplicate_whose_original_is_drawn_later_is_the_signers_first_in_the_beginning(log):
    log.refused("1/1", "duplicate", of="1/4")
    log.refused("1/2", "duplicate", of="1/4")
    log.valid("1/4", "V4")
    begun = log.progress("1/1", "1/2", "1/3", "1/4").beginning
    assert (begun.lines, begun.valid, begun.duplicates) == (2, 1, 1)


def test_a_line_decided_twice_without_undoing_is_a_damaged_log(log):
    log.valid("1/1", "V1")
    with pytest.raises(RecordError, match="decides the line 1/1 again"):
        log.valid("1/1", "V1")


def test_work_is_told_by_day_and_person(log):
    log.valid("1/1", "V1")
    log.valid("1/2", "V2", by="bo")
    log.valid("1/3", "V3")
    assert log.progress("1/1").by_day == {("2026-06-01", "county:Alder/anna"): 2, ("2026-06-01", "county:Alder/bo"): 1}
