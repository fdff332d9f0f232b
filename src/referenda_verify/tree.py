"""The hash tree of RFC 6962 § 2.1, its C2SP checkpoints and the key that signs them (steps 3 and 4)."""

import base64
import re
from hashlib import sha256

from referenda_verify.report import Disagreement, same


class Tree:
    """A tree that grows by appending; it holds only the roots of its full subtrees, largest first."""

    def __init__(self) -> None:
        self.size, self._peaks = 0, list[bytes]()

    def append(self, line: bytes) -> None:
        """Add the leaf of one event's canonical JSON."""
        node, size = sha256(b"\x00" + line).digest(), self.size
        while size & 1:  # each trailing one bit is a full subtree as large as the node: join them
            node = sha256(b"\x01" + self._peaks.pop() + node).digest()
            size >>= 1
        self._peaks.append(node)
        self.size += 1

    def root(self) -> str:
        """Compute the root over all leaves so far, in lower-case hex."""
        node = self._peaks[-1] if self._peaks else sha256(b"").digest()
        for peak in reversed(self._peaks[:-1]):
            node = sha256(b"\x01" + peak + node).digest()
        return node.hex()


def _base64(text: str) -> bytes:
    """Read base64 in its only form; stray bits at its end would show when it is written again."""
    raw = base64.b64decode(text)
    same("the base64", base64.b64encode(raw).decode(), text)
    return raw


class VerifierKey:
    """An Ed25519 key `NAME+HASH+KEY` of a C2SP signed note; its hash is held to its name and bytes."""

    def __init__(self, text: str) -> None:
        form = re.fullmatch(r"([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})", text)
        if form is None:
            raise Disagreement("the verifier key is not NAME+HASH+KEY", found=text)
        raw = _base64(form[3])
        same("the kind of the verifier key", 1, raw[0])
        same("the verifier key's hash", sha256(form[1].encode() + b"\n" + raw).hexdigest()[:8], form[2])
        self.public, self.name = raw[1:], f"{form[1]}+{form[2]}"


class Checkpoint:
    """One signed checkpoint: exactly three lines of text, an empty one and one signature."""

    def __init__(self, raw: bytes) -> None:
        body, seal = "(([^\n]+)\n(0|[1-9][0-9]{0,9})\n([A-Za-z0-9+/]{43}=)\n)", "— ([^\\s+]+) ([A-Za-z0-9+/]{91}=)\n"
        form = re.fullmatch(f"{body}\n{seal}", raw.decode("utf-8", "replace"))
        if form is None:
            raise Disagreement("not origin, size, root, an empty line and one signature, in lines ended by a line feed")
        self.origin, self.size, self.root, signature = form[2], int(form[3]), _base64(form[4]).hex(), _base64(form[6])
        self.body, self.key_name, self.signature = form[1].encode(), f"{form[5]}+{signature[:4].hex()}", signature[4:]

    def check(self, key: VerifierKey) -> bool:
        """Check the key's name and hash, then the signature; False when the library to check it with is absent."""
        same("the key that signed", key.name, self.key_name)
        try:
            from cryptography.exceptions import InvalidSignature
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

            Ed25519PublicKey.from_public_bytes(key.public).verify(self.signature, self.body)
        except ImportError:
            return False
        except (InvalidSignature, ValueError):
            raise Disagreement(f"the signature is not one of the key {key.name}") from None
        return True
