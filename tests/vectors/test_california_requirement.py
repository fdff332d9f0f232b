"""California's requirement, 1971-2026, against the published figures.

Published: Secretary of State, as in a Ballotpedia page revision (1971-2014), LAist of November 2018 (2015-2022) and the
Secretary of State's own pages (2023-2026). Votes: as cited in the law document. Percentages at 25: Secretary of State.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from math import ceil

import pytest

from referenda.errors import UndeterminedError
from referenda.law.place import load_place
from referenda.workflows.determine_requirement import determine_requirement

# first year, statute and referendum, constitutional amendment, votes for Governor where they are at hand
PERIODS = [
    (1971, 325504, 520806, None),
    (1975, 312404, 499846, None),
    (1979, 346119, 553790, None),
    (1983, 393835, 630135, None),
    (1987, 372178, 595485, None),
    (1991, 384974, 615958, None),
    (1995, 433269, 693230, None),
    (1999, 419260, 670816, 8385196),
    (2003, 373816, 598105, 7476311),
    (2007, 433971, 694354, 8679416),
    (2011, 504760, 807615, 10095185),
    (2015, 365880, 585407, 7317581),
    (2019, 623212, 997139, 12464235),
    (2023, 546651, 874641, 10933009),
]
LAW = load_place("us/ca")


@pytest.mark.parametrize(("year", "five_percent", "eight_percent", "base"), PERIODS)
@pytest.mark.parametrize("day", ["first", "last"])
def test_the_requirement_of_every_period_is_the_published_one(
    year: int, five_percent: int, eight_percent: int, base: int | None, day: str
) -> None:
    on = date(year, 1, 1) if day == "first" else date(year + 3, 12, 31)
    for instrument, published in (
        ("statute", five_percent),
        ("referendum", five_percent),
        ("constitutional-amendment", eight_percent),
    ):
        found = determine_requirement(LAW, instrument, on)
        assert (published, base) == (found.requirement, found.base)


@pytest.mark.parametrize(("year", "five_percent", "eight_percent", "base"), PERIODS)
def test_the_document_holds_the_published_figures_beside_the_computed_ones(
    year: int, five_percent: int, eight_percent: int, base: int | None
) -> None:
    on = date(year + 1, 6, 1)
    assert five_percent == LAW.parameter("published_requirement", on=on, instrument="statute").value
    assert eight_percent == LAW.parameter("published_requirement", on=on, instrument="constitutional-amendment").value


@pytest.mark.parametrize(("year", "five_percent", "eight_percent", "base"), [p for p in PERIODS if p[3] is None])
def test_where_the_votes_are_not_at_hand_their_range_is_noted(
    year: int, five_percent: int, eight_percent: int, base: None
) -> None:
    note = LAW.parameter("published_requirement", on=date(year, 1, 1), instrument="statute").note
    assert note is not None
    least, most = (int(word.strip(".").replace(",", "")) for word in note.split() if word[0].isdigit())
    for votes in (least, most):
        assert (five_percent, eight_percent) == (ceil(Fraction(5 * votes, 100)), ceil(Fraction(8 * votes, 100)))
    for votes in (least - 1, most + 1):
        assert (five_percent, eight_percent) != (ceil(Fraction(5 * votes, 100)), ceil(Fraction(8 * votes, 100)))


@pytest.mark.parametrize(
    ("on", "instrument", "milestone"),
    [
        (date(2025, 1, 23), "statute", 136663),
        (date(2025, 1, 23), "constitutional-amendment", 218661),
        (date(2018, 4, 20), "statute", 91470),
        (date(2017, 1, 26), "constitutional-amendment", 146352),
        (date(2020, 9, 9), "statute", 155803),
    ],
)
def test_a_quarter_of_the_requirement_is_the_published_milestone(on: date, instrument: str, milestone: int) -> None:
    assert milestone == determine_requirement(LAW, instrument, on).milestone_25_percent


def test_calexit_needed_585407_of_7317581_votes() -> None:
    found = determine_requirement(LAW, "constitutional-amendment", date(2017, 1, 26)).as_dict()
    assert (found["requirement"], found["base"]) == (585407, 7317581)
    assert [(step["name"], step["value"]) for step in found["steps"]] == [("base", 7317581), ("requirement", 585407)]
    assert all(step["cite"].startswith("Cal. Const. art. II, § 8") for step in found["steps"])


@pytest.mark.parametrize(
    ("on", "missing"),
    [(date(1970, 12, 31), "published"), (date(2027, 1, 1), "Votes for all candidates for Governor")],
)
def test_outside_the_known_years_the_missing_figure_is_named(on: date, missing: str) -> None:
    with pytest.raises(UndeterminedError, match=missing):
        determine_requirement(LAW, "statute", on)


@pytest.mark.parametrize(
    ("on", "by_january", "by_election", "by_certification"),
    [
        (date(2014, 11, 4), 504760, 504760, 504760),
        (date(2014, 11, 5), 504760, 365880, 504760),
        (date(2014, 12, 12), 504760, 365880, 365880),
        (date(2015, 1, 1), 365880, 365880, 365880),
    ],
)
def test_from_which_day_a_new_base_counts_is_a_reading(
    on: date, by_january: int, by_election: int, by_certification: int
) -> None:
    results = {
        alternative: determine_requirement(LAW, "statute", on, readings={"base_applies_from": alternative}).requirement
        for alternative in ("first_of_january", "day_after_election", "certification")
    }
    assert results == {
        "first_of_january": by_january,
        "day_after_election": by_election,
        "certification": by_certification,
    }


def test_rounding_to_the_nearest_misses_a_published_figure() -> None:
    nearest = {"requirement_rounding": "nearest"}
    assert determine_requirement(LAW, "statute", date(2016, 1, 1), readings=nearest).requirement == 365879
