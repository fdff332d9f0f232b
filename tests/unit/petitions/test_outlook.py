"""What may be done to a measure now, and until when."""

from __future__ import annotations

from datetime import date

from referenda.petitions.outlook import ended, next_deadline, open_deeds, summary


def deed_of(walk, kind, on):
    return next(d for d in open_deeds(walk.case, walk.law, date.fromisoformat(on)) if d.kind == kind)


def standing(walk, on):
    return {deed.kind: deed.standing for deed in open_deeds(walk.case, walk.law, date.fromisoformat(on))}


def test_during_public_review_the_title_is_not_yet_possible(walk):
    walk.receive("2025-01-02")
    now = standing(walk, "2025-01-10")
    assert now["MeasureAmended"] == "open"
    assert now["TitleIssued"] == "not_yet"
    assert now["MeasureWithdrawn"] == "open"
    assert "PetitionFiled" not in now


def test_after_the_last_day_a_deed_is_too_late_or_stands_as_late(walk):
    walk.receive("2025-01-02")
    later = standing(walk, "2025-03-10")
    assert later["MeasureAmended"] == "too_late"
    assert later["FiscalEstimateReceived"] == "late_but_stands"


def test_what_is_done_once_is_not_offered_again(circulating):
    assert "RequirementDetermined" not in standing(circulating, "2025-03-10")


def test_counties_that_have_not_counted_are_awaited_in_the_order_of_their_filing(circulating):
    circulating.file("2025-07-08", "Alpine")
    circulating.file("2025-07-01", "Yuba")
    [awaited] = [
        d for d in open_deeds(circulating.case, circulating.law, date(2025, 7, 9)) if d.kind == "RawCountReported"
    ]
    assert awaited.counties == ("Yuba", "Alpine")
    assert awaited.closes is not None
    assert awaited.closes.day == date(2025, 7, 14)
    circulating.count("2025-07-10", Yuba=1, Alpine=1)
    assert "RawCountReported" not in standing(circulating, "2025-07-10")


def test_the_next_deadline_is_the_first_that_lies_ahead(circulating):
    due = next_deadline(circulating.case, circulating.law, date(2025, 3, 10))
    assert due is not None
    assert (due.name, due.last_day) == ("filing_deadline", date(2025, 9, 2))
    passed = next_deadline(circulating.case, circulating.law, date(2025, 9, 10))
    assert passed is not None
    assert passed.last_day == date(2025, 9, 2)


def test_a_withdrawn_measure_has_ended_and_has_no_deadline(circulating):
    assert not ended(circulating.case, circulating.law, date(2025, 4, 1))
    circulating.do("MeasureWithdrawn", "2025-04-01", "proponents", consent=["Ana", "Bo"])
    assert ended(circulating.case, circulating.law, date(2025, 4, 2))
    found = summary(circulating.case, circulating.law, date(2025, 4, 2))
    assert found["ended"] is True
    assert found["next_deadline"] is None


def test_the_summary_tells_days_left_and_numbers(sampled):
    found = summary(sampled.case, sampled.law, date(2025, 7, 15))
    assert found["stage"] == "random_sample"
    assert found["requirement"] == 546651
    assert found["raw_count"] == 600_000
    assert found["next_deadline"]["name"] == "random_sample_due"
    assert found["next_deadline"]["days_left"] == (date(2025, 8, 26) - date(2025, 7, 15)).days
    assert {county["name"] for county in found["counties"]} == {"Yuba", "Alpine"}


def test_what_the_facts_of_the_measure_do_not_allow_yet_is_not_offered_and_says_why(sampled):
    now = standing(sampled, "2025-07-16")
    assert now["SampleReported"] == "open"
    for kind in ("SampleProjected", "PetitionFoundSufficient", "FullCheckOrdered", "MeasureFailed"):
        assert now[kind] == "not_yet", kind
    sampled.sample("2025-07-20", "Yuba", 17_988, 16_400)
    assert deed_of(sampled, "SampleProjected", "2025-07-20").lacks == ("Alpine has not reported a sample",)
    assert deed_of(sampled, "FullCheckOrdered", "2025-07-20").lacks == ("nothing has been projected yet",)
    sampled.sample("2025-07-20", "Alpine", 400, 400)
    assert standing(sampled, "2025-07-20")["SampleProjected"] == "open"
    sampled.project("2025-07-21")
    now = standing(sampled, "2025-07-21")
    assert now["FullCheckOrdered"] == "open"
    assert deed_of(sampled, "PetitionFoundSufficient", "2025-07-21").lacks == (
        "the projection decides otherwise: full check",
    )


def test_an_order_of_the_sample_waits_for_enough_signatures(walk):
    walk.receive("2025-01-02")
    walk.title("2025-03-03")
    walk.file("2025-07-01", "Yuba")
    walk.count("2025-07-02", Yuba=10)
    assert deed_of(walk, "SampleOrdered", "2025-07-02").lacks == ("the requirement is not determined yet",)
    walk.require("2025-07-02")
    [reason] = deed_of(walk, "SampleOrdered", "2025-07-02").lacks
    assert "total raw count is 10, and the law asks for at least 546,651" in reason
    assert standing(walk, "2025-07-02")["MeasureFailed"] == "open"


def test_a_void_projection_is_asked_for_again(sampled):
    sampled.sample("2025-07-20", "Yuba", 17_988, 16_400)
    sampled.sample("2025-07-20", "Alpine", 400, 400)
    sampled.project("2025-07-21")
    assert "SampleProjected" not in standing(sampled, "2025-07-21")
    sampled.do("RawCountAmended", "2025-07-22", "county:Yuba", county="Yuba", raw_count=599_000, reason="a slip")
    assert standing(sampled, "2025-07-22")["SampleProjected"] == "open"
    found = summary(sampled.case, sampled.law, date(2025, 7, 22))
    assert (found["projection_void"], found["projected_valid"], found["decision"]) == (True, None, None)


def test_a_county_whose_sample_an_amendment_made_too_small_is_awaited_again(sampled):
    sampled.sample("2025-07-20", "Yuba", 17_988, 16_400)
    sampled.sample("2025-07-20", "Alpine", 400, 400)
    assert "SampleReported" not in standing(sampled, "2025-07-20")
    sampled.do("RawCountAmended", "2025-07-22", "county:Yuba", county="Yuba", raw_count=700_000, reason="a slip")
    assert deed_of(sampled, "SampleReported", "2025-07-22").counties == ("Yuba",)
