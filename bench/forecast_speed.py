"""How long forecasts take after start-up: 58 counties, from one number and from thousands of rows.

    python bench/forecast_speed.py             median of 5
    python bench/forecast_speed.py --quick     of 2
    python bench/forecast_speed.py --json      the figures as JSON

- *one number*: a petition of which only one total is known.
- *thousands*: 120 daily totals, 3,000 checked batches of 58 counties and 400 circulators, repeats compared.
- *filed by county*: raw counts of 58 counties, the same batches.
- *cushion*: the whole curve with the next thousand and cleaning.
- *page*: the page of a forecast with its pictures.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from datetime import date, timedelta
from statistics import median

import numpy as np

from referenda.assembly import law_of
from referenda.cli.forecast_page import qualification_page
from referenda.forecasting.county_split import split_of_place
from referenda.forecasting.duplicates import Compared
from referenda.forecasting.gathering import Gathered
from referenda.forecasting.validity import CheckedBatch
from referenda.pages.forecast import forecast_page
from referenda.workflows.forecast_petition import PetitionFacts, draw_cushion, prepare, qualify

FIRST = date(2017, 1, 26)
INSTRUMENT = "constitutional-amendment"
DRAWS = 10_000


def batches(rng: np.random.Generator) -> list[CheckedBatch]:
    """Make 3,000 checked batches."""
    split = split_of_place("us/ca")
    made = []
    for _ in range(3_000):
        lines = int(rng.integers(20, 200))
        county = split.counties[int(rng.choice(len(split.counties), p=split.shares))]
        day = FIRST + timedelta(days=int(rng.integers(5, 119)))
        valid = int(rng.binomial(lines, rng.uniform(0.68, 0.82)))
        made.append(CheckedBatch(lines, valid, county, f"c{rng.integers(400)}", day))
    return made


def timed(deed: Callable[[], object], rounds: int) -> float:
    """Give the median of the seconds that a deed takes, a first time not counted."""
    deed()
    taken = []
    for _ in range(rounds):
        begun = time.perf_counter()
        deed()
        taken.append(time.perf_counter() - begun)
    return median(taken)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rounds = 2 if options.quick else 5
    rng = np.random.default_rng(1)
    law, today = law_of("us/ca"), FIRST + timedelta(days=120)
    totals = np.cumsum(rng.poisson(3_000, 120))
    daily = [Gathered(FIRST + timedelta(days=day), int(total)) for day, total in enumerate(totals)]
    split, checked = split_of_place("us/ca"), batches(rng)
    filed = {name: round(900_000 * share) for name, share in zip(split.counties, split.shares, strict=True)}

    def facts(**given: object) -> PetitionFacts:
        known = {"as_of": today, "instrument": INSTRUMENT, "events": {"official_summary_date": FIRST}, **given}
        return PetitionFacts(**known)  # type: ignore[arg-type]

    one = prepare("us/ca", law, facts(gathered=[Gathered(today, int(totals[-1]))]))
    many = prepare("us/ca", law, facts(gathered=daily, checked=checked, compared=[Compared(200_000, 2_500)]))
    counties = prepare("us/ca", law, facts(filed=filed, checked=checked))
    found = qualify(many, draws=DRAWS, seed=1)
    figures = {
        "draws": DRAWS,
        "one number, seconds": timed(lambda: qualify(one, draws=DRAWS, seed=1), rounds),
        "thousands, seconds": timed(lambda: qualify(many, draws=DRAWS, seed=1), rounds),
        "filed by county, seconds": timed(lambda: qualify(counties, draws=DRAWS, seed=1), rounds),
        "cushion, seconds": timed(lambda: draw_cushion(many, at=None, draws=DRAWS, seed=1), rounds),
        "page, seconds": timed(lambda: forecast_page(qualification_page(many, found)), rounds),
    }
    print(json.dumps(figures) if options.json else json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
