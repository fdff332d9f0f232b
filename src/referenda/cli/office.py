"""`referenda petition open|intake|match|commit|sample|draw`: an office takes a petition in and draws its sample."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from referenda.cli.arguments import read_count, read_day
from referenda.cli.case import StoreUrl
from referenda.cli.office_words import show_intake, show_match, show_sample
from referenda.cli.output import JsonFlag, busy, console, door, print_json
from referenda.errors import Fault, InputError, noting

if TYPE_CHECKING:
    from referenda.workflows.draw_sample import Drawn
    from referenda.workflows.office_folder import Office

OfficeFolder = Annotated[Path, typer.Argument(metavar="OFFICE", help="The office's folder.", show_default=False)]
ByPerson = Annotated[str | None, typer.Option("--by", metavar="PERSON", help="Who is at work, such as anna.")]
OnToday = Annotated[str | None, typer.Option("--on", metavar="DATE", help="The day of the deed. Default: today.")]
PULL_LIST = "pull-list"


def opened_office(folder: Path, store: str | None = None) -> Office:
    """Open an office's folder with its store."""
    from referenda.assembly import open_store
    from referenda.workflows.office_folder import Office

    return Office.open(folder, lambda url: open_store(url, make=False), store=store)


def open_(
    folder: OfficeFolder,
    case: Annotated[str, typer.Option("--case", metavar="CASE", help="The public case; it must be in the store.")],
    place: Annotated[str, typer.Option("--place", metavar="PLACE", help="Its place, such as us/ca.")],
    county: Annotated[str, typer.Option("--county", metavar="COUNTY", help="The county whose office it is.")],
    store: StoreUrl = None,
    by: ByPerson = None,
    on: OnToday = None,
    json_: JsonFlag = False,
) -> None:
    """Open a county's office for a petition: a private folder with a secret, and a log of its own beside the case.

    Keep the folder and its `secret` safe: without it no signer can be given a receipt. Nothing of it is published.
    """
    with door(as_json=json_):
        from referenda.assembly import DEFAULT_STORE, open_store
        from referenda.workflows.open_office import open_office

        day = read_day(on)
        url = store or DEFAULT_STORE
        with open_office(
            folder, lambda url: open_store(url, make=False), url, case=case, place=place, county=county, on=day, by=by
        ) as office:
            if json_:
                print_json({"office": str(folder), "case": office.case, "county": office.county, "log": office.log})
                return
            out = console()
            out.print(f"The office of {office.county} for {office.case} is open in {folder}.", markup=False)
            out.print("Only its owner can read it; keep a copy of the folder in a safe place.")


def intake(
    folder: OfficeFolder,
    sections: Annotated[
        Path | None, typer.Option("--sections", metavar="FILE", help="Sections that were counted, CSV or Parquet.")
    ] = None,
    lines: Annotated[
        list[Path] | None,
        typer.Option("--lines", metavar="FILE", help="Keyed lines, CSV or Parquet: a batch. May be repeated."),
    ] = None,
    by: ByPerson = None,
    on: OnToday = None,
    store: StoreUrl = None,
    json_: JsonFlag = False,
) -> None:
    """Take in sections as they are counted, and lines as they are keyed; say what is still missing.

    Sections have the columns section, lines and any of county, box, circulator, declaration, signed_from, signed_until,
    received_on, rejected (a reason code of the place). Lines have section, line_no, name, address and any of county,
    city, zip, date_signed, line_id. A line that is keyed again replaces the earlier one, which stays on file. What
    `referenda synth` writes (sheets and lines) is taken in as it stands.
    """
    with door(as_json=json_):
        from referenda.formats.keyed_lines import read_keyed_lines
        from referenda.formats.sections_csv import SectionList, read_sections
        from referenda.workflows.take_in import reason_codes, take_in

        day = read_day(on)
        with opened_office(folder, store) as office, _status() as tell:
            faults: list[Fault] = []
            listed = SectionList((), True, {})
            if sections is not None:
                case, law = office.public()
                codes = list(reason_codes(law, day, case.instrument))
                with noting(faults):
                    listed = read_sections(sections, county=office.county, reasons=codes)
            if faults:  # say what is wrong with the lines too, as far as their sections are known
                known = {name: section.lines for name, section in office.sections().items()}
                for path in lines or () if known else ():
                    with noting(faults):
                        read_keyed_lines(path, county=office.county, sections=known)
                raise InputError(*faults)
            taken = take_in(
                office,
                sections=listed.sections,
                says_rejected=listed.says_rejected,
                notes=listed.notes,
                lines=lines or (),
                read_lines=lambda path, counts: read_keyed_lines(path, county=office.county, sections=counts),
                on=day,
                by=by,
                tell=tell,
            )
        if json_:
            print_json(taken.as_dict())
        else:
            show_intake(taken)


def match(
    folder: OfficeFolder,
    voters: Annotated[
        Path, typer.Option("--voters", metavar="SNAPSHOT", help="An imported snapshot, or a voter file.")
    ],
    voters_before: Annotated[
        Path | None,
        typer.Option("--voters-before", metavar="SNAPSHOT", help="The snapshot of the match before, if another."),
    ] = None,
    memory: Annotated[str, typer.Option("--memory", help="Bound on memory, such as 2GB.")] = "2GB",
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="Day of the voter file, where it does not say so.")
    ] = None,
    by: ByPerson = None,
    on: OnToday = None,
    store: StoreUrl = None,
    json_: JsonFlag = False,
) -> None:
    """Match all keyed lines against a voter file, and group those that repeat one signer.

    Lines that were matched before keep their answer where nothing has changed; after a stop, the same command goes on.
    """
    with door(as_json=json_):
        from referenda.assembly import matching_engine
        from referenda.cli.arguments import read_date
        from referenda.cli.match import memory_of
        from referenda.cli.progress import stages_shown
        from referenda.formats.voter_file import open_voter_file
        from referenda.workflows.match_lines import STAGES
        from referenda.workflows.match_petition import match_petition

        size, day = memory_of(memory), read_day(on)
        of_day = read_date(as_of, option="--as-of") if as_of else None
        imported = voters.is_dir()
        stages = STAGES | ({} if imported else {"importing the voters": 1.0})
        engine = matching_engine("duckdb", memory_bytes=size)
        try:
            with opened_office(folder, store) as office, stages_shown(stages) as tell:
                found = match_petition(
                    office,
                    voters if imported else open_voter_file([voters]),
                    engine=engine,
                    memory_bytes=size,
                    on=day,
                    as_of=of_day,
                    voters_before=voters_before,
                    by=by,
                    progress=lambda stage, done, of: tell(stage, done / max(of, 1)),
                )
        finally:
            engine.close()
        if json_:
            print_json(found.as_dict())
        else:
            show_match(found)


def commit(folder: OfficeFolder, on: OnToday = None, store: StoreUrl = None, json_: JsonFlag = False) -> None:
    """Bind the office to the lines as they are keyed now: one hash of all of them goes on the public record.

    Do it before the public seed of the sample is known. The hash tells nobody anything about a signer.
    """
    with door(as_json=json_):
        from referenda.workflows.commit_petition import commit_lines

        day = read_day(on)
        with opened_office(folder, store) as office, busy("Hashing"):
            done = commit_lines(office, day)
        data = done.event.data
        if json_:
            print_json(done.event.envelope())
        else:
            words = f"The office is bound to {data['lines']:,} lines of {data['batches']} batches: root {data['root']}"
            console().print(f"{words}\nOn the record as event {done.event.position}.", markup=False)


def sample(
    folder: OfficeFolder,
    seed: Annotated[str, typer.Option("--seed", metavar="TEXT", help="The public seed: at least 20 digits of dice.")],
    size: Annotated[
        str | None, typer.Option("--size", metavar="N", help="Lines to draw, if more than the law asks for.")
    ] = None,
    on: OnToday = None,
    store: StoreUrl = None,
    json_: JsonFlag = False,
) -> None:
    """Draw the random sample by a public seed, put it on the record, and write the pull list by box and section.

    The size is the law's unless you give a larger one. `pull-list.csv` and `pull-list.html` are written into the
    office's folder; drawn already by this seed, the sample stays as it is and they are written again.
    """
    with door(as_json=json_):
        from referenda.workflows.draw_sample import draw_sample, pull_csv

        day, faults, wanted = date.min, list[Fault](), None
        with noting(faults):
            day = read_day(on)
        with noting(faults):
            wanted = read_count(size, option="--size") if size is not None else None
        if faults:
            raise InputError(*faults)
        with opened_office(folder, store) as office, busy("Drawing"):
            drawn = draw_sample(office, seed, size=wanted, on=day)
            written = [_private(folder / f"{PULL_LIST}.csv", pull_csv(drawn))]
            written.append(_private(folder / f"{PULL_LIST}.html", _pull_page(office, drawn, day)))
        if json_:
            print_json({**drawn.as_dict(), "written": [str(path) for path in written]})
        else:
            show_sample(drawn, written)


def draw(
    sections: Annotated[
        Path,
        typer.Argument(metavar="SECTIONS", help="A published record, or a CSV of every section: section,lines."),
    ],
    county: Annotated[str, typer.Option("--county", metavar="COUNTY", help="The county, as the record writes it.")],
    seed: Annotated[str, typer.Option("--seed", metavar="TEXT", help="The public seed.")],
    size: Annotated[str, typer.Option("--size", metavar="N", help="Lines to draw.")],
    json_: JsonFlag = False,
) -> None:
    """Draw a sample again from public data alone: the lines in order, and the digests that stand on the record."""
    with door(as_json=json_):
        from referenda.formats.sections_csv import read_sections
        from referenda.stats.draw import check_seed
        from referenda.workflows.draw_sample import received_in, sample_data

        faults: list[Fault] = []
        counts: dict[str, int] = {}
        wanted = 0
        with noting(faults):
            check_seed(seed)
        with noting(faults):
            if sections.is_dir():
                counts = received_in(sections, county)
            else:
                counts = {section.name: section.lines for section in read_sections(sections, county=county).sections}
        with noting(faults):
            wanted = read_count(size, option="--size")
        if counts and not 0 < wanted <= sum(counts.values()):
            remedy = f"Draw from 1 to {sum(counts.values()):,} lines."
            faults.append(Fault("so many lines cannot be drawn", column="--size", value=size, remedy=remedy))
        if faults:
            raise InputError(*faults)
        data = sample_data(county, counts, seed, wanted, 0)
        del data["least"]
        if json_:
            print_json({**data, "lines": list(data["lines"])})
            return
        out = console()
        for line in data["lines"]:
            out.print(line, markup=False)
        out.print(f"Frame {data['frame']}\nDrawn {data['drawn']}", markup=False)


@contextmanager
def _status() -> Iterator[Callable[[str], None]]:
    """Give a function that says on a terminal what is being done, once that has gone on for a second."""
    from threading import Timer

    from rich.console import Console
    from rich.text import Text

    status = Console(stderr=True).status("at work …")
    timer = Timer(1.0, status.start)
    timer.start()
    try:
        yield lambda words: status.update(Text(f"{words} …"))
    finally:
        timer.cancel()
        timer.join()
        status.stop()


def _private(path: Path, text: str) -> Path:
    """Write a file for its owner alone, whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(text)
    part.replace(path)
    return path


def _pull_page(office: Office, drawn: Drawn, on: date) -> str:
    from referenda import __version__
    from referenda.pages.pull_list import render_pull_list

    keys = ("seed", "raw_count", "sample_size", "frame", "drawn")
    content: dict[str, Any] = {key: drawn.data[key] for key in keys}
    about = {"case": office.case, "county": office.county, "drawn_on": on.isoformat(), "version": __version__}
    return render_pull_list({**content, **about}, [(pull.box, pull.section, pull.lines) for pull in drawn.pulls])


COMMANDS: dict[str, Callable[..., None]] = {
    "open": open_,
    "intake": intake,
    "match": match,
    "commit": commit,
    "sample": sample,
    "draw": draw,
}
