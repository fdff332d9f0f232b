"""Continuing a match: which lines keep the answer they had, because nothing that it rests on has changed.

A line keeps its answer if an earlier line said exactly the same (`linkage.same_text`) and no registration that could be
its candidate has changed. Where the voter file is a newer one, both snapshots are compared; a line is matched again if
one of its keys leads to a registration that is new, gone or changed, with a cheap score that a candidate needs; for a
line that stands in the file as written, if such a registration has its name and its address or zip.

What an answer that is kept may differ in from matching all anew: the share of clean lines in the petition, which stays
as it was first; and, with a newer voter file, how often a name occurs in it, how many registrations share a key with
the line without coming near it, and which zip it seems to mean where its own is not in the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from referenda.errors import Fault, InputError
from referenda.linkage.blocking import find_candidates, likely_zip
from referenda.linkage.key_arrays import Index
from referenda.linkage.keys import combine
from referenda.linkage.normalize import NORMALISED, VOTER_FIELDS
from referenda.linkage.people import People
from referenda.linkage.stages import NOBODY, Links
from referenda.workflows.statements import database, run_statement

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Hashes = npt.NDArray[np.uint64]

TOO_MANY = 0.25
"""Share of the voters beyond which so much has changed that every line is matched again."""


@dataclass(frozen=True)
class Kept:
    """Lines that keep an earlier answer, in increasing order, and their links."""

    which: Ints
    links: Links


def keep_answers(old: pa.Table, lines: Hashes, which: Ints, voters: Path, *, memory: int) -> Kept:
    """Find the lines that an earlier answer holds, and their registrations in the voter file of today.

    Parameters
    ----------
    old
        The earlier answer, as `read_answer` gives it.
    lines
        The digest of every line.
    which
        Lines to look for, in increasing order.
    voters
        The snapshot's `voters.parquet`.
    """
    digests = old["line_digest"].to_numpy()
    known, at = np.unique(digests, return_index=True)
    place = np.minimum(np.searchsorted(known, lines[which]), max(len(known) - 1, 0))
    there = known[place] == lines[which] if len(known) else np.zeros(len(which), bool)
    which, taken = which[there], old.take(pa.array(at[place[there]]))
    ids = [*taken["voter_id"].chunks, *taken["runner_up"].chunks]
    rows, gone = _rows_of(pa.chunked_array(ids, pa.string()), voters, memory)
    links = Links.nothing(len(which))
    links.row, links.runner_up = rows[: len(which)], rows[len(which) :]
    links.probability = np.asarray(taken["probability"].to_numpy(), dtype=np.float32)
    links.runner_up_probability = np.asarray(taken["runner_up_score"].fill_null(0.0).to_numpy(), dtype=np.float32)
    links.exact = np.asarray(taken["exact"].to_numpy(zero_copy_only=False), dtype=bool)
    return _without(Kept(which, links), gone[: len(which)] | gone[len(which) :])


def without_touched(
    kept: Kept, before: Path, after: Path, lines: People, sheet_zip: Ints, index: Index, *, block: int, memory: int
) -> Kept:
    """Leave out the lines whose candidates may have changed between two snapshots."""
    changed = _changed_voters(before / "voters.parquet", after / "voters.parquet", memory)
    if changed is None:
        return _without(kept, np.ones(len(kept.which), bool))
    if not len(changed):
        return kept
    small = Index.of(People.of(changed))
    touched = _known_zips_changed(before / "voters.parquet", lines.zip5[kept.which], index)
    touched |= _as_written(small.people, lines, kept, index)
    rest = np.flatnonzero(~kept.links.exact)
    for start in range(0, len(rest), block):
        here = rest[start : start + block]
        guess = likely_zip(index, lines, kept.which[here])  # As the whole file has it, not the few who changed.
        other = np.flatnonzero(guess > 0)
        guessed = sheet_zip.copy()
        guessed[kept.which[here[other]]] = guess[other]
        for some, zips in ((here, sheet_zip), (here[other], guessed)):
            pairs = find_candidates(small, lines, kept.which[some], zips)
            touched[some[np.searchsorted(kept.which[some], pairs.line)]] = True
            touched[some[pairs.capped != 0]] = True
    return _without(kept, touched)


def _as_written(people: People, lines: People, kept: Kept, index: Index) -> Flags:
    """Say which lines as written have the name of one of the people, and the address, the zip, or no zip that is known.

    The name in the zip matters where more bear it there than are looked at.
    """

    def said(side: People, rows: Ints) -> tuple[Hashes, Hashes, Hashes]:
        name = combine(side["last"].hash_of(rows), side["first"].hash_of(rows))
        zips = side.zip5[rows].astype(np.int64).view(np.uint64)
        return (
            combine(name, side["number"].hash_of(rows), side["street"].hash_of(rows)),
            combine(name, zips),
            np.where(index.zip_rows(zips.view(np.int64))[1] == 0, name, np.uint64(0)),
        )

    homes, places, nowhere = said(lines, kept.which)
    everybody = np.arange(len(people))
    their_homes, their_places, _ = said(people, everybody)
    their_names = combine(people["last"].hash_of(everybody), people["first"].hash_of(everybody))
    found = (
        np.isin(homes, their_homes)
        | (np.isin(places, their_places) & (places != 0))
        | (np.isin(nowhere, their_names) & (nowhere != 0))
    )
    return np.asarray(kept.links.exact & found, dtype=bool)


def _without(kept: Kept, leave: Flags) -> Kept:
    stay = ~leave
    return Kept(kept.which[stay], Links(**{name: column[stay] for name, column in vars(kept.links).items()}))


def _rows_of(ids: pa.ChunkedArray, voters: Path, memory: int) -> tuple[Ints, Flags]:
    """Give the row of every voter named, -1 where none is named; and who is not in the file."""
    encoded = ids.combine_chunks().dictionary_encode()
    with database(memory) as connection:
        connection.register("asked", pa.table({"id": encoded.dictionary, "place": np.arange(len(encoded.dictionary))}))
        found = connection.execute(
            f"SELECT place, min(file_row_number) AS row FROM read_parquet({_text(voters)}, file_row_number = true) "
            "JOIN asked ON id = voter_id GROUP BY place"
        ).fetchnumpy()
    rows = np.full(len(encoded.dictionary) + 1, NOBODY, dtype=np.int64)
    rows[np.asarray(found["place"], dtype=np.int64)] = np.asarray(found["row"], dtype=np.int64)
    codes = np.asarray(encoded.indices.fill_null(len(encoded.dictionary)).to_numpy(zero_copy_only=False))
    return rows[codes], (rows[codes] == NOBODY) & (codes < len(encoded.dictionary))


def _changed_voters(before: Path, after: Path, memory: int) -> pa.Table | None:
    """Give both faces of every registration that differs, sorted as in a snapshot; None where too many do."""
    digest = f"hash({', '.join((*VOTER_FIELDS, *NORMALISED))})"
    columns = ", ".join((*NORMALISED, "county", "status", "reg_date AS date"))
    with database(memory) as connection:
        for name, file in (("before", before), ("after", after)):
            connection.execute(f"CREATE TEMP VIEW {name} AS SELECT * FROM read_parquet({_text(file)})")
        run_statement(
            connection,
            "CREATE TEMP TABLE differing AS SELECT coalesce(b.voter_id, a.voter_id) AS voter_id FROM "
            f"(SELECT voter_id, {digest} AS d FROM before) AS b FULL JOIN "
            f"(SELECT voter_id, {digest} AS d FROM after) AS a USING (voter_id) WHERE b.d IS DISTINCT FROM a.d",
        )
        count, voters = (
            int(connection.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0]) for name in ("differing", "after")
        )
        if count > TOO_MANY * voters:
            return None
        some = " UNION ALL ".join(
            f"SELECT {columns} FROM {name} WHERE voter_id IN (SELECT voter_id FROM differing)"
            for name in ("before", "after")
        )
        order = [("zip5", "ascending"), ("n_street", "ascending")]
        return connection.sql(f"SELECT * FROM ({some}) ORDER BY ALL").to_arrow_table().sort_by(order)


def _known_zips_changed(before: Path, zip5: npt.NDArray[np.int32], index: Index) -> Flags:
    """Say which zips only one of the voter files knows."""
    with database(256 << 20) as connection:
        zips = connection.execute(f"SELECT DISTINCT zip5 FROM read_parquet({_text(before)})").fetchnumpy()["zip5"]
    asked = zip5.astype(np.int64)
    return np.asarray((index.zip_rows(asked)[1] > 0) != (np.isin(asked, zips) & (asked > 0)), dtype=bool)


def _text(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def require_before(before: Path | None, voters: str, found: str | None, since: Path) -> Path:
    """Give the snapshot that an earlier answer was made with, where the voter file is a newer one.

    Raises
    ------
    InputError
        It was not given, or is another than the answer's.
    """
    if before is None or found != voters:
        message = "the earlier answer was made with another voter file"
        if before is not None:
            message = "this is not the snapshot that the earlier answer was made with"
        remedy = "Name the snapshot it was made with: --voters-before FOLDER. Or leave --since out."
        raise InputError(Fault(message, str(before or since), column="--voters-before", remedy=remedy))
    return before
