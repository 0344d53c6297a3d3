"""The channels' messages, as a webhook makes them and as it or a bot is shown them."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """What an operator makes in a channel's settings."""

    id: str
    secret: str
    channel: str
    guild: str
    name: str


@dataclass(slots=True, kw_only=True)
class Message:
    """A message in a channel; `sha256` and `size` are of its file."""

    id: str
    channel: str
    webhook: str
    content: str
    file: str
    description: str
    at: datetime
    sha256: str = ""
    size: int = 0
    allowed_mentions: object = None


def digest(content: bytes) -> str:
    """Return the SHA-256 of a file."""
    return sha256(content).hexdigest()


def shown(message: Message, *, bare: bool = False) -> dict[str, object]:
    """Return a message as Discord answers it (A1), `bare` without what was written.

    So it is to an app without the Message Content intent (discord-api-docs, "Message").
    """
    name = message.file
    attached = [
        {
            "id": f"{int(message.id) + 1}",
            "filename": name,
            "size": message.size,
            "content_type": "video/mp4",
            "description": message.description,
            "url": f"https://cdn.discordapp.com/attachments/{message.channel}/{message.id}/{name}",
        }
    ]
    return {
        "id": message.id,
        "channel_id": message.channel,
        "webhook_id": message.webhook,
        "content": "" if bare else message.content,
        "attachments": attached if name and not bare else [],
        "timestamp": message.at.isoformat(),
    }
