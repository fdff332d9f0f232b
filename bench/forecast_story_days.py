"""Measures on California's independence as they stood on days of the news, with what was known on these days.

    python bench/forecast_story_days.py          10,000 draws
    python bench/forecast_story_days.py --json   the figures as JSON

- *November 2016*: 16-0011 was filed on 21 November. It would have had to qualify, pass in November 2018, and then win
  a vote in March 2019 in which half of those registered take part and 55 percent say yes. Known: the days that the law
  computes from the filing, no signature, one poll (SurveyUSA, 18 November).
- *July 2017*: 17-0005 was cleared on 25 July. Known: the days, no signature, two polls.
- *the others*: each measure on the day after it was cleared for circulation. None of them was ever filed.

What came: the first was withdrawn on 17 April 2017, all others ended without a filing, so every chance of qualifying is
scored against no.
"""

from __future__ import annotations

import argparse
import json
from datetime import date
from pathlib import Path
from typing import Any

from referenda.assembly import law_of
from referenda.formats.polls_csv import read_polls
from referenda.stats.scores import brier, log_score
from referenda.workflows.forecast_petition import PetitionFacts, prepare, qualify
from referenda.workflows.forecast_vote import VoteFacts, forecast_a_vote

POLLS = Path(__file__).resolve().parent / "data" / "votes" / "calexit_polls.csv"
SEED, DRAWS = 1, 10_000
MAJORITY, COMPOUND = "yes > no", "ballots >= 50% of registered and yes >= 55% of valid"
AMENDMENT, STATUTE = "constitutional-amendment", "statute"
STORIES = (
    ("16-0011, day after filing (2016-11-22)", AMENDMENT, date(2016, 11, 22), {"received_date": date(2016, 11, 21)}),
    ("17-0005, day after clearance (2017-07-26)", AMENDMENT, date(2017, 7, 26), date(2017, 7, 25)),
)
OTHERS = (
    ("16-0011A1, cleared", AMENDMENT, date(2017, 1, 27), date(2017, 1, 26)),
    ("18-0001, cleared", STATUTE, date(2018, 4, 21), date(2018, 4, 20)),
    ("20-0001A1, cleared", STATUTE, date(2020, 9, 10), date(2020, 9, 9)),
    ("24-0001A2, cleared", STATUTE, date(2025, 1, 24), date(2025, 1, 23)),
)


def petition(instrument: str, as_of: date, events: date | dict[str, date]) -> Any:
    """Forecast a petition from the days that are known."""
    days = {"official_summary_date": events} if isinstance(events, date) else events
    facts = PetitionFacts(as_of=as_of, instrument=instrument, events=days)
    return qualify(prepare("us/ca", law_of("us/ca"), facts), draws=DRAWS, seed=SEED)


def vote(rule: str, as_of: date, on: date) -> float:
    """Forecast a vote from the polls of which the field work had ended."""
    polls = [poll for poll in read_polls(POLLS) if poll.ended_on <= as_of]
    facts = VoteFacts(rule=rule, as_of=as_of, vote_on=on, place="us/ca", polls=polls)
    return forecast_a_vote(facts, draws=DRAWS, seed=SEED).forecast.passes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures: dict[str, Any] = {}
    chances = []
    for name, instrument, as_of, events in STORIES:
        found = petition(instrument, as_of, events)
        chances.append(found.qualifies)
        figures[name] = {
            "qualifies": found.qualifies,
            "not filed": found.probabilities["not_filed"],
            "80 % of signatures gathered": [found.quantiles["raw_count"][level] for level in ("0.1", "0.9")],
            "passes in November 2018, yes > no": vote(MAJORITY, as_of, date(2018, 11, 6)),
        }
        if as_of.year == 2016:
            second = vote(COMPOUND, as_of, date(2019, 3, 13))
            figures[name]["passes in March 2019, 50 % and 55 %"] = second
            first = figures[name]["passes in November 2018, yes > no"]
            figures[name]["all three"] = (
                f"{found.qualifies * first * second:.2g} if chances part from vote to vote, "
                f"at most {found.qualifies * min(first, second):.2g}"
            )
    for name, instrument, as_of, cleared in OTHERS:
        found = petition(instrument, as_of, cleared)
        chances.append(found.qualifies)
        figures[name] = {"qualifies": found.qualifies}
    no = [False] * len(chances)
    figures["all six, none of which was filed"] = {
        "Brier": float(brier(chances, no).mean()),
        "log": float(log_score(chances, no).mean()),
        "Brier of one half": 0.25,
    }
    print(json.dumps(figures) if options.json else json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
