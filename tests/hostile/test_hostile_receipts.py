"""Papers made to harm the checker: whatever a receipt holds, it is refused in words, and nothing breaks."""

from __future__ import annotations

import importlib.util
import json
import random
from pathlib import Path
from typing import Any

import pytest

from referenda_verify import verify

_FILE = Path(__file__).parents[1] / "unit" / "verify" / "test_petition_again.py"
_SPEC = importlib.util.spec_from_file_location("petition_again", _FILE)
assert _SPEC is not None and _SPEC.loader is not None
petition: Any = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(petition)

FORMAT_ALONE = b'{"format":"referenda-receipt/1"}\n'
VALUES: list[Any] = [None, True, 0, -1, 2**53, "", "x", "0" * 64, [], {}, [[]], {"a": None}, "\ud800", 1.5, 10**30]


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return petition.write(tmp_path_factory.mktemp("hostile") / "record")


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place inside a value."""
    found = [path] if path else []
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in steps:
        found += places(inner, (*path, key))
    return found


def test_no_value_at_any_place_of_a_receipt_is_taken_or_breaks_the_checker(record: Path, tmp_path: Path) -> None:
    right = json.loads(petition.receipt(tmp_path / "right", "b/3").read_bytes())
    chosen, file = random.Random(6), tmp_path / "receipt.json"
    for place in places(right):
        for value in chosen.sample(VALUES, 4):
            paper = json.loads(json.dumps(right))
            inner = paper
            for step in place[:-1]:
                inner = inner[step]
            if inner[place[-1]] == value:
                continue
            inner[place[-1]] = value
            file.write_bytes(json.dumps(paper, sort_keys=True, separators=(",", ":")).encode() + b"\n")
            report = verify(record, receipt=file)
            assert not report.verified, (place, value)
            assert report.disagreement is not None and report.disagreement["step"] == 7


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n",
        b"[]\n",
        b"null\n",
        b"{}\n",
        b"\xff\n",
        b'{"format":"referenda-receipt/1"}\n',
        b"[" * 100_000,
        b" " * 2**21,
    ],
    ids=["nothing", "a line feed", "a list", "null", "an object", "no text", "a format alone", "brackets", "spaces"],
)
def test_what_is_no_receipt_is_refused_in_words(record: Path, tmp_path: Path, raw: bytes) -> None:
    file = tmp_path / "receipt.json"
    file.write_bytes(raw)
    report = verify(record, receipt=file)
    assert not report.verified
    assert "NOT VERIFIED: the receipt disagrees in step 7." in report.words()
    assert "\x1b" not in report.words()


def test_a_folder_in_place_of_a_receipt_is_refused(record: Path, tmp_path: Path) -> None:
    assert not verify(record, receipt=tmp_path).verified
