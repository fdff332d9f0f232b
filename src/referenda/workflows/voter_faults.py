"""Faults of registrations that are taken all the same: counted by kind, with the first voters of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb

SAID = 3
"""Voters (or rows) named for each kind of fault."""
LONGEST_CELL = 500
"""Characters; no name, street or city is longer."""


@dataclass(frozen=True)
class KindOfFault:
    """One kind of fault that a row may have and still be taken."""

    name: str
    words: str
    condition: str
    value: str


KINDS = (
    KindOfFault("name_missing", "no first and no last name", "n_first = '' AND n_last = ''", "first || last"),
    KindOfFault("last_missing", "no last name", "n_last = '' AND n_first <> ''", "first"),
    KindOfFault("first_missing", "no first name", "n_first = '' AND n_last <> ''", "last"),
    KindOfFault("street_missing", "no street", "n_street = ''", "street"),
    KindOfFault(
        "number_missing",
        "a street without a house number",
        "n_number = '' AND n_street <> '' AND NOT regexp_full_match(n_street, '(PO BOX|RR|HC) .*')",
        "street",
    ),
    KindOfFault("zip_not_read", "a zip code that is missing or not one", "zip5 = 0", "zip"),
    KindOfFault("date_missing", "no date of registration", "reg_date = ''", "reg_date"),
    KindOfFault(
        "date_not_read",
        "a date of registration that is none",
        "reg_date <> '' AND TRY_CAST(reg_date AS DATE) IS NULL",
        "reg_date",
    ),
    KindOfFault("status_missing", "no status", "status = ''", "status"),
    KindOfFault(
        "sign_not_text",
        "a sign that is no text (NUL, or a letter lost in another program)",
        " OR ".join(
            f"contains({column}, chr({sign}))"
            for column in ("first", "middle", "last", "street", "city")
            for sign in (0, 0xFFFD)
        )
        + " OR contains(voter_id, chr(0))",
        "first || ' ' || last",
    ),
    KindOfFault(
        "cell_too_long",
        f"a cell of more than {LONGEST_CELL} characters",
        f"greatest({', '.join(f'strlen({c})' for c in ('first', 'middle', 'last', 'street', 'unit', 'city'))}) "
        f"> {LONGEST_CELL} AND "
        f"greatest({', '.join(f'length({c})' for c in ('first', 'middle', 'last', 'street', 'unit', 'city'))}) "
        f"> {LONGEST_CELL}",
        "left(first || ' ' || last, 80)",
    ),
)


def count_faults(connection: duckdb.DuckDBPyConnection, voters: str, as_of: date | None) -> list[dict[str, Any]]:
    """Count every kind of fault over a snapshot's voters.

    Parameters
    ----------
    connection
        A connection with nothing unread.
    voters
        SQL relation of the snapshot's voters.
    as_of
        The day of the file, if known: a later registration is a fault.

    Returns
    -------
    list
        For each kind that occurs `kind`, `words`, `count` and `first`, the first voters by id with the cell's text.
    """
    kinds = list(KINDS)
    if as_of:
        after = f"TRY_CAST(reg_date AS DATE) > DATE '{as_of.isoformat()}'"
        kinds.append(KindOfFault("date_after_file", "registered after the day of the file", after, "reg_date"))
    counts = ", ".join(f"count(*) FILTER (WHERE {kind.condition})" for kind in kinds)
    found = connection.execute(f"SELECT {counts} FROM {voters}").fetchall()[0]
    faults = []
    for kind, count in zip(kinds, found, strict=True):
        if count:
            first = connection.execute(
                f"SELECT voter_id, left({kind.value}, 80) FROM {voters} WHERE {kind.condition} "
                f"ORDER BY voter_id LIMIT {SAID}"
            ).fetchall()
            named = [{"voter_id": voter_id, "value": value} for voter_id, value in first]
            faults.append({"kind": kind.name, "words": kind.words, "count": count, "first": named})
    return faults
