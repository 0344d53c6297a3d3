"""The chat as it runs: a thread of its own that listens, by fetching or by being called."""

import asyncio
import hmac
import logging
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import TimeoutError as TooSlow
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from elite8.core import foreign, log

if TYPE_CHECKING:
    from telegram import Update
    from telegram.error import TelegramError

    from elite8.bot.line import Line
    from elite8.bot.talk import Talk
    from elite8.core.settings import Settings
    from elite8.core.studio import Studio

ALLOWED = ("message", "callback_query")
MOST = 100
"""Updates that come at once, at most (getUpdates)."""
POLL = 25
"""Seconds that Telegram holds a question back while there is nothing."""
GAP = 300.0
"""Seconds without a word of Telegram after which what waited there is of unknown age."""
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
NO_USE = 300.0
"""Seconds between two tries with a token that is not known."""
TOLD = 60.0
"""Seconds between two notes of how it goes."""
TAKES = 25.0
"""Seconds a webhook's call may take."""
TICK = "chat"
"""Under this name it stands how the chat goes; what fails again and again rings."""
CONNECTIONS = 2
OK, BAD, FORBIDDEN, FAULT, AWAY = 200, 400, 403, 500, 503


async def sleep(seconds: float) -> None:
    """Wait for real."""
    await asyncio.sleep(seconds)


class Bot:
    """The operator's chat. `studio` gives the one in force.

    `wait` is how it waits, `now` counts seconds.
    """

    def __init__(
        self,
        studio: "Callable[[], Studio]",
        restart: Callable[[], str],
        apart: Callable[[Sequence[str]], Any],
        *,
        wait: Callable[[float], Awaitable[object]] = sleep,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._studio, self._restart, self._apart = studio, restart, apart
        self._wait, self._now = wait, now
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ending = threading.Event()
        self._talk: Talk | None = None
        self._over: asyncio.Event
        self._why = ""
        self._told = 0.0

    def wanted(self) -> bool:
        """Return whether there is a bot; without chats it only tells the log who writes."""
        return self._studio().settings.telegram_token is not None

    def start(self) -> None:
        """Listen from now on, anew where a fault ended it; Telegram being down changes nothing."""
        if self._thread is not None and self._thread.is_alive():
            return
        self._ending.clear()
        self._thread = threading.Thread(target=self._run, name="bot", daemon=True)
        self._thread.start()

    def stop(self, seconds: float) -> bool:
        """Listen no more; wait so long for what is being done, return whether it ended."""
        thread = self._thread
        if thread is None:
            return True
        self._ending.set()
        with suppress(RuntimeError):  # its loop is over already
            if self._loop is not None:
                self._loop.call_soon_threadsafe(self._over.set)
        thread.join(seconds)
        self._thread = None
        return not thread.is_alive()

    def receive(self, secret: str, body: bytes | None) -> int:
        """Take an update that Telegram calls in with; return the status to answer with.

        Without a body, only the secret is looked at.

        It waits until what was asked is done, 25 seconds at most: call it in a thread.
        Anything but 2xx has Telegram call again, so that nothing is lost while nobody listens.
        """
        if body is None or not self._knows(secret):
            return OK if self._knows(secret) else FORBIDDEN
        loop, talk, sent = self._loop, self._talk, update_of(body)
        if sent is None:
            return BAD
        if loop is None or talk is None or self._ending.is_set():
            return AWAY
        try:
            asyncio.run_coroutine_threadsafe(talk.called(sent), loop).result(TAKES)
        except TooSlow:
            return OK  # it is on record, and being done
        except Exception as fault:  # noqa: BLE001  # Telegram calls again
            log.get().error("bot.broke", what="webhook", exc_info=fault)
            return FAULT
        return OK

    def _knows(self, secret: str) -> bool:
        ours = self._studio().settings.telegram_webhook_secret
        known = ours.get_secret_value().encode() if ours else b""
        return ours is not None and hmac.compare_digest(secret.encode(), known)

    def _run(self) -> None:
        for name in ("telegram", "httpx", "httpcore"):  # they tell addresses, tokens and all
            logging.getLogger(name).setLevel(logging.CRITICAL)
        try:
            asyncio.run(self._live())
        except Exception as fault:  # noqa: BLE001  # the next beat of who leads starts it anew
            log.get().error("bot.died", exc_info=fault)
            self._note_death(fault)

    def _note_death(self, fault: Exception) -> None:
        """Note that the chat broke, so that it rings when it does again and again."""
        from elite8.core.operations import tasks

        with suppress(Exception):
            tasks.note_end(self._studio(), TICK, f"a fault ({type(fault).__name__})")

    async def _live(self) -> None:
        from elite8.bot.line import Line, Pace, opened
        from elite8.bot.talk import Talk

        studio = self._studio()
        bot = opened(studio.settings)
        line = Line(bot, Pace(studio.clock, self._wait, studio.pace), self._wait)
        talk = Talk(line, self._studio, self._restart, self._apart)
        self._over = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        if self._ending.is_set():
            self._over.set()
        over = asyncio.create_task(self._over.wait())
        work = asyncio.create_task(self._work(line, talk))
        try:
            await asyncio.wait((over, work), return_when=asyncio.FIRST_COMPLETED)
            async with talk.turn:  # what is being done comes to its end
                work.cancel()
                over.cancel()
            with suppress(asyncio.CancelledError):
                await work
        finally:
            if self._loop is asyncio.get_running_loop():  # not one that was started since
                self._talk = self._loop = None
            await bot.shutdown()

    async def _work(self, line: "Line", talk: "Talk") -> None:
        studio = self._studio()
        if not await self._until(lambda: self._greet(line, studio)):
            return
        if hook(studio.settings):
            told = await self._until(line.bot.get_webhook_info)
            talk.behind = told.pending_update_count if told else 0
        self._talk = talk
        for chat in studio.config.telegram.chats:
            await self._until(partial(line.menu, chat))
        if hook(studio.settings):
            await self._over.wait()
        else:
            await self._listen(line, talk)

    async def _greet(self, line: "Line", studio: "Studio") -> None:
        """See that the token is known, and have updates fetched or called in."""
        await line.bot.initialize()
        settings = studio.settings
        if hook(settings) and settings.telegram_webhook_secret:
            await line.bot.set_webhook(
                settings.telegram_webhook_url,
                secret_token=settings.telegram_webhook_secret.get_secret_value(),
                allowed_updates=ALLOWED,
                max_connections=CONNECTIONS,
            )
        else:
            await line.bot.delete_webhook()
        log.get().info("bot.listens", how="called" if hook(settings) else "fetches")

    async def _listen(self, line: "Line", talk: "Talk") -> None:
        """Fetch what was written and do it, one after the other, for ever.

        What is confirmed was done: the next question confirms it. What was done when the process
        died is on record and not done again.
        """
        offset, heard_at, behind = 0, self._now(), True
        while not self._ending.is_set():
            behind = behind or self._now() - heard_at > GAP
            fetch = partial(self._fetch, line, offset, 0 if behind else POLL)
            found = await self._until(fetch) or ()
            behind = behind or self._now() - heard_at > GAP  # Telegram was away meanwhile
            heard_at = self._now()
            for update in found:
                async with talk.turn:
                    await talk.hear(update, waited=behind)
                offset = update.update_id + 1
            behind = behind and len(found) == MOST

    async def _fetch(self, line: "Line", offset: int, seconds: int) -> "Sequence[Update]":
        found = await line.bot.get_updates(offset or None, timeout=seconds, allowed_updates=ALLOWED)
        return found or ()

    async def _until(self, ask: Callable[[], Awaitable[Any]]) -> Any:  # noqa: ANN401  # what is asked
        """Ask until there is an answer, ever more seldom; trouble is told once, its end too."""
        from telegram.error import TelegramError

        wait = FIRST_WAIT
        while not self._ending.is_set():
            try:
                found = await ask()
            except TelegramError as error:
                await self._deaf(error)
                await self._wait(patience(error, wait))
                wait = min(wait * 2, LONGEST_WAIT)
            else:
                await self._hears()
                return True if found is None else found
        return None

    async def _deaf(self, error: "TelegramError") -> None:
        from elite8.bot.line import trouble

        why = trouble(error)
        if why != self._why:
            log.get().warning("bot.deaf", why=why)
        self._why = why
        await self._note(why)

    async def _hears(self) -> None:
        if self._why:
            log.get().info("bot.hears", after=self._why)
            self._told = 0.0
        self._why = ""
        await self._note("")

    async def _note(self, why: str) -> None:
        """Note how it goes, at most once a minute."""
        from elite8.core.operations import tasks

        now = time.monotonic()
        if self._told and now - self._told < TOLD:
            return
        self._told = now
        await asyncio.to_thread(tasks.note_end, self._studio(), TICK, why)


def update_of(body: bytes) -> dict[str, Any] | None:
    """Return an update as Telegram sends it; `None` for anything else."""
    try:
        sent = foreign.read(body)
    except ValueError:
        return None
    return sent if isinstance(sent, dict) and isinstance(sent.get("update_id"), int) else None


def hook(settings: "Settings") -> bool:
    """Return whether Telegram is to call; an address alone, without a secret, is none."""
    return bool(settings.telegram_webhook_url and settings.telegram_webhook_secret)


def patience(error: "TelegramError", usual: float) -> float:
    """Return how long to wait before the next try."""
    from datetime import timedelta

    from telegram.error import Forbidden, InvalidToken, RetryAfter

    if isinstance(error, RetryAfter):
        asked = error.retry_after
        return asked.total_seconds() if isinstance(asked, timedelta) else float(asked)
    return NO_USE if isinstance(error, InvalidToken | Forbidden) else usual
