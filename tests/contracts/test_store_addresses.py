"""Addresses and files that are no store are refused in words, and no word of them is a password."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from referenda.errors import EngineError
from referenda.ledger.stores.sql import SqlStore

if TYPE_CHECKING:
    from conftest import PostgresServer


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("", "not the address of a store"),
        ("cases.db", "not the address of a store"),
        ("postgresql:/half", "not the address of a store"),
        ("mysql://clerk@office/cases", "SQLite or PostgreSQL only"),
        ("sqlite://", "a store needs a file"),
        ("sqlite:///:memory:", "a store needs a file"),
        ("sqlite:////nowhere/at/all/cases.db", "the folder of this store does not exist"),
    ],
)
def test_an_address_that_names_no_store_is_refused(url: str, message: str) -> None:
    with pytest.raises(EngineError, match=message):
        SqlStore(url)


def test_a_folder_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="the database failed: unable to open database file"):
        SqlStore(f"sqlite:///{tmp_path}")


@pytest.mark.parametrize(
    "content", [b"county,raw_count\nYuba,3720\n" * 50, b"\x00" * 5000, b"SQLite format 3\x00" + b"\xff" * 5000]
)
def test_a_file_of_another_kind_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "cases.db"
    path.write_bytes(content)
    with pytest.raises(EngineError):
        SqlStore(f"sqlite:///{path}")
    assert path.read_bytes() == content


def test_an_empty_file_becomes_a_store(tmp_path: Path) -> None:
    (tmp_path / "cases.db").touch()
    store = SqlStore(f"sqlite:///{tmp_path}/cases.db")
    assert store.cases() == []
    store.close()


def test_a_store_in_sqlite_writes_ahead_and_to_the_disk(tmp_path: Path) -> None:
    store = SqlStore(f"sqlite:///{tmp_path}/cases.db")
    with store._engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    store.close()


def test_a_store_that_somebody_else_is_writing_to_is_read(tmp_path: Path) -> None:
    SqlStore(f"sqlite:///{tmp_path}/cases.db").close()
    other = sqlite3.connect(tmp_path / "cases.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    store = SqlStore(f"sqlite:///{tmp_path}/cases.db")
    assert store.cases() == []
    store.close()
    other.close()


@pytest.mark.parametrize(
    "address",
    [
        "clerk:open-sesame@/cases?host={folder}",
        "clerk@/cases?host={folder}&password=open-sesame",
        "clerk:open-sesame@127.0.0.1:1/cases",
        "clerk:open-sesame@127.0.0.1:notaport/cases",
    ],
)
@pytest.mark.parametrize("driver", ["postgresql", "postgresql+psycopg"])
def test_a_server_that_does_not_answer_is_named_without_the_password(tmp_path: Path, driver: str, address: str) -> None:
    with pytest.raises(EngineError) as caught:
        SqlStore(f"{driver}://" + address.format(folder=tmp_path))
    assert "open-sesame" not in str(caught.value)
    assert "clerk:" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@pytest.mark.postgres
def test_a_server_in_postgresql_commits_to_the_disk_even_where_its_default_is_not_to(postgres: PostgresServer) -> None:
    url = postgres.new_store()
    postgres.execute(f"ALTER DATABASE {url.split('/')[3].split('?')[0]} SET synchronous_commit = off")
    store = SqlStore(url)
    with store._engine.connect() as connection:
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
        assert connection.exec_driver_sql("SHOW transaction_isolation").scalar() == "read committed"
    store.close()


def test_a_store_that_is_only_looked_into_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="there is no store here") as error:
        SqlStore(f"sqlite:///{tmp_path}/typo.db", make=False)
    assert error.value.faults[0].remedy
    assert not list(tmp_path.iterdir())
    (tmp_path / "empty.db").touch()
    with pytest.raises(EngineError, match="there is no store here"):
        SqlStore(f"sqlite:///{tmp_path}/empty.db", make=False)
    assert (tmp_path / "empty.db").stat().st_size == 0
    SqlStore(f"sqlite:///{tmp_path}/cases.db").close()
    SqlStore(f"sqlite:///{tmp_path}/cases.db", make=False).close()


def test_a_database_that_fails_says_what_to_see_to(tmp_path: Path) -> None:
    (tmp_path / "letter.db").write_text("Dear clerk, " * 100)
    for url in (f"sqlite:///{tmp_path}/letter.db", "postgresql+psycopg://clerk@127.0.0.1:9/cases?connect_timeout=2"):
        with pytest.raises(EngineError, match="the database failed") as error:
            SqlStore(url)
        assert (error.value.faults[0].remedy or "").startswith("See that")
