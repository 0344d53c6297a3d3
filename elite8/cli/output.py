"""The only writer to stdout: tables for people, one JSON object for machines."""

import io
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, is_dataclass
from datetime import UTC, datetime
from typing import Literal

from elite8.core import places, visible
from elite8.core.errors import Elite8Error

Status = Literal["ok", "partial", "failed"]
ENVELOPE = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that went wrong, with the error class's own code."""

    code: str
    message: str


class Unheard(Elite8Error):
    """What was to be read could not be written: a full disk, most often."""


def answer(
    command: str,
    data: object,
    *,
    as_json: bool,
    table: Callable[[], object],
    problems: Sequence[Problem] = (),
    status: Status | None = None,
) -> None:
    """Write the answer: the JSON object when asked for, else what `table` returns.

    A tuple is several parts, one below the other.
    """
    if as_json:
        write_json(command, data, problems, status)
        return
    if made_up := places.is_synthetic():
        say(f"synthetic studio, seed {made_up.seed}: nobody and nothing in it is real")
    shown = table()
    for part in shown if isinstance(shown, tuple) else (shown,):
        write(part)
    for problem in problems:
        say(f"error: {problem.message}")


def flush() -> None:
    """Have what was written seen now: whoever reads it waits for nothing more."""
    with heard():
        sys.stdout.flush()


def hush() -> None:
    """Write no more, nor have the interpreter try it as it ends: nobody reads."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def heard() -> Iterator[None]:
    """Have what cannot be written raise Unheard, and nothing more be written."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as fault:
        hush()
        raise Unheard(f"{fault.strerror}: the answer is lost; what was done is done") from None


def take_any_letter() -> None:
    """Have a letter that the terminal's encoding lacks be shown as a ?, rather than end it all."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def lacks_letters() -> bool:
    """Return whether stdout's encoding has only some letters, so that JSON writes their numbers."""
    return (sys.stdout.encoding or "utf-8").lower().replace("-", "") != "utf8"


def write(part: object) -> None:
    """Write a text unfolded, so that paths can be copied, or draw a table; neither steers."""
    if isinstance(part, str):
        with heard():
            sys.stdout.write(visible.harmless(part) + "\n" if part else "")
        return
    from rich.console import Console

    with heard():
        Console().print(part, crop=False)


def write_json(
    command: str, data: object, problems: Sequence[Problem] = (), status: Status | None = None
) -> None:
    """Write the one JSON object of the output contract."""
    whole = {
        "version": ENVELOPE,
        "command": command,
        "status": status or ("failed" if problems else "ok"),
        "data": plain(data),
        "errors": [asdict(problem) for problem in problems],
    }
    if made_up := places.is_synthetic():
        whole["synthetic"] = made_up.seed
    written = json.dumps(whole, ensure_ascii=lacks_letters())
    with heard():
        sys.stdout.write(visible.escaped(written) + "\n")


def plain(value: object) -> object:
    """Return `value` as JSON knows it: records as objects, instants as ISO 8601 in UTC."""
    if hasattr(value, "model_dump"):  # pydantic's, which a cheap command does not load
        value = value.model_dump()
    if is_dataclass(value) and not isinstance(value, type):
        return {name: plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    if isinstance(value, Iterable):
        return [plain(inner) for inner in value]
    return str(value)


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> object:
    """Return a plain table whose widths count terminal cells, so Japanese lines up.

    Words fold where not all fits. Numbers do not: a table of many is wider than the terminal.
    """
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from elite8.cli.widths import GAP, fitted

    clean = [[visible.harmless(cell) for cell in row] for row in rows]
    there = width()
    wide = fitted(columns, clean, there)
    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, highlight=False)
    for name, cells in zip(columns, wide, strict=True):
        drawn.add_column(name, overflow="fold", width=cells)
    for row in clean:
        drawn.add_row(*map(Text, row))
    needed = sum(wide) + GAP * (len(wide) - 1)
    drawn.width = needed if needed > there else None
    return drawn


def width() -> int:
    """Return how many cells a line of the answer has."""
    from rich.console import Console

    return Console().width


def room(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """Return how many cells a further column of a table has, so that nothing is folded."""
    from rich.cells import cell_len

    from elite8.cli.widths import GAP

    widths = (max(map(cell_len, cells)) for cells in zip(columns, *rows, strict=True))
    return max(width() - sum(widths) - GAP * len(columns), 1)


def short(video_id: str) -> str:
    """Return the part of an id that people need; `show` and `publish` take it as well."""
    return video_id[:13]


def say(line: str) -> None:
    """Write one line to stderr; what others said in it steers nothing."""
    sys.stderr.write(visible.harmless(line) + "\n")


@contextmanager
def progress(title: str) -> Iterator[Callable[[str, float], None]]:
    """Give a function that shows a step and its share done, on stderr when it is a terminal."""
    if not sys.stderr.isatty():
        yield lambda _step, _share: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=1.0)

        def show(step: str, share: float) -> None:
            bar.update(task, description=visible.one_line(f"{title}: {step}"), completed=share)

        yield show


def local_time(instant: datetime, zone: object) -> str:
    """Return the wall time in the operator's zone, with the zone named."""
    from zoneinfo import ZoneInfo

    here = instant.astimezone(ZoneInfo(str(zone)))
    return f"{here:%Y-%m-%d %H:%M} {here.tzname()}"


def local_day(instant: datetime, zone: object) -> str:
    """Return the day in the operator's zone, with the zone named."""
    day, _, named = local_time(instant, zone).split(" ")
    return f"{day} {named}"


def facts(record: object, zone: str) -> list[tuple[str, str]]:
    """Return a record as rows of name and value, instants in the operator's zone."""
    rows = []
    for field in fields(record):  # type: ignore[arg-type]  # a record
        name = field.name
        value = getattr(record, name)
        if isinstance(value, datetime):
            value = local_time(value, zone)
        elif isinstance(value, tuple):
            parts = (one if isinstance(one, str) else "  ".join(map(str, one)) for one in value)
            value = "\n".join(parts)
        rows.append((name.replace("_", " "), "" if value is None else str(value)))
    return rows
