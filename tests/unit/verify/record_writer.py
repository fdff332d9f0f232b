"""A small writer of records for the tests of the checker, so that they don't depend on the program that is checked.

The hash tree is the recursive definition of RFC 6962 § 2.1; canonical JSON comes from `json.dumps`, which is enough for
keys in ASCII.
"""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

CASE = "us-ca-test-1"
SECRET = Ed25519PrivateKey.from_private_bytes(b"a key that is only for the tests")
NAME = "referenda.test/records"


def canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def hexdigest(raw: bytes) -> str:
    return sha256(raw).hexdigest()


def root_of(lines: list[bytes]) -> bytes:
    """The root of RFC 6962 § 2.1, by its recursive definition."""
    if not lines:
        return sha256(b"").digest()
    if len(lines) == 1:
        return sha256(b"\x00" + lines[0]).digest()
    split = 1
    while split * 2 < len(lines):
        split *= 2
    return sha256(b"\x01" + root_of(lines[:split]) + root_of(lines[split:])).digest()


def _named_key(secret: Ed25519PrivateKey, name: str) -> tuple[bytes, bytes]:
    raw = b"\x01" + secret.public_key().public_bytes_raw()
    return raw, sha256(name.encode() + b"\n" + raw).digest()[:4]


def verifier_key(secret: Ed25519PrivateKey = SECRET, name: str = NAME) -> str:
    raw, hashed = _named_key(secret, name)
    return f"{name}+{hashed.hex()}+{base64.b64encode(raw).decode()}"


def checkpoint(size: int, root: bytes, case: str = CASE, secret: Ed25519PrivateKey = SECRET, name: str = NAME) -> bytes:
    body = f"referenda/{case}\n{size}\n{base64.b64encode(root).decode()}\n"
    seal = base64.b64encode(_named_key(secret, name)[1] + secret.sign(body.encode())).decode()
    return f"{body}\n— {name} {seal}\n".encode()


def event(position: int, kind: str, data: dict[str, Any], **other: Any) -> dict[str, Any]:
    return {
        "by": "elections official",
        "case": CASE,
        "data": data,
        "kind": kind,
        "occurred_on": "2017-01-26",
        "position": position,
        "recorded_at": f"2026-11-22T10:00:00.{position:06}Z",
        "version": 1,
        **other,
    }


def write(folder: Path, events: list[Any], laws: list[Any] = (), sizes: list[int] | None = None) -> Path:
    """Write a whole record; `sizes` are those of its checkpoints, only the last by default."""
    lines = [canonical(one) for one in events]
    (folder / "checkpoints").mkdir(parents=True)
    (folder / "events.jsonl").write_bytes(b"".join(line + b"\n" for line in lines))
    for size in sizes or [len(lines)]:
        (folder / "checkpoints" / f"{size:010}.txt").write_bytes(checkpoint(size, root_of(lines[:size])))
    for law in laws:
        (folder / "law").mkdir(exist_ok=True)
        (folder / "law" / f"{hexdigest(canonical(law))}.json").write_bytes(canonical(law))
    (folder / "README.txt").write_bytes(b"A record. Check it with: python -m referenda_verify DIR\n")
    hash_again(folder)
    return folder


def hash_again(folder: Path, key: str | None = None, case: str = CASE) -> None:
    """Write a manifest that fits whatever is in the folder now, as one could who has no key."""
    lines = (folder / "events.jsonl").read_bytes().split(b"\n")[:-1]
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "manifest.json"]
    manifest = {
        "case": case,
        "events": len(lines),
        "files": {path.relative_to(folder).as_posix(): hexdigest(path.read_bytes()) for path in paths},
        "format": "referenda-record/1",
        "root": root_of(lines).hex(),
        "verifier_key": key or verifier_key(),
    }
    (folder / "manifest.json").write_bytes(canonical(manifest) + b"\n")


def sign_again(folder: Path, secret: Ed25519PrivateKey = SECRET, name: str = NAME) -> None:
    """Write the last checkpoint and the manifest as the holder of a key can, and leave out the earlier checkpoints."""
    lines = (folder / "events.jsonl").read_bytes().split(b"\n")[:-1]
    for old in (folder / "checkpoints").iterdir():
        old.unlink()
    path = folder / "checkpoints" / f"{len(lines):010}.txt"
    path.write_bytes(checkpoint(len(lines), root_of(lines), secret=secret, name=name))
    hash_again(folder, key=verifier_key(secret, name))


# A law document for the tests. Sources: Cal. Const. art. II § 8(b), 2 CCR §§ 20530-20540, Elec. Code § 9030.
LAW: dict[str, Any] = {
    "place": {
        "id": "us/ca",
        "name": "California",
        "instruments": [{"name": "statute"}, {"name": "constitutional-amendment"}],
    },
    "sources": [{"cite": "Cal. Const.", "standing": "known"}, {"cite": "2 CCR", "standing": "secondary"}],
    "parameters": [
        {
            "name": "governor_votes",
            "unit": "votes",
            "values": [
                {
                    "value": "10094839",
                    "from": "2010-11-03",
                    "until": "2014-11-04",
                    "cite": "Cal. Const. art. II § 8(b)",
                },
                {"value": "7317581", "from": "2014-11-05", "cite": "Cal. Const. art. II § 8(b)"},
            ],
        },
        {
            "name": "requirement_share",
            "unit": "share",
            "values": [
                {"value": "5%", "instruments": ["statute"], "cite": "Cal. Const. art. II § 8(b)"},
                {"value": "0.08", "instruments": ["constitutional-amendment"], "cite": "Cal. Const. art. II § 8(b)"},
            ],
        },
        {"name": "one_third", "unit": "share", "values": [{"value": "1/3", "cite": "Cal. Const. art. II § 8(b)"}]},
    ],
    "formulas": [
        {
            "name": "requirement",
            "steps": [
                {"name": "base", "is": "governor_votes", "cite": "Cal. Const. art. II § 8(b)"},
                {
                    "name": "requirement",
                    "is": "requirement_share of base",
                    "round": {"to": "1", "mode": "up"},
                    "cite": "Cal. Const. art. II § 8(b)",
                },
            ],
        },
        {
            "name": "projected_valid",
            "inputs": ["raw_count", "sample_size", "valid_in_sample", "duplicates_in_sample"],
            "steps": [
                {
                    "name": "validity_rate",
                    "is": "valid_in_sample / sample_size",
                    "round": {"to": "0.0001", "mode": "half_up"},
                    "cite": "2 CCR § 20531(a)",
                    "reading": "rate_rounding",
                    "otherwise": {"truncate": {"round": {"to": "0.0001", "mode": "down"}}},
                },
                {
                    "name": "uncorrected_valid",
                    "is": "raw_count * validity_rate",
                    "round": {"to": "1", "mode": "up"},
                    "cite": "2 CCR § 20531(b)",
                },
                {
                    "name": "value_of_each",
                    "is": "raw_count / sample_size",
                    "round": {"to": "0.0001", "mode": "half_up"},
                    "cite": "2 CCR § 20532(a)",
                },
                {
                    "name": "weight_of_duplicate",
                    "is": "value_of_each * (value_of_each - 1)",
                    "round": {"to": "0.0001", "mode": "half_up"},
                    "cite": "2 CCR § 20532(b)",
                },
                {
                    "name": "estimated_duplicates",
                    "is": "duplicates_in_sample * weight_of_duplicate",
                    "round": {"to": "1", "mode": "up"},
                    "cite": "2 CCR § 20532(c)",
                },
                {
                    "name": "projected_valid",
                    "is": "uncorrected_valid - estimated_duplicates",
                    "cite": "2 CCR § 20532(d)",
                },
            ],
        },
    ],
    "sample_counts": [
        {
            "name": "random_sample",
            "rows": "county",
            "columns": [{"name": "withdrawn_signatures", "default": "0"}],
            "row_formula": "projected_valid",
            "totals": ["raw_count", "projected_valid"],
            "result": "projected_valid",
            "decision": [
                {
                    "decide": "insufficient",
                    "when": "100 * projected_valid < 95 * requirement",
                    "cite": "Elec. Code § 9030(f)",
                },
                {
                    "decide": "sufficient",
                    "when": "100 * projected_valid > 110 * requirement",
                    "cite": "Elec. Code § 9030(g)",
                },
                {"decide": "full_check", "cite": "Elec. Code § 9031"},
            ],
        }
    ],
    "readings": [
        {
            "name": "rate_rounding",
            "alternatives": [{"name": "half_up"}, {"name": "truncate"}],
            "chosen": "half_up",
            "cite": "2 CCR § 20540",
        }
    ],
}
DIGEST = hexdigest(canonical(LAW))


def requirement_data(**other: Any) -> dict[str, Any]:
    cite = "Cal. Const. art. II § 8(b)"
    return {
        "base": 7317581,
        "formula": "requirement",
        "instrument": "constitutional-amendment",
        "law": DIGEST,
        "on": "2017-01-26",
        "readings": {},
        "requirement": 585407,
        "steps": [
            {"cite": cite, "name": "base", "value": "7317581"},
            {"cite": cite, "name": "requirement", "value": "585407"},
        ],
        **other,
    }


def row(county: str, raw: int, sample: int, valid: int, duplicates: int, projected: Any) -> dict[str, Any]:
    return {
        "county": county,
        "raw_count": raw,
        "sample_size": sample,
        "valid_in_sample": valid,
        "duplicates_in_sample": duplicates,
        "projected_valid": projected,
    }


def sample_data(**other: Any) -> dict[str, Any]:
    return {
        "count": "random_sample",
        "decision": "full_check",
        "instrument": "statute",
        "law": DIGEST,
        "on": "2014-09-11",
        "projected_valid": 34549,
        "readings": {},
        "requirement": 34000,
        "rows": [
            row("Example", 24034, 722, 516, 2, 15028),
            row("Handbook", 25000, 1250, 900, 1, 17620),
            row("Yuba", 3720, 500, 307, 8, 1901),
        ],
        **other,
    }


def vote_data(**other: Any) -> dict[str, Any]:
    return {
        "conditions": [
            {"left": "419236", "met": True, "right": "242359", "text": "ballots >= 50% of registered"},
            {"left": "230711", "met": True, "right": "228615.75", "text": "yes >= 55% of valid"},
        ],
        "passed": True,
        "quantities": {
            "ballots": 419236,
            "invalid": 3571,
            "no": 184954,
            "registered": 484718,
            "valid": 415665,
            "yes": 230711,
        },
        "rule": "ballots >= 50% of registered and yes >= 55% of valid",
        "vote": "Montenegro 2006",
        **other,
    }


def example_events() -> list[dict[str, Any]]:
    """Seven events of all kinds that are computed again, one with letters beyond ASCII, one with a tab and quotes."""
    kinds: list[tuple[str, dict[str, Any]]] = [
        ("MeasureReceived", {"law": DIGEST, "proponents": ["Añez", "O’Neil"], "title": 'A "test"\tof 🗳 records'}),
        ("RequirementDetermined", requirement_data()),
        ("TitleIssued", {"words": 100}),
        ("PetitionFiled", {"counties": [{"county": "Yuba", "raw_count": 3720}], "empty": {}, "none": None}),
        ("SampleProjected", sample_data()),
        ("VoteDecided", vote_data()),
        ("MeasureWithdrawn", {}),
    ]
    return [event(position, kind, data) for position, (kind, data) in enumerate(kinds)]


def write_example(folder: Path) -> Path:
    return write(folder, example_events(), [LAW], [3, 7])
