"""Clocks of a made-up place: what starts them, which version runs, how a last day moves, and what is refused."""

import re
from datetime import date
from textwrap import dedent

import pytest

from referenda.errors import InputError, LawError, UndeterminedError
from referenda.law.clocks import business_calendar, compute_deadlines, known_events
from referenda.law.place import load_place

LAW = """
place:
  id: xx
  name: Exampleland
  instruments:
    - {name: statute, words: Statute}
    - {name: referendum, words: Referendum}
sources:
  - {cite: Example Act, title: An act made up for tests, standing: known}
parameters:
  - name: circulation_days
    unit: days
    about: Days to circulate.
    values:
      - {value: 150, until: 2014-12-31, cite: Example Act § 3}
      - {value: 180, from: 2015-01-01, cite: Example Act § 3}
readings:
  - name: bridge_day
    question: Is the Friday after Thanksgiving a holiday?
    alternatives:
      - {name: not_a_holiday, about: business goes on}
      - {name: holiday, about: no business}
    chosen: not_a_holiday
    because: The list does not name it.
    cite: Example Act § 9
clocks:
  - {name: comment_ends, starts: received_date, days: 30, roll: last_day, about: Comments end., cite: Example Act § 1,
     instruments: [statute]}
  - {name: title_due, starts: received_date, days: 10, meets: title_date, actor: attorney, about: The title is due.,
     cite: Example Act § 2}
  - {name: filing_deadline, starts: [title_date, title_due], days: circulation_days, roll: next_business_day,
     meets: filed_date, about: Last day to file., cite: Example Act § 3}
  - {name: count_due, starts: [filed_date, filing_deadline], days: 8, count: business, about: The count is due.,
     cite: Example Act § 4}
  - {name: full_check_due, starts: full_check_notice_date, days: 30, count: business, until: 2023-12-31,
     about: The check is due., cite: Example Act § 5}
  - {name: full_check_due, starts: full_check_notice_date, days: 60, count: business, from: 2024-01-01,
     about: The check is due., cite: Example Act § 5}
  - {name: election_date, starts: [full_check_due, count_due], days: 131, election: general, from: 2012-01-01,
     about: The election., cite: Example Act § 6}
  - {name: qualification_date, starts: election_date, days: 131, direction: before, about: It qualifies.,
     cite: Example Act § 6}
  - {name: notice_by, starts: election_date, days: 5, direction: before, count: business, about: Notice is given.,
     cite: Example Act § 7}
elections:
  - {name: general, about: General election, cite: Example Act § 6,
     rule: {month: 11, weekday: tuesday, after: first monday, years: even}}
holidays:
  first_year: 2003
  days:
    - {name: Christmas, rule: {month: 12, day: 25}, sunday: next_monday, cite: Example Act § 8}
    - {name: Thanksgiving, rule: {month: 11, weekday: thursday, nth: 4}, cite: Example Act § 8}
    - {name: Bridge day, rule: {month: 11, weekday: thursday, nth: 4, plus: 1}, cite: Example Act § 9,
       reading: bridge_day, under: holiday}
    - {name: Moon Day, rule: {dates: [2023-01-23, 2024-02-09]}, from: 2023-01-01, until: 2024-12-31,
       cite: Example Act § 8}
"""


@pytest.fixture(scope="module")
def law(tmp_path_factory):
    return place(tmp_path_factory.mktemp("law"), LAW)


def place(root, text):
    (root / "xx").mkdir()
    (root / "xx" / "place.yaml").write_text(dedent(text), encoding="utf-8")
    return load_place("xx", root=root)


def deadlines(law, readings=None, instrument="statute", **events):
    known = {name: date.fromisoformat(day) for name, day in events.items()}
    return {d.name: d for d in compute_deadlines(law, instrument, known, readings=readings)}


def test_only_clocks_whose_start_is_known_are_given(law):
    assert list(deadlines(law, full_check_notice_date="2024-03-01", instrument="referendum")) == [
        "full_check_due",
        "qualification_date",
        "notice_by",
        "election_date",
    ]


def test_a_clock_of_another_instrument_does_not_run(law):
    assert "comment_ends" not in deadlines(law, received_date="2016-11-21", instrument="referendum")


def test_a_deadline_says_what_started_it_and_how_it_was_counted(law):
    found = deadlines(law, title_date="2017-01-26")["filing_deadline"]
    assert found.date == date(2017, 7, 25)
    assert found.words == "180 days after title_date (2017-01-26)"
    assert found.assumes == ()


def test_a_deadline_stands_in_for_an_event_not_yet_known_and_says_so(law):
    found = deadlines(law, received_date="2017-01-16")
    assert found["filing_deadline"].starts == "title_due"
    assert found["filing_deadline"].assumes == ("title_due",)
    assert found["count_due"].assumes == ("title_due", "filing_deadline")
    assert found["comment_ends"].assumes == ()


def test_a_known_event_is_preferred_to_the_deadline_that_stands_in_for_it(law):
    found = deadlines(law, received_date="2017-01-16", title_date="2017-01-20")["filing_deadline"]
    assert (found.starts, found.started) == ("title_date", date(2017, 1, 20))


def test_the_number_of_days_is_that_of_the_day_the_clock_starts(law):
    assert deadlines(law, title_date="2014-12-31")["filing_deadline"].date == date(2015, 6, 1)  # 150, a Saturday
    assert deadlines(law, title_date="2015-01-01")["filing_deadline"].date == date(2015, 6, 30)  # 180


def test_the_version_of_a_clock_is_that_of_the_day_it_starts(law):
    assert deadlines(law, full_check_notice_date="2023-12-29")["full_check_due"].days == 30
    assert deadlines(law, full_check_notice_date="2024-01-02")["full_check_due"].days == 60


def test_a_clock_before_the_law_began_is_not_given(law):
    assert "election_date" not in deadlines(law, filed_date="2010-03-01")


def test_a_last_day_on_a_sunday_moves_where_its_own_section_says_so(law):
    found = deadlines(law, title_date="2017-07-25")["filing_deadline"]
    assert (found.rolled_from, found.date) == (date(2018, 1, 21), date(2018, 1, 22))
    assert "moved from Sunday 2018-01-21" in found.words


def test_elsewhere_the_day_by_count_stays_and_the_act_stands_until_the_next_business_day(law):
    found = deadlines(law, received_date="2016-11-25")["comment_ends"]  # Sunday, Christmas; Monday is its observed day
    assert (found.date, found.act_stands_until) == (date(2016, 12, 25), date(2016, 12, 27))
    assert [h.words for h in found.holidays_passed] == ["Christmas, moved from Sunday 2016-12-25"]


def test_a_last_day_of_business_does_not_move(law):
    found = deadlines(law, received_date="2016-11-21")["comment_ends"]
    assert (found.date, found.act_stands_until, found.rolled_from) == (date(2016, 12, 21), None, None)


def test_business_days_before_a_day_exclude_it(law):
    # Tue 6 Nov 2018: Mon 5, Fri 2, Thu 1, Wed 31, Tue 30 October
    assert deadlines(law, election_date="2018-11-06")["notice_by"].date == date(2018, 10, 30)


def test_an_election_that_is_given_is_used_as_it_is(law):
    found = deadlines(law, filed_date="2017-07-20", election_date="2018-06-05")
    assert found["election_date"].given
    assert found["election_date"].words == "given as known"
    assert found["qualification_date"].date == date(2018, 1, 25)
    assert found["qualification_date"].assumes == ()


def test_the_election_is_the_first_one_far_enough_away(law):
    # 131 days before 6 November 2018 is 28 June 2018
    assert deadlines(law, full_check_due="2018-06-28")["election_date"].date == date(2018, 11, 6)
    assert deadlines(law, full_check_due="2018-06-29")["election_date"].date == date(2020, 11, 3)


def test_an_open_question_is_named_with_the_other_result_when_it_matters(law):
    found = deadlines(law, filed_date="2018-11-19")["count_due"]  # 20 21 [22] 23 26 27 28 29 30
    assert found.date == date(2018, 11, 30)
    assert [h.name for h in found.holidays_passed] == ["Thanksgiving"]
    (reading,) = found.readings
    (other,) = reading.otherwise
    assert (reading.reading.chosen, other.alternative, other.date) == ("not_a_holiday", "holiday", date(2018, 12, 3))


def test_an_open_question_that_changes_nothing_is_not_named(law):
    assert deadlines(law, filed_date="2018-07-02")["count_due"].readings == ()


def test_another_alternative_can_be_chosen(law):
    found = deadlines(law, {"bridge_day": "holiday"}, filed_date="2018-11-19")["count_due"]
    assert found.date == date(2018, 12, 3)
    assert found.readings[0].otherwise[0].date == date(2018, 11, 30)


def test_an_event_after_its_deadline_is_noted_as_late_not_refused(law):
    found = deadlines(law, title_date="2017-07-25", filed_date="2018-01-24")["filing_deadline"]
    assert (found.met_by, found.met_on, found.days_late) == ("filed_date", date(2018, 1, 24), 2)


def test_an_event_on_its_last_day_is_not_late(law):
    assert deadlines(law, title_date="2017-07-25", filed_date="2018-01-22")["filing_deadline"].days_late == 0


def test_an_unknown_event_is_refused_with_the_one_that_was_perhaps_meant(law):
    with pytest.raises(InputError, match=r"found 'recieved_date'.*Did you mean received_date\?"):
        deadlines(law, recieved_date="2016-11-21")


def test_an_unknown_instrument_reading_and_alternative_are_refused(law):
    with pytest.raises(InputError, match="Did you mean statute"):
        deadlines(law, instrument="statue", received_date="2016-11-21")
    with pytest.raises(InputError, match="Did you mean bridge_day"):
        deadlines(law, {"bridgeday": "holiday"}, received_date="2016-11-21")
    with pytest.raises(InputError, match="bridge_day"):
        deadlines(law, {"bridge_day": "perhaps"}, received_date="2016-11-21")


def test_days_in_an_order_that_cannot_be_are_refused_all_at_once(law):
    with pytest.raises(InputError) as refused:
        deadlines(law, received_date="2017-02-01", title_date="2017-01-26", filed_date="2017-01-20", moon="2017-01-01")
    assert [fault.column or fault.value for fault in refused.value.faults] == ["moon", "title_date", "filed_date"]
    assert "title_date is 2017-01-26, before received_date (2017-02-01)" in str(refused.value)


def test_an_election_before_the_petition_was_filed_is_refused(law):
    with pytest.raises(InputError, match="election_date is 2016-11-08, before filed_date"):
        deadlines(law, filed_date="2017-07-25", election_date="2016-11-08")


def test_a_year_without_a_list_of_holidays_is_undetermined_by_name(law):
    with pytest.raises(UndeterminedError, match=r"count_due is not known: .*2002 is missing"):
        deadlines(law, filed_date="2002-03-01")


@pytest.mark.parametrize("day", ["9999-12-31", "9999-06-30", "9998-12-31"])
def test_the_end_of_the_calendar_is_undetermined_not_a_crash(law, day):
    with pytest.raises(UndeterminedError, match="election_date is not known"):
        deadlines(law, full_check_due=day)


def test_the_events_that_clocks_know_are_listed(law):
    assert known_events(law, "statute") == ["received_date", "title_date", "filed_date", "full_check_notice_date"]


def test_every_deadline_can_be_written_as_json(law):
    parts = deadlines(law, title_date="2017-07-25", filed_date="2018-11-19")["count_due"].as_dict()
    assert parts["date"] == "2018-11-30"
    assert parts["weekday"] == "Friday"
    assert parts["holidays_passed"][0]["name"] == "Thanksgiving"
    assert parts["readings"][0]["otherwise"][0] == {
        "alternative": "holiday",
        "about": "no business",
        "date": "2018-12-03",
        "act_stands_until": None,
    }


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("{month: 12, day: 25}", "{month: 12, day: 25, plus: 1}"), "`plus` counts from a weekday"),
        (("{dates: [2023-01-23, 2024-02-09]}", "{dates: [2023-01-23], years: odd}"), "`years` does not go"),
        (("{dates: [2023-01-23, 2024-02-09]},", "{dates: [2023-01-23]}, sunday: next_monday,"), "do not move"),
        (("{month: 12, day: 25}", "{month: 2, day: 30}"), "no month has this day"),
    ],
)
def test_a_rule_that_would_do_nothing_or_cannot_be_does_not_load(tmp_path, change, said):
    with pytest.raises(LawError, match=said):
        place(tmp_path, LAW.replace(*change))


BASE = """
place: {id: xx, name: Exampleland, instruments: [{name: statute, words: Statute}]}
sources: [{cite: Example Act, title: An act made up for tests, standing: known}]
holidays:
  base: US-WA
  omit: [{name: Native American Heritage Day, cite: Example Act § 1, until: 2020-12-31}]
  days: [{name: Founders' Day, rule: {month: 3, weekday: friday, nth: last}, cite: Example Act § 2}]
"""


def test_a_place_can_take_the_list_of_the_library_and_add_to_it(tmp_path):
    calendar = business_calendar(place(tmp_path, BASE))
    assert calendar.is_holiday(date(2020, 7, 3)).name == "Independence Day (observed)"
    assert calendar.is_holiday(date(2020, 3, 27)).name == "Founders' Day"


def test_what_a_place_omits_from_the_list_is_a_business_day_for_as_long(tmp_path):
    calendar = business_calendar(place(tmp_path, BASE))
    assert calendar.is_business_day(date(2020, 11, 27))
    assert not calendar.is_business_day(date(2021, 11, 26))


def test_an_omission_takes_the_day_on_which_the_holiday_is_observed_too(tmp_path):
    calendar = business_calendar(place(tmp_path, BASE.replace("Native American Heritage Day", "Independence Day")))
    assert calendar.is_business_day(date(2020, 7, 3))


def test_an_omission_that_names_no_holiday_is_refused(tmp_path):
    with pytest.raises(LawError, match=r"US-WA has no holiday of this name to omit.*Juneteenth"):
        business_calendar(place(tmp_path, BASE.replace("Native American Heritage Day", "Juneteenth Day")))


def test_an_unknown_base_list_is_refused(tmp_path):
    with pytest.raises(LawError, match="no such list"):
        business_calendar(place(tmp_path, BASE.replace("US-WA", "US-XX")))


def test_a_base_list_has_no_years_beyond_the_librarys(tmp_path):
    with pytest.raises(UndeterminedError, match="US-WA of the library of holidays has no year 2101"):
        business_calendar(place(tmp_path, BASE)).is_holiday(date(2101, 7, 4))


def test_a_base_list_of_which_nothing_is_omitted_counts_whole(tmp_path):
    whole = re.sub("  omit: .*\n", "", BASE)
    assert not business_calendar(place(tmp_path, whole)).is_business_day(date(2020, 11, 27))


def test_a_deadline_that_another_reading_does_not_know_says_so(tmp_path):
    clock = """
  - {name: bridge_report_due, starts: received_date, days: 5, about: A report is due., cite: Example Act § 10,
     reading: bridge_day, under: not_a_holiday}
elections:"""
    law = place(tmp_path, LAW.replace("\nelections:", clock))
    found = deadlines(law, received_date="2017-01-16")["bridge_report_due"]
    [reading] = found.readings
    assert [(other.alternative, other.words) for other in reading.otherwise] == [("holiday", "no deadline")]
    assert found.as_dict()["readings"][0]["otherwise"][0]["date"] is None
    assert "bridge_report_due" not in deadlines(law, {"bridge_day": "holiday"}, received_date="2017-01-16")


def test_a_last_day_that_is_no_business_day_says_in_words_until_when_an_act_stands(law):
    found = deadlines(law, received_date="2016-11-25")["comment_ends"]
    assert found.words == (
        "30 days after received_date (2016-11-25); no business day, so an act stands until Tuesday 2016-12-27"
    )
