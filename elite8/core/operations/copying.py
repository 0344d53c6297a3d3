"""Move to another database and back: all rows, and publishing stopped until one of them goes on."""

from dataclasses import dataclass, replace
from pathlib import Path

from elite8.core.domain.sign_in import SignIn
from elite8.core.errors import ConfigError, Refused, Unavailable
from elite8.core.operations import database, dispatch, erasing, leading, stops
from elite8.core.storage import copying, maintenance, people, privacy, sign_ins
from elite8.core.storage.copying import Copied
from elite8.core.storage.database import HEAD, Database, Session
from elite8.core.studio import Studio

OURS = "-"
"""Stands for the database of the settings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What was copied, or would be; `stopped`: publishing is, in both; `unfit` is in no way.

    `asked` are posts of which a person has to say whether they are out. `held_back` says what is
    not sent to people any more. `kept_by` is another database whose sign-ins lie where those of
    this copy would, "" for none: then none came along.
    """

    source: str
    target: str
    rows: int
    tables: tuple[Copied, ...]
    stopped: bool
    erased_again: int
    asked: tuple[str, ...]
    unfit: tuple[str, ...]
    dry_run: bool
    sign_ins: int = 0
    held_back: tuple[str, ...] = ()
    kept_by: str = ""

    @property
    def sentence(self) -> str:
        """What came of it, and what to do now."""
        if self.dry_run:
            return f"{self.rows} rows of {self.source} would be copied to {self.target}"
        parts = [f"{self.rows} rows of {self.source} are in {self.target}, each compared"]
        if self.sign_ins:
            parts.append(f"sign-ins that came along: {self.sign_ins}")
        if self.kept_by:
            parts.append(
                f"no sign-in came along, for those of this machine are of {self.kept_by}: for them "
                "set ELITE8_DATABASE_URL to the new database, then copy to -"
            )
        if self.erased_again:
            parts.append(f"{self.erased_again} erased before are erased in it too")
        if self.stopped:
            parts.append(
                "publishing is stopped in both, so that nothing goes out twice: set "
                "ELITE8_DATABASE_URL to the one that goes on, then 'elite8 publish resume'"
            )
        if self.asked:
            which = ", ".join(self.asked)
            parts.append(f"of what fell due before, say yourself whether it is out: {which}")
        parts += self.held_back
        return "; ".join(parts)


def copy(
    studio: Studio, source: str, target: str, *, tell: copying.Tell, dry_run: bool = False
) -> Moved:
    """Copy every row into an empty database, or say what would be copied.

    All or nothing, also when killed. What both would send is stopped in both; whoever was erased
    since a copy was made is erased again in it. Only the database of the settings is known to be
    the one that was worked on: any other may be a backup, and what fell due in it may be out.
    """
    one, other = place(studio, source), place(studio, target)
    if one.url == other.url:
        raise ConfigError(f"{one.name} cannot be copied onto itself; name another database")
    try:
        there, here = at(studio, one), at(studio, other)
        left_alone(there)
        if dry_run:
            return looked(there, here, tell)
        ours = Database(studio.settings.database_url.get_secret_value())
        used = bool(ours.file and ours.file.is_file()) and ours.url not in {one.url, other.url}
        kept_by = ours.name if used and other.file and not one.file else ""
        return moved(there, here, tell, old=one.url != ours.url, kept_by=kept_by)
    finally:
        one.close()
        other.close()


def place(studio: Studio, named: str) -> Database:
    """Return the database of a file, a URL or `-`; a password on the command line is refused."""
    if named == OURS:
        return Database(studio.settings.database_url.get_secret_value())
    if "://" not in named:
        return Database(f"sqlite:///{Path(named).absolute()}")
    found = Database(named)
    if found.url.password or "password" in found.url.query:
        raise ConfigError(
            "a password on the command line is seen by everybody on this machine: leave it out and "
            "put it into ~/.pgpass or PGPASSWORD, or set ELITE8_DATABASE_URL and write - for it"
        )
    return found


def at(studio: Studio, database: Database) -> Studio:
    """Return the studio with this database."""
    other = replace(studio)
    vars(other)["database"] = database
    return other


def left_alone(there: Studio) -> None:
    """Refuse a source that is not there, is old or made up, or that anybody works on."""
    found = there.database
    if found.file and not found.file.is_file():
        raise ConfigError(f"there is no database at {found.name}; nothing to copy")
    if copying.version(found) != HEAD:
        raise ConfigError(
            f"{found.name} has not this version's schema; bring it up to date first: set "
            "ELITE8_DATABASE_URL to it, then 'elite8 db migrate'"
        )
    if maintenance.seed_of(found.file) is not None:
        raise Refused(f"{found.name} is made up: nobody in it exists, and a copy would not say so")
    if leads := leading.leader(there):
        raise Unavailable(f"a daemon works on {found.name} ({leads.who}); stop it first")
    if works := next((one.who for one in dispatch.known(there) if one.there), ""):
        raise Unavailable(f"a worker works on {found.name} ({works}); stop it first")


def looked(there: Studio, here: Studio, tell: copying.Tell) -> Moved:
    """Return what would be copied; the target is neither made nor changed."""
    target = here.database
    if not (target.file and not target.file.exists()) and copying.version(target) is not None:
        with target.transaction() as session:
            copying.needs_no_rows(session.connection(), target.name)
    with there.database.transaction() as session:
        tables, unfit = copying.tried(session.connection(), tell)
        stopped = database.would_send(session)
    kept = unfit if target.file is None else ()
    return told(there, here, tables, stopped=stopped, unfit=kept, dry_run=True)


def moved(
    there: Studio, here: Studio, tell: copying.Tell, *, old: bool, kept_by: str = ""
) -> Moved:
    """Copy, stop what both would send, and erase again whom the copy should not know.

    `old`: it may be a backup; what fell due since waits for a person's word (`database.restore`).
    `kept_by`: this machine's files of sign-ins are of that database, and stay so.
    """
    stopped: list[bool] = []
    held: list[database.Held] = []
    came: list[int] = []

    def also(before: Session, after: Session) -> None:
        stopped.append(database.would_send(after) or (old and people.any_known(after)))
        if stopped[0]:
            stops.stop_all(there, before, f"it was copied to {here.database.name}")
            stops.stop_all(here, after, f"it is a copy of {there.database.name}")
        if old:
            held.append(database.hold(here, after))
        remember(there, before, here.database)
        remember(here, after, there.database)
        state = there.settings.state_dir
        came.append(sign_ins.carry(before, after, state, in_use=bool(kept_by)))

    tables = copying.copy(there.database, here.database, tell, also)
    again = erasing.revived(here)
    erasing.finish(here)
    said = told(there, here, tables, stopped=stopped[0], erased_again=again)
    asked = tuple(post for one in held for post in one.asked)
    not_sent = tuple(words for one in held for words in one.of_people)
    return replace(said, asked=asked, sign_ins=came[0], held_back=not_sent, kept_by=kept_by)


def remember(studio: Studio, session: Session, other: Database) -> None:
    """Note the other one as a copy that holds people; only a file can be looked for."""
    if other.file:
        privacy.copied(session, str(other.file.absolute()), studio.clock())


def told(  # noqa: PLR0913  # a record's facts
    there: Studio,
    here: Studio,
    tables: tuple[Copied, ...],
    *,
    stopped: bool,
    erased_again: int = 0,
    unfit: tuple[str, ...] = (),
    dry_run: bool = False,
) -> Moved:
    """Return the record of it; sign-ins have a line of their own."""
    rows = tuple(one for one in tables if one.table != SignIn.__tablename__)
    return Moved(
        source=there.database.name,
        target=here.database.name,
        rows=sum(one.rows for one in rows),
        tables=rows,
        stopped=stopped,
        erased_again=erased_again,
        asked=(),
        unfit=unfit,
        dry_run=dry_run,
    )
