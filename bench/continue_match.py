"""A match that goes on from an earlier answer, beside matching all anew: the time it takes, and the lines that differ.

    python bench/continue_match.py --voters 2000000 --lines 100000 --channel keyed
    python bench/continue_match.py --place FOLDER          (voters.parquet, lines.parquet)

- *second half*: half of the lines (whole sheets) was matched yesterday, today all of them are.
- *newer voter file*: all lines were matched; then one voter in a hundred moves, leaves, comes or changes status.
Each is compared with the whole petition matched anew: lines with another registration, another status, and with a score
that is more than one in a hundred away; and with the whole petition matched anew by the earlier share of clean lines,
which is all that may differ where the voter file is the same.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from referenda.formats.voter_file import open_voter_file
from referenda.linkage.engines.duckdb import DuckdbEngine
from referenda.linkage.key_arrays import build_index
from referenda.workflows.import_voters import import_voters
from referenda.workflows.match_lines import match_lines

CHANGED = 0.01
SEED = 11


def changed(voters: Path, out: Path) -> int:
    """Change one voter in a hundred: a fifth each goes, comes, moves house, changes the name, becomes inactive."""
    table = pq.read_table(voters)
    rng = np.random.default_rng(SEED)
    count = len(table)
    kinds = np.full(count, 5)
    chosen = rng.choice(count, int(count * CHANGED), replace=False)
    kinds[chosen] = rng.integers(0, 5, len(chosen))
    other = rng.permutation(count)
    columns = {name: table[name].combine_chunks() for name in table.column_names}

    def swap(names: tuple[str, ...], kind: int) -> None:
        for name in names:
            place = np.where(kinds == kind, other, np.arange(count))
            columns[name] = columns[name].take(pa.array(place))

    swap(("house_number", "street", "unit", "city", "zip", "county"), 2)
    swap(("last",), 3)
    status = np.array(columns["status"].to_pylist(), dtype=object)
    status[kinds == 4] = "inactive"
    columns["status"] = pa.array(status, pa.string())
    made = pa.table(columns)
    comes = made.filter(pa.array(kinds == 1))
    ids = pa.array([f"NEW{number:08d}" for number in range(len(comes))])
    comes = comes.set_column(comes.column_names.index("voter_id"), "voter_id", ids)
    pq.write_table(pa.concat_tables([made.filter(pa.array(kinds != 0)), comes.cast(made.schema)]), out)
    return len(chosen)


def halves(lines: Path, out: Path) -> None:
    """Write the lines of the first half of the sheets."""
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT * FROM read_parquet('{lines}') WHERE sheet_id <= (SELECT quantile_disc(sheet_id, 0.5) "
            f"FROM read_parquet('{lines}'))) TO '{out}' (FORMAT parquet)"
        )


def snapshot(voters: Path, folder: Path) -> Path:
    """Import voters with their keys."""
    import_voters(open_voter_file([voters]), folder, make_keys=build_index)
    return folder


def run(lines: Path, voters: Path, out: Path, **options: Any) -> dict[str, Any]:
    """Match, and give seconds and the lines that kept their answer."""
    engine = DuckdbEngine(memory="1GB")
    wall, cpu = time.perf_counter(), time.process_time()
    report = match_lines(lines, voters, out, engine=engine, **options)
    engine.close()
    return {
        "seconds": round(time.perf_counter() - wall, 2),
        "CPU seconds": round(time.process_time() - cpu, 2),
        "lines kept": report.kept,
        "share of clean lines used": report.clean_share,
        "share of clean lines now": report.clean_share_now,
    }


def emptied(answer: Path) -> Path:
    """Write an answer without its lines, of which only the share of clean lines is left."""
    out = answer.with_name(f"empty-{answer.name}")
    pq.write_table(pq.read_table(answer).slice(0, 0), out)
    return out


def differing(one: Path, other: Path) -> dict[str, Any]:
    """Count the lines whose answers differ."""
    a, b = pq.read_table(one), pq.read_table(other)
    names = ("voter_id", "status", "reason", "duplicate_of")
    counts = {
        name: sum(x != y for x, y in zip(a[name].to_pylist(), b[name].to_pylist(), strict=True)) for name in names
    }
    gaps = np.abs(a["score"].to_numpy() - b["score"].to_numpy())
    return {**{f"other {name}": count for name, count in counts.items()}, "score 0.01 away": int((gaps > 0.01).sum())}


def measure(place: Path, work: Path) -> dict[str, Any]:
    """Do both, and compare each with matching all anew."""
    lines, voters = place / "lines.parquet", place / "voters.parquet"
    halves(lines, work / "half.parquet")
    moved = changed(voters, work / "voters.parquet")
    before, after = snapshot(voters, work / "before"), snapshot(work / "voters.parquet", work / "after")
    figures: dict[str, Any] = {"lines": pq.read_metadata(lines).num_rows, "voters": pq.read_metadata(voters).num_rows}
    figures["all anew"] = run(lines, before, work / "all.parquet")
    figures["first half"] = run(work / "half.parquet", before, work / "first.parquet")
    figures["second half"] = run(lines, before, work / "second.parquet", since=work / "first.parquet")
    figures["second half"] |= differing(work / "all.parquet", work / "second.parquet")
    run(lines, before, work / "same.parquet", since=emptied(work / "first.parquet"))
    same = differing(work / "same.parquet", work / "second.parquet")
    figures["second half"]["by the same share of clean lines"] = same
    figures["voters changed"] = moved
    figures["newer voter file, all anew"] = run(lines, after, work / "anew.parquet")
    figures["newer voter file"] = run(
        lines, after, work / "newer.parquet", since=work / "all.parquet", voters_before=before
    )
    figures["newer voter file"] |= differing(work / "anew.parquet", work / "newer.parquet")
    run(lines, after, work / "same.parquet", since=emptied(work / "all.parquet"), voters_before=before)
    same = differing(work / "same.parquet", work / "newer.parquet")
    figures["newer voter file"]["by the same share of clean lines"] = same
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--place", type=Path)
    parser.add_argument("--voters", type=int, default=2_000_000)
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--channel", choices=("keyed", "ocr"), default="keyed")
    parser.add_argument("--quick", action="store_true", help="5,000 lines, 100,000 voters")
    parser.add_argument("--json", action="store_true", help="all figures as one JSON object")
    options = parser.parse_args()
    if options.quick:
        options.voters, options.lines = 100_000, 5_000
    with tempfile.TemporaryDirectory(prefix="referenda-bench-") as name:
        place = options.place or Path(name) / "place"
        if options.place is None:
            from referenda.synth.place import make_place

            make_place(place, voters=options.voters, lines=options.lines, seed=SEED, channel=options.channel)
        figures = measure(place, Path(name))
    print(json.dumps(figures) if options.json else json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
