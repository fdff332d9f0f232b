"""PostgreSQL: the writer killed, the server shut down at once, the server killed; nothing acknowledged is lost."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING

import pytest

from referenda.ledger.event import Draft, Event
from referenda.ledger.stores.sql import SqlStore
from referenda.ledger.tree import root_of

if TYPE_CHECKING:
    from conftest import PostgresServer

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
CASE = "us-ca-16-0011A1"

# A nursery that has everything loaded forks a writer for each line it reads. A writer ends when its server does.
NURSERY = """
import os, sys
from datetime import date
from referenda.errors import EngineError
from referenda.ledger.event import Draft
from referenda.ledger.stores.sql import SqlStore

def write(url, case):
    store = SqlStore(url)
    while True:
        drafts = [Draft("DeedDone", 1, date(2017, 1, 26), "clerk", {"part": part, "of": 3}) for part in range(3)]
        written = store.append(case, drafts)
        os.write(1, f"ack {written[-1].position} {written[-1].leaf_hash.hex()}\\n".encode())

for line in sys.stdin:
    pid = os.fork()
    if pid == 0:
        try:
            write(*line.split())
        except EngineError as error:
            os.write(1, f"lost {error.faults[0].message}\\n".encode())
        os._exit(7)
    os.write(1, f"born {pid}\\n".encode())
    os.write(1, f"dead {os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])}\\n".encode())
"""


class Writer:
    """A process that appends deeds of three events and says so after each."""

    def __init__(self) -> None:
        self._nursery = subprocess.Popen(
            [sys.executable, "-c", NURSERY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.acknowledged: dict[int, bytes] = {}

    def start(self, url: str) -> int:
        """Start writing, wait for the first acknowledgement and give the process's id."""
        assert self._nursery.stdin is not None
        self._nursery.stdin.write(f"{url} {CASE}\n")
        self._nursery.stdin.flush()
        born = self._read("ack")
        return int(born["born"])

    def end(self) -> dict[str, str]:
        """Read all that the writer still said, and how it ended."""
        return self._read("dead")

    def close(self) -> None:
        self._nursery.communicate()

    def _read(self, last: str) -> dict[str, str]:
        assert self._nursery.stdout is not None
        said = {}
        for line in self._nursery.stdout:
            word, _, rest = line.strip().partition(" ")
            said[word] = rest
            if word == "ack":
                position, _, leaf = rest.partition(" ")
                self.acknowledged[int(position)] = bytes.fromhex(leaf)
            if word == last:
                return said
        return pytest.fail(f"the writer never said {last!r}")


@pytest.fixture
def writer() -> Iterator[Writer]:
    writer = Writer()
    yield writer
    writer.close()


def check_whole(url: str, acknowledged: dict[int, bytes]) -> list[Event]:
    with closing(SqlStore(url)) as store:
        events = list(store.read(CASE))
        assert store.verify(CASE) == len(events)
        assert store.root(CASE) == root_of(event.leaf_hash for event in events)
    assert len(events) % 3 == 0, "a deed is there by half"
    assert [event.data["part"] for event in events] == [0, 1, 2] * (len(events) // 3)
    assert {position: events[position].leaf_hash for position in acknowledged} == acknowledged
    return events


def test_a_killed_writer_leaves_every_acknowledged_event_and_no_half_deed(
    postgres: PostgresServer, writer: Writer
) -> None:
    url, chance = postgres.new_store(), random.Random(20161121)
    for _ in range(20):
        pid = writer.start(url)
        time.sleep(chance.uniform(0, 0.1))
        os.kill(pid, signal.SIGKILL)
        assert writer.end()["dead"] == str(-signal.SIGKILL)
        check_whole(url, writer.acknowledged)


@pytest.mark.parametrize("end", ["shut_down_at_once", "kill"])
def test_a_server_that_dies_has_every_acknowledged_event_when_it_is_back(
    durable_postgres: PostgresServer, writer: Writer, end: str
) -> None:
    url, chance = durable_postgres.new_store(), random.Random(20170126)
    for _ in range(4):
        writer.start(url)
        time.sleep(chance.uniform(0, 0.3))
        getattr(durable_postgres, end)()
        ended = writer.end()
        assert ended["dead"] == "7"
        assert ended["lost"].startswith("the database failed:")
        durable_postgres.start()
        check_whole(url, writer.acknowledged)


def test_an_open_store_goes_on_when_the_server_is_back(durable_postgres: PostgresServer) -> None:
    draft = Draft("DeedDone", 1, date(2017, 1, 26), "clerk", {"part": 0, "of": 1})
    with closing(SqlStore(durable_postgres.new_store())) as store:
        store.append(CASE, [draft])
        durable_postgres.shut_down_at_once()
        durable_postgres.start()
        store.append(CASE, [draft], expected_size=1)
        assert store.verify(CASE) == 2
