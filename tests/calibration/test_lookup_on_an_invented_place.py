"""On an invented place the right voter is among the first five, also where one sign of the query is wrong."""

from __future__ import annotations

import importlib.util
import random
from pathlib import Path
from types import ModuleType

import pytest

from referenda.linkage.lookup import Lookup

ROOT = Path(__file__).resolve().parents[2]
AMBIGUOUS = ("surname, given name, city", "begun surname, begun given name, zip")


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location("find_voters", ROOT / "bench" / "find_voters.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_right_voter_is_among_the_first_five(bench: ModuleType, tmp_path: Path) -> None:
    _, made = bench.prepared(tmp_path, 20_000, 11)
    assert made["shared_with_snapshot_gb"] >= 0
    lookup = Lookup.open(tmp_path / "index")
    cards = bench.drawn(lookup, 80, random.Random(3))
    figures = {
        (name, wrong): bench.judge(lookup, cards, kind, 3, wrong=wrong)
        for name, kind in bench.KINDS.items()
        for wrong in (False, True)
    }
    for (name, wrong), found in figures.items():
        if not wrong:
            assert found["among_first_five"] + found["behind_equals"] == pytest.approx(1, abs=0.02), name
        elif name not in AMBIGUOUS and not name.startswith("begun"):
            assert found["among_first_five"] >= 0.95, name
    whole = [found for (name, wrong), found in figures.items() if wrong and not name.startswith("begun")]
    right = sum(found["among_first_five"] * found["queries"] for found in whole)
    assert right / sum(found["queries"] for found in whole) >= 0.98
