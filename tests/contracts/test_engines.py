"""Every engine gives the same rows, bit by bit: over whole petitions, blocks of any size, and texts of any content.

Without PySpark or Java the tests of Spark are skipped; with REFERENDA_REQUIRE_SPARK=1 they fail instead.
"""

from __future__ import annotations

import csv
import gc
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from referenda.errors import EngineError, InputError
from referenda.linkage.blocks import Deed, Exactly, InFull
from referenda.linkage.engine import LINE_COLUMNS, Engine
from referenda.linkage.engines import spark as spark_module
from referenda.linkage.engines.duckdb import DuckdbEngine
from referenda.linkage.engines.spark import SparkEngine
from referenda.linkage.key_arrays import build_index
from referenda.linkage.model import shipped_model
from referenda.linkage.people import People
from referenda.linkage.stages import Links
from referenda.synth.place import make_place
from referenda.workflows.match_lines import match_lines

PATIENCE_SECONDS = 60
ENGINES = ["duckdb", "duckdb with one thread and little memory", pytest.param("spark", marks=pytest.mark.spark)]


@pytest.fixture(scope="session")
def started() -> Iterator[Callable[[str], Engine]]:
    """Start engines by name, each once; Spark takes seconds."""
    running: dict[str, Engine] = {}

    def start(name: str) -> Engine:
        if name not in running:
            if name == "spark":
                require_spark()
                running[name] = SparkEngine(memory_bytes=512 << 20, master="local[2]")
            elif name == "duckdb":
                running[name] = DuckdbEngine(memory="512MB")
            else:
                running[name] = DuckdbEngine(memory="256MB", threads=1)
        return running[name]

    yield start
    for engine in running.values():
        engine.close()


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, started: Callable[[str], Engine]) -> Engine:
    return started(request.param)


@pytest.fixture
def reference(started: Callable[[str], Engine]) -> Engine:
    return started("duckdb")


def require_spark() -> None:
    """Skip, or fail where Spark is required, if PySpark or Java is missing."""
    missing = [] if importlib.util.find_spec("pyspark") else ["PySpark"]
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        missing.append("Java")
    if missing:
        said = f"{' and '.join(missing)} is not installed"
        if os.environ.get("REFERENDA_REQUIRE_SPARK"):
            pytest.fail(said)
        pytest.skip(said)


@dataclass(frozen=True)
class Petition:
    """An invented petition, the snapshot of its voters, and its lines as they are matched."""

    lines: Path
    snapshot: Path
    people: People
    sheet_zip: np.ndarray


@pytest.fixture(scope="session")
def invented(tmp_path_factory: pytest.TempPathFactory, started: Callable[[str], Engine]) -> Callable[[str], Petition]:
    @cache
    def invent(channel: str) -> Petition:
        place = tmp_path_factory.mktemp(channel)
        make_place(place, voters=5_000, lines=1_200, seed=71, channel=channel)
        snapshot = place / "snapshot"
        snapshot.mkdir()
        started("duckdb").prepare_voters(place / "voters.parquet", snapshot)
        build_index(snapshot / "voters.parquet", snapshot / "keys")
        people = People.of(started("duckdb").read_lines(place / "lines.parquet"))
        return Petition(place / "lines.parquet", snapshot, people, people.zip5.astype(np.int64))

    return invent


@pytest.fixture(params=["keyed", "ocr"])
def petition(request: pytest.FixtureRequest, invented: Callable[[str], Petition]) -> Petition:
    return invented(request.param)


@pytest.fixture
def keyed(invented: Callable[[str], Petition]) -> Petition:
    return invented("keyed")


def links_by(engine: Engine, deed: Deed, petition: Petition, which: np.ndarray, block: int) -> Links:
    links = Links.nothing(len(petition.people))
    seen: list[int] = []
    for part, found in engine.match_blocks(deed, petition.people, which, petition.sheet_zip, block):
        links.put(part, found)
        seen += part.tolist()
    assert sorted(seen) == which.tolist()
    return links


def bits_of(links: Links) -> dict[str, bytes]:
    return {name: column.tobytes() for name, column in vars(links).items()}


def test_the_answer_to_a_petition_is_the_same_bytes_by_every_engine(
    petition: Petition, engine: Engine, reference: Engine, tmp_path: Path
) -> None:
    asked, answered = tmp_path / "asked.parquet", tmp_path / "answered.parquet"
    expected = match_lines(petition.lines, petition.snapshot, asked, engine=reference)
    report = match_lines(petition.lines, petition.snapshot, answered, engine=engine, memory_bytes=256 << 20)
    assert report.linked > 700
    assert answered.read_bytes() == asked.read_bytes()
    assert vars(report) | {"seconds": {}} == vars(expected) | {"seconds": {}}


@pytest.mark.parametrize("block", [97, 1_000_000])
def test_blocks_of_any_size_give_the_same_links_bit_by_bit(
    petition: Petition, engine: Engine, reference: Engine, block: int
) -> None:
    keys = petition.snapshot / "keys"
    every, some = np.arange(len(petition.people)), np.arange(3, len(petition.people), 2)
    for deed, which in ((Exactly(keys), every), (InFull(keys, shipped_model(), 0.4), some)):
        expected = links_by(reference, deed, petition, which, len(every))
        assert (expected.row >= 0).sum() > 200
        assert bits_of(links_by(engine, deed, petition, which, block)) == bits_of(expected)


HOSTILE = [
    "", " ", "\x00", "A\x00B", "\ufffd" * 50, "X" * 100_000, "'; DROP TABLE lines; --", '"quoted", and', "a\nb\r\nc\td",
    "🙂 🙂", "Ａｌｅｘ Ｇａｒｃｉａ", "１２３", "𝐉𝐨𝐡𝐧 Smith", "İstanbul ıŞIK", "STRAßE ẞ", "e\u0301 ñ n\u0303",
    "\u202egnol", "\u200b", "ǅ Ǆ", "Đỗ Văn Ngọc", "O’Brien-Ñuñez, José Jr", "123½ Main St Apt 4-B", "P.O. Box 12",
    "\\1 \\2 $1", "%s {x} %(y)s", "()[]{}*+?.^$|", "-" * 300, "9" * 400, ", , ,", "Jr", "de la", "NULL", "null",
    "\ud7ff", "\U0010ffff",
]  # fmt: skip


def hostile_lines(file: Path) -> Path:
    count = len(HOSTILE)
    cells = {
        column: [HOSTILE[(number + shift) % count] for number in range(count)]
        for shift, column in enumerate(LINE_COLUMNS)
    }
    pq.write_table(pa.table(cells | {"line_id": [f"L{number}" for number in range(count)]}), file)
    return file


def test_texts_of_any_content_are_normalised_and_matched_alike(
    keyed: Petition, engine: Engine, reference: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spark_module, "SMALLEST_BLOCK", 5)
    lines = hostile_lines(tmp_path / "lines.parquet")
    expected = reference.read_lines(lines)
    found = engine.read_lines(lines)
    assert found.combine_chunks().equals(expected.combine_chunks())
    people = People.of(found)
    strange = Petition(lines, keyed.snapshot, people, people.zip5.astype(np.int64))
    deed, every = InFull(keyed.snapshot / "keys", shipped_model(), 0.4), np.arange(len(people))
    assert bits_of(links_by(engine, deed, strange, every, 7)) == bits_of(
        links_by(reference, deed, strange, every, 1_000)
    )


def test_a_file_with_commas_and_quotes_in_its_cells_is_read_alike(engine: Engine, tmp_path: Path) -> None:
    lines = tmp_path / "lines.csv"
    with lines.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(LINE_COLUMNS)
        rows.writerow(["a", "S", "1", "Norden", 'Ann "Nan" O\'Hara, Jr', "1 Elm St", "Elmira", "90171", "2026-04-01"])
        rows.writerow(["b", "S", "2", "", "", "", "", "", ""])
    assert engine.read_lines(lines).select(["place", "line_id", "n_last", "n_suffix", "zip5"]).to_pylist() == [
        {"place": 1, "line_id": "a", "n_last": "OHARA", "n_suffix": "JR", "zip5": 90171},
        {"place": 2, "line_id": "b", "n_last": "", "n_suffix": "", "zip5": 0},
    ]


def test_a_petition_without_lines_is_read_alike(engine: Engine, reference: Engine, tmp_path: Path) -> None:
    lines = tmp_path / "lines.csv"
    lines.write_text(",".join(LINE_COLUMNS) + "\n", encoding="utf-8")
    assert engine.read_lines(lines).equals(reference.read_lines(lines))


def test_columns_and_ids_that_are_missing_are_told_alike(engine: Engine, tmp_path: Path) -> None:
    lines = tmp_path / "lines.csv"
    lines.write_text("line_id,name\na,Ann Lee\n", encoding="utf-8")
    with pytest.raises(InputError) as raised:
        engine.read_lines(lines)
    assert [fault.column for fault in raised.value.faults] == [
        column for column in LINE_COLUMNS if column not in ("line_id", "name")
    ]
    cells = {column: ["a", "a", ""] for column in LINE_COLUMNS}
    pq.write_table(pa.table(cells), tmp_path / "lines.parquet")
    with pytest.raises(InputError) as raised:
        engine.read_lines(tmp_path / "lines.parquet")
    assert [(fault.row, fault.value) for fault in raised.value.faults] == [(4, None), (3, "a")]


@pytest.mark.spark
def test_a_worker_that_cannot_read_the_voters_is_told_with_its_reason(
    keyed: Petition, started: Callable[[str], Engine], tmp_path: Path
) -> None:
    with pytest.raises(EngineError, match=r"a worker failed: FileNotFoundError.*the snapshot of voters under the same"):
        links_by(started("spark"), Exactly(tmp_path / "nowhere"), keyed, np.arange(10), 10)


def test_a_worker_with_other_packages_is_refused() -> None:
    with pytest.raises(EngineError, match=r"this worker has .*rapidfuzz.* and the driver has"):
        spark_module._work(lambda table: table, {"rapidfuzz": "0.1"}, b"")


def test_blocks_are_halved_until_a_worker_can_be_handed_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark_module, "LARGEST_BYTES", 100)
    table = pa.table({"n": np.arange(50)})
    parts = list(spark_module._not_too_large(iter([table])))
    assert max(part.nbytes for part in parts) <= 100
    assert pa.concat_tables(parts).equals(table)


def test_what_spark_needs_and_is_missing_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setitem(sys.modules, "pyspark", sys)
    with pytest.raises(EngineError, match=r"there is none.*openjdk-17-jre-headless"):
        SparkEngine()
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(EngineError, match=r"PySpark is not installed.*pip install 'referenda\[spark\]'"):
        SparkEngine()


@pytest.mark.spark
def test_java_that_does_not_start_is_told_with_what_it_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    require_spark()
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text("#!/bin/sh\necho 'no memory for a heap' >&2\nexit 1\n", encoding="utf-8")
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    monkeypatch.setattr(SparkEngine, "_java", None)
    engine = SparkEngine()
    lines = tmp_path / "lines.csv"
    lines.write_text(",".join(LINE_COLUMNS) + "\na,,,,,,,,\n", encoding="utf-8")
    with pytest.raises(EngineError, match="Spark did not start: no memory for a heap") as raised:
        engine.read_lines(lines)
    engine.close()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # PySpark leaves the pipe to a Java that failed open.
        del raised
        gc.collect()


@pytest.mark.spark
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes as Linux shows them")
def test_an_interruption_ends_java_and_leaves_no_answer(keyed: Petition, tmp_path: Path) -> None:
    require_spark()
    out = tmp_path / "out.parquet"
    words = ["match", str(keyed.lines), str(keyed.snapshot), "--out", str(out), "--engine", "spark"]
    running = subprocess.Popen(
        [sys.executable, "-m", "referenda", *words],
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    until = time.monotonic() + PATIENCE_SECONDS
    while not any("pyspark" in command and "daemon" in command for command in commands_of_session(running.pid)):
        assert running.poll() is None, running.communicate()
        assert time.monotonic() < until
        time.sleep(0.02)
    os.killpg(running.pid, signal.SIGINT)
    said, complaint = running.communicate(timeout=PATIENCE_SECONDS)
    assert (running.returncode, said) == (130, "")
    assert "Traceback" not in complaint
    assert not out.exists()
    while commands_of_session(running.pid):
        assert time.monotonic() < until + PATIENCE_SECONDS
        time.sleep(0.05)


def commands_of_session(leader: int) -> list[str]:
    """Give the command lines of the processes that one process began, as long as they run."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            state, _, _, session = (process / "stat").read_text().rpartition(")")[2].split()[:4]
            if int(session) == leader and state != "Z":
                found.append((process / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found
