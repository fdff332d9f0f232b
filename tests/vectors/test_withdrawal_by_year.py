"""Who may withdraw a measure in California, and until when, by year (Elec. Code § 9604; SB 1253, AB 421, SB 297)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from referenda.law.clocks import compute_deadlines
from referenda.law.place import load_place
from referenda.ledger.event import Draft, Event
from referenda.petitions.case import Case
from referenda.petitions.findings import projection_data, requirement_data
from referenda.petitions.procedure import check_deed, follow

LAW = load_place("us/ca")
THREE = ["Ana", "Bo", "Cy"]
DAY = timedelta(days=1)


def measure(instrument: str, received: date, *, filed: bool) -> Case:
    """Give a measure of three proponents that circulates, or is filed in a county, in the year of its receipt."""
    year = received.year
    summary = received if instrument == "referendum" else date(year, 3, 15)
    deeds = [
        (
            "MeasureReceived",
            received,
            "proponents",
            {
                "place": "us/ca",
                "instrument": instrument,
                "law": LAW.digest,
                "name": "Test",
                "proponents": THREE,
                "fee_dollars": 2000,
            },
        ),
        ("TitleIssued", summary, "attorney_general", {"title": "T", "identifier": "00-0001"}),
    ]
    if filed:
        deeds.append(("PetitionFiled", date(year, 6, 1), "proponents", {"county": "Yuba"}))
    case = Case("test")
    for kind, day, by, data in deeds:
        assert check_deed(case, LAW, Draft(kind, 1, day, by, data)).allowed
        event = Event("test", case.size, kind, 1, day, datetime(2026, 1, 1, tzinfo=UTC), by, data)
        case = follow(case, LAW, event)
    return case


def do(case: Case, kind: str, on: date, by: str, /, **data: object) -> Case:
    """Take up a deed that is in order and in time."""
    draft = Draft(kind, 1, on, by, dict(data))
    finding = check_deed(case, LAW, draft)
    assert finding.allowed, finding.refusals
    assert finding.late is None
    return follow(case, LAW, Event(case.name, case.size, kind, 1, on, datetime(2026, 1, 1, tzinfo=UTC), by, draft.data))


def eligible(instrument: str, year: int, found: date, election: date) -> Case:
    """Give a measure that was filed in June of a year and found sufficient on a day, with its election named."""
    secretary, june = "secretary_of_state", date(year, 6, 3)
    case = measure(instrument, date(year, 1, 10), filed=True)
    case = do(case, "RequirementDetermined", june, secretary, **requirement_data(LAW, instrument, june))
    case = do(case, "RawCountReported", june, "county:Yuba", county="Yuba", raw_count=1_000_000)
    case = do(case, "SampleOrdered", june, secretary)
    numbers = {"sample_size": 30_000, "valid_in_sample": 29_000, "duplicates_in_sample": 0}
    case = do(case, "SampleReported", june, "county:Yuba", county="Yuba", **numbers)
    assert case.requirement
    projection = projection_data(LAW, instrument, june, case.counties.values(), case.requirement)
    case = do(case, "SampleProjected", june, secretary, **projection)
    case = do(case, "PetitionFoundSufficient", found, secretary, basis="sample")
    return do(case, "ElectionSet", found, secretary, election_date=election.isoformat())


def refusals(case: Case, kind: str, on: date, by: str, **data: object) -> str:
    return " | ".join(r.message for r in check_deed(case, LAW, Draft(kind, 1, on, by, data)).refusals)


def withdraw(case: Case, on: date, signed: list[str]) -> bool:
    return check_deed(case, LAW, Draft("MeasureWithdrawn", 1, on, "proponents", {"consent": signed})).allowed


@pytest.mark.parametrize("year", [2010, 2014, 2016, 2023, 2025])
@pytest.mark.parametrize("instrument", ["statute", "constitutional-amendment", "referendum"])
def test_before_filing_all_proponents_together_may_withdraw_in_every_year(year, instrument):
    case = measure(instrument, date(year, 1, 10), filed=False)
    assert withdraw(case, date(year, 4, 1), THREE)
    assert not withdraw(case, date(year, 4, 1), THREE[:2])


@pytest.mark.parametrize(
    ("instrument", "year", "on", "two_of_three", "all_three"),
    [
        ("statute", 2010, date(2010, 7, 1), False, False),
        ("statute", 2014, date(2014, 12, 31), False, False),
        ("statute", 2014, date(2015, 1, 1), False, True),
        ("statute", 2018, date(2018, 6, 15), False, True),  # as three measures were on 28 June 2018
        ("statute", 2023, date(2023, 12, 31), False, True),
        ("statute", 2023, date(2024, 1, 1), True, True),
        ("constitutional-amendment", 2024, date(2024, 6, 20), True, True),
        ("referendum", 2020, date(2020, 7, 1), False, False),
        ("referendum", 2023, date(2023, 9, 7), False, False),
        ("referendum", 2023, date(2023, 12, 29), False, True),  # the day the first one was withdrawn, on AB 257
        ("referendum", 2023, date(2024, 1, 1), True, True),
    ],
)
def test_after_filing_the_year_says_who_may_withdraw(instrument, year, on, two_of_three, all_three):
    case = measure(instrument, date(year, 1, 10), filed=True)
    assert withdraw(case, on, THREE[:2]) is two_of_three
    assert withdraw(case, on, THREE) is all_three


@pytest.mark.parametrize(
    ("instrument", "year", "election", "last"),
    [
        ("statute", 2019, date(2020, 11, 3), date(2020, 6, 25)),
        ("constitutional-amendment", 2023, date(2024, 11, 5), date(2024, 6, 27)),
        ("referendum", 2023, date(2024, 11, 5), date(2024, 6, 27)),
    ],
)
def test_an_eligible_measure_may_be_withdrawn_until_the_131st_day_before_its_election(instrument, year, election, last):
    case = eligible(instrument, year, date(year, 9, 2), election)
    assert withdraw(case, last, THREE)
    said = refusals(case, "MeasureWithdrawn", last + DAY, "proponents", consent=THREE)
    assert f"1 day too late: the last day was {last} (withdrawal_until)" in said
    early = refusals(case, "MeasureQualified", last - DAY, "secretary_of_state")
    assert "too early" in early
    assert not refusals(case, "MeasureQualified", last, "secretary_of_state")


def test_a_notice_that_hangs_on_a_bill_and_its_effect_come_before_the_certificate():
    case = eligible("statute", 2023, date(2023, 9, 2), date(2024, 11, 5))
    notice = {"consent": THREE[:2], "bill": "AB 1"}
    last = date(2024, 6, 27)
    assert "too late" in refusals(case, "ContingentWithdrawalFiled", last + DAY, "proponents", **notice)
    case = do(case, "ContingentWithdrawalFiled", last, "proponents", **notice)
    assert "too late" in refusals(case, "MeasureWithdrawn", last + DAY, "secretary_of_state", bill="AB 1")
    assert not refusals(case, "MeasureWithdrawn", last, "secretary_of_state", bill="AB 1")


def test_a_referendum_found_sufficient_after_the_131st_day_qualifies_at_once():
    found = date(2024, 8, 1)
    case = eligible("referendum", 2023, found, date(2024, 11, 5))
    assert not refusals(case, "MeasureQualified", found, "secretary_of_state")
    assert "withdrawal_until" in refusals(case, "MeasureWithdrawn", found, "proponents", consent=THREE)


def test_before_ab_421_a_referendum_qualified_as_soon_as_it_was_found_sufficient():
    case = eligible("referendum", 2021, date(2021, 9, 2), date(2022, 11, 8))
    assert not refusals(case, "MeasureQualified", date(2021, 9, 2), "secretary_of_state")


def test_the_calendar_says_the_same_last_day_as_the_procedure():
    known = {"election_date": date(2024, 11, 5)}
    for instrument in ("statute", "referendum"):
        found = {deadline.name: deadline.date for deadline in compute_deadlines(LAW, instrument, known)}
        assert found["withdrawal_until"] == date(2024, 6, 27)
    assert found["qualification_date"] == date(2024, 10, 5)  # the last day for a referendum to reach this election


def test_one_of_two_proponents_is_no_majority():
    case = measure("statute", date(2025, 1, 10), filed=True)
    assert not withdraw(case, date(2025, 7, 1), THREE[:1])
    finding = check_deed(case, LAW, Draft("MeasureWithdrawn", 1, date(2025, 7, 1), "proponents", {"consent": ["Ana"]}))
    assert "majority of the 3 proponents must sign, and 1 did" in finding.refusals[0].message


def test_before_2015_the_refusal_says_since_when_the_law_allows_it():
    case = measure("statute", date(2014, 1, 10), filed=True)
    finding = check_deed(case, LAW, Draft("MeasureWithdrawn", 1, date(2014, 7, 1), "proponents", {"consent": THREE}))
    assert "from 2015-01-01" in finding.refusals[0].message


def test_a_withdrawal_that_hangs_on_a_bill_is_possible_since_2024_and_takes_effect_with_that_bill():
    notice = {"consent": THREE[:2], "bill": "AB 100"}
    early = measure("statute", date(2023, 1, 10), filed=True)
    assert not check_deed(
        early, LAW, Draft("ContingentWithdrawalFiled", 1, date(2023, 7, 1), "proponents", notice)
    ).allowed
    case = measure("statute", date(2024, 1, 10), filed=True)
    filed = Draft("ContingentWithdrawalFiled", 1, date(2024, 6, 10), "proponents", notice)
    assert check_deed(case, LAW, filed).allowed
    event = Event(
        "test", case.size, filed.kind, 1, filed.occurred_on, datetime(2026, 1, 1, tzinfo=UTC), filed.by, notice
    )
    case = follow(case, LAW, event)
    assert case.stage == "filing"
    for bill, takes_effect in (("AB 101", False), ("AB 100", True)):
        draft = Draft("MeasureWithdrawn", 1, date(2024, 6, 20), "secretary_of_state", {"bill": bill})
        assert check_deed(case, LAW, draft).allowed is takes_effect


def test_the_referendum_on_ab_257_was_filed_on_its_last_day_and_withdrawn_a_year_later():
    """Summary, count and withdrawal as in the Secretary of State's list (22-0005); signed 5 September 2022.

    The 90th day after the signing was a Sunday. The counts are invented; the sample found enough in January 2023.
    """
    proponents = ["Amber Evans", "Steven McDermed"]
    received = {"place": "us/ca", "instrument": "referendum", "law": LAW.digest, "name": "Referendum on AB 257"}
    case = Case("us-ca-22-0005")
    secretary = "secretary_of_state"
    case = do(case, "MeasureReceived", date(2022, 9, 6), "proponents", **received, proponents=proponents)
    case = do(case, "StatuteEnacted", date(2022, 9, 5), secretary, statute="AB 257 (2022)")
    case = do(case, "TitleIssued", date(2022, 9, 16), "attorney_general", title="Referendum", identifier="22-0005")
    case = do(
        case,
        "RequirementDetermined",
        date(2022, 9, 16),
        secretary,
        **requirement_data(LAW, "referendum", date(2022, 9, 16)),
    )
    assert case.requirement == 623212
    late = Draft("PetitionFiled", 1, date(2022, 12, 6), "proponents", {"county": "Yuba"})
    assert "the last day was 2022-12-05" in check_deed(case, LAW, late).refusals[0].message
    case = do(case, "PetitionFiled", date(2022, 12, 5), "proponents", county="Yuba")
    case = do(case, "RawCountReported", date(2022, 12, 9), "county:Yuba", county="Yuba", raw_count=1_000_000)
    case = do(case, "SampleOrdered", date(2022, 12, 9), secretary)
    numbers = {"sample_size": 30_000, "valid_in_sample": 21_000, "duplicates_in_sample": 0}
    case = do(case, "SampleReported", date(2023, 1, 24), "county:Yuba", county="Yuba", **numbers)
    projection = projection_data(LAW, "referendum", date(2023, 1, 24), case.counties.values(), 623212)
    case = do(case, "SampleProjected", date(2023, 1, 24), secretary, **projection)
    case = do(case, "PetitionFoundSufficient", date(2023, 1, 24), secretary, basis="sample")
    assert not withdraw(case, date(2023, 9, 7), proponents)
    assert not withdraw(case, date(2023, 12, 29), proponents[:1])
    case = do(case, "MeasureWithdrawn", date(2023, 12, 29), "proponents", consent=proponents)
    assert case.stage == "withdrawn"
