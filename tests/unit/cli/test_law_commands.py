"""`referenda law`: the law shown, explained and applied, in words and as JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from referenda.cli.law import app
from referenda.law.place import load_place

EXAMPLE = ["raw_count=24034", "sample_size=722", "valid_in_sample=516", "duplicates_in_sample=2"]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), env={"COLUMNS": "200"})


def as_json(*arguments: str) -> Any:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_requirement_has_the_keys_that_people_script_against() -> None:
    found = as_json("requirement", "us/ca", "constitutional-amendment", "--on", "2017-01-26")
    assert (found["requirement"], found["base"]) == (585407, 7317581)
    assert all({"name", "value", "cite"} <= step.keys() for step in found["steps"])
    assert (found["place"], found["instrument"], found["on"]) == ("us/ca", "constitutional-amendment", "2017-01-26")
    assert found["milestone_25_percent"] == 146352
    assert found["law"] == load_place("us/ca").digest
    assert {reading["name"]: reading["chosen"] for reading in found["readings"]} == {
        "base_applies_from": "first_of_january",
        "requirement_rounding": "up",
    }


def test_where_only_the_published_number_is_known_the_base_is_null() -> None:
    found = as_json("requirement", "us/ca", "statute", "--on", "1980-05-05")
    assert (found["requirement"], found["base"], found["milestone_25_percent"]) == (346119, None, None)
    assert "6,922,363 to 6,922,375" in found["steps"][0]["parameters"][0]["note"]


def test_requirement_in_words_has_steps_citations_and_where_the_number_comes_from() -> None:
    text = run("requirement", "us/ca", "constitutional-amendment", "--on", "2017-01-26").output
    assert "585,407 valid signatures are needed" in text
    assert "8% × 7,317,581 = 585,406.48, rounded up to a whole number: 585,407" in text
    assert "Cal. Const. art. II, § 8(b) (the text was read)" in text
    assert "votes_for_governor is 7,317,581 votes: Votes for Governor 2002-2014 (computed)" in text


def test_a_reading_may_be_chosen() -> None:
    found = as_json(
        "requirement", "us/ca", "statute", "--on", "2014-12-01", "--reading", "base_applies_from=day_after_election"
    )
    assert (found["requirement"], found["readings"][0]["chosen"]) == (365880, "day_after_election")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("requirement", "us/ca", "statute", "--on", "2017-02-30"), ["February 2017 has 28 days."]),
        (("requirement", "us/ca", "statute", "--on", "26/01/2017"), ["such as 2017-01-26"]),
        (("requirement", "us/ca", "statut", "--on", "x"), ["Did you mean statute?", "not a date"]),
        (("requirement", "us/cal", "statute"), ["Did you mean us/ca"]),
        (("requirement", "us/ca", "statute", "--on", "2027-01-01"), ["Votes for all candidates for Governor"]),
        (("requirement", "us/ca", "statute", "--on", "1970-01-01"), ["Known from 1971-01-01"]),
        (("requirement", "us/ca", "statute", "--reading", "a=b"), ["no reading of this name"]),
        (("requirement", "me", "independence-referendum"), ["how many signatures", "law coverage me"]),
        (("explain", "us/ca", "requirment"), ["Did you mean requirement"]),
        (("explain", "us/ca", "projected_valid", "--given", "raw_count=x"), ["raw_count is not a number"]),
        (("explain", "us/ca", "projected_valid", "--given", "raw_cout=1"), ["Did you mean raw_count?"]),
        (("explain", "us/ca", "projected_valid", "--given", "raw_count=5"), ["needs sample_size"]),
        (("show", "us/ca", "circulation_day"), ["Did you mean circulation_days"]),
        (("show", "us/ca", "--instrument", "initiative"), ["no instrument of this name"]),
        (("coverage", "nowhere"), ["no place of this name"]),
        (("places", "--root", "/nonexistent-folder"), ["no such folder"]),
    ],
)
def test_wrong_input_is_named_with_the_way_out(arguments: tuple[str, ...], told: list[str]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    for words in told:
        assert words in result.stderr
    error = json.loads(run(*arguments, "--json").stdout)["error"]
    assert error["kind"] in ("input", "undetermined")
    assert error["faults"]


def test_explain_gives_the_number_under_every_alternative() -> None:
    given = [part for pair in EXAMPLE for part in ("--given", pair)]
    found = as_json("explain", "us/ca", "projected_valid", *given, "--on", "2020-01-01")
    assert found["finding"]["value"] == 15028
    outcomes = {
        reading["name"]: {a["name"]: a["value"] for a in reading["alternatives"]} for reading in found["readings"]
    }
    assert outcomes["validity_rate_rounding"] == {"half_up": 15028, "half_even": 15028, "truncate": 15025}
    assert outcomes["second_of_a_pair"] == {"not_valid": 15028, "among_valid": 14960}
    assert {source["cite"]: source["standing"] for source in found["sources"]}["2 CCR § 20531"] == "read"


def test_explain_without_numbers_says_the_steps_and_which_numbers_are_needed() -> None:
    text = run("explain", "us/ca", "projected_valid").output
    assert "validity_rate = counted_valid / sample_size, rounded half up to 0.0001" in text
    assert "--given raw_count=…" in text
    assert "→ half_up" in text


def test_an_alternative_that_cannot_be_worked_out_is_said_so() -> None:
    text = run("explain", "us/ca", "requirement", "--on", "2026-12-20").output
    assert "day_after_election: from the day after the election: cannot be worked out from what is known" in text


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("circulation_days", "→  150 days"),
        ("filing_deadline", "150 days (circulation_days"),
        ("election_date", "The first statewide_general election at least 131 days"),
        ("random_sample", "The first of these that holds decides"),
        ("residence_address", "could make the addresses different"),
        ("second_of_a_pair", "→ not_valid"),
        ("not_registered", "not found among the registered voters"),
        ("PetitionFiled", "filed with its elections official"),
    ],
)
def test_every_kind_of_entry_is_explained_in_words(name: str, words: str) -> None:
    result = run("explain", "us/ca", name, "--on", "2010-06-01")
    assert result.exit_code == 0
    assert words in result.output
    assert "What it rests on" in result.output


def test_show_lists_the_contents_and_what_is_in_force() -> None:
    text = run("show", "us/ca", "--on", "2016-01-01", "--instrument", "statute").output
    assert "USD 2,000" in text
    assert "90 days" not in text
    assert "readings: " in text
    assert as_json("show", "us/ca")["document"] == load_place("us/ca").document


def test_show_gives_every_version_of_an_entry_and_marks_those_not_in_force() -> None:
    assert "not in force on 2020-01-01" not in run("show", "us/ca", "full_check", "--on", "2020-01-01").output
    found = as_json("show", "us/ca", "full_check")
    assert [rule["in_force"] for rule in found["rules"]] == [False, True]
    assert "(not in force on " in run("show", "us/ca", "full_check").output
    nothing = run("show", "us/ca", "milestone_25_percent", "--on", "2010-01-01").output
    assert "no version of it is in force" in nothing


def test_coverage_says_what_is_not_encoded() -> None:
    topics = {topic["topic"]: topic for topic in as_json("coverage", "us/ca")["coverage"]}
    assert topics["One subject only"]["state"] == "not"
    assert topics["Number of signatures 1999-2026"]["confidence"] == "high"
    assert "One subject only" in run("coverage", "us/ca").output


def test_digest_pins_the_document() -> None:
    assert run("digest", "us/ca").output.strip() == load_place("us/ca").digest == as_json("digest", "us/ca")["law"]


def test_places_are_listed_and_checked() -> None:
    assert {"us/ca", "us/wa", "me"} <= {place["id"] for place in as_json("places")}
    assert "Montenegro" in run("places").output
    assert as_json("check", "us/ca")["entries"]["reason_codes"] == 17
    assert "loads without a fault" in run("check", "us/ca").output


def test_on_a_narrow_terminal_no_word_and_no_date_is_broken() -> None:
    shown = CliRunner().invoke(app, ["show", "us/ca", "--on", "2026-11-22"], env={"COLUMNS": "80"}).output
    words = set(shown.translate(dict.fromkeys(map(ord, ":;,"), " ")).split())
    for name in ("constitutional-amendment", "2015-01-01", "Legislative", "withdrawal_after_filing_consent"):
        assert name in words
    assert max(map(len, shown.splitlines())) <= 110
    explained = CliRunner().invoke(app, ["explain", "us/ca", "circulation_days"], env={"COLUMNS": "80"}).output
    assert {"constitutional-amendment;", "2014-12-31", "2015-01-01"} <= set(explained.split())


def test_a_section_is_no_rule_and_its_rules_are_named() -> None:
    result = run("explain", "us/ca", "reason_codes")
    assert result.exit_code == 2
    assert "this is a section of the law of California" in result.stderr
    assert "not_registered" in result.stderr
    assert "filing_deadline" not in result.stderr


def test_a_name_that_is_near_none_is_answered_with_where_the_names_are() -> None:
    result = run("explain", "us/ca", "zzzz")
    assert result.exit_code == 2
    assert "See their names: referenda law show us/ca." in result.stderr
    assert len(result.stderr) < 200
    assert "Did you mean requirement" in run("explain", "us/ca", "requirment").stderr
