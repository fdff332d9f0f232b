"""Signed checkpoints: a tree's size and root in a text that anybody can keep and compare.

The text is a C2SP `tlog-checkpoint` (https://c2sp.org/tlog-checkpoint), a signed note (https://c2sp.org/signed-note)
with Ed25519. Witnesses may add signatures of their own; only that of the named key is checked here.
"""

from __future__ import annotations

import os
import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from referenda.errors import Fault, InputError, RecordError
from referenda.ledger.event import require_case_name
from referenda.ledger.tree import HASH_LENGTH

ORIGIN = "referenda/"

_ED25519 = b"\x01"  # the type of key in a signed note
_NAME = re.compile(r"[^\s+\x00-\x1f\x7f]+\Z")
_NAME_LINE = re.compile(r"Key-Name: (.*)\n")
_SIGNATURE_LINE = re.compile("\u2014 ([^\\s+]+) ([A-Za-z0-9+/=]+)")
_SIZE = re.compile(r"(?:0|[1-9][0-9]{0,15})\Z")


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint states: the root, 32 bytes, of the tree over the first `size` events of a case."""

    case: str
    size: int
    root: bytes

    @property
    def body(self) -> str:
        """The text that is signed."""
        return f"{ORIGIN}{self.case}\n{self.size}\n{b64encode(self.root).decode()}\n"


class SigningKey:
    """An Ed25519 key with the name that its signatures carry."""

    def __init__(self, name: str, key: Ed25519PrivateKey) -> None:
        _require_name(name)
        self.name = name
        self._key = key

    @classmethod
    def generate(cls, name: str) -> Self:
        """Make a new key.

        Raises
        ------
        InputError
            The name is empty, or holds a space or a plus sign.
        """
        return cls(name, Ed25519PrivateKey.generate())

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a key from the file that `save` wrote.

        Raises
        ------
        InputError
            There is no such file, or it does not hold a name and an Ed25519 key.
        """
        try:
            text = path.read_bytes()
        except OSError as error:
            raise InputError(
                Fault(
                    f"this key cannot be read: {error.strerror}",
                    file=str(path),
                    remedy="Make a key, or name another file.",
                )
            ) from None
        named = _NAME_LINE.match(text.decode(errors="replace"))
        try:
            key = load_pem_private_key(text, password=None)
        except (ValueError, TypeError):
            key = None
        if named is None or not isinstance(key, Ed25519PrivateKey):
            raise InputError(
                Fault(
                    "this is not a signing key of Referenda",
                    file=str(path),
                    remedy="It begins with `Key-Name: NAME`, and an Ed25519 key in PEM without a password follows.",
                )
            )
        return cls(named[1], key)

    def save(self, path: Path) -> None:
        """Write the key to a new file that only its owner can read; an existing file is never overwritten.

        The file is PEM (PKCS 8) with the key's name in a line before it, which programs that read PEM skip.

        Raises
        ------
        InputError
            The file exists, or its folder cannot be written to.
        """
        pem = self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        try:
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise InputError(
                Fault("this file exists, and a key is never overwritten", file=str(path), remedy="Name a new file.")
            ) from None
        except OSError as error:
            raise InputError(Fault(f"this key cannot be written: {error.strerror}", file=str(path))) from None
        with os.fdopen(file, "wb") as out:
            out.write(f"Key-Name: {self.name}\n".encode() + pem)
            out.flush()
            os.fsync(out.fileno())

    @property
    def verifier_key(self) -> str:
        """The public half, in the form of a signed note: `NAME+HASH+KEY`."""
        public = self._public()
        return f"{self.name}+{_key_hash(self.name, public).hex()}+{b64encode(_ED25519 + public).decode()}"

    def sign(self, case: str, size: int, root: bytes) -> str:
        """Write the checkpoint of a case's tree of `size` events with this root (32 bytes), and sign it."""
        require_case_name(case)
        return self.sign_note(Checkpoint(case, size, root).body)

    def sign_note(self, body: str) -> str:
        """Sign a text of whole lines as a signed note."""
        signature = _key_hash(self.name, self._public()) + self._key.sign(body.encode())
        return f"{body}\n\u2014 {self.name} {b64encode(signature).decode()}\n"

    def _public(self) -> bytes:
        return self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def open_checkpoint(text: str, verifier_key: str) -> Checkpoint:
    """Read a checkpoint and check its signature.

    Parameters
    ----------
    text
        The signed note, lines ended by a line feed.
    verifier_key
        The public key, `NAME+HASH+KEY`.

    Raises
    ------
    RecordError
        The note is malformed, is not signed by this key, its signature is wrong, or it is no checkpoint of a case.
    InputError
        The verifier key is malformed.
    """
    lines = open_note(text, verifier_key).split("\n")
    if len(lines) != 4 or not lines[0].startswith(ORIGIN) or not _SIZE.match(lines[1]):
        raise RecordError(Fault("this note is no checkpoint of a case: it has to hold an origin, a size and a root"))
    root = _base64(lines[2])
    if root is None or len(root) != HASH_LENGTH:
        raise RecordError(Fault("the root of this checkpoint is not 32 bytes in base64", value=lines[2]))
    case = lines[0].removeprefix(ORIGIN)
    require_case_name(case)
    return Checkpoint(case, int(lines[1]), root)


def open_note(text: str, verifier_key: str) -> str:
    """Give the signed text of a note, with its last line feed, after checking the signature of one key.

    Raises
    ------
    RecordError
        The note is malformed, is not signed by this key, or its signature is wrong.
    InputError
        The verifier key is malformed.
    """
    name, key_hash, key = _read_verifier_key(verifier_key)
    head, blank, tail = text.rpartition("\n\n")
    if not blank or not tail.endswith("\n") or any(ord(c) < 32 and c != "\n" for c in text):
        raise RecordError(Fault("this is not a signed note: a text, an empty line, and lines that sign it"))
    body = head + "\n"
    signed = False
    for line in tail[:-1].split("\n"):
        parts = _SIGNATURE_LINE.fullmatch(line)
        signature = _base64(parts[2]) if parts else None
        if parts is None or signature is None or len(signature) < 5:
            raise RecordError(Fault("this line of a note signs nothing", value=line[:100]))
        if (parts[1], signature[:4]) != (name, key_hash):
            continue
        try:
            key.verify(signature[4:], body.encode())
        except InvalidSignature:
            raise RecordError(
                Fault(
                    f"the signature of {name} is wrong: the text is not what was signed", value=body.partition("\n")[0]
                )
            ) from None
        signed = True
    if not signed:
        raise RecordError(Fault(f"this note is not signed by {name} with the key {key_hash.hex()}"))
    return body


def _read_verifier_key(text: str) -> tuple[str, bytes, Ed25519PublicKey]:
    name, _, rest = text.partition("+")
    hexed, _, coded = rest.partition("+")
    key = _base64(coded)
    if (
        not _NAME.match(name)
        or key is None
        or len(key) != 33
        or key[:1] != _ED25519
        or _key_hash(name, key[1:]).hex() != hexed
    ):
        raise InputError(
            Fault("this is not a verifier key", value=text[:200], remedy="It is NAME+HASH+KEY, as the manifest has it.")
        )
    return name, _key_hash(name, key[1:]), Ed25519PublicKey.from_public_bytes(key[1:])


def _require_name(name: str) -> None:
    if not _NAME.match(name):
        raise InputError(
            Fault("this cannot be the name of a key", value=name, remedy="Write a name without spaces and plus signs.")
        )


def _key_hash(name: str, public: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]


def _base64(text: str) -> bytes | None:
    """Read base64 in its one canonical form, or give None."""
    try:
        value = b64decode(text, validate=True)
    except (Base64Error, ValueError):
        return None
    return value if b64encode(value).decode() == text else None
