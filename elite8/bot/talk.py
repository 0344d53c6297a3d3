"""The conversation: who may ask, what was asked before, what is done, what is answered."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from telegram import Update
from telegram.error import TelegramError

from elite8.bot.buttons import DO, VERBS, Tapped, outdated
from elite8.bot.commands import COMMANDS, Command, Hands, unknown
from elite8.bot.line import Line, trouble
from elite8.bot.words import Said, said
from elite8.core import log
from elite8.core.domain.chat import Asked, Outcome
from elite8.core.errors import Elite8Error
from elite8.core.operations import asked as record
from elite8.core.operations import audit

if TYPE_CHECKING:
    from elite8.core.domain.monitoring import TelegramConfig
    from elite8.core.studio import Studio

LATE = timedelta(minutes=5)
"""What was written longer ago is not done any more."""
SILENCE = timedelta(hours=1)
MOST_STRANGERS = 100
"""Strangers are put on record once in this time each, and no more than so many."""
HINT = "Write /help: commands are understood, nothing else."


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was written or tapped. `at` is `None` for a tap: Telegram does not say when it was.

    `text` is a command without its slash, or what a button carries; "" for any other words.
    """

    number: int
    chat: int
    person: int
    name: str
    private: bool
    at: datetime | None
    text: str
    message: int
    query: str = ""

    @property
    def what(self) -> str:
        """The command or the verb, for the record."""
        return self.text.split(maxsplit=1)[0].split(":", 1)[0][:40] if self.text else "words"


class Talk:
    """What is done with what is heard, one after the other; slow work goes on beside it."""

    def __init__(
        self,
        line: Line,
        studio: "Callable[[], Studio]",
        restart: Callable[[], str],
        apart: Callable[[Sequence[str]], Any],
    ) -> None:
        self._line, self._studio, self._restart, self._apart = line, studio, restart, apart
        self._slow: dict[str, asyncio.Task[None]] = {}
        self._strangers: dict[int, datetime] = {}
        self.behind = 0
        """How many updates waited when Telegram began to call: nobody knows for how long."""
        self.turn = asyncio.Lock()
        """Held while something is done; whoever holds it keeps the next thing from beginning."""

    async def called(self, sent: dict[str, Any]) -> None:
        """Do what Telegram called in with."""
        update = Update.de_json(sent, self._line.bot)
        async with self.turn:
            waited, self.behind = self.behind > 0, max(self.behind - 1, 0)
            await self.hear(update, waited=waited)

    async def hear(self, update: Update, *, waited: bool) -> None:
        """Do what was asked; whatever goes wrong is said and ends nothing.

        `waited`: the update was there before anybody listened, nobody knows for how long.
        """
        heard = read(update, self._line.bot.username)
        if heard is None:
            return
        studio = self._studio()
        if not may_ask(studio.config.telegram, heard):
            await self._note_stranger(studio, heard)
            return
        if not heard.text and not heard.private:
            return  # people talk to each other in a group
        try:
            await self._answer(studio, heard, waited=waited)
        except TelegramError as lost:
            log.get().warning("bot.unsaid", chat=heard.chat, why=trouble(lost))
        except Exception as fault:  # noqa: BLE001  # the chat goes on
            log.get().error("bot.broke", what=heard.what, exc_info=fault)
            await self._tell(heard, f"elite8 has a fault ({type(fault).__name__}); see its log")

    async def _answer(self, studio: "Studio", heard: Heard, *, waited: bool) -> None:
        row = asked_of(studio, heard, self._line.bot.id)
        before = await asyncio.to_thread(record.begin, studio, row)
        if before == Outcome.BEGUN:  # a process died at it
            await asyncio.to_thread(record.end, studio, row, Outcome.FAILED)
            await self._tell(
                heard, f"I was interrupted at '{heard.what}': see /status, say it again"
            )
        if before:
            return
        if late := too_late(studio, heard, waited=waited):
            await asyncio.to_thread(record.end, studio, row, Outcome.LATE)
            await self._tell(heard, late)
            return
        outcome = Outcome.FAILED
        try:
            with audit.acting("chat"):
                outcome = await self._do(studio, heard)
        finally:
            await asyncio.to_thread(record.end, studio, row, outcome)

    async def _do(self, studio: "Studio", heard: Heard) -> Outcome:
        hands = Hands(studio=studio, who=heard.name, restart=self._restart, apart=self._apart)
        if not heard.query:
            return await self._command(hands, heard, heard.text)
        verb, _, about = heard.text.partition(":")
        if verb == DO:
            if why := outdated(about):
                await self._tell(heard, why)
                return Outcome.REFUSED
            await self._line.toast(heard.query, "", alert=False)
            return await self._command(hands, heard, about)
        tapped = await asyncio.to_thread(tap, hands, verb, about)
        in_time = await self._line.toast(heard.query, tapped.words, alert=tapped.refused)
        if not in_time:
            await self._line.say(heard.chat, said(tapped.words))
        if tapped.rows is not None:
            await self._line.set_keys(heard.chat, heard.message, tapped.rows)
        return Outcome.REFUSED if tapped.refused else Outcome.DONE

    async def _command(self, hands: Hands, heard: Heard, text: str) -> Outcome:
        name, _, argument = text.partition(" ")
        command = COMMANDS.get(name)
        if name == "start":
            await self._line.menu(heard.chat)
        if command is not None and command.slow:
            return await self._beside(hands, heard, name, argument)
        found, outcome = await asyncio.to_thread(run, command, hands, name, argument.strip())
        for one in found:
            await self._line.say(heard.chat, one)
        return outcome

    async def _beside(self, hands: Hands, heard: Heard, name: str, argument: str) -> Outcome:
        """Begin slow work, one of a kind at a time, and say that it was begun."""
        if name in self._slow:
            await self._line.say(heard.chat, said(f"/{name} is at work already"))
            return Outcome.REFUSED
        try:
            await self._line.say(heard.chat, said(f"/{name}: this takes a moment"))
        finally:
            self._slow[name] = asyncio.create_task(self._slowly(hands, heard, name, argument))
        return Outcome.DONE

    async def _slowly(self, hands: Hands, heard: Heard, name: str, argument: str) -> None:
        try:
            found, _ = await asyncio.to_thread(run, COMMANDS[name], hands, name, argument.strip())
        except Exception as fault:  # noqa: BLE001  # the chat goes on
            log.get().error("bot.broke", what=name, exc_info=fault)
            found = [said(f"elite8 has a fault ({type(fault).__name__}); see its log")]
        finally:
            del self._slow[name]
        try:
            for one in found:
                await self._line.say(heard.chat, one)
        except TelegramError as lost:
            log.get().warning("bot.unsaid", chat=heard.chat, why=trouble(lost))

    async def _tell(self, heard: Heard, words: str) -> None:
        """Answer where it was asked: beside a tapped button, or in the chat."""
        try:
            if not heard.query or not await self._line.toast(heard.query, words, alert=True):
                await self._line.say(heard.chat, said(words))
        except TelegramError as lost:
            log.get().warning("bot.unsaid", chat=heard.chat, why=trouble(lost))

    async def _note_stranger(self, studio: "Studio", heard: Heard) -> None:
        """Put somebody who may not ask on record, without a word of theirs; say nothing."""
        now, known = studio.clock(), self._strangers
        for chat in [chat for chat, at in known.items() if not now - SILENCE < at <= now]:
            del known[chat]
        if heard.chat in known or len(known) >= MOST_STRANGERS:
            return
        known[heard.chat] = now
        log.get().warning("bot.stranger", chat=heard.chat, person=heard.person)
        row = asked_of(studio, heard, self._line.bot.id)
        row.what = "tap" if heard.query else "words"
        try:
            await asyncio.to_thread(record.note_stranger, studio, row)
        except Exception as fault:  # noqa: BLE001  # the log has it
            log.get().error("bot.broke", what="stranger", exc_info=fault)


def read(update: Update, own_name: str) -> Heard | None:
    """Return what was written or tapped by a person; `None` for anything else."""
    tapped, message = update.callback_query, update.message
    if tapped is not None and tapped.message is not None:
        chat, person, at = tapped.message.chat, tapped.from_user, None
        text, number = tapped.data or "", tapped.message.message_id
    elif message is not None and message.from_user is not None:
        chat, person, at = message.chat, message.from_user, message.date
        text, number = command_of(message.text or "", own_name), message.message_id
    else:
        return None
    if message is not None and message.sender_chat is not None:
        return None  # a channel, or who hides behind a group
    return Heard(
        number=update.update_id,
        chat=chat.id,
        person=person.id,
        name=(person.full_name or str(person.id))[:40],
        private=chat.type == "private",
        at=at,
        text=text,
        message=number,
        query=tapped.id if tapped else "",
    )


def command_of(text: str, own_name: str) -> str:
    """Return a command without slash and our name; "" for what is none, or another bot's."""
    if not text.startswith("/"):
        return ""
    head, _, rest = text[1:].partition(" ")
    name, _, meant = head.partition("@")
    if meant and meant.lower() != own_name.lower():
        return ""
    return f"{name.lower()} {' '.join(rest.split())}".strip()


def may_ask(config: "TelegramConfig", heard: Heard) -> bool:
    """Return whether somebody is heard: in a chat of the config, and in a group one of its people.

    A chat with one person has that person's id.
    """
    if heard.chat not in config.chats:
        return False
    if heard.private:
        return heard.person == heard.chat
    return heard.person in config.people


def too_late(studio: "Studio", heard: Heard, *, waited: bool) -> str:
    """Return what is said of something that was asked too long ago, "" for in time."""
    if heard.at is not None:
        age = studio.clock() - heard.at
        if age <= LATE * studio.pace:
            return ""
        minutes = age.total_seconds() / 60
        return f"'{heard.what}' was said {minutes:.0f} minutes ago and is not done; say it again"
    return "Tapped while nobody listened, so nothing was done: tap again" if waited else ""


def asked_of(studio: "Studio", heard: Heard, bot: int) -> Asked:
    """Return the row of what was asked."""
    return Asked(
        bot=bot,
        number=heard.number,
        at=studio.clock(),
        chat=heard.chat,
        person=heard.person,
        what=heard.what,
        outcome=Outcome.BEGUN,
    )


def run(
    command: Command | None, hands: Hands, name: str, argument: str
) -> tuple[Sequence[Said], Outcome]:
    """Carry out a command; what it refuses is its answer."""
    if command is None:
        return [unknown(name) if name else said(HINT)], Outcome.REFUSED
    try:
        found = command.does(hands, argument)
    except Elite8Error as refused:
        return [said(str(refused))], Outcome.REFUSED
    return ([found] if isinstance(found, Said) else found), Outcome.DONE


def tap(hands: Hands, verb: str, about: str) -> Tapped:
    """Do what a button says; what is refused is the answer."""
    if verb not in VERBS:
        return Tapped(words="this button is none of ours", refused=True)
    try:
        return VERBS[verb](hands, about)
    except Elite8Error as refused:
        return Tapped(words=str(refused), refused=True)
