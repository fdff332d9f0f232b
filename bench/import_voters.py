"""A voter file imported as a snapshot, beside DuckDB merely sorting and writing the same file in the same run.

    python bench/import_voters.py            2,000,000 voters
    python bench/import_voters.py --quick    200,000
    python bench/import_voters.py --rows N   as many as you like
    python bench/import_voters.py --file F   a voter file that is there, imported with its keys only, stage by stage
    python bench/import_voters.py --json     the figures as JSON

- *snapshot*: everything but the matcher's keys: digests, normalising, sorting, faults, names; *keys*: those too.
- *floor*: DuckDB reads the file, sorts it by zip and street as given, and writes it with the same compression.
- *lines*: petition lines whose name and address are split and normalised, a line for every ten voters.
CPU seconds count all threads; on a machine that others use they are the figure to compare.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from referenda.formats.voter_file import open_voter_file
from referenda.linkage.key_arrays import build_index
from referenda.linkage.normalize import line_statements, prelude
from referenda.synth.place import make_place
from referenda.workflows.import_voters import import_voters

MEMORY = 2 << 30


def timed(deed: Callable[[], object], rows: int) -> dict[str, float]:
    """Do it once; give its seconds and what they come to."""
    wall, cpu = time.perf_counter(), time.process_time()
    deed()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return {
        "seconds": round(wall, 2),
        "CPU seconds": round(cpu, 2),
        "rows a second": round(rows / wall),
        "rows a CPU second": round(rows / cpu),
    }


def floor(file: Path, out: Path) -> None:
    """Read, sort and write the file, nothing else."""
    with duckdb.connect(config={"memory_limit": "2GiB", "temp_directory": str(out.parent / "spill")}) as connection:
        read = f"read_csv('{file}', all_varchar = true)" if file.suffix == ".csv" else f"read_parquet('{file}')"
        options = "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 100000, WRITE_BLOOM_FILTER false"
        order = "zip, street, house_number, last, first, voter_id"
        connection.execute(f"COPY (SELECT * FROM {read} ORDER BY {order}) TO '{out}' ({options})")


def split_lines(file: Path) -> None:
    """Split and normalise petition lines."""
    with duckdb.connect() as connection:
        for statement in prelude():
            connection.execute(statement)
        columns = ", ".join(f"coalesce({name}, '') AS {name}" for name in ("line_id", "name", "address", "city", "zip"))
        for statement in line_statements(f"(SELECT {columns} FROM read_parquet('{file}'))", "lines"):
            connection.execute(statement)


def measure(rows: int) -> dict[str, Any]:
    """Make a place, import its voter file with and without keys, and do the floor."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = make_place(folder / "place", voters=rows, lines=max(1, rows // 10), seed=3)
        csv = folder / "voters.csv"
        with duckdb.connect() as connection:
            connection.execute(f"COPY (SELECT * FROM read_parquet('{made.voters}')) TO '{csv}' (HEADER)")
        source = open_voter_file([csv])
        figures: dict[str, Any] = {"voters": rows, "file MB": csv.stat().st_size >> 20}
        figures["floor"] = timed(lambda: floor(csv, folder / "floor.parquet"), rows)
        figures["snapshot"] = timed(lambda: import_voters(source, folder / "snapshot", memory=MEMORY), rows)
        figures["snapshot MB"] = sum(file.stat().st_size for file in (folder / "snapshot").rglob("*")) >> 20
        keyed = folder / "keyed"
        figures["snapshot and keys"] = timed(
            lambda: import_voters(source, keyed, memory=MEMORY, make_keys=build_index), rows
        )
        figures["snapshot and keys MB"] = sum(file.stat().st_size for file in keyed.rglob("*")) >> 20
        figures["lines"] = timed(lambda: split_lines(made.lines), max(1, rows // 10))
        share = figures["snapshot"]["CPU seconds"] / figures["floor"]["CPU seconds"]
        figures["snapshot CPU over floor CPU"] = round(share, 2)
    figures["peak memory MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return figures


def measure_file(file: Path, memory: int) -> dict[str, Any]:
    """Import one voter file with its keys; give the seconds of every stage too."""
    stages: dict[str, float] = {}
    seen: list[Any] = ["", time.perf_counter()]

    def tell(stage: str, share: float) -> None:
        now = time.perf_counter()
        stages[seen[0]] = round(stages.get(seen[0], 0.0) + now - seen[1], 1)
        seen[:] = [stage, now]

    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "snapshot"
        source = open_voter_file([file])
        figures = timed(lambda: import_voters(source, out, memory=memory, make_keys=build_index, tell=tell), 1)
        size = sum(part.stat().st_size for part in out.rglob("*")) >> 20
    tell("", 1.0)
    stages.pop("", None)
    return {
        "memory allowed MB": memory >> 20,
        "seconds": figures["seconds"],
        "CPU seconds": figures["CPU seconds"],
        "seconds by stage": stages,
        "snapshot and keys MB": size,
        "peak memory MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="200,000 voters")
    parser.add_argument("--rows", type=int, default=2_000_000, help="voters")
    parser.add_argument("--json", action="store_true", help="figures as JSON")
    parser.add_argument("--file", type=Path, help="a voter file to import")
    parser.add_argument("--memory", type=int, default=MEMORY >> 20, help="MiB allowed, with --file")
    given = parser.parse_args()
    if given.file:
        figures = measure_file(given.file, given.memory << 20)
    else:
        figures = measure(200_000 if given.quick else given.rows)
    print(json.dumps(figures) if given.json else json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
