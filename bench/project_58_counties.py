"""A petition of California's 58 counties projected, and each part of it, beside plain floats on the same file.

    python bench/project_58_counties.py             200 rounds
    python bench/project_58_counties.py --quick     20 rounds
    python bench/project_58_counties.py --json      the figures as JSON

- *file*: the CSV read, with every check.
- *statute*: 58 projections in exact arithmetic with all their steps, the total and the decision.
- *estimate*: the unbiased estimate with its interval, for all and for each county.
- *everything*: statute and estimate, each county's cost of one more duplicate, and the outcome under every
  alternative of every reading.
- *plain floats*: the file read by `csv` and the same formula without its rounding, steps, checks or decision.
- *whole command*: `referenda petition project … --json` as a new process, and a Python that does nothing.

Times are medians. The raw counts are those of Six Californias (2014) where they are public.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

from referenda.formats.counties_csv import read_counties
from referenda.law.place import load_place
from referenda.law.sampled import sample_count
from referenda.stats.estimators import SampledCounty, estimate_valid
from referenda.workflows.count_published_rates import six_californias
from referenda.workflows.project_petition import project_petition

ON = date(2014, 9, 12)
INSTRUMENT = "constitutional-amendment"
REQUIREMENT = 807615


def write_counties(path: Path) -> None:
    """Write 58 samples; the numbers that are not public are drawn from a fixed seed."""
    chance = random.Random(2014)
    lines = ["county,raw_count,sample_size,valid_in_sample,duplicates_in_sample"]
    for row in six_californias():
        raw = row.raw_count or chance.randint(600, 30000)
        size = min(raw, max(500, -(-3 * raw // 100)))
        valid = round(size * chance.uniform(0.6, 0.8))
        lines.append(f"{row.county},{raw},{size},{valid},{chance.randint(0, min(10, size - valid))}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def plain_floats(path: Path) -> float:
    """Compute as a spreadsheet would."""
    total = 0.0
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            raw, size = int(row["raw_count"]), int(row["sample_size"])
            valid, duplicates = int(row["valid_in_sample"]), int(row["duplicates_in_sample"])
            value = raw / size
            total += raw * valid / size - duplicates * value * (value - 1)
    return total


def milliseconds(deed: Callable[[], Any], rounds: int) -> float:
    """Time a deed: the median of its rounds, after one that does not count."""
    deed()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        deed()
        times.append(time.perf_counter() - start)
    return 1000 * median(times)


def seconds_of(words: list[str], rounds: int) -> float:
    """Time a new process."""

    def run() -> None:
        subprocess.run([sys.executable, *words], check=True, capture_output=True)

    return milliseconds(run, rounds) / 1000


def measure(rounds: int) -> dict[str, Any]:
    """Take all figures."""
    law = load_place("us/ca")
    rule = sample_count(law, None, on=ON, instrument=INSTRUMENT)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "counties.csv"
        write_counties(path)
        counts = read_counties(path, count=rule)
        rows = [count.columns for count in counts]
        drawn = [SampledCounty(count.county, *count.columns.values()) for count in counts]
        figures: dict[str, Any] = {
            "counties": len(counts),
            "file, ms": milliseconds(lambda: read_counties(path, count=rule), rounds),
            "statute, ms": milliseconds(
                lambda: law.count_sample(None, rows, REQUIREMENT, on=ON, instrument=INSTRUMENT), rounds
            ),
            "estimate, ms": milliseconds(lambda: estimate_valid(drawn), rounds),
            "everything, ms": milliseconds(
                lambda: project_petition(law, counts, requirement=REQUIREMENT, on=ON, instrument=INSTRUMENT),
                max(3, rounds // 10),
            ),
            "plain floats, ms": milliseconds(lambda: plain_floats(path), rounds),
        }
        figures["file and statute, times plain floats"] = (figures["file, ms"] + figures["statute, ms"]) / figures[
            "plain floats, ms"
        ]
        words = ["-m", "referenda", "petition", "project", "us/ca", str(path), "--requirement", str(REQUIREMENT)]
        command = [*words, "--on", ON.isoformat(), "--instrument", INSTRUMENT, "--json"]
        figures["whole command, s"] = seconds_of(command, max(3, rounds // 40))
        figures["a bare Python, s"] = seconds_of(["-c", "pass"], max(3, rounds // 40))
    return figures


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    words = parser.parse_args()
    figures = measure(20 if words.quick else 200)
    if words.json:
        print(json.dumps(figures))
    else:
        print("\n".join(f"{name}: {value:,.4g}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
