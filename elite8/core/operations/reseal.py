"""After the key was changed: seal with it what another one sealed. Once more harms nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from elite8.core import log
from elite8.core.domain.audit import Decision
from elite8.core.domain.consent import Address
from elite8.core.domain.subscriber import Alias
from elite8.core.errors import ConfigError, SignInNeeded
from elite8.core.operations import audit, consents, strongbox
from elite8.core.storage import maintenance, sealed, vault
from elite8.core.storage.database import Session
from elite8.core.storage.keys import Key
from elite8.core.storage.tokens import TokenStore
from elite8.core.storage.vault import Vault
from elite8.core.studio import Studio

AT_ONCE = 2000
"""Rows of one transaction: whoever else writes gets a turn between."""
NEITHER = (
    "neither the key in force nor the one that was given opens it: give the one it was made by"
)

OLD_ONE = "give the OLD one, with which all was sealed before: elite8 accounts key --reseal < FILE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resealed:
    """How many were sealed anew, and how many had the key in force already."""

    sign_ins: int
    addresses: int
    names: int
    already: int


def reseal(studio: Studio, old: str) -> Resealed:
    """Seal sign-ins, addresses and names with the key in force; `old` is the one before it.

    Goes on where a kill left it; what neither key opens is a ConfigError, and stays as it is. So is
    the key in force itself: nothing would be sealed anew.
    """
    key = Key(source="environment", place="what was read", value=old.strip().encode())
    if not key.value:
        raise ConfigError(f"no key was read; {OLD_ONE}")
    key.cipher()
    if key.value == strongbox.key(studio).value:
        raise ConfigError(f"this is the key in force; {OLD_ONE}")
    sign_ins, known = tokens(studio, strongbox.sealed_by(studio, key))
    addresses, there = rows(studio, key, Address, again_address)
    names, named = rows(studio, key, Alias, again_name)
    if addresses or names:
        maintenance.scrub(studio.database)
    with studio.database.transaction() as session:
        detail = f"{sign_ins} sign-ins, {addresses} addresses, {names} names"
        what = Decision(act="key", subject="sealed", decision="resealed", detail=detail)
        audit.keep(studio, session, what)
    log.get().info("key.resealed", sign_ins=sign_ins, addresses=addresses, names=names)
    return Resealed(
        sign_ins=sign_ins, addresses=addresses, names=names, already=known + there + named
    )


def tokens(studio: Studio, before: TokenStore) -> tuple[int, int]:
    """Seal the sign-ins; return how many, and how many had the key already."""
    now = strongbox.store(studio)
    done = known = 0
    for account in before.kept():
        with now.alone(account):
            try:
                now.read(account)
                known += 1
                continue
            except SignInNeeded:
                pass
            try:
                now.write(account, before.read(account))
            except SignInNeeded:
                raise ConfigError(f"a sign-in: {NEITHER}") from None
            done += 1
    return done, known


Again = Callable[[Vault, Vault, Any], bytes | None]


def rows(studio: Studio, key: Key, kind: type[Any], again: Again) -> tuple[int, int]:
    """Seal the rows of a table; return how many, and how many had the key already."""
    done = known = 0
    after = ""
    while True:
        with studio.database.transaction() as session:
            some = sealed.after(session, kind, after, AT_ONCE)
            if not some:
                return done, known
            new, old = vaults(studio, session, key)
            for row in some:
                fresh = again(new, old, row)
                if fresh is None:
                    known += 1
                else:
                    row.sealed = fresh
                    done += 1
            after = some[-1].digest


def vaults(studio: Studio, session: Session, key: Key) -> tuple[Vault, Vault]:
    """Return what seals now, and what sealed before."""
    return consents.opened(studio, session), vault.unlock(studio.settings.state_dir, key, session)


def again_address(new: Vault, old: Vault, row: Address) -> bytes | None:
    """Return an address sealed anew, `None` when it is already."""
    if opens(lambda: new.opened(row.sealed)) is not None:
        return None
    text = opens(lambda: old.opened(row.sealed))
    if text is None:
        raise ConfigError(f"an address: {NEITHER}")
    return new.seal(row.channel, text)


def again_name(new: Vault, old: Vault, row: Alias) -> bytes | None:
    """Return a name sealed anew, `None` when it is already."""
    if opens(lambda: new.opened_name(row.digest, row.sealed)) is not None:
        return None
    text = opens(lambda: old.opened_name(row.digest, row.sealed))
    if text is None:
        raise ConfigError(f"a name: {NEITHER}")
    return new.seal_name(row.digest, text)


def opens(opened: Callable[[], str]) -> str | None:
    """Return what was sealed, `None` when the key is another one."""
    try:
        return opened()
    except ConfigError:
        return None
