"""Migrate, back up, restore and check the database."""

from dataclasses import dataclass
from pathlib import Path

from elite8.core.domain.post import PostStatus
from elite8.core.operations import stops
from elite8.core.storage import maintenance, posts, privacy
from elite8.core.storage.database import HEAD
from elite8.core.studio import Studio

AFTER = (
    "look at the networks, 'elite8 publish cancel' what is out already, "
    "then 'elite8 publish resume'"
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

    What went out since the backup is not known to it, and would go out again. Who was erased since
    is in it, and is erased again.
    """
    from elite8.core.operations import erasing  # loads NumPy

    kept = maintenance.restore(source, studio.database, force=force)
    again = erasing.revived(studio)
    erasing.finish(studio)
    with studio.database.transaction() as session:
        unsure = any(post.status != PostStatus.PUBLISHED for post, _ in posts.open_ones(session))
    if unsure:
        stops.stop(studio, "all", "", "a backup was restored: see what went out since it was made")
    beside = f"; the replaced one is {kept}" if kept else ""
    stopped = f"; publishing is stopped: {AFTER}" if unsure else ""
    gone = f"; {again} erased since then are erased in it too" if again else ""
    said = f"{studio.database.name} is {source} now{beside}{gone}{stopped}"
    return Maintained(sentence=said, file=kept)


def check(studio: Studio) -> tuple[str, ...]:
    """Return one sentence per thing that is wrong."""
    return maintenance.check(studio.database)
