"""The law of a county initiative, as the invented county has it: Elec. Code §§ 9107, 9113-9115, 9118."""

from __future__ import annotations

from datetime import date

import pytest

from referenda.law.clocks import compute_deadlines
from referenda.law.place import load_place
from referenda.law.sampled import count_sample

INSTRUMENT, DAY = "county-initiative", date(2026, 3, 2)


def test_ten_percent_of_the_countys_votes_for_governor_must_sign() -> None:
    finding = load_place("us/ca/example-county").find("requirement", {}, on=DAY, instrument=INSTRUMENT)

    assert finding.value == 9051
    assert [step.cite for step in finding.steps] == ["Elec. Code § 9107", "Elec. Code § 9118"]


@pytest.mark.parametrize(("raw", "size"), [(500, 500), (501, 500), (12_000, 500), (16_667, 501), (24_034, 722)])
def test_five_hundred_or_three_percent_are_sampled_and_all_up_to_five_hundred(raw: int, size: int) -> None:
    found = load_place("us/ca/example-county").find("sample_size", {"raw_count": raw}, on=DAY, instrument=INSTRUMENT)

    assert found.value == size


def test_the_days_run_from_the_title_and_from_the_filing() -> None:
    events = {
        "received_date": date(2026, 1, 5),
        "official_summary_date": date(2026, 1, 20),
        "filed_date": date(2026, 7, 1),
    }
    found = {d.name: d.date for d in compute_deadlines(load_place("us/ca/example-county"), INSTRUMENT, events)}

    assert found["filing_deadline"] == date(2026, 7, 19)
    # Thirty business days from 1 July 2026: 3 July is the day on which Independence Day is observed.
    assert found["random_sample_due"] == date(2026, 8, 13)


def test_the_states_official_example_comes_out_for_a_county_petition_too() -> None:
    row = {"raw_count": 24_034, "sample_size": 722, "valid_in_sample": 516, "duplicates_in_sample": 2}

    found = count_sample(
        load_place("us/ca/example-county"), "random_sample", [row], 14_000, on=DAY, instrument=INSTRUMENT
    )

    assert found.projected_valid == 15_028  # 2 CCR § 20540
    assert found.decision == "full_check"  # from 13,300 to 15,400
