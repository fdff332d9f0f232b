"""Whatever bytes stand where an event should: they are an event, to the byte, or RecordError says they are none."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, date, datetime

from hypothesis import example, given, settings
from hypothesis import strategies as st

from referenda.errors import RecordError
from referenda.ledger.checkpoint import SigningKey, open_checkpoint
from referenda.ledger.event import Event

EVENT = Event(
    "us-ca-14-0092",
    12,
    "SampleProjected",
    1,
    date(2014, 9, 11),
    datetime(2026, 11, 22, 10, tzinfo=UTC),
    "county:Córdoba",
    {"rows": [{"county": "Yuba", "raw_count": 3720, "share": "0.614"}], "readings": {}, "base": None, "late": False},
)
KEY = SigningKey.generate("referenda.example")
NOTE = KEY.sign("us-ca-14-0092", 13, bytes(32))

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text(max_size=8), below, max_size=4),
)


def read_or_refuse(line: bytes) -> None:
    with suppress(RecordError):
        assert Event.from_line(line).line == line


@given(st.binary(max_size=200))
@example(b"")
@example(b"\x00")
@example(b"\xff\xfe{\x00}\x00")
@example(b"[" * 200_000)
@example(b'{"":' * 100_000)
@example(b"9" * 10_000)
def test_bytes_of_any_kind(line: bytes) -> None:
    read_or_refuse(line)


@given(anything)
def test_json_of_any_kind(value: object) -> None:
    read_or_refuse(json.dumps(value).encode())
    read_or_refuse(
        json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode(errors="surrogatepass")
    )


@given(st.sampled_from(sorted(EVENT.envelope())), anything)
def test_a_part_of_any_kind(key: str, value: object) -> None:
    changed = EVENT.envelope() | {key: value}
    read_or_refuse(
        json.dumps(changed, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode(errors="surrogatepass")
    )


@settings(max_examples=1000)
@given(st.data())
def test_a_changed_line_is_never_read_as_the_event_that_it_was(data: st.DataObject) -> None:
    line = bytearray(EVENT.line)
    place = data.draw(st.integers(0, len(line) - 1))
    match data.draw(st.sampled_from(["change", "remove", "insert", "cut"])):
        case "change":
            line[place] ^= data.draw(st.integers(1, 255))
        case "remove":
            del line[place]
        case "insert":
            line.insert(place, data.draw(st.integers(0, 255)))
        case _:
            del line[place:]
    changed = bytes(line)
    with suppress(RecordError):
        read = Event.from_line(changed)
        assert read.line == changed
        assert changed == EVENT.line or (read != EVENT and read.leaf_hash != EVENT.leaf_hash)


@given(st.text(max_size=300))
@example("\n\n\u2014 a \n")
@example("\n\n\u2014 a ====\n")
@example("\n\n\u2014 referenda.example AAAA\n")
def test_checkpoints_of_any_kind(text: str) -> None:
    with suppress(RecordError):
        open_checkpoint(text, KEY.verifier_key)
        raise AssertionError("this text was never signed")


@settings(max_examples=500)
@given(st.data())
def test_a_changed_checkpoint_states_nothing_else(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(NOTE)))
    end = data.draw(st.integers(place, min(len(NOTE), place + 3)))
    changed = NOTE[:place] + data.draw(st.text(max_size=3)) + NOTE[end:]
    with suppress(RecordError):
        assert open_checkpoint(changed, KEY.verifier_key) == open_checkpoint(NOTE, KEY.verifier_key)
