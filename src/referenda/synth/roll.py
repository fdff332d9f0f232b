"""A voter file read for its petition: the columns that decide who signs, and the text of the rows that do.

Any file of the documented layout will do, invented or not. The roll is held as numbers (11 bytes a voter); text
is read for chosen rows only.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
from numpy.typing import NDArray

from referenda.errors import Fault, InputError
from referenda.synth.voters import COLUMNS

KEYS = ("county", "zip", "status", "reg_date")
BATCH = 1 << 17


class Roll:
    """The voters of a file.

    Attributes
    ----------
    counties, zips, statuses
        The values that occur; `county`, `zip` and `status` are positions in them, one for a row.
    registered
        Day of registration as a proleptic ordinal, 0 where the file has none.
    """

    def __init__(self, file: Path) -> None:
        """Read the deciding columns.

        Raises
        ------
        InputError
            The file is not Parquet or CSV, lacks columns, has no rows, or has dates that are not YYYY-MM-DD.
        """
        self.file = file
        found: dict[str, list[NDArray[np.int32]]] = {name: [] for name in KEYS}
        values: dict[str, dict[str, int]] = {name: {} for name in KEYS}
        for batch in self._batches(KEYS):
            for name in KEYS:
                column = batch.column(name).dictionary_encode()
                known = values[name]
                codes = [known.setdefault(text or "", len(known)) for text in column.dictionary.to_pylist()]
                codes.append(known.setdefault("", len(known)) if column.null_count else 0)
                table = np.array(codes, dtype=np.int32)
                found[name].append(table[column.indices.fill_null(len(codes) - 1).to_numpy(zero_copy_only=False)])
        columns = {name: np.concatenate(parts) if parts else np.empty(0, np.int32) for name, parts in found.items()}
        if not len(columns["zip"]):
            raise InputError(Fault("the voter file has no rows", file=file.name))
        self.counties, self.county = list(values["county"]), columns["county"].astype(np.int16)
        self.zips, self.zip = list(values["zip"]), columns["zip"]
        self.statuses, self.status = list(values["status"]), columns["status"].astype(np.int8)
        self.registered = self._days(list(values["reg_date"]))[columns["reg_date"]]

    def __len__(self) -> int:
        return len(self.zip)

    def rows(self, wanted: NDArray[np.int64]) -> pa.Table:
        """Read the text of some rows, given in rising order without repetition."""
        pieces: list[pa.Table] = []
        start = 0
        for batch in self._batches(COLUMNS):
            low, high = np.searchsorted(wanted, (start, start + len(batch)))
            if high > low:
                pieces.append(pa.Table.from_batches([batch]).take(pa.array(wanted[low:high] - start)))
            start += len(batch)
        return pa.concat_tables(pieces).combine_chunks()

    def _batches(self, columns: tuple[str, ...]) -> Iterator[pa.RecordBatch]:
        if not self.file.is_file():
            raise InputError(Fault("there is no such file", file=str(self.file)))
        try:
            if self.file.suffix == ".csv":
                texts = pa.csv.ConvertOptions(
                    include_columns=columns, column_types=dict.fromkeys(columns, pa.string()), strings_can_be_null=False
                )
                reading = pa.csv.open_csv(self.file, convert_options=texts)
                yield from reading
            else:
                with pa.parquet.ParquetFile(self.file) as parquet:
                    missing = [name for name in columns if name not in parquet.schema_arrow.names]
                    if missing:
                        raise InputError(
                            *(Fault("the column is missing", file=self.file.name, column=name) for name in missing)
                        )
                    yield from parquet.iter_batches(batch_size=BATCH, columns=list(columns))
        except (OSError, pa.ArrowInvalid, pa.ArrowKeyError) as error:
            raise InputError(
                Fault(f"the voter file cannot be read: {error}", file=self.file.name,
                      remedy="Give Parquet or CSV with the columns " + ", ".join(COLUMNS) + ".")
            ) from None  # fmt: skip

    def _days(self, texts: list[str]) -> NDArray[np.int32]:
        days = np.zeros(len(texts), dtype=np.int32)
        faults: list[Fault] = []
        for place, text in enumerate(texts):
            try:
                days[place] = date.fromisoformat(text).toordinal() if text else 0
            except ValueError:
                faults.append(Fault("expected YYYY-MM-DD", file=self.file.name, column="reg_date", value=text))
        if faults:
            raise InputError(*faults[:20])
        return days
