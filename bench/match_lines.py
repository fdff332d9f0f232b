"""Match a petition with its truth and say how right it was, how fast, and in how much memory.

    python bench/match_lines.py --voters 2000000 --lines 100000 --channel keyed
    python bench/match_lines.py --place FOLDER          (voters.parquet, lines.parquet, truth.parquet)

The first makes an invented place by `--seed`. The voters are imported with their keys first, which is timed on its
own; the match is then run in a process of its own, from files on disk to a file on disk.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

Words = npt.NDArray[np.object_]
Numbers = npt.NDArray[np.int64]


def run_match(lines: Path, snapshot: Path, out: Path, memory: str) -> dict[str, object]:
    """Match in this process, and say what it took; called in a process of its own."""
    from referenda.cli.match import memory_of
    from referenda.linkage.engines.duckdb import DuckdbEngine
    from referenda.workflows.match_lines import match_lines

    size = memory_of(memory)
    start = time.perf_counter()
    engine = DuckdbEngine(memory=f"{size // 2 >> 20}MiB")
    report = match_lines(lines, snapshot, out, engine=engine, memory_bytes=size)
    engine.close()
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "wall_s": round(time.perf_counter() - start, 2),
        "cpu_s": round(used.ru_utime + used.ru_stime, 2),
        "rss_gb": round(used.ru_maxrss / 1e6, 2),
        "anonymous_gb": peak_of_own_memory(),
        **{name: figure for name, figure in report.as_dict().items() if name not in ("line_faults", "voter_faults")},
    }


def peak_of_own_memory() -> float | None:
    """Give the memory that is the process's own at the end, without files mapped into it, in GB (Linux only)."""
    status = Path("/proc/self/status")
    if not status.is_file():
        return None
    lines = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
    return round(int(lines["RssAnon"].split()[0]) / 1e6, 2)


def pairs_of(groups: Numbers) -> set[tuple[int, int]]:
    """Give every pair of lines that share a group."""
    members: dict[int, list[int]] = defaultdict(list)
    for line, group in enumerate(groups.tolist()):
        members[group].append(line)
    return {(a, b) for lines in members.values() for at, b in enumerate(lines) for a in lines[:at]}


def judge(answer_file: Path, truth_file: Path, sizes: list[str] | None = None) -> dict[str, object]:
    """Compare an answer with the truth; a link counts from a score of one half on. `sizes` says a word a line."""
    answer, truth = pq.read_table(answer_file), pq.read_table(truth_file)
    said = np.array([voter or "" for voter in answer["voter_id"].to_pylist()], dtype=object)
    true = np.array(truth["voter_id"].to_pylist(), dtype=object)
    score, status = answer["score"].to_numpy(), np.array(answer["status"].to_pylist())
    valid = np.array(truth["valid"].to_pylist())
    right, linked, known = (said == true) & (true != ""), score >= 0.5, true != ""
    precision, recall = right[linked].mean(), (right & linked).sum() / known.sum()
    accepted, shown = status == "accept", said != ""
    tenth = np.minimum((score * 10).astype(int), 9)
    gaps = [abs(score[shown & (tenth == t)].sum() - right[shown & (tenth == t)].sum()) for t in range(10)]
    place = {line: at for at, line in enumerate(answer["line_id"].to_pylist())}
    first = [place[d] if d else at for at, d in enumerate(answer["duplicate_of"].to_pylist())]
    found, meant = pairs_of(np.array(first)), pairs_of(truth["person"].to_numpy())
    return {
        "precision": round(float(precision), 4),
        "recall": round(float(recall), 4),
        "f1": round(float(2 * precision * recall / (precision + recall)), 4),
        "recall_of_valid": round(float((right & linked)[valid].mean()), 4),
        "false_links": round(float(linked[~known].mean()), 4),
        "accept_precision": round(float(right[accepted].mean()), 5),
        "accept_holds": round(float((right & accepted)[valid].mean()), 4),
        "calibration_error": round(float(sum(gaps) / shown.sum()), 4),
        "duplicate_precision": round(len(found & meant) / max(len(found), 1), 4),
        "duplicate_recall": round(len(found & meant) / max(len(meant), 1), 4),
        "recall_by_error": by_word(truth["errors"].to_pylist(), right & linked, known),
        "recall_by_community": by_word(truth["community"].to_pylist(), right & linked, valid),
        **({"recall_by_county_size": by_word(sizes, right & linked, valid)} if sizes else {}),
    }


def county_sizes(place: Path) -> list[str]:
    """Give for every line the size of the county it names, in registrations."""
    counted = pq.read_table(place / "voters.parquet", columns=["county"])["county"].value_counts().to_pylist()
    sizes = {entry["values"]: entry["counts"] for entry in counted}
    bounds = ((10_000, "under_10,000"), (100_000, "under_100,000"), (1_000_000, "under_1,000,000"))
    counties = pq.read_table(place / "lines.parquet", columns=["county"])["county"].to_pylist()
    words = {
        county: next((word for bound, word in bounds if sizes.get(county, 0) < bound), "over")
        for county in set(counties)
    }
    return [words[county] for county in counties]


def by_word(words: list[str], right: npt.NDArray[np.bool_], among: npt.NDArray[np.bool_]) -> dict[str, list[float]]:
    """Give recall and number of lines for every word that stands in a column."""
    kinds = sorted({kind for word in words for kind in (word.split() or ["none"])})
    table: dict[str, list[float]] = {}
    for kind in kinds:
        chosen = np.array([kind in (word.split() or ["none"]) for word in words]) & among
        if chosen.any():
            table[kind] = [round(float(right[chosen].mean()), 4), int(chosen.sum())]
    return table


def snapshot_of(place: Path) -> tuple[Path, float]:
    """Import the voters of a place with their keys, unless that was done; give the folder and the seconds."""
    from referenda.linkage.engines.duckdb import DuckdbEngine
    from referenda.linkage.key_arrays import build_index, has_index

    folder = place / "snapshot"
    if has_index(folder / "keys"):
        return folder, 0.0
    start = time.perf_counter()
    folder.mkdir(exist_ok=True)
    engine = DuckdbEngine(memory="4GB")
    engine.prepare_voters(place / "voters.parquet", folder)
    engine.close()
    build_index(folder / "voters.parquet", folder / "keys")
    return folder, time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--place", type=Path)
    parser.add_argument("--voters", type=int, default=2_000_000)
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--channel", choices=("keyed", "ocr"), default="keyed")
    parser.add_argument("--seed", type=int, default=201)
    parser.add_argument("--memory", default="2GB")
    parser.add_argument("--quick", action="store_true", help="10,000 lines, 200,000 voters")
    parser.add_argument("--json", action="store_true", help="all figures as one JSON object")
    parser.add_argument("--match", nargs=3, type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.quick:
        options.voters, options.lines = 200_000, 10_000
    if options.match:
        print(json.dumps(run_match(*options.match, options.memory)))
        return
    with tempfile.TemporaryDirectory(prefix="referenda-bench-") as name:
        place = options.place or Path(name)
        if options.place is None:
            from referenda.synth.place import make_place

            make_place(place, voters=options.voters, lines=options.lines, seed=options.seed, channel=options.channel)
        snapshot, seconds = snapshot_of(place)
        out = Path(name) / "matches.parquet"
        files = [str(place / "lines.parquet"), str(snapshot), str(out)]
        command = [sys.executable, __file__, "--memory", options.memory, "--match", *files]
        ran = subprocess.run(command, check=True, capture_output=True, text=True)
        asked = {"lines": options.lines, "voters": options.voters, "channel": options.channel, "seed": options.seed}
        took = {"import_s": round(seconds, 1), **json.loads(ran.stdout)}
        found = judge(out, place / "truth.parquet", county_sizes(place))
        if options.json:
            print(json.dumps({**asked, **took, **found}))
        else:
            print(json.dumps(took, indent=2))
            print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
