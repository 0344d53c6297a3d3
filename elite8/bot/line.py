"""The line to Telegram: what is said goes out in parts, no faster than it takes, no mark broken."""

import os
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

os.environ.setdefault("PTB_TIMEDELTA", "true")  # the library's own switch to spans of time

from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    MessageEntity,
)
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.request import HTTPXRequest

from elite8.bot.commands import COMMANDS
from elite8.bot.words import Mark, Row, Said, messages
from elite8.core import log
from elite8.core.clock import Clock
from elite8.core.domain.card import Card
from elite8.core.domain.text import shorten, utf16
from elite8.core.settings import Settings

Answer = TypeVar("Answer")
Wait = Callable[[float], Awaitable[object]]

OVERALL = (25, timedelta(seconds=1))
CHAT = (4, timedelta(seconds=5))
GROUP = (18, timedelta(minutes=1))
"""A little under thirty a second, one a second a chat, twenty a minute a group.

Source: core.telegram.org/bots/faq, as of 2026-11.
"""
TRIES = 4
LONGEST_WAIT = 60.0
"""Seconds that an answer waits when Telegram asks to; what would wait longer is not said."""
LONGEST_TOAST = 200
"""Letters of an answer to a tap (answerCallbackQuery, core.telegram.org/bots/api, 2026-11)."""
UPLOAD = 120.0


def opened(settings: Settings) -> Bot:
    """Return a bot that trusts no proxy of the environment; nothing is asked yet."""
    own = {"trust_env": False}
    token = settings.telegram_token
    return Bot(
        token.get_secret_value() if token else "",
        base_url=f"{settings.telegram_url}/bot",
        base_file_url=f"{settings.telegram_url}/file/bot",
        request=HTTPXRequest(4, 20.0, 20.0, media_write_timeout=UPLOAD, httpx_kwargs=own),
        get_updates_request=HTTPXRequest(2, 10.0, 10.0, httpx_kwargs=own),
    )


def trouble(error: TelegramError) -> str:
    """Return what is wrong in words; the library's own may hold the token."""
    if isinstance(error, InvalidToken):
        return "Telegram does not know the bot's token; ask @BotFather for it"
    if isinstance(error, Conflict):
        return (
            "another program fetches what is written to this bot; end it, or take its webhook off"
        )
    if isinstance(error, Forbidden):
        return "somebody blocked the bot, or took it out of a group"
    if isinstance(error, ChatMigrated):
        new = error.new_chat_id
        return f"a group got another id, {new}: put it in monitoring/telegram_config.json"
    return f"Telegram does not answer ({type(error).__name__})"


class Pace:
    """How much was sent lately; a turn comes when one more may be."""

    def __init__(self, clock: Clock, wait: Wait, pace: float) -> None:
        self._clock, self._wait, self._pace = clock, wait, pace
        self._sent: defaultdict[object, deque[datetime]] = defaultdict(deque)

    async def turn(self, chat: int) -> None:
        """Wait until one more message may go to this chat, and count it."""
        rules: dict[object, tuple[int, timedelta]] = {"all": OVERALL, chat: CHAT}
        if chat < 0:
            rules["group", chat] = GROUP
        while wait := max(self._left(key, *rule) for key, rule in rules.items()):
            await self._wait(wait / self._pace)
        for key in rules:
            self._sent[key].append(self._clock())

    def _left(self, key: object, most: int, span: timedelta) -> float:
        """Return for how many seconds no more may be sent, never more than the span."""
        lately, now = self._sent[key], self._clock()
        while lately and not now - span < lately[0] <= now:
            lately.popleft()
        if len(lately) < most:
            return 0.0
        return max((lately[0] + span - now).total_seconds(), 0.001)


class Line:
    """One bot's way to its chats."""

    def __init__(self, bot: Bot, pace: Pace, wait: Wait) -> None:
        self.bot, self._pace, self._wait = bot, pace, wait

    async def say(self, chat: int, said: Said) -> None:
        """Say all of it; buttons stand under the last part, cards follow."""
        parts = messages(said.lines)
        for number, part in enumerate(parts):
            rows = said.rows if number == len(parts) - 1 else ()
            send = partial(
                self.bot.send_message,
                chat,
                part.text,
                entities=entities(part.marks),
                reply_markup=keys(rows),
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )
            await self._sent(chat, send)
        for card in said.cards:
            await self.show(chat, card)

    async def show(self, chat: int, card: Card) -> None:
        """Show a post with its clip, else its cover, else in words alone."""
        for page in card.before:
            await self._sent(chat, partial(self.bot.send_message, chat, page))
        beside: dict[str, Any] = {"caption": card.words, "reply_markup": keys((card.buttons,))}
        send: Callable[[], Awaitable[object]]
        if card.clip:
            send = partial(self.bot.send_video, chat, card.clip, supports_streaming=True, **beside)
        elif card.picture:
            send = partial(self.bot.send_photo, chat, card.picture, **beside)
        else:
            markup = beside["reply_markup"]
            send = partial(self.bot.send_message, chat, card.words, reply_markup=markup)
        await self._sent(chat, send)

    async def set_keys(self, chat: int, message: int, rows: Sequence[Row]) -> None:
        """Put other buttons under a message; one that has them, or is gone, is left."""
        try:
            await self._sent(
                chat,
                lambda: self.bot.edit_message_reply_markup(chat, message, reply_markup=keys(rows)),
            )
        except BadRequest as left:
            log.get().info("bot.keys_left", why=left.message)  # not modified, or deleted

    async def toast(self, query: str, words: str, *, alert: bool) -> bool:
        """Answer a tap; return whether that was in time."""
        try:
            await self._again(
                lambda: self.bot.answer_callback_query(
                    query, shorten(words, LONGEST_TOAST, utf16), show_alert=alert
                )
            )
        except BadRequest:  # "query is too old"
            return False
        return True

    async def menu(self, chat: int) -> None:
        """Put the commands into the menu of one chat; strangers see none."""
        commands = [BotCommand(name, one.help) for name, one in COMMANDS.items()]
        try:
            await self._again(
                lambda: self.bot.set_my_commands(commands, scope=BotCommandScopeChat(chat))
            )
        except (BadRequest, Forbidden):  # nobody has written to the bot there yet
            log.get().info("bot.unmet", chat=chat)

    async def _sent(self, chat: int, send: Callable[[], Awaitable[Answer]]) -> Answer:
        await self._pace.turn(chat)
        return await self._again(send)

    async def _again(self, send: Callable[[], Awaitable[Answer]]) -> Answer:
        """Send; wait as Telegram asks, and try what did not get through again.

        A message may so come twice; that it says the same twice harms nothing.
        """
        for tried in range(1, TRIES):
            try:
                return await send()
            except RetryAfter as asked:
                seconds = asked.retry_after
                wait = seconds.total_seconds() if isinstance(seconds, timedelta) else seconds
                if wait > LONGEST_WAIT:
                    raise
            except BadRequest:
                raise
            except NetworkError:
                wait = 2.0 ** (tried - 1)
            await self._wait(wait)
        return await send()


def entities(marks: Sequence[Mark]) -> list[MessageEntity]:
    """Return where styles are, as Telegram is told."""
    return [MessageEntity(one.style, one.offset, one.length) for one in marks]


def keys(rows: Sequence[Row]) -> InlineKeyboardMarkup | None:
    """Return buttons as Telegram is told; `None` for none."""
    if not any(rows):
        return None
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(one.label, callback_data=one.data) for one in row] for row in rows]
    )
