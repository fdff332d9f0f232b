"""Publish the record of a case: a folder of plain files that a stranger can check (`docs/reference/record-format.md`).

The folder is made beside its place under another name, written to the disk and then renamed, so that it is there whole
or not at all.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from referenda.errors import EngineError, Fault, InputError
from referenda.ledger.canonical import canonical
from referenda.ledger.checkpoint import SigningKey
from referenda.ledger.event import Event
from referenda.ledger.log import EventStore
from referenda.ledger.tree import Tree
from referenda.workflows.keep_case import case_state, kept_document

FORMAT = "referenda-record/1"

README = """The public record of {case}
{underline}

{title}
{events} events, recorded from {first} to {last}.

What is in this folder
  events.jsonl    everything that happened to the measure, one event a line, in order; nothing is ever taken out
  law/            the law documents that the case was judged by, whole
  checkpoints/    the signed state of the record
  manifest.json   the list of these files with their SHA-256, the root of the hash tree, and the key that signed

How to check it
  With Python 3.11 or newer and the checker of Referenda (no other program is needed):

      python -m referenda_verify FOLDER
      python -m referenda_verify FOLDER --key '{key}'

  The second form demands the key; compare it with one that you have from elsewhere, for anybody can make a key.
  With --receipt FILE it also checks a signer's receipt, or the JSON of a certificate, against the record.
  The checker hashes everything again and computes every number again from the law in this folder.
  How to write a checker of your own stands in docs/reference/record-format.md of Referenda.

What it cannot show
  That the numbers put in were true, or that the record was not forked before its first checkpoint: keep checkpoints,
  and compare them.
"""


@dataclass(frozen=True)
class Published:
    """A record that was written: where, how much, and what it is known by."""

    folder: Path
    case: str
    events: int
    root: str
    verifier_key: str
    laws: tuple[str, ...]


def publish_record(store: EventStore, name: str, folder: Path, key: SigningKey) -> Published:
    """Write the record of a case into a new folder, signed.

    Parameters
    ----------
    folder
        A folder that does not exist or is empty; its parent exists.

    Raises
    ------
    InputError
        There is no such case, or the folder is not a new one.
    RecordError
        The store does not hold what was recorded.
    """
    case, _ = case_state(store, name)
    _require_new(folder)
    store.verify(name)
    events = list(store.read(name))
    tree = Tree()
    for event in events:
        tree.append(event.leaf_hash)
    root = tree.root()
    laws = _laws(events)
    files = {
        "events.jsonl": b"".join(event.line + b"\n" for event in events),
        f"checkpoints/{len(events):010}.txt": key.sign(name, len(events), root).encode(),
        **{f"law/{digest}.json": kept_document(store, digest) for digest in laws},
        "README.txt": _readme(name, case.received.name if case.received else "", events, key).encode(),
    }
    manifest = {
        "case": name,
        "events": len(events),
        "files": {path: sha256(content).hexdigest() for path, content in files.items()},
        "format": FORMAT,
        "root": root.hex(),
        "verifier_key": key.verifier_key,
    }
    _write(folder, {**files, "manifest.json": canonical(manifest) + b"\n"})
    return Published(folder, name, len(events), root.hex(), key.verifier_key, laws)


def _laws(events: list[Event]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(event.data["law"]) for event in events if isinstance(event.data.get("law"), str)))


def _readme(name: str, title: str, events: list[Event], key: SigningKey) -> str:
    return README.format(
        case=name,
        underline="=" * (len(name) + len("The public record of ")),
        title=title,
        events=len(events),
        first=f"{events[0].recorded_at:%Y-%m-%d}",
        last=f"{events[-1].recorded_at:%Y-%m-%d}",
        key=key.verifier_key,
    )


def _require_new(folder: Path) -> None:
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise InputError(Fault("this is not a folder", file=str(folder), remedy="Name a new folder."))
    if folder.is_dir() and any(folder.iterdir()):
        raise InputError(Fault("this folder is not empty", file=str(folder), remedy="Name a new folder."))
    if not folder.absolute().parent.is_dir():
        raise InputError(Fault("the folder above it does not exist", file=str(folder), remedy="Make it first."))


def _write(folder: Path, files: dict[str, bytes]) -> None:
    """Write all files under another name beside the folder, see them on the disk, and rename."""
    place = folder.absolute()
    try:
        made = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=place.parent))
        try:
            made.chmod(0o755)
            for path, content in files.items():
                file = made / path
                file.parent.mkdir(exist_ok=True)
                with file.open("xb") as out:
                    out.write(content)
                    out.flush()
                    os.fsync(out.fileno())
            if place.is_dir():
                place.rmdir()
            made.rename(place)
        except BaseException:
            shutil.rmtree(made, ignore_errors=True)
            raise
    except OSError as error:
        raise EngineError(Fault(f"the record cannot be written: {error.strerror}", file=str(folder))) from None
