"""The model: from comparisons to the probability of every candidate of a line, and of nobody.

Each candidate gets a number f(x) from a small network over `comparison.FEATURES` (one straight part and two layers
between); the candidates of one line and "none of them" then share one probability, as in conditional logit:

    P(candidate i) = exp(f(x_i)) / (1 + sum of exp(f(x_j)) over the candidates j)

so that two candidates who are equally good halve it. A last, increasing curve turns it into the share that was right
on data the network was not trained on. The numbers are shipped as plain arrays (`data/matcher.npz`), made by
`bench/train_matcher.py`; nothing but NumPy is needed to use them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from referenda.errors import EngineError, Fault
from referenda.linkage.comparison import FEATURES

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Doubles = npt.NDArray[np.float64]

_STEP = 1536  # Rows at a time: what they need stays in the processor's cache.
_ROWS = 48  # Rows of one product: so few that no library shares it out among threads, which costs more than it saves.
_LARGEST = 512
_STEPS_OF_VALUES = 1 << 13
_STEPS_OF_WEIGHTS = 1 << 16
_LEARNED_FROM = 2_000_000
_PER_TENFOLD = 0.9


@dataclass(frozen=True)
class Model:
    """The shipped numbers: how a column is centred and scaled, the layers, and the curve of calibration."""

    centre: Floats
    scale: Floats
    straight: Floats
    layers: tuple[tuple[Floats, Floats], ...]
    curve_from: Floats
    curve_to: Floats
    exact_probability: float
    features: tuple[str, ...] = FEATURES

    def weigh(self, table: Floats) -> Floats:
        """Give f(x), the log odds of a candidate against nobody, for rows of comparisons.

        A row's weight is the same bits beside any other rows and on any machine: see `on_grid`.
        """
        straight, layers = self._exact
        result = np.empty(len(table), dtype=np.float32)
        for start in range(0, len(table), _STEP):
            x = on_grid((table[start : start + _STEP] - self.centre) * self.scale, _STEPS_OF_VALUES)
            deep = x
            for weights, bias in layers[:-1]:
                deep = on_grid(np.maximum(_product(deep, weights) + bias, 0), _STEPS_OF_VALUES)
            weights, bias = layers[-1]
            result[start : start + _STEP] = (_product(x, straight) + _product(deep, weights) + bias)[:, 0]
        return result

    @cached_property
    def _exact(self) -> tuple[Doubles, tuple[tuple[Doubles, Doubles], ...]]:
        layers = tuple((on_grid(w, _STEPS_OF_WEIGHTS), on_grid(b, _STEPS_OF_WEIGHTS)) for w, b in self.layers)
        return on_grid(self.straight[:, None], _STEPS_OF_WEIGHTS), layers

    def calibrate(self, probability: Floats) -> Floats:
        """Turn the network's probability into the share that was right."""
        odds = log_odds(probability)
        return np.asarray(np.interp(odds, self.curve_from, self.curve_to), dtype=np.float32)

    def save(self, path: Path) -> None:
        """Write the numbers, with the names of the comparisons they belong to."""
        arrays: dict[str, Any] = {
            f"layer_{i}_{n}": a for i, pair in enumerate(self.layers) for n, a in zip("wb", pair, strict=True)
        }
        np.savez_compressed(
            path,
            features=np.array(self.features),
            centre=self.centre,
            scale=self.scale,
            straight=self.straight,
            curve_from=self.curve_from,
            curve_to=self.curve_to,
            exact_probability=np.float64(self.exact_probability),
            **arrays,
        )

    @classmethod
    def load(cls, path: Path, features: tuple[str, ...] | None = None) -> Model:
        """Read the numbers of a model over `FEATURES`, or over those given.

        Raises
        ------
        EngineError
            They were made for other comparisons than this version makes.
        """
        features = features or FEATURES
        with np.load(path, allow_pickle=False) as file:
            if tuple(file["features"].tolist()) != features:
                message = "the model was made for other comparisons than these"
                raise EngineError(
                    Fault(
                        message,
                        file=path.name,
                        remedy="Train it again: bench/train_matcher.py, bench/train_duplicates.py",
                    )
                )
            count = sum(1 for name in file.files if name.startswith("layer_")) // 2
            layers = tuple((file[f"layer_{i}_w"], file[f"layer_{i}_b"]) for i in range(count))
            names = ("centre", "scale", "straight", "curve_from", "curve_to")
            centre, scale, straight, curve_from, curve_to = (file[name] for name in names)
            exact = float(file["exact_probability"])
        return cls(centre, scale, straight, layers, curve_from, curve_to, exact, features)


@cache
def shipped_model() -> Model:
    """Load the model of lines and registrations that comes with the package."""
    with as_file(files("referenda.linkage") / "data" / "matcher.npz") as path:
        return Model.load(path)


def on_grid(numbers: Floats | Doubles, steps: int) -> Doubles:
    """Round numbers to whole steps, so many to one, and hold them between -512 and 512.

    A library of linear algebra adds products in an order that depends on the processor and on how many rows there
    are, and sums of rounded numbers depend on the order. Values in steps of 2^-13 and weights in steps of 2^-16, below
    512 and 32, give products in steps of 2^-29 and sums of 128 of them below 2^21: they fit the 53 bits of a
    float64, so nothing is rounded, and every order gives the same.
    """
    x = numbers.astype(np.float64)
    np.clip(x, -_LARGEST, _LARGEST, out=x)
    x *= steps
    np.rint(x, out=x)
    x /= steps
    return x


def _product(rows: Doubles, weights: Doubles) -> Doubles:
    whole = len(rows) // _ROWS * _ROWS
    stacked = rows[:whole].reshape(-1, _ROWS, rows.shape[1]) @ weights
    return np.concatenate([stacked.reshape(whole, weights.shape[1]), rows[whole:] @ weights])


def log_odds(probability: Floats) -> Floats:
    """Give the natural logarithm of p to 1 - p, cut at +-14."""
    p = np.clip(probability.astype(np.float64), 1e-9, 1 - 1e-9)
    return np.clip(np.log(p / (1 - p)), -14, 14).astype(np.float32)


def in_larger_file(somebody: Floats, voters: int) -> Floats:
    """Give the probability that a signer is registered, in a voter file larger than those the model learned from.

    Measured at 22 million registrations, keyed and read by a machine: links were right more often than calibrated on
    at most two million. The log odds grow by `_PER_TENFOLD` for every tenfold.

    Parameters
    ----------
    somebody
        The calibrated probability, in [0, 1].
    voters
        Registrations in the file.
    """
    more = _PER_TENFOLD * np.log10(max(voters, _LEARNED_FROM) / _LEARNED_FROM)
    return np.asarray(1 / (1 + np.exp(-(log_odds(somebody) + more))), dtype=np.float32) if more else somebody


def posterior(weights: Floats, line: Ints) -> Floats:
    """Share one probability among the candidates of every line and nobody (pairs sorted by line)."""
    if not len(line):
        return weights
    starts = np.flatnonzero(np.append(True, line[1:] != line[:-1]))
    group = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(line))))
    top = np.maximum(np.maximum.reduceat(weights, starts), 0).astype(np.float64)
    raised = np.exp(weights - top[group])
    total = np.add.reduceat(raised, starts) + np.exp(-top)
    return np.asarray(raised / total[group], dtype=np.float32)
