"""Opening a CSV table that somebody else made, and saying everything that is wrong with it.

Knows encodings, spreadsheets in disguise, headings, shapes of rows and kinds of cell; what the cells mean is the
business of the reader that declares the columns. A reader adds its own faults with `Table.fault` and raises them
all together with `Table.settle`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from fractions import Fraction
from io import BytesIO, StringIO
from pathlib import Path
from typing import Literal

from referenda.errors import Fault, InputError
from referenda.terms.days import read_date
from referenda.terms.names import nearest
from referenda.terms.quantity import read_number

MAX_BYTES = 64 * 1024 * 1024
MAX_DIGITS = 18
MAX_FAULTS_SAID = 50
MISSPELLED = 0.85  # likeness from which a heading is taken for a declared one that is misspelled
SAVE_AS = "Save it as CSV in UTF-8 (in a spreadsheet: Save as, CSV UTF-8)."

_SIGNATURES = (
    (b"PK\x03\x04", "a spreadsheet or another zip archive, not a CSV file"),
    (b"\xd0\xcf\x11\xe0", "a spreadsheet in the old Excel format, not a CSV file"),
    (b"%PDF", "a PDF, not a CSV file"),
    (b"\x1f\x8b", "a compressed file, not a CSV file"),
    (b"\xff\xfe", "text in UTF-16, and UTF-8 is read"),
    (b"\xfe\xff", "text in UTF-16, and UTF-8 is read"),
    (b"\x00\x00\xfe\xff", "text in UTF-32, and UTF-8 is read"),
)
_FORMULA = ("=", "+", "@")
_TRUTHS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
_BELOW_ZERO = Fault("this is below zero", remedy="Counts begin at 0; check its sign.")
_INTEGER = re.compile(r"-?\d+", re.ASCII)
_GROUPED = re.compile(r"\d{1,3}([,'\u2019 \u00a0\u202f])\d{3}(\1\d{3})*", re.ASCII)


Cell = str | int | Fraction | date | None


@dataclass(frozen=True)
class Column:
    """A column that a table may have.

    `integer` cells are whole numbers from zero with at most 18 digits; `number` cells are exact numbers from zero
    (`5`, `0.5`, `1/2`, `50%`); `date` cells are written year-month-day, and `yes_no` cells say yes or no. All four
    are None when an optional one is left empty and there is no default.
    """

    name: str
    kind: Literal["text", "integer", "number", "date", "yes_no"] = "text"
    required: bool = True
    aliases: tuple[str, ...] = ()
    default: Cell = None


@dataclass(frozen=True)
class Row:
    """One row; `line` counts from 1 and includes the heading, as a spreadsheet shows it."""

    line: int
    cells: Mapping[str, Cell]

    def text(self, name: str) -> str:
        """Give a cell of text, empty when there is none."""
        cell = self.cells.get(name)
        return cell if isinstance(cell, str) else ""

    def integer(self, name: str) -> int | None:
        """Give a whole number, None when the cell is empty or wrong."""
        cell = self.cells.get(name)
        return cell if isinstance(cell, int) else None

    def number(self, name: str) -> Fraction | None:
        """Give an exact number, None when the cell is empty or wrong."""
        cell = self.cells.get(name)
        return Fraction(cell) if isinstance(cell, int | Fraction) else None

    def day(self, name: str) -> date | None:
        """Give a day, None when the cell is empty or wrong."""
        cell = self.cells.get(name)
        return cell if isinstance(cell, date) else None

    def yes_no(self, name: str) -> bool | None:
        """Say whether a cell says yes, None when it is empty or wrong."""
        cell = self.cells.get(name)
        return cell if isinstance(cell, bool) else None


@dataclass
class Table:
    """The rows of a file, the columns it really has, those that are not read, and the faults found so far."""

    file: str
    what: str
    columns: frozenset[str] = frozenset()
    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def fault(
        self,
        message: str,
        *,
        row: Row | int | None = None,
        column: str | None = None,
        value: str | None = None,
        remedy: str | None = None,
    ) -> None:
        """Note one thing that is wrong."""
        line = row.line if isinstance(row, Row) else row
        self.faults.append(Fault(message, self.file, line, column, value, remedy))

    def settle(self) -> None:
        """Raise every fault noted so far, in the order of the rows; do nothing when there is none.

        Raises
        ------
        InputError
            At most 50 faults are said one by one; the last one counts the rest.
        """
        if not self.faults:
            return
        faults = sorted(self.faults, key=lambda fault: fault.row or 0)
        said, rest = faults[:MAX_FAULTS_SAID], len(faults) - MAX_FAULTS_SAID
        if rest > 0:
            said.append(Fault(f"{rest:,} more faults were found", self.file, remedy="Mend these first."))
        raise InputError(*said)

    def require_distinct(self, column: str) -> None:
        """Note every row whose cell of this column stands in an earlier row too (capitals and spaces aside)."""
        first: dict[str, int] = {}
        for row in self.rows:
            name = row.text(column)
            if not name:
                continue
            earlier = first.setdefault(" ".join(name.lower().split()), row.line)
            if earlier != row.line:
                remedy = f"Keep one row for each {column}."
                self.fault(
                    f"this {column} stands in row {earlier} already", row=row, column=column, value=name, remedy=remedy
                )


def read_table(path: Path, *, columns: Sequence[Column], what: str, others: bool = False) -> Table:
    """Read a CSV file with declared columns; a Parquet file is read as the CSV that it would be.

    Parameters
    ----------
    path
        At most 64 MiB, UTF-8 with or without byte-order mark, LF or CRLF, cells parted by commas.
    columns
        What may stand in the heading, in any order (capitals do not matter).
    what
        What a row is, in the singular (`county`), for messages.
    others
        Whether columns that are not declared are left unread, unless a declared one was perhaps meant.

    Returns
    -------
    Table
        With faults of cells and of the shape of rows noted but not yet raised, so that the reader adds its own;
        a faulty cell is None (or empty), a row of the wrong length is left out. Rows without any text are skipped.

    Raises
    ------
    InputError
        The file cannot be read as a table at all, or its heading is wrong (then with the faults of its cells).
    """
    table = Table(str(path), what)
    records = _records(_text(path), table)
    heading = next(records, None)
    if heading is None:
        names = ",".join(column.name for column in columns if column.required)
        table.fault("the file is empty", remedy=f"Begin it with the heading {names}.")
        table.settle()
        return table
    found = _heading(heading[1], columns, table, others)
    heading_is_wrong = bool(table.faults)
    table.columns = frozenset(column.name for column in found if column is not None)
    for line, cells in records:
        if len(cells) != len(found):
            message = f"this row has {len(cells)} cells, and the heading has {len(found)}"
            remedy = "Put cells that hold a comma in quotation marks."
            if len(cells) < len(found):
                remedy = "Add the missing cells; an empty one still needs its comma."
            table.fault(message, row=line, value=",".join(cells)[:80], remedy=remedy)
            continue
        read = {
            column.name: _cell(text.strip(), column, line, table)
            for column, text in zip(found, cells, strict=True)
            if column is not None
        }
        absent = {column.name: column.default for column in columns if column.name not in read}
        table.rows.append(Row(line, read | absent))
    if not table.rows and not table.faults:
        table.fault(f"there is a heading and no {what} under it", remedy=f"Add a row for each {what}.")
    if heading_is_wrong:
        table.settle()
    return table


def _text(path: Path) -> str:
    file = str(path)
    try:
        with path.open("rb") as opened:
            data = opened.read(MAX_BYTES + 1)  # no more, for a device or a pipe has no size and no end
    except OSError as error:
        message = f"the file cannot be read: {(error.strerror or str(error)).lower()}"
        raise InputError(Fault(message, file, remedy="Check the name and the place of the file.")) from error
    if data.startswith(b"PAR1"):
        data = _as_csv(data, file)
    if len(data) > MAX_BYTES:
        raise InputError(Fault("the file is larger than 64 MiB", file, remedy="Is it the right file?"))
    for signature, is_a in _SIGNATURES:
        if data.startswith(signature):
            raise InputError(Fault(f"this is {is_a}", file, remedy=SAVE_AS))
    if b"\x00" in data:
        raise InputError(Fault("this is UTF-16 without a mark, or not text at all", file, remedy=SAVE_AS))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        faults = []
        for line, raw in enumerate(data.split(b"\n"), 1):
            try:
                raw.decode()
            except UnicodeDecodeError as error:
                shown = raw.decode("utf-8", "replace").strip()[:80]
                message = f"byte {error.start + 1} of this row is not UTF-8"
                faults.append(Fault(message, file, line, value=shown, remedy=SAVE_AS))
        raise InputError(*faults[:MAX_FAULTS_SAID]) from None


def _as_csv(data: bytes, file: str) -> bytes:
    """Write a Parquet file as CSV, no more of it than is read."""
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet as pq

    out = BytesIO()
    try:
        parquet = pq.ParquetFile(pa.BufferReader(data))
        with pa.csv.CSVWriter(out, parquet.schema_arrow) as rows:
            for batch in parquet.iter_batches(batch_size=1000):
                rows.write_batch(batch)
                if out.tell() > MAX_BYTES:
                    break
    except (pa.ArrowException, OSError) as error:
        message = f"this Parquet file cannot be read as a table: {str(error).splitlines()[0]}"
        raise InputError(Fault(message, file, remedy="Give CSV in UTF-8 with a heading.")) from None
    return out.getvalue()


def _records(text: str, table: Table) -> Iterator[tuple[int, list[str]]]:
    """Give the records that hold any text, each with its row."""
    line = 0
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    while True:
        line += 1
        begun = reader.line_num
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            message, remedy = "a quotation mark stands inside a cell", 'Write a quotation mark inside a cell twice: "".'
            too_long = "field larger" in str(error)
            if too_long and reader.line_num == begun + 1:
                message, remedy = f"a cell has more than {csv.field_size_limit():,} characters", "Shorten it."
            elif too_long or "end of data" in str(error):  # of a mark left open, the cell goes on over many lines
                message = "a quotation mark is never closed"
            table.fault(message, row=line, remedy=remedy)
            return
        if any(cell.strip() for cell in cells):
            yield line, cells


def _heading(cells: list[str], columns: Sequence[Column], table: Table, others: bool) -> list[Column | None]:
    """Find the column of each cell of the heading; None for one that is not known."""
    by_name = {name: column for column in columns for name in (column.name, *column.aliases)}
    found: list[Column | None] = []
    if len(cells) == 1 and len(columns) > 1 and (sign := re.search(r"[;\t|]", cells[0])):
        shown = "a tab" if sign[0] == "\t" else repr(sign[0])
        table.fault(f"the cells are parted by {shown}", row=1, value=cells[0][:80], remedy="Part them by commas.")
        return [None]
    named = {"_".join(cell.strip().lower().split()) for cell in cells}
    for place, cell in enumerate(cells, 1):
        name = "_".join(cell.strip().lower().split())
        column = by_name.get(name)
        if not name:
            table.fault(f"column {place} has no heading", row=1, remedy="Name it or take it out.")
        elif column is None:
            near = nearest(name, by_name)
            if others and not get_close_matches(name, by_name.keys() - named, n=1, cutoff=MISSPELLED):
                table.ignored.append(cell.strip())
                found.append(None)
                continue
            remedy = (
                f"Did you mean {by_name[near].name}?" if near else f"There are {', '.join(c.name for c in columns)}."
            )
            table.fault("this column is not known", row=1, value=cell.strip(), remedy=remedy)
        elif column in found:
            table.fault(f"the column {column.name} stands here twice", row=1, value=cell.strip(), remedy="Keep one.")
            column = None
        found.append(column)
    for column in columns:
        if column.required and column not in found:
            table.fault(f"the column {column.name} is missing", row=1, remedy=f"Add {column.name} to the heading.")
    return found


def _cell(text: str, column: Column, line: int, table: Table) -> Cell:
    """Read one cell; a faulty one is noted and becomes None."""
    if not text:
        if column.required:
            table.fault("this cell is empty", row=line, column=column.name, remedy=f"Write the {column.name}.")
        return column.default
    if column.kind == "text":
        if text.startswith(_FORMULA):
            remedy = "Write what its cell shows (in a spreadsheet: paste the values)."
            table.fault(
                "this is a formula of a spreadsheet", row=line, column=column.name, value=text[:80], remedy=remedy
            )
        return text
    try:
        return _READERS[column.kind](text)
    except InputError as error:
        for fault in error.faults:
            table.fault(fault.message, row=line, column=column.name, value=text[:80], remedy=fault.remedy)
        return None


def _exact(text: str) -> Fraction:
    value = read_number(text) if len(text) <= 2 * MAX_DIGITS else None
    if value is None:
        raise InputError(Fault(f"this number has more than {2 * MAX_DIGITS} characters", remedy="Write it shorter."))
    if value < 0:
        raise InputError(_BELOW_ZERO)
    return value


def read_whole(text: str) -> int:
    """Read a count: digits only, from zero, at most 18 of them.

    Raises
    ------
    InputError
        With what to write instead (`1234` for `1,234`); the place is for the caller to add.
    """
    if _GROUPED.fullmatch(text):
        raise InputError(Fault("this is not a whole number", remedy=f"Write {re.sub('[^0-9]', '', text)}."))
    if not _INTEGER.fullmatch(text):
        raise InputError(Fault("this is not a whole number", remedy="Write digits only."))
    if len(text) > MAX_DIGITS:
        remedy = "No count is so large; check whether two numbers ran together."
        raise InputError(Fault(f"this number has more than {MAX_DIGITS} digits", remedy=remedy))
    if text.startswith("-"):
        raise InputError(_BELOW_ZERO)
    return int(text)


def _yes_no(text: str) -> bool:
    said = _TRUTHS.get(text.lower())
    if said is None:
        raise InputError(Fault("this is neither yes nor no", remedy="Write yes or no."))
    return said


_READERS: dict[str, Callable[[str], Cell]] = {
    "integer": read_whole,
    "number": _exact,
    "date": read_date,
    "yes_no": _yes_no,
}
