"""Erase somebody: noted first, done in one transaction, and the files rid of what was deleted.

Each step may be the last one before a kill; whichever command comes next finishes it. What is left
is money by country, platform and month, and hashes that keep the person from coming back.
"""

import secrets
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from elite8.core import log
from elite8.core.domain.audit import Decision
from elite8.core.domain.identity import new_id
from elite8.core.domain.privacy import PrivacyRequest, RequestKind, Tombstone
from elite8.core.domain.subscriber import PSEUDONYM
from elite8.core.operations import (
    audit,
    consents,
    leftovers,
    readmitting,
    said_no,
    whom,
    winback_forget,
)
from elite8.core.operations.leftovers import Copy
from elite8.core.operations.whom import Whom
from elite8.core.storage import erasing, maintenance, people, privacy, tombstones
from elite8.core.storage.database import Session
from elite8.core.studio import Studio

AT_ONCE = 200
"""People of one transaction where many are removed: whoever else writes gets a turn between."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What became of one human being's rows; it names nobody.

    `already`: they were erased before. `swept`: no deleted byte lies in the database's files;
    otherwise somebody reads for long, and the next erasure or purge sees to it.
    """

    request: str
    already: bool
    names: int
    addresses: int
    rows: tuple[tuple[str, int], ...]
    funnel_events: int
    swept: bool
    backups: tuple[Copy, ...]
    dry_run: bool


NOTHING = Erased(
    request="",
    already=True,
    names=0,
    addresses=0,
    rows=(),
    funnel_events=0,
    swept=False,
    backups=(),
    dry_run=False,
)


def erase(studio: Studio, who: str, *, dry_run: bool = False) -> Erased:
    """Erase whoever is meant, with all that is linked to them; twice harms nothing."""
    if dry_run:
        return tried(studio.drafting, who)
    with studio.database.transaction() as session:
        found = whom.find(studio, session, who)
        digests = every_hash(session, found)
        if found.buried:
            digests |= readmitting.still_out(studio, session, who)
    tombstones.note(studio.settings.state_dir, digests, studio.clock())
    with studio.database.transaction() as session:
        found = whom.find(studio, session, who)
        done = NOTHING if found.buried else taken_out(studio, session, found)
        if found.buried:
            readmitting.bar_again(studio, session, digests)
    swept = finish(studio)
    return replace(done, swept=swept, backups=leftovers.told(studio))


def tried(studio: Studio, who: str) -> Erased:
    """Return what an erasure would do."""
    with studio.database.transaction() as session:
        found = whom.find(studio, session, who)
        done = NOTHING if found.buried else taken_out(studio, session, found)
        return replace(done, dry_run=True, request="")


def every_hash(session: Session, found: Whom) -> set[str]:
    """Return all that somebody is known by."""
    names = {one.digest for one in privacy.aliases(session, found.ids)}
    reached = {
        one.digest for person in found.persons for one in people.addresses(session, person.key)
    }
    return names | reached | words_of(names, found)


def words_of(names: Collection[str], found: Whom) -> set[str]:
    """Return every pseudonym that files may have given somebody: one for each of their names."""
    return {one.key for one in found.subscribers} | {one[:PSEUDONYM] for one in names}


def taken_out(studio: Studio, session: Session, found: Whom) -> Erased:
    """Take somebody out of every table within a transaction, and keep that it was done."""
    now = studio.clock()
    erasing.overwrite_from_now_on(session)
    digests = every_hash(session, found)
    names = {one.digest for one in privacy.aliases(session, found.ids)}
    events = cut(session, words_of(names, found))
    winback_forget.forget(studio, session, found.ids)  # settled while events are there
    erasing.sum_up(session, found.ids)
    rows = Counter(erasing.remove(session, erasing.pointers(session), found.ids))
    session.expunge_all()  # the rows are gone, whatever the session remembers
    addresses = 0
    for person in filter(None, (people.get(session, one.key) for one in found.persons)):
        rows["delivery"] += erasing.blank_deliveries(session, person.key)
        addresses += consents.forget(studio, session, person)
    tombstones.bury(session, digests, now)
    request = closed(studio, session, found, now)
    what = Decision(
        act="privacy",
        subject=request,
        decision="erased",
        detail=f"{len(names)} names, {addresses} addresses, {rows['subscriber_event']} events",
    )
    audit.keep(studio, session, what)
    return Erased(
        request=request,
        already=False,
        names=len(names),
        addresses=addresses,
        rows=tuple(sorted((name, count) for name, count in rows.items() if count)),
        funnel_events=events,
        swept=False,
        backups=(),
        dry_run=False,
    )


def cut(session: Session, words: Iterable[str]) -> int:
    """Put one word that means nothing for all pseudonyms of somebody into the funnel."""
    stranger = secrets.token_hex(PSEUDONYM // 2)
    return erasing.cut_funnel(session, dict.fromkeys(words, stranger))


def closed(studio: Studio, session: Session, found: Whom, now: datetime) -> str:
    """Close what they asked for and unname it; return the id of the erasure's own request."""
    theirs = privacy.of(session, found.words)
    wished = next(
        (one for one in theirs if one.kind == RequestKind.ERASE and not one.done_at), None
    )
    if wished is None:
        wished = asked(studio, found, now)
        session.add(wished)
    for one in (*theirs, wished):
        one.who = ""
        one.done_at = one.done_at or now
        one.outcome = one.outcome or "erased"
    session.flush()
    return wished.id


def asked(studio: Studio, found: Whom, now: datetime) -> PrivacyRequest:
    """Return the request of an erasure that nobody had written down."""
    name = new_id(now)
    rings, due = studio.config.privacy.clock(now, found.country)
    return PrivacyRequest(
        id=name,
        kind=RequestKind.ERASE,
        who=found.word,
        country=found.country,
        key=name,
        asked_at=now,
        warn_at=rings,
        due_at=due,
        acknowledged_at=now,
    )


def finish(studio: Studio) -> bool:
    """Erase again whom a kill or an old backup left, and rid the files of them.

    What somebody said no to since that backup ends too. Return whether no deleted byte lies in the
    database's files.
    """
    revived(studio)
    with studio.database.transaction() as session:
        said_no.since(studio, session)
        waiting = [one.id for one in privacy.unswept(session)]
    if not waiting:
        return True
    leftovers.clean(studio)
    if not maintenance.scrub(studio.database):
        log.get().warning("privacy.unswept", waiting=len(waiting))
        return False
    with studio.database.transaction() as session:
        for one in privacy.unswept(session):
            if one.id in waiting:
                one.swept_at = studio.clock()
    return True


def revived(studio: Studio) -> int:
    """Take out whoever was noted as erased and is there; return how many that were."""
    noted = tombstones.noted(studio.settings.state_dir)
    if not noted:
        return 0
    with studio.database.transaction() as session:
        known = tombstones.stones(session, noted)
        back = {one for one, row in known.items() if is_back(row, noted[one])}
        missing = noted.keys() - back - {one for one, row in known.items() if row.since is None}
        count = 0
        while (found := first_of(session, noted.keys() - back)) is not None:
            taken_out(studio, session, found)
            count += len(found.persons) + len(found.subscribers)
        if missing:
            tombstones.bury(session, missing, studio.clock())
            for one in missing:
                if len(one) > PSEUDONYM:
                    people.suppress(session, one, noted[one], "erased")
    return count


def is_back(row: Tombstone, erased_at: datetime) -> bool:
    """Return whether somebody was readmitted after they were last erased."""
    return row.readmitted_at is not None and row.readmitted_at > erased_at


def first_of(session: Session, digests: Collection[str]) -> Whom | None:
    """Return one human being who is there by any of these, with all that is linked to them."""
    for one in privacy.by_names(session, digests):
        return whom.joined(session, Whom(subscribers=(one,)))
    for person in privacy.at(session, digests):
        return whom.joined(session, Whom(persons=(person,)))
    return None
