"""The pages for people are run as they stand: their files are written, and each command prints what the page says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "docs" / "tutorial" / "ten-minutes.md", *sorted((ROOT / "docs" / "how-to").glob("*.md"))]
BLOCK = re.compile(r'^```(?:console|\w+ title="(?P<file>[^"]+)")\n(?P<text>.*?)^```', re.DOTALL | re.MULTILINE)


def commands(block: str) -> list[tuple[str, list[str]]]:
    """Give the commands of a console block in order, each with the lines it should print."""
    found: list[tuple[str, list[str]]] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        else:
            found[-1][1].append(line)
    return found


def squeezed(line: str) -> str:
    """Make one space of several, so that the widths of a table do not matter."""
    return re.sub(r" +", " ", line.rstrip())


def prints(expected: list[str], printed: str) -> bool:
    """Say whether a text is what the page shows: a line `…` is any lines, `…` within a line any characters."""
    wanted = [squeezed(line) for line in expected]
    lines = [squeezed(line) for line in printed.rstrip().split("\n")] if printed.strip() else []
    reached = {0}  # how many printed lines the expected lines so far can have taken up
    for want in wanted:
        if want.strip() == "…":
            reached = set(range(min(reached, default=len(lines) + 1), len(lines) + 1))
        else:
            shape = re.compile(re.escape(want).replace("…", ".*"))
            reached = {at + 1 for at in reached if at < len(lines) and shape.fullmatch(lines[at])}
    return len(lines) in reached


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_of_the_page_prints_what_the_page_says(page: Path, tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "COLUMNS": "120",
        "NO_COLOR": "1",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    blocks = list(BLOCK.finditer(page.read_text(encoding="utf-8")))
    assert any(block["file"] is None for block in blocks)
    for block in blocks:
        if block["file"]:
            file = tmp_path / block["file"]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block["text"], encoding="utf-8")
            continue
        for command, expected in commands(block["text"]):
            done = subprocess.run(
                ["bash", "-c", command], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
            )
            printed = done.stdout + done.stderr
            assert done.returncode in (0, 2), printed
            assert prints(expected, printed), f"$ {command}\n{printed}"


def test_the_runner_itself_notices_other_output() -> None:
    assert not prints(["585,407 signatures"], "585,408 signatures\n")
    assert not prints([], "something\n")
    assert not prints(["…", "b"], "a\nb\nc\n")
    assert prints(["…", "b …", "…"], "a\nb  and more\nc\n")
