from __future__ import annotations

import re
from base64 import b64decode
from dataclasses import replace
from shlex import quote

import pytest

from referenda.pages.chance_charts import Outcome, outcome_bars
from referenda.pages.forecast import Assumption, ForecastPage, Part, Table, forecast_page
from referenda.pages.forecast_words import sentence


@pytest.fixture
def page() -> ForecastPage:
    figure = outcome_bars(
        [Outcome("Enough", 0.32, True), Outcome("Too few", 0.68, False)],
        draws=10_000,
        good="It qualifies",
        note="As of 1 May",
    )
    counties = Table("Where more help", ("County", "Valid"), (("Alder", "741"), ("Birch", "802")))
    return ForecastPage(
        title="Will the petition qualify?",
        about="Parks, us/ca",
        answer=sentence("the petition qualifies", 0.32, 10_000),
        facts=(("Needed", "585,407"),),
        parts=(
            Part("How it may end", ("Each draw is one imagined petition.",), figure),
            Part("Counties", (), None, (counties,)),
        ),
        assumptions=(Assumption("raw for each needed", "1.45", "history of 120 petitions"),),
        inputs=(("gathered.csv", "14 days"),),
        limits=("It knows nothing of money.",),
        command=("referenda", "forecast", "qualify", "us/ca", "--requirement", "585407", "--title", "Bob's parks"),
        seed=7,
        draws=10_000,
        as_of="1 May 2026",
        made_on="2 May 2026",
        version="0.1.0",
    )  # fmt: skip


def test_the_answer_comes_first_in_one_sentence(page: ForecastPage) -> None:
    written = forecast_page(page)
    answer = "It is unlikely that the petition qualifies: the chance is about 3 in 10 (32 in 100)."
    assert 0 < written.index(answer) < written.index("<img")


def test_every_number_of_a_figure_stands_in_the_table_beside_it(page: ForecastPage) -> None:
    written = forecast_page(page)
    assert '<th scope="row">Enough</th><td>yes</td><td>32 in 100</td><td>32 %</td>' in written
    assert written.index("<img") < written.index('<th scope="row">Enough</th>')


def test_the_figure_is_inside_the_file_with_its_description(page: ForecastPage) -> None:
    written = forecast_page(page)
    picture = r'<img class="chart" src="data:image/svg\+xml;base64,([^"]+)" width="\d+" height="\d+" alt="([^"]+)"'
    found = re.search(picture, written)
    assert found is not None
    assert page.parts[0].figure is not None
    assert page.parts[0].figure.svg() == b64decode(found[1]).decode()
    assert page.parts[0].figure.description == found[2]


def test_nothing_is_fetched_and_nothing_runs(page: ForecastPage) -> None:
    written = forecast_page(page)
    assert [word for word in ("<script", "http:", "https:", "@import", "url(") if word in written] == []


def test_the_command_can_be_pasted_into_a_shell(page: ForecastPage) -> None:
    title = quote("Bob's parks").replace("'", "&#39;").replace('"', "&#34;")
    shown = f"referenda forecast qualify us/ca \\\n    --requirement 585407 \\\n    --title {title}"
    assert f"<pre><code>{shown}</code></pre>" in forecast_page(page)


def test_assumptions_limits_seed_and_version_are_told(page: ForecastPage) -> None:
    written = forecast_page(page)
    said = ("history of 120 petitions", "It knows nothing of money.", "Seed 7, 10,000 draws", "0.1.0 on 2 May 2026")
    assert [words for words in said if words not in written] == []


def test_what_others_wrote_is_text(page: ForecastPage) -> None:
    bad = "<script>alert(1)</script>"
    table = Table(bad, (bad,), ((bad,),))
    hostile = replace(
        page, title=bad, about=bad, answer=bad, facts=((bad, bad),), parts=(Part(bad, (bad,), None, (table,)),),
        assumptions=(Assumption(bad, bad, bad),), inputs=((bad, bad),), limits=(bad,), command=(bad,), as_of=bad,
        made_on=bad, version=bad,
    )  # fmt: skip
    assert "<script" not in forecast_page(hostile)


def test_a_long_table_opens_on_demand(page: ForecastPage) -> None:
    long = Table("All counties", ("County",), tuple((f"County {number}",) for number in range(11)))
    assert "<summary>All counties</summary>" in forecast_page(
        replace(page, parts=(Part("Counties", (), None, (long,)),))
    )
    assert "<summary>Where more help</summary>" not in forecast_page(page)


def test_the_same_page_has_the_same_bytes(page: ForecastPage) -> None:
    assert forecast_page(page) == forecast_page(page)
