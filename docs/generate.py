"""Write `docs/reference/commands.md` from the commands themselves, and the kinds in `docs/reference/events.md` from
their classes; tests hold both pages to them.

python docs/generate.py
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from referenda.cli.app import app

EVENTS = Path(__file__).resolve().parent / "reference" / "events.md"
PAGE = Path(__file__).resolve().parent / "reference" / "commands.md"
HEAD = """# Commands

Made from the commands themselves by `python docs/generate.py`. Every command that shows a finding takes `--json`.
It exits 0 for a finding of either kind and 2 for bad input; with `--json` bad input is also
`{"error": {"kind", "faults"}}` on stdout.

Environment: `REFERENDA_STORE` is the store of cases (a path, or `postgresql+psycopg://…`), `REFERENDA_LAW` a folder
with places of your own, `NO_COLOR` turns colour off.
"""


def reference() -> str:
    """Write the whole page."""
    parts = [HEAD]
    group = typer.main.get_command(app)
    _describe(group, ["referenda"], parts)
    return "\n".join(parts).rstrip() + "\n"


def _describe(command: Any, words: list[str], parts: list[str]) -> None:
    subcommands = getattr(command, "commands", None)
    if subcommands:
        if len(words) > 1:
            parts.append(f"## `{' '.join(words)}`\n\n{_first(command.help)}\n")
        for name, sub in subcommands.items():
            _describe(sub, [*words, name], parts)
        return
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    options = [p for p in command.params if p.param_type_name == "option" and p.name != "help"]
    usage = " ".join([*words, *(_argument(p) for p in arguments)])
    parts.append(f"### `{usage}`\n\n{_paragraphs(command.help)}\n")
    rows = [f"| `{_argument(p)}` | {_cell(getattr(p, 'help', None))} |" for p in arguments]
    rows += [f"| `{_option(p)}` | {_cell(p.help)}{' (required)' if p.required else ''} |" for p in options]
    parts.append("| | |\n|---|---|\n" + "\n".join(rows) + "\n")


def _argument(parameter: Any) -> str:
    name = (parameter.metavar or parameter.name).upper()
    return f"{name}…" if parameter.nargs == -1 else name


def _option(parameter: Any) -> str:
    flag = max(parameter.opts, key=len)
    return flag if parameter.is_flag else f"{flag} {(parameter.metavar or parameter.name).upper().strip('_')}"


def _first(text: str | None) -> str:
    return (text or "").strip().split("\n\n")[0].replace("\n", " ")


def _paragraphs(text: str | None) -> str:
    return "\n\n".join(" ".join(part.split()) for part in (text or "").strip().split("\n\n"))


def _cell(text: str | None) -> str:
    return " ".join((text or "").split()).replace("|", "\\|")


def events(page: str) -> str:
    """Put the kinds of today into the page of the events, under its two headings of kinds."""
    from referenda.petitions.events import NEWEST, OFFICE, describe_kinds

    parts = page.split("\n## ")
    for kinds, heading in ((NEWEST, "The kinds"), (OFFICE, "Kinds of an office's own log")):
        at = next(at for at, part in enumerate(parts) if part.startswith(heading))
        before = parts[at].partition("### ")[0].rstrip()
        parts[at] = f"{before}\n\n{describe_kinds(kinds)}"
    return "\n## ".join(parts)


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
    EVENTS.write_text(events(EVENTS.read_text(encoding="utf-8")), encoding="utf-8")
