"""Reading voter files: CSV, text with tabs or bars, Parquet, in a layout of `voter_layout`.

Nothing is read into memory here: an opened voter file gives the SQL relation with our thirteen fields as text, which
DuckDB streams. What is wrong with the file as a whole is refused at once; rows that cannot be read are set aside by
the reader with their place and reason (`reject_errors`), cells are judged by the import.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from referenda.errors import Fault, InputError
from referenda.formats.voter_layout import DELIMITERS, FIELDS, Layout, layout_named, layout_of

ENCODINGS = ("utf-8", "latin-1")
MAX_HEADING = 1 << 20
_DISGUISES = (
    (b"PK\x03\x04", "a spreadsheet or another zip archive, not a text file"),
    (b"\xd0\xcf\x11\xe0", "a spreadsheet in the old Excel format, not a text file"),
    (b"%PDF", "a PDF, not a text file"),
    (b"\x1f\x8b", "a compressed file, not a text file"),
    (b"\xff\xfe", "text in UTF-16, and UTF-8 or Latin-1 is read"),
    (b"\xfe\xff", "text in UTF-16, and UTF-8 or Latin-1 is read"),
)
_PARQUET = b"PAR1"


@dataclass(frozen=True)
class _Part:
    """One file: its columns in their order, and how its cells are parted (nothing for Parquet)."""

    path: Path
    columns: tuple[str, ...]
    delimiter: str

    @property
    def parquet(self) -> bool:
        """Say whether it is Parquet."""
        return not self.delimiter


@dataclass(frozen=True)
class VoterFile:
    """One or more files of one layout, opened; nothing of them is kept in memory."""

    paths: tuple[Path, ...]
    layout: str
    notes: tuple[Fault, ...]
    """What was not wrong but is worth knowing: columns that are not used, or are not there."""
    relation: str
    """SQL of all rows: the thirteen fields as text without nulls. Rows that cannot be read are left out and stored
    by DuckDB in its table `reject_errors`."""
    columns: tuple[tuple[str, ...], ...]
    """For each file the names of its columns."""


def open_voter_file(paths: Sequence[Path], *, layout: str | None = None, encoding: str = "utf-8") -> VoterFile:
    """Look at the headings of voter files and prepare their reading.

    Parameters
    ----------
    paths
        Files of one voter file: a state in several parts, or one.
    layout
        Name of the layout; found from the heading when not given.
    encoding
        `utf-8`, or `latin-1` for files of older systems.

    Raises
    ------
    InputError
        Every file that is missing, empty, disguised, or of no layout, each with what would help.
    """
    if encoding not in ENCODINGS:
        remedy = f"Choose one of {', '.join(ENCODINGS)}."
        raise InputError(Fault("this encoding is not read", column="--encoding", value=encoding, remedy=remedy))
    named = layout_named(layout) if layout else None
    faults: list[Fault] = []
    parts: list[tuple[_Part, Layout]] = []
    for path in paths:
        try:
            parts.append(_open(path, named, encoding))
        except InputError as error:
            faults += error.faults
    kinds = sorted({found.name for _, found in parts})
    if len(kinds) > 1:
        faults.append(
            Fault(f"the files are of different layouts: {', '.join(kinds)}", remedy="Import them one by one.")
        )
    if faults:
        raise InputError(*faults)
    if not parts:
        raise InputError(Fault("no voter file was given", remedy="Name one file or more."))
    chosen = parts[0][1]
    return VoterFile(
        paths=tuple(part.path for part, _ in parts),
        layout=chosen.name,
        notes=tuple(note for part, _ in parts for note in _notes(part, chosen)),
        relation="(" + " UNION ALL ".join(_select(part, chosen, encoding) for part, _ in parts) + ")",
        columns=tuple(part.columns for part, _ in parts),
    )


def _open(path: Path, named: Layout | None, encoding: str) -> tuple[_Part, Layout]:
    file = str(path)
    try:
        with path.open("rb") as stream:
            start = stream.read(MAX_HEADING)
    except OSError as error:
        message = f"the file cannot be read: {(error.strerror or str(error)).lower()}"
        raise InputError(Fault(message, file, remedy="Check the name and the place of the file.")) from error
    if start.startswith(_PARQUET):
        columns = _parquet_columns(path)
        return _Part(path, columns, ""), _fitting(named, columns, file)
    for signature, is_a in _DISGUISES:
        if start.startswith(signature):
            remedy = "Save it as CSV in UTF-8, or unpack it first."
            raise InputError(Fault(f"this is {is_a}", file, remedy=remedy))
    if not start.strip():
        raise InputError(Fault("the file is empty", file, remedy="Is it the right file?"))
    first, found, rest = start.replace(b"\r\n", b"\n").removeprefix(b"\xef\xbb\xbf").partition(b"\n")
    if not found and len(start) >= MAX_HEADING:
        raise InputError(Fault("the first row is longer than 1 MiB", file, 1, remedy="Is it the right file?"))
    if b"\x00" in first:
        raise InputError(Fault("this is not text", file, 1, remedy="Save it as CSV in UTF-8."))
    if named and not named.heading:
        cells = len(first.split(named.delimiter.encode()))
        if cells != len(named.columns):
            message = f"the first row has {cells} cells, and the layout {named.name} has {len(named.columns)}"
            raise InputError(Fault(message, file, 1, remedy="Choose another layout with --layout."))
        return _Part(path, named.columns, named.delimiter), named
    heading = first.decode(encoding, "replace")
    delimiter = max(DELIMITERS.values(), key=heading.count)
    columns = tuple(cell.strip() for cell in next(csv.reader([heading], delimiter=delimiter), []))
    chosen = _fitting(named, columns, file)
    if not rest.strip() and len(start) < MAX_HEADING:
        raise InputError(Fault("there is a heading and no voter under it", file, remedy="Is it the right file?"))
    return _Part(path, columns, delimiter), chosen


def _parquet_columns(path: Path) -> tuple[str, ...]:
    import duckdb

    try:
        with duckdb.connect() as connection:
            described = connection.execute(f"DESCRIBE SELECT * FROM read_parquet({_text(str(path))})").fetchall()
        return tuple(name for name, *_ in described)
    except duckdb.Error as error:
        message = "this begins as a Parquet file but cannot be read as one"
        raise InputError(Fault(message, str(path), remedy="Fetch or write the file again.")) from error


def _fitting(named: Layout | None, columns: tuple[str, ...], file: str) -> Layout:
    heading = frozenset(name.lower() for name in columns)
    chosen = named or layout_of(heading, file=file)
    missing = chosen.missing(heading)
    if missing:
        message = f"the layout {chosen.name} needs the columns {', '.join(missing)}, which are not there"
        raise InputError(Fault(message, file, 1, remedy="Leave --layout out to have the layout found."))
    used = {name.lower() for columns in chosen.fields.values() for names in columns for name in names}
    small = [name.lower() for name in columns]
    twice = sorted({name for name in small if small.count(name) > 1 and name in used})
    if twice:
        remedy = "Rename or remove one of each."
        raise InputError(Fault(f"these columns stand twice in the heading: {', '.join(twice)}", file, 1, remedy=remedy))
    return chosen


def _notes(part: _Part, layout: Layout) -> list[Fault]:
    heading = {name.lower() for name in part.columns}
    unknown = [name for name in part.columns if name.lower() not in {known.lower() for known in layout.columns}]
    absent = [
        field
        for field in FIELDS
        if not any(name.lower() in heading for names in layout.fields.get(field, ()) for name in names)
    ]
    notes = []
    if unknown:
        shown = ", ".join(unknown[:8]) + (f" and {len(unknown) - 8} more" if len(unknown) > 8 else "")
        notes.append(
            Fault(f"columns that the layout {layout.name} does not know are not used: {shown}", str(part.path))
        )
    if absent:
        notes.append(Fault(f"the file does not say: {', '.join(absent)}", str(part.path)))
    return notes


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _name(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'


def _select(part: _Part, layout: Layout, encoding: str) -> str:
    """Give the SQL of one file's rows: the fields of the layout as text, codes put into words."""
    place: dict[str, str] = {}
    for number, column in enumerate(part.columns):
        place.setdefault(column.lower(), _name(column) if part.parquet else f"c{number}")
    source = f"read_parquet({_text(str(part.path))})" if part.parquet else _read_csv(part, layout, encoding)
    cells = {field: _cell(layout, field, place) for field in FIELDS}
    cells["reg_date"] = _day(cells["reg_date"], layout)
    joins = ""
    for field, words in (("county", layout.counties), ("status", layout.status)):
        if words and cells[field] != "''":
            codes = {form: word for code, word in words.items() for form in (code, code.lstrip("0"))}
            rows = ", ".join(f"({_text(code)}, {_text(word)})" for code, word in codes.items())
            joins += f" LEFT JOIN (VALUES {rows}) AS {field}_words(code, word) ON {field}_words.code = {cells[field]}"
            cells[field] = f"coalesce({field}_words.word, {cells[field]})"
    listed = ", ".join(f"{cell} AS {field}" for field, cell in cells.items())
    return f"SELECT {listed} FROM {source} AS f{joins}"


def _read_csv(part: _Part, layout: Layout, encoding: str) -> str:
    columns = ", ".join(f"'c{number}': 'VARCHAR'" for number in range(len(part.columns)))
    quote = layout.quote if part.delimiter == layout.delimiter else '"'  # A copy that somebody saved in another form.
    options = {
        "header": str(layout.heading).lower(),
        "delim": _text(part.delimiter),
        "quote": _text(quote),
        "escape": _text(quote),
        "encoding": _text(encoding),
        "auto_detect": "false",
        "columns": f"{{{columns}}}",
        "ignore_errors": "true",
        "store_rejects": "true",
        "rejects_limit": "0",
    }
    return f"read_csv({_text(str(part.path))}, {', '.join(f'{key} = {value}' for key, value in options.items())})"


def _cell(layout: Layout, field: str, place: dict[str, str]) -> str:
    parts = []
    for alternatives in layout.fields.get(field, ()):
        found = [f"CAST(f.{place[name.lower()]} AS VARCHAR)" for name in alternatives if name.lower() in place]
        if len(found) > 1:
            found = [f"coalesce({', '.join(found)})"]
        parts += found
    if not parts:
        return "''"
    if len(parts) == 1:
        text = parts[0]  # Trimming every cell would cost more than asking whether it needs it.
        return f"CASE WHEN {text} LIKE ' %' OR {text} LIKE '% ' THEN trim({text}) ELSE coalesce({text}, '') END"
    return f"concat_ws(' ', {', '.join(f'''nullif(trim({part}), '')''' for part in parts)})"


def _day(cell: str, layout: Layout) -> str:
    if cell == "''":
        return cell
    formats = "[" + ", ".join(_text(form) for form in layout.dates) + "]"
    read = f"coalesce(CAST(try_strptime({cell}, {formats}) AS DATE), TRY_CAST({cell} AS DATE))"
    iso = f"regexp_full_match({cell}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}')"
    return f"CASE WHEN {cell} = '' OR {iso} THEN {cell} ELSE coalesce(CAST({read} AS VARCHAR), {cell}) END"
