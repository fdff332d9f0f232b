"""Invented petitions with every line known: does the forecast of the valid share hold as often as it says?

The petitions are those of `bench/forecast_validity.py`, made by other rules than the model's; the table of all
3,360 stands in `docs/explanation/forecast-validity.md`. Here 1,120 stand for them; the standard error of a share is
1.2 points among all and 3.2 among the 160 that are shown in one way.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_intervals_of_eighty_percent_hold_eighty_percent_give_or_take_three() -> None:
    # A process of its own, since the threads of linear algebra are set before NumPy is loaded.
    command = [sys.executable, str(ROOT / "bench" / "forecast_validity.py"), "--quick", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    figures = json.loads(done.stdout)
    everything = figures["all"]["all"]
    assert everything["petitions"] == 1_120
    assert 77 <= everything["held_percent"] <= 83
    assert 45 <= everything["mean_rank_percent"] <= 55
    for kind in ("shown", "size", "drift"):
        assert {
            name: shape["held_percent"] for name, shape in figures[kind].items() if shape["held_percent"] < 65
        } == {}


@pytest.mark.slow
def test_more_that_is_shown_of_a_petition_narrows_its_forecast() -> None:
    command = [sys.executable, str(ROOT / "bench" / "forecast_checks.py"), "--quick", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    figures = json.loads(done.stdout)
    days = figures["R-71"]
    widths = [day["accepted high"] - day["accepted low"] for day in days]
    assert widths == sorted(widths, reverse=True)
    # Repeats are foretold from the second report on; accepted lines are not, as rejections were reversed later.
    assert [day["name"] for day in days if not day["repeats held"]] == ["2009-08-04"]
    checked = [sample for sample in figures["samples"] if "full check" in sample]
    assert len(checked) == 2
    assert all(abs(sample["off"]) < abs(sample["plain share off"]) for sample in checked)
    assert [sample["qualified"] == "yes" for sample in figures["samples"]] == [
        sample["chance"] > 0.5 for sample in figures["samples"]
    ]
    assert all(report["valid held"] for report in figures["Newsom"])
    assert 65 <= figures["history"]["held percent"] <= 95
    assert figures["history"]["log score"] > figures["history"]["log score of the mean of all"] + 0.5
