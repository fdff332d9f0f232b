"""Reading lines that were keyed in: one row a signature, with the section and the number that it has there.

A file may hold a million rows, so columns are checked as a whole; of each kind of fault the first rows are named and
the others counted. What a signer wrote is never part of a message.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from referenda.errors import Fault, InputError
from referenda.petitions.county_count import fold_county
from referenda.petitions.section import is_section_name

COLUMNS = ("section", "line_no", "county", "name", "address", "city", "zip", "date_signed", "line_id")
REQUIRED = ("section", "line_no", "name", "address")
ALIASES = {"sheet_id": "section", "section_id": "section"}
TEXTS = ("name", "address", "city", "zip", "date_signed")
LONGEST_CELL = 500
NAMED = 10
"""Rows that are named for each kind of fault."""

Flags = npt.NDArray[np.bool_]
_PARQUET = (".parquet", ".pq")


@dataclass(frozen=True)
class KeyedLines:
    """Lines in the order of their file, and what is worth knowing of them though it is no fault.

    Columns are identity, section, line_no (int32), county, name, address, city, zip, date_signed and given_id: the id
    that the line had in the file, where it is not its identity.
    """

    table: pa.Table
    notes: tuple[str, ...]


def read_keyed_lines(path: Path, *, county: str, sections: Mapping[str, int]) -> KeyedLines:
    """Read keyed lines, and hold them against the sections that they stand on.

    Parameters
    ----------
    path
        CSV with a heading, or Parquet: section (or sheet_id), line_no, name, address, and any of county, city, zip,
        date_signed (year-month-day) and line_id.
    county
        The county whose lines they are.
    sections
        The signatures counted on each section that was taken in.

    Raises
    ------
    InputError
        With every kind of fault of the file, the first rows of each, and what to do.
    """
    given, ignored = _read(path)
    faults = _Faults(str(path))
    section, number = given["section"], given["line_no"]
    named = section.dictionary_encode()
    counted = _counted(named, sections)
    faults.note(counted == -2, "section", section, "a section cannot have this name", "Write it as it was counted in.")
    message = "this section was not counted in"
    faults.note(counted == -1, "section", section, message, "Take it in with --sections, or mend its name.")
    numbered = _flags(pc.match_substring_regex(number, r"^0*[1-9][0-9]{0,4}$"))
    message = "this is not the number of a line"
    faults.note(~numbered, "line_no", number, message, "Number the signatures of a section from 1.")
    line_no = np.zeros(len(number), dtype=np.int32)
    line_no[numbered] = number.filter(pa.array(numbered)).cast(pa.int32()).to_numpy()
    message = "the section was counted with fewer signatures"
    faults.note((counted >= 0) & (line_no > counted), "line_no", number, message, "Check the number, and the section.")
    texts = pa.array(line_no).cast(pa.string())
    identity = pc.binary_join_element_wise(section, texts, "/")
    faults.note(_twice(identity) & numbered, "line_no", identity, "this line stands in the file twice", "Keep one row.")
    county_of = given["county"]
    elsewhere = [name for name in pc.unique(county_of).to_pylist() if name and fold_county(name) != fold_county(county)]
    remedy = f"Lines of {county} are taken in here."
    mask = _flags(pc.is_in(county_of, value_set=pa.array(elsewhere, pa.string())))
    if len(mask) > 1 and mask.all():
        named = f"{', '.join(elsewhere[:3])}{' …' if len(elsewhere) > 3 else ''}"
        remedy = f"This is the office of {county}: give the file of its lines, or leave the column county out."
        faults.of_all("every line is of another county", "county", named, remedy)
    else:
        faults.note(mask, "county", county_of, "this line is of another county", remedy)
    ids = given["line_id"]
    other = _flags(pc.and_(pc.match_substring(ids, "/"), pc.not_equal(ids, identity)))
    faults.note(other, "line_id", ids, "this names another line than section and line_no do", "Leave line_id out.")
    for name in TEXTS:
        long = _flags(pc.greater(pc.utf8_length(given[name]), LONGEST_CELL))
        faults.note(long, name, None, f"this has more than {LONGEST_CELL} characters", "Write what the line says.")
        nul = _flags(pc.match_substring(given[name], "\x00"))
        faults.note(nul, name, None, "this holds the sign NUL, which nobody writes", "Write what the line says.")
    faults.settle()
    nameless = pc.or_(pc.equal(ids, ""), pc.equal(ids, identity))
    table = pa.table(
        {
            "identity": identity,
            "section": section,
            "line_no": pa.array(line_no),
            "county": pa.repeat(pa.scalar(county), len(identity)),
            **{name: given[name] for name in TEXTS},
            "given_id": pc.if_else(nameless, pa.scalar(None, pa.string()), ids),
        }
    )
    return KeyedLines(table, tuple(_notes(table, ignored)))


class _Faults:
    """Faults of columns: of each kind the first rows, and how many more there are."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Fault] = []

    def note(self, mask: Flags, column: str, values: pa.Array | None, message: str, remedy: str) -> None:
        rows = np.flatnonzero(mask)
        for row in rows[:NAMED].tolist():
            value = None if values is None else values[row].as_py()[:80]
            self.found.append(Fault(message, self.file, row + 2, column, value, remedy))
        if len(rows) > NAMED:
            more = f"{len(rows) - NAMED:,} more rows have this fault: {message}"
            self.found.append(Fault(more, self.file, column=column, remedy=remedy))

    def of_all(self, message: str, column: str, value: str, remedy: str) -> None:
        self.found.append(Fault(message, self.file, None, column, value, remedy))

    def settle(self) -> None:
        if self.found:
            raise InputError(*self.found)


def _read(path: Path) -> tuple[dict[str, pa.Array], list[str]]:
    """Read the columns that are known as texts without nulls, trimmed; and name those that are not."""
    if not path.is_file():
        raise InputError(Fault("there is no such file", str(path), remedy="Check the path."))
    parquet = path.suffix.lower() in _PARQUET
    try:
        heading = pq.read_schema(path).names if parquet else _heading(path)
        _require_heading(path, heading)
        known = {name: known for name in heading if (known := _column(name)) is not None}
        _require(path, heading, list(known.values()))
        table = pq.read_table(path, columns=list(known)) if parquet else _read_csv(path, list(known))
    except pa.ArrowException as error:
        message = f"this file cannot be read as a table: {str(error).splitlines()[0].rstrip('.')}"
        raise InputError(Fault(message, str(path), remedy="Give CSV in UTF-8 with a heading, or Parquet.")) from None
    if not table.num_rows:
        raise InputError(Fault("there is a heading and no line under it", str(path), remedy="Add a row for each line."))
    columns = {known[name]: _text(table[name]) for name in known}
    empty = pa.repeat(pa.scalar(""), table.num_rows)
    return {name: columns.get(name, empty) for name in COLUMNS}, [name for name in heading if name not in known]


def _column(heading: str) -> str | None:
    name = "_".join(heading.strip().lower().split())
    name = ALIASES.get(name, name)
    return name if name in COLUMNS else None


def _require_heading(path: Path, heading: Sequence[str]) -> None:
    """Refuse a file without a heading, and one whose cells are not parted by commas."""
    if not any(name.strip() for name in heading):
        raise InputError(Fault("the file is empty", str(path), remedy=f"Begin it with {','.join(REQUIRED)}."))
    if len(heading) == 1 and (sign := next((s for s in ";\t|" if s in heading[0]), None)):
        shown = "a tab" if sign == "\t" else repr(sign)
        message, value = f"the cells are parted by {shown}", heading[0][:80]
        raise InputError(Fault(message, str(path), 1, value=value, remedy="Part them by commas."))


def _require(path: Path, heading: Sequence[str], found: Sequence[str]) -> None:
    remedy = f"The heading must name {', '.join(REQUIRED)}; {', '.join(COLUMNS[2:3] + COLUMNS[5:])} may stand there."
    faults = [
        Fault("this column is missing", str(path), 1, name, remedy=remedy) for name in REQUIRED if name not in found
    ]
    twice = sorted({name for name in found if found.count(name) > 1})
    faults += [Fault("this column stands here twice", str(path), 1, name, remedy="Keep one.") for name in twice]
    if faults:
        raise InputError(*faults)


def _heading(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        try:
            return next(csv.reader([stream.readline(1 << 16)]), [])
        except csv.Error:
            return []


def _read_csv(path: Path, columns: list[str]) -> pa.Table:
    faults: list[Fault] = []

    def note(row: Any) -> str:
        message = f"this row has {row.actual_columns} cells, and the heading has {row.expected_columns}"
        remedy = "Put cells that hold a comma in quotation marks; an empty one still needs its comma."
        faults.append(Fault(message, str(path), row.number, remedy=remedy))
        return "skip"

    table = pa.csv.read_csv(
        path,
        read_options=pa.csv.ReadOptions(use_threads=False),
        parse_options=pa.csv.ParseOptions(newlines_in_values=True, invalid_row_handler=note),
        convert_options=pa.csv.ConvertOptions(
            include_columns=columns, column_types={name: pa.string() for name in columns}, strings_can_be_null=False
        ),
    )
    if faults:
        more = len(faults) - NAMED
        last = [Fault(f"{more:,} more rows have another number of cells", str(path))] if more > 0 else []
        raise InputError(*faults[:NAMED], *last)
    return table


def _text(column: pa.ChunkedArray) -> pa.Array:
    text = column.cast(pa.string()).combine_chunks()
    if isinstance(text, pa.ChunkedArray):
        text = pa.concat_arrays(text.chunks)
    return pc.utf8_trim_whitespace(pc.fill_null(text, ""))


def _counted(named: pa.DictionaryArray, sections: Mapping[str, int]) -> npt.NDArray[np.int64]:
    """Give the signatures counted on each line's section; -1 where it is not known, -2 where it can be none."""
    names = named.dictionary.to_pylist()
    counts = np.array([sections.get(name, -1 if is_section_name(name) else -2) for name in names], dtype=np.int64)
    return counts[np.asarray(named.indices.to_numpy(), dtype=np.int64)]


def _twice(identity: pa.Array) -> Flags:
    """Mark every line whose identity stands in an earlier row."""
    codes = identity.dictionary_encode().indices.to_numpy()
    first = np.zeros(len(codes), dtype=bool)
    first[np.unique(codes, return_index=True)[1]] = True
    return ~first


def _flags(mask: Any) -> Flags:
    return np.asarray(mask.to_numpy(zero_copy_only=False), dtype=bool)


def _notes(table: pa.Table, ignored: Sequence[str]) -> list[str]:
    days = pc.strptime(table["date_signed"], "%Y-%m-%d", "s", error_is_null=True)
    unread = int(pc.sum(pc.and_(pc.is_null(days), pc.not_equal(table["date_signed"], ""))).as_py() or 0)
    blank = int(pc.sum(pc.and_(pc.equal(table["name"], ""), pc.equal(table["address"], ""))).as_py() or 0)
    notes = []
    if unread:
        notes.append(f"{unread:,} lines have a date of signing that is not written year-month-day")
    if blank:
        notes.append(f"{blank:,} lines have neither name nor address")
    if ignored:
        notes.append(f"columns that are not read: {', '.join(ignored)}")
    return notes
