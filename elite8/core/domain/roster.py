"""All performers together."""

from collections import Counter
from difflib import get_close_matches

from pydantic import Field, field_validator

from elite8.core.domain.character import Character, Strict
from elite8.core.errors import ConfigError


class Roster(Strict):
    """config/avatars/elite8_characters.json."""

    characters: tuple[Character, ...] = Field(min_length=1)

    @field_validator("characters")
    @classmethod
    def _once_each(cls, characters: tuple[Character, ...]) -> tuple[Character, ...]:
        twice = [name for name, n in Counter(c.id for c in characters).items() if n > 1]
        if twice:
            raise ValueError(f"the id {twice[0]!r} is used twice")
        return characters

    def named(self, asked: str) -> Character:
        """Return the character with this id; an unknown one is a ConfigError naming the nearest."""
        known = {character.id: character for character in self.characters}
        if asked in known:
            return known[asked]
        near = get_close_matches(asked.casefold(), known, n=1, cutoff=0.5)
        hint = f"did you mean '{near[0]}'?" if near else "choose one of " + ", ".join(known)
        raise ConfigError(f"no character is called '{asked[:40]}'; {hint}")
