"""A row of an export as what it says of a subscriber, by a profile; nothing is guessed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from elite8.core.domain.profile import Profile
from elite8.core.domain.subscriber import Act, SubscriptionStatus, Tier
from elite8.core.operations import cells
from elite8.core.operations.cells import LONGEST, Times, Wrong, printed

ACTS = tuple(Act)
KNOWN = frozenset(map(str, Act))
STATUSES = tuple(SubscriptionStatus)
TIERS = tuple(Tier)
PAID_BACK = (Act.REFUND, Act.CHARGEBACK)
MOST_MONTHS = 60
SUMS = tuple(f"{name}{unit}" for name in ("amount", "fee", "tax", "net") for unit in ("", "_minor"))


class Name(NamedTuple):
    """A name on a platform: an id that stays, a handle, or both."""

    platform: str
    id: str
    handle: str


class Did(NamedTuple):
    """What somebody did; `native` is what the platform calls it, `about` what it answers."""

    line: int
    name: Name
    character: str
    act: str
    at: datetime
    amount: int | None
    fee: int | None
    tax: int | None
    currency: str
    quantity: float
    duration: float | None
    completion: float | None
    content: str
    native: str
    about: str


class Stands(NamedTuple):
    """How a subscription stands by one export, in the order of `storage.subscribers.TERMS`."""

    line: int
    name: Name
    character: str
    terms: tuple[object, ...]
    country: str
    language: str
    birth_year: int | None
    last_seen: datetime | None


@dataclass(frozen=True, slots=True)
class Reading:
    """How this file is read: its profile, times, and whom and which platforms we know."""

    profile: Profile
    times: Times
    platforms: frozenset[str]
    characters: frozenset[str]
    sums: tuple[str, ...] = SUMS

    def did(self, line: int, said: Mapping[str, str]) -> Did:
        """Return the event that a row tells, or raise what is wrong with it."""
        get = said.get
        currency = cells.currency_of(get("currency", "")) if get("currency") else ""
        amount, fee, tax = self.money(said, currency)
        act = act_of(said)
        if act in PAID_BACK and amount is not None and amount > 0:
            amount, fee, tax = -amount, -fee if fee else fee, -tax if tax else tax
        decimal = self.profile.decimal
        quantity = cells.number(get("quantity", ""), decimal, "quantity")
        return Did(
            line,
            self.name(said),
            self.character(said),
            act,
            self.times.instant(get("occurred_at", ""), "occurred_at"),
            amount,
            fee,
            tax,
            currency if amount is not None else "",
            1.0 if quantity is None else quantity,
            cells.number(get("duration_s", ""), decimal, "duration_s"),
            cells.number(get("completion_ratio", ""), decimal, "completion_ratio", 1.0),
            get("content_id", ""),
            get("event_id", ""),
            get("about_id", ""),
        )

    def stands(self, line: int, said: Mapping[str, str]) -> Stands:
        """Return the subscription that a row tells, or raise what is wrong with it."""
        get, times = said.get, self.times
        currency = cells.currency_of(get("currency", "")) if get("currency") else ""
        price = self.sum_of(said, "price", currency)
        seen, months = get("last_seen_at", ""), cells.whole_number(get("months", ""), "months")
        if months is not None and not 1 <= months <= MOST_MONTHS:
            raise Wrong(f"months: {months} is not from 1 to {MOST_MONTHS}")
        terms = (
            self.tier(said, price, currency),
            price,
            currency,
            1 if months is None else months,
            cells.one_of(get("status", ""), "status", STATUSES),
            cells.truth(get("auto_renew", ""), "auto_renew"),
            times.day(get("started_on", ""), "started_on"),
            times.day(get("current_period_end", ""), "current_period_end"),
            printed(get("left_reason", "")),
            times.instant(get("exported_at", ""), "exported_at"),
        )
        return Stands(
            line,
            self.name(said),
            self.character(said, needed=True),
            terms,
            country_of(get("country", "")),
            get("locale", "")[:8],
            self.birth_year(get("birth_year_declared", "")),
            times.instant(seen, "last_seen_at") if seen else None,
        )

    def name(self, said: Mapping[str, str]) -> Name:
        """Return who it was; the platform is one that has a row in our policy."""
        platform = said.get("platform", "").casefold()
        if platform not in self.platforms:
            known = ", ".join(sorted(self.platforms))
            raise Wrong(f"platform: '{printed(platform)}' is not known; {known}")
        return name_of(platform, said.get("platform_user_id", ""), said.get("handle", ""))

    def character(self, said: Mapping[str, str], *, needed: bool = False) -> str:
        """Return to which of ours it was, "" for whom a row does not say."""
        found = said.get("character_id", "").casefold()
        if found and found not in self.characters:
            known = ", ".join(sorted(self.characters))
            raise Wrong(f"character_id: '{printed(found)}' is none; {known}")
        if needed and not found:
            raise Wrong("character_id: it says of no performer; name them with --character")
        return found

    def money(
        self, said: Mapping[str, str], currency: str
    ) -> tuple[int | None, int | None, int | None]:
        """Return gross, fee and tax in minor units; where net is told they agree within one."""
        if not any(name in said for name in self.sums):
            return None, None, None
        amount, fee, tax, net = (
            self.sum_of(said, name, currency) for name in ("amount", "fee", "tax", "net")
        )
        if amount is None:
            if fee is not None or tax is not None or net is not None:
                raise Wrong("amount: there is a fee, a tax or a net, but no gross amount")
            return None, None, None
        if not currency:
            raise Wrong("currency: an amount has none; write one like EUR")
        if net is not None and abs(amount - (fee or 0) - (tax or 0) - net) > 1:
            raise Wrong(
                f"amount: {amount} less fee {fee or 0} and tax {tax or 0} is not net {net} "
                f"(minor units of {currency})"
            )
        return amount, fee, tax

    def sum_of(self, said: Mapping[str, str], name: str, currency: str) -> int | None:
        """Return an amount in minor units, written so or as people write it."""
        small, big = said.get(f"{name}_minor", ""), said.get(name, "")
        if small:
            return cells.whole_number(small, f"{name}_minor")
        if big and not currency:
            raise Wrong(f"currency: '{name}' has none; write one like EUR")
        return cells.money(big, currency, self.profile.decimal, name) if big else None

    def tier(self, said: Mapping[str, str], price: int | None, currency: str) -> str:
        """Return the tier as the row or the profile's own prices say; any other is `other`."""
        if written := said.get("tier", ""):
            return cells.one_of(written, "tier", TIERS)
        if price == 0:
            return Tier.FREE
        for one in self.profile.tiers:
            listed = cells.money(one.price, one.currency, ".", "tiers")
            if (listed, one.currency) == (price, currency):
                return one.tier
        return Tier.OTHER

    def birth_year(self, written: str) -> int | None:
        """Return the year somebody says they were born in; a whole date is never kept."""
        found = cells.whole_number(written, "birth_year_declared")
        if found is not None and not 1900 <= found <= self.times.latest.year:  # noqa: PLR2004  # years of the living
            raise Wrong(f"birth_year_declared: {found} is no year; a whole date is not kept")
        return found


def name_of(platform: str, name: str, written: str) -> Name:
    """Return who it was, by an id, a handle, or both."""
    handle = written.removeprefix("@")
    if not name and not handle:
        raise Wrong("it says of nobody: neither platform_user_id nor handle")
    if len(name) > LONGEST or len(handle) > LONGEST or not (name + handle).isprintable():
        raise Wrong(f"a name is over {LONGEST} letters, or holds signs that are none")
    return Name(platform, name, handle)


def act_of(said: Mapping[str, str]) -> str:
    """Return what was done; a `message` is in or out by its direction."""
    written = said.get("type", "")
    if written in KNOWN:
        return written
    written = written.casefold()
    if written == "message":
        written = f"message_{said.get('direction', '').casefold()}"
    return cells.one_of(written, "type", ACTS)


def country_of(written: str) -> str:
    """Return a country's two letters, "" for an unknown one."""
    found = written.upper()
    if found and not (len(found) == 2 and found.isascii() and found.isalpha()):  # noqa: PLR2004  # ISO 3166
        raise Wrong(f"country: '{printed(written)}' is none; write two letters, as US")
    return found


@dataclass(frozen=True, slots=True)
class Layout:
    """Where in a row each of our fields stands, and what is the same in all."""

    width: int
    at: tuple[tuple[str, int], ...]
    constants: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, profile: Profile, header: Sequence[str], constants: Mapping[str, str]) -> "Layout":
        """Return the layout of a header."""
        place = {name: number for number, name in enumerate(header)}
        mine = {ours: theirs for ours, theirs in profile.columns.items() if theirs in place}
        return cls(
            width=len(header),
            at=tuple((ours, place[theirs]) for ours, theirs in mine.items()),
            constants=tuple({**profile.constants, **constants}.items()),
        )

    def said(self, profile: Profile, row: Sequence[str]) -> dict[str, str] | None:
        """Return the texts of a row by our names, mapped; `None` for one the profile skips."""
        if len(row) != self.width:
            raise Wrong(f"it has {len(row)} cells, the header {self.width}")
        found = dict(self.constants)
        for name, number in self.at:
            if text := row[number].strip():
                found[name] = text
        for name, skipped in profile.skip.items():
            if found.get(name) in skipped:
                return None
        for name, words in profile.value_map.items():
            if name in found:
                found[name] = mapped(name, found[name], words)
        return found


def mapped(name: str, text: str, words: Mapping[str, str]) -> str:
    """Return what a word means; where a profile maps words, one it does not know is wrong."""
    if text in words:
        return words[text]
    raise Wrong(f"{name}: the profile does not know '{printed(text)}'; it maps {', '.join(words)}")
