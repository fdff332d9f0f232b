"""Score the forecasts that the records of cases keep, by what the cases themselves say came of them.

A forecast is scored once its question has an answer, and only if it was issued before: it stands in the record ahead
of the event that answers it, and its day is not after that event's. What it is held against, the base rate, is the
share of each outcome among the very forecasts that are scored, which no forecaster knew; to beat it takes skill.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from referenda.errors import Fault, InputError, RecordError
from referenda.ledger.event import Event
from referenda.ledger.log import EventStore
from referenda.petitions.events import read_data
from referenda.petitions.forecast_answer import Answer, find_answer, known_quantities
from referenda.petitions.forecast_kinds import FAVOURABLE, OUTCOMES, ForecastIssued, Question
from referenda.stats.quality import Interval, share_interval
from referenda.stats.scores import ReliabilityBin, brier, crps_of_quantiles, log_score, reliability, skill
from referenda.workflows.keep_case import case_names, case_state

LOW, HIGH = Fraction("0.1"), Fraction("0.9")
"""The levels between which a quantity lies in 80 of 100 forecasts."""


@dataclass(frozen=True)
class QuantityScore:
    """What a forecast said of a number, and what the record has; `crps` in the number's own unit.

    `low` and `high` hold it with 80 %; None where the forecast gives other levels.
    """

    name: str
    actual: float
    median: float | None
    low: float | None
    high: float | None
    crps: float

    @property
    def inside(self) -> bool | None:
        """Say whether the interval holds what came, its ends included."""
        return None if self.low is None or self.high is None else self.low <= self.actual <= self.high


@dataclass(frozen=True)
class KeptForecast:
    """One forecast of a record, and its scores where it is `scored`.

    `standing` is `open` while the question has no answer, `fell_away` where it never gets one, and `late` where the
    answer was there before it. `probability` is what it gave to what happened, `lead_days` how many days before.
    """

    case: str
    event: Event
    data: ForecastIssued
    standing: Literal["scored", "open", "fell_away", "late"]
    answer: Answer | None
    brier: float | None = None
    log_score: float | None = None
    quantities: tuple[QuantityScore, ...] = ()

    @property
    def probabilities(self) -> dict[str, float]:
        """Give the probability of each outcome of the question, 0 where the forecast has none."""
        said = self.data.outcomes
        return {name: float(Fraction(said.get(name, "0"))) for name in OUTCOMES[self.data.question]}

    @property
    def favourable(self) -> float:
        """Give the probability of what the measure's supporters hope for."""
        said = self.data.outcomes
        return float(sum(Fraction(said.get(name, "0")) for name in FAVOURABLE[self.data.question]))

    @property
    def outcome(self) -> str:
        """Name what happened; empty where nothing has."""
        return (self.answer.outcome or "") if self.answer else ""

    @property
    def probability(self) -> float | None:
        """Give the probability of what happened."""
        return self.probabilities[self.outcome] if self.outcome else None

    @property
    def lead_days(self) -> int | None:
        """Count the days from its issue to the answer."""
        return (self.answer.day - self.event.occurred_on).days if self.answer else None

    def as_dict(self) -> dict[str, Any]:
        """Give it for JSON; probabilities and shares lie in [0, 1]."""
        data, answer = self.data, self.answer
        return {
            "case": self.case,
            "position": self.event.position,
            "issued_on": self.event.occurred_on.isoformat(),
            "as_of": data.as_of.isoformat(),
            "by": self.event.by,
            "question": data.question,
            "vote": data.vote,
            "method": data.method,
            "program": data.program,
            "numpy": data.numpy,
            "seed": data.seed,
            "draws": data.draws,
            "inputs_sha256": data.inputs_sha256,
            "outcomes": self.probabilities,
            "favourable": self.favourable,
            "standing": self.standing,
            "happened": self.outcome or None,
            "answered_on": answer.day.isoformat() if answer else None,
            "answered_by": answer.position if answer else None,
            "lead_days": self.lead_days,
            "probability": self.probability if self.standing == "scored" else None,
            "brier": self.brier,
            "log_score": self.log_score,
            "quantities": [{**vars(quantity), "inside": quantity.inside} for quantity in self.quantities],
        }


@dataclass(frozen=True)
class QuestionScores:
    """The scored forecasts of one question together; lower Brier and log scores are better.

    `base_rates` are the shares of the outcomes among these forecasts, and `base_brier` and `base_log_score` what a
    forecast of these shares would have scored every time. `reliability` is of the outcomes that supporters hope for,
    `covered` of 80 % intervals by quantity.
    """

    question: str
    forecasts: int
    cases: int
    brier: float
    log_score: float
    base_rates: Mapping[str, float]
    base_brier: float
    base_log_score: float
    brier_skill: float | None
    log_skill: float | None
    reliability: tuple[ReliabilityBin, ...]
    covered: Mapping[str, Interval]

    def as_dict(self) -> dict[str, Any]:
        """Give them for JSON."""
        return {
            **vars(self),
            "base_rates": dict(self.base_rates),
            "reliability": [one.as_dict() for one in self.reliability],
            "covered": {name: vars(interval) for name, interval in self.covered.items()},
        }


@dataclass(frozen=True)
class ForecastScores:
    """Every forecast that was found, in the order of cases and records, and the scores of each question."""

    forecasts: tuple[KeptForecast, ...]
    questions: tuple[QuestionScores, ...]

    def standing(self, standing: str) -> list[KeptForecast]:
        """Give the forecasts of one standing."""
        return [forecast for forecast in self.forecasts if forecast.standing == standing]

    def as_dict(self) -> dict[str, Any]:
        """Give them for JSON."""
        return {
            "questions": [question.as_dict() for question in self.questions],
            "forecasts": [forecast.as_dict() for forecast in self.forecasts],
        }


def score_forecasts(store: EventStore, names: Sequence[str] = ()) -> ForecastScores:
    """Find the forecasts of cases, see that each is whole, and score those whose question is answered.

    Parameters
    ----------
    names
        The cases; every case of the store when empty.

    Raises
    ------
    InputError
        There is no case of one of these names.
    RecordError
        A forecast of a record is not what its kind holds, or its inputs do not have their hash.
    """
    faults: list[Fault] = []
    for name in names:
        try:
            case_state(store, name)
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(*faults)
    found = tuple(forecast for name in names or case_names(store) for forecast in _of_case(name, store.read(name)))
    scored = [forecast for forecast in found if forecast.standing == "scored"]
    questions = [[forecast for forecast in scored if forecast.data.question == question] for question in OUTCOMES]
    return ForecastScores(found, tuple(_together(forecasts) for forecasts in questions if forecasts))


def _of_case(name: str, record: Iterator[Event]) -> Iterator[KeptForecast]:
    forecasts: list[tuple[Event, ForecastIssued]] = []
    events: list[Event] = []
    for event in record:
        if event.kind == ForecastIssued.__name__:
            forecasts.append((event, _read(name, event)))
        else:
            events.append(event)  # no forecast answers another

    @cache
    def answer_to(question: Question, vote: str | None) -> tuple[Answer | None, Mapping[str, Fraction]]:
        return find_answer(question, events, vote=vote), known_quantities(events, vote=vote)

    for event, data in forecasts:
        yield _judged(name, event, data, *answer_to(data.question, data.vote))


def _read(name: str, event: Event) -> ForecastIssued:
    """Read a forecast again as its kind, which holds its inputs to their hash."""
    try:
        data = read_data(event.kind, event.data, event.version)
    except InputError as error:
        where = f"event {event.position} of {name}"
        raise RecordError(
            *(Fault(f"{where}: {f.message}", column=f.column, value=f.value) for f in error.faults)
        ) from None
    if not isinstance(data, ForecastIssued):
        raise RecordError(f"event {event.position} of {name} is no forecast")
    return data


def _judged(
    name: str, event: Event, data: ForecastIssued, answer: Answer | None, known: Mapping[str, Fraction]
) -> KeptForecast:
    """Say how a forecast stands, and score it where it can be."""
    if answer is None:
        return KeptForecast(name, event, data, "open", None)
    if answer.outcome is None:
        return KeptForecast(name, event, data, "fell_away", answer)
    if answer.position < event.position or answer.day < event.occurred_on:
        return KeptForecast(name, event, data, "late", answer)
    said, index = _as_arrays([(data, answer.outcome)])
    quantities = tuple(_quantities(data, known))
    return KeptForecast(
        name, event, data, "scored", answer, float(brier(said, index)[0]), float(log_score(said, index)[0]), quantities
    )


def _as_arrays(answered: Sequence[tuple[ForecastIssued, str]]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Give the probabilities of forecasts of one question, a row each, and the index of what happened."""
    outcomes = OUTCOMES[answered[0][0].question]
    said = [[float(Fraction(data.outcomes.get(name, "0"))) for name in outcomes] for data, _ in answered]
    return np.array(said), np.array([outcomes.index(happened) for _, happened in answered])


def _quantities(data: ForecastIssued, known: Mapping[str, Fraction]) -> Iterator[QuantityScore]:
    """Score what a forecast said of numbers that are known; one that it knew already is left out."""
    for name, quantiles in data.quantiles.items():
        by_level = dict(sorted((Fraction(level), float(value)) for level, value in quantiles.items()))
        values = list(by_level.values())
        if name not in known or values[0] == values[-1]:
            continue
        actual = float(known[name])
        crps = float(crps_of_quantiles([float(level) for level in by_level], values, actual))
        yield QuantityScore(name, actual, by_level.get(Fraction(1, 2)), by_level.get(LOW), by_level.get(HIGH), crps)


def _together(forecasts: Sequence[KeptForecast]) -> QuestionScores:
    """Put the scored forecasts of one question together."""
    question = forecasts[0].data.question
    outcomes = OUTCOMES[question]
    said, index = _as_arrays([(forecast.data, forecast.outcome) for forecast in forecasts])
    rates = np.bincount(index, minlength=len(outcomes)) / len(index)
    base = np.tile(rates, (len(index), 1))
    own_brier, own_log, base_brier, base_log = (
        brier(said, index),
        log_score(said, index),
        brier(base, index),
        log_score(base, index),
    )
    hoped = np.isin(index, [outcomes.index(name) for name in FAVOURABLE[question]])
    favourable = np.clip([forecast.favourable for forecast in forecasts], 0.0, 1.0)
    inside: dict[str, list[bool]] = {}
    for forecast in forecasts:
        for quantity in forecast.quantities:
            if quantity.inside is not None:
                inside.setdefault(quantity.name, []).append(quantity.inside)
    return QuestionScores(
        question=question,
        forecasts=len(forecasts),
        cases=len({forecast.case for forecast in forecasts}),
        brier=float(own_brier.mean()),
        log_score=float(own_log.mean()),
        base_rates={name: float(rate) for name, rate in zip(outcomes, rates, strict=True)},
        base_brier=float(base_brier.mean()),
        base_log_score=float(base_log.mean()),
        brier_skill=skill(own_brier, base_brier),
        log_skill=skill(own_log, base_log),
        reliability=reliability(favourable, hoped),
        covered={name: share_interval(sum(held), len(held)) for name, held in inside.items()},
    )
