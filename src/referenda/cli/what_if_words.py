"""A what-if in words: the counts side by side, what would turn the margin, and each rule."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from rich.markup import escape
from rich.table import Table

from referenda.cli.output import console
from referenda.elections.what_if import RuleOutcome, Standing, WhatIf
from referenda.terms.quantity import shown

MOST_NAMED = 12


def show_what_if(found: WhatIf) -> None:
    """Print it."""
    out, last = console(), found.after or found.before
    table = found.before.table
    first, second = (escape(choice) for choice in table.choices[:2])
    out.print(f"[bold]{escape(table.name)}[/]: the margin is that of {first} over {second}")
    for note in found.notes:
        out.print(f"What if: {escape(note)}")
    out.print()
    out.print(_side_by_side(found))
    out.print()
    _show_turns(last, first, second)
    if table.choices != ("yes", "no") and last.rules:
        others = " and ".join(escape(choice) for choice in table.choices[1:])
        out.print(f"\nIn the rules yes is {first}, and no is {others}.")
    for place, rule in enumerate(last.rules):
        _show_rule(found.before.rules[place], rule if found.after else None)
    if table.source:
        out.print(f"\n[dim]Source: {escape(table.source)}[/]")


def _side_by_side(found: WhatIf) -> Table:
    standings = [found.before, *([found.after] if found.after else [])]
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for heading in ("", "as counted", "as changed")[: len(standings) + 1]:
        table.add_column(heading, justify="right" if heading else "left")
    choices = found.before.table.choices
    rows: list[tuple[str, list[str]]] = [("units", [f"{len(standing.table.units):,}" for standing in standings])]
    rows += [
        (choice, [f"{standing.totals[place]:,}" for standing in standings]) for place, choice in enumerate(choices)
    ]
    for name in ("ballots", "registered"):
        counts = [getattr(standing.table, name) for standing in standings]
        if None not in counts:
            rows.append((name, [f"{count:,}" for count in counts]))
    rows += [
        ("margin in votes", [f"{standing.margin:+,}" for standing in standings]),
        ("margin in points", [_signed(standing.points) for standing in standings]),
        (f"{choices[0]} of the two", [_percent(standing.share_of_two) for standing in standings]),
        ("ahead", [standing.ahead or "a tie" for standing in standings]),
    ]
    if any(unit.weight != 1 for standing in standings for unit in standing.table.units):
        carried = [standing.table.weight_carried() for standing in standings]
        rows += [
            (f"weight carried by {choice}", [shown(weights[place]) for weights in carried])
            for place, choice in enumerate(choices)
        ]
    for name, cells in rows:
        table.add_row(escape(name), *(escape(cell) for cell in cells))
    return table


def _show_turns(standing: Standing, first: str, second: str) -> None:
    out = console()
    if standing.margin == 0:
        out.print("It is a tie; one vote more turns it.")
        return
    leads, trails = (first, second) if standing.margin > 0 else (second, first)
    out.print(
        f"{standing.votes_to_turn:,} votes that go from {leads} to {trails} would put {trails} ahead; "
        f"{shown(standing.swing_to_tie)} points in every unit alike make a tie."
    )
    if len(standing.table.units) == 1:
        return
    swings = [f"{escape(name)} ({shown(points, 2)} points)" for name, points in standing.turned_by_swing_in]
    out.print(f"Units where a swing alone would: {_listed(swings)}.")
    alone = [escape(name) for name in standing.turned_without]
    out.print(f"Units without which {trails} would be ahead: {_listed(alone)}.")
    smallest = standing.smallest_removal
    if smallest is None:
        out.print(f"No set of units is such that without it {trails} would be ahead.")
    elif len(smallest) > 1:
        names = _listed([escape(name) for name in smallest])
        out.print(f"The fewest units without which {trails} would be ahead are {len(smallest):,}: {names}.")


def _show_rule(before: RuleOutcome, after: RuleOutcome | None) -> None:
    out, last = console(), after or before
    out.print(f"\n[bold]{escape(last.finding.rule)}[/]")
    for said, outcome in (("as counted", before), ("as changed", after)):
        if outcome is None:
            continue
        passed = "[bold green]PASSED[/]" if outcome.finding.passed else "[bold red]FAILED[/]"
        out.print(f"  {said}: {passed}")
        for condition in outcome.finding.conditions:
            out.print(f"    {escape(condition.words)}")
    for reading in last.finding.readings:
        said = "; ".join(
            f"{name} {'not known' if passed is None else 'passed' if passed else 'failed'}"
            for name, _, passed in reading.outcomes
        )
        out.print(f"  Reading of “{reading.name}”: {said} (chosen: {reading.chosen})")
    conditions = [row.condition for row in last.side_by_side]
    if several := [row for row in last.side_by_side if conditions.count(row.condition) > 1]:
        out.print("  The same share, taken of other totals:")
        for row in several:
            chosen = "  ← the rule" if row.is_the_rule else ""
            out.print(f"    {escape(row.text)}: {escape(row.finding.words)}{chosen}")
    if last.turned_without:
        out.print(f"  Units without which it comes out otherwise: {_listed([escape(n) for n in last.turned_without])}")
    if fewest := last.fewest_yes:
        share = _percent(Fraction(fewest.yes, fewest.registered))
        out.print(
            f"  The fewest yes votes that can pass: {fewest.yes:,} ({share} of {fewest.registered:,} registered), "
            f"of {fewest.ballots:,} ballots"
        )


def _listed(names: Sequence[str]) -> str:
    if not names:
        return "none"
    more = f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more


def _signed(value: Fraction) -> str:
    return ("+" if value > 0 else "") + shown(value)


def _percent(share: Fraction | None) -> str:
    return "-" if share is None else f"{shown(share * 100, 2)} %"
