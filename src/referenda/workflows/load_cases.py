"""Load real measures, as far as they are known, from `jurisdictions/cases.yaml` into a store.

Every event goes through the same checks as one that a clerk records; numbers that the law computes are computed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field

from referenda.errors import Fault, InputError
from referenda.law.place import PlaceLaw
from referenda.ledger.log import EventStore
from referenda.petitions.events import data_from_text
from referenda.petitions.findings import requirement_data, vote_data
from referenda.workflows.keep_case import keep_law, new_draft, record_deed

_FILE = "cases.yaml"


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RealEvent(_Entry):
    """One event of a real measure."""

    kind: str
    on: date | None = None
    between: tuple[date, date] | None = None
    by: str
    data: dict[str, Any] = Field(default_factory=dict)
    doubt: str | None = None
    sources: tuple[str, ...] = ()

    @property
    def day(self) -> date:
        """Give the day, or the last one possible."""
        day = self.between[1] if self.between else self.on
        if day is None:
            raise InputError(Fault(f"{self.kind} has neither `on` nor `between`", file=_FILE))
        return day


class RealCase(_Entry):
    """A real measure: its events, its official figures, and what is not known of it."""

    name: str
    place: str
    instrument: str
    about: str
    published: dict[str, str] = Field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    events: tuple[RealEvent, ...]


@dataclass(frozen=True)
class Loaded:
    """A case that was loaded, or was there already."""

    name: str
    events: int
    new: bool


@lru_cache(maxsize=1)
def real_cases() -> dict[str, RealCase]:
    """Read the real measures that come with Referenda, by their names."""
    text = files("referenda.jurisdictions").joinpath(_FILE).read_text(encoding="utf-8")
    document = yaml.load(text, Loader=yaml.BaseLoader)  # every scalar stays text; no object is ever built
    cases = [RealCase.model_validate(case) for case in document["cases"]]
    return {case.name: case for case in cases}


def load_case(store: EventStore, name: str, law_of: Callable[[str], PlaceLaw]) -> Loaded:
    """Load a real measure into a store; one that is there already is left as it is.

    Parameters
    ----------
    name
        The case's name; the file number alone is enough (`16-0011A1`).
    law_of
        Gives the law of a place, to which the case is pinned.

    Raises
    ------
    InputError
        The measure is not among those that come with Referenda.
    """
    case = real_case(name)
    if size := store.size(case.name):
        return Loaded(case.name, size, new=False)
    law = law_of(case.place)
    keep_law(store, law)
    for event in case.events:
        draft = new_draft(event.kind, event.day, event.by, _data(case, event, law))
        record_deed(store, case.name, draft, law=law)
    return Loaded(case.name, len(case.events), new=True)


def real_case(name: str) -> RealCase:
    """Give a real measure by its case's name or its file number (InputError, with the one that was perhaps meant)."""
    known = real_cases()
    by_number = {key.removeprefix("us-ca-"): case for key, case in known.items()}
    found = known.get(name) or by_number.get(name)
    if found is not None:
        return found
    near = get_close_matches(name, [*known, *by_number], n=1)
    remedy = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(known)}."
    raise InputError(Fault("no real measure of this name comes with Referenda", value=name, remedy=remedy))


def _data(case: RealCase, event: RealEvent, law: PlaceLaw) -> dict[str, Any]:
    """Put the data of an event together: what the file says, what is pinned, and what the law computes."""
    given: dict[str, Any] = dict(event.data)
    if event.kind == "MeasureReceived":
        given |= {"place": case.place, "instrument": case.instrument, "law": law.digest}
    if event.kind == "RequirementDetermined":
        given |= requirement_data(law, case.instrument, event.day)
    if event.kind == "VoteScheduled" and "rule" not in given:
        given["rule"] = _rule_of_law(law, case.instrument, given)
    if event.kind == "VoteDecided":
        given = vote_data(given["vote"], _rule_of_vote(case, law, given["vote"]), _whole(given["quantities"]))
    if event.between:
        given["between"] = [day.isoformat() for day in event.between]
    if event.doubt:
        given["doubt"] = event.doubt
    if event.sources:
        given["sources"] = list(event.sources)
    return data_from_text(event.kind, given)


def _rule_of_law(law: PlaceLaw, instrument: str, scheduled: dict[str, Any]) -> str:
    """Give the rule that the law of the place lays down for a vote on its day."""
    day = date.fromisoformat(scheduled["day"])
    return str(law.parameter("vote_rule", on=day, instrument=instrument).value)


def _rule_of_vote(case: RealCase, law: PlaceLaw, vote: str) -> str:
    """Give the rule under which a vote of a case was laid down."""
    scheduled = next(e.data for e in case.events if e.kind == "VoteScheduled" and e.data["vote"] == vote)
    return str(scheduled.get("rule") or _rule_of_law(law, case.instrument, scheduled))


def _whole(quantities: dict[str, str]) -> dict[str, int]:
    return {name: int(count) for name, count in quantities.items()}
