"""Match petition lines against a voter file: proposed voter, probability, status, reason, duplicates.

The answer is one row a line, in the order of the file, written under a temporary name and then renamed. What is
finished of it is kept in a work folder until then (`match_work`): the same question asked again after a stop goes on
from there.
The same files give the same bytes, whatever the threads, the memory and the stops.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from referenda.errors import Fault, InputError
from referenda.linkage.blocks import Deed, Exactly, InFull, open_index
from referenda.linkage.decide import REVIEW_FROM, decide, hold_back, proposed
from referenda.linkage.duplicates import find_duplicates, shipped_pair_model
from referenda.linkage.key_arrays import KEYS, Index, build_index, has_index
from referenda.linkage.model import Model, shipped_model
from referenda.linkage.people import People
from referenda.linkage.same_text import digests_of, links_of, ranks_of, taken
from referenda.linkage.stages import NOBODY, Links, zip_of_sheets
from referenda.workflows.check_lines import check_lines
from referenda.workflows.import_voters import VoterRows, digest_of, import_voters, share_of_all
from referenda.workflows.match_answer import RUNNER_UP_FROM, MadeOf, answer_of, read_answer, write_answer
from referenda.workflows.match_since import keep_answers, require_before, without_touched
from referenda.workflows.match_work import MatchWork, digest_of_model, work_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from referenda.linkage.engine import Engine

Ints = npt.NDArray[np.int64]
Progress = Callable[[str, int, int], None]

STAGES = {
    "importing the voters": 0.0,
    "checking the lines": 0.04,
    "reading the lines": 0.11,
    "comparing with the earlier answer": 0.02,
    "looking for lines as written": 0.05,
    "matching": 0.60,
    "looking for duplicates": 0.12,
    "writing": 0.06,
}
"""The stages in their order, and the share of the time each takes with a million lines and an imported snapshot."""


@dataclass
class MatchReport:
    """What a match did: counts by status and by reason, lines per stage, seconds per stage."""

    lines: int
    voters: int
    statuses: dict[str, int]
    reasons: dict[str, int]
    linked: int
    exact: int
    equal: int
    """Lines that say exactly what an earlier one says; they were given its answer."""
    kept: int
    """Lines whose earlier answer was kept (`since`)."""
    capped: int
    """Lines with a key that more people share than are compared; the nearest to the line's zip were."""
    capped_by_key: dict[str, int]
    duplicates: int
    clean_share: float
    """Share of lines that stand in the voter file as written, as the model was told."""
    clean_share_now: float
    """The same share as it is now; the two differ only where an earlier answer was continued."""
    line_faults: list[dict[str, Any]]
    """Faults of lines that were matched all the same, by kind."""
    voter_faults: dict[str, Any] | None
    """What the import of a raw voter file set aside and found; None for a snapshot."""
    continued: bool
    """Whether an earlier run had finished a part of this."""
    seconds: dict[str, float] = field(default_factory=dict)

    def as_dict(self) -> dict[str, object]:
        """Give it for `--json`."""
        return dict(vars(self))


def match_lines(
    lines_file: Path,
    voters: Path | VoterRows,
    out: Path,
    *,
    engine: Engine,
    memory_bytes: int = 2 << 30,
    as_of: date | None = None,
    since: Path | None = None,
    voters_before: Path | None = None,
    model: Model | None = None,
    progress: Progress = lambda stage, done, of: None,
) -> MatchReport:
    """Match every line and write the answer to `out`.

    Parameters
    ----------
    lines_file
        Petition lines, CSV or Parquet.
    voters
        The folder of an imported snapshot, or an opened voter file, which is imported for this match only.
    out
        File to write, `.parquet` or `.csv`: line_id, voter_id, score in [0, 1], status, reason, duplicate_of,
        runner_up, runner_up_score; a Parquet file also what a later match needs to go on from it.
    memory_bytes
        Bound that sets how many lines are worked on at a time.
    as_of
        Day that stands for the date of signing where a line has none.
    since
        An earlier answer, as Parquet: lines that it holds keep their registration unless one that could be theirs has
        changed.
    voters_before
        The snapshot that `since` was made with, where `voters` is a newer one.

    Raises
    ------
    InputError
        A file cannot be read, lacks a column, has lines that cannot be told apart, or `out` cannot be written.
    EngineError
        Another process writes the same answer, or the disk is full.
    """
    if out.suffix not in (".parquet", ".csv") or not out.parent.is_dir():
        message = "the answer is written as .parquet or .csv into a folder that exists"
        raise InputError(Fault(message, column="--out", value=str(out), remedy="Try matches.parquet."))
    if not lines_file.is_file():
        raise InputError(Fault("there is no such file", file=str(lines_file), remedy="Check the path."))
    model = model or shipped_model()
    question = {
        "lines": digest_of(lines_file),
        "voters": _digest_of_voters(voters),
        "model": digest_of_model(model),
        "since": digest_of(since) if since else None,
        "voters_before": _digest_of_voters(voters_before) if voters_before else None,
    }
    with work_of(out, question) as work:
        run = _Match(lines_file, voters, engine, model, work, memory_bytes, progress)
        return run.write(out, as_of=as_of, since=since, before=voters_before)


class _Match:
    """One match over its work folder."""

    def __init__(
        self,
        lines_file: Path,
        voters: Path | VoterRows,
        engine: Engine,
        model: Model,
        work: MatchWork,
        memory: int,
        progress: Progress,
    ) -> None:
        self.lines_file, self.engine, self.model, self.work = lines_file, engine, model, work
        self.memory, self.progress = memory, progress
        self.block = max(1 << 12, min(1 << 16, memory >> 16))
        self.laps = _Laps()
        self.voter_faults: dict[str, Any] | None = None
        with self.laps("import"):
            self.keys, self.voters_file = self._keys_of(voters)

    def write(self, out: Path, *, as_of: date | None, since: Path | None, before: Path | None) -> MatchReport:
        """Match, write the answer, and say what was done."""
        index = open_index(self.keys)
        with self.laps("read"):
            table, line_faults = self._read_lines()
            lines = People.of(table)
            sheets = _numbered(table["sheet_id"])
            sheet_zip = zip_of_sheets(lines, sheets, index)
            digests = digests_of(lines, sheet_zip)
            first, rank = ranks_of(digests)
        links = Links.nothing(len(lines))
        asked = np.flatnonzero(rank == 0)
        made_of = MadeOf(_digest_of_voters(self.voters_file.parent), digest_of_model(self.model), 0.0)
        kept = np.zeros(0, np.int64)
        if since:
            with self.laps("since"):
                kept, clean_share = self._continue(
                    since, before, made_of, lines, sheet_zip, digests, asked, links, index
                )
                asked = np.setdiff1d(asked, kept, assume_unique=True)
        with self.laps("exact"):
            self._do("looking for lines as written", Exactly(self.keys), lines, asked, sheet_zip, links)
            links.probability[links.exact] = self.model.exact_probability
        clean_share_now = float(links.exact[first].mean()) if len(lines) else 0.0
        if not since:
            clean_share = clean_share_now
        with self.laps("candidates"):
            rest = asked[~links.exact[asked]]
            self._do("matching", InFull(self.keys, self.model, clean_share), lines, rest, sheet_zip, links)
            hold_back(links, lines, index.people)
            links = as_shown(links_of(links, first))
        with self.laps("duplicates"):
            self.progress("looking for duplicates", 0, 1)
            earlier = self._duplicates(lines, index, sheets, sheet_zip, links, first, rank, clean_share)
        with self.laps("write"):
            self.progress("writing", 0, 1)
            as_of_day = (as_of - date(1970, 1, 1)).days if as_of else 0
            decisions = decide(lines, index.people, links, earlier, as_of_day=as_of_day)
            answer = answer_of(table["line_id"], self.voters_file, links, decisions, earlier, digests)
            write_answer(answer, MadeOf(made_of.voters, made_of.model, clean_share), out)
        return MatchReport(
            lines=len(lines),
            voters=len(index.people),
            statuses=_counted(answer["status"]),
            reasons=_counted(answer["reason"].drop_null()),
            linked=int(proposed(links).sum()),
            exact=int(links.exact.sum()),
            equal=int((rank > 0).sum()),
            kept=int(np.isin(first, kept).sum()) if len(kept) else 0,
            capped=int((links.capped != 0).sum()),
            capped_by_key=_by_key(links),
            duplicates=int((earlier != NOBODY).sum()),
            clean_share=round(clean_share, 4),
            clean_share_now=round(clean_share_now, 4),
            line_faults=line_faults,
            voter_faults=self.voter_faults,
            continued=self.work.continued,
            seconds=self.laps.seconds,
        )

    def _keys_of(self, voters: Path | VoterRows) -> tuple[Path, Path]:
        """Give the keys of a snapshot and its voters, or make them for this match only."""
        stage, work = "importing the voters", self.work

        def tell(share: float) -> None:
            self.progress(stage, int(share * 100), 100)

        if not isinstance(voters, Path):
            if not (work.voters / "snapshot.json").is_file():
                import_voters(
                    voters, work.voters, memory=self.memory, make_keys=build_index,
                    tell=lambda stage, share: tell(share_of_all(stage, share)),
                )  # fmt: skip
            about = json.loads((work.voters / "snapshot.json").read_text(encoding="utf-8"))
            self.voter_faults = {name: about[name] for name in ("rows", "set_aside", "faults")}
            return work.voters / "keys", work.voters / "voters.parquet"
        if voters.is_dir() and has_index(voters / "keys"):
            return voters / "keys", voters / "voters.parquet"
        parquet = voters / "voters.parquet"
        if not voters.is_dir():
            tell(0)
            work.voters.mkdir(exist_ok=True)
            parquet = work.voters / "voters.parquet"
            if not has_index(work.keys):
                self.engine.prepare_voters(voters, work.voters)
        elif not parquet.is_file():
            remedy = "Give a snapshot made by `referenda voters import`, or a file."
            raise InputError(Fault("this folder is not a snapshot of voters", file=str(voters), remedy=remedy))
        if not has_index(work.keys):
            build_index(parquet, work.keys, memory=self.memory, tell=tell)
        return work.keys, parquet

    def _read_lines(self) -> tuple[pa.Table, list[dict[str, Any]]]:
        """Give the normalised lines, and the faults of those that are matched all the same."""
        work = self.work
        if not work.lines.is_file() or work.noted("faults.json") is None:
            self.progress("checking the lines", 0, 1)
            checked = check_lines(self.lines_file, work.lines, memory=self.memory // 2)
            work.note("faults.json", checked.faults)
        self.progress("reading the lines", 0, 1)
        table = work.table()
        if table is None:
            table = work.keep_table(self.engine.read_lines(work.lines))
        return table, work.noted("faults.json")

    def _continue(
        self,
        since: Path,
        before: Path | None,
        made_of: MadeOf,
        lines: People,
        sheet_zip: Ints,
        digests: npt.NDArray[np.uint64],
        asked: Ints,
        links: Links,
        index: Index,
    ) -> tuple[Ints, float]:
        """Put the links of lines that keep their answer; give those lines, and the share of clean lines then."""
        self.progress("comparing with the earlier answer", 0, 1)
        old, then = read_answer(since)
        if then.model != made_of.model:
            remedy = "Match the whole petition once more."
            raise InputError(Fault("this answer was made by another model", str(since), remedy=remedy))
        kept = keep_answers(old, digests, asked, self.voters_file, memory=self.memory // 2)
        if then.voters != made_of.voters:
            found = _digest_of_voters(before) if before else None
            snapshot = require_before(before, then.voters, found, since)
            kept = without_touched(
                kept, snapshot, self.voters_file.parent, lines, sheet_zip, index, block=self.block,
                memory=self.memory // 2,
            )  # fmt: skip
        links.put(kept.which, kept.links)
        return kept.which, then.clean_share

    def _do(self, stage: str, deed: Deed, lines: People, which: Ints, sheet_zip: Ints, links: Links) -> None:
        """Do a deed for some lines, but for those that were done before a stop; keep what is done."""
        todo = np.zeros(len(lines), dtype=bool)
        todo[which] = True
        name = type(deed).__name__.lower()
        for part, found in self.work.links(name):
            links.put(part, found)
            todo[part] = False
        done = len(which) - int(todo.sum())
        self.progress(stage, done, max(len(which), 1))
        for part, found in self.engine.match_blocks(deed, lines, np.flatnonzero(todo), sheet_zip, self.block):
            links.put(part, found)
            self.work.keep_links(name, part, found)
            done += len(part)
            self.progress(stage, done, len(which))

    def _duplicates(
        self,
        lines: People,
        voters: Index,
        sheets: Ints,
        sheet_zip: Ints,
        links: Links,
        first: Ints,
        rank: Ints,
        clean_share: float,
    ) -> Ints:
        """Find the duplicates among the first two of all equal lines; the others go where the second went."""
        two = np.flatnonzero(rank < 2)
        few = len(two) < len(lines)
        found = find_duplicates(
            taken(lines, two) if few else lines,
            voters,
            sheets[two],
            sheet_zip[two],
            links_of(links, two),
            shipped_pair_model(),
            clean_share=clean_share,
            block=max(1 << 11, self.block >> 3),  # Where all lines are alike, each is weighed against many.
        )
        if not few:
            return found
        earlier = np.full(len(lines), NOBODY, dtype=np.int64)
        earlier[two] = np.where(found == NOBODY, NOBODY, two[found])
        second = np.full(len(lines), NOBODY, dtype=np.int64)
        second[first[rank == 1]] = np.flatnonzero(rank == 1)
        more = np.flatnonzero(rank > 1)
        earlier[more] = earlier[second[first[more]]]
        return earlier


def _digest_of_voters(voters: Path | VoterRows) -> Any:
    """Give the digest of a snapshot's voters, as it says itself; of raw files, those of the files and their layout."""
    if not isinstance(voters, Path):
        return [voters.layout, voters.relation, *(digest_of(path) for path in voters.paths)]
    if voters.is_file():
        return digest_of(voters)
    about, parquet = voters / "snapshot.json", voters / "voters.parquet"
    if about.is_file():
        return json.loads(about.read_text(encoding="utf-8"))["files"]["voters.parquet"]["sha256"]
    if parquet.is_file():
        return digest_of(parquet)
    remedy = "Give a snapshot made by `referenda voters import`, or a file."
    message = "this folder is not a snapshot of voters" if voters.is_dir() else "there is no such file"
    raise InputError(Fault(message, file=str(voters), remedy=remedy))


def as_shown(links: Links) -> Links:
    """Leave what is too unlikely to be shown, and the digits that are not written: so an answer can be continued."""
    links.row[links.probability < REVIEW_FROM] = NOBODY
    links.runner_up[links.runner_up_probability < RUNNER_UP_FROM] = NOBODY
    links.runner_up_probability = np.round(links.runner_up_probability.astype(np.float64), 6).astype(np.float32)
    links.runner_up_probability[links.runner_up == NOBODY] = 0
    return links


class _Laps:
    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - start, 3)


def _numbered(column: pa.ChunkedArray) -> Ints:
    """Number the sheets; a line without a sheet is one of its own."""
    encoded = column.combine_chunks().dictionary_encode()
    numbers = np.array(encoded.indices.to_numpy(zero_copy_only=False), dtype=np.int64)
    alone = np.flatnonzero(pc.equal(column, "").to_numpy())
    numbers[alone] = len(encoded.dictionary) + alone
    return numbers


def _by_key(links: Links) -> dict[str, int]:
    counts = {name: int((links.capped >> np.uint32(bit) & np.uint32(1)).sum()) for bit, name in enumerate(KEYS)}
    return {name: count for name, count in counts.items() if count}


def _counted(words: pa.ChunkedArray) -> dict[str, int]:
    return {pair["values"]: pair["counts"] for pair in sorted(pc.value_counts(words).to_pylist(), key=str)}
