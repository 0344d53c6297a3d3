"""Ask the networks how many follow our accounts, a few times a day; safe to run twice at once."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from elite8.core import http, log
from elite8.core.domain.account import Account
from elite8.core.domain.follower import new_count
from elite8.core.errors import Elite8Error, RateLimited, Unavailable
from elite8.core.operations import egress, followers
from elite8.core.storage import followers as kept
from elite8.core.studio import Studio

AT_ONCE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What became of asking one account; `error` is the class's code, "" for none."""

    network: str
    account: str
    followers: int | None
    message: str = ""
    error: str = ""


def run(studio: Studio, asked: Sequence[Account | None] | None = None) -> tuple[Asked, ...]:
    """Ask every account that is due; one's trouble touches no other."""
    wanted = followers.due(studio) if asked is None else asked
    with ThreadPoolExecutor(max_workers=AT_ONCE) as workers:
        return tuple(workers.map(lambda one: of_account(studio, one), wanted))


def of_account(studio: Studio, account: Account | None) -> Asked:
    """Ask one account and keep what it says, also that it does not say; no answer keeps nothing."""
    network, handle = (account.network, account.id) if account else (followers.LINE, "")
    try:
        found = from_line(studio) if account is None else from_network(studio, account)
        why = "" if found is not None else f"{followers.called(network)} does not say how many"
        keep(studio, account, found, why)
        return Asked(network=network, account=handle, followers=found, message=why)
    except Elite8Error as trouble:
        if not isinstance(trouble, Unavailable) or isinstance(trouble, RateLimited):
            keep(studio, account, None, str(trouble))
        words, code = str(trouble), trouble.code
    except Exception as fault:  # noqa: BLE001  # it touches no other account
        told = log.broken("followers.broke", fault, account=handle)
        words, code = str(told), told.code
    return Asked(network=network, account=handle, followers=None, message=words, error=code)


def from_network(studio: Studio, account: Account) -> int | None:
    """Return how many follow an account, as its network says."""
    from elite8.core.operations import accounts

    with http.open_client(transport=egress.line(studio, account)) as client:
        return accounts.opened(studio, account, client).followers()


def from_line(studio: Studio) -> int | None:
    """Return how many friends LINE's official account has."""
    from elite8.core.operations import line_mail

    with line_mail.account(studio) as there:
        return there.followers()


def keep(studio: Studio, account: Account | None, found: int | None, why: str) -> None:
    """Keep what was said, unless another process asked meanwhile."""
    network = account.network if account else followers.LINE
    row = new_count(
        at=studio.shared_now(),
        network=network,
        account_id=account.id if account else None,
        source=followers.source_of(account),
        followers=found,
        why=why,
    )
    with studio.database.transaction() as session:
        is_new = kept.add(session, row)
    if is_new and found is not None:
        log.get().info(
            "followers.counted", network=network, account=row.account_id, followers=found
        )
