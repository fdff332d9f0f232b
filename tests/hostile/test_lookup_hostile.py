"""Indexes that are torn or not ours, and queries that nobody would type: refused or answered, never a crash."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from referenda.errors import InputError, RecordError
from referenda.formats.voter_file import open_voter_file
from referenda.linkage.lookup import Answer, Lookup
from referenda.workflows.index_voters import index_voters

HEADING = "voter_id,first,middle,last,suffix,house_number,street,unit,city,zip,county,reg_date,status\n"


def make(folder: Path, rows: str) -> Path:
    (folder / "voters.csv").write_text(HEADING + rows, encoding="utf-8")
    index_voters(open_voter_file([folder / "voters.csv"]), folder / "index")
    return folder / "index"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    row = "V{n},Ana,,Ruiz,,{n},Oak St,,Fresno,93701,Fresno,2015-03-01,active\n"
    return make(tmp_path_factory.mktemp("index"), "".join(row.format(n=n) for n in range(5000)))


@pytest.fixture
def torn(index: Path, tmp_path: Path) -> Path:
    shutil.copytree(index, tmp_path / "torn")
    return tmp_path / "torn"


def shorten(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def spoil(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(bytes(data))


@pytest.mark.parametrize("name", ["words.npy", "by_surname.npy", "cards.bin", "last.codes.npy"])
@pytest.mark.parametrize("harm", [Path.unlink, shorten])
def test_a_torn_index_is_refused_by_the_name_of_the_file(torn: Path, name: str, harm: Callable[[Path], None]) -> None:
    harm(torn / name)
    with pytest.raises(RecordError, match=name):
        Lookup.open(torn)


def test_a_changed_byte_of_a_small_file_is_noticed(torn: Path) -> None:
    spoil(torn / "words.npy")
    with pytest.raises(RecordError, match=r"words\.npy: a file of the index is not as it was made"):
        Lookup.open(torn)


def test_all_that_is_wrong_is_said_at_once(torn: Path) -> None:
    (torn / "words.npy").unlink()
    shorten(torn / "cards.bin")
    with pytest.raises(RecordError) as caught:
        Lookup.open(torn)
    assert len(caught.value.faults) == 2


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"format": "referenda-voters/1"}', '{"format": "referenda-lookup/0"}']
)
def test_what_is_no_index_is_refused(torn: Path, text: str) -> None:
    (torn / "index.json").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="not an index"):
        Lookup.open(torn)


def test_a_damaged_block_of_voters_is_said_when_it_is_read(index: Path, torn: Path) -> None:
    lookup = Lookup.open(torn)
    cards = bytearray((index / "cards.bin").read_bytes())
    cards[: len(cards) // 2] = bytes(len(cards) // 2)
    (torn / "cards.bin").write_bytes(bytes(cards))
    with pytest.raises(RecordError, match="damaged"):
        for number in range(100):
            lookup.find(f"ruiz {number}")


@pytest.mark.parametrize(
    "files", [{"../voters.csv": {"bytes": 1, "sha256": ""}}, {"words.npy": {}}, {"words.npy": 3}, [], None]
)
def test_an_index_that_names_files_it_cannot_have_is_refused(torn: Path, files: object) -> None:
    said = json.loads((torn / "index.json").read_text(encoding="utf-8"))
    (torn / "index.json").write_text(json.dumps(said | {"files": files}), encoding="utf-8")
    with pytest.raises(InputError, match="not an index"):
        Lookup.open(torn)


@pytest.mark.parametrize(
    "text",
    [
        "x" * 1_000_000,
        "ruiz " * 200_000,
        "1 " * 500_000,
        "\0" * 1000,
        "😀🏛️" * 1000,
        "' OR 1=1; DROP TABLE voters; --",
        "(((((((((((((((([[[[[[",
        "\ud800\udfff",
        "ñ" * 300,
        "../../etc/passwd",
    ],
    ids=range(10),
)
def test_a_query_that_nobody_would_type_is_answered_soon(index: Path, text: str) -> None:
    lookup = Lookup.open(index)
    start = time.perf_counter()
    answer = lookup.find(text)
    assert time.perf_counter() - start < 2
    assert len(answer.query) <= 200
    assert len(answer.voters) <= 10


def test_a_hundred_thousand_voters_who_are_all_alike_are_answered_within_bounds(tmp_path: Path) -> None:
    row = "V{n},Ana,,Ruiz,,12,Oak St,,Fresno,93701,Fresno,2015-03-01,active\n"
    lookup = Lookup.open(make(tmp_path, "".join(row.format(n=n) for n in range(100_000))))
    start = time.perf_counter()
    for query in ("ana", "ruiz 12", "oak fresno", "ana ruiz oak 12 fresno 93701", "anna ruis 21 oak"):
        answer = lookup.find(query, limit=100)
        assert len(answer.voters) == 100
        assert answer.more
    assert time.perf_counter() - start < 5


def test_fields_that_are_empty_or_enormous_make_an_index_all_the_same(tmp_path: Path) -> None:
    rows = (
        "V1,,,,,,,,,,,,\n"
        f"V2,{'A' * 100_000},,{'B' * 100_000},,{'1' * 5000},{'C' * 100_000},,D,99999,E,2015-03-01,active\n"
        'V3,"An\x1fa","x\x1ey",Ruiz,,7,Oak,,F,93701,Fresno,,active\n'
        "V4,Øyvind,,Łukasz,,12 1/2,Calle Peñón,,G,00501,Fresno,,active\n"
    )
    lookup = Lookup.open(make(tmp_path, rows))
    assert [voter.shown["voter_id"] for voter in lookup.find("bbbbbbbbbbbb aaaaaaaaaaaaa").voters] == ["V2"]
    found = lookup.find("ruiz 7").voters[0].shown
    assert (found["first"], found["middle"]) == ("An a", "x y")
    assert lookup.find("oyvind lukasz penon").voters[0].score > 0.95
    assert lookup.find("00501").voters[0].shown["voter_id"] == "V4"


def ask(folder: str) -> Answer:
    """Open an index in a process of its own and ask it."""
    return Lookup.open(Path(folder)).find("ana ruiz 77")


def test_many_processes_read_one_index_and_change_nothing(index: Path) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in index.iterdir()}
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as pool:
        answers = list(pool.map(ask, [str(index)] * 4))
    assert answers == [ask(str(index))] * 4
    assert {path.name: path.stat().st_mtime_ns for path in index.iterdir()} == before
