"""`referenda law calendar`: findings in words and in JSON, an iCalendar beside them, every fault at once."""

import json

import icalendar
import pytest
import typer
from typer.testing import CliRunner

from referenda.cli.law_calendar import calendar

app = typer.Typer()
app.command("calendar")(calendar)
SUMMARY = ("--event", "official_summary_date=2020-09-09")


def run(*words, instrument="statute"):
    return CliRunner().invoke(app, ["us/ca", instrument, *words])


def test_the_deadlines_are_given_as_json_by_name_day_and_citation():
    result = run(*SUMMARY, "--json")
    assert result.exit_code == 0
    found = {d["name"]: (d["date"], d["cite"]) for d in json.loads(result.stdout)["deadlines"]}
    assert found["filing_deadline"] == ("2021-03-08", "Elec. Code § 9014(b) and (d)")
    assert found["failed_without_filing"][0] == "2021-03-19"


def test_the_json_is_in_the_order_of_days_and_pins_the_law():
    finding = json.loads(run(*SUMMARY, "--json").stdout)
    days = [d["date"] for d in finding["deadlines"]]
    assert days == sorted(days)
    assert len(finding["law"]) == 64
    assert finding["events"] == {"official_summary_date": "2020-09-09"}


def test_for_people_each_deadline_has_weekday_words_and_citation():
    text = " ".join(run(*SUMMARY).stdout.split())
    assert "Mon 2021-03-08" in text
    assert "Last day to file the petition" in text
    assert "Elec. Code § 9014(b) and (d)" in text


def test_for_people_a_late_filing_is_said():
    text = " ".join(run(*SUMMARY, "--event", "filed_date=2021-03-10").stdout.split())
    assert "filed_date 2021-03-10: late by 2 days" in text


def test_for_people_an_open_question_is_said_with_the_other_day():
    text = " ".join(run("--event", "filed_date=2018-11-19").stdout.split())
    assert "raw_count_due if holiday: Monday 2018-12-03" in text


def test_a_reading_can_be_chosen():
    result = run("--event", "filed_date=2018-11-19", "--reading", "friday_after_thanksgiving=holiday", "--json")
    found = {d["name"]: d["date"] for d in json.loads(result.stdout)["deadlines"]}
    assert found["raw_count_due"] == "2018-12-03"


def test_the_icalendar_holds_every_deadline_and_is_the_same_each_time(tmp_path):
    one, two = tmp_path / "one.ics", tmp_path / "two.ics"
    result = run(*SUMMARY, "--ics", str(one), "--title", "20-0001A1", "--json")
    run(*SUMMARY, "--ics", str(two), "--title", "20-0001A1")
    deadlines = json.loads(result.stdout)["deadlines"]
    read = icalendar.Calendar.from_ical(one.read_bytes())
    assert [str(e.decoded("DTSTART")) for e in read.walk("VEVENT")] == [d["date"] for d in deadlines]
    assert read["X-WR-CALNAME"] == "20-0001A1"
    assert one.read_bytes() == two.read_bytes()


def test_every_fault_is_named_at_once_and_nothing_is_written(tmp_path):
    path = tmp_path / "none.ics"
    result = run(
        *("--event", "received_date=2016-11-31"),
        *("--event", "official_summary_date"),
        *("--event", "filed=2017-07-01"),
        *("--reading", "good_fryday=holiday"),
        *("--ics", str(path), "--json"),
    )
    assert result.exit_code == 2
    faults = json.loads(result.stdout)["error"]["faults"]
    assert {fault["value"] for fault in faults} == {"2016-11-31", "official_summary_date", "filed", "good_fryday"}
    assert "Did you mean filed_date?" in result.stderr
    assert not path.exists()


@pytest.mark.parametrize(
    ("words", "instrument", "said"),
    [
        (SUMMARY, "statut", "Did you mean statute?"),
        ((), "statute", "no event is given"),
        (("--event", "official_summary_date=2035-12-01"), "statute", "no date for the year 2036"),
        ((*SUMMARY, "--event", "received_date=2020-10-01"), "statute", "before received_date (2020-10-01)"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_exit_code_2(words, instrument, said):
    result = run(*words, instrument=instrument)
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_calendar_that_cannot_be_written_is_refused(tmp_path):
    result = run(*SUMMARY, "--ics", str(tmp_path / "missing" / "x.ics"))
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr


@pytest.mark.parametrize("words", [(), ("--event", "foo=2020-01-01")])
def test_every_event_that_may_be_given_is_named_when_none_or_another_is_given(words):
    said = run(*words).stderr
    assert "election_date" in said
    assert "Any deadline may be given too." in said


def test_a_pair_that_is_none_is_told_its_own_form():
    said = run("--event", "x", "--reading", "y").stderr
    assert "Write NAME=DATE." in said
    assert "Write NAME=ALTERNATIVE." in said


def test_days_in_the_wrong_order_are_named_with_their_option():
    said = run(*SUMMARY, "--event", "filed_date=2019-01-01").stderr
    assert said.startswith("error: --event filed_date: filed_date is 2019-01-01")


def test_what_is_assumed_is_said_once_and_not_in_every_cell():
    text = " ".join(run(*SUMMARY).stdout.split())
    assert text.count("met on their last day") == 1
    assert "met on their last day: filing_deadline, raw_count_due, random_sample_due" in text
