"""`referenda petition next|decide|undo|second-looks|full-check|withdraw|status|quality|finish`: verifying the lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from referenda.cli.arguments import read_day, read_level
from referenda.cli.case import StoreUrl
from referenda.cli.office import OfficeFolder, OnToday, opened_office
from referenda.cli.output import JsonFlag, busy, console, door, print_json
from referenda.errors import Fault, InputError

if TYPE_CHECKING:
    from referenda.workflows.office_decisions import OfficeDecisions

Person = Annotated[str, typer.Option("--by", metavar="PERSON", help="Who decides, such as anna.", show_default=False)]
Line = Annotated[str | None, typer.Option("--line", metavar="LINE", help="One line, such as 000123/7.")]
Voters = Annotated[Path | None, typer.Option("--voters", metavar="SNAPSHOT", help="The imported voter file.")]


@contextmanager
def decisions_of(folder: Path, store: str | None) -> Iterator[OfficeDecisions]:
    """Open an office and read what was decided so far."""
    from referenda.workflows.office_decisions import OfficeDecisions

    with opened_office(folder, store) as office:
        with busy("Reading the decisions"):
            desk = OfficeDecisions(office)
        yield desk


@contextmanager
def rows_of(file: Path | None) -> Iterator[None]:
    """Name the file in faults of its rows."""
    try:
        yield
    except InputError as error:
        named = (replace(f, file=str(file)) if file and f.row and not f.file else f for f in error.faults)
        raise InputError(*named) from None


def next_(
    folder: OfficeFolder,
    by: Person,
    line: Line = None,
    voters: Voters = None,
    list_: Annotated[
        Path | None,
        typer.Option("--list", metavar="FILE", help="Write all open lines as a file for `decide` to fill in."),
    ] = None,
    store: StoreUrl = None,
    json_: JsonFlag = False,
) -> None:
    """Show the next line for a person: what stands on it, who may be meant, what the matcher found.

    A second look is shown like a first one, without what was decided before. With --voters the registrations are shown.
    """
    with door(as_json=json_):
        from referenda.workflows.next_line import next_line, open_lines
        from referenda.workflows.office_decisions import person_of

        with decisions_of(folder, store) as desk:
            if list_ is not None:
                lines = open_lines(desk, person_of(desk.office, by))
                rows = "".join(f"{each},,,,,\n" for each in lines)
                list_.write_text(f"line,decision,reason,voter_id,duplicate_of,note\n{rows}", encoding="utf-8")
                if json_:
                    print_json({"lines": lines})
                else:
                    console().print(f"{len(lines):,} lines for {by} are listed in {list_}.", markup=False)
                return
            found = next_line(desk, person_of(desk.office, by), line=line, voters=voters)
        if json_:
            print_json({"next": found.as_dict() if found else None})
        elif found is None:
            console().print(f"Nothing is left for {by}.", markup=False)
        else:
            from referenda.cli.adjudicate_words import show_line

            show_line(found, folder, by)


def decide(
    folder: OfficeFolder,
    decisions: Annotated[
        Path | None, typer.Argument(metavar="DECISIONS.csv", help="Decisions made outside.", show_default=False)
    ] = None,
    line: Line = None,
    valid: Annotated[bool, typer.Option("--valid", help="The signature is valid; with --voter.")] = False,
    reject: Annotated[
        str | None,
        typer.Option("--reject", metavar="CODE", help="It is not valid, for this reason of the place's law."),
    ] = None,
    voter: Annotated[str | None, typer.Option("--voter", metavar="ID", help="The voter whose signature it is.")] = None,
    duplicate_of: Annotated[
        str | None,
        typer.Option("--duplicate-of", metavar="LINE", help="With --reject duplicate: the line that counts."),
    ] = None,
    note: Annotated[str | None, typer.Option("--note", metavar="TEXT", help="What the person noted.")] = None,
    accept_proposed: Annotated[
        bool, typer.Option("--accept-proposed", help="Decide `valid` on each open line whose match is to be accepted.")
    ] = False,
    voters: Annotated[
        Path | None,
        typer.Option(
            "--voters", metavar="SNAPSHOT", help="The imported voter file, to see that each --voter is in it."
        ),
    ] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="PERSON", help="Who decides, such as anna.")] = None,
    on: OnToday = None,
    store: StoreUrl = None,
    json_: JsonFlag = False,
) -> None:
    """Decide on lines: one (--line), those of a file, or all that the matcher proposes to accept.

    A file has the columns line, decision (valid or not_valid) and any of reason, voter_id, duplicate_of, by,
    decided_on, note. It is recorded whole or not at all, with every fault said. Reasons are those of the place's law.
    """
    with door(as_json=json_):
        from referenda.formats.decisions_csv import read_decisions
        from referenda.petitions.decision_check import Decision
        from referenda.workflows.decide_lines import accept_proposed as accept
        from referenda.workflows.decide_lines import decide_lines
        from referenda.workflows.office_decisions import person_of

        day = read_day(on)
        if [decisions is not None, line is not None, accept_proposed].count(True) != 1:
            remedy = "Give a file, or --line, or --accept-proposed."
            raise InputError(Fault("it is not said what is decided", remedy=remedy))
        if line is not None and valid == (reject is not None):
            raise InputError(
                Fault("a line is valid, or rejected for a reason", remedy="Give --valid or --reject CODE.")
            )
        with decisions_of(folder, store) as desk, busy("Recording"), rows_of(decisions):
            who = person_of(desk.office, by or "") if by or not decisions else None
            if accept_proposed:
                accepted = accept(desk, str(who), day)
                found = {"decided": accepted.lines, "left_out": accepted.left_out, "matches": accepted.matches}
            elif line is not None:
                one = Decision(
                    line, valid, str(who), day, reason=reject, voter_id=voter, duplicate_of=duplicate_of, note=note
                )
                found = {"decided": len(decide_lines(desk, [one], voters=voters))}
            else:
                read = read_decisions(Path(str(decisions)), by_person=desk.office.by_person, by=by, on=day)
                found = {"decided": len(decide_lines(desk, read, voters=voters))}
        if json_:
            print_json(found)
            return
        out = console()
        out.print(f"{found['decided']:,} line{'s' * (found['decided'] != 1)} decided.")
        if found.get("left_out"):
            out.print(
                f"{found['left_out']:,} proposals were left for a look of their own: their voter counts elsewhere."
            )


def undo(
    folder: OfficeFolder,
    line: Annotated[str, typer.Option("--line", metavar="LINE", help="The line, such as 000123/7.")],
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="Why it is taken back.")],
    by: Person,
    on: OnToday = None,
    store: StoreUrl = None,
    json_: JsonFlag = False,
) -> None:
    """Take back the latest decision on a line, or its withdrawal; both stay on record."""
    with door(as_json=json_):
        from referenda.workflows.decide_lines import undo_decision
        from referenda.workflows.office_decisions import person_of

        day = read_day(on)
        with decisions_of(folder, store) as desk:
            event, taken = undo_decision(desk, line, why, person_of(desk.office, by), day)
        if json_:
            print_json({"line": line, "undone": event.data["position"], "position": event.position})
        else:
            what = f"what {taken.by.rpartition('/')[2]} decided on {taken.day}" if taken else "the withdrawal"
            console().print(f"Line {line}: {what} is taken back.", markup=False)


def second_looks(
    folder: OfficeFolder,
    share: Annotated[str, typer.Option("--share", metavar="SHARE", help="Share of the lines, such as 5%.")],
    seed: Annotated[str, typer.Option("--seed", metavar="TEXT", help="A seed of its own: at least 20 digits of dice.")],
    by: Person,
    on: OnToday = None,
    store: StoreUrl = None,
    json_: JsonFlag = False,
) -> None:
    """Lay down which lines are decided twice, the second time by another person who is not shown the first decision.

    Lines are chosen by their tickets, whether accepted or rejected. Where the two differ, a third person settles it.
    """
    with door(as_json=json_):
        from referenda.terms.quantity import read_number
        from referenda.workflows.decide_lines import choose_second_looks
        from referenda.workflows.office_decisions import person_of

        day, part = read_day(on), read_number(share) * 1_000_000
        with decisions_of(folder, store) as desk:
            event = choose_second_looks(desk, seed, round(part), person_of(desk.office, by), day)
        if json_:
            print_json({"share_in_million": event.data["share_in_million"], "position": event.position})
        else:
            console().print(f"About {share} of the lines get a second look by another person.", markup=False)


def full_check(
    folder: OfficeFolder, by: Person, on: OnToday = None, store: StoreUrl = None, json_: JsonFlag = False
) -> None:
    """Begin the check of every line, after it was ordered or where no sample is drawn; the sample's decisions stand."""
    with door(as_json=json_):
        from referenda.workflows.decide_lines import begin_full_check
        from referenda.workflows.office_decisions import person_of

        day = read_day(on)
        with decisions_of(folder, store) as desk, busy("Ordering the lines"):
            data = begin_full_check(desk, person_of(desk.office, by), day).data
        if json_:
            print_json(dict(data))
        else:
            words = f"Every one of {data['lines']:,} lines is checked now; {data['decided']:,} are decided already."
            console().print(words)


def status(
    folder: OfficeFolder,
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help="The day whose law is used (today).")] = None,
    confidence: Annotated[
        str, typer.Option("--confidence", metavar="LEVEL", help="Of the intervals, between 0 and 1.")
    ] = "0.95",
    store: StoreUrl = None,
    json_: JsonFlag = False,
) -> None:
    """Say how far the verification has come: finished and in work, apart; by reason; what may still come of it."""
    with door(as_json=json_):
        from referenda.workflows.petition_status import petition_status

        day, level = read_day(on), read_level(confidence)
        with decisions_of(folder, store) as desk, busy("Counting"):
            found = petition_status(desk, day, confidence=level)
        if json_:
            print_json(found.as_dict())
        else:
            from referenda.cli.adjudicate_words import show_status

            show_status(found)


def finish(
    folder: OfficeFolder,
    basis: Annotated[str, typer.Option("--basis", metavar="BASIS", help="What is finished: sample or full_check.")],
    on: OnToday = None,
    because: Annotated[
        str | None, typer.Option("--because", metavar="TEXT", help="Why committed decisions are put right; no names.")
    ] = None,
    early: Annotated[
        bool, typer.Option("--early", help="End a check of every line with what is finished, if the law finds enough.")
    ] = False,
    store: StoreUrl = None,
    json_: JsonFlag = False,
) -> None:
    """Finish the check: the counts and a hash over all decisions go on the public record, as the county's report."""
    with door(as_json=json_):
        from referenda.petitions.verification import Basis
        from referenda.workflows.finish_check import finish_check

        words: dict[str, Basis] = {
            "sample": "random_sample", "random_sample": "random_sample", "full_check": "full_check"
        }  # fmt: skip
        if basis.replace("-", "_") not in words:
            remedy = "Write sample or full_check."
            raise InputError(Fault("this is no basis", column="--basis", value=basis, remedy=remedy))
        day = read_day(on)
        with decisions_of(folder, store) as desk, busy("Committing to the decisions"):
            events = finish_check(desk, words[basis.replace("-", "_")], day, because=because, early=early)
        if json_:
            print_json({"events": [event.envelope() for event in events]})
            return
        data = events[-1].data
        out = console()
        out.print(f"{data['valid']:,} of {data['lines']:,} lines are valid; {data['duplicates']:,} are duplicates.")
        if left := data.get("not_examined"):
            out.print(f"{left:,} lines were left unexamined. They can be decided later, and the report put right.")
        kinds = " and ".join(f"{event.kind} (event {event.position})" for event in events)
        out.print(f"On the record: {kinds}. Root over the decisions: {data['root']}", markup=False)


def withdraw(
    folder: OfficeFolder,
    requests: Annotated[Path, typer.Argument(metavar="REQUESTS.csv", help="Signers' requests.", show_default=False)],
    by: Person,
    voters: Voters = None,
    on: OnToday = None,
    store: StoreUrl = None,
    json_: JsonFlag = False,
) -> None:
    """Record signers' requests to withdraw: one that came before filing takes the signature out, a later one does not.

    The file has the columns received_on and name, address, city, zip (found with --voters), or line, or voter_id; and
    request, the office's number of it.
    """
    with door(as_json=json_):
        from referenda.assembly import matching_engine
        from referenda.formats.withdrawals_csv import read_withdrawals
        from referenda.workflows.office_decisions import person_of
        from referenda.workflows.withdraw_signatures import withdraw_signatures

        day, read = read_day(on), read_withdrawals(requests)
        engine = matching_engine("duckdb", memory_bytes=1 << 30)
        try:
            with decisions_of(folder, store) as desk, busy("Finding the lines"), rows_of(requests):
                who = person_of(desk.office, by)
                found = withdraw_signatures(desk, read, who, day, voters=voters, engine=engine)
        finally:
            engine.close()
        if json_:
            print_json(found.as_dict())
        else:
            from referenda.cli.adjudicate_words import show_withdrawals

            show_withdrawals(found)


def quality(
    folder: OfficeFolder,
    by: Annotated[
        str,
        typer.Option("--by", metavar="GROUP", help="circulator, section, batch, keyed_by or decided_by."),
    ] = "circulator",
    source: Annotated[
        str, typer.Option("--from", metavar="SOURCE", help="decisions, or matches: what the matcher proposes.")
    ] = "decisions",
    page: Annotated[
        Path | None, typer.Option("--page", metavar="FILE", help="Write a page with the plot (HTML).")
    ] = None,
    store: StoreUrl = None,
    json_: JsonFlag = False,
) -> None:
    """Set the share of valid lines of each circulator, section, batch or person beside its peers.

    A group is marked where it differs from its peers by more than chance and the spread between groups explain, after
    Holm's correction for as many comparisons as there are groups. A mark says nothing of why.
    """
    with door(as_json=json_):
        from typing import get_args

        from referenda.terms.names import did_you_mean
        from referenda.workflows.measure_quality import Group, Source, measure_quality

        group, kind = by.replace("-", "_"), source
        for value, known, option in ((group, get_args(Group), "--by"), (kind, get_args(Source), "--from")):
            if value not in known:
                remedy = did_you_mean(value, known)
                raise InputError(Fault("this is not known here", column=option, value=value, remedy=remedy))
        with decisions_of(folder, store) as desk, busy("Comparing"):
            found = measure_quality(desk, group, source=kind)  # type: ignore[arg-type]
        if page is not None:
            from referenda.cli.adjudicate_words import write_quality_page

            write_quality_page(found, page)
        if json_:
            print_json(found.as_dict())
        else:
            from referenda.cli.adjudicate_words import show_quality

            show_quality(found, page)


COMMANDS: dict[str, Callable[..., None]] = {
    "next": next_,
    "decide": decide,
    "undo": undo,
    "second-looks": second_looks,
    "full-check": full_check,
    "withdraw": withdraw,
    "status": status,
    "quality": quality,
    "finish": finish,
}
