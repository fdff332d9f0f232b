"""One record checked from its folder to its findings, in the steps of `record-format.md`."""

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from referenda_verify.canonical import part, read_canonical, without_texts
from referenda_verify.law import DAY, read_time
from referenda_verify.petition import KINDS, Verification
from referenda_verify.receipt import check_paper
from referenda_verify.report import Disagreement, Report, need, same, shown
from referenda_verify.tree import Checkpoint, Tree, VerifierKey

STEPS = ("Folder", "Events", "Tree", "Signatures", "Law documents", "Findings", "Receipt")
MANIFEST = ["case", "events", "files", "format", "root", "verifier_key"]
EVENT = ["by", "case", "data", "kind", "occurred_on", "position", "recorded_at", "version"]
CASE, KIND = re.compile(r"[a-z0-9][A-Za-z0-9._-]{0,79}"), re.compile(r"[A-Z][A-Za-z0-9]{0,79}")
INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
# The only names that files of a record bear: none leads out of the folder, no two differ by case alone.
PATH = re.compile(r"events\.jsonl|README\.txt|checkpoints/[0-9]{10}\.txt|law/[0-9a-f]{64}\.json")

Progress = Callable[[int, int], None] | None
LONGEST = 4 * 1024 * 1024  # bytes of one JSON text, and of any file but the events and README.txt


def verify(path: str | Path, key: str | None = None, progress: Progress = None, receipt: Any = None) -> Report:
    """Check the record in the folder `path`; nothing is raised for a record that is wrong.

    `key`, `NAME+HASH+KEY` known from elsewhere, must have signed: then a record whose signatures cannot be checked is
    not verified. `progress` is told events read and all. `receipt`: a receipt or certificate to check as a last step.
    """
    report, place = Report(key_demanded=key is not None), dict[str, Any](file=None, event=None)
    steps = _steps(Path(path), key, progress, report, place, receipt)
    for number, name in enumerate(STEPS if receipt is not None else STEPS[:-1], 1):
        try:
            report.steps.append({"number": number, "name": name, "ok": True, "detail": next(steps)})
        except (Disagreement, OSError) as error:
            wrong = error if isinstance(error, Disagreement) else Disagreement(f"cannot be read: {error}")
            report.steps.append({"number": number, "name": name, "ok": False, "detail": shown(wrong)})
            texts = {"file": place["file"], "message": wrong, "expected": wrong.expected, "found": wrong.found}
            report.disagreement = {"step": number, "event": place["event"], **{k: shown(v) for k, v in texts.items()}}
            return report
    report.verified = True
    return report


def _steps(path: Path, wanted: Any, progress: Progress, report: Report, place: Any, paper: Any) -> Iterator[str]:
    """Take the steps, and after each say what was checked; the events are read a line at a time."""
    # 1. The folder: the manifest, every listed file with its hash, no other file.
    place.update(file="manifest.json", event=None)
    manifest = _read_manifest(path)
    report.case, report.events = case, total = manifest["case"], part(manifest, "events", int)
    report.verifier_key, files = part(manifest, "verifier_key", str), manifest["files"]
    _check_files(path, files, place)
    yield f"{len(files)} files with their hashes, no other"

    # 2. Events: each canonical, exactly its keys, case and position right, instants not going back, real days.
    sizes = {int(name[12:22]): name for name in sorted(files) if name.startswith("checkpoints/")}
    tree, before, offset, roots = Tree(), "", 0, {}  # the tree's root at the size of each checkpoint
    named: dict[str, int] = {}  # law documents by path, with the first event that names each
    again: list[tuple[int, int]] = []  # position and byte offset of the events to compute again
    with (path / "events.jsonl").open("rb") as file:
        for position, line in enumerate(iter(lambda: file.readline(LONGEST + 1), b"")):
            place.update(file="events.jsonl", event=position)
            need(line.endswith(b"\n"), "the line is too long or has no line feed at its end")
            event = read_canonical(line[:-1])
            before = _check_event(event, case, position, before)
            if position in sizes or event["kind"] == "CertificateIssued":
                roots[position] = tree.root()
            tree.append(line[:-1])
            if event["kind"] in KINDS:
                again.append((position, offset))
            law = f"law/{part(event, 'data', dict).get('law')}.json"
            if PATH.fullmatch(law):  # those that are not there are kept as one, to save memory
                named.setdefault(law if law in files else "", position)
            offset += len(line)
            if progress and position % 4096 == 0:
                progress(position, total)
    place.update(file="events.jsonl", event=None)
    same("the number of events", total, tree.size)
    yield f"{total} events of {case}, canonical, in order and dated"

    # 3. The tree: the manifest's root over all events; each checkpoint's origin, size, root; the last covers all.
    report.root = roots[total] = tree.root()
    place.update(file="manifest.json", event=None)
    same("the root over all events", report.root, manifest["root"])
    need(total in sizes, f"no checkpoint covers all {total} events")
    checkpoints = {}
    for size, name in sizes.items():
        place.update(file=name, event=None)
        checkpoints[name] = checkpoint = Checkpoint(_read(path / name))
        same("the checkpoint's origin", f"referenda/{case}", checkpoint.origin)
        same("the checkpoint's size", size, checkpoint.size)
        same("the checkpoint's root", roots.get(size), checkpoint.root)
    yield f"root {report.root}, {len(sizes)} checkpoint(s), the last over all events"

    # 4. Signatures: each checkpoint's, by the verifier key; a key that is demanded is this one.
    place.update(file="manifest.json", event=None)
    same("the verifier key", report.verifier_key if wanted is None else wanted, report.verifier_key)
    key, report.signatures, checked = VerifierKey(report.verifier_key), "wrong", False
    for name, checkpoint in checkpoints.items():
        place.update(file=name, event=None)
        checked = checkpoint.check(key)
    report.signatures = "checked" if checked else "not_checked"
    need(checked or wanted is None, "a key is demanded, and without the library cryptography none can be checked")
    yield f"{len(sizes)} by the key {key.name}" if checked else "NOT CHECKED, for that needs the library cryptography"

    # 5. Law documents: canonical, of the digest in their name; each that an event names is there, and no other.
    place.update(file="events.jsonl", event=named.get(""))
    need("" not in named, "the event names a law document that is not there")
    laws = lru_cache(maxsize=2)(lambda digest: _law_document(path, f"law/{digest}.json", files))
    for name in sorted(name for name in files if name.startswith("law/")):
        place.update(file=name, event=None)
        need(name in named, "no event names this law document")
        laws(name[4:-5])
    yield ", ".join(sorted(name[4:-5] for name in named)) or "no event names one"

    # 6. Findings: what follows from other numbers is computed again, every sample drawn again.
    verification = Verification(laws, roots)
    with (path / "events.jsonl").open("rb") as file:
        for position, offset in again:
            place.update(file="events.jsonl", event=position)
            file.seek(offset)
            verification.take(position, read_canonical(file.readline()[:-1]), report.findings)
    said = [f"{found['kind']} (event {found['position']})" for found in report.findings]
    yield f"{len(said)} computed again{': ' if said else ''}{', '.join(said[:10])}{', …' if len(said) > 10 else ''}"

    # 7. A receipt, or the JSON of a certificate, where one is given: opened, hashed, followed to its root.
    if paper is not None:
        place.update(file=Path(paper).name, event=None)
        report.receipt = check_paper(Path(paper), case, verification)
        yield ", ".join(f"{key} {value}" for key, value in report.receipt.items() if value is not None)


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        raw = file.read(LONGEST + 1)
    need(len(raw) <= LONGEST, f"the file is longer than {LONGEST} bytes")
    return raw


def _read_manifest(path: Path) -> dict[str, Any]:
    """Read `manifest.json` and hold it to its form; what is checked against the record later is left till then."""
    file = path / "manifest.json"
    need(file.is_file() and not file.is_symlink(), "not the folder of a record: it has no plain file manifest.json")
    raw = _read(file)
    need(raw.endswith(b"\n"), "the manifest has no line feed at its end")
    manifest: dict[str, Any] = read_canonical(raw[:-1])
    same("the list of the manifest's keys", MANIFEST, list(manifest) if isinstance(manifest, dict) else None)
    same("the format", "referenda-record/1", manifest["format"])
    need(CASE.fullmatch(part(manifest, "case", str)), "the case's name is malformed", manifest["case"])
    for name in part(manifest, "files", dict):
        need(PATH.fullmatch(name), "the manifest lists a file that no record has", name)
    need({"README.txt", "events.jsonl"} <= manifest["files"].keys(), "the manifest lacks README.txt or events.jsonl")
    return manifest


def _check_files(path: Path, files: dict[str, str], place: dict[str, Any]) -> None:
    """Hold the folder to the manifest: plain files only, each that is listed, with its hash, and nothing else."""
    wanted = {"manifest.json", *files, *(name.partition("/")[0] for name in files if "/" in name)}
    for above, folders, names in os.walk(path):
        for name in [*folders, *names]:
            file = Path(above, name)
            place.update(file=file.relative_to(path).as_posix(), event=None)
            need(place["file"] in wanted, "this is here, and the manifest does not list it")
            need(not file.is_symlink() and (file.is_file() or name in folders), "this is a link, or no plain file")
    for name, expected in files.items():
        place.update(file=name, event=None)
        need((path / name).is_file(), "a file that the manifest lists is missing")
        with (path / name).open("rb") as opened:
            same("the file's SHA-256", expected, hashlib.file_digest(opened, "sha256").hexdigest())


def _check_event(event: Any, case: str, position: int, before: str) -> str:
    """Hold an event to its form, and give its instant of recording; `before` is that of the event before it."""
    same("the list of the event's keys", EVENT, list(event) if isinstance(event, dict) else None)
    same("the event's case", case, event["case"])
    same("the event's position", position, event["position"])
    need(KIND.fullmatch(part(event, "kind", str)), "the kind of event is malformed", event["kind"])
    need(part(event, "version", int) >= 1, "the version is below 1", event["version"])
    need(part(event, "by", str), "the event does not say by whom")
    read_time(part(event, "occurred_on", str), DAY)
    instant = read_time(part(event, "recorded_at", str), INSTANT)
    need(instant >= before, f"the event is recorded before the one ahead of it, {before}", instant)
    return instant


def _law_document(path: Path, name: str, files: dict[str, str]) -> Any:
    """Read a law document, held to its canonical form, its digest, and to lists, objects and text alone."""
    need(name in files, "the law document is not there", name)
    raw = _read(path / name)
    document = read_canonical(raw)
    same("the law document's digest", name[4:-5], hashlib.sha256(raw).hexdigest())
    only = isinstance(document, dict) and re.fullmatch(r'[\[\]{}:,"]*', without_texts(raw))
    need(only, "the law document holds what is not text")
    return document
