"""A key, a text and its signature as the Go project publishes them for signed notes.

Source: golang.org/x/mod, `sumdb/note/note.go` (example in the package comment) and `note_test.go`. Ed25519 signs the
same text with the same key in one way only (RFC 8032), so the note has to come out byte for byte.
"""

from __future__ import annotations

from base64 import b64decode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from referenda.errors import InputError, RecordError
from referenda.ledger.checkpoint import SigningKey, open_note

SEED = b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
VERIFIER_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SIGNATURE = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
NOTE = f"{TEXT}\n\u2014 PeterNeumann {SIGNATURE}\n"
ANOTHER_KEY = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"


def test_the_published_note_comes_out_byte_for_byte() -> None:
    key = SigningKey("PeterNeumann", Ed25519PrivateKey.from_private_bytes(SEED))
    assert key.verifier_key == VERIFIER_KEY
    assert key.sign_note(TEXT) == NOTE


def test_the_published_note_is_opened_by_its_key_and_by_no_other() -> None:
    assert open_note(NOTE, VERIFIER_KEY) == TEXT
    with pytest.raises(RecordError, match="not signed by EnochRoot with the key af0cfe78"):
        open_note(NOTE, ANOTHER_KEY)


@pytest.mark.parametrize(
    "wrong_key",
    [
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",  # too long, with its own hash
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",  # an unknown kind of key
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        VERIFIER_KEY[:-1],
        VERIFIER_KEY + "\n",
        "",
    ],
)
def test_a_malformed_verifier_key_is_refused(wrong_key: str) -> None:
    with pytest.raises(InputError, match="not a verifier key"):
        open_note(NOTE, wrong_key)
