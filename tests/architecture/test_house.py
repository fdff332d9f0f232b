"""The house keeps its own rules: imports run down, nothing heavy at the door, nothing of a machine in the files."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT_FILES = {".py", ".md", ".yaml", ".yml", ".toml", ".txt", ".html", ".css", ".csv", ".json", ".j2", ""}
# Hosts that may be named: published sources of facts stand in law documents and data, not here.
FORBIDDEN = re.compile(
    r"https?://[^\s\"')]*(pypi\.org/simple|files\.pythonhosted|registry\.npmjs|/simple/|artifact|proxy\.)"
    r"|(?<![\w.])/(work|farm|root)/|/tmp/[a-z]+[-_][0-9a-f]{6,}"
)


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [ROOT / name for name in listed.decode().split("\0") if name and (ROOT / name).is_file()]


def test_imports_run_down_the_house_and_the_checker_stands_alone() -> None:
    command = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([str(command)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_no_file_names_a_machines_path_or_a_registrys_host() -> None:
    me = Path(__file__).resolve()
    found = []
    for path in tracked_files():
        if path == me or path.suffix not in TEXT_FILES:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
            if match := FORBIDDEN.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {match.group()}")
    assert found == []


@pytest.mark.parametrize("name", ["uv.lock", "pylock.toml"])
def test_no_lock_file_with_addresses_is_kept(name: str) -> None:
    assert not any(path.name == name for path in tracked_files())


def test_help_loads_nothing_heavy() -> None:
    heavy = ("pydantic", "sqlalchemy", "numpy", "scipy", "yaml", "jinja2", "cryptography", "holidays")
    code = f"import sys\nfrom referenda.cli.app import app\nprint([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    # Typer itself may bring pydantic; what Referenda adds must stay inside the commands.
    assert set(done.stdout.strip("[]\n").replace("'", "").split(", ")) <= {"", "pydantic"}


def test_every_module_says_what_it_knows() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "src").rglob("*.py")
        if not path.read_text(encoding="utf-8").lstrip().startswith('"""')
    ]
    assert silent == []
