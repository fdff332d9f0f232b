"""The one place where names and addresses of voters and of petition lines are normalised.

`normalize_voter` and `normalize_line` do it for one row in Python; `voter_statements` and `line_statements` give the
same rules as SQL over a whole table, fast: a street is normalised once for each distinct text and joined back.
Both come from the same lists of steps (`person_names`, `addresses`), and a property test holds them together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from referenda.linkage import addresses, person_names, rewriting
from referenda.linkage.addresses import Address, normalize_address, normalize_city, normalize_zip, split_address
from referenda.linkage.person_names import PersonName, normalize_name, split_name

__all__ = [
    "LINE_FIELDS",
    "NORMALISED",
    "VOTER_FIELDS",
    "Address",
    "PersonName",
    "line_statements",
    "normalize_line",
    "normalize_voter",
    "prelude",
    "split_address",
    "split_name",
    "voter_statements",
]

VOTER_FIELDS = (
    "voter_id", "first", "middle", "last", "suffix", "house_number", "street", "unit", "city", "zip", "county",
    "reg_date", "status",
)  # fmt: skip
LINE_FIELDS = ("line_id", "sheet_id", "line_no", "county", "name", "address", "city", "zip", "date_signed")
NOTHING = "''"  # SQL of an empty text.
NORMALISED = ("n_first", "n_middle", "n_last", "n_suffix", "n_number", "n_street", "n_unit", "n_city", "zip5")


def prelude() -> list[str]:
    """Give the statements that a DuckDB connection needs before any SQL of this room."""
    return [*rewriting.prelude(), *addresses.street_words_sql()]


def normalize_voter(voter: Mapping[str, str]) -> dict[str, str | int]:
    """Give the normalised columns of one registration; a column that is missing counts as empty."""
    name = normalize_name(*(voter.get(field, "") for field in ("first", "middle", "last", "suffix")))
    address = normalize_address(*(voter.get(field, "") for field in ("house_number", "street", "unit")))
    return _row(name, address, voter)


def normalize_line(line: Mapping[str, str]) -> dict[str, str | int]:
    """Give the normalised columns of one petition line, its `name` and `address` split."""
    name, address = split_name(line.get("name", "")), split_address(line.get("address", ""))
    return _row(name, address, {**line, "zip": addresses.zip_as_meant(line.get("zip", ""))})


def _row(name: PersonName, address: Address, given: Mapping[str, Any]) -> dict[str, str | int]:
    city, zip5 = normalize_city(given.get("city", "")), normalize_zip(given.get("zip", ""))
    return dict(zip(NORMALISED, (*name, *address, city, zip5), strict=True))


def voter_statements(source: str, target: str) -> list[str]:
    """Give the statements that make the temporary view `target` of registrations with their normalised columns.

    Parameters
    ----------
    source
        A relation with the columns `VOTER_FIELDS` as text without nulls; it is read twice, for the streets and for
        the rows. Other columns stay.
    target
        Name of the view to make; it leans on the temporary table `<target>_streets`. The order of its rows is free:
        sort by what makes a row unique.
    """
    split = addresses.split_number_sql(source, "house_number", "street")
    named = person_names.name_sql(f"({split})")
    return [
        _streets(split, target),
        f"CREATE OR REPLACE TEMP VIEW {target} AS {_joined(f'({named})', target, 'unit')}",
    ]


def line_statements(source: str, target: str) -> list[str]:
    """Give the statements that make the temporary table `target` of petition lines with their normalised columns.

    Parameters
    ----------
    source
        A relation with at least line_id, name, address, city and zip as text without nulls. Other columns stay.
    target
        Name of the table to make; the order of its rows is free.
    """
    split = addresses.split_number_sql(f"({person_names.split_name_sql(source, 'name')})", NOTHING, "address")
    zip_code = addresses.zip_as_meant_sql("zip")
    return [
        f"CREATE OR REPLACE TEMP TABLE {target}_rows AS {split}",
        _streets(f"SELECT rest_ FROM {target}_rows", target),
        f"CREATE OR REPLACE TEMP TABLE {target} AS {_joined(f'{target}_rows', target, NOTHING, zip_code)}",
        f"DROP TABLE {target}_rows",
        f"DROP TABLE {target}_streets",
    ]


def _streets(rows: str, target: str) -> str:
    distinct = f"(SELECT DISTINCT rest_ FROM ({rows}))"
    return f"CREATE OR REPLACE TEMP TABLE {target}_streets AS {addresses.street_sql(distinct)}"


def _joined(rows: str, target: str, unit: str, zip_code: str = "zip") -> str:
    kept = "n_first, n_middle, n_last, n_suffix, n_number"
    return (
        f"SELECT r.* EXCLUDE (rest_, city_, {kept}), {kept}, s.n_street, "
        f"{addresses.unit_sql(unit, 's.unit_')} AS n_unit, {addresses.city_sql('r.city_')} AS n_city, "
        f"{addresses.zip_sql(zip_code)} AS zip5 "
        f"FROM (SELECT *, folded(city) AS city_ FROM {rows}) AS r JOIN {target}_streets AS s USING (rest_)"
    )
