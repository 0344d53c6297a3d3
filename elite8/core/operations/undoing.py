"""Take exactly one file back: what it told, and who came with it and is in no other."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from elite8.core import log
from elite8.core.errors import ConfigError
from elite8.core.operations.quarantine import FOLDER
from elite8.core.storage import batches
from elite8.core.storage.batches import Removed
from elite8.core.studio import Studio

AT_ONCE = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A file that was taken in; `ended_at` is None while it is not in to its end."""

    number: int
    file: str
    profile: str
    rows: int
    entered: int
    known: int
    rejected: int
    started_at: datetime
    ended_at: datetime | None
    undone_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """What was taken back; `again`: it was undone before, and nothing was left to take."""

    batch: int
    events: int
    states: int
    subscriptions: int
    names: int
    subscribers: int
    again: bool


def listed(studio: Studio, limit: int) -> tuple[Batch, ...]:
    """Return the files that were taken in, the newest first."""
    with studio.looking.database.transaction() as session:
        return tuple(
            Batch(
                number=one.id or 0,
                file=one.file,
                profile=one.profile,
                rows=one.rows,
                entered=one.entered,
                known=one.known,
                rejected=one.rejected,
                started_at=one.started_at,
                ended_at=one.ended_at,
                undone_at=one.undone_at,
            )
            for one in batches.newest(session, limit)
        )


def undo(studio: Studio, number: int) -> Undone:
    """Take a batch back in bounded transactions; whoever is killed is finished by the next run."""
    with studio.database.transaction() as session:
        batch = batches.get(session, number)
        if batch is None:
            raise ConfigError(f"no batch {number}; elite8 subscribers import list shows them")
        before = batch.undone_at is not None
        batches.begin_undo(session, number, studio.clock())
    removed = Removed()
    each(lambda: events(studio, number, removed))
    each(lambda: states(studio, number, removed))
    people(studio, removed)
    with studio.database.transaction() as session:
        removed.names += batches.remove_names(session, number)
        some = removed.events + removed.states + removed.names + removed.subscribers
        if some:
            batches.end_undo(session, number, studio.clock())
    (studio.settings.state_dir / FOLDER / f"batch-{number}.csv").unlink(missing_ok=True)
    log.get().info("subscribers.import-undone", batch=number, events=removed.events)
    return Undone(
        batch=number,
        events=removed.events,
        states=removed.states,
        subscriptions=removed.subscriptions,
        names=removed.names,
        subscribers=removed.subscribers,
        again=before and not some,
    )


def each(step: Callable[[], int]) -> None:
    """Repeat a step until it finds nothing more."""
    while step():
        pass


def events(studio: Studio, number: int, removed: Removed) -> int:
    """Take back some events; return how many."""
    with studio.database.transaction() as session:
        some = batches.remove_events(session, number, AT_ONCE)
    removed.events += some
    return some


def states(studio: Studio, number: int, removed: Removed) -> int:
    """Take back some states of subscriptions; return how many."""
    with studio.database.transaction() as session:
        some, went = batches.remove_states(session, number, AT_ONCE)
    removed.states += some
    removed.subscriptions += went
    return some


def people(studio: Studio, removed: Removed) -> None:
    """Take back subscribers who came with an undone batch and whom nothing refers to any more."""
    after = 0
    while True:
        with studio.database.transaction() as session:
            some = batches.strangers(session, after, AT_ONCE)
            if not some:
                return
            names, gone = batches.remove_strangers(session, some, batches.references(session))
        removed.names += names
        removed.subscribers += gone
        after = some[-1]
