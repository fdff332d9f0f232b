"""Train the model of the matcher on invented places, and ship it as plain arrays.

    python bench/train_matcher.py --places FOLDER --out src/referenda/linkage/data/matcher.npz

`FOLDER` holds one folder a place (`referenda synth place`): voters.parquet, lines.parquet, truth.parquet. The rates of
error should vary widely between them, by clerk and by machine, or the model learns one generator by heart; `--make`
invents such places. Lines are parted by hash: four fifths train, one fifth sets
the curve of calibration. Only NumPy is used: a network of two small layers, conditional logit, Adam.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from referenda.linkage.blocking import KEPT, find_candidates
from referenda.linkage.comparison import compare
from referenda.linkage.engines.duckdb import DuckdbEngine
from referenda.linkage.key_arrays import build_index, has_index, load_index
from referenda.linkage.model import Model, log_odds, posterior
from referenda.linkage.people import People
from referenda.linkage.stages import match_exact, zip_of_sheets

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

PLACES = 12


@dataclass
class Examples:
    """Candidate pairs of one place: comparisons, the line of each pair, whether it is the voter who signed."""

    table: Floats
    line: Ints
    right: npt.NDArray[np.bool_]
    exact_right: int
    exact: int


def make_places(folder: Path) -> None:
    """Invent places that differ in size and in the chance of every single error, half by clerk, half by machine."""
    import yaml

    from referenda.synth.parameters import documented
    from referenda.synth.place import make_place

    for number in range(PLACES):
        random = np.random.default_rng(1000 + number)
        channel = ("keyed", "ocr")[number % 2]
        everywhere = random.uniform(0.6, 1.8)
        chances = {
            what: float(np.clip(float(entry[channel]) * everywhere * np.exp(random.normal(0, 0.6)), 0, 0.8))
            for what, entry in documented()["writing"].items()
        }
        if channel == "ocr":
            chances["misread_letter"] = float(random.uniform(0.01, 0.05))
        bounds = {
            "not_registered": (0.04, 0.2),
            "moved": (0.01, 0.07),
            "other_neighbourhood": (0.1, 0.9),
            "duplicate": (0.005, 0.06),
            "household_next": (0.02, 0.25),
        }
        petition = {what: float(random.uniform(*bound)) for what, bound in bounds.items()}
        changes = folder / f"place-{number}.yaml"
        changes.write_text(yaml.safe_dump({"writing": chances, "petition": petition}), encoding="utf-8")
        voters = (300_000, 1_000_000, 2_000_000)[number // 2 % 3]
        make_place(
            folder / f"place-{number}", voters=voters, lines=30_000, seed=number, channel=channel, changes=changes
        )
        print(f"place-{number} made", flush=True)


def examples_of(place: Path) -> Examples:
    """Find the candidates of a place's lines and compare them, as a match does."""
    engine = DuckdbEngine(memory="2GB")
    keys = place / "keys"
    if not has_index(keys):
        prepared = place / "prepared"
        prepared.mkdir(exist_ok=True)
        engine.prepare_voters(place / "voters.parquet", prepared)
        build_index(prepared / "voters.parquet", keys)
    index = load_index(keys)
    read = engine.read_lines(place / "lines.parquet")
    engine.close()
    lines = People.of(read)
    truth = pq.read_table(place / "truth.parquet", columns=["line_id", "voter_id"])
    if truth["line_id"].to_pylist() != read["line_id"].to_pylist():
        raise SystemExit(f"{place}: the truth is of other lines")
    ids = pq.read_table(place / "prepared" / "voters.parquet", columns=["voter_id"])["voter_id"].to_pylist()
    row_of = {voter: row for row, voter in enumerate(ids)}
    true_row = np.array([row_of.get(voter, -1) for voter in truth["voter_id"].to_pylist()])
    sheets = read["sheet_id"].combine_chunks().dictionary_encode().indices.to_numpy().astype(np.int64)
    sheet_zip = zip_of_sheets(lines, sheets, index)
    links = match_exact(index, lines, np.arange(len(lines)))
    rest = np.flatnonzero(~links.exact)
    pairs = find_candidates(index, lines, rest, sheet_zip)
    found = pairs.found[np.searchsorted(rest, pairs.line)]
    table = compare(lines, pairs, index.people, sheet_zip, found, float(links.exact.mean()))
    right = true_row[pairs.line] == pairs.row
    exact_right = int((links.row == true_row)[links.exact].sum())
    print(f"{place.name}: exact {links.exact.mean():.3f}, right {exact_right} of {links.exact.sum()}", flush=True)
    return Examples(table, pairs.line, right, exact_right, int(links.exact.sum()))


def part(examples: Examples, held_out: bool) -> Examples:
    """Give four fifths of the lines, or the fifth that is held out."""
    chosen = (examples.line * 2654435761 % 2**32 % 5 == 0) == held_out
    return replace(examples, table=examples.table[chosen], line=examples.line[chosen], right=examples.right[chosen])


def fit(sets: list[Examples], *, epochs: int, sizes: tuple[int, int] = (32, 16), seed: int = 0) -> Model:
    """Fit the network by conditional logit."""
    random = np.random.default_rng(seed)
    x = np.concatenate([s.table for s in sets])
    y = np.concatenate([s.right for s in sets]).astype(np.float32)
    line = np.concatenate([s.line + (number << 32) for number, s in enumerate(sets)])
    centre, spread = x.mean(axis=0), x.std(axis=0)
    scale = np.where(spread > 1e-6, 1 / np.maximum(spread, 1e-6), 0).astype(np.float32)
    x = ((x - centre) * scale).astype(np.float32)
    starts = np.flatnonzero(np.append(True, line[1:] != line[:-1]))
    counts = np.diff(np.append(starts, len(line)))
    wide, first, second = x.shape[1], *sizes
    p: list[Any] = [
        np.zeros((wide, 1)),
        random.normal(0, np.sqrt(2 / wide), (wide, first)),
        np.zeros(first),
        random.normal(0, np.sqrt(2 / first), (first, second)),
        np.zeros(second),
        random.normal(0, 0.1, (second, 1)),
        np.zeros(1),
    ]
    p = [a.astype(np.float32) for a in p]
    mean, square = [np.zeros_like(a) for a in p], [np.zeros_like(a) for a in p]
    batch, step = 1024, 0
    steps = epochs * -(-len(starts) // batch)
    for epoch in range(epochs):
        order, loss = random.permutation(len(starts)), 0.0
        for at in range(0, len(starts), batch):
            group = order[at : at + batch]
            there = np.arange(KEPT)[None] < counts[group][:, None]
            flat = (starts[group][:, None] + np.arange(KEPT)[None])[there]
            rows = x[flat]
            h1 = np.maximum(rows @ p[1] + p[2], 0)
            h2 = np.maximum(h1 @ p[3] + p[4], 0)
            f = np.full(there.shape, -1e9, np.float32)
            f[there] = (rows @ p[0] + h2 @ p[5] + p[6])[:, 0]
            top = np.maximum(f.max(axis=1), 0)
            raised = np.exp(f - top[:, None])
            total = raised.sum(axis=1) + np.exp(-top)
            share = raised / total[:, None]
            truth = np.zeros(there.shape, np.float32)
            truth[there] = y[flat]
            said = np.where(truth.any(axis=1), (share * truth).sum(axis=1), np.exp(-top) / total)
            loss -= float(np.log(np.maximum(said, 1e-9)).sum())
            d = ((share - truth)[there] / len(group))[:, None]
            d2 = d @ p[5].T * (h2 > 0)
            d1 = d2 @ p[3].T * (h1 > 0)
            slopes = [rows.T @ d, rows.T @ d1, d1.sum(0), h1.T @ d2, d2.sum(0), h2.T @ d, d.sum(0)]
            step += 1
            rate = 3e-3 * min(1, step / 200) * (0.5 * (1 + np.cos(np.pi * step / steps)) + 0.005)
            for i, slope in enumerate(slopes):
                slope = slope + 1e-5 * p[i]
                mean[i] = 0.9 * mean[i] + 0.1 * slope
                square[i] = 0.999 * square[i] + 0.001 * slope * slope
                move = mean[i] / (1 - 0.9**step) / (np.sqrt(square[i] / (1 - 0.999**step)) + 1e-8)
                p[i] -= (rate * move).astype(np.float32)
        print("epoch", epoch, f"loss {loss / len(starts):.5f}", flush=True)
    grid = np.linspace(-14, 14, 57, dtype=np.float32)
    same = (1 / (1 + np.exp(-grid))).astype(np.float32)
    layers = ((p[1], p[2]), (p[3], p[4]), (p[5], p[6]))
    return Model(centre.astype(np.float32), scale, p[0][:, 0], layers, grid, same, 0.9995)


def calibrated(model: Model, sets: list[Examples]) -> Model:
    """Set the curve: the straight line on log odds that fits what was right among the best candidates held out."""
    best_odds, best_right = [], []
    for s in sets:
        p = posterior(model.weigh(s.table), s.line)
        order = np.lexsort((-p, s.line))
        first = order[np.append(True, s.line[order][1:] != s.line[order][:-1])]
        best_odds.append(log_odds(p[first]))
        best_right.append(s.right[first])
    odds, right = np.concatenate(best_odds).astype(float), np.concatenate(best_right).astype(float)
    slope, shift = 1.0, 0.0
    for _ in range(50):
        p = 1 / (1 + np.exp(-(slope * odds + shift)))
        w = np.maximum(p * (1 - p), 1e-9)
        gradient = np.array([((right - p) * odds).sum(), (right - p).sum()])
        curvature = np.array([[(w * odds * odds).sum(), (w * odds).sum()], [(w * odds).sum(), w.sum()]])
        change = np.linalg.solve(curvature + 1e-6 * np.eye(2), gradient)
        slope, shift = slope + change[0], shift + change[1]
    print(f"calibration: slope {slope:.3f}, shift {shift:.3f}")
    curve = (1 / (1 + np.exp(-(slope * model.curve_from.astype(float) + shift)))).astype(np.float32)
    return replace(model, curve_to=curve)


def report(model: Model, sets: list[Examples]) -> None:
    """Say how right the best candidates of the held-out lines are, above several bounds."""
    p_all, right_all = [], []
    for s in sets:
        p = model.calibrate(posterior(model.weigh(s.table), s.line))
        order = np.lexsort((-p, s.line))
        first = order[np.append(True, s.line[order][1:] != s.line[order][:-1])]
        p_all.append(p[first])
        right_all.append(s.right[first])
    p, right = np.concatenate(p_all), np.concatenate(right_all)
    for bound in (0.5, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998):
        over = p >= bound
        print(f"  from {bound}: right {right[over].mean():.5f}, of the right {(over & right).sum() / right.sum():.4f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--places", type=Path, required=True)
    parser.add_argument("--make", action="store_true")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=10)
    options = parser.parse_args()
    if options.make:
        make_places(options.places)
    start = time.perf_counter()
    found = [examples_of(truth.parent) for truth in sorted(options.places.glob("*/truth.parquet"))]
    print(f"examples: {sum(len(e.table) for e in found):,} pairs in {time.perf_counter() - start:.0f} s")
    model = fit([part(e, False) for e in found], epochs=options.epochs)
    model = calibrated(model, [part(e, True) for e in found])
    exact = sum(e.exact_right for e in found) / max(sum(e.exact for e in found), 1)
    model = replace(model, exact_probability=min(exact, 0.9999))
    report(model, [part(e, True) for e in found])
    model.save(options.out)
    print(f"written in {time.perf_counter() - start:.0f} s; exact links right: {exact:.5f}")


if __name__ == "__main__":
    main()
