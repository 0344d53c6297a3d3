"""What a row stands for, as acts take it: a post, a film, an alert, wherever it is shown."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from elite8.tui import said

if TYPE_CHECKING:
    from elite8.core.operations.alerts import Ringing
    from elite8.core.operations.entries import Entry
    from elite8.core.operations.queue import PostShown
    from elite8.core.operations.scene import Film, Scene

SHORT = 14
"""Characters of an id that people need (cli/deciding.py takes the same)."""
Kind = Literal["post", "film", "alert", "performer", "network", "region", "stage"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """One thing: `name` in sentences, `about` the part that tells it from others of its kind.

    `file` is of a film, `subject` of an alert; what is not known is "". `shown` is what an
    approval of a post would be of (`PostShown`), "" where none is needed.
    """

    kind: Kind
    id: str
    name: str
    status: str = ""
    character: str = ""
    network: str = ""
    video: str = ""
    subject: str = ""
    title: str = ""
    file: str = ""
    at: datetime | None = None
    failure: str = ""
    region: str = ""
    stage: str = ""
    shown: str = ""

    @property
    def short(self) -> str:
        """The part of its id that people need."""
        return self.id[:SHORT]


def of_entry(one: "Entry") -> Thing:
    """Return a post of the calendar as a thing."""
    return post(one, one.post, one.status, one.at)


def of_post(one: "PostShown") -> Thing:
    """Return a post of the queue as a thing."""
    status = "needs approval" if one.needs_approval else one.status
    return replace(post(one, one.id, status, one.due_at), shown=one.shown)


def as_queued(thing: Thing | None, scene: "Scene | None") -> Thing | None:
    """Return a post of the calendar with what the queue knows of it: what has to be approved."""
    queue = scene.queue if scene and thing and thing.kind == "post" else ()
    return next((of_post(one) for one in queue if thing and one.id == thing.id), thing)


def post(one: "Entry | PostShown", key: str, status: str, at: datetime | None) -> Thing:
    """Return a post as a thing; its id, state and time have other names in each record."""
    return Thing(
        kind="post",
        id=key,
        name=f"{said.network(one.network)} post {key[:SHORT]}",
        status=status,
        character=one.character,
        network=one.network,
        video=one.video,
        title=one.title,
        at=at,
        failure=one.failure,
    )


def of_film(one: "Film") -> Thing:
    """Return a film as a thing."""
    return Thing(
        kind="film",
        id=one.id,
        name=f"video {one.id[:SHORT]}",
        status=one.status,
        character=one.character,
        video=one.id,
        title=one.title,
        file=one.path,
        at=one.finished_at or one.at,
        failure=one.failure,
    )


def of_alert(one: "Ringing") -> Thing:
    """Return an alert as a thing."""
    return Thing(
        kind="alert",
        id=one.rule,
        name=f"{one.rule} ({one.subject})" if one.subject else one.rule,
        status=one.state,
        subject=one.subject,
        title=one.message,
        at=one.since,
    )
