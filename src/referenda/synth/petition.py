"""A petition of an invented place, with its truth: lines as they were taken down, sheets, circulators.

`lines` has what an office would have (line_id, sheet_id, line_no, county, name, address, city, zip, date_signed);
`sheets` each sheet's county and circulator; `truth` who signed each line, what went wrong in writing it, whether it
counts and why not, of which line it is a further one, and of what kind its circulator is. Lines are numbered in the
order in which they were filed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from referenda.errors import Fault, InputError
from referenda.synth.draws import Draws
from referenda.synth.gathering import gather
from referenda.synth.parameters import Parameters
from referenda.synth.roll import Roll
from referenda.synth.script import REASONS, Script
from referenda.synth.tables import writing

START, END = date(2026, 1, 12), date(2026, 7, 8)
BLOCK = 50_000


@dataclass(frozen=True)
class PetitionPlan:
    """What a petition is to be.

    Parameters
    ----------
    lines
        From 1 to 10,000,000.
    seed
        Any integer; the same seed, voter file and parameters give the same petition.
    parameters
        Of the error model and its channel.
    start, end
        First and last day of circulation.
    inactive_counts
        Whether the place counts the line of an inactive voter.
    """

    lines: int
    seed: int
    parameters: Parameters
    start: date = START
    end: date = END
    inactive_counts: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.lines <= 10_000_000:
            raise InputError(
                Fault("a petition has from 1 to 10,000,000 lines", column="--lines", value=str(self.lines))
            )
        if self.end < self.start:
            raise InputError(Fault("circulation ends before it starts", column="--end", value=str(self.end)))


def write_petition(
    voters: Path,
    plan: PetitionPlan,
    *,
    lines: Path,
    truth: Path,
    sheets: Path,
    tell: Callable[[int], None] | None = None,
) -> dict[str, int]:
    """Write a petition signed by voters of a file, and by others.

    Parameters
    ----------
    voters
        Parquet or CSV of the documented layout.
    plan
        What it is to be.
    lines, truth, sheets
        Files to write, each `.parquet` or `.csv`.
    tell
        Called with the number of lines written so far.

    Returns
    -------
    dict
        How many lines have each reason of `REASONS`, those without any left out.
    """
    roll = Roll(voters)
    draws = Draws(plan.seed ^ 0x7065746974696F6E)  # the seed's own numbers are the voters'
    planned = gather(roll, plan.lines, draws, plan.parameters, plan.start, plan.end)
    script = Script(roll, planned, draws, plan.parameters, since=plan.start, inactive_counts=plan.inactive_counts)
    reason = np.empty(plan.lines, dtype=np.int8)
    with writing(lines) as write_lines, writing(truth) as write_truth, writing(sheets) as write_sheets:
        write_sheets(script.sheets())
        blocks = []
        for first in range(0, plan.lines, BLOCK):
            at = np.arange(first, min(first + BLOCK, plan.lines))
            table, errors, reason[at] = script.block(at)
            write_lines(table)
            blocks.append(errors)
            if tell is not None:
                tell(int(at[-1]) + 1)
        reason, duplicate_of = script.first_of_each(reason)
        for number, errors in enumerate(blocks):
            at = np.arange(number * BLOCK, number * BLOCK + len(errors))
            write_truth(script.truth(at, errors, reason[at], duplicate_of[at]))
    counts = np.bincount(reason, minlength=len(REASONS))
    return {name: int(count) for name, count in zip(REASONS, counts, strict=True) if count}
