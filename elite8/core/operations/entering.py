"""Rows that were read, entered: each event once, each state once; who was erased stays so."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, tzinfo
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from elite8.core.domain.fading import WINBACK
from elite8.core.domain.subscriber import (
    PSEUDONYM,
    SubscriberEvent,
    Subscription,
    SubscriptionState,
)
from elite8.core.operations import bygone, consents
from elite8.core.operations.again import Before
from elite8.core.operations.bygone import Bygone
from elite8.core.operations.imports import native
from elite8.core.operations.mapping import KNOWN, Did, Name, Stands
from elite8.core.operations.naming import Digest, Keeping, whose
from elite8.core.storage import bulk, subscribers, vault
from elite8.core.storage.database import Session
from elite8.core.storage.subscribers import FACTS, TERMS, Known
from elite8.core.storage.vault import Vault
from elite8.core.studio import Studio

SAME = ("act", "at", "amount_minor", "currency", "subscriber_id")
"""What an event with an id of its own says again when it is the same one."""
STATUS, BEGIN, END, MADE = map(TERMS.index, ("status", "started_on", "period_end", "source_at"))
COLUMNS = (
    *("key", "subscriber_id", "character_id", "act", "at", "amount_minor", "fee_minor"),
    *("tax_minor", "currency", "quantity", "duration_s", "completion", "content", "about"),
    "batch_id",
)


@dataclass
class Seen:
    """How often each digest came before in this file: eight bytes a row."""

    before: NDArray[np.uint64] = field(default_factory=lambda: np.empty(0, np.uint64))

    def ordinals(self, digests: Sequence[bytes]) -> list[int]:
        """Return which of those alike each one is, from 1 on; they count from now on."""
        joined = b"".join(one[:8] for one in digests)
        now = np.frombuffer(joined, dtype=">u8").astype(np.uint64)
        order = np.argsort(now, kind="stable")
        ordered = now[order]
        within = np.empty(now.size, np.int64)
        within[order] = np.arange(now.size) - np.searchsorted(ordered, ordered, "left")
        left, right = (np.searchsorted(self.before, now, side) for side in ("left", "right"))
        self.before = np.sort(np.concatenate([self.before, ordered]), kind="stable")
        found: list[int] = (right - left + within + 1).tolist()
        return found


@dataclass
class Desk:
    """Enters what was read, in the batch it came with; `batch` is None when nothing is kept.

    `entered`, `known`, `erased` and `purged` count rows; `wrong` are lines and why they are not
    taken. `zone` is the operator's: in it a day of theirs begins. `bygone`: what purges took out.
    """

    safe: Vault
    now: datetime
    batch: int | None
    zone: tzinfo = UTC
    bygone: Bygone | None = None
    seen: Seen = field(default_factory=Seen)
    entered: int = 0
    known: int = 0
    erased: int = 0
    purged: int = 0
    acts: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        salt = self.safe.salt
        digest: Digest = lambda platform, name: vault.named(salt, platform, name)  # noqa: E731  # one line
        self.keeping = Keeping(self.safe, digest, self.now, self.batch)

    def people(self, session: Session, names: Iterable[Name]) -> Mapping[Name, Known]:
        """Return the subscribers of names that are said today, new ones entered."""
        every = dict.fromkeys(names, self.now)
        return whose(session, self.keeping, every, lambda: every).people

    def events(self, session: Session, rows: Sequence[Did]) -> list[tuple[int, str]]:
        """Enter events, each once; return the lines that contradict what is known, and why."""
        self.acts.update(row.act for row in rows)
        rows = self.kept(session, rows)
        found = whose(
            session,
            self.keeping,
            (row.name for row in rows),
            lambda: latest((row.name, row.at) for row in rows),
        )
        people = found.people
        mine = [(row, who) for row in rows if (who := people.get(row.name)) is not None]
        if found.since:
            mine = [(row, who) for row, who in mine if found.may(row.name, row.at)]
        facts, wrong = self.placed(session, mine)
        fresh = bulk.pour(
            session,
            SubscriberEvent,
            COLUMNS,
            sorted(facts, key=itemgetter(0)),
            checked={row.act for row in rows} <= KNOWN,
        )
        if fresh < len(facts):
            wrong += self.contradicted(session, mine)
        self.erased += len(rows) - len(mine)
        self.entered += fresh
        self.known += len(mine) - len(wrong) - fresh
        return wrong

    def kept(self, session: Session, rows: Sequence[Did]) -> Sequence[Did]:
        """Return the rows without those that purges may have taken out, which are counted."""
        if self.bygone is None:
            return rows
        border = self.bygone.border
        names = {row.name: self.keeping.digests(row.name) for row in rows if row.at < border}
        if not names:
            return rows
        asked = {one for pair in names.values() for one in pair if one}
        there = subscribers.known_before(session, asked, self.bygone.first)
        out = {name for name, pair in names.items() if there.isdisjoint(pair)}
        left = [row for row in rows if row.at >= border or row.name not in out]
        self.purged += len(rows) - len(left)
        return left

    def placed(
        self, session: Session, mine: Sequence[tuple[Did, Known]]
    ) -> tuple[list[tuple[object, ...]], list[tuple[int, str]]]:
        """Return the rows to enter, each under its key, and the lines not taken, with why.

        The second stands in front of a key so that a million are entered in the order of an index.
        """
        seconds = [int(row.at.timestamp()) for row, _ in mine]
        digests = [
            digest_of(row, holder.key, second)
            for (row, holder), second in zip(mine, seconds, strict=True)
        ]
        numbers = self.seen.ordinals(
            [of_performer(row, one) for (row, _), one in zip(mine, digests, strict=True)]
        )
        keys = [
            one[:16].hex() if row.native else f"{second:08x}{one[:10].hex()}"
            for (row, _), one, second in zip(mine, digests, seconds, strict=True)
        ]
        before, stored = Before(self.batch), bulk.stored(session)
        before.look(
            session, {key for (row, _), key in zip(mine, keys, strict=True) if not row.native}
        )
        facts, wrong = [], []
        for (row, holder), key, number in zip(mine, keys, numbers, strict=True):
            name, why = (key, "") if row.native else before.place(key, row.character, number)
            if name:
                facts.append(self.columns(row, holder.id, name, stored(row.at)))
            elif why:
                wrong.append((row.line, why))
        return facts, wrong

    def columns(self, row: Did, who: int, key: str, at: object) -> tuple[object, ...]:
        """Return an event in the order of `COLUMNS`."""
        platform = row.name.platform
        return (
            key,
            who,
            row.character,
            row.act,
            at,
            row.amount,
            row.fee,
            row.tax,
            row.currency,
            row.quantity,
            row.duration,
            row.completion,
            native(platform, row.content)[:PSEUDONYM] if row.content else "",
            about_of(platform, row.about) if row.about else "",
            self.batch,
        )

    def contradicted(
        self, session: Session, mine: Sequence[tuple[Did, Known]]
    ) -> list[tuple[int, str]]:
        """Return the lines whose event has the id of another one, and why they are not taken."""
        claims = [
            (row, holder.id, native(row.name.platform, row.native)[:PSEUDONYM])
            for row, holder in mine
            if row.native
        ]
        before = subscribers.said_of(session, {key for _, _, key in claims}, SAME)
        every = ((row.line, against(before[key], row, who)) for row, who, key in claims)
        return [(line, why) for line, why in every if why]

    def states(self, session: Session, rows: Sequence[Stands]) -> list[tuple[int, str]]:
        """Enter how subscriptions stand by an export; the newest one holds, whichever came last."""
        found = whose(
            session,
            self.keeping,
            (row.name for row in rows),
            lambda: latest((row.name, tells_of(row)) for row in rows),
        )
        mine = [
            (row, found.people[row.name].id) for row in rows if found.may(row.name, tells_of(row))
        ]
        if found.since:
            mine = [(anew(row, found.since.get(row.name), self.zone), who) for row, who in mine]
        numbers = self.subscriptions(session, mine)
        times = {row.terms[-1] for row, _ in mine}
        before = subscribers.states(session, sorted(set(numbers.values())), times)
        new: dict[tuple[object, ...], None] = {}
        for row, who in mine:
            state = (numbers[who, row.character], *row.terms, *told(row))
            if state not in before:
                new[state] = None
        added = [
            dict(zip(("subscription_id", *TERMS, *FACTS), state, strict=True), batch_id=self.batch)
            for state in new
        ]
        bulk.enter(session, SubscriptionState, added)
        subscribers.renew(session, sorted({numbers[who, row.character] for row, who in mine}))
        subscribers.retell(session, sorted({who for row, who in mine if any(told(row))}))
        self.acts.update(str(row.terms[STATUS]) for row in rows)
        self.erased += len(rows) - len(mine)
        self.entered += len(added)
        self.known += len(mine) - len(added)
        return []

    def subscriptions(
        self, session: Session, mine: Sequence[tuple[Stands, int]]
    ) -> dict[tuple[int, str], int]:
        """Return the subscriptions of subscribers to characters, those that are new entered."""
        of = sorted({who for _, who in mine})
        there = subscribers.subscriptions(session, of)
        new = {
            (who, row.character): dict(zip(TERMS, row.terms, strict=True))
            | {"subscriber_id": who, "character_id": row.character}
            for row, who in mine
            if (who, row.character) not in there
        }
        bulk.enter(session, Subscription, list(new.values()))
        return subscribers.subscriptions(session, of) if new else there


def latest(said: Iterable[tuple[Name, datetime]]) -> dict[Name, datetime]:
    """Return when the last of what is said of each name was."""
    found: dict[Name, datetime] = {}
    for name, at in said:
        found[name] = max(at, found.get(name, at))
    return found


def tells_of(row: Stands) -> datetime:
    """Return of which time a row tells: when the export was made, or when the time paid ended."""
    made, end = row.terms[MADE], row.terms[END]
    over = datetime.combine(end, time.max, UTC) if isinstance(end, date) else made
    if not isinstance(made, datetime) or not isinstance(over, datetime):
        raise TypeError(row.line)
    return min(made, over)


def anew(row: Stands, since: datetime | None, zone: tzinfo) -> Stands:
    """Return what a row says without what was before somebody was erased and subscribed again."""
    if since is None:
        return row
    terms, began, day = list(row.terms), row.terms[BEGIN], since.astimezone(zone).date()
    if isinstance(began, date) and began < day:
        terms[BEGIN] = day
    seen = row.last_seen if row.last_seen is None or row.last_seen >= since else None
    return row._replace(terms=tuple(terms), last_seen=seen)


def desk(studio: Studio, session: Session, batch: int | None) -> Desk:
    """Return what enters rows in a batch, as people, purges and the operator's zone are now."""
    return Desk(
        safe=consents.opened(studio, session),
        now=studio.clock(),
        batch=batch,
        zone=studio.settings.zone,
        bygone=bygone.look(studio, session),
    )


def digest_of(row: Did, key: str, second: int) -> bytes:
    """Return the hash of an event: of its own id, else of what it says (subscribers.md 3)."""
    if row.native:
        return bytes.fromhex(native(row.name.platform, row.native))
    said = (
        f"({row.name.platform!r}, {key!r}, {row.act!r}, {second}, {row.amount}, {row.currency!r})"
    )
    return hashlib.sha256(f"{said}{row.content}".encode()).digest()


def about_of(platform: str, written: str) -> str:
    """Return the key of the event that is answered; a winback's mark stays as it is."""
    mark = written[: len(WINBACK)].casefold() + written[len(WINBACK) :]
    return (mark if mark.startswith(WINBACK) else native(platform, written))[:PSEUDONYM]


def of_performer(row: Did, digest: bytes) -> bytes:
    """Return by what a row is counted among those alike: one fan pays two performers alike."""
    if row.native or not row.character:
        return digest
    return hashlib.sha256(digest + row.character.encode()).digest()


def against(before: Sequence[object], row: Did, who: int) -> str:
    """Return why an event is not the one that is known by its id, "" when it is."""
    said = (row.act, row.at, row.amount, row.currency, who)
    for name, ours, theirs in zip(SAME, before, said, strict=True):
        if ours != theirs:
            what = {"subscriber_id": "person", "amount_minor": "amount"}.get(name, name)
            return (
                f"event_id: it was entered before with another {what}; an event is never changed, "
                "undo the batch it came with, or write a correction as an event of its own"
            )
    return ""


def told(row: Stands) -> tuple[object, ...]:
    """Return what a row says of a subscriber themselves, in the order of `FACTS`."""
    return row.country, row.language, row.birth_year, row.last_seen
