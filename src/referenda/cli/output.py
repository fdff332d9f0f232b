"""What every command shares at its door: JSON or words, and errors as one clear message with exit code 2.

Findings go to stdout and exit 0, whichever way they come out. Bad input exits 2 with every fault on stderr; with
`--json` the same faults also stand on stdout as `{"error": {"kind": …, "faults": […]}}`.

Names and texts come from files that somebody else wrote. Whoever prints them escapes Rich's markup; control
characters, which could drive the terminal, are shown as � here, for all that is printed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from errno import ENOSPC
from threading import Timer
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from referenda.errors import EngineError, Fault, ReferendaError

JsonFlag = Annotated[bool, typer.Option("--json", help="Write the finding as JSON.")]

_CONTROLS = {*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000)} - {ord("\n"), ord("\t")}
_SHOWN_AS = dict.fromkeys(_CONTROLS, "\N{REPLACEMENT CHARACTER}")


class _DataConsole(Console):
    """A console on which control characters of what is printed (C0, C1, lone surrogates) are shown, not sent."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Render, with the control characters of every text replaced; Rich's own are not text and stay."""
        for text, style, control in super().render(renderable, options):
            yield Segment(text if control else text.translate(_SHOWN_AS), style, control)


def console() -> Console:
    """Give the console for words on stdout (colour only on a terminal, `NO_COLOR` respected)."""
    return _DataConsole(highlight=False, soft_wrap=True)


def print_json(finding: Any) -> None:
    """Write a finding as JSON on stdout; in ASCII where stdout cannot hold a character (a name that is not UTF-8)."""
    text = json.dumps(finding, indent=2, ensure_ascii=False)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(finding, indent=2)
    sys.stdout.write(text + "\n")


def refuse(error: ReferendaError, *, as_json: bool) -> NoReturn:
    """Say what is wrong and leave with exit code 2."""
    for fault in error.faults:
        sys.stderr.write(f"error: {fault}\n".translate(_SHOWN_AS))
    if as_json:
        print_json({"error": {"kind": error.kind, "faults": [fault.as_dict() for fault in error.faults]}})
    raise typer.Exit(2)


@contextmanager
def door(*, as_json: bool) -> Iterator[None]:
    """Turn an error of Referenda, or of a file that is read or written, into a clear message and exit code 2."""
    try:
        yield
    except ReferendaError as error:
        refuse(error, as_json=as_json)
    except BrokenPipeError:
        raise  # whoever reads has read enough; Typer leaves quietly
    except OSError as error:
        file = None if error.filename is None else str(error.filename)
        message = (error.strerror or str(error)).lower()
        remedy = "Check that the place exists, and that it may be written to." if file else None
        if error.errno == ENOSPC:
            message, remedy = "there is no space left on the disk", "Make room, and say it again."
        refuse(EngineError(Fault(message, file, remedy=remedy)), as_json=as_json)
    except RuntimeError as error:
        if str(error) == "Query interrupted":  # How DuckDB says that Ctrl-C fell into its work.
            raise KeyboardInterrupt from error
        raise


@contextmanager
def busy(words: str) -> Iterator[None]:
    """Say on a terminal that work goes on, once it has gone on for a second; nothing is said where stderr is a file."""
    status = Console(stderr=True).status(f"{words} …")
    timer = Timer(1.0, status.start)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        status.stop()
