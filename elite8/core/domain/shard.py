"""A part of all rows, by the last character of their ids: chance made it."""

from dataclasses import dataclass

from elite8.core.domain.identity import ALPHABET, LENGTH
from elite8.core.errors import ConfigError

__all__ = ["LENGTH", "WHOLE", "Shard", "parsed", "parts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """The part `number`, from 1, of `of` parts, at most 32; each row is in one of them."""

    number: int
    of: int

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    @property
    def strangers(self) -> tuple[str, ...]:
        """The characters with which ids of other parts end."""
        return tuple(sign for sign in ALPHABET if not self.holds(sign))

    @property
    def ends(self) -> tuple[str, ...]:
        """The characters with which its ids end; the first part has other ids as well."""
        return tuple(sign for sign in ALPHABET if self.holds(sign))

    def holds(self, name: str) -> bool:
        """Return whether the row with this id is in this part."""
        return max(ALPHABET.find(name[-1:]), 0) % self.of == self.number - 1

    def of_task(self, task: str) -> str:
        """Return what this part of a task is called."""
        return task if self == WHOLE else f"{task} {self}"


WHOLE = Shard(number=1, of=1)


def parts(of: int) -> tuple[Shard, ...]:
    """Return all of so many parts."""
    return tuple(Shard(number=number, of=of) for number in range(1, of + 1))


def parsed(words: str) -> Shard:
    """Return the part that is written as 3/8; another form is a ConfigError."""
    number, _, of = words.partition("/")
    if not (number.isascii() and of.isascii() and number.isdecimal() and of.isdecimal()):
        raise ConfigError(f"'{words[:20]}' is no part; write 3/8 for the third of eight")
    found = Shard(number=int(number), of=int(of))
    if not 1 <= found.number <= found.of <= len(ALPHABET):
        raise ConfigError(f"there is no part {found}; write 1/8 to 8/8, at most {len(ALPHABET)}")
    return found
