"""Files that are no law documents, or that were made to harm the reader."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from referenda.errors import Fault, LawError
from referenda.law.documents import MAX_BYTES, load_folder

BILLION_LAUGHS = "a: &a [x, x, x]\nb: &b [*a, *a, *a]\nc: [*b, *b, *b]\n"


def faults(folder: Path, data: bytes | str) -> tuple[Fault, ...]:
    (folder / "law.yaml").write_bytes(data if isinstance(data, bytes) else data.encode())
    with pytest.raises(LawError) as refused:
        load_folder(folder, "xx")
    return tuple(f for f in refused.value.faults if f.file == "xx/law.yaml")


@pytest.mark.parametrize(
    ("data", "line", "message"),
    [
        (BILLION_LAUGHS, 1, "anchors"),
        ("a: [1]\nb: *a\n", 2, "anchors"),
        ("place: !!python/object/apply:os.system [ls]\n", 1, "the tag"),
        ("place:\n  id: !!str 5\n", 2, "the tag"),
        ("place: !local {}\n", 1, "the tag"),
        ("place: {}\n---\nplace: {}\n", 2, "second document"),
        ("a: " + "[" * 200 + "]" * 200, 1, "nested deeper"),
        ("a: " + "{a: " * 5000 + "x" + "}" * 5000, 1, "nested deeper"),
        ("- a\n- b\n", 1, "must be a map"),
        ("just words", 1, "must be a map"),
        ("", 1, "must be a map"),
        ("# only a comment\n", 1, "must be a map"),
        ("a: [1\nb: 2\n", 2, "not YAML"),
        ("a:\n\t- tab\n", 2, "not YAML"),
        ("a: 'open\n", None, "not YAML"),
        ("place: {}\n<<: {a: b}\n", 2, "not a known key"),
        ("{[a]: b}\n", 1, "a key must be a word"),
        ("place: null\n", 1, "a map"),
        ("place: ~\nplace: ~\n", 2, "given twice"),
        ("parameters: [[[]]]\n", 1, "a map"),
        (b"\xff\xfep\x00l\x00a\x00c\x00e\x00", 1, "UTF-8"),
        (b"PK\x03\x04\x14\x00\x00\x00\x08\x00\xc0\xff", 1, "UTF-8"),
        ("a: \x00\n", None, "not YAML"),
        ("a: x\n" + "#" * MAX_BYTES, None, "larger"),
    ],
)
def test_a_bad_file_is_refused_with_its_line(tmp_path: Path, data: bytes | str, line: int | None, message: str) -> None:
    found = faults(tmp_path, data)
    told = [f for f in found if message in f.message and (line is None or f.row == line)]
    assert told, found
    assert all(f.remedy for f in told)


def test_a_bad_file_does_not_hide_the_faults_of_the_next(tmp_path: Path) -> None:
    (tmp_path / "more.yaml").write_text("plce: {}\n", encoding="utf-8")
    (tmp_path / "law.yaml").write_text("a: &a b\n", encoding="utf-8")
    with pytest.raises(LawError) as refused:
        load_folder(tmp_path, "xx")
    told = [(f.file, f.remedy) for f in refused.value.faults]
    assert ("xx/law.yaml", "Write the value out, or quote the text.") in told
    assert ("xx/more.yaml", "Did you mean `place`?") in told


def test_names_with_brackets_and_braces_are_shown_as_they_are(tmp_path: Path) -> None:
    found = faults(tmp_path, 'place: {id: "{x}", name: "[bold]", instruments: [{name: "{0}", words: x}]}\n')
    assert {"{x}", "{0}"} <= {f.value for f in found}


def test_a_very_long_value_is_cut_in_the_message(tmp_path: Path) -> None:
    (fault, *_) = faults(tmp_path, f"place: {{id: {'A' * 5000}, name: x, instruments: [{{name: x, words: x}}]}}\n")
    assert len(str(fault)) < 400


YAML_WORDS = st.sampled_from(
    ["place", "id", "parameters", "formulas", "steps", "is", ":", " ", "\n", "\n  ", "- ", "{", "}", "[", "]", ",",
     "&a", "*a", "!!str", "'", '"', "|", "#", "%", "5%", "cite", "---", "é", "\t", "?", "values", "2015-01-01", "from"]
)  # fmt: skip


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(YAML_WORDS, max_size=40).map("".join) | st.binary(max_size=80))
def test_whatever_a_file_holds_the_reader_answers_with_faults(tmp_path: Path, data: bytes | str) -> None:
    (tmp_path / "law.yaml").write_bytes(data if isinstance(data, bytes) else data.encode())
    with pytest.raises(LawError) as refused:
        load_folder(tmp_path, "xx")
    assert all(str(fault) for fault in refused.value.faults)
