"""Cases in words for people, on the terminal. Whatever a record holds is printed as text, never as markup."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from referenda.cli.output import console
from referenda.law.deadline import Deadline
from referenda.law.place import PlaceLaw
from referenda.ledger.event import Event
from referenda.petitions.case import Case, TextVersion
from referenda.petitions.events import keys_of
from referenda.petitions.facts import asked
from referenda.petitions.kinds import EventData
from referenda.petitions.outlook import OpenDeed, ended, next_deadline, open_deeds, stage_about
from referenda.petitions.redline import Redline
from referenda.terms.quantity import shown
from referenda.workflows.keep_case import Recorded
from referenda.workflows.load_cases import Loaded, RealCase

_STYLES = {"same": "", "struck": "strike red", "added": "underline green"}
_STANDING = {"verbatim": "the filed words", "paraphrase": "a paraphrase", "not_at_hand": "not at hand"}


def show_case(case: Case, law: PlaceLaw, events: Sequence[Event], on: date, installed: str | None) -> None:
    """Show where a measure stands and what happened to it."""
    out = console()
    received = case.received
    head = Text(case.name, style="bold")
    head.append(f"  {received.name if received else ''}", style="")
    out.print(head)
    if case.title:
        out.print(Text(case.title, style="italic"))
    instrument = law.instruments.get(case.instrument, case.instrument)
    out.print(f"{law.name}, {instrument}. Proponents: {', '.join(case.proponents)}.", markup=False)
    out.print()
    stage = Text("Stage: ")
    stage.append(case.stage.replace("_", " "), style="bold")
    stage.append(f". {stage_about(case, law)}")
    out.print(stage)
    due = None if ended(case, law, on) else next_deadline(case, law, on)
    if due:
        out.print(f"Next deadline: {due.name}, {due.last_day:%a} {due.last_day} ({days_left(due.last_day, on)}).")
    if case.requirement is not None:
        out.print(f"Needs {case.requirement:,} valid signatures.")
    _show_counts(case)
    out.print()
    out.print(_history(events, law), soft_wrap=False)
    _show_votes(case, ended(case, law, on))
    for position, note in case.corrections:
        out.print(f"Correction of event {position}: {note}", markup=False)
    pinned = f"Judged by the law document {case.law[:16]}… of {law.name}, pinned when it was received."
    out.print(pinned, style="dim", markup=False)
    if installed != case.law:
        out.print(
            f"The law of {law.id} as installed now is another ({(installed or 'not there')[:16]}…); "
            "this case keeps to the one it was received under.",
            style="yellow",
            markup=False,
        )


def _show_counts(case: Case) -> None:
    """Say the numbers of the counties in a line each."""
    out = console()
    filed = [county for county in case.counties.values() if county.filed_date]
    if not filed:
        return
    counted = sum(county.raw_count is not None for county in filed)
    sampled = sum(county.sample_size is not None for county in filed)
    out.print(f"Filed in {len(filed)} counties; {counted} have reported {case.raw_count:,} signatures.")
    if sampled:
        out.print(f"{sampled} of them have reported their random sample.")
    if case.projection and not case.projection_stands:
        out.print(
            f"The projection of {case.projection.projected_valid:,} valid is void: a raw count was amended after it."
        )
    elif case.projection:
        share = shown(Fraction(100 * case.projection.projected_valid, max(case.projection.requirement, 1)), 1)
        words = case.projection.decision.replace("_", " ")
        out.print(
            f"Projected: {case.projection.projected_valid:,} valid ({share} percent of the requirement): {words}."
        )
    if case.valid_checked:
        out.print(f"The full check has found {case.valid_checked:,} valid signatures so far.")


def _history(events: Sequence[Event], law: PlaceLaw) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("", justify="right", no_wrap=True)
    table.add_column("Day", no_wrap=True)
    table.add_column("What happened", ratio=3)
    table.add_column("By", ratio=1)
    for event in events:
        what = Text(event.kind, style="bold")
        if details := detail_words(event):
            what.append(f"\n{details}", style="")
        if late := event.data.get("late"):
            plural = "" if late["days"] == 1 else "s"
            what.append(f"\nlate by {late['days']} day{plural} (due {late['due']}), and stands", style="red")
        if doubt := event.data.get("doubt"):
            what.append(f"\nNot sure: {doubt}", style="dim")
        table.add_row(str(event.position), _day_words(event), what, Text(event.by.replace("_", " ")))
    return table


def _day_words(event: Event) -> str:
    if between := event.data.get("between"):
        return f"{between[0]} to\n{between[1]}"
    return event.occurred_on.isoformat()


def detail_words(event: Event) -> str:
    """Say the most telling of an event's data in a line."""
    data = event.data
    match event.kind:
        case "MeasureReceived":
            number = f"{data['file_number']}: " if data.get("file_number") else ""
            return f"{number}{data['name']}"
        case "MeasureTextSubmitted" | "MeasureAmended":
            return f"version {data['text_version']}, {_STANDING[data['standing']]}"
        case "TitleIssued":
            return f"{data['identifier']}: {data['title']}"
        case "RequirementDetermined":
            base = f", from a base of {data['base']:,}" if data.get("base") else ""
            return f"{data['requirement']:,} valid signatures{base}"
        case "RawCountReported" | "RawCountAmended":
            return f"{data['county']}: {data['raw_count']:,} signatures"
        case "PetitionFiled":
            return str(data["county"])
        case "SampleReported":
            found = f"{data['valid_in_sample']:,} of {data['sample_size']:,} valid"
            return f"{data['county']}: {found}, {data['duplicates_in_sample']} duplicates"
        case "SampleProjected":
            return f"{data['projected_valid']:,} valid: {data['decision'].replace('_', ' ')}"
        case "FullCheckReported":
            done = "complete" if data["complete"] else "so far"
            return f"{data['county']}: {data['valid_signatures']:,} of {data['checked']:,} valid, {done}"
        case "SectionsReceived":
            rejected = f", {len(data['rejected']):,} rejected" if data.get("rejected") else ""
            return f"{data['county']}: {len(data['sections']):,} sections with {data['lines']:,} lines{rejected}"
        case "LinesCommitted":
            return f"{data['county']}: {data['lines']:,} lines, root {data['root'][:16]}…"
        case "SampleDrawn":
            return f"{data['county']}: {data['sample_size']:,} of {data['raw_count']:,} lines, seed {data['seed']}"
        case "DecisionsCommitted":
            kind = data["basis"].replace("_", " ")
            return f"{data['county']}, {kind}: {data['valid']:,} of {data['lines']:,} valid, root {data['root'][:16]}…"
        case "CertificateIssued":
            again = f", amends event {data['amends']}" if data.get("amends") is not None else ""
            return f"{data['county']}: certificate {data['number']}{again}"
        case "MeasureFailed":
            return f"because of: {data['reason'].replace('_', ' ')}"
        case "MeasureWithdrawn" | "ContingentWithdrawalFiled":
            signed = f"signed by {', '.join(data['consent'])}" if data.get("consent") else ""
            bill = f"on {data['bill']}" if data.get("bill") else ""
            return " ".join(part for part in (signed, bill) if part)
        case "VoteScheduled":
            hanging = data.get("hangs_on")
            only = f", only if {hanging['vote']} has {hanging['outcome']}" if hanging else ""
            return f"{data['vote']} on {data['day']}{only}: {data['rule']}"
        case "VoteDecided":
            return f"{data['vote']}: {'passed' if data['passed'] else 'failed'} under {data['rule']}"
        case "ElectionSet":
            return str(data["election_date"])
        case "CorrectionNoted":
            return f"event {data['position']}: {data['note']}"
        case "ForecastIssued":
            likely = max(data["outcomes"].items(), key=lambda outcome: Fraction(outcome[1]))
            share = shown(100 * Fraction(likely[1]), 2)
            return f"{data.get('vote') or data['question']}: {likely[0].replace('_', ' ')} {share} percent likely"
    return str(data.get("summary") or data.get("vote") or data.get("statute") or "")


def _show_votes(case: Case, over: bool) -> None:
    if not case.votes:
        return
    out = console()
    out.print("\n[bold]Votes[/]")
    for vote in case.votes.values():
        outcome = vote.outcome
        if outcome == "undecided" and over and case.stage != "voted":
            outcome_words = f"does not take place: the measure was {case.stage}"
            if case.stage == "failed":
                outcome_words = "does not take place: the measure failed"
        else:
            outcome_words = outcome
        hanging = vote.hangs_on
        where = f" of {hanging.case}" if hanging and hanging.case else ""
        only = f", only if {hanging.vote}{where} has {hanging.outcome}" if hanging else ""
        out.print(f"  {vote.day}  {vote.name}{only}: {vote.rule}", markup=False)
        out.print(f"              {outcome_words}", style="dim", markup=False)
    out.print()


def show_list(cases: Iterable[Mapping[str, Any]], on: date) -> None:
    """List cases with their next deadlines."""
    out = console()
    rows = list(cases)
    if not rows:
        out.print(
            "No cases are kept here yet. Open one (referenda case open), or load real ones (referenda case load)."
        )
        return
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("Case", no_wrap=True)
    table.add_column("Measure", ratio=2)
    table.add_column("Stage", no_wrap=True)
    table.add_column("Next deadline", ratio=2)
    for row in rows:
        due = row["next_deadline"]
        words = ""
        if due:
            day = date.fromisoformat(due["last_day"])
            words = f"{due['name']} {day} ({days_left(day, on)})"
        elif not row["ended"]:
            words = "none known"
        table.add_row(row["case"], Text(row["name"] or ""), row["stage"].replace("_", " "), words)
    out.print(table, soft_wrap=False)


def over(case: Case, law: PlaceLaw, on: date) -> bool:
    """Say whether nothing more can be done to a measure, as when it failed or was withdrawn."""
    return case.exists and not open_deeds(case, law, on)


def falls_away(deadline: Deadline, case: Case, law: PlaceLaw, on: date) -> bool:
    """Say whether a deadline does not come any more, because the measure was over before it."""
    last = deadline.act_stands_until or deadline.date
    return deadline.met_on is None and over(case, law, on) and case.last_day is not None and last > case.last_day


def show_deadlines(case: Case, law: PlaceLaw, found: Sequence[Deadline], on: date) -> None:
    """Show every deadline, whether it was met, and why it is on that day."""
    out = console()
    out.print(Text(f"Deadlines of {case.name}, as of {on}", style="bold"))
    if over(case, law, on):
        out.print(f"The measure is at `{case.stage}`; what lies after that does not happen any more.", markup=False)
    if not found:
        out.print("No day is known exactly from which a clock runs.")
        return
    out.print()
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("Day", no_wrap=True)
    table.add_column("Deadline", no_wrap=True)
    table.add_column("As of now", no_wrap=True)
    table.add_column("Why", ratio=1)
    for deadline in found:
        last = deadline.act_stands_until or deadline.date
        if deadline.met_on:
            plural = "" if deadline.days_late == 1 else "s"
            late = f", {deadline.days_late} day{plural} late" if deadline.days_late else ""
            state = Text(f"met {deadline.met_on}{late}", style="red" if late else "green")
        elif falls_away(deadline, case, law, on):
            state = Text("falls away", style="dim")
        else:
            state = Text(days_left(last, on), style="dim" if last < on else "")
        why = Text(deadline.words)
        if deadline.assumes:
            why.append(f"; if met on the last day: {', '.join(deadline.assumes)}", style="dim")
        why.append(f"  [{deadline.cite}]", style="dim")
        table.add_row(f"{deadline.date:%a} {deadline.date}", deadline.name, state, why)
    out.print(table, soft_wrap=False)


def show_open_deeds(case: Case, law: PlaceLaw, found: Sequence[OpenDeed], on: date) -> None:
    """Show what the law allows at this stage, by whom, from when and until when."""
    out = console()
    out.print(Text(f"What may be done to {case.name} on {on}, at the stage {case.stage}", style="bold"))
    if not found:
        out.print("Nothing; only a correction can be noted (CorrectionNoted).")
        return
    out.print()
    words = {"open": "now", "not_yet": "not yet", "too_late": "too late", "late_but_stands": "late, but it stands"}
    styles = {"open": "green", "not_yet": "dim", "too_late": "red", "late_but_stands": "yellow"}
    for deed in found:
        line = Text(f"{deed.kind} ", style="bold")
        line.append(words[deed.standing], style=styles[deed.standing])
        line.append(f"  by {deed.deed.actor.replace('_', ' ')}", style="dim")
        out.print(line)
        details = [deed.deed.about]
        if deed.lacks:
            details.append(f"Not yet: {'; '.join(deed.lacks)}.")
        if deed.opens and deed.opens.day > on:
            details.append(f"From {deed.opens.day:%a} {deed.opens.day} ({deed.opens.name}).")
        if deed.closes:
            left = days_left(deed.closes.last_day, on)
            details.append(f"Until {deed.closes.last_day:%a} {deed.closes.last_day}, {left} ({deed.closes.name}).")
        if deed.deed.consent:
            whose = {"all": "all proponents", "majority": "a majority of the proponents"}[deed.deed.consent]
            details.append(f"Needs the consent of {whose}.")
        if wanted := asked(deed.deed):
            details.append(f"Needs {'; '.join(wanted)}.")
        if deed.counties:
            some = ", ".join(deed.counties[:5]) + (" …" if len(deed.counties) > 5 else "")
            details.append(f"Awaited from {len(deed.counties)}: {some}.")
        details.append(f"[{deed.deed.cite}]")
        out.print(Padding(Text(" ".join(details)), (0, 0, 0, 4)), soft_wrap=False)


def show_texts(case: Case) -> None:
    """Show the versions of the text, and what the newest does."""
    out = console()
    if not case.texts:
        out.print(f"No text of {case.name} is recorded.")
        return
    for version in case.texts:
        out.print(f"{version.day}  {version.name}: {_STANDING[version.standing]}", markup=False)
    newest = case.texts[-1]
    if newest.text:
        out.print()
        out.print(Padding(Text(newest.text), (0, 0, 0, 4)), soft_wrap=False)
    for change in newest.changes:
        out.print(f"\n{change.provision}", style="bold", markup=False)
        out.print(Padding(Text(change.proposed or "(struck)"), (0, 0, 0, 4)), soft_wrap=False)
    if newest.changes:
        out.print(f"\nAgainst the law in force: referenda case redline {case.name}")


def show_redlines(found: Sequence[Redline], before: str, after: str) -> None:
    """Show redlines with marks and, on a terminal, colours."""
    out = console()
    out.print(f"{after} against {'the law in force' if before == 'law' else before}", style="bold", markup=False)
    for redline in found:
        note = "" if redline.standing == "verbatim" else "  (a paraphrase in our own words)"
        out.print(Text(f"\n{redline.heading}", style="bold").append(note, style="dim"))
        text = Text()
        for piece, change in redline.marked():
            text.append(piece, style=_STYLES[change])
        if not text.plain:
            text = Text("(struck in both)", style="dim")
        out.print(Padding(text, (0, 0, 0, 4)), soft_wrap=False)
    out.print("\n[-struck-]  {+added+}", style="dim", markup=False)


def show_loaded(cases: Sequence[RealCase], loaded: Sequence[Loaded]) -> None:
    """Say what was loaded, and what is not known of it."""
    out = console()
    for case, one in zip(cases, loaded, strict=True):
        what = f"{one.events} events" if one.new else "was there already, and is left as it is"
        out.print(Text(case.name, style="bold").append(f"  {case.about} ({what})", style=""))
        for gap in case.unknown:
            out.print(Padding(Text(f"Not known: {gap}", style="dim"), (0, 0, 0, 4)), soft_wrap=False)
    out.print("\nSee one: referenda case show NAME. See all: referenda case list.")


def show_kinds(kinds: Mapping[str, type[EventData]], *, with_keys: bool) -> None:
    """List kinds of event; of a single one its keys too."""
    out = console()
    for name, kind in kinds.items():
        out.print(Text(name, style="bold").append(f"  {' '.join((kind.__doc__ or '').split())}", style=""))
        if with_keys:
            for key, (form, must, about) in keys_of(kind).items():
                needed = ", needed" if must else ""
                out.print(f"  {key} ({form}{needed}): {about}", markup=False)


def show_recorded(done: Recorded) -> None:
    """Say what was recorded and where the measure stands now."""
    out = console()
    event = done.event
    details = detail_words(event).rstrip(".")
    out.print(
        f"Recorded in {event.case} as event {event.position}: {event.kind}{f', {details}' if details else ''}.",
        markup=False,
    )
    if late := done.finding.late:
        plural = "" if late.days == 1 else "s"
        out.print(
            f"It is {late.days} day{plural} late (due {late.due}, {late.clock}) and stands. [{late.cite}]", markup=False
        )
    out.print(f"The measure stands at {done.case.stage}.", markup=False)


def text_dict(version: TextVersion) -> dict[str, Any]:
    """Give a version of the text for JSON."""
    return {
        "name": version.name,
        "day": version.day.isoformat(),
        "standing": version.standing,
        "text": version.text,
        "sha256": version.sha256,
        "changes": [change.model_dump() for change in version.changes],
    }


def days_left(day: date, on: date) -> str:
    """Say how far away a day is."""
    days = (day - on).days
    if days == 0:
        return "today"
    plural = "" if abs(days) == 1 else "s"
    return f"in {days} day{plural}" if days > 0 else f"{-days} day{plural} ago"
