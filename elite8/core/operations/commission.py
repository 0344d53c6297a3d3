"""Order a video from the paid engine: everything free first, then one start, sent once.

The intent, the hold and the video's row are committed together before the start goes out; its task
id is kept the moment it is known. `collect` takes it from there, in this process or another.
"""

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from elite8.core import log, scratch
from elite8.core.domain.character import Character
from elite8.core.domain.job import Family, Job, JobStatus, new_job
from elite8.core.domain.video import Video, VideoStatus
from elite8.core.errors import Elite8Error, Refused, Unanswered, Unavailable
from elite8.core.operations import purse, spoken
from elite8.core.operations.brief import Planned, row_of
from elite8.core.operations.configuration import own_picture
from elite8.core.operations.holder import new_holder
from elite8.core.production import a2e
from elite8.core.storage import jobs, videos
from elite8.core.storage.database import Session
from elite8.core.studio import Studio

SENDING = timedelta(minutes=2)
"""Longer than a start can be under way: 30 s to answer, 10 s to connect."""

BEFORE_AGAIN = timedelta(hours=3)
"""How long the plan does not order an avatar again that A2E could not make."""

NEVER_BEGAN = "its start never reached A2E"

Progress = Callable[[str, float], None]


class Taken(Unavailable):
    """Another process makes this video: nothing was ordered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Avatar:
    """Who speaks: A2E's id; `own` is a custom one."""

    id: str
    own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An order before it is committed: its price, what is held for it, and what it is for.

    `facts` are what is known of the video now; `kept` is what the finishing needs to know later.
    `instead` is a start that is proven never to have begun: it is closed in the same breath.
    """

    wanted: a2e.Order
    character_id: str
    priced: int = 0
    held: int = 0
    video: Video | None = None
    facts: Mapping[str, object] = field(default_factory=dict)
    kept: Mapping[str, object] = field(default_factory=dict)
    instead: Job | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """A task under way; `held` credits are set aside for it."""

    job: str
    video: str
    task: str
    held: int
    seconds: float


def room(studio: Studio) -> bool:
    """Return whether the engine may be given one more task now."""
    with studio.database.transaction() as session:
        taken = jobs.in_flight(session, "a2e", studio.clock())
    return taken < studio.config.tariff.limits.tasks_in_flight


def avatar(studio: Studio, character: Character, *, asked: bool = False) -> Avatar | None:
    """Return who speaks, or `None` while they are being made; the first time, order them.

    With `asked`, they were ordered before, and are not again when that came to nothing.
    """
    if character.a2e.avatar_id:
        return Avatar(id=character.a2e.avatar_id, own=character.a2e.avatar_type == "custom")
    with studio.database.transaction() as session:
        made = jobs.avatar(session, character.id)
    if made is None and asked:
        raise Refused(
            f"{character.name}'s avatar could not be made: {why_no_avatar(studio, character)}"
        )
    if made is None:
        order_avatar(studio, character)
        return None
    if made.status == JobStatus.UNCERTAIN:
        raise Unavailable(
            f"it is not known whether {character.name}'s avatar was ordered: {made.failure}; "
            f"decide with: elite8 generate settle {made.id}"
        )
    return Avatar(id=made.result, own=True) if made.status == JobStatus.COLLECTED else None


def failed_lately(studio: Studio, character: Character) -> bool:
    """Return whether A2E took the newest order of the avatar and could not make it, just now."""
    with studio.database.transaction() as session:
        last = jobs.last_avatar(session, character.id)
    if last is None or last.status != JobStatus.FAILED or not last.task_id or not last.ended_at:
        return False
    return studio.clock() - last.ended_at < BEFORE_AGAIN


def why_no_avatar(studio: Studio, character: Character) -> str:
    """Return what the newest order of an avatar ended in."""
    with studio.database.transaction() as session:
        ended = jobs.last_avatar(session, character.id)
    return ended.failure if ended else "it was not ordered"


def order_avatar(studio: Studio, character: Character) -> Job:
    """Send the performer's picture to A2E and have it made a talking avatar, once."""
    from elite8.core.production.local.engine import portrait

    picture = own_picture(character, studio.config)
    with scratch.folder() as folder:
        file = Path(folder) / f"{character.id}.jpg"
        cache = studio.settings.cache_dir / "layers"
        file.write_bytes(portrait(character, cache=cache, picture=picture))
        url = studio.a2e.upload(file, "image/jpeg")
    order = a2e.avatar(image_url=url, build=character.look.build)
    job = intend(studio, Draft(wanted=order, character_id=character.id))
    send(studio, order, job)
    return job


def order_portrait(studio: Studio, character: Character) -> Job:
    """Have A2E paint the performer from their `appearance_prompt`, once; for use as `image`."""
    prompt = f"adult, {character.declared_age} years old, {character.appearance_prompt}"
    wanted = a2e.picture(prompt=prompt)
    priced, held = price(studio, wanted, 0.0)
    draft = Draft(wanted=wanted, character_id=character.id, priced=priced, held=held)
    job = intend(studio, draft)
    send(studio, wanted, job)
    return job


def order(
    studio: Studio,
    planned: Planned,
    who: Avatar,
    progress: Progress,
    planned_row: Video | None = None,
) -> Ordered:
    """Have the script spoken, ask the price, and start the video once.

    `planned_row` is the row it was planned with, if it was. What our table says cannot be paid is
    not spoken either.
    """
    character = studio.config.roster.named(planned.character)
    can_be_paid(studio, planned)
    progress("voice", 0.02)
    said = spoken.say(studio, planned, character)
    wanted = a2e.avatar_video(avatar_id=who.id, own=who.own, audio_url=said.url)
    priced, held = price(studio, wanted, said.seconds)
    video = planned_row or row_of(studio, planned)
    spoken_words = "\n".join(line.text for line in said.lines)
    kept: dict[str, object] = {
        "lines": [line.model_dump() for line in said.lines],
        "folder": str(planned.folder.absolute()),
    }
    progress("start", 0.05)
    draft = Draft(
        wanted=wanted,
        character_id=character.id,
        priced=priced,
        held=held,
        video=video,
        facts={"engine": "a2e", "voice": said.voice, "script": spoken_words, **planned.told()},
        kept=kept,
    )
    job = intend(studio, draft)
    send(studio, wanted, job)
    return Ordered(
        job=job.id, video=video.id, task=job.task_id, held=held, seconds=round(said.seconds, 2)
    )


def can_be_paid(studio: Studio, planned: Planned) -> None:
    """Refuse a video that is too dear by our table; what A2E quotes for the sound comes later."""
    expected = studio.config.tariff.costs[Family.AVATAR_VIDEO].of(spoken.expected(planned))
    reported = studio.a2e.balance()
    with studio.database.transaction() as session:
        purse.fill(studio, session, reported)
        purse.afford(studio, session, expected, reported)


def price(studio: Studio, wanted: a2e.Order, seconds: float) -> tuple[int, int]:
    """Return what the order should cost and what to hold for it: A2E's quote, else our table."""
    quoted = studio.a2e.quote(wanted)
    if quoted is not None:
        return quoted, quoted
    tariff = studio.config.tariff
    expected = tariff.costs[wanted.family].of(seconds)
    return expected, math.ceil(expected * tariff.margin)


def intend(studio: Studio, draft: Draft) -> Job:
    """Commit that this will be sent, with its hold; what cannot be afforded is refused here."""
    reported = studio.a2e.balance()
    job = job_of(studio, draft)
    now, video, instead = job.sent_at, draft.video, draft.instead
    with studio.database.transaction() as session:
        if instead is not None:
            close(session, now, jobs.still_held(session, instead), NEVER_BEGAN)
        purse.fill(studio, session, reported)
        if job.family == Family.AVATAR and jobs.avatar(session, job.character_id):
            raise Unavailable(f"{job.character_id}'s avatar is being made by another process; wait")
        purse.afford(studio, session, job.held, reported)
        if video is not None:
            begin(session, video, draft.facts, again=instead is not None)
        jobs.add(session, job)
        purse.hold(session, now, job)
    return job


def begin(session: Session, video: Video, facts: Mapping[str, object], *, again: bool) -> None:
    """Have the video generating: a new row, or one that is planned still.

    One that is so no more is Taken, unless its order is sent `again`. The ledger's lock is held.
    """
    known = videos.get(session, video.id)
    if known is None:
        for name, value in facts.items():
            setattr(video, name, value)
        video.status = VideoStatus.GENERATING
        videos.add(session, video)
    elif known.status == VideoStatus.PLANNED:
        videos.move(session, known, VideoStatus.GENERATING, tries=known.tries + 1, **facts)
    elif not again:
        raise Taken(f"video {video.id} is {known.status}: another process makes it")


def job_of(studio: Studio, draft: Draft) -> Job:
    """Return the row of an order, held by this process; A2E has just been heard from."""
    now, wanted = studio.clock(), draft.wanted
    body = json.dumps(dict(wanted.body), sort_keys=True)
    deadline = timedelta(minutes=studio.config.tariff.deadline_minutes[wanted.family])
    job = new_job(
        now=now,
        there=studio.a2e.heard_at or now,
        family=wanted.family,
        character_id=draft.character_id,
        video_id=draft.video.id if draft.video else "",
        request=json.dumps({"body": dict(wanted.body), **draft.kept}, ensure_ascii=False),
        request_sha256=hashlib.sha256(body.encode()).hexdigest(),
        held=draft.held,
        priced=draft.priced,
        deadline_at=now + deadline,
        holder=new_holder(),
        held_until=studio.shared_now() + SENDING,
    )
    job.follows = draft.instead.id if draft.instead else ""
    return job


def send(studio: Studio, wanted: a2e.Order, job: Job) -> None:
    """Send the start once and keep what came of it; a lost answer leaves the job to `recover`.

    Whoever lost the job by now, or slept since it was made sure of, sends nothing.
    """
    asked, until = studio.clock(), studio.shared_now() + SENDING
    there = job.began + (asked - job.sent_at)
    with studio.database.transaction() as session:
        jobs.note(session, job, claimed_until=until, sent_at=asked, sent_there=there)
    if studio.clock() - asked > SENDING / 4:
        late = Unavailable("this machine slept before the start was sent; nothing was sent")
        refuse(studio, job, late)
        raise late
    try:
        task, trace = studio.a2e.start(wanted, job.name)
    except Unanswered as lost:
        with studio.database.transaction() as session:
            jobs.let_go(session, job, failure=str(lost))
        log.get().warning("a2e.unanswered", job=job.id)
        return
    except Elite8Error as refused:
        refuse(studio, job, refused)
        raise
    keep_task(studio, job, task, trace)
    log.get().info("a2e.started", job=job.id, task=task.id, held=job.held)


def keep_task(studio: Studio, job: Job, task: a2e.Task, trace: str) -> None:
    """Record the task of an accepted start, though another process gave the job up meanwhile."""
    facts = {"coins": task.coins, "word": task.word, "trace_id": trace}
    try:
        with studio.database.transaction() as session:
            jobs.move(session, job, JobStatus.RUNNING, task_id=task.id, **facts)
    except Unavailable:
        with studio.database.transaction() as session:
            late = jobs.begun_after_all(session, job.id, task.id, **facts)
            if late and job.video_id:
                videos.wanted_after_all(session, job.video_id)
        job.task_id = task.id
        log.get().warning("a2e.begun_after_all", job=job.id, task=task.id, new=late)


def close(session: Session, now: datetime, job: Job, why: str) -> None:
    """Close a job that has not begun; its credits are free again."""
    jobs.move(session, job, JobStatus.FAILED, failure=why, ended_at=now)
    purse.release(session, now, job, why)


def refuse(studio: Studio, job: Job, why: Elite8Error) -> None:
    """Close a job that has not begun, and its video."""
    now = studio.clock()
    with studio.database.transaction() as session:
        close(session, now, job, str(why))
        fail_video(session, job, str(why))


def fail_video(session: Session, job: Job, why: str) -> None:
    """Close the job's video, if it has one that waits and no other job makes it."""
    if not job.video_id or jobs.others_open(session, job):
        return
    video = videos.get(session, job.video_id)
    if video is not None and video.status in (VideoStatus.GENERATING, VideoStatus.GENERATED):
        videos.move(session, video, VideoStatus.FAILED, failure=why)
