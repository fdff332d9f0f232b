"""Commands that invent a place: its voter file, a petition, and the truth about every line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from referenda.cli.arguments import read_date
from referenda.cli.output import JsonFlag, console, door, print_json

app = typer.Typer(help="Invent voters and petitions, with their truth, for trying and testing.", no_args_is_help=True)

SeedOption = Annotated[int, typer.Option("--seed", help="Any whole number; the same seed gives the same files.")]
ChannelOption = Annotated[
    str, typer.Option("--channel", help="keyed: typed in by clerks. ocr: read by machine, with its misreadings.")
]
FaceOption = Annotated[str, typer.Option("--face", help="Letters of the voter file: title, upper or ascii.")]
CountiesOption = Annotated[
    int | None, typer.Option("--counties", help="How many counties (grows with the place if not given).")
]
ParametersOption = Annotated[
    Path | None,
    typer.Option("--parameters", metavar="FILE.yaml", help="Parameters of the error model that are to change."),
]
KindOption = Annotated[str, typer.Option("--format", help="parquet or csv.")]


@app.command("voters")
def voters(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="A .parquet or .csv to write.")],
    count: Annotated[int, typer.Option("--voters", metavar="N", help="Registrations, up to 100,000,000.")] = 200_000,
    seed: SeedOption = 1,
    face: FaceOption = "title",
    counties: CountiesOption = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help="Day of the file, YYYY-MM-DD (2026-07-15).")] = None,
    json_: JsonFlag = False,
) -> None:
    """Write the voter file of an invented place. Nobody in it exists: names are drawn part by part."""
    with door(as_json=json_):
        from referenda.synth.voters import AS_OF, VoterPlan, write_voters

        day = read_date(as_of, option="--as-of") if as_of else AS_OF
        plan = VoterPlan(count, seed, face=face, counties=counties, as_of=day)
        rows = write_voters(plan, out)
        if json_:
            print_json({"voters": rows, "seed": seed, "file": str(out)})
            return
        console().print(f"{rows:,} invented voters (seed {seed}) in {out}")


@app.command("petition")
def petition(
    voter_file: Annotated[
        Path, typer.Argument(metavar="VOTERS", help="A voter file, .parquet or .csv.", show_default=False)
    ],
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Folder to write into.")],
    lines: Annotated[int, typer.Option("--lines", metavar="N", help="Lines, up to 10,000,000.")] = 10_000,
    seed: SeedOption = 1,
    channel: ChannelOption = "keyed",
    parameters: ParametersOption = None,
    inactive_counts: Annotated[
        bool, typer.Option("--inactive-counts", help="The place counts the lines of inactive voters.")
    ] = False,
    kind: KindOption = "parquet",
    json_: JsonFlag = False,
) -> None:
    """Invent a petition signed by voters of a file, and by others: lines, sheets, and the truth about each line."""
    with door(as_json=json_):
        from referenda.synth.parameters import read_parameters
        from referenda.synth.petition import PetitionPlan, write_petition
        from referenda.synth.place import petition_files

        plan = PetitionPlan(lines, seed, read_parameters(channel, parameters), inactive_counts=inactive_counts)
        files = petition_files(out, kind)
        reasons = write_petition(voter_file, plan, lines=files["lines"], truth=files["truth"], sheets=files["sheets"])
        _show(reasons, lines, {name: str(file) for name, file in files.items()}, seed, as_json=json_)


@app.command("place")
def place(
    out: Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder to write into.", show_default=False)],
    count: Annotated[int, typer.Option("--voters", metavar="N", help="Registrations, up to 100,000,000.")] = 200_000,
    lines: Annotated[int, typer.Option("--lines", metavar="N", help="Lines, up to 10,000,000.")] = 10_000,
    seed: SeedOption = 1,
    channel: ChannelOption = "keyed",
    face: FaceOption = "title",
    counties: CountiesOption = None,
    county: Annotated[
        str | None, typer.Option("--county", metavar="NAME", help="One county of this name, such as Alder.")
    ] = None,
    parameters: ParametersOption = None,
    kind: KindOption = "parquet",
    json_: JsonFlag = False,
) -> None:
    """Invent a whole place: a voter file and a petition in one folder, with the truth about each line."""
    with door(as_json=json_):
        from referenda.synth.place import make_place

        made = make_place(
            out,
            voters=count,
            lines=lines,
            seed=seed,
            channel=channel,
            face=face,
            kind=kind,
            counties=counties,
            county=county,
            changes=parameters,
        )
        files = {name: str(getattr(made, name)) for name in ("voters", "lines", "sheets", "truth")}
        _show(made.reasons, lines, files, seed, as_json=json_)


@app.command("parameters")
def parameters(json_: JsonFlag = False) -> None:
    """Show every parameter of the error model, with what it rests on."""
    with door(as_json=json_):
        from referenda.synth.parameters import documented

        known = documented()
        if json_:
            print_json(known)
            return
        from rich.table import Table

        for part, entries in known.items():
            table = Table(part, *(["share"] if part == "petition" else ["keyed", "ocr"]), "rests on")
            for name, entry in entries.items():
                values = [f"{value:g}" for key, value in entry.items() if key != "source"]
                table.add_row(name, *values, str(entry["source"]))
            console().print(table)


def _show(reasons: dict[str, int], lines: int, files: dict[str, str], seed: int, *, as_json: bool) -> None:
    finding: dict[str, Any] = {"lines": lines, "seed": seed, "reasons": reasons, "files": files}
    if as_json:
        print_json(finding)
        return
    from rich.table import Table

    table = Table("what the truth says", "lines", "share")
    for reason, count in reasons.items():
        table.add_row(reason.replace("_", " "), f"{count:,}", f"{100 * count / lines:.2f} %")
    console().print(table)
    for name, file in files.items():
        console().print(f"{name}: {file}")
