"""The demo's pages in a real browser: accessible in light and dark, narrow and large, by keyboard, and offline."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, sync_playwright

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
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("browser") / "out"
    subprocess.run([sys.executable, "-m", "referenda", "demo", "--out", str(folder), "--json"], check=True, stdout=-3)
    return folder


@pytest.fixture(params=["report.html", "petition/report.html"])
def page_file(folder: Path, request: pytest.FixtureRequest) -> Path:
    return folder / str(request.param)


@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing_to_object_to(browser: Browser, page_file: Path, view: str) -> None:
    context = browser.new_context(**VIEWS[view])  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(page_file.as_uri())
    page.locator("summary").first.click()
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


def test_every_wide_part_can_be_reached_and_scrolled_by_keyboard(browser: Browser, page_file: Path) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 700})
    page = context.new_page()
    page.goto(page_file.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(e => { e.open = true })")
    wide = page.evaluate("[...document.querySelectorAll('.scroll')].filter(e => e.scrollWidth > e.clientWidth).length")
    reached = set()
    for _ in range(200):
        page.keyboard.press("Tab")
        label = page.evaluate("document.activeElement?.getAttribute('aria-label')")
        if label:
            reached.add(label)
    labels = page.evaluate("[...document.querySelectorAll('.scroll')].map(e => e.getAttribute('aria-label'))")
    context.close()
    assert wide > 0
    assert reached == set(labels)


def test_nothing_is_asked_of_the_network_and_nothing_complains(browser: Browser, page_file: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(page_file.as_uri())
    context.close()
    assert asked == [page_file.as_uri()]
    assert said == []
