"""Explain a line's match: its likely registrations, field by field, in words and with the weight of each.

The line is compared as when it was matched; the answer says which registrations it came close to.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from referenda.errors import Fault, InputError
from referenda.linkage.engine import Engine
from referenda.linkage.explain import Explanation, explain
from referenda.linkage.key_arrays import has_index, load_index
from referenda.linkage.model import shipped_model
from referenda.linkage.people import People
from referenda.linkage.stages import zip_of_sheets

_SHOWN = ("line_id", "voter_id", "score", "status", "reason", "runner_up", "runner_up_score")


@dataclass(frozen=True)
class Candidate:
    """A registration that the line may be of: its probability, where the answer gives one, and why."""

    voter_id: str
    score: float | None
    explanation: Explanation


@dataclass(frozen=True)
class MatchExplained:
    """One line of an answer, with its status and reason, and the registrations it came close to."""

    line_id: str
    status: str
    reason: str | None
    candidates: tuple[Candidate, ...]

    def as_dict(self) -> dict[str, object]:
        """Give it for `--json`."""
        candidates = [{**vars(each), "explanation": each.explanation.as_dict()} for each in self.candidates]
        return {**vars(self), "candidates": candidates}


def explain_match(
    lines_file: Path, snapshot: Path, answer: Path, line_id: str, *, engine: Engine, voter_id: str | None = None
) -> MatchExplained:
    """Explain why a line was matched as it was.

    Parameters
    ----------
    lines_file, snapshot, answer
        The petition lines, the imported snapshot and the answer (Parquet) of a match.
    voter_id
        A registration to compare the line with; the proposed one and the runner-up when absent.

    Raises
    ------
    InputError
        A file cannot be read, the line is not in it, or no such voter is in the snapshot.
    """
    if not has_index(snapshot / "keys"):
        remedy = "Import it again: referenda voters import."
        raise InputError(Fault("this is no snapshot with the keys of this version", file=str(snapshot), remedy=remedy))
    said, clean_share = _said(answer, line_id)
    table = engine.read_lines(lines_file)
    place = pc.index(table["line_id"], line_id).as_py()
    if place < 0:
        raise InputError(Fault("this line is not in the file", file=str(lines_file), column="line_id", value=line_id))
    index = load_index(snapshot / "keys")
    sheet = table["sheet_id"][place].as_py()
    same_sheet = table.filter(pc.equal(table["sheet_id"], sheet)) if sheet else table.slice(place, 1)
    lines = People.of(same_sheet)
    at = pc.index(same_sheet["line_id"], line_id).as_py()
    sheet_zip = int(zip_of_sheets(lines, np.zeros(len(lines), np.int64), index)[at])
    asked = (
        {voter_id: None} if voter_id else {said["voter_id"]: said["score"], said["runner_up"]: said["runner_up_score"]}
    )
    asked = {voter: score for voter, score in asked.items() if voter}
    rows = _rows_of(snapshot / "voters.parquet", list(asked))
    if missing := [voter for voter in asked if voter not in rows]:
        remedy = "Give the snapshot that the lines were matched with."
        message = "there is no such voter in the snapshot"
        raise InputError(
            *(Fault(message, file=str(snapshot), column="voter_id", value=v, remedy=remedy) for v in missing)
        )
    model = shipped_model()
    found = (
        (
            voter,
            score,
            explain(lines, at, index.people, rows[voter], model, sheet_zip=sheet_zip, clean_share=clean_share),
        )
        for voter, score in asked.items()
    )
    return MatchExplained(line_id, said["status"], said["reason"], tuple(Candidate(*each) for each in found))


def _said(answer: Path, line_id: str) -> tuple[dict[str, Any], float]:
    """Give what an answer says of a line, and the share of its lines that were decided exactly."""
    try:
        table = pq.read_table(answer, columns=[*_SHOWN, "exact"])
    except (OSError, pa.ArrowException) as error:
        remedy = "Give the .parquet file that `referenda match --out` wrote."
        raise InputError(Fault("this is not the answer of a match", file=str(answer), remedy=remedy)) from error
    row = table.filter(pc.equal(table["line_id"], line_id)).to_pylist()
    if not row:
        raise InputError(Fault("this line is not in the answer", file=str(answer), column="line_id", value=line_id))
    return row[0], float(pc.mean(table["exact"]).as_py() or 0)


def _rows_of(voters: Path, ids: list[str]) -> dict[str, int]:
    """Find the places of voters in the snapshot."""
    return dict(_search(voters, ids)) if ids else {}


def _search(voters: Path, ids: list[str]) -> Iterator[tuple[str, int]]:
    wanted, start = pa.array(ids, pa.string()), 0
    for batch in pq.ParquetFile(voters).iter_batches(batch_size=1 << 17, columns=["voter_id"]):
        column = batch.column(0).cast(pa.string())
        for place in np.flatnonzero(pc.is_in(column, wanted).to_numpy(zero_copy_only=False)).tolist():
            yield column[place].as_py(), start + place
        start += len(column)
