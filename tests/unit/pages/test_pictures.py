"""Figures: well-formed, said in words too, and in proportion."""

from __future__ import annotations

from datetime import date
from xml.etree import ElementTree

import pytest

from referenda.pages.pictures import (
    WIDTH,
    Limit,
    Moment,
    ShareBar,
    Span,
    count_bar,
    dot_rows,
    share_bars,
    timeline,
)

SVG = "{http://www.w3.org/2000/svg}"


def read(figure: str) -> ElementTree.Element:
    return ElementTree.fromstring(figure.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def texts(figure: str) -> list[str]:
    return [element.text or "" for element in read(figure).iter(f"{SVG}text")]


MOMENTS = [
    Moment(date(2017, 7, 25), "last day to file", "deadline"),
    Moment(date(2017, 1, 26), "title & summary", "fact"),
    Moment(date(2017, 4, 17), "withdrawn <early>", "outcome"),
]


def test_a_timeline_numbers_its_moments_in_the_order_of_their_days() -> None:
    drawn = read(timeline("t", "A measure", MOMENTS))
    circles = [float(c.attrib["cx"]) for c in drawn.iter(f"{SVG}circle")]
    [square] = [float(r.attrib["x"]) for r in drawn.iter(f"{SVG}rect")]
    assert circles == sorted(circles)
    assert square > max(circles)
    assert [t for t in texts(timeline("t", "A measure", MOMENTS)) if t.isdigit()] == ["1", "2", "3"]


def test_a_timeline_says_in_words_what_it_draws_and_escapes_them() -> None:
    drawn = read(timeline("t", "A measure", MOMENTS))
    description = drawn.findtext(f"{SVG}desc")
    assert description == (
        "1 2017-01-26 title & summary; 2 2017-04-17 withdrawn <early>; 3 2017-07-25 last day to file"
    )
    assert drawn.attrib["aria-labelledby"] == "t-t t-d"


def test_moments_of_one_day_stand_above_each_other() -> None:
    same = [Moment(date(2016, 11, 21), f"deed {n}", "fact") for n in range(3)]
    drawn = read(timeline("t", "One day", [*same, Moment(date(2017, 1, 1), "later", "fact")]))
    heights = [float(c.attrib["cy"]) for c in drawn.iter(f"{SVG}circle")][:3]
    assert len(set(heights)) == 3


def test_a_span_is_as_long_as_its_days() -> None:
    span = Span(date(2017, 1, 26), date(2017, 7, 25), "180 days to circulate")
    drawn = read(timeline("t", "A measure", [MOMENTS[1]], [span]))
    [bar] = [r for r in drawn.iter(f"{SVG}rect") if r.attrib["class"] == "span"]
    days, margin = 180, 10
    assert float(bar.attrib["width"]) == pytest.approx((WIDTH - 40) * days / (days + 2 * margin), abs=0.1)


def test_a_share_bar_puts_value_and_threshold_on_one_scale_and_says_the_outcome_in_words() -> None:
    bar = ShareBar("Yes", 0.5163, "51.63 %", 0.55, "needed 55 %", met=False)
    figure = share_bars("b", "Scotland", [bar])
    drawn = read(figure)
    ground, value = drawn.iter(f"{SVG}rect")
    [line] = drawn.iter(f"{SVG}line")
    whole = float(ground.attrib["width"])
    assert float(value.attrib["width"]) == pytest.approx(0.5163 * whole, abs=0.1)
    assert float(line.attrib["x1"]) == pytest.approx(10 + 0.55 * whole, abs=0.1)
    assert "✗ not met" in texts(figure)


def test_a_count_stands_in_proportion_to_its_limits() -> None:
    figure = count_bar(
        "c", "Six", [("known", 615295), ("others", 137390)], [Limit(767235, "95 %"), Limit(888377, "110 %")]
    )
    drawn = read(figure)
    parts = [float(r.attrib["width"]) for r in drawn.iter(f"{SVG}rect")]
    lines = sorted(float(line.attrib["x1"]) for line in drawn.iter(f"{SVG}line"))
    assert parts[1] / parts[0] == pytest.approx(137390 / 615295, rel=1e-3)
    assert (lines[0] - 10) / sum(parts) == pytest.approx(767235 / 752685, rel=1e-3)
    assert "95 %: 767,235" in texts(figure)


def test_dots_below_the_line_are_open_and_every_unit_is_named_once() -> None:
    rows = [("Yuba", 51.1), ("Ventura", 82.2), ("Orange", 67.9)]
    figure = dot_rows("d", "Rates", rows, line=67.43, line_words="needed 67.43 %")
    classes = [c.attrib["class"] for c in read(figure).iter(f"{SVG}circle")]
    assert classes == ["fact", "fact", "below"]
    assert [t for t in texts(figure) if t in {"Yuba", "Ventura", "Orange"}] == ["Ventura", "Orange", "Yuba"]


@pytest.mark.parametrize(
    ("years", "first_two"),
    [(1, ["Jan 1980", "Feb"]), (2, ["Jan 1980", "Mar"]), (3, ["Jan 1980", "Apr"]), (6, ["Jan 1980", "Jul"]),
     (12, ["Jan 1980", "Jan 1981"]), (40, ["Jan 1980", "Jan 1981"])],
)  # fmt: skip
def test_a_longer_timeline_names_fewer_months(years: int, first_two: list[str]) -> None:
    ends = [Moment(date(1980, 1, 5), "first", "fact"), Moment(date(1980 + years, 1, 5), "last", "fact")]
    assert [text for text in texts(timeline("t", "Years", ends)) if not text.isdigit()][:2] == first_two


def test_the_words_of_a_short_span_at_the_end_stand_left_of_it() -> None:
    span = Span(date(2017, 7, 20), date(2017, 7, 25), "five days at the very end")
    figure = timeline("t", "A measure", MOMENTS, [span])
    [words] = [element for element in read(figure).iter(f"{SVG}text") if element.text == span.words]
    assert words.attrib["text-anchor"] == "end"
    assert float(words.attrib["x"]) < WIDTH


def test_the_name_of_a_figure_cannot_leave_its_attribute() -> None:
    assert read(timeline('a"><b', "A measure", MOMENTS)).attrib["aria-labelledby"] == 'a"><b-t a"><b-d'
