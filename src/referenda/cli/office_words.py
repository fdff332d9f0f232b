"""What an office's intake, match and draw found, in words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from referenda.cli.output import console

if TYPE_CHECKING:
    from referenda.workflows.draw_sample import Drawn
    from referenda.workflows.match_petition import PetitionMatch
    from referenda.workflows.take_in import TakenIn


def show_intake(taken: TakenIn) -> None:
    """Say what was taken in and what is missing."""
    out = console()
    if taken.new_sections or taken.changed_sections:
        again = f", {taken.changed_sections:,} taken in again" if taken.changed_sections else ""
        out.print(f"Sections: {taken.new_sections:,} new{again}.")
    for batch in taken.batches:
        again = f", of these {batch['keyed_again']:,} keyed again" if batch["keyed_again"] else ""
        out.print(f"Batch {batch['batch']}: {batch['lines']:,} lines{again}.")
    out.print(f"{taken.county} holds {taken.sections:,} sections with {taken.lines:,} lines.", markup=False)
    for reason, count in taken.rejected.items():
        out.print(f"  {count:,} sections are rejected as a whole: {reason}", markup=False)
    if taken.missing_lines:
        first = ", ".join(taken.first_missing[:5]) + (" …" if taken.missing_lines > 5 else "")
        out.print(f"Keyed: {taken.keyed_lines:,} lines; {taken.missing_lines:,} are missing: {first}", markup=False)
    else:
        out.print(f"Keyed: {taken.keyed_lines:,} lines, which is all of them.")
    if taken.raw_count is None:
        out.print(f"No raw count is reported yet; the sections say {taken.lines:,}.")
    for note in taken.notes:
        out.print(f"Note: {note}.", markup=False)


def show_match(found: PetitionMatch) -> None:
    """Say what the match found, with the groups of lines that repeat one signer."""
    from referenda.linkage.decide import REASONS

    out = console()
    report = found.report
    out.print(f"{report.lines:,} lines matched against {report.voters:,} registrations.")
    for status, meaning in (
        ("accept", "proposed and nothing speaks against them"),
        ("review", "for a person to look at"),
        ("none", "without a registration to propose"),
    ):
        out.print(f"  {report.statuses.get(status, 0):>9,}  {meaning}")
    out.print("Why lines could not count, as far as the machine can see (a person decides):")
    for reason, count in sorted(report.reasons.items(), key=lambda item: -item[1]):
        out.print(f"  {count:>9,}  {REASONS[reason]}")
    out.print(f"Voter file of {found.voter_file['as_of']}, SHA-256 {found.voter_file['digest'][:16]}…")
    if found.groups:
        out.print(f"{found.groups:,} signers stand on more than one line, on {found.in_groups:,} lines together.")
        for group in found.largest[:3]:
            out.print(f"  {len(group)} lines: {', '.join(group[:6])}{' …' if len(group) > 6 else ''}", markup=False)


def show_sample(drawn: Drawn, written: list[Path]) -> None:
    """Say what was drawn, by which rule, and where the pull list is."""
    from referenda.terms.quantity import shown

    out = console()
    data = drawn.data
    out.print(
        f"Drawn from {data['raw_count']:,} lines of {data['county']}: [bold]{data['sample_size']:,}[/bold] lines on "
        f"{len(drawn.pulls):,} sections."
    )
    if drawn.least is not None:
        step = drawn.least.steps[-1]
        out.print(f"The law asks for {shown(drawn.least.value)}: {step.about} ({step.cite})", markup=False)
    if drawn.position is None:
        out.print("It had been drawn by this seed already; the record stays as it is.")
    else:
        out.print(f"On the record as event {drawn.position}; anybody can draw it again by its seed.")
    out.print(f"First: {', '.join(drawn.lines[:5])} …", markup=False)
    out.print(f"Written: {', '.join(str(path) for path in written)}", markup=False)
