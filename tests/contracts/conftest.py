"""A real PostgreSQL, started from Debian's package, and the address of an empty store in each kind of database.

Without the package the tests of PostgreSQL are skipped; with REFERENDA_REQUIRE_POSTGRES=1 they fail instead.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from referenda.ledger.stores.sql import SqlStore

DATABASES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
PATIENCE_SECONDS = 60


class PostgresServer:
    """A server of its own in a folder of its own, reachable by a Unix socket in that folder only."""

    def __init__(self, binaries: Path, *, fsync: bool) -> None:
        self._postgres = binaries / "postgres"
        self._fsync = fsync
        self._names = count()
        self.folder = Path(tempfile.mkdtemp(prefix="referenda-pg-", dir="/tmp"))
        self._as_user: dict[str, Any] = {}
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            user = _unprivileged_user()
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self._as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        create = [
            binaries / "initdb",
            "-D",
            self.folder / "data",
            "-U",
            "referenda",
            "--auth=trust",
            "--locale=C",
            "-EUTF8",
        ]
        subprocess.run(
            [*create, *([] if fsync else ["--no-sync"])],
            check=True,
            capture_output=True,
            cwd=self.folder,
            **self._as_user,
        )
        self.start()

    def start(self) -> None:
        """Start the server and wait until it answers."""
        settings = {"listen_addresses": "", "unix_socket_directories": self.folder, "max_connections": 60}
        if not self._fsync:
            settings |= {"fsync": "off", "full_page_writes": "off"}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._postgres, "-D", self.folder / "data", *options],
                cwd=self.folder,
                stdout=log,
                stderr=log,
                **self._as_user,
            )
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                self.execute("SELECT 1")
                return
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    pytest.fail(f"PostgreSQL does not start:\n{(self.folder / 'log').read_text()}")
                time.sleep(0.05)

    def execute(self, statement: str) -> None:
        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def new_store(self) -> str:
        """Make an empty database and give its URL."""
        name = f"store_{next(self._names)}"
        self.execute(f"CREATE DATABASE {name}")
        return f"postgresql+psycopg://referenda@/{name}?host={self.folder}"

    def shut_down_at_once(self) -> None:
        """Let the server drop everything it does (`immediate`: no checkpoint, clients cut off)."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(PATIENCE_SECONDS)

    def kill(self) -> None:
        """Kill the server and all its children with SIGKILL, as an out-of-memory killer might."""
        pid = self._process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for process in (pid, *map(int, children)):
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self._process.wait(PATIENCE_SECONDS)

    def remove(self) -> None:
        if self._process.poll() is None:
            self.shut_down_at_once()
        shutil.rmtree(self.folder)

    def _address(self, database: str) -> str:
        return f"host={self.folder} user=referenda dbname={database}"


def _unprivileged_user() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return _do_without("no user but root is there to run PostgreSQL")


def _do_without(reason: str) -> Any:
    if os.environ.get("REFERENDA_REQUIRE_POSTGRES") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def postgres_binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    return found[-1].parent if found else _do_without("PostgreSQL is not installed (Debian: apt install postgresql)")


@pytest.fixture(scope="session")
def postgres(postgres_binaries: Path) -> Iterator[PostgresServer]:
    """A server for the whole run; it forgoes fsync, since no test of it is about the disk."""
    server = PostgresServer(postgres_binaries, fsync=False)
    yield server
    server.remove()


@pytest.fixture
def durable_postgres(postgres_binaries: Path) -> Iterator[PostgresServer]:
    """A server for one test that may be killed; it writes to the disk as it would in an office."""
    server = PostgresServer(postgres_binaries, fsync=True)
    yield server
    server.remove()


@pytest.fixture(params=DATABASES)
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty store, once in SQLite and once in PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/cases.db"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.new_store()


@pytest.fixture
def store(store_url: str) -> Iterator[SqlStore]:
    """An empty store, once in SQLite and once in PostgreSQL."""
    opened = SqlStore(store_url)
    yield opened
    opened.close()
