"""Tokens at rest: sealed for each account, replaced whole, refreshed by one at a time."""

import json
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from elite8.core.errors import SignInNeeded
from elite8.core.storage import keys
from elite8.core.storage.keys import Key
from elite8.core.storage.sign_ins import Drawer, Folder

if TYPE_CHECKING:
    from cryptography.fernet import Fernet


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What lets us speak for an account; every instant is aware.

    `via` is how it was signed in to where a network has two ways ("facebook"), else "".
    `asked_at`: new ones were asked for then and none came back to be kept.
    """

    access: str = field(repr=False)
    refresh: str = field(repr=False, default="")
    access_ends_at: datetime | None = None
    refresh_ends_at: datetime | None = None
    via: str = ""
    asked_at: datetime | None = None


INSTANTS = ("access_ends_at", "refresh_ends_at", "asked_at")


class TokenStore:
    """What lies in a drawer, `tokens/` of the state folder if none is named.

    `key` is the operator's, else one kept beside the state.
    """

    def __init__(self, state: Path, key: Key | str | None, drawer: Drawer | None = None) -> None:
        self._drawer = drawer or Folder(state / "tokens")
        self._state = state
        self._key = (
            Key(source="environment", place="ELITE8_TOKEN_KEY", value=key.encode())
            if isinstance(key, str)
            else key
        )

    @staticmethod
    def new_key() -> str:
        """Return a fresh key."""
        return keys.new()

    def read(self, account_id: str) -> Tokens:
        """Return the tokens; none, or some that cannot be read, is `SignInNeeded`."""
        sealed = self._drawer.get(account_id)
        if sealed is None:
            raise SignInNeeded(f"its sign-in is not {self._drawer.where}; sign in again")
        from cryptography.fernet import InvalidToken

        try:
            kept = json.loads(self._cipher().decrypt(sealed))
        except InvalidToken:
            raise SignInNeeded(
                "its sign-in was encrypted with another key: bring the old one back "
                "(ELITE8_TOKEN_KEY, ELITE8_TOKEN_KEY_FROM), or sign in again"
            ) from None
        instants = {name: _instant(kept.get(name)) for name in INSTANTS}
        return Tokens(
            access=kept["access"], refresh=kept["refresh"], via=kept.get("via", ""), **instants
        )

    def write(self, account_id: str, tokens: Tokens) -> None:
        """Keep the tokens, whole or not at all, on disk before anybody uses them.

        An empty token never replaces one that is there, unless the two were signed in to in
        different ways. A refresh token that is kept on keeps its end as well.
        """
        try:
            before = self.read(account_id)
        except SignInNeeded:
            before = Tokens(access="")
        self._seal(account_id, _joined(before, tokens))

    def asking(self, account_id: str, tokens: Tokens, at: datetime) -> None:
        """Keep that new tokens are asked for: should we be killed, the next one can say why."""
        self._seal(account_id, replace(tokens, asked_at=at))

    def told_no(self, account_id: str, tokens: Tokens) -> None:
        """Keep that the question for new ones was answered: they stay as they were."""
        self._seal(account_id, replace(tokens, asked_at=None))

    def forget(self, account_id: str) -> None:
        """Delete the tokens."""
        self._drawer.drop(account_id)

    def kept(self) -> list[str]:
        """Return whose tokens lie here."""
        return self._drawer.names()

    def alone(self, account_id: str) -> AbstractContextManager[None]:
        """Wait for and hold the only right to refresh this account, among all who share these."""
        return self._drawer.alone(account_id)

    def _seal(self, account_id: str, tokens: Tokens) -> None:
        plain: dict[str, Any] = {name: getattr(tokens, name) for name in Tokens.__slots__}
        for name in INSTANTS:
            plain[name] = plain[name] and plain[name].isoformat()
        self._drawer.put(account_id, self._cipher().encrypt(json.dumps(plain).encode()))

    def _cipher(self) -> "Fernet":
        return (self._key or keys.own(self._state)).cipher()


def _joined(before: Tokens, tokens: Tokens) -> Tokens:
    """Return the new tokens, with what they leave empty taken from those before."""
    if tokens.access and tokens.via != before.via:
        return tokens
    same = tokens.refresh in ("", before.refresh)
    return replace(
        tokens,
        access=tokens.access or before.access,
        refresh=tokens.refresh or before.refresh,
        refresh_ends_at=tokens.refresh_ends_at or (before.refresh_ends_at if same else None),
    )


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
