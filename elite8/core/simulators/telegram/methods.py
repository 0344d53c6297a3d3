"""The methods of the Bot API that elite8 asks for."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from elite8.core.simulators.telegram import marked
from elite8.core.simulators.telegram.limits import Limits
from elite8.core.simulators.telegram.people import BOT, People, Seen
from elite8.core.simulators.telegram.rules import (
    LARGEST_PHOTO,
    LARGEST_VIDEO,
    LONGEST_ANSWER,
    LONGEST_CAPTION,
    LONGEST_TEXT,
    Fields,
    No,
    bad,
    check_commands,
    check_keys,
    check_size,
    check_webhook,
    nested,
    number,
)


class Desk:
    """What one bot can be asked, but for getUpdates, which waits."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.people = People()
        self.limits = Limits()
        self.commands: list[dict[str, str]] = []
        self.webhook = ("", "")

    def get_me(self, _sent: Fields) -> object:
        """Say who the bot is."""
        return {**BOT, "can_join_groups": True, "can_read_all_group_messages": False}

    def set_my_commands(self, sent: Fields) -> object:
        """Keep what stands in the menu."""
        self.commands = check_commands(nested(sent, "commands", []))
        return True

    def get_my_commands(self, _sent: Fields) -> object:
        """Return what stands in the menu."""
        return self.commands

    def set_webhook(self, sent: Fields) -> object:
        """Have updates be called in; an empty address ends that."""
        self.webhook = check_webhook(sent) if sent.get("url") else ("", "")
        self._drop(sent)
        return True

    def delete_webhook(self, sent: Fields) -> object:
        """Have updates be fetched again."""
        self.webhook = ("", "")
        self._drop(sent)
        return True

    def _drop(self, sent: Fields) -> None:
        if str(sent.get("drop_pending_updates", "")).lower() == "true":
            self.people.updates.clear()

    def get_webhook_info(self, _sent: Fields) -> object:
        """Say where updates are called in."""
        waiting = len(self.people.waiting(self.clock()))
        return {
            "url": self.webhook[0],
            "has_custom_certificate": False,
            "pending_update_count": waiting,
        }

    def send_message(self, sent: Fields) -> object:
        """Put a text into a chat."""
        text, entities = marked.read(sent, str(sent.get("text", "")))
        if not text.strip():
            raise bad("message text is empty")
        check_size(text, LONGEST_TEXT, "message")
        return self._send(sent, text, entities=entities)

    def send_video(self, sent: Fields) -> object:
        """Put a clip into a chat."""
        return self._send_file(sent, "video", LARGEST_VIDEO)

    def send_photo(self, sent: Fields) -> object:
        """Put a picture into a chat."""
        return self._send_file(sent, "photo", LARGEST_PHOTO)

    def _send_file(self, sent: Fields, kind: str, most: int) -> object:
        text, entities = marked.read(sent, str(sent.get("caption", "")), "caption_")
        check_size(text, LONGEST_CAPTION, "message caption")
        file = sent.get(kind, "")
        if isinstance(file, str) and file.startswith("attach://"):
            file = sent.get(file.removeprefix("attach://"), "")  # InputFile [BA]
        name = self._kept(file, kind, most) if isinstance(file, bytes) else str(file)
        if name not in self.people.files:
            raise bad("wrong remote file identifier specified: Wrong string length")
        media, size = self.people.files[name]
        return self._send(sent, text, entities=entities, media=media, size=size)

    def _kept(self, file: bytes, kind: str, most: int) -> str:
        """Keep a file that was sent; return how it is called from now on."""
        if not file:
            raise bad("file must be non-empty")
        if len(file) > most:
            raise No(413, "Request Entity Too Large")
        is_it = file[4:8] == b"ftyp" if kind == "video" else file[:2] == b"\xff\xd8"
        if not is_it:  # a picture has to be one [ERR]; a clip is MPEG4 [BA], the words INFERRED
            raise bad("IMAGE_PROCESS_FAILED" if kind == "photo" else "wrong type of the video")
        name = f"AgAC{hashlib.sha256(file).hexdigest()[:24]}"
        self.people.files[name] = (f"{kind}-{name}", len(file))
        return name

    def _send(self, sent: Fields, text: str, **more: Any) -> object:  # noqa: ANN401  # a field's
        chat = number(sent, "chat_id")
        self.people.room(chat)
        keys = check_keys(nested(sent, "reply_markup", {})) if "reply_markup" in sent else []
        self.limits.count(chat, self.clock())
        made = Seen(id=0, chat=chat, person=0, at=self.clock(), text=text, keys=keys, **more)
        return self.people.as_json(self.people.put(made))

    def edit_text(self, sent: Fields) -> object:
        """Change the text of a message."""
        message = self._found(sent)
        if message.media:
            raise bad("there is no text in the message to edit")
        text, entities = marked.read(sent, str(sent.get("text", "")))
        if not text.strip():
            raise bad("message text is empty")
        check_size(text, LONGEST_TEXT, "message")
        return self._edit(message, sent, text, entities)

    def edit_caption(self, sent: Fields) -> object:
        """Change the words beside a clip or a picture."""
        message = self._found(sent)
        if not message.media:
            raise bad("there is no caption in the message to edit")
        text, entities = marked.read(sent, str(sent.get("caption", "")), "caption_")
        check_size(text, LONGEST_CAPTION, "message caption")
        return self._edit(message, sent, text, entities)

    def edit_keys(self, sent: Fields) -> object:
        """Change the buttons of a message."""
        message = self._found(sent)
        return self._edit(message, sent, message.text, message.entities)

    def _found(self, sent: Fields) -> Seen:
        chat = number(sent, "chat_id")
        self.people.room(chat)
        return self.people.find(chat, number(sent, "message_id"))

    def _edit(
        self, message: Seen, sent: Fields, text: str, entities: list[dict[str, Any]]
    ) -> object:
        keys = check_keys(nested(sent, "reply_markup", {})) if "reply_markup" in sent else []
        if (text, keys, entities) == (message.text, message.keys, message.entities):
            raise bad(
                "message is not modified: specified new message content and reply markup are "
                "exactly the same as a current content and reply markup of the message"
            )
        self.limits.count(message.chat, self.clock())
        message.text, message.keys, message.entities = text, keys, entities
        return self.people.as_json(message)

    def answer_tap(self, sent: Fields) -> object:
        """Answer a tap on a button."""
        text = str(sent.get("text", ""))
        check_size(text, LONGEST_ANSWER, "MESSAGE_TOO_LONG: the answer")
        self.people.answer(str(sent.get("callback_query_id", "")), text, self.clock())
        return True

    def chat_action(self, sent: Fields) -> object:
        """Show that the bot is at work."""
        self.people.room(number(sent, "chat_id"))
        return True


METHODS: Mapping[str, Callable[[Desk, Fields], object]] = {
    "getMe": Desk.get_me,
    "setMyCommands": Desk.set_my_commands,
    "getMyCommands": Desk.get_my_commands,
    "setWebhook": Desk.set_webhook,
    "deleteWebhook": Desk.delete_webhook,
    "getWebhookInfo": Desk.get_webhook_info,
    "sendMessage": Desk.send_message,
    "sendVideo": Desk.send_video,
    "sendPhoto": Desk.send_photo,
    "editMessageText": Desk.edit_text,
    "editMessageCaption": Desk.edit_caption,
    "editMessageReplyMarkup": Desk.edit_keys,
    "answerCallbackQuery": Desk.answer_tap,
    "sendChatAction": Desk.chat_action,
}
