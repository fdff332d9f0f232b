"""The forecast of a sample that is being checked, as a page."""

from __future__ import annotations

import sys
from datetime import date

from referenda import __version__
from referenda.cli.forecast_decision_words import COUNTY_HEADINGS, DECISION_WORDS, county_cells, reach_words, sentence
from referenda.forecasting.decision_day import CountyOutlook
from referenda.pages.chance_charts import Outcome, outcome_bars, valid_dots
from referenda.pages.forecast import Assumption, ForecastPage, Part, Table
from referenda.pages.forecast_words import rough
from referenda.terms.quantity import shown
from referenda.workflows.forecast_decision import DecisionForecast

LIMITS = (
    "The lines of a county that are checked are taken for a random part of its sample. Where an office checks the "
    "easy lines first, or sets doubtful ones aside, the forecast is too sure.",
    "A rejection that is taken back later is not foreseen, nor are raw counts that are corrected.",
    "How much duplicates differ between counties is a judgement: no table of them by county is public.",
    "Days of staff count every line of a full check; where the law lets it end as soon as enough are found, fewer do.",
)


def decision_page(found: DecisionForecast) -> ForecastPage:
    """Put the forecast on a page."""
    outlook = found.outlook
    note = f"Law of {found.on}; {outlook.draws:,} draws, seed {outlook.seed}; Referenda {__version__}."
    words = tuple(reach_words(reach, len(found.open_counties), outlook.draws) for reach in found.reaches)
    parts = [
        Part(
            "What the sample will decide",
            ("Each draw is one way in which the rest of the sample may come out; the law decides in every one.",),
            outcome_bars(_outcomes(found), draws=outlook.draws, good="It qualifies", note=note),
            (_work_table(found),),
        ),
        Part("What the rest must do", words, None, _county_tables(found.open_counties)),
        Part(
            "Valid signatures, each signer once",
            ("This is what a check of every line would find; it is not what the law projects from the sample.",),
            valid_dots(outlook.valid_draws, requirement=outlook.requirement, draws=outlook.draws, note=note),
        ),
    ]
    facts = [("Needed", f"{outlook.requirement:,} valid signatures"), ("Lines left", f"{found.lines_left:,}")]
    if outlook.projected:
        facts.append(("Projection, middle of the draws", rough(outlook.projected["0.5"])))
    return ForecastPage(
        title="What will the sample decide?",
        about=f"{found.law.name}: {found.law.instruments[found.instrument]}",
        answer=sentence(found),
        facts=tuple(facts),
        parts=tuple(part for part in parts if part.words or part.figure or part.tables),
        assumptions=tuple(
            Assumption(name.replace("_", " "), f"{value:.4g}", f"prior of {part.replace('_', ' ')}")
            for part, numbers in outlook.priors.items()
            for name, value in numbers.items()
        ),
        inputs=(
            ("counties", f"{len(outlook.counties):,}"),
            ("lines checked so far", f"{sum(county.check.checked for county in outlook.counties):,}"),
            ("day of the law", str(found.on)),
            ("digest of the law", found.law.digest),
            *((f"reading of {name}", chosen) for name, chosen in found.readings.items()),
        ),
        limits=(*found.notes, *LIMITS),
        command=("referenda", *sys.argv[1:]),
        seed=outlook.seed,
        draws=outlook.draws,
        as_of=str(found.on),
        made_on=str(date.today()),
        version=__version__,
    )


def _outcomes(found: DecisionForecast) -> list[Outcome]:
    outlook = found.outlook
    told = []
    for name, chance in outlook.decisions.items():
        if name in ("insufficient", "sufficient"):
            told.append(Outcome(DECISION_WORDS[name].split(":")[0], chance, name == "sufficient"))
        elif outlook.full_check_qualifies is not None:
            good = chance * outlook.full_check_qualifies
            about = name.replace("_", " ")
            told += [
                Outcome(f"{about}, and it fails", chance - good, False),
                Outcome(f"{about}, and it qualifies", good, True),
            ]
    return told


def _work_table(found: DecisionForecast) -> Table:
    pace = f"{shown(found.pace.minutes_per_line)} minutes a line, {shown(found.pace.hours_per_day)} hours a day"
    return Table(
        f"Work that each decision leaves, at {pace}",
        ("Decision", "Lines to check", "Days of one person"),
        tuple((DECISION_WORDS[work.decision], f"{work.lines:,}", f"{work.days:,.0f}") for work in found.work),
    )


def _county_tables(counties: list[CountyOutlook]) -> tuple[Table, ...]:
    caption = "Counties not finished, and the part that each has in the doubt about the projection"
    rows = tuple(county_cells(county) for county in counties)
    return (Table(caption, COUNTY_HEADINGS, rows),) if rows else ()
