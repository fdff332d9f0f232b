"""`referenda vote`: a vote decided under any rule, votes that hang on one another, measures that conflict."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from referenda.cli.arguments import read_assignments, read_count, split_pairs
from referenda.cli.output import JsonFlag, console, door, print_json
from referenda.errors import Fault, InputError, noting

if TYPE_CHECKING:
    from referenda.law.expressions import Expression
    from referenda.law.vote_chain import ChainLink, ConflictFinding
    from referenda.workflows.decide_vote import VoteDecision

app = typer.Typer(help="Decide a vote under its rule, in exact arithmetic.", no_args_is_help=True)

_COUNTS = "Counts"
_RULE_HELP = 'The rule, such as "ballots >= 50% of registered and yes >= 55% of valid".'


def _count(help_: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(metavar="N", help=help_, rich_help_panel=_COUNTS)
    return option


@app.command("decide")
def decide_command(
    rule: Annotated[str, typer.Option(metavar="RULE", help=_RULE_HELP)],
    registered: Annotated[str | None, _count("Persons entitled to vote, as registered.")] = None,
    ballots: Annotated[str | None, _count("Ballots cast in this vote, valid or not.")] = None,
    valid: Annotated[str | None, _count("Valid votes, where yes and no are not both known.")] = None,
    yes: Annotated[str | None, _count("Valid votes for yes.")] = None,
    no: Annotated[str | None, _count("Valid votes for no.")] = None,
    invalid: Annotated[str | None, _count("Blank and spoiled ballots.")] = None,
    election_ballots: Annotated[str | None, _count("Ballots cast in the election held at the same time.")] = None,
    units: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="CSV of territorial units: unit, weight, yes, no, … or carried."),
    ] = None,
    unit_rule: Annotated[str, typer.Option(metavar="RULE", help="When a unit carries.")] = "yes > no",
    reading: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=CHOICE", help="How an open word is read: voting=valid or voting=ballots."),
    ] = None,
    side_by_side: Annotated[
        bool, typer.Option("--side-by-side", help="Show each share of valid votes, of ballots, of registered.")
    ] = False,
    json_: JsonFlag = False,
) -> None:
    """Decide a vote, and say by how many votes each condition was met or missed.

    Counts that follow from others need not be given: valid is yes + no, ballots is valid + invalid.
    """
    with door(as_json=json_):
        from referenda.formats.units_csv import read_units
        from referenda.law.vote_rule import parse_rule
        from referenda.workflows.decide_vote import decide_vote

        given = {
            "registered": registered, "ballots": ballots, "valid": valid, "yes": yes, "no": no, "invalid": invalid,
            "election_ballots": election_ballots,
        }  # fmt: skip
        counts, readings, read, faults = {}, {}, [], list[Fault]()
        with noting(faults):
            counts = _counts(given)
        with noting(faults):
            readings = read_assignments(reading, option="--reading")
        with noting(faults):
            read = read_units(units, unit_rule=unit_rule) if units else []
        if faults:
            with noting(faults):
                parse_rule(rule)
            raise InputError(*faults)
        decision = decide_vote(rule, counts, units=read, readings=readings, side_by_side=side_by_side)
        found = decision.as_dict()  # everything is computed before anything is written
        if json_:
            print_json(found)
        else:
            _show_decision(decision)


@app.command("chain")
def chain_command(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="CSV: name, rule, on, hangs_on, outcome and the counts.")
    ],
    json_: JsonFlag = False,
) -> None:
    """Decide votes that hang on one another: one is held only if another passed (or failed)."""
    with door(as_json=json_):
        from referenda.formats.chain_csv import read_chain
        from referenda.law.vote_chain import decide_chain

        links = decide_chain(read_chain(file))
        votes = [link.as_dict() for link in links]
        if json_:
            print_json({"votes": votes})
        else:
            _show_chain(links)


@app.command("conflict")
def conflict_command(
    measure: Annotated[
        list[str], typer.Option(metavar="NAME=YES:NO", help="A measure and its votes; give one for each.")
    ],
    rule: Annotated[str, typer.Option(metavar="RULE", help="The rule under which each measure passes.")] = "yes > no",
    json_: JsonFlag = False,
) -> None:
    """Find which of several conflicting measures prevails: of those that passed, the one with the most yes votes."""
    with door(as_json=json_):
        from referenda.law.vote_chain import prevailing
        from referenda.law.vote_rule import Tally, decide, parse_rule

        votes, faults = _measures(measure)
        with noting(faults):
            _check_conflict_rule(parse_rule(rule))
        if faults:
            raise InputError(*faults)
        found = prevailing({name: decide(rule, Tally(yes=yes, no=no)) for name, (yes, no) in votes.items()})
        if json_:
            print_json(found.as_dict())
        else:
            _show_conflict(found)


def _counts(given: dict[str, str | None]) -> dict[str, int | None]:
    counts: dict[str, int | None] = {}
    faults: list[Fault] = []
    for name, text in given.items():
        with noting(faults):
            counts[name] = None if text is None else read_count(text, option=f"--{name.replace('_', '-')}")
    if faults:
        raise InputError(*faults)
    return counts


def _measures(given: list[str]) -> tuple[dict[str, tuple[int, int]], list[Fault]]:
    """Read the measures, and say all that is wrong with them."""
    votes: dict[str, tuple[int, int]] = {}
    pairs, faults = split_pairs(given, option="--measure", form="NAME=YES:NO")
    for name, text in pairs.items():
        yes, colon, no = text.partition(":")
        try:
            read = _counts({"yes": yes, "no": no if colon else ""})
        except InputError:
            remedy = "Write NAME=YES:NO with plain digits, such as 6626159:6333731."
            message = f"the votes of {name} are not two counts"
            faults.append(Fault(message, column="--measure", value=text, remedy=remedy))
        else:
            votes[name] = (read["yes"] or 0, read["no"] or 0)
    if not faults and len(votes) < 2:
        faults.append(Fault("a conflict needs two measures", remedy="Give --measure for each of them."))
    return votes, faults


def _check_conflict_rule(rule: Expression) -> None:
    """Refuse a rule that needs more than the votes for yes and no, which is all that is given of a measure."""
    needed = sorted(rule.names - {"yes", "no", "valid", "voting"})
    if needed:
        message = f"the rule needs {' and '.join(needed)}, and of a measure only yes and no are given here"
        remedy = "Decide each measure by referenda vote decide; of those that pass, the one with the most yes prevails."
        raise InputError(Fault(message, column="--rule", value=rule.text, remedy=remedy))


# words


def _mark(met: bool | None) -> str:
    return {True: "[green]met[/]", False: "[red]missed[/]", None: "[dim]open[/]"}[met]


def _outcome(passed: bool) -> str:
    return "[bold green]PASSED[/]" if passed else "[bold red]FAILED[/]"


def _show_decision(decision: VoteDecision) -> None:
    from rich.markup import escape

    out, finding = console(), decision.finding
    out.print(f"{_outcome(finding.passed)}  {escape(finding.rule)}")
    for condition in finding.conditions:
        out.print(f"\n  {escape(condition.text)}  {_mark(condition.met)}\n    {escape(condition.words)}")
    for reading in finding.readings:
        out.print(f"\nReading of “{reading.name}”: {reading.question}")
        for name, about, passed in reading.outcomes:
            chosen = f"  ← chosen, {reading.because}" if name == reading.chosen else ""
            outcome = "not known" if passed is None else "passed" if passed else "failed"
            out.print(f"  {name} ({about}): {outcome}{chosen}")
    if decision.units:
        _show_units(decision)
    if decision.side_by_side:
        out.print("\nThe same share, taken of other totals:")
    for row in decision.side_by_side:
        chosen = "  ← the rule" if row.is_the_rule else ""
        out.print(f"  {escape(row.text)}: {escape(row.finding.words)}{chosen}")


def _show_units(decision: VoteDecision) -> None:
    from rich.markup import escape

    from referenda.terms.quantity import shown

    out = console()
    for carried, said in ((True, "carried"), (False, "did not carry")):
        names = [
            escape(unit.name) + ("" if unit.weight == 1 else f" ({shown(unit.weight)})")
            for unit in decision.units
            if unit.carried is carried
        ]
        weight = sum(unit.weight for unit in decision.units if unit.carried is carried)
        out.print(f"\nUnits that {said}: {shown(weight)}" + (f"\n  {', '.join(names)}" if names else ""))


def _show_chain(links: list[ChainLink]) -> None:
    from rich.markup import escape

    out = console()
    colours = {"passed": "bold green", "failed": "bold red"}
    for link in links:
        on = f", {link.vote.on.isoformat()}" if link.vote.on else ""
        colour = colours.get(link.status, "bold yellow")
        out.print(f"[{colour}]{link.status.upper()}[/]  {escape(link.vote.name)}{on}: {escape(link.because)}")
        out.print(f"    {escape(link.vote.rule)}")
        for condition in link.finding.conditions if link.finding else ():
            out.print(f"    {_mark(condition.met)}: {escape(condition.words)}")


def _show_conflict(found: ConflictFinding) -> None:
    from rich.markup import escape

    out = console()
    for name, finding in found.findings.items():
        words = "; ".join(condition.words for condition in finding.conditions)
        out.print(f"{_outcome(finding.passed)}  {escape(name)}: {escape(words)}")
    said = f"{escape(found.prevails)} prevails" if found.prevails else "Undetermined" if found.tie else "None prevails"
    out.print(f"\n[bold]{said}[/]: {escape(found.because)}.")
