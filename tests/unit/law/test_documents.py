"""A law document is read with file and line, and every fault of a folder is told at once."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from referenda.errors import Fault, LawError
from referenda.law.documents import digest_of, load_folder
from referenda.law.place import load_place
from referenda.law.schema import LawDocument, fields_of

PLACE = """\
place: {id: xx/ab, name: Abia, instruments: [{name: statute, words: Statute}, {name: recall, words: Recall}]}
sources:
  - {cite: Code § 1, title: First section, standing: read}
"""
BODY = """\
parameters:
  - name: signature_share
    unit: share
    about: Share that must sign.
    values:
      - {value: 5%, until: 2014-12-31, cite: Code § 1(a)}
      - {value: 6%, from: 2015-01-01, cite: Code § 1(a)}
formulas:
  - name: requirement
    about: Signatures needed.
    inputs: [votes]
    steps:
      - name: requirement
        is: signature_share * votes
        round: {to: 1, mode: up}
        cite: Code § 1(b)
        reading: rounding
        otherwise:
          nearest: {round: {to: 1, mode: half_up}}
readings:
  - name: rounding
    question: How is it rounded?
    alternatives: [{name: up, about: up}, {name: nearest, about: to the nearest}]
    chosen: up
    because: It is usual.
    cite: Code § 1
"""

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write the files of a place, `place.yaml` being given unless it is another."""

    def write_files(**files: str) -> Path:
        folder = tmp_path / "xx" / "ab"
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in ({"place": PLACE} | files).items():
            (folder / f"{name}.yaml").write_text(textwrap.dedent(text), encoding="utf-8")
        return folder

    return write_files


def faults(folder: Path) -> list[Fault]:
    with pytest.raises(LawError) as refused:
        load_folder(folder, "xx/ab")
    return list(refused.value.faults)


def only(folder: Path) -> Fault:
    (fault,) = faults(folder)
    return fault


def test_a_sound_document_loads(write: Write) -> None:
    document, typed = load_folder(write(law=BODY), "xx/ab")
    assert document["parameters"][0]["values"][0]["value"] == "5%"
    assert typed.formulas[0].steps[0].otherwise["nearest"].round is not None


def test_every_scalar_stays_text(write: Write) -> None:
    more = 'words: {section: no, proponent: 0.0001, signer: 2015-01-01, circulator: "yes"}\n'
    document, _ = load_folder(write(law=BODY, words=more), "xx/ab")
    assert document["words"] == {"section": "no", "proponent": "0.0001", "signer": "2015-01-01", "circulator": "yes"}


REFUSALS = [
    ("an unknown key", "    unit: share", "    unti: share", 3, "unti", "not a known key", "Did you mean `unit`?"),
    ("a missing key", "    unit: share\n", "", 2, "unit", "`unit` is missing", "Add `unit:`"),
    ("no citation", ", cite: Code § 1(a)}\n      - {value: 6%", "}\n      - {value: 6%", 6, "cite", "not cited", "Add"),
    ("no citation of a step", "        cite: Code § 1(b)\n", "", 13, "cite", "not cited", "Add"),
    ("no source", "cite: Code § 1(b)", "cite: Kode § 1(b)", 16, "cite", "no source begins", "Add the source"),
    ("a source only in part", "cite: Code § 1(b)", "cite: Code § 12", 16, "cite", "no source begins", "Add the source"),
    ("a wrong unit", "unit: share", "unit: shares", 3, "unit", "not one of the words", "Did you mean `share`?"),
    ("a share above one", "value: 5%", "value: 500%", 6, "value", "between 0 and 1", None),
    ("a value that is no number", "value: 5%", "value: five", 6, "value", "not a number", None),
    ("a date that is none", "2014-12-31", "2014-02-30", 6, "until", "not a date", None),
    ("a date in another form", "2014-12-31", "31/12/2014", 6, "until", "not a date", None),
    ("days that run back", "until: 2014-12-31", "from: 2014-12-31, until: 2013-01-01", 6, "values", "earlier", None),
    ("an overlap", "from: 2015-01-01", "from: 2014-12-31", 7, "values", "in force on the same day", "End one"),
    ("an unknown instrument", "value: 5%,", "value: 5%, instruments: [statut],", 6, "instruments", "no instrument",
     "Did you mean `statute`?"),
    ("an unknown name", "signature_share * votes", "signature_shar * votes", 14, "is", "signature_shar", None),
    ("a bracket left open", "signature_share * votes", "(signature_share * votes", 14, "is", "character", None),
    ("a comparison for a number", "signature_share * votes", "signature_share > votes", 14, "is", "a number", None),
    ("a later step's name", "signature_share * votes", "requirement * votes", 14, "is", "requirement", None),
    ("an unknown mode", "mode: up", "mode: upp", 15, "mode", "not one of the words", "Did you mean"),
    ("rounding to nothing", "to: 1, mode: up", "to: 0, mode: up", 15, "round", "above zero", None),
    ("an unknown reading", "reading: rounding", "reading: roundin", 17, "reading", "no reading",
     "Did you mean `rounding`?"),
    ("an unknown alternative", "nearest: {round", "nearst: {round", 19, "nearst", "no other alternative",
     "Did you mean `nearest`?"),
    ("the chosen alternative changed", "nearest: {round", "up: {round", 19, "up", "no other alternative", None),
    ("an alternative without effect", "{round: {to: 1, mode: half_up}}", "{}", 19, "nearest", "must change", None),
    ("a choice that is none", "chosen: up", "chosen: down", 24, "chosen", "no alternative", None),
    ("a result that is no step", "    steps:", "    result: requirment\n    steps:", 12, "result", "no step",
     "Did you mean `requirement`?"),
    ("a key twice", "    unit: share", "    unit: share\n    unit: share", 4, None, "twice (first in line 3)", None),
    ("an empty value", "about: Share that must sign.", "about:", 4, None, "no value here", "Write one"),
    ("a name in capitals", "name: signature_share", "name: SignatureShare", 2, "name", "not a name", "lower-case"),
    ("a list for one value", "unit: share", "unit: [share]", 3, "unit", "one of the words", None),
    ("a condition that is a number", "    inputs: [votes]", "    inputs: [votes]\n    when: votes + 1", 12, "when",
     "a comparison", None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "message", "remedy"), [r[1:] for r in REFUSALS], ids=[r[0] for r in REFUSALS]
)
def test_a_fault_is_named_with_file_line_key_and_remedy(
    write: Write, old: str, new: str, line: int, key: str | None, message: str, remedy: str | None
) -> None:
    assert BODY.count(old) >= 1
    found = faults(write(law=BODY.replace(old, new, 1)))
    told = [f for f in found if f.row == line and message in f.message + (f.value or "")]
    assert told, found
    fault = told[0]
    assert fault.file == "xx/ab/law.yaml"
    if key is not None and not isinstance(fault.column, int):
        assert key == fault.column
    if remedy is not None:
        assert remedy in (fault.remedy or "")


def test_a_fault_in_an_expression_points_at_its_character(write: Write) -> None:
    fault = only(write(law=BODY.replace("signature_share * votes", "signature_share * vots")))
    assert (fault.file, fault.row, fault.column) == ("xx/ab/law.yaml", 14, 19)
    assert "character 19" in fault.message
    assert "votes" in (fault.remedy or "")


def test_all_faults_of_a_folder_are_told_at_once(write: Write) -> None:
    broken = BODY.replace("    unit: share", "    unti: share").replace("chosen: up", "chosen: down")
    folder = write(law=broken.replace("cite: Code § 1(b)", "cite: Kode § 1"), more="parameters: {}\nrubbish: 1\n")
    told = {(f.file, f.row) for f in faults(folder)}
    assert told == {
        ("xx/ab/law.yaml", 2),  # the unit is missing
        ("xx/ab/law.yaml", 3),  # unti
        ("xx/ab/law.yaml", 16),  # no source
        ("xx/ab/law.yaml", 24),  # no alternative
        ("xx/ab/more.yaml", 1),  # a map where the other file has a list
        ("xx/ab/more.yaml", 2),  # no such section
    }


def test_a_faulty_entry_is_not_told_again_wherever_it_is_named(write: Write) -> None:
    (fault,) = faults(write(law=BODY.replace("    about: Share that must sign.\n", "")))
    assert fault.message.startswith("`about` is missing")


def test_a_file_that_is_no_utf8_is_refused_with_its_line(write: Write) -> None:
    folder = write()
    (folder / "law.yaml").write_bytes(b"parameters:\n  - {name: \xe4}\n")
    fault = only(folder)
    assert (fault.file, fault.row) == ("xx/ab/law.yaml", 2)
    assert "UTF-8" in fault.message


def test_a_formula_with_a_condition_beside_one_without_is_refused(write: Write) -> None:
    second = BODY.split("formulas:\n")[1].split("readings:")[0]
    conditional = second.replace("    inputs: [votes]", "    inputs: [votes]\n    when: votes > 5")
    told = faults(write(law=BODY, more=f"formulas:\n{conditional}"))
    assert [f.message for f in told] == ["of several formulas in force, each needs a `when`"]


COUNT = """\
sample_counts:
  - name: random_sample
    about: A sample.
    cite: Code § 1
    rows: county
    row_formula: projected
    totals: [raw_count, projected]
    result: projected
    decision:
      - {decide: sufficient, when: projected >= requirement, about: Enough., cite: Code § 1}
      - {decide: insufficient, about: Too few., cite: Code § 1}
formulas:
  - name: projected
    about: Projection.
    inputs: [raw_count, sample_size, valid_in_sample]
    steps: [{name: rate, is: valid_in_sample / sample_size, cite: Code § 1}, {name: all, is: raw_count * rate, cite: Code § 1}]
"""  # noqa: E501


def test_a_sample_count_loads(write: Write) -> None:
    assert load_folder(write(law=COUNT), "xx/ab")[1].sample_counts[0].result == "projected"


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("row_formula: projected", "row_formula: projectd", 6, "no formula"),
        ("totals: [raw_count, projected]", "totals: [raw_count, projecte]", 7, "no column"),
        ("result: projected", "result: sample_size", 8, "no total or step"),
        ("when: projected >= requirement", "when: projectd >= requirement", 10, "projectd"),
        ("{decide: sufficient, when: projected >= requirement,", "{decide: sufficient,", 10, "the last decision"),
        ("{decide: insufficient, about", "{decide: insufficient, when: raw_count > 1, about", 11, "the last decision"),
        ("inputs: [raw_count,", "inputs: [pending, raw_count,", 6, "no column"),
    ],
)
def test_a_sample_count_names_only_what_there_is(write: Write, old: str, new: str, line: int, message: str) -> None:
    told = faults(write(law=COUNT.replace(old, new, 1)))
    assert [f for f in told if f.row == line and message in f.message + (f.value or "")], told


CLOCKS = """\
clocks:
  - {name: first, starts: filed_date, days: some_days, about: First., cite: Code § 1}
  - {name: second, starts: first, election: general, days: 10, about: Second., cite: Code § 1}
elections:
  - {name: general, about: General., rule: {month: 11, weekday: tuesday, after: first monday}, cite: Code § 1}
holidays:
  days:
    - {name: New Year, rule: {month: 1, day: 1}, sunday: next_monday, cite: Code § 1}
parameters:
  - {name: some_days, unit: days, about: Days., values: [{value: 5, cite: Code § 1}]}
procedures:
  - name: measure
    about: A measure.
    stages: [{name: circulating, about: Circulating.}]
    deeds:
      - {event: Filed, actor: proponents, from: start, to: circulating, dates: filed_date, about: F., cite: Code § 1}
      - {event: Counted, actor: county, from: circulating, not_after: second, about: C., cite: Code § 1}
"""


def test_clocks_holidays_and_procedures_load(write: Write) -> None:
    _, typed = load_folder(write(law=CLOCKS), "xx/ab")
    assert typed.clocks[0].starts == ("filed_date",)
    assert typed.procedures[0].deeds[0].from_ == ("start",)


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("days: some_days", "days: som_days", 2, "no parameter in days"),
        ("starts: filed_date", "starts: fild_date", 2, "no clock or date"),
        ("starts: filed_date", "starts: second", 2, "starts with itself"),
        ("election: general,", "election: genral,", 3, "no election"),
        ("weekday: tuesday, after: first monday", "weekday: tuesday", 5, "a rule is"),
        ("month: 11,", "month: 13,", 5, "at most 12"),
        ("month: 1, day: 1}", "month: 2, day: 30}", 8, "no month has this day"),
        ("from: start,", "from: begin,", 16, "no stage"),
        ("to: circulating,", "to: circulatin,", 16, "no stage"),
        ("not_after: second", "not_after: secon", 17, "no clock or date"),
        ("event: Counted", "event: counted", 17, "not a name"),
        ("event: Counted,", "event: Counted, when: raw >,", 17, "character"),
        ("days: 10", "days: ten days", 3, "a whole number or the name"),
        ("days: 10", "days: [10]", 3, "one value, not a list"),
        ("month: 11,", "month: eleven,", 5, "not a whole number"),
        ("after: first monday}", "after: first monday, years: [even]}", 5, "one of the words"),
        ("month: 1, day: 1}", "month: 1, day: 1, plus: 2}", 8, "`plus` counts from a weekday"),
        ("rule: {month: 1, day: 1}", "rule: {dates: [2023-01-22], years: even}", 8, "`years` does not go with"),
        ("rule: {month: 1, day: 1}", "rule: {dates: [2023-01-22]}", 8, "do not move"),
    ],
)
def test_clocks_and_deeds_name_only_what_there_is(write: Write, old: str, new: str, line: int, message: str) -> None:
    assert old in CLOCKS
    told = faults(write(law=CLOCKS.replace(old, new, 1)))
    assert [f for f in told if f.row == line and message in f.message], told


@pytest.mark.parametrize(("text", "flag"), [("yes", True), ("True", True), ("no", False), ("false", False)])
def test_a_truth_is_written_as_a_word(write: Write, text: str, flag: bool) -> None:
    codes = f"reason_codes:\n  - {{name: a, about: A., cite: Code § 1, raw_count: {text}}}\n"
    assert load_folder(write(law=codes), "xx/ab")[1].reason_codes[0].raw_count is flag


def test_a_truth_in_other_words_is_refused(write: Write) -> None:
    fault = only(write(law="reason_codes:\n  - {name: a, about: A., cite: Code § 1, raw_count: maybe}\n"))
    assert (fault.row, fault.message) == (2, "this must be true or false")


def test_comments_order_of_keys_and_files_on_disk_leave_the_digest_as_it_is(write: Write, tmp_path: Path) -> None:
    first = digest_of(load_folder(write(law=BODY), "xx/ab")[0])
    turned = BODY.replace("    unit: share\n    about: Share that must sign.\n",
                          "    about: Share that must sign.  # a comment\n\n    unit: 'share'\n")  # fmt: skip
    again = digest_of(load_folder(write(law=f"# a comment\n{turned}"), "xx/ab")[0])
    parameters, rest = BODY.split("formulas:\n")
    (tmp_path / "xx" / "ab" / "law.yaml").unlink()
    folder = write(z_second=f"formulas:\n{rest}", a_first=parameters)
    assert first == again == digest_of(load_folder(folder, "xx/ab")[0])


@pytest.mark.parametrize(("old", "new"), [("5%", "5.0%"), ("Code § 1(b)", "Code § 1(c)"), ("It is usual.", "It is.")])
def test_any_value_that_changes_changes_the_digest(write: Write, old: str, new: str) -> None:
    first = digest_of(load_folder(write(law=BODY), "xx/ab")[0])
    assert first != digest_of(load_folder(write(law=BODY.replace(old, new, 1)), "xx/ab")[0])


def test_a_place_in_the_wrong_folder_is_refused(write: Write, tmp_path: Path) -> None:
    write(place=PLACE.replace("xx/ab", "xx/ac"))
    with pytest.raises(LawError, match="calls itself `xx/ac`"):
        load_place("xx/ab", root=tmp_path)


def test_every_key_of_a_law_document_is_in_its_reference() -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "reference" / "law-documents.md").read_text(encoding="utf-8")
    words = set(re.findall(r"[a-z_]+", page))
    waiting: list[type[BaseModel]] = [LawDocument]
    seen: set[type[BaseModel]] = set()
    while waiting:
        model = waiting.pop()
        seen.add(model)
        for key, annotation in fields_of(model).items():
            assert key in words, f"{model.__name__}.{key}"
            waiting += [m for m in _models_in(annotation) if m not in seen]
    assert len(seen) > 25


def _models_in(annotation: object) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for inner in get_args(annotation) for model in _models_in(inner)]
