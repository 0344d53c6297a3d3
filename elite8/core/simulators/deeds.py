"""What made-up subscribers do: payments, messages, looks; as rows of facts, by person and time."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from elite8.core.domain.subscriber import Act
from elite8.core.simulators.crowd import Fan, Month

A_MONTH: Mapping[Act, float] = {
    Act.MESSAGE_IN: 3.4,
    Act.MESSAGE_OUT: 2.8,
    Act.DM_OPEN: 1.0,
    Act.TIP: 0.25,
    Act.PPV: 0.25,
}
"""How often an ordinary person does each in thirty days (made up)."""
TALK = (Act.MESSAGE_IN, Act.MESSAGE_OUT, Act.DM_OPEN)
SEEN: Mapping[str, tuple[Act, ...]] = {
    "fanvue": (*TALK, Act.TIP, Act.PPV),
    "onlyfans": (Act.TIP, Act.PPV),
    "fantia": (Act.TIP,),
    "line": TALK,
    "pornhub": (Act.TIP, Act.PPV),
    "fc2": (Act.PPV,),
    "xvideos": (),
}
"""What a platform's exports and interfaces tell of people: as score.json has it, and money."""
QUIET_DAYS, QUIET = 12, 0.35
"""How long before they leave people do less, and how much is left."""
EXTRA = {"USD": (300, 500, 1000, 1500, 2500), "JPY": (500, 800, 1500, 3000)}
THRIFT = (0.3, 1.0, 3.0)
"""Some give mostly large sums, some mostly small ones: people differ (made up)."""
PAID_BACK, CHARGED_BACK = 0.006, 0.001
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing somebody did; `about` is how many deeds before it the payment was, 0 for none."""

    act: Act
    at: datetime
    amount: int | None = None
    content: int = 0
    about: int = 0


def deeds(fan: Fan, now: datetime, lot: Random) -> Iterator[Deed]:
    """Yield what somebody did until now, month by month; a payment is before what is about it."""
    for place, month in enumerate(fan.months):
        yield from (one for one in monthly(fan, place, month, lot) if one.at < now)


def monthly(fan: Fan, place: int, month: Month, lot: Random) -> Iterator[Deed]:
    """Yield what somebody did in one paid time, its beginning first and its end last."""
    begins = instant(month.began, lot)
    if fan.platform == "line":
        yield Deed(Act.OPTIN, begins)
    else:
        yield from paid(fan, place, month, begins, lot)
    yield from lively(fan, month, lot)
    if month.off_on is not None:
        yield Deed(Act.AUTO_RENEW_OFF, instant(month.off_on, lot))
    why = fan.left.get(month.until)
    if why and fan.platform == "line":
        yield Deed(Act.OPTOUT, instant(month.until, lot))
    elif why:
        if why == "payment":
            yield Deed(Act.PAYMENT_FAILED, instant(month.until, lot))
        yield Deed(Act.SUB_EXPIRE, instant(month.until + fan.habitat.terms.grace + 1, lot))


def paid(fan: Fan, place: int, month: Month, begins: datetime, lot: Random) -> Iterator[Deed]:
    """Yield the payment of a month, what it changed, and what is paid back of it."""
    again = place > 0 and month.before != "away"
    yield Deed(Act.SUB_RENEW if again else Act.SUB_START, begins, month.price)
    chance, later = lot.random(), begins + timedelta(days=lot.uniform(1, 9))
    if chance < CHARGED_BACK:
        yield Deed(Act.CHARGEBACK, later, -month.price, about=1)
    elif chance < CHARGED_BACK + PAID_BACK:
        yield Deed(Act.REFUND, later, -month.price, about=1)
    if again and month.before != month.tier:
        tiers = [*fan.habitat.prices]
        up = tiers.index(month.tier) > tiers.index(month.before)
        yield Deed(Act.SUB_UPGRADE if up else Act.SUB_DOWNGRADE, begins)


def lively(fan: Fan, month: Month, lot: Random) -> Iterator[Deed]:
    """Yield what is done in between: less and less where somebody is about to leave."""
    first = datetime.fromordinal(month.began).replace(tzinfo=UTC)
    length = max(month.until - month.began, 1)
    ends = month.until if month.until in fan.left else None
    seen, random = SEEN[fan.platform], lot.random
    for act in seen:
        mean = A_MONTH[act] * month.level * length / 30
        for _ in range(poisson(mean, random())):
            after = random() * length
            if ends is not None and length - after < QUIET_DAYS and random() > QUIET:
                continue
            yield done(act, first + after * DAY, fan, lot)


def done(act: Act, at: datetime, fan: Fan, lot: Random) -> Deed:
    """Return one thing done, to the second."""
    at = at.replace(microsecond=0)
    if act in TALK:
        return Deed(act, at)
    extra = EXTRA[fan.habitat.currency]
    thrift = THRIFT[fan.number % len(THRIFT)]
    amount = extra[int(lot.random() ** thrift * len(extra))]
    return Deed(act, at, amount, content=1 + int(lot.random() * 60) if act == Act.PPV else 0)


def poisson(mean: float, chance: float) -> int:
    """Return the number that has this chance below it where so many are usual; at most 200."""
    found, part = 0, math.exp(-mean)
    whole = part
    while chance > whole and found < 200:  # noqa: PLR2004  # nobody does more
        found += 1
        part *= mean / found
        whole += part
    return found


def instant(day: int, lot: Random) -> datetime:
    """Return a second of a day in UTC."""
    return datetime.fromordinal(day).replace(tzinfo=UTC) + timedelta(seconds=lot.randrange(86_400))
