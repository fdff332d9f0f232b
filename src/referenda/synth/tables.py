"""Tables written as Parquet or CSV by their file's ending, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from referenda.errors import Fault, InputError

ALL_DIFFERENT = frozenset(("voter_id", "line_id", "name", "address"))  # a dictionary of these is no help
ENDINGS = (".parquet", ".csv")


@contextmanager
def writing(file: Path) -> Iterator[Callable[[pa.Table], None]]:
    """Give a function that adds a table's rows to a file; the file has its name only when all are in it.

    Raises
    ------
    InputError
        The file's ending is not `.parquet` or `.csv`, or its folder does not exist.
    """
    if file.suffix not in ENDINGS:
        raise InputError(
            Fault(
                "tables are written as .parquet or .csv", file=file.name, remedy="End the file's name in one of them."
            )
        )
    if not file.parent.is_dir():
        raise InputError(Fault("the folder does not exist", file=str(file.parent), remedy="Make it first."))
    part = file.with_name(f".{file.name}.part")
    writer: pa.parquet.ParquetWriter | pa.csv.CSVWriter | None = None

    def write(table: pa.Table) -> None:
        nonlocal writer
        texts = pa.schema([(field.name, _written(field.type)) for field in table.schema])
        if file.suffix == ".csv":
            table = table.cast(texts)
            writer = writer or pa.csv.CSVWriter(part, table.schema)
        else:
            repeated = [name for name in table.column_names if name not in ALL_DIFFERENT]
            writer = writer or pa.parquet.ParquetWriter(
                part, table.schema, compression="zstd", store_schema=False, use_dictionary=repeated
            )
        writer.write_table(table)

    try:
        yield write
        if writer is not None:
            writer.close()
            part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def _written(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind
