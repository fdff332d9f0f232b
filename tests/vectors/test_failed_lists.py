"""Deadlines and days of failing as the Secretary of State's lists of failed measures gave them.

Source: several editions of
https://www.sos.ca.gov/elections/ballot-measures/initiative-and-referendum-status/failed-qualify.
A measure without a filing fails on the ninth business day after its deadline; some were listed later.
"""

from __future__ import annotations

from datetime import date

import pytest

from referenda.law.clocks import compute_deadlines
from referenda.law.place import load_place

LAW = load_place("us/ca")


@pytest.mark.parametrize(
    ("number", "instrument", "summary", "deadline", "failed"),
    [
        # 180 days end on Saturday 12 March 2016.
        ("15-0037", "statute", date(2015, 9, 14), date(2016, 3, 14), date(2016, 3, 25)),
        ("15-0039", "statute", date(2015, 9, 16), date(2016, 3, 14), date(2016, 3, 25)),
        ("20-0001A1", "statute", date(2020, 9, 9), date(2021, 3, 8), date(2021, 3, 19)),
        # Cesar Chavez Day, 31 March 2021, is not counted; Good Friday, 2 April, is.
        ("20-0002", "constitutional-amendment", date(2020, 9, 30), date(2021, 3, 29), date(2021, 4, 12)),
        # 180 days end on Saturday 17 February 2024, and Monday the 19th is Presidents' Day.
        ("23-0005", "constitutional-amendment", date(2023, 8, 21), date(2024, 2, 20), date(2024, 3, 4)),
    ],
)
def test_the_published_deadline_and_day_of_failing_come_out(number, instrument, summary, deadline, failed):
    found = {d.name: d.date for d in compute_deadlines(LAW, instrument, {"official_summary_date": summary})}
    assert found["filing_deadline"] == deadline
    assert found["failed_without_filing"] == failed


@pytest.mark.parametrize(
    ("number", "summary", "deadline", "listed"),
    [
        ("16-0012", date(2017, 3, 3), date(2017, 8, 30), date(2017, 9, 18)),
        ("17-0001", date(2017, 3, 10), date(2017, 9, 6), date(2017, 9, 19)),
        ("19-0006A1", date(2019, 9, 19), date(2020, 3, 17), date(2020, 4, 2)),
    ],
)
def test_no_measure_was_listed_as_failed_before_its_day(number, summary, deadline, listed):
    found = {d.name: d.date for d in compute_deadlines(LAW, "statute", {"official_summary_date": summary})}
    assert found["filing_deadline"] == deadline
    assert found["failed_without_filing"] <= listed
