"""The words of posts as a file for a translator: written, filled in, and applied.

Nothing is translated by itself. A row is an operator's own words that a video waits for, or a
caption; what comes back is checked like any other text before it is kept.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from elite8.core.domain.attempt import new_attempt
from elite8.core.domain.character import Strict
from elite8.core.domain.post import Post, PostStatus
from elite8.core.domain.script import split_text
from elite8.core.domain.text import printable
from elite8.core.domain.video import Video, VideoStatus
from elite8.core.errors import ConfigError, Refused
from elite8.core.operations import desk
from elite8.core.operations.brief import LONGEST_SCRIPT, check_words
from elite8.core.parsing import complaint, reason_of
from elite8.core.storage import attempts, calendar, held, posts, videos
from elite8.core.storage.database import Session
from elite8.core.studio import Studio

What = Literal["script", "caption"]


class Text(Strict):
    """One text: `source` as it is, `text` as it shall be; an empty one changes nothing."""

    post: str
    what: What
    region: str = ""
    language: str
    source: str
    text: str = Field(default="", max_length=LONGEST_SCRIPT)


class Strings(Strict):
    """The file: what is said and written in the waiting posts of some days."""

    version: Literal[1] = 1
    strings: tuple[Text, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Worded:
    """What applying the file does about one text."""

    what: What
    post: str
    region: str
    language: str
    character: str
    before: str
    after: str


def export(studio: Studio, first: date, days: int) -> Strings:
    """Return the words of the posts that wait on these days, the earliest first."""
    zone = studio.settings.zone
    since = datetime.combine(first, time(), zone).astimezone(UTC)
    until = datetime.combine(first + timedelta(days=days), time(), zone).astimezone(UTC)
    with studio.database.transaction() as session:
        found = [one for one in calendar.due(session, since, until) if is_open(one[0])]
    return Strings(strings=tuple(text for post, video in found for text in texts(post, video)))


def is_open(post: Post) -> bool:
    """Return whether a post's words may still change."""
    return post.status == PostStatus.WAITING and post.sent_at is None


def texts(post: Post, video: Video) -> Iterator[Text]:
    """Yield a post's texts: untranslated words first, then its caption."""
    known = {"post": post.id, "region": post.region, "language": video.locale or video.language}
    if video.untranslated:
        yield Text(what="script", source=video.untranslated, text=video.words, **known)
    yield Text(what="caption", source=video.title, text=post.caption, **known)


def written(file: Strings) -> str:
    """Return the file as text, a row in each line."""
    rows = ",\n".join(
        f"    {json.dumps(row.model_dump(), ensure_ascii=False)}" for row in file.strings
    )
    return f'{{\n  "version": 1,\n  "strings": [\n{rows}\n  ]\n}}\n'


def is_one(path: Path) -> bool:
    """Return whether a file is one of strings and no calendar; one nobody can read is none."""
    try:
        known = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(known, dict) and "strings" in known


def read(path: Path) -> Strings:
    """Return the texts of a file; anything wrong is one ConfigError."""
    try:
        return Strings.model_validate(json.loads(path.read_text(encoding="utf-8-sig")))
    except (OSError, UnicodeDecodeError) as broken:
        raise ConfigError(f"{path} cannot be read: {reason_of(broken)}") from None
    except ValidationError as wrong:
        raise ConfigError(f"{path}: {complaint(wrong.errors(), Strings)}") from None
    except (ValueError, RecursionError) as broken:
        raise ConfigError(f"{path}: {broken}") from None


def diff(studio: Studio, file: Strings) -> tuple[Worded, ...]:
    """Return what applying the file would do; a text that may not be said is Refused."""
    found = []
    for number, row in enumerate(file.strings, 1):
        try:
            change = changed(studio, row)
        except ConfigError as wrong:
            raise ConfigError(f"row {number}: {wrong}") from None
        found += [change] if change else []
    return tuple(found)


def changed(studio: Studio, row: Text) -> Worded | None:
    """Return the change of one text, `None` when it is as the file says or the file is silent."""
    post, video = desk.named(studio, row.post)
    text = printable(row.text)
    before = video.words if row.what == "script" else post.caption
    if not text or text == before:
        return None
    if row.what == "script" and not video.untranslated:
        raise ConfigError(f"the video of post {post.id} waits for no translation")
    if row.what == "script" and not split_text(text, video.language):
        raise ConfigError(f"'{text[:40]}' holds no sentence")
    check_words(studio, "translation", text)
    return Worded(
        what=row.what,
        post=post.id,
        region=post.region,
        language=row.language,
        character=video.character_id,
        before=before,
        after=text,
    )


def apply(studio: Studio, file: Strings) -> tuple[Worded, ...]:
    """Have the posts say what the file says, all of it or, when one is claimed, nothing."""
    changes = diff(studio, file)
    with studio.database.transaction() as session:
        held.alone(session, "plan")
        for change in changes:
            touch(studio, session, change)
    return changes


def touch(studio: Studio, session: Session, change: Worded) -> None:
    """Put one text where it belongs; what is begun already is Refused and nothing is applied."""
    post = posts.get(session, change.post)
    if post is None or post.claimed_by or not is_open(post):
        status = post.status if post else "gone"
        raise Refused(f"post {change.post} is {status} by now; nothing was applied")
    if change.what == "caption":
        posts.decide(session, post, PostStatus.WAITING, caption=change.after)
    else:
        speak(session, post, change.after)
    story = new_attempt(
        at=studio.clock(), post_id=post.id, kind="operator", outcome=f"{change.what} translated"
    )
    attempts.add(session, story)


def speak(session: Session, post: Post, words: str) -> None:
    """Give a planned video the translated words it waited for."""
    video = videos.get(session, post.video_id)
    if video is None or video.status not in (VideoStatus.PLANNED, VideoStatus.FAILED):
        status = video.status if video else "gone"
        raise Refused(f"the video of post {post.id} is {status} by now; nothing was applied")
    title = words.splitlines()[0][:80]
    name = video.title.split(":", maxsplit=1)[0]
    if not held.move(session, video, words=words, title=f"{name}: {title}", topic=title):
        raise Refused(f"the video of post {post.id} is being made; nothing was applied")


def languages(file: Strings) -> Sequence[str]:
    """Return the languages of the file, each once."""
    return tuple(dict.fromkeys(row.language for row in file.strings))
