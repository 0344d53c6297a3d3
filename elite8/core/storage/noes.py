"""What people said no to, noted in a file beside the salt: no backup from before undoes it.

It is noted before the database has it. A line is of one address, by its hash: of a consent there
for one purpose or, without a purpose, of the address altogether.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from elite8.core.errors import ConfigError
from elite8.core.storage import noted

FILE = "people.withdrawn"
ALL = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class No:
    """When somebody said no; `purpose` is "" where nobody is to write there any more, for `why`."""

    digest: str
    channel: str
    purpose: str
    at: datetime
    why: str


def note(state: Path, said: Iterable[No]) -> None:
    """Write these down, on disk before this returns."""
    noted.append(state / "keys" / FILE, [line(one) for one in said])


def line(no: No) -> str:
    """Return a no as it is written."""
    why = "_".join(no.why.split()) or ALL
    return " ".join(
        (no.digest, no.channel or ALL, no.purpose or ALL, no.at.astimezone(UTC).isoformat(), why)
    )


def known(state: Path) -> list[No]:
    """Return every no in the order it was said; a last line that was cut off is left out."""
    file = state / "keys" / FILE
    try:
        return [read(one) for one in noted.lines(file)]
    except (OSError, ValueError):
        raise ConfigError(
            f"{file} cannot be read; it keeps those who said no from being written to: restore it"
        ) from None


def read(written: str) -> No:
    """Return the no of a line; ValueError for none."""
    digest, channel, purpose, at, why = written.split(" ")
    return No(
        digest=digest,
        channel="" if channel == ALL else channel,
        purpose="" if purpose == ALL else purpose,
        at=datetime.fromisoformat(at),
        why="" if why == ALL else why,
    )
