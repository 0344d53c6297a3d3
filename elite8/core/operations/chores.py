"""What the daemon's tasks do about people: messages that wait, scores, privacy."""

import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from elite8.core.domain.shard import WHOLE, Shard
from elite8.core.studio import Studio


def mail(studio: Studio) -> str:
    """Settle what LINE did not tell, go on with what waited for the day, read what came back."""
    if not has_mail(studio):
        return ""
    from elite8.core.operations import mail_round

    done = mail_round.go(studio)
    return counted("messages", done.elements())


def has_mail(studio: Studio) -> bool:
    """Return whether a message waits, is in doubt, or came back: else nothing of it is loaded."""
    from elite8.core.operations import mail_waits

    return mail_waits.are_there(studio)


def can_mail(studio: Studio) -> bool:
    """Return whether this machine may send messages, or hear of them."""
    own = studio.settings
    return bool(own.smtp_host or own.line_channel_id or own.bounces_path)


def has_letters(studio: Studio) -> bool:
    """Return whether letters came back to this machine: no other one reads them."""
    from elite8.core.operations import mail_waits

    return mail_waits.came_back(studio)


def scores(studio: Studio, shard: Shard = WHOLE) -> str:
    """Bring what subscribers did up to now, so that scoring them is one pass."""
    if not has_subscribers(studio):
        return ""
    from elite8.core.operations import engaged

    fresh = engaged.freshen(studio, shard, whole=True)
    return f"what {fresh} subscribers did is worked out anew" if fresh else ""


def has_subscribers(studio: Studio, shard: Shard = WHOLE) -> bool:  # noqa: ARG001  # each part asks
    """Return whether anybody is known whose doing is new: else no arithmetic is loaded."""
    from elite8.core.storage import engaging

    with studio.database.transaction() as session:
        return engaging.anybody(session)


def outlook(studio: Studio) -> str:
    """Work out who may leave, as the console shows it; models that are too old are fitted anew."""
    if not has_outlook(studio):
        return ""
    from elite8.core.operations import outlook as ahead

    found = ahead.renew(studio)
    day = f"{found.fitted_at:%Y-%m-%d}"
    return f"who may leave is worked out ({len(found.people)} named), by models of {day}"


def has_outlook(studio: Studio) -> bool:
    """Return whether anything is new of who may leave."""
    from elite8.core.operations import outlook as ahead

    return ahead.is_due(studio)


def privacy(studio: Studio) -> str:
    """Write down what exports say people asked for; delete what is too old, if that is on."""
    from elite8.core.operations import requests

    new = requests.gather(studio)
    words = [f"{new} requests opened"] if new else []
    if studio.config.privacy.purge:
        from elite8.core.operations import purge

        done = purge.purge(studio)
        words += [f"{done.lapsed} lapsed people and {done.files} files purged"]
    return "; ".join(words)


def counted(what: str, words: Iterable[str]) -> str:
    """Return how often each word came, as "posts: 2 published, 1 late"; "" for none."""
    found = ", ".join(f"{count} {word}" for word, count in Counter(words).items())
    return f"{what}: {found}" if found else ""


def half_done(studio: Studio) -> tuple[Path, ...]:
    """Return where what is half done lies."""
    known = studio.settings
    kept = (known.state_dir / "videos", known.state_dir / "fetched")
    return (Path(tempfile.gettempdir()), *kept, known.outbox_dir, known.cache_dir / "layers")
