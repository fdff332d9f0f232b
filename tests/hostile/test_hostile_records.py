"""Records made to harm the checker: none makes it fail otherwise than by its verdict, hang, or take much memory."""

from __future__ import annotations

import importlib.util
import json
import os
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from referenda_verify import verify
from referenda_verify.law import FINDINGS
from referenda_verify.report import Disagreement

_SPEC = importlib.util.spec_from_file_location(
    "record_writer", Path(__file__).parents[1] / "unit" / "verify" / "record_writer.py"
)
writer: Any = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(writer)


@pytest.fixture
def record(tmp_path: Path) -> Path:
    return writer.write_example(tmp_path / "record")


def refused(folder: Path) -> dict[str, Any]:
    report = verify(folder)
    assert not report.verified
    assert report.disagreement is not None
    assert len(report.words()) < 2000
    json.dumps(report.as_dict())
    return report.disagreement


def with_line(folder: Path, line: bytes) -> dict[str, Any]:
    """Put a line in place of event 3 and sign the record again."""
    lines = (folder / "events.jsonl").read_bytes().split(b"\n")
    lines[3] = line
    (folder / "events.jsonl").write_bytes(b"\n".join(lines))
    writer.sign_again(folder)
    return refused(folder)


GOOD = writer.canonical(writer.event(3, "Note", {"x": "Y"}))


@pytest.mark.parametrize(
    "line",
    [
        GOOD.replace(b'"Y"', b"1" + b"0" * 1_000_000),
        GOOD.replace(b'"Y"', b"9007199254740992"),
        GOOD.replace(b'"Y"', b"1e999999999"),
        GOOD.replace(b'"Y"', b"0.1"),
        GOOD.replace(b'"Y"', b"NaN"),
        GOOD.replace(b'"Y"', b"-Infinity"),
        GOOD.replace(b'"Y"', b"[" * 100_000 + b"]" * 100_000),
        GOOD.replace(b'"Y"', b'{"a":' * 65 + b"1" + b"}" * 65),
        GOOD.replace(b'"Y"', b"[" * 1_000_000),
        GOOD.replace(b'"Y"', b'"\\ud800"'),
        GOOD.replace(b'"Y"', b'"\xed\xa0\x80"'),
        GOOD.replace(b'"Y"', b'"\xff\xfe"'),
        GOOD.replace(b'"Y"', b'"\x00"'),
        GOOD.replace(b'{"x"', b'{"x":1,"x"'),
        GOOD.replace(b'"Y"', b'"Y" '),
        GOOD.replace(b'"position":3', b'"position":3.0'),
        GOOD.replace(b'"position":3', b'"position":true'),
        b"\xef\xbb\xbf" + GOOD,
        GOOD + b"\r",
        GOOD.decode().encode("utf-16"),
        b"null",
        b"\x00" * 1000,
        b"PK\x03\x04",
        b'"' + b"\\" * 1_000_001 + b'"',
        b'{"' * 500_000,
        b"[" * 65 + b'"' + b'\\"' * 1_000_000,
    ],
)
def test_a_hostile_line_is_refused_in_its_place(record: Path, line: bytes) -> None:
    found = with_line(record, line)

    assert (found["step"], found["file"], found["event"]) == (2, "events.jsonl", 3)


def test_a_line_longer_than_the_limit_is_refused_without_reading_it_whole(record: Path) -> None:
    (record / "events.jsonl").write_bytes(b"[" * (64 * 1024 * 1024))
    writer.hash_again(record)
    tracemalloc.start()
    try:
        found = refused(record)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert (found["step"], found["file"], found["event"]) == (2, "events.jsonl", 0)
    assert peak < 24 * 1024 * 1024


@pytest.mark.parametrize("file", ["manifest.json", "checkpoints/0000000007.txt", f"law/{writer.DIGEST}.json"])
def test_a_file_longer_than_the_limit_is_refused(record: Path, file: str) -> None:
    with (record / file).open("ab") as opened:
        opened.truncate(5 * 1024 * 1024)
    if file != "manifest.json":
        writer.hash_again(record)

    assert file == refused(record)["file"]


@pytest.mark.parametrize(
    "file", ["notes.txt", "README.txt", "events.jsonl", "manifest.json", "checkpoints/0000000007.txt"]
)
def test_pipes_links_and_folders_in_the_place_of_a_file_are_refused(record: Path, tmp_path: Path, file: str) -> None:
    path, away = record / file, tmp_path / "away"
    if path.exists():
        path.rename(away)
    else:
        away.write_text("")
    for put in (lambda: os.mkfifo(path), lambda: path.symlink_to(away), lambda: path.symlink_to("nowhere"), path.mkdir):
        put()
        assert refused(record)["step"] == 1
        if path.is_dir() and not path.is_symlink():
            path.rmdir()
        else:
            path.unlink()


def test_a_link_in_the_place_of_a_folder_is_refused(record: Path, tmp_path: Path) -> None:
    (record / "law").rename(tmp_path / "law")
    (record / "law").symlink_to(tmp_path / "law")

    assert tuple(refused(record)[key] for key in ("step", "file")) == (1, "law")


def test_a_name_that_is_not_unicode_is_shown_safely(record: Path) -> None:
    Path(os.fsdecode(bytes(record) + b"/\xff\x1b[2J")).write_bytes(b"")

    assert refused(record)["file"] == "\\udcff\\x1b[2J"


def with_vote(folder: Path, rule: str) -> dict[str, Any]:
    data = writer.vote_data(rule=rule, conditions=[{"left": "1", "met": True, "right": "1", "text": rule}])
    return with_line(folder, writer.canonical(writer.event(3, "VoteDecided", data)))


@pytest.mark.parametrize(
    "rule",
    [
        "(" * 10_000 + "yes > no" + ")" * 10_000,
        "(" * 1_900 + "yes > no" + ")" * 1_900,
        "not " * 900 + "yes > no",
        "-" * 3_900 + "yes > no",
        "abs(" * 900 + "yes",
        "yes / (no - no) > 1",
        "yes > no = no",
        "yes * " * 600 + "yes > 1",
        "9" * 3_900 + " > 1",
        "sqrt(-1) > 1",
        "yes > no and __import__('os').system('true')",
        "ｙｅｓ > no",
        "yes > no\x00",
        "",
        "\ud83d\ude00",
    ],
)
def test_a_hostile_rule_is_refused(record: Path, rule: str) -> None:
    rule = rule.encode("utf-16", "surrogatepass").decode("utf-16")

    assert tuple(with_vote(record, rule)[key] for key in ("step", "event")) == (6, 3)


@pytest.mark.parametrize(
    "quantities",
    [
        {"yes": "1/0", "no": 1, "valid": 1},
        {"yes": -1, "no": 1, "valid": 0},
        {"yes": "1" * 100_000, "no": 1, "valid": 1},
        {"yes": [1], "no": 1, "valid": 1},
        {"yes": None, "no": 1, "valid": 1},
        {"yes": True, "no": 1, "valid": 2},
        {"__class__": 1},
        {},
        [],
    ],
)
def test_hostile_quantities_are_refused(record: Path, quantities: Any) -> None:
    data = writer.vote_data(quantities=quantities)

    assert with_line(record, writer.canonical(writer.event(3, "VoteDecided", data)))["step"] == 6


def with_law(folder: Path, change: dict[str, Any]) -> dict[str, Any]:
    """Let event 3 rest on a law document of its own."""
    law = writer.canonical({**writer.LAW, **change})
    digest = writer.hexdigest(law)
    (folder / "law" / f"{digest}.json").write_bytes(law)
    data = writer.requirement_data(law=digest)
    return with_line(folder, writer.canonical(writer.event(3, "RequirementDetermined", data)))


def step(name: str, text: str) -> dict[str, str]:
    return {"name": name, "is": text, "cite": "§ 1"}


# Each step squares the one before: after the last, the number would have 2^98 digits.
SQUARES = [step("a0", "9"), *(step(f"a{n}", f"a{n - 1} * a{n - 1}") for n in range(1, 99))]


@pytest.mark.parametrize(
    "change",
    [
        {"formulas": {}},
        {"formulas": ["requirement"]},
        {"formulas": [{"name": "requirement"}]},
        {"formulas": [{"name": "requirement", "steps": "base"}]},
        {"formulas": [{"name": "requirement", "steps": ["base"]}]},
        {"formulas": [{"name": "requirement", "steps": [{"name": "base"}]}]},
        {"formulas": [{"name": "requirement", "steps": [step("a", "2"), step("a", "2")]}]},
        {"formulas": [{"name": "requirement", "steps": [step("a", "a")]}]},
        {"formulas": [{"name": "requirement", "steps": [step("a", "1 / (2 - 2)")]}]},
        {"formulas": [{"name": "requirement", "steps": SQUARES}]},
        {"formulas": [{"name": "requirement", "instruments": "statute", "steps": []}]},
        {"formulas": [{"name": "requirement", "from": ["2015"], "steps": []}]},
        {"formulas": [{"name": "requirement", "when": "1", "steps": []}]},
        {"formulas": [{"name": "requirement", "when": "((1 > 0", "steps": []}]},
        {"formulas": [{"name": "requirement", "steps": [{**step("a", "1"), "round": {"to": "0.000", "mode": "up"}}]}]},
        {"formulas": [{"name": "requirement", "steps": [{**step("a", "1"), "otherwise": []}]}]},
        {"parameters": "governor_votes"},
        {"parameters": [{"name": "governor_votes", "values": [{"value": "9" * 5_000}]}]},
        {"parameters": [{"name": "governor_votes", "values": [{"value": ["1"]}]}]},
        {"readings": {}},
        {"readings": [{"name": "r"}], "parameters": []},
    ],
)  # fmt: skip
def test_a_hostile_law_document_is_refused(record: Path, change: dict[str, Any]) -> None:
    assert tuple(with_law(record, change)[key] for key in ("step", "event")) == (6, 3)


@pytest.mark.parametrize(
    "rows",
    [
        [writer.row("A", -1, -1, -1, -1, 0)],
        [writer.row("A", 10, 0, 0, 0, 0)],
        [writer.row("A", 2**53 - 1, 1, 1, 1, 0)],
        [[]],
        "rows",
        [{"county": "A"}],
        [writer.row("A", 10, 10, 10, 0, 10), writer.row("A", 10, 10, 10, 0, 10)],
    ],
)
def test_hostile_rows_are_refused(record: Path, rows: Any) -> None:
    data = writer.sample_data(rows=rows, projected_valid=20, decision="insufficient")

    assert with_line(record, writer.canonical(writer.event(3, "SampleProjected", data)))["step"] == 6


def test_totals_that_grow_without_end_are_refused() -> None:
    """Rows that are not rounded, whose denominators share nothing."""
    sizes = [size for size in range(1000, 20000) if all(size % prime for prime in range(2, 142))]
    formula = {"name": "projected_valid", "steps": [step("all", "valid_in_sample / sample_size")]}
    law = {"formulas": [formula], "sample_counts": writer.LAW["sample_counts"]}
    data = writer.sample_data(rows=[writer.row(str(size), size, size, 1, 0, f"1/{size}") for size in sizes])

    with pytest.raises(Disagreement, match="more than 4,000 digits"):
        FINDINGS["SampleProjected"](data, lambda digest: law)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**16) | st.text(max_size=3) | st.sampled_from(["1/0", "yes", "base"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
NAMES = [
    "name",
    "is",
    "value",
    "round",
    "when",
    "otherwise",
    "result",
    "readings",
    "base",
    "text",
    "reading",
    "default",
]


def disturbed(data: st.DataObject, value: Any) -> Any:
    """Take out, put in or replace something somewhere inside."""
    copy: Any = {"whole": json.loads(json.dumps(value))}
    for _ in range(data.draw(st.integers(0, 3))):
        whole, key = copy, "whole"
        while isinstance(whole[key], dict | list) and whole[key] and data.draw(st.integers(0, 5)):
            whole = whole[key]
            key = data.draw(st.sampled_from(sorted(whole) if isinstance(whole, dict) else range(len(whole))))
        how = data.draw(st.sampled_from(["replace", "take out", "put in"]))
        if how == "take out" and whole is not copy:
            del whole[key]
        elif how == "put in" and isinstance(whole, dict):
            whole[data.draw(st.sampled_from(NAMES))] = data.draw(JSON)
        else:
            whole[key] = data.draw(JSON)
        if "whole" not in copy:
            break
    return copy.get("whole")


@given(st.data(), st.sampled_from(sorted(FINDINGS)))
@settings(max_examples=1500, deadline=None)
def test_whatever_stands_in_an_event_and_its_law_the_answer_is_a_verdict(data: st.DataObject, kind: str) -> None:
    right = {
        "RequirementDetermined": writer.requirement_data(),
        "SampleProjected": writer.sample_data(),
        "VoteDecided": writer.vote_data(),
    }
    event, law = disturbed(data, right[kind]), disturbed(data, writer.LAW)
    if isinstance(event, dict):
        try:
            assert FINDINGS[kind](event, lambda digest: law)
        except Disagreement as wrong:
            assert str(wrong)
