"""Whose requests for a tracked link are no clicks of people."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from elite8.core.domain.character import Strict, Text

Token = Annotated[str, StringConstraints(pattern=r"^[!-@\[-~ ]{2,64}$")]


class Prefetch(Strict):
    """A header by which something says that no person follows; `word` stands in its value."""

    header: Annotated[str, StringConstraints(pattern=r"^[a-z-]{3,32}$")]
    word: Token


class LinkBots(Strict):
    """config/phase2/link_bots.json: whose requests are no clicks of people."""

    source: Text
    as_of: date
    agents: tuple[Token, ...] = Field(min_length=1, description="Words of a User-Agent; small.")
    people: tuple[Token, ...] = Field(default=(), description="Words taken out before; small.")
    prefetch: tuple[Prefetch, ...] = ()

    def is_machine(self, agent: str, headers: Mapping[str, str]) -> bool:
        """Return whether this is a crawler, a preview or a prefetch; without an agent it is."""
        words = agent.lower()
        for innocent in self.people:
            words = words.replace(innocent, "")
        if not words.strip() or named(self.agents, words):
            return True
        return any(one.word in headers.get(one.header, "").lower() for one in self.prefetch)


def named(words: Iterable[str], text: str) -> bool:
    """Return whether one of the words stands in a text."""
    return any(word in text for word in words)
