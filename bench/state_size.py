"""A petition of a State: 22,000,000 voters imported, 1,000,000 lines matched, keyed and machine-read, beside Splink.

    python bench/state_size.py --places FOLDER          (makes what is missing there; goes on where it stopped)
    python bench/state_size.py --quick                  20,000 voters, 2,000 lines, Referenda alone

`FOLDER` takes 10 GB. Splink needs `REFERENDA_PEERS` (see `bench/peers.py`) and 10 to 20 minutes a channel; it is run on
the keyed lines, and on the others with `--ocr-too`. `REFERENDA_STATE_SIZE` may name the folder.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
VOTERS, LINES = 22_000_000, 1_000_000


def run(*command: str) -> None:
    """Run a command of Referenda, with its output out of the way."""
    subprocess.run([sys.executable, "-m", "referenda", *command], check=True, stdout=subprocess.DEVNULL)


def imported(voters: Path, snapshot: Path, memory: str) -> dict[str, Any]:
    """Import the voters with all keys, anew, and say what it took."""
    shutil.rmtree(snapshot, ignore_errors=True)
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    run("voters", "import", str(voters), "--out", str(snapshot), "--as-of", "2026-01-01", "--memory", memory)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    disk = sum(file.stat().st_size for file in snapshot.rglob("*") if file.is_file())
    return {
        "seconds": round(time.perf_counter() - start, 1),
        "cpu_s": round(used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime, 1),
        "peak_rss_gb": round(used.ru_maxrss / 1e6, 2),
        "disk_gb": round(disk / 1e9, 2),
        "memory": memory,
        "load_before": round(os.getloadavg()[0], 1),
    }


def beside(place: Path, voters: Path, snapshot: Path, channel: str, tools: str) -> dict[str, Any]:
    """Match with `bench/peers.py`, which goes on where it stopped."""
    work = place.parent / "work"
    work.mkdir(exist_ok=True)
    command = [sys.executable, str(HERE / "peers.py"), "--place", str(place), "--voters", str(voters), "--json"]
    command += ["--snapshot", str(snapshot), "--channel", channel, "--tools", tools, "--work", str(work)]
    command += ["--disk", "--chunks", "8", "--memory", "7GB"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)["petitions"][0]
    return found


def main() -> None:
    """Make what is missing, import, match, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    named = os.environ.get("REFERENDA_STATE_SIZE")
    parser.add_argument("--places", type=Path, default=Path(named) if named else None)
    parser.add_argument("--ocr-too", action="store_true", help="Splink on the machine-read lines too")
    parser.add_argument("--memory", default="2GB", help="bound of the import")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true", help="all figures as one JSON object and nothing else")
    options = parser.parse_args()
    if options.places is None and not options.quick:
        print(json.dumps({"state_size": "not measured: name a folder, --places or REFERENDA_STATE_SIZE"}))
        return
    voters, lines = (20_000, 2_000) if options.quick else (VOTERS, LINES)
    with tempfile.TemporaryDirectory(prefix="referenda-bench-") as name:
        places = options.places or Path(name)
        keyed, ocr = places / "l_keyed", places / "l_ocr"
        file, snapshot = keyed / "voters.parquet", places / "snapshot"
        sizes = ("--lines", str(lines))
        if not (keyed / "truth.parquet").is_file():
            run("synth", "place", str(keyed), "--voters", str(voters), *sizes, "--seed", "91")
        if not (ocr / "truth.parquet").is_file():
            run("synth", "petition", str(file), "--out", str(ocr), *sizes, "--seed", "92", "--channel", "ocr")
        figures: dict[str, Any] = {"voters": voters, "import": imported(file, snapshot, options.memory)}
        both = "referenda" if options.quick or not os.environ.get("REFERENDA_PEERS") else "referenda,splink"
        figures["keyed"] = beside(keyed, file, snapshot, "keyed", both)
        figures["machine_read"] = beside(ocr, file, snapshot, "ocr", both if options.ocr_too else "referenda")
    print(json.dumps(figures, indent=None if options.json else 2))


if __name__ == "__main__":
    main()
