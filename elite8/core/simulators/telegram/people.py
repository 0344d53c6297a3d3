"""The people's side: what stands in a chat, what they write and tap, what waits for the bot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from elite8.core.simulators.telegram.rules import No, bad

BOT = {"id": 7_000_001, "is_bot": True, "first_name": "elite8", "username": "elite8_simulated_bot"}
KEPT = timedelta(hours=24)
"""How long updates wait for the bot ("not kept longer than 24 hours", Getting updates [BA])."""
TOO_OLD = timedelta(minutes=15)
"""How long a tap can be answered; the refusal is [ERR], the time INFERRED."""
Rows = Sequence[Sequence[Mapping[str, str]]]


@dataclass(slots=True, kw_only=True)
class Seen:
    """A message as people see it; `person` is 0 for the bot, `media` "" for a text."""

    id: int
    chat: int
    person: int
    at: datetime
    text: str
    media: str = ""
    size: int = 0
    keys: list[list[dict[str, str]]] = field(default_factory=list)
    entities: list[dict[str, Any]] = field(default_factory=list)

    @property
    def buttons(self) -> list[str]:
        """What stands on its buttons."""
        return [one["text"] for row in self.keys for one in row]


@dataclass(slots=True, kw_only=True)
class Tap:
    """A tap on a button, and what the bot answered to it: `None` for nothing so far."""

    id: str
    at: datetime
    answer: str | None = None


class People:
    """Chats, messages, taps and the updates they make."""

    def __init__(self) -> None:
        self.chats: dict[int, str] = {}
        self.blocked: set[int] = set()
        self.messages: list[Seen] = []
        self.taps: dict[str, Tap] = {}
        self.updates: list[tuple[datetime, dict[str, Any]]] = []
        self.files: dict[str, tuple[str, int]] = {}
        self._last_update = 1000

    def room(self, chat: int) -> dict[str, Any]:
        """Return a chat as JSON; one the bot was never in is refused [ERR]."""
        if chat not in self.chats:
            raise bad("chat not found")
        if chat in self.blocked:
            raise No(403, "Forbidden: bot was blocked by the user")
        return self.shown(chat)

    def shown(self, chat: int) -> dict[str, Any]:
        """Return a chat as JSON."""
        kind = self.chats[chat]
        name = {"first_name": f"Person {chat}"} if kind == "private" else {"title": f"Group {chat}"}
        return {"id": chat, "type": kind, **name}

    def say(self, chat: int, person: int, text: str, at: datetime) -> Seen:
        """Have somebody write; the bot is in the chat from then on."""
        self.chats.setdefault(chat, "private" if chat > 0 else "supergroup")
        message = self.put(Seen(id=0, chat=chat, person=person, at=at, text=text))
        self.tell(at, {"message": self.as_json(message)})
        return message

    def tap(self, message: Seen, data: str, person: int, at: datetime) -> Tap:
        """Have somebody tap a button, also one that stands there no more: clients are late."""
        made = Tap(id=str(5000 + len(self.taps)), at=at)
        self.taps[made.id] = made
        query = {
            "id": made.id,
            "from": who(person),
            "message": self.as_json(message),
            "chat_instance": str(message.chat),
            "data": data,
        }
        self.tell(at, {"callback_query": query})
        return made

    def tell(self, at: datetime, update: dict[str, Any]) -> None:
        """Have an update wait for the bot."""
        self._last_update += 1
        self.updates.append((at, {"update_id": self._last_update, **update}))

    def waiting(self, now: datetime) -> list[dict[str, Any]]:
        """Return the updates the bot has not confirmed, those over a day old are gone."""
        self.updates = [one for one in self.updates if now - one[0] < KEPT]
        return [update for _, update in self.updates]

    def confirm(self, offset: int) -> None:
        """Forget the updates before one number."""
        self.updates = [one for one in self.updates if one[1]["update_id"] >= offset]

    def put(self, message: Seen) -> Seen:
        """Keep a message under a new number."""
        message.id = len(self.messages) + 1
        self.messages.append(message)
        return message

    def find(self, chat: int, number: int) -> Seen:
        """Return a message of the bot to be edited; another is refused [ERR]."""
        for one in self.messages:
            if (one.chat, one.id) == (chat, number):
                if one.person:
                    raise bad("message can't be edited")
                return one
        raise bad("message to edit not found")

    def answer(self, query: str, text: str, now: datetime) -> None:
        """Note the answer to a tap; too late, or to none, is refused [ERR]."""
        tap = self.taps.get(query)
        if tap is None or now - tap.at > TOO_OLD or tap.answer is not None:
            raise bad("query is too old and response timeout expired or query ID is invalid")
        tap.answer = text

    def as_json(self, message: Seen) -> dict[str, Any]:
        """Return a message as the Bot API tells it."""
        told = {
            "message_id": message.id,
            "date": int(message.at.timestamp()),
            "chat": self.shown(message.chat),
            "from": who(message.person) if message.person else BOT,
        }
        told["caption" if message.media else "text"] = message.text
        if message.keys:
            told["reply_markup"] = {"inline_keyboard": message.keys}
        if message.media:
            name = next(key for key, one in self.files.items() if one[0] == message.media)
            file = {"file_id": name, "file_unique_id": name, "width": 1080, "height": 1920}
            video = {**file, "duration": 1}
            told |= {"video": video} if message.media.startswith("video") else {"photo": [file]}
        if message.text.startswith("/") and message.person:
            length = len(message.text.split()[0])
            told["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        return told

    def transcript(self, chat: int) -> str:
        """Return a chat as text."""
        lines: list[str] = []
        for one in (each for each in self.messages if each.chat == chat):
            name = f"person {one.person}" if one.person else "elite8"
            media = f"<{one.media.split('-')[0]}, {one.size / 1e6:.1f} MB> " if one.media else ""
            keys = "".join(f"\n    [{'] ['.join(b['text'] for b in row)}]" for row in one.keys)
            text = one.text.replace("\n", "\n    ")
            lines.append(f"{one.at:%H:%M} {name}: {media}{text}{keys}")
        return "\n".join(lines) + "\n"


def who(person: int) -> dict[str, Any]:
    """Return a person as JSON."""
    return {"id": person, "is_bot": False, "first_name": f"Person {person}"}
