"""Names of subscribers: whose they are, and who is new; known by a salted hash, kept encrypted."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from elite8.core.domain.consent import LINE_ID
from elite8.core.domain.subscriber import PSEUDONYM, Alias, AliasKind, Subscriber
from elite8.core.operations.mapping import Name
from elite8.core.storage import bulk, subscribers
from elite8.core.storage.database import Session
from elite8.core.storage.subscribers import Known
from elite8.core.storage.vault import Vault

NAMED = ("digest", "subscriber_id", "kind", "sealed", "added_at", "batch_id")
MET = ("key", "platform", "country", "language", "added_at", "batch_id")
Digest = Callable[[str, str], str]
MOST_MET = 1 << 17
"""Names that are remembered: 40 MB of them, and a year of most studios."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """With what names are kept: the vault, its hash, when, and with which batch.

    `met` are those who were found before, so many at most as it holds.
    """

    safe: Vault
    digest: Digest
    now: datetime
    batch: int | None
    met: dict[Name, Known] = field(default_factory=dict)

    def remember(self, people: Mapping[Name, Known]) -> None:
        """Keep who was found, for the next rows."""
        if len(self.met) + len(people) > MOST_MET:
            self.met.clear()
        self.met.update(people)

    def digests(self, name: Name) -> tuple[str, str]:
        """Return by what an id and a handle are known, "" for the one that is not there."""
        platform, of_id, of_handle = name
        return (
            self.digest(platform, of_id) if of_id else "",
            self.digest(platform, of_handle) if of_handle else "",
        )

    def marks(self, digests: Mapping[Name, tuple[str, str]]) -> set[str]:
        """Return by what else somebody erased may be known: pseudonyms, addresses on LINE."""
        found = {one[:PSEUDONYM] for pair in digests.values() for one in pair if one}
        for name in digests:
            if name.platform == "line" and LINE_ID.fullmatch(name.id):
                found.add(self.safe.digest("line", name.id))
        return found


@dataclass
class Register:
    """Who holds which name, as the database has it and as some rows add to it."""

    owners: dict[str, str]
    identified: set[str]
    fresh: list[tuple[str, str, AliasKind, str]] = field(default_factory=list)

    def key_of(self, name: Name, of_id: str, of_handle: str) -> str:
        """Return the pseudonym of whose name it is; a new name is theirs from now on.

        An id decides. A handle is whose it was first; an id that nobody had belongs to whoever is
        known by that handle and has no id yet.
        """
        key = self.owners.get(of_id or of_handle, "")
        if not key and of_id and (holder := self.owners.get(of_handle, "")):
            key = "" if holder in self.identified else holder
        key = key or (of_id or of_handle)[:PSEUDONYM]
        if of_id:
            self.identified.add(key)
        for digest, kind, text in (
            (of_id, AliasKind.ID, name.id),
            (of_handle, AliasKind.HANDLE, name.handle),
        ):
            if digest and digest not in self.owners:
                self.owners[digest] = key
                self.fresh.append((digest, key, kind, text))
        return key


Latest = Callable[[], Mapping[Name, datetime]]
"""Gives when the last of what is said of each name was; it is asked seldom."""


@dataclass(frozen=True, slots=True)
class Found:
    """Subscribers by name; of those in `since` nothing before that instant may be taken in."""

    people: Mapping[Name, Known]
    since: Mapping[Name, datetime]

    def may(self, name: Name, at: datetime) -> bool:
        """Return whether something of a name, of that instant, may be entered."""
        return name in self.people and (name not in self.since or at >= self.since[name])


def whose(session: Session, keeping: Keeping, names: Iterable[Name], latest: Latest) -> Found:
    """Return the subscribers of names, new ones entered; those who were erased are left out.

    Who was readmitted is entered only when something is said of them from then on.
    """
    every = dict.fromkeys(names)
    before = {name: keeping.met[name] for name in every if name in keeping.met}
    if not subscribers.all_there(session, [one.id for one in before.values()]):
        keeping.met.clear()  # somebody was erased meanwhile, or a batch undone
        before = {}
    digests = {name: keeping.digests(name) for name in every if name not in before}
    if not digests:
        return Found(before, {})
    since = barred(session, keeping, digests)
    if since:
        last = latest()
        digests = {
            name: pair
            for name, pair in digests.items()
            if name not in since or last[name] >= since[name]
        }
    people = entered(session, keeping, digests)
    keeping.remember({name: who for name, who in people.items() if name not in since})
    return Found(before | people, since)


def barred(
    session: Session, keeping: Keeping, digests: Mapping[Name, tuple[str, str]]
) -> dict[Name, datetime]:
    """Return before when nothing of whoever was erased is taken in, by name."""
    asked = {one for pair in digests.values() for one in pair if one}
    gone = subscribers.gone(session, asked | keeping.marks(digests))
    if not gone:
        return {}
    found = {}
    for name, pair in digests.items():
        if times := [gone[one] for one in {*pair, *keeping.marks({name: pair})} if one in gone]:
            found[name] = max(times)
    return found


def entered(
    session: Session, keeping: Keeping, digests: Mapping[Name, tuple[str, str]]
) -> dict[Name, Known]:
    """Return the subscribers of names, new ones entered."""
    known = subscribers.named(session, {one for pair in digests.values() for one in pair if one})
    register = Register(
        owners={one: holder.key for one, holder in known.items()},
        identified={holder.key for holder in known.values() if holder.identified},
    )
    keys = {name: register.key_of(name, *pair) for name, pair in in_turn(digests, known)}
    people = {holder.key: holder for holder in known.values()}
    platforms = {key: name.platform for name, key in keys.items() if key not in people}
    people |= met(session, platforms, keeping)
    keep(session, register, people, keeping)
    return {name: people[key] for name, key in keys.items() if not people[key].erased}


def in_turn(
    digests: Mapping[Name, tuple[str, str]], known: Mapping[str, Known]
) -> list[tuple[Name, tuple[str, str]]]:
    """Return names with an id first, before them those whose handle is known: they tell whose."""
    return sorted(digests.items(), key=lambda one: (not one[1][0], one[1][1] not in known))


def keep(
    session: Session, register: Register, people: Mapping[str, Known], keeping: Keeping
) -> None:
    """Enter the names that are new."""
    at, seal = bulk.stored(session)(keeping.now), keeping.safe.seal_name
    rows = [
        (one, people[key].id, kind.value, seal(one, text), at, keeping.batch)
        for one, key, kind, text in register.fresh
        if not people[key].erased
    ]
    bulk.pour(session, Alias, NAMED, rows)


def met(session: Session, platforms: dict[str, str], keeping: Keeping) -> dict[str, Known]:
    """Return the subscribers of pseudonyms, entered when they are new, by pseudonym."""
    at = bulk.stored(session)(keeping.now)
    rows = [(key, platform, "", "", at, keeping.batch) for key, platform in platforms.items()]
    bulk.pour(session, Subscriber, MET, rows)
    return subscribers.keyed(session, platforms)
