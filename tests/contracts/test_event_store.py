"""What every store of events has to do; one suite for SQLite and PostgreSQL."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from referenda.errors import EngineError, RecordError
from referenda.ledger.event import Draft, Event
from referenda.ledger.log import EventStore
from referenda.ledger.stores.sql import SqlStore
from referenda.ledger.tree import EMPTY_ROOT, root_of

CASE = "us-ca-16-0011A1"


def draft(**data: Any) -> Draft:
    return Draft("SignaturesCounted", 1, date(2017, 1, 26), "county:Yuba", data)


def drafts(number: int) -> list[Draft]:
    return [draft(raw_count=i) for i in range(number)]


def test_a_store_is_an_event_store(store: SqlStore) -> None:
    as_port: EventStore = store
    assert as_port.cases() == []


def test_a_case_nobody_wrote_to_is_empty(store: SqlStore) -> None:
    assert list(store.read(CASE)) == []
    assert store.size(CASE) == 0
    assert store.root(CASE) == EMPTY_ROOT
    assert store.verify(CASE) == 0


def test_what_was_appended_is_read_back_in_order(store: SqlStore) -> None:
    first = store.append(CASE, drafts(3))
    second = store.append(
        CASE, [draft(raw_count=3, county="Córdoba", note="\x00 \U0001f5f3", late=None, rows=[{"ok": True}])]
    )
    read = list(store.read(CASE))
    assert read == first + second
    assert [event.line for event in read] == [event.line for event in first + second]
    assert [event.position for event in read] == [0, 1, 2, 3]
    assert read[3].data["note"] == "\x00 \U0001f5f3"


def test_appended_events_are_there_when_the_store_is_opened_again(store: SqlStore, store_url: str) -> None:
    written = store.append(CASE, drafts(5))
    again = SqlStore(store_url)
    try:
        assert list(again.read(CASE)) == written
        assert again.root(CASE) == root_of(event.leaf_hash for event in written)
    finally:
        again.close()


def test_reading_starts_where_it_is_told(store: SqlStore) -> None:
    written = store.append(CASE, drafts(5))
    assert list(store.read(CASE, 3)) == written[3:]
    assert list(store.read(CASE, 5)) == []
    assert list(store.read(CASE, 99)) == []


def test_reading_gives_what_was_there_when_it_began(store: SqlStore) -> None:
    store.append(CASE, drafts(2))
    reading = store.read(CASE)
    next(reading)
    store.append(CASE, drafts(2))
    assert len(list(reading)) == 1


def test_a_writer_can_write_while_a_reader_reads(store: SqlStore, store_url: str) -> None:
    store.append(CASE, drafts(1500))
    reading = store.read(CASE)
    next(reading)
    other = SqlStore(store_url)
    try:
        other.append(CASE, drafts(1))
    finally:
        other.close()
    assert sum(1 for _ in reading) == 1499


@pytest.mark.parametrize("sizes", [[1] * 20, [7, 1, 12], [1000, 1, 999, 1001]])
def test_the_root_is_that_of_the_tree_over_all_events(store: SqlStore, sizes: list[int]) -> None:
    leaves: list[bytes] = []
    for size in sizes:
        leaves += [event.leaf_hash for event in store.append(CASE, drafts(size))]
        assert store.root(CASE) == root_of(leaves)
    assert store.size(CASE) == len(leaves) == store.verify(CASE)


def test_cases_are_apart(store: SqlStore) -> None:
    store.append("b", drafts(2))
    store.append("a", drafts(3))
    store.append("A".lower() + ".1", drafts(1))
    assert store.cases() == ["a", "a.1", "b"]
    assert [event.case for event in store.read("b")] == ["b", "b"]
    assert store.size("a") == 3


def test_no_drafts_make_no_case(store: SqlStore) -> None:
    assert store.append(CASE, []) == []
    assert store.cases() == []


def test_a_writer_who_saw_an_older_case_is_refused(store: SqlStore) -> None:
    store.append(CASE, drafts(2), expected_size=0)
    with pytest.raises(RecordError, match="has 2 events, not 1: somebody else wrote first"):
        store.append(CASE, drafts(1), expected_size=1)
    assert store.size(CASE) == 2
    store.append(CASE, drafts(1), expected_size=2)
    assert store.size(CASE) == 3


def test_a_refused_first_event_leaves_no_case(store: SqlStore) -> None:
    with pytest.raises(RecordError, match="has 0 events, not 4"):
        store.append(CASE, drafts(1), expected_size=4)
    assert store.cases() == []


def test_one_wrong_draft_keeps_all_out_and_every_fault_is_named(store: SqlStore) -> None:
    store.append(CASE, drafts(1))
    root = store.root(CASE)
    with pytest.raises(RecordError) as caught:
        store.append(CASE, [draft(raw_count=1), draft(share=0.5), draft(share="1/2"), draft(raw_count=2**53)])
    assert [fault.row for fault in caught.value.faults] == [2, 4]
    assert "data.share" in caught.value.faults[0].message
    assert "data.raw_count" in caught.value.faults[1].message
    assert (store.size(CASE), store.root(CASE)) == (1, root)


@pytest.mark.parametrize("name", ["", "A", "-a", "a b", "a/b", "a\n", "ä", "a" * 81, "a\x00"])
def test_a_name_that_no_case_can_have_is_refused(store: SqlStore, name: str) -> None:
    with pytest.raises(RecordError, match="not the name of a case"):
        store.append(name, drafts(1))


def test_the_instant_of_recording_never_goes_back(store_url: str) -> None:
    noon = datetime(2026, 11, 3, 12, tzinfo=UTC)
    clock = iter([noon, noon - timedelta(hours=1), noon + timedelta(microseconds=1)])
    store = SqlStore(store_url, now=lambda: next(clock))
    try:
        for _ in range(3):
            store.append(CASE, drafts(2))
        recorded = [event.recorded_at for event in store.read(CASE)]
        assert recorded == [noon] * 4 + [noon + timedelta(microseconds=1)] * 2
        assert store.verify(CASE) == 6
    finally:
        store.close()


COPIES = "SELECT case_name, position, leaf_hash, leaf_hash FROM referenda_events WHERE position = 1"
REFUSED = "an event or a case is never changed or removed"


@pytest.mark.parametrize(
    ("statement", "in_sqlite", "in_postgresql"),
    [
        ("UPDATE referenda_events SET line = leaf_hash", "an event is never changed", REFUSED),
        ("UPDATE referenda_events SET position = position + 10", "an event is never changed", REFUSED),
        ("DELETE FROM referenda_events WHERE position = 2", "an event is never removed", REFUSED),
        ("DELETE FROM referenda_cases", "a case is never removed", REFUSED),
        ("UPDATE referenda_cases SET size = 1", "a case only grows", REFUSED),
        (f"INSERT INTO referenda_events {COPIES}", "added at the end of its case", "duplicate key"),
        (f"INSERT OR REPLACE INTO referenda_events {COPIES}", "added at the end of its case", "syntax error"),
        (
            f"INSERT INTO referenda_events {COPIES} ON CONFLICT (case_name, position) DO UPDATE SET position = 9",
            "added at the end of its case",
            REFUSED,
        ),
        (f"INSERT INTO referenda_events {COPIES.replace('case_name', chr(39) * 2, 1)}", "at the end", "foreign key"),
        ("TRUNCATE referenda_events", "syntax error", REFUSED),
        ("TRUNCATE referenda_cases CASCADE", "syntax error", REFUSED),
    ],
)
def test_the_database_itself_refuses_to_change_or_remove_an_event(
    store: SqlStore, store_url: str, statement: str, in_sqlite: str, in_postgresql: str
) -> None:
    written = store.append(CASE, drafts(3))
    engine = create_engine(store_url)
    why = in_sqlite if engine.dialect.name == "sqlite" else in_postgresql
    with pytest.raises(DBAPIError, match=why), engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()
    assert list(store.read(CASE)) == written
    assert store.verify(CASE) == 3


def spoil(url: str, statement: str, **values: Any) -> None:
    """Change a store as somebody would who has taken off its guards first."""
    engine = create_engine(url)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET session_replication_role = replica"))
        else:
            for name in (
                connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
            ):
                connection.execute(text(f"DROP TRIGGER {name}"))
        for part in statement.split(";"):
            connection.execute(text(part), {name: values[name] for name in values if f":{name}" in part})
    engine.dispose()


def forged(event: Event, **changes: Any) -> Event:
    parts = {name: getattr(event, name) for name in Event.__dataclass_fields__}
    return Event(**(parts | changes))


def test_verifying_names_an_event_whose_line_was_changed(store: SqlStore, store_url: str) -> None:
    written = store.append(CASE, drafts(4))
    other = forged(written[2], data={"raw_count": 1000})
    spoil(store_url, "UPDATE referenda_events SET line = :line WHERE position = 2", line=other.line)
    with pytest.raises(RecordError, match="event 2 of the case us-ca-16-0011A1 was changed"):
        store.verify(CASE)


def test_verifying_finds_a_changed_event_with_a_new_hash_by_the_root(store: SqlStore, store_url: str) -> None:
    written = store.append(CASE, drafts(4))
    other = forged(written[2], data={"raw_count": 1000})
    spoil(
        store_url,
        "UPDATE referenda_events SET line = :line, leaf_hash = :leaf WHERE position = 2",
        line=other.line,
        leaf=other.leaf_hash,
    )
    with pytest.raises(RecordError, match="the root of the case us-ca-16-0011A1 is not that of its events"):
        store.verify(CASE)


def test_verifying_finds_an_event_recorded_before_the_one_before_it(store: SqlStore, store_url: str) -> None:
    written = store.append(CASE, drafts(2))
    other = forged(written[1], recorded_at=written[1].recorded_at - timedelta(seconds=1))
    spoil(
        store_url,
        "UPDATE referenda_events SET line = :line, leaf_hash = :leaf WHERE position = 1;"
        "UPDATE referenda_cases SET peaks = :peaks",
        line=other.line,
        leaf=other.leaf_hash,
        peaks=root_of([written[0].leaf_hash, other.leaf_hash]),
    )
    with pytest.raises(RecordError, match="event 1 of the case us-ca-16-0011A1 was recorded before"):
        store.verify(CASE)


def test_a_line_of_another_event_is_not_read(store: SqlStore, store_url: str) -> None:
    written = store.append(CASE, drafts(4))
    spoil(store_url, "UPDATE referenda_events SET line = :line WHERE position = 2", line=written[3].line)
    for read in (lambda: list(store.read(CASE)), lambda: store.verify(CASE)):
        with pytest.raises(RecordError, match="event 2 of the case us-ca-16-0011A1 is event 3"):
            read()


def test_half_a_line_is_not_read(store: SqlStore, store_url: str) -> None:
    written = store.append(CASE, drafts(2))
    spoil(store_url, "UPDATE referenda_events SET line = :line WHERE position = 1", line=written[1].line[:-7])
    with pytest.raises(RecordError, match="event 1 of the case us-ca-16-0011A1: this is not JSON"):
        list(store.read(CASE))


def test_a_missing_event_is_named(store: SqlStore, store_url: str) -> None:
    store.append(CASE, drafts(4))
    spoil(store_url, "DELETE FROM referenda_events WHERE position = 1")
    for read in (lambda: list(store.read(CASE)), lambda: store.verify(CASE)):
        with pytest.raises(RecordError, match="event 1 of the case us-ca-16-0011A1 is missing"):
            read()


def test_a_store_whose_last_event_is_gone_is_not_opened(store: SqlStore, store_url: str) -> None:
    store.append(CASE, drafts(4))
    store.append("us-ca-17-0005", drafts(4))
    spoil(store_url, "DELETE FROM referenda_events WHERE position = 3 AND case_name = :name", name=CASE)
    with pytest.raises(RecordError) as caught:
        SqlStore(store_url)
    assert [fault.message for fault in caught.value.faults] == [
        f"the size of the case {CASE} is not that of its events"
    ]


def test_nothing_is_appended_to_a_damaged_tree(store: SqlStore, store_url: str) -> None:
    store.append(CASE, drafts(3))
    spoil(store_url, "UPDATE referenda_cases SET peaks = :peaks", peaks=b"half")
    with pytest.raises(RecordError, match="the stored tree of the case us-ca-16-0011A1 is damaged"):
        store.append(CASE, drafts(1))
    assert store.size(CASE) == 3


def test_a_store_of_a_newer_version_is_refused(store: SqlStore, store_url: str) -> None:
    store.append(CASE, drafts(1))
    spoil(store_url, "UPDATE referenda_store SET version = 2")
    with pytest.raises(EngineError, match="this store has version 2, and this Referenda knows version 1"):
        SqlStore(store_url)


def test_a_database_of_another_program_is_refused_and_left_alone(store_url: str) -> None:
    engine = create_engine(store_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE referenda_events (words text)"))
    with pytest.raises(EngineError, match="belongs to another program"):
        SqlStore(store_url)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO referenda_events VALUES ('still theirs')"))
        if engine.dialect.name == "sqlite":
            assert connection.execute(text("PRAGMA journal_mode")).scalar() == "delete"
    engine.dispose()


def test_reading_many_events_takes_no_more_memory_than_reading_some(store: SqlStore) -> None:
    for _ in range(8):
        store.append(CASE, drafts(2000))

    def peak(start: int) -> int:
        tracemalloc.start()
        count = sum(1 for _ in store.read(CASE, start))
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert count == 16_000 - start
        return top

    peak(15_000)  # whatever is made only once
    assert peak(0) < 1.5 * peak(14_000)


def test_threads_share_one_store(store: SqlStore) -> None:
    def write(thread: int) -> list[Event]:
        return [event for number in range(10) for event in store.append(CASE, [draft(thread=thread, number=number)])]

    with ThreadPoolExecutor(8) as threads:
        written = [event for events in threads.map(write, range(8)) for event in events]
    assert sorted(written, key=lambda event: event.position) == list(store.read(CASE))
    assert store.verify(CASE) == 80


WRITER = """
import sys
from datetime import date
from referenda.errors import RecordError
from referenda.ledger.event import Draft
from referenda.ledger.stores.sql import SqlStore

url, writer, number, careful = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == "careful"
store = SqlStore(url)
print("ready", flush=True)
sys.stdin.readline()
done = 0
while done < number:
    data = [{"writer": writer, "number": done, "part": part} for part in (0, 1)]
    drafts = [Draft("Written", 1, date(2017, 1, 26), "clerk", each) for each in data]
    try:
        store.append("shared", drafts, expected_size=store.size("shared") if careful else None)
    except RecordError:
        continue
    done += 1
store.close()
"""


@pytest.mark.slow
@pytest.mark.parametrize("manner", ["careful", "careless"])
def test_eight_writers_at_once_lose_nothing(store_url: str, manner: str) -> None:
    writers, appends = 8, 25
    children = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, store_url, str(writer), str(appends), manner],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for writer in range(writers)
    ]
    for child in children:  # all have opened the new store at once; now all write at once
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    for child in children:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()
    for child in children:
        child.communicate(timeout=60)
        assert child.returncode == 0
    store = SqlStore(store_url)
    events = list(store.read("shared"))
    assert [event.position for event in events] == list(range(2 * writers * appends))
    assert Counter(event.data["writer"] for event in events) == dict.fromkeys(range(writers), 2 * appends)
    for writer in range(writers):
        own = [event for event in events if event.data["writer"] == writer]
        assert [(event.data["number"], event.data["part"]) for event in own] == [
            (n, i) for n in range(appends) for i in (0, 1)
        ]
        assert all(second.position == first.position + 1 for first, second in zip(own[::2], own[1::2], strict=True))
    assert all(earlier.recorded_at <= later.recorded_at for earlier, later in pairwise(events))
    assert store.root("shared") == root_of(event.leaf_hash for event in events)
    assert store.verify("shared") == len(events)
    store.close()


def test_a_store_is_not_made_by_looking_for_one(store_url: str) -> None:
    with pytest.raises(EngineError, match="there is no store here"):
        SqlStore(store_url, make=False)
    SqlStore(store_url).close()
    SqlStore(store_url, make=False).close()
