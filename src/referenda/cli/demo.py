"""`referenda demo`: the main job, end to end, with a page to look at and a second program's verdict."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from referenda.cli.output import JsonFlag, console, door, print_json
from referenda.errors import EngineError, Fault, InputError

if TYPE_CHECKING:
    from referenda.ledger.checkpoint import SigningKey
    from referenda.workflows.run_demo import Demo
    from referenda.workflows.run_petition_demo import PetitionDemo

OWN_FILES = {"report.html", "cases.db", "cases.db-wal", "cases.db-shm", "referenda.key", "records", "petition"}
OutOption = Annotated[Path, typer.Option("--out", help="Folder to write to: new, empty, or left by an earlier demo.")]


def demo(out: OutOption = Path("demo-out"), json_: JsonFlag = False) -> None:
    """Carry real measures, and a whole petition of an invented county, to records that a second program checks.

    Ends with a page to look at. The county has 100,000 voters and 12,000 lines; nobody in it exists.
    """
    with door(as_json=json_):
        from rich.console import Console

        from referenda.cli.demo_page import page_content
        from referenda.cli.demo_petition import petition_dict, run_petition, write_petition
        from referenda.pages.report import render_report

        make_room(out)
        with Console(stderr=True).status("") as status:

            def said(part: str) -> None:
                status.update(f"Working on {part} …")

            key = _key(out)
            found = _run(out, key, said)
            petition = run_petition(out, key, said)
            status.update("A second program reads the records …")
            verdicts = [check(record.folder) for record in (*found.records, petition.record)]
            papers = write_petition(petition, out, check)
        page = out / "report.html"
        page.write_text(render_report(page_content(found, verdicts, petition)), encoding="utf-8")
        if json_:
            dealt = {**as_dict(found), "petition": petition_dict(petition, papers)}
            print_json({"page": str(page), **dealt, "records": verdicts})
        else:
            _say(found, petition, verdicts, papers, page)
    if not all(verdict["verified"] for verdict in (*verdicts, *papers)):
        raise typer.Exit(1)


def make_room(folder: Path) -> None:
    """Take away what an earlier demo left; refuse a folder in which anything else lies (InputError)."""
    if not folder.exists():
        return
    found = {path.name for path in folder.iterdir()} if folder.is_dir() else {folder.name}
    if found <= OWN_FILES and "report.html" in found:
        shutil.rmtree(folder)
    elif found:
        remedy = "Name another with --out, or remove it first."
        raise InputError(Fault("something else than an earlier demo lies here", file=str(folder), remedy=remedy))


def python_command() -> str:
    """Give the Python that runs this, as a person in this folder would type it."""
    program = Path(sys.executable)
    return str(program.relative_to(Path.cwd())) if program.is_relative_to(Path.cwd()) else str(program)


def _key(folder: Path) -> SigningKey:
    from referenda.ledger.checkpoint import SigningKey

    (folder / "records").mkdir(parents=True, exist_ok=True)
    key = SigningKey.generate("referenda-demo")
    key.save(folder / "referenda.key")
    return key


def _run(folder: Path, key: SigningKey, said: Any) -> Demo:
    from referenda.assembly import law_of, open_store
    from referenda.workflows.run_demo import run_demo

    store = open_store(str(folder / "cases.db"))
    try:
        return run_demo(store, key, folder / "records", law_of, said)
    finally:
        store.close()


def check(folder: Path, paper: Path | None = None) -> dict[str, Any]:
    """Have the checker, a program of its own, read one record, and a receipt or certificate; its report as it is."""
    command = [sys.executable, "-m", "referenda_verify", str(folder), "--json"]
    command += ["--receipt", str(paper)] if paper else []
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        return {"folder": str(folder), **json.loads(done.stdout)}
    except json.JSONDecodeError:
        raise EngineError(f"the checker did not run: {done.stderr.strip() or done.returncode}") from None


def as_dict(found: Demo) -> dict[str, Any]:
    """Give what the demo found, for JSON."""
    return {
        "measures": [
            {
                "case": shown.case.name,
                "stage": shown.case.stage,
                "requirement": int(shown.requirement.value),
                "deadlines": [deadline.as_dict() for deadline in shown.deadlines],
            }
            for shown in found.measures
        ],
        "six_californias": found.six_californias.as_dict(),
        "votes": [
            {
                "case": shown.case,
                "rules": [{"label": label, **finding.as_dict()} for label, finding in shown.findings],
            }
            for shown in found.votes
        ],
    }


def _say(
    found: Demo, petition: PetitionDemo, verdicts: list[dict[str, Any]], papers: list[dict[str, Any]], page: Path
) -> None:
    """Say the findings in words, a short block each."""
    from rich.markup import escape

    from referenda.cli.demo_page import case_words
    from referenda.cli.demo_petition import petition_words
    from referenda.terms.quantity import shown as number

    out = console()

    def heading(words: str) -> None:
        out.print(f"\n{words}", style="bold", markup=False)

    def say(words: str) -> None:
        out.print(words, markup=False)

    heading("Three measures on California's independence")
    for shown in found.measures:
        words = case_words(shown)
        say(f"  {words['name']}  {words['title']}")
        say(f"    needed {words['requirement']} signatures; {words['dates']}")
        say(f"    {words['verdict']}: {words['outcome_words']}")
    six = found.six_californias
    heading("Six Californias, 2014")
    say(
        f"  {number(six.published_total)} projected valid of {number(six.raw_count)} filed;"
        f" {number(six.requirement)} needed, {number(six.lower_limit.signatures)} for a full check: {six.decision}"
    )
    say(
        f"  {six.counties_known} counties with public figures come to {number(six.valid_known)}; the others needed"
        f" {100 * six.rest_must_reach / six.raw_rest:.1f} % valid and had {100 * six.rest_reached / six.raw_rest:.1f} %"
    )
    heading("Two votes, each under its own rule and others")
    for vote in found.votes:
        say(f"  {vote.title}")
        for label, finding in vote.findings:
            say(f"    {'passed' if finding.passed else 'failed'}  {label}: {finding.rule}")
            for condition in finding.conditions:
                say(f"            {condition.words}")
    heading("A petition of an invented county: 100,000 voters, 12,000 lines, clerks who err at known rates")
    for line in petition_words(petition):
        say(f"  {line}")
    heading("The records, read again by a second program")
    for verdict in verdicts:
        word = "[green]agrees[/]" if verdict["verified"] else "[red]DISAGREES[/]"
        found_again = len(verdict["findings"])
        findings = f"{found_again} finding{'' if found_again == 1 else 's'}"
        read = f"{verdict['case']}: {verdict['events']} events, {findings} recomputed"
        out.print(f"  {word}  {escape(read)}")
    agree = sum(paper["verified"] for paper in papers)
    say(f"  {agree} of {len(papers)} papers agree with their record: two certificates, receipts of two signers")
    heading(f"A page to look at: {page}")
    say(f"Check a record yourself: {python_command()} -m referenda_verify {verdicts[0]['folder']}")
