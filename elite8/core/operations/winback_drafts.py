"""Drafts for sending by hand, where programs may not write: each is given out once.

Who gets one is kept before the file is written: a file that did not come about is asked for again
by its number, and nobody is in two.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from elite8.core.domain.campaign import Assignment, By, Campaign, HandedOut
from elite8.core.domain.subscriber import Alias, AliasKind
from elite8.core.errors import ConfigError, Refused
from elite8.core.operations import audience, consents, winback_words
from elite8.core.operations.audience import Member
from elite8.core.operations.rows import harmless
from elite8.core.operations.winback import note
from elite8.core.operations.winback_plan import kept
from elite8.core.storage import attempts, campaigns, held, people, whole
from elite8.core.storage.database import Session
from elite8.core.storage.vault import Vault
from elite8.core.studio import Studio

COLUMNS = ("platform", "name", "country", "text", "send_before", "not_between")
QUIET = "21:00 and 08:00 where they are"
WEEK = timedelta(days=7)
MOST_A_WEEK = 2
CAP = "two marketing messages within seven days"
NAMELESS = "no name is known"


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """A file of drafts: its number, how many are in it, and how many wait by which reason."""

    campaign: str
    batch: int
    count: int
    file: Path | None
    left: int
    held: tuple[tuple[str, int], ...]


def hand_out(
    studio: Studio, name: str, file: Path, *, limit: int, again: int | None = None
) -> Handed:
    """Write drafts for whom none was given out yet, or those of a batch `again`; once for each.

    Whoever may not be spoken to any more is left out, also of a batch that is written again. A file
    that is there is Refused: it may hold drafts that were not sent yet.
    """
    if file.exists() or file.is_symlink():
        raise Refused(f"{file} is there already; name a new file")
    with studio.database.transaction() as session:
        held.alone(session, "winback")
        one = asked(studio, session, name)
        given = {row.who: row.batch for row in campaigns.handed_out(session, one.id)}
        if again is not None and again not in given.values():
            raise ConfigError(f"'{name}' has no batch {again}")
        batch = again or max(given.values(), default=0) + 1
        may, why = ready(studio, session, one)
        mine = [m for m in may if (given.get(m.key) == batch if again else m.key not in given)]
        rows = mine if again else mine[:limit]
        lines = drafts(studio, session, one, rows)
        if not again and rows:
            now = studio.clock()
            session.add_all(
                HandedOut(campaign_id=one.id, who=row.key, batch=batch, at=now) for row in rows
            )
            note(studio, session, one, "handed out", f"{len(rows)} drafts, batch {batch}")
    if lines and not studio.drafts:
        written(studio, one, batch, file, lines, again=again is not None)
    return Handed(
        campaign=name,
        batch=batch,
        count=len(lines),
        file=file if lines and not studio.drafts else None,
        left=len(mine) - len(rows),
        held=tuple(why.most_common()),
    )


def asked(studio: Studio, session: Session, name: str) -> Campaign:
    """Return a campaign of drafts that runs; any other is Refused."""
    one = kept(session, name)
    if one.channel != By.DRAFT:
        raise Refused(
            f"'{name}' goes out by {one.channel}: elite8 subscribers winback start {name}"
        )
    if not audience.is_going(studio, one):
        raise Refused(f"'{name}' does not run: it was not started, was stopped, or is over")
    for each in attempts.stops(session):
        if any(each.covers(one.character, network, ()) for network in one.on):
            raise Refused(f"{each.words} is stopped; go on with: elite8 publish resume{each.flag}")
    return one


def ready(studio: Studio, session: Session, one: Campaign) -> tuple[list[Member], Counter[str]]:
    """Return who drew an offer and may be spoken to now, and why not others, by reason.

    Their own draft is no contact before itself: a batch can be written again.
    """
    drawn = {row.who: row for row in campaigns.assignments(session, one.id, held_out=False)}
    out = campaigns.assignments(session, one.id, held_out=True)
    held_out = {row.person_key for row in out} - {""}
    recent = people.contacts(session, studio.clock() - WEEK, but=one.id)
    known = {each.subscriber_id for each in campaigns.names(session, ids(drawn.values()))}
    may: list[Member] = []
    why: Counter[str] = Counter()
    for each in audience.found(studio, session, one, drawn.keys()):
        reasons = list(each.why_not)
        if each.person in held_out:
            reasons.append("held out by another account")
        if each.person and recent[each.person] >= MOST_A_WEEK:
            reasons.append(CAP)
        if each.id not in known:
            reasons.append(NAMELESS)
        if reasons:
            why.update(reasons)
        else:
            may.append(each)
    return may, why


def ids(rows: Iterable[Assignment]) -> list[int]:
    """Return whom rows are about, as far as they are known still."""
    return [row.subscriber_id for row in rows if row.subscriber_id is not None]


def drafts(
    studio: Studio, session: Session, one: Campaign, rows: Sequence[Member]
) -> list[tuple[str, ...]]:
    """Return the lines of a file, one a person."""
    if not rows:
        return []
    safe = consents.opened(studio, session)
    names = named(safe, campaigns.names(session, [row.id for row in rows]))
    text = winback_words.draft(studio, one)
    ends = min(at for at in (one.deadline, one.window_until) if at is not None)
    return [
        tuple(
            map(harmless, (row.platform, names[row.id], row.country, text, ends.isoformat(), QUIET))
        )
        for row in rows
    ]


def named(safe: Vault, found: Iterable[Alias]) -> dict[int, str]:
    """Return by what each is found on the platform: the newest handle, else the id."""
    best: dict[int, Alias] = {}
    for one in found:
        now = best.get(one.subscriber_id)
        if now is None or rank(one) > rank(now):
            best[one.subscriber_id] = one
    return {who: safe.opened_name(one.digest, one.sealed) for who, one in best.items()}


def rank(one: Alias) -> tuple[bool, float]:
    """Return by what aliases are chosen: a handle before an id, the newest before the others."""
    return one.kind == AliasKind.HANDLE, one.added_at.timestamp()


def written(  # noqa: PLR0913  # what a file is made of
    studio: Studio,
    one: Campaign,
    batch: int,
    file: Path,
    lines: Sequence[Sequence[str]],
    *,
    again: bool,
) -> None:
    """Write the file whole, for its owner alone; what could not be written is not given out."""
    text = io.StringIO()
    out = csv.writer(text)
    out.writerow(COLUMNS)
    out.writerows(lines)
    try:
        whole.replace(file, text.getvalue().encode("utf-8-sig"))
    except OSError as trouble:
        if not again:
            with studio.database.transaction() as session:
                for row in campaigns.handed_out(session, one.id, batch):
                    session.delete(row)
                note(studio, session, one, "taken back", f"batch {batch}")
        raise ConfigError(f"{file} cannot be written: {trouble.strerror}") from None
