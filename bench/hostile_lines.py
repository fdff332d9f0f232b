"""Files that would make a careless matcher compare everything with everything: time, memory, and what is told.

    python bench/hostile_lines.py                       100,000 lines of every kind, 200,000 voters
    python bench/hostile_lines.py --lines 10000000 --kinds equal_lines one_street
    python bench/hostile_lines.py --quick               10,000 lines, 20,000 voters
    python bench/hostile_lines.py --json                the figures as JSON

Voters all live in one street of one zip, and every tenth of them bears one name. The kinds of lines:

- *equal_lines*: one line, again and again; *one_street*: one name in one street, every line another number;
- *all_names_equal*: one name at addresses all over; *empty*: nothing but ids; *long_cells*: names of 100,000 characters
  (a thousandth of the lines); *signs*: NUL, letters lost, other scripts, quotation marks;
- *mixed_encodings*: a CSV of which every tenth row is Latin-1, which is refused with its rows;
- *voters_equal*: the voter file itself is hostile: one name, one address, NULs, long cells, ids that repeat.

Each is a process of its own: seconds, CPU seconds, peak memory with mapped files and without.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

KINDS = {
    "equal_lines": ("'Maria Garcia'", "'1 Main St'"),
    "one_street": ("'Maria Garcia'", "i || ' Main St'"),
    "all_names_equal": ("'Maria Garcia'", "(i * 7919) % 9973 || ' ' || chr((65 + i % 26)::INTEGER) || ' St'"),
    "empty": ("''", "''"),
    "long_cells": ("CASE WHEN i % 1000 = 0 THEN repeat('Maria ', 16667) ELSE 'Ana ' || i END", "i || ' Oak St'"),
    "signs": (
        "['M' || chr(0) || 'aria', '\ufffd\ufffd', '李小龙', '\"''; DROP TABLE', '   ', '🙂 🙂'][1 + i % 6]",
        "'1 ' || ['Main', chr(0), '½', '####'][1 + i % 4]",
    ),
    "mixed_encodings": ("'Nuñez'", "i || ' Main St'"),
    "voters_equal": ("'Maria Garcia'", "'1 Main St'"),
}
MEMORY = 2 << 30


def make_voters(count: int, file: Path, *, hostile: bool) -> None:
    """Write voters of one street; hostile ones are all equal, with NULs, long cells, and ids that repeat."""
    name = (
        "'Garcia'" if hostile else "CASE WHEN i % 10 = 0 THEN 'Garcia' ELSE 'N' || chr((65 + i % 26)::INTEGER) || i END"
    )
    number = "'1'" if hostile else "(i % 10000)::VARCHAR"
    first = "'Maria'"
    if hostile:
        first = "CASE i % 1000 WHEN 0 THEN repeat('M', 100000) WHEN 1 THEN 'M' || chr(0) ELSE 'Maria' END"
    ids = "'V' || (i - i % 2)" if hostile else "'V' || i"
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT {ids} AS voter_id, {first} AS first, '' AS middle, {name} AS last, "
            f"'' AS suffix, {number} AS house_number, 'Main St' AS street, '' AS unit, 'Elmira' AS city, "
            f"'90001' AS zip, 'Norden' AS county, '2010-01-01' AS reg_date, 'active' AS status "
            f"FROM range({count}) AS t(i)) TO '{file}' (FORMAT parquet)"
        )


def make_lines(kind: str, count: int, file: Path) -> Path:
    """Write lines of a kind; as CSV where the encoding is what is hostile."""
    name, address = KINDS[kind]
    with duckdb.connect() as connection:
        query = (
            f"SELECT 'L' || i AS line_id, 'S' || i // 15 AS sheet_id, (i % 15)::VARCHAR AS line_no, "
            f"'Norden' AS county, {name} AS name, {address} AS address, 'Elmira' AS city, '90001' AS zip, "
            f"'2026-01-01' AS date_signed FROM range({count}) AS t(i)"
        )
        if kind != "mixed_encodings":
            connection.execute(f"COPY ({query}) TO '{file}' (FORMAT parquet)")
            return file
        csv = file.with_suffix(".csv")
        connection.execute(f"COPY ({query}) TO '{csv}' (HEADER)")
    rows = csv.read_bytes().split(b"\n")
    rows = [row.replace(b"\xc3\xb1", b"\xf1") if number % 10 == 5 else row for number, row in enumerate(rows)]
    csv.write_bytes(b"\n".join(rows))
    return csv


def run(lines: Path, voters: Path, out: Path) -> dict[str, Any]:
    """Match in this process, and say what it took and what was told."""
    from referenda.errors import InputError
    from referenda.formats.voter_file import open_voter_file
    from referenda.linkage.engines.duckdb import DuckdbEngine
    from referenda.workflows.match_lines import match_lines

    told: dict[str, Any] = {}
    own = _Watch()
    wall, cpu = time.perf_counter(), time.process_time()
    engine = DuckdbEngine(memory=f"{MEMORY // 2 >> 20}MiB")
    try:
        given = voters if voters.is_dir() else open_voter_file([voters])
        report = match_lines(lines, given, out, engine=engine, memory_bytes=MEMORY)
        told = {
            name: getattr(report, name)
            for name in ("lines", "linked", "equal", "duplicates", "capped", "capped_by_key")
        }
        told["line faults"] = {fault["kind"]: fault["count"] for fault in report.line_faults}
        if report.voter_faults:
            told["voters set aside"] = {fault["reason"]: fault["count"] for fault in report.voter_faults["set_aside"]}
        told["slowest"] = max(report.seconds, key=lambda stage: report.seconds[stage])
    except InputError as error:
        told = {"refused": len(error.faults), "first": str(error.faults[0]), "last": str(error.faults[-1])}
    engine.close()
    return {
        "seconds": round(time.perf_counter() - wall, 2),
        "CPU seconds": round(time.process_time() - cpu, 2),
        "peak memory GB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2),
        "of it its own GB": own.stop(),
        **told,
    }


class _Watch:
    """Look at the memory that is the process's own, without files mapped into it, five times a second (Linux only)."""

    def __init__(self) -> None:
        self._most = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        status = Path("/proc/self/status")
        while status.is_file() and not self._ended.wait(0.2):
            own = next(line for line in status.read_text().splitlines() if line.startswith("RssAnon"))
            self._most = max(self._most, int(own.split()[1]))

    def stop(self) -> float:
        """Give the most that was seen, in GB."""
        self._ended.set()
        self._thread.join()
        return round(self._most / 1e6, 2)


def measure(lines: int, voters: int, kinds: list[str], say: Callable[[str], None]) -> dict[str, Any]:
    """Make the files of every kind and match each in a process of its own."""
    from referenda.formats.voter_file import open_voter_file
    from referenda.linkage.key_arrays import build_index
    from referenda.workflows.import_voters import import_voters

    figures: dict[str, Any] = {"lines": lines, "voters": voters}
    with tempfile.TemporaryDirectory(prefix="referenda-bench-") as name:
        folder = Path(name)
        roll = folder / "voters.parquet"
        make_voters(voters, roll, hostile=False)
        import_voters(open_voter_file([roll]), folder / "snapshot", make_keys=build_index)
        for kind in kinds:
            say(kind)
            petition = make_lines(kind, lines, folder / "lines.parquet")
            against = folder / "snapshot"
            if kind == "voters_equal":
                make_voters(voters, roll, hostile=True)
                against = roll
            files = [str(petition), str(against), str(folder / "out.parquet")]
            ran = subprocess.run(
                [sys.executable, __file__, "--match", *files], capture_output=True, text=True, check=False
            )
            figures[kind] = json.loads(ran.stdout) if ran.returncode == 0 else {"failed": ran.stderr[-600:]}
            say(f"  {figures[kind]}")
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--voters", type=int, default=200_000)
    parser.add_argument("--kinds", nargs="+", choices=list(KINDS), default=list(KINDS))
    parser.add_argument("--quick", action="store_true", help="10,000 lines, 20,000 voters")
    parser.add_argument("--json", action="store_true", help="all figures as one JSON object")
    parser.add_argument("--match", nargs=3, type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.match:
        print(json.dumps(run(*options.match)))
        return
    if options.quick:
        options.lines, options.voters = 10_000, 20_000
    figures = measure(options.lines, options.voters, options.kinds, lambda words: print(words, file=sys.stderr))
    print(json.dumps(figures) if options.json else json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
