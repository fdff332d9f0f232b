"""kill -9 at any moment of a write: what was acknowledged is there, and nothing is there by half.

A writer appends deeds of one to forty events to two cases and says so after each; it is killed without a warning.
What this shows, and what only a power cut could, stands in `docs/explanation/ledger.md`.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from referenda.errors import EngineError, RecordError
from referenda.ledger.event import Draft
from referenda.ledger.stores.sql import SqlStore
from referenda.ledger.tree import Tree

CASES = ("us-ca-16-0011A1", "us-ca-17-0005")
STORES, KILLS_EACH = 12, 6

# The nursery has everything loaded and forks a writer for each line it reads, so that a kill costs milliseconds.
NURSERY = """
import os, random, sys
from datetime import date
from referenda.ledger.event import Draft
from referenda.ledger.stores.sql import SqlStore

def write(url, seed):
    chance = random.Random(int(seed))
    store = SqlStore(url)
    while True:
        case = chance.choice(sys.argv[1:])
        of = chance.choice([1, 1, 2, 40])
        deed = store.size(case)
        pad = "x" * chance.choice([0, 10, 5000])
        draft = Draft("DeedDone", 1, date(2017, 1, 26), "clerk", {"deed": deed, "of": of, "pad": pad})
        written = store.append(case, [draft] * of)
        size = written[-1].position + 1
        os.write(1, f"ack {case} {size} {written[-1].leaf_hash.hex()}\\n".encode())

for line in sys.stdin:
    pid = os.fork()
    if pid == 0:
        write(*line.split())
    os.write(1, f"born {pid}\\n".encode())
    status = os.waitpid(pid, 0)[1]
    os.write(1, f"dead {os.waitstatus_to_exitcode(status)}\\n".encode())
"""


@pytest.fixture
def nursery() -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", NURSERY, *CASES], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


def write_until_killed(
    nursery: subprocess.Popen[str], url: str, chance: random.Random, *, longest: float
) -> list[tuple[str, int, bytes]]:
    """Let a writer write for a random moment, of at most `longest` seconds, and kill it.

    Gives what it acknowledged: case, size and last leaf.
    """
    assert nursery.stdin is not None
    assert nursery.stdout is not None
    nursery.stdin.write(f"{url} {chance.getrandbits(32)}\n")
    nursery.stdin.flush()
    acknowledged, pid = [], 0
    while not pid:
        pid = read_report(nursery.stdout.readline(), acknowledged)
    time.sleep(chance.uniform(0, longest))
    os.kill(pid, signal.SIGKILL)
    while (line := nursery.stdout.readline()) and not line.startswith("dead"):
        read_report(line, acknowledged)
    assert line == f"dead {-signal.SIGKILL}\n"
    return acknowledged


def read_report(line: str, acknowledged: list[tuple[str, int, bytes]]) -> int:
    match line.split():
        case ["born", pid]:
            return int(pid)
        case ["ack", case, size, leaf]:
            acknowledged.append((case, int(size), bytes.fromhex(leaf)))
    return 0


def check_whole(url: str, acknowledged: list[tuple[str, int, bytes]]) -> int:
    """Open the store again and check that it holds all that was acknowledged and only whole deeds; give its size."""
    with closing(SqlStore(url)) as store:
        leaves = {case: [event.leaf_hash for event in store.read(case)] for case in CASES}
        for case, size, leaf in acknowledged:
            assert leaves[case][size - 1] == leaf, f"an acknowledged event of {case} is lost"
        for case in CASES:
            assert store.verify(case) == len(leaves[case])
            tree = Tree()
            for event in store.read(case):
                if tree.size == event.data["deed"]:
                    end = tree.size + event.data["of"]
                assert event.data["deed"] <= event.position < end
                tree.append(event.leaf_hash)
            assert not leaves[case] or tree.size == end, f"a deed of {case} is there by half"
            assert store.root(case) == tree.root()
        return sum(map(len, leaves.values()))


@pytest.mark.slow
def test_a_killed_writer_leaves_every_acknowledged_event_and_no_half_deed(
    nursery: subprocess.Popen[str], tmp_path: Path
) -> None:
    chance = random.Random(20161121)
    killed_while_writing = 0
    for number in range(STORES):
        url = f"sqlite:///{tmp_path}/cases-{number}.db"
        acknowledged: list[tuple[str, int, bytes]] = []
        for _ in range(KILLS_EACH):
            before = len(acknowledged)
            acknowledged += write_until_killed(nursery, url, chance, longest=0.15)
            killed_while_writing += len(acknowledged) > before
            check_whole(url, acknowledged)
    assert killed_while_writing > STORES * KILLS_EACH / 2


def test_a_store_killed_while_it_was_made_is_made_by_the_next_to_open_it(
    nursery: subprocess.Popen[str], tmp_path: Path
) -> None:
    chance = random.Random(20170126)
    for number in range(25):
        url = f"sqlite:///{tmp_path}/cases-{number}.db"
        acknowledged = write_until_killed(nursery, url, chance, longest=0.03)
        check_whole(url, acknowledged)


def deeds(store: SqlStore, number: int) -> None:
    for deed in range(number):
        data = {"deed": deed, "pad": "x" * (37 * deed % 900)}
        store.append(CASES[deed % 2], [Draft("DeedDone", 1, date(2017, 1, 26), "clerk", data)])


def crashed_copy(folder: Path) -> tuple[Path, dict[str, list[bytes]]]:
    """Make a store whose last forty deeds stand only in its write-ahead log, as after a crash."""
    with closing(SqlStore(f"sqlite:///{folder}/running.db")) as store:
        deeds(store, 40)
    with closing(SqlStore(f"sqlite:///{folder}/running.db")) as store:
        deeds(store, 40)
        lines = {case: [event.line for event in store.read(case)] for case in CASES}
        for ending in ("", "-wal"):
            shutil.copy(folder / f"running.db{ending}", folder / f"crashed.db{ending}")
    return folder / "crashed.db", lines


def spoil(content: bytes, chance: random.Random) -> bytes:
    """Cut a file off, fill a part with zeros or noise, or flip a bit, as a disk may that was not done writing."""
    place = chance.randrange(len(content))
    end = min(len(content), place + chance.choice([1, 24, 512, 4096]))
    match chance.choice(["cut", "zeros", "noise", "flip"]):
        case "cut":
            return content[:place]
        case "zeros":
            return content[:place] + bytes(end - place) + content[end:]
        case "noise":
            return content[:place] + chance.randbytes(end - place) + content[end:]
        case _:
            return content[:place] + bytes([content[place] ^ 1 << chance.randrange(8)]) + content[place + 1 :]


def test_a_torn_write_ahead_log_gives_a_prefix_that_verifies(tmp_path: Path) -> None:
    path, lines = crashed_copy(tmp_path)
    wal = path.with_name("crashed.db-wal")
    content, log = path.read_bytes(), wal.read_bytes()
    chance = random.Random(20180726)
    sizes = set()
    for _ in range(150):
        path.write_bytes(content)
        wal.write_bytes(spoil(log, chance))
        path.with_name("crashed.db-shm").unlink(missing_ok=True)
        with closing(SqlStore(f"sqlite:///{path}")) as store:
            sizes.add(sum(store.verify(case) for case in CASES))
            for case in CASES:
                read = [event.line for event in store.read(case)]
                assert len(read) >= 20  # what had reached the file itself
                assert read == lines[case][: len(read)]
    assert min(sizes) < 45
    assert max(sizes) == 80
    assert len(sizes) > 20


def test_a_spoiled_file_is_read_rightly_or_refused_in_words(tmp_path: Path) -> None:
    path, lines = crashed_copy(tmp_path)
    path.with_name("crashed.db-wal").unlink()
    content = path.read_bytes()
    chance = random.Random(20190319)
    refused = 0
    for _ in range(300):
        spoiled = spoil(content, chance)
        path.write_bytes(spoiled)
        for ending in ("-wal", "-shm"):
            path.with_name(f"crashed.db{ending}").unlink(missing_ok=True)
        try:
            with closing(SqlStore(f"sqlite:///{path}")) as store:
                read = {case: [event.line for event in store.read(case)] for case in store.cases()}
                verified = {case: store.verify(case) for case in store.cases()}
        except (EngineError, RecordError) as error:
            assert str(error)
            refused += 1
        else:
            assert read == ({case: lines[case][:20] for case in CASES} if spoiled else {})
            assert verified == dict.fromkeys(read, 20)
    assert 100 < refused < 300
