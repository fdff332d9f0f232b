"""The main job, end to end: real measures through real law to records that a second program checks.

What it shows: three measures on California's independence with every date computed; Six Californias (2014) counted as
far as its public figures go; Montenegro 2006 and Scotland 1979 under their own rules and under 50 % / 55 %. All of it
becomes cases in a store, and each case a published record. The figures are facts with their sources.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from referenda.law.deadline import Deadline
from referenda.law.finding import Finding
from referenda.law.place import PlaceLaw
from referenda.law.tally import Tally
from referenda.law.vote_rule import VoteFinding, decide
from referenda.ledger.checkpoint import SigningKey
from referenda.ledger.event import Event
from referenda.ledger.log import EventStore
from referenda.petitions.case import Case
from referenda.petitions.county_count import CountyCount
from referenda.petitions.procedure import deadlines
from referenda.workflows.count_published_rates import PublishedCount, count_six_californias
from referenda.workflows.keep_case import case_state
from referenda.workflows.load_cases import load_case
from referenda.workflows.project_petition import Projection, project_petition
from referenda.workflows.publish_record import Published, publish_record

MEASURES = ("us-ca-16-0011A1", "us-ca-17-0005", "us-ca-20-0001A1")
OWN = "Its own rule"
FIFTY_FIFTY_FIVE = ("Under 50 % / 55 %", "ballots >= 50% of registered and yes >= 55% of valid")
OF_ALL_BALLOTS = ("If the 55 percent were of all ballots", "ballots >= 50% of registered and yes >= 55% of ballots")
FORTY_OF_ELECTORATE = ("Under Scotland's rule of 1979", "yes > no and yes >= 40% of registered")
YUBA = {
    "county": "Yuba",
    "raw_count": 3720,
    "sample_size": 500,
    "valid_in_sample": 307,
    "duplicates_in_sample": 8,
}


VOTES = {
    "me-2006-independence": (OF_ALL_BALLOTS, FORTY_OF_ELECTORATE),
    "gb-scotland-1979-devolution": (FIFTY_FIFTY_FIVE,),
}


@dataclass(frozen=True)
class MeasureShown:
    """One measure: where it stands, its events, its deadlines and how its requirement comes about."""

    case: Case
    law: PlaceLaw
    events: tuple[Event, ...]
    deadlines: tuple[Deadline, ...]
    requirement: Finding


@dataclass(frozen=True)
class VoteShown:
    """One vote under its own rule and under others, each with a label."""

    case: str
    title: str
    sources: tuple[str, ...]
    findings: tuple[tuple[str, VoteFinding], ...]


@dataclass(frozen=True)
class Demo:
    """Everything that the demo found and wrote."""

    measures: tuple[MeasureShown, ...]
    six_californias: PublishedCount
    yuba: Projection
    votes: tuple[VoteShown, ...]
    records: tuple[Published, ...]


def run_demo(
    store: EventStore,
    key: SigningKey,
    folder: Path,
    law_of: Callable[[str], PlaceLaw],
    said: Callable[[str], None] = lambda _: None,
) -> Demo:
    """Run it.

    Parameters
    ----------
    store
        An empty store for the cases.
    folder
        An existing folder; each record becomes `folder/CASE`.
    law_of
        Gives the law of a place.
    said
        Called with a few words before each part.
    """
    california = law_of("us/ca")
    said("three measures on California's independence")
    measures = []
    for name in MEASURES:
        load_case(store, name, law_of)
        measures.append(_measure(store, name))
    said("Six Californias, 2014")
    six = count_six_californias(california)
    counts = [CountyCount(**YUBA)]  # type: ignore[arg-type]
    yuba = project_petition(
        california, counts, requirement=six.requirement, on=date(2014, 9, 12), instrument="constitutional-amendment"
    )
    said("Montenegro 2006 and Scotland 1979")
    for name in VOTES:
        load_case(store, name, law_of)
    votes = tuple(_vote(store, name, others) for name, others in VOTES.items())
    said("the records")
    records = tuple(publish_record(store, name, folder / name, key) for name in (*MEASURES, *VOTES))
    return Demo(tuple(measures), six, yuba, votes, records)


def _measure(store: EventStore, name: str) -> MeasureShown:
    case, law = case_state(store, name)
    summary = case.dates["official_summary_date"]
    requirement = law.find("requirement", {}, on=summary, instrument=case.instrument)
    return MeasureShown(case, law, tuple(store.read(name)), tuple(deadlines(case, law)), requirement)


def _vote(store: EventStore, name: str, others: tuple[tuple[str, str], ...]) -> VoteShown:
    """Take the vote that a case holds, and decide it under the rule it was held under and under others."""
    case, _ = case_state(store, name)
    held = next(event for event in store.read(name) if event.kind == "VoteDecided")
    tally = Tally(**held.data["quantities"])
    rule = str(held.data["rule"])
    own = f"{OWN}, which is 50 % / 55 %" if rule == FIFTY_FIFTY_FIVE[1] else OWN
    findings = tuple((label, decide(text, tally)) for label, text in ((own, rule), *others))
    return VoteShown(name, case.received.name if case.received else name, tuple(held.data["sources"]), findings)
