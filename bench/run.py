"""Run the benchmarks, or those named, and write figures, machine, versions and date to `bench/RESULTS.md`.

    python bench/run.py                    all
    python bench/run.py append_events      one
    python bench/run.py forecast           all whose names begin so
    python bench/run.py --quick            smaller sizes, nothing written

Each benchmark is a script of its own with `--json`; its figures are printed here as it ends.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
BENCHMARKS = {
    "append_events": "Events appended and verified (one million), beside plain SQLite inserts of the same bytes",
    "verify_record": "A record of one million events read by the checker",
    "project_58_counties": "A petition of 58 counties projected: file, statute and estimate",
    "decide_votes": "Votes decided under a rule",
    "import_voters": "A voter file imported as a snapshot, beside DuckDB reading, sorting and writing the same file",
    "synth_place": "Invented voters and petitions made",
    "match_lines": "100,000 petition lines matched to 2,000,000 voters (by error and community: recall / lines)",
    "state_size": "1,000,000 lines and 22,000,000 voters: import and match, beside Splink",
    "peers": "The same petitions matched by Referenda and by Splink in one run (links of Splink at its best threshold)",
    "public_sets": "Public labelled sets beside other software (F1 / precision / recall / false links)",
    "fellegi_sunter": "The shipped network beside Fellegi-Sunter weights over the same candidates",
    "find_voters": "Voters looked up as clerks type, in 2,000,000 registrations, beside sorted tables in DuckDB",
    "continue_match": "A match that goes on from an earlier answer, beside matching all anew: time, lines that differ",
    "engines": "The same petition matched by DuckDB and by Spark on one machine, as whole commands",
    "hostile_lines": "Hostile lines and voters: time, memory, and what is told",
    "forecast_speed": "Forecasts of a petition in 58 counties, after start-up",
    "forecast_calibration": "Whole petitions, invented and forecast on the way",
    "forecast_history": "Petitions of the past, each forecast at filing from all others, beside simpler forecasts",
    "forecast_story_days": "The measures of the news stories, forecast with what was known on the day",
    "forecast_curves": "Gathering forecast: real curves beside a straight line, simulated petitions of many shapes",
    "forecast_votes": "Votes forecast: past votes left out, polls of measures, simulated votes, an example",
    "forecast_checks": "Real checks forecast day by day, samples, petitions of the past left out one by one",
    "forecast_validity": "Invented petitions: how often the forecast of valid lines holds",
    "estimate_calibration": "Coverage and width of the interval beside the statutory number",
    "forecast_six_californias": "Six Californias (2014) forecast after each report of its sample, beside a line",
}
HEAD = """# Measured

Made by `python3 tasks.py bench`; each figure beside a plain baseline in the same run. The load says what else the
machine did: above 0.5 the rates are too low, while the ratios still hold roughly.
"""
RESULTS = HERE / "RESULTS.md"
PACKAGES = ("numpy", "scipy", "sqlalchemy", "rfc8785", "cryptography", "pydantic", "pyyaml")


def machine() -> str:
    """Describe the machine in one line, without its name."""
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}"


def table(figures: Any, prefix: str = "") -> list[tuple[str, str]]:
    """Flatten figures into rows of name and value."""
    if isinstance(figures, dict):
        rows: list[tuple[str, str]] = []
        for key, value in figures.items():
            rows += table(value, f"{prefix} · {key}" if prefix else str(key))
        return rows
    if isinstance(figures, list) and not any(isinstance(value, (dict, list)) for value in figures):
        return [(prefix, " / ".join(str(value) for value in figures))]
    if isinstance(figures, list):
        rows = []
        for index, value in enumerate(figures):
            label = str(value.pop("name", index + 1)) if isinstance(value, dict) else str(index + 1)
            rows += table(value, f"{prefix} · {label}" if prefix else label)
        return rows
    if isinstance(figures, float):
        return [(prefix, f"{figures:,.4g}" if abs(figures) < 1000 else f"{figures:,.0f}")]
    return [(prefix, f"{figures:,}" if isinstance(figures, int) and not isinstance(figures, bool) else str(figures))]


def section(name: str, rows: list[tuple[str, str]], conditions: str) -> str:
    """Write the section of one benchmark."""
    lines = "".join(f"| {key} | {value} |\n" for key, value in rows)
    return f"## {BENCHMARKS[name]}\n\n`bench/{name}.py`, {conditions}\n\n| figure | value |\n|---|---|\n{lines}"


def main(words: list[str]) -> int:
    """Run, print, and put each benchmark's section into the results in place of its old one."""
    quick = "--quick" in words
    asked = [word for word in words if not word.startswith("-")] or [""]
    names = [name for name in BENCHMARKS if any(name.startswith(word) for word in asked)]
    if unknown := [word for word in asked if not any(name.startswith(word) for name in BENCHMARKS)]:
        print(f"unknown: {', '.join(unknown)}; known: {', '.join(BENCHMARKS)}")
        return 2
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    old = RESULTS.read_text(encoding="utf-8").split("\n## ")[1:] if RESULTS.exists() else []
    sections = {part.split("\n", 1)[0]: f"## {part.strip()}\n" for part in old}
    for name in names:
        print(f"{name} …", flush=True)
        load = os.getloadavg()[0]
        command = [sys.executable, str(HERE / f"{name}.py"), "--json", *(["--quick"] if quick else [])]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            print(done.stderr)
            return done.returncode
        rows = table(json.loads(done.stdout))
        print("\n".join(f"  {key}: {value}" for key, value in rows), flush=True)
        conditions = f"{datetime.now(UTC):%Y-%m-%d}, load {load:.1f} before. {machine()}. {versions}."
        if "not measured" in done.stdout:  # other software or its data is not here: older figures stay
            continue
        sections[BENCHMARKS[name]] = section(name, rows, conditions)
        if not quick:
            kept = [sections[title] for title in BENCHMARKS.values() if title in sections]
            RESULTS.write_text("\n".join([HEAD, *kept]), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
