"""A token that is good now: renewed ahead of its end, by one process, on disk before it is used."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from elite8.core import http, log
from elite8.core.domain.account import Account
from elite8.core.domain.permission import permission
from elite8.core.errors import Elite8Error, Refused, SignInNeeded, Unavailable
from elite8.core.operations import egress, networks
from elite8.core.operations.standing import Listed, again, local, shown
from elite8.core.operations.strongbox import store
from elite8.core.platforms import instagram, oauth
from elite8.core.storage import accounts
from elite8.core.storage.tokens import Tokens, TokenStore
from elite8.core.studio import Studio

GONE = "the network knows it no more: it was deleted, or made anew there"
"""What a credential is that cannot be renewed and was refused."""
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshened:
    """What became of one account: its token is `good` for longer, was `renewed`, or is neither.

    `code` is the error's own and `why` its sentence; "" when there is none.
    """

    account: Listed
    outcome: Literal["good", "renewed", "sign in again", "not now"]
    code: str
    why: str


def keep_fresh(studio: Studio) -> tuple[Freshened, ...]:
    """Renew every account whose token ends within its margin; one's trouble touches no other.

    For a timer: whatever is not due costs no call, and two of these at once renew once. An account
    whose network said that the sign-in is over is not asked again.
    """
    with studio.database.transaction() as session:
        every = list(accounts.every(session))
    return tuple(freshened(studio, account) for account in every)


def freshened(studio: Studio, account: Account) -> Freshened:
    """Renew one account if it is due, and tell what became of it."""
    outcome: Literal["good", "renewed", "sign in again", "not now"] = "good"
    code = why = ""
    try:
        if account.failure:
            raise SignInNeeded(again(account, account.failure))  # noqa: TRY301  # told below
        outcome = "renewed" if renewed_if_due(studio, account) else "good"
    except SignInNeeded as over:
        outcome, code, why = "sign in again", over.code, str(over)
    except Elite8Error as trouble:
        outcome, code, why = "not now", trouble.code, str(trouble)
    with studio.database.transaction() as session:
        row = accounts.get(session, account.id) or account
        listed = shown(row, studio.clock())
    return Freshened(account=listed, outcome=outcome, code=code, why=why)


def renewed_if_due(studio: Studio, account: Account) -> bool:
    """Return whether this process renewed the account's token."""
    kept = store(studio)
    if not due(studio, account, read(kept, account)):
        return False
    with kept.alone(account.id):
        now_kept = read(kept, account)
        if not due(studio, account, now_kept):
            return False  # another process was quicker
        renew(studio, account, now_kept)
    return True


def read(kept: TokenStore, account: Account) -> Tokens:
    """Return the account's tokens; none that can be read is `SignInNeeded`, naming the account."""
    try:
        return kept.read(account.id)
    except SignInNeeded as gone:
        raise SignInNeeded(again(account, str(gone))) from None


def access(
    studio: Studio, account: Account, *, refused: str = "", seen: Tokens | None = None
) -> str:
    """Return an access token that is good now, and not the one that the network `refused`.

    `seen` are the tokens as they were read a moment ago. One process refreshes at a time, and not
    what another, or a new sign-in, has replaced by then; what is new is on disk before it is used.
    Only the network's own word that the sign-in is over makes it so.
    """
    if account.failure and not networks.site(account.network, "").renews:
        raise SignInNeeded(again(account, account.failure))  # it must not be used again

    def good(tokens: Tokens) -> bool:
        return tokens.access != refused and not due(studio, account, tokens)

    if seen and good(seen):
        return seen.access
    kept = store(studio)
    if good(known := read(kept, account)):
        return known.access
    with kept.alone(account.id):
        if good(known := read(kept, account)):
            return known.access  # another process was quicker
        try:
            return renew(studio, account, known)
        except (Unavailable, Refused):
            if known.access == refused or stale(known, studio.clock(), timedelta(0)):
                raise
            return known.access  # good for now; the next use asks again


def renew(studio: Studio, account: Account, before: Tokens) -> str:
    """Ask the network for new tokens and keep them; the caller holds the account's lock.

    That they are asked for is kept first, so that whoever comes after a kill can say what happened.
    The way out is held shut from the question to the disk: some networks replace the refresh token
    as they answer, and an answer that is not kept is a sign-in that is lost.
    """
    kept, now = store(studio), studio.clock()
    site = networks.site(account.network, before.via)
    if not site.renews:  # it was refused: it is gone for good
        note(studio, account, failure=GONE)
        raise SignInNeeded(again(account, GONE, before.via))
    if not (before.refresh or permission(account.network, before.via).by_token):
        raise SignInNeeded(again(account, "there is nothing to renew it with", before.via))
    kept.asking(account.id, before, now)
    with http.open_client(transport=egress.line(studio, account)) as client, undisturbed(before):
        try:
            grant = asked_for(studio, account, before, client, now)
        except SignInNeeded as over:
            why = reason(studio, str(over), before)
            kept.told_no(account.id, before)
            note(studio, account, failure=why)
            raise SignInNeeded(again(account, why, before.via)) from None
        kept.write(account.id, tokens_of(grant, before.via))
    note(studio, account, **learnt(grant))
    log.get().info("account.renewed", account=account.id, network=account.network)
    return grant.access


@contextmanager
def undisturbed(before: Tokens) -> Iterator[None]:
    """Hold Ctrl-C, SIGTERM and SIGHUP back while a refresh token is being replaced.

    They act when the block ends; the question's own deadline bounds the wait. Only the main thread
    is ever interrupted. A signal mask would not do: any other thread would take the signal for it.
    """
    if not before.refresh or threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    ours = [one for one in STOPS if signal.getsignal(one) not in (signal.SIG_IGN, None)]
    handlers = {one: signal.signal(one, lambda number, _: came.append(number)) for one in ours}
    try:
        yield
    finally:
        for one, handler in handlers.items():
            signal.signal(one, handler)
        for number in came[:1]:
            signal.raise_signal(number)


def reason(studio: Studio, why: str, before: Tokens) -> str:
    """Return why a sign-in is over, and whether an answer that was lost may be to blame."""
    if before.asked_at is None:
        return why
    begun = local(studio, before.asked_at)
    return (
        f"{why}; a renewal begun {begun} was cut off before its answer was kept, and the network "
        "may have replaced the sign-in then"
    )


def asked_for(
    studio: Studio,
    account: Account,
    before: Tokens,
    client: Any,  # noqa: ANN401  # httpx's
    now: datetime,
) -> oauth.Grant:
    """Return what the network gives for the tokens of before."""
    where = networks.bases(studio, account.network, before.via)
    if permission(account.network, before.via).by_token:
        network = instagram.Instagram(client, where, lambda _fresh: before.access, studio.pause)
        return network.renewed(before.access, now=now)
    app = networks.app_of(studio, account.network, before.via)
    return oauth.refreshed(client, where.provider, app, before.refresh, now=now)


def tokens_of(grant: oauth.Grant, via: str = "") -> Tokens:
    """Return what is kept of a grant."""
    return Tokens(
        access=grant.access,
        refresh=grant.refresh,
        access_ends_at=grant.access_ends_at,
        refresh_ends_at=grant.refresh_ends_at,
        via=via,
    )


def learnt(grant: oauth.Grant) -> dict[str, object]:
    """Return what a renewal tells of an account; what it leaves empty stays as it was."""
    facts: dict[str, object] = {"access_ends_at": grant.access_ends_at, "failure": ""}
    if grant.refresh_ends_at:
        facts["refresh_ends_at"] = grant.refresh_ends_at
    if grant.scopes:
        facts["scopes"] = " ".join(grant.scopes)
    return facts


def due(studio: Studio, account: Account, tokens: Tokens) -> bool:
    """Return whether it is time to renew."""
    margin = networks.site(account.network, tokens.via).margin
    return stale(tokens, studio.clock(), margin)


def stale(tokens: Tokens, now: datetime, margin: timedelta) -> bool:
    """Return whether the access token ends within `margin`."""
    return tokens.access_ends_at is not None and tokens.access_ends_at - now < margin


def note(studio: Studio, account: Account, **facts: object) -> None:
    """Write down what is known of an account."""
    with studio.database.transaction() as session:
        row = accounts.get(session, account.id)
        for name, value in facts.items():
            setattr(row, name, value)
