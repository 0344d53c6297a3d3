"""Whom a winback may speak to, and who came back of those who could.

The gate is before the lot: who is refused is in neither arm (subscribers.md section 6).
"""

from dataclasses import dataclass
from datetime import date, timedelta

from elite8.core.domain.churn import Standing
from elite8.core.domain.share import Share

COOL_DOWN = timedelta(days=60)
"""Time between two winbacks of one person."""
MOST_A_YEAR = 2
WINDOW = timedelta(days=90)
"""Time in which coming back counts."""
YEAR = timedelta(days=365)
TOO_MANY = {1: "a winback within a year", 2: "two winbacks within a year"}
SURELY_ADULT = 19
"""Years from the year of birth: only then 18 are over whatever the day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What has to be known of a person before a winback; `adult` None is not known."""

    standing: Standing
    consents: bool
    opted_out: bool
    erased: bool
    charged_back: bool
    complained: bool
    adult: bool | None
    contact_allowed: bool
    winbacks: tuple[date, ...] = ()


def refusals(
    one: Candidate, today: date, *, cool_down: timedelta = COOL_DOWN, most: int = MOST_A_YEAR
) -> tuple[str, ...]:
    """Return why this person may not be spoken to, in words; empty if they may.

    A campaign may ask for a longer `cool_down` and for fewer than two a year.
    """
    since = [today - day for day in one.winbacks if day <= today]
    reasons = {
        "has not lapsed": one.standing != "churned",
        "no consent for this channel": not one.consents,
        "opted out": one.opted_out,
        "erased": one.erased,
        "charged a payment back": one.charged_back,
        "complained": one.complained,
        "not known to be adult": one.adult is not True,
        "the platform does not allow contact": not one.contact_allowed,
        f"a winback less than {cool_down.days} days ago": any(days < cool_down for days in since),
        TOO_MANY[most]: sum(days < YEAR for days in since) >= most,
    }
    return tuple(reason for reason, is_so in reasons.items() if is_so)


def is_adult(age: str, birth_year: int | None, today: date) -> bool | None:
    """Return whether somebody is surely an adult, None if nobody knows; a minor stays one.

    A year of birth goes before the word of whoever recorded a consent.
    """
    if age == "minor":
        return False
    if birth_year is not None:
        return today.year - birth_year >= SURELY_ADULT
    return True if age == "adult" else None


def came_back(lapses: tuple[tuple[date, date | None], ...], today: date) -> Share:
    """Return who came back within 90 days of those who lapsed at least 90 days before today.

    A lapse is its day and that of coming back, or None. Whose days are not over is left out, back
    or not: counting those who are early would flatter. Without a hold-out it says nothing of why.
    """
    over = [(lapsed, back) for lapsed, back in lapses if today - lapsed >= WINDOW]
    back = sum(back is not None and back - lapsed <= WINDOW for lapsed, back in over)
    return Share(back, len(over))
