"""YouTube's upload session: the handle by which a post is known, kept before its first byte.

Source: api/youtube.md section 3.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

from elite8.core.domain.rendition import Rendition
from elite8.core.errors import Unavailable

Keep = Callable[[str], None]
"""Commits the handle by which the network knows the post, before anything else is sent."""


@dataclass(slots=True)
class Session:
    """An upload session for so many bytes; where it is now is committed by `keep`."""

    address: str
    size: int
    keep: Keep

    @classmethod
    def known(cls, handle: str, ready: Rendition, keep: Keep) -> "Session":
        """Return the session that was held; asking about it needs no file any more."""
        if not handle.startswith("{"):  # held by elite8 before 2026-11-23
            return cls(handle, ready.size, keep)
        kept = json.loads(handle)
        return cls(kept["session"], kept["size"], keep)

    def hold(self) -> None:
        """Have it committed, and that something is about to be sent there."""
        self.keep(json.dumps({"session": self.address, "size": self.size}))

    def move(self, address: str) -> None:
        """Go on at another address."""
        self.address = address
        self.hold()


class SessionGone(Unavailable):
    """The upload session is no more; whether it ended with a video must be looked up."""
