"""Who is meant: by a pseudonym, a name on a platform, an address, or a person's key."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from elite8.core.domain.consent import Person
from elite8.core.domain.subscriber import PSEUDONYM, Subscriber
from elite8.core.errors import ConfigError, Refused
from elite8.core.operations import consents
from elite8.core.operations.given import CHANNELS
from elite8.core.storage import people, privacy, tombstones, vault
from elite8.core.storage.database import Session
from elite8.core.storage.vault import Vault
from elite8.core.studio import Studio

FEWEST = 6
"""Digits of a pseudonym that are taken for one."""
WORD = re.compile(rf"[0-9a-f]{{{FEWEST},{PSEUDONYM}}}")
Each = TypeVar("Each")
NOBODY = "nobody is known so; give the beginning of a pseudonym, PLATFORM:NAME, or a person's key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """One human being as far as is known: a person with consents, and subscribers linked to them.

    `buried`: nobody is there any more, and whoever it was, was erased.
    """

    persons: tuple[Person, ...] = ()
    subscribers: tuple[Subscriber, ...] = ()
    buried: bool = False

    @property
    def word(self) -> str:
        """By what a request calls them: the person's key, else a pseudonym."""
        if self.persons:
            return self.persons[0].key
        return self.subscribers[0].key if self.subscribers else ""

    @property
    def words(self) -> set[str]:
        """Every word that a request may call them by."""
        return {one.key for one in self.persons} | {one.key for one in self.subscribers}

    @property
    def ids(self) -> list[int]:
        """The numbers of the subscribers."""
        return [one.id for one in self.subscribers if one.id is not None]

    @property
    def country(self) -> str:
        """Where they live, "" for unknown; of several the one with the shorter time."""
        found = {one.country for one in self.persons} | {one.country for one in self.subscribers}
        found -= {""}
        return "ID" if "ID" in found else min(found, default="")


def find(studio: Studio, session: Session, who: str) -> Whom:
    """Return who is meant, with all that is linked; nobody, or several, is a ConfigError."""
    who = who.strip()
    platform, colon, name = who.partition(":")
    if colon:
        found = named(studio, session, platform.casefold(), name.strip())
    elif person := people.get(session, who.upper()):
        found = Whom(persons=(person,))
    else:
        found = pseudonymous(session, who.lower())
    if not (found.persons or found.subscribers or found.buried):
        raise ConfigError(NOBODY)
    if found.persons and all(one.erased_at for one in found.persons) and not found.subscribers:
        found = Whom(persons=found.persons, buried=True)
    return joined(session, found)


def pseudonymous(session: Session, beginning: str) -> Whom:
    """Return the one subscriber of a pseudonym's beginning."""
    if not WORD.fullmatch(beginning):
        return Whom()
    found = privacy.by_key(session, beginning)
    if len(found) > 1:
        raise ConfigError(f"several pseudonyms begin with '{beginning}'; give more of it")
    gone = not found and tombstones.buried_as(session, beginning)
    return Whom(subscribers=tuple(found), buried=gone)


def named(studio: Studio, session: Session, platform: str, name: str) -> Whom:
    """Return who has a name on a platform, or an address on a channel."""
    known = {*studio.config.policies.platforms, *CHANNELS}
    if platform not in known or not name:
        raise ConfigError(f"write PLATFORM:NAME; platforms are {', '.join(sorted(known))}")
    safe = consents.opened(studio, session)
    digest = vault.named(safe.salt, platform, name)
    subscribers = privacy.by_names(session, {digest, digest[:PSEUDONYM]})
    digests = {digest}
    persons: list[Person] = []
    if platform in CHANNELS and (address := address_digest(safe, platform, name)):
        digests.add(address)
        persons = privacy.at(session, {address})
    gone = not (subscribers or persons) and bool(tombstones.stones(session, digests))
    return Whom(persons=tuple(persons), subscribers=tuple(subscribers), buried=gone)


def address_digest(safe: Vault, channel: str, address: str) -> str:
    """Return by what an address is known, "" when it is none."""
    try:
        return safe.digest(channel, address)
    except Refused:
        return ""


def joined(session: Session, found: Whom) -> Whom:
    """Return who is meant with everybody an operator linked to them."""
    keys = [one.person_key for one in found.subscribers if one.person_key]
    linked = (people.get(session, key) for key in keys)
    persons = unique((*found.persons, *(one for one in linked if one)), lambda one: one.key)
    accounts = [one for person in persons for one in privacy.of_person(session, person.key)]
    return Whom(
        persons=tuple(persons),
        subscribers=tuple(unique((*found.subscribers, *accounts), lambda one: one.key)),
        buried=found.buried and not accounts,
    )


def unique(every: Iterable[Each], key: Callable[[Each], str]) -> list[Each]:
    """Return each once, in their order."""
    return list({key(one): one for one in every}.values())
