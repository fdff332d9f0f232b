"""Every function on texts that normalising and comparing lean on, held to known values.

Libraries change their functions between versions, and functions of one name differ between libraries (the Jaro-Winkler
similarity of Apache Spark 4.3 and of DuckDB do). These values would have to change first. The first tests hold the
lists to the program: a function that is used and not pinned here fails.

Sources: the Jaro-Winkler values of MARTHA, DIXON and DWAYNE are those of Winkler (1990); CA and ABC is the usual pair
that parts optimal string alignment (3) from the Damerau-Levenshtein distance (2). The others follow from the
documentation of DuckDB, RapidFuzz, Arrow and NumPy, worked by hand.
"""

from __future__ import annotations

import ast
import re
import unicodedata
from importlib.resources import files
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from referenda.linkage.keys import Texts, alike, hash_texts
from referenda.linkage.normalize import line_statements, prelude, voter_statements

SQL: dict[str, list[tuple[str, Any]]] = {
    "array_to_string": [
        ("array_to_string(['A', '', 'B'], ' ')", "A  B"),
        ("array_to_string(['B', 'C'][2:], ' ')", "C"),
    ],
    "cast": [("CAST('01234' AS INTEGER)", 1234)],
    "chr": [("strlen(chr(0))", 1)],
    "coalesce": [("coalesce(NULL, '', 'A')", "")],
    "concat_ws": [("concat_ws(' ', 'A', NULL, 'B', '')", "A B ")],
    "left": [("left('Ñu', 1)", "Ñ"), ("left('AB', 5)", "AB")],
    "len": [("len(['A', 'B'])", 2)],
    "length": [("length('Ñu')", 2), ("length('')", 0)],
    "nullif": [("nullif('', '')", None), ("nullif('A', '')", "A")],
    "regexp_extract": [
        ("regexp_extract('APT 4B', '([0-9]+)([A-Z])?', 2)", "B"),
        ("regexp_extract('APT', '([0-9]+)', 1)", ""),
        ("regexp_extract('12 MAIN 34', '([0-9]+)', 1)", "12"),
    ],
    "regexp_full_match": [
        ("regexp_full_match('ABC', '[A-Z]*')", True),
        ("regexp_full_match('ABC1', '[A-Z]*')", False),
        ("regexp_full_match('', '[A-Z]*')", True),
    ],
    "regexp_matches": [("regexp_matches('12B', '[0-9]B$')", True), ("regexp_matches('12B ', '[0-9]B$')", False)],
    "regexp_replace": [
        ("regexp_replace('AA-B--C', '-+', ' ', 'g')", "AA B C"),
        ("regexp_replace('ANN LEE', '^([A-Z]+) ([A-Z]+)$', '\\2, \\1', 'g')", "LEE, ANN"),
        ("regexp_replace('ST SAINT PAUL', '\\bST\\b', 'X', 'g')", "X SAINT PAUL"),
    ],
    "replace": [("replace('ØREØ', 'Ø', 'O')", "OREO")],
    "string_split": [("string_split('A B  C', ' ')", ["A", "B", "", "C"]), ("string_split('A', ' ')[2]", None)],
    "strip_accents": [("strip_accents('Ñuñez é ü')", "Nunez e u"), ("strip_accents('Đ Ø ß ł')", "Đ Ø ß ł")],
    "strlen": [("strlen('Ñu')", 3), ("strlen('🙂')", 4)],
    "strpos": [("strpos('AB CD', ' ')", 3), ("strpos('AB', ' ')", 0)],
    "substr": [("substr('ÑuB', 2)", "uB"), ("substr('AB', 5)", "")],
    "translate": [("translate('B0B 5MITH', '05', 'OS')", "BOB SMITH")],
    "trim": [("trim('  a b ')", "a b"), ("trim(chr(9) || 'a')", "\ta")],
    "try_cast": [("TRY_CAST('' AS INTEGER)", None), ("TRY_CAST('12x' AS INTEGER)", None)],
    "upper": [("upper('az09 -')", "AZ09 -"), ("upper('ñ')", "Ñ")],
}
MACROS = {"folded", "rewritten", "part", "fits"}
NO_FUNCTIONS = {"t", "values", "in", "as", "on", "and", "or", "not", "exclude", "from", "using"}
DISTANCES = {"JaroWinkler.normalized_similarity", "OSA.distance", "fuzz.token_sort_ratio"}
ARROW = {
    "binary_join_element_wise", "equal", "if_else", "is_in", "strptime", "utf8_trim_whitespace", "utf8_upper",
}  # fmt: skip


def test_every_function_of_the_normalising_sql_is_pinned() -> None:
    sql = "\n".join([*prelude(), *line_statements("given", "lines"), *voter_statements("given", "voters")])
    bare = re.sub(r"'(?:[^']|'')*'", "''", sql).lower()
    assert set(re.findall(r"\b([a-z_]+)\s?\(", bare)) - MACROS - NO_FUNCTIONS <= set(SQL)


def test_every_distance_of_the_comparisons_is_pinned() -> None:
    tree = ast.parse(files("referenda.linkage").joinpath("comparison.py").read_text(encoding="utf-8"))
    imported = {
        name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("rapidfuzz")
        for name in node.names
    }
    used = {
        f"{node.value.id}.{node.attr}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in imported
    }
    assert used <= DISTANCES
    assert imported <= {"fuzz", "OSA", "JaroWinkler", "cpdist"}


def test_every_function_of_arrow_on_texts_is_pinned() -> None:
    source = files("referenda.linkage").joinpath("people.py").read_text(encoding="utf-8")
    assert set(re.findall(r"\bpc\.(\w+)", source)) <= ARROW


@pytest.mark.parametrize(("expression", "value"), [pin for pins in SQL.values() for pin in pins])
def test_a_function_of_duckdb_gives_its_known_value(expression: str, value: object) -> None:
    with duckdb.connect() as connection:
        assert connection.execute(f"SELECT {expression}").fetchone() == (value,)


@pytest.mark.parametrize(
    ("one", "other", "similarity", "edits", "sorted_ratio"),
    [
        ("MARTHA", "MARHTA", 0.9611, 1, 83.33),
        ("DIXON", "DICKSONX", 0.8133, 4, 61.54),
        ("DWAYNE", "DUANE", 0.84, 2, 72.73),
        ("JELLYFISH", "SMELLYFISH", 0.8963, 2, 84.21),
        ("CA", "ABC", 0.0, 3, 40.0),
        ("GARCIA", "GARCIA", 1.0, 0, 100.0),
        ("A", "B", 0.0, 1, 0.0),
        ("", "A", 0.0, 1, 0.0),
        ("MARIA GARCIA", "GARCIA MARIA", None, None, 100.0),
    ],
)
def test_a_distance_gives_its_known_value_alone_and_in_a_batch(
    one: str, other: str, similarity: float | None, edits: int | None, sorted_ratio: float
) -> None:
    for scorer, expected in (
        (JaroWinkler.normalized_similarity, similarity),
        (OSA.distance, edits),
        (fuzz.token_sort_ratio, sorted_ratio),
    ):
        if expected is not None:
            assert scorer(one, other) == pytest.approx(expected, abs=0.005 if expected > 1 else 0.00005)
            batch = cpdist([one, other], [other, one], scorer=scorer, dtype=np.float32)
            assert batch.tolist() == [np.float32(scorer(one, other))] * 2


def test_letter_pairs_and_hashes_give_their_known_values() -> None:
    """ANN has four pairs of letters, its ends among them, and ANNA five; three are in common."""
    pairs = Texts(["ANN", "ANNA", ""]).letter_pairs()
    assert alike(pairs[:1], pairs[1:2]).tolist() == pytest.approx([2 * 3 / 9])
    assert alike(pairs[:1], pairs[2:]).tolist() == [0]
    assert hash_texts([""]).tolist() == [0]


def test_functions_of_arrow_give_their_known_values() -> None:
    assert pc.utf8_upper(pa.array(["norden ñ é"])).to_pylist() == ["NORDEN Ñ É"]
    assert pc.utf8_trim_whitespace(pa.array([" a b\t\u00a0"])).to_pylist() == ["a b"]
    assert pc.binary_join_element_wise(pa.array(["A"]), pa.array([""]), " ").to_pylist() == ["A "]
    assert pc.if_else(pc.equal(pa.array(["", "A"]), ""), "x", "y").to_pylist() == ["x", "y"]
    read = pc.strptime(pa.array(["2017-01-26", "26/1/2017", "2017-02-30"]), "%Y-%m-%d", "s", error_is_null=True)
    assert read.cast(pa.date32()).cast(pa.int32()).to_pylist()[:2] == [17192, None]


def test_a_letter_is_taken_apart_from_its_marks_as_unicode_says() -> None:
    assert unicodedata.normalize("NFD", "ñệ") == "n\u0303e\u0323\u0302"
    assert [unicodedata.category(sign) for sign in "\u0303A"] == ["Mn", "Lu"]


def test_functions_of_numpy_give_their_known_values() -> None:
    assert np.bitwise_count(np.array([0, 1, 2**64 - 1], np.uint64)).tolist() == [0, 1, 64]
    assert np.interp([-1, 0.5, 2], [0, 1], [0, 10]).tolist() == [0, 5, 10]
    assert np.log10(np.array([1e-3, 1, 1e7])).tolist() == pytest.approx([-3, 0, 7], abs=1e-15)
    assert np.log1p(np.array([0.0])).tolist() == [0]
    assert np.exp(np.array([0.0, -np.inf])).tolist() == [1, 0]
    assert np.rint(np.array([0.5, 1.5, 2.5, -0.5])).tolist() == [0, 2, 2, 0]
