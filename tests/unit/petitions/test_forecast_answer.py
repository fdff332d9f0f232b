"""What answered a forecast's question, in the lives of measures that go well, ill, or nowhere."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from referenda.assembly import law_of, open_store
from referenda.petitions.forecast_answer import find_answer, known_quantities
from referenda.petitions.forecast_kinds import OUTCOMES
from referenda.workflows.load_cases import load_case


def answer(walk, question, vote=None):
    found = find_answer(question, walk.events, vote=vote)
    return None if found is None else (found.outcome, found.kind)


@pytest.fixture
def projected(sampled):
    """Sampled in both counties so that a full check is due: 600,000 filed, 546,651 needed, nine in ten valid."""
    sampled.sample("2025-07-20", "Alpine", 400, 380)
    sampled.sample("2025-07-21", "Yuba", 17_988, 16_400)
    assert sampled.project("2025-07-22") == "full_check"
    return sampled


def withdraw(walk, on):
    walk.do("MeasureWithdrawn", on, "proponents", consent=["Ana", "Bo"])


def schedule(walk, vote="ratification", **more):
    walk.do("VoteScheduled", "2025-03-03", "proponents", vote=vote, day="2026-11-03", rule="yes > no", **more)


@pytest.fixture
def history(tmp_path):
    """Give the events of a real vote that comes with Referenda."""

    def events_of(name):
        store = open_store(str(tmp_path / "cases.db"))
        load_case(store, name, law_of)
        events = list(store.read(name))
        store.close()
        return events

    return events_of


@pytest.mark.parametrize("question", ["qualify", "decision", "vote"])
def test_while_nothing_has_come_of_it_a_question_is_open(circulating, question):
    schedule(circulating)
    assert answer(circulating, question, "ratification") is None


def test_a_petition_that_was_never_filed_is_not_filed(circulating):
    circulating.do("MeasureFailed", "2025-09-16", "secretary_of_state", reason="no_filing")
    assert answer(circulating, "qualify") == ("not_filed", "MeasureFailed")


def test_a_measure_withdrawn_before_its_filing_is_not_filed(circulating):
    withdraw(circulating, "2025-04-01")
    assert answer(circulating, "qualify") == ("not_filed", "MeasureWithdrawn")
    assert answer(circulating, "decision") == (None, "MeasureWithdrawn")


def test_withdrawn_after_its_filing_nobody_learns_whether_it_would_have_qualified(sampled):
    withdraw(sampled, "2025-07-16")
    assert answer(sampled, "qualify") == (None, "MeasureWithdrawn")


def test_too_few_signatures_fail_on_the_raw_count(circulating):
    circulating.file("2025-07-01", "Yuba")
    circulating.count("2025-07-10", Yuba=500_000)
    circulating.do("MeasureFailed", "2025-07-12", "secretary_of_state", reason="raw_count")
    assert answer(circulating, "qualify") == ("fails_raw_count", "MeasureFailed")


def test_what_the_sample_decides_is_known_at_its_projection(projected):
    found = find_answer("decision", projected.events)
    assert (found.outcome, found.day, found.position) == ("full_check", date(2025, 7, 22), projected.case.size - 1)
    assert answer(projected, "qualify") is None


def test_a_projection_that_an_amended_raw_count_voids_answers_no_longer(projected):
    amended = {"county": "Yuba", "raw_count": 599_000, "reason": "a slip"}
    projected.do("RawCountAmended", "2025-07-23", "county:Yuba", **amended)
    assert answer(projected, "decision") is None
    projected.project("2025-07-24")
    assert find_answer("decision", projected.events).day == date(2025, 7, 24)


def test_the_sample_has_decided_once_the_full_check_rests_on_it(projected):
    projected.do("FullCheckOrdered", "2025-07-23", "secretary_of_state")
    assert answer(projected, "decision") == ("full_check", "SampleProjected")


@pytest.mark.parametrize(
    ("valid", "kind", "more", "outcome"),
    [
        (560_000, "PetitionFoundSufficient", {"basis": "full_check"}, "full_check_yes"),
        (520_000, "MeasureFailed", {"reason": "full_check"}, "full_check_no"),
    ],
)
def test_a_full_check_answers_when_it_is_done(projected, valid, kind, more, outcome):
    projected.do("FullCheckOrdered", "2025-07-23", "secretary_of_state")
    for county, checked, found in (("Alpine", 400, 380), ("Yuba", 599_600, valid)):
        report = {"county": county, "checked": checked, "valid_signatures": found, "complete": True}
        projected.do("FullCheckReported", "2025-08-20", f"county:{county}", **report)
    projected.do(kind, "2025-08-21", "secretary_of_state", **more)
    assert answer(projected, "qualify") == (outcome, kind)
    assert known_quantities(projected.events)["valid"] == valid + 380


@pytest.mark.parametrize(
    ("valid", "kind", "more", "outcome"),
    [
        (18_900, "PetitionFoundSufficient", {"basis": "sample"}, "sufficient_on_sample"),
        (12_000, "MeasureFailed", {"reason": "sample"}, "fails_sample"),
    ],
)
def test_a_sample_far_from_the_requirement_answers_by_itself(circulating, valid, kind, more, outcome):
    circulating.file("2025-07-01", "Yuba")
    circulating.count("2025-07-10", Yuba=640_000)
    circulating.do("SampleOrdered", "2025-07-15", "secretary_of_state")
    circulating.sample("2025-07-20", "Yuba", 19_200, valid)
    decided = circulating.project("2025-07-21")
    circulating.do(kind, "2025-07-22", "secretary_of_state", **more)
    assert answer(circulating, "qualify") == (outcome, kind)
    assert answer(circulating, "decision") == (decided, "SampleProjected")


def test_numbers_are_known_when_every_county_has_reported(sampled):
    assert known_quantities(sampled.events) == {"raw_count": 600_000}
    sampled.sample("2025-07-20", "Alpine", 400, 380)
    sampled.sample("2025-07-21", "Yuba", 17_988, 16_400)
    sampled.project("2025-07-22")
    assert known_quantities(sampled.events)["projected"] == sampled.case.projection.projected_valid
    amended = {"county": "Yuba", "raw_count": 599_000, "reason": "a slip"}
    sampled.do("RawCountAmended", "2025-07-23", "county:Yuba", **amended)
    assert known_quantities(sampled.events) == {"raw_count": 599_400}


def test_one_county_that_has_not_counted_keeps_the_raw_count_unknown(circulating):
    circulating.file("2025-07-01", "Yuba", "Alpine")
    circulating.count("2025-07-10", Yuba=599_600)
    assert known_quantities(circulating.events) == {}


def test_a_vote_is_answered_by_its_own_count_alone(history):
    events = history("me-2006-independence")
    vote, counts = events[-1].data["vote"], events[-1].data["quantities"]
    found = find_answer("vote", events, vote=vote)
    assert (found.outcome, found.day) == ("passed", date(2006, 5, 21))
    assert find_answer("vote", events, vote="another") is None
    assert known_quantities(events, vote="another") == {}
    assert known_quantities(events, vote=vote) == {
        "turnout": Fraction(counts["ballots"], counts["registered"]),
        "yes_share": Fraction(counts["yes"], counts["yes"] + counts["no"]),
        "yes_of_registered": Fraction(counts["yes"], counts["registered"]),
        "invalid_share": Fraction(counts["invalid"], counts["ballots"]),
    }


def test_a_vote_under_a_quorum_may_fail_though_most_say_yes(history):
    events = history("gb-scotland-1979-devolution")
    assert find_answer("vote", events, vote=events[-1].data["vote"]).outcome == "failed"
    assert known_quantities(events, vote=events[-1].data["vote"])["yes_share"] > Fraction(1, 2)


def test_a_vote_that_lapses_or_whose_measure_ends_falls_away(circulating):
    schedule(circulating)
    withdraw(circulating, "2025-04-01")
    assert answer(circulating, "vote", "ratification") == (None, "MeasureWithdrawn")


def test_of_an_answer_whose_day_is_not_known_the_first_possible_day_counts(circulating):
    circulating.do(
        "MeasureFailed", "2025-12-31", "secretary_of_state", reason="no_filing", between=["2025-09-16", "2025-12-31"]
    )
    assert find_answer("qualify", circulating.events).day == date(2025, 9, 16)


def test_every_answer_is_an_outcome_of_its_question():
    from referenda.petitions import forecast_answer

    assert set(forecast_answer._FAILED.values()) | set(forecast_answer._SUFFICIENT.values()) == set(OUTCOMES["qualify"])
