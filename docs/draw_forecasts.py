"""Draw the pictures of `docs/explanation/read-a-forecast.md` from invented numbers, with the functions of the pages.

python docs/draw_forecasts.py
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np

from referenda.pages.chance_charts import Outcome, outcome_bars, valid_dots
from referenda.pages.charts import Figure
from referenda.pages.choice_charts import Certainty, Driver, cushion_curve, driver_tornado
from referenda.pages.fans import gathering_fan, projection_fan
from referenda.pages.reliability_chart import ForecastGroup, reliability_diagram
from referenda.pages.vote_chart import Threshold, vote_map

IMAGES = Path(__file__).resolve().parent / "images"
LEVELS = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
NOTE = "Invented numbers, to show how to read the picture. As of 1 April 2026."
DRAWS, NEEDED = 10_000, 600_000


def figures() -> list[Figure]:
    """Draw every kind of figure."""
    rng = np.random.default_rng(2026)
    first, today, last = date(2026, 1, 5), date(2026, 4, 1), date(2026, 7, 3)
    observed = [(first + timedelta(days=7 * week), round(3_400 * week**1.75)) for week in range(13)]
    days = [today + timedelta(days=day) for day in range((last - today).days + 1)]
    pace = 2_900 * np.exp(rng.normal(0, 0.42, (DRAWS, 1)) + 0.012 * np.arange(len(days)))
    totals = observed[-1][1] + np.cumsum(pace, axis=1)
    gathered = gathering_fan(
        observed=observed, days=days, fan=np.quantile(totals, LEVELS, axis=0), levels=LEVELS, requirement=NEEDED,
        needed=865_000, note=NOTE,
    )  # fmt: skip
    chances = (
        ("Not filed", 0.31, False), ("Too few filed", 0.06, False), ("Fails on the sample", 0.1, False),
        ("Full check: too few", 0.07, False), ("Full check: enough", 0.24, True), ("Enough on the sample", 0.22, True),
    )  # fmt: skip
    outcomes = outcome_bars([Outcome(*chance) for chance in chances], draws=DRAWS, good="it qualifies", note=NOTE)
    limits = {"95 %: below, the sample fails it": 570_000, "110 %: above, the sample is enough": 660_000}
    dots = valid_dots(
        rng.normal(620_000, 42_000, DRAWS), requirement=NEEDED, limits=limits, draws=DRAWS, given="if it is filed",
        note=NOTE,
    )  # fmt: skip
    reports = list(range(0, 40, 2))
    widths = np.array([58_000 * (1 - done / 58) ** 0.6 + 3_000 for done in reports])
    middles = 607_000 + np.cumsum(rng.normal(0, 2_500, len(reports)))
    z = np.array([-1.645, -1.282, -0.674, 0.0, 0.674, 1.282, 1.645])
    reported = projection_fan(
        reported=reports, fan=middles + z[:, None] * widths, levels=LEVELS, limits=limits, counties=58, note=NOTE
    )
    raw = np.linspace(650_000, 1_050_000, 25)
    in_the_end = 1 / (1 + np.exp(-(raw - 800_000) / 22_000))
    by_sample = 1 / (1 + np.exp(-(raw - 890_000) / 26_000))
    certainties = [
        Certainty(share, *(int(np.interp(share, curve, raw)) for curve in (by_sample, in_the_end)))
        for share in (0.8, 0.9, 0.95, 0.99)
    ]
    cushion = cushion_curve(
        raw=raw.astype(int).tolist(), by_sample=by_sample, in_the_end=in_the_end, points=certainties,
        requirement=NEEDED, filed=780_000, cost_per_signature=6.5, note=NOTE,
    )  # fmt: skip
    drivers = driver_tornado(
        [
            Driver("Signatures filed", "530,000", "1,070,000", 0.02, 0.93),
            Driver("Share of valid lines", "69 %", "79 %", 0.33, 0.57),
            Driver("Duplicates", "1.1 %", "3.4 %", 0.48, 0.41),
            Driver("Luck of the sample", "14,000 fewer", "14,000 more", 0.44, 0.47),
        ],
        chance=0.46, draws=DRAWS, note=NOTE,
    )  # fmt: skip
    return [gathered, outcomes, dots, reported, cushion, drivers, _vote(rng), _reliability(rng)]


def _vote(rng: np.random.Generator) -> Figure:
    turnout, yes = rng.multivariate_normal([0.51, 0.53], [[0.0045, -0.0012], [-0.0012, 0.0025]], 100_000).T
    edges = np.linspace(0, 1, 41)
    share = np.histogram2d(turnout, yes, bins=[edges, edges])[0]
    middles = (edges[1:] + edges[:-1]) / 2
    passes = (turnout >= 0.5) & (yes >= 0.55)
    levels = (0.1, 0.5, 0.9)
    return vote_map(
        edges=edges.tolist(), share=share, passes=(middles[:, None] > 0.5) & (middles > 0.55), draws=DRAWS, note=NOTE,
        thresholds=[Threshold("turnout", 0.5, "half take part"), Threshold("yes", 0.55, "55 % say yes")],
        conditions=[("Half or more take part", float((turnout >= 0.5).mean())),
                    ("55 % or more say yes", float((yes >= 0.55).mean()))],
        quantiles={name: {str(level): float(np.quantile(values, level)) for level in levels}
                   for name, values in (("Turnout", turnout), ("Yes, of valid votes", yes))},
        chance=float(passes.mean()),
    )  # fmt: skip


def _reliability(rng: np.random.Generator) -> Figure:
    counts = (90, 52, 40, 31, 25, 24, 28, 33, 45, 70)
    said = [(tenth + 0.5) / 10 for tenth in range(10)]
    groups = [ForecastGroup(p, n, int(rng.binomial(n, p))) for p, n in zip(said, counts, strict=True)]
    groups[7] = ForecastGroup(0.75, 33, 17)
    return reliability_diagram(groups, event="a petition qualifies", note=NOTE.split(" As of")[0])


if __name__ == "__main__":
    for figure in figures():
        (IMAGES / f"forecast-{figure.name}.svg").write_text(figure.svg(), encoding="utf-8")
