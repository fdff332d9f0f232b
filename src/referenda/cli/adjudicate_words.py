"""What the commands of verification say to people: a line to decide, where the check stands, groups beside peers."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from referenda.cli.output import console

if TYPE_CHECKING:
    from referenda.stats.quality import Interval
    from referenda.workflows.measure_quality import QualityFinding
    from referenda.workflows.next_line import NextLine
    from referenda.workflows.petition_status import PetitionStatus
    from referenda.workflows.withdraw_signatures import Withdrawals

SHOWN = 20
DAYS_SHOWN = 12


def show_line(found: NextLine, folder: Path, by: str) -> None:
    """Show a line that a person is to decide, and how to say what was decided."""
    from referenda.linkage.decide import REASONS

    out = console()
    box = f", box {found.box}" if found.box else ""
    out.print(Text(f"Line {found.line}{box}  ({found.place:,} of {found.of:,})", style="bold"))
    if found.keyed is None:
        out.print("  It was not keyed in; look at the sheet.")
    for name, value in (found.keyed or {}).items():
        out.print(Text(f"  {name.replace('_', ' '):12} {value}"))
    if found.reason:
        out.print(Text(f"The matcher: {REASONS.get(found.reason, found.reason)}."))
    for candidate in found.candidates:
        score = f", probability {candidate.score:.3f}" if candidate.score is not None else ""
        counts = f"; counts on the line {candidate.counts_on}" if candidate.counts_on else ""
        out.print(Text(f"Candidate {candidate.voter_id}{score}{counts}"))
        if candidate.registered:
            out.print(Text(f"  {_registered(candidate.registered)}"))
    if found.same_signer:
        more = f" and {len(found.same_signer) - 6} more" if len(found.same_signer) > 6 else ""
        out.print(Text(f"Perhaps of the same signer: {', '.join(found.same_signer[:6])}{more}"))
    for look in found.settles:
        words = look["decision"] if not look["reason"] else f"{look['decision']} ({look['reason']})"
        voter = f", voter {look['voter_id']}" if look["voter_id"] else ""
        out.print(Text(f"One looked and said: {words}{voter}"))
    if found.settles:
        out.print("The two differ; what you decide settles it.")
    command = f"referenda petition decide {folder} --line {found.line} --by {by}"
    out.print(Text(f"Then: {command} --valid --voter ID   or   --reject CODE", style="dim"))


def _registered(row: Any) -> str:
    name = " ".join(row[part] for part in ("first", "middle", "last", "suffix") if part in row)
    place = " ".join(row[part] for part in ("house_number", "street", "unit", "city", "zip") if part in row)
    about = [row.get("status", ""), f"registered {row['reg_date']}" if "reg_date" in row else ""]
    return f"{name}; {place}; {', '.join(filter(None, about))}"


def show_status(found: PetitionStatus) -> None:
    """Show where a county's verification stands: finished and in work in two tables, then what may come of it."""
    from referenda.workflows.petition_status import in_work_words

    out, progress = console(), found.progress
    what = "random sample," if progress.frame.basis == "random_sample" else "check of every line,"
    out.print(Text(f"{progress.frame.county}, {found.case}: {what} {progress.lines:,} lines", style="bold"))
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right")
    table.add_column()
    table.add_row(f"[bold]{progress.finished:,}[/bold]", "[bold]finished[/bold]")
    table.add_row(f"{progress.valid:,}", "  valid")
    for reason, count in progress.reasons.items():
        table.add_row(f"{count:,}", Text(f"  not valid: {reason}"))
    table.add_row(f"[bold]{progress.left:,}[/bold]", "[bold]in work[/bold], and in no number above")
    for words in in_work_words(progress):
        number, _, meaning = words.partition(" ")
        table.add_row(number, Text(f"  {meaning}"))
    out.print(table)
    if progress.to_undo:
        named = ", ".join(progress.to_undo[:6]) + (" …" if len(progress.to_undo) > 6 else "")
        out.print(Text(f"To be taken back (petition undo) and decided again: {named}"))
    _show_outlook(found)
    looks = progress.second_looks
    if looks.lines:
        share = _percent(found.differed)
        out.print(f"Second looks: {looks.lines:,}; {looks.differed:,} came out otherwise ({share}); of these the third")
        out.print(
            f"  look said {looks.reversed_lines:,} times that the first was wrong, {looks.open_lines:,} are open."
        )
    if found.withdrawn or found.undone:
        out.print(f"Lines withdrawn in time: {found.withdrawn:,}. Decisions taken back: {found.undone:,}.")
    if found.without_signature:
        out.print(f"{found.without_signature:,} lines bear no signature and add nothing to the raw count; amend it.")
    if found.look_again:
        named = ", ".join(found.look_again[:6]) + (" …" if len(found.look_again) > 6 else "")
        out.print(
            Text(f"{len(found.look_again):,} lines were refused on an older voter file and are found on the newest:")
        )
        out.print(Text(f"  {named}"))
    if len(found.voter_files) > 1:
        files = ", ".join(f"{count:,} on that of {day}" for day, count in found.voter_files.items())
        out.print(Text(f"Decisions by voter file: {files}."))
    if progress.by_day:
        out.print("Decisions by day and person, all looks:")
        rows = sorted(progress.by_day.items(), reverse=True)
        for (day, by), count in rows[:DAYS_SHOWN]:
            out.print(Text(f"  {day}  {by.rpartition('/')[2]:20} {count:>9,}"))
        if len(rows) > DAYS_SHOWN:
            out.print(f"  and {len(rows) - DAYS_SHOWN:,} more; --json gives all.")


def _show_outlook(found: PetitionStatus) -> None:
    from referenda.terms.quantity import shown

    out, progress, bounds = console(), found.progress, found.bounds
    whole = bounds is not None and bounds.decision_low is not None
    needed = f" of the {found.requirement:,} needed" if whole and found.requirement else ""
    if bounds and not whole:
        out.print("This county is not the whole petition; what follows is its part, and decides nothing alone.")
    if found.why_no_number:
        out.print(Text(f"The law's number cannot be said: {found.why_no_number}"))
    if bounds and progress.complete:
        decision = f": {str(bounds.decision_low).replace('_', ' ')}" if bounds.decision_low else ""
        out.print(Text(f"Under the law: {shown(bounds.low)} valid{needed}{decision} ({bounds.cite})", style="bold"))
    elif bounds:
        most = f"at most {shown(bounds.high)} and at least {shown(bounds.low_without_duplicates)}"
        out.print(Text(f"Not statutory yet: under the law it will come to {most} valid{needed}."))
        if bounds.low < bounds.low_without_duplicates:
            out.print(f"  If every line in work turned out to be a duplicate, to {shown(bounds.low)}.")
        if bounds.can_change is False:
            decision = str(bounds.decision_low).replace("_", " ")
            out.print(Text(f"The outcome can no longer change: {decision} ({bounds.cite}).", style="bold"))
            if found.may_end_early:
                first = (
                    f", once {looks} lines on which two looks differ are settled"
                    if (looks := _differing(found))
                    else ""
                )
                out.print(f"The check may end here ({found.may_end_early}){first}:")
                out.print("  referenda petition finish --basis full_check --early")
        elif bounds.can_change:
            out.print(Text(f"It can still change: {bounds.decision_low} to {bounds.decision_high}.".replace("_", " ")))
    if found.estimate is not None:
        estimate = found.estimate
        out.print(
            f"Estimate: {estimate.valid:,.0f} valid, between {estimate.low:,.0f} and {estimate.high:,.0f} "
            f"({estimate.confidence:.0%} interval), from the first {progress.beginning.lines:,} lines of the draw."
        )


def _differing(found: PetitionStatus) -> int:
    return found.progress.in_work.get("differs", 0)


def _percent(share: Interval) -> str:
    if share.share is None or share.low is None or share.high is None:
        return "none"
    return f"{share.share:.1%}, 95% interval {share.low:.1%} to {share.high:.1%}"


def show_withdrawals(found: Withdrawals) -> None:
    """Show what became of the requests."""
    out = console()
    effects = {"withdrawn": 0, "late": 0, "no_line": 0}
    for request in found.recorded:
        effects[request.effect] += 1
    filed = f" on {found.filed_date}" if found.filed_date else " (not yet filed)"
    out.print(Text(f"{effects['withdrawn']:,} came before the petition was filed{filed} and were followed."))
    for request in found.recorded:
        if request.effect == "withdrawn":
            out.print(Text(f"  {request.request.number}: {', '.join(request.lines)}"))
    if effects["late"]:
        out.print(f"{effects['late']:,} came too late and have no effect; they are on record.")
    if effects["no_line"]:
        out.print(f"{effects['no_line']:,} are of voters of whom no line is known; one that turns up will not count.")
    if found.unclear:
        rows = ", ".join(str(request.row) for request in found.unclear[:SHOWN])
        out.print(
            Text(f"{len(found.unclear):,} were not recorded: nobody can be told from what is written (rows {rows}).")
        )
        out.print("  Find the line or the voter, and give it in the column line or voter_id.")
    out.print(Text(f"{found.rule.about} ({found.rule.cite})", style="dim"))


def show_quality(found: QualityFinding, page: Path | None) -> None:
    """Show groups beside their peers, those that differ first."""
    out = console()
    what = found.by.replace("_", " ")
    source = "finished lines" if found.source == "decisions" else "the matcher's proposals"
    out.print(Text(f"{found.county}, {found.case}: lines by {what}, from {source}", style="bold"))
    out.print(
        f"Together {found.funnel.rate:.1%} valid; the true shares of groups spread by about {found.funnel.spread:.1%}."
    )
    for caution in found.cautions:
        out.print(caution)
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    for heading in (what.capitalize(), "Lines", "Valid", "Share", "95% interval", "Dupl.", "Most frequent reason", ""):
        right = heading in ("Lines", "Valid", "Share", "Dupl.")
        table.add_column(heading, justify="right" if right else "left", no_wrap=True)
    ranked = sorted(found.groups, key=lambda group: (not group.quality.differs, group.quality.p_value))
    for group in ranked[:SHOWN]:
        share = group.quality.share
        reason = next(iter(group.reasons.items()), None)
        table.add_row(
            Text(group.name),
            f"{group.lines:,}",
            f"{group.valid:,}",
            f"{share.share or 0:.1%}",
            f"{share.low or 0:.1%} to {share.high or 0:.1%}",
            f"{group.duplicates:,}",
            Text(f"{reason[0]} ({reason[1]:,})" if reason else ""),
            "differs from its peers" if group.quality.differs else "",
        )
    out.print(table)
    if len(ranked) > SHOWN:
        out.print(f"[dim]{SHOWN} of {len(ranked):,} groups, the least like their peers first; --json gives all.[/dim]")
    out.print(
        f"[dim]Marked at {found.funnel.level:.0%} for all groups together (Holm): that a group differs, not why.[/dim]"
    )
    if page is not None:
        out.print(Text(f"Written: {page}"))


def write_quality_page(found: QualityFinding, page: Path) -> None:
    """Write the page with the funnel plot; for the office, as it names groups."""
    from referenda import __version__
    from referenda.pages.quality import render_quality

    text = render_quality(found.as_dict(), found.funnel.limits, made_on=date.today(), version=__version__)
    part = page.with_name(f".{page.name}.part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
    part.replace(page)
