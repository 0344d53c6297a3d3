"""What the daemon's tasks do about posts: send them, look at them, read what they have done."""

from elite8.core import log
from elite8.core.domain.post import Post, PostStatus
from elite8.core.domain.shard import WHOLE, Shard
from elite8.core.operations.chores import counted
from elite8.core.studio import Studio


def measure(studio: Studio) -> str:
    """Read what published posts have done and who follows, when a reading is due."""
    return "; ".join(filter(None, (measure_posts(studio), count_followers(studio))))


def count_followers(studio: Studio) -> str:
    """Ask how many follow each account, a few times a day."""
    from elite8.core.operations import followers

    asked = followers.due(studio)
    if not asked:
        return ""
    from elite8.core.operations import count_followers as counting

    found = counting.run(studio, asked)
    for one in found:
        if one.error:
            log.get().warning("followers.trouble", code=one.error, message=one.message)
    return counted(
        "accounts whose followers were asked for",
        ("failed" if one.error else one.network for one in found),
    )


def measure_posts(studio: Studio) -> str:
    """Read what published posts have done."""
    from elite8.core.storage import readings

    with studio.database.transaction() as session:
        if not readings.due(session, now=studio.clock()):
            return ""
    from elite8.core.operations import measure as measuring
    from elite8.core.operations.gather import gather

    found = measuring.run(studio)
    for one in found:
        if one.error:
            log.get().warning("reading.trouble", code=one.error, message=one.message)
    gather(studio)
    return counted("readings", ("failed" if one.error else one.network for one in found))


def publish(studio: Studio, shard: Shard = WHOLE) -> str:
    """Move what was missed, post what is due, look at what is out, name what is late."""
    if is_quiet(studio, shard):
        return ""
    from elite8.core.operations import due

    turn = due.turn(studio, shard=shard)
    for one in turn.done:
        if one.error and not one.withheld:
            log.get().warning("post.trouble", post=one.post, code=one.error, message=one.message)
    for alarm in turn.alarms:
        log.get().warning("post.late", post=alarm.post, state=alarm.state, message=alarm.message)
    for fault in turn.faults:
        log.get().warning("publishing.trouble", code=fault.code, message=fault.message)
    words = [*(one.status for one in turn.done), *("missed" for _ in turn.missed)]
    words += [*("looked at" for _ in turn.looked), *("late" for _ in turn.alarms)]
    words += ["broken" for _ in turn.faults]
    return counted("posts", words)


def has_posts(studio: Studio, shard: Shard = WHOLE) -> bool:
    """Return whether a post of this part wants anything now."""
    return not is_quiet(studio, shard)


def is_quiet(studio: Studio, shard: Shard = WHOLE) -> bool:
    """Return whether no post wants anything now: then nothing that sends them is loaded."""
    from elite8.core.storage import posts

    now = studio.clock()
    with studio.database.transaction() as session:
        open_ones = [post for post, _ in posts.open_ones(session, due_by=now, shard=shard)]
        named = [*posts.given_up(session, since=now - posts.GIVEN_UP)]
        named += posts.nameless(session, since=now - posts.GIVEN_UP)
    return not any(shard.holds(post.id) for post in named) and all(map(is_boxed, open_ones))


def is_boxed(post: Post) -> bool:
    """Return whether the post is out where no public sees it: nobody looks for it."""
    boxed = post.platform == "outbox" or not post.remote_id
    return post.status == PostStatus.PUBLISHED and boxed
