"""The answer of a match: one row a line, written whole or not at all, and read again when a later match continues it.

A Parquet answer also says what it was made of: the digests of the voters and of the model, and the share of lines
that stood in the voter file as written (`clean_share`). Three columns at its end serve the next match: `probability` as
it was before it was held for lack of a margin, `exact`, and `line_digest`, the digest of all that the line says.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from referenda.errors import Fault, InputError
from referenda.linkage.blocking import distinct
from referenda.linkage.decide import REVIEW_FROM, Decisions, scores
from referenda.linkage.stages import NOBODY, Links

Ints = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]

FORMAT = "referenda-match/1"
RUNNER_UP_FROM = 0.001
"""Least probability of a runner-up that is shown."""
_ABOUT = b"referenda.match"
_STATE = ("line_digest", "voter_id", "probability", "runner_up", "runner_up_score", "exact")


@dataclass(frozen=True)
class MadeOf:
    """What an answer was made of."""

    voters: str
    """SHA-256 of the snapshot's voters."""
    model: str
    clean_share: float
    """Share of the petition's lines that stood in the voter file as written, in [0, 1], as it was used."""

    def as_dict(self) -> dict[str, object]:
        """Give it for the file."""
        return {"format": FORMAT, "made_by": version("referenda"), **vars(self)}


def answer_of(
    ids: pa.ChunkedArray, voters: Path, links: Links, decisions: Decisions, earlier: Ints, digests: Hashes
) -> pa.Table:
    """Put the answer together.

    Parameters
    ----------
    ids
        The line's ids.
    voters
        The snapshot's `voters.parquet`, for their ids.
    earlier
        For every line, the earliest line by the same signer; -1 where there is none.
    """
    shown = links.probability >= REVIEW_FROM
    row = np.where(shown, links.row, NOBODY)
    second = np.where(links.runner_up_probability >= RUNNER_UP_FROM, links.runner_up, NOBODY)
    names = _voter_ids(voters, distinct(np.concatenate([row, second])))
    line_ids = ids.combine_chunks()
    second_score = np.round(links.runner_up_probability.astype(np.float64), 6)
    return pa.table(
        {
            "line_id": line_ids,
            "voter_id": names(row),
            "score": pa.array(np.round(scores(links).astype(np.float64), 6)),
            "status": pa.array(decisions.status, pa.string()),
            "reason": pa.array(decisions.reason, pa.string(), mask=decisions.reason == ""),
            "duplicate_of": line_ids.take(pa.array(earlier, mask=earlier == NOBODY)),
            "runner_up": names(second),
            "runner_up_score": pa.array(second_score, mask=second == NOBODY),
            "probability": pa.array(links.probability),
            "exact": pa.array(links.exact),
            "line_digest": pa.array(digests),
        }
    )


def _voter_ids(voters: Path, rows: Ints) -> Callable[[Ints], pa.Array]:
    """Read the ids of some rows, one group of rows at a time."""
    rows = rows[rows != NOBODY]
    taken: list[pa.Array] = []
    file = pq.ParquetFile(voters)
    start = 0
    for number in range(file.num_row_groups):
        count = file.metadata.row_group(number).num_rows
        low, high = np.searchsorted(rows, [start, start + count])
        if low < high:
            ids = file.read_row_group(number, columns=["voter_id"])["voter_id"].combine_chunks()
            taken.append(ids.take(pa.array(rows[low:high] - start)).cast(pa.string()))
        start += count
    ids = pa.concat_arrays(taken) if taken else pa.array([], pa.string())

    def names(asked: Ints) -> pa.Array:
        return ids.take(pa.array(np.searchsorted(rows, asked), mask=asked == NOBODY))

    return names


def write_answer(answer: pa.Table, made_of: MadeOf, out: Path) -> None:
    """Write it under another name, and rename it when it is whole; a CSV has the columns for people only."""
    part = out.with_name(f".{out.name}.part")
    try:
        if out.suffix == ".csv":
            pyarrow.csv.write_csv(answer.drop_columns(["probability", "exact", "line_digest"]), part)
        else:
            about = {_ABOUT: json.dumps(made_of.as_dict())}
            pq.write_table(answer.replace_schema_metadata(about), part, compression="zstd")
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)


def read_answer(file: Path) -> tuple[pa.Table, MadeOf]:
    """Read what an earlier answer keeps for the next match.

    Raises
    ------
    InputError
        It is not a Parquet answer of this version, from which alone a match can go on.
    """
    remedy = "Give a .parquet answer of `referenda match`, or leave --since out to match the whole petition."
    try:
        about = json.loads((pq.read_metadata(file).metadata or {})[_ABOUT])
        table = pq.read_table(file, columns=list(_STATE))
    except (OSError, pa.ArrowException, KeyError, ValueError) as error:
        raise InputError(Fault("this is not an answer that a match can continue", str(file), remedy=remedy)) from error
    made_by = f"{about.get('made_by')} in the format {about.get('format')}"
    if (about.get("format"), about.get("made_by")) != (FORMAT, version("referenda")):
        message = "this answer was made by another version, which may have weighed otherwise"
        raise InputError(Fault(message, str(file), value=made_by, remedy="Match the whole petition once more."))
    return table, MadeOf(about["voters"], about["model"], float(about["clean_share"]))
