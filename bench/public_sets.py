"""Link public labelled sets of people with Referenda, Splink, dedupe and recordlinkage, and say how right each was.

    python bench/public_sets.py --sets FOLDER --peer-python VENV/bin/python

`FOLDER`, or `REFERENDA_PUBLIC_SETS`, is what `bench/peers/public_people.py` lays out; nothing of it is in the
repository. Every line is to be found in the reference or to be said to have nobody there. All tools see names, address,
city and zip, which is what a petition has; a second run of the others has birth dates and identity numbers too, where
the set has them. Each is judged at a score of one half and at the threshold with the best F1 on the truth. Referenda
runs as it is shipped: taught on invented American voters, never on these sets.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from peers import ToolError, measured, referenda

HERE = Path(__file__).resolve().parent
LINK = HERE / "peers" / "link_people.py"
PEERS = ("splink", "dedupe", "recordlinkage")
ALL = ("--all-fields",)
LINES = ("line_id", "sheet_id", "line_no", "county", "name", "address", "city", "zip", "date_signed")
VOTERS = (
    *("voter_id", "first", "middle", "last", "suffix", "house_number", "street", "unit", "city", "zip", "county"),
    *("reg_date", "status"),
)

Record = dict[str, str]


def read(file: Path) -> list[Record]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def write(file: Path, columns: tuple[str, ...], rows: list[list[str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(columns)
        writer.writerows(rows)


def zip_of(record: Record) -> str:
    """Give the zip in five places: Australia's have four digits."""
    return record["zip"].zfill(5) if record["zip"].isdigit() else record["zip"]


def street_of(record: Record) -> str:
    """Give the street; a British postcode that stands for it must not be read as a house number."""
    first = record["street"].partition(" ")[0]
    coded = not record["number"] and any(letter.isdigit() for letter in first)
    return f"AT {record['street']}" if coded else record["street"]


def as_line(record: Record) -> list[str]:
    given = " ".join(filter(None, (record["first"], record["middle"])))
    name = ", ".join(filter(None, (record["last"], given))) if record["last"] else given
    unit = f"APT {record['unit']}" if record["unit"] else ""
    address = " ".join(filter(None, (record["number"], street_of(record), unit)))
    return [record["id"], "", "", "", name, address, record["city"], zip_of(record), "2026-01-01"]


def as_voter(record: Record) -> list[str]:
    named = [record["id"], record["first"], record["middle"], record["last"], ""]
    home = [record["number"], street_of(record), record["unit"], record["city"], zip_of(record), ""]
    return [*named, *home, "2000-01-01", "active"]


def judge(links: dict[str, tuple[str, float]], reference: list[Record], lines: list[Record]) -> dict[str, Any]:
    """Give F1, precision, recall and false links of the best records: from one half on, and from the best bound on."""
    person = {record["id"]: record["person"] for record in reference}
    there = set(person.values())
    known = np.array([line["person"] in there for line in lines])
    found = [links.get(line["id"]) for line in lines]
    score = np.array([-np.inf if link is None else link[1] for link in found])
    right = np.array(
        [link is not None and person[link[0]] == line["person"] for link, line in zip(found, lines, strict=True)]
    )

    def at(threshold: float) -> list[float]:
        linked = (score >= threshold) & np.isfinite(score)
        hits = float((linked & right).sum())
        f1, precision = 2 * hits / max(linked.sum() + known.sum(), 1), hits / max(linked.sum(), 1)
        false_links = linked[~known].mean() if (~known).any() else 0.0
        return [round(float(value), 4) for value in (f1, precision, hits / known.sum(), false_links)]

    order = np.argsort(-score, kind="stable")
    order = order[np.isfinite(score[order])]
    f1 = 2 * np.cumsum(right[order]) / (np.arange(1, len(order) + 1) + known.sum())
    f1[:-1][score[order][:-1] == score[order][1:]] = 0
    best = float(score[order][f1.argmax()]) if len(order) else 0.0
    return {"at_half": at(0.5), "at_best": at(best)}


def run_referenda(folder: Path, work: Path) -> dict[str, Any]:
    reference, lines = read(folder / "reference.csv"), read(folder / "lines.csv")
    write(work / "lines.csv", LINES, [as_line(record) for record in lines])
    write(work / "voters.csv", VOTERS, [as_voter(record) for record in reference])
    out = work / "referenda.parquet"
    took = measured(referenda("match", work / "lines.csv", work / "voters.csv", "--out", out, "--json"), 600)
    answer = pq.read_table(out, columns=["line_id", "voter_id", "score"]).to_pylist()
    links = {row["line_id"]: (row["voter_id"], row["score"]) for row in answer if row["voter_id"]}
    return {**took.figures(), **judge(links, reference, lines)}


def run_peer(tool: str, folder: Path, work: Path, options: argparse.Namespace, more: tuple[str, ...]) -> dict[str, Any]:
    reference, lines = read(folder / "reference.csv"), read(folder / "lines.csv")
    out = work / f"{tool}.csv"
    files = ["--reference", folder / "reference.csv", "--lines", folder / "lines.csv", "--out", out]
    took = measured([str(options.peer_python), str(LINK), tool, *map(str, files), *more], options.timeout)
    links = {row["line"]: (row["record"], float(row["score"])) for row in read(out)}
    said = json.loads(took.said.strip().splitlines()[-1])
    return {**took.figures(), "fields": len(said["fields"]), **judge(links, reference, lines)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    laid_out = os.environ.get("REFERENDA_PUBLIC_SETS")
    parser.add_argument("--sets", type=Path, default=Path(laid_out) if laid_out else None)
    parser.add_argument("--only", type=lambda text: text.split(","), help="sets to run, parted by commas")
    parser.add_argument("--tools", type=lambda text: text.split(","), default=["referenda", *PEERS])
    python = os.environ.get("REFERENDA_PEERS")
    parser.add_argument("--peer-python", type=Path, default=Path(python) if python else None)
    parser.add_argument("--timeout", type=float, default=600, help="seconds for each process of a peer")
    parser.add_argument("--work", type=Path, help="keep what is finished here, so that the same command goes on")
    parser.add_argument("--quick", action="store_true", help="the smallest set only, without dedupe")
    parser.add_argument("--json", action="store_true", help="all figures as one JSON object")
    options = parser.parse_args()
    if options.sets is None:
        print(json.dumps({"not measured": "--sets or REFERENDA_PUBLIC_SETS names no folder"}))
        return
    if options.quick:
        options.only, options.tools = ["febrl1"], [tool for tool in options.tools if tool != "dedupe"]
    result: dict[str, Any] = {}
    folders = sorted(file.parent for file in options.sets.glob("*/lines.csv"))
    with tempfile.TemporaryDirectory(prefix="referenda-bench-") as name:
        for folder in folders:
            if options.only and folder.name not in options.only:
                continue
            extra = any(row["birth"] or row["identity"] for row in read(folder / "lines.csv"))
            figures: dict[str, Any] = {}
            for tool in options.tools:
                runs = [(tool, ())] if tool == "referenda" or not extra else [(tool, ()), (f"{tool}_all_fields", ALL)]
                for label, more in runs if tool == "referenda" or options.peer_python else []:
                    kept = options.work and options.work / f"{folder.name}-{label}.json"
                    if kept and kept.exists():
                        figures[label] = json.loads(kept.read_text(encoding="utf-8"))
                        continue
                    print(f"{folder.name}: {label} …", file=sys.stderr, flush=True)
                    try:
                        own = tool == "referenda"
                        found = (
                            run_referenda(folder, Path(name))
                            if own
                            else run_peer(tool, folder, Path(name), options, more)
                        )
                    except ToolError as error:
                        found = {"failed": str(error)}
                    figures[label] = found
                    if kept:
                        kept.parent.mkdir(parents=True, exist_ok=True)
                        kept.write_text(json.dumps(found), encoding="utf-8")
            result[folder.name] = figures
    print(json.dumps(result, indent=None if options.json else 1))


if __name__ == "__main__":
    main()
