"""Whatever is changed in a record is found.

Three who change it: one who only changes bytes; one who also writes a manifest that fits (hashes, root, count), without
the key; and one who signs again with another key, whom only a key known from elsewhere shows. Two things cannot be
found, and are stated here and in docs/explanation/checker.md: a record cut back to an earlier checkpoint is the true
earlier record, and `README.txt` stands under no signature.
"""

from __future__ import annotations

import importlib.util
import itertools
import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from referenda_verify import verify

_SPEC = importlib.util.spec_from_file_location(
    "record_writer", Path(__file__).parents[1] / "unit" / "verify" / "record_writer.py"
)
writer: Any = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(writer)

WITHOUT_CRYPTOGRAPHY = {
    "cryptography": None,
    "cryptography.exceptions": None,
    "cryptography.hazmat.primitives.asymmetric.ed25519": None,
}
OTHER = writer.Ed25519PrivateKey.from_private_bytes(b"another key, also for tests only")
FILES = ["README.txt", "checkpoints/0000000003.txt", "checkpoints/0000000007.txt", "events.jsonl"]
FILES += [f"law/{writer.DIGEST}.json", "manifest.json"]


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return writer.write_example(tmp_path_factory.mktemp("mutations") / "record")


@contextmanager
def kept(record: Path) -> Iterator[None]:
    """Put everything back as it was."""
    before = {path: path.read_bytes() for path in record.rglob("*") if path.is_file()}
    try:
        yield
    finally:
        for path in record.rglob("*"):
            if path.is_file() and path not in before:
                path.unlink()
        for path, raw in before.items():
            if not path.exists() or path.read_bytes() != raw:
                path.write_bytes(raw)


def mutated(raw: bytes, how: str, place: int, byte: int) -> bytes:
    """Change, put in or take out one byte."""
    place %= len(raw) + (how == "insert")
    if how == "insert":
        return raw[:place] + bytes([byte]) + raw[place:]
    return raw[:place] + (b"" if how == "delete" else bytes([raw[place] ^ (byte or 1)])) + raw[place + 1 :]


def verified(record: Path, key: str | None = None, library: bool = True) -> bool:
    with ExitStack() as stack:
        if not library:
            stack.enter_context(patch.dict(sys.modules, WITHOUT_CRYPTOGRAPHY))
        return verify(record, key).verified


def test_the_record_that_is_changed_here_is_a_right_one(record: Path) -> None:
    assert sorted(path.relative_to(record).as_posix() for path in record.rglob("*") if path.is_file()) == FILES
    assert verified(record)
    assert verified(record, library=False)


@given(
    file=st.sampled_from(FILES),
    how=st.sampled_from(["change", "insert", "delete"]),
    place=st.integers(0, 2**20),
    byte=st.integers(0, 255),
    library=st.booleans(),
)
@settings(max_examples=1500, deadline=None)
def test_any_single_byte_that_is_changed_put_in_or_taken_out_is_found(
    record: Path, file: str, how: str, place: int, byte: int, library: bool
) -> None:
    path = record / file
    raw = path.read_bytes()
    try:
        path.write_bytes(mutated(raw, how, place, byte))
        assert not verified(record, library=library)
    finally:
        path.write_bytes(raw)


@pytest.mark.parametrize("how", ["change", "insert", "delete"])
def test_every_byte_of_the_manifest_counts_even_without_signatures(record: Path, how: str) -> None:
    path = record / "manifest.json"
    raw = path.read_bytes()
    try:
        for place in range(len(raw)):
            path.write_bytes(mutated(raw, how, place, 1 + place % 255))
            assert not verified(record, library=False), place
    finally:
        path.write_bytes(raw)


@given(
    file=st.sampled_from(FILES[1:5]),
    how=st.sampled_from(["change", "insert", "delete"]),
    place=st.integers(0, 2**20),
    byte=st.integers(0, 255),
)
@settings(max_examples=1000, deadline=None)
def test_a_byte_changed_under_a_manifest_that_fits_is_found(
    record: Path, file: str, how: str, place: int, byte: int
) -> None:
    with kept(record):
        (record / file).write_bytes(mutated((record / file).read_bytes(), how, place, byte))
        writer.hash_again(record)
        assert not verified(record)


def written(record: Path, events: list[dict[str, Any]]) -> None:
    """Write other events under a manifest that fits, with their positions and instants in order."""
    instants = sorted(event["recorded_at"] for event in events)
    renumbered = [
        {**event, "position": position, "recorded_at": instant}
        for position, (event, instant) in enumerate(zip(events, instants, strict=True))
    ]
    (record / "events.jsonl").write_bytes(b"".join(writer.canonical(event) + b"\n" for event in renumbered))
    writer.hash_again(record)


@given(order=st.lists(st.integers(0, 6), max_size=12))
@settings(max_examples=600, deadline=None)
def test_events_removed_reordered_repeated_or_added_are_found(record: Path, order: list[int]) -> None:
    assume(order != list(range(7)))
    events = writer.example_events()
    with kept(record):
        written(record, [events[position] for position in order])
        assert not verified(record)


@given(position=st.integers(0, 7), kind=st.sampled_from(["Note", "VoteDecided"]), by=st.text(min_size=1))
@settings(max_examples=300, deadline=None)
def test_an_event_put_in_anywhere_is_found(record: Path, position: int, kind: str, by: str) -> None:
    assume(not any("\ud800" <= letter <= "\udfff" for letter in by))
    events = writer.example_events()
    new = writer.event(0, kind, writer.vote_data() if kind == "VoteDecided" else {}, by=by)
    with kept(record):
        written(record, [*events[:position], new, *events[position:]])
        assert not verified(record)


LEAVES = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(st.characters(codec="utf-8"))


@given(data=st.data(), value=LEAVES)
@settings(max_examples=600, deadline=None)
def test_any_value_of_an_event_changed_under_a_manifest_that_fits_is_found(
    record: Path, data: st.DataObject, value: Any
) -> None:
    events = writer.example_events()
    whole: Any = events
    key: Any = data.draw(st.integers(0, 6))
    while isinstance(whole[key], dict | list) and whole[key]:
        whole = whole[key]
        key = data.draw(st.sampled_from(sorted(whole) if isinstance(whole, dict) else range(len(whole))))
    assume(json.dumps(whole[key]) != json.dumps(value))
    whole[key] = value
    with kept(record):
        (record / "events.jsonl").write_bytes(b"".join(writer.canonical(event) + b"\n" for event in events))
        writer.hash_again(record)
        assert not verified(record)


# With a manifest that fits, an earlier checkpoint may be left out: it is not a part that must be there.
@pytest.mark.parametrize(
    ("file", "again"),
    [*((file, False) for file in FILES), ("README.txt", True), (FILES[2], True), (f"law/{writer.DIGEST}.json", True)],
)
def test_a_file_taken_away_is_found(record: Path, file: str, again: bool) -> None:
    with kept(record):
        (record / file).unlink()
        if again:
            writer.hash_again(record)
        assert not verified(record)


@pytest.mark.parametrize("again", [False, True])
@pytest.mark.parametrize("file", [file for file in FILES if file != "manifest.json"])
@pytest.mark.parametrize("name", ["other.txt", "law/other.json", "checkpoints/0000000001.txt", f"law/{'0' * 64}.json"])
def test_a_file_renamed_or_added_is_found(record: Path, file: str, name: str, again: bool) -> None:
    for copied in (True, False):
        with kept(record):
            raw = (record / file).read_bytes()
            (record / name).write_bytes(raw)
            if not copied:
                (record / file).unlink()
            if again and (record / "events.jsonl").exists():
                writer.hash_again(record)
            assert not verified(record)


def other_law(record: Path) -> None:
    """Lower the share that the law asks, in the law document, its digest and every event that rests on it."""
    law = json.loads(writer.canonical(writer.LAW))
    law["parameters"][1]["values"][1]["value"] = "0.07"
    digest = writer.hexdigest(writer.canonical(law))
    (record / "law" / f"{writer.DIGEST}.json").unlink()
    (record / "law" / f"{digest}.json").write_bytes(writer.canonical(law))
    raw = (record / "events.jsonl").read_bytes().replace(writer.DIGEST.encode(), digest.encode())
    (record / "events.jsonl").write_bytes(raw.replace(b"585407", b"512231"))


def test_a_law_document_changed_with_every_digest_and_root_is_found_by_the_signature(record: Path) -> None:
    with kept(record):
        other_law(record)
        lines = (record / "events.jsonl").read_bytes().split(b"\n")[:-1]
        for size in (3, 7):  # the checkpoints state the new roots, under the signatures of the old
            path = record / "checkpoints" / f"{size:010}.txt"
            seal = path.read_bytes().splitlines(keepends=True)[-1]
            new = writer.checkpoint(size, writer.root_of(lines[:size])).splitlines(keepends=True)
            path.write_bytes(b"".join([*new[:-1], seal]))
        writer.hash_again(record)

        report = verify(record)

        assert report.disagreement is not None
        assert (report.disagreement["step"], report.signatures) == (4, "wrong")
        assert verified(record, library=False), "without the library a new root under an old signature is not found"


def test_a_law_document_changed_and_signed_with_another_key_is_found_only_by_a_key_known_from_elsewhere(
    record: Path,
) -> None:
    with kept(record):
        other_law(record)
        writer.sign_again(record, secret=OTHER)

        assert verified(record)
        assert not verified(record, key=writer.verifier_key())


def test_a_law_document_changed_without_its_findings_is_found_even_when_the_key_signs_it(record: Path) -> None:
    with kept(record):
        other_law(record)
        path = record / "events.jsonl"
        path.write_bytes(path.read_bytes().replace(b"512231", b"585407"))
        writer.sign_again(record)

        report = verify(record)

        assert report.disagreement is not None
        assert (report.disagreement["step"], report.disagreement["event"]) == (6, 1)


def test_a_record_cut_back_to_an_earlier_checkpoint_is_the_earlier_record(record: Path) -> None:
    with kept(record):
        (record / "checkpoints" / "0000000007.txt").unlink()
        lines = (record / "events.jsonl").read_bytes().splitlines(keepends=True)
        (record / "events.jsonl").write_bytes(b"".join(itertools.islice(lines, 3)))
        writer.hash_again(record)

        assert verified(record)
