"""The checker's hash tree, checkpoints and keys against published vectors."""

from __future__ import annotations

import base64
from types import SimpleNamespace
from typing import cast

import pytest

from referenda_verify.report import Disagreement
from referenda_verify.tree import Checkpoint, Tree, VerifierKey

# Certificate Transparency's test leaves and roots (RFC 6962; google/certificate-transparency, merkle_tree_test.cc).
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

# The key and signature in the documentation of Go's golang.org/x/mod/sumdb/note (C2SP signed notes).
KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
BODY = b"If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SEAL = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="


def test_the_roots_are_those_of_certificate_transparency() -> None:
    tree = Tree()
    found = [tree.root()]
    for leaf in LEAVES:
        tree.append(bytes.fromhex(leaf))
        found.append(tree.root())

    assert found == ROOTS


def test_a_published_signed_note_is_verified_and_another_text_is_not() -> None:
    seal = base64.b64decode(SEAL)
    note = SimpleNamespace(key_name=f"PeterNeumann+{seal[:4].hex()}", signature=seal[4:], body=BODY)
    changed = SimpleNamespace(**{**vars(note), "body": BODY.replace(b"your", b"our")})

    assert Checkpoint.check(cast(Checkpoint, note), VerifierKey(KEY)) is True
    with pytest.raises(Disagreement, match="the signature is not one of the key PeterNeumann"):
        Checkpoint.check(cast(Checkpoint, changed), VerifierKey(KEY))


@pytest.mark.parametrize(
    "text",
    [
        KEY.replace("Peter", "Pater"),
        KEY.replace("c74f20a3", "c74f20a4"),
        KEY.replace("c74f20a3", "C74F20A3"),
        KEY.replace("ARpc", "AhpC"),
        KEY[:-1],
        KEY + "=",
        KEY.replace("+", " "),
        KEY.replace("PeterNeumann", ""),
        KEY.replace("PeterNeumann", "Peter Neumann"),
        "",
        "a+b",
        "++",
        "\udcff+c74f20a3+x",
    ],
)
def test_a_key_whose_name_hash_and_bytes_do_not_fit_is_refused(text: str) -> None:
    with pytest.raises(Disagreement):
        VerifierKey(text)


ROOT = base64.b64encode(bytes(32)).decode()
GOOD = f"referenda/us-ca-1\n12\n{ROOT}\n\n— a/b {base64.b64encode(bytes(68)).decode()}\n"


def test_a_checkpoint_gives_its_origin_size_root_and_key() -> None:
    checkpoint = Checkpoint(GOOD.encode())

    assert (
        checkpoint.origin,
        checkpoint.size,
        checkpoint.root,
        checkpoint.key_name,
    ) == ("referenda/us-ca-1", 12, "00" * 32, "a/b+00000000")
    assert checkpoint.body == GOOD.partition("\n\n")[0].encode() + b"\n"


@pytest.mark.parametrize(
    "text",
    [
        GOOD.replace("\n12\n", "\n012\n"),
        GOOD.replace("\n12\n", "\n-12\n"),
        GOOD.replace("\n12\n", "\n１２\n"),
        GOOD.replace("—", "-"),
        GOOD.replace("\n\n", "\n"),
        GOOD.replace("\n\n", "\nan extension\n\n"),
        GOOD.replace("\n", "\r\n"),
        GOOD.rstrip("\n"),
        GOOD + "\n",
        GOOD + GOOD.splitlines()[-1] + "\n",
        GOOD.replace("a/b", "a b"),
        GOOD.replace("a/b", "a+b"),
        GOOD.replace(ROOT, ROOT[:-2] + "B="),  # stray bits at the end of base64
        GOOD.replace(ROOT, ROOT.rstrip("=")),
        GOOD.replace(ROOT, "00" * 32),
        "",
    ],
)
def test_a_checkpoint_of_any_other_form_is_refused(text: str) -> None:
    with pytest.raises(Disagreement):
        Checkpoint(text.encode())
