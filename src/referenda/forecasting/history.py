"""Past petitions, and how valid the lines of a place's petitions are.

Knows the table `data/history.csv`: what was filed, how it was checked and what came of it, one row a petition, each
with its source. Its shares are turned into lines that would count standing alone, since repeats of a signer are
forecast apart (`duplicates`); counts of campaigns, of courts and of checks still running are kept in the table and
not used for shares.

A petition's share is pooled with those of its place, and the place with all places, on the logit scale: the normal
model of random effects (Rubin 1981, Journal of Educational Statistics 6, 377-401), averaged over a grid of its two
standard deviations. A place of which nothing is known gets the mean of all places and the whole spread.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from io import StringIO

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Share of the valid lines that repeat a signer, where a petition's valid are distinct signers and its repeats were not
# published: the middle of the facts in `data/duplicates.csv`, which run from 0.4 to 8.8 percent.
USUAL_DUPLICATES = 0.03
# Kinds of `valid` that say what share of the lines is valid; the others (campaign, challenge, court, districts,
# partial, running) do not.
DISTINCT, FORM_ONLY = ("distinct", "projected"), "form_only"
USED = (*DISTINCT, "projected_lines", FORM_ONLY)
# What is thought before any petition is seen: a mean of 75 percent, twice the standard deviation reaching 40 and 93
# percent (the yearly means of 187 initiatives of 2017-2025 lie between 74 and 93 percent, says Ballotpedia).
PRIOR_MEAN, PRIOR_SD = 1.1, 0.75
# The sds of petitions within a place and between places, thought half-normal with these scales, on a grid of both.
_SCALE_WITHIN, _SCALE_BETWEEN = 0.5, 0.75
_SDS = np.geomspace(0.05, 2.0, 24)
# Degrees of freedom of a petition's share around its place, where none of the place is known.
_DEGREES = 4


@dataclass(frozen=True)
class PastPetition:
    """A petition of the past; counts are in signatures, and None is what was not published.

    `place` is the id of its place (`us/ca`, `us/oh`, `us/ca/los-angeles`, `nz`). `valid_in_sample` counts lines of
    the sample that are valid standing alone; `valid` is what its `valid_kind` says:

    - `distinct`: found by checking every line, each signer once;
    - `projected`: projected from a sample by the place's rule, repeats of a signer scaled up and taken off;
    - `projected_lines`: projected from a sample, repeats not scaled up;
    - `form_only`: after a check of the form, no line being looked up in the roll;
    - `partial`, `running`, `campaign`, `challenge`, `court`, `districts`: no measure of the share of valid lines.
    """

    measure: str
    place: str
    year: int
    requirement: int | None
    raw_count: int | None
    sampled: int | None
    valid_in_sample: int | None
    valid: int | None
    valid_kind: str
    duplicates: int | None
    method: str
    qualified: bool | None
    note: str
    source: str

    @property
    def state(self) -> str:
        """The State or country whose rules and habits it shares, such as `us/ca` for Los Angeles."""
        return "/".join(self.place.split("/")[:2])

    @property
    def line_share(self) -> float | None:
        """Share of its lines that are valid standing alone, in (0, 1); None where that cannot be told."""
        if self.valid_kind not in USED:
            return None
        if self.valid and self.raw_count and self.duplicates is not None:
            return (self.valid + self.duplicates) / self.raw_count
        if self.sampled and self.valid_in_sample:
            return self.valid_in_sample / self.sampled
        if not (self.valid and self.raw_count):
            return None
        share = self.valid / self.raw_count
        return share / (1 - USUAL_DUPLICATES) if self.valid_kind in DISTINCT else share

    @property
    def lines_checked(self) -> int:
        """Lines on which `line_share` rests; a sample of three percent where its size was not published."""
        if self.sampled and not (self.duplicates is not None and self.valid):
            return self.sampled
        return round((self.raw_count or 0) * (1.0 if self.method == "full_check" else 0.03))


@dataclass(frozen=True)
class PlaceValidity:
    """What share of the lines a petition of a place has valid, before any of its own was checked.

    Student's t on the logit scale with `degrees` degrees of freedom: `mean_logit` is its middle and `between_sd` its
    standard deviation; both already hold what is not known of the place. `petitions` counts those of the place.
    """

    mean_logit: float
    between_sd: float
    petitions: int

    @property
    def degrees(self) -> int:
        """Degrees of freedom: the fewer petitions of the place are known, the heavier the tails."""
        return _DEGREES + self.petitions

    @property
    def share(self) -> float:
        """The middle as a share in (0, 1)."""
        return float(1 / (1 + np.exp(-self.mean_logit)))


@lru_cache
def read_history() -> tuple[PastPetition, ...]:
    """Read the petitions that come with Referenda."""
    table = files("referenda.forecasting").joinpath("data", "history.csv").read_text("utf-8")
    return tuple(_petition(row) for row in csv.DictReader(StringIO(table)))


def validity_of_place(
    history: Iterable[PastPetition], place: str, *, year: int | None = None, leave_out: str | None = None
) -> PlaceValidity:
    """Pool the petitions of a place towards those of all places.

    Parameters
    ----------
    history
        Petitions of the past, in any order.
    place
        The id of a place; a county or city is pooled as its State is. An unknown one gets the mean of all.
    year
        Only petitions of earlier years are used, so that a forecast of the past knows no later ones; None: all.
    leave_out
        The `measure` of a petition that is not used, so that it can be forecast.

    Returns
    -------
    PlaceValidity
        Where no petition is left, what is thought before any is seen.
    """
    state = "/".join(place.split("/")[:2])
    used = [
        past
        for past in history
        if past.line_share is not None
        and past.measure != leave_out
        and (year is None or past.year < year)
        and (past.valid_kind != FORM_ONLY or past.state == state)
    ]
    mean, sd = _pool(used, state)
    return PlaceValidity(mean, sd, sum(past.state == state for past in used))


def _pool(used: Sequence[PastPetition], state: str) -> tuple[float, float]:
    """Give mean and sd of a new petition's logit share, averaged over the sds within and between places."""
    share = np.array([past.line_share for past in used], dtype=np.float64)
    logit = np.log(share / (1 - share)) - PRIOR_MEAN
    noise = 1 / (np.array([past.lines_checked for past in used]) * share * (1 - share))
    states = np.array([past.state for past in used])
    together = (states[:, None] == states[None, :]).astype(np.float64).reshape(len(used), len(used))
    within, between = (grid.ravel()[:, None, None] ** 2 for grid in np.meshgrid(_SDS, _SDS))
    covariance = PRIOR_SD**2 + between * together + (within + noise) * np.eye(len(used))
    with_new = PRIOR_SD**2 + between[:, 0] * (states == state)
    solved = np.linalg.solve(covariance, np.stack([np.broadcast_to(logit, with_new.shape), with_new], axis=-1))
    _, size = np.linalg.slogdet(covariance)
    # The grid is even on the log scale, so the half-normal densities are multiplied by the sds.
    scaled = np.log(within * between) - within / _SCALE_WITHIN**2 - between / _SCALE_BETWEEN**2
    prior = scaled.ravel() / 2
    likely = prior - size / 2 - (logit * solved[..., 0]).sum(-1) / 2
    weight = np.exp(likely - likely.max())
    weight /= weight.sum()
    mean = (with_new * solved[..., 0]).sum(-1)
    variance = PRIOR_SD**2 + (between + within).ravel() - (with_new * solved[..., 1]).sum(-1)
    middle = float(weight @ mean)
    return PRIOR_MEAN + middle, float(np.sqrt(weight @ (variance + mean**2) - middle**2))


def _petition(row: dict[str, str]) -> PastPetition:
    def count(name: str) -> int | None:
        return int(row[name]) if row[name] else None

    return PastPetition(
        measure=row["measure"],
        place=row["place"],
        year=int(row["year"]),
        requirement=count("requirement"),
        raw_count=count("raw_count"),
        sampled=count("sampled"),
        valid_in_sample=count("valid_in_sample"),
        valid=count("valid"),
        valid_kind=row["valid_kind"],
        duplicates=count("duplicates"),
        method=row["method"],
        qualified={"yes": True, "no": False}.get(row["qualified"]),
        note=row["note"],
        source=row["source"],
    )
