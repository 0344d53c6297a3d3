"""Delete what was kept long enough, by the operator's own periods; finish what a kill left."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from elite8.core import log
from elite8.core.domain.audit import Decision
from elite8.core.domain.keeping import MONTH
from elite8.core.operations import audit, bygone, erasing, leftovers, requests, winback_forget
from elite8.core.operations.leftovers import Copy
from elite8.core.operations.whom import Whom
from elite8.core.storage import erasing as tables
from elite8.core.storage import privacy
from elite8.core.storage.database import Session
from elite8.core.studio import Studio


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """What was too old, as numbers; `backups` are all copies that are known, with their day.

    `assignments` of old campaigns are hashes now. `finished`: people whom a kill or an old backup
    had left after they were erased.
    """

    lapsed: int
    rows: tuple[tuple[str, int], ...]
    files: int
    requests: int
    assignments: int
    finished: int
    swept: bool
    backups: tuple[Copy, ...]
    dry_run: bool


def purge(studio: Studio, *, dry_run: bool = False) -> Purged:
    """Delete what is too old, or count it; a second run finds nothing."""
    trial = studio.drafting if dry_run else studio
    finished = erasing.revived(trial)
    lapsed, rows = without_the_lapsed(trial)
    old = leftovers.old(studio)
    periods = studio.config.privacy
    before = studio.clock() - periods.requests_months * MONTH
    aged = studio.clock() - periods.assignments_months * MONTH
    with trial.database.transaction() as session:
        answered = privacy.forget_requests(session, before)
        unlinked = winback_forget.age(trial, session, aged)
    if not dry_run:
        for file in old:
            file.unlink(missing_ok=True)
    swept = False if dry_run else erasing.finish(studio)
    log.get().info("privacy.purged", lapsed=lapsed, files=len(old), dry_run=dry_run)
    return Purged(
        lapsed=lapsed,
        rows=tuple(sorted((name, count) for name, count in rows.items() if count)),
        files=len(old),
        requests=answered,
        assignments=unlinked,
        finished=finished,
        swept=swept,
        backups=leftovers.copies(studio),
        dry_run=dry_run,
    )


def without_the_lapsed(studio: Studio) -> tuple[int, Counter[str]]:
    """Take out whoever paid nothing for too long; return how many, and rows by table.

    They asked for nothing: somebody who subscribes again is taken in again.
    """
    before = studio.clock() - studio.config.privacy.lapsed_months * MONTH
    today = studio.clock().date()
    rows: Counter[str] = Counter()
    count = last = 0
    while True:
        with studio.database.transaction() as session:
            some = privacy.lapsed(session, before, today, after_id=last, limit=erasing.AT_ONCE)
            if not some:
                return count, rows
            rows += removed(studio, session, some, before)
        count, last = count + len(some), some[-1]


def removed(studio: Studio, session: Session, ids: Sequence[int], before: datetime) -> Counter[str]:
    """Take some subscribers out, and note that the files are to be rid of them.

    All their money is from `before` that instant, and is to come in no more: it is in the sums.
    """
    tables.overwrite_from_now_on(session)
    for one in privacy.by_ids(session, ids):
        names = [each.digest for each in privacy.aliases(session, [one.id or 0])]
        erasing.cut(session, erasing.words_of(names, Whom(subscribers=(one,))))
    winback_forget.forget(studio, session, ids)
    tables.sum_up(session, ids)
    rows = tables.remove(session, tables.pointers(session), ids)
    session.expunge_all()
    now = studio.clock()
    row = requests.opened(
        studio, kind="erase", who="", country="", at=now, key=f"purge {now.isoformat()} {ids[0]}"
    )
    row.source, row.done_at, row.outcome = "retention", now, f"{len(ids)} lapsed people"
    session.add(row)
    session.flush()
    what = Decision(
        act=bygone.ACT,
        subject=row.id,
        decision=bygone.DECISION,
        detail=bygone.told(len(ids), before),
    )
    audit.keep(studio, session, what)
    return rows
