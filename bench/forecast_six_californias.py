"""Six Californias (2014) forecast anew after each report of its sample, as an office would have seen it.

    python bench/forecast_six_californias.py           the series of docs/how-to/forecast-while-the-sample-is-checked.md
    python bench/forecast_six_californias.py --quick   fewer draws
    python bench/forecast_six_californias.py --json    figures for bench/run.py

An observer transcribed the Secretary of State's updates; which county had finished by which is in
`data/six_californias/`, the rates and raw counts come with the package. Beside each forecast stands the line drawn
straight on: the rate of the counties that had finished, for all. It called a full check for weeks; the sample failed.

What is not public is filled in: 28 raw counts by the counties' votes, so that all add up to the published total, and
how a published rate divides into invalid lines and duplicates (as many duplicates as earlier petitions had). San
Francisco and San Luis Obispo never have a rate here, so they stay open to the end. Six Californias is left out of the
history of its State; the spread between counties was learned from its counties, though, among others.
"""

from __future__ import annotations

import argparse
import csv
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from referenda.forecasting.counting import CountInDraws
from referenda.forecasting.county_split import split_of_place
from referenda.forecasting.decision_day import CountyCheck, DecisionOutlook, forecast_decision
from referenda.forecasting.history import USUAL_DUPLICATES, read_history, validity_of_place
from referenda.law.place import load_place
from referenda.workflows.count_published_rates import SIX_CALIFORNIAS, PublishedRate, six_californias

DATA = Path(__file__).parent / "data" / "six_californias"
ON = date(2014, 9, 12)
INSTRUMENT = "constitutional-amendment"
MEASURE = "Six Californias"
LIMIT = 767_235
LAST = 18
BEFORE_DUPLICATES = {"Solano": 337, "Sonoma": 323, "Sutter": 389}  # valid of 500; the rate after duplicates is not told
YUBA_AT_FIRST, YUBA_AT_LAST = (307, 2), (307, 8)  # valid and duplicates; the latter were put right on the last day


@dataclass(frozen=True)
class Report:
    """What was told after one update of the Secretary of State."""

    number: int
    as_of: date
    finished: int
    rate: float
    projected: int | None


def read_reports() -> list[Report]:
    """Read the reports, in their order."""
    with (DATA / "reports.csv").open(encoding="utf-8", newline="") as file:
        return [
            Report(
                int(row["report"]),
                date.fromisoformat(row["as_of"]),
                int(row["finished"]),
                float(row["rate_percent"]) / 100,
                int(row["projected"]) if row["projected"] else None,
            )
            for row in csv.DictReader(file)
        ]


def raw_counts(rows: list[PublishedRate]) -> dict[str, int]:
    """Give every county's raw count; those that are not public by the votes of November 2016."""
    split = split_of_place("us/ca")
    votes = dict(zip(split.counties, split.shares, strict=True))
    known = {row.county: row.raw_count for row in rows if row.raw_count is not None}
    others = [row.county for row in rows if row.raw_count is None]
    rest = SIX_CALIFORNIAS["raw_count"] - sum(known.values())
    whole = sum(votes[county] for county in others)
    filled = {county: round(rest * votes[county] / whole) for county in others}
    filled[others[0]] += rest - sum(filled.values())
    return known | filled


def check(row: PublishedRate, raw: int, size: int, duplicates: int, *, finished: bool, last: bool) -> CountyCheck:
    """Give a county as it stood: finished with its published rate, or not begun."""
    if not finished or not is_told(row):
        return CountyCheck(row.county, raw, size, 0, 0, 0)
    if row.method == "full":
        return CountyCheck(row.county, raw, raw, raw, round(float(row.validity_share or 0) * raw), 0)
    if row.county == "Yuba":
        return CountyCheck(row.county, raw, size, size, *(YUBA_AT_LAST if last else YUBA_AT_FIRST))
    valid = BEFORE_DUPLICATES.get(row.county)
    if valid is None:
        weight = raw / size * (raw / size - 1) / raw
        valid = min(round(size * (float(row.validity_share or 0) + duplicates * weight)), size - duplicates)
    return CountyCheck(row.county, raw, size, size, valid, duplicates)


def is_told(row: PublishedRate) -> bool:
    """Say whether anything is public of what the county's sample showed."""
    return row.county in BEFORE_DUPLICATES or row.validity_share is not None


def usual_duplicates(rows: list[PublishedRate], raw: dict[str, int], sizes: list[int]) -> list[int]:
    """Give each sample the whole duplicates to be expected in it, what is left over going to the next county."""
    given, over = [], 0.5
    for row, size in zip(rows, sizes, strict=True):
        rate = float(row.validity_share or 0.65)
        over += USUAL_DUPLICATES * rate * size * size / raw[row.county] if is_told(row) and row.method != "full" else 0
        given.append(int(over))
        over -= int(over)
    return given


def forecast_each(draws: int) -> list[tuple[Report, DecisionOutlook]]:
    """Forecast the decision after each report."""
    law = load_place("us/ca")
    count = CountInDraws(law, instrument=INSTRUMENT, on=ON, requirement=SIX_CALIFORNIAS["requirement"])
    place = validity_of_place(read_history(), "us/ca", year=ON.year, leave_out=MEASURE)
    rows = six_californias()
    raw = raw_counts(rows)
    drawn = count.sample_size(np.array([raw[row.county] for row in rows], dtype=np.float64))
    sizes = [] if drawn is None else [int(size) for size in drawn]
    duplicates = usual_duplicates(rows, raw, sizes)
    with (DATA / "counties.csv").open(encoding="utf-8", newline="") as file:
        told = {row["county"]: int(row["told_by_report"]) for row in csv.DictReader(file)}
    found = []
    for report in read_reports():
        last = report.number == LAST
        checks = [
            check(row, raw[row.county], size, seconds, finished=told[row.county] <= report.number, last=last)
            for row, size, seconds in zip(rows, sizes, duplicates, strict=True)
        ]
        found.append((report, forecast_decision(checks, count=count, place=place, draws=draws, seed=2014)))
    return found


def figures_of(found: list[tuple[Report, DecisionOutlook]]) -> dict[str, Any]:
    """Put figures together: each report's, then the scores of all before the last."""
    truth = SIX_CALIFORNIAS["published_total"]
    each: dict[str, Any] = {}
    scores: dict[str, list[float]] = {"forecast": [], "straight line": []}
    held = []
    for report, outlook in found:
        line = report.projected or round(report.rate * SIX_CALIFORNIAS["raw_count"])
        each[f"{report.as_of} ({report.finished} counties finished)"] = {
            "straight line": line,
            "chance that it fails on the sample": outlook.decisions["insufficient"],
            "part of Los Angeles in the doubt": next(
                county.share for county in outlook.counties if county.check.county == "Los Angeles"
            ),
            "projection, 80 %": [round(outlook.projected[level]) for level in ("0.1", "0.5", "0.9")],
        }
        if report.number < LAST:
            scores["forecast"].append((1 - outlook.decisions["insufficient"]) ** 2)
            scores["straight line"].append(float(line >= LIMIT))
            held.append(outlook.projected["0.1"] <= truth <= outlook.projected["0.9"])
    return {
        "reports": each,
        "final projection, as published": truth,
        "limit below which it fails": LIMIT,
        "80 % intervals that held the final projection": f"{sum(held)} of {len(held)}",
        "Brier score of failing on the sample": {name: float(np.mean(score)) for name, score in scores.items()},
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    words = parser.parse_args()
    figures = figures_of(forecast_each(1_000 if words.quick else 10_000))
    print(json.dumps(figures) if words.json else json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
