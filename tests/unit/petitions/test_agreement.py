"""Events held against what their case already holds, and against what the law computes."""

from __future__ import annotations

from datetime import date

import pytest

from referenda.petitions.findings import projection_data, requirement_data, vote_data

RULE = "ballots >= 50% of registered and yes >= 55% of voting"
MONTENEGRO = {"registered": 484718, "ballots": 419236, "yes": 230711, "no": 184954, "invalid": 3571}


def words(finding):
    return " | ".join(refusal.message for refusal in finding.refusals)


@pytest.fixture
def qualified(walk):
    """A measure certified for the ballot of 3 November 2026."""
    walk.receive("2025-01-02")
    walk.title("2025-03-03")
    walk.require("2025-03-03")
    walk.file("2025-07-01", "Yuba")
    walk.count("2025-07-02", Yuba=700_000)
    walk.do("SampleOrdered", "2025-07-03", "secretary_of_state")
    walk.sample("2025-07-20", "Yuba", 21_000, 20_000)
    assert walk.project("2025-07-21") == "sufficient"
    walk.do("PetitionFoundSufficient", "2025-07-22", "secretary_of_state", basis="sample")
    walk.do("ElectionSet", "2025-07-23", "secretary_of_state", election_date="2026-11-03")
    walk.do("MeasureQualified", "2026-06-25", "secretary_of_state")
    return walk


def schedule(walk, on="2026-06-25", **changes):
    data = {"vote": "ratification", "day": "2026-11-03", "rule": "yes > no", **changes}
    return walk.do("VoteScheduled", on, "secretary_of_state", **data)


def decide(walk, vote, on, rule="yes > no", numbers=None, **changes):
    data = {**vote_data(vote, rule, numbers or {"yes": 6_000_000, "no": 5_000_000}), **changes}
    return walk.try_("VoteDecided", on, "secretary_of_state", **data)


def test_a_requirement_other_than_the_laws_is_refused(walk):
    walk.receive("2025-01-02")
    data = requirement_data(walk.law, "statute", date(2025, 3, 3))
    finding = walk.try_("RequirementDetermined", "2025-03-03", "secretary_of_state", **{**data, "requirement": 546650})
    assert "`requirement` is 546650, and the law gives 546651" in words(finding)


def test_a_projection_must_follow_from_the_counties_reports(sampled):
    sampled.sample("2025-07-20", "Yuba", 17_988, 17_000)
    early = sampled.try_(
        "SampleProjected",
        "2025-07-21",
        "secretary_of_state",
        law=sampled.law.digest,
        instrument="statute",
        count="random_sample",
        on="2025-07-21",
        requirement=546651,
        projected_valid=1,
        decision="insufficient",
        rows=[{"county": "Yuba"}],
    )
    assert "Alpine has not reported its sample_size" in words(early)
    sampled.sample("2025-07-20", "Alpine", 400, 400)
    counties = sampled.case.counties.values()
    data = projection_data(sampled.law, "statute", date(2025, 7, 21), counties, 546651)
    wrong = sampled.try_("SampleProjected", "2025-07-21", "secretary_of_state", **{**data, "decision": "sufficient"})
    assert "`decision` is sufficient, and the law gives full_check" in words(wrong)
    turned = {**data, "rows": data["rows"][::-1]}
    assert sampled.try_("SampleProjected", "2025-07-21", "secretary_of_state", **turned).allowed


def test_nothing_is_counted_where_nothing_was_filed(circulating):
    circulating.file("2025-07-01", "Yuba")
    finding = circulating.try_("RawCountReported", "2025-07-02", "county:Alpine", county="Alpine", raw_count=1)
    assert "no petition was filed in Alpine" in words(finding)
    amended = circulating.try_(
        "RawCountAmended", "2025-07-02", "county:Yuba", county="Yuba", raw_count=1, reason="a slip"
    )
    assert "has not reported a raw count yet" in words(amended)


def test_a_sample_is_no_larger_than_the_raw_count(sampled):
    numbers = {"sample_size": 401, "valid_in_sample": 1, "duplicates_in_sample": 0}
    finding = sampled.try_("SampleReported", "2025-07-20", "county:Alpine", county="Alpine", **numbers)
    assert "larger than the raw count of 400" in words(finding)


def test_a_full_check_goes_forward_and_ends_with_the_last_signature(sampled):
    sampled.sample("2025-07-20", "Yuba", 17_988, 17_000)
    sampled.sample("2025-07-20", "Alpine", 400, 400)
    sampled.project("2025-07-21")
    sampled.do("FullCheckOrdered", "2025-07-22", "secretary_of_state")

    def report(checked, complete):
        data = {"county": "Alpine", "checked": checked, "valid_signatures": 1, "complete": complete}
        return sampled.try_("FullCheckReported", "2025-07-30", "county:Alpine", **data)

    assert "more than the raw count" in words(report(401, True))
    assert "not complete: 399 of 400" in words(report(399, True))
    progress = {"county": "Alpine", "checked": 200, "valid_signatures": 190, "complete": False}
    sampled.do("FullCheckReported", "2025-07-30", "county:Alpine", **progress)
    assert "already reported 200" in words(report(100, False))


def test_a_vote_is_decided_on_its_day_under_its_own_rule(qualified):
    schedule(qualified)
    assert "before it" in words(decide(qualified, "ratification", "2026-11-02"))
    other_rule = decide(qualified, "ratification", "2026-11-03", rule="yes >= no")
    assert "laid down under the rule `yes > no`" in words(other_rule)
    unknown = decide(qualified, "plebiscite", "2026-11-03")
    assert "no vote plebiscite is scheduled" in words(unknown)
    false = decide(qualified, "ratification", "2026-11-03", passed=False)
    assert "`passed` is False, and the law gives True" in words(false)
    assert decide(qualified, "ratification", "2026-11-03").allowed


def test_a_vote_that_hangs_on_another_takes_place_only_if_that_passes(qualified):
    schedule(qualified)
    hanging = {"vote": "ratification", "outcome": "passed"}
    schedule(qualified, vote="plebiscite", day="2028-11-07", rule=RULE, hangs_on=hanging)
    too_soon = decide(qualified, "plebiscite", "2028-11-07", RULE, MONTENEGRO)
    assert "only if ratification has passed, and that is undecided" in words(too_soon)
    qualified.do(
        "VoteDecided", "2026-11-03", "secretary_of_state", **vote_data("ratification", "yes > no", {"yes": 2, "no": 1})
    )
    assert qualified.case.stage == "voted"
    lapsed = qualified.try_("VoteLapsed", "2026-12-01", "secretary_of_state", vote="plebiscite")
    assert "nothing has lapsed" in words(lapsed)
    assert decide(qualified, "plebiscite", "2028-11-07", RULE, MONTENEGRO).allowed
    qualified.do("VoteDecided", "2028-11-07", "secretary_of_state", **vote_data("plebiscite", RULE, MONTENEGRO))
    assert qualified.case.votes["plebiscite"].outcome == "passed"


def test_a_vote_lapses_when_the_one_it_hangs_on_fails(qualified):
    schedule(qualified)
    hanging = {"vote": "ratification", "outcome": "passed"}
    schedule(qualified, vote="plebiscite", day="2028-11-07", rule=RULE, hangs_on=hanging)
    qualified.do(
        "VoteDecided", "2026-11-03", "secretary_of_state", **vote_data("ratification", "yes > no", {"yes": 1, "no": 2})
    )
    assert "that is failed" in words(decide(qualified, "plebiscite", "2028-11-07", RULE, MONTENEGRO))
    qualified.do("VoteLapsed", "2026-12-01", "secretary_of_state", vote="plebiscite")
    assert qualified.case.votes["plebiscite"].outcome == "lapsed"
    assert "already lapsed" in words(decide(qualified, "plebiscite", "2028-11-07", RULE, MONTENEGRO))


def test_a_vote_may_hang_on_a_vote_of_another_case(qualified):
    hanging = {"vote": "ratification", "outcome": "passed", "case": "first-measure"}
    data = {"vote": "second", "day": "2028-11-07", "rule": "yes > no", "hangs_on": hanging}
    assert "no case first-measure" in words(qualified.try_("VoteScheduled", "2026-07-01", "secretary_of_state", **data))
    qualified.others["first-measure"] = qualified.case
    assert "no vote ratification" in words(qualified.try_("VoteScheduled", "2026-07-01", "secretary_of_state", **data))
    schedule(qualified)
    qualified.others["first-measure"] = qualified.case
    assert qualified.try_("VoteScheduled", "2026-07-01", "secretary_of_state", **data).allowed
    earlier = {**data, "day": "2026-11-01"}
    assert "is later" in words(qualified.try_("VoteScheduled", "2026-07-01", "secretary_of_state", **earlier))


def test_a_rule_that_cannot_be_read_is_refused_with_its_character(qualified):
    data = {"vote": "v", "day": "2026-11-03", "rule": "yess > no"}
    finding = qualified.try_("VoteScheduled", "2026-07-01", "secretary_of_state", **data)
    assert "character 1" in words(finding) and "yes" in words(finding)


def test_of_conflicting_measures_the_one_with_the_most_yes_votes_prevails(qualified, law):
    schedule(qualified)
    rival = qualified.case
    rival = type(rival)(**{**vars(rival), "name": "rival"})
    qualified.do(
        "VoteDecided", "2026-11-03", "secretary_of_state", **vote_data("ratification", "yes > no", {"yes": 6, "no": 5})
    )
    from dataclasses import replace
    from fractions import Fraction

    other_vote = replace(rival.votes["ratification"], passed=True, yes=Fraction(7))
    qualified.others["rival"] = replace(rival, votes={"ratification": other_vote})

    def resolve(prevails, yes=6, theirs=7):
        others = [{"case": "rival", "vote": "ratification", "yes": theirs}]
        data = {"vote": "ratification", "yes": yes, "others": others, "prevails": prevails}
        return qualified.try_("ConflictResolved", "2026-12-11", "secretary_of_state", **data)

    assert resolve(False).allowed
    assert "`prevails` must be false" in words(resolve(True))
    assert "has 7 yes votes, not 5" in words(resolve(True, theirs=5))
    qualified.others["rival"] = replace(rival, votes={"ratification": replace(other_vote, yes=Fraction(6))})
    assert "the law does not say which prevails" in words(resolve(True, theirs=6))
    qualified.others["rival"] = replace(rival, votes={"ratification": replace(other_vote, passed=False)})
    assert "only approved measures conflict" in words(resolve(False))
