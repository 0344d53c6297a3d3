"""A script said by A2E's voice: as much of it as fits, measured, before anything is paid for."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from elite8.core import scratch
from elite8.core.domain.character import Character, Language
from elite8.core.domain.finishing import LONGEST, SHORTEST
from elite8.core.domain.script import Line, fit
from elite8.core.errors import ConfigError
from elite8.core.operations.brief import Planned
from elite8.core.production import a2e
from elite8.core.production.specimen import length
from elite8.core.studio import Studio

PACE = {"ja": 6.5}
USUAL_PACE = 14.0
"""Characters a second that an A2E voice says, to begin with; the sound then corrects it."""
PAUSE, TAIL = 0.3, 0.3
TRIES = 3
AIM, FRAME = 0.5, 0.05
"""Seconds below what was asked that lines are chosen for, and that the sound ends before it.

No network takes a video that is a frame too long, and a clip ends on a whole one.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A spoken script: A2E's address of the sound, its length, and what is said."""

    url: str
    seconds: float
    lines: tuple[Line, ...]
    voice: str


def expected(planned: Planned) -> float:
    """Return how long the video should last in seconds, before a word of it is spoken."""
    longest = min(planned.seconds or LONGEST, LONGEST)
    if not planned.own_words:
        return longest
    letters = sum(len(line.text) for line in planned.script.lines)
    return min(letters / PACE.get(planned.language, USUAL_PACE), longest)


def say(studio: Studio, planned: Planned, character: Character) -> Said:
    """Have A2E speak as much of the script as fits, and measure it."""
    voice = voice_of(studio, character, planned.language, planned.locale)
    said = say_once(studio, planned, voice, PACE.get(planned.language, USUAL_PACE))
    for _ in range(TRIES - 1):
        if fits(planned, said.seconds):
            break
        pace = sum(len(line.text) for line in said.lines) / said.seconds
        if chosen(planned, pace) == said.lines:
            break  # the same words last as long again
        said = say_once(studio, planned, voice, pace)
    if said.seconds < SHORTEST:
        raise ConfigError(
            f"A2E's voice says the script in {said.seconds:.1f} s and a video lasts at least "
            f"{SHORTEST:g} s; write more, or ask for a longer --duration"
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
    with scratch.folder() as folder:
        url, file = speak(studio, lines, planned.language, voice.id, Path(folder))
        seconds = length(file, program=studio.settings.ffmpeg)
    return Said(url=url, seconds=seconds, lines=lines, voice=f"a2e {voice.name}")


def fits(planned: Planned, seconds: float) -> bool:
    """Return whether that is not too long."""
    return seconds <= below(planned, FRAME)


def below(planned: Planned, margin: float) -> float:
    """Return how many seconds the sound may last, but for `margin`; never too short for a video."""
    return max(min(planned.seconds or LONGEST, LONGEST) - margin, SHORTEST)


def chosen(planned: Planned, rate: float) -> tuple[Line, ...]:
    """Return the lines to be said: all of the operator's own, else as many as should fit."""
    if planned.own_words or planned.seconds is None:
        return planned.script.lines
    return fit(
        planned.script,
        lambda line: len(line.text) / rate,
        seconds=below(planned, AIM),
        gap=PAUSE,
        tail=TAIL,
    )


def voice_of(
    studio: Studio, character: Character, language: Language, locale: str = ""
) -> a2e.Remote:
    """Return the character's voice: config's, else always the same fitting one."""
    ids = character.a2e.voice_ids
    if wanted := ids.get(locale) or ids.get(language):
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

    inputs = [part for file in files for part in ffmpeg.read(file)]
    graph = f"concat=n={len(files)}:v=0:a=1"
    ends = ("-filter_complex", graph, "-c:a", "libmp3lame", f"file:{whole}")
    ffmpeg.run(("-nostdin", "-y", "-loglevel", "error", *inputs, *ends), program=program)
