"""Link lines to a reference with Splink, dedupe or recordlinkage: the same fields, the same freedom in blocking.

    python link_people.py splink --reference R.csv --lines L.csv --out LINKS.csv [--all-fields]

Writes every line's best record with its score. `--all-fields` adds birth and identity number where the set has them.
Splink learns by expectation maximisation and recordlinkage by ECM, both without labels; dedupe is taught with pairs
whose truth is known (`--labels` of each kind), taken from the set itself, which flatters it.
"""

from __future__ import annotations

import argparse
import itertools
import json
import logging
import random
import resource
import time
from pathlib import Path
from typing import Any

import pandas as pd

ALWAYS = ("first", "middle", "last", "number", "street", "unit", "city", "zip")
MORE = ("birth", "identity")
BLOCKS = (
    ("last",),
    ("first",),
    ("street",),
    ("zip", "number"),
    ("city", "first1", "last1"),
    ("zip", "first1"),
    ("zip", "last1"),
    ("birth",),
    ("identity",),
)


def read(file: Path) -> pd.DataFrame:
    table = pd.read_csv(file, dtype=str, keep_default_na=False)
    for field in (*ALWAYS, *MORE):
        table[field] = table[field].str.lower().str.strip()
    table["first1"], table["last1"] = table["first"].str[:1], table["last"].str[:1]
    return table.replace({"": None})


def splink(
    lines: pd.DataFrame, reference: pd.DataFrame, fields: list[str], options: argparse.Namespace
) -> pd.DataFrame:
    from splink import DuckDBAPI, Linker

    def unknown(field: str) -> dict[str, Any]:
        return {"sql_condition": f"{field}_l IS NULL OR {field}_r IS NULL", "is_null_level": True}

    def graded(field: str, *conditions: str, rare: bool = False) -> dict[str, Any]:
        equal: dict[str, Any] = {"sql_condition": f"{field}_l = {field}_r"}
        if rare:
            equal |= {"tf_adjustment_column": field, "tf_adjustment_weight": 1.0}
        levels = [unknown(field), equal, *({"sql_condition": each} for each in conditions), {"sql_condition": "ELSE"}]
        return {"output_column_name": field, "comparison_levels": levels}

    def alike(field: str, *bounds: float) -> list[str]:
        return [f"jaro_winkler_similarity({field}_l, {field}_r) >= {bound}" for bound in bounds]

    def edits(field: str, *bounds: int) -> list[str]:
        return [f"damerau_levenshtein({field}_l, {field}_r) <= {bound}" for bound in bounds]

    comparisons = []
    for field in fields:
        if field == "first":
            swapped = "first_l = last_r AND last_l = first_r"
            comparisons.append(graded(field, swapped, *alike(field, 0.92, 0.8), rare=True))
        elif field == "last":
            comparisons.append(graded(field, *alike(field, 0.92, 0.8), rare=True))
        elif field in ("middle", "unit"):
            comparisons.append(graded(field))
        elif field == "street" and "number" in fields:
            street, number = alike("street", 0.9)[0], edits("number", 1)[0]
            conditions = (
                "number_l = number_r AND street_l = street_r",
                f"number_l = number_r AND {street}",
                f"{number} AND {street}",
                street,
                "number_l = number_r",
                "ELSE",
            )
            levels = [unknown("street"), *({"sql_condition": each} for each in conditions)]
            comparisons.append({"output_column_name": "address", "comparison_levels": levels})
        elif field in ("street", "city"):
            comparisons.append(graded(field, *alike(field, 0.92, 0.85), rare=True))
        elif field in ("zip", "birth", "identity"):
            comparisons.append(graded(field, *edits(field, 1, 2)))
    rules = [block for block in BLOCKS if set(block) <= {*fields, "first1", "last1"}]
    as_sql = {block: " AND ".join(f"l.{field} = r.{field}" for field in block) for block in rules}
    settings = {
        "link_type": "link_only",
        "unique_id_column_name": "id",
        "comparisons": comparisons,
        "blocking_rules_to_generate_predictions": [{"blocking_rule": rule} for rule in as_sql.values()],
        "retain_matching_columns": False,
    }
    api = DuckDBAPI()
    sides = [
        api.register(side.drop(columns="person"), dataset_display_name=name)
        for name, side in (("a_lines", lines), ("b_reference", reference))
    ]
    linker = Linker(sides, settings, log_level=logging.ERROR)
    both = [pair for pair in itertools.combinations(fields, 2) if pair in {("first", "last"), ("last", "street")}]
    sure = [" AND ".join(f"l.{field} = r.{field}" for field in pair) for pair in both]
    linker.training.estimate_probability_two_random_records_match(sure, recall=0.6)
    linker.training.estimate_u_using_random_sampling(max_pairs=2e7, seed=1)
    for field in ("last", "street" if "street" in fields else "zip", "city"):
        linker.training.estimate_parameters_using_expectation_maximisation(
            f"l.{field} = r.{field} AND l.first = r.first" if field == "city" else f"l.{field} = r.{field}"
        )
    pairs = linker.inference.predict(threshold_match_weight=-10).as_pandas_dataframe()
    pairs = pairs.rename(columns={"id_l": "line", "id_r": "record", "match_probability": "score"})
    return pairs[["line", "record", "score", "match_weight"]]


def dedupe(
    lines: pd.DataFrame, reference: pd.DataFrame, fields: list[str], options: argparse.Namespace
) -> pd.DataFrame:
    import dedupe
    import dedupe.variables as kinds

    def records(table: pd.DataFrame) -> dict[str, dict[str, Any]]:
        return {row["id"]: {field: row[field] for field in fields} for row in table.to_dict("records")}

    messy, canonical = records(lines), records(reference)
    gazetteer = dedupe.Gazetteer([kinds.String(field, has_missing=True) for field in fields], num_cores=1)
    draw = random.Random(1)
    by_person = reference.drop_duplicates("person").set_index("person")["id"]
    known = [(row.id, by_person[row.person]) for row in lines.itertuples() if row.person in by_person.index]
    pairs = draw.sample(known, min(options.labels, len(known)))
    ids, person = list(canonical), reference.set_index("id")["person"]
    others = [(a, draw.choice(ids)) for a, _ in pairs]
    whose = lines.set_index("id")["person"]
    near = []
    by_last = reference.groupby("last")["id"].apply(list)
    for a, _ in pairs:
        same = [b for b in by_last.get(messy[a]["last"], []) if person[b] != whose[a]]
        near += [(a, draw.choice(same))] if same else []
    distinct = [(a, b) for a, b in (*others, *near) if person[b] != whose[a]]
    gazetteer.prepare_training(messy, canonical, sample_size=1000)
    gazetteer.mark_pairs(
        {
            "match": [(messy[a], canonical[b]) for a, b in pairs],
            "distinct": [(messy[a], canonical[b]) for a, b in distinct],
        }
    )
    gazetteer.train(index_predicates=options.index_predicates)
    gazetteer.index(canonical)
    found = gazetteer.search(messy, threshold=0.0, n_matches=1, generator=True)
    rows = [(line, record, float(score)) for line, matches in found for record, score in matches]
    return pd.DataFrame(rows, columns=["line", "record", "score"])


def recordlinkage(
    lines: pd.DataFrame, reference: pd.DataFrame, fields: list[str], options: argparse.Namespace
) -> pd.DataFrame:
    import recordlinkage as toolkit

    lines, reference = lines.set_index("id"), reference.set_index("id")
    indexer = toolkit.Index()
    for block in BLOCKS:
        if set(block) <= {*fields, "first1", "last1"}:
            indexer.block(list(block))
    pairs = indexer.index(lines, reference)
    compare = toolkit.Compare()
    for field in fields:
        if field in ("first", "last", "street", "city"):
            compare.string(field, field, method="jarowinkler", threshold=0.88, label=field)
        elif field in ("middle", "unit"):
            compare.exact(field, field, label=field)
        else:
            compare.string(field, field, method="damerau_levenshtein", threshold=0.75, label=field)
    features = compare.compute(pairs, lines, reference)
    model = toolkit.ECMClassifier(init="jaro", binarize=None)
    model.fit(features)
    score = model.prob(features)
    rows = pd.DataFrame({"score": score.to_numpy()}, index=score.index).reset_index()
    rows.columns = pd.Index(["line", "record", "score"])
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tool", choices=("splink", "dedupe", "recordlinkage"))
    for name in ("reference", "lines", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--all-fields", action="store_true")
    parser.add_argument("--labels", type=int, default=100)
    parser.add_argument("--index-predicates", action="store_true")
    options = parser.parse_args()
    start = time.perf_counter()
    resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
    lines, reference = read(options.lines), read(options.reference)
    asked = (*ALWAYS, *MORE) if options.all_fields else ALWAYS
    fields = [field for field in asked if lines[field].notna().any() and reference[field].notna().any()]
    pairs = globals()[options.tool](lines, reference, fields, options)
    by = "match_weight" if "match_weight" in pairs else "score"
    best = pairs.sort_values(["line", by, "record"], ascending=[True, False, True]).drop_duplicates("line")
    best[["line", "record", "score", *(["match_weight"] if by != "score" else [])]].to_csv(options.out, index=False)
    print(json.dumps({"fields": fields, "pairs": len(pairs), "seconds": round(time.perf_counter() - start, 1)}))


if __name__ == "__main__":
    main()
