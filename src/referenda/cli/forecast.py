"""`referenda forecast`: whether a petition will qualify, and how many signatures to file to be sure of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from referenda.cli.arguments import read_assignments, read_count, read_date, read_level, split_pairs
from referenda.cli.case import StoreUrl
from referenda.cli.forecast_files import check_case, keep, picture_faults, write_page
from referenda.cli.forecast_options import TO_WRITE, CaseToKeep, Draws, HtmlFile, Issuer, Seed
from referenda.cli.options import InstrumentOption, PlaceArgument, ReadingOption
from referenda.cli.output import JsonFlag, busy, door, print_json
from referenda.errors import Fault, InputError, noting

if TYPE_CHECKING:
    from referenda.forecasting.duplicates import Compared
    from referenda.forecasting.qualification import Qualification
    from referenda.forecasting.validity import CheckedBatch
    from referenda.law.place import PlaceLaw
    from referenda.pages.forecast import ForecastPage
    from referenda.workflows.forecast_petition import Prepared

app = typer.Typer(help="Forecast a petition or a vote; what is issued can be scored.", no_args_is_help=True)

CERTAINTIES = (0.8, 0.9, 0.95, 0.99)
MOST_COST = 1_000_000  # of one signature; what is above was mistyped
_KNOWN = "What is known"


def _known(*names: str, metavar: str, help_: str) -> Any:
    return typer.Option(*names, metavar=metavar, help=help_, rich_help_panel=_KNOWN, show_default=False)


AsOf = Annotated[str | None, _known("--as-of", metavar="DATE", help_="The day of the forecast (today).")]
Needed = Annotated[str | None, _known("--requirement", metavar="N", help_="Valid signatures needed; else by the law.")]
Event = Annotated[
    list[str] | None,
    _known("--event", metavar="NAME=DATE", help_="A day that starts a clock: official_summary_date=2017-01-26."),
]
Start = Annotated[str | None, _known("--start", metavar="DATE", help_="First day of gathering; else by the law.")]
Deadline = Annotated[str | None, _known("--deadline", metavar="DATE", help_="Last day to file; else by the law.")]
GatheredFile = Annotated[Path | None, _known("--gathered", metavar="FILE", help_="CSV: date,total[,county].")]
GatheredTotal = Annotated[
    str | None, _known("--gathered-so-far", metavar="N", help_="Signatures gathered by the day of the forecast.")
]
FiledFile = Annotated[Path | None, _known("--filed", metavar="FILE", help_="CSV of what was filed: county,raw_count.")]
RawCount = Annotated[str | None, _known("--raw-count", metavar="N", help_="Signatures filed, in all.")]
CheckedFile = Annotated[
    Path | None,
    _known(
        "--checked", metavar="FILE", help_="CSV of batches: lines,valid[,duplicates,county,circulator,date,random]."
    ),
]
CheckedTotal = Annotated[
    str | None, _known("--valid", metavar="VALID/LINES", help_="Valid lines of those checked, such as 8120/10000.")
]
Random = Annotated[
    bool, _known("--random", metavar="", help_="The lines of --valid were drawn by chance from all, which says more.")
]
DuplicatesTotal = Annotated[
    str | None,
    _known("--duplicates", metavar="N/LINES", help_="Second signatures among lines all compared with each other."),
]
PictureFile = Annotated[
    list[Path] | None,
    typer.Option("--picture", metavar="FILE", help="Write the first figure as .svg or .png.", rich_help_panel=TO_WRITE),
]


@app.command("qualify")
def qualify_command(
    place: PlaceArgument,
    instrument: InstrumentOption = None,
    as_of: AsOf = None,
    requirement: Needed = None,
    event: Event = None,
    start: Start = None,
    deadline: Deadline = None,
    gathered: GatheredFile = None,
    gathered_so_far: GatheredTotal = None,
    filed: FiledFile = None,
    raw_count: RawCount = None,
    checked: CheckedFile = None,
    valid: CheckedTotal = None,
    random: Random = False,
    duplicates: DuplicatesTotal = None,
    reading: ReadingOption = None,
    draws: Draws = "10000",
    seed: Seed = "1",
    html: HtmlFile = None,
    picture: PictureFile = None,
    case: CaseToKeep = None,
    store: StoreUrl = None,
    by: Issuer = "public",
    json_: JsonFlag = False,
) -> None:
    """Forecast whether a petition qualifies: one number is enough to begin, thousands are used.

    The place's own law decides in every draw. Without --instrument the place's first is meant.
    """
    with door(as_json=json_):
        from referenda.cli import forecast_words
        from referenda.forecasting.draws import check_draws
        from referenda.workflows.forecast_petition import PetitionFacts, prepare, qualify

        faults: list[Fault] = []
        law, facts = _read_facts(
            place, instrument, faults, as_of=as_of, requirement=requirement, event=event, start=start,
            deadline=deadline, gathered=gathered, gathered_so_far=gathered_so_far, filed=filed, raw_count=raw_count,
            checked=checked, valid=valid, random=random, duplicates=duplicates, reading=reading,
        )  # fmt: skip
        many, number = _read_chance(draws, seed, faults)
        faults += picture_faults(picture or ())
        if faults:
            raise InputError(*faults)
        check_draws(many)
        prepared = prepare(place, law, PetitionFacts(**facts))
        if case:
            check_case(case, store, inputs=prepared.inputs())
        with busy(f"Drawing {many:,} petitions"):
            found = qualify(prepared, draws=many, seed=number)

        def made() -> ForecastPage:
            from referenda.cli.forecast_page import qualification_page

            return qualification_page(prepared, found)

        page = write_page(made, html, picture or ())
        kept = keep(_to_keep(prepared, found, page), case, store, by) if case else None
        if json_:
            print_json(forecast_words.qualification_dict(prepared, found, kept))
        else:
            forecast_words.show_qualification(prepared, found, kept)


@app.command("cushion")
def cushion_command(
    place: PlaceArgument,
    instrument: InstrumentOption = None,
    as_of: AsOf = None,
    requirement: Needed = None,
    event: Event = None,
    filed: Annotated[
        Path | None, _known("--counties", metavar="FILE", help_="CSV of where signatures come from: county,raw_count.")
    ] = None,
    checked: CheckedFile = None,
    valid: CheckedTotal = None,
    random: Random = False,
    duplicates: DuplicatesTotal = None,
    certainty: Annotated[
        list[str] | None, typer.Option("--certainty", metavar="LEVEL", help="Such as 0.95; may be repeated.")
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="N", help="Raw count for which more and cleaner lines are weighed.")
    ] = None,
    cost: Annotated[
        str | None, typer.Option("--cost", metavar="MONEY", help="Of one raw signature, such as 6.50.")
    ] = None,
    reading: ReadingOption = None,
    draws: Draws = "10000",
    seed: Seed = "1",
    html: HtmlFile = None,
    picture: PictureFile = None,
    json_: JsonFlag = False,
) -> None:
    """Say how many signatures to file for a certainty of passing: on the sample alone, and in the end.

    Also what the next thousand bring from each county, and what striking bad lines before filing is worth.
    """
    with door(as_json=json_):
        from referenda.cli import forecast_words
        from referenda.forecasting.draws import check_draws
        from referenda.workflows.forecast_petition import PetitionFacts, draw_cushion, prepare

        faults: list[Fault] = []
        law, facts = _read_facts(
            place, instrument, faults, as_of=as_of, requirement=requirement, event=event, filed=filed,
            checked=checked, valid=valid, random=random, duplicates=duplicates, reading=reading,
        )  # fmt: skip
        many, number = _read_chance(draws, seed, faults)
        faults += picture_faults(picture or ())
        levels, weighed, price = list(CERTAINTIES), None, None
        with noting(faults):
            levels = [read_level(text, option="--certainty") for text in certainty or map(str, CERTAINTIES)]
        with noting(faults):
            weighed = None if at is None else _read_filed(at)
        with noting(faults):
            price = None if cost is None else _read_money(cost)
        if faults:
            raise InputError(*faults)
        check_draws(many)
        prepared = prepare(place, law, PetitionFacts(**facts), filing=False)
        with busy(f"Verifying {many:,} petitions at every raw count"):
            found = draw_cushion(prepared, at=weighed, draws=many, seed=number)

        def made() -> ForecastPage:
            from referenda.cli.forecast_page import cushion_page

            return cushion_page(prepared, found, levels, price)

        write_page(made, html, picture or ())
        if json_:
            print_json(forecast_words.cushion_dict(prepared, found, levels, price))
        else:
            forecast_words.show_cushion(prepared, found, levels, price)


def _read_facts(
    place: str, instrument: str | None, faults: list[Fault], **given: Any
) -> tuple[PlaceLaw | None, dict[str, Any]]:
    """Read what was given of a petition, as the arguments of `PetitionFacts`, noting everything that is wrong."""
    from referenda.assembly import law_of, places
    from referenda.forecasting.gathering import Gathered
    from referenda.formats.checked_csv import read_checked
    from referenda.formats.counties_csv import read_raw_counts
    from referenda.formats.gathered_csv import read_gathered
    from referenda.workflows.forecast_petition import places_of_history

    law = None if place not in places() and place in places_of_history() else law_of(place)
    facts: dict[str, Any] = {"instrument": instrument or (law.first_instrument if law else "petition")}
    for one, other in (("gathered", "gathered_so_far"), ("filed", "raw_count"), ("checked", "valid")):
        if given.get(one) is not None and given.get(other) is not None:
            flags = [f"--{name.replace('_', '-')}" for name in (one, other)]
            faults.append(Fault(f"{flags[0]} and {flags[1]} say the same", column=flags[1], remedy="Give one of them."))

    def note(name: str, read: Callable[[Any], Any], *, of: str | None = None) -> None:
        if given.get(of or name) is not None:
            with noting(faults):
                facts[name] = read(given[of or name])

    note("as_of", lambda text: read_date(text, option="--as-of"))
    facts.setdefault("as_of", date.today())
    note("requirement", lambda text: read_count(text, option="--requirement"))
    note("events", _read_events, of="event")
    note("first", lambda text: read_date(text, option="--start"), of="start")
    note("deadline", lambda text: read_date(text, option="--deadline"))
    if given.get("gathered") is not None:
        with noting(faults):
            told = read_gathered(given["gathered"])
            facts |= {"gathered": told.totals, "gathered_by_county": told.by_county}
    note(
        "gathered",
        lambda text: [Gathered(facts["as_of"], read_count(text, option="--gathered-so-far"))],
        of="gathered_so_far",
    )
    note("filed", lambda path: read_raw_counts(path, place_name=law.name if law else ""))
    note("raw_count", lambda text: read_count(text, option="--raw-count"))
    note("checked", lambda path: read_checked(path, as_of=facts["as_of"]))
    note("checked", lambda text: [_read_batch(text, random=given["random"])], of="valid")
    if given["random"] and given["valid"] is None:
        faults.append(Fault("--random speaks of the lines of --valid", column="--random", remedy="Give --valid too."))
    note("compared", lambda text: [_read_compared(text)], of="duplicates")
    if law is not None:
        note("readings", lambda texts: law.readings(read_assignments(texts, option="--reading")), of="reading")
    return law, facts


def _read_events(texts: list[str]) -> dict[str, date]:
    pairs, faults = split_pairs(texts, option="--event", form="NAME=DATE")
    days = {}
    for name, text in pairs.items():
        with noting(faults):
            days[name] = read_date(text, option="--event")
    if faults:
        raise InputError(*faults)
    return days


def _read_part(text: str, option: str) -> tuple[int, int]:
    """Read a part of lines, such as 8120/10000; the part is not above the whole."""
    part, slash, whole = text.partition("/")
    if not slash:
        raise InputError(Fault("this is not a part of lines", column=option, value=text, remedy="Write 8120/10000."))
    counted, lines = read_count(part, option=option), read_count(whole, option=option)
    if not lines:
        remedy = "Leave it out, or give the number of lines."
        raise InputError(Fault("this is a part of no lines", column=option, value=text, remedy=remedy))
    if counted > lines:
        remedy = "Write the part first, then the lines it is of."
        raise InputError(Fault("this is more than all of the lines", column=option, value=text, remedy=remedy))
    return counted, lines


def _read_compared(text: str) -> Compared:
    """Read second signatures among lines; at most half of the lines, as no signer is taken to sign three times."""
    from referenda.forecasting.duplicates import Compared

    duplicates, lines = _read_part(text, "--duplicates")
    if 2 * duplicates > lines:
        message = "more than half of the lines would be second signatures"
        remedy = "Check both numbers; forecasts take it that nobody signs more than twice."
        raise InputError(Fault(message, column="--duplicates", value=text, remedy=remedy))
    return Compared(lines, duplicates)


def _read_filed(text: str) -> int:
    """Read a raw count that might be filed: from 1."""
    filed = read_count(text, option="--at")
    if not filed:
        remedy = "Give a raw count from 1, or leave it out."
        raise InputError(Fault("nothing would be filed", column="--at", value=text, remedy=remedy))
    return filed


def _read_batch(text: str, *, random: bool) -> CheckedBatch:
    from referenda.forecasting.validity import CheckedBatch

    valid, lines = _read_part(text, "--valid")
    return CheckedBatch(lines, valid, random=random)


def _read_money(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or not 0 <= amount <= MOST_COST:
        message, remedy = f"this is not an amount up to {MOST_COST:,}", "Write 6.50, without a currency."
        raise InputError(Fault(message, column="--cost", value=text, remedy=remedy))
    return amount


def _read_chance(draws: str, seed: str, faults: list[Fault]) -> tuple[int, int]:
    many, number = 0, 0
    with noting(faults):
        many = read_count(draws, option="--draws")
    with noting(faults):
        number = read_count(seed, option="--seed")
    return many, number


def _to_keep(prepared: Prepared, found: Qualification, page: str | None) -> dict[str, Any]:
    """Give the forecast as a record keeps it, with the hash of the page that was written of it."""
    from referenda.cli.forecast_words import priors
    from referenda.forecasting.qualification import METHOD

    return {
        "question": "qualify",
        "as_of": prepared.known.as_of,
        "method": METHOD,
        "seed": found.seed,
        "draws": found.draws,
        "inputs": {**prepared.inputs(), "priors": priors(prepared, found)},
        "outcomes": found.probabilities,
        "quantiles": found.quantiles,
        "page_sha256": page,
    }
