"""Taking in what an official API tells, by the same desk as files: in a batch, each thing once.

A walk that broke off goes on with its batch: it begins again, and what was entered is known.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from elite8.core import log
from elite8.core.domain.subscriber import ImportBatch
from elite8.core.errors import ConfigError
from elite8.core.operations import entering
from elite8.core.operations.entering import Desk
from elite8.core.operations.mapping import Did, Name, Stands
from elite8.core.storage import batches, bulk, direct
from elite8.core.storage.database import Session
from elite8.core.studio import Studio

Step = Callable[[str, float], None]
AT_ONCE = 2000
"""People of one transaction: whoever else writes gets a turn between."""
CLOCKS = timedelta(hours=1)
"""How far clocks of two machines on one store may differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What an official API told; `left_out` are things that are nobody's or not known, by why.

    `since` is from when on payments were asked for, `None` for all; `purged` are older than what is
    kept, of people whom a purge may have taken out; `batch` is None when nothing
    was kept. `notes` are sentences.
    """

    platform: str
    account: str
    since: datetime | None
    batch: int | None
    entered: int
    known: int
    erased: int
    purged: int
    kinds: tuple[tuple[str, int], ...]
    left_out: tuple[tuple[str, int], ...]
    notes: tuple[str, ...]
    dry_run: bool


@dataclass
class Intake:
    """One walk through an API: where it enters, and what was counted."""

    studio: Studio
    platform: str
    account: str
    since: datetime | None
    began: datetime
    desk: Desk
    rows: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    def still(self, session: Session) -> None:
        """Refuse to go on with a batch that was taken back meanwhile."""
        if self.desk.batch is not None:
            batches.still(session, self.desk.batch)

    def did(self, rows: Sequence[Did]) -> None:
        """Enter what people did, unless a file told their payments since the walk began."""
        if rows:
            with self.studio.database.transaction() as session, bulk.room(session):
                self.still(session)
                direct.alone(session)
                for character in {row.character for row in rows if row.amount is not None}:
                    check_files(
                        self.studio, session, self.platform, character, self.since, self.began
                    )
                wrong = self.desk.events(session, rows)
            self.rows += len(rows)
            self.left_out.update(why for _, why in wrong)

    def stands(self, rows: Sequence[Stands]) -> None:
        """Enter how subscriptions stand."""
        if rows:
            with self.studio.database.transaction() as session:
                self.still(session)
                self.desk.states(session, rows)
            self.rows += len(rows)

    def people(self, names: Sequence[Name], kind: str) -> None:
        """Enter people of whom nothing but their being there is told."""
        for first in range(0, len(names), AT_ONCE):
            some = names[first : first + AT_ONCE]
            with self.studio.database.transaction() as session:
                self.still(session)
                before = direct.there(session)
                found = self.desk.people(session, set(some))
                fresh = direct.there(session) - before
            self.desk.entered += fresh
            self.desk.known += len(found) - fresh
            self.desk.erased += len(some) - len(found)
        self.rows += len(names)
        self.desk.acts[kind] += len(names)

    def end(self) -> Fetched:
        """Note that the walk came to its end, and return what came of it."""
        if self.desk.batch is not None:
            with self.studio.database.transaction() as session:
                batches.end(
                    session,
                    self.desk.batch,
                    self.studio.clock(),
                    rows=self.rows,
                    entered=self.desk.entered,
                    known=self.desk.known,
                    rejected=self.left_out.total(),
                )
            log.get().info("subscribers.fetched", platform=self.platform, entered=self.desk.entered)
        return Fetched(
            platform=self.platform,
            account=self.account,
            since=self.since,
            batch=self.desk.batch,
            entered=self.desk.entered,
            known=self.desk.known,
            erased=self.desk.erased,
            purged=self.desk.purged,
            kinds=tuple(sorted((str(kind), n) for kind, n in self.desk.acts.items() if n)),
            left_out=tuple(self.left_out.most_common()),
            notes=tuple(self.notes),
            dry_run=self.desk.batch is None,
        )


def begin(
    studio: Studio, platform: str, account: str, since: datetime | None, *, dry_run: bool
) -> Intake:
    """Begin a walk, or go on with one that broke off."""
    studio = studio.drafting if dry_run else studio
    told = f"{platform}\0{account}\0{since.isoformat() if since else ''}"
    digest = hashlib.sha256(told.encode()).hexdigest()
    with studio.database.transaction() as session:
        batch = None if dry_run else batches.begun(session, digest, profile(platform))
        if batch is None and not dry_run:
            batch = ImportBatch(
                file=f"{platform} {account}".strip(),
                sha256=digest,
                profile=profile(platform),
                started_at=studio.clock(),
            )
            session.add(batch)
            session.flush()
        number = batch.id if batch else None
        desk = entering.desk(studio, session, number)
    return Intake(
        studio=studio,
        platform=platform,
        account=account,
        since=since,
        began=studio.clock(),
        desk=desk,
    )


def check_files(  # noqa: PLR0913, PLR0917  # whose payments, and of when
    studio: Studio,
    session: Session,
    platform: str,
    character: str,
    since: datetime | None,
    began: datetime | None = None,
) -> None:
    """Refuse payments that a file told too: by an API they have other names, and count again.

    Once a walk `began` only files that were not in to their end by then are looked at.
    """
    after = None if began is None else began - CLOCKS
    found = direct.paid_by_files(session, platform, character, after)
    if found and (since is None or since <= found[1]):
        batch, last = found
        day = (last.astimezone(studio.settings.zone) + timedelta(days=1)).date()
        raise ConfigError(
            f"payments of {platform.capitalize()} before {day} came by a file (batch {batch}) and "
            f"would count twice: give --since {day}, or take it back: elite8 subscribers import "
            f"undo {batch}"
        )


def profile(platform: str) -> str:
    """Return what a batch of an API has in place of a profile."""
    return f"{direct.BY_API}{platform}"


def since_of(studio: Studio, written: str) -> datetime | None:
    """Return the begin of a day of the operator's zone; "" is None, what is no day refused."""
    if not written:
        return None
    try:
        day = date.fromisoformat(written)
    except ValueError:
        raise ConfigError(f"--since: '{written[:20]}' is no day; write 2026-11-01") from None
    found = datetime.combine(day, time(), tzinfo=studio.settings.zone).astimezone(UTC)
    if found > studio.clock():
        raise ConfigError(f"--since: {day} is not here yet")
    return found
