"""The tutorial is run as it stands: each command of its console blocks, and what it prints."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```console\n(.*?)^```", re.DOTALL | re.MULTILINE)


def commands(page: Path) -> list[tuple[str, list[str]]]:
    """Give the commands of a page in order, each with the lines it should print."""
    found: list[tuple[str, list[str]]] = []
    for block in BLOCK.findall(page.read_text(encoding="utf-8")):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
    return found


def squeezed(line: str) -> str:
    """Make one space of several, so that the widths of a table do not matter."""
    return re.sub(r" +", " ", line.rstrip())


def pattern(lines: list[str]) -> re.Pattern[str]:
    """Turn expected lines into a pattern: a line `…` is any lines, `…` within one any characters."""
    parts = [
        r"(?:.*\n)*?" if line.strip() == "…" else re.escape(squeezed(line)).replace("…", ".*") + r"[ ]*\n"
        for line in lines
    ]
    return re.compile("".join(parts) + r"\s*\Z")


@pytest.mark.parametrize("page", ["docs/tutorial/ten-minutes.md"])
def test_every_command_of_the_page_prints_what_the_page_says(page: str, tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "COLUMNS": "120",
        "NO_COLOR": "1",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    asked = commands(ROOT / page)
    assert len(asked) > 10
    for command, expected in asked:
        done = subprocess.run(
            ["bash", "-c", command], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        printed = done.stdout + done.stderr
        assert done.returncode in (0, 2), printed
        assert pattern(expected).match("\n".join(map(squeezed, printed.split("\n")))), f"$ {command}\n{printed}"


def test_the_runner_itself_notices_other_output() -> None:
    assert not pattern(["585,407 signatures"]).match("585,408 signatures\n")
    assert not pattern([]).match("something\n")
    assert pattern(["…", "b …", "…"]).match("a\nb and more\nc\n")
