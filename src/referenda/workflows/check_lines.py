"""Checking a file of petition lines before it is matched: every fault at once, each with the rows where it stands.

Two kinds are told apart. Some make the file unfit, because a line would be lost or could not be named in the answer:
rows that cannot be read, a line without an id, an id that stands twice. Others are told and the lines taken all the
same: a date that is none, a cell of endless length (its beginning is read), a sign that is no text.
What is read is written as one clean Parquet file, so that every engine reads the same cells, and no cell can be so
long that it fills the memory.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from referenda.errors import Fault, InputError
from referenda.linkage.engine import LINE_COLUMNS
from referenda.workflows.statements import database, run_statement

if TYPE_CHECKING:
    import duckdb

LONGEST_CELL = 500
"""Characters of a cell that are read; no name and no address is longer."""
SAID = 3
"""Lines named for each kind of fault of lines that are taken."""
NAMED = 10
"""Rows named for each kind of fault that makes a file unfit."""
LONGEST_HEADING = 1 << 20
_PARQUET = (".parquet", ".pq")
_UNREAD = {
    "MISSING COLUMNS": "this row has too few cells",
    "TOO MANY COLUMNS": "this row has too many cells",
    "INVALID ENCODING": "this row is not UTF-8",
    "LINE SIZE OVER MAXIMUM": "this row is longer than 2 MB",
    "UNQUOTED VALUE": "a quotation mark is not closed, or text follows a closing one",
}
_REMEDIES = {
    "INVALID ENCODING": "Save the file as UTF-8.",
    "UNQUOTED VALUE": "Double every quotation mark inside a cell.",
}
_TEXT = ("name", "address", "city", "line_id")
_NO_ID = 1
_KINDS = (
    ("name_missing", "no name", "trim(name) = ''", "address"),
    ("address_missing", "no address", "trim(address) = ''", "name"),
    (
        "date_not_read",
        "a date of signing that is none",
        "date_signed <> '' AND TRY_CAST(date_signed AS DATE) IS NULL",
        "date_signed",
    ),
    (
        "sign_not_text",
        "a sign that is no text (NUL, or a letter lost in another program)",
        " OR ".join(f"contains({column}, chr({sign}))" for column in _TEXT for sign in (0, 0xFFFD)),
        "name",
    ),
    (
        "cell_too_long",
        f"a cell of more than {LONGEST_CELL} characters, of which the first {LONGEST_CELL} were read",
        f"greatest({', '.join(f'strlen({column})' for column in LINE_COLUMNS)}) > {LONGEST_CELL}",
        "name",
    ),
)


@dataclass(frozen=True)
class CheckedLines:
    """A file of lines that can be matched: the clean copy, and the faults of lines that were taken all the same."""

    file: Path
    faults: list[dict[str, Any]]
    """For each kind that occurs `kind`, `words`, `count` and `first`: row, line_id and the cell's text."""


def check_lines(file: Path, out: Path, *, memory: int = 1 << 30) -> CheckedLines:
    """Read petition lines, say all that is wrong with them, and write a clean copy.

    Parameters
    ----------
    file
        CSV with a heading (parted by comma, semicolon, tab or bar), or Parquet.
    out
        The Parquet file to write: the columns of a line as text, in the order of the file. It appears when whole.
    memory
        Bytes that may be used.

    Raises
    ------
    InputError
        Every fault that makes the file unfit, the first rows of each kind named.
    """
    import duckdb

    if not file.is_file():
        raise InputError(Fault("there is no such file", file=str(file), remedy="Check the path."))
    part = out.with_name(f".{out.name}.part")
    with database(memory) as connection:
        parquet = file.suffix.lower() in _PARQUET
        try:
            columns, source = _parquet(connection, file) if parquet else _csv(file)
            run_statement(connection, f"COPY ({_cells(columns, source, file)}) TO {_text(part)} (FORMAT parquet)")
            unfit = [] if parquet else _unread(connection, file)
            first_row = 1 if parquet else 2
            unfit += _without_id(connection, part, file, first_row) + _twice(connection, part, file, first_row)
            if unfit:
                raise InputError(*unfit)
            faults = _taken(connection, part, first_row)
            part.replace(out)
        except duckdb.Error as error:
            message = f"this file cannot be read as a table: {str(error).splitlines()[0]}"
            raise InputError(Fault(message, file=str(file), remedy="Give CSV with a heading, or Parquet.")) from error
        finally:
            part.unlink(missing_ok=True)
    return CheckedLines(out, faults)


def _parquet(connection: duckdb.DuckDBPyConnection, file: Path) -> tuple[dict[str, str], str]:
    source = f"read_parquet({_text(file)})"
    found = [row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()]
    return {name.lower(): '"' + name.replace('"', '""') + '"' for name in reversed(found)}, source


def _csv(file: Path) -> tuple[dict[str, str], str]:
    with file.open("rb") as stream:
        first = stream.readline(LONGEST_HEADING)
    if len(first) == LONGEST_HEADING or b"\x00" in first:
        message = "this file cannot be read as a table: its first row is no heading"
        raise InputError(Fault(message, file=str(file), row=1, remedy="Give CSV with a heading, or Parquet."))
    heading = first.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").strip("\r\n")
    delimiter = max(",;\t|", key=heading.count)
    names = [name.strip().lower() for name in next(csv.reader([heading], delimiter=delimiter), [])]
    declared = ", ".join(f"'c{number}': 'VARCHAR'" for number in range(max(len(names), 1)))
    options = (
        f"header = true, delim = '{delimiter}', quote = '\"', escape = '\"', auto_detect = false, "
        f"columns = {{{declared}}}, ignore_errors = true, store_rejects = true, rejects_limit = 0"
    )
    places = {name: f"c{number}" for number, name in reversed(list(enumerate(names)))}
    return places, f"read_csv({_text(file)}, {options})"


def _cells(columns: dict[str, str], source: str, file: Path) -> str:
    """Give the query for the cells as text, each at most so long, and a number whose bits are the faults."""
    missing = [column for column in LINE_COLUMNS if column not in columns]
    if missing:
        remedy = f"The heading must name: {', '.join(LINE_COLUMNS)}."
        message = "this column is missing"
        raise InputError(*(Fault(message, file=str(file), column=name, remedy=remedy) for name in missing))
    texts = ", ".join(f"coalesce(CAST({columns[name]} AS VARCHAR), '') AS {name}" for name in LINE_COLUMNS)
    conditions = ["line_id = ''", *(condition for _, _, condition, _ in _KINDS)]
    bits = " | ".join(f"CASE WHEN {condition} THEN {1 << bit} ELSE 0 END" for bit, condition in enumerate(conditions))
    cut = ", ".join(
        f"CASE WHEN strlen({name}) > {LONGEST_CELL} THEN left({name}, {LONGEST_CELL}) ELSE {name} END AS {name}"
        for name in LINE_COLUMNS
        if name != "date_signed"
    )
    day = "CASE WHEN date_signed = '' THEN '' ELSE coalesce(CAST(TRY_CAST(date_signed AS DATE) AS VARCHAR), '') END"
    kept = f"CASE WHEN {_KINDS[2][2]} THEN left(date_signed, 80) ELSE '' END AS date_given"
    return f"SELECT {cut}, {day} AS date_signed, {kept}, {bits} AS faults FROM (SELECT {texts} FROM {source})"


def _unread(connection: duckdb.DuckDBPyConnection, file: Path) -> list[Fault]:
    """Give the rows that the reader could not read, the first of each kind."""
    kinds = connection.execute(
        "SELECT error_type::VARCHAR, count(DISTINCT line), (list(DISTINCT line ORDER BY line))[1:$1] "
        "FROM reject_errors GROUP BY 1 ORDER BY min(line)",
        [NAMED],
    ).fetchall()
    return [
        fault
        for kind, count, rows in kinds
        for fault in _named(
            _UNREAD.get(kind, "this row cannot be read"),
            [(row, None) for row in rows],
            count,
            file,
            _REMEDIES.get(kind, "Mend the row."),
        )
    ]


def _without_id(connection: duckdb.DuckDBPyConnection, part: Path, file: Path, first_row: int) -> list[Fault]:
    rows = f"read_parquet({_text(part)}, file_row_number = true) WHERE faults & {_NO_ID} <> 0"
    count = _number(connection, f"SELECT count(*) FROM {rows}")
    first = connection.execute(
        f"SELECT file_row_number + {first_row} FROM {rows} ORDER BY 1 LIMIT {NAMED}" if count else "SELECT 0 LIMIT 0"
    ).fetchall()
    remedy = "Give every line an id of its own."
    return _named("this line has no id", [(row, None) for (row,) in first], count, file, remedy, "line_id")


def _twice(connection: duckdb.DuckDBPyConnection, part: Path, file: Path, first_row: int) -> list[Fault]:
    """Find ids that stand twice: by hashes first, which need little memory."""
    import numpy as np

    source = f"read_parquet({_text(part)}, file_row_number = true)"
    fitting = f"FROM {source} WHERE faults & {_NO_ID} = 0"
    hashes = connection.execute(f"SELECT hash(line_id) AS h {fitting}").fetchnumpy()["h"]
    hashes.sort()
    twice = np.unique(hashes[1:][hashes[1:] == hashes[:-1]])
    if not len(twice):
        return []
    connection.execute("CREATE TEMP TABLE twice AS SELECT unnest($1::UBIGINT[]) AS h", [twice.tolist()])
    connection.execute(
        "CREATE TEMP TABLE again AS SELECT file_row_number AS place, line_id FROM ("
        "SELECT file_row_number, line_id, row_number() OVER (PARTITION BY line_id ORDER BY file_row_number) AS n "
        f"{fitting} AND hash(line_id) IN (SELECT h FROM twice)) WHERE n > 1"
    )
    count = _number(connection, "SELECT count(*) FROM again")
    first = connection.execute(
        f"SELECT place + {first_row}, line_id FROM again ORDER BY place LIMIT {NAMED}"
    ).fetchall()
    return _named("this id stands twice", first, count, file, "Give every line an id of its own.", "line_id")


def _named(
    message: str, rows: list[tuple[int, str | None]], count: int, file: Path, remedy: str, column: str | None = None
) -> list[Fault]:
    faults = [
        Fault(message, file=str(file), row=int(row), column=column, value=value, remedy=remedy) for row, value in rows
    ]
    if count > len(rows):
        faults.append(Fault(f"the same in {count - len(rows):,} more rows: {message}", file=str(file), remedy=remedy))
    return faults


def _taken(connection: duckdb.DuckDBPyConnection, part: Path, first_row: int) -> list[dict[str, Any]]:
    """Count the faults of lines that are taken, and name the first lines of each kind."""
    source = f"read_parquet({_text(part)}, file_row_number = true)"
    counts = connection.execute(f"SELECT faults, count(*) FROM {source} WHERE faults <> 0 GROUP BY 1").fetchall()
    found = []
    for place, (kind, words, _, value) in enumerate(_KINDS, start=1):
        count = sum(lines for bits, lines in counts if bits >> place & 1)
        if count:
            value = "date_given" if value == "date_signed" else value
            first = connection.execute(
                f"SELECT file_row_number + {first_row}, line_id, left({value}, 80) FROM {source} "
                f"WHERE faults & {1 << place} <> 0 ORDER BY 1 LIMIT {SAID}"
            ).fetchall()
            named = [{"row": int(row), "line_id": line_id, "value": text} for row, line_id, text in first]
            found.append({"kind": kind, "words": words, "count": count, "first": named})
    return found


def _number(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(connection.execute(query).fetchall()[0][0])


def _text(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
