"""A forecast of a petition as a page and as pictures: what the findings say, put into the parts of `pages.forecast`."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from referenda import __version__
from referenda.cli.forecast_words import (
    DRIVER_WORDS,
    cleaning_table,
    outcome_words,
    priors,
    sentence,
    value_words,
)
from referenda.forecasting.cushion import BY_SAMPLE, IN_THE_END, Cushion
from referenda.forecasting.qualification import QUALIFIES, Qualification
from referenda.pages.chance_charts import Outcome, outcome_bars, valid_dots
from referenda.pages.choice_charts import Certainty, Driver, cushion_curve, driver_tornado
from referenda.pages.fans import gathering_fan
from referenda.pages.forecast import Assumption, ForecastPage, Part, Table
from referenda.pages.forecast_words import percent, rough
from referenda.workflows.forecast_petition import Prepared

CLEANING = (
    "Striking bad lines and duplicates adds no valid signature. It shows how many lines are still missing while there "
    "is time to gather them, and it takes away what the sample makes of duplicates."
)
CLEANING_WITH_SAMPLE = (
    "That helps where the law, to be safe, takes more off than there is, and harms where a sample overlooks "
    "duplicates: then it is worth less than nothing, though in the end it is nearly all the same."
)
LIMITS = (
    "It knows what was given and the history that comes with the program; it knows nothing of money, of allies or of "
    "the news to come. A wave that nobody saw coming can bring hundreds of thousands in weeks (a European initiative "
    "went from 452,560 to 1,336,696 in 26 days near its end in 2025); that is in the draws as a small chance only.",
    "Earlier petitions come mostly from news and from official releases about petitions that were in the news; those "
    "that nobody wrote about are missing.",
    "Figures about circulators and about duplicates by county are not public anywhere, so what is thought of them "
    "before the petition's own lines are checked is a judgement, and named as one.",
    "Courts, challenges and changes of the law during the petition are not forecast.",
)


def qualification_page(prepared: Prepared, found: Qualification) -> ForecastPage:
    """Put a forecast of qualification on a page."""
    known = prepared.known
    note = _note(prepared, found.draws, found.seed)
    words = outcome_words(prepared)
    outcomes = [
        Outcome(words[name], chance, name in QUALIFIES) for name, chance in found.probabilities.items() if chance > 0
    ]
    parts = [
        Part(
            "What may become of it",
            ("Each draw is one way in which the petition may go on; in each the law of the place decides.",),
            outcome_bars(outcomes, draws=found.draws, good="qualifies", note=note),
        )
    ]
    if found.gathering is not None:
        parts.insert(
            0,
            Part(
                "Signatures gathered",
                (),
                gathering_fan(
                    observed=[(day.on, day.total) for day in known.gathered],
                    first=known.window.first if known.window else None,
                    days=found.gathering.days,
                    fan=found.gathering.fan,
                    levels=found.gathering.levels,
                    requirement=known.requirement,
                    note=note,
                ),
            ),
        )
    given = "" if known.filed else "whether it is filed or not"
    parts.append(
        Part(
            "Valid signatures, each signer once",
            ("This is what a check of every line would find.",),
            valid_dots(found.valid, requirement=known.requirement, draws=found.draws, given=given, note=note),
        )
    )
    if found.drivers and 0 < found.qualifies < 1:
        drivers = [
            Driver(
                DRIVER_WORDS[driver.name],
                value_words(driver.name, driver.low),
                value_words(driver.name, driver.high),
                driver.chance_if_low,
                driver.chance_if_high,
            )
            for driver in found.drivers
        ]
        parts.append(
            Part(
                "What would change it",
                (
                    "The chance of qualifying where a part comes out in its lowest tenth, and in its highest. Of those "
                    "who sign twice the share is named that they make up of as many lines as valid ones are needed.",
                ),
                driver_tornado(drivers, chance=found.qualifies, draws=found.draws, note=note),
            )
        )
    facts = [
        ("Chance of qualifying", percent(found.qualifies, found.draws)),
        ("Needed", f"{known.requirement:,} valid signatures"),
        ("Valid, middle of the draws", rough(found.quantiles["valid"]["0.5"])),
    ]
    if known.window:
        facts.append(("Last day to file", f"{known.window.deadline}"))
    return _page(
        prepared,
        "Will the petition qualify?",
        sentence(prepared, found),
        facts,
        parts,
        priors(prepared, found),
        found.seed,
        found.draws,
    )


def cushion_page(prepared: Prepared, found: Cushion, levels: Sequence[float], cost: Decimal | None) -> ForecastPage:
    """Put a cushion on a page."""
    note = _note(prepared, found.draws, found.seed)
    sample = prepared.count.has_sample
    points = [
        Certainty(level, found.raw_needed(level, BY_SAMPLE) if sample else None, found.raw_needed(level, IN_THE_END))
        for level in levels
    ]
    sure = found.raw_needed(0.95, IN_THE_END)
    curve = cushion_curve(
        raw=[point.raw_count for point in found.points],
        by_sample=[point.by_sample for point in found.points] if sample else None,
        in_the_end=[point.in_the_end for point in found.points],
        points=points,
        requirement=found.known.requirement,
        filed=prepared.facts.raw_count,
        cost_per_signature=float(cost) if cost else None,
        currency="$" if prepared.place.startswith("us/") else "",
        note=note,
    )
    headings, rows = cleaning_table(found, sample=sample)
    cleaning = Table(
        f"What striking bad lines and duplicates before filing is worth, with {found.at:,} lines",
        tuple(heading.capitalize() for heading in headings),
        rows,
    )
    thousand = Table(
        "What the next thousand lines bring",
        ("County", "Valid signatures more", "Chance gained, in points"),
        tuple((m.county, f"{m.valid_distinct:,.0f}", f"{100 * m.chance:.2f}") for m in found.next_thousand),
    )
    said = (
        f"{rough(sure, up=True)} raw signatures" if sure else f"more than {found.points[-1].raw_count:,} raw signatures"
    )
    answer = f"To be 95 % sure of {found.known.requirement:,} valid signatures in the end, file {said}."
    return _page(
        prepared,
        "How many signatures to file?",
        answer,
        [("Needed", f"{found.known.requirement:,} valid signatures"), ("To be 95 % sure in the end", said)],
        [
            Part("The chance, by what is filed", (), curve),
            Part("Cleaning before filing", (CLEANING, *((CLEANING_WITH_SAMPLE,) if sample else ())), None, (cleaning,)),
            Part("Where more lines help most", (), None, (thousand,)),
        ],
        priors(prepared, None),
        found.seed,
        found.draws,
    )


def _page(
    prepared: Prepared,
    title: str,
    answer: str,
    facts: Sequence[tuple[str, str]],
    parts: Sequence[Part],
    given: Mapping[str, Any],
    seed: int,
    draws: int,
) -> ForecastPage:
    return ForecastPage(
        title=title,
        about=prepared.about,
        answer=answer,
        facts=tuple(facts),
        parts=tuple(parts),
        assumptions=tuple(_assumptions(given)),
        inputs=tuple(_inputs(prepared.inputs())),
        limits=(*prepared.notes, *LIMITS),
        command=("referenda", *sys.argv[1:]),
        seed=seed,
        draws=draws,
        as_of=str(prepared.known.as_of),
        made_on=str(date.today()),
        version=__version__,
    )


def _note(prepared: Prepared, draws: int, seed: int) -> str:
    return f"{prepared.about}, as of {prepared.known.as_of}; {draws:,} draws, seed {seed}; Referenda {__version__}."


def _assumptions(given: Mapping[str, Any]) -> list[Assumption]:
    told = []
    for part, numbers in given.items():
        for name, value in numbers.items():
            shown = f"{value:.4g}" if isinstance(value, float) else str(value)
            told.append(Assumption(name.replace("_", " "), shown, f"prior of {part.replace('_', ' ')}"))
    return told


def _inputs(inputs: Mapping[str, Any]) -> list[tuple[str, str]]:
    told = []
    for name, value in inputs.items():
        if value in (None, "", [], {}):
            continue
        shown = f"{len(value):,} rows" if isinstance(value, list | dict) and len(value) > 3 else _plain(value)
        told.append((name.replace("_", " "), shown))
    return told


def _plain(value: Any, between: str = "; ") -> str:
    """Write an input as one reads it: rows parted by semicolons, their cells by commas, without those left empty."""
    if isinstance(value, Mapping):
        parts = ((name, part) for name, part in value.items() if part not in (None, "", False))
        return between.join(f"{name.replace('_', ' ')} {_plain(part, ', ')}" for name, part in parts)
    if isinstance(value, list):
        return between.join(_plain(part, ", ") for part in value if part != "")
    return str(value)
