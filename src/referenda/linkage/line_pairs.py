"""Which lines of a petition may be one signer's: every line beside the others, and beside the registrations they have.

A line and its repetition are both damaged, so they share less than a line and a registration do. There are far fewer
lines than voters, though, and so the keys may be shorter: a letter of the given name and one of the surname with the
house number, or three letters of a surname within a zip. A line whose voter is beyond doubt also shows the face that
its registration has, in which nothing is damaged. Where more lines share a key than its cap, those that stand nearest
are taken (by zip, then in the order of the petition), so no street of namesakes is compared whole.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from referenda.linkage.blocking import Candidates, Probe, ask, cheap_score, distinct, line_keys
from referenda.linkage.key_arrays import Index
from referenda.linkage.people import Column, People
from referenda.linkage.stages import NOBODY, Links

Ints = npt.NDArray[np.int64]

KEYS: dict[str, tuple[str, ...]] = {
    "name": ("last", "first"),
    "head": ("last", "first:3"),
    "number_initials": ("number", "first:1", "last:1"),
    "number_street": ("number", "street:3"),
    "number_last": ("number", "last:3"),
    "street_initials": ("street", "first:1", "last:1"),
    "city_initials": ("city", "first:1", "last:1", "street:1"),
    "number": ("number",),
    "initials": ("first:1", "last:1"),
    "first": ("first:3",),
    "last": ("last:3",),
    "tail": ("last:-3",),
    "street_last": ("street:3", "last:1"),
}
"""Keys by name: the fields they are made of, as in `key_arrays.KEYS`. Of those tried, these found what all did."""

_NEAR = ("number", "initials", "first", "last", "tail", "street_last")

PROBES = (
    *(Probe("name", fields, cap=20) for fields in (("first", "last"), ("second", "first"), ("last", "middle"))),
    Probe("number_initials", ("number", "last:1", "first:1"), cap=20),
    *(Probe(name, fields, near=name in _NEAR, cap=40 if name in _NEAR else 20) for name, fields in KEYS.items()),
)
"""Asked for every line; those that are near in the zip of the line, or else of its sheet, and in that of its sheet."""

KEPT = 5
"""Other lines a line that are compared in full."""
SCORE_FROM = 8.0
"""Least cheap score of a pair that is compared in full."""


@dataclass(frozen=True)
class Faces:
    """All that is written of the signers: the lines, and the registrations of those whose voter is beyond doubt.

    `index` has the faces sorted by the zip of the home, then in the order of the lines; `line` says whose each is.
    """

    index: Index
    line: Ints
    registered: npt.NDArray[np.bool_]
    zips: Ints
    """For every line the zip of its home: its own if the voter file has it, or else that of its sheet."""
    place: Ints
    """For every line the row of its own face in the index."""

    @classmethod
    def of(cls, lines: People, voters: Index, sheet_zip: Ints, links: Links, certain: Ints) -> Faces:
        """Collect them; `certain` has for every line its voter's row, or -1."""
        known = voters.zip_rows(lines.zip5.astype(np.int64))[1] > 0
        zips = np.where(known | (sheet_zip == 0), lines.zip5, sheet_zip).astype(np.int64)
        linked = np.flatnonzero((certain != NOBODY) & ~links.exact)
        row, first = np.unique(certain[linked], return_index=True)
        line = np.concatenate([np.arange(len(lines)), linked[first]])
        home = np.concatenate([zips, voters.people.zip5[row]])
        order = np.lexsort((line, home))
        columns = {name: _beside(c, voters.people[name], row, order) for name, c in lines.columns.items()}
        day = lines.day[line][order]
        zip5 = np.concatenate([lines.zip5, voters.people.zip5[row]])[order]
        index = Index.of(People(columns, home[order].astype(np.int32), day), KEYS)
        place = np.empty(len(lines), np.int64)
        own = order < len(lines)
        place[line[order][own]] = np.flatnonzero(own)
        return cls(replace(index, people=People(columns, zip5, day)), line[order], ~own, zips, place)


def _beside(column: Column, voters: Column, rows: Ints, order: Ints) -> Column:
    """Give the values of all lines and of some voters in one column, in the order given."""
    once, back = np.unique(voters.codes[rows], return_inverse=True)
    values = pa.concat_arrays([column.values.cast(pa.string()), voters.values.take(pa.array(once)).cast(pa.string())])
    codes = np.concatenate([column.codes.astype(np.int32), (back + len(column.values)).astype(np.int32)])[order]
    hashes = np.concatenate([column.hashes, voters.hashes[once]])
    return Column(values, codes, hashes, np.concatenate([column.pairs, voters.pairs[once]]))


def pairs_by_keys(faces: Faces, lines: People, which: Ints, sheet_zip: Ints, more: Ints) -> Candidates:
    """Find the lines that are most like those named in `which`, at most `KEPT` for each.

    Parameters
    ----------
    which
        Lines, in increasing order.
    more
        Pairs to be looked at besides, as (line << 32) | other line.

    Returns
    -------
    Candidates
        With the row of the face that is most like the line.
    """
    index = faces.index
    everywhere = np.zeros(len(which), np.int64), np.full(len(which), len(faces.line), np.int64)
    home, sheet = index.zip_rows(faces.zips[which]), index.zip_rows(sheet_zip[which])
    sheet = sheet[0], np.where(sheet[0] == home[0], 0, sheet[1])
    packed = [(more >> 32) << 32 | faces.place[more & 0xFFFFFFFF]]
    for probe in PROBES:
        keys = line_keys(lines, which, probe.fields)
        for low, high in (home, sheet) if probe.near else (everywhere,):
            asked = np.flatnonzero((keys != 0) & (high > low))
            (at, row), _ = ask(index, probe, keys[asked], low[asked], high[asked], faces.place[which[asked]])
            packed.append(which[asked[at]] << 32 | row)
    once = distinct(np.concatenate(packed))
    line, row = once >> 32, once & 0xFFFFFFFF
    other = faces.line[row]
    apart = other != line
    line, row, other = line[apart], row[apart], other[apart]
    score = cheap_score(lines, line, index.people, row)
    found = np.bincount(np.searchsorted(which, line), minlength=len(which))
    best = np.lexsort((row, -score, other, line))
    pair = once[apart] >> 32 << 32 | other
    best = best[np.flatnonzero(np.append(True, pair[best][1:] != pair[best][:-1])[: len(best)])]
    best = best[np.lexsort((other[best], -score[best], line[best]))]
    line, row, score = line[best], row[best], score[best]
    kept = (np.arange(len(line)) - np.searchsorted(line, line) < KEPT) & (score >= SCORE_FROM)
    line, row, score = line[kept], row[kept], score[kept]
    start, end = index.arrays["name"].find(line_keys(lines, which, KEYS["name"]), *everywhere)
    at = np.searchsorted(which, line)
    return Candidates(line, row, score, found[at], (end - start)[at])
