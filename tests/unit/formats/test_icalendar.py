"""Deadlines as iCalendar: read back by another library, byte for byte the same, and safe for any text."""

from datetime import UTC, date, datetime, timedelta, timezone

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from referenda.errors import InputError
from referenda.formats.icalendar import write_calendar
from referenda.law.deadline import Deadline
from referenda.terms.holidays import Holiday

STAMP = datetime(2017, 1, 26, 12, 0, tzinfo=UTC)


def deadline(name="filing_deadline", day=date(2017, 7, 25), about="Last day to file.", cite="Elec. Code § 9014(b)"):
    return Deadline(
        name, day, cite, about, "proponents", "official_summary_date", date(2017, 1, 26), 180, "calendar", "after"
    )


def events(data):
    return list(icalendar.Calendar.from_ical(data).walk("VEVENT"))


def test_a_deadline_is_an_all_day_event_that_ends_the_day_after():
    (event,) = events(write_calendar("16-0011A1", [deadline()], stamp=STAMP))
    assert event.decoded("DTSTART") == date(2017, 7, 25)
    assert event.decoded("DTEND") == date(2017, 7, 26)
    assert event["SUMMARY"] == "Last day to file"


def test_the_description_says_how_the_day_was_found_and_on_which_law():
    (event,) = events(write_calendar("16-0011A1", [deadline()], stamp=STAMP))
    assert event["DESCRIPTION"].split("\n") == [
        "filing_deadline: 180 days after official_summary_date (2017-01-26).",
        "Elec. Code § 9014(b).",
    ]


def test_what_was_left_out_and_assumed_is_in_the_description():
    found = deadline()
    passed = (Holiday(date(2016, 12, 26), "Christmas Day", "Gov. Code § 6701", observed_for=date(2016, 12, 25)),)
    found = Deadline(**{**vars(found), "holidays_passed": passed, "assumes": ("raw_count_due",)})
    (event,) = events(write_calendar("16-0011A1", [found], stamp=STAMP))
    assert "Not counted: Christmas Day, moved from Sunday 2016-12-25 (2016-12-26)." in event["DESCRIPTION"]
    assert "on its last day: raw_count_due." in event["DESCRIPTION"]


def test_the_calendar_has_what_the_standard_requires():
    calendar = icalendar.Calendar.from_ical(write_calendar("16-0011A1", [deadline()], stamp=STAMP))
    assert (calendar["VERSION"], bool(calendar["PRODID"])) == ("2.0", True)
    (event,) = calendar.walk("VEVENT")
    assert event.decoded("DTSTAMP") == STAMP
    assert calendar.errors == event.errors == []


def test_the_same_deadlines_and_instant_give_the_same_bytes():
    elsewhere = STAMP.astimezone(timezone(timedelta(hours=-8)))
    assert write_calendar("m", [deadline()], stamp=STAMP) == write_calendar("m", [deadline()], stamp=elsewhere)


def test_an_identifier_stays_when_the_day_moves_and_differs_between_measures():
    (before,) = events(write_calendar("one", [deadline()], stamp=STAMP))
    (after,) = events(write_calendar("one", [deadline(day=date(2017, 7, 26))], stamp=STAMP))
    (other,) = events(write_calendar("two", [deadline()], stamp=STAMP))
    assert before["UID"] == after["UID"] != other["UID"]


def test_an_instant_without_a_time_zone_is_refused():
    with pytest.raises(InputError, match="time zone"):
        write_calendar("m", [], stamp=datetime(2017, 1, 26))


def test_separators_and_line_ends_in_a_text_come_back_as_they_were():
    text = "Title; summary, and \\ more\nsecond line"
    (event,) = events(write_calendar("m", [deadline(about=text)], stamp=STAMP))
    assert event["SUMMARY"] == text


def test_a_text_cannot_add_a_property_or_an_event():
    text = "x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:y"
    assert len(events(write_calendar("m", [deadline(about=text)], stamp=STAMP))) == 1


@given(st.text(st.characters(codec="utf-8"), max_size=300))
def test_no_line_is_longer_than_75_octets_and_none_breaks_a_character(text):
    data = write_calendar("m", [deadline(about=text)], stamp=STAMP)
    lines = data.split(b"\r\n")
    assert lines.pop() == b""
    assert all(len(line) <= 75 and b"\n" not in line and b"\r" not in line for line in lines)
    assert all(line.decode("utf-8") is not None for line in lines)
