"""Take in an export of subscribers or of what they did, by a profile; again adds only what is new.

The file is read row by row and entered in bounded transactions, its batch first: whoever is killed
in the middle goes on with the same file, and what was entered is known. A row that is wrong is
written to a file beside the state with why; the others are entered.
"""

import gc
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path

from elite8.core import log
from elite8.core.domain.profile import Profile
from elite8.core.domain.subscriber import ImportBatch
from elite8.core.errors import ConfigError
from elite8.core.lean import no_rings
from elite8.core.operations import cells, entering, profiles, requests, sheet
from elite8.core.operations.cells import Times
from elite8.core.operations.entering import Desk
from elite8.core.operations.export import LEFT_OUT, Export, Record
from elite8.core.operations.mapping import Did, Reading, Stands
from elite8.core.operations.quarantine import Quarantine
from elite8.core.storage import batches, bulk, direct
from elite8.core.storage.direct import Walked
from elite8.core.studio import Studio

AT_ONCE = 10_000
"""Rows of one transaction: whoever else writes gets a turn between."""
TOLD = 100
"""Rejected rows that an answer holds; the file beside the state has all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to take in: `exported_at` and `character` are of rows that say none themselves."""

    file: Path
    profile: str
    character: str = ""
    zone: str = ""
    exported_at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A row that was not taken, by its line, and why; it names nobody."""

    line: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn:
    """What became of a file; `left_out` rows are totals, or none of a subscriber's.

    `erased` are of people who were erased and stay so, `purged` older than what is kept, of people
    whom a purge may have taken out. `batch` is None when nothing was kept.
    """

    file: str
    profile: str
    verified: bool
    note: str
    encoding: str
    batch: int | None
    rows: int
    entered: int
    known: int
    left_out: int
    erased: int
    purged: int
    rejected: int
    kinds: tuple[tuple[str, int], ...]
    unmapped: tuple[str, ...]
    reasons: tuple[tuple[str, int], ...]
    lines: tuple[Rejected, ...]
    quarantine: Path | None
    dry_run: bool


@dataclass
class Counts:
    """What was counted while reading."""

    rows: int = 0
    left_out: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    lines: list[Rejected] = field(default_factory=list)

    @property
    def rejected(self) -> int:
        """How many rows were not taken."""
        return self.reasons.total()

    def reject(self, line: int, why: str) -> None:
        """Count a row that is not taken; reasons are counted by their first words."""
        self.reasons[why.partition(":")[0] if ":" in why[:24] else why] += 1
        if len(self.lines) < TOLD:
            self.lines.append(Rejected(line=line, why=why))


def take(studio: Studio, order: Order, *, dry_run: bool = False) -> TakenIn:
    """Take a file in, or say what would become of it."""
    profile = profiles.named(studio, order.profile)
    export = Export(
        sheet=sheet.look(order.file, profile.encoding),
        profile=profile,
        reading=reading_of(studio, profile, order),
        constants=constants_of(profile, order),
    )
    records = export.records()
    first = next(records, None)  # what refuses the whole file does so before anything is written
    if first is None:
        raise ConfigError(f"{order.file} holds no row")
    studio = studio.drafting if dry_run else studio
    batch = None if dry_run else begin(studio, export, order)
    with studio.database.transaction() as session:
        desk = entering.desk(studio, session, batch)
    counts = Counts()
    state = None if dry_run else studio.settings.state_dir
    with (
        Quarantine(state, batch or 0, export.header) as aside,
        no_rings(),
        room(studio),
    ):
        for some in portions(chain([first], records)):
            enter(studio, desk, some, counts, aside)
            some.clear()  # so that there is little to look through
            gc.collect()  # the few rings that a statement leaves, once for all its rows
    if batch is not None:
        finish(studio, batch, desk, counts)
        requests.gather(studio)  # an export tells of people who ask to be erased
    log.get().info(
        "subscribers.imported", batch=batch, entered=desk.entered, rejected=counts.rejected
    )
    return told(export, order, desk, counts, aside.file)


@contextmanager
def room(studio: Studio) -> Iterator[None]:
    """Keep more pages meanwhile, from one portion to the next."""
    with studio.database.transaction() as session:
        usual = bulk.widen(session)
    try:
        yield
    finally:
        with studio.database.transaction() as session:
            bulk.narrow(session, usual)


def constants_of(profile: Profile, order: Order) -> dict[str, str]:
    """Return what holds for each row that says nothing of it itself."""
    found = {"character_id": order.character} if order.character else {}
    if profile.kind == "subscribers" and order.exported_at:
        found["exported_at"] = order.exported_at
    if profile.kind == "subscribers" and "exported_at" not in {**profile.columns, **found}:
        raise ConfigError(
            "this export does not say when it was made, and the newest one holds: give "
            "--exported-at 2026-11-26T09:00"
        )
    return found


def reading_of(studio: Studio, profile: Profile, order: Order) -> Reading:
    """Return how the file is read; what was asked for and is not there is a ConfigError."""
    known = frozenset(one.id for one in studio.config.roster.characters)
    if order.character and order.character not in known:
        raise ConfigError(f"no character '{order.character[:20]}'; {', '.join(sorted(known))}")
    return Reading(
        profile=profile,
        times=Times(
            formats=profile.date_format,
            zone=cells.zone_of(order.zone or profile.tz),
            latest=studio.clock() + cells.AHEAD,
        ),
        platforms=frozenset(studio.config.policies.platforms) - {"email"},
        characters=known,
    )


def begin(studio: Studio, export: Export, order: Order) -> int:
    """Return the batch of this file: the one that was begun and never ended, else a new one."""
    with studio.database.transaction() as session:
        found = batches.begun(session, export.sheet.sha256, order.profile)
        if found is None:
            found = ImportBatch(
                file=order.file.name[-200:],
                sha256=export.sheet.sha256,
                profile=order.profile,
                started_at=studio.clock(),
            )
            session.add(found)
            session.flush()
        if found.id is None:
            raise LookupError(order.profile)
        return found.id


def finish(studio: Studio, batch: int, desk: Desk, counts: Counts) -> None:
    """Note that the whole file was taken in; what an earlier, killed run entered counts too."""
    with studio.database.transaction() as session:
        entered = batches.entered(session, batch)
        batches.end(
            session,
            batch,
            studio.clock(),
            rows=counts.rows,
            entered=entered,
            known=desk.entered + desk.known - entered,
            rejected=counts.rejected,
        )


def portions(records: Iterable[Record]) -> Iterator[list[Record]]:
    """Yield rows, so many as one transaction takes."""
    every = iter(records)
    while some := list(islice(every, AT_ONCE)):
        yield some


def enter(
    studio: Studio, desk: Desk, some: Sequence[Record], counts: Counts, aside: Quarantine
) -> None:
    """Enter some rows in one transaction; the wrong ones are put aside once it holds."""
    did = [one.row for one in some if isinstance(one.row, Did)]
    stands = [one.row for one in some if isinstance(one.row, Stands)]
    with studio.database.transaction() as session:
        bulk.widen(session)
        if desk.batch is not None:
            batches.still(session, desk.batch)
        if did:
            direct.alone(session)
        wrong = twice(did, direct.paid_by_apis(session)) if did else {}
        if free := [row for row in did if row.line not in wrong]:
            wrong |= desk.events(session, free)
        if stands:
            desk.states(session, stands)
    counts.rows += len(some)
    for one in some:
        why = one.why or wrong.get(one.line, "")
        if why == LEFT_OUT:
            counts.left_out += 1
        elif why:
            counts.reject(one.line, why)
            aside.add(one.line, why, one.cells)


def twice(did: Sequence[Did], walked: Sequence[Walked]) -> dict[int, str]:
    """Return by line why payments are not taken: the platform's API told those days already.

    An API and a file have no name of a payment in common, so that nothing else tells two from one.
    """
    paid = [row for row in did if row.amount is not None] if walked else []
    there = ((row, next((one for one in walked if told_before(row, one)), None)) for row in paid)
    return {
        row.line: (
            f"would count twice: payments of {one.platform} from {one.since:%Y-%m-%d} to "
            f"{one.until:%Y-%m-%d} came by its API (batch {one.batch}); to take them from files "
            f"instead: elite8 subscribers import undo {one.batch}"
        )
        for row, one in there
        if one is not None
    }


def told_before(row: Did, walked: Walked) -> bool:
    """Return whether an API told the payments of a row's account at its time.

    A row that names no performer may be of any.
    """
    same = walked.platform == row.name.platform and row.character in {"", walked.character}
    return same and walked.since <= row.at <= walked.until


def told(export: Export, order: Order, desk: Desk, counts: Counts, aside: Path | None) -> TakenIn:
    """Return what became of the file."""
    return TakenIn(
        file=order.file.name,
        profile=order.profile,
        verified=export.profile.verified,
        note=export.profile.note,
        encoding=export.sheet.encoding,
        batch=desk.batch,
        rows=counts.rows,
        entered=desk.entered,
        known=desk.known,
        left_out=counts.left_out,
        erased=desk.erased,
        purged=desk.purged,
        rejected=counts.rejected,
        kinds=tuple(sorted(desk.acts.items())),
        unmapped=tuple(export.unmapped),
        reasons=tuple(counts.reasons.most_common()),
        lines=tuple(counts.lines),
        quarantine=aside,
        dry_run=desk.batch is None,
    )
