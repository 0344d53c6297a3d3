"""Migrate, back up, restore and check the database."""

from dataclasses import dataclass
from pathlib import Path

from elite8.core.domain.attempt import new_attempt
from elite8.core.domain.audit import Decision
from elite8.core.domain.campaign import CampaignStatus
from elite8.core.domain.post import Post, PostStatus
from elite8.core.operations import audit, said_no, stops
from elite8.core.storage import attempts, campaigns, maintenance, people, posts, privacy
from elite8.core.storage.database import HEAD, Database, Session
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
    waits for a person's word, also once publishing goes on; messages that waited for somebody are
    not sent, and who said no since is not written to. All that is in the copy before it is in the
    database's place. Who was erased since is in it, and is erased again.
    """
    from elite8.core.operations import erasing  # loads NumPy

    held: list[Held] = []

    def ready(copy: Database) -> None:
        with copy.transaction() as session:
            held.append(hold(studio, session))

    kept = maintenance.restore(source, studio.database, force=force, ready=ready)
    again = erasing.revived(studio)
    erasing.finish(studio)
    said = [f"{studio.database.name} is {source} now"]
    if kept:
        said.append(f"the replaced one is {kept}")
    if again:
        said.append(f"{again} erased since then are erased in it too")
    return Maintained(sentence="; ".join((*said, *held[0].sentences)), file=kept)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What is held back of a database that may be from before: of posts, their ids."""

    stopped: bool
    asked: tuple[str, ...]
    unsent: int
    campaigns: tuple[str, ...]
    noes: int

    @property
    def sentences(self) -> tuple[str, ...]:
        """What a person has to know of it."""
        said = [f"publishing is stopped, and writing to people: {AFTER}"] if self.stopped else []
        if self.asked:
            which = ", ".join(self.asked)
            said.append(f"of what fell due since, say yourself whether it is out: {which}")
        return (*said, *self.of_people)

    @property
    def of_people(self) -> tuple[str, ...]:
        """What a person has to know of who is written to."""
        said = {
            f"what waited to be sent to {self.unsent} people is not sent any more": self.unsent,
            "stopped, for they may have reached all since: "
            + ", ".join(self.campaigns): self.campaigns,
            f"no after it was made, kept: {self.noes}": self.noes,
        }
        return tuple(sentence for sentence, so in said.items() if so)


def hold(studio: Studio, session: Session) -> Held:
    """Hold back what a database from before would send again, and have each later no hold."""
    stopped = would_send(session) or people.any_known(session)
    if stopped:
        why = "a backup was restored: see what went out since it was made"
        stops.stop_all(studio, session, why)
    asked = tuple(post.id for post in fell_due(studio, session))
    running = [one for one in campaigns.every(session) if one.status == CampaignStatus.STARTED]
    for one in running:
        one.status, one.stopped_at = CampaignStatus.STOPPED, studio.clock()
        detail = f"{one.name}: a backup was restored, and it may have reached all since"
        what = Decision(act="winback", subject=one.id, decision="stopped", detail=detail)
        audit.keep(studio, session, what)
    return Held(
        stopped=stopped,
        asked=asked,
        unsent=people.let_go(session),
        campaigns=tuple(one.name for one in running),
        noes=said_no.since(studio, session),
    )


def would_send(session: Session) -> bool:
    """Return whether whoever works on this database would send a post, ask for it, or write."""
    opened = (post.status != PostStatus.PUBLISHED for post, _ in posts.open_ones(session))
    return any(opened) or bool(people.waiting(session))


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
