"""Every page is found from the index, every link leads somewhere, and the reference is that of the commands."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", *DOCS.rglob("*.md")])
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_to_a_file(page: Path) -> None:
    links = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_page_is_named_in_the_index() -> None:
    index = DOCS / "index.md"
    named = {(DOCS / link).resolve() for link in LINK.findall(index.read_text(encoding="utf-8"))}
    assert [str(page.relative_to(ROOT)) for page in DOCS.rglob("*.md") if page != index and page not in named] == []


def test_the_plan_of_the_house_names_every_module_and_no_other() -> None:
    plan = (DOCS / "explanation" / "architecture.md").read_text(encoding="utf-8").split("```")[1]
    there = {path.name for path in (ROOT / "src").rglob("*.py") if not path.name.startswith("__")}
    assert there == set(re.findall(r"\w+\.py", plan))


def test_the_reference_of_commands_is_current() -> None:
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None and spec.loader is not None
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    assert (DOCS / "reference" / "commands.md").read_text(encoding="utf-8") == generate.reference(), (
        "run python docs/generate.py"
    )
