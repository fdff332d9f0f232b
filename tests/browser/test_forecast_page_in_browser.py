"""The page of a forecast in a real browser: accessible in light and dark, narrow and large, without script."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, sync_playwright

from referenda.pages.chance_charts import Outcome, outcome_bars, valid_dots
from referenda.pages.forecast import Assumption, ForecastPage, Part, Table, forecast_page
from referenda.pages.forecast_words import sentence

pytestmark = pytest.mark.browser
VIEWS = {
    "light": {"color_scheme": "light", "viewport": {"width": 1100, "height": 900}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1100, "height": 900}},
    "narrow": {"color_scheme": "light", "viewport": {"width": 320, "height": 700}},
    "zoomed": {"color_scheme": "light", "viewport": {"width": 550, "height": 450}, "device_scale_factor": 2},
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        if os.environ.get("REFERENDA_REQUIRE_CHROMIUM"):
            pytest.fail("Chromium is required here and was not found")
        pytest.skip("Chromium was not found; Debian's package `chromium` has it")
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=arguments)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    outcomes = [Outcome("Enough", 0.32, True), Outcome("Too few", 0.68, False)]
    valid = np.random.default_rng(1).normal(570_000, 30_000, 10_000)
    page = ForecastPage(
        title="Will the petition qualify?",
        about="An invented petition on parks",
        answer=sentence("the petition qualifies", 0.32, 10_000),
        facts=(("Gathered so far", "271,813"), ("Needed", "585,407")),
        parts=(
            Part("How it may end", (), outcome_bars(outcomes, draws=10_000, good="It qualifies", note="Invented.")),
            Part(
                "Valid signatures",
                ("Each signer counts once.",),
                valid_dots(valid, requirement=585_407, limits={"95 %": 556_136.7}, draws=10_000, note="Invented."),
                (
                    Table(
                        "All counties", ("County", "Valid"), tuple((f"County {n}", f"{1000 + n:,}") for n in range(12))
                    ),
                ),
            ),
        ),
        assumptions=(Assumption("raw for each needed", "1.45", "history"),),
        inputs=(("gathered.csv", "14 days"),),
        limits=("It knows nothing of money.",),
        command=("referenda", "forecast", "qualify", "--gathered", "gathered.csv", "--seed", "7"),
        seed=7,
        draws=10_000,
        as_of="1 May 2026",
        made_on="2 May 2026",
        version="0.1.0",
    )
    file = tmp_path_factory.mktemp("forecast") / "forecast.html"
    file.write_text(forecast_page(page), encoding="utf-8")
    return file


@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing_to_object_to(browser: Browser, page_file: Path, view: str) -> None:
    context = browser.new_context(**VIEWS[view])  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(page_file.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(e => { e.open = true })")
    results = Axe().run(page)
    context.close()
    assert results.violations_count == 0, results.generate_report()


def test_the_narrow_page_does_not_scroll_sideways(browser: Browser, page_file: Path) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 700})
    page = context.new_page()
    page.goto(page_file.as_uri())
    width = page.evaluate("document.documentElement.scrollWidth")
    context.close()
    assert width <= 320


def test_the_first_tab_skips_to_the_answer(browser: Browser, page_file: Path) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(page_file.as_uri())
    page.keyboard.press("Tab")
    focused = page.evaluate(
        "[document.activeElement.textContent, document.activeElement.getBoundingClientRect().x >= 0]"
    )
    page.keyboard.press("Enter")
    reached = page.evaluate("location.hash")
    context.close()
    assert focused == ["Skip to the answer", True]
    assert reached == "#answer"


def test_pictures_show_without_script_and_nothing_is_asked_of_the_network(browser: Browser, page_file: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(page_file.as_uri())
    sizes = [image.bounding_box() for image in page.locator("img").all()]
    context.close()
    assert [url for url in asked if not url.startswith("data:")] == [page_file.as_uri()]
    assert said == []
    assert len(sizes) == 2
    assert all(box is not None and box["width"] >= 600 and box["height"] > 100 for box in sizes)


def test_tables_that_are_closed_on_screen_are_printed(browser: Browser, page_file: Path) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(page_file.as_uri())
    row = page.get_by_text("1,011", exact=True)
    on_screen = row.is_visible()
    page.emulate_media(media="print")
    on_paper = row.is_visible()
    context.close()
    assert (on_screen, on_paper) == (False, True)
