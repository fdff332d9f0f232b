"""The voter file of an invented place: one row for a registration, made by neighbourhoods so that memory is bounded.

Beside the people who live at their address (`people.py`) it holds what real files hold: registrations that are
inactive, pending or cancelled, and those that somebody left behind at a former address. The columns are those of the
documented layout for voters (voter_id, first, middle, last, suffix, house_number, street, unit, city, zip, county,
reg_date, status).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from referenda.errors import Fault, InputError
from referenda.synth import dwellings, people
from referenda.synth.draws import Draws, Wheel
from referenda.synth.names import name_book, unmarked
from referenda.synth.places import Geography
from referenda.synth.streets import ROUTE
from referenda.synth.tables import writing

COLUMNS = (
    "voter_id", "first", "middle", "last", "suffix", "house_number", "street", "unit", "city", "zip", "county",
    "reg_date", "status",
)  # fmt: skip
AS_OF = date(2026, 7, 15)
STATUSES = ("active", "inactive", "pending", "cancelled")
_STATUS = Wheel((0.89, 0.07, 0.01, 0.03), size=12)
LEFT_BEHIND = 0.01  # of rows: the former registration of somebody who registered anew elsewhere in the neighbourhood
RECENT = 0.05  # of registrations: from the last RECENT_DAYS days
RECENT_DAYS = 200
MEAN_DAYS = 3_000
MOST_DAYS = 20_000
MEAN_FILL = 0.9  # of homes built: room for neighbourhoods that turn out emptier than the mean
CHUNK = 250_000
FACES = ("title", "upper", "ascii")


@dataclass(frozen=True)
class VoterPlan:
    """What a voter file is to be.

    Parameters
    ----------
    voters
        Rows, 1 to 100,000,000.
    seed
        Any integer; the same seed and number of voters give the same file.
    face
        `title` (Núñez, N Main St), `upper` (NÚÑEZ, N MAIN ST) or `ascii` (NUNEZ, N MAIN ST).
    as_of
        Day of the file; nobody registered later.
    counties
        How many; grows with the place if not given.
    county
        The name of the largest; drawn if not given.
    """

    voters: int
    seed: int
    face: str = "title"
    as_of: date = AS_OF
    counties: int | None = None
    county: str | None = None

    def __post_init__(self) -> None:
        if self.face not in FACES:
            raise InputError(
                Fault("unknown face", column="--face", value=self.face, remedy=f"Give one of {', '.join(FACES)}.")
            )

    def geography(self) -> Geography:
        """Lay out the place."""
        return Geography(self.voters, Draws(self.seed), counties=self.counties, county=self.county)


def write_voters(plan: VoterPlan, file: Path, *, tell: Callable[[int], None] | None = None) -> int:
    """Write a voter file as Parquet or CSV, by its ending.

    Parameters
    ----------
    plan
        What it is to be.
    file
        Path ending in `.parquet` or `.csv`; written under another name and renamed when complete.
    tell
        Called with the number of rows written so far.

    Returns
    -------
    int
        Rows written.

    Raises
    ------
    InputError
        The file's ending is another, or a number of the plan is out of its range.
    """
    rows = 0
    geography = plan.geography()
    with writing(file) as write:
        for table in voter_tables(plan, geography):
            write(table)
            rows += len(table)
            if tell is not None:
                tell(rows)
    return rows


def voter_tables(plan: VoterPlan, geography: Geography) -> Iterator[pa.Table]:
    """Make a voter file in pieces of whole neighbourhoods, about 250,000 rows each."""
    faces = _Faces(plan)
    first = 0
    while first < len(geography.voters):
        last = max(first + 1, int(np.searchsorted(geography.starts, geography.starts[first] + CHUNK, side="right")) - 1)
        yield _chunk(plan, geography, np.arange(first, last), faces)
        first = last


def _chunk(plan: VoterPlan, geography: Geography, zips: NDArray[np.int64], faces: _Faces) -> pa.Table:
    draws = geography.draws
    wanted = geography.voters[zips]
    streets = [geography.streets(int(z)) for z in zips]
    homes = dwellings.build(
        geography,
        zips,
        (wanted / (MEAN_FILL * people.MEAN_IN_A_HOME)).astype(np.int64) + 80,
        np.array([len(names) for names in streets]),
    )
    area = homes.zip - zips[0]
    sizes = _fill(people.how_many(draws, homes.position), area, wanted)
    residents = people.settle(draws, homes.position, sizes, geography.mixes[homes.zip])
    home = residents.home
    rows = np.arange(len(residents)) + geography.starts[zips[0]]

    # What somebody left behind: the row takes the names of somebody else of the neighbourhood.
    area_of = area[home]
    begin, size = (geography.starts[zips] - geography.starts[zips[0]])[area_of], wanted[area_of]
    who = begin + draws.below("left by", residents.position, size)
    left = (draws.share("left behind", residents.position) < LEFT_BEHIND) & (home[who] != home)
    left &= ~left[who]
    who = np.where(left, who, np.arange(len(who)))

    at = residents.position
    status = _STATUS.turn(draws.bits("status", at))
    status[left] = np.where(draws.share("status left", at[left]) < 0.7, 3, 1)
    days = _days(draws, at)
    days[left] = np.minimum(days[who[left]] + 200 + draws.below("left days", at[left], 3_000), MOST_DAYS)

    street_start = np.cumsum([0, *(len(names) for names in streets)])
    all_streets = [name for names in streets for name in names]
    street, kind = _boxes(all_streets, street_start[homes.zip - zips[0]] + homes.street, homes)
    number_codes = homes.number[home] * 4 + kind[home]
    areas = [geography.neighbourhoods[int(z)] for z in zips]
    return pa.table(
        {
            "voter_id": voter_ids(draws, rows),
            "first": faces.given(residents.first[who]),
            "middle": faces.given(residents.middle[who]),
            "last": faces.surnames(residents.last[who], residents.second[who], residents.joined[who]),
            "suffix": faces.plain(people.SUFFIXES, residents.suffix[who]),
            "house_number": _numbers(number_codes),
            "street": faces.plain(all_streets, street[home]),
            "unit": faces.plain(dwellings.unit_names(), homes.unit[home]),
            "city": faces.plain([area.city for area in areas], area_of),
            "zip": _column([area.zip for area in areas], area_of),
            "county": _column([area.county for area in areas], area_of),
            "reg_date": _dates(plan.as_of, days),
            "status": _column(STATUSES, status),
        }
    )


def _boxes(
    streets: list[str], street: NDArray[np.int64], homes: dwellings.Dwellings
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give homes along a rural route a box instead of a house number (`RR 2 Box 114`); streets are added for them."""
    routes = np.array([name.startswith(ROUTE) for name in streets])
    kind = homes.kind.copy()
    for row in np.flatnonzero(routes[street]).tolist():
        streets.append(f"{streets[street[row]]} Box {homes.number[row] // 10}")
        street[row], kind[row] = len(streets) - 1, dwellings.NONE
    return street, kind


def _fill(sizes: NDArray[np.int64], area: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.int64]:
    """Cut the people of each neighbourhood down to the number wanted, or let more live in its last home."""
    total = np.cumsum(sizes)
    start = np.concatenate([[0], total])[np.searchsorted(area, np.arange(len(wanted)))]
    before = total - sizes - start[area]
    sizes = np.clip(wanted[area] - before, 0, sizes)
    missing = wanted - np.bincount(area, weights=sizes, minlength=len(wanted)).astype(np.int64)
    sizes[np.searchsorted(area, np.arange(len(wanted)), side="right") - 1] += missing
    return sizes


def _days(draws: Draws, at: NDArray[np.int64]) -> NDArray[np.int64]:
    """Draw how many days before the file's day each registration was made."""
    recent = draws.share("recent", at) < RECENT
    long_ago = -MEAN_DAYS * np.log1p(-draws.share("registered", at))
    days = np.where(recent, draws.below("recently", at, RECENT_DAYS), RECENT_DAYS + long_ago.astype(np.int64))
    return np.minimum(days, MOST_DAYS)


def voter_ids(draws: Draws, rows: NDArray[np.int64]) -> pa.Array:
    """Give each row a number of its own, of ten digits, that tells nothing of its place in the file.

    Four rounds of a Feistel network over 30 bits: a permutation, so no number comes twice.
    """
    left, right = rows >> 15, rows & 0x7FFF
    for turn in range(4):
        scrambled = (draws.bits(f"voter number {turn}", right) >> np.uint64(49)).astype(np.int64)
        left, right = right, left ^ scrambled
    return pc.utf8_lpad(pc.cast(pa.array(left << 15 | right), pa.string()), width=10, padding="0")


class _Faces:
    """Turns codes into columns whose letters have the plan's face."""

    def __init__(self, plan: VoterPlan) -> None:
        book = name_book()
        self.face = plan.face
        self._given = np.array([self.of(name) for name in book.given], dtype=object)
        self._surnames = np.array([self.of(name) for name in book.surnames], dtype=object)

    def of(self, text: str) -> str:
        """Write one text in the face."""
        if self.face == "title":
            return text
        return text.upper() if self.face == "upper" else unmarked(text).upper()

    def given(self, codes: NDArray[np.int32]) -> pa.Array:
        return _column(self._given, codes)

    def plain(self, names: Sequence[str], codes: NDArray[np.integer]) -> pa.Array:
        return _column(names, codes, self.of)

    def surnames(self, last: NDArray[np.int32], second: NDArray[np.int32], joined: NDArray[np.bool_]) -> pa.Array:
        used, numbers = _used(last, len(self._surnames))
        places: dict[str, int] = {}
        place = [places.setdefault(name, len(places)) for name in self._surnames[used].tolist()]
        numbers = np.array(place, dtype=np.int32)[numbers]
        for row in np.flatnonzero(second >= 0).tolist():
            text = f"{self._surnames[last[row]]}{'-' if joined[row] else ' '}{self._surnames[second[row]]}"
            numbers[row] = places.setdefault(text, len(places))
        return pa.DictionaryArray.from_arrays(numbers, pa.array(list(places)))


def _used(codes: NDArray[np.integer], size: int) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Find the codes that occur, and number them anew in their order."""
    used = np.flatnonzero(np.bincount(codes, minlength=size))
    new = np.zeros(max(size, 1), dtype=np.int32)
    new[used] = np.arange(len(used))
    return used, new[codes]


def _column(
    names: Sequence[str] | NDArray[np.object_], codes: NDArray[np.integer], write: Callable[[str], str] = str
) -> pa.Array:
    """Give the names of codes as a column."""
    used, numbers = _used(codes, len(names))
    return _texts([write(names[code]) for code in used.tolist()], numbers)


def _texts(texts: list[str], numbers: NDArray[np.int32]) -> pa.Array:
    """Give texts by their numbers as a column; a text that has several numbers stands once in its dictionary."""
    places: dict[str, int] = {}
    place = np.array([places.setdefault(text, len(places)) for text in texts], dtype=np.int32)
    return pa.DictionaryArray.from_arrays(place[numbers], pa.array(list(places), pa.string()))


def _numbers(codes: NDArray[np.int64]) -> pa.Array:
    used, numbers = _used(codes, int(codes.max()) + 1)
    return _texts([dwellings.number_name(*divmod(code, 4)) for code in used.tolist()], numbers)


def _dates(as_of: date, days: NDArray[np.int64]) -> pa.Array:
    used, numbers = _used(days, int(days.max()) + 1)
    return _texts([(as_of - timedelta(days=before)).isoformat() for before in used.tolist()], numbers)
