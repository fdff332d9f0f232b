"""Time the checker on a record of many events: `python bench/verify_record.py [--events 1000000] [--json]`.

The peer of the same run is the least that any checker does: read each line with `json.loads` and hash it. Peak memory
is that of a process of its own that does nothing but check.
"""

from __future__ import annotations

import argparse
import base64
import json
import resource
import subprocess
import sys
import tempfile
import time
from hashlib import file_digest, sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

CASE, NAME = "us-ca-bench-1", "referenda.bench/records"


def write_record(folder: Path, events: int) -> None:
    """Write a record a line at a time, with its own hash tree."""
    peaks: list[bytes] = []
    (folder / "checkpoints").mkdir(parents=True)
    with (folder / "events.jsonl").open("wb") as file:
        for position in range(events):
            minute, second = divmod(position // 1000, 60)
            event = {
                "by": f"county:County {position % 58}",
                "case": CASE,
                "data": {"county": f"County {position % 58}", "raw_count": position, "note": "é “quoted”\tand more"},
                "kind": "RawCountReported",
                "occurred_on": f"2026-{1 + position % 12:02}-{1 + position % 28:02}",
                "position": position,
                "recorded_at": f"2026-11-22T{minute // 60:02}:{minute % 60:02}:{second:02}.{position % 1000:06}Z",
                "version": 1,
            }
            line = json.dumps(event, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
            file.write(line + b"\n")
            node, size = sha256(b"\x00" + line).digest(), position
            while size & 1:
                node, size = sha256(b"\x01" + peaks.pop() + node).digest(), size >> 1
            peaks.append(node)
    root = peaks.pop() if peaks else sha256(b"").digest()
    while peaks:
        root = sha256(b"\x01" + peaks.pop() + root).digest()
    secret = Ed25519PrivateKey.generate()
    public = b"\x01" + secret.public_key().public_bytes_raw()
    hashed = sha256(NAME.encode() + b"\n" + public).digest()[:4]
    body = f"referenda/{CASE}\n{events}\n{base64.b64encode(root).decode()}\n"
    seal = base64.b64encode(hashed + secret.sign(body.encode())).decode()
    (folder / "checkpoints" / f"{events:010}.txt").write_text(f"{body}\n— {NAME} {seal}\n")
    (folder / "README.txt").write_text("A record written to time the checker.\n")
    files = {}
    for path in folder.rglob("*.*"):
        with path.open("rb") as file:
            files[path.relative_to(folder).as_posix()] = file_digest(file, "sha256").hexdigest()
    key = f"{NAME}+{hashed.hex()}+{base64.b64encode(public).decode()}"
    manifest = {"case": CASE, "events": events, "files": files, "format": "referenda-record/1", "root": root.hex()}
    text = json.dumps({**manifest, "verifier_key": key}, sort_keys=True, separators=(",", ":"))
    (folder / "manifest.json").write_text(text + "\n")


def read_and_hash(path: Path) -> float:
    """Time the peer, in seconds."""
    begun = time.perf_counter()
    with path.open("rb") as file:
        for line in file:
            json.loads(line)
            sha256(b"\x00" + line[:-1]).digest()
    return time.perf_counter() - begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition(":")[0] + ".")
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--quick", action="store_true", help="50,000 events")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.quick:
        options.events = 50_000
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, "record")
        write_record(folder, options.events)
        size = (folder / "events.jsonl").stat().st_size
        peer = read_and_hash(folder / "events.jsonl")
        begun = time.perf_counter()
        subprocess.run([sys.executable, "-m", "referenda_verify", str(folder)], check=True, stdout=subprocess.DEVNULL)
        seconds = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    found = {
        "events": options.events,
        "megabytes": round(size / 1e6, 1),
        "seconds": round(seconds, 2),
        "events_per_second": round(options.events / seconds),
        "ratio_to_reading_and_hashing": round(seconds / peer, 2),
        "peak_mebibytes": round(peak, 1),
    }
    print(json.dumps(found) if options.json else "\n".join(f"{key:<30}{value:>14,}" for key, value in found.items()))


if __name__ == "__main__":
    main()
