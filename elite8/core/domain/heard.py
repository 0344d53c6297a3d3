"""When nobody told that somebody left: until when they may still renew, and who would have told.

One rule for money and for churn. An account is a platform's for one performer: what another
performer's account tells says nothing of hers. It was heard of when its last payment was made, or
its last export. Who did not renew in the days in which a renewal may come is pending, and only
known to have left where their account was heard of after those days.
"""

from typing import TypeVar

from elite8.core.domain.arrays import Counts

LATE_DAYS = 3
"""Days that a renewal may come late anywhere, beside the grace of the platform (prior)."""
Account = tuple[str, str]
"""A platform and a performer, "" for nobody in particular."""
Time = TypeVar("Time", int, Counts)


def waited(over: Time, grace: Time, day: int = 1) -> Time:
    """Return until when a renewal may come after what was paid is over.

    All in days, or in another unit of which `day` is one.
    """
    return over + grace + LATE_DAYS * day
