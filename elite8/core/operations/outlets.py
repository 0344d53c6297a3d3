"""Which account a post goes out by, and for which regions that is; light, for looks ask often."""

from collections.abc import Sequence

from elite8.core.domain.account import Account
from elite8.core.domain.post import Post
from elite8.core.storage import accounts
from elite8.core.storage.database import Session


def best(every: Sequence[Account], character: str, region: str) -> Account | None:
    """Return the account that takes such posts, the one most bound to them; `None` for none.

    A post for no region goes to one that is bound to the performer, then to one bound to no region;
    of several that are all bound to regions it goes to none.
    """
    if rivals(every, character, region):
        return None

    def fits(one: Account) -> tuple[bool, bool]:
        if region:
            return bool(one.regions), bool(one.characters)
        return bool(one.characters), not one.regions

    return max((one for one in every if one.takes(character, region)), key=fits, default=None)


def rivals(every: Sequence[Account], character: str, region: str) -> list[Account]:
    """Return the accounts among which nothing chooses for a post for no region, none when clear."""
    able = [one for one in every if not region and one.takes(character)]
    able = [one for one in able if one.characters] or able
    return able if len(able) > 1 and all(one.regions for one in able) else []


def audience(session: Session, post: Post, character: str) -> tuple[str, ...]:
    """Return the regions a post is for: its own, else those of the account it goes out by."""
    if post.region or post.platform == "outbox":
        return (post.region.upper(),) if post.region else ()
    account = speaking(session, post, character)
    return tuple(account.regions.upper().split()) if account else ()


def speaking(session: Session, post: Post, character: str) -> Account | None:
    """Return the account a post goes out by as things are, `None` when nobody could."""
    every = accounts.every(session, post.platform)
    wanted = (post.account_id if post.sent_at else "") or post.asked_account
    named_one = next((one for one in every if one.id == wanted), None)
    return named_one or best(every, character, post.region)
