"""Commands on voter files: import one as a snapshot, compare two snapshots, list the layouts that are known."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from referenda.cli.output import JsonFlag, console, door, print_json

if TYPE_CHECKING:
    from referenda.workflows.compare_voters import VoterChanges
    from referenda.workflows.import_voters import ImportReport

app = typer.Typer(help="Import voter files and compare them.", no_args_is_help=True)

MemoryOption = Annotated[str, typer.Option("--memory", help="Bound on the database's memory; the rest is spilled.")]


@app.command("import")
def import_(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILES", help="A voter file, in one part or several.", show_default=False)
    ],
    out: Annotated[Path, typer.Option("--out", help="Folder to make: the snapshot.", show_default=False)],
    layout: Annotated[
        str | None, typer.Option("--layout", help="Layout of the file (found from its heading if not given).")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="Day whose registrations the file holds, YYYY-MM-DD.")
    ] = None,
    encoding: Annotated[str, typer.Option("--encoding", help="utf-8, or latin-1 for older systems.")] = "utf-8",
    memory: MemoryOption = "2GB",
    threads: Annotated[int | None, typer.Option("--threads", min=1, help="Threads to use (all if not given).")] = None,
    keys: Annotated[bool, typer.Option("--keys/--no-keys", help="Make the matcher's keys too.")] = True,
    json_: JsonFlag = False,
) -> None:
    """Import a voter file as a snapshot: normalised, sorted, never changed again.

    Every fault is counted and its first voters named; rows that cannot be taken stand in set_aside.csv of the
    snapshot, each with its reason.
    """
    with door(as_json=json_):
        from referenda.cli.arguments import read_date
        from referenda.cli.match import memory_of
        from referenda.cli.progress import stages_shown
        from referenda.formats.voter_file import open_voter_file
        from referenda.linkage.key_arrays import build_index
        from referenda.workflows.import_voters import STAGES, import_voters

        with stages_shown({stage: share for stage, share in STAGES.items() if keys or stage != "keys"}) as tell:
            report = import_voters(
                open_voter_file(files, layout=layout, encoding=encoding),
                out,
                as_of=read_date(as_of, option="--as-of") if as_of else None,
                memory=memory_of(memory),
                threads=threads,
                make_keys=build_index if keys else None,
                tell=tell,
            )
    if json_:
        print_json(report.as_dict())
    else:
        _show_import(report, out)


@app.command("diff")
def diff(
    old: Annotated[Path, typer.Argument(help="The earlier snapshot.", show_default=False)],
    new: Annotated[Path, typer.Argument(help="The later snapshot.", show_default=False)],
    out: Annotated[
        Path | None, typer.Option("--out", help="Parquet file to write: a row for each voter and field.")
    ] = None,
    memory: MemoryOption = "2GB",
    json_: JsonFlag = False,
) -> None:
    """Say who is new, who is gone and what changed between two snapshots of a voter file."""
    with door(as_json=json_):
        from referenda.cli.match import memory_of
        from referenda.cli.progress import stages_shown
        from referenda.workflows.compare_voters import STAGES, compare_voters

        with stages_shown(STAGES) as tell:
            changes = compare_voters(old, new, out=out, memory=memory_of(memory), tell=tell)
        if json_:
            print_json(changes.as_dict() | ({"out": str(out)} if out else {}))
        else:
            _show_changes(changes, out)


@app.command("layouts")
def layouts(json_: JsonFlag = False) -> None:
    """List the layouts of voter files that are known."""
    with door(as_json=json_):
        from rich.table import Table

        from referenda.formats.voter_layout import layouts as known

        if json_:
            print_json({"layouts": [layout.as_dict() for layout in known().values()]})
            return
        table = Table("layout", "what it is", "columns", box=None, pad_edge=False)
        for layout in known().values():
            table.add_row(layout.name, f"{layout.title}. {layout.about}", str(len(layout.columns)))
        console().print(table)


def _show_import(report: ImportReport, out: Path) -> None:
    from rich.table import Table

    words = console()
    made = report.snapshot
    words.print(f"{made['rows']:,} registrations in the layout {made['layout']} → {out}")
    for note in report.notes:
        words.print(f"note: {note}", markup=False)
    if made["set_aside"]:
        table = Table("set aside", "rows", "first", box=None, pad_edge=False)
        for reason in made["set_aside"]:
            first = reason["first"][0]
            place = f"{first['file']}, row {first['row']}" if first["row"] else first["text"]
            table.add_row(reason["reason"], f"{reason['count']:,}", place)
        words.print(table)
        words.print(f"Every one of them stands in {out / 'set_aside.csv'}.")
    if made["faults"]:
        table = Table("taken, with a fault", "rows", "first voters", box=None, pad_edge=False)
        for fault in made["faults"]:
            table.add_row(
                fault["words"], f"{fault['count']:,}", ", ".join(voter["voter_id"] for voter in fault["first"])
            )
        words.print(table)


def _show_changes(changes: VoterChanges, out: Path | None) -> None:
    words = console()
    words.print(f"new {changes.new_voters:,}   gone {changes.gone_voters:,}   changed {changes.changed_voters:,}")
    for name, count in changes.by_field.items():
        words.print(f"  {name} changed: {count:,}")
    for move in changes.status_changes:
        words.print(f"  status {move['before'] or 'none'} → {move['after'] or 'none'}: {move['voters']:,}")
    if out:
        words.print(f"Every change stands in {out}.")
