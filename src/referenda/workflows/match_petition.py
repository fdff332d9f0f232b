"""Match the keyed lines of an office against a voter file, and keep the answer with what it was made of.

All lines are matched, on the first day, also where the law samples: so that duplicates over the whole petition are
known before anybody looks at a signature.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from referenda.errors import Fault, InputError
from referenda.ledger.event import Draft
from referenda.linkage.engine import Engine
from referenda.linkage.model import shipped_model
from referenda.workflows.import_voters import VoterRows, digest_of
from referenda.workflows.match_answer import read_answer
from referenda.workflows.match_lines import MatchReport, Progress, match_lines
from referenda.workflows.match_work import digest_of_model
from referenda.workflows.office_folder import Office

NAMED = 10


@dataclass(frozen=True)
class PetitionMatch:
    """What a match of a petition found.

    `matches` is the number of its file. `groups` counts the groups of lines that repeat one signer, `in_groups` the
    lines in them with the first of each; `largest` names the lines of the largest groups.
    """

    matches: int
    voter_file: dict[str, str]
    report: MatchReport
    groups: int
    in_groups: int
    largest: tuple[tuple[str, ...], ...]

    def as_dict(self) -> dict[str, Any]:
        """Give it for JSON."""
        return {**vars(self), "report": self.report.as_dict(), "largest": [list(group) for group in self.largest]}


def match_petition(
    office: Office,
    voters: Path | VoterRows,
    *,
    engine: Engine,
    memory_bytes: int,
    on: date,
    as_of: date | None = None,
    voters_before: Path | None = None,
    by: str | None = None,
    progress: Progress = lambda stage, done, of: None,
) -> PetitionMatch:
    """Match every keyed line that stands; lines that were matched before keep their answer where nothing has changed.

    Parameters
    ----------
    voters
        The folder of an imported snapshot, or an opened voter file.
    engine, memory_bytes, progress
        As for `match_lines`.
    on
        The day.
    as_of
        The day as of which the voter file holds, where it does not say so itself.
    voters_before
        The snapshot of the match before, where `voters` is a newer one: only what can have changed is matched again.
    by
        The person at work.

    Raises
    ------
    InputError
        No line was keyed yet, the voter file cannot be read, or nobody knows of which day it is.
    """
    faults = []
    books, lines = office.books(), office.lines()
    if not lines.num_rows:
        faults.append(Fault("no line was keyed yet", remedy="Take lines in: referenda petition intake --lines FILE."))
    place, digest, day = _voter_file(voters)
    if day and as_of and as_of.isoformat() != day:
        message = f"the voter file says that it is of {day}"
        faults.append(Fault(message, column="--as-of", value=str(as_of), remedy="Leave --as-of out."))
    if not day and not as_of:
        message = "the voter file does not say of which day it is, and decisions rest on a file of a stated day"
        faults.append(Fault(message, str(place), remedy="Give its day with --as-of."))
    if faults:
        raise InputError(*faults)
    voter_file = {"as_of": day or str(as_of), "digest": digest}
    since = _answer_before(office, digest, voters_before)
    filed = office.public()[0].county(office.county)
    work = office.folder / "matches" / "work"
    work.mkdir(mode=0o700, exist_ok=True)
    asked, answer = work / "lines.parquet", work / "answer.parquet"
    named = {"identity": "line_id", "section": "sheet_id"}
    kept = lines.drop_columns(["given_id", "batch"])
    pq.write_table(kept.rename_columns([named.get(name, name) for name in kept.column_names]), asked)
    report = match_lines(
        asked,
        voters,
        answer,
        engine=engine,
        memory_bytes=memory_bytes,
        as_of=filed.filed_date if filed else None,
        since=since,
        voters_before=voters_before if since else None,
        progress=progress,
    )
    number, sha256 = office.write_file("matches", lambda path: path.write_bytes(answer.read_bytes()))
    about = {"matches": number, "sha256": sha256, "lines": lines.num_rows, "voter_file": voter_file}
    about["batches"] = len(books.batches)
    office.record([Draft("LinesMatched", 1, on, office.by_person(by), about)])
    shutil.rmtree(work)
    matches = office.matches()
    groups = _groups(matches) if matches is not None else []
    return PetitionMatch(
        number, voter_file, report, len(groups), sum(map(len, groups)), tuple(tuple(g) for g in groups[:NAMED])
    )


def _answer_before(office: Office, voters: str, voters_before: Path | None) -> Path | None:
    """Give the answer from which this match can go on: of the same voters, or of those named, and of this model."""
    matched = office.books().matched
    if not matched or (voters_before is None and matched[-1].voter_file["digest"] != voters):
        return None
    file = office.file("matches", matched[-1].file.number)
    try:
        _, made_of = read_answer(file)
    except InputError:
        return None
    return file if made_of.model == digest_of_model(shipped_model()) else None


def _voter_file(voters: Path | VoterRows) -> tuple[Path, str, str | None]:
    """Give the file of the registrations, its SHA-256, and the day as of which it holds where the snapshot says it."""
    if not isinstance(voters, Path):
        return voters.paths[0], digest_of(voters.paths[0]), None
    table, told = voters / "voters.parquet", voters / "snapshot.json"
    if not table.is_file():
        remedy = "Give a snapshot made by `referenda voters import`, or a file."
        raise InputError(Fault("this folder is not a snapshot of voters", str(voters), remedy=remedy))
    if not told.is_file():
        return table, digest_of(table), None
    snapshot = json.loads(told.read_text(encoding="utf-8"))
    return table, str(snapshot["files"]["voters.parquet"]["sha256"]), snapshot.get("as_of")


def _groups(matches: pa.Table) -> list[list[str]]:
    """Give the groups of lines that repeat one signer, the largest first, each with its first line first."""
    repeats = matches.filter(pc.is_valid(matches["duplicate_of"])).select(["identity", "duplicate_of"])
    found: dict[str, list[str]] = {}
    for row in repeats.to_pylist():
        found.setdefault(row["duplicate_of"], [row["duplicate_of"]]).append(row["identity"])
    return sorted(found.values(), key=lambda group: (-len(group), group[0]))
