"""Link petition lines to voters with Splink on DuckDB: learn the weights once, then match with them.

    python splink_petition.py fit   --lines L --voters V --truth T --target-voters TV --target-lines TL --model M.json
    python splink_petition.py match --lines L --voters V --model M.json --out LINKS.parquet

Both sides come normalised by our own rules (`n_first`, `n_street`...), so that only linking is compared. Runs with the
Python of `requirements.txt`. The settings are as good as we could make them: the whole address in one comparison,
because number, street and zip agree together for everyone of a home; names with term frequencies, swapped names, second
surnames and middle names used as first; m from the truth of another petition, u from the petition's own pairs. No
Splink model can rule out a pair for one field, so the best link is also given among the pairs of which neither name is
wholly different ("gated").
"""

from __future__ import annotations

import argparse
import json
import logging
import re
import time
from pathlib import Path
from typing import Any

import duckdb
from splink import DuckDBAPI, Linker

NAMES = {
    "first": "split_part(n_first, ' ', 1)",
    "middle": "trim(substr(n_first, length(split_part(n_first, ' ', 1)) + 1) || ' ' || n_middle)",
    "last": "split_part(n_last, ' ', 1)",
    "second": "split_part(n_last, ' ', 2)",
    "suffix": "n_suffix",
    "number": "n_number",
    "street": "n_street",
    "unit": "n_unit",
    "city": "n_city",
}
KEYS = {
    "zip": "nullif(zip5, 0)",
    "called": "split_part(middle, ' ', 1)",
    "first1": "left(first, 1)",
    "last1": "left(last, 1)",
    "last4": "left(last, 4)",
    "tail4": "right(last, 4)",
    "first4": "left(first, 4)",
}
WIDE = (
    "l.first = r.first AND l.last = r.last",
    "l.last = r.last AND l.number = r.number",
    "l.last = r.last AND l.street = r.street",
    "l.number = r.number AND l.street = r.street AND l.last1 = r.last1",
    "l.number = r.number AND l.street = r.street AND l.first1 = r.first1",
    "l.zip = r.zip AND l.last4 = r.last4 AND l.first1 = r.first1",
    "l.zip = r.zip AND l.tail4 = r.tail4 AND l.first1 = r.first1",
    "l.zip = r.zip AND l.first = r.first AND l.number = r.number",
    "l.first = r.last AND l.last = r.first",
)
ALL = (
    *WIDE,
    "l.zip = r.zip AND l.first = r.first AND l.street = r.street",
    "l.zip = r.zip AND l.number = r.number AND l.last1 = r.last1 AND l.first1 = r.first1",
    "l.zip = r.zip AND l.first4 = r.last4 AND l.last1 = r.first1",
    "l.called = r.first AND l.last = r.last",
    "l.first = r.called AND l.last = r.last",
    "l.first = r.first AND l.last = r.called",
    "l.first = r.first AND l.second = r.last",
    "l.first = r.first AND l.last = r.second",
    "l.second = r.last AND l.number = r.number",
    "l.called = r.last AND l.number = r.number",
    "l.first = r.last AND l.number = r.number",
)
RULES = {"wide": WIDE, "all": ALL}


def level(condition: str, words: str, **more: Any) -> dict[str, Any]:
    return {"sql_condition": condition, "label_for_charts": words, **more}


def alike(field: str, bound: float) -> str:
    return f"jaro_winkler_similarity({field}_l, {field}_r) >= {bound}"


def same(*fields: str) -> str:
    return " AND ".join(f"{field}_l = {field}_r" for field in fields)


def unknown(field: str, both: str = "OR") -> dict[str, Any]:
    return level(f"{field}_l IS NULL {both} {field}_r IS NULL", "not known", is_null_level=True)


ELSE = level("ELSE", "all else")
SWAPPED = "first_l = last_r AND last_l = first_r"
NOWHERE = "(street_{0} IS NULL AND number_{0} IS NULL)"
COMPARISONS: dict[str, list[dict[str, Any]]] = {
    "first": [
        level(f"first_l IS NULL OR first_r IS NULL OR ({SWAPPED})", "not known or swapped", is_null_level=True),
        level(same("first"), "equal", tf_adjustment_column="first", tf_adjustment_weight=1.0),
        level(alike("first", 0.92), "one letter off"),
        level("first_l = called_r OR called_l = first_r", "goes by the middle name"),
        level("(length(first_l) = 1 OR length(first_r) = 1) AND first1_l = first1_r", "initial"),
        level(alike("first", 0.8), "alike"),
        ELSE,
    ],
    "last": [
        unknown("last"),
        level(same("last"), "equal", tf_adjustment_column="last", tf_adjustment_weight=1.0),
        level(alike("last", 0.92), "one letter off"),
        level(SWAPPED, "names in changed places"),
        level("last_l = second_r OR second_l = last_r", "one of two surnames"),
        level(alike("last", 0.8), "alike"),
        ELSE,
    ],
    "middle": [
        unknown("middle"),
        level(same("middle"), "equal"),
        level("left(middle_l, 1) = left(middle_r, 1)", "first letter equal"),
        ELSE,
    ],
    "suffix": [
        unknown("suffix", "AND"),
        level(same("suffix"), "equal"),
        level("suffix_l IS NULL OR suffix_r IS NULL", "one has none"),
        ELSE,
    ],
    "address": [
        level(f"{NOWHERE.format('l')} OR {NOWHERE.format('r')}", "not known", is_null_level=True),
        level(same("number", "street", "zip"), "equal"),
        level(same("number", "street"), "number and street equal"),
        level(f"{same('number', 'zip')} AND {alike('street', 0.88)}", "street nearly"),
        level(f"{same('street', 'zip')} AND damerau_levenshtein(number_l, number_r) <= 1", "number nearly"),
        level(f"{same('number')} AND {alike('street', 0.88)}", "number equal, street nearly"),
        level(f"{alike('street', 0.88)} AND damerau_levenshtein(number_l, number_r) <= 1", "both nearly"),
        level(same("number", "zip"), "number and zip equal"),
        level(same("street", "zip"), "street and zip equal"),
        level(same("zip"), "zip equal"),
        level(same("city"), "city equal"),
        ELSE,
    ],
    "unit": [unknown("unit"), level(same("unit"), "equal"), ELSE],
}  # fmt: skip


def gate() -> str:
    """Give the condition that neither name is wholly different, over the two tables."""
    sides = []
    for name in ("first", "last"):
        levels = " OR ".join(f"({each['sql_condition']})" for each in COMPARISONS[name] if each is not ELSE)
        sides.append("coalesce(" + re.sub(r"(\w+)_([lr])\b", r"\2.\1", levels) + ", false)")
    return " AND ".join(sides)


def settings(rules: tuple[str, ...], prior: float) -> dict[str, Any]:
    comparisons = [{"output_column_name": name, "comparison_levels": each} for name, each in COMPARISONS.items()]
    return {
        "link_type": "link_only",
        "comparisons": comparisons,
        "blocking_rules_to_generate_predictions": [{"blocking_rule": rule} for rule in rules],
        "probability_two_random_records_match": prior,
        "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": False,
    }


def load(connection: duckdb.DuckDBPyConnection, table: str, file: Path, identity: str, label: str = "''") -> None:
    """Read one side: the fields with nothing instead of empty texts, and the keys made of them."""
    names = ", ".join(f"nullif({sql}, '') AS {name}" for name, sql in NAMES.items())
    keys = ", ".join(f"nullif({sql}, '') AS {name}" if name != "zip" else f"{sql} AS zip" for name, sql in KEYS.items())
    inner = f"SELECT {identity} AS id, {label} AS label, zip5, {names} FROM read_parquet('{file}')"
    connection.execute(
        f"CREATE TABLE {table} AS SELECT row_number() OVER () AS unique_id, * EXCLUDE (zip5), {keys} FROM ({inner})"
    )


def connect(options: argparse.Namespace, name: str = "petition") -> duckdb.DuckDBPyConnection:
    file = str(options.disk / f"{name}.duckdb") if options.disk else ":memory:"
    connection = duckdb.connect(file)
    connection.execute(f"SET memory_limit = '{options.memory}'")
    if options.disk:
        connection.execute(f"SET temp_directory = '{options.disk / 'spill'}'")
    return connection


def linker_of(connection: duckdb.DuckDBPyConnection, model: dict[str, Any]) -> Linker:
    api = DuckDBAPI(connection)
    sides = [api.register(name, dataset_display_name=name) for name in ("lines", "voters")]
    return Linker(sides, model, log_level=logging.ERROR)


def fit(options: argparse.Namespace) -> dict[str, float]:
    """Learn m from lines whose voter is known, and u from random pairs of the petition that is to be matched."""
    start = time.perf_counter()
    connection = connect(options, "taught")
    truth = f"(SELECT line_id AS of_line, voter_id AS v FROM read_parquet('{options.truth}'))"
    label = f"(SELECT nullif(v, '') FROM {truth} WHERE of_line = line_id)"
    load(connection, "lines", options.lines, "line_id", label)
    load(connection, "voters", options.voters, "voter_id", "voter_id")
    model = settings(RULES["wide"], 1e-6)
    linker = linker_of(connection, model)
    linker.training.estimate_m_from_label_column("label")
    learned = linker.misc.save_model_to_json()
    connection.close()
    known = time.perf_counter()
    connection = connect(options)
    load(connection, "lines", options.target_lines, "line_id")
    load(connection, "voters", options.target_voters, "voter_id")
    linker = linker_of(connection, learned)
    linker.training.estimate_u_using_random_sampling(max_pairs=options.pairs, seed=1)
    learned = linker.misc.save_model_to_json()
    for comparison in learned["comparisons"]:
        for each in comparison["comparison_levels"]:
            if not each.get("is_null_level"):  # a level that no example had
                each.setdefault("m_probability", 1e-3)
                each.setdefault("u_probability", 1e-7)
    options.model.write_text(json.dumps(learned, indent=1), encoding="utf-8")
    return {"m_s": round(known - start, 1), "u_s": round(time.perf_counter() - known, 1)}


def match(options: argparse.Namespace) -> dict[str, float]:
    """Score the pairs that share a key and keep every line's best, of all pairs and of those that the gate lets by."""
    start = time.perf_counter()
    connection = connect(options)
    load(connection, "lines", options.lines, "line_id")
    load(connection, "voters", options.voters, "voter_id")
    voters = connection.sql("SELECT count(*) FROM voters").fetchall()[0][0]
    loaded = time.perf_counter()
    model = json.loads(options.model.read_text(encoding="utf-8"))
    model["blocking_rules_to_generate_predictions"] = [{"blocking_rule": rule} for rule in RULES[options.rules]]
    model["probability_two_random_records_match"] = 0.9 / voters
    linker = linker_of(connection, model)
    pairs = linker.inference.predict(threshold_match_weight=-4, num_chunks_right=options.chunks).physical_name
    scored = time.perf_counter()
    best = "arg_max(struct_pack(v := r.id, w := match_weight), (match_weight, -r.unique_id))"
    connection.execute(
        f"COPY (SELECT l.id AS line_id, every.v AS voter_id, every.w AS score, gated.v AS gated_id, "
        f"gated.w AS gated_score FROM lines l LEFT JOIN (SELECT l.unique_id AS line, {best} AS every, "
        f"{best} FILTER ({gate()}) AS gated FROM {pairs} JOIN lines l ON l.unique_id = unique_id_l "
        f"JOIN voters r ON r.unique_id = unique_id_r GROUP BY l.unique_id) ON line = l.unique_id "
        f"ORDER BY l.unique_id) TO '{options.out}' (FORMAT parquet)"
    )
    count = connection.sql(f"SELECT count(*) FROM {pairs}").fetchall()[0][0]
    connection.close()
    laps = {"load_s": loaded - start, "predict_s": scored - loaded, "best_s": time.perf_counter() - scored}
    return {**{name: round(seconds, 1) for name, seconds in laps.items()}, "pairs_scored_above": count}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("fit", "match"))
    for name in ("lines", "voters", "truth", "target-lines", "target-voters", "model", "out", "disk"):
        parser.add_argument(f"--{name}", type=Path)
    parser.add_argument("--rules", choices=tuple(RULES), default="wide")
    parser.add_argument("--memory", default="7GB")
    parser.add_argument("--chunks", type=int, default=1)
    parser.add_argument("--pairs", type=float, default=2e7)
    options = parser.parse_args()
    print(json.dumps({"fit": fit, "match": match}[options.what](options)))


if __name__ == "__main__":
    main()
