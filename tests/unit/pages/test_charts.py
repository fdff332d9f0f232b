from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from referenda.pages.chance_charts import Outcome, Zone, outcome_bars, projection_dots, valid_dots
from referenda.pages.charts import BLUE, INK, OCHRE, PAPER, QUIET, SHADES, Figure
from referenda.pages.choice_charts import Certainty, Driver, cushion_curve, driver_tornado
from referenda.pages.fans import gathering_fan, projection_fan
from referenda.pages.reliability_chart import ForecastGroup, reliability_diagram
from referenda.pages.vote_chart import Threshold, vote_map

LEVELS = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
NOTE = "Invented numbers, as of 1 April 2026. 10,000 draws, seed 1."
SVG = "{http://www.w3.org/2000/svg}"


def gathering(needed: int | None = 150_200) -> Figure:
    days = [date(2026, 4, 1) + timedelta(days=day) for day in range(31)]
    ends = np.array([70_000, 80_000, 90_000, 100_000, 120_000, 150_000, 200_000])
    fan = 40_000 + np.outer(ends - 40_000, np.linspace(0, 1, 31))
    observed = [(date(2026, 1, 1), 0), (date(2026, 3, 1), 25_000), (date(2026, 4, 1), 40_000)]
    return gathering_fan(
        observed=observed, days=days, fan=fan, levels=LEVELS, requirement=110_001, needed=needed, note=NOTE
    )


def projection() -> Figure:
    fan = np.outer([94, 95, 97, 100, 103, 105, 106], [1_000, 1_001, 1_002])
    limits = {"95 %: below, it fails": 98_000.5, "110 %: above, it is enough": 113_000}
    return projection_fan(reported=[0, 10, 20], fan=fan, levels=LEVELS, limits=limits, counties=58, note=NOTE)


def outcomes() -> Figure:
    rows = [Outcome("Not filed", 0.42, False), Outcome("Full check", 0.0, True), Outcome("Enough", 0.58, True)]
    return outcome_bars(rows, draws=10_000, good="it qualifies", note=NOTE)


def dots() -> Figure:
    valid = np.arange(1, 10_001, dtype=np.float64)
    return valid_dots(valid, requirement=8_001, limits={"95 %": 7_600.95}, draws=10_000, note=NOTE)


def decision() -> Figure:
    zones = [
        Zone("insufficient", None, 0.04, False), Zone("full check", 475_000, 0.93, None),
        Zone("sufficient", 550_001, 0.03, True),
    ]  # fmt: skip
    return projection_dots(
        np.linspace(471_100, 552_100, 1_000), zones=zones, requirement=500_000, draws=10_000, note=NOTE
    )


def cushion() -> Figure:
    raw = list(range(100_000, 200_001, 10_000))
    points = [Certainty(0.8, 172_000, 152_000), Certainty(0.95, None, 171_401)]
    return cushion_curve(
        raw=raw, by_sample=np.linspace(0, 0.9, 11), in_the_end=np.linspace(0, 1, 11), points=points,
        requirement=90_000, filed=140_000, cost_per_signature=6.5, note=NOTE,
    )  # fmt: skip


def drivers() -> Figure:
    rows = [
        Driver("Duplicates", "1 %", "4 %", 0.36, 0.27),
        Driver("Pace", "2,000 a day", "7,000 a day", 0.08, 0.71),
    ]
    return driver_tornado(rows, chance=0.31, draws=10_000, note=NOTE)


def vote() -> Figure:
    edges = np.linspace(0, 1, 41)
    middles = (edges[1:] + edges[:-1]) / 2
    share = np.exp(-(((middles[:, None] - 0.5) / 0.06) ** 2) - ((middles[None, :] - 0.52) / 0.05) ** 2)
    passes = (middles[:, None] > 0.5) & (middles[None, :] > 0.55)
    return vote_map(
        edges=edges.tolist(), share=share, passes=passes, thresholds=[Threshold("turnout", 0.5, "half take part")],
        conditions=[("ballots >= 50% of registered", 0.5), ("yes >= 55% of valid", 0.2)],
        quantiles={"Turnout": {"0.1": 0.44, "0.5": 0.5}}, chance=0.1, draws=10_000, note=NOTE,
    )  # fmt: skip


def reliability() -> Figure:
    groups = [ForecastGroup(0.9, 40, 38), ForecastGroup(0.1, 100, 40), ForecastGroup(0.5, 2, 1)]
    return reliability_diagram(groups, event="the petition qualifies", note=NOTE)


FIGURES: dict[str, Callable[[], Figure]] = {
    make.__name__: make
    for make in (gathering, projection, outcomes, dots, decision, cushion, drivers, vote, reliability)
}


@pytest.fixture(params=sorted(FIGURES), scope="module")
def drawn(request: pytest.FixtureRequest) -> Figure:
    return FIGURES[str(request.param)]()


@pytest.fixture(scope="module")
def svg(drawn: Figure) -> str:
    return drawn.svg()


def texts(svg: str) -> list[str]:
    return ["".join(text.itertext()) for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]


# every figure


def test_a_figure_is_told_to_those_who_do_not_see_it(drawn: Figure, svg: str) -> None:
    root = ElementTree.fromstring(svg)
    assert root.get("role") == "img"
    assert [root.findtext(f"{SVG}title"), root.findtext(f"{SVG}desc")] == [drawn.finding, drawn.description]
    assert drawn.finding in drawn.description


def test_the_title_says_the_finding_and_the_note_stands_under_it(drawn: Figure, svg: str) -> None:
    said = " ".join(texts(svg))
    assert drawn.finding in said
    assert NOTE in said


def test_every_row_of_a_table_has_a_cell_for_each_heading(drawn: Figure) -> None:
    assert drawn.rows
    assert {len(row) for row in drawn.rows} == {len(drawn.headings)}


def test_a_figure_drawn_twice_has_the_same_bytes(drawn: Figure, svg: str) -> None:
    assert drawn.svg() == svg


def test_a_figure_asks_nothing_of_the_network(svg: str) -> None:
    assert svg.count("http") == svg.count('="http://www.w3.org/')  # namespaces
    assert "<script" not in svg


def test_a_figure_fits_the_page_and_its_png_is_twice_as_large(drawn: Figure, svg: str) -> None:
    root = ElementTree.fromstring(svg)
    width, height = float(root.get("width", 0)), float(root.get("height", 0))
    assert 600 <= width <= 880
    with Image.open(BytesIO(drawn.png(2))) as picture:
        assert picture.size == (pytest.approx(2 * width, abs=2), pytest.approx(2 * height, abs=2))


def test_neither_time_zone_nor_process_changes_a_byte_or_a_day() -> None:
    program = (
        "from datetime import date; from referenda.pages.fans import gathering_fan as draw;"
        "days = [date(2026, 4, 1), date(2026, 7, 1)];"
        "print(draw(observed=[(days[0], 5)], days=days, fan=[[5, 9]], levels=[0.5], requirement=8, note='n').svg())"
    )
    drawn = [
        subprocess.run(
            [sys.executable, "-c", program], env={"TZ": zone, "PYTHONHASHSEED": seed, "LC_ALL": "C.UTF-8"},
            check=True, capture_output=True, text=True,
        ).stdout
        for zone, seed in (("America/Los_Angeles", "1"), ("Pacific/Auckland", "2"))
    ]  # fmt: skip
    assert drawn[0] == drawn[1]
    assert ">1 Apr</text>" in drawn[0]


# the look


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colour", [INK, QUIET, BLUE, OCHRE])
def test_words_stand_out_from_the_paper_as_wcag_asks(colour: str) -> None:
    assert contrast(colour, PAPER) >= 4.5


def test_bands_stay_apart_in_grey_print() -> None:
    steps = [PAPER, *SHADES, BLUE]
    assert min(contrast(one, other) for one, other in pairwise(steps)) >= 1.2


# what each says


def test_the_fan_says_four_fifths_of_the_draws_and_what_is_needed() -> None:
    figure = gathering()
    assert figure.finding == "By 1 May 2026 probably 80,000 to 150,000 signatures; 110,001 valid ones are needed"
    assert "40,000 on 1 April 2026" in texts(figure.svg())
    assert ("1 May 2026", "150,000", "1 in 10 higher") in figure.rows


def test_what_is_to_be_filed_is_never_rounded_down() -> None:
    assert ("when filed", "151,000", "to file to be 95 % sure") in gathering().rows


def test_a_single_count_is_joined_to_the_first_day_of_gathering() -> None:
    figure = gathering_fan(
        observed=[(date(2026, 4, 1), 50)], days=[date(2026, 4, 1), date(2026, 5, 1)], fan=[[50, 90]], levels=(0.5,),
        requirement=80, first=date(2026, 1, 1), note=NOTE,
    )  # fmt: skip
    assert figure.rows[:2] == (("1 January 2026", "0", "gathered"), ("1 April 2026", "50", "gathered"))


def test_a_fan_without_any_count_is_drawn() -> None:
    days = [date(2026, 12, 1), date(2027, 1, 31)]
    figure = gathering_fan(
        observed=[], days=days, fan=[[0, 10], [0, 50], [0, 90]], levels=(0.1, 0.5, 0.9), requirement=80, note=NOTE
    )
    assert figure.finding == "By 31 January 2027 probably 10 to 90 signatures; 80 valid ones are needed"
    assert "3 Jan 2027" in texts(figure.svg())


def test_the_fan_of_projections_names_the_limits() -> None:
    figure = projection()
    assert "95 %: below, it fails (98,000)" in texts(figure.svg())
    assert figure.rows[-1] == ("20", "94,200", "95,200", "97,200", "100,000", "103,000", "105,000", "106,000")


def test_outcomes_are_natural_frequencies_and_none_is_impossible() -> None:
    figure = outcomes()
    assert figure.finding == "It qualifies: about 6 in 10. Likeliest: enough"
    assert figure.rows == (
        ("Not filed", "no", "42 in 100", "42 %"),
        ("Full check", "yes", "less than 1 in 100", "< 1 %"),
        ("Enough", "yes", "58 in 100", "58 %"),
    )
    assert {row[2] for row in figure.rows} <= set(texts(figure.svg()))


def test_a_long_outcome_is_told_in_two_lines() -> None:
    rows = [Outcome("Full check: every line is verified, and it fails", 1.0, False)]
    figure = outcome_bars(rows, draws=10_000, good="it qualifies", note=NOTE)
    assert {"Full check: every line is", "verified, and it fails"} <= {
        "".join(part.itertext()) for part in ElementTree.fromstring(figure.svg()).iter(f"{SVG}tspan")
    }


def test_ten_of_fifty_dots_are_the_fifth_that_is_enough() -> None:
    figure = dots()
    assert figure.finding == "Enough valid signatures: about 2 in 10"
    assert "40 are “too few”, 10 are “enough”" in figure.description
    svg = figure.svg()
    assert (svg.count(f'fill="{BLUE}" stroke="{BLUE}"'), svg.count(f'fill="{PAPER}" stroke="{OCHRE}"')) == (10, 40)


def test_dots_of_a_projection_lie_between_the_limits_of_its_decision() -> None:
    figure = decision()
    assert figure.finding == "The sample will decide “full check”: about 19 in 20"
    assert "hollow: insufficient (2), light: full check (47), filled: sufficient (1)" in " ".join(texts(figure.svg()))
    assert ("from here full check", "475,000", "95 %") in figure.rows


def test_draws_that_are_all_alike_are_drawn() -> None:
    figure = valid_dots(np.full(200, 500.0), requirement=500, draws=200, given="if it is filed", note=NOTE)
    assert figure.finding == "Enough valid signatures: more than 19 in 20 (if it is filed)"
    assert figure.svg().count(f'fill="{BLUE}" stroke="{BLUE}"') == 50


def test_the_cushion_says_what_to_file_and_what_it_costs() -> None:
    figure = cushion()
    assert figure.finding == "To be 95 % sure of enough, file 172,000; by the sample alone, more than 200,000"
    assert figure.rows[1] == ("95 %", "172,000", "more than 200,000", "$1.11 m", "not known")
    assert {"$0.8 m", "$1 m", "$1.2 m", "at hand: 140,000"} <= set(texts(figure.svg()))


def test_a_place_without_a_sample_has_one_curve() -> None:
    figure = cushion_curve(
        raw=[10, 20],
        by_sample=None,
        in_the_end=[0.2, 0.99],
        points=[Certainty(0.9, None, 19)],
        requirement=9,
        note=NOTE,
    )
    assert figure.headings == ("Certainty", "To file, in the end")
    assert figure.rows == (("90 %", "19"),)
    assert "by the sample alone" not in texts(figure.svg())


def test_the_flat_ends_of_a_cushion_are_left_out() -> None:
    figure = cushion_curve(
        raw=[0, 10, 20, 30, 40, 50, 4_000_000], by_sample=None, in_the_end=[0, 0, 0, 0.5, 1, 1, 1],
        points=[Certainty(0.95, None, 39)], requirement=9, note=NOTE,
    )  # fmt: skip
    shown = texts(figure.svg())
    assert {"20", "50"} <= set(shown)
    assert not {"0", "4,000,000"} & set(shown)


def test_a_long_tail_of_a_cushion_stands_in_the_table_alone() -> None:
    figure = cushion_curve(
        raw=[500, 1_000, 1_500, 20_000], by_sample=None, in_the_end=[0, 0.5, 0.9, 1],
        points=[Certainty(0.99, None, 18_150), Certainty(0.9, None, 1_500)], requirement=900, note=NOTE,
    )  # fmt: skip
    assert "90 %: 1,500" in texts(figure.svg())
    assert not [words for words in texts(figure.svg()) if "20,000" in words or "18,200" in words]
    assert figure.rows[0] == ("99 %", "18,200")


def test_the_driver_that_moves_most_stands_on_top() -> None:
    figure = drivers()
    assert figure.finding == "What moves the chance most: pace"
    assert figure.rows[0] == ("Pace", "2,000 a day", "2 in 20", "7,000 a day", "14 in 20")


def test_chances_of_a_tenth_of_the_draws_are_said_as_finely_as_that_tenth_allows() -> None:
    figure = driver_tornado([Driver("Pace", "1", "2", 0.23, 0.81)], chance=0.52, draws=10_000, note=NOTE)
    assert figure.rows[0] == ("Pace", "1", "5 in 20", "2", "16 in 20")
    assert "As things stand 52 in 100" in figure.description


def test_drivers_that_move_nothing_are_said_to_move_nothing() -> None:
    figure = driver_tornado([Driver("Pace", "1", "2", 0.0, 0.004)], chance=0.001, draws=10_000, note=NOTE)
    assert figure.finding == "None of what is not known yet moves the chance by much"


def test_a_vote_shows_where_its_rule_is_met() -> None:
    figure = vote()
    assert {"PASSES", "FAILS", "half take part"} <= set(texts(figure.svg()))
    assert ("yes >= 55% of valid", "20 in 100") in figure.rows
    assert ("Turnout, 1 in 10 lower", "44 %") in figure.rows


def test_the_ground_holds_the_shares_that_it_says() -> None:
    drawn = np.random.default_rng(1).multivariate_normal([0.5, 0.5], [[0.006, -0.003], [-0.003, 0.004]], 10_000)
    edges = np.linspace(0, 1, 41)
    figure = vote_map(
        edges=edges.tolist(), share=np.histogram2d(*drawn.T, bins=[edges, edges])[0], passes=None, thresholds=[],
        conditions=[], quantiles={}, chance=0.5, draws=10_000, note=NOTE,
    )  # fmt: skip
    spec = figure.chart.to_dict()
    x, y = 100 * np.random.default_rng(2).multivariate_normal([0.5, 0.5], [[0.006, -0.003], [-0.003, 0.004]], 10_000).T
    held = []
    for layer in spec["layer"][:3]:
        cells = spec["datasets"][layer["data"]["name"]] if "name" in layer["data"] else layer["data"]["values"]
        inside = [(x >= c["x"]) & (x < c["x2"]) & (y >= c["y"]) & (y < c["y2"]) for c in cells]
        held.append(float(np.any(inside, axis=0).mean()))
    assert held == pytest.approx([0.95, 0.8, 0.5], abs=0.02)


def test_a_rule_that_asks_for_more_than_turnout_and_yes_is_drawn_without_a_region() -> None:
    edges = np.linspace(0, 1, 11).tolist()
    figure = vote_map(
        edges=edges, share=np.eye(10), passes=None, thresholds=[], conditions=[], quantiles={}, chance=0.5,
        draws=10_000, note=NOTE,
    )  # fmt: skip
    assert not {"PASSES", "FAILS"} & set(texts(figure.svg()))


def test_groups_that_came_true_too_often_are_marked() -> None:
    figure = reliability()
    assert figure.finding == "2 of 3 groups of forecasts came true about as often as they said"
    assert figure.rows[0] == ("10 %", "100", "40", "40 %", "5 to 15 %")
    assert figure.svg().count(f'stroke="{OCHRE}"') == 1
