"""The whole scene the console draws: the board, the queue, the films, what happened lately."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from elite8.core.domain.video import Video
from elite8.core.errors import Elite8Error
from elite8.core.operations import standing
from elite8.core.operations.board import Board, board
from elite8.core.operations.events import Event, lately
from elite8.core.operations.purse import ACCOUNT, Movement, movement
from elite8.core.operations.queue import PostShown, shown_all
from elite8.core.operations.standing import Standing
from elite8.core.storage import ledger, posts, scenes
from elite8.core.storage.database import Session
from elite8.core.studio import Studio

if TYPE_CHECKING:
    from elite8.core.operations.growth import Growth
    from elite8.core.operations.subscribed import Subscribed

__all__ = [
    "MOST_EVENTS",
    "MOST_FILMS",
    "MOST_MOVEMENTS",
    "MOST_QUEUED",
    "Event",
    "Film",
    "Scene",
    "scene",
    "with_growth",
]

MOST_QUEUED = 200
MOST_FILMS = 100
MOST_EVENTS = 200
MOST_MOVEMENTS = 40
Stage = Literal["planned", "generating", "generated", "finished", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """A video for people. `at`: when it was last begun, else planned; `share`: how far, 0 to 1.

    `due_at` is when its first open post goes out, `None` when none waits for it.
    """

    id: str
    character: str
    status: Stage
    title: str
    language: str
    engine: str
    content_type: str
    seconds: float | None
    at: datetime
    finished_at: datetime | None
    due_at: datetime | None
    share: float | None
    tries: int
    failure: str
    path: str
    cover: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What there is now. Of `queue` and `films` the most urgent; `queued` counts them all.

    `ledger` are its newest entries. `growth` is `None` where it was not read: at first, in what was
    kept before there was one, and where `no_growth` says why; `subscribed` is read with it.
    """

    board: Board
    queue: tuple[PostShown, ...]
    queued: int
    films: tuple[Film, ...]
    accounts: tuple[Standing, ...]
    events: tuple[Event, ...]
    ledger: tuple[Movement, ...] = ()
    growth: "Growth | None" = None
    no_growth: str = ""
    subscribed: "Subscribed | None" = None


def scene(studio: Studio) -> Scene:
    """Return everything as it is now; it waits for no writer and asks no network."""
    studio = studio.looking
    since = studio.clock() - posts.GIVEN_UP
    with studio.database.transaction() as session:
        queue = scenes.queue(session, refused_since=since, limit=MOST_QUEUED)
        queued = scenes.queued(session, refused_since=since)
        made = films(session)
        events = lately(session, limit=MOST_EVENTS)
        moved = ledger.entries(session, ACCOUNT, limit=MOST_MOVEMENTS)
        moves = tuple(movement(one) for one in moved)
    return Scene(
        board=board(studio),
        queue=shown_all(studio, queue),
        queued=queued,
        films=made,
        accounts=standing.status(studio),
        events=events,
        ledger=moves,
    )


def with_growth(studio: Studio, here: Scene) -> Scene:
    """Return a scene with how it grows, or with why that cannot be read: the rest is there."""
    from elite8.core.operations import growth, subscribed  # a quarter of a scene's imports

    here = replace(here, subscribed=subscribed.lately(studio))
    try:
        return replace(here, growth=growth.lately(studio), no_growth="")
    except Elite8Error as why:
        return replace(here, growth=None, no_growth=str(why))


def films(session: Session) -> tuple[Film, ...]:
    """Return the videos in work and the newest that are done."""
    found = scenes.films(session, limit=MOST_FILMS)
    ids = [one.id for one in found]
    due, shares = scenes.first_due(session, ids), scenes.shares(session, ids)
    return tuple(film(one, due.get(one.id), shares.get(one.id)) for one in found)


def film(video: Video, due_at: datetime | None, share: float | None) -> Film:
    """Return a video for people."""
    same = (
        *("id", "title", "language", "engine", "content_type", "seconds", "finished_at"),
        *("tries", "failure", "path", "cover"),
    )
    return Film(
        character=video.character_id,
        status=video.status,  # type: ignore[arg-type]  # one of them
        at=video.begun_at or video.created_at,
        due_at=due_at,
        share=share,
        **{name: getattr(video, name) for name in same},
    )
