"""The six steps on small records: what each finds, and how it names the place. Source: record-format.md."""

from __future__ import annotations

import importlib.util
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from referenda_verify import Report, verify

_SPEC = importlib.util.spec_from_file_location("record_writer", Path(__file__).with_name("record_writer.py"))
writer: Any = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(writer)

Change = Callable[[Path], object]


@pytest.fixture
def record(tmp_path: Path) -> Path:
    return writer.write_example(tmp_path / "record")


def disagreement(folder: Path, key: str | None = None) -> dict[str, Any]:
    report = verify(folder, key)
    assert not report.verified
    assert report.disagreement is not None
    assert report.steps[-1]["ok"] is False
    assert report.steps[-1]["number"] == report.disagreement["step"]
    return report.disagreement


def with_events(folder: Path, change: Callable[[list[dict[str, Any]]], object]) -> None:
    """Change events, and sign the record again as the holder of the key could."""
    events = writer.example_events()
    change(events)
    (folder / "events.jsonl").write_bytes(b"".join(writer.canonical(event) + b"\n" for event in events))
    writer.sign_again(folder)


def with_manifest(folder: Path, **other: Any) -> None:
    manifest = json.loads((folder / "manifest.json").read_bytes())
    (folder / "manifest.json").write_bytes(writer.canonical({**manifest, **other}) + b"\n")


def test_a_record_that_is_right_is_verified_in_six_steps(record: Path) -> None:
    report = verify(record)

    assert report.verified
    assert (report.case, report.events, report.signatures) == (writer.CASE, 7, "checked")
    assert [step["number"] for step in report.steps] == [1, 2, 3, 4, 5, 6]
    assert all(step["ok"] and step["detail"] for step in report.steps)
    assert report.findings == [
        {"position": 1, "kind": "RequirementDetermined", "requirement": 585407},
        {"position": 4, "kind": "SampleProjected", "projected_valid": 34549, "decision": "full_check", "rows": 3},
        {"position": 5, "kind": "VoteDecided", "passed": True, "conditions": 2},
    ]
    assert "VERIFIED" in report.words()
    assert writer.DIGEST in report.words()


def test_a_record_without_events_has_a_checkpoint_of_size_0(tmp_path: Path) -> None:
    report = verify(writer.write(tmp_path / "empty", []))

    assert report.verified
    assert report.root == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("events", [0, 7])
def test_a_record_without_a_checkpoint_over_all_events_is_refused(tmp_path: Path, events: int) -> None:
    folder = writer.write(tmp_path / "record", writer.example_events()[:events], [writer.LAW][: events // 7], [events])
    shutil.rmtree(folder / "checkpoints")
    writer.hash_again(folder)

    assert f"no checkpoint covers all {events} events" in disagreement(folder)["message"]


def test_what_is_no_record_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").mkdir()
    (tmp_path / "link" / "manifest.json").symlink_to(tmp_path / "file")

    for path in (tmp_path, tmp_path / "absent", tmp_path / "file", tmp_path / "link"):
        found = disagreement(path)
        assert (found["step"], found["file"]) == (1, "manifest.json")
        assert "not the folder of a record" in found["message"]


MANIFESTS: list[tuple[dict[str, Any], str]] = [
    ({"format": "referenda-record/2"}, "the format"),
    ({"case": "Us-ca"}, "the case's name"),
    ({"case": "a" * 81}, "the case's name"),
    ({"case": 5}, "'case'"),
    ({"case": "us-ca-other"}, "the event's case"),
    ({"events": 6}, "the number of events"),
    ({"events": 8}, "the number of events"),
    ({"events": -1}, "the number of events"),
    ({"events": True}, "'events'"),
    ({"events": "7"}, "'events'"),
    ({"files": []}, "'files'"),
    ({"root": "00" * 32}, "the root over all events"),
    ({"root": 5}, "the root over all events"),
    ({"verifier_key": None}, "'verifier_key'"),
    ({"verifier_key": "x"}, "the verifier key is not"),
    ({"comment": ""}, "the list of the manifest's keys"),
]


@pytest.mark.parametrize(("other", "words"), MANIFESTS)
def test_a_manifest_of_another_form_or_content_is_refused(record: Path, other: dict[str, Any], words: str) -> None:
    with_manifest(record, **other)

    assert words in disagreement(record)["message"]


@pytest.mark.parametrize(
    "path",
    [
        "../record/README.txt",
        "/etc/passwd",
        "law/../README.txt",
        "./README.txt",
        "readme.txt",
        "Law/x.json",
        "manifest.json",
        "checkpoints/7.txt",
        "checkpoints\\0000000007.txt",
        f"law/{'A' * 64}.json",
        "law",
        "",
        "law//x",
        "README.txt/",
    ],
)
def test_a_path_that_no_record_has_is_refused(record: Path, path: str) -> None:
    files = json.loads((record / "manifest.json").read_bytes())["files"]
    with_manifest(record, files={**files, path: "00" * 32})

    found = disagreement(record)

    assert (1, "manifest.json", path) == (found["step"], found["file"], found["found"])


def extra_folder(folder: Path) -> None:
    (folder / "checkpoints" / "more").mkdir()


FOLDERS: list[tuple[Change, str]] = [
    (lambda folder: (folder / "notes.txt").write_text(""), "notes.txt"),
    (lambda folder: (folder / "law" / "notes.txt").write_text(""), "law/notes.txt"),
    (lambda folder: (folder / "EVENTS.JSONL").write_text(""), "EVENTS.JSONL"),
    (lambda folder: (folder / "empty").mkdir(), "empty"),
    (extra_folder, "checkpoints/more"),
    (lambda folder: (folder / "README.txt").unlink(), "README.txt"),
    (lambda folder: (folder / "events.jsonl").unlink(), "events.jsonl"),
    (lambda folder: (folder / "README.txt").rename(folder / "Readme.txt"), "Readme.txt"),
    (lambda folder: (folder / "README.txt").write_text("changed"), "README.txt"),
    (lambda folder: (folder / "Law").symlink_to(folder / "law"), "Law"),
]


@pytest.mark.parametrize(("change", "file"), FOLDERS)
def test_a_folder_that_is_not_what_its_manifest_lists_is_refused(record: Path, change: Change, file: str) -> None:
    change(record)

    found = disagreement(record)

    assert (1, file) == (found["step"], found["file"])


@pytest.mark.parametrize("file", ["README.txt", "events.jsonl"])
def test_a_manifest_that_lists_less_than_a_record_has_is_refused(record: Path, file: str) -> None:
    files = json.loads((record / "manifest.json").read_bytes())["files"]
    (record / file).unlink()
    del files[file]
    with_manifest(record, files=files)

    assert "lacks README.txt or events.jsonl" in disagreement(record)["message"]


EVENTS: list[tuple[dict[str, Any], str]] = [
    ({"case": "us-ca-other"}, "the event's case"),
    ({"position": 4}, "the event's position"),
    ({"position": "3"}, "the event's position"),
    ({"kind": "petitionFiled"}, "the kind of event"),
    ({"kind": ""}, "the kind of event"),
    ({"version": 0}, "the version"),
    ({"version": "1"}, "'version'"),
    ({"by": ""}, "by whom"),
    ({"by": None}, "'by'"),
    ({"data": []}, "'data'"),
    ({"data": None}, "'data'"),
    ({"occurred_on": "2017-02-29"}, "no such day"),
    ({"occurred_on": "20170226"}, "malformed day"),
    ({"occurred_on": "2017-1-2"}, "malformed day"),
    ({"occurred_on": "2017-W05-1"}, "malformed day"),
    ({"occurred_on": "0000-01-01"}, "no such day"),
    ({"occurred_on": None}, "'occurred_on'"),
    ({"recorded_at": "2026-11-22T10:00:00Z"}, "malformed day"),
    ({"recorded_at": "2026-11-22T10:00:60.000000Z"}, "no such day"),
    ({"recorded_at": "2026-11-22T24:00:00.000000Z"}, "no such day"),
    ({"recorded_at": "2026-11-22T10:00:00.000003+00:00"}, "malformed day"),
    ({"recorded_at": "2026-11-22T09:59:59.999999Z"}, "recorded before the one ahead"),
    ({"more": 1}, "the list of the event's keys"),
]


@pytest.mark.parametrize(("other", "words"), EVENTS)
def test_an_event_of_another_form_is_named(record: Path, other: dict[str, Any], words: str) -> None:
    with_events(record, lambda events: events[3].update(other))

    found = disagreement(record)

    assert (found["step"], found["file"], found["event"]) == (2, "events.jsonl", 3)
    assert words in found["message"]


def test_instants_may_be_equal_and_legal_days_may_go_back(record: Path) -> None:
    def change(events: list[dict[str, Any]]) -> None:
        for event in events:
            event.update(recorded_at="2026-11-22T10:00:00.000000Z")
        events[3].update(occurred_on="2016-02-29")

    with_events(record, change)

    assert verify(record).verified


@pytest.mark.parametrize(
    ("change", "event"),
    [
        (lambda raw: raw[:-1], 6),
        (lambda raw: raw + b"\n", 7),
        (lambda raw: raw.replace(b"\n", b"\r\n"), 0),
        (lambda raw: b"\xef\xbb\xbf" + raw, 0),
        (lambda raw: raw.replace(b"\n", b"\n\n", 1), 1),
        (lambda raw: raw + b"[]\n", 7),
    ],
)
def test_lines_that_are_not_canonical_events_are_named(
    record: Path, change: Callable[[bytes], bytes], event: int
) -> None:
    (record / "events.jsonl").write_bytes(change((record / "events.jsonl").read_bytes()))
    writer.sign_again(record)

    found = disagreement(record)

    assert (2, event) == (found["step"], found["event"])


def test_a_checkpoint_of_another_log_size_or_root_is_named(record: Path) -> None:
    name, lines = "checkpoints/0000000003.txt", (record / "events.jsonl").read_bytes().split(b"\n")
    root = writer.root_of(lines[:3])
    wrong = {
        "the checkpoint's origin": writer.checkpoint(3, root, case="us-ca-other"),
        "the checkpoint's size": writer.checkpoint(4, root),
        "the checkpoint's root": writer.checkpoint(3, writer.root_of(lines[:4])),
        "not origin, size, root": writer.checkpoint(3, root) + b"\n",
    }
    for words, raw in wrong.items():
        (record / name).write_bytes(raw)
        writer.hash_again(record)
        found = disagreement(record)
        assert (3, name) == (found["step"], found["file"])
        assert words in found["message"]


def test_a_checkpoint_of_more_events_than_there_are_is_named(record: Path) -> None:
    (record / "checkpoints" / "0000000009.txt").write_bytes(writer.checkpoint(9, bytes(32)))
    writer.hash_again(record)

    assert tuple(disagreement(record)[key] for key in ("step", "file")) == (3, "checkpoints/0000000009.txt")


def test_a_checkpoint_that_another_key_signed_is_named(record: Path) -> None:
    secret = writer.Ed25519PrivateKey.from_private_bytes(b"another key, also for tests only")
    root = writer.root_of((record / "events.jsonl").read_bytes().split(b"\n")[:3])
    for name, words in ((writer.NAME, "the key that signed"), ("else", "the key that signed")):
        (record / "checkpoints/0000000003.txt").write_bytes(writer.checkpoint(3, root, secret=secret, name=name))
        writer.hash_again(record)
        found = disagreement(record)
        assert (found["step"], found["file"]) == (4, "checkpoints/0000000003.txt")
        assert words in found["message"]
        assert verify(record).signatures == "wrong"


def test_a_record_of_another_key_is_refused_when_a_key_is_demanded(record: Path) -> None:
    assert verify(record, writer.verifier_key()).verified
    for key in (writer.verifier_key(name="else"), "", "x"):
        found = disagreement(record, key)
        assert (4, "manifest.json", writer.verifier_key()) == (found["step"], found["file"], found["found"])


def test_a_law_document_that_an_event_names_must_be_there(record: Path) -> None:
    with_events(record, lambda events: events[2]["data"].update(law="ab" * 32))

    found = disagreement(record)

    assert (found["step"], found["file"], found["event"]) == (5, "events.jsonl", 2)


def test_a_law_document_that_no_event_names_is_refused(record: Path) -> None:
    other = writer.canonical({"place": {"id": "us/or"}})
    (record / "law" / f"{writer.hexdigest(other)}.json").write_bytes(other)
    writer.hash_again(record)

    assert (5, f"law/{writer.hexdigest(other)}.json") == tuple(disagreement(record)[key] for key in ("step", "file"))


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b'{"place":{"id":"us/ca"}}\n', "not canonical"),
        (b'{"a": "b"}', "not canonical"),
        (b'{"a":5}', "holds what is not text"),
        (b'{"a":[null]}', "holds what is not text"),
        (b'{"a":[true]}', "holds what is not text"),
        (b'["a"]', "holds what is not text"),
        (b'"a"', "holds what is not text"),
    ],
)
def test_a_law_document_is_canonical_lists_objects_and_text(record: Path, raw: bytes, words: str) -> None:
    digest = writer.hexdigest(raw)
    (record / "law" / f"{digest}.json").write_bytes(raw)
    with_events(record, lambda events: events[2]["data"].update(law=digest))

    found = disagreement(record)

    assert (5, f"law/{digest}.json") == (found["step"], found["file"])
    assert words in found["message"]


def test_a_law_document_under_another_digest_is_refused(record: Path) -> None:
    (record / "law" / f"{'ab' * 32}.json").write_bytes(b'{"a":"b"}')
    with_events(record, lambda events: events[2]["data"].update(law="ab" * 32))

    assert "the law document's digest" in disagreement(record)["message"]


REQUIREMENTS: list[tuple[dict[str, Any], str]] = [
    ({"requirement": 585408}, "the requirement"),
    ({"requirement": None}, "not an exact number"),
    ({"base": 7317582}, "the base"),
    ({"base": None}, "not an exact number"),
    ({"on": "2014-11-04"}, "the step base"),
    ({"on": "2014-11-31"}, "no such day"),
    ({"instrument": "statute"}, "the step requirement"),
    ({"instrument": "recall"}, "'requirement_share' is no step"),
    ({"formula": "other"}, "no formula 'other'"),
    ({"readings": {"rate_rounding": "up"}}, "no such reading"),
    ({"steps": []}, "the list of steps"),
    ({"steps": [{"name": "base", "value": "7317581", "cite": "x"}] * 2}, "the list of steps"),
    ({"law": None}, "'law'"),
    ({"law": "../manifest"}, "the law document is not there"),
    ({"law": "AB" * 32}, "the law document is not there"),
]


@pytest.mark.parametrize(("other", "words"), REQUIREMENTS)
def test_a_requirement_that_the_law_does_not_make_is_named(record: Path, other: dict[str, Any], words: str) -> None:
    with_events(record, lambda events: events[1]["data"].update(other))

    found = disagreement(record)

    assert (found["step"], found["file"], found["event"]) == (6, "events.jsonl", 1)
    assert words in found["message"]


@pytest.mark.parametrize(("key", "value", "words"), [("value", "585408", "the step req"), ("cite", "§ 1", "citations")])
def test_each_step_of_a_requirement_is_held_to_the_law(record: Path, key: str, value: str, words: str) -> None:
    with_events(record, lambda events: events[1]["data"]["steps"][1].update({key: value}))

    assert words in disagreement(record)["message"]


SAMPLES: list[tuple[dict[str, Any], str]] = [
    ({"projected_valid": 34550}, "the statewide projected_valid"),
    ({"decision": "sufficient"}, "the decision"),
    ({"requirement": 30000}, "the decision"),
    ({"requirement": None}, "not an exact number"),
    ({"count": "other"}, "0 counts 'other'"),
    ({"rows": []}, "the statewide projected_valid"),
    ({"rows": {}}, "'rows'"),
    ({"readings": {"rate_rounding": "truncate"}}, "row 1: projected_valid"),
]


@pytest.mark.parametrize(("other", "words"), SAMPLES)
def test_a_projection_that_the_law_does_not_make_is_named(record: Path, other: dict[str, Any], words: str) -> None:
    with_events(record, lambda events: events[4]["data"].update(other))

    found = disagreement(record)

    assert (found["step"], found["event"]) == (6, 4)
    assert words in found["message"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("raw_count", 24040),
        ("sample_size", 723),
        ("valid_in_sample", 517),
        ("duplicates_in_sample", 3),
        ("projected_valid", 15029),
        ("withdrawn_signatures", -1),
        ("sample_size", 0),
        ("raw_count", "24034"),
    ],
)
def test_each_number_of_a_row_matters(record: Path, key: str, value: Any) -> None:
    with_events(record, lambda events: events[4]["data"]["rows"][0].update({key: value}))

    assert tuple(disagreement(record)[key] for key in ("step", "event")) == (6, 4)


def test_a_finding_of_a_version_that_is_not_known_is_refused(record: Path) -> None:
    with_events(record, lambda events: events[5].update(version=2))

    assert "the version of VoteDecided" in disagreement(record)["message"]


def test_the_words_of_a_disagreement_name_file_event_and_both_values(record: Path) -> None:
    with_events(record, lambda events: events[1]["data"].update(requirement=585408))

    words = verify(record).words()

    assert "6. Findings: DISAGREES: the requirement is another when computed again" in words
    for line in ("file     events.jsonl", "event    1", "expected 585407", "found    585408"):
        assert line in words
    assert words.endswith("NOT VERIFIED: the record disagrees in step 6.")


def test_what_is_shown_holds_no_control_characters(record: Path) -> None:
    with_events(record, lambda events: events[3].update(by="x", kind="\x1b[2J" + "long" * 100))

    report: Report = verify(record)

    assert "\x1b" not in report.words()
    assert len(str(report.disagreement)) < 600


def test_progress_tells_how_many_events_are_read(record: Path) -> None:
    told: list[tuple[int, int]] = []

    verify(record, progress=lambda done, total: told.append((done, total)))

    assert told == [(0, 7)]
