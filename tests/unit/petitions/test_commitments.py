"""Commitments: the bytes that the record format names, opened by content and salt, and hidden without the secret."""

from __future__ import annotations

import hmac
import json
from hashlib import sha256

import pytest

from referenda.errors import InputError, RecordError
from referenda.ledger.tree import check_inclusion, inclusion_proof, root_of
from referenda.petitions.commitments import Committer, in_order, order_of

SECRET = bytes(range(32))
LINE = {"name": "Ana Ruiz", "address": "12 N Main St", "city": "Elm", "zip": "90000", "date_signed": "2026-05-01"}


def committer(secret: bytes = SECRET, county: str = "Alder") -> Committer:
    return Committer(secret, "test-1", county)


def test_a_line_is_committed_to_as_the_record_format_says():
    opening = committer().line("000123/7", LINE)
    content = json.dumps(
        {**LINE, "case": "test-1", "county": "Alder", "identity": "000123/7", "kind": "line"},
        sort_keys=True,
        separators=(",", ":"),
    )
    salt = hmac.new(SECRET, b"line\ntest-1\nAlder\n000123/7", "sha256").digest()
    assert opening.salt == salt
    assert opening.leaf == sha256(b"\0" + salt + content.encode()).digest()


def test_a_decision_names_the_voter_by_a_commitment_alone():
    opening = committer().decision("000123/7", valid=True, reason=None, duplicate_of=None, voter_id="V-77")
    assert "V-77" not in json.dumps(opening.as_dict())
    assert opening.content["voter"] == committer().voter("V-77") != committer(bytes(32)).voter("V-77")
    assert opening.content["decision"] == "valid"


@pytest.mark.parametrize(
    "other",
    [
        committer(bytes(32)).line("000123/7", LINE),
        committer(county="Birch").line("000123/7", LINE),
        committer().line("000123/8", LINE),
        committer().line("000123/7", {**LINE, "name": "Ana Ruis"}),
    ],
    ids=["another secret", "another county", "another line", "another name"],
)
def test_another_secret_county_line_or_name_is_another_commitment(other):
    assert other.leaf != committer().line("000123/7", LINE).leaf


def test_what_is_not_there_is_the_empty_text():
    assert committer().line("a/1", {"name": None}).content["name"] == ""


def test_sections_are_ordered_as_text_and_lines_as_numbers():
    assert in_order(["b/1", "a/10", "a/9", "a-1/2"]) == ["a/9", "a/10", "a-1/2", "b/1"]
    assert order_of("x/y/3") == ("x/y", 3)


def test_each_line_is_shown_to_stand_under_the_root():
    openings = [committer().line(f"s/{number}", LINE) for number in range(1, 12)]
    leaves = [opening.leaf for opening in openings]
    root = root_of(leaves)
    for place, opening in enumerate(openings):
        assert check_inclusion(opening.leaf, place, 11, inclusion_proof(leaves, place), root)
    assert not check_inclusion(openings[0].leaf, 1, 11, inclusion_proof(leaves, 1), root)


def test_a_secret_of_another_length_is_refused():
    with pytest.raises(InputError, match="not 32 bytes"):
        committer(b"short")


def test_half_a_character_cannot_be_committed_to():
    with pytest.raises(RecordError, match="half a character"):
        _ = committer().line("s/1", {**LINE, "name": "\ud800"}).leaf
