"""What is checked before a message goes to a person: one function each, over what is known.

Each says what it found wrong, "" when nothing is. A fact that is not known is wrong.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from elite8.core.domain.check import UNKNOWN_REGION, Terms
from elite8.core.domain.network import Wording
from elite8.core.domain.text import links_in

Channel = Literal["line", "email"]
Purpose = Literal["marketing", "service"]
ConsentStatus = Literal["none", "pending_doi", "granted", "withdrawn"]
Age = Literal["adult", "minor", "unknown"]
MessageCheckName = Literal[
    "consent_is_granted",
    "consent_is_confirmed",
    "consent_is_fresh",
    "nobody_suppressed",
    "of_age_for_adult",
    "hour_is_not_quiet",
    "contacts_within",
    "message_says_ai",
    "message_says_ad",
    "says_sender",
    "says_postal_address",
    "has_opt_out",
    "policy_allows",
]
MONTH = timedelta(days=30.44)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFacts:
    """What is known of one message to one person at the moment it would be sent.

    `hour` is the wall clock where the person is, in hours with minutes as a fraction, `None` when
    their zone is unknown. `contacts` counts marketing messages of the last seven days, on every
    channel, and drafts that were handed out. `policy` is what the platform's row says of reaching
    out.
    """

    channel: Channel
    purpose: Purpose
    now: datetime
    wording: Wording
    sentence: str
    consent: ConsentStatus
    granted_at: datetime | None
    confirmed_at: datetime | None
    suppressed: bool
    age: Age
    hour: float | None
    contacts: int
    sender: str
    postal_address: str
    opt_out: bool
    policy: Literal["allowed", "drafts_only", "banned", "unknown"]
    rating: str
    advertising: tuple[str, ...] = ()
    minor_words: tuple[str, ...] = ()
    region: str = UNKNOWN_REGION
    adult: bool = False
    spoken: str = ""
    network: str = ""
    action: Literal["message"] = "message"

    @property
    def words(self) -> str:
        """Everything the person can read."""
        return f"{self.wording.title}\n{self.wording.caption}"

    @property
    def sells(self) -> bool:
        """Whether it is advertising: meant so, or it carries a link."""
        return self.purpose == "marketing" or bool(links_in(self.words))


MessageCheck = Callable[[Terms, MessageFacts], str]


def consent_is_granted(_: Terms, facts: MessageFacts) -> str:
    """Ask for a consent on record for this channel and purpose, not withdrawn."""
    return "" if facts.consent == "granted" else f"the consent is '{facts.consent}'"


def consent_is_confirmed(_: Terms, facts: MessageFacts) -> str:
    """Ask that the person confirmed it a second time (double opt-in)."""
    return "" if facts.confirmed_at is not None else "it was not confirmed a second time"


def consent_is_fresh(terms: Terms, facts: MessageFacts) -> str:
    """Ask that the consent be no older than `most` months."""
    if facts.granted_at is None:
        return "nobody knows when it was given"
    months = (facts.now - facts.granted_at) / MONTH
    return "" if months <= (terms.most or 0) else f"it is {months:.0f} months old"


def nobody_suppressed(_: Terms, facts: MessageFacts) -> str:
    """Ask that the address be on no suppression list."""
    return "the address is suppressed" if facts.suppressed else ""


def of_age_for_adult(_: Terms, facts: MessageFacts) -> str:
    """Ask that whoever gets adult matters be known to be an adult."""
    if not facts.adult or facts.age == "adult":
        return ""
    return "the age is unknown" if facts.age == "unknown" else "the person is a minor"


def hour_is_not_quiet(terms: Terms, facts: MessageFacts) -> str:
    """Ask that it be `least` o'clock or later, and before `most`, where the person is."""
    if facts.hour is None:
        return "the person's zone is unknown"
    quiet = not (terms.least or 0) <= facts.hour < (terms.most or 0)
    clock = f"{int(facts.hour):02}:{int(facts.hour % 1 * 60):02}"
    return f"it is {clock} there" if quiet else ""


def contacts_within(terms: Terms, facts: MessageFacts) -> str:
    """Ask that with this one no more than `most` marketing messages fall into seven days."""
    if facts.purpose != "marketing" or facts.contacts + 1 <= (terms.most or 0):
        return ""
    return f"{facts.contacts} within the last seven days"


def message_says_ai(_: Terms, facts: MessageFacts) -> str:
    """Ask for the AI sentence of its language."""
    here = facts.sentence and facts.sentence in facts.wording.caption
    return "" if here else "the sentence is missing"


def message_says_ad(_: Terms, facts: MessageFacts) -> str:
    """Ask for one of the labels that advertising carries, in a line of its own or as a tag."""
    said = facts.words.split()
    here = any(label in said or label in facts.words.splitlines() for label in facts.advertising)
    return "" if here else "nothing says that it is advertising"


def says_sender(_: Terms, facts: MessageFacts) -> str:
    """Ask that it say from whom it is."""
    here = facts.sender and facts.sender in facts.words
    return "" if here else "nobody signs it ('sender' of phase2/messages_config.json)"


def says_postal_address(_: Terms, facts: MessageFacts) -> str:
    """Ask for the sender's postal address."""
    here = facts.postal_address and facts.postal_address in facts.words
    return "" if here else "no postal address is in it (phase2/messages_config.json)"


def has_opt_out(_: Terms, facts: MessageFacts) -> str:
    """Ask for a way out that works at once and needs no sign-in."""
    return "" if facts.opt_out else "there is no way to say no"


def policy_allows(_: Terms, facts: MessageFacts) -> str:
    """Ask that the platform's own row allow messages by a program."""
    return "" if facts.policy == "allowed" else f"its row says '{facts.policy}'"


MESSAGE_CHECKS: Mapping[MessageCheckName, MessageCheck] = {
    "consent_is_granted": consent_is_granted,
    "consent_is_confirmed": consent_is_confirmed,
    "consent_is_fresh": consent_is_fresh,
    "nobody_suppressed": nobody_suppressed,
    "of_age_for_adult": of_age_for_adult,
    "hour_is_not_quiet": hour_is_not_quiet,
    "contacts_within": contacts_within,
    "message_says_ai": message_says_ai,
    "message_says_ad": message_says_ad,
    "says_sender": says_sender,
    "says_postal_address": says_postal_address,
    "has_opt_out": has_opt_out,
    "policy_allows": policy_allows,
}
