"""Enter what other places know: clicks, leads, subscriptions and money from a file.

A row that is wrong is left out, told, and written beside the file; the others are entered. The same
file, or a longer one, entered again adds only what is new.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from elite8.core import log
from elite8.core.domain.event import EventKind, EventSource, FunnelEvent, Origin, new_event
from elite8.core.domain.funnel import STAGES
from elite8.core.domain.money import MOST, known_currency, minor
from elite8.core.domain.subscriber import PSEUDONYM
from elite8.core.operations import follow, rows
from elite8.core.operations.cells import zone_of
from elite8.core.operations.rows import Row
from elite8.core.storage import events, tombstones, vault
from elite8.core.studio import Studio

COLUMNS = (
    *("kind", "at", "person", "platform", "link", "post", "stage", "region", "network"),
    *("character", "count", "amount", "amount_minor", "currency", "event_id", "refund_of", "why"),
)
NEEDED = ("kind", "at")
PLACES = ("stage", "region", "network", "character")
AHEAD = timedelta(days=1)
OLDEST_YEAR = 2005
MOST_COUNT = 10**12
AT_ONCE = 1000
"""Rows of one transaction: whoever else writes gets a turn between."""


class Wrong(ValueError):
    """What is wrong with one row, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A row that was left out, and why."""

    line: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of a file: rows entered, known before, left out, and where those stand now.

    `erased` are rows of people who were erased and stay so.
    """

    file: Path
    rows: int
    entered: int
    known: int
    erased: int
    kinds: tuple[tuple[str, int], ...]
    rejected: tuple[Rejected, ...]
    quarantine: Path | None
    dry_run: bool


@dataclass
class Reader:
    """Turns rows into events; `seen` counts rows that say just the same, which are several."""

    studio: Studio
    zone: ZoneInfo | None
    batch: str
    codes: Mapping[str, Origin]
    posts: Mapping[str, Origin]
    salt: bytes
    seen: Counter[str] = field(default_factory=Counter)

    def event(self, row: Row) -> FunnelEvent:
        """Return the event of a row, or raise what is wrong with it."""
        if row.why:
            raise Wrong(row.why)
        cells = row.cells
        kind = kind_of(cells)
        at = self.instant(cells.get("at", ""))
        person = self.person(cells)
        amount, currency = money_of(cells, kind)
        platform = cells.get("platform", "").casefold()
        origin, count = self.origin(cells), count_of(cells)
        return new_event(
            kind=kind,
            at=at,
            source=EventSource.IMPORT,
            key=self.key(cells, platform, (kind, at, person, amount, currency, origin, count)),
            origin=origin,
            person=person,
            # The redirect counted that click already; here it says whose it was.
            count=0 if kind == EventKind.CLICK and cells.get("link") else count,
            amount_minor=amount,
            currency=currency,
            about=native(platform, cells["refund_of"]) if cells.get("refund_of") else "",
            batch=self.batch,
        )

    def instant(self, text: str) -> datetime:
        """Return when it happened; without a zone it is in the zone that was asked for."""
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            raise Wrong(f"at: '{text[:40]}' is no time; write 2026-11-26T09:00:00+09:00") from None
        if at.tzinfo is None:
            if self.zone is None:
                raise Wrong(f"at: '{text[:40]}' has no zone; write +09:00 after it, or give --zone")
            at = at.replace(tzinfo=self.zone)
        if at > self.studio.clock() + AHEAD:
            raise Wrong(f"at: {text[:40]} is yet to come")
        if at.year < OLDEST_YEAR:
            raise Wrong(f"at: {text[:40]} is too long ago to be so")
        return at

    def person(self, cells: Mapping[str, str]) -> str:
        """Return the pseudonym of who did it, "" for nobody in particular."""
        name = cells.get("person", "")
        return pseudonym(self.salt, cells.get("platform", ""), name) if name else ""

    def origin(self, cells: Mapping[str, str]) -> Origin:
        """Return where it came from: as its link or post stands, else as the row says."""
        code, post = cells.get("link", "").rpartition("/")[2].lower(), cells.get("post", "").upper()
        if code and code not in self.codes:
            raise Wrong(f"link: no link '{code[:40]}'; elite8 funnel link list --all shows them")
        if post and post not in self.posts:
            raise Wrong(f"post: no post '{post[:40]}'; write its whole id")
        if code and post and self.codes[code].post != post:
            raise Wrong(f"link {code} does not stand in post {post}")
        own = {name: cells.get(name, "") for name in PLACES}
        own["region"] = own["region"].upper()
        self.check_places(own)
        found = self.codes[code] if code else self.posts[post] if post else Origin()
        return completed(found, own)

    def check_places(self, own: Mapping[str, str]) -> None:
        """Refuse names that nobody knows."""
        if own["stage"] and own["stage"] not in STAGES:
            raise Wrong(f"stage: '{own['stage'][:20]}' is none; choose {', '.join(STAGES)}")
        if own["region"] and not (len(own["region"]) == 2 and own["region"].isalpha()):  # noqa: PLR2004  # ISO 3166
            raise Wrong(f"region: '{own['region'][:10]}' is none; write two letters, as US")
        if len(own["network"]) > 16:  # noqa: PLR2004  # the column
            raise Wrong("network: is longer than 16 letters")
        known = {one.id for one in self.studio.config.roster.characters}
        if own["character"] and own["character"] not in known:
            raise Wrong(f"character: '{own['character'][:20]}' is none; {', '.join(sorted(known))}")

    def key(self, cells: Mapping[str, str], platform: str, facts: Sequence[object]) -> str:
        """Return what the event is called: its own id, else what it says, and the how-manieth."""
        if name := cells.get("event_id"):
            return native(platform, name)
        text = "\0".join(map(str, ("facts", platform, *facts)))
        self.seen[text] += 1
        return hashlib.sha256(f"{text}\0{self.seen[text]}".encode()).hexdigest()


def pseudonym(salt: bytes, platform: str, name: str) -> str:
    """Return the same word for the same name on a platform, which nobody guesses without the salt.

    A platform's own id is better than a handle, which its owner may change.
    """
    return vault.named(salt, platform, name)[:PSEUDONYM]


def native(platform: str, name: str) -> str:
    """Return the key of an event that has an id of its own."""
    return hashlib.sha256(f"id\0{platform}\0{name}".encode()).hexdigest()


def kind_of(cells: Mapping[str, str]) -> EventKind:
    """Return what happened."""
    try:
        return EventKind(cells.get("kind", "").lower())
    except ValueError:
        names = ", ".join(EventKind)
        raise Wrong(f"kind: '{cells.get('kind', '')[:20]}' is none; choose {names}") from None


def count_of(cells: Mapping[str, str]) -> int:
    """Return how many at once, 1 unless said."""
    text = cells.get("count", "") or "1"
    if not (text.isascii() and text.isdecimal() and int(text[:16]) <= MOST_COUNT):
        raise Wrong(f"count: '{text[:20]}' is no whole number")
    return int(text)


def money_of(cells: Mapping[str, str], kind: EventKind) -> tuple[int | None, str]:
    """Return the minor units and the currency of money, nothing of anything else."""
    major, small, currency = (cells.get(n, "") for n in ("amount", "amount_minor", "currency"))
    if kind != EventKind.MONEY:
        if major or small or currency or cells.get("refund_of"):
            raise Wrong(f"a {kind} has no amount; write its money as a row of kind money")
        return None, ""
    if bool(major) == bool(small):
        raise Wrong("money needs amount (9.99) or amount_minor (999), one of them")
    try:
        currency = known_currency(currency.upper())
    except ValueError as wrong:
        raise Wrong(f"currency: {wrong}") from None
    try:
        amount = minor(major, currency) if major else int(small)
    except ValueError as wrong:
        raise Wrong(str(wrong) if major else f"amount_minor: '{small[:20]}' is not whole") from None
    if abs(amount) > MOST:
        raise Wrong(f"amount_minor: {small[:20]} is more than anybody pays")
    if cells.get("refund_of") and amount > 0:
        raise Wrong("what is paid back is negative")
    return amount, currency


def completed(found: Origin, own: Mapping[str, str]) -> Origin:
    """Return the place with what the row adds; a row that contradicts its link is wrong."""
    facts = {name: getattr(found, name) for name in Origin.__dataclass_fields__}
    for name, value in own.items():
        if value and facts[name] and facts[name] != value:
            raise Wrong(f"{name}: {value} here, but {facts[name]} by its link or post")
        facts[name] = facts[name] or value
    return Origin(**facts)


def bring_in(studio: Studio, file: Path, *, zone: str = "", dry_run: bool = False) -> Imported:
    """Enter the rows of a file that are right; the wrong ones are written beside it."""
    found = rows.read(file, COLUMNS, NEEDED)
    studio = studio.drafting if dry_run else studio
    reader = reader_of(studio, file, found, zone)
    taken: list[tuple[Row, FunnelEvent]] = []
    wrong: list[Row] = []
    for row in found:
        try:
            taken.append((row, reader.event(row)))
        except Wrong as why:
            wrong.append(replace(row, why=str(why)))
    taken, erased = living(studio, taken)
    fresh: dict[str, FunnelEvent] = {}
    right: dict[str, FunnelEvent] = {}
    for first in range(0, len(taken), AT_ONCE):
        some = taken[first : first + AT_ONCE]
        wrong += enter(studio, some, right, fresh)
    wrong.sort(key=lambda row: row.line)
    place = rows.beside(file) if wrong and not dry_run else None
    if place:
        rows.write(place, wrong, COLUMNS)
    if not dry_run:
        log.get().info("funnel.imported", entered=len(fresh), rejected=len(wrong))
    return Imported(
        file=file,
        rows=len(found),
        entered=len(fresh),
        known=len(found) - len(wrong) - len(fresh) - erased,
        erased=erased,
        kinds=tuple(sorted(Counter(str(one.kind) for one in fresh.values()).items())),
        rejected=tuple(Rejected(line=row.line, why=row.why) for row in wrong),
        quarantine=place,
        dry_run=dry_run,
    )


def living(
    studio: Studio, taken: list[tuple[Row, FunnelEvent]]
) -> tuple[list[tuple[Row, FunnelEvent]], int]:
    """Return the rows of nobody who was erased, and how many the others are."""
    people = {event.person for _, event in taken} - {""}
    with studio.database.transaction() as session:
        barred = tombstones.barred(session, people)
    kept = [
        (row, event)
        for row, event in taken
        if event.person not in barred or event.at >= barred[event.person]
    ]
    return kept, len(taken) - len(kept)


def enter(
    studio: Studio,
    taken: Sequence[tuple[Row, FunnelEvent]],
    right: dict[str, FunnelEvent],
    fresh: dict[str, FunnelEvent],
) -> list[Row]:
    """Enter some rows in one transaction, adding to what is `right` and `fresh`; return the wrong.

    What was entered before a kill is known the next time.
    """
    wrong: list[Row] = []
    new: dict[str, FunnelEvent] = {}
    with studio.database.transaction() as session:
        keys = [event.key for _, event in taken]
        before = events.by_keys(session, EventSource.IMPORT, keys)
        for row, event in taken:
            known = right.setdefault(event.key, before.get(event.key, event))
            if clash := against(known, event):
                wrong.append(replace(row, why=clash))
            elif known is event:
                new[event.key] = event
        events.enter(session, new.values())
    fresh |= new
    return wrong


def reader_of(studio: Studio, file: Path, found: Sequence[Row], zone: str) -> Reader:
    """Return what reads these rows, the links and posts that they name looked up."""
    given = zone_of(zone)
    codes = {one.cells.get("link", "").rpartition("/")[2].lower() for one in found} - {""}
    posts = {one.cells.get("post", "").upper() for one in found} - {""}
    with studio.database.transaction() as session:
        return Reader(
            studio=studio,
            zone=given,
            batch=hashlib.sha256(file.read_bytes()).hexdigest()[:16],
            codes=follow.known_codes(session, sorted(codes)),
            posts=events.origins(session, posts),
            salt=vault.own_salt(studio.settings.state_dir, session),
        )


def against(known: FunnelEvent, event: FunnelEvent) -> str:
    """Return why an event is not the one that is known by its key, "" when it is."""
    same = ("kind", "at", "person", "count", "amount_minor", "currency", "about")
    for name in same:
        ours, theirs = getattr(known, name), getattr(event, name)
        if ours != theirs and not (name == "at" and ours.astimezone(UTC) == theirs):
            return (
                f"event_id: it was entered before with another {name.partition('_')[0]}; an event "
                "is never changed, write a correction as an event of its own"
            )
    return ""
