"""Two programs that share no code come to the same requirement, projection and outcome, in all places, on any numbers.

The maker writes the data of an event, as a record holds it; the checker computes it again. And where one number of it
is changed, the checker says no.
"""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from referenda.errors import ReferendaError
from referenda.law.place import PlaceLaw, known_places, load_place
from referenda.petitions.case import County
from referenda.petitions.findings import projection_data, requirement_data, vote_data
from referenda_verify.law import check_requirement, check_sample, check_vote
from referenda_verify.report import Disagreement

place = cache(load_place)
PLACES = [name for name in known_places() if name.startswith("us/")]  # those that count signatures
DAYS = st.dates(date(1990, 1, 1), date(2027, 12, 31))


@st.composite
def questions(draw: st.DrawFn) -> tuple[PlaceLaw, str, date, dict[str, str]]:
    """Draw a place, an instrument, a day and readings other than, or the same as, those chosen."""
    law = place(draw(st.sampled_from(PLACES)))
    instrument = draw(st.sampled_from([entry["name"] for entry in law.document["place"]["instruments"]]))
    readings = {
        reading["name"]: draw(st.sampled_from([entry["name"] for entry in reading["alternatives"]]))
        for reading in law.document.get("readings", [])
        if draw(st.integers(0, 3)) == 0
    }
    return law, instrument, draw(DAYS), readings


@st.composite
def counties(draw: st.DrawFn) -> list[County]:
    found = []
    for number in range(draw(st.integers(1, 4))):
        raw = draw(st.integers(1, 200_000))
        size = raw if draw(st.booleans()) else draw(st.integers(1, min(raw, 6000)))
        valid = draw(st.integers(0, size))
        twice = draw(st.integers(0, min(valid, 8))) if size < raw else 0
        county = County(
            f"County {number}", raw_count=raw, sample_size=size, valid_in_sample=valid, duplicates_in_sample=twice
        )
        found.append(county)
    return found


def as_recorded(data: dict[str, Any]) -> Any:
    return json.loads(json.dumps(data))


@given(questions())
@settings(deadline=None, max_examples=400)
def test_the_requirement_is_the_same(question: tuple[PlaceLaw, str, date, dict[str, str]]) -> None:
    law, instrument, on, readings = question
    try:
        data = as_recorded(requirement_data(law, instrument, on, readings=readings))
    except ReferendaError:
        return  # the law of that day does not say

    assert check_requirement(data, lambda _: law.document) == {"requirement": data["requirement"]}
    with pytest.raises(Disagreement):
        check_requirement({**data, "requirement": data["requirement"] + 1}, lambda _: law.document)


@given(questions(), counties(), st.fractions(0, 1, max_denominator=20))
@settings(deadline=None, max_examples=300)
def test_the_projection_and_the_decision_are_the_same(
    question: tuple[PlaceLaw, str, date, dict[str, str]], counted: list[County], share: Any
) -> None:
    law, instrument, on, readings = question
    requirement = 1 + int(sum(county.raw_count or 0 for county in counted) * share)
    try:
        data = as_recorded(projection_data(law, instrument, on, counted, requirement, readings=readings))
    except ReferendaError:
        return  # the law of that day does not say

    found = check_sample(data, lambda _: law.document)

    assert (found["projected_valid"], found["decision"]) == (data["projected_valid"], data["decision"])
    data["rows"][-1]["projected_valid"] += 1
    with pytest.raises(Disagreement):
        check_sample(data, lambda _: law.document)


RULES = [
    "ballots >= 50% of registered and yes >= 55% of valid",
    "yes > no and yes >= 40% of registered",
    "yes >= 2/3 of valid or (yes > no and not ballots < 1/2 of registered)",
    "yes > no and units_carried > 50% of units",
    "yes > 50% of election_ballots",
    "yes >= 55% of voting",
    "yes > no or 1 / (yes - no) > 0",
    "if(ballots > 50% of registered, yes, yes - 1) >= max(no, ceil(40% of valid)) and if(yes > 5, 1, 2) = 1",
]


@given(
    st.sampled_from(RULES),
    st.lists(st.integers(0, 60), min_size=7, max_size=7),
    st.sampled_from([{}, {"voting": "valid"}, {"voting": "ballots"}]),
    st.sets(st.sampled_from(["no", "registered", "invalid", "election_ballots", "units"]), max_size=2),
)
@settings(deadline=None, max_examples=300)
def test_the_outcome_of_a_vote_is_the_same(
    rule: str, counts: list[int], readings: dict[str, str], missing: set[str]
) -> None:
    yes, no, invalid, stayed, others, units, lost = counts
    ballots = yes + no + invalid
    given_counts = {
        "yes": yes,
        "no": no,
        "invalid": invalid,
        "election_ballots": ballots + others,
        "registered": ballots + others + stayed,
        "units": f"{units + lost}/2",
        "units_carried": f"{units}/2",
    }
    given_counts = {name: count for name, count in given_counts.items() if name not in missing}
    try:
        data = as_recorded(vote_data("vote", rule, given_counts, readings=readings if "voting" in rule else {}))
    except ReferendaError:
        return  # the law of that day does not say

    assert check_vote(data, dict)["passed"] is data["passed"]
    with pytest.raises(Disagreement):
        check_vote({**data, "passed": not data["passed"]}, dict)
