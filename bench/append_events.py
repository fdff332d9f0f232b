"""Events appended and verified, beside plain SQLite inserts of the same bytes in the same run.

    python bench/append_events.py             one million events, in deeds of a thousand
    python bench/append_events.py --quick     fifty thousand
    python bench/append_events.py --json      the figures as JSON

- *appended*: drafts become events, canonical JSON, leaf hashes and a tree; one durable transaction a deed.
- *plain inserts*: the finished lines and hashes, `executemany` into a bare table with the same settings (WAL, full
  sync), deed by deed in turn with the appends, so that both meet the same disk and the same neighbours.
- *verified*: every event read, its form checked, hashed, the tree built again, the root compared.
- *plain reading*: every line read from the bare table and hashed, nothing else.
- *one by one*: one event a transaction, on the disk before it is acknowledged; plain inserts in turn with it.

Memory is the peak of the whole process.
"""

from __future__ import annotations

import argparse
import json
import resource
import sqlite3
import tempfile
import time
from contextlib import closing
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from referenda.ledger.event import Draft, Event
from referenda.ledger.stores.sql import SqlStore

CASE = "us-ca-16-0011A1"
DEED = 1000
COUNTIES = ("Alameda", "Butte", "Córdoba", "Del Norte", "Yuba")


def draft(number: int) -> Draft:
    """Make an event like those of a count: some 300 bytes as a line."""
    data = {
        "county": COUNTIES[number % len(COUNTIES)],
        "raw_count": number,
        "sample": {"sample_size": 500, "valid_in_sample": 307, "duplicates_in_sample": number % 9},
        "share": "0.614",
    }
    return Draft("SampleCounted", 1, date(2017, 1, 26), "county:Yuba", data)


def bare_table(path: Path) -> sqlite3.Connection:
    """Make the peer: a table with the same columns and the same settings, and nothing around it."""
    peer = sqlite3.connect(path, isolation_level=None)
    peer.execute("PRAGMA journal_mode = WAL")
    peer.execute("PRAGMA synchronous = FULL")
    peer.execute("CREATE TABLE plain (name TEXT, position INTEGER, line BLOB, leaf BLOB, PRIMARY KEY (name, position))")
    return peer


def insert(peer: sqlite3.Connection, events: list[Event]) -> float:
    """Insert finished events in one transaction; give the seconds it took."""
    rows = [(event.case, event.position, event.line, event.leaf_hash) for event in events]
    began = time.perf_counter()
    peer.execute("BEGIN IMMEDIATE")
    peer.executemany("INSERT INTO plain VALUES (?, ?, ?, ?)", rows)
    peer.execute("COMMIT")
    return time.perf_counter() - began


def append(store: SqlStore, peer: sqlite3.Connection, numbers: range) -> tuple[float, float]:
    """Append one deed, and insert the same bytes into the bare table; give the seconds of each."""
    drafts = [draft(number) for number in numbers]
    began = time.perf_counter()
    written = store.append(CASE, drafts)
    appending = time.perf_counter() - began
    return appending, insert(peer, written)


def measure(events: int, seconds: float, folder: Path) -> dict[str, Any]:
    """Run all of it in a folder of its own; give counts, seconds and events per second."""
    with closing(SqlStore(f"sqlite:///{folder}/cases.db")) as store, closing(bare_table(folder / "plain.db")) as peer:
        appending = inserting = 0.0
        for first in range(0, events, DEED):
            appended, inserted = append(store, peer, range(first, min(events, first + DEED)))
            appending, inserting = appending + appended, inserting + inserted

        began = time.perf_counter()
        verified = store.verify(CASE)
        verifying = time.perf_counter() - began
        began = time.perf_counter()
        hashed = sum(1 for (line,) in peer.execute("SELECT line FROM plain") if sha256(line).digest())
        reading = time.perf_counter() - began
        line_bytes = peer.execute("SELECT sum(length(line)) FROM plain").fetchone()[0]

        alone = appending_alone = inserting_alone = 0.0
        while appending_alone + inserting_alone < seconds:
            appended, inserted = append(store, peer, range(events, events + 1))
            appending_alone, inserting_alone, alone = appending_alone + appended, inserting_alone + inserted, alone + 1

    if not verified == hashed == events:
        raise SystemExit(f"{verified} events verified and {hashed} read, of {events}")
    return {
        "events": events,
        "bytes per event": round(line_bytes / events),
        "appended per second": round(events / appending),
        "plain inserts per second": round(events / inserting),
        "appending takes times plain inserts": round(appending / inserting, 2),
        "verified per second": round(events / verifying),
        "plain reading and hashing per second": round(events / reading),
        "verifying takes times plain reading": round(verifying / reading, 2),
        "one by one per second": round(alone / appending_alone),
        "one by one plain inserts per second": round(alone / inserting_alone),
        "one by one takes times plain inserts": round(appending_alone / inserting_alone, 2),
        "appending seconds": round(appending, 1),
        "verifying seconds": round(verifying, 1),
        "peak memory in MiB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def main() -> None:
    """Read the options, measure, and print a table or JSON."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--quick", action="store_true", help="fifty thousand events instead of a million")
    options.add_argument("--json", action="store_true", help="write the figures as JSON")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="referenda-bench-") as folder:
        figures = measure(50_000 if chosen.quick else 1_000_000, 1.0 if chosen.quick else 6.0, Path(folder))
    if chosen.json:
        print(json.dumps(figures, indent=2))
        return
    for name, value in figures.items():
        print(f"{name:<40} {value:>12,}")


if __name__ == "__main__":
    main()
