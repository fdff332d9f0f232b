"""Comparing two snapshots of one voter file: who is new, who is gone, and what changed for whom."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from referenda.errors import Fault, InputError
from referenda.linkage.normalize import VOTER_FIELDS
from referenda.workflows.import_voters import FORMAT
from referenda.workflows.statements import database, run_statement

STAGES = {"comparing": 0.6, "what changed": 0.3, "writing": 0.1}
"""The stages in their order, and about the share of the time that each takes."""
COMPARED = tuple(field for field in VOTER_FIELDS if field != "voter_id")


@dataclass(frozen=True)
class VoterChanges:
    """What changed between two snapshots, in numbers."""

    old: dict[str, Any]
    new: dict[str, Any]
    new_voters: int
    gone_voters: int
    changed_voters: int
    by_field: dict[str, int]
    """Voters whose field changed; a voter may stand under several."""
    status_changes: list[dict[str, Any]]

    def as_dict(self) -> dict[str, Any]:
        """Give the numbers in plain values."""
        shown = ("as_of", "layout", "rows")
        return {
            "old": {key: self.old[key] for key in shown},
            "new": {key: self.new[key] for key in shown},
            "new_voters": self.new_voters,
            "gone_voters": self.gone_voters,
            "changed_voters": self.changed_voters,
            "by_field": self.by_field,
            "status_changes": self.status_changes,
        }


def read_snapshot(folder: Path) -> dict[str, Any]:
    """Read what a snapshot says of itself.

    Raises
    ------
    InputError
        The folder is no snapshot of voters.
    """
    remedy = "Give a folder made by `referenda voters import`."
    try:
        about: dict[str, Any] = json.loads((folder / "snapshot.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(Fault("this is not a snapshot of voters", str(folder), remedy=remedy)) from error
    if not isinstance(about, dict) or about.get("format") != FORMAT:
        raise InputError(Fault(f"this is not a snapshot in the format {FORMAT}", str(folder), remedy=remedy))
    return about


def compare_voters(
    old: Path,
    new: Path,
    *,
    out: Path | None = None,
    memory: int = 2 << 30,
    tell: Callable[[str, float], None] = lambda stage, share: None,
) -> VoterChanges:
    """Compare two snapshots by the voter's id.

    Parameters
    ----------
    old, new
        Folders of the earlier and the later snapshot.
    out
        Parquet file to write, a row for each voter and field: voter_id, change (new, gone, changed), field, before,
        after; sorted by voter_id and field.
    memory
        Bytes that the database may use.
    tell
        Called with the stage and the share of it that is done, from 0 to 1.

    Raises
    ------
    InputError
        A folder is no snapshot, or `out` exists.
    """
    described = read_snapshot(old), read_snapshot(new)
    if out and out.exists():
        raise InputError(Fault("this exists already", str(out), column="--out", remedy="Choose another name."))
    with database(memory) as connection:
        for name, folder in (("old_voters", old), ("new_voters", new)):
            path = str(folder / "voters.parquet").replace("'", "''")
            connection.execute(f"CREATE TEMP VIEW {name} AS SELECT * FROM read_parquet('{path}')")
        digest = f"hash({', '.join(COMPARED)})"
        run_statement(
            connection,
            f"CREATE TEMP TABLE differing AS SELECT coalesce(o.voter_id, n.voter_id) AS voter_id, "
            f"CASE WHEN o.voter_id IS NULL THEN 'new' WHEN n.voter_id IS NULL THEN 'gone' ELSE 'changed' END AS change "
            f"FROM (SELECT voter_id, {digest} AS d FROM old_voters) AS o "
            f"FULL JOIN (SELECT voter_id, {digest} AS d FROM new_voters) AS n USING (voter_id) "
            "WHERE o.d IS DISTINCT FROM n.d",
            lambda share: tell("comparing", share),
        )
        pairs = ", ".join(f"{{'field': '{f}', 'before': o.{f}, 'after': n.{f}}}" for f in COMPARED)
        run_statement(
            connection,
            "CREATE TEMP TABLE changes AS SELECT voter_id, change, p.field, p.before, p.after FROM ("
            f"SELECT voter_id, change, unnest([{pairs}]) AS p "
            "FROM differing LEFT JOIN old_voters AS o USING (voter_id) LEFT JOIN new_voters AS n USING (voter_id)) "
            "WHERE p.before IS DISTINCT FROM p.after",
            lambda share: tell("what changed", share),
        )
        kinds = dict(connection.execute("SELECT change, count(*) FROM differing GROUP BY 1").fetchall())
        fields = dict(
            connection.execute("SELECT field, count(*) FROM changes WHERE change = 'changed' GROUP BY 1").fetchall()
        )
        moves = connection.execute(
            "SELECT before, after, count(*) FROM changes WHERE change = 'changed' AND field = 'status' "
            "GROUP BY ALL ORDER BY 3 DESC, 1, 2"
        ).fetchall()
        if out:
            part = out.with_name(f".{out.name}.part")
            target = str(part).replace("'", "''")
            try:
                rows = "SELECT * FROM changes ORDER BY voter_id, field"
                copy = f"COPY ({rows}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)"
                run_statement(connection, copy, lambda share: tell("writing", share))
                part.replace(out)
            finally:
                part.unlink(missing_ok=True)
    return VoterChanges(
        old=described[0],
        new=described[1],
        new_voters=kinds.get("new", 0),
        gone_voters=kinds.get("gone", 0),
        changed_voters=kinds.get("changed", 0),
        by_field={field: fields[field] for field in COMPARED if field in fields},
        status_changes=[{"before": before, "after": after, "voters": count} for before, after, count in moves],
    )
