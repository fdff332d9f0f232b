"""Published samples of real petitions come out as they were published, or are listed with the reason they cannot.

The figures and their sources are in `data/`. Each row of each file is in exactly one of the two lists.
"""

import csv
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from referenda.errors import InputError
from referenda.law.finding import SampleFinding
from referenda.law.place import load_place
from referenda.petitions.county_count import CountyCount
from referenda.terms.quantity import read_number, round_to
from referenda.workflows.decision_limits import Decisions
from referenda.workflows.project_petition import find_sample_size, project_petition

DATA = Path(__file__).parent / "data"


def rows_of(name: str) -> dict[str, dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return {next(iter(row.values())): row for row in csv.DictReader(file)}


COLORADO = rows_of("co_random_samples.csv")
WASHINGTON = rows_of("wa_random_samples.csv")
FULL = rows_of("sample_vs_full.csv")
SERIES = rows_of("r71_check_series.csv")
CALIFORNIA = rows_of("california_worked_examples.csv")
MICHIGAN = rows_of("mi_samples.csv")


def count(
    place: str,
    columns: Mapping[str, int],
    requirement: int,
    *,
    on: date = date(2022, 1, 1),
    readings: Mapping[str, str] | None = None,
) -> SampleFinding:
    law = load_place(place)
    instrument = law.schema.place.instruments[0].name
    return law.count_sample(None, [columns], requirement, on=on, instrument=instrument, readings=readings)


def columns(row: Mapping[str, str], *names: str) -> dict[str, int]:
    return {name: int(row[name] or 0) for name in ("raw_count", "sample_size", "valid_in_sample", *names)}


def percent(share: Fraction | int, decimals: int = 2) -> Fraction:
    return round_to(100 * Fraction(share), Fraction(1, 10**decimals), "half_up")


# California: the official example, a handbook, and Yuba County before and after its duplicates were corrected


@pytest.mark.parametrize("name", CALIFORNIA)
def test_californias_worked_examples_come_out_to_the_signature(name: str) -> None:
    row = CALIFORNIA[name]
    found = count("us/ca", columns(row, "duplicates_in_sample"), 1000)
    if row["projected_valid"]:
        assert found.projected_valid == int(row["projected_valid"])
    if row["published_percent"]:
        assert percent(found.projected_valid / int(row["raw_count"]), 1) == read_number(row["published_percent"])


def test_the_official_example_comes_out_step_by_step() -> None:
    found = count("us/ca", columns(CALIFORNIA["2 CCR § 20540"], "duplicates_in_sample"), 1000)
    steps = {step.name: step.value for step in found.rows[0].steps}
    assert steps["validity_rate"] == read_number("0.7147")
    assert steps["uncorrected_valid"] == 17178
    assert steps["signature_value"] == read_number("33.2881")
    assert round_to(steps["duplicate_weight"], read_number("0.0001"), "half_up") == read_number("1074.8095")
    assert steps["estimated_duplicates"] == 2150


# Colorado


COLORADO_CANNOT = {
    "Initiative 96 (2022)": "149,799 is printed, and 7,490 of 11,270 makes exactly 149,800 of 225,400",
}
BY_SAMPLE_SHARE = {"Initiative 46 (2012)"}


@pytest.mark.parametrize("name", sorted(COLORADO.keys() - COLORADO_CANNOT))
def test_colorados_projections_come_out_to_the_signature(name: str) -> None:
    row = COLORADO[name]
    reading = {"projection": "sample_share"} if name in BY_SAMPLE_SHARE else None
    numbers = columns(row) | {"duplicates_in_sample": 0}
    found = count("us/co", numbers, int(row["requirement"]), readings=reading)
    assert found.projected_valid == int(row["projected_published"])


@pytest.mark.parametrize("name", COLORADO)
def test_colorados_decisions_come_out_and_each_sample_adds_up(name: str) -> None:
    row = COLORADO[name]
    found = count("us/co", columns(row) | {"duplicates_in_sample": 0}, int(row["requirement"]))
    assert found.decision == row["decision"]
    assert int(row["valid_in_sample"]) + int(row["rejected_in_sample"]) == int(row["sample_size"])
    law = load_place("us/co")
    assert find_sample_size(law, int(row["raw_count"]), on=date(2022, 1, 1)).value == int(row["sample_size"])
    if row["published_percent"]:
        places = len(row["published_percent"].partition(".")[2])
        assert percent(found.projected_valid / int(row["requirement"]), places) == read_number(row["published_percent"])


def test_a_listed_projection_of_colorado_is_one_signature_off() -> None:
    row = COLORADO["Initiative 96 (2022)"]
    for reading in ("own_share", "sample_share"):
        found = count(
            "us/co",
            columns(row) | {"duplicates_in_sample": 0},
            int(row["requirement"]),
            readings={"projection": reading},
        )
        assert found.projected_valid - int(row["projected_published"]) == 1


# Washington


WASHINGTON_CANNOT = {
    "I-1100": "the article does not give the pairs found in the sample, which the test needs",
    "I-1401": "the report is of a part of the sample, on which nothing was decided",
}


@pytest.mark.parametrize("name", sorted(WASHINGTON.keys() - WASHINGTON_CANNOT))
def test_washingtons_error_rates_and_decisions_come_out(name: str) -> None:
    row = WASHINGTON[name]
    numbers = columns(row, "duplicates_in_sample", "pending_in_sample")
    found = count("us/wa", numbers, int(row["requirement"]), on=date(int(row["year"]), 7, 1))
    assert found.decision == row["decision"]
    if row["published_error_percent"]:
        rate = found.rows[0].step("error_rate")
        assert rate is not None
        assert percent(rate) == read_number(row["published_error_percent"])


@pytest.mark.parametrize("name", [name for name, row in WASHINGTON.items() if row["not_registered"]])
def test_washingtons_reasons_add_up_to_the_rejected(name: str) -> None:
    row = WASHINGTON[name]
    reasons = ("not_registered", "signature_mismatch", "pending_in_sample", "duplicates_in_sample")
    assert sum(int(row[reason]) for reason in reasons) == int(row["rejected_in_sample"])
    assert int(row["valid_in_sample"]) + int(row["rejected_in_sample"]) == int(row["sample_size"])


def test_the_test_of_i_1351_comes_out_step_by_step() -> None:
    row = WASHINGTON["I-1351"]
    numbers = columns(row, "duplicates_in_sample", "pending_in_sample")
    found = count("us/wa", numbers, 246372)
    steps = {step.name: round_to(step.value, Fraction(1, 100), "half_up") for step in found.steps}
    assert steps["invalid_in_sample"] == 897
    assert steps["upper_invalid"] == read_number("31188.90")
    assert steps["maximum_pairs"] == read_number("70511.10")
    assert steps["expected_pairs"] == read_number("64.31")
    assert steps["acceptable_pairs"] == read_number("51.08")


def test_the_error_rate_of_i_1183_comes_out() -> None:
    # 1,191 not found, 103 mismatched, 20 pending and 7 duplicates of 11,035, published as 13.98 percent:
    # https://sos.wa.gov/about-office/from-our-corner/general/another-costco-booze-measure-back-ballot
    numbers = {"raw_count": 361339, "sample_size": 11035, "valid_in_sample": 9714, "duplicates_in_sample": 7}
    found = count("us/wa", numbers, 241153)
    assert found.rows[0].step("error_rate") == read_number("13.98%")
    assert found.decision == "sufficient"


def test_an_unreported_number_of_pairs_could_decide_i_1100_either_way() -> None:
    row = WASHINGTON["I-1100"]
    decisions = {
        pairs: count("us/wa", {**columns(row), "duplicates_in_sample": pairs}, int(row["requirement"])).decision
        for pairs in (0, 1289)
    }
    assert decisions == {0: "sufficient", 1289: "full_check"}


# Samples that were followed by a full check


FULL_CANNOT = {
    "State fees on hospitals (1613)": "the counties' samples are not public; the decision on their total comes out",
    "Gascon recall": "the 559,644 is not the registrar's and is 5 more than 27,983 of 35,793 makes of 715,833",
    "R-71 at 35 % checked": "no projection was published, every signature being checked from the start",
}


@pytest.mark.parametrize("name", sorted(FULL.keys() - FULL_CANNOT))
def test_samples_that_were_followed_by_a_full_check_come_out(name: str) -> None:
    row = FULL[name]
    found = count(
        "us/co",
        columns(row) | {"duplicates_in_sample": 0},
        int(row["requirement"]),
        readings={"projection": "sample_share"},
    )
    assert found.projected_valid == int(row["projected"])
    assert found.decision == "full_check"
    assert int(row["full_check_valid"]) < int(row["requirement"])


def test_the_hospital_fees_petition_had_to_be_checked_in_full() -> None:
    law, row = load_place("us/ca"), FULL["State fees on hospitals (1613)"]
    any_sample = {"raw_count": 1219000, "sample_size": 36570, "valid_in_sample": 1, "duplicates_in_sample": 0}
    on, instrument, needed = date(2014, 7, 1), "constitutional-amendment", int(row["requirement"])
    found = law.count_sample(None, [any_sample], needed, on=on, instrument=instrument)
    assert Decisions(law.schema.sample_counts[0], found, needed).at(int(row["projected"])).decide == "full_check"


def test_los_angeles_cut_offs_of_2022_come_out() -> None:
    row = FULL["Gascon recall"]
    found = count("us/ca/los-angeles", columns(row) | {"duplicates_in_sample": 0}, int(row["requirement"]))
    steps = {step.name: step.value for step in found.steps}
    assert (steps["insufficient_below"], steps["sufficient_from"]) == (25510, 31179)
    assert found.decision == "full_check"
    assert int(row["projected"]) - found.projected_valid == 5
    law = load_place("us/ca/los-angeles")
    assert find_sample_size(law, int(row["raw_count"]), on=date(2022, 7, 15)).value == int(row["sample_size"]) - 1


@pytest.mark.parametrize(
    ("valid", "decision"),
    [(25509, "insufficient"), (25510, "full_check"), (31178, "full_check"), (31179, "sufficient")],
)
def test_los_angeles_decides_at_its_cut_offs(valid: int, decision: str) -> None:
    numbers = {"raw_count": 715833, "sample_size": 35793, "valid_in_sample": valid, "duplicates_in_sample": 0}
    assert count("us/ca/los-angeles", numbers, 566857).decision == decision


def test_r_71_projected_from_a_third_of_it_is_within_a_tenth_of_a_percent_of_its_full_check() -> None:
    row, checked = FULL["R-71 at 35 % checked"], SERIES["2009-08-12"]
    numbers = columns(row) | {"duplicates_in_sample": int(checked["duplicate"])}
    found = count("us/wa", numbers, int(row["requirement"]), on=date(2009, 8, 12))
    assert abs(found.projected_valid / int(row["full_check_valid"]) - 1) < Fraction(1, 1000)


# Referendum 71: cumulative reports


SERIES_CANNOT = {
    "2009-08-06": "only accepted and rejected were reported",
    "2009-09-01": "duplicates and mismatches were not reported",
    "2009-09-02": "only accepted and rejected were reported",
}


@pytest.mark.parametrize("day", sorted(SERIES.keys() - SERIES_CANNOT))
def test_the_reports_on_r_71_add_up(day: str) -> None:
    row = {name: int(value) for name, value in SERIES[day].items() if value.isdigit()}
    assert row["accepted"] + row["rejected_or_pending"] == row["checked"]
    parts = ("not_found", "signature_mismatch", "duplicate", "pending_image")
    assert sum(row[part] for part in parts) == row["rejected_or_pending"]


def test_the_slip_in_the_report_of_20_august_is_20_duplicates() -> None:
    # The page says 887 duplicates in one sentence and 867 in another; the total fits 867.
    row = {name: int(value) for name, value in SERIES["2009-08-20"].items() if value.isdigit()}
    others = row["not_found"] + row["signature_mismatch"] + row["pending_image"]
    assert others + 887 - row["rejected_or_pending"] == 20
    assert others + row["duplicate"] == row["rejected_or_pending"]


# Michigan


MICHIGAN_CANNOT = {
    "Promote the Vote (2018)": "the numbers of valid lines at its two stages were not read",
    "Prevailing wage, second petition (2018)": "the universe and the lower limit were not in what was read",
}


@pytest.mark.parametrize("name", sorted(MICHIGAN.keys() - MICHIGAN_CANNOT))
def test_michigans_first_stages_come_out(name: str) -> None:
    row = MICHIGAN[name]
    # Where no limits were published the break-even stands for both: it lies between any limits that could be set.
    even = int(row["break_even"])
    limits = {
        "certify_from": int(row["certify_from"] or even),
        "deny_to": int(row["deny_to"] or even - 1),
        "duplicates_in_sample": 0,
    }
    found = count("us/mi", columns(row) | limits, int(row["requirement"]))
    assert found.totals["break_even"] == even
    assert found.decision == row["decision"]
    if row["projected"]:
        assert found.projected_valid == int(row["projected"])


@pytest.mark.parametrize(
    ("valid", "decision"),
    [(314, "insufficient"), (315, "further_sample"), (347, "further_sample"), (348, "sufficient")],
)
def test_michigan_decides_three_ways(valid: int, decision: str) -> None:
    numbers = {"raw_count": 388310, "sample_size": 509, "valid_in_sample": valid, "duplicates_in_sample": 0}
    assert count("us/mi", numbers | {"certify_from": 348, "deny_to": 314}, 252523).decision == decision


# Arizona


def test_the_failure_rate_of_the_arizona_fair_elections_act_comes_out() -> None:
    # 399,838 eligible, 4,852 invalid of 19,992, 24.27 percent:
    # https://swlaw.com/publication/arizona-supreme-court-clarifies-methods-to-challenge-citizen-initiatives
    law = load_place("us/az")
    assert find_sample_size(law, 399838, on=date(2022, 8, 1)).value == 19992
    numbers = {"raw_count": 399838, "sample_size": 19992, "valid_in_sample": 19992 - 4852, "duplicates_in_sample": 0}
    found = count("us/az", numbers, 237645, readings={"failure_rate_rounding": "two_decimals"})
    assert found.rows[0].step("failure_rate") == read_number("24.27%")


def test_the_subtraction_of_arizona_in_2008_comes_out() -> None:
    # 260,698 filed, 21,824 removed, 238,874 left, 100,423 more invalid, 138,451 left, 153,365 needed. How many of the
    # invalid came from the sample was not published, so they all stand in the second subtraction here.
    numbers = {"raw_count": 260698, "sample_size": 11944, "valid_in_sample": 11944, "duplicates_in_sample": 0}
    found = count("us/az", numbers | {"removed_signatures": 21824, "ineligible_signatures": 100423}, 153365)
    assert found.rows[0].step("eligible_signatures") == 238874
    assert found.projected_valid == 138451
    assert found.decision == "insufficient"


def test_a_sample_larger_than_what_it_was_drawn_from_is_refused() -> None:
    counted = CountyCount("Arizona", 1000, 400, 300, 0, {"removed_signatures": 700, "ineligible_signatures": 0})
    with pytest.raises(InputError, match="larger than the 300 signatures"):
        project_petition(load_place("us/az"), [counted], requirement=100, on=date(2022, 8, 1))


# Each row of each file is in exactly one list


@pytest.mark.parametrize(
    ("rows", "listed"),
    [
        (COLORADO, COLORADO_CANNOT),
        (WASHINGTON, WASHINGTON_CANNOT),
        (FULL, FULL_CANNOT),
        (SERIES, SERIES_CANNOT),
        (MICHIGAN, MICHIGAN_CANNOT),
        (CALIFORNIA, {}),
    ],
)
def test_what_is_listed_is_a_row_of_its_file_and_has_a_reason(
    rows: Mapping[str, object], listed: Mapping[str, str]
) -> None:
    assert listed.keys() <= rows.keys()
    assert all(len(reason) > 20 for reason in listed.values())
    assert all("http" in str(row) for row in rows.values())
