"""A card: a post shown to be decided about, with buttons that are bound to what was shown."""

from dataclasses import dataclass
from pathlib import Path

SHOWN = 32
"""Letters of a SHA-256 that a button carries: with verb and id it may have 64 bytes."""
LONGEST_DATA = 64
"""Bytes of callback_data (InlineKeyboardButton, core.telegram.org/bots/api, as of 2026-11)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A button: what stands on it, and what comes back when it is tapped."""

    label: str
    data: str

    def __post_init__(self) -> None:
        """Refuse what Telegram would not take."""
        if not 1 <= len(self.data.encode()) <= LONGEST_DATA:
            raise ValueError(f"a button carries 1 to {LONGEST_DATA} bytes, not '{self.data}'")


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A post for a chat; `clip` or else `picture` is shown, neither when the files are gone.

    `before` are messages that stand before it: all its words, where they do not fit beside it.
    """

    about: str
    words: str
    before: tuple[str, ...] = ()
    buttons: tuple[Button, ...]
    picture: Path | None
    clip: Path | None


def about(post: str, sha256: str) -> str:
    """Return a post and what of it is seen, as a button carries it."""
    return f"{post}:{sha256[:SHOWN]}"


def parts(written: str) -> tuple[str, str]:
    """Return post and hash; what is none is two empty texts."""
    post, _, sha256 = written.partition(":")
    return (post, sha256) if post and len(sha256) == SHOWN else ("", "")
