"""Receipts: a signer gets the own line and its decision opened, and the checker's own path to the root agrees."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from referenda.assembly import matching_engine, open_store
from referenda.errors import InputError, RecordError, UndeterminedError
from referenda.formats.keyed_lines import read_keyed_lines
from referenda.formats.voter_file import open_voter_file
from referenda.law.place import load_place
from referenda.ledger.canonical import canonical
from referenda.ledger.checkpoint import SigningKey
from referenda.petitions.decision_check import Decision
from referenda.petitions.section import Section
from referenda.petitions.verification import count_progress
from referenda.workflows.commit_petition import commit_lines, decisions_root
from referenda.workflows.decide_lines import begin_full_check, decide_lines, undo_decision
from referenda.workflows.give_receipt import find_lines, give_receipts
from referenda.workflows.keep_case import draft_from_text, new_draft, open_case, record_deed
from referenda.workflows.match_petition import match_petition
from referenda.workflows.office_decisions import OfficeDecisions
from referenda.workflows.office_folder import Office
from referenda.workflows.open_office import open_office
from referenda.workflows.publish_record import publish_record
from referenda.workflows.take_in import take_in
from referenda_verify import verify

CASE, PLACE, COUNTY, DAY = "alder-trees", "us/ca/example-county", "Alder", date(2026, 7, 2)
LINES = """section,line_no,name,address,city,zip,date_signed
a,1,Ana Ruiz,12 N Main St,Elm,90001,2026-03-01
a,2,Bo Lindgren,7 Oak Ave,Elm,90001,2026-03-01
b,1,"RUIZ, ANA M.",12 North Main Street,Elm,90001,2026-03-02
b,2,Cora Núñez,31 Mill Rd Apt 4,Elm,90001,2026-03-02
b,3,,,,,
"""
VOTERS = """voter_id,first,middle,last,suffix,house_number,street,unit,city,zip,county,reg_date,status
V1,Ana,,Ruiz,,12,N Main St,,Elm,90001,Alder,2015-05-01,active
V2,Bo,,Lindgren,,7,Oak Ave,,Elm,90001,Alder,2012-09-14,active
V4,Cora,,Núñez,,31,Mill Rd,4,Elm,90001,Alder,2018-02-20,active
"""
BY = "county:Alder/anna"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office with five lines keyed, bound and matched; every line is to be checked."""
    path = str(tmp_path / "cases.db")
    store = open_store(path)
    open_case(
        store, load_place(PLACE), CASE, "county-initiative", received=date(2026, 1, 5), title="T", proponents=["A"]
    )
    title = {"title": "T", "identifier": "1"}
    record_deed(store, CASE, draft_from_text("TitleIssued", date(2026, 1, 15), "county_counsel", title))
    record_deed(store, CASE, draft_from_text("PetitionFiled", date(2026, 7, 1), "proponents", {"county": COUNTY}))
    store.close()
    (tmp_path / "lines.csv").write_text(LINES, encoding="utf-8")
    (tmp_path / "voters.csv").write_text(VOTERS, encoding="utf-8")
    with open_office(
        tmp_path / "office", open_store, path, case=CASE, place=PLACE, county=COUNTY, on=DAY, by="anna"
    ) as opened:
        take_in(
            opened, sections=[Section("a", 2), Section("b", 3)], lines=[tmp_path / "lines.csv"], on=DAY,
            read_lines=lambda path, known: read_keyed_lines(path, county=COUNTY, sections=known),
        )  # fmt: skip
        yield opened


def decide_all(office: Office, tmp_path: Path) -> OfficeDecisions:
    engine = matching_engine("duckdb", memory_bytes=1 << 28)
    voters = open_voter_file([tmp_path / "voters.csv"])
    match_petition(office, voters, engine=engine, memory_bytes=1 << 28, on=DAY, as_of=date(2026, 6, 30))
    engine.close()
    desk = OfficeDecisions(office)
    begin_full_check(desk, BY, DAY)
    decided = [
        Decision("a/1", True, BY, DAY, voter_id="V1"),
        Decision("a/2", False, BY, DAY, reason="signature_mismatch"),
        Decision("b/1", False, BY, DAY, reason="duplicate", duplicate_of="a/1", voter_id="V1"),
        Decision("b/2", True, BY, DAY, voter_id="V4"),
        Decision("b/3", False, BY, DAY, reason="printed_name_missing"),
    ]
    decide_lines(desk, decided)
    return desk


def commit_decisions(desk: OfficeDecisions, **more: Any) -> None:
    """Put the decisions on the record, without the county's report of them."""
    progress = count_progress(desk.frame(), desk.known)
    data = {
        "county": COUNTY, "basis": "full_check", "lines": 5, "valid": progress.valid, "duplicates": progress.duplicates,
        "reasons": progress.reasons, "voter_file": {"digest": "0" * 64, "as_of": "2026-06-30"},
        "second_looks": {"lines": 0, "differed": 0}, **more,
    }  # fmt: skip
    data |= decisions_root(desk.office, desk.known, desk.frame().order)
    record_deed(desk.office.store, CASE, new_draft("DecisionsCommitted", DAY, desk.office.by, data))


def checked(office: Office, receipt: dict[str, Any], folder: Path) -> Any:
    """Publish the record and have the checker hold the receipt to it."""
    if not (folder / "record").exists():
        publish_record(office.store, CASE, folder / "record", SigningKey.generate("test"))
    (folder / "receipt.json").write_bytes(canonical(receipt) + b"\n")
    report = verify(folder / "record", receipt=folder / "receipt.json")
    assert report.verified, report.words()
    return report.receipt


def test_before_the_lines_are_bound_no_receipt_is_given(office):
    with pytest.raises(UndeterminedError, match="petition commit"):
        give_receipts(office, ["a/1"])


def test_before_anything_is_decided_the_receipt_opens_the_line_alone(office, tmp_path):
    commit_lines(office, DAY)
    [receipt] = give_receipts(office, ["b/2"])
    assert receipt["decision"] is None
    assert receipt["line"]["content"]["name"] == "Cora Núñez"
    assert checked(office, receipt, tmp_path)["decision"] is None


def test_every_signer_finds_line_and_decision_and_a_late_one_too(office, tmp_path):
    commit_lines(office, DAY)
    desk = decide_all(office, tmp_path)
    commit_decisions(desk)
    lines = ["a/1", "a/2", "b/1", "b/2", "b/3"]
    found = [checked(office, receipt, tmp_path) for receipt in give_receipts(office, lines)]
    assert [(f["decision"], f["reason"]) for f in found] == [
        ("valid", None),
        ("not_valid", "signature_mismatch"),
        ("not_valid", "duplicate"),
        ("valid", None),
        ("not_valid", "printed_name_missing"),
    ]
    [old] = give_receipts(office, ["a/2"])
    undo_decision(desk, "a/2", "it is his", BY, DAY)
    decide_lines(desk, [Decision("a/2", True, "county:Alder/bo", DAY, voter_id="V2")])
    assert give_receipts(office, ["a/2"]) == [old]  # what was not committed to anew is not opened
    earlier = next(e.position for e in office.store.read(CASE) if e.kind == "DecisionsCommitted")
    commit_decisions(desk, amends=earlier, because="it is his")
    [new] = give_receipts(office, ["a/2"])
    assert new["decision"]["content"]["decision"] == "valid"
    (tmp_path / "later").mkdir()
    assert checked(office, new, tmp_path / "later")["newest"] is True
    assert checked(office, old, tmp_path / "later")["newest"] is False


def test_two_lines_of_one_voter_are_shown_to_be_of_one_voter_who_is_not_named(office, tmp_path):
    commit_lines(office, DAY)
    commit_decisions(decide_all(office, tmp_path))
    first, again = give_receipts(office, ["a/1", "b/1"])
    assert first["decision"]["content"]["voter"] == again["decision"]["content"]["voter"] != "V1"
    assert again["decision"]["content"]["duplicate_of"] == "a/1"


def test_a_line_that_is_not_there_is_refused_and_told(office):
    commit_lines(office, DAY)
    with pytest.raises(InputError, match="committed to no such line"):
        give_receipts(office, ["a/1", "a/9"])


def test_with_another_secret_no_receipt_is_made(office):
    commit_lines(office, DAY)
    (office.folder / "secret").write_text(sha256(b"other").hexdigest(), encoding="ascii")
    with pytest.raises(RecordError, match="does not give the root"):
        give_receipts(office, ["a/1"])


@pytest.mark.parametrize(
    ("name", "address", "lines"),
    [
        ("ana ruiz", "12 n. main street", ["a/1", "b/1"]),
        ("Cora Nunez", "31 Mill Road", ["b/2"]),
        ("Cora Nunez", "32 Mill Road", []),
        ("Bo Lindgren", "7 Oak Avenue", ["a/2"]),
    ],
)
def test_a_signer_is_found_by_name_and_address_as_lines_are_matched(office, name, address, lines):
    assert find_lines(office, name, address) == lines
