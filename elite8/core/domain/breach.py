"""What to do when data of people got out, and by when; a list to go down, not legal advice."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """Whom to tell within how long of knowing; `within` is the shortest that was read."""

    law: str
    whom: str
    within: timedelta
    says: str
    source: str
    as_of: date
    confidence: Literal["confirmed", "inferred"]


AS_OF = date(2026, 11, 26)
DUTIES = (
    Duty(
        law="GDPR / UK GDPR",
        whom="the supervisory authority",
        within=timedelta(hours=72),
        says="72 hours, unless a risk to people is unlikely; people themselves when it is high",
        source="GDPR, articles 33 and 34",
        as_of=AS_OF,
        confidence="confirmed",
    ),
    Duty(
        law="Indonesia",
        whom="the people and the authority, in writing",
        within=timedelta(days=3),
        says="3 times 24 hours",
        source="reference/compliance.md section 4",
        as_of=AS_OF,
        confidence="inferred",
    ),
    Duty(
        law="APPI (Japan)",
        whom="the Personal Information Protection Commission, a preliminary report",
        within=timedelta(days=3),
        says="3 to 5 days",
        source="reference/compliance.md section 4",
        as_of=AS_OF,
        confidence="inferred",
    ),
)
STEPS = (
    "write down when you knew, what you saw, and who saw it: every clock runs from there",
    "stop it: elite8 publish pause; change ELITE8_TOKEN_KEY, then: elite8 accounts key --reseal",
    "that reads the OLD key, the one before, from standard input",
    "revoke sign-ins at the networks and sign in anew: elite8 accounts list",
    "keep what shows it: elite8 monitor audit verify, a copy of the logs, elite8 db backup",
    "say what was in it: names and addresses are encrypted; was keys/ taken with the database?",
    "say how many people in which countries: elite8 subscribers privacy page",
    "tell the authorities below in time, and the people where the risk for them is high",
    "write down what you decided and why, also where you tell nobody (GDPR, article 33(5))",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A duty with its end."""

    duty: Duty
    until: datetime


def clocks(known_at: datetime) -> tuple[Due, ...]:
    """Return the duties, what is due first on top."""
    found = [Due(duty=one, until=known_at + one.within) for one in DUTIES]
    return tuple(sorted(found, key=lambda one: one.until))
