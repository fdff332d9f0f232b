"""Match petition lines against a voter file: proposed voter, probability, status, reason, duplicates.

The answer is one row a line, in the order of the file, written under a temporary name and then renamed: an
interruption leaves nothing behind. The same files give the same bytes, whatever the threads and the memory.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from referenda.errors import Fault, InputError
from referenda.linkage.blocks import Deed, Exactly, InFull, open_index
from referenda.linkage.decide import LINK_FROM, REVIEW_FROM, Decisions, decide, scores
from referenda.linkage.duplicates import find_duplicates
from referenda.linkage.key_arrays import build_index, has_index
from referenda.linkage.model import Model, shipped_model
from referenda.linkage.people import People
from referenda.linkage.stages import NOBODY, Links, zip_of_sheets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from referenda.linkage.engine import Engine

Ints = npt.NDArray[np.int64]
Progress = Callable[[str, int, int], None]


@dataclass
class MatchReport:
    """What a match did: counts by status and by reason, lines per stage, seconds per stage."""

    lines: int
    voters: int
    statuses: dict[str, int]
    reasons: dict[str, int]
    linked: int
    exact: int
    capped: int
    duplicates: int
    seconds: dict[str, float] = field(default_factory=dict)

    def as_dict(self) -> dict[str, object]:
        """Give it for `--json`."""
        return dict(vars(self))


def match_lines(
    lines_file: Path,
    voters_file: Path,
    out: Path,
    *,
    engine: Engine,
    memory_bytes: int = 2 << 30,
    as_of: date | None = None,
    model: Model | None = None,
    progress: Progress = lambda stage, done, of: None,
) -> MatchReport:
    """Match every line and write the answer to `out`.

    Parameters
    ----------
    lines_file
        Petition lines, CSV or Parquet.
    voters_file
        Voters, CSV or Parquet, or the folder of an imported snapshot.
    out
        File to write, `.parquet` or `.csv`: line_id, voter_id, score in [0, 1], status, reason, duplicate_of,
        runner_up, runner_up_score.
    memory_bytes
        Bound that sets how many lines are worked on at a time.
    as_of
        Day that stands for the date of signing where a line has none.

    Raises
    ------
    InputError
        A file cannot be read, lacks a column, or `out` cannot be written.
    """
    if out.suffix not in (".parquet", ".csv") or not out.parent.is_dir():
        message = "the answer is written as .parquet or .csv into a folder that exists"
        raise InputError(Fault(message, column="--out", value=str(out), remedy="Try matches.parquet."))
    model = model or shipped_model()
    laps = _Laps()
    with _keys_of(voters_file, engine, laps, progress) as (keys, voters_parquet):
        index = open_index(keys)
        progress("reading the lines", 0, 1)
        with laps("read"):
            table = engine.read_lines(lines_file)
            lines = People.of(table)
            sheets = _numbered(table["sheet_id"])
            sheet_zip = zip_of_sheets(lines, sheets, index)
        block = max(1 << 12, min(1 << 16, memory_bytes >> 14))
        links = Links.nothing(len(lines))

        def match(stage: str, deed: Deed, which: Ints) -> None:
            done = 0
            for part, found in engine.match_blocks(deed, lines, which, sheet_zip, block):
                links.put(part, found)
                done += len(part)
                progress(stage, done, len(which))

        with laps("exact"):
            match("looking for lines as written", Exactly(keys), np.arange(len(lines)))
            links.probability[links.exact] = model.exact_probability
        clean_share = float(links.exact.mean()) if len(lines) else 0.0
        with laps("candidates"):
            match("matching", InFull(keys, model, clean_share), np.flatnonzero(~links.exact))
        with laps("duplicates"):
            earlier = find_duplicates(lines, sheet_zip, links, model, clean_share=clean_share, block=block)
        with laps("write"):
            as_of_day = (as_of - date(1970, 1, 1)).days if as_of else 0
            decisions = decide(lines, index.people, links, earlier, as_of_day=as_of_day)
            answer = _answer(table["line_id"], voters_parquet, links, decisions, earlier)
            _write(answer, out)
    return MatchReport(
        lines=len(lines),
        voters=len(index.people),
        statuses=_counted(decisions.status),
        reasons=_counted(decisions.reason[decisions.reason != ""]),
        linked=int((links.probability >= LINK_FROM).sum()),
        exact=int(links.exact.sum()),
        capped=int((links.capped != 0).sum()),
        duplicates=int((earlier != NOBODY).sum()),
        seconds=laps.seconds,
    )


class _Laps:
    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - start, 3)


@contextmanager
def _keys_of(voters: Path, engine: Engine, laps: _Laps, progress: Progress) -> Iterator[tuple[Path, Path]]:
    """Give the keys of a snapshot and its voters, or make them for this match only."""
    if voters.is_dir() and has_index(voters / "keys"):
        yield voters / "keys", voters / "voters.parquet"
        return
    with tempfile.TemporaryDirectory(prefix="referenda-") as name:
        folder = Path(name)
        parquet = voters / "voters.parquet" if voters.is_dir() else folder / "voters.parquet"
        progress("indexing the voters", 0, 1)
        with laps("import"):
            if not voters.is_dir():
                engine.prepare_voters(voters, folder)
            elif not parquet.is_file():
                remedy = "Give a snapshot made by `referenda voters import`, or a file."
                raise InputError(Fault("this folder is not a snapshot of voters", file=str(voters), remedy=remedy))
            build_index(parquet, folder / "keys")
        yield folder / "keys", parquet


def _numbered(column: pa.ChunkedArray) -> Ints:
    """Number the sheets; a line without a sheet is one of its own."""
    encoded = column.combine_chunks().dictionary_encode()
    numbers = np.array(encoded.indices.to_numpy(zero_copy_only=False), dtype=np.int64)
    alone = np.flatnonzero(np.asarray(column.to_numpy() == ""))
    numbers[alone] = len(encoded.dictionary) + alone
    return numbers


def _answer(ids: pa.ChunkedArray, voters: Path, links: Links, decisions: Decisions, earlier: Ints) -> pa.Table:
    shown = links.probability >= REVIEW_FROM
    row = np.where(shown, links.row, NOBODY)
    second = np.where(links.runner_up_probability >= 0.001, links.runner_up, NOBODY)
    names = _voter_ids(voters, np.unique(np.concatenate([row, second])))
    line_ids = ids.combine_chunks()
    return pa.table(
        {
            "line_id": line_ids,
            "voter_id": names(row),
            "score": pa.array(np.round(scores(links).astype(np.float64), 6)),
            "status": pa.array(decisions.status, pa.string()),
            "reason": pa.array(decisions.reason, pa.string(), mask=decisions.reason == ""),
            "duplicate_of": line_ids.take(pa.array(earlier, mask=earlier == NOBODY)),
            "runner_up": names(second),
            "runner_up_score": pa.array(
                np.round(links.runner_up_probability.astype(np.float64), 6), mask=second == NOBODY
            ),
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


def _write(answer: pa.Table, out: Path) -> None:
    part = out.with_name(f".{out.name}.part")
    try:
        if out.suffix == ".csv":
            pyarrow.csv.write_csv(answer, part)
        else:
            pq.write_table(answer, part, compression="zstd")
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)


def _counted(words: npt.NDArray[np.object_]) -> dict[str, int]:
    names, counts = np.unique(words.astype(str), return_counts=True)
    return dict(zip(names.tolist(), counts.tolist(), strict=True))
