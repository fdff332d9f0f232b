"""Deciding the lines of a petition in a county's office: sample, second looks, undoing, withdrawal, full check, report.

The matcher's answer is written by hand, so that what it says is known.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from referenda.assembly import open_store
from referenda.errors import InputError, LawError
from referenda.formats.keyed_lines import read_keyed_lines
from referenda.law.place import load_place
from referenda.ledger.canonical import canonical
from referenda.ledger.checkpoint import SigningKey
from referenda.ledger.event import Draft
from referenda.ledger.stores.sql import SqlStore
from referenda.petitions.decision_check import Decision
from referenda.petitions.section import Section
from referenda.petitions.withdrawal import Request
from referenda.workflows.certify_petition import Certificate, certify_petition
from referenda.workflows.commit_petition import commit_lines
from referenda.workflows.decide_lines import (
    accept_proposed,
    begin_full_check,
    choose_second_looks,
    decide_lines,
    undo_decision,
)
from referenda.workflows.draw_sample import draw_sample
from referenda.workflows.finish_check import finish_check
from referenda.workflows.give_receipt import give_receipts
from referenda.workflows.keep_case import (
    determine_requirement,
    draft_from_text,
    new_draft,
    open_case,
    project_sample,
    record_deed,
)
from referenda.workflows.measure_quality import measure_quality
from referenda.workflows.next_line import next_line, open_lines
from referenda.workflows.office_decisions import OfficeDecisions, person_of
from referenda.workflows.office_folder import Office
from referenda.workflows.open_office import open_office
from referenda.workflows.petition_status import petition_status
from referenda.workflows.publish_record import publish_record
from referenda.workflows.take_in import take_in
from referenda.workflows.withdraw_signatures import withdraw_signatures
from referenda_verify import verify

CASE, PLACE, COUNTY = "alder-parks", "us/ca/example-county", "Alder"
OFFICIAL = "county_elections_official"
FILED, DAY = date(2026, 7, 1), date(2026, 7, 20)
SEED, OTHER_SEED = "31415926535897932384", "27182818284590452353"
SECTIONS = [Section(f"{number:04}", 10, circulator=f"C{number % 4}") for number in range(1, 1001)]
ANNA, BO, CY = (f"county:Alder/{name}" for name in ("anna", "bo", "cy"))
VOTER_FILE = {"digest": "ab" * 32, "as_of": "2026-06-30"}


def voter_of(line: str) -> str:
    """Line 2 of a section repeats the signer of line 1; line 9 and 10 are of nobody."""
    section, number = line.split("/")
    return f"V{section}-{1 if number == '2' else number}"


def answer() -> pa.Table:
    """What the matcher says: 9 and 10 are of nobody, 2 repeats 1, 8 is to be looked at, the rest to be accepted."""
    lines = [f"{section.name}/{number}" for section in SECTIONS for number in range(1, 11)]
    rows = []
    for line in lines:
        number = line.split("/")[1]
        row: dict[str, Any] = {"line_id": line, "voter_id": voter_of(line), "score": 0.999, "status": "accept"}
        if number in ("9", "10"):
            row |= {"voter_id": None, "score": 0.0, "status": "none", "reason": "not_registered"}
        elif number == "2":
            row |= {"status": "review", "reason": "duplicate", "duplicate_of": line[:-1] + "1"}
        elif number == "8":
            row |= {"status": "review", "score": 0.8, "runner_up": "V-other", "runner_up_score": 0.15}
        rows.append(row)
    keys = ("line_id", "voter_id", "status", "reason", "duplicate_of", "runner_up")
    columns: dict[str, Any] = {key: pa.array([row.get(key) for row in rows], pa.string()) for key in keys}
    for key in ("score", "runner_up_score"):
        columns[key] = pa.array([row.get(key) for row in rows], pa.float64())
    return pa.table(columns)


@pytest.fixture(scope="module")
def matched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store and an office: 10,000 lines taken in and matched, nothing drawn yet."""
    folder = tmp_path_factory.mktemp("matched")
    path = folder / "cases.db"
    store = SqlStore(f"sqlite:///{path}")
    law = load_place(PLACE)
    open_case(store, law, CASE, "county-initiative", received=date(2026, 1, 5), title="P", proponents=["Ana"])
    title = {"title": "T", "identifier": "1"}
    record_deed(store, CASE, draft_from_text("TitleIssued", date(2026, 1, 15), "county_counsel", title))
    determine_requirement(store, CASE, date(2026, 1, 15), by=OFFICIAL)
    record_deed(store, CASE, draft_from_text("PetitionFiled", FILED, "proponents", {"county": COUNTY}))
    keyed = folder / "batch.csv"
    rows = [f"{s.name},{n},Name {n},{n} Main St,Alder,90000,2026-05-01" for s in SECTIONS for n in range(1, 11)]
    keyed.write_text("section,line_no,name,address,city,zip,date_signed\n" + "\n".join(rows) + "\n", encoding="utf-8")
    with open_office(
        folder / "office", open_store, str(path), case=CASE, place=PLACE, county=COUNTY, on=FILED
    ) as office:
        take_in(
            office, sections=SECTIONS, lines=[keyed], on=FILED, by="kim",
            read_lines=lambda file, known: read_keyed_lines(file, county=COUNTY, sections=known),
        )  # fmt: skip
        raw = {"county": COUNTY, "raw_count": 10_000}
        record_deed(office.store, CASE, draft_from_text("RawCountReported", FILED, f"county:{COUNTY}", raw))
        number, sha256 = office.write_file("matches", lambda part: pq.write_table(answer(), part))
        about = {"matches": number, "sha256": sha256, "lines": 10_000, "batches": 1, "voter_file": VOTER_FILE}
        office.record([Draft("LinesMatched", 1, FILED, "county:Alder/kim", about)])
        commit_lines(office, FILED)
        record_deed(office.store, CASE, new_draft("SampleOrdered", FILED, OFFICIAL, {}))
    store.close()
    return folder


@pytest.fixture(scope="module")
def prepared(matched: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with a sample of 500 drawn."""
    folder = Path(shutil.copytree(matched, tmp_path_factory.mktemp("prepared") / "copy"))
    with Office.open(folder / "office", open_store) as office:
        draw_sample(office, SEED, on=FILED)
    return folder


@pytest.fixture
def office(prepared: Path, tmp_path: Path) -> Iterator[Office]:
    folder = Path(shutil.copytree(prepared, tmp_path / "copy"))
    with Office.open(folder / "office", open_store) as opened:
        yield opened


@pytest.fixture
def desk(office: Office) -> OfficeDecisions:
    return OfficeDecisions(office)


def by_truth(desk: OfficeDecisions, lines: list[str], by: str, *, wrong: tuple[str, ...] = ()) -> list[Decision]:
    """Decide as the truth has it: lines 9 and 10 are of nobody, line 2 repeats line 1 where both are in."""
    now, decisions = desk.lines_now(), []
    for line in lines:
        number, first = line.split("/")[1], line.split("/")[0] + "/1"
        if (number in ("9", "10")) != (line in wrong):
            decisions.append(Decision(line, False, by, DAY, reason="not_registered"))
        elif number == "2" and first in now:
            decisions.append(Decision(line, False, by, DAY, reason="duplicate", duplicate_of=first))
        else:
            decisions.append(Decision(line, True, by, DAY, voter_id=voter_of(line)))
    return decisions


def decide_all(desk: OfficeDecisions, by: str, **more: Any) -> None:
    decide_lines(desk, by_truth(desk, open_lines(desk, by), by, **more))


# Deciding


def test_lines_are_offered_in_the_order_of_the_draw(desk):
    found = next_line(desk, ANNA)
    assert (found.line, found.place, found.of) == (desk.frame().order[0], 1, 500)
    assert found.keyed["address"].endswith("Main St")


def test_the_candidates_come_with_the_line_on_which_their_voter_counts_already(desk):
    both = next(line for line in desk.frame().order if line.endswith("/2") and line[:-1] + "1" in desk.lines_now())
    decide_lines(desk, [Decision(both[:-1] + "1", True, ANNA, DAY, voter_id=voter_of(both))])
    found = next_line(desk, BO, line=both)
    assert [candidate.counts_on for candidate in found.candidates] == [both[:-1] + "1"]
    assert found.same_signer == (both[:-1] + "1",)
    assert found.reason == "duplicate"


def test_a_line_outside_the_sample_is_not_shown_and_not_decided(desk):
    outside = next(f"0001/{n}" for n in range(1, 11) if f"0001/{n}" not in desk.lines_now())
    with pytest.raises(InputError, match="not among those"):
        next_line(desk, ANNA, line=outside)
    with pytest.raises(InputError, match="only the sample is verified now"):
        decide_lines(desk, [Decision(outside, True, ANNA, DAY, voter_id="V")])


def test_a_file_with_one_wrong_row_records_nothing(desk):
    decisions = by_truth(desk, list(desk.frame().order), ANNA)
    size = desk.known.size
    with pytest.raises(InputError):
        decide_lines(desk, [*decisions, Decision("7777/1", True, ANNA, DAY, voter_id="V")])
    desk.refresh()
    assert desk.known.size == size


def test_every_decision_names_person_day_and_voter_file(desk):
    line = desk.frame().order[0]
    [event] = decide_lines(desk, [Decision(line, False, ANNA, DAY, reason="signature_mismatch", note="slant")])
    assert (event.by, event.occurred_on) == (ANNA, DAY)
    assert event.data["voter_file"] == VOTER_FILE
    assert desk.known.first[line].voter_file == (VOTER_FILE["digest"], VOTER_FILE["as_of"])


def test_two_clerks_at_one_time_lose_nothing(office):
    here, there = OfficeDecisions(office), OfficeDecisions(office)
    one, two = here.frame().order[:2]
    decide_lines(here, [Decision(one, False, ANNA, DAY, reason="not_registered")])
    decide_lines(there, [Decision(two, False, BO, DAY, reason="not_registered")])
    with pytest.raises(InputError, match="anna decided this line"):
        decide_lines(there, [Decision(one, False, BO, DAY, reason="not_registered")])
    assert set(OfficeDecisions(office).known.first) == {one, two}


def test_a_day_that_has_not_come_is_refused(desk):
    with pytest.raises(InputError, match="has not come"):
        decide_lines(desk, [Decision(desk.frame().order[0], True, ANNA, date(2999, 1, 1), voter_id="V")])


def test_accepting_what_the_matcher_proposes_is_a_persons_decision_on_each_line(desk):
    accepted = accept_proposed(desk, ANNA, DAY)
    made = list(desk.known.first.values())
    assert accepted.lines == len(made) == sum(line.split("/")[1] in "134567" for line in desk.frame().order)
    assert {(one.by, one.valid) for one in made} == {(ANNA, True)}
    events = [event for event in desk.office.events() if event.kind == "LineDecided"]
    assert {event.data["matches"] for event in events} == {1}
    assert accept_proposed(desk, ANNA, DAY).lines == 0


def test_a_proposal_whose_voter_counts_elsewhere_is_left_for_a_look_of_its_own(desk):
    line = next(line for line in desk.frame().order if line.endswith("/3"))
    other = next(each for each in desk.frame().order if each.endswith("/9"))
    decide_lines(desk, [Decision(other, True, BO, DAY, voter_id=voter_of(line))])
    assert accept_proposed(desk, ANNA, DAY).left_out == 1
    assert line not in desk.known.first


def test_an_undone_decision_can_be_made_again(desk):
    line = desk.frame().order[0]
    decide_lines(desk, [Decision(line, False, ANNA, DAY, reason="not_registered")])
    event, taken = undo_decision(desk, line, "found under the maiden name", BO, DAY)
    assert (event.data["line"], taken.by) == (line, ANNA)
    decide_lines(desk, [Decision(line, True, BO, DAY, voter_id="V")])
    assert desk.known.outcome(line).valid
    with pytest.raises(InputError, match="nothing was decided"):
        undo_decision(desk, desk.frame().order[1], "x", BO, DAY)
    with pytest.raises(InputError, match="for a reason"):
        undo_decision(desk, line, " ", BO, DAY)


# Second looks


def test_a_second_look_is_blind_and_another_persons(desk):
    choose_second_looks(desk, OTHER_SEED, 100_000, ANNA, DAY)
    decide_all(desk, ANNA)
    chosen = open_lines(desk, BO)
    assert chosen == [line for line in desk.frame().order if desk.known.needs_second(line)]
    assert 25 < len(chosen) < 80
    assert open_lines(desk, ANNA) == []
    found = next_line(desk, BO).as_dict()
    assert found["settles"] == []
    assert "anna" not in str(found)
    decide_all(desk, BO)
    status = petition_status(desk, DAY)
    assert (status.progress.complete, status.differed.count, status.differed.of) == (True, 0, len(chosen))


def test_a_difference_is_shown_to_the_third_person_and_settled(desk):
    choose_second_looks(desk, OTHER_SEED, 100_000, ANNA, DAY)
    decide_all(desk, ANNA)
    wrong = next(line for line in open_lines(desk, BO) if line.endswith(("/3", "/4", "/5", "/6", "/7")))
    decide_all(desk, BO, wrong=(wrong,))
    assert open_lines(desk, CY) == [wrong]
    found = next_line(desk, CY)
    assert [look["decision"] for look in found.settles] == ["valid", "not_valid"]
    assert "anna" not in str(found.settles)
    decide_all(desk, CY)
    looks = petition_status(desk, DAY).progress.second_looks
    assert (looks.differed, looks.settled, looks.reversed_lines) == (1, 1, 0)


def test_the_seed_of_the_sample_cannot_choose_the_second_looks(desk):
    with pytest.raises(InputError, match="the seed of the sample"):
        choose_second_looks(desk, SEED, 50_000, ANNA, DAY)


# Where it stands


def test_the_laws_number_is_made_when_every_line_is_finished_and_not_before(desk):
    accept_proposed(desk, ANNA, DAY)
    status = petition_status(desk, DAY)
    assert status.statutory is None
    assert status.bounds.can_change
    assert status.as_dict()["statutory"] is None
    decide_all(desk, BO)
    status = petition_status(desk, DAY)
    assert status.statutory == status.bounds.low == status.bounds.high
    assert status.bounds.decision_low is not None


def test_the_final_number_lies_within_the_bounds_of_every_earlier_day(desk):
    order = list(desk.frame().order)
    bounds = []
    for start in range(0, 500, 100):
        decide_lines(desk, by_truth(desk, order[start : start + 100], ANNA))
        bounds.append(petition_status(desk, DAY).bounds)
    final = bounds[-1].low
    assert all(each.low <= final <= each.high for each in bounds)
    assert [each.low for each in bounds] == sorted(each.low for each in bounds)


def test_the_outcome_can_no_longer_change_when_the_rest_cannot_reach_the_limit(desk):
    refused = [Decision(line, False, ANNA, DAY, reason="not_registered") for line in desk.frame().order[:400]]
    decide_lines(desk, refused)
    bounds = petition_status(desk, DAY).bounds
    assert (bounds.can_change, bounds.decision_low, bounds.decision_high) == (False, "insufficient", "insufficient")


def test_the_estimate_is_of_the_finished_beginning_of_the_draw_alone(desk):
    order = list(desk.frame().order)
    decide_lines(desk, by_truth(desk, [*order[:50], *order[60:]], ANNA))
    assert petition_status(desk, DAY).as_dict()["estimate"]["from_lines"] == 50


# Withdrawals


def test_a_request_before_filing_takes_the_signature_out_and_a_later_one_does_not(desk):
    early, late = desk.frame().order[:2]
    requests = [
        Request("W-1", date(2026, 6, 30), line=early),
        Request("W-2", FILED, line=late),
        Request("W-3", date(2026, 6, 1), voter_id="V0001-1"),
        Request("W-4", date(2026, 6, 1), voter_id="V-unknown"),
    ]
    found = withdraw_signatures(desk, requests, ANNA, DAY)
    assert [one.effect for one in found.recorded] == ["withdrawn", "late", "withdrawn", "no_line"]
    assert found.recorded[2].lines == ("0001/1", "0001/2")
    assert found.rule.cite == "Elec. Code § 9602"
    assert desk.known.outcome(early).reason == "withdrawn"
    assert desk.known.outcome(late) is None
    with pytest.raises(InputError, match="recorded already"):
        withdraw_signatures(desk, requests[:1], ANNA, DAY)


def test_a_request_that_names_neither_line_nor_voter_needs_a_voter_file(desk):
    with pytest.raises(InputError, match="no voter file"):
        withdraw_signatures(desk, [Request("W-1", DAY, name="A", address="B")], ANNA, DAY)
    with pytest.raises(InputError, match="no such line"):
        withdraw_signatures(desk, [Request("W-1", DAY, line="9999/1")], ANNA, DAY)


# Finishing


def test_the_sample_is_reported_with_a_commitment_to_its_decisions_when_it_is_finished(desk):
    accept_proposed(desk, ANNA, DAY)
    with pytest.raises(LawError, match="in work"):
        finish_check(desk, "random_sample", DAY)
    decide_all(desk, BO)
    reported, committed = finish_check(desk, "random_sample", DAY)
    counts = petition_status(desk, DAY).progress
    assert (reported.kind, committed.kind) == ("SampleReported", "DecisionsCommitted")
    assert reported.data["valid_in_sample"] == committed.data["valid"] == counts.valid
    assert reported.data["duplicates_in_sample"] == committed.data["duplicates"] == counts.duplicates
    assert committed.by == "county:Alder"
    assert "V0" not in str(committed.data)
    with pytest.raises(LawError, match="committed to already"):
        finish_check(desk, "random_sample", DAY)


def test_a_late_decision_is_committed_to_anew_and_says_what_it_amends(desk):
    decide_all(desk, ANNA)
    _, before = finish_check(desk, "random_sample", DAY)
    line = next(line for line in desk.frame().order if line.endswith("/9"))
    undo_decision(desk, line, "found", BO, DAY)
    decide_lines(desk, [Decision(line, True, BO, DAY, voter_id="V-late")])
    with pytest.raises(InputError, match="for a reason"):
        finish_check(desk, "random_sample", DAY)
    events = finish_check(desk, "random_sample", DAY, because="a registration was found")
    assert [event.kind for event in events] == ["DecisionsCommitted"]
    assert events[0].data["amends"] == before.position
    assert events[0].data["valid"] == before.data["valid"] + 1


def test_the_full_check_goes_on_where_the_sample_ended_and_loses_no_decision(desk):
    with pytest.raises(LawError, match="no check of every line was ordered"):
        begin_full_check(desk, ANNA, DAY)
    wrong = tuple(line for line in desk.frame().order if line.endswith(("/9", "/10")))
    decide_all(desk, ANNA, wrong=wrong)
    finish_check(desk, "random_sample", DAY)
    project_sample(desk.office.store, CASE, DAY, by=OFFICIAL)
    record_deed(desk.office.store, CASE, new_draft("FullCheckOrdered", DAY, OFFICIAL, {}))
    desk = OfficeDecisions(desk.office)
    sample = list(desk.frame().order)
    begun = begin_full_check(desk, ANNA, DAY)
    assert (begun.data["lines"], begun.data["decided"]) == (10_000, 500)
    assert list(desk.frame().order[:500]) == sample
    assert open_lines(desk, BO) == list(desk.frame().order[500:])
    with pytest.raises(LawError, match="begun already"):
        begin_full_check(desk, ANNA, DAY)
    with pytest.raises(LawError, match="every line is being checked"):
        finish_check(desk, "random_sample", DAY)


@pytest.fixture
def checking(desk: OfficeDecisions) -> OfficeDecisions:
    """Every line is being checked, after a sample that came out just below deciding."""
    wrong = tuple(line for line in desk.frame().order if line.endswith(("/9", "/10")))
    decide_all(desk, ANNA, wrong=wrong)
    finish_check(desk, "random_sample", DAY)
    project_sample(desk.office.store, CASE, DAY, by=OFFICIAL)
    record_deed(desk.office.store, CASE, new_draft("FullCheckOrdered", DAY, OFFICIAL, {}))
    begin_full_check(OfficeDecisions(desk.office), ANNA, DAY)
    return OfficeDecisions(desk.office)


def decide_valid(desk: OfficeDecisions, lines: list[str]) -> None:
    decide_lines(desk, [Decision(line, True, BO, DAY, voter_id=f"W{line}") for line in lines])


def test_a_check_ends_early_once_the_law_finds_enough_in_what_is_finished(checking):
    with pytest.raises(LawError, match=r"the check cannot end: Not enough are verified yet.*9115\(b\)"):
        finish_check(checking, "full_check", DAY, early=True)
    valid = count_valid(checking)
    decide_valid(checking, open_lines(checking, BO)[: 9051 - valid - 1])
    assert petition_status(checking, DAY).may_end_early is None
    with pytest.raises(LawError, match="with 9,050 valid"):
        finish_check(checking, "full_check", DAY, early=True)
    decide_valid(checking, open_lines(checking, BO)[:1])
    assert petition_status(checking, DAY).may_end_early == "Elec. Code § 9115(b)"
    with pytest.raises(LawError, match="are in work"):
        finish_check(checking, "full_check", DAY)
    reported, committed = finish_check(checking, "full_check", DAY, early=True)
    left = len(open_lines(checking, BO))
    assert left > 0
    assert reported.data | {"county": COUNTY} == {
        "county": COUNTY, "checked": 10_000 - left, "valid_signatures": 9051, "complete": False,
    }  # fmt: skip
    assert (committed.data["lines"], committed.data["not_examined"]) == (10_000 - left, left)
    assert (committed.data["valid"], committed.data["valid"] + sum(committed.data["reasons"].values())) == (
        9051,
        10_000 - left,
    )
    after_it_ended_early(checking, committed.position, left)


def after_it_ended_early(desk: OfficeDecisions, position: int, left: int) -> None:
    """The certificate says what was left, a receipt shows it, and finishing the rest amends both."""
    office = desk.office
    first = certify_petition(office.store, CASE, COUNTY, DAY)
    assert (first.content["examined"], first.content["not_examined"]) == (10_000 - left, left)
    assert first.content["result"]["decision"] == "sufficient"
    waiting = open_lines(desk, BO)
    decided = next(line for line in desk.frame().order if desk.known.outcome(line))
    receipts = give_receipts(office, [waiting[0], decided])
    assert [receipt["decision"]["content"]["decision"] for receipt in receipts] == ["not_examined", "valid"]
    check_record(desk, first, receipts)
    found = {"basis": "full_check"}
    record_deed(office.store, CASE, new_draft("PetitionFoundSufficient", DAY, OFFICIAL, found))
    decide_lines(desk, [Decision(line, False, BO, DAY, reason="not_registered") for line in waiting])
    [again] = finish_check(desk, "full_check", DAY, because="The rest was examined.")
    assert again.data["amends"] == position
    assert "not_examined" not in again.data
    second = certify_petition(office.store, CASE, COUNTY, DAY)
    changes = {change["what"]: (change["before"], change["after"]) for change in second.content["amends"]["changes"]}
    assert changes["not_examined"] == (left, 0)
    assert changes["examined"] == (10_000 - left, 10_000)
    check_record(desk, second, give_receipts(office, [waiting[0]]))


def check_record(desk: OfficeDecisions, certificate: Certificate, receipts: list[dict[str, Any]]) -> None:
    """The checker agrees with record, receipts and certificate."""
    folder = Path(tempfile.mkdtemp(dir=desk.office.folder.parent))
    publish_record(desk.office.store, CASE, folder / "record", SigningKey.generate("alder"))
    for number, paper in enumerate((*map(canonical, receipts), certificate.text)):
        (folder / f"{number}.json").write_bytes(paper + b"\n")
        report = verify(folder / "record", receipt=folder / f"{number}.json")
        assert report.verified, report.words()


def count_valid(desk: OfficeDecisions) -> int:
    return petition_status(desk, DAY).progress.valid


def test_a_check_does_not_end_early_while_two_looks_differ(checking):
    choose_second_looks(checking, OTHER_SEED, 1_000_000, CY, DAY)
    line = checking.frame().order[0]
    decide_lines(checking, [Decision(line, False, BO, DAY, reason="not_registered")])
    with pytest.raises(LawError, match="two looks differ on 1 lines"):
        finish_check(checking, "full_check", DAY, early=True)


def test_a_sample_does_not_end_early(desk):
    with pytest.raises(LawError, match="a sample is examined to its end"):
        finish_check(desk, "random_sample", DAY, early=True)


def test_a_section_rejected_as_a_whole_needs_no_decision(desk):
    section = desk.frame().order[0].split("/")[0]
    data = {"section": section, "reason": "circulator_declaration_missing"}
    desk.office.record([Draft("SectionRejected", 1, DAY, ANNA, data)])
    desk.refresh()
    assert desk.known.outcome(desk.frame().order[0]).reason == "circulator_declaration_missing"
    assert all(line.split("/")[0] != section for line in open_lines(desk, BO))


def test_lines_without_a_signature_are_told_because_they_add_nothing_to_the_raw_count(desk):
    line = desk.frame().order[0]
    decide_lines(desk, [Decision(line, False, ANNA, DAY, reason="signature_missing")])
    assert petition_status(desk, DAY).without_signature == 1


def test_a_line_refused_on_an_older_voter_file_and_found_on_the_newest_is_worth_another_look(desk):
    line = next(line for line in desk.frame().order if line.endswith("/3"))
    repeats = next(each for each in desk.frame().order if each.endswith("/4"))
    decide_lines(desk, [Decision(line, False, ANNA, DAY, reason="not_registered")])
    decide_lines(desk, [Decision(repeats, False, ANNA, DAY, reason="duplicate", duplicate_of=desk.frame().order[9])])
    assert petition_status(desk, DAY).look_again == ()
    number, sha256 = desk.office.write_file("matches", lambda part: pq.write_table(answer(), part))
    newer = {"digest": "cd" * 32, "as_of": "2026-07-18"}
    about = {"matches": number, "sha256": sha256, "lines": 10_000, "batches": 1, "voter_file": newer}
    desk.office.record([Draft("LinesMatched", 1, DAY, "county:Alder/kim", about)])
    desk.refresh()
    assert petition_status(desk, DAY).look_again == (line,)


# Quality


def test_circulators_stand_beside_their_peers_from_decisions_and_from_proposals(desk):
    with pytest.raises(LawError, match="no line is finished"):
        measure_quality(desk, "circulator")
    decide_all(desk, ANNA)
    found = measure_quality(desk, "circulator")
    assert {group.name for group in found.groups} == {"C0", "C1", "C2", "C3"}
    assert sum(group.lines for group in found.groups) == 500
    proposed = measure_quality(desk, "keyed_by", source="matches")
    assert [(group.name, group.lines, group.valid) for group in proposed.groups] == [("kim", 10_000, 6_000)]
    assert [group.name for group in measure_quality(desk, "decided_by").groups] == ["anna"]


def test_a_person_is_named_as_events_have_it(office):
    assert person_of(office, " anna ") == ANNA
    with pytest.raises(InputError, match="a named person decides"):
        person_of(office, "a/b")


def test_nothing_is_decided_before_a_sample_is_drawn_unless_every_line_is_checked(matched, tmp_path):
    folder = Path(shutil.copytree(matched, tmp_path / "copy"))
    with Office.open(folder / "office", open_store) as office:
        desk = OfficeDecisions(office)
        with pytest.raises(LawError, match="no sample was drawn"):
            desk.frame()
        assert begin_full_check(desk, ANNA, DAY).data == {"lines": 10_000, "decided": 0}
        assert desk.frame().order[:2] == ["0001/1", "0001/2"]


def test_a_proposal_cannot_be_accepted_before_the_lines_were_matched(desk, monkeypatch):
    monkeypatch.setattr(desk.office, "matches", lambda: None)
    with pytest.raises(LawError, match="not matched"):
        accept_proposed(desk, ANNA, DAY)


def test_a_county_of_several_has_a_number_of_its_own_and_no_decision(tmp_path):
    path = tmp_path / "cases.db"
    store, law = SqlStore(f"sqlite:///{path}"), load_place("us/ca")
    fee = {"fee_dollars": 2000}
    open_case(store, law, "s", "statute", received=date(2025, 1, 2), title="P", proponents=["Ana"], more=fee)
    title = {"title": "T. Initiative Statute.", "identifier": "25-1"}
    record_deed(store, "s", draft_from_text("TitleIssued", date(2025, 3, 3), "attorney_general", title))
    determine_requirement(store, "s", date(2025, 3, 3))
    record_deed(store, "s", draft_from_text("PetitionFiled", date(2025, 7, 1), "proponents", {"county": "Yuba"}))
    about = {"case": "s", "place": "us/ca", "county": "Yuba", "on": date(2025, 7, 1)}
    with open_office(tmp_path / "office", open_store, str(path), **about) as office:
        take_in(
            office, sections=[Section("1", 3)], on=date(2025, 7, 2), read_lines=lambda file, known: read_keyed_lines(
                file, county="Yuba", sections=known
            ),
        )  # fmt: skip
        desk = OfficeDecisions(office)
        begin_full_check(desk, "county:Yuba/anna", date(2025, 7, 3))
        decide_lines(desk, [Decision("1/1", True, "county:Yuba/anna", date(2025, 7, 3), voter_id="V1")])
        bounds = petition_status(desk, date(2025, 7, 3)).bounds
    store.close()
    assert (bounds.low, bounds.high) == (1, 3)
    assert (bounds.decision_low, bounds.can_change) == (None, None)
