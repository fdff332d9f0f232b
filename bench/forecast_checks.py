"""Forecasts of real checks as they went on, with what was known on each day: did the intervals hold?

    python bench/forecast_checks.py           the tables of docs/explanation/forecast-validity.md
    python bench/forecast_checks.py --quick   fewer draws
    python bench/forecast_checks.py --json    figures for bench/run.py

- *R-71* (Washington 2009): every line was checked, and the office told each day how many; after each report the final
  accepted lines and repeats are forecast, beside the plain share of accepted lines.
- *samples*: from a random sample, what a check of every line finds (or whether the petition qualified), beside the
  plain share of the sample.
- *Newsom* (California 2021): from the lines checked by February, what all lines came to, their number being known.
- *history*: each petition's share of valid lines from the others of its place and of all places, beside the mean of
  all and the plain mean of the place.

In each the petition itself and later years are left out of what is thought before, but for *history*, which leaves
out the petition only. The facts stand in `data/checks/`, each with its source.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from referenda.forecasting.duplicates import Compared, draw_duplicate_rate, duplicate_share, usual_duplicates
from referenda.forecasting.gathering import Window
from referenda.forecasting.history import PlaceValidity, read_history, validity_of_place
from referenda.forecasting.validity import CheckedBatch, draw_validity

Floats = NDArray[np.float64]

DATA = Path(__file__).parent / "data" / "checks"
R71 = {"name": "R-71 domestic partnerships", "raw": 137_881, "requirement": 120_577, "valid": 122_007, "repeats": 2_093}
NEWSOM_WINDOW = Window(date(2020, 6, 10), date(2021, 3, 17))
NEWSOM_REQUIREMENT = 1_495_709
DRAWS = 10_000
TAILS = (0.1, 0.9)


def read(name: str) -> list[dict[str, str]]:
    """Read a table of facts."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@dataclass(frozen=True)
class Forecast:
    """Draws of a number and what it came to."""

    draws: Floats
    came: float

    def figures(self, name: str) -> dict[str, Any]:
        """Give the interval of 80 percent, whether it held, and by how much the median was off."""
        low, high = (round(float(q)) for q in np.quantile(self.draws, TAILS))
        middle = float(np.median(self.draws))
        return {
            f"{name} low": low,
            f"{name} high": high,
            f"{name} held": bool(low <= self.came <= high),
            f"{name} off": round(middle - self.came),
        }


def valid_of_a_check(
    batches: list[CheckedBatch],
    compared: list[Compared],
    *,
    raw: int,
    requirement: int,
    measure: str,
    place: PlaceValidity,
    draws: int,
    window: Window | None = None,
) -> tuple[Floats, Floats]:
    """Draw the valid distinct signatures of a petition without counties, and its repeats."""
    rng = np.random.default_rng(2009)
    share = draw_validity(
        batches,
        counties=("all",),
        raw_by_county=np.array([float(raw)]),
        place=place,
        window=window,
        draws=draws,
        rng=rng,
    ).share[:, 0]
    rate = draw_duplicate_rate(
        compared, requirement=requirement, draws=draws, rng=rng, raw_count=raw, priors=usual_duplicates(measure)
    )
    repeats = raw * share * duplicate_share(rate, raw)
    return raw * share - repeats, repeats


def r71_by_day(draws: int) -> list[dict[str, Any]]:
    """Forecast the end of the check after each report that tells the repeats."""
    place = validity_of_place(read_history(), "us/wa", year=2009)
    told: list[dict[str, Any]] = []
    batches: list[CheckedBatch] = []
    before = (0, 0)
    for report in read("r71_by_day.csv"):
        if not report["duplicate"]:
            continue
        checked, accepted, repeats = (int(report[name]) for name in ("checked", "accepted", "duplicate"))
        if checked == R71["raw"]:
            break
        now = (checked, accepted + repeats)
        lines, valid = now[0] - before[0], now[1] - before[1]
        before = now
        batches.append(CheckedBatch(lines, min(max(valid, 0), lines)))
        final, final_repeats = valid_of_a_check(
            batches,
            [Compared(checked, repeats, valid=accepted + repeats)],
            raw=R71["raw"],
            requirement=R71["requirement"],
            measure=R71["name"],
            place=place,
            draws=draws,
        )
        told.append(
            {
                "name": report["report_date"],
                "checked percent": round(100 * checked / R71["raw"]),
                **Forecast(final, R71["valid"]).figures("accepted"),
                **Forecast(final_repeats, R71["repeats"]).figures("repeats"),
                "chance": round(float((final >= R71["requirement"]).mean()), 3),
                "plain share off": round(accepted / checked * R71["raw"] - R71["valid"]),
            }
        )
    return told


def from_samples(draws: int) -> list[dict[str, Any]]:
    """Forecast the full check from the sample."""
    told = []
    for row in read("samples.csv"):
        raw, size, valid, requirement = (
            int(row[name]) for name in ("raw_count", "sample_size", "valid_in_sample", "requirement")
        )
        pairs = int(row["duplicates_in_sample"] or 0)
        compared = [Compared(size, pairs, valid=valid + pairs)] if row["duplicates_in_sample"] else []
        final, _ = valid_of_a_check(
            [CheckedBatch(size, valid + pairs, random=True)],
            compared,
            raw=raw,
            requirement=requirement,
            measure=row["measure"],
            place=validity_of_place(read_history(), row["place"], year=int(row["year"])),
            draws=draws,
        )
        came = {
            "name": row["measure"],
            "requirement": requirement,
            "chance": round(float((final >= requirement).mean()), 3),
            "qualified": row["qualified"],
            "low": round(float(np.quantile(final, TAILS[0]))),
            "high": round(float(np.quantile(final, TAILS[1]))),
        }
        if row["full_check_valid"]:
            full = int(row["full_check_valid"])
            came |= {
                "full check": full,
                "held": bool(came["low"] <= full <= came["high"]),
                "off": round(float(np.median(final)) - full),
                "plain share off": round(valid / size * raw - full),
            }
        told.append(came)
    return told


def newsom(draws: int) -> list[dict[str, Any]]:
    """Forecast the whole from the lines checked by February and by April."""
    *reports, end = read("newsom_2021.csv")
    raw, came = int(end["raw_count"]), int(end["valid"])
    place = validity_of_place(read_history(), "us/ca", year=2021)
    told = []
    for report in reports:
        checked, valid = int(report["checked"]), int(report["valid"])
        on = date.fromisoformat(report["report_date"])
        share = draw_validity(
            [CheckedBatch(checked, valid, on=on)],
            counties=("all",),
            raw_by_county=np.array([float(raw)]),
            place=place,
            window=NEWSOM_WINDOW,
            draws=draws,
            rng=np.random.default_rng(2021),
        ).share[:, 0]
        rate = draw_duplicate_rate(
            [], requirement=NEWSOM_REQUIREMENT, draws=draws, rng=np.random.default_rng(2022), raw_count=raw
        )
        # What counties told as valid has no repeats; among all lines there are more of them than among those checked.
        final = raw * share * (1 - duplicate_share(rate, raw)) / (1 - duplicate_share(rate, checked))
        told.append(
            {
                "name": report["report_date"],
                "checked percent": round(100 * checked / raw),
                **Forecast(final, came).figures("valid"),
                "plain share off": round(valid / checked * raw - came),
            }
        )
    return told


def left_out() -> dict[str, Any]:
    """Forecast each petition of history from the others, on the logit scale."""
    history = [past for past in read_history() if past.line_share is not None]
    shares = np.array([past.line_share for past in history])
    logit = np.log(shares / (1 - shares))
    ranks, scores, places, everybody, plain = [], [], [], [], []
    for number, past in enumerate(history):
        place = validity_of_place(history, past.place, leave_out=past.measure)
        scale = place.between_sd * np.sqrt((place.degrees - 2) / place.degrees)
        score = (logit[number] - place.mean_logit) / scale
        ranks.append(float(stats.t.cdf(score, place.degrees)))
        scores.append(float(stats.t.logpdf(score, place.degrees) - np.log(scale)))
        places.append(abs(place.share - shares[number]))
        others = np.arange(len(history)) != number
        everybody.append(abs(shares[others].mean() - shares[number]))
        spread = stats.norm(logit[others].mean(), logit[others].std(ddof=1))
        plain.append(float(spread.logpdf(logit[number])))
    held = [TAILS[0] <= rank <= TAILS[1] for rank in ranks]
    return {
        "petitions": len(history),
        "held percent": round(100 * float(np.mean(held))),
        "half held percent": round(100 * float(np.mean([0.25 <= rank <= 0.75 for rank in ranks]))),
        "off by points": round(100 * float(np.mean(places)), 1),
        "mean of all off by points": round(100 * float(np.mean(everybody)), 1),
        "log score": round(float(np.mean(scores)), 3),
        "log score of the mean of all": round(float(np.mean(plain)), 3),
    }


def measure(draws: int = DRAWS) -> dict[str, Any]:
    """Take all figures."""
    days = r71_by_day(draws)
    return {
        "R-71 days": len(days),
        "R-71 accepted held": sum(day["accepted held"] for day in days),
        "R-71 repeats held": sum(day["repeats held"] for day in days),
        "R-71 Brier": round(float(np.mean([(day["chance"] - 1) ** 2 for day in days])), 3),
        "R-71": days,
        "samples": from_samples(draws),
        "Newsom": newsom(draws),
        "history": left_out(),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    words = parser.parse_args()
    figures = measure(2_000 if words.quick else DRAWS)
    if words.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        if isinstance(value, list):
            print(f"\n{name}")
            for row in value:
                print("  " + "  ".join(f"{key} {number}" for key, number in row.items()))
        else:
            print(f"{name}: {value}")


if __name__ == "__main__":
    main()
