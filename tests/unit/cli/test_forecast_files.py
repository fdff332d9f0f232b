"""What the commands of forecasts leave behind."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from referenda.cli.forecast_files import picture_faults


def test_a_picture_is_named_as_svg_or_png() -> None:
    said = picture_faults([Path("a.svg"), Path("b.png"), Path("c.gif"), Path("d")])
    assert [fault.value for fault in said] == ["c.gif", "d"]


@pytest.mark.parametrize(
    "words",
    [
        ["qualify", "us/ca", "--raw-count", "700000", "--requirement", "546651"],
        ["vote", "--rule", "yes > no"],
    ],
)
def test_charts_are_only_loaded_when_a_page_is_asked_for(words: list[str]) -> None:
    program = (
        "import sys; from typer.testing import CliRunner; from referenda.cli.app import app; "
        "found = CliRunner().invoke(app, ['forecast', *sys.argv[1:], '--draws', '500']); "
        "print(found.exit_code, 'altair' in sys.modules)"
    )
    ended = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True, check=True)
    assert ended.stdout.split() == ["0", "False"]
