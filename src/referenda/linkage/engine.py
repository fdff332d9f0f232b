"""The port of an engine: what reads and normalises the two files, and where blocks of lines are matched.

The rules of normalising are one text (`normalize`), the keys are defined on bytes (`keys`), and a block is matched by
one set of functions (`blocks`); so an engine only moves rows, and every engine gives the same rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from referenda.linkage.blocks import Deed
from referenda.linkage.people import People
from referenda.linkage.stages import Links

Ints = npt.NDArray[np.int64]

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

    def match_blocks(
        self, deed: Deed, lines: People, which: Ints, sheet_zip: Ints, block: int
    ) -> Iterator[tuple[Ints, Links]]:
        """Do a deed for the lines named in `which`, in blocks of at most so many lines.

        Parameters
        ----------
        deed
            Finds the links of a block; it may be done in another process.
        which
            Lines, in increasing order.
        sheet_zip
            For every line of the petition, the zip that most lines of its sheet name.

        Returns
        -------
        Iterator
            The lines of a block and their links; every line once, the blocks in any order and of any size.
        """

    def close(self) -> None:
        """Give back what the engine holds."""
