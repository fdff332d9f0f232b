"""`referenda forecast score`: how good the forecasts were that records keep."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from referenda.cli.case import StoreUrl
from referenda.cli.output import JsonFlag, busy, console, door, print_json

if TYPE_CHECKING:
    from rich.table import Table

    from referenda.workflows.score_forecasts import ForecastScores, KeptForecast, QuestionScores

_LATE = "issued when the answer was there, and not scored"
_FELL_AWAY = "of a question that fell away"


def score(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[CASE]…", help="The cases. Default: every case of the store.")
    ] = None,
    store: StoreUrl = None,
    json_: JsonFlag = False,
) -> None:
    """Score the forecasts that cases keep, by what became of the measures; the inputs of each are hashed again.

    Lower scores are better. They stand beside those of the base rate: the shares of what happened, said every time.
    """
    with door(as_json=json_):
        from referenda.assembly import open_store
        from referenda.workflows.score_forecasts import score_forecasts

        cases = open_store(store, make=False)
        try:
            with busy("Scoring what the cases keep"):
                found = score_forecasts(cases, names or ())
        finally:
            cases.close()
        if json_:
            print_json(found.as_dict())
        else:
            _show(found)


def _show(found: ForecastScores) -> None:
    out = console()
    if not found.forecasts:
        out.print("No forecast is kept here. Keep one with referenda forecast qualify … --case CASE.")
        return
    for question in found.questions:
        _show_question(question, [f for f in found.standing("scored") if f.data.question == question.question])
    waiting = found.standing("open")
    if waiting:
        out.print(f"[bold]{_forecasts(len(waiting))} not answered yet[/]")
        out.print(_waiting(waiting), soft_wrap=False)
        out.print()
    for standing, words in (("late", _LATE), ("fell_away", _FELL_AWAY)):
        for forecast in found.standing(standing):
            out.print(f"{forecast.case}, event {forecast.event.position}: {words}.", markup=False)
    many = len(found.forecasts)
    out.print(f"{_forecasts(many)}; the inputs of {'it' if many == 1 else 'each'} have the hash that was recorded.")


def _show_question(question: QuestionScores, forecasts: Sequence[KeptForecast]) -> None:
    from referenda.petitions.forecast_kinds import QUESTIONS

    out = console()
    of = f"{_forecasts(question.forecasts)} of {question.cases} measure{'s' * (question.cases != 1)}"
    out.print(f"[bold]{QUESTIONS[question.question]}[/] {of}")
    out.print(_each(forecasts), soft_wrap=False)
    for name, own, base, saved in (
        ("Brier score", question.brier, question.base_brier, question.brier_skill),
        ("Log score", question.log_score, question.base_log_score, question.log_skill),
    ):
        out.print(f"{name} {own:.3f}, of the base rate {base:.3f}{_saved(saved)}.")
    out.print(_reliability(question), soft_wrap=False)
    for name, covered in question.covered.items():
        words = name.replace("_", " ")
        out.print(f"80 % intervals of {words}: {covered.count} of {covered.of} held what came.", markup=False)
    out.print()


def _saved(saved: float | None) -> str:
    if saved is None:
        return ": it made no error, so there is nothing to compare"
    return f": {saved:.0%} better" if saved >= 0 else f": {-saved:.0%} worse"


def _forecasts(many: int) -> str:
    return f"{many:,} forecast{'s' * (many != 1)}"


def _each(forecasts: Sequence[KeptForecast]) -> Table:
    table = _table("Case", "Issued", ">Days before", "What came", ">Said of it", ">Brier", ">Log", "By")
    for one in forecasts:
        table.add_row(
            *_texts(one.case, one.event.occurred_on.isoformat(), str(one.lead_days), one.outcome.replace("_", " ")),
            f"{one.probability or 0:.1%}",
            f"{one.brier:.3f}",
            f"{one.log_score:.3f}",
            *_texts(one.event.by),
        )
    return table


def _waiting(forecasts: Sequence[KeptForecast]) -> Table:
    table = _table("Case", "Issued", "Question", ">Chance", "By")
    for one in forecasts:
        asked = one.data.vote or one.data.question
        case, issued, question, by = _texts(one.case, one.event.occurred_on.isoformat(), asked, one.event.by)
        table.add_row(case, issued, question, f"{one.favourable:.1%}", by)
    return table


def _reliability(question: QuestionScores) -> Table:
    """Show the bins that hold forecasts."""
    from referenda.petitions.forecast_kinds import FAVOURABLE

    hoped = " or ".join(name.replace("_", " ") for name in FAVOURABLE[question.question])
    table = _table(f"Chance of {hoped}", ">Forecasts", ">Said on average", ">Came true", ">95 % interval")
    for one in question.reliability:
        if one.forecasts:
            share, low, high = one.happened.share or 0, one.happened.low or 0, one.happened.high or 0
            said = f"{one.mean_probability or 0:.1%}"
            span = f"{one.low:.0%} to {one.high:.0%}"
            table.add_row(span, str(one.forecasts), said, f"{share:.0%}", f"{low:.0%} to {high:.0%}")
    return table


def _table(*headings: str) -> Table:
    """Make a table; columns of numbers have `>` before their heading."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for heading in headings:
        table.add_column(heading.removeprefix(">"), justify="right" if heading.startswith(">") else "left")
    return table


def _texts(*texts: str) -> tuple[str, ...]:
    """Escape texts that somebody else wrote."""
    from rich.markup import escape

    return tuple(escape(text) for text in texts)


COMMANDS: dict[str, Callable[..., None]] = {"score": score}
