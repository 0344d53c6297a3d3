"""Addresses at rest: encrypted with the key of the sign-ins, known again by a salted hash.

The salt is made once, in a file of its own: a new key for the sign-ins changes no hash, so that
whoever said no stays unwritten to. Without the very salt nothing is sent.
"""

import hmac
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlmodel import Session

from elite8.core.domain.consent import Salt, plain
from elite8.core.errors import ConfigError, Refused
from elite8.core.storage import whole
from elite8.core.storage.keys import Key

SALT_FILE = "people.salt"
SALT_BYTES = 32
NONCE = 12
"""Bytes drawn anew for each name (NIST SP 800-38D, 8.2.2: good for 2^32 of them by one key)."""


OTHER_KEY = (
    "the names and addresses were encrypted with another key: bring the old one back "
    "(ELITE8_TOKEN_KEY, ELITE8_TOKEN_KEY_FROM)"
)


@dataclass(frozen=True, slots=True)
class Vault:
    """What seals addresses and knows them again."""

    cipher: Fernet = field(repr=False)
    salt: bytes = field(repr=False)
    names: AESGCM = field(repr=False)

    def digest(self, channel: str, address: str) -> str:
        """Return by what an address is known; one that is none is Refused."""
        try:
            return self.signed(f"{channel}:{plain(channel, address)}")
        except ValueError as wrong:
            raise Refused(str(wrong)) from None

    def signed(self, text: str) -> str:
        """Return 64 digits that nobody works out without the salt."""
        return signed(self.salt, text)

    def seal(self, channel: str, address: str) -> bytes:
        """Return an address so that only the key opens it."""
        return self.cipher.encrypt(plain(channel, address).encode())

    def opened(self, sealed: bytes) -> str:
        """Return a sealed address."""
        try:
            return self.cipher.decrypt(sealed).decode()
        except InvalidToken:
            raise ConfigError(OTHER_KEY) from None

    def seal_name(self, digest: str, name: str) -> bytes:
        """Return a subscriber's name so that only the key opens it, and only under its digest.

        A tenth of what Fernet costs: there are millions of them.
        """
        nonce = os.urandom(NONCE)
        return nonce + self.names.encrypt(nonce, name.encode(), digest.encode())

    def opened_name(self, digest: str, sealed: bytes) -> str:
        """Return a sealed name of a subscriber."""
        try:
            found = self.names.decrypt(sealed[:NONCE], sealed[NONCE:], digest.encode())
        except InvalidTag:
            raise ConfigError(OTHER_KEY) from None
        return found.decode()


def unlock(state: Path, key: Key, session: Session) -> Vault:
    """Return the vault; a salt that is not the one this database knows is a ConfigError."""
    return Vault(key.cipher(), own_salt(state, session), AESGCM(key.derived("elite8 names")))


def own_salt(state: Path, session: Session) -> bytes:
    """Return the salt, made the first time; one that this database does not know: ConfigError."""
    file = state / "keys" / SALT_FILE
    known = session.get(Salt, 1)
    if known is not None and not file.exists():
        raise ConfigError(
            f"{file} is missing, and without it nobody knows who said no, or who is who: restore "
            "it from a backup"
        )
    salt = whole.once(file, lambda: secrets.token_bytes(SALT_BYTES))
    proof = signed(salt, "elite8 people")
    if known is None:
        session.add(Salt(id=1, proof=proof))
        session.flush()
    elif not hmac.compare_digest(known.proof, proof):
        raise ConfigError(f"{file} is of another database; restore the one that belongs to this")
    return salt


def signed(salt: bytes, text: str) -> str:
    """Return 64 digits that nobody works out without the salt."""
    return hmac.digest(salt, text.encode(), "sha256").hex()


def named(salt: bytes, platform: str, name: str) -> str:
    """Return by what a name on a platform is known, an id or a handle, in whichever case."""
    return signed(salt, f"{platform.casefold()}\0{name.casefold()}")
