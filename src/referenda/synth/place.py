"""A whole place in one folder: its voter file, a petition, and the truth about every line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from referenda.errors import Fault, InputError
from referenda.synth.parameters import read_parameters
from referenda.synth.petition import PetitionPlan, write_petition
from referenda.synth.voters import VoterPlan, write_voters

KINDS = ("parquet", "csv")


@dataclass(frozen=True)
class Place:
    """Where the files of a place stand, and how many lines have each reason."""

    voters: Path
    lines: Path
    truth: Path
    sheets: Path
    reasons: dict[str, int]


def make_place(
    folder: Path,
    *,
    voters: int,
    lines: int,
    seed: int,
    channel: str = "keyed",
    face: str = "title",
    kind: str = "parquet",
    counties: int | None = None,
    county: str | None = None,
    changes: Path | None = None,
    tell: Callable[[str, int], None] | None = None,
) -> Place:
    """Make a place: `voters`, `lines`, `truth` and `sheets` in a folder.

    Parameters
    ----------
    folder
        Made if it does not exist; files of these names in it are replaced.
    voters, lines
        How many; 1 to 100,000,000 voters, 1 to 10,000,000 lines.
    seed
        Any integer; the same arguments give the same files.
    channel
        `keyed` (by clerks) or `ocr` (read by machine).
    face
        Of the voter file: `title`, `upper` or `ascii`.
    kind
        `parquet` or `csv`.
    counties
        How many; grows with the place if not given, and is 1 where `county` is.
    county
        The name of the only county, or of the largest; drawn if not given.
    changes
        YAML file that changes parameters of the error model.
    tell
        Called with `voters` or `lines` and how many are written.

    Raises
    ------
    InputError
        An argument is out of its range.
    """
    parameters = read_parameters(channel, changes)
    roll = VoterPlan(voters, seed, face=face, counties=counties or (1 if county else None), county=county)
    plan = PetitionPlan(lines, seed, parameters)
    files = petition_files(folder, kind)
    voter_file = folder / f"voters.{kind}"
    write_voters(roll, voter_file, tell=(lambda rows: tell("voters", rows)) if tell else None)
    reasons = write_petition(
        voter_file,
        plan,
        lines=files["lines"],
        truth=files["truth"],
        sheets=files["sheets"],
        tell=(lambda rows: tell("lines", rows)) if tell else None,
    )
    return Place(voter_file, files["lines"], files["truth"], files["sheets"], reasons)


def petition_files(folder: Path, kind: str) -> dict[str, Path]:
    """Name the files of a petition in a folder, which is made if it does not exist.

    Raises
    ------
    InputError
        The kind is not `parquet` or `csv`.
    """
    if kind not in KINDS:
        raise InputError(Fault("unknown format", column="--format", value=kind, remedy=f"Give {' or '.join(KINDS)}."))
    folder.mkdir(parents=True, exist_ok=True)
    return {name: folder / f"{name}.{kind}" for name in ("lines", "truth", "sheets")}
