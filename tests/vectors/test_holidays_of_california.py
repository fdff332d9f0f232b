"""California's holidays as law data, compared day by day with the list of the library `holidays`.

The library lists days off; Gov. Code § 6700 lists holidays. Every weekday on which they differ from 2012 to 2030 is
explained here, and an explanation that explains nothing any more fails too.
"""

from datetime import date

import holidays
import pytest
from dateutil.easter import easter

from referenda.law.clocks import business_calendar
from referenda.law.place import load_place

YEARS = range(2012, 2031)

OURS_ALONE = {
    "Lincoln Day": "§ 6700 lists 12 February; state workers have not had it off since 2009",
    "Admission Day": "§ 6700 lists 9 September; it is no day off",
    "Columbus Day": "§ 6700 lists the second Monday in October; no day off since 2009",
    "Native American Day": "a holiday since 2015 (AB 1973); no day off",
    "Lunar New Year": "a holiday since 2023 (AB 2596); a day off only by choice",
    "Genocide Remembrance Day": "a holiday since 2023 (AB 1801); a day off only by choice",
}
LIBRARYS_ALONE = {
    "Day After Thanksgiving": "not in § 6700: the reading friday_after_thanksgiving",
    "Susan B. Anthony Day": "a day of observance, not in § 6700",
    "Independence Day (observed)": "§ 6701 moves 4 July from a Sunday only: 3 July 2026 is a business day",
    "Christmas Day (observed)": "§ 6701 moves 25 December from a Sunday only",
    "New Year's Day (observed)": "§ 6701 moves 1 January from a Sunday only",
    "Juneteenth National Independence Day (observed)": "in § 6700 only since 2023, and § 6701 does not move it",
}


@pytest.fixture(scope="module")
def ours():
    calendar = business_calendar(load_place("us/ca"))
    return {h.day: h for year in YEARS for h in calendar.holidays_of(year) if h.day.weekday() < 5}


@pytest.fixture(scope="module")
def theirs():
    listed = holidays.country_holidays("US", subdiv="CA", years=YEARS)
    return {day: listed.get_list(day) for day in listed if day.weekday() < 5 and day.year in YEARS}


def test_every_difference_from_the_library_is_explained(ours, theirs):
    unexplained = [(day, ours[day].name) for day in ours.keys() - theirs.keys() if ours[day].name not in OURS_ALONE]
    unexplained += [
        (day, names) for day, names in theirs.items() if day not in ours and not set(names) <= LIBRARYS_ALONE.keys()
    ]
    assert unexplained == []


def test_no_explanation_is_out_of_use(ours, theirs):
    assert {ours[day].name for day in ours.keys() - theirs.keys()} == OURS_ALONE.keys()
    assert {name for day in theirs.keys() - ours.keys() for name in theirs[day]} == LIBRARYS_ALONE.keys()


def test_they_agree_on_most_days(ours, theirs):
    assert len(ours.keys() & theirs.keys()) >= 9 * len(YEARS)


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2016-12-26", "Christmas Day"),  # moved from a Sunday
        ("2017-11-10", "Veterans Day"),  # moved from a Saturday
        ("2018-02-12", "Lincoln Day"),
        ("2019-04-01", "Cesar Chavez Day"),  # moved from a Sunday
        ("2021-07-05", "Independence Day"),  # moved from a Sunday
        ("2026-11-26", "Thanksgiving Day"),
    ],
)
def test_a_day_is_the_holiday_that_the_sections_make_it(day, name):
    assert business_calendar(load_place("us/ca")).is_holiday(date.fromisoformat(day)).name == name


@pytest.mark.parametrize("day", ["2026-07-03", "2014-09-26", "2022-06-20", "2022-04-25", "2018-11-23", "2018-03-30"])
def test_a_day_that_the_sections_do_not_make_a_holiday_is_a_business_day(day):
    assert business_calendar(load_place("us/ca")).is_business_day(date.fromisoformat(day))


def listed_days(name):
    return {str(d) for e in load_place("us/ca").schema.holidays.days if e.name == name for d in e.rule.dates}


def test_the_listed_lunar_new_years_are_the_first_days_of_the_chinese_year():
    lunar = holidays.country_holidays("CN", years=range(2023, 2036), language="en_US")
    assert listed_days("Lunar New Year") <= {str(day) for day in lunar}
    assert len(listed_days("Lunar New Year")) == 13


def test_the_listed_diwalis_are_the_librarys():
    listed = holidays.country_holidays("US", subdiv="CA", years=range(2026, 2036))
    assert listed_days("Diwali") == {str(day) for day in listed if "Diwali" in listed.get_list(day)}


def test_the_listed_good_fridays_are_two_days_before_easter():
    expected = {str(date.fromordinal(easter(year).toordinal() - 2)) for year in range(2003, 2036)}
    assert listed_days("Good Friday") == expected


def test_each_open_question_changes_the_days_it_is_about():
    law = load_place("us/ca")
    chosen = business_calendar(law)

    def other(**readings):
        return business_calendar(law, readings=readings)

    assert chosen.is_business_day(date(2018, 11, 23))
    assert not other(friday_after_thanksgiving="holiday").is_business_day(date(2018, 11, 23))
    assert chosen.is_business_day(date(2018, 3, 30))
    assert not other(good_friday="holiday").is_business_day(date(2018, 3, 30))
    assert not chosen.is_business_day(date(2019, 1, 21))
    assert other(county_holidays="county_list").is_business_day(date(2019, 1, 21))
    assert not chosen.is_business_day(date(2018, 2, 12))
    assert other(open_office_holidays="business_day").is_business_day(date(2018, 2, 12))
