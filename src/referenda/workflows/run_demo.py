"""The main job, end to end: real measures through real law to records that a second program checks.

What it shows: three measures on California's independence with every date computed; Six Californias (2014) counted as
far as its public figures go; Montenegro 2006 and Scotland 1979 under their own rules and under 50 % / 55 %. All of it
becomes cases in a store, and each case a published record. The figures are facts with their sources.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from referenda.law.condition import ConditionFinding, share_of
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
from referenda.workflows.keep_case import case_state, decide_vote_of_case, new_draft, open_case, record_deed
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


@dataclass(frozen=True)
class VoteOfHistory:
    """A vote with its published counts."""

    case: str
    place: str
    title: str
    instrument: str
    received: date
    day: date
    proponent: str
    announcer: str
    quantities: Mapping[str, int]
    source: str
    other_rules: tuple[tuple[str, str], ...]


VOTES = (
    VoteOfHistory(
        case="me-2006-independence",
        place="me",
        title="Montenegro, 21 May 2006: an independent state",
        instrument="independence-referendum",
        received=date(2006, 3, 2),
        day=date(2006, 5, 21),
        proponent="Parliament of Montenegro",
        announcer="referendum_commission",
        quantities={"registered": 484718, "ballots": 419236, "yes": 230711, "no": 184954, "invalid": 3571},
        source="http://www.liquisearch.com/montenegrin_independence_referendum_2006/results",
        other_rules=(OF_ALL_BALLOTS, FORTY_OF_ELECTORATE),
    ),
    VoteOfHistory(
        case="gb-scotland-1979-devolution",
        place="gb/scotland",
        title="Scotland, 1 March 1979: the Scotland Act 1978",
        instrument="devolution-referendum",
        received=date(1978, 7, 31),
        day=date(1979, 3, 1),
        proponent="Parliament of the United Kingdom",
        announcer="chief_counting_officer",
        quantities={"registered": 3747112, "ballots": 2387572, "yes": 1230937, "no": 1153502, "invalid": 3133},
        source="https://en.m.wikipedia.org/wiki/1979_Scottish_devolution_referendum",
        other_rules=(FIFTY_FIFTY_FIVE,),
    ),
)


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

    vote: VoteOfHistory
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
    votes = tuple(_hold(store, vote, law_of(vote.place)) for vote in VOTES)
    said("the records")
    names = [*MEASURES, *(vote.case for vote in VOTES)]
    records = tuple(publish_record(store, name, folder / name, key) for name in names)
    return Demo(tuple(measures), six, yuba, votes, records)


def _measure(store: EventStore, name: str) -> MeasureShown:
    case, law = case_state(store, name)
    summary = case.dates["official_summary_date"]
    requirement = law.find("requirement", {}, on=summary, instrument=case.instrument)
    return MeasureShown(case, law, tuple(store.read(name)), tuple(deadlines(case, law)), requirement)


def _hold(store: EventStore, vote: VoteOfHistory, law: PlaceLaw) -> VoteShown:
    """Keep a vote of history as a case, and decide it under its own rule and under 50 % / 55 %."""
    rule = law.parameter("vote_rule", on=vote.day, instrument=vote.instrument).value
    open_case(
        store,
        law,
        vote.case,
        vote.instrument,
        received=vote.received,
        title=vote.title,
        proponents=[vote.proponent],
        by="parliament",
        more={"doubt": "The day of receipt is general knowledge and was not looked up.", "sources": [vote.source]},
    )
    scheduler = "parliament" if vote.place == "me" else "government"
    scheduled = {"vote": "referendum", "day": vote.day.isoformat(), "rule": rule}
    record_deed(store, vote.case, new_draft("VoteScheduled", vote.received, scheduler, scheduled))
    decide_vote_of_case(store, vote.case, "referendum", vote.day, vote.quantities, by=vote.announcer)
    tally = Tally(**vote.quantities)
    own = f"{OWN}, which is 50 % / 55 %" if rule == FIFTY_FIFTY_FIVE[1] else OWN
    rules = ((own, str(rule)), *vote.other_rules)
    return VoteShown(vote, tuple((label, decide(text, tally)) for label, text in rules))


def bar_of(condition: ConditionFinding, quantities: Mapping[str, int | Fraction]) -> dict[str, Any] | None:
    """Give a condition as a share of its whole, for a figure: `yes >= 55% of valid` and `yes > no` have one.

    Shares lie in [0, 1]; None where the condition compares other things.
    """
    left, right = condition.condition.left.node, condition.condition.right.node
    if left.op != "name" or condition.left is None:
        return None
    if right.op == "name" and {left.name, right.name} == {"yes", "no"}:
        whole, threshold = "valid", Fraction(1, 2)
    elif (share := share_of(right)) is not None:
        whole, threshold = share.name, share.share
    else:
        return None
    of = Fraction(quantities[whole])
    return {"name": left.name, "whole": whole, "value": float(condition.left / of), "threshold": float(threshold)}
