"""A console's hours in a file, to be looked at elsewhere: one scene a line, packed."""

import gzip
import json
import os
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from elite8.core.errors import ConfigError
from elite8.core.operations import snapshots
from elite8.core.operations.scene import Scene
from elite8.core.operations.snapshots import Snapshot
from elite8.core.studio import Studio, secrets_of

KIND = "elite8 scenes"
LONGEST = timedelta(minutes=1)
"""After which a scene is written again though only the clock changed: how long it held."""
LONGEST_LINE = 16 << 20
"""Bytes of a line, unpacked; a scene has some kilobytes. A longer one is broken off: no JSON."""


class Recorder:
    """Writes scenes to a new file, each line whole before the next: a kill costs one at most."""

    def __init__(self, studio: Studio, file: Path) -> None:
        self.file, self.lines = file, 0
        self._secrets = secrets_of(studio.settings)
        self._last: tuple[datetime, dict[str, Any]] | None = None
        try:
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise ConfigError(f"{file} exists already; --record needs a new file") from None
        except OSError as trouble:
            raise ConfigError(f"{file} cannot be written: {trouble.strerror}") from None
        self._to = os.fdopen(handle, "wb")
        self._write({"kind": KIND, "version": snapshots.VERSION})

    def add(self, one: Scene) -> bool:
        """Write a scene down, unless nothing but the clock has changed; return whether it was."""
        at, plain = one.board.at, snapshots.written(snapshots.of_nobody(one), self._secrets)
        known, seen = snapshots.essence(plain), self._last
        if seen and seen[1] == known and at - seen[0] < LONGEST:
            return False
        self._last = (at, known)
        self._write({"at": at.isoformat(), "scene": plain})
        self.lines += 1
        return True

    def close(self) -> None:
        """End the file."""
        self._to.close()

    def _write(self, line: dict[str, Any]) -> None:
        text = json.dumps(line, ensure_ascii=False, separators=(",", ":"))
        self._to.write(gzip.compress(f"{text}\n".encode(), 6))
        self._to.flush()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a recording: where it stands, when it was, the scene still packed."""

    number: int
    at: datetime
    packed: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """What was recorded, asked as the time machine is; one scene at a time is unpacked."""

    file: Path
    lines: tuple[Line, ...]

    def at(self, instant: datetime) -> Snapshot | None:
        """Return the scene as it was then, `None` when it begins later."""
        return self._shown(bisect_right(self.lines, instant, key=lambda one: one.at) - 1)

    def neighbour(self, instant: datetime, step: int) -> Snapshot | None:
        """Return the one that is `step` after the one at `instant`, or before it if below 0."""
        if not step:
            return self.at(instant)
        find = bisect_right if step > 0 else bisect_left
        place = find(self.lines, instant, key=lambda one: one.at)
        return self._shown(place + step - (step > 0))

    def span(self) -> tuple[datetime, datetime]:
        """Return from when to when it goes."""
        return self.lines[0].at, self.lines[-1].at

    def _shown(self, place: int) -> Snapshot | None:
        if not 0 <= place < len(self.lines):
            return None
        line = self.lines[place]
        after = self.lines[place + 1].at if place + 1 < len(self.lines) else line.at
        try:
            scene = snapshots.read(json.loads(zlib.decompress(line.packed)))
        except ValueError:
            raise unreadable(self.file, line.number, "no scene of this version") from None
        return Snapshot(at=line.at, until=min(after, line.at + LONGEST), scene=scene)


def opened(file: Path) -> Recording:
    """Return what was recorded in a file; one that cannot be read is a ConfigError."""
    found: list[Line] = []
    for number, line in lines_of(file):
        if number == 1:
            check_head(file, line)
            continue
        try:
            at = datetime.fromisoformat(line["at"])
            packed = zlib.compress(json.dumps(line["scene"], ensure_ascii=False).encode())
        except (KeyError, TypeError, ValueError):
            raise unreadable(file, number, "no scene") from None
        if at.tzinfo is None or (found and at < found[-1].at):
            raise unreadable(file, number, "its time is before that of the line above")
        found.append(Line(number=number, at=at, packed=packed))
    if not found:
        raise ConfigError(f"{file}: nothing was recorded in it")
    return Recording(file=file, lines=tuple(found))


def lines_of(file: Path) -> Iterator[tuple[int, Any]]:
    """Yield the lines of a recording and their numbers, from 1 on."""
    number = 0
    try:
        with gzip.open(file, "rb") as packed:
            while line := packed.readline(LONGEST_LINE):
                number += 1
                yield number, json.loads(line)
    except UnicodeDecodeError:
        raise unreadable(file, number, "cut off or damaged") from None
    except (ValueError, RecursionError):
        raise unreadable(file, number, "not JSON") from None
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise unreadable(file, number + 1, "cut off or damaged") from None
    except OSError as trouble:
        raise ConfigError(f"{file} cannot be read: {trouble.strerror}") from None


def check_head(file: Path, line: object) -> None:
    """Refuse what is no recording, or one of another version."""
    if not isinstance(line, dict) or line.get("kind") != KIND:
        raise unreadable(file, 1, "not a recording of elite8's console")
    if line.get("version") != snapshots.VERSION:
        raise unreadable(file, 1, "written by another version of elite8")


def unreadable(file: Path, number: int, why: str) -> ConfigError:
    """Return the complaint about a line."""
    return ConfigError(f"{file}, line {number}: {why}; --replay reads what --record wrote")
