"""The key that sign-ins are encrypted with: the one place that decides where it comes from."""

import fcntl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Literal, cast

from elite8.core.errors import ConfigError
from elite8.core.storage import whole

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

Source = Literal["environment", "credential", "keyring", "file"]
CREDENTIALS = ("elite8-token-key", "elite8_token_key")
"""Names of the systemd credential; the second is how every other secret of ours is named."""
SERVICE, ENTRY = "elite8", "token-key"
"""What the key is called in the OS keyring."""
KEY_FILE = "tokens.key"
MAKE = "make one with: elite8 accounts key --new"
UNSET = "ELITE8_TOKEN_KEY is not set"
NO_FILE = f"there is no $CREDENTIALS_DIRECTORY/{CREDENTIALS[0]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key and where it comes from; `place` is for people and never holds the key."""

    source: Source
    place: str
    value: bytes = field(repr=False)

    def cipher(self) -> "Fernet":
        """Return what encrypts; a key that is none is a ConfigError."""
        from cryptography.fernet import Fernet  # 7 MB: who has no account does without

        try:
            return Fernet(self.value)
        except ValueError:
            raise ConfigError(f"{self.place} is not a key; {MAKE}") from None

    def derived(self, purpose: str) -> bytes:
        """Return 32 bytes for one purpose, from which nobody works out the key (RFC 5869)."""
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        self.cipher()  # refuses what is no key
        return HKDF(SHA256(), length=32, salt=None, info=purpose.encode()).derive(self.value)


def new() -> str:
    """Return a fresh key: 32 random bytes in base64url, as Fernet wants it."""
    from cryptography.fernet import Fernet

    return Fernet.generate_key().decode()


def source(wanted: str, given: str | None, environment: Mapping[str, str]) -> Source:
    """Return where the key comes from; nothing is made or asked.

    `wanted` is ELITE8_TOKEN_KEY_FROM and `given` the setting ELITE8_TOKEN_KEY. `auto` takes the
    first that is there: environment, systemd credential, else the file. The keyring is only used
    when it is asked for, since it may be locked when nobody is at the machine.
    """
    stored = any(_credential(environment, name) for name in CREDENTIALS)
    said = bool(environment.get("ELITE8_TOKEN_KEY")) or (bool(given) and not stored)
    if wanted == "environment" and not said:
        raise ConfigError(f"ELITE8_TOKEN_KEY_FROM is environment, but {UNSET}; {MAKE}")
    if wanted == "credential" and not stored:
        raise ConfigError(f"ELITE8_TOKEN_KEY_FROM is credential, but {NO_FILE}; {MAKE}")
    if wanted != "auto":
        return cast("Source", wanted)
    return "environment" if said else "credential" if stored else "file"


def find(wanted: str, given: str | None, environment: Mapping[str, str], state: Path) -> Key:
    """Return the key in force; in keyring and file one is made the first time."""
    chosen = source(wanted, given, environment)
    if chosen == "environment":
        return Key(source=chosen, place="ELITE8_TOKEN_KEY", value=(given or "").strip().encode())
    if chosen == "credential":
        file = next(f for name in CREDENTIALS if (f := _credential(environment, name)))
        return Key(source=chosen, place=f"the credential {file.name}", value=_read(file))
    if chosen == "keyring":
        place = f"the OS keyring's entry {SERVICE}/{ENTRY}"
        return Key(source=chosen, place=place, value=_from_keyring(state))
    return own(state)


def missing(wanted: str, given: str | None, environment: Mapping[str, str], state: Path) -> str:
    """Return where the key would be made at the first sign-in; "" when it is there."""
    chosen = source(wanted, given, environment)
    file = state / "keys" / KEY_FILE
    if chosen == "file":
        return "" if file.exists() else str(file)
    if chosen != "keyring":
        return ""
    return "" if _asked() else f"the OS keyring's entry {SERVICE}/{ENTRY}"


def own(state: Path) -> Key:
    """Return the key kept on this machine, made the first time; of two makers one wins."""
    file = state / "keys" / KEY_FILE
    value = whole.once(file, lambda: new().encode()).strip()
    return Key(source="file", place=str(file), value=value)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes().strip()
    except OSError as trouble:
        raise ConfigError(f"{file} cannot be read: {trouble.strerror}") from None


def _credential(environment: Mapping[str, str], name: str) -> Path | None:
    """Return the credential's file, if systemd gave one (systemd.exec(5), LoadCredential=)."""
    folder = environment.get("CREDENTIALS_DIRECTORY")
    file = Path(folder) / name if folder else None
    return file if file and file.is_file() else None


def _from_keyring(state: Path) -> bytes:
    """Return the keyring's key, made the first time by one process alone."""
    if kept := _asked():
        return kept.encode()
    folder = state / "keys"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / ".keyring.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return (_asked() or _asked(new())).encode()


def _asked(make: str = "") -> str:
    """Return the keyring's key, after putting `make` there if it is given; "" without one."""
    keyring = _library()
    from keyring.errors import KeyringError

    try:
        if make:
            keyring.set_password(SERVICE, ENTRY, make)
        return str(keyring.get_password(SERVICE, ENTRY) or "")
    except KeyringError as trouble:
        raise ConfigError(
            f"the OS keyring does not answer ({type(trouble).__name__}): unlock it, or choose "
            "another place with ELITE8_TOKEN_KEY_FROM"
        ) from None


def _library() -> ModuleType:
    try:
        import keyring
    except ImportError:
        raise ConfigError(
            "ELITE8_TOKEN_KEY_FROM is keyring, which needs one more package: "
            "pip install 'elite8[keyring]'"
        ) from None
    library: ModuleType = keyring
    return library
