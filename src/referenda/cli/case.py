"""`referenda case`: the cases of measures, opened, recorded in, and shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from referenda.cli.arguments import noting, read_date, read_day
from referenda.cli.output import JsonFlag, console, door, print_json
from referenda.errors import EngineError, Fault, InputError, ReferendaError

if TYPE_CHECKING:
    from referenda.ledger.log import EventStore
    from referenda.workflows.keep_case import Recorded

_COUNT_OPTION = re.compile(r"--(registered|ballots|valid|yes|no|invalid|election-ballots|units)(?: FILE)?(?![a-z-])")

app = typer.Typer(help="Keep the case of a measure: one measure, one append-only record.", no_args_is_help=True)

CaseName = Annotated[str, typer.Argument(metavar="CASE", help="The case, such as us-ca-16-0011A1.", show_default=False)]
StoreUrl = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="URL",
        envvar="REFERENDA_STORE",
        help="Where cases are kept: a file, or postgresql+psycopg://USER@HOST/DATABASE. Default: referenda.db here.",
        show_default=False,
        show_envvar=False,
    ),
]
OnDay = Annotated[str | None, typer.Option("--on", metavar="DATE", help="As of this day. Default: today.")]
By = Annotated[
    str, typer.Option("--by", metavar="WHO", help="Who did it: a role, with a name after a colon (county:Yuba).")
]
SetKeys = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="A key of the event's data; repeat a key to make a list."),
]
Data = Annotated[
    str | None, typer.Option("--data", metavar="FILE|JSON", help="The event's data as JSON, or a file that holds it.")
]


@app.command("open")
def open_(
    place: Annotated[str, typer.Argument(help="The place, such as us/ca.", show_default=False)],
    instrument: Annotated[str, typer.Argument(help="Kind of measure, such as statute.", show_default=False)],
    name: CaseName,
    received: Annotated[str, typer.Option("--received", metavar="DATE", help="Day the measure was received.")],
    title: Annotated[str, typer.Option("--title", help="The measure's working name.")],
    proponent: Annotated[list[str], typer.Option("--proponent", help="A proponent's name. May be repeated.")],
    by: By = "proponents",
    set_: SetKeys = None,
    store: StoreUrl = None,
    json_: JsonFlag = False,
) -> None:
    """Open a case: the measure is received, and the law as it is now is pinned to it."""
    with door(as_json=json_):
        from referenda.assembly import law_of
        from referenda.workflows.keep_case import open_case, receipt

        faults: list[Fault] = []
        law, day, more = None, date.min, dict[str, Any]()
        with noting(faults):
            law = law_of(place)
            law.check_instrument(instrument)
        with noting(faults):
            day = read_date(received, option="--received")
        with noting(faults):
            more = _more(set_)
        wrong: list[Fault] = []
        with noting(wrong):
            receipt(name, place, "0" * 64, instrument, day, title=title, proponents=proponent, by=by, more=more)
        names = {"name": "--title", "proponents": "--proponent", "case": "CASE"}
        faults += [replace(f, column=names.get(str(f.column).split(".")[0], f.column)) for f in wrong]
        if law is None or faults:
            raise InputError(*faults)
        with _opened(store, make=True) as cases:
            done = open_case(
                cases, law, name, instrument, received=day, title=title, proponents=proponent, by=by, more=more
            )
        _show_recorded(done, json_)


@app.command()
def record(
    name: CaseName,
    kind: Annotated[str, typer.Argument(help="Kind of event, such as TitleIssued (see `case kinds`).")],
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="Legal day of the deed.")],
    by: By,
    data: Data = None,
    set_: SetKeys = None,
    store: StoreUrl = None,
    json_: JsonFlag = False,
) -> None:
    """Record a deed, if the law allows it.

    Numbers that the law computes are computed: RequirementDetermined and SampleProjected need no data, and VoteDecided
    needs only the vote and its counts (--set vote=plebiscite --set yes=…).
    """
    with door(as_json=json_):
        from referenda.workflows.keep_case import record_as_written

        faults: list[Fault] = []
        day = date.min
        given: dict[str, Any] = {}
        with noting(faults):
            day = read_date(on)
        with noting(faults):
            given = {**_read_data(data), **_more(set_)}
        if faults:
            raise InputError(*faults)
        with _opened(store) as cases, _keys_for_options():
            done = record_as_written(cases, name, kind, day, by, given)
        _show_recorded(done, json_)


@app.command()
def show(name: CaseName, on: OnDay = None, store: StoreUrl = None, json_: JsonFlag = False) -> None:
    """Show where a measure stands, and everything that happened to it."""
    with door(as_json=json_), _opened(store) as cases:
        from referenda.petitions.outlook import summary
        from referenda.workflows.keep_case import case_state

        case, law = case_state(cases, name)
        day = read_day(on)
        events = list(cases.read(name))
        if json_:
            print_json({**summary(case, law, day), "history": [event.envelope() for event in events]})
        else:
            from referenda.cli.case_words import show_case

            show_case(case, law, events, day, _installed_digest(law.id))


@app.command("list")
def list_(on: OnDay = None, store: StoreUrl = None, json_: JsonFlag = False) -> None:
    """List the cases: stage, next deadline, days left."""
    with door(as_json=json_), _opened(store) as cases:
        from referenda.petitions.outlook import summary
        from referenda.workflows.keep_case import list_cases

        day = read_day(on)
        found = [summary(case, law, day) for case, law in list_cases(cases)]
        if json_:
            print_json({"on": day.isoformat(), "cases": found})
        else:
            from referenda.cli.case_words import show_list

            show_list(found, day)


@app.command()
def deadlines(
    name: CaseName,
    ics: Annotated[
        Path | None, typer.Option("--ics", metavar="FILE", help="Write them as an iCalendar file too.")
    ] = None,
    on: OnDay = None,
    store: StoreUrl = None,
    json_: JsonFlag = False,
) -> None:
    """Compute every deadline that the known days of a measure give."""
    with door(as_json=json_), _opened(store) as cases:
        from referenda.petitions.procedure import deadlines as deadlines_of
        from referenda.workflows.keep_case import case_state

        case, law = case_state(cases, name)
        day = read_day(on)
        found = deadlines_of(case, law)
        if ics:
            from referenda.formats.icalendar import write_calendar

            last = next(iter(cases.read(name, case.size - 1)))
            title = f"{name}: {case.title or (case.received.name if case.received else '')}"
            try:
                ics.write_bytes(write_calendar(title, found, stamp=last.recorded_at))
            except OSError as error:
                raise EngineError(Fault(f"the calendar cannot be written: {error.strerror}", file=str(ics))) from None
        if json_:
            from referenda.cli.case_words import falls_away

            gone = {deadline: falls_away(deadline, case, law, day) for deadline in found}
            rows = [
                {**d.as_dict(), "days_left": None if gone[d] else (d.date - day).days, "falls_away": gone[d]}
                for d in found
            ]
            print_json({"case": name, "on": day.isoformat(), "deadlines": rows})
        else:
            from referenda.cli.case_words import show_deadlines

            show_deadlines(case, law, found, day)
            if ics:
                console().print(f"\nWritten to {ics}.", markup=False)


@app.command()
def may(name: CaseName, on: OnDay = None, store: StoreUrl = None, json_: JsonFlag = False) -> None:
    """Say which deeds the law allows now, by whom and until when."""
    with door(as_json=json_), _opened(store) as cases:
        from referenda.petitions.outlook import open_deeds
        from referenda.workflows.keep_case import case_state

        case, law = case_state(cases, name)
        day = read_day(on)
        found = open_deeds(case, law, day)
        if json_:
            rows = [deed.as_dict() for deed in found]
            print_json({"case": name, "stage": case.stage, "on": day.isoformat(), "deeds": rows})
        else:
            from referenda.cli.case_words import show_open_deeds

            show_open_deeds(case, law, found, day)


@app.command()
def text(name: CaseName, store: StoreUrl = None, json_: JsonFlag = False) -> None:
    """Show the versions of a measure's text, and what the newest does to the law in force."""
    with door(as_json=json_), _opened(store) as cases:
        from referenda.workflows.keep_case import case_state

        case, _ = case_state(cases, name)
        if json_:
            from referenda.cli.case_words import text_dict

            print_json({"case": name, "texts": [text_dict(version) for version in case.texts]})
        else:
            from referenda.cli.case_words import show_texts

            show_texts(case)


@app.command()
def redline(
    name: CaseName,
    from_: Annotated[
        str, typer.Option("--from", metavar="VERSION", help="A version of the text, or `law` for the law in force.")
    ] = "law",
    to: Annotated[str | None, typer.Option("--to", metavar="VERSION", help="A version. Default: the newest.")] = None,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write it as a page too.")] = None,
    store: StoreUrl = None,
    json_: JsonFlag = False,
) -> None:
    """Set a measure's text against the law it changes, or against an earlier version."""
    with door(as_json=json_), _opened(store) as cases:
        from referenda.petitions.redline import page, redline_versions
        from referenda.workflows.keep_case import case_state

        case, _ = case_state(cases, name)
        if not case.texts:
            raise InputError(Fault(f"no text of {name} is recorded", remedy="Record MeasureTextSubmitted."))
        newest = to or case.texts[-1].name
        found = redline_versions(case.texts, from_, newest)
        if html:
            heading = f"{case.title or name}: {newest} against {'the law in force' if from_ == 'law' else from_}"
            try:
                html.write_text(page(heading, found), encoding="utf-8")
            except OSError as error:
                raise EngineError(Fault(f"the page cannot be written: {error.strerror}", file=str(html))) from None
        if json_:
            print_json({"case": name, "from": from_, "to": newest, "redlines": [r.as_dict() for r in found]})
        else:
            from referenda.cli.case_words import show_redlines

            show_redlines(found, from_, newest)
            if html:
                console().print(f"Written to {html}.", markup=False)


@app.command()
def load(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAMES]…", help="Real measures, such as 16-0011A1. Default: all.")
    ] = None,
    store: StoreUrl = None,
    json_: JsonFlag = False,
) -> None:
    """Load real measures that come with Referenda, as far as they are known."""
    with door(as_json=json_):
        from referenda.assembly import law_of
        from referenda.workflows.load_cases import load_case, real_case, real_cases

        wanted = [real_case(name) for name in names] if names else list(real_cases().values())
        with _opened(store, make=True) as cases:
            loaded = [load_case(cases, case.name, law_of) for case in wanted]
        if json_:
            print_json({"cases": [vars(one) for one in loaded]})
        else:
            from referenda.cli.case_words import show_loaded

            show_loaded(wanted, loaded)


@app.command()
def kinds(
    kind: Annotated[str | None, typer.Argument(help="One kind. Default: all, in a list.")] = None,
    json_: JsonFlag = False,
) -> None:
    """List the kinds of event, or the keys that one holds."""
    with door(as_json=json_):
        from referenda.petitions.events import NEWEST, keys_of, kind_of

        chosen = {kind: kind_of(kind)} if kind else NEWEST
        if json_:
            forms = {
                name: {
                    key: {"form": f, "required": must, "about": about} for key, (f, must, about) in keys_of(k).items()
                }
                for name, k in chosen.items()
            }
            print_json(forms)
        else:
            from referenda.cli.case_words import show_kinds

            show_kinds(chosen, with_keys=kind is not None)


@contextmanager
def _opened(url: str | None, *, make: bool = False) -> Iterator[EventStore]:
    """Open the store of cases, and close it; only where `make` is true one is made."""
    from referenda.assembly import open_store

    store = open_store(url, make=make)
    try:
        yield store
    finally:
        store.close()


def _installed_digest(place: str) -> str | None:
    """Give the digest of the law as it is installed now, or None where it cannot be had."""
    from referenda.assembly import law_of

    try:
        return law_of(place).digest
    except ReferendaError:
        return None


def _more(texts: list[str] | None) -> dict[str, Any]:
    """Read KEY=VALUE pairs; a key that is given more than once makes a list."""
    found: dict[str, Any] = {}
    faults = []
    for pair in texts or ():
        key, sign, value = (part.strip() for part in pair.partition("="))
        if not sign or not key:
            faults.append(Fault("this is not a pair", column="--set", value=pair, remedy="Write KEY=VALUE."))
        elif key in found:
            before = found[key]
            found[key] = [*before, value] if isinstance(before, list) else [before, value]
        else:
            found[key] = value
    if faults:
        raise InputError(*faults)
    return found


def _read_data(text: str | None) -> dict[str, Any]:
    """Read the data of an event: JSON itself, or a file that holds it."""
    import json

    if text is None:
        return {}
    file = None
    if not text.lstrip().startswith(("{", "[")) and not _is_json(text):
        file = text
        try:
            text = Path(text).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not text in UTF-8"
            remedy = 'Name a file that holds JSON, or write it here: {"county": "Yuba"}.'
            raise InputError(Fault(f"the data cannot be read: {reason}", file=file, remedy=remedy)) from None
    remedy = 'Write {"county": "Yuba", "raw_count": 3720}, with the keys of the kind (referenda case kinds KIND).'
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        message = f"this is not JSON (row {error.lineno}, character {error.colno})"
        raise InputError(Fault(message, file=file, column="--data", remedy=remedy)) from None
    except (ValueError, RecursionError):
        message = "this JSON holds a number that is too long, or is nested too deep"
        raise InputError(Fault(message, file=file, column="--data", remedy=remedy)) from None
    if not isinstance(data, dict):
        raise InputError(Fault("the data must be a JSON object", file=file, column="--data", remedy=remedy))
    return data


def _is_json(text: str) -> bool:
    import json

    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


@contextmanager
def _keys_for_options() -> Iterator[None]:
    """Where `vote decide` has an option for a count (`--ballots`), name the key that it has here."""
    try:
        yield
    except ReferendaError as error:
        faults = [replace(f, remedy=_COUNT_OPTION.sub(_key_of, f.remedy) if f.remedy else None) for f in error.faults]
        raise type(error)(*faults) from None


def _key_of(option: re.Match[str]) -> str:
    return f"--set {option[1].replace('-', '_')}=NUMBER"


def _show_recorded(done: Recorded, as_json: bool) -> None:
    if as_json:
        late = done.finding.late.model_dump(mode="json") if done.finding.late else None
        print_json({"event": done.event.envelope(), "stage": done.case.stage, "late": late})
    else:
        from referenda.cli.case_words import show_recorded

        show_recorded(done)
