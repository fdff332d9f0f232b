"""Match the keyed lines of an office against a voter file, and keep the answer with what it was made of.

All lines are matched, on the first day, also where the law samples: so that duplicates over the whole petition are
known before anybody looks at a signature.
"""

from __future__ import annotations

import json
import tempfile
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
from referenda.workflows.match_lines import MatchReport, Progress, match_lines
from referenda.workflows.office_folder import Office, digest_of

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
    voters: Path,
    *,
    engine: Engine,
    memory_bytes: int,
    on: date,
    as_of: date | None = None,
    by: str | None = None,
    progress: Progress = lambda stage, done, of: None,
) -> PetitionMatch:
    """Match every keyed line that stands.

    Parameters
    ----------
    voters
        The folder of an imported snapshot, or a voter file.
    engine, memory_bytes, progress
        As for `match_lines`.
    on
        The day.
    as_of
        The day as of which the voter file holds, where it does not say so itself.
    by
        The person at work.

    Raises
    ------
    InputError
        No line was keyed yet, the voter file cannot be read, or nobody knows of which day it is.
    """
    faults = []
    lines = office.lines()
    if not lines.num_rows:
        faults.append(Fault("no line was keyed yet", remedy="Take lines in: referenda petition intake --lines FILE."))
    digest, day = _voter_file(voters)
    if day and as_of and as_of.isoformat() != day:
        message = f"the voter file says that it is of {day}"
        faults.append(Fault(message, column="--as-of", value=str(as_of), remedy="Leave --as-of out."))
    if not day and not as_of:
        message = "the voter file does not say of which day it is, and decisions rest on a file of a stated day"
        faults.append(Fault(message, str(voters), remedy="Give its day with --as-of."))
    if faults:
        raise InputError(*faults)
    voter_file = {"as_of": day or str(as_of), "digest": digest}
    case, _ = office.public()
    filed = case.county(office.county)
    with tempfile.TemporaryDirectory(prefix=".match-", dir=office.folder) as name:
        asked, answer = Path(name) / "lines.parquet", Path(name) / "answer.parquet"
        columns = {"identity": "line_id", "section": "sheet_id"}
        renamed = lines.drop_columns(["given_id", "batch"])
        renamed = renamed.rename_columns([columns.get(column, column) for column in renamed.column_names])
        pq.write_table(renamed, asked, compression="zstd")
        batches = len(office.books().batches)
        report = match_lines(
            asked,
            voters,
            answer,
            engine=engine,
            memory_bytes=memory_bytes,
            as_of=filed.filed_date if filed else None,
            progress=progress,
        )
        number, sha256 = office.write_file("matches", lambda path: path.write_bytes(answer.read_bytes()))
    about = {"matches": number, "sha256": sha256, "lines": lines.num_rows, "batches": batches, "voter_file": voter_file}
    office.record([Draft("LinesMatched", 1, on, office.by_person(by), about)])
    matches = office.matches()
    groups = _groups(matches) if matches is not None else []
    return PetitionMatch(
        number, voter_file, report, len(groups), sum(map(len, groups)), tuple(tuple(g) for g in groups[:NAMED])
    )


def _voter_file(voters: Path) -> tuple[str, str | None]:
    """Give the SHA-256 of the registrations, and the day as of which they hold where the file says it."""
    table = voters / "voters.parquet" if voters.is_dir() else voters
    if not table.is_file():
        remedy = "Give a snapshot made by `referenda voters import`, or a file."
        raise InputError(Fault("there is no such voter file", str(voters), remedy=remedy))
    told = voters / "snapshot.json"
    if voters.is_dir() and told.is_file():
        snapshot = json.loads(told.read_text(encoding="utf-8"))
        return snapshot["files"]["voters.parquet"]["sha256"], snapshot.get("as_of")
    return digest_of(table), None


def _groups(matches: pa.Table) -> list[list[str]]:
    """Give the groups of lines that repeat one signer, the largest first, each with its first line first."""
    repeats = matches.filter(pc.is_valid(matches["duplicate_of"])).select(["identity", "duplicate_of"])
    found: dict[str, list[str]] = {}
    for row in repeats.to_pylist():
        found.setdefault(row["duplicate_of"], [row["duplicate_of"]]).append(row["identity"])
    return sorted(found.values(), key=lambda group: (-len(group), group[0]))
