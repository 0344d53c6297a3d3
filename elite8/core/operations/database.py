"""Migrate, back up, restore and check the database."""

from dataclasses import dataclass
from pathlib import Path

from elite8.core.domain.attempt import new_attempt
from elite8.core.domain.post import Post, PostStatus
from elite8.core.operations import stops
from elite8.core.storage import attempts, maintenance, posts, privacy
from elite8.core.storage.database import HEAD, Session
from elite8.core.studio import Studio

AFTER = (
    "look at the networks, 'elite8 publish cancel' what is out already, "
    "then 'elite8 publish resume'"
)
UNKNOWN = (
    "a backup from before its time was restored, and it may be out since: look, then elite8 "
    "publish resolve {} published, or retry"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Maintained:
    """What was done, and the file it was done to."""

    sentence: str
    file: Path | None = None


def migrate(studio: Studio) -> Maintained:
    """Bring the schema up to date."""
    _ = studio.database.engine
    return Maintained(
        sentence=f"{studio.database.name} has schema {HEAD}", file=studio.database.file
    )


def backup(studio: Studio, target: Path) -> Maintained:
    """Write a consistent copy."""
    maintenance.backup(studio.database, target)
    with studio.database.transaction() as session:
        privacy.copied(session, str(target.absolute()), studio.clock())
    return Maintained(sentence=f"{studio.database.name} is copied to {target}", file=target)


def restore(studio: Studio, source: Path, *, force: bool) -> Maintained:
    """Put a backup in the database's place, and stop publishing where posts are open in it.

    What went out since the backup is not known to it, and would go out again: what fell due since
    waits for a person's word, also once publishing goes on. Who was erased since is in it, and is
    erased again.
    """
    from elite8.core.operations import erasing  # loads NumPy

    kept = maintenance.restore(source, studio.database, force=force)
    again = erasing.revived(studio)
    erasing.finish(studio)
    with studio.database.transaction() as session:
        unsure = any(post.status != PostStatus.PUBLISHED for post, _ in posts.open_ones(session))
        asked = [one.id for one in fell_due(studio, session)]
    if unsure:
        stops.stop(studio, "all", "", "a backup was restored: see what went out since it was made")
    beside = f"; the replaced one is {kept}" if kept else ""
    stopped = f"; publishing is stopped: {AFTER}" if unsure else ""
    if asked:
        stopped += f"; of what fell due since, say yourself whether it is out: {', '.join(asked)}"
    gone = f"; {again} erased since then are erased in it too" if again else ""
    said = f"{studio.database.name} is {source} now{beside}{gone}{stopped}"
    return Maintained(sentence=said, file=kept)


def fell_due(studio: Studio, session: Session) -> list[Post]:
    """Refuse and return the posts that wait and whose time came since the backup.

    Their handles are lost with the rows, so that no network can be asked about them for certain.
    The outbox knows its own.
    """
    now, found = studio.clock(), []
    for post, _ in posts.open_ones(session, due_by=now):
        if post.status == PostStatus.WAITING and post.sent_at is None and post.platform != "outbox":
            why = UNKNOWN.format(post.id)
            posts.decide(session, post, PostStatus.REFUSED, failure=why, sent_at=post.due_at)
            story = new_attempt(at=now, post_id=post.id, kind="operator", outcome="not known")
            attempts.add(session, story)
            found.append(post)
    return found


def check(studio: Studio) -> tuple[str, ...]:
    """Return one sentence per thing that is wrong."""
    return maintenance.check(studio.database)
