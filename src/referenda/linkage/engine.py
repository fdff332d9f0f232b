"""The port of an engine: what reads the two files, normalises them, and writes the answer.

The rules of normalising are one text (`normalize`), the keys are defined on bytes (`keys`); so an engine only moves
rows, and every engine gives the same rows.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import pyarrow as pa

LINE_COLUMNS = ("line_id", "sheet_id", "line_no", "county", "name", "address", "city", "zip", "date_signed")


class Engine(Protocol):
    """What a match needs from an engine."""

    def read_lines(self, file: Path) -> pa.Table:
        """Read petition lines in the order of the file, with the columns of the file as text, `n_first`... and `zip5`.

        Raises
        ------
        InputError
            A column is missing, the file cannot be read, or a line's id is missing or stands twice.
        """

    def prepare_voters(self, file: Path, folder: Path) -> None:
        """Write `voters.parquet` into a folder from a plain voter file, normalised and sorted as in a snapshot.

        Raises
        ------
        InputError
            A column is missing or the file cannot be read.
        """

    def close(self) -> None:
        """Give back what the engine holds."""
