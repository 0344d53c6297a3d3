"""What the tests of the chat share: the bot on a thread, a Bot API stand-in, posts to decide."""

import asyncio
import hashlib
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlmodel import select

from elite8.bot import Bot
from elite8.core.domain.chat import Asked
from elite8.core.domain.post import Post, PostStatus, new_post
from elite8.core.domain.video import Video, VideoStatus, new_video
from elite8.core.simulators.telegram import SIMULATED_TOKEN, Seen, TelegramSimulator
from elite8.core.simulators.wire import serve
from elite8.core.storage import posts, videos
from elite8.core.studio import Studio

ME = 7
GROUP = -100
PATIENCE = 20.0
CLIP = b"\0\0\0\x18ftypmp42" + b"a clip of eight bytes and some more" * 20
COVER = b"\xff\xd8\xff\xe0 a picture"


@dataclass
class Chat:
    """A person's chat with the bot."""

    studio: Studio
    telegram: TelegramSimulator
    clock: Any
    bot: Bot
    restarts: list[str] = field(default_factory=list)
    commands: list[Sequence[str]] = field(default_factory=list)
    told: Any = None

    def settled(self) -> None:
        """Wait until the bot has done all that was asked."""
        wait_for(lambda: self.telegram.unconfirmed == 0)

    def ask(self, text: str, *, chat: int = ME, person: int = 0) -> list[Seen]:
        """Write, and return what the bot says to it."""
        before = len(self.telegram.messages) + 1
        self.telegram.say(text, chat=chat, person=person)
        self.settled()
        return [one for one in self.telegram.messages[before:] if one.chat == chat]

    def words(self, text: str) -> str:
        """Write, and return what the bot says to it as one text."""
        return "\n".join(one.text for one in self.ask(text))

    def tap(self, button: str, *, message: int = 0, person: int = 0) -> str:
        """Tap the newest button of this name, and return what pops up."""
        tap = self.telegram.tap(button, message=message, person=person)
        self.settled()
        return "" if tap.answer is None else tap.answer

    def tap_data(self, data: str, message: Seen) -> str:
        """Tap a button as it once was."""
        tap = self.telegram.tap_data(data, message, ME)
        self.settled()
        return "" if tap.answer is None else tap.answer

    def post(self, wanted: Post) -> Post:
        """Return the post as it is now."""
        with self.studio.database.transaction() as session:
            found = posts.get(session, wanted.id)
        assert found
        return found

    def record(self) -> list[tuple[str, str]]:
        """Return what is on record, in order."""
        with self.studio.database.transaction() as session:
            rows = session.exec(select(Asked).order_by(Asked.number))  # type: ignore[arg-type]  # a column
            return [(one.what, one.outcome) for one in rows]


def wait_for(is_so: Any) -> None:
    """Wait until something is so."""
    until = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.005)


def decided(studio: Studio, **changes: Any) -> Studio:
    """Return the studio with a bot, a chat, and whatever else is changed in its Telegram config."""
    config = copy(studio.config)
    facts = {"chats": (ME, GROUP), **changes}
    vars(config)["telegram"] = config.telegram.model_copy(update=facts)
    settings = studio.settings.model_copy(update={"telegram_token": SecretStr(SIMULATED_TOKEN)})
    return replace(studio, config=config, settings=settings)


def unapproving(studio: Studio) -> None:
    """Have every post wait for an approval."""
    config = studio.config.publishing.model_copy(update={"auto_approve": {}})
    vars(studio.config)["publishing"] = config


@contextmanager
def chatting(studio: Studio, clock: Any, **changes: Any) -> Iterator[Chat]:
    """Let the bot listen to a stand-in that one person has written to."""
    telegram = TelegramSimulator(clock=clock)
    with serve(telegram.handle) as url:
        telegram.base_url = url
        ready = decided(studio, **changes)
        settings = ready.settings.model_copy(update={"telegram_url": url})
        ready = replace(ready, settings=settings)
        with listening(ready, telegram, clock) as chat:
            yield chat
        ready.database.close()


@contextmanager
def listening(studio: Studio, telegram: TelegramSimulator, clock: Any) -> Iterator[Chat]:
    """Let a bot listen while the block runs."""

    async def wait(seconds: float) -> None:
        clock.advance(seconds=seconds)
        await asyncio.sleep(0.005)

    def restart() -> str:
        chat.restarts.append("now")
        return "config read; 9 tasks tick anew"

    def apart(command: Sequence[str]) -> Any:
        chat.commands.append(command)
        return chat.told

    bot = Bot(lambda: chat.studio, restart, apart, wait=wait)
    chat = Chat(studio=studio, telegram=telegram, clock=clock, bot=bot)
    _ = studio.database.engine
    bot.start()
    try:
        yield chat
    finally:
        assert bot.stop(PATIENCE)


def finished(studio: Studio, folder: Path, **facts: Any) -> Video:
    """Return a finished video whose files are there."""
    now = studio.clock()
    video = new_video(
        now=now,
        character_id="miyuki",
        engine="local",
        language="ja",
        content_type="dance",
        topic="rain",
        title=facts.pop("title", "雨の日のダンス"),
        script="",
        seed=1,
        asked_seconds=15.0,
    )
    clip = folder / f"{video.id}.mp4"
    clip.write_bytes(CLIP)
    clip.with_suffix(".jpg").write_bytes(COVER)
    made = {
        "status": VideoStatus.FINISHED,
        "seconds": 15.0,
        "path": str(clip),
        "cover": str(clip.with_suffix(".jpg")),
        "sha256": hashlib.sha256(CLIP).hexdigest(),
        "finished_at": now,
        "begun_at": now,
        **facts,
    }
    for name, value in made.items():
        setattr(video, name, value)
    with studio.database.transaction() as session:
        videos.add(session, video)
    return video


def waiting(studio: Studio, folder: Path, network: str = "youtube", **facts: Any) -> Post:
    """Return a post of a finished video that is due in an hour."""
    video = finished(studio, folder, **{k: facts.pop(k) for k in ("title",) if k in facts})
    now = studio.clock()
    due = now + timedelta(hours=1)
    post = new_post(now=now, video_id=video.id, platform=network, due_at=due)
    for name, value in facts.items():
        setattr(post, name, value)
    with studio.database.transaction() as session:
        posts.add(session, post)
    return post


def uncertain(studio: Studio, folder: Path, at: datetime) -> Post:
    """Return a post of which nobody knows whether it is out."""
    return waiting(
        studio,
        folder,
        status=PostStatus.UNCERTAIN,
        sent_at=at,
        remote_handle="upload-1",
        failure="YouTube did not answer",
    )
