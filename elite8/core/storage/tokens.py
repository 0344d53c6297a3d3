"""Tokens at rest: one encrypted file per account, replaced whole, refreshed by one at a time."""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from elite8.core.errors import ConfigError, SignInNeeded

KEY_FILE = "tokens.key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What lets us speak for an account; `access_ends_at` is aware."""

    access: str = field(repr=False)
    refresh: str = field(repr=False, default="")
    access_ends_at: datetime | None = None
    refresh_ends_at: datetime | None = None


class TokenStore:
    """The folder of the token files; `key` is the operator's, else one kept beside the state."""

    def __init__(self, state: Path, key: str | None) -> None:
        self._folder = state / "tokens"
        self._state = state
        self._given = key

    @staticmethod
    def new_key() -> str:
        """Return a fresh key."""
        return Fernet.generate_key().decode()

    def read(self, account_id: str) -> Tokens:
        """Return the tokens; none, or some that cannot be read, is `SignInNeeded`."""
        try:
            sealed = (self._folder / account_id).read_bytes()
        except FileNotFoundError:
            raise SignInNeeded("its sign-in is not on this machine; sign in again") from None
        try:
            kept = json.loads(self._cipher().decrypt(sealed))
        except InvalidToken:
            raise SignInNeeded(
                "its sign-in was encrypted with another key: set the old ELITE8_TOKEN_KEY, or sign "
                "in again"
            ) from None
        return Tokens(
            access=kept["access"],
            refresh=kept["refresh"],
            access_ends_at=_instant(kept["access_ends_at"]),
            refresh_ends_at=_instant(kept["refresh_ends_at"]),
        )

    def write(self, account_id: str, tokens: Tokens) -> None:
        """Keep the tokens, whole or not at all, on disk before anybody uses them.

        An empty refresh token never replaces one that is there.
        """
        refresh = tokens.refresh or self._kept_refresh(account_id)
        plain = {
            "access": tokens.access,
            "refresh": refresh,
            "access_ends_at": tokens.access_ends_at and tokens.access_ends_at.isoformat(),
            "refresh_ends_at": tokens.refresh_ends_at and tokens.refresh_ends_at.isoformat(),
        }
        _replace(self._folder / account_id, self._cipher().encrypt(json.dumps(plain).encode()))

    def forget(self, account_id: str) -> None:
        """Delete the tokens."""
        (self._folder / account_id).unlink(missing_ok=True)

    @contextmanager
    def alone(self, account_id: str) -> Iterator[None]:
        """Wait for and hold the only right to refresh this account, among all processes here."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self._folder / f"{account_id}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _kept_refresh(self, account_id: str) -> str:
        try:
            return self.read(account_id).refresh
        except SignInNeeded:
            return ""

    def _cipher(self) -> Fernet:
        try:
            return Fernet(self._given.encode() if self._given else self._own_key())
        except ValueError:
            raise ConfigError(
                "ELITE8_TOKEN_KEY is not a key; make one with: elite8 accounts key"
            ) from None

    def _own_key(self) -> bytes:
        """Return the key kept on this machine, made the first time; of two makers one wins."""
        file = self._state / "keys" / KEY_FILE
        if not file.exists():
            made = file.with_name(f".{KEY_FILE}.{secrets.token_hex(4)}")
            _replace(made, Fernet.generate_key())
            try:
                os.link(made, file)
            except FileExistsError:
                pass
            finally:
                made.unlink()
        return file.read_bytes()


def _replace(file: Path, content: bytes) -> None:
    """Write `file` whole, for its owner alone, and wait until it is on disk."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = file.with_name(f"{file.name}.{secrets.token_hex(4)}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    part.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
