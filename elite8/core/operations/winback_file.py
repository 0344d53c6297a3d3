"""A campaign as the operator writes it down: options, or a TOML file with the same names."""

import tomllib
from collections.abc import Mapping
from datetime import date, datetime, time
from difflib import get_close_matches
from pathlib import Path
from zoneinfo import ZoneInfo

from elite8.core.domain import money
from elite8.core.errors import ConfigError
from elite8.core.operations.winback_plan import Wish
from elite8.core.studio import Studio

TEXTS = (
    *("kind", "by", "character", "text", "language", "subject", "bonus", "code", "price_after"),
    *("currency", "agree", "cancel_how", "budget"),
)
WHOLE = (
    *("percent", "months", "days", "lapsed_least", "lapsed_most", "window", "cool_down"),
    "most_a_year",
)
RATES = ("hold_out", "message_cost", "bonus_cost", "base", "hoped", "worthwhile")
LISTS, TIMES, SWITCHES = ("platform", "tier"), ("deadline", "code_ends"), ("ends",)
KINDS: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(TEXTS, (str,)),
    **dict.fromkeys(WHOLE, (int,)),
    **dict.fromkeys(RATES, (int, float)),
    **dict.fromkeys(LISTS, (str, list)),
    **dict.fromkeys(TIMES, (str, date, datetime)),
    **dict.fromkeys(SWITCHES, (bool,)),
}
CALLED = {
    "by": "channel",
    "cancel_how": "cancel",
    "window": "window_days",
    "cool_down": "cool_down_days",
    "platform": "platforms",
    "tier": "tiers",
}
NEEDED = ("kind", "character", "platform", "text", "price_after")


def read(file: Path) -> dict[str, object]:
    """Return what a file says; what it should not say, or not so, is a ConfigError."""
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as trouble:
        raise ConfigError(f"{file} cannot be read: {trouble}") from None
    except (ValueError, RecursionError) as wrong:
        raise ConfigError(f"{file}: not TOML: {wrong}") from None
    for name, value in found.items():
        if name not in KINDS:
            near = get_close_matches(name, KINDS, 1)
            raise ConfigError(f"{file}: no key '{name[:40]}'{f'; {near[0]}?' if near else ''}")
        is_flag = isinstance(value, bool) and bool not in KINDS[name]
        if is_flag or not isinstance(value, KINDS[name]):
            wanted = " or ".join(kind.__name__ for kind in KINDS[name])
            raise ConfigError(f"{file}: {name} has to be {wanted}")
    return found


def wish(studio: Studio, name: str, given: Mapping[str, object]) -> Wish:
    """Return what is wanted; an amount or a time that is none is a ConfigError."""
    if missing := [each for each in NEEDED if not given.get(each)]:
        options = ", ".join(f"--{each.replace('_', '-')}" for each in missing)
        raise ConfigError(f"a campaign needs {', '.join(missing)} in --file, or {options}")
    currency, zone = str(given.get("currency", "USD")), studio.settings.time_zone
    told: dict[str, object] = {"name": name, "channel": "draft", "currency": currency}
    for key, value in given.items():
        if key in LISTS:
            told[CALLED[key]] = words(value)
        elif key in TIMES:
            told[key] = instant(value, zone)
        elif key == "price_after":
            told["price_after_minor"] = amount(str(value), currency)
        elif key == "budget":
            told["budget_minor"] = amount(str(value), currency)
        elif key == "ends":
            told["renews"] = not value
        else:
            told[CALLED.get(key, key)] = value
    return Wish(**told)  # type: ignore[arg-type]  # checked as it is kept


def words(value: object) -> tuple[str, ...]:
    """Return words of a list, or with commas between."""
    every = value if isinstance(value, list) else str(value).split(",")
    return tuple(filter(None, (str(word).strip() for word in every)))


def amount(written: str, currency: str) -> int:
    """Return an amount in minor units."""
    try:
        return money.minor(written, money.known_currency(currency))
    except ValueError as wrong:
        raise ConfigError(str(wrong)) from None


def instant(said: object, zone: str) -> datetime:
    """Return an instant, in the operator's zone unless it names one; of a day its last minute."""
    try:
        found = said if isinstance(said, date) else parsed(str(said))
    except ValueError:
        raise ConfigError(f"'{str(said)[:30]}' is no time; write 2026-12-10T18:00") from None
    if not isinstance(found, datetime):
        found = datetime.combine(found, time(23, 59))
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))


def parsed(text: str) -> date:
    """Return a day, or an instant, as it is written."""
    if len(text) == len("2026-12-10"):
        return date.fromisoformat(text)
    return datetime.fromisoformat(text)
