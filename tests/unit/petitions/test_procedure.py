"""Deeds held against the procedure of California."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from referenda.errors import InputError, LawError, RecordError
from referenda.law.place import PlaceLaw
from referenda.ledger.event import Draft, Event
from referenda.petitions.case import Case
from referenda.petitions.facts import FACTS, condition
from referenda.petitions.findings import projection_data
from referenda.petitions.kinds import KINDS
from referenda.petitions.procedure import deadlines, deeds, life, require_deed


def words(finding):
    return " | ".join(refusal.message for refusal in finding.refusals)


def cites(finding):
    return {refusal.cite for refusal in finding.refusals}


def test_nothing_comes_before_the_receipt(walk):
    finding = walk.try_("PetitionFiled", "2025-07-01", "proponents", county="Yuba")
    assert not finding.allowed
    assert "no case" in words(finding)


def test_one_measure_is_one_case(circulating):
    finding = circulating.try_(
        "MeasureReceived",
        "2025-04-01",
        "proponents",
        place="us/ca",
        instrument="statute",
        law=circulating.law.digest,
        name="Again",
        proponents=["Ana"],
        fee_dollars=2000,
    )
    assert "one measure is one case" in words(finding)


def test_a_case_is_pinned_to_the_law_at_hand(walk):
    finding = walk.try_(
        "MeasureReceived",
        "2025-01-02",
        "proponents",
        place="us/ca",
        instrument="statute",
        law="0" * 64,
        name="Test",
        proponents=["Ana"],
    )
    assert "another digest" in words(finding)


@pytest.mark.parametrize(("on", "paid", "enough"), [("2015-12-31", 200, True), ("2016-01-01", 200, False)])
def test_the_fee_is_the_one_of_its_year(walk, on, paid, enough):
    finding = walk.try_(
        "MeasureReceived",
        on,
        "proponents",
        place="us/ca",
        instrument="statute",
        law=walk.law.digest,
        name="Test",
        proponents=["Ana"],
        fee_dollars=paid,
    )
    assert finding.allowed is enough
    if not enough:
        assert "at least 2,000 (filing fee)" in words(finding)


def test_a_deed_out_of_order_is_refused_with_the_stages_where_it_belongs(circulating):
    finding = circulating.try_("SampleOrdered", "2025-07-15", "secretary_of_state")
    assert not finding.allowed
    assert "at the stage circulation" in words(finding)
    assert "filing" in words(finding)
    assert cites(finding) == {"Elec. Code § 9030(c)"}


def test_a_petition_filed_a_day_too_late_is_refused_with_the_last_day(circulating):
    # 3 March + 180 days is Saturday 30 August; Monday 1 September is Labor Day, so 2 September is the last day.
    assert circulating.try_("PetitionFiled", "2025-09-02", "proponents", county="Yuba").allowed
    late = circulating.try_("PetitionFiled", "2025-09-03", "proponents", county="Yuba")
    assert "1 day too late: the last day was 2025-09-02" in words(late)
    assert late.late is None
    assert all("9014" in cite for cite in cites(late))


def test_a_county_that_counts_late_is_taken_and_recorded_as_late(circulating):
    circulating.file("2025-07-01", "Yuba")
    finding = circulating.do("RawCountReported", "2025-07-16", "county:Yuba", county="Yuba", raw_count=10)
    # Eight business days from 1 July without the Fourth: 14 July.
    assert finding.late is not None
    assert (str(finding.late.due), finding.late.days) == ("2025-07-14", 2)
    assert circulating.case.late[0][:2] == (4, "RawCountReported")


def test_each_county_counts_from_its_own_filing(circulating):
    circulating.file("2025-07-01", "Yuba")
    circulating.file("2025-08-01", "Alpine")
    assert circulating.try_("RawCountReported", "2025-07-15", "county:Yuba", county="Yuba", raw_count=1).late
    assert not circulating.try_("RawCountReported", "2025-08-13", "county:Alpine", county="Alpine", raw_count=1).late
    early = circulating.try_("RawCountReported", "2025-07-15", "county:Alpine", county="Alpine", raw_count=1)
    assert "too early: not before filed_date, 2025-08-01" in words(early)


def test_a_lateness_written_by_hand_must_be_what_the_clocks_say(circulating):
    late = {"clock": "raw_count_due", "due": "2025-07-11", "days": 1, "cite": "Elec. Code § 9030(b)"}
    circulating.file("2025-07-01", "Yuba")
    finding = circulating.try_("RawCountReported", "2025-07-14", "county:Yuba", county="Yuba", raw_count=1, late=late)
    assert "`late` is written by the program" in words(finding)


def test_a_county_is_filed_with_once(circulating):
    circulating.file("2025-07-01", "Yuba")
    finding = circulating.try_("PetitionFiled", "2025-07-02", "proponents", county="Yuba")
    assert "for Yuba already" in words(finding)


def test_a_county_reports_for_itself_only(circulating):
    circulating.file("2025-07-01", "Yuba")
    finding = circulating.try_("RawCountReported", "2025-07-02", "county:Alpine", county="Yuba", raw_count=1)
    assert "Alpine cannot report for Yuba" in words(finding)


def test_only_the_actor_that_the_law_names_does_a_deed(walk):
    walk.receive("2025-01-02")
    finding = walk.try_("TitleIssued", "2025-03-03", "proponents:Ana", title="T", identifier="26-0001")
    assert "done by `attorney_general`, not by `proponents`" in words(finding)


def test_a_summary_may_have_a_hundred_words(walk):
    walk.receive("2025-01-02")
    keys = {"title": "T", "identifier": "26-0001"}
    assert walk.try_("TitleIssued", "2025-03-03", "attorney_general", summary="word " * 100, **keys).allowed
    finding = walk.try_("TitleIssued", "2025-03-03", "attorney_general", summary="word " * 101, **keys)
    assert "words in summary is 101, and the law asks for at most 100" in words(finding)


def test_the_text_may_be_changed_until_five_days_after_public_review(walk):
    walk.receive("2025-01-02")
    keys = {"text_version": "A1", "standing": "not_at_hand", "consent": ["Ana", "Bo"]}
    assert walk.try_("MeasureAmended", "2025-02-06", "proponents", **keys).allowed
    late = walk.try_("MeasureAmended", "2025-02-07", "proponents", **keys)
    assert "1 day too late" in words(late)
    alone = walk.try_("MeasureAmended", "2025-02-06", "proponents", **{**keys, "consent": ["Ana"]})
    assert "missing: Bo" in words(alone)
    stranger = walk.try_("MeasureAmended", "2025-02-06", "proponents", **{**keys, "consent": ["Ana", "Bo", "Cy"]})
    assert "not a proponent: Cy" in words(stranger)


def test_the_sample_is_ordered_only_when_enough_signatures_were_filed(circulating):
    circulating.file("2025-07-01", "Yuba")
    circulating.count("2025-07-10", Yuba=546_650)
    finding = circulating.try_("SampleOrdered", "2025-07-15", "secretary_of_state")
    assert "total raw count is 546,650, and the law asks for at least 546,651" in words(finding)
    circulating.do("RawCountAmended", "2025-07-16", "county:Yuba", county="Yuba", raw_count=546_651, reason="one more")
    assert circulating.try_("SampleOrdered", "2025-07-17", "secretary_of_state").allowed


def test_a_petition_with_too_few_signatures_fails_on_the_raw_count(circulating):
    circulating.file("2025-07-01", "Yuba")
    early = circulating.try_("MeasureFailed", "2025-07-15", "secretary_of_state", reason="raw_count")
    assert words(early) == "MeasureFailed is not possible: Yuba has not reported a raw count"
    circulating.count("2025-07-10", Yuba=1000)
    wrong = circulating.try_("MeasureFailed", "2025-07-15", "secretary_of_state", reason="sample")
    assert "its reason is `raw_count` at this stage, not `sample`" in words(wrong)
    circulating.do("MeasureFailed", "2025-07-15", "secretary_of_state", reason="raw_count")
    assert circulating.case.stage == "failed"


def test_without_a_filing_a_measure_fails_on_the_ninth_business_day_after_the_deadline(circulating):
    # From 2 September: 3, 4, 5, 8, (9 is Admission Day), 10, 11, 12, 15, 16.
    early = circulating.try_("MeasureFailed", "2025-09-15", "secretary_of_state", reason="no_filing")
    assert "not before failed_without_filing, 2025-09-16" in words(early)
    circulating.do("MeasureFailed", "2025-09-16", "secretary_of_state", reason="no_filing")
    assert circulating.case.failed_because == "no_filing"


def test_what_depends_on_an_unknown_requirement_says_so(walk):
    walk.receive("2025-01-02")
    walk.title("2025-03-03")
    walk.file("2025-07-01", "Yuba")
    walk.count("2025-07-02", Yuba=10)
    finding = walk.try_("SampleOrdered", "2025-07-15", "secretary_of_state")
    assert "the requirement is not determined yet" in words(finding)


def test_a_sample_smaller_than_the_law_asks_is_refused(sampled):
    keys = {"valid_in_sample": 300, "duplicates_in_sample": 0}
    small = sampled.try_("SampleReported", "2025-07-20", "county:Yuba", county="Yuba", sample_size=17_987, **keys)
    assert "sample size is 17,987" in words(small)
    assert sampled.try_(
        "SampleReported", "2025-07-20", "county:Yuba", county="Yuba", sample_size=17_988, **keys
    ).allowed
    part = sampled.try_("SampleReported", "2025-07-20", "county:Alpine", county="Alpine", sample_size=399, **keys)
    assert not part.allowed  # 400 signatures: all are verified


@pytest.mark.parametrize(
    ("valid", "decision", "next_deed"),
    [
        (15_000, "insufficient", ("MeasureFailed", {"reason": "sample"}, "failed")),
        (16_400, "full_check", ("FullCheckOrdered", {}, "full_check")),
        (17_988, "sufficient", None),
    ],
)
def test_the_projection_decides_what_comes_next(sampled, valid, decision, next_deed):
    sampled.sample("2025-07-20", "Yuba", 17_988, valid)
    sampled.sample("2025-07-20", "Alpine", 400, 400)
    unready = sampled.try_("PetitionFoundSufficient", "2025-07-21", "secretary_of_state", basis="sample")
    assert not unready.allowed
    found = sampled.project("2025-07-21")
    if decision == "sufficient":  # 600,000 are no more than 110 percent of 546,651
        assert found == "full_check"
        return
    assert found == decision
    kind, data, stage = next_deed
    sampled.do(kind, "2025-07-22", "secretary_of_state", **data)
    assert sampled.case.stage == stage


def test_the_full_check_stops_as_soon_as_enough_signatures_are_found(sampled):
    sampled.sample("2025-07-20", "Yuba", 17_988, 17_000)
    sampled.sample("2025-07-20", "Alpine", 400, 400)
    sampled.project("2025-07-21")
    sampled.do("FullCheckOrdered", "2025-07-22", "secretary_of_state")
    progress = {"county": "Yuba", "checked": 560_000, "complete": False}
    sampled.do("FullCheckReported", "2025-08-20", "county:Yuba", **progress, valid_signatures=546_650)
    assert not sampled.try_("PetitionFoundSufficient", "2025-08-21", "secretary_of_state", basis="full_check").allowed
    more = {"county": "Yuba", "checked": 560_002, "complete": False}
    sampled.do("FullCheckReported", "2025-08-22", "county:Yuba", **more, valid_signatures=546_651)
    sampled.do("PetitionFoundSufficient", "2025-08-22", "secretary_of_state", basis="full_check")
    assert sampled.case.stage == "eligible"


def test_an_eligible_measure_qualifies_on_the_131st_day_before_its_election(sampled):
    sampled.sample("2025-07-20", "Yuba", 17_988, 17_000)
    sampled.sample("2025-07-20", "Alpine", 400, 400)
    sampled.project("2025-07-21")
    sampled.do("FullCheckOrdered", "2025-07-22", "secretary_of_state")
    done = {"county": "Yuba", "checked": 599_600, "valid_signatures": 599_000, "complete": True}
    sampled.do("FullCheckReported", "2025-09-01", "county:Yuba", **done)
    sampled.do("PetitionFoundSufficient", "2025-09-02", "secretary_of_state", basis="full_check")
    sampled.do("ElectionSet", "2025-09-02", "secretary_of_state", election_date="2026-11-03")
    early = sampled.try_("MeasureQualified", "2026-06-24", "secretary_of_state")
    assert "not before qualification_date, 2026-06-25" in words(early)
    sampled.do("MeasureQualified", "2026-06-25", "secretary_of_state")
    too_late = sampled.try_("MeasureWithdrawn", "2026-06-25", "proponents", consent=["Ana", "Bo"])
    assert "at the stage qualified" in words(too_late)


def test_an_election_too_near_is_refused(sampled):
    sampled.sample("2025-07-20", "Yuba", 17_988, 17_000)
    sampled.sample("2025-07-20", "Alpine", 400, 400)
    sampled.project("2025-07-21")
    sampled.do("FullCheckOrdered", "2025-07-22", "secretary_of_state")
    done = {"county": "Yuba", "checked": 599_600, "valid_signatures": 599_000, "complete": True}
    sampled.do("FullCheckReported", "2025-09-01", "county:Yuba", **done)
    sampled.do("PetitionFoundSufficient", "2025-09-02", "secretary_of_state", basis="full_check")
    finding = sampled.try_("ElectionSet", "2025-09-02", "secretary_of_state", election_date="2025-11-04")
    assert "too late" in words(finding)


@pytest.fixture
def eligible(circulating):
    """A statute found sufficient on 22 July 2025; its general election is on 3 November 2026."""
    circulating.file("2025-07-01", "Yuba")
    circulating.count("2025-07-10", Yuba=1_000_000)
    circulating.do("SampleOrdered", "2025-07-15", "secretary_of_state")
    circulating.sample("2025-07-20", "Yuba", 30_000, 29_000)
    circulating.project("2025-07-21")
    circulating.do("PetitionFoundSufficient", "2025-07-22", "secretary_of_state", basis="sample")
    return circulating


def test_an_election_is_held_on_a_tuesday(eligible):
    wednesday = eligible.try_("ElectionSet", "2025-07-22", "secretary_of_state", election_date="2026-11-04")
    assert "an election is held on a Tuesday, and 2026-11-04 is a Wednesday" in words(wednesday)
    assert cites(wednesday) == {"Elec. Code § 9033; Elec. Code § 1100"}
    named = {"election_date": "2026-06-03", "election": "Special election"}
    assert "a Wednesday" in words(eligible.try_("ElectionSet", "2025-07-22", "secretary_of_state", **named))


@pytest.mark.parametrize(
    ("day", "name", "allowed"),
    [
        ("2026-11-03", None, True),
        ("2026-11-03", "General election", True),
        ("2026-06-02", None, False),
        ("2026-06-02", "Special election", True),
        ("2028-11-07", None, False),
        ("2027-06-08", "Special election", False),
        ("2025-11-04", "Special election", False),
    ],
)
def test_a_measure_is_voted_on_at_the_next_general_election_or_at_a_named_special_one_before(
    eligible, day, name, allowed
):
    keys = {"election_date": day} | ({"election": name} if name else {})
    finding = eligible.try_("ElectionSet", "2025-07-22", "secretary_of_state", **keys)
    assert finding.allowed is allowed
    if day == "2026-06-02" and not allowed:
        assert "the next general election for which there is time is on 2026-11-03" in words(finding)


def test_an_election_that_was_named_can_be_put_right(eligible):
    special = {"election_date": "2026-06-02", "election": "Special election"}
    eligible.do("ElectionSet", "2025-07-22", "secretary_of_state", **special)
    eligible.do("ElectionSet", "2025-07-23", "secretary_of_state", election_date="2026-11-03")
    assert eligible.case.dates["election_date"] == date(2026, 11, 3)
    found = {deadline.name: deadline.date for deadline in deadlines(eligible.case, eligible.law)}
    assert found["qualification_date"] == date(2026, 6, 25)


def test_where_the_attorney_general_is_a_proponent_the_legislative_counsel_issues_the_title(walk):
    walk.receive("2025-01-02")
    walk.do("TitleIssued", "2025-03-03", "legislative_counsel", title="T", identifier="26-0001")
    assert walk.case.stage == "circulation"


def test_a_day_that_is_not_known_starts_no_clock(walk):
    walk.do(
        "MeasureReceived",
        "2025-02-01",
        "proponents",
        place="us/ca",
        instrument="statute",
        law=walk.law.digest,
        name="Test",
        proponents=["Ana"],
        fee_dollars=2000,
        between=["2025-01-01", "2025-02-01"],
    )
    assert "received_date" not in walk.case.dates
    assert deadlines(walk.case, walk.law) == []
    walk.title("2025-02-02")  # public review cannot be shown to have lasted less than 30 days
    assert walk.case.stage == "circulation"


def test_the_day_of_a_doubtful_event_is_its_last_possible_day(walk):
    walk.receive("2025-01-02")
    finding = walk.try_("FiscalEstimateReceived", "2025-01-20", "fiscal_analysts", between=["2025-01-10", "2025-01-25"])
    assert "must be the last day of `between`" in words(finding)


def test_a_measure_that_ended_takes_nothing_but_corrections(circulating):
    circulating.do("MeasureWithdrawn", "2025-04-01", "proponents", consent=["Ana", "Bo"])
    assert not circulating.try_("PetitionFiled", "2025-04-02", "proponents", county="Yuba").allowed
    assert not circulating.try_("MeasureWithdrawn", "2025-04-02", "proponents", consent=["Ana", "Bo"]).allowed
    circulating.do(
        "CorrectionNoted", "2025-04-03", "secretary_of_state:Lee", position=1, note="The title was misspelt."
    )
    assert circulating.case.stage == "withdrawn"
    assert circulating.case.corrections == ((1, "The title was misspelt."),)
    gone = circulating.try_("CorrectionNoted", "2025-04-03", "anyone", position=99, note="x")
    assert "none at position 99" in words(gone)


def test_a_deed_that_the_law_does_not_know_is_refused(law: PlaceLaw, circulating):
    finding = circulating.try_("StatuteEnacted", "2025-04-01", "secretary_of_state", statute="AB 1")
    assert not finding.allowed
    assert "the law of California knows no such deed for the statute" in words(finding)


def test_a_refusal_is_raised_with_every_reason_and_its_text_of_law(circulating):
    draft = Draft("PetitionFiled", 1, date(2025, 9, 3), "county:Yuba", {"county": "Yuba"})
    with pytest.raises(LawError) as error:
        require_deed(circulating.case, circulating.law, draft)
    assert len(error.value.faults) == 2
    assert "[Elec. Code § 9014(b) and (d)]" in str(error.value)
    assert "[Elec. Code § 9030(a)]" in str(error.value)


def test_data_of_the_wrong_form_are_an_input_error_and_not_a_finding(circulating):
    with pytest.raises(InputError, match="raw_count"):
        circulating.try_("RawCountReported", "2025-07-10", "county:Yuba", county="Yuba", raw_count="many")


def test_folding_the_events_again_gives_the_same_case(sampled):
    assert life(sampled.case.name, sampled.events, sampled.law) == sampled.case


def test_a_log_that_was_not_written_through_the_procedure_is_damaged(sampled):
    without_title = [event for event in sampled.events if event.kind != "TitleIssued"]
    with pytest.raises(RecordError, match="does not follow"):
        life("test-measure", without_title, sampled.law)


def test_every_condition_of_the_procedure_asks_for_what_is_known(law: PlaceLaw):
    kinds = {kind.__name__: kind for kind in KINDS}
    parameters = {parameter.name for parameter in law.schema.parameters}
    for procedure in law.schema.procedures:
        for deed in procedure.deeds:
            assert deed.event in kinds
            known = {*FACTS, *parameters, *kinds[deed.event].model_fields}
            if deed.when:
                assert condition(deed.when).names <= known, deed.when


def test_deeds_of_one_kind_at_one_stage_and_day_lead_to_one_stage(law: PlaceLaw):
    stages = {stage.name for procedure in law.schema.procedures for stage in procedure.stages} | {"start"}
    for instrument in law.instruments:
        for day in (date(2014, 6, 1), date(2016, 6, 1), date(2023, 10, 1), date(2025, 6, 1)):
            led: dict[tuple[str, str], set[str]] = {}
            for deed in deeds(law, instrument, day):
                for stage in stages & set(deed.from_):
                    led.setdefault((deed.event, stage), set()).add(deed.to or stage)
            assert all(len(stages_after) == 1 for stages_after in led.values())


def test_an_empty_case_has_no_stage_but_the_start():
    assert Case("x").stage == "start"
    assert not Case("x").exists


def test_a_county_is_the_same_in_whichever_way_its_name_is_written(circulating):
    circulating.file("2025-07-01", "Los Angeles")
    again = circulating.try_("PetitionFiled", "2025-07-02", "proponents", county=" los  angeles")
    assert "for Los Angeles already" in words(again)
    counted = {"county": "Los Angeles County", "raw_count": 10}
    circulating.do("RawCountReported", "2025-07-02", "county:LOS ANGELES", **counted)
    assert list(circulating.case.counties) == ["Los Angeles"]
    assert circulating.case.counties["Los Angeles"].raw_count == 10


def test_a_county_that_the_place_does_not_have_is_refused_with_the_one_that_was_meant(circulating):
    finding = circulating.try_("PetitionFiled", "2025-07-01", "proponents", county="Los Angls")
    assert words(finding) == "California has no county Los Angls"
    assert finding.refusals[0].remedy == "Did you mean Los Angeles?"
    gotham = circulating.try_("PetitionFiled", "2025-07-01", "proponents", county="Gotham")
    assert gotham.refusals[0].remedy == "California has 58 counties, from Alameda to Yuba."


def test_the_basis_of_sufficiency_is_the_one_of_the_stage(sampled):
    sampled.sample("2025-07-20", "Yuba", 17_988, 17_988)
    sampled.sample("2025-07-20", "Alpine", 400, 400)
    sampled.do("RawCountAmended", "2025-07-20", "county:Yuba", county="Yuba", raw_count=599_500, reason="a slip")
    assert sampled.project("2025-07-21") == "full_check"
    sampled.do("FullCheckOrdered", "2025-07-22", "secretary_of_state")
    done = {"county": "Yuba", "checked": 599_500, "valid_signatures": 599_000, "complete": True}
    sampled.do("FullCheckReported", "2025-09-01", "county:Yuba", **done)
    wrong = sampled.try_("PetitionFoundSufficient", "2025-09-02", "secretary_of_state", basis="sample")
    assert "its basis is `full_check` at this stage, not `sample`" in words(wrong)
    assert sampled.try_("PetitionFoundSufficient", "2025-09-02", "secretary_of_state", basis="full_check").allowed


def test_a_petition_that_no_full_check_was_made_of_is_found_sufficient_by_its_sample(circulating):
    circulating.file("2025-07-01", "Yuba")
    circulating.count("2025-07-10", Yuba=1_000_000)
    circulating.do("SampleOrdered", "2025-07-15", "secretary_of_state")
    circulating.sample("2025-07-20", "Yuba", 30_000, 29_000)
    assert circulating.project("2025-07-21") == "sufficient"
    wrong = circulating.try_("PetitionFoundSufficient", "2025-07-22", "secretary_of_state", basis="full_check")
    assert "its basis is `sample` at this stage, not `full_check`" in words(wrong)
    assert circulating.try_("PetitionFoundSufficient", "2025-07-22", "secretary_of_state", basis="sample").allowed


def test_a_raw_count_amended_after_the_projection_makes_it_void_until_it_is_made_anew(sampled):
    sampled.sample("2025-07-20", "Yuba", 17_988, 16_400)
    sampled.sample("2025-07-20", "Alpine", 400, 400)
    assert sampled.project("2025-07-21") == "full_check"
    twice = sampled.try_("SampleProjected", "2025-07-21", "secretary_of_state", **sampled.events[-1].data)
    assert "SampleProjected has been recorded already" in words(twice)
    sampled.do("RawCountAmended", "2025-07-22", "county:Yuba", county="Yuba", raw_count=560_000, reason="a slip")
    assert not sampled.case.projection_stands
    for kind, data in (
        ("FullCheckOrdered", {}),
        ("PetitionFoundSufficient", {"basis": "sample"}),
        ("MeasureFailed", {"reason": "sample"}),
    ):
        finding = sampled.try_(kind, "2025-07-23", "secretary_of_state", **data)
        assert "a raw count was amended after the projection, which is void; project again" in words(finding)
    assert sampled.project("2025-07-23") == "insufficient"
    assert not sampled.try_("FullCheckOrdered", "2025-07-23", "secretary_of_state").allowed
    sampled.do("MeasureFailed", "2025-07-23", "secretary_of_state", reason="sample")
    assert life(sampled.case.name, sampled.events, sampled.law) == sampled.case


def test_a_sample_that_an_amended_raw_count_has_made_too_small_is_taken_again_before_anything_is_projected(circulating):
    circulating.file("2025-07-01", "Yuba")
    circulating.count("2025-07-10", Yuba=1_200_000)
    circulating.do("SampleOrdered", "2025-07-15", "secretary_of_state")
    circulating.sample("2025-07-20", "Yuba", 36_000, 30_000)
    again = {"county": "Yuba", "valid_in_sample": 30_000, "duplicates_in_sample": 0}
    assert not circulating.try_("SampleReported", "2025-07-21", "county:Yuba", **again, sample_size=66_000).allowed
    circulating.do("RawCountAmended", "2025-07-21", "county:Yuba", county="Yuba", raw_count=2_200_000, reason="a slip")
    projection = projection_data(
        circulating.law, "statute", date(2025, 7, 22), circulating.case.counties.values(), circulating.case.requirement
    )
    finding = circulating.try_("SampleProjected", "2025-07-22", "secretary_of_state", **projection)
    assert "the sample of Yuba, 36,000 signatures, is smaller than the 66,000 that the law asks" in words(finding)
    assert cites(finding) == {"Elec. Code § 9030(f)"}
    circulating.do("SampleReported", "2025-07-23", "county:Yuba", **again, sample_size=66_000)
    assert circulating.project("2025-07-24") == "sufficient"


def test_a_full_check_that_was_complete_goes_on_when_the_raw_count_is_amended(sampled):
    sampled.sample("2025-07-20", "Yuba", 17_988, 16_400)
    sampled.sample("2025-07-20", "Alpine", 400, 400)
    sampled.project("2025-07-21")
    sampled.do("FullCheckOrdered", "2025-07-22", "secretary_of_state")
    for county, checked in (("Yuba", 599_600), ("Alpine", 400)):
        done = {"county": county, "checked": checked, "valid_signatures": checked // 2, "complete": True}
        sampled.do("FullCheckReported", "2025-09-01", f"county:{county}", **done)
    assert sampled.try_("MeasureFailed", "2025-09-02", "secretary_of_state", reason="full_check").allowed
    sampled.do("RawCountAmended", "2025-09-02", "county:Yuba", county="Yuba", raw_count=600_000, reason="a slip")
    finding = sampled.try_("MeasureFailed", "2025-09-02", "secretary_of_state", reason="full_check")
    assert "Yuba has not completed the full check" in words(finding)


def test_a_record_that_was_written_before_a_county_was_looked_up_is_still_read(circulating):
    recorded_at = datetime(2025, 8, 1, tzinfo=UTC)
    for county in ("Gotham", "los angeles", "Los Angeles"):
        place = len(circulating.events)
        event = Event(
            "test-measure", place, "PetitionFiled", 1, date(2025, 7, 1), recorded_at, "proponents", {"county": county}
        )
        circulating.events.append(event)
    case = life("test-measure", circulating.events, circulating.law)
    assert (case.stage, list(case.counties)) == ("filing", ["Gotham", "los angeles"])
