"""Making the index of the clerk's look-up: of an imported snapshot, or of a voter file that is imported on the way."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from referenda.errors import Fault, InputError
from referenda.linkage.lookup_build import build_lookup
from referenda.workflows.compare_voters import read_snapshot
from referenda.workflows.import_voters import VoterRows, import_voters

Tell = Callable[[str, float], None]


@dataclass(frozen=True)
class IndexReport:
    """What was indexed, and the bytes of it that the index shares with the snapshot or holds of its own."""

    voters: int
    as_of: str | None
    set_aside: int
    own_bytes: int
    shared_bytes: int

    def as_dict(self) -> dict[str, Any]:
        """Give it for `--json`."""
        return dict(vars(self))


def index_voters(
    voters: Path | VoterRows, out: Path, *, memory: int = 2 << 30, tell: Tell = lambda stage, share: None
) -> IndexReport:
    """Make an index in the folder `out`.

    Parameters
    ----------
    voters
        Folder of a snapshot, or an opened voter file, which is imported for the time being.
    out
        Folder to make, which must not exist yet; an index is never written over, so that those who have it open go
        on undisturbed.
    memory
        Bytes that the database may use where a voter file is imported.
    tell
        Called with the stage and the share of it that is done, from 0 to 1.

    Raises
    ------
    InputError
        The folder is no snapshot, or `out` exists.
    """
    if out.exists():
        remedy = "Choose another name, or remove it."
        raise InputError(Fault("this exists already", str(out), column="--out", remedy=remedy))
    out.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(voters, Path):
        return _report(voters, out, tell)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}.", suffix=".part", dir=out.parent) as folder:
        snapshot = Path(folder) / "snapshot"
        import_voters(voters, snapshot, memory=memory, tell=tell)
        return _report(snapshot, out, tell)


def _report(snapshot: Path, out: Path, tell: Tell) -> IndexReport:
    said = read_snapshot(snapshot)
    source = {key: said.get(key) for key in ("as_of", "layout", "files", "sources")}
    about = {"as_of": said.get("as_of"), "snapshot": source, "software": version("referenda")}
    made = build_lookup(snapshot, out, about, tell)
    sizes = [path.stat() for path in out.iterdir()]
    return IndexReport(
        voters=made["voters"],
        as_of=said.get("as_of"),
        set_aside=sum(reason["count"] for reason in said.get("set_aside", ())),
        own_bytes=sum(size.st_size for size in sizes if size.st_nlink == 1),
        shared_bytes=sum(size.st_size for size in sizes if size.st_nlink > 1),
    )
