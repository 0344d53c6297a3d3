"""A consent as somebody says it was given, checked before anything is kept."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from elite8.core.domain.country import countries
from elite8.core.domain.message import Age, Channel, Purpose
from elite8.core.domain.text import printable
from elite8.core.errors import ConfigError

Source = Literal["form", "platform_native", "import_attested"]
CHANNELS: tuple[Channel, ...] = get_args(Channel)
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
CHOICES = {
    "channel": CHANNELS,
    "purpose": PURPOSES,
    "age": get_args(Age),
    "source": get_args(Source),
}


LONGEST = {"evidence": 200, "wording": 64}


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A consent as it was given; "" is unknown, and `at` is now when it is `None`.

    `confirmed_at`: when it was confirmed a second time, by whoever collected it.
    """

    channel: str
    address: str
    purpose: str = "marketing"
    country: str = ""
    zone: str = ""
    language: str = ""
    age: str = "unknown"
    source: str = "form"
    evidence: str = ""
    wording: str = ""
    at: datetime | None = None
    confirmed_at: datetime | None = None

    def __post_init__(self) -> None:
        """Write the country in capital letters."""
        object.__setattr__(self, "country", self.country.upper())


def check(given: Given) -> None:
    """Refuse what is no consent: unknown words, instants to come, zones that are none."""
    for name in CHOICES:
        chosen(name, getattr(given, name))
    if given.country and given.country not in countries():
        raise ConfigError(f"no country{quoted(given.country)}; write its two letters, as DE or GB")
    if given.language and not re.fullmatch("[a-z]{2}", given.language):
        raise ConfigError(f"no language{quoted(given.language)}; write two small letters, as de")
    if given.zone:
        try:
            ZoneInfo(given.zone)
        except (KeyError, ValueError, OSError):
            raise ConfigError(f"no zone{quoted(given.zone)}; write one as Europe/Berlin") from None
    for name, most in LONGEST.items():
        said = getattr(given, name)
        if len(said) > most or printable(said) != said.strip() or "\n" in said:
            raise ConfigError(f"{name} is one line of at most {most} characters")
    if given.source == "form" and not given.evidence:
        raise ConfigError(
            "say where the proof is kept with --evidence, as form-2026-11/4711; without it there "
            "is no consent"
        )


def chosen(name: str, said: str) -> None:
    """Refuse a word that is none of those there are for `name`."""
    if said not in CHOICES[name]:
        raise ConfigError(f"no {name}{quoted(said)}; choose {', '.join(CHOICES[name])}")


def quoted(said: str) -> str:
    """Return what was written, for a complaint; "" for what may be an address elsewhere."""
    may_be = "@" in said or re.match("U[0-9a-f]{8}", said) is not None
    return "" if may_be else f" '{printable(said)[:20]}'"
