from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from hashlib import sha256
from typing import Any

import pytest

from referenda.errors import RecordError
from referenda.ledger.canonical import canonical
from referenda.ledger.event import Draft, Event, instant_text, read_instant

EVENT = Event(
    "us-ca-16-0011A1",
    0,
    "MeasureReceived",
    1,
    date(2016, 11, 21),
    datetime(2026, 11, 22, 10, tzinfo=UTC),
    "proponents",
    {"title": "Calexit"},
)
LINE = (
    b'{"by":"proponents","case":"us-ca-16-0011A1","data":{"title":"Calexit"},"kind":"MeasureReceived",'
    b'"occurred_on":"2016-11-21","position":0,"recorded_at":"2026-11-22T10:00:00.000000Z","version":1}'
)


def with_changes(**changes: Any) -> bytes:
    return canonical(EVENT.envelope() | changes)


def test_an_event_is_written_as_the_record_format_shows_it() -> None:
    assert EVENT.line == LINE


def test_the_leaf_is_the_hash_of_a_zero_byte_and_the_line() -> None:
    assert sha256(b"\x00" + LINE).digest() == EVENT.leaf_hash


def test_an_event_is_read_back_from_its_line() -> None:
    assert Event.from_line(LINE) == EVENT
    assert Event.from_line(LINE).line == LINE


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("case", ""),
        ("case", "Upper"),
        ("case", "a/b"),
        ("case", "a" * 81),
        ("case", "a\n"),
        ("case", 7),
        ("case", None),
        ("position", -1),
        ("position", "0"),
        ("position", True),
        ("kind", ""),
        ("kind", "measureReceived"),
        ("kind", "Measure Received"),
        ("kind", "MeasureReceived\n"),
        ("kind", 1),
        ("version", 0),
        ("version", True),
        ("version", "1"),
        ("occurred_on", "2016-11-31"),
        ("occurred_on", "2017-02-29"),
        ("occurred_on", "2016-W47-1"),
        ("occurred_on", "20161121"),
        ("occurred_on", "2016-11-21T00:00:00"),
        ("occurred_on", 20161121),
        ("recorded_at", "2026-11-22T10:00:00Z"),
        ("recorded_at", "2026-11-22T10:00:00.000000+00:00"),
        ("recorded_at", "2026-11-22T10:00:00.000000"),
        ("recorded_at", "2026-11-22 10:00:00.000000Z"),
        ("recorded_at", "2026-11-22T24:00:00.000000Z"),
        ("recorded_at", "2026-11-22T10:00:60.000000Z"),
        ("recorded_at", "2026-11-31T10:00:00.000000Z"),
        ("recorded_at", "0001-01-01T00:00:00.000000+14:00"),
        ("recorded_at", None),
        ("by", ""),
        ("by", None),
        ("data", []),
        ("data", None),
        ("data", "{}"),
    ],
)
def test_a_line_with_a_wrong_part_is_refused_and_the_part_named(key: str, value: Any) -> None:
    with pytest.raises(RecordError) as caught:
        Event.from_line(with_changes(**{key: value}))
    assert [fault.column for fault in caught.value.faults] == [key]


def test_missing_and_unknown_keys_are_all_named() -> None:
    envelope = EVENT.envelope()
    del envelope["by"], envelope["version"]
    with pytest.raises(RecordError) as caught:
        Event.from_line(canonical(envelope | {"note": "more"}))
    assert [(fault.column, fault.message) for fault in caught.value.faults] == [
        ("by", "an event needs this key"),
        ("version", "an event needs this key"),
        ("note", "an event has no such key"),
    ]


def test_all_wrong_parts_of_a_line_are_named_at_once() -> None:
    with pytest.raises(RecordError) as caught:
        Event.from_line(with_changes(case="", kind="", version=0, occurred_on="never", by=""))
    assert {fault.column for fault in caught.value.faults} == {"case", "kind", "version", "occurred_on", "by"}


@pytest.mark.parametrize("line", [b"[]", b"null", b'"MeasureReceived"', b"{}"])
def test_a_line_that_is_no_event_is_refused(line: bytes) -> None:
    with pytest.raises(RecordError, match="an event"):
        Event.from_line(line)


@pytest.mark.parametrize(
    "line", [LINE + b"\n", b" " + LINE, LINE.replace(b",", b", "), LINE.replace(b"Calexit", b"Cal\\u0065xit")]
)
def test_a_line_in_another_form_is_refused(line: bytes) -> None:
    with pytest.raises(RecordError, match="canonical"):
        Event.from_line(line)


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("kind", "measure_received"),
        ("version", 0),
        ("occurred_on", datetime(2016, 11, 21)),
        ("occurred_on", "2016-11-21"),
        ("by", ""),
        ("data", [1]),
    ],
)
def test_a_draft_with_a_wrong_part_is_refused(part: str, value: Any) -> None:
    parts = {"kind": "MeasureReceived", "version": 1, "occurred_on": date(2016, 11, 21), "by": "proponents", "data": {}}
    with pytest.raises(RecordError) as caught:
        Draft(**(parts | {part: value}))  # type: ignore[arg-type]
    assert [fault.column for fault in caught.value.faults] == [part]


def test_instants_are_written_in_utc_to_the_microsecond() -> None:
    in_california = datetime(2026, 11, 22, 2, 0, 0, 5, tzinfo=timezone(timedelta(hours=-8)))
    assert instant_text(in_california) == "2026-11-22T10:00:00.000005Z"
    assert read_instant("2026-11-22T10:00:00.000005Z") == in_california


def test_an_instant_in_another_form_is_refused() -> None:
    with pytest.raises(RecordError, match="not an instant in UTC"):
        read_instant("2026-11-22T10:00:00Z")


def test_an_event_longer_than_a_record_holds_is_refused() -> None:
    draft = Draft("MeasureReceived", 1, date(2016, 11, 21), "proponents", {"text": "x" * 4_194_304})
    event = Event("a", 0, draft.kind, 1, draft.occurred_on, datetime(2026, 1, 1, tzinfo=UTC), draft.by, draft.data)
    with pytest.raises(RecordError, match="a record holds 4,194,304 at most"):
        _ = event.line
