"""The stop key: nothing of what is stopped goes out, and going on makes no burst."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from elite8.core import log
from elite8.core.domain.attempt import Stop, new_attempt, new_stop
from elite8.core.domain.audit import Decision
from elite8.core.domain.post import Post, PostStatus
from elite8.core.errors import ConfigError, Refused, Withheld
from elite8.core.operations import accounts, audit
from elite8.core.operations.given import CHANNELS
from elite8.core.storage import accounts as kept
from elite8.core.storage import attempts, held, posts
from elite8.core.storage.database import Session
from elite8.core.studio import Studio

SCOPES = ("all", "character", "network", "region")


def stop(studio: Studio, scope: str, value: str, reason: str) -> tuple[Stop, bool]:
    """Return what stops what is due of this scope until it is resumed, and whether it is new.

    A second time changes nothing: the stop that is there is returned, with its own reason.
    """
    check_scope(studio, scope, value)
    wanted = new_stop(at=studio.clock(), scope=scope, value=value, reason=reason)
    with studio.database.transaction() as session:
        if known := there(session, wanted):
            return known, False
        attempts.stop(session, wanted)
        audit.keep(studio, session, Decision(act="stop", subject=wanted.words, decision="stopped"))
    log.get().warning("publishing.stopped", scope=scope, value=value)
    return wanted, True


def stop_all(studio: Studio, session: Session, reason: str) -> None:
    """Stop all publishing in a transaction of the caller's.

    Where it is stopped already it is stopped anew: who takes that one back does not end this one.
    """
    wanted = new_stop(at=studio.clock(), scope="all", value="", reason=reason)
    if before := there(session, wanted):
        attempts.end(session, before)
        wanted.reason += f"; stopped before: {before.reason}" if before.reason else ""
    attempts.stop(session, wanted)
    audit.keep(studio, session, Decision(act="stop", subject=wanted.words, decision="stopped"))


def there(session: Session, asked: Stop) -> Stop | None:
    """Return the stop of this scope, `None` for none; meanwhile nobody else adds or ends any."""
    held.alone(session, "stops")
    same = (asked.scope, asked.value)
    return next((one for one in attempts.stops(session) if (one.scope, one.value) == same), None)


def listed(studio: Studio) -> tuple[Stop, ...]:
    """Return what is stopped, oldest first."""
    with studio.database.transaction() as session:
        return tuple(attempts.stops(session))


def resume(studio: Studio, scope: str, value: str, policy: str, mark: str = "") -> tuple[int, int]:
    """End a stop; return how many posts were put off, and how many are not sent at all.

    `spread`: what was missed follows one after the other. `skip`: it is refused, and only an
    operator's own word sends it. With the `mark` of a stop only that one: another since is Refused.
    What the config knows no more, a performer who left, goes on like anything.
    """
    if policy not in ("spread", "skip"):
        raise ConfigError(f"no policy '{policy[:20]}'; choose spread or skip")
    if (scope, value) not in {(one.scope, one.value) for one in listed(studio)}:
        check_scope(studio, scope, value)
    now = studio.clock()
    with studio.database.transaction() as session:
        asked = new_stop(at=now, scope=scope, value=value, reason="")
        ended = end(session, asked, mark)
        what = Decision(act="stop", subject=ended.words, decision="resumed", detail=policy)
        audit.keep(studio, session, what)
        missed = [
            post
            for post, video in posts.open_ones(session)
            if post.status == PostStatus.WAITING
            and post.due_at <= now
            and is_stopped([ended], session, post, video.character_id)
        ]
        if policy == "skip":
            for post in missed:
                skip(session, post, ended, now)
            return 0, len(missed)
        gap = timedelta(minutes=max(studio.config.publishing.stagger_minutes, 1))
        for number, post in enumerate(missed):
            if posts.reschedule(session, post, now + number * gap):
                story = new_attempt(at=now, post_id=post.id, kind="operator", outcome="moved")
                attempts.add(session, story)
    return len(missed), 0


def end(session: Session, asked: Stop, mark: str) -> Stop:
    """End the stop of this scope, only that of `mark` when one is given; return which it was."""
    known = there(session, asked)
    if known and mark not in ("", known.mark):
        why = f": {known.reason}" if known.reason else ""
        raise Refused(
            f"this was stopped anew since{why}; go on with: elite8 publish resume{known.flag}"
        )
    if known and attempts.end(session, known):
        return known
    others = ", ".join(f"elite8 publish resume{one.flag}" for one in attempts.stops(session))
    also = f"what is stopped goes on with: {others}" if others else "nothing is stopped"
    raise ConfigError(f"no stop of {asked.words} is there; {also}")


def skip(session: Session, post: Post, ended: Stop, now: datetime) -> None:
    """Refuse a post whose time came while it was stopped."""
    why = f"its time came while {ended.words} was stopped; elite8 publish retry {post.id}"
    posts.decide(session, post, PostStatus.REFUSED, failure=why)
    story = new_attempt(at=now, post_id=post.id, kind="operator", outcome="skipped", message=why)
    attempts.add(session, story)


def check(session: Session, post: Post, character: str) -> None:
    """Keep back what is stopped. What may be out already is asked about all the same."""
    if post.sent_at is None:
        refuse(session, post, character)


def is_stopped(stopped: Sequence[Stop], session: Session, post: Post, character: str) -> bool:
    """Return whether one of these keeps the post from going out."""
    regions = accounts.audience(session, post, character) if stopped else ()
    return any(each.covers(character, post.platform, regions) for each in stopped)


def refuse(session: Session, post: Post, character: str) -> None:
    """Keep back what is stopped."""
    for one in attempts.stops(session):
        if is_stopped([one], session, post, character):
            why = f" ({one.reason})" if one.reason else ""
            raise Withheld(
                f"{one.words} is stopped{why}; go on with: elite8 publish resume{one.flag}"
            )


def check_scope(studio: Studio, scope: str, value: str) -> None:
    """Refuse a scope that means nothing."""
    known: dict[str, list[str]] = {
        "character": [one.id for one in studio.config.roster.characters],
        "network": [*studio.config.social.networks, *CHANNELS],
        "region": regions(studio) if scope == "region" else [],
    }
    if scope != "all" and value not in known.get(scope, ()):
        raise ConfigError(
            f"no {scope} '{value[:40]}'; choose {', '.join(known.get(scope, SCOPES))}"
        )


def regions(studio: Studio) -> list[str]:
    """Return the regions that there may be posts for: the configured ones, then the accounts'."""
    with studio.database.transaction() as session:
        bound = [code for one in kept.every(session) for code in one.regions.upper().split()]
    return list(dict.fromkeys((*studio.config.regions.regions, *bound)))
