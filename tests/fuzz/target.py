"""A parser under fire: what is handed to it, and what may come out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import process_time

from elite8.core.errors import Elite8Error

LONGEST = 4096
"""Bytes of an input that is made up; seeds may be longer."""
SLOW = 2.0
"""Seconds of our own CPU that no input of that size may take."""


class Broke(AssertionError):
    """Something else than an error of ours came out, or it took too long."""


@dataclass(frozen=True, slots=True)
class Target:
    """One parser: `run` reads the bytes and raises an `Elite8Error` for what it cannot take."""

    name: str
    seeds: tuple[bytes, ...] = field(repr=False)
    run: Callable[[bytes], object] = field(repr=False)
    slow: float = SLOW

    def hit(self, data: bytes) -> bool:
        """Hand over the bytes; return whether they were taken. What must not come out is Broke."""
        began = process_time()
        try:
            self.run(data)
            taken = True
        except Elite8Error as said:
            taken = False
            if not str(said).strip() or "\n" in str(said).strip():
                raise Broke(f"{self.name}: an error without one sentence: {said!r}") from said
        except RecursionError:
            raise Broke(f"{self.name}: RecursionError") from None
        except Exception as fault:
            raise Broke(f"{self.name}: {type(fault).__name__}: {str(fault)[:200]}") from fault
        if (took := process_time() - began) > self.slow:
            raise Broke(f"{self.name}: {took:.1f} s of CPU for {len(data)} bytes")
        return taken
