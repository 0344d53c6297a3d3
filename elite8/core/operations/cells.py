"""Texts of an export as values: money, times, days, numbers; what is none is told in words."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from elite8.core import clock
from elite8.core.domain.money import MOST, known_currency, minor
from elite8.core.errors import ConfigError

AHEAD = timedelta(days=1)
OLDEST_YEAR = 1990
LONGEST = 200
LONGEST_CELL = 2000
SIGNS = {"€": {"EUR"}, "£": {"GBP"}, "¥": {"JPY", "CNY"}}
"""Signs of money that are of few currencies; $ is of many."""
AMOUNT = {
    ".": re.compile(r"-?(?:\d{1,3}(?:[ ',]\d{3})+|\d+)(?:\.\d+)?"),
    ",": re.compile(r"-?(?:\d{1,3}(?:[ '.]\d{3})+|\d+)(?:,\d+)?"),
}
"""How an amount is written, by its decimal sign; thousands are in threes."""
AROUND = re.compile(r"\s*(?:[$€£¥円]|[A-Z]{1,3})\s*")
"""What stands before or after the digits of an amount: a sign, a code, the R of R$."""
SAME_SIGNS = str.maketrans({"\u2212": "-", "\u2019": "'", "\\": "¥"})
"""Signs that mean the same in sums: the minus of typesetters, the Swiss apostrophe, and the sign
that is a yen on Japanese Windows (CP932, 0x5C)."""
YES = {"true", "yes", "1", "on", "y"}
NO = {"false", "no", "0", "off", "n"}


class Wrong(ValueError):
    """What is wrong with one row, in words that name nobody."""


@dataclass(frozen=True, slots=True)
class Times:
    """How times are written: formats in order, and the zone of those that have none."""

    formats: tuple[str, ...]
    zone: ZoneInfo | None
    latest: datetime

    def instant(self, written: str, name: str) -> datetime:
        """Return an instant in UTC."""
        at = self.parsed(written, name)
        if at.tzinfo is None:
            if self.zone is None:
                raise Wrong(f"{name}: it has no zone; set tz in the profile, or give --zone")
            at = at.replace(tzinfo=self.zone)
        if at.tzinfo is not UTC:
            at = at.astimezone(UTC)
        if at > self.latest:
            raise Wrong(f"{name}: {written[:40]} is yet to come")
        if at.year < OLDEST_YEAR:
            raise Wrong(f"{name}: {written[:40]} is too long ago to be so")
        return at

    def day(self, written: str, name: str) -> date | None:
        """Return a day as it is written, `None` for none."""
        return self.parsed(written, name).date() if written else None

    def parsed(self, written: str, name: str) -> datetime:
        """Return what the first format that fits makes of it."""
        for one in self.formats:
            try:
                if one == "iso":
                    return datetime.fromisoformat(written)
                return datetime.strptime(written, one)  # noqa: DTZ007  # its zone is put on above
            except ValueError:
                continue
        raise Wrong(f"{name}: '{printed(written)}' is not written as {' or '.join(self.formats)}")


def zone_of(name: str) -> ZoneInfo | None:
    """Return a zone, `None` for ""; one that is none is a ConfigError."""
    try:
        return clock.zone_of(name) if name else None
    except ValueError as wrong:
        raise ConfigError(str(wrong)) from None


def printed(said: str) -> str:
    """Return a short piece of a cell that may be shown: nobody is named in times and sums."""
    return "".join(sign if sign.isprintable() else "?" for sign in said[:30])


@lru_cache(maxsize=256)
def currency_of(said: str) -> str:
    """Return a currency's code."""
    try:
        return known_currency(said.strip().upper())
    except ValueError as wrong:
        raise Wrong(f"currency: {wrong}") from None


@lru_cache(maxsize=8192)
def money(written: str, currency: str, decimal: str, name: str) -> int | None:
    """Return minor units of an amount as people write it, `None` for none.

    `($9.99)` and `9.99-` are negative. Thousands that are not in threes are something else.
    """
    if not written:
        return None
    plain = unicodedata.normalize("NFKC", written).translate(SAME_SIGNS).strip()
    check_sign(plain, written, currency, name)
    back = (plain.startswith("(") and plain.endswith(")")) or plain.endswith("-")
    digits = AROUND.sub("", plain.strip("()").removesuffix("-"))
    if not AMOUNT[decimal].fullmatch(digits):
        raise Wrong(f"{name}: '{printed(written)}' is no amount with the decimal sign '{decimal}'")
    bare = re.sub("[ ',]" if decimal == "." else "[ '.]", "", digits)
    try:
        found = minor(bare.replace(",", "."), currency)
    except ValueError as wrong:
        raise Wrong(f"{name}: {wrong}") from None
    return -found if back else found


def check_sign(plain: str, written: str, currency: str, name: str) -> None:
    """Refuse an amount that names another currency than its row."""
    sign = next((one for one, codes in SIGNS.items() if one in plain and currency not in codes), "")
    code = next((one for one in re.findall("[A-Z]{3}", plain) if one != currency), "")
    if sign or code:
        said = sign or code
        raise Wrong(f"{name}: '{printed(written)}' is in {said}, its row in {currency or 'none'}")


@lru_cache(maxsize=8192)
def whole_number(written: str, name: str) -> int | None:
    """Return minor units written as a whole number, `None` for none."""
    if not written:
        return None
    try:
        found = int(written)
    except ValueError:
        raise Wrong(f"{name}: '{printed(written)}' is not whole") from None
    if abs(found) > MOST:
        raise Wrong(f"{name}: {printed(written)} is more than anybody pays")
    return found


@lru_cache(maxsize=8192)
def number(written: str, decimal: str, name: str, most: float = 1e9) -> float | None:
    """Return a number that is not negative, `None` for none."""
    if not written:
        return None
    try:
        found = float(written.replace(",", ".") if decimal == "," else written)
    except ValueError:
        found = -1.0
    if not 0 <= found <= most:
        raise Wrong(f"{name}: '{printed(written)}' is no number from 0 to {most:g}")
    return found


def truth(written: str, name: str) -> bool | None:
    """Return yes or no, `None` for what is unknown."""
    said = written.casefold()
    if said in YES or said in NO:
        return said in YES
    if said in ("", "unknown"):
        return None
    raise Wrong(f"{name}: '{printed(written)}' is neither true, false nor unknown")


def one_of(written: str, name: str, choices: Sequence[str]) -> str:
    """Return a word that is known."""
    said = written.casefold()
    if said not in choices:
        raise Wrong(f"{name}: '{printed(written)}' is not known; {', '.join(choices)}")
    return said
