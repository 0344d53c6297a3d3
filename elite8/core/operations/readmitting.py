"""Let in again who was erased and subscribed again: from a day on, never what was before it.

The tombstone stays and says since when. What is suppressed stays so: nobody is written to before
they themselves agree anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from elite8.core.domain.audit import Decision
from elite8.core.domain.consent import LINE_ID
from elite8.core.domain.identity import new_id
from elite8.core.domain.privacy import Tombstone
from elite8.core.domain.subscriber import PSEUDONYM
from elite8.core.errors import ConfigError, Refused
from elite8.core.operations import audit, consents
from elite8.core.storage import privacy, tombstones, vault
from elite8.core.storage.database import Session
from elite8.core.studio import Studio

LONGEST = 200
NOT_ERASED = (
    "nobody was erased under that; nothing keeps them out. Write each name as the export has it, "
    "PLATFORM:NAME, the id and the handle"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Readmitted:
    """What was let in again; it names nobody.

    `names` were erased and may come in from `since` on, `unknown` were never erased. `others` are
    hashes that were erased with them and stay so. `new`: it was not so before.
    """

    id: str
    names: int
    unknown: int
    others: int
    erased_at: datetime
    since: datetime
    new: bool
    dry_run: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who is asked for: names that were erased, by their hashes, and what keeps each out."""

    names: int
    unknown: int
    wanted: frozenset[str]
    known: Mapping[str, Tombstone]

    @property
    def erased_at(self) -> datetime:
        """When the last of them was erased."""
        return max(one.at for one in self.known.values())

    def says(self, since: datetime, evidence: str) -> bool:
        """Return whether all of them are let in just so already."""
        said = {(one.since, one.evidence) for one in self.known.values()}
        return self.wanted == self.known.keys() and said == {(since, evidence)}


def readmit(
    studio: Studio, names: Sequence[str], day: date, evidence: str, *, dry_run: bool = False
) -> Readmitted:
    """Have imports take in what these names did from `day` on; twice harms nothing."""
    words = checked(evidence)
    studio = studio.drafting if dry_run else studio
    with studio.database.transaction() as session:
        found = asked(studio, session, names)
        since = begin(studio, day, found.erased_at)
        others = tombstones.buried_with(
            session, {one.at for one in found.known.values()}, found.wanted
        )
        new = not found.says(since, words)
        number = let_in(studio, session, found, since, words) if new else ""
    return Readmitted(
        id="" if dry_run else number,
        names=found.names,
        unknown=found.unknown,
        others=others,
        erased_at=found.erased_at,
        since=since,
        new=new,
        dry_run=dry_run,
    )


def checked(evidence: str) -> str:
    """Return where they said so; nothing, or what steers a terminal, is a ConfigError."""
    words = evidence.strip()
    if not words or len(words) > LONGEST or not words.isprintable():
        raise ConfigError(
            f"--evidence: write in up to {LONGEST} letters where they said that they subscribed "
            "again, as 'invoice FVE-20261120-003'; name nobody"
        )
    return words


def asked(studio: Studio, session: Session, names: Sequence[str]) -> Asked:
    """Return who is asked for; names of whom none was erased are a ConfigError."""
    every = {frozenset(hashes(studio, session, one)) for one in names}
    known = kept(session, set[str]().union(*every))
    mine = [one for one in every if one & known.keys()]
    if not mine:
        raise ConfigError(NOT_ERASED)
    return Asked(
        names=len(mine),
        unknown=len(every) - len(mine),
        wanted=frozenset[str]().union(*mine),
        known=known,
    )


def let_in(studio: Studio, session: Session, found: Asked, since: datetime, evidence: str) -> str:
    """Write down since when they are let in, and that it was decided; return its number."""
    number = new_id(studio.clock())
    tombstones.readmit(
        session,
        found.wanted,
        erased_at=found.erased_at,
        since=since,
        at=studio.clock(),
        evidence=evidence,
    )
    note(studio, session, number, f"{found.names} names, since {since:%Y-%m-%d %H:%M} UTC")
    return number


def begin(studio: Studio, day: date, erased_at: datetime) -> datetime:
    """Return from when on somebody is taken in: a day of the operator's, never before the end."""
    found = datetime.combine(day, time(), tzinfo=studio.settings.zone).astimezone(UTC)
    if found > studio.clock():
        raise ConfigError(f"--since: {day} is not here yet")
    last = erased_at.astimezone(studio.settings.zone).date()
    if day < last:
        raise Refused(
            f"they were erased on {last} ({studio.settings.time_zone}); what was before it stays "
            "out for ever: give the day they subscribed again"
        )
    return max(found, erased_at)


def hashes(studio: Studio, session: Session, who: str) -> set[str]:
    """Return by what a name on a platform is kept out; anything else is a ConfigError."""
    platform, colon, name = who.strip().partition(":")
    platform, name = platform.casefold(), name.strip().removeprefix("@")
    if not colon or not name or platform not in studio.config.policies.platforms:
        known = ", ".join(sorted(studio.config.policies.platforms))
        raise ConfigError(f"write PLATFORM:NAME as the export has it; platforms are {known}")
    safe = consents.opened(studio, session)
    digest = vault.named(safe.salt, platform, name)
    found = {digest, digest[:PSEUDONYM]}
    if platform == "line" and LINE_ID.fullmatch(name):
        found.add(safe.digest("line", name))
    return found


def kept(session: Session, digests: set[str]) -> dict[str, Tombstone]:
    """Return what keeps these out: tombstones, and addresses suppressed by an erasure."""
    found = tombstones.stones(session, digests)
    for one in privacy.suppressions(session, digests - found.keys()):
        if one.reason == "erased":
            found[one.digest] = Tombstone(digest=one.digest, at=one.at)
    return found


def still_out(studio: Studio, session: Session, who: str) -> set[str]:
    """Return the hashes of somebody who was readmitted and of whom nothing came in so far."""
    if ":" in who:
        found = tombstones.stones(session, hashes(studio, session, who))
        return {one for one, row in found.items() if row.since is not None}
    return tombstones.readmitted_as(session, who.strip().lower())


def bar_again(studio: Studio, session: Session, digests: set[str]) -> None:
    """Keep out again who was readmitted; once is enough."""
    if tombstones.bury(session, digests, studio.clock()):
        note(studio, session, new_id(studio.clock()), "kept out again")


def note(studio: Studio, session: Session, subject: str, detail: str) -> None:
    """Keep the decision in the transaction that carries it out."""
    what = Decision(act="privacy", subject=subject, decision="readmitted", detail=detail)
    audit.keep(studio, session, what)
