"""Certificates: every number from the public record, the same when made again, amended when a late decision comes."""

from __future__ import annotations

import importlib.util
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from referenda.errors import InputError, LawError, UndeterminedError
from referenda.law.place import load_place
from referenda.ledger.canonical import read_canonical
from referenda.ledger.stores.sql import SqlStore
from referenda.workflows.certify_petition import certify_petition, issued_certificate
from referenda.workflows.keep_case import determine_requirement, new_draft, open_case, project_sample, record_deed

_SPEC = importlib.util.spec_from_file_location("petition_of_alder", Path(__file__).with_name("petition_of_alder.py"))
assert _SPEC is not None and _SPEC.loader is not None
alder: Any = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(alder)

WHOSE = (alder.CASE, alder.COUNTY)
DAY = date(2026, 9, 15)


@pytest.fixture
def checked(tmp_path: Path):
    petition = alder.checked(tmp_path)
    yield petition
    petition.store.close()


def late(petition: Any, **changed: int) -> None:
    """A decision comes late: so many lines of a reason are left."""
    reasons = {**alder.FULL, **changed}
    first = petition.store.size(alder.CASE) - 2
    petition.decide("2026-09-18", "full_check", 12_000, reasons, amends=first, because="A third look came late.")


def test_the_certificate_of_a_full_check_says_what_the_record_says(checked):
    found = certify_petition(checked.store, *WHOSE, DAY, by="R. Ortega").content
    assert (found["raw_count"], found["examined"], found["valid"], found["not_valid"]) == (12_000, 12_000, 9_338, 2_662)
    assert (found["requirement"], found["result"]["decision"]) == (9_051, "sufficient")
    assert found["projected_valid"] == 9_480
    assert [step["value"] for step in found["projection"]["steps"]][:2] == ["0.79", "9480"]
    assert found["projection"]["decision"] == "full_check"
    assert found["reasons"][0] == {
        "about": "The signer is not found among the registered voters.",
        "cite": "Elec. Code § 100(a)",
        "code": "not_registered",
        "lines": 1_810,
    }
    looks = found["second_looks"]
    assert (looks["lines"], looks["differed"], looks["share"]) == (600, 1, "0.001667")
    assert float(looks["low"]) < 1 / 600 < float(looks["high"])


def test_the_record_holds_the_hash_of_the_certificate_and_the_certificate_the_root_of_the_record(checked):
    size, root = checked.size, checked.store.root(alder.CASE)
    certificate = certify_petition(checked.store, *WHOSE, DAY)
    assert certificate.event.position == size == certificate.content["record"]["size"]
    assert certificate.event.data["record_root"] == root.hex() == certificate.content["record"]["root"]
    assert certificate.event.data["sha256"] == sha256(certificate.text).hexdigest()
    assert read_canonical(certificate.text) == certificate.content


def test_where_nothing_has_changed_the_same_certificate_is_given_again(checked):
    first = certify_petition(checked.store, *WHOSE, DAY, by="R. Ortega")
    again = certify_petition(checked.store, *WHOSE, date(2026, 9, 20), by="Somebody Else")
    assert (first.new, again.new) == (True, False)
    assert first.text == again.text
    assert checked.size == first.event.position + 1


def test_a_late_decision_makes_a_certificate_that_says_what_it_amends(checked):
    first = certify_petition(checked.store, *WHOSE, DAY)
    late(checked, signature_mismatch=179)
    second = certify_petition(checked.store, *WHOSE, date(2026, 9, 18))
    amends = second.content["amends"]
    assert (second.content["number"], second.event.data["amends"]) == (2, first.event.position)
    assert (amends["number"], amends["because"]) == (1, "A third look came late.")
    assert {change["what"]: (change["before"], change["after"]) for change in amends["changes"]} == {
        "valid": (9_338, 9_339),
        "not_valid": (2_662, 2_661),
        "reason signature_mismatch": (180, 179),
    }
    assert issued_certificate(checked.store, *WHOSE, 1).text == first.text
    assert issued_certificate(checked.store, *WHOSE).text == second.text


def test_a_sample_that_decides_is_certified_with_the_law_and_its_steps(tmp_path: Path):
    petition = alder.sampled(tmp_path, {"not_registered": 40, "duplicate": 0})
    found = certify_petition(petition.store, *WHOSE, date(2026, 8, 5)).content
    petition.store.close()
    assert (found["basis"], found["examined"], found["projected_valid"]) == ("random_sample", 500, 11_040)
    assert found["result"]["decision"] == "sufficient"
    assert found["draw"]["committed_on"] < found["draw"]["drawn_on"]


def test_a_projection_that_comes_after_the_certificate_is_certified_anew(tmp_path: Path):
    petition = alder.Petition(tmp_path)
    petition.take_in()
    petition.draw()
    petition.decide("2026-08-03", "random_sample", 500, alder.REASONS)
    first = certify_petition(petition.store, *WHOSE, date(2026, 8, 3)).content
    project_sample(petition.store, alder.CASE, date(2026, 8, 4), by=alder.OFFICIAL)
    second = certify_petition(petition.store, *WHOSE, date(2026, 8, 5)).content
    petition.store.close()
    assert (first["projected_valid"], second["projected_valid"]) == (None, 9_480)
    assert second["amends"]["changes"] == [{"what": "projected_valid", "before": None, "after": 9_480}]


def test_a_county_of_a_state_certifies_its_own_numbers_and_decides_nothing(tmp_path: Path):
    store = SqlStore(f"sqlite:///{tmp_path / 'cases.db'}")

    def do(kind: str, on: str, by: str, **data: Any) -> None:
        record_deed(store, "ca-1", new_draft(kind, date.fromisoformat(on), by, data))

    received, fee = date(2022, 1, 3), {"fee_dollars": 2000}
    open_case(store, load_place("us/ca"), "ca-1", "statute", received=received, title="T", proponents=["A"], more=fee)
    do("TitleIssued", "2022-03-09", "attorney_general", title="T. Initiative Statute.", identifier="22-1")
    determine_requirement(store, "ca-1", date(2022, 3, 9))
    for county in ("Napa", "Yuba"):
        do("PetitionFiled", "2022-05-02", "proponents", county=county)
    for county, raw_count in (("Napa", 300_000), ("Yuba", 400_000)):
        do("RawCountReported", "2022-05-10", f"county:{county}", county=county, raw_count=raw_count)
    do("SampleOrdered", "2022-05-16", "secretary_of_state")
    for county, size in (("Napa", 9_000), ("Yuba", 12_000)):
        numbers = {"sample_size": size, "valid_in_sample": size - 2_000, "duplicates_in_sample": 2}
        do("SampleReported", "2022-06-01", f"county:{county}", county=county, **numbers)
    project_sample(store, "ca-1", date(2022, 6, 3))
    decided = {
        "basis": "random_sample", "lines": 12_000, "valid": 10_000, "duplicates": 2, "root": "a" * 64,
        "reasons": {"not_registered": 1_998, "duplicate": 2}, "voter_file": alder.VOTER_FILE,
        "second_looks": {"lines": 0, "differed": 0},
    }  # fmt: skip
    do("DecisionsCommitted", "2022-06-01", "county:Yuba", county="Yuba", **decided)
    found = certify_petition(store, "ca-1", "yuba county", date(2022, 6, 4)).content
    store.close()
    assert (found["county"], found["requirement"], found["result"]) == ("Yuba", None, None)
    assert found["second_looks"]["share"] is None
    assert found["projection"]["columns"]["raw_count"] == 400_000
    assert found["projection"]["steps"][-1]["name"] == "projected_valid"
    assert found["projection"]["of_all_counties"] is not None


def test_without_decisions_there_is_nothing_to_certify(tmp_path: Path):
    petition = alder.Petition(tmp_path)
    petition.take_in()
    with pytest.raises(UndeterminedError, match="no decisions on the record"):
        certify_petition(petition.store, *WHOSE, DAY)
    with pytest.raises(InputError, match="county"):
        certify_petition(petition.store, alder.CASE, "Aldr", DAY)
    petition.store.close()


def test_a_certificate_that_says_something_else_than_the_decisions_is_refused(checked):
    certificate = certify_petition(checked.store, *WHOSE, DAY)
    late(checked, signature_mismatch=170)
    data = {**certificate.event.data, "number": 2, "amends": certificate.event.position, "record_size": checked.size}
    with pytest.raises(LawError, match="does not say what the newest decisions"):
        record_deed(checked.store, alder.CASE, new_draft("CertificateIssued", DAY, "county:Alder", data))


def test_a_number_of_a_certificate_that_was_never_issued_is_refused(checked):
    with pytest.raises(InputError, match="there is no such certificate"):
        issued_certificate(checked.store, *WHOSE, 3)
