"""Who signs where: circulators, their sheets, and the state of each signer, before anything is written.

A circulator works a neighbourhood of one county and fills sheets over some days; most lines come from around there.
Circulators differ in care, and a few copy the roll in its order or invent people. A further line of somebody who
signed is gathered by the same circulator (near) or by any other (far).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from referenda.synth.draws import Draws
from referenda.synth.parameters import STATES, Parameters
from referenda.synth.roll import Roll

SHEET_LINES = 10
LINES_A_CIRCULATOR = 300
REGULAR = len(STATES)
GOOD, COPIES_ROLL, INVENTS = 0, 1, 2
NOBODY, RELATIVE, TENANT, ELSEWHERE = 0, 1, 2, 3  # ways of not being registered
ACTIVE = "active"


@dataclass(frozen=True)
class Gathering:
    """The plan of a petition's lines; arrays of one length unless said.

    `sheet` and `line_no` say where a line stands; `signed` is its day (ordinal). `row` is the voter who signs, -1 for
    people who are not registered; `home` the row at whose home the signer lives; `unregistered` how they came not to
    be registered. `copied` marks lines taken from the roll, `mismatch` signatures that are not the voter's, `original`
    the line of which this is a further one (or the line itself), `neighbour` lines whose signer may be somebody of the
    home of the line before. Of each sheet: `sheet_circulator`, `sheet_county` and `sheet_defective`; of each
    circulator, `circulator_kind`.
    """

    sheet: NDArray[np.int64]
    line_no: NDArray[np.int64]
    signed: NDArray[np.int64]
    row: NDArray[np.int64]
    home: NDArray[np.int64]
    unregistered: NDArray[np.int8]
    copied: NDArray[np.bool_]
    mismatch: NDArray[np.bool_]
    neighbour: NDArray[np.bool_]
    original: NDArray[np.int64]
    sheet_circulator: NDArray[np.int64]
    sheet_county: NDArray[np.int64]
    sheet_defective: NDArray[np.bool_]
    circulator_kind: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.sheet)


class _Pools:
    """Rows of the roll by place, in an order of chance, given out one after the other."""

    def __init__(
        self, roll: Roll, draws: Draws, name: str, chosen: NDArray[np.bool_], place: NDArray[np.integer]
    ) -> None:
        rows = np.flatnonzero(chosen)
        order = np.lexsort((draws.bits(f"pool {name}", rows), place[rows]))
        self.rows = rows[order]
        places = int(place.max()) + 1
        self.starts = np.searchsorted(place[self.rows], np.arange(places + 1))

    def give(self, place: NDArray[np.integer]) -> NDArray[np.int64]:
        """Give a row of each place asked for, each row once; -1 where a place has no more."""
        order = np.argsort(place, kind="stable")
        ranked = place[order]
        rank = np.arange(len(place)) - np.searchsorted(ranked, ranked)
        size = self.starts[ranked + 1] - self.starts[ranked]
        rows = np.full(len(place), -1, dtype=np.int64)
        has = rank < size
        rows[order[has]] = self.rows[self.starts[ranked[has]] + rank[has]]
        return rows


def gather(roll: Roll, lines: int, draws: Draws, parameters: Parameters, start: date, end: date) -> Gathering:
    """Plan the lines of a petition.

    Parameters
    ----------
    roll
        The voters.
    lines
        How many lines, at least 1.
    draws
        The petition's.
    parameters
        Shares of the states.
    start, end
        First and last day of circulation.
    """
    share = parameters.petition
    at = np.arange(lines)
    circulators = max(2, round(lines / LINES_A_CIRCULATOR))
    who = np.arange(circulators)
    home_row = draws.below("circulator's home", who, len(roll))
    circulator_zip, circulator_county = roll.zip[home_row], roll.county[home_row].astype(np.int64)
    kind = np.where(draws.share("bad circulator", who) < share["bad_circulator"],
                    1 + draws.below("how bad", who, 2), GOOD)  # fmt: skip
    care = np.maximum(0.2, 1 + share["circulator_spread"] * _spread(draws, "care", who))

    # Sheets: filled one after the other, each by one circulator; the last lines of a sheet often stay empty.
    filled = 10 - np.minimum(9, (-2.2 * np.log1p(-draws.share("empty lines", at))).astype(np.int64))
    ends = np.cumsum(filled)
    sheets = int(np.searchsorted(ends, lines)) + 1
    sheet = np.searchsorted(ends[:sheets], at, side="right")
    line_no = at - np.concatenate([[0], ends])[sheet] + 1
    busy = np.cumsum(0.15 - np.log1p(-draws.share("busy", who)))
    sheet_circulator = np.searchsorted(busy / busy[-1], (np.arange(sheets) + 0.5) / sheets)
    sheet_county = circulator_county[sheet_circulator]
    signed = _signed(draws, sheet_circulator, sheet, start, end)
    circulator = sheet_circulator[sheet]

    # The state of each signer, more often a bad one with a careless circulator.
    limits = np.cumsum([share[state] for state in STATES])
    state = np.searchsorted(limits, draws.share("state", at) / care[circulator], side="right")
    line_kind = kind[circulator]
    state[line_kind == COPIES_ROLL] = STATES.index("mismatch")
    invented = (line_kind == INVENTS) & (draws.share("invents", at) < 0.7)
    state[invented] = STATES.index("not_registered")

    around = circulator_zip[circulator].astype(np.int64)
    active = roll.status == _code(roll, ACTIVE)
    settled = active & (roll.registered <= start.toordinal())
    other = np.flatnonzero(draws.share("other neighbourhood", at) < share["other_neighbourhood"])
    around[other] = roll.zip[_anywhere(roll, draws, sheet_county[sheet[other]], other)]
    row = _Pools(roll, draws, "regular", settled, roll.zip).give(around)
    for name, place, asked in (("county", roll.county, sheet_county[sheet]), ("place", roll.county * 0, at * 0)):
        missing = np.flatnonzero(row < 0)  # a neighbourhood where everybody has signed: others come
        if len(missing):
            unused = settled.copy()
            unused[row[row >= 0]] = False
            row[missing] = _Pools(roll, draws, name, unused, place).give(asked[missing])
    row = np.where(row < 0, draws.below("anybody", at, len(roll)), row)
    home = row.copy()

    def choose(name: str, chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Let the lines of a state be signed by rows of that kind in the sheet's county."""
        asked = np.flatnonzero(state == STATES.index(name))
        found = _Pools(roll, draws, name, chosen, roll.county).give(sheet_county[sheet[asked]])
        rows = asked[found >= 0]
        row[rows] = home[rows] = found[found >= 0]
        state[asked[found < 0]] = REGULAR
        return rows

    for name in ("cancelled", "inactive", "pending"):
        choose(name, roll.status == _code(roll, name))
    late = choose("registered_after", active & (roll.registered > start.toordinal() + 3))
    before = roll.registered[row[late]] - 1 - draws.below("late", late, 30)
    signed[late] = np.maximum(start.toordinal(), before)

    far = np.flatnonzero(state == STATES.index("other_county"))
    if len(roll.counties) > 1:
        row[far] = home[far] = _elsewhere(roll, draws, sheet_county[sheet[far]], far)

    moved = np.flatnonzero(state == STATES.index("moved"))
    near = draws.share("moved near", moved) < 0.6
    home[moved] = np.where(near, _neighbours(roll, draws, row[moved]), draws.below("moved to", moved, len(roll)))
    unregistered = np.zeros(lines, dtype=np.int8)
    nobody = np.flatnonzero(state == STATES.index("not_registered"))
    way = draws.share("why not registered", nobody)
    unregistered[nobody] = np.where(way < 0.35, RELATIVE, np.where(way < 0.7, TENANT, ELSEWHERE))
    row[nobody] = -1

    copied = line_kind == COPIES_ROLL
    first = np.maximum.accumulate(np.where(np.diff(circulator, prepend=-1) != 0, at, 0))
    in_order = (home_row[circulator] + (at - first)) % len(roll)
    row[copied] = home[copied] = in_order[copied]

    neighbour = (state == REGULAR) & (line_no > 1) & (draws.share("same home", at) < share["household_next"])
    original = _originals(draws, share, circulator, sheet_county[sheet], copied)
    mismatch = (state == STATES.index("mismatch")) & (row >= 0)
    return Gathering(
        sheet, line_no, signed, row, home, unregistered, copied, mismatch, neighbour & (original == at), original,
        sheet_circulator, sheet_county,
        draws.share("defective", np.arange(sheets)) < share["defective_sheet"], kind,
    )  # fmt: skip


def _anywhere(roll: Roll, draws: Draws, county: NDArray[np.int64], at: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give for each county asked for any of its rows."""
    order = np.argsort(roll.county, kind="stable")
    starts = np.searchsorted(roll.county[order], np.arange(len(roll.counties) + 1))
    rows: NDArray[np.int64] = order[starts[county] + draws.below("anywhere", at, starts[county + 1] - starts[county])]
    return rows


def _elsewhere(roll: Roll, draws: Draws, county: NDArray[np.int64], at: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give for each county asked for a row of another county."""
    order = np.argsort(roll.county, kind="stable")
    starts = np.searchsorted(roll.county[order], np.arange(len(roll.counties) + 1))
    others = len(roll) - (starts[county + 1] - starts[county])
    rows: NDArray[np.int64] = order[(starts[county + 1] + draws.below("other county", at, others)) % len(roll)]
    return rows


def _neighbours(roll: Roll, draws: Draws, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give for each row another row of the same ZIP code."""
    order = np.argsort(roll.zip, kind="stable")
    starts = np.searchsorted(roll.zip[order], np.arange(len(roll.zips) + 1))
    zips = roll.zip[rows]
    chosen = draws.below("neighbour", rows, starts[zips + 1] - starts[zips])
    rows_near: NDArray[np.int64] = order[starts[zips] + chosen]
    return rows_near


def _originals(
    draws: Draws,
    share: Mapping[str, float],
    circulator: NDArray[np.int64],
    county: NDArray[np.int64],
    copied: NDArray[np.bool_],
) -> NDArray[np.int64]:
    """Choose the lines that repeat a signer, and the line that each repeats (every other line repeats itself).

    A far one is gathered anywhere in the county, seldom in another.
    """
    lines = len(circulator)
    at = np.arange(lines)
    again = np.flatnonzero((draws.share("duplicate", at) < share["duplicate"]) & ~copied)
    first = np.searchsorted(circulator, circulator[again])
    size = np.searchsorted(circulator, circulator[again], side="right") - first
    near = draws.share("near duplicate", again) < share["near_duplicate"]
    by_county = np.argsort(county, kind="stable")
    begin = np.searchsorted(county[by_county], county[again])
    inside = np.searchsorted(county[by_county], county[again], side="right") - begin
    far = by_county[begin + draws.below("far", again, inside)]
    anywhere = draws.share("very far", again) < 0.03
    far[anywhere] = draws.below("anywhere", again[anywhere], lines)
    chosen = np.where(near, first + draws.below("near", again, size), far)
    third = draws.share("third line", again) < share["third_line"]
    third[:1] = False
    chosen[third] = chosen[np.flatnonzero(third) - 1]
    repeats = np.zeros(lines, dtype=bool)
    repeats[again] = True
    usable = ~repeats[chosen] & ~copied[chosen]
    original = at.copy()
    original[again[usable]] = chosen[usable]
    return original


def _signed(
    draws: Draws, sheet_circulator: NDArray[np.int64], sheet: NDArray[np.int64], start: date, end: date
) -> NDArray[np.int64]:
    """Give each line its day: a circulator works for some weeks, and a sheet fills on a day or two."""
    days = (end - start).days
    circulators = int(sheet_circulator[-1]) + 1
    who = np.arange(circulators)
    begin = (draws.share("begins", who) * days * 0.8).astype(np.int64)
    length = np.minimum(days - begin, 5 + draws.below("weeks", who, 60))
    first = np.searchsorted(sheet_circulator, who)
    count = np.maximum(1, np.bincount(sheet_circulator, minlength=circulators))
    number = np.arange(len(sheet_circulator))
    along = (number - first[sheet_circulator]) / count[sheet_circulator]
    day = begin[sheet_circulator] + (along * length[sheet_circulator]).astype(np.int64)
    late = draws.share("second day", np.arange(len(sheet))) < 0.15
    return start.toordinal() + np.minimum(day[sheet] + late, days)


def _spread(draws: Draws, name: str, at: NDArray[np.int64]) -> NDArray[np.float64]:
    """Draw from nearly a normal distribution of mean 0 and variance 1: twelve draws added up, less six."""
    total = sum(draws.share(f"{name} {number}", at) for number in range(12))
    return np.asarray(total) - 6.0


def _code(roll: Roll, status: str) -> int:
    return roll.statuses.index(status) if status in roll.statuses else -1
