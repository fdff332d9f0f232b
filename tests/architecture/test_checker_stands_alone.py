"""The checker is small, needs the standard library only, and runs where nothing else is installed."""

from __future__ import annotations

import ast
import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import referenda_verify

FOLDER = Path(referenda_verify.__file__).parent
MODULES = sorted(FOLDER.rglob("*.py"))

_SPEC = importlib.util.spec_from_file_location(
    "record_writer", Path(__file__).parents[1] / "unit" / "verify" / "record_writer.py"
)
writer: Any = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(writer)


OF_PETITIONS = {"draw.py", "petition.py", "receipt.py"}


def test_what_checks_a_record_has_fewer_than_800_lines_comments_included() -> None:
    assert sum(len(m.read_text().splitlines()) for m in MODULES if m.name not in OF_PETITIONS) < 800


def test_what_checks_draws_decisions_and_receipts_has_fewer_than_320_lines_beside() -> None:
    assert sum(len(m.read_text().splitlines()) for m in MODULES if m.name in OF_PETITIONS) < 320


def test_the_checker_imports_the_standard_library_and_optionally_cryptography() -> None:
    imported = set()
    for module in MODULES:
        for node in ast.walk(ast.parse(module.read_text())):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0
                imported.add((node.module or "").partition(".")[0])

    assert {"referenda_verify", "cryptography"} == imported - set(sys.stdlib_module_names)


def test_the_checker_runs_where_no_package_is_installed_and_says_what_it_did_not_check(tmp_path: Path) -> None:
    record = writer.write_example(tmp_path / "record")
    alone = tmp_path / "alone"
    alone.mkdir()
    (alone / "referenda_verify").symlink_to(FOLDER)
    start = f"import sys, runpy; sys.path.insert(0, {str(alone)!r}); sys.argv[0] = 'x'; "
    start += "runpy.run_module('referenda_verify', run_name='__main__')"

    command = [sys.executable, "-I", "-S", "-X", "utf8", "-c", start, str(record), "--json"]
    done = subprocess.run(command, capture_output=True, check=False)
    report = json.loads(done.stdout)

    assert (done.returncode, done.stderr, report["verified"], report["signatures"]) == (0, b"", True, "not_checked")


def test_importing_the_checker_loads_nothing_of_the_maker() -> None:
    code = (
        "import sys, referenda_verify; print([name for name in sys.modules if name.partition('.')[0] == 'referenda'])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)

    assert done.stdout == "[]\n"
