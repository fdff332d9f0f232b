"""What the public record says of forecasts: who forecast what, from which inputs, by which method, with which seed.

A forecast is of the record: no procedure has to name it, anybody may issue one, and it changes nothing in where the
measure stands. It is kept whole, inputs and all, so that the same program gives it again and that it can be scored
once the question is answered (`forecast_answer`). Its form is that of `docs/reference/record-format.md`.
"""

from __future__ import annotations

import re
from fractions import Fraction
from hashlib import sha256
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from referenda.errors import RecordError
from referenda.ledger.canonical import canonical
from referenda.petitions.kinds import Count, Day, Digest, EventData, Name, Text, refuse
from referenda.terms.names import nearest

Question = Literal["qualify", "decision", "vote"]
OUTCOMES: dict[str, tuple[str, ...]] = {
    "qualify": (
        "not_filed",
        "fails_raw_count",
        "fails_sample",
        "full_check_no",
        "full_check_yes",
        "sufficient_on_sample",
    ),
    "decision": ("insufficient", "full_check", "sufficient", "further_sample"),
    "vote": ("passed", "failed"),
}
"""What may come of each question; a forecast gives each outcome that it names a probability, and others none."""
FAVOURABLE: dict[str, tuple[str, ...]] = {
    "qualify": ("full_check_yes", "sufficient_on_sample"),
    "decision": ("sufficient",),
    "vote": ("passed",),
}
"""The outcomes that the measure's supporters hope for: the event of the reliability table."""
QUESTIONS = {
    "qualify": "Will the measure qualify?",
    "decision": "What does the sample decide?",
    "vote": "Will the measure pass?",
}

_SHARE = re.compile(r"0\.\d{4}|1\.0000", re.ASCII)
_LEVEL = re.compile(r"0\.\d{1,6}", re.ASCII)
_NUMBER = re.compile(r"-?(0|[1-9]\d{0,17})(\.\d{1,12})?", re.ASCII)
_QUANTITY = re.compile(r"[a-z][a-z0-9_]{0,79}", re.ASCII)


def inputs_digest(inputs: Any) -> str:
    """Hash the inputs of a forecast: SHA-256 of their canonical JSON, in lower-case hex.

    Raises
    ------
    RecordError
        They hold what a record cannot hold, such as a number with a point.
    """
    return sha256(canonical(inputs)).hexdigest()


def _shares(value: object) -> object:
    if isinstance(value, dict) and not all(isinstance(p, str) and _SHARE.fullmatch(p) for p in value.values()):
        raise refuse(
            "a probability is text with four decimals, from 0.0000 to 1.0000", 'Write {"passed": "0.7300", …}.'
        )
    return value


def _quantiles(value: object) -> object:
    """Hold quantiles to their form: by quantity, then by level, decimals as text that do not fall."""
    if not isinstance(value, dict):
        return value
    for name, levels in value.items():
        if not isinstance(name, str) or not _QUANTITY.fullmatch(name) or not isinstance(levels, dict) or not levels:
            raise refuse("quantiles stand by quantity and level", 'Write {"raw_count": {"0.05": "510000", …}}.')
        if not all(isinstance(level, str) and _LEVEL.fullmatch(level) and Fraction(level) > 0 for level in levels):
            raise refuse(f"a level of {name} is not text between 0 and 1", 'Write levels such as "0.05".')
        if not all(isinstance(q, str) and _NUMBER.fullmatch(q) for q in levels.values()):
            raise refuse(f"a quantile of {name} is not a plain decimal as text", 'Write "612340" or "0.71".')
        rising = sorted((Fraction(level), Fraction(q)) for level, q in levels.items())
        if any(one[0] == after[0] or one[1] > after[1] for one, after in pairwise(rising)):
            raise refuse(f"the quantiles of {name} fall where their level rises", "Check their order.")
    return value


class ForecastIssued(EventData):
    """Somebody forecast what will come of the measure; this changes nothing in where it stands."""

    question: Question = Field(description="what is forecast: that it qualifies, what its sample decides, or a vote")
    vote: Name | None = Field(default=None, description="the vote's name, where the question is `vote`")
    as_of: Day = Field(description="the last day of which anything was known to the forecast")
    method: Text = Field(description="name and version of the model, such as `qualification/1`")
    program: Text = Field(description="name and version of the program that made it")
    numpy: Text = Field(description="version of NumPy, whose random numbers it rests on")
    seed: Count = Field(description="the seed of its random numbers")
    draws: int = Field(ge=1, description="number of draws")
    inputs: dict[str, object] = Field(description="everything the method was given; numbers whole, or decimals as text")
    inputs_sha256: Digest = Field(description="SHA-256 of the canonical JSON of `inputs`")
    outcomes: Annotated[dict[Text, Text], BeforeValidator(_shares)] = Field(
        description="probability of each outcome, as text with four decimals; they add up to 1"
    )
    quantiles: Annotated[dict[Text, dict[Text, Text]], BeforeValidator(_quantiles)] = Field(
        default={}, description="quantiles of each quantity by level, decimals as text"
    )
    page_sha256: Digest | None = Field(default=None, description="SHA-256 of the page that showed it")

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> ForecastIssued:
        known = OUTCOMES[self.question]
        if strangers := [name for name in self.outcomes if name not in known]:
            near = nearest(strangers[0], known)
            remedy = f"Did you mean `{near}`?" if near else f"There are {', '.join(known)}."
            raise refuse(f"the question {self.question} has no outcome {strangers[0]}", remedy)
        total = sum(Fraction(share) for share in self.outcomes.values())
        if total != 1:
            raise refuse(f"the probabilities add up to {float(total):.4f}, not to 1", "Give every outcome its share.")
        if (self.vote is None) == (self.question == "vote"):
            raise refuse("`vote` names the vote where the question is `vote`, and only there", "Check both keys.")
        try:
            digest = inputs_digest(self.inputs)
        except RecordError as error:
            fault = error.faults[0]
            raise refuse(f"inputs: {fault.message}", fault.remedy or "Write numbers whole, or as text.") from None
        if digest != self.inputs_sha256:
            raise refuse(f"the inputs have the SHA-256 {digest}, not `inputs_sha256`", "Give the inputs as they were.")
        return self


FORECAST_KINDS: tuple[type[EventData], ...] = (ForecastIssued,)
