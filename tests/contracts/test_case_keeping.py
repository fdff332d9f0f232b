"""Keeping cases, the same on SQLite and on PostgreSQL: checked deeds, pinned law, and clerks at work at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from referenda.errors import InputError, LawError, RecordError
from referenda.law.place import PlaceLaw, load_place
from referenda.law.schema import LawDocument
from referenda.ledger.checkpoint import SigningKey, open_checkpoint
from referenda.ledger.event import Draft
from referenda.ledger.stores.sql import SqlStore
from referenda.petitions.county_count import county_names
from referenda.petitions.procedure import life
from referenda.workflows import keep_case
from referenda.workflows.keep_case import case_names, case_state, list_cases, open_case, record_deed
from referenda.workflows.publish_record import publish_record

CALIFORNIA = load_place("us/ca")
NAME = "test-measure"


def open_measure(store: SqlStore, law: PlaceLaw = CALIFORNIA, name: str = NAME, fee_dollars: int = 2000) -> None:
    open_case(
        store,
        law,
        name,
        "statute",
        received=date(2025, 1, 2),
        title="Test",
        proponents=["Ana", "Bo"],
        more={"fee_dollars": fee_dollars},
    )


def circulate(store: SqlStore) -> None:
    open_measure(store)
    keys = {"title": "T", "identifier": "26-0001"}
    record_deed(store, NAME, Draft("TitleIssued", 1, date(2025, 3, 3), "attorney_general", keys))
    keep_case.determine_requirement(store, NAME, date(2025, 3, 3))


def file_county(county: str) -> Draft:
    return Draft("PetitionFiled", 1, date(2025, 7, 1), "proponents", {"county": county})


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Let several clerks work at the same time; each one's result, or the error it met."""
    results: list[Any] = [None] * len(works)
    gate = threading.Barrier(len(works))

    def work(place: int) -> None:
        gate.wait()
        try:
            results[place] = works[place]()
        except Exception as error:
            results[place] = error

    threads = [threading.Thread(target=work, args=(place,)) for place in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def changed_law() -> PlaceLaw:
    """Give California's law with a fee of 3,000 dollars."""
    document = {**CALIFORNIA.document}
    document["parameters"] = [
        {**p, "values": [*p["values"][:-1], {**p["values"][-1], "value": "3000"}]} if p["name"] == "filing_fee" else p
        for p in document["parameters"]
    ]
    return PlaceLaw(document, LawDocument.model_validate(document))


def test_a_refused_deed_leaves_no_trace(store: SqlStore) -> None:
    circulate(store)
    before = store.root(NAME)
    late = replace(file_county("Yuba"), occurred_on=date(2025, 9, 3))
    with pytest.raises(LawError, match="9014"):
        record_deed(store, NAME, late)
    with pytest.raises(InputError):
        record_deed(store, NAME, replace(late, data={"conty": "Yuba"}))
    assert store.root(NAME) == before


def test_a_measure_that_is_refused_begins_no_case_and_keeps_no_law(store: SqlStore) -> None:
    with pytest.raises(LawError, match="fee"):
        open_case(
            store,
            CALIFORNIA,
            NAME,
            "statute",
            received=date(2025, 1, 2),
            title="T",
            proponents=["A"],
            more={"fee_dollars": 1},
        )
    assert store.cases() == []


def test_no_deed_lies_in_the_future(store: SqlStore) -> None:
    circulate(store)
    with pytest.raises(InputError, match="has not come yet"):
        record_deed(store, NAME, file_county("Yuba"), today=date(2025, 6, 30))


def test_a_case_that_is_not_there_is_named_with_the_one_that_was_meant(store: SqlStore) -> None:
    open_measure(store)
    with pytest.raises(InputError, match="Did you mean test-measure"):
        case_state(store, "test-mesure")


def test_a_case_keeps_to_the_law_it_was_received_under(store: SqlStore) -> None:
    open_measure(store)
    open_measure_under_new_law = changed_law()
    with pytest.raises(LawError, match="the law asks for at least 3,000"):
        open_measure(store, open_measure_under_new_law, "second-measure")
    case, law = case_state(store, NAME)
    assert (case.law, law.digest) == (CALIFORNIA.digest, CALIFORNIA.digest)
    assert law.document == CALIFORNIA.document
    assert law.parameter("filing_fee", on=date(2025, 1, 2), instrument="statute").value == 2000


def test_cases_share_one_copy_of_a_law_document_and_it_is_no_case(store: SqlStore) -> None:
    open_measure(store)
    open_measure(store, name="second-measure")
    assert case_names(store) == ["second-measure", NAME]
    assert [name for name in store.cases() if name.startswith("law.")] == [f"law.{CALIFORNIA.digest}"]
    assert store.size(f"law.{CALIFORNIA.digest}") == 1
    assert [case.name for case, _ in list_cases(store)] == ["second-measure", NAME]
    with pytest.raises(InputError, match="kept for law documents"):
        open_measure(store, name="law.mine")


def test_a_law_document_that_is_gone_is_missed(store: SqlStore) -> None:
    data = {"instrument": "statute", "law": "0" * 64, "name": "T", "place": "us/ca", "proponents": ["A"]}
    store.append(NAME, [Draft("MeasureReceived", 1, date(2025, 1, 2), "proponents", data)])
    with pytest.raises(RecordError, match="is not kept in this store"):
        case_state(store, NAME)


def test_clerks_who_file_counties_at_once_lose_nothing(store: SqlStore) -> None:
    circulate(store)
    counties = list(county_names("us/ca")[:12])
    halves = (counties[::2], counties[1::2], counties[::-1])

    def clerk(mine: list[str]) -> list[str]:
        kept = []
        for county in mine:
            try:
                record_deed(store, NAME, file_county(county))
            except LawError:
                continue  # another clerk was first, and a county is filed with once
            kept.append(county)
        return kept

    kept = at_once(*(lambda mine=mine: clerk(mine) for mine in halves))
    assert sorted(county for clerk_kept in kept for county in clerk_kept) == sorted(counties)
    case, law = case_state(store, NAME)
    assert set(case.counties) == set(counties)
    assert case.size == 3 + len(counties)
    assert store.verify(NAME) == case.size
    assert life(NAME, store.read(NAME), law) == case


def test_of_a_withdrawal_and_a_filing_at_once_the_second_is_judged_after_the_first(store: SqlStore) -> None:
    circulate(store)
    alone = Draft("MeasureWithdrawn", 1, date(2025, 7, 1), "proponents", {"consent": ["Ana", "Bo"]})
    results = at_once(
        lambda: record_deed(store, NAME, alone),
        lambda: record_deed(store, NAME, file_county("Yuba")),
    )
    case, _ = case_state(store, NAME)
    assert case.stage == "withdrawn"
    refused = [result for result in results if isinstance(result, Exception)]
    # Filed first, then withdrawn (a majority may, all did): both stand. Withdrawn first: the filing is refused.
    assert all(isinstance(error, LawError) for error in refused)
    assert len(refused) == (0 if "Yuba" in case.counties else 1)


def test_two_clerks_who_open_one_case_at_once_make_one_case(store: SqlStore) -> None:
    results = at_once(lambda: open_measure(store), lambda: open_measure(store))
    assert sum(isinstance(result, LawError) for result in results) == 1
    assert store.size(NAME) == 1
    assert store.size(f"law.{CALIFORNIA.digest}") == 1


def test_a_vote_hangs_on_a_vote_of_another_case_in_the_same_store(store: SqlStore) -> None:
    open_measure(store)
    open_measure(store, name="second-measure")
    first = {"vote": "ratification", "day": "2026-11-03", "rule": "yes > no"}
    hanging = {"vote": "ratification", "outcome": "passed", "case": NAME}
    second = {"vote": "plebiscite", "day": "2028-11-07", "rule": "yes > no", "hangs_on": hanging}
    draft = Draft("VoteScheduled", 1, date(2025, 1, 2), "proponents", second)
    with pytest.raises(LawError, match="no vote ratification"):
        record_deed(store, "second-measure", draft)
    record_deed(store, NAME, Draft("VoteScheduled", 1, date(2025, 1, 2), "proponents", first))
    record_deed(store, "second-measure", draft)
    assert case_state(store, "second-measure")[0].votes["plebiscite"].outcome == "undecided"


def test_a_published_record_is_signed_and_whole(store: SqlStore, tmp_path: Path) -> None:
    circulate(store)
    key = SigningKey.generate("test")
    published = publish_record(store, NAME, tmp_path / "record", key)
    checkpoint = open_checkpoint((published.folder / "checkpoints" / "0000000003.txt").read_text(), key.verifier_key)
    assert (checkpoint.size, checkpoint.root) == (3, store.root(NAME))
    assert published.laws == (CALIFORNIA.digest,)
    assert (published.folder / "law" / f"{CALIFORNIA.digest}.json").stat().st_size > 10_000
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix not in (".db", ".db-wal", ".db-shm")) == [
        "record"
    ]


def test_the_logs_of_offices_are_no_cases_and_nothing_of_them_is_shown(store: SqlStore, tmp_path: Path) -> None:
    open_measure(store)
    private = f"office.{NAME}.yuba"
    store.append(private, [Draft("SectionRejected", 1, date(2025, 7, 1), "county:Yuba", {"section": "1"})])
    assert case_names(store) == [NAME]
    key = SigningKey.generate("example.org/test")
    for deed in (
        lambda: case_state(store, private),
        lambda: record_deed(store, private, file_county("Yuba")),
        lambda: publish_record(store, private, tmp_path / "record", key),
    ):
        with pytest.raises(InputError, match="no case of this name"):
            deed()
    assert not (tmp_path / "record").exists()
    with pytest.raises(InputError, match="kept for law documents and offices"):
        open_measure(store, name="office.mine")


def test_what_an_office_keeps_cannot_be_recorded_in_a_case(store: SqlStore) -> None:
    circulate(store)
    record_deed(store, NAME, file_county("Yuba"))
    private = Draft("SectionRejected", 1, date(2025, 7, 1), "county:Yuba", {"section": "1", "reason": "any"})
    with pytest.raises(LawError, match="knows no such deed"):
        record_deed(store, NAME, private)
