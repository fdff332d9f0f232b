"""Train the model of the matcher on invented places, and ship it as plain arrays.

    python bench/train_matcher.py --places FOLDER --out src/referenda/linkage/data

`FOLDER` holds one folder a place (`referenda synth place`): voters.parquet, lines.parquet, truth.parquet. The rates of
error should vary widely between them, by clerk and by machine, or the model learns one generator by heart; `--make`
invents such places. Lines are parted by hash: four fifths train, one fifth sets
the curve of calibration. Only NumPy is used: a network of two small layers, conditional logit, Adam.
"""

from __future__ import annotations

import argparse
import shutil
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from referenda.linkage.blocking import find_candidates
from referenda.linkage.comparison import FEATURES, compare
from referenda.linkage.engines.duckdb import DuckdbEngine
from referenda.linkage.key_arrays import Index, build_index, has_index, load_index
from referenda.linkage.model import Model, log_odds, posterior
from referenda.linkage.people import People
from referenda.linkage.stages import NOBODY, Links, match_exact, zip_of_sheets

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


@dataclass
class Petition:
    """A place as it is learned from: its voters, its lines and what is true of them."""

    name: str
    index: Index
    lines: People
    sheets: Ints
    sheet_zip: Ints
    true_row: Ints
    person: Ints
    exact: Links

    @property
    def clean_share(self) -> float:
        return float(self.exact.exact.mean())


def make_places(folder: Path) -> None:
    """Invent places that differ in size and in the chance of every single error, half by clerk, half by machine."""
    from referenda.synth.place import make_place

    for number in range(PLACES):
        random = np.random.default_rng(1000 + number)
        channel = ("keyed", "ocr")[number % 2]
        changes = folder / f"place-{number}.yaml"
        changes.write_text(drawn_changes(random, channel, duplicates=(0.005, 0.06)), encoding="utf-8")
        voters = (300_000, 1_000_000, 2_000_000)[number // 2 % 3]
        make_place(
            folder / f"place-{number}", voters=voters, lines=30_000, seed=number, channel=channel, changes=changes
        )
        print(f"place-{number} made", flush=True)


def drawn_changes(random: np.random.Generator, channel: str, *, duplicates: tuple[float, float]) -> str:
    """Draw the chance of every error and the shares of a petition widely around the documented ones, as YAML."""
    import yaml

    from referenda.synth.parameters import documented

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
        "duplicate": duplicates,
        "household_next": (0.02, 0.25),
    }
    petition = {what: float(random.uniform(*bound)) for what, bound in bounds.items()}
    return yaml.safe_dump({"writing": chances, "petition": petition})


def roughened(place: Path) -> Path:
    """Spoil a share of a place's lines once more, evenly and without regard to hands or keys; give the new file."""
    table = pq.read_table(place / "lines.parquet")
    random = np.random.default_rng([len(table), *place.name.encode()])
    columns = {name: table[name].to_pylist() for name in ("name", "address", "city", "zip")}
    for at in np.flatnonzero(random.random(len(table)) < random.uniform(0.05, 0.3)).tolist():
        name, address = columns["name"][at], columns["address"][at]
        way = random.random()
        if way < 0.10:
            name = " ".join(name.replace(",", " ").split()[::-1])
        elif way < 0.15:
            name = name.replace(" ", "", 1)
        elif way < 0.20:
            columns["zip"][at] = ""
        elif way < 0.25:
            columns["city"][at] = ""
        columns["name"][at] = spoiled(name, random, int(random.integers(0, 3)))
        columns["address"][at] = spoiled(address, random, int(random.integers(0, 3)))
    for name, column in columns.items():
        table = table.set_column(table.schema.get_field_index(name), name, pa.array(column, pa.string()))
    file = place / "rough.parquet"
    pq.write_table(table, file)
    return file


def spoiled(text: str, random: np.random.Generator, times: int) -> str:
    """Replace, insert, leave out or exchange letters or digits at places drawn evenly."""
    for _ in range(times):
        if len(text) < 2:
            break
        at, kind = int(random.integers(len(text) - 1)), int(random.integers(4))
        sign = (
            "0123456789"[random.integers(10)]
            if text[at].isdigit()
            else "abcdefghijklmnopqrstuvwxyz"[random.integers(26)]
        )
        new = (sign, text[at] + sign, "", text[at + 1] + text[at])[kind]
        text = text[:at] + new + text[at + (2 if kind == 3 else 1) :]
    return text


def read_petition(place: Path, petition: Path | None = None) -> Petition:
    """Read a place's lines, or those of a further petition there; index its voters unless that was done."""
    petition = petition or place
    engine = DuckdbEngine(memory="2GB")
    keys, prepared = place / "keys", place / "prepared"
    if not has_index(keys):
        shutil.rmtree(keys, ignore_errors=True)
        prepared.mkdir(exist_ok=True)
        engine.prepare_voters(place / "voters.parquet", prepared)
        build_index(prepared / "voters.parquet", keys)
    index = load_index(keys)
    read = engine.read_lines(roughened(petition))
    engine.close()
    lines = People.of(read)
    truth = pq.read_table(petition / "truth.parquet", columns=["line_id", "voter_id", "person"])
    if truth["line_id"].to_pylist() != read["line_id"].to_pylist():
        raise SystemExit(f"{petition}: the truth is of other lines")
    ids = pq.read_table(prepared / "voters.parquet", columns=["voter_id"])["voter_id"].to_pylist()
    row_of = {voter: row for row, voter in enumerate(ids)}
    true_row = np.array([row_of.get(voter, NOBODY) for voter in truth["voter_id"].to_pylist()])
    sheets = read["sheet_id"].combine_chunks().dictionary_encode().indices.to_numpy().astype(np.int64)
    exact = match_exact(index, lines, np.arange(len(lines)))
    sheet_zip = zip_of_sheets(lines, sheets, index)
    return Petition(place.name, index, lines, sheets, sheet_zip, true_row, truth["person"].to_numpy(), exact)


def examples_of(petition: Petition) -> Examples:
    """Find the candidates of a place's lines and compare them, as a match does."""
    index, lines, exact = petition.index, petition.lines, petition.exact
    rest = np.flatnonzero(~exact.exact)
    pairs = find_candidates(index, lines, rest, petition.sheet_zip)
    table = compare(lines, pairs, index.people, petition.sheet_zip, petition.clean_share)
    right = petition.true_row[pairs.line] == pairs.row
    exact_right = int((exact.row == petition.true_row)[exact.exact].sum())
    print(f"{petition.name}: exact {petition.clean_share:.3f}, right {exact_right} of {exact.exact.sum()}", flush=True)
    return Examples(table, pairs.line, right, exact_right, int(exact.exact.sum()))


def part(examples: Examples, held_out: bool) -> Examples:
    """Give four fifths of the lines, or the fifth that is held out."""
    chosen = (examples.line * 2654435761 % 2**32 % 5 == 0) == held_out
    return replace(examples, table=examples.table[chosen], line=examples.line[chosen], right=examples.right[chosen])


def fit(
    sets: list[Examples],
    *,
    epochs: int,
    sizes: tuple[int, int] = (64, 24),
    seed: int = 0,
    features: tuple[str, ...] = FEATURES,
) -> Model:
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
    wide, first, second, most = x.shape[1], *sizes, int(counts.max())
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
            there = np.arange(most)[None] < counts[group][:, None]
            flat = (starts[group][:, None] + np.arange(most)[None])[there]
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
    return Model(centre.astype(np.float32), scale, p[0][:, 0], layers, grid, same, 0.9995, features)


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
    parser.add_argument("--out", type=Path, required=True, help="folder of matcher.npz")
    parser.add_argument("--epochs", type=int, default=10)
    options = parser.parse_args()
    if options.make:
        make_places(options.places)
    start = time.perf_counter()
    petitions = [read_petition(truth.parent) for truth in sorted(options.places.glob("*/truth.parquet"))]
    found = [examples_of(petition) for petition in petitions]
    print(f"examples: {sum(len(e.table) for e in found):,} pairs in {time.perf_counter() - start:.0f} s")
    model = fit([part(e, False) for e in found], epochs=options.epochs)
    model = calibrated(model, [part(e, True) for e in found])
    exact = sum(e.exact_right for e in found) / max(sum(e.exact for e in found), 1)
    model = replace(model, exact_probability=min(exact, 0.9999))
    report(model, [part(e, True) for e in found])
    model.save(options.out / "matcher.npz")
    print(f"matcher.npz written in {time.perf_counter() - start:.0f} s; exact links right: {exact:.5f}", flush=True)


if __name__ == "__main__":
    main()
