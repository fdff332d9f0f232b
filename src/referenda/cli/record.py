"""`referenda record`: the public record of a case, exported and checked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from referenda.cli.case import CaseName, StoreUrl
from referenda.cli.output import JsonFlag, console, door, print_json
from referenda.errors import Fault, InputError

if TYPE_CHECKING:
    from referenda.ledger.checkpoint import SigningKey

app = typer.Typer(help="Publish the record of a case, and check one.", no_args_is_help=True)

KEY_NAME = "referenda"
KeyFile = Annotated[
    Path | None,
    typer.Option("--key-file", metavar="FILE", help="The signing key. Default: the store's file with .key after it."),
]


@app.command()
def export(
    name: CaseName,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder.", show_default=False)],
    key_file: KeyFile = None,
    store: StoreUrl = None,
    json_: JsonFlag = False,
) -> None:
    """Write the public record of a case into a new folder, signed."""
    with door(as_json=json_):
        from referenda.assembly import open_store
        from referenda.workflows.keep_case import case_state
        from referenda.workflows.publish_record import publish_record

        cases = open_store(store, make=False)
        try:
            case_state(cases, name)  # no key is made for a case that is not there
            published = publish_record(cases, name, folder, _signing_key(key_file, store))
        finally:
            cases.close()
        if json_:
            print_json({**vars(published), "folder": str(published.folder), "laws": list(published.laws)})
            return
        out = console()
        out.print(f"The record of {name} is in {folder}: {published.events} events.", markup=False)
        out.print(f"  root          {published.root}", markup=False)
        out.print(f"  verifier key  {published.verifier_key}", markup=False)
        out.print(
            f"Check it: referenda record verify {folder}   or   python -m referenda_verify {folder}", markup=False
        )


@app.command()
def verify(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of a record.", show_default=False)],
    key: Annotated[
        str | None,
        typer.Option("--key", metavar="VERIFIER_KEY", help="The key, known from elsewhere, that must have signed it."),
    ] = None,
    receipt: Annotated[
        Path | None,
        typer.Option("--receipt", metavar="FILE", help="A receipt, or a certificate's JSON, to hold to the record."),
    ] = None,
    json_: JsonFlag = False,
) -> None:
    """Check a record with the independent checker: exit code 0 when it agrees in every step, else 2."""
    from referenda_verify import verify as verify_record

    report = verify_record(folder, key, receipt=receipt)
    if json_:
        print_json(report.as_dict())
    else:
        console().print(report.words(), markup=False)
    if not report.verified:
        raise typer.Exit(2)


@app.command("key")
def key_(key_file: KeyFile = None, store: StoreUrl = None, json_: JsonFlag = False) -> None:
    """Show the verifier key of the store, to be published where people can find it; a key is made if there is none."""
    with door(as_json=json_):
        key = _signing_key(key_file, store)
        if json_:
            print_json({"verifier_key": key.verifier_key, "key_file": str(_key_file(key_file, store))})
        else:
            out = console()
            out.print(key.verifier_key, markup=False)
            out.print(
                f"The secret half is in {_key_file(key_file, store)}: keep it, and show it to nobody.", markup=False
            )


def _signing_key(key_file: Path | None, store: str | None) -> SigningKey:
    """Load the store's key, or make one."""
    from referenda.ledger.checkpoint import SigningKey

    path = _key_file(key_file, store)
    if path.exists():
        return SigningKey.load(path)
    key = SigningKey.generate(KEY_NAME)
    key.save(path)
    return key


def _key_file(key_file: Path | None, store: str | None) -> Path:
    """Say where the store's key is: beside a SQLite file, or where it was told."""
    from referenda.assembly import DEFAULT_STORE

    if key_file is not None:
        return key_file
    url = store or DEFAULT_STORE
    path = url.removeprefix("sqlite:///")
    if "://" in path:
        remedy = "Name its signing key with --key-file."
        raise InputError(
            Fault("this store is a database server, with no file beside which a key could lie", remedy=remedy)
        )
    return Path(f"{path}.key")
