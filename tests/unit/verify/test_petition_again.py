"""A petition's verification as the checker sees it: draws made again, decisions held together, receipts opened.

The maker of these records is the one below, written from record-format.md; it shares nothing with the program.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from referenda_verify import Report, verify

_SPEC = importlib.util.spec_from_file_location("record_writer", Path(__file__).with_name("record_writer.py"))
writer: Any = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(writer)

SIZE = {"name": "sample_size", "inputs": ["raw_count"]}
STEP = {"name": "sample_size", "is": "min(raw_count, 10)", "cite": "Elec. Code § 9030"}
LAW = {**writer.LAW, "formulas": [*writer.LAW["formulas"], {**SIZE, "steps": [STEP]}]}
COUNTY, SEED = "Alder", "31415926535897932384"
SECTIONS = [["a", 12], ["b", 20], ["c", 8]]
REJECTED = {"c": "circulator_declaration_missing"}
LINES = [f"{name}/{number}" for name, many in SECTIONS for number in range(1, many + 1)]
REASONS = {"not_registered": 2, "duplicate": 1}

VALID = {"decision": "valid", "reason": None, "newest": True}

Data = dict[str, Any]


def ticket(identity: str) -> str:
    return sha256(f"{SEED},{COUNTY},{identity}".encode()).hexdigest()


def drawn(size: int = 10, lines: list[str] = LINES) -> list[str]:
    return sorted(lines, key=ticket)[:size]


def leaf(content: Data) -> bytes:
    return sha256(content["kind"].encode() + content["identity"].encode()).digest() + writer.canonical(content)


def line(identity: str) -> Data:
    given = {"address": "1 Elm St", "city": "", "date_signed": "", "name": "Ana Ruiz", "zip": ""}
    return {**given, "case": writer.CASE, "county": COUNTY, "identity": identity, "kind": "line"}


def decision(identity: str) -> Data:
    given = {"decision": "valid", "duplicate_of": None, "reason": None, "voter": None}
    return {**given, "case": writer.CASE, "county": COUNTY, "identity": identity, "kind": "decision"}


def tree(contents: list[Data]) -> str:
    return writer.root_of([leaf(content) for content in contents]).hex()


def path(leaves: list[bytes], index: int) -> list[str]:
    """The path of RFC 6962 § 2.1.1, by its recursive definition."""
    if len(leaves) == 1:
        return []
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    if index < split:
        return [*path(leaves[:split], index), writer.root_of(leaves[split:]).hex()]
    return [*path(leaves[split:], index - split), writer.root_of(leaves[:split]).hex()]


def decided(basis: str = "random_sample", lines: int = 10, **other: Any) -> Data:
    these = drawn() if basis == "random_sample" else LINES
    of = sorted(these, key=lambda one: (one.split("/")[0], int(one.split("/")[1])))
    return {
        "basis": basis,
        "county": COUNTY,
        "duplicates": 1,
        "lines": lines,
        "reasons": REASONS,
        "root": tree([decision(one) for one in of]),
        "second_looks": {"lines": 2, "differed": 1},
        "valid": lines - 3,
        "voter_file": {"as_of": "2026-07-15", "digest": "0" * 64},
        **other,
    }


def certificate(**other: Any) -> Data:
    return {"case": writer.CASE, "county": COUNTY, "format": "referenda-certificate/1", "number": 1, **other}


def stated() -> list[tuple[str, Data]]:
    """The events of a petition of 40 lines: received, committed, drawn, sampled, checked whole, certified."""
    received = {"instrument": "statute", "law": writer.hexdigest(writer.canonical(LAW)), "place": "us/ca"}
    identities = drawn()
    return [
        ("MeasureReceived", received),
        ("SectionsReceived", {"county": COUNTY, "sections": SECTIONS[:2], "lines": 32}),
        ("SectionsReceived", {"county": COUNTY, "sections": SECTIONS[2:], "lines": 8, "rejected": REJECTED}),
        ("RawCountReported", {"county": COUNTY, "raw_count": 40}),
        (
            "LinesCommitted",
            {"batches": 1, "county": COUNTY, "lines": 40, "root": tree([line(one) for one in LINES])},
        ),
        (
            "SampleDrawn",
            {
                "county": COUNTY,
                "drawn": sha256("\n".join(identities).encode()).hexdigest(),
                "frame": sha256(json.dumps(SECTIONS, separators=(",", ":")).encode()).hexdigest(),
                "last_ticket": ticket(identities[-1]),
                "least": 10,
                "method": "sha256-tickets/1",
                "raw_count": 40,
                "sample_size": 10,
                "seed": SEED,
            },
        ),
        (
            "SampleReported",
            {"county": COUNTY, "sample_size": 10, "valid_in_sample": 7, "duplicates_in_sample": 1},
        ),
        ("DecisionsCommitted", decided()),
        ("FullCheckReported", {"county": COUNTY, "checked": 40, "valid_signatures": 37, "complete": True}),
        ("DecisionsCommitted", decided("full_check", 40)),
        (
            "CertificateIssued",
            {
                "basis": "full_check",
                "county": COUNTY,
                "decisions": 9,
                "duplicates": 1,
                "examined": 40,
                "number": 1,
                "raw_count": 40,
                "record_size": 10,
                "sha256": sha256(writer.canonical(certificate())).hexdigest(),
                "valid": 37,
            },
        ),
    ]


def write(folder: Path, change: Callable[[list[tuple[str, Data]]], object] = lambda _: None) -> Path:
    """Write a signed record of these events, changed; certificates get the root of what stands before them."""
    events = stated()
    change(events)
    numbered: list[Any] = []
    for kind, data in events:
        if kind == "CertificateIssued" and "record_root" not in data:
            root = writer.root_of([writer.canonical(one) for one in numbered]).hex()
            data = {**data, "record_root": root}
        numbered.append(writer.event(len(numbered), kind, data))
    return writer.write(folder, numbered, [LAW])


def said(folder: Path, receipt: Path | None = None) -> str:
    report = verify(folder, receipt=receipt)
    assert not report.verified
    assert report.disagreement is not None
    return f"{report.disagreement['step']} {report.disagreement['event']}: {report.disagreement['message']}"


def put(at: int, **data: Any) -> Callable[[list[tuple[str, Data]]], None]:
    def change(events: list[tuple[str, Data]]) -> None:
        events[at] = (events[at][0], {**events[at][1], **data})

    return change


def test_a_petition_that_is_right_is_verified_and_its_sample_drawn_again(tmp_path: Path) -> None:
    report = verify(write(tmp_path / "record"))

    assert report.verified, report.words()
    sample, full = ({"position": at, "kind": "DecisionsCommitted", "county": COUNTY} for at in (7, 9))
    assert report.findings == [
        {"position": 5, "kind": "SampleDrawn", "county": COUNTY, "drawn": 10, "raw_count": 40},
        {**sample, "basis": "random_sample", "lines": 10, "valid": 7},
        {**full, "basis": "full_check", "lines": 40, "valid": 37},
        {"position": 10, "kind": "CertificateIssued", "county": COUNTY, "number": 1, "valid": 37},
    ]


def test_a_sample_may_leave_out_the_lines_of_rejected_sections(tmp_path: Path) -> None:
    lines = LINES[:32]
    identities = drawn(lines=lines)

    def change(events: list[tuple[str, Data]]) -> None:
        frame = sha256(json.dumps(SECTIONS[:2], separators=(",", ":")).encode()).hexdigest()
        drawing = {"frame": frame, "raw_count": 32, "last_ticket": ticket(identities[-1])}
        put(5, **drawing, drawn=sha256("\n".join(identities).encode()).hexdigest())(events)
        del events[8:]

    assert verify(write(tmp_path / "record", change)).verified


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (put(1, lines=31), "6 1: the lines of the sections together"),
        (put(1, sections=[["b", 20], ["a", 12]]), "6 1: sections are not in order, each once"),
        (put(1, sections=[["a", 12], ["a", 20]]), "6 1: sections are not in order, each once"),
        (put(1, sections=[["a", 12], ["b", True]]), "6 1: a section is not its name"),
        (put(2, sections=[["b", 20]], lines=20, rejected={}), "6 2: a section was received before"),
        (put(2, rejected={"x": "any"}), "6 2: a section is rejected that was not received"),
        (put(4, lines=41), "6 4: more lines are committed than the 40 received"),
        (put(4, root="x"), "6 4: root is not a SHA-256"),
        (put(4, county="Birch", lines=0), "6 5: a sample is drawn, and the office was not bound"),
        (put(5, seed="31415926535897932385"), "6 5: the highest ticket drawn"),
        (put(5, seed="3141592653589793238 x"), "6 5: the seed is malformed"),
        (put(5, method="other"), "6 5: the way of drawing"),
        (put(5, frame="0" * 64), "6 5: the frame is not that of the sections"),
        (put(5, drawn="0" * 64), "6 5: the lines drawn"),
        (put(5, least=9), "6 5: the size that the law asks for"),
        (put(5, sample_size=9), "6 5: the law asks for a sample of 10"),
        (put(5, sample_size=11), "6 5: the highest ticket drawn"),
        (put(6, valid_in_sample=8), "6 7: what the county reported"),
        (put(7, valid=8), "6 7: the lines decided"),
        (put(7, reasons={"not_registered": 2, "duplicate": 1.0}), "2 7: "),
        (put(7, duplicates=4), "6 7: more duplicates than lines"),
        (put(7, lines=9, valid=6), "6 7: the number of lines to be decided"),
        (put(7, amends=3), "6 7: the decisions that are put right"),
        (put(7, second_looks={"lines": 2, "differed": 3}), "6 7: the second looks cannot be so many"),
        (put(8, checked=39), "6 9: what the county reported"),
        (put(9, basis="sample"), "6 9: the basis is unknown"),
        (put(10, number=2), "6 10: the certificate's number"),
        (put(10, amends=3), "6 10: the certificate that it amends"),
        (put(10, record_size=9), "6 10: the size of the record before it"),
        (put(10, record_root="0" * 64), "6 10: the root of the record before it"),
        (put(10, decisions=7), "6 10: the decisions certified"),
        (put(10, valid=38), "6 10: the certificate's valid"),
        (put(10, raw_count=41), "6 10: the certificate's raw_count"),
        (put(10, projected_valid=30), "6 10: the certificate's projected_valid"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_number_that_does_not_follow_is_named(
    tmp_path: Path, change: Callable[[list[tuple[str, Data]]], None], expected: str
) -> None:
    assert said(write(tmp_path / "record", change)).startswith(expected)


def test_where_no_raw_count_was_reported_the_lines_of_the_sections_are_certified(tmp_path: Path) -> None:
    def change(events: list[tuple[str, Data]]) -> None:
        events[3] = ("TitleIssued", {})

    assert verify(write(tmp_path / "record", change)).verified
    assert said(write(tmp_path / "other", lambda events: [change(events), put(10, raw_count=39)(events)])).startswith(
        "6 10: the certificate's raw_count"
    )


def test_the_same_lines_are_not_drawn_from_twice(tmp_path: Path) -> None:
    folder = write(tmp_path / "record", lambda events: events.insert(6, events[5]))
    assert said(folder) == "6 6: the same lines are drawn from twice"


def late(valid: int = 38, report: int | None = None) -> Callable[[list[tuple[str, Data]]], None]:
    """A late decision, reported again perhaps, and the certificate that amends the first."""

    def change(events: list[tuple[str, Data]]) -> None:
        if report is not None:
            events.append(("FullCheckReported", {**events[8][1], "valid_signatures": report}))
        reasons = {"not_registered": 39 - valid, "duplicate": 1}
        events.append(("DecisionsCommitted", decided("full_check", 40, valid=valid, reasons=reasons, amends=9)))
        at = len(events)
        second = {"number": 2, "amends": 10, "decisions": at - 1, "record_size": at, "valid": valid, "sha256": "0" * 64}
        events.append(("CertificateIssued", {**events[10][1], **second}))

    return change


def test_a_late_decision_amends_the_decisions_and_the_certificate(tmp_path: Path) -> None:
    assert verify(write(tmp_path / "record", late())).verified
    assert verify(write(tmp_path / "reported", late(report=38))).verified


def test_a_report_that_comes_with_a_late_decision_must_agree_with_it(tmp_path: Path) -> None:
    assert (
        said(write(tmp_path / "record", late(report=39))) == "6 12: what the county reported is not what it should be"
    )


COUNT = {
    "name": "full_check",
    "rows": "county",
    "row_formula": "verified_valid",
    "totals": ["verified_valid"],
    "result": "verified_valid",
    "decision": [{"decide": "sufficient", "when": "verified_valid >= requirement"}, {"decide": "full_check"}],
}
VERIFIED = {"name": "verified_valid", "inputs": ["valid_in_sample"]}
NEEDED = {"name": "needed", "steps": [{"name": "requirement", "is": "30", "cite": "Elec. Code § 9118"}]}


def ended_early(tmp_path: Path, *, needed: str = "30", complete: bool = False, **other: Any) -> Report:
    """A record of 40 lines whose check ended with 35 of them, 32 valid; 30 are needed unless said otherwise."""
    step = [{"name": "verified_valid", "is": "valid_in_sample", "cite": "Elec. Code § 9115(b)"}]
    determined = {**NEEDED, "steps": [{**NEEDED["steps"][0], "is": needed}]}  # type: ignore[dict-item]
    formulas = [*LAW["formulas"], {**VERIFIED, "steps": step}, determined]
    law = {**LAW, "formulas": formulas, "sample_counts": [*LAW["sample_counts"], COUNT]}
    digest = writer.hexdigest(writer.canonical(law))
    about = {"instrument": "statute", "law": digest, "place": "us/ca", "on": "2026-01-05", "formula": "needed"}
    said = {"value": needed, "name": "requirement", "cite": "Elec. Code § 9118"}
    events = stated()
    put(0, law=digest)(events)
    put(8, checked=35, valid_signatures=32, complete=complete)(events)
    put(9, **{"lines": 35, "valid": 32, "not_examined": 5, **other})(events)
    events.insert(1, ("RequirementDetermined", {**about, "requirement": int(needed), "steps": [said]}))
    events[10][1].update(amends=None)
    put(11, decisions=10, examined=35, valid=32, record_size=11)(events)
    numbered: list[Any] = []
    for kind, data in events:
        root = writer.root_of([writer.canonical(one) for one in numbered]).hex() if numbered else ""
        more = {"record_root": root} if kind == "CertificateIssued" else {}
        numbered.append(writer.event(len(numbered), kind, {**data, **more}))
    return verify(writer.write(tmp_path / "record", numbered, [law]))


def test_a_check_that_ended_early_is_verified_where_the_law_finds_enough(tmp_path: Path) -> None:
    report = ended_early(tmp_path)
    assert report.verified, report.words()
    assert report.findings[-2]["not_examined"] == 5


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"needed": "33"}, "what the law decides on a check that ended early"),
        ({"not_examined": 4}, "the number of lines to be decided"),
        ({"not_examined": -5}, "not_examined is below zero"),
        ({"complete": True}, "whether the county reported a complete check"),
    ],
)
def test_a_check_that_ended_early_without_the_law_is_named(
    tmp_path: Path, changed: dict[str, Any], expected: str
) -> None:
    wrong = ended_early(tmp_path, **changed).disagreement
    assert wrong is not None
    assert (wrong["event"], wrong["message"][: len(expected)]) == (10, expected)


def test_a_sample_cannot_end_early(tmp_path: Path) -> None:
    folder = write(tmp_path / "record", put(7, not_examined=1))
    assert said(folder) == "6 7: a sample is not examined to its end"


def receipt(folder: Path, identity: str, full: bool = True, **other: Any) -> Path:
    """Open a line and its decision on the full check, as an office does for a signer."""

    def opened(contents: list[Data], position: int) -> Data:
        leaves = [leaf(content) for content in contents]
        index = LINES.index(identity)
        salt = sha256(contents[index]["kind"].encode() + identity.encode()).hexdigest()
        return {
            "content": contents[index],
            "index": index,
            "position": position,
            "proof": path(leaves, index),
            "salt": salt,
        }

    paper = {
        "case": writer.CASE,
        "county": COUNTY,
        "decision": opened([decision(one) for one in LINES], 9) if full else None,
        "format": "referenda-receipt/1",
        "identity": identity,
        "line": opened([line(one) for one in LINES], 4),
        **other,
    }
    file = folder.with_suffix(".json")
    file.write_bytes(writer.canonical(paper) + b"\n")
    return file


def checked(tmp_path: Path, identity: str, **other: Any) -> Report:
    record = write(tmp_path / "record")
    return verify(record, receipt=receipt(tmp_path / "receipt", identity, **other))


@pytest.mark.parametrize("identity", ["a/1", "b/20", "c/8"])
def test_a_signer_finds_the_own_line_and_its_decision_under_the_roots(tmp_path: Path, identity: str) -> None:
    report = checked(tmp_path, identity)

    assert report.verified, report.words()
    assert report.receipt == {"identity": identity, "committed_at": 4, **VALID}
    assert report.steps[-1]["number"] == 7


def test_a_receipt_that_withholds_a_decision_is_refused(tmp_path: Path) -> None:
    report = checked(tmp_path, "a/1", full=False)
    assert report.disagreement is not None
    assert report.disagreement["message"] == "this line was decided, and the receipt does not open it"


@pytest.mark.parametrize("in_sample", [True, False])
def test_where_only_a_sample_was_decided_a_receipt_opens_a_decision_on_lines_drawn(
    tmp_path: Path, in_sample: bool
) -> None:
    record = write(tmp_path / "record", lambda events: events.__delitem__(slice(8, None)))
    identity = drawn()[0] if in_sample else sorted(LINES, key=ticket)[-1]
    report = verify(record, receipt=receipt(tmp_path / "receipt", identity, full=False))
    assert report.verified is not in_sample


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda paper: paper["line"]["content"].update(name="Ana Ruis"), "the root over the lines"),
        (lambda paper: paper["decision"]["content"].update(decision="not_valid"), "the root over the decisions"),
        (lambda paper: paper["line"].update(salt="0" * 64), "the root over the lines"),
        (lambda paper: paper["line"].update(index=1), "the root over the lines"),
        (lambda paper: paper["line"].update(index=40), "there is no leaf of this number"),
        (lambda paper: paper["line"]["proof"].pop(), "the path is too short"),
        (lambda paper: paper["line"]["proof"].append("0" * 64), "the path does not fit"),
        (lambda paper: paper["line"].update(position=9), "the record has no such commitment"),
        (lambda paper: paper.update(identity="a/2"), "whose line it is"),
        (lambda paper: paper.update(county="Birch"), "whose line it is"),
        (lambda paper: paper.update(case="us-ca-test-2"), "the case"),
        (lambda paper: paper["line"]["content"].update(more="x"), "the list of keys of the line"),
        (lambda paper: paper.update(format="other"), "this is neither a receipt nor a certificate"),
    ],
)
def test_a_receipt_of_another_line_or_with_another_datum_is_refused(
    tmp_path: Path, change: Callable[[Data], object], message: str
) -> None:
    record = write(tmp_path / "record")
    file = receipt(tmp_path / "receipt", "a/1")
    paper = json.loads(file.read_bytes())
    change(paper)
    file.write_bytes(writer.canonical(paper) + b"\n")

    assert said(record, file).startswith(f"7 None: {message}")


def test_a_certificate_is_found_by_its_bytes(tmp_path: Path) -> None:
    record, file = write(tmp_path / "record"), tmp_path / "certificate.json"
    file.write_bytes(writer.canonical(certificate()) + b"\n")
    assert verify(record, receipt=file).receipt == {"certificate": 1, "position": 10, "newest": True}

    file.write_bytes(writer.canonical(certificate(valid=38)) + b"\n")
    assert said(record, file).startswith("7 None: the record holds no certificate of these bytes")


def test_a_receipt_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert said(write(tmp_path / "record"), tmp_path / "none.json").startswith("7 None: cannot be read")


def test_a_count_that_was_put_right_is_the_one_drawn_from(tmp_path: Path) -> None:
    def change(events: list[tuple[str, Data]]) -> None:
        events[1] = (events[1][0], {"county": COUNTY, "sections": [["a", 12], ["b", 21]], "lines": 33})
        events.insert(3, ("SectionsReceived", {"county": COUNTY, "sections": [["b", 20]], "lines": 20}))
        del events[8:]

    assert verify(write(tmp_path / "record", change)).verified


def test_a_sample_is_not_drawn_again_by_dice_thrown_again(tmp_path: Path) -> None:
    def change(events: list[tuple[str, Data]]) -> None:
        received = {"county": COUNTY, "sections": [["b", 21]], "lines": 21}
        again = {**events[5][1], "raw_count": 41, "seed": "2" * 20}
        events[6:] = [("SectionsReceived", received), ("SampleDrawn", again)]

    assert said(write(tmp_path / "record", change)).startswith("6 7: the seed of a sample drawn again")
