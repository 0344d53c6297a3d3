"""Order a video from the paid engine: everything free first, then one start, sent once.

The intent, the hold and the video's row are committed together before the start goes out; its task
id is kept the moment it is known. `collect` takes it from there, in this process or another.
"""

import hashlib
import json
import math
import os
import platform
import secrets
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random

from elite8.core import log
from elite8.core.domain.character import Character, Language
from elite8.core.domain.finishing import LONGEST, SHORTEST
from elite8.core.domain.job import Family, Job, JobStatus, new_job
from elite8.core.domain.script import Line, fit
from elite8.core.domain.video import Video, VideoStatus, new_video
from elite8.core.errors import ConfigError, Elite8Error, Unanswered, Unavailable
from elite8.core.operations import purse
from elite8.core.operations.brief import Planned
from elite8.core.operations.configuration import own_picture
from elite8.core.production import a2e
from elite8.core.production.specimen import length
from elite8.core.storage import jobs, videos
from elite8.core.studio import Studio

SENDING = timedelta(minutes=2)
"""Longer than a start can be under way: 30 s to answer, 10 s to connect."""
PACE = {"ja": 6.5}
USUAL_PACE = 14.0
"""Characters a second that an A2E voice says, to begin with; the sound then corrects it."""
PAUSE, TAIL = 0.3, 0.3
TRIES = 3
TOO_LONG = 0.5
"""Seconds that a video may last longer than was asked."""

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Avatar:
    """Who speaks: A2E's id; `own` is a custom one."""

    id: str
    own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A spoken script: A2E's address of the sound, its length, and what is said."""

    url: str
    seconds: float
    lines: tuple[Line, ...]
    voice: str


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
        return jobs.in_flight(session, "a2e") < studio.config.tariff.limits.tasks_in_flight


def avatar(studio: Studio, character: Character) -> Avatar | None:
    """Return who speaks, or `None` while they are being made; the first time, order them."""
    if character.a2e.avatar_id:
        return Avatar(id=character.a2e.avatar_id, own=character.a2e.avatar_type == "custom")
    with studio.database.transaction() as session:
        made = jobs.avatar(session, character.id)
    if made is None:
        order_avatar(studio, character)
        return None
    if made.status == JobStatus.UNCERTAIN:
        raise Unavailable(
            f"it is not known whether {character.name}'s avatar was ordered: {made.failure}; "
            f"decide with: elite8 generate settle {made.id}"
        )
    return Avatar(id=made.result, own=True) if made.status == JobStatus.COLLECTED else None


def order_avatar(studio: Studio, character: Character) -> Job:
    """Send the performer's picture to A2E and have it made a talking avatar, once."""
    from elite8.core.production.local.engine import portrait

    picture = own_picture(character, studio.config)
    with tempfile.TemporaryDirectory(prefix="elite8-") as folder:
        file = Path(folder) / f"{character.id}.jpg"
        cache = studio.settings.cache_dir / "layers"
        file.write_bytes(portrait(character, cache=cache, picture=picture))
        url = studio.a2e.upload(file, "image/jpeg")
    order = a2e.avatar(image_url=url, build=character.look.build)
    job = intend(studio, order, character_id=character.id, priced=0, held=0, video=None, kept={})
    send(studio, order, job)
    return job


def order_portrait(studio: Studio, character: Character) -> Job:
    """Have A2E paint the performer from their `appearance_prompt`, once; for use as `image`."""
    prompt = f"adult, {character.declared_age} years old, {character.appearance_prompt}"
    wanted = a2e.picture(prompt=prompt)
    priced, held = price(studio, wanted, 0.0)
    job = intend(
        studio, wanted, character_id=character.id, priced=priced, held=held, video=None, kept={}
    )
    send(studio, wanted, job)
    return job


def order(studio: Studio, planned: Planned, who: Avatar, progress: Progress) -> Ordered:
    """Have the script spoken, ask the price, and start the video once."""
    character = studio.config.roster.named(planned.character)
    progress("voice", 0.02)
    said = say(studio, planned, character)
    wanted = a2e.avatar_video(avatar_id=who.id, own=who.own, audio_url=said.url)
    priced, held = price(studio, wanted, said.seconds)
    video = new_video(
        now=studio.clock(),
        character_id=planned.character,
        engine="a2e",
        language=planned.language,
        content_type=planned.content_type,
        topic=planned.topic,
        title=planned.script.title,
        script="\n".join(line.text for line in said.lines),
        seed=planned.seed,
        asked_seconds=planned.seconds,
    )
    video.voice = said.voice
    kept: dict[str, object] = {
        "lines": [line.model_dump() for line in said.lines],
        "folder": str(planned.folder.absolute()),
    }
    progress("start", 0.05)
    job = intend(
        studio,
        wanted,
        character_id=character.id,
        priced=priced,
        held=held,
        video=video,
        kept=kept,
    )
    send(studio, wanted, job)
    return Ordered(
        job=job.id, video=video.id, task=job.task_id, held=held, seconds=round(said.seconds, 2)
    )


def price(studio: Studio, wanted: a2e.Order, seconds: float) -> tuple[int, int]:
    """Return what the order should cost and what to hold for it: A2E's quote, else our table."""
    quoted = studio.a2e.quote(wanted)
    if quoted is not None:
        return quoted, quoted
    tariff = studio.config.tariff
    expected = tariff.costs[wanted.family].of(seconds)
    return expected, math.ceil(expected * tariff.margin)


def intend(  # noqa: PLR0913  # the facts of one order
    studio: Studio,
    wanted: a2e.Order,
    *,
    character_id: str,
    priced: int,
    held: int,
    video: Video | None,
    kept: dict[str, object],
) -> Job:
    """Commit that this will be sent, with its hold; what cannot be afforded is refused here."""
    now, reported = studio.clock(), studio.a2e.balance()
    request = json.dumps({"body": dict(wanted.body), **kept}, ensure_ascii=False)
    body = json.dumps(dict(wanted.body), sort_keys=True)
    job = new_job(
        now=now,
        engine="a2e",
        family=wanted.family,
        character_id=character_id,
        video_id=video.id if video else "",
        request=request,
        request_sha256=hashlib.sha256(body.encode()).hexdigest(),
        held=held,
        priced=priced,
        deadline_at=now + timedelta(minutes=studio.config.tariff.deadline_minutes[wanted.family]),
        holder=holder(),
        held_until=now + SENDING,
    )
    with studio.database.transaction() as session:
        if wanted.family == Family.AVATAR and jobs.avatar(session, character_id):
            raise Unavailable(f"{character_id}'s avatar is being made by another process; wait")
        purse.fill(studio, session, reported)
        purse.afford(studio, session, held, reported)
        if video is not None and videos.get(session, video.id) is None:
            video.status = VideoStatus.GENERATING
            videos.add(session, video)
        jobs.add(session, job)
        purse.hold(session, now, job)
    return job


def send(studio: Studio, wanted: a2e.Order, job: Job) -> None:
    """Send the start once and keep what came of it; a lost answer leaves the job to `collect`.

    A process that slept meanwhile sends nothing: by now another may have ordered it anew.
    """
    if studio.clock() - job.sent_at > SENDING / 2:
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
    with studio.database.transaction() as session:
        jobs.move(
            session,
            job,
            JobStatus.RUNNING,
            task_id=task.id,
            coins=task.coins,
            word=task.word,
            trace_id=trace,
        )
    log.get().info("a2e.started", job=job.id, task=task.id, held=job.held)


def refuse(studio: Studio, job: Job, why: Elite8Error) -> None:
    """Close a job that has not begun, and its video; its credits are free again."""
    now = studio.clock()
    with studio.database.transaction() as session:
        jobs.move(session, job, JobStatus.FAILED, failure=str(why), ended_at=now)
        purse.release(session, now, job, "not begun")
        video = videos.get(session, job.video_id) if job.video_id else None
        if video is not None and video.status == VideoStatus.GENERATING:
            videos.move(session, video, VideoStatus.FAILED, failure=str(why))


def holder() -> str:
    """Return a name for this attempt: machine, process, chance."""
    return f"{platform.node()[:32]}:{os.getpid()}:{secrets.token_hex(4)}"


def is_dead(name: str) -> bool:
    """Return whether the holder was a process of this machine that is gone."""
    node, _, rest = name.partition(":")
    pid = rest.partition(":")[0]
    if node != platform.node()[:32] or not pid.isdecimal():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def say(studio: Studio, planned: Planned, character: Character) -> Said:
    """Have A2E speak as much of the script as fits, and measure it."""
    voice = voice_of(studio, character, planned.language)
    said = say_once(studio, planned, voice, PACE.get(planned.language, USUAL_PACE))
    for _ in range(TRIES - 1):
        if fits(planned, said.seconds):
            break
        pace = sum(len(line.text) for line in said.lines) / said.seconds
        said = say_once(studio, planned, voice, pace)
    if said.seconds < SHORTEST:
        raise ConfigError(
            f"A2E's voice says the script in {said.seconds:.1f} s and a video lasts at least "
            f"{SHORTEST:g} s; write more"
        )
    if not fits(planned, said.seconds):
        raise ConfigError(
            f"A2E's voice says the script in {said.seconds:.1f} s; shorten it, or ask for a longer "
            f"--duration, at most {LONGEST:g} s"
        )
    return said


def say_once(studio: Studio, planned: Planned, voice: a2e.Remote, pace: float) -> Said:
    """Have the lines spoken that fit at `pace` characters a second."""
    lines = chosen(planned, pace)
    with tempfile.TemporaryDirectory(prefix="elite8-") as folder:
        url, file = speak(studio, lines, planned.language, voice.id, Path(folder))
        seconds = length(file, program=studio.settings.ffmpeg)
    return Said(url=url, seconds=seconds, lines=lines, voice=f"a2e {voice.name}")


def fits(planned: Planned, seconds: float) -> bool:
    """Return whether that is not too long."""
    return seconds <= min(planned.seconds or LONGEST, LONGEST) + TOO_LONG


def chosen(planned: Planned, rate: float) -> tuple[Line, ...]:
    """Return the lines to be said: all of the operator's own, else as many as should fit."""
    if planned.own_words or planned.seconds is None:
        return planned.script.lines
    return fit(
        planned.script,
        lambda line: len(line.text) / rate,
        seconds=planned.seconds,
        gap=PAUSE,
        tail=TAIL,
    )


def voice_of(studio: Studio, character: Character, language: Language) -> a2e.Remote:
    """Return the character's voice: config's, else always the same fitting one."""
    if wanted := character.a2e.voice_ids.get(language):
        return a2e.Remote(id=wanted, name=wanted, group="")
    gender = "male" if character.look.build == "man" else "female"
    voices = studio.a2e.voices(language)
    fitting = sorted((one for one in voices if one.group == gender), key=lambda one: one.id)
    if not fitting:
        raise ConfigError(
            f"A2E offers no {gender} voice for {language}; put an id into a2e.voice_ids of "
            f"{character.id} (elite8 generate voices --language {language})"
        )
    return Random(f"voice:{character.id}:{language}").choice(fitting)  # noqa: S311  # variety, not secrecy


def speak(
    studio: Studio, lines: Sequence[Line], language: Language, voice_id: str, folder: Path
) -> tuple[str, Path]:
    """Return address and copy of the spoken lines, said in as few pieces as A2E takes."""
    texts = pieces([line.text for line in lines], "" if language == "ja" else " ")
    urls = [studio.a2e.speech(text, voice_id) for text in texts]
    files = [folder / f"{number}.mp3" for number in range(len(urls))]
    for url, file in zip(urls, files, strict=True):
        studio.a2e.download(url, file)
    if len(files) == 1:
        return urls[0], files[0]
    whole = folder / f"speech-{secrets.token_hex(4)}.mp3"
    join(files, whole, studio.settings.ffmpeg)
    return studio.a2e.upload(whole, "audio/mpeg"), whole


def pieces(texts: Sequence[str], glue: str) -> list[str]:
    """Return the texts joined into as few as A2E's limit allows, broken between lines."""
    found = [""]
    for text in texts:
        longer = f"{found[-1]}{glue}{text}" if found[-1] else text
        if len(longer) <= a2e.LONGEST_SPEECH:
            found[-1] = longer
        else:
            found.append(text)
    return found


def join(files: Sequence[Path], whole: Path, program: str) -> None:
    """Write the sounds one after the other as one MP3."""
    from elite8.core.production import ffmpeg

    inputs = [part for file in files for part in ("-i", f"file:{file}")]
    graph = f"concat=n={len(files)}:v=0:a=1"
    ends = ("-filter_complex", graph, "-c:a", "libmp3lame", f"file:{whole}")
    ffmpeg.run(("-nostdin", "-y", "-loglevel", "error", *inputs, *ends), program=program)
