"""Match the same petition by every engine, as whole commands, and hold the answers together byte by byte.

    python bench/engines.py                        10,000 lines, 200,000 voters; then 100,000 and 2,000,000
    python bench/engines.py --place FOLDER         (voters.parquet, lines.parquet)

The voters are imported first, once. Processor time is that of all processes of a command: Python, Java, workers.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def seconds_of_session(leader: int) -> dict[int, float]:
    """Give the processor seconds of every process that one process began, as Linux shows them."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            fields = (process / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == leader:
            found[int(process.name)] = (int(fields[11]) + int(fields[12])) / TICKS
    return found


def measure(engine: str, lines: Path, snapshot: Path, out: Path, memory: str) -> dict[str, object]:
    """Match by one engine; give its wall and processor seconds and those of its stages."""
    words = ["match", str(lines), str(snapshot), "--out", str(out), "--engine", engine, "--memory", memory, "--json"]
    start = time.perf_counter()
    command = [sys.executable, "-m", "referenda", *words]
    running = subprocess.Popen(command, start_new_session=True, stdout=subprocess.PIPE, text=True)
    used: dict[int, float] = {}
    while running.poll() is None:
        used |= seconds_of_session(running.pid)
        time.sleep(0.1)
    wall = time.perf_counter() - start
    said = running.communicate()[0]
    if running.returncode:
        raise SystemExit(said)
    return {"wall_s": round(wall, 1), "cpu_s": round(sum(used.values()), 1), "stages_s": json.loads(said)["seconds"]}


def compare(place: Path, folder: Path, memory: str) -> dict[str, object]:
    """Import the voters of a place, and match its lines by each engine."""
    from referenda.formats.voter_file import open_voter_file
    from referenda.linkage.key_arrays import build_index
    from referenda.workflows.import_voters import import_voters

    snapshot = folder / "snapshot"
    import_voters(open_voter_file([place / "voters.parquet"]), snapshot, make_keys=build_index)
    found: dict[str, object] = {}
    answers = {}
    for engine in ("duckdb", "spark"):
        answers[engine] = folder / f"{engine}.parquet"
        found[engine] = measure(engine, place / "lines.parquet", snapshot, answers[engine], memory)
    found["same bytes"] = answers["duckdb"].read_bytes() == answers["spark"].read_bytes()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--place", type=Path)
    parser.add_argument("--seed", type=int, default=301)
    parser.add_argument("--memory", default="2GB")
    parser.add_argument("--quick", action="store_true", help="10,000 lines and 200,000 voters only")
    parser.add_argument("--json", action="store_true", help="all figures as one JSON object")
    options = parser.parse_args()
    figures: dict[str, object] = {}
    if not (importlib.util.find_spec("pyspark") and shutil.which("java")):
        figures["not measured"] = "PySpark or Java is not installed"
    else:
        sizes = [(10_000, 200_000), (100_000, 2_000_000)]
        for lines, voters in sizes[:1] if options.quick or options.place else sizes:
            with tempfile.TemporaryDirectory(prefix="referenda-bench-") as name:
                folder = place = Path(name)
                if options.place:
                    place = options.place
                else:
                    from referenda.synth.place import make_place

                    make_place(folder, voters=voters, lines=lines, seed=options.seed)
                title = options.place.name if options.place else f"{lines:,} x {voters:,}"
                figures[title] = compare(place, folder, options.memory)
    print(json.dumps(figures, indent=None if options.json else 2))


if __name__ == "__main__":
    main()
