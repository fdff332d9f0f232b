"""California's calendar against published dates of real measures, and windows counted by hand.

Published dates: the Secretary of State's lists of measures cleared for circulation and of those that failed
(sos.ca.gov, initiative and referendum status), the Legislative Analyst's letters (lao.ca.gov/BallotAnalysis), and the
reports named beside a date.
"""

from datetime import date

import pytest

from referenda.errors import InputError, UndeterminedError
from referenda.law.clocks import compute_deadlines
from referenda.law.place import load_place

AMENDMENT, STATUTE, REFERENDUM = "constitutional-amendment", "statute", "referendum"


def deadlines(instrument, readings=None, **events):
    days = {name: date.fromisoformat(day) for name, day in events.items()}
    return {d.name: d for d in compute_deadlines(load_place("us/ca"), instrument, days, readings=readings)}


@pytest.mark.parametrize(
    ("measure", "instrument", "official_summary_date", "published"),
    [
        ("15-0006", STATUTE, "2015-04-28", "2015-10-26"),  # day 180 is Sunday 25 October
        ("16-0011A1", AMENDMENT, "2017-01-26", "2017-07-25"),
        ("17-0005", AMENDMENT, "2017-07-25", "2018-01-22"),  # day 180 is Sunday 21 January
        ("18-0001", STATUTE, "2018-04-20", "2018-10-17"),
        ("20-0001A1", STATUTE, "2020-09-09", "2021-03-08"),
        ("24-0001A2", STATUTE, "2025-01-23", "2025-07-22"),
    ],
)
def test_the_last_day_to_file_is_the_published_one(measure, instrument, official_summary_date, published):
    found = deadlines(instrument, official_summary_date=official_summary_date)["filing_deadline"]
    assert str(found.date) == published
    assert found.readings == ()


@pytest.mark.parametrize(
    ("measure", "official_summary_date", "published"),
    [
        ("15-0006", "2015-04-28", "2015-11-06"),  # timesofsandiego.com, 7 November 2015
        ("20-0001A1", "2020-09-09", "2021-03-19"),  # Secretary of State, failed to qualify
    ],
)
def test_a_measure_without_a_petition_failed_on_the_published_day(measure, official_summary_date, published):
    found = deadlines(STATUTE, official_summary_date=official_summary_date)
    assert str(found["failed_without_filing"].date) == published


def test_17_0005_failed_in_february_2018():
    assert deadlines(AMENDMENT, official_summary_date="2017-07-25")["failed_without_filing"].date == date(2018, 2, 2)


@pytest.mark.parametrize(
    ("measure", "fiscal_estimate_date", "published"),
    [
        ("15-0006", "2015-04-13", "2015-04-28"),
        ("16-0011A1", "2017-01-11", "2017-01-26"),
        ("17-0005", "2017-07-10", "2017-07-25"),
    ],
)
def test_the_title_and_summary_is_due_on_the_published_day(measure, fiscal_estimate_date, published):
    found = deadlines(AMENDMENT, fiscal_estimate_date=fiscal_estimate_date)["title_and_summary_due"]
    assert str(found.date) == published


def test_the_estimate_of_15_0037_came_on_its_last_day():
    # received 9 July 2015, letter of 28 August 2015
    found = deadlines(STATUTE, received_date="2015-07-09", fiscal_estimate_date="2015-08-28")["fiscal_estimate_due"]
    assert (str(found.date), found.days_late) == ("2015-08-28", 0)


def test_the_title_of_18_0001_came_on_the_last_day_that_its_receipt_allows():
    # received 14 February 2018; 50 and 15 days later is 20 April 2018, the day of its title and summary
    found = deadlines(STATUTE, received_date="2018-02-14")["title_and_summary_due"]
    assert (str(found.date), found.assumes) == ("2018-04-20", ("fiscal_estimate_due",))


def test_16_0011a1_from_receipt_to_circulation():
    found = deadlines(
        AMENDMENT,
        received_date="2016-11-21",
        fiscal_estimate_date="2017-01-11",
        official_summary_date="2017-01-26",
    )
    assert str(found["comment_period_ends"].date) == "2016-12-21"
    assert str(found["fiscal_estimate_due"].date) == "2017-01-10"  # the campaign's date; the letter is of the 11th
    assert found["fiscal_estimate_due"].days_late == 1
    assert str(found["circulation_begins"].date) == "2017-01-26"
    assert str(found["county_notice_due"].date) == "2017-01-27"


def test_the_last_day_to_amend_16_0011a1_was_the_observed_christmas_holiday():
    found = deadlines(AMENDMENT, received_date="2016-11-21")["amendments_end"]
    assert (str(found.date), str(found.act_stands_until)) == ("2016-12-26", "2016-12-27")
    assert [holiday.words for holiday in found.holidays_passed] == ["Christmas Day, moved from Sunday 2016-12-25"]


@pytest.mark.parametrize(
    ("election", "published"),
    [
        ("2018-11-06", "2018-06-28"),
        ("2020-11-03", "2020-06-25"),
        ("2022-11-08", "2022-06-30"),
        ("2024-11-05", "2024-06-27"),
        ("2026-11-03", "2026-06-25"),
        ("2028-11-07", "2028-06-29"),
    ],
)
def test_a_measure_qualifies_131_days_before_the_election(election, published):
    found = deadlines(STATUTE, election_date=election)
    assert str(found["qualification_date"].date) == published
    assert str(found["milestone_hearing_by"].date) == published
    assert str(found["withdrawal_until"].date) == published


def test_the_election_of_16_0011a1_would_have_been_that_of_november_2018():
    found = deadlines(AMENDMENT, official_summary_date="2017-01-26")
    assert str(found["election_date"].date) == "2018-11-06"
    assert str(found["qualification_date"].date) == "2018-06-28"
    assert found["election_date"].assumes == ("filing_deadline", "raw_count_due", "random_sample_due")


def test_a_measure_that_is_eligible_131_days_before_is_in_time_and_a_day_later_is_not():
    assert str(deadlines(STATUTE, eligible_date="2026-06-25")["election_date"].date) == "2026-11-03"
    assert str(deadlines(STATUTE, eligible_date="2026-06-26")["election_date"].date) == "2028-11-07"


def test_a_referendum_needs_31_days_and_90_days_from_the_act():
    # SB 270 (plastic bags): an act of 30 September 2014; filed on 29 December 2014, qualified on 24 February 2015
    # (Secretary of State's news release); the day of the request for a title is made up.
    found = deadlines(REFERENDUM, enactment_date="2014-09-30", received_date="2014-10-03", eligible_date="2015-02-24")
    assert str(found["filing_deadline"].date) == "2014-12-29"
    assert str(found["election_date"].date) == "2016-11-08"
    assert str(found["qualification_date"].date) == "2016-10-08"
    assert str(found["title_and_summary_due"].date) == "2014-10-13"  # second Monday in October
    assert str(found["title_and_summary_due"].act_stands_until) == "2014-10-14"


def test_six_californias_had_150_days_and_its_sample_was_due_on_12_september_2014():
    # Title 18 February, filed 15 July 2014; the sample's last day is published. The day of the notice is not: 30 July
    # fits when 9 September, a holiday of the list, is left out, 31 July when it is counted.
    events = {"official_summary_date": "2014-02-18", "filed_date": "2014-07-15"}
    found = deadlines(AMENDMENT, **events, sample_notice_date="2014-07-30")
    assert (str(found["filing_deadline"].date), found["filing_deadline"].days_late) == ("2014-07-18", 0)
    assert str(found["raw_count_due"].date) == "2014-07-25"
    assert str(found["random_sample_due"].date) == "2014-09-12"
    open_offices = {"open_office_holidays": "business_day"}
    counted = deadlines(AMENDMENT, open_offices, **events, sample_notice_date="2014-07-31")
    assert str(counted["random_sample_due"].date) == "2014-09-12"


@pytest.mark.parametrize(
    ("filed", "raw_count_due"),
    [
        # 9 10 11 12 15 16 17 18 March: no holiday
        ("2021-03-08", "2021-03-18"),
        # 26 29 30 June, 1 2 3 July (Friday; the 4th is a Saturday and does not move), 6 7 July
        ("2026-06-25", "2026-07-07"),
        # 6 7 8 9 [12: Veterans Day, moved from Sunday] 13 14 15 16 November
        ("2018-11-05", "2018-11-16"),
        # 9 [10: Veterans Day, moved from Saturday] 13 14 15 16 17 20 21 November
        ("2017-11-08", "2017-11-21"),
        # 23 [26: Christmas, moved] 27 28 29 30 December [2: New Year, moved] 3 4 5 January
        ("2016-12-22", "2017-01-05"),
        # 16 [19: Juneteenth] 20 21 22 23 26 27 28 June; not yet a holiday in 2017
        ("2023-06-15", "2023-06-28"),
        ("2017-06-15", "2017-06-27"),
        # 24 25 26 [27: Native American Day] 30 September 1 2 3 4 October; not yet a holiday in 2014
        ("2019-09-23", "2019-10-04"),
        ("2014-09-22", "2014-10-02"),
        # 28 [29: Lunar New Year] 30 31 January 3 4 5 6 7 February
        ("2025-01-27", "2025-02-07"),
    ],
)
def test_eight_business_days_counted_by_hand(filed, raw_count_due):
    assert str(deadlines(STATUTE, filed_date=filed)["raw_count_due"].date) == raw_count_due


def test_the_friday_after_thanksgiving_is_a_business_day_and_the_other_result_is_shown():
    # 20 21 [22: Thanksgiving] 23 26 27 28 29 30 November, or 3 December without the 23rd
    found = deadlines(STATUTE, filed_date="2018-11-19")["raw_count_due"]
    assert str(found.date) == "2018-11-30"
    assert [(r.reading.name, str(r.otherwise[0].date)) for r in found.readings] == [
        ("friday_after_thanksgiving", "2018-12-03")
    ]


def test_the_third_monday_in_january_depends_on_whose_list_counts():
    # 13 14 15 [18] 19 20 21 22 25 January 2016
    found = deadlines(STATUTE, filed_date="2016-01-12")["raw_count_due"]
    assert str(found.date) == "2016-01-25"
    assert [(r.reading.name, str(r.otherwise[0].date)) for r in found.readings] == [("county_holidays", "2016-01-22")]


@pytest.mark.parametrize(
    ("notice", "days", "due"),
    [
        # from 2 January 2024: 60 days; [15: Martin Luther King] [12: Lincoln, 19: third Monday] of February
        ("2024-01-02", 60, "2024-03-29"),
        # from 20 December 2023: 30 days; [25: Christmas] [1: New Year] [15: Martin Luther King]
        ("2023-12-20", 30, "2024-02-05"),
    ],
)
def test_the_full_check_has_30_days_before_2024_and_60_from_then_on(notice, days, due):
    found = deadlines(STATUTE, full_check_notice_date=notice)["full_check_due"]
    assert (found.days, str(found.date)) == (days, due)


def test_before_2015_there_was_no_public_review_and_the_estimate_took_25_working_days():
    # 1 October 2014 and 25 business days without 13 October (Columbus) is 6 November; 15 days for changes of substance
    found = deadlines(STATUTE, received_date="2014-10-01")
    assert "comment_period_ends" not in found
    assert str(found["amendments_end"].date) == "2014-10-16"
    assert str(found["fiscal_estimate_due"].date) == "2014-11-06"


def test_before_2015_the_last_day_to_file_stayed_where_it_fell_and_the_act_stood_until_monday():
    found = deadlines(STATUTE, official_summary_date="2014-03-05")["filing_deadline"]  # day 150 is Saturday 2 August
    assert (str(found.date), str(found.act_stands_until)) == ("2014-08-02", "2014-08-04")


@pytest.mark.parametrize(
    ("election", "effective"),
    [
        ("2016-11-08", "2016-11-09"),  # the day after the election
        ("2018-06-05", "2018-06-06"),  # Proposition 71 itself
        ("2018-11-06", "2018-12-19"),  # 38 days to the statement of the vote, then the fifth day
    ],
)
def test_a_measure_takes_effect_by_the_rule_of_its_election(election, effective):
    assert str(deadlines(STATUTE, election_date=election)["effective_date"].date) == effective


def test_a_measure_takes_effect_on_the_fifth_day_after_the_statement_of_the_vote():
    found = deadlines(STATUTE, election_date="2020-11-03", statement_of_vote_date="2020-12-11")
    assert str(found["effective_date"].date) == "2020-12-16"
    assert found["effective_date"].assumes == ()


def test_a_filing_after_the_last_day_is_a_finding():
    found = deadlines(STATUTE, official_summary_date="2017-07-25", filed_date="2018-01-24")["filing_deadline"]
    assert (found.met_by, found.days_late) == ("filed_date", 2)


def test_impossible_orders_are_refused_all_at_once():
    with pytest.raises(InputError) as refused:
        deadlines(
            STATUTE,
            received_date="2017-02-01",
            official_summary_date="2017-01-26",
            filed_date="2017-01-20",
            sample_notice_date="2017-01-19",
        )
    assert {fault.column for fault in refused.value.faults} >= {
        "official_summary_date",
        "filed_date",
        "sample_notice_date",
    }


def test_a_year_without_a_date_of_lunar_new_year_is_named():
    with pytest.raises(UndeterminedError, match="Lunar New Year has no date for the year 2036"):
        deadlines(STATUTE, official_summary_date="2035-10-01")


def test_from_all_events_come_all_deadlines_that_are_promised():
    found = deadlines(
        STATUTE,
        received_date="2023-09-01",
        fiscal_estimate_date="2023-10-20",
        official_summary_date="2023-11-03",
        filed_date="2024-01-16",
        sample_notice_date="2024-01-29",
        full_check_notice_date="2024-03-11",
        election_date="2024-11-05",
    )
    assert found.keys() >= {
        "comment_period_ends",
        "amendments_end",
        "fiscal_estimate_due",
        "title_and_summary_due",
        "circulation_begins",
        "filing_deadline",
        "raw_count_due",
        "random_sample_due",
        "full_check_due",
        "qualification_date",
        "election_date",
    }
    assert all(deadline.assumes == () for name, deadline in found.items() if name != "effective_date")


def test_every_deadline_of_every_kind_of_measure_has_a_citation_and_words():
    law = load_place("us/ca")
    for instrument in law.instruments:
        events = {"received_date": "2025-01-06", "enactment_date": "2025-01-02"}
        if instrument != REFERENDUM:
            del events["enactment_date"]
        found = deadlines(instrument, **events)
        assert {"title_and_summary_due", "filing_deadline", "random_sample_due", "election_date"} <= found.keys()
        for deadline in found.values():
            assert law.schema.source_of(deadline.cite), deadline.name
            assert deadline.about.endswith("."), deadline.name
            assert str(deadline.started) in deadline.words, deadline.name
