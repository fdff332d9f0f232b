"""`docs/how-to/add-a-place.md` works as it is written: its files load, and its commands print what the page shows."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from referenda.cli.law import app

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "add-a-place.md"
_BLOCK = re.compile(r'^```(yaml title="(?P<file>[^"]+)"|console)\n(?P<text>.*?)^```$', re.MULTILINE | re.DOTALL)


def test_a_newcomer_can_follow_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = list(_BLOCK.finditer(PAGE.read_text(encoding="utf-8")))
    assert len(blocks) >= 12
    for block in blocks:
        if block["file"]:
            file = tmp_path / block["file"]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block["text"], encoding="utf-8")
        else:
            _follow(block["text"])


def _follow(text: str) -> None:
    """Do the commands of one block; what they print is the rest of it, where a line … stands for more."""
    expected = [line for line in text.splitlines() if not line.startswith("$ ")]
    printed: list[str] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            program, *arguments = shlex.split(line[2:])
            printed += _run(program, arguments)
    if expected[-1] == "…":
        printed = [*printed[: len(expected) - 1], "…"]
    assert printed == expected


def _run(program: str, arguments: list[str]) -> list[str]:
    if program == "sed":
        _, replacement, name = arguments
        _, old, new, _ = replacement.split("/")
        file = Path(name)
        file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
        return []
    assert (program, arguments[0]) == ("referenda", "law")
    result = CliRunner().invoke(app, arguments[1:])
    assert result.exit_code in (0, 2), result.output
    return result.output.splitlines()
