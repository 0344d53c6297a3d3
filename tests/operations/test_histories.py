"""Who is surely gone is told without making anything of them: it has to be what is made of all."""

from datetime import UTC, datetime
from random import Random

import numpy as np

from elite8.core.domain.platform_terms import PlatformTerms
from elite8.core.domain.subscriber import Act, SubscriptionStatus, Tier
from elite8.core.operations import histories
from elite8.core.operations.histories import Today
from elite8.core.storage.leaving import StateRow, Words
from elite8.core.storage.moved import ACTS, Moves, Own

NOW = datetime(2026, 11, 23, tzinfo=UTC)
TODAY = NOW.toordinal()
TERMS = {
    "fantia": PlatformTerms(
        grace_days=7, calendar_months=True, source="-", as_of=NOW.date(), confidence="confirmed"
    )
}


def day(lot: Random) -> int:
    """Return a day around the edges that matter: the grace, a period, long ago."""
    return TODAY - lot.choice((-20, 0, 1, 6, 7, 8, 9, 12, 29, 31, 40, 70, 200)) - lot.randrange(2)


def exports(lot: Random, platform: str) -> list[StateRow]:
    """Return what exports might say of somebody, by performer and time."""
    found = []
    for character in lot.sample(("airi", "miyuki"), lot.randrange(3)):
        for said in sorted(day(lot) for _ in range(lot.randrange(1, 3))):
            tier, until = lot.choice((Tier.BASIC, Tier.VIP, Tier.FREE)), lot.choice((None, 1, 1))
            status = lot.choice((*SubscriptionStatus, *[SubscriptionStatus.EXPIRED] * 4))
            began = lot.choice((None, said - 60))
            found.append(
                StateRow(
                    *(1, platform, character, tier, 999, "USD", lot.choice((1, 1, 3)), status),
                    *(lot.choice((None, True, False)), began, until and day(lot), "", said),
                )
            )
    return found


def moves(lot: Random, platform: str) -> Own | None:
    """Return what somebody might have done, by time."""
    acts, words = (*ACTS, *[Act.SUB_RENEW] * 4), Words()
    days = sorted(day(lot) for _ in range(lot.randrange(5)))
    own = Moves(
        subscriber=np.ones(len(days), dtype=np.int64),
        platform=words.column([platform for _ in days]),
        character=words.column([lot.choice(("airi", "miyuki", "")) for _ in days]),
        act=words.column([lot.choice(acts) for _ in days]),
        day=np.array(days, dtype=np.int64),
        amount=np.full(len(days), 999, dtype=np.object_),
        currency=words.column(["USD" for _ in days]),
        words=words,
    ).people
    return own[0] if own else None


def test_whoever_is_told_to_be_gone_has_lapsed_by_all_that_is_known() -> None:
    lot, gone = Random(7), 0  # noqa: S311  # the same people each run
    for _ in range(6000):
        platform = lot.choice(("fantia", "fanvue"))
        said, did = exports(lot, platform), moves(lot, platform)
        known = {
            (platform, name): day(lot) for name in ("airi", "miyuki", "") if lot.random() < 0.7
        }
        here = Today(TODAY, TERMS, known)
        if not histories.is_gone(here, said, did):
            continue
        gone += 1
        every = [*histories.of_one(here, said, did)]
        assert {one.life.standing for one in every} == {"lapsed"}
        assert {one.character for one in every} == {one.character for one in said}
    assert gone > 300
