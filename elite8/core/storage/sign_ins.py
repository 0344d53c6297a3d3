"""Where sealed tokens lie: in a folder of this machine, or in the PostgreSQL that several share."""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol, TypeVar

from sqlmodel import delete, func, select

from elite8.core.domain.sign_in import SignIn
from elite8.core.storage import accounts, whole
from elite8.core.storage.database import Database, Session

AWAY = 60.0
"""Seconds for which a store that is away is tried again: what a network gave is given once."""


Result = TypeVar("Result")


class Drawer(Protocol):
    """What is kept for each account; `where` ends a sentence."""

    where: ClassVar[str]

    def get(self, account_id: str) -> bytes | None:
        """Return what lies there; `None` for nothing."""

    def put(self, account_id: str, sealed: bytes) -> None:
        """Put something in its place, whole or not at all, and return when nothing can lose it."""

    def drop(self, account_id: str) -> None:
        """Have nothing lie there."""

    def names(self) -> list[str]:
        """Return for whom something lies here."""

    def alone(self, account_id: str) -> AbstractContextManager[None]:
        """Wait for and hold the only right to renew what lies there, among all who share it."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A file for each account."""

    where: ClassVar[str] = "on this machine"
    path: Path

    def get(self, account_id: str) -> bytes | None:
        """Return the file's bytes."""
        try:
            return (self.path / account_id).read_bytes()
        except FileNotFoundError:
            return None

    def put(self, account_id: str, sealed: bytes) -> None:
        """Replace the file."""
        whole.replace(self.path / account_id, sealed)

    def drop(self, account_id: str) -> None:
        """Delete the file."""
        (self.path / account_id).unlink(missing_ok=True)

    def names(self) -> list[str]:
        """Return whose files are there; locks and parts are nobody's."""
        every = self.path.glob("*") if self.path.is_dir() else ()
        return sorted(one.name for one in every if one.is_file() and "." not in one.name)

    @contextmanager
    def alone(self, account_id: str) -> Iterator[None]:
        """Hold a file's lock, which ends with the process."""
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.path / f"{account_id}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


@dataclass(frozen=True, slots=True)
class Rows:
    """A row for each account, in PostgreSQL."""

    where: ClassVar[str] = "in the database"
    database: Database

    def get(self, account_id: str) -> bytes | None:
        """Return the row's bytes."""

        def read(session: Session) -> bytes | None:
            row = session.get(SignIn, account_id)
            return row.sealed if row else None

        return self._patiently(read)

    def put(self, account_id: str, sealed: bytes) -> None:
        """Replace the row."""
        self._patiently(lambda session: session.merge(SignIn(account_id=account_id, sealed=sealed)))

    def _patiently(self, do: Callable[[Session], Result]) -> Result:
        """Return what a transaction comes to; a store that is away is tried for a minute."""
        import stamina
        from sqlalchemy.exc import OperationalError

        for attempt in stamina.retry_context(
            on=OperationalError, attempts=None, timeout=AWAY, wait_initial=0.5, wait_max=5.0
        ):
            with attempt, self.database.transaction() as session:
                return do(session)
        raise AssertionError("stamina ends with a result or an error")

    def drop(self, account_id: str) -> None:
        """Delete the row."""
        with self.database.transaction() as session:
            if row := session.get(SignIn, account_id):
                session.delete(row)

    def names(self) -> list[str]:
        """Return whose rows are there."""
        with self.database.transaction() as session:
            return sorted(every(session))

    @contextmanager
    def alone(self, account_id: str) -> Iterator[None]:
        """Hold a lock of a connection of its own, which ends with it."""
        name = func.hashtextextended(f"sign-in {account_id}", 0)
        with self.database.engine.connect() as line:
            line.execution_options(isolation_level="AUTOCOMMIT")  # a question may take long
            line.detach()
            line.execute(select(func.pg_advisory_lock(name)))
            yield


def every(session: Session) -> dict[str, bytes]:
    """Return all rows."""
    return {row.account_id: row.sealed for row in session.exec(select(SignIn))}


def carry(before: Session, after: Session, state: Path, *, in_use: bool) -> int:
    """Have a copied store's sign-ins lie where the copy looks for them; return how many came.

    On SQLite they are this machine's files; a file is left where it was. Those `in_use` are those
    of another store than these two: none is written over.
    """
    files = Folder(state / "tokens")
    if is_postgres(before) and is_postgres(after):
        return len(every(after))  # rows that were copied
    if is_postgres(after):
        found = {one.id: files.get(one.id) for one in accounts.every(before)}
        rows = [SignIn(account_id=one, sealed=sealed) for one, sealed in found.items() if sealed]
        after.add_all(rows)
        return len(rows)
    theirs = every(after)
    after.exec(delete(SignIn))
    if in_use:
        return 0
    for account_id, sealed in theirs.items():
        files.put(account_id, sealed)
    return len(theirs)


def is_postgres(session: Session) -> bool:
    """Return whether several machines may share this store."""
    return session.connection().dialect.name == "postgresql"


def drawer(database: Database, state: Path) -> Drawer:
    """Return where a studio's sign-ins lie: on PostgreSQL there, for all machines; else here."""
    return Folder(state / "tokens") if database.file else Rows(database)
