"""`referenda match`: find the registration behind every petition line."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from referenda.cli.output import JsonFlag, console, door, print_json
from referenda.errors import Fault, InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from referenda.workflows.match_lines import MatchReport

_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


def match(
    lines: Annotated[Path, typer.Argument(help="Petition lines, CSV or Parquet.")],
    voters: Annotated[Path, typer.Argument(help="Voters, CSV or Parquet, or an imported snapshot.")],
    out: Annotated[Path, typer.Option("--out", help="File to write: .parquet or .csv.")],
    engine: Annotated[str, typer.Option("--engine", help="What computes: duckdb.")] = "duckdb",
    memory: Annotated[str, typer.Option("--memory", help="Bound on memory, such as 2GB.")] = "2GB",
    as_of: Annotated[
        datetime | None,
        typer.Option("--as-of", formats=["%Y-%m-%d"], help="Day of signing for lines that have none."),
    ] = None,
    json_: JsonFlag = False,
) -> None:
    """Find the registration behind every petition line, its probability, and why a line could not count."""
    with door(as_json=json_):
        from referenda.assembly import matching_engine
        from referenda.workflows.match_lines import match_lines

        size = memory_of(memory)
        adapter = matching_engine(engine, memory_bytes=size)
        try:
            report = match_lines(
                lines, voters, out, engine=adapter, memory_bytes=size, as_of=as_of.date() if as_of else None,
                progress=_said(),
            )  # fmt: skip
        finally:
            adapter.close()
        if json_:
            print_json({"out": str(out), **report.as_dict()})
        else:
            for words in _words(report, out):
                console().print(words)


def memory_of(text: str) -> int:
    """Read a size such as 2GB or 512MiB, at least 256 MiB, in bytes."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMG]?)I?B?\s*", text.upper())
    size = int(float(found[1]) * _UNITS[found[2]]) if found else 0
    if size < 256 << 20:
        remedy = "Give at least 256MB, such as --memory 2GB."
        raise InputError(Fault("a match cannot work in this size", column="--memory", value=text, remedy=remedy))
    return size


def _said() -> Callable[[str, int, int], None]:
    """Say on a terminal's stderr what is being done."""
    from rich.console import Console

    screen = Console(stderr=True, highlight=False)

    def say(stage: str, done: int, of: int) -> None:
        if screen.is_terminal:
            screen.print(f"{stage} … {done:,} of {of:,}" if of > 1 else f"{stage} …")

    return say


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
    if report.capped:
        yield f"{report.capped:,} lines had a key that very many people share; the nearest of them were compared."
