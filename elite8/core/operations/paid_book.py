"""All that is known of who paid when, read once, as columns: what money figures are made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np

from elite8.core.domain.arrays import Counts, Flags
from elite8.core.domain.paid_claims import Bills, Ends, Exports, Payments, Said, claims
from elite8.core.domain.paid_time import DAY, FOREVER, UNKNOWN, PaidTime, midnights
from elite8.core.domain.platform_terms import PlatformTerms, TermsOfPlatforms
from elite8.core.domain.subscriber import Act, SubscriptionStatus, Tier
from elite8.core.storage import received, takings
from elite8.core.storage.database import Session
from elite8.core.storage.takings import Coded
from elite8.core.studio import Studio

ZONES = {"fantia": "Asia/Tokyo", "fc2": "Asia/Tokyo", "line": "Asia/Tokyo"}
"""Whose days are not UTC's (subscribers.md section 3)."""
STATUS: Mapping[str, Said] = {
    SubscriptionStatus.ACTIVE: Said.ACTIVE,
    SubscriptionStatus.EXPIRED: Said.EXPIRED,
    SubscriptionStatus.CANCELLED: Said.CANCELLED,
    SubscriptionStatus.PAUSED: Said.PAUSED,
    SubscriptionStatus.PENDING: Said.PENDING,
    SubscriptionStatus.UNKNOWN: Said.UNKNOWN,
}
TIERS = tuple(Tier)
NONE: Counts = np.empty(0, np.int64)
MOST_PLACES = 2**20
"""More than there are names of performers, platforms and countries."""
RECURS, TIPS, MESSAGES, RETURNED = range(4)
ACTS = {
    **dict.fromkeys(received.PAYS, RECURS),
    Act.TIP: TIPS,
    Act.PPV: MESSAGES,
    **dict.fromkeys(received.BACK, RETURNED),
}
"""Kinds of money: what recurs, tips, paid messages, and what was paid back."""


@dataclass(slots=True)
class Words:
    """Words by number, those that come together by the alphabet: a column of them is numbers."""

    names: list[str] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)

    def column(self, words: Sequence[str] | Coded) -> Counts:
        """Return the number of each word; a new one gets the next."""
        if isinstance(words, Coded):
            return self.column(words.names)[words.codes]
        for word in sorted(set(words) - self.numbers.keys()):
            self.numbers[word] = len(self.names)
            self.names.append(word)
        known = self.numbers
        return np.array([known[word] for word in words], dtype=np.int64)

    def number(self, word: str) -> int:
        """Return the number of one word."""
        return int(self.column([word])[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """When anything was last heard of a platform's account for a performer."""

    platform: str
    character: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Cash:
    """What came in, by subscription, kind and currency; paid back is below 0, in its own kind.

    `net` is less fees and taxes; `unnetted` where nobody knows a fee, which is not taken off then.
    """

    of: Counts
    act: Counts
    currency: Counts
    amount: Counts
    net: Counts
    unnetted: Flags


@dataclass(frozen=True, kw_only=True)
class Book:
    """Subscriptions in columns, an entry each, and what is paid for them.

    `platform`, `country` and `character` are numbers of `places`, `currencies` those of claims.
    """

    paid: PaidTime
    subscriber: Counts
    platform: Counts
    country: Counts
    character: Counts
    calendar: Flags
    places: Words
    currencies: Words
    heard: tuple[Heard, ...]
    cash: Cash
    until: datetime

    def tier(self, number: int) -> str:
        """Return a tier by its number; "" is what nobody tells."""
        return TIERS[number] if 0 <= number < len(TIERS) else ""


STALE = timedelta(days=35)
"""Nothing heard of an account for so long is told: its people may have left."""


def stale(found: Book) -> tuple[str, ...]:
    """Return in words of which accounts nothing was heard for long."""
    return tuple(
        f"{one.platform} for {one.character or 'nobody in particular'}: nothing was heard since "
        f"{one.at:%Y-%m-%d}; who was due to renew then is pending"
        for one in found.heard
        if found.until - one.at > STALE
    )


def book(studio: Studio, span: tuple[datetime, datetime] | None = None) -> Book:
    """Return what is known now, and what came in within a time."""
    now = studio.clock()
    with studio.database.transaction() as session:
        return read(session, studio.config.platform_terms, now, span or (now, now))


def read(
    session: Session, terms: TermsOfPlatforms, until: datetime, span: tuple[datetime, datetime]
) -> Book:
    """Return the book from the tables."""
    of = numbered(session)
    came = takings.cash(session, *span)
    taken = of.column(came[0], came[1])
    paid, gone = payments(session, of, until)
    said = exports(session, of, until)
    known = heard(of, paid, said)
    bills = billed(of, known, terms.platforms)
    platform, character = of.platform, of.character
    return Book(
        paid=PaidTime(claims(paid, said, gone, bills), of.who.size),
        subscriber=of.who,
        platform=platform,
        country=of.country,
        character=character,
        calendar=bills.calendar,
        places=of.places,
        currencies=of.currencies,
        cash=cash(of, taken, came, bills),
        heard=tuple(
            Heard(
                platform=of.places.names[platform[first]],
                character=of.places.names[character[first]],
                at=datetime.fromtimestamp(int(known[first]), UTC),
            )
            for first in np.unique(platform * MOST_PLACES + character, return_index=True)[1]
        ),
        until=until,
    )


@dataclass(slots=True)
class Numbered:
    """Subscriptions by number: each of a subscriber to a performer, as rows or payments name it.

    `people` are in order of their id; all words are numbers of `places`.
    """

    people: Counts
    home: Counts
    land: Counts
    places: Words
    keys: Counts = field(default_factory=lambda: NONE)
    numbers: Counts = field(default_factory=lambda: NONE)
    rows: tuple[Counts, Counts] = field(default_factory=lambda: (NONE, NONE))
    who: Counts = field(default_factory=lambda: NONE)
    character: Counts = field(default_factory=lambda: NONE)
    currencies: Words = field(default_factory=Words)

    @property
    def platform(self) -> Counts:
        """Return the platform of each."""
        return self.home[np.searchsorted(self.people, self.who)]

    @property
    def country(self) -> Counts:
        """Return where each is."""
        return self.land[np.searchsorted(self.people, self.who)]

    def column(self, who: Counts, characters: Coded) -> Counts:
        """Return the number of each; without a performer it is the only one there is, if it is."""
        keys = self.places.column(characters) + who * MOST_PLACES
        found = looked_up(keys, self.keys, self.numbers)
        strange = np.flatnonzero(found == UNKNOWN)
        each, where = np.unique(keys[strange], return_inverse=True)
        nobody = each % MOST_PLACES == self.places.number("")
        new = np.empty(each.size, dtype=np.int64)
        # Those of a performer first: one without belongs to them.
        new[~nobody] = self.added(each[~nobody])
        new[nobody] = self.nameless(each[nobody])
        found[strange] = new[where]
        return found

    def added(self, keys: Counts) -> Counts:
        """Return the numbers of pairs that have none, and know them from now on."""
        numbers = self.who.size + np.arange(keys.size)
        self.who = np.concatenate([self.who, keys // MOST_PLACES])
        self.character = np.concatenate([self.character, keys % MOST_PLACES])
        both = np.concatenate([self.keys, keys]), np.concatenate([self.numbers, numbers])
        order = np.argsort(both[0], kind="stable")
        self.keys, self.numbers = both[0][order], both[1][order]
        return numbers

    def nameless(self, keys: Counts) -> Counts:
        """Return the only subscription there is for each, else one of its own."""
        order = np.argsort(self.who, kind="stable")
        whose, mine = self.who[order], keys // MOST_PLACES
        first = np.searchsorted(whose, mine)
        single = np.searchsorted(whose, mine, side="right") - first == 1
        found = np.empty(keys.size, dtype=np.int64)
        found[single] = order[first[single]]
        found[~single] = self.added(keys[~single])
        return found


def looked_up(wanted: Counts, keys: Counts, values: Counts) -> Counts:
    """Return the value of each key, `UNKNOWN` where there is none; keys are in order."""
    if not keys.size:
        return np.full(wanted.size, UNKNOWN, dtype=np.int64)
    at = np.minimum(np.searchsorted(keys, wanted), keys.size - 1)
    return np.where(keys[at] == wanted, values[at], UNKNOWN)


def numbered(session: Session) -> Numbered:
    """Return the subscriptions that have a row."""
    who, platform, country = takings.people(session)
    places = Words()
    found = Numbered(who, places.column(platform), places.column(country), places)
    rows, subscriber, character = takings.subscriptions(session)
    found.rows = rows, found.column(subscriber, character)
    return found


def payments(session: Session, of: Numbered, until: datetime) -> tuple[Payments, Ends]:
    """Return payments, by subscription and time, and the ends that events tell of."""
    names, who, character, ends, at, *money, currency = takings.payments(session, until)
    number, instants = of.column(who, character), at
    sums = np.zeros(names.size, dtype=np.int64)
    last = sums + FOREVER
    if back := takings.paid_back(session, until):
        mine = np.flatnonzero(np.isin(names, list(back)))
        sums[mine], last[mine] = np.array([back[int(names[one])] for one in mine]).reshape(-1, 2).T
    over = ends > 0
    order = np.lexsort((names, instants, number))
    order = order[~over[order]]
    columns = (*money, of.currencies.column(currency), sums, last)
    paid = Payments(*(column[order] for column in (number, instants, *columns)))
    return paid, Ends(number[over], instants[over], instants[over])


def exports(session: Session, of: Numbered, until: datetime) -> Exports:
    """Return what exports say, by subscription and time; days are of the platform's zone."""
    rows, seen, status, began, ends, months, price, currency, tier = takings.exports(session, until)
    number = looked_up(rows, *of.rows)
    tiers = tier.of({name: at for at, name in enumerate(TIERS)})
    free = tiers == TIERS.index(Tier.FREE)
    zones = Words()
    zone = zones.column([ZONES.get(name, "UTC") for name in of.places.names])[of.platform[number]]
    order = np.lexsort((seen, number))
    every = (
        number,
        seen,
        status.of(STATUS),
        days(began, zone, zones.names, 0),
        days(ends, zone, zones.names, 1),
        np.maximum(months, 1),
        np.where(free & (price == UNKNOWN), 0, price),
        of.currencies.column(currency),
        tiers,
    )
    return Exports(*(column[order] for column in every))


def days(midnight: Counts, zone: Counts, zones: Sequence[str], after: int) -> Counts:
    """Return when days begin in their zones, or `after` them, from their midnights in UTC."""
    found = np.full(midnight.size, UNKNOWN, dtype=np.int64)
    for number, name in enumerate(zones):
        mine = (zone == number) & (midnight != UNKNOWN)
        found[mine] = midnights(midnight[mine] // DAY + after, name)
    return found


def cash(of: Numbered, taken: Counts, came: Sequence[takings.Column], bills: Bills) -> Cash:
    """Return what came in, less what platforms keep: as told, else by their share."""
    _, _, act, currency, amount, fee, tax, untold = came
    keeps = bills.keeps[taken]
    share = np.rint(untold * np.nan_to_num(keeps)).astype(np.int64)
    return Cash(
        of=taken,
        act=act.of({name: ACTS[Act(name)] for name in act.names}),
        currency=of.currencies.column(currency),
        amount=amount,
        net=amount - fee - share - tax,
        unnetted=(untold != 0) & np.isnan(keeps),
    )


def heard(of: Numbered, paid: Payments, said: Exports) -> Counts:
    """Return for each subscription when anything was last heard of the account it is one of."""
    account = np.unique(of.platform * MOST_PLACES + of.character, return_inverse=True)[1]
    last = np.zeros(of.who.size + 1, dtype=np.int64)
    np.maximum.at(last, account[paid.of], paid.at)
    np.maximum.at(last, account[said.of], said.seen)
    return last[account]


def billed(of: Numbered, known: Counts, terms: Mapping[str, PlatformTerms]) -> Bills:
    """Return how each subscription is billed; a platform without a row as most are."""
    own, which = [terms.get(name) for name in of.places.names], of.platform
    grace = [one.grace_days * DAY if one else 0 for one in own]
    calendar = [bool(one and one.calendar_months) for one in own]
    keeps = [
        np.nan if one is None or one.fee_percent is None else one.fee_percent / 100 for one in own
    ]
    return Bills(
        grace=np.array(grace, dtype=np.int64)[which],
        calendar=np.array(calendar, dtype=bool)[which],
        known=known,
        keeps=np.array(keeps, dtype=np.float64)[which],
    )
