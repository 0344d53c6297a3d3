"""Which post, and so which region and performer, brought each subscriber: the last touch in time.

It is the last click, lead or subscription with a known place in the days before the first payment.
"""

from collections.abc import Collection, Mapping
from datetime import timedelta

import numpy as np

from elite8.core.domain.event import Origin
from elite8.core.domain.paid_time import DAY, FOREVER
from elite8.core.operations.paid_book import Book
from elite8.core.storage import events, takings
from elite8.core.studio import Studio

BROUGHT = {
    "post": "post",
    "video": "video",
    "stage": "stage",
    "region": "region",
    "network": "network",
    "performer": "character",
}
"""What subscribers are told by that brought them, and what it is called in an origin."""


def origins(studio: Studio, found: Book) -> Mapping[int, Origin]:
    """Return by subscriber where they came from; who is not in it came from nobody knows where.

    Who never paid counts from now.
    """
    first = found.paid.first_paid()
    paid: dict[int, int] = {}
    for who, at in zip(found.subscriber.tolist(), first.tolist(), strict=True):
        paid[who] = min(paid.get(who, FOREVER), at)
    now, span = int(found.until.timestamp()), studio.config.funnel.attribution_days * DAY
    with studio.database.transaction() as session:
        ids = takings.keys_of(session, paid.keys())
        brought: dict[int, Origin] = {}
        for key, at, origin in events.touching(session, found.until + timedelta(seconds=1)):
            who = ids.get(key, 0)
            began = min(paid.get(who, 0), now)
            if who and began - span <= int(at.timestamp()) <= began:
                brought[who] = origin
    return brought


def column(studio: Studio, found: Book, by: str) -> np.ndarray:
    """Return for each subscription the number of the name that brought it; of "" for unknown."""
    whence = origins(studio, found)
    part = BROUGHT[by]
    names = {who: getattr(origin, part) for who, origin in whence.items()}
    return found.places.column([names.get(who, "") for who in found.subscriber.tolist()])


def labels(studio: Studio, by: str, names: Collection[str]) -> Mapping[str, str]:
    """Return what posts or videos are called for people."""
    with studio.database.transaction() as session:
        if by == "video":
            return events.titles(session, names)
        return events.labels(session, by, names)
