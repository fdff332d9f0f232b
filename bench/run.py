"""Run the benchmarks, or those named, and write their figures with machine, versions and date to `bench/RESULTS.md`.

    python bench/run.py                    all
    python bench/run.py append_events      one
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
    "estimate_calibration": "Coverage and width of the interval beside the statutory number",
}
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
    if isinstance(figures, list):
        rows = []
        for index, value in enumerate(figures):
            label = str(value.pop("name", index + 1)) if isinstance(value, dict) else str(index + 1)
            rows += table(value, f"{prefix} · {label}" if prefix else label)
        return rows
    if isinstance(figures, float):
        return [(prefix, f"{figures:,.4g}" if abs(figures) < 1000 else f"{figures:,.0f}")]
    return [(prefix, f"{figures:,}" if isinstance(figures, int) and not isinstance(figures, bool) else str(figures))]


def main(words: list[str]) -> int:
    """Run, print and write."""
    quick = "--quick" in words
    names = [word for word in words if not word.startswith("-")] or list(BENCHMARKS)
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    parts = [
        f"# Measured\n\n{datetime.now(UTC):%Y-%m-%d}. {machine()}. {versions}.\n\nMade by `python3 tasks.py bench`.\n"
    ]
    for name in names:
        print(f"{name} …", flush=True)
        command = [sys.executable, str(HERE / f"{name}.py"), "--json", *(["--quick"] if quick else [])]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            print(done.stderr)
            return done.returncode
        rows = table(json.loads(done.stdout))
        parts.append(f"\n## {BENCHMARKS.get(name, name)}\n\n`bench/{name}.py`\n\n| figure | value |\n|---|---|\n")
        parts += [f"| {key} | {value} |\n" for key, value in rows]
        print("\n".join(f"  {key}: {value}" for key, value in rows), flush=True)
    if not quick and names == list(BENCHMARKS):
        (HERE / "RESULTS.md").write_text("".join(parts), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
