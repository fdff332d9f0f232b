"""The work folder of a match: what is finished stays beside the answer until that stands, so that a stop loses little.

The folder `.NAME.work` beside the answer NAME holds whole stages only: the voters of a raw file with their keys, the
clean copy of the lines, their normalised columns, and the links of every block that is done. It belongs to one
question: the digests of both files, of the model and of the answer that is continued, and the version of the software.
Another question empties it. It holds personal data, so only its owner may look into it, and it goes when the answer
stands.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.feather as feather

from referenda.errors import EngineError, Fault, InputError
from referenda.linkage.model import Model
from referenda.linkage.stages import Links

Ints = npt.NDArray[np.int64]

FORMAT = "referenda-match-work/1"


class MatchWork:
    """What is kept of a match that is not finished.

    Parameters
    ----------
    folder
        Its folder.
    continued
        Whether it holds stages that an earlier run finished.
    """

    def __init__(self, folder: Path, *, continued: bool) -> None:
        self.folder = folder
        self.continued = continued

    @property
    def voters(self) -> Path:
        """The snapshot of a raw voter file."""
        return self.folder / "voters"

    @property
    def keys(self) -> Path:
        """The keys of a snapshot that has none."""
        return self.folder / "keys"

    @property
    def lines(self) -> Path:
        """The clean copy of the lines."""
        return self.folder / "lines.parquet"

    def note(self, name: str, value: Any) -> None:
        """Keep what a stage had to say."""
        self._whole(name, lambda part: part.write_text(json.dumps(value), encoding="utf-8"))

    def noted(self, name: str) -> Any:
        """Give what a stage had to say; None where it is not finished."""
        file = self.folder / name
        return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else None

    def keep_table(self, table: pa.Table) -> pa.Table:
        """Keep the normalised lines; give them mapped from the disk."""
        self._whole("lines.arrow", lambda part: feather.write_feather(table, part, compression="uncompressed"))
        return self.table()

    def table(self) -> pa.Table | None:
        """Give the normalised lines; None where they are not finished."""
        file = self.folder / "lines.arrow"
        return feather.read_table(file, memory_map=True) if file.is_file() else None

    def keep_links(self, stage: str, which: Ints, links: Links) -> None:
        """Keep the links of a block."""

        def write(part: Path) -> None:
            with part.open("wb") as stream:
                np.savez(stream, which=which, **vars(links))

        number = len(list(self.folder.glob(f"{stage}-*.npz")))
        self._whole(f"{stage}-{number:05d}.npz", write)

    def links(self, stage: str) -> Iterator[tuple[Ints, Links]]:
        """Give the blocks of a stage that are done: their lines, and the links of each."""
        for file in sorted(self.folder.glob(f"{stage}-*.npz")):
            with np.load(file, allow_pickle=False) as arrays:
                kept = {name: arrays[name] for name in arrays.files}
            yield kept.pop("which"), Links(**kept)

    def _whole(self, name: str, write: Callable[[Path], object]) -> None:
        part = self.folder / f".{name}.part"
        write(part)
        part.replace(self.folder / name)


@contextmanager
def work_of(out: Path, question: dict[str, Any]) -> Iterator[MatchWork]:
    """Open the work folder of an answer; remove it when all is done, or when the input is refused.

    Raises
    ------
    EngineError
        Another process is at work on the same answer.
    """
    folder = out.with_name(f".{out.name}.work")
    folder.mkdir(mode=0o700, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            message = "another match is writing this answer"
            raise EngineError(Fault(message, str(out), remedy="Wait for it, or choose another --out.")) from error
        work = MatchWork(folder, continued=False)
        asked = json.loads(json.dumps({"format": FORMAT, "made_by": version("referenda")} | question))
        _empty(folder, ".*.part" if work.noted("question.json") == asked else "*")
        work.continued = any(entry.name not in ("lock", "question.json") for entry in folder.iterdir())
        work.note("question.json", asked)
        try:
            yield work
        except InputError:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        shutil.rmtree(folder, ignore_errors=True)


def _empty(folder: Path, pattern: str) -> None:
    """Remove what an earlier run left of this shape, but for the lock."""
    for entry in folder.glob(pattern):
        if entry.is_dir():
            shutil.rmtree(entry)
        elif entry.name != "lock":
            entry.unlink()


def digest_of_model(model: Model) -> str:
    """Give the SHA-256 of the model's numbers, in hexadecimal."""
    digest = hashlib.sha256()
    for column in fields(model):
        value = getattr(model, column.name)
        arrays = [array for pair in value for array in pair] if isinstance(value, tuple) else [np.asarray(value)]
        digest.update(column.name.encode())
        for array in map(np.asarray, arrays):
            digest.update(str((array.dtype, array.shape)).encode() + np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()
