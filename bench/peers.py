"""Match the same petition with Referenda and with Splink in one run, and say what each took and how right it was.

    python bench/peers.py --peer-python VENV/bin/python       100,000 lines x 2,000,000 voters, invented
    python bench/peers.py --place FOLDER --channel keyed --work FOLDER --peer-python VENV/bin/python
    python bench/peers.py --place FOLDER … --disk --chunks 8 --memory 7GB       1,000,000 lines x 22,000,000 voters

`VENV` has what `bench/peers/requirements.txt` names; `REFERENDA_PEERS` may hold its Python instead. Every tool is a
process of its own, from files on disk to matches on disk. Both are given what can be prepared beforehand: the voter
file imported (ours with keys; Splink reads the same normalised rows) and trained weights; the normalising of the lines
is part of both. Importing and fitting are timed apart. Our links are judged at the threshold fixed in the program,
Splink's at the one with the best F1 on the truth itself, which flatters it. What is finished stays in `--work`: the
same command again goes on, and a tool that fails or runs past `--timeout` does not take the others with it.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq
from match_lines import judge, pairs_of

HERE = Path(__file__).resolve().parent
SPLINK = HERE / "peers" / "splink_petition.py"
TOOLS = {"referenda": "", "splink": "wide", "splink_all": "all"}
"""Tools, and for Splink the set of blocking rules: wide ones, or nearly all the keys that we use."""
TOLD = ("f1", "precision", "recall", "false_links", "duplicate_precision", "duplicate_recall")


class ToolError(Exception):
    """A tool ended with an error or ran too long."""


@dataclass
class Took:
    """What processes took: seconds of the clock, seconds of all their processors, the peak of resident memory in GB."""

    wall_s: float
    cpu_s: float
    rss_gb: float
    said: str

    def and_then(self, other: Took) -> Took:
        """Give what both took, one after the other."""
        peak = max(self.rss_gb, other.rss_gb)
        return Took(self.wall_s + other.wall_s, self.cpu_s + other.cpu_s, peak, other.said)

    def figures(self) -> dict[str, float]:
        """Give the figures, rounded."""
        return {"wall_s": round(self.wall_s, 1), "cpu_s": round(self.cpu_s, 1), "rss_gb": round(self.rss_gb, 2)}


def measured(command: list[str], limit: float) -> Took:
    """Run a process with all its children, and say what it took."""
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as wrong:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=said, stderr=wrong, start_new_session=True)
        late = threading.Timer(limit, lambda: os.killpg(process.pid, signal.SIGKILL))
        late.start()
        try:
            _, status, used = os.wait4(process.pid, 0)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        finally:
            late.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - start
        said.seek(0)
        wrong.seek(0)
        if process.returncode:
            words = wrong.read().strip().splitlines()[-3:]
            reason = f"stopped after {limit:.0f} s" if wall >= limit else f"exit {process.returncode}: {words}"
            raise ToolError(reason)
        return Took(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1e6, said.read())


def referenda(*words: str | Path) -> list[str]:
    return [sys.executable, "-m", "referenda", *map(str, words)]


def flags(**values: object) -> list[str]:
    return [word for name, value in values.items() for word in (f"--{name.replace('_', '-')}", str(value))]


@dataclass
class Bench:
    """One petition with its truth, the folder where finished work is kept, and the limits."""

    name: str
    lines: Path
    voters: Path
    truth: Path
    work: Path
    snapshot: Path
    channel: str
    options: argparse.Namespace

    def once(self, name: str, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Give a result that is kept, or make and keep it."""
        file = self.work / f"{name}.json"
        if not file.exists():
            print(f"{self.name}: {name} …", file=sys.stderr, flush=True)
            load = round(os.getloadavg()[0], 1)
            try:
                result = make()
            except ToolError as error:
                return {"failed": str(error), "load_before": load}
            file.write_text(json.dumps({**result, "load_before": load}), encoding="utf-8")
        kept: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return kept

    def imported(self) -> dict[str, Any]:
        """Import the voters, unless a snapshot is given."""
        if (self.snapshot / "snapshot.json").exists():
            return {"given": True}
        command = referenda("voters", "import", self.voters, "--out", self.snapshot, "--memory", "4GB", "--json")
        return measured(command, self.options.timeout).figures()

    def normalised(self, lines: Path, out: Path) -> Took:
        """Write lines as our rules normalise them, in a process of its own."""
        return measured([sys.executable, __file__, "--normalise", str(lines), str(out)], self.options.timeout)

    def fitted(self) -> dict[str, Any]:
        """Teach Splink: m on another petition of the same kind with its truth, u on this one."""
        taught = self.options.teach or self.work / "taught"
        if not (taught / "truth.parquet").exists():
            from referenda.synth.place import make_place

            many = 30_000 if not self.options.quick else 5_000
            make_place(taught, voters=many * 10, lines=many, seed=902, channel=self.channel)
        snapshot = self.work / "taught-voters"
        if not snapshot.exists():
            measured(
                referenda("voters", "import", taught / "voters.parquet", "--out", snapshot, "--no-keys", "--json"),
                self.options.timeout,
            )
        self.normalised(taught / "lines.parquet", self.work / "taught-lines.parquet")
        self.normalised(self.lines, self.work / "lines.parquet")
        return self.splink(
            "fit",
            lines=self.work / "taught-lines.parquet",
            voters=snapshot / "voters.parquet",
            truth=taught / "truth.parquet",
            target_lines=self.work / "lines.parquet",
            target_voters=self.snapshot / "voters.parquet",
        ).figures()

    def splink(self, what: str, **values: object) -> Took:
        """Run Splink in the Python of the peers."""
        disk = self.work / "disk"
        if self.options.disk:
            shutil.rmtree(disk, ignore_errors=True)
            disk.mkdir()
            values["disk"] = disk
        command = [str(self.options.peer_python), str(SPLINK), what]
        try:
            return measured(
                [*command, *flags(memory=self.options.memory, model=self.work / "splink-model.json", **values)],
                self.options.timeout,
            )
        finally:
            shutil.rmtree(disk, ignore_errors=True)

    def run_referenda(self) -> dict[str, Any]:
        """Match with Referenda."""
        out = self.work / "referenda.parquet"
        took = measured(referenda("match", self.lines, self.snapshot, "--out", out, "--json"), self.options.timeout)
        found = judge(out, self.truth)
        answer = pq.read_table(out, columns=["voter_id", "score"])
        best = at_best(answer["voter_id"].to_pylist(), answer["score"].to_pylist(), self.truth)
        return {**took.figures(), **{name: found[name] for name in TOLD}, "f1_at_best_threshold": best["f1"]}

    def run_splink(self, rules: str) -> dict[str, Any]:
        """Match with Splink: every line's best pair, and the best that the gate lets by."""
        lines, out = self.work / "splink-lines.parquet", self.work / f"splink-{rules}.parquet"
        took = self.normalised(self.lines, lines).and_then(
            self.splink(
                "match", rules=rules, lines=lines, voters=self.snapshot / "voters.parquet", out=out,
                chunks=self.options.chunks,
            )
        )  # fmt: skip
        answer = pq.read_table(out)
        plain = at_best(answer["voter_id"].to_pylist(), answer["score"].to_pylist(), self.truth)
        gated = at_best(answer["gated_id"].to_pylist(), answer["gated_score"].to_pylist(), self.truth)
        return {**took.figures(), **json.loads(took.said), "plain": plain, "gated": gated}


def at_best(voters: list[str | None], scores: list[float | None], truth_file: Path) -> dict[str, float]:
    """Judge links at the threshold that gives the best F1 on the truth; a line's links to one voter are duplicates."""
    truth = pq.read_table(truth_file, columns=["voter_id", "person"])
    true = np.array(truth["voter_id"].to_pylist(), dtype=object)
    said = np.array([voter or "" for voter in voters], dtype=object)
    score = np.array([-np.inf if value is None else value for value in scores])
    known = true != ""
    right = (said == true) & known
    order = np.argsort(-score, kind="stable")
    order = order[said[order] != ""]
    hits, count = np.cumsum(right[order]), np.arange(1, len(order) + 1)
    f1 = 2 * hits / (count + known.sum())
    f1[:-1][score[order][:-1] == score[order][1:]] = 0  # lines of one score stand or fall together
    threshold = score[order][f1.argmax()]
    linked = (score >= threshold) & (said != "")
    groups: npt.NDArray[np.int64] = np.arange(len(said)) + len(said)
    groups[linked] = np.unique(said[linked], return_inverse=True)[1]
    found, meant = pairs_of(groups), pairs_of(truth["person"].to_numpy())
    figures = {
        "f1": f1.max(),
        "precision": right[linked].mean(),
        "recall": (right & linked).sum() / known.sum(),
        "false_links": linked[~known].mean(),
        "duplicate_precision": len(found & meant) / max(len(found), 1),
        "duplicate_recall": len(found & meant) / max(len(meant), 1),
        "threshold": threshold,
    }
    return {name: round(float(value), 4) for name, value in figures.items()}


def normalise(lines: Path, out: Path) -> None:
    """Write lines as our rules normalise them."""
    from referenda.linkage.engines.duckdb import DuckdbEngine

    engine = DuckdbEngine(memory="2GB")
    pq.write_table(engine.read_lines(lines), out)
    engine.close()


def compare(bench: Bench) -> dict[str, Any]:
    """Run every tool asked for."""
    options = bench.options
    result: dict[str, Any] = {"name": bench.name, "import": bench.once("import", bench.imported)}
    for tool in options.tools:
        if tool == "referenda":
            result[tool] = bench.once(tool, bench.run_referenda)
            continue
        if options.peer_python is None:
            result[tool] = "not measured: --peer-python or REFERENDA_PEERS names no Python that has it"
            continue
        result["splink_fit"] = bench.once("splink_fit", bench.fitted)
        if "failed" not in result["splink_fit"]:
            rules = TOOLS[tool]
            result[tool] = bench.once(tool, lambda rules=rules: bench.run_splink(rules))
        if all("cpu_s" in result.get(name, {}) for name in ("referenda", tool)):
            ours, theirs = result["referenda"], result[tool]
            result[f"{tool}_to_referenda"] = {
                name: round(theirs[name] / ours[name], 1) for name in ("wall_s", "cpu_s", "rss_gb")
            }
            fitted = result["splink_fit"]["cpu_s"] + theirs["cpu_s"]
            result[f"{tool}_with_fitting_to_referenda"] = {"cpu_s": round(fitted / ours["cpu_s"], 1)}
    return result


def versions(python: Path | None) -> str:
    if python is None:
        return "none"
    code = "from importlib.metadata import version as v; print(', '.join(f'{n} {v(n)}' for n in ('splink', 'duckdb')))"
    return measured([str(python), "-c", code], 60).said.strip()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--place", type=Path, help="lines.parquet, truth.parquet, voters.parquet; invented if not given"
    )
    parser.add_argument("--voters", type=Path, help="the voter file, where it is not in the place")
    parser.add_argument("--snapshot", type=Path, help="these voters imported before")
    parser.add_argument("--channel", choices=("keyed", "ocr"), help="how the lines were read; both if invented")
    parser.add_argument("--teach", type=Path, help="a place that Splink learns from; invented if not given")
    parser.add_argument("--tools", default=",".join(TOOLS), type=lambda text: text.split(","))
    found = os.environ.get("REFERENDA_PEERS")
    parser.add_argument("--peer-python", type=Path, default=Path(found) if found else None)
    parser.add_argument("--work", type=Path, help="keep what is finished here")
    parser.add_argument("--memory", default="7GB", help="limit of Splink's database")
    parser.add_argument("--disk", action="store_true", help="Splink's database on disk")
    parser.add_argument("--chunks", type=int, default=1, help="parts in which Splink scores")
    parser.add_argument("--timeout", type=float, default=7200, help="seconds for each process")
    parser.add_argument("--quick", action="store_true", help="5,000 lines, 100,000 voters, keyed")
    parser.add_argument("--json", action="store_true", help="all figures as one JSON object and nothing else")
    parser.add_argument("--normalise", nargs=2, type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.normalise:
        normalise(*options.normalise)
        return
    if unknown := set(options.tools) - set(TOOLS):
        parser.error(f"unknown tool: {', '.join(sorted(unknown))}; known: {', '.join(TOOLS)}")
    with tempfile.TemporaryDirectory(prefix="referenda-bench-") as name:
        base = options.work or Path(name)
        lines, voters = (5_000, 100_000) if options.quick else (100_000, 2_000_000)
        channels = [options.channel or "keyed"] if options.place or options.quick else ["keyed", "ocr"]
        results = []
        for channel in channels:
            work = base / (options.place.name if options.place else channel)
            work.mkdir(parents=True, exist_ok=True)
            place = options.place or work / "place"
            if not (place / "truth.parquet").exists():
                from referenda.synth.place import make_place

                make_place(place, voters=voters, lines=lines, seed=211, channel=channel)
            petition, truth = place / "lines.parquet", place / "truth.parquet"
            file, snapshot = options.voters or place / "voters.parquet", options.snapshot or work / "snapshot"
            title = f"{channel}, {pq.ParquetFile(petition).metadata.num_rows:,} lines"
            results.append(compare(Bench(title, petition, file, truth, work, snapshot, channel, options)))
    print(
        json.dumps({"peers": versions(options.peer_python), "petitions": results}, indent=None if options.json else 1)
    )


if __name__ == "__main__":
    main()
