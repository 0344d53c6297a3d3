"""The calendar as a file: written for review, compared, and only its differences applied."""

import csv
import io
import json
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, Field, ValidationError

from elite8.core.domain.character import Identifier, Strict
from elite8.core.domain.post import Post, PostStatus
from elite8.core.domain.video import Video
from elite8.core.errors import ConfigError, Refused
from elite8.core.operations import agenda, desk, entries, publish, regional
from elite8.core.operations.entries import Entry
from elite8.core.parsing import complaint, reason_of
from elite8.core.storage import attempts, posts, videos
from elite8.core.storage.database import Session
from elite8.core.studio import Studio

Made = tuple[str, datetime, str]
"""A video that is to be made: its performer, time and region."""
BEFORE = ("post", "at", "zone", "character", "network", "video", "slot", "status")
"""The columns of files from before there were regions."""
COLUMNS = (*BEFORE, "region")
MARK = "# elite8 calendar"


class Row(Strict):
    """One post of the file; without `post` it is to be added, of a `video` or a performer."""

    post: str = ""
    at: str = Field(pattern=r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}$", description="Wall time.")
    zone: str
    character: Identifier
    network: str
    video: str = ""
    slot: str = ""
    status: str = ""
    region: str = Field(default="", description="Whose viewers are meant, DE; empty for none.")


class File(Strict):
    """The file: every post from `first` on for so many `days`, in the operator's zone."""

    version: Literal[1] = 1
    first: date = Field(ge=date(2000, 1, 1), le=date(2100, 1, 1))
    days: int = Field(ge=1, le=400)
    written: AwareDatetime = Field(description="What was moved since then is left alone.")
    newest: str = Field(default="", description="What was planned after this post, too.")
    posts: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What applying the file does about one post; `why` it is left alone although they differ."""

    what: Literal["adds", "moves", "drops", "left"]
    post: str
    character: str
    network: str
    before: datetime | None
    after: datetime | None
    meant: agenda.Meant | None = None
    video: str = ""
    region: str = ""
    why: str = ""


def export(studio: Studio, first: date, days: int) -> File:
    """Return the calendar of these days; what comes or moves while it is read, it is silent of."""
    now = studio.clock()
    with studio.database.transaction() as session:
        newest = posts.newest(session)
    found = entries.between(studio, first, days)
    rows = (
        Row(
            post=one.post,
            at=one.wall or agenda.wall_of(one.at, studio.settings.zone),
            zone=one.zone or studio.settings.zone.key,
            **{name: getattr(one, name) for name in COLUMNS if name not in {"post", "at", "zone"}},
        )
        for one in found
    )
    return File(first=first, days=days, written=now, newest=newest, posts=tuple(rows))


def written(file: File, *, as_csv: bool) -> str:
    """Return the file as text."""
    if not as_csv:
        rows = ",\n".join(
            f"    {json.dumps(row.model_dump(), ensure_ascii=False)}" for row in file.posts
        )
        head = f'{{\n  "version": 1,\n  "first": "{file.first}",\n  "days": {file.days},'
        head += f'\n  "written": "{file.written.isoformat()}",\n  "newest": "{file.newest}",'
        return f'{head}\n  "posts": [\n{rows}\n  ]\n}}\n'
    out = io.StringIO()
    out.write(f"{MARK} {file.first} {file.days} {file.written.isoformat()} {file.newest}\n")
    table = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    table.writeheader()
    table.writerows(row.model_dump() for row in file.posts)
    return out.getvalue()


def save(path: Path, text: str) -> None:
    """Write the file; one that cannot be written is a ConfigError."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with fresh.open("x", encoding="utf-8") as opened:  # never by a link that waits there
            opened.write(text)
        fresh.replace(path)
    except OSError as broken:
        raise ConfigError(f"{path} cannot be written: {broken.strerror}") from None
    finally:
        with suppress(OSError):  # it has its name, or never was
            fresh.unlink()


def read(path: Path) -> File:
    """Return the calendar in a JSON or CSV file; anything wrong is one ConfigError."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as broken:
        raise ConfigError(f"{path} cannot be read: {reason_of(broken)}") from None
    if not text.strip():
        raise ConfigError(f"{path} is empty; 'elite8 schedule export' writes one")
    try:
        return File.model_validate(from_csv(text) if text.startswith(MARK) else json.loads(text))
    except json.JSONDecodeError as broken:
        raise ConfigError(f"{path}: line {broken.lineno}: not JSON: {broken.msg}") from None
    except ValidationError as wrong:
        raise ConfigError(f"{path}: {complaint(wrong.errors(), File)}") from None
    except RecursionError:
        raise ConfigError(f"{path}: nested too deep to be a calendar") from None
    except (ValueError, csv.Error) as broken:
        raise ConfigError(f"{path}: {broken}") from None


def from_csv(text: str) -> dict[str, object]:
    """Return what a CSV file says; its first line names the days it is of."""
    head, _, table = text.partition("\n")
    told = head.removeprefix(MARK).split()
    if not 3 <= len(told) <= 4 or not told[1].isdecimal():  # noqa: PLR2004  # the fourth came later
        raise ValueError("line 1 no longer says first day, days and when it was written")
    rows = csv.DictReader(io.StringIO(table))
    if (*(rows.fieldnames or ()),) not in (COLUMNS, BEFORE):
        raise ValueError(f"line 2 is not {','.join(COLUMNS)}; export it again")
    posts = [*rows]
    for number, row in enumerate(posts, 1):
        if None in row or None in row.values():
            raise ValueError(f"row {number} has not {len(rows.fieldnames or ())} cells")
    facts = dict(zip(("first", "days", "written", "newest"), told, strict=False))
    return {**facts, "days": int(told[1]), "posts": posts}


def diff(studio: Studio, file: File) -> tuple[Difference, ...]:
    """Return what applying the file would do; a row that cannot be meant is a ConfigError."""
    here = {one.post: one for one in entries.between(studio, file.first, file.days)}
    found: list[Difference | None] = []
    kept: dict[str, int] = {}
    for number in range(1, len(file.posts) + 1):
        try:
            found.append(of_row(studio, file, number, kept))
        except ConfigError as wrong:
            raise ConfigError(f"row {number}: {wrong}") from None
    missing = [one for key, one in here.items() if key not in kept and one.status == "waiting"]
    found += map(dropped, known_then(studio, missing, file))
    return tuple(one for one in found if one)


def of_row(studio: Studio, file: File, number: int, kept: dict[str, int]) -> Difference | None:
    """Return what a row changes; `kept` has each post's row by its whole id, and gets this one's.

    People write ids short, and in small letters.
    """
    row = file.posts[number - 1]
    if not row.post:
        return added(studio, row)
    post, video = desk.named(studio, row.post)
    if kept.setdefault(post.id, number) != number:
        raise ConfigError(f"post {row.post} is in row {kept[post.id]} too; take one out")
    return moved(studio, file, row, post, video)


def dropped(one: Entry) -> Difference:
    """Return the drop of a post that the file has no more."""
    return Difference(
        what="drops",
        post=one.post,
        character=one.character,
        network=one.network,
        before=one.at,
        after=None,
    )


def known_then(studio: Studio, missing: Sequence[Entry], file: File) -> list[Entry]:
    """Return those that a file could have held: of what came or was moved since, it is silent."""
    with studio.database.transaction() as session:
        return [
            one
            for one in missing
            if (one.post <= file.newest if file.newest else one.planned_at <= file.written)
            and not any(step.at > file.written for step in attempts.of_post(session, one.post))
        ]


def added(studio: Studio, row: Row) -> Difference:
    """Return the addition of a post that is not there yet."""
    publish.check_destination(studio, row.network)
    studio.config.roster.named(row.character)
    if row.region:
        regional.chosen(studio, row.region, allow_later=False)
    when = agenda.meant(studio, row.at, row.zone)
    video = publish.finished(studio, row.video) if row.video else None
    if video and video.character_id != row.character:
        raise ConfigError(f"video {video.id} is of {video.character_id}, not {row.character}")
    return Difference(
        what="adds",
        post="",
        character=row.character,
        network=row.network,
        before=None,
        after=when.at,
        meant=when,
        video=video.id if video else "",
        region=row.region.upper(),
    )


def moved(studio: Studio, file: File, row: Row, post: Post, video: Video) -> Difference | None:
    """Return the move of a post, `None` when it is where the file has it.

    One that is out, or has had another time since the file was written, is left alone.
    """
    same = row.region.upper() in {post.region, ""}  # a file from before regions says none
    if not same or (post.platform, video.character_id) != (row.network, row.character):
        raise ConfigError(
            f"post {row.post} is {video.character_id}'s on {post.platform}; take the row out and "
            "add one without 'post'"
        )
    if PostStatus.WAITING not in {post.status, row.status} or is_there(studio, post, row):
        return None
    why = why_left(studio, file, post)
    when = None if why else agenda.meant(studio, row.at, row.zone)
    return Difference(
        what="moves" if when else "left",
        post=post.id,
        character=row.character,
        network=row.network,
        before=post.due_at,
        after=when.at if when else None,
        meant=when,
        why=why,
    )


def is_there(studio: Studio, post: Post, row: Row) -> bool:
    """Return whether a post is at the time of its row; a later try of one moves it nowhere."""
    here = studio.settings.zone
    walls = {post.wall or agenda.wall_of(at, here) for at in (post.due_at, post.meant_at) if at}
    return row.at in walls and row.zone == (post.zone or here.key)


def why_left(studio: Studio, file: File, post: Post) -> str:
    """Return why a file says nothing of a post's time any more, "" when it does."""
    if post.status == PostStatus.PUBLISHED:
        return "it is out"
    with studio.database.transaction() as session:
        since = attempts.moved_since(session, post.id, file.written)
    return "moved since" if since else ""


def apply(studio: Studio, file: File) -> tuple[Difference, ...]:
    """Make the calendar what the file says, all of it or, when one row is claimed, nothing."""
    changes = diff(studio, file)
    fresh = [one for one in changes if one.what == "adds" and not one.video]
    rows: dict[Made, Video] = {
        (one.character, one.after, one.region): agenda.row_for(
            studio, one.character, one.after, one.region
        )
        for one in fresh
        if one.after
    }
    with studio.database.transaction() as session:
        for row, (_, when, _) in zip(rows.values(), rows, strict=True):
            agenda.keep_row(session, row, when)
        for change in changes:
            if change.what == "adds":
                enter(studio, session, change, rows)
            elif change.what != "left":
                touch(studio, session, change)
    return changes


def enter(studio: Studio, session: Session, change: Difference, rows: Mapping[Made, Video]) -> None:
    """Keep a post that the file adds."""
    if change.meant is None:
        raise ValueError("an addition has a time")
    known = videos.get(session, change.video) if change.video else None
    video = known or rows[change.character, change.meant.at, change.region]
    if posts.find(session, video.id, change.network):
        raise Refused(
            f"video {video.id} has a post on {change.network} already; nothing was applied"
        )
    post = agenda.keep_post(session, video, change.network, change.meant, studio.clock())
    post.region = change.region


def touch(studio: Studio, session: Session, change: Difference) -> None:
    """Move or drop a post that waits; any other is Refused and nothing is applied."""
    post = posts.get(session, change.post)
    if post is None or post.claimed_by or post.status != PostStatus.WAITING or post.sent_at:
        status = post.status if post else "gone"
        raise Refused(f"post {change.post} is {status} by now; nothing was applied")
    if change.what == "drops":
        agenda.take_out(session, studio.clock(), post)
    elif change.meant:
        agenda.put_at(session, studio.clock(), post, change.meant)
