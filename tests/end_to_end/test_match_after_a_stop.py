"""kill -9 and Ctrl-C at any moment of a match: the same command goes on, and the answer is the same to the byte."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from referenda.synth.place import make_place

KILLS = 4


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stop")
    make_place(folder, voters=20_000, lines=3_000, seed=5, channel="ocr")
    return folder


def command(place: Path, out: Path) -> list[str]:
    start = "from referenda.cli.app import main; main()"
    files = [str(place / "lines.parquet"), str(place / "voters.parquet")]
    return [sys.executable, "-c", start, "match", *files, "--out", str(out), "--memory", "256MB", "--json"]


@pytest.mark.slow
def test_a_match_that_was_killed_again_and_again_ends_in_the_same_bytes(place: Path, tmp_path: Path) -> None:
    began = time.monotonic()
    whole = tmp_path / "whole.parquet"
    subprocess.run(command(place, whole), check=True, capture_output=True)
    longest = time.monotonic() - began
    chance, out = random.Random(3), tmp_path / "out.parquet"
    for _ in range(KILLS):
        with subprocess.Popen(command(place, out), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                process.wait(chance.uniform(0.2, 1) * longest)
            except subprocess.TimeoutExpired:
                process.kill()
        assert {path.name for path in tmp_path.iterdir()} <= {"whole.parquet", "out.parquet", ".out.parquet.work"}
    subprocess.run(command(place, out), check=True, capture_output=True)
    assert out.read_bytes() == whole.read_bytes()
    assert {path.name for path in tmp_path.iterdir()} == {"whole.parquet", "out.parquet"}


def test_ctrl_c_ends_with_code_130_and_one_line_and_leaves_whole_stages_only(place: Path, tmp_path: Path) -> None:
    out, work = tmp_path / "out.parquet", tmp_path / ".out.parquet.work"
    with subprocess.Popen(command(place, out), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        while not (work / "question.json").is_file():
            assert process.poll() is None, "it ended before it was stopped"
            time.sleep(0.01)
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        told, said = process.communicate(timeout=60)
    assert (process.returncode, told) == (130, "")
    assert said == "Stopped. The same command goes on from the stages that were finished.\n"
    assert [path.name for path in tmp_path.iterdir()] == [".out.parquet.work"]
    assert not list(work.rglob("*.part"))
