from __future__ import annotations

import os
from base64 import b64decode, b64encode
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from referenda.errors import InputError, RecordError
from referenda.ledger.checkpoint import Checkpoint, SigningKey, open_checkpoint

NAME = "referenda.example/records"
CASE = "us-ca-16-0011A1"
ROOT = sha256(b"root").digest()


@pytest.fixture
def key() -> SigningKey:
    return SigningKey(NAME, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))


def signed(key: SigningKey, body: str) -> str:
    return key.sign_note(body)


def test_a_checkpoint_has_the_lines_of_the_record_format(key: SigningKey) -> None:
    lines = key.sign(CASE, 12, ROOT).split("\n")
    assert lines[:4] == [f"referenda/{CASE}", "12", b64encode(ROOT).decode(), ""]
    dash, name, signature = lines[4].split(" ")
    assert (dash, name, lines[5:]) == ("\u2014", NAME, [""])
    assert len(b64decode(signature)) == 4 + 64
    assert b64decode(signature)[:4].hex() == key.verifier_key.split("+")[1]


def test_a_signed_checkpoint_is_opened_by_its_verifier_key(key: SigningKey) -> None:
    assert open_checkpoint(key.sign(CASE, 12, ROOT), key.verifier_key) == Checkpoint(CASE, 12, ROOT)
    assert open_checkpoint(key.sign(CASE, 0, ROOT), key.verifier_key).size == 0


def test_witnesses_may_sign_too(key: SigningKey) -> None:
    note = key.sign(CASE, 12, ROOT)
    witness = SigningKey.generate("witness.example").sign(CASE, 12, ROOT).split("\n")[-2]
    cosignature = f"\u2014 other.example {b64encode(bytes(76)).decode()}"  # a timed co-signature of another type of key
    for text in (note + witness + "\n" + cosignature + "\n", note.replace("\n\n", f"\n\n{cosignature}\n{witness}\n")):
        assert open_checkpoint(text, key.verifier_key) == Checkpoint(CASE, 12, ROOT)


def test_a_key_of_the_same_name_does_not_pass_for_another(key: SigningKey) -> None:
    with pytest.raises(RecordError, match=r"not signed by referenda\.example/records with the key"):
        open_checkpoint(SigningKey.generate(NAME).sign(CASE, 12, ROOT), key.verifier_key)


def test_any_changed_byte_is_found(key: SigningKey) -> None:
    note = key.sign(CASE, 12, ROOT).encode()
    for place in range(len(note)):
        for changed in (note[:place] + bytes([note[place] ^ 1]) + note[place + 1 :], note[:place] + note[place + 1 :]):
            with pytest.raises(RecordError):
                open_checkpoint(changed.decode(errors="replace"), key.verifier_key)


def test_a_second_signature_of_the_key_has_to_be_right_too(key: SigningKey) -> None:
    note = key.sign(CASE, 12, ROOT)
    wrong = key.sign(CASE, 13, ROOT).split("\n")[-2]
    with pytest.raises(RecordError, match=r"the signature of referenda\.example/records is wrong"):
        open_checkpoint(note + wrong + "\n", key.verifier_key)


B64 = b64encode(ROOT).decode()


@pytest.mark.parametrize(
    "body",
    [
        f"referenda/{CASE}\n12\n",
        f"referenda/{CASE}\n12\n{B64}\nmore\n",
        f"other/{CASE}\n12\n{B64}\n",
        f"referenda/{CASE}\n012\n{B64}\n",
        f"referenda/{CASE}\n-1\n{B64}\n",
        f"referenda/{CASE}\n+1\n{B64}\n",
        f"referenda/{CASE}\n\u0661\n{B64}\n",
        f"referenda/{CASE}\n12\n{b64encode(ROOT[:-1]).decode()}\n",
        f"referenda/{CASE}\n12\n{B64[:-1]}\n",
        f"referenda/{CASE}\n12\n{B64[:-2]}5=\n",  # the same bytes in another way
        f"referenda/a b\n12\n{B64}\n",
        f"referenda/\n12\n{B64}\n",
    ],
)
def test_a_signed_text_that_is_no_checkpoint_is_refused(key: SigningKey, body: str) -> None:
    with pytest.raises(RecordError):
        open_checkpoint(key.sign_note(body), key.verifier_key)


@pytest.mark.parametrize(
    "text", ["", "\n", "\n\n", f"referenda/{CASE}\n1\n{B64}\n", f"referenda/{CASE}\n1\n{B64}\n\nsigned, me\n"]
)
def test_a_text_that_is_no_note_is_refused(key: SigningKey, text: str) -> None:
    with pytest.raises(RecordError):
        open_checkpoint(text, key.verifier_key)


@pytest.mark.parametrize("name", ["", "two words", "a+b", "line\n", "tab\t"])
def test_a_name_that_a_note_cannot_carry_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="cannot be the name of a key"):
        SigningKey.generate(name)


def test_a_key_comes_back_from_its_file(tmp_path: Path) -> None:
    made = SigningKey.generate(NAME)
    made.save(tmp_path / "record.key")
    read = SigningKey.load(tmp_path / "record.key")
    assert (read.name, read.verifier_key) == (NAME, made.verifier_key)
    assert read.sign(CASE, 1, ROOT) == made.sign(CASE, 1, ROOT)


def test_only_the_owner_can_read_the_file_of_a_key(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        SigningKey.generate(NAME).save(tmp_path / "record.key")
    finally:
        os.umask(before)
    assert (tmp_path / "record.key").stat().st_mode & 0o777 == 0o600


def test_other_programs_read_the_file_as_pem(tmp_path: Path) -> None:
    SigningKey.generate(NAME).save(tmp_path / "record.key")
    assert isinstance(load_pem_private_key((tmp_path / "record.key").read_bytes(), None), Ed25519PrivateKey)


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "record.key"
    path.write_text("something of value")
    with pytest.raises(InputError, match="a key is never overwritten"):
        SigningKey.generate(NAME).save(path)
    assert path.read_text() == "something of value"


def test_a_link_to_nowhere_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "record.key").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError, match="a key is never overwritten"):
        SigningKey.generate(NAME).save(tmp_path / "record.key")
    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        SigningKey.generate(NAME).save(tmp_path / "missing" / "record.key")
    with pytest.raises(InputError, match="cannot be read"):
        SigningKey.load(tmp_path / "missing" / "record.key")


def pem(key: object, **options: object) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"Key-Name: a\n",
        pem(Ed25519PrivateKey.generate()),
        b"Key-Name: a\n" + pem(generate_private_key(SECP256R1())),
        b"Key-Name: a\n" + pem(Ed25519PrivateKey.generate())[:-60],
    ],
    ids=["empty", "not text", "no key", "no name", "another kind of key", "cut off"],
)
def test_a_file_that_holds_no_signing_key_is_refused_without_showing_it(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "record.key").write_bytes(content)
    with pytest.raises(InputError, match="not a signing key of Referenda") as caught:
        SigningKey.load(tmp_path / "record.key")
    assert "PRIVATE" not in str(caught.value)
