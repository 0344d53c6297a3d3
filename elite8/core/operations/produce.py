"""Make the planned videos whose time comes near; safe to run twice at once."""

from dataclasses import dataclass, replace
from typing import Literal

from elite8.core import log
from elite8.core.domain.shard import WHOLE, Shard
from elite8.core.domain.video import Video, VideoStatus
from elite8.core.errors import Elite8Error, OutOfCredits, SignInNeeded, Unavailable
from elite8.core.operations import commission, generate
from elite8.core.operations.brief import Brief, Planned, plan_one
from elite8.core.operations.holder import is_dead
from elite8.core.storage import calendar, videos
from elite8.core.studio import Studio


@dataclass(frozen=True, slots=True, kw_only=True)
class Produced:
    """What became of one planned video: made, ordered, waits or failed; `begun`: work was done."""

    video: str
    character: str
    state: Literal["made", "ordered", "waits", "failed"]
    message: str = ""
    begun: bool = True


def make_due(studio: Studio, *, most: int = 4, shard: Shard = WHOLE) -> tuple[Produced, ...]:
    """Make or order the next planned videos; one's trouble touches no other."""
    with studio.database.transaction() as session:
        videos.fail_abandoned(session, now=studio.shared_now(), is_dead=is_dead)
    found: list[Produced] = []
    for video in filter(lambda one: shard.holds(one.id), next_ones(studio)):
        found.append(one(studio, video))
        if sum(each.begun for each in found) >= most:
            break
    return tuple(found)


def waiting(studio: Studio, most: int) -> tuple[Produced, ...]:
    """Return what would be made now; nothing is done."""
    return tuple(said(video, "waits", video.failure) for video in next_ones(studio)[:most])


def next_ones(studio: Studio) -> list[Video]:
    """Return the planned videos to be made next, the soonest first."""
    with studio.database.transaction() as session:
        begins = studio.config.calendar.begins()
        return calendar.to_make(session, studio.clock(), begins)


def one(studio: Studio, video: Video) -> Produced:
    """Make one planned video, here or at A2E; what fails is tried again by a later run."""
    try:
        return make(studio, again(studio, video))
    except Elite8Error as trouble:
        log.get().warning("video.failed", video=video.id, why=str(trouble))
        passes = isinstance(trouble, OutOfCredits | SignInNeeded | Unavailable)
        unbegun = not passes and count_a_try(studio, video, str(trouble))
        return replace(said(video, "failed", str(trouble)), begun=not unbegun)


def count_a_try(studio: Studio, video: Video, why: str) -> bool:
    """Have a video that could not even begin wait for its next try; return whether it was so."""
    with studio.database.transaction() as session:
        claimed = generate.claim(studio, session, video.id)
        if claimed is not None:
            videos.move(session, claimed, VideoStatus.FAILED, failure=why)
        return claimed is not None


def again(studio: Studio, video: Video) -> Video:
    """Return the video, planned anew when it had failed."""
    if video.status == VideoStatus.FAILED:
        with studio.database.transaction() as session:
            videos.move(session, video, VideoStatus.PLANNED, failure="")
    return video


def make(studio: Studio, video: Video) -> Produced:
    """Make a planned video by the engine it was planned with, or here when credits are short."""
    planned = planned_of(studio, video)
    if planned.engine == "local":
        return make_here(studio, planned, video)
    if not commission.room(studio):
        return said(video, "waits", "A2E has as many tasks of ours as it takes at once")
    character = studio.config.roster.named(video.character_id)
    asked = commission.failed_lately(studio, character)
    try:
        who = commission.avatar(studio, character, asked=asked)
        if who is None:
            return said(video, "waits", f"{video.character_id}'s avatar is being made")
        commission.order(studio, planned, who, lambda *_: None, video)
    except OutOfCredits:
        if not planned.may_fall_back:
            raise
        not_begun_there(studio, video)
        return make_here(studio, replace(planned, engine="local"), video)
    except commission.Taken as taken:
        return said(video, "waits", str(taken))
    return said(video, "ordered", "")


def not_begun_there(studio: Studio, video: Video) -> None:
    """Have a video planned still where A2E itself refused its start: that was no try."""
    with studio.database.transaction() as session:
        row = videos.get(session, video.id)
        if row is not None and row.status == VideoStatus.FAILED:
            videos.move(session, row, VideoStatus.PLANNED, failure="", tries=row.tries - 1)


def planned_of(studio: Studio, video: Video) -> Planned:
    """Return what was planned: the same seed gives the same words, or they are the operator's.

    The engine is the one asked for, or what auto means now. A topic that this seed does not draw
    was asked for.
    """
    brief = Brief(
        characters=(video.character_id,),
        seed=video.seed,
        language=video.language,
        locale=video.locale,
        seconds=video.asked_seconds,
        script=video.words or None,
        topic="" if video.words or not video.locale else video.topic,
        engine=video.asked_engine,
        stage=video.stage,
    )
    return plan_one(studio, brief, studio.config.roster.named(video.character_id), 0)


def make_here(studio: Studio, planned: Planned, video: Video) -> Produced:
    """Film it on this machine, unless another process does."""
    claimed = generate.claim_to_film(studio, video.id)
    if claimed is None:
        return said(video, "waits", "another process makes it")
    generate.make(studio, planned, lambda *_: None, claimed)
    return said(video, "made", "")


def said(
    video: Video, state: Literal["made", "ordered", "waits", "failed"], message: str
) -> Produced:
    """Return what became of a video."""
    return Produced(
        video=video.id,
        character=video.character_id,
        state=state,
        message=message,
        begun=state != "waits",
    )
