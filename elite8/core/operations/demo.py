"""Make a synthetic studio to explore: a year of people, money and posts that never were.

It is whole or not there: what is made stands beside the folder until it is done. A mark in the
folder and one in the database say what it is, and nothing is published, sent or signed in from it.
"""

import os
import tempfile
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from pydantic import SecretStr

from elite8.core import places
from elite8.core.errors import ConfigError
from elite8.core.operations import demo_back, demo_feed, demo_people, gather
from elite8.core.simulators import crowd
from elite8.core.storage import maintenance, vault, whole
from elite8.core.storage.database import Database
from elite8.core.studio import Studio

SEED = 8
MOST_SEED = 2**31 - 1
DATABASE = "elite8.db"
Told = Callable[[str, float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What was made, and where; `new` is False where it was there already."""

    folder: Path
    seed: int
    day: date
    rows: Mapping[str, int]
    size_bytes: int
    new: bool


def make(  # noqa: PLR0913  # whose, where, of which year, how many
    studio: Studio,
    folder: Path | None = None,
    *,
    seed: int = SEED,
    day: date | None = None,
    people: int = 0,
    told: Told = lambda _step, _share: None,
) -> Made:
    """Make the studio of a seed and the year before a day; one that is there already stays.

    A folder with anything else in it is a ConfigError.
    """
    target = (folder or studio.settings.state_dir).expanduser().absolute()
    today = studio.clock().astimezone(studio.settings.zone).date()
    until = day or today
    check(studio, target, seed, until, today)
    if (there := places.synthetic(target)) is not None:
        return kept(studio, target, there, seed)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".elite8-") as scratch:
            made = Path(scratch) / "state"
            rows = filled(studio, made, seed, until, people or crowd.PEOPLE, told)
            os.sync()
            made.replace(target)
    except OSError as trouble:
        raise ConfigError(f"{target} cannot be written: {trouble.strerror}") from None
    return Made(
        folder=target, seed=seed, day=until, rows=rows, new=True,
        size_bytes=(target / DATABASE).stat().st_size,
    )  # fmt: skip


def check(studio: Studio, target: Path, seed: int, until: date, today: date) -> None:
    """Refuse what no synthetic studio is made of or mixed into."""
    if places.environment().get("ELITE8_DATABASE_URL"):
        raise ConfigError(
            "ELITE8_DATABASE_URL is set, and a synthetic studio has a database of its own: unset it"
        )
    if not 0 <= seed <= MOST_SEED:
        raise ConfigError(f"--seed {seed} is outside 0 to {MOST_SEED}")
    if until > today or until.year < studio.config.funnel.as_of.year - 1:
        raise ConfigError(f"--day {until}: name today ({today}) or a day of the last year")
    if places.synthetic(target) is not None:
        return
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise ConfigError(
            f"{target} has something in it already, and nothing made up is mixed with what is "
            "real; name a new folder: elite8 config init DIR --demo"
        )


def kept(studio: Studio, target: Path, there: places.Synthetic, seed: int) -> Made:
    """Return the studio that is there; one of another seed is a ConfigError."""
    if there.seed != seed:
        raise ConfigError(
            f"{target} has the synthetic studio of seed {there.seed}; name another folder, or "
            f"--seed {there.seed}"
        )
    opened = at(studio, target)
    with closing(opened.database):
        rows = counted(opened)
    size = (target / DATABASE).stat().st_size
    day = date.fromisoformat(there.day)
    return Made(folder=target, seed=seed, day=day, rows=rows, size_bytes=size, new=False)


def filled(  # noqa: PLR0913, PLR0917  # as make
    studio: Studio, state: Path, seed: int, until: date, people: int, told: Told
) -> Mapping[str, int]:
    """Make everything in a new folder; return how many rows there are of what."""
    now = until_when(studio, until)
    whole.once(state / "keys" / vault.SALT_FILE, lambda: demo_people.salt(seed))
    opened = replace(at(studio, state), clock=lambda: now)
    vars(opened)["database"] = Database(address(state), durable=False)
    with closing(opened.database):
        told("people", 0.0)
        entered = demo_people.enter(opened, seed, people, lambda share: told("people", share * 0.7))
        told("winbacks", 0.75)
        demo_back.enter(opened, seed)
        told("posts", 0.8)
        demo_feed.enter(opened, seed, entered)
        told("figures", 0.9)
        gather.gather(opened)
        rows = counted(opened)
    maintenance.mark(state / DATABASE, seed)
    places.mark(state, seed, until.isoformat())
    return rows


def until_when(studio: Studio, until: date) -> datetime:
    """Return the last instant that is made up: now, or the end of an earlier day."""
    zone = studio.settings.zone
    midnight = datetime.combine(until + timedelta(days=1), time(), zone).astimezone(UTC)
    return min(studio.clock().replace(microsecond=0), midnight)


def at(studio: Studio, state: Path) -> Studio:
    """Return the studio of another state folder."""
    settings = studio.settings.model_copy(
        update={"state_dir": state, "database_url": SecretStr(address(state))}
    )
    return replace(studio, settings=settings)


def address(state: Path) -> str:
    """Return the database of a state folder."""
    return f"sqlite:///{state / DATABASE}"


def counted(studio: Studio) -> Mapping[str, int]:
    """Return how many rows there are of what a newcomer looks at."""
    with studio.database.transaction() as session:
        return maintenance.rows_of(
            session, (*demo_people.TABLES, *demo_back.TABLES, *demo_feed.TABLES)
        )
