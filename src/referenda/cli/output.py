"""What every command shares at its door: JSON or words, and errors as one clear message with exit code 2.

Findings go to stdout and exit 0, whichever way they come out. Bad input exits 2 with every fault on stderr; with
`--json` the same faults also stand on stdout as `{"error": {"kind": …, "faults": […]}}`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console

from referenda.errors import ReferendaError

JsonFlag = Annotated[bool, typer.Option("--json", help="Write the finding as JSON.")]


def console() -> Console:
    """Give the console for words on stdout (colour only on a terminal, `NO_COLOR` respected)."""
    return Console(highlight=False, soft_wrap=True)


def print_json(finding: Any) -> None:
    """Write a finding as JSON on stdout."""
    sys.stdout.write(json.dumps(finding, indent=2, ensure_ascii=False) + "\n")


def refuse(error: ReferendaError, *, as_json: bool) -> NoReturn:
    """Say what is wrong and leave with exit code 2."""
    for fault in error.faults:
        sys.stderr.write(f"error: {fault}\n")
    if as_json:
        print_json({"error": {"kind": error.kind, "faults": [fault.as_dict() for fault in error.faults]}})
    raise typer.Exit(2)


@contextmanager
def door(*, as_json: bool) -> Iterator[None]:
    """Turn an error of Referenda, raised inside, into a clear message and exit code 2."""
    try:
        yield
    except ReferendaError as error:
        refuse(error, as_json=as_json)
