#!/usr/bin/env python3
"""The two commands of the README, each doing all of its own set-up with nothing but Python 3.11 or newer.

    python3 tasks.py demo     real measures through real law; a record and a page, checked by a second program
    python3 tasks.py test     lint, types, import contracts, and every test

Both make a virtual environment in `.venv`, install the locked packages (hash-pinned in `constraints*.txt`) when these
changed, and then run. Further words are handed on: `tasks.py test -k calendar`, `tasks.py run law coverage us/ca`.
`tasks.py lock` renews the locked versions (needs `uv`); `tasks.py bench` runs the benchmarks.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
BIN = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")


def run(*command: str | Path, check: bool = True) -> int:
    """Run a command in the project's folder; leave with its exit code when it fails."""
    done = subprocess.run([str(word) for word in command], cwd=ROOT, check=False)
    if check and done.returncode != 0:
        raise SystemExit(done.returncode)
    return done.returncode


def set_up(lock: str) -> None:
    """Make the virtual environment and install what `lock` pins, unless that was already done for the same lock."""
    locked = ROOT / lock
    stamp = ENVIRONMENT / f".installed-{lock}"
    wanted = hashlib.sha256(locked.read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print("Setting up: a virtual environment in .venv and the locked packages (once; a minute or two) …", flush=True)
    if not PYTHON.exists():
        venv.create(ENVIRONMENT, with_pip=True)
    quiet = ("--quiet", "--disable-pip-version-check")
    run(PYTHON, "-m", "pip", "install", *quiet, "--require-hashes", "-r", locked)
    run(PYTHON, "-m", "pip", "install", *quiet, "--no-deps", "--no-build-isolation", "--editable", ROOT)
    stamp.write_text(wanted)


def test(words: list[str]) -> int:
    """Check style, types and import contracts, then run the tests; words after `test` go to pytest."""
    set_up("constraints-test.txt")
    if not words:
        run(PYTHON, "-m", "ruff", "check", ".")
        run(PYTHON, "-m", "ruff", "format", "--check", ".")
        run(PYTHON, "-m", "mypy")
        run(BIN / "lint-imports")
    return run(PYTHON, "-m", "pytest", *(words or ["-n", "2"]), check=False)


def lock() -> int:
    """Pin the newest versions that fit, with hashes and without any address of an index."""
    export = ("uv", "export", "--format", "requirements-txt", "--no-emit-project", "--no-annotate", "--no-header")
    run("uv", "lock", "--upgrade")
    run(*export, "--no-default-groups", "--group", "build", "--output-file", "constraints.txt", "--quiet")
    run(*export, "--group", "build", "--group", "dev", "--output-file", "constraints-test.txt", "--quiet")
    (ROOT / "uv.lock").unlink()
    return 0


def main(words: list[str]) -> int:
    """Do the deed named by the first word (written so that an old Python reads it far enough to say what it needs)."""
    if sys.version_info < (3, 11):  # noqa: UP036
        sys.exit(f"Referenda needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    deed, rest = (words[0], words[1:]) if words else ("", [])
    if deed == "test":
        return test(rest)
    if deed == "lock":
        return lock()
    if deed == "bench":
        set_up("constraints-test.txt")
        return run(PYTHON, "bench/run.py", *rest, check=False)
    if deed in ("demo", "run"):
        set_up("constraints.txt")
        return run(PYTHON, "-m", "referenda", *(["demo"] if deed == "demo" else []), *rest, check=False)
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
