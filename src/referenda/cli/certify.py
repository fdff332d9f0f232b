"""`referenda petition certify|receipt|report`: what a county certifies, what a signer is given, what everybody sees."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from referenda.cli.case import StoreUrl
from referenda.cli.office import OfficeFolder, OnToday, opened_office
from referenda.cli.output import JsonFlag, busy, console, door, print_json
from referenda.cli.whole_file import write_whole
from referenda.errors import Fault, InputError


def certify(
    folder: OfficeFolder,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder to write the certificate into.")],
    by: Annotated[
        str | None, typer.Option("--by", metavar="NAME", help="The official who certifies, as it stands on the paper.")
    ] = None,
    number: Annotated[
        int | None, typer.Option("--number", metavar="N", help="Write this certificate again, which was issued before.")
    ] = None,
    on: OnToday = None,
    store: StoreUrl = None,
    json_: JsonFlag = False,
) -> None:
    """Issue the county's certificate: JSON whose hash goes on the public record, and a PDF to sign.

    Every number is read from the public record. Where nothing has changed since the last certificate, that one is
    written again; after a late decision the next one says what it amends.
    """
    with door(as_json=json_):
        from referenda.cli.arguments import read_day
        from referenda.pages.certificate import render_certificate
        from referenda.workflows.certify_petition import certify_petition, issued_certificate

        day = read_day(on)
        if out.exists() and not out.is_dir():
            raise InputError(Fault("this is not a folder", column="--out", value=str(out), remedy="Name a folder."))
        with opened_office(folder, store) as office, busy("Writing the certificate"):
            if number is not None:
                certificate = issued_certificate(office.store, office.case, office.county, number)
            else:
                certificate = certify_petition(office.store, office.case, office.county, day, by=by)
            out.mkdir(parents=True, exist_ok=True)
            name = f"certificate-{certificate.content['number']}"
            files = {
                out / f"{name}.json": certificate.text + b"\n",
                out / f"{name}.pdf": render_certificate(certificate.content),
            }
            for path, data in files.items():
                write_whole(path, data)
        if json_:
            written = [str(path) for path in files]
            print_json({**certificate.content, "new": certificate.new, "event": certificate.event.position,
                        "sha256": certificate.event.data["sha256"], "written": written})  # fmt: skip
            return
        content, say = certificate.content, console()
        amends = f", which amends No. {content['amends']['number']}," if content["amends"] else ""
        issued = (
            "is on the record" if certificate.new else "was issued before and is written again: it is on the record"
        )
        say.print(f"Certificate No. {content['number']} of {content['county']}{amends} {issued}", markup=False)
        say.print(f"  as event {certificate.event.position}, SHA-256 {certificate.event.data['sha256']}", markup=False)
        basis = content["basis"].replace("_", " ")
        say.print(f"  {content['valid']:,} of {content['examined']:,} signatures are valid ({basis})")
        if content["not_examined"]:
            say.print(f"  {content['not_examined']:,} were left unexamined when the check ended")
        if content["result"]:
            say.print(f"  {content['result']['about']}", markup=False)
        for change in content["amends"]["changes"] if content["amends"] else ():
            what = change["what"].replace("_", " ")
            before, after = (_said(n) for n in (change["before"], change["after"]))
            say.print(f"  {what}: {before} → {after}", markup=False)
        say.print(f"Written: {', '.join(str(path) for path in files)}", markup=False)


def receipt(
    folder: OfficeFolder,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="File to write the receipt to.")],
    line: Annotated[str | None, typer.Option("--line", metavar="LINE", help="The line, such as 000123/7.")] = None,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="The signer's name.")] = None,
    address: Annotated[
        str | None, typer.Option("--address", metavar="ADDRESS", help="The signer's street address.")
    ] = None,
    store: StoreUrl = None,
    json_: JsonFlag = False,
) -> None:
    """Write a signer's receipt: the own line and its decision, opened, with the way to the roots of the public record.

    Give it to the signer alone. It is checked with `referenda record verify DIR --receipt FILE`.
    """
    with door(as_json=json_):
        from referenda.ledger.canonical import canonical
        from referenda.petitions.commitments import NOT_EXAMINED
        from referenda.workflows.give_receipt import find_lines, give_receipts

        if (line is None) == (name is None and address is None) or (name is None) != (address is None):
            remedy = "Give --line, or --name and --address."
            raise InputError(Fault("it is not said whose receipt is asked for", remedy=remedy))
        with opened_office(folder, store) as office, busy("Following the line to the roots"):
            wanted = [line] if line is not None else find_lines(office, str(name), str(address))
            if not wanted:
                remedy = "Try the address as it was written, or give --line."
                raise InputError(Fault("no line has this name and this address", column="--name", remedy=remedy))
            if len(wanted) > 1:
                remedy = f"Choose one of {', '.join(wanted)} with --line."
                raise InputError(
                    Fault("more than one line has this name and this address", column="--name", remedy=remedy)
                )
            [found] = give_receipts(office, wanted)
            county = office.public()[0].county(office.county)
        write_whole(out, canonical(found) + b"\n", private=True)
        if json_:
            print_json(found)
            return
        say, decision = console(), found["decision"]
        say.print(f"Line {found['identity']} is under the root of event {found['line']['position']}.", markup=False)
        if decision is None and not (county and county.decisions):
            say.print("No decision is on the record yet; ask again when the check is finished.")
        elif decision is None:
            say.print("It was not drawn into the sample, and no decision on it was asked for.")
        elif decision["content"]["decision"] == NOT_EXAMINED:
            say.print(f"It was not examined: enough were valid without it (root of event {decision['position']}).")
        else:
            content = decision["content"]
            words = "valid" if content["reason"] is None else f"not valid: {content['reason'].replace('_', ' ')}"
            say.print(f"It was decided: {words} (under the root of event {decision['position']}).", markup=False)
        say.print(f"Written: {out}. It names the signer: give it to nobody else.", markup=False)


def report(
    folder: OfficeFolder,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The page to write (HTML).")],
    on: OnToday = None,
    store: StoreUrl = None,
    json_: JsonFlag = False,
) -> None:
    """Write a page on the petition: filed, matched, drawn, decided, projected, certified, and how to check it.

    It names no signer. It names circulators by the names that the office keeps: see whether it is for everybody.
    """
    with door(as_json=json_):
        from referenda import __version__
        from referenda.cli.arguments import read_day
        from referenda.pages.petition import render_petition
        from referenda.workflows.petition_report import report_petition

        day = read_day(on)
        with opened_office(folder, store) as office, busy("Gathering"):
            found = report_petition(office, day)
        limits = found.quality.funnel.limits if found.quality else None
        page = render_petition(found.content, limits=limits, made_on=day.isoformat(), version=__version__)
        write_whole(out, page.encode())
        if json_:
            print_json({**found.content, "written": str(out)})
        else:
            console().print(f"Written: {out}", markup=False)


def _said(value: int | str | None) -> str:
    return "none" if value is None else f"{value:,}" if isinstance(value, int) else value.replace("_", " ")


COMMANDS: dict[str, Callable[..., None]] = {"certify": certify, "receipt": receipt, "report": report}
