"""Migrate, back up, restore and check the database."""

from dataclasses import dataclass
from pathlib import Path

from elite8.core.storage import maintenance
from elite8.core.storage.database import HEAD
from elite8.core.studio import Studio


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
    return Maintained(sentence=f"{studio.database.name} is copied to {target}", file=target)


def restore(studio: Studio, source: Path, *, force: bool) -> Maintained:
    """Put a backup in the database's place."""
    kept = maintenance.restore(source, studio.database, force=force)
    beside = f"; the replaced one is {kept}" if kept else ""
    return Maintained(sentence=f"{studio.database.name} is {source} now{beside}", file=kept)


def check(studio: Studio) -> tuple[str, ...]:
    """Return one sentence per thing that is wrong."""
    return maintenance.check(studio.database)
