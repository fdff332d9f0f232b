"""The verification of a petition on a public record: what contradicts sections, draw or reports is refused."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from referenda.errors import InputError, LawError
from referenda.workflows.keep_case import case_state

_SPEC = importlib.util.spec_from_file_location("petition_of_alder", Path(__file__).with_name("petition_of_alder.py"))
assert _SPEC is not None and _SPEC.loader is not None
alder: Any = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(alder)


@pytest.fixture
def petition(tmp_path: Path):
    made = alder.Petition(tmp_path)
    yield made
    made.store.close()


def drawn(**changed: Any) -> dict[str, Any]:
    data = {
        "seed": alder.SEED, "raw_count": 12_000, "sample_size": 500, "least": 500, "method": "sha256-tickets/1",
        "frame": "a" * 64, "last_ticket": "b" * 64, "drawn": "c" * 64,
    }  # fmt: skip
    return {**data, **changed}


def decided(**changed: Any) -> dict[str, Any]:
    data = {
        "basis": "random_sample", "lines": 500, "valid": 418, "duplicates": 1, "reasons": alder.REASONS,
        "root": "d" * 64, "voter_file": alder.VOTER_FILE, "second_looks": {"lines": 25, "differed": 1},
    }  # fmt: skip
    return {**data, **changed}


def test_sections_are_of_a_county_with_which_the_petition_was_filed(petition):
    section = {"sections": [["000001", 10]], "lines": 10}
    with pytest.raises(LawError, match="no petition was filed in Birch"):
        petition.do("SectionsReceived", "2026-07-10", "county:Birch", county="Birch", **section)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"sections": [["2", 1], ["1", 1]], "lines": 2}, "not in the order of their names"),
        ({"sections": [["1", 1], ["2", 1]], "lines": 3}, "not the sum"),
        ({"sections": [["1", 1]], "lines": 1, "rejected": {"2": "duplicate"}}, "was not received"),
        ({"sections": [["a b", 1]], "lines": 1}, "a section is its name"),
        ({"sections": [["1", -1]], "lines": -1}, "a section is its name"),
    ],
)
def test_a_list_of_sections_that_does_not_add_up_is_refused(petition, data, words):
    with pytest.raises(InputError, match=words):
        petition.county("SectionsReceived", "2026-07-10", **data)


def test_lines_are_bound_before_the_draw_and_are_no_more_than_were_received(petition):
    petition.county("SectionsReceived", "2026-07-10", sections=alder.SECTIONS, lines=12_000)
    petition.county("RawCountReported", "2026-07-13", raw_count=12_000)
    with pytest.raises(LawError, match="12,001 lines are more than the 12,000"):
        petition.county("LinesCommitted", "2026-07-16", lines=12_001, root="c" * 64, batches=1)
    with pytest.raises(LawError, match="has not committed to its lines yet"):
        petition.county("SampleDrawn", "2026-07-17", **drawn())


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"raw_count": 11_999}, "the sections received hold 12,000"),
        ({"sample_size": 12_001}, "larger than what it was drawn from"),
        ({"seed": "x" * 30}, "fewer than 20 digits"),
        ({"seed": "1,2" * 20}, "seed"),
    ],
)
def test_a_draw_that_cannot_be_is_refused(petition, changed, words):
    petition.take_in()
    with pytest.raises((InputError, LawError), match=words):
        petition.county("SampleDrawn", "2026-07-17", **drawn(**changed))


def test_nobody_draws_twice_from_the_same_lines(petition):
    petition.take_in()
    petition.draw()
    with pytest.raises(LawError, match="was drawn already"):
        petition.county("SampleDrawn", "2026-07-18", **drawn(seed="2" * 20))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"valid": 419}, "do not add up"),
        ({"lines": 499, "valid": 417}, "the random sample holds 500"),
        ({"duplicates": 83}, "more duplicates than lines"),
        ({"second_looks": {"lines": 1, "differed": 2}}, "second looks"),
        ({"amends": 3}, "are not there yet"),
        ({"valid": 417, "reasons": {**alder.REASONS, "duplicate": 2}, "duplicates": 2}, "reported 500, 418, 1"),
    ],
)
def test_decisions_that_contradict_themselves_the_draw_or_the_report_are_refused(petition, changed, words):
    petition.take_in()
    petition.draw()
    counts = {"sample_size": 500, "valid_in_sample": 418, "duplicates_in_sample": 1}
    petition.county("SampleReported", "2026-08-03", **counts)
    with pytest.raises((InputError, LawError), match=words):
        petition.county("DecisionsCommitted", "2026-08-03", **decided(**changed))
    petition.county("DecisionsCommitted", "2026-08-03", **decided())
    with pytest.raises(LawError, match="stand at position"):
        petition.county("DecisionsCommitted", "2026-08-04", **decided())


def test_a_case_knows_what_was_received_drawn_and_decided(petition):
    petition.take_in()
    petition.draw()
    petition.sample()
    county = case_state(petition.store, alder.CASE)[0].county("Alder County")
    assert county is not None
    assert (county.lines_received, len(county.received)) == (12_000, 1_200)
    assert county.sample_drawn.sample_size == 500
    assert county.decisions["random_sample"][1].valid == 418
