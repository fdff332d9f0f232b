"""Kinds of event: their names, their data, and their reference."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from referenda.errors import InputError
from referenda.ledger.canonical import canonical
from referenda.petitions.events import (
    ALL,
    NEWEST,
    OFFICE,
    data_from_text,
    describe_common_keys,
    describe_kinds,
    kind_of,
    read_data,
)
from referenda.petitions.kinds import EventData

REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "events.md"


def faults(name, data):
    with pytest.raises(InputError) as error:
        read_data(name, data)
    return {str(fault.column): fault for fault in error.value.faults}


def test_each_kind_is_a_word_with_a_sentence_and_every_key_has_a_meaning():
    for kind in (*ALL, *OFFICE.values()):
        assert re.fullmatch(r"[A-Z][A-Za-z]+", kind.__name__)
        assert (kind.__doc__ or "").rstrip().endswith(".")
        assert all(field.description for field in kind.model_fields.values()), kind


def test_the_reference_is_what_the_classes_say():
    text = REFERENCE.read_text(encoding="utf-8")
    assert describe_kinds() in text
    assert describe_kinds(OFFICE) in text
    assert describe_common_keys() in text


@pytest.mark.parametrize(
    ("written", "meant"),
    [("RawCountReport", "RawCountReported"), ("petition_filed", "PetitionFiled"), ("title-issued", "TitleIssued")],
)
def test_an_unknown_kind_is_refused_with_the_one_that_was_meant(written, meant):
    with pytest.raises(InputError, match=f"Did you mean {meant}"):
        kind_of(written)


def test_an_unknown_version_is_refused():
    with pytest.raises(InputError, match="no version 2"):
        kind_of("PetitionFiled", 2)


def test_everything_wrong_with_an_event_is_said_at_once():
    found = faults("SampleReported", {"conty": "Yuba", "sample_size": 3.5, "valid_in_sample": -1})
    assert set(found) == {"conty", "county", "sample_size", "valid_in_sample", "duplicates_in_sample"}
    assert found["conty"].remedy == "Did you mean `county`?"


@pytest.mark.parametrize("number", [3720.0, "3720", True, None])
def test_a_count_is_a_whole_number_and_nothing_else(number):
    assert set(faults("RawCountReported", {"county": "Yuba", "raw_count": number})) == {"raw_count"}


@pytest.mark.parametrize("day", ["2017-1-26", "26.1.2017", "2017-02-29", "20170126", 20170126])
def test_a_day_is_a_real_day_written_year_month_day(day):
    assert set(faults("ElectionSet", {"election_date": day})) == {"election_date"}


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ({"sample_size": 10, "valid_in_sample": 11, "duplicates_in_sample": 0}, "more are valid than the 10 sampled"),
        ({"sample_size": 10, "valid_in_sample": 5, "duplicates_in_sample": 6}, "together are 11, more than the 10"),
        ({"sample_size": 10, "valid_in_sample": 0, "duplicates_in_sample": 1}, "no valid signature that they repeat"),
    ],
)
def test_a_sample_adds_up(numbers, message):
    with pytest.raises(InputError, match=message):
        read_data("SampleReported", {"county": "Yuba", **numbers})


def test_what_contradicts_is_said_beside_what_is_wrong_by_itself():
    numbers = {"sample_size": 400, "valid_in_sample": 500, "duplicates_in_sample": -1}
    with pytest.raises(InputError) as error:
        read_data("SampleReported", {"county": "Yuba", **numbers})
    found = {fault.column: fault for fault in error.value.faults}
    assert set(found) == {"valid_in_sample", "duplicates_in_sample"}
    assert "more are valid than the 400 sampled" in found["valid_in_sample"].message
    assert all(fault.remedy for fault in found.values())
    checked = {"checked": "5", "valid_signatures": "7", "complete": "perhaps"}
    with pytest.raises(InputError) as error:
        data_from_text("FullCheckReported", {"county": "Yuba", **checked})
    assert [fault.column for fault in error.value.faults] == ["complete", "valid_signatures"]


VOTE = {"vote": "v", "rule": "yes > no", "conditions": [], "passed": True}


@pytest.mark.parametrize(
    ("quantities", "wrong"),
    [
        ({"yes": 1.5, "no": 2}, "yes"),
        ({"yes": "1/3", "no": 2}, "yes"),
        ({"yes": "17/2", "no": 2}, "yes"),
        ({"yes": True, "no": 2}, "yes"),
        ({"yes": 1, "no": -2}, "no"),
        ({"yes": 1, "turnout": 2}, "turnout"),
        ({"units": "1/3"}, "units"),
        ({"units_carried": "5%"}, "units_carried"),
        ({"units_carried": -1}, "units_carried"),
    ],
)
def test_votes_are_whole_numbers_and_units_are_halves(quantities, wrong):
    for read in (read_data, data_from_text):
        with pytest.raises(InputError) as error:
            read("VoteDecided", {**VOTE, "quantities": quantities})
        assert {fault.column for fault in error.value.faults} == {f"quantities.{wrong}"}
        assert all(fault.remedy for fault in error.value.faults)


def test_counts_of_a_vote_written_as_text_get_their_own_types():
    written = {"yes": "10", "units": "23", "units_carried": "8.5"}
    typed = {"yes": 10, "units": 23, "units_carried": "8.5"}
    assert data_from_text("VoteDecided", {**VOTE, "quantities": written})["quantities"] == typed
    assert read_data("VoteDecided", {**VOTE, "quantities": typed}).quantities.known() == typed


@pytest.mark.parametrize(
    ("kind", "key", "value"),
    [
        ("MeasureReceived", "fee_dollars", "abc"),
        ("MeasureReceived", "fee_dollars", "20.5"),
        ("MeasureReceived", "fee_dollars", "9" * 5000),
        ("MeasureReceived", "fee_dollars", 1e400),
        ("MeasureReceived", "fee_dollars", True),
        ("MeasureReceived", "fee_dollars", [1, 2]),
        ("MeasureReceived", "proponents", ["Ana", "Ana"]),
        ("MeasureReceived", "proponents", {"a": 1}),
        ("MeasureReceived", "proponents", []),
        ("MeasureReceived", "name", ""),
        ("MeasureReceived", "name", 5),
        ("MeasureReceived", "name", "\ud800"),
        ("MeasureReceived", "sources", [1]),
        ("MeasureReceived", "between", "2025-01-01"),
        ("MeasureReceived", "between", ["2025-01-01"]),
        ("MeasureReceived", "late", "x"),
        ("FullCheckReported", "complete", "perhaps"),
        ("FullCheckReported", "complete", 5),
        ("ElectionSet", "election_date", "2025-02-30"),
        ("PetitionFoundSufficient", "basis", "guess"),
        ("VoteScheduled", "vote", "No Name"),
        ("VoteScheduled", "hangs_on", 5),
        ("VoteScheduled", "vote", "v" * 81),
        ("RequirementDetermined", "readings", True),
        ("RequirementDetermined", "readings", "x"),
        ("RequirementDetermined", "readings", {"base_applies_from": 1}),
        ("RequirementDetermined", "steps", [5]),
        ("SampleProjected", "rows", [{"a": None}]),
        ("VoteDecided", "quantities", [1]),
        ("VoteDecided", "passed", "x"),
    ],
)
def test_every_fault_of_a_value_names_its_key_in_plain_words_and_says_what_to_write(kind, key, value):
    with pytest.raises(InputError) as error:
        data_from_text(kind, {key: value})
    faults = [fault for fault in error.value.faults if str(fault.column).split(".")[0] == key]
    assert faults
    for fault in faults:
        assert fault.remedy
        assert not re.search(r"Input should|valid (integer|string|boolean|dict|list)|pydantic", str(fault)), str(fault)


def test_a_text_is_given_or_said_to_be_not_at_hand():
    read_data("MeasureTextSubmitted", {"text_version": "26-0001", "standing": "not_at_hand"})
    for wrong in ({"standing": "verbatim"}, {"standing": "not_at_hand", "text": "Be it enacted."}):
        with pytest.raises(InputError, match="not"):
            read_data("MeasureTextSubmitted", {"text_version": "26-0001", **wrong})


def test_a_range_of_days_is_given_in_order():
    with pytest.raises(InputError, match="last day before its first"):
        read_data("SampleOrdered", {"between": ["2025-01-02", "2025-01-01"]})


def test_a_fault_inside_a_part_is_named_with_its_path():
    found = faults("VoteScheduled", {"vote": "v", "day": "2026-11-03", "rule": "yes > no", "hangs_on": {"vot": "w"}})
    assert set(found) == {"hangs_on.vote", "hangs_on.outcome", "hangs_on.vot"}


def test_data_written_as_text_get_their_own_types():
    given = {"county": "Yuba", "checked": "500", "valid_signatures": "307", "complete": "false"}
    expected = {"county": "Yuba", "checked": 500, "valid_signatures": 307, "complete": False}
    assert data_from_text("FullCheckReported", given) == expected
    assert data_from_text("MeasureWithdrawn", {"consent": "Ana"}) == {"consent": ["Ana"]}
    with pytest.raises(InputError, match="raw_count"):
        data_from_text("RawCountReported", {"county": "Yuba", "raw_count": "3.5"})


def test_every_kind_can_be_recorded_without_a_number_that_is_not_whole():
    assert all(kind.model_json_schema() for kind in ALL)
    assert '"type": "number"' not in str(canonical({name: k.model_json_schema() for name, k in NEWEST.items()}))


def test_every_kind_may_hold_sources_doubts_and_a_range_of_days():
    common = {"sources": ["https://www.example.org"], "doubt": "not sure", "between": ["2025-01-01", "2025-01-02"]}
    assert read_data("SampleOrdered", common).doubt == "not sure"
    assert set(EventData.model_fields) == {*common, "late"}
