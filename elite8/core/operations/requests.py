"""What people asked about themselves: written down, acknowledged, done in time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from elite8.core.domain.audit import Decision
from elite8.core.domain.identity import new_id
from elite8.core.domain.privacy import PrivacyRequest, RequestKind
from elite8.core.errors import ConfigError, Refused
from elite8.core.operations import audit
from elite8.core.storage import privacy
from elite8.core.storage.database import Session
from elite8.core.studio import Studio

AT_ONCE = 500
LONGEST_AGO = timedelta(days=365)
LONGEST_OUTCOME = 200
LETTER = (
    "We have your request of {day} ({what}). It is being dealt with, and you hear from us by "
    "{due} at the latest. Reference: {reference}"
)
WHAT = {
    "access": "what we hold about you",
    "erase": "to erase what we hold about you",
    "rectify": "to correct what we hold about you",
    "withdraw": "to end your consent",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request for people; `state` is open, soon, late or done.

    `letter` is what to answer at once, "" once that is done.
    """

    id: str
    kind: str
    who: str
    country: str
    source: str
    asked_at: datetime
    due_at: datetime
    acknowledged_at: datetime | None
    done_at: datetime | None
    outcome: str
    state: str
    letter: str
    new: bool = False


def add(studio: Studio, who: str, kind: str, *, at: datetime | None = None) -> Asked:
    """Write down what somebody asked for; the same thing asked again while it is open is one."""
    if kind not in WHAT:
        raise ConfigError(f"no request '{kind[:20]}'; choose {', '.join(WHAT)}")
    from elite8.core.operations import (
        whom,
    )  # what opens names is large; the daemon's looks do without

    now = studio.clock()
    asked_at = at or now
    if not now - LONGEST_AGO <= asked_at <= now:
        raise ConfigError("a request was made within the last year, and not in the future")
    with studio.database.transaction() as session:
        found = whom.find(studio, session, who)
        if found.buried:
            raise Refused("whoever that was is erased already; nothing is held to be asked about")
        for one in privacy.of(session, found.words):
            if one.kind == kind and one.done_at is None:
                return shown(one, now)
        name = new_id(now)
        row = opened(
            studio, kind=kind, who=found.word, country=found.country, at=asked_at, key=name
        )
        keep(studio, session, row)
        return shown(row, now, new=True)


def opened(  # noqa: PLR0913  # what a request is
    studio: Studio,
    *,
    kind: str,
    who: str,
    country: str,
    at: datetime,
    key: str,
    source: str = "operator",
) -> PrivacyRequest:
    """Return the row of a request, its clocks set."""
    rings, due = studio.config.privacy.clock(at, country)
    return PrivacyRequest(
        id=new_id(studio.clock()),
        kind=kind,
        who=who,
        country=country,
        source=source,
        key=key,
        asked_at=at,
        warn_at=rings,
        due_at=due,
    )


def keep(studio: Studio, session: Session, row: PrivacyRequest) -> None:
    """Enter a request and keep that it came."""
    session.add(row)
    session.flush()
    what = Decision(
        act="privacy", subject=row.id, decision="asked", detail=f"{row.kind} {row.source}"
    )
    audit.keep(studio, session, what)


def gather(studio: Studio) -> int:
    """Open a request for each `erase_request` that an export told of; return how many are new.

    Any number of times, and after any kill, each of them opens one.
    """
    new = 0
    while True:
        with studio.database.transaction() as session:
            found = privacy.unopened(session, AT_ONCE)
            for event, holder in found:
                row = opened(
                    studio,
                    kind=RequestKind.ERASE,
                    who=holder.key,
                    country=holder.country,
                    at=min(event.at, studio.clock()),
                    key=event.key,
                    source="import",
                )
                keep(studio, session, row)
        new += len(found)
        if len(found) < AT_ONCE or studio.drafts:
            return new


def listed(studio: Studio, *, everything: bool = False, limit: int = 100) -> tuple[Asked, ...]:
    """Return requests, what is due first on top; those that exports told of are opened before."""
    gather(studio)
    now = studio.clock()
    with studio.database.transaction() as session:
        found = privacy.requests(session, everything=everything, limit=limit)
        return tuple(shown(one, now) for one in found)


def acknowledge(studio: Studio, reference: str) -> Asked:
    """Note that the person was told that their request came; once is enough."""
    with studio.database.transaction() as session:
        row = named(session, reference)
        if row.acknowledged_at is None:
            row.acknowledged_at = studio.clock()
            what = Decision(act="privacy", subject=row.id, decision="acknowledged")
            audit.keep(studio, session, what)
        return shown(row, studio.clock())


def done(studio: Studio, reference: str, outcome: str) -> Asked:
    """Close a request with what was done; an erasure is closed by erasing."""
    outcome = " ".join(outcome.split())
    if not outcome or len(outcome) > LONGEST_OUTCOME:
        raise ConfigError(f"say in 1 to {LONGEST_OUTCOME} letters what was done, naming nobody")
    with studio.database.transaction() as session:
        row = named(session, reference)
        if row.done_at is not None:
            return shown(row, studio.clock())
        if row.kind == RequestKind.ERASE and not outcome.lower().startswith("refused"):
            raise Refused(
                f"an erasure is done by: elite8 subscribers privacy erase {row.who[:12]}; where "
                "the law lets you keep it, close it with an outcome that begins with 'refused'"
            )
        row.done_at, row.outcome = studio.clock(), outcome
        row.acknowledged_at = row.acknowledged_at or row.done_at
        audit.keep(studio, session, Decision(act="privacy", subject=row.id, decision="done"))
        return shown(row, studio.clock())


def named(session: Session, reference: str) -> PrivacyRequest:
    """Return the one request whose id begins so."""
    found = privacy.request(session, reference.strip().upper()) if reference.strip() else ()
    if len(found) != 1:
        raise ConfigError(
            f"no one request '{reference[:26]}'; elite8 subscribers privacy requests list"
        )
    return found[0]


def shown(row: PrivacyRequest, now: datetime, *, new: bool = False) -> Asked:
    """Return a row for people."""
    state = "late" if now >= row.due_at else "soon" if now >= row.warn_at else "open"
    letter = LETTER.format(
        day=f"{row.asked_at:%Y-%m-%d}",
        what=WHAT[row.kind],
        due=f"{row.due_at:%Y-%m-%d}",
        reference=row.id,
    )
    return Asked(
        id=row.id,
        kind=row.kind,
        who=row.who,
        country=row.country,
        source=row.source,
        asked_at=row.asked_at,
        due_at=row.due_at,
        acknowledged_at=row.acknowledged_at,
        done_at=row.done_at,
        outcome=row.outcome,
        state="done" if row.done_at else state,
        letter="" if row.acknowledged_at or row.done_at else letter,
        new=new,
    )
