"""How fast an invented place is made: its voter file, and a petition of one line for twenty voters.

python bench/synth_place.py            2,000,000 voters, 100,000 lines
python bench/synth_place.py --quick    200,000 voters, 10,000 lines
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

from referenda.synth.parameters import CHANNELS, read_parameters
from referenda.synth.petition import PetitionPlan, write_petition
from referenda.synth.voters import VoterPlan, write_voters


def measure(voters: int, lines: int) -> dict[str, Any]:
    """Make a place once for each channel, and give its times (CPU, one process)."""
    figures: dict[str, Any] = {"voters": voters, "lines": lines}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "voters.parquet"
        wall, cpu = time.perf_counter(), time.process_time()
        write_voters(VoterPlan(voters, 1), file)
        figures["voters seconds"] = time.perf_counter() - wall
        figures["voters a CPU second"] = round(voters / (time.process_time() - cpu))
        figures["voter file bytes a voter"] = file.stat().st_size / voters
        for channel in CHANNELS:
            wall, cpu = time.perf_counter(), time.process_time()
            plan = PetitionPlan(lines, 1, read_parameters(channel))
            names = ("lines", "truth", "sheets")
            reasons = write_petition(file, plan, **{name: file.with_name(f"{name}.parquet") for name in names})
            figures[channel] = {
                "petition seconds": time.perf_counter() - wall,
                "lines a CPU second": round(lines / (time.process_time() - cpu)),
                "valid share": reasons["valid"] / lines,
            }
    figures["peak memory MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a smaller place")
    parser.add_argument("--json", action="store_true", help="figures as JSON")
    given = parser.parse_args()
    figures = measure(200_000, 10_000) if given.quick else measure(2_000_000, 100_000)
    print(json.dumps(figures) if given.json else json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
