"""The command `python -m referenda_verify`: exit codes, words, JSON, the key, and what it does without cryptography."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from referenda_verify import __main__, verify

_SPEC = importlib.util.spec_from_file_location("record_writer", Path(__file__).with_name("record_writer.py"))
writer: Any = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(writer)

WITHOUT_CRYPTOGRAPHY = {
    "cryptography": None,
    "cryptography.exceptions": None,
    "cryptography.hazmat.primitives.asymmetric.ed25519": None,
}


@pytest.fixture
def record(tmp_path: Path) -> Path:
    return writer.write_example(tmp_path / "record")


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    with patch.object(sys, "argv", ["referenda_verify", *arguments]):
        code = __main__.main()
    return code, capsys.readouterr().out


def test_a_right_record_leaves_with_0_and_a_line_for_each_step(
    record: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, words = run(capsys, str(record))

    assert (code, len(words.splitlines())) == (0, 7)


def test_json_has_the_keys_that_people_script_against(record: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, text = run(capsys, str(record), "--json")
    report = json.loads(text)

    assert (code, report["verified"], report["signatures"], report["disagreement"]) == (0, True, "checked", None)
    assert {"case", "events", "root", "steps", "findings"} <= report.keys()
    assert {"number", "name", "ok", "detail"} == report["steps"][0].keys()


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_wrong_record_leaves_with_2(tmp_path: Path, options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    code, text = run(capsys, str(tmp_path), *options)

    assert code == 2
    if options:
        keys = {"step", "file", "event", "message", "expected", "found"}
        assert keys == json.loads(text)["disagreement"].keys()


def test_a_key_known_from_elsewhere_can_be_demanded(record: Path, capsys: pytest.CaptureFixture[str]) -> None:
    right, words = run(capsys, str(record), "--key", writer.verifier_key())
    wrong, _ = run(capsys, str(record), "--key", writer.verifier_key(name="else"))

    assert (right, wrong) == (0, 2)
    assert "signed by the key that was demanded" in words


def test_without_cryptography_signatures_are_not_checked_and_the_report_says_so(record: Path) -> None:
    with patch.dict(sys.modules, WITHOUT_CRYPTOGRAPHY):
        report = verify(record)
        demanded = verify(record, writer.verifier_key())

    assert (report.verified, report.signatures) == (True, "not_checked")
    assert "Signatures were NOT checked" in report.words()
    assert "NOT CHECKED" in report.steps[3]["detail"]
    assert (demanded.verified, demanded.signatures) == (False, "not_checked")
    assert "a key is demanded" in demanded.words()


def test_the_command_prints_in_any_encoding(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_bytes('{"é€🗳":1}\n'.encode())
    command = [sys.executable, "-m", "referenda_verify", str(tmp_path)]

    done = subprocess.run(command, env={"PYTHONIOENCODING": "ascii"}, capture_output=True, check=False)

    assert (done.returncode, done.stderr) == (2, b"")
    assert b"\\U0001f5f3" in done.stdout


@pytest.mark.parametrize(("terminal", "seconds", "shown"), [(True, 2, True), (True, 1, False), (False, 2, False)])
def test_progress_is_shown_on_a_terminal_after_a_second(
    record: Path, capsys: pytest.CaptureFixture[str], terminal: bool, seconds: int, shown: bool
) -> None:
    with (
        patch.object(sys, "argv", ["referenda_verify", str(record)]),
        patch.object(__main__.time, "monotonic", iter([0, seconds]).__next__),
        patch.object(sys.stderr, "isatty", lambda: terminal),
    ):
        __main__.main()

    assert ("0 of 7 events" in capsys.readouterr().err) is shown
