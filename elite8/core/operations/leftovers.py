"""What lies outside the tables: rejected rows, answers to people, copies of the database."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

from elite8.core import log
from elite8.core.operations import consents
from elite8.core.storage import maintenance, privacy, tombstones, vault, whole
from elite8.core.studio import Studio

QUARANTINE = "quarantine"
ANSWERS = "privacy"
"""Folders of the state."""
NO_NAME = re.compile(r"\d*[\s.,:/+-][\d\s.,:/+TZ-]*")
"""A time or a sum."""
FEWEST_LETTERS, MOST_LETTERS = 2, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A copy of the database: when it was made, and by when it is to be deleted.

    `holds`: somebody was erased since, and is in it still.
    """

    path: Path
    made_at: datetime
    delete_by: datetime
    holds: bool


def copies(studio: Studio) -> tuple[Copy, ...]:
    """Return the copies that are still where they were written, oldest first.

    One that was moved is not known; one that is gone is no longer noted.
    """
    with studio.database.transaction() as session:
        made = {Path(one.path): one.at for one in privacy.copies(session)}
        for path in [path for path in made if not path.exists()]:
            privacy.forget_copy(session, str(path))
            del made[path]
        made |= {path: written(path) for path in maintenance.beside(studio.database)}
        keep = timedelta(days=studio.config.privacy.backups_days)
        return tuple(
            Copy(
                path=path,
                made_at=at,
                delete_by=at + keep,
                holds=privacy.first_erasure(session, at) is not None,
            )
            for path, at in sorted(made.items(), key=lambda each: each[1])
        )


def told(studio: Studio) -> tuple[Copy, ...]:
    """Return the copies that hold somebody who was erased."""
    return tuple(one for one in copies(studio) if one.holds)


def written(path: Path) -> datetime:
    """Return when a file was written."""
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def clean(studio: Studio) -> None:
    """Take erased people out of rejected rows, and delete the answers that were made for them."""
    for file in files(studio, QUARANTINE, "*.csv"):
        without_the_dead(studio, file)
    with studio.database.transaction() as session:
        for file in files(studio, ANSWERS, "*.json"):
            found = privacy.request(session, file.stem)
            if not found or not found[0].who:
                file.unlink(missing_ok=True)


def files(studio: Studio, folder: str, pattern: str) -> Iterator[Path]:
    """Yield the files of a folder of the state."""
    yield from sorted((studio.settings.state_dir / folder).glob(pattern))


def old(studio: Studio) -> list[Path]:
    """Return rejected rows and answers that were kept long enough."""
    before = studio.clock() - timedelta(days=studio.config.privacy.import_files_days)
    every = [*files(studio, QUARANTINE, "*"), *files(studio, ANSWERS, "*.json")]
    return [file for file in every if file.is_file() and written(file) < before]


def without_the_dead(studio: Studio, file: Path) -> None:
    """Write a file of rejected rows anew without those that name somebody who was erased.

    One in which nobody can be found goes as a whole; the end of one that a kill cut off is read.
    """
    text = file.read_text(encoding="utf-8", errors="replace")
    try:
        rows = list(csv.reader(StringIO(text, newline="")))
    except csv.Error as broken:
        log.get().warning("privacy.rejected_rows_deleted", file=file.name, why=str(broken))
        file.unlink(missing_ok=True)
        return
    platforms = sorted(studio.config.policies.platforms)
    with studio.database.transaction() as session:
        salt = consents.opened(studio, session).salt
        marks = [hashes(salt, platforms, row) for row in rows]
        dead = tombstones.dead(session, set().union(*marks)) if marks else set()
    kept = [row for row, mine in zip(rows, marks, strict=True) if not mine & dead]
    if len(kept) == len(rows):
        return
    out = StringIO(newline="")
    csv.writer(out).writerows(kept)
    whole.replace(file, out.getvalue().encode())


def hashes(salt: bytes, platforms: Sequence[str], row: Sequence[str]) -> set[str]:
    """Return by what the cells of a row would be known if they were names, as they come in."""
    names = {cell.removeprefix("'").strip() for cell in row}
    names |= {name.removeprefix("@") for name in names}
    return {
        vault.named(salt, platform, name)
        for name in names
        if FEWEST_LETTERS <= len(name) <= MOST_LETTERS and not NO_NAME.fullmatch(name)
        for platform in platforms
    }
