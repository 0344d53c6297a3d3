"""Questions about accounts."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam
from sqlmodel import Session, col, select

from elite8.core.domain.account import Account
from elite8.core.storage.read import row_of


def keep(session: Session, account: Account) -> Account:
    """Keep an account; one that is known by its network and handle is signed in to again.

    A name, scopes, performers or regions that are not said stay as they were.
    """
    known = find(session, account.network, account.handle)
    if known is None:
        session.add(account)
        session.flush()
        return account
    for name in ("access_ends_at", "refresh_ends_at", "signed_in_at"):
        setattr(known, name, getattr(account, name))
    for name in ("name", "scopes", "characters", "regions"):
        setattr(known, name, getattr(account, name) or getattr(known, name))
    known.unlinked_at, known.failure = None, ""
    session.flush()
    return known


def find(session: Session, network: str, handle: str) -> Account | None:
    """Return the account a network knows by this handle, also one that was signed out of."""
    asked = select(Account).where(Account.network == network, Account.handle == handle)
    return session.exec(asked).first()


def every(session: Session, network: str = "") -> Sequence[Account]:
    """Return the accounts, or those of one network, oldest first; not those signed out of."""
    found = session.connection().execute(those(bool(network)), {"network": network})
    return [row_of(Account, each) for each in found.mappings()]


@cache
def those(of_one: bool) -> Select[Any]:  # noqa: FBT001  # of one network, or of all
    """Return the question who is signed in; each post asks it, and building it costs as much."""
    every = select(*Account.__table__.c)  # type: ignore[attr-defined]  # SQLModel sets it
    asked = every.where(col(Account.unlinked_at).is_(None)).order_by(col(Account.id))
    return asked.where(Account.network == bindparam("network")) if of_one else asked


def get(session: Session, account_id: str) -> Account | None:
    """Return the account with this id."""
    return session.get(Account, account_id)
