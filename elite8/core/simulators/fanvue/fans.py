"""A creator whose fans pay by the month, for whoever tries the program out: always the same."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import count, takewhile

from elite8.core.simulators.fanvue.service import Creator, FanvueSimulator, Paid

MANY, ALSO = 24, 6
"""Who subscribes, and who only follows."""
BEHIND, AHEAD = timedelta(days=180), timedelta(days=365)
"""Since when fans have come, and for how long they go on paying: what is to come is not told."""
MONTH = timedelta(days=30)
PRICE, TIP, POST = 999, 500, 1500
"""Cents."""
KEEPS = 5
"""The part of a price that Fanvue keeps, a fifth (subscribers.md section 7)."""


def with_fans(clock: Callable[[], datetime]) -> FanvueSimulator:
    """Return a Fanvue of one creator whose fans pay."""
    made = FanvueSimulator(clock=clock)
    made.add(peopled(clock()))
    return made


def peopled(now: datetime) -> Creator:
    """Return a creator whose fans came one after another in the half year before `now`."""
    fans = {f"fan-{number:04d}": f"fan{number}" for number in range(1, MANY + 1)}
    following = {f"other-{number:04d}": f"other{number}" for number in range(1, ALSO + 1)}
    begin = now.replace(microsecond=0) - BEHIND
    came = {fan: begin + BEHIND * turn / MANY for turn, fan in enumerate(fans)}
    return Creator(
        uuid="creator-0001",
        handle="simulated.creator",
        subscribers=fans,
        followers=following | dict(list(fans.items())[: MANY // 2]),
        earnings=[one for fan, at in came.items() for one in paid_by(fan, at, now + AHEAD)],
        spending=[sale(begin + BEHIND / 2, POST, "refund", "fan-0001")],
    )


def paid_by(fan: str, began: datetime, until: datetime) -> Iterator[Paid]:
    """Yield what one fan pays: each month, now and then a tip, and once for a post."""
    months = takewhile(lambda at: at < until, (began + MONTH * turn for turn in count()))
    for turn, at in enumerate(months):
        yield sale(at, PRICE, "renewal" if turn else "subscription", fan)
        if turn % 3 == 1:
            yield sale(at + MONTH / 4, TIP, "tip", fan)
    yield sale(began + MONTH / 10, POST, "post", fan)


def sale(at: datetime, gross: int, source: str, fan: str) -> Paid:
    """Return a payment, its net less what Fanvue keeps."""
    at = at.replace(microsecond=0)
    return Paid(at=at, gross=gross, net=gross - gross // KEEPS, source=source, fan=fan)
