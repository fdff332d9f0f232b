"""`referenda match`: find the registration behind every petition line."""

from __future__ import annotations

import re
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from referenda.cli.output import JsonFlag, console, door, print_json
from referenda.errors import Fault, InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from referenda.workflows.match_lines import MatchReport

_KEY_WORDS = {
    "name": "name",
    "address_last": "address and first letter of the surname",
    "address_first": "address and first letter of the given name",
    "last_number": "surname and house number",
    "last_street": "surname and street",
    "first_number": "given name and house number",
    "first_street": "given name and street",
    "tail_first": "end of the surname",
    "head_first": "beginning of the surname",
    "number": "house number",
}
_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


def match(
    lines: Annotated[Path, typer.Argument(help="Petition lines, CSV or Parquet.")],
    voters: Annotated[Path, typer.Argument(help="Voters: an imported snapshot, or a voter file, CSV or Parquet.")],
    out: Annotated[Path, typer.Option("--out", help="File to write: .parquet or .csv.")],
    engine: Annotated[str, typer.Option("--engine", help="What computes: duckdb, or spark (extra).")] = "duckdb",
    memory: Annotated[str, typer.Option("--memory", help="Bound on memory, such as 2GB.")] = "2GB",
    as_of: Annotated[
        datetime | None,
        typer.Option("--as-of", formats=["%Y-%m-%d"], help="Day of signing for lines that have none."),
    ] = None,
    since: Annotated[
        Path | None, typer.Option("--since", help="An earlier answer (.parquet) whose lines are not matched again.")
    ] = None,
    voters_before: Annotated[
        Path | None,
        typer.Option("--voters-before", help="The snapshot of that earlier answer, where VOTERS is a newer one."),
    ] = None,
    json_: JsonFlag = False,
) -> None:
    """Find the registration behind every petition line, its probability, and why a line could not count.

    After a stop, the same command goes on from the stages that were finished.
    """
    try:
        with door(as_json=json_):
            report = _match(lines, voters, out, engine, memory, as_of, since, voters_before)
    except KeyboardInterrupt:
        sys.stderr.write("Stopped. The same command goes on from the stages that were finished.\n")
        raise typer.Exit(130) from None
    if json_:
        print_json({"out": str(out), **report.as_dict()})
    else:
        for words in _words(report, out):
            console().print(words, markup=False)


def _match(
    lines: Path,
    voters: Path,
    out: Path,
    engine: str,
    memory: str,
    as_of: datetime | None,
    since: Path | None,
    voters_before: Path | None,
) -> MatchReport:
    """Pick the engine, open a raw voter file, and match with progress shown."""
    from referenda.assembly import matching_engine
    from referenda.cli.progress import stages_shown
    from referenda.formats.voter_file import open_voter_file
    from referenda.workflows.match_lines import STAGES, match_lines

    size = memory_of(memory)
    given = voters if voters.is_dir() else open_voter_file([voters])
    adapter = matching_engine(engine, memory_bytes=size)
    try:
        with stages_shown(STAGES | ({} if given is voters else {"importing the voters": 1.0})) as tell:
            return match_lines(
                lines,
                given,
                out,
                engine=adapter,
                memory_bytes=size,
                as_of=as_of.date() if as_of else None,
                since=since,
                voters_before=voters_before,
                progress=lambda stage, done, of: tell(stage, done / max(of, 1)),
            )
    finally:
        adapter.close()


def memory_of(text: str) -> int:
    """Read a size such as 2GB or 512MiB, at least 256 MiB, in bytes."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMG]?)I?B?\s*", text.upper())
    size = int(float(found[1]) * _UNITS[found[2]]) if found else 0
    if size < 256 << 20:
        remedy = "Give at least 256MB, such as --memory 2GB."
        raise InputError(Fault("a match cannot work in this size", column="--memory", value=text, remedy=remedy))
    return size


def _words(report: MatchReport, out: Path) -> Iterator[str]:
    from referenda.linkage.decide import REASONS

    yield f"{report.lines:,} lines matched against {report.voters:,} registrations; written to {out}."
    for status, meaning in (
        ("accept", "proposed and nothing speaks against them"),
        ("review", "for a person to look at"),
        ("none", "without a registration to propose"),
    ):
        yield f"  {status:7} {report.statuses.get(status, 0):>12,}  {meaning}"
    if report.reasons:
        yield "Why lines could not count, as far as can be seen:"
        for reason, count in sorted(report.reasons.items(), key=lambda item: -item[1]):
            yield f"  {reason:17} {count:>9,}  {REASONS[reason]}"
    yield f"{report.duplicates:,} lines repeat a signer of an earlier line."
    if report.equal:
        yield f"{report.equal:,} lines say exactly what another one says, and were given its answer."
    if report.capped:
        keys = ", ".join(f"{_KEY_WORDS.get(key, key)} {count:,}" for key, count in report.capped_by_key.items())
        yield (
            f"{report.capped:,} lines share a key with more registrations than are compared ({keys}); "
            "the nearest to the line's zip code were."
        )
    if report.kept:
        yield (
            f"{report.kept:,} lines kept their earlier answer. Lines were weighed as in a petition with "
            f"{report.clean_share:.1%} of lines as in the voter file; today it is {report.clean_share_now:.1%}."
        )
    if report.continued:
        yield "An earlier run had finished a part of this."
    faults = [("lines matched, with a fault", fault) for fault in report.line_faults]
    if report.voter_faults:
        faults += [("registrations set aside", fault) for fault in report.voter_faults["set_aside"]]
        faults += [("registrations taken, with a fault", fault) for fault in report.voter_faults["faults"]]
    for kind, fault in faults:
        yield f"{kind}: {fault.get('words') or fault['reason']}: {fault['count']:,} (first: {_first(fault)})"


def _first(fault: dict[str, Any]) -> str:
    first = fault["first"]
    return ", ".join(
        f"row {row['row']}" if row.get("row") else str(row.get("voter_id", row.get("text"))) for row in first
    )
