"""Forecasts in words for the terminal, and under the names of `--json`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from rich.markup import escape
from rich.table import Table

from referenda import __version__
from referenda.cli.output import console
from referenda.forecasting.cushion import BY_SAMPLE, IN_THE_END, Cleaning, Cushion
from referenda.forecasting.qualification import Qualification
from referenda.pages import forecast_words
from referenda.pages.forecast_words import percent, rough
from referenda.workflows.forecast_petition import Prepared

OUTCOME_WORDS = {
    "not_filed": "not filed, or withdrawn",
    "fails_raw_count": "filed with too few signatures",
    "fails_sample": "fails on the random sample",
    "full_check_no": "goes to a full check, and fails",
    "full_check_yes": "goes to a full check, and qualifies",
    "sufficient_on_sample": "qualifies on the random sample",
}
WITHOUT_SAMPLE = {"full_check_no": "every line is checked, and it fails", "full_check_yes": "qualifies"}
FOLLOWED_WORDS = {
    "raw_count": "signatures gathered",
    "valid_share": "share of lines that are valid",
    "duplicate_share": "share of valid lines that repeat a signer",
    "valid": "valid signatures, each signer once",
    "projected": "what the law projects, if a sample is drawn",
}
DRIVER_WORDS = {
    "raw_count": "signatures gathered",
    "valid_share": "share of valid lines",
    "duplicate_share": "how often people sign twice",
    "luck_of_the_sample": "luck of the sample",
}
SHARES = ("valid_share", "duplicate_share")
COUNTIES_SHOWN = 8
WORTH_SAYING = 0.01


def outcome_words(prepared: Prepared) -> dict[str, str]:
    """Give the words of each outcome, as they are for a place with or without a random sample."""
    return OUTCOME_WORDS if prepared.count.has_sample else {**OUTCOME_WORDS, **WITHOUT_SAMPLE}


def value_words(name: str, value: float) -> str:
    """Write a followed number: shares in percent, counts with three digits that mean something."""
    return f"{100 * value:.1f} %" if name in SHARES else rough(value)


def sentence(prepared: Prepared, found: Qualification) -> str:
    """Say the answer in one sentence."""
    known = prepared.known
    filed = (
        f"with {known.raw_count:,} signatures filed, the petition" if known.raw_count is not None else "the petition"
    )
    return forecast_words.sentence(f"{filed} qualifies", found.qualifies, found.draws)


def qualification_dict(prepared: Prepared, found: Qualification, kept: Mapping[str, Any] | None) -> dict[str, Any]:
    """Give the forecast for JSON."""
    return {
        **found.as_dict(),
        "requirement": prepared.known.requirement,
        "as_of": prepared.known.as_of.isoformat(),
        "inputs": prepared.inputs(),
        "priors": priors(prepared, found),
        "notes": list(prepared.notes),
        "program": __version__,
        "kept": kept,
    }


def priors(prepared: Prepared, found: Qualification | None) -> dict[str, Any]:
    """Give the numbers that stand before the petition's own data, part by part."""
    from referenda.forecasting.duplicates import usual_duplicates
    from referenda.forecasting.validity import ValidityPriors

    given: dict[str, Any] = {
        "validity_of_place": vars(prepared.validity),
        "validity": ValidityPriors().as_dict(),
        "duplicates": usual_duplicates().as_dict(),
    }
    if found is not None and found.gathering is not None:
        given["gathering"] = found.gathering.priors.as_dict()
    return given


def show_qualification(prepared: Prepared, found: Qualification, kept: Mapping[str, Any] | None) -> None:
    """Show the forecast on the terminal."""
    out, known = console(), prepared.known
    window = known.window
    out.print(f"[bold]{escape(sentence(prepared, found))}[/bold]")
    out.print(f"{escape(prepared.about)}: {known.requirement:,} valid signatures are needed", end="")
    out.print(f", to be filed from {window.first} to {window.deadline}." if window else ".")
    for note in prepared.notes:
        out.print(note)
    table = Table(box=None, pad_edge=False)
    table.add_column("What may become of it")
    table.add_column("chance", justify="right")
    for name, words in outcome_words(prepared).items():
        if found.probabilities[name] > 0 or name in ("full_check_no", "full_check_yes"):
            table.add_row(words, percent(found.probabilities[name], found.draws))
    out.print()
    out.print(table)
    table = Table(box=None, pad_edge=False)
    for heading in (
        "By the deadline, filed or not" if not known.filed else "Of what was filed",
        "1 in 10 below",
        "middle",
        "1 in 10 above",
    ):
        table.add_column(heading, justify="left" if not table.columns else "right")
    for name, levels in found.quantiles.items():
        if levels and not (name == "raw_count" and known.filed):
            table.add_row(FOLLOWED_WORDS[name], *(value_words(name, levels[level]) for level in ("0.1", "0.5", "0.9")))
    out.print()
    out.print(table)
    if found.drivers and 0 < found.qualifies < 1:
        table = Table(box=None, pad_edge=False)
        for heading in ("What moves it", "chance if low", "chance if high", "part of the doubt"):
            table.add_column(heading, justify="left" if not table.columns else "right")
        for driver in found.drivers:
            low, high = value_words(driver.name, driver.low), value_words(driver.name, driver.high)
            table.add_row(
                DRIVER_WORDS[driver.name],
                f"{percent(driver.chance_if_low, found.draws // 10)} (≤ {low})",
                f"{percent(driver.chance_if_high, found.draws // 10)} (≥ {high})",
                f"{100 * driver.share:.0f} %",
            )
        out.print()
        out.print(table)
    out.print(
        f"\n[dim]{found.draws:,} draws, seed {found.seed}; a chance near one half is known to "
        f"± {100 / found.draws**0.5:.1f} points by them. What it assumes: --json, or --html FILE.[/dim]"
    )
    if kept:
        out.print(f"Kept in the case {escape(str(kept['case']))} at position {kept['position']}.")


def cleaning_table(found: Cushion, *, sample: bool) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Put what striking lines before filing is worth into a table, without the sample where there is none."""
    headings = ("Found and struck", "lines", "chance in the end", "on the sample", "worth extra lines")
    base = found.cleaning[0].by_sample
    rows = [
        (
            f"{clean.found:.0%} of bad lines" if clean.found else "nothing",
            rough(clean.struck),
            percent(clean.in_the_end, found.draws),
            percent(clean.by_sample, found.draws),
            _worth_words(clean, base),
        )
        for clean in found.cleaning
    ]
    shown = len(headings) if sample else 3
    return headings[:shown], tuple(row[:shown] for row in rows)


def _worth_words(clean: Cleaning, base: float) -> str:
    """Say what striking is worth beside a chance on the sample of `base`; less than a point may be the draws' doing."""
    if clean.worth_raw is None or not clean.found:
        return ""
    return f"{clean.worth_raw:,}" if abs(clean.by_sample - base) >= WORTH_SAYING else "hardly any"


def cushion_dict(prepared: Prepared, found: Cushion, levels: Sequence[float], cost: Decimal | None) -> dict[str, Any]:
    """Give the cushion for JSON."""
    return {
        **found.as_dict(certainties=levels, cost=None if cost is None else float(cost)),
        "inputs": prepared.inputs(),
        "priors": priors(prepared, None),
        "notes": list(prepared.notes),
        "program": __version__,
    }


def show_cushion(prepared: Prepared, found: Cushion, levels: Sequence[float], cost: Decimal | None) -> None:
    """Show the cushion on the terminal."""
    out, requirement = console(), prepared.known.requirement
    sample = prepared.count.has_sample
    out.print(f"[bold]How many signatures to file for {requirement:,} valid ones[/bold]")
    table = Table(box=None, pad_edge=False)
    table.add_column("To be so sure")
    for way in ("on the sample alone", "in the end")[0 if sample else 1 :]:
        table.add_column(way, justify="right")
        if cost is not None:
            table.add_column("cost", justify="right")
    for level in levels:
        cells = [f"{100 * level:g} %"]
        for way in (BY_SAMPLE, IN_THE_END)[0 if sample else 1 :]:
            raw = found.raw_needed(level, way)
            over = f"over {found.points[-1].raw_count:,}"
            cells.append(over if raw is None else f"{rough(raw, up=True)} ({raw / requirement:.0%})")
            if cost is not None:
                cells.append("" if raw is None else rough(float(raw * cost), up=True))
        table.add_row(*cells)
    out.print()
    out.print(table)
    headings, rows = cleaning_table(found, sample=sample)
    table = Table(box=None, pad_edge=False, title=f"With {found.at:,} lines", title_justify="left", title_style="")
    for heading in headings:
        table.add_column(heading, justify="left" if not table.columns else "right")
    for row in rows:
        table.add_row(*row)
    out.print()
    out.print(table)
    if len(found.next_thousand) > 1:
        best, worst = found.next_thousand[:COUNTIES_SHOWN], found.next_thousand[-1]
        named = ", ".join(f"{more.county} {more.valid_distinct:,.0f}" for more in best)
        out.print(f"\nValid signatures that the next thousand lines bring: {escape(named)} … ", end="")
        out.print(f"{escape(worst.county)} {worst.valid_distinct:,.0f}.")
    out.print(f"\n[dim]{found.draws:,} draws at each raw count, seed {found.seed}.[/dim]")
