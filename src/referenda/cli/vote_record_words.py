"""Record questions in words and as JSON: what is true in which unit, what breaks it, and what is not known."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from rich.markup import escape

from referenda.cli.output import console
from referenda.cli.vote_record import Asked
from referenda.elections.record_question import Answer, Listing
from referenda.elections.record_value import Span, Unit
from referenda.elections.time_table import Election, Gap, Moment
from referenda.terms.quantity import exact_text, plain, shown

_HOLDS = {True: "[bold green]TRUE[/]   ", False: "[bold red]FALSE[/]  ", None: "[bold yellow]OPEN[/]   "}


def show(asked: Asked) -> None:
    """Write a record question and its answers for people."""
    out, table = console(), asked.table
    of = f", {asked.moment}" if asked.moment else ""
    out.print(f"[bold]{escape(asked.question.text)}[/]: {escape(_what(asked))}{of}")
    every = (
        f"at least every {table.every} years" if table.every else "at no usual distance, so a missing one is not seen"
    )
    out.print(
        f"{escape(table.name)}: {len(table.elections)} elections from {table.first} to {table.last}, {every}"
        + "".join(f"; {gap}" for gap in table.gaps)
    )
    readings = list(dict.fromkeys(answer.led_by for answer in asked.answers))
    for led_by in readings:
        if len(readings) > 1:
            out.print(f"\n{'whoever led' if led_by is None else f'where {escape(led_by)} led'}")
        for answer in asked.answers:
            if answer.led_by == led_by:
                mark = _HOLDS[answer.holds] if _claims(asked) else ""
                name = escape(f"{unit_name(asked, answer.unit):<18}")
                out.print(
                    f"  {mark}{name} {_value(answer.value, answer.unit):>10}  {escape(answer_words(asked, answer))}"
                )
    for listing in asked.listings:
        out.print(f"  {escape(f'{unit_name(asked, listing.unit):<18}')} {escape(listing_words(listing))}")
    if unknown := _not_known(asked):
        out.print("\nNot known exactly:")
        for each in unknown:
            out.print(f"  {escape(_unknown_words(asked, each))}")
    named = _named(asked)
    for heading, texts in (
        ("Notes of the table", {each.moment: each.note for each in named}),
        ("Sources", {each.moment: each.source for each in named}),
    ):
        if any(texts.values()):
            out.print(f"\n{heading}:")
        for text in dict.fromkeys(filter(None, texts.values())):
            moments = _list(moment for moment, each in texts.items() if each == text)
            out.print(f"  {moments}: {escape(text)}")


def unit_name(asked: Asked, unit: Unit) -> str:
    """Name a unit for people: a share is in percent, a margin in points."""
    if not unit.is_share:
        return unit.kind
    return f"{'points' if asked.measured.kind == 'margin' else '%'} of {unit.of or 'the two'}"


def answer_words(asked: Asked, answer: Answer) -> str:
    """Say one answer in words."""
    question, unit = asked.question, answer.unit
    if answer.met is None:
        return "not known"
    if answer.met is False:
        return f"not {_bound(asked)}"
    said = [_since_words(asked, answer)]
    if answer.open_before:
        said.append(f"unless {_list(answer.open_before)} reached it, which is not known")
    if answer.gaps:
        said.append(f"as far as the table goes ({_gaps(answer.gaps)})")
    again = "reached" if question.bound is None else "so again"
    if answer.passed_in:
        moment, value = answer.passed_in
        said.append(f"{again} in {moment} ({_value(value, unit)})")
    elif asked.moment != asked.table.last:
        said.append(f"not {again} up to {asked.table.last}")
    if answer.open_after:
        said.append(f"perhaps in {_list(answer.open_after)}")
    if answer.rank:
        best, worst = answer.rank
        place = f"{best}" if best == worst else f"{best} to {worst}"
        said.append(f"rank {place} of {answer.compared}")
    return "; ".join(said)


def _since_words(asked: Asked, answer: Answer) -> str:
    """Say since when an election is the largest (first above, …)."""
    word = f"the {asked.question.kind}" if asked.question.bound is None else f"the first {_bound(asked)}"
    if answer.back_to is None:
        if not answer.over and not answer.open_before:
            return "nothing to compare comes before it in the table"
        return f"{word} in the table, which begins in {asked.table.first}"
    moment, value = answer.back_to
    number = _value(value, answer.unit)
    if not answer.over and not answer.open_before:
        if asked.question.bound is not None:
            return f"{_bound(asked)}, as was {moment} before it ({number})"
        more = {"largest": "as large", "smallest": "as small"}[asked.question.kind]
        return f"no record: {moment} before it was {more} already ({number})"
    same = ", the same" if value.exact is not None and value.exact == answer.value.exact else ""
    return f"{word} since {moment} ({number}{same if asked.question.bound is None else ''})"


def listing_words(listing: Listing) -> str:
    """Say which elections meet a bound."""
    each = ", ".join(f"{moment} ({_value(value, listing.unit)})" for moment, value in listing.met)
    said = [f"{len(listing.met)} of {listing.compared}" + (f": {each}" if each else "")]
    if listing.open:
        said.append(f"not known of {_list(listing.open)}")
    if listing.gaps:
        said.append(_gaps(listing.gaps))
    return "; ".join(said)


def as_dict(asked: Asked) -> dict[str, Any]:
    """Give a record question and its answers for JSON; shares lie in [0, 1], `exact` loses nothing."""
    table, measured = asked.table, asked.measured
    named = _named(asked)
    return {
        "table": table.name,
        "question": asked.question.text,
        "for": _text(asked.moment),
        "measured": {
            "kind": measured.kind, "first": measured.first, "second": measured.second, "totals": list(measured.totals)
        },
        "elections": len(table.elections),
        "from": str(table.first),
        "to": str(table.last),
        "every": table.every,
        "gaps": _gap_dicts(table.gaps),
        "answers": [_answer_dict(answer) for answer in asked.answers],
        "listings": [_listing_dict(listing) for listing in asked.listings],
        "not_known_exactly": [
            {"election": str(moment), "unit": str(unit), "why": why, **_span_dict(span)}
            for moment, unit, why, span in _not_known(asked)
        ],
        "notes": {str(each.moment): each.note for each in named if each.note},
        "sources": {str(each.moment): each.source for each in named if each.source},
    }  # fmt: skip


def _answer_dict(answer: Answer) -> dict[str, Any]:
    return {
        "unit": str(answer.unit),
        "led_by": answer.led_by,
        **_span_dict(answer.value),
        "met": answer.met,
        "holds": answer.holds,
        "holds_unless": [str(moment) for moment in answer.open_claim],
        "since": _at(answer.back_to),
        "unless": [str(moment) for moment in answer.open_before],
        "gaps": _gap_dicts(answer.gaps),
        "elections_behind": answer.over,
        "reached_in": _at(answer.passed_in),
        "perhaps_reached_in": [str(moment) for moment in answer.open_after],
        "rank": list(answer.rank) if answer.rank else None,
        "compared": answer.compared,
    }


def _listing_dict(listing: Listing) -> dict[str, Any]:
    return {
        "unit": str(listing.unit),
        "elections": [_at(each) for each in listing.met],
        "not_known": [str(moment) for moment in listing.open],
        "compared": listing.compared,
        "gaps": _gap_dicts(listing.gaps),
    }


def _span_dict(span: Span) -> dict[str, Any]:
    exact = span.exact
    if exact is not None:
        return {"value": plain(exact), "exact": exact_text(exact)}
    high = None if span.high is None else exact_text(span.high)
    return {"value": None, "exact": None, "at_most": high}


def _at(found: tuple[Moment, Span] | None) -> dict[str, Any] | None:
    return None if found is None else {"election": str(found[0]), **_span_dict(found[1])}


def _gap_dicts(gaps: Iterable[Gap]) -> list[dict[str, str]]:
    return [{"after": str(gap.earlier), "before": str(gap.later)} for gap in gaps]


def _text(moment: Moment | None) -> str | None:
    return None if moment is None else str(moment)


def _claims(asked: Asked) -> bool:
    return asked.question.since is not None or asked.question.bound is not None


def _what(asked: Asked) -> str:
    measured = asked.measured
    if measured.kind == "margin":
        return f"margin between {measured.first} and {measured.second}"
    return measured.first


def _bound(asked: Asked) -> str:
    question = asked.question
    number = question.bound or Fraction(0)
    if question.bound_of == "%":
        return f"{question.kind} {shown(100 * number)} {'points' if asked.measured.kind == 'margin' else '%'}"
    return f"{question.kind} {shown(number)} {question.bound_of}"


def _value(span: Span, unit: Unit) -> str:
    """Write a value: shares in hundredths, and a span by the bound that is known."""
    if span.high is None:
        return "not known"
    number = shown(100 * span.high, 2) if unit.is_share else shown(span.high, 3)
    return number if span.exact is not None else f"≤ {number}"


def _list(moments: Iterable[Moment]) -> str:
    return ", ".join(map(str, moments))


def _gaps(gaps: Iterable[Gap]) -> str:
    return "; ".join(map(str, gaps))


def _not_known(asked: Asked) -> list[tuple[Moment, Unit, str, Span]]:
    """Give every value that the table does not give exactly, of the time the question is about."""
    units = dict.fromkeys([answer.unit for answer in asked.answers] + [listing.unit for listing in asked.listings])
    since = asked.question.since or 0
    return [
        (election.moment, unit, asked.measured.missing(election, unit), value)
        for election in asked.table.elections
        if election.moment.year >= since
        for unit in units
        if (value := asked.measured.value(election, unit)) is not None and value.exact is None
    ]


def _unknown_words(asked: Asked, unknown: tuple[Moment, Unit, str, Span]) -> str:
    moment, unit, why, span = unknown
    bound = "" if span.high is None else f", so at most {_value(span, unit).removeprefix('≤ ')}"
    return f"{moment}, {unit_name(asked, unit)}: {why}{bound}"


def _named(asked: Asked) -> list[Election]:
    """Give the elections that an answer names, whose notes and sources are to be read with it."""
    named: set[Moment] = {asked.moment} if asked.moment else set()
    for answer in asked.answers:
        named |= {each[0] for each in (answer.back_to, answer.passed_in) if each}
        named |= {*answer.open_before, *answer.open_after, *answer.open_claim}
    for listing in asked.listings:
        named |= {*listing.open, *(moment for moment, _ in listing.met)}
    named |= {unknown[0] for unknown in _not_known(asked)}
    return [election for election in asked.table.elections if election.moment in named]
