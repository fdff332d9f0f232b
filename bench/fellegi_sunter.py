"""Weigh the same candidates with Fellegi-Sunter weights instead of the shipped network, and measure both.

    python bench/fellegi_sunter.py                                   taught and measured on places invented for it
    python bench/fellegi_sunter.py --places FOLDER --judge PLACE     taught on the places of bench/train_matcher.py

`--judge` may be repeated.

The comparisons, the candidates, the posterior over "one of them or nobody", the calibration and the bounds of a
proposal are those of `referenda match`; only f(x) differs. A field's comparison falls into one of several levels; a
level weighs log(m / u), m being its share among the pairs that are one person and u among the other candidates; names
that are equal weigh more when they are rare. `folded` has the whole address in one field; `single` has number, street,
zip and city each in one. The prior and one scale for all weights are fitted to the likelihood of the training lines,
which is more than the textbook gives.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from match_lines import judge, snapshot_of
from train_matcher import Examples, calibrated, examples_of, make_places, part, read_petition

from referenda.linkage.comparison import FEATURES
from referenda.linkage.engines.duckdb import DuckdbEngine
from referenda.linkage.model import Model, log_odds, posterior, shipped_model
from referenda.workflows.match_lines import match_lines

Floats = npt.NDArray[np.float32]
Levels = npt.NDArray[np.int64]
TOLD = ("f1", "precision", "recall", "false_links", "recall_of_valid", "accept_precision", "accept_holds")
RARITY = 8 * np.log(10)
"""`first_rarity` and `last_rarity` are -log10(frequency) / 8."""


class Columns:
    """The columns of a table of comparisons by their names."""

    def __init__(self, table: Floats) -> None:
        self._table = table

    def __getattr__(self, name: str) -> Floats:
        return cast(Floats, self._table[:, FEATURES.index(name)])


def graded(count: int, *conditions: npt.NDArray[Any]) -> Levels:
    """Give the number of the first condition that holds for every pair; none: the last level."""
    return np.select([c.astype(bool) for c in conditions], range(len(conditions)), len(conditions)) + np.zeros(
        count, int
    )


def names(c: Columns, count: int) -> dict[str, Levels]:
    swapped = c.swapped_similar >= 0.9
    first = graded(
        count,
        c.first_missing,
        swapped,
        c.first_equal,
        c.first_nickname,
        (c.first_is_middle >= 0.95) | (c.middle_is_first >= 0.95),
        c.first_initial == 1,
        c.first_edits <= 1,
        c.first_similar >= 0.9,
        c.first_part,
        c.first_similar >= 0.8,
        c.first_initial == -1,
        c.first_initial == 0.5,
    )
    last = graded(
        count,
        c.last_missing,
        c.last_equal,
        swapped,
        c.last_edits <= 1,
        (c.last_is_second >= 0.95) | (c.middle_is_last >= 0.95),
        c.last_edits <= 2,
        c.last_similar >= 0.9,
        c.last_part,
        c.last_similar >= 0.8,
        c.last_is_middle >= 0.95,
        c.whole_similar >= 0.8,
    )
    middle = graded(
        count,
        c.middle_equal,
        c.middle_similar >= 0.9,
        c.middle_initial,
        c.middle_differs,
        c.middle_only_line,
        c.middle_only_voter,
    )
    suffix = graded(count, c.suffix_equal, c.suffix_differs, c.suffix_only_line, c.suffix_only_voter)
    unit = graded(count, c.unit_equal, c.unit_differs, c.unit_only_line, c.unit_only_voter)
    registered = graded(count, c.registered_after, c.status_active)
    return {"first": first, "last": last, "middle": middle, "suffix": suffix, "unit": unit, "registered": registered}


def folded(table: Floats) -> dict[str, Levels]:
    """Grade every field, the address as one."""
    c, count = Columns(table), len(table)
    number, near = c.number_equal > 0, c.number_edits <= 1
    street, alike, zipped = c.street_equal > 0, c.street_similar >= 0.85, c.zip_equal > 0
    address = graded(
        count,
        number & street & zipped,
        number & street,
        number & alike & zipped,
        number & alike,
        near & street & zipped,
        near & street,
        near & alike,
        number & zipped,
        street & zipped,
        (c.street_missing > 0) & zipped,
        (c.street_missing > 0) & (c.zip_of_sheet > 0),
        c.street_missing,
        number,
        street,
        zipped,
        c.zip_of_sheet,
        c.city_equal,
        c.county_equal,
    )
    return {**names(c, count), "address": address}


def single(table: Floats) -> dict[str, Levels]:
    """Grade every field by itself."""
    c, count = Columns(table), len(table)
    return {
        **names(c, count),
        "number": graded(count, c.number_missing, c.number_equal, c.number_edits <= 1),
        "street": graded(
            count,
            c.street_missing,
            c.street_equal,
            c.street_edits <= 1,
            c.street_similar >= 0.9,
            c.street_similar >= 0.8,
        ),
        "zip": graded(count, c.zip_equal, c.zip_missing, c.zip_of_sheet),
        "city": graded(count, c.city_missing, c.city_equal, c.city_similar >= 0.6),
    }


GRADES = {"folded": folded, "single": single}
RARE = {"first": (2, (6, 7)), "last": (1, (3, 5, 6))}
"""Fields with term frequencies: the level of equal values, and levels of nearly equal ones, which get half of it."""


@dataclass(frozen=True)
class FellegiSunter:
    """Weights in the place of `model.Model`: f(x) = prior + scale * (sum of log(m / u) + rarity of equal names)."""

    kind: str
    weights: dict[str, Floats]
    rare: dict[str, float]
    rarity: float
    prior: float
    scale: float
    curve_from: Floats
    curve_to: Floats
    exact_probability: float

    def bits(self, table: Floats) -> Floats:
        """Sum the weights of a pair, before prior and scale."""
        total = np.zeros(len(table), np.float32)
        c = Columns(table)
        for field, level in GRADES[self.kind](table).items():
            total += self.weights[field][level]
            if field in RARE:
                equal, nearly = RARE[field]
                share = np.where(level == equal, 1.0, np.where(np.isin(level, nearly), 0.5, 0.0))
                rarity = getattr(c, f"{field}_rarity") * RARITY - self.rare[field]
                total += (self.rarity * share * rarity).astype(np.float32)
        return total

    def weigh(self, table: Floats) -> Floats:
        """Give f(x), the log odds of a candidate against nobody."""
        return np.asarray(self.prior + self.scale * self.bits(table), dtype=np.float32)

    def calibrate(self, probability: Floats) -> Floats:
        """Turn a probability into the share that was right."""
        return np.asarray(np.interp(log_odds(probability), self.curve_from, self.curve_to), dtype=np.float32)


def fit(kind: str, sets: list[Examples]) -> FellegiSunter:
    """Count m and u, then set rarity, prior and scale by the likelihood of the lines."""
    table = np.concatenate([s.table for s in sets])
    right = np.concatenate([s.right for s in sets])
    line = np.concatenate([s.line + (number << 32) for number, s in enumerate(sets)])
    weights, rare = {}, {}
    c = Columns(table)
    for field, level in GRADES[kind](table).items():
        count = int(level.max()) + 2
        m = np.bincount(level[right], minlength=count) + 0.5
        u = np.bincount(level[~right], minlength=count) + 0.5
        weights[field] = np.log((m / m.sum()) / (u / u.sum())).astype(np.float32)
        if field in RARE:
            chosen = ~right & (level == RARE[field][0])
            rare[field] = float((getattr(c, f"{field}_rarity")[chosen] * RARITY).mean())
    grid = np.linspace(-14, 14, 57, dtype=np.float32)
    model = FellegiSunter(
        kind, weights, rare, 0.0, 0.0, 1.0, grid, (1 / (1 + np.exp(-grid))).astype(np.float32), 0.9995
    )
    best = (np.inf, model)
    for rarity in (0.0, 0.25, 0.5, 0.75, 1.0):
        tried = replace(model, rarity=rarity)
        prior, scale, loss = likeliest(tried.bits(table), right, line)
        print(f"{kind}: rarity {rarity}: prior {prior:.2f}, scale {scale:.2f}, loss {loss:.5f}", flush=True)
        best = min(best, (loss, replace(tried, prior=prior, scale=scale)), key=lambda pair: pair[0])
    return best[1]


def likeliest(bits: Floats, right: npt.NDArray[np.bool_], line: Levels) -> tuple[float, float, float]:
    """Find prior and scale with the greatest likelihood of who signed, by halving steps; give the mean loss too."""
    starts = np.flatnonzero(np.append(True, line[1:] != line[:-1]))
    someone = np.add.reduceat(right, starts) > 0

    def loss(prior: float, scale: float) -> float:
        share = posterior((prior + scale * bits).astype(np.float32), line).astype(np.float64)
        nobody = 1 - np.add.reduceat(share, starts)
        said = np.where(someone, np.add.reduceat(np.where(right, share, 0), starts), nobody)
        return float(-np.log(np.maximum(said, 1e-9)).mean())

    at, step = np.array([0.0, 1.0]), np.array([2.0, 0.4])
    least = loss(*at)
    while step[0] > 0.05:
        moves = [at + step * move for move in ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, -1), (1, -1), (-1, 1))]
        found = [loss(*move) for move in moves]
        if min(found) < least:
            least, at = min(found), moves[int(np.argmin(found))]
        else:
            step = step / 2
    return float(at[0]), float(at[1]), least


def measure(place: Path, model: Model, folder: Path) -> dict[str, Any]:
    """Match a place with a model and judge it."""
    out = folder / "matches.parquet"
    snapshot, _ = snapshot_of(place)
    engine = DuckdbEngine(memory="1GB")
    match_lines(place / "lines.parquet", snapshot, out, engine=engine, model=model)
    engine.close()
    found = judge(out, place / "truth.parquet")
    return {name: found[name] for name in TOLD}


def invented(folder: Path, seed: int, voters: int, lines: int) -> list[Path]:
    """Invent one petition by clerks and one read by machine."""
    from referenda.synth.place import make_place

    places = [folder / f"{channel}-{seed}" for channel in ("keyed", "ocr")]
    for place, channel in zip(places, ("keyed", "ocr"), strict=True):
        make_place(place, voters=voters, lines=lines, seed=seed, channel=channel)
    return places


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--places", type=Path, help="the folder that bench/train_matcher.py --make fills")
    parser.add_argument("--judge", type=Path, action="append", help="a place to measure on; invented if not given")
    parser.add_argument("--quick", action="store_true", help="taught on 10,000 lines, measured on 5,000")
    parser.add_argument("--json", action="store_true", help="all figures as one JSON object and nothing else")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="referenda-bench-") as name, contextlib.redirect_stdout(sys.stderr):
        taught = Path(name) / "taught"
        if options.places:
            folders = sorted(truth.parent for truth in options.places.glob("*/truth.parquet"))
        elif options.quick:
            folders = invented(taught, 241, 100_000, 5_000)
        else:
            taught.mkdir()
            make_places(taught)
            folders = sorted(truth.parent for truth in taught.glob("*/truth.parquet"))
        found = [examples_of(read_petition(folder)) for folder in folders]
        exact = min(sum(e.exact_right for e in found) / max(sum(e.exact for e in found), 1), 0.9999)
        models: dict[str, Any] = {"network": shipped_model()}
        for kind in GRADES:
            model: Any = fit(kind, [part(e, False) for e in found])
            model = calibrated(model, [part(e, True) for e in found])
            models[f"fellegi_sunter_{kind}"] = replace(model, exact_probability=exact)
        size = (100_000, 5_000) if options.quick else (2_000_000, 100_000)
        places = options.judge or invented(Path(name), 231, *size)
        result = {
            place.name: {kind: measure(place, model, Path(name)) for kind, model in models.items()} for place in places
        }
    print(json.dumps(result, indent=None if options.json else 1))


if __name__ == "__main__":
    main()
