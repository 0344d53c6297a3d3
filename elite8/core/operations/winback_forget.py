"""What a winback still knows of people: after 24 months, or an erasure, a hash and what came of it.

Sums of a campaign stay as they were; who was in it is gone (compliance.md section 4).
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from elite8.core.domain.campaign import Campaign
from elite8.core.operations import consents
from elite8.core.operations import winback_outcome as outcome
from elite8.core.storage import campaigns
from elite8.core.storage.database import Session
from elite8.core.studio import Studio

KEPT = timedelta(days=730)
"""For so long a campaign knows who drew what."""
DIGITS = 32


def forget(studio: Studio, session: Session, ids: Sequence[int]) -> int:
    """Settle what came of these subscribers in each campaign and unlink them; return how many.

    To be called before their rows go: whoever is erased still counts in the arm they drew.
    """
    which = set(ids)
    return sum(settle(studio, session, one, which) for one in campaigns.with_any(session, ids))


def age(studio: Studio, session: Session, before: datetime) -> int:
    """Settle and unlink everybody in campaigns that started before then; return how many."""
    return sum(settle(studio, session, one, None) for one in campaigns.older(session, before))


def settle(studio: Studio, session: Session, one: Campaign, only: Collection[int] | None) -> int:
    """Keep what came of people, put a salted hash in the place of who they are; return how many."""
    safe, today = consents.opened(studio, session), studio.clock().date()
    count = 0
    for each in outcome.of_all(session, one):
        row = each.row
        if row.subscriber_id is None or (only is not None and row.subscriber_id not in only):
            continue
        campaigns.unlink(
            session,
            row,
            safe.signed(f"winback:{one.id}:{row.who}")[:DIGITS],
            back_on=each.back_on,
            net_minor=each.net_minor,
            settled_on=today,
        )
        count += 1
    return count
